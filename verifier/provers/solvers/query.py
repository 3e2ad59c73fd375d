"""One question to Z3: is there a point of a cell where the teacher does not have a class?

The question is asked about what folding left of the teacher, twice at most. First with weights of
few bits, where every rounding error is a slack that can only admit more points: simplex over short
rationals is several times faster, and a "no" stands. If that finds a point which is not real, the
question is asked again with the exact weights.

Nothing is asked before the question itself. Its linear relaxation alone takes the solver as long
wherever it decides (it starts from there anyway), and asking whether single neurons can be active
or inactive settles few of them in more time than the whole question then saves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from threading import Timer
from typing import Any

import z3

from verifier.model.domain import Point
from verifier.provers.solvers.folding import Choice, Folded, Gate, span
from verifier.provers.solvers.rows import (
    Linear,
    Range,
    Row,
    exact,
    outward,
    rivals,
    rounded,
    written,
)

SOLVER = f"z3 {z3.get_version_string()}"
SHORT = 10
"""Bits of a rounded weight, relative to the row's largest term."""
CANCELLED = ("canceled", "interrupted", "interrupted from keyboard")
OVERSHOOT = 0.2
"""Seconds after its limit when a question is interrupted."""
EARLY = 0.005
"""Seconds before the time limit at which a cancelled question was cancelled from the keyboard.

Z3 takes the signal for itself and gives no other reason than when its time is over.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A point where the class differs, or that there is none; neither where Z3 did not say."""

    point: Point | None = None
    none: bool = False


def ask(folded: Folded, klass: int, seconds: float, differs: Callable[[Point], bool]) -> Answer:
    """A point of the cell where the teacher's class is not ``klass``, or that there is none.

    ``differs`` evaluates a point exactly. Raises RuntimeError if a model of the exact question is
    not such a point, and KeyboardInterrupt where the solver was interrupted from the keyboard.
    """
    end = time.monotonic() + seconds
    for bits in (SHORT, None):
        context = z3.Context()
        solver = z3.SimpleSolver(ctx=context)
        atoms = _assert_question(solver, folded, klass, bits, end)
        left = end - time.monotonic()
        if atoms is None or left <= 0.001:
            return Answer()
        solver.set(timeout=max(1, int(1000 * left)))
        hurry = Timer(left + OVERSHOOT, context.interrupt)  # its own limit it can miss by far
        hurry.start()
        try:
            found = solver.check()
        finally:
            hurry.cancel()
        if found == z3.unsat:
            return Answer(none=True)
        if found == z3.unknown:
            if solver.reason_unknown() in CANCELLED and time.monotonic() < end - EARLY:
                raise KeyboardInterrupt
            return Answer()
        model = solver.model()
        count = sum(c.atoms for c in folded.choices)
        values = [model.eval(a, model_completion=True).as_long() for a in atoms[:count]]
        point = folded.point(values)
        if differs(point):
            return Answer(point)
    raise RuntimeError(f"{SOLVER} gave the point {point}, where the class is {klass} after all")


def _assert_question(
    solver: z3.Solver, folded: Folded, klass: int, bits: int | None, end: float
) -> list[Any] | None:
    """Assert the question; returns the atoms' terms, or None if the time is over before."""
    context = solver.ctx
    atoms: list[Any] = []
    reals: list[Any] = []
    ranges: list[Range] = []

    def linear(row: Row) -> Linear:
        return exact(row) if bits is None else rounded(row, ranges, bits)

    for choice in folded.choices:
        own, most = choice_atoms(choice, context)
        solver.add(*(a >= 0 for a in own), *(a <= most for a in own))
        if len(own) > 1:
            solver.add(z3.Sum(own) <= 1)
        atoms += own
        reals += [z3.ToReal(a) for a in own]
        ranges += [(Fraction(0), Fraction(most))] * len(own)
    for gate in folded.gates:
        if time.monotonic() >= end:
            return None
        while len(reals) < gate.atom:  # gates that nothing needs were left out
            reals.append(None)
            ranges.append((Fraction(0), Fraction(0)))
        reals.append(_assert_gate(solver, gate, linear(gate.row), reals))
        ranges.append(span(gate))
    rows = [(linear(row), ties) for row, ties in rivals(folded.logits, klass)]
    goals = [_exceeds(term(row, reals, context), row.slack, ties) for row, ties in rows]
    solver.add(z3.Or(*goals) if len(goals) > 1 else goals[0])
    return atoms


def choice_atoms(choice: Choice, context: z3.Context) -> tuple[list[Any], int]:
    """The integer constants of a choice, and the largest value of each."""
    atoms = [z3.Int(f"x{choice.first + j}", context) for j in range(choice.atoms)]
    return atoms, len(choice.values) - 1 if choice.progression else 1


def _exceeds(value: Any, slack: Fraction, ties: bool) -> Any:
    """That a number known up to ``slack`` may be positive (or zero, with ``ties``)."""
    if slack:
        return value >= number(-slack, value.ctx)
    return value >= 0 if ties else value > 0


def _assert_gate(solver: z3.Solver, gate: Gate, row: Linear, reals: Sequence[Any]) -> Any:
    """Assert what is known of a gate; returns its output.

    Beside its definition, the ReLU's upper linear bound between its ends, which lets the solver's
    linear relaxation decide much without choosing a phase.
    """
    context = solver.ctx
    inside, out = z3.Real(f"s{gate.atom}", context), z3.Real(f"h{gate.atom}", context)
    low, high = outward(gate.low, up=False), outward(gate.high, up=True)
    slack = row.slack
    solver.add(inside == term(row, reals, context))
    solver.add(inside >= number(low - slack, context), inside <= number(high + slack, context))
    if gate.sign:
        zero = z3.And(inside >= number(-slack, context), inside <= number(slack, context))
        cases = {
            -1: _exceeds(-inside, slack, False),
            0: zero,
            1: _exceeds(inside, slack, False),
        }
        least, most = span(gate)
        solver.add(out >= number(least, context), out <= number(most, context))
        kept = [z3.And(out == s, c) for s, c in cases.items() if least <= s <= most]
        solver.add(z3.Or(*kept))
        return out
    slope = outward(high / (high - low), up=True)
    solver.add(out >= 0, out <= number(high, context))
    solver.add(out >= inside - number(slack, context))
    solver.add(out <= number(slope, context) * (inside + number(slack - low, context)))
    solver.add(z3.Or(out <= 0, out <= inside + number(slack, context)))
    return out


def term(row: Linear, reals: Sequence[Any], context: z3.Context) -> Any:
    """A row as a Z3 term."""
    parts = [number(x, context) * reals[a] for a, x in row.terms]
    return z3.Sum([*parts, number(row.constant, context)])


def number(x: Fraction, context: z3.Context) -> Any:
    """A fraction as a Z3 numeral."""
    return z3.RealVal(f"{written(x.numerator)}/{written(x.denominator)}", context)
