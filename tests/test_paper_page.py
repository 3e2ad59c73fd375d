"""docs/paper.md: the plan, the rows as data, exact comparisons of trees, the paper's procedure."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import verifier as lp
from tests.benchmarks.paper import __main__ as command
from tests.benchmarks.paper import measuring, page, published, training
from tests.benchmarks.paper.measuring import (
    Asked,
    Found,
    Subject,
    difference,
    published_probes,
    smallest,
    wanted,
)
from tests.benchmarks.paper.page import interval, text
from tests.benchmarks.paper.plan import KEEPS, Net, networks
from tests.benchmarks.paper.rows import (
    ITSELF,
    MADE,
    PROBES,
    PUBLISHED,
    AtLeaf,
    Interval,
    Trained,
    load,
    save,
)
from tests.benchmarks.paper.training import sha256_of, weights_path
from verifier.demo.problems import random_tree
from verifier.demo.residual import Recipe
from verifier.model.domain import signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree, bind, classify
from verifier.writing.json_nouns import tree_to_json

NET = Trained("net", 2, 6, 100, "logistic", 1, 11, MADE, "ab" * 32)


def network_of(tree, columns):
    """A network that is a tree over signs: a ReLU for every leaf of class 1."""
    rows, biases = [], []
    stack = [(0, np.zeros(columns, np.float32))]
    while stack:
        at, literals = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Leaf):
            if node.klass:
                rows.append(literals)
                biases.append(1 - np.abs(literals).sum())
            continue
        for child, value in ((node.left, -1), (node.right, 1)):
            further = literals.copy()
            further[node.column] = value
            stack.append((child, further))
    weight, bias = np.array(rows), np.array(biases, np.float32)
    last = np.ones((1, len(rows)), np.float32)
    half = np.array([-0.5], np.float32)
    return Network(columns, (Affine(0, weight, bias), Relu(1), Affine(2, last, half)))


@pytest.fixture
def subject(tmp_path):
    tree = random_tree(2, 6, seed=1)
    return Subject(network_of(tree, 6), tree, signs(6), NET, Asked(20, None), tmp_path)


def test_the_plan_is_that_of_the_issue():
    nets = list(networks())
    assert len({net.name for net in nets}) == len(nets) == 49
    assert {(n.depth, n.columns, n.loss) for n in nets if n.samples == 100_000} == set(
        product((2, 3, 4, 5), (100, 1000), ("logistic", "squared"))
    )
    assert [n.depth for n in nets if n.samples == 1_000_000] == [5]
    assert min(KEEPS) == 10 and max(KEEPS) == 1000


@pytest.mark.parametrize("seed", range(6))
def test_how_often_two_trees_differ_is_counted(seed):
    domain = signs(5)
    trees = [bind(random_tree(3, 5, seed=10 * seed + i), domain) for i in range(2)]
    points = list(product((0, 1), repeat=5))
    wrong = sum(classify(trees[0], p) != classify(trees[1], p) for p in points)
    assert difference(*trees) == Fraction(wrong, 32) == difference(*reversed(trees))


def test_a_row_says_what_is_so_and_is_the_same_after_a_file(subject, tmp_path):
    other = Tree((Inner(0, Fraction(0), 1, 2), Leaf(0), Leaf(1)))
    truth = bind(subject.truth, subject.domain)
    rows = [subject.row(Found(ITSELF, 0, subject.truth)), subject.row(Found(PROBES, 9, other))]
    assert rows[0].verdict == "equivalent" and rows[0].agrees == rows[0].truth == 1
    wrong = difference(bind(other, subject.domain), truth)
    assert rows[1].proved == Interval(wrong, wrong) and rows[1].truth == 1 - wrong
    assert rows[1].witness
    point = tuple(map(int, f"{int(rows[1].witness, 16):06b}"))
    assert classify(truth, point) != classify(bind(other, subject.domain), point)
    rows[1] = replace(
        rows[1],
        frontier=((2, 0.5),),
        sampled=Interval(Fraction(0), Fraction(1, 7), Fraction(1, 10**9), 5),
        leaves_open=(AtLeaf("x3", Fraction(1, 2), Fraction(0), Fraction(1, 2)),),
    )
    save(tmp_path / "rows.json", rows)
    assert load([tmp_path / "none.json", tmp_path / "rows.json"]) == {r.key: r for r in rows}


def test_a_fresh_point_where_they_differ_is_evaluated_exactly(subject):
    other = bind(Tree((Leaf(1),)), subject.domain)
    text = subject.fresh_witness(other)
    assert (
        classify(bind(subject.truth, subject.domain), tuple(map(int, f"{int(text, 16):06b}"))) == 0
    )
    assert subject.fresh_witness(bind(subject.truth, subject.domain)) == ""
    subject.classes = 1 - subject.classes  # float32 erred everywhere: no point is a difference
    assert subject.fresh_witness(bind(subject.truth, subject.domain)) == ""


def test_the_smallest_and_at_all_whose_points_they_differ():
    tree = Tree(
        (Inner(2, Fraction(0), 1, 2), Leaf(0), Inner(4, Fraction(0), 3, 4), Leaf(0), Leaf(1))
    )
    domain, other = signs(40), Tree((Leaf(0),))
    result = lp.certify(network_of(tree, 40), other, domain)
    assert smallest(result, bind(other, domain)) == 2
    assert smallest(result, bind(tree, domain)) is None


def test_the_papers_procedure_finds_a_tree_that_is_linear_in_the_network(monkeypatch):
    monkeypatch.setattr(published, "FITTED", 200)
    monkeypatch.setattr(published, "JUDGED", 1000)
    seed = 1
    tree, domain = random_tree(3, 12, seed=seed), signs(12)
    found = published.distill(network_of(tree, 12), domain, 3, 60, seed)
    assert difference(bind(found.tree, domain), bind(tree, domain)) == 0
    net = replace(NET, columns=12, depth=3)
    assert found.tree.depth <= 3 and 0 < found.probes <= published_probes(net, 60)
    assert found.possible == 24 + 4 * 66 + 8 * 220
    assert [s for _, s in wanted(net, [10, 60])] == [0, 60, 10, 60, 10]


def test_ends_are_rounded_outwards():
    assert interval(Interval(Fraction(1, 3), Fraction(2, 3))) == "0.333 to 0.667"
    assert interval(Interval(Fraction(2, 3), Fraction(1))) == "0.666 to 1"
    assert interval(Interval(Fraction(1, 2**100), Fraction(1, 2**99))) == "7.88e-31 to 1.58e-30"
    assert interval(Interval(Fraction(0), Fraction(0))) == "0" and interval(None) == ""


def test_the_page_says_what_is_missing(subject):
    net = next(networks())
    subject.net = replace(NET, name=net.name, depth=2, columns=100, samples=100_000, seconds=660.0)
    row = subject.row(Found(PROBES, 10, subject.truth, 7, 70, 1.0, ((2, 0.5), (4, 1.0))))
    written = text([row])
    assert "| r = 2, d = 100, 100,000 points, logistic | 1 of 3 | 11.0 | 22 |" in written
    assert "| r = 5, d = 1,000, 100,000 points, squared | 0 of 3 |  | 43 |" in written
    assert f"| {net.name} | Leafproof | 10 |" in written and PUBLISHED in written


def test_what_there_is_is_measured_once_and_the_page_is_written(tmp_path, monkeypatch, capsys):
    given, folder = tmp_path / "given", tmp_path / "state"
    given.mkdir()
    rng, widths = np.random.default_rng(3), (6, 4, 4, 4, 4)
    arrays = {f"W{i}": rng.normal(size=(4, widths[i])).astype(np.float32) for i in range(4)}
    arrays |= {"W4": rng.normal(size=(1, 4)).astype(np.float32)}
    arrays |= {f"b{i}": rng.normal(size=len(arrays[f"W{i}"])).astype(np.float32) for i in range(5)}
    np.savez(given / "a.npz", tree=json.dumps(tree_to_json(random_tree(2, 6, 1))), **arrays)
    for name, value in (("FITTED", 50), ("JUDGED", 100)):
        monkeypatch.setattr(published, name, value)
    monkeypatch.setattr(measuring, "FRESH", 1000)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "KEPT", tmp_path / "docs" / "paper" / "rows.json")
    (tmp_path / "docs").mkdir()
    asked = ["--folder", str(folder), "--given", str(given), "--no-training", "--keep", "10"]
    assert command.main(asked) == 0
    first = capsys.readouterr().out.splitlines()
    assert len(first) == 3 and first[0].startswith("a epoch 0, its tree")
    assert command.main(asked) == 0 and capsys.readouterr().out == ""
    assert sha256_of(given / "a.npz")[:16] in (tmp_path / "docs" / "paper.md").read_text()
    assert not weights_path(folder, next(networks())).exists()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A plan of one small network, in a repository of its own; the command's options."""
    net = Net(2, 6, 1500, "squared", 2)
    recipe = Recipe(width=50, batch=25, loss="squared")
    monkeypatch.setattr(Net, "recipe", property(lambda self: recipe))
    for module in (command, page, training):
        monkeypatch.setattr(module, "networks", lambda: iter([net]))
    for name, value in (("FITTED", 50), ("JUDGED", 100)):
        monkeypatch.setattr(published, name, value)
    monkeypatch.setattr(measuring, "FRESH", 500)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "KEPT", tmp_path / "docs" / "paper" / "rows.json")
    (tmp_path / "docs").mkdir()
    return net, tmp_path, ["--keep", "10", "--seconds", "600"]


