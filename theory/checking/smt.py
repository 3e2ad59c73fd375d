"""Z3 as a prover of claims: SymPy formulas over the reals, negation unsatisfiable.

Integers are relaxed to reals and every term that is not polynomial (log, exp, probabilities,
powers with symbolic exponents) becomes an unknown, the same unknown for the same term. Both only
enlarge the set of models, so "unsatisfiable" still means "proved". What is known of such an
unknown is: 0 <= Pr <= 1; exp > 0; positive^x > 0; sqrt(x) >= 0 and sqrt(x)^2 = x for x >= 0;
(1/x) x = 1 for x != 0; Members >= 0; the functions of `special` take equal values at equal
arguments. Everything else must come from axioms.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy as sp
import z3

from theory.language.errors import DerivationError
from theory.language.roots import ROOTS
from theory.language.special import SPECIAL
from theory.language.terms import OPAQUE_EVENTS, OPAQUE_NUMBERS, Members, Pr

TIMEOUT_MS = 20_000
RELATIONS = {
    sp.Le: operator.le,
    sp.Lt: operator.lt,
    sp.Ge: operator.ge,
    sp.Gt: operator.gt,
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
}
REMEMBERED = 1 << 14
_DECIDED: dict[tuple[tuple[Any, ...], Any], bool] = {}
"""What was proved and what was refuted, of the same formulas: steps share their premises."""
PREFIXES = 1 << 9
_TRANSLATED: dict[tuple[Any, ...], tuple[Translation, list[Any]]] = {}
"""What hypotheses became, by themselves: the goals of a step have theirs in common."""


@dataclass
class Translation:
    """The state of one translation: the unknowns so far and the facts known of them."""

    numbers: dict[Any, Any] = field(default_factory=dict)
    truths: dict[Any, Any] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)
    translated: dict[Any, Any] = field(default_factory=dict)
    """What terms became: most occur again and again."""

    def copy(self) -> Translation:
        """A state that goes on from here by itself."""
        return Translation(
            dict(self.numbers), dict(self.truths), list(self.facts), dict(self.translated)
        )

    def unknown(self, term: Any) -> Any:
        """The real unknown that stands for a term; facts are added on first use."""
        if term not in self.numbers:
            self.numbers[term] = z3.Real(f"t{len(self.numbers)}_{_label(term)}")
            self._describe(term, self.numbers[term])
        return self.numbers[term]

    def _describe(self, term: Any, x: Any) -> None:
        if isinstance(term, (*SPECIAL, *ROOTS)):
            self._congruence(term, x)
        elif isinstance(term, Pr):
            self.facts += [x >= 0, x <= 1]
        elif isinstance(term, Members):
            self.facts.append(x >= 0)
        elif isinstance(term, sp.exp):
            self.facts.append(x > 0)
            power = term.args[0]
            if power.is_Integer and -64 <= power < 0:
                self.facts.append(x * self.number(sp.exp(-power)) == 1)
        elif isinstance(term, sp.Pow):
            base = self.number(term.base)
            if term.exp == sp.Rational(1, 2):
                self.facts.append(z3.Implies(base >= 0, z3.And(x >= 0, x * x == base)))
            elif term.exp == -1:
                self.facts.append(z3.Or(base == 0, x * base == 1))
            else:
                self.facts.append(z3.Implies(base > 0, x > 0))

    def _congruence(self, term: Any, x: Any) -> None:
        """Equal arguments give equal values."""
        for other, y in list(self.numbers.items()):
            if other != term and other.func == term.func:
                pairs = zip(term.args, other.args, strict=True)
                same = [self.number(a) == self.number(b) for a, b in pairs if a != b]
                self.facts.append(z3.Implies(_join(z3.And, same), x == y))

    def number(self, term: Any) -> Any:
        """Translate a real-valued SymPy term."""
        known = self.translated.get(term)
        if known is None:
            known = self.translated[term] = self._number(term)
        return known

    def _number(self, term: Any) -> Any:
        if isinstance(term, sp.Rational):
            return z3.RealVal(f"{term.p}/{term.q}")
        if isinstance(term, sp.Add):
            return _join(z3.Sum, [self.number(a) for a in term.args])
        if isinstance(term, sp.Mul):
            return _join(z3.Product, [self.number(a) for a in term.args])
        if isinstance(term, sp.exp) and term.args[0].is_Integer and 0 < term.args[0] <= 64:
            return _join(z3.Product, [self.unknown(sp.E)] * int(term.args[0]))
        if isinstance(term, sp.Pow):
            return self._power(term)
        if isinstance(term, (sp.Max, sp.Min)):
            return self._extremum(term)
        if isinstance(term, sp.Abs):
            x = self.number(term.args[0])
            return z3.If(x >= 0, x, -x)
        if isinstance(
            term, (sp.Symbol, sp.Function, sp.NumberSymbol, sp.Sum, sp.Product, sp.Indexed)
        ):
            return self.unknown(term)
        if isinstance(term, OPAQUE_NUMBERS):
            return self.unknown(term)
        raise DerivationError(f"Z3: no translation for the term {term} ({type(term).__name__})")

    def _power(self, term: Any) -> Any:
        base, exponent = term.base, term.exp
        if exponent.is_Rational and exponent.q <= 2 and 0 < abs(exponent.p) <= 64:
            root = base if exponent.q == 1 else sp.sqrt(base, evaluate=False)
            if exponent.p < 0:
                x = self.unknown(sp.Pow(root, -1, evaluate=False))
            else:
                x = self.number(base) if exponent.q == 1 else self.unknown(root)
            return _join(z3.Product, [x] * abs(exponent.p))
        if base.is_Rational and base.p == 1:  # SymPy writes (1/2)^r also as 2^(-r)
            base, exponent = sp.Integer(base.q), -exponent
        if exponent.could_extract_minus_sign():
            return self.unknown(sp.Pow(base**-exponent, -1, evaluate=False))
        term = base**exponent
        return self.unknown(term)

    def _extremum(self, term: Any) -> Any:
        first, *rest = [self.number(a) for a in term.args]
        for x in rest:
            better = x > first if isinstance(term, sp.Max) else x < first
            first = z3.If(better, x, first)
        return first

    def formula(self, claim: Any) -> Any:
        """Translate a SymPy formula."""
        if claim in (sp.true, sp.false):
            return z3.BoolVal(bool(claim))
        if isinstance(claim, sp.core.relational.Relational):
            return self._relation(claim)
        parts = {sp.And: z3.And, sp.Or: z3.Or}
        for kind, make in parts.items():
            if isinstance(claim, kind):
                return _join(make, [self.formula(a) for a in claim.args])
        if isinstance(claim, sp.Xor):
            first, *rest = [self.formula(a) for a in claim.args]
            for x in rest:
                first = z3.Xor(first, x)
            return first
        if isinstance(claim, sp.Not):
            return z3.Not(self.formula(claim.args[0]))
        if isinstance(claim, sp.Implies):
            return z3.Implies(*[self.formula(a) for a in claim.args])
        if isinstance(claim, sp.Equivalent):
            first, *rest = [self.formula(a) for a in claim.args]
            return _join(z3.And, [first == x for x in rest])
        if isinstance(claim, OPAQUE_EVENTS):
            return self.truths.setdefault(claim, z3.Bool(f"b{len(self.truths)}_{_label(claim)}"))
        raise DerivationError(f"Z3: no translation for the formula {claim}")

    def _relation(self, claim: Any) -> Any:
        a, b = self.number(claim.lhs), self.number(claim.rhs)
        return RELATIONS[type(claim)](a, b)


def _join(make: Callable[[list[Any]], Any], parts: list[Any]) -> Any:
    """Apply an operator; one part stays as it is, which other solvers insist on."""
    return parts[0] if len(parts) == 1 else make(parts)


@lru_cache(maxsize=1 << 16)
def _label(term: Any) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in str(term))[:40]


def _solver(query: list[Any], logic: str | None, timeout_ms: int) -> Any:
    solver = z3.SolverFor(logic) if logic else z3.Solver()
    solver.set("timeout", timeout_ms)
    solver.add(*query)
    return solver


def query(hypotheses: Iterable[Any], claim: Any) -> list[Any]:
    """The Z3 assertions whose unsatisfiability proves the claim from the hypotheses."""
    translation, body = _translated(tuple(hypotheses))
    goal = z3.Not(translation.formula(claim))
    return [*translation.facts, *body, goal]


def _translated(hypotheses: tuple[Any, ...]) -> tuple[Translation, list[Any]]:
    """The state after the hypotheses, and what they became; known from where others began alike."""
    known = next(
        (n for n in range(len(hypotheses), 0, -1) if hypotheses[:n] in _TRANSLATED),
        0,
    )
    translation, body = _TRANSLATED[hypotheses[:known]] if known else (Translation(), [])
    translation, body = translation.copy(), list(body)
    for n in range(known, len(hypotheses)):
        body.append(translation.formula(hypotheses[n]))
        if len(_TRANSLATED) >= PREFIXES:
            _TRANSLATED.clear()
        _TRANSLATED[hypotheses[: n + 1]] = translation.copy(), list(body)
    return translation, body


def proves(hypotheses: Iterable[Any], claim: Any, timeout_ms: int | None = None) -> bool:
    """Say whether Z3 shows that the hypotheses imply the claim, for all real values."""
    return decides(hypotheses, claim, timeout_ms) is True


def decides(hypotheses: Iterable[Any], claim: Any, timeout_ms: int | None = None) -> bool | None:
    """True if Z3 shows the claim, False if it finds a counterexample, None if neither in time.

    That is ``TIMEOUT_MS`` unless it is said. What Z3 has decided is not asked again.
    """
    asked = (tuple(hypotheses), claim)
    if set(_parts([claim])) <= set(_parts(asked[0])):
        return True  # it is held, word for word
    if asked in _DECIDED:
        return _DECIDED[asked]
    assertions = query(*asked)
    limit = TIMEOUT_MS if timeout_ms is None else timeout_ms
    for logic in ("QF_NRA", None):
        answer = _solver(assertions, logic, limit // 2).check()
        if answer != z3.unknown:
            if len(_DECIDED) >= REMEMBERED:
                _DECIDED.clear()
            return _DECIDED.setdefault(asked, bool(answer == z3.unsat))
    return None


def _parts(claims: Iterable[Any]) -> Iterator[Any]:
    """The claims themselves, of conjunctions each part."""
    for claim in claims:
        if isinstance(claim, sp.And):
            yield from _parts(claim.args)
        else:
            yield claim


def unsatisfiable(assertions: list[Any], timeout_ms: int) -> bool:
    """Say whether Z3 shows that Z3 assertions cannot hold together."""
    return any(
        _solver(assertions, logic, timeout_ms // 2).check() == z3.unsat
        for logic in ("QF_NRA", None)
    )


def contradictory(hypotheses: Iterable[Any], timeout_ms: int = 2_000) -> bool:
    """Say whether Z3 finds that the hypotheses cannot hold together."""
    return proves(hypotheses, sp.false, timeout_ms)


def smtlib(hypotheses: Iterable[Any], claim: Any) -> str:
    """The query as SMT-LIB 2: any solver for QF_NRA should answer `unsat`."""
    solver = _solver(query(hypotheses, claim), None, TIMEOUT_MS)
    text: str = solver.to_smt2()
    return "(set-logic QF_NRA)\n" + text
