"""A bound as a term in one entry of a list: so that trends of entries are trends of a number.

Entry i of a list stands in sums and products over all places. Of a sum the term of place i is
written out, with the entry as a number x; what the other places add does not change with it, and
is a number of its own, of which at most the sign is known. A product in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from theory.language.definedness import fresh
from theory.language.sorts import free_of
from theory.language.statement import Theorem
from theory.language.symbols import LENGTH, Parameter
from theory.language.terms import ge, le

KINDS = {"reals": "real", "integers": "integer"}


@dataclass(frozen=True)
class Opened:
    """The bound in the entry ``x``, and what is known of it and of the other lists' entries."""

    x: Any
    bound: Any
    facts: tuple[Any, ...]


def opened(
    theorem: Theorem,
    parameter: Parameter,
    nonnegative: Callable[[Any, list[Any]], bool],
    told: Sequence[Any] = (),
) -> Opened | None:
    """The bound in an entry of a list; None where the list stands elsewhere than in sums.

    ``nonnegative`` says whether a term is shown to be so under some facts; ``told`` are claims that
    hold, of which those count that hold of the entries at every place.
    """
    taken = free_of((theorem.bound, *(p.symbol for p in theorem.symbols)))
    entries = {p.symbol: _entry(p, taken) for p in theorem.symbols if p.is_list}
    facts = [f for p in theorem.symbols if p.is_list for f in _facts(p, entries[p.symbol])]
    any_place = {p.symbol for p in theorem.schematic}
    facts += [f for claim in told for f in _held_at_each_place(claim, entries, any_place)]
    made: dict[Any, Any] = {}
    for term in theorem.bound.atoms(sp.Sum, sp.Product):
        if not term.has(parameter.symbol):
            continue
        own = _at_one_place(term, entries)
        if own is None:
            return None
        sign = {"nonnegative": True} if nonnegative(own, facts) else {}
        rest = fresh(sp.Symbol("rest", real=True, **sign), taken, str(len(made)))
        made[term] = own + rest if isinstance(term, sp.Sum) else own * rest
    bound = theorem.bound.xreplace(made)
    if bound.has(parameter.symbol):
        return None
    return Opened(entries[parameter.symbol], bound, tuple(facts))


def _at_one_place(term: Any, entries: Mapping[Any, Any]) -> Any | None:
    """What is summed, or multiplied, at one place; None where that is not the entries' alone."""
    if len(term.limits) != 1 or term.function.atoms(sp.Sum, sp.Product):
        return None
    index = term.limits[0][0]
    found = term.function.xreplace({base[index]: x for base, x in entries.items()})
    return None if found.has(index, sp.Indexed, sp.IndexedBase) else found


def _held_at_each_place(
    claim: Any, entries: Mapping[Any, Any], any_place: Set[Any]
) -> tuple[Any, ...]:
    """What a claim about all places j from 1 to the lists' length says of the entries at one.

    ``any_place``: the symbols for which claims hold whatever they are.
    """
    if not isinstance(claim, sp.Implies):
        return ()
    inside, body = claim.args
    places = {index for entry in body.atoms(sp.Indexed) for index in entry.indices}
    if len(places) != 1:
        return ()
    (j,) = places
    if j not in any_place or inside != sp.And(ge(j, 1), le(j, LENGTH)):
        return ()
    found = body.xreplace({base[j]: x for base, x in entries.items()})
    if found.has(j, sp.Indexed, sp.IndexedBase):
        return ()
    return tuple(found.args) if isinstance(found, sp.And) else (found,)


def _entry(p: Parameter, taken: Set[Any]) -> Any:
    positive = p.lower is not None and (p.lower > 0 or (p.lower == 0 and "(" in p.open))
    known = {"positive": True} if positive else {}
    if not positive and p.lower == 0:
        known = {"nonnegative": True}
    if p.kind == "integers":
        known["integer"] = True
    return fresh(sp.Symbol(str(p.symbol), real=True, **known), taken, "_i")


def _facts(p: Parameter, entry: Any) -> tuple[Any, ...]:
    return replace(p, kind=KINDS[p.kind], symbol=entry).facts()  # type: ignore[arg-type]
