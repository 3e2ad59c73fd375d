"""Axioms of counting and of the binomial distribution."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms import series
from theory.axioms.base import Axiom, Instance, require_uniform
from theory.language.roots import BetaMoment
from theory.language.special import BinomialCDF, binomial_term
from theory.language.statement import Citation
from theory.language.terms import Fact, Mean, Slope, conj, eq, ge, gt, implies, le, lt

COMBINATORICS = Citation("Graham, Knuth, Patashnik", "Concrete Mathematics", 1994)


def _binomial_start(n: Any, p: Any) -> Instance:
    require_uniform("binomial-start", p, n)
    first = BinomialCDF(0, n, p)
    return Instance(
        (ge(n, 0),),
        conj(
            eq(first, (1 - p) ** n),
            implies(lt(p, 1), eq(Slope(first, p), sp.diff((1 - p) ** n, p))),
        ),
    )


def _binomial_next(k: Any, n: Any, p: Any) -> Instance:
    require_uniform("binomial-next", p, k, n)
    this, following = BinomialCDF(k, n, p), BinomialCDF(k + 1, n, p)
    term = binomial_term(k + 1, n, p)
    return Instance(
        (ge(k, 0), ge(n, 0), gt(p, 0), lt(p, 1)),
        conj(
            eq(following, this + term),
            eq(Slope(following, p), Slope(this, p) + sp.diff(term, p)),
        ),
    )


def _binomial_ends(k: Any, n: Any) -> Instance:
    return Instance(
        (ge(n, 0),),
        conj(
            implies(ge(k, 0), eq(BinomialCDF(k, n, 0), 1)),
            implies(ge(k, 0), lt(k, n), eq(BinomialCDF(k, n, 1), 0)),
        ),
    )


def _binomial_moment(count: Any, n: Any, p: Any, x: Any) -> Instance:
    return Instance(
        (Fact("binomial", count, n, p), le(0, x)), eq(Mean(x**count), (1 - p + p * x) ** n)
    )


def _beta_moment(k: Any, n: Any, a: Any, b: Any) -> Instance:
    this = BetaMoment(k, n, a, b)
    won, lost = BetaMoment(k + 1, n + 1, a, b), BetaMoment(k, n + 1, a, b)
    return Instance(
        (conj(ge(k, 0), le(k, n), gt(a, 0), gt(b, 0)),),
        conj(
            eq(BetaMoment(0, 0, a, b), 1),
            gt(this, 0),
            eq((a + b + n) * won, (a + k) * this),
            eq((a + b + n) * lost, (b + n - k) * this),
        ),
    )


def _binomial_positive(n: Any, k: Any) -> Instance:
    return Instance((), implies(ge(k, 0), le(k, n), ge(sp.binomial(n, k), 1)))


AXIOMS = (
    Axiom(
        "beta-moment",
        "the mean of q^k (1 - q)^(n - k) under Beta(a, b) is positive, 1 for k = n = 0, and one "
        "more factor q or 1 - q multiplies it by (a + k)/(a + b + n) or (b + n - k)/(a + b + n)",
        Citation("Johnson, Kotz, Balakrishnan", "Continuous Univariate Distributions 2", 1995),
        _beta_moment,
        types="k=integer n=integer a=real b=real",
    ),
    Axiom(
        "binomial-positive",
        "binomial(n, k) >= 1 for 0 <= k <= n",
        COMBINATORICS,
        _binomial_positive,
        types="n=integer k=integer",
    ),
    Axiom(
        "binomial-start",
        "F(0; n, p) = (1 - p)^n, with its derivative in p",
        COMBINATORICS,
        _binomial_start,
        types="n=integer p=variable",
    ),
    Axiom(
        "binomial-next",
        "F(k + 1; n, p) adds the next binomial term to F(k; n, p), and so do the derivatives",
        COMBINATORICS,
        _binomial_next,
        types="k=integer n=integer p=variable",
    ),
    Axiom(
        "binomial-ends",
        "F(k; n, 0) = 1, and F(k; n, 1) = 0 for k < n",
        COMBINATORICS,
        _binomial_ends,
        types="k=integer n=integer",
    ),
    Axiom(
        "binomial-moment",
        "E x^K = (1 - p + p x)^n for K of the law Binomial(n, p), the number of successes among n "
        "independent trials",
        COMBINATORICS,
        _binomial_moment,
        types="count=any-integer n=integer p=real x=real",
    ),
    *series.AXIOMS,
)
