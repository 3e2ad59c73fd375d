"""Sandwiches: strips hold at every point, and what is counted by one linear sum is true."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.every import EVERY, seeds
from tests.kernel.sandwich_cases import margin, random_sandwich_matter, sum_at
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_questions import above
from tests.provers.matters import answer, random_cell
from verifier.kernel import checker, judging, sandwich, stretches, sums
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, TooMuch
from verifier.model.limits import WORK
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Open, Sandwich, Split, Strip
from verifier.model.question import Bound, ClassIs, Matter, Not, Same
from verifier.provers.sandwiches import propose

SEEDS = seeds(range(80))


def case(seed, *, whole=False):
    """A random question, a cell, and a Sandwich about it; None where nothing was proposed."""
    rng = np.random.default_rng(seed)
    matter = random_sandwich_matter(rng)
    asked = ask(matter)
    nets = sorted(asked.nets)
    models = nets if rng.random() < 0.8 else nets[:1]
    cell = full_cell(matter.domain) if whole else random_cell(rng, matter.domain)
    bins = int(rng.choice([1, 3, 20, 512]))
    (step,) = propose(asked, [cell], models, bins=bins, again=bool(seed % 2))
    return rng, matter, asked, cell, step


def is_true(matter, cell, step):
    """Whether what a Sandwich's strips and order say of classes holds at every tuple of a cell."""
    for point in cell.points():
        margins = [margin(matter, strip.model, point) for strip in step.strips]
        near = sum_at(matter, step, point)
        for strip, g in zip(step.strips, margins, strict=True):
            if (near + strip.least > 0 and g <= 0) or (near + strip.most <= 0 and g > 0):
                return False
        if (step.order & 1 and margins[0] > 0 >= margins[1]) or (
            step.order & 2 and margins[1] > 0 >= margins[0]
        ):
            return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_proposed_is_accepted_and_true(seed):
    _, matter, asked, cell, step = case(seed)
    if step is not None:
        assert not sandwich.fault(asked, step)
        assert sandwich.refused(asked, [cell], [step]) == [""]
        assert is_true(matter, cell, step)


def changed(rng, step):
    """A Sandwich with one number changed."""
    kind = int(rng.integers(6))
    i = int(rng.integers(len(step.strips)))
    strip = step.strips[i]
    wide = strip.most - strip.least
    by = int(rng.integers(1, 4)) * max(1, wide >> int(rng.integers(12)))
    strips = list(step.strips)
    if kind == 0:
        strips[i] = replace(strip, least=min(strip.least + by, strip.most))
    elif kind == 1:
        strips[i] = replace(strip, most=max(strip.most - by, strip.least))
    elif kind == 2:
        form = list(step.form)
        form[int(rng.integers(len(form)))] += int(rng.choice([-1, 1])) * by
        return replace(step, form=tuple(form))
    elif kind == 3:
        return replace(step, exponent=max(0, step.exponent + int(rng.choice([-1, 1]))))
    elif kind == 4:
        return replace(step, width=max(1, step.width + int(rng.choice([-1, 1, by]))))
    else:
        return replace(step, order=int(rng.integers(4)))
    return replace(step, strips=tuple(strips))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_one_is_refused_or_true(seed):
    rng, matter, asked, cell, step = case(seed)
    if step is None:
        return
    for _ in range(20 if EVERY else 10):
        other = changed(rng, step)
        if not sandwich.fault(asked, other) and sandwich.refused(asked, [cell], [other]) == [""]:
            assert is_true(matter, cell, other)


@pytest.mark.parametrize("seed", seeds(range(1000, 1080)))
def test_what_is_counted_is_true(seed):
    """Also with bins and strips that were changed: what is accepted proves nothing false."""
    rng, matter, _, _, step = case(seed, whole=True)
    if step is None:
        return
    count, chance = answer(matter)
    for other in (step, *(changed(rng, step) for _ in range(4))):
        try:
            verdict = checker.verify(matter, (other,))
        except InvalidProof:
            assert other is not step
            continue
        assert verdict.checked.cells == {"sandwich": 1}
        low, high = verdict.disagreements
        assert low <= count <= high and verdict.error[0] <= chance <= verdict.error[1]
        assert verdict.float32.points_not_shown <= verdict.domain_size


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_among_other_cells(seed):
    """In a cell beside another, in threads, in pieces and one by one: the same."""
    rng = np.random.default_rng(seed)
    matter = random_sandwich_matter(rng)
    asked = ask(matter)
    whole = full_cell(matter.domain)
    free = [i for i, part in enumerate(whole.parts) if matter.domain.variables[i].count > 1]
    if not free:
        return
    index = int(rng.choice(free))
    left = 0 if isinstance(whole.parts[index], range) else 1
    cells = whole.split(index, left)
    both = propose(asked, cells, [0], again=True)
    for one, cell in zip(both, cells, strict=True):  # but for the rounding of other cells' numbers
        (alone,) = propose(asked, [cell], [0], again=True)
        assert (one is None) == (alone is None)
        assert one is None or one.form == alone.form
    proof = (Split(index, left), *(Open() if step is None else step for step in both))
    verdict = checker.verify(matter, proof)
    count, chance = answer(matter)
    assert verdict.disagreements[0] <= count <= verdict.disagreements[1]
    assert verdict.error[0] <= chance <= verdict.error[1]
    again = checker.verify(matter, proof, threads=2)
    assert again.leaves == verdict.leaves and again.error == verdict.error


