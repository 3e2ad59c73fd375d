"""Arithmetic steps of derivations as Coq lemmas, closed by lra, nra, field or interval.

Goals that Z3 discharges are reduced to the hypotheses that are needed; terms that are not
polynomial are variables, with the facts that Z3 was told of them (see `smt`) as hypotheses.
Identities that SymPy proves are stated with ln, exp, sqrt and Rpower over the reals; inequalities
that Arb proves with the same functions.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp
import z3

from theory.checking import smt
from theory.checking.steps import check_step, ranges
from theory.export.coq_tactics import HEADER
from theory.language.definedness import conditions
from theory.language.errors import DerivationError
from theory.language.rules import Algebra, Balls
from theory.language.signs import is_positive
from theory.language.statement import Step, Theorem


@dataclass(frozen=True)
class Lemma:
    """A Coq lemma: its name, the step it belongs to, and its text (statement and proof).

    A step that has no translation gives a lemma without text; `problem` says why.
    """

    name: str
    step: str
    rule: str
    text: str
    problem: str | None = None


def lemmas(theorem: Theorem) -> list[Lemma]:
    """The arithmetic steps of a correct derivation as Coq lemmas."""
    found: list[Lemma] = []
    for number, step in enumerate(theorem.steps, 1):
        name = re.sub(r"[^A-Za-z0-9]", "_", f"s{number}_{step.label}")
        kinds: list[tuple[str, Callable[[], list[Lemma]]]] = [
            ("arithmetic", functools.partial(_goals, theorem, step, name))
        ]
        if isinstance(step.rule, Balls):
            kinds.insert(0, ("arb", functools.partial(_inequality, name, step)))
        if isinstance(step.rule, Algebra):
            kinds.append(("algebra", functools.partial(_identities, theorem, step, name)))
        for kind, make in kinds:
            try:
                found += make()
            except DerivationError as error:  # no translation: the other steps are still exported
                found.append(Lemma(f"{name}_{kind}", step.label, kind, "", str(error)))
    return found


def to_coq(theorem: Theorem, skip: Iterable[str] = ()) -> str:
    """A Coq file with all arithmetic steps of a derivation; `skip` names lemmas to leave out.

    A lemma that is left out stands there as a comment.
    """
    left_out = set(skip)
    parts = [f"(* {theorem.name}: the arithmetic steps of its derivation *)", HEADER]
    for lemma in lemmas(theorem):
        text = lemma.text
        if lemma.problem is not None:
            text = f"(* step {lemma.step}: {lemma.problem} *)"
        elif lemma.name in left_out:
            text = f"(* step {lemma.step}: no proof by these tactics\n{text} *)"
        parts.append(text)
    return "\n".join(parts) + "\n"


def _goals(theorem: Theorem, step: Step, name: str) -> list[Lemma]:
    goals: list[tuple[list[Any], Any]] = []

    def record(hypotheses: list[Any], claim: Any) -> bool:
        goals.append((hypotheses, claim))
        return True

    check_step(theorem, step, record)
    found = []
    for index, (hypotheses, claim) in enumerate(goals):
        label = f"{name}_{index}"
        text = _goal(label, tuple(hypotheses), claim)
        found.append(Lemma(label, step.label, "arithmetic", text))
    return found


@functools.lru_cache(maxsize=1 << 10)
def _goal(name: str, hypotheses: tuple[Any, ...], claim: Any) -> str:
    assertions = smt.query(hypotheses, claim)
    writer = _Writer()
    needed = [writer.formula(a) for a in _core(assertions[:-1], assertions[-1])]
    goal = writer.formula(assertions[-1].arg(0))  # the last assertion is the negated claim
    statement = " ->\n  ".join([*writer.definitions, *needed, goal])
    variables = [f"({' '.join(sorted(v))} : {kind})"
                 for kind, v in (("R", writer.numbers), ("Prop", writer.truths)) if v]  # fmt: skip
    binder = f"forall {' '.join(variables)},\n  " if variables else ""
    return f"Lemma {name} :\n  {binder}{statement}.\nProof. arithmetic. Qed."


def _core(hypotheses: list[Any], negated: Any) -> list[Any]:
    """Hypotheses that are enough: drop one after the other while Z3 still answers unsat."""
    kept = list(hypotheses)
    for hypothesis in hypotheses:
        rest = [h for h in kept if h is not hypothesis]
        if smt.unsatisfiable([*rest, negated], 500):
            kept = rest
    return kept


class _Writer:
    """Z3 expressions as Coq text; remembers the variables, and names for if-then-else."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.truths: set[str] = set()
        self.definitions: list[str] = []
        self._named: dict[int, str] = {}

    def formula(self, e: Any) -> str:
        """A Boolean expression."""
        kind, args = e.decl().kind(), e.children()
        relations = {
            z3.Z3_OP_LE: "<=", z3.Z3_OP_GE: ">=", z3.Z3_OP_LT: "<", z3.Z3_OP_GT: ">",
        }  # fmt: skip
        if kind in relations:
            return f"({self.number(args[0])} {relations[kind]} {self.number(args[1])})"
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT) and not z3.is_bool(args[0]):
            equal = f"({self.number(args[0])} = {self.number(args[1])})"
            return equal if kind == z3.Z3_OP_EQ else f"(~ {equal})"
        if kind == z3.Z3_OP_UNINTERPRETED:
            name = _identifier(e)
            self.truths.add(name)
            return name
        simple = {z3.Z3_OP_TRUE: "True", z3.Z3_OP_FALSE: "False"}
        if kind in simple:
            return simple[kind]
        parts = [self.formula(a) for a in args]
        if kind == z3.Z3_OP_NOT:
            return f"(~ {parts[0]})"
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_IFF):
            return f"({parts[0]} <-> {parts[1]})"
        if kind in (z3.Z3_OP_XOR, z3.Z3_OP_DISTINCT):
            return f"(~ ({parts[0]} <-> {parts[1]}))"
        joins = {z3.Z3_OP_AND: " /\\ ", z3.Z3_OP_OR: " \\/ ", z3.Z3_OP_IMPLIES: " -> "}
        if kind not in joins:
            raise DerivationError(f"Coq: no translation for {e.decl()}")
        return "(" + joins[kind].join(parts) + ")"

    def number(self, e: Any) -> str:
        """A real expression."""
        if z3.is_rational_value(e):
            top, bottom = e.numerator_as_long(), e.denominator_as_long()
            text = f"{top}" if bottom == 1 else f"{top} / {bottom}"
            return f"({text})" if bottom != 1 or top < 0 else text
        kind, args = e.decl().kind(), e.children()
        if kind == z3.Z3_OP_UNINTERPRETED:
            name = _identifier(e)
            self.numbers.add(name)
            return name
        if kind == z3.Z3_OP_ITE:
            return self._choice(e)
        parts = [self.number(a) for a in args]
        if kind == z3.Z3_OP_UMINUS:
            return f"(- {parts[0]})"
        joins = {z3.Z3_OP_ADD: " + ", z3.Z3_OP_SUB: " - ", z3.Z3_OP_MUL: " * "}
        if kind not in joins:
            raise DerivationError(f"Coq: no translation for {e.decl()}")
        return "(" + joins[kind].join(parts) + ")"

    def _choice(self, e: Any) -> str:
        """A variable equal to one of two values."""
        if e.get_id() not in self._named:
            condition, yes, no = e.children()
            name = f"choice{len(self._named)}"
            test = self.formula(condition)
            values = self.number(yes), self.number(no)
            self._named[e.get_id()] = name
            self.numbers.add(name)
            self.definitions.append(
                f"(({test} /\\ {name} = {values[0]}) \\/ (~ {test} /\\ {name} = {values[1]}))"
            )
        return self._named[e.get_id()]


