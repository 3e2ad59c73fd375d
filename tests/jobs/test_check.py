"""``check`` from Python: what it is held against, what is required, and what is cut short."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.certificates.forging import packed
from verifier import second_checker
from verifier.jobs import loading, second_opinion
from verifier.jobs.certify import certify
from verifier.jobs.check import check
from verifier.jobs.limit import Limit
from verifier.jobs.watching import Said
from verifier.kernel import stopping
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import signs
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError, Unfinished
from verifier.model.proof import Enumerated
from verifier.model.sample import POOLED, Plan
from verifier.provers.timing import TimeOver, now
from verifier.reading.certificate import certificate_of
from verifier.verified import VARIABLE
from verifier.writing.sampling import left_open, with_sample


@pytest.fixture
def proof(given, tmp_path):
    """A certificate of the wrong tree."""
    certify(*given.paths("wrong"), output=tmp_path / "c")
    return tmp_path / "c"


@pytest.fixture
def old(given, tmp_path):
    """A certificate of format 1."""
    path = tmp_path / "old"
    path.write_bytes(packed((given.domain, given.network, given.wrong), (Enumerated(),)))
    return path


def test_what_a_certificate_proves(proof, capfd, ear):
    heard = ear()
    result = check(proof, progress=heard.hear)
    assert capfd.readouterr() == ("", "") and heard.stages == ["checking"]
    assert result.finished and result.verdict == "different" and result.error[1] == Fraction(1, 4)
    assert result.data == proof.read_bytes() and result.met is None and result.files is None
    assert result.to_dict()["valid"] is True and set(result.seconds) == {"load", "check"}


def test_against_objects_and_files(given, proof):
    objects = (given.network, given.wrong, given.domain)
    assert check(proof, against=objects).replayed is None
    result = check(proof, against=given.paths("wrong"))
    assert result.replayed == "onnxruntime gives the teacher's class at all 2 counterexamples"
    assert len(result.files.network) == 64 and result.files.network != result.files.tree
    words = replace(result, files=None).to_dict()["against"]
    assert words == [str(path) for path in given.paths("wrong")]
    for others in (
        (given.network, given.right, given.domain),
        (given.network, given.wrong, signs(3)),
        given.paths("right"),
    ):
        with pytest.raises(InvalidProof, match="the certificate is about another"):
            check(proof, against=others)


@pytest.mark.parametrize(
    ("require", "met"),
    [("equivalent", False), ("1/4", True), (0.25, True), (Fraction(1, 5), False), ("0.2", False)],
)
def test_what_is_required(given, proof, require, met):
    result = check(proof, against=given.paths("wrong"), require=require)
    assert result.met is met and result.to_dict()["required"] == str(require)


@pytest.mark.parametrize("form", ["old", "proof"])
def test_a_second_opinion(form, request, ear):
    heard = ear()
    result = check(request.getfixturevalue(form), paranoid=True, progress=heard.hear)
    verified, float32 = result.checkers
    assert verified.startswith("the verified checker (") and float32 == "the float32 checker"
    assert result.opinion is not None and heard.stages == [
        "checking",
        "verified checker",
        "float32 checker",
    ]
    said = [event for event in heard.events if isinstance(event, Said)]
    assert (said[0].share, said[-1].share) == (None, 1)
    assert result.to_dict()["paranoid"]["agrees"] is True


def test_a_verified_checker_that_takes_long_is_announced(old, monkeypatch):
    """Of 97 million points it takes the generated Python most of an hour, without a word."""
    monkeypatch.setenv(VARIABLE, "python")
    points = check(old, verified=True)
    assert not any("one by one" in note for note in points.notes)
    monkeypatch.setattr(second_opinion, "POINT", 1e6)
    (note,) = (x for x in check(old, verified=True).notes if "one by one" in x)
    assert f"{points.proved.checked.points_enumerated:,} points" in note and "--timeout" in note


def test_a_second_opinion_without_time(old, monkeypatch):
    def late(*arguments, **options):
        raise TimeOver

    monkeypatch.setattr(second_checker, "examine", late)
    result = check(old, paranoid=True, timeout=60)
    assert not result.finished and result.opinion is None
    said = result.to_dict()
    assert said["valid"] is None and said["nodes"] == said["nodes_checked"]


def test_a_second_opinion_that_is_stopped(old, ear):
    heard = ear(stage="float32 checker")
    result = check(old, paranoid=True, progress=heard.hear, stop=heard.stop)
    assert heard.stages == ["checking", "verified checker", "float32 checker"]
    assert not result.finished and result.opinion is None and result.proved.checked.cut is None


def test_a_check_that_is_stopped_decides_nothing(majority, tmp_path, monkeypatch):
    path = tmp_path / "c"
    assert certify(*majority, prover="branch", output=path).finished
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(Limit, "cut", property(lambda limit: limit.start))  # no grace
    for more in ({"stop": lambda: True}, {"timeout": 0}):
        result = check(path, **more, against=majority, require="equivalent")
        assert not result.finished and result.proved.checked.cut is not None
        assert result.met is None and result.files is None
        assert result.to_dict()["valid"] is None


def test_bad_input_is_one_line(given, proof, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    about = given.paths("wrong")
    Path("text").write_text("hello\nworld\n")
    Path("cut").write_bytes(proof.read_bytes()[:-1])
    cases = (
        (("none",), {}, CertificateError, "none"),
        (("text",), {}, CertificateError, "text"),
        (("cut",), {}, CertificateError, "cut"),
        ((proof,), {"require": "equivalent"}, LeafproofError, "--against"),
        ((proof,), {"require": "much", "against": about}, LeafproofError, "much"),
        ((proof,), {"require": 2, "against": about}, LeafproofError, "2"),
        ((proof,), {"head": "logit"}, LeafproofError, "--against"),
        ((proof,), {"trust": ("oracle",)}, LeafproofError, "oracle"),
        ((proof,), {"timeout": "soon"}, LeafproofError, "soon"),
        ((proof,), {"against": (about[0], tmp_path / "none", about[2])}, LeafproofError, "none"),
    )
    for arguments, options, error, word in cases:
        with pytest.raises(error) as caught:
            check(*arguments, **options)
        assert word in str(caught.value) and "\n" not in str(caught.value), options


def test_how_far_a_large_file_is_read_is_said_and_that_ends_in_time(proof, monkeypatch, ear):
    monkeypatch.setattr(loading, "LARGE", 1)
    heard = ear()
    check(proof, progress=heard.hear)
    assert heard.stages == [f"reading {proof.name}", "checking"]
    assert any(
        "MB of the proof" in event.words for event in heard.events if isinstance(event, Said)
    )
    with pytest.raises(Unfinished, match="stopped before anything was decided"):
        check(proof, stop=lambda: True)
    with pytest.raises(Unfinished, match="0 seconds are too few"):
        check(proof, timeout=Limit(0, now() - 9))


def test_cells_left_open_are_kept_only_where_a_sample_needs_them(given, tmp_path, patient):
    """Points of the whole domain need none."""
    about, path = (given.network, given.right, given.domain), tmp_path / "c"
    for draws in (0, 9):
        made = certify(*about, timeout=0, sample=draws, output=path)
        found = check(path).proved
        assert made.proved.checked.left and not found.checked.left
        assert found.error == made.error and found.sampled == made.sampled
    certify(*about, timeout=0, sample=0, output=path)
    held = certificate_of(path.read_bytes())
    verdict = check_certificate(held, keep_left=1)
    assert len(verdict.checked.left) == 1
    left = left_open(held, verdict)
    data = with_sample(held, path.read_bytes(), verdict, left, Plan(9, method=POOLED))[0]
    path.write_bytes(data)
    assert check(path).proved.checked.left
