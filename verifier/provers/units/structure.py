"""Forests of proofs in pre-order: whether they are well formed, and where right halves begin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verifier.model.errors import LeafproofError
from verifier.provers.ordered import FIRST, OPEN
from verifier.provers.units.unit import Fragment, Ints, Unit


def roots(codes: Ints) -> npt.NDArray[np.int64]:
    """Where the trees of a forest begin; raises LeafproofError where it ends within one."""
    height = _heights(codes)
    peaks = np.maximum.accumulate(height) if len(height) else height
    ends = np.flatnonzero((height == peaks) & (height > 0) & (np.diff(peaks, prepend=0) > 0))
    if not len(ends) or ends[-1] != len(codes) - 1:
        raise LeafproofError("a fragment of a proof ends too early")
    return np.concatenate([[0], ends[:-1] + 1])


def rights(codes: Ints) -> npt.NDArray[np.int64]:
    """Of each split the node at which its right half begins; -1 of other nodes.

    Node j ends what begins at node i if it is the first with one leaf more than splits from i on.
    """
    height, count = _heights(codes), len(codes)
    found = np.full(count, -1, dtype=np.int64)
    at = np.flatnonzero(codes >= 0)
    if not len(at):
        return found
    keys = (height - height.min()) * count + np.arange(count)
    order = np.argsort(keys, kind="stable")
    wanted = (height[at] + 1 - height.min()) * count + at
    found[at] = order[np.searchsorted(keys[order], wanted)] + 1
    return found


def _heights(codes: Ints) -> npt.NDArray[np.int64]:
    """Leaves less splits, up to each node."""
    return np.cumsum(np.where(codes >= 0, -1, 1))


def check_fragment(unit: Unit, fragment: Fragment, variables: int) -> None:
    """Raise LeafproofError unless a fragment is a well-formed answer to a unit.

    What its steps say is not looked at: the kernel does that, in the certificate.
    """
    codes, lefts = fragment.codes, fragment.lefts
    if len(codes) != len(lefts) or len(roots(codes)) != len(unit.cells):
        raise LeafproofError("a fragment of a proof has not as many trees as its unit has cells")
    if codes.max() >= variables or codes.min() < FIRST - len(fragment.steps) + 1:
        raise LeafproofError("a fragment of a proof has a node of no known kind")
    if lefts.min() < -len(fragment.large):
        raise LeafproofError("a fragment of a proof has a split that is not said")
    places = [at for some in fragment.places for at in some]
    whole = all(0 <= at < len(codes) and codes[at] == OPEN for at in places)
    fits = [len(some) for some in fragment.places] == [len(x.cells) for x in fragment.left]
    if not whole or not fits or len(set(places)) != len(places):
        raise LeafproofError("a fragment of a proof leaves units that it has no open cells for")
