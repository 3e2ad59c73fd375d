"""A certificate as data: what a file holds, and none of it believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.model.domain import Domain, Point
from verifier.model.network import Network
from verifier.model.notebook import Shown
from verifier.model.proof import Proof
from verifier.model.tree import Tree


@dataclass(frozen=True, eq=False)
class Certificate(Shown):
    """A certificate file's content. Nothing of it is believed before the kernel has checked it.

    ``enumerated`` is how many points its proof has evaluated (0 where it was not gone through).
    ``claim`` is the verdict that the file states, ``hashes`` the SHA-256 of each part and
    ``sha256`` that of the whole file, in hexadecimal. ``prover`` is what the file says of its
    making: a name, or ``name: command``.
    """

    domain: Domain
    teacher: Network
    tree: Tree
    proof: Proof
    counterexamples: tuple[Point, ...]
    prover: str
    claim: Mapping[str, Any] | None
    hashes: Mapping[str, str]
    sha256: str
    domain_from: str | None = None
    enumerated: int = 0

    @property
    def found_by(self) -> str:
        """The prover's name."""
        return self.prover.partition(": ")[0]

    @property
    def command(self) -> str | None:
        """The command that was asked for the certificate, if ``prover`` records one."""
        return self.prover.partition(": ")[2] or None
