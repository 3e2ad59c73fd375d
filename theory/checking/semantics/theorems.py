"""Can a theorem's assumptions hold together, and is its claim true where they do?

`find_model` looks for a concrete model: values for the parameters and locals from small grids,
meanings for the named quantities from `meanings` or random tables. In a model that satisfies the
ranges, the conditions and the assumptions the claim is computed as well. A model on a
grid shows that the assumptions do not contradict each other there; it proves nothing of what lies
outside the grid.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.checking.semantics import distilling, facts
from theory.checking.semantics.instances import Tables
from theory.checking.semantics.meanings import HINTS, MEANINGS, Values
from theory.checking.semantics.model import Model, UndefinedTerm
from theory.checking.semantics.truth import evaluate
from theory.checking.steps import ranges
from theory.language import terms as t
from theory.language.sorts import free_of, free_variables
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.language.terms import is_random

F = Fraction
TRIALS = 400
ALL_HINTS = {**HINTS, **distilling.HINTS}
ALL_MEANINGS = {**MEANINGS, **distilling.MEANINGS}
RUN = tuple(F(i) for i in range(6))
"""The values that schematic integers run over, from their least one on."""
FAR = F(1000)


@dataclass(frozen=True)
class ModelReport:
    """The model found for a theorem: its parameters, and whether the claim holds in it.

    `values` is None where no model was found.
    """

    name: str
    values: tuple[tuple[str, str], ...] | None
    claim: bool | None

    @property
    def error(self) -> str | None:
        """What is wrong, or None."""
        if self.values is None:
            return f"{self.name}: no model of its assumptions was found"
        if self.claim is not True:
            at = ", ".join(f"{k} = {v}" for k, v in self.values)
            return f"{self.name}: the claim is false in a model of its assumptions: {at}"
        return None


@dataclass(frozen=True)
class Spoken:
    """What a theorem's assumptions and claim speak of: for every trial the same."""

    claims: tuple[Any, ...]
    named: tuple[Any, ...]
    repetitions: tuple[Any, ...]
    tables: tuple[Any, ...]
    """Lists that have two indices."""

    @staticmethod
    def of(theorem: Theorem) -> Spoken:
        """The terms of a theorem, each kind in a fixed order."""
        held = (a.formal for a in theorem.assumptions if a.formal is not None)
        claims = (theorem.claim, *held)
        parts = {x for c in claims for x in sp.preorder_traversal(c)}

        def those(found: Iterable[Any]) -> tuple[Any, ...]:
            return tuple(sorted(set(found), key=str))

        return Spoken(
            claims,
            those(x for x in parts if isinstance(x, (t.Quantity, t.Event))),
            those(x.args[1] for x in parts if isinstance(x, (t.Every, t.Average))),
            those(x.base for x in parts if isinstance(x, sp.Indexed) and len(x.indices) == 2),
        )


def find_model(theorem: Theorem, trials: int = TRIALS, seed: int = 0) -> ModelReport:
    """Look for a model of a theorem's assumptions; the claim is computed in the first one."""
    rng = random.Random(f"{seed} {theorem.name}")
    formal = [a.formal for a in theorem.assumptions if a.formal is not None]
    fixed = [
        f for f in ranges(theorem) if not free_variables(f) & {p.symbol for p in theorem.schematic}
    ]
    spoken = Spoken.of(theorem)
    for trial in range(trials):
        env = _values(theorem, spoken, rng, trial)
        try:
            if not _all_hold(fixed, Model(), env, {}):
                continue
            model = _model(theorem, spoken, env, rng, trial)
            grid = _grid(theorem, model)
            if _all_hold(formal, model, env, grid):
                shown = tuple((str(k), _show(v)) for k, v in env.items())
                return ModelReport(
                    theorem.name, shown, _all_hold([theorem.claim], model, env, grid)
                )
        except UndefinedTerm:
            continue
    return ModelReport(theorem.name, None, None)


def _show(value: Any) -> str:
    return str(value) if isinstance(value, Fraction) else "(" + ", ".join(map(_show, value)) + ")"


def _values(theorem: Theorem, spoken: Spoken, rng: random.Random, trial: int) -> dict[Any, Any]:
    """Values for everything that is not schematic; simple ones in the later trials."""
    length = rng.randint(1, 2)
    env: dict[Any, Any] = {}
    schematic = {p.symbol for p in theorem.schematic}
    for p in (q for q in theorem.symbols if q.symbol not in schematic):
        if p.is_list:
            plain = trial % 4 == 3
            env[p.symbol] = tuple(F(0) if plain else _number(p, rng) for _ in range(length))
        elif p.name == "m" and any(q.is_list for q in theorem.symbols):
            env[p.symbol] = F(length)
        else:
            env[p.symbol] = _number(p, rng, trial % 4 == 3)
    known = ALL_HINTS.get(theorem.name, {})
    for symbol in env:
        env[symbol] = known.get(str(symbol), env[symbol])
    for symbol in spoken.tables:
        env[symbol] = tuple(tuple(rng.choice((F(0), F(1))) for _ in range(2)) for _ in range(2))
    return env


