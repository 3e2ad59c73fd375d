"""Ranges of numbers in domain files and in Python: of any length, and never listed."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.json_files import read_domain
from verifier.formats.network_runtime import domain_points
from verifier.model.errors import DomainError
from verifier.model.ordinal import Ordinal

AGE = {"name": "age", "from": 18, "to": 90}


def written(folder: Path, *variables: Any, **more: Any) -> Path:
    """A domain file of version 2."""
    path = folder / "domain.json"
    value = {"format": "leafproof-domain/2", "variables": list(variables), **more}
    path.write_text(json.dumps(value))
    return path


def test_a_range_is_its_first_last_and_step(tmp_path: Path) -> None:
    dose = {"name": "dose", "from": "1/10", "to": 2, "step": 0.1}
    domain = read_domain(written(tmp_path, AGE, dose))
    age, other = domain.variables
    assert (age.count, age.label(0), age.label(72)) == (73, "18", "90")
    assert isinstance(other, Ordinal)
    assert (other.count, other.first, other.step) == (20, Fraction(1, 10), Fraction(1, 10))
    assert domain == lp.Domain.product(
        lp.Domain.range("age", 18, 90), lp.Domain.range("dose", "1/10", 2, 0.1)
    )


def test_probabilities_are_by_parts_of_the_range(tmp_path: Path) -> None:
    parts = [[18, 40, "1/4"], [41, 90, 0.75]]
    weights = [[18, 40, 1], [41, 90, 3]]
    a, b = (
        read_domain(written(tmp_path, AGE | {key: held}))
        for key, held in (("probabilities", parts), ("weights", weights))
    )
    assert a == b == lp.Domain.range("age", 18, 90, probabilities=parts)
    assert a.probability((0,)) == Fraction(1, 4 * 23)
    assert a.probability((72,)) == Fraction(3, 4 * 50)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"step": 7}, "the step 7 does not fit: from 18 it leads to 88 and 95, not to 90"),
        ({"step": 0}, "the step is 0: it must be above 0"),
        ({"step": -1}, "the step is -1"),
        ({"from": 91}, "from 91 to 90, which is less"),
        ({"to": 10**30}, "more than 2^62 values"),
        ({"to": "1e500"}, "is not a finite number"),
        ({"to": True}, "true is not a number"),
        ({"to": None}, "None is not a finite number"),
        ({"to": "8_0"}, "8_0 is not a finite number"),
        ({"to": "\uff18\uff10"}, "\uff18\uff10 is not a finite number"),
        ({"stop": 3}, 'unknown key "stop": did you mean "step"?'),
        ({"name": 3}, "variables[0].name"),
        ({"name": "a\nb"}, "variables[0].name"),
        ({"probabilities": [[18, 40, 1]]}, "nothing is said of 41 to 90"),
        ({"probabilities": []}, "nothing is said of 18 to 90"),
        ({"probabilities": [[18, 40, 0.5], [40, 90, 0.5]]}, "overlaps the range before it"),
        ({"probabilities": [[18, 40, 0.5], [50, 90, 0.5]]}, "nothing is said of 41 to 49"),
        ({"probabilities": [[17, 90, 1]]}, '17 is not a value of "age" (18 to 90, step 1)'),
        ({"probabilities": [[18.5, 90, 1]]}, "37/2 is not a value"),
        ({"probabilities": [[90, 18, 1]]}, "from 90 to 18: exchange them"),
        ({"probabilities": [[18, 90, 0.5]]}, "sum to 1/2, not to 1"),
        ({"probabilities": [[18, 40, -1], [41, 90, 2]]}, "probabilities[0] is negative"),
        ({"probabilities": [[18, 90]]}, "is not [from, to, number]"),
        ({"probabilities": {"18": 1}}, "is an object, not a list"),
        ({"weights": [[18, 90, 0]]}, "one of them above"),
        ({"weights": [[18, 90, 1]], "probabilities": [[18, 90, 1]]}, "leave one out"),
        ({"interval": [0, 1]}, 'unknown key "from": known keys are name, interval'),
    ],
)
def test_what_is_wrong_with_a_range_is_one_line(
    entry: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(DomainError) as caught:
        read_domain(written(tmp_path, AGE | entry))
    assert words in str(caught.value)
    assert "domain.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_range_without_an_end_is_told_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r'variables\[0\] has no "to": a range has "name"'):
        read_domain(written(tmp_path, {"name": "age", "from": 18}))


def test_version_1_says_what_needs_version_2(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    for more, where in (
        ({"variables": [AGE]}, "variables[0]: a range"),
        ({"variables": [], "impossible": []}, "impossible"),
        ({"variables": [], "given": {}}, "given"),
    ):
        path.write_text(json.dumps({"format": "leafproof-domain/1", **more}))
        with pytest.raises(DomainError) as caught:
            read_domain(path)
        assert f'{where} needs "format": "leafproof-domain/2"' in str(caught.value)


def test_points_of_long_ranges_are_drawn_without_listing_them() -> None:
    domain = lp.Domain.product(lp.Domain.range("far", 0, 2**62 - 1), lp.Domain.bits(2))
    drawn = domain_points(domain, 40)
    assert drawn.shape == (40, 3)
    assert drawn[:, 0].max() > 2**50
    assert set(np.unique(drawn[:, 1:])) == {0.0, 1.0}


def test_inputs_are_listed_up_to_a_limit() -> None:
    domain = lp.Domain.product(lp.Domain.range("n", 1, 3), lp.Domain.bits(1))
    assert domain.inputs().tolist() == [[1, 0], [1, 1], [2, 0], [2, 1], [3, 0], [3, 1]]
    with pytest.raises(DomainError, match="draw some"):
        lp.Domain.range("far", 0, 2**62 - 1).inputs()


def test_files_of_ranges_come_back(tmp_path: Path) -> None:
    domain = lp.Domain.product(
        lp.Domain.one_hot("colour", ["red", "green"]),
        lp.Domain.range("far", 0, 2**62 - 1),
        lp.Domain.range("near", -1, 1, "1/3", probabilities=[[-1, 0, "1/3"], ["1/3", 1, "2/3"]]),
    )
    domain.save(tmp_path / "saved.json")
    assert lp.Domain.from_file(tmp_path / "saved.json") == domain
