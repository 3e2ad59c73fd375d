"""The check of a proof of which a few Steps were mended: what was checked of the others stands.

A long proof is checked in sections, each of which is reported. Where the kernel refuses a few of
its Steps, and a search puts others in their place, most sections hold the very nodes that they held
before. Of these the report is taken; all others are checked. docs/soundness.md argues what has to
be the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from verifier.kernel.checker import Elsewhere, Piece, check_section, prepared
from verifier.kernel.known import Classes
from verifier.kernel.ledger import Ledger
from verifier.kernel.sections import Established, Section
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Point
from verifier.model.proof import Split, Step
from verifier.reading.encoded import EncodedProof
from verifier.reading.proof_bytes import nodes, start_of
from verifier.writing.falling import Falling
from verifier.writing.processors import processors
from verifier.writing.sections import TOGETHER
from verifier.writing.threads import by_helpers

OTHERS = frozenset({"proof.bin", "witnesses.json", "verdict.json"})
"""Parts of a certificate that may be others: a proof is compared node by node, witnesses are what
was ``found``, and of a verdict no section depends."""
Numbered = Iterator[tuple[Split | Step, int]]
"""Nodes, each with the offset after it."""


@dataclass(frozen=True, eq=False)
class _Checked:
    """The last check: of what, on whose word, knowing which counterexamples; and its reports."""

    certificate: Certificate
    terms: tuple[frozenset[str], bool, int]
    found: Mapping[Point, Classes]
    reports: tuple[Established, ...]


@dataclass(eq=False)
class Memory:
    """What the last check in sections reported, of one job's certificates.

    ``keep_left`` is as for ``checker.verify``; ``again`` counts the Steps of sections that were
    checked though a report was there.
    """

    keep_left: int
    again: int = 0
    _last: _Checked | None = field(default=None, repr=False)

    def spread(
        self, certificate: Certificate, trust: frozenset[str], lenient: bool, stop: Stop | None
    ) -> Elsewhere | None:
        """Has a certificate's proof checked (a ``writing.threads.Spread``); None of a short one."""
        whole = partial(
            by_helpers,
            certificate,
            partial(Piece, trust=trust, lenient=lenient, keep_left=self.keep_left),
            stop,
            limited=False,
        )
        anew = whole()
        if anew is None:
            return None
        terms = trust, lenient, self.keep_left

        def everywhere(found: Mapping[Point, Classes]) -> Iterator[Established]:
            last, self._last = self._last, None
            reports, rest = list[Established](), anew
            if last is not None and _is_alike(last, certificate, terms, found):
                end = 0
                for held, after in self._mended(last, certificate, stop):
                    reports.append(held)
                    yield held
                    end = after
                rest = _rest(certificate, end, reports, whole)
            for held in rest(found):
                reports.append(held)
                yield held
            self._last = _Checked(certificate, terms, dict(found), tuple(reports))

        return everywhere

    def share(self, refused: Collection[int]) -> float:
        """What part of the last proof is checked again once these Steps (from 1) are mended."""
        reports = () if self._last is None else self._last.reports
        if not reports:
            return 1.0
        spans = [(x.before[1], x.after[1]) for x in reports]
        held = [b - a for a, b in spans if any(a < number <= b for number in refused)]
        return sum(held) / max(1, reports[-1].after[1])

    def _mended(
        self, last: _Checked, certificate: Certificate, stop: Stop | None
    ) -> Iterator[tuple[Established, int]]:
        """Reports of sections from the proof's beginning on, as far as it goes along the last one.

        Each with the offset after its nodes.
        """
        old, new = last.certificate.proof, certificate.proof
        assert isinstance(old, EncodedProof) and isinstance(new, EncodedProof)
        asked = prepared(certificate.matter, stop=stop, limited=False)
        trust, lenient, keep = last.terms
        at, more = start_of(new.data), (0, 0)  # how many more nodes and Steps are before
        for held, (start, end) in zip(last.reports, _spans(old, last.reports), strict=True):
            if more[1] % TOGETHER:
                return
            until = at + end - start
            if new.piece(at, until).data == old.piece(start, end).data and _holds(held):
                at = until
                yield moved(held, more), at
                continue
            found = _end(_nodes(old, start, end), _nodes(new, at))
            if found is None:
                return
            before = held.before[0] + more[0], held.before[1] + more[1]
            report = check_section(
                asked,
                Section(new.piece(at, found), held.stack, before),
                last.found,
                trust=trust,
                lenient=lenient,
                threads=processors(),
                keep_left=keep,
            )
            self.again += report.after[1] - before[1]
            more = report.after[0] - held.after[0], report.after[1] - held.after[1]
            at = found
            yield report, at


