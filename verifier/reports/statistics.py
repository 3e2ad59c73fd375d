"""The section on the proof: cells by kind and depth, work done, float32."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from verifier.certificate.proof import Split, Step
from verifier.certificate.verdict import Float32, Status, Verdict
from verifier.domain import Domain
from verifier.reports.blocks import Cell, Facts, Section, Table, Text
from verifier.reports.leaves import total
from verifier.reports.numbers import digits, plural, probability, whole

KINDS = ("constant", "enumerated", "tail", "trusted", "open")
MOST_DEPTHS = 40


def section(
    domain: Domain, proof: Sequence[Split | Step], prover: str, verdict: Verdict
) -> Section:
    """What the proof consists of and what the kernel did."""
    checked = verdict.checked
    cells = sum(checked.cells.values())
    exact = "none needed: fixed-point enclosures decided every evaluation"
    if checked.largest_bits:
        exact = f"{plural(checked.largest_bits, 'bit')} (numerator of a logit)"
    facts = (
        ("Found by", prover),
        ("Cells", whole(cells)),
        ("Splits", whole(checked.splits)),
        ("Points evaluated", whole(checked.points_enumerated)),
        ("Solver steps that the kernel closed itself", whole(checked.upheld)),
        ("Largest exact integer", exact),
    )
    return Section(
        "proof",
        "The proof",
        (Facts(facts), _kinds(domain, verdict), _depths(proof)),
    )


def _kinds(domain: Domain, verdict: Verdict) -> Table:
    cells = verdict.checked.cells
    status = dict(
        zip(
            KINDS,
            (Status.PROVED, Status.ENUMERATED, Status.TAIL, Status.TRUSTED, Status.OPEN),
            strict=True,
        )
    )
    rows = []
    for kind in KINDS:
        if not cells.get(kind):
            continue
        share = total(verdict, status[kind])
        rows.append(
            (
                Cell(_KIND_WORDS[kind]),
                Cell(whole(cells[kind]), number=True),
                Cell(whole(share.points), number=True),
                Cell(probability(Fraction(share.weight, domain.total_weight)), number=True),
            )
        )
    return Table("Cells by kind of step", ("step", "cells", "points", "probability"), tuple(rows))


_KIND_WORDS = {
    "constant": "Constant: one class by a bound that the kernel recomputed",
    "enumerated": "Enumerated: evaluated point by point by the kernel",
    "tail": "Tail: the probability of another class is bounded",
    "trusted": "Trusted: a solver said so; not proved by the kernel",
    "open": "Open: nothing claimed",
}


def _depths(proof: Sequence[Split | Step]) -> Table:
    """Cells by depth, in bands where there are many."""
    count = Counter[int]()
    stack = [0]
    for node in proof:
        depth = stack.pop()
        if isinstance(node, Split):
            stack += [depth + 1, depth + 1]
        else:
            count[depth] += 1
    width = max(count) // MOST_DEPTHS + 1
    bands: Counter[int] = Counter()
    for depth, cells in count.items():
        bands[depth // width] += cells
    rows = tuple(
        (
            Cell(str(b * width) if width == 1 else f"{b * width} to {b * width + width - 1}"),
            Cell(digits(bands[b]), number=True),
        )
        for b in sorted(bands)
    )
    return Table("Cells by depth (splits above them)", ("depth", "cells"), rows)


def float32_section(found: Float32) -> Section:
    """Whether the verdict carries over to float32 evaluation."""
    if found.robust:
        text = (
            "Shown for the whole domain: the network has the same class under every float32 "
            "evaluation, in any order of summation, with or without fused multiply-add."
        )
    else:
        text = (
            f"Shown everywhere except on {plural(found.points_not_shown, 'point')} (probability "
            f"{probability(found.probability_not_shown, 1)}), where the margin was not shown to "
            "exceed the worst rounding error of a float32 evaluation. The verdict is about real "
            "arithmetic; on those points a float32 runtime may round to another class."
        )
    return Section("float32", "Float32", (Text(text),))
