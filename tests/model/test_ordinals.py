"""Ordinals: what a list of their values would say, without listing them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.part import ranged
from verifier.model.variable import Variable

NUMBERS = st.fractions(-5, 5, max_denominator=6)


@st.composite
def ordinals(draw):
    """An ordinal of few values, with runs that sum to 1."""
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    weights = draw(st.lists(st.integers(0, 4), min_size=len(counts), max_size=len(counts)))
    weights[0] += not any(weights)
    runs = tuple((n, Fraction(w, sum(weights))) for n, w in zip(counts, weights, strict=True))
    step = draw(st.fractions(Fraction(1, 7), 3, max_denominator=7))
    return Ordinal("x", draw(NUMBERS), step, sum(counts), runs)


@given(ordinals(), NUMBERS, st.data())
def test_an_ordinal_is_its_list(v, threshold, data):
    numbers = [v.first + i * v.step for i in range(v.count)]
    chances = [p / n for n, p in v.runs for _ in range(n)]
    listed = Variable("x", tuple(map(str, numbers)), tuple((x,) for x in numbers), tuple(chances))
    assert v.labels == listed.labels and v.encoding == listed.encoding
    assert v.probabilities == listed.probabilities
    assert v.weights == listed.weights and v.chances.denominator == listed.chances.denominator
    assert [v.index(label) for label in listed.labels] == list(range(v.count))
    assert list(v.up_to(threshold)) == [i for i, x in enumerate(numbers) if x <= threshold]
    part = ranged(data.draw(st.integers(0, v.count)), data.draw(st.integers(0, v.count)))
    mask = sum(1 << i for i in part)
    assert v.chances.weight_of(part) == listed.chances.weight_of(mask)
    assert v.last == numbers[-1]
    ours, theirs = Domain((v,)), Domain((listed,))
    assert ours.denominator == theirs.denominator and ours.total_weight == theirs.total_weight
    assert tuple(ours.integer_encoding[0]) == theirs.integer_encoding[0]
    assert ours.uniform == theirs.uniform and not ours.plain


@pytest.mark.parametrize("label", ["", "x", "1/0", "2/2", "0.5", "01", " 1", "3", "-1", "1" * 9999])
def test_what_no_value_is_called_is_no_value(label):
    assert Ordinal("x", Fraction(0), Fraction(1, 2), 5, uniform(5)).index(label) is None


def test_an_ordinal_may_have_2_to_the_62_values():
    v = Ordinal("x", Fraction(-1), Fraction(1, 3), 1 << 62, uniform(1 << 62))
    assert v.up_to(Fraction(10**30)) == v.whole and v.chances.weight_of(range(5, 9)) == 4
    assert v.index(v.label(1 << 61)) == 1 << 61
    with pytest.raises(DomainError, match="too many to list"):
        v.labels  # noqa: B018


@pytest.mark.parametrize(
    ("step", "count", "runs", "says"),
    [
        (0, 2, uniform(2), "steps are greater than 0"),
        (1, 0, uniform(1), "from 1 to 2\\^62 values"),
        (1, 1 + (1 << 62), uniform(1 + (1 << 62)), "from 1 to 2\\^62 values"),
        (1, 3, uniform(2), "do not cover exactly"),
        (1, 2, ((1, Fraction(1, 2)), (1, Fraction(1, 3))), "sum not to 1"),
        (1, 2, ((1, Fraction(-1)), (1, Fraction(2))), "negative"),
        (1, 2, ((0, Fraction(1)), (2, Fraction(0))), "has no values"),
        (Fraction(1, 2**15_000), 2, uniform(2), "too many digits"),
    ],
)
def test_what_is_no_ordinal_is_one_line(step, count, runs, says):
    with pytest.raises(DomainError, match=says) as caught:
        Ordinal("x", Fraction(0), Fraction(step), count, runs)
    assert "\n" not in str(caught.value)
