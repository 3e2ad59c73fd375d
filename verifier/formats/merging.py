"""Layers that can be one layer are made one, where nothing rounds: the end of every reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from verifier.formats.exact import Array, compact, exact_product, exact_quotient, exact_sum
from verifier.model.network import Add, Affine, FloatArray, Layer, Scale, sources
from verifier.model.steps import Steps

Places = npt.NDArray[np.int64]
MERGED = 4
"""Operations that may be merged into a layer."""
MILD = 6
"""Factors merged are at least 2**-MILD and at most 2**MILD."""
APART, UP = 4, 3
"""So many powers of two have to lie between the units of inputs for a change of them; and small
ones become 2**UP times larger at most: so does what a runtime loses that takes tiny numbers for 0,
and the kernel charges nine times that."""


def pruned(layers: Sequence[Layer]) -> list[Layer]:
    """The layers that the last one needs, renumbered."""
    needed = {len(layers)}
    for i in range(len(layers), 0, -1):
        if i in needed:
            needed.update(sources(layers[i - 1]))
    kept = sorted(needed | {0})
    renumbered = {old: new for new, old in enumerate(kept)}
    result: list[Layer] = []
    for old in kept[1:]:
        layer = layers[old - 1]
        if isinstance(layer, Add):
            result.append(Add(renumbered[layer.left], renumbered[layer.right]))
        else:
            result.append(replace(layer, source=renumbered[layer.source]))
    return result


def merged(layers: Sequence[Layer]) -> list[Layer]:
    """The layers with what can be one layer made one, where nothing rounds."""
    return _evened(_scales_merged(pruned(_choices_merged(layers))))


def _readers(layers: Sequence[Layer]) -> list[int]:
    """How many layers read each node."""
    readers = [0] * (len(layers) + 1)
    for layer in layers:
        for source in sources(layer):
            readers[source] += 1
    return readers


def _choices_merged(layers: Sequence[Layer]) -> list[Layer]:
    """Each choice of columns merged with an Affine before or behind it, if only that is beside it.

    A choice copies numbers, so a runtime rounds what it rounded; of two sums over the same columns
    that are then added, one is merged into the other where their rows do not meet.
    """
    readers = _readers(layers)
    result: list[Layer] = []
    for layer in layers:
        first = result[layer.source - 1] if isinstance(layer, Affine) and layer.source else None
        if isinstance(layer, Affine) and isinstance(first, Affine) and readers[layer.source] == 1:
            chosen, choosing = _choice(layer), _choice(first)
            if chosen is not None:
                rows, held = np.maximum(chosen, 0), chosen >= 0
                weight = np.where(held[:, None], _double(first.weight)[rows], 0.0)
                bias = np.where(held, _double(first.bias)[rows], _double(layer.bias))
                layer = Affine(first.source, weight, bias)
            elif choosing is not None and not first.bias.any():
                held = choosing >= 0
                if len(set(choosing[held].tolist())) == held.sum():
                    weight = np.zeros((len(layer.bias), first.weight.shape[1]))
                    weight[:, choosing[held]] = _double(layer.weight)[:, held]
                    layer = Affine(first.source, weight, layer.bias)
        elif isinstance(layer, Add) and 0 not in (layer.left, layer.right):
            both = result[layer.left - 1], result[layer.right - 1]
            if readers[layer.left] == readers[layer.right] == 1:
                layer = _beside(*both) or layer
        result.append(layer)
    return result


def _choice(layer: Affine) -> Places | None:
    """For each output the one input that it copies (-1: it is constant); None if it computes."""
    weight = layer.weight
    used = weight != 0
    if not (weight[used] == 1).all() or (used.sum(axis=1) > 1).any():
        return None
    copies = used.any(axis=1)
    if layer.bias[copies].any():
        return None
    return np.where(copies, used.argmax(axis=1), -1)


def _beside(a: Layer, b: Layer) -> Affine | None:
    """The sum of two Affines of the same columns, one of which is 0 in every row."""
    if not (isinstance(a, Affine) and isinstance(b, Affine)) or a.source != b.source:
        return None
    rows = [(x.weight != 0).any(axis=1) | (x.bias != 0) for x in (a, b)]
    if (rows[0] & rows[1]).any():
        return None
    return Affine(
        a.source, _double(a.weight) + _double(b.weight), _double(a.bias) + _double(b.bias)
    )


def _scales_merged(layers: Sequence[Layer]) -> list[Layer]:
    """Each Scale merged into an Affine or Scale that only it reads, where nothing rounds.

    What a float32 runtime rounds in the operations merged must stay within what the kernel charges
    for one layer (docs/soundness.md, float32): MERGED operations, mild factors, no cancellation.
    """
    readers = _readers(layers)
    result: list[Layer] = []
    operations = [0] * (len(layers) + 1)
    for i, layer in enumerate(layers, 1):
        if isinstance(layer, Scale) and layer.source and readers[layer.source] == 1:
            count = operations[layer.source] + _operations(layer)
            both = _absorbed(result[layer.source - 1], layer) if count <= MERGED else None
            if both is not None:
                layer, operations[i] = both, count
        result.append(layer)
    return result


def _evened(layers: Sequence[Layer]) -> list[Layer]:
    """Inputs of very different units that are centred, then scaled, brought to one size first.

    A standardisation, (x - mean) / spread, has the spread's power of two taken out of what it
    scales by: that is exact, in float32 too. The kernel holds a node's numbers in one unit, in
    which small ones have few digits beside large ones.
    """
    result, readers = list(layers), _readers(layers)
    for i, second in enumerate(layers, 1):
        if not isinstance(second, Scale) or not second.source or readers[second.source] > 1:
            continue
        first = layers[second.source - 1]
        if not isinstance(first, Scale) or first.source:
            continue
        if (first.scale == 1).all() and (first.divisor == 1).all():
            both = _of_one_size(first, second)
            if both is not None:
                result[second.source - 1], result[i - 1] = both
    return result


def _of_one_size(first: Scale, second: Scale) -> tuple[Scale, Scale] | None:
    """Both Scales with powers of two between them, or None where there is nothing to gain."""
    by, divisor = _double(second.scale), _double(second.divisor)
    powers = np.zeros(len(by), dtype=np.int64)
    used = by != 0
    powers[used] = np.frexp(np.abs(divisor[used] / by[used]))[1]
    powers = np.clip(powers, -UP, MILD)
    if powers.max(initial=0) - powers.min(initial=0) < APART:
        return None
    down, up = np.ldexp(1.0, -powers), np.ldexp(1.0, powers)
    shift, scale = exact_product(_double(first.shift), down), exact_product(by, up)
    if shift is None or scale is None:
        return None
    ones = np.ones(len(by))
    return Scale(0, down, ones, shift), replace(second, scale=scale)


def _operations(layer: Scale) -> int:
    """How many of multiplying, dividing and adding the layer does."""
    return sum(
        bool((a != neutral).any())
        for a, neutral in ((layer.scale, 1), (layer.divisor, 1), (layer.shift, 0))
    )


def is_mild(factor: Array) -> bool:
    """Whether multiplying by the numbers takes no value far towards the ends of float32."""
    return bool(((np.abs(factor) >= 2.0**-MILD) & (np.abs(factor) <= 2.0**MILD)).all())


def _absorbed(first: Layer, second: Scale) -> Layer | None:
    """One layer for ``second`` after ``first``, or None if that would round or hide rounding."""
    factor, divisor, shift = (_double(a) for a in (second.scale, second.divisor, second.shift))
    if not (is_mild(factor) and is_mild(divisor)):
        return None
    if isinstance(first, Affine):
        weight = _scaled(_double(first.weight), factor[:, None], divisor[:, None])
        bias = _shifted(_scaled(_double(first.bias), factor, divisor), shift)
        if weight is None or bias is None:
            return None
        return Affine(first.source, weight, bias)
    if isinstance(first, Scale):
        product = exact_product(_double(first.scale), factor)
        quotient = exact_product(_double(first.divisor), divisor)
        moved = _shifted(_scaled(_double(first.shift), factor, divisor), shift)
        if product is None or quotient is None or moved is None:
            return None
        return Scale(first.source, product, quotient, moved)
    return None


def _shifted(bias: Array | None, shift: Array) -> Array | None:
    """The sum if it is exact and nothing cancels: no sum is smaller than one of its terms."""
    total = None if bias is None else exact_sum(bias, shift)
    if bias is None or total is None:
        return None
    return total if (np.abs(total) >= np.maximum(np.abs(bias), np.abs(shift))).all() else None


def _scaled(numbers: Array, factor: Array, divisor: Array) -> Array | None:
    if (factor == 1).all() and (divisor == 1).all():
        return numbers
    product = exact_product(numbers, factor)
    return None if product is None else exact_quotient(product, divisor)


def _double(array: FloatArray) -> Array:
    return np.asarray(array, np.float64)


def compacted(layer: Layer) -> Layer:
    """Float32 arrays where that is exact."""
    if isinstance(layer, Affine):
        weight, bias = (compact(_double(a)) for a in (layer.weight, layer.bias))
        return Affine(layer.source, weight, bias)
    if isinstance(layer, Scale):
        arrays = (compact(_double(a)) for a in (layer.scale, layer.divisor, layer.shift))
        return Scale(layer.source, *arrays)
    if isinstance(layer, Steps):
        thresholds, lowest = (compact(_double(a)) for a in (layer.thresholds, layer.lowest))
        return Steps(layer.source, thresholds, lowest)
    return layer
