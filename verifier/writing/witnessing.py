"""Differences that were drawn become witnesses: then it is proved that there are some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.checker import verify
from verifier.kernel.claim import claim_of
from verifier.kernel.population import Population
from verifier.kernel.sampling import drawn_from, is_true_at, key_of
from verifier.model.certificate import Certificate
from verifier.model.domain import Point
from verifier.model.errors import CertificateError
from verifier.model.part import values
from verifier.model.proof import Open
from verifier.model.sample import CELLS, PLAIN
from verifier.model.verdict import SHOWN, Verdict
from verifier.reading.json_text import parse
from verifier.writing.json_text import dump
from verifier.writing.ready import takes_long
from verifier.writing.sampling import with_parts

MOST_BLOCKS = 1 << 10
"""Blocks of draws that are gone through."""
LOOKED_AT = 1 << 16
"""Points, and values of lines, that are looked at together, about."""


def with_witnesses(
    certificate: Certificate, data: bytes, verdict: Verdict, found: Population
) -> tuple[bytes, Certificate, Verdict]:
    """The certificate with points as witnesses that its sample has drawn, where it has none.

    ``data`` are its bytes, ``verdict`` what the kernel found in them; ``found`` was drawn from. The
    kernel evaluates the points, exactly, and what that shows is added to the verdict.
    """
    sampled, matter = verdict.sampled, certificate.matter
    nothing = not verdict.disagreements[0] and not certificate.counterexamples
    if sampled is None or not sampled.seen or not nothing or verdict.stated is not verdict:
        return data, certificate, verdict
    points = _true_points(certificate, found)
    if not points:
        return data, certificate, verdict
    asked, stop = None, None
    if takes_long(matter):  # what was made ready for the draws ends when these do
        asked, stop = found.asked, lambda: False
    own = verify(matter, (Open(),), points, limited=False, asked=asked, stop=stop)
    if own.checked.cut is not None:
        return data, certificate, verdict
    shown = replace(
        verdict,
        verdict=own.verdict,
        disagreements=(own.disagreements[0], verdict.disagreements[1]),
        error=(max(own.error[0], verdict.error[0]), verdict.error[1]),
        counterexamples=own.counterexamples,
    )
    claim = dump(claim_of(shown, matter, certificate.format))
    new = {"witnesses.json": dump([list(p) for p in points]), "verdict.json": claim}
    packed, held = with_parts(certificate, data, new, certificate.format)
    stated = parse(claim, CertificateError)
    return packed, replace(held, counterexamples=points, claim=stated), shown


def _true_points(certificate: Certificate, found: Population) -> tuple[Point, ...]:
    """Points of the sample's draws, of pieces or of the whole domain, where the question is true.

    Of the first that are looked at together where it is; of cells whatever is decided there. What
    a Sandwich leaves is not drawn again:
    instead there are draws of what is open as a whole, or of the whole domain, by the same key.
    """
    assert certificate.sample is not None
    plan = certificate.sample.plan
    if found.asked.domain.infinite:
        return ()
    from_pieces = plan.method != PLAIN and found.whole
    through = plan.method == CELLS and plan.line is None
    other = found if from_pieces else drawn_from(found, PLAIN)
    drawn = (found.around if through else other).drawing
    assert drawn is not None
    drawn = replace(drawn, key=key_of(certificate.hashes, plan), size=plan.block)
    line = plan.line.variable if plan.line else None
    for block in range(min(MOST_BLOCKS, -(-plan.draws // plan.block))):
        for points in _along(found, line, drawn.block(block)[1]):
            found.asked.poll()
            true = points[is_true_at(found.asked, points)]
            if len(true):
                return tuple(dict.fromkeys(map(tuple, true[:SHOWN].tolist())))
    return ()


def _along(found: Population, line: int | None, points: Ints) -> Iterator[Ints]:
    """The points, or where there is a line, all values on it."""
    if line is None:
        yield points
        return
    own = np.array(values(found.asked.domain.variables[line].whole))
    step = max(1, LOOKED_AT // len(own))
    for at in range(0, len(points), step):
        every = np.repeat(points[at : at + step], len(own), axis=0)
        every[:, line] = np.tile(own, len(points[at : at + step]))
        yield every
