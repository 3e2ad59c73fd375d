"""Where the kernel says that float32 cannot change the class, PyTorch and onnxruntime agree."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from tests.formats.onnx_models import Model, random_model
from tests.kernel.float32_cases import KINDS, UNDECIDED, as_float32, class_of, network
from tests.kernel.test_float32 import lost_terms, thirds
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.kernel import checker
from verifier.model.cell import Cell
from verifier.model.domain import bits, signs
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign


def in_torch(teacher, inputs):
    """The logits that PyTorch's float32 operations give for a batch."""
    nodes = [torch.from_numpy(inputs)]
    for layer in as_float32(teacher).layers:
        match layer:
            case Affine(source, weight, bias):
                w, b = torch.from_numpy(weight), torch.from_numpy(bias)
                nodes.append(torch.nn.functional.linear(nodes[source], w, b))
            case Scale(source, scale, divisor, shift):
                s, d, t = map(torch.from_numpy, (scale, divisor, shift))
                nodes.append(nodes[source] * s / d + t)
            case Relu(source):
                nodes.append(torch.relu(nodes[source]))
            case Sign(source):
                nodes.append(torch.sign(nodes[source]))
            case Add(left, right):
                nodes.append(nodes[left] + nodes[right])
    return nodes[-1].numpy()


def torch_runs(teacher, inputs):
    """In batches and one by one, with one thread and with two."""
    before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        yield in_torch(teacher, inputs)
        yield np.concatenate([in_torch(teacher, x[None]) for x in inputs])
    torch.set_num_threads(before)


def onnx_runs(teacher, inputs, folder):
    """The same in onnxruntime, with every optimisation of graphs and with none."""
    save_onnx(as_float32(teacher), folder / "net.onnx")
    level = onnxruntime.GraphOptimizationLevel
    for threads, optimised in ((1, True), (2, True), (1, False)):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = (
            level.ORT_ENABLE_ALL if optimised else level.ORT_DISABLE_ALL
        )
        session = onnxruntime.InferenceSession(
            str(folder / "net.onnx"), options, providers=["CPUExecutionProvider"]
        )
        yield session.run(None, {"x": inputs})[0]
        yield np.concatenate([session.run(None, {"x": x[None]})[0] for x in inputs])


def every_run(teacher, inputs, folder):
    yield from torch_runs(teacher, inputs)
    yield from onnx_runs(teacher, inputs, folder)


def inputs_of(domain, points):
    rows = [[float(v) for v in domain.encode(tuple(p))] for p in points]
    return np.array(rows).astype(np.float32)


@pytest.mark.parametrize("space", [signs, thirds])
@pytest.mark.parametrize("kind", KINDS)
def test_robust_points_keep_their_class(kind, space, tmp_path):
    rng = np.random.default_rng(4)
    n, domain = 40, space(40)
    wrong, held = 0, 0
    for _ in range(3):
        teacher = network(rng, n, kind)
        points = rng.integers(0, 2, size=(50, n))
        classes, steady, _ = checker.evaluate(checker.prepare(teacher, domain), points)
        held += int(steady.sum())
        for logits in every_run(teacher, inputs_of(domain, points), tmp_path):
            got = np.array([class_of(row) for row in logits])
            assert (got == classes)[steady].all()
            wrong += int((got != classes).sum())
    assert (held > 0) == (kind not in UNDECIDED)
    if kind in UNDECIDED:  # hard enough that runtimes do go wrong elsewhere
        assert wrong > 0


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in UNDECIDED])
def test_robust_cells_keep_their_class_everywhere(kind, tmp_path):
    rng = np.random.default_rng(5)
    domain = signs(8)
    held = 0
    for _ in range(4):
        teacher = network(rng, 8, kind)
        p = checker.prepare(teacher, domain)
        cells = [Cell(tuple(rng.choice([1, 2, 3], 8).tolist())) for _ in range(30)]
        first = np.array([c.first_point() for c in cells])
        classes, _, _ = checker.evaluate(p, first)
        _, steady = checker.constant(p, cells, classes.tolist(), float32=True)
        chosen = [(p, classes[i]) for i in np.flatnonzero(steady) for p in cells[i].points()]
        if not chosen:
            continue
        held += len(chosen)
        for logits in every_run(teacher, inputs_of(domain, [p for p, _ in chosen]), tmp_path):
            assert [class_of(row) for row in logits] == [k for _, k in chosen]
    assert held > 0


