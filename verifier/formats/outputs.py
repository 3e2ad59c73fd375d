"""One output of an ONNX file with several: ``net.onnx#NAME`` in place of ``net.onnx``."""

from __future__ import annotations

import os

from verifier.formats.paths import is_there
from verifier.model.errors import LeafproofError, quoted
from verifier.reading.files import read_bytes


def split_output(path: str | os.PathLike[str]) -> tuple[str, str | None]:
    """The file, and the output that is named behind it; None where none is.

    A file whose own name holds a # is that file.
    """
    text = os.fspath(path)
    file, mark, name = text.rpartition("#")
    if not mark or not name or not file or is_there(text):
        return text, None
    return file, name


def model_file(
    path: str | os.PathLike[str],
    what: str,
    error: type[LeafproofError],
    most: int = 1 << 32,
) -> bytes:
    """The bytes of a model's file: of an ONNX file of which an output is named, with it alone.

    Raises ``error``.
    """
    return with_output(path, read_bytes(split_output(path)[0], what, error, most), error)


def with_output(path: str | os.PathLike[str], data: bytes, error: type[LeafproofError]) -> bytes:
    """The same of a file's bytes, where these are at hand."""
    file, name = split_output(path)
    if name is None:
        return data
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError):
        raise error(f"{quoted(path, 200)}: only an ONNX file has outputs by name") from None
    kept = [o for o in model.graph.output if o.name == name]
    if len(kept) != 1:
        names = ", ".join(quoted(o.name) for o in model.graph.output[:8])
        raise error(f"{quoted(file, 200)} has no output {quoted(name)}: it has {names}")
    del model.graph.output[:]
    model.graph.output.extend(kept)
    return bytes(model.SerializeToString())
