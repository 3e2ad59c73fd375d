"""Numbers of the benchmark in words."""

from __future__ import annotations

import math

from tests.benchmarks.results import ABSENT, CRASHED, LATE, SKIPPED, TOO_LARGE, Result


def short(value: float) -> str:
    """A number that is not negative to two significant digits, thousands separated."""
    if value == 0:
        return "0"
    value = float(f"{value:.1e}")
    digits = max(0, 1 - math.floor(math.log10(value)))
    return f"{value:,.{digits}f}"


def seconds(value: float) -> str:
    """Seconds to two significant digits; whole seconds exactly from 100 on."""
    return f"{value:.0f}" if value >= 100 else short(value)


def power(points: int) -> str:
    """A number of points, as a power where it is one."""
    for base in (2, 3, 5):
        exponent = round(math.log(points, base))
        if base**exponent == points:
            return f"{base}^{exponent}"
    return f"{points:,}"


def count(value: int) -> str:
    """A whole number: all of it below a billion, else to three digits."""
    return f"{value:,}" if value < 10**9 else f"{value:.3g}"


def verdict(result: Result, *, refute: bool = False) -> str:
    """What the kernel found, with the number of disagreements where they differ."""
    if result.disagreements is None:
        return result.note or "none"
    low, high = result.disagreements
    if refute and result.verdict == "different":
        return "different (stopped at the first)"
    if low == high:
        return "equivalent" if low == 0 else f"different: exactly {count(low)}"
    return f"{result.verdict}: {count(low)} to {count(high)}"


def answer(peer: Result, own: Result) -> str:
    """What a peer did: its seconds, and how many times those of branch and bound that is.

    Of Leafproof's tools they are those of search and check together.
    """
    if peer.outcome == ABSENT:
        return "not installed"
    if peer.outcome == TOO_LARGE:
        return "too large"
    if peer.outcome == SKIPPED:
        return "skipped"
    if peer.outcome == CRASHED:
        return f"failed: {peer.note}"
    late = peer.outcome == LATE
    more = ">" if late else ""
    text = f"{more}{seconds(peer.total)}"
    if not late and peer.verdict == "undecided":
        return f"undecided, {text}"
    if not late and own.verdict and peer.verdict != own.verdict:
        return f"{peer.verdict or 'none'}, {text}"
    if own.outcome == LATE or own.total <= 0:
        return text
    return f"{text} ({more}{short(peer.total / own.total)}x)"


def contradicts(peer: Result, own: Result) -> bool:
    """Whether one says equivalent and the other different."""
    return {peer.verdict, own.verdict} == {"equivalent", "different"}
