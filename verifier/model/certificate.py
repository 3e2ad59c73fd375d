"""A certificate as data: what a file holds, and none of it believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import QuestionError
from verifier.model.network import Network
from verifier.model.notebook import Shown
from verifier.model.proof import Proof
from verifier.model.question import Bound, Formula, Matter
from verifier.model.rows import Rows
from verifier.model.sample import Sample
from verifier.model.tree import Tree


@dataclass(frozen=True, repr=False, eq=False)
class Certificate(Shown):
    """A certificate file's content. Nothing of it is believed before the kernel has checked it.

    ``enumerated`` is how many points its proof has evaluated (0 where it was not gone through).
    ``claim`` is the verdict that the file states, ``hashes`` the SHA-256 of each part and
    ``sha256`` that of the whole file, in hexadecimal, ``format`` 1, 2 or 3. ``prover`` is what the
    file says of its making: a name, or ``name: command``. ``sample`` is what was drawn of what the
    proof leaves open, ``recorded`` the class of an opaque model at each draw, a byte each; ``rows``
    are points that the question is answered on by themselves.
    """

    domain: Domain
    models: tuple[Bound, ...]
    question: Formula
    proof: Proof
    counterexamples: tuple[Point, ...]
    prover: str
    claim: Mapping[str, Any] | None
    hashes: Mapping[str, str]
    sha256: str
    domain_from: str | None = None
    enumerated: int = 0
    format: int = 1
    sample: Sample | None = None
    recorded: bytes | None = None
    rows: Rows | None = None

    @cached_property
    def matter(self) -> Matter:
        """What the proof is about."""
        return Matter(self.domain, self.models, self.question)

    @property
    def teacher(self) -> Network | Ensemble:
        """The network or ensemble of a question whether it and a tree differ."""
        return self._pair[0]

    @property
    def tree(self) -> Tree:
        """The tree of a question whether a network and a tree differ."""
        return self._pair[1]

    @property
    def _pair(self) -> tuple[Network | Ensemble, Tree]:
        if not self.matter.is_differ:
            raise QuestionError(
                "the certificate is not about the difference of a network and a tree: this works "
                "on that question only"
            )
        network, tree = (bound.model for bound in self.models)
        assert isinstance(network, Network | Ensemble) and isinstance(tree, Tree)
        return network, tree

    @property
    def found_by(self) -> str:
        """The prover's name."""
        return self.prover.partition(": ")[0]

    @property
    def command(self) -> str | None:
        """The command that was asked for the certificate, if ``prover`` records one."""
        return self.prover.partition(": ")[2] or None
