"""Cases of Sandwiches: what is counted is true, and no other number proves anything false.

All is compared with brute force (`tests.brute_sandwich`), which looks at every tuple of a case.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import prod

import numpy as np
import pytest

from tests.brute import node_values
from tests.brute_claims import encode
from tests.brute_members import matter_of
from tests.brute_proof import SANDWICH, judged, proof_of, shown
from tests.certificates import sandwich_mutations
from tests.certificates.matters import file
from tests.every import EVERY, seeds
from tests.kernel import neuron_cases as cases
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_sampling import checked, true_probability, undecided_points
from tests.provers.matters import answer
from tests.second_checker.test_sample import sampled
from verifier import second_checker
from verifier.kernel import checker, helpers
from verifier.kernel.asked import ask
from verifier.kernel.cases import Case, in_cases
from verifier.kernel.helpers import Helpers
from verifier.kernel.population import population
from verifier.kernel.sampling import is_true_at
from verifier.kernel.sandwich import columns_read, refused
from verifier.kernel.stretches import Amounts, tightened
from verifier.kernel.strips import lines
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases, Constant, Finding, Neuron, Sandwich, Strip
from verifier.model.question import Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.sample import Plan
from verifier.provers.sandwiches import propose
from verifier.reading.certificate import certificate_of
from verifier.reading.proof_bytes import decode
from verifier.writing.certificate import make_certificate

FEW = 20 if EVERY else 5


@pytest.fixture(scope="module")
def members():
    """The members of several certificates."""
    return [cases.certificate(seed) for seed in range(3 * FEW)]


def test_brute_force_counts_the_same(members):
    """The verdict that the file states is compared as text; all sums are counted one by one."""
    seen = Counter()
    for parts in members:
        matter, _ = judged(parts)
        nodes = proof_of(matter, parts)
        seen.update(node.argument // 8 for node in nodes if node.kind == SANDWICH)
    assert seen[1] >= FEW and seen[2] >= FEW


@pytest.mark.parametrize("kind", sandwich_mutations.MUTATIONS)
def test_no_mutant_with_a_false_claim_is_accepted(kind, members, tmp_path):
    seen = sandwich_mutations.outcomes(kind, members[:FEW], tmp_path / "mutant")
    assert not seen["FALSE"], seen


def changed_one_by_one(members):
    """How often numbers of Sandwiches are refused, changed by a little or much, and how often not:
    then what is counted is what brute force counts."""
    rng, seen = random.Random(0), Counter()
    for parts in members:
        matter, brute = certificate_of(file(parts)).matter, matter_of(parts)
        nodes, size = proof_of(brute, parts), len(brute.models)
        columns = sum(len(v.rows[0]) for v in brute.variables)
        every = [(i, at) for i, node in enumerate(nodes) for at in range(len(node.more))]
        every = [(i, at) for i, at in every if nodes[i].kind == SANDWICH]
        for i, at in every if EVERY else rng.sample(every, min(len(every), 24)):
            more = list(nodes[i].more)
            n = more[at]
            more[at] = max(0, n + rng.choice((-2, -1, 1, 2, n, -(n >> 4), n >> 6, -(n >> 8))))
            changed = [*nodes[:i], replace(nodes[i], more=tuple(more)), *nodes[i + 1 :]]
            data = encode(changed, size)
            try:
                verdict = checker.verify(matter, decode(data, size, columns))
            except (CertificateError, InvalidProof):
                seen["refused"] += 1
                continue
            found = shown(brute, proof_of(brute, {**parts, "proof.bin": data}), [])
            assert verdict.disagreements == found.points and verdict.error == found.probability
            seen["true"] += 1
    return seen


def test_numbers_changed_are_refused_or_true(members):
    seen = changed_one_by_one(members[:FEW])
    assert min(seen["refused"], seen["true"]) > 4 * FEW


def test_enclosures_hold_at_the_points_of_a_case():
    """Of both networks, layer by layer in fractions; and how far their margins are apart."""
    seen = Counter()
    for seed in range(60 if EVERY else 24):
        rng = np.random.default_rng([seed, 44])
        matter = cases.bent_copies(rng, apart=float(rng.choice([0.1, 1.0, 3.0])))
        asked, cell = ask(matter), full_cell(matter.domain)
        nets = [asked.nets[0], asked.nets[1]]
        first = lines(nets, columns_read(asked, nets), [cell])
        neurons = cases.some_neurons(rng, nets[0].p.teacher)
        pair, none = in_cases(first, [Case(0, neurons, s) for s in range(1 << len(neurons))])
        every = [held_at(matter, point) for point in cell.points()]
        for signs in range(len(none)):
            own = [x for x in every if is_in(x[0], neurons, signs)]
            assert not (none[signs] and own)
            for values in own:
                assert is_enclosed(values, pair, signs)
            plain, closer = (
                own.lines[1].enclosed.cells.high[neurons[0].node][at, neurons[0].component]
                for own, at in ((first, 0), (pair, signs))
            )
            seen["points"] += len(own)
            seen["closer"] += closer < plain
    assert seen["points"] > 499 and seen["closer"] > 9


def held_at(matter, point):
    """All nodes' numbers of both networks at a point."""
    return [
        node_values(x.model, [n for i in x.reads for n in matter.domain.variables[i].row(point[i])])
        for x in matter.models[:2]
    ]


