"""Two ensembles beside each other: what is shown of their classes is so at every point."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import number_of, random_domain, random_ensemble, random_tree
from tests.kernel.test_ensembles import random_proof, some_cells
from verifier import second_checker
from verifier.kernel import checker, paired
from verifier.kernel.asked import ask
from verifier.kernel.paired import pair
from verifier.kernel.prepared import Parts, parts_of
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.ensemble import ARITHMETICS, Ensemble, Member, Score
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import SAME, Constant, Finding, Open, Paired, Several, Split
from verifier.model.question import All, Bound, ClassIs, Matter, Not, Same, differ, truth
from verifier.model.sample import Plan
from verifier.model.tree import Inner
from verifier.reading.certificate import certificate_of
from verifier.reading.proof_bytes import decode
from verifier.second_checker.paired import is_shown
from verifier.writing.certificate import make_certificate
from verifier.writing.proof_bytes import encode

ORDERS = (1, 2, SAME)
QUESTIONS = (differ(), All((ClassIs(0, 1), ClassIs(1, 0))), Same(0, 1), ClassIs(0, 1))


def changed(rng, ensemble):
    """The same ensemble, or one that differs in few leaves, in how it adds, or in its last test."""
    kind = rng.choice(("same", "leaf", "leaf", "up", "threshold", "wider", "order", "start"))
    members = list(ensemble.members)
    if kind in ("leaf", "up"):
        at = rng.randrange(len(members))
        nodes = list(members[at].nodes)
        own = [i for i, node in enumerate(nodes) if isinstance(node, Score)]
        leaf = rng.choice(own)
        values = dict(nodes[leaf].values)
        up = ensemble.outputs - 1 if kind == "up" else rng.randrange(ensemble.outputs)
        more = rng.choice((0.5, 1.0, 3.0))
        values[up] = values.get(up, 0.0) + (more if kind == "up" else rng.choice((-1, 1)) * more)
        held = sorted((k, number(ensemble, x)) for k, x in values.items())
        nodes[leaf] = Score(tuple(held))
        members[at] = Member(tuple(nodes))
    if kind == "threshold" and ensemble.threshold is not None:
        return replace(ensemble, threshold=ensemble.threshold + rng.choice((0.25, -0.25)))
    if kind == "wider" and ensemble.arithmetic == "float32":
        return replace(ensemble, arithmetic="float64")
    if kind == "order":
        rng.shuffle(members)
    if kind == "start":
        start = tuple(number(ensemble, x + rng.choice((0, 0.5))) for x in ensemble.start)
        return replace(ensemble, start=start)
    return replace(ensemble, members=tuple(members))


def number(ensemble, x):
    """The number as the ensemble can add it: 0 where it is too small."""
    held = x if ensemble.arithmetic == "exact" else number_of(ensemble.arithmetic, x)
    return held if abs(held) > 2.0**-60 else 0.0


def pairs(seeds, question=None):
    """Random domains with two ensembles that have much in common, bound to the same variables or,
    as in a question about fairness, to two of one kind."""
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        one = random_ensemble(rng, ARITHMETICS[seed % 3], domain.columns)
        if one.outputs > 1 and one.arithmetic != "exact" and one.factor == 1 and seed % 5 == 0:
            one = replace(one, link="softmax")
        other = changed(rng, one)
        reads = tuple(range(len(domain.variables)))
        models = Bound("a", one, reads), Bound("b", other, reads)
        yield seed, rng, Matter(domain, models, question or differ())


def is_so(left, right, order):
    """Whether two classes are of an order."""
    return not (order & 1 and left > right) and not (order & 2 and left < right)


def table_of(matter):
    """All models' classes at every tuple."""
    domain = matter.domain
    rows = {p: domain.encode(p) for p in full_cell(domain).points()}
    return {p: tuple(m.model.class_at(row) for m in matter.models) for p, row in rows.items()}


