"""Sandwiches about groups of a network's classes: what they say and count is true at every point.

All is compared with brute force (`tests.brute_sandwich`), which knows classes and no margins.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests import brute
from tests.brute_proof import SANDWICH, judged, proof_of
from tests.certificates import sandwich_mutations
from tests.every import EVERY, seeds
from tests.kernel import group_cases as cases
from tests.kernel.sandwich_cases import sum_at
from tests.kernel.test_cases import (
    changed_one_by_one,
    drawn_again,
    draws_what_is_left,
    helpers_find_the_same,
)
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sandwich import changed
from tests.provers.matters import answer, random_cell
from verifier.kernel import asked as asking
from verifier.kernel import checker, remaining, sandwich, stretches
from verifier.kernel.asked import ask
from verifier.kernel.pieces import Piece
from verifier.kernel.population import population
from verifier.kernel.strips import lines
from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, TooMuch
from verifier.model.grouped import MOST, grouped, is_group, members
from verifier.model.limits import WORK
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Constant, Neuron, Sandwich, Split, Strip
from verifier.model.question import Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.question import truth as true_of
from verifier.model.smooth import Smooth
from verifier.provers.sandwiches import propose

FEW = 12 if EVERY else 3
KINDS = "plain", "sides", "cases"


def classes_at(network, x):
    """The logits, and the class: of several equally large ones the first."""
    logits = brute.logits(network, x)
    return logits, logits.index(max(logits))


@pytest.mark.parametrize("classes", range(3, 8))
def test_the_logit_is_the_difference_of_two_maxima(classes):
    """At all points, for all groups; many logits are equal."""
    rng, ties = np.random.default_rng([classes, 1]), Counter()
    equal = Network(2, (Affine(0, np.ones((classes, 2)), np.ones(classes)),))
    for network in (equal, *(cases.random_network(rng, 2, classes, x) for x in (True, False))):
        points = [[Fraction(a), Fraction(b)] for a in range(-2, 3) for b in range(-2, 3)]
        every = [(x, classes_at(network, x)) for x in points]
        for ones in range(1, (1 << classes) - 1):
            found, (others, own) = grouped(network, ones), members(ones, classes)
            assert found.outputs == 1 and sorted((*others, *own)) == list(range(classes))
            for x, (logits, klass) in every[:: 1 if EVERY or classes < 6 else 5]:
                (g,) = brute.logits(found, x)
                assert g == max(logits[k] for k in own) - max(logits[k] for k in others)
                assert (ones >> klass & 1) == (klass in own)
                assert g > 0 or klass in others or g == 0
                assert g < 0 or klass in own or g == 0
                ties[g == 0, klass in own] += 1
    assert ties[True, True] and ties[True, False]  # a tie falls to either side


def test_what_is_no_group():
    assert [ones for ones in range(-2, 10) if is_group(ones, 3)] == [1, 2, 3, 4, 5, 6]
    assert not is_group(1, 2) and not is_group(1, 1)
    assert is_group(1, MOST) and not is_group(1, MOST + 1)


def case(seed, kind=None):
    """A random question, a cell, and a Sandwich about it; None where nothing was proposed."""
    rng = np.random.default_rng([seed, 70])
    matter = cases.random_grouped(rng, 150)
    asked, cell = ask(matter), random_cell(rng, matter.domain)
    return rng, matter, asked, cell, cases.proposed(rng, asked, cell, kind)


def is_true(matter, cell, step):
    """Whether what a Sandwich's strip says of classes holds at every tuple of a cell."""
    (strip,) = step.strips
    bound = matter.models[strip.model]
    for point in cell.points():
        x = [n for i in bound.reads for n in matter.domain.variables[i].row(point[i])]
        inside = step.ones >> classes_at(bound.model, x)[1] & 1
        near = sum_at(matter, step, point)
        if (near + strip.least > 0 and not inside) or (near + strip.most <= 0 and inside):
            return False
    return True


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_what_is_proposed_is_accepted_and_true(seed):
    rng, matter, asked, cell, step = case(seed)
    if step is None:
        return
    assert not sandwich.fault(asked, step)
    assert sandwich.refused(asked, [cell], [step]) == [""]
    assert is_true(matter, cell, step)
    for _ in range(20 if EVERY else 8):
        other = changed(rng, step)
        if rng.random() < 0.3:
            other = replace(other, ones=other.ones ^ 1 << int(rng.integers(7)), cases=None)
        if not sandwich.fault(asked, other) and sandwich.refused(asked, [cell], [other]) == [""]:
            assert is_true(matter, cell, other)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_as_much_is_claimed_as_is_shown_and_it_is_true(seed):
    """Without any slack, near forms of whole numbers, where margins of 0 are frequent."""
    _, matter, asked, cell, step = case(seed, kind=0)
    if step is None:
        return
    own = step.strips[0].model, step.ones
    form = np.round(np.array(step.form) / max(1, max(map(abs, step.form))) * 2)
    form = np.where(np.array(step.form) == 0, 0, form)
    for again in (False, True):
        held = []

        def near(first, _, again=again, held=held):
            zones = sandwich.within(first) if again else None
            held.append(sandwich.shown(first, zones, form[None], np.array([0])))
            return held[0]

        ends = sandwich.ends_of(asked, [own], [cell], near)
        if ends.good[0]:
            strip = Strip(own[0], *(int(n) for n in ends.strips[0, 0]))
            exact = Sandwich((strip,), tuple(map(int, form)), 0, 1, ones=own[1])
            if strip.least <= strip.most:
                assert sandwich.refused(asked, [cell], [exact]) == [""]
                assert is_true(matter, cell, exact)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_what_is_counted_is_true(seed):
    """Also with numbers that were changed: what is accepted proves nothing false."""
    rng = np.random.default_rng([seed, 72])
    matter = cases.random_grouped(rng, 150)
    step = cases.proposed(rng, ask(matter), full_cell(matter.domain))
    if step is None:
        return
    count, chance = answer(matter)
    for other in (step, *(changed(rng, step) for _ in range(3))):
        try:
            verdict = checker.verify(matter, (other,))
        except InvalidProof:
            assert other is not step
            continue
        low, high = verdict.disagreements
        assert low <= count <= high and verdict.error[0] <= chance <= verdict.error[1]


