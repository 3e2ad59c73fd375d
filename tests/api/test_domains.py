"""Domains from plain values of Python and NumPy."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest

from verifier.model import domain as exact
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, LeafproofError, RuntimeNote


def numbers(domain):
    return [row[0] for row in domain.variables[0].encoding]


def test_bits_and_signs_are_what_files_and_certificates_call_so():
    assert Domain.bits(3) == exact.bits(3) == Domain.bits(np.int64(3))
    assert Domain.signs(2) == exact.signs(2)
    named = Domain.bits(["smoker", "fever"])
    assert [v.name for v in named.variables] == ["smoker", "fever"] and named.columns == 2
    assert named.inputs().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_a_float_stands_for_the_decimal_that_it_shows():
    tenth = [Fraction(1, 10), Fraction(3, 10)]
    for values in ([0.1, 0.3], np.array([0.1, 0.3]), np.array([0.1, 0.3], np.float32)):
        assert numbers(Domain.ordinal("x", values)) == tenth
    assert numbers(Domain.ordinal("x", ["1/3", "2.50"])) == [Fraction(1, 3), Fraction(5, 2)]
    assert numbers(Domain.ordinal("x", [1e-20, 0.1 + 0.2])) == [
        Fraction(1, 10**20),
        Fraction("0.30000000000000004"),
    ]


@pytest.mark.parametrize(
    "values",
    [range(3), [0, 1, 2], (0.0, 1.0, 2.0), np.arange(3), np.arange(3, dtype=np.uint8), iter("012")],
)
def test_whole_numbers_of_any_type_are_exact(values):
    found = numbers(Domain.ordinal("x", values))
    assert found == [0, 1, 2] and all(type(x.numerator) is int for x in found)
    assert numbers(Domain.ordinal("x", [False, np.True_])) == [0, 1]
    large = Domain.ordinal("x", np.array([2**62, 2**62 + 1]))
    assert large.variables[0].weights == ((1, 1), 2) and numbers(large)[1] == 2**62 + 1


def test_columns_stand_side_by_side_in_order():
    domain = Domain.product(
        Domain.one_hot({"colour": ["red", "green"], "size": np.array(["S", "M", "L"])}),
        Domain.thermometer("age", ["young", "middle", "old"]),
        Domain.ordinal("doors", [2, 4], weights=np.array([3, 1])),
        Domain.encoded("word", ["a", "b"], np.array([[0.5, -1], [0, 2]])),
    )
    assert domain.columns == 2 + 3 + 2 + 1 + 2 and domain.size == 2 * 3 * 3 * 2 * 2
    assert domain.inputs().shape == (72, 10)
    assert domain.inputs()[-1].tolist() == [0, 1, 0, 0, 1, 1, 1, 4, 0, 2]
    assert domain.variables[3].probabilities == (Fraction(3, 4), Fraction(1, 4))
    assert domain.variables[1].labels == ("S", "M", "L")


def test_labels_may_be_any_plain_values():
    variable = Domain.one_hot("x", [1, np.float64(2.5), np.bool_(True), "a"]).variables[0]
    assert variable.labels == ("1", "2.5", "True", "a")


def test_probabilities_are_exact_or_refused():
    thirds = Domain.one_hot("x", ["a", "b"], ["1/3", Fraction(2, 3)])
    assert thirds.variables[0].probabilities == (Fraction(1, 3), Fraction(2, 3))
    assert Domain.one_hot("x", [0, 1], [0.9, 0.1]).variables[0].probabilities[1] == Fraction(1, 10)
    with pytest.warns(RuntimeNote, match=r'"x": .* miss it by .*: each is divided'):
        made = Domain.one_hot("x", [0, 1, 2], [1 / 3, 1 / 3, 1 / 3])
    assert made.variables[0].probabilities == (Fraction(1, 3),) * 3
    for wrong in ([0.333, 0.333, 0.333], ["0.3333333333333333"] * 3, [0.5, 0.5, 0.5]):
        with pytest.raises(DomainError, match="not to 1: write them exactly"):
            Domain.one_hot("x", [0, 1, 2], wrong)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Domain.bits(0), "at least 1"),
        (lambda: Domain.bits(2.0), "neither a number of inputs nor a list"),
        (lambda: Domain.bits("smoker"), "neither a number of inputs nor a list"),
        (lambda: Domain.signs([1]), "one line of printable text"),
        (lambda: Domain.bits([]), "no variables"),
        (lambda: Domain.bits(["a", "a"]), 'two variables are named "a"'),
        (lambda: Domain.one_hot("a"), "has no values"),
        (lambda: Domain.one_hot("a", "red"), "not a list of values"),
        (lambda: Domain.one_hot("a", 3), "not a list of values"),
        (lambda: Domain.one_hot("a\n", [1]), "one line of printable text"),
        (lambda: Domain.one_hot("a", ["", "b"]), "one line of printable text"),
        (lambda: Domain.one_hot("a", [1, "1"]), "same label"),
        (lambda: Domain.one_hot({"a": [1]}, [1]), "leave the rest out"),
        (lambda: Domain.one_hot("a", [1, 2], [0.5]), "give one per value"),
        (lambda: Domain.one_hot("a", [1, 2], 0.5), "not a list of numbers"),
        (lambda: Domain.one_hot("a", [1], [1], weights=[1]), "leave one out"),
        (lambda: Domain.one_hot("a", [1, 2], weights=[0, 0]), "one of them above"),
        (lambda: Domain.ordinal("a", ["x"]), "x is not a finite number"),
        (lambda: Domain.ordinal("a", [np.nan]), "nan is not a finite number"),
        (lambda: Domain.ordinal("a", [np.inf]), "inf is not a finite number"),
        (lambda: Domain.ordinal("a", [None]), "None is not a finite number"),
        (lambda: Domain.ordinal("a", []), "has no values"),
        (lambda: Domain.ordinal("a", np.zeros((2, 2))), "is not a finite number"),
        (lambda: Domain.encoded("a", [1, 2], [1, 2]), "not a list of numbers"),
        (lambda: Domain.encoded("a", [1, 2], [[1]]), "give one row per value"),
        (lambda: Domain.encoded("a", [1, 2], 3), "not a list of rows"),
        (lambda: Domain.encoded("a", [1, 2], [[1], [1, 2]]), "same number"),
        (lambda: Domain.product(), "no variables"),
        (lambda: Domain.product(3), "a part is of type int: give Domains"),
        (lambda: Domain.product(Domain.bits(1), Domain.signs(1)), 'named "x0"'),
        (lambda: Domain.from_file("nowhere.json"), "cannot read the domain file"),
        (lambda: Domain.bits(21).inputs(), "more than 1000000"),
    ],
)
def test_what_cannot_be_is_one_clear_line(make, message):
    with pytest.raises(DomainError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value) and isinstance(caught.value, LeafproofError)


def test_files_and_pickles_give_the_same_domain(tmp_path):
    domain = Domain.product(
        Domain.one_hot("colour", ["red", "blue"], [0.25, 0.75]), Domain.ordinal("x", [0.1, "1/3"])
    )
    domain.save(tmp_path / "domain.json")
    assert Domain.from_file(tmp_path / "domain.json") == domain
    assert Domain.from_file(str(tmp_path / "domain.json")) == domain
    assert pickle.loads(pickle.dumps(domain)) == domain