def wrong_claims(seeds, first=False):
    """How often an order is shown in a cell, and how often it is not so at one of its points.

    With ``first`` until that is found.
    """
    shown, wrong, missed = Counter(), 0, 0
    for _, rng, matter in pairs(seeds):
        if wrong and first:
            break
        held, table = pair(ask(matter), 0, 1), table_of(matter)
        orders = ORDERS if matter.models[0].classes == 2 else (SAME,)
        for cell in [full_cell(matter.domain), *some_cells(rng, matter.domain, 12)]:
            for order in orders:
                yes = held.holds(cell, order)
                true = all(is_so(*table[p], order) for p in cell.points())
                shown[order] += yes
                wrong += yes and not true
                missed += true and not yes
    return shown, wrong, missed


def test_what_is_shown_is_so_at_every_point():
    shown, wrong, missed = wrong_claims(range(90))
    assert not wrong
    assert min(shown[order] for order in ORDERS) > 150 and sum(shown.values()) > 2 * missed


def _met_by_no_set(real):
    def meet(a, b):
        return real(Parts(a.masks[:, :0], a.ends), Parts(b.masks[:, :0], b.ends))

    return meet


def _half_open(real):
    def meet(a, b):
        ends = a.ends + np.array([[[0], [-1]]])
        return real(Parts(a.masks, np.maximum(ends, a.ends[:, :1])), b)

    return meet


def _told_alike(real):
    return lambda one, other, a, b: real(one, one, a, b)


def _one_way(real):
    return lambda one, other, a, b: real(one, other, a, b) & 1


def _turned(real):
    return lambda one, other, a, b: real(one, other, b, a)


def _first_output(real):
    return lambda one, other, a, b: real(one, other, a[:, [0] * a.shape[1]], b[:, [0] * a.shape[1]])


def _fewer(real):
    def distinct(a, b):
        a, b = real(a, b)
        return a[: max(1, len(a) - 1)], b[: max(1, len(b) - 1)]

    return distinct


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("_meet", _half_open),
        ("_against", _told_alike),
        ("_against", _one_way),
        ("_against", _turned),
        ("_against", _first_output),
        ("_distinct", _fewer),
    ],
)
def test_faults_that_are_planted_show_what_is_not_so(name, fault, monkeypatch):
    monkeypatch.setattr(paired, name, fault(getattr(paired, name)))
    assert wrong_claims(range(120), first=True)[1]


