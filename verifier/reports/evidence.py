"""What stands behind each leaf: the proof's cells inside it, their margins, their float32 status.

The kernel's own rules are asked again, cell by cell; of a large proof only some cells, evenly
spread over it, are looked at, and nothing is said leaf by leaf.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

import numpy as np

from verifier.kernel import checker
from verifier.kernel.prepared import Prepared, parts_of
from verifier.kernel.rules import constant_margin
from verifier.kernel.signed import signed_margins
from verifier.model.cell import Cell
from verifier.model.domain import Domain, Point
from verifier.model.network import Affine, Network, exact_logits
from verifier.model.proof import Constant, Enumerated, Proof, Signed, Split, Step, Trusted, steps
from verifier.model.tree import leaves_of_points, overlay
from verifier.model.verdict import Status, Verdict
from verifier.reports.leaves import LeafFacts
from verifier.reports.numbers import plural, scientific
from verifier.reports.passing import passed, some_cells
from verifier.reports.tree_view import Subject, Terms

MOST_NODES = 100_000
"""Nodes of a proof that is looked at again."""
MOST_WORK = 3_000_000_000
"""Multiplications, about, of the relaxation over the whole proof."""
MOST_PARTS = 200_000
"""Parts that leaves and cells cut from each other."""
MOST_POINTS = 1 << 14
"""Enumerated points whose exact margins are computed again: a swept domain's, as a rule."""
MOST_PRODUCTS = 100_000_000
"""Products of exact integers for these."""
SAMPLE = 5_000
"""Cells looked at of a proof that is too large, at most."""
TREES = 1 << 8
"""Bytes of trees of signs that take about as long to look at as a cell without."""
Bounded = Constant | Signed | Trusted
"""Steps that bounds may prove."""

STEP_WORDS = {
    "constant": "one class by a bound that the kernel recomputed",
    "enumerated": "evaluated point by point by the kernel",
    "paired": "settled by what two ensembles have in common, tree by tree",
    "sandwich": "settled by counting a linear sum near the network; what is between its thresholds "
    "is open",
    "signed": "one class by bounds that the kernel recomputed, told apart by signs of neurons",
    "tail": "the probability of another class is bounded",
    "trusted": "a solver said so; not proved by the kernel",
    "untrusted": "a solver said so; not proved by the kernel, not trusted: open",
    "open": "nothing claimed, or between the thresholds of a sandwich",
}
KIND = {
    Status.PROVED: "constant",
    Status.ENUMERATED: "enumerated",
    Status.SANDWICH: "sandwich",
    Status.TAIL: "tail",
    Status.TRUSTED: "trusted",
    Status.UNTRUSTED: "untrusted",
    Status.OPEN: "open",
}


@dataclass
class LeafEvidence:
    """Cells by kind, the least margin proved (None: none), points not shown for float32."""

    cells: Counter[str] = field(default_factory=Counter)
    margin: Fraction | None = None
    not_shown: int = 0

    def lower(self, margin: Fraction) -> None:
        """Take a further margin into account."""
        self.margin = margin if self.margin is None else min(self.margin, margin)


@dataclass(frozen=True)
class Evidence:
    """By leaf node; and the margins of the cells that the relaxation proves, and of all points.

    With ``every`` above 1 the proof is too large to look at again: the margins are those of every
    so-manieth cell of those that are bounded, and there is nothing else.
    """

    leaves: dict[int, LeafEvidence]
    margins: tuple[Fraction, ...]
    points: tuple[Fraction, ...]
    every: int = 1


