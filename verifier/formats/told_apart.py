"""What an object is, told by the names of its classes: no library is loaded for that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

EXPORTED = "give the module that torch.export took, or the ONNX file that torch.onnx.export writes"
"""What is read in place of an ExportedProgram of torch."""

PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".sav")
UNREAD = "may run code when loaded, so it is not read: load it in Python, and give the object to"
"""What is said of a pickle; whose object it is to be given to follows."""


def is_pickle(path: str | os.PathLike[str], head: bytes) -> bool:
    """Whether a file that begins so is one that only unpickling could read: that runs its code."""
    return Path(path).suffix.lower() in PICKLES or head[:1] == b"\x80" or head[:2] == b"PK"


def is_a(model: Any, library: str, name: str) -> bool:
    """Whether a base of the object's class is the library's ``name``; loads nothing."""
    return any(
        base.__name__ == name and base.__module__.partition(".")[0] == library
        for base in type(model).__mro__
    )


def described(model: Any) -> str:
    """An object's kind, in words for a refusal."""
    if isinstance(model, type):
        return f"the class {model.__name__} itself"
    return f"of type {type(model).__name__}"
