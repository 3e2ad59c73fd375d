"""Formulas as people write them: ``class(f) = 1 and (class(g) = 0 or not same(f, h))``.

``not`` binds closest, then ``and``, then ``or``. Names that are no words stand in quotes, double or
single, and so do names of classes: ``class(f) = "yes"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from verifier.model.errors import QuestionError, quoted

_TOKEN = re.compile(r'\s*(?:("[^"]*"|\'[^\']*\')|([\w.-]+)|(!=|==|=|[(),])|(\S))')
_LOOKS = re.compile(r"\s*[(\s]*(not\s*[(\s]*)*(class|same)\s*\(", re.IGNORECASE)
DEEPEST = 50
"""How deep brackets may be nested; a formula in JSON may go deeper."""
EXAMPLE = "write such as 'class(f) = 1 and not same(f, g)'"


def is_formula(text: str) -> bool:
    """Whether a text begins as a formula does, and not as the path of a file."""
    return _LOOKS.match(text) is not None


def parse_formula(text: str) -> Any:
    """The value of a certificate's question.json, in which a class may be a name, a text.

    Raises QuestionError with the place.
    """
    reader = _Reader(text, _tokens(text))
    value = reader.any_of(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong("the end, 'and' or 'or'")
    return value


def _tokens(text: str) -> list[tuple[str, int]]:
    found = []
    for match in _TOKEN.finditer(text):
        if match.lastindex is None:
            continue
        token, at = match[match.lastindex], match.start(match.lastindex)
        if match.lastindex == 4:
            raise QuestionError(f"the question: {quoted(token)} at character {at + 1}: {EXAMPLE}")
        found.append((token, at))
    return found


@dataclass
class _Reader:
    text: str
    tokens: list[tuple[str, int]]
    at: int = 0

    def any_of(self, depth: int) -> Any:
        return self._list("any", "or", lambda: self._list("all", "and", lambda: self._one(depth)))

    def _list(self, key: str, word: str, read: Any) -> Any:
        parts = [read()]
        while self._next().lower() == word:
            self.at += 1
            parts.append(read())
        return parts[0] if len(parts) == 1 else {key: parts}

    def _one(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise QuestionError(f"the question is nested more than {DEEPEST} deep: flatten it")
        word = self._next().lower()
        if word == "not":
            self.at += 1
            return {"not": self._one(depth + 1)}
        if word == "(":
            self.at += 1
            value = self.any_of(depth + 1)
            self._expect(")")
            return value
        if word == "same":
            self.at += 1
            self._expect("(")
            first = self._name()
            self._expect(",")
            second = self._name()
            self._expect(")")
            return {"same": [first, second]}
        if word == "class":
            self.at += 1
            self._expect("(")
            name = self._name()
            self._expect(")")
            return self._compared(name)
        raise self.wrong("class(...), same(..., ...), not or a bracket")

    def _compared(self, name: str) -> Any:
        sign = self._next()
        if sign not in ("=", "==", "!="):
            raise self.wrong("= or !=")
        self.at += 1
        token = self._next()
        if not re.fullmatch(r"[0-9]{1,9}|\"[^\"]+\"|'[^']+'", token):
            raise self.wrong("the number of a class, or its name in quotes,")
        self.at += 1
        value = {"class": [name, token[1:-1] if token[0] in "\"'" else int(token)]}
        return {"not": value} if sign == "!=" else value

    def _name(self) -> str:
        token = self._next()
        if not token or token in "(),!==":
            raise self.wrong("the name of a model")
        self.at += 1
        return token[1:-1] if token[0] in "\"'" else token

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self.wrong(f"'{sign}'")
        self.at += 1

    def _next(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def wrong(self, wanted: str) -> QuestionError:
        """What is said where something else stands."""
        where, found = len(self.text), "it ends"
        if self.at < len(self.tokens):
            token, where = self.tokens[self.at]
            found = f"{quoted(token)} stands"
        return QuestionError(
            f"the question: {found} at character {where + 1} where {wanted} was expected: {EXAMPLE}"
        )
