"""The search of a unit, as a task for a worker."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

from verifier.model.question import Matter
from verifier.provers.cells import Branching
from verifier.provers.units import packing
from verifier.provers.units.unit import Plan
from verifier.provers.units.work import CALL, Ready, ready_for, search_unit


@dataclass(frozen=True, eq=False)
class Job:
    """What all units of a search share."""

    matter: Matter
    plan: Plan


def prepare(data: bytes) -> Ready:
    """Make the matter ready, and load all that a search of it needs."""
    job: Job = pickle.loads(data)
    ready = ready_for(job.matter, job.plan)
    if ready.net is not None and isinstance(ready.base, Branching):
        from verifier.provers.compiled import loading, stepping

        loading.load_code(ready.base, ready.net, stepping.make_slot(ready.net, CALL))
    return ready


def perform(ready: Ready, payload: bytes) -> bytes:
    """Search a unit."""
    return packing.fragment_to_bytes(search_unit(ready, packing.unit_of_bytes(payload)))
