"""JSON by the reader in C, and token by token: the same texts, the same values."""

from __future__ import annotations

import gc
import sys
import time
from fractions import Fraction
from functools import cache
from json import scanner

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.certificates.fuzzing import CORPUS
from tests.every import examples
from verifier.model.errors import LeafproofError, TreeError
from verifier.reading import container, json_text
from verifier.reading.json_text import LONGEST_NUMBER, parse
from verifier.writing.json_text import dump

FRAGMENTS = (
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        "\\",
        " ",
        "\n",
        "\r",
        "\t",
        "\f",
        "\v",
        "\xa0",
        "\ufeff",
        "\0",
    ),
    *(
        '"a":',
        '"\\u0061":',
        '"a\\n":',
        '"":',
        '"\\ud83d\\ude00"',
        '"\\ud83d"',
        '"\\uDE00"',
        '"\\\\ud800"',
    ),
    *(
        '"\ud7ff\ue000"',
        '"\\u12"',
        '"\\x"',
        '"\\/"',
        '"\x1f"',
        '"\x7f"',
        "\U0001f600",
        "\u0661",
        "\u2028",
    ),
    *(
        "0",
        "-0",
        "-0.0",
        "0.1",
        "1.50",
        "1e3",
        "1E+3",
        "1e-400",
        "1e401",
        "-1e400",
        "01",
        "1.",
        ".5",
        "+1",
    ),
    *(
        "1e",
        "1e+",
        "--1",
        "-",
        "0x1",
        "1_0",
        "1.0e0.5",
        "9" * 400,
        "0." + "1" * 400,
        "1e00000000001",
    ),
    *(
        "true",
        "false",
        "null",
        "True",
        "nul",
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "-NaN",
        "// x",
        "/**/",
    ),
)
FULL = st.text("".join(sorted({c for f in FRAGMENTS for c in f})), max_size=12)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | FULL, max_size=12).map("".join)


def told(read):
    """The value as text, with the types of all numbers and the keys' order; None where refused."""
    try:
        return repr(read())
    except (ValueError, RecursionError, LeafproofError):
        return None


def at_once(data):
    return told(lambda: json_text._at_once(data, data.decode("utf-8-sig")))


def by_tokens(data):
    return told(lambda: alone(data))


def alone(data):
    return json_text._build(data.decode("utf-8-sig"), LeafproofError)


@cache
def texts():
    """The JSON of the certificates kept, those that are not valid too."""
    found = set()
    for path in sorted(CORPUS.glob("*/*.certificate")):
        try:
            parts = container.unpack(path.read_bytes())
        except LeafproofError:
            continue
        found |= {held for name, held in parts.items() if name.endswith(".json")}
    return sorted(held for held in found if len(held) < 20_000)


@given(TEXTS)
@settings(max_examples=examples(2000), deadline=None)
def test_both_readers_take_the_same_texts(text):
    data = text.encode()
    assert at_once(data) in (by_tokens(data), None)
    if by_tokens(data) is not None and "\\ud" not in text.lower():
        assert at_once(data) is not None


@given(st.data())
@settings(max_examples=examples(1500), deadline=None)
def test_both_readers_take_the_same_changed_certificates(data):
    text = data.draw(st.sampled_from(texts())).decode(errors="replace")
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 3))
        text = text[:at] + data.draw(st.sampled_from(("", *FRAGMENTS))) + text[at + gone :]
    held = text.encode()
    assert at_once(held) in (by_tokens(held), None)
    if by_tokens(held) is not None and "\\ud" not in text.lower():
        assert at_once(held) is not None