def _number(p: Parameter, rng: random.Random, plain: bool = False) -> Fraction:
    low = p.lower
    if plain and p.contains(F(0)) and rng.random() < 0.9:
        return F(0)
    if p.kind in ("integer", "integers", "class"):
        return (low or F(0)) + rng.choice((0, 0, 1, 1, 2, 3))
    if low is not None and p.upper is not None:
        parts = (F(1, 8), F(1, 2), F(1, 4), F(9, 10), F(1, 100), F(0), F(1))
        return low + (p.upper - low) * rng.choice(parts)
    base = rng.choice((F(0), F(1), F(1, 2), F(2), F(1, 100)))
    return low + base if low is not None else rng.choice((base, -base))


def _model(
    theorem: Theorem, spoken: Spoken, env: Mapping[Any, Any], rng: random.Random, trial: int
) -> Model:
    law = rng.choice((((F(1, 2), 0), (F(1, 2), 1)), ((F(3, 4), 0), (F(1, 4), 1)), ((F(1), 0),)))
    names = frozenset(x.args[0].name for x in spoken.named)
    values = Values({str(k): v for k, v in env.items()}, names)
    tables: dict[str, Any] = {}
    for term in spoken.named:
        name = term.args[0].name
        if isinstance(term, t.Fact) and name in facts.MEANINGS:
            continue
        given = ALL_MEANINGS.get(name)
        meaning = given(values) if given is not None else None
        tables[name] = _random_table(term, rng, trial) if meaning is None else meaning
    copies = _draws(spoken, env)
    if values.law is not None:
        law = values.law
    if copies > 4:
        copies, law = 0, law if "coin" in names else ((F(1), 0),)
    size = values.size if values.size is not None else int(values.get("N", F(1)))
    classes: dict[str, tuple[Any, ...]] = {
        str(p.symbol): tuple(range(size)) for p in theorem.schematic if p.kind == "member"
    }
    if any(c.atoms(t.Member) for c in spoken.claims):
        classes = {g: ("g*", *map(str, range(1, size))) for g in classes}
    return Model(tables, law, 0 if len(law) == 1 else copies, classes)


def _draws(spoken: Spoken, env: Mapping[Any, Any]) -> int:
    """How many draws the claims speak of."""
    known = (x for x in spoken.repetitions if free_variables(x) <= env.keys())
    counts = [evaluate(x, Model(), env, ()) for x in known]
    return int(max(counts, default=0))


def _random_table(term: Any, rng: random.Random, trial: int) -> Any:
    if isinstance(term, (t.Event, t.Fact)):
        return Tables(rng, ((True, False), (False,), (True,))[trial % 3])
    values = ((F(0), F(1)), (F(0),), (F(1),), (F(1, 2), F(0), F(1)))[trial % 4]
    whole = isinstance(term, (t.IntegerQuantity, t.RandomInteger))
    return Tables(rng, tuple(F(round(x)) if whole else x for x in values))


@dataclass(frozen=True)
class Places:
    """Values of a schematic symbol that are tried."""

    near: tuple[Any, ...]
    far: tuple[Any, ...] = ()
    """Further ones, where no named quantity is asked of it: some are as large as 2^(2^j)."""


def _grid(theorem: Theorem, model: Model) -> dict[Any, Places]:
    return {
        p.symbol: Places(model.of_class(p.symbol)) if p.kind == "member" else _places(p)
        for p in theorem.schematic
    }


def _places(p: Parameter) -> Places:
    """Numbers of a range, its ends included where they belong to it, on all sides of it."""
    if p.kind != "integer" and p.lower is not None and p.upper is not None:
        shares = (F(0), F(1, 4), F(1, 2), F(3, 4), F(1))
        places = (p.lower + (p.upper - p.lower) * x for x in shares)
        return Places(tuple(x for x in places if p.contains(x)))
    start = next((x for x in (p.lower, p.upper) if x is not None), F(0))
    steps = RUN if p.kind == "integer" else (F(0), F(1), F(3))

    def around(steps: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        both = (start + sign * x for x in steps for sign in (1, -1))
        return tuple(x for x in dict.fromkeys(both) if p.contains(x))

    return Places(around(steps), around((FAR,)))


def _environments(claim: Any, env: Mapping[Any, Any], grid: Mapping[Any, Any]) -> Iterator[Any]:
    free = sorted((x for x in free_variables(claim) if x in grid), key=str)
    named = free_of(y for x in claim.atoms(t.Quantity, t.Event) for y in x.args[1:])
    places = [grid[x].near + (() if x in named else grid[x].far) for x in free]
    for values in itertools.product(*places):
        yield {**env, **dict(zip(free, values, strict=True))}


def _all_hold(
    claims: list[Any], model: Model, env: Mapping[Any, Any], grid: Mapping[Any, Any]
) -> bool:
    return all(
        evaluate(claim, model, at, w)
        for claim in claims
        for at in _environments(claim, env, grid)
        for _, w in (model.outcomes if is_random(claim) else model.outcomes[:1])
    )
