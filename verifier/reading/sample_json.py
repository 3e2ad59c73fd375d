"""``sample.json``: how a sample was drawn, and what it states. Trusted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeVar

from verifier.model.errors import CertificateError
from verifier.model.sample import ANYTIME, Forecast, Line, Plan, Sample
from verifier.reading.json_text import exact_number, unknown_keys

T = TypeVar("T")
FORMAT = "leafproof-sample/1"
KEYS = "format", "method", "delta", "draws", "block", "nonce", "seen", "probability"
MORE = "guess", "below", "forecast", "others", "guides"
"""What else may be said of lines, in this order."""


def sample_from_json(value: Any) -> Sample:
    """The sample that the JSON value describes; raises CertificateError where it is none."""
    lines = isinstance(value, dict) and "line" in value
    more = [key for key in ("aim", "line") if isinstance(value, dict) and key in value]
    held = _object(value, (*KEYS[:-2], *more, *KEYS[-2:]), "")
    if held["format"] != FORMAT:
        raise CertificateError(f'its format is not "{FORMAT}"')
    method, nonce = held["method"], held["nonce"]
    if not isinstance(method, str) or not isinstance(nonce, str):
        raise CertificateError("method and nonce are strings")
    boxes = isinstance(held["seen"], dict) and "undecided" in held["seen"]
    ended = isinstance(held["seen"], dict) and "drawn" in held["seen"]
    if ended != (method == ANYTIME) and not (ended and lines):
        raise CertificateError(f"drawn is stated of tests by the method {ANYTIME}, and of lines")
    names = ["true", *(["undecided"] if boxes else []), *(["share"] if lines else [])]
    names += ["drawn"] if ended else []
    seen = _object(held["seen"], tuple(names), "seen")
    ends = _object(held["probability"], ("lower", "upper"), "probability")
    along = _line(held["line"]) if lines else None
    return Sample(
        Plan(
            _count(held, "draws"),
            _fraction(held, "delta"),
            nonce,
            method,
            _count(held, "block"),
            along,
            _fraction(held, "aim") if "aim" in held else None,
        ),
        _count(seen, "true"),
        _fraction(ends, "lower"),
        _fraction(ends, "upper"),
        _count(seen, "undecided") if boxes else None,
        _fraction(seen, "share", None) if lines else None,
        _count(seen, "drawn") if ended else None,
    )


def _line(value: Any) -> Line:
    some = [x for x in MORE if isinstance(value, dict) and x in value]
    held = _object(value, ("variable", "bet", *some), "line")
    return Line(
        _count(held, "variable"),
        _fraction(held, "bet"),
        _fraction(held, "guess") if "guess" in held else None,
        _fraction(held, "below", None) if "below" in held else None,
        _forecast(held["forecast"]) if "forecast" in held else None,
        _some(_integers(held, "others"), "others") if "others" in held else (),
        _guides(held["guides"]) if "guides" in held else (),
    )


def _guides(value: Any) -> tuple[Forecast, ...]:
    if not isinstance(value, list):
        raise CertificateError("guides is not a list")
    return _some(tuple(map(_forecast, value)), "guides")


def _some(held: tuple[T, ...], key: str) -> tuple[T, ...]:
    if not held:
        raise CertificateError(f"{key} is empty: it is left out where there are none")
    return held


def _forecast(value: Any) -> Forecast:
    held = _object(value, ("form", "width", "ends", "guesses"), "forecast")
    form, ends, guesses = (_integers(held, key) for key in ("form", "ends", "guesses"))
    return Forecast(form, _count(held, "width"), ends, guesses)


def _integers(held: dict[str, Any], key: str) -> tuple[int, ...]:
    value = held[key]
    if not isinstance(value, list) or any(type(x) is not int for x in value):
        raise CertificateError(f"{key} is not a list of whole numbers")
    return tuple(value)


def _object(value: Any, keys: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CertificateError(f"{where or 'line 1, column 1'}: not an object")
    if problem := unknown_keys(list(value), keys):
        raise CertificateError(problem)
    if list(value) != list(keys):
        raise CertificateError(f"{where or 'it'} must hold {', '.join(keys)}, in this order")
    return value


def _count(held: dict[str, Any], key: str) -> int:
    value = held[key]
    if type(value) is not int or value < 0:
        raise CertificateError(f"{key} is not a whole number of at least 0")
    return value


def _fraction(held: dict[str, Any], key: str, most: int | None = 1) -> Fraction:
    value = held[key]
    try:
        number = exact_number(value) if isinstance(value, str) else None
    except ValueError:
        number = None
    if number is None or str(number) != value or number < 0 or (most and number > most):
        upto = "" if most is None else f" to {most}"
        raise CertificateError(
            f'{key} is not a fraction from 0{upto} in lowest terms, written as "1/1000"'
        )
    return number
