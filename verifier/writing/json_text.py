"""JSON values as text: deterministic, exact, and as deep as memory allows."""

from __future__ import annotations

import json
import math
import sys
from fractions import Fraction
from functools import lru_cache
from typing import Any

from verifier.model.errors import LeafproofError
from verifier.model.floats import nearest
from verifier.reading.json_text import LONGEST_NUMBER, RECURSION, is_long

HALVED, NOT_SMALL = 20, 1e-3
"""A number not so small whose denominator has more twos has more digits after the point, at least
19 from the first that is not 0: no float shows as many."""


@lru_cache(maxsize=1 << 12)
def number_json(value: Fraction) -> int | float | str:
    """``value`` as JSON: a number where the decimal it shows is exact, else a string "p/q".

    ``exact_number`` is the inverse, also after a reader that makes floats of decimals. Raises
    LeafproofError for a number too long to be read back.
    """
    if is_long(value):
        raise LeafproofError(f"a number has more than {LONGEST_NUMBER} digits: no file can hold it")
    if value.denominator == 1:
        return int(value)
    short, halved = nearest(value), (value.denominator & -value.denominator).bit_length() - 1
    if halved > HALVED and abs(short) >= NOT_SMALL:
        return str(value)  # nearly all thresholds of forests, at a fifth of what reading costs
    return short if math.isfinite(short) and Fraction(repr(short)) == value else str(value)


def dump(value: Any) -> bytes:
    """``value`` as one line of UTF-8 JSON: deterministic, and as deep as memory allows.

    Takes what ``parse`` returns and floats (finite). Keys stay in their order.
    """
    try:
        if sys.getrecursionlimit() <= RECURSION:
            return _AT_ONCE.encode(value).encode()
    except RecursionError:
        pass  # below it nests as deep as it likes
    return _by_parts(value)


def _by_parts(value: Any) -> bytes:
    """The same, with an explicit stack."""
    parts: list[str] = []
    names: dict[str, str] = {}
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is _Raw:
            parts.append(item)
        elif kind is dict:
            stack.append(_CLOSE_OBJECT)
            for key in reversed(item):
                if key not in names:
                    names[key] = _Raw(json.dumps(key, ensure_ascii=False) + ": ")
                stack += (item[key], names[key], _COMMA)
            if item:
                stack.pop()
            parts.append("{")
        elif kind in (list, tuple):
            stack.append(_CLOSE_LIST)
            for inner in reversed(item):
                stack += (inner, _COMMA)
            if item:
                stack.pop()
            parts.append("[")
        elif kind is int or kind is float:
            parts.append(json.dumps(item, allow_nan=False) if kind is float else repr(item))
        else:
            plain = number_json(item) if isinstance(item, Fraction) else item
            parts.append(json.dumps(plain, ensure_ascii=False, allow_nan=False))
    return "".join(parts).encode()


_AT_ONCE = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, default=number_json
)
"""The standard library's, in C."""


class _Raw(str):
    """Text that is already JSON."""

    __slots__ = ()


_COMMA = _Raw(", ")
_CLOSE_OBJECT = _Raw("}")
_CLOSE_LIST = _Raw("]")
