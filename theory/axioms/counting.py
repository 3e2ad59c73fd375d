"""Axioms of counting and of the binomial distribution."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms import series
from theory.axioms.base import Axiom, Instance
from theory.special import BinomialCDF
from theory.statement import Citation
from theory.terms import Mean, Slope, conj, eq, ge, implies, le, lt

COMBINATORICS = Citation("Graham, Knuth, Patashnik", "Concrete Mathematics, chapters 5, 7", 1994)


def binomial_term(j: Any, n: Any, p: Any) -> Any:
    """P[K = j] for K the number of successes among n independent trials."""
    return sp.binomial(n, j) * p**j * (1 - p) ** (n - j)


def _binomial_start(n: Any, p: Any) -> Instance:
    first = BinomialCDF(0, n, p)
    return Instance(
        (),
        conj(eq(first, (1 - p) ** n), eq(Slope(first, p), sp.diff((1 - p) ** n, p))),
    )


def _binomial_next(k: Any, n: Any, p: Any) -> Instance:
    this, following = BinomialCDF(k, n, p), BinomialCDF(k + 1, n, p)
    term = binomial_term(k + 1, n, p)
    return Instance(
        (),
        conj(
            eq(following, this + term),
            eq(Slope(following, p), Slope(this, p) + sp.diff(term, p)),
        ),
    )


def _binomial_ends(k: Any, n: Any) -> Instance:
    return Instance(
        (),
        conj(
            implies(ge(k, 0), eq(BinomialCDF(k, n, 0), 1)),
            implies(ge(k, 0), lt(k, n), eq(BinomialCDF(k, n, 1), 0)),
        ),
    )


def _binomial_moment(count: Any, n: Any, p: Any, x: Any) -> Instance:
    return Instance((le(0, x),), eq(Mean(x**count), (1 - p + p * x) ** n))


def _binomial_positive(n: Any, k: Any) -> Instance:
    return Instance((), implies(ge(k, 0), le(k, n), ge(sp.binomial(n, k), 1)))


AXIOMS = (
    Axiom(
        "binomial-positive",
        "binomial(n, k) >= 1 for 0 <= k <= n",
        COMBINATORICS,
        _binomial_positive,
        random=(),
    ),
    Axiom(
        "binomial-start",
        "F(0; n, p) = (1 - p)^n, with its derivative in p",
        COMBINATORICS,
        _binomial_start,
        random=(),
    ),
    Axiom(
        "binomial-next",
        "F(k + 1; n, p) adds the next binomial term to F(k; n, p), and so do the derivatives",
        COMBINATORICS,
        _binomial_next,
        random=(),
    ),
    Axiom(
        "binomial-ends",
        "F(k; n, 0) = 1, and F(k; n, 1) = 0 for k < n",
        COMBINATORICS,
        _binomial_ends,
        random=(),
    ),
    Axiom(
        "binomial-moment",
        "E x^K = (1 - p + p x)^n for K the number of successes among n independent trials",
        COMBINATORICS,
        _binomial_moment,
        random=("count",),
    ),
    *series.AXIOMS,
)
