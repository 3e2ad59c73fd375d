"""The kernel on ensembles: random domains and trees, against every point by itself."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import random_domain, random_ensemble, random_tree, reached
from verifier.kernel import areas, checker, ledger
from verifier.kernel.areas import areas_of, members_of
from verifier.kernel.asked import ask
from verifier.kernel.ensembles import forest_of
from verifier.kernel.prepared import parts_of
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.ensemble import ARITHMETICS, Ensemble, Member, Score
from verifier.model.errors import EnsembleError, InvalidProof
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.overlay import no_charge
from verifier.model.part import size, values
from verifier.model.proof import Constant, Enumerated, Open, Several, Split, Tail, Trusted
from verifier.model.question import All, Bound, ClassIs, Matter, Not, Same, differ
from verifier.model.tree import Inner
from verifier.model.variable import Variable


def cases(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        arithmetic = ARITHMETICS[seed % 3]
        yield seed, rng, domain, random_ensemble(rng, arithmetic, domain.columns)


def some_cells(rng, domain, count):
    """Random parts of cells: subsets and ranges that are not empty."""
    for _ in range(count):
        parts = []
        for v in domain.variables:
            if isinstance(v.whole, int):
                mask = rng.randrange(1, v.whole + 1) & rng.choice((v.whole, rng.getrandbits(8)))
                parts.append(mask or 1)
            else:
                start = rng.randrange(v.count)
                parts.append(range(start, rng.randrange(start, v.count) + 1))
        yield Cell(tuple(parts))


def test_areas_part_the_domain_and_hold_what_reaches_their_leaf():
    for seed, _, domain, ensemble in cases(range(60)):
        whole = full_cell(domain)
        for member, tree in zip(ensemble.members, members_of(ensemble, domain), strict=True):
            areas = areas_of(tree, no_charge, 1000)
            for point in whole.points():
                own = [
                    a
                    for a in areas
                    if all(v in values(a.box.get(i, whole.parts[i])) for i, v in enumerate(point))
                ]
                assert [a.node for a in own] == [member.leaf_at(domain.encode(point))], seed


def test_a_ladder_has_one_area_a_leaf():
    """A test for a set of values of one column is one area, whatever the ladder's length."""
    nodes: list[Inner | Score] = []
    for i in range(10):
        nodes.append(Inner(0, Fraction(i), 11 - i % 2, i + 1 if i < 9 else 11))
    ladder = reached([*nodes, Score(()), Score(((0, 1.0),))])
    rows = tuple((Fraction(i),) for i in range(10))
    domain = Domain((Variable("x", tuple("abcdefghij"), rows, (Fraction(1, 10),) * 10),))
    ensemble = Ensemble(1, 1, (ladder,), (0.0,), "exact", 0.5)
    (tree,) = members_of(ensemble, domain)
    areas = areas_of(tree, no_charge, 2)
    assert sorted(size(a.box[0]) for a in areas) == [5, 5]
    with pytest.raises(EnsembleError, match="too many leaves"):
        areas_of(tree, no_charge, 1)


def test_what_the_rule_shows_is_true_and_of_a_point_it_shows_all():
    shown = missed = 0
    for seed, rng, domain, ensemble in cases(range(120)):
        every = tuple(range(len(domain.variables)))
        forest = forest_of(ensemble, domain, every, True)
        cells = list(some_cells(rng, domain, 25))
        truth = [{ensemble.class_at(domain.encode(p)) for p in c.points()} for c in cells]
        for klass in range(ensemble.classes):
            found = forest.shows(parts_of(cells), np.full(len(cells), klass))
            for cell, own, yes in zip(cells, truth, found.tolist(), strict=True):
                assert not yes or own == {klass}, (seed, cell)
                assert yes or own != {klass} or cell.size > 1, (seed, cell)
                shown += yes
                missed += own == {klass} and not yes
    assert shown > 20 * missed


