"""The kernel's check of a section of a proof, as a task for a worker."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.kernel.asked import Asked
from verifier.kernel.checker import Piece, prepared
from verifier.kernel.known import Classes
from verifier.kernel.sections import Established, Section
from verifier.model.domain import Point
from verifier.model.question import Matter
from verifier.provers.cluster.plain import to_bytes


@dataclass(frozen=True, eq=False)
class Job:
    """What all sections of a check share; the arguments of ``check_section``."""

    matter: Matter
    found: Mapping[Point, Classes]
    trust: frozenset[str]
    lenient: bool


@dataclass(frozen=True, eq=False)
class Ready:
    """The same with the models made ready."""

    job: Job
    asked: Asked


def prepare(data: bytes) -> Ready:
    """Make the models ready."""
    job: Job = pickle.loads(data)
    return Ready(job, prepared(job.matter, limited=False))


def perform(ready: Ready, payload: bytes) -> bytes:
    """Check a section."""
    section: Section = pickle.loads(payload)
    job = ready.job
    held = Piece(section, job.found, job.trust, job.lenient).about(ready.asked)
    return to_bytes(Established, held)
