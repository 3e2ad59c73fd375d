"""Small ONNX files made the reader allocate without end, or raised a traceback.

79 bytes declared 10^9 columns (75 s, --timeout ignored); 480 KB of constants were broadcast to
26.8 GiB; tensors with ``segment``, dimensions of 2^62 or 65 dimensions raised a ValueError, whose
exit code 1 means "refuted".
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from verifier.cli.main import run
from verifier.formats.load import read_teacher
from verifier.formats.onnx_writer import save_onnx
from verifier.model.errors import NetworkError
from verifier.model.limits import VARIABLE
from verifier.model.network import Affine, Network, Scale, exact_logits

node = helper.make_node


def model(nodes: list[Any], tensors: list[Any], columns: int = 2, output: str = "y") -> bytes:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", columns])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        tensors,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())


def floats(name: str, *shape: int) -> Any:
    return numpy_helper.from_array(np.ones(shape, np.float32), name)


def odd(**changes: Any) -> Any:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 1])
    tensor.raw_data = np.ones(2, np.float32).tobytes()
    for name, value in changes.items():
        if name == "dims":
            del tensor.dims[:]
            tensor.dims.extend(value)
            tensor.raw_data = b"" if 0 in value else tensor.raw_data
        elif name == "segment":
            tensor.segment.begin, tensor.segment.end = value
        else:
            setattr(tensor, name, value)
    return tensor


def outside(location: str, dims: list[int], **more: str) -> Any:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=dims)
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **more}.items():
        tensor.external_data.add(key=key, value=value)
    return tensor


MATMUL = [node("MatMul", ["x", "w"], ["y"], "multiply")]
TOO_MUCH: dict[str, bytes] = {
    "10^9 columns": model([node("Identity", ["x"], ["y"])], [], 10**9),
    "2^62 columns": model([node("Identity", ["x"], ["y"])], [], 2**62),
    "broadcast constants": model(
        [node("Add", ["a", "b"], ["c"], "wide"), node("Add", ["x", "c"], ["y"])],
        [floats("a", 60000, 1), floats("b", 1, 60000)],
    ),
    "constants that grow step by step": model(
        [
            node("Mul", ["a", "b"], ["c"]),
            node("Mul", ["c", "d"], ["e"], "wide"),
            node("Add", ["x", "e"], ["y"]),
        ],
        [floats("a", 900, 1, 1), floats("b", 1, 900, 1), floats("d", 1, 1, 900)],
    ),
    "one matrix in many layers": model(
        [node("MatMul", [f"v{i}" if i else "x", "w"], [f"v{i + 1}"]) for i in range(600)],
        [floats("w", 512, 512)],
        512,
        "v600",
    ),
}
DAMAGED: dict[str, tuple[bytes, str]] = {
    "a segment": (model(MATMUL, [odd(segment=(0, 2))]), "segment"),
    "2^62 rows": (model(MATMUL, [odd(dims=[2**62, 0])]), "impossible"),
    "2^62 rows with data": (model(MATMUL, [odd(dims=[2**62, 1])]), "impossible"),
    "65 dimensions": (model(MATMUL, [odd(dims=[2] + [1] * 64)]), "65 dimensions"),
    "negative": (model(MATMUL, [odd(dims=[-2, -1])]), "negative"),
    "strings": (model(MATMUL, [odd(data_type=TensorProto.STRING)]), "entries|floats"),
    "float8": (model(MATMUL, [odd(data_type=TensorProto.FLOAT8E4M3FN)]), "FLOAT8E4M3FN"),
    "no type": (model(MATMUL, [odd(data_type=99)]), "element type"),
    "outside the folder": (model(MATMUL, [outside("../w", [2, 1])]), "own folder"),
    "an absolute path": (model(MATMUL, [outside("/etc/passwd", [2, 1])]), "own folder"),
    "a missing file": (model(MATMUL, [outside("w", [2, 1])]), "missing"),
    "a huge offset": (model(MATMUL, [outside("w", [2, 1], offset="9" * 30)]), "missing"),
}


@pytest.mark.parametrize("name", list(TOO_MUCH))
def test_what_would_fill_the_machine_is_refused_at_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "1G")
    (tmp_path / "net.onnx").write_bytes(TOO_MUCH[name])
    start = time.process_time()
    with pytest.raises(NetworkError, match=VARIABLE) as raised:
        read_teacher(tmp_path / "net.onnx")
    assert time.process_time() - start < 5
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", list(DAMAGED))
def test_damaged_tensors_are_named(name: str, tmp_path: Path) -> None:
    data, message = DAMAGED[name]
    (tmp_path / "net.onnx").write_bytes(data)
    with pytest.raises(NetworkError, match=message) as raised:
        read_teacher(tmp_path / "net.onnx")
    assert "\n" not in str(raised.value)


def test_the_command_ends_with_3(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tree.json").write_text('{"format": "leafproof-tree/1", "root": {"class": 0}}')
    for data in (TOO_MUCH["10^9 columns"], DAMAGED["2^62 rows"][0], DAMAGED["a segment"][0]):
        (tmp_path / "net.onnx").write_bytes(data)
        files = [str(tmp_path / name) for name in ("net.onnx", "tree.json")]
        assert run(["certify", *files, "--domain", "bits"]) == 3
        assert len(capfd.readouterr().err.strip().splitlines()) == 1


def test_a_deep_chain_is_read_and_evaluated_in_little_memory(tmp_path: Path) -> None:
    depth = 400
    third = np.full(4, 1 / 3, np.float32)
    zero, one = np.zeros(4, np.float32), np.ones(4, np.float32)
    layers: list[Any] = [Scale(i, third, one, zero + np.float32(0.1)) for i in range(depth)]
    layers.append(Affine(depth, np.ones((1, 4), np.float32), np.zeros(1, np.float32)))
    teacher = Network(4, tuple(layers))
    save_onnx(teacher, tmp_path / "net.onnx")
    found = read_teacher(tmp_path / "net.onnx")
    rows = [[0, 1, 1, 0]]
    (ours,), below = exact_logits(found, rows, 1)
    (theirs,), other = exact_logits(teacher, rows, 1)
    assert ours[0] * other == theirs[0] * below
