"""Sandwiches about groups of two networks' classes, and about further groups: all is true.

It is compared with brute force (`tests.brute_sandwich`), which knows classes and no margins.
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
from tests.kernel import couple_cases as cases
from tests.kernel.sandwich_cases import sum_at
from tests.kernel.test_cases import (
    changed_one_by_one,
    drawn_again,
    draws_what_is_left,
    helpers_find_the_same,
)
from tests.kernel.test_groups import AGE, linear
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sandwich import changed
from tests.provers import matters
from tests.provers.matters import answer, random_cell
from verifier.kernel import checker, sandwich, stretches
from verifier.kernel.asked import PYTHON, ask
from verifier.kernel.ledger import Ledger
from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Constant, Neuron, Sandwich, Side, Sides, Split, Strip
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.question import truth as true_of
from verifier.model.smooth import Smooth
from verifier.provers.sandwiches import IDLE, propose

FEW = 12 if EVERY else 3
KINDS = "plain", "sides", "cases", "further"


def case(seed, kind=None):
    """A random question, a cell, and a Sandwich about it; None where nothing was proposed."""
    rng = np.random.default_rng([seed, 80])
    matter = cases.random_couple(rng, 150)
    asked, cell = ask(matter), random_cell(rng, matter.domain)
    return rng, matter, asked, cell, cases.proposed(rng, asked, cell, kind)


def every_class(matter, cell, models):
    """The points of a cell, and the classes of some models there."""
    found = [(p, matters.classes_at(matter, p)) for p in cell.points()]
    return [(p, tuple(classes[m] for m in models)) for p, classes in found]


def is_true(matter, held, step):
    """Whether what a Sandwich's strips and order, and those of further groups, say of classes holds
    at all points that are ``held`` with the classes there."""
    for own in (step, *step.further):
        for point, classes in held:
            inside = [own.ones >> k & 1 for k in classes]
            near = sum_at(matter, own, point)
            for strip, mine in zip(own.strips, inside, strict=True):
                if (near + strip.least > 0 and not mine) or (near + strip.most <= 0 and mine):
                    return False
            if (own.order & 1 and inside == [1, 0]) or (own.order & 2 and inside == [0, 1]):
                return False
    return True


def another(rng, step):
    """One number changed, of the step or a further one; or another group."""
    if step.further and rng.random() < 0.6:
        i, more = int(rng.integers(len(step.further))), list(step.further)
        more[i] = another(rng, more[i])
        return replace(step, further=tuple(more))
    if rng.random() < 0.25:
        return replace(step, ones=step.ones ^ 1 << int(rng.integers(5)), cases=None)
    return changed(rng, step)


@pytest.mark.parametrize("seed", seeds(range(120)))
def test_what_is_proposed_is_accepted_and_true(seed):
    rng, matter, asked, cell, step = case(seed)
    if step is None:
        return
    held = every_class(matter, cell, [strip.model for strip in step.strips])
    assert not sandwich.fault(asked, step)
    assert sandwich.refused(asked, [cell], [step]) == [""]
    assert is_true(matter, held, step)
    for _ in range(20 if EVERY else 8):
        other = another(rng, step)
        if not sandwich.fault(asked, other) and sandwich.refused(asked, [cell], [other]) == [""]:
            assert is_true(matter, held, other)


@pytest.mark.parametrize("seed", seeds(range(100)))
def test_as_much_is_claimed_as_is_shown_and_it_is_true(seed):
    """Without any slack, near forms of whole numbers, where margins of 0 are frequent; with the
    order that is shown."""
    _, matter, asked, cell, step = case(seed, kind=cases.PLAIN)
    if step is None:
        return
    held = every_class(matter, cell, [strip.model for strip in step.strips])
    form = np.round(np.array(step.form) / max(1, max(map(abs, step.form))) * 2)
    for again in (False, True):
        seen = []

        def near(first, _, again=again, seen=seen):
            zones = sandwich.within(first) if again else None
            seen.append(sandwich.shown(first, zones, form[None], np.array([0])))
            return seen[0]

        ends = sandwich.ends_of(asked, step.subjects, [cell], near)
        if ends.good[0]:
            each = ends.strips[0].tolist()
            strips = tuple(Strip(x.model, *own) for x, own in zip(step.strips, each, strict=True))
            exact = replace(
                step, strips=strips, form=tuple(map(int, form)), exponent=0, width=1,
                order=int(ends.order[0]),
            )  # fmt: skip
            if all(strip.least <= strip.most for strip in strips):
                assert sandwich.refused(asked, [cell], [exact])[0] == "" or not again
                assert is_true(matter, held, exact)


def counted(asked, cell, step):
    """What is counted of all parts of a cell together: points true, false, of how many."""
    (found,) = stretches.count(Ledger(asked, IDLE), [cell], [step])
    every = [own.points for _, own in found.shown]
    return tuple(sum(x) for x in zip(*every, strict=True)) or (0, 0, 0)


@pytest.mark.parametrize("seed", seeds(range(100)))
def test_what_is_counted_is_true(seed):
    """Also with numbers that were changed: what is accepted proves nothing false."""
    rng = np.random.default_rng([seed, 82])
    matter = cases.random_couple(rng, 150)
    step = cases.proposed(rng, ask(matter), full_cell(matter.domain))
    if step is None:
        return
    count, chance = answer(matter)
    for other in (step, *(another(rng, step) for _ in range(4))):
        try:
            verdict = checker.verify(matter, (other,))
        except InvalidProof:
            assert other is not step
            continue
        low, high = verdict.disagreements
        assert low <= count <= high and verdict.error[0] <= chance <= verdict.error[1]


def test_further_groups_show_more_and_what_each_adds_is_true():
    """Of the points where the first network's class is in a group so many are true, and false."""
    seen = Counter()
    for seed in range(120 if EVERY else 40):
        rng = np.random.default_rng([seed, 83])
        matter = cases.wide_couple(rng, one=seed % 3 == 0)
        asked, cell, models = ask(matter), full_cell(matter.domain), range(len(matter.models))
        classes = matter.models[0].classes
        step = cases.with_further(rng, asked, cell, list(models), classes, 512)
        if step is None or not step.further:
            continue
        points = [
            (p, own, true_of(matter.question, own)) for p, own in every_class(matter, cell, models)
        ]
        total, true, false = counted(asked, cell, step)
        assert total == len(points)
        assert true <= sum(own for *_, own in points) <= total - false
        alone = counted(asked, cell, replace(step, further=()))
        assert true >= alone[1] and false >= alone[2]
        seen["two", true + false > alone[1] + alone[2]] += len(step.strips) == 2
        seen["one", true + false > alone[1] + alone[2]] += len(step.strips) == 1
        for own in (step, *step.further):
            for kind, low, high in of_the_first(asked, own):
                for point, held, is_so in points:
                    near = sum_at(matter, own, point)
                    if (low is None or near > low) and (high is None or near <= high):
                        assert own.ones >> held[0] & 1 and is_so is kind
                        seen[kind] += 1
    assert min(seen["two", True], seen["one", True], seen[True], seen[False]) > 2, seen


