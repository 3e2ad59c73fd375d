"""A small file asked for any number of steps, and no limit could be stated.

``verifier.model.limits`` holds the one limit: its default, its environment variable, its one line.
"""

import numpy as np
import pytest

from verifier.kernel import checker
from verifier.model import limits
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError, TooMuch
from verifier.model.limits import PYTHON
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Split, Step
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree


@pytest.mark.parametrize(
    ("stated", "steps"), [("1", 1), ("500G", 5 * 10**11), ("20t", 2 * 10**13), ("3P", 3 * 10**15)]
)
def test_amounts(stated: str, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WORK, stated)
    assert limits.work_limit() == steps


@pytest.mark.parametrize("stated", ["0", "much", "-1", "1.5T", "1 T", "1e9", "٣T", "9" * 30, " "])
def test_what_is_no_number_is_named(stated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WORK, stated)
    with pytest.raises(LeafproofError, match=limits.WORK) as raised:
        limits.work_limit()
    assert "\n" not in str(raised.value)


def test_beyond_the_limit_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WORK, "1G")
    limits.require_work(10**9, "it")
    with pytest.raises(TooMuch, match=r"3\.2\*10\^13 steps, .* 1\*10\^9: .*LEAFPROOF_WORK=32T"):
        limits.require_work(32 * 10**12, "it")
    with pytest.raises(TooMuch, match=r"about 2\^100000 steps"):
        limits.require_work(1 << 100_000, "it")


def test_a_meter_stops_when_the_limit_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WORK, "1K")
    spent = limits.meter("it")
    for _ in range(10):
        spent.spend(100)
    with pytest.raises(TooMuch, match=r"it takes more steps than the limit of 1000: .*=1T"):
        spent.spend(1)


def test_large_proofs_may_take_longer_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(limits.WORK, raising=False)
    assert limits.work_limit() == limits.work_limit(10**6) == limits.DEFAULT_WORK
    assert limits.work_limit(2 * 10**7) == 2 * 10**7 * limits.EACH_NODE > limits.DEFAULT_WORK
    assert limits.work_limit(10**12) == limits.MOST_WORK
    monkeypatch.setenv(limits.WORK, "1G")
    assert limits.work_limit(10**12) == 10**9


def test_cells_of_three_layers_of_64_take_no_more_than_their_nodes_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So ten million of them are not refused."""
    monkeypatch.delenv(limits.WORK, raising=False)
    rng, layers = np.random.default_rng(0), list[Affine | Relu]()
    for below, width in ((20, 64), (64, 64), (64, 64)):
        weight = rng.normal(size=(width, below)) / below**0.5
        layers += [Affine(len(layers), weight, np.zeros(width)), Relu(len(layers) + 1)]
    last = Affine(len(layers), rng.normal(size=(1, 64)), np.array([64.0]))  # always class 1
    matter = matter_of(bits(20), Network(20, (*layers, last)), Tree((Leaf(1),)))
    proof: list[Split | Step] = []
    depths = [0]
    while depths:
        depth = depths.pop()
        proof.append(Constant(1) if depth == 9 else Split(depth, 1))
        depths += [] if depth == 9 else [depth + 1] * 2
    meters = list[limits.Meter]()
    made = limits.meter
    monkeypatch.setattr(checker, "meter", lambda *x: meters.append(made(*x)) or meters[-1])
    assert checker.verify(matter, proof).verdict == "equivalent"
    (meter,) = meters
    assert len(proof) * PYTHON < meter.spent < len(proof) * limits.EACH_NODE
