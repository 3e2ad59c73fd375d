"""Bounds at extreme parameters ended in hangs and tracebacks instead of a value or a clear line.

`test-sample-size epsilon=1e-20000` took a greatest common divisor for each of 20,000 powers of ten,
`clopper-pearson errors=1 n=1e400` was an OverflowError, `clopper-pearson` near δ = 1 added up a
million terms at 131,072 bits, `success-without-teacher cells=1e20000` was a ValueError of Python's
digit limit, `finite-population` of many points and few draws was refused where H is δ exactly,
`conjunctions-total depth=50000` and `black-box-queries variables=1e6` took minutes or
seconds. The alarm is a guard against hanging, far above what an evaluation takes.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import pytest

from tests.every import some
from theory import catalogue
from theory.checking.exactness import without
from theory.checking.rationals import MAX_TERMS
from theory.language.errors import TheoryError
from theory.language.probabilities import binomial_cdf
from theory.language.symbols import Parameter
from theory.values.decimals import read_number, write_number

GUARD = 20.0
NINES = "0." + "9" * 300
MORE_NINES = "0." + "9" * 15_000
INTEGERS = ["0", "1", "2", "3", "100", "50000", "1e6", "1e12", "1e18", "1e400", "1e20000"]
SHARES = ["0", "1", "1/2", "1e-3", "1e-30", "1e-300", "1e-20000", NINES, MORE_NINES]
REALS = ["0", "1", "1/3", "-1", "1e-30", "1e-300", "1e-20000", "1e12", "1e300", "1e20000", "-1e300"]
LISTS = ["0,0", "1/2,1/3", "1e-300,1e-300", "1,1", "0,1", "1e300,-1e300", "1e20000,1e-20000",
         ",".join(["1/7"] * 300)]  # fmt: skip
HUGE = 10**18
CLASSES = [
    "1", "2", "1000", "1e400", f"trees(depth=4096,variables={HUGE})",
    f"trees(leaves=1000000,variables={HUGE})", "trees(depth=4000,variables=3,repeats=0)",
    f"juntas(relevant=60,variables={HUGE})", f"trees(depth=4096,variables={HUGE},classes={HUGE})",
]  # fmt: skip


class Hangs(Exception):
    """An evaluation did not end."""


@contextmanager
def guard() -> Iterator[None]:
    """Raise after far more processor time than an evaluation takes."""

    def stop(*_: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, GUARD)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _candidates(p: Parameter) -> list[str]:
    if p.kind == "class":
        return list(CLASSES)
    if p.kind == "reals":
        return list(LISTS)
    texts = INTEGERS if p.kind == "integer" else SHARES if p.upper is not None else REALS
    ends = [str(e) for e in (p.lower, p.upper) if e is not None]
    return [t for t in [*texts, *ends] if p.contains(read_number(t, p.name))]


def _judged(name: str, raw: dict[str, str]) -> bool:
    """Whether there is a value; else the refusal must be one line that fits on a screen."""
    try:
        with guard():
            found = catalogue[name].evaluate(**raw)
    except TheoryError as error:
        assert "\n" not in str(error) and len(str(error)) < 400, (name, raw)
        return False
    assert Fraction(found.lower) <= Fraction(found.upper)
    return True


@pytest.mark.parametrize("name", some(catalogue))
def test_every_bound_ends_at_extremes(name: str) -> None:
    """Each parameter at each of its extremes, in rows of a random Latin design."""
    draw = random.Random(name)
    columns = {p.name: _candidates(p) for p in catalogue[name].parameters}
    for texts in columns.values():
        draw.shuffle(texts)
    for row in range(max(map(len, columns.values()), default=0)):
        _judged(name, {p: texts[row % len(texts)] for p, texts in columns.items()})


CP, KL = "clopper-pearson", "kl-upper"
KNOWN = [
    ("test-sample-size", {"epsilon": "1e-300", "delta": "1e-300"}, True),
    ("test-sample-size", {"epsilon": "1e-20000", "delta": "1e-3"}, False),
    ("exact-erm", {"variables": "100", "depth": "50000", "delta": "1e-20000"}, True),
    ("counterexample-error", {"counterexamples": "2", "variables": "1e6"}, True),
    ("success-without-teacher", {"cells": "1e20000", "n": "3"}, False),
    ("success-without-teacher", {"cells": "50000", "n": "10"}, False),
    (CP, {"errors": "50000", "n": "1e12", "delta": "1e-9"}, True),
    (CP, {"errors": "1e6", "n": "1e18", "delta": NINES}, True),
    (CP, {"errors": "1e6", "n": "1e6", "delta": "1e-300"}, True),
    (CP, {"errors": "0", "n": "1e18", "delta": "1e-300"}, True),
    (CP, {"errors": "1", "n": "1e300", "delta": "1e-20000"}, True),
    (CP, {"errors": "1", "n": "1e400", "delta": "1e-20000"}, False),
    (CP, {"errors": "1", "n": "1e20000", "delta": "1/2"}, False),
    (CP, {"errors": "1e12", "n": "1e18", "delta": "1/2"}, False),
    (KL, {"errors": "1e12", "n": "1e18", "delta": "1e-20000"}, True),
    (KL, {"errors": "1", "n": "1e20000", "delta": "1/2"}, False),
    ("finite-population", {"errors": "0", "points": "1e12", "n": "1", "delta": "1/2"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "value"), KNOWN)
def test_known_extremes(name: str, raw: dict[str, str], value: bool) -> None:
    assert _judged(name, raw) is value


def test_both_tails_of_the_binomial_distribution_are_right() -> None:
    from flint import arb, ctx, fmpq, fmpz

    with ctx.workprec(300):
        for n in (1, 7, 40):
            for k in range(n):
                for p in (Fraction(1, 50), Fraction(1, 3), Fraction(9, 10)):
                    exact = sum(
                        int(fmpz.bin_uiui(n, i)) * p**i * (1 - p) ** (n - i) for i in range(k + 1)
                    )
                    ball = binomial_cdf(k, n, arb(fmpq(p.numerator, p.denominator)))
                    assert ball.overlaps(arb(fmpq(exact.numerator, exact.denominator)))
                    assert ball.rad() < arb(2) ** -200


def test_powers_leave_in_few_steps_and_all_of_them() -> None:
    from flint import fmpz

    for b, count, rest in ((2, 0, 7), (10, 20_000, 3), (101, 37, 103), (6, 5, 1)):
        assert without(fmpz(rest) * fmpz(b) ** count, fmpz(b)) == (rest, count)


@pytest.mark.parametrize("digits", [1, 3, 40])
def test_numbers_are_rounded_as_fractions_are(digits: int) -> None:
    draw = random.Random(digits)
    for _ in range(300):
        x = Fraction(draw.randint(-(10**20), 10**20), draw.choice([1, 2, 8, 10**7, 3**30]))
        low, high = (Fraction(write_number(x, digits, towards)) for towards in (-1, 1))
        near = Fraction(write_number(x, digits))
        assert low <= x <= high and near in (low, high)
        assert abs(near - x) == min(x - low, high - x)
    assert MAX_TERMS >= 1000
