"""The libraries that reading a file takes, loaded in their processes before anybody's time runs."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

START = 4096
"""Bytes of a file by which it is told."""
BINARY = b"CBM1"
"""How CatBoost's own binary files begin."""


def _ready(library: str) -> None:
    from verifier.formats.booster_libraries import start  # it loads NumPy

    start(library)


def begin_for(sources: Iterable[Any]) -> None:
    """Begin to load what reading the sources takes, where it is installed, beside what comes until
    it is needed."""
    for name in _installed(sources):
        from verifier.formats.booster_libraries import begin  # it loads NumPy

        begin(name)


LOADERS: dict[str, Callable[[], None]] = {
    name: partial(_ready, name) for name in ("xgboost", "lightgbm", "catboost")
}


def booster_of(data: bytes) -> str | None:
    """The library of which a file holds a model, by the file's first bytes; None: of none.

    XGBoost's are JSON and UBJSON, LightGBM's text, CatBoost's JSON and its binary.
    """
    if data.startswith((b"tree\n", b"tree\r\n")):
        return "lightgbm"
    if data.startswith(BINARY):
        return "catboost"
    if is_ubjson(data):
        return "xgboost"
    if data.lstrip()[:1] == b"{":
        if b'"learner"' in data:
            return "xgboost"
        if b'"features_info"' in data:
            return "catboost"
    return None


def is_ubjson(data: bytes) -> bool:
    """Whether a document begins as XGBoost's UBJSON does, and as no JSON can."""
    return data[:1] == b"{" and data[1:2] in (b"i", b"U", b"I", b"l", b"L", b"#", b"$")


def libraries_of(source: Any) -> tuple[str, ...]:
    """The libraries that a booster's file is compared with; () for all other sources."""
    if not isinstance(source, str | os.PathLike):
        return ()
    try:
        if not Path(source).is_file():
            return ()  # nobody may ever write into a pipe
        with Path(source).open("rb") as file:
            start = file.read(START)
    except (OSError, ValueError):
        return ()  # what is wrong with the path is said where it is read
    library = booster_of(start)
    return () if library is None else (library,)


def load_for(sources: Iterable[Any]) -> None:
    """Have there what reading the sources takes, where it is installed.

    That takes seconds the first time, which are nobody's: a time limit begins after it.
    """
    for name in _installed(sources):
        # a library that is damaged, or lacks another: said where it is needed
        with suppress(ImportError, OSError, ValueError):
            LOADERS[name]()


def _installed(sources: Iterable[Any]) -> Iterator[str]:
    """The libraries of the sources that are installed."""
    for source in sources:
        for name in libraries_of(source):
            if importlib.util.find_spec(name) is not None:
                yield name