@pytest.fixture(scope="module", params=range(3), ids=KINDS)
def certificates(request):
    """The members of several certificates with Sandwiches of a kind."""
    return [cases.certificate(seed, request.param) for seed in range(2 * FEW)]


def test_brute_force_counts_the_same(certificates):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = 0
    for parts in certificates:
        matter, _ = judged(parts)
        nodes = [node for node in proof_of(matter, parts) if node.kind == SANDWICH]
        seen += sum(node.argument >= 32 for node in nodes)
    assert seen >= 2 * FEW


@pytest.mark.parametrize("kind", list(sandwich_mutations.MUTATIONS)[:3])
def test_no_mutant_with_a_false_claim_is_accepted(kind, certificates, tmp_path):
    seen = sandwich_mutations.outcomes(kind, certificates, tmp_path / "mutant")
    assert not seen["FALSE"] and seen["refused"], seen


def test_numbers_changed_are_refused_or_true(certificates):
    seen = changed_one_by_one(certificates[:FEW])
    assert min(seen["refused"], seen["true"]) > FEW, seen


def test_helpers_find_the_same(monkeypatch, certificates):
    helpers_find_the_same(monkeypatch, certificates[0])


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 73])
    matter = cases.random_grouped(rng)
    draws_what_is_left(matter, cases.random_proof(rng, matter, seed % 3))


def test_samples_beside_them_are_drawn_again():
    """By the second checker, which finds what classes decide by itself."""
    some = range(24 if EVERY else 8)
    assert len(list(drawn_again(cases.random_grouped, cases.random_proof, some))) > 1


AGE = ordinal("age", 0, 1, 100)


def linear(rows, biases, question=None, domain=None):
    """A network of a logit for each row, of an age."""
    weight, bias = np.array(rows, dtype=np.float64), np.array(biases, dtype=np.float64)
    domain = domain or Domain((AGE,))
    reads = tuple(range(len(domain.variables)))
    network = Network(weight.shape[1], (Affine(0, weight, bias),))
    return Matter(domain, (Bound("net", network, reads),), question or ClassIs(0, 1))


def three(question=None):
    """Class 0 up to 40, where 1 begins; never 2. At 40 the first of two equal ones."""
    return linear([[0], [1], [0]], [0, -40, -1000], question)


