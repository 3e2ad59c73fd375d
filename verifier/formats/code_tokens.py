"""The words and signs of languages with braces: C, Java, JavaScript and C#."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from verifier.model.errors import TreeError, quoted

_TOKEN = re.compile(
    r"(?P<space>\s+|(?P<comment>//[^\n]*|/\*.*?\*/))"
    r"|(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?[fFdDlLuU]*)"
    r"|(?P<text>\"[^\"\\\n]*\"|'[^'\\\n]*')"
    r"|(?P<name>[A-Za-z_$][A-Za-z_$0-9]*)"
    r"|(?P<sign><=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>=?:;,.(){}\[\]])",
    re.DOTALL,
)
_SPLICE = r"(?:\\|\?\?/)\s*(?:\n|$)"
_OPEN = {
    "//": re.compile(rf"{_SPLICE}|\r(?!$)|[\u2028\u2029\x85]|\\u+[0-9a-fA-F]{{4}}"),
    "/*": re.compile(rf"{_SPLICE}|\\u+[0-9a-fA-F]{{4}}"),
    "#": re.compile(rf"{_SPLICE}|\r(?!$)"),
}
"""Where some languages end a comment or a line elsewhere than others do."""
_HEADERS = "assert|float|inttypes|iso646|limits|math|stdbool|stddef|stdint|stdio|stdlib|string"
_KEPT = re.compile(
    rf"#\s*(include\s*<(({_HEADERS})\.h|c({_HEADERS})|array|vector)>|pragma\b((?!/\*).)*)\s*$"
)
"""Lines of the preprocessor that change nothing of what follows: other headers may define words."""


@dataclass(frozen=True)
class Token:
    """One of them; ``line`` as in the file, from 1."""

    kind: str
    text: str
    line: int


def refuse(token: Token, problem: str) -> NoReturn:
    """Raise TreeError for the token."""
    raise TreeError(f"line {token.line}: {problem}")


def tokens_of(text: str) -> list[Token]:
    """The words and signs, without comments and lines of the preprocessor."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(text):
        if text[at] == "#" and not text[text.rfind("\n", 0, at) + 1 : at].strip():
            end = text.find("\n", at)
            whole = text[at : end if end >= 0 else len(text)]
            if not _KEPT.match(whole):
                raise TreeError(f"line {line}: {quoted(whole)} may change what follows: inline it")
            _check_end(whole, "#", line)
            at += len(whole)
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise TreeError(
                f"line {line}: {quoted(text[at : at + 20])} is not read: check the file"
            )
        kind = match.lastgroup or ""
        if match["comment"] is not None:
            _check_end(match.group(), match.group()[:2], line)
        if kind != "space":
            found.append(Token(kind, match.group(), line))
        line += match.group().count("\n")
        at = match.end()
    return found


def _check_end(text: str, beginning: str, line: int) -> None:
    """Refuse a comment, or a line for the preprocessor, whose end depends on the language."""
    if _OPEN[beginning].search(text):
        raise TreeError(
            f"line {line}: {quoted(text[:40])} ends elsewhere in other languages: leave it out"
        )
