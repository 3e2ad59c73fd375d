"""Branch and bound against brute force over exact fractions."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.event import trigger_event

from tests.provers.branch_cases import all_points, random_domain, random_teacher, random_tree
from verifier.certificate import kernel
from verifier.certificate.proof import Constant, Enumerated, Open, Split, steps
from verifier.domain import Domain, bits, ordinal, signs, variable
from verifier.errors import CertificateError, TeacherError, TreeError
from verifier.provers import branch, branch_batched, branch_chain, branch_search, branch_slots
from verifier.provers.branch_ledger import Ledger
from verifier.teacher import Add, Affine, Relu, Scale, Teacher, exact_classes
from verifier.tree import Inner, Leaf, Tree, bind, classify


def brute_force(domain, teacher, tree):
    """Number and probability of the disagreements."""
    points = all_points(domain)
    bound = bind(tree, domain)
    wrong = [
        p
        for p, c in zip(points, exact_classes(teacher, domain, points), strict=True)
        if classify(bound, p) != c
    ]
    return len(wrong), sum((domain.probability(p) for p in wrong), Fraction(0))


def check(domain, teacher, tree, finding=None):
    """The kernel's verdict on what the prover finds is the brute-force verdict."""
    finding = finding or branch.prove(domain, teacher, tree)
    verdict = kernel.verify(domain, teacher, tree, finding.proof, finding.counterexamples)
    count, probability = brute_force(domain, teacher, tree)
    assert verdict.disagreements == (count, count)
    assert verdict.error == (probability, probability)
    assert verdict.verdict == ("different" if count else "equivalent")
    assert bool(finding.counterexamples) == bool(count)
    assert {type(s) for _, _, s in steps(domain, finding.proof)} <= {Constant, Enumerated}
    return finding


def problem(seed, limit=300, size=1.0):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, limit)
    teacher = random_teacher(rng, domain.columns, size)
    return domain, teacher, random_tree(rng, domain, teacher.classes)


def small_cells(monkeypatch, size):
    """Let no cell of more than ``size`` points be enumerated, so that bounds do the work."""
    monkeypatch.setattr(branch_batched, "MIXED", size)
    monkeypatch.setattr(branch_batched, "SMALL", size)
    monkeypatch.setattr(branch_slots, "SMALL", size)


@pytest.fixture(autouse=True)
def compiled_at_once(monkeypatch):
    """The compiled search starts with the first cell, so that small cases exercise it."""
    monkeypatch.setattr(branch, "_first", lambda *_: 0)


def only_batched(monkeypatch):
    """Search without the compiled loop."""
    monkeypatch.setattr(branch, "_compiled_net", lambda *_: None)


def random_chain(rng, columns, size=1.0):
    """A chain of ReLU layers with integer weights, as the compiled loop takes it."""
    layers, width = [], columns
    for _ in range(int(rng.integers(1, 4))):
        wide = int(rng.integers(1, 7))
        weight = rng.integers(-3, 4, size=(wide, width)) * size
        layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=wide) * size))
        layers.append(Relu(len(layers)))
        width = wide
    outputs = int(rng.integers(1, 4))
    weight = rng.integers(-2, 3, size=(outputs, width)) * size
    layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=outputs) * size))
    return Teacher(columns, tuple(layers))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 64]))
