"""The section on PAC bounds: what samples would have had to buy."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from theory import catalogue
from theory.axioms import AXIOMS
from theory.checking.derivation import DerivationReport, check
from theory.language.experiment_words import says
from theory.language.statement import Theorem
from theory.language.wording import assumption
from verifier.model.domain import Domain
from verifier.model.tree import Tree
from verifier.model.verdict import Status, Verdict
from verifier.reports.blocks import (
    Block,
    Code,
    Facts,
    Formula,
    Section,
    Table,
    TableCell,
    Text,
    TheoremView,
)
from verifier.reports.leaves import total
from verifier.reports.mathml import latex, mathml
from verifier.reports.numbers import plural, probability, scientific, whole
from verifier.reports.samples import (
    DELTA_WORDS,
    TOLERANCES,
    TreeClass,
    least_probability,
    samples_to_test,
    samples_to_train,
    tree_class,
)
from verifier.reports.trust_words import proviso
from verifier.reports.verdict_words import error_words


def section(domain: Domain, tree: Tree, classes: int, verdict: Verdict) -> Section:
    """Sample sizes of comparable claims, beside the certificate's."""
    trees = tree_class(domain, tree, classes)
    least = least_probability(domain)
    tolerances = [(f"ε = {scientific(t)}", t) for t in TOLERANCES]
    if least < 1:
        tolerances.append((f"any point at all: ε = {probability(least)}", least))
    rows = [_row(words, t, trees, verdict) for words, t in tolerances]
    header = (
        "claim",
        "tests of this tree, none failing",
        "samples to train any tree of its size",
        "this certificate",
    )
    blocks: list[Block] = [
        Text(_lead(trees)),
        Table(
            f"Samples needed to claim an error of at most ε, at {DELTA_WORDS}", header, tuple(rows)
        ),
        Text(f"{_reading(verdict)} {_LAST_ROW}" if least < 1 else _reading(verdict), note=True),
    ]
    blocks += [
        _theorem(catalogue[name], here)
        for name, here in (
            ("test-sample-size", f"{DELTA_WORDS}, ε and n as in the table"),
            ("occam-realizable", _class_words(trees)),
            ("certificate-error", _proved_words(domain, verdict)),
        )
    ]
    return Section("bounds", "What sampling would need", tuple(blocks))


def _lead(trees: TreeClass | None) -> str:
    size = ""
    if trees is not None:
        size = (
            f" The class of its size are the trees of {plural(trees.leaves, 'leaf', 'leaves')} "
            f"over the {plural(trees.tests, 'test')} that this domain allows."
        )
    return (
        "PAC theory guarantees a small error from random samples, except with probability δ. These "
        "are the exact numbers of independent samples that its bounds need: to accept this very "
        "tree after tests on fresh samples, and to trust whichever tree of its size fits the "
        f"training samples (Occam's razor).{size}"
    )


_LAST_ROW = (
    "The last row is what it takes to notice a disagreement at a single point, the least likely "
    "one: a tree of error exactly ε, too, passes so many tests with probability at most δ."
)


def _reading(verdict: Verdict) -> str:
    low, high = verdict.error
    if low == 0 and high == 1:
        return "The certificate proves nothing yet: no disagreement is known, and none is excluded."
    given = proviso(verdict)
    condition = f", if {given}" if given else ""
    reading = (
        "The certificate needs no samples and no δ. What it proves instead: "
        f"{error_words(verdict.error)}{condition}."
    )
    if low > 0:
        reading += " The tests refute a claim that is false, except with probability at most δ."
    return reading


def _class_words(trees: TreeClass | None) -> str:
    if trees is None:
        return "not evaluated: too many leaves or tests"
    return (
        f"{DELTA_WORDS}, ε and n as in the table; N counts the trees of "
        f"{plural(trees.leaves, 'leaf', 'leaves')} over {plural(trees.tests, 'test')} with "
        f"{plural(trees.classes, 'class', 'classes')}"
    )


def agreement_share(domain: Domain, verdict: Verdict) -> Fraction:
    """The probability of the points at which network and tree are known to agree, in [0, 1].

    Points that rest on the word of a solver that is trusted count; those of cells with a tail bound
    do not.
    """
    known = (Status.PROVED, Status.ENUMERATED, Status.SANDWICH, Status.TRUSTED)
    shares = [total(verdict, status) for status in known]
    return Fraction(sum(s.weight - s.differ_weight for s in shares), domain.total_weight)


