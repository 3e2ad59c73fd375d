"""Probabilities that floats had rounded were refused without a word on what to write instead.

In Python, 0.1 + 0.2 + 0.7 did not even sum to 1, as floats were taken for binary fractions, and
NumPy's float32 was a TypeError.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pytest

from verifier.formats.load import read_domain
from verifier.formats.variables import one_hot, ordinal, thermometer, variable
from verifier.model.errors import DomainError, RuntimeNote
from verifier.model.variable import Variable
from verifier.reading.json_nouns import domain_from_json
from verifier.writing.json_nouns import domain_to_json

THIRDS = [0.3333333333333333] * 3


def read(folder, **more):
    entry = {"name": "v", "values": ["a", "b", "c"], "encoding": [[0], [1], [2]], **more}
    path = folder / "domain.json"
    path.write_text(json.dumps({"format": "leafproof-domain/1", "variables": [entry]}))
    return read_domain(path)


@pytest.mark.parametrize(
    "given", [[0.1, 0.2, 0.7], [0.333, 0.333, 0.334], [1e-9, 0.5, 0.499999999]]
)
def test_decimals_that_sum_to_1_are_exact(tmp_path, given):
    exact = tuple(Fraction(repr(p)) for p in given)
    assert read(tmp_path, probabilities=given).variables[0].probabilities == exact
    for kind in (list, np.array):
        assert one_hot("v", "abc", kind(given)).probabilities == exact
    assert one_hot("v", "abc", [str(p) for p in given]).probabilities == exact


def test_numpy_float32_shows_fewer_digits():
    made = one_hot("v", "abc", np.array([0.1, 0.2, 0.7], np.float32))
    assert made.probabilities == (Fraction(1, 10), Fraction(1, 5), Fraction(7, 10))


def test_the_remedy_is_what_to_write(tmp_path):
    with pytest.raises(DomainError) as caught:
        read(tmp_path, probabilities=THIRDS)
    said = str(caught.value)
    assert "not to 1" in said and '"weights"' in said and "\n" not in said
    suggested = re.findall(r'"(\d+/\d+)"', said)
    assert (
        read(tmp_path, probabilities=suggested).variables[0].probabilities == (Fraction(1, 3),) * 3
    )
    assert read(tmp_path, weights=THIRDS).variables[0].probabilities == (Fraction(1, 3),) * 3
    with pytest.warns(RuntimeNote, match="each is divided"):
        made = one_hot("v", "abc", np.full(3, 1 / 3))
    assert made.probabilities == (Fraction(1, 3),) * 3
    assert one_hot("v", "abc", weights=np.full(3, 1 / 3)).probabilities == (Fraction(1, 3),) * 3


def test_nothing_false_is_suggested(tmp_path):
    for wrong in ([0.5, 0.5, 0.5], [0.2, 0.3, 0.4], [0.33, 0.33, 0.33]):
        with pytest.raises(DomainError, match="not to 1") as caught:
            read(tmp_path, probabilities=wrong)
        assert 'for instance "1/3"' in str(caught.value)


def test_weights_are_divided_by_their_sum(tmp_path):
    assert read(tmp_path, weights=[1, 2, 5]).variables[0].probabilities == (
        Fraction(1, 8),
        Fraction(1, 4),
        Fraction(5, 8),
    )
    for make in (one_hot, thermometer):
        assert make("v", "ab", weights=[1, 3]).probabilities == (Fraction(1, 4), Fraction(3, 4))
    assert ordinal("v", (0, 1), weights=[0.1, 0.2]).probabilities == (
        Fraction(1, 3),
        Fraction(2, 3),
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"weights": [1, 2]}, "one per value"),
        ({"weights": [0, 0, 0]}, "one of them above"),
        ({"weights": [1, -1, 3]}, "at least 0"),
        ({"weights": 3}, "not a list"),
        ({"weights": ["x", 1, 2]}, "not a finite number"),
        ({"weights": [1, 2, 3], "probabilities": ["1/3"] * 3}, "both probabilities and weights"),
        ({"weights": []}, "one of them above"),
    ],
)
def test_bad_weights_are_named(tmp_path, more, words):
    with pytest.raises(DomainError, match=words):
        read(tmp_path, **more)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), None, "x", "1/0", "1e99999999"])
def test_what_is_no_number_is_named(bad):
    with pytest.raises(DomainError, match="not a finite number"):
        variable("v", "ab", [[0], [1]], [bad, 1])
    with pytest.raises(DomainError, match="fractions"):
        Variable("v", ("a", "b"), ((Fraction(0),), (Fraction(1),)), (0.5, 0.5))


def test_certificates_know_no_weights(tmp_path):
    domain = read(tmp_path, weights=[1, 1, 2])
    value = domain_to_json(domain)
    assert "weights" not in value["variables"][0]
    assert domain_from_json(value) == domain
    value["variables"][0]["weights"] = [1, 1, 2]
    with pytest.raises(DomainError, match="unknown key"):
        domain_from_json(value)
