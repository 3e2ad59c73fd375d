"""Proofs that leave out what closes little for the time that it takes the kernel.

Of most searches a small part of the cells has nearly all of the probability: a network that needs
a million cells may be closed but for a hundredth by the first thousand. Where the kernel has no
time for all of them, those that close most in a second are what the proof has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.ordinal import Ranged
from verifier.model.proof import Enumerated
from verifier.model.variable import Variable
from verifier.provers.budget import ENTERED, FIXED, NODE, Budget
from verifier.provers.cells import Branching
from verifier.provers.compiled.chain import chances
from verifier.provers.compiled.net import HALF, LOWER
from verifier.provers.costs import Costs
from verifier.provers.ordered import OPEN, Ordered
from verifier.provers.timing import now
from verifier.provers.words import MASK, words_of

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FALLS = 0.2
"""Other ways of settling cells (Sandwiches, Tails) leave open what falls about as their time to the
power of minus this."""
MOST = 0.75
"""The share of the time that closed cells have at most where they share it with these."""
GAPS, FEWER = 3500, 0.7
"""Open cells that closed ones may leave between them where these look at each. While there are
more, only so many times as many closed cells are kept."""
BETTER = 0.2
"""The time is not shared where closed cells alone leave less than this part open of what is left
where it is shared."""
LONG = 1.0
"""What the cells of a thin proof take is measured where the check has more seconds than this."""
CAUTION = 1.3
"""The check is expected to take so many times what was measured. (What it does not come to in the
end can be worth more than any cell.)"""


def takes(domain: Domain) -> bool:
    """Whether it is known which cells of a domain are probable: sets of values are words."""
    return all(v.count <= MASK for v in domain.variables if isinstance(v, Variable))


class Chances(NamedTuple):
    """The probabilities of a domain's values: see ``compiled.net.Net``; ``words`` are all of it."""

    words: Ints
    starts: Ints
    mass: Floats
    ran: Ints
    runs: Floats


def chances_of(domain: Domain) -> Chances:
    """Make ready what ``shares`` asks for: of dependent variables as if they were not."""
    mass, ran, runs = chances(domain.distributions(None))
    counts = [0] + [2 if isinstance(v, Ranged) else v.count for v in domain.variables]
    words = np.array(words_of(full_cell(domain)), dtype=np.int64)
    return Chances(words, np.cumsum(counts), mass, ran, runs)


def shares(
    codes: Ints, lefts: Ints, held: Chances, deepest: int, share: Floats, points: Floats
) -> None:
    """The probability of every closed cell of a proof in pre-order, into ``share``.

    Into ``points`` goes the binary logarithm of how many it has. What goes left are masks, and of
    ordinals the last value. No node has more than ``deepest`` splits above it.
    """

    def up_to(v: int, value: int) -> float:
        first, end = held.ran[v], held.ran[v + 1]
        at, high = first, end
        while at < high:
            middle = (at + high) // 2
            if held.runs[middle, 0] < value:
                at = middle + 1
            else:
                high = middle
        if at == first:
            return 0.0
        ended, below = held.runs[at - 1, 0], held.runs[at - 1, 1]
        if at == end:
            return float(below)
        inside = (value - ended) / (held.runs[at, 0] - ended)
        return float(below + (held.runs[at, 1] - below) * inside)

    def chance(v: int, word: int) -> float:
        total = 0.0
        if word >= 0:
            for value in range(held.starts[v + 1] - held.starts[v]):
                if word >> value & 1:
                    total += held.mass[held.starts[v] + value]
            return total
        return up_to(v, (-1 - word) >> HALF) - up_to(v, ((-1 - word) & LOWER) - 1)

    def log_size(word: int) -> float:
        if word < 0:
            return float(np.log2(((-1 - word) >> HALF) - ((-1 - word) & LOWER) + 1))
        count = 0
        while word:
            word &= word - 1
            count += 1
        return float(np.log2(count))

    words = held.words.copy()
    whole = np.empty((3, deepest + 1), dtype=np.int64)  # node; its variable's word, and the right's
    part, logs = np.ones(deepest + 2), np.zeros(deepest + 2)
    second, top = np.zeros(deepest + 1, dtype=np.bool_), 0
    for v in range(len(words)):
        logs[0] += log_size(words[v])
    for i in range(len(codes)):
        v = codes[i]
        if v >= 0:
            word, left = words[v], lefts[i]
            one, two = left, word & ~left
            if word < 0:
                one = -1 - (left << HALF | ((-1 - word) & LOWER))
                two = -1 - (((-1 - word) >> HALF) << HALF | (left + 1))
            whole[0, top], whole[1, top], whole[2, top] = i, word, two
            words[v], second[top], all_of = one, False, chance(v, word)
            part[top + 1] = part[top] * (chance(v, one) / all_of if all_of > 0 else 0.5)
            logs[top + 1] = logs[top] + log_size(one) - log_size(word)
            top += 1
            continue
        share[i], points[i] = part[top], logs[top]
        while top > 0:
            v = codes[whole[0, top - 1]]
            if not second[top - 1]:
                second[top - 1], words[v] = True, whole[2, top - 1]
                part[top] = max(0.0, part[top - 1] - part[top])
                logs[top] = logs[top - 1] + log_size(words[v]) - log_size(whole[1, top - 1])
                break
            words[v] = whole[1, top - 1]
            top -= 1


