"""The representation φ of a network and linear probes on it in closed form.

φ(x) is the concatenation of hidden activations, centred and normalised to E|φ|² = 1. All probes
share one factorisation: with φ ≈ Z S V' on its leading eigenspace (Z has orthonormal columns under
the empirical distribution), the ridge probe of a target t has coefficients s/(s² + λ) Z't, so a
batch of probes is one matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.kept import SECONDS
from verifier.distillers.quick import Singles, activations, classes_of, encode
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network, Relu, Sign, sources
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.timing import now

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

Layers = Sequence[int] | str
"""Numbers of nodes, or one of ``WORDS``."""

WORDS = ("post", "pre", "both")

RIDGE = 1e-9
"""The probes' λ, in units of E|φ|² = 1: it bounds the norm of a probe."""
OVERSAMPLE = 20
"""Extra columns of the random sketch (Halko, Martinsson, Tropp 2011 suggest 5 to 20)."""
SKETCH_ROWS = 4000
"""Rows that the eigenspace is found from, at most."""


def hidden_nodes(teacher: Network) -> tuple[int, ...]:
    """The nodes whose activations a user may name: all between the input and the logits."""
    return tuple(range(1, len(teacher.layers)))


def has_nonlinear(teacher: Network) -> bool:
    """Whether there is a hidden nonlinear layer to probe."""
    return bool(_nonlinear(teacher))


def _nonlinear(teacher: Network) -> tuple[int, ...]:
    """The hidden outputs of ReLU, sign and staircase layers."""
    bends = Relu | Sign | Steps | Smooth
    return tuple(i for i in hidden_nodes(teacher) if isinstance(teacher.layers[i - 1], bends))


def choose_nodes(teacher: Network, layers: Layers | None = None) -> tuple[int, ...]:
    """The nodes of φ: numbers given, each once, or what a word stands for.

    ``post`` (also None): the outputs of the nonlinear layers; ``pre``: their inputs; ``both``.
    Raises LeafproofError for a node or word that does not exist, listing those that do, and for a
    word where the teacher has no nonlinear hidden layer.
    """
    if layers is None or isinstance(layers, str):
        return _named(teacher, layers or "post")
    existing = hidden_nodes(teacher)
    for node in layers:
        if node not in existing:
            words = ", ".join(
                f"{i} ({type(teacher.layers[i - 1]).__name__.lower()}, {teacher.widths[i]} wide)"
                for i in existing
            )
            raise LeafproofError(
                f"layer {node} does not exist or is not hidden: there are {words or 'none'}"
            )
    if not layers:
        raise LeafproofError("no layers are given: name some by number, or post, pre or both")
    return tuple(dict.fromkeys(layers))


def _named(teacher: Network, word: str) -> tuple[int, ...]:
    if word not in WORDS:
        raise LeafproofError(f'there are no layers "{word}": write post, pre, both, or 2,4')
    outputs = _nonlinear(teacher)
    if not outputs:
        raise LeafproofError(
            "the teacher has no hidden layer, so nothing to probe: use --method certified, "
            "without --explain, --plot and --scores lrh"
        )
    inputs = tuple(i for node in outputs for i in sources(teacher.layers[node - 1]) if i > 0)
    chosen = {"post": outputs, "pre": inputs, "both": inputs + outputs}[word]
    if not chosen:
        raise LeafproofError("the nonlinear layers read the input itself: name the layers post")
    return tuple(sorted(set(chosen)))


@dataclass(frozen=True, eq=False)
class Representation:
    """φ in its leading eigenspace, at sampled points and as a map.

    ``z[n, r]``: coordinates with mean of squares 1 and no correlation over the points; ``spectrum``
    the eigenvalues of E[φφ'] that belong to them (they sum to at most 1); ``left_out`` the rest of
    E|φ|². At other points: less ``mean``, the columns ``usable``, times ``basis``.
    """

    z: Singles
    spectrum: Floats
    left_out: float
    mean: Singles
    usable: npt.NDArray[np.bool_]
    basis: Singles

    def coordinates(self, parts: Sequence[Singles]) -> Singles:
        """The coordinates [N, r] at points, given the activations of φ's layers there."""
        phi = np.concatenate(parts, axis=1)[:, self.usable] - self.mean[self.usable]
        with np.errstate(all="ignore"):
            return np.asarray(np.nan_to_num(phi) @ self.basis, dtype=np.float32)


