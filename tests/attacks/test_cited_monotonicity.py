"""Trends taken from a table of known facts were shown as "(proved)", and `solve` said so too."""

from __future__ import annotations

import json

import pytest

from verifier.cli.main import run


@pytest.mark.parametrize(("name", "fact"), [("clopper-pearson", "F(k; n, p)"), ("kl-upper", "kl(")])
def test_a_trend_that_is_not_derived_is_marked_as_cited(name, fact, capsys) -> None:
    assert run(["bounds", "show", name]) == 0
    shown = [line for line in capsys.readouterr().out.splitlines() if "value rises" in line]
    assert shown and all("(cited: " in line and fact in line for line in shown)
    assert run(["bounds", "show", name, "--json"]) == 0
    for facts in json.loads(capsys.readouterr().out)["parameters"].values():
        assert facts["monotone_proved"] is False
        assert fact in facts["monotone_relies_on"][0]
    given = ["for=errors", "n=100", "delta=1/100", "value=1/5"]
    assert run(["bounds", "solve", name, *given]) == 0
    out = capsys.readouterr().out
    assert "monotonicity: cited\n" in out and "relies on: " in out and fact in out
    assert run(["bounds", "solve", name, *given, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["monotonicity"] == "cited" and fact in answer["relies_on"][0]


def test_a_trend_that_is_derived_is_marked_as_proved(capsys) -> None:
    assert run(["bounds", "solve", "test-sample-size", "for=epsilon", "n=100", "delta=1/9"]) == 0
    out = capsys.readouterr().out
    assert "monotonicity: proved\n" in out and "relies on" not in out
