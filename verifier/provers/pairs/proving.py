"""Prove how often a question is true: search, then a proof that is checked in time.

The search is given about a fifth of the time, and the kernel's check the rest. Whether to search on
is decided again and again (`_Further`), by what the search has *told of*: the share of the domain's
probability in which the question is settled.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from verifier.model.proof import Finding, is_open
from verifier.model.question import Matter
from verifier.provers import exhaustive
from verifier.provers.further import continued
from verifier.provers.loop import run
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs.layout import layout
from verifier.provers.pairs.trunk import Root, alone, trunk_of
from verifier.provers.rare import suits
from verifier.provers.search import COUNTEREXAMPLES, conclude, speak
from verifier.provers.timing import now
from verifier.writing.processors import Clocks, clocks, slow

if TYPE_CHECKING:
    from verifier.provers.pairs.closing import Closed
    from verifier.provers.pairs.search import Sandwiching

SEARCHED = 0.2
"""The share of the time for the search. It goes on beyond that only while what it has found does
not fill the rest, which is the kernel's."""
AT_A_TIME = 0.05
"""The share of the time after which it is decided, each time, whether to search on."""
PILOT, FINER = 0.5, 4
"""Where that is so many seconds or more, the price of a Sandwich is measured then (else it stays
guessed), and from then on the decision is taken so many times as often."""
COMPILING = 0.6
"""The share of the time that the compiled search is waited for. It is compiled once per
installation, and loaded once per process."""
MEANWHILE, LEAST = 0.1, 0.25
"""While it is waited for, `questions` searches without it: for this share of that time at a go, and
for so many seconds at least."""
ENOUGH, MEASURED = 3, 2
"""A search ends once it has so many times the cells that the kernel has time for: by the guessed
price of a Sandwich, and by the measured one. Further cells are hardly worth one."""
NOTHING, LITTLE, SOME = 0.01, 0.05, 0.15
"""Where what stays open is to be sampled, a search is given up that has told of less than this
share of the probability: at the end of its time, after SOON seconds, and after LATER seconds. A
sample that has most of the time then ends narrower than one that has what is left."""
DEEP = 0.4
"""The same share, whenever it is looked, for two copies of a network of several hidden layers: what
is told of these grows so slowly with time that a sample with most of it is worth more. Before the
end of its time a search is given up that would not get there though it went on as just now."""
SOON, LATER = 3.0, 10.0
"""Those seconds, of each processor."""
TRIED = 0.03
"""The share of the time in which they are tried where others close cells."""
FOR_LITTLE = 0.1
"""The share of the time left in which the proof of such a search is made and checked."""
UNTOLD = 2.0**-20
"""Where a search has told of no more of the probability, Sandwiches are not worth a check."""


@dataclass(eq=False)
class _Further:
    """Whether a search is worth going on with, ``step`` seconds at a time, until ``until``, and
    then until the kernel has just the time that it needs.

    It is while more is closed in a second than by going through points. A sandwich takes a
    ``guess``, and ``each`` once that was seen: the search ends, too, where it has cells enough for
    the kernel.
    """

    search: Sandwiching
    until: float
    end: float
    step: float
    guess: float
    before: float = 1.0
    at: float = field(default_factory=now)
    since: Clocks = field(default_factory=clocks)
    each: float | None = None

    def __call__(self) -> float:
        from verifier.provers.pairs.closing import piloted

        search, held, at = self.search, self.search.undecided(), now()
        gained, self.before = (self.before - held) / max(at - self.at, 1e-9), held
        self.at = at
        spent = clocks().used - self.since.used
        soon = spent >= SOON * len(search.rooms)
        if search.options.sampled:
            if soon or at >= self.until:
                least = SOME if spent >= LATER * len(search.rooms) else LITTLE if soon else NOTHING
                least = max(least, DEEP) if _is_deep(search) else least
                search.stalled = bool(search.stalled) or 1 - held < least
            elif _is_deep(search) and not search.held.most:  # it grows ever more slowly
                search.stalled = 1 - held + gained * (self.until - at) < DEEP
            if search.stalled:
                return at
        times = slow(self.since, len(search.rooms))
        if gained <= _by_points(search) and not (search.held.most and at < self.until):
            return at
        leaves = search.telling()
        if self.step >= PILOT and self.each is None:
            self.each = piloted(search, self.end, times)
            self.step, at = self.step / FINER, now()
        if self.each is not None and self.each * leaves >= MEASURED * (self.end - at):
            return at
        checked = leaves * (self.each or times * self.guess)
        if at < self.until:
            return min(at + self.step, self.until)
        return at if at + self.step + checked >= self.end else at + self.step


def _is_deep(search: Sandwiching) -> bool:
    """Whether it is about two copies of a network of several hidden layers of its own."""
    held = search.held
    classes = search.matter.models[held.models[0]].classes if any(held.groups) else 2
    return held.nets.copies > 1 and len(held.nets.widths) - (classes - 2).bit_length() > 1


