"""What tests could claim of a tree: for a number of samples, or for an error and a δ.

Each way is a theorem of the catalogue with its assumptions; its numbers are the theorem's, exact or
rounded against the claimant. Nothing is drawn or proved here.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.model.errors import LeafproofError
from verifier.reports.numbers import digits, probability
from verifier.reports.plan_makers import evaluated
from verifier.reports.plan_numbers import MOST_SAMPLES, fewest_draws, needed_in_sequence
from verifier.reports.plan_terms import Budget, Names, Passing, Test, Way
from verifier.reports.plan_ways import MOST_AT_ANY_TIME, tests

if TYPE_CHECKING:
    from verifier.jobs.planning import Setting

__all__ = ["Budget", "Names", "Way", "fewest", "plan"]

AIM = Fraction(1, 4)
"""The error at which the sequential test is to pass soon, as a share of the one it excludes."""


def plan(asked: Budget, names: Names, setting: Setting | None) -> tuple[Way, ...]:
    """Every way that the setting allows, the cheapest of them marked. Raises LeafproofError."""
    _check(asked)
    ways = [*_without_tests(names, setting, asked)]
    for test in tests(asked, names, setting):
        way = _budgeted(test, asked) if asked.epsilon is None else _aimed(test, asked)
        ways += [way] * (way.samples != 0)  # else the certificate is enough
    if asked.epsilon is not None:
        endless = setting is not None and setting.domain.infinite
        ways.append(_sequential(asked, names, endless=endless))
    compared = (w for w in ways if w.compared and not w.why_not)
    best = min(compared, key=lambda w: _cost(w, asked), default=None)
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
        most = "or more" if asked.samples is None else f"to {digits(asked.samples)}"
        raise LeafproofError(
            f"errors is {asked.errors}: give how many of the samples disagree, 0 {most}"
        )
    if not 1 <= asked.looks <= 1000:
        raise LeafproofError(f"looks is {asked.looks}: give 1 to 1000")
    if asked.factor is not None and asked.factor < 1:
        raise LeafproofError(
            f"factor is {asked.factor}: the largest ratio of two laws is 1 or more"
        )
    if asked.mean is not None and not (asked.factor and 0 <= asked.mean <= asked.factor):
        raise LeafproofError(
            f"mean is {asked.mean}: give the mean weight of the draws, from 0 to the factor, with "
            "--factor"
        )
    if asked.dimension is not None and asked.dimension < 1:
        raise LeafproofError(f"vc is {asked.dimension}: give a dimension of 1 or more")
    if asked.divergence is not None and asked.divergence < 0:
        raise LeafproofError(f"divergence is {asked.divergence}: give 0 or more")
    if asked.answered is not None and not 0 < asked.answered <= 1:
        raise LeafproofError(
            f"answered is {asked.answered}: give the share of the draws that are answered, above 0 "
            "and at most 1"
        )
    if asked.answered is not None and asked.samples is not None:
        answers = int(asked.samples * asked.answered)
        if asked.errors > answers:
            raise LeafproofError(
                f"errors is {asked.errors}: give how many of the {answers} answers are wrong"
            )
    if asked.other is not None and not 0 <= asked.other[0] <= asked.other[1]:
        raise LeafproofError(
            f"the other student has {asked.other[0]} disagreements in {asked.other[1]} draws: give "
            "--other-errors K and --other-samples N, K at most N"
        )
    if asked.actual is not None and not 0 < asked.actual < 1:
        raise LeafproofError(f"actual is {asked.actual}: give an error above 0 and below 1")


def _cost(way: Way, asked: Budget) -> tuple[Any, Any]:
    if asked.epsilon is None:
        return (way.error, way.samples)
    return (way.samples, way.error)


def _marked(way: Way) -> Way:
    return Way(**{**vars(way), "cheapest": True})


def _budgeted(test: Test, asked: Budget) -> Way:
    """What the samples show."""
    assert asked.samples is not None
    samples = asked.samples if test.there is None else test.there
    error = min(Fraction(1), test.error(samples))
    why = "" if error < 1 else "these samples exclude nothing"
    return Way(test.title, test.theorem, test.assumes, test.command(samples),
               samples, error, why, compared=test.compared and samples <= asked.samples,
               passing=_passing(test, samples, asked))  # fmt: skip


def _aimed(test: Test, asked: Budget) -> Way:
    """The samples that it takes."""
    assert asked.epsilon is not None
    count = test.samples(asked.epsilon)
    if count is None:
        why = f"no number of samples, up to {digits(MOST_SAMPLES)}, shows it"
        if test.there is not None:
            why = f"they show at most {probability(min(Fraction(1), test.error(test.there)), 1)}"
        return Way(test.title, test.theorem, test.assumes, "", None, None, why,
                   compared=test.compared)  # fmt: skip
    shown = min(asked.epsilon, test.error(count))
    return Way(test.title, test.theorem, test.assumes, test.command(count), count, shown,
               compared=test.compared, passing=_passing(test, count, asked))  # fmt: skip


def _passing(test: Test, samples: int, asked: Budget) -> Passing | None:
    if asked.actual is None or test.passing is None:
        return None
    return test.passing(samples, asked.actual)


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


def _sequential(asked: Budget, names: Names, *, endless: bool) -> Way:
    assert asked.epsilon is not None
    aim = asked.epsilon * AIM
    count = needed_in_sequence(asked.errors, asked.epsilon, aim, asked.delta)
    command = f"leafproof test {names.about} --until {asked.epsilon} --aim {aim}"
    command += f" --samples {max(MOST_AT_ANY_TIME, 2 * count)} --delta {asked.delta}"
    if endless:
        command = evaluated(
            "sequential-test", errors=asked.errors, epsilon=asked.epsilon, aim=aim,
            delta=asked.delta,
        )  # fmt: skip
    words = (
        "the points are drawn by the domain's law, independently, when network and tree are fixed; "
        f"it may stop after any draw (here after {asked.errors} disagreements)"
    )
    return Way("stop after any draw", "sequential-test", words, command, count, asked.epsilon)


def fewest(asked: Budget) -> int | None:
    """What no test by independent draws of the whole domain gets by with; None without an error."""
    return None if asked.epsilon is None else fewest_draws(asked.epsilon, asked.delta)
