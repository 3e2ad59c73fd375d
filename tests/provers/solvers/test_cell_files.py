"""Open cells as files: Z3's own parser, cvc5 and onnxruntime answer as brute force does."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import z3

from tests.brute import logits, truth
from tests.every import seeds
from tests.provers.cases import random_domain, random_teacher
from tests.provers.solvers.test_z3 import zigzag
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import one_hot, ordinal
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.errors import LeafproofError, NetworkError
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.tree import Inner, Leaf, Tree, bind, overlay
from verifier.provers.solvers import smtlib, vnnlib
from verifier.writing.json_nouns import write_domain, write_tree


def case(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 60)
    return rng, domain, random_teacher(rng, domain.columns, [1.0, 1.0, 0.1, 1e30][seed % 4])


def cells_of(rng, domain, count):
    cells = []
    for _ in range(count):
        full = [(1 << len(v.labels)) - 1 for v in domain.variables]
        cells.append(Cell(tuple(int(rng.integers(1, f + 1)) for f in full)))
    return cells


def by_z3(text):
    solver = z3.Solver()
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text):
    cvc5 = pytest.importorskip("cvc5")
    solver = cvc5.Solver(cvc5.TermManager())
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "cell")
    answers = []
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(solver, parser.getSymbolManager()).strip()
        answers += [said] if said else []
    (answer,) = answers
    return answer


@pytest.mark.parametrize("solve", [by_z3, by_cvc5])
@pytest.mark.parametrize("seed", seeds(range(16)))
def test_smt_solvers_answer_as_brute_force(tmp_path, seed, solve):
    rng, domain, teacher = case(seed)
    classes = truth(domain, teacher, Tree((Leaf(0),))).classes
    cells = [(c, int(rng.integers(teacher.classes))) for c in cells_of(rng, domain, 5)]
    paths = smtlib.write_cells(domain, teacher, cells, tmp_path / "open" / "cells")
    assert len(paths) == len(list((tmp_path / "open" / "cells").iterdir())) == 5
    for path, (cell, klass) in zip(paths, cells, strict=True):
        assert f"class-{klass}" in path.name
        differs = any(classes[point] != klass for point in cell.points())
        assert solve(path.read_text()) == ("sat" if differs else "unsat")


@pytest.mark.parametrize("solve", [by_z3, by_cvc5])
def test_a_cell_of_a_trillion_points(tmp_path, solve):
    domain = bits(40)
    cells = [(full_cell(domain), 1), (full_cell(domain), 0)]
    above = smtlib.write_cells(domain, zigzag(domain, (20,), 0.5), cells, tmp_path / "above")
    assert [solve(p.read_text()) for p in above] == ["unsat", "sat"]
    tied = smtlib.write_cells(domain, zigzag(domain, (20,), 0.0), cells, tmp_path / "tied")
    assert [solve(p.read_text()) for p in tied] == ["sat", "sat"]


def test_names_cannot_break_the_files(tmp_path):
    names = ("a\n(assert false)", "ü\t;x", 'q"|\x7f\u2028')
    domain = Domain(tuple(one_hot(n, ("y\n(exit)", "ö", "3")) for n in names))
    weight = np.ones((1, 9), np.float32)
    teacher = Network(9, (Affine(0, weight, np.array([-2.0], np.float32)),))
    cell = Cell((0b011, 0b101, 0b111))
    (path,) = smtlib.write_cells(domain, teacher, [(cell, 1)], tmp_path)
    assert by_z3(path.read_text()) == by_cvc5(path.read_text()) == "unsat"
    vnnlib.write_cells(domain, teacher, [(cell, 1)], tmp_path)
    for file in (path, tmp_path / "cell-1-class-1.vnnlib"):
        text = file.read_text("ascii")
        assert text.replace("\n", "").isprintable()
        assert "\n(assert false)" not in text
        assert "\n(exit)\n" in text or file.suffix == ".vnnlib"


def holds(text, x, y):
    """Whether a property holds at an input and an output, by Z3's parser."""
    solver = z3.Solver()
    solver.from_string(text)
    for name, numbers in (("X", x), ("Y", y)):
        for i, value in enumerate(numbers):
            exact = Fraction(value)
            solver.add(z3.Real(f"{name}_{i}") == z3.Q(exact.numerator, exact.denominator))
    return solver.check() == z3.sat


