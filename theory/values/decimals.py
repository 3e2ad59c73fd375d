"""Exact reading and outward-rounded writing of numbers.

Reading never passes through a float: `1/100`, `0.01` and `1e-2` are the same fraction. Writing an
enclosure rounds the lower end down and the upper end up.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from flint import fmpz

from theory.language.errors import TheoryError

MAX_EXPONENT = 100_000
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?"
MAX_POWER_BITS = 1 << 18
_POWER = r"[0-9]{1,9}(?:\^|\*\*)-?[0-9]{1,6}"
_PART = rf"(?:{_POWER}|{_DECIMAL})"
_NUMBER = re.compile(rf"\s*({_PART})\s*(?:/\s*({_PART})|(%))?\s*")


def read_number(value: Any, where: str) -> Fraction:
    """Read an int, a Fraction or a string such as "1/100", "0.01", "1%", "1e-9", "2^20", exactly.

    `where` names the parameter in the message of the TheoryError raised for anything else;
    floats are refused because 0.1 is not one tenth.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if not isinstance(value, str):
        raise TheoryError(
            f"{where}: {value!r} is a {type(value).__name__}; give an int, a Fraction or a string "
            'such as "1/100" or "1e-9"'
        )
    match = _NUMBER.fullmatch(value)
    if match is None or len(value) > 20_000:
        raise TheoryError(
            f"{where}: {value!r} is not a number; write 1/100, 0.01, 1%, 1e-9 or 2^20"
        )
    top, bottom = (
        _decimal(part, where) for part in (match[1], match[2] or ("100" if match[3] else "1"))
    )
    if bottom == 0:
        raise TheoryError(f"{where}: {value!r} divides by zero")
    return top / bottom


def _decimal(text: str, where: str) -> Fraction:
    if re.fullmatch(_POWER, text):
        base, power = (int(part) for part in re.split(r"\^|\*\*", text))
        if base.bit_length() * abs(power) > MAX_POWER_BITS or (base == 0 and power < 0):
            raise TheoryError(f"{where}: {text} does not fit, or divides by zero")
        return Fraction(base) ** power
    mantissa, *exponent = re.split("[eE]", text)
    shift = int(exponent[0]) if exponent else 0
    if abs(shift) > MAX_EXPONENT:
        raise TheoryError(f"{where}: the exponent of {text} is beyond +-{MAX_EXPONENT}")
    whole, _, part = mantissa.partition(".")
    digits = int(fmpz((whole + part).removeprefix("+")))  # int() refuses more than 4,300 digits
    shift -= len(part)
    return Fraction(digits * 10 ** max(0, shift), 10 ** max(0, -shift))


def _power_of_ten(x: Fraction) -> int:
    """The e with 10^e <= |x| < 10^(e+1)."""
    top, bottom = fmpz(abs(x.numerator)), fmpz(x.denominator)
    bits = abs(x.numerator).bit_length() - x.denominator.bit_length()
    e = (bits - 1) * 30103 // 100000 - 1
    while _times_power(bottom, e + 1) <= _times_power(top, -(e + 1)):
        e += 1
    return e


def _times_power(n: Any, e: int) -> Any:
    """n 10^e for e >= 0, else n."""
    return n * fmpz(10) ** max(0, e)


def write_number(x: Fraction, digits: int, towards: int = 0) -> str:
    """Write x with that many significant digits: rounded down (-1), up (1) or to nearest (0).

    Numbers that need at most `digits` digits are written exactly.
    """
    if x == 0:
        return "0"
    e = _power_of_ten(x)
    shift = digits - 1 - e
    # not fractions: their common divisors take seconds where x has a million binary digits
    top = _times_power(fmpz(x.numerator), shift)
    bottom = _times_power(fmpz(x.denominator), -shift)
    floor, rest = divmod(top, bottom)
    whole = int(floor)
    if towards > 0:
        whole += rest != 0
    elif towards == 0:
        whole += 2 * rest > bottom or (2 * rest == bottom and whole % 2 == 1)
    exponent = e - digits + 1
    if rest == 0:  # exact: no digits beyond the last that matters
        while whole % 10 == 0:
            whole, exponent = whole // 10, exponent + 1
    return _place_point(whole, exponent, digits)


def _place_point(whole: int, exponent: int, digits: int) -> str:
    """The decimal text of whole * 10^exponent."""
    sign, text = ("-" if whole < 0 else ""), str(abs(whole))
    point = len(text) + exponent
    if -6 < point <= max(digits, 40):
        if point <= 0:
            return f"{sign}0." + "0" * -point + text
        text = text.ljust(point, "0")
        return sign + text[:point] + ("." + text[point:] if text[point:] else "")
    fraction = "." + text[1:] if text[1:] else ""
    return f"{sign}{text[0]}{fraction}e{point - 1}"
