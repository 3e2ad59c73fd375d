"""What is said through the door, one message at a time.

Orders are pickled; reports are not, as the process of the door holds what other machines have sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.provers.cluster.identity import Identity
from verifier.provers.cluster.plain import of_bytes, to_bytes


@dataclass(frozen=True, slots=True)
class Join:
    """Join the cluster at an address, or start one on this machine; the first thing that is said.

    Machines that are not what ``identity`` says are refused.
    """

    address: str | None
    identity: Identity


@dataclass(frozen=True, slots=True)
class Share:
    """Bytes that all work with this number needs: every machine gets them once."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Work:
    """Have a ``task`` (of those that `running` knows) done somewhere, with the payload."""

    key: int
    task: str
    share: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget all work that is not done."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End all work, and leave the cluster."""


Order = Join | Share | Work | Drop | Leave


@dataclass(frozen=True, slots=True)
class Loaded:
    """Ray is loaded, and about to join."""


@dataclass(frozen=True, slots=True)
class Machines:
    """Who is there now: each machine's name with its processors.

    ``asked`` have not said yet who they are.
    """

    held: tuple[tuple[str, int], ...]
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """Work that was done: its result, and what it took.

    ``seconds`` of the worker's processor, ``waited`` from when it was handed out until it was here.
    """

    key: int
    result: bytes
    machine: str
    seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Work that no machine can do, or nothing can be done at all (no key): why, in a line."""

    why: str
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Work that a worker or a machine took with it: it is handed out again."""

    key: int
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A machine that is not given any work: why, in a line."""

    why: str


Report = Loaded | Machines | Done | Failed | Lost | Refused


def report_to_bytes(report: Report) -> bytes:
    """A report as bytes."""
    return to_bytes(Report, report)


def report_of_bytes(data: bytes) -> Report:
    """The report; raises LeafproofError for other bytes."""
    found: Report = of_bytes(Report, data, "what Ray's process says")
    return found