def gather(s: Subject, p: Prepared, proof: Proof) -> Evidence:
    """The evidence behind every leaf, or a sample where the proof is too large to look at again."""
    if len(proof) > MOST_NODES or _looks(proof) * _work(p.teacher) > MOST_WORK:
        return _sample(s, p, proof)
    cells = [(cell, step) for cell, _, step in steps(s.domain, proof)]
    count = sum(s.domain.measure(c)[0] for c, step in cells if isinstance(step, Enumerated))
    if count > MOST_POINTS or count * _weights(p.teacher) > MOST_PRODUCTS:
        return _sample(s, p, proof)
    facts = _bounded_facts(p, cells)
    found: dict[int, LeafEvidence] = {}
    points: list[Fraction] = []
    parts = 0
    for (cell, step), (margin, steady) in zip(cells, facts, strict=True):
        if isinstance(step, Enumerated) or _is_evaluated(s, cell, step, margin):
            points += _add_points(s, p, cell, found)
            continue
        shown = isinstance(step, Trusted) and margin is not None  # by bounds: no solver is believed
        kind = "constant" if shown else type(step).__name__.lower()
        for part, leaf in overlay(s.bound, cell):
            parts += 1
            if not s.domain.measure(part)[0]:
                continue
            held = found.setdefault(leaf, LeafEvidence())
            held.cells[kind] += 1
            held.not_shown += 0 if steady else _not_shown(s, p, cell, part, step)
            if margin is not None:
                held.lower(margin)
        if parts > MOST_PARTS:
            return _sample(s, p, proof)
    return Evidence(found, tuple(m for m, _ in facts if m is not None), tuple(points))


