"""Continuous variables: pieces, cuts, densities; the file's form; cutting more finely."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.brute_intervals import random_continuous, random_variables
from verifier.formats.intervals import cut, divided, ready, recut, refined
from verifier.model.cell import Cell
from verifier.model.chances import Runs
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.json_nouns import domain_from_json
from verifier.reading.json_text import parse
from verifier.writing.json_nouns import domain_to_json
from verifier.writing.json_text import dump

F = Fraction
SEEDS = range(30)


def dose(*runs):
    return Continuous("dose", F(0), tuple(Run(n, F(x), F(p)) for n, x, p in runs))


TWO = dose((2, 1, F(1, 4)), (4, 2, F(3, 4)))
"""0 to 2 in 2 pieces, 2 to 10 in 4."""


def test_pieces_cuts_and_numbers():
    assert [TWO.cut(k) for k in range(7)] == [0, 1, 2, 4, 6, 8, 10]
    assert [TWO.number(k) for k in range(6)] == [1, 2, 4, 6, 8, 10]
    assert (TWO.count, TWO.first, TWO.last, TWO.whole) == (6, 0, 10, range(6))
    assert TWO.hull(1, 3) == (1, 6)
    assert TWO.probabilities == (F(1, 8),) * 2 + (F(3, 16),) * 4
    assert TWO.label(0) == "1" and TWO.index("4") == 2 and TWO.index("3") is None
    assert [TWO.cut_at(F(x)) for x in (-1, 0, 1, 3, 10, 11)] == [None, 0, 1, None, 6, None]
    pieces = [TWO.piece_of(F(x)) for x in ("0", "1/2", "1", "2", "3", "10", "11")]
    assert pieces == [None, 0, 0, 1, 2, 5, None]
    assert [TWO.up_to(F(x)) for x in (-1, 0, 1, 2, 10, 11)] == [
        *(range(0), range(0), range(1), range(2), range(6), range(6))
    ]
    assert TWO.up_to(F(3)) is None
    assert TWO.longest(range(2)) == 1 and TWO.longest(range(1, 3)) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_by_index_are_those_of_a_list(seed):
    v = random_continuous(random.Random(seed), "x")
    cuts = [v.first]
    for run in v.runs:
        cuts += [cuts[-1] + (k + 1) * run.length for k in range(run.pieces)]
    assert [v.cut(k) for k in range(v.count + 1)] == cuts
    domain = Domain((v,))
    d = domain.denominator
    assert list(domain.integer_encoding[0]) == [(x * d,) for x in cuts[1:]]
    for k, x in enumerate(cuts):
        assert v.cut_at(x) == k and v.up_to(x) == range(k)
        if k:
            middle = (cuts[k - 1] + x) / 2
            assert v.piece_of(middle) == v.piece_of(x) == k - 1 and v.up_to(middle) is None
    assert sum(v.probabilities) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_where_any_number_lies_is_as_the_list_of_cuts_says(seed):
    rng = random.Random(seed)
    v = random_continuous(rng, "x")
    cuts = [v.cut(k) for k in range(v.count + 1)]
    near = [x + F(rng.choice((-1, 1)), rng.randrange(1, 10**9)) for x in cuts]
    far = [F(rng.randrange(-500, 500), rng.randrange(1, 60)) for _ in range(50)]
    for x in (*cuts, *near, *far):
        below = sum(c < x for c in cuts)
        assert v.piece_of(x) == (below - 1 if 0 < below < len(cuts) else None)
        assert v.cut_at(x) == (cuts.index(x) if x in cuts else None)


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ((), "without pieces"),
        (((0, 1, 1),), "length above 0"),
        (((1, 0, 1),), "length above 0"),
        (((1, 1, F(1, 2)),), "sum not to 1"),
        (((1, 1, 2), (1, 1, -1)), "negative"),
        ((((1 << 62) + 1, 1, 1),), "2\\^62"),
        (((1, F(1, 3**9000), 1),), "too many digits"),
    ],
)
def test_what_is_no_interval(runs, why):
    with pytest.raises(DomainError, match=why):
        dose(*runs)


def random_given(rng, domain):
    """A tree that tests the first variable, with distributions of its own."""
    v = domain.variables[0]
    if v.count < 2:
        return domain
    at = rng.randrange(1, v.count)
    leaves = []
    for part in (range(at), range(at, v.count)):
        chances = [None] * len(domain.variables)
        if isinstance(v, Continuous):
            middle = rng.choice(range(part.start, part.stop))
            shares = v.shares(v.cut(part.start), v.cut(part.stop), F(1))
            if middle > part.start:
                low, high = v.cut(part.start), v.cut(part.stop)
                shares = [
                    *v.shares(low, v.cut(middle), F(1, 3)),
                    *v.shares(v.cut(middle), high, F(2, 3)),
                ]
            chances[0] = Runs(part.start, tuple(shares))
        else:
            chances[0] = Runs(part.start, ((len(part), F(1)),))
        leaves.append(GivenLeaf(F(1, 2), tuple(chances)))
    return Domain(domain.variables, Given((GivenTest(0, range(at), 1, 2), *leaves)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_domain_is_read_back_as_it_was_written(seed):
    rng = random.Random(seed)
    domain = random_given(rng, Domain(random_variables(rng, 2)))
    raw = dump(domain_to_json(domain))
    read = domain_from_json(parse(raw, DomainError))
    assert read.variables == domain.variables and dump(domain_to_json(read)) == raw
    for point in [tuple(rng.randrange(v.count) for v in domain.variables) for _ in range(50)]:
        assert read.probability(point) == domain.probability(point)


@pytest.mark.parametrize("seed", SEEDS)
def test_finer_cuts_change_no_probability(seed):
    rng = random.Random(seed)
    domain = random_given(rng, Domain(random_variables(rng, 2)))
    numbers = {
        i: [v.first + (v.last - v.first) * F(rng.randrange(-2, 13), 10) for _ in range(4)]
        for i, v in enumerate(domain.variables)
        if isinstance(v, Continuous)
    }
    fine = refined(domain, numbers)
    for i, some in numbers.items():
        v = fine.variables[i]
        assert all(v.cut_at(x) is not None for x in some if v.first < x < v.last)
    for _ in range(20):  # boxes between cuts of the coarse one
        coarse_parts, fine_parts = [], []
        for v, w in zip(domain.variables, fine.variables, strict=True):
            a, b = sorted(rng.sample(range(v.count + 1), 2))
            coarse_parts.append(range(a, b))
            ends = (a, b)
            if isinstance(v, Continuous):
                ends = w.cut_at(v.cut(a)), w.cut_at(v.cut(b))
            fine_parts.append(range(*ends))
        measures = [
            F(d.measure(Cell(tuple(parts)))[1], d.total_weight)
            for d, parts in ((domain, coarse_parts), (fine, fine_parts))
        ]
        assert measures[0] == measures[1]


def test_what_a_proof_is_made_over():
    tree = Tree((Inner(0, F(1, 3), 1, 2), Leaf(0), Leaf(1)))
    v = ready(Domain((dose((1, 2, F(1, 4)), (1, 8, F(3, 4))),)), [(tree, (0,))]).variables[0]
    assert {0, F(1, 3), 2, 10} < set(v.breaks)
    assert v.cut_at(F(1, 3)) is not None
    assert max(run.length for run in v.runs) == F(1, 5000) and 50_000 <= v.count <= 50_002
    assert all(v.number(k) * 5000 % 1 == 0 for k in range(2000, 50_000, 99))
    assert divided(v) is v  # whoever has chosen pieces keeps them
    assert cut(v, [F(0), F(10), F(-1), F(11), F(2)]) is v
    ends = [v.cut_at(x) for x in (F(0), F(1, 3), F(2), F(10))]
    shares = [v.chances.weight_of(range(*pair)) for pair in pairwise(ends)]
    assert [F(x, v.chances.denominator) for x in shares] == [F(1, 24), F(5, 24), F(3, 4)]


@pytest.mark.parametrize("seed", SEEDS)
def test_divided_intervals_are_the_same_distribution(seed):
    rng = random.Random(seed)
    v = random_continuous(rng, "x", 1)
    fine = divided(v, rng.choice((1, 2, 7, 300)))
    assert (fine.first, fine.last) == (v.first, v.last)
    for k in range(v.count + 1):
        assert fine.cut_at(v.cut(k)) is not None
    for k in range(v.count):
        ends = fine.cut_at(v.cut(k)), fine.cut_at(v.cut(k + 1))
        share = F(fine.chances.weight_of(range(*ends)), fine.chances.denominator)
        assert share == v.probabilities[k]
    assert sum(fine.probabilities) == 1


def test_a_leaf_says_nothing_of_pieces_of_different_lengths_at_once():
    chances = Runs(0, ((6, F(1)),))
    with pytest.raises(DomainError, match="different lengths"):
        Domain((TWO,), Given((GivenLeaf(F(1), (chances,)),)))


def test_recutting_with_what_is_the_same_is_nothing():
    domain = Domain((TWO,))
    assert recut(domain, {0: TWO}) is domain
