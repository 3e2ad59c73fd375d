"""Is a bound monotone in a parameter? A calculus of trends, with signs proved by Z3.

A term is decomposed: a sum of rising terms rises, a product of nonnegative rising terms rises,
exp, log, sqrt, max, min and rounding keep the trend, b^e rises with e for b >= 1, and so on. What
a rule needs to know (a sign, a base >= 1) is proved by Z3 for the whole range of the parameters.
Where the calculus finds no trend, the sign of the derivative is tried. Integers are treated as
reals. The answer is proved or unknown, never a guess; what needs a trend that is cited, not derived
(`CITED`), says so: `trend_basis`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp

from theory.checking import smt
from theory.checking.derivation import check
from theory.checking.entries import opened
from theory.checking.steps import ranges
from theory.language.definedness import conditions
from theory.language.roots import BetaUpper, KLInverse, MixtureUpper
from theory.language.signs import is_integral, is_nonnegative, is_nonpositive
from theory.language.special import (
    BinomialCDF,
    ClopperPearson,
    HypergeometricCDF,
    HypergeometricUpper,
    KLUpper,
)
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.language.terms import ge, gt, implies, le

Trend = Literal["up", "down", "constant"]
TIMEOUT_MS = 4_000
FLIP: dict[str, Trend] = {"up": "down", "down": "up", "constant": "constant"}

# Taken from the literature, not derived here: a trend that needs one of these is cited, not proved.
CITED: dict[Any, tuple[Trend | None, ...]] = {
    ClopperPearson: ("up", "down", "down"),
    KLUpper: ("up", "down", "down"),
    KLInverse: ("up", "up"),
    MixtureUpper: ("up", "down", "down"),
    BetaUpper: (None, None, "down", None, None),
    BinomialCDF: ("up", "down", "down"),
    HypergeometricUpper: ("up", "up", "down", "down"),
    HypergeometricCDF: ("up", "up", "down", "down"),
}
SOURCES: dict[Any, str] = {
    ClopperPearson: "F(k; n, p) falls in p and n and rises in k, so the p with F(k; n, p) = δ "
    "rises in k and falls in n and δ (Johnson, Kemp, Kotz: Univariate Discrete Distributions, "
    "chapter 3)",
    KLUpper: "n kl(k/n, p) rises in p and n and falls in k for p >= k/n, so the greatest p with "
    "n kl(k/n, p) <= ln(1/δ) rises in k and falls in n and δ (the signs of its derivatives)",
    KLInverse: "kl(q, p) rises in p and falls in q for p >= q, so the greatest p with "
    "kl(q, p) <= L rises in q and L (the signs of its derivatives)",
    MixtureUpper: "(n + 1) C(n, k) p^k (1 - p)^(n - k) falls in p for p >= k/n; one more "
    "disagreement raises it for p above (k + 1)/(n + 1), one more draw lowers it for p above "
    "(k + 1)/(n + 2), where it is 1 or more: so the greatest p where it exceeds δ rises in k and "
    "falls in n and δ (ratios of neighbours)",
    BetaUpper: "p^k (1 - p)^(n - k) falls in p for p >= k/n, so the greatest p where it is above "
    "δ r falls in δ (the sign of its derivative)",
    HypergeometricUpper: "H(k; N, K, n) rises in k and N and falls in K and n: one more bad point "
    "or draw cannot lessen the count, one more good point cannot raise it (coupling), so the "
    "greatest K with H > δ rises in k and N and falls in n and δ",
    HypergeometricCDF: "H(k; N, K, n) rises in k and N and falls in K and n: one more bad point or "
    "draw cannot lessen the count, one more good point cannot raise it (coupling)",
    BinomialCDF: "F(k; n, p) rises in k and falls in n and p (Johnson, Kemp, Kotz: Univariate "
    "Discrete Distributions, chapter 3)",
}
SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.log, sp.exp, sp.Symbol, sp.Number, sp.NumberSymbol)


@dataclass(frozen=True)
class Basis:
    """What a claimed trend rests on: `cited` are facts that are not derived here (none: proved)."""

    cited: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """How the trend is marked wherever it is shown: "proved" or "cited"."""
        return "cited" if self.cited else "proved"


def trend_basis(theorem: Theorem, name: str) -> Basis | None:
    """What the claimed trend of a theorem's bound in a parameter rests on; None: nothing found."""
    if proves_monotone(theorem, name):
        return Basis()
    parameter, trend = theorem.parameter(name), theorem.result.monotone.get(name)
    cited = tuple(text for kind, text in SOURCES.items() if theorem.bound.has(kind))
    if not cited or parameter is None or trend is None or name in theorem.result.trend_proofs:
        return None
    x, bound, hypotheses = _about(theorem, parameter)
    calculus = Calculus(x, hypotheses, cited=True)
    return Basis(cited) if calculus.trend(bound) in (trend, "constant") else None


