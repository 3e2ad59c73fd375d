"""JSON without loss: numbers are exact, keys unique, and nesting as deep as memory allows.

Grammar: RFC 8259, with duplicate keys refused. The standard library's reader, in C, has the same,
but for what is looked for before, or handed to functions of ours (``_at_once``). It recurses (some
1,000 levels; a decision list nests once per test), and does not tell lines of what it refuses so:
where it takes no text the tokens are walked with an explicit stack, and what that finds stands.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from json import scanner
from typing import Any

from verifier.model.errors import LeafproofError, quoted
from verifier.model.limits import require_memory

LONGEST_NUMBER = 4000
"""Most characters of a number in a file, and most digits of its numerator and its denominator."""
_TOO_LONG: int = 10**LONGEST_NUMBER
LARGEST_EXPONENT = 400
"""Largest absolute exponent: those of floats reach 324, and a short text stands for few digits."""
DEEPEST = 1 << 20
"""Most levels of nesting."""
SIZES = (
    *((b"{", 240), (b"[", 80), (b",", 64), (b":", 64), (b'"', 40)),
    *((b".", 200), (b"e", 200), (b"E", 200)),
)
"""What is built for a character that begins a value or makes a number long, about, in bytes."""

_STRING = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_TOKEN = re.compile(  # possessive: no token is read twice in another way
    r"[ \t\n\r]*+(?:"
    rf"(?P<key>{_STRING}[ \t\n\r]*+:)"
    rf"|(?P<string>{_STRING})"
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![0-9a-zA-Z.+-]))"
    r"|(?P<punctuation>[{}\[\],:])"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<end>\Z))"
)
_AS_ZEROS = bytes(b"0"[0] if chr(c) in "0123456789" else b" "[0] for c in range(256))
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
RECURSION = 4096
"""The interpreter's limit may be this, so that the C stack holds as many levels of nesting."""
_BITS = Fraction(0), Fraction(1)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
_RATIO = re.compile(r"[+-]?[0-9]+/[0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCALARS = ("string", "number", "word")
_CLOSE: dict[tuple[str, type], str] = {
    ("key or }", dict): "}",
    ("value or ]", list): "]",
    (", or close", dict): "}",
    (", or close", list): "]",
}
_WORDS = {"true": True, "false": False, "null": None}


def parse(data: bytes, error: type[LeafproofError] = LeafproofError) -> Any:
    """The value that UTF-8 JSON text stands for.

    Whole numbers become int, other numbers Fraction (the decimal shown, exactly). Raises ``error``
    with line and column: not UTF-8, not JSON, a duplicate key, NaN or infinity, a number longer
    than ``LONGEST_NUMBER``, an exponent beyond ``LARGEST_EXPONENT``, half a surrogate pair, nesting
    deeper than ``DEEPEST``, more values than there may be memory for.
    """
    needed = len(data) + sum(size * data.count(character) for character, size in SIZES)
    require_memory(needed, f"JSON text of {len(data)} bytes", error)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise error(f"byte {problem.start} is not UTF-8: save the file as UTF-8 text") from None
    try:
        return _at_once(data, text)
    except (ValueError, RecursionError):
        return _build(text, error)


def _at_once(data: bytes, text: str) -> Any:
    """The value, by the reader in C: ValueError or RecursionError where it is not sure.

    Of integers it makes what ``int`` does, and ``_number`` too, if they are short; decimals it
    hands to ``_number``, words such as NaN to be refused, and what a key stands for comes in pairs.
    It takes halves of surrogate pairs, which only escapes can be in UTF-8.
    """
    if getattr(scanner, "c_make_scanner", None) is None or sys.getrecursionlimit() > RECURSION:
        raise ValueError("there is no reader in C, or too deep a text could exhaust its stack")
    if b"0" * LONGEST_NUMBER in data.translate(_AS_ZEROS) or _SURROGATE_ESCAPE.search(data):
        raise ValueError("there may be a number that is too long, or half a surrogate pair")
    numbers = lru_cache(maxsize=1 << 12)(_number)
    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_float=numbers, parse_constant=_infinite
    ).decode(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a key appears twice")
    return held


def _infinite(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _build(text: str, error: type[LeafproofError]) -> Any:
    """Run the grammar: the stack holds the open arrays and objects, ``keys`` the pending keys."""
    stack: list[Any] = []
    keys: list[str] = []
    top: Any = None
    expect = "value"
    for kind, token, at in _tokens(text, error):
        if kind == "key" and expect in ("key", "key or }"):
            key = _string(text, at, token[: token.rindex('"') + 1], error)
            if key in top:
                raise error(f"{_place(text, at)}: the key {quoted(key)} appears twice: keep one")
            keys.append(key)
            expect = "value"
        elif expect in ("value", "value or ]") and (kind in _SCALARS or token in ("{", "[")):
            value = _value(text, at, kind, token, error)
            if stack and type(top) is dict:
                top[keys.pop()] = value
            elif stack:
                top.append(value)
            if kind == "punctuation" or not stack:
                stack.append(value)  # the root stays at the bottom
            if kind == "punctuation":
                if len(stack) > DEEPEST:
                    raise error(f"{_place(text, at)}: nested deeper than {DEEPEST} levels")
                top = value
                expect = "key or }" if token == "{" else "value or ]"
            else:
                expect = ", or close" if len(stack) > 1 or type(top) in (dict, list) else "end"
        elif token == _CLOSE.get((expect, type(top))):
            if len(stack) == 1:
                expect, top = "end", None
            else:
                stack.pop()
                top, expect = stack[-1], ", or close"
        elif token == "," and expect == ", or close":
            expect = "key" if type(top) is dict else "value"
        elif kind == "end" and expect == "end":
            return stack[0]
        else:
            raise error(_unexpected(text, token, at, expect))
    raise AssertionError("the token after the last is always the end")


def _tokens(text: str, error: type[LeafproofError]) -> Iterator[tuple[str, str, int]]:
    position = 0
    match = _TOKEN.match
    while True:
        found = match(text, position)
        if found is None:
            start = position + len(text[position:]) - len(text[position:].lstrip(" \t\n\r"))
            raise error(f"{_place(text, start)}: {quoted(text[start : start + 30])} is not JSON")
        kind = found.lastgroup or "end"
        yield kind, found[kind], found.start(kind)
        if kind == "end":
            return
        position = found.end()


def _value(text: str, at: int, kind: str, token: str, error: type[LeafproofError]) -> Any:
    if kind == "punctuation":
        return {} if token == "{" else []
    if kind == "string":
        return _string(text, at, token, error)
    if kind == "number":
        try:
            return _number(token)
        except ValueError as problem:
            raise error(f"{_place(text, at)}: {problem}") from None
    if token not in _WORDS:
        hint = ": numbers must be finite" if token in ("NaN", "Infinity", "nan", "inf") else ""
        raise error(f"{_place(text, at)}: {quoted(token)} is not a JSON value{hint}")
    return _WORDS[token]


def _string(text: str, at: int, token: str, error: type[LeafproofError]) -> str:
    if "\\" not in token:
        return token[1:-1]
    value = str(json.loads(token))
    if _SURROGATE.search(value):
        raise error(f"{_place(text, at)}: {quoted(token, 30)} holds half a surrogate pair")
    return value


def _number(token: str) -> int | Fraction:
    if len(token.lstrip("-")) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(token)} characters is too long: shorten it")
    if token.lstrip("-").isdigit():
        return int(token)
    return _decimal(token)


def _decimal(token: str) -> Fraction:
    found = _DECIMAL.fullmatch(token)
    assert found is not None
    exponent = found[1] or "0"
    if len(exponent) > 9 or abs(int(exponent)) > LARGEST_EXPONENT:
        raise ValueError(
            f"the exponent of {quoted(token, 30)} is out of range: at most {LARGEST_EXPONENT}"
        )
    number = Fraction(token)
    if is_long(number):
        raise ValueError(f"{quoted(token, 30)} is a fraction of too many digits: shorten it")
    return number


def is_long(x: Fraction) -> bool:
    """Whether a number has more digits than a file may hold."""
    return max(abs(x.numerator), x.denominator) >= _TOO_LONG


def _place(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _unexpected(text: str, token: str, at: int, expect: str) -> str:
    want = {"end": "the end of the file", ", or close": "a comma or the end of the list"}
    shown = quoted(token, 30) if token else "the file ends"
    cut = "" if token else ": it is truncated"
    return f"{_place(text, at)}: {shown} where {want.get(expect, 'a ' + expect)} was expected{cut}"


def exact_number(value: Any) -> Fraction:
    """The number that a JSON value stands for: a number, or a string such as "1/3" or "0.25".

    A float (from another reader) stands for the decimal it shows. Raises ValueError.
    """
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is not a number")
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int):
        return _BITS[value] if 0 <= value <= 1 else Fraction(value)
    text = repr(value) if isinstance(value, float) else value
    if not isinstance(text, str):
        raise ValueError(f"{kind_of(value)} is not a number")
    return _stated(text)


@lru_cache(maxsize=1 << 12)  # the thresholds of many trees are the same
def _stated(text: str) -> Fraction:
    """The number that a string stands for."""
    if max(map(len, text.lstrip("+-").split("/", 1))) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters is too long: shorten it")
    if _RATIO.fullmatch(text):
        above, below = map(int, text.split("/"))
        if not below:
            raise ValueError(f"{quoted(text)} divides by zero")
        return Fraction(above, below)
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    raise ValueError(f'{quoted(text)} is not a finite number: write 0.5, 3 or "1/3"')


def kind_of(value: Any) -> str:
    """A JSON value's kind in words, for error messages."""
    if value is None:
        return "null"
    names: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "a number")


def unknown_keys(found: Sequence[str], known: Sequence[str]) -> str:
    """What is wrong with an object's keys, with a suggestion; empty if all are known."""
    for key in found:
        if key not in known:
            close = get_close_matches(str(key)[:100], known, 1)
            hint = f'did you mean "{close[0]}"?' if close else f"known keys are {', '.join(known)}"
            return f"unknown key {quoted(key)}: {hint}"
    return ""
