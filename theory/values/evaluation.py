"""Rigorous values of bounds: Arb enclosures and exact integers.

A value is computed at growing precision until its enclosure is narrow. The integer of a sample
size is decided: precision grows until the enclosure contains no integer inside, and if the value
may be an integer itself, exact rational arithmetic says whether it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import ctx, fmpz

from theory.checking.balls import decide, enclose
from theory.checking.exactness import decide_equalities, equals_integer
from theory.checking.rationals import exact
from theory.language.errors import PrecisionError, TheoryError
from theory.language.schemas import Rounding
from theory.language.sorts import declarations, sort_of
from theory.language.symbols import LEAST, Parameter
from theory.values.classes import ClassExpression, parse_class
from theory.values.decimals import read_number, write_number
from theory.values.lengths import lengths
from theory.values.lowest import least, least_common
from theory.values.names import by_name
from theory.values.narrowing import (
    FIRST_BITS,
    MAX_BITS,
    enclosed_or_all,
    fractions_of,
    narrow,
)
from theory.values.towers import by_logarithms

if TYPE_CHECKING:
    from theory.language.statement import Theorem

DIGITS = 40
EXACT_CLASS_BITS = 1 << 12
MOST_SEARCHED = 24
"""Entries of a list whose best common value is looked for: some seconds."""


@dataclass(frozen=True)
class Evaluation:
    """A rigorous value.

    `value` has 40 significant digits (nearest to the middle of the enclosure), `lower` and
    `upper` are decimals with lower <= exact value <= upper; `integer` is the exact ceiling of a
    sample size (floor of a count), None for other quantities; `vacuous` says whether the bound
    says nothing for these parameters. `parameters` are the parameters as read; `counted` says in
    words what a class expression among them counts, with its number of classes.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    value: str
    lower: str
    upper: str
    integer: int | None
    vacuous: bool
    counted: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `leafproof bounds eval --json` prints."""
        return {
            "name": self.name,
            "parameters": dict(self.parameters),
            "value": self.value,
            "enclosure": [self.lower, self.upper],
            "integer": None if self.integer is None else _integer_text(self.integer),
            "vacuous": self.vacuous,
            **({"counted": list(self.counted)} if self.counted else {}),
        }


def _integer_text(n: int) -> str:
    """The decimal digits of n (str(int) refuses beyond 4300 digits)."""
    return str(fmpz(n))


def read_parameters(theorem: Theorem, raw: Mapping[str, Any], check: bool = True) -> dict[str, Any]:
    """Read and check parameters: name -> Fraction, ClassExpression or tuple of Fractions.

    With `check` False the conditions of the theorem beyond the ranges are left to the caller.

    Raises TheoryError naming the parameter that is missing, superfluous, unreadable or out of
    range, or the condition of the theorem that fails.
    """
    names = [p.name for p in theorem.parameters]
    for name in raw:
        if name not in names:
            raise TheoryError(
                f"{theorem.name} has no parameter {name!r}; it takes {', '.join(names)}"
            )
    missing = [p for p in theorem.parameters if p.name not in raw]
    if missing:
        p = min(missing, key=lambda p: bool(p.otherwise))
        raise TheoryError(
            f"{theorem.name} needs {p.name} ({p.meaning}): give {p.name}=..., {p.range_text()}"
        )
    values = {p.name: _read(theorem, p, raw[p.name]) for p in theorem.parameters}
    if check:
        check_requirements(theorem, environment(theorem, values))
    return values


def _read(theorem: Theorem, p: Parameter, raw: Any) -> Any:
    where = f"{theorem.name}: {p.name}"
    if p.is_list:
        parts = raw.split(",") if isinstance(raw, str) else list(raw)
        values = tuple(read_number(x, where) for x in parts)
        for x in values:
            _check_range(where, p, x)
        return values
    if isinstance(raw, ClassExpression):
        value: Any = raw
    elif p.kind == "class" and isinstance(raw, str):
        value = parse_class(raw)
    else:
        value = read_number(raw, where)
    if isinstance(value, ClassExpression):
        if p.kind != "class":
            raise TheoryError(f"{where}: a class where {p.range_text()} is expected")
        if p.classes not in (None, value.classes):
            raise TheoryError(
                f"{where}: the theorem holds for {p.classes} classes, and {value} has "
                f"{value.classes}; occam-realizable and occam-agnostic hold for any number"
            )
        return value
    _check_range(where, p, value)
    return value


def _check_range(where: str, p: Parameter, value: Fraction) -> None:
    if not p.contains(value):
        shown = value if max(abs(value.numerator), value.denominator) < 10**30 else "the value"
        raise TheoryError(f"{where}: {shown} is out of range; give {p.range_text()}")


def environment(theorem: Theorem, values: Mapping[str, Any]) -> dict[Any, Any]:
    """The values by SymPy symbol; a list parameter also sets its length (see `lengths`)."""
    env = {p.symbol: _exact(values[p.name]) for p in theorem.parameters if p.name in values}
    return {**env, **lengths(theorem, env)}


def _exact(value: Any) -> Any:
    """A class of moderate size becomes its exact cardinality, so that equalities are decided."""
    if isinstance(value, ClassExpression) and value.log_ball() < EXACT_CLASS_BITS:
        return Fraction(value.cardinality())
    return value


def check_requirements(theorem: Theorem, env: Mapping[Any, Any]) -> None:
    """Raise TheoryError unless the conditions of the theorem beyond the ranges hold."""
    for requirement in theorem.requires:
        if requirement.formal is not None and not truth(requirement.formal, env):
            raise TheoryError(f"{theorem.name}: needs {requirement.words}")


def truth(claim: Any, env: Mapping[Any, Any]) -> bool:
    """Decide a claim about given values, at growing precision."""
    bits = FIRST_BITS
    while bits <= MAX_BITS:
        try:
            with ctx.workprec(bits):
                answer = decide(claim, env)
                answer = by_logarithms(claim, env) if answer is None else answer
        except PrecisionError:
            answer = None
        if answer is not None:
            return answer
        claim = decide_equalities(claim, env)
        bits *= 4
    raise TheoryError(f"cannot decide whether {claim}: the two sides agree to {MAX_BITS} bits")


def evaluate(theorem: Theorem, raw: Mapping[str, Any]) -> Evaluation:
    """Evaluate a theorem's bound; see `Theorem.evaluate`."""
    sort_of(theorem.bound, declarations(theorem))  # of other terms no value is known
    raw = filled(theorem, by_name(theorem, raw))
    values = read_parameters(theorem, raw)
    env = environment(theorem, values)
    value, lower, upper = enclosure_text(theorem.bound, env, theorem.name)
    rounding = theorem.result.rounding
    return Evaluation(
        theorem.name,
        tuple((name, _shown(raw[name], v)) for name, v in values.items()),
        value,
        lower,
        upper,
        None if rounding is None else decide_integer(theorem.bound, env, rounding, theorem.name),
        truth(theorem.vacuous, env),
        tuple(v.words for v in values.values() if isinstance(v, ClassExpression)),
    )


