"""The axioms of the derivations that Coq proves over finite probability spaces."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROVED: Mapping[str, str] = MappingProxyType(
    {
        "hoeffding": "Hoeffding.hoeffding",
        "minimax": "Minimax.minimax",
        "ville": "Sequential.ville",
        "ville-stopped": "Draws.ville_stopped",
        "change-of-measure": "Axioms.change_of_measure",
        "bernoulli-moment": "Draws.bernoulli_moment",
        "binomial-moment": "Draws.binomial_moment",
        "chebyshev": "Draws.chebyshev",
        "independent-draws": "Space.independent_draws",
        "average-linear": "Draws.average_linear",
        "falling-distribution": "Draws.falling_distribution",
        "markov": "Axioms.markov",
        "cauchy-schwarz": "Axioms.cauchy_schwarz",
        "linearity": "Axioms.linearity",
        "mean-monotone": "Axioms.mean_monotone",
        "mean-bounds": "Axioms.mean_bounds",
        "union-bound": "Axioms.union_bound",
        "same-members": "Axioms.same_members",
        "some-or": "Axioms.some_or",
        "count-subset": "Axioms.count_subset",
        "count-excluding": "Axioms.count_excluding",
        "boole": "Axioms.boole",
        "event-monotone": "Axioms.event_monotone",
        "complement": "Axioms.complement",
        "additivity": "Axioms.additivity",
        "same-event": "Axioms.same_event",
        "never": "Axioms.never",
        "constant-event": "Axioms.constant_event",
        "log-monotone": "Axioms.log_monotone",
        "exp-monotone": "Axioms.exp_monotone",
        "power-monotone": "Axioms.power_monotone",
        "log-bounds": "Axioms.log_bounds",
        "exp-bound": "Axioms.exp_bound",
        "indicator-power": "Axioms.indicator_power",
        "integers": "Axioms.integers",
    }
)
"""By the axiom's name, the file and the theorem in it; what a random word means is said there."""


def file_of(axiom: str) -> str | None:
    """The file whose theorem is this axiom, or None where it is taken from the literature."""
    theorem = PROVED.get(axiom)
    return None if theorem is None else f"theory/coq/{theorem.partition('.')[0]}.v"
