"""Text made safe for LaTeX and Markdown (Jinja escapes HTML itself)."""

from __future__ import annotations

import re
import unicodedata

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "ε": r"$\varepsilon$",
    "δ": r"$\delta$",
    "…": r"\dots{}",
    "⟨": r"$\langle$",
    "⟩": r"$\rangle$",
    "\u2068": "",
    "\u2069": "",
}
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_RAISED_RUN = re.compile(f"[{_RAISED}]+")
_LONG_WORD = 16
_BREAK_EVERY = 8


def tex(text: str) -> str:
    """The text as LaTeX prints it, with pdfLaTeX and the T1 fonts of a plain TeX Live.

    Characters that those fonts lack appear by their code; long words may break.
    """
    return " ".join(_tex_word(word) for word in text.split(" "))


def _tex_word(word: str) -> str:
    pieces, start = [], 0
    for match in _RAISED_RUN.finditer(word):
        pieces += _tex_letters(word[start : match.start()])
        pieces.append(f"$^{{{''.join(_lowered(c) for c in match[0])}}}$")
        start = match.end()
    pieces += _tex_letters(word[start:])
    if len(pieces) <= _LONG_WORD:
        return "".join(pieces)
    groups = [pieces[i : i + _BREAK_EVERY] for i in range(0, len(pieces), _BREAK_EVERY)]
    return r"\allowbreak{}".join("".join(group) for group in groups)


def _lowered(c: str) -> str:
    return "-" if c == "⁻" else str(_RAISED.index(c))


def _tex_letters(text: str) -> list[str]:
    return [_TEX.get(c) or _tex_letter(c) for c in text]


def _tex_letter(c: str) -> str:
    if c in "\u2068\u2069":
        return ""
    if " " <= c <= "~" or ("À" <= c <= "ÿ" and unicodedata.category(c)[0] == "L"):
        return c
    return rf"$\langle$U+{ord(c):04X}$\rangle$"


_MARKDOWN = {c: "\\" + c for c in "\\`*_[]#|~$!@"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_AUTOLINK = re.compile(r"(?i)(www)\.|://")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)](?=\s|$))")


def markdown(text: str) -> str:
    """The text as CommonMark and GitHub print it: no markup, no HTML, no links."""
    shown = "".join(_MARKDOWN.get(c, c) for c in text)
    shown = _AUTOLINK.sub(lambda m: f"{m[1]}\\." if m[1] else "\\://", shown)
    return _LEADING.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", shown)


def fence(text: str) -> str:
    """A fence longer than any run of backticks in the text."""
    longest = max((len(m) for m in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)
