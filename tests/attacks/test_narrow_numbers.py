"""``float32: robust`` was printed for models that compute in float16 or bfloat16.

A Cast in the graph, an input of a narrow type or a torch module in half precision gives other
classes than those that were certified, and nothing said so.
"""

import io
import json
import zipfile
from dataclasses import replace
from fractions import Fraction

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto

from tests.certificates.forging import claimed, packed
from tests.formats.onnx_models import Model, unrun
from tests.saved import save_certificate
from verifier import second_checker
from verifier.cli.main import run
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.torch import from_torch
from verifier.formats.variables import ordinal, variable
from verifier.kernel import checker
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import Domain, bits
from verifier.model.errors import CertificateError, InvalidProof, NetworkError
from verifier.model.network import Affine, Network, exact_classes
from verifier.model.proof import Constant, Enumerated, Finding, Split
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import certificate_of
from verifier.reading.network_parts import teacher_from_parts
from verifier.writing.network_parts import teacher_to_parts

HALF, BRAIN = TensorProto.FLOAT16, TensorProto.BFLOAT16
ONE = Tree((Leaf(1),))


def wide(model):
    """Logit x - 2048 + 1/2 for x = 2049: 1.5 in float32, and 0.5 where x is rounded to float16."""
    weight, bias = model.tensor([[1.0]], np.float32), model.tensor([-2048.5], np.float32)
    return weight, bias


def cast_and_back(kind):
    """float32, through a narrow type, to float32: logit x - 2048.5."""
    model = Model(1)
    weight, bias = wide(model)
    x = model.node("Cast", [model.node("Cast", ["x"], to=kind)], to=TensorProto.FLOAT)
    return model, model.node("Gemm", [x, weight, bias], transB=1)


@pytest.mark.parametrize(("kind", "name"), [(HALF, "float16"), (BRAIN, "bfloat16")])
def test_a_cast_in_the_graph_is_recorded(tmp_path, kind, name):
    model, out = cast_and_back(kind)
    assert load_onnx(model.save(tmp_path / "net.onnx", out, 1)).executed == (name,)


def test_the_runtime_really_gives_another_class(tmp_path):
    model, out = cast_and_back(HALF)
    path = model.save(tmp_path / "net.onnx", out, 1)
    session = onnxruntime.InferenceSession(str(path))
    (found,) = session.run(None, {"x": np.array([[2049]], np.float32)})
    space = one_value(2049)
    assert found[0, 0] <= 0 and exact_classes(load_onnx(path), space, [(0,)]) == [1]
    verdict = checker.verify(matter_of(space, load_onnx(path), ONE), [Constant(1)])
    assert verdict.verdict == "equivalent" and not verdict.float32.is_shown


def one_value(*numbers):
    return Domain((ordinal("x", numbers),))


@pytest.mark.parametrize("kind", [HALF, BRAIN])
def test_a_narrow_input_is_recorded(tmp_path, kind):
    model = Model(2, kind)
    out = model.node("Gemm", ["x", model.tensor([[1.0, 2.0]]), model.tensor([0.5])], transB=1)
    with unrun(kind == BRAIN):
        found = load_onnx(model.save(tmp_path / "net.onnx", out, 1)).executed
    assert found == (("float16",) if kind == HALF else ("bfloat16",))


def test_weights_stored_in_float16_and_used_in_float32_are_not(tmp_path):
    """As files are made smaller: the cast of the weights is exact, and float32 computes."""
    model = Model(2)
    weight = model.node("Cast", [model.tensor([[1.0, 2.0]], np.float16)], to=TensorProto.FLOAT)
    out = model.node("Gemm", ["x", weight], transB=1)
    assert load_onnx(model.save(tmp_path / "net.onnx", out, 1)).executed == ()


def test_constants_computed_in_float16_are(tmp_path):
    model = Model(2)
    third = model.node(
        "Mul", [model.tensor([[1.0, 3.0]], np.float16), model.tensor([5.0], np.float16)]
    )
    weight = model.node("Cast", [third], to=TensorProto.FLOAT)
    out = model.node("Gemm", ["x", weight], transB=1)
    assert load_onnx(model.save(tmp_path / "net.onnx", out, 1)).executed == ("float16",)


@pytest.mark.parametrize(
    "kind", [TensorProto.INT8, TensorProto.INT64, TensorProto.BOOL, TensorProto.FLOAT8E4M3FN]
)
def test_casts_that_are_not_the_identity_are_refused(tmp_path, kind):
    model = Model(2)
    x = model.node("Cast", [model.node("Cast", ["x"], to=kind)], to=TensorProto.FLOAT)
    out = model.node("Gemm", [x, model.tensor([[1.0, 2.0]])], transB=1)
    with pytest.raises(NetworkError, match="casts to"):
        load_onnx(model.save(tmp_path / "net.onnx", out, 1))


class Through(torch.nn.Module):
    """A layer whose input passes through another type."""

    def __init__(self, kind):
        super().__init__()
        self.kind, self.layer = kind, torch.nn.Linear(3, 1)

    def forward(self, x):
        return self.layer(x.to(self.kind).float())


