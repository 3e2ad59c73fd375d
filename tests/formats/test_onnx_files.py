"""ONNX files that are damaged, unsupported or kept in parts: one line says what and where."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.formats.onnx_models import Model, chain, evaluate, random_model, refused
from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError


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
    refused(path, "lacks its 16 bytes")
    data.unlink()
    refused(path, "is missing")
    (tmp_path / "elsewhere").write_bytes(saved)
    data.symlink_to(tmp_path / "elsewhere")
    refused(path, "is a link")
    for place in ("../net.data", "/etc/passwd", "sub/net.data", "..", ""):
        for entry in proto.graph.initializer[0].external_data:
            if entry.key == "location":
                entry.value = place
        path.write_bytes(proto.SerializeToString())
        refused(path, "only a file in the model's own folder")


def test_files_that_are_not_onnx(tmp_path: Path) -> None:
    refused(tmp_path / "missing.onnx", "cannot read")
    path = tmp_path / "net.onnx"
    good = chain(path, ("MatMul", [(np.ones((2, 300)),)], {})).read_bytes()
    for data in (b"", b"{}", b"\x80\x04\x95", b"PK\x03\x04", good[:500], good[: len(good) // 2]):
        path.write_bytes(data)
        refused(path)
    for cut in range(0, len(good), 37):
        path.write_bytes(good[:cut])
        refused(path)
    path.write_bytes(b"{}")
    refused(path, "not an ONNX file")


BAD_CHAINS: list[tuple[list[Any], list[str]]] = [
    ([("Exp", [], {})], ['node "the_v1" (Exp)', '"Exp" is not supported', "Gemm"]),
    ([("LSTM", [], {})], ['"LSTM" is not supported: it is recurrent', "leafproof test"]),
    ([("LayerNormalization", [], {})], ["divides by what it computes", "BatchNormalization"]),
    ([("ConvTranspose", [], {})], ["not supported: transposed convolutions", "upsampling"]),
    ([("Sinh", [], {}), ("Relu", [], {})], ['node "the_v1" (Sinh)']),
    ([("Relu", [], {"domain": "my.ops"})], ["of the operator set", '"my.ops"']),
    ([("Softmax", [], {}), ("Relu", [], {})], ["(Relu)", "follows", "(Softmax)", "last step"]),
    ([("Softmax", [], {}), ("Mul", [(2.0,)], {})], ["(Mul)", "(Softmax)", "last step"]),
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
    ([("Add", [([1, 2], np.uint8)], {})], ["integers", "uint8"]),
    ([("Constant", [(1.0,), "@"], {})], ["2 inputs"]),
]


@pytest.mark.parametrize(("steps", "words"), BAD_CHAINS)
def test_bad_graphs_name_the_node(steps: Any, words: list[str], tmp_path: Path) -> None:
    refused(chain(tmp_path / "net.onnx", *steps), *words)


def _changed(path: Path, change: Any) -> Path:
    import onnx

    model = onnx.load(chain(path, ("MatMul", [(np.ones((2, 2)),)], {}), ("Relu", [], {})))
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def _shape(model: Any, *dims: Any) -> None:
    model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", 1, dims))


BAD_MODELS: list[tuple[Any, list[str]]] = [
    (lambda m: m.graph.output.append(m.graph.output[0]), ["2 outputs", "keep one"]),
    (
        lambda m: m.graph.input.append(helper.make_tensor_value_info("y", 1, ["N", 2])),
        ["2 inputs", "give a domain whose variables have these names"],
    ),
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
    refused(_changed(tmp_path / "net.onnx", change), *words)


def test_statistics_of_a_batch_beside_the_output_are_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before opset 14 nothing else says so; where onnxruntime is installed it found it out."""
    monkeypatch.setattr("verifier.formats.onnx._compare", lambda *given: None)

    path = chain(tmp_path / "net.onnx", ("BatchNormalization", [(np.ones(2),)] * 4, {}), opset=9)
    import onnx

    model = onnx.load(path)
    assert load_onnx(path).columns == 2
    model.graph.node[0].output.extend(["mean", "var", "", ""])
    path.write_bytes(model.SerializeToString())
    refused(path, "training mode")


def test_a_fixed_batch_may_be_reshaped_to(tmp_path: Path) -> None:
    import onnx

    path = chain(tmp_path / "net.onnx", ("Reshape", [([4, -1], np.int64)], {}))
    refused(path, "reshapes")
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
    path = chain(tmp_path / "net.onnx", ("MatMul", [(np.ones((2, 2)),)], {}))
    path.write_bytes(path.read_bytes().replace(b"MatMul", b"Mat\xfful"))
    refused(path, "is not text")
    path = tmp_path / "net.onnx"
    model = Model(2)
    text = model.node("Constant", [], value_int=1)
    model.nodes[0].attribute[0].type = 3
    refused(model.save(path, model.node("Add", ["x", text])), "(Constant)", "wrong type")
