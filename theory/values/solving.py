"""Solve a bound for one of its parameters: the best value for which bound <= target.

The answer is certified: at the value returned the bound is evaluated rigorously and is at most
the target. That no better value exists rests on monotonicity, which `monotone` proves or takes
from a source that the solution names; a bound whose monotonicity is only claimed is not solved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.checking.monotone import trend_basis
from theory.language.errors import TheoryError
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.language.terms import le
from theory.values.decimals import read_number, write_number
from theory.values.evaluation import check_requirements, environment, read_parameters, truth
from theory.values.names import by_name, name_of

DIGITS = 30
MAX_INTEGER = 1 << 4096
PRECISION = Fraction(1, 10**32)


@dataclass(frozen=True)
class Solution:
    """The best value of a parameter: `value` meets the target; `beyond` (if any) does not.

    `best` is "least" or "greatest". `monotonicity` is "proved", or "cited" with what it
    `relies_on`.
    """

    name: str
    parameter: str
    best: str
    value: str
    beyond: str | None
    target: str
    monotonicity: str = "proved"
    relies_on: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object that `leafproof bounds solve --json` prints."""
        return dict(vars(self)) | {"relies_on": list(self.relies_on)}


def solve(theorem: Theorem, unknown: str, raw: Mapping[str, Any]) -> Solution:
    """Solve bound <= target for the parameter `unknown`.

    `raw` gives the other parameters and the target, as `value`, or as `n` where the bound is a
    number of samples and n is not a parameter. Raises TheoryError for bad parameters, for a
    parameter without proved or cited monotonicity, and where no value or every value meets the
    target.
    """
    unknown = name_of(theorem, unknown)
    parameter = theorem.parameter(unknown)
    if parameter is None:
        names = ", ".join(p.name for p in theorem.parameters)
        raise TheoryError(f"{theorem.name} has no parameter {unknown!r}; it has {names}")
    trend = theorem.result.monotone.get(unknown)
    if parameter.is_list:
        raise TheoryError(
            f"{theorem.name} cannot be solved for {unknown}, which is a list: give its entries, "
            "and use `bounds table`"
        )
    if trend is None:
        raise TheoryError(f"{theorem.name} cannot be solved for {unknown}: not monotone in it")
    basis = trend_basis(theorem, unknown)
    if basis is None:
        raise TheoryError(
            f"{theorem.name}: that the value is monotone in {unknown} is claimed, not proved, so "
            "it is not solved for; use `bounds table`"
        )
    target, given = _split_target(theorem, raw)
    holds = _predicate(theorem, parameter, given, target)
    least = trend == "down"
    search = _solve_integer if parameter.kind in ("integer", "class") else _solve_real
    value, beyond = search(parameter, holds, least, theorem.name)
    return Solution(
        theorem.name,
        unknown,
        "least" if least else "greatest",
        _text(value, parameter, 1 if least else -1),
        None if beyond is None else _text(beyond, parameter, -1 if least else 1),
        _text(target, parameter, 0),
        basis.mark,
        basis.cited,
    )


def _text(x: Fraction, parameter: Parameter, towards: int) -> str:
    if x.denominator == 1 and parameter.kind != "real":
        return str(x.numerator)
    return write_number(x, DIGITS, towards)


def _split_target(theorem: Theorem, raw: Mapping[str, Any]) -> tuple[Fraction, dict[str, Any]]:
    keys = ["value"]
    if theorem.result.rounding == "up" and theorem.parameter("n") is None:
        keys.append("n")
    present = [k for k in keys if k in raw]
    if len(present) != 1:
        raise TheoryError(
            f"{theorem.name}: give the target as {' or '.join(k + '=' for k in keys)}"
        )
    target = read_number(raw[present[0]], f"{theorem.name}: {present[0]}")
    return target, by_name(theorem, {k: v for k, v in raw.items() if k not in present})


def _predicate(
    theorem: Theorem, parameter: Parameter, given: Mapping[str, Any], target: Fraction
) -> Callable[[Fraction], bool | None]:
    """The rigorous truth of bound <= target at a value; None where the theorem does not apply."""
    claim = le(theorem.bound, sp.Rational(target.numerator, target.denominator))
    if parameter.name in given:
        raise TheoryError(f"{theorem.name}: {parameter.name} is both given and asked for")

    def holds(x: Fraction) -> bool | None:
        if not parameter.contains(x):
            return None
        values = read_parameters(theorem, {**given, parameter.name: x}, check=False)
        env = environment(theorem, values)
        try:
            check_requirements(theorem, env)
        except TheoryError:
            return None
        return truth(claim, env)

    return holds


def _solve_integer(
    parameter: Parameter, holds: Callable[[Fraction], bool | None], least: bool, name: str
) -> tuple[Fraction, Fraction | None]:
    start = parameter.lower or Fraction(0)
    while holds(start) is None:
        start += 1
        if start > (parameter.lower or 0) + 1000:
            raise TheoryError(f"{name}: no {parameter.name} fits the theorem's conditions")
    if holds(start) is least:
        if least:
            return start, None
        raise TheoryError(f"{name}: even {parameter.name}={start} exceeds the target")
    low, step = start, Fraction(1)
    while holds(start + step) is (not least):
        low, step = start + step, step * 2
        if step > MAX_INTEGER:
            raise TheoryError(f"{name}: no {parameter.name} up to 2^4096 reaches the target")
    high = start + step
    while high - low > 1:
        middle = (low + high) // 2
        if holds(Fraction(middle)) is (not least):
            low = Fraction(middle)
        else:
            high = Fraction(middle)
    if least:
        return high, low
    return low, (high if holds(high) is False else None)


def _solve_real(
    parameter: Parameter, holds: Callable[[Fraction], bool | None], least: bool, name: str
) -> tuple[Fraction, Fraction | None]:
    """Bracket the crossing between neighbouring powers of two, then halve the bracket."""
    points = _grid(parameter)
    answers: list[tuple[Fraction, bool]] = []
    good, bad = None, None
    for x in points if least else reversed(points):
        answer = holds(x)
        if answer is None:
            continue
        answers.append((x, answer))
        if answer:
            good = x
            break
        bad = x
    if good is None:
        raise TheoryError(f"{name}: no {parameter.name} in its range meets the target")
    if bad is None:
        raise TheoryError(f"{name}: every {parameter.name} tried meets the target, from {good} on")
    while abs(good - bad) > PRECISION * min(abs(good), abs(bad), *_gap(parameter, good, bad)):
        middle = (good + bad) / 2
        if holds(middle):
            good = middle
        else:
            bad = middle
    return good, bad


def _gap(parameter: Parameter, good: Fraction, bad: Fraction) -> list[Fraction]:
    """The distance to the upper end, so that values next to 1 are resolved as well."""
    if parameter.upper is None:
        return []
    gaps = [parameter.upper - x for x in (good, bad) if parameter.upper > x]
    return gaps or [Fraction(1)]


def _grid(parameter: Parameter) -> list[Fraction]:
    """Points of the range, dense near its ends, in increasing order."""
    low = parameter.lower if parameter.lower is not None else Fraction(-(2**64))
    powers = [Fraction(1, 2**k) for k in range(1100, 0, -25)] + [
        Fraction(1, 2**k) for k in range(24, 0, -1)
    ]
    powers = sorted(set(powers))
    if parameter.upper is None:
        large = [Fraction(2**k) for k in range(0, 257, 4)]
        return [low + x for x in [*powers, *large]]
    width = parameter.upper - low
    return [low + width * x for x in powers] + [
        parameter.upper - width * x for x in reversed(powers[:-1])
    ]
