"""A certificate with a sample of what its proof leaves open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from threadpoolctl import threadpool_limits

from verifier.kernel.asked import Asked
from verifier.kernel.population import Population, population
from verifier.kernel.rules import Apply
from verifier.kernel.sampling import Counted, Seen, counting, drawn_from, key_of, sample
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.certificate import Certificate
from verifier.model.sample import Plan, Sample
from verifier.model.verdict import Verdict
from verifier.reading.certificate import hashes_of, pack
from verifier.reading.container import unpack
from verifier.writing.json_text import dump
from verifier.writing.processors import processors
from verifier.writing.ready import ready
from verifier.writing.sample_json import sample_to_json


def left_open(
    certificate: Certificate, verdict: Verdict, stop: Stop | None = None, *, whole: bool = False
) -> Population:
    """What a certificate leaves open, in which the kernel has just found ``verdict``.

    If only the ``whole`` domain is to be drawn from, its pieces are not found. Raises
    CertificateError where it cannot be drawn from; ``stopping.CheckStopped`` once ``stop`` says so.
    """
    asked = ready(certificate.matter, stop)
    return population(asked, verdict, () if whole else verdict.checked.left)


def in_pieces(whole: Population, verdict: Verdict) -> Population:
    """The pieces of what was ``left_open`` as a ``whole``: what is known of that is kept."""
    found = population(whole.asked, verdict, verdict.checked.left)
    found.__dict__["everything"] = whole.everything  # its numbers are the same
    return found


def with_sample(
    certificate: Certificate,
    data: bytes,
    verdict: Verdict,
    found: Population,
    plan: Plan,
    counted: Counted | None = None,
    late: Callable[[int], bool] | None = None,
) -> tuple[bytes, Certificate, Verdict]:
    """The certificate with the bytes ``data`` and what the plan's draws tell, as bytes and verdict.

    The key of the draws is made of the parts' SHA-256, so they cannot be chosen. ``counted`` has
    blocks of draws counted elsewhere. Where the plan ``may_end`` it does once it is ``late`` after
    so many draws.
    """
    key, ended = key_of(certificate.hashes, plan), None
    with ThreadPoolExecutor(processors()) as pool, threadpool_limits(1, "blas"):
        apply: Apply = pool.map if counted is None else counted(found.asked)
        if late is not None and plan.may_end:
            apply, ended = _until(late, found, plan, key, apply)
        drawn = sample(found, plan, key, apply, ended)
    seen = drawn.seen, drawn.lower, drawn.upper, drawn.undecided, drawn.share
    stated = Sample(plan, *seen, ended)
    new = {"sample.json": dump(sample_to_json(stated))}
    packed, held = with_parts(certificate, data, new, 3)
    return packed, replace(held, sample=stated), replace(verdict, sampled=drawn)


def _until(
    late: Callable[[int], bool], found: Population, plan: Plan, key: bytes, apply: Apply
) -> tuple[Apply, int | None]:
    """What gives the draws' blocks again, once they were counted by ``apply`` until it is late; and
    how many draws these are (None: all)."""
    held: list[Seen] = []
    drawn = drawn_from(found, plan.method, plan.line)
    blocks = counting(drawn, plan, key, apply)
    assert isinstance(blocks, Generator)
    with closing(blocks):  # what is not begun by then is not
        try:
            for own in blocks:
                held.append(own)
                if late(len(held) * plan.block):
                    break
        except CheckStopped:  # while the next one was waited for
            if not held:
                raise
    many = len(held) * plan.block
    return given(held)(found.asked), many if many < plan.draws else None


def counted_blocks(certificate: Certificate, found: Population, plan: Plan) -> list[Seen]:
    """What a plan's draws of what was ``found`` are, block by block."""
    drawn = drawn_from(found, plan.method, plan.line)
    with ThreadPoolExecutor(processors()) as pool, threadpool_limits(1, "blas"):
        return list(counting(drawn, plan, key_of(certificate.hashes, plan), pool.map))


def given(held: Iterable[Seen]) -> Counted:
    """What gives these blocks, once, where they would be counted again."""

    def counted(asked: Asked) -> Apply:
        every = iter(held)
        return lambda function, numbers: every

    return counted


def with_parts(
    certificate: Certificate, data: bytes, new: Mapping[str, bytes], form: int
) -> tuple[bytes, Certificate]:
    """The certificate with the bytes ``data`` and new parts, as bytes; and what it is by then.

    What the parts say is for the caller to enter.
    """
    parts = {**unpack(data), **new}
    del parts["manifest.json"]
    packed = pack(parts, certificate.prover, certificate.domain_from, form)
    hashes, sha256 = hashes_of(parts, form), hashlib.sha256(packed).hexdigest()
    return packed, replace(certificate, hashes=hashes, sha256=sha256, format=form)
