"""The ways of a plan that need to know more: weights, scores, another student, a dimension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from verifier.reports.plan_makers import binomial, evaluated, of_error
from verifier.reports.plan_numbers import (
    difference_upper,
    upper_bound,
    upper_by_dimension,
    upper_by_weights,
    upper_randomised,
)
from verifier.reports.plan_terms import Budget, Test


def of_options(asked: Budget) -> Iterator[Test]:
    """Those whose options are given."""
    errors, delta = asked.errors, asked.delta
    if (factor := asked.factor) is not None:
        yield binomial(
            "draw from another law",
            "importance-upper",
            f"the points are drawn independently by another law, by which none is more than "
            f"{factor} times rarer, when network and tree are fixed",
            lambda n: evaluated("importance-upper", factor=factor, errors=errors, n=n, delta=delta),
            errors,
            delta,
            (Fraction(0), factor),
        )
    if (factor := asked.factor) is not None and (mean := asked.mean) is not None:
        yield of_error(
            asked,
            "draw from another law, each disagreement by its weight",
            "importance-kl-upper",
            f"the points are drawn independently by another law, by which none is more than "
            f"{factor} times rarer, when network and tree are fixed; a disagreement counts how "
            f"many times rarer its point is drawn, and the mean of all draws is at most {mean}",
            lambda n: evaluated("importance-kl-upper", factor=factor, mean=mean, n=n, delta=delta),
            lambda n: upper_by_weights(mean, n, delta, factor),
        )
    if asked.scores:
        yield _scores(asked)
    if asked.errors:
        yield _until(asked)
    if (share := asked.answered) is not None:
        yield _answered(asked, share)
    if (other := asked.other) is not None:
        yield _compared(asked, other)
    if (dimension := asked.dimension) is not None:
        yield of_error(
            asked,
            "choose a student of this VC dimension on the samples",
            "relative-deviation",
            "the samples are drawn by the domain's law, independently; the student, of two "
            "classes, is any of a class of that dimension, chosen on these very samples",
            lambda n: evaluated(
                "relative-deviation", error=Fraction(errors, n), vc=dimension, n=n, delta=delta
            ),
            lambda n: upper_by_dimension(errors, n, delta, dimension),
        )
    if (divergence := asked.divergence) is not None:
        yield of_error(
            asked,
            "choose a randomised student on the samples",
            "pac-bayes-kl-simple",
            "the samples are drawn by the domain's law, independently; the law of the student may "
            f"depend on them, its relative entropy to one fixed beforehand is at most {divergence}",
            lambda n: evaluated(
                "pac-bayes-kl-simple", error=Fraction(errors, n), divergence=divergence, n=n,
                delta=delta,
            ),
            lambda n: upper_randomised(errors, n, delta, divergence),
        )  # fmt: skip


def _until(asked: Budget) -> Test:
    """The draws end with a disagreement, which then does not count."""
    errors, delta = asked.errors, asked.delta
    found = of_error(
        asked,
        f"draw until disagreement {errors} (these are the draws it takes at least)",
        "inverse-sampling",
        "the points are drawn by the domain's law, independently, when network and tree are "
        f"fixed; the draws end with disagreement {errors}, or after a number fixed beforehand",
        lambda n: evaluated("inverse-sampling", errors=errors, n=n, delta=delta),
        lambda n: upper_bound(errors - 1, n - 1, delta),
    )
    return replace(found, compared=False)


def _answered(asked: Budget, share: Fraction) -> Test:
    """Only what the student answers counts."""
    errors, delta = asked.errors, asked.delta

    def error(n: int) -> Fraction:
        answers = int(n * share)
        return upper_bound(errors, answers, delta) if answers > errors else Fraction(1)

    found = of_error(
        asked,
        "leave draws unanswered (the error is how often an answer is wrong)",
        "selective-risk",
        "the points are drawn by the domain's law, independently, when network and tree are "
        f"fixed; whether a draw is answered follows from it alone; {share} of the draws are "
        "answered, and the disagreements are among these",
        lambda n: evaluated("selective-risk", errors=errors, answered=int(n * share), delta=delta),
        error,
    )
    return replace(found, compared=False)


def _compared(asked: Budget, other: tuple[int, int]) -> Test:
    """Another student, on draws of its own."""
    errors, delta, (second, draws) = asked.errors, asked.delta, other
    found = of_error(
        asked,
        "compare with another student (the error is how much more often this one errs)",
        "two-sample-difference",
        "the points of either student are drawn by the domain's law, independently, when all are "
        f"fixed; the other has {second} disagreements in {draws} draws of its own (of the same "
        "draws: theorem paired-difference)",
        lambda n: evaluated(
            "two-sample-difference", f"second-n={draws}", first=errors, n=n, second=second,
            delta=delta,
        ),
        lambda n: difference_upper((errors, n), other, delta),
    )  # fmt: skip
    return replace(found, compared=False)


def _scores(asked: Budget) -> Test:
    """A sorted score as a limit: beyond it is what a test that counts these would bound."""
    errors = asked.errors
    found = binomial(
        "take a sorted score as the limit (the error is how often a new one is beyond it)",
        "conformal-confidence",
        "the points are drawn by the domain's law, independently, when network and tree are "
        "fixed; each has a score, as the distance of the two outputs; the limit is the largest "
        f"but {errors}, and says nothing of their classes",
        lambda n: evaluated(
            "conformal-confidence", rank=max(1, n - errors), n=n,
            epsilon=asked.epsilon or min(found.error(n), Fraction(999, 1000)),
        ),
        errors,
        asked.delta,
    )  # fmt: skip
    return replace(found, compared=False)
