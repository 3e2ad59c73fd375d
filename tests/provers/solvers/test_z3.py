"""The Z3 prover against brute force, and where only Z3 can close a cell."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.brute import logits, truth
from tests.clocks import PATIENCE
from tests.every import seeds
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.formats.variables import one_hot, ordinal, variable
from verifier.kernel import checker
from verifier.kernel.prepared import prepare
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import CertificateError, NetworkError, TreeError
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_classes
from verifier.model.proof import Constant, Open, Split, Trusted, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.options import Options
from verifier.provers.solvers import query, z3
from verifier.provers.solvers.folding import fold, span
from verifier.provers.solvers.query import SOLVER, Answer, ask
from verifier.provers.solvers.rows import outward, rounded
from verifier.provers.solvers.z3_search import Asking

SIZES = [1.0, 1.0, 1.0, 0.1, 1e30, 1e-30, 1e-310, 1e300]
LEAF0, LEAF1 = Tree((Leaf(0),)), Tree((Leaf(1),))


def case(seed, limit=150):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, limit)
    teacher = random_teacher(rng, domain.columns, SIZES[seed % len(SIZES)])
    return domain, teacher, random_tree(rng, domain, teacher.classes)


def check(domain, teacher, tree, finding):
    """The kernel's verdict on the finding is the whole truth."""
    facts = truth(domain, teacher, tree)
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples, trust=["z3"]
    )
    assert verdict.disagreements == (len(facts.wrong), len(facts.wrong))
    assert verdict.error == (facts.error, facts.error)
    assert verdict.verdict == ("different" if facts.wrong else "equivalent")
    assert set(finding.counterexamples) <= set(facts.wrong)
    assert bool(finding.counterexamples) == bool(facts.wrong)
    return facts


@pytest.mark.parametrize("seed", seeds(range(48)))
def test_counts_and_probabilities_are_exact(seed):
    domain, teacher, tree = case(seed)
    check(domain, teacher, tree, z3.prove(domain, teacher, tree))


@pytest.mark.parametrize("seed", seeds(range(64, 112)))
def test_what_z3_says_of_small_cells_is_true(seed):
    domain, teacher, tree = case(seed, 80)
    patience = 0.01 if seed % 3 else 0.0  # at once, or in the middle of splitting
    finding = z3.prove(domain, teacher, tree, asking=Asking(small=0, patience=patience))
    facts = check(domain, teacher, tree, finding)
    for cell, _, step in steps(domain, finding.proof):
        if isinstance(step, Trusted):
            assert {facts.classes[point] for point in cell.points()} == {step.klass}


def test_z3_is_asked_in_those_cases():
    trusted = 0
    for seed in range(64, 96):
        domain, teacher, tree = case(seed, 80)
        proof = z3.prove(domain, teacher, tree, asking=Asking(small=0, patience=0)).proof
        trusted += sum(isinstance(s, Trusted) for s in proof)
    assert trusted > 10


def zigzag(domain, turns, shift):
    """A teacher of the sum of its inputs: slope 1 from 0 on, turning at each of ``turns``."""
    n = domain.columns
    offsets = np.array([0.0, *(-t for t in turns)], np.float32)
    slopes = np.array([[1.0, *(2.0 * (-1) ** (i + 1) for i in range(len(turns)))]], np.float32)
    first = Affine(0, np.ones((len(offsets), n), np.float32), offsets)
    return Network(n, (first, Relu(1), Affine(2, slopes, np.array([shift], np.float32))))


def test_what_only_z3_can_close_is_trusted():
    domain = bits(40)
    teacher = zigzag(domain, (10, 20, 30), 0.5)  # from 0 up to 10 and back, twice
    finding = z3.prove(domain, teacher, LEAF1)
    assert finding.proof == (Trusted(1, SOLVER),)  # instead of the parts split off before
    verdict = checker.verify(matter_of(domain, teacher, LEAF1), finding.proof, trust=["z3"])
    assert verdict.verdict == "equivalent"
    assert verdict.trusted == {SOLVER: 1}
    doubted = checker.verify(matter_of(domain, teacher, LEAF1), finding.proof)
    assert doubted.verdict == "undecided" and doubted.untrusted == {SOLVER: 1}


def test_questions_wait_until_splitting_has_cost_as_much(clock):
    domain = bits(40)
    teacher = zigzag(domain, (10, 20, 30), 0.5)
    clock.step = 0.001
    options = Options(deadline=clock.time + 1)
    finding = z3.prove(domain, teacher, LEAF1, options, Asking(patience=1e9))
    assert not any(isinstance(step, Trusted) for step in finding.proof)
    assert len(finding.proof) > 100
    rng = np.random.default_rng(0)
    plain = Network(40, (Affine(0, rng.normal(size=(1, 40)), np.array([99.0])),))
    assert z3.prove(domain, plain, LEAF1).proof == (Constant(1),)


