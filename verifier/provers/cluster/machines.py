"""The machines of a cluster, as the process in which Ray lives knows them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import ray

from verifier.provers.cluster.identity import Identity, difference

ANSWER = 80.0
"""Seconds that a machine has to say who it is: it loads what is compared, and may be busy."""


@dataclass(eq=False)
class Machine:
    """A node of the cluster: ``known`` once it has said who it is, ``refused`` if it is foreign."""

    name: str
    processors: int
    known: bool = False
    refused: bool = False
    alive: bool = True
    asked: Any = None
    since: float = 0.0
    holds: int = 0

    def hear(self, ours: Identity) -> str:
        """What is wrong with it ("": nothing); it is known once it has said that it is as we are.

        ``asked`` is Ray's reference to its answer, an Identity, or None of who has no Leafproof.
        """
        done, _ = ray.wait([self.asked], timeout=0)
        if not done:
            late = time.monotonic() > self.since + ANSWER
            return f"has not said in {ANSWER:g} seconds which Leafproof it runs" if late else ""
        try:
            theirs = ray.get(self.asked)
        except ray.exceptions.RayError as error:
            return f"cannot be asked which Leafproof it runs: {last_line(error)}"
        if theirs is None:
            return "has no Leafproof that Python finds"
        if other := difference(theirs, ours):
            return f"runs {other}"
        self.known = True
        return ""


def last_line(error: Exception) -> str:
    """The last line of an error, without the traceback that Ray puts before it."""
    lines = [x.strip() for x in str(error).splitlines() if x.strip()]
    return lines[-1][:300] if lines else type(error).__name__
