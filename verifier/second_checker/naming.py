"""What teacher.json says of its classes: where they come from, and their names.

Nothing here changes what is proved; a description that contradicts itself is refused.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.reading import LONGEST_NUMBER, number

_FREE = {"logit": None, "regression": None, "probability": (Fraction(0), Fraction(1))}
"""Kinds of output that may be cut, and where."""


def check_head(value: Any, outputs: int) -> None:
    """CertificateError unless this says how so many outputs are read as a class."""
    where = "teacher.json: the head"
    if not isinstance(value, dict) or sorted(value) != ["kind", "origin", "threshold"]:
        raise CertificateError(f"{where} must hold kind, threshold and origin")
    kind, origin, stated = value["kind"], value["origin"], value["threshold"]
    if origin not in ("shown", "asked", "assumed"):
        raise CertificateError(f"{where} comes from nowhere known")
    if kind == "label":
        if stated is not None or origin == "assumed":
            raise CertificateError(f"{where} is a label, which nothing can be compared with")
        return
    if not isinstance(kind, str) or kind not in _FREE:
        raise CertificateError(f"{where} is of no known kind")
    if outputs > 1:
        if stated is not None or kind == "regression":
            raise CertificateError(f"{where} cuts one output where there are several")
        return
    ends, cut = _FREE[kind], _cut(where, stated)
    if ends is not None and not ends[0] < cut < ends[1]:
        raise CertificateError(f"{where} cuts a probability outside 0 to 1")


def _cut(where: str, stated: Any) -> Fraction:
    """The threshold; it must be written in its shortest form."""
    try:
        if not isinstance(stated, str) or len(stated) > LONGEST_NUMBER:
            raise ValueError
        cut = number(stated)
        if str(cut) != stated:
            raise ValueError
    except ValueError:
        raise CertificateError(f"{where} must state a threshold such as 1/2") from None
    return cut


def check_labels(value: Any, classes: int) -> None:
    """CertificateError unless these are different names, one for each class."""
    if not isinstance(value, list) or len(value) != classes:
        raise CertificateError("teacher.json: labels must name each class")
    if not all(isinstance(x, str) and x and x.isprintable() for x in value):
        raise CertificateError("teacher.json: labels must be printable text")
    if len(set(value)) != len(value):
        raise CertificateError("teacher.json: two classes have one label")