@pytest.mark.parametrize("few", [False, True])
def test_what_is_shown_of_variables_of_many_values_is_true(few):
    """More than an int64 has bits for: also of cells that have the first few of them alone."""
    shown, count = 0, 70
    rows = tuple((Fraction(i - 35, 16),) for i in range(count))
    for seed in range(60):
        rng = random.Random(seed)
        many = Variable("x", tuple(map(str, range(count))), rows, (Fraction(1, count),) * count)
        domain = Domain((many, *bits(1).variables))
        ensemble = random_ensemble(rng, ARITHMETICS[seed % 3], 2)
        forest = forest_of(ensemble, domain, range(2), True)
        cells = []
        for _ in range(25):
            start = rng.randrange(8) if few else rng.randrange(count)
            stop = rng.randrange(start, min(start + 20, count)) + 1
            cells.append(Cell(((1 << stop) - (1 << start), rng.randrange(1, 4))))
        if not few:  # what one mask is held as, all are
            cells[0] = full_cell(domain)
        truth = [{ensemble.class_at(domain.encode(p)) for p in c.points()} for c in cells]
        for klass in range(ensemble.classes):
            found = forest.shows(parts_of(cells), np.full(len(cells), klass)).tolist()
            assert all(own == {klass} for own, yes in zip(truth, found, strict=True) if yes), seed
            shown += sum(found)
    assert shown > 400


@pytest.mark.parametrize("arithmetic", ["float32", "float64"])
@pytest.mark.parametrize("count", [1, 2, 6, 40])
def test_what_is_ahead_tree_by_tree_may_be_rounded_away(arithmetic, count):
    """Half a last place is added again and again, and rounds to nothing: scores tie."""
    big = 2.0**24 if arithmetic == "float32" else 2.0**53
    members = (Member((Score(((0, big), (1, big))),)), *[Member((Score(((1, 1.0),)),))] * count)
    ensemble = Ensemble(1, 2, members, (0.0, 0.0), arithmetic)
    assert ensemble.class_at([Fraction(0)]) == 0
    assert _shown_of_all(ensemble) == [True, False]


@pytest.mark.parametrize("arithmetic", ["float32", "float64"])
@pytest.mark.parametrize("divisor", [1.0, 1024.0])
def test_what_is_ahead_tree_by_tree_may_be_nothing_to_a_softmax(arithmetic, divisor):
    """Scores differ, by more than they may be off, and their softmaxes do not."""
    ahead = divisor * (2.0**-26 if arithmetic == "float32" else 2.0**-55)
    members = (Member((Score(((1, ahead),)),)),)
    ensemble = Ensemble(1, 2, members, (0.0, 0.0), arithmetic, None, divisor, link="softmax")
    assert ensemble.class_at([Fraction(0)]) == 0
    assert _shown_of_all(ensemble) == [True, False]
    assert _shown_of_all(replace(ensemble, link="")) == [False, True]


def _shown_of_all(ensemble):
    """Which classes are shown, of all points of one bit."""
    forest, cell = forest_of(ensemble, bits(1), (0,), True), full_cell(bits(1))
    every = range(ensemble.classes)
    return [bool(forest.shows(parts_of([cell]), np.array([k]))[0]) for k in every]


def test_points_are_evaluated_as_the_model_says():
    for seed, _, domain, ensemble in cases(range(60)):
        forest = forest_of(ensemble, domain, range(len(domain.variables)), True)
        points = list(full_cell(domain).points())
        wanted = [ensemble.class_at(domain.encode(p)) for p in points]
        assert forest.classes_at(np.array(points)).tolist() == wanted, seed


def random_proof(rng, domain, depth=3):
    """Splits, with what a Step could say of their cells."""

    def grow(cell, left):
        free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
        if not left or not free or rng.random() < 0.2:
            return [(None, cell)]
        i = rng.choice(free)
        own = values(cell.parts[i])
        if isinstance(cell.parts[i], range):
            cut = rng.choice(own[:-1])
        else:
            cut = sum(1 << v for v in rng.sample(own, rng.randrange(1, len(own))))
        halves = cell.split(i, cut)
        return [(Split(i, cut), None), *grow(halves[0], left - 1), *grow(halves[1], left - 1)]

    return grow(full_cell(domain), depth)


