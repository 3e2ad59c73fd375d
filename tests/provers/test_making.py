"""What compiled functions call is optimised and emitted with them, and not by itself."""

from __future__ import annotations

import numpy as np
import pytest

numba = pytest.importorskip("numba")
from verifier.provers.compiled.making import OPTIONS, Part, compiled  # noqa: E402


@compiled
def weighed(numbers, factor):
    total = 0.0
    for i in range(len(numbers)):
        total += numbers[i] * factor
    return total


@compiled
def both(numbers):
    return weighed(numbers, 2.0) + weighed(numbers[1:], 3.0)


def entry(numbers):
    return both(numbers) + weighed(numbers, 1.0)


def test_parts_are_emitted_with_their_callers_alone():
    whole = numba.njit(entry, **OPTIONS)
    assert whole(np.arange(5.0)) == 60
    for function, emitted in ((weighed, False), (both, False), (whole, True)):
        (made,) = function.overloads.values()
        address = made.library.get_pointer_to_function(made.fndesc.llvm_func_name)
        assert isinstance(made.library, Part) != emitted == bool(address)
