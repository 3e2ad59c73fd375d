"""Values that are integrals, enclosed by Arb's rigorous quadrature."""

from __future__ import annotations

from typing import Any

from flint import acb, arb, ctx

from theory.language.errors import PrecisionError

MOST_BITS = 4096
"""At more bits of precision, quadrature takes seconds."""


def entropy_moment(n: int) -> Any:
    """Arb ball of n!/n^n Σ_(j <= n) n^j/j! for n >= 10^5, quickly.

    Σ_(j <= n) n^j/j! is e^n Γ(n + 1, n)/n!, and with t = n + x in Γ's integral the value is
    ∫_0^∞ exp(h(x)) dx, h(x) = n ln(1 + x/n) - x. h is concave and h'(x) = -x/(n + x), so what is
    left out above x is between 0 and exp(h(x)) (n + x)/x. Here x = u √n.
    """
    if ctx.prec > MOST_BITS:
        raise PrecisionError(f"the moment of the relative entropy of {n} draws needs many bits")
    room = ctx.prec + 16
    with ctx.workprec(room + n.bit_length() + 64):
        root = arb(n).sqrt()
        end = (arb(2 * room) * arb(2).log()).sqrt().mid()
        while not _height(acb(end), root).real < -room * arb(2).log():
            end = (end * 5 / 4).mid()
        found = acb.integral(
            lambda u, analytic: _height(u, root).exp(), 0, end, rel_tol=arb(2) ** -room
        )
        far = end * root
        rest = _height(acb(end), root).real.exp() * (n + far) / far
        return found.real * root + rest.union(arb(0))


def _height(u: Any, root: Any) -> Any:
    """h = u² Σ_(k >= 2) (-1)^(k + 1) (u/√n)^(k - 2)/k, for |u| < √n/2; NaN elsewhere.

    The logarithm itself would nearly cancel, and a ball of u would become a wide one.
    """
    share = (abs(u) / root).upper()
    if not share < 0.5:
        return acb("nan")
    terms = 2
    while not share**terms * root**2 < arb(2) ** (-ctx.prec):  # then so is the rest, times |u/√n|²
        terms += 1
    z, total = u / root, acb(0)
    for k in range(terms + 1, 1, -1):
        total = total * z + acb((-1) ** (k + 1)) / k
    rest = share**terms / (1 - share)
    return u * u * (total + acb(arb(0, rest), arb(0, rest)))