def of_the_first(asked, step):
    """The stretches of a step's sum that are counted where the first network is in its group."""
    every = range(len(asked.names))
    table = stretches.all_truths(asked, step, lambda x: asked.truth(tuple(map(x.get, every))))
    return stretches.regions(step, stretches._first(table))


@pytest.fixture(scope="module", params=range(4), ids=KINDS)
def certificates(request):
    """The members of several certificates with Sandwiches of a kind."""
    return [cases.certificate(seed, request.param) for seed in range(2 * FEW)]


def test_brute_force_counts_the_same(certificates):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = Counter()
    for parts in certificates:
        matter, _ = judged(parts)
        nodes = [node for node in proof_of(matter, parts) if node.kind == SANDWICH]
        seen["groups"] += sum(node.argument >= 32 for node in nodes)
        seen["two"] += sum(node.argument % 2 for node in nodes)
    assert seen["groups"] >= 2 * FEW and seen["two"] >= FEW


@pytest.mark.parametrize("kind", list(sandwich_mutations.MUTATIONS)[:3])
def test_no_mutant_with_a_false_claim_is_accepted(kind, certificates, tmp_path):
    seen = sandwich_mutations.outcomes(kind, certificates, tmp_path / "mutant")
    assert not seen["FALSE"] and seen["refused"], seen


