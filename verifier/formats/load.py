"""Reading users' files by what they are: the command line's way in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.formats import json_files
from verifier.formats.json_files import domain_notes, read_domain
from verifier.model.errors import NetworkError, TreeError, quoted
from verifier.model.network import Network
from verifier.model.tree import Tree
from verifier.reading.files import read_bytes

if TYPE_CHECKING:
    from verifier.formats.heads import Asked

__all__ = ["domain_notes", "read_domain", "read_teacher", "read_tree"]

_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".npy", ".npz", ".sav")


def read_teacher(path: str | os.PathLike[str], asked: Asked | None = None) -> Network:
    """The network in an ONNX file, its output read as ``asked``. Raises NetworkError.

    Files that only unpickling could read are refused: unpickling runs code that the file holds.
    """
    head = read_bytes(path, "teacher (ONNX)", NetworkError)[:64]
    name = quoted(path, 200)
    if Path(path).suffix.lower() in _PICKLES or head[:1] == b"\x80" or head[:2] == b"PK":
        raise NetworkError(
            f"{name} may run code when loaded, so it is not read: export the network to ONNX, "
            "or load it in Python (verifier.formats.torch, verifier.formats.sklearn)"
        )
    if head.lstrip()[:1] == b"{":
        raise NetworkError(
            f"{name} is not a network but JSON: the teacher (ONNX) comes first, then the tree"
        )
    # onnx takes long to import: only where needed
    from verifier.formats.heads import NOTHING
    from verifier.formats.onnx import load_onnx

    return load_onnx(path, asked or NOTHING)


def read_tree(path: str | os.PathLike[str]) -> Tree:
    """The tree in a JSON file, or in an ONNX file with one TreeEnsembleClassifier.

    Raises TreeError.
    """
    if read_bytes(path, "tree", TreeError)[:1] == b"\x08":  # an ONNX file begins with its version
        from verifier.formats.tree_graph import read_tree_onnx

        return read_tree_onnx(path)
    return json_files.read_tree(path)