def represent(parts: Sequence[Singles], rank: int, seed: int) -> Representation:
    """The leading ``rank`` coordinates of φ, given the activations of its layers.

    A randomised range finder with one power iteration, then exact whitening over all points.
    Columns that are not finite are left out.
    """
    phi = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0].copy()
    with np.errstate(all="ignore"):
        mean = phi.mean(axis=0, dtype=np.float64).astype(np.float32)
        phi -= mean
        size = (phi.astype(np.float64) ** 2).mean(axis=0) if phi.size < 1 << 22 else _squares(phi)
    usable = np.isfinite(size) & (size > 0)
    if not usable.all():
        phi, size = phi[:, usable], size[usable]
    if not phi.shape[1]:
        empty = np.zeros((len(phi), 0), np.float32)
        return Representation(empty, np.zeros(0), 0.0, mean, usable, empty[:0])
    norm = np.float32(np.sqrt(size.sum()))
    phi /= norm
    rows = phi[:SKETCH_ROWS]
    width = min(rank + OVERSAMPLE, *rows.shape)
    sketch = np.random.default_rng(seed).standard_normal((phi.shape[1], width), dtype=np.float32)
    sketch = np.linalg.qr(rows.T @ np.linalg.qr(rows @ sketch)[0])[0]
    coordinates = (phi @ sketch).astype(np.float64)
    values, vectors = np.linalg.eigh(coordinates.T @ coordinates / len(phi))
    kept = np.flatnonzero(values > 1e-9)[::-1][:rank]
    spectrum = values[kept]
    whiten = vectors[:, kept] / np.sqrt(spectrum)
    basis = (sketch @ whiten / norm).astype(np.float32)
    left_out = max(0.0, 1.0 - float(spectrum.sum()))
    z = (coordinates @ whiten).astype(np.float32)
    return Representation(z, spectrum, left_out, mean, usable, basis)


def represented(
    teacher: Network,
    domain: Domain,
    nodes: Sequence[int],
    points: Ints,
    rank: int,
    seed: int,
    kept: tuple[Store | None, str],
) -> tuple[Ints, Representation]:
    """The classes at points, and φ of these ``nodes``; ``kept`` in a store by a name if that takes
    long."""
    store, name = kept
    held = None if store is None else store.recall(name)
    known = None if held is None else _read(held, len(points), teacher.classes)
    if known is not None:
        return known
    begun = now()
    everything = activations(teacher, encode(domain, points))
    labels = classes_of(everything[-1])
    with threadpool_limits(1, "blas"):
        found = represent([everything[i] for i in nodes], rank, seed)
    if store is not None and now() >= begun + SECONDS:
        store.remember(name, _written(labels, found))
    return labels, found


def _written(labels: Ints, found: Representation) -> bytes:
    """Classes at points, and the representation there, as ``_read`` reads them."""
    written = BytesIO()
    parts = found.z, found.spectrum, found.mean, found.usable, found.basis
    for part in (labels, np.array(found.left_out), *parts):
        np.lib.format.write_array(written, part, allow_pickle=False)
    return written.getvalue()


def _read(data: bytes, points: int, classes: int) -> tuple[Ints, Representation] | None:
    """The same; None where they are not of so many points and classes."""
    read = BytesIO(data)
    try:
        parts = [np.lib.format.read_array(read) for _ in range(7)]
    except (ValueError, TypeError, OverflowError, MemoryError, RecursionError):
        return None
    if "".join(part.dtype.kind for part in parts) != "iffffbf":
        return None
    labels, left_out, z, spectrum, mean, usable, basis = parts
    rank = spectrum.shape
    fits = labels.shape == (points,) and z.shape == (points, *rank) and left_out.shape == ()
    fits = fits and len(rank) == mean.ndim == 1 and mean.shape == usable.shape
    fits = fits and basis.shape == (int(usable.sum()), *rank)
    numbers = all(np.isfinite(x).all() for x in (left_out, z, spectrum)) and (spectrum >= 0).all()
    if not fits or not numbers or not ((labels >= 0) & (labels < classes)).all():
        return None
    return labels, Representation(z, spectrum, float(left_out), mean, usable, basis)


def _squares(phi: Singles) -> Floats:
    """Mean of squares of each column, without a float64 copy of the whole."""
    blocks = [
        (phi[s : s + 512].astype(np.float64) ** 2).sum(axis=0) for s in range(0, len(phi), 512)
    ]
    return np.asarray(np.sum(blocks, axis=0) / len(phi), dtype=np.float64)
