"""The question: a formula over the models' classes, in three values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.reading import filled

WORDS = ("class", "same", "not", "all", "any")


@dataclass(frozen=True)
class Term:
    """A step of a formula's evaluation, after those that it needs.

    ``of`` are a model and a class, two models, or how many of the last results are joined.
    """

    word: str
    of: tuple[int, ...]


Formula = tuple[Term, ...]
DIFFER: Formula = (Term("same", (0, 1)), Term("not", (1,)))
"""The question of format 1: the network's class is not the tree's."""


def read_formula(value: Any, names: Mapping[str, int]) -> Formula:
    """The formula of question.json; ``names`` are the models' numbers."""
    terms: list[Term] = []
    stack: list[Any] = [value]
    while stack:  # from the root on, the last part first: turned round, parts come before it
        item = stack.pop()
        word = next(iter(item)) if isinstance(item, dict) and len(item) == 1 else None
        if word not in WORDS:
            raise CertificateError("question.json is not a formula")
        of = item[word]
        if word == "not":
            terms.append(Term(word, (1,)))
            stack.append(of)
        elif not filled(of):
            raise CertificateError(f"question.json: {word} is about nothing")
        elif word in ("all", "any"):
            terms.append(Term(word, (len(of),)))
            stack += of
        else:
            terms.append(Term(word, _atom(word, of, names)))
    return tuple(reversed(terms))


def _atom(word: str, of: list[Any], names: Mapping[str, int]) -> tuple[int, ...]:
    named = of[: 1 if word == "class" else 2]
    if len(of) != 2 or not all(isinstance(name, str) and name in names for name in named):
        raise CertificateError(f"question.json: {word} names a model that does not exist")
    if word == "same":
        return names[of[0]], names[of[1]]
    if type(of[1]) is not int or of[1] < 0:
        raise CertificateError("question.json: a class is a whole number from 0 on")
    return names[of[0]], of[1]


def truth(formula: Formula, classes: Mapping[int, int]) -> bool | None:
    """Whether it is true where some models' classes are known; None where they do not decide it."""
    held: list[bool | None] = []
    for term in formula:
        if term.word == "class":
            klass = classes.get(term.of[0])
            held.append(None if klass is None else klass == term.of[1])
        elif term.word == "same":
            left, right = term.of
            both = left in classes and right in classes
            held.append(
                True if left == right else classes[left] == classes[right] if both else None
            )
        elif term.word == "not":
            inner = held.pop()
            held.append(None if inner is None else not inner)
        else:
            parts = held[-term.of[0] :]
            del held[-term.of[0] :]
            settles = term.word == "any"
            left_open = None if None in parts else not settles
            held.append(settles if settles in parts else left_open)
    return held[0]
