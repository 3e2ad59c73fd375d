"""The section on PAC bounds: what samples would have had to buy."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from theory import catalogue
from theory.derivation import Report as Derivation
from theory.derivation import check
from theory.statement import Theorem
from verifier.certificate.verdict import Verdict
from verifier.domain import Domain
from verifier.reports.blocks import Block, Cell, Code, Facts, Fold, Section, Table, Text
from verifier.reports.numbers import digits, plural, probability, scientific, whole
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
        Text(_reading(verdict), note=True),
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


def _theorem(theorem: Theorem) -> Fold:
    """A theorem with its derivation, checked now."""
    report = _checked(theorem.name)
    status = "derivation checked now, every step accepted" if report.accepted else "NOT accepted"
    blocks: list[Block] = [
        Text(theorem.statement),
        Facts(
            (
                (theorem.result.meaning, str(theorem.bound)),
                *((a.label, a.words) for a in theorem.assumptions),
                ("Source", str(theorem.citation)),
            )
        ),
        _derivation(theorem, report),
    ]
    blocks += [Text(f"Problem: {error}") for error in report.errors]
    blocks.append(Code(f"leafproof bounds show {theorem.name}"))
    return Fold(f"{theorem.title}: {status}", tuple(blocks))


def _derivation(theorem: Theorem, report: Derivation) -> Table:
    rows = []
    for step, fate in zip(theorem.steps, report.steps, strict=True):
        axiom = getattr(step.rule, "axiom", "")
        rule = f"{fate.rule}: {axiom}" if axiom else fate.rule
        rows.append(
            (
                Cell(step.label),
                Cell(step.words or str(step.claim)),
                Cell(rule),
                Cell("accepted" if fate.error is None else f"refused: {fate.error}"),
            )
        )
    return Table(
        f"Derivation in {digits(len(rows))} steps",
        ("step", "what it shows", "by", "status"),
        tuple(rows),
    )
