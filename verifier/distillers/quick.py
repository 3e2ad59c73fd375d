"""A network in float32: good enough to search with, not to prove with."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.distillers.cuts import Ints
from verifier.distillers.kept import Kept, kept_classes
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.errors import LeafproofError, quoted
from verifier.model.floats import nearest
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.device import used
from verifier.provers.evaluate import forest_on
from verifier.provers.staircases import smooth_values

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Table:
    """All encoded numbers of a domain in float32, one column's values after the other's.

    Column c has the value v of its variable, ``owners[c]``, in ``numbers[starts[c] + v]``.
    ``beyond`` is the first variable that has a number beyond float32, whose largest stands for it.
    """

    domain: weakref.ref[Domain]
    numbers: Singles
    starts: Ints
    owners: Ints
    beyond: str | None


_LAST: list[_Table] = []
"""The table of the domain that was last asked for: it is asked for again and again."""


def _table(domain: Domain) -> _Table:
    for held in _LAST:
        if held.domain() is domain:
            return held
    most = np.finfo(np.float32).max
    parts: list[Singles] = []
    starts: list[int] = []
    beyond, total = None, 0
    for v in domain.variables:
        exact = np.array([[nearest(c) for c in row] for row in v.encoding])
        if beyond is None and not (np.abs(exact) <= most).all():
            beyond = v.name
        parts.append(np.clip(exact, -most, most).astype(np.float32).T.ravel())
        starts += range(total, total + exact.size, len(exact))
        total += exact.size
    owners = [i for i, _ in domain.column_owner]
    made = _Table(
        weakref.ref(domain), np.concatenate(parts), np.array(starts), np.array(owners), beyond
    )
    _LAST[:] = [made]
    return made


def encode(domain: Domain, points: Ints, *, clip: bool = False) -> Singles:
    """The teacher's inputs in float32, [points, columns].

    Beyond its range LeafproofError or, with ``clip``, the largest float32.
    """
    table = _table(domain)
    if table.beyond is not None and not clip:
        raise LeafproofError(
            f"variable {quoted(table.beyond)} has encoded values beyond float32, in which the "
            "network's activations are computed: use method certified"
        )
    return table.numbers.take(points[:, table.owners] + table.starts)


def activations(teacher: Network, x: Singles) -> list[Singles]:
    """All nodes at the inputs, in float32: good enough to search with, not to prove with."""
    device = used()
    if device is not None:
        return device.activations(teacher, x)
    nodes = [x]
    with np.errstate(all="ignore"):
        for layer in teacher.layers:
            match layer:
                case Affine(source, weight, bias):
                    y = nodes[source] @ weight.T.astype(np.float32) + bias.astype(np.float32)
                case Scale(source, scale, divisor, shift):
                    factor = (scale / divisor).astype(np.float32)
                    y = nodes[source] * factor + shift.astype(np.float32)
                case Relu(source):
                    y = np.maximum(nodes[source], np.float32(0))
                case Sign(source):
                    y = np.sign(nodes[source])
                case Steps(source):
                    y = layer.values(nodes[source]).astype(np.float32)
                case Smooth(source):
                    y = smooth_values(layer, nodes[source])
                case Add(left, right):
                    y = nodes[left] + nodes[right]
            nodes.append(y)
    return nodes


def classes_of(logits: Singles) -> Ints:
    """The classes that float32 logits show."""
    if logits.shape[1] == 1:
        return np.asarray(logits[:, 0] > 0, dtype=np.int64)
    return np.asarray(logits.argmax(axis=1), dtype=np.int64)


def quick_classes(teacher: Teacher, domain: Domain, points: Ints) -> Ints:
    """The classes that float32 shows at points (value indices): to search with, not to prove.

    Of ensembles the exact ones.
    """
    return quick_kept(Kept(None, ""), teacher, domain, points)


def quick_kept(kept: Kept, teacher: Teacher, domain: Domain, points: Ints) -> Ints:
    """The same, kept as they are found."""
    if not isinstance(teacher, Network):
        return forest_on(teacher, domain).classes_at(points)
    block = max(1, (1 << 23) // sum(teacher.widths))

    def find(some: Ints) -> Ints:
        return classes_of(activations(teacher, encode(domain, some, clip=True))[-1])

    return kept_classes(kept, points, block, teacher.classes, find)
