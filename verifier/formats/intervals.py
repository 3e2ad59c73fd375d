"""Continuous variables as users have them: densities, and cuts where conditions and trees test.

Domains that differ only in where an interval is cut are the same distribution.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from verifier.formats.ranges import check_sum, exact
from verifier.formats.thresholds import shown
from verifier.formats.variables import normalised, shares
from verifier.model.chances import Distribution, Runs
from verifier.model.continuous import Continuous, Run, density_of, parted
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import DomainError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable
from verifier.model.tree import Inner, Tree
from verifier.model.variable import Variable

PIECES = 1 << 16
"""Pieces that an interval is divided into where nobody says, about."""
MOST_NODES = 1 << 19
"""Nodes of a tree of conditions that are looked at; more are refused where it is read."""


def continuous(
    name: str,
    low: Any,
    high: Any,
    density: Iterable[Any] | None = None,
    weights: Iterable[Any] | None = None,
) -> Continuous:
    """The real numbers from ``low`` to ``high``, uniform unless a density says otherwise.

    ``density``: [from, to, p] each, in order and without gaps, p the probability of that part,
    uniform inside it, floats up to rounding as in ``variable``; ``weights`` instead are divided by
    their sum. Raises DomainError.
    """
    where = f"variable {quoted(name)}"
    first, last = exact(f"{where}: from", low), exact(f"{where}: to", high)
    if not first < last:
        remedy = "give two different ends" if first == last else "exchange them"
        raise DomainError(f"{where}: the interval from {first} to {last} is empty: {remedy}")
    if density is not None and weights is not None:
        raise DomainError(f"{where} has both density and weights: leave one out")
    word, given = ("density", density) if weights is None else ("weights", weights)
    if isinstance(given, Iterable) and not isinstance(given, str):
        given = list(given)
    parts = (
        [(last, Fraction(1))] if given is None else _parts(f"{where}: {word}", given, first, last)
    )
    chances = tuple(p for _, p in parts)
    if weights is not None:
        chances = shares(chances, where)
    elif given is not None:
        chances = normalised(where, [entry[2] for entry in given], chances)
    parts = [(end, p) for (end, _), p in zip(parts, chances, strict=True)]
    check_sum(f"{where}: the probabilities of the density", [p for _, p in parts])
    ends = [first, *(end for end, _ in parts)]
    lengths = [(1, b - a) for a, b in pairwise(ends)]
    return Continuous(name, first, parted(first, parts, lengths))


def _parts(
    where: str, given: Any, first: Fraction, last: Fraction
) -> list[tuple[Fraction, Fraction]]:
    """Where each part of a density ends, and its number. Raises DomainError."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise DomainError(f"{where} is {given!r:.40}, not a list of [from, to, probability]")
    at, parts = first, []
    for i, entry in enumerate(given):
        here = f"{where}[{i}]"
        if not isinstance(entry, Sequence) or isinstance(entry, str) or len(entry) != 3:
            raise DomainError(f"{here} is not [from, to, probability]")
        low, high, p = (exact(here, x) for x in entry)
        if low != at:
            raise DomainError(
                f"{here} begins at {shown(low)}: it must begin at {shown(at)}, where nothing is "
                "said"
            )
        if not low < high:
            raise DomainError(f"{here} goes from {shown(low)} to {shown(high)}, which is not more")
        if p < 0:
            raise DomainError(f"{here} is negative: probabilities must be at least 0")
        parts.append((high, p))
        at = high
    if at != last:
        raise DomainError(
            f"{where} ends at {shown(at)}, but the interval at {shown(last)}: cover all of it"
        )
    return parts


def density_within(where: str, v: Continuous, given: Any, part: range) -> Runs:
    """The distribution over a part of its pieces that a density says. Raises DomainError."""
    first, last = v.hull(part.start, part.stop - 1)
    parts = _parts(where, given, first, last)
    check_sum(where, [p for _, p in parts])
    runs, at = [], first
    for end, p in parts:
        runs += v.shares(at, end, p)
        at = end
    return Runs(part.start, tuple(runs))


def cuts_named(domain: Domain, tree: Any, combinations: Sequence[Any] = ()) -> Domain:
    """The domain, cut where a tree of conditions and combinations speak of its intervals.

    What is no such tree, or no number, is left to those who read it.
    """
    names = {v.name: i for i, v in enumerate(domain.variables) if isinstance(v, Continuous)}
    if not names:
        return domain
    found: dict[int, list[Fraction]] = {i: [] for i in names.values()}

    def note(name: Any, numbers: Iterable[Any]) -> None:
        if isinstance(name, str) and name in names:
            for x in numbers:
                with suppress(DomainError):
                    found[names[name]].append(exact("", x))

    stack, seen = [tree], 0
    while stack and seen < MOST_NODES:
        node, seen = stack.pop(), seen + 1
        if not isinstance(node, Mapping):
            continue
        note(node.get("variable"), [node.get("at_most")])
        held = node.get("probabilities")
        if isinstance(held, Sequence) and not isinstance(held, str):
            held = dict(zip((v.name for v in domain.variables), held, strict=False))
        for name, rows in held.items() if isinstance(held, Mapping) else ():
            note(name, _ends(rows))
        stack += [node.get("left"), node.get("right")]
    for combination in combinations:
        for name, ends in combination.items() if isinstance(combination, Mapping) else ():
            note(name, ends if isinstance(ends, list | tuple) else ())
    return refined(domain, found)


