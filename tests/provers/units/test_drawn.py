"""Draws that are cut off are gone on with: each block is counted once, to the same sample."""

from __future__ import annotations

from dataclasses import replace

import pytest

import verifier as lp
from tests.jobs.kills import network, stump
from verifier.jobs import piloting
from verifier.model.domain import bits
from verifier.provers.units import drawn, driver, journal, work
from verifier.provers.units.seal import Seal


class PowerCut(Exception):
    """Ends a run as a kill would, but in this process."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Units of a few nodes, and what is drawn kept block by block."""
    planned = work.plan_for
    monkeypatch.setattr(driver, "plan_for", lambda *a: replace(planned(*a), budget=64))
    monkeypatch.setattr(drawn, "SECONDS", 0.0)
    monkeypatch.setattr(piloting, "BLOCK", 1 << 8)


def run(**kept):
    """One difference is enough, so nearly all stays open."""
    options = {"stop_at_difference": True, "sample": 2_600}
    return lp.certify(network(0, 24, 8), stump(), bits(24), **options, **kept)


def test_a_sample_that_is_cut_off_goes_on(tmp_path, monkeypatch):
    blocks = 4
    counted = []
    fresh = drawn.Drawn._fresh

    def counting(self, *args):
        for x in fresh(self, *args):
            counted.append(1)
            yield x

    monkeypatch.setattr(drawn.Drawn, "_fresh", counting)
    whole = run(journal=tmp_path / "whole")
    every = len(counted)
    assert whole.sampled is not None and every > 8
    remember, kept = journal.Journal.remember, []

    def until(self, name, data):
        remember(self, name, data)
        kept.extend([1] * name.startswith("draws "))
        if len(kept) == blocks:
            raise PowerCut

    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(journal.Journal, "remember", until)
        run(journal=tmp_path / "j")
    counted.clear()
    again = run(resume=tmp_path / "j")
    assert again.data == whole.data
    assert len(counted) == every - blocks
    counted.clear()
    assert run(resume=tmp_path / "j").data == whole.data
    assert not counted
    monkeypatch.setattr("verifier.provers.units.seal.own_seal", lambda: Seal(bytes(32)))
    assert run(resume=tmp_path / "j").data == whole.data
    assert len(counted) == every  # what another key sealed does not count
