"""The tests that a plan compares: each a theorem of the catalogue, with what it assumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from verifier.model.domain import Domain
from verifier.model.sample import MOST_ONCE
from verifier.reports.numbers import digits
from verifier.reports.plan_makers import (
    binomial,
    evaluated,
    fewest_for,
    of_error,
    passing_of,
)
from verifier.reports.plan_numbers import (
    MOST_SAMPLES,
    RealTrees,
    bad_points,
    excludes_more,
    least,
    passes_finite,
    upper_at_any_time,
    upper_bound,
    upper_by_jeffreys,
    within_at_any_time,
)
from verifier.reports.plan_options import of_options
from verifier.reports.plan_terms import Budget, Names, Passing, Test
from verifier.reports.samples import tree_class

if TYPE_CHECKING:
    from verifier.jobs.planning import Setting

MOST_AT_ANY_TIME = 100_000
"""Draws of a test that may end after any, at least: the most that are drawn."""
MOST_DEPTH = 64
"""Deeper classes of trees are not counted."""


def tests(asked: Budget, names: Names, setting: Setting | None) -> Iterator[Test]:
    """Every test that the setting and the options allow."""
    errors, delta = asked.errors, asked.delta
    twice = min(2 * delta, Fraction(999, 1000))
    fresh = (
        "the points are drawn by the domain's law, independently, when network and tree are fixed"
    )
    ends = f"; of the interval printed the upper end alone is used, so it holds with δ = {delta}"
    stated = None if setting is None else setting.stated
    if stated is not None and stated.error[0] < stated.error[1]:
        low, width = stated.error[0], stated.error[1] - stated.error[0]
        yield replace(
            binomial(
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
            ),
            passing=passing_of(errors, (low, width)),
        )
        yield _in_proportion(asked, (low, width), fresh)
    test = f"leafproof test {names.about}"
    endless = setting is not None and _endless(setting.domain)  # a test records answers at points
    yield replace(
        binomial(
            "test points of the whole domain",
            "clopper-pearson" if errors or asked.epsilon is None else "test-sample-size",
            fresh + ("" if endless else ends),
            lambda n: (
                evaluated("clopper-pearson", errors=errors, n=n, delta=delta)
                if endless
                else f"{test} --samples {n} --delta {twice}"
            ),
            errors,
            delta,
        ),
        passing=passing_of(errors),
    )
    share = delta / (asked.looks * (asked.looks + 1))
    yield binomial(
        f"look {asked.looks} times, stop when it is enough",
        "looks",
        f"{fresh}; the sample sizes of the looks are fixed before the first (this is the last of "
        f"{asked.looks}: look i has δ/(i(i + 1)))"
        + ("" if endless else "; of each interval printed the upper end alone is used"),
        lambda n: (
            evaluated("looks", look=asked.looks, errors=errors, n=n, delta=delta)
            if endless
            else f"{test} --samples {n} --delta {min(2 * share, Fraction(999, 1000))}"
        ),
        errors,
        share,
    )
    yield from _at_any_time(asked, fresh, None if endless else test)
    yield from of_options(asked)
    if setting is None:
        return
    yield from _finite(asked, names, setting)
    yield from _chosen(asked, setting)
    if setting.rows is not None:
        yield _rows(asked, names, setting.rows)
        yield _drawn_rows(asked, names, setting.rows, endless=endless)


def _in_proportion(asked: Budget, part: tuple[Fraction, Fraction], fresh: str) -> Test:
    """Draws from each open cell as its probability says, the disagreements of all together."""
    errors, delta, (low, width) = asked.errors, asked.delta, part

    def error(n: int) -> Fraction:
        rate = upper_bound(errors, n, delta) if n > errors else Fraction(1)
        return low + width * min(Fraction(1), max(rate, Fraction(errors + 1, n)))

    return Test(
        "test each open cell in proportion to its probability",
        "open-cells-stratified",
        f"the certificate holds; {fresh}, so many from each open cell as its probability says",
        lambda n: evaluated(
            "open-cells-stratified", known=low, open=width, errors=errors, n=n, delta=delta
        ),
        error,
        lambda epsilon: fewest_for(error, epsilon, low),
    )


def _at_any_time(asked: Budget, fresh: str, test: str | None) -> Iterator[Test]:
    """One bound for all numbers of draws at once; ``test`` is the command that draws, if any."""
    errors, delta = asked.errors, asked.delta
    yield of_error(
        asked,
        "a bound at any time, by Jeffreys's prior",
        "confidence-sequence-beta",
        f"{fresh}; how many are drawn may depend on all that was seen, the prior Beta(1/2, 1/2) "
        "may not",
        lambda n: (
            evaluated("confidence-sequence-beta", errors=errors, n=n, delta=delta, a="1/2", b="1/2")
            if test is None
            else f"{test} --until {asked.epsilon or 0} --delta {delta} --samples "
            f"{n if asked.epsilon is None else max(MOST_AT_ANY_TIME, 2 * n)}"
        ),
        lambda n: upper_by_jeffreys(errors, n, delta),
    )
    yield Test(
        "a bound at any time, whenever you stop",
        "confidence-sequence",
        f"{fresh}; how many are drawn may depend on all that was seen",
        lambda n: evaluated("confidence-sequence", errors=errors, n=n, delta=delta),
        lambda n: upper_at_any_time(errors, n, delta) if n > errors else Fraction(1),
        lambda epsilon: least(
            lambda n: n > errors and within_at_any_time(errors, n, epsilon, delta)
        ),
    )


def _finite(asked: Budget, names: Names, setting: Setting) -> Iterator[Test]:
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

    yield Test(
        "draw without replacement" + (" from what is open" if left < domain.size else ""),
        "finite-population",
        f"all {digits(domain.size)} points are equally likely; those tested are drawn from the "
        f"{digits(left)} that are not decided, each at most once"
        + ("; of the interval printed the upper end alone is used" if left == domain.size else ""),
        lambda n: (
            evaluated("finite-population", errors=errors, points=left, n=min(n, left), delta=delta)
            if left < domain.size or not 0 < n <= MOST_ONCE
            else f"leafproof test {names.about} --without-replacement --samples {min(n, left)} "
            f"--delta {min(2 * delta, Fraction(999, 1000))}"
        ),
        error,
        samples,
        passing=_passing_finite(errors, domain.size, left, low),
    )


def _passing_finite(
    errors: int, points: int, left: int, low: int
) -> Callable[[int, Fraction], Passing | None]:
    """How often a student passes that differs at no more points than its error says.

    ``left`` points are drawn from; at ``low`` others it is known to differ.
    """

    def passing(n: int, error: Fraction) -> Passing | None:
        bad, drawn = int(error * points) - low, min(n, left)
        if not 0 <= bad <= left or drawn < errors:
            return None
        return Passing(error, passes_finite(bad, left, errors, drawn), "finite-pass-probability")

    return passing


def _drawn_rows(asked: Budget, names: Names, count: int, *, endless: bool) -> Test:
    """Some of a table's rows, each at most once: what is bounded is the error on all of them.

    They are points of the domain, but for an ``endless`` one, where they are taken as they stand.
    """
    errors, delta = asked.errors, asked.delta
    about = f"{names.network} {names.tree}" if endless else names.about

    def error(n: int) -> Fraction:
        drawn = min(n, count)
        return Fraction(bad_points(min(errors, drawn), count, drawn, delta), count)

    def samples(epsilon: Fraction) -> int | None:
        most = int(epsilon * count)
        if most < errors:
            return None
        return least(lambda n: n >= errors and excludes_more(errors, count, n, most, delta), count)

    return Test(
        f"draw some of the table's {digits(count)} rows",
        "finite-population",
        f"the error is that on these {digits(count)} rows; those tested are drawn from them, each "
        "at most once; of the interval printed the upper end alone is used",
        lambda n: (
            f"leafproof test {about} --rows {names.rows} "
            f"--samples {max(1, min(n, count))} --delta {min(2 * delta, Fraction(999, 1000))}"
        ),
        error,
        samples,
        passing=_passing_finite(errors, count, count, 0),
    )


def _chosen(asked: Budget, setting: Setting) -> Iterator[Test]:
    """The tree was chosen on the samples that test it, from all of its size or of its depth."""
    if _endless(setting.domain):
        yield from _chosen_real(asked, setting)
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
        yield binomial(
            f"choose a tree of this {what} on the samples",
            "occam-binomial",
            "the samples are drawn by the domain's law, independently; the tree is any of "
            f"{words} {of}, chosen on these very samples",
            partial(_chosen_command, asked, argument),
            asked.errors,
            (asked.delta, argument),
        )


def _chosen_real(asked: Budget, setting: Setting) -> Iterator[Test]:
    """The same where tests may stand anywhere: patterns on the samples are counted instead."""
    trees = RealTrees(setting.network.columns, setting.network.classes, max(1, setting.tree.leaves))
    shape = f"{trees.leaves} leaves on {trees.features} features, {trees.classes} classes"
    errors, delta = asked.errors, asked.delta
    kept = trees.leaves - 1
    yield of_error(
        asked,
        "make a tree of this size of the samples",
        "compression",
        "the samples are drawn by the domain's law, independently; the tree is any of "
        f"{shape}, whose thresholds are values of the samples",
        lambda n: evaluated(
            "compression", errors=errors, n=n, kept=kept, side=trees.side, delta=delta
        ),
        lambda n: trees.made(errors, n, delta),
    )
    if errors:
        return
    yield Test(
        "choose a tree of this size on the samples",
        "real-trees-failure",
        "the samples are drawn by the domain's law, independently; the tree is any of "
        f"{shape}, that agrees with the network on all of them",
        lambda n: evaluated(
            "real-trees-failure", variables=trees.features, classes=trees.classes,
            leaves=trees.leaves, epsilon=trees.error(n, delta), n=n,
        ),
        lambda n: trees.error(n, delta),
        lambda epsilon: fewest_for(lambda n: trees.error(n, delta), epsilon),
    )  # fmt: skip


def _chosen_command(asked: Budget, argument: str, n: int) -> str:
    return evaluated(
        "occam-binomial", errors=asked.errors, n=n, delta=asked.delta, last=f'"class={argument}"'
    )


def _rows(asked: Budget, names: Names, count: int) -> Test:
    """The rows of a table, as a sample."""
    found = binomial(
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

    return replace(found, error=lambda n: found.error(count), samples=samples, there=count)


def _endless(domain: Domain) -> bool:
    """Whether it has a continuous variable: then its points and tests are not counted."""
    return bool(getattr(domain, "infinite", False))
