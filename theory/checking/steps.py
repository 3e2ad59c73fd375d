"""Is a single step of a derivation right? One function for each rule of `rules`.

`check_step` raises DerivationError saying why a step is not accepted. Goals of real arithmetic go
to a prover that is passed in: Z3 (`smt.proves`), or a function that records them (`export`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
from sympy.core.facts import InconsistentAssumptions

from theory.axioms import AXIOMS
from theory.axioms.types import check_types, instantiate
from theory.checking import smt
from theory.checking.algebra import elimination_conditions, identity_holds
from theory.checking.balls import holds_on_box
from theory.language.definedness import conditions
from theory.language.errors import DerivationError
from theory.language.integrals import MOST_BITS
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, Use
from theory.language.sorts import (
    INTEGER,
    INTEGERS,
    LIST,
    REAL,
    Declared,
    declarations,
    free_of,
    free_variables,
    parameter_sort,
    require_truth,
    sort_of,
)
from theory.language.statement import Step, Theorem
from theory.language.substitution import domain, substitute
from theory.language.symbols import Parameter
from theory.language.terms import implies, is_random


def ranges(theorem: Theorem) -> list[Any]:
    """The range facts and conditions of a theorem: hypotheses of every step."""
    facts = [f for p in theorem.symbols for f in p.facts()]
    return facts + [r.formal for r in theorem.requires if r.formal is not None]


def known(theorem: Theorem, step: Step) -> list[Any]:
    """The hypotheses of a step: ranges and conditions, and the claims it uses."""
    claims = {a.label: a.formal for a in theorem.assumptions if a.formal is not None}
    for earlier in theorem.steps:
        if earlier is step:
            break
        claims[earlier.label] = earlier.claim
    missing = [u for u in step.uses if u not in claims]
    if missing:
        raise DerivationError(f"uses {missing[0]!r}, which is no earlier step or assumption")
    return ranges(theorem) + [claims[u] for u in step.uses]


OWN_CONDITIONS = ("mean-value", "series-next", "product-next")
"""Axioms whose premises say where their terms are defined: in an interval only."""

TERM_BY_TERM = ("sum-order", "sum-linear")
"""Axioms whose terms count for the values of their index only: there they must be defined."""

BINDERS = ("index", "member")
"""Types of terms that axioms bind: what is shown of them is needed for all their values."""

Prover: TypeAlias = Callable[[list[Any], Any], bool]


def check_step(theorem: Theorem, step: Step, prove: Prover = smt.proves) -> None:
    """Accept a step or raise DerivationError saying why not.

    `prove(hypotheses, claim)` discharges the goals of real arithmetic; `export` passes a function
    that records them.
    """
    try:
        _check(theorem, step, prove)
    except InconsistentAssumptions as error:
        raise DerivationError(f"SymPy contradicts itself about a term of {step.claim}") from error


def _check(theorem: Theorem, step: Step, prove: Prover) -> None:
    if step.claim in (sp.true, sp.false):
        raise DerivationError(f"the claim is just {step.claim}: it says nothing")
    require_truth(step.claim, declarations(theorem))
    context = known(theorem, step)
    rule = step.rule
    if isinstance(rule, Algebra):
        _check_algebra(prove, step.claim, rule, context)
    elif isinstance(rule, Smt):
        _require(prove, context, step.claim)
    elif isinstance(rule, Balls):
        _check_balls(step.claim, rule)
    elif isinstance(rule, Use):
        _check_use(prove, theorem, step.claim, rule, context)
    elif isinstance(rule, Cite):
        _check_cite(prove, theorem, step.claim, rule, context)
    elif isinstance(rule, Instantiate):
        _check_instance(prove, theorem, step, rule, context)
    else:
        raise DerivationError(f"unknown rule {rule!r}")


def _require(prove: Prover, context: list[Any], claim: Any, what: str = "the claim") -> None:
    if not prove(context, claim):
        raise DerivationError(f"Z3 does not derive {what}: {claim}")


def _check_algebra(prove: Prover, claim: Any, rule: Algebra, context: list[Any]) -> None:
    hypotheses: list[Any] = []
    if isinstance(claim, sp.Implies):
        hypotheses, claim = [claim.args[0]], claim.args[1]
    for term, symbol in rule.positive:
        _require(prove, [*context, *hypotheses], sp.Gt(term, 0, evaluate=False), "positivity")
        for condition in elimination_conditions(term, symbol):
            _require(prove, [*context, *hypotheses], condition, f"{term} to determine {symbol}")
    for part in claim.args if isinstance(claim, sp.And) else (claim,):
        if not isinstance(part, sp.Eq):
            raise DerivationError(f"algebra proves identities only, not {part}")
        for condition in [*conditions(part.lhs), *conditions(part.rhs)]:
            _require(prove, [*context, *hypotheses], condition, "a term to be defined")
        if not identity_holds(part.lhs, part.rhs, rule.positive):
            raise DerivationError(f"algebra: the two sides of {part} are not shown equal")


def _check_balls(claim: Any, rule: Balls) -> None:
    if not 2 <= rule.bits <= MOST_BITS:
        raise DerivationError(f"Arb: {rule.bits} bits are not between 2 and {MOST_BITS}")
    box: dict[Any, list[Fraction | None]] = {}
    if isinstance(claim, sp.Implies):
        premise, claim = claim.args
        for relation in premise.args if isinstance(premise, sp.And) else (premise,):
            _read_side(relation, box)
    if claim.free_symbols - set(box) or any(None in side for side in box.values()):
        raise DerivationError("Arb: the claim does not state a bounded box for every symbol")
    holds_on_box(claim, {s: (side[0], side[1]) for s, side in box.items()}, rule.bits)  # type: ignore[misc]


def _read_side(relation: Any, box: dict[Any, list[Fraction | None]]) -> None:
    """Read lo <= x or x <= hi (strict or not: the closed box is at least as large)."""
    if isinstance(relation, (sp.Ge, sp.Gt)):
        low, high = relation.rhs, relation.lhs
    elif isinstance(relation, (sp.Le, sp.Lt)):
        low, high = relation.lhs, relation.rhs
    else:
        raise DerivationError(f"Arb: {relation} is not a side of a box")
    symbol, constant, place = (high, low, 0) if high.is_Symbol else (low, high, 1)
    if not symbol.is_Symbol or not constant.is_Rational:
        raise DerivationError(f"Arb: {relation} is not a side of a box")
    sides = box.setdefault(symbol, [None, None])
    if sides[place] is not None:
        raise DerivationError(f"Arb: two {'lower' if place == 0 else 'upper'} sides for {symbol}")
    sides[place] = Fraction(int(constant.p), int(constant.q))


def _check_use(prove: Prover, theorem: Theorem, claim: Any, rule: Use, context: list[Any]) -> None:
    axiom = AXIOMS.get(rule.axiom)
    if axiom is None:
        raise DerivationError(f"no axiom {rule.axiom!r}")
    declared = declarations(theorem)
    check_types(axiom, rule.terms, declared)
    _check_given(axiom.name, rule.given, declared)
    instance = instantiate(axiom, rule.terms)
    bound = set(_tuple(instance.binder[0])) if instance.binder else set()
    indices = {rule.terms[x] for x, kind in axiom.signature().items() if kind in BINDERS
               and x in rule.terms}  # fmt: skip
    if free_variables(rule.given) & indices:
        raise DerivationError(f"{axiom.name}: the hypothesis speaks of what it binds")
    running = {x for part in instance.premises for x in free_variables(part) if x.is_integer}
    inner = {**dict.fromkeys(bound | running, INTEGER), **declared}
    for part in (*instance.premises, instance.conclusion):
        require_truth(part, inner)
    if axiom.name not in OWN_CONDITIONS:
        for condition in [c for x in rule.terms.values() for c in conditions(sp.sympify(x))]:
            what = f"a term of {axiom.name} to be defined"
            if axiom.name in TERM_BY_TERM and instance.binder is not None:
                index, inside = instance.binder
                condition = implies(inside, condition) if condition.has(index) else condition
            _require(prove, context, _under(rule.given, condition), what)
    if instance.binder is not None:
        _check_binder(prove, theorem, rule, *instance.binder)
    for premise in instance.premises:
        _require(prove, context, _under(rule.given, premise), f"a premise of {axiom.name}")
    _require(prove, [*context, _under(rule.given, instance.conclusion)], claim)


def _tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _check_given(name: str, given: Any, declared: Declared) -> None:
    require_truth(given, declared)
    if is_random(given):
        raise DerivationError(f"{name}: applied under a random hypothesis")


def _under(given: Any, claim: Any) -> Any:
    return claim if given == sp.true else implies(given, claim)


def _check_binder(prove: Prover, theorem: Theorem, rule: Use, variables: Any, region: Any) -> None:
    """The premises were shown for the values the context allows: it must allow the region."""
    bound = _tuple(variables)
    for variable in bound:
        if not theorem.is_free(variable):
            raise DerivationError(f"{rule.axiom}: {variable} is fixed by an assumption")
    facts = ranges(theorem)
    others = [f for f in facts if not free_variables(f) & set(bound)]
    if rule.given != sp.true and rule.given.has(*bound):
        raise DerivationError(f"{rule.axiom}: the hypothesis speaks of {bound}")
    for fact in facts:
        if fact not in others:
            _require(prove, [*others, region], fact, f"that {bound} range over the whole region")


def _check_instance(
    prove: Prover, theorem: Theorem, step: Step, rule: Instantiate, context: list[Any]
) -> None:
    claims = {x.label: x.formal for x in theorem.assumptions}
    claims |= {x.label: x.claim for x in theorem.steps}
    if rule.label not in step.uses:
        raise DerivationError(f"instantiates {rule.label!r} without using it")
    replace = {k: sp.sympify(v) for k, v in rule.terms.items()}
    fixed = [k for k in replace if not theorem.is_free(k)]
    if fixed:
        raise DerivationError(f"instantiates {fixed[0]}, which an assumption fixes")
    declared = declarations(theorem)
    undeclared = [k for k in replace if k not in declared]
    if undeclared:
        raise DerivationError(f"instantiates {undeclared[0]}, which is no symbol of the theorem")
    for p in theorem.symbols:
        if p.symbol in replace:
            _check_term(theorem.name, p, replace[p.symbol], declared)
            for condition in conditions(replace[p.symbol]):
                _require(prove, context, condition, f"the term for {p.name} to be defined")
            for fact in p.facts(replace[p.symbol]):
                _require(prove, context, fact, f"the range of {p.name}")
    for requirement in theorem.requires:
        if requirement.formal is not None:
            _require(prove, context, substitute(requirement.formal, replace), "a condition")
    for condition in domain(claims[rule.label], replace):
        _require(prove, context, condition, f"a term of {rule.label} to be defined")
    instance = substitute(claims[rule.label], replace)
    require_truth(instance, declared)
    _require(prove, [*context, instance], step.claim)


def _check_cite(
    prove: Prover, theorem: Theorem, claim: Any, rule: Cite, context: list[Any]
) -> None:
    cited = rule.theorem
    symbols = {p.name: p.symbol for p in cited.symbols}
    unknown = set(rule.terms) - set(symbols)
    if unknown:
        raise DerivationError(f"{cited.name} has no parameter {sorted(unknown)[0]!r}")
    declared = declarations(theorem)
    _check_given(cited.name, rule.given, declared)
    replace = {symbols[name]: sp.sympify(term) for name, term in rule.terms.items()}
    unused = {p.symbol for p in cited.schematic} - free_variables(cited.claim)
    formal = [a.formal for a in cited.assumptions if a.formal is not None]
    for p in cited.symbols:
        if p.symbol in replace or p.symbol in free_of((cited.claim, *formal)) - unused:
            _check_term(cited.name, p, replace.get(p.symbol, p.symbol), declared)
    for term in replace.values():
        for condition in conditions(term):
            what = f"a term for {cited.name} to be defined"
            _require(prove, context, _under(rule.given, condition), what)
    _check_schematic(prove, theorem, rule, replace)
    own = {f for p in cited.schematic if p.symbol in unused for f in p.facts()}
    for fact in [f for f in ranges(cited) if f not in own]:
        condition = _under(rule.given, substitute(fact, replace))
        _require(prove, context, condition, f"a condition of {cited.name}")
    for assumption in cited.assumptions:
        if assumption.formal is not None:
            condition = _under(rule.given, substitute(assumption.formal, replace))
            _require(
                prove, context, condition, f"the assumption {assumption.label!r} of {cited.name}"
            )
    for condition in [c for f in (cited.claim, *formal) for c in domain(f, replace)]:
        what = f"a term of {cited.name} to be defined"
        _require(prove, context, _under(rule.given, condition), what)
    instance = substitute(cited.claim, replace)
    require_truth(instance, declared)
    _require(prove, [*context, _under(rule.given, instance)], claim)


def _check_term(name: str, p: Parameter, term: Any, declared: Declared) -> None:
    """A term for a declared symbol: of its sort, and not random where a member or list is."""
    sort, expected = sort_of(term, declared), parameter_sort(p)
    wider = {(REAL, INTEGER), (LIST, INTEGERS)}
    if sort != expected and (expected, sort) not in wider:
        what = "an integer" if expected == INTEGER else f"of the sort {expected}"
        raise DerivationError(f"{name}: {term} is not shown to be {what}")
    if expected == LIST and p.symbol.is_positive and not term.is_positive:
        raise DerivationError(f"{name}: {term} is not shown to be a list of positive numbers")


def _check_schematic(
    prove: Prover, theorem: Theorem, rule: Cite, replace: Mapping[Any, Any]
) -> None:
    """The cited assumptions hold for all values of these symbols: they must do so here too."""
    cited = rule.theorem
    formal = [a.formal for a in cited.assumptions if a.formal is not None]
    for p in cited.schematic:
        if not any(f.has(p.symbol) for f in formal):
            continue
        if p.symbol in replace or not theorem.is_free(p.symbol):
            raise DerivationError(f"{cited.name}: its assumptions are needed for every {p.symbol}")
        if p.symbol in free_of((rule.given, *replace.values())):  # of that value only, then
            raise DerivationError(f"{cited.name}: a hypothesis or term speaks of {p.symbol}")
        for fact in ranges(theorem):
            if fact.has(p.symbol):
                _require(
                    prove, list(p.facts()), fact, f"the whole range of {p.symbol} in {cited.name}"
                )