def filled(theorem: Theorem, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values, and those of the parameters that may be left out."""
    found = dict(raw)
    lists = [raw[p.name] for p in theorem.parameters if p.is_list and p.name in raw]
    length = len(lists[0].split(",") if isinstance(lists[0], str) else lists[0]) if lists else 0
    lowest = [p for p in theorem.parameters if p.otherwise == LEAST and p.name not in raw]
    for p in theorem.parameters:
        times = length if p.is_list else 1
        if p.otherwise and p not in lowest and p.name not in raw and times:
            found[p.name] = ",".join([p.otherwise] * times)
    given = {p: _read(theorem, p, found[p.name]) for p in theorem.parameters if p.name in found}
    if lowest and len(given) + len(lowest) == len(theorem.parameters):
        rest = environment(theorem, {p.name: value for p, value in given.items()})
        number = next((p for p in lowest if not p.is_list), None)
        for p in (p for p in lowest if p.is_list):
            if length > MOST_SEARCHED:
                raise TheoryError(
                    f"{theorem.name}: {p.name} may be left out for up to {MOST_SEARCHED} entries, "
                    f"here are {length}; give {p.name}=..."
                )
            each = least_common(theorem.bound, p.symbol, length, number and number.symbol, rest)
            found[p.name] = ",".join([each] * length)
            rest[p.symbol] = _read(theorem, p, found[p.name])
        if number is not None:
            found[number.name] = least(theorem.bound, number.symbol, rest)
    return found


def _shown(raw: Any, value: Any) -> str:
    return raw.strip() if isinstance(raw, str) else show_value(value)


def show_value(value: Any) -> str:
    """A parameter's value as text: exact."""
    if isinstance(value, tuple):
        return ",".join(show_value(v) for v in value)
    if isinstance(value, Fraction):
        top = _integer_text(value.numerator)
        return top if value.denominator == 1 else f"{top}/{_integer_text(value.denominator)}"
    return str(value)


def narrow_ball(term: Any, env: Mapping[Any, Any], name: str) -> Any:
    """An Arb ball of the term, accurate to 170 bits (or exact)."""
    return narrow(lambda: enclose(term, env), name)


def enclosure_text(term: Any, env: Mapping[Any, Any], name: str) -> tuple[str, str, str]:
    """(value, lower, upper) as decimals; exact rationals give their own digits."""
    known = exact(term, env, 1 << 16)
    if known is None:
        lower, upper = fractions_of(narrow_ball(term, env, name), name)
        m = lower.__ceil__()
        if m <= upper and equals_integer(term, env, m):
            lower = upper = Fraction(m)
    else:
        lower = upper = known
    return (
        write_number((lower + upper) / 2, DIGITS),
        write_number(lower, DIGITS, -1),
        write_number(upper, DIGITS, 1),
    )


def decide_integer(term: Any, env: Mapping[Any, Any], rounding: Rounding, name: str) -> int:
    """The exact ceiling ("up") or floor ("down") of the term's value.

    Raises TheoryError where it cannot be decided; never rounds a float.
    """
    if isinstance(term, (sp.Max, sp.Min)):
        best = max if isinstance(term, sp.Max) else min
        return best(decide_integer(a, env, rounding, name) for a in term.args)
    known = exact(term, env)
    if known is not None:
        return known.__ceil__() if rounding == "up" else known.__floor__()
    bits, checked = FIRST_BITS, set()
    while bits <= MAX_BITS:
        with ctx.workprec(bits):
            ball = enclosed_or_all(lambda: enclose(term, env))
        bits *= 2
        if not ball.is_finite():
            continue
        lower, upper = fractions_of(ball, name)
        ends = (
            (lower.__ceil__(), upper.__ceil__())
            if rounding == "up"
            else (lower.__floor__(), upper.__floor__())
        )
        if ends[0] == ends[1]:
            return ends[0]
        m = lower.__ceil__()
        if m == upper.__floor__() and m not in checked:
            checked.add(m)
            if equals_integer(term, env, m):
                return m
    raise TheoryError(
        f"{name}: the integer could not be decided with {MAX_BITS} bits; the value is between "
        f"{write_number(lower, 20, -1)} and {write_number(upper, 20, 1)}"
    )
