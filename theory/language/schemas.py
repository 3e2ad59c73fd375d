"""What a theorem claims, as one typed object from which everything else follows.

A schema says what kind of statement a theorem makes (so many samples suffice; this quantity is at
most that) and of what. The formal claim, the bound that is evaluated, its rounding and when it
says nothing are computed from it here, the sentence and the meaning of the value in `wording`:
nothing of these can be written beside it, so none can say anything else.

`also` are further claims that the derivation proves along; `useless` is a condition on the
parameters under which the bound, though true, is worth nothing (a count above the number of all
functions). `monotone` tells for each parameter whether the value rises ("up") or falls ("down")
with it; `checking.monotone` proves it from the expression alone, or with the steps and assumptions
that `trend_facts` names, or by the theorem about one more unit of an integer parameter that
`trend_proofs` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import sympy as sp

from theory.language.closed import closed
from theory.language.glossary import is_count, least, most
from theory.language.terms import conj, eq, ge, implies, le, lt

if TYPE_CHECKING:
    from theory.language.statement import Theorem

Rounding = Literal["up", "down"]
Side = Literal["above", "below"]
Ranges = Mapping[Any, tuple[Any, Any]]
"""The least and the greatest value of symbols, None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """What all kinds have in common; see the module's first lines."""

    also: tuple[Any, ...] = ()
    useless: Any = sp.false
    monotone: Mapping[str, Rounding] = field(default_factory=dict)
    trend_facts: tuple[str, ...] = ()
    trend_proofs: Mapping[str, Theorem] = field(default_factory=dict)

    value_field: ClassVar[str] = "bound"
    """The field that holds what is evaluated."""

    def __post_init__(self) -> None:
        """Nobody changes the mappings afterwards, neither here nor where they came from."""
        for name in ("monotone", "trend_proofs"):
            object.__setattr__(self, name, closed(getattr(self, name)))

    @property
    def expression(self) -> Any:
        """The bound, a SymPy expression in the theorem's parameters."""
        return getattr(self, self.value_field)

    @property
    def parts(self) -> tuple[Any, ...]:
        """The formal claims that the schema itself makes."""
        raise NotImplementedError

    @property
    def rounding(self) -> Rounding | None:
        """The rounding that keeps the claim true for a whole number, None for other values."""
        return None

    @property
    def claim(self) -> Any:
        """The formal claim of the theorem."""
        claims = (*self.parts, *self.also)
        return claims[0] if len(claims) == 1 else conj(*claims)

    @property
    def linked(self) -> bool:
        """Whether the claim speaks of the bound."""
        return any(part.has(self.expression) for part in self.parts)

    def trivial(self, ranges: Ranges) -> Any:
        """When the claim holds whatever the setting: the bound is beyond all possible values."""
        return sp.false

    def vacuous(self, ranges: Ranges) -> Any:
        """When the bound says nothing: it is trivial or of no use."""
        parts = [c for c in (self.trivial(ranges), self.useless) if c != sp.false]
        return sp.Or(*parts, evaluate=False) if len(parts) > 1 else (parts or [sp.false])[0]


