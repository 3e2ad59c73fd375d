"""Networks of the literature, whose files are not part of this repository.

Environment variables name their folders: LEAFPROOF_FAIRNESS_NETS (networks that fairness verifiers
publish, as ONNX with the ranges of their inputs as JSON), LEAFPROOF_SAT_NETS (networks that encode
propositional formulas) and LEAFPROOF_PAPER_NETS (`paper_nets`).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from verifier.formats.load import load_network
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.variable import Variable

FAIRNESS = "LEAFPROOF_FAIRNESS_NETS"
FORMULAS = "LEAFPROOF_SAT_NETS"
QUESTION = {"not": {"same": ["a", "b"]}}
"""Two copies of a network, a and b, have different classes."""


@dataclass(frozen=True)
class Published:
    """What another program found: shares in [0, 1] and processor seconds."""

    undecided: float
    seconds: float


FAIRQUANT = {
    "german-GC-1": Published(0.67, 13),
    "german-GC-3": Published(0.42, 8),
    "adult-AC-1": Published(0.093, 1.5),
    "adult-AC-3": Published(0.67, 32),
    "adult-AC-8": Published(0.34, 7),
    "bank-BM-3": Published(0.034, 4.1),
}
"""The share of points that FairQuant leaves undecided.

Kim, Wang, Wang, FairQuant: Certifying and Quantifying Fairness of Deep Neural Networks (ICSE 2025):
its published program, built and run by us on 2 cores in November 2026; not figures of the paper.
"""


@dataclass(frozen=True)
class Tabular:
    """A network over numbers, and the feature that must not matter."""

    network: Network
    variables: tuple[Variable, ...]
    protected: str

    @property
    def domain(self) -> Domain:
        """All combinations, equally likely."""
        return Domain(self.variables)

    def pair(self) -> tuple[dict[str, tuple[Network, list[str]]], Domain]:
        """Two copies that read the least and the greatest value of the protected feature."""
        at = [v.name for v in self.variables].index(self.protected)
        feature = self.variables[at]
        assert isinstance(feature, Ordinal)
        ends = [feature.number(0), feature.last]
        fixed = [ordinal(f"{feature.name}_{c}", n, n) for c, n in zip("ab", ends, strict=True)]
        others = [v for v in self.variables if v is not feature]
        names = [v.name for v in self.variables]
        models = {
            copy: (self.network, [*names[:at], variable.name, *names[at + 1 :]])
            for copy, variable in zip("ab", fixed, strict=True)
        }
        return models, Domain((*others, *fixed))


def ordinal(name: str, first: Fraction, last: Fraction, step: Fraction = Fraction(1)) -> Ordinal:
    """A range of equally likely numbers."""
    count = int((last - first) / step) + 1
    return Ordinal(name, first, step, count, uniform(count))


def place_of(variable: str) -> Path | None:
    """The folder that an environment variable names, or None."""
    given = os.environ.get(variable)
    return Path(given) if given else None


def load_tabular(folder: Path, name: str) -> Tabular:
    """The network `adult-AC-1` and the like, with the ranges of its table."""
    given = json.loads((folder / f"{name.split('-')[0]}.ranges.json").read_text())
    variables = tuple(
        ordinal(v["name"], *(Fraction(v[key]) for key in ("from", "to", "step")))
        for v in given["variables"]
    )
    return Tabular(load_network(folder / f"{name}.onnx"), variables, given["protected"])
