"""A proof whose rest is taken from a coarser one, where the time for its check runs short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from verifier.model.proof import Enumerated, Open, Proof, Split, Step
from verifier.model.verdict import Checked
from verifier.reading.encoded import APART, EncodedProof
from verifier.reading.proof_bytes import nodes
from verifier.writing.curtail import Gradual
from verifier.writing.proof_bytes import encode

ASKED = 1 << 8
"""Nodes between two looks at the clock; it is looked at before every cell that is enumerated."""
UNDER_WAY, SWEEPS, MOST_OF = 1 << 12, 9, 0.75
"""Nodes that a check has read before it is through with them, about, and cells to enumerate; and of
what it has read of either."""
FEW = 3
"""Cells to enumerate from which on it is told what they take without those before them."""
SLOWER = 1.5
"""Times that what is under way, and the rest of a coarse proof, may take longer than expected."""


@dataclass(eq=False)
class Going:
    """How far a check is: ``nodes`` that it read, among them ``swept`` cells to be enumerated.

    It has taken ``seconds``. The ``reached`` part of a coarse proof is past. Before a cell is
    enumerated those before it are settled: of each, ``others`` were read since the last one (and
    the sum of their squares is ``squares``), all together took ``until`` until it was through, and
    ``product`` is the sum of others times seconds. The ``last`` one was this node.
    """

    nodes: int = 0
    swept: int = 0
    seconds: float = 0.0
    reached: float = 0.0
    others: int = 0
    squares: int = 0
    until: float = 0.0
    product: float = 0.0
    last: int = 0

    def enumerated(self, at: int, seconds: float) -> None:
        """Node number ``at`` was a cell to be enumerated; what was read before took so long too."""
        others = min(at - self.last, UNDER_WAY)
        self.swept, self.last = self.swept + 1, at
        self.others, self.squares = self.others + others, self.squares + others * others
        self.until, self.product = self.until + seconds, self.product + others * seconds

    @property
    def sweeping(self) -> float:
        """Seconds of those that enumerating took, about: without what grows with the others.

        By a line of least squares, where there are some cells to tell by.
        """
        spread = self.swept * self.squares - self.others**2
        rise = 0.0
        if spread > 0 and self.swept >= FEW:
            rise = max(0.0, (self.swept * self.product - self.others * self.until) / spread)
        return min(self.seconds, max(0.0, self.until - rise * self.others))

    def under_way(self, expected: float = math.inf) -> float:
        """Seconds for what it read and is not through with, about; of others a node was
        ``expected`` to take so many."""
        other = self.nodes - self.swept, self.seconds - self.sweeping
        return _under_way(*other, UNDER_WAY, expected) + _under_way(
            self.swept, self.sweeping, SWEEPS, math.inf
        )


def _under_way(read: int, seconds: float, most: int, expected: float) -> float:
    """What is under way takes what was expected, unless what was read shows more; but no more than
    if as much as may be is under way."""
    some = min(most, MOST_OF * read)
    each = max(expected, seconds / max(1, read))
    return some * min(each, seconds / max(1, read - some))


@dataclass(frozen=True, eq=False)
class Fallback:
    """A coarser proof of the same cells, that the kernel checks in ``seconds``, about.

    The check is to be over at ``end``, on the clock of ``now``; a node of the finer proof is
    ``expected`` to take so many seconds.
    """

    proof: Proof
    seconds: float
    end: float
    now: Callable[[], float]
    expected: float = math.inf

    def late(self, going: Going) -> bool:
        """Whether there is just time for the rest of it."""
        rest = going.under_way(self.expected) + self.seconds * (1 - going.reached)
        return self.now() + SLOWER * rest > self.end


@dataclass(eq=False, repr=False)
class Falling(Gradual):
    """A proof in bytes that goes on as a coarser one once that says that it is late.

    Both split cells alike as far as they do; where they do not, the rest is Open. What was read is
    what the bytes are from then on.
    """

    fallback: Fallback | None = field(default=None, kw_only=True)

    def __iter__(self) -> Iterator[Split | Step]:
        fallback = self.fallback
        if fallback is None:
            yield from super().__iter__()
            return
        self.gone, told, going = [], 0, Going()
        begun, place, end = fallback.now(), _Place.of(fallback.proof), 0
        every = nodes(self.data, self.models, self.columns)
        for count, (node, after) in enumerate(every):
            sweep = isinstance(node, Enumerated)
            if count and (sweep or count % ASKED == 0):
                going.nodes, going.reached = count, place.reached
                going.seconds = fallback.now() - begun
                if fallback.late(going):
                    yield from self._fallen(count, told, end, place)
                    return
            end = after
            told += not isinstance(node, Split)
            self._remember(count + 1, told, end)
            place.follow(node)
            yield node
            if sweep:
                going.enumerated(count, fallback.now() - begun - going.seconds)

    def left(self, checked: Checked) -> EncodedProof:
        """See ``Gradual``: of what was read, which no more time that passes changes."""
        self.fallback = None
        return super().left(checked)

    def _remember(self, count: int, told: int, end: int) -> None:
        """Keep where every so-manieth node ends, and how many Steps there were."""
        if count % APART == 0:
            self.gone.append((end, told))

    def _fallen(self, count: int, told: int, end: int, place: _Place) -> Iterator[Split | Step]:
        """The rest of the coarser proof, after so many nodes and, among them, Steps."""
        self.fallback, rest = None, tuple(place.rest())
        self.data = self.data[:end] + encode(rest, self.models)[len(encode(())) :]
        self.size, self.opens = count + len(rest), self.opens or Open() in rest
        self.__dict__.pop("_offsets", None)
        self._last = -1, ()
        for more, (node, after) in enumerate(
            nodes(self.data, self.models, self.columns, end), count + 1
        ):
            told += not isinstance(node, Split)
            self._remember(more, told, after)
            yield node


@dataclass(eq=False)
class _Place:
    """Where in a coarse proof the cells are that have not begun, the next one last.

    Each is where its subtree begins, or the Step of a larger cell that it is in.
    """

    proof: Proof
    after: list[int]
    stack: list[int | Step] = field(default_factory=lambda: [0])
    reached: float = 0.0

    @classmethod
    def of(cls, proof: Proof) -> _Place:
        """Before the first node; ``after`` are where the subtrees of all nodes end."""
        after = [0] * (len(proof) + 1)
        for i in range(len(proof) - 1, -1, -1):
            after[i] = after[after[i + 1]] if isinstance(proof[i], Split) else i + 1
        return cls(proof, after)

    def follow(self, node: Split | Step) -> None:
        """Take the next node of the finer proof."""
        at = self.stack.pop()
        if isinstance(at, int):
            self.reached = at / len(self.proof)
        if not isinstance(node, Split):
            return
        if not isinstance(at, int):
            self.stack += at, at
        elif self.proof[at] == node:
            self.stack += self.after[at + 1], at + 1
        else:
            own = self.proof[at]
            same: Step = Open() if isinstance(own, Split) else own
            self.stack += same, same

    def rest(self) -> Iterator[Split | Step]:
        """The nodes of all cells that have not begun."""
        for at in reversed(self.stack):
            if isinstance(at, int):
                yield from self.proof[at : self.after[at]]
            else:
                yield at
