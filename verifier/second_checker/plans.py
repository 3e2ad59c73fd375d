"""What sample.json states of a sample: its plan, its draws' key, and what was found.

Written from docs/certificate.md; nothing of the kernel is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.forecasts import Forecast, forecast_of, read_forecast
from verifier.second_checker.reading import entry_of, number, parse

ENSEMBLES = "ensembles.json"
KEYED = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
METHODS = "pooled", "cells", "plain", "anytime", "finite"
MOST_BLOCK = 1 << 16


@dataclass(frozen=True)
class Stated:
    """What sample.json states, and the key of its draws; ``plain`` if it is of the whole domain.

    Where a sample of lines ended before all draws were made that were planned, ``draws`` are those
    that were: its bets hold after every draw at once.

    ``boxes``: it says that of ``undecided`` draws nothing was decided, as where a variable is
    continuous.
    Of lines the number of the variable that they are along, the bet, and the sum of the shares, the
    guess of those through cells, the bet against means that are too small, and the forecast; of
    patches the ``others`` of their variables, and their guides.
    """

    key: bytes
    draws: int
    block: int
    delta: Fraction
    seen: int
    lower: Fraction
    upper: Fraction
    plain: bool
    boxes: bool
    line: int | None = None
    bet: Fraction = Fraction(0)
    share: Fraction = Fraction(0)
    guess: Fraction | None = None
    below: Fraction = Fraction(0)
    forecast: Forecast | None = None
    method: str = "pooled"
    aim: Fraction | None = None
    drawn: int | None = None
    undecided: int = 0
    others: tuple[int, ...] = ()
    guides: tuple[Forecast, ...] = ()


def read_sample(parts: Mapping[str, bytes]) -> Stated | None:
    """The sample of a certificate's parts; None where there is none."""
    if "sample.json" not in parts:
        return None
    names = {"format", "method", "delta", "draws", "block", "nonce", "seen", "probability"}
    some = {"line", "aim"}
    value = entry_of("sample.json", parse(parts, "sample.json"), names | some, some)
    interval = entry_of("sample.json", value["probability"], {"lower", "upper"})
    more = {"undecided", "share", "drawn"}
    held = entry_of("sample.json", value["seen"], {"true", *more}, more)
    seen, rest = held["true"], held.get("undecided", 0)
    draws, block, method = value["draws"], value["block"], value["method"]
    text = value["delta"], interval["lower"], interval["upper"], value["nonce"], method
    if not all(type(n) is int for n in (draws, block, seen, rest)) or not all(
        isinstance(x, str) for x in text
    ):
        raise CertificateError("sample.json does not hold what it should")
    if value["format"] != "leafproof-sample/1" or method not in METHODS:
        raise CertificateError("sample.json is of no known kind")
    try:
        delta, lower, upper = map(number, text[:3])
    except ValueError as error:
        raise CertificateError(f"sample.json: {error}") from None
    if not (
        0 < delta < 1
        and all(0 <= x <= 1 for x in (lower, upper))
        and min(seen, rest) >= 0
        and seen + rest <= draws
        and draws > 0
        and 1 <= block <= MOST_BLOCK
    ):
        raise CertificateError("sample.json holds numbers that cannot be")
    plan = [method, draws, block, value["delta"], value["nonce"]]
    line, bet, share, guess, below, forecast = _line(value, held)
    if line is not None:
        plan += [line, *(value["line"][name] for name in ("bet", "guess") if name in value["line"])]
        plan += ["below", value["line"]["below"]] if "below" in value["line"] else []
        plan += [] if forecast is None else forecast.stated
    others, guides = _patches(value.get("line"), method)
    plan += ["others", others] if others else []
    for own in guides:
        plan += ["guide", *own.stated[1:]]
    aim, drawn = _ended(value, held, method)
    plan += [] if aim is None else ["aim", value["aim"]]
    if line is not None and (guess is not None) != (method == "cells"):
        raise CertificateError("sample.json states a guess just where lines go through cells")
    plain, boxes = method == "plain", "undecided" in held
    key = _key(parts, plan)
    ends = lower, upper
    if forecast is not None and not plain:
        raise CertificateError("sample.json states a forecast of lines that are not plain")
    made = draws if drawn is None or line is None else drawn
    about = key, made, block, delta, seen, *ends, plain, boxes
    return Stated(
        *about, line, bet, share, guess, below, forecast, method, aim, drawn, rest, others, guides
    )


