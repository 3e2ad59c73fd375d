"""The kernel and the second checker on the same file."""

from __future__ import annotations

from collections.abc import Callable

from verifier import second_checker
from verifier.jobs.watching import Said, Watch
from verifier.kernel.claim import claim_of
from verifier.model.certificate import Certificate
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.verdict import Verdict
from verifier.provers.timing import Stopped, TimeOver, poll
from verifier.second_checker import Opinion


def check_twice(
    name: str, data: bytes, certificate: Certificate, kernel: Callable[[], Verdict], watch: Watch
) -> tuple[Verdict, Opinion | None]:
    """What ``kernel()`` finds, and what the second checker went through to find the same.

    None where one of the two was cut short. ``name`` is that of the file with the bytes ``data``.
    Raises LeafproofError before anything is checked where the certificate is too large for the
    second checker, and InvalidProof where the two disagree, or both refuse.
    """
    if certificate.format != 1:
        raise LeafproofError(
            f"{name}: the second checker reads certificates of format 1 only, and this one has "
            f"format {certificate.format}: check it without --paranoid"
        )
    try:
        held = second_checker.read(data)
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{name}: {error}") from None
    except CertificateError as error:
        raise _disagreement("the kernel reads the file", str(error)) from None
    say = _polled(watch)
    try:
        verdict = kernel()
    except InvalidProof as refusal:
        with watch.stage("second checker"):
            raise _refused(held, refusal, say) from None
    if verdict.checked.cut is not None:
        return verdict, None
    claim = certificate.claim
    if claim is None:
        claim = claim_of(verdict.stated, certificate.matter, certificate.format)
    shown = verdict.trust, claim_of(verdict, certificate.matter, certificate.format)
    try:
        with watch.stage("second checker"):
            return verdict, second_checker.examine(held, claim, progress=say, shown=shown)
    except (TimeOver, Stopped):
        return verdict, None
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{name}: {error}") from None
    except LeafproofError as error:
        raise _disagreement("every step holds, and so does the verdict", str(error)) from None


def _refused(
    held: second_checker.Content, refusal: InvalidProof, say: Callable[[str], None]
) -> InvalidProof:
    """What the second checker has to say of a certificate that the kernel refuses."""
    try:
        second_checker.examine(held, progress=say)
    except second_checker.TooLarge as error:
        return InvalidProof(f"{refusal} ({error})")
    except (TimeOver, Stopped):
        return InvalidProof(f"{refusal} (there was no time for the second checker)")
    except InvalidProof:
        return InvalidProof(f"{refusal} (the second checker refuses it too)")
    return _disagreement(str(refusal), "every step holds, and so does the verdict")


def _polled(watch: Watch) -> Callable[[str], None]:
    """Says how far the second checker is, and ends it at a stop or where the time is over."""

    def polled(words: str) -> None:
        poll()
        if watch.stopped:
            raise Stopped
        watch.tell(Said(words))

    return polled


def _disagreement(kernel: str, second: str) -> InvalidProof:
    return InvalidProof(
        f"THE TWO CHECKERS DISAGREE: believe neither. The kernel: {kernel}. "
        f"The second checker: {second}. docs/soundness.md says when they may"
    )
