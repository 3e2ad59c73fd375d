"""Tests on continuous domains: drawn from steps of the density, again by both checkers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import verifier as lp
from verifier import second_checker
from verifier.formats.interval_steps import STEPS, in_steps
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import DomainError, InvalidProof
from verifier.model.ordinal import Ordinal
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack

F = Fraction
DOSE = lp.Domain.continuous("dose", 0, 10, [[0, "5/2", "1/4"], ["5/2", 10, "3/4"]])
ILL = lp.Domain.encoded("kidneys", ["well", "ill"], [[0], [1]], ["9/10", "1/10"])
BOTH = lp.Domain.product(DOSE, ILL)
RULE = Tree((Inner(0, F(9, 2), 1, 2), Leaf(0), Leaf(1)))


def model(x: np.ndarray) -> np.ndarray:
    """Above 4 where the kidneys are ill, above 4.25 else."""
    return x[:, 0] + x[:, 1] / 4 > 4.25


TRUTH = F(3, 4) * (F(9, 10) * F(1, 4) + F(1, 10) * F(1, 2)) / F(15, 2)
"""The density is 1/10 an unit between 5/2 and 10."""


def test_the_truth_is_in_the_interval_and_both_checkers_draw_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.certificate"
    result = lp.test(model, RULE, BOTH, samples=20_000, delta="1e-6", output=path)
    found = result.proved and result.proved.sampled
    assert found is not None and found.draws == 20_000
    assert found.lower < TRUTH < found.upper < found.lower + F(1, 50)
    assert any("dose" in note and "continuous" in note for note in result.notes)
    again = lp.check(path, against=(model, RULE, BOTH), paranoid=True)
    assert again.asked_again == 20_000
    assert again.proved is not None and again.proved.sampled == found
    assert second_checker.check_test(path.read_bytes()).draws == 20_000
    parts = unpack(path.read_bytes())
    prover = json.loads(parts.pop("manifest.json"))["prover"]
    recorded = bytearray(parts["recorded.bin"])
    recorded[7] ^= 1
    forged = pack({**parts, "recorded.bin": bytes(recorded)}, prover, None, 3)
    with pytest.raises(InvalidProof):
        check_certificate(certificate_of(forged))
    with pytest.raises(InvalidProof):
        second_checker.check_test(forged)


def test_steps_have_just_the_probability_of_the_density() -> None:
    stepped = in_steps(BOTH)
    v = stepped.variables[0]
    assert isinstance(v, Ordinal) and v.count >= STEPS and stepped.variables[1] == ILL.variables[0]
    assert v.hull(0, v.count - 1) == (v.step / 2, 10 - v.step / 2)
    edge = len(v.up_to(F(5, 2)))
    assert v.runs[0] == (edge, F(1, 4)) and edge * v.step == F(5, 2)
    assert in_steps(ILL) is ILL


@pytest.mark.parametrize("low", ["1/3", "0.1", "-7"])
@pytest.mark.parametrize("middle", ["2/7", "3.3333", "5"])
def test_steps_end_where_the_density_changes(low: str, middle: str) -> None:
    if F(middle) <= F(low):
        low = "-1"
    domain = lp.Domain.continuous("x", low, 10, [[low, middle, "1/4"], [middle, 10, "3/4"]])
    v = in_steps(domain, 1000).variables[0]
    assert isinstance(v, Ordinal) and v.count >= 1000
    assert v.runs[0][1] == F(1, 4) and F(low) + v.runs[0][0] * v.step == F(middle)


def test_conditions_stay_where_they_are() -> None:
    """What is impossible is drawn as little as before; the rest as often."""
    domain = BOTH.without({"dose": (8, 10), "kidneys": "ill"})
    stepped = in_steps(domain)
    kept = 1 - F(1, 10) * F(3, 4) * F(2) / F(15, 2)
    for dose, ill, possible in ((9, 1, False), (9, 0, True), (7, 1, True)):
        v = stepped.variables[0]
        assert isinstance(v, Ordinal)
        at = len(v.up_to(F(dose)))
        assert stepped.possible((at, ill)) is possible
        if possible:
            each = F(3, 4) * v.step / F(15, 2) * (F(1, 10) if ill else F(9, 10)) / kept
            assert stepped.probability((at, ill)) == each
    asked: list[np.ndarray] = []

    def hear(x: np.ndarray) -> np.ndarray:
        asked.append(x)
        return x[:, 0] > 4

    lp.test(hear, RULE, domain, samples=3000)
    rows = np.concatenate(asked)
    assert len(rows) >= 3000 and not ((rows[:, 0] > 8) & (rows[:, 1] == 1)).any()
    assert (rows[:, 0] > 8).any() and len(np.unique(rows[:, 0])) > 2900


def test_cuts_that_lie_on_no_steps_are_refused() -> None:
    ragged = F(1, 3**30) + F(1, 7**20)
    domain = lp.Domain.continuous("x", 0, 1, [[0, ragged, "1/2"], [ragged, 1, "1/2"]])
    with pytest.raises(DomainError, match=r'"x".*round these numbers'):
        lp.test(model, RULE, lp.Domain.product(domain, ILL), samples=10)