def _ended(
    value: Mapping[str, Any], seen: Mapping[str, Any], method: str
) -> tuple[Fraction | None, int | None]:
    """The aim of a test that may end at any time; how many draws it made, or lines that ended."""
    test, lines = method == "anytime", method in ("plain", "cells") and "line" in value
    if (test and "drawn" not in seen) or ("aim" in value and not test):
        raise CertificateError("sample.json states what belongs to tests that end at any time")
    if "drawn" in seen and not (test or lines):
        raise CertificateError("sample.json states where draws ended that are made as a whole")
    drawn, aim = seen.get("drawn"), None
    most = value["draws"] if test else value["draws"] - 1
    if "drawn" in seen and not (type(drawn) is int and 0 < drawn <= most):
        raise CertificateError("sample.json states more draws than were planned, or none")
    if lines and drawn is not None and drawn % value["block"]:
        raise CertificateError("sample.json states that draws ended within a block")
    if "aim" in value:
        try:
            aim = number(value["aim"]) if isinstance(value["aim"], str) else Fraction(0)
        except ValueError as error:
            raise CertificateError(f"sample.json: {error}") from None
        if not 0 < aim < 1:
            raise CertificateError("sample.json holds numbers that cannot be")
    return aim, drawn


def _line(
    value: Mapping[str, Any], seen: Mapping[str, Any]
) -> tuple[int | None, Fraction, Fraction, Fraction | None, Fraction, Forecast | None]:
    """Of lines what ``Stated`` holds, from the variable on."""
    if ("line" in value) != ("share" in seen):
        raise CertificateError("sample.json states a line just where it states shares")
    if "line" not in value:
        return None, Fraction(0), Fraction(0), None, Fraction(0), None
    more = {"guess", "below", "forecast", "others", "guides"}
    held = entry_of("sample.json", value["line"], {"variable", "bet", *more}, more)
    line, bets = held["variable"], (held["bet"], held.get("below", held["bet"]))
    texts = *bets, seen["share"], held.get("guess", "0")
    if type(line) is not int or line < 0 or not all(isinstance(x, str) for x in texts):
        raise CertificateError("sample.json does not hold what it should")
    try:
        bet, below, share, guess = map(number, texts)
    except ValueError as error:
        raise CertificateError(f"sample.json: {error}") from None
    if not 0 < bet <= Fraction(15, 16) or share < 0 or not 0 <= guess <= 1 or not 0 < below <= 64:
        raise CertificateError("sample.json holds numbers that cannot be")
    return line, bet, share, guess if "guess" in held else None, below, forecast_of(held)


def _patches(line: Any, method: str) -> tuple[tuple[int, ...], tuple[Forecast, ...]]:
    """Of patches their other variables, and their guides."""
    if line is None or not {"others", "guides"} & set(line):
        return (), ()
    others, guides = line.get("others"), line.get("guides", [None])
    if (
        not isinstance(others, list)
        or not others
        or any(type(i) is not int or i < 0 for i in others)
        or not isinstance(guides, list)
        or not guides
        or method != "plain"
        or {"guess", "forecast"} & set(line)
    ):
        raise CertificateError("sample.json states patches that cannot be")
    held = map(read_forecast, guides) if "guides" in line else ()
    return tuple(others), tuple(held)


def _key(parts: Mapping[str, bytes], plan: Sequence[object]) -> bytes:
    hashes = [[name, hashlib.sha256(parts[name]).hexdigest()] for name in KEYED]
    if ENSEMBLES in parts:
        hashes.append([ENSEMBLES, hashlib.sha256(parts[ENSEMBLES]).hexdigest()])
    told = json.dumps(["leafproof-sample/1", "sample", hashes, plan])
    return hashlib.sha256(told.encode("ascii")).digest()
