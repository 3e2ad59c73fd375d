"""A proof that the kernel checks as it is read from its bytes, and what is left of it then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, repeat

from verifier.model.proof import Open, Split, Step
from verifier.model.verdict import Checked
from verifier.reading.encoded import APART, EncodedProof
from verifier.reading.proof_bytes import nodes
from verifier.writing.proof_bytes import changed, encode


@dataclass(eq=False, repr=False)
class Gradual(EncodedProof):
    """A proof of which ``left`` tells, after a check has gone through it, what stands of it.

    ``gone`` are the offsets after every so-manieth node that the check came to.
    """

    gone: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[Split | Step]:
        self.gone = []
        every = nodes(self.data, self.models, self.columns)
        while some := list(islice(every, APART)):
            self.gone.append(some[-1][1])
            yield from (node for node, _ in some)

    def left(self, checked: Checked) -> EncodedProof:
        """The proof that a check has established.

        That is the proof, but Open where the check was cut short or a step was refused.
        """
        cut = checked.cut
        count = self.size if cut is None else cut.nodes
        missing = 0 if cut is None else cut.missing
        if not checked.refused and not missing:
            return EncodedProof(self.data, self.models, self.columns, count, opens=self.opens)
        unnamed = encode(())  # how the bytes begin where no solver is named
        if checked.refused or not self.data.startswith(unnamed):

            def rest(nodes: Iterator[Split | Step]) -> Iterator[Split | Step]:
                kept = opened(islice(nodes, count), checked.refused)
                return chain(kept, repeat(Open(), missing))

            return changed(self, rest)  # which names only the solvers that are left
        data = self.data[: self._end(count)] + encode((Open(),))[len(unnamed) :] * missing
        return EncodedProof(data, self.models, self.columns, count + missing, opens=True)

    def _end(self, count: int) -> int:
        """The offset after so many nodes."""
        place, more = divmod(count, APART)
        marks = self.gone if place <= len(self.gone) else self._offsets
        start = marks[place - 1] if place else len(encode(()))
        every = nodes(self.data, self.models, self.columns, start)
        return next((end for _, end in islice(every, more - 1, None)), start) if more else start


def opened(nodes: Iterable[Split | Step], refused: Collection[int]) -> Iterator[Split | Step]:
    """The nodes with the steps of these numbers (from 1, in order) Open."""
    wanted, count = frozenset(refused), 0
    for node in nodes:
        count += not isinstance(node, Split)
        yield Open() if not isinstance(node, Split) and count in wanted else node