@pytest.mark.parametrize("seed", range(8))
def test_vnnlib_properties_hold_exactly_at_the_points_of_another_class(tmp_path, seed):
    rng, domain, teacher = case(4 * seed)
    cells = [(c, int(rng.integers(teacher.classes))) for c in cells_of(rng, domain, 2)]
    paths = vnnlib.write_cells(domain, teacher, cells, tmp_path)
    session = onnxruntime.InferenceSession(paths[0], providers=["CPUExecutionProvider"])
    assert load_onnx(paths[0]).columns == teacher.columns
    kind = np.float64 if "double" in session.get_inputs()[0].type else np.float32
    points = list(product(*(range(len(v.labels)) for v in domain.variables)))
    chosen = [points[i] for i in rng.integers(len(points), size=12)]
    for path, (cell, klass) in zip(paths[1:-1], cells, strict=True):
        text = path.read_text()
        for point in [*chosen, cell.first_point()]:
            x = domain.encode(point)
            (y,) = session.run(None, {"x": np.array([x], dtype=kind)})[0].tolist()
            same = {tuple(domain.encode(p)) for p in cell.points()}
            own = y[klass] if len(y) > 1 else 0.0
            beaten = any(v >= own for j, v in enumerate(y) if j != klass)
            if len(y) == 1:
                beaten = y[0] <= 0 if klass else y[0] >= 0
            assert holds(text, x, y) == (tuple(x) in same and beaten)


def mixed_problem():
    """Three classes; sign, scale, add and ReLU layers; the teacher's tree with one leaf changed."""
    kinds = (one_hot("c", "abc"), ordinal("n", [0, 1, Fraction(5, 2)]))
    domain = Domain((*kinds, *(ordinal(f"b{i}", [-1, 1]) for i in range(3))))
    rng = np.random.default_rng(3)

    def numbers(*shape):
        return rng.integers(-3, 4, size=shape).astype(np.float32)

    layers = (
        Affine(0, numbers(4, 7), numbers(4)),
        Sign(1),
        Scale(2, numbers(4), np.array([1, 2, 4, 1], np.float32), numbers(4)),
        Relu(1),
        Add(3, 4),
        Affine(5, numbers(4, 4), numbers(4)),
        Relu(6),
        Affine(7, numbers(3, 4), numbers(3)),
    )
    teacher = Network(7, layers)
    classes = truth(domain, teacher, Tree((Leaf(0),))).classes
    nodes = []

    def grow(points, tests):
        nodes.append(Leaf(classes[points[0]]))
        at, ((column, threshold), *rest) = len(nodes) - 1, tests
        if len({classes[point] for point in points}) > 1:
            goes_left = [domain.encode(p)[column] <= threshold for p in points]
            halves = [[p for p, g in zip(points, goes_left, strict=True) if g == w] for w in (1, 0)]
            children = [grow(half, rest) for half in halves]
            nodes[at] = Inner(column, threshold, *children)
        return at

    half = Fraction(1, 2)
    tests = [(0, half), (1, half), *((c, Fraction(0)) for c in (4, 5, 6)), (3, half), (3, 2 * half)]
    grow(list(full_cell(domain).points()), [*tests, (0, half)])
    nodes[-1] = Leaf((nodes[-1].klass + 1) % 3)
    return domain, teacher, Tree(tuple(nodes))


def write_problem(folder):
    """The mixed problem as files; returns the words of a command that leaves all of it open."""
    domain, teacher, tree = mixed_problem()
    save_onnx(teacher, folder / "net.onnx")
    write_tree(folder / "tree.json", tree)
    write_domain(folder / "domain.json", domain)
    asked = ["certify", "net.onnx", "tree.json", "--domain", "domain.json"]
    return [*asked, "--timeout", "0", "--no-sample"]


@pytest.fixture
def emit(call, tmp_path, patient):
    """Write the mixed problem's open cells, in a language, to a folder; returns what is said."""

    def run(language, to):
        code, out, err = call(*write_problem(tmp_path), "--emit", language, to)
        assert code == 2, err
        return out

    return run


def test_the_command_writes_what_other_solvers_answer_rightly(tmp_path, emit):
    domain, teacher, tree = mixed_problem()
    out = emit("smt2", "cells")
    leaves = list(overlay(bind(tree, domain), full_cell(domain)))
    paths = sorted((tmp_path / "cells").glob("*.smt2"))
    assert f"{len(leaves)} open cells, {len(leaves)} files in cells" in out
    cells = [(cell, tree.nodes[leaf].klass) for cell, leaf in leaves]
    classes = truth(domain, teacher, tree).classes
    seen = set()
    for path, (cell, klass) in zip(paths, cells, strict=True):
        differs = any(classes[point] != klass for point in cell.points())
        answer = "sat" if differs else "unsat"
        assert by_cvc5(path.read_text()) == by_z3(path.read_text()) == answer
        seen.add(answer)
    assert seen == {"sat", "unsat"}
    assert {klass for _, klass in cells} == {0, 1, 2}


