"""A proof whose rest is taken from coarser ones, where the time for its check runs short."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from verifier.model.proof import Enumerated, Open, Proof, Sandwich, Several, Signed, Split, Step
from verifier.model.verdict import Checked
from verifier.reading.encoded import APART, EncodedProof
from verifier.reading.proof_bytes import nodes
from verifier.writing.curtail import Gradual
from verifier.writing.proof_bytes import encode

ASKED = 1 << 8
"""Nodes between two looks at the clock; it is looked at before every cell that is enumerated, and
whenever the check tells what it is through with."""
SWEEPS, MOST_OF = 9, 0.75
"""Cells to enumerate that a check has read before it is through with them, about; and of what it
has read of them."""
FEW = 3
"""Cells to enumerate from which on it is told what they take without those before them."""
APART_AT_MOST = 1 << 12
"""Nodes before a cell to enumerate that it may have to wait for, at most."""
BEFORE, SLOWER = 1.25, 1.5
"""Times that what is under way may take longer than expected, and the rest of a coarse proof."""
TOLD, LONG, LATELY = 1 << 8, 0.3, 0.5
"""Units of work, at least, by which it is seen how slow a check is; those seconds after which fewer
tell as much; and of what it is through with, the part that tells."""


BESIDE, UNIT, SANDWICH = 600, 96, 3
"""Bytes of trees of signs that take the kernel as long as what it does beside for their cell; and
as a Constant, about; and as many of these take as long as a Sandwich."""


def units(node: Split | Step) -> int:
    """How many Constants a check of a node takes as long as, about: its cases and sides, and the
    work for its trees of signs; a Split is none."""
    if isinstance(node, Split):
        return 0
    if isinstance(node, Signed):
        return 1 + worked(node) // UNIT
    if isinstance(node, Several):
        return sum(map(units, node.steps))
    return SANDWICH * node.work if isinstance(node, Sandwich) else 1


def worked(step: Signed) -> int:
    """What the kernel does for a cell's trees of signs, in bytes of trees."""
    return BESIDE + len(step.trees)