LONG = "1" * LONGEST_NUMBER
CASES = {
    "the longest number": (f"[{LONG}]", True),
    "the longest negative number": (f"[-{LONG}]", True),
    "a number too long": (f"[{LONG}1]", False),
    "a negative number too long": (f'{{"a": -{LONG}1}}', False),
    "a number too long of all digits": (f"[{'9876543210' * 401}]", False),
    "a number of zeros after a 1": (f"[1{'0' * LONGEST_NUMBER}]", False),
    "a decimal too long": (f"[{LONG[1:]}.11]", False),
    "digits of a text": (f'["{LONG}1"]', True),
    "digits of a key": (f'{{"{LONG}1": 1}}', True),
    "the largest exponent": ("[1e400, 1e-400]", True),
    "a larger exponent": ("[1e401]", False),
    "an exponent of many digits": ("[1e0000000001]", False),
    "a key twice": ('{"a": 1, "b": {"a": 1}, "a": 1}', False),
    "a key twice, once escaped": ('{"a": 1, "\\u0061": 1}', False),
    "a key of other objects": ('[{"a": 1}, {"a": {"a": 1}}]', True),
    "not a number": ("[NaN]", False),
    "infinite": ("Infinity", False),
    "less than all": ('{"a": -Infinity}', False),
    "half a pair": ('["\\ud83d"]', False),
    "half a pair in capitals": ('["\\uDE00"]', False),
    "half a pair in a key": ('{"\\uDfff": 1}', False),
    "halves in the wrong order": ('["\\ude00\\ud83d"]', False),
    "a pair": ('["\\ud83d\\ude00"]', True),
    "no escape": ('["\\\\ud83d"]', True),
    "a mark of the encoding": ("\ufeff[1]", True),
    "two of them": ("\ufeff\ufeff[1]", False),
    "text behind": ("[1] 1", False),
    "a zero byte behind": ("[1]\0", False),
    "a line's end in a text": ('["a\nb"]', False),
    "another space": ("[1,\xa02]", False),
    "another digit": ("[\u0661]", False),
    "many levels": ("[" * 900 + "]" * 900, True),
    "more levels than C has": ("[" * 50_000 + "]" * 50_000, True),
    "objects as deep": ('{"a":' * 50_000 + "1" + "}" * 50_000, True),
    "deep and cut": ("[" * 50_000, False),
    "nothing": ("", False),
    "spaces": (" \n", False),
}


@pytest.mark.parametrize("name", CASES)
def test_what_one_reader_takes_is_what_there_is(name):
    text, good = CASES[name]
    data = text.encode()
    if good:
        assert dump(parse(data)) == dump(json_text._build(text.lstrip("\ufeff"), TreeError))
        return
    with pytest.raises(TreeError) as caught:
        parse(data, TreeError)
    with pytest.raises(TreeError) as other:
        json_text._build(data.decode("utf-8-sig"), TreeError)
    assert str(caught.value) == str(other.value)  # the place is told


def test_numbers_are_what_they_were():
    value = parse(b'[-0, -0.0, 1E2, 0.1, 12345678901234567890, true, "1", 0.1, 1e0]')
    assert value == [
        0,
        0,
        100,
        Fraction(1, 10),
        12345678901234567890,
        True,
        "1",
        Fraction(1, 10),
        1,
    ]
    assert [type(x) for x in value] == [int, *[Fraction] * 3, int, bool, str, Fraction, Fraction]


def test_certificates_are_read_at_once(monkeypatch):
    """But for those that are refused, or nest deeply: so it is quick."""
    expected = {data: by_tokens(data) for data in texts()}
    monkeypatch.setattr(json_text, "_build", None)
    for data in texts():
        if expected[data] is not None and b"\\ud" not in data:
            assert repr(parse(data)) == expected[data]


def test_without_the_reader_in_c_or_with_much_recursion_tokens_are_walked(monkeypatch):
    text = b'{"a": [1, 0.5]}'
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(1 << 30)  # the stack of C would not do
        assert at_once(text) is None
        assert parse(text) == {"a": [1, Fraction(1, 2)]}
        assert dump(parse(b"[" * 200_000 + b"]" * 200_000)) == b"[" * 200_000 + b"]" * 200_000
    finally:
        sys.setrecursionlimit(limit)
    assert at_once(text) is not None
    monkeypatch.setattr(scanner, "c_make_scanner", None)
    assert at_once(text) is None
    assert parse(text) == {"a": [1, Fraction(1, 2)]}


def test_large_texts_take_a_third_at_most():
    rows = [[i % 20, i, i + 1, i + 2] for i in range(10_000)]
    leaves = [[[0, float(i).hex()], [1, "0x1.8p+0"]] for i in range(10_000)]
    data = dump(
        {"rows": rows, "leaves": leaves, "tests": [{"threshold": i / 8} for i in range(999)]}
    )
    took = []
    gc.disable()  # it goes through all that other tests keep
    try:
        for read in (alone, parse):
            begun = time.process_time()
            read(data)
            took.append(time.process_time() - begun)
    finally:
        gc.enable()
    assert 3 * took[1] < took[0]


def test_hostile_texts_take_no_longer_than_token_by_token():
    """What is refused at its end is read twice, no more."""
    data = b"[" + b"1," * 100_000 + b"]"
    begun = time.process_time()
    assert by_tokens(data) is None
    took = time.process_time() - begun
    begun = time.process_time()
    with pytest.raises(LeafproofError, match="value"):
        parse(data)
    assert time.process_time() - begun < 2 * took + 0.1
    many = b"[" + b",".join([b"1" * (LONGEST_NUMBER - 1)] * 500) + b"]"
    begun = time.process_time()
    assert len(parse(many)) == 500
    assert time.process_time() - begun < 5