def test_numbers_changed_are_refused_or_true(certificates):
    seen = changed_one_by_one(certificates[:FEW])
    assert min(seen["refused"], seen["true"]) > FEW, seen


def test_helpers_find_the_same(monkeypatch, certificates):
    helpers_find_the_same(monkeypatch, certificates[0])


@pytest.mark.parametrize("seed", seeds(range(32)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 84])
    matter = cases.random_couple(rng)
    draws_what_is_left(matter, cases.random_proof(rng, matter, seed % 4))


def test_samples_beside_them_are_drawn_again():
    """By the second checker, which draws as if there were no further groups."""
    some = range(32 if EVERY else 12)
    assert len(list(drawn_again(cases.random_couple, cases.random_proof, some))) > 2


@pytest.mark.parametrize("kind", ["smooth", "continuous", "weights"])
def test_other_networks_and_domains(kind):
    """What is shown of two copies and all classes holds at the points, or where no point is listed
    at thousands of them."""
    seen = 0
    for seed in range(8):
        rng = np.random.default_rng([seed, 85])
        x = ordinal(
            "x", -3, 1, 7, ((3, Fraction(1, 4)), (4, Fraction(3, 4))) if kind == "weights" else None
        )
        if kind == "continuous":
            x = Continuous("x", Fraction(-3), (Run(600, Fraction(1, 100), Fraction(1)),))
        near = [ordinal(name, at, 1, 1) for name, at in (("a", 0), ("b", 1))]
        domain = Domain((x, ordinal("y", 0, 1, 5), *near))
        width, classes = 3, int(rng.integers(3, 6))
        first = Affine(0, rng.normal(size=(width, 3)) * [1, 1, 0.1], rng.normal(size=width))
        bend = Smooth(1, "tanh") if kind == "smooth" else Relu(1)
        last = Affine(2, rng.normal(size=(classes, width)), rng.normal(size=classes))
        network = Network(3, (first, bend, last))
        models = Bound("one", network, (0, 1, 2)), Bound("other", network, (0, 1, 3))
        matter = Matter(domain, models, Not(Same(0, 1)))
        asked, cell = ask(matter), full_cell(domain)
        steps = [propose(asked, [cell], [0, 1], bins=512, ones=1 << k)[0] for k in range(classes)]
        if None in steps:
            continue
        verdict = checker.verify(matter, (replace(steps[0], further=tuple(steps[1:])),))
        xs = np.linspace(-3, 3, 4001 if kind == "continuous" else 7)
        points = np.stack(np.meshgrid(xs, np.arange(5), indexing="ij"), -1).reshape(-1, 2)
        each = []
        for own in (0, 1):
            h = np.column_stack([points, np.full(len(points), own)]) @ first.weight.T + first.bias
            h = np.tanh(h) if kind == "smooth" else np.maximum(h, 0)
            each.append((h @ last.weight.T + last.bias).argmax(axis=1))
        weights = np.ones((len(xs), 5))
        if kind == "weights":
            weights[:3] *= 0.25 / 3 * 7
            weights[3:] *= 0.75 / 4 * 7
        share = ((each[0] != each[1]) * weights.ravel()).mean()
        slack = 1e-3 if kind == "continuous" else 1e-9
        assert verdict.error[0] - slack <= share <= verdict.error[1] + slack
        seen += verdict.error[1] < 1
    assert seen > 1