def test_the_other_class_is_proved_just_the_same():
    domain = bits(40)
    teacher = zigzag(domain, (10, 20, 30), 0.5)
    finding = z3.prove(domain, teacher, LEAF0)
    verdict = checker.verify(
        matter_of(domain, teacher, LEAF0), finding.proof, finding.counterexamples, trust=["z3"]
    )
    assert verdict.disagreements == (2**40, 2**40)
    assert finding.counterexamples


def test_two_ties_among_a_billion_points_are_found_and_counted():
    domain = bits(30)
    teacher = zigzag(domain, (15,), 0.0)  # 0 at the sums 0 and 30 only
    finding = z3.prove(domain, teacher, LEAF1)
    verdict = checker.verify(
        matter_of(domain, teacher, LEAF1), finding.proof, finding.counterexamples, trust=["z3"]
    )
    assert set(finding.counterexamples) == {(0,) * 30, (1,) * 30}
    assert verdict.disagreements == (2, 2)
    assert verdict.error == (Fraction(2, 2**30), Fraction(2, 2**30))


def test_a_hair_above_a_tie_is_not_a_tie():
    domain = bits(30)
    teacher = zigzag(domain, (15,), 2.0**-140)
    finding = z3.prove(domain, teacher, LEAF1)
    verdict = checker.verify(
        matter_of(domain, teacher, LEAF1), finding.proof, finding.counterexamples, trust=["z3"]
    )
    assert verdict.verdict == "equivalent"
    assert not finding.counterexamples


def test_several_values_with_signs_residuals_and_scales(monkeypatch):
    domain = Domain(
        (
            *(one_hot(f"c{i}", ("a", "b", "c", "d")) for i in range(8)),
            *(ordinal(f"o{i}", [0, 1, Fraction(5, 2), 7]) for i in range(3)),
        )
    )
    rng = np.random.default_rng(5)
    weight = rng.integers(-3, 4, size=(3, domain.columns)).astype(np.float32)
    ones = np.ones(3, np.float32)
    layers = (
        Affine(0, weight, np.array([0.0, -1.0, 1.0], np.float32)),
        Sign(1),
        Relu(1),
        Scale(3, ones, 3 * ones, 0 * ones),
        Add(2, 4),
        Affine(5, np.eye(3, dtype=np.float32), np.array([9.0, 0.0, 0.0], np.float32)),
    )
    teacher = Network(domain.columns, layers)
    tree = random_tree(rng, domain, 3)
    advance, done = z3._advance, []

    def some(search):
        done.append(search)
        if len(done) > 30:
            raise KeyboardInterrupt  # it would take long to come to the end
        return advance(search)

    monkeypatch.setattr(z3, "_advance", some)
    finding = z3.prove(domain, teacher, tree)
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples, trust=["z3"]
    )
    points = [tuple(p) for p in rng.integers(4, size=(1000, 11)).tolist()]
    classes = dict(zip(points, exact_classes(teacher, domain, points), strict=True))
    seen = 0
    for cell, _, step in steps(domain, finding.proof):
        if isinstance(step, Constant | Trusted):
            inside = [k for p, k in classes.items() if cell.contains(p)]
            seen += len(inside)
            assert set(inside) <= {step.klass}
    assert seen
    assert verdict.verdict == "different"


@pytest.mark.parametrize(
    "teacher",
    [
        Network(3, (Affine(0, np.array([[1.0, -1.0, 2.0]], np.float32), np.zeros(1, np.float32)),)),
        Network(3, (Affine(0, np.zeros((1, 3), np.float32), np.zeros(1, np.float32)),)),
        Network(3, (Affine(0, np.zeros((2, 3), np.float32), np.ones(2, np.float32)), Relu(1))),
        Network(3, (Affine(0, np.full((2, 3), 1e300), np.array([-2e300, 0.0])), Relu(1))),
        Network(3, (Affine(0, np.full((2, 3), 5e-324), np.array([-5e-324, 0.0])), Relu(1))),
        Network(3, (Sign(0),)),
        Network(3, (Relu(0), Add(0, 1))),
    ],
)
@pytest.mark.parametrize("small", [0, 4096])
def test_plain_extreme_and_layerless_teachers(teacher, small):
    for domain in (bits(3), signs(3), Domain((variable("only", ("p",), ((1, 2, 3),)),))):
        for tree in (LEAF0, LEAF1, Tree((Inner(1, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))):
            check(
                domain,
                teacher,
                tree,
                z3.prove(domain, teacher, tree, asking=Asking(small=small, patience=0)),
            )


def hard(n=40, width=40):
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(width, n)), rng.normal(size=width)),
        Relu(1),
        Affine(2, rng.normal(size=(width, width)), rng.normal(size=width)),
        Relu(3),
        Affine(4, rng.normal(size=(1, width)), rng.normal(size=1)),
    )
    return signs(n), Network(n, layers), LEAF0