@dataclass(eq=False)
class Going:
    """How far a check is: ``nodes`` that it read, among them ``swept`` cells to be enumerated.

    It has taken ``seconds``. The ``reached`` part of a coarse proof is past. Before a cell is
    enumerated those before it are settled: of each, ``others`` were read since the last one (and
    the sum of their squares is ``squares``), all together took ``until`` until it was through, and
    ``product`` is the sum of others times seconds. The ``last`` one was this node.

    It has read so many ``units`` of work. Now and then it tells how many ``steps`` it is through
    with: ``told`` are the units of these, each with the seconds until then without those that
    enumerating took, from one on that tells how slow it has been lately. What it took up to the
    first report is no part of that, as helpers were being started. ``ends`` are the units up to
    each later Step.
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
    units: int = 0
    steps: int = 0
    done: int = 0
    told: deque[tuple[int, float]] = field(default_factory=deque)
    ends: deque[int] = field(default_factory=deque)

    def read(self, node: Split | Step) -> None:
        """It has read one more node."""
        self.nodes += 1
        if not isinstance(node, Split):
            self.units += units(node)
            self.ends.append(self.units)

    def through(self, steps: int, seconds: float) -> None:
        """The check was through with so many Steps, after that time."""
        while self.ends and self.steps < steps:
            self.done, self.steps = self.ends.popleft(), self.steps + 1
        self.told.append((self.done, max(0.0, seconds - self.sweeping)))
        while len(self.told) > 2 and self.told[1][0] <= LATELY * self.done:
            self.told.popleft()

    @property
    def under(self) -> int:
        """The units of what it read and is not through with."""
        return self.units - self.done

    @property
    def each(self) -> float:
        """Seconds of a unit, lately; 0 as long as that is not seen."""
        if not self.told:
            return 0.0
        (before, since), (units, seconds) = self.told[0], self.told[-1]
        done, spent = units - before, seconds - since
        return max(0.0, spent / done) if done >= TOLD or (done and spent >= LONG) else 0.0

    def pace(self, unit: float) -> float:
        """How many times as long as expected all takes, if that was so many seconds a ``unit``."""
        return (self.each / unit if unit else 0.0) or 1.0

    def enumerated(self, at: int, seconds: float) -> None:
        """Node number ``at`` was a cell to be enumerated; what was read before took so long too."""
        others = min(at - self.last, APART_AT_MOST)
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

    def under_way(self, unit: float) -> float:
        """Seconds for what it read and is not through with, about; a ``unit`` was expected to take
        so many, as long as it is not seen what it takes."""
        some = min(SWEEPS, MOST_OF * self.swept)
        swept = some * self.sweeping / max(1, self.swept - some)
        return swept + self.under * (self.each or unit)


@dataclass(frozen=True, eq=False)
class Fallback:
    """Coarser proofs of the same cells, from the least: each with the seconds that the kernel takes
    for it, about.

    The check is to be over at ``end``, on the clock of ``now``; a ``unit`` of the finer proof's
    ``work`` is expected to take so many seconds.
    """

    proofs: tuple[tuple[Proof, float], ...]
    end: float
    now: Callable[[], float]
    unit: float
    work: int

    def late(self, going: Going) -> bool:
        """Whether there is just time for the rest of the finest of them, of which ``going`` tells
        what is past; and none for the rest of the finer proof."""
        left, before = self.end - self.now(), going.under_way(self.unit)
        unread = max(0, self.work - going.units) * self.unit
        if before + going.pace(self.unit) * unread <= left:
            return False
        return BEFORE * before + SLOWER * self._coarse(going, -1, going.reached) > left

    def chosen(self, going: Going, reached: Sequence[float]) -> int:
        """The number of the one to go on as: the finest for which there is time, if nothing takes
        longer than expected. Of each so much is past."""
        left = self.end - self.now() - going.under_way(self.unit)
        for at in range(len(self.proofs) - 1, 0, -1):
            if self._coarse(going, at, reached[at]) <= left:
                return at
        return 0

    def _coarse(self, going: Going, at: int, reached: float) -> float:
        """Seconds for what is not past of a proof."""
        return going.pace(self.unit) * self.proofs[at][1] * (1 - reached)


@dataclass(eq=False, repr=False)
class Falling(Gradual):
    """A proof in bytes that goes on as a coarser one once that says that it is late, and as one
    still coarser if it is late again.

    All split cells alike as far as they do; where they do not, the rest is Open. What was read is
    what the bytes are from then on.
    """

    fallback: Fallback | None = field(default=None, kw_only=True)
    _through: tuple[int, float] | None = None

    def __iter__(self) -> Iterator[Split | Step]:
        if self.fallback is None:
            return super().__iter__()
        return (node for node, _ in self._falling(self.fallback))

    def groups(self) -> Iterator[list[tuple[Split | Step, int]]]:
        """See ``EncodedProof``; it falls where a check in sections tells how far it is."""
        if self.fallback is None or self._through is None:
            return super().groups()
        return ([both] for both in self._falling(self.fallback))

    def through(self, steps: int) -> None:
        """A check begins (0), or is through with so many Steps."""
        if self.fallback is not None:
            self._through = steps, self.fallback.now()

    def telling(self, progress: Callable[[int], None] | None) -> Callable[[int], None]:
        """A check at one go begins: what it tells of its progress to."""
        self.through(0)

        def told(steps: int) -> None:
            self.through(steps)
            if progress is not None:
                progress(steps)

        return told

    def _falling(self, fallback: Fallback) -> Iterator[tuple[Split | Step, int]]:
        """The nodes, each with the offset after it, as long as there is time for them."""
        self.gone, steps, going, count, end = [], 0, Going(), 0, 0
        places, begun = [_Place.of(proof) for proof, _ in fallback.proofs], fallback.now()
        every, through = nodes(self.data, self.models, self.columns), self._through
        while (following := next(every, None)) is not None:
            node, after = following
            sweep, look = isinstance(node, Enumerated), self._through is not through
            if self.fallback and count and (look or sweep or count % ASKED == 0):
                going.reached, going.seconds = places[-1].reached, fallback.now() - begun
                if look and (through := self._through) is not None:
                    going.through(through[0], through[1] - begun)
                if fallback.late(going):
                    chosen = fallback.chosen(going, [place.reached for place in places])
                    self._fall(count, end, places[chosen])
                    if chosen:
                        fallback = replace(
                            fallback,
                            proofs=fallback.proofs[:chosen],
                            work=going.units + places[chosen].unread,
                        )
                    self.fallback, places = fallback if chosen else None, places[:chosen]
                    every = nodes(self.data, self.models, self.columns, end)
                    continue
            end, count = after, count + 1
            steps += not isinstance(node, Split)
            if count % APART == 0:  # where such a node ends, and how many Steps there were
                self.gone.append((end, steps))
            for place in places:
                place.follow(node)
            going.read(node)
            yield node, after
            if sweep:
                going.enumerated(count - 1, fallback.now() - begun - going.seconds)

    def left(self, checked: Checked) -> EncodedProof:
        """See ``Gradual``: of what was read, which no more time that passes changes."""
        self.fallback = None
        return super().left(checked)

    def _fall(self, count: int, end: int, place: _Place) -> None:
        """Have the bytes go on as the rest of a coarser proof, after so many nodes."""
        rest = tuple(place.rest())
        self.data = self.data[:end] + encode(rest, self.models)[len(encode(())) :]
        self.size, self.opens = count + len(rest), self.opens or Open() in rest
        self.__dict__.pop("_offsets", None)
        self._last = -1, ()


@dataclass(eq=False)
class _Place:
    """Where in a coarse proof the cells are that have not begun, the next one last.

    Each is where its subtree begins, or the Step of a larger cell that it is in. Before each node
    there is so much ``work`` in it, in ``units``; of all the ``reached`` part is past.
    """

    proof: Proof
    after: list[int]
    work: list[int]
    stack: list[int | Step] = field(default_factory=lambda: [0])
    reached: float = 0.0

    @classmethod
    def of(cls, proof: Proof) -> _Place:
        """Before the first node; ``after`` are where the subtrees of all nodes end."""
        after = [0] * (len(proof) + 1)
        for i in range(len(proof) - 1, -1, -1):
            after[i] = after[after[i + 1]] if isinstance(proof[i], Split) else i + 1
        return cls(proof, after, list(accumulate(map(units, proof), initial=0)))

    def follow(self, node: Split | Step) -> None:
        """Take the next node of the finer proof."""
        at = self.stack.pop()
        if isinstance(at, int):
            self.reached = self.work[at] / self.work[-1]
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

    @property
    def unread(self) -> int:
        """The units of what is not past."""
        return round(self.work[-1] * (1 - self.reached))

    def rest(self) -> Iterator[Split | Step]:
        """The nodes of all cells that have not begun."""
        for at in reversed(self.stack):
            if isinstance(at, int):
                yield from self.proof[at : self.after[at]]
            else:
                yield at