def ages(rows, biases, others=None, question=None, domain=None):
    """Two networks of linear logits of an age: two copies, or one with other biases."""
    domain = domain or Domain((AGE,))
    one = linear(rows, biases, domain=domain).models[0]
    other = one if others is None else linear(rows, others, domain=domain).models[0]
    models = replace(one, name="one"), replace(other, name="other")
    return Matter(domain, models, question or Not(Same(0, 1)))


ROWS, BIASES = [[0], [1], [0]], [0, -40, -1000]
"""Class 0 up to 40, where 1 begins; never 2. At 40 the first of two equal ones."""


def both(least, most, form=1, **more):
    """About both networks of ``ages``."""
    return Sandwich((Strip(0, least, most), Strip(1, least, most)), (form,), 0, 1, **more)


@pytest.mark.parametrize(
    ("ones", "ends", "form", "found"),
    [
        (0b010, (-40, -39), 1, (0, 41)),  # the tie is left open
        (0b010, (-40, -40), 1, "only -40 to -39 can be shown"),
        (0b101, (40, 41), -1, (0, 41)),  # of 0 and 2 it is open which
        (0b101, (40, 40), -1, "only 40 to 41 can be shown"),
        (0b001, (40, 41), -1, (0, 60)),  # and of 1 and 2
    ],
)
def test_a_tie_is_left_open(ones, ends, form, found):
    """Where margins are whole numbers, and each end of a strip is one; both tie at once."""
    matter, step = ages(ROWS, BIASES), both(*ends, form, ones=ones)
    if isinstance(found, str):
        with pytest.raises(InvalidProof, match=found):
            checker.verify(matter, (step,))
        return
    assert checker.verify(matter, (step,)).disagreements == found


@pytest.mark.parametrize("inward", [None, (0, 0), (0, 1), (1, 0), (1, 1)])
def test_each_networks_strip_is_strict(inward):
    """Of two networks with ties elsewhere, each end as near as it can be."""
    matter = ages(ROWS, BIASES, [0, -37, -1000])
    ends = [[-40, -39], [-37, -36]]
    if inward is None:
        step = Sandwich((Strip(0, *ends[0]), Strip(1, *ends[1])), (1,), 0, 1, ones=0b010)
        assert checker.verify(matter, (step,)).disagreements == (2, 41)
        return
    net, end = inward
    ends[net][end] += 1 - 2 * end
    ends[net] = sorted(ends[net])
    step = Sandwich((Strip(0, *ends[0]), Strip(1, *ends[1])), (1,), 0, 1, ones=0b010)
    with pytest.raises(InvalidProof, match=r"only -(40 to -39|37 to -36) can be shown"):
        checker.verify(matter, (step,))


@pytest.mark.parametrize(
    ("bias", "order"),
    [(0, 0), (1, 1), (-1, 2), (3, 1), (-3, 2)],
)
def test_an_order_of_groups_needs_a_difference_of_a_unit(bias, order):
    """At 0 a tie may fall either way: of two classes there is an order, of groups there is none."""
    matter = moved(bias)
    step = Sandwich(
        (Strip(0, -40, -39), Strip(1, -40 + bias, -39 + bias)), (1, 0, 0), 0, 1, ones=0b010
    )
    asked, cell = ask(matter), full_cell(matter.domain)
    for said in range(4):
        (why,) = sandwich.refused(asked, [cell], [replace(step, order=said)])
        assert (why == "") == (said & ~order == 0), (said, why)
        assert not why or f"of the order only {order} can be shown" in why


def moved(bias, question=None):
    """Two copies of which the second reads a number that is larger by ``bias``."""
    domain = Domain((AGE, ordinal("a", 0, 1, 1), ordinal("b", bias, 1, 1)))
    rows = np.array([[0.0, 0], [1, 1], [0, 0]])
    network = Network(2, (Affine(0, rows, np.array([0.0, -40, -1000])),))
    models = Bound("one", network, (0, 1)), Bound("other", network, (0, 2))
    return Matter(domain, models, question or Not(Same(0, 1)))