def proves_monotone(theorem: Theorem, name: str) -> bool:
    """Say whether the claimed trend of a theorem's bound in a parameter is proved.

    Of a list: in each of its entries. False means only that these methods did not succeed.
    """
    parameter, trend = theorem.parameter(name), theorem.result.monotone.get(name)
    if parameter is None or trend is None:
        return False
    if name in theorem.result.trend_proofs:
        return _by_theorem(theorem, parameter, trend, theorem.result.trend_proofs[name])
    x, bound, hypotheses = _about(theorem, parameter)
    hypotheses += _trend_facts(theorem)
    found = Calculus(x, hypotheses).trend(bound)
    if found is not None:
        return found in (trend, "constant")
    if parameter.kind == "integer" and _by_ratio(bound, x, trend, hypotheses):
        return True
    return _by_derivative(bound, x, trend, hypotheses)


def _about(theorem: Theorem, parameter: Parameter) -> tuple[Any, Any, list[Any]]:
    """What changes, the bound in it, and what is known; of a list one of its entries changes."""
    known = ranges(theorem)
    if not parameter.is_list:
        return parameter.symbol, theorem.bound, known

    def nonnegative(term: Any, facts: list[Any]) -> bool:
        return Calculus(parameter.symbol, [*known, *facts]).nonnegative(term)

    found = opened(theorem, parameter, nonnegative)
    if found is None:
        return parameter.symbol, theorem.bound, known
    return found.x, found.bound, [*known, *found.facts]


def _trend_facts(theorem: Theorem) -> list[Any]:
    """The claims that the theorem names for this purpose; they hold if its derivation does."""
    labels = theorem.result.trend_facts
    if not labels or not check(theorem).accepted:
        return []
    claims = {a.label: a.formal for a in theorem.assumptions} | {
        s.label: s.claim for s in theorem.steps
    }
    return [claims[label] for label in labels]


def _by_theorem(theorem: Theorem, parameter: Parameter, trend: str, proof: Theorem) -> bool:
    """Whether a theorem states the trend for one more unit, in the whole range, and is derived."""
    here, following = theorem.bound, theorem.bound.subs(parameter.symbol, parameter.symbol + 1)
    smaller, larger = (here, following) if trend == "up" else (following, here)
    same_range = proof.parameters == theorem.parameters and not proof.requires
    states = parameter.kind == "integer" and proof.claim == le(smaller, larger)
    return same_range and states and check(proof).accepted


class Calculus:
    """Trends of terms in x under hypotheses; `cited`: also those that are not derived here."""

    def __init__(self, x: Any, hypotheses: Sequence[Any], cited: bool = False) -> None:
        self.x = x
        self.hypotheses = hypotheses
        self.cited = cited

    def holds(self, claim: Any) -> bool:
        """Whether Z3 derives a claim from the hypotheses and what is known of its powers."""
        if claim in (sp.true, sp.false):
            return bool(claim)
        known = [*self.hypotheses, *_facts(sp.And(claim, *self.hypotheses, evaluate=False))]
        return smt.proves(known, claim, timeout_ms=TIMEOUT_MS)

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
        if not _is_smooth(moving) or not self.defined(moving):
            return None
        slope = sp.diff(moving, self.x)
        for trend, claim in (("up", ge(slope, 0)), ("down", le(slope, 0))):
            known = [*self.hypotheses, *_facts(claim), *conditions(slope)]
            if smt.proves(known, claim, timeout_ms=TIMEOUT_MS):
                if self.nonnegative(fixed):
                    return "up" if trend == "up" else "down"
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
            elif self.holds(gt(base, 0)) and self.holds(le(base, 1)):
                parts.append(None if trend is None else FLIP[trend])
            else:
                return None
        return _common(parts)

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
        index, first, last = term.limits[0]
        inner = Calculus(self.x, [*self.hypotheses, ge(index, first), le(index, last)], self.cited)
        parts = [inner.trend(term.function)]
        if first.has(self.x):
            return None
        if last.has(self.x):
            if not inner.nonnegative(term.function):
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


