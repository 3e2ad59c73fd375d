"""The kernel and other checkers on the same file: the verified one, and the one for float32."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import prod

from verifier import second_checker, verified
from verifier.jobs.watching import Said, Watch
from verifier.kernel.checker import UPHOLD
from verifier.kernel.claim import claim_of
from verifier.model.cell import full_cell
from verifier.model.certificate import Certificate
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.part import size
from verifier.model.proof import Constant, Sandwich, Several, Signed, Tail, Walk
from verifier.model.verdict import Verdict
from verifier.provers.timing import Stopped, TimeOver, poll
from verifier.reading.container import unpack
from verifier.second_checker import Opinion, Tested

NOT_SHOWN = ("can be shown", "does not prove it")
"""In refusals of what may well be true, but the kernel's bounds do not show."""
POINT, LONG = 2.5e-5, 60.0
"""Seconds that the generated Python takes for a point, at least; and from when on that is said."""
Say = Callable[[str, float | None], None]
"""Hears how far a checker is: in words, and the share that is done, where that is known."""
SAMPLED = "sample.json ", "a sample by this plan "
"""How refusals of samples begin, and no others."""


@dataclass(frozen=True)
class Verified:
    """The verified checker agrees: which build of it said so, and how long that took.

    ``not_covered`` are the certificate's parts of which its theorem says nothing.
    """

    build: verified.Build
    seconds: float
    not_covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Others:
    """What other checkers say of a certificate that the kernel accepts; None: not asked."""

    verified: Verified | None = None
    opinion: Opinion | None = None
    tested: Tested | None = None


def check_twice(
    name: str,
    data: bytes,
    certificate: Certificate,
    kernel: Callable[[], Verdict],
    watch: Watch,
    *,
    trust: Collection[str],
    paranoid: bool,
) -> tuple[Verdict, Others | None]:
    """What ``kernel()`` finds, and who else finds the same: the verified checker and, where
    ``paranoid``, the one for float32.

    None where one of them was cut short. ``name`` is that of the file with the bytes ``data``.
    Where ``paranoid``, the verified checker is asked only what its theorem covers; else it raises
    LeafproofError where there is more. Raises LeafproofError before anything is checked where the
    certificate is too large for one of them, and InvalidProof where two disagree, or all refuse.
    """
    members, build = unpack(data), verified.build()
    held: second_checker.Content | None = None
    unread: CertificateError | None = None
    try:
        verified.check_size(members, build)
        asked = paranoid and not certificate.matter.is_test  # which says nothing of float32
        if asked:
            held = second_checker.read(data)
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{name}: {error}") from None
    except CertificateError as error:
        unread = error  # the kernel may refuse the file, too
    say = _polled(watch)
    try:
        verdict = kernel()
    except InvalidProof as refusal:
        with watch.stage("verified checker"):
            raise _refused(members, build, trust, refusal, say) from None
    if unread is not None:
        raise _disagreement("float32", "the kernel reads the file", str(unread)) from None
    if verdict.checked.cut is not None:
        return verdict, None
    agrees: Verified | None = None
    try:
        with watch.stage("verified checker"):
            agrees = _verified(members, build, trust, certificate, verdict, watch)
    except (TimeOver, Stopped):
        return verdict, None
    except verified.NotCovered as error:
        if not paranoid:
            raise LeafproofError(f"{name}: {error}") from None
    try:
        if paranoid and certificate.matter.is_test:
            with watch.stage("second checker"):
                return verdict, Others(agrees, tested=_tested(data, say))
        if held is None:
            return verdict, Others(agrees)
        with watch.stage("float32 checker"):
            return verdict, Others(agrees, _float32(certificate, held, verdict, say))
    except (TimeOver, Stopped):
        return verdict, None
    except second_checker.TooLarge as error:
        raise LeafproofError(f"{name}: {error}") from None


