"""Sides of Sandwiches: what is counted of both is true, and no other number proves more.

All is compared with brute force (`tests.brute_sandwich`), which looks at every tuple.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tests.brute_proof import SANDWICH, judged, proof_of
from tests.certificates import sandwich_mutations
from tests.every import EVERY, seeds
from tests.kernel import sided_cases as cases
from tests.kernel.joint_cases import bent
from tests.kernel.neuron_cases import bent_copies
from tests.kernel.sandwich_cases import margin, sum_at
from tests.kernel.test_cases import (
    changed_one_by_one,
    drawn_again,
    draws_what_is_left,
    helpers_find_the_same,
)
from tests.kernel.test_joint_cases import heavy
from verifier.kernel import checker
from verifier.kernel.asked import ask
from verifier.kernel.sandwich import columns_read, refused
from verifier.kernel.strips import lines
from verifier.model.cell import full_cell
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Neuron, Side, Sides
from verifier.model.question import All, ClassIs, Not, Same
from verifier.provers.sandwiches import propose

FEW = 20 if EVERY else 4


@pytest.fixture(scope="module")
def members():
    """The members of several certificates."""
    return [cases.certificate(seed) for seed in range(3 * FEW)]


def test_brute_force_counts_the_same(members):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = Counter()
    for parts in members:
        matter, _ = judged(parts)
        nodes = [x for x in proof_of(matter, parts) if x.kind == SANDWICH and x.argument >= 24]
        seen.update(node.argument % 2 for node in nodes)
    assert min(seen[0], seen[1]) >= FEW


@pytest.mark.parametrize("kind", list(sandwich_mutations.MUTATIONS)[:3])
def test_no_mutant_with_a_false_claim_is_accepted(kind, members, tmp_path):
    seen = sandwich_mutations.outcomes(kind, members, tmp_path / "mutant")
    assert not seen["FALSE"] and seen["refused"], seen


def test_numbers_changed_are_refused_or_true(members):
    seen = changed_one_by_one(members[:FEW])
    assert min(seen["refused"], seen["true"]) > 3 * FEW


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_classes_are_those_of_the_points(seed):
    """What both sides count of a pair's classes is never more than there is of them."""
    rng = np.random.default_rng([seed, 53])
    matter = bent_copies(rng)
    both = All((ClassIs(0, 1), ClassIs(1, 1)))
    matter = replace(matter, models=matter.models[:2], question=both)
    try:
        verdict = checker.verify(matter, cases.random_proof(rng, matter))
    except InvalidProof as refusal:
        assert "can be shown" in str(refusal)
        return
    points = full_cell(matter.domain).points()
    true = sum(margin(matter, 0, x) > 0 and margin(matter, 1, x) > 0 for x in points)
    assert verdict.disagreements[0] <= true <= verdict.disagreements[1]


def test_they_tell_more_than_one_sum():
    """In many of what is drawn; and never less."""
    more = 0
    for seed in range(40 if EVERY else 12):
        rng = np.random.default_rng([seed, 9])
        matter = bent(rng) if seed % 3 else bent_copies(rng)
        asked = ask(matter)
        step = cases.with_sides(asked, full_cell(matter.domain), sorted(asked.nets), bins=512)
        (low, high), (least, most) = (
            checker.verify(matter, (x,)).disagreements for x in (step, replace(step, sides=None))
        )
        assert least <= low <= high <= most
        more += (low, high) != (least, most)
    assert more > 3


def test_closer_lines_of_two_networks_hold_at_every_point():
    """Both have the same slopes where both are open, and so differ by little."""
    alike = 0
    for seed in range(40 if EVERY else 12):
        rng = np.random.default_rng([seed, 46])
        matter = bent_copies(rng, apart=float(rng.choice([0.1, 1.0, 3.0])))
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0], asked.nets[1]]
        pair = lines(nets, columns_read(asked, nets), [cell]).closer_for_two()
        for point in cell.points():
            for model, own in enumerate(pair.closer):
                reads = matter.models[model].reads
                x = [float(n) for i in reads for n in matter.domain.variables[i].row(point[i])]
                found = own.a[0] @ (np.array(x) / np.exp2(nets[model].p.scales)) + own.constant[0]
                g, slack = float(margin(matter, model, point)), 1e-9 * (1 + np.abs(own.a).sum())
                assert (found <= np.array([g, -g]) + slack).all()
        one, other = (x.a / np.exp2(x.enclosed.p.scales) for x in pair.closer)
        alike += np.array_equal(one, other)
    assert alike > 8


