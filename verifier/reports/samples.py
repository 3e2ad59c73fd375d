"""What PAC theory could claim in the certificate's place: sample sizes and tested bounds.

A certificate needs no δ; a tested or trained tree always does. ``DELTA`` is stated wherever it is
used. All numbers are rigorous: integers by ``theory``, real bounds rounded against the claimant.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx

from theory import catalogue
from verifier.model.domain import Domain
from verifier.model.ordinal import Ordinal
from verifier.model.tree import Tree
from verifier.reports import given_words

DELTA = Fraction(1, 10**9)
DELTA_WORDS = "δ = 10⁻⁹"
SAMPLE_SIZES = tuple(10**k for k in range(3, 10))
TOLERANCES = (Fraction(1, 10**2), Fraction(1, 10**6), Fraction(1, 10**9))
PRECISION = 256
MOST_LEAVES, MOST_TESTS = 1_000_000, 10**18


def bound_after_tests(samples: int) -> Fraction:
    """The least error that ``samples`` tests without a disagreement exclude at ``DELTA``.

    1 - δ^(1/n), the p with (1 - p)^n = δ, rounded up.
    """
    with ctx.workprec(PRECISION):
        level = arb(DELTA.numerator) / DELTA.denominator
        return _upper(-(level.log() / samples).expm1())


def miss_probability(samples: int, error: Fraction) -> Fraction:
    """An upper bound of (1 - error)^samples: the chance that no test shows a disagreement."""
    if error >= 1:
        return Fraction(0)
    with ctx.workprec(PRECISION + 2 * error.denominator.bit_length()):
        rate = arb(-error.numerator) / error.denominator
        exponent = samples * rate.log1p()
        if exponent < -(10**6):
            return Fraction(0)
        return min(Fraction(1), _upper(exponent.exp()))


def _upper(ball: arb) -> Fraction:
    mantissa, exponent = ball.upper().mid().man_exp()
    scale = Fraction(2) ** int(exponent)
    return Fraction(int(mantissa)) * scale


def distinct_tests(domain: Domain) -> int:
    """How many different questions a tree can ask: thresholds between neighbouring values."""
    total = 0
    for variable in domain.variables:
        if isinstance(variable, Ordinal):
            total += variable.count - 1
            continue
        total += sum(len(set(column)) - 1 for column in zip(*variable.encoding, strict=True))
    return total


@dataclass(frozen=True)
class TreeClass:
    """The class of all trees of the student's size: what training chose from.

    ``argument`` is what ``theory`` takes for it.
    """

    leaves: int
    tests: int
    classes: int
    argument: str


def tree_class(domain: Domain, tree: Tree, classes: int) -> TreeClass | None:
    """Trees with as many leaves over the domain's tests; None where they are too many to count.

    So they are where a test may stand anywhere in an interval.
    """
    if domain.infinite:
        return None
    leaves, tests = tree.leaves, max(1, distinct_tests(domain))
    if leaves > MOST_LEAVES or tests > MOST_TESTS:
        return None
    argument = f"trees(leaves={leaves},variables={tests},classes={classes})"
    return TreeClass(leaves, tests, classes, argument)


def samples_to_test(tolerance: Fraction) -> int:
    """Samples without a disagreement after which a fixed tree has error at most ``tolerance``."""
    found = catalogue["test-sample-size"].evaluate(epsilon=tolerance, delta=DELTA).integer
    assert found is not None
    return found


def samples_to_train(tolerance: Fraction, trees: TreeClass) -> int:
    """Samples after which every tree of the class that fits them has error <= ``tolerance``."""
    theorem = catalogue["occam-realizable"]
    found = theorem.evaluate(epsilon=tolerance, delta=DELTA, class_=trees.argument).integer
    assert found is not None
    return found


def least_probability(domain: Domain) -> Fraction:
    """The probability of the least likely point that has any."""
    return given_words.least_likely(domain)