class Mixed(torch.nn.Module):
    """A layer that autocast computes in bfloat16."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)

    def forward(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.layer(x).float()


def test_torch_modules_say_what_they_compute_in():
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    assert from_torch(net, 3).executed == ()
    assert from_torch(net.double(), 3).executed == ()
    assert from_torch(net.half(), 3).executed == ("float16",)
    assert from_torch(net.bfloat16(), 3).executed == ("bfloat16",)
    assert from_torch(Through(torch.bfloat16), 3).executed == ("bfloat16",)
    assert from_torch(Mixed(), 3).executed == ("bfloat16",)
    with pytest.raises(NetworkError, match="float8"):
        from_torch(Through(torch.float8_e4m3fn), 3)


def narrow(executed=("float16",)):
    """Class 1 iff x0, by a wide margin."""
    weight = np.array([[1, 0]], np.float32)
    return Network(2, (Affine(0, weight, np.array([-0.5], np.float32)),), (), executed)


@pytest.mark.parametrize("steps", [[Split(0, 1), Constant(0), Constant(1)], [Enumerated()]])
def test_neither_checker_lets_float32_be_claimed(steps):
    """By cells and by points: nothing is shown for float32, and claiming it is refused."""
    case = bits(2), narrow(), ONE
    verdict = checker.verify(matter_of(*case), steps)
    assert verdict.float32.points_not_shown == 4
    assert verdict.float32.probability_not_shown == 1
    assert checker.verify(matter_of(case[0], narrow(()), ONE), steps).float32.is_shown
    second_checker.check(packed(case, steps))
    robust = claimed(
        case[0],
        verdict="different",
        disagreements={"lower": 2, "upper": 2},
        error={"lower": "1/2", "upper": "1/2"},
        cells=dict(verdict.checked.cells),
        counterexamples=archive_points(case[0]),
    )
    for executed, refused in (((), False), (("float16",), True)):
        data = packed((case[0], narrow(executed), ONE), steps, [(0, 0), (0, 1)], robust)
        for check in (read_and_check, second_checker.check):
            if refused:
                with pytest.raises(InvalidProof, match="float32"):
                    check(data)
            else:
                check(data)


def archive_points(domain):
    return [
        {"values": domain.labels(point), "teacher_class": 0, "tree_class": 1}
        for point in ((0, 0), (0, 1))
    ]


def read_and_check(data):
    check_certificate(certificate_of(data))


@pytest.mark.parametrize(
    "stated", [[], "float16", ["float32"], ["float16", "bfloat16"], ["float16"] * 2, [16], None]
)
def test_what_is_no_list_of_narrow_types_is_malformed(stated):
    case = bits(2), narrow(), ONE
    description, raw = teacher_to_parts(narrow())
    with pytest.raises((CertificateError, NetworkError)):
        teacher_from_parts(description | {"executed": stated}, raw)
    data = packed(case, [Enumerated()])
    old = json.dumps(["float16"]).replace(" ", "").encode()
    assert old in teacher_bytes(data)
    with pytest.raises(CertificateError):
        second_checker.models.read_network("it", description | {"executed": stated}, raw, 0)


def teacher_bytes(data):
    return zipfile.ZipFile(io.BytesIO(data)).read("teacher.json")


def test_files_without_narrow_types_have_no_such_entry():
    assert "executed" not in teacher_to_parts(narrow(()))[0]
    held = teacher_from_parts(*teacher_to_parts(narrow(("bfloat16", "float16"))))
    assert held.executed == ("bfloat16", "float16")


def test_the_writer_does_not_widen_silently(tmp_path):
    with pytest.raises(NetworkError, match="computes in float16"):
        save_onnx(narrow(), tmp_path / "net.onnx")
    save_onnx(replace(narrow(), executed=()), tmp_path / "net.onnx")
    assert load_onnx(tmp_path / "net.onnx").executed == ()


def test_every_output_says_so(tmp_path, capfd):
    matter = matter_of(bits(2), narrow(), ONE)
    save_certificate(tmp_path / "c", matter, Finding((Enumerated(),)), "by hand")
    assert run(["check", str(tmp_path / "c")]) == 0
    words = capfd.readouterr().out
    assert "float32         not shown: the model computes in float16" in words
    assert run(["check", str(tmp_path / "c"), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["executed"] == ["float16"] and found["float32"]["robust"] is False
    assert run(["check", str(tmp_path / "c"), "--statement"]) == 0
    assert "The model computes in float16" in capfd.readouterr().out
    for suffix in ("html", "md", "tex"):
        assert run(["report", str(tmp_path / "c"), "-o", str(tmp_path / f"r.{suffix}")]) == 0
        assert "computes in float16" in (tmp_path / f"r.{suffix}").read_text()


def test_half_of_a_probability_is_not_lost():
    """Weighted domains: all the probability is not shown."""
    space = Domain(
        tuple(
            variable(n, ("0", "1"), ((0,), (1,)), (Fraction(1, 5), Fraction(4, 5)))
            for n in ("a", "b")
        )
    )
    found = checker.verify(matter_of(space, narrow(), ONE), [Split(0, 1), Constant(0), Constant(1)])
    assert found.float32.probability_not_shown == 1


@pytest.mark.parametrize(
    ("kind", "weights"), [(torch.float32, (1e30, 1e30)), (torch.float16, (60000.0, 3.0))]
)
def test_numbers_beyond_a_type_are_not_taken_for_chance(kind, weights):
    """The module answers inf; it was said that it draws numbers, or looks at the batch."""
    first, second = torch.nn.Linear(2, 1).to(kind), torch.nn.Linear(1, 1).to(kind)
    with torch.no_grad():
        first.weight.fill_(weights[0])
        first.bias.fill_(weights[0])
        second.weight.fill_(weights[1])
    module = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    with pytest.raises(NetworkError, match=f"beyond what .torch.{str(kind)[6:]}. holds") as caught:
        from_torch(module, 2)
    assert "\n" not in str(caught.value)
