"""Trends that are taken from the literature, and not derived here: what needs one is cited."""

from __future__ import annotations

from typing import Any, Literal

from theory.language.roots import BetaUpper, KLInverse, MixtureUpper
from theory.language.special import (
    BinomialCDF,
    ClopperPearson,
    HypergeometricCDF,
    HypergeometricUpper,
    KLUpper,
)

Trend = Literal["up", "down", "constant"]
CITED: dict[Any, tuple[Trend | None, ...]] = {
    ClopperPearson: ("up", "down", "down"),
    KLUpper: ("up", "down", "down"),
    KLInverse: ("up", "up"),
    MixtureUpper: ("up", "down", "down"),
    BetaUpper: (None, None, "down", None, None),
    BinomialCDF: ("up", "down", "down"),
    HypergeometricUpper: ("up", "up", "down", "down"),
    HypergeometricCDF: ("up", "up", "down", "down"),
}
"""How each argument of a function moves it."""
SOURCES: dict[Any, str] = {
    ClopperPearson: "F(k; n, p) falls in p and n and rises in k, so the p with F(k; n, p) = δ "
    "rises in k and falls in n and δ (Johnson, Kemp, Kotz: Univariate Discrete Distributions, "
    "chapter 3)",
    KLUpper: "n kl(k/n, p) rises in p and n and falls in k for p >= k/n, so the greatest p with "
    "n kl(k/n, p) <= ln(1/δ) rises in k and falls in n and δ (the signs of its derivatives)",
    KLInverse: "kl(q, p) rises in p and falls in q for p >= q, so the greatest p with "
    "kl(q, p) <= L rises in q and L (the signs of its derivatives)",
    MixtureUpper: "(n + 1) C(n, k) p^k (1 - p)^(n - k) falls in p for p >= k/n; one more "
    "disagreement raises it for p above (k + 1)/(n + 1), one more draw lowers it for p above "
    "(k + 1)/(n + 2), where it is 1 or more: so the greatest p where it exceeds δ rises in k and "
    "falls in n and δ (ratios of neighbours)",
    BetaUpper: "p^k (1 - p)^(n - k) falls in p for p >= k/n, so the greatest p where it is above "
    "δ r falls in δ (the sign of its derivative)",
    HypergeometricUpper: "H(k; N, K, n) rises in k and N and falls in K and n: one more bad point "
    "or draw cannot lessen the count, one more good point cannot raise it (coupling), so the "
    "greatest K with H > δ rises in k and N and falls in n and δ",
    HypergeometricCDF: "H(k; N, K, n) rises in k and N and falls in K and n: one more bad point or "
    "draw cannot lessen the count, one more good point cannot raise it (coupling)",
    BinomialCDF: "F(k; n, p) rises in k and falls in n and p (Johnson, Kemp, Kotz: Univariate "
    "Discrete Distributions, chapter 3)",
}
