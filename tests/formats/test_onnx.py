from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.formats.onnx_models import Model, evaluate, random_model
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


def _chain(path: Path, *steps: Any, columns: int = 2, kind: int = 1, opset: int = 17) -> Path:
    """A model that applies each (operator, constants, attributes) to the previous output."""
    model = Model(columns, kind, opset)
    name = "x"
    for operator, constants, attributes in steps:
        tensors = [c if isinstance(c, str) else model.tensor(*c) for c in constants]
        inputs = [name if t == "@" else t for t in tensors]
        inputs = inputs if "@" in tensors else [name, *inputs]
        name = model.node(operator, inputs, **attributes)
    return model.save(path, name)


def test_leaky_relu_clip_and_gemm_are_exact(tmp_path: Path) -> None:
    third = float(np.float32(1 / 3))
    rows = [[Fraction(-7, 3), Fraction(5, 7)], [Fraction(1, 9), Fraction(-1, 3)]]
    for alpha in (0.01, 0.3, 1e-12, -3.0):
        path = _chain(tmp_path / "net.onnx", ("LeakyRelu", [], {"alpha": alpha}))
        slope = Fraction(float(np.float32(alpha)))
        expected = [[x if x > 0 else slope * x for x in row] for row in rows]
        assert evaluate(load_onnx(path), rows) == expected
    low, high = np.float32(-0.1), np.float32(0.7)
    path = _chain(tmp_path / "net.onnx", ("Clip", [(low,), (high,)], {}))
    expected = [[min(max(x, Fraction(float(low))), Fraction(float(high))) for x in r] for r in rows]
    assert evaluate(load_onnx(path), rows) == expected
    weight, bias = np.array([[0.1, 0.2], [0.3, -0.7]]), np.array([0.1, 1e-9])
    gemm = ("Gemm", [(weight,), (bias,)], {"alpha": third, "beta": third})
    path = _chain(tmp_path / "net.onnx", gemm, kind=TensorProto.DOUBLE)
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
    path = _chain(tmp_path / "net.onnx", ("Clip", [(2.0,), (1.0,)], {}))
    assert evaluate(load_onnx(path), [[-5, 0], [1.5, 9]]) == [[1, 1], [1, 1]]
    rows = np.array([[-5, 0], [1.5, 9]], np.float32)
    assert _run(path, rows).tolist() == [[1, 1], [1, 1]]


def test_clip_attributes_of_old_files(tmp_path: Path) -> None:
    path = _chain(tmp_path / "net.onnx", ("Clip", [], {"min": -0.5, "max": 0.25}), opset=10)
    rows = np.array([[-5, 0], [0.1, 9]], np.float32)
    assert np.array_equal(_run(path, rows), np.array(evaluate(load_onnx(path), rows), np.float32))


def test_division_keeps_the_divisor_exact(tmp_path: Path) -> None:
    path = _chain(tmp_path / "net.onnx", ("Div", [(np.array([3.0, 7.0]),)], {}))
    assert evaluate(load_onnx(path), [[1, 1]]) == [[Fraction(1, 3), Fraction(1, 7)]]


def test_batch_normalization_is_the_recorded_formula(tmp_path: Path) -> None:
    gamma, beta, mean, variance = (
        np.array(v, np.float32) for v in ([0.7, -2], [0.1, 0.3], [0.2, 5], [0.9, 1e-3])
    )
    arrays = [(gamma,), (beta,), (mean,), (variance,)]
    path = _chain(tmp_path / "net.onnx", ("BatchNormalization", arrays, {"epsilon": 1e-5}))
    teacher = load_onnx(path)
    factor = gamma.astype(float) / np.sqrt(variance.astype(float) + float(np.float32(1e-5)))
    expected = [
        Fraction(factor[i]) * (x - Fraction(float(mean[i]))) + Fraction(float(beta[i]))
        for i, x in enumerate([Fraction(1, 3), Fraction(2)])
    ]
    assert evaluate(teacher, [[Fraction(1, 3), 2]]) == [expected]
    assert any("rounded to float64" in n and "BatchNormalization" in n for n in teacher.notes)


