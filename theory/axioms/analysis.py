"""Axioms of inner products and of empirical processes."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import PROBABILITY, Axiom, Instance, require_uniform
from theory.language.errors import DerivationError
from theory.language.statement import Citation
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Mean,
    Members,
    Pr,
    Quantity,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

VAPNIK = Citation(
    "Vapnik, Chervonenkis",
    "On the uniform convergence of relative frequencies, Theory Probab. Appl. 16:264-280",
    1971,
)
FOURIER = Citation("O'Donnell", "Analysis of Boolean Functions", 2014)


def _cauchy_schwarz(x: Any, y: Any) -> Instance:
    return Instance((), le(Mean(x * y) ** 2, Mean(x**2) * Mean(y**2)))


def _inner_product(product: Any, first: Any, second: Any) -> Instance:
    """`product` is the inner product of vectors of these norms."""
    return Instance(
        (Fact("inner product", product, first, second),),
        le(product**2, first**2 * second**2),
    )


def _mean_bounds(x: Any, lower: Any, upper: Any) -> Instance:
    return Instance(
        (conj(le(lower, x), le(x, upper)),), conj(le(lower, Mean(x)), le(Mean(x), upper))
    )


def _bessel(member: Any, condition: Any, norm: Any, level: Any, energy: Any) -> Instance:
    """The coefficients of a vector function of mean square norm `energy` have norms `norm`."""
    require_uniform("bessel", member, level, energy)
    return Instance(
        (
            Fact("coefficients", member, norm, energy),
            implies(condition, ge(norm**2, level)),
            ge(level, 0),
        ),
        le(Members(member, condition) * level, energy),
        binder=(member, sp.true),
    )


def _vector_average(deviation: Any, n: Any, norm: Any) -> Instance:
    """`deviation` is the norm of (average of n independent vectors of norm <= B) - (mean)."""
    return Instance(
        (Fact("deviation of an average of vectors", deviation, n, norm), ge(n, 1)),
        conj(
            ge(deviation, 0),
            le(Mean(deviation**2), norm**2 / n),
            Fact("bounded differences", deviation, 4 * norm**2 / n),
        ),
    )


def _exchangeable(count: Any, cells: Any, j: Any, probability: Any, weight: Any) -> Instance:
    """`count` of the cells have a property; any j given cells all have it with `probability`."""
    require_uniform("exchangeable", j, cells, weight)
    expansion = sp.Sum(sp.binomial(cells, j) * weight**j * probability, (j, 0, cells))
    return Instance(
        (
            Fact("exchangeable", count, cells),
            implies(ge(j, 0), le(j, cells), eq(Pr(Event("all of", count, j)), probability)),
        ),
        eq(Mean((1 + weight) ** count), expansion),
        binder=(j, conj(ge(j, 0), le(j, cells))),
    )


def _swapping(
    member: Any, condition: Any, event: Any, coin: Any, k: Any, least: Any, bound: Any, n: Any
) -> Instance:
    """`event`: no error on the first n points and at least `least` on the second n."""
    require_uniform("swapping", member, bound, least, n, coin)
    require_uniform("swapping", k, bound, least, n, coin)
    return Instance(
        (
            Fact("errors on the second half only", event, least, n),
            implies(ge(k, least), ge(k, 0), le(Pr(Every(coin, k)), bound)),
            eq(Pr(coin), sp.Rational(1, 2)),
            ge(bound, 0),
        ),
        le(Pr(Some(member, condition, event)), Quantity("growth", 2 * n) * bound),
        binder=((k, member), ge(k, 0)),
    )


def _sauer(n: Any, v: Any) -> Instance:
    return Instance(
        (Fact("VC dimension", v), ge(v, 1), ge(n, v)),
        conj(ge(Quantity("growth", n), 1), le(Quantity("growth", n), (sp.E * n / v) ** v)),
    )


def _sauer_shelah(n: Any, v: Any, i: Any) -> Instance:
    require_uniform("sauer-shelah", i, n, v)
    return Instance(
        (Fact("VC dimension", v), ge(v, 0), ge(n, 0)),
        le(Quantity("growth", n), sp.Sum(sp.binomial(n, i), (i, 0, v))),
    )


def _symmetrization(supremum: Any, n: Any) -> Instance:
    return Instance(
        (Fact("supremum of err - emp", supremum, n),),
        le(Mean(supremum), 2 * (Quantity("rademacher", n) / 2)),
    )


def _massart(n: Any, weight: Any) -> Instance:
    return Instance(
        (ge(n, 1), gt(weight, 0)),
        le(
            n * Quantity("rademacher", n) * weight,
            sp.log(Quantity("growth", n)) + weight**2 * n / 2,
        ),
    )


def _bessel_levels(
    member: Any, condition: Any, norm: Any, level: Any, energy: Any, index: Any, last: Any
) -> Instance:
    """Bessel over classes 0 .. last of coefficients: `condition` and `level` speak of `index`.

    The classes are disjoint because `condition` includes Fact("size", member, index).
    """
    require_uniform("bessel-levels", member, level, energy, last)
    require_uniform("bessel-levels", index, norm, energy, last)
    parts = condition.args if isinstance(condition, sp.And) else (condition,)
    if Fact("size", member, index) not in parts:
        raise DerivationError("bessel-levels: the classes are not shown to be disjoint")
    inside = (ge(index, 0), le(index, last))
    return Instance(
        (
            Fact("coefficients", member, norm, energy),
            implies(*inside, condition, ge(norm**2, level)),
            implies(*inside, ge(level, 0)),
        ),
        le(sp.Sum(Members(member, condition) * level, (index, 0, last)), energy),
        binder=((index, member), conj(*inside)),
    )


def _linear_loss(supremum: Any, n: Any, slope: Any, norms: Any, reach: Any) -> Instance:
    """`supremum` of mean loss - average loss over |w| <= τ, E |φ|² <= B², τ B = norms.

    The loss has that Lipschitz constant in w φ, and values in [0, reach].
    """
    return Instance(
        (Fact("supremum over readouts", supremum, n, slope, norms, reach), ge(n, 1)),
        conj(
            le(Mean(supremum), 2 * slope * norms / sp.sqrt(n)),
            Fact("bounded differences", supremum, reach**2 / n),
        ),
    )


AXIOMS = (
    Axiom(
        "cauchy-schwarz",
        "(E XY)^2 <= E X^2 E Y^2",
        PROBABILITY,
        _cauchy_schwarz,
        types="x=number y=number",
    ),
    Axiom(
        "inner-product",
        "(u v)^2 <= |u|^2 |v|^2",
        FOURIER,
        _inner_product,
        types="product=real first=real second=real",
    ),
    Axiom(
        "mean-bounds",
        "l <= X <= u gives l <= E X <= u",
        PROBABILITY,
        _mean_bounds,
        types="x=number lower=real upper=real",
    ),
    Axiom(
        "bessel",
        "the squared norms of the coefficients in an orthonormal family add up to at most E |X|^2",
        FOURIER,
        _bessel,
        types="member=member condition=fact norm=real level=real energy=real",
    ),
    Axiom(
        "exchangeable",
        "E (1 + t)^U = Σ_j C(K, j) t^j P[j given cells are counted], for the number U of counted "
        "cells among K, any j of which are counted with the same probability",
        PROBABILITY,
        _exchangeable,
        types="count=any-integer cells=integer j=index probability=real weight=real",
    ),
    Axiom(
        "swapping",
        "given 2n points and a fair coin for each pair, a pattern with k errors has them all in "
        "the second half with probability 2^(-k); union over the at most Π(2n) patterns",
        VAPNIK,
        _swapping,
        types="member=member condition=fact event=event coin=event k=index least=real bound=real "
        "n=integer",
    ),
    Axiom(
        "sauer",
        "a class of VC dimension v has 1 <= Π(n) <= (e n / v)^v for n >= v",
        Citation("Sauer", "On the density of families of sets, J. Comb. Theory A 13:145-147", 1972),
        _sauer,
        types="n=integer v=integer",
    ),
    Axiom(
        "sauer-shelah",
        "a class of VC dimension v has Π(n) <= C(n, 0) + ... + C(n, v)",
        Citation("Sauer", "On the density of families of sets, J. Comb. Theory A 13:145-147", 1972),
        _sauer_shelah,
        types="n=integer v=integer i=index",
    ),
    Axiom(
        "symmetrization",
        "E sup (err - emp) <= 2 E sup (1/n) Σ σ_i [g != f], which is E sup (1/n) Σ σ_i g, since "
        "[g != f] = (1 - f g)/2",
        Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002),
        _symmetrization,
        types="supremum=number n=integer",
    ),
    Axiom(
        "massart",
        "n λ E max (1/n) Σ σ_i v_i <= ln N + λ² n / 2 over N sign vectors",
        Citation("Massart", "Some applications of concentration inequalities, Toulouse", 2000),
        _massart,
        types="n=integer weight=real",
    ),
    Axiom(
        "bessel-levels",
        "Bessel's inequality over disjoint classes of coefficients",
        FOURIER,
        _bessel_levels,
        types="member=member condition=fact norm=real level=real energy=real index=index "
        "last=integer",
    ),
    Axiom(
        "linear-loss",
        "E sup (risk - empirical risk) <= 2 L τ B / sqrt(n) over linear readouts of norm at most τ "
        "(symmetrisation, contraction for an L-Lipschitz loss, Cauchy-Schwarz); one of n samples "
        "moves the supremum by at most the range of the loss over n",
        Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002),
        _linear_loss,
        types="supremum=number n=integer slope=real norms=real reach=real",
    ),
    Axiom(
        "vector-average",
        "the average of n independent vectors of norm at most B deviates from its mean by a norm "
        "of mean square at most B²/n, and one vector moves that norm by at most 2B/n",
        PROBABILITY,
        _vector_average,
        types="deviation=number n=integer norm=real",
    ),
)
