"""Smooth functions of one number: what they are, in balls that surely hold the value. Trusted.

Every function is given by formulas that Arb evaluates, of a ball or of a power series over balls;
where it has several pieces (ELU, HardSwish) it is continuous, and each piece smooth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint

from verifier.model.errors import NetworkError

ALONE = threading.Lock()
"""FLINT's precision is one number for all threads: who sets it holds this."""
Formula = Callable[[Any], Any]
"""Of an ``arb`` or an ``arb_series``, to the same."""


@dataclass(frozen=True)
class Smooth:
    """``y = f(x)``, elementwise, f the function called ``kind`` (of ``KINDS``)."""

    source: int
    kind: str


@dataclass(frozen=True)
class Kind:
    """A function: its ``pieces``, each up to a whole number (None: all that is left), and its ends.

    Beyond 24 on the left f is within 2**-30 of ``left[0] x + left[1]``, on the right of
    ``right[0] x + right[1]``. Its slopes are at most 3 / 2 in magnitude.
    """

    pieces: tuple[tuple[int | None, Formula], ...]
    left: tuple[int, int]
    right: tuple[int, int]


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + (-x).exp())


def _tanh(x: Any) -> Any:
    return 1 - 2 / (1 + (2 * x).exp())


def _gelu(x: Any) -> Any:
    return x * (1 + (x / flint.arb(2).sqrt()).erf()) / 2


def _gelu_tanh(x: Any) -> Any:
    """x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as sigmoid of twice that."""
    cubic = x * x * x * flint.arb(flint.fmpq(44715, 1_000_000))
    return x * _sigmoid(2 * (2 / flint.arb.pi()).sqrt() * (x + cubic))


def _softplus(x: Any) -> Any:
    return (1 + x.exp()).log()


def _mish(x: Any) -> Any:
    """x tanh(ln(1 + e^x)): with w = (1 + e^x)^2 that is x (1 - 2 / (w + 1))."""
    grown = 1 + x.exp()
    return x * (1 - 2 / (grown * grown + 1))


ZERO, ONE, LINE = (0, 0), (0, 1), (1, 0)
KINDS: dict[str, Kind] = {
    "sigmoid": Kind(((None, _sigmoid),), ZERO, ONE),
    "tanh": Kind(((None, _tanh),), (0, -1), ONE),
    "erf": Kind(((None, lambda x: x.erf()),), (0, -1), ONE),
    "softplus": Kind(((None, _softplus),), ZERO, LINE),
    "silu": Kind(((None, lambda x: x * _sigmoid(x)),), ZERO, LINE),
    "erf_gate": Kind(((None, lambda x: x * (1 + x.erf()) / 2),), ZERO, LINE),
    "gelu": Kind(((None, _gelu),), ZERO, LINE),
    "gelu_tanh": Kind(((None, _gelu_tanh),), ZERO, LINE),
    "mish": Kind(((None, _mish),), ZERO, LINE),
    "elu": Kind(((0, lambda x: x.exp() - 1), (None, lambda x: x)), (0, -1), LINE),
    "hard_swish": Kind(
        ((-3, lambda x: 0 * x), (3, lambda x: x * (x + 3) / 6), (None, lambda x: x)), ZERO, LINE
    ),
}


def check_smooth(where: str, layer: Smooth) -> None:
    """NetworkError for a kind that there is not."""
    if layer.kind not in KINDS:
        raise NetworkError(f"{where} is of kind {layer.kind[:40]!r}: kinds are {', '.join(KINDS)}")


def image(kind: str, x: flint.arb) -> flint.arb:
    """A ball that holds f of every number in ``x``."""
    found: flint.arb | None = None
    start: int | None = None
    for end, formula in KINDS[kind].pieces:
        if (end is None or not x > end) and (start is None or not x < start):
            own = formula(x)
            found = own if found is None else found.union(own)
        start = end
    assert found is not None
    return found
