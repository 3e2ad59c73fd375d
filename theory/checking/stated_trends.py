"""Trends that a theorem states, for one more unit, and what such a theorem may assume.

What a theorem assumes may restrict its numbers without saying so: a probability of n/3 is one for
n <= 3 only. Those of `beside` do not: there is a space on which they hold, for all numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp

from theory.checking import smt
from theory.checking.steps import ranges
from theory.checking.straight import is_straight
from theory.language.definedness import conditions
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.language.terms import Event, Fact, Pr, Random, conj, ge, implies, le


def by_theorem(theorem: Theorem, parameter: Parameter, trend: str, proof: Theorem) -> bool:
    """Whether a theorem states the trend for one more unit, in the whole range.

    Where its assumptions hold, that is: they must at every step between two values at which the
    theorem's do. So it may assume of numbers what the theorem does, where that is straight in the
    parameter, and for the rest that there are random quantities as `beside` has them.
    """
    here, following = theorem.bound, theorem.bound.subs(parameter.symbol, parameter.symbol + 1)
    smaller, larger = (here, following) if trend == "up" else (following, here)
    same_range = proof.parameters == theorem.parameters and not proof.requires
    states = parameter.kind == "integer" and proof.claim == le(smaller, larger)
    held = {a.formal for a in theorem.assumptions}
    assumed = [a.formal for a in proof.assumptions if a.formal is not None]
    own = [a for a in assumed if a not in held or not is_straight(a, parameter.symbol)]
    return same_range and states and beside(own, ranges(proof))


def beside(assumed: Sequence[Any], held: Sequence[Any]) -> bool:
    """Whether assumptions only name random quantities and the probabilities of events.

    They say that a count is one of exchangeable cells; that a random quantity is no greater than
    another; or, under a hypothesis about numbers, that a named event has a probability between 0
    and 1, or the probability of another event, and that of no event twice.
    """
    parts = [part for claim in assumed for part in _parts((), claim)]
    events = [p for p in (_event(claim) for _, claim in parts) if p is not None]
    named = {(e.args[0], *(x for x in e.args if isinstance(x, Random))) for e in events}
    if len(named) < len(events):
        return False
    return all(_is_beside(guard, claim, held) for guard, claim in parts)


def _parts(guard: tuple[Any, ...], claim: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The parts of a claim, each with the hypotheses that it stands under."""
    if isinstance(claim, sp.And):
        for part in claim.args:
            yield from _parts(guard, part)
    elif isinstance(claim, sp.Implies):
        yield from _parts((*guard, claim.args[0]), claim.args[1])
    else:
        yield guard, claim


def _event(claim: Any) -> Any | None:
    """The named event whose probability a claim says."""
    if not isinstance(claim, sp.Eq) or not isinstance(claim.lhs, Pr):
        return None
    event = claim.lhs.args[0]
    return event if isinstance(event, Event) and not isinstance(event, Fact) else None


def _is_beside(guard: tuple[Any, ...], claim: Any, held: Sequence[Any]) -> bool:
    if isinstance(claim, Fact):
        return bool(claim.args[0].name == "exchangeable")
    if isinstance(claim, (sp.Le, sp.Ge)):
        return not guard and all(isinstance(side, Random) for side in claim.args)
    if _event(claim) is None or any(h.atoms(Random, Event, Pr) for h in guard):
        return False
    if isinstance(claim.rhs, Pr):
        return True
    known, share = [*held, *guard], claim.rhs
    chance = conj(ge(share, 0), le(share, 1), *conditions(share))
    return not share.atoms(Random, Event, Pr) and smt.proves(known, implies(*guard, chance))
