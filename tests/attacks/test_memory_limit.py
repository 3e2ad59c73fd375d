"""Small files asked for any amount of memory, and no limit could be stated.

``verifier.model.limits`` holds the one limit: its default, its environment variable, its one line.
"""

import pytest

from verifier.model import limits
from verifier.model.errors import LeafproofError, NetworkError


@pytest.mark.parametrize(
    ("stated", "size"),
    [("4096", 4096), ("2k", 2048), ("3M", 3 << 20), ("5GiB", 5 << 30), ("1TB", 1 << 40)],
)
def test_amounts(stated: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, stated)
    assert limits.memory_limit() == size


@pytest.mark.parametrize("stated", ["0", "much", "-1", "1.5G", "4 G", "1e9", "٣G", "9" * 30])
def test_what_is_no_amount_is_named(stated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, stated)
    with pytest.raises(LeafproofError, match=limits.VARIABLE) as raised:
        limits.memory_limit()
    assert "\n" not in str(raised.value)


def test_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(limits.VARIABLE, raising=False)
    assert 1 << 20 < limits.memory_limit() <= limits.DEFAULT_MEMORY


def test_beyond_the_limit_is_one_line_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, "1G")
    limits.require_memory(1 << 30, "it")
    with pytest.raises(NetworkError, match=r"it would take about 1.0 GB .*LEAFPROOF_MEMORY=16G"):
        limits.require_memory((1 << 30) + 1, "it", NetworkError)
    with pytest.raises(LeafproofError, match="over 1000 TB"):
        limits.require_memory(1 << 200, "it")