def _ends(rows: Any) -> Iterator[Any]:
    """The ends of the parts of a stated density."""
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, list | tuple):
            yield from row[:2]


def cut(v: Continuous, numbers: Iterable[Fraction]) -> Continuous:
    """The same variable with cuts at some numbers as well (those outside it are left out)."""
    wanted = sorted({x for x in numbers if v.first < x < v.last and v.cut_at(x) is None})
    if not wanted:
        return v
    runs: list[Run] = []
    for begin, end, run in zip(v.breaks, v.breaks[1:], v.runs, strict=False):
        inner = wanted[bisect_right(wanted, begin) : bisect_left(wanted, end)]
        runs += _divided(begin, run, inner)
    return replace(v, runs=tuple(runs))


def _divided(begin: Fraction, run: Run, inner: Sequence[Fraction]) -> Iterator[Run]:
    """A run with further cuts in it, which are no cuts of its own."""
    density = run.probability / (run.pieces * run.length)
    at, done = begin, 0
    while inner:
        piece = (inner[0] - begin) // run.length
        if piece > done:
            yield Run(piece - done, run.length, density * (piece - done) * run.length)
        at, end = begin + piece * run.length, begin + (piece + 1) * run.length
        count = bisect_left(inner, end)
        for x in (*inner[:count], end):
            yield Run(1, x - at, density * (x - at))
            at = x
        inner, done = inner[count:], piece + 1
    if run.pieces > done:
        left = run.pieces - done
        yield Run(left, run.length, density * left * run.length)


