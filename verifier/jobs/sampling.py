"""Sampling what a proof leaves open: how much there is time for, and the certificate with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from verifier.jobs.choices import exact
from verifier.jobs.engines import counted_on, drawn_in
from verifier.jobs.limit import Limit
from verifier.jobs.piloting import Trying, best_plans
from verifier.jobs.pilots import MORE, planned_with
from verifier.jobs.pricing import around_takes
from verifier.jobs.settling import Settled
from verifier.jobs.watching import Watch
from verifier.kernel.population import Population
from verifier.kernel.sampling import Counted
from verifier.kernel.stopping import CheckStopped
from verifier.model.ensemble import Ensemble
from verifier.model.errors import CertificateError, LeafproofError, TooMuch
from verifier.model.network import Network, Relu
from verifier.model.question import Matter
from verifier.model.sample import BLOCK, DELTA, MOST_DRAWS, PLAIN, POOLED, Plan, Sampled
from verifier.model.verdict import Verdict
from verifier.provers.timing import now
from verifier.writing import ready
from verifier.writing.sampling import counted_blocks, given, in_pieces, left_open, with_sample
from verifier.writing.witnessing import with_witnesses

if TYPE_CHECKING:
    from verifier.provers.cluster.joining import Cluster
    from verifier.provers.units.driver import Units

SHARE, PAIR_SHARE, LARGE_SHARE = 0.1, 0.2, 0.3
"""Of the time limit, for sampling; of a large network there is little that a search closes.

