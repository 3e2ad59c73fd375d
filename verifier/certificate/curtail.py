"""A proof that can be cut short while the kernel reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from verifier.certificate.proof import Open, Proof, Split, Step


class Curtailed(Sequence[Split | Step]):
    """A proof that, from the moment ``stop`` says so, has every step left as ``Open``.

    ``given`` is what a reader has been given: a proof too once the reading is over. The kernel that
    checked what it was given has checked ``given``, nothing else.
    """

    def __init__(self, proof: Proof, stop: Callable[[], bool]) -> None:
        self.proof = proof
        self.stop = stop
        self.given: Proof = ()

    def __iter__(self) -> Iterator[Split | Step]:
        given: list[Split | Step] = []
        missing = 1  # subtrees that have not begun
        for node in self.proof:
            if self.stop():
                break
            given.append(node)
            yield node
            missing += 1 if isinstance(node, Split) else -1
        for _ in range(max(0, missing)):
            given.append(Open())
            yield given[-1]
        self.given = tuple(given)

    def __len__(self) -> int:
        return len(self.given)

    @overload
    def __getitem__(self, at: int) -> Split | Step: ...
    @overload
    def __getitem__(self, at: slice) -> Proof: ...
    def __getitem__(self, at: int | slice) -> Split | Step | Proof:
        return self.given[at]
