"""A proof that the kernel checks as it is read from its bytes, and what is left of it then."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
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

    ``gone`` are, after every so-manieth node that the check came to, the offset and how many Steps
    there were.
    """

    gone: list[tuple[int, int]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Split | Step]:
        return (node for some in self.groups() for node, _ in some)

    def groups(self) -> Iterator[list[tuple[Split | Step, int]]]:
        """See ``EncodedProof``: where they end is remembered."""
        self.gone, told = [], 0
        for some in super().groups():
            told += sum(not isinstance(node, Split) for node, _ in some)
            self.gone.append((some[-1][1], told))
            yield some

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
        if not self.data.startswith(unnamed):

            def rest(nodes: Iterator[Split | Step]) -> Iterator[Split | Step]:
                kept = opened(islice(nodes, count), checked.refused)
                return chain(kept, repeat(Open(), missing))

            return changed(self, rest)  # which names only the solvers that are left
        if checked.refused and not self.gone:
            for _ in self:
                pass
        more = encode((Open(),))[len(unnamed) :]
        data = self._opened(checked.refused, self._end(count), more) + more * missing
        return EncodedProof(data, self.models, self.columns, count + missing, opens=True)

    def _opened(self, refused: Collection[int], end: int, instead: bytes) -> bytes:
        """The bytes up to an offset, with others for the Steps of these numbers (from 1)."""
        found, kept, sought = deque(sorted(set(refused))), 0, 0  # a Several may be named twice
        pieces: list[bytes] = []
        while found and found[0] != sought:  # not there where that was sought: it is beyond the end
            sought = found[0]
            place = bisect_left(self.gone, found[0], key=lambda mark: mark[1])
            start, told = self.gone[place - 1] if place else (len(encode(())), 0)
            every = nodes(self.data, self.models, self.columns, start)
            for node, after in islice(every, APART):
                if start >= end:
                    break
                told += not isinstance(node, Split)
                if found and told == found[0] and not isinstance(node, Split):
                    pieces += self.data[kept:start], instead
                    kept = after
                    found.popleft()
                start = after
        return b"".join([*pieces, self.data[kept:end]])

    def _end(self, count: int) -> int:
        """The offset after so many nodes."""
        place, more = divmod(count, APART)
        marks = [end for end, _ in self.gone[:place]]
        if place > len(marks):
            marks = self._offsets
        start = marks[place - 1] if place else len(encode(()))
        every = nodes(self.data, self.models, self.columns, start)
        return next((end for _, end in islice(every, more - 1, None)), start) if more else start


def opened(nodes: Iterable[Split | Step], refused: Collection[int]) -> Iterator[Split | Step]:
    """The nodes with the steps of these numbers (from 1, in order) Open."""
    wanted, count = frozenset(refused), 0
    for node in nodes:
        count += not isinstance(node, Split)
        yield Open() if not isinstance(node, Split) and count in wanted else node