Of questions about two networks, and of ensembles, a search leaves percents after minutes, and a
sample says a hundredth of that with a second more. Of two deep networks it leaves several times as
much: as of large ones."""
PILOTED = 0.5
"""Seconds beside a tenth, of limits that are short: pilots, and what is made ready, take as long.
With half of them a proof is a fortieth wider, and the interval half as wide again."""
LARGE = 1 << 20
"""Multiplications of a point from which on networks are large."""
MOMENT = 12.0
"""Seconds in which two processors draw so much of a network of four layers of 1,000 neurons that
the interval is 1e-4 wide at the usual delta, where nothing is seen."""
UNLIMITED = 1.0
"""Seconds for it where there is no limit."""
EACH = 2e-5
"""Seconds that it takes to make a cell ready to be drawn from, about."""
FOR_PIECES = 0.4
"""Of the time, at most; else the whole domain is drawn from."""
FEW, FEW_WORK, FEW_MOST = 1 << 9, 1 << 25, 1 << 16
"""Draws where there is no time for a pilot; or, of small networks, as many as take so many
multiplications, at most the last."""
FEWEST, FEWEST_WORK = 1 << 6, 1 << 28
"""The same of large networks, as far as they take no more multiplications."""
IN_HAND = 0.01
"""Of the time, for a few points of the whole domain: what is in hand where all else takes too long,
as it may on a machine that is busy with other work."""
BETTING = 2.5e-7
"""Seconds of a processor that it takes to find what follows from a line or patch."""
OWN_MOMENT = 0.5
"""Seconds of an idle machine that they have in any case: the check before may have ended late."""
GROWTH = 2
"""More points are drawn for that where there is time for so many times as many."""
CLIMB, MOST_MORE = 1 << 3, 1 << 24
"""At most so many times more are tried next where they are all that is drawn; and in all."""
STEADY, STEADY_WORK = 1 << 14, 1 << 34
"""Draws where the certificate is to be the same each time; of large networks as many as take so
many multiplications, about, and not fewer than FEW."""


NARROW = Fraction(1, 10**8)
"""Proved intervals from whose width on a sample is drawn: a billion draws tell no more."""


@dataclass(frozen=True)
class Wish:
    """What the user wants sampled: so many ``draws``, or (None) as many as there is time for."""

    draws: int | None
    delta: Fraction
    nonce: str

    def plan(self, draws: int, block: int = BLOCK, method: str = POOLED) -> Plan:
        """The plan of so many draws."""
        return Plan(draws, self.delta, self.nonce, method, min(block, max(draws, 1)))


def chance_of(delta: Fraction | float | str | None) -> Fraction:
    """A probability of being wrong, in (0, 1); by default one in 10^9. Raises LeafproofError."""
    try:
        chance = DELTA if delta is None else exact(delta)
    except ValueError:
        chance = Fraction(0)
    if not 0 < chance < 1:
        raise LeafproofError(
            f'delta is "{delta}": give the probability of being wrong, above 0 and below 1, as 1e-9'
        )
    return chance


def wish_of(
    sample: int | None = None, delta: Fraction | float | str | None = None, nonce: str = ""
) -> Wish | None:
    """What is wanted; None where that is no sample (0 draws).

    ``delta`` is the probability of being wrong, by default one in 10^9. Raises LeafproofError.
    """
    if sample is not None and (type(sample) is not int or not 0 <= sample <= MOST_DRAWS):
        raise LeafproofError(
            f"sample is {sample!r}: give the number of draws, at most 2^40, or 0 for none"
        )
    chance = chance_of(delta)
    if not isinstance(nonce, str):
        raise LeafproofError(f"nonce is {nonce!r}: give a text")
    try:
        Plan(1, chance, nonce)
    except CertificateError as problem:
        raise LeafproofError(f"sampling: {problem}") from None
    return None if sample == 0 else Wish(sample, chance, nonce)


def reserved(
    limit: Limit | None, wish: Wish | None, models: Iterable[object] = (), *, tails: bool = False
) -> Limit | None:
    """The limit of a job about these models that samples in its last part.

    Where ``tails`` tell of large networks' cells that a search leaves open, they have that time but
    for a moment.
    """
    if limit is None or wish is None:
        return limit
    every = list(models)
    networks = [x for x in every if isinstance(x, Network)]
    pair, large = len(networks) > 1, sum(x.work for x in networks) >= LARGE
    deep = pair and all(sum(isinstance(y, Relu) for y in x.layers) > 1 for x in networks)
    if deep or (large and not tails):
        return limit.sampled(LARGE_SHARE)
    if pair or any(isinstance(x, Ensemble) for x in every):
        return limit.sampled(PAIR_SHARE)
    if not large or SHARE * limit.seconds >= MOMENT:
        more = PILOTED / limit.seconds if limit.seconds else 0.0
        return limit.sampled(min(PAIR_SHARE, SHARE + more))
    return limit.sampled(min(PAIR_SHARE, MOMENT / limit.seconds))


def sampled(
    made: Settled,
    wish: Wish | None,
    limit: Limit | None,
    watch: Watch,
    cluster: Cluster | None = None,
    units: Units | None = None,
) -> Settled:
    """The certificate with a sample of what it leaves open, where there is something, and time.

    The draws are made of the finished certificate's hash; how many there are is fixed before, from
    a pilot with draws of its own (of lines and patches at most how many: they end in time). A note
    says why there is no sample where one was to be. They are made on the ``cluster``, block by
    block, where there is one, and kept where what ``units`` find is, if no time limit has another
    number of draws each time. With a time limit a few points of the whole domain are drawn first,
    and these stand where the time comes before all else is done: which of both it is depends on no
    draw. A sample that was not asked for is left out where it saw nothing, and neither of its ends
    tells more than the proof, which is certain: to say less of what was drawn is free.
    """
    drawn = _sampled(made, wish, limit, watch, cluster, units)
    found = drawn.proved.sampled
    asked_for = wish is None or wish.draws is not None
    if asked_for or found is None or found.seen or tells_more(found, made.proved):
        return drawn
    watch.note(f"a sample ({found.draws:,} drawn) tells nothing that is not proved: left out")
    return made


def tells_more(found: Sampled, proved: Verdict) -> bool:
    """Whether an end of what was sampled is closer than the same of what is proved."""
    return proved.error[0] < found.lower or found.upper < proved.error[1]


def _sampled(
    made: Settled,
    wish: Wish | None,
    limit: Limit | None,
    watch: Watch,
    cluster: Cluster | None,
    units: Units | None,
) -> Settled:
    wish = _steady(wish, limit, units, made.certificate.matter)
    if wish is None or watch.stopped or not _is_open(made.proved):
        return made
    if wish.draws is None and made.proved.error[1] - made.proved.error[0] < NARROW:
        watch.detail("what is proved is closer than any sample: none is drawn")
        return made
    few, trying = None, Trying()

    def over() -> bool:
        # what is drawn is in hand: its witnesses take but a moment
        by = inf if limit is None else limit.late if trying.drawn else limit.cut
        return watch.stopped or now() >= min(by, trying.until)

    stage = watch.stage("sampling what is open", "check", deadline=limit.full if limit else None)
    with stage, ready.kept(made.certificate.matter):
        try:
            if limit is not None:
                few = _few_drawn(made, wish, limit, watch)
            if few is not None and not wish.draws:
                trying.enough, trying.each = few.draws, few.each
            counted = counted_on(cluster, made.certificate.matter, over)
            last = drawn_in(units, made.certificate, counted) if limit is None else counted
            drawn = _drawn(made, wish, limit, over, watch, (counted, last), trying)
            if drawn is not None or few is None or limit is None:
                return drawn or made
            return few.make() if wish.draws else _more_drawn(made, wish, limit, watch, few)
        except CheckStopped:
            kept = None if few is None else few.make()
    why = "stopped" if watch.stopped else "the time limit came"
    if few is None or kept is None:
        watch.note(f"{why} before what is open was sampled: it is left out")
        return made
    what = "what is open was" if wish.draws is None else f"{wish.draws:,} points were"
    watch.note(
        f"{why} before {what} sampled: instead {few.draws:,} points of the whole domain are drawn"
    )
    return kept


class Few(NamedTuple):
    """So many ``draws`` of the whole domain, which took ``each`` so long; and what makes the
    certificate with them, if they stand: nothing else is done of it before."""

    make: Callable[[], Settled]
    draws: int
    each: float


def _few_drawn(made: Settled, wish: Wish, limit: Limit, watch: Watch) -> Few | None:
    """A few points of the whole domain, whatever comes after; None where none can be drawn.

    They take a small part of the time that is left, if that is enough for more than FEW. However
    late it is when they are asked for, they have a moment: a check that a busy machine held up
    would else leave a run without any figure. Raises CheckStopped if that is too little.
    """
    start = now()
    latest = max(limit.late, start + limit.idle(OWN_MOMENT))

    def late() -> bool:
        return watch.stopped or now() >= latest

    found = left_open(made.certificate, made.proved, late, whole=True)
    few, most = (min(x, wish.draws or x) for x in (_fewest(found), FEW_MOST))
    end, drawn = start + IN_HAND * (limit.full - start), None
    try:
        while few:
            begun = now()
            with suppress(CheckStopped) if drawn else nullcontext():
                plan = wish.plan(few, BLOCK, PLAIN)
                counted = given(counted_blocks(made.certificate, found, plan))
                make = partial(_with_few, made, plan, counted)
                drawn = Few(make, few, max(now() - begun, 1e-6) / few)
            # what so few take is not in proportion to them: there may be time for more yet
            more = int(few * (end - now()) / max(now() - begun, 1e-6))
            few = 0 if watch.stopped or more < GROWTH * few or few == most else min(most, more)
    except (CertificateError, TooMuch):  # says again whoever draws for good
        return None
    return drawn


def _with_few(made: Settled, plan: Plan, counted: Counted) -> Settled:
    """The certificate with points that were counted before: whatever the time is."""
    found = left_open(made.certificate, made.proved, whole=True)
    return _with(made, found, plan, counted)


def _more_drawn(made: Settled, wish: Wish, limit: Limit, watch: Watch, few: Few) -> Settled:
    """As many points of the whole domain as there is still time for, where the ``few`` that are
    drawn are kept: ever more, so that some are in hand at any moment. Which of them stand at the
    end depends on the clock, and on no draw."""
    drawn, (make, draws, each) = None, few
    with suppress(CheckStopped, CertificateError, TooMuch):
        found = left_open(made.certificate, made.proved, lambda: now() >= limit.full, whole=True)
        while not watch.stopped:
            room = int(planned_with(limit.since) * (limit.full - now()) / each)
            more = min(CLIMB * draws, room, MOST_MORE)
            if more < GROWTH * draws:
                break
            begun = now()
            drawn, draws = _with(made, found, wish.plan(more, BLOCK, PLAIN), None), more
            each = max(now() - begun, 1e-6) / draws
    return make() if drawn is None else drawn


def _steady(
    wish: Wish | None, limit: Limit | None, units: Units | None, matter: Matter
) -> Wish | None:
    """What is sampled of what a search by units leaves open: where no time limit says how much, as
    much each time, so that the certificate is the same."""
    if wish is None or wish.draws is not None or limit is not None or units is None:
        return wish
    work = sum(x.model.work for x in matter.models if isinstance(x.model, Network))
    return replace(wish, draws=max(FEW, min(STEADY, STEADY_WORK // max(1, work))))


def _is_open(proved: Verdict) -> bool:
    """Whether cells are not decided; of very many the kernel has kept none."""
    low, high = proved.error
    return bool(proved.checked.left) or low < high


@dataclass(eq=False)
class Open:
    """What is open: the ``whole`` domain, and its pieces, found once they are wanted (where there
    are too ``many`` for that, the same)."""

    whole: Population
    proved: Verdict
    many: bool = True

    @cached_property
    def pieces(self) -> Population:
        """The pieces."""
        return self.whole if self.many else in_pieces(self.whole, self.proved)

    @cached_property
    def takes(self) -> float:
        """Seconds until points are drawn of them, about."""
        left = self.proved.checked.left
        parted = sum(x.sandwich is not None for x in left)
        return EACH * len(left) + around_takes(self.whole) * parted

    def by(self, method: str) -> Population:
        """What draws by a method are made from."""
        return self.whole if method == PLAIN else self.pieces


def _drawn(
    made: Settled,
    wish: Wish,
    limit: Limit | None,
    over: Callable[[], bool],
    watch: Watch,
    by: tuple[Counted | None, Counted | None],
    trying: Trying,
) -> Settled | None:
    """The same; draws are counted ``by`` the one in pilots, and by the other for good.

    It is ``over`` where the time for ``trying`` ends, too. None where the points that are drawn
    already are kept.
    """
    counted, kept = by
    end = now() + UNLIMITED if limit is None else limit.full
    if limit is None and wish.draws is not None:
        end = inf  # the same each time
    count = len(made.proved.checked.left)
    many = not count or EACH * count > FOR_PIECES * (end - now())
    found = Open(left_open(made.certificate, made.proved, over, whole=True), made.proved, many=many)
    if not found.whole.open_mass:
        return made
    like = wish.plan(wish.draws or 1)
    try:
        hashes = made.certificate.hashes
        since = None if limit is None else limit.since
        plans = best_plans(
            found.whole, hashes, like, wish.draws, end, counted, trying, since, found
        )
    except (CertificateError, TooMuch) as problem:
        if found.whole.asked.domain.infinite:
            watch.note(f"not sampled: {problem}")
            return made
        plans = []
    if trying.kept:
        return None
    if trying.spent:
        found = Open(left_open(made.certificate, made.proved, over, whole=True), made.proved)
    for plan in plans:
        with suppress(CertificateError, TooMuch):
            drawn = _with(made, found.by(plan.method), plan, kept, trying, limit)
            if _are_too_few(drawn, plan, trying):
                return None
            assert drawn.proved.sampled is not None
            if wish.draws and (some := drawn.proved.sampled.draws) < wish.draws:
                watch.note(f"the time limit came: {some:,} of the {wish.draws:,} draws were made")
            if plan is plans[0] and trying.best < trying.plain < inf:
                tell = watch.note if 2 * trying.best < trying.plain else watch.detail
                tell(_gain(trying))
            return drawn
    whole = found.whole
    return _with(made, whole, wish.plan(wish.draws or _few(whole), BLOCK, PLAIN), kept, trying)


def _are_too_few(drawn: Settled, plan: Plan, trying: Trying) -> bool:
    """Whether so much less was drawn than planned that the points drawn before promise more."""
    assert drawn.proved.sampled is not None
    less = plan.draws / (MORE * drawn.proved.sampled.draws)
    return less > 1 and trying.best * less**0.5 > trying.in_hand


def _gain(trying: Trying) -> str:
    """What is gained by how it was drawn, as the pilots saw it."""
    return (
        f"the sample's interval is about {trying.plain / trying.best:.2g} times narrower than by "
        "points of the whole domain in the same time, as the pilots saw it: "
        f"{trying.best:.1e} instead of {trying.plain:.1e} on either side"
    )


def _few(found: Population) -> int:
    """Draws that take no time to speak of."""
    return max(_fewest(found), min(FEW_MOST, FEW_WORK // found.asked.point_cost))


def _fewest(found: Population) -> int:
    """Draws that are worth waiting for."""
    return max(FEWEST, min(FEW, FEWEST_WORK // found.asked.point_cost))


def _with(
    made: Settled,
    found: Population,
    plan: Plan,
    counted: Counted | None,
    trying: Trying | None = None,
    limit: Limit | None = None,
) -> Settled:
    """The certificate with a sample, which ends within the ``limit`` where it may."""
    about = made.certificate, made.data, made.proved

    def late(draws: int) -> bool:
        over = limit is not None and now() + BETTING * draws * limit.slow >= limit.full
        if over and trying is not None:
            trying.drawn = True
        return over

    data, held, verdict = with_sample(*about, found, plan, counted, late if limit else None)
    if trying is not None:
        trying.drawn = True
    with suppress(CheckStopped):  # without witnesses it is whole, too
        data, held, verdict = with_witnesses(held, data, verdict, found)
    return Settled(held, verdict, data)