def _sample(s: Subject, p: Prepared, proof: Proof) -> Evidence:
    """The margins of some cells, as many as are looked at quickly; the first is among them."""
    sizes = [_size(step) for step in passed(proof, "counting") if isinstance(step, Bounded)]
    most = min(SAMPLE, max(16, MOST_WORK // max(1, _work(p.teacher))))
    every = max(2, -(-sum(sizes) // most))
    chosen = some_cells(s.domain, proof, get_args(Bounded), every, "choosing cells")
    facts = _bounded_facts(p, chosen)
    return Evidence({}, tuple(m for m, _ in facts if m is not None), (), every)


def _size(step: Split | Step) -> int:
    """How many cells take about as long to look at as this node."""
    return 1 + len(step.trees) // TREES if isinstance(step, Signed) else 1


def _looks(proof: Proof) -> int:
    """How many cells take about as long to look at as this proof."""
    return sum(_size(node) for node in proof)


def _weights(teacher: Network) -> int:
    return sum(layer.weight.size for layer in teacher.layers if isinstance(layer, Affine))


def _work(teacher: Network) -> int:
    """Multiplications, about, to bound every node of the teacher over a cell."""
    return _weights(teacher) * max(teacher.widths)


def _is_evaluated(s: Subject, cell: Cell, step: Step, margin: Fraction | None) -> bool:
    """Whether the kernel evaluates a cell whose class it cannot bound."""
    if s.domain.infinite:
        return False
    return isinstance(step, Bounded) and margin is None and cell.size <= checker.UPHOLD


def _not_shown(s: Subject, p: Prepared, cell: Cell, part: Cell, step: Step) -> int:
    """Points of a part for which float32 is not shown, where it is not for the cell as a whole."""
    if not isinstance(step, Bounded) or cell.size > checker.CLOSER or s.domain.infinite:
        return s.domain.measure(part)[0]
    _, steady, _ = checker.evaluate(p, np.array(possible_points(s.domain, part), dtype=np.int64))
    return int((~steady).sum())


Facts = tuple[Fraction | None, bool]
"""Of a cell the margin that bounds prove for its class, and float32 steadiness.

The margin is a lower bound of the logit (of its negative for class 0), or of the gap to every other
logit, over the whole cell; None where bounds prove no class, or this one of the kernel's does not.
"""


def _bounded_facts(p: Prepared, cells: Sequence[tuple[Cell, Step]]) -> list[Facts]:
    """The facts of each cell; None and False where its step is none of bounds."""
    facts: list[Facts] = [(None, False)] * len(cells)
    plain = [(i, c, s.klass) for i, (c, s) in enumerate(cells) if isinstance(s, Constant | Trusted)]
    batch = max(1, 4_000_000 // max(p.teacher.widths) ** 2)
    for start in range(0, len(plain), batch):
        chosen = plain[start : start + batch]
        own, classes = [cell for _, cell, _ in chosen], [klass for _, _, klass in chosen]
        proved, steady = checker.constant(p, own, classes, float32=True)
        margins = _margins(p, own, classes)
        for k, (i, _, _) in enumerate(chosen):
            if proved[k]:
                facts[i] = margins[k] if margins[k] >= 0 else None, bool(steady[k])
    signed = [(i, c, s) for i, (c, s) in enumerate(cells) if isinstance(s, Signed)]
    if signed:
        numbers, own, told = map(list, zip(*signed, strict=True))
        wanted = np.array([step.klass for step in told])
        trees = [step.trees for step in told]
        least, firm = signed_margins(p, parts_of(own), wanted, trees, numbers, float32=True)
        for i, margin, shown in zip(numbers, least.tolist(), firm.tolist(), strict=True):
            facts[i] = Fraction(margin) if margin > 0 else None, shown
    return facts


def _margins(p: Prepared, cells: Sequence[Cell], classes: Sequence[int]) -> list[Fraction]:
    """The margin that the relaxation gives, cell by cell."""
    _, bound, _, _ = constant_margin(p, parts_of(cells), np.array(classes, dtype=np.int64))
    exponents = np.broadcast_to(bound.e, len(cells)).tolist()
    lowest = bound.n.min(axis=1).astype(np.int64).tolist()
    units = [Fraction(1, 1 << e) if e >= 0 else Fraction(1 << -e) for e in exponents]
    return [n * unit for n, unit in zip(lowest, units, strict=True)]


def _add_points(
    s: Subject, p: Prepared, cell: Cell, found: dict[int, LeafEvidence]
) -> list[Fraction]:
    """Add an enumerated cell; returns the exact margin of each of its points."""
    points = possible_points(s.domain, cell)
    if not points:
        return []
    array = np.array(points, dtype=np.int64)
    leaves = leaves_of_points(s.bound, array).tolist()
    _, steady, _ = checker.evaluate(p, array)
    inputs = [s.domain.encode_integers(x) for x in points]
    logits, denominator = exact_logits(p.teacher, inputs, s.domain.denominator)
    margins = [Fraction(_gap(row), denominator) for row in logits]
    for leaf, margin, firm in zip(leaves, margins, steady.tolist(), strict=True):
        held = found.setdefault(leaf, LeafEvidence())
        held.not_shown += not firm
        held.lower(margin)
    for leaf in set(leaves):
        found[leaf].cells["enumerated"] += 1
    return margins


def possible_points(domain: Domain, cell: Cell) -> list[Point]:
    """The points of a cell, without impossible combinations."""
    return [point for part, _ in domain.parts(cell) for point in part.points()]


def _gap(row: Sequence[int]) -> int:
    """The distance of one logit from 0, or of the largest from the next."""
    if len(row) == 1:
        return abs(row[0])
    first, second = sorted(row, reverse=True)[:2]
    return first - second


def terms(s: Subject, found: Evidence, verdict: Verdict) -> dict[int, Terms]:
    """How every leaf that has points is proved: step, margin and float32 in words."""
    leaves = [node for node, facts in s.facts.items() if facts.points]
    if found.every > 1:
        return {node: _summary(s.facts[node], verdict) for node in leaves}
    return {node: _terms(found.leaves[node]) for node in leaves}


def _terms(held: LeafEvidence) -> Terms:
    kinds = [
        f"{kind.capitalize()} ({plural(n, 'cell')}): {STEP_WORDS[kind]}"
        for kind, n in sorted(held.cells.items())
    ]
    rows = [("proof step" if len(kinds) == 1 else "proof steps", "; ".join(kinds))]
    if held.margin is not None and not {"open", "sandwich", "tail", "trusted"} & set(held.cells):
        rows.append(("margin proved", f"at least {scientific(held.margin, 3, -1)}"))
    else:
        rows.append(("margin proved", "none, as not all of the leaf is proved"))
    missing = f"not shown on {plural(held.not_shown, 'point')}"
    rows.append(("float32", missing if held.not_shown else _SHOWN))
    return tuple(rows)


_SHOWN = "shown: the same class under every float32 evaluation"


def _summary(facts: LeafFacts, verdict: Verdict) -> Terms:
    """What the verdict alone tells of a leaf."""
    kinds = [
        f"{kind.capitalize()}: {STEP_WORDS[kind]}"
        for kind in sorted(KIND[status] for status, share in facts.shares.items() if share.points)
    ]
    f32 = _SHOWN if verdict.float32.is_shown else "not listed by leaf: see the section on float32"
    return (
        ("proof step" if len(kinds) == 1 else "proof steps", "; ".join(kinds)),
        ("margin proved", "not listed by leaf: see the margins in the section on the proof"),
        ("float32", f32),
    )