def test_a_run_that_is_ended_goes_on_to_the_same_network_and_rows(small, monkeypatch, capsys):
    net, place, options = small
    assert command.main(["--folder", str(place / "whole"), *options]) == 0
    whole = load([place / "docs" / "paper" / "rows.json"])
    (place / "docs" / "paper" / "rows.json").unlink()
    capsys.readouterr()
    row, keep = Subject.row, training.save_log

    def stop_training(path, log):
        keep(path, log)
        if len(log.losses) == 4:
            command._stop(15, None)

    def stop_measuring(self, found):
        made = row(self, found)
        if found.way == PROBES:
            command._Ended.happened = True  # the job has answered the stop with what it had
        return made

    broken = ["--folder", str(place / "broken"), *options]
    monkeypatch.setattr(training, "save_log", stop_training)
    assert command.main(broken) == 130 and not weights_path(place / "broken", net).exists()
    monkeypatch.setattr(training, "save_log", keep)
    monkeypatch.setattr(Subject, "row", stop_measuring)
    assert command.main(broken) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert [row.way for row in load((place / "broken").glob("*.row.json")).values()] == [ITSELF]
    monkeypatch.setattr(Subject, "row", row)
    assert command.main(broken) == 0
    again = load([place / "docs" / "paper" / "rows.json"])
    assert again.keys() == whole.keys() and len(again) == 3
    for key, made in again.items():
        assert made.net.sha256 == whole[key].net.sha256 and made.proved == whole[key].proved
    assert (
        "| r = 2, d = 6, 1,500 points, squared | 1 of 1 |" in (place / "docs/paper.md").read_text()
    )


