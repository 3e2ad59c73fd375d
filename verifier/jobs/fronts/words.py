"""The names of the questions that people ask, and of the variables that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

Kind = Literal["fair", "monotone", "same", "robust"]
FAIR: Kind = "fair"
MONOTONE: Kind = "monotone"
SAME: Kind = "same"
ROBUST: Kind = "robust"
ASKED_ROBUST = "ask_robust"
"""What a certificate records of such a call from Python, as its form may not tell."""
Labels = Mapping[str, str]
"""What the values of variables are called, by the variables' names."""


def next_name(feature: str) -> str:
    """The second input's feature where its values are listed."""
    return f"next {feature}"


def rise_names(feature: str) -> tuple[str, str]:
    """What is added to the feature of the first input, and of the second."""
    return f"{feature} stays", f"{feature} goes up"


def alone_words(features: Sequence[str]) -> str:
    """``"sex" alone``, or ``"sex" or "race" and in nothing else``."""
    if len(features) == 1:
        return f"{features[0]} alone"
    return f"{', '.join(features[:-1])} or {features[-1]} and in nothing else"