def _rest(
    certificate: Certificate,
    end: int,
    reports: Sequence[Established],
    whole: Callable[..., Elsewhere | None],
) -> Elsewhere:
    """What has the rest of a proof checked, from where the reports end: an offset in its bytes."""
    proof = certificate.proof
    assert isinstance(proof, EncodedProof)
    if end == len(proof.data):
        return lambda found: ()
    found = whole(stack=reports[-1].rest, before=reports[-1].after) if reports else whole()
    assert found is not None  # as it is as long as before
    return found


def moved(held: Established, more: tuple[int, int]) -> Established:
    """The report of the same section where so many more nodes and Steps are before it."""
    (node, step), (last, count), number = held.before, held.after, Ledger.number(more[1])
    return replace(
        held,
        before=(node + more[0], step + more[1]),
        after=(last + more[0], count + more[1]),
        noted=[(own + number, point, classes) for own, point, classes in held.noted],
    )


def _holds(held: Established) -> bool:
    """Whether all of a section's Steps hold: what is said of others names them by their numbers."""
    return not held.refused and not held.complaint and held.fault is None


def _is_alike(
    last: _Checked,
    certificate: Certificate,
    terms: tuple[frozenset[str], bool, int],
    found: Mapping[Point, Classes],
) -> bool:
    """Whether the check of the same nodes would be the same."""
    parts = [
        {name: own for name, own in x.hashes.items() if name not in OTHERS}
        for x in (last.certificate, certificate)
    ]
    proofs = (last.certificate.proof, certificate.proof)
    encoded = all(isinstance(x, EncodedProof) for x in proofs)
    if isinstance(proofs[1], Falling) and proofs[1].fallback is not None:
        return False  # what its nodes are depends on the time
    return encoded and parts[0] == parts[1] and last.terms == terms and last.found == dict(found)


def _spans(proof: EncodedProof, reports: Iterable[Established]) -> Iterator[tuple[int, int]]:
    """Where the nodes of sections, which follow each other, begin and end in the proof's bytes."""
    every, past, end = _nodes(proof, 0), 0, start_of(proof.data)
    for held in reports:
        start = end
        for _, own in deque(islice(every, held.after[0] - past), maxlen=1):
            end = own
        past = held.after[0]
        yield start, end


def _nodes(proof: EncodedProof, start: int, end: int | None = None) -> Numbered:
    """The nodes from one offset to another; 0 is before the first."""
    begin = start or start_of(proof.data)
    if end is not None and end <= begin:
        return
    for node, after in nodes(proof.data, proof.models, proof.columns, begin):
        yield node, after
        if after == end:
            return


def _end(old: Numbered, new: Numbered) -> int | None:
    """Where the new nodes end that are the old ones but for what is in place of some Steps."""
    end = None
    for node, _ in old:
        other, end = next(new, (None, -1))
        if other is None or (isinstance(node, Split) and other != node):
            return None
        waiting = 2 * (isinstance(other, Split) and other != node)  # halves of what is in its place
        while waiting:
            other, end = next(new, (None, -1))
            if other is None:
                return None
            waiting += 1 if isinstance(other, Split) else -1
    return end
