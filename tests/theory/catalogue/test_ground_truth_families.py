"""More bounds against exact enumeration, and how loose they are there."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from theory import catalogue


def _pmf(n: int, p: Fraction) -> list[Fraction]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@pytest.mark.parametrize("name", ["clopper-pearson", "kl-upper", "hoeffding-upper"])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_coverage_of_upper_bounds_is_exact(name: str, n: int) -> None:
    delta = Fraction(1, 10)
    bounds = [
        Fraction(catalogue[name].evaluate(errors=k, n=n, delta=delta).upper) for k in range(n + 1)
    ]
    assert bounds == sorted(bounds)
    worst = Fraction(1)
    for i in range(1, 100):
        p = Fraction(i, 100)
        covered = sum((w for k, w in enumerate(_pmf(n, p)) if p <= bounds[k]), Fraction(0))
        worst = min(worst, covered)
        assert covered >= 1 - delta
    # not merely the trivial bound 1: something is excluded, except where the bound is vacuous
    assert worst < 1 or bounds[0] >= 1


def test_clopper_pearson_is_certified_by_exact_signs() -> None:
    k, n, delta = 3, 50, Fraction(1, 20)
    result = catalogue["clopper-pearson"].evaluate(errors=k, n=n, delta=delta)

    def tail(p: Fraction) -> Fraction:
        return sum(_pmf(n, p)[: k + 1], Fraction(0))

    assert tail(Fraction(result.lower)) >= delta >= tail(Fraction(result.upper))


@pytest.mark.parametrize(("cells", "n"), [(2, 0), (2, 3), (4, 3), (4, 5)])
def test_success_without_teacher_is_the_exact_probability(cells: int, n: int) -> None:
    total = Fraction(0)
    for sample in itertools.product(range(cells), repeat=n):
        total += Fraction(1, 2 ** (cells - len(set(sample))))
    exact = total / cells**n
    result = catalogue["success-without-teacher"].evaluate(cells=cells, n=n)
    assert Fraction(result.lower) <= exact <= Fraction(result.upper)


def _depth_functions(depth: int, variables: int) -> set[int]:
    """Truth tables, as bit masks over 2^variables points, of trees of that depth."""
    size = 1 << variables
    full = (1 << size) - 1
    columns = [sum(1 << x for x in range(size) if x >> i & 1) for i in range(variables)]
    found = {0, full}
    for _ in range(depth):
        found = found | {(c & a) | (full & ~c & b) for c in columns for a in found for b in found}
    return found


@pytest.mark.parametrize("depths", [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)])
def test_gap_between_shallow_trees_is_tight(depths: tuple[int, int]) -> None:
    variables = 3
    first, second = (_depth_functions(r, variables) for r in depths)
    least = min((a ^ b).bit_count() for a in first for b in second if a != b)
    gap = catalogue["gap-trees"].evaluate(depth=depths[0], other=depths[1])
    assert Fraction(gap.value) == Fraction(least, 2**variables)


@pytest.mark.parametrize(("variables", "depth"), [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2)])
def test_tree_functions_are_at_most_the_bound(variables: int, depth: int) -> None:
    count = len(_depth_functions(depth, variables))
    bound = catalogue["log-tree-functions"].evaluate(variables=variables, depth=depth)
    assert math.log(count) <= float(bound.upper)


def test_junta_pair_probability_over_all_functions_of_three_bits() -> None:
    points = list(itertools.product((0, 1), repeat=3))
    tight = set()
    for table in itertools.product((0, 1), repeat=8):
        f = dict(zip(points, table, strict=True))
        relevant = [
            i for i in range(3)
            if any(f[x] != f[(*x[:i], 1 - x[i], *x[i + 1 :])] for x in points)
        ]  # fmt: skip
        for size in range(len(relevant)):
            for known in itertools.combinations(relevant, size):
                same = [(x, y) for x in points for y in points if all(x[i] == y[i] for i in known)]
                differ = Fraction(sum(f[x] != f[y] for x, y in same), len(same))
                k, j = len(relevant), len(relevant) - size
                bound = catalogue["junta-pair-probability"].evaluate(relevant=k, missing=j)
                assert differ >= Fraction(bound.value)
                tight |= {(k, j)} if differ == Fraction(bound.value) else set()
    assert (2, 2) in tight or (1, 1) in tight


def test_composition_over_all_triples_of_functions() -> None:
    functions = range(16)
    for f, g, h in itertools.product(functions, repeat=3):
        fg, gh, fh = ((a ^ b).bit_count() for a, b in ((f, g), (g, h), (f, h)))
        assert fh <= fg + gh
    tight = catalogue["disagreement-triangle"].evaluate(first="1/4", second="1/4")
    assert Fraction(tight.value) == Fraction((0b0001 ^ 0b0010).bit_count(), 4)


def test_leaf_tails_over_all_points() -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        m = int(rng.integers(1, 7))
        a = [Fraction(int(x), 8) for x in rng.integers(-8, 9, m)]
        if not any(a):
            continue
        p = [Fraction(int(x), 10) for x in rng.integers(0, 11, m)]
        b = Fraction(int(rng.integers(1, 30)), 8)
        exact = Fraction(0)
        for x in itertools.product((-1, 1), repeat=m):
            weight = Fraction(1)
            for xi, pi in zip(x, p, strict=True):
                weight *= pi if xi == 1 else 1 - pi
            exact += weight * (b + sum(ai * xi for ai, xi in zip(a, x, strict=True)) <= 0)
        bound = catalogue["leaf-tail-product"].evaluate(offset=b, coefficients=a, probabilities=p)
        assert exact <= Fraction(bound.upper)
