"""The constants of an ONNX file as exact numbers, whatever way they are stored."""

from __future__ import annotations

import math
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, numpy_helper

from verifier.formats.graph import ConstantValue, refuse
from verifier.model.errors import NetworkError, quoted
from verifier.model.limits import DIMENSIONS, NUMBER_BYTES, require_memory
from verifier.reading.files import hear

FLOATS = {
    TensorProto.FLOAT: "float",
    TensorProto.DOUBLE: "double",
    TensorProto.FLOAT16: "float16",
    TensorProto.BFLOAT16: "bfloat16",
}
_INTEGERS = {
    TensorProto.INT64: "int64",
    TensorProto.INT32: "int32",
    TensorProto.BOOL: "bool",
    TensorProto.UINT8: "uint8",
    TensorProto.INT8: "int8",
    TensorProto.UINT16: "uint16",
    TensorProto.INT16: "int16",
}
_BYTES = {
    TensorProto.FLOAT: 4,
    TensorProto.DOUBLE: 8,
    TensorProto.FLOAT16: 2,
    TensorProto.BFLOAT16: 2,
    TensorProto.INT64: 8,
    TensorProto.INT32: 4,
    TensorProto.BOOL: 1,
    TensorProto.UINT8: 1,
    TensorProto.INT8: 1,
    TensorProto.UINT16: 2,
    TensorProto.INT16: 2,
}

_LONGEST = 1 << 40
"""Dimensions are below this number; with a 0 beside it, a larger one would still be no array."""


def type_name(code: int) -> str:
    """An ONNX element type in words."""
    return str(TensorProto.DataType.Name(code)) if code in TensorProto.DataType.values() else "?"


def read_tensor(tensor: Any, folder: Path | None, where: str) -> ConstantValue:
    """The tensor's numbers: floats of any width as float64 (exact), integers as int64.

    ``folder`` is where the model file lies: weights kept outside it are read from there only.
    """
    kind = tensor.data_type
    count = _count(tensor, where)
    if kind == TensorProto.STRING:
        return _texts(tensor, where)
    if kind not in _BYTES:
        refuse(where, f"its element type {type_name(kind)} is not supported: use float or double")
    require_memory(count * NUMBER_BYTES, where, NetworkError)
    if tensor.data_location == TensorProto.EXTERNAL:
        raw = _external(tensor, folder, count * _BYTES[kind], where)
        copy = TensorProto(data_type=kind, dims=tensor.dims, raw_data=raw)
        array = numpy_helper.to_array(copy)
    else:
        if tensor.HasField("raw_data"):
            found, wanted = len(tensor.raw_data), count * _BYTES[kind]
        else:
            found, wanted = _stored(tensor), count
        if found != wanted:
            refuse(where, f"its data has {found} entries, not {wanted}: damaged file")
        array = numpy_helper.to_array(tensor)
    exact = np.int64 if kind in _INTEGERS else np.float64
    with np.errstate(invalid="ignore"):  # a signalling NaN: whoever uses it refuses it
        numbers = np.asarray(array).astype(exact)
    name = {**FLOATS, **_INTEGERS}.get(kind, "")
    return ConstantValue(numbers, quoted(tensor.name or "unnamed"), name)


def _count(tensor: Any, where: str) -> int:
    """How many numbers the tensor declares, all in itself and in a shape that arrays can have."""
    if tensor.HasField("segment"):
        refuse(where, "it is a segment of a larger tensor: only whole tensors are supported")
    if len(tensor.dims) > DIMENSIONS:
        refuse(where, f"it has {len(tensor.dims)} dimensions: at most {DIMENSIONS} are supported")
    if any(d < 0 for d in tensor.dims):
        refuse(where, f"its shape {list(tensor.dims)} is negative: the file is damaged")
    if any(d >= _LONGEST for d in tensor.dims):
        refuse(where, f"its shape {list(tensor.dims)} is impossible: the file is damaged")
    return math.prod(tensor.dims)


def _texts(tensor: Any, where: str) -> ConstantValue:
    """Class labels; their shape is that of the tensor."""
    texts = [x.decode("utf-8", "replace") for x in tensor.string_data]
    if math.prod(tensor.dims) != len(texts):
        refuse(where, f"its data has {len(texts)} entries for shape {list(tensor.dims)}")
    array = np.array(texts, dtype=object).reshape(tuple(tensor.dims))
    return ConstantValue(array, quoted(tensor.name or "unnamed"))


def _stored(tensor: Any) -> int:
    """How many numbers the tensor's typed fields hold."""
    kind = tensor.data_type
    if kind == TensorProto.FLOAT:
        return len(tensor.float_data)
    if kind == TensorProto.DOUBLE:
        return len(tensor.double_data)
    return len(tensor.int64_data if kind == TensorProto.INT64 else tensor.int32_data)


def _external(tensor: Any, folder: Path | None, size: int, where: str) -> bytes:
    """``size`` bytes from a plain file beside the model; never from anywhere else."""
    fields = {entry.key: entry.value for entry in tensor.external_data}
    name = fields.get("location", "")
    if folder is None or not name or Path(name).name != name or name in (".", "..") or "\\" in name:
        refuse(
            where,
            f"its data lies in another file, {quoted(name)}: "
            "only a file in the model's own folder is read; save the model in one file",
        )
    raw = _slice(folder / name, fields, size)
    if raw is None:
        refuse(
            where,
            f"its data file {quoted(name)} is missing, is a link, or lacks its {size} bytes: "
            "copy the whole file beside the model",
        )
    return raw


def _slice(path: Path, fields: Mapping[str, str], size: int) -> bytes | None:
    """The part of a plain file that ``offset`` and ``length`` name, if it has ``size`` bytes."""
    try:
        offset, length = int(fields.get("offset", "0")), int(fields.get("length", str(size)))
        status = path.lstat()
        fits = length == size and 0 <= offset <= status.st_size - size
        if not fits or not stat.S_ISREG(status.st_mode):
            return None
        with path.open("rb") as file:
            file.seek(offset)
            hear(path, None)
            return file.read(size)
    except (OSError, ValueError):
        return None
