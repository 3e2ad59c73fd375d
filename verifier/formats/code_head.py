"""The head of a function in C, Java, JavaScript or C#: its array's type, and what it returns.

A type changes numbers that it does not hold: a bool that gets 2 is 1, a float's 0.1 is another
number than a double's, an int drops what stands behind the point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.formats.code_tokens import Token, refuse
from verifier.formats.thresholds import nearest32
from verifier.model.errors import TreeError, quoted

_WORDS = {"double", "float", "int", "long", "short", "const", "final", "var", "let"}
TYPES = {*_WORDS, "unsigned", "byte", "bool", "boolean"}
"""Words that may stand before a variable."""
_KINDS = {"double": "double", "float": "float", "int": "int", "long": "int", "short": "int"}
_INPUTS = {"double": 0, "float": 0, "int": 2**31 - 1, "long": 2**63 - 1, "short": 2**15 - 1}
_SMALL = dict.fromkeys(("bool", "boolean", "_Bool"), 1) | {"short": 2**15 - 1}
_SMALL |= dict.fromkeys(("char", "byte", "sbyte", "int8_t", "uint8_t"), 127)
_LARGE = {"double", "float", "int", "long", "unsigned", "uint", "var", "let", "const", "final"}
_MOST = 2**24
"""All other types hold the whole numbers up to here, float too."""


@dataclass(frozen=True)
class Held:
    """What a type holds: numbers, or lists of them.

    ``most`` is the largest class that it keeps as it is; ``element`` the type of a list's numbers.
    ``size`` is that of an array, where it is declared.
    """

    most: int = _MOST
    element: str = "double"
    size: int | None = None


UNKNOWN = Held(1, "")
"""Of a type that is not known: 0 and 1 are the same in all of them."""


def held(words: Sequence[str], is_script: bool) -> Held:
    """What the type of these words holds; ``is_script``: JavaScript, whose numbers are doubles."""
    if is_script:
        return Held()
    known = [word for word in words if word in _SMALL or word in _LARGE]
    if not known:
        return UNKNOWN
    most = min(_SMALL.get(word, _MOST) for word in known)
    plain = [word for word in known if word not in ("var", "const", "final")]
    return Held(most, plain[0] if len(plain) == 1 else "" if plain else "double")


def listed(numbers: Sequence[int | float], element: str, at: Token) -> tuple[int | float, ...]:
    """The numbers of a list as its type holds them; refused where that is not known."""
    if element == "double":
        return tuple(map(float, numbers))
    if element == "float":
        return tuple(nearest32(Fraction(x)) for x in numbers)
    if element != "int" or not all(isinstance(x, int) and abs(x) < 2**31 for x in numbers):
        refuse(at, "its list changes the numbers that it gets: make it one of doubles")
    return tuple(numbers)


@dataclass(frozen=True)
class Head:
    """A function's array ``x`` of ``kind`` (double, float or int, each at most ``most``).

    ``filled`` is the array that gets the shares; ``returned`` is what the function's type holds.
    The body's brace comes at ``at``.
    """

    x: str
    kind: str
    most: int
    filled: str | None
    returned: Held
    at: int


def head(tokens: list[Token], is_script: bool) -> Head:
    """The head of the first function: ``int f(const double *x)``, ``void f(double *x, double *y)``.

    Raises TreeError.
    """
    start = _opening(tokens)
    opening, before = tokens[start], start - 1
    while before and tokens[before - 1].text not in ("{", "}", ";"):
        before -= 1
    words = [t.text for t in tokens[before : start - 1]]
    if is_script and {"*", "async"} & set(words):
        refuse(
            opening, "it is async or a generator, whose callers are given no class: leave that out"
        )
    returned = held(words, is_script)
    parts: list[list[Token]] = [[]]
    at = start + 1
    while at < len(tokens) and tokens[at].text != ")":
        if tokens[at].text == ",":
            parts.append([])
        else:
            parts[-1].append(tokens[at])
        at += 1
    if at == len(tokens):
        raise TreeError("the file ends inside the function: it is cut short")
    named = [[t.text for t in part if t.kind == "name"] for part in parts]
    if not 1 <= len(parts) <= 2 or not all(named):
        refuse(opening, f"it has {len(parts)} arguments: one array is expected")
    if is_script and any(len(part) > 1 for part in parts):
        refuse(opening, "its argument is not a name alone: one array is expected")
    types = [word for word in named[0][:-1] if word in _KINDS]
    if len(types) > 1 or set(named[0][:-1]) - _WORDS:
        refuse(opening, f"the type of {quoted(named[0][-1])} is not double, float or int")
    word = types[0] if types else "double"
    filled = None
    if len(parts) == 2:
        filled = named[1][-1]
        if set(named[1][:-1]) - {"double", "const"}:
            refuse(opening, f"{quoted(filled)} is no array of doubles")
    return Head(named[0][-1], _KINDS[word], _INPUTS[word], filled, returned, at + 1)


def _opening(tokens: list[Token]) -> int:
    """The place of the parenthesis before the first function's arguments."""
    for i, token in enumerate(tokens):
        if token.text == "(":
            if i == 0 or tokens[i - 1].kind != "name":
                refuse(token, "a function's name is expected before it")
            return i
        if token.text == "typedef":  # it may rename the words that types are known by
            refuse(token, "a typedef stands before the function: write the types out")
        if token.text not in ("{", "}", ";", "[", "]", "*", ".") and token.kind != "name":
            refuse(token, f"{quoted(token.text)} stands before the function: give that alone")
    raise TreeError("it holds no function: give one function of one array")
