"""``leafproof check --paranoid``: the kernel and the second checker on the same file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import live
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.provers.timing import TimeOver, poll

if TYPE_CHECKING:
    from verifier.model.certificate import Certificate
    from verifier.model.verdict import Verdict
    from verifier.second_checker import Opinion


class Unfinished(Exception):
    """The kernel's check was cut short: the second checker was not asked."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


def check_twice(
    path: Path, certificate: Certificate, kernel: Callable[[], Verdict]
) -> tuple[Verdict, Opinion]:
    """What ``kernel()`` finds, and what the second checker went through to find the same.

    Raises TooLarge before anything is checked where the certificate is too large for the second
    checker, and InvalidProof where the two disagree, or both refuse.
    """
    from hashlib import sha256

    from verifier import second_checker
    from verifier.kernel.claim import claim_of
    from verifier.model.errors import quoted
    from verifier.reading.files import read_bytes

    data = read_bytes(path, "certificate", CertificateError)
    if sha256(data).hexdigest() != certificate.sha256:
        raise LeafproofError(f"{quoted(path)} was changed by someone else while it was read")
    try:
        held = second_checker.read(data)
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{quoted(path)}: {error}") from None
    except CertificateError as error:
        raise _disagreement("the kernel reads the file", str(error)) from None
    try:
        verdict = kernel()
    except InvalidProof as refusal:
        try:
            with live.saying("second checker") as report:
                second_checker.examine(held, progress=_polled(report))
        except second_checker.TooLarge as error:
            raise InvalidProof(f"{refusal} ({error})") from None
        except TimeOver:
            raise InvalidProof(f"{refusal} (there was no time for the second checker)") from None
        except InvalidProof:
            raise InvalidProof(f"{refusal} (the second checker refuses it too)") from None
        raise _disagreement(str(refusal), "every step holds, and so does the verdict") from None
    if verdict.checked.cut is not None:
        raise Unfinished(verdict)
    claim = certificate.claim
    if claim is None:
        claim = claim_of(verdict.stated, certificate.domain)
    shown = verdict.trust, claim_of(verdict, certificate.domain)
    try:
        with live.saying("second checker") as report:
            return verdict, second_checker.examine(
                held, claim, progress=_polled(report), shown=shown
            )
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{quoted(path)}: {error}") from None
    except LeafproofError as error:
        raise _disagreement("every step holds, and so does the verdict", str(error)) from None


def _polled(report: Callable[[str], None]) -> Callable[[str], None]:
    """The same, ended where the time is over (`timing.ending`)."""

    def polled(words: str) -> None:
        poll()
        report(words)

    return polled


def _disagreement(kernel: str, second: str) -> InvalidProof:
    return InvalidProof(
        f"THE TWO CHECKERS DISAGREE: believe neither. The kernel: {kernel}. "
        f"The second checker: {second}. docs/soundness.md says when they may"
    )


def as_json(opinion: Opinion) -> dict[str, Any]:
    """What ``--json`` says of the second checker, under ``paranoid``."""
    return {
        "agrees": True,
        "cells": dict(opinion.cells),
        "points": opinion.points,
        "seconds": opinion.seconds,
    }


def sentence(opinion: Opinion) -> str:
    """What the second checker went through, in words."""
    from verifier.reports.numbers import plural

    kinds = ", ".join(f"{n} {kind}" for kind, n in opinion.cells.items())
    return (
        f"agrees: {plural(sum(opinion.cells.values()), 'cell')} ({kinds}), "
        f"{plural(opinion.points, 'point')} evaluated, "
        f"{opinion.seconds:.2f} seconds, in exact fractions"
    )