def test_an_order_where_margins_may_be_equal_would_prove_what_is_false(monkeypatch):
    """Of each network two logits tie: one margin is 0 in the group, the other outside of it."""
    domain = Domain((AGE, ordinal("a", 0, 1, 1), ordinal("b", 1, 1, 1)))
    rows, biases = np.array([[0.0, 0], [0, 1], [0, 2]]), np.array([0.0, 0, -1])
    network = Network(2, (Affine(0, rows, biases),))  # 0, 0, -1; and 0, 1, 1
    models = Bound("one", network, (0, 1)), Bound("other", network, (0, 2))
    inside = Any_((ClassIs(0, 0), ClassIs(0, 2)))
    question = All((inside, Not(ClassIs(1, 0)), Not(ClassIs(1, 2))))
    matter = Matter(domain, models, question)
    assert answer(matter)[0] == 100
    step = Sandwich((Strip(0, -1, 1), Strip(1, -1, 1)), (0, 0, 0), 0, 1, ones=0b101)
    assert checker.verify(matter, (step,)).disagreements == (0, 100)
    with pytest.raises(InvalidProof, match="of the order only 0 can be shown"):
        checker.verify(matter, (replace(step, order=1),))
    own = sandwich._tightened
    monkeypatch.setattr(sandwich, "_tightened", lambda *x: own(*x[:-1], 0))
    assert checker.verify(matter, (replace(step, order=1),)).disagreements == (0, 0)


@pytest.mark.parametrize("runs", [None, ((5, Fraction(1, 2)), (14, Fraction(1, 2)))])
@pytest.mark.parametrize("same", [False, True])
def test_further_groups_add_up(same, runs):
    """Of three classes each alone tells of the points where it is that of both networks."""
    domain = Domain((ordinal("x", -9, 1, 19, runs), ordinal("y", -9, 1, 19)))
    weight, bias = np.array([[2.0, 1], [-1, 2], [-1, -3]]), np.array([0.5, 0.0, 0.25])
    network = Network(2, (Affine(0, weight, bias),))
    models = tuple(Bound(x, network, (0, 1)) for x in "ab")
    matter = Matter(domain, models, Same(0, 1) if same else Not(Same(0, 1)))
    cell, asked = full_cell(domain), ask(matter)
    steps = [propose(asked, [cell], [0, 1], bins=512, ones=1 << k)[0] for k in range(3)]

    def told(*every):
        verdict = checker.verify(matter, (replace(every[0], further=every[1:]),))
        points, chance = verdict.disagreements, verdict.error
        if same:
            assert (points[1], chance[1]) == (cell.size, 1)
            return np.array([points[0], chance[0]])
        assert (points[0], chance[0]) == (0, 0)
        return np.array([cell.size - points[1], 1 - chance[1]])

    alone = [told(x) for x in steps]
    assert min(points for points, _ in alone) > 5
    assert all(told(*steps[:2]) == alone[0] + alone[1]) and all(told(*steps) == sum(alone))
    assert all(told(*steps[::-1]) == sum(alone))
    # of a group of several classes the step itself tells where both are in none
    (rest,) = propose(asked, [cell], [0, 1], bins=512, ones=0b011)
    assert all(told(rest) == alone[2]) or all(told(rest) > alone[2] / 2)
    assert all(told(rest, steps[2]) >= told(rest))


def test_a_further_group_that_cannot_be_counted_is_refused():
    """Whatever the others are."""
    fine = replace(ZERO, form=(-1 << 40,), exponent=40, strips=wide(40 << 40, 41 << 40))
    matter = ages(ROWS, BIASES)
    right = replace(fine, width=1 << 40)
    assert checker.verify(matter, (replace(PLAIN, further=(right,)),)).disagreements == (0, 1)
    for step in (replace(PLAIN, further=(fine,)), replace(fine, further=(PLAIN,))):
        with pytest.raises(InvalidProof, match="its sum has too many bins of width 1"):
            checker.verify(matter, (step,))


