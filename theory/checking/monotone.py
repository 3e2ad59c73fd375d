"""Is a bound monotone in a parameter? A calculus of trends, with signs proved by Z3.

A term is decomposed: a sum of rising terms rises, a product of nonnegative rising terms rises,
exp, log, sqrt, max, min and rounding keep the trend, b^e rises with e for b >= 1, and so on. What
a rule needs to know (a sign, a base >= 1) is proved by Z3 for the whole range of the parameters.
Where the calculus finds no trend, the sign of the derivative is tried, piece by piece where minima
and maxima cut the bound off (`pieces`). Integers are treated as
reals. The answer is proved or unknown, never a guess; what needs a trend that is cited, not derived
(`CITED`), says so: `trend_basis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from theory.checking import smt
from theory.checking.cited_trends import CITED, SOURCES, Trend
from theory.checking.derivation import DerivationReport, check
from theory.checking.entries import opened
from theory.checking.known_facts import facts_of
from theory.checking.pieces import moves
from theory.checking.stated_trends import by_theorem
from theory.checking.steps import ranges
from theory.checking.straight import ORDERS, is_smooth, is_straight
from theory.language.definedness import conditions, fresh
from theory.language.errors import DerivationError
from theory.language.signs import is_integral, is_nonnegative, is_nonpositive
from theory.language.sorts import declarations, free_of, free_variables, is_number, sort_of
from theory.language.statement import Theorem
from theory.language.substitution import substitute
from theory.language.symbols import Parameter
from theory.language.terms import ge, gt, implies, le

TIMEOUT_MS = 4_000
FLIP: dict[str, Trend] = {"up": "down", "down": "up", "constant": "constant"}


@dataclass(frozen=True)
class Basis:
    """What a claimed trend rests on: `cited` are facts that are not derived here (none: proved)."""

    cited: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """How the trend is marked wherever it is shown: "proved" or "cited"."""
        return "cited" if self.cited else "proved"


def trend_basis(
    theorem: Theorem, name: str, done: dict[str, DerivationReport] | None = None
) -> Basis | None:
    """What the claimed trend of a theorem's bound in a parameter rests on; None: nothing found.

    `done`: as `derivation.check` has it.
    """
    if not _is_formal(theorem):
        return None
    if proves_monotone(theorem, name, done):
        return Basis()
    parameter, trend = theorem.parameter(name), theorem.result.monotone.get(name)
    cited = tuple(text for kind, text in SOURCES.items() if theorem.bound.has(kind))
    if not cited or parameter is None or trend is None or name in theorem.result.trend_proofs:
        return None
    x, bound, hypotheses = _about(theorem, parameter)
    calculus = Calculus(x, hypotheses, cited=True)
    return Basis(cited) if calculus.trend(bound) in (trend, "constant") else None


def proves_monotone(
    theorem: Theorem, name: str, done: dict[str, DerivationReport] | None = None
) -> bool:
    """Say whether the claimed trend of a theorem's bound in a parameter is proved.

    Of a list: in each of its entries. False means only that these methods did not succeed.
    """
    parameter, trend = theorem.parameter(name), theorem.result.monotone.get(name)
    if parameter is None or trend is None or not _is_formal(theorem):
        return False
    if name in theorem.result.trend_proofs:
        proof = theorem.result.trend_proofs[name]
        return by_theorem(theorem, parameter, trend, proof) and check(proof, done).accepted
    facts = _trend_facts(theorem, done)
    x, bound, hypotheses = _about(theorem, parameter, facts)
    general = [
        (p.symbol, tuple(f for f in ranges(theorem) if f.has(p.symbol)), fact)
        for p in theorem.schematic
        for fact in facts
        if fact.has(p.symbol)
    ]
    found = Calculus(x, hypotheses, general=general).trend(bound)
    if found is not None:
        return found in (trend, "constant")
    if parameter.kind == "integer" and _by_ratio(bound, x, trend, hypotheses):
        return True
    up = trend == "up"
    return _by_derivative(bound, x, up, hypotheses) or _by_pieces(bound, x, up, hypotheses)


def _is_formal(theorem: Theorem) -> bool:
    """Whether the bound is a term of the formal language: of others nothing here is right."""
    try:
        return is_number(sort_of(theorem.bound, declarations(theorem)))
    except DerivationError:
        return False


def _about(
    theorem: Theorem, parameter: Parameter, told: Sequence[Any] = ()
) -> tuple[Any, Any, list[Any]]:
    """What changes, the bound in it, and what is known; of a list one of its entries changes."""
    known = [*ranges(theorem), *told]
    if not parameter.is_list:
        return parameter.symbol, theorem.bound, known

    def nonnegative(term: Any, facts: list[Any]) -> bool:
        return Calculus(parameter.symbol, [*known, *facts]).nonnegative(term)

    found = opened(theorem, parameter, nonnegative, told)
    if found is None:
        return parameter.symbol, theorem.bound, known
    return found.x, found.bound, [*known, *found.facts]


def _trend_facts(theorem: Theorem, done: dict[str, DerivationReport] | None) -> list[Any]:
    """The claims that the theorem names for this purpose; they hold if its derivation does."""
    labels = theorem.result.trend_facts
    if not labels or not check(theorem, done).accepted:
        return []
    claims = {a.label: a.formal for a in theorem.assumptions} | {
        s.label: s.claim for s in theorem.steps
    }
    return [claims[label] for label in labels]


General: TypeAlias = tuple[Any, tuple[Any, ...], Any]
"""A symbol, its range, and a claim that holds for all values of it there."""


class Calculus:
    """Trends of terms in x under hypotheses; `cited`: also those that are not derived here.

    `general`: what holds for all values of a symbol, so also for the index of a sum.
    """

    def __init__(
        self,
        x: Any,
        hypotheses: Sequence[Any],
        cited: bool = False,
        general: Sequence[General] = (),
    ) -> None:
        self.x = x
        self.hypotheses = hypotheses
        self.cited = cited
        self.general = general

    def holds(self, claim: Any) -> bool:
        """Whether Z3 derives a claim from the hypotheses and what is known of its powers."""
        if claim in (sp.true, sp.false):
            return bool(claim)
        known = [*self.hypotheses, *facts_of(sp.And(claim, *self.hypotheses, evaluate=False))]
        return smt.proves(known, claim, timeout_ms=TIMEOUT_MS)

    def along(self) -> Calculus:
        """The same of all x between two that the hypotheses allow: what slopes are asked of.

        Of hypotheses that speak of x those count that hold between two x where they hold: an
        inequality whose sides differ by what is linear in x, or moves one way with it.
        """
        straight = [h for h in self.hypotheses if is_straight(h, self.x)]
        inner = Calculus(self.x, straight, self.cited, self.general)
        rest = [h for h in self.hypotheses if h not in straight and isinstance(h, ORDERS)]
        straight += [h for h in rest if inner.trend(h.lhs - h.rhs) is not None]
        return Calculus(self.x, straight, self.cited, self.general)

    def slopes(self, term: Any, slope: Any, up: bool) -> bool:
        """Whether the slope of a term has a sign wherever it has a value.

        The term has a value everywhere, so that it goes on in the same way past single places
        where the slope has none. Between integers it must have one too.
        """
        if self.x.is_integer:
            real = self._real()
            return self._between().slopes(term.xreplace(real), slope.xreplace(real), up)
        known = [*self.hypotheses, *facts_of(slope)]
        if not self.defined(term) or not all(
            self.holds(c) or self._at_single_places(c) for c in conditions(slope)
        ):
            return False
        known += conditions(slope)
        claim = ge(slope, 0) if up else le(slope, 0)
        return smt.proves(known, claim, timeout_ms=TIMEOUT_MS)

    def _real(self) -> dict[Any, Any]:
        """An integer as any number between those that it may be."""
        signs = {key: True for key in ("positive", "nonnegative") if getattr(self.x, f"is_{key}")}
        taken = free_of((self.x, *self.hypotheses))
        return {self.x: fresh(sp.Symbol(self.x.name, real=True, **signs), taken, "_between")}

    def _between(self) -> Calculus:
        """The same of the numbers between integers: what is known of x holds of them too."""
        real = self._real()
        held = [h.xreplace(real) for h in self.hypotheses]
        return Calculus(real[self.x], held, self.cited)

    def _at_single_places(self, condition: Any) -> bool:
        """Whether a condition that a number is > 0, or not 0, fails at single x only."""
        if not isinstance(condition, (sp.Gt, sp.Ne)) or condition.rhs != 0:
            return False
        if isinstance(condition, sp.Gt) and not self.holds(ge(condition.lhs, 0)):
            return False  # below 0 it is in whole stretches
        if not is_smooth(condition.lhs):
            return False
        moves = sp.diff(condition.lhs, self.x)
        return moves != 0 and self.holds(sp.Ne(moves, 0, evaluate=False))

    def nonnegative(self, term: Any) -> bool:
        """Whether a term is shown to be >= 0."""
        if is_nonnegative(term):
            return True
        if isinstance(term, (sp.Mul, sp.Add, sp.Min)) and all(map(self.nonnegative, term.args)):
            return True
        if isinstance(term, sp.Max) and any(map(self.nonnegative, term.args)):
            return True
        if isinstance(term, (sp.floor, sp.ceiling)) and self.nonnegative(term.args[0]):
            return True
        if isinstance(term, sp.binomial) and all(map(is_integral, term.args)):
            return self.nonnegative(term.args[0])
        if isinstance(term, sp.Pow) and self.nonnegative(term.base):
            return True
        return self.holds(ge(term, 0))

    def defined(self, term: Any) -> bool:
        """Whether a term is shown to have a value everywhere: no slope tells what a pole does."""
        return all(map(self.holds, conditions(term)))

    def nonpositive(self, term: Any) -> bool:
        """Whether a term is shown to be <= 0."""
        return is_nonpositive(term) or self.holds(le(term, 0))

    def trend(self, term: Any) -> Trend | None:
        """The trend of a term, or None if it is not known."""
        if not term.has(self.x):
            return "constant"
        if term == self.x:
            return "up"
        if isinstance(term, (sp.Add, sp.Max, sp.Min)):
            return _common([self.trend(a) for a in term.args])
        if isinstance(term, (sp.exp, sp.log, sp.floor, sp.ceiling)):
            return self.trend(term.args[0])
        if isinstance(term, sp.Mul):
            return self._product(term) or self._slope(term)
        if isinstance(term, sp.Pow):
            return self._power(term)
        if isinstance(term, sp.Sum):
            return self._sum(term)
        if isinstance(term, sp.binomial):
            # C(n, k) of integers rises in n >= 0
            n, k = term.args
            grows = is_integral(n) and is_integral(k) and not k.has(self.x) and self.nonnegative(n)
            return self.trend(n) if grows else None
        if self.cited and type(term) in CITED:
            pairs = zip(term.args, CITED[type(term)], strict=True)
            return _common([_through(self.trend(a), known) for a, known in pairs])
        return None

    def _product(self, term: Any) -> Trend | None:
        """Split into two factors; both signs and trends must fit."""
        whole = term.as_two_terms()
        fixed = [a for a in term.args if not a.has(self.x)]
        if fixed:
            whole = (sp.Mul(*fixed), sp.Mul(*[a for a in term.args if a.has(self.x)]))
        first, second = whole
        return _common([self._scaled(first, second), self._scaled(second, first)])

    def _slope(self, term: Any) -> Trend | None:
        """The sign of the derivative of a product whose factors have different trends."""
        moving = sp.Mul(*[a for a in term.args if a.has(self.x)])
        fixed = sp.Mul(*[a for a in term.args if not a.has(self.x)])
        if not is_smooth(moving):
            return None
        slope, inside = sp.diff(moving, self.x), self.along()
        for trend, up in (("up", True), ("down", False)):
            if inside.slopes(moving, slope, up):
                if self.nonnegative(fixed):
                    return "up" if up else "down"
                return FLIP[trend] if self.nonpositive(fixed) else None
        return None

    def _scaled(self, factor: Any, moving: Any) -> Trend | None:
        """The trend of factor * moving as `moving` changes and `factor` stays."""
        trend = self.trend(moving)
        if trend in (None, "constant"):
            return trend
        if self.nonnegative(factor):
            return trend
        return FLIP[str(trend)] if self.nonpositive(factor) else None

    def _power(self, term: Any) -> Trend | None:
        base, exponent = term.base, term.exp
        parts: list[Trend | None] = []
        if base.has(self.x):
            parts.append(self._base(base, exponent))
        if exponent.has(self.x):
            trend = self.trend(exponent)
            if (base.is_Number and base >= 1) or self.holds(ge(base, 1)):
                parts.append(trend)
            elif self._may_fall(base, exponent) and self.holds(le(base, 1)):
                parts.append(None if trend is None else FLIP[trend])
            else:
                return None
        return _common(parts)

    def _may_fall(self, base: Any, exponent: Any) -> bool:
        """Whether the power is one of a number > 0, or a whole one: 0^0 = 1 is above 0^1 = 0."""
        whole = is_integral(exponent) and self.nonnegative(exponent) and self.nonnegative(base)
        return whole or self.holds(gt(base, 0))

    def _base(self, base: Any, exponent: Any) -> Trend | None:
        """x^e for fixed e: rises for e >= 0 and x >= 0, falls for e <= 0 and x > 0."""
        trend = self.trend(base)
        if trend is None:
            return None
        if exponent.is_Integer and exponent > 0 and exponent % 2 == 0 and self.nonpositive(base):
            return FLIP[trend]
        odd = exponent.is_Integer and exponent > 0 and exponent % 2 == 1
        if not odd and not self.nonnegative(base):
            return FLIP[trend] if exponent == -1 and self.holds(sp.Lt(base, 0)) else None
        if self.nonnegative(exponent):
            return trend
        return FLIP[trend] if self.nonpositive(exponent) and self.holds(gt(base, 0)) else None

    def _sum(self, term: Any) -> Trend | None:
        """More nonnegative terms, and larger ones, give a larger sum."""
        if len(term.limits) != 1:
            return None
        named, first, last = term.limits[0]
        index, body, known = named, term.function, free_of((self.x, first, last, *self.hypotheses))
        if index in known:  # another of the same name is spoken of
            index = fresh(named, known | free_variables(body))
            body = substitute(body, {named: index})
        facts = [
            substitute(implies(*where, claim), {named: index})
            for symbol, where, claim in self.general
            if symbol == named
        ]
        inside = [*self.hypotheses, ge(index, first), le(index, last), *facts]
        inner = Calculus(self.x, inside, self.cited, self.general)
        parts = [inner.trend(body)]
        if first.has(self.x):
            return None
        if last.has(self.x):
            if not inner.nonnegative(body):
                return None
            parts.append(self.trend(last))
        return _common(parts)


def _through(trend: Trend | None, known: Trend | None) -> Trend | None:
    if trend in (None, "constant"):
        return trend
    if known is None:
        return None
    return trend if known == "up" else FLIP[str(trend)]


def _common(parts: Sequence[Trend | None]) -> Trend | None:
    moving = {p for p in parts if p != "constant"}
    if not moving:
        return "constant"
    return moving.pop() if len(moving) == 1 else None


def _by_ratio(bound: Any, x: Any, trend: str, hypotheses: Sequence[Any]) -> bool:
    """Whether bound(x + 1)/bound(x) is at least (at most) 1 for a positive bound of integers."""
    if not bound.has(sp.binomial) or bound.has(sp.Sum):
        return False
    ratio = sp.simplify(sp.combsimp(bound.subs(x, x + 1) / bound))
    if ratio.has(sp.binomial, sp.gamma, sp.factorial):
        return False
    inside = Calculus(x, hypotheses).along().hypotheses
    calculus = Calculus(x, [*inside, *(substitute(h, {x: x + 1}) for h in inside)])
    claim = ge(ratio, 1) if trend == "up" else le(ratio, 1)
    return calculus.nonnegative(bound) and calculus.holds(claim)


def _by_pieces(bound: Any, x: Any, up: bool, hypotheses: Sequence[Any]) -> bool:
    """Whether every piece of a bound that is cut off has a slope of one sign where it is picked."""
    inside = Calculus(x, hypotheses).along()
    if x.is_integer:
        real, inside = inside._real(), inside._between()
        x, bound = real[x], bound.xreplace(real)

    def slopes(piece: Any, slope: Any, picked: list[Any]) -> bool:
        return Calculus(x, [*inside.hypotheses, *picked]).slopes(piece, slope, up)

    return inside.defined(bound) and moves(bound, x, slopes)


def _by_derivative(bound: Any, x: Any, up: bool, hypotheses: Sequence[Any]) -> bool:
    """Whether Z3 derives the sign of the derivative; a maximum branch by branch."""
    for branch in bound.args if isinstance(bound, (sp.Max, sp.Min)) else (bound,):
        if not is_smooth(branch):
            return False
        slope = sp.simplify(sp.diff(branch, x))
        if not Calculus(x, hypotheses).along().slopes(branch, slope, up):
            return False
    return True