AGE = ordinal("age", 0, 1, 100)


def older(bound=40):
    return Matter(Domain((AGE,)), (above(bound, (0,)),), ClassIs(0, 1))


def test_a_linear_network_is_counted_exactly():
    proof = (Sandwich((Strip(0, -40, -40),), (1,), 0, 1),)
    verdict = checker.verify(older(), proof)
    assert verdict.disagreements == (59, 59)
    assert verdict.float32.points_not_shown == 100


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (Sandwich((Strip(0, -39, -39),), (1,), 0, 1), "step 1 claims strips where everything"),
        (Sandwich((Strip(0, -40, -40),), (2,), 0, 1), "only -139 to -40 can be shown"),
        (Sandwich((Strip(0, -40, -40),), (1,), 1, 1), "only -80 to 19 can be shown"),
        (Sandwich((Strip(1, 0, 0),), (1,), 0, 1), "speaks of model 1, which is no network"),
        (Sandwich((), (1,), 0, 1), "does not speak of one network, or of two in order"),
        (Sandwich((Strip(0, -40, -40),), (1, 0), 0, 1), "not one of the domain's columns"),
        (Sandwich((Strip(0, -40, -41),), (1,), 0, 1), "ends are the wrong way round"),
        (Sandwich((Strip(0, -40, -40),), (1,), 0, 0), "an exponent or a width"),
        (Sandwich((Strip(0, -40, -40),), (1,), 1025, 1), "an exponent or a width"),
        (Sandwich((Strip(0, -40, -40),), (1,), 0, 1, 1), "an order that there is not"),
        (Sandwich((Strip(0, -40, -40),), (1 << 60,), 0, 1), "integers above"),
        (Sandwich((Strip(0, -40 << 50, -40 << 50),), (1 << 50,), 50, 1), "too many bins"),
    ],
)
def test_what_does_not_hold_is_refused(step, complaint):
    with pytest.raises(InvalidProof, match=complaint):
        checker.verify(older(), (step,))


def test_the_largest_numbers_are_counted():
    for exponent in (0, 20, 43):
        least = -40 << exponent
        step = Sandwich((Strip(0, least, least),), (1 << exponent,), exponent, 1 << exponent)
        assert checker.verify(older(), (step,)).disagreements == (59, 59)


def test_a_network_of_three_classes_has_none():
    rng = np.random.default_rng(0)
    while True:
        matter = random_sandwich_matter(rng)
        network = matter.models[0].model
        if network.outputs == 2:
            break
    wide = replace(
        network.layers[-1],
        weight=np.repeat(network.layers[-1].weight[:1], 3, axis=0),
        bias=np.repeat(network.layers[-1].bias[:1], 3),
    )
    other = replace(network, layers=(*network.layers[:-1], wide))
    models = (replace(matter.models[0], model=other),)
    columns = matter.domain.columns
    step = Sandwich((Strip(0, 0, 0),), (0,) * columns, 0, 1)
    with pytest.raises(InvalidProof, match="more than two classes"):
        checker.verify(Matter(matter.domain, models, ClassIs(0, 1)), (step,))


def test_a_column_that_one_network_does_not_read_is_refused():
    domain = Domain((AGE, ordinal("other", 0, 1, 100)))
    models = above(40, (0,), "one"), above(40, (1,), "two")
    matter = Matter(domain, models, Not(Same(0, 1)))
    strips = Strip(0, -40, 60), Strip(1, -40, 60)
    assert checker.verify(matter, (Sandwich(strips, (0, 0), 0, 1),)).disagreements == (0, 10_000)
    with pytest.raises(InvalidProof, match="a column that a network does not read"):
        checker.verify(matter, (Sandwich(strips, (1, 0), 0, 1),))


