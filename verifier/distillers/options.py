"""Checking what users ask of a distiller."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from verifier.model.errors import LeafproofError


def check_whole(name: str, value: Any, least: int) -> None:
    """Raise LeafproofError unless ``value`` is None or a whole number of at least ``least``."""
    if value is not None and (not isinstance(value, Integral) or value < least):
        raise LeafproofError(f"{name} is {value}: give a whole number of at least {least}")
