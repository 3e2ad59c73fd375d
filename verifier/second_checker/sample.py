"""What a certificate states of a sample: drawn a second time, point by point, in integers.

Written from docs/certificate.md. Samples beside solvers' words, and those of more work than is
taken on, are left to the kernel, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.model.errors import InvalidProof
from verifier.second_checker.around import check_around
from verifier.second_checker.boxes import Finer, truth_in
from verifier.second_checker.compared import (
    Proved,
    check_open,
    compare,
    compare_shares,
    mass_of,
    piece_of,
)
from verifier.second_checker.crossing import Cut, crossed, cut, share_through
from verifier.second_checker.draws import Piece, draws_of, off_of, points_of
from verifier.second_checker.ends import Reach, check_ends
from verifier.second_checker.forecasts import Known
from verifier.second_checker.lines import UNIT, check_bets, check_line, share_of, true_values
from verifier.second_checker.lines_beside import BINS as LINE_BINS
from verifier.second_checker.lines_beside import lines_beside, work_beside
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Node
from verifier.second_checker.patches import Guides, Patches
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.population import (
    is_true,
    left_open,
    proved_interval,
    settled_beside,
    undecided_parts,
    whole_pieces,
)
from verifier.second_checker.summed import Parted, draws_beside, off_beside
from verifier.second_checker.variables import Interval

WORK = 10**9
"""Multiplications taken on for a sample, about: some minutes."""
LINE, ENCLOSED = 20, 4
"""Points that a line counts as, and a box, about."""
UNSTATED = "the sample was left to the kernel, as the file states no verdict that it is cut to"
BESIDE = "the sample beside solvers' words was left to the kernel"
CASES = "the sample beside Tails or of boxes, and Sandwiches' cases, was left to the kernel"


def check_sample(
    case: Matter,
    proof: Sequence[Node],
    stated: Stated,
    claim: Mapping[str, Any] | None,
    tally: Tally,
) -> str:
    """Draw again; returns why that is left to the kernel, or "".

    ``claim`` is what is stated to be proved: a sample of the whole domain is cut to it.
    InvalidProof where the draws give another number, or the interval does not follow from it.
    """
    if stated.method not in ("pooled", "cells", "plain"):
        raise InvalidProof(f"what is open is not drawn from by the method {stated.method}")
    boxes = any(isinstance(v, Interval) for v in case.domain.variables)
    if boxes != stated.boxes:
        raise InvalidProof("sample.json states undecided draws just where a variable is continuous")
    kinds = {node.kind for node in proof}
    sandwiched = "sandwich" in kinds and not stated.plain
    if claim is None and (stated.plain or stated.method == "cells" or sandwiched):
        return UNSTATED
    cases = any(x.sandwich is not None and x.sandwich.cases for x in proof) and not stated.plain
    if cases and (boxes or "tail" in kinds):
        return CASES
    if boxes:
        return _check_boxes(case, proof, stated, claim, tally)
    if "trusted" in kinds and not stated.plain:
        return BESIDE
    through = stated.method == "cells" and stated.line is None
    beside = through or (sandwiched and stated.guess is None)
    each = sum(point_work(net) for net in case.nets.values()) + 100 * len(case.domain.variables)
    points = 1 if stated.line is None else LINE
    if stated.line is not None and stated.others:
        points = len(Patches(case, (stated.line, *stated.others)).combinations)
    if each * stated.draws * points > WORK:
        return f"a sample of {stated.draws} draws was left to the kernel"
    if stated.guess is not None:
        _check_cells(case, proof, stated, stated.guess, _proved(case, proof, claim, tally), tally)
        return ""
    if beside:
        return _check_beside(case, proof, stated, _proved(case, proof, claim, tally), tally, each)
    if stated.plain:
        settled, pieces = Fraction(0), whole_pieces(case, tally)
        least, most = proved_interval(claim)
    else:
        settled, pieces = left_open(case, proof, tally)
        least, most = settled, settled + sum((x.weight for x in pieces), Fraction(0))
    mass = mass_of(pieces)
    pieces.sort(key=lambda x: x.first)
    reach = Reach(settled, mass, off_of(pieces), least, most)
    if stated.line is None:
        seen = 0
        for point in points_of(pieces, stated):
            tally.spend(each)
            seen += is_true(case, point)
        compare(stated, seen)
        check_ends(stated, reach)
        return ""
    if stated.others:
        _check_patches(case, pieces, stated, reach, tally, each)
        return ""
    check_line(case, stated.line)
    known = None
    if stated.forecast is not None:
        known = Known(case.domain, stated.forecast, stated.line, tally)
    seen, shares = 0, list[int]()
    for piece, point in draws_of(pieces, stated):
        share = share_of(case, point, piece.cell, stated.line, tally)
        seen += share > 0
        shares.append(share if known is None else known.apart(share, UNIT, point))
    compare_shares(stated, seen, shares)
    check_bets(stated, shares, reach, known)
    return ""


def _check_patches(
    case: Matter, pieces: Sequence[Piece], stated: Stated, reach: Reach, tally: Tally, each: int
) -> None:
    """Draw patches again."""
    assert stated.line is not None
    patches = Patches(case, (stated.line, *stated.others))
    guides = Guides(case, stated.guides, tally) if stated.guides else None
    seen, shares = 0, list[int]()
    for point in points_of(pieces, stated):
        share, true = patches.share(point, guides, tally, each)
        seen += true
        shares.append(share)
    compare_shares(stated, seen, shares)
    check_bets(stated, shares, reach, guides)


def _check_boxes(
    case: Matter,
    proof: Sequence[Node],
    stated: Stated,
    claim: Mapping[str, Any] | None,
    tally: Tally,
) -> str:
    """Draw boxes again; that what is stated to be proved is so is for others to say."""
    if stated.line is not None:
        raise InvalidProof("sample.json states lines, but a variable is continuous")
    if claim is None:
        return UNSTATED
    if not stated.plain and {node.kind for node in proof} & {"tail", "trusted"}:
        return "the sample of boxes beside Tails or solvers' words was left to the kernel"
    each = sum(ENCLOSED * point_work(net) for net in case.nets.values())
    each += 100 * len(case.domain.variables)
    if each * stated.draws > WORK:
        return f"a sample of {stated.draws} boxes was left to the kernel"
    least, most = proved_interval(claim)
    if stated.plain:
        pieces = whole_pieces(case, tally)
    else:
        every = (piece_of(case, *x, tally) for x in undecided_parts(case, proof, tally))
        pieces = [x for x in every if x is not None]
    mass = mass_of(pieces)
    if not stated.plain:
        check_open(mass, most - least)
    finer = Finer(case)
    held = [
        x if isinstance(x, Parted) else finer.piece(x)
        for x in sorted(pieces, key=lambda x: x.first)
    ]
    beside = any(isinstance(x, Parted) for x in held)
    found = {True: 0, False: 0, None: 0}
    boxes = points_of(held, stated)
    if beside:
        boxes = draws_beside(held, stated, tally, finer.factors)
    for box in boxes:
        tally.spend(each)
        found[truth_in(finer.case, box)] += 1
    possible_ = stated.seen + stated.undecided
    if stated.seen > found[True] + found[None] or possible_ < found[True]:
        raise InvalidProof(
            f"the certificate states {stated.seen} true boxes and {stated.undecided} that are not "
            f"decided, but the second checker finds {found[True]} and {found[None]}"
        )
    if stated.seen > found[True] or possible_ < found[True] + found[None]:
        return "boxes that the second checker does not decide were left to the kernel"
    settled = Fraction(0) if stated.plain else least
    off = off_beside(case.domain, held) if beside else off_of(held)
    check_ends(stated, Reach(settled, mass, off, least, most))
    return ""


def _proved(
    case: Matter, proof: Sequence[Node], claim: Mapping[str, Any] | None, tally: Tally
) -> Proved:
    """What is settled, and what is open: as stated, or found beside Tails and cases.

    A Tail bounds what is stated more closely, and all of its cell is drawn from. So do cases, and
    the interval is cut to what is stated. Without them the end above that is stated is both
    together; the one below may be of listed points that are open, and drawn from.
    """
    least, most = proved_interval(claim)
    held = (piece_of(case, *x, tally) for x in undecided_parts(case, proof, tally))
    left = sum((x.weight for x in held if x is not None), Fraction(0))
    tail = any(node.kind == "tail" for node in proof)
    if not tail and not any(x.sandwich is not None and x.sandwich.cases for x in proof):
        if left < most - least:
            check_open(left, most - least)
        return Proved(most - left, left, least, most)
    settled = settled_beside(case, proof, tally)
    if tail:
        return Proved(settled, left, settled, settled + left)
    return Proved(settled, left, least, most)


def _check_cells(
    case: Matter,
    proof: Sequence[Node],
    stated: Stated,
    guess: Fraction,
    proved: Proved,
    tally: Tally,
) -> None:
    """Draw lines through cells again; that what is ``proved`` is so is for others to say."""
    line = stated.line
    assert line is not None
    check_line(case, line)
    pieces = _cut(case, proof, line, tally)
    if not pieces:
        raise InvalidProof("sample.json states a sample, but nothing is open")
    pieces.sort(key=lambda x: x.first)
    mass = sum((x.weight for x in pieces), Fraction(0))
    seen, shares = 0, list[int]()
    for piece, point in draws_of(pieces, stated):
        assert isinstance(piece, Cut)
        true, left = crossed(case, piece, point, line, tally)
        seen += true > 0
        shares.append(share_through(piece, true, left, guess))
    compare_shares(stated, seen, shares)
    settled = proved.settled + guess * (proved.open - mass)
    reach = Reach(settled, mass, off_of(pieces), proved.least, proved.most)
    check_bets(stated, shares, reach)


def _check_beside(
    case: Matter,
    proof: Sequence[Node],
    stated: Stated,
    proved: Proved,
    tally: Tally,
    each: int,
) -> str:
    """Draw what is open again, some of it beside sandwiches; what is proved is taken as stated."""
    pieces = (piece_of(case, *x, tally) for x in undecided_parts(case, proof, tally))
    held = sorted((x for x in pieces if x is not None), key=lambda x: x.first)
    mass = sum((x.weight for x in held), Fraction(0))
    check_open(mass, proved.open)
    if stated.line is not None:
        if work_beside(held, stated.draws) > WORK:
            return "the sample in lines beside many Sandwiches was left to the kernel"
        _check_lines_beside(case, held, stated, stated.line, proved, tally)
        return ""
    if stated.method == "cells":
        check_around(case, held, stated, proved, tally, each)
        return ""
    seen = 0
    for point in draws_beside(held, stated, tally):
        tally.spend(each)
        seen += is_true(case, point)
    compare(stated, seen)
    off = off_beside(case.domain, held)
    check_ends(stated, Reach(proved.settled, mass, off, proved.least, proved.most))
    return ""


def _check_lines_beside(
    case: Matter,
    held: Sequence[Piece],
    stated: Stated,
    line: int,
    proved: Proved,
    tally: Tally,
) -> None:
    """Draw lines again, some of them through what sandwiches leave of pieces."""
    check_line(case, line)
    seen, shares = 0, list[int]()
    for point, stretches in lines_beside(held, stated, line, tally):
        true = sum(true_values(case, point, own, line, tally) for own in stretches)
        seen += true > 0
        shares.append(true * UNIT // sum(map(len, stretches)))
    compare_shares(stated, seen, shares)
    off = off_beside(case.domain, held, LINE_BINS)
    reach = Reach(proved.settled, proved.open, off, proved.least, proved.most)
    check_bets(stated, shares, reach)


def _cut(case: Matter, proof: Sequence[Node], line: int, tally: Tally) -> list[Cut]:
    """The pieces of the cells that are open, or that sandwiches leave some of."""
    found = [cut(case, *own, line, tally) for own in undecided_parts(case, proof, tally)]
    return [x for x in found if x is not None]
