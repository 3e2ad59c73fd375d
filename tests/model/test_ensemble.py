"""Ensembles: their sums by numbers of Python alone, and what is refused."""

import pickle
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import random_ensemble, scores_of, simple
from verifier.model.ensemble import ARITHMETICS, Ensemble, Member, Score
from verifier.model.errors import EnsembleError, LeafproofError
from verifier.model.head import Head
from verifier.model.tree import Inner, Leaf, Tree


def rounded(x: Fraction, bits: int) -> Fraction:
    """The nearest number of so many bits, ties to even: by integers."""
    if not x:
        return x
    power = 0
    while abs(x) * Fraction(2) ** power >= 2**bits:
        power -= 1
    while abs(x) * Fraction(2) ** power < 2 ** (bits - 1):
        power += 1
    return round(x * Fraction(2) ** power) / Fraction(2) ** power  # round: half to even


def scores_by_hand(ensemble: Ensemble, row: list[Fraction]) -> list[Fraction]:
    bits = {"exact": None, "float32": 24, "float64": 53}[ensemble.arithmetic]
    found = [Fraction(x) for x in ensemble.start]
    for member in ensemble.members:
        leaf = member.nodes[member.leaf_at(row)]
        assert isinstance(leaf, Score)
        for output, value in leaf.values:
            found[output] += Fraction(value)
            if bits:
                found[output] = rounded(found[output], bits)
    found = [x * Fraction(ensemble.factor) / Fraction(ensemble.divisor) for x in found]
    return [rounded(x, bits) for x in found] if bits else found


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_scores_and_classes_are_those_of_slow_sums(arithmetic):
    rng = random.Random(arithmetic)
    for seed in range(40):
        ensemble = random_ensemble(rng, arithmetic)
        rows = [[Fraction(rng.randrange(-8, 9), 4) for _ in range(4)] for _ in range(20)]
        wanted = [scores_by_hand(ensemble, row) for row in rows]
        assert [scores_of(ensemble, row) for row in rows] == wanted, seed
        if ensemble.threshold is None:
            classes = [max(range(len(w)), key=lambda k, w=w: (w[k], -k)) for w in wanted]
        else:
            classes = [int(w[0] > Fraction(ensemble.threshold)) for w in wanted]
        assert [ensemble.class_at(row) for row in rows] == classes, seed
        held = np.array([[float(x) for x in row] for row in rows])
        assert ensemble.predict(held).tolist() == classes
        shown = ensemble.scores(held)
        assert shown.tolist() == [[float(x) for x in w] for w in wanted]


def test_float32_sums_round_after_each_tree():
    one, tiny = 1.0, 2.0**-24
    leaves = [Member((Score(((0, x),)),)) for x in (one, tiny, tiny)]
    held = Ensemble(1, 1, tuple(leaves), (0.0,), "float32", 1.0)
    assert held.class_at([0]) == 0  # 1 + 2^-24 is a tie, which goes to 1, twice
    assert replace(held, arithmetic="float64").class_at([0]) == 1
    assert replace(held, members=tuple(leaves[::-1])).class_at([0]) == 1  # 2^-23 + 1 is exact
    assert scores_of(replace(held, arithmetic="exact"), [0]) == [1 + Fraction(1, 2**23)]


def test_a_ladder_is_a_test_for_a_set():
    """x in {1, 3}, as tests of one column whose ways lead to the same leaves."""
    ladder = Member(
        (
            Inner(0, Fraction(0), 4, 1),
            Inner(0, Fraction(1), 5, 2),
            Inner(0, Fraction(2), 4, 3),
            Inner(0, Fraction(3), 5, 4),
            Score(((0, -1.0),)),
            Score(((0, 1.0),)),
        )
    )
    held = Ensemble(1, 1, (ladder,), (0.0,), "float64", 0.0)
    assert [held.class_at([x]) for x in range(5)] == [0, 1, 0, 1, 0]
    assert held.predict(np.arange(5)[:, None]).tolist() == [0, 1, 0, 1, 0]


def test_without_members_it_is_its_start():
    assert Ensemble(2, 3, (), (1.0, 2.0, 2.0), "float32").class_at([0, 0]) == 1


