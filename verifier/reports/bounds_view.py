"""The section on PAC bounds: what samples would have had to buy."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from theory import catalogue
from theory.axioms import AXIOMS
from theory.derivation import Report as Derivation
from theory.derivation import check
from theory.statement import Theorem
from verifier.certificate.verdict import Verdict
from verifier.domain import Domain
from verifier.reports.blocks import (
    Block,
    Cell,
    Code,
    Facts,
    Formula,
    Section,
    Table,
    Text,
    TheoremView,
)
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
from verifier.reports.verdict_words import proviso
from verifier.tree import Tree

USED = ("test-sample-size", "occam-realizable")


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
        Text(_lead(domain, trees)),
        Table(
            f"Samples needed to claim an error of at most ε, at {DELTA_WORDS}", header, tuple(rows)
        ),
        Text(f"{_reading(verdict)} {_LAST_ROW}" if least < 1 else _reading(verdict), note=True),
    ]
    blocks += [_theorem(catalogue[name]) for name in USED]
    return Section("bounds", "What sampling would need", tuple(blocks))


def _lead(domain: Domain, trees: TreeClass | None) -> str:
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
    "one: a tree of error exactly ε, too, passes n tests with probability at most (1 − ε)^n."
)


def _reading(verdict: Verdict) -> str:
    own = "The certificate needs no samples and no δ, and its interval is proved."
    given = proviso(verdict)
    return f"{own[:-1]} if {given}." if given else own


def _row(
    words: str, tolerance: Fraction, trees: TreeClass | None, verdict: Verdict
) -> tuple[Cell, ...]:
    trained = "not computed: too many leaves"
    if trees is not None:
        trained = whole(samples_to_train(tolerance, trees))
    return (
        Cell(words),
        Cell(whole(samples_to_test(tolerance)), number=True),
        Cell(trained, number=True),
        Cell(_own(tolerance, verdict)),
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
        return f"false: the error is larger{so}"
    return "not decided"


@cache
def _checked(name: str) -> Derivation:
    """The derivation's fate; the same throughout a process."""
    return check(catalogue[name])


def _theorem(theorem: Theorem) -> TheoremView:
    """A theorem with its derivation, checked now."""
    report = _checked(theorem.name)
    status = "every step of its derivation accepted" if report.accepted else "NOT accepted"
    terms = (
        *(
            (f"{p.unicode} ({p.name})", typeset(f"{p.meaning}: {p.range_text()}"))
            for p in theorem.parameters
        ),
        *((f"assumed: {a.label}", typeset(a.words)) for a in theorem.assumptions),
        ("source", str(theorem.citation)),
    )
    problems = tuple(Text(f"Problem: {error}") for error in report.errors)
    return TheoremView(
        theorem.title,
        status,
        typeset(theorem.statement),
        f"{theorem.result.meaning[0].upper()}{theorem.result.meaning[1:]}:",
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


def _derivation(theorem: Theorem, report: Derivation) -> tuple[Block, ...]:
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
