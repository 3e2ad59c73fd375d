"""What every statement ends with: float32, what reading changed, and whom it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.verdict import Float32, Status, Verdict
from verifier.reports import infinite, sampled_words
from verifier.reports.domain_statement import MOST_NAMES, chance, count, listed
from verifier.reports.float32 import executed_words
from verifier.reports.leaves import total
from verifier.reports.numbers import plural
from verifier.reports.programs import programs
from verifier.reports.trust_words import rests_on_trust
from verifier.reports.words import quote

if TYPE_CHECKING:
    from verifier.jobs.against import Digests


def between(verdict: Verdict, domain: Domain) -> str:
    """How many inputs, and with what probability."""
    (low, high), (least, most) = verdict.disagreements, verdict.error
    if domain.infinite:
        ends = chance(least, -1), chance(most, 1), chance(least, 0)
        return infinite.between(ends, verdict.error)
    many = f"at least {count(low, domain)} and at most {count(high, domain)}"
    if low == high:
        many = f"exactly {count(low, domain)}"
    elif not low:
        many = f"at most {count(high, domain)}"
    likely = f"at least {chance(least, -1)} and at most {chance(most, 1)}"
    if least == most:
        likely = f"exactly {chance(least, 0)}"
    elif not least:
        likely = f"at most {chance(most, 1)}"
    together = "it has" if low == high == 1 else "together they have"
    return (
        f"{many} of the {count(domain.size, domain)} inputs; {together} a probability of {likely}"
    )


CLASS = "the class that the real numbers give"


def float32(found: Float32, size: int, executed: Sequence[str], gives: str = CLASS) -> str:
    """Where every float32 evaluation gives what the real numbers give: the class, or the answer."""
    if executed:
        words = executed_words(executed)
        return f"{words[0].upper()}{words[1:]}: for float32 nothing is shown."
    what = (
        "A float32 evaluation computes the network's layers in their order, every operation "
        "rounded to the nearest IEEE 754 single-precision number or more finely, with sums taken "
        "in any order, with or without fused multiply-add, and with numbers near 0 flushed to 0 or "
        "not."
    )
    where = "for every input of the domain"
    if not found.is_shown:
        missing = found.points_not_shown
        likely = chance(found.probability_not_shown, 1)
        where = (
            f"for all inputs of the domain but {count(missing)}, which have a probability of "
            f"{likely}; for those it is not shown"
        )
        if found.infinite:
            where = f"for all inputs of the domain but a set of probability {likely}"
        if missing == size or (found.infinite and found.probability_not_shown == 1):
            given = gives.replace("that the real numbers give", "of the real numbers")
            return f"{what} For no input is it shown that this gives {given}."
    return f"{what} It is shown that every such evaluation gives {gives} {where}."


def reading(notes: Sequence[str], part: str) -> str:
    """What reading changed in the network, as the part of the certificate says."""
    if not notes:
        return f"No change that reading made to the network is noted in {part}."
    shown = "; ".join(f"({i}) {quote(text, 400)}" for i, text in enumerate(notes[:MOST_NAMES], 1))
    if len(notes) > MOST_NAMES:
        shown += f"; and {plural(len(notes) - MOST_NAMES, 'more')}"
    return (
        "In reading the network something was changed, and what is said above, of real numbers and "
        f"of float32, is said of the network after that change. What was changed {part} says "
        f"in its own words, which were not checked: {shown}."
    )


def trust(
    certificate: Certificate,
    verdict: Verdict,
    files: Digests | None,
    checkers: Sequence[str] = (),
) -> str:
    """Who checked, and whom a reader has to trust."""
    versions = programs()
    run_by = ", ".join(f"{k} {v}" for k, v in list(versions.items())[1:])
    needed = ["that kernel"]
    if files is not None:
        needed.append("Leafproof's own readers of the files named")
    if rests_on_trust(verdict):
        needed.append(f"the word of {listed([quote(s) for s in verdict.trusted])}, as said above")
    text = f"Every step of the proof was checked by {verdict.kernel}, the kernel of Leafproof "
    text += versions["Leafproof"]
    text += f" (with {run_by})."
    if checkers:
        text += (
            " What is said of points and their probability, in the real numbers, was also checked "
            f"by {listed(checkers)}, with the same result."
        )
    text += f" Whoever believes this has to trust {listed(needed)}."
    text += f" The program that found the proof ({quote(certificate.found_by)}, the file says) need"
    text += " not be trusted"
    text += "." if verdict.sampled is not None else ", and nothing was sampled."
    if verdict.sampled is not None:
        text += f" Apart from all this: {sampled_words.sentence(verdict, 'its probability')}"
    if verdict.untrusted:
        solvers = listed([quote(s) for s in verdict.untrusted])
        points = count(total(verdict, Status.UNTRUSTED).points)
        text += (
            f" The certificate also cites the word of {solvers} about {points} inputs; it is not "
            "believed here, and those inputs count as unknown."
        )
    return text


def solvers(verdict: Verdict) -> str:
    """``z3 4.13 is right about 3 cells (96 inputs in all)``."""
    words = [f"{quote(s)} is right about {plural(n, 'cell')}" for s, n in verdict.trusted.items()]
    points = total(verdict, Status.TRUSTED).points
    held = "input" if points == 1 else "inputs"
    return (
        f"{listed(words)} of the domain ({count(points)} {held}), "
        "which the kernel could not confirm"
    )