def _identifier(e: Any) -> str:
    return str(re.sub(r"[^A-Za-z0-9_]", "_", e.decl().name())).rstrip("_")


class _Terms:
    """SymPy terms as Coq text over the reals; opaque terms are variables."""

    def __init__(self) -> None:
        self.variables: dict[Any, str] = {}

    def text(self, term: Any) -> str:
        """A real-valued term. DerivationError for one without a translation."""
        if isinstance(term, sp.Rational):
            text = f"{term.p}" if term.q == 1 else f"{term.p} / {term.q}"
            return f"({text})" if term.q != 1 or term.p < 0 else text
        if isinstance(term, (sp.Add, sp.Mul)):
            join = " + " if isinstance(term, sp.Add) else " * "
            return "(" + join.join(self.text(a) for a in term.args) + ")"
        if isinstance(term, sp.exp) or term == sp.E:
            return "(exp 1)" if term == sp.E else f"(exp {self.text(term.args[0])})"
        if isinstance(term, sp.log):
            return f"(ln {self.text(term.args[0])})"
        if isinstance(term, sp.Pow):
            return self._power(term)
        if term not in self.variables:
            self.variables[term] = f"x{len(self.variables)}_{_label(term)}"
        return self.variables[term]

    def _power(self, term: Any) -> str:
        base, exponent = self.text(term.base), term.exp
        if exponent == sp.Rational(1, 2):
            return f"(sqrt {base})"
        if exponent.is_Integer and 0 < abs(exponent) <= 64:
            power = base if abs(exponent) == 1 else f"({base} ^ {abs(exponent)})"
            return power if exponent > 0 else f"(/ {power})"
        return f"(Rpower {base} {self.text(exponent)})"


