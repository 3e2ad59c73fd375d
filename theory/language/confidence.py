"""Schemas of bounds that hold with a probability, or as long as something is small enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.language.glossary import is_count
from theory.language.schemas import Ranges, Rounding, Schema, Side, beyond
from theory.language.terms import Pr, Some, eq, ge, gt, implies, le, lt


@dataclass(frozen=True)
class Confidence(Schema):
    """With probability at least 1 - `confidence` the `quantity` is not beyond its bound.

    It is beyond `at`, a random bound (by default `bound` itself), above or below; `closed`: or at
    it. With `member`, this holds for all members that satisfy `condition` at once. `reading` is
    (what is observed, the parameters' value of it): with that value `at` is `bound`, or what the
    event rules out gives `bound`, which is then part of the claim. `failure` replaces the event
    "beyond `at`" where the quantity is not what deviates; `strict`: within the bound means <.
    `further` are more observations, beside the first.
    """

    quantity: Any
    bound: Any
    confidence: Any
    side: Side = "above"
    at: Any = None
    reading: tuple[Any, Any] | None = None
    further: tuple[tuple[Any, Any], ...] = ()
    member: Any = None
    condition: Any = sp.true
    given: tuple[Any, ...] = ()
    failure: Any = None
    closed: bool = False

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claims."""
        level = self.bound if self.at is None else self.at
        event = self._beyond(level) if self.failure is None else self.failure
        if self.member is not None:
            event = Some(self.member, self.condition, event)
        main = implies(*self.given, le(Pr(event), self.confidence))
        return (main,) if self.read_off else (main, self._link(event))

    @property
    def linked(self) -> bool:
        """Whether the claim speaks of the bound, or of what the reading makes it."""
        return self.read_off or any(part.has(self.bound) for part in self.parts)

    @property
    def read_off(self) -> bool:
        """Whether putting the reading into the random bound gives the bound."""
        level = self.bound if self.at is None else self.at
        if self.failure is not None:
            return False
        if self.reading is None:
            return bool(level == self.bound)
        seen = [self.reading, *self.further]
        # what is observed of every entry of a list stands under a sum, where subs changes nothing
        return bool(level.subs(seen) == self.bound or level.xreplace(dict(seen)) == self.bound)

    @property
    def rounding(self) -> Rounding | None:
        """A number is within the greatest integer below its bound, the least one above."""
        if not is_count(self.quantity):
            return None
        return "down" if self.side == "above" else "up"

    def _beyond(self, level: Any) -> Any:
        pairs = {"above": (ge, gt), "below": (le, lt)}
        return pairs[self.side][0 if self.closed else 1](self.quantity, level)

    def _link(self, event: Any) -> Any:
        """What the reading and the absence of the event give."""
        within = {"above": (lt, le), "below": (gt, ge)}[self.side][0 if self.closed else 1]
        seen = () if self.reading is None else (self.reading, *self.further)
        held = tuple(eq(*pair) for pair in seen)
        return implies(*held, sp.Not(event), within(self.quantity, self.bound))

    def trivial(self, ranges: Ranges) -> Any:
        """Beyond the possible values."""
        return beyond(self.quantity, self.bound, self.side, ranges)


@dataclass(frozen=True)
class UpTo(Schema):
    """With `quantity` <= `bound`, and `given`, `then` holds."""

    quantity: Any
    bound: Any
    then: Any
    given: tuple[Any, ...] = ()

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (implies(le(self.quantity, self.bound), *self.given, self.then),)

    @property
    def rounding(self) -> Rounding | None:
        """A number is at most the greatest integer below its bound."""
        return "down" if is_count(self.quantity) else None

    def trivial(self, ranges: Ranges) -> Any:
        """Below the least possible value."""
        return beyond(self.quantity, self.bound, "below", ranges)
