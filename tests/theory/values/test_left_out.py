"""Parameters by the field's names, and those that may be left out."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from theory import catalogue
from theory.catalogue.field_names import FIELD_NAMES, PARAMETER_NAMES
from theory.language.errors import TheoryError
from theory.language.symbols import LEAST
from theory.values.evaluation import Evaluation

CELLS: list[tuple[dict[str, Any], str]] = [
    ({"masses": "1/16,1/32,1/64", "draws": "40,40,40"}, "0.00450984528159466064"),
    ({"masses": "1/10,1/12", "draws": "20,18"}, "0.0140229222179954764804"),
    ({"masses": "1/16,1/32,1/64", "draws": "64,32,16"}, "0.00288674098383704915"),
]


@pytest.mark.parametrize(("given", "value"), CELLS)
def test_the_best_slope_is_found_where_none_is_given(given: dict[str, Any], value: str) -> None:
    """The optimum by its own formula; the value for the slope that is shown is the same."""
    found = catalogue["open-cells-none"].evaluate(**given, delta="1/20")
    digits = len(value.partition(".")[2])
    assert abs(Fraction(found.value) - Fraction(value)) <= Fraction(1, 10**digits)
    shown = dict(found.parameters)
    assert catalogue["open-cells-none"].evaluate(**shown).value == found.value
    for factor in (Fraction(99, 100), Fraction(101, 100)):
        slope = Fraction(shown["slope"]) * factor
        other = catalogue["open-cells-none"].evaluate(**{**shown, "slope": slope})
        assert Fraction(other.lower) > Fraction(found.upper)


def test_where_few_draws_say_nothing_the_caps_are_the_bound() -> None:
    given = {"masses": "1/4,1/8", "draws": "1,1", "caps": "1/2,1/4", "delta": "1/1000"}
    found = catalogue["open-cells-none"].evaluate(**given)
    assert abs(Fraction(found.value) - Fraction(5, 32)) < Fraction(1, 10**30)


GIVEN = {"masses": "1/16,1/32,1/64", "draws": "40,40,40", "errors": "1,0,0", "delta": "1/20"}


@pytest.fixture(scope="module")
def best_tilt() -> Evaluation:
    """The bound of some cells at its best tilt and slope."""
    return catalogue["open-cells-any"].evaluate(**GIVEN)


def test_the_best_tilt_is_looked_for_where_none_is_given(best_tilt: Evaluation) -> None:
    """With the tilt e - 1 (λ = 1) the bound is 0.0093995; on a grid of λ the least is 0.00846."""
    found = best_tilt
    assert round(float(found.value), 5) == 0.00846
    for tilt in (2, 4, 6, 12):
        other = catalogue["open-cells-any"].evaluate(**GIVEN, tilts=[tilt] * 3)
        assert Fraction(other.lower) >= Fraction(found.upper)


def test_the_best_tilt_at_a_slope_that_is_given(best_tilt: Evaluation) -> None:
    found = catalogue["open-cells-any"].evaluate(**GIVEN, slope="1/1000")
    assert Fraction(best_tilt.upper) < Fraction(found.lower) < Fraction("0.0119")
    for tilt in (5, 20, 30, 100):
        other = catalogue["open-cells-any"].evaluate(**GIVEN, slope="1/1000", tilts=[tilt] * 3)
        assert Fraction(other.lower) >= Fraction(found.upper)


def test_the_best_tilt_of_many_cells_is_not_looked_for() -> None:
    many = {"masses": ["1/100"] * 25, "draws": [3] * 25, "errors": [0] * 25, "delta": "1/20"}
    with pytest.raises(TheoryError, match="up to 24 entries, here are 25; give tilts="):
        catalogue["open-cells-any"].evaluate(**many)


def test_every_value_that_is_put_for_one_left_out_is_in_its_range() -> None:
    some = [p for t in catalogue.values() for p in t.parameters if p.otherwise]
    assert {p.name for p in some} == {"known", "caps", "slope", "tilts", "a", "b", "mean"}
    assert all(p.otherwise == LEAST or p.contains(Fraction(p.otherwise)) for p in some)
    jeffreys = catalogue["jeffreys"].evaluate(errors=2, n=100, delta="1/20")
    assert dict(jeffreys.parameters)["a"] == "1/2"


def test_parameters_are_known_by_the_names_of_the_field() -> None:
    ours = catalogue["clopper-pearson"].evaluate(errors=2, n=100, delta="1/20")
    assert catalogue["clopper-pearson"].evaluate(failures=2, trials=100, alpha="1/20") == ours
    assert catalogue["clopper-pearson"].evaluate(k=2, sample_size=100, delta="1/20") == ours
    assert catalogue["clopper-pearson"].evaluate(K=2, N=100, DELTA="5%").value == ours.value
    drawn = catalogue["finite-population"].evaluate(k=2, N=1024, n=200, delta="1/20")
    assert drawn.integer == 29  # a letter of its own comes first
    with pytest.raises(TheoryError, match="given twice"):
        catalogue["clopper-pearson"].evaluate(k=2, failures=2, n=100, delta="1/20")
    with pytest.raises(TheoryError, match="no parameter 'nothing'"):
        catalogue["clopper-pearson"].evaluate(nothing=2, n=100, delta="1/20")


def test_what_has_no_value_of_its_own_must_be_given() -> None:
    with pytest.raises(TheoryError, match="needs masses"):
        catalogue["open-cells-none"].evaluate(delta="1/20")
    with pytest.raises(TheoryError, match="needs delta"):
        catalogue["open-cells-none"].evaluate(masses="1/4", draws="3")


def test_names_of_the_field_are_nobody_elses() -> None:
    names = {p.name for t in catalogue.values() for p in t.parameters}
    assert set(PARAMETER_NAMES) <= names
    assert not set(FIELD_NAMES) & set(catalogue)
    assert set(FIELD_NAMES.values()) <= set(catalogue)
