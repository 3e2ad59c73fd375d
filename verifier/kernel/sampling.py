"""A sample of what a proof leaves open, drawn again and evaluated exactly: rule 11. Trusted."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from verifier.chance.betting import SHARE_BITS, bounds_by_betting
from verifier.chance.confidence import clopper_pearson
from verifier.chance.draws import WORD, Drawing, Words, stream
from verifier.kernel import lines, patches, undecided
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, tree_classes
from verifier.kernel.boxes import boxed, counted, refined
from verifier.kernel.crossing import Crossing
from verifier.kernel.forecasts import Forecasted
from verifier.kernel.guides import shares_of
from verifier.kernel.lines import Lines
from verifier.kernel.patches import Asking, classes_of
from verifier.kernel.population import Bools, Population, summed
from verifier.kernel.remaining import BINS, Remaining, remaining, require_few_bins
from verifier.kernel.rules import Apply
from verifier.kernel.truths import TRUE, UNKNOWN, truths
from verifier.kernel.undecided import MOST_BINS, Group, Run, together
from verifier.model.errors import CertificateError, DomainError, InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.sample import ANYTIME, CELLS, METHODS, PLAIN, Line, Plan, Sample, Sampled

KEYED = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
"""The parts of a certificate that the draws depend on."""
ENSEMBLES = "ensembles.json"
"""Another, where there is one."""
ASSIGN, SUMS = 1 << 62, 1 << 63
"""Numbers of blocks: of those that pick pieces, and of pieces that Sandwiches decide in part."""
TOGETHER = 16
"""Blocks of draws of such pieces that are made together."""
AT_ONCE, MANY, BUNDLE = 1 << 12, 1 << 8, 1 << 11
"""Runs of lines that are made ready together, those that have their tables made together, and
lines that are gone through together, about."""
NUMBERS = 1 << 22
"""Numbers of the tables of pieces that lines are drawn from together, about."""
FINE = 50
"""Bits that the ends of an interval are rounded outward to."""
Counted = Callable[[Asked], Apply]
"""Has blocks of draws counted elsewhere, each by its number: the answers are given in order."""


class Seen(NamedTuple):
    """How many draws make the question true, and of how many it is not decided (boxes only).

    Of lines, how many have a value at which it is true, and the ``shares`` of the values that do:
    in whole numbers of 2**-SHARE_BITS, rounded down, some arrays of them. Of lines through cells
    the shares and what is ``left`` are as in ``crossing.Shares``, with a forecast they are its
    ``apart``. Of points of cells as many are ``left`` as nothing decides.
    """

    true: int
    undecided: int = 0
    shares: tuple[Ints, ...] = ()
    left: tuple[Ints, ...] = ()


def key_of(hashes: Mapping[str, str], plan: Plan, use: str = "sample") -> bytes:
    """What all draws are made of: the certificate's parts, by their SHA-256, and the plan.

    ``use`` tells draws apart that have nothing to do with each other.
    """
    keyed = (*KEYED, ENSEMBLES) if ENSEMBLES in hashes else KEYED
    parts = [[name, hashes[name]] for name in keyed]
    stated: list[object] = [plan.method, plan.draws, plan.block, str(plan.delta), plan.nonce]
    if plan.line is not None:
        stated += [plan.line.variable, str(plan.line.bet)]
        if plan.line.guess is not None:
            stated.append(str(plan.line.guess))
        if plan.line.below is not None:
            stated += ["below", str(plan.line.below)]
        if (own := plan.line.forecast) is not None:
            stated += ["forecast", own.form, own.width, own.ends, own.guesses]
        if plan.line.others:
            stated += ["others", plan.line.others]
        for own in plan.line.guides:
            stated += ["guide", own.form, own.width, own.ends, own.guesses]
    if plan.aim is not None:
        stated += ["aim", str(plan.aim)]
    text = json.dumps(["leafproof-sample/1", use, parts, stated], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).digest()


def sample(
    found: Population,
    plan: Plan,
    key: bytes,
    apply: Apply = map,
    drawn: int | None = None,
    stated: Sample | None = None,
) -> Sampled:
    """Draw as planned of what was ``found`` to be open, and find what follows: of the first
    ``drawn`` where it says how many (InvalidProof unless the plan ``may_end`` there), and of boxes
    what is ``stated`` of them where no more is open than that."""
    if plan.method not in METHODS:
        raise InvalidProof(f"what is open is not drawn from by the method {plan.method}")
    if drawn is not None:
        if not (plan.may_end and 0 < drawn < plan.draws and drawn % plan.block == 0):
            raise InvalidProof(f"a sample by this plan does not end after {drawn} draws")
        plan = replace(plan, draws=drawn)
    found = drawn_from(found, plan.method, plan.line)
    seen = added(counting(found, plan, key, apply))
    if plan.line is not None:
        return spread(found, plan, plan.line, seen)
    if plan.method == CELLS:
        return among_left(found, plan, seen)
    undecided = seen.undecided if found.asked.domain.infinite else None
    if stated is not None and undecided is not None and stated.undecided is not None:
        low, high = stated.seen, stated.seen + stated.undecided
        if low <= seen.true and seen.true + undecided <= high <= plan.draws:  # shown by less
            return pooled(found, plan, low, off(found), high - low)
    return pooled(found, plan, seen.true, off(found), undecided)


def drawn_from(found: Population, method: str, line: Line | None = None) -> Population:
    """What draws are made from by a method; where a variable is continuous, in tiny boxes.

    Raises CertificateError where the numbers of boxes have too many digits, or lines cannot be gone
    through.
    """
    if line is not None:
        asked, own = found.asked, line.variables
        if why := patches.problem(asked, own) if line.others else lines.problem(asked, own[0]):
            raise CertificateError(why)
    if method == PLAIN:
        found = found.everything
    if not found.asked.domain.infinite:
        return found
    try:
        return boxed(found)
    except DomainError as problem:  # numbers of too many digits
        raise CertificateError(f"pieces cannot be cut to be drawn from: {problem}") from None


def added(some: Iterable[Seen]) -> Seen:
    """What was seen in all blocks together."""
    held = list(some)
    shares = tuple(own for x in held for own in x.shares)
    left = tuple(own for x in held for own in x.left)
    return Seen(sum(x.true for x in held), sum(x.undecided for x in held), shares, left)


def off(found: Population, line: Line | None = None) -> Fraction:
    """How far the distribution of a draw is from what is undecided, at most."""
    whole, parted = found.drawing, len(found.parted)
    bins = MOST_BINS if line is None else BINS
    domain = (found.coarse or found).asked.domain
    others = undecided.off(domain, bins) if parted else Fraction(0)
    return Fraction(1 + parted, 1 << WORD) + max(whole.off if whole else Fraction(0), others)


def counting(found: Population, plan: Plan, key: bytes, apply: Apply = map) -> Iterator[Seen]:
    """How many draws are true, block by block: first of whole pieces, then of the others."""
    if plan.method == CELLS:
        if plan.line is not None:
            assert plan.line.guess is not None
            cells = found.cells.along(plan.line.variable)
            one = partial(_crossed, cells, plan.block, plan.draws, key, plan.line.guess)
        else:
            assert found.around.drawing is not None
            around = replace(found.around.drawing, key=key, size=plan.block)
            one = partial(_left, found.asked, found.left, around, plan.block, plan.draws)
        yield from apply(one, range(-(-plan.draws // plan.block)))
        return
    pieces = found.parted
    shares = assigned(found, plan, key, apply) if pieces else [plan.draws]
    if found.drawing is not None:
        whole = replace(found.drawing, key=key, size=plan.block)
        blocks = range(-(-shares[0] // plan.block))
        if plan.line is None:
            one = partial(_whole, found.asked, whole, plan.block, shares[0])
        elif plan.line.others:
            asking = Asking(found.asked, plan.line.variables, found.guided(plan.line))
            one = partial(_patches, asking, whole, plan.block, shares[0])
        else:
            variable = plan.line.variable
            parts = [x.place.part.parts[variable] for x in found.whole]
            ends = np.array([(x.start, x.stop - 1) for x in parts if isinstance(x, range)])
            known = found.forecasted(plan.line)
            one = partial(_lines, found.asked, whole, plan.block, shares[0], variable, ends, known)
        yield from apply(one, blocks)
    runs = [
        Run(i, at, min(plan.block, draws - at * plan.block))
        for i, draws in enumerate(shares[1:])
        for at in range(-(-draws // plan.block))
    ]
    most = TOGETHER * plan.block
    if plan.line is None:
        parted = partial(_summed, found, key)
        yield from apply(parted, together(runs, most))
        return
    for start in range(0, len(runs), AT_ONCE):
        some = runs[start : start + AT_ONCE]
        held = remaining(found.asked, [pieces[run.piece] for run in some])
        require_few_bins(held)
        bundles = _bundled(held, some, most)
        yield from apply(partial(_parted_lines, key, held, plan.line.variable), bundles)


Batch = tuple[Ints, Sequence[Run]]
"""Runs whose pieces have their tables made together, and these pieces' numbers."""


