"""Domains and batches of cells as arrays, and linear forms over them.

A batch of cells is a Boolean array ``allowed[cells, values]`` over all variables' values in order;
of a domain with ordinals it is `Boxes`, which have their ranges beside. The minimum of a linear
form of the network's input over a cell is exact: the sum over the variables of the least
contribution of an allowed value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.model.ordinal import Ordinal, Ranged
from verifier.provers.intervals import Cuts, cuts_of
from verifier.provers.tables import Bools, Floats, Indices

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Group:
    """Variables with the same number of values k and of columns c.

    ``columns[variables, c]`` and ``values[variables, k]`` index the teacher's columns and the
    domain's values (all variables' values in order); ``encoding[variables, c, k]``.
    """

    variables: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: npt.NDArray[np.int64]
    encoding: Array
    one_hot: bool


@dataclass(frozen=True, eq=False)
class Ordinals:
    """The ordinals and continuous variables of a domain.

    Value i of ordinal k is the number ``first[k] + i * step[k]``. ``cuts`` are the cuts of the
    continuous ones, by their places here; their steps are those of a piece, on average.
    """

    variables: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    first: Floats
    step: Floats
    cuts: dict[int, Cuts]

    def numbers(self, indices: Indices) -> Floats:
        """The numbers of value indices [..., ordinals]: of pieces their right ends."""
        return self._at(indices, 1)

    def least(self, indices: Indices) -> Floats:
        """No number of these values or above is less."""
        return self._at(indices, 0)

    def _at(self, indices: Indices, side: int) -> Floats:
        with np.errstate(invalid="ignore"):  # of steps beyond floats nothing is known
            found: Floats = self.first + indices * self.step
        for place, cuts in self.cuts.items():
            found[..., place] = cuts.at(indices[..., place] + side)
        return found


@dataclass(frozen=True, eq=False)
class Boxes:
    """A batch of cells of a domain with ordinals.

    ``allowed[cells, values]`` says which values of the categoricals are in, ``lowest`` and
    ``highest`` [cells, ordinals] which index of each ordinal is the first, and which the last.
    """

    allowed: Bools
    lowest: npt.NDArray[np.int64]
    highest: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.allowed)

    def __getitem__(self, rows: Indices) -> Boxes:
        return Boxes(self.allowed[rows], self.lowest[rows], self.highest[rows])


Cells = Bools | Boxes


@dataclass(frozen=True, eq=False)
class Space:
    """A domain as arrays over all its categoricals' values in order, and its ordinals beside.

    ``starts[i]`` is variable i's first value (an ordinal has none here); value v belongs to
    variable ``owners[v]``, within which it is number ``positions[v]`` and has probability
    ``mass[v]`` (in float64). ``wide`` says that some variable has too many values for a mask of 62
    bits.
    """

    groups: tuple[Group, ...]
    ordinals: Ordinals
    starts: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    mass: Array
    columns: int
    wide: bool

    @property
    def variables(self) -> int:
        """Number of variables."""
        return len(self.starts)


def prepare_space(domain: Domain) -> Space:
    """Group a domain's variables by shape; encodings are rounded to float64."""
    listed = [None if isinstance(v, Ranged) else v for v in domain.variables]
    sizes = np.array([0 if v is None else len(v.labels) for v in listed])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    shapes: dict[tuple[int, int], list[int]] = {}
    for i, v in enumerate(listed):
        if v is not None:
            shapes.setdefault((len(v.labels), v.columns), []).append(i)
    groups = []
    for (k, c), members in shapes.items():
        index = np.array(members)
        columns = np.array(domain.offsets)[index][:, None] + np.arange(c)
        rows = [listed[i] for i in members]
        encoding = np.array(
            [[[nearest(x) for x in row] for row in v.encoding] for v in rows if v is not None]
        ).transpose(0, 2, 1)
        one_hot = k == c and bool((encoding == np.eye(k)).all())
        values = starts[index][:, None] + np.arange(k)
        groups.append(Group(index, columns, values, np.ascontiguousarray(encoding), one_hot))
    owners = np.repeat(np.arange(len(sizes)), sizes)
    masses = [float(p) for v in listed if v is not None for p in v.probabilities]
    return Space(
        groups=tuple(groups),
        ordinals=_ordinals(domain),
        starts=starts,
        owners=owners,
        positions=np.arange(len(owners)) - starts[owners],
        mass=np.array(masses),
        columns=domain.columns,
        wide=int(sizes.max()) > 62,
    )


def _ordinals(domain: Domain) -> Ordinals:
    found = [(i, v) for i, v in enumerate(domain.variables) if isinstance(v, Ranged)]
    return Ordinals(
        variables=np.array([i for i, _ in found], dtype=np.int64),
        columns=np.array([domain.offsets[i] for i, _ in found], dtype=np.int64),
        first=np.array([nearest(v.ends[0]) for _, v in found], dtype=np.float64),
        step=np.array([_step(v) for _, v in found], dtype=np.float64),
        cuts={k: cuts_of(v) for k, (_, v) in enumerate(found) if isinstance(v, Continuous)},
    )


def _step(v: Ranged) -> float:
    return nearest(v.step if isinstance(v, Ordinal) else (v.ends[1] - v.ends[0]) / v.count)


