"""A question as the arrays of the search for sandwiches, where it is of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from verifier.model.cell import Cell
from verifier.model.floats import nearest
from verifier.model.grouped import grouped
from verifier.model.network import Network, Relu
from verifier.model.ordinal import LISTED, AnyVariable, Ordinal
from verifier.model.part import Part, values
from verifier.model.proof import Neuron
from verifier.model.question import Bound, Matter
from verifier.provers.grouping import Group, Groups
from verifier.provers.pairs.arrays import (
    CHOICE,
    NUMBER,
    OWN,
    OWN_CHOICE,
    UNREAD,
    WIDEST,
    Heads,
    Inputs,
    Ints,
    Nets,
    Pool,
    Real,
    Room,
)
from verifier.provers.pairs.inputs import runs_of, sums_of
from verifier.provers.pairs.likeness import Folded, alike, chain_of, folded
from verifier.provers.pairs.maxima import of_groups, reach
from verifier.provers.pairs.trunk import Root
from verifier.writing.network_parts import same_network

CHOICES = 62
"""Most values of a variable whose sets of values are machine integers."""
ROOM = 1 << 25
"""Most numbers of scratch memory, and of the cells of a pool."""
CANDIDATES = 3
"""Neurons of a cell whose cases are tried."""


@dataclass(frozen=True, eq=False)
class Layout:
    """A question's networks and variables as arrays.

    ``models`` are the numbers of the networks. Of those of more than two classes cells are about
    ``groups`` of these, bits as in a Sandwich, each with its own of ``heads``; ``nets`` is the
    first. Else there is one group, of none. Where those of a root begin ``begins`` tells; ``most``
    is how many a cell is about, where that are several, else 0. ``order[i]`` are a listed
    variable's values in the order of their numbers, where cells hold ranges of it; else None.
    ``before`` are the nodes that the network's ReLUs read, where signs of neurons may tell cases of
    two copies apart.
    """

    models: tuple[int, ...]
    groups: tuple[int, ...]
    begins: Mapping[Groups, int]
    most: int
    heads: Heads
    nets: Nets
    inputs: Inputs
    order: tuple[tuple[int, ...] | None, ...]
    neurons: int
    columns: int
    before: tuple[int, ...]

    def neuron(self, code: int) -> Neuron:
        """The neuron of the network that a pool has a number for."""
        return Neuron(self.before[code // WIDEST], code % WIDEST)


def layout(matter: Matter, roots: Sequence[Root]) -> Layout | None:
    """The arrays of a question about one network, two copies of one, or two similar ones.

    ``roots`` are the cells that the search begins with. None where the question is of another kind.
    """
    bounds = [matter.models[m] for m in matter.networks]
    every, begins = _groups(roots)
    groups = tuple(x.ones for x in every)
    layers = _layers(matter, bounds, groups)
    if layers is None:
        return None
    kinds = _kinds(matter, bounds, [root.cell for root in roots])
    if kinds is None:
        return None
    folded = [x for own in layers for x in own]
    widths = [max(each) for each in zip(*(x.widths for x in folded), strict=True)]
    if len(folded) * len(widths) * max(widths) ** 2 > ROOM:
        return None
    made = [[_arrays(matter, bounds, x, widths, kinds) for x in own] for own in layers]
    inputs, most = made[0][0][1], max(len(root.groups) for root in roots)
    each = [own[0][0] for own in made]
    if len(made[0]) > 1:
        pairs = zip(made, layers, strict=True)
        each = [_beside(own[0][0], own[1][0], chains[1]) for own, chains in pairs]
    nets, heads = each[0], _heads(each, every, begins)
    columns = nets.first.shape[1] + int(nets.widths.sum())
    neurons = nets.first.shape[0]
    single = any(len(root.groups) == 1 for root in roots)
    before = () if nets.similar or not single else _before(bounds, groups)
    nets = nets._replace(told_apart=int(len(before) == len(nets.widths)))
    if kept_of(nets) * neurons * columns + columns * len(kinds) > ROOM or neurons > WIDEST:
        return None
    order = tuple(
        _sorted(v) if kind in (NUMBER, OWN) and not isinstance(v, Ordinal) else None
        for v, kind in zip(matter.domain.variables, kinds, strict=True)
    )
    most = most if most > 1 else 0
    laid = (groups, begins, most, heads, nets, inputs, order)
    return Layout(matter.networks, *laid, neurons, columns, before)


def _groups(roots: Sequence[Root]) -> tuple[Groups, Mapping[Groups, int]]:
    """All groups that cells are about, and where those of each root begin: several of one cell are
    one after the other, and of one alone the classes are what counts."""
    alone = sorted({x.groups[0].ones for x in roots if len(x.groups) == 1})
    found, begins = [Group(ones, 0) for ones in alone], dict[Groups, int]()
    for groups in dict.fromkeys(x.groups for x in roots):
        if len(groups) == 1:
            begins[groups] = alone.index(groups[0].ones)
        else:
            begins[groups] = len(found)
            found += groups
    return tuple(found), begins


def _heads(each: Sequence[Nets], groups: Groups, begins: Mapping[Groups, int]) -> Heads:
    """What the networks have each for itself."""
    many = np.ones(len(groups), dtype=np.int64)
    for own, first in begins.items():
        many[first] = len(own)
    return Heads(
        weight=np.stack([x.weight for x in each]),
        bias=np.stack([x.bias for x in each]),
        last=np.stack([x.last for x in each]),
        shift=np.array([x.shift for x in each]),
        more_weight=np.stack([x.more_weight for x in each]),
        more_bias=np.stack([x.more_bias for x in each]),
        more_last=np.stack([x.more_last for x in each]),
        more_shift=np.array([x.more_shift for x in each]),
        rough=np.stack([x.rough for x in each]),
        many=many,
        table=np.array([x.table for x in groups]),
    )


def kept_of(nets: Nets) -> int:
    """Of how many layers the rows are kept: of all where there are cases."""
    return len(nets.widths) if nets.told_apart else 2


def _before(bounds: Sequence[Bound], groups: Sequence[int]) -> tuple[int, ...]:
    """The nodes that the ReLUs of a network read; none where one reads the inputs. Behind its own
    are those of its group that has most, as all others begin with the same."""
    network = bounds[0].model
    assert isinstance(network, Network)
    every = [grouped(network, ones) if ones else network for ones in groups]
    deepest = max(every, key=lambda x: len(x.layers))
    found = tuple(x.source for x in deepest.layers if isinstance(x, Relu))
    return found if all(found) else ()


def _layers(
    matter: Matter, bounds: Sequence[Bound], groups: Sequence[int]
) -> list[list[Folded]] | None:
    """The chains of a network, and of a second one that is no copy, for each group of their classes
    if these are more than two; None of other questions.

    The second is to have as many neurons in each layer, and to read the same.
    """
    networks = [b.model for b in bounds if isinstance(b.model, Network)]
    if not 1 <= len(bounds) <= 2 or len(networks) < len(bounds):
        return None
    classes = {network.classes for network in networks}
    if len(classes) > 1 or (classes == {2}) == any(groups):
        return None
    if same_network(networks[0], networks[-1]):
        networks = networks[:1]
    elif bounds[0].reads != bounds[1].reads:
        return None
    domain = matter.domain.product_of(bounds[0].reads)
    every: list[Folded] = []
    for network in networks:
        found = chain_of(network, domain) if any(groups) else folded(network, domain)
        if found is None or (every and found.widths != every[0].widths):
            return None
        every.append(found if not every else alike(every[0], found))
    if not any(groups):
        return [every]
    far = max(reach(x, domain) for x in every)
    return [list(own) for own in zip(*(of_groups(x, groups, far) for x in every), strict=True)]


def _kinds(matter: Matter, bounds: Sequence[Bound], roots: Sequence[Cell]) -> list[int] | None:
    """The kind of every variable."""
    shared = {a for a, b in zip(bounds[0].reads, bounds[-1].reads, strict=True) if a == b}
    own = {i for b in bounds for i in b.reads} - shared
    if any(i in bounds[0].reads and i in bounds[-1].reads for i in own):
        return None
    kinds = []
    for i, v in enumerate(matter.domain.variables):
        if i not in shared | own:
            kinds.append(UNREAD)
            continue
        ranged = isinstance(v, Ordinal) or (v.columns == 1 and _is_ranged(v, i, roots))
        if not ranged and v.count > CHOICES:
            return None
        if i in own:
            kinds.append(OWN if ranged else OWN_CHOICE)
        else:
            kinds.append(NUMBER if ranged else CHOICE)
    return kinds


def _is_ranged(v: AnyVariable, i: int, roots: Sequence[Cell]) -> bool:
    """Whether all cells hold values that are next to each other in the order of their numbers."""
    place = {value: at for at, value in enumerate(_sorted(v))}
    for part in {root.parts[i] for root in roots}:
        held = [place[value] for value in values(part)]
        if max(held) - min(held) + 1 != len(held):
            return False
    return True


def _sorted(v: AnyVariable) -> tuple[int, ...]:
    return tuple(sorted(range(v.count), key=lambda k: v.row(k)[0]))


def _arrays(
    matter: Matter,
    bounds: Sequence[Bound],
    layers: Folded,
    widths: Sequence[int],
    kinds: Sequence[int],
) -> tuple[Nets, Inputs]:
    """A network of layers that have no more than so many neurons."""
    hidden, (last, shift) = layers.hidden, layers.last
    variables = matter.domain.variables
    neurons, matrix = max(widths), hidden[0][0]
    total = sum(
        {NUMBER: 1, CHOICE: v.count}.get(kind, 0) for v, kind in zip(variables, kinds, strict=True)
    )
    column, copy = np.zeros(len(kinds), dtype=np.int64), np.zeros(len(kinds), dtype=np.int64)
    pairs = list(zip(bounds[0].reads, bounds[-1].reads, strict=True))
    first = np.zeros((neurons, total + sum(a != b for a, b in pairs)))
    own: list[tuple[int, int]] = []
    lone: list[Real] = []
    at = begin = 0
    for pair in pairs:
        for m, i in enumerate(pair):
            v, kind = variables[i], kinds[i]
            weights = matrix[:, begin : begin + v.columns]
            copy[i] = m
            if kind in (CHOICE, OWN_CHOICE):
                rows = np.array([[nearest(x) for x in v.row(k)] for k in range(v.count)])
                added = weights @ rows.T
            if kind == NUMBER:
                column[i], first[: widths[0], at] = at, weights[:, 0]
            elif kind == CHOICE:
                column[i], first[: widths[0], at : at + v.count] = at, added
            elif kind == OWN:
                first[: widths[0], total + len(own)] = weights[:, 0]
            else:
                column[i] = len(lone)
                lone += list(added.T)
            if pair[0] == pair[1]:
                at += 1 if kind == NUMBER else v.count
                break
        begin += variables[pair[0]].columns
        if pair[0] != pair[1]:
            own.append(pair)
    weight = np.zeros((max(1, len(hidden) - 1), neurons, neurons))
    bias = np.zeros((len(hidden), neurons))
    for k, (w, c) in enumerate(hidden):
        bias[k, : len(c)] = c
        if k:
            weight[k - 1, : w.shape[0], : w.shape[1]] = w
    final = np.zeros(neurons)
    final[: last.shape[1]] = last[0]
    alone = np.zeros((max(1, len(lone)), neurons))
    alone[: len(lone), : widths[0]] = np.array(lone).reshape(len(lone), widths[0])
    nets = Nets(
        first=first,
        weight=weight,
        bias=bias,
        widths=np.array(widths),
        last=final,
        lone=alone,
        shift=float(shift[0]),
        copies=len(bounds),
        similar=0,
        more_first=np.zeros((0, 0)),
        more_weight=np.zeros((0, 0, 0)),
        more_bias=np.zeros((0, 0)),
        more_last=np.zeros(0),
        more_shift=0.0,
        rough=np.zeros((0, 0)),
        told_apart=0,
    )
    return nets, _inputs(variables, kinds, column, copy, own, total)


def _beside(nets: Nets, other: Nets, folded: Folded) -> Nets:
    """A network with what the other, which is similar, has more of everything."""
    rough = np.zeros_like(nets.bias)
    for k, own in enumerate(folded.rough):
        rough[k, : len(own)] = own
    return nets._replace(
        similar=1,
        more_first=other.first - nets.first,
        more_weight=other.weight - nets.weight,
        more_bias=other.bias - nets.bias,
        more_last=other.last - nets.last,
        more_shift=other.shift - nets.shift,
        rough=rough,
    )


def _inputs(
    variables: Sequence[AnyVariable],
    kinds: Sequence[int],
    column: Ints,
    copy: Ints,
    own: Sequence[tuple[int, int]],
    total: int,
) -> Inputs:
    start = np.full(len(kinds), -1, dtype=np.int64)
    numbers: list[float] = []
    sums: list[Real] = []
    for i, (v, kind) in enumerate(zip(variables, kinds, strict=True)):
        listed = not isinstance(v, Ordinal) or (not v.chances.is_uniform and v.count <= LISTED)
        if listed and kind != UNREAD:
            start[i] = len(numbers)
            ranged = kind in (NUMBER, OWN)
            ordered = _sorted(v) if ranged and not isinstance(v, Ordinal) else range(v.count)
            own_numbers = [nearest(v.row(k)[0]) if ranged else 0.0 for k in ordered]
            numbers += own_numbers
            sums.append(sums_of(v, ordered, own_numbers, cumulative=ranged))
        else:
            sums.append(np.zeros((1, 3)))  # every variable has one more than values
    ordinal = [v if isinstance(v, Ordinal) else None for v in variables]
    runs, stop, each, before = runs_of(variables, start)
    return Inputs(
        kind=np.array(kinds),
        column=column,
        copy=copy,
        sizes=np.array([v.count for v in variables]),
        start=start,
        first=np.array([nearest(v.first) if v else 0.0 for v in ordinal]),
        step=np.array([nearest(v.step) if v else 0.0 for v in ordinal]),
        number=np.array([*numbers, 0.0]),
        sums=np.concatenate(sums),
        runs=runs,
        stop=stop,
        each=each,
        before=before,
        numbers=np.flatnonzero(np.array(kinds) == NUMBER),
        choices=np.flatnonzero(np.array(kinds) == CHOICE),
        own=np.array(own, dtype=np.int64).reshape(-1, 2),
        shared=total,
    )


def make_room(held: Layout, beside: Room | None = None) -> Room:
    """Scratch memory of one thread; with that ``beside`` which it shares the cell at work."""
    variables = len(held.inputs.kind)
    n, c, layers = held.neurons, held.columns, len(held.nets.widths)
    return Room(
        rows=np.zeros((kept_of(held.nets), n, c)),
        center=np.zeros((layers + 1, 4, n)),
        gap=np.zeros((layers + 1, 4, n)),
        reach=np.zeros((2, n)),
        radius=np.zeros((2, c)),
        spread=np.zeros(c),
        part=np.zeros((c, variables)),
        ends=np.zeros((4, layers, n)),
        side=np.zeros((4, c)),
        back=np.zeros((2, n)),
        slope=np.zeros((layers, n)),
        place=np.zeros((layers, n), dtype=np.int64),
        columns=np.zeros(layers, dtype=np.int64),
        middle=np.zeros((2, c)) if beside is None else beside.middle,
        score=np.zeros(variables),
        form=np.zeros(c),
        loss=np.zeros((2, c)),
        strip=np.zeros(2),
        again=np.zeros(3),
        found=np.zeros(16),
        best=np.zeros(16),
        order=np.zeros(CHOICES + 2, dtype=np.int64),
        picked=np.zeros(variables + 1, dtype=np.int64),
        cut=np.full((2, 3), -1, dtype=np.int64),
        tried=np.zeros(CANDIDATES + 1, dtype=np.int64),
        told=np.zeros(3),
        left=np.zeros(2),
        sure=np.zeros(2),
        neurons=np.full(3, -1, dtype=np.int64),
        cuts=np.zeros(variables + 1, dtype=np.int64),
    )


def make_pool(held: Layout, cells: int) -> Pool:
    """Room for so many cells; memory is taken as it is written to."""
    variables = len(held.inputs.kind)

    def ints(*more: int) -> Ints:
        return np.empty((cells, *more), dtype=np.int64)

    def real() -> Real:
        return np.empty(cells)

    return Pool(
        low=ints(variables),
        high=ints(variables),
        half=ints(),
        variable=ints(),
        cut=ints(),
        table=ints(),
        group=ints(),
        known=ints(),
        ended=ints(),
        again=ints(),
        neurons=ints(3),
        shown=np.empty((cells, held.most)),
        plain=real(),
        sided=real(),
        single=real(),
        double=real(),
        open=real(),
        yes=real(),
        share=real(),
        points=real(),
        heap=ints(),
        used=np.zeros(2, dtype=np.int64),
    )


def ends(held: Layout, cell: Cell) -> tuple[list[int], list[int]]:
    """The first and last values of a cell, or its masks, as a pool holds them."""
    low, high = [], []
    for part, order, kind in zip(cell.parts, held.order, held.inputs.kind, strict=True):
        a = b = 0
        if isinstance(part, range):
            a, b = part.start, part.stop - 1
        elif order is not None:
            place = [at for at, value in enumerate(order) if part >> value & 1]
            a, b = place[0], place[-1]
        elif kind != UNREAD:
            a = b = part
        low.append(a)
        high.append(b)
    return low, high


def part_of(held: Layout, i: int, low: int, high: int) -> Part:
    """A variable's part of a cell in a pool."""
    order = held.order[i]
    if order is not None:
        return sum(1 << order[at] for at in range(low, high + 1))
    return range(low, high + 1) if held.inputs.kind[i] in (NUMBER, OWN) else low
