"""How loose are the bounds? Exact failure probabilities of tiny classes, beside each bound.

Everything is enumerated over the points of a few Boolean variables (a function is a bit mask over
the points, the uniform distribution) and computed with fractions. `rows` gives, for each problem,
the exact quantity and what the theorem says of it; an upper bound is never below the exact value,
a lower bound never above.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, prod
from typing import Any, Literal

from flint import arb, ctx, fmpq

from theory.catalogue import catalogue
from theory.values.narrowing import fractions_of
from theory.values.solving import solve

Side = Literal["upper", "lower", "equal"]


@dataclass(frozen=True)
class Tight:
    """A theorem on a tiny problem: the exact quantity and its bound (an end of the enclosure)."""

    theorem: str
    problem: str
    quantity: str
    side: Side
    exact: Fraction
    bound: Fraction

    @property
    def holds(self) -> bool:
        """Whether the bound is on the right side of the exact value."""
        if self.side == "equal":
            return self.exact == self.bound
        return self.exact <= self.bound if self.side == "upper" else self.exact >= self.bound

    @property
    def looseness(self) -> Fraction | None:
        """How many times the bound is off; None where the exact value is 0."""
        low, high = sorted((self.exact, self.bound))
        return None if low == 0 else high / low


def columns(variables: int) -> list[int]:
    """The truth tables of the variables."""
    return [sum(1 << x for x in range(1 << variables) if x >> i & 1) for i in range(variables)]


def tree_functions(depth: int, variables: int) -> frozenset[int]:
    """The truth tables of trees of at most that depth."""
    full = (1 << (1 << variables)) - 1
    found = {0, full}
    for _ in range(depth):
        found |= {
            (c & a) | (full & ~c & b) for c in columns(variables) for a in found for b in found
        }
    return frozenset(found)


def juntas(relevant: int, variables: int) -> frozenset[int]:
    """The truth tables of functions with at most that many relevant variables."""
    size = 1 << variables
    found = set()
    for kept in itertools.combinations(range(variables), relevant):
        key = [sum((x >> i & 1) << j for j, i in enumerate(kept)) for x in range(size)]
        for table in range(1 << (1 << relevant)):
            found.add(sum(1 << x for x in range(size) if table >> key[x] & 1))
    return frozenset(found)


def seen_sets(points: int, n: int) -> Iterator[tuple[int, Fraction]]:
    """Every set of points with the probability that n draws see exactly it."""
    for mask, ways in _seen_ways(points, n):
        yield mask, Fraction(ways, points**n)


def _seen_ways(points: int, n: int) -> Iterator[tuple[int, int]]:
    """Every set of points with the number of sequences of n draws that see exactly it."""
    onto = [
        sum((-1) ** (s - i) * comb(s, i) * i**n for i in range(s + 1)) for s in range(points + 1)
    ]
    for mask in range(1 << points):
        if ways := onto[mask.bit_count()]:
            yield mask, ways


def consistent_failure(members: Sequence[int], points: int, bad: int, n: int) -> Fraction:
    """The worst probability, over targets, that a consistent member has `bad` errors or more."""
    seen = list(_seen_ways(points, n))
    worst = 0
    for target in members:
        wrong = [g ^ target for g in members if (g ^ target).bit_count() >= bad]
        worst = max(worst, sum(ways for s, ways in seen if any(w & s == 0 for w in wrong)))
    return Fraction(worst, points**n)


def minimiser_failure(members: Sequence[int], points: int, over: int, n: int) -> Fraction:
    """The worst probability, over all targets, that a minimiser is `over` errors above the best."""
    samples = list(_drawn_counts(points, n))
    worst = 0
    for target in range(1 << points):
        wrong = [g ^ target for g in members]
        best = min(w.bit_count() for w in wrong)
        errors = [[x for x in range(points) if w >> x & 1] for w in wrong]
        bad = [w.bit_count() - best > over for w in wrong]
        count = 0
        for drawn, ways in samples:
            seen = [sum(drawn[x] for x in at) for at in errors]
            least = min(seen)
            if any(b and k == least for b, k in zip(bad, seen, strict=True)):
                count += ways
        worst = max(worst, count)
    return Fraction(worst, points**n)


def _drawn_counts(points: int, n: int) -> Iterator[tuple[list[int], int]]:
    """How often n draws give each point, with the number of sequences of draws that do so."""
    for drawn in itertools.combinations_with_replacement(range(points), n):
        counts = [drawn.count(x) for x in range(points)]
        yield counts, factorial(n) // prod(map(factorial, counts))


def rows() -> list[Tight]:
    """All comparisons, in the order of the catalogue."""
    return [row for make in MAKERS for row in make()]


def _end(name: str, side: Side, **parameters: Any) -> Fraction:
    """The end of the enclosure that the comparison is with."""
    result = catalogue[name].evaluate(**parameters)
    return Fraction(result.upper if side == "upper" else result.lower)


def _least_delta(name: str, n: int, **parameters: Any) -> Fraction:
    """The failure probability that a theorem promises for n samples; 1 where it promises none."""
    largest = catalogue[name].evaluate(**parameters, delta=Fraction(2**20 - 1, 2**20)).integer
    if largest is None or largest > n:
        return Fraction(1)
    return Fraction(solve(catalogue[name], "delta", {"n": n, **parameters}).value)


def _row(
    name: str, problem: str, quantity: str, side: Side, exact: Fraction | int, **parameters: Any
) -> Tight:
    bound = _end(name, side, **parameters)
    return Tight(name, problem, quantity, side, Fraction(exact), bound)


def _tests() -> Iterator[Tight]:
    for bad, n in ((1, 4), (2, 6)):
        misses = sum(ways for drawn, ways in _drawn_counts(8, n) if not any(drawn[:bad]))
        yield _row(
            "acceptance-probability", f"{bad} of 8 points wrong, n = {n}", "P[pass]", "equal",
            Fraction(misses, 8**n), error=Fraction(bad, 8), n=n,
        )  # fmt: skip
    for bad, n in ((1, 3), (2, 4)):
        drawn = list(itertools.combinations(range(8), n))
        exact = Fraction(sum(min(s) >= bad for s in drawn), len(drawn))
        yield _row(
            "miss-without-replacement-upper", f"{bad} of 8 points wrong, n = {n}", "P[miss]",
            "upper", exact, points=8, bad=bad, n=n,
        )  # fmt: skip


def _counts() -> Iterator[Tight]:
    for depth, variables in ((1, 3), (2, 3), (1, 4), (2, 4)):
        count = len(tree_functions(depth, variables))
        logarithm = _end("log-tree-functions", "upper", depth=depth, variables=variables)
        with ctx.workprec(256):
            power = arb(fmpq(logarithm.numerator, logarithm.denominator)).exp()
        bound = fractions_of(power, "log-tree-functions")[1]
        problem = f"trees of depth {depth}, {variables} variables"
        yield Tight("log-tree-functions", problem, "functions", "upper", Fraction(count), bound)
    for relevant, variables in ((1, 3), (2, 3), (2, 4)):
        count = len(juntas(relevant, variables))
        problem = f"{relevant}-juntas, {variables} variables"
        yield _row("junta-count", problem, "functions", "equal", count,
                   relevant=relevant, variables=variables)  # fmt: skip
        yield _row("junta-count-upper", problem, "functions", "upper", count,
                   relevant=relevant, variables=variables)  # fmt: skip


def _classes() -> Iterator[tuple[str, frozenset[int], int]]:
    yield "all functions, 2 variables", frozenset(range(16)), 4
    yield "1-juntas, 3 variables", juntas(1, 3), 8
    yield "trees of depth 1, 3 variables", tree_functions(1, 3), 8
    yield "trees of depth 2, 3 variables", tree_functions(2, 3), 8


def _occam() -> Iterator[Tight]:
    """P[a consistent member has error >= ε] against the least δ that the theorem grants."""
    for problem, members, points in _classes():
        bad = points // 4
        epsilon = Fraction(bad, points)
        for n in (4, 16):
            exact = consistent_failure(sorted(members), points, bad, n)
            bound = _least_delta("occam-realizable", n, epsilon=epsilon, **{"class": len(members)})
            yield Tight("occam-realizable", f"{problem}, ε = {epsilon}, n = {n}", "P[failure]",
                        "upper", exact, bound)  # fmt: skip
    for n in (8, 24):
        members = tree_functions(1, 3)
        exact = consistent_failure(sorted(members), 8, 4, n)
        name = "occam-trees-realizable"
        bound = _least_delta(name, n, epsilon=Fraction(1, 2), variables=3, depth=1)
        yield Tight(name, f"trees of depth 1, 3 variables, ε = 1/2, n = {n}", "P[failure]",
                    "upper", exact, bound)  # fmt: skip


def _agnostic() -> Iterator[Tight]:
    members = sorted(tree_functions(1, 2))
    for n in (3, 6):
        exact = minimiser_failure(members, 4, 1, n)
        size = {"class": len(members)}
        bound = _least_delta("occam-agnostic", n, epsilon=Fraction(3, 8), **size)
        yield Tight("occam-agnostic", f"trees of depth 1, 2 variables, ε = 3/8, n = {n}",
                    "P[failure]", "upper", exact, bound)  # fmt: skip


def _equality() -> Iterator[Tight]:
    for first, second in ((0, 1), (1, 1), (1, 2), (2, 2)):
        pairs = itertools.product(tree_functions(first, 3), tree_functions(second, 3))
        least = min((a ^ b).bit_count() for a, b in pairs if a != b)
        yield _row("gap-trees", f"trees of depths {first} and {second}, 3 variables",
                   "least P[f != g]", "lower", Fraction(least, 8), depth=first,
                   other=second)  # fmt: skip
    for depth, n in ((1, 8), (2, 24)):
        members = sorted(tree_functions(depth, 3))
        exact = consistent_failure(members, 8, 1, n)
        bound = _least_delta("exact-erm", n, variables=3, depth=depth)
        yield Tight("exact-erm", f"trees of depth {depth}, 3 variables, n = {n}",
                    "P[another consistent tree]", "upper", exact, bound)  # fmt: skip


def _without_teacher() -> Iterator[Tight]:
    for cells, n in ((4, 3), (8, 8)):
        total = sum((p / 2 ** (cells - s.bit_count()) for s, p in seen_sets(cells, n)), Fraction(0))
        yield _row("success-without-teacher", f"{cells} cells, n = {n}", "P[success]", "equal",
                   total, cells=cells, n=n)  # fmt: skip


def _pairs() -> Iterator[Tight]:
    """The least P[a pair differs] over functions of exactly k variables, none of them known."""
    for k in (1, 2, 3):
        size = 1 << k
        proper = set(range(1 << size)) - set(juntas(k - 1, k))
        least = min(Fraction(2 * f.bit_count() * (size - f.bit_count()), size**2) for f in proper)
        yield _row("junta-pair-probability", f"functions of exactly {k} variables",
                   "least P[difference]", "lower", least, relevant=k, missing=k)  # fmt: skip


def _tails() -> Iterator[Tight]:
    problems = (
        (Fraction(1), (Fraction(1, 2),) * 4, (Fraction(1, 2),) * 4),
        (Fraction(2), (Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(1, 3)),
         (Fraction(1, 2), Fraction(3, 5), Fraction(2, 3), Fraction(1, 2))),
    )  # fmt: skip
    for offset, a, p in problems:
        exact = Fraction(0)
        for x in itertools.product((1, -1), repeat=len(a)):
            weight = Fraction(1)
            for xi, pi in zip(x, p, strict=True):
                weight *= pi if xi == 1 else 1 - pi
            if offset + sum(ai * xi for ai, xi in zip(a, x, strict=True)) <= 0:
                exact += weight
        shown = ", ".join(map(str, a))
        yield _row("leaf-tail-product", f"b = {offset}, a = ({shown})", "P[margin <= 0]", "upper",
                   exact, offset=offset, coefficients=a, probabilities=p)  # fmt: skip


MAKERS: tuple[Callable[[], Iterator[Tight]], ...] = (
    _tests,
    _counts,
    _occam,
    _agnostic,
    _equality,
    _without_teacher,
    _pairs,
    _tails,
)
"""What makes the rows, a kind of theorem each."""
