"""What is said of several networks in cells, while one follows the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from verifier.model.proof import (
    About,
    Constant,
    Enumerated,
    Open,
    Proof,
    Sandwich,
    Several,
    Split,
    Step,
    Trusted,
)
from verifier.provers.overlaying import Classes, Overlay
from verifier.provers.putting_back import pass_over

UNASKED, SHOWN = Trusted(0, "unasked"), "shown"
"""In place of steps that a search keeps as they are: for cells that it is not asked about, and, by
this solver, where the kernel has accepted a class."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is said of networks in cells while one follows the other: Several, in the order in
    which they were found, Open where the leader's class is not known, or Enumerated."""

    overlay: Overlay
    memo: dict[tuple[About, ...], bool] = field(default_factory=dict)

    def of(self, leader: int, step: Split | Step) -> Split | Step:
        """What the leader's search says."""
        if isinstance(step, Split | Enumerated):
            return step
        klass = class_of(step)
        return Open() if klass is None else Several((Constant(klass, leader),))

    def asked(self, step: Split | Step) -> Split | Step:
        """Of a follower: whether it has the last one's class, where that matters; else nothing."""
        if isinstance(step, Split | Enumerated):
            return step
        last = None if self._is_decided(step) else _last(step)
        return UNASKED if last is None else Constant(last)

    def both(self, follower: int, one: Step, other: Step) -> Step:
        """What is said of a cell where a follower's search says something of it."""
        if isinstance(one, Enumerated) or isinstance(other, Enumerated):
            return Enumerated()
        klass = class_of(other)
        if isinstance(one, Several) and isinstance(other, Sandwich):
            strips = tuple(replace(strip, model=follower) for strip in other.strips)
            return replace(other, strips=strips, beside=_constants(one))
        if klass is None or not isinstance(one, Several):
            return one
        return Several((*one.steps, Constant(klass, follower)))

    def left(self, one: Step, other: Step) -> Step:
        """The follower's step ``other``, Open only where its class is still asked for."""
        is_left = isinstance(self.asked(one), Constant) or not isinstance(other, Open)
        return other if is_left else UNASKED

    def told(self, step: Split | Step) -> Split | Step:
        """What stands in the proof: nothing where some network's class was asked for in vain."""
        if not isinstance(step, Several):
            return step
        every = len(step.steps) == len(self.overlay.matter.networks)
        if not every and not self._is_decided(step):
            return Open()
        found = tuple(sorted(step.steps, key=lambda own: own.model))
        return found[0] if len(found) == 1 else Several(found)

    def _is_decided(self, step: Step) -> bool:
        """Whether the question is, whatever the trees say: these the kernel lays over the cell."""
        if not isinstance(step, Several):
            return False
        if step.steps not in self.memo:
            self.memo[step.steps] = all(map(self._decides, self._classes(step)))
        return self.memo[step.steps]

    def _decides(self, classes: Classes) -> bool:
        return self.overlay.decides(classes)[0] is not None

    def _classes(self, step: Several) -> Iterator[Classes]:
        """What the classes of all models may be where some networks have these."""
        held: list[Sequence[int | None]] = [(None,)] * len(self.overlay.matter.models)
        for own in step.steps:
            assert isinstance(own, Constant)
            held[own.model] = (own.klass,)
        for model in self.overlay.models:
            held[model] = range(self.overlay.matter.models[model].classes)
        return product(*held)


def _constants(step: Several) -> tuple[Constant, ...]:
    return tuple(x for x in step.steps if isinstance(x, Constant))


def _last(step: Step) -> int | None:
    """The class that was found last."""
    if not isinstance(step, Several):
        return None
    last = step.steps[-1]
    return last.klass if isinstance(last, Constant) else None


def class_of(step: Step) -> int | None:
    """The class that a search found, confirmed or not."""
    return step.klass if isinstance(step, Constant | Trusted) and step != UNASKED else None


def overlaid(one: Proof, other: Proof, said: Callable[[Step, Step], Step]) -> Proof:
    """Two proofs over the same domain as one: in each cell what is ``said`` of both their Steps.

    Where both split a cell they split it alike. A cell that one enumerates is not split.
    """
    out: list[Split | Step] = []
    first, second = iter(one), iter(other)
    stack: list[tuple[Step | None, Step | None]] = [(None, None)]
    while stack:
        a, b = stack.pop()
        x, y = a or next(first), b or next(second)
        if isinstance(x, Split) and isinstance(y, Enumerated):
            pass_over(first)
            out.append(y)
        elif isinstance(y, Split) and isinstance(x, Enumerated):
            pass_over(second)
            out.append(x)
        elif isinstance(x, Split) and isinstance(y, Split):
            assert x == y, "proofs that were gone on from each other split alike"
            out.append(x)
            stack += [(None, None), (None, None)]
        elif isinstance(x, Split):
            out.append(x)
            stack += [(None, y), (None, y)]  # type: ignore[list-item]
        elif isinstance(y, Split):
            out.append(y)
            stack += [(x, None), (x, None)]
        else:
            out.append(said(x, y))
    return tuple(out)
