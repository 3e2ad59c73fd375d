"""Parts of variables' values as single integers: what a search keeps of a cell.

A set of values is its mask, which is not negative. A range is ``-1 - (last << HALF | first)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.ordinal import Ranged
from verifier.model.part import Part
from verifier.provers.compiled.net import HALF, LOWER

MOST = 1 << HALF
"""Most values of an ordinal whose ranges are words."""
MASK = 62
"""Most values of a categorical variable whose masks are machine integers."""


def fits(domain: Domain) -> bool:
    """Whether all ordinals are short enough for words."""
    return all(v.count <= MOST for v in domain.variables if isinstance(v, Ranged))


def word_of(part: Part) -> int:
    """A part as a word."""
    if isinstance(part, int):
        return part
    return -1 - ((part.stop - 1) << HALF | part.start)


def part_of(word: int) -> Part:
    """The part that a word stands for."""
    if word >= 0:
        return word
    held = -1 - word
    return range(held & LOWER, (held >> HALF) + 1)


def cell_of(words: Iterable[int]) -> Cell:
    """The cell of one word a variable."""
    return Cell(tuple(map(part_of, words)))


def words_of(cell: Cell) -> list[int]:
    """One word a variable."""
    return [word_of(part) for part in cell.parts]


def first_values(words: Sequence[int]) -> list[int]:
    """The lowest value of each part."""
    return [(w & -w).bit_length() - 1 if w >= 0 else (-1 - w) & LOWER for w in words]