def test_bias_additions_merge_into_the_affine_layer(tmp_path: Path) -> None:
    path = _chain(
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
    assert evaluate(load_onnx(path), [[1, 0], [0, 1]]) == [numbers[:3], numbers[3:]]


def _classifier(path: Path, *steps: Any, classes: int = 3, opset: int = 17) -> Path:
    weight = np.arange(2 * classes).reshape(2, classes) - 2.0
    return _chain(path, ("MatMul", [(weight,)], {}), *steps, opset=opset)


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
    path = _chain(tmp_path / "net.onnx", ("Softmax", [], {}))
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


def test_weights_in_a_file_beside_the_model(tmp_path: Path) -> None:
    import onnx

    model = Model(2)
    path = tmp_path / "net.onnx"
    proto = model.proto(model.node("MatMul", ["x", model.tensor([[1, 2], [3, 4]])]), 2)
    onnx.save_model(proto, path, save_as_external_data=True, location="net.data", size_threshold=0)
    assert evaluate(load_onnx(path), [[1, 10]]) == [[31, 42]]
    data = tmp_path / "net.data"
    saved = data.read_bytes()
    data.write_bytes(saved[:-1])
    _refused(path, "lacks its 16 bytes")
    data.unlink()
    _refused(path, "is missing")
    (tmp_path / "elsewhere").write_bytes(saved)
    data.symlink_to(tmp_path / "elsewhere")
    _refused(path, "is a link")
    for place in ("../net.data", "/etc/passwd", "sub/net.data", "..", ""):
        for entry in proto.graph.initializer[0].external_data:
            if entry.key == "location":
                entry.value = place
        path.write_bytes(proto.SerializeToString())
        _refused(path, "only a file in the model's own folder")


def _refused(path: Path, *words: str) -> None:
    with pytest.raises(NetworkError) as caught:
        load_onnx(path)
    message = str(caught.value)
    for word in (*words, path.name):
        assert word in message, message
    assert "\n" not in message


def test_files_that_are_not_onnx(tmp_path: Path) -> None:
    _refused(tmp_path / "missing.onnx", "cannot read")
    path = tmp_path / "net.onnx"
    good = _chain(path, ("MatMul", [(np.ones((2, 300)),)], {})).read_bytes()
    for data in (b"", b"{}", b"\x80\x04\x95", b"PK\x03\x04", good[:500], good[: len(good) // 2]):
        path.write_bytes(data)
        _refused(path)
    for cut in range(0, len(good), 37):
        path.write_bytes(good[:cut])
        _refused(path)
    path.write_bytes(b"{}")
    _refused(path, "not an ONNX file")


BAD_CHAINS: list[tuple[list[Any], list[str]]] = [
    ([("Exp", [], {})], ['node "the_v1" (Exp)', '"Exp" is not supported', "Gemm"]),
    ([("Tanh", [], {}), ("Relu", [], {})], ['node "the_v1" (Tanh)']),
    ([("Relu", [], {"domain": "my.ops"})], ["of the operator set", '"my.ops"']),
    ([("Softmax", [], {}), ("Relu", [], {})], ["(Relu)", "follows", "(Softmax)", "last step"]),
    ([("Sigmoid", [], {}), ("Mul", [(2.0,)], {})], ["(Mul)", "(Sigmoid)", "last step"]),
    ([("ArgMax", [], {"axis": 1}), ("Softmax", [], {})], ["(Softmax)", "(ArgMax)"]),
    ([("ArgMax", [], {})], ["axis is 0"]),
    ([("ArgMax", [], {"axis": 1, "select_last_index": 1})], ["ties to the last"]),
    ([("Softmax", [], {"axis": 0})], ["axis is 0"]),
    ([("Cast", [], {"to": TensorProto.INT64})], ["(Cast)", "INT64"]),
    ([("Sigmoid", [], {}), ("Cast", [], {"to": TensorProto.INT64})], ["INT64"]),
    ([("MatMul", [(np.ones((2, 1)),)], {}), ("Softmax", [], {})], ["over one column"]),
    ([("MatMul", [(np.ones((2, 1)),)], {}), ("ArgMax", [], {"axis": 1})], ["over one column"]),
    ([("MatMul", [(np.ones((2, 1)),)], {}), ("Sigmoid", [], {}), ("Sigmoid", [], {})], ["one col"]),
    ([("MatMul", [(np.ones((3, 1)),)], {})], ["takes 3 inputs but is given 2"]),
    ([("MatMul", [(np.ones(2),)], {})], ["must be a matrix"]),
    ([("MatMul", [(np.ones((2, 2)),), "@"], {})], ["from the left"]),
    ([("MatMul", [(np.full((2, 1), np.nan),)], {})], ["(MatMul)", '"t1"', "NaN"]),
    ([("Add", [(np.array([np.inf, 1]),)], {})], ["(Add)", "infinite"]),
    ([("Gemm", [(np.ones((2, 2)),)], {"transA": 1})], ["transA"]),
    ([("Gemm", [(np.ones((2, 2)),), (np.ones(3),)], {})], ["does not fit 2 columns"]),
    ([("Add", [(np.ones((3, 2)),)], {})], ["is not one row"]),
    ([("Add", [(np.ones((1, 1, 2)),)], {})], ["is not one row"]),
    ([("Add", [(np.ones(3),)], {})], ["widths 2 and 3 do not fit"]),
    ([("Div", [(1.0,), "@"], {})], ["divides by an activation"]),
    ([("Div", [(np.array([1.0, 0.0]),)], {})], ["divides by zero"]),
    ([("Mul", ["@", "@"], {})], ["multiplies or divides two activations"]),
    ([("Flatten", [], {"axis": 0})], ["axis 1"]),
    ([("Flatten", [], {"axis": 2})], ["axis 1"]),
    ([("Reshape", [([1, -1], np.int64)], {})], ["reshapes to [1, -1]"]),
    ([("Reshape", [([-1], np.int64)], {})], ["reshapes to [-1]"]),
    ([("Reshape", [([-1, 1], np.int64)], {})], ["reshapes to [-1, 1]"]),
    ([("Reshape", [([0, -1], np.int64)], {"allowzero": 1})], ["reshapes to [0, -1]"]),
    ([("Clip", [(np.nan,)], {})], ["lower bound is nan"]),
    ([("Clip", [(np.ones(2),)], {})], ["one constant number"]),
    ([("LeakyRelu", [], {"alpha": float("inf")})], ["slope is inf"]),
    ([("LeakyRelu", [], {"alpha": 1})], ["wrong type"]),
    ([("Relu", [], {"fast": 1})], ['attribute "fast"']),
    ([("Dropout", [(0.5,), (True, bool)], {})], ["training_mode"]),
    ([("BatchNormalization", [(np.ones(2),)] * 3 + [(-np.ones(2),)], {})], ["not positive"]),
    ([("BatchNormalization", [(np.ones(3),)] * 4, {})], ["shape (3,)"]),
    ([("BatchNormalization", [(np.ones(2),)] * 4, {"training_mode": 1})], ["training mode"]),
    ([("Relu", ["@", "@"], {})], ["2 inputs"]),
    ([("Add", ["@", "nowhere"], {})], ['reads "nowhere"']),
    ([("Add", [([1, 2], np.int64)], {})], ["integers"]),
    ([("Add", [([1, 2], np.uint8)], {})], ["UINT8"]),
    ([("Constant", [(1.0,), "@"], {})], ["2 inputs"]),
]


@pytest.mark.parametrize(("steps", "words"), BAD_CHAINS)
def test_bad_graphs_name_the_node(steps: Any, words: list[str], tmp_path: Path) -> None:
    _refused(_chain(tmp_path / "net.onnx", *steps), *words)


def _changed(path: Path, change: Any) -> Path:
    import onnx

    model = onnx.load(_chain(path, ("MatMul", [(np.ones((2, 2)),)], {}), ("Relu", [], {})))
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def _shape(model: Any, *dims: Any) -> None:
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", 1, dims))


BAD_MODELS: list[tuple[Any, list[str]]] = [
    (lambda m: m.graph.output.append(m.graph.output[0]), ["2 outputs", "keep one"]),
    (lambda m: m.graph.input.append(helper.make_tensor_value_info("y", 1, ["N", 2])), ["2 inputs"]),
    (lambda m: m.graph.ClearField("input"), ["0 inputs"]),
    (lambda m: _shape(m, "N", "columns"), ['shape ["N", "columns"]']),
    (lambda m: _shape(m, 2), ["[N, columns]"]),
    (lambda m: _shape(m, "N", 1, 2), ["[N, columns]"]),
    (lambda m: _shape(m, "N", 5), ["takes 2 inputs but is given 5"]),
    (
        lambda m: m.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", 7, ["N", 2])),
        ['input "x"', "INT64"],
    ),
    (
        lambda m: m.graph.output[0].CopyFrom(helper.make_tensor_value_info("v3", 7, ["N", 2])),
        ['output "v3"', "INT64"],
    ),
    (
        lambda m: m.graph.output[0].CopyFrom(helper.make_tensor_value_info("v3", 1, ["N", 3])),
        ['output "v3"', "[N, 2]"],
    ),
    (lambda m: setattr(m.opset_import[0], "version", 99), ["operator set version"]),
    (lambda m: setattr(m.opset_import[0], "version", 6), ["operator set version"]),
    (lambda m: m.graph.node.reverse(), ["comes later"]),
    (lambda m: m.graph.node[0].output.__setitem__(0, "v3"), ["defined twice"]),
    (lambda m: m.graph.node[0].input.__setitem__(0, "v2"), ["comes later"]),
    (lambda m: m.graph.initializer.append(m.graph.initializer[0]), ["same name"]),
    (lambda m: m.graph.initializer[0].dims.append(7), ["damaged"]),
    (lambda m: m.graph.initializer[0].dims.__setitem__(0, -2), ["negative"]),
    (lambda m: m.graph.initializer[0].dims.__setitem__(0, 1 << 60), ["damaged"]),
    (lambda m: setattr(m.graph.output[0], "name", "t1"), ["does not depend on the input"]),
    (lambda m: m.functions.add(name="Relu"), ["its own function"]),
    (lambda m: m.graph.sparse_initializer.add(), ["sparse"]),
    (lambda m: setattr(m.graph.node[1], "op_type", "Re\nlu"), ["not supported"]),
    (
        lambda m: (
            setattr(m.graph.node[1], "name", "a\nb") or setattr(m.graph.node[1], "op_type", "X")
        ),
        ["a\\nb"],
    ),
]


@pytest.mark.parametrize(("change", "words"), BAD_MODELS)
def test_bad_models_are_one_line(change: Any, words: list[str], tmp_path: Path) -> None:
    _refused(_changed(tmp_path / "net.onnx", change), *words)


def test_a_fixed_batch_may_be_reshaped_to(tmp_path: Path) -> None:
    import onnx

    path = _chain(tmp_path / "net.onnx", ("Reshape", [([4, -1], np.int64)], {}))
    _refused(path, "reshapes")
    model = onnx.load(path)
    _shape(model, 4, 2)
    path.write_bytes(model.SerializeToString())
    assert evaluate(load_onnx(path), [[1, 2]]) == [[1, 2]]


def test_damaged_bytes_are_refused_or_read_but_never_crash(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    refused = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        model, output, classes = random_model(rng)
        data = model.proto(output, classes).SerializeToString()
        for _ in range(12):
            damaged = bytearray(data)
            for place in rng.integers(len(data), size=int(rng.integers(1, 4))):
                damaged[place] = rng.integers(256)
            path.write_bytes(damaged)
            try:
                load_onnx(path)
            except NetworkError as error:
                refused += 1
                assert len(str(error).splitlines()) == 1
    assert refused > 400


def test_names_that_are_not_text_and_constants_of_strings(tmp_path: Path) -> None:
    path = _chain(tmp_path / "net.onnx", ("MatMul", [(np.ones((2, 2)),)], {}))
    path.write_bytes(path.read_bytes().replace(b"MatMul", b"Mat\xfful"))
    _refused(path, "is not text")
    path = tmp_path / "net.onnx"
    model = Model(2)
    text = model.node("Constant", [], value_int=1)
    model.nodes[0].attribute[0].type = 3
    _refused(model.save(path, model.node("Add", ["x", text])), "(Constant)", "wrong type")