def _bundled(held: Remaining, runs: Sequence[Run], most: int) -> list[list[Batch]]:
    """The runs by their pieces' bins in batches, and these in bundles of about BUNDLE draws."""
    order = np.argsort(held.sums.top, kind="stable")
    sizes = (held.sums.top[order] * len(held.asked.domain.variables)).tolist()
    bundles: list[list[Batch]] = []
    at, room = 0, 0
    for own in together([runs[i] for i in order.tolist()], most, MANY, sizes, NUMBERS):
        if room <= 0:
            bundles.append([])
            room = BUNDLE
        bundles[-1].append((order[at : at + len(own)], own))
        at, room = at + len(own), room - sum([run.draws for run in own])
    return bundles


def assigned(found: Population, plan: Plan, key: bytes, apply: Apply) -> list[int]:
    """How many draws are of whole pieces together, and of each of the others."""
    weights = [sum(x.weight for x in found.whole), *(x.weight for x in found.parted)]
    total, before = sum(weights), [0, *accumulate(weights)][:-1]
    edges = np.array([(x << WORD) // total for x in before], dtype=np.uint64)
    counts = np.zeros(len(weights), dtype=np.int64)
    for own in apply(partial(_assigned, plan, key, edges), range(-(-plan.draws // plan.block))):
        if own.shape != counts.shape:
            raise InvalidProof("the draws were not assigned to these pieces")
        counts += own
    return [int(n) for n in counts]


def _assigned(plan: Plan, key: bytes, edges: Words, block: int) -> Ints:
    """How many draws of a block are of each piece."""
    count = min(plan.block, plan.draws - block * plan.block)
    words = stream(key, ASSIGN + block, plan.block)[:count]
    pieces = np.searchsorted(edges, words, side="right") - 1
    return np.bincount(pieces, minlength=len(edges))


def _whole(asked: Asked, whole: Drawing, block: int, draws: int, number: int) -> Seen:
    """How many draws of a block of whole pieces are true."""
    _charge(asked, block)
    return _seen(asked, whole.block(number)[1][: draws - number * block])


def _left(
    asked: Asked, held: Remaining, around: Drawing, block: int, draws: int, number: int
) -> Seen:
    """Of a block of points of cells: how many nothing decides, and how many of these are true."""
    _charge(asked, block)
    pieces, points = (x[: draws - number * block] for x in around.block(number))
    points = points[held.are_open(pieces, points)]
    return Seen(int(is_true_at(asked, points).sum()), left=(np.array([len(points)]),))


def _seen(asked: Asked, points: Ints) -> Seen:
    """At how many points, or in how many boxes, the question is true."""
    if asked.domain.infinite:
        found = counted(asked, points)
        return Seen(int(found[TRUE]), int(found[UNKNOWN]))
    return Seen(int(is_true_at(asked, points).sum()))


def _lines(
    asked: Asked,
    whole: Drawing,
    block: int,
    draws: int,
    variable: int,
    ends: Ints,
    known: Forecasted | None,
    number: int,
) -> Seen:
    """The shares of a block of lines through whole pieces, whose values have these ``ends``."""
    _charge(asked, block)
    pieces, points = whole.block(number)
    count = min(block, draws - number * block)
    points, (low, high) = points[:count], ends[pieces[:count]].T
    seen = _shares(asked, variable, Lines(points, low, high), np.arange(count), count)
    if known is None:
        return seen
    return seen._replace(shares=tuple(known.apart(x, points) for x in seen.shares))


def _patches(asking: Asking, whole: Drawing, block: int, draws: int, number: int) -> Seen:
    """The shares of a block of patches through the whole domain."""
    held = asking.patches
    held.asked.spend(block * patches.cost(held.asked, held.variables))
    points = whole.block(number)[1][: draws - number * block]
    true, apart = asking.of(points)
    with_guides = asking.guided is not None
    shares = shares_of(apart if with_guides else true, held.total, guided=with_guides)
    return Seen(int((true > 0).sum()), 0, (shares,))


def _crossed(
    cells: Crossing, block: int, draws: int, key: bytes, guess: Fraction, number: int
) -> Seen:
    """The shares of a block of lines through cells."""
    _charge(cells.asked, block)
    true, drawn, left = cells.block(key, number, block, min(block, draws - number * block), guess)
    return Seen(true, 0, (drawn,), (left,))


def _shares(asked: Asked, variable: int, some: Lines, owner: Ints, count: int) -> Seen:
    """The shares of true values, of draws whose values are all stretches of the same owner."""
    true, size = np.zeros((2, count), dtype=np.int64)
    np.add.at(true, owner, lines.true_along(asked, variable, some))
    np.add.at(size, owner, some.high - some.low + 1)
    return Seen(int((true > 0).sum()), 0, ((true << SHARE_BITS) // size,))


def _summed(found: Population, key: bytes, runs: Sequence[Run]) -> Seen:
    """The same of some runs of draws of pieces that are decided in part."""
    asked, drawn = found.asked, found.coarse or found
    numbers = list(dict.fromkeys(run.piece for run in runs))
    asked.poll()
    some = [summed(drawn.asked, drawn.parted[i]) for i in numbers]
    group = undecided.group(some, asked.poll)
    asked.spend(_group_cost(group))
    place = {i: at for at, i in enumerate(numbers)}
    owner = np.repeat([place[run.piece] for run in runs], [run.draws for run in runs])
    words = _words(key, runs, group.words + sum(factor > 1 for factor in found.factors))
    seen, step = Seen(0), asked.chunk
    for at in range(0, len(owner), step):
        own = slice(at, at + step)
        _charge(asked, len(owner[own]))
        points = group.draw(owner[own], words[: group.words, own])[0]
        if found.coarse is not None:
            points = refined(points, found.factors, words[group.words :, own])
        seen = added((seen, _seen(asked, points)))
    return seen


def _parted_lines(key: bytes, held: Remaining, variable: int, bundle: Sequence[Batch]) -> Seen:
    """The shares of some runs of lines through pieces that are decided in part."""
    asked, drawn, owners, count = held.asked, list[Lines](), list[Ints](), 0
    for at, runs in bundle:
        asked.poll()
        group, rest = held.group(at, variable, asked.poll)
        owner = np.repeat(np.arange(len(runs)), [run.draws for run in runs])
        asked.spend(_group_cost(group))
        _charge(asked, len(owner))
        points, sums = group.draw(owner, _words(key, runs, group.words))
        some, numbers = rest.lines(owner, points, sums)
        drawn.append(some)
        owners.append(numbers + count)
        count += len(owner)
    every = Lines(*(np.concatenate(x) for x in zip(*drawn, strict=True)))
    return _shares(asked, variable, every, np.concatenate(owners), count)


def _group_cost(group: Group) -> int:
    """Steps that the tables of some pieces take, about."""
    pieces, sums = group.ways[-1].shape
    choices = sum([x.bins.shape[1] for x in group.choices])
    cost: int = 4 * choices * pieces * sums
    return cost


def _words(key: bytes, runs: Sequence[Run], words: int) -> Words:
    """The words of some runs' draws, (words, draws)."""
    rows = [stream(key, SUMS + (run.piece << 32) + run.number, run.draws * words) for run in runs]
    sizes = [run.draws for run in runs]
    return np.concatenate([x.reshape(words, n) for x, n in zip(rows, sizes, strict=True)], axis=1)


def _charge(asked: Asked, draws: int) -> None:
    asked.poll()
    asked.spend(draws * draw_cost(asked))


def draw_cost(asked: Asked) -> int:
    """Steps that a drawn point takes, about."""
    quicker = [net.point_cost - net.draw_cost for net in asked.nets.values()]
    return asked.point_cost - sum(quicker) + PYTHON // 16 * len(asked.domain.variables)


def is_true_at(asked: Asked, points: Ints) -> Bools:
    """At which points (value indices, (N, variables)) the question is true, exactly."""
    every = {m: classes_of(net, net.points(points)) for m, net in asked.nets.items()}
    every |= {m: forest.classes_at(forest.points(points)) for m, forest in asked.forests.items()}
    every |= tree_classes(asked, points)
    found: Bools = truths(asked.question, every, len(points)) == TRUE
    return found


def pooled(
    found: Population, plan: Plan, seen: int, off: Fraction, undecided: int | None = None
) -> Sampled:
    """What follows from independent draws from all pieces together, of which so many were true.

    The draws' distribution is within ``off`` of the pieces', so a draw's probability of being true
    is too. Where draws are boxes, those that are ``undecided`` count as false for the lower end,
    and as true for the upper one.
    """
    if seen + (undecided or 0) > plan.draws:
        raise InvalidProof("more draws were counted than there are")
    low, high = clopper_pearson(seen, plan.draws, plan.delta, undecided or 0)
    mass = found.mass
    drawn = within(found, plan, seen, (low - off) * mass, (high + off) * mass)
    return replace(drawn, undecided=undecided)


def among_left(found: Population, plan: Plan, seen: Seen) -> Sampled:
    """What follows from independent points of cells, of which those count that are left.

    How many these are says nothing of how many of them are true. Either's probability is off by
    what a draw is, so the one over the other by twice that over the share that is left.
    """
    left, around = sum(int(own.sum()) for own in seen.left), found.around
    if not seen.true <= left <= plan.draws:
        raise InvalidProof("more draws were counted than there are")
    if not left:
        return within(found, plan, 0, Fraction(0), found.mass)
    away = 2 * off(around) * around.mass / found.mass
    drawn = pooled(found, replace(plan, draws=left), seen.true, away)
    return replace(drawn, draws=plan.draws)


def spread(found: Population, plan: Plan, line: Line, seen: Seen) -> Sampled:
    """What follows from the shares of independent lines from all pieces together."""
    shares = np.concatenate([np.zeros(0, dtype=np.int64), *seen.shares])
    if len(shares) != plan.draws or shares.max() > 1 << SHARE_BITS:
        raise InvalidProof("the shares that were counted are not those of so many draws")
    low, high = bounds_by_betting(shares, plan.delta, line.bet, line.below)
    guessed = Fraction(0)
    known = found.guided(line) if line.others else found.forecasted(line)
    if line.guess is None:
        away, mass = off(found, line), found.mass
    else:
        cells = found.cells.along(line.variable)
        away, mass = cells.draws.off + Fraction(1, 1 << WORD), cells.mass
        guessed = line.guess * (found.mass - mass)
    low, high = low - away, high + away
    if known is not None:  # the shares are rounded down a second time
        low, high = known.share(low), known.share(high + Fraction(1, 1 << SHARE_BITS))
    ends = low * mass + guessed, high * mass + guessed
    drawn = within(found, plan, seen.true, *ends)
    total = Fraction(sum(map(int, (own.sum() for own in seen.shares))), 1 << SHARE_BITS)
    names = [found.asked.domain.variables[i].name for i in line.variables]
    own = replace(drawn, share=total, line=", ".join(names), forecast=known is not None)
    return replace(own, patches=bool(line.others))


def within(found: Population, plan: Plan, seen: int, low: Fraction, high: Fraction) -> Sampled:
    """The interval of what is true of the pieces, with what is beside, within what is open."""
    least, most = found.settled, found.settled + found.open_mass
    ends = [min(max(found.beside + x, least), most) for x in (low, high)]
    return Sampled(
        lower=_outward(ends[0], up=False),
        upper=_outward(ends[1], up=True),
        delta=plan.delta,
        draws=plan.draws,
        seen=seen,
        method=plan.method,
        open_mass=found.open_mass,
    )


def _outward(x: Fraction, *, up: bool) -> Fraction:
    """A fraction with a short denominator, next to ``x`` and on this side of it."""
    scale = 1 << max(FINE, FINE + x.denominator.bit_length() - x.numerator.bit_length())
    return Fraction(math.ceil(x * scale) if up else math.floor(x * scale), scale)


def confirm(stated: Sample, found: Sampled) -> None:
    """InvalidProof where a file states of a sample what was not found."""
    ended = stated.plan.method == ANYTIME or found.draws < stated.plan.draws
    for what, held, own in (
        ("seen", stated.seen, found.seen),
        ("undecided", stated.undecided, found.undecided),
        ("share", stated.share, found.share),
        ("drawn", stated.drawn, found.draws if ended else None),
        ("lower", stated.lower, found.lower),
        ("upper", stated.upper, found.upper),
    ):
        if held != own:
            raise InvalidProof(f"sample.json states {what} = {held}, but the draws give {own}")