Weigh = Callable[[Ints, Ints, Chances, int, Floats, Floats], None]
"""``shares``, compiled or not."""


def thinned(
    order: Ordered, share: Floats, seconds: Floats, limit: float, *, shared: bool
) -> tuple[Ordered, Bools]:
    """The proof with those cells that close most in a second of the kernel's, in ``limit`` seconds.

    ``share`` is the probability of each node's cell, ``seconds`` what it takes. All are kept where
    nothing else is open and there is time for all. Where the time is ``shared`` with others that
    say something of the rest, a cell is to be worth it. Returns also which nodes' cells are kept.
    """
    closed = np.flatnonzero(order.codes < OPEN)
    by_worth = closed[np.argsort(-share[closed] / seconds[closed], kind="stable")]
    spent, left = np.cumsum(seconds[by_worth]), 1.0 - np.cumsum(share[by_worth])
    whole = not (order.codes == OPEN).any()
    if not len(closed) or (spent[-1] <= limit and (whole or not shared)):
        return order, order.codes < OPEN
    good = spent <= (MOST * limit if shared else limit)
    if shared:
        rest = np.maximum(limit - spent, 1e-9)
        good &= share[by_worth] / seconds[by_worth] >= FALLS * np.maximum(left, 0.0) / rest
    count = int(np.argmin(np.append(good, False)))
    while True:
        kept = np.zeros(len(order.codes), dtype=np.bool_)
        kept[by_worth[:count]] = True
        found = order.kept(kept)
        if not shared or (found.codes == OPEN).sum() <= GAPS:
            return found, kept
        count = int(FEWER * count)


def thin(
    search: Branching, order: Ordered, prices: Costs, weigh: Weigh = shares
) -> tuple[Ordered, float]:
    """The proof with what the kernel has time for, and the seconds that it takes.

    ``prices`` are of Enumerated cells. What cells of the thin proof take is measured on these, in a
    check that is not short.
    """
    budget = search.budget
    assert budget is not None
    share, points = np.zeros((2, len(order.codes)))
    deepest = int(order.depth.max()) + 1
    weigh(order.codes, order.lefts, chances_of(search.domain), deepest, share, points)
    swept = _expected(prices, points)
    shared, opened = search.options.shared, 0.0
    for again in (True, False):
        seconds = _seconds(budget, order, swept)
        left = budget.end - now() - FIXED - opened
        found, closed = thinned(order, share, seconds, left, shared=shared)
        if shared:
            alone = thinned(order, share, seconds, left, shared=False)
            if 1.0 - share[alone[1]].sum() < BETTER * (1.0 - share[closed].sum()):
                found, closed = alone
        held = order.where(Enumerated)
        found = replace(found, swept=float(swept[held[closed[held]]].sum()))
        spent, count = float(seconds[closed].sum()), int((found.codes == OPEN).sum())
        opened = CAUTION * budget.learned * budget.opens(count)
        every = closed.sum() == (order.codes < OPEN).sum()
        if (every and spent + opened <= left) or not again:
            break
        if left > LONG:
            budget.look(found)
    return found, FIXED + spent + opened


def _expected(prices: Costs, points: Floats) -> Floats:
    """The kernel's seconds for each cell if it is enumerated; ``points`` are binary logarithms."""
    count = 2.0 ** np.minimum(points, 62.0)
    return np.where(
        count < prices.least, count * prices.listed, prices.group + count * prices.point
    )


def _seconds(budget: Budget, order: Ordered, swept: Floats) -> Floats:
    """What each closed cell takes the kernel, by the clock."""
    spent = np.full(len(order.codes), budget.bounded.each + ENTERED)
    signed = order.signed
    spent = np.where(signed > 0, signed * budget.byte + ENTERED, spent)
    at = order.where(Enumerated)
    if order.swept is None:
        spent[at] = budget.swept.each or budget.bounded.each
    else:
        spent[at] = swept[at] * (budget.swept.each or 1.0)
    return CAUTION * budget.learned * (budget.clock(1.0) * spent + NODE)
