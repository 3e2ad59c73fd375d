"""Every derivation is accepted, and every corruption of every step is rejected.

Corruptions of a step's claim: an inequality or equality turned into its negation; constants
changed, one after the other. A changed constant may leave a true (weaker) claim, which a sound
checker rightly accepts when the rest still follows; so every step with a constant must have one
whose change is rejected, and no change accepted on the way may be false at a sample point.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pytest
import sympy as sp
from sympy.core.facts import InconsistentAssumptions
from sympy.core.relational import Relational

from tests.every import EVERY, some
from theory import catalogue
from theory.checking import smt
from theory.checking.derivation import DerivationReport, check, check_step, ranges, structure_errors
from theory.checking.steps import Prover
from theory.language.errors import DerivationError
from theory.language.rules import Cite, Instantiate, Smt, Use
from theory.language.statement import Step, Theorem
from theory.language.symbols import Parameter
from theory.language.terms import OPAQUE_EVENTS, OPAQUE_NUMBERS, RandomInteger

NEGATION = {
    sp.Le: sp.Gt,
    sp.Lt: sp.Ge,
    sp.Ge: sp.Lt,
    sp.Gt: sp.Le,
    sp.Eq: sp.Ne,
    sp.Ne: sp.Eq,
}
OPAQUE = (*OPAQUE_NUMBERS, *OPAQUE_EVENTS)
DONE: dict[str, DerivationReport] = {}  # what others rest on is checked once for all tests
STEPS = [(t.name, s.label) for t in catalogue.values() for s in t.steps]
SLOW = {("lrh-leaves-samples", "for-search"), ("lrh-leaves-samples", "for-choice")}
"""Steps whose changed forms Z3 does not decide before its limit: `make bench` changes them."""
COSTLY = {
    ("threshold-search-samples-kl", "other entropy"),
    ("clopper-pearson", "telescope"),
    ("importance-kl-upper", "tilt"),
    ("confidence-sequence-stitched", "won"),
}
"""Steps whose changed forms take a second each and more: with all cases only."""
CONSTANTS = [s for s in some([s for s in STEPS if s not in SLOW]) if EVERY or s not in COSTLY]
VARIED = [
    t.name
    for t in catalogue.values()
    for numbers in [[p.symbol for p in t.schematic if p.kind != "member"]]
    if any(a.formal is not None and a.formal.has(*numbers) for a in t.assumptions if numbers)
]
"""Theorems that assume something of all values of a number.

