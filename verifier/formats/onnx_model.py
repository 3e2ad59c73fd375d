"""An ONNX file's model, checked to be one that can be read, and which node needs which."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError, EncodeError  # type: ignore[import-untyped]
from onnx import numpy_helper

from verifier.formats.graph import refuse
from verifier.formats.outputs import model_file
from verifier.model.errors import NetworkError, quoted

OLDEST = 7
"""The first version of the ONNX operators whose meaning is the one here."""
_LARGEST = (1 << 31) - 1
"""Protocol buffers cannot hold more bytes; larger networks keep their weights in a file beside."""


def model_bytes(given: Any) -> bytes:
    """The bytes of a file or of a ModelProto."""
    if isinstance(given, str | os.PathLike):
        return model_file(given, "teacher (ONNX)", NetworkError, _LARGEST)
    if any(t.data_location == onnx.TensorProto.EXTERNAL for t in given.graph.initializer):
        raise NetworkError("the ModelProto has its weights in a file: give the path of the model")
    try:
        return bytes(given.SerializeToString())
    except (ValueError, EncodeError):
        raise NetworkError("the ModelProto is too large or incomplete: save it as a file") from None


def checked_model(data: bytes) -> Any:
    """The model with its version checked."""
    hint = "give an ONNX file, exported again if it was cut short"
    if not data:
        raise NetworkError(f"the file is empty: {hint}")
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError):
        raise NetworkError(f"this is not an ONNX file, or it is truncated: {hint}") from None
    if not model.ir_version or not model.graph.output or not model.opset_import:
        raise NetworkError(f"this is not an ONNX network, or it is truncated: {hint}")
    _check_versions(model)
    if model.functions:
        name = quoted(model.functions[0].name)
        raise NetworkError(f"the file defines its own function {name}: inline it before saving")
    if not all(isinstance(text, str) for text in _texts(model.graph)):
        raise NetworkError(f"a name in the file is not text: the file is damaged; {hint}")
    for i, node in enumerate(model.graph.node):
        if len({a.name for a in node.attribute}) < len(node.attribute):
            refuse(place_of(node, i), "two of its attributes have the same name: damaged file")
    if model.graph.sparse_initializer:
        raise NetworkError("the file has sparse weights: save them dense")
    return model


def _check_versions(model: Any) -> None:
    """Each operator set is imported in one version, which this installation knows."""
    newest = {"": onnx.defs.onnx_opset_version(), "ai.onnx.ml": _newest_ml()}
    found: dict[str, set[int]] = {}
    for entry in model.opset_import:
        domain = "" if entry.domain == "ai.onnx" else entry.domain
        found.setdefault(domain, set()).add(entry.version)
    for domain, last in newest.items():
        first = 1 if domain else OLDEST
        name = "the ONNX operators" if not domain else f"the operators of {domain}"
        reads = f"this installation reads {first} to {last} (onnx {onnx.__version__})"
        versions = sorted(found.get(domain, ()))
        if len(versions) > 1:
            raise NetworkError(
                f"{name} are imported more than once, in the versions "
                f"{', '.join(map(str, versions))}: export the network with one operator set "
                f"version; {reads}"
            )
        if versions and not first <= versions[0] <= last:
            raise NetworkError(
                f"the operator set version of {name} is {versions[0]}: export the network with "
                f"another one; {reads}"
            )
        used = any((n.domain if n.domain != "ai.onnx" else "") == domain for n in model.graph.node)
        if used and not versions:
            raise NetworkError(
                f"the operator set version of {name} is missing: export the network again; {reads}"
            )


def _newest_ml() -> int:
    """The newest version of ai.onnx.ml that the installed onnx has an operator of."""
    schemas = onnx.defs.get_all_schemas_with_history()
    return max(int(s.since_version) for s in schemas if s.domain == "ai.onnx.ml")


def _texts(graph: Any) -> Iterator[Any]:
    """Every name that is read; protocol buffers give bytes where it is not UTF-8."""
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.ref_attr_name, attribute.t.name)
    for value in (*graph.input, *graph.output):
        yield value.name
        yield from (dim.dim_param for dim in value.type.tensor_type.shape.dim)
    for tensor in graph.initializer:
        yield tensor.name
        yield from (text for entry in tensor.external_data for text in (entry.key, entry.value))


def producers_of(graph: Any, given: set[str]) -> dict[str, int]:
    """Which node makes each value; every name may be given once only."""
    producers: dict[str, int] = {}
    for i, node in enumerate(graph.node):
        for name in node.output:
            if name and (name in producers or name in given):
                refuse(
                    place_of(node, i), f"its output {quoted(name)} is defined twice: damaged file"
                )
            if name:
                producers[name] = i
    return producers


def needed_nodes(graph: Any, producers: Mapping[str, int], output: str) -> list[int]:
    """The nodes that the output depends on, in file order, which must be a valid order."""
    needed: set[int] = set()
    pending = [output]
    while pending:
        i = producers.get(pending.pop())
        if i is None or i in needed:
            continue
        needed.add(i)
        for name in graph.node[i].input:
            if producers.get(name, -1) >= i:
                refuse(place_of(graph.node[i], i), f"it reads {quoted(name)}, which comes later")
            pending.append(name)
    return sorted(needed)


def place_of(node: Any, position: int) -> str:
    """How a message names a node."""
    name = quoted(node.name) if node.name else f"number {position}"
    return f"node {name} ({node.op_type if node.op_type.isidentifier() else '?'})"


def makers_of(graph: Any) -> dict[str, Any]:
    """The node that makes each value, of those of ONNX's own operators."""
    own = [node for node in graph.node if node.domain in ("", "ai.onnx")]
    return {name: node for node in own for name in node.output}


def number_in(
    name: str, makers: Mapping[str, Any], tensors: Mapping[str, Any]
) -> npt.NDArray[Any] | None:
    """A constant that is one number, in its type, shape []; None for anything else."""
    held, maker = tensors.get(name), makers.get(name)
    if maker is not None and maker.op_type == "Constant" and len(maker.attribute) == 1:
        held = maker.attribute[0].t if maker.attribute[0].name == "value" else None
    if held is None or held.external_data or len(held.dims) > 1:
        return None
    found = numpy_helper.to_array(held)
    return found.reshape(()) if found.size == 1 and found.dtype.kind in "fi" else None


def inputs_words(inputs: Sequence[Any]) -> str:
    """What is said of a file that has several inputs, or none: how many, and what to do."""
    if not inputs:
        return "0 inputs: it must have one"
    names = ", ".join(quoted(i.name) for i in inputs[:4])
    return (
        f"{len(inputs)} inputs ({names}): give a domain whose variables have these names, or "
        "export it with one input of all columns"
    )