@pytest.mark.parametrize("n", [7, 64, 1000, 4000])
def test_long_cancelling_sums(n, tmp_path):
    """Wide sums that almost vanish, over several orders of magnitude of their terms."""
    rng = np.random.default_rng(n)
    domain = bits(n)
    weight = (rng.normal(size=(1, n)) * 2.0 ** rng.integers(-12, 1, size=n)).astype(np.float32)
    points = rng.integers(0, 2, size=(200, n))
    sums = points @ weight[0].astype(float)
    bias = np.float32(-np.median(sums))
    near = np.argsort(np.abs(sums + float(bias)))[:100]
    teacher = Network(n, (Affine(0, weight, np.array([bias])),))
    p = checker.prepare(teacher, domain)
    for scale in (1.0, 2.0**-20, 2.0**-26):  # towards the hyperplane through the point nearest it
        at = points[near[0]]
        shift = -float(weight[0].astype(float) @ at) + scale * float(np.abs(weight).sum())
        teacher = Network(n, (Affine(0, weight, np.array([shift], np.float32)),))
        p = checker.prepare(teacher, domain)
        classes, steady, _ = checker.evaluate(p, points[near])
        for logits in every_run(teacher, inputs_of(domain, points[near]), tmp_path):
            got = np.array([class_of(row) for row in logits])
            assert (got == classes)[steady].all()
        assert steady.any()
        assert scale > 2.0**-25 or not steady[0]


@pytest.mark.parametrize("n", [1000, 4000])
def test_sums_made_to_go_wrong(n, tmp_path):
    """Runtimes sum in another order, and lose less than the worst: the kernel allows for both."""
    teacher, domain = lost_terms(n)
    points = np.ones((1, n), int)
    classes, steady, _ = checker.evaluate(checker.prepare(teacher, domain), points)
    assert classes.tolist() == [1] and not steady[0]
    teacher.layers[0].weight[1, 0] += np.float32(2.0**-8)
    classes, steady, _ = checker.evaluate(checker.prepare(teacher, domain), points)
    assert steady[0]
    for logits in every_run(teacher, inputs_of(domain, points), tmp_path):
        assert class_of(logits[0]) == classes[0]


def chain(columns, *steps):
    """A model file of operators one after the other; each is (operator, constants, attributes)."""
    model = Model(columns)
    last = "x"
    for operator, constants, attributes in steps:
        last = model.node(operator, [last, *map(model.tensor, constants)], **attributes)
    return model, last


HIDDEN = {  # what the file's operators lose is not lost in the layers over the reals
    "bias": [
        ("MatMul", [[[2.0**-6]]], {}),
        ("Add", [[2.0**20]], {}),
        ("Add", [[-(2.0**20)]], {}),
    ],
    "shift": [("Relu", [], {}), ("Mul", [2.0**-6], {}), ("Add", [1e9], {}), ("Sub", [1e9], {})],
    "large factor": [("MatMul", [[[2.0**-30]]], {}), ("Mul", [1e-38], {}), ("Mul", [1e38], {})],
    "alpha": [("Gemm", [[[2.0**-100]]], {"alpha": 2.0**-100}), ("Mul", [2.0**100], {})],
    "overflow": [("Gemm", [[[2.0**100]]], {}), ("Mul", [2.0**30], {}), ("Mul", [-(2.0**-40)], {})],
}
HIDDEN["overflow"].append(("Add", [[2.0**101]], {}))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_file_rounds_stays_visible_when_it_is_read(name, tmp_path):
    model, last = chain(1, *HIDDEN[name])
    teacher = load_onnx(model.save(tmp_path / "net.onnx", last, 1))
    domain = bits(1)
    classes, steady, _ = checker.evaluate(checker.prepare(teacher, domain), np.array([[1]]))
    assert classes[0] == 1 and not steady[0]
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        str(tmp_path / "net.onnx"), options, providers=["CPUExecutionProvider"]
    )
    assert class_of(session.run(None, {"x": np.ones((1, 1), np.float32)})[0][0]) == 0


@pytest.mark.parametrize("seed", range(8))
def test_robust_points_of_any_model_file_keep_their_class(seed, tmp_path):
    """Files of all operators: merged layers, clipped and leaky activations, normalisations."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(6):
        model, last, width = random_model(rng)
        teacher = load_onnx(model.save(tmp_path / "net.onnx", last, width))
        domain = thirds(model.columns)
        points = np.array(list(np.ndindex(*(2,) * model.columns)))
        classes, steady, _ = checker.evaluate(checker.prepare(teacher, domain), points)
        held += int(steady.sum())
        session = onnxruntime.InferenceSession(
            str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"]
        )
        logits = session.run(None, {"x": inputs_of(domain, points)})[0]
        got = np.array([class_of(row) for row in logits])
        assert (got == classes)[steady].all()
    assert held > 0


def test_only_few_operations_are_merged_into_a_layer(tmp_path):
    model, last = chain(1, ("MatMul", [[[1.0]]], {}), *[("Mul", [3.0], {})] * 9)
    first, *rest = load_onnx(model.save(tmp_path / "net.onnx", last, 1)).layers
    assert first.weight.tolist() == [[3.0**4]]
    assert [layer.scale.tolist() for layer in rest] == [[3.0**5]]
