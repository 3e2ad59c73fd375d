"""What a prover is asked for, beside the problem itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.model.proof import Proof
from verifier.provers.progress import Report

if TYPE_CHECKING:
    from verifier.provers.remainder import Remainder

HOPE = 0.25
"""What is not through once the kernel's check needs the rest of the time, about a third of it, will
not be: a search that is judged goes on until then, unless that is out of the question."""

HOPELESS, FIRST, LOOKED, SOONEST = 0.01, 3.0, 0.15, 0.07
"""Where what is open is sampled a search ends that will have closed less of the probability than
this, and is far from its end: after so many seconds, or so large a share of its time if that is
sooner; but not before the last share is over."""
LITTLE = 0.05
"""And where a search that had its share of the time, as another goes on from what it leaves, has
closed less than this by then: the sample has what is left once that other one has no more."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """When a search ends, what it goes on from, whom it tells: the same for every prover.

    At ``deadline`` (on the clock of `timing.now`), or at Ctrl-C, a search stops; cells that are
    not closed by then are Open. It stops so early that the kernel's check is expected to end at
    ``check_by``, and at the first (exactly evaluated) counterexample with ``stop_at_difference``.
    That estimate is ``learned`` times what cells drawn from the proof take: what an earlier check
    took, in units of what had been expected of it. At ``judged`` a search ends that will have
    closed less of the probability than ``hope`` in its time, if it goes on as it has. (That tells
    little: the most probable cells, which come first, may be the hardest of all; and later ones
    hold less: with ``hope`` 1, which is for all of it, that is looked at again and again, and what
    is closed is taken to grow as the square root of time.) Until ``least`` a
    search goes on even if the kernel will not come to check all that it finds.
    Where what it leaves open is ``sampled`` in the time that it leaves, it also has to be far from
    its end to be ended, and a search for sandwiches ends that tells of next to nothing soon; and
    the proof of one has no more of the time than leaves enough for a narrow sample.
    ``progress`` is told how far it is, and ``interrupted`` is called if Ctrl-C came.

    ``resume`` is a proof whose Open cells are to be closed; its other Steps are kept.

    For branch and questions: ``refused`` numbers (from 1, in the order of the steps of ``resume``)
    those Open cells that the kernel does not accept as Constant: they are split. With ``brief`` a
    search that Ctrl-C ended keeps only its largest cells, about as many as the kernel checks in
    half a second.

    For branch alone: with ``confirm`` the kernel checks every cell before it is closed, and what it
    refuses is split further; without, cells are closed by the search's own bounds, which the kernel
    may still refuse. With ``depth_first`` cells are taken in order even once a counterexample is
    known (not boxes of real numbers). With ``anytime`` they are taken by their probability until
    ``least``, and of the closed ones those are handed over that close most for the time that the
    kernel has; where that time is ``shared``, as others say something of what is open, no more than
    are worth it. A while after it seems that it will not close every cell such a search asks, with
    what it has closed of the probability, whether it is to end, as others had better have all of
    the time ``instead``. With ``signed`` (and without ``confirm``) steps may be Signed.

    For searches by units: those that follow more than ``deepest`` others are left open. (They go on
    until ``least``, as what is kept in a journal is for another time.)
    """

    deadline: float | None = None
    check_by: float | None = None
    learned: float = 1.0
    judged: float | None = None
    hope: float = HOPE
    least: float | None = None
    sampled: Remainder | None = None
    stop_at_difference: bool = False
    progress: Report | None = None
    interrupted: Callable[[], None] | None = None
    resume: Proof | None = None
    refused: frozenset[int] = frozenset()
    confirm: bool = True
    brief: bool = False
    depth_first: bool = False
    anytime: bool = False
    shared: bool = False
    instead: Callable[[float], bool] | None = None
    signed: bool = False
    deepest: int | None = None


UNLIMITED = Options()
"""Search until everything is proved."""
