"""What one can choose by name; texts that are equal to these do as well."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from verifier.formats.frame_choices import Distribution
from verifier.model.errors import LeafproofError
from verifier.reading.json_text import exact_number

__all__ = ["Distribution", "Engine", "Language", "Method", "Prover", "Scores", "choice", "exact"]

_Choice = TypeVar("_Choice", bound=StrEnum)


class Prover(StrEnum):
    """The searches for a proof; auto is one of the others."""

    AUTO = "auto"
    EXHAUSTIVE = "exhaustive"
    BRANCH = "branch"
    Z3 = "z3"
    QUESTIONS = "questions"


class Engine(StrEnum):
    """Where searches and checks run: in this process, or on the machines of a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


class Language(StrEnum):
    """Languages of other solvers."""

    SMT2 = "smt2"
    VNNLIB = "vnnlib"


class Method(StrEnum):
    """The ways to a tree."""

    LRH = "lrh"
    CERTIFIED = "certified"
    CART = "cart"


class Scores(StrEnum):
    """What the method certified splits a cell on."""

    SEPARATION = "separation"
    LRH = "lrh"


def exact(value: Fraction | float | str) -> Fraction:
    """An exact number; a text is the number that it shows. Raises ValueError where it is none."""
    if isinstance(value, str):
        return exact_number(value)  # not Fraction: 1e999999999 would take for ever
    try:
        return Fraction(value)
    except (OverflowError, TypeError) as problem:
        raise ValueError(str(problem)) from None


def choice(kind: type[_Choice], text: str, what: str) -> _Choice:
    """The choice of that name; raises LeafproofError where there is none. ``what`` it would be."""
    try:
        return kind(text)
    except ValueError:
        raise LeafproofError(
            f'there is no {what} "{text}": give one of {", ".join(kind)}'
        ) from None