@pytest.mark.parametrize(
    ("ones", "strip", "form", "counted"),
    [
        (0b010, (-40, -39), 1, (59, 60)),  # the tie is left open
        (0b010, (-40, -40), 1, None),
        (0b010, (-39, -39), 1, None),
        (0b101, (40, 41), -1, (59, 60)),
        (0b101, (40, 40), -1, None),  # at the tie the class is in the group
        (0b001, (40, 41), -1, (0, 60)),  # the others are 1 and 2: of these it is open which
        (0b110, (-40, -39), 1, (0, 60)),
    ],
)
def test_a_tie_is_left_open(ones, strip, form, counted):
    """Where margins are whole numbers, and each end of a strip is one."""
    step = Sandwich((Strip(0, *strip),), (form,), 0, 1, ones=ones)
    if counted is None:
        with pytest.raises(InvalidProof, match="can be shown"):
            checker.verify(three(), (step,))
        return
    assert checker.verify(three(), (step,)).disagreements == counted


def test_a_tie_that_is_taken_for_the_other_side_would_prove_what_is_false(monkeypatch):
    """So that the tests above would see it."""
    found = ask(three()).net((0, 0b101))
    monkeypatch.setattr(asking.Asked, "net", lambda *_: replace(found, strict=False))
    step = Sandwich((Strip(0, 40, 40),), (-1,), 0, 1, ones=0b101)
    assert checker.verify(three(), (step,)).disagreements == (60, 60)  # there are 59


@pytest.mark.parametrize("again", [False, True])
def test_a_strip_is_strict_by_one_unit_also_where_classes_are_open(again):
    """In floats, whose own roundings leave a tie open anyway."""
    seen = 0
    for seed in range(12):
        rng = np.random.default_rng([seed, 75])
        domain = Domain((ordinal("x", -3, 1, 7), ordinal("y", 0, 1, 5)))
        network = cases.random_network(rng, 2, 3, whole=False)
        asked = ask(Matter(domain, (Bound("net", network, (0, 1)),), ClassIs(0, 0)))
        form = np.round(rng.normal(size=(1, 2)) * 100)
        strict = asked.net((0, 1))
        ends = []
        for net in (strict, replace(strict, strict=False)):
            pair = lines([net], sandwich.columns_read(asked, [net]), [full_cell(domain)])
            zones = sandwich.within(pair) if again else None
            assert (zones is not None) == again
            ends.append(sandwich.shown(pair, zones, form, np.array([5])))
        one, other = (x.strips for x in ends)
        assert (one - other == [[[0, 1]]]).all() and ends[0].good.all()
        seen += 1
    assert seen == 12


def test_of_several_groups_each_is_looked_at_by_itself():
    """In cells that are looked at together: what is shown, and what is drawn from."""
    other = replace(PLAIN, strips=(Strip(0, 40, 41),), form=(-1,), ones=0b101)
    both, cell = (PLAIN, other), full_cell(three().domain)
    question = ClassIs(0, 1)
    for steps in (both, both[::-1]):
        matter = three(question)
        assert sandwich.refused(ask(matter), [cell] * 2, steps) == ["", ""]
        wrong = [replace(x, ones=y.ones) for x, y in zip(steps, steps[::-1], strict=True)]
        assert all(sandwich.refused(ask(matter), [cell] * 3, [*wrong, steps[0]])[:2])
        verdict = checker.verify(matter, (Split(0, 39), *steps))  # up to 39, and from 40 on
        assert verdict.disagreements == (59, 60)
        found = population(ask(matter), verdict, verdict.checked.left)
        assert [x.weight for x in found.pieces] == [1]
        place = found.pieces[0].place
        pieces = [Piece(place, 1, step) for step in steps]
        decided = remaining._decided(found.asked, pieces)
        assert [len(x) for x in decided] == [2, 2]
        assert [x[0][0] for x in decided] == [step is other for step in steps]