def is_in(nodes, neurons, signs):
    """Whether a point is in a case, by what the first network's nodes are there."""
    every = [nodes[x.node][x.component] for x in neurons]
    return all(n >= 0 if signs >> i & 1 else n <= 0 for i, n in enumerate(every))


def is_enclosed(values, pair, row):
    """Whether both networks' nodes, but the input, and what they differ by are enclosed."""
    for nodes, own in zip(values, pair.lines, strict=True):
        for numbers, held in zip(nodes[1:], own.enclosed.nodes[1:], strict=True):
            unit = Fraction(2) ** int(held.e[row])
            ends = zip(held.lo[row].tolist(), held.hi[row].tolist(), strict=True)
            if any(not lo <= n * unit <= hi for n, (lo, hi) in zip(numbers, ends, strict=True)):
                return False
    (one,), (other,) = (nodes[-1] for nodes in values)
    d = (other - one) * Fraction(2) ** int(pair.apart.e[row])
    return pair.apart.lo[row, 0] <= d <= pair.apart.hi[row, 0]


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_they_leave_is_what_is_drawn_from(seed):
    rng = np.random.default_rng([seed, 42])
    matter = cases.random_copies(rng, 100)
    draws_what_is_left(matter, cases.random_proof(rng, matter))


def draws_what_is_left(matter, proof):
    """A sample is drawn as if there were no cases; what these settle beside that is told apart."""
    try:
        asked, verdict, found = checked(matter, proof)
    except InvalidProof:
        return
    assert found.beside + true_within(found) == true_probability(matter, asked)
    least, most = verdict.error
    assert found.settled == least and found.settled + found.open_mass == most
    assert found.mass >= found.open_mass and found.beside <= found.settled


def true_within(found):
    """The probability of undecided points of the pieces at which the question is true."""
    domain = found.asked.domain
    total = 0
    for piece in found.pieces:
        points = list(undecided_points(found.asked, piece))
        chances = domain.distributions(piece.place.leaf)
        each = [
            prod(c.weight_at(v) for c, v in zip(chances, point, strict=True)) for point in points
        ]
        each = [n * domain.factor(piece.place.leaf) for n in each]
        assert sum(each) == piece.weight
        if points:
            total += sum(
                n
                for n, true in zip(each, is_true_at(found.asked, np.array(points)), strict=True)
                if true
            )
    return Fraction(total, domain.total_weight)


def drawn_again(random_matter, random_proof, some):
    """Questions and verdicts of random proofs whose samples the second checker draws again, too."""
    for seed in some:
        rng = np.random.default_rng([seed, 43])
        matter = random_matter(rng)
        try:
            proof = Finding(random_proof(rng, matter))
            data, _, verdict = make_certificate(matter, proof, "x")
        except InvalidProof:
            continue
        data = sampled(data, Plan(200, Fraction(1, 1000), str(seed), block=40 + seed))
        if data is None:
            continue
        assert second_checker.check(data).sample == ""
        held = certificate_of(data).sample
        assert verdict.error[0] - TINY <= held.lower <= held.upper <= verdict.error[1] + TINY
        yield matter, verdict


def test_samples_beside_them_are_drawn_again():
    """What is drawn from is as if there were no cases."""
    told, some = 0, range(24 if EVERY else 12)
    for matter, verdict in drawn_again(
        lambda rng: cases.random_copies(rng, 100), cases.random_proof, some
    ):
        found = population(ask(matter), verdict, verdict.checked.left)
        told += found.beside < found.settled or found.open_mass < found.mass
    assert told > (3 if EVERY else 1)


