"""Numbers as text: exact digits where they fit, else correctly rounded; never through floats."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from verifier.kernel.claim import digits as plain_digits

MOST_DIGITS = 45
"""Integers of more digits are shown rounded."""
MOST_FRACTION = 24
"""Fractions of more characters are shown as decimals only."""
SHORT_FRACTION = 12
"""Fractions of more characters do not stand beside a verdict."""
MOST_EXACT = 20_000
"""Digits up to which an exact number is written out at all."""

MANY = 10**12
"""Integers from which on a few digits stand beside a verdict."""

Rounding = Callable[[Fraction, int], str]
"""A number in words, rounded down (-1), up (1) or to nearest (0)."""
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def raised(n: int) -> str:
    """The integer in superscript digits."""
    return str(n).translate(_RAISED)


def digits(n: int) -> str:
    """All digits of ``n``, in groups of three."""
    sign, text = ("-", plain_digits(-n)) if n < 0 else ("", plain_digits(n))
    head = len(text) % 3 or 3
    return sign + ",".join([text[:head], *(text[i : i + 3] for i in range(head, len(text), 3))])


def whole(n: int) -> str:
    """``n`` with all digits up to 45 of them, else rounded to 6 and marked as such."""
    text = digits(n)
    return text if len(text) <= MOST_DIGITS * 4 // 3 else f"about {scientific(Fraction(n), 6)}"


def power(n: int) -> str:
    """A power of two or ten above 10^6 as such, any other number as its digits."""
    if n > 10**6 and n & (n - 1) == 0:
        return f"2{raised(n.bit_length() - 1)}"
    if n > 10**6:
        exponent = len(plain_digits(n)) - 1
        if n == 10**exponent:
            return f"10{raised(exponent)}"
    return digits(n)


def product_form(factors: Iterable[int]) -> str:
    """The product of the factors in powers: ``2¹⁷ · 3²``."""
    count = Counter(factors)
    terms = [f"{b}{raised(count[b]) if count[b] > 1 else ''}" for b in sorted(count) if b > 1]
    return " · ".join(terms) or "1"


def rounded(x: Fraction, places: int, towards: int) -> tuple[int, int, bool]:
    """``x > 0`` as ``m * 10**e`` with ``places`` digits in m, and whether that is exact.

    Rounded down (``towards`` -1), up (1) or to nearest (0).
    """
    e = _magnitude(x) - places + 1
    scale = 10 ** abs(e)
    top, bottom = (
        (x.numerator, x.denominator * scale) if e > 0 else (x.numerator * scale, x.denominator)
    )
    m, rest = divmod(top, bottom)
    if towards > 0:
        m += rest > 0
    elif towards == 0:
        m += 2 * rest >= bottom
    if m == 10**places:
        m, e = m // 10, e + 1
    return m, e, rest == 0


def _magnitude(x: Fraction) -> int:
    """The e with 10^e <= x < 10^(e+1)."""
    bits = x.numerator.bit_length() - x.denominator.bit_length()
    e = math.floor((bits - 1) * math.log10(2)) - 1
    while _at_least_power(x, e + 1):
        e += 1
    return e


def _at_least_power(x: Fraction, e: int) -> bool:
    scale: int = 10 ** abs(e)
    if e >= 0:
        return x.numerator >= x.denominator * scale
    return x.numerator * scale >= x.denominator


def scientific(x: Fraction, places: int = 4, towards: int = 0) -> str:
    """``x`` with ``places`` significant digits: 0.03704 or 9.766 × 10⁻⁷."""
    if x == 0:
        return "0"
    if x < 0:
        return f"-{scientific(-x, places, -towards)}"
    m, e, _ = rounded(x, places, towards)
    text = str(m).rstrip("0") if e else str(m)
    e += len(str(m)) - len(text)
    point = len(text) + e
    if -3 <= point <= 7:
        if point <= 0:
            return "0." + "0" * -point + text
        text = text.ljust(point, "0")
        whole_part = digits(int(text[:point]))
        return f"{whole_part}.{text[point:]}" if text[point:] else whole_part
    mantissa = text[0] + ("." + text[1:] if text[1:] else "")
    return f"{mantissa} × 10{raised(point - 1)}" if mantissa != "1" else f"10{raised(point - 1)}"


def is_short(x: Fraction) -> bool:
    """Whether ``scientific`` shows ``x`` exactly."""
    return x == 0 or rounded(x, 4, 0)[2]


def fraction(x: Fraction) -> str:
    """The exact fraction, its denominator in power form where it has one."""
    top = digits(x.numerator)
    return top if x.denominator == 1 else f"{top}/{power(x.denominator)}"


def probability(x: Fraction, towards: int = 0) -> str:
    """A decimal rounded in the given direction, and in brackets the exact fraction if short."""
    exact = fraction(x)
    if x.denominator == 1:
        return exact
    decimal = scientific(x, 4, towards)
    if len(exact) > MOST_FRACTION:
        return f"about {decimal}"
    return f"{decimal} ({exact})"


def decimal(x: Fraction, towards: int = 0) -> str:
    """The number in four significant digits, rounded in the given direction: for headlines."""
    shown = scientific(x, 4, towards)
    return shown if is_short(x) or towards else f"about {shown}"


def decimal_first(x: Fraction, towards: int = 0) -> str:
    """As ``probability`` where the fraction is short to read, else as ``decimal``."""
    return probability(x, towards) if len(fraction(x)) <= SHORT_FRACTION else decimal(x, towards)


def interval(ends: tuple[Fraction, Fraction], shown: Rounding = probability) -> str:
    """The one number, or the two ends, each rounded outwards."""
    low, high = ends
    return shown(low, 0) if low == high else f"{shown(low, -1)} to {shown(high, 1)}"


def count_interval(ends: tuple[int, int]) -> str:
    """``3`` or ``3 to 5``."""
    low, high = ends
    return whole(low) if low == high else f"{whole(low)} to {whole(high)}"


def brief_interval(ends: tuple[int, int]) -> str:
    """The same in a few digits, where there are many: rounded outwards, or marked as rounded."""
    low, high = ends
    if high < MANY:
        return count_interval(ends)
    if low == high:
        return f"about {scientific(Fraction(low))}"
    first = digits(low) if low < MANY else scientific(Fraction(low), 4, -1)
    return f"{first} to {scientific(Fraction(high), 4, 1)}"


def in_full(x: Fraction) -> str:
    """The exact fraction with every digit, or how many digits it has where they are too many."""
    parts = [plain_digits(x.numerator), plain_digits(x.denominator)]
    if sum(map(len, parts)) > MOST_EXACT:
        sizes = " and ".join(digits(len(p)) for p in parts)
        return f"numerator and denominator have {sizes} digits"
    return parts[0] if x.denominator == 1 else "/".join(parts)


def exponent(x: Fraction) -> float:
    """log10 of ``x > 0``, for drawing only; it does not underflow."""
    m, e, _ = rounded(x, 15, 0)
    return math.log10(m) + e


def plural(n: int, noun: str, nouns: str = "") -> str:
    """``1 point``, ``2 points``."""
    return f"{whole(n)} {noun if n == 1 else nouns or noun + 's'}"