def _by_points(search: Sandwiching) -> float:
    """The probability closed in a second where points are gone through, about."""
    return 1 / exhaustive.for_all_points(search.matter)


def _tells_little(search: Sandwiching, end: float) -> bool:
    """Whether cells that the kernel takes long to check tell of little, and a sample of more."""
    sampled = search.options.sampled is not None
    return sampled and end - now() >= LATER and 1 - search.undecided() < SOME


def begin(matter: Matter, options: Options) -> Sandwiching | None:
    """The search made ready; None for questions of another kind."""
    overlay = overlay_of(matter)
    trunk = trunk_of(overlay, alone(matter), options.resume)
    roots = [x for x in trunk or () if isinstance(x, Root)]
    held = layout(matter, roots) if roots else None
    if trunk is None or held is None:
        return None
    from verifier.provers.pairs.search import Sandwiching  # loads Numba

    return Sandwiching(options=options, matter=matter, overlay=overlay, trunk=trunk, held=held)


def promised(matter: Matter, options: Options, share: float, end: float) -> Sandwiching | None:
    """A search of the whole domain, for a share of the time: what sandwiches tell of at once, and
    what `prove` can go on from. None where the question is of another kind, or the search is not
    loaded in time."""
    search = begin(matter, replace(options, resume=None, judged=None, progress=None))
    if search is None:
        return None
    from verifier.provers.pairs.loading import at_hand, ready
    from verifier.provers.pairs.search import grow

    if not at_hand() or not ready(search, now() + COMPILING * (end - now())):
        return None
    grow(search, now() + share * (end - now()))
    search.forget_halves()
    return search


def tells_more(
    matter: Matter,
    options: Options,
    end: float,
    begun: list[Sandwiching],
    closed: float,
    *,
    less: float,
    least: float = 0.0,
) -> bool:
    """Whether sandwiches of the whole domain leave at once less than so many times what is open
    where so much of the probability is ``closed``, and no less than the ``least`` part of all; then
    their search is what has ``begun``."""
    search = promised(matter, options, TRIED, end)
    if search is None or not least <= search.undecided() < less * (1 - closed):
        return False
    begun.append(search)
    return True


def prove(
    matter: Matter, options: Options, end: float, begun: Sandwiching | None = None
) -> Finding | None:
    """A proof of how often the question is true, as near as is possible until ``end``.

    A search of the whole domain that has ``begun`` is gone on with.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, or
    the compiled search is not there in time; while another process compiles it, what is found
    without it stands if that is not done in time.
    """
    if options.sampled:  # that is seen here step by step
        options = replace(options, judged=None)
    search = begin(matter, options) if begun is None else begun
    if search is None:
        return None
    search.options = options
    from verifier.provers.pairs.closing import close, guessed, untold
    from verifier.provers.pairs.loading import ready
    from verifier.provers.pairs.search import grow

    until = now() + COMPILING * (end - now())
    without = _Without(matter, replace(options, check_by=end), until)
    if not ready(search, until, without):
        return without.found
    left = max(0.0, end - now())
    guess, _ = guessed(matter)
    enough, step = ENOUGH * left / guess, AT_A_TIME * left
    held = 1.0 if begun is None else begun.undecided()
    more = _Further(search, now() + SEARCHED * left, end, step, guess, held)
    pressed = run(search, lambda: grow(search, now() + step, enough=enough, further=more))
    search.stalled = bool(search.stalled) or _tells_little(search, end)
    if search.stalled and 1 - search.undecided() < UNTOLD and suits(matter):
        return _found(search, untold(search))  # Tails may tell something of it
    if search.stalled:
        end = now() + FOR_LITTLE * (end - now())
    closed = close(search, end, pressed=pressed, before=slow(more.since, len(search.rooms)))
    speak(search, last=True)
    return continued(_found(search, closed), partial(_further, search, closed))


def _found(search: Sandwiching, closed: Closed) -> Finding:
    found = conclude(search, closed.proof)
    return replace(found, check=closed.seconds, coarser=closed.coarser)


def _further(search: Sandwiching, closed: Closed, end: float, learned: float) -> Finding | None:
    """What the search says by ``end``, once it was seen what the check of its proof takes."""
    from verifier.provers.pairs.closing import go_on

    more = go_on(search, closed, end, learned)
    return None if more is None else _found(search, more)


@dataclass(eq=False)
class _Without:
    """What is found without compiled code, until some time, a call after the other."""

    matter: Matter
    options: Options
    until: float
    found: Finding | None = None

    def __call__(self) -> bool:
        """Search a while more; whether nothing is left open."""
        from verifier.provers import questions

        some = now() + max(LEAST, MEANWHILE * (self.until - now()))
        resume = self.found.proof if self.found else self.options.resume
        more = replace(self.options, deadline=min(some, self.until), resume=resume)
        held = self.found.counterexamples if self.found else ()
        found = questions.prove(self.matter, more)
        points = tuple(dict.fromkeys((*held, *found.counterexamples)))[:COUNTEREXAMPLES]
        self.found = replace(found, counterexamples=points)
        return not is_open(found.proof)
