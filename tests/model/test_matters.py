"""Domains, models and questions against an independent brute force of their members."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

from tests import brute_claims, brute_members
from tests.brute_matters import random_members
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Listed, Runs
from verifier.model.domain import Domain, bits
from verifier.model.errors import DomainError
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Network, exact_classes
from verifier.model.overlay import classify, descend, leaves_of_points, overlay
from verifier.model.proof import Enumerated, check_shape, is_open, steps
from verifier.model.question import Matter, Not, truth
from verifier.model.tree import Inner, Leaf, Tree, bind
from verifier.reading.json_nouns import domain_from_json
from verifier.reading.json_text import parse
from verifier.reading.models_json import models_from_json, question_from_json
from verifier.reading.proof_bytes import decode
from verifier.writing.json_nouns import domain_to_json
from verifier.writing.json_text import dump
from verifier.writing.models_json import models_to_json, question_to_json
from verifier.writing.proof_bytes import encode

SEEDS = range(60)


def read(parts):
    """The matter that members hold, by the code under test."""
    domain = domain_from_json(parse(parts["domain.json"]))
    models = models_from_json(domain, parse(parts["models.json"]), parts["weights.bin"])
    return Matter(domain, models, question_from_json(models, parse(parts["question.json"])))


def case(seed):
    """Members, what brute force reads in them, and what the code under test does."""
    parts = random_members(random.Random(seed))
    return parts, brute_members.matter_of(parts), read(parts)


def random_cell(rng, domain):
    parts = []
    for v in domain.variables:
        a, b = sorted(rng.sample(range(v.count + 1), 2))
        parts.append(range(a, b) if isinstance(v.whole, range) else rng.randrange(1, v.whole + 1))
    return Cell(tuple(parts))


@pytest.mark.parametrize("seed", SEEDS)
def test_points_and_their_weights(seed):
    _, facts, matter = case(seed)
    domain = matter.domain
    every = list(full_cell(domain).points())
    assert {p for p in every if domain.possible(p)} == set(facts.weights)
    assert domain.size == len(facts.weights)
    for point in every:
        assert domain.probability(point) == facts.weights.get(point, 0)
    assert not domain.possible((*every[0], 0)) and not domain.possible((-1, *every[0][1:]))
    rng = random.Random(seed)
    for cell in (full_cell(domain), *(random_cell(rng, domain) for _ in range(8))):
        inside = [p for p in facts.weights if cell.contains(p)]
        points, weight = domain.measure(cell)
        assert points == len(inside)
        assert Fraction(weight, domain.total_weight) == facts.weight_of(inside)


@pytest.mark.parametrize("seed", SEEDS)
def test_trees_of_models_and_domains_are_laid_over_cells(seed):
    _, facts, matter = case(seed)
    rng = random.Random(seed)
    bound = [
        (m, bind(matter.models[m].model, matter.domain, matter.models[m].reads))
        for m in matter.trees
    ]
    for cell in (full_cell(matter.domain), *(random_cell(rng, matter.domain) for _ in range(4))):
        points = sorted(cell.points())
        for m, tree in bound:
            pieces = list(overlay(tree, cell))
            assert sorted(p for piece, _ in pieces for p in piece.points()) == points
            name = matter.models[m].name
            for piece, leaf in pieces:
                found = {facts.classes(p)[name] for p in piece.points()}
                assert found == {tree.classes[leaf]} and descend(tree, piece) == leaf
            array = np.array(points)
            leaves = leaves_of_points(tree, array).tolist()
            assert [tree.nodes[leaf] for leaf in leaves] == [classify(tree, p) for p in points]
        for piece, leaf in matter.domain.parts(cell):
            whole = sum(facts.weights[p] for p in piece.points())  # all of them are points
            weight = matter.domain.weight_within(piece, leaf)
            assert Fraction(weight, matter.domain.total_weight) == whole


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_and_truth_of_every_point(seed):
    _, facts, matter = case(seed)
    points = list(facts.weights)
    classes = []
    for m in matter.models:
        own = [tuple(p[i] for i in m.reads) for p in points]
        domain = matter.domain.product_of(m.reads)
        if isinstance(m.model, Network):
            classes.append(exact_classes(m.model, domain, own))
        else:
            assert isinstance(m.model, Tree)
            tree = bind(m.model, domain)
            classes.append([classify(tree, p) for p in own])
    true = [p for p, *own in zip(points, *classes, strict=True) if truth(matter.question, own)]
    assert set(true) == set(facts.answer)


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_with_unknown_classes(seed):
    """In three values: what is decided holds whatever the unknown classes are."""
    parts, _, matter = case(seed)
    formula = parse(parts["question.json"])["formula"]
    names = [m.name for m in matter.models]
    rng = random.Random(seed)
    for _ in range(20):
        classes = [rng.choice((None, *range(m.classes))) for m in matter.models]
        found = truth(matter.question, classes)
        assert found == brute_members.truth(formula, dict(zip(names, classes, strict=True)))
        choices = [
            range(m.classes) if c is None else (c,)
            for m, c in zip(matter.models, classes, strict=True)
        ]
        every = {truth(matter.question, held) for held in itertools.product(*choices)}
        assert None not in every and (found is None or every == {found})


@pytest.mark.parametrize("seed", SEEDS)
def test_members_are_read_back_as_they_were_written(seed):
    parts, facts, matter = case(seed)
    models, weights = models_to_json(matter.domain, matter.models)
    again = {
        "domain.json": dump(domain_to_json(matter.domain)),
        "models.json": dump(models),
        "weights.bin": weights,
        "question.json": dump(question_to_json(matter.models, matter.question)),
    }
    held = read(again)
    assert held.domain == matter.domain and held.question == matter.question
    assert weights == parts["weights.bin"]
    assert brute_members.matter_of(again).weights == facts.weights
    assert brute_members.matter_of(again).answer == facts.answer
    rewritten = models_to_json(held.domain, held.models)
    assert dump(rewritten[0]) == again["models.json"]
    assert dump(domain_to_json(held.domain)) == again["domain.json"]


@pytest.mark.parametrize("seed", SEEDS)
def test_proofs_are_read_back_as_they_were_written(seed):
    _, facts, matter = case(seed)
    count = len(matter.models)
    data = brute_claims.encode(brute_claims.random_proof(random.Random(seed), facts), count)
    proof = decode(data, count)
    assert encode(proof, count) == data
    shape = check_shape(matter.domain, proof)
    assert (shape.nodes, shape.opens) == (len(proof), is_open(proof))
    cells = [cell for cell, _, _ in steps(matter.domain, proof)]
    points = [p for cell in cells for p in cell.points()]
    assert sorted(points) == sorted(full_cell(matter.domain).points())
    evaluated = [cell for cell, _, step in steps(matter.domain, proof) if step == Enumerated()]
    assert shape.points == sum(matter.domain.measure(cell)[0] for cell in evaluated)


def with_formula(parts, formula):
    stated = {"format": "leafproof-question/1", "formula": formula}
    return {**parts, "question.json": dump(stated)}


def test_a_formula_may_be_nested_a_thousand_deep_and_no_deeper():
    parts, _, matter = case(0)
    atom = {"all": [{"class": [m.name, 0]} for m in matter.models]}
    deep = atom
    for _ in range(998):
        deep = {"not": deep}
    held = read(with_formula(parts, deep))
    again = read(with_formula(parts, deep))
    assert held.question == again.question and hash(held.question) == hash(again.question)
    assert held.question != Not(again.question) and matter.question != again.question
    classes = [0] * len(held.models)
    assert truth(held.question, classes) is True
    assert dump(question_to_json(held.models, held.question)["formula"]) == dump(deep)
    with pytest.raises(ValueError, match="nested more than 1000 deep"):
        read(with_formula(parts, {"not": deep}))


def test_domains_with_a_tree_are_no_plain_ones():
    kinds = {
        (matter.domain.plain, matter.domain.given is None) for _, _, matter in map(case, SEEDS)
    }
    assert kinds == {(True, True), (False, True), (False, False)}


HALVES = (Listed((Fraction(1), Fraction(0))), Listed((Fraction(0), Fraction(1))))
NOTHING = GivenLeaf(Fraction(0))


def on_x(left, yes, no):
    return GivenTest(0, left, yes, no)


def leaf(weight, *chances):
    return GivenLeaf(Fraction(weight), chances)


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ([], "has no node 0"),
        ([on_x(1, 1, 2), NOTHING], "has no node 2"),
        ([on_x(1, 1, 1), NOTHING], "children stand after their parent"),
        ([on_x(1, 0, 1), NOTHING], "children stand after their parent"),
        ([on_x(1, 1, 2), on_x(1, 2, 3), NOTHING, NOTHING], "two ways to it|has an empty leaf"),
        ([on_x(1, 1, 2), GivenTest(1, 1, 2, 3), NOTHING, NOTHING, NOTHING], "two ways to it"),
        ([leaf(1, None, None), NOTHING], "nodes that are no children"),
        ([GivenTest(2, 1, 1, 2), NOTHING, NOTHING], "tests variable 2: there is none"),
        ([on_x(range(1), 1, 2), NOTHING, NOTHING], "as another kind of variable"),
        ([on_x(0, 1, 2), NOTHING, NOTHING], "has an empty leaf"),
        ([on_x(3, 1, 2), NOTHING, NOTHING], "has an empty leaf"),
        ([on_x(5, 1, 2), NOTHING, NOTHING], "values that are not left"),
        ([GivenLeaf(Fraction(0), (None, None))], "has weight 0, that is impossible"),
        ([leaf(1, None)], "distributions of 1 variables"),
        ([leaf(1, Runs(0, ((2, Fraction(1)),)), None)], "are of another kind"),
        ([leaf(1, Listed((Fraction(1),)), None)], "has 1 probabilities"),
        ([on_x(1, 1, 2), leaf(1, None, None), NOTHING], "leaves only some"),
        ([on_x(1, 1, 2), leaf(1, HALVES[1], None), NOTHING], "is not in the leaf"),
        ([on_x(1, 1, 2), leaf("1/2", HALVES[0], None), NOTHING], "sum to 1/2, not to 1"),
    ],
)
def test_what_is_no_tree_of_a_domain_is_one_line(nodes, says):
    with pytest.raises(DomainError, match=says) as caught:
        Domain(bits(2).variables, Given(tuple(nodes)))
    assert "\n" not in str(caught.value)


def test_a_tree_of_a_domain_is_what_it_says():
    nodes = on_x(1, 1, 2), leaf("1/3", HALVES[0], None), leaf("2/3", HALVES[1], HALVES[1])
    domain = Domain(bits(2).variables, Given(nodes))
    chances = {p: domain.probability(p) for p in full_cell(domain).points()}
    third, sixth = Fraction(2, 3), Fraction(1, 6)
    assert chances == {(0, 0): sixth, (0, 1): sixth, (1, 0): 0, (1, 1): third}
    assert domain.size == 4 and domain.possible((1, 0))  # of probability 0, but a point


def test_a_tree_says_what_it_tests_and_tells_apart():
    leaf = Tree((Leaf(0),))
    assert (leaf.columns, leaf.classes) == (0, 2)
    tree = Tree(
        (Inner(4, Fraction(1), 1, 2), Leaf(5), Inner(2, Fraction(0), 3, 4), Leaf(1), Leaf(0))
    )
    assert (tree.columns, tree.classes) == (5, 6)
