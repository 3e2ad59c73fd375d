"""Whether floats are what IEEE 754 says in this thread: libraries can set processors otherwise."""

from __future__ import annotations

import sys

from verifier.model.errors import LeafproofError

ONE, HALF = 1.0, sys.float_info.epsilon / 2
"""1, and half of the step to the next number."""


def check_rounding() -> None:
    """Raise LeafproofError where numbers near 0 become 0, or floats do not round to nearest.

    A weight of 2^-1030 would be 0 then, for Python's floats as for NumPy's.
    """
    if not sys.float_info.min / 2 > 0:
        raise LeafproofError(
            "this process takes floats near 0 for 0, so models would be read as others: "
            "call torch.set_flush_denormal(False), or load no library that was compiled with "
            "-ffast-math"
        )
    if ONE + HALF != ONE or -ONE - HALF != -ONE or ONE - HALF / 2 != ONE:
        raise LeafproofError(
            "this process does not round floats to the nearest: set its rounding mode (fesetround) "
            "to FE_TONEAREST"
        )
