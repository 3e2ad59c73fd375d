"""What is drawn from, and what was found, against what a certificate states of both."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from verifier.model.errors import InvalidProof
from verifier.second_checker.domain import Cell, Leaf
from verifier.second_checker.draws import Piece
from verifier.second_checker.lines import UNIT
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Sandwich
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally
from verifier.second_checker.population import weight_of
from verifier.second_checker.summed import parted


class Proved(NamedTuple):
    """The probability that is settled and true, and that of what is ``open`` to be drawn from.

    The interval is cut to ``least`` and ``most``.
    """

    settled: Fraction
    open: Fraction
    least: Fraction
    most: Fraction


def mass_of(pieces: Sequence[Piece]) -> Fraction:
    """The probability of what is drawn from; InvalidProof where there is nothing."""
    if not pieces:
        raise InvalidProof("sample.json states a sample, but nothing is open")
    return sum((x.weight for x in pieces), Fraction(0))


def piece_of(
    case: Matter, own: Cell, leaf: Leaf, step: Sandwich | None, tally: Tally
) -> Piece | None:
    """What is drawn from of a part; None where that is nothing."""
    if step is not None:
        return parted(case, own, leaf, step, tally)
    weight = weight_of(leaf, own)
    return Piece(own, leaf, weight) if weight else None


def check_open(found: Fraction, stated: Fraction) -> None:
    """InvalidProof unless as much is open as is stated."""
    if found != stated:
        raise InvalidProof(
            f"the certificate states {stated} as open, but the second checker finds {found}"
        )


def compare_shares(stated: Stated, seen: int, shares: Sequence[int]) -> None:
    """The same of draws of lines or patches, and the sum of their shares."""
    compare(stated, seen)
    if Fraction(sum(shares), UNIT) != stated.share:
        raise InvalidProof(
            f"the certificate states shares of {stated.share} in sum, but the second checker finds "
            f"{Fraction(sum(shares), UNIT)}"
        )


def compare(stated: Stated, seen: int) -> None:
    """InvalidProof unless so many draws are true as is stated."""
    if seen != stated.seen:
        raise InvalidProof(
            f"the certificate states {stated.seen} true draws, but the second checker finds {seen}"
        )