def test_a_network_on_its_way_is_measured_against_its_tree_alone(small, monkeypatch):
    net, place, options = small
    net = replace(net, curve=True)
    for module in (command, page, training):
        monkeypatch.setattr(module, "networks", lambda: iter([net]))
    monkeypatch.setattr(command, "LONG", 12)
    assert command.main(["--folder", str(place / "state"), *options]) == 0
    rows = page.curve(list(load([place / "docs" / "paper" / "rows.json"]).values()))
    assert [row.net.epochs for row in rows] == list(range(1, 13))
    assert "steps of training" in (place / "docs" / "paper" / "steps.svg").read_text()


def test_a_network_of_one_answer_has_no_tree_to_be_found_and_that_is_said(
    small, monkeypatch, capsys
):
    _, place, options = small
    still = Recipe(width=8, batch=500, rate=0.0)
    monkeypatch.setattr(Net, "recipe", property(lambda self: still))
    assert command.main(["--folder", str(place / "state"), *options]) == 1
    error = capsys.readouterr().err
    assert "Leafproof, keep 10: no row: the teacher answers" in error
    ways = {r.way for r in load([place / "docs" / "paper" / "rows.json"]).values()}
    assert ITSELF in ways and PROBES not in ways


def test_a_network_that_is_not_in_the_plan_is_named(tmp_path, capsys):
    assert training.main([str(tmp_path), "r9"]) == 3
    assert "no network r9: there are r2-d100-n100000-logistic-seed2" in capsys.readouterr().err
