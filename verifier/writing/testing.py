"""The certificate of a test: draws fixed by its own hashes, and what a model answered at them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from verifier.kernel.arithmetic import Ints
from verifier.kernel.checker import prepared, verify
from verifier.kernel.claim import claim_of
from verifier.kernel.population import Population, population
from verifier.kernel.recorded import Tickets, concluded, differing, points_drawn
from verifier.kernel.sampling import KEYED, key_of
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.certificate import Certificate
from verifier.model.errors import InvalidProof
from verifier.model.proof import Finding, Open
from verifier.model.question import Matter
from verifier.model.sample import ANYTIME, POOLED, Plan, Sample, Sampled
from verifier.model.verdict import Verdict
from verifier.reading.certificate import certificate_of, pack
from verifier.writing.certificate import found_by, members_of
from verifier.writing.json_text import dump
from verifier.writing.sample_json import sample_to_json
from verifier.writing.threads import check_in_threads

TEST = "test"


def make_test(
    matter: Matter,
    plan: Plan,
    classify: Callable[[Ints], bytes],
    enough: Callable[[Sampled], bool] | None = None,
    command: str = "",
    *,
    affordable: Callable[[Callable[[int], None]], int] | None = None,
    domain_from: str | None = None,
    stop: Stop | None = None,
    until: Stop | None = None,
) -> tuple[bytes, Certificate, Verdict]:
    """The bytes of a test's certificate, what they hold, and what the kernel finds in them.

    ``matter`` compares an opaque model with a tree; ``classify`` gives that model's class, a byte,
    at each of some points (value indices, (N, variables)). A test by the method ANYTIME ends once
    ``enough`` says so of what the draws show, or ``classify`` raises CheckStopped after some of
    them. No more draws are made than are ``affordable``: that is told, before the first of them, by
    what it makes so many others take, whose answers nothing else is made of. ``stop`` ends the
    draws, ``until`` the check. Raises what ``classify`` raises,
    CertificateError where the domain cannot be drawn from, ``stopping.CheckStopped``.
    """
    parts = members_of(matter, Finding((Open(),), ()))
    hashes = {name: hashlib.sha256(parts[name]).hexdigest() for name in KEYED}
    found, verdict = _everything(matter, stop)
    if affordable is not None:
        other = key_of(hashes, plan, "pilot")
        most = affordable(lambda count: _tried(found, plan, count, other, classify))
        plan = replace(plan, draws=min(plan.draws, most))
    key = key_of(hashes, plan)
    given, drawn = _asked(found, plan, key, classify, enough)
    ended = drawn.draws if plan.method == ANYTIME else None
    stated = Sample(plan, drawn.seen, drawn.lower, drawn.upper, drawn=ended)
    parts["recorded.bin"] = given
    parts["sample.json"] = dump(sample_to_json(stated))
    parts["verdict.json"] = dump(claim_of(verdict.stated, matter, 3))
    data = pack(parts, found_by(TEST, command), domain_from, 3)
    held = certificate_of(data)
    return data, held, check_in_threads(held, stop=until, limited=False)


def _tried(
    found: Population, plan: Plan, count: int, key: bytes, classify: Callable[[Ints], bytes]
) -> None:
    """Do with so many draws all that is done with those that count."""
    some = replace(plan, draws=count, block=count, method=POOLED, aim=None)
    for points in points_drawn(found, some, key):
        differing(found.asked, points, classify(points))


def _asked(
    found: Population,
    plan: Plan,
    key: bytes,
    classify: Callable[[Ints], bytes],
    enough: Callable[[Sampled], bool] | None,
) -> tuple[bytes, Sampled]:
    """The classes at the draws, and what follows from them."""
    given, seen = bytearray(), 0
    try:
        for points in points_drawn(found, plan, key):
            own = classify(points)
            given += own
            seen += differing(found.asked, points, own)
            if enough is not None and enough(concluded(found, plan, seen, len(given))):
                break
    except CheckStopped:
        if plan.method != ANYTIME or not given:
            raise
    return bytes(given), concluded(found, plan, seen, len(given))


def _everything(matter: Matter, stop: Stop | None) -> tuple[Population, Verdict]:
    """The whole domain, as what a proof of one open cell leaves, and what that proves."""
    verdict = verify(matter, (Open(),), limited=False)
    asked = prepared(matter, stop=stop, limited=False)
    return population(asked, verdict, verdict.checked.left), verdict


def drawn_points(certificate: Certificate) -> Iterator[Ints]:
    """The points at which a test's file records the model's class, block by block, in order."""
    if certificate.sample is None or not certificate.matter.is_test:
        raise InvalidProof("the certificate is no test of an opaque model")
    found, _ = _everything(certificate.matter, None)
    plan, drawn = certificate.sample.plan, certificate.sample.drawn
    made = plan if drawn is None else replace(plan, draws=drawn)
    return points_drawn(found, made, key_of(certificate.hashes, plan))


def among(matter: Matter, stop: Stop | None = None) -> int:
    """How many equally likely points are drawn from without replacement: one of more weight counts
    as several.

    Raises CertificateError where they are too many, or are not counted.
    """
    return Tickets(_everything(matter, stop)[0]).total