def _facts(claim: Any) -> list[Any]:
    """Bounds of logarithms, of powers with exponents of one sign, and the order of powers."""
    facts = [f for log in claim.atoms(sp.log) for f in log_facts(log.args[0])]
    if sp.log(2) in claim.atoms(sp.log):
        facts += [f for log in claim.atoms(sp.log) for f in _near_half(log.args[0])]
    for power in claim.atoms(sp.Pow):
        base, exponent = power.base, power.exp
        if exponent.is_Number:
            continue
        one = [ge(base, 1)] if not base.is_Number else []
        unit = [gt(base, 0), le(base, 1)] if not base.is_Number else []
        if base.is_Number is not True or base >= 1:
            facts += [
                implies(*one, ge(exponent, 0), ge(power, 1)),
                implies(*one, le(exponent, 0), le(power, 1)),
                implies(*one, ge(exponent, 1), ge(power, base)),
                implies(*one, le(exponent, -1), le(power, 1 / base)),
                *_bernoulli(base, exponent),
            ]
        if base.is_Number is not True or 0 < base <= 1:
            facts += [
                implies(*unit, ge(exponent, 0), le(power, 1)),
                implies(*unit, le(exponent, 0), ge(power, 1)),
            ]
    facts += _order(claim)
    return [f for f in facts if f not in (sp.true, sp.false)]


def _order(claim: Any) -> list[Any]:
    """Powers of one number above 1 are ordered as their exponents; logarithms as their terms."""
    powers = [p for p in claim.atoms(sp.Pow) if p.base.is_Number and not p.exp.is_Number]
    logs = [log.args[0] for log in claim.atoms(sp.log)]
    return [
        implies(le(p.exp, q.exp), le(p, q))
        for p in powers
        for q in powers
        if p != q and p.base == q.base and p.base > 1
    ] + [
        implies(gt(a, 0), le(a, b), le(sp.log(a), sp.log(b))) for a in logs for b in logs if a != b
    ]


def _bernoulli(b: Any, e: Any) -> list[Any]:
    """b^e >= 1 + e (b - 1) for b > 0 and e >= 1, and the same for 1/b, times b b^e."""
    inside = (gt(b, 0), ge(e, 1))
    return [
        implies(*inside, ge(b**e, 1 + e * (b - 1))),
        implies(*inside, le(b**e * (b - e * (b - 1)), b)),
    ]


def log_facts(x: Any) -> list[Any]:
    """1 - 1/x <= ln x <= x - 1 for x > 0, and ln x >= 1 for x >= e."""
    positive = sp.Gt(x, 0, evaluate=False)
    return [
        implies(positive, le(sp.log(x), x - 1)),
        implies(positive, ge(sp.log(x), 1 - 1 / x)),
        implies(ge(x / sp.E, 1), ge(sp.log(x), 1)),
    ]


def _near_half(x: Any) -> list[Any]:
    """The same bounds for 2 x: 1 - 1/(2 x) <= ln 2 + ln x <= 2 x - 1."""
    positive = sp.Gt(x, 0, evaluate=False)
    return [
        implies(positive, le(sp.log(x) + sp.log(2), 2 * x - 1)),
        implies(positive, ge(sp.log(x) + sp.log(2), 1 - 1 / (2 * x))),
    ]


def _by_ratio(bound: Any, x: Any, trend: str, hypotheses: Sequence[Any]) -> bool:
    """Whether bound(x + 1)/bound(x) is at least (at most) 1 for a positive bound of integers."""
    if not bound.has(sp.binomial) or bound.has(sp.Sum):
        return False
    ratio = sp.simplify(sp.combsimp(bound.subs(x, x + 1) / bound))
    if ratio.has(sp.binomial, sp.gamma, sp.factorial):
        return False
    both = [*hypotheses, *(h.subs(x, x + 1) for h in hypotheses)]
    calculus = Calculus(x, both)
    claim = ge(ratio, 1) if trend == "up" else le(ratio, 1)
    return calculus.nonnegative(bound) and calculus.holds(claim)


def _is_smooth(term: Any) -> bool:
    return all(isinstance(part, SMOOTH) for part in sp.preorder_traversal(term))


def _by_derivative(bound: Any, x: Any, trend: str, hypotheses: Sequence[Any]) -> bool:
    """Whether Z3 derives the sign of the derivative; a maximum branch by branch."""
    for branch in bound.args if isinstance(bound, (sp.Max, sp.Min)) else (bound,):
        if not _is_smooth(branch) or not Calculus(x, hypotheses).defined(branch):
            return False
        slope = sp.simplify(sp.diff(branch, x)) * (1 if trend == "up" else -1)
        known = [*hypotheses, *_facts(slope), *conditions(slope)]
        if not smt.proves(known, ge(slope, 0), timeout_ms=TIMEOUT_MS):
            return False
    return True