def wide(least, most):
    return Strip(0, least, most), Strip(1, least, most)


def test_steps_of_one_group_may_have_other_further_groups():
    """In cells that are looked at together."""
    far = replace(LAST, form=(0,)), ZERO
    for one, other in (far, far[::-1]):
        steps = replace(PLAIN, further=(one,)), replace(PLAIN, further=(other,))
        found = checker.verify(ages(ROWS, BIASES), (Split(0, 9), *steps)).disagreements
        assert found == (0, 11 if one.ones == 0b100 else 31)


def test_each_is_work():
    """As many plain ones take as long, by which cells are looked at together."""
    assert (PLAIN.work, replace(PLAIN, further=(OTHER, LAST)).work) == (1, 3)


def test_what_two_groups_have_in_common_would_be_counted_twice(monkeypatch):
    """So that they are refused; added up they would prove what is false."""
    matter = linear(ROWS, BIASES, ClassIs(0, 0))
    step = replace(ONE, further=(replace(ONE, ones=0b110),))
    with pytest.raises(InvalidProof, match="has further groups that have classes in common"):
        checker.verify(matter, (step,))
    monkeypatch.setattr(sandwich, "_fault_of_further", lambda *_: "")
    assert checker.verify(matter, (step,)).disagreements == (0, 0)  # twice 59 of 100
    assert answer(matter)[0] == 41