@dataclass(frozen=True, eq=False)
class Extremes:
    """Per variable the least and largest contribution of its allowed values to linear forms.

    ``low`` and ``high`` have shape [cells, rows, variables].
    """

    low: Array
    high: Array


def contributions(group: Group, forms: Array) -> Array:
    """What each value adds to each form: [..., columns] -> [..., variables of the group, k]."""
    own = forms[..., group.columns]
    if group.one_hot:
        return own
    if own.shape[-1] == 1:
        return own * group.encoding[:, 0, :]
    total: Array = np.einsum("...vc,vck->...vk", own, group.encoding)
    return total


def extremes(space: Space, cells: Cells, forms: Array) -> Extremes:
    """Least and largest contributions of ``forms[cells or 1, rows, columns]`` over the cells."""
    shape = (len(cells), forms.shape[1], space.variables)
    low, high = np.empty(shape), np.empty(shape)
    allowed = listed(cells)
    if isinstance(cells, Boxes):
        own = forms[:, :, space.ordinals.columns]
        a = own * space.ordinals.least(cells.lowest)[:, None]
        b = own * space.ordinals.numbers(cells.highest)[:, None]
        low[:, :, space.ordinals.variables] = np.minimum(a, b)
        high[:, :, space.ordinals.variables] = np.maximum(a, b)
    for group in space.groups:
        inside = allowed[:, group.values]
        if group.encoding.shape[1] == 1:
            least = np.where(inside, group.encoding[:, 0], np.inf).min(axis=-1)[:, None]
            most = np.where(inside, group.encoding[:, 0], -np.inf).max(axis=-1)[:, None]
            own = forms[:, :, group.columns[:, 0]]
            a, b = own * least, own * most
            low[:, :, group.variables], high[:, :, group.variables] = (
                np.minimum(a, b),
                np.maximum(a, b),
            )
            continue
        each = contributions(group, forms)
        low[:, :, group.variables] = np.where(inside[:, None], each, np.inf).min(axis=-1)
        high[:, :, group.variables] = np.where(inside[:, None], each, -np.inf).max(axis=-1)
    return Extremes(low, high)


def listed(cells: Cells) -> Bools:
    """Which values of the categoricals are in each cell."""
    return cells.allowed if isinstance(cells, Boxes) else cells


def minimiser(space: Space, cells: Cells, forms: Array) -> npt.NDArray[np.int64]:
    """Value indices [cells, variables] where ``forms[cells, columns]`` are least in each cell."""
    points = np.empty((len(cells), space.variables), dtype=np.int64)
    allowed = listed(cells)
    if isinstance(cells, Boxes):
        falling = forms[:, space.ordinals.columns] < 0  # steps are positive
        points[:, space.ordinals.variables] = np.where(falling, cells.highest, cells.lowest)
    for group in space.groups:
        with np.errstate(all="ignore"):
            adds = contributions(group, forms)
        each = np.where(allowed[:, group.values], adds, np.inf)
        points[:, group.variables] = each.argmin(axis=-1)
    return points


def allowed_values(space: Space, masks: npt.ArrayLike) -> Bools:
    """Cells given by their masks [cells, variables] as ``allowed[cells, values]``."""
    if space.wide:
        sizes = np.bincount(space.owners, minlength=space.variables).tolist()
        table = np.asarray(masks, dtype=object)
        rows = [[as_bits(m, k) for m, k in zip(row, sizes, strict=True)] for row in table.tolist()]
        return np.array([np.concatenate(row) for row in rows]).reshape(-1, len(space.owners))
    narrow = np.asarray(masks, dtype=np.int64)
    chosen = (narrow[:, space.owners] >> space.positions) & 1
    inside: Bools = chosen.astype(np.bool_)
    return inside


def as_bits(mask: int, count: int) -> Bools:
    """Which of ``count`` values are in a mask."""
    packed = np.frombuffer(mask.to_bytes(-(-count // 8), "little"), dtype=np.uint8)
    inside: Bools = np.unpackbits(packed, count=count, bitorder="little").view(np.bool_)
    return inside


def as_mask(inside: Bools) -> int:
    """The mask of these values."""
    return int.from_bytes(np.packbits(inside, bitorder="little").tobytes(), "little")


def boxes(space: Space, cells: Sequence[Cell]) -> Boxes:
    """Cells of a domain with ordinals, or without."""
    masks = [[part if isinstance(part, int) else 0 for part in cell.parts] for cell in cells]
    ends = [
        [(part.start, part.stop - 1) for part in cell.parts if isinstance(part, range)]
        for cell in cells
    ]
    held = np.array(ends, dtype=np.int64).reshape(len(cells), len(space.ordinals.variables), 2)
    return Boxes(allowed_values(space, masks), held[..., 0], held[..., 1])


def random_points(
    space: Space, cells: Cells, starts: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """``starts`` uniform points of each cell: value indices [cells * starts, variables]."""
    rows = np.repeat(np.arange(len(cells)), starts)
    points = np.empty((len(rows), space.variables), dtype=np.int64)
    allowed = listed(cells)
    if isinstance(cells, Boxes):
        points[:, space.ordinals.variables] = rng.integers(
            cells.lowest[rows], cells.highest[rows], endpoint=True
        )
    for group in space.groups:
        inside = allowed[:, group.values]
        draw = rng.random((len(rows), *group.values.shape))
        points[:, group.variables] = np.where(inside[rows], draw, -1.0).argmax(axis=-1)
    return points
