"""Models for the axioms about events, counts and means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from theory.checking.semantics.instances import (
    HALF,
    VALUES,
    Case,
    F,
    G,
    Rng,
    Structure,
    Tables,
    number,
    of,
    with_tables,
)
from theory.checking.semantics.model import Model
from theory.language.terms import Event, Fact, Member, Random


def _hull(name: str) -> Callable[[Rng], Case]:
    """A random quantity in [lower, upper] or [0, 1]."""

    def case(rng: Rng) -> Case:
        x = Random("x")
        given: dict[str, Any] = {"x": x, "n": sp.Integer(rng.choice((1, 1, 2, 3)))}
        low, high = F(0), F(1)
        if name in ("hoeffding", "mean-bounds"):
            low, high = rng.choice(((F(0), F(1)), (F(-1), F(1)), (F(0), HALF), (F(0), F(2))))
            given |= {"lower": number(low), "upper": number(high)}
        if name == "hoeffding":
            given["t"] = number(rng.choice((F(0), HALF, F(1), F(1, 4), F(3, 10))) * (high - low))
        if name.startswith("chernoff"):
            given |= {
                "level": number(rng.choice((F(1, 10), F(1, 2), F(1), F(1, 3)))),
                "a": number(rng.choice((F(1, 10), HALF, F(9, 10), F(1), F(3)))),
            }
        if name == "mean-bounds":
            del given["n"]
        values = (low, high, low, high, (low + high) / 2)
        if rng.random() < 0.2:
            values = (low - 1, high + 1, low, high, high)
        return with_tables(of(name, rng, **given), x=Tables(rng, values))

    return case


def _average_law(name: str) -> Callable[[Rng], Case]:
    def case(rng: Rng) -> Case:
        n = sp.Integer(rng.choice((1, 2, 3)))
        level = number(rng.choice((F(1, 4), HALF, F(1), F(2))))
        key = {"chebyshev": {"x": Random("x"), "n": n, "t": level},
               "markov": {"x": Random("x"), "level": level}}[name]  # fmt: skip
        return with_tables(
            of(name, rng, **key), x=Tables(rng, rng.choice((VALUES, (F(0), F(1), F(2), HALF))))
        )

    return case


def _event_monotone(rng: Rng) -> Case:
    """The larger event contains the smaller, or is arbitrary."""
    plain = of("event-monotone", rng)
    if rng.random() < 0.3:
        return plain
    larger = sp.Or(plain.terms["smaller"], Event("more", G if G in plain.grid else 0))
    more = Case({**plain.terms, "larger": larger}, plain.model, plain.grid)
    return with_tables(more, more=Tables(rng, (True, False)))


def _same_members(rng: Rng) -> Case:
    case = of("same-members", rng)
    terms = dict(case.terms)
    if rng.random() < 0.7:
        terms["larger"] = sp.Or(terms["condition"], Fact("more", G), evaluate=False)
        terms["larger_event"] = sp.Or(terms["event"], Event("also", G), evaluate=False)
    more = Case(terms, case.model, case.grid)
    return with_tables(more, more=Tables(rng, (True, False)), also=Tables(rng, (True, False)))


def _count_subset(rng: Rng) -> Case:
    case = of("count-subset", rng)
    terms = {**case.terms, "larger": sp.Or(case.terms["smaller"], Fact("more", G), evaluate=False)}
    return with_tables(Case(terms, case.model, case.grid), more=Tables(rng, (True, False)))


def _mean_monotone(rng: Rng) -> Case:
    case = of("mean-monotone", rng, x=Random("x"), y=Random("x") + Random("more"))
    return with_tables(
        case, more=Tables(rng, (F(0), F(1), F(0), F(1), F(-1))), x=Tables(rng, VALUES)
    )


def _never(rng: Rng) -> Case:
    return with_tables(
        of("never", rng, event=Event("e")), e=Tables(rng, (False, False, False, True))
    )


def _same_event(rng: Rng) -> Case:
    event = Event("event")
    other = rng.choice((event, sp.Not(sp.Not(event, evaluate=False), evaluate=False), Event("b")))
    case = of("same-event", rng, event=event, other=other)
    return with_tables(case, b=Tables(rng, (True, False)), event=Tables(rng, (True, False)))


def _count_excluding(rng: Rng) -> Case:
    size = rng.randint(0, 3)
    inside = Tables(rng, (True, True, False))
    terms = {"member": G, "condition": Fact("c", G), "excluded": Member("star", G)}
    members = ("star", *range(size)) if rng.random() < 0.8 else tuple(range(size))
    return Case(terms, Model({"c": inside}, classes={"g": members}), {G: members})


def _cauchy_schwarz(rng: Rng) -> Case:
    case = of("cauchy-schwarz", rng, x=Random("x"), y=rng.choice((Random("y"), 2 * Random("x"))))
    return with_tables(case, x=Tables(rng, VALUES), y=Tables(rng, VALUES))


STRUCTURES: Mapping[str, Structure] = {
    **{n: _hull(n) for n in ("hoeffding", "mean-bounds", "chernoff-above", "chernoff-below")},
    **{n: _average_law(n) for n in ("chebyshev", "markov")},
    "event-monotone": _event_monotone,
    "same-members": _same_members,
    "count-subset": _count_subset,
    "count-excluding": _count_excluding,
    "mean-monotone": _mean_monotone,
    "never": _never,
    "same-event": _same_event,
    "cauchy-schwarz": _cauchy_schwarz,
}
