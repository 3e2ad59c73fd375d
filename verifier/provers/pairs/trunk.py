"""Where the search begins: the cells in which the trees leave networks alone to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.model.cell import Cell, full_cell
from verifier.model.ordinal import Ordinal
from verifier.model.part import size, split_number, values
from verifier.model.proof import Open, Proof, Split, Step, cut
from verifier.model.question import Matter, truth
from verifier.provers.grouping import Group, Groups, classes_of, groups_of
from verifier.provers.overlaying import Cut, Overlay, Place
from verifier.provers.timing import poll

MOST_ROOTS = 4096
ONE = 12
"""The table of a formula that is true where the first network has class 1."""


@dataclass(frozen=True)
class Root:
    """A cell in which the trees are decided, and the ``groups`` by which the networks decide the
    formula there: one of no classes where these are two, of one network of more those that make it
    true."""

    cell: Cell
    groups: Groups


Trunk = tuple[Split | Step | Root, ...]
"""A proof with cells that are to be closed in place of steps."""


def trunk_of(overlay: Overlay, alone: frozenset[int], earlier: Proof | None) -> Trunk | None:
    """A proof's open cells, cut by the trees until networks alone decide, all else kept.

    Also cut by the values of the variables ``alone``. None where these are too many cells.
    """
    out: list[Split | Step | Root] = []
    stack = [full_cell(overlay.matter.domain)]
    roots = 0
    for at, item in enumerate(earlier or (Open(),)):
        cell = stack.pop()
        if isinstance(item, Split):
            stack += reversed(cut(cell, item, at))
            out.append(item)
        elif not isinstance(item, Open):
            out.append(item)
        else:
            grown = _grow(overlay, cell, alone, MOST_ROOTS - roots)
            if grown is None:
                return None
            out += grown
            roots += sum(isinstance(x, Root) for x in grown)
    return tuple(out)


def _grow(
    overlay: Overlay, cell: Cell, alone: frozenset[int], most: int
) -> list[Split | Step | Root] | None:
    out: list[Split | Step | Root] = []
    stack: list[tuple[Cell, Place]] = [(cell, overlay.top)]
    while stack:
        poll()
        cell, place = stack.pop()
        place = overlay.descend(cell, place)
        value, asked = overlay.decides(overlay.classes(place, {}))
        if overlay.excluded(place) or value is not None:
            out.append(Open())  # the trees decide it
            continue
        chosen = (
            overlay.tree_cut(cell, place, asked)
            or overlay.given_cut(cell, place)
            or _single(cell, alone)
        )
        if chosen is None:
            out.append(_root(overlay, cell, place))
        else:
            variable, left = chosen
            out.append(Split(variable, split_number(left)))
            stack += [(half, place) for half in reversed(cell.split(variable, left))]
        most -= chosen is None
        if most < 0:
            return None
    return out


def _root(overlay: Overlay, cell: Cell, place: Place) -> Root | Step:
    """The cell, in which the trees are decided; Open where all classes answer the formula alike."""
    matter = overlay.matter
    if classes_of(matter, matter.networks) in (0, 2):
        return Root(cell, (Group(0, table_of(matter, overlay, place)),))
    if len(matter.networks) == 1:
        ones = overlay.group(cell, matter.networks[0], {})
        return Open() if ones is None else Root(cell, (Group(ones, ONE),))
    groups = groups_of(overlay, place, matter.networks)
    return Root(cell, groups) if groups else Open()


def _single(cell: Cell, alone: frozenset[int]) -> Cut | None:
    """The first value of one of the variables that has others left."""
    for i in sorted(alone):
        part = cell.parts[i]
        if size(part) > 1:
            first = values(part)[0]
            return i, 1 << first if isinstance(part, int) else range(first + 1)
    return None


def alone(matter: Matter) -> frozenset[int]:
    """The categoricals that one of two networks reads alone: they are split to single values."""
    if len(matter.networks) < 2:
        return frozenset()
    a, b = (matter.models[m].reads for m in matter.networks[:2])
    own = set(a) ^ set(b)
    variables = matter.domain.variables
    return frozenset(i for i in own if not isinstance(variables[i], Ordinal))


def table_of(matter: Matter, overlay: Overlay, place: Place) -> int:
    """The networks' classes that make the formula true where the trees stand at ``place``."""
    table = 0
    for a in range(2):
        for b in range(2):
            known: Mapping[int, int] = dict(zip(matter.networks, (a, b), strict=False))
            table |= (truth(matter.question, overlay.classes(place, known)) is True) << (2 * a + b)
    return table