def test_random_chains(seed, small):
    """The compiled loop, with and without enumeration, on one and on several threads."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 300)
    teacher = random_chain(rng, domain.columns)
    assert branch_chain.chain(teacher, domain) is not None
    tree = random_tree(rng, domain, teacher.classes)
    with pytest.MonkeyPatch.context() as patch:
        small_cells(patch, small)
        found = check(domain, teacher, tree)
        patch.setattr(branch_slots.os, "cpu_count", lambda: 1)
        assert branch.prove(domain, teacher, tree) == found


def test_chains_fold_affine_layers():
    """Scale, add and affine layers between two ReLU layers fold; a skip over a ReLU does not."""
    rng = np.random.default_rng(0)
    wide = Affine(0, rng.normal(size=(3, 4)), rng.normal(size=3))
    scale = Scale(1, np.array([1.0, 2.0, -1.0]), np.array([3.0, 1.0, 2.0]), np.zeros(3))
    last = Affine(4, rng.normal(size=(1, 3)), np.zeros(1))
    folded = Teacher(4, (wide, scale, Add(1, 2), Relu(3), last))
    assert branch_chain.chain(folded, bits(4)) is not None
    check(bits(4), folded, Tree((Leaf(1),)))
    skip = Teacher(4, (wide, Relu(1), Add(1, 2), Affine(3, rng.normal(size=(1, 3)), np.zeros(1))))
    assert branch_chain.chain(skip, bits(4)) is None
    check(bits(4), skip, Tree((Leaf(1),)))


@pytest.mark.parametrize("size", [1e30, 1e-30, 1e-300, 1e100])
def test_chains_of_extreme_weights(size):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        teacher = random_chain(rng, 6, size)
        check(bits(6), teacher, random_tree(rng, bits(6), teacher.classes))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_random_problems(seed, compiled):
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            only_batched(patch)
        check(*problem(seed))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_problems_split_to_points(seed):
    with pytest.MonkeyPatch.context() as patch:
        small_cells(patch, 1)
        check(*problem(seed, 100))


@pytest.mark.parametrize("size", [1e30, 1e-30, 1e-310, 1e150, 1e300])
def test_extreme_weights(size):
    for seed in range(6):
        check(*problem(seed, 60, size))


def grown_tree(domain, teacher, klass_of):
    """The complete tree over a small domain of bits."""
    nodes = []

    def grow(point):
        at = len(nodes)
        if len(point) == len(domain.variables):
            nodes.append(Leaf(klass_of[point]))
            return at
        nodes.append(Leaf(0))
        children = grow((*point, 0)), grow((*point, 1))
        nodes[at] = Inner(len(point), Fraction(1, 2), *children)
        return at

    grow(())
    return Tree(tuple(nodes))


def test_equivalent_trees_are_proved_equivalent():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        domain = bits(6)
        teacher = random_teacher(rng, 6)
        points = all_points(domain)
        klass_of = dict(zip(points, exact_classes(teacher, domain, points), strict=True))
        finding = check(domain, teacher, grown_tree(domain, teacher, klass_of))
        assert not finding.counterexamples


def linear(row, bias):
    return Teacher(len(row), (Affine(0, np.array([row]), np.array([bias])),))


def test_ties_and_near_ties():
    """The logit is 0 at exactly one vertex, or 1e-30 above 0 there: classes 0 and 1."""
    tree = Tree((Leaf(1),))
    exact = linear([1.0] * 12, 0.0)
    above = Teacher(12, (Affine(0, np.ones((1, 12)), np.zeros(1)), Relu(1), _shifted(1e-30)))
    one = check(bits(12), exact, tree)
    assert one.counterexamples == ((0,) * 12,)
    none = check(bits(12), above, tree)
    assert not none.counterexamples


def _shifted(bias):
    return Affine(2, np.ones((1, 1)), np.array([bias]))


def test_single_disagreement_in_a_large_domain():
    """40 bits, one point differs; found, counted, and everything else proved."""
    teacher = linear([1.0] * 40, -39.5)
    finding = branch.prove(bits(40), teacher, Tree((Leaf(0),)))
    verdict = kernel.verify(bits(40), teacher, Tree((Leaf(0),)), finding.proof)
    assert verdict.disagreements == (1, 1)
    assert verdict.error[0] == Fraction(1, 2**40)
    assert finding.counterexamples == ((1,) * 40,)


def test_constant_teacher_closes_at_the_root():
    teacher = linear([0.0] * 30, 1.0)
    big = Tree((Inner(3, Fraction(1, 2), 1, 2), Leaf(1), Leaf(1)))
    assert branch.prove(bits(30), teacher, big).proof == (Constant(1),)


def test_many_variables_and_one_value():
    row = np.zeros(2000)
    row[7], row[1999] = 1.0, 2.0
    tree = Tree((Inner(1999, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    teacher = linear(row.tolist(), -1.5)
    finding = branch.prove(bits(2000), teacher, tree)
    assert kernel.verify(bits(2000), teacher, tree, finding.proof).verdict == "equivalent"
    fixed = Domain((variable("x", ("only",), [[3]]), ordinal("y", [5])))
    check(fixed, linear([1.0, -1.0], 2.0), Tree((Leaf(0),)))
    check(fixed, linear([1.0, -1.0], 2.5), Tree((Leaf(0),)))


def test_deadline_in_the_past_claims_nothing():
    domain, teacher, tree = problem(3)
    finding = branch.prove(domain, teacher, tree, deadline=time.monotonic())
    assert finding.proof == (Open(),)
    verdict = kernel.verify(domain, teacher, tree, finding.proof)
    assert verdict.error == (0, 1)


def hard_problem():
    """Random signs and weights: needs hundreds of cells."""
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(12, 13)), rng.normal(size=12)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 12)), np.zeros(1)),
    )
    return signs(13), Teacher(13, layers), Tree((Leaf(1),))


def test_interrupt_keeps_what_is_proved_and_resume_goes_on(monkeypatch):
    domain, teacher, tree = hard_problem()
    only_batched(monkeypatch)
    calls = []
    expand = branch_batched.expand

    def interrupted(search, batch):
        calls.append(len(batch))
        if len(calls) == 7:
            raise KeyboardInterrupt
        expand(search, batch)

    monkeypatch.setattr(branch, "expand", interrupted)
    finding = branch.prove(domain, teacher, tree)
    assert len(calls) == 7
    partial = kernel.verify(domain, teacher, tree, finding.proof, finding.counterexamples)
    assert partial.checked.cells["open"] > 0
    assert partial.disagreements[0] < partial.disagreements[1]
    monkeypatch.setattr(branch, "expand", expand)
    whole = branch.prove(domain, teacher, tree, resume=finding.proof)
    full = kernel.verify(domain, teacher, tree, whole.proof)
    assert partial.disagreements[0] <= full.disagreements[0] == full.disagreements[1]
    assert full.disagreements[1] <= partial.disagreements[1]
    assert whole.proof[0] == finding.proof[0]


@pytest.mark.parametrize("name", ["append", "link", "split", "close"])
@pytest.mark.parametrize("compiled", [True, False])
def test_an_interrupt_anywhere_leaves_a_valid_proof(monkeypatch, name, compiled):
    """Ctrl-C just before and just after the n-th change of the ledger."""
    domain, teacher, tree = hard_problem()
    tree = Tree((Inner(0, Fraction(0), 1, 2), Leaf(1), Leaf(0)))
    monkeypatch.setattr(branch_slots, "BUDGET", 64)
    if not compiled:
        only_batched(monkeypatch)
    real = getattr(Ledger, name)
    ended = 0
    for n in (1, 2, 3, 7, 20):
        for late in (False, True):
            calls = iter(range(1, 1 << 30))

            def change(self, *args, calls=calls, n=n, late=late, **options):
                """The real change, but interrupted."""
                stop = next(calls) == n
                if stop and not late:
                    raise KeyboardInterrupt
                result = real(self, *args, **options)
                if stop:
                    raise KeyboardInterrupt
                return result

            monkeypatch.setattr(Ledger, name, change)
            finding = branch.prove(domain, teacher, tree, confirm=False)
            monkeypatch.setattr(Ledger, name, real)
            ended += any(isinstance(s, Open) for _, _, s in steps(domain, finding.proof))
            kernel.verify(domain, teacher, tree, finding.proof, finding.counterexamples)
    assert ended or (name, compiled) in {("append", False), ("close", True)}


def test_resume_keeps_closed_steps():
    domain, teacher, tree = problem(11)
    first = branch.prove(domain, teacher, tree)
    again = branch.prove(domain, teacher, tree, resume=first.proof)
    assert again.proof == first.proof
    with pytest.raises(CertificateError):
        branch.prove(domain, teacher, tree, resume=(Split(0, 1),))


def test_deadline_ends_a_search(monkeypatch):
    domain, teacher, tree = hard_problem()
    only_batched(monkeypatch)
    expand = branch_batched.expand

    def slow(search, batch):
        time.sleep(0.1)
        expand(search, batch)

    monkeypatch.setattr(branch, "expand", slow)
    begun = time.monotonic()
    finding = branch.prove(domain, teacher, tree, deadline=begun + 0.35)
    assert time.monotonic() - begun < 2
    verdict = kernel.verify(domain, teacher, tree, finding.proof)
    assert verdict.checked.cells["open"] > 0


def test_refused_cells_are_split_until_accepted(monkeypatch):
    """A kernel that refuses every cell of more than 4 points gets smaller ones."""
    domain, teacher, tree = bits(6), linear([1.0, -2.0, 3.0, 1.0, 1.0, 1.0], -0.5), Tree((Leaf(0),))
    small_cells(monkeypatch, 2)
    real = kernel.constant

    def strict(prepared, cells, classes):
        proved, steady = real(prepared, cells, classes)
        return proved & np.array([c.size <= 4 for c in cells]), steady

    monkeypatch.setattr(branch_search.kernel, "constant", strict)
    finding = branch.prove(domain, teacher, tree)
    monkeypatch.undo()
    check(domain, teacher, tree, finding)
    sizes = [c.size for c, _, s in steps(domain, finding.proof) if isinstance(s, Constant)]
    assert 2 < max(sizes) <= 4


def test_progress_is_monotone_and_ends_complete():
    domain, teacher, tree = hard_problem()
    seen = []
    branch.prove(domain, teacher, tree, progress=seen.append)
    assert seen[-1].open == 0
    assert abs(seen[-1].probability - 1.0) < 1e-9
    assert all(a.closed <= b.closed for a, b in pairwise(seen))


def test_progress_bounds_the_error_and_the_bounds_only_approach(monkeypatch):
    """The interval shrinks to what the kernel finds, but for the points it still has to count."""
    monkeypatch.setattr(branch_search, "EVERY", 0.0)
    domain, teacher, tree = hard_problem()
    small_cells(monkeypatch, 1)
    seen = []
    finding = branch.prove(domain, teacher, tree, progress=seen.append, confirm=False)
    assert len(seen) > 3 and seen[-1].differs
    for a, b in pairwise(seen):
        assert a.error[0] <= b.error[0] <= b.error[1] <= a.error[1]
    verdict = kernel.verify(domain, teacher, tree, finding.proof)
    assert float(verdict.error[0]) >= seen[-1].error[0] - 1e-9
    assert float(verdict.error[1]) <= seen[-1].error[1] + 1e-9
    single = verdict.checked.points_enumerated / domain.size
    assert seen[-1].error[1] - seen[-1].error[0] <= single + 1e-9


@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_left_is_estimated(monkeypatch, compiled):
    """In the middle of a search the estimate is right to an order of magnitude, at the end 0."""
    monkeypatch.setattr(branch_search, "EVERY", 0.0)
    monkeypatch.setattr(branch_slots, "BUDGET", 64)
    if not compiled:
        only_batched(monkeypatch)
        monkeypatch.setattr(branch, "batch_size", lambda _: 8)
    seen = []
    domain, teacher, tree = hard_problem()
    branch.prove(domain, teacher, tree, progress=seen.append, confirm=False)
    total = seen[-1].closed
    middle = [p for p in seen if total / 4 < p.closed < total * 3 / 4]
    assert middle and total > 200 and seen[-1].remaining == 0
    for p in middle:
        assert p.remaining is not None
        assert (total - p.closed) / 10 <= p.remaining <= 10 * total


def test_one_difference_can_be_enough():
    """40 bits of which one point differs: a search that may stop there does."""
    teacher = linear([1.0] * 40, -0.5)
    finding = branch.prove(bits(40), teacher, Tree((Leaf(0),)), stop_at_difference=True)
    verdict = kernel.verify(
        bits(40), teacher, Tree((Leaf(0),)), finding.proof, finding.counterexamples
    )
    assert verdict.verdict == "different"
    assert verdict.disagreements[0] < verdict.disagreements[1]
    domain, teacher, tree = hard_problem()
    finding = branch.prove(domain, teacher, tree, stop_at_difference=True)
    assert finding.counterexamples and Open() in finding.proof
    same = linear([1.0, 1.0], 1.0)
    done = branch.prove(bits(2), same, Tree((Leaf(1),)), stop_at_difference=True)
    assert Open() not in done.proof and not done.counterexamples


def test_what_the_kernel_refused_is_split():
    """A refused cell is not closed as a whole again, and other open cells are as usual."""
    domain, teacher, tree = hard_problem()
    first = branch.prove(domain, teacher, tree, confirm=False)
    found = list(steps(domain, first.proof))
    constant = [
        i for i, (c, _, s) in enumerate(found, 1) if isinstance(s, Constant) and c.size > 16
    ]
    refused = frozenset(constant[:3])
    opened = branch.reopen(first.proof, refused)
    assert [isinstance(s, Open) for _, _, s in steps(domain, opened)].count(True) == 3
    again = branch.prove(domain, teacher, tree, resume=opened, refused=refused, confirm=False)
    cells = {cell for cell, _, _ in steps(domain, again.proof)}
    assert not cells & {found[i - 1][0] for i in refused}
    check(domain, teacher, tree, again)
    usual = branch.prove(domain, teacher, tree, resume=opened, confirm=False)
    assert {cell for cell, _, _ in steps(domain, usual.proof)} >= {found[i - 1][0] for i in refused}


def test_a_proof_of_many_nodes_is_the_same_in_compiled_order(monkeypatch):
    domain, teacher, tree = hard_problem()
    first = branch.prove(domain, teacher, tree, confirm=False)
    monkeypatch.setattr(branch, "MANY", 0)
    assert branch.prove(domain, teacher, tree, confirm=False) == first


def test_compiling_is_announced_and_a_deadline_ends_the_wait(monkeypatch):
    class Slow:
        """A function that takes long to compile."""

        signatures = ()

        def __call__(self, *_):
            with trigger_event("numba:compile", data={}):
                time.sleep(4)

    domain, teacher, tree = hard_problem()
    monkeypatch.setattr(branch_slots, "explore", Slow())
    seen = []
    begun = time.monotonic()
    finding = branch.prove(domain, teacher, tree, progress=seen.append, deadline=begun + 1)
    assert time.monotonic() - begun < 3
    assert any("compiling" in p.doing for p in seen)
    assert finding.proof == (Open(),)


def test_misfits_are_named():
    teacher = linear([1.0, 1.0], 0.0)
    with pytest.raises(TeacherError, match="columns"):
        branch.prove(bits(3), teacher, Tree((Leaf(0),)))
    with pytest.raises(TreeError, match="class 2"):
        branch.prove(bits(2), teacher, Tree((Leaf(2),)))
