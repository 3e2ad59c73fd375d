"""Points drawn exactly from a domain's product distribution, or from it inside a cell.

Values are drawn with integers below the common denominator of their probabilities, or by the digits
of a real number where that is large, so no probability is rounded; numpy's bounded integers are
exactly uniform.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell, full_cell, values
from verifier.model.chances import Distribution, Listed
from verifier.model.domain import Domain
from verifier.model.ordinal import AnyVariable
from verifier.model.part import Part

Points = npt.NDArray[np.int64]
WORD = 62
"""Bits that are drawn at once."""


def sample(
    domain: Domain, count: int, rng: np.random.Generator, cell: Cell | None = None
) -> Points:
    """``count`` independent points of the domain given that they lie in ``cell``.

    Value indices, shape (count, variables). A variable whose allowed values all have probability 0
    is drawn uniformly from them.
    """
    points = np.empty((count, len(domain.variables)), dtype=np.int64)
    masks = (cell or full_cell(domain)).masks
    for i, (variable, mask) in enumerate(zip(domain.variables, masks, strict=True)):
        points[:, i] = _draw(variable, mask, count, rng)
    return points


def _draw(variable: AnyVariable, mask: int, count: int, rng: np.random.Generator) -> Points:
    """``count`` values of one variable among those in the mask."""
    allowed = values(mask)
    if len(allowed) == 1:
        return np.full(count, allowed[0])
    weights = [variable.weights[0][v] for v in allowed]
    if not any(weights) or len(set(weights)) == 1:
        weights = [1] * len(allowed)
    upto = list(accumulate(weights))
    if upto[-1] > 1 << WORD:
        return np.array(allowed)[_by_digits(upto, count, rng)]
    drawn = rng.integers(upto[-1], size=count)
    return np.array(allowed)[np.searchsorted(np.array(upto), drawn, side="right")]


def _by_digits(upto: Sequence[int], count: int, rng: np.random.Generator) -> Points:
    """How many of the ends ``upto``, over the last of them, uniform real numbers in [0, 1) have
    reached: their first digits tell, or as many more as it takes."""
    total = upto[-1]
    words = rng.integers(1 << WORD, size=count)
    ends = np.array([(end << WORD) // total for end in upto], dtype=np.int64)
    found = np.searchsorted(ends, words, side="right")
    for at in np.flatnonzero(np.isin(words, ends)).tolist():  # an end may lie within that word
        number, bits = int(words[at]), WORD
        while True:
            least = bisect_right(upto, number * total >> bits)
            if least == bisect_left(upto, -(-(number + 1) * total >> bits)):
                break
            number, bits = number << WORD | int(rng.integers(1 << WORD)), bits + WORD
        found[at] = least
    return found


def sample_possible(domain: Domain, count: int, rng: np.random.Generator) -> Points:
    """``count`` independent points of any domain: with a tree, ranges and intervals.

    Value indices, shape (count, variables). Probabilities are rounded to float64.
    """
    if domain.given is None:
        columns = [_any_drawn(v.chances, v.whole, count, rng) for v in domain.variables]
        return np.stack(columns, axis=1)
    leaves = [(at, cell) for at, (cell, leaf) in domain.leaves.items() if leaf.weight]
    shares = np.array([float(domain.leaves[at][1].weight) for at, _ in leaves])
    which = rng.choice(len(leaves), size=count, p=shares / shares.sum())
    points = np.empty((count, len(domain.variables)), dtype=np.int64)
    for number in np.unique(which).tolist():
        at, cell = leaves[number]
        rows = np.flatnonzero(which == number)
        for i, (held, part) in enumerate(zip(domain.distributions(at), cell.parts, strict=True)):
            points[rows, i] = _any_drawn(held, part, len(rows), rng)
    return points


def _any_drawn(held: Distribution, part: Part, count: int, rng: np.random.Generator) -> Points:
    """``count`` values of a part, by a distribution over it."""
    if isinstance(held, Listed):
        assert isinstance(part, int)
        chosen = np.array(values(part))
        weights = np.array([float(held.probabilities[v]) for v in chosen.tolist()])
        return np.asarray(rng.choice(chosen, size=count, p=weights / weights.sum()))
    lengths = [n for n, _ in held.runs]
    begins = np.array(list(accumulate(lengths, initial=held.start))[:-1], dtype=np.int64)
    weights = np.array([float(p) for _, p in held.runs])
    run = rng.choice(len(lengths), size=count, p=weights / weights.sum())
    drawn: Points = begins[run] + rng.integers(np.array(lengths)[run])
    return drawn
