"""A proof that is cut short while the kernel reads it is still a proof, of less."""

from __future__ import annotations

import pytest

from tests.brute import truth
from tests.reports import cases
from verifier.certificate import archive, codec, kernel
from verifier.certificate.curtail import Curtailed
from verifier.certificate.proof import Constant, Finding, Open, Split, Trusted, steps

PROOF = cases.closed(cases.ROBOTS, cases.robots_teacher(), cases.BAD)


def after(calls):
    """Says stop from its so-many-th call on."""
    count = iter(range(10**9))
    return lambda: next(count) >= calls


@pytest.mark.parametrize("calls", range(len(PROOF) + 1))
def test_what_is_given_is_a_proof_that_begins_the_same(calls):
    cut = Curtailed(codec.encode(PROOF), after(calls))
    given = tuple(cut)
    assert given == cut.given and len(cut) == len(given)
    assert given[:calls] == PROOF[:calls]
    assert all(isinstance(x, Open) for x in given[calls:])
    assert sum(cell.size for cell, _, _ in steps(cases.ROBOTS, given)) == 432
    assert sum(isinstance(x, Split) for x in given) == len(given) // 2
    assert (given == PROOF) == (calls == len(PROOF))
    assert cut.encoded == codec.encode(given)


@pytest.mark.parametrize("calls", range(6))
def test_the_bytes_of_what_is_given_name_its_solvers_only(calls):
    proof = (Split(0, 1), Trusted(1, "b"), Split(1, 1), Constant(0), Trusted(1, "a"))
    cut = Curtailed(codec.encode(proof), after(calls))
    assert codec.decode(codec.encode(tuple(cut))) == codec.decode(cut.encoded) == cut.given


@pytest.mark.parametrize("calls", [0, 1, 4, len(PROOF) - 1, len(PROOF)])
def test_a_certificate_of_a_check_cut_short_is_valid(tmp_path, calls):
    teacher = cases.robots_teacher()
    made, verdict = archive.save(
        tmp_path / "c", cases.ROBOTS, teacher, cases.BAD, Finding(PROOF), "test", stop=after(calls)
    )
    assert made.proof[:calls] == PROOF[:calls]
    again = archive.check(archive.read(tmp_path / "c"))
    assert again.disagreements == verdict.disagreements
    low, high = verdict.disagreements
    assert low <= len(truth(cases.ROBOTS, teacher, cases.BAD).wrong) == 36 <= high
    assert (low == high) == (calls == len(PROOF))
    assert verdict.leaves == kernel.verify(cases.ROBOTS, teacher, cases.BAD, made.proof).leaves
