"""The draws of a sample, block by block, on the machines of a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from verifier.kernel.asked import Asked
from verifier.kernel.rules import Apply
from verifier.kernel.sampling import Seen
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.errors import LeafproofError
from verifier.model.question import Matter
from verifier.provers.cluster.counting import Job, packed, told_by
from verifier.provers.cluster.joining import Cluster, results
from verifier.provers.cluster.plain import of_bytes

LISTEN = 0.1
"""Seconds between two looks at whether to stop."""
EACH = 4
"""Pieces of work for each worker, so that all end at about the same time."""
MOST = 256
"""Blocks of a piece of work, at most."""


@dataclass(frozen=True, eq=False)
class Spreading:
    """Has a function found of blocks of draws on a cluster, as ``map`` would: an `rules.Apply`.

    What a block tells depends on its number alone, and the answers are given in order: so what is
    counted does not depend on who counts it, or when. Raises CheckStopped once ``stop`` says so,
    and LeafproofError where a block cannot be counted.
    """

    cluster: Cluster
    matter: Matter
    stop: Stop | None = None

    def about(self, asked: Asked) -> Apply:
        """The same for functions that hold the question as it was made ready here."""
        return partial(self._apply, asked)

    def _apply(
        self, asked: Asked, function: Callable[..., Any], every: Iterable[Any]
    ) -> Iterator[Any]:
        blocks = list(every)
        share = self.cluster.share(pickle.dumps(Job(self._matter, packed(function, asked))))
        size = max(1, min(MOST, len(blocks) // (EACH * max(1, self.cluster.workers))))
        places = range(0, len(blocks), size)
        keys = {self._send(share, blocks[at : at + size]): at for at in places}
        held: dict[int, bytes] = {}
        kind = told_by(function)
        try:
            for at in places:
                while at not in held:
                    if self.stop is not None and self.stop():
                        raise CheckStopped
                    self._listen(keys, held)
                told = of_bytes(kind, held.pop(at), "what a machine counted")
                if len(told) != len(blocks[at : at + size]) or not all(map(_counts, told)):
                    raise LeafproofError("what a machine counted is not of these blocks")
                yield from told
        finally:
            if keys:
                self.cluster.drop()

    def _send(self, share: int, some: Sequence[Any]) -> int:
        return self.cluster.submit("count", share, pickle.dumps(some))

    def _listen(self, keys: dict[int, int], held: dict[int, bytes]) -> None:
        """Take what arrives in a moment."""
        for key, result in results(self.cluster, LISTEN, keys):
            held[keys.pop(key)] = result

    @cached_property
    def _matter(self) -> bytes:
        return pickle.dumps(self.matter)


def _counts(told: Any) -> bool:
    """Whether it can be what a block tells: nothing of it is below 0."""
    arrays = (*told.shares, *told.left) if isinstance(told, Seen) else (told,)
    counts = (told.true, told.undecided) if isinstance(told, Seen) else ()
    return min(counts, default=0) >= 0 and all((x >= 0).all() for x in arrays)
