"""A matter that is one of the questions that people ask, seen from its form alone.

So a certificate is told of in the words of its question, whoever made it: nothing but its models,
domain and formula is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import chain, product
from math import prod

import numpy as np

from verifier.formats.balls import ball
from verifier.jobs.fronts.slotted import slotted
from verifier.jobs.fronts.words import (
    FAIR,
    MONOTONE,
    ROBUST,
    Kind,
    Labels,
    next_name,
    rise_names,
)
from verifier.jobs.pairs import other_name
from verifier.model.cell import Cell
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble, Score
from verifier.model.errors import DomainError
from verifier.model.network import Affine, Network
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import Part, size, values
from verifier.model.question import All, Any_, ClassIs, Formula, Matter, Not, Same
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.ensembles_json import same_ensemble
from verifier.writing.models_json import same_model

MOST_PAIRS = 1 << 16
"""Most pairs of values that are looked at."""
MOST_NODES = 4096
"""Most nodes of a domain's tree that is made again, to see whether it is what is near a point."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a matter asks: ``feature`` is the variable in question, "" of robust.

    ``falls`` (monotone) says whether a class that falls is looked for, ``flips`` and ``klass``
    (robust) how many variables may change, and the point's class. ``sides`` are the inputs that a
    point of the domain stands for. Of fair there may be ``more`` features than one.
    """

    kind: Kind
    feature: str
    sides: Callable[[Point], tuple[Labels, ...]]
    falls: bool = True
    flips: int = 0
    klass: int = 0
    more: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def recognised(matter: Matter) -> Seen | None:
    """What people would call the question; None where it is none of theirs."""
    if matter.domain.infinite:
        return None
    return _fair(matter) or _monotone(matter) or _robust(matter)


def _fair(matter: Matter) -> Seen | None:
    """Pairs that differ in some features, of which the second's are variables of their own."""
    domain, models = matter.domain, matter.models
    read = {k for model in models for k in model.reads}
    pairs = sorted(pair for pair in _last(domain) if not read & {*pair})
    if matter.question == Not(Same(0, 1)):
        own, names = _own(matter), [v.name for v in domain.variables]
        if own is None or any(names[j] != other_name(names[i]) for i, j in own):
            return None
        pairs = sorted([*own, *pairs])
        if not _differ(domain, pairs):
            return None
    elif len(models) != 1 or matter.question != Not(Same(0, 0)) or not pairs:
        return None
    first, *more = (domain.variables[i].name for i, _ in pairs)
    return Seen(FAIR, first, _two(domain, pairs), more=tuple(more))


def _last(domain: Domain) -> list[tuple[int, int]]:
    """The last variables, as long as each is called the other one of another: with that."""
    found: list[tuple[int, int]] = []
    places = {other_name(v.name): i for i, v in enumerate(domain.variables)}
    for j in reversed(range(len(domain.variables))):
        if domain.variables[j].name not in places:
            break
        found.append((places[domain.variables[j].name], j))
    return found


def _monotone(matter: Matter) -> Seen | None:
    if len(matter.models) == 1:
        return _unread(matter)
    if len(matter.models) != 2:
        return None
    ways = [f for f in (True, False) if _crosses(matter.question, matter.models[0].classes, f)]
    if not ways:
        return None
    (falls,) = ways
    domain = matter.domain
    own = _alone(matter)
    if own is None:
        return _shifted(matter, falls)
    at, other = own
    v, o = domain.variables[at], domain.variables[other]
    if o.name == next_name(v.name) and _every(domain, at, other, _above):
        return Seen(MONOTONE, v.name, _two(domain, [own]), falls)
    return _risen(matter, falls, v, o)


def _unread(matter: Matter) -> Seen | None:
    """One model, which does not read the feature, and asks whether its class is another one."""
    domain, (model,) = matter.domain, matter.models
    asked = matter.question
    if not isinstance(asked, All) or len(asked.parts) != 2 or asked.parts[1] != Not(Same(0, 0)):
        return None
    ways = [f for f in (True, False) if _crosses(asked.parts[0], model.classes, f, second=0)]
    if not ways:
        return None
    n, last = len(domain.variables) - 1, domain.variables[-1]
    for i, v in enumerate(domain.variables[:-1]):
        if {i, n} & {*model.reads}:
            continue
        if last.name == next_name(v.name) and _every(domain, i, n, _above):
            return Seen(MONOTONE, v.name, _two(domain, [(i, n)]), ways[0])
        if not isinstance(v, Ordinal) or n - 1 in model.reads:
            continue
        if _rises(domain.variables[n - 1], last, v):
            return Seen(MONOTONE, v.name, _after(domain, i, range(n - 1)), ways[0])
    return None