TINY = Fraction(1, 1 << 40)


def helpers_find_the_same(monkeypatch, parts):
    """What this process finds of a certificate, by its parts, another one finds as well."""
    monkeypatch.setattr(helpers, "FEWEST", 1)
    held = certificate_of(file(parts))
    alone = checker.verify(held.matter, held.proof)
    with Helpers(1) as others:
        found = checker.verify(held.matter, held.proof, helpers=others)
    assert found.leaves == alone.leaves and found.checked.left == alone.checked.left


def test_helpers_find_the_same(monkeypatch, members):
    helpers_find_the_same(monkeypatch, members[0])


def hinge():
    """A network that is a hinge, |1.1 x| - 5.3, and its copy that reads 0.1 more."""
    first = Affine(0, np.array([[1.1, 0.1], [-1.1, -0.1]]), np.array([0.0, 0.0]))
    network = Network(2, (first, Relu(1), Affine(2, np.ones((1, 2)), np.array([-5.3]))))
    domain = Domain((ordinal("x", -9, 1, 19), ordinal("a", 0, 1, 1), ordinal("b", 1, 1, 1)))
    models = Bound("a", network, (0, 1)), Bound("b", network, (0, 2))
    return Matter(domain, models, Not(Same(0, 1)))


BOTH = Neuron(1, 0), Neuron(1, 1)


def proposed(matter, neurons):
    """A Sandwich of all of it, with cases by these neurons."""
    (step,) = propose(ask(matter), [full_cell(matter.domain)], [0, 1], neurons=[neurons])
    return step


@pytest.mark.parametrize("neurons", [BOTH[:1], BOTH[1:], BOTH])
def test_cases_show_what_one_sum_does_not(neurons):
    """Of a hinge no line is near; of each half one is. At 0 both neurons are 0: in all cases."""
    matter = hinge()
    assert answer(matter)[0] == 0
    assert checker.verify(matter, (proposed(matter, ()),)).disagreements == (0, 19)
    found = checker.verify(matter, (proposed(matter, neurons),))
    assert found.disagreements == (0, 0) and found.checked.cells == {"sandwich": 1}
    assert found.float32.points_not_shown == 19


def test_a_case_of_no_point_may_say_anything():
    """Both halves of the cell with x > 0: the first neuron is nowhere below 0."""
    matter = hinge()
    wrong = Sandwich((Strip(0, 99, 99), Strip(1, -99, -99)), (0, 0, 0), 0, 1, 3)
    right, left = full_cell(matter.domain).split(0, 9)[::-1]
    step = proposed(matter, BOTH[:1])
    never = replace(step, cases=Cases(BOTH[:1], (wrong, step.cases.steps[1])))
    asked = ask(matter)
    assert refused(asked, [right, left], [never, never])[0] == ""
    assert "in case 0 only" in refused(asked, [right, left], [never, never])[1]


def test_strips_of_cases_are_as_narrow_as_they_can_be_shown():
    """Moved inwards unit by unit each end is accepted up to one place, and never after it."""
    step = proposed(hinge(), BOTH)
    asked, cell = ask(hinge()), full_cell(hinge().domain)
    for signs, own in enumerate(step.cases.steps):
        for which, strip in enumerate(own.strips):
            for end, way in (("least", 1), ("most", -1)):
                moved = []
                for by in range(0, strip.most - strip.least, max(1, strip.most - strip.least >> 6)):
                    closer = replace(strip, **{end: getattr(strip, end) + way * by})
                    strips = (*own.strips[:which], closer, *own.strips[which + 1 :])
                    steps = list(step.cases.steps)
                    steps[signs] = replace(own, strips=strips)
                    moved.append(cases_of(step, BOTH, steps))
                good = [not why for why in refused(asked, [cell] * len(moved), moved)]
                assert good[0] and good == sorted(good, reverse=True) and not good[-1]


def fault(change):
    """What is said of the hinge's Sandwich with its cases changed."""
    step = proposed(hinge(), BOTH[:1])
    with pytest.raises(InvalidProof) as found:
        checker.verify(hinge(), (change(step),))
    return str(found.value)


