"""Sums of independent whole numbers: how much of many products reaches a sum, exactly. Trusted.

What a tuple of one value of each variable has is a number, 1 or a weight: the product of its
values'. Variables are dealt out to groups, so that machine integers have room: what is added
up in a group is never more than all that its variables have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import flint
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from verifier.model.limits import PYTHON

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MACHINE = 1 << 62
"""What is counted is less."""
SHORT = 1 << 31
"""Numbers of tuples below this are added up in 32 bits."""
FINE, ROOM = 4, 990
"""Logarithms of amounts are in units of 2**-FINE; together they are less than the second, if these
are to have room in machine integers."""
EXACT, LIMB_PAIR = 1 << 21, (1 << 32) - 1
"""Products of two limbs that are added up in float64, at most; and two limbs full of ones."""


class Digits(NamedTuple):
    """What is in the bins of a variable: bins and amounts, (digits, parts).

    A negative bin is none; each part has bin 0.
    """

    bins: Ints
    amounts: Ints


def counted(every: Sequence[Digits], least: Ints, spend: Callable[[int], None]) -> list[list[int]]:
    """How much of each part has a sum of at least ``least`` (thresholds, parts), and then all.

    Each variable's amounts in a part are, together, below 2**61. ``spend`` is told the steps.
    """
    sizes = _sizes(every, least.shape[1])
    groups = _dealt(sizes)
    products = [
        _product([every[i] for i in own], least.shape[1], spend).astype(np.int64) for own in groups
    ]
    every_total = [x.sum(axis=1).tolist() for x in products]
    if (sizes.sum(axis=0) < ROOM).all():
        counts = _joined(products[0], products[1], least, spend).T.tolist()
    else:
        halves = []
        for at in (slice(0, None, 2), slice(1, None, 2)):
            size = sizes[[i for own in groups[at] for i in own]].sum(axis=0).max()
            halves.append(_limbs(products[at], int(size) >> FINE, spend))
        counts = _joined_limbs(halves[0], halves[1], least, spend)
    return [[*x, math.prod(own)] for x, *own in zip(counts, *every_total, strict=True)]


def apart(
    every: Sequence[Digits], other: Sequence[Ints], ends: Ints, spend: Callable[[int], None]
) -> list[tuple[int, int, int]] | None:
    """The same of two sums at once: of each part all, and how much is below a corner, and above.

    ``other`` are the variables' bins in the second sum. ``ends`` (2, 4, parts), for below and for
    above, are of the first sum an outer and an inner one, and so of the second. Below is what has
    less than the outer end of one sum and less than the inner one of the other; above is what has
    at least so much. None where more than two groups are needed.
    """
    count = ends.shape[2]
    sizes = _sizes(every, count)
    groups = _dealt(sizes)
    if len(groups) > 2:
        return None
    both = list(zip(every, other, strict=True))
    tables = [_table([both[i] for i in own], count, spend) for own in groups]
    every_total = [x.sum(axis=(1, 2), dtype=np.int64).tolist() for x in tables]
    total = [math.prod(x) for x in zip(*every_total, strict=True)]
    one, rest = sorted(tables, key=lambda x: x[0].size)
    kind = np.int32 if max(total) < SHORT else np.int64
    one, rest = one.astype(kind), rest.astype(kind)
    spend(8 * one.size + 8 * count * (1 + rest.shape[1]) * (2 * one.shape[2] + rest.shape[2]))
    top = [one.shape[at] + rest.shape[at] - 1 for at in (2, 2, 1, 1)]
    below = _below(one, rest, ends[0], max(total))
    upward = np.array(top)[:, None] - ends[1]
    above = _below(one[:, ::-1, ::-1], rest[:, ::-1, ::-1], upward, max(total))
    return list(zip(total, below, above, strict=True))


def _table(every: Sequence[tuple[Digits, Ints]], count: int, spend: Callable[[int], None]) -> Ints:
    """How much the tuples of some variables' values have by both sums, (parts, second, first)."""
    totals = [np.where(own.bins < 0, 0, own.amounts).sum(axis=0) for own, _ in every]
    most = np.prod([np.maximum(x, 1) for x in totals], axis=0, initial=1)
    kind = np.int32 if int(most.max()) < SHORT else np.int64
    found, tops = np.ones((count, 1, 1), dtype=kind), np.zeros((2, count), dtype=np.int64)
    for i, (own, other) in enumerate(every):
        tops += np.stack([own.bins.max(axis=0), other.max(axis=0)])
        columns, rows = (1 + tops.max(axis=1)).tolist()
        spend(len(own.bins) * (2 * PYTHON + 4 * count * rows * columns))
        both = Digits(np.where(own.bins < 0, -1, own.bins + columns * other), own.amounts)
        if i:
            wider = np.zeros((count, found.shape[1], columns), dtype=kind)
            wider[:, :, : found.shape[2]] = found
            flat = _moved(wider.reshape(count, -1), both, rows * columns)
        else:
            flat = _placed(both, tops[0] ** 0, rows * columns, kind)
        found = flat.reshape(count, rows, columns)
    return found