@pytest.mark.parametrize(
    ("question", "table"),
    [
        (ClassIs(0, 1), (False, True)),
        (ClassIs(0, 0), (None, False)),
        (Not(ClassIs(0, 1)), (True, False)),
        (Any_((ClassIs(0, 0), ClassIs(0, 2))), (True, False)),
        (Any_((ClassIs(0, 1), ClassIs(0, 2))), (None, True)),
    ],
)
def test_what_is_true_of_all_classes_of_a_group_counts(question, table):
    matter = three(question)
    step = Sandwich((Strip(0, -40, -39),), (1,), 0, 1, ones=0b010)

    def truth(classes):
        return true_of(question, (classes[0],)) if classes else None

    assert stretches.all_truths(ask(matter), step, truth) == table
    shares = checker.verify(matter, (step,)).disagreements
    true = {True: 59, None: 0, False: 0}[table[1]] + {True: 40, None: 0, False: 0}[table[0]]
    false = {False: 59, None: 0, True: 0}[table[1]] + {False: 40, None: 0, True: 0}[table[0]]
    assert shares == (true, 100 - false)


def two_networks():
    """One of two classes and one of three, the second by number."""
    first = Network(1, (Affine(0, np.ones((1, 1)), np.array([-40.0])),))
    (second,) = three().models
    models = Bound("two", first, (0,)), replace(second, name="net")
    return Matter(Domain((AGE,)), models, Not(Same(0, 1)))


def three_and_three():
    """Two of three classes."""
    (own,) = three().models
    models = replace(own, name="other"), own
    return Matter(Domain((AGE,)), models, Not(Same(0, 1)))


PLAIN = Sandwich((Strip(0, -40, -39),), (1,), 0, 1, ones=0b010)
SECOND = Sandwich((Strip(1, -40, -39),), (1,), 0, 1, ones=0b010)


@pytest.mark.parametrize(
    ("matter", "step", "why"),
    [
        (three(), replace(PLAIN, ones=0), "which has more than two classes"),
        (three(), replace(PLAIN, ones=0b111), "what is no group of the classes of"),
        (three(), replace(PLAIN, ones=0b1000), "what is no group"),
        (three(), replace(PLAIN, ones=0b1010), "what is no group"),
        (three(), replace(PLAIN, ones=1 << 9999), "what is no group"),
        (three(), replace(PLAIN, ones=-2), "what is no group"),
        (three(), replace(PLAIN, order=1), "an order that there is not"),
        (two_networks(), replace(PLAIN, ones=1), "what is no group"),
        (two_networks(), replace(SECOND, strips=(Strip(0, 0, 0), Strip(1, 0, 0))), "no group"),
        (two_networks(), replace(SECOND, strips=(Strip(0, 0, 0), Strip(1, 0, 0)), ones=0), "two c"),
        (two_networks(), replace(SECOND, beside=(Constant(1, 1),)), "no class of another model"),
        (
            three(),
            replace(
                PLAIN,
                cases=Cases((Neuron(2, 1),), (PLAIN, replace(PLAIN, ones=0b110)), PLAIN.strips * 2),
            ),
            "a case that is no Sandwich of the same networks alone",
        ),
        (
            three(),
            replace(PLAIN, cases=Cases((Neuron(4, 0),), (PLAIN, PLAIN), PLAIN.strips * 2)),
            "what are no neurons before a ReLU",
        ),
        (
            three(),
            replace(PLAIN, cases=Cases((Neuron(2, 2),), (PLAIN, PLAIN), PLAIN.strips * 2)),
            "what are no neurons before a ReLU",
        ),
    ],
)
def test_what_is_wrong_is_said(matter, step, why):
    with pytest.raises(InvalidProof, match=why):
        checker.verify(matter, (step,))


def test_more_classes_than_are_grouped():
    matter = linear([[1]] * (MOST + 1), [0] * (MOST + 1))
    with pytest.raises(InvalidProof, match="what is no group"):
        checker.verify(matter, (replace(PLAIN, ones=1),))


def test_beside_a_class_of_a_network_of_more():
    """Of two networks of three classes one is known in the cell."""
    matter = three_and_three()
    always = linear([[0], [1], [0]], [0, 1, 0]).models[0]  # class 1
    matter = replace(matter, models=(replace(always, name="first"), matter.models[1]))
    verdict = checker.verify(matter, (replace(SECOND, beside=(Constant(1, 0),)),))
    assert verdict.disagreements == (40, 41)  # where the other's class is not 1
    with pytest.raises(InvalidProof):
        checker.verify(matter, (replace(SECOND, beside=(Constant(0, 0),)),))


