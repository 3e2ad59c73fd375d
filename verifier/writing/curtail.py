"""A proof that is read from its bytes while the kernel checks it, and what is left of it then."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence
from typing import overload

from verifier.model.proof import Open, Proof, Split, Step
from verifier.model.verdict import Checked
from verifier.reading.proof_bytes import nodes
from verifier.writing.proof_bytes import encode


class Gradual(Sequence[Split | Step]):
    """A proof, decoded as it is gone through; ``models`` and ``columns`` as ``nodes`` takes them.

    ``given`` is what a reader has been given so far; ``left`` what stands of it after a check.
    """

    def __init__(self, data: bytes, models: int | None = None, columns: int = 0) -> None:
        self.data = data
        self.models = models
        self.columns = columns
        self.given: list[Split | Step] = []
        self.ends = array("Q")
        """The offset in the bytes after each node."""

    def __iter__(self) -> Iterator[Split | Step]:
        self.given.clear()
        del self.ends[:]
        for node, end in nodes(self.data, self.models, self.columns):
            self.given.append(node)
            self.ends.append(end)
            yield node

    def __len__(self) -> int:
        return len(self.given)

    @overload
    def __getitem__(self, at: int) -> Split | Step: ...
    @overload
    def __getitem__(self, at: slice) -> Proof: ...
    def __getitem__(self, at: int | slice) -> Split | Step | Proof:
        return tuple(self.given[at]) if isinstance(at, slice) else self.given[at]

    def left(self, checked: Checked) -> tuple[Proof, bytes]:
        """The proof that a check has established, with its bytes.

        That is what was given, but Open where the check was cut short or a step was refused.
        """
        cut = checked.cut
        nodes = len(self.given) if cut is None else cut.nodes
        missing = 0 if cut is None else cut.missing
        kept = self.given if nodes == len(self.given) else self.given[:nodes]
        proof = (*opened(kept, checked.refused), *[Open()] * missing)
        if not checked.refused and not missing:
            return proof, self.data
        unnamed = encode(())  # how the bytes begin where no solver is named
        if checked.refused or not self.data.startswith(unnamed):
            return proof, encode(proof, self.models)  # names only the solvers that are left
        end = self.ends[nodes - 1] if nodes else len(unnamed)
        return proof, self.data[:end] + encode((Open(),))[len(unnamed) :] * missing


def opened(nodes: Sequence[Split | Step], refused: Collection[int]) -> Sequence[Split | Step]:
    """The nodes with the steps of these numbers (from 1, in order) Open."""
    if not refused:
        return nodes
    wanted, count, out = frozenset(refused), 0, []
    for node in nodes:
        count += not isinstance(node, Split)
        is_refused = not isinstance(node, Split) and count in wanted
        out.append(Open() if is_refused else node)
    return out