def divided(v: Continuous, pieces: int = PIECES) -> Continuous:
    """The variable with about so many pieces, if it has one a run so far.

    They end at multiples of a short decimal, so that what they are called is short, and at the ends
    of runs.
    """
    if v.count > len(v.runs):
        return v
    step = _short_step((v.last - v.first) / pieces)
    runs: list[Run] = []
    for begin, run in zip(v.breaks, v.runs, strict=False):
        end = begin + run.length
        low, high = -(-begin // step) * step, end // step * step  # multiples inside
        for length, count in (
            (low - begin, 1),
            (step, int((high - low) / step)),
            (end - max(high, low), 1),
        ):
            if length > 0 and count > 0 and low <= high:
                share = run.probability * count * length / run.length
                runs.append(Run(count, length, share))
        if low > high:
            runs.append(run)
    return replace(v, runs=tuple(runs))


def _short_step(least: Fraction) -> Fraction:
    """The least of 1, 2 and 5 times powers of ten that is at least so much."""
    power = Fraction(1)
    while power >= least:
        power /= 10
    while power * 10 < least:
        power *= 10
    return next(power * x for x in (1, 2, 5, 10) if power * x >= least)


def refined(domain: Domain, numbers: Mapping[int, Iterable[Fraction]]) -> Domain:
    """The domain with cuts of its continuous variables (by their numbers) at some numbers."""
    made = {i: v for i, v in enumerate(domain.variables) if isinstance(v, Continuous)}
    return recut(domain, {i: cut(v, numbers.get(i, ())) for i, v in made.items()})


def cut_for(domain: Domain, tree: Tree) -> Domain:
    """The domain cut where a tree over all of its columns tests its intervals, and nowhere else."""
    return ready(domain, [(tree, range(len(domain.variables)))], pieces=1)


def ready(
    domain: Domain,
    trees: Iterable[tuple[Tree | Ensemble, Sequence[int]]] = (),
    pieces: int = PIECES,
) -> Domain:
    """The domain that a proof about trees is made over: cut where they test, and into pieces.

    ``trees``, and ensembles, come with the variables that they read.
    """
    if not domain.infinite:
        return domain
    numbers: dict[int, set[Fraction]] = {}
    for tree, reads in trees:
        owners = [i for i in reads for _ in range(domain.variables[i].columns)]
        held = tree.members if isinstance(tree, Ensemble) else (tree,)
        for node in (node for one in held for node in one.nodes):
            if isinstance(node, Inner) and node.column < len(owners):
                numbers.setdefault(owners[node.column], set()).add(node.threshold)
    cut_there = refined(domain, numbers)
    made = {i: v for i, v in enumerate(cut_there.variables) if isinstance(v, Continuous)}
    return recut(cut_there, {i: divided(v, pieces) for i, v in made.items()})


def cut_alike(domain: Domain, other: Domain) -> Domain:
    """The domain with its intervals cut as in another one, where that is the same distribution.

    What is not the same stays as it is.
    """
    made = {}
    for i, (v, w) in enumerate(zip(domain.variables, other.variables, strict=False)):
        if isinstance(v, Continuous) and isinstance(w, Continuous) and v.name == w.name:
            same = _density(v) == _density(w)
            if same and all(
                w.cut_at(v.cut(k)) is not None for k in (*v.starts, *_tested(domain, i))
            ):
                made[i] = w
    return recut(domain, made)


def _density(v: Continuous) -> list[tuple[Fraction, Fraction, Fraction]]:
    return density_of(v.first, [(run.pieces * run.length, run.probability) for run in v.runs])


def _tested(domain: Domain, variable: int) -> Iterator[int]:
    """The cuts that the domain's tree tests, or where its leaves' distributions change."""
    for node in domain.given.nodes if domain.given else ():
        if isinstance(node, GivenTest):
            if node.variable == variable and isinstance(node.left, range):
                yield min(node.left.stop, domain.variables[variable].count)
        elif node.chances and isinstance(held := node.chances[variable], Runs):
            yield from (held.start, *held.stops)


def recut(domain: Domain, variables: Mapping[int, Continuous]) -> Domain:
    """The domain with some variables cut more finely; its tree is the same."""
    changed = {i: v for i, v in variables.items() if v != domain.variables[i]}
    if not changed:
        return domain
    every = tuple(changed.get(i, v) for i, v in enumerate(domain.variables))
    if domain.given is None:
        return Domain(every)
    nodes: list[GivenTest | GivenLeaf] = []
    for node in domain.given.nodes:
        if isinstance(node, GivenTest):
            nodes.append(_retested(domain, node, changed))
            continue
        chances = list(node.chances)
        for i, v in changed.items():
            if chances and (held := chances[i]) is not None:
                chances[i] = _respread(domain.variables[i], v, held)
        nodes.append(GivenLeaf(node.weight, tuple(chances)))
    return Domain(every, Given(tuple(nodes)))


def _retested(domain: Domain, node: GivenTest, changed: Mapping[int, Continuous]) -> GivenTest:
    if node.variable not in changed:
        return node
    old = domain.variables[node.variable]
    assert isinstance(old, Continuous) and isinstance(node.left, range)
    at = changed[node.variable].cut_at(old.cut(min(node.left.stop, old.count)))
    assert at is not None
    return replace(node, left=range(at))


def _respread(old: object, new: Continuous, held: Distribution) -> Runs:
    """A distribution over pieces as one over finer pieces."""
    assert isinstance(old, Continuous) and isinstance(held, Runs)
    begin = new.cut_at(old.cut(held.start))
    assert begin is not None
    at, runs = held.start, []
    for count, p in held.runs:
        runs += new.shares(old.cut(at), old.cut(at + count), p)
        at += count
    return Runs(begin, tuple(runs))


def binned(domain: Domain, pieces: int) -> Domain:
    """The domain with about so many values in place of each continuous variable: middles of pieces.

    For what grows trees: it cuts at the density's breaks and into equal pieces, whatever the
    domain's own pieces are. Raises DomainError for domains with a tree.
    """
    if not domain.infinite:
        return domain
    if domain.given is not None:
        raise DomainError(
            "trees are grown on products: a domain with continuous variables and a tree of what is "
            "possible takes trees that are given"
        )
    found: list[AnyVariable] = []
    for v in domain.variables:
        if not isinstance(v, Continuous):
            found.append(v)
            continue
        runs = tuple(Run(1, high - low, p) for low, high, p in _density(v))
        coarse = divided(replace(v, runs=runs), pieces)
        middles = [sum(coarse.hull(k, k)) / 2 for k in range(coarse.count)]
        rows = tuple((Fraction(x),) for x in middles)
        found.append(Variable(v.name, coarse.labels, rows, coarse.probabilities))
    return Domain(tuple(found))


def between_bins(tree: Tree, domain: Domain, bins: Domain) -> Tree:
    """A tree over ``binned`` values as one over the domain: tests are at the cuts between them."""
    nodes = list(tree.nodes)
    for i, node in enumerate(nodes):
        if not isinstance(node, Inner):
            continue
        at = domain.column_owner[node.column][0]
        v, w = domain.variables[at], bins.variables[at]
        if isinstance(v, Continuous) and isinstance(w, Variable):
            below = sum(row[0] <= node.threshold for row in w.encoding)
            cut = Fraction(w.labels[below - 1]) if below else v.first
            nodes[i] = replace(node, threshold=cut)
    return Tree(tuple(nodes), tree.labels)