def test_the_classes_of_many():
    """1,000 of them, in a second or two: the maxima are of halves, of halves of these, ..."""
    rng, count = np.random.default_rng(0), 1000
    rows, biases, ones = rng.normal(size=(count, 1)) / 100, rng.normal(size=count), 1 << 700
    rows[700], biases[700] = 1, -40
    matter = linear(rows, biases, ClassIs(0, 700))
    asked, cell = ask(matter), full_cell(matter.domain)
    (step,) = propose(asked, [cell], [0], bins=512, ones=ones)
    verdict, (count, _) = checker.verify(matter, (step,)), answer(matter)
    low, high = verdict.disagreements
    assert 40 < low <= count <= high < 60


@pytest.mark.parametrize("kind", ["smooth", "unread", "continuous"])
def test_other_networks_and_domains(kind):
    """What is shown holds at the points, or where no point is listed at thousands of them."""
    rng = np.random.default_rng(5)
    for _ in range(12):
        x = ordinal("x", -3, 1, 7)
        if kind == "continuous":
            x = Continuous("x", Fraction(-3), (Run(600, Fraction(1, 100), Fraction(1)),))
        domain = Domain((x, ordinal("y", 0, 1, 5)))
        reads = (1,) if kind == "unread" else (0, 1)
        width, classes = 3, int(rng.integers(3, 6))
        first = Affine(0, rng.normal(size=(width, len(reads))), rng.normal(size=width))
        bend = Smooth(1, "tanh") if kind == "smooth" else Relu(1)
        last = Affine(2, rng.normal(size=(classes, width)), rng.normal(size=classes))
        network = Network(len(reads), (first, bend, last))
        if kind == "unread":
            first.weight[:] = 0
        klass = int(rng.integers(classes))
        matter = Matter(domain, (Bound("net", network, reads),), ClassIs(0, klass))
        (step,) = propose(ask(matter), [full_cell(domain)], [0], bins=512, ones=1 << klass)
        if step is None:
            continue
        verdict = checker.verify(matter, (step,))
        points = np.stack(
            np.meshgrid(np.linspace(-3, 3, 7 if kind != "continuous" else 4001), np.arange(5)), -1
        ).reshape(-1, 2)[:, list(reads)]
        h = points @ first.weight.T + first.bias
        h = np.tanh(h) if kind == "smooth" else np.maximum(h, 0)
        share = ((h @ last.weight.T + last.bias).argmax(axis=1) == klass).mean()
        slack = 1e-3 if kind == "continuous" else 1e-9
        assert verdict.error[0] - slack <= share <= verdict.error[1] + slack


def test_groups_that_a_file_names_are_kept_up_to_some(monkeypatch):
    """However many there are; each is paid for before it is made."""
    monkeypatch.setattr(asking, "MOST", 5)
    spent = []
    asked = ask(linear([[0], [1], [0], [2], [1]], range(5)), spend=spent.append)
    for ones in range(1, 31):
        before = sum(spent)
        net = asked.net((0, ones))
        assert net.strict and net.p.teacher.outputs == 1 and len(asked._grouped) <= 5
        assert sum(spent) >= before + asking.GROUPED * asked.nets[0].p.cell_cost
        before = sum(spent)
        assert asked.net((0, ones)) is net and sum(spent) == before
    monkeypatch.setattr(asking, "KEPT", asked.net((0, 1)).p.cell_cost * 2)
    for ones in range(1, 31):
        asked.net((0, ones))
        assert len(asked._grouped) <= 2
    assert asked.net((0, 0)) is asked.nets[0] and not asked.nets[0].strict


def test_work_is_counted(monkeypatch):
    """Of each group, and of all classes that a formula is asked about."""
    matter = linear([[k] for k in range(100)], [0] * 100)
    steps = [replace(PLAIN, strips=(Strip(0, -(10**6), 10**6),), ones=1 << k) for k in range(60)]
    monkeypatch.setenv(WORK, "300M")
    asked = checker.prepared(matter)
    with pytest.raises(TooMuch):
        for step in steps:
            assert not sandwich.fault(asked, step)
            sandwich.refused(asked, [full_cell(matter.domain)], [step])
    spent = []
    asked = ask(matter, spend=spent.append)
    asked.net((0, 1))
    spent.clear()
    stretches.all_truths(asked, steps[0], lambda _: None)
    assert sum(spent) >= 100 * asking.PYTHON
