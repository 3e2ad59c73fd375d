"""Classes of functions as parameters: `trees(depth=5,variables=100)` and their cardinalities.

* `trees(depth=r,variables=d)`: trees of depth <= r; T_0 = c and T_r = c + d T_{r-1}^2.
* `trees(depth=r,variables=d,repeats=0)`: those of them that test no variable twice on a path;
  T(d, r) = c + d T(d-1, r-1)^2.
* `trees(leaves=s,variables=d)`: trees with exactly s leaves; C_{s-1} d^{s-1} c^s with the Catalan
  numbers C_j.
* `juntas(relevant=k,variables=d)`: functions with at most k relevant variables, by
  inclusion-exclusion; c^(2^j) functions of j variables.
* an integer: any class of that many functions.

Each leaf (each function value) is one of c classes: `classes=c` says how many, 2 where it is left
out; `words` says it either way.

Trees are counted as trees: a path may test a variable twice (unless `repeats=0`), and two trees
may compute the same function. Every function of a tree with s' <= s leaves is also computed by one
with exactly s leaves, so each number is an upper bound for the number of functions, as the theorems
need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpz

from theory.language.errors import TheoryError
from theory.values.decimals import read_number

EXACT_BITS = 1 << 26
MAX_DEPTH = 4096
MAX_COUNT = 1_000_000
DEFAULT_CLASSES = 2


@dataclass(frozen=True)
class ClassExpression:
    """A named class with its parameters, for instance trees(depth=5, variables=100)."""

    kind: str
    parameters: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return f"{self.kind}({','.join(f'{k}={v}' for k, v in self.parameters)})"

    @property
    def variables(self) -> int:
        """The number of Boolean variables."""
        return dict(self.parameters)["variables"]

    @property
    def classes(self) -> int:
        """The number of classes that a leaf or a function value is chosen from."""
        return _classes(dict(self.parameters))

    @property
    def words(self) -> str:
        """What is counted, in words: "trees of depth at most 5 over 100 variables, with ..."."""
        p = dict(self.parameters)
        size = {
            "depth": f"trees of depth at most {p.get('depth')}",
            "leaves": f"trees of exactly {_plural(p.get('leaves', 0), 'leaf', 'leaves')}",
            "relevant": "functions of at most "
            + _plural(p.get("relevant", 0), "relevant variable", "relevant variables"),
        }[next(k for k in ("depth", "leaves", "relevant") if k in p)]
        once = ", none tested twice on a path" if p.get("repeats") == 0 else ""
        over = _plural(p["variables"], "variable", "variables")
        return f"{size} over {over}{once}, with {_plural(self.classes, 'class', 'classes')}"

    def ball(self) -> Any:
        """The cardinality as an Arb ball at the current precision; it never overflows."""
        return _ball(self, ctx.prec)

    def log_ball(self) -> Any:
        """The natural logarithm of the cardinality, as an Arb ball."""
        return self.ball().log()

    def cardinality(self) -> int:
        """The exact cardinality. Raises TheoryError if it has more than 2^26 binary digits."""
        log2 = self.log_ball() / arb(2).log()
        if not log2 <= EXACT_BITS:
            raise TheoryError(
                f"the cardinality of {self} has about {log2.str(3, radius=False)} binary digits, "
                "more than fit; use its logarithm"
            )
        return int(_count(self, fmpz))


@lru_cache(maxsize=64)
def _ball(expression: ClassExpression, bits: int) -> Any:
    """A bound, its integer and its ranges ask for the same ball at the same precision."""
    with ctx.workprec(bits):
        return _count(expression, arb)


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _classes(parameters: Mapping[str, int]) -> int:
    return parameters.get("classes", DEFAULT_CLASSES)


def _trees_depth(parameters: Mapping[str, int], number: Callable[[int], Any]) -> Any:
    total = leaf = number(_classes(parameters))
    for _ in range(parameters["depth"]):
        total = leaf + number(parameters["variables"]) * (total * total)
    return total


def _trees_by_repeats(parameters: Mapping[str, int], number: Callable[[int], Any]) -> Any:
    if parameters["repeats"]:
        return _trees_depth(parameters, number)
    total = leaf = number(_classes(parameters))
    variables = parameters["variables"]
    # from the bottom: a node at the last level has the fewest variables left
    for left in range(max(0, variables - parameters["depth"]) + 1, variables + 1):
        total = leaf + number(left) * (total * total)
    return total


def _trees_leaves(parameters: Mapping[str, int], number: Callable[[int], Any]) -> Any:
    s, d = parameters["leaves"], parameters["variables"]
    choices = _binomial(number, 2 * s - 2, s - 1)
    catalan = choices // s if number is fmpz else choices / s
    return catalan * number(d) ** (s - 1) * number(_classes(parameters)) ** s


def _juntas(parameters: Mapping[str, int], number: Callable[[int], Any]) -> Any:
    k, d = parameters["relevant"], parameters["variables"]
    total, value = number(0), number(_classes(parameters))
    for j in range(min(k, d) + 1):
        # functions that depend on every one of j given variables, by inclusion-exclusion
        each = number(0)
        for i in range(j + 1):
            each += (-1) ** i * _binomial(number, j, i) * value ** fmpz(2 ** (j - i))
        total += _binomial(number, d, j) * each
    return total


def _binomial(number: Callable[[Any], Any], n: int, k: int) -> Any:
    kind: Any = number
    return kind.bin_uiui(n, k)


@dataclass(frozen=True)
class _Kind:
    keys: tuple[str, ...]
    limits: Mapping[str, tuple[int, int]]
    count: Callable[[Mapping[str, int], Callable[[Any], Any]], Any]


_VARIABLES = (1, 10**18)
_CLASSES = (1, 10**18)
_KINDS: Mapping[str, tuple[_Kind, ...]] = {
    "trees": (
        _Kind(
            ("depth", "variables"),
            {"depth": (0, MAX_DEPTH), "variables": _VARIABLES},
            _trees_depth,
        ),
        _Kind(
            ("depth", "variables", "repeats"),
            {"depth": (0, MAX_DEPTH), "variables": _VARIABLES, "repeats": (0, 1)},
            _trees_by_repeats,
        ),
        _Kind(
            ("leaves", "variables"),
            {"leaves": (1, MAX_COUNT), "variables": _VARIABLES},
            _trees_leaves,
        ),
    ),
    "juntas": (
        _Kind(
            ("relevant", "variables"),
            {"relevant": (0, 60), "variables": _VARIABLES},
            _juntas,
        ),
    ),
}


def _count(expression: ClassExpression, number: Callable[[Any], Any]) -> Any:
    parameters = dict(expression.parameters)
    kind = _matching(expression.kind, parameters, str(expression))
    return kind.count(parameters, number)


def _matching(name: str, parameters: Mapping[str, int], text: str) -> _Kind:
    for kind in _KINDS[name]:
        if set(kind.keys) == set(parameters) - {"classes"}:
            return kind
    forms = " or ".join(
        f"{name}({','.join(f'{k}=...' for k in kind.keys)})" for kind in _KINDS[name]
    )
    raise TheoryError(f"class {text!r}: write {forms}; classes=... may be added (2 without it)")


_CALL = re.compile(r"\s*([a-z]+)\s*\((.*)\)\s*", re.DOTALL)
_ARGUMENT = re.compile(r"\s*([a-z]+)\s*=\s*([0-9]{1,30})\s*")


def parse_class(text: str) -> ClassExpression | Fraction:
    """Read a class expression or a positive integer.

    Raises TheoryError, with the form to use, for anything else.
    """
    call = _CALL.fullmatch(text)
    if call is None:
        number = _number(text)
        if number is not None and number.denominator == 1 and number > 0:
            return number
        raise TheoryError(
            f"class {text!r} does not parse; give a positive integer, "
            "trees(depth=5,variables=100), trees(leaves=8,variables=100,classes=3) or "
            "juntas(relevant=3,variables=20)"
        )
    name, body = call.groups()
    if name not in _KINDS:
        raise TheoryError(f"class {text!r}: unknown class {name!r}; known: {', '.join(_KINDS)}")
    parameters: dict[str, int] = {}
    for part in body.split(","):
        match = _ARGUMENT.fullmatch(part)
        if match is None:
            raise TheoryError(f"class {text!r}: {part.strip()!r} is not of the form name=integer")
        key, value = match.groups()
        if key in parameters:
            raise TheoryError(f"class {text!r}: {key} is given twice")
        parameters[key] = int(value)
    kind = _matching(name, parameters, text)
    keys = (*kind.keys, "classes") if "classes" in parameters else kind.keys
    for key in keys:
        low, high = _CLASSES if key == "classes" else kind.limits[key]
        if not low <= parameters[key] <= high:
            raise TheoryError(f"class {text!r}: {key} must be between {low} and {high}")
    return ClassExpression(name, tuple((k, parameters[k]) for k in keys))


def _number(text: str) -> Fraction | None:
    try:
        return read_number(text, "class")
    except TheoryError:
        return None


def counted(text: str) -> str | None:
    """What a class expression counts, in words; None for an integer."""
    value = parse_class(text)
    return value.words if isinstance(value, ClassExpression) else None


def describe(text: str) -> tuple[str, str]:
    """The exact cardinality of a class (or why it does not fit) and its natural logarithm.

    The logarithm has 30 digits. Raises TheoryError if the text does not parse.
    """
    value = parse_class(text)
    if isinstance(value, Fraction):
        value_ball, exact = arb(fmpz(value.numerator)), str(fmpz(value.numerator))
        with ctx.workprec(256):
            return exact, value_ball.log().str(30, radius=False)
    with ctx.workprec(256 + dict(value.parameters).get("depth", 0)):
        logarithm = value.log_ball().str(30, radius=False)
    try:
        return str(fmpz(value.cardinality())), logarithm
    except TheoryError as error:
        return str(error), logarithm
