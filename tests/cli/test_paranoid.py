"""``leafproof check --paranoid``: all three checkers, loud where they disagree."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from tests.certificates.forging import claimed, packed
from tests.certificates.format_1 import pack, parts_of
from tests.certificates.resampled import restated, stated_of
from tests.jobs.test_sampling import opened
from tests.second_checker.test_second_checker import HALF, LEAF1, identity
from verifier import second_checker
from verifier.cli.main import run
from verifier.jobs import check as check_job
from verifier.kernel.claim import claim_of
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree


@pytest.fixture
def check(tmp_path, capfd):
    """Write a certificate and check it; returns exit code, standard output and standard error."""

    def invoke(data, *options):
        (tmp_path / "c").write_bytes(data)
        capfd.readouterr()
        code = run(["check", str(tmp_path / "c"), "--paranoid", *options])
        return code, *capfd.readouterr()

    return invoke


PROOF = (Split(0, 1), Constant(1), Enumerated())


def test_agreement_is_said_with_what_was_checked(check):
    code, out, err = check(packed(HALF, PROOF))
    assert code == 0 and err == "" and out.startswith("VALID")
    assert "float32 checker agrees: 2 cells (2 shown), 8 points evaluated" in " ".join(out.split())
    code, out, _ = check(packed(HALF, PROOF), "--json", "--no-trust")
    found = json.loads(out)
    assert code == 0 and found["valid"] and found["paranoid"].pop("seconds") >= 0
    assert found["paranoid"] == {
        "checker": "Leafproof float32 checker 1",
        "agrees": True,
        "cells": {"shown": 2},
        "points": 8,
    }
    assert set(found["seconds"]) == {"load", "check"}


def test_a_file_without_a_verdict_is_compared_with_what_the_kernel_finds(check):
    parts = parts_of(*HALF, Finding((Constant(1),)))
    assert check(pack(parts, "by hand"))[0] == 0


def test_what_both_refuse_is_invalid(check):
    code, out, err = check(packed(HALF, (Constant(0),), (), claimed(bits(4))))
    assert code == 1 and out == "" and err.count("\n") == 1
    assert "step 1 claims class 0" in err and "the verified checker refuses it too" in err


def test_a_kernel_that_accepts_too_much_is_caught(check, monkeypatch):
    """The kernel's answer is replaced by that for another proof: the other names the step."""
    from verifier.kernel import checker

    real = checker.verify
    monkeypatch.setattr(
        checker, "verify", lambda matter, proof, *a, **k: real(matter, (Constant(1),))
    )
    false = packed(HALF, (Constant(0),), (), claimed(bits(4)))
    code, out, err = check(false)
    assert code == 1 and out == "" and err.count("\n") == 1
    assert "THE TWO CHECKERS DISAGREE" in err and "node 0 of the proof" in err
    undecided = packed(HALF, (Open(),), (), claimed(bits(4)))
    code, _, err = check(undecided)
    assert code == 1 and "verdict.json states another verdict" in err


def test_a_kernel_that_shows_too_much_of_float32_is_caught(check, monkeypatch):
    """Of float32 the verified checker says nothing: the third one does."""
    from verifier.kernel import checker

    tie = bits(4), identity(0.0), LEAF1
    claim = claim_of(checker.verify(matter_of(*tie), (Enumerated(),)), matter_of(*tie))
    assert claim["float32"]["not_shown"]["points"] == 1
    claim["float32"] = {"robust": True, "not_shown": {"points": 0, "probability": "0"}}
    data = packed(tie, (Enumerated(),), (), claim)
    code, _, err = check(data)
    assert code == 1 and "states float32" in err and "DISAGREE" not in err
    monkeypatch.setattr(
        check_job, "check_in_threads", lambda held, **_: checker.verify(held.matter, held.proof)
    )
    code, out, err = check(data)
    assert code == 1 and out == "" and "THE TWO CHECKERS DISAGREE" in err
    assert "float32 checker finds at least 1" in err


def test_a_kernel_that_refuses_what_is_true_is_caught(check, monkeypatch):
    def refuse(*arguments, **options):
        raise InvalidProof("step 7 is not to my taste")

    monkeypatch.setattr(check_job, "check_in_threads", refuse)
    code, out, err = check(packed(HALF, PROOF))
    assert code == 1 and out == "" and "DISAGREE" in err and "step 7 is not to my taste" in err


@pytest.mark.parametrize(
    ("where", "change"), [(("draws",), 29), (("seen", "true"), 31), (("probability", "upper"), "0")]
)
def test_a_changed_sample_is_refused_and_no_disagreement(check, where, change):
    data = opened(sample=30).data
    assert check(data)[0] == 0
    stated = stated_of(data)
    place = stated
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = change
    code, out, err = check(restated(data, stated))
    assert code == 1 and out == "" and err.count("\n") == 1
    assert "sample.json states" in err and "but the draws give" in err and "DISAGREE" not in err


def test_a_file_that_only_one_can_read_is_a_disagreement(check, monkeypatch):
    def unreadable(data):
        raise CertificateError("proof.bin: what is this")

    monkeypatch.setattr(second_checker, "read", unreadable)
    code, out, err = check(packed(HALF, PROOF))
    assert code == 1 and out == "" and "DISAGREE" in err and "what is this" in err


def test_what_is_too_large_is_refused_before_the_kernel_starts(check, monkeypatch):
    def never(*arguments, **options):
        raise AssertionError("the kernel was started")

    monkeypatch.setattr(check_job, "check_in_threads", never)
    teacher = Network(60, (Affine(0, np.zeros((1, 60)), np.ones(1)),))
    claim = claimed(bits(60), cells={"enumerated": 1})
    code, out, err = check(packed((bits(60), teacher, LEAF1), (Enumerated(),), (), claim))
    assert code == 3 and out == "" and err.count("\n") == 1
    assert "check this certificate without --paranoid" in err


def test_a_very_deep_tree_is_too_large_not_a_disagreement(check):
    depth = 3000
    chain = [
        n for i in range(depth) for n in (Inner(0, Fraction(i), 2 * i + 1, 2 * i + 2), Leaf(1))
    ]
    tree = Tree((*chain, Leaf(1)))
    code, out, err = check(packed((*HALF[:2], tree), (Constant(1),)))
    assert code == 3 and out == "" and "nested too deeply" in err
