"""ONNX networks are read as what they compute."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.formats.onnx_models import Model, chain, evaluate, random_model, unrun
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.model.errors import NetworkError
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, Sign, decide


def _run(path: Path, rows: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: rows})[0]


@pytest.mark.parametrize("block", range(8))
def test_random_models_agree_with_onnxruntime(block: int, tmp_path: Path) -> None:
    for seed in range(20 * block, 20 * block + 20):
        rng = np.random.default_rng(seed)
        model, output, classes = random_model(rng)
        path = model.save(tmp_path / "net.onnx", output, classes)
        rows = (rng.integers(-2, 3, (6, model.columns)) / 2).astype(np.float32)
        exact = evaluate(load_onnx(path), rows.tolist())
        found = _run(path, rows)
        assert found.shape == (6, classes)
        np.testing.assert_allclose(found, np.array(exact, float), rtol=3e-4, atol=3e-4)


def test_leaky_relu_clip_and_gemm_are_exact(tmp_path: Path) -> None:
    third = float(np.float32(1 / 3))
    rows = [[Fraction(-7, 3), Fraction(5, 7)], [Fraction(1, 9), Fraction(-1, 3)]]
    for alpha in (0.01, 0.3, 1e-12, -3.0):
        path = chain(tmp_path / "net.onnx", ("LeakyRelu", [], {"alpha": alpha}))
        slope = Fraction(float(np.float32(alpha)))
        expected = [[x if x > 0 else slope * x for x in row] for row in rows]
        assert evaluate(load_onnx(path), rows) == expected
    low, high = np.float32(-0.1), np.float32(0.7)
    path = chain(tmp_path / "net.onnx", ("Clip", [(low,), (high,)], {}))
    expected = [[min(max(x, Fraction(float(low))), Fraction(float(high))) for x in r] for r in rows]
    assert evaluate(load_onnx(path), rows) == expected
    weight, bias = np.array([[0.1, 0.2], [0.3, -0.7]]), np.array([0.1, 1e-9])
    gemm = ("Gemm", [(weight,), (bias,)], {"alpha": third, "beta": third})
    path = chain(tmp_path / "net.onnx", gemm, kind=TensorProto.DOUBLE)
    a = Fraction(third)
    expected = [
        [
            a * sum(x * Fraction(weight[i, j]) for i, x in enumerate(row)) + a * Fraction(bias[j])
            for j in range(2)
        ]
        for row in rows
    ]
    assert evaluate(load_onnx(path), rows) == expected


def test_clip_with_low_above_high_gives_high(tmp_path: Path) -> None:
    path = chain(tmp_path / "net.onnx", ("Clip", [(2.0,), (1.0,)], {}))
    assert evaluate(load_onnx(path), [[-5, 0], [1.5, 9]]) == [[1, 1], [1, 1]]
    rows = np.array([[-5, 0], [1.5, 9]], np.float32)
    assert _run(path, rows).tolist() == [[1, 1], [1, 1]]


def test_clip_attributes_of_old_files(tmp_path: Path) -> None:
    path = chain(tmp_path / "net.onnx", ("Clip", [], {"min": -0.5, "max": 0.25}), opset=10)
    rows = np.array([[-5, 0], [0.1, 9]], np.float32)
    assert np.array_equal(_run(path, rows), np.array(evaluate(load_onnx(path), rows), np.float32))


def test_division_keeps_the_divisor_exact(tmp_path: Path) -> None:
    path = chain(tmp_path / "net.onnx", ("Div", [(np.array([3.0, 7.0]),)], {}))
    assert evaluate(load_onnx(path), [[1, 1]]) == [[Fraction(1, 3), Fraction(1, 7)]]


def test_batch_normalization_is_the_recorded_formula(tmp_path: Path) -> None:
    gamma, beta, mean, variance = (
        np.array(v, np.float32) for v in ([0.7, -2], [0.1, 0.3], [0.2, 5], [0.9, 1e-3])
    )
    arrays = [(gamma,), (beta,), (mean,), (variance,)]
    path = chain(tmp_path / "net.onnx", ("BatchNormalization", arrays, {"epsilon": 1e-5}))
    teacher = load_onnx(path)
    factor = gamma.astype(float) / np.sqrt(variance.astype(float) + float(np.float32(1e-5)))
    expected = [
        Fraction(factor[i]) * (x - Fraction(float(mean[i]))) + Fraction(float(beta[i]))
        for i, x in enumerate([Fraction(1, 3), Fraction(2)])
    ]
    assert evaluate(teacher, [[Fraction(1, 3), 2]]) == [expected]
    assert any("rounded to float64" in n and "BatchNormalization" in n for n in teacher.notes)


def test_bias_additions_merge_into_the_affine_layer(tmp_path: Path) -> None:
    path = chain(
        tmp_path / "net.onnx",
        ("MatMul", [(np.ones((2, 3)) / 3,)], {}),
        ("Add", [(np.array([0.1, 0.2, 0.3]),)], {}),
        ("Relu", [], {}),
    )
    affine, relu = load_onnx(path).layers
    assert isinstance(affine, Affine)
    assert isinstance(relu, Relu)
    assert affine.weight.dtype == np.float32
    assert affine.bias.tolist() == np.array([0.1, 0.2, 0.3], np.float32).tolist()


def test_a_layer_read_twice_is_not_merged_away(tmp_path: Path) -> None:
    model = Model(2)
    h = model.node("MatMul", ["x", model.tensor([[1, 2], [3, 4]])])
    doubled = model.node("Mul", [h, model.tensor(2.0)])
    path = model.save(tmp_path / "net.onnx", model.node("Sub", [doubled, h]), 2)
    assert evaluate(load_onnx(path), [[1, 10]]) == [[31, 42]]


def test_constants_are_folded_when_exact_and_refused_when_not(tmp_path: Path) -> None:
    model = Model(2)
    weight = model.node("Mul", [model.tensor([[1, 2], [3, 4]]), model.tensor(0.5)])
    path = model.save(tmp_path / "net.onnx", model.node("MatMul", ["x", weight]), 2)
    assert evaluate(load_onnx(path), [[2, 4]]) == [[7, 10]]
    model = Model(2)
    weight = model.node("Div", [model.tensor([[1, 2], [3, 4]]), model.tensor(3.0)])
    path = model.save(tmp_path / "net.onnx", model.node("MatMul", ["x", weight]), 2)
    with pytest.raises(NetworkError, match="cannot be folded without rounding"):
        load_onnx(path)


@pytest.mark.parametrize("kind", [1, 11, 10, 16])
@pytest.mark.parametrize("raw", [True, False])
def test_every_encoding_of_weights(kind: int, raw: bool, tmp_path: Path) -> None:
    numbers = [0.5, -1.25, 2.0**-14, 3.0, 0.0, 65504.0 if kind == 10 else 2.0**100]
    model = Model(2, kind)
    if raw:
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        tensor = numpy_helper.from_array(np.array(numbers, dtype).reshape(2, 3), "w")
    else:
        tensor = helper.make_tensor("w", kind, [2, 3], numbers)
        assert not tensor.HasField("raw_data")
    model.tensors.append(tensor)
    path = model.save(tmp_path / "net.onnx", model.node("MatMul", ["x", "w"]), 3)
    with unrun(kind == TensorProto.BFLOAT16):
        teacher = load_onnx(path)
    assert evaluate(teacher, [[1, 0], [0, 1]]) == [numbers[:3], numbers[3:]]


def _classifier(path: Path, *steps: Any, classes: int = 3, opset: int = 17) -> Path:
    weight = np.arange(2 * classes).reshape(2, classes) - 2.0
    return chain(path, ("MatMul", [(weight,)], {}), *steps, opset=opset)


@pytest.mark.parametrize(
    "final",
    [
        [("Softmax", [], {"axis": 1})],
        [("Softmax", [], {})],
        [("LogSoftmax", [], {"axis": -1})],
        [("Sigmoid", [], {})],
        [("Sigmoid", [], {}), ("Softmax", [], {})],
        [("Softmax", [], {}), ("Identity", [], {}), ("Flatten", [], {})],
        [("LogSoftmax", [], {}), ("Cast", [], {"to": TensorProto.DOUBLE})],
    ],
)
@pytest.mark.parametrize("opset", [11, 17])
def test_a_final_operator_is_left_out_and_keeps_the_class(
    final: Any, opset: int, tmp_path: Path
) -> None:
    path = _classifier(tmp_path / "net.onnx", *final, opset=opset)
    proto = path.read_bytes()
    with unrun(final[-1][0] == "Cast"):
        teacher = load_onnx(path)
    assert any(f"the final {final[0][0]} is left out" in n for n in teacher.notes)
    rows = np.array([[1, 2], [-1, 1], [0.5, -2], [-3, -1]], np.float32)
    if final[-1][0] != "Cast":
        assert _run(path, rows).argmax(1).tolist() == _classes(teacher, rows)
    plain = load_onnx(_classifier(tmp_path / "plain.onnx"))
    assert evaluate(teacher, rows) == evaluate(plain, rows)
    assert path.read_bytes() == proto


def _classes(teacher: Network, rows: Any) -> list[int]:
    scaled = evaluate(teacher, rows.tolist())
    return [decide([int(v * 2**200) for v in row]) for row in scaled]


@pytest.mark.parametrize("keepdims", [0, 1])
def test_argmax_is_left_out(keepdims: int, tmp_path: Path) -> None:
    path = _classifier(
        tmp_path / "net.onnx",
        ("Softmax", [], {}),
        ("ArgMax", [], {"axis": 1, "keepdims": keepdims}),
        ("Identity", [], {}),
    )
    rows = np.array([[1, 2], [-1, 1], [0.5, -2], [-3, -1], [0, 0]], np.float32)
    assert _run_argmax(path, rows) == _classes(load_onnx(path), rows)


def _run_argmax(path: Path, rows: Any) -> list[int]:
    import onnx

    model = onnx.load(path)
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    path.write_bytes(model.SerializeToString())
    return [int(v) for v in _run(path, rows).reshape(-1)]


def test_sigmoid_of_one_logit_means_more_than_half(tmp_path: Path) -> None:
    path = _classifier(tmp_path / "net.onnx", ("Sigmoid", [], {}), classes=1)
    rows = np.array([[1, 2], [-1, 1], [0, 0], [-3, -1]], np.float32)
    assert (_run(path, rows)[:, 0] > 0.5).tolist() == [
        bool(c) for c in _classes(load_onnx(path), rows)
    ]


def test_dead_branches_do_not_matter(tmp_path: Path) -> None:
    model = Model(2)
    model.node("Exp", ["x"])
    path = model.save(tmp_path / "net.onnx", model.node("Relu", ["x"]), 2)
    assert load_onnx(path).layers == (Relu(0),)


def test_the_input_itself_can_be_the_logits(tmp_path: Path) -> None:
    path = chain(tmp_path / "net.onnx", ("Softmax", [], {}))
    assert evaluate(load_onnx(path), [[3, 4]]) == [[3, 4]]


def _random_teacher(rng: np.random.Generator) -> Network:
    columns, width = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    dtype = rng.choice([np.float32, np.float64])

    def numbers(*shape: int) -> Any:
        return rng.normal(size=shape).astype(dtype)

    layers: list[Layer] = [Affine(0, numbers(width, columns), numbers(width))]
    for _ in range(int(rng.integers(0, 6))):
        source, other = (int(i) for i in rng.integers(1, len(layers) + 1, 2))
        identity = np.ones(width, dtype)
        layers.append(
            [
                Relu(source),
                Sign(source),
                Add(source, other),
                Scale(source, numbers(width), numbers(width), numbers(width)),
                Scale(source, identity, identity, 0 * identity),
                Scale(source, identity, identity + 2, 0 * identity),
            ][int(rng.integers(6))]
        )
    return Network(columns, tuple(layers))


def test_saved_teachers_load_as_the_same_function(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    for seed in range(60):
        rng = np.random.default_rng(seed)
        teacher = _random_teacher(rng)
        save_onnx(teacher, path)
        first = path.read_bytes()
        again = load_onnx(path)
        rows = rng.integers(-3, 4, (5, teacher.columns)).tolist()
        exact = evaluate(teacher, rows)
        assert evaluate(again, rows) == exact
        save_onnx(teacher, path)
        assert path.read_bytes() == first
        kind = np.float32 if teacher.layers[0].weight.dtype == np.float32 else np.float64  # type: ignore[union-attr]
        found = _run(path, np.array(rows, kind))
        np.testing.assert_allclose(found, np.array(exact, float), rtol=1e-3, atol=1e-3)