def test_verdicts_hold_the_truth():
    kinds = set()
    for seed, rng, domain, ensemble in cases(range(150)):
        reads = tuple(range(len(domain.variables)))
        tree = random_tree(rng, domain.columns, ensemble.classes)
        second = random_ensemble(rng, "float32", domain.columns)
        question = rng.choice((differ(), Not(Same(0, 2)), All((ClassIs(0, 1), Not(Same(0, 1))))))
        models = [Bound("a", ensemble, reads), Bound("t", tree, reads)]
        if question == Not(Same(0, 2)):
            models[1:] = [Bound("b", second, reads)]
            question = differ()
        matter = Matter(domain, tuple(models), question)
        truth, weight = 0, 0
        answers = {}
        for point in full_cell(domain).points():
            row = domain.encode(point)
            answers[point] = tuple(m.model.class_at(row) for m in models)
        for point, own in answers.items():
            if (
                domain.possible(point)
                and own[0] != own[1]
                and (question == differ() or own[0] == 1)
            ):
                truth, weight = truth + 1, weight + domain.weight(point)
        nodes, whole = [], True
        about = [i for i, m in enumerate(models) if isinstance(m.model, Ensemble)]
        for node, cell in random_proof(rng, domain):
            if node is not None:
                nodes.append(node)
                continue
            says = []
            for i in about:
                own = {answers[p][i] for p in cell.points()}
                if len(own) == 1:
                    says.append(Constant(own.pop(), i))
            if len(says) == len(about) or (says and rng.random() < 0.5):
                nodes.append(says[0] if len(says) == 1 else Several(tuple(says)))
                whole = whole and len(says) == len(about)
            else:
                nodes.append(rng.choice((Open(), Enumerated())))
        verdict = checker.verify(matter, nodes)
        low, high = verdict.disagreements
        assert low <= truth <= high, seed
        chance = Fraction(weight, domain.total_weight)
        assert verdict.error[0] <= chance <= verdict.error[1], seed
        if whole and not any(isinstance(n, Open) for n in nodes):
            assert low == high and verdict.error[0] == verdict.error[1], seed
        kinds |= {type(n) for n in nodes}
    assert kinds >= {Split, Constant, Several, Open, Enumerated}


def test_false_steps_are_refused():
    refused = 0
    for seed, rng, domain, ensemble in cases(range(60)):
        reads = tuple(range(len(domain.variables)))
        tree = random_tree(rng, domain.columns, ensemble.classes)
        matter = Matter(domain, (Bound("a", ensemble, reads), Bound("t", tree, reads)), differ())
        classes = {ensemble.class_at(domain.encode(p)) for p in full_cell(domain).points()}
        for klass in range(ensemble.classes):
            if classes != {klass}:
                with pytest.raises(InvalidProof, match="step 1 claims class"):
                    checker.verify(matter, [Constant(klass)])
                refused += 1
        assert seed >= 0
    assert refused > 30


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (Tail(2, Fraction(1, 2)), "names class 2, which the teacher lacks"),
        (Constant(2), "names class 2, which the teacher lacks"),
        (Constant(0, 1), "speaks of model 1"),
        (Trusted(0, "z3"), "it is not"),
    ],
)
def test_steps_that_cannot_be(step, says):
    stump = Member((Inner(0, Fraction(0), 1, 2), Score(()), Score(((0, 1.0),))))
    ensemble = Ensemble(1, 1, (stump,), (0.0,), "float32", 0.5)
    tree = random_tree(random.Random(0), 1, 2)
    matter = Matter(bits(1), (Bound("a", ensemble, (0,)), Bound("t", tree, (0,))), differ())
    with pytest.raises(InvalidProof, match=says):
        checker.verify(matter, [step])


def test_float32_is_shown_where_no_sum_can_be_rounded():
    tree = random_tree(random.Random(0), 1, 2)
    for arithmetic, value, firm in (
        ("float32", 0.25, True),
        ("float64", 0.25, True),
        ("float64", 0.1, False),
        ("exact", 0.25, True),
        ("exact", 0.1, False),
    ):
        stump = Member((Inner(0, Fraction(0), 1, 2), Score(()), Score(((0, value),))))
        ensemble = Ensemble(1, 1, (stump,), (0.0,), arithmetic, 0.125)
        matter = Matter(bits(1), (Bound("a", ensemble, (0,)), Bound("t", tree, (0,))), differ())
        verdict = checker.verify(matter, [Enumerated()])
        assert verdict.float32.is_shown is firm
        assert cell_weight(bits(1), full_cell(bits(1))) == 2


STUMP = Member((Inner(0, Fraction(0), 1, 2), Score(()), Score(((0, 0.25),))))
FIRM = Ensemble(1, 1, (STUMP,), (0.0,), "float32", 0.125)
TWO = Ensemble(1, 2, (STUMP,), (0.0, 0.5), "float32")


