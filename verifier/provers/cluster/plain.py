"""Values of a known type as JSON, and back: what other machines send is read as data.

Nothing in it is run, and what is not of that type is refused (`pickle` runs what it is told to).
A type is a class, or what a field is annotated with: numbers, text, fractions, ranges, arrays,
tuples and other sequences, mappings, enumerations, errors, dataclasses and named tuples of these.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.proof import Sandwich

NAMES = {"Cell": Cell, "Sandwich": Sandwich}
"""Classes that fields of others name, whose modules import them for type checkers only."""
BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What reading anything else raises, whatever it is."""
Way = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""How a type's values become what JSON holds, and back."""


def to_bytes(kind: Any, value: Any) -> bytes:
    """A value of a type as bytes."""
    return json.dumps(_way(kind)[0](value), separators=(",", ":")).encode()


def of_bytes(kind: Any, data: object, what: str) -> Any:
    """The value; raises LeafproofError for anything else, saying ``what`` was to be read."""
    try:
        if not isinstance(data, bytes):
            raise TypeError(f"it is {type(data).__name__}")
        return _way(kind)[1](json.loads(data))
    except BROKEN as error:
        raise LeafproofError(f"{what} cannot be read ({str(error)[:200]})") from None


@cache
def _way(kind: Any) -> Way:
    origin, own = get_origin(kind), get_args(kind)
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if origin in (Union, UnionType):
        return partial(_from_union, own), partial(_to_union, own)
    if origin is np.ndarray:
        (element,) = get_args(own[1])
        dtype = np.dtype(element)
        return partial(_from_array, dtype), partial(_to_array, dtype)
    if origin is tuple and own[1:] != (...,):
        return partial(_from_each, own), partial(_to_each, own)
    if origin in (tuple, list, Sequence):
        make = list if origin is list else tuple
        return partial(_from_every, own[0]), partial(_to_every, make, own[0])
    if origin is Mapping:
        pair = tuple[own[0], own[1]]  # type: ignore[valid-type]
        return (lambda x: _from_every(pair, x.items())), (lambda x: dict(_to_every(tuple, pair, x)))
    if issubclass(kind, Enum):
        return (lambda x: x.value), kind
    if issubclass(kind, LeafproofError):
        return str, lambda x: kind(_a(str, x))
    return partial(_from_record, kind), partial(_to_record, kind)


def _a(kind: type, value: Any) -> Any:
    """The value, which is of just this class."""
    if type(value) is not kind:
        raise TypeError(f"{str(value)[:50]!r} is no {kind.__name__}")
    return value


def _from_int(value: Any) -> int | str:
    """A whole number; as text where other readers of JSON, or Python's limit of digits, give up."""
    number = int(value.__index__())
    return number if abs(number) < 1 << 53 else f"{number:x}"


def _to_int(value: Any) -> int:
    return int(value, 16) if isinstance(value, str) else _a(int, value)


def _to_fraction(value: Any) -> Fraction:
    above, below = map(_to_int, value)
    return Fraction(above, below)


def _to_range(value: Any) -> range:
    start, stop = map(_to_int, value)
    return range(start, stop)


_SIMPLE: dict[Any, Way] = {
    int: (_from_int, _to_int),
    bool: (bool, partial(_a, bool)),
    str: (str, partial(_a, str)),
    float: (float.hex, float.fromhex),
    bytes: (lambda x: b64encode(x).decode(), lambda x: b64decode(_a(str, x), validate=True)),
    NoneType: (lambda x: x, partial(_a, NoneType)),
    Fraction: (lambda x: [_from_int(x.numerator), _from_int(x.denominator)], _to_fraction),
    range: (lambda x: [_from_int(x.start), _from_int(x.stop)], _to_range),
}


def _from_union(kinds: Sequence[Any], value: Any) -> list[Any]:
    at = next(i for i, kind in enumerate(kinds) if _is(kind, value))
    return [at, _way(kinds[at])[0](value)]


def _is(kind: Any, value: Any) -> bool:
    held: type = get_origin(kind) or kind
    return isinstance(value, held) or (held is int and isinstance(value, np.integer))


def _to_union(kinds: Sequence[Any], value: Any) -> Any:
    at, held = value
    return _way(dict(enumerate(kinds))[_a(int, at)])[1](held)


def _from_each(kinds: Sequence[Any], values: Iterable[Any]) -> list[Any]:
    return [_way(kind)[0](x) for kind, x in zip(kinds, values, strict=True)]


def _to_each(kinds: Sequence[Any], values: Any) -> tuple[Any, ...]:
    return tuple(_way(kind)[1](x) for kind, x in zip(kinds, _a(list, values), strict=True))


def _from_every(kind: Any, values: Iterable[Any]) -> list[Any]:
    own = _way(kind)[0]
    return [own(x) for x in values]


def _to_every(make: Callable[[Iterable[Any]], Any], kind: Any, values: Any) -> Any:
    return make(map(_way(kind)[1], _a(list, values)))


def _from_array(element: np.dtype[Any], value: Any) -> list[Any]:
    if value.dtype != element:
        raise TypeError(f"an array of {value.dtype} is sent as one of {element}")
    return [list(value.shape), _SIMPLE[bytes][0](np.ascontiguousarray(value).tobytes())]


def _to_array(element: np.dtype[Any], value: Any) -> Any:
    shape, data = value
    held = np.frombuffer(_SIMPLE[bytes][1](data), element)
    return held.reshape([_a(int, x) for x in shape]).copy()


@cache
def _fields(kind: Any) -> Mapping[str, Any]:
    """The fields of a record with their types, in order."""
    if not is_dataclass(kind) and not hasattr(kind, "_fields"):
        raise AssertionError(f"values of {kind} are not sent")
    names = [x.name for x in fields(kind)] if is_dataclass(kind) else kind._fields
    hints = get_type_hints(kind, localns=NAMES)
    return {name: hints[name] for name in names}


def _from_record(kind: Any, value: Any) -> list[Any]:
    return [_way(own)[0](getattr(value, name)) for name, own in _fields(kind).items()]


def _to_record(kind: Any, value: Any) -> Any:
    return kind(*_to_each(tuple(_fields(kind).values()), value))