@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.5])
def test_the_deadline_is_kept_and_the_rest_is_open(seconds):
    domain, teacher, tree = hard()
    begun = time.monotonic()
    finding = z3.prove(domain, teacher, tree, Options(deadline=begun + seconds))
    assert time.monotonic() - begun < PATIENCE  # else it would take hours
    assert any(isinstance(step, Open) for step in finding.proof)
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples, trust=["z3"]
    )
    assert verdict.disagreements[1] > 0
    assert verdict.verdict == ("different" if finding.counterexamples else "undecided")


def test_a_search_is_resumed():
    domain, teacher = bits(40), zigzag(bits(40), (10, 20, 30), 0.5)
    nothing = z3.prove(domain, teacher, LEAF1, Options(deadline=time.monotonic()))
    assert nothing.proof == (Open(),)
    half = (Split(3, 1), Constant(1), Open())  # the first claim is not looked at
    resumed = z3.prove(domain, teacher, LEAF1, Options(resume=half))
    assert resumed.proof[:2] == half[:2]
    assert resumed.proof[2:] == (Trusted(1, SOLVER),)
    late = z3.prove(domain, teacher, LEAF1, Options(resume=half, deadline=time.monotonic()))
    assert late.proof == half
    with pytest.raises(CertificateError):
        z3.prove(domain, teacher, LEAF1, Options(resume=half[:2]))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_resumed_ends_with_the_exact_count(seed):
    domain, teacher, tree = case(8 * seed + 1)
    proof = z3.prove(domain, teacher, tree, asking=Asking(small=1, patience=0)).proof
    opened = tuple(
        Open() if i % 3 == 0 and not isinstance(item, Split) else item
        for i, item in enumerate(proof)
    )
    seen = []
    again = z3.prove(domain, teacher, tree, Options(resume=opened, progress=seen.append))
    assert seen[-1].probability == 1.0
    verdict = checker.verify(matter_of(domain, teacher, tree), again.proof, trust=["z3"])
    facts = truth(domain, teacher, tree)
    assert verdict.disagreements == (len(facts.wrong), len(facts.wrong))


def whole(domain, teacher, bounded=True):
    """The teacher folded over its whole domain."""
    prepared = prepare(teacher, domain) if bounded else None
    return fold(teacher, domain, full_cell(domain), prepared)


def test_a_hard_question_ends_in_time():
    domain, teacher, _ = hard(30, 40)
    folded = whole(domain, teacher)
    assert len(folded.gates) > 40
    begun = time.monotonic()
    answer = ask(folded, 1, 1.0, lambda _: False)
    assert time.monotonic() - begun < PATIENCE
    assert answer == Answer()


@pytest.fixture
def keyboard():
    """Ctrl-C is heard: also in a run in the background, and where the collector would be at work.

    An interrupt within a callback of the collector (Hypothesis has one) is lost.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)


def test_a_question_is_interrupted_from_the_keyboard(keyboard, monkeypatch):
    domain, teacher, _ = hard(30, 40)
    folded = whole(domain, teacher)

    def soon(seconds, function):
        """Begins when Z3 does."""
        return threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))

    monkeypatch.setattr(query, "Timer", soon)
    with pytest.raises(KeyboardInterrupt):
        ask(folded, 1, PATIENCE, lambda _: False)


def test_numbers_of_any_length_are_asked_about():
    layers = []
    for i in range(16):  # 16 * 1074 bits: more digits than Python writes by itself
        layers += [Affine(2 * i, np.array([[5e-324]]), np.array([5e-324])), Relu(2 * i + 1)]
    teacher = Network(1, tuple(layers[:-1]))
    assert ask(whole(bits(1), teacher, False), 1, 10.0, lambda _: False).none
    assert ask(whole(bits(1), teacher, False), 0, 10.0, lambda _: True).point is not None


def test_a_model_that_does_not_check_out_is_an_error():
    domain = bits(6)
    folded = whole(domain, zigzag(domain, (3,), 0.0))
    with pytest.raises(RuntimeError, match="after all"):
        ask(folded, 1, 10.0, lambda _: False)


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("seed", seeds(range(24)))
def test_folding_and_rounding_keep_every_logit(seed, bounded):
    """Atoms set to a point's own values give its exact logits, and rounded ones within slack."""
    domain, teacher, _ = case(seed, 60)
    folded = whole(domain, teacher, bounded)
    for point in product(*(range(len(v.labels)) for v in domain.variables)):
        wanted = logits(teacher, domain.encode(point))
        atoms, ranges = atoms_of(folded, domain, point)
        for row, logit in zip(folded.logits, wanted, strict=True):
            exactly = sum((x * atoms[a] for a, x in row.terms), Fraction(row.constant))
            assert exactly / row.denominator == logit
            for bits_kept in (2, 10):
                short = rounded(row, ranges, bits_kept)
                near = sum((x * atoms[a] for a, x in short.terms), short.constant)
                assert abs(near - logit) <= short.slack


