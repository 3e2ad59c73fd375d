"""When a job's time begins."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import verifier as lp
from tests.clocks import Clock
from verifier.cli import ends
from verifier.formats import booster_libraries, ensembles_sklearn, libraries
from verifier.jobs import limit, schedule
from verifier.jobs.watching import Stage, Watch
from verifier.kernel.prepared import prepare
from verifier.model.domain import bits
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Finding, Open
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.provers import timing

XGBOOST = b'{"learner":{"attributes":{},"feature_names":[]'
FILES = {
    "model.json": (XGBOOST, ["xgboost"]),
    "model.ubj": (b"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{", ["xgboost"]),
    "model.txt": (b"tree\nversion=v4\n", ["lightgbm"]),
    "tree.json": (b'{"format": "leafproof-tree/1", "root": {"class": 0}}', []),
    "net.onnx": (b"\x08\x0a\x12", []),
    "empty": (b"", []),
}


@pytest.mark.parametrize("name", FILES)
def test_libraries_are_loaded_before_the_time_begins(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, wanted = FILES[name]
    happened: list[str] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    for library in libraries.LOADERS:
        monkeypatch.setitem(libraries.LOADERS, library, partial(happened.append, library))
    monkeypatch.setattr(limit, "now", lambda: happened.append("begins") or 0.0)
    (tmp_path / name).write_bytes(data)
    found = limit.limit_of(5, tmp_path / name, tmp_path / "missing", object(), 3)
    assert found is not None and found.start == 0.0
    assert happened == [*wanted, "begins"]
    assert limit.limit_of(found, tmp_path / name) is found
    assert limit.limit_of(None, tmp_path / name) is None
    assert happened == [*wanted, "begins"]


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_a_library_is_loaded_without_what_it_can_do_without(library: str) -> None:
    """Frames and estimators, whose modules take three quarters of the time to load."""
    pytest.importorskip(library)
    code = (
        "import sys\n"
        "from verifier.formats.booster_libraries import loaded_alone\n"
        f"loaded_alone({library!r})\n"
        f"assert sys.modules[{library!r}].Booster\n"
        "names = 'pandas', 'sklearn', 'scipy.stats'\n"
        "assert not any(map(sys.modules.get, names))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_process_that_nobody_asked_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is begun for what a command reads, before that is read, and loads beside."""
    pytest.importorskip("xgboost")
    monkeypatch.setattr(booster_libraries, "_PROCESSES", {})
    (tmp_path / "model.json").write_bytes(XGBOOST)
    libraries.begin_for([tmp_path / "model.json", tmp_path / "missing", "bits"])
    (process,) = booster_libraries._PROCESSES.values()
    process.close()
    assert process.process.returncode == -signal.SIGKILL


def test_endless_seconds_are_no_limit(tmp_path: Path) -> None:
    """They ended in a traceback, where clocks take whole numbers."""
    assert limit.limit_of(float("inf")) is None and ends.limited(float("inf")) is None
    tree = tmp_path / "tree.json"
    tree.write_bytes(FILES["tree.json"][0])
    found = lp.test(tree, tree, "bits", samples=100, timeout=float("inf"))
    assert found.sampled.seen == 0


