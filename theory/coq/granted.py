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
        "chernoff-above": "Tails.chernoff_above",
        "chernoff-below": "Tails.chernoff_below",
        "ville-stopped-sum": "Tails.ville_stopped_sum",
        "inner-product": "Tails.inner_product",
        "two-laws": "Tails.two_laws",
        "fresh-sample": "Tails.fresh_sample",
        "mcdiarmid": "Differences.mcdiarmid",
        "signed-sum": "Differences.signed_sum",
        "bessel": "Vectors.bessel",
        "bessel-levels": "Vectors.bessel_levels",
        "vector-average": "Vectors.vector_average",
        "sauer": "Patterns.sauer",
        "exchangeable": "Patterns.exchangeable",
        "power-exponent": "Numbers.power_exponent",
        "mean-value": "Numbers.mean_value",
        "monotone-root": "Numbers.monotone_root",
        "induction": "Numbers.induction",
        "double-induction": "Numbers.double_induction",
        "greatest": "Numbers.greatest",
        "floor": "Numbers.floor",
        "ceiling": "Numbers.ceiling",
        "floor-integer": "Numbers.floor_integer",
        "series-next": "Numbers.series_next",
        "product-next": "Numbers.product_next",
        "series-terms": "Numbers.series_terms",
        "sum-order": "Numbers.sum_order",
        "sum-linear": "Numbers.sum_linear",
        "sum-exchange": "Numbers.sum_exchange",
        "sum-next": "Numbers.sum_next",
        "binomial-positive": "Numbers.binomial_positive",
        "binomial-row": "Numbers.binomial_row",
        "binomial-start": "Numbers.binomial_start",
        "binomial-next": "Numbers.binomial_next",
        "binomial-ends": "Numbers.binomial_ends",
    }
)
"""By the axiom's name, the file and the theorem in it; what a random word means is said there."""


def file_of(axiom: str) -> str | None:
    """The file whose theorem is this axiom, or None where it is taken from the literature."""
    theorem = PROVED.get(axiom)
    return None if theorem is None else f"theory/coq/{theorem.partition('.')[0]}.v"