Of the others, `check` asks whether the assumptions contradict each other, with the steps as well.
"""
APPLIED = [
    (t.name, s.label) for t in catalogue.values() for s in t.steps if isinstance(s.rule, Use | Cite)
]
BRIEF_MS, TRIED = 1_000, 3
"""How long Z3 has for so many changes (it decides most in 20), before it has all its time."""


@dataclasses.dataclass
class _Brief:
    """Z3 for a short time; `undecided` says that it was not enough for something."""

    undecided: bool = False

    def __call__(self, known: Iterable[Any], claim: Any) -> bool:
        """As `smt.proves`."""
        answer = smt.decides(known, claim, BRIEF_MS)
        self.undecided |= answer is None
        return answer is True


def _with_claim(theorem: Theorem, label: str, claim: Any) -> Theorem:
    steps = tuple(
        dataclasses.replace(s, claim=claim) if s.label == label else s for s in theorem.steps
    )
    return dataclasses.replace(theorem, steps=steps)


def _step(theorem: Theorem, label: str) -> Step:
    return next(s for s in theorem.steps if s.label == label)


def _flips(claim: Any) -> Iterator[Any]:
    """The claim with one of its conclusions negated; hypotheses stay."""
    if isinstance(claim, Relational):
        yield NEGATION[type(claim)](claim.lhs, claim.rhs, evaluate=False)
    elif isinstance(claim, sp.Implies):
        for flipped in _flips(claim.args[1]):
            yield sp.Implies(claim.args[0], flipped, evaluate=False)
    elif isinstance(claim, (sp.And, sp.Or)):
        for i, part in enumerate(claim.args):
            for flipped in _flips(part):
                rest = list(claim.args)
                rest[i] = flipped
                yield type(claim)(*rest, evaluate=False)
    elif isinstance(claim, sp.Equivalent):
        yield sp.Equivalent(claim.args[0], sp.Not(claim.args[1]), evaluate=False)
    else:
        yield sp.Not(claim)


def _from_both_ends(claim: Any) -> tuple[Iterator[Any], Iterator[Any]]:
    """The same changes twice, the last ones first and the first ones first."""
    return _changed_constants(claim, -1), _changed_constants(claim)


def _changed_constants(term: Any, way: int = 1) -> Iterator[Any]:
    """The term with one occurrence of a number increased or decreased, from the left or back."""
    if isinstance(term, sp.Number):
        yield term + 1
        yield term - sp.Rational(1, 2)
        return
    for i, argument in list(enumerate(term.args))[::way]:
        if not isinstance(argument, (sp.Basic,)):
            continue
        for changed in _changed_constants(argument, way):
            arguments = list(term.args)
            arguments[i] = changed
            try:
                rebuilt = term.func(*arguments, evaluate=False)
            except TypeError:
                rebuilt = term.func(*arguments)
            yield rebuilt


def _fails(theorem: Theorem, step: Step, prove: Prover = smt.proves) -> bool:
    try:
        check_step(theorem, step, prove)
    except DerivationError:
        return True
    return False


def _plain(claim: Any) -> bool:
    """Whether a claim is of plain numbers alone."""
    return not any(claim.atoms(kind) for kind in (sp.Indexed, sp.Sum, *OPAQUE))


def _false_at(theorem: Theorem, claim: Any, values: dict[Any, Any]) -> bool:
    """Whether a claim of plain numbers is false where the conditions and assumptions hold."""
    if not _plain(claim) or any(_at(fact, values) != sp.true for fact in ranges(theorem)):
        return False
    assumed = (held.formal for held in theorem.assumptions if held.formal is not None)
    if any(_plain(fact) and _at(fact, values) == sp.false for fact in assumed):
        return False
    return bool(_at(claim, values) == sp.false)


def _rejected(theorem: Theorem, label: str, prove: Prover = smt.proves) -> bool:
    """Whether a theorem whose step `label` was changed fails: there, or where it is used."""
    if theorem.steps[-1].claim != theorem.claim:
        return True
    touched = [s for s in theorem.steps if s.label == label or label in s.uses]
    return any(_fails(theorem, step, prove) for step in touched)


def test_a_step_of_which_sympy_contradicts_itself_is_refused() -> None:
    def contradicting(known: list[Any], claim: Any) -> bool:
        raise InconsistentAssumptions({}, "even", True)

    theorem = next(iter(catalogue.values()))
    step = next(s for s in theorem.steps if isinstance(s.rule, Smt))
    check_step(theorem, step)
    with pytest.raises(DerivationError, match="SymPy contradicts itself"):
        check_step(theorem, step, contradicting)


@pytest.mark.parametrize("name", list(catalogue))
def test_derivation_is_accepted(name: str) -> None:
    report = check(catalogue[name], DONE)
    assert report.accepted, report.errors
    assert len(report.steps) == len(catalogue[name].steps) > 0


@pytest.mark.parametrize(("name", "label"), some(STEPS))
def test_flipped_claim_is_rejected(name: str, label: str) -> None:
    theorem = catalogue[name]
    flips = list(_flips(_step(theorem, label).claim))
    assert flips
    for flipped in flips:
        corrupted = _with_claim(theorem, label, flipped)
        assert _fails(corrupted, _step(corrupted, label)), flipped


@pytest.mark.parametrize(("name", "label"), CONSTANTS)
def test_changed_constants_are_rejected(name: str, label: str) -> None:
    """Some change is rejected, and none that was accepted before it is false at a sample point.

    One that Z3 does not decide soon is put off, as the next one may be rejected for good. They
    are changed from both ends: the conclusion's are rejected soonest, but not always.
    """
    theorem = catalogue[name]
    rng = random.Random(name + label)
    later = []
    claim = _step(theorem, label).claim
    for changed in chain.from_iterable(zip(*_from_both_ends(claim), strict=True)):
        corrupted, brief = _with_claim(theorem, label, changed), _Brief()
        if _rejected(corrupted, label, brief if len(later) < TRIED else smt.proves):
            if not brief.undecided:
                return
            later.append(changed)
            continue
        assert not any(_false_at(corrupted, changed, _values(corrupted, rng)) for _ in range(10))
    for changed in later:
        corrupted = _with_claim(theorem, label, changed)
        if _rejected(corrupted, label):
            return
        assert not any(_false_at(corrupted, changed, _values(corrupted, rng)) for _ in range(10))
    assert not list(_changed_constants(claim))


@pytest.mark.parametrize(("name", "label"), some(APPLIED))
def test_axiom_with_other_terms_is_rejected(name: str, label: str) -> None:
    """Every numeric term of an axiom is replaced by an unrelated symbol: the step must fail."""
    theorem = catalogue[name]
    rule = _step(theorem, label).rule
    assert isinstance(rule, Use | Cite)
    foreign = sp.Symbol("foreign")
    outcomes = []
    for key, term in rule.terms.items():
        if not isinstance(term, sp.Expr):
            continue
        terms = {**rule.terms, key: foreign}
        step = dataclasses.replace(
            _step(theorem, label), rule=dataclasses.replace(rule, terms=terms)
        )
        corrupted = dataclasses.replace(
            theorem, steps=tuple(step if s.label == label else s for s in theorem.steps)
        )
        outcomes.append(_fails(corrupted, step))
    assert not outcomes or any(outcomes)


@pytest.mark.parametrize("name", list(catalogue))
def test_no_step_can_be_left_out(name: str) -> None:
    theorem = catalogue[name]
    for left_out in theorem.steps[:-1]:
        rest = tuple(s for s in theorem.steps if s is not left_out)
        users = [s for s in rest if left_out.label in s.uses]
        assert users
        without = dataclasses.replace(theorem, steps=rest)
        assert all(_fails(without, step) for step in users)
    unfinished = dataclasses.replace(theorem, steps=theorem.steps[:-1])
    assert structure_errors(unfinished)


@pytest.mark.parametrize("name", list(catalogue))
def test_another_bound_is_rejected(name: str) -> None:
    theorem = catalogue[name]
    schema, bound = theorem.result, theorem.bound
    held = [f.name for f in dataclasses.fields(schema) if getattr(schema, f.name) == bound]
    assert held, "the bound is a field of its schema"
    other = dataclasses.replace(schema, **{held[0]: bound + sp.Symbol("foreign")})
    assert structure_errors(dataclasses.replace(theorem, result=other))


def test_contradictory_assumptions_are_rejected() -> None:
    theorem = catalogue["test-sample-size"]
    first = theorem.assumptions[0]
    wrong = dataclasses.replace(first, formal=sp.And(first.formal, sp.Ne(*first.formal.args)))
    corrupted = dataclasses.replace(theorem, assumptions=(wrong, *theorem.assumptions[1:]))
    assert any("contradict" in e for e in check(corrupted).errors)


def _values(
    theorem: Theorem, rng: random.Random, symbols: tuple[Parameter, ...] | None = None
) -> dict[Any, Any]:
    """Random values in their ranges for the symbols (default: all) that are numbers."""
    values: dict[Any, Any] = {}
    for p in theorem.symbols if symbols is None else symbols:
        if p.kind == "integer":
            values[p.symbol] = sp.Integer(int(p.lower or 0) + rng.randint(0, 5))
        elif p.symbol.is_real:
            low, high = p.lower or 0, 1 if p.upper is None else p.upper
            values[p.symbol] = sp.Rational(rng.randint(1, 99), 100) * (high - low) + low
    return values


def _at(formula: Any, values: dict[Any, Any]) -> Any:
    try:
        return formula.subs(values)
    except (TypeError, ValueError):  # no number there
        return None


def test_what_is_tried_is_there() -> None:
    assert set(STEPS) >= SLOW | COSTLY
    assert 40 < len(VARIED) < len(catalogue)


@pytest.mark.parametrize("name", VARIED)
def test_assumptions_hold_together_for_all_schematic_values(name: str) -> None:
    """An assumption that is meant for all j but holds for one only would prove anything."""
    theorem = catalogue[name]
    rng = random.Random(name)
    formal = [a.formal for a in theorem.assumptions if a.formal is not None]
    copies = []
    for _ in range(4):
        values = _values(theorem, rng, theorem.schematic)
        # two values of one symbol at once; a formula without meaning there (ln 0) is left out
        copies += [c for f in formal if (c := _at(f, values)) is not None]
    assert len(copies) >= len(formal)
    assert not smt.contradictory([*ranges(theorem), *formal, *copies])


def test_a_fixed_symbol_may_not_be_instantiated() -> None:
    theorem = catalogue["clopper-pearson"]
    fixed = next(p.symbol for p in theorem.locals if p.name == "p")
    step = dataclasses.replace(
        _step(theorem, "probability"), rule=Instantiate("counted", {fixed: sp.Rational(1, 2)})
    )
    with pytest.raises(DerivationError, match="which an assumption fixes"):
        check_step(theorem, step)


def test_a_random_term_may_not_enter_a_probability() -> None:
    theorem = catalogue["clopper-pearson"]
    count = next(p.symbol for p in theorem.schematic if p.name == "j")
    step = dataclasses.replace(
        _step(theorem, "probability"), rule=Instantiate("counted", {count: RandomInteger("K")})
    )
    with pytest.raises(DerivationError, match="is put inside"):
        check_step(theorem, step)


def test_a_union_over_a_fixed_member_is_rejected() -> None:
    theorem = catalogue["occam-realizable"]
    fixed = dataclasses.replace(theorem, schematic=(), locals=(*theorem.locals, *theorem.schematic))
    with pytest.raises(DerivationError, match="is fixed by an assumption"):
        check_step(fixed, _step(fixed, "union"))