def _rises(a: object, b: object, v: Ordinal) -> bool:
    """Whether two variables are what is added to a number: none, and one step."""
    if not isinstance(a, Ordinal) or not isinstance(b, Ordinal) or (a.count, b.count) != (1, 1):
        return False
    return (a.first, b.first) == (Fraction(0), v.step) and (a.name, b.name) == rise_names(v.name)


def crossing(classes: int, falls: bool, second: int = 1) -> Formula:
    """That the class of the second model is below (above) that of the first."""
    parts = [
        All((ClassIs(0, i), ClassIs(second, j)))
        for i in range(classes)
        for j in range(classes)
        if (j < i if falls else j > i)
    ]
    return parts[0] if len(parts) == 1 else Any_(tuple(parts))


def _crosses(question: Formula, classes: int, falls: bool, second: int = 1) -> bool:
    """Whether a formula is that of ``crossing``, which of a thousand classes is not made to see
    that another one is not."""
    pairs = classes * (classes - 1) // 2
    if pairs > 1 and not (isinstance(question, Any_) and len(question.parts) == pairs):
        return False
    return question == crossing(classes, falls, second)


def _risen(matter: Matter, falls: bool, a: AnyVariable, b: AnyVariable) -> Seen | None:
    """Both read the feature, and beside it a rise of their own, which is added to it."""
    network, domain = matter.models[0].model, matter.domain
    if not isinstance(network, Network) or not isinstance(network.layers[0], Affine):
        return None
    first, n = network.layers[0], network.columns - 1
    if first.source or first.weight.shape != (n, n + 1) or first.bias.any():
        return None
    added = np.flatnonzero(first.weight[:, n])
    if not np.array_equal(first.weight[:, :n], np.eye(n)) or len(added) != 1:
        return None
    at = _owner(domain, matter.models[0].reads, int(added[0]))
    v = domain.variables[at]
    if not isinstance(v, Ordinal) or not _rises(a, b, v) or first.weight[added[0], n] != 1:
        return None
    shown = range(len(domain.variables) - 2)
    return Seen(MONOTONE, v.name, _after(domain, at, shown), falls)


def _shifted(matter: Matter, falls: bool) -> Seen | None:
    """Two trees, or ensembles, that read the same, the second with thresholds a step lower."""
    a, b = matter.models
    one, two = _nodes(a.model), _nodes(b.model)
    if not one or a.reads != b.reads or [*map(len, one)] != [*map(len, two)]:
        return None
    if not _same_but_for_nodes(a.model, b.model):
        return None
    lower: dict[int, set[Fraction]] = {}
    for x, y in zip(chain(*one), chain(*two), strict=True):
        if isinstance(x, Inner) and isinstance(y, Inner):
            if (x.column, x.left, x.right) != (y.column, y.left, y.right):
                return None
            lower.setdefault(x.column, set()).add(x.threshold - y.threshold)
        elif x != y:
            return None
    moved = [(column, by) for column, by in lower.items() if by != {Fraction(0)}]
    if len(moved) != 1:
        return None
    at = _owner(matter.domain, a.reads, moved[0][0])
    v = matter.domain.variables[at]
    if not isinstance(v, Ordinal) or moved[0][1] != {v.step}:
        return None
    shown = range(len(matter.domain.variables))
    return Seen(MONOTONE, v.name, _after(matter.domain, at, shown), falls)


def _nodes(model: object) -> list[tuple[Inner | Leaf | Score, ...]]:
    """The nodes of a tree, or of each tree of an ensemble; nothing of other models."""
    if isinstance(model, Tree):
        return [model.nodes]
    return [m.nodes for m in model.members] if isinstance(model, Ensemble) else []


def _same_but_for_nodes(a: object, b: object) -> bool:
    if isinstance(a, Ensemble) and isinstance(b, Ensemble):
        return same_ensemble(replace(a, members=()), replace(b, members=()))
    return isinstance(a, Tree) and isinstance(b, Tree)


def _robust(matter: Matter) -> Seen | None:
    """One model, in a domain that is just what is near one point."""
    domain, question = matter.domain, matter.question
    if len(matter.models) != 1 or not isinstance(question, Not):
        return None
    if not isinstance(question.inner, ClassIs):
        return None
    if (slots := slotted(matter.models[0], domain)) is not None:
        return Seen(ROBUST, "", slots[1], flips=slots[0], klass=question.inner.klass)
    if domain.given is None or len(domain.given.nodes) > MOST_NODES:
        return None
    cells = [cell for cell, leaf in domain.leaves.values() if leaf.weight]
    centre = tuple(_kept(cells, i) for i in range(len(domain.variables)))
    changed = [
        {i for i, p in enumerate(cell.parts) if size(p) > 1 or values(p)[0] != centre[i]}
        for cell in cells
    ]
    flips, free = max(map(len, changed)), set().union(*changed)
    try:
        made = ball(Domain(domain.variables), centre, flips, sorted(free))
    except DomainError:
        return None
    if not flips or made.leaves != domain.leaves:
        return None
    point = domain.labels(centre)
    return Seen(
        ROBUST,
        "",
        lambda at: (point, domain.labels(at)),
        flips=flips,
        klass=question.inner.klass,
    )


