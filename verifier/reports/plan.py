"""What tests could claim of a tree: for a number of samples, or for an error and a δ.

Each way is a theorem of the catalogue with its assumptions; its numbers are the theorem's, exact or
rounded against the claimant. Nothing is drawn or proved here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.reports.numbers import digits, probability
from verifier.reports.plan_numbers import (
    MOST_SAMPLES,
    RealTrees,
    bad_points,
    excludes_more,
    least,
    needed_in_sequence,
    upper_at_any_time,
    upper_bound,
    within,
    within_at_any_time,
)
from verifier.reports.samples import tree_class

if TYPE_CHECKING:
    from verifier.jobs.planning import Setting

MOST_DEPTH = 64
"""Deeper classes of trees are not counted."""
AIM = Fraction(1, 4)
"""The error at which the sequential test is to pass soon, as a share of the one it excludes."""


@dataclass(frozen=True)
class Budget:
    """What is asked: ``samples``, or an error ``epsilon``; exactly one of them is not None.

    ``errors`` disagreements are allowed for, ``looks`` is how often a test may be looked at.
    """

    samples: int | None
    epsilon: Fraction | None
    delta: Fraction
    errors: int = 0
    looks: int = 5


@dataclass(frozen=True)
class Names:
    """How the commands call the files; ``certificate`` and ``rows`` None where there is none."""

    network: str = "NETWORK"
    tree: str = "TREE"
    domain: str | None = None
    certificate: str | None = None
    rows: str | None = None

    @property
    def about(self) -> str:
        """Network, tree and domain, as most verbs take them."""
        return f"{self.network} {self.tree}" + (f" --domain {self.domain}" if self.domain else "")


@dataclass(frozen=True)
class Way:
    """One way to a claim: ``error`` is at most what it shows, by ``samples``; why not, else.

    ``cheapest`` marks the way of fewest samples, or of least error for the samples there are.
    """

    title: str
    theorem: str
    assumes: str
    command: str
    samples: int | None = None
    error: Fraction | None = None
    why_not: str = ""
    cheapest: bool = False


@dataclass(frozen=True)
class _Test:
    """A way whose bound falls as the samples grow: its value for n, and the least n for an ε."""

    title: str
    theorem: str
    assumes: str
    command: Callable[[int], str]
    error: Callable[[int], Fraction]
    samples: Callable[[Fraction], int | None]


def plan(asked: Budget, names: Names, setting: Setting | None) -> tuple[Way, ...]:
    """Every way that the setting allows, the cheapest of them marked. Raises LeafproofError."""
    _check(asked)
    ways = [*_without_tests(names, setting, asked)]
    for test in _tests(asked, names, setting):
        way = _budgeted(test, asked) if asked.epsilon is None else _aimed(test, asked)
        ways += [way] * (way.samples != 0)  # else the certificate is enough
    if asked.epsilon is not None:
        ways.append(_sequential(asked, names))
    best = min((w for w in ways if not w.why_not), key=lambda w: _cost(w, asked), default=None)
    return tuple(_marked(w) if w is best else w for w in ways)


def _check(asked: Budget) -> None:
    if (asked.samples is None) == (asked.epsilon is None):
        raise LeafproofError("give either --samples N or --epsilon E: what is there, or wanted")
    if not 0 < asked.delta < 1:
        raise LeafproofError(f"delta is {asked.delta}: give a number above 0 and below 1")
    if asked.epsilon is not None and not 0 < asked.epsilon < 1:
        raise LeafproofError(f"epsilon is {asked.epsilon}: give a number above 0 and below 1")
    if asked.samples is not None and not 1 <= asked.samples <= MOST_SAMPLES:
        raise LeafproofError(f"samples is {asked.samples}: give 1 to {digits(MOST_SAMPLES)}")
    if asked.errors < 0 or (asked.samples is not None and asked.errors > asked.samples):
        raise LeafproofError(
            f"errors is {asked.errors}: give how many of the samples disagree, 0 or more"
        )
    if not 1 <= asked.looks <= 1000:
        raise LeafproofError(f"looks is {asked.looks}: give 1 to 1000")


def _cost(way: Way, asked: Budget) -> tuple[Any, Any]:
    if asked.epsilon is None:
        return (way.error, way.samples)
    return (way.samples, way.error)


def _marked(way: Way) -> Way:
    return Way(**{**vars(way), "cheapest": True})


def _budgeted(test: _Test, asked: Budget) -> Way:
    """What the samples show."""
    assert asked.samples is not None
    error = min(Fraction(1), test.error(asked.samples))
    why = "" if error < 1 else "these samples exclude nothing"
    return Way(test.title, test.theorem, test.assumes, test.command(asked.samples),
               asked.samples, error, why)  # fmt: skip


def _aimed(test: _Test, asked: Budget) -> Way:
    """The samples that it takes."""
    assert asked.epsilon is not None
    count = test.samples(asked.epsilon)
    if count is None:
        why = f"no number of samples, up to {digits(MOST_SAMPLES)}, shows it"
        return Way(test.title, test.theorem, test.assumes, "", None, None, why)
    shown = min(asked.epsilon, test.error(count))
    return Way(test.title, test.theorem, test.assumes, test.command(count), count, shown)


def _without_tests(names: Names, setting: Setting | None, asked: Budget) -> Iterator[Way]:
    """The certificate alone."""
    if setting is None or setting.stated is None:
        return
    low, high = setting.stated.error
    words = "the certificate holds: this is what its file states, and leafproof check checks it"
    if setting.stated.solvers:
        words += f"; the word of {', '.join(setting.stated.solvers)} is taken"
    why = ""
    if asked.epsilon is not None and high > asked.epsilon:
        why = f"it proves at most {probability(high, 1)}"
    where = names.domain or "DOMAIN"
    command = f"leafproof check {names.certificate} --against {names.network} {names.tree} {where}"
    yield Way("the certificate, no test", "certificate-error", words, command, 0, high, why)
    if low == high:
        return
    if asked.epsilon is not None and low > asked.epsilon:
        yield Way("any test", "certificate-error", words, "", None, None,
                  f"the error is proved to be at least {probability(low, -1)}")  # fmt: skip


def _tests(asked: Budget, names: Names, setting: Setting | None) -> Iterator[_Test]:
    errors, delta = asked.errors, asked.delta
    twice = min(2 * delta, Fraction(999, 1000))
    fresh = (
        "the points are drawn by the domain's law, independently, when network and tree are fixed"
    )
    ends = f"; of the interval printed the upper end alone is used, so it holds with δ = {delta}"
    stated = None if setting is None else setting.stated
    if stated is not None and stated.error[0] < stated.error[1]:
        low, width = stated.error[0], stated.error[1] - stated.error[0]
        yield _binomial(
            "test what the certificate leaves open",
            "open-cells-pooled",
            f"the certificate holds; {fresh}, from what it leaves open{ends}",
            lambda n: (
                f"leafproof certify {names.about} --resume {names.certificate} --timeout 60 "
                f"--sample {n} "
                f"--delta {twice} -o sampled.certificate"
            ),
            errors,
            delta,
            (low, width),
        )
    test = f"leafproof test {names.about}"
    endless = setting is not None and _endless(setting.domain)  # a test records answers at points
    yield _binomial(
        "test points of the whole domain",
        "clopper-pearson" if errors or asked.epsilon is None else "test-sample-size",
        fresh + ("" if endless else ends),
        lambda n: (
            _evaluated("clopper-pearson", errors=errors, n=n, delta=delta)
            if endless
            else f"{test} --samples {n} --delta {twice}"
        ),
        errors,
        delta,
    )
    share = delta / (asked.looks * (asked.looks + 1))
    yield _binomial(
        f"look {asked.looks} times, stop when it is enough",
        "looks",
        f"{fresh}; the sample sizes of the looks are fixed before the first (this is the last of "
        f"{asked.looks}: look i has δ/(i(i + 1)))"
        + ("" if endless else "; of each interval printed the upper end alone is used"),
        lambda n: (
            _evaluated("looks", look=asked.looks, errors=errors, n=n, delta=delta)
            if endless
            else f"{test} --samples {n} --delta {min(2 * share, Fraction(999, 1000))}"
        ),
        errors,
        share,
    )
    yield _at_any_time(asked, fresh)
    if setting is None:
        return
    yield from _finite(asked, setting)
    yield from _chosen(asked, setting)
    if setting.rows is not None:
        yield _rows(asked, names, setting.rows)


def _binomial(
    title: str,
    theorem: str,
    assumes: str,
    command: Callable[[int], str],
    errors: int,
    delta: Any,
    part: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
) -> _Test:
    """A test by the exact binomial bound, of a part of the domain beside what is known of it."""
    low, width = part

    def samples(epsilon: Fraction) -> int | None:
        if epsilon >= low + width:
            return 0
        if epsilon <= low:
            return None
        rate = (epsilon - low) / width
        return least(lambda n: n > errors and within(errors, n, rate, delta))

    def error(n: int) -> Fraction:
        return low + width * (upper_bound(errors, n, delta) if n > errors else 1)

    return _Test(title, theorem, assumes, command, error, samples)


def _at_any_time(asked: Budget, fresh: str) -> _Test:
    """One bound for all numbers of draws at once."""
    errors, delta = asked.errors, asked.delta
    return _Test(
        "a bound at any time, whenever you stop",
        "confidence-sequence",
        f"{fresh}; how many are drawn may depend on all that was seen",
        lambda n: _evaluated("confidence-sequence", errors=errors, n=n, delta=delta),
        lambda n: upper_at_any_time(errors, n, delta) if n > errors else Fraction(1),
        lambda epsilon: least(
            lambda n: n > errors and within_at_any_time(errors, n, epsilon, delta)
        ),
    )


def _finite(asked: Budget, setting: Setting) -> Iterator[_Test]:
    """Without replacement, where every point is as likely as every other."""
    domain, errors, delta = setting.domain, asked.errors, asked.delta
    if _endless(domain) or not domain.uniform or domain.size > MOST_SAMPLES:
        return
    low, high = 0, domain.size
    if setting.stated is not None and setting.stated.points is not None:
        low, high = setting.stated.points
    left = high - low
    if not left:
        return

    def error(n: int) -> Fraction:
        drawn = min(n, left)
        return Fraction(low + bad_points(min(errors, drawn), left, drawn, delta), domain.size)

    def samples(epsilon: Fraction) -> int | None:
        most = int(epsilon * domain.size) - low
        if most < errors:
            return None
        return least(lambda n: n >= errors and excludes_more(errors, left, n, most, delta), left)

    yield _Test(
        "draw without replacement" + (" from what is open" if left < domain.size else ""),
        "finite-population",
        f"all {digits(domain.size)} points are equally likely; those tested are drawn from the "
        f"{digits(left)} that are not decided, each at most once",
        lambda n: _evaluated(
            "finite-population", errors=errors, points=left, n=min(n, left), delta=delta
        ),
        error,
        samples,
    )


def _chosen(asked: Budget, setting: Setting) -> Iterator[_Test]:
    """The tree was chosen on the samples that test it, from all of its size or of its depth."""
    if _endless(setting.domain):
        if not asked.errors:
            yield _chosen_real(asked, setting)
        return
    trees = tree_class(setting.domain, setting.tree, setting.network.classes)
    if trees is None:
        return
    of = f"over the {trees.tests} tests of this domain, {trees.classes} classes"
    sizes = [("size", f"{trees.leaves} leaves", trees.argument)]
    if setting.tree.depth <= MOST_DEPTH:
        depth = f"trees(depth={setting.tree.depth},variables={trees.tests},classes={trees.classes})"
        sizes.append(("depth", f"depth at most {setting.tree.depth}", depth))
    for what, words, argument in sizes:
        yield _binomial(
            f"choose a tree of this {what} on the samples",
            "occam-binomial",
            "the samples are drawn by the domain's law, independently; the tree is any of "
            f"{words} {of}, chosen on these very samples",
            partial(_chosen_command, asked, argument),
            asked.errors,
            (asked.delta, argument),
        )


def _chosen_real(asked: Budget, setting: Setting) -> _Test:
    """The same where tests may stand anywhere: patterns on the samples are counted instead."""
    trees = RealTrees(setting.network.columns, setting.network.classes, max(1, setting.tree.leaves))
    shape = f"{trees.leaves} leaves on {trees.features} features, {trees.classes} classes"
    return _Test(
        "choose a tree of this size on the samples",
        "real-trees-failure",
        "the samples are drawn by the domain's law, independently; the tree is any of "
        f"{shape}, that agrees with the network on all of them",
        lambda n: _evaluated(
            "real-trees-failure", variables=trees.features, classes=trees.classes,
            leaves=trees.leaves, epsilon=trees.error(n, asked.delta), n=n,
        ),
        lambda n: trees.error(n, asked.delta),
        lambda epsilon: least(lambda n: n > 0 and trees.error(n, asked.delta) <= epsilon),
    )  # fmt: skip


def _chosen_command(asked: Budget, argument: str, n: int) -> str:
    return _evaluated(
        "occam-binomial", errors=asked.errors, n=n, delta=asked.delta, last=f'"class={argument}"'
    )


def _rows(asked: Budget, names: Names, count: int) -> _Test:
    """The rows of a table, as a sample."""
    found = _binomial(
        f"the table's {digits(count)} rows",
        "clopper-pearson",
        "the rows are independent draws of what the tree will meet, and neither network nor tree "
        "was fitted to them; on the rows themselves the error is exact, with no δ",
        lambda n: f"leafproof certify {names.about} --rows {names.rows}",
        asked.errors,
        asked.delta,
    )

    def samples(epsilon: Fraction) -> int | None:
        needed = found.samples(epsilon)
        return None if needed is None or needed > count else count

    return _Test(found.title, found.theorem, found.assumes, found.command,
                 lambda n: found.error(count), samples)  # fmt: skip


def _sequential(asked: Budget, names: Names) -> Way:
    assert asked.epsilon is not None
    aim = asked.epsilon * AIM
    count = needed_in_sequence(asked.errors, asked.epsilon, aim, asked.delta)
    command = _evaluated(
        "sequential-test", errors=asked.errors, epsilon=asked.epsilon, aim=aim, delta=asked.delta
    )
    words = (
        "the points are drawn by the domain's law, independently, when network and tree are fixed; "
        f"it may stop after any draw (here after {asked.errors} disagreements)"
    )
    return Way("stop after any draw", "sequential-test", words, command, count, asked.epsilon)


def _evaluated(theorem: str, last: str = "", **parameters: object) -> str:
    words = [f"{k}={v}" for k, v in parameters.items()] + ([last] if last else [])
    return f"leafproof bounds eval {theorem} {' '.join(words)}"


def _endless(domain: Domain) -> bool:
    """Whether it has a continuous variable: then its points and tests are not counted."""
    return bool(getattr(domain, "infinite", False))
