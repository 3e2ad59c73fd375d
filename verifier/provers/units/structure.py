"""Forests of proofs in pre-order: whether they are well formed, and where right halves begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.model.errors import LeafproofError
from verifier.provers.ledger import SIZE
from verifier.provers.ordered import FIRST, OPEN
from verifier.provers.units.unit import Fragment, Ints, Unit

Places = npt.NDArray[np.int32]


class Forest(NamedTuple):
    """Where the trees of a forest begin (``roots``), and of each split its right half, else -1."""

    roots: Places
    rights: Places


def follow(codes: Ints, roots: Places, rights: Places, stack: Places) -> int:
    """Enter where trees begin, and right halves (-1 before); returns how many trees there are.

    ``codes`` are not negative for splits. All arrays have room for as many nodes. Returns -1 where
    the forest ends within a tree.
    """
    top = trees = 0
    for i in range(len(codes)):
        if top == 0:
            roots[trees] = i
            trees += 1
        if codes[i] >= 0:
            stack[top] = i
            top += 1
            continue
        while top > 0:
            if rights[stack[top - 1]] < 0:
                rights[stack[top - 1]] = i + 1
                break
            top -= 1
    return trees if top == 0 else -1


Follow = Callable[[Ints, Places, Places, Places], int]
"""``follow``, compiled or not."""


def forest(codes: Ints, follow: Follow = follow) -> Forest:
    """The forest whose nodes these are; raises LeafproofError where it ends within a tree."""
    roots, stack = np.empty((2, len(codes)), dtype=np.int32)
    rights = np.full(len(codes), -1, dtype=np.int32)
    trees = follow(codes, roots, rights, stack)
    if trees < 1:
        raise LeafproofError("a fragment of a proof ends too early")
    return Forest(roots[:trees].copy(), rights)


def check_fragment(
    unit: Unit, fragment: Fragment, variables: int, follow: Follow = follow
) -> Forest:
    """The forest of a fragment; LeafproofError unless it is a well-formed answer to a unit.

    What its steps say is not looked at: the kernel does that, in the certificate.
    """
    codes, lefts = fragment.codes, fragment.lefts
    if len(codes) > SIZE:
        raise LeafproofError("a fragment of a proof has more nodes than a unit makes")
    found = forest(codes, follow)
    if len(codes) != len(lefts) or len(found.roots) != len(unit.cells):
        raise LeafproofError("a fragment of a proof has not as many trees as its unit has cells")
    if codes.max() >= variables or codes.min() < FIRST - len(fragment.steps) + 1:
        raise LeafproofError("a fragment of a proof has a node of no known kind")
    if lefts.min() < -len(fragment.large):
        raise LeafproofError("a fragment of a proof has a split that is not said")
    places = [at for some in fragment.places for at in some]
    whole = all(0 <= at < len(codes) and codes[at] == OPEN for at in places)
    fits = [len(some) for some in fragment.places] == [len(x.cells) for x in fragment.left]
    fits = fits and len(fragment.shares) == len(fragment.left)
    if not whole or not fits or len(set(places)) != len(places):
        raise LeafproofError("a fragment of a proof leaves units that it has no open cells for")
    return found