def cases_of(step, neurons, steps):
    return replace(step, cases=Cases(tuple(neurons), tuple(steps)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda x: cases_of(x, [], x.cases.steps[:1]), "no neurons"),
        (lambda x: cases_of(x, BOTH[:1], x.cases.steps[:1]), "not each of them"),
        (lambda x: cases_of(x, BOTH, x.cases.steps), "not each of them"),
        (lambda x: cases_of(x, BOTH[::-1], 2 * x.cases.steps), "in order"),
        (lambda x: cases_of(x, [BOTH[0]] * 2, 2 * x.cases.steps), "in order"),
        (lambda x: cases_of(x, [Neuron(1, 2)], x.cases.steps), "no neurons before a ReLU"),
        (lambda x: cases_of(x, [Neuron(1, -1)], x.cases.steps), "no neurons before a ReLU"),
        (lambda x: cases_of(x, [Neuron(2, 0)], x.cases.steps), "no neurons before a ReLU"),
        (lambda x: cases_of(x, [Neuron(0, 0)], x.cases.steps), "no neurons before a ReLU"),
        (lambda x: cases_of(x, BOTH[:1], [x.cases.steps[0], x]), "no Sandwich of the same"),
        (
            lambda x: cases_of(x, BOTH[:1], [replace(y, strips=y.strips[:1]) for y in x.every[1:]]),
            "no Sandwich of the same",
        ),
        (
            lambda x: cases_of(x, BOTH[:1], [replace(y, width=0) for y in x.every[1:]]),
            "has a case that has an exponent or a width that there is not",
        ),
        (
            lambda x: cases_of(
                x, BOTH[:1], [replace(y, width=1, form=(1 << 52, 0, 0)) for y in x.every[1:]]
            ),
            "in case 0 only",
        ),
        (lambda x: cases_of(x, BOTH[:1], x.cases.steps[::-1]), "in case 0 only"),
        (
            lambda x: replace(
                x, cases=replace(x.cases, everywhere=(Strip(0, -9, 9), Strip(0, -9, 9)))
            ),
            "not all over the cell a strip for each case of one network",
        ),
    ],
)
def test_what_is_wrong_with_cases_is_said(change, why):
    assert why in fault(change)


def test_networks_with_other_layers_have_none():
    matter = hinge()
    first, second = matter.models
    network = replace(
        second.model, layers=(*second.model.layers[:2], Affine(2, np.ones((1, 2)), np.zeros(1)))
    )
    other = replace(matter, models=(first, replace(second, model=network)))
    with pytest.raises(InvalidProof, match="not of two networks with equal layers"):
        checker.verify(other, (replace(proposed(matter, BOTH), order=0),))


def test_networks_that_are_bounded_in_fixed_point_have_none():
    """Those whose weights are short: there nothing is proposed, and what is stated is refused."""
    matter = hinge()
    whole = Network(
        2,
        (
            Affine(0, np.array([[1.0, 1.0], [-1.0, -1.0]]), np.zeros(2)),
            Relu(1),
            Affine(2, np.ones((1, 2)), np.array([-5.0])),
        ),
    )
    matter = replace(matter, models=tuple(replace(x, model=whole) for x in matter.models))
    step = proposed(matter, BOTH)
    assert step is not None and step.cases is None
    with pytest.raises(InvalidProof, match="cases are shown in floats alone"):
        checker.verify(matter, (cases_of(step, BOTH[:1], [step, step]),))


def test_what_may_be_true_is_in_some_case():
    """Of 10 points at most 2 + 1 are true, at most 9 + 10 false."""
    found = tightened(Amounts(10, 0, 4), [Amounts(10, 1, 8), Amounts(10, 0, 9)])
    assert found == (10, 0, 7)
    assert tightened(Amounts(10, 3, 6), [Amounts(10, 10, 0), Amounts(10, 5, 0)]) == (10, 5, 6)


def test_beside_other_models_classes():
    """A third network's class makes the formula false all over: with it nothing is open."""
    matter = hinge()
    never = Network(2, (Affine(0, np.zeros((1, 2)), np.array([-1.0])),))
    third = Bound("never", never, (0, 1))
    question = Any_((Not(Same(0, 1)), ClassIs(2, 1)))
    matter = Matter(matter.domain, (*matter.models, third), question)
    step = proposed(matter, BOTH[:1])
    assert checker.verify(matter, (step,)).disagreements == (0, 19)
    known = replace(step, beside=(Constant(0, 2),))
    assert checker.verify(matter, (known,)).disagreements == (0, 0)
