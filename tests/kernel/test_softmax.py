"""Ensembles whose rounded softmaxes are compared, on scores that tie or nearly do."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import near_ties, random_domain, random_tree, scores_of
from tests.kernel.test_ensembles import some_cells
from verifier.kernel import checker
from verifier.kernel.ensembles import forest_of
from verifier.kernel.prepared import parts_of
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import EnsembleError, InvalidProof
from verifier.model.proof import Constant, Enumerated
from verifier.model.question import Bound, Matter, differ
from verifier.model.softmax import DIGITS, NEAR, exponential, first_of_largest, softmax_classes
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.forests import prove
from verifier.second_checker.softmax import class_of_softmax
from verifier.writing.certificate import make_certificate


def cases(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        yield seed, rng, domain, near_ties(rng, sorted(DIGITS)[seed % 2], domain.columns)


def plainly(scores: list[float], arithmetic: str) -> int:
    """The class, by NumPy's own exponentials where these are rounded to nearest."""
    kind = np.dtype(arithmetic).type
    held = [kind(x) for x in scores]
    powers = [kind(exponential(float(x - max(held)), arithmetic)) for x in held]
    total = 0.0
    for p in powers:
        total += float(p)
    return int(np.argmax(np.array([p / kind(total) for p in powers])))


def test_exponentials_are_rounded_to_nearest() -> None:
    for arithmetic, digits in DIGITS.items():
        for k in range(1, 60):
            for x in (-k * 2.0**-digits, -k * 2.0 ** -(digits + 1), -k / 7, -1.5 * k):
                found = exponential(x, arithmetic)
                exact = math.exp(x)  # within a unit of the last place
                spacing = float(np.spacing(np.dtype(arithmetic).type(exact)))
                assert abs(found - exact) <= spacing
                assert float(np.dtype(arithmetic).type(found)) == found
        assert exponential(0.0, arithmetic) == 1
        assert exponential(-900.0, arithmetic) == exponential(-(2.0**119), arithmetic) == 0
        assert exponential(-math.ldexp(1, -60), arithmetic) == 1
    assert exponential(-104.0, "float32") == 0 != exponential(-103.0, "float32")


def test_points_are_those_of_the_definition_and_of_the_second_checker() -> None:
    differs = 0
    for seed, _, domain, ensemble in cases(range(60)):
        forest = forest_of(ensemble, domain, range(len(domain.variables)), True)
        points = list(full_cell(domain).points())
        found = forest.classes_at(np.array(points)).tolist()
        for point, own in zip(points, found, strict=True):
            scores = scores_of(ensemble, domain.encode(point))
            assert own == ensemble.class_at(domain.encode(point)), seed
            assert own == plainly([float(x) for x in scores], ensemble.arithmetic), seed
            assert own == class_of_softmax(scores, DIGITS[ensemble.arithmetic]), seed
            differs += scores[own] != max(scores)
    assert differs > 50


def test_scores_further_apart_than_near_have_different_softmaxes() -> None:
    """Whatever the other scores are, and one unit further apart than that is enough."""
    rng = np.random.default_rng(0)
    for arithmetic, near in NEAR.items():
        kind = np.dtype(arithmetic).type
        for _ in range(300):
            low = kind(-rng.random())
            high = low
            while Fraction(float(high)) - Fraction(float(low)) <= near:
                high = np.nextafter(high, kind(1))
            others = low - rng.exponential(0.3, size=int(rng.integers(0, 9))).astype(kind)
            scores = np.array([low, *others, high], dtype=kind)
            assert first_of_largest(scores) == len(scores) - 1
            assert softmax_classes(scores[None]).tolist() == [len(scores) - 1]


def test_what_the_rule_shows_is_true() -> None:
    shown = 0
    for seed, rng, domain, ensemble in cases(range(120)):
        forest = forest_of(ensemble, domain, range(len(domain.variables)), True)
        held = list(some_cells(rng, domain, 25))
        truth = [{ensemble.class_at(domain.encode(p)) for p in c.points()} for c in held]
        for klass in range(ensemble.classes):
            found = forest.shows(parts_of(held), np.full(len(held), klass))
            for cell, own, yes in zip(held, truth, found.tolist(), strict=True):
                assert not yes or own == {klass}, (seed, cell)
                shown += yes
    assert shown > 300


def one_unit_apart() -> tuple[Matter, Ensemble]:
    """Output 1 is greater by half a unit of the last place, but its softmax is not."""
    ensemble = Ensemble(
        1, 2, (Member((Score(((1, 2.0**-25),)),)),), (0.25, 0.25), "float32", link="softmax"
    )
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    models = (Bound("f", ensemble, (0,)), Bound("t", tree, (0,)))
    return Matter(bits(1), models, differ()), ensemble


def test_a_false_constant_is_refused_and_points_are_what_predict_says() -> None:
    matter, ensemble = one_unit_apart()
    assert ensemble.class_at([Fraction(0)]) == 0
    assert replace(ensemble, link="").class_at([Fraction(0)]) == 1
    with pytest.raises(InvalidProof, match="step 1 claims class 1"):
        checker.verify(matter, [Constant(1)])
    assert checker.verify(matter, [Enumerated()]).disagreements == (1, 1)
    plain = replace(matter.models[0], model=replace(ensemble, link=""))
    bare = replace(matter, models=(plain, matter.models[1]))
    assert checker.verify(bare, [Constant(1)]).disagreements == (1, 1)
    assert scores_of(ensemble, [Fraction(0)])[1] > Fraction(1, 4)


def test_proofs_hold_the_truth() -> None:
    for seed, rng, domain, ensemble in cases(range(40)):
        tree = random_tree(rng, domain.columns, ensemble.classes)
        reads = tuple(range(len(domain.variables)))
        matter = Matter(domain, (Bound("f", ensemble, reads), Bound("t", tree, reads)), differ())
        rows = {p: domain.encode(p) for p in full_cell(domain).points() if domain.possible(p)}
        truth = sum(ensemble.class_at(r) != tree.class_at(r) for r in rows.values())
        verdict = make_certificate(matter, prove(matter, few=rng.choice((1, 64))), "branch")[2]
        assert verdict.disagreements == (truth, truth), seed


@pytest.mark.parametrize(
    "change", [{"link": "sigmoid"}, {"arithmetic": "exact"}, {"outputs": 1, "start": (0.0,)}]
)
def test_a_link_that_cannot_be(change) -> None:
    one = {"columns": 1, "outputs": 2, "members": (), "start": (0.0, 0.0)}
    fields = one | {"arithmetic": "float32", "link": "softmax"} | change
    with pytest.raises(EnsembleError, match=r"softmax|link"):
        Ensemble(**fields, threshold=0.0 if fields["outputs"] == 1 else None)
