"""What the Steps of one cell say, and what follows if some solvers are right. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from verifier.kernel.solvers import is_trusted
from verifier.model.verdict import Status

Classes = tuple[int | None, ...]
"""The class of every model, None where it is not known; see also ``Asked.truth``."""
Solvers = tuple[str, ...]
"""The names of solvers that must be right."""
Pairs = tuple[tuple[int, int], ...]
"""Models with their classes."""


@dataclass(frozen=True, slots=True)
class Word:
    """A solver's word: the network ``model`` has class ``klass`` in the cell."""

    model: int
    klass: int
    solver: str


@dataclass(frozen=True, slots=True)
class Known:
    """The models' classes in a cell: ``views`` are of what is proved, then with solvers' words.

    Each view says more than those before, and names the solvers that must be right for it.
    ``steady`` are the proved classes of the networks that are shown for float32 in the cell.
    """

    views: tuple[tuple[Status, Solvers, Classes], ...]
    steady: Classes


@lru_cache(maxsize=1 << 10)
def known(
    count: int, proved: Pairs, steady: Pairs, words: tuple[Word, ...], trust: frozenset[str]
) -> Known:
    """What is known of ``count`` models, with the words of the solvers trusted, and of all."""
    base = _with([None] * count, proved)
    views: list[tuple[Status, Solvers, Classes]] = [(Status.PROVED, (), base)]
    trusted = tuple(w for w in words if is_trusted(w.solver, trust))
    for held in (trusted, words):
        solvers = tuple(sorted({w.solver for w in held}))
        classes = _with(base, tuple((w.model, w.klass) for w in held))
        if classes != views[-1][2]:
            views.append((Status.TRUSTED, solvers, classes))
    return Known(tuple(views), _with([None] * count, steady))


def _with(classes: Sequence[int | None], pairs: Pairs) -> Classes:
    held = list(classes)
    for model, klass in pairs:
        held[model] = klass
    return tuple(held)
