"""Both builds of the verified checker: made of the sources that there are, and told apart.

That generated.py is what Coq gives is seen where Coq is asked: `make verified` fails if it is not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.certificates.forging import packed
from tests.second_checker.test_second_checker import HALF
from verifier import verified
from verifier.jobs.check import check
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.proof import Constant, Enumerated, Split
from verifier.reading.container import unpack
from verifier.verified.extraction import make

PROOF = (Split(0, 1), Constant(1), Enumerated())


def test_generated_python_is_of_these_sources():
    """A file of Coq or of the translator that changes asks for ``make.py --write``."""
    text = verified.GENERATED.read_text(encoding="utf-8")
    assert verified.of_text(text)[1] == make.digest()


@pytest.mark.parametrize(
    ("old", "new", "good"),
    [("", "", True), ("def checked(", "def CHECKED(", False), ('COQ = "8', 'COQ = "9', True)],
    ids=["same", "changed", "another Coq"],
)
def test_only_the_same_coq_must_give_the_same_text(old, new, good):
    said = []
    text = verified.GENERATED.read_text(encoding="utf-8").replace(old, new, 1)
    assert make.is_up_to_date(text, said.append) is good
    assert len(said) == 1


@pytest.mark.skipif(shutil.which("coqc") is None, reason="Coq is not installed")
def test_a_theorem_that_rests_on_axioms_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "Wished.v"
    path.write_text("Axiom wished : False.\nPrint Assumptions wished.\n")
    monkeypatch.setattr(make, "sources", lambda: [path])
    (folder := tmp_path / "built").mkdir()
    with pytest.raises(SystemExit, match=r"Wished\.v: a theorem rests on axioms"):
        make.compiled(folder, lambda words: None)


def test_generated_python_loads_without_a_warning():
    command = [sys.executable, "-W", "error", "-I", str(verified.GENERATED)]
    assert subprocess.run(command, capture_output=True).stderr == b""


def test_both_builds_check_a_certificate(build):
    found = verified.run(unpack(packed(HALF, PROOF)), using=build)
    assert found.word == "accepted" and found.answer == found.stated
    assert found.answer is not None and found.answer.points == (0, 0)


@pytest.mark.parametrize(
    ("proof", "word", "why"),
    [
        ((Split(0, 1), Constant(0), Enumerated()), "invalid", "node 1 of the proof"),
        ((Split(0, 1), Constant(1)), "malformed", "proof.bin: bad proof cells missing"),
        ((Split(0, 7), Constant(1), Enumerated()), "malformed", "split"),
    ],
)
def test_both_builds_say_what_is_wrong(build, proof, word, why):
    data = packed(HALF, PROOF)
    members = unpack(data)
    from verifier.writing.proof_bytes import encode

    members["proof.bin"] = encode(proof)
    found = verified.run(members, using=build)
    assert found.word == word and why in found.why and found.answer is None


def test_a_stated_verdict_is_compared(build):
    members = unpack(packed(HALF, PROOF))
    members["verdict.json"] = members["verdict.json"].replace(b'"equivalent"', b'"different"')
    found = verified.run(members, using=build)
    assert found.word == "invalid" and "another verdict than is found" in found.why


def test_check_says_which_build_agrees(build, tmp_path):
    (tmp_path / "c").write_bytes(packed(HALF, PROOF))
    result = check(tmp_path / "c", verified=True)
    assert result.verified is not None and result.verified.build == build
    assert result.to_dict()["verified"]["sources"] == build.sources
    assert any("verified checker" in words for words in result.checkers)


def test_a_disagreement_is_loud(tmp_path, monkeypatch):
    (tmp_path / "c").write_bytes(packed(HALF, PROOF))
    refusal = verified.Outcome("invalid", "no")
    monkeypatch.setattr(verified, "run", lambda *arguments, **options: refusal)
    with pytest.raises(InvalidProof, match="THE TWO CHECKERS DISAGREE"):
        check(tmp_path / "c", verified=True)


def test_wider_numbers_are_shown_than_follow(tmp_path, monkeypatch):
    """The kernel may show less than follows, and never more."""
    from fractions import Fraction

    (tmp_path / "c").write_bytes(packed(HALF, PROOF))
    more = verified.Answer((0, 1), (Fraction(0), Fraction(1)))
    loose = verified.Outcome("accepted", "", more, more)
    monkeypatch.setattr(verified, "run", lambda *arguments, **options: loose)
    with pytest.raises(InvalidProof, match="0 to 1 follows"):
        check(tmp_path / "c", verified=True)


def test_a_build_of_other_sources_is_not_run(tmp_path, monkeypatch):
    other = tmp_path / "leafproof-verified"
    other.write_text(f'#!/bin/sh\necho \'COQ = "8.20.1"\nSOURCES = "{"0" * 64}"\'\n')
    other.chmod(0o755)
    monkeypatch.setenv(verified.VARIABLE, str(other))
    with pytest.raises(LeafproofError, match="not made of the sources of this version"):
        verified.build()
    monkeypatch.setenv(verified.VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(LeafproofError, match="does not run"):
        verified.build()


def test_a_file_too_large_is_refused_in_one_line(monkeypatch):
    monkeypatch.setenv(verified.VARIABLE, "python")
    monkeypatch.setitem(verified.LARGEST, "python", 10)
    with pytest.raises(LeafproofError, match="at most 0 MiB: make verified builds the native"):
        verified.run({"proof.bin": bytes(11)})


def test_a_stop_ends_the_process(build):
    class Over(Exception):
        pass

    def poll():
        raise Over

    with pytest.raises(Over):
        verified.run(unpack(packed(HALF, PROOF)), using=build, poll=poll)


def test_members_larger_than_a_pipe_are_read(build, monkeypatch):
    """A build that was slow to start once left its parent waiting for ever."""
    monkeypatch.setattr(verified, "POLLED", 0.001)
    members = {**unpack(packed(HALF, PROOF)), "proof.bin": bytes(1 << 17)}
    assert verified.run(members, using=build).word == "malformed"
