"""A certificate with a sample of what its proof leaves open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from threadpoolctl import threadpool_limits

from verifier.kernel.checker import prepared
from verifier.kernel.population import Population, population
from verifier.kernel.sampling import Counted, key_of, sample
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.sample import Plan, Sample
from verifier.model.verdict import Verdict
from verifier.reading.certificate import hashes_of, pack
from verifier.reading.container import unpack
from verifier.writing.json_text import dump
from verifier.writing.processors import processors
from verifier.writing.sample_json import sample_to_json


def left_open(
    certificate: Certificate, verdict: Verdict, stop: Stop | None = None, *, whole: bool = False
) -> Population:
    """What a certificate leaves open, in which the kernel has just found ``verdict``.

    If only the ``whole`` domain is to be drawn from, its pieces are not found. Raises
    CertificateError where it cannot be drawn from; ``stopping.CheckStopped`` once ``stop`` says so.
    """
    asked = prepared(certificate.matter, stop=stop, limited=False)
    return population(asked, verdict, () if whole else verdict.checked.left)


def with_sample(
    certificate: Certificate,
    data: bytes,
    verdict: Verdict,
    found: Population,
    plan: Plan,
    counted: Counted | None = None,
) -> tuple[bytes, Certificate, Verdict]:
    """The certificate with the bytes ``data`` and what the plan's draws tell, as bytes and verdict.

    The key of the draws is made of the parts' SHA-256, so they cannot be chosen. ``counted`` has
    blocks of draws counted elsewhere.
    """
    with ThreadPoolExecutor(processors()) as pool, threadpool_limits(1, "blas"):
        apply = pool.map if counted is None else counted(found.asked)
        drawn = sample(found, plan, key_of(certificate.hashes, plan), apply)
    stated = Sample(plan, drawn.seen, drawn.lower, drawn.upper, drawn.undecided, drawn.share)
    new = {"sample.json": dump(sample_to_json(stated))}
    packed, held = with_parts(certificate, data, new, 3)
    return packed, replace(held, sample=stated), replace(verdict, sampled=drawn)


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