def proposed(matter, models=(0,)):
    """A Sandwich of all of it, with sides."""
    step = cases.with_sides(ask(matter), full_cell(matter.domain), list(models), bins=512)
    assert step is not None
    return step


def changed(step, which, **numbers):
    """With other numbers of one side."""
    side = replace(getattr(step.sides, which), **numbers)
    return replace(step, sides=replace(step.sides, **{which: side}))


@pytest.mark.parametrize("which", ["one", "zero"])
@pytest.mark.parametrize("models", [(0,), (0, 1)])
def test_ends_are_accepted_up_to_one_place_and_are_true(models, which):
    """Moved inwards step by step; what is accepted is so at all points."""
    matter = heavy() if models == (0,) else bent_copies(np.random.default_rng(4))
    step, cell = proposed(matter, models), full_cell(matter.domain)
    side, way = getattr(step.sides, which), 1 if which == "one" else -1
    span = abs(step.sides.zero.end - step.sides.one.end) or 1 << 20
    ends = [side.end + way * by for by in range(0, 2 * span, max(1, span >> 6))]
    every = [changed(step, which, end=end) for end in ends]
    good = [not why for why in refused(ask(matter), [cell] * len(every), every)]
    assert good[0] and good == sorted(good, reverse=True) and not good[-1]
    for point in cell.points():
        s = sum_at(matter, side, point)
        ones = [margin(matter, model, point) > 0 for model in models]
        for end, fine in zip(ends, good, strict=True):
            if fine and which == "one":
                assert all(ones) or s <= -end
            elif fine:
                assert not any(ones) or s > -end


def nearly_linear(rng):
    """A network whose class is told by its strips in most of the domain."""
    matter = bent(rng)
    layers = matter.models[0].model.layers
    first, last = layers[0], layers[-1]
    first.bias[0] += 40
    first.weight[1:] *= 0.3
    margins = [float(margin(matter, 0, point)) for point in full_cell(matter.domain).points()]
    last.bias[-1:] -= np.quantile(margins, rng.choice([0.3, 0.5, 0.7]))
    return matter


