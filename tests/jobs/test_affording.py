"""How many draws of a test there is time for, and what is said of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from verifier.jobs import affording


@pytest.mark.parametrize(
    ("begun", "found", "said"),
    [
        (0.0, 40_000, ["10.0 of 10 seconds are left for draws, and 100,000 take about 25.0"]),
        (9.5, 2_000, ["0.5 of 10 seconds are left for draws, and 100,000 take about 25.0"]),
        (-20.0, 120_000, []),
    ],
)
def test_as_many_draws_as_there_is_time_for(begun, found, said, monkeypatch):
    """A draw takes a tenth of a millisecond, and nothing else any time."""
    tried, notes = [], []
    monkeypatch.setattr(affording, "now", lambda: begun)
    monkeypatch.setattr(affording, "_taken", lambda draw, count: draw(count) or 1e-4 * count)
    limit = SimpleNamespace(seconds=10, full=10.0, late=10.0)
    watch = SimpleNamespace(note=notes.append)
    assert affording.affordable(limit, 100_000, watch, tried.append) == found
    assert tried[:2] == [affording.FEW] * 2
    assert [note.partition(":")[0] for note in notes] == said
