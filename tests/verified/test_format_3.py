"""Format 3 in the verified checker: parts that it takes as bytes, and models that it refuses."""

from __future__ import annotations

import pytest

from tests.brute_proof import ENUMERATED, Node
from tests.certificates.matters import above as stump
from tests.certificates.matters import categorical, change, differ, file, members, proved, tree
from verifier import verified
from verifier.jobs.second_opinion import Verified
from verifier.reading.container import unpack
from verifier.reports import summary

FORMAT = "leafproof-certificate/3"
ORDER = (
    *("domain.json", "models.json", "weights.bin", "question.json", "proof.bin"),
    *("witnesses.json", "rows.bin", "recorded.bin", "verdict.json", "sample.json"),
)
WORDS = {"rows.bin": b"\x01\x02", "recorded.bin": b"any bytes", "sample.json": b"not even JSON"}


def parts():
    """Two trees over three values that differ at one of them."""
    values = categorical("x", "abc", [[0], [1], [2]])
    models = [tree("a", ["x"], stump("1/2")), tree("b", ["x"], stump("3/2"))]
    about = members([values], models, differ("a", "b"))
    return proved(about, Node(ENUMERATED), witnesses=[(1,)])


def stated(held, kind=FORMAT, order=ORDER):
    """The members of a file of some format, in this order."""
    return unpack(file({name: held[name] for name in order if name in held}, kind=kind))


def moved(held, kind=FORMAT, order=ORDER):
    """The same where ``file`` would put some parts at its end."""
    found = stated(held, kind)
    return {name: found[name] for name in (*order, "manifest.json") if name in found}


@pytest.fixture(autouse=True)
def generated_python(monkeypatch):
    """The build that ships."""
    monkeypatch.setenv(verified.VARIABLE, "python")


@pytest.mark.parametrize("names", [("rows.bin",), ("sample.json",), tuple(WORDS)])
def test_opaque_parts_change_nothing(names):
    held = parts() | {name: WORDS[name] for name in names}
    found = verified.run(moved(held))
    assert found.word == "accepted" and found == verified.run(stated(parts(), FORMAT[:-1] + "2"))
    assert found.answer is not None and found.answer.points == (1, 1)


@pytest.mark.parametrize("name", WORDS)
def test_earlier_formats_have_no_such_parts(name):
    found = verified.run(moved(parts() | {name: b""}, FORMAT[:-1] + "2"))
    assert (found.word, found.why) == ("malformed", "manifest.json: unknown member")


@pytest.mark.parametrize(
    "order",
    [(*ORDER[:5], "rows.bin", "witnesses.json", *ORDER[7:]), (*ORDER[:8], "sample.json", ORDER[8])],
)
def test_the_order_is_fixed(order):
    assert verified.run(moved(parts() | WORDS, order=order)).word == "malformed"


def test_any_other_part_is_refused():
    held = moved(parts())
    manifest = held.pop("manifest.json")
    assert verified.run({**held, "notes.bin": b"", "manifest.json": manifest}).word == "malformed"


def test_no_format_is_later():
    found = verified.run(stated(parts(), FORMAT[:-1] + "4"))
    assert (found.word, found.why) == ("malformed", "manifest.json: other format")


def test_opaque_models_are_refused_in_one_line():
    def hide(models):
        models["models"][0] = {"name": "a", "reads": ["x"], "opaque": {"classes": 2}}

    with pytest.raises(verified.NotCovered, match=r"^models\.json: .*does not cover opaque models"):
        verified.run(stated(change(parts(), "models.json", hide)))


def test_what_is_not_covered_is_said():
    build = verified.Build("python", (), "8", "0" * 64)
    words = summary.verified_by(Verified(build, 0.5, ("rows.bin", "sample.json")))
    assert words.endswith("not covered by the theorem: rows.bin, sample.json")
    assert "not covered" not in summary.verified_by(Verified(build, 0.5))


def test_a_file_that_format_2_can_hold_is_none_of_format_3():
    found = verified.run(moved(parts()))
    assert (found.word, found.why) == ("malformed", "manifest.json: other format")
