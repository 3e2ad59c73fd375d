"""Branch and bound as it runs: deadlines, interrupts, refusals, progress."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from numba.core.event import trigger_event

from tests.clocks import PATIENCE
from tests.provers.cases import (
    check,
    hard_problem,
    linear,
    only_batched,
    problem,
    small_cells,
)
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.errors import CertificateError
from verifier.model.proof import Constant, Open, Split, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import batched, branch, search
from verifier.provers import cells as open_cells
from verifier.provers.cells import Branching
from verifier.provers.compiled import loading, parallel, slots
from verifier.provers.ledger import GrowingProof, in_order
from verifier.provers.options import UNLIMITED, Options


@pytest.fixture(autouse=True)
def _as_searched(monkeypatch):
    """Proofs as the search left them: these tests look at its cells."""
    monkeypatch.setattr(branch, "_shape", lambda *_: None)


@pytest.fixture(autouse=True)
def compiled_at_once(monkeypatch):
    """The compiled search starts with the first cell, so that small cases exercise it."""
    monkeypatch.setattr(branch, "_first", lambda *_: 0)


def test_deadline_in_the_past_claims_nothing():
    domain, teacher, tree = problem(3)
    finding = branch.prove(domain, teacher, tree, Options(deadline=time.monotonic()))
    assert finding.proof == (Open(),)
    verdict = checker.verify(matter_of(domain, teacher, tree), finding.proof)
    assert verdict.error == (0, 1)


def test_interrupt_keeps_what_is_proved_and_resume_goes_on(monkeypatch):
    domain, teacher, tree = hard_problem()
    only_batched(monkeypatch)
    calls = []
    expand = batched.expand

    def interrupted(held, batch):
        calls.append(len(batch))
        if len(calls) == 7:
            raise KeyboardInterrupt
        expand(held, batch)

    monkeypatch.setattr(branch, "expand", interrupted)
    finding = branch.prove(domain, teacher, tree)
    assert len(calls) == 7
    partial = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples
    )
    assert partial.checked.cells["open"] > 0
    assert partial.disagreements[0] < partial.disagreements[1]
    monkeypatch.setattr(branch, "expand", expand)
    whole = branch.prove(domain, teacher, tree, Options(resume=finding.proof))
    full = checker.verify(matter_of(domain, teacher, tree), whole.proof)
    assert partial.disagreements[0] <= full.disagreements[0] == full.disagreements[1]
    assert full.disagreements[1] <= partial.disagreements[1]
    assert whole.proof[0] == finding.proof[0]


@pytest.mark.parametrize("name", ["append", "link", "split", "close"])
@pytest.mark.parametrize("compiled", [True, False])
def test_an_interrupt_anywhere_leaves_a_valid_proof(monkeypatch, name, compiled):
    """Ctrl-C just before and just after the n-th change of the ledger."""
    domain, teacher, tree = hard_problem()
    tree = Tree((Inner(0, Fraction(0), 1, 2), Leaf(1), Leaf(0)))
    monkeypatch.setattr(parallel, "BUDGET", 64)
    monkeypatch.setattr(slots, "SMALL", 16)
    if not compiled:
        only_batched(monkeypatch)
    real = getattr(GrowingProof, name)
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

            monkeypatch.setattr(GrowingProof, name, change)
            finding = branch.prove(domain, teacher, tree, Options(confirm=False))
            monkeypatch.setattr(GrowingProof, name, real)
            ended += any(isinstance(s, Open) for _, _, s in steps(domain, finding.proof))
            checker.verify(matter_of(domain, teacher, tree), finding.proof, finding.counterexamples)
    assert ended or (name, compiled) in {("append", False), ("close", True)}


@pytest.mark.parametrize("walk", [in_order, loading.walk])
def test_the_largest_cells_of_a_proof_are_a_proof(walk):
    domain, teacher, tree = hard_problem()
    held = Branching(domain, teacher, tree, options=UNLIMITED)
    branch._run(held, 1 << 30)
    branch.settle(held)
    whole = held.ledger.ordered(walk).proof()
    cells = {cell: (depth, step) for cell, depth, step in steps(domain, whole)}
    depths = sorted(depth for depth, _ in cells.values())
    assert held.ledger.ordered(walk, most=len(cells)).proof() == whole and len(cells) > 20
    for most in (0, 1, 2, 7, len(cells) // 2):
        cut = list(steps(domain, held.ledger.ordered(walk, most).proof()))
        kept = [(cell, depth, step) for cell, depth, step in cut if not isinstance(step, Open)]
        assert all(cells[cell] == (depth, step) for cell, depth, step in kept)
        assert sorted(depth for _, depth, _ in kept) == depths[:most]
        assert sum(cell.size for cell, _, _ in cut) == domain.size


def test_an_interrupted_search_keeps_what_the_kernel_can_check_at_once(monkeypatch):
    domain, teacher, tree = hard_problem()
    monkeypatch.setattr(branch, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(search, "EVERY", 0.0)
    monkeypatch.setattr(parallel, "BUDGET", 64)
    monkeypatch.setattr(slots, "SMALL", 16)

    def closed(brief):
        told = []

        def interrupt(progress):
            told.append(progress.closed)
            if told[-1] > 20 and sum(n > 20 for n in told) == 1:
                raise KeyboardInterrupt

        finding = branch.prove(
            domain, teacher, tree, Options(confirm=False, brief=brief, progress=interrupt)
        )
        return sum(not isinstance(step, Open) for _, _, step in steps(domain, finding.proof))

    assert closed(True) == 5 < 20 < closed(False)


def test_resume_keeps_closed_steps():
    domain, teacher, tree = problem(11)
    first = branch.prove(domain, teacher, tree)
    again = branch.prove(domain, teacher, tree, Options(resume=first.proof))
    assert again.proof == first.proof
    with pytest.raises(CertificateError):
        branch.prove(domain, teacher, tree, Options(resume=(Split(0, 1),)))


def test_deadline_ends_a_search(monkeypatch, clock):
    domain, teacher, tree = hard_problem()
    only_batched(monkeypatch)
    expand, taken = batched.expand, []

    def slow(held, batch):
        clock.time += 0.1
        expand(held, batch)
        taken.append(len(batch))

    monkeypatch.setattr(branch, "expand", slow)
    finding = branch.prove(domain, teacher, tree, Options(deadline=clock.time + 0.35))
    assert len(taken) == 3  # a fourth one would be expected to end too late
    verdict = checker.verify(matter_of(domain, teacher, tree), finding.proof)
    assert verdict.checked.cells["open"] > 0


def test_refused_cells_are_split_until_accepted(monkeypatch):
    """A kernel that refuses every cell of more than 4 points gets smaller ones."""
    domain, teacher, tree = bits(6), linear([1.0, -2.0, 3.0, 1.0, 1.0, 1.0], -0.5), Tree((Leaf(0),))
    small_cells(monkeypatch, 2)
    real = checker.constant

    def strict(prepared, cells, classes):
        proved, steady = real(prepared, cells, classes)
        return proved & np.array([c.size <= 4 for c in cells]), steady

    monkeypatch.setattr(open_cells.checker, "constant", strict)
    finding = branch.prove(domain, teacher, tree)
    monkeypatch.undo()
    check(domain, teacher, tree, finding)
    sizes = [c.size for c, _, s in steps(domain, finding.proof) if isinstance(s, Constant)]
    assert 2 < max(sizes) <= 4


@pytest.mark.parametrize("confirm", [True, False])
def test_progress_is_monotone_and_ends_complete(confirm):
    domain, teacher, tree = hard_problem()
    seen = []
    branch.prove(domain, teacher, tree, Options(progress=seen.append, confirm=confirm))
    assert seen[-1].open == 0
    assert abs(seen[-1].probability - 1.0) < 1e-9
    assert all(a.closed <= b.closed for a, b in pairwise(seen))


def test_progress_bounds_the_error_and_the_bounds_only_approach(monkeypatch):
    """The interval shrinks to what the kernel finds, but for the points it still has to count."""
    monkeypatch.setattr(search, "EVERY", 0.0)
    domain, teacher, tree = hard_problem()
    small_cells(monkeypatch, 1)
    seen = []
    finding = branch.prove(domain, teacher, tree, Options(progress=seen.append, confirm=False))
    assert len(seen) > 3 and seen[-1].differs
    for a, b in pairwise(seen):
        assert a.error[0] <= b.error[0] <= b.error[1] <= a.error[1]
    verdict = checker.verify(matter_of(domain, teacher, tree), finding.proof)
    assert float(verdict.error[0]) >= seen[-1].error[0] - 1e-9
    assert float(verdict.error[1]) <= seen[-1].error[1] + 1e-9
    single = verdict.checked.points_enumerated / domain.size
    assert seen[-1].error[1] - seen[-1].error[0] <= single + 1e-9


@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_left_is_estimated(monkeypatch, compiled):
    """In the middle of a search the estimate is right to an order of magnitude, at the end 0."""
    monkeypatch.setattr(search, "EVERY", 0.0)
    monkeypatch.setattr(parallel, "BUDGET", 64)
    monkeypatch.setattr(slots, "SMALL", 16)
    if not compiled:
        only_batched(monkeypatch)
        monkeypatch.setattr(branch, "batch_size", lambda _: 8)
    seen = []
    domain, teacher, tree = hard_problem()
    branch.prove(domain, teacher, tree, Options(progress=seen.append, confirm=False))
    total = seen[-1].closed
    middle = [p for p in seen if total / 4 < p.closed < total * 3 / 4]
    assert middle and total > 200 and seen[-1].remaining == 0
    for p in middle:
        assert p.remaining is not None
        assert (total - p.closed) / 10 <= p.remaining <= 10 * total


def test_one_difference_can_be_enough():
    """40 bits of which one point differs: a search that may stop there does."""
    teacher = linear([1.0] * 40, -0.5)
    finding = branch.prove(bits(40), teacher, Tree((Leaf(0),)), Options(stop_at_difference=True))
    verdict = checker.verify(
        matter_of(bits(40), teacher, Tree((Leaf(0),))), finding.proof, finding.counterexamples
    )
    assert verdict.verdict == "different"
    assert verdict.disagreements[0] < verdict.disagreements[1]
    domain, teacher, tree = hard_problem()
    finding = branch.prove(domain, teacher, tree, Options(stop_at_difference=True))
    assert finding.counterexamples and Open() in finding.proof
    same = linear([1.0, 1.0], 1.0)
    done = branch.prove(bits(2), same, Tree((Leaf(1),)), Options(stop_at_difference=True))
    assert Open() not in done.proof and not done.counterexamples


def test_what_the_kernel_refused_is_split(monkeypatch):
    """A refused cell is not closed as a whole again, and other open cells are as usual."""
    monkeypatch.setattr(slots, "SMALL", 16)
    domain, teacher, tree = hard_problem()
    first = branch.prove(domain, teacher, tree, Options(confirm=False))
    found = list(steps(domain, first.proof))
    constant = [
        i for i, (c, _, s) in enumerate(found, 1) if isinstance(s, Constant) and c.size > 16
    ]
    refused = frozenset(constant[:3])
    opened = search.reopen(first.proof, refused)
    assert [isinstance(s, Open) for _, _, s in steps(domain, opened)].count(True) == 3
    again = branch.prove(
        domain, teacher, tree, Options(resume=opened, refused=refused, confirm=False)
    )
    cells = {cell for cell, _, _ in steps(domain, again.proof)}
    assert not cells & {found[i - 1][0] for i in refused}
    check(domain, teacher, tree, again, shown=False)
    usual = branch.prove(domain, teacher, tree, Options(resume=opened, confirm=False))
    assert {cell for cell, _, _ in steps(domain, usual.proof)} >= {found[i - 1][0] for i in refused}


def test_a_proof_of_many_nodes_is_the_same_in_compiled_order(monkeypatch):
    domain, teacher, tree = hard_problem()
    first = branch.prove(domain, teacher, tree, Options(confirm=False))
    monkeypatch.setattr(branch, "MANY", 0)
    assert branch.prove(domain, teacher, tree, Options(confirm=False)) == first


def test_compiling_is_announced_and_a_deadline_ends_the_wait(monkeypatch):
    class Slow:
        """A function that takes long to compile."""

        signatures = ()

        def __call__(self, *_):
            with trigger_event("numba:compile", data={}):
                done.wait(PATIENCE)

    done = threading.Event()
    domain, teacher, tree = hard_problem()
    for module in (slots, loading):
        monkeypatch.setattr(module, "explore", Slow())
    seen = []
    options = Options(progress=seen.append, deadline=time.monotonic() + 1)
    finding = branch.prove(domain, teacher, tree, options)
    assert not done.is_set()
    done.set()
    assert any("compiling" in p.doing for p in seen)
    assert finding.proof == (Open(),)


@pytest.mark.parametrize(
    ("closed", "left", "stalls"),
    [(0.0, 0.5, True), (0.1, 0.5, True), (0.3, 0.5, False), (0.95, 0.01, False)],
)
def test_a_search_without_hope_is_judged_to_stall(closed, left, stalls, clock):
    """A quarter is to be closed in its time, if it goes on like that."""
    held = hard_problem()
    found = Branching(*held, options=Options(judged=0.0, deadline=time.monotonic() + left))
    found.begun -= 1.0
    found.proved = closed
    found.judge()
    assert (found.stalled, found.late) == (stalls, stalls)


def test_a_search_that_would_come_to_its_end_goes_on(clock):
    held = hard_problem()
    found = Branching(*held, options=Options(judged=0.0, deadline=time.monotonic() + 100))
    found.begun -= 1.0
    found.proved = 0.3
    found.judge()
    assert found.stalled is False
    again = Branching(*held, options=Options(deadline=time.monotonic() + 100))
    again.judge()
    assert again.stalled is None


def test_a_search_that_ends_before_it_is_judged_is_judged_then(clock):
    held = hard_problem()
    found = Branching(*held, options=Options(judged=time.monotonic() + 100))
    found.begun -= 1.0
    found.proved = 0.3
    found.judge()
    assert found.stalled is None
    found.options = replace(found.options, deadline=time.monotonic())
    assert search.conclude(found, (Open(),)).stalled
    found.stalled, found.options = None, replace(found.options, judged=None)
    assert not search.conclude(found, (Open(),)).stalled


@pytest.mark.parametrize(
    ("clock_says", "used", "hasty"),
    [(1.0, 1.0, True), (1.0, 9.0, True), (9.0, 0.5, True), (9.0, 1.9, True), (9.0, 2.1, False)],
)
def test_on_a_busy_machine_haste_lasts_until_the_processors_gave_as_much(
    clock_says, used, hasty, monkeypatch
):
    """Two seconds, or a fifth of what there is, by the clock and of the processors."""
    held = hard_problem()
    begun = time.monotonic()
    found = Branching(*held, options=Options(anytime=True, least=begun + 50))
    monkeypatch.setattr(search, "now", lambda: found.begun + clock_says)
    monkeypatch.setattr(search.time, "process_time", lambda: found.spent + used)
    assert found.hasty == hasty
    found.options = replace(found.options, least=found.begun + 1.5)
    assert found.hasty == (used < 1.5 or clock_says < 1.5)
    found.options = replace(found.options, anytime=False)
    assert not found.hasty
