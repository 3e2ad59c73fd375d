"""A small file asked for any number of steps, and no limit could be stated.

``verifier.model.limits`` holds the one limit: its default, its environment variable, its one line.
"""

import pytest

from verifier.model import limits
from verifier.model.errors import DomainError, LeafproofError, TooMuch


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
    with pytest.raises(DomainError, match=r"3\.2\*10\^13 steps, .* 1\*10\^9: .*LEAFPROOF_WORK=32T"):
        limits.require_work(32 * 10**12, "it", DomainError)
    with pytest.raises(TooMuch, match=r"about 2\^100000 steps"):
        limits.require_work(1 << 100_000, "it")


def test_a_meter_stops_when_the_limit_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.WORK, "1K")
    spent = limits.meter("it")
    for _ in range(10):
        spent.spend(100)
    with pytest.raises(TooMuch, match=r"it takes more steps than the limit of 1000: .*=1T"):
        spent.spend(1)