def _below(one: Ints, other: Ints, ends: Ints, total: int) -> list[int]:
    """How much pairs of two halves have below the corner; the halves are (parts, second sums,
    first sums)."""
    (count, rows, columns), (_, high, wide) = one.shape, other.shape
    # how much of the other has less of both: of the first sum, from 1 - columns on
    less = np.zeros((count, 1 + high, 2 * columns + wide - 1), dtype=other.dtype)
    inner = less[:, 1:, columns : columns + wide]
    np.cumsum(other, axis=2, out=inner)
    for row in range(1, high):
        inner[:, row] += inner[:, row - 1]
    less[:, 1:, columns + wide :] = inner[:, :, -1:]
    windows = sliding_window_view(less.ravel(), columns)
    first = np.arange(count)[:, None] * (1 + high)

    def rest(x: Ints, y: Ints) -> Ints:
        """What the other has so that both sums are less than x and y, (parts, rows, columns)."""
        row = first + np.clip(y[:, None] - np.arange(rows), 0, high)
        found: Ints = windows[row * less.shape[2] + np.clip(x, 0, columns + wide - 1)[:, None]]
        return found

    outer, inner_, more, fewer = ends
    held = rest(inner_, more)
    held -= rest(inner_, fewer)
    held += rest(outer, fewer)
    back = np.ascontiguousarray(one[:, :, ::-1])
    if total < MACHINE:
        return list(map(int, np.einsum("prc,prc->p", back, held)))
    x, y = (n.astype("<i8").view("<u2").reshape(count, -1, 4) for n in (back, held))
    limbs = x.swapaxes(1, 2).astype(np.float64) @ y.astype(np.float64)
    places = [(i, j) for i in range(4) for j in range(4)]
    return [sum(int(own[i, j]) << 16 * (i + j) for i, j in places) for own in limbs]


def _sizes(every: Sequence[Digits], count: int) -> Ints:
    """Logarithms of what each variable has altogether (variables, parts)."""
    totals = [np.where(x.bins < 0, 0, x.amounts).sum(axis=0) for x in every]
    return np.array([_logarithms(x) for x in totals], dtype=np.int64).reshape(-1, count)


def _logarithms(amounts: Ints) -> Ints:
    """Of amounts below 2**62, or 1 where there is none, rounded up, in units of 2**-FINE.

    By less than 2**-39 an amount's power of 2**FINE may be above what they say.
    """
    power = np.maximum(amounts, 1).astype(np.float64)
    for _ in range(FINE):  # each is below 2**1000, and off by less than 2**-40 in the end
        power = power * power
    return np.frexp(power - np.ldexp(power, -40))[1].astype(np.int64)


def _dealt(sizes: Ints) -> list[list[int]]:
    """Variables in two groups, or so many that the numbers of each have room, by their logarithms.

    Those of ``sizes`` (variables, parts) are of the numbers of values, or their weights.
    """
    for many in range(2, 3 + len(sizes)):
        place = np.arange(len(sizes)) % (2 * many)
        place = np.minimum(place, 2 * many - 1 - place)
        groups = [np.flatnonzero(place == k) for k in range(many)]
        if all((sizes[own].sum(axis=0) < ROOM).all() for own in groups):
            break
    return [own.tolist() for own in groups]