def _verified(
    members: dict[str, bytes],
    build: verified.Build,
    trust: Collection[str],
    certificate: Certificate,
    verdict: Verdict,
    watch: Watch,
) -> Verified:
    """The verified checker on a file that the kernel accepts."""
    say = _polled(watch)
    start = time.perf_counter()
    seconds = POINT * verdict.checked.points_enumerated
    if build.kind == "python" and seconds > LONG:
        watch.note(
            f"the verified checker ({build.words}) evaluates "
            f"{verdict.checked.points_enumerated:,} points one by one, which takes it "
            f"{seconds / 60:,.0f} minutes or more (--timeout ends that): the kernel, which accepts "
            "the certificate, took "
            f"{verdict.checked.seconds:,.0f} seconds"
        )
    found = verified.run(members, trust, using=build, poll=lambda: say(build.words, None))
    accepts = "every step holds, and so does the verdict"
    if found.answer is None or found.stated is None:
        if found.node is not None and (verdict.infinite or _by_bounds(certificate, found.node)):
            raise InvalidProof(
                f"the verified checker does not confirm it: {found.why} by its own bounds, which "
                "are others than the kernel's. Nothing refutes it, but the kernel alone shows it: "
                "check without the verified checker to have the kernel's word"
            )
        raise _disagreement("verified", accepts, found.why)
    for shown, follows in ((verdict, found.answer), (verdict.stated, found.stated)):
        counts = () if shown.infinite else ((shown.disagreements, follows.points),)
        for ends, inner in (*counts, (shown.error, follows.probability)):
            if not ends[0] <= inner[0] <= inner[1] <= ends[1]:
                said = f"{inner[0]} to {inner[1]} follows"
                raise _disagreement("verified", f"{ends[0]} to {ends[1]}", said)
    left = tuple(part for part in members if part in verified.OPAQUE)
    return Verified(build, time.perf_counter() - start, left)


def _by_bounds(certificate: Certificate, node: int) -> bool:
    """Whether a node of the proof is shown by bounds alone, whatever points its cell has.

    Where a checker could have looked at every point, that one shows what another does not is a
    contradiction: at all that a model sees of a small cell.
    """
    walk = Walk([(full_cell(certificate.domain), 0)])
    every = walk.through(certificate.proof, whole=False)
    cell, step = next((cell, step) for cell, _, step in every if walk.nodes > node)
    said = step.steps if isinstance(step, Several) else (step,)
    read = [certificate.models[x.model].reads for x in said if isinstance(x, Constant | Signed)]
    return any(isinstance(x, Sandwich | Tail) for x in said) or any(
        prod(size(cell.parts[i]) for i in own) > UPHOLD for own in read
    )


def _tested(data: bytes, say: Say) -> Tested:
    """The second checker on a test that the kernel accepts."""
    try:
        return second_checker.check_test(data, say)
    except second_checker.TooLarge:
        raise
    except (CertificateError, InvalidProof) as error:
        raise _disagreement(
            "second", "the draws give what sample.json states", str(error)
        ) from None


def _refused(
    members: dict[str, bytes],
    build: verified.Build,
    trust: Collection[str],
    refusal: InvalidProof,
    say: Say,
) -> InvalidProof:
    """What the verified checker has to say of a certificate that the kernel refuses."""
    try:
        found = verified.run(members, trust, using=build, poll=lambda: say(build.words, None))
    except (TimeOver, Stopped):
        return InvalidProof(f"{refusal} (there was no time for the verified checker)")
    except verified.NotCovered:
        return refusal
    if found.word != "accepted":
        return InvalidProof(f"{refusal} (the verified checker refuses it too: {found.why})")
    if "states float32" in str(refusal):
        return InvalidProof(f"{refusal} (of float32 the verified checker says nothing)")
    if str(refusal).startswith(SAMPLED):
        return InvalidProof(f"{refusal} (of samples the verified checker says nothing)")
    if any(words in str(refusal) for words in NOT_SHOWN):
        return InvalidProof(f"{refusal} (the verified checker, whose bounds differ, can show it)")
    return _disagreement("verified", str(refusal), "every step holds, and so does the verdict")


def _float32(
    certificate: Certificate,
    held: second_checker.Content,
    verdict: Verdict,
    say: Say,
) -> Opinion:
    """The float32 checker on a file that the kernel accepts."""
    claim = certificate.claim
    if claim is None:
        claim = claim_of(verdict.stated, certificate.matter, certificate.format)
    try:
        opinion = second_checker.examine(held, claim, progress=say)
    except second_checker.TooLarge:
        raise
    except LeafproofError as error:
        accepts = "what is stated of float32 is shown"
        raise _disagreement("float32", accepts, str(error)) from None
    found = verdict.rows and (verdict.rows.rows, verdict.rows.true)
    if opinion.rows != found:
        kernel, second = (f"{x and x[1]} of {x and x[0]} rows" for x in (found, opinion.rows))
        raise _disagreement("second", f"the question is true on {kernel}", f"on {second}")
    return opinion


def _polled(watch: Watch) -> Say:
    """Says how far a checker is, and ends it at a stop or where the time is over."""

    def polled(words: str, share: float | None) -> None:
        poll()
        if watch.stopped:
            raise Stopped
        watch.tell(Said(words, share))

    return polled


def _disagreement(other: str, kernel: str, second: str) -> InvalidProof:
    return InvalidProof(
        f"THE TWO CHECKERS DISAGREE: believe neither. The kernel: {kernel}. "
        f"The {other} checker: {second}. docs/soundness.md says when they may"
    )