BOTH = """
import sys
from verifier.cli.main import run
from verifier.jobs.limit import Limit
for name in ("cut", "given_up"):
    setattr(Limit, name, property(lambda limit: limit.start + 600))
for language in ("smt2", "vnnlib"):
    assert run([*sys.argv[1:], "--emit", language, "open"]) == 2
"""


def test_the_same_question_has_the_same_bytes(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for seed, folder in enumerate(folders):
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", BOTH, *write_problem(folder)],
            cwd=folder,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    one, two = ({p.name: p.read_bytes() for p in (f / "open").iterdir()} for f in folders)
    assert one == two
    assert {Path(name).suffix for name in one} == {".smt2", ".vnnlib", ".onnx", ".csv"}


def test_the_emitted_network_answers_the_emitted_property(tmp_path, emit):
    """onnxruntime's outputs satisfy a property exactly where the class is another, or tied."""
    domain, teacher, tree = mixed_problem()
    emit("vnnlib", "open")
    session = onnxruntime.InferenceSession(
        tmp_path / "open" / "teacher.onnx", providers=["CPUExecutionProvider"]
    )
    leaves = list(overlay(bind(tree, domain), full_cell(domain)))
    paths = sorted((tmp_path / "open").glob("*.vnnlib"))
    rng = np.random.default_rng(0)
    seen = set()
    for path, (cell, leaf) in zip(paths, leaves, strict=True):
        klass = tree.nodes[leaf].klass
        points = list(cell.points())
        for at in rng.integers(len(points), size=12):
            x = domain.encode(points[at])
            exact = logits(teacher, x)
            (y,) = session.run(None, {"x": np.array([x], dtype=np.float32)})[0].tolist()
            assert y == [float(v) for v in exact]
            other = any(v >= exact[klass] for j, v in enumerate(exact) if j != klass)
            assert holds(path.read_text(), x, y) == other
            seen.add(other)
    assert seen == {True, False}


def test_the_list_of_instances_names_the_files(tmp_path):
    domain = bits(3)
    teacher = Network(3, (Affine(0, np.ones((2, 3)), np.zeros(2)),))
    cells = [(full_cell(domain), 0)] * 11
    paths = vnnlib.write_cells(domain, teacher, cells, tmp_path)
    with (tmp_path / "instances.csv").open() as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows] == [p.name for p in paths[1:-1]]
    assert {row[0] for row in rows} == {"teacher.onnx"}
    assert [p.name for p in paths[1:3]] == ["cell-01-class-0.vnnlib", "cell-02-class-0.vnnlib"]


def test_inputs_that_are_no_short_decimals_become_intervals():
    third = Fraction(1, 3)
    low, high = (Fraction(vnnlib.decimal(-third, up=up)) for up in (False, True))
    assert low < -third < high
    assert high - low == Fraction(1, 10**vnnlib.DIGITS)
    for text, x in (("0.0", 0), ("-0.5", Fraction(-1, 2)), ("12.25", Fraction(49, 4))):
        assert vnnlib.decimal(Fraction(x), up=True) == vnnlib.decimal(Fraction(x), up=False) == text


def test_bad_places_are_refused_in_one_line(tmp_path):
    domain = Domain((ordinal("n", [0, 1]),))
    teacher = Network(1, (Affine(0, np.ones((1, 1)), np.zeros(1)),))
    file = tmp_path / "file"
    file.write_text("mine")
    for write in (smtlib.write_cells, vnnlib.write_cells):
        with pytest.raises(LeafproofError, match="cannot make the folder") as caught:
            write(domain, teacher, [(full_cell(domain), 0)], file)
        assert "\n" not in str(caught.value)
        with pytest.raises(LeafproofError, match="more than the 10000"):
            write(domain, teacher, [(full_cell(domain), 0)] * 10_001, tmp_path / "many")
        with pytest.raises(NetworkError, match="columns"):
            write(bits(2), teacher, [(full_cell(bits(2)), 0)], tmp_path / "other")
    assert file.read_text() == "mine"
    assert not (tmp_path / "many").exists()
