"""Cases of one network: what is counted of both sums is true, and no other number proves more.

All is compared with brute force (`tests.brute_sandwich`), which looks at every tuple.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute_proof import SANDWICH, judged, proof_of
from tests.certificates import sandwich_mutations
from tests.every import EVERY, seeds
from tests.kernel import joint_cases as cases
from tests.kernel.sandwich_cases import margin, sum_at
from tests.kernel.test_cases import (
    changed_one_by_one,
    drawn_again,
    draws_what_is_left,
    held_at,
    helpers_find_the_same,
    is_in,
)
from tests.kernel.test_ordinals import ordinal
from verifier.kernel import checker
from verifier.kernel.asked import ask
from verifier.kernel.cases import Case, all_over, in_cases
from verifier.kernel.sandwich import columns_read, refused
from verifier.kernel.strips import lines
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Neuron, Sandwich, Strip
from verifier.model.question import Bound, ClassIs, Matter
from verifier.provers.sandwiches import propose

FEW = 20 if EVERY else 4


@pytest.fixture(scope="module")
def members():
    """The members of several certificates."""
    return [cases.certificate(seed) for seed in range(2 * FEW)]


def test_brute_force_counts_the_same(members):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = 0
    for parts in members:
        matter, _ = judged(parts)
        seen += sum(node.argument // 8 for node in proof_of(matter, parts) if node.kind == SANDWICH)
    assert seen >= 2 * FEW


@pytest.mark.parametrize("kind", list(sandwich_mutations.MUTATIONS)[:3])
def test_no_mutant_with_a_false_claim_is_accepted(kind, members, tmp_path):
    seen = sandwich_mutations.outcomes(kind, members, tmp_path / "mutant")
    assert not seen["FALSE"] and seen["refused"], seen


def test_numbers_changed_are_refused_or_true(members):
    seen = changed_one_by_one(members[:FEW])
    assert min(seen["refused"], seen["true"]) > 3 * FEW


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_classes_are_those_of_the_points(seed):
    """Whatever the formula is: what both cases count of a class is never more than there is of it,
    often more than the sum alone shows, and never less than its strips say."""
    rng = np.random.default_rng([seed, 52])
    matter = cases.bent(rng)
    matter = replace(matter, models=matter.models[:1], question=ClassIs(0, 1))
    try:
        verdict = checker.verify(matter, cases.random_proof(rng, matter))
    except InvalidProof as refusal:
        assert "can be shown" in str(refusal)
        return
    points = full_cell(matter.domain).points()
    assert (
        verdict.disagreements[0]
        <= sum(margin(matter, 0, x) > 0 for x in points)
        <= verdict.disagreements[1]
    )


def test_they_tell_more_than_one_sum():
    """In about a third of what is drawn; and never less."""
    more = 0
    for seed in range(40 if EVERY else 15):
        rng = np.random.default_rng([seed, 9])
        matter = cases.random_joint(rng, 60)
        proof = cases.random_proof(rng, matter)
        plain = [replace(x, cases=None) if isinstance(x, Sandwich) else x for x in proof]
        (low, high), (least, most) = (
            checker.verify(matter, own).disagreements for own in (tuple(proof), tuple(plain))
        )
        assert least <= low <= high <= most
        more += (low, high) != (least, most)
    assert more > 2


def test_lines_hold_at_the_points_of_a_case_and_everywhere():
    """What is enclosed in a case is so at its points; forms all over the cell at all of them."""
    seen = Counter()
    for seed in range(60 if EVERY else 20):
        rng = np.random.default_rng([seed, 44])
        matter = cases.bent(rng)
        matter = replace(matter, models=matter.models[:1], question=ClassIs(0, 1))
        asked, cell = ask(matter), full_cell(matter.domain)
        net = asked.nets[0]
        first = lines([net], columns_read(asked, [net]), [cell])
        neuron = Neuron(1, 0) if rng.random() < 0.5 else cases.neurons_of(net.p.teacher)[-1]
        both = [Case(0, (neuron,), signs) for signs in (0, 1)]
        pair, none = in_cases(first, both)
        over = all_over(first, both).lines[0]
        for point in cell.points():
            (nodes,) = held_at(matter, point)
            x = np.array([float(n) for n in nodes[0]])
            forms = over.a @ (x / np.exp2(net.p.scales)) + over.constant
            g = float(margin(matter, 0, point))
            slack = 1e-9 * (1 + np.abs(over.a).sum())
            assert (forms <= np.array([g, -g]) + slack).all()
            for signs in (0, 1):
                if is_in(nodes, (neuron,), signs):
                    assert not none[signs]
                    held = pair.lines[0].enclosed.cells
                    for node in range(1, len(nodes)):
                        every = nodes[node], held.low[node][signs], held.high[node][signs]
                        ends = zip(*(list(map(Fraction, own)) for own in every), strict=True)
                        assert all(low <= n <= high for n, low, high in ends)
                    seen["points"] += 1
    assert seen["points"] > 400


def heavy():
    """A network of which one neuron, 1.1 x - 0.7, matters most, beside another."""
    first = Affine(0, np.array([[1.1, 0.1], [-0.3, 0.2]]), np.array([-0.7, 0.05]))
    network = Network(2, (first, Relu(1), Affine(2, np.array([[-3.0, 0.7]]), np.array([1.23]))))
    domain = Domain((ordinal("x", -3, 1, 8), ordinal("y", 0, 1, 5)))
    return Matter(domain, (Bound("net", network, (0, 1)),), ClassIs(0, 1))


def test_the_slope_at_the_neuron_is_that_of_the_case():
    """So both forms differ by what the neuron adds where it is above 0, -3 (1.1 x + 0.1 y)."""
    net = ask(heavy()).nets[0]
    first = lines([net], columns_read(ask(heavy()), [net]), [full_cell(heavy().domain)])
    over = all_over(first, [Case(0, (Neuron(1, 0),), signs) for signs in (0, 1)]).lines[0]
    apart = (over.a[1] - over.a[0]) / np.exp2(net.p.scales)
    assert np.allclose(apart, [[-3.3, -0.3], [3.3, 0.3]])


def proposed(cell=None):
    matter = heavy()
    cell = cell or full_cell(matter.domain)
    step = cases.with_cases(ask(matter), cell, 0, Neuron(1, 0), bins=512)
    assert step is not None
    return step


def with_ends(step, where, ends):
    """With another strip in a case, or all over the cell."""
    place, signs = where
    strip = Strip(0, *ends)
    if place == "everywhere":
        every = list(step.cases.everywhere)
        every[signs] = strip
        return replace(step, cases=replace(step.cases, everywhere=tuple(every)))
    every = list(step.cases.steps)
    every[signs] = replace(every[signs], strips=(strip,))
    return replace(step, cases=replace(step.cases, steps=tuple(every)))


@pytest.mark.parametrize("signs", [0, 1])
@pytest.mark.parametrize("place", ["case", "everywhere"])
@pytest.mark.parametrize("end", ["least", "most"])
def test_ends_are_accepted_up_to_one_place_and_are_true(place, signs, end):
    """Moved inwards step by step; what is accepted is so at all points that it speaks of."""
    matter, step = heavy(), proposed()
    own = step.cases.steps[signs]
    strip = step.cases.everywhere[signs] if place == "everywhere" else own.strips[0]
    way = 1 if end == "least" else -1
    span = strip.most - strip.least
    moved = [
        replace(strip, **{end: getattr(strip, end) + way * by})
        for by in range(0, span + 1, max(1, span >> 7))
    ]
    every = [with_ends(step, (place, signs), (x.least, x.most)) for x in moved]
    cell = full_cell(matter.domain)
    good = [not why for why in refused(ask(matter), [cell] * len(every), every)]
    assert good[0] and good == sorted(good, reverse=True) and not good[-1]
    for point in cell.points():
        (nodes,) = held_at(matter, point)
        if place == "everywhere" or is_in(nodes, step.cases.neurons, signs):
            s, g = sum_at(matter, own, point), margin(matter, 0, point)
            for x, fine in zip(moved, good, strict=True):
                if fine:
                    assert g > 0 or s <= -x.least
                    assert g <= 0 or s > -x.most


def test_a_case_of_no_point_may_say_anything_but_not_everywhere():
    """In the cell with x > 1 the neuron is above 0."""
    right = full_cell(heavy().domain).split(0, 4)[1]
    step = proposed(right)
    wrong = with_ends(step, ("case", 0), (1 << 40, 1 << 40))
    lies = with_ends(step, ("everywhere", 0), (1 << 40, 1 << 40))
    asked = ask(heavy())
    assert refused(asked, [right], [wrong]) == [""]
    where_it_has = with_ends(proposed(), ("case", 0), (1 << 40, 1 << 40))
    assert "in case 0 only" in refused(asked, [full_cell(heavy().domain)], [where_it_has])[0]
    assert "with case 0 only" in refused(asked, [right], [lies])[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda x: replace(x, everywhere=()), "not all over the cell a strip for each case"),
        (lambda x: replace(x, everywhere=x.everywhere[:1]), "a strip for each case"),
        (lambda x: replace(x, everywhere=(Strip(1, -9, 9),) * 2), "a strip for each case"),
        (lambda x: replace(x, everywhere=(Strip(0, 9, -9),) * 2), "the wrong way round"),
        (lambda x: replace(x, steps=x.steps[:1]), "not each of them"),
        (
            lambda x: Cases((Neuron(1, 0), Neuron(1, 1)), 2 * x.steps, 2 * x.everywhere),
            "more than networks",
        ),
        (lambda x: replace(x, neurons=(Neuron(1, 2),)), "no neurons before a ReLU"),
        (lambda x: replace(x, neurons=(Neuron(2, 0),)), "no neurons before a ReLU"),
        (lambda x: replace(x, neurons=(Neuron(1, 1),)), "can be shown"),
        (lambda x: replace(x, steps=x.steps[::-1]), "can be shown"),
        (lambda x: replace(x, everywhere=x.everywhere[::-1]), "can be shown"),
        (
            lambda x: replace(x, steps=(replace(x.steps[0], order=1), x.steps[1])),
            "has a case that has an order that there is not",
        ),
        (
            lambda x: replace(x, steps=(replace(x.steps[0], cases=x), x.steps[1])),
            "no Sandwich of the same networks alone",
        ),
        (
            lambda x: replace(x, steps=tuple(replace(y, width=1) for y in x.steps)),
            "too many bins",
        ),
    ],
)
def test_what_is_wrong_with_them_is_said(change, why):
    step = proposed()
    with pytest.raises(InvalidProof, match=why):
        checker.verify(heavy(), (replace(step, cases=change(step.cases)),))


def test_networks_that_are_bounded_in_fixed_point_have_none():
    matter = heavy()
    whole = Network(
        2,
        (
            Affine(0, np.array([[1.0, 1.0], [-1.0, 2.0]]), np.zeros(2)),
            Relu(1),
            Affine(2, np.array([[-3.0, 1.0]]), np.array([1.0])),
        ),
    )
    other = replace(matter, models=(replace(matter.models[0], model=whole),))
    (step,) = propose(ask(other), [full_cell(other.domain)], [0], bins=512)
    with pytest.raises(InvalidProof, match="cases are shown in floats alone"):
        checker.verify(other, (replace(step, cases=proposed().cases),))


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 42])
    matter = cases.random_joint(rng, 60)
    draws_what_is_left(matter, cases.random_proof(rng, matter))


def test_samples_beside_them_are_drawn_again():
    """What is drawn from is as if there were no cases."""
    some = range(24 if EVERY else 8)
    assert len(list(drawn_again(cases.bent, cases.random_proof, some))) > 1


def test_helpers_find_the_same(monkeypatch, members):
    helpers_find_the_same(monkeypatch, members[0])
