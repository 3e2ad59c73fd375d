"""Groups of classes by which a question about two networks is decided.

The networks have the same classes, more than two. A group stands for class 1, as in a Sandwich. Two
classes are in the same group where the question never tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from verifier.model.network import Network
from verifier.model.proof import Sandwich
from verifier.model.question import Matter
from verifier.provers.overlaying import Overlay, Place

MOST = 32
"""Groups, at most: their bits are a machine integer, and each is looked at in every cell."""
UNTOLD = 4
"""So many bits further a table has those for which a group does not tell whether the question is
true."""
OTHERS = 0b0011
"""The bits of a table of which the first network's class is not in the group."""


class Group(NamedTuple):
    """Classes that are taken for class 1, as bits, or 0 of networks of two classes; ``table`` has
    bit 2 a + b where classes a, b of the networks make the formula true, and, ``UNTOLD`` bits
    further, where that does not follow from them."""

    ones: int
    table: int


Groups = tuple[Group, ...]


def classes_of(matter: Matter, models: Sequence[int]) -> int:
    """How many classes networks have; 0 where these are not equally many."""
    found = {x.classes for x in (matter.models[m].model for m in models) if isinstance(x, Network)}
    return found.pop() if len(found) == 1 else 0


def groups_of(overlay: Overlay, place: Place, models: Sequence[int]) -> Groups:
    """The coarsest groups by which the formula is decided where trees stand at ``place``.

    None where all classes answer it alike, and where there are too many groups. Of two of them one
    tells all; of more each tells of the points where the first network's class is in it.
    """
    classes, blocks = classes_of(overlay.matter, models), dict[tuple[bool | None, ...], int]()
    if not 2 < classes <= 2 * MOST:
        return ()
    every = [(a, b) for a in range(classes) for b in range(classes)]
    answers = [
        overlay.decides(overlay.classes(place, dict(zip(models, x, strict=True))))[0] for x in every
    ]
    for k in range(classes):
        own = (*answers[k * classes : (k + 1) * classes], *answers[k::classes])
        blocks[own] = blocks.get(own, 0) | 1 << k
    if not 1 < len(blocks) <= MOST:
        return ()
    known = dict(zip(every, answers, strict=True))
    found = tuple(Group(ones, _table(known, ones)) for ones in blocks.values())
    if len(found) == 2:
        return found[:1]
    return tuple(x._replace(table=x.table & ~OTHERS | OTHERS << UNTOLD) for x in found)


def _table(answers: Mapping[tuple[int, int], bool | None], ones: int) -> int:
    """The table of a group."""
    held: list[set[bool | None]] = [set() for _ in range(4)]
    for (a, b), answer in answers.items():
        held[2 * (ones >> a & 1) + (ones >> b & 1)].add(answer)
    true = sum(1 << i for i, own in enumerate(held) if own == {True})
    return true | sum(1 << UNTOLD + i for i, own in enumerate(held) if own not in ({True}, {False}))


def together(steps: Sequence[Sandwich]) -> Sandwich:
    """Sandwiches of one cell about different groups as one: about the first, and further ones."""
    first, *others = steps
    return replace(first, further=tuple(others))