def _proved_words(domain: Domain, verdict: Verdict) -> str:
    """The theorem about proved regions, evaluated for the certificate's."""
    share = agreement_share(domain, verdict)
    theorem = catalogue["certificate-error"]
    rho = sp.Rational(share.numerator, share.denominator)
    value = theorem.bound.subs(theorem.parameters[0].symbol, rho)
    bound, given = Fraction(int(value.p), int(value.q)), proviso(verdict)
    condition = f" if {given}" if given else ""
    words = f"ρ = {probability(share, -1)}, so at most {probability(bound, 1)}{condition}"
    if not share:
        words = f"ρ = 0: vacuous, {theorem.vacuous_words}"
    high = verdict.error[1]
    if high < bound:
        words += (
            "; the tail bounds of other cells (theorem kernel-tail-share) make it at most "
            f"{probability(high, 1)}"
        )
    return words


def _row(
    words: str, tolerance: Fraction, trees: TreeClass | None, verdict: Verdict
) -> tuple[TableCell, ...]:
    trained = "not computed: too many leaves or tests"
    if trees is not None:
        trained = whole(samples_to_train(tolerance, trees))
    return (
        TableCell(words),
        TableCell(whole(samples_to_test(tolerance)), number=True),
        TableCell(trained, number=True),
        TableCell(_own(tolerance, verdict)),
    )


def _own(tolerance: Fraction, verdict: Verdict) -> str:
    low, high = verdict.error
    given = proviso(verdict)
    so = f" if {given}" if given else ""
    if high == 0:
        return f"ε = 0, δ = 0, no samples{so}"
    if high <= tolerance:
        return f"holds, δ = 0, no samples{so}"
    if low > tolerance:
        return f"false: the error is {'' if low == high else 'at least '}{probability(low, -1)}{so}"
    return "not decided"


@cache
def _checked(name: str) -> DerivationReport:
    """The derivation's fate; the same throughout a process."""
    return check(catalogue[name])


def _theorem(theorem: Theorem, here: str) -> TheoremView:
    """A theorem with its derivation, checked now; ``here`` is what it says of the certificate."""
    report = _checked(theorem.name)
    status = "every step of its derivation accepted" if report.accepted else "NOT accepted"
    terms = (
        ("here", here),
        *(
            (f"{p.unicode} ({p.name})", typeset(f"{p.meaning}: {p.range_text()}"))
            for p in theorem.parameters
        ),
        ("experiment", typeset(says(theorem))),
        *(
            (f"assumed: {a.label}", typeset(assumption(theorem, a)))
            for a in (*theorem.requires, *theorem.assumptions)
        ),
        ("source", str(theorem.citation)),
    )
    problems = tuple(Text(f"Problem: {error}") for error in report.errors)
    return TheoremView(
        theorem.title,
        status,
        typeset(theorem.statement),
        f"{theorem.meaning[0].upper()}{theorem.meaning[1:]}:",
        _formula(theorem.bound),
        Facts(terms),
        f"The derivation, {plural(len(theorem.steps), 'step')}",
        _derivation(theorem, report) + problems,
        Code(f"leafproof bounds show {theorem.name}"),
    )


def typeset(words: str) -> str:
    """Words of ``theory`` with the proper relation signs."""
    return words.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠")


def _formula(formula: Any) -> Formula:
    return Formula(mathml(formula), latex(formula))


def _derivation(theorem: Theorem, report: DerivationReport) -> tuple[Block, ...]:
    """Every step with the rule that discharged it, its status and its claim."""
    blocks: list[Block] = []
    for number, (step, fate) in enumerate(zip(theorem.steps, report.steps, strict=True), 1):
        axiom = getattr(step.rule, "axiom", "")
        rule = f"{fate.rule} {axiom}" if axiom else fate.rule
        uses = f", from {', '.join(step.uses)}" if step.uses else ""
        status = "accepted" if fate.error is None else f"REFUSED: {fate.error}"
        words = f" {typeset(step.words)}" if step.words else ""
        blocks.append(Text(f"{number}. {step.label} ({rule}{uses}): {status}.{words}"))
        blocks.append(_formula(step.claim))
    if report.axioms:
        named = tuple((name, typeset(AXIOMS[name].statement)) for name in report.axioms)
        blocks += [Text("The axioms used, taken as true:"), Facts(named)]
    return tuple(blocks)
