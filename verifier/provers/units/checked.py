"""The kernel's check, kept in a journal section by section as it goes on.

A section ends after some seconds, wherever the check is then; what was established of it is written
down under a seal (see there for why it has one), with everything that it depends on: the parts of
the certificate, the kernel, whose word counts, and where the section begins. A check that begins
anew takes what fits together from the proof's beginning on, and goes on after that.
"""

from __future__ import annotations

import json
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import Protocol

from verifier.kernel.checker import Elsewhere, Piece, check_section, prepared
from verifier.kernel.known import Classes
from verifier.kernel.sections import Established, Section, Stack
from verifier.kernel.stopping import Stop
from verifier.model.cell import full_cell
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.provers.cluster.identity import identity
from verifier.provers.units.seal import Seal
from verifier.writing.falling import Falling
from verifier.writing.helping import helpers
from verifier.writing.processors import processors
from verifier.writing.threads import by_helpers

SECONDS = 2.0
"""Of a section: a check that is killed loses the one that it was at."""


class Store(Protocol):
    """Where it is kept: a journal."""

    def recall(self, name: str) -> bytes | None:
        """What was kept, by its name."""

    def remember(self, name: str, data: bytes) -> None:
        """Keep something, at once."""


@dataclass(frozen=True, eq=False)
class Reached:
    """Where a check is in a proof: the cells that have not begun, and how many nodes and Steps are
    before."""

    stack: Stack
    before: tuple[int, int]

    @classmethod
    def nothing(cls, domain: Domain) -> Reached:
        """At its beginning."""
        return cls(((full_cell(domain), 0),), (0, 0))


@dataclass(frozen=True, eq=False)
class Keeper:
    """What is kept of the check of one certificate, trusting some solvers, lenient or not."""

    store: Store
    seal: Seal
    certificate: Certificate
    trust: frozenset[str]
    lenient: bool

    def recall(self, at: Reached) -> Established | None:
        """What was established of the section that begins here, if that was kept."""
        sealed = self.store.recall(self._name(at))
        data = None if sealed is None else self.seal.off(self._about, sealed)
        if data is None:
            return None
        held: Established = pickle.loads(data)  # nobody but this user's Leafproof wrote it
        return held if held.stack == at.stack and held.before == at.before else None

    def keep(self, held: Established) -> None:
        """Keep what was established of a section."""
        at = Reached(held.stack, held.before)
        self.store.remember(self._name(at), self.seal.on(self._about, pickle.dumps(held)))

    def keep_unless_last(self, held: Established) -> None:
        """Keep what holds, but for the last section: what is short is checked as quickly."""
        if held.fault is None and held.after[0] < len(self.certificate.proof):
            self.keep(held)

    def known(self) -> Iterator[tuple[Established, Reached]]:
        """All that is kept without a gap from the proof's beginning on, each with its end."""
        at = Reached.nothing(self.certificate.domain)
        while (held := self.recall(at)) is not None and held.after > at.before:
            at = Reached(held.rest, held.after)
            yield held, at

    @cached_property
    def _about(self) -> bytes:
        """All that a check depends on, but for where it begins."""
        parts = dict(self.certificate.hashes)
        others = [dict(identity()), sorted(self.trust), self.lenient]
        return json.dumps(["leafproof-check/1", parts, *others], sort_keys=True).encode()

    def _name(self, at: Reached) -> str:
        return f"check {self._about.decode()} {at.before[0]} {at.before[1]}"


Keep = Callable[[Certificate, frozenset[str], bool], Keeper | None]
"""What keeps the check of a certificate, trusting some solvers, lenient or not; None: nothing
does."""


def keeping(store: Store, seal: Seal | None) -> Keep:
    """Has checks kept in a store under a seal."""

    def keep(certificate: Certificate, trust: frozenset[str], lenient: bool) -> Keeper | None:
        proof = certificate.proof
        if seal is None or (isinstance(proof, Falling) and proof.fallback is not None):
            return None  # what a proof is that falls back depends on the time
        return Keeper(store, seal, certificate, trust, lenient)

    return keep


def here(
    keep: Keep, certificate: Certificate, trust: frozenset[str], lenient: bool, stop: Stop | None
) -> Elsewhere | None:
    """Has a certificate's proof checked by this process, and kept (a `writing.threads.Spread`, but
    for ``keep``)."""
    keeper = keep(certificate, trust, lenient)
    if keeper is None:
        return None

    def everywhere(found: Mapping[Point, Classes]) -> Iterator[Established]:
        c, at = certificate, Reached.nothing(certificate.domain)
        for held, end in keeper.known():
            yield held
            at = end
        if at.before[0] == len(c.proof):
            return
        terms = partial(Piece, trust=trust, lenient=lenient)
        sent = by_helpers(c, terms, stop, limited=False, stack=at.stack, before=at.before)
        if sent is not None:
            for held in sent(found):
                keeper.keep_unless_last(held)
                yield held
            return
        nodes = iter(c.proof)
        deque(islice(nodes, at.before[0]), maxlen=0)
        crew = helpers()
        desk = None if crew is None else crew.about(c.matter)
        asked = prepared(c.matter, stop=stop, limited=False)
        while at.before[0] < len(c.proof):
            held = check_section(
                asked,
                Section(nodes, at.stack, at.before),
                found,
                trust=trust,
                lenient=lenient,
                threads=processors(),
                desk=desk,
                stop=stop,
                seconds=SECONDS,
            )
            at = Reached(held.rest, held.after)
            keeper.keep_unless_last(held)
            yield held

    return everywhere