def pair(bound=40):
    """Two networks that look at an age: one adds a number that the other does not."""
    domain = Domain((AGE, ordinal("x", 0, 1, 1), ordinal("y", 3, 1, 1)))
    models = (
        above(bound, (0, 1), "one", columns=2),
        above(bound, (0, 2), "two", columns=2),
    )
    return Matter(domain, models, Not(Same(0, 1)))


def test_of_two_copies_the_order_matters():
    """threshold() looks at its first column alone: the copies are the same."""
    strips = Strip(0, -45, -40), Strip(1, -45, -40)
    loose = checker.verify(pair(), (Sandwich(strips, (1, 0, 0), 0, 1),))
    both = checker.verify(pair(), (Sandwich(strips, (1, 0, 0), 0, 1, 3),))
    assert loose.disagreements == (0, 5) and both.disagreements == (0, 0)


@pytest.mark.parametrize("seed", seeds(range(120)))
def test_sums_are_enclosed(seed, monkeypatch):
    """How much is above a threshold, of points and of weights, against all points."""
    monkeypatch.setattr(sums, "SPARSE", [1, 16][seed % 2])  # products, or sums of shifted ones
    rng = np.random.default_rng(seed)
    matter = random_sandwich_matter(rng, 200)
    domain = matter.domain
    cell = random_cell(rng, domain)
    form = rng.integers(-9, 10, domain.columns).tolist()
    width = int(rng.choice([1, 2, 3, 7, 40]))
    for part, leaf in domain.parts(cell):
        x = sums.binned(domain, part, form, width)
        rows = [domain.encode(point) for point in part.points()]
        every = [sum(n * y for n, y in zip(form, row, strict=True)) for row in rows]
        chances = domain.distributions(leaf)
        weigh = [
            int(np.prod([c.weight_at(v) for c, v in zip(chances, point, strict=True)]))
            for point in part.points()
        ]
        for t in {-50, -3, 0, 1, 2, 30, *(int(s) for s in every[:3])}:
            sure, possible = x.least_bins(t)
            for total, chosen, amounts in (
                (len(every), None, [1] * len(every)),
                (sum(weigh), chances, weigh),
            ):
                truth = sum(n for s, n in zip(every, amounts, strict=True) if s > t)
                found = sums.above(x, total, (sure, possible), lambda n: None, lambda: None, chosen)
                assert found[sure] <= truth <= found[possible]
                if width == 1 and domain.denominator == 1:
                    assert found[sure] == found[possible]


def test_a_range_is_never_listed():
    """2^31 numbers, each in a bin of thousands of them."""
    many = Ordinal("many", Fraction(0), Fraction(1), 1 << 31, uniform(1 << 31))
    matter = Matter(Domain((many,)), (above(1 << 30, (0,)),), ClassIs(0, 1))
    least = -(1 << 30)
    verdict = checker.verify(matter, (Sandwich((Strip(0, least, least),), (1,), 0, 5000),))
    low, high = verdict.disagreements
    assert low <= (1 << 30) - 1 <= high <= low + 10_000


def test_work_is_counted(monkeypatch):
    many = Domain(tuple(ordinal(f"x{i}", 0, 1, 1000) for i in range(9)))
    network = Network(9, (Affine(0, np.ones((1, 9)), np.array([-4000.0])),))
    matter = Matter(many, (Bound("sum", network, tuple(range(9))),), ClassIs(0, 1))
    proof = (Sandwich((Strip(0, -4000, -4000),), (1,) * 9, 0, 1),)
    low, high = checker.verify(matter, proof).disagreements
    assert low == high
    monkeypatch.setenv(WORK, "20M")
    with pytest.raises(TooMuch):
        checker.verify(matter, proof)


def test_what_is_refused_is_open_where_that_is_asked_for():
    proof = (Split(0, 49), Sandwich((Strip(0, -39, -39),), (1,), 0, 1), Open())
    verdict = checker.verify(older(), proof, lenient=True)
    assert verdict.checked.refused == (1,) and verdict.disagreements == (0, 100)


def test_stretches_of_a_pair():
    """Two classes known of two networks: where they differ for sure, where they cannot."""
    step = Sandwich((Strip(0, 0, 10), Strip(1, 5, 20)), (1,), 0, 1, 0)

    def differ(classes):
        return classes[0] != classes[1]

    def known(classes):
        every = [classes.get(m) for m in (0, 1)]
        return None if None in every else differ(every)

    table = stretches.all_truths(ask(pair()), step, known)
    assert stretches.regions(step, table) == [
        (False, None, -20),
        (False, 0, None),
    ]
    apart = replace(step, strips=(Strip(0, 0, 1), Strip(1, 8, 9)), order=1)
    assert stretches.regions(apart, table) == [
        (False, None, -9),
        (True, -8, -1),
        (False, 0, None),
    ]


