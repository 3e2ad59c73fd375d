"""What is said of domains with continuous variables, where there is no number of points."""

from __future__ import annotations

from fractions import Fraction

from verifier.model.domain import Domain
from verifier.model.verdict import DIFFERENT, EQUIVALENT, NOWHERE, SOMEWHERE, Verdict
from verifier.reports.numbers import brief_interval, decimal, whole

POINTS = "infinitely many points"
LEFT_ENDS = "the left ends of its intervals are not in it, and have probability 0"
"""What an interval leaves out."""


def size_words(domain: Domain) -> str:
    """The number of a domain's points."""
    return "infinitely many" if domain.infinite else whole(domain.size)


def brief_size(domain: Domain) -> str:
    """The same in a few digits, where there are many."""
    return size_words(domain) if domain.infinite else brief_interval((domain.size, domain.size))


def count_words(verdict: Verdict) -> str:
    """At how many points it is so, between the least and the greatest number, in a few digits."""
    if not verdict.infinite:
        return brief_interval(verdict.disagreements)
    if verdict.verdict in (EQUIVALENT, NOWHERE):
        return "0"
    return "some" if verdict.verdict in (DIFFERENT, SOMEWHERE) else "not known"


def share_words(points: int, verdict: Verdict) -> str:
    """How many points a share of the domain has."""
    return "∞" if verdict.infinite and points else whole(points)


def sentence(verdict: Verdict, what: str = "", model: str = "network") -> str:
    """The verdict in one short sentence; ``what`` is the question, where it is a general one.

    Else it is about a tree and the ``model`` it is compared with.
    """
    low, high = verdict.error
    chance = f"with probability {decimal(low, -1)} to {decimal(high, 1)}"
    if low == high:
        chance = f"with probability {decimal(low)}"
    if verdict.verdict in (EQUIVALENT, NOWHERE):
        return f"{what}: nowhere in the domain." if what else f"the tree is the {model} everywhere."
    known = verdict.verdict in (DIFFERENT, SOMEWHERE)
    if what:
        none = "" if known else "; no such point has been found"
        return f"{what}: {chance}{none}."
    if known:
        return f"tree and {model} differ {chance}."
    return f"tree and {model} can differ {chance}; no such point has been found."


def headline(verdict: Verdict, model: str, error: str, unless: str) -> str:
    """The verdict on a ``model`` and a tree; ``error`` are its probability's words."""
    if verdict.verdict == EQUIVALENT:
        lead = f"The tree and the {model}" if unless else f"Proved: the tree and the {model}"
        return f"{lead} give the same class at every point of the domain ({LEFT_ENDS}).{unless}"
    if verdict.verdict == DIFFERENT:
        return f"The tree and the {model} differ at points of the domain: {error}.{unless}"
    known = "no disagreement is known, and none is excluded"
    if verdict.error[0] > 0:
        known = "some points disagree, though none was evaluated, and more may"
    return f"Undecided: {known}: {error}.{unless}"


def answer(verdict: Verdict, what: str, chance: str, unless: str) -> str:
    """The same of a question in general."""
    if verdict.verdict == NOWHERE:
        lead = "Nowhere" if unless else "Proved: nowhere"
        return f"{lead} in the domain is it true that {what} ({LEFT_ENDS}).{unless}"
    if verdict.verdict == SOMEWHERE:
        return f"At points of the domain {what}: {chance}.{unless}"
    return (
        f"Undecided whether {what}: no such point was evaluated, and none is excluded: "
        f"{chance}.{unless}"
    )


def between(error: tuple[str, str, str], ends: tuple[Fraction, Fraction]) -> str:
    """With what probability it is so; ``error`` are both ends and the only one, in words."""
    least, most, exactly = error
    if ends[0] == ends[1]:
        return f"a set of inputs that has a probability of exactly {exactly}"
    if not ends[0]:
        return f"a set of inputs that has a probability of at most {most}"
    return f"a set of inputs that has a probability of at least {least} and at most {most}"
