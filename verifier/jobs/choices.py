"""What one can choose by name; texts that are equal to these do as well."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from verifier.model.errors import LeafproofError

_Choice = TypeVar("_Choice", bound=StrEnum)


class Prover(StrEnum):
    """The searches for a proof; auto is one of the others."""

    AUTO = "auto"
    EXHAUSTIVE = "exhaustive"
    BRANCH = "branch"
    Z3 = "z3"


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


def choice(kind: type[_Choice], text: str, what: str) -> _Choice:
    """The choice of that name; raises LeafproofError where there is none. ``what`` it would be."""
    try:
        return kind(text)
    except ValueError:
        raise LeafproofError(
            f'there is no {what} "{text}": give one of {", ".join(kind)}'
        ) from None