def test_thresholds_are_compared_exactly():
    third = Member((Inner(0, Fraction(1, 3), 1, 2), Score(()), Score(((0, 1.0),))))
    held = Ensemble(1, 1, (third,), (0.0,), "float64", 0.5)
    assert held.class_at([Fraction(1, 3)]) == 0
    below, above = (float(np.nextafter(np.float64(1 / 3), e)) for e in (0, 1))
    assert held.predict([[below], [1 / 3], [above]]).tolist() == [0, 0, 1]  # 1/3 rounds down


def test_it_can_be_copied():
    held = simple()
    assert held.sums is held.sums
    copy = pickle.loads(pickle.dumps(held))
    assert (copy.members, copy.start) == (held.members, held.start)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arithmetic": "float16"}, "added as one of"),
        ({"threshold": None}, "one output has a threshold"),
        ({"threshold": float("nan")}, "no finite number"),
        ({"start": ()}, "one start each"),
        ({"start": (1e-300,)}, "at least 2^-80"),
        ({"start": (0.1,)}, "no float32 number"),
        ({"start": (float("inf"),)}, "numbers are finite"),
        ({"start": (float(np.float32(2e38)),)}, "stay below 2^120"),
        ({"start": (float(np.float32(1e36)),), "divisor": 2.0**-20}, "stay below 2^120"),
        ({"divisor": 0.0}, "divided by a number from"),
        ({"factor": 0.0}, "may be multiplied"),
        ({"factor": 2.0, "divisor": 2.0}, "may be multiplied"),
        ({"factor": 2.0, "arithmetic": "exact"}, "may be multiplied"),
        ({"factor": 0.1}, "no float32 number"),
        ({"columns": 1}, "tests column 1"),
        ({"labels": ("a",)}, "class names"),
        ({"head": Head("logit", None, "shown")}, "does not fit"),
    ],
)
def test_what_does_not_fit_is_refused(change, says):
    with pytest.raises(
        EnsembleError if "head" not in change and "labels" not in change else LeafproofError,
        match=says.replace("^", r"\^"),
    ):
        replace(simple("float32"), **change)


def test_sums_beyond_float64_are_refused():
    leaf = Member((Score(((0, 1.7e308),)),))
    for arithmetic in ("exact", "float64"):
        with pytest.raises(EnsembleError, match="may reach inf"):
            Ensemble(1, 1, (leaf, leaf), (0.0,), arithmetic, 0.0)


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ((), "no nodes"),
        ((Inner(0, Fraction(0), 0, 1), Score(())), "stand after their parents"),
        ((Inner(0, Fraction(0), 1, 2), Score(())), "stand after their parents"),
        ((Score(()), Score(())), "node 1 has no parent"),
        ((Inner(-1, Fraction(0), 1, 1), Score(())), "tests column -1"),
        ((Score(((1, 0.0), (0, 0.0))),), "name its outputs once"),
        ((Score(((0, 0.0), (0, 0.0))),), "name its outputs once"),
        ((Score(((-1, 0.0),)),), "name its outputs once"),
    ],
)
def test_malformed_members_are_refused(nodes, says):
    with pytest.raises(EnsembleError, match=says):
        Member(nodes)


def test_a_member_adds_to_outputs_that_are_there():
    with pytest.raises(EnsembleError, match="adds to output 1"):
        Ensemble(1, 1, (Member((Score(((1, 1.0),)),)),), (0.0,), "exact", 0.0)


def test_rows_that_are_none_are_refused():
    for x, says in (([["a"]], "give numbers"), ([[1.0]], "give"), ([[1.0, np.nan]], "finite")):
        with pytest.raises(LeafproofError, match=says):
            simple().predict(x)


@pytest.mark.parametrize("threshold", [0.5, np.float32(0.5), "1/2", None])
def test_a_threshold_that_is_no_fraction_is_one_line(threshold):
    """A float was an AttributeError where the tree was first bound to a domain."""
    node = Inner(0, threshold, 1, 2)
    for kind, leaf in ((Tree, Leaf(0)), (Member, Score(()))):
        with pytest.raises(LeafproofError, match=r"^node 0 tests .*: give Fraction\(threshold\)$"):
            kind((node, leaf, leaf))
