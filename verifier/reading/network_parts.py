"""The teacher inside a certificate: a JSON description of the graph and the raw weights. Trusted.

Weights follow each other in the layers' order, little-endian, row by row, as IEEE-754 values of
the stated type. ``head`` and ``labels`` are there only where something is known of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.model.errors import CertificateError
from verifier.model.head import LONGEST, Head
from verifier.model.network import (
    NARROW,
    Add,
    Affine,
    Layer,
    Network,
    Relu,
    Scale,
    Sign,
)
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

KINDS: dict[str, type[Layer]] = {
    "affine": Affine,
    "scale": Scale,
    "relu": Relu,
    "sign": Sign,
    "steps": Steps,
    "smooth": Smooth,
    "add": Add,
}
MOST_LAYERS = 4096
"""Layers that a certificate may have: bounding a layer looks at all layers below it."""
TYPES: dict[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "float64": np.dtype("<f8")}


def teacher_from_parts(description: Any, raw: bytes) -> Network:
    """The teacher that the parts of format 1 describe.

    Raises CertificateError or NetworkError where they do not describe one.
    """
    teacher, at = network_from_parts(description, raw, 0, "teacher.json")
    if at != len(raw):
        raise CertificateError(
            f"weights.bin: offset {at}: {len(raw) - at} bytes more than teacher.json says"
        )
    return teacher


def network_from_parts(description: Any, raw: bytes, at: int, what: str) -> tuple[Network, int]:
    """The network that a description (``what``, in messages) and the weights from ``at`` on make.

    Also where its weights end. Raises CertificateError or NetworkError.
    """
    needed, optional = {"columns", "layers", "notes"}, {"executed", "head", "labels"}
    if not isinstance(description, dict) or not needed <= set(description) <= needed | optional:
        raise CertificateError(f"{what} must hold columns, layers and notes")
    columns, entries, notes = (description[k] for k in ("columns", "layers", "notes"))
    if type(columns) is not int or not isinstance(entries, list) or not isinstance(notes, list):
        raise CertificateError(f"{what}: columns, layers or notes have the wrong type")
    for i, note in enumerate(notes):
        if not isinstance(note, str) or not note.isprintable():
            raise CertificateError(f"{what}: notes[{i}] is not one line of printable text")
    if len(entries) > MOST_LAYERS:
        raise CertificateError(
            f"{what}: {len(entries)} layers, but a certificate has at most {MOST_LAYERS}"
        )
    layers: list[Layer] = []
    for i, entry in enumerate(entries):
        where = f"{what}, layer {i}"
        kind, sources, shapes = _entry(where, entry)
        arrays = []
        for dtype, shape in shapes:
            count = int(np.prod(shape, dtype=object))
            size = count * dtype.itemsize
            if at + size > len(raw):
                raise CertificateError(
                    f"weights.bin: ends at offset {len(raw)}, but layer {i} of {what} has "
                    f"{size} bytes from offset {at}"
                )
            flat = np.frombuffer(raw, dtype, count, at)
            bad = np.flatnonzero(~np.isfinite(flat))
            if bad.size:
                raise CertificateError(
                    f"weights.bin: offset {at + int(bad[0]) * dtype.itemsize}: a NaN or infinite "
                    f"weight of layer {i}: the network has no exact meaning"
                )
            arrays.append(flat.astype(dtype.newbyteorder("=")).reshape(shape))
            at += size
        build: Callable[..., Layer] = kind
        named = [entry["function"]] if kind is Smooth else []
        layers.append(build(*sources, *named, *arrays))
    network = Network(
        columns,
        tuple(layers),
        tuple(notes),
        _executed(description, what),
        head_of(description, what),
        labels_of(description, what),
    )
    return network, at


def _executed(description: dict[str, Any], what: str) -> tuple[str, ...]:
    """The narrow number types that are named; there is no entry where there are none."""
    stated = description.get("executed", ())
    if stated != () and (not isinstance(stated, list) or not stated):
        raise CertificateError(f"{what}: executed must be a list of number types, or left out")
    if not all(isinstance(kind, str) and kind in NARROW for kind in stated):
        raise CertificateError(f"{what}: executed may name {' and '.join(NARROW)} only")
    return tuple(stated)


def head_of(description: dict[str, Any], what: str) -> Head | None:
    """The head that a description holds, if any. Raises CertificateError."""
    if "head" not in description:
        return None
    value = description["head"]
    if not isinstance(value, dict) or set(value) != {"kind", "threshold", "origin"}:
        raise CertificateError(f"{what}: head must hold kind, threshold and origin")
    kind, stated, origin = value["kind"], value["threshold"], value["origin"]
    if not isinstance(kind, str) or not isinstance(origin, str):
        raise CertificateError(f"{what}: kind and origin of the head must be words")
    if stated is None:
        return Head(kind, None, origin)
    found = re.fullmatch("(-?[0-9]+)(?:/([0-9]+))?", stated) if isinstance(stated, str) else None
    if found is None or len(stated) > LONGEST or int(found[2] or 1) == 0:
        raise CertificateError(f"{what}: the head's threshold is not a fraction such as 1/2")
    threshold = Fraction(int(found[1]), int(found[2] or 1))
    if str(threshold) != stated:
        raise CertificateError(f"{what}: the head's threshold is not in lowest terms")
    return Head(kind, threshold, origin)


def labels_of(description: dict[str, Any], what: str) -> tuple[str, ...]:
    """The names of classes that a description holds, if any. Raises CertificateError."""
    if "labels" not in description:
        return ()
    labels = description["labels"]
    if not isinstance(labels, list) or not labels or not all(isinstance(x, str) for x in labels):
        raise CertificateError(f"{what}: labels must be a list of the classes' names")
    return tuple(labels)


def _entry(
    where: str, entry: Any
) -> tuple[type[Layer], Sequence[int], list[tuple[np.dtype[Any], tuple[int, ...]]]]:
    if not isinstance(entry, dict) or entry.get("kind") not in [*KINDS]:
        raise CertificateError(f"{where} is of no known kind: {', '.join(KINDS)}")
    kind = KINDS[entry["kind"]]
    dims = {Affine: (2, 1), Scale: (1, 1, 1), Steps: (2, 1)}.get(kind, ())
    more = {"arrays"} if dims else {"function"} if kind is Smooth else set()
    if set(entry) != {"kind", "from"} | more or not isinstance(entry.get("function", ""), str):
        raise CertificateError(f"{where} has missing or unknown keys")
    sources, stated = entry["from"], entry.get("arrays", [])
    expected = 2 if kind is Add else 1
    if (
        not isinstance(sources, list)
        or len(sources) != expected
        or not all(type(s) is int for s in sources)
    ):
        raise CertificateError(f"{where} must read {expected} node(s)")
    if not isinstance(stated, list) or len(stated) != len(dims):
        raise CertificateError(f"{where} must have {len(dims)} arrays")
    return kind, sources, [_array(where, a, n) for a, n in zip(stated, dims, strict=True)]


def _array(where: str, stated: Any, dimensions: int) -> tuple[np.dtype[Any], tuple[int, ...]]:
    good = (
        isinstance(stated, dict)
        and set(stated) == {"type", "shape"}
        and stated["type"] in [*TYPES]
        and isinstance(stated["shape"], list)
        and len(stated["shape"]) == dimensions
        and all(type(n) is int and 0 <= n < 1 << 40 for n in stated["shape"])
    )
    if not good:
        raise CertificateError(f"{where}: an array's type or shape is not one this layer can have")
    return TYPES[stated["type"]], tuple(stated["shape"])
