"""The functions of a file of braces, and those that generators write beside a forest's trees.

m2cgen adds lists, and takes sigmoids and softmaxes, by functions of its own. They are known by
every word: a function of such a name that does something else is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.formats.code_tokens import Token, refuse, tokens_of
from verifier.model.errors import TreeError, quoted

_SIGMOID = """{{ if (x < 0.0) {{ {t} z = {e}(x); return z / (1.0 + z); }}
return 1.0 / (1.0 + {e}(-x)); }}"""
_SOFTMAX = """{t} max = x[0];
for ({i} i = 1; i < size; ++i) {{ if (x[i] > max) max = x[i]; }}
{t} sum = 0.0;
for ({i} i = 0; i < size; ++i) {{ result[i] = {e}(x[i] - max); sum += result[i]; }}
for ({i} i = 0; i < size; ++i) result[i] /= sum;"""


def _lists(add: str, times: str, kind: str, size: str, step: str, index: str) -> tuple[str, ...]:
    """The two functions of a language that returns lists."""
    word, made = (
        ("var", f"Array({size})") if kind == "function" else ("double[]", f"double[{size}]")
    )
    one, num = ("", "") if kind == "function" else ("double[] ", "double ")
    begin = f"{{ {word} result = new {made}; for ({index} i = 0; i < {size}; {step}) {{"
    return (
        f"{add}({one}v1, {one}v2) {begin} result[i] = v1[i] + v2[i]; }} return result; }}",
        f"{times}({one}v1, {num}num) {begin} result[i] = v1[i] * num; }} return result; }}",
    )


_KNOWN = (
    # C
    "add_vectors(double *v1, double *v2, int size, double *result) {"
    "for(int i = 0; i < size; ++i) result[i] = v1[i] + v2[i]; }",
    "mul_vector_number(double *v1, double num, int size, double *result) {"
    "for(int i = 0; i < size; ++i) result[i] = v1[i] * num; }",
    "sigmoid(double x)" + _SIGMOID.format(t="double", e="exp"),
    "softmax(double *x, int size, double *result) {"
    + _SOFTMAX.format(t="double", i="int", e="exp")
    + "}",
    # Java
    *_lists("addVectors", "mulVectorNumber", "double[]", "v1.length", "i++", "int"),
    "sigmoid(double x)" + _SIGMOID.format(t="double", e="Math.exp"),
    "softmax(double[] x) { int size = x.length; double[] result = new double[size];"
    + _SOFTMAX.format(t="double", i="int", e="Math.exp")
    + "return result; }",
    # C#
    *_lists("AddVectors", "MulVectorNumber", "double[]", "v1.Length", "++i", "int"),
    "Sigmoid(double x)" + _SIGMOID.format(t="double", e="Exp"),
    "Softmax(double[] x) { int size = x.Length; double[] result = new double[size];"
    + _SOFTMAX.format(t="double", i="int", e="Exp")
    + "return result; }",
    # JavaScript
    *_lists("addVectors", "mulVectorNumber", "function", "v1.length", "i++", "var"),
    "sigmoid(x)" + _SIGMOID.format(t="var", e="Math.exp"),
    "softmax(x) { var size = x.length; var result = new Array(size);"
    + _SOFTMAX.format(t="var", i="var", e="Math.exp")
    + "return result; }",
)


def plain(name: str) -> str:
    """A function's name as all languages have it."""
    return name.replace("_", "").lower()


HELPERS = ("addvectors", "mulvectornumber", "sigmoid", "softmax")
"""What they are called, and what they do."""


@dataclass(frozen=True)
class Piece:
    """One function: its tokens, from its type's first word to the closing brace."""

    name: str
    tokens: tuple[Token, ...]


def pieces(tokens: Sequence[Token]) -> list[Piece]:
    """The functions of a file, those above left out after a look. Raises TreeError."""
    found: list[Piece] = []
    at = start = 0
    while at < len(tokens):
        text = tokens[at].text
        if text in ("{", "}", ";"):
            start = at + 1
        elif text == "(":
            end = _end(tokens, at)
            name = tokens[at - 1] if at > start else tokens[at]
            if name.kind != "name":
                refuse(name, "a function's name is expected before it")
            if plain(name.text) in HELPERS:
                _check(tokens[at - 1 : end], name)
                returned(tokens[start : at - 1], name)
            else:
                found.append(Piece(name.text, tuple(tokens[start:end])))
            at = start = end
            continue
        elif tokens[at].kind not in ("name",) and text not in ("[", "]", "*", "."):
            refuse(tokens[at], f"{quoted(text)} stands outside of a function: give that alone")
        at += 1
    return found


def _end(tokens: Sequence[Token], at: int) -> int:
    """The place behind the braces of the function whose arguments begin at ``at``."""
    while at < len(tokens) and tokens[at].text not in ("{", ";"):
        at += 1
    depth = 0
    for i in range(at, len(tokens)):
        depth += (tokens[i].text == "{") - (tokens[i].text == "}")
        if not depth:
            return i + 1
    raise TreeError("the file ends inside a function: it is cut short")


def _words(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.text for token in tokens)


def returned(before: Sequence[Token], name: Token) -> str:
    """What stands before a function's name: double, double[], void or function."""
    found = "".join(t.text for t in before if t.text not in _SAID)
    if found not in ("double", "double[]", "void", "function"):
        refuse(name, f"{quoted(name.text)} returns {quoted(found or 'nothing')}: double is read")
    return found


_SAID = ("static", "private", "public", "inline")
_WORDS = frozenset(_words(tokens_of(text)) for text in _KNOWN)


def _check(tokens: Sequence[Token], name: Token) -> None:
    if _words(tokens) not in _WORDS:
        refuse(name, f"{quoted(name.text)} is not the function of that name that m2cgen writes")
