"""A proof that is cut short while the kernel reads it is still a proof, of less."""

from __future__ import annotations

import pytest

from tests.brute import truth
from tests.reports import cases
from verifier.certificate import archive, codec, kernel
from verifier.certificate.curtail import Gradual
from verifier.certificate.proof import Constant, Finding, Open, Split, Trusted, steps
from verifier.certificate.verdict import Checked, Cut

PROOF = cases.closed(cases.ROBOTS, cases.robots_teacher(), cases.BAD)


def after(calls):
    """Says stop from its so-many-th call on."""
    count = iter(range(10**9))
    return lambda: next(count) >= calls


def left(proof, nodes, missing, refused=()):
    """What is left of a proof when a check was stopped after some of its nodes."""
    gradual = Gradual(codec.encode(proof))
    assert tuple(gradual) == proof and len(gradual) == len(proof)
    cut = Cut(nodes, missing, 0) if missing else None
    return gradual.left(Checked({}, 0, 0, 0, 0, 0.0, cut=cut, refused=refused))


def missing_after(proof, nodes):
    """Cells that have not begun after some nodes."""
    return 1 + sum(1 if isinstance(x, Split) else -1 for x in proof[:nodes])


@pytest.mark.parametrize("nodes", range(len(PROOF) + 1))
def test_what_is_left_is_a_proof_that_begins_the_same(nodes):
    given, encoded = left(PROOF, nodes, missing_after(PROOF, nodes))
    assert given[:nodes] == PROOF[:nodes]
    assert all(isinstance(x, Open) for x in given[nodes:])
    assert sum(cell.size for cell, _, _ in steps(cases.ROBOTS, given)) == 432
    assert sum(isinstance(x, Split) for x in given) == len(given) // 2
    assert (given == PROOF) == (nodes == len(PROOF))
    assert encoded == codec.encode(given)


@pytest.mark.parametrize("nodes", range(6))
def test_the_bytes_of_what_is_left_name_its_solvers_only(nodes):
    proof = (Split(0, 1), Trusted(1, "b"), Split(1, 1), Constant(0), Trusted(1, "a"))
    given, encoded = left(proof, nodes, missing_after(proof, nodes))
    assert codec.decode(encoded) == given


def test_a_refused_step_is_left_open():
    proof = (Split(0, 1), Constant(0), Split(1, 1), Constant(0), Constant(1))
    given, encoded = left(proof, 5, 0, refused=(2,))
    assert given == (*proof[:3], Open(), proof[4])
    assert codec.decode(encoded) == given


@pytest.mark.parametrize("calls", [0, 1, 4, 10, 20, 10**6])
def test_a_certificate_of_a_check_cut_short_is_valid(tmp_path, calls):
    teacher = cases.robots_teacher()
    made, verdict = archive.save(
        tmp_path / "c", cases.ROBOTS, teacher, cases.BAD, Finding(PROOF), "test", stop=after(calls)
    )
    same = next((i for i, x in enumerate(made.proof) if x != PROOF[i]), len(PROOF))
    assert all(isinstance(x, Open) for x in made.proof[same:])
    assert calls or not same
    again = archive.check(archive.read(tmp_path / "c"))
    assert again.disagreements == verdict.disagreements
    low, high = verdict.disagreements
    assert low <= len(truth(cases.ROBOTS, teacher, cases.BAD).wrong) == 36 <= high
    assert (low == high) == (same == len(PROOF))
    assert same == len(PROOF) or calls < 10**6
    assert verdict.leaves == kernel.verify(cases.ROBOTS, teacher, cases.BAD, made.proof).leaves