@pytest.mark.parametrize(
    ("ensemble", "number", "firm"),
    [
        (FIRM, Fraction(1), True),
        (TWO, Fraction(1), True),
        (FIRM, Fraction(1, 3), False),
        (replace(FIRM, threshold=0.1), Fraction(1), False),
        (replace(FIRM, divisor=3.0), Fraction(1), False),
        (replace(FIRM, factor=0.75), Fraction(1), False),
        (replace(FIRM, start=(2.0**30,)), Fraction(1), False),
        (replace(TWO, link="softmax"), Fraction(1), False),
    ],
)
def test_float32_is_not_shown_where_something_else_may_be_rounded(ensemble, number, firm):
    """An input, a threshold, a quotient, a product, a sum or a softmax; whoever shows the class."""
    half = (Fraction(1, 2),) * 2
    domain = Domain((Variable("x", ("no", "yes"), ((Fraction(0),), (number,)), half),))
    matter = Matter(domain, (Bound("a", ensemble, (0,)),), ClassIs(0, 1))
    said = [Constant(int(own[0])) for own in ask(matter).exact_classes([(0,), (1,)])[0]]
    for proof in ([Enumerated()], [Split(0, 1), *said]):
        assert checker.verify(matter, proof).float32.is_shown is firm


def deep(rng, tests, columns):
    """A tree of so many tests and one leaf more, of numbers 0 to 39 in each column."""
    nodes, waiting = [None], [0]
    while (len(nodes) - 1) // 2 < tests:
        at = waiting.pop(rng.randrange(len(waiting)))
        below = len(nodes), len(nodes) + 1
        threshold = Fraction(rng.randrange(39)) + Fraction(1, 2)
        nodes[at] = Inner(rng.randrange(columns), threshold, *below)
        nodes += [None, None]
        waiting += below
    return Member(tuple(x or Score(((0, float(rng.randrange(-9, 9))),)) for x in nodes))


@pytest.mark.parametrize("most", [areas.MOST_BITS, 0])
def test_points_reach_the_leaves_that_walks_do_however_many_there_are(monkeypatch, most):
    """By their bits, of one word or some a tree, or by walks where these take too much memory."""
    monkeypatch.setattr(areas, "MOST_BITS", most)
    monkeypatch.setattr(areas, "NUMBERS", 1 << 12)  # few values at a time
    rng = random.Random(5)
    members = tuple(deep(rng, tests, 2) for tests in (0, 1, 63, 64, 200, 127))
    ensemble = Ensemble(2, 1, members, (0.0,), "float64", 0.5)
    chance = (Fraction(1, 40),) * 40
    listed = Variable(
        "a", tuple(map(str, range(40))), tuple((Fraction(x),) for x in range(40)), chance
    )
    domain = Domain((listed, Ordinal("b", Fraction(0), Fraction(1), 40, uniform(40))))
    forest = forest_of(ensemble, domain, (0, 1), True)
    assert (forest.leaves is None) == (not most)
    points = np.array(list(full_cell(domain).points()))
    wanted = [ensemble.class_at(domain.encode(x)) for x in points.tolist()]
    assert 0 < sum(wanted) < len(wanted)
    assert forest.classes_at(points).tolist() == wanted
    assert forest.classes_at(points[:0]).tolist() == []


def test_an_ensemble_of_no_trees_has_one_class():
    forest = forest_of(Ensemble(1, 1, (), (1.0,), "float32", 0.5), bits(1), (0,), True)
    assert forest.classes_at(np.array([[0], [1]])).tolist() == [1, 1]


def test_large_cells_are_counted_as_small_ones(monkeypatch):
    """All points of a cell, many at a time or few, or point by point: the same verdict."""
    for seed, rng, domain, ensemble in cases(range(40)):
        reads = tuple(range(len(domain.variables)))
        some = tuple(sorted(rng.sample(reads, rng.randrange(1, len(reads) + 1))))
        columns = sum(domain.variables[i].columns for i in some)
        other = random_ensemble(rng, "float32", columns)
        tree = random_tree(rng, domain.columns, ensemble.classes)
        models = Bound("a", ensemble, reads), Bound("b", other, some[::-1]), Bound("t", tree, reads)
        question = Not(All((Same(0, 1), Same(0, 2))))
        matter = Matter(domain, models, question)
        verdicts = []
        for least, block in ((1, 1 << 8), (1, 5), (1 << 20, 5)):
            monkeypatch.setattr(ledger, "least", lambda _, least=least: least)
            monkeypatch.setattr(areas, "BLOCK", block)
            found = checker.verify(matter, [Enumerated()])
            verdicts.append((found.disagreements, found.error, found.counterexamples))
        assert verdicts[0] == verdicts[1] == verdicts[2], seed
