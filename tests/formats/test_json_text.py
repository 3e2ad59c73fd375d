import json
import math
import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from verifier.model.errors import LeafproofError, TreeError
from verifier.reading.json_text import exact_number, parse
from verifier.writing import json_text
from verifier.writing.json_text import dump, number_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


@given(VALUES)
@settings(max_examples=examples(150), deadline=None)
def test_agrees_with_the_standard_library_both_ways(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, indent=1, ensure_ascii=False).encode()) == value
    assert json.loads(dump(value)) == value
    assert dump(value) == json.dumps(value, ensure_ascii=False).encode()


@given(
    st.recursive(
        VALUES | st.fractions() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.tuples(inner, inner),
        max_leaves=8,
    )
)
@settings(max_examples=examples(150), deadline=None)
def test_what_is_written_at_once_is_what_is_written_part_by_part(value: Any) -> None:
    assert dump(value) == json_text._by_parts(value)


def test_what_nests_deeply_is_written_part_by_part() -> None:
    value: Any = [Fraction(1, 3)]
    for _ in range(20_000):
        value = {"a": [value]}
    assert dump(value) == json_text._by_parts(value)
    for bad in (math.nan, {"a": math.inf}, 1j):
        with pytest.raises((ValueError, TypeError, AttributeError)):
            dump(bad)


@given(st.text('[]{}:,"\\u0aetfn1.-+ \n', max_size=12))
@settings(max_examples=examples(500), deadline=None)
def test_accepts_exactly_what_the_standard_library_accepts(text: str) -> None:
    try:
        expected = json.loads(text, object_pairs_hook=_unique, parse_float=Fraction)
    except ValueError:
        with pytest.raises(LeafproofError) as caught:
            parse(text.encode())
        assert "\n" not in str(caught.value)
    else:
        assert parse(text.encode()) == expected


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def test_numbers_are_the_decimals_they_show() -> None:
    assert parse(b"[0.1, -2.50, 1e-3, 12E2, 7]") == [
        Fraction(1, 10),
        Fraction(-5, 2),
        Fraction(1, 1000),
        1200,
        7,
    ]
    long = "0.1000000000000000055511151231257827021181583404541015625"
    assert parse(long.encode()) == Fraction(0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": 1, "a": 2}', 'the key "a" appears twice'),
        (b"[NaN]", "finite"),
        (b"[-Infinity]", "is not JSON"),
        (b"[1e999999999]", "exponent"),
        (b"[1e-99999999999999999999]", "exponent"),
        (b"1" * 5000, "too long"),
        (b'{"a": [1, 2', "line 1, column 12: the file ends"),
        (b'{"a":\n "b', 'line 2, column 2: ""b" is not JSON'),
        (b"", "the file ends where a value was expected"),
        (b"[1] 2", "the end of the file"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b"[tru]", "not a JSON value"),
        (b"[01]", "is not JSON"),
        (b"[1.]", "is not JSON"),
        (b"[1,]", '"]" where a value'),
        (b'{"a" 1}', "where a key or } was expected"),
        (b"[}", "where a value or ]"),
        (b'["\x00"]', "is not JSON"),
    ],
)
def test_bad_text_is_one_line_with_a_place(text: bytes, words: str) -> None:
    with pytest.raises(TreeError) as caught:
        parse(text, TreeError)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_deep_nesting_does_not_recurse() -> None:
    depth = 60_000
    text = b'[{"a":' * depth + b"1" + b"}]" * depth
    value = parse(text)
    assert dump(value).replace(b" ", b"") == text
    with pytest.raises(LeafproofError, match="the file ends"):
        parse(b"[" * depth)


def test_large_flat_text_is_fast() -> None:
    data = dump([{"column": i, "threshold": 0.5} for i in range(50_000)])
    start = time.process_time()
    assert len(parse(data)) == 50_000
    assert time.process_time() - start < 5


@given(st.fractions() | st.floats(allow_nan=False, allow_infinity=False).map(Fraction))
@settings(max_examples=examples(300), deadline=None)
def test_numbers_round_trip_through_any_reader(value: Fraction) -> None:
    written = number_json(value)
    assert exact_number(written) == value
    assert exact_number(parse(dump(written))) == value
    assert exact_number(json.loads(dump(written))) == value


@given(
    st.integers(-(10**18), 10**18),
    st.integers(0, 60),
    st.integers(0, 22),
    st.integers(-8, 4),
)
@settings(max_examples=examples(300), deadline=None)
def test_a_number_is_written_as_a_decimal_where_that_is_exact_and_nowhere_else(
    above: int, twos: int, fives: int, tens: int
) -> None:
    value = Fraction(above, 2**twos * 5**fives) * Fraction(10) ** tens
    written = number_json(value)
    assert exact_number(written) == value
    if value.denominator > 1:
        shown = Fraction(repr(float(value)))
        assert isinstance(written, float) is (shown == value)


def test_short_decimals_stay_numbers_and_others_become_ratios() -> None:
    assert number_json(Fraction(1, 10)) == 0.1
    assert number_json(Fraction(0.1)) == "3602879701896397/36028797018963968"
    assert number_json(Fraction(1, 3)) == "1/3"
    assert number_json(Fraction(10**400)) == 10**400
    assert number_json(Fraction(10**400, 3)) == f"{10**400}/3"
    with pytest.raises(LeafproofError, match="digits"):
        number_json(Fraction(1, 10**5000))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1/0",
        "1 /3",
        "nan",
        "NaN",
        "inf",
        "1_000",
        "0x10",
        "1/-3",
        True,
        None,
        [],
        math.inf,
        "1e999999999",
        "9" * 5000,
        "٣",
    ],
)
def test_what_is_not_a_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError) as caught:
        exact_number(value)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_number_strings() -> None:
    assert exact_number("1/3") == Fraction(1, 3)
    assert exact_number("-2/4") == Fraction(-1, 2)
    assert exact_number("+.5") == Fraction(1, 2)
    assert exact_number("25e-2") == Fraction(1, 4)
    assert exact_number(0.1) == Fraction(1, 10)
