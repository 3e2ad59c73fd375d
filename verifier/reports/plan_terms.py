"""What a plan is about, as data: the budget, the files' names, ways, and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Budget:
    """What is asked: ``samples``, or an error ``epsilon``; exactly one of them is not None.

    ``errors`` disagreements are allowed for, ``looks`` is how often a test may be looked at.
    ``factor`` is the largest ratio of a point's probability to that of its draw, where the draws
    are of another law; ``mean`` the mean weight of a draw, where those that disagree count theirs
    and the others 0; ``scores`` says that the samples show how far apart the two outputs are;
    ``dimension`` the VC dimension of the students that one is chosen from;
    ``divergence`` the relative entropy of a randomised student's law to one fixed beforehand.
    ``answered`` is the share of the draws that the student answers, in (0, 1], where it may leave
    some unanswered; ``other`` the disagreements and draws of another student, each on its own;
    ``actual`` the error of a student of which it is asked how often it passes.
    """

    samples: int | None
    epsilon: Fraction | None
    delta: Fraction
    errors: int = 0
    looks: int = 5
    factor: Fraction | None = None
    dimension: int | None = None
    divergence: Fraction | None = None
    mean: Fraction | None = None
    scores: bool = False
    answered: Fraction | None = None
    other: tuple[int, int] | None = None
    actual: Fraction | None = None


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
class Passing:
    """How often a student of that ``error`` passes, at the least, and the theorem that says so."""

    error: Fraction
    probability: Fraction
    theorem: str


@dataclass(frozen=True)
class Way:
    """One way to a claim: ``error`` is at most what it shows, by ``samples``; why not, else.

    ``cheapest`` marks the way of fewest samples, or of least error for the samples there are;
    ``passing`` is, rounded down, how often a student of the error asked about passes.
    """

    title: str
    theorem: str
    assumes: str
    command: str
    samples: int | None = None
    error: Fraction | None = None
    why_not: str = ""
    cheapest: bool = False
    compared: bool = True
    passing: Passing | None = None


@dataclass(frozen=True)
class Test:
    """A way whose bound falls as the samples grow: its value for n, and the least n for an ε.

    Only what bounds how often the classes differ, for a number of draws that one chooses, is
    ``compared`` with other ways. ``passing`` says of a test that allows disagreements how often a
    student of some error passes it. ``there`` counts the samples where they are there already: no
    others are asked about.
    """

    title: str
    theorem: str
    assumes: str
    command: Callable[[int], str]
    error: Callable[[int], Fraction]
    samples: Callable[[Fraction], int | None]
    compared: bool = True
    passing: Callable[[int, Fraction], Passing | None] | None = None
    there: int | None = None