@dataclass(frozen=True)
class SampleSize(Schema):
    """With `n` >= `size`, and `given`, `then` holds; with fewer, `otherwise` (if stated)."""

    n: Any
    size: Any
    then: Any
    given: tuple[Any, ...] = ()
    otherwise: Any = None

    value_field = "size"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claims."""
        enough = implies(ge(self.n, self.size), *self.given, self.then)
        if self.otherwise is None:
            return (enough,)
        return (enough, implies(lt(self.n, self.size), self.otherwise))

    @property
    def rounding(self) -> Rounding | None:
        """The least integer above is the least number that suffices."""
        return "up" if is_count(self.n) else None


@dataclass(frozen=True)
class TooFew(Schema):
    """With `n` <= `size` (`strict`: fewer), and `given`, `then` holds."""

    n: Any
    size: Any
    then: Any
    given: tuple[Any, ...] = ()
    strict: bool = False

    value_field = "size"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        few = (lt if self.strict else le)(self.n, self.size)
        return (implies(few, *self.given, self.then),)

    @property
    def rounding(self) -> Rounding | None:
        """n <= size up to the greatest integer below, n < size below the least one above."""
        return ("up" if self.strict else "down") if is_count(self.n) else None


@dataclass(frozen=True)
class ErrorLevel(Schema):
    """If `error` >= `level`, and `given`, then `then`."""

    error: Any
    level: Any
    then: Any
    given: tuple[Any, ...] = ()

    value_field = "level"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (implies(ge(self.error, self.level), *self.given, self.then),)

    def trivial(self, ranges: Ranges) -> Any:
        """Beyond all errors."""
        return beyond(self.error, self.level, "above", ranges)


@dataclass(frozen=True)
class UpperBound(Schema):
    """Under `given`, `quantity` <= `bound` (`strict`: <)."""

    quantity: Any
    bound: Any
    given: tuple[Any, ...] = ()
    strict: bool = False

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (implies(*self.given, (lt if self.strict else le)(self.quantity, self.bound)),)

    @property
    def rounding(self) -> Rounding | None:
        """A number is at most the greatest integer below its bound."""
        return "down" if is_count(self.quantity) else None

    def trivial(self, ranges: Ranges) -> Any:
        """Not below the greatest possible value."""
        return beyond(self.quantity, self.bound, "above", ranges)


@dataclass(frozen=True)
class LowerBound(Schema):
    """Under `given`, `quantity` >= `bound`."""

    quantity: Any
    bound: Any
    given: tuple[Any, ...] = ()

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (implies(*self.given, ge(self.quantity, self.bound)),)

    @property
    def rounding(self) -> Rounding | None:
        """A number is at least the least integer above its bound."""
        return "up" if is_count(self.quantity) else None

    def trivial(self, ranges: Ranges) -> Any:
        """Not above the least possible value."""
        return beyond(self.quantity, self.bound, "below", ranges)


@dataclass(frozen=True)
class Exactly(Schema):
    """`quantity` = `value`, or `quantity` = `of` * `value`."""

    quantity: Any
    value: Any
    of: Any = None

    value_field = "value"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        value = self.value if self.of is None else self.of * self.value
        return (eq(self.quantity, value),)


@dataclass(frozen=True)
class Count(Exactly):
    """The number `quantity` is `value`: an integer."""

    @property
    def rounding(self) -> Rounding | None:
        """An integer, which both roundings give."""
        return "up"


@dataclass(frozen=True)
class Interval(Schema):
    """Under `given`, `lower` <= `quantity` <= `upper`; the end `shown` is the theorem's value."""

    quantity: Any
    lower: Any
    upper: Any
    shown: Literal["lower", "upper"]
    given: tuple[Any, ...] = ()

    @property
    def expression(self) -> Any:
        """The end that is shown."""
        return self.lower if self.shown == "lower" else self.upper

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claims."""
        if self.given:
            both = conj(ge(self.quantity, self.lower), le(self.quantity, self.upper))
            return (implies(*self.given, both),)
        return (ge(self.quantity, self.lower), le(self.quantity, self.upper))

    @property
    def rounding(self) -> Rounding | None:
        """As for a bound from that side."""
        if not is_count(self.quantity):
            return None
        return "up" if self.shown == "lower" else "down"

    def trivial(self, ranges: Ranges) -> Any:
        """Both ends beyond the possible values."""
        ends = (
            beyond(self.quantity, self.lower, "below", ranges),
            beyond(self.quantity, self.upper, "above", ranges),
        )
        return sp.false if sp.false in ends else sp.And(*ends, evaluate=False)


@dataclass(frozen=True)
class Slack(Schema):
    """`form` falls below `base` by at most `slack` (`side` "above": exceeds it by at most that)."""

    form: Any
    base: Any
    slack: Any
    side: Side = "below"

    value_field = "slack"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        if self.side == "below":
            return (ge(self.form, self.base - self.slack),)
        return (le(self.form, self.base + self.slack),)


@dataclass(frozen=True)
class Gap(Schema):
    """`quantity` is 0 or at least `bound`."""

    quantity: Any
    bound: Any

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (sp.Or(eq(self.quantity, 0), ge(self.quantity, self.bound)),)

    def trivial(self, ranges: Ranges) -> Any:
        """Not above 0."""
        return beyond(self.quantity, self.bound, "below", ranges)


@dataclass(frozen=True)
class Threshold(Schema):
    """`condition` holds exactly from `n` = `level` on."""

    condition: Any
    n: Any
    level: Any

    value_field = "level"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (sp.Equivalent(self.condition, ge(self.n, self.level)),)

    @property
    def rounding(self) -> Rounding | None:
        """The first integer from there on."""
        return "up" if is_count(self.n) else None

    def trivial(self, ranges: Ranges) -> Any:
        """From the start."""
        return sp.Le(self.level, 0, evaluate=False)


def beyond(quantity: Any, bound: Any, side: Side, ranges: Ranges) -> Any:
    """The condition that a bound is not inside the possible values of the quantity."""
    end = most(quantity, ranges) if side == "above" else least(quantity, ranges)
    if end is None:
        return sp.false
    if side == "below":
        return sp.Le(bound, end, evaluate=False)
    # the same conditions in a form that no precision is too small for
    if hasattr(bound, "reaches_one") and end == 1:
        return bound.reaches_one()
    if isinstance(bound, sp.exp) and end == 1:
        return sp.Ge(bound.args[0], 0, evaluate=False)
    if isinstance(bound, sp.Add) and end == 1 and 1 in bound.args:
        return sp.Le(1 - bound, 0, evaluate=False)
    return sp.Ge(bound, end, evaluate=False)
