"""The section on the proof: cells by kind and depth, work done."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from verifier.model.domain import Domain
from verifier.model.proof import Proof, Split
from verifier.model.verdict import Verdict
from verifier.reports import infinite
from verifier.reports.blocks import Bars, Block, Facts, Section, Table, TableCell, Text
from verifier.reports.evidence import KIND, STEP_WORDS, Evidence
from verifier.reports.leaves import total
from verifier.reports.numbers import digits, exponent, plural, probability, scientific, whole
from verifier.reports.passing import passed

MOST_BARS = 24
LOG2 = math.log10(2)


def section(
    domain: Domain,
    proof: Proof,
    prover: str,
    verdict: Verdict,
    found: Evidence | None,
) -> Section:
    """What the proof consists of and what the kernel did; margins where there is ``found``."""
    checked = verdict.checked
    by_depth = _by_depth(proof)
    exact = "none needed: fixed-point enclosures decided every evaluation"
    if checked.largest_bits:
        exact = f"{plural(checked.largest_bits, 'bit')} (numerator of a logit)"
    facts = (
        ("Found by", prover),
        ("Cells", whole(by_depth.total())),
        ("Splits", whole(checked.splits)),
        ("Points evaluated", whole(checked.points_enumerated)),
        ("Solver steps that the kernel closed itself", whole(checked.upheld)),
        ("Largest exact integer", exact),
    )
    noun = "steps" if found is None else "cells"
    blocks: list[Block] = [Facts(facts), _kinds(domain, verdict, noun), _depths(by_depth)]
    if found is None:
        return Section("proof", "The proof", tuple(blocks))
    if found.every > 1:
        blocks.append(Text(_sampled(found), note=True))
    blocks += [
        margin_bars(caption, of, margins)
        for caption, of, margins in (
            (_CELL_MARGINS, "cells", found.margins),
            (_POINT_MARGINS, "points", found.points),
        )
        if margins
    ]
    return Section("proof", "The proof", tuple(blocks))


def _sampled(found: Evidence) -> str:
    margins = "" if found.margins else ", and none of its cells is closed by bounds"
    if found.margins:
        margins = (
            f": the margins below are those of {plural(len(found.margins), 'cell')}, 1 in "
            f"{digits(found.every)} of those closed by bounds, evenly spread over the proof"
        )
    return f"This proof is too large to look at every cell and point again{margins}."


def _kinds(domain: Domain, verdict: Verdict, noun: str) -> Table:
    doubted = sum(verdict.untrusted.values())
    cells = Counter(verdict.checked.cells)
    cells.update({"trusted": -doubted, "untrusted": doubted})
    rows = []
    for status, kind in KIND.items():
        share = total(verdict, status)
        if not cells[kind] and not share.points:
            continue
        rows.append(
            (
                TableCell(f"{kind.capitalize()}: {STEP_WORDS[kind]}"),
                TableCell(whole(cells[kind]), number=True),
                TableCell(infinite.share_words(share.points, verdict), number=True),
                TableCell(probability(Fraction(share.weight, domain.total_weight)), number=True),
            )
        )
    if none := cells["impossible"]:
        words = TableCell("Impossible: no point of the domain is in the cell")
        zero = TableCell("0", number=True)
        rows.append((words, TableCell(whole(none), number=True), zero, zero))
    header = ("step", noun, "points", "probability")
    return Table(f"{noun.capitalize()} by kind of step", header, tuple(rows))


def _by_depth(proof: Proof) -> Counter[int]:
    """How many cells have how many splits above them."""
    count = Counter[int]()
    stack = [0]
    for node in passed(proof, "cells by depth"):
        depth = stack.pop()
        if isinstance(node, Split):
            stack += [depth + 1, depth + 1]
        else:
            count[depth] += 1
    return count


def _depths(count: Counter[int]) -> Bars:
    """Cells by depth, in bands where there are many."""
    width = max(count) // MOST_BARS + 1
    bands: Counter[int] = Counter()
    for depth, cells in count.items():
        bands[depth // width] += cells
    labels = {b: f"{b * width} to {b * width + width - 1}" if width > 1 else str(b) for b in bands}
    return _bars("Cells by depth (splits above them)", ("depth", "cells"), bands, labels)


_CELL_MARGINS = (
    "Margins that the relaxation proves, cell by cell: a lower bound of the distance of the logit "
    "from 0, or of the winning logit from the next"
)
_POINT_MARGINS = (
    "Margins of the points that the kernel evaluated, exactly: the distance of the logit from 0, "
    "or of the winning logit from the next"
)


def margin_bars(caption: str, of: str, margins: Sequence[Fraction]) -> Bars:
    """How many cells or points have which margin, by powers of two (of more, if they spread)."""
    zeros = sum(m == 0 for m in margins)
    logs = [math.floor(exponent(m) / LOG2) for m in margins if m]
    width = (max(logs) - min(logs)) // MOST_BARS + 1 if logs else 1
    bands = Counter(x // width for x in logs)
    labels = {b: _band(b * width, (b + 1) * width) for b in bands}
    if zeros:
        lowest = min(bands, default=0) - 1
        bands[lowest], labels[lowest] = zeros, "exactly 0 (a tie that falls to this class)"
    return _bars(caption, ("margin", of), bands, labels)


def _band(low: int, high: int) -> str:
    ends = [scientific(Fraction(2) ** e, 3) for e in (low, high)]
    return f"about {ends[0]} to {ends[1]}"


def _bars(
    caption: str, header: tuple[str, str], bands: Counter[int], labels: Mapping[int, str]
) -> Bars:
    most = max(bands.values())
    rows = tuple((labels[b], digits(bands[b]), round(bands[b] / most, 4)) for b in sorted(bands))
    return Bars(caption, header, rows)