def test_what_is_accepted_of_any_forms_is_true():
    """Of forms far from a margin, too, and of networks far from each other: at each end a point
    changes sides."""
    seen = Counter()
    for seed in range(60 if EVERY else 20):
        rng = np.random.default_rng([seed, 54])
        matter = nearly_linear(rng) if seed % 2 else bent_copies(rng, rng.choice([0.1, 3.0, 30.0]))
        models, cell = (0,) if seed % 2 else (0, 1), full_cell(matter.domain)
        step = cases.with_sides(ask(matter), cell, list(models), bins=512)
        classes = [[margin(matter, model, x) > 0 for model in models] for x in cell.points()]
        for which, klass in (("one", True), ("zero", False)):
            own = getattr(step.sides, str(rng.choice(["one", "zero"]))).form
            form = tuple(int(rng.choice([-1, 0, 1, 1, 2])) * n for n in own)
            side = replace(step.sides.one, form=form)
            sums = [sum_at(matter, side, x) for x in cell.points()]
            some = sorted({math.floor(s) for s in sums})[:: 1 + len(sums) // 16]
            ends = [by - s for s in some for by in (0, 1)]
            every = [changed(step, which, form=form, end=end) for end in ends]
            for end, why in zip(
                ends, refused(ask(matter), [cell] * len(every), every), strict=True
            ):
                told = [x for x, s in zip(classes, sums, strict=True) if (s > -end) == klass]
                right = all(own == klass for x in told for own in x)
                assert why or right
                seen[bool(why), right] += 1
    assert seen[False, True] > 30 and seen[True, False] > 30, seen


def with_cases(step):
    """With cases of one network beside the sides."""
    return replace(step, cases=Cases((Neuron(1, 0),), (step, step), step.strips * 2))


def finer(step):
    """The same in units of which a million are one."""
    one, zero = (
        Side(tuple(n << 20 for n in x.form), x.width << 20, x.end << 20)
        for x in (step.sides.one, step.sides.zero)
    )
    return replace(step, sides=Sides(step.sides.exponent + 20, one, zero))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_cases, "has both cases and sides"),
        (
            lambda x: replace(with_cases(x), sides=None),
            "no Sandwich of the same networks alone",
        ),
        (lambda x: changed(x, "one", width=0), "a side that has an exponent or a width"),
        (lambda x: changed(x, "zero", width=-1), "a side that has an exponent or a width"),
        (lambda x: replace(x, sides=replace(x.sides, exponent=1025)), "that has an exponent"),
        (lambda x: changed(x, "one", form=x.form[:1]), "a side that has a form that is not one"),
        (lambda x: changed(x, "zero", form=(0, 1 + (1 << 53))), "a form with integers above"),
        (lambda x: changed(finer(x), "one", width=1), "too many bins"),
        (lambda x: changed(finer(x), "zero", width=1), "too many bins"),
        (lambda x: changed(x, "one", end=x.sides.one.end + 1000), "of sides only"),
        (lambda x: changed(x, "zero", end=x.sides.zero.end - 1000), "of sides only"),
        (lambda x: changed(x, "one", form=(1 << 53, 1 << 53), end=1 << 60), "of sides only"),
    ],
)
def test_what_is_wrong_with_them_is_said(change, why):
    step = proposed(heavy())
    with pytest.raises(InvalidProof, match=why):
        checker.verify(heavy(), (change(step),))


def test_columns_that_a_network_does_not_read_are_in_no_side():
    matter = bent_copies(np.random.default_rng(4))
    step = proposed(matter, (0, 1))
    assert not step.sides.one.form[-1]
    form = (*step.sides.one.form[:-1], 1)
    with pytest.raises(InvalidProof, match="a side that has a form with a column that a network"):
        checker.verify(matter, (changed(step, "one", form=form),))


def test_networks_that_are_bounded_in_fixed_point_have_none():
    matter = heavy()
    first = Affine(0, np.array([[1.0, 1.0], [-1.0, 2.0]]), np.zeros(2))
    last = Affine(2, np.array([[-3.0, 1.0]]), np.array([1.0]))
    whole = Network(2, (first, Relu(1), last))
    other = replace(matter, models=(replace(matter.models[0], model=whole),))
    (step,) = propose(ask(other), [full_cell(other.domain)], [0], bins=512)
    with pytest.raises(InvalidProof, match="sides are shown in floats alone"):
        checker.verify(other, (replace(step, sides=proposed(matter).sides),))


def test_a_pair_with_unequal_shapes_has_sides():
    """Each network then has slopes of its own."""
    rng = np.random.default_rng(7)
    matter = bent_copies(rng)
    first, second = matter.models[:2]
    layers = second.model.layers
    more = Affine(len(layers), np.array([[1.25]]), np.array([0.001]))
    second = replace(second, model=Network(second.model.widths[0], (*layers, more)))
    matter = replace(matter, models=(first, second), question=Not(Same(0, 1)))
    step = proposed(matter, (0, 1))
    assert checker.verify(matter, (step,)).checked.cells == {"sandwich": 1}


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 42])
    matter = cases.random_sided(rng, 60)
    draws_what_is_left(matter, cases.random_proof(rng, matter))


def test_samples_beside_them_are_drawn_again():
    """What is drawn from is as if there were no sides."""
    some = range(24 if EVERY else 8)
    assert (
        len(list(drawn_again(lambda rng: cases.random_sided(rng, 60), cases.random_proof, some)))
        > 1
    )


def test_helpers_find_the_same(monkeypatch, members):
    helpers_find_the_same(monkeypatch, members[0])
