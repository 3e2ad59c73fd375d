"""A proof that can be cut short while the kernel reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from verifier.certificate import codec
from verifier.certificate.proof import Open, Proof, Split, Step


class Curtailed(Sequence[Split | Step]):
    """A proof, read from its bytes, that from the moment ``stop`` says so has every step left Open.

    ``given`` is what a reader has been given, and ``encoded`` its bytes: a proof too once the
    reading is over. The kernel that checked what it was given has checked ``given``, nothing else.
    Ending the reading takes no time that grows with the proof.
    """

    def __init__(self, data: bytes, stop: Callable[[], bool]) -> None:
        self.data = data
        self.stop = stop
        self.given: Proof = ()
        self.encoded = b""

    def __iter__(self) -> Iterator[Split | Step]:
        given: list[Split | Step] = []
        missing = 1  # subtrees that have not begun
        unnamed = codec.encode(())  # how the bytes begin where no solver is named
        end = len(unnamed)  # of the bytes of what was given
        for node, after in codec.nodes(self.data):
            if self.stop():
                break
            given.append(node)
            yield node
            end = after
            missing += 1 if isinstance(node, Split) else -1
        for _ in range(max(0, missing)):
            given.append(Open())
            yield given[-1]
        self.given = tuple(given)
        if missing <= 0:
            self.encoded = self.data
        elif self.data.startswith(unnamed):
            self.encoded = self.data[:end] + codec.encode((Open(),))[len(unnamed) :] * missing
        else:
            self.encoded = codec.encode(self.given)  # names only the solvers of what was given

    def __len__(self) -> int:
        return len(self.given)

    @overload
    def __getitem__(self, at: int) -> Split | Step: ...
    @overload
    def __getitem__(self, at: slice) -> Proof: ...
    def __getitem__(self, at: int | slice) -> Split | Step | Proof:
        return self.given[at]