def test_sets_of_values_that_meet_too_often_only_lose():
    shown, wrong, _ = wrong_claims(range(30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paired, "_meet", _met_by_no_set(paired._meet))
        fewer, still, _ = wrong_claims(range(30))
    assert not wrong and not still and sum(fewer.values()) < sum(shown.values())


@pytest.mark.parametrize("output", [0, 1])
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_of_two_scores_the_first_speaks_against_class_1(arithmetic, output):
    """The other ensemble gives more to one score where x is 1, by trees and by their sums."""
    test = Inner(0, Fraction(1, 2), 1, 2)
    plain = Member((test, Score(((0, 1.0), (1, 1.5))), Score(((0, 1.5), (1, 2.0)))))
    more = dict(plain.nodes[2].values)
    more[output] += 1.0
    changed_ = Member((*plain.nodes[:2], Score(tuple(more.items()))))
    one = Ensemble(1, 2, (plain,), (float(output), 0.0), arithmetic, None)
    other = replace(one, members=(changed_,))
    matter = Matter(bits(1), (Bound("a", one, (0,)), Bound("b", other, (0,))), differ())
    classes = table_of(matter)
    assert len({*classes[0,]}) == 1 and classes[1,] == ((0, 1) if output else (1, 0))
    held, cells = pair(ask(matter), 0, 1), parts_of([full_cell(matter.domain)])
    order = 1 if output else 2
    assert held.orders(cells).tolist() == [order] and held.by_sums(cells) == order


@pytest.mark.parametrize("arithmetic", ["float32", "float64"])
def test_sums_are_rounded_one_after_the_other(arithmetic):
    """The same numbers in another order: 1 is lost in one of them, and the classes differ."""
    big = 2.0**24 if arithmetic == "float32" else 2.0**53
    numbers = (
        Member((Score(((0, big),)),)),
        Member((Score(((0, 1.0),)),)),
        Member((Score(((0, -big),)),)),
    )
    one = Ensemble(1, 1, numbers, (0.0,), arithmetic, 0.5)
    other = replace(one, members=(numbers[0], numbers[2], numbers[1]))
    matter = Matter(bits(1), (Bound("a", one, (0,)), Bound("b", other, (0,))), differ())
    held = pair(ask(matter), 0, 1)
    found = [held.holds(full_cell(bits(1)), order) for order in ORDERS]
    assert found == [True, False, False]
    same = Matter(bits(1), (Bound("a", one, (0,)), Bound("b", one, (0,))), differ())
    assert checker.verify(same, (Paired(0, 1),)).disagreements == (0, 0)


def test_exact_numbers_over_other_powers_of_two_are_not_compared_as_they_stand():
    """1 over 1 and 1/2 over 2 are the same integer; the leaf that tells the scales is elsewhere."""

    def stump(low, high):
        return Member((Inner(0, Fraction(1, 2), 1, 2), Score(((0, low),)), Score(((0, high),))))

    one = Ensemble(1, 1, (stump(1.0, 4.0),), (0.0,), "exact", 0.75)
    other = Ensemble(1, 1, (stump(0.5, 4.0),), (0.0,), "exact", 0.75)
    matter = Matter(bits(1), (Bound("a", one, (0,)), Bound("b", other, (0,))), differ())
    first = full_cell(bits(1)).split(0, 1)[0]
    held = pair(ask(matter), 0, 1)
    assert table_of(matter)[first.first_point()] == (1, 0)
    assert not held.holds(first, SAME) and not held.holds(first, 1)


def proof_from(rng, matter, table, false=False):
    """Splits with orders that are so in their cells, or are not, where the kernel shows them."""
    held = pair(ask(matter), 0, 1)
    nodes = []
    for node, cell in random_proof(rng, matter.domain):
        if node is not None:
            nodes.append(node)
            continue
        two = all(m.classes == 2 for m in matter.models[:2])
        orders = ORDERS if two else (SAME,)
        own = [] if false else [order for order in orders if held.holds(cell, order)]
        if false:
            wrong = [
                o for o in ORDERS if two and not all(is_so(*table[p][:2], o) for p in cell.points())
            ]
            nodes.append(Paired(0, 1, wrong[0]) if wrong else Open())
        else:
            nodes.append(Paired(0, 1, rng.choice(own)) if own else Open())
    return tuple(nodes)


def test_verdicts_hold_the_truth():
    """Whatever is asked, also beside a tree and a third ensemble."""
    decided = 0
    for seed, rng, plain in pairs(range(80)):
        domain, reads = plain.domain, plain.models[0].reads
        question = rng.choice(QUESTIONS[: 3 if plain.models[0].classes > 1 else 1])
        models = [*plain.models]
        if seed % 2:
            models.append(Bound("t", random_tree(rng, domain.columns, 2), reads))
            question = rng.choice(
                (All((question, ClassIs(2, 1))), Not(All((ClassIs(2, 0), question))))
            )
        matter = Matter(domain, tuple(models), question)
        table = table_of(matter)
        true = [p for p, own in table.items() if domain.possible(p) and truth(question, own)]
        verdict = checker.verify(matter, proof_from(rng, matter, table))
        low, high = verdict.disagreements
        assert low <= len(true) <= high, seed
        chance = Fraction(sum(map(domain.weight, true)), domain.total_weight)
        assert verdict.error[0] <= chance <= verdict.error[1], seed
        for found in verdict.counterexamples:
            assert table[found.point] == found.classes
        decided += low == high
    assert decided > 20


def test_false_orders_are_refused_or_left_open():
    refused = 0
    for seed, rng, matter in pairs(range(70)):
        if seed % 2:
            one, other = matter.models
            apart = random_ensemble(rng, one.model.arithmetic, one.model.columns)
            matter = replace(matter, models=(one, replace(other, model=apart)))
        table = table_of(matter)
        proof = proof_from(rng, matter, table, false=True)
        if not any(isinstance(x, Paired) for x in proof):
            continue
        with pytest.raises(InvalidProof, match="that is not shown"):
            checker.verify(matter, proof)
        verdict = checker.verify(matter, proof, lenient=True)
        true = sum(matter.domain.possible(p) and a != b for p, (a, b) in table.items())
        assert verdict.disagreements[0] <= true <= verdict.disagreements[1], seed
        refused += len(verdict.checked.refused)
    assert refused > 30


def two(question=None):
    stump = Member((Inner(0, Fraction(1, 2), 1, 2), Score(()), Score(((0, 1.0),))))
    own = Ensemble(2, 1, (stump,), (0.0,), "exact", 0.5)
    models = Bound("a", own, (0, 1)), Bound("b", own, (0, 1))
    return Matter(bits(2), models, question or differ())


def test_what_pairs_no_two_ensembles_is_refused():
    tree = random_tree(random.Random(1), 2, 2)
    models = (*two().models, Bound("t", tree, (0, 1)))
    matter = Matter(bits(2), models, All((differ(), ClassIs(2, 1))))
    with pytest.raises(InvalidProof, match="pairs no ensembles"):
        checker.verify(matter, (Paired(0, 2),))
    three = Ensemble(2, 3, (), (0.0, 0.5, 0.0), "exact")
    reads = (0, 1)
    matter = Matter(bits(2), (Bound("a", three, reads), Bound("b", three, reads)), differ())
    with pytest.raises(InvalidProof, match="more than two classes"):
        checker.verify(matter, (Paired(0, 1, 1),))


def test_ensembles_of_no_or_of_other_numbers_of_trees_are_not_paired():
    none = Ensemble(2, 1, (), (1.0,), "exact", 0.5)
    for own in (none, replace(two().models[0].model, members=two().models[0].model.members * 2)):
        models = two().models[0], Bound("b", own, (0, 1))
        with pytest.raises(InvalidProof, match="not shown"):
            checker.verify(Matter(bits(2), models, differ()), (Paired(0, 1, 1),))


def test_bytes_are_read_back_and_others_are_refused():
    for models in (2, 3, 64):
        for step in (Paired(0, 1), Paired(0, models - 1, 1), Paired(models - 2, models - 1, 2)):
            assert decode(encode((step,), models), models, 2) == (step,)
            node = second_checker.nodes.proof_nodes(encode((step,), models), models, 2)[0]
            said = node.kind, node.model, node.left, node.argument
            assert said == ("paired", step.left, step.right, step.order)
    for left, right, order in ((1, 0, 3), (1, 1, 3), (0, 1, 0), (2, 1, 3)):
        raw = bytes([0, *encode((Paired(left, right, order),), 2)[1:]])
        with pytest.raises(CertificateError, match="unknown step"):
            decode(raw, 2, 2)
        with pytest.raises(CertificateError, match="no known node"):
            second_checker.nodes.proof_nodes(raw, 2, 2)
    with pytest.raises(CertificateError):
        decode(encode((Paired(0, 1),), 2), None)
    with pytest.raises(CertificateError, match="no step about a network"):
        decode(encode((Several((Constant(0, 0), Paired(0, 1))),), 2), 2, 2)


def test_float32_is_shown_where_both_ensembles_are_shown():
    firm = checker.verify(two(), (Paired(0, 1),))
    assert firm.disagreements == (0, 0) and firm.float32.is_shown
    models = [replace(m, model=replace(m.model, divisor=3.0)) for m in two().models]
    loose = checker.verify(Matter(bits(2), tuple(models), differ()), (Paired(0, 1),))
    assert loose.disagreements == (0, 0) and loose.float32.points_not_shown == 4


def test_the_second_checker_agrees():
    firm = paired_cells = 0
    for _, rng, matter in pairs(range(70)):
        proof = proof_from(rng, matter, table_of(matter))
        data, _, _ = make_certificate(matter, Finding(proof), "x")
        verdict = checker.verify(matter, proof)
        assert certificate_of(data).proof is not None
        second_checker.check(data)  # raises where it shows less than is stated
        firm += verdict.float32.points_not_shown < verdict.domain_size
        paired_cells += verdict.checked.cells.get("paired", 0)
    assert firm > 3 and paired_cells > 70


def test_the_second_checker_shows_nothing_that_is_not_so():
    shown = 0
    for seed, rng, matter in pairs(range(60)):
        data, _, _ = make_certificate(matter, Finding((Open(),)), "x")
        case, table = second_checker.read(data).case, table_of(matter)
        case = replace(case, nets={m: replace(x, firm=True) for m, x in case.nets.items()})
        orders = ORDERS if matter.models[0].classes == 2 else (SAME,)
        for cell in some_cells(rng, matter.domain, 6):
            own = tuple(p if isinstance(p, range) else tuple(bits_of(p)) for p in cell.parts)
            for order in orders:
                node = second_checker.nodes.Node("paired", order, 0, 1)
                if is_shown(case, own, node, lambda n: None):
                    shown += 1
                    assert all(is_so(*table[p], order) for p in cell.points()), seed
                else:
                    assert not pair(ask(matter), 0, 1).holds(cell, order), seed
    assert shown > 150


def bits_of(mask):
    """The values of a set."""
    return [v for v in range(mask.bit_length()) if mask >> v & 1]


def test_samples_beside_them_are_drawn_again():
    from tests.second_checker.test_sample import sampled

    found = 0
    for seed, rng, matter in pairs(range(20)):
        matter = replace(matter, question=rng.choice(QUESTIONS[:3]))
        proof = proof_from(rng, matter, table_of(matter))
        data, _, _ = make_certificate(matter, Finding(proof), "x")
        data = sampled(data, Plan(200, Fraction(1, 1000), str(seed), block=40))
        if data is not None:
            assert second_checker.check(data).sample == ""
            found += any(isinstance(x, Paired) for x in certificate_of(data).proof)
    assert found > 5


def test_copies_that_read_other_variables_are_paired_by_what_both_see():
    """One bit is read as another: where it is not tested the classes are the same."""
    stump = Member((Inner(0, Fraction(1, 2), 1, 2), Score(()), Score(((0, 1.0),))))
    own = Ensemble(2, 1, (stump,), (0.0,), "exact", 0.5)
    models = Bound("a", own, (0, 1)), Bound("b", own, (0, 2))
    matter = Matter(bits(3), models, differ())
    assert checker.verify(matter, (Paired(0, 1),)).disagreements == (0, 0)
    turned = Matter(bits(3), (models[0], Bound("b", own, (1, 2))), differ())
    with pytest.raises(InvalidProof, match="not shown"):
        checker.verify(turned, (Paired(0, 1),))
    halves = (Split(0, 1), Paired(0, 1, 1), Paired(0, 1, 2))
    more = replace(turned, question=All((ClassIs(0, 1), ClassIs(1, 0))))
    found = checker.verify(more, halves)
    assert found.disagreements == (0, 4)
    with pytest.raises(InvalidProof, match="not shown"):
        checker.verify(more, (Split(0, 1), Paired(0, 1, 2), Paired(0, 1, 1)))


def test_an_order_is_told_of_all_sums():
    """Numbers that contradict each other tree by tree may still make ordered classes."""

    def members(*numbers):
        return tuple(Member((Score(((0, x),)),)) for x in numbers)

    one = Ensemble(1, 1, members(1.0, 2.0), (0.0,), "float32", 0.5)
    other = replace(one, members=members(2.0, 1.0), arithmetic="float64")
    matter = Matter(bits(1), (Bound("a", one, (0,)), Bound("b", other, (0,))), differ())
    held = pair(ask(matter), 0, 1)
    cell = full_cell(bits(1))
    assert held.orders(parts_of([cell])).tolist() == [0] and held.holds(cell, SAME)


@pytest.mark.parametrize("kinds", [("f4", "f8"), ("f8", "i8"), ("f4", "f4")])
def test_pairs_of_rows_are_kept_once(kinds):
    rng = np.random.default_rng(5)
    for rows, columns in ((0, 1), (1, 2), (400, 1), (400, 2), (400, 3)):
        a, b = (rng.integers(-1, 2, (rows, k)) * 0.5 for k in (columns, 1))
        a, b = a.astype(kinds[0]), (2 * b).astype(kinds[1])
        left, right = paired._distinct(a, b)
        found = [x.tobytes() + y.tobytes() for x, y in zip(left, right, strict=True)]
        wanted = {x.tobytes() + y.tobytes() for x, y in zip(a, b, strict=True)}
        assert len(found) == len(wanted) and set(found) == wanted


def test_more_sums_than_are_allowed_show_nothing():
    matter = two()
    held, cell = pair(ask(matter), 0, 1), parts_of([full_cell(matter.domain)])
    assert held.by_sums(cell) == SAME
    assert held.by_sums(cell, most=1) == 0