def _kept(cells: Sequence[Cell], i: int) -> int:
    """The value of a variable that most points have: near a point it is the point's own."""
    found: Counter[int] = Counter()
    alone = {values(cell.parts[i])[0] for cell in cells if size(cell.parts[i]) == 1}
    for cell in cells:
        others = prod(size(p) for j, p in enumerate(cell.parts) if j != i)
        for value in alone:
            if _has(cell.parts[i], value):
                found[value] += others
    return max(sorted(found), key=lambda value: found[value]) if found else 0


def _has(part: Part, value: int) -> bool:
    return value in part if isinstance(part, range) else bool(part >> value & 1)


def _own(matter: Matter) -> list[tuple[int, int]] | None:
    """The variables of two copies of one model where they read different ones: some each."""
    if len(matter.models) != 2:
        return None
    a, b = matter.models
    if len(a.reads) != len(b.reads) or not same_model(a, b):
        return None
    own = [pair for pair in zip(a.reads, b.reads, strict=True) if pair[0] != pair[1]]
    if any(x in b.reads or y in a.reads for x, y in own):
        return None
    return own or None


def _alone(matter: Matter) -> tuple[int, int] | None:
    """The same where it is one variable each."""
    own = _own(matter)
    return own[0] if own is not None and len(own) == 1 else None


def _differ(domain: Domain, pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether in all that is possible some of the pairs of variables have different values."""
    every = [k for pair in pairs for k in pair]
    cells = [tuple(domain.variables[k].whole for k in every)]
    if domain.given is not None:
        leaves = domain.leaves.values()
        cells = list({tuple(c.parts[k] for k in every) for c, leaf in leaves if leaf.weight})
    if sum(prod(map(size, parts)) for parts in cells) > MOST_PAIRS:
        return False
    rows = [tuple(map(tuple, map(v.row, range(v.count)))) if v.count <= MOST_PAIRS else ()
            for v in (domain.variables[k] for k in every)]  # fmt: skip
    return all(
        any(rows[n][at[n]] != rows[n + 1][at[n + 1]] for n in range(0, len(every), 2))
        for parts in cells
        for at in product(*map(values, parts))
    )


def _every(
    domain: Domain,
    at: int,
    other: int,
    holds: Callable[[tuple[Fraction, ...], tuple[Fraction, ...]], bool],
) -> bool:
    """Whether all pairs of values of two variables that are possible are as they should be."""
    v, o = domain.variables[at], domain.variables[other]
    cells = [(v.whole, o.whole)]
    if domain.given is not None:
        leaves = domain.leaves.values()
        cells = list({(c.parts[at], c.parts[other]) for c, leaf in leaves if leaf.weight})
    if sum(size(p) * size(q) for p, q in cells) > MOST_PAIRS:
        return False
    return all(
        holds(tuple(v.row(k)), tuple(o.row(m)))
        for p, q in cells
        for k, m in product(values(p), values(q))
    )


def _above(row: tuple[Fraction, ...], other: tuple[Fraction, ...]) -> bool:
    return row != other and all(x <= y for x, y in zip(row, other, strict=True))


def _owner(domain: Domain, reads: Sequence[int], column: int) -> int:
    """The variable that fills a column of a model."""
    for i in reads:
        if column < domain.variables[i].columns:
            return i
        column -= domain.variables[i].columns
    return reads[-1]


def _two(domain: Domain, pairs: Sequence[tuple[int, int]]) -> Callable[..., tuple[Labels, ...]]:
    """Inputs that have some variables of their own each."""
    names = [(domain.variables[i].name, domain.variables[j].name) for i, j in pairs]

    def sides(point: Point) -> tuple[Labels, ...]:
        held = dict(domain.labels(point))
        after = {name: held.pop(second) for name, second in names}
        return held, held | after

    return sides


def _after(domain: Domain, at: int, shown: range) -> Callable[[Point], tuple[Labels, ...]]:
    """An input, and it with the next number."""
    v = domain.variables[at]

    def sides(point: Point) -> tuple[Labels, ...]:
        held = {domain.variables[i].name: domain.variables[i].label(point[i]) for i in shown}
        assert isinstance(v, Ordinal)
        return held, held | {v.name: str(v.number(point[at]) + v.step)}

    return sides
