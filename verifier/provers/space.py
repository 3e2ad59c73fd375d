"""Domains and batches of cells as arrays, and linear forms over them.

A batch of cells is a Boolean array ``allowed[cells, values]`` over all variables' values in order.
The minimum of a linear form of the teacher's input over a cell is exact: the sum over the variables
of the least contribution of an allowed value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.provers.evaluate import Bools

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
class Space:
    """A domain as arrays over all its values in order.

    ``starts[i]`` is variable i's first value; value v belongs to variable ``owners[v]``, within
    which it is number ``positions[v]`` and has probability ``mass[v]`` (in float64). ``wide`` says
    that some variable has too many values for a mask of 62 bits.
    """

    groups: tuple[Group, ...]
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
    sizes = np.array([len(v.labels) for v in domain.variables])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    shapes: dict[tuple[int, int], list[int]] = {}
    for i, v in enumerate(domain.variables):
        shapes.setdefault((len(v.labels), v.columns), []).append(i)
    groups = []
    for (k, c), members in shapes.items():
        index = np.array(members)
        columns = np.array(domain.offsets)[index][:, None] + np.arange(c)
        encoding = np.array(
            [[[nearest(x) for x in row] for row in domain.variables[i].encoding] for i in members]
        ).transpose(0, 2, 1)
        one_hot = k == c and bool((encoding == np.eye(k)).all())
        values = starts[index][:, None] + np.arange(k)
        groups.append(Group(index, columns, values, np.ascontiguousarray(encoding), one_hot))
    owners = np.repeat(np.arange(len(sizes)), sizes)
    return Space(
        groups=tuple(groups),
        starts=starts,
        owners=owners,
        positions=np.arange(len(owners)) - starts[owners],
        mass=np.array([float(p) for v in domain.variables for p in v.probabilities]),
        columns=domain.columns,
        wide=int(sizes.max()) > 62,
    )


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


def extremes(space: Space, allowed: Bools, forms: Array) -> Extremes:
    """Least and largest contributions of ``forms[cells or 1, rows, columns]`` over the cells.

    ``allowed[cells, values]`` says which values are in each cell.
    """
    shape = (len(allowed), forms.shape[1], space.variables)
    low, high = np.empty(shape), np.empty(shape)
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


def minimiser(space: Space, allowed: Bools, forms: Array) -> npt.NDArray[np.int64]:
    """Value indices [cells, variables] where ``forms[cells, columns]`` are least in each cell."""
    points = np.empty((len(allowed), space.variables), dtype=np.int64)
    for group in space.groups:
        with np.errstate(all="ignore"):
            adds = contributions(group, forms)
        each = np.where(allowed[:, group.values], adds, np.inf)
        points[:, group.variables] = each.argmin(axis=-1)
    return points


def allowed_values(space: Space, masks: npt.ArrayLike) -> Bools:
    """Cells given by their masks [cells, variables] as ``allowed[cells, values]``."""
    table = np.asarray(masks, dtype=object if space.wide else np.int64)
    chosen = (table[:, space.owners] >> space.positions.astype(table.dtype)) & 1
    inside: Bools = chosen.astype(np.bool_)
    return inside
