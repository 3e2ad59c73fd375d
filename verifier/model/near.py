"""The class of a network with smooth layers at a point, in balls that decide it. Trusted.

Such logits are no rational numbers, but a ball of enough digits says which is the largest, or which
sign the one has. Where the most digits do not decide that, the point is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import flint

from verifier.model.errors import NetworkError
from verifier.model.smooth import ALONE, image

FIRST, LAST = 128, 4096
"""Bits of the balls, at first and at last."""
Balls = Any
"""An ``arb_mat``: a node at some points, (width, points)."""


def near_logits(
    logits: Callable[[Balls], Balls], inputs: Sequence[Sequence[int]], denominator: int
) -> tuple[list[list[int]], int]:
    """Whole numbers over a denominator that stand for the logits: of the same class, and near them.

    ``logits`` computes them of ``inputs / denominator``. Raises NetworkError for a point where no
    class is decided with ``LAST`` bits.
    """
    found: dict[int, list[int]] = {}
    bits = FIRST
    while len(found) < len(inputs):
        if bits > LAST:
            raise NetworkError(
                f"the network's class is not decided with {LAST} bits at a point: two of its "
                "logits, or its one and 0, are equal there or nearly so; leave the point out of "
                "the domain"
            )
        todo = [i for i in range(len(inputs)) if i not in found]
        with ALONE, flint.ctx.workprec(bits + denominator.bit_length()):
            whole = [[flint.fmpz(x) for x in inputs[i]] for i in todo]
            start = flint.arb_mat(flint.fmpz_mat(whole)).transpose()
            rows = logits(start / flint.arb(denominator)).transpose().tolist()
            for i, row in zip(todo, rows, strict=True):
                numbers = _decided(row)
                if numbers is not None:
                    found[i] = numbers
        bits *= 2
    return [found[i] for i in range(len(inputs))], 1 << FIRST


def _decided(row: Sequence[flint.arb]) -> list[int] | None:
    """The logits times 2**FIRST, cut, where the balls decide the class, which is then theirs."""
    if not all(x.is_finite() for x in row):
        return None
    near = [int((x.mid() * (1 << FIRST)).floor().unique_fmpz()) for x in row]
    if len(row) == 1:
        if row[0] > 0:
            return [max(1, near[0])]
        return [min(0, near[0])] if row[0] <= 0 else None
    for i, best in enumerate(row):
        if all(best > x if j < i else best >= x for j, x in enumerate(row) if j != i):
            near[i] = 1 + max(near)
            return near
    return None


def affine(x: Balls, weight: flint.fmpz_mat, bias: Sequence[int], below: int) -> Balls:
    """``(weight x + bias) / below``."""
    product = flint.arb_mat(weight) * x
    return (product + _columns(bias, x.ncols())) / flint.arb(below)


def scaled(x: Balls, factors: flint.fmpz_mat, bias: Sequence[int], below: int) -> Balls:
    """The same of a diagonal matrix."""
    by = [f for f in factors.entries() for _ in range(x.ncols())]
    entries = [v * f for v, f in zip(x.entries(), by, strict=True)]
    product = flint.arb_mat(x.nrows(), x.ncols(), entries)
    return (product + _columns(bias, x.ncols())) / flint.arb(below)


def _columns(bias: Sequence[int], count: int) -> Balls:
    """A column, so many times."""
    return flint.arb_mat(len(bias), count, [b for n in bias for b in repeat(n, count)])


def bent(x: Balls, function: Callable[[int, flint.arb], flint.arb]) -> Balls:
    """A function of the row's number and a ball, elementwise."""
    count = x.ncols()
    held = [function(i // count, v) for i, v in enumerate(x.entries())]
    return flint.arb_mat(x.nrows(), count, held)


def curved(kind: str) -> Callable[[int, flint.arb], flint.arb]:
    """A smooth function."""
    return lambda _, x: image(kind, x)


def relu(_: int, x: flint.arb) -> flint.arb:
    """``max(x, 0)``."""
    return x.max(flint.arb(0))


def sign(_: int, x: flint.arb) -> flint.arb:
    """-1, 0 or 1, or all between."""
    if x > 0 or x < 0:
        return flint.arb(1 if x > 0 else -1)
    return flint.arb(0) if x == 0 else flint.arb(-1).union(flint.arb(1))


def staircase(
    rows: Sequence[Sequence[float]], lowest: Sequence[int]
) -> Callable[[int, flint.arb], flint.arb]:
    """The staircases of a layer of Steps."""

    def climbed(i: int, x: flint.arb) -> flint.arb:
        least = sum(1 for t in rows[i] if x >= t)
        most = sum(1 for t in rows[i] if not x < t)
        return flint.arb(lowest[i] + least).union(flint.arb(lowest[i] + most))

    return climbed
