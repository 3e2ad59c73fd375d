"""Names never become markup, and no two names look the same."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from verifier.formats.variables import ordinal, thermometer, variable
from verifier.reports import escape
from verifier.reports.words import allowed, name, safe

anything = st.text(st.characters(), max_size=80)


@given(anything)
def test_safe_text_has_only_visible_characters(text):
    assert all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in safe(text))
    safe(text).encode()


@given(anything, anything)
def test_safe_and_short_names_stay_distinct(a, b):
    assert (safe(a) == safe(b)) == (a == b)
    assert (name(a) == name(b)) == (a == b)


def test_long_names_are_shortened_and_stay_distinct():
    a, b = "x" * 10_000, "x" * 9_999 + "y"
    assert len(name(a)) < 120
    assert "10,000 characters" in name(a)
    assert name(a) != name(b)
    assert name("") == "⟨empty⟩"
    assert name("⟨empty⟩") != name("")


def test_text_from_right_to_left_is_isolated():
    assert name("שלום") == "\u2068שלום\u2069"
    assert name("abc\u202edef") == "abc⟨U+202E⟩def"


_TEX_COMMANDS = re.compile(
    r"\\(textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|textquotedbl|"
    r"textquotesingle|textasciigrave|dots|allowbreak)\{\}|\\[{}$&#%_]|\$\^\{-?[0-9-]+\}\$|"
    r"\$\\(times|cdot|le|ge|ne|approx|varepsilon|delta|langle|rangle)\$|\{[-\[\]*]\}"
)


@given(anything)
def test_tex_is_only_known_commands_and_plain_letters(text):
    rest = _TEX_COMMANDS.sub("", escape.tex(text))
    assert not set(rest) & set("\\{}$&#%_^~<>|\"'`-[]*")
    assert all(
        " " <= c <= "~" or "À" <= c <= "ÿ" or c.isspace() or not c.isprintable() for c in rest
    )


def test_tex_by_example():
    assert escape.tex("$\\input{a}$ 50%") == r"\$\textbackslash{}input\{a\}\$ 50\%"
    assert escape.tex("7.5 × 10⁻¹²") == r"7.5 $\times$ 10$^{-12}$"
    assert escape.tex("中") == r"$\langle$U+4E2D$\rangle$"
    assert escape.tex("x" * 20).count(r"\allowbreak{}") == 2


@given(anything)
def test_markdown_has_no_html_and_no_bare_markup(text):
    shown = escape.markdown(text)
    assert "<" not in shown
    assert ">" not in shown
    bare = re.sub(r"\\.|&(lt|gt|amp);", "", shown)
    assert not set(bare) & set("`*_[]#|~$!&")


def test_markdown_by_example():
    assert escape.markdown("# a | b") == r"\# a \| b"
    assert escape.markdown("- item") == r"\- item"
    assert escape.markdown("2.500 s") == "2.500 s"
    assert escape.markdown("12. item") == r"12\. item"
    assert escape.markdown("http://a.b") == r"http\://a.b"
    assert escape.fence("a ``` b") == "````"


def test_values_in_words():
    colour = variable("c", ("r", "g", "b"), ((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    assert allowed(colour, 0b001) == "= r"
    assert allowed(colour, 0b101) == "is r or b"
    four = variable("c", "wxyz", [[int(i == j) for j in range(4)] for i in range(4)])
    assert allowed(four, 0b1011) == "is not y"
    age = ordinal("age", list(range(100)))
    assert allowed(age, (1 << 50) - 1) == "is 0 to 49 (50 values)"
    assert allowed(age, sum(1 << i for i in range(0, 100, 2))) == (
        "is one of 50 values: 0, 2, 4, 6, …"
    )
    assert (
        allowed(thermometer("t", ("lo", "mid", "hi", "top")), 0b1110) == "is mid to top (3 values)"
    )
