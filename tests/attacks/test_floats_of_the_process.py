"""A library may have the processor take small floats for 0, or round otherwise: nothing is read.

After ``torch.set_flush_denormal(True)`` Python's own floats below 2^-1022 are 0. The kernel then
took small weights for none, and accepted that a network which they decide is a constant.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch

import verifier as lp
from verifier import second_checker
from verifier.kernel import checker
from verifier.kernel.certificate import check_certificate
from verifier.kernel.prepared import prepare
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate

DOWN, UP, TO_ZERO = 0x400, 0x800, 0xC00


@contextmanager
def flushing() -> Iterator[None]:
    """Small floats are 0."""
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor takes small floats as they are")
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def rounding(mode: int) -> Iterator[None]:
    """Floats are rounded in one direction."""
    library = ctypes.CDLL(None)
    if library.fesetround(mode):
        pytest.skip("another processor's modes")
    try:
        yield
    finally:
        library.fesetround(0)


def small(columns: int = 3) -> Network:
    """A logit of numbers below 2^-1022: class 1 at (1, 0, 0), (0, 1, 0) and (1, 1, 0)."""
    weight = np.array([[2.0**-1070, 2.0**-1030, -(2.0**-1022)]])
    return Network(columns, (Affine(0, weight, np.zeros(1)),))


@pytest.mark.parametrize("step", [Constant(0), Enumerated()])
def test_small_weights_are_not_taken_for_none(step: Constant | Enumerated) -> None:
    matter = matter_of(bits(3), small(), Tree((Leaf(0),)))
    with flushing(), pytest.raises(LeafproofError, match="set_flush_denormal"):
        checker.verify(matter, [step])
    assert checker.verify(matter, [Enumerated()]).disagreements == (3, 3)
    with pytest.raises(InvalidProof):  # what was made ready before is not used now
        checker.verify(matter, [Constant(0)])


def test_no_checker_reads_a_file_then() -> None:
    matter = matter_of(bits(3), small(), Tree((Leaf(0),)))
    data, _, _ = make_certificate(matter, Finding((Enumerated(),)), "test")
    with flushing():
        with pytest.raises(LeafproofError, match="set_flush_denormal"):
            certificate_of(data)
        with pytest.raises(LeafproofError, match="set_flush_denormal"):
            second_checker.check(data)
    assert check_certificate(certificate_of(data)).disagreements == (3, 3)


def test_no_model_is_read_then() -> None:
    module = torch.nn.Linear(3, 1)
    with flushing(), pytest.raises(LeafproofError, match="set_flush_denormal"):
        lp.certify(module, Tree((Leaf(0),)), bits(3))


@pytest.mark.parametrize("mode", [DOWN, UP, TO_ZERO])
def test_floats_that_are_rounded_otherwise_are_refused(mode: int) -> None:
    network = small()
    with rounding(mode), pytest.raises(LeafproofError, match="FE_TONEAREST"):
        prepare(network, bits(3))
