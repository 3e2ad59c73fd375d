"""A network in float32: good enough to search with, not to prove with."""

from __future__ import annotations

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


def encode(domain: Domain, points: Ints, *, clip: bool = False) -> Singles:
    """The teacher's inputs in float32, [points, columns].

    Beyond its range LeafproofError or, with ``clip``, the largest float32.
    """
    most = np.finfo(np.float32).max
    x = np.empty((len(points), domain.columns), dtype=np.float32)
    for i, (offset, v) in enumerate(zip(domain.offsets, domain.variables, strict=True)):
        exact = np.array([[nearest(c) for c in row] for row in v.encoding])
        if not clip and not (np.abs(exact) <= most).all():
            raise LeafproofError(
                f"variable {quoted(v.name)} has encoded values beyond float32, in which the "
                "network's activations are computed: use method certified"
            )
        table = np.clip(exact, -most, most).astype(np.float32)
        x[:, offset : offset + v.columns] = table[points[:, i]]
    return x


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
