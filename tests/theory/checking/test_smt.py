"""Z3 is asked once for each query, and only what it decided is remembered."""

from __future__ import annotations

import pytest
import sympy as sp
import z3

from theory.checking import smt
from theory.language.terms import ge, gt, le

X, Y = sp.symbols("X Y", real=True)


@pytest.fixture
def asked(monkeypatch):
    """How often Z3 was given a query."""
    queries = []
    whole = smt.query
    monkeypatch.setattr(smt, "_DECIDED", {})
    monkeypatch.setattr(smt, "query", lambda *parts: queries.append(parts) or whole(*parts))
    return queries


def test_what_is_proved_or_refuted_is_not_asked_again(asked) -> None:
    for _ in range(3):
        assert smt.decides([ge(X, 1)], gt(X, 0)) is True
        assert smt.decides([ge(X, 0)], gt(X, 0)) is False
        assert smt.decides([ge(X, 1)], le(X, 0)) is False
        assert smt.decides(iter([ge(X, 1), ge(Y, X)]), gt(Y, 0)) is True
    assert len(asked) == 4


def test_other_premises_and_other_symbols_are_other_queries(asked) -> None:
    other = sp.Symbol("X", real=True, positive=True)
    assert smt.decides([ge(X, 1)], gt(X, 0)) is True
    assert smt.decides([], gt(X, 0)) is False
    assert smt.decides([ge(other, 1)], gt(X, 0)) is False
    assert smt.decides([gt(X, 0)], ge(X, 1)) is False
    assert len(asked) == 4


def test_what_was_not_decided_in_time_is_asked_again(asked, monkeypatch) -> None:
    class Undecided:
        def check(self):
            return z3.unknown

    with monkeypatch.context() as patched:
        patched.setattr(smt, "_solver", lambda *_: Undecided())
        assert smt.decides([ge(X, 1)], gt(X, 0)) is None
    assert smt.decides([ge(X, 1)], gt(X, 0)) is True
    assert len(asked) == 2


def test_little_is_remembered(asked, monkeypatch) -> None:
    monkeypatch.setattr(smt, "REMEMBERED", 2)
    for bound in range(5):
        assert smt.decides([ge(X, bound)], ge(X, 0)) is True
    assert len(smt._DECIDED) <= 2