def _label(term: Any) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", str(term) if str(term).isascii() else "")[:20]


def _inequality(name: str, step: Step) -> list[Lemma]:
    """An inequality on a box: interval arithmetic with bisection."""
    terms = _Terms()
    claim, premises = step.claim, []
    if isinstance(claim, sp.Implies):
        premise, claim = claim.args
        premises = list(premise.args) if isinstance(premise, sp.And) else [premise]
    text = " ->\n  ".join([*(_relation(terms, p) for p in premises), _relation(terms, claim)])
    symbols = list(terms.variables.values())
    binder = f"forall ({' '.join(symbols)} : R),\n  " if symbols else ""
    split = "split; " if isinstance(claim, sp.And) else ""
    options = f" with (i_bisect {symbols[0]}, i_prec 64)" if symbols else " with (i_prec 64)"
    proof = f"intros; {split}interval{options}"
    lemma = f"Lemma {name} :\n  {binder}{text}.\nProof. {proof}. Qed."
    return [Lemma(name, step.label, "arb", lemma)]


def _relation(terms: _Terms, claim: Any) -> str:
    if isinstance(claim, sp.And):
        return "(" + " /\\ ".join(_relation(terms, a) for a in claim.args) + ")"
    signs = {sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">", sp.Eq: "=", sp.Ne: "<>"}
    if type(claim) not in signs:
        raise DerivationError(f"Coq: no translation for {claim}")
    left, right = terms.text(claim.lhs), terms.text(claim.rhs)
    if isinstance(claim, (sp.Ge, sp.Gt)):  # as <=, which interval likes better
        left, right = right, left
    sign = {">=": "<=", ">": "<"}.get(signs[type(claim)], signs[type(claim)])
    return f"({left} {sign} {right})"


def _identities(theorem: Theorem, step: Step, name: str) -> list[Lemma]:
    """Each identity with what is known to be positive and not 0 (shown to be so by Z3)."""
    claim, premises = step.claim, []
    if isinstance(claim, sp.Implies):
        premises, claim = [claim.args[0]], claim.args[1]
    rule = step.rule
    found = []
    for index, part in enumerate(claim.args if isinstance(claim, sp.And) else (claim,)):
        terms = _Terms()
        sides = _relation(terms, part)
        known = [*premises, *(sp.Gt(t, 0, evaluate=False) for t, _ in rule.positive)]
        known += [*conditions(part.lhs), *conditions(part.rhs)]
        known += [f for f in ranges(theorem) if f.free_symbols <= set(terms.variables)]
        bases = [p.base for p in part.atoms(sp.Pow) if not p.exp.is_Number]
        known += [sp.Gt(b, 0, evaluate=False) for b in bases if is_positive(b) and b.free_symbols]
        known += [sp.Gt(s, 0, evaluate=False) for s in terms.variables if s.is_positive]
        given = [_relation(terms, k) for k in dict.fromkeys(known) if k not in (sp.true, sp.false)]
        symbols = " ".join(terms.variables.values())
        binder = f"forall ({symbols} : R),\n  " if symbols else ""
        statement = " ->\n  ".join([*dict.fromkeys(given), sides])
        label = f"{name}_{'eq' if index == 0 else f'eq{index}'}"
        text = f"Lemma {label} :\n  {binder}{statement}.\nProof. identity. Qed."
        found.append(Lemma(label, step.label, "algebra", text))
    return found
