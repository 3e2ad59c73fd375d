"""docs/representation.md and the picture of certificates against samples: what is measured."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from fractions import Fraction

import pytest

from tests.benchmarks import bench_tradeoff, representation_page
from tests.benchmarks.bench_representation import ETA, _counts, _unexplained
from tests.benchmarks.paper.plots import plot_steps
from tests.benchmarks.representation_page import ALL, FIRST, LAST, Case, Count, load, text, told
from tests.benchmarks.tables import TABLES
from tests.test_paper_page import network_of
from verifier.distillers.hypothesis import measure
from verifier.model.domain import signs
from verifier.model.tree import Inner, Leaf, Tree

ZERO = Fraction(0)
AND = Tree((Inner(2, ZERO, 1, 2), Leaf(0), Inner(4, ZERO, 3, 4), Leaf(0), Leaf(1)))

CASE = Case(
    problem="wine, 2 columns", rows=9, variables=2, hidden=(4, 4), right=0.5, whole=True,
    leaves={"lrh": 2, "certified": 3, "cart": 4}, ands=("a", "b", "c"), widths=(1, 2, 8),
    unexplained={FIRST: (0.5, 0.25, 0.125), LAST: (0.5, 0.5, 0.5), ALL: (0.1, 0.2, 0.3)},
    tau=math.inf, norms=(3.0, math.inf, 0.0), counts=(Count(1, 1, 2, 5),),
    errors={"lrh": (0.25, 0.25, False), "certified": (0.0, 0.5, False), "cart": (0.1, 0.2, True)},
    date="2026-11-27", load=1.0,
)  # fmt: skip


@pytest.mark.parametrize("name", ["cancer", "wine", "diabetes", "digits"])
def test_tables_are_cut_at_their_medians(name):
    problem = TABLES[name]()
    assert set(problem.labels) == {0, 1} and len(problem.labels) == len(problem.points)
    assert problem.domain.uniform and all(v.count == 2 for v in problem.domain.variables)
    for column in zip(*problem.points, strict=True):
        assert set(column) == {0, 1} and 0.2 <= sum(column) / len(column) <= 0.8


def test_a_network_of_one_and_holds_that_one_and_what_it_needs():
    teacher = network_of(AND, 5)
    held = measure(teacher, AND, signs(5), tolerance=float(ETA**2), tau=math.inf)
    left = _unexplained(teacher, held)
    at = {name: i for i, name in enumerate(held.ands)}
    both = next(i for name, i in at.items() if held.widths[i] == 2 and left[ALL][i] < 1e-9)
    assert left[FIRST][both] < 1e-9
    assert all(left[ALL][i] > 0.5 for i in at.values() if held.widths[i] == 1)
    counts = {c.k: c for c in _counts(held, 5, 2)}
    assert (counts[2].found, counts[2].total, counts[2].most) == (1, 10, 2)
    assert counts[1].found == 0 and counts[1].total == 5


def test_a_case_is_the_same_after_a_file_and_says_what_was_found(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(asdict(CASE)))
    assert load(path) == CASE and CASE.held == (1, 2)
    page = text([CASE, replace(CASE, right=None, rows=0, errors={})])
    assert "| wine, 2 columns | 9 | 50.0% | 2 | 2 | 1 | none | 25.0% | 50.0% | 20.0% |" in page
    assert "| wine, 2 columns |  |  | 2 |" in page
    assert "| 2 | 25.00% | 3 | 0.00% to 50.00% | 4 | 10.00% to 20.00%, sampled |" in page
    assert "1 of 2 ANDs held" in told(CASE)
    representation_page.plot([CASE], tmp_path / "a.svg")
    assert "literals of the AND" in (tmp_path / "a.svg").read_text()


def test_what_a_proof_costs_beside_samples(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_tradeoff, "ERRORS", (Fraction(1, 4), Fraction(1, 1024)))
    points = bench_tradeoff.measured("monk-1", 20)
    assert [p.epsilon for p in points] == ["1/4", "1/1024"]
    for point in points:
        assert point.high <= Fraction(point.epsilon)
        assert 0 < point.bounds + point.evaluated <= 432 and point.linear > point.occam
    assert points[1].high == 0 and points[1].occam > 100 * points[0].occam
    bench_tradeoff.plot(points, tmp_path / "b.svg")
    assert "evaluations" in (tmp_path / "b.svg").read_text()
    plot_steps([], tmp_path / "c.svg")