@pytest.mark.parametrize("job", ["certify", "distill", "repair", "fair", "same", "ask"])
def test_every_job_says_its_sources(
    job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(limit, "load_for", lambda sources: seen.extend(sources))
    path = tmp_path / "model.json"
    path.write_bytes(XGBOOST)
    ways = {
        "certify": lambda: lp.certify(path, path, "bits", timeout=1),
        "distill": lambda: lp.distill(path, "bits", timeout=1),
        "repair": lambda: lp.repair(path, path, "bits", timeout=1),
        "fair": lambda: lp.ask_fair(path, "bits", "x0", timeout=1),
        "same": lambda: lp.ask_same(path, path, "bits", timeout=1),
        "ask": lambda: lp.ask("class(f)=1", {"f": (path, ["x0"])}, "bits", timeout=1),
    }
    with pytest.raises(LeafproofError):
        ways[job]()
    assert path in seen


def test_a_library_that_does_not_load_is_no_fault_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ImportError

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setitem(libraries.LOADERS, "xgboost", broken)
    (tmp_path / "model.json").write_bytes(XGBOOST)
    assert limit.limit_of(5, tmp_path / "model.json") is not None


@pytest.mark.parametrize("infinite", [False, True])
def test_a_forest_has_a_tree_and_a_sample_where_reading_it_took_all_of_the_time(
    infinite: bool,
) -> None:
    """Making it ready for the check hears of the limit, which had come: nothing was told."""
    ensemble = pytest.importorskip("sklearn.ensemble")
    domain = lp.Domain.from_frame(
        {"a": [0, 1, 2, 3] * 5, "b": [0.5, 1.5, 2.5, 3.5, 9] * 4},
        continuous=["b"] if infinite else (),
    )
    x = np.array([[0, 0.5], [1, 2.5], [2, 1.5], [3, 3.5], [3, 9]])
    forest = ensemble.RandomForestClassifier(5, random_state=0).fit(x, [0, 1, 0, 1, 1])
    over = limit.Limit(1000, timing.now() - 1011)  # a few points are drawn until 1020
    made = lp.distill(forest, domain, timeout=over)
    again = lp.certify(forest, made.tree, domain, timeout=over)
    for found in (made, again):
        assert found.sampled is not None or found.error.lower == found.error.upper


@pytest.mark.parametrize("job", ["certify", "distill", "repair", "same", "ask"])
def test_large_forests_are_not_read_beyond_the_limit(
    job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock goes on by a second a tree: of a hundred, some are read in the ten seconds."""
    ensemble = pytest.importorskip("sklearn.ensemble")
    trees = pytest.importorskip("sklearn.tree")
    domain = lp.Domain.bits(4)
    x = domain.inputs()
    y = (x.sum(axis=1) > 2).astype(int)
    forest = ensemble.RandomForestClassifier(100, max_depth=2, random_state=0).fit(x, y)
    tree = trees.DecisionTreeClassifier().fit(x, y)
    clock, read = Clock(), []
    monkeypatch.setattr(timing, "now", clock)
    monkeypatch.setattr(limit, "now", clock)
    for busy, value in (("slow_now", 1.0), ("slow", 1.0), ("kept_waiting", 0.0)):
        monkeypatch.setattr(limit, busy, lambda *_, own=value: own)  # a busy machine would count
    plain = ensembles_sklearn.member

    def member(*arguments: Any) -> Any:
        read.append(arguments)
        clock.time += 1
        return plain(*arguments)

    monkeypatch.setattr(ensembles_sklearn, "member", member)
    ways = {
        "certify": lambda: lp.certify(forest, tree, domain, timeout=10),
        "distill": lambda: lp.distill(forest, domain, timeout=10),
        "repair": lambda: lp.repair(forest, tree, domain, timeout=10),
        "same": lambda: lp.ask_same(forest, tree, domain, timeout=10),
        "ask": lambda: lp.ask("class(f)=1", {"f": forest}, domain, timeout=10),
    }
    with pytest.raises(lp.Unfinished, match="10 seconds are too few"):
        ways[job]()
    assert 10 <= len(read) <= 12


def test_time_is_kept_for_what_has_to_be_written_and_read() -> None:
    """Of many values, as of large networks; but of no range, however long."""
    held: Any = SimpleNamespace(slow=1.0, end=timing.now() + 100)

    def kept(*variables: Variable | Ordinal) -> float:
        domain = lp.Domain(variables)
        network = Network(domain.columns, (Affine(0, np.ones((1, domain.columns)), np.zeros(1)),))
        return schedule._prepared(matter_of(domain, network, Tree((Leaf(0),))), held)

    assert kept(Ordinal("x", Fraction(0), Fraction(1), 10**6, uniform(10**6))) == 0
    even = (Fraction(1, 500),) * 500
    rows = tuple((Fraction(k),) for k in range(500))
    some = [Variable(f"v{i}", tuple(map(str, range(500))), rows, even) for i in range(40)]
    assert kept(some[0]) == 0
    assert kept(*some) >= 20_000 * schedule.WRITTEN
    held.end = timing.now() + 1
    assert 0 < kept(*some) <= 0.5  # half of the time is left for the search


@pytest.mark.parametrize(("node", "kept"), [(1e-9, 0.0), (1.0, 3.0), (3.0, 9.0)])
def test_what_a_check_takes_to_have_trees_ready_is_kept_even_if_it_is_most(
    node: float, kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a forest that is not checked in time nothing is sampled, whatever a search has found."""
    monkeypatch.setattr(schedule, "NODE", node)
    monkeypatch.setattr(schedule, "NODE_OUTPUT", 0.0)
    stump = Member((Inner(0, Fraction(1, 2), 1, 2), Score(((0, -1.0),)), Score(((0, 1.0),))))
    forest = Ensemble(1, 1, (stump,), (0.0,), "float32", 0.0)
    matter = matter_of(bits(1), forest, Tree((Leaf(0),)))
    held: Any = SimpleNamespace(slow=1.0, end=timing.now() + 10)
    assert schedule._prepared(matter, held) == pytest.approx(kept, abs=0.1)


def test_no_bounds_are_begun_that_there_is_no_time_to_make_ready_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a starved machine making a wide network ready takes seconds, and hears of no limit."""
    weight = np.zeros((1, 2000))
    network = Network(2000, (Affine(0, weight, np.zeros(1)),))
    matter = matter_of(lp.Domain.bits(2000), network, Tree((Leaf(0),)))
    begun: list[bool] = []
    monkeypatch.setattr(schedule, "with_bounds", lambda *_, **__: begun.append(True))
    finding, watch = Finding((Open(),)), Watch()
    for slow, expected in ((1.0, [True]), (1e5, [])):
        begun.clear()
        held: Any = SimpleNamespace(slow=slow, seconds=20.0, end=timing.now() + 20)
        found = schedule.bounded(matter, finding, held, watch)
        assert begun == expected and (found is finding) is not bool(expected)


def test_a_network_is_quantised_once_for_a_check_and_what_is_drawn_after_it() -> None:
    rng = np.random.default_rng(0)
    networks = [Network(3, (Affine(0, rng.normal(size=(1, 3)), np.zeros(1)),)) for _ in range(2)]
    first, again, other = (prepare(x, lp.Domain.bits(3)) for x in (*networks[:1] * 2, networks[1]))
    assert first.weights is again.weights and first.weights is not other.weights
    assert first.memo is not again.memo and first.teacher is again.teacher
    assert first.weights[0] is not None and other.weights[0] is not None
    assert (first.weights[0].n != other.weights[0].n).any()


def test_a_difference_that_is_enough_ends_a_job_in_a_time_limit() -> None:
    """What it leaves open was bounded all the same, until the limit."""
    rng = np.random.default_rng(0)
    hidden, last = Affine(0, rng.normal(size=(8, 40)), rng.normal(size=8)), rng.normal(size=(1, 8))
    network = Network(40, (hidden, Relu(1), Affine(2, last, np.zeros(1))))
    for ask in (
        partial(lp.certify, network, Tree((Leaf(0),)), lp.Domain.bits(40), stop_at_difference=True),
        partial(
            lp.ask, {"class": ["n", 1]}, {"n": network}, lp.Domain.bits(40), stop_at_witness=True
        ),
    ):
        heard: list[object] = []
        result = ask(timeout=60, sample=0, progress=heard.append)
        stages = [event.name for event in heard if isinstance(event, Stage)]
        assert result.points[0] > 0 and result.points[0] < result.points[1]
        assert "checking" in stages and "bounding what is open" not in stages