def test_the_bins_do_not_depend_on_small_cells(monkeypatch):
    """A Sandwich is never evaluated instead: it proves what its sum proves."""
    monkeypatch.setattr(judging, "UPHOLD", 0)
    proof = (Sandwich((Strip(0, -45, -40),), (1,), 0, 1),)
    assert checker.verify(older(), proof).disagreements == (54, 59)


def test_every_pair_of_thresholds_is_ordered_right():
    """Of one network, all strips: the intervals are those of the numbers themselves."""
    for least, most in product(range(-60, -20, 7), repeat=2):
        if least <= -40 <= most:
            proof = (Sandwich((Strip(0, least, most),), (1,), 0, 1),)
            assert checker.verify(older(), proof).disagreements == (99 + least, 99 + most)


def bent(at):
    """A ReLU of an age, less 10."""
    layers = (
        Affine(0, np.ones((1, 1)), np.array([-float(at)])),
        Relu(1),
        Affine(2, np.ones((1, 1)), np.array([-10.0])),
    )
    return Matter(Domain((AGE,)), (Bound("bent", Network(1, layers), (0,)),), ClassIs(0, 1))


@pytest.mark.parametrize(
    ("at", "form", "least", "most", "counted"),
    [
        (50, 0, -10, 40, (0, 100)),  # relu(z) >= 0, where z is oftener below 0
        (50, 0, -9, 40, None),
        (50, 0, -10, 38, None),
        (40, 1, -50, -9, (49, 90)),  # relu(z) >= z, where it is oftener above
        (40, 1, -49, -9, None),
        (40, 1, -50, -10, None),
    ],
)
def test_of_one_network_each_side_has_lines_of_its_own(at, form, least, most, counted):
    """Lines of one slope, 49 / 99 or 59 / 99, leave more room below."""
    step = Sandwich((Strip(0, least, most),), (form,), 0, 1)
    if counted is None:
        with pytest.raises(InvalidProof, match="can be shown"):
            checker.verify(bent(at), (step,))
        return
    assert checker.verify(bent(at), (step,)).disagreements == counted


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_what_both_lines_show_holds(seed, monkeypatch):
    """Without the closer lines nothing is shown that was not, and some strips are narrower."""
    _, _, asked, cell, step = case(seed)
    if step is None or len(step.strips) > 1:
        return
    monkeypatch.setattr(sandwich, "_both", lambda one, other: one)
    alone = sandwich.ends_of(asked, step.subjects, [cell], given(step))
    monkeypatch.undo()
    both = sandwich.ends_of(asked, step.subjects, [cell], given(step))
    if alone.good[0]:
        assert both.good[0]
        assert both.strips[0, 0, 0] >= alone.strips[0, 0, 0]
        assert both.strips[0, 0, 1] <= alone.strips[0, 0, 1]


def given(step):
    """A Sandwich's sum, as ``ends_of`` asks for it."""
    sums, e = np.array([step.form], dtype=np.float64), np.array([step.exponent])
    return lambda first, own: sandwich.shown(first, None, sums[own], e[own])


def test_of_two_proofs_what_is_shown_counts():
    """The closer ends of both where both show a strip, and those of the one that does."""
    strips = np.array([[[-5, 5]]] * 4), np.array([[[-4, 7]]] * 4)
    good = np.array([True, True, False, False]), np.array([True, False, True, False])
    order = np.zeros(4, dtype=np.int64)
    one, other = (sandwich.Ends(x, order, own) for x, own in zip(strips, good, strict=True))
    for found in (sandwich._both(one, other), sandwich._both(other, one)):
        assert found.good.tolist() == [True, True, True, False]
        assert found.strips[:3, 0].tolist() == [[-4, 5], [-5, 5], [-4, 7]]


@pytest.mark.parametrize("large", [0, 2**70], ids=["machine integers", "Python's"])
@pytest.mark.parametrize("shift", [-1200, -1100, -70, -3, -1, 0, 1, 3])
def test_ends_of_strips_are_the_next_whole_units_outward(shift, large):
    """A number is at least the first, and at most the second of what is found."""
    whole = [large + 5, -large - 5, large + 8, -large - 8, 0]
    low = np.array([[n, -n] for n in whole], dtype=np.float64)
    found = sandwich._outward(low, np.full(len(low), shift))
    assert (found.dtype == object) == ((large > 0 and shift > -70) or shift < -1000)
    for (n, _), (least, most) in zip(low.tolist(), found.tolist(), strict=True):
        exact = Fraction(n) * Fraction(2) ** shift
        assert least <= exact <= most and least > exact - 1 and most < exact + 1
