"""Constant steps that bounds prove, entered many at a time: rules 5 and 9. Trusted.

What `settling` and `ledger.Ledger.add` do cell by cell for a network against one tree. Where a cell
lies in one leaf of the tree, everything about it follows from the leaf, the class and whether that
is shown for float32: so such cells are counted together. All others are left to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.known import known
from verifier.kernel.ledger import Ledger
from verifier.kernel.prepared import MASK_BITS, Parts
from verifier.model import verdict as v
from verifier.model.limits import PYTHON
from verifier.model.overlay import BoundTree

Bools = npt.NDArray[np.bool_]
EXACT = 61
"""Cells of at most 2 to this many points are counted in int64."""
HALF = 30
"""Their numbers are added up in two halves, the lower one of so many bits."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """Cells by their places ``at`` in a batch: their parts, the classes stated, what bounds show.

    ``numbers`` are their steps', increasing.
    ``good`` says that the class is proved, ``firm`` that it is shown for float32 as well,
    ``signed`` whether it is Signed, ``alone`` that each has one step, that or a Constant.
    """

    at: Ints
    numbers: Ints
    parts: Parts
    classes: Ints
    good: Bools
    firm: Bools
    signed: Bools
    alone: bool


@dataclass(frozen=True, eq=False)
class Tests:
    """A tree's nodes: the variable tested (-1: none), its place among the categorical ones or among
    the ordinals, the values of it that go left (a mask), or how many of an ordinal's (-1: none),
    and the children."""

    variables: Ints
    places: Ints
    masks: Ints
    limits: Ints
    children: Ints


def enter_many(ledger: Ledger, held: Bounded, small: int) -> Bools:
    """Enter what can be of some cells, each with one class of the only network; which they are.

    A cell of at most ``small`` points is not, unless it is shown for float32.
    """
    asked = ledger.asked
    done = np.zeros(len(held.at), dtype=bool)
    if not _is_plain(ledger, held.parts):
        return done
    ((model, _),), ((number, tree),) = asked.proved.items(), asked.trees.items()
    node, whole, passed = _leaves(tree, held.parts)
    size, countable = _sizes(held.parts)
    fits = held.good & whole & countable & (held.firm | (size > small))
    at = np.flatnonzero(fits)
    if not at.size:
        return done
    asked.poll()
    each = asked.part_cost + 2 * PYTHON + 64 * len(asked.domain.variables)
    asked.spend(at.size * each + passed * (PYTHON // 4))
    kinds = np.stack([node[at], held.classes[at], held.firm[at]], axis=1)
    every, which = np.unique(kinds, axis=0, return_inverse=True)
    which = which.ravel()
    for i, (leaf, klass, firm) in enumerate(every.tolist()):
        own = at[which == i]
        pair = ((model, klass),)
        said = known(len(asked.names), pair, pair if firm else (), (), ledger.trust)
        trees = ((number, int(tree.classes[leaf])),)
        status, _, true = ledger.decided(said, trees)
        first = ledger.number(int(held.numbers[own[0]]))
        if status is not v.Status.PROVED or (true and ledger.notes(first)):
            continue
        points = _total(size[own])
        weight = points * (asked.domain.total_weight // asked.domain.size)
        ledger.add_amounts(leaf, trees, said, points, weight)
        signed = int(held.signed[own].sum())
        ledger.count("signed", signed)
        ledger.count("constant", len(own) - signed)
        done[own] = True
    return done


def _is_plain(ledger: Ledger, parts: Parts) -> bool:
    """Whether it is about one network or ensemble and one tree, all of whose tuples weigh the same.

    And the former reads all variables, whose masks are no longer than an int64.
    """
    asked = ledger.asked
    return (
        len(asked.proved) == len(asked.trees) == 1
        and len(asked.names) == 2
        and all(net.whole for net in asked.proved.values())
        and asked.domain.uniform
        and not asked.domain.infinite
        and parts.masks.dtype == np.int64
        and all(x.count <= MASK_BITS for x in asked.domain.variables if isinstance(x.whole, int))
    )


@lru_cache(maxsize=8)
def _tests(tree: BoundTree) -> Tests:
    variables, _, children, limits = tree.arrays
    categorical = [isinstance(x.whole, int) for x in tree.domain.variables]
    place, seen = list[int](), {True: 0, False: 0}
    for own in categorical:
        place.append(seen[own])
        seen[own] += 1
    masks = [n[1] if isinstance(n, tuple) and isinstance(n[1], int) else 0 for n in tree.nodes]
    return Tests(
        variables,
        np.array(place, dtype=np.int64)[variables],
        np.array(masks, dtype=np.int64),
        limits,
        children,
    )


def _leaves(tree: BoundTree, parts: Parts) -> tuple[Ints, Bools, int]:
    """The leaf that all points of a cell reach, and whether there is one; and tests passed."""
    tests, passed = _tests(tree), 0
    node = np.zeros(len(parts), dtype=np.int64)
    whole = np.ones(len(parts), dtype=bool)
    active = np.arange(len(parts))
    while (active := active[tests.variables[node[active]] >= 0]).size:
        passed += len(active)
        at = node[active]
        place, limit = tests.places[at], tests.limits[at]
        left, right = np.empty(len(at), dtype=bool), np.empty(len(at), dtype=bool)
        ranges = limit >= 0
        own = parts.ends[active[ranges], :, place[ranges]]
        left[ranges], right[ranges] = own[:, 0] < limit[ranges], own[:, 1] >= limit[ranges]
        mask, inside = parts.masks[active[~ranges], place[~ranges]], tests.masks[at[~ranges]]
        left[~ranges], right[~ranges] = (mask & inside) != 0, (mask & ~inside) != 0
        node[active] = np.where(left, tests.children[at, 0], tests.children[at, 1])
        whole[active] = ~(left & right)
        active = active[~(left & right)]
    return node, whole, passed


def _sizes(parts: Parts) -> tuple[Ints, Bools]:
    """The number of points of each cell, where it is countable, and whether it is."""
    counts = np.concatenate(
        [np.bitwise_count(parts.masks).astype(np.int64), parts.ends[:, 1] - parts.ends[:, 0] + 1],
        axis=1,
    )
    bits: Ints = np.frexp(counts - 1)[1].sum(axis=1)  # 2^bits of each are at least as many
    countable = bits <= EXACT
    size = np.where(countable[:, None], counts, 0).prod(axis=1)
    return size, countable


def _total(size: Ints) -> int:
    """The exact sum of fewer than 2^30 numbers below 2^62."""
    low = int((size & ((1 << HALF) - 1)).sum())
    return (int((size >> HALF).sum()) << HALF) + low
