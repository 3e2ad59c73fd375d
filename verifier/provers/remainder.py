"""A sample of what a proof leaves open, and the share of the proof's time that makes it narrow.

It is to be no wider than by plain draws of the whole domain in all of the time limit. How wide it
gets follows from what is open, and from how many points are true: some draws tell that, which
nothing else is made of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from verifier.kernel.asked import Asked
from verifier.kernel.population import Population
from verifier.kernel.sampling import added, counting, drawn_from
from verifier.model.errors import CertificateError
from verifier.model.sample import PLAIN, Plan
from verifier.provers.timing import now

DRAWN, WORK, FEWEST = 1 << 12, 1 << 27, 1 << 7
"""Draws that tell how many points are true: of networks so large that these take more steps than
the second fewer, down to the third."""
KEY = b"how many points are true"
SHARES, SHORTEST = (1.0, 0.85, 0.7), 2.0
"""Shares of the time of a proof and its check that it may have, where that is limited to so many
seconds or more. With less, what is proved would be much wider."""
LATE = 1.05
"""A proof and its check take up to so many times what is expected."""
LITTLE = 0.4
"""Where a proof with all of it tells of no more than this share of the probability, it may have
hardly any."""
ENOUGH, NEARLY = 0.8, 0.9
"""A sample is narrow enough that tells as much as plain draws in this share of all the time do.
Where none is, the largest share is taken whose sample tells nearly as much as any."""
PILOTS, FIXED, READY = 0.1, 0.15, 7e-5
"""What a sample takes beside its draws: a share of its time, some seconds, and for each cell."""
AROUND, PLAINLY = 5.5e-7, 2e-7
"""Seconds until a draw of cells is known to be open, and of one of the whole domain beside its
evaluation."""


class Left(NamedTuple):
    """What a proof leaves open: so much of the probability, in so many ``cells`` which hold what is
    ``around`` it; and how much it has shown to be ``true``."""

    open: float
    around: float
    cells: int
    true: float


@dataclass(frozen=True)
class Remainder:
    """A sample that ends when a limit of so many ``seconds`` is ``full``."""

    seconds: float
    full: float

    def share(
        self, seen: Seen, given: float, left: Callable[[float], Left], least: float | None
    ) -> float:
        """The largest share of the ``given`` seconds, from now on, after which a sample of what is
        ``left`` then is narrow enough. The ``least`` one is for what tells of little anyway."""
        start, found = now(), list[tuple[float, float]]()
        some: list[float] = [*(SHARES if self.seconds >= SHORTEST else SHARES[:1])]
        for share in some if least is None else [*some, least]:
            rest = self.full - start - LATE * share * given
            tells = self.tells(seen, left(share * given), rest)
            if tells >= ENOUGH:
                return share
            found.append((tells, share))
        most = max(tells for tells, _ in found)
        return max(share for tells, share in found if tells >= NEARLY * most)

    def tells(self, seen: Seen, left: Left, rest: float) -> float:
        """In which share of all the time plain draws tell what a sample tells in the ``rest``."""
        drawing = (1 - PILOTS) * rest - FIXED
        plainly = max(0.0, drawing) / self.seconds
        if not left.open > 0:
            return 1.0
        among = max(0.0, drawing - READY * left.cells) / self.seconds
        return max(plainly, among / seen.times(left))


class Seen(NamedTuple):
    """What draws of the whole domain told: the share of ``true`` ones, how far off that may be, and
    seconds for ``each``."""

    true: float
    off: float
    each: float

    @classmethod
    def of(cls, asked: Asked) -> Seen | None:
        """The same of a question; None where nothing can be drawn."""
        many = max(FEWEST, min(DRAWN, WORK // asked.point_cost))
        nothing = Population(asked, (), Fraction(0), Fraction(1), Fraction(0))
        try:
            found = drawn_from(nothing, PLAIN)
        except CertificateError:
            return None

        def drawn(many: int) -> int:
            return added(counting(found, Plan(many, method=PLAIN, block=many), KEY)).true

        drawn(min(many, FEWEST))  # what is made once is not what a draw takes
        start, true = now(), drawn(many)
        share = (true + 0.5) / (many + 1)
        each = max(now() - start, 1e-6) / many
        return cls(share, (share * (1 - share) / many) ** 0.5, each)

    def times(self, left: Left) -> float:
        """How many times as long as plain draws of the whole domain ones of cells take to tell as
        much."""
        off = min(self.off, left.open / 2)
        true = min(max(self.true - left.true, off), left.open - off)
        varies = left.around * true * (left.open - true) / left.open
        kept = min(1.0, left.open / left.around)
        dearer = (AROUND + kept * max(0.0, self.each - PLAINLY)) / self.each
        return max(1e-9, varies / (self.true * (1 - self.true)) * dearer)