def atoms_of(folded, domain, point):
    """The atoms' values at a point, and ranges that hold them."""
    atoms, ranges = {}, {}
    for choice in folded.choices:
        rows = domain.variables[choice.variable].encoding
        at = [rows[v] for v in choice.values].index(rows[point[choice.variable]])
        for j in range(choice.atoms):
            atoms[choice.first + j] = at if choice.progression else int(at == j + 1)
            ranges[choice.first + j] = Fraction(0), Fraction(len(choice.values))
    for gate in folded.gates:
        terms = sum((x * atoms[a] for a, x in gate.row.terms), Fraction(gate.row.constant))
        value = terms / gate.row.denominator
        assert gate.low <= value <= gate.high
        atoms[gate.atom] = (value > 0) - (value < 0) if gate.sign else max(value, Fraction(0))
        ranges[gate.atom] = span(gate)
        assert ranges[gate.atom][0] <= atoms[gate.atom] <= ranges[gate.atom][1]
    return atoms, ranges


def test_ends_are_rounded_outward():
    rng = np.random.default_rng(0)
    for _ in range(200):
        x = Fraction(int(rng.integers(-(10**9), 10**9)), int(rng.integers(1, 10**9)))
        assert outward(x, up=False) <= x <= outward(x, up=True)
        assert outward(x, up=True) - outward(x, up=False) <= abs(x) / 1000


def test_an_interrupt_leaves_a_valid_proof(keyboard):
    domain, teacher, tree = hard()
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    told = []

    def begun(progress):
        """The time until the interrupt begins once the search has."""
        if not told:
            timer.start()
        told.append(progress)

    try:
        options = Options(progress=begun, deadline=time.monotonic() + PATIENCE)
        finding = z3.prove(domain, teacher, tree, options)
    finally:
        timer.join()
    assert len(list(steps(domain, finding.proof))) >= 1
    assert any(isinstance(step, Open) for step in finding.proof)


def test_progress_is_reported():
    domain, teacher, tree = case(3)
    seen = []
    z3.prove(domain, teacher, tree, Options(progress=seen.append))
    assert seen[-1].open == 0
    assert seen[-1].probability == 1.0


def test_parts_that_do_not_fit_are_refused():
    domain, teacher, _ = hard()
    with pytest.raises(NetworkError, match="columns"):
        z3.prove(bits(3), teacher, LEAF0)
    with pytest.raises(TreeError, match="class 2"):
        z3.prove(domain, teacher, Tree((Leaf(2),)))


def test_the_first_splits_are_the_trees():
    domain = Domain((one_hot("colour", ("red", "green", "blue")), ordinal("n", [0, 1, 2, 3])))
    teacher = Network(4, (Affine(0, np.ones((1, 4), np.float32), np.zeros(1, np.float32)),))
    nodes = (
        Inner(3, Fraction(3, 2), 1, 4),
        Inner(3, Fraction(1, 2), 2, 3),
        Leaf(0),
        Leaf(1),
        Inner(3, Fraction(1), 5, 6),  # nothing goes left here
        Leaf(1),
        Leaf(0),
    )
    proof = z3.prove(domain, teacher, Tree(nodes), asking=Asking(small=0, patience=0)).proof
    cells = [cell for cell, _, _ in steps(domain, proof)]
    assert full_cell(domain).split(1, 0b0011)[1] in cells
    assert proof[0].variable == 1
    assert proof[0].left == 0b0011
    assert proof[1].left == 0b0001
