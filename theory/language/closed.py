"""Mappings in frozen data: nobody changes them, and they are copied and pickled like the rest."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def closed(mapping: Mapping[K, V]) -> MappingProxyType[K, V]:
    """A copy of a mapping that cannot be changed."""
    return MappingProxyType(dict(mapping))


def _as_pickled(mapping: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return closed, (dict(mapping),)


copyreg.pickle(MappingProxyType, _as_pickled)