PLAIN = both(-40, -39, ones=0b010)
OTHER = both(-(10**4), 10**4, ones=0b001)
LAST = both(-(10**4), 10**4, ones=0b100)
ZERO = both(40, 41, -1, ones=0b001)
ONE = Sandwich((Strip(0, -40, -39),), (1,), 0, 1, ones=0b010)
SIDED = Sides(0, Side((1,), 1, -40), Side((1,), 1, -39))


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (replace(PLAIN, ones=0), 'is about network "one", which has more than two classes'),
        (replace(PLAIN, ones=0b111), 'no group of the classes of network "one"'),
        (replace(PLAIN, ones=0b1010), 'no group of the classes of network "one"'),
        (replace(PLAIN, order=4), "an order that there is not"),
        (replace(PLAIN, order=-1), "an order that there is not"),
        (replace(PLAIN, further=(PLAIN,)), "has further groups that have classes in common"),
        (replace(PLAIN, further=(OTHER, OTHER)), "groups that have classes in common"),
        (replace(PLAIN, further=(replace(OTHER, ones=0b110),)), "have classes in common"),
        (replace(PLAIN, further=(replace(OTHER, ones=0),)), "that have classes in common"),
        (replace(PLAIN, further=(OTHER, replace(LAST, ones=0))), "that have classes in common"),
        (replace(PLAIN, further=(replace(OTHER, ones=0b1001),)), "a further group that is about"),
        (replace(PLAIN, further=(replace(OTHER, form=(1, 0)),)), "further group that has a form"),
        (replace(PLAIN, further=(replace(OTHER, width=0),)), "further group that has an exponent"),
        (replace(PLAIN, further=(replace(OTHER, order=4),)), "further group that has an order"),
        (
            replace(PLAIN, further=(replace(ONE, ones=0b001),)),
            "has a further group of other networks",
        ),
        (
            replace(ONE, further=(replace(ONE, strips=(Strip(1, 0, 0),), ones=1),)),
            "has a further group of other networks",
        ),
        (
            replace(ONE, further=(replace(ONE, ones=1, beside=(Constant(0, 1),)),)),
            "has a further group with more than a sum",
        ),
        (
            replace(PLAIN, further=(replace(OTHER, sides=SIDED),)),
            "has a further group with more than a sum",
        ),
        (
            replace(PLAIN, further=(replace(OTHER, further=(LAST,)),)),
            "has a further group with more than a sum",
        ),
        (
            replace(PLAIN, further=(replace(OTHER, cases=Cases((Neuron(2, 0),), (OTHER, OTHER))),)),
            "has a further group with more than a sum",
        ),
        (
            replace(PLAIN, further=(OTHER,), sides=SIDED),
            "has both cases or sides and further groups",
        ),
        (
            replace(PLAIN, further=(OTHER,), cases=Cases((Neuron(2, 0),), (PLAIN, PLAIN))),
            "has both cases or sides and further groups",
        ),
        (
            replace(
                PLAIN,
                cases=Cases((Neuron(2, 0),), (PLAIN, replace(PLAIN, further=(OTHER,)))),
            ),
            "has a case that is no Sandwich of the same networks alone",
        ),
        (
            replace(PLAIN, further=(replace(OTHER, strips=PLAIN.strips),)),
            r"of the group with class 0 only .* can be shown",
        ),
        (
            replace(PLAIN, further=(OTHER, replace(LAST, strips=PLAIN.strips))),
            r"of the group with class 2 only .* can be shown",
        ),
        (
            replace(PLAIN, strips=both(-39, -39).strips, further=(OTHER,)),
            r"of the group with class 1 only -40 to -39 can be shown",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(step, why):
    with pytest.raises(InvalidProof, match=why):
        checker.verify(ages(ROWS, BIASES), (step,))


def test_what_is_right_is_not_refused():
    """So that each of the above is refused for its reason."""
    for step in (PLAIN, replace(PLAIN, further=(OTHER,)), replace(PLAIN, further=(OTHER, LAST))):
        assert checker.verify(ages(ROWS, BIASES), (step,)).disagreements == (0, 41)
    step = replace(ONE, further=(replace(ONE, strips=OTHER.strips[:1], ones=0b101),))
    matter = linear(ROWS, BIASES, ClassIs(0, 1))
    assert checker.verify(matter, (step,)).disagreements == (59, 60)
    low, high = checker.verify(matter, (Split(0, 40), step, step)).disagreements
    assert (low, high) == (59, 60)


def test_of_networks_with_other_numbers_of_classes():
    """A group is one of both: of those of the one with fewer classes."""
    domain = Domain((AGE,))
    one = linear(ROWS, BIASES, domain=domain).models[0]
    other = linear([*ROWS, [0]], [*BIASES, -2000], domain=domain).models[0]
    models = replace(one, name="three"), replace(other, name="four")
    for own in (models, models[::-1]):
        matter = Matter(domain, own, Not(Same(0, 1)))
        assert checker.verify(matter, (PLAIN,)).disagreements == (0, 41)
        for ones in (0b1000, 0b1010, 0b111):
            with pytest.raises(InvalidProof, match='no group of the classes of network "three"'):
                checker.verify(matter, (replace(PLAIN, ones=ones),))
        for order in (1, 2, 3):
            with pytest.raises(InvalidProof, match="margins of networks with other layers"):
                checker.verify(matter, (replace(PLAIN, order=order),))


def test_all_pairs_of_classes_are_paid_for():
    """However many a step's groups have, of each."""
    matter = ages([[k] for k in range(40)], [0] * 40)
    spent = []
    asked = ask(matter, spend=spent.append)
    step = both(-(10**6), 10**6, ones=1)
    for x in (step, replace(step, ones=0b111)):
        spent.clear()
        stretches.all_truths(asked, x, lambda _: None)
        assert sum(spent) >= 40 * 40 * PYTHON
    spent.clear()
    further = tuple(replace(step, ones=1 << k) for k in range(1, 5))
    sums = [step, replace(step, further=further)]
    each = []
    for x in sums:
        spent.clear()
        stretches.laid(Ledger(asked, IDLE), [full_cell(matter.domain)], [x])
        each.append(sum(spent))
    assert each[1] >= 5 * 40 * 40 * PYTHON > each[0]