def _limbs(products: Sequence[Ints], size: int, spend: Callable[[int], None]) -> Floats:
    """The product of groups' sums, below 2**(size + 1): (parts, sums, limbs).

    The limbs are 16 bits each; where there are several groups integers are multiplied, whose digits
    they are.
    """
    wide, count = max(8, 2 + 2 * (size // 16)), 1 + sum(x.shape[1] - 1 for x in products)
    every = []
    for own in products:
        digits = np.zeros((*own.shape, wide), dtype=np.uint8)
        digits[..., :8] = own.astype("<i8")[..., None].view(np.uint8)
        every.append(digits.reshape(len(own), -1))
    if len(every) == 1:
        return every[0].view("<u2").reshape(len(every[0]), count, -1).astype(np.float64)
    spend(len(every[0]) * (len(every) * PYTHON + 8 * wide * count))
    rows = []
    for parts in zip(*every, strict=True):
        product = math.prod([flint.fmpz(int.from_bytes(x.tobytes(), "little")) for x in parts])
        rows.append(int(product).to_bytes(wide * count, "little"))
    whole = np.frombuffer(b"".join(rows), dtype="<u2")
    return whole.reshape(len(rows), count, -1).astype(np.float64)


def _joined_limbs(
    one: Floats, other: Floats, least: Ints, spend: Callable[[int], None]
) -> list[list[int]]:
    """The same of two halves in limbs: ``_joined``.

    No more than EXACT products of two limbs are added up, so that float64 is exact.
    """
    (parts, rows, limbs), (_, size, more) = one.shape, other.shape
    spend(2 * len(least) * one.size * more)
    rest = np.zeros((parts, 2 * rows + size, more))  # as in ``_joined``, but upward
    np.cumsum(other[:, ::-1], axis=1, out=rest[:, 1 + rows : 1 + rows + size])
    rest[:, 1 + rows + size :] = rest[:, rows + size, None]
    windows = sliding_window_view(rest.ravel(), rows * more)
    first, step = np.arange(parts) * (2 * rows + size), max(1, EXACT // size)
    digits = np.zeros((len(least), parts, limbs + more + 2), dtype=np.int64)
    for found, ends in zip(digits, least, strict=True):
        start = first + rows + size - np.clip(ends, 0, rows + size)
        own = windows[start * more].reshape(parts, rows, more)
        whole = np.zeros((parts, limbs, more), dtype=np.int64)
        for at in (slice(i, i + step) for i in range(0, rows, step)):
            whole += (one[:, at].swapaxes(1, 2) @ own[:, at]).astype(np.int64)
        for i in range(limbs):
            found[:, i : i + more] += whole[:, i] & LIMB_PAIR
            found[:, i + 2 : i + 2 + more] += whole[:, i] >> 32
    for k in range(digits.shape[2] - 1):
        digits[..., k + 1] += digits[..., k] >> 16
    raw = digits.astype("<u2")
    return [[int.from_bytes(x.tobytes(), "little") for x in own] for own in raw.swapaxes(0, 1)]


def _product(every: Sequence[Digits], count: int, spend: Callable[[int], None]) -> Ints:
    """How much the tuples of some variables' values have by their sums of bins, (parts, sums)."""
    factor, tuples = np.ones(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    several: list[tuple[Digits, Ints]] = []
    for own in every:
        total = np.where(own.bins >= 0, own.amounts, 0).sum(axis=0)
        tuples *= np.maximum(total, 1)
        if int(own.bins.max()):
            several.append((own, own.bins.max(axis=0)))
        else:
            factor *= total
    if not several:
        return factor[:, None]
    short = int(tuples.max()) < SHORT  # no number is more than all tuples
    (first, tops), *others = several
    found = _placed(first, factor, 1 + int(tops.max()), np.int32 if short else np.int64)
    for own, top in others:
        tops = tops + top
        size = 1 + int(tops.max())
        spend(len(own.bins) * (2 * PYTHON + 4 * count * size))
        found = _moved(found, own, size)
    return found


def _placed(own: Digits, factor: Ints, size: int, kind: type[Any]) -> Ints:
    """The same of one variable, times a factor of each part."""
    found = np.zeros((len(factor), size + 1), dtype=kind)  # what is in no bin is put at the end
    at = np.where(own.bins < 0, size, own.bins) + np.arange(len(factor)) * (size + 1)
    np.add.at(found.reshape(-1), at.ravel(), (own.amounts * factor).astype(kind).ravel())
    return found[:, :size]


def _moved(found: Ints, own: Digits, size: int) -> Ints:
    """The same with one more variable, for so many sums."""
    (bins, amounts), count = own, len(found)
    most = int(bins.max())
    # a row of what is shifted is, from most - b on, the row of a part moved by b bins
    moved = np.zeros((count + 1, most + size), dtype=found.dtype)
    moved[:-1, most : most + found.shape[1]] = found
    windows = sliding_window_view(moved.ravel(), size)
    starts = np.arange(count) * (most + size) + most - bins
    starts[bins < 0] = count * (most + size)  # where nothing is
    single = (np.where(bins < 0, 1, amounts) == 1).all(axis=1).tolist()
    total = np.zeros((count, size), dtype=found.dtype)
    still = (bins == 0).all(axis=1).tolist()  # the very row
    rows = zip(starts, amounts.astype(found.dtype), single, still, strict=True)
    for start, times, one, stays in rows:
        moving = found if stays else windows[start]  # which is a copy
        if not one:
            moving = np.multiply(moving, times[:, None], out=None if stays else moving)
        total[:, : moving.shape[1]] += moving
    return total


def _joined(one: Ints, other: Ints, least: Ints, spend: Callable[[int], None]) -> Ints:
    """How much pairs of two halves have whose sums of bins are at least ``least`` together."""
    if one.shape[1] > other.shape[1]:
        one, other = other, one
    count, size = one.shape
    spend(4 * len(least) * one.size + 4 * other.size)
    # how much of the other has at least so many bins: from size more than there are, downward
    rest = np.zeros((count, 2 * size + other.shape[1]), dtype=np.int64)
    np.cumsum(other[:, ::-1], axis=1, out=rest[:, size : size + other.shape[1]])
    rest[:, size + other.shape[1] :] = rest[:, size + other.shape[1] - 1 :][:, :1]
    windows = sliding_window_view(rest.ravel(), size)
    first = np.arange(count) * rest.shape[1]
    starts = first + np.clip(size + other.shape[1] - 1 - least, 0, size + other.shape[1])
    found = np.empty_like(least)
    for start, own in zip(starts, found, strict=True):
        np.einsum("pk,pk->p", one, windows[start], out=own)
    return found
