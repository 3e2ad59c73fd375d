"""Journals that somebody has tampered with, with checksums that are right: no lie is believed."""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import replace

import numpy as np
import pytest

import verifier as lp
from tests.jobs.kills import network, stump
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.proof import Constant, Enumerated, Several
from verifier.provers.units import driver, journal, work
from verifier.provers.units.packing import HEAD, fragment_of_bytes, fragment_to_bytes
from verifier.provers.units.unit import Fragment

BITS = 14
KEYS = 1 + journal.KEY
"""Bytes of a record before what it holds."""


@pytest.fixture(autouse=True)
def small_units(monkeypatch):
    """Units of a few hundred nodes, so that there are some."""
    planned = work.plan_for
    monkeypatch.setattr(driver, "plan_for", lambda *a: replace(planned(*a), budget=128))


def run(seed=0, **kept):
    return lp.certify(network(seed, BITS, 8), stump(), bits(BITS), **kept)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A whole run's certificate, its error, and what its journal holds."""
    with pytest.MonkeyPatch.context() as patch:
        planned = work.plan_for
        patch.setattr(driver, "plan_for", lambda *a: replace(planned(*a), budget=128))
        folder = tmp_path_factory.mktemp("whole")
        whole = run(journal=folder)
    return whole, records(folder / "journal")


def records(path):
    """What each record of a journal holds, with its kind and key."""
    data, at, found = path.read_bytes(), len(journal.FIRST), []
    while at < len(data):
        _, length, _ = journal.HEAD.unpack_from(data, at)
        found.append(data[at + journal.HEAD.size :][:length])
        at += journal.HEAD.size + length
    return found


def forged(folder, contents):
    """A journal of these records, with checksums that are right."""
    folder.mkdir()
    told = [journal.HEAD.pack(journal.MARK, len(x), journal._check(x)) + x for x in contents]
    (folder / "journal").write_bytes(journal.FIRST + b"".join(told))
    return folder


def changed(contents, change):
    """The records with every fragment changed."""
    return [
        x[:KEYS] + fragment_to_bytes(change(fragment_of_bytes(x[KEYS:])))
        if x[:1] == journal.FRAGMENT
        else x
        for x in contents
    ]


def other_classes(f: Fragment) -> Fragment:
    """The other class is said everywhere."""
    return replace(
        f,
        steps=tuple(
            replace(x, klass=1 - x.klass) if isinstance(x, Constant) else x for x in f.steps
        ),
    )


def said(f: Fragment, *steps) -> Fragment:
    """Each cell that is closed is closed by one of these."""
    codes = np.where(f.codes < -1, -2, f.codes)
    return replace(f, codes=codes, steps=steps)


LIES = {
    "other classes": other_classes,
    "one class": lambda f: said(f, Constant(0)),
    "nothing is left": lambda f: replace(f, left=(), places=(), shares=()),
    "nothing was done": lambda f: replace(
        f,
        codes=np.full(1, -1, np.int32),
        lefts=np.zeros(1, np.int64),
        left=(),
        places=(),
        shares=(),
    ),
}
"""What is well formed, and not true, or less than was found."""


@pytest.mark.parametrize("lie", list(LIES))
def test_lies_are_the_kernels_to_judge(lie, kept, tmp_path):
    """The certificate says what is true, whatever a journal said; a check accepts it."""
    whole, contents = kept
    folder = forged(tmp_path / "j", changed(contents, LIES[lie]))
    again = run(resume=folder, output=tmp_path / "out.lp")
    assert again.verdict == whole.verdict
    low, high = again.error
    assert low <= whole.error[0] and whole.error[1] <= high
    checked = lp.check(tmp_path / "out.lp")
    assert checked.verdict == whole.verdict


def with_left(f: Fragment, change) -> Fragment:
    return replace(f, left=tuple(change(u) for u in f.left))


WRONG = {
    "splits of no variable": lambda f: replace(f, codes=np.where(f.codes >= 0, 99, f.codes)),
    "splits of nothing": lambda f: replace(f, lefts=np.where(f.codes >= 0, 3, f.lefts)),
    "splits by long numbers": lambda f: replace(
        f, lefts=np.where(f.codes >= 0, -1, f.lefts), large=(1 << 200,)
    ),
    "negative long numbers": lambda f: replace(
        f, lefts=np.where(f.codes >= 0, -1, f.lefts), large=(-1,)
    ),
    "classes that there are not": lambda f: said(f, Constant(10**40)),
    "negative classes": lambda f: said(f, Constant(-1)),
    "models that there are not": lambda f: said(f, Constant(0, 7)),
    "the tree": lambda f: said(f, Constant(0, 1)),
    "a class said twice": lambda f: said(f, Several((Constant(0), Constant(1)))),
    "more nodes than fit": lambda f: replace(
        f,
        codes=np.tile(np.array([0, -2], np.int32), 1 << 18)[:-1],
        lefts=np.ones((1 << 19) - 1, np.int64),
        steps=(Enumerated(),),
        left=(),
        places=(),
        shares=(),
    ),
    "points that agree": lambda f: replace(f, points=((0,) * BITS, (1,) * BITS)),
    "points of nowhere": lambda f: replace(f, points=((2,) * BITS,)),
    "negative points": lambda f: replace(f, points=((-1,) * BITS,)),
    "short points": lambda f: replace(f, points=((0,),)),
    "shares without end": lambda f: replace(f, sums=(float("inf"), float("-inf"), 0.0)),
    "shares that are none": lambda f: replace(f, sums=(float("nan"), 0.0, 0.0)),
    "shares of everything": lambda f: replace(
        f, shares=tuple(1e300 for _ in f.shares), closed=9**99
    ),
    "more shares than units": lambda f: replace(f, shares=(*f.shares, 0.0)),
    "units of the same path": lambda f: with_left(f, lambda u: replace(u, path=(0,))),
    "units of empty cells": lambda f: with_left(
        f, lambda u: replace(u, cells=tuple(replace(c, parts=(0,) * BITS) for c in u.cells))
    ),
    "units of ranges": lambda f: with_left(
        f,
        lambda u: replace(u, cells=tuple(replace(c, parts=(range(5, 2),) * BITS) for c in u.cells)),
    ),
    "units of large cells": lambda f: with_left(
        f, lambda u: replace(u, cells=tuple(replace(c, parts=(3,) * BITS) for c in u.cells))
    ),
    "units of cells of few variables": lambda f: with_left(
        f, lambda u: replace(u, cells=tuple(replace(c, parts=(3,)) for c in u.cells))
    ),
}
"""What is no answer to a unit."""


@pytest.mark.parametrize("wrong", list(WRONG))
def test_what_is_no_answer_is_searched_again(wrong, kept, tmp_path):
    """The certificate of an undisturbed run, byte for byte; it is said, and said once."""
    whole, contents = kept
    now = changed(contents, WRONG[wrong])
    assert now != contents
    folder = forged(tmp_path / "j", now)
    again = run(resume=folder)
    assert again.data == whole.data
    assert any("searched again" in note for note in again.notes), again.notes
    last = run(resume=folder)
    assert last.data == whole.data
    assert not any("searched again" in note for note in last.notes), last.notes


def packed(words, nodes=b"", count=0):
    return zlib.compress(HEAD.pack(len(words), count) + words + nodes)


BYTES = {
    "nothing": b"",
    "noise": b"\x00\xff" * 50,
    "no nodes": packed(b"{}"),
    "a list": packed(b"[]"),
    "a number": packed(b"7"),
    "deep": packed(b"[" * 100_000),
    "long numbers": packed(b'{"kinds":["i1","i1"],"closed":' + b"9" * 5000 + b',"sums":[]}'),
    "large shares": packed(
        b'{"kinds":["i1","i1"],"closed":0,"sums":["0x1p99999","0x0p0","0x0p0"]}'
    ),
    "kinds": packed(b'{"kinds":[{},[]],"closed":0,"sums":[]}'),
    "count": packed(b"{}", b"", 2**32 - 1),
    "cut off": zlib.compress(b"x" * 100)[:-3],
}


@pytest.mark.parametrize("data", list(BYTES))
def test_bytes_that_are_no_fragment(data, kept, tmp_path):
    whole, contents = kept
    now = [x[:KEYS] + BYTES[data] if x[:1] == journal.FRAGMENT else x for x in contents]
    again = run(resume=forged(tmp_path / "j", now))
    assert again.data == whole.data


def test_the_fragments_of_other_units(kept, tmp_path):
    """Each under the key of the next one: of cells as many, and as well formed, they are lies."""
    whole, contents = kept
    some = [x for x in contents if x[:1] == journal.FRAGMENT]
    moved = {x[:KEYS]: y[KEYS:] for x, y in zip(some, [*some[1:], some[0]], strict=True)}
    now = [x[:KEYS] + moved.get(x[:KEYS], x[KEYS:]) for x in contents]
    again = run(resume=forged(tmp_path / "j", now), output=tmp_path / "out.lp")
    assert again.verdict == whole.verdict
    assert lp.check(tmp_path / "out.lp").verdict == whole.verdict


def test_the_records_of_another_question_of_the_same_shape(kept, tmp_path):
    """Under this one's heading: nothing of it is found, as what a unit is about is in its key."""
    _, contents = kept
    own = run(seed=1, journal=tmp_path / "own")
    heading = records(tmp_path / "own" / "journal")[0]
    folder = forged(tmp_path / "j", [heading, *contents[1:]])
    assert run(seed=1, resume=folder).data == own.data
    with pytest.raises(LeafproofError, match="another network"):
        run(seed=1, resume=forged(tmp_path / "k", contents))


def test_what_the_kernel_said_of_another_is_sealed(kept, tmp_path):
    """The seal of a section of the check does not fit one whose seal was made by another key."""
    whole, contents = kept
    now = [x[:KEYS] + bytes(32) + x[KEYS + 32 :] if x[:1] == journal.NAMED else x for x in contents]
    assert run(resume=forged(tmp_path / "j", now)).data == whole.data


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        (b"", "beginning is damaged"),
        (b"[]", "beginning is damaged"),
        (b'{"about": 7}', "beginning is damaged"),
        (b"[" * 100_000, "beginning is damaged"),
        (json.dumps({"about": {}, "version": "1\n\x1b[2J" * 99}).encode(), "the journal of"),
        (b'{"about": {}, "version": {"a": [1]}}', "the journal of"),
    ],
)
def test_headings_that_are_none(heading, says, kept, tmp_path):
    """One line without control characters, and the file as it was: also where one is begun."""
    _, contents = kept
    folder = forged(tmp_path / "j", [contents[0][:KEYS] + heading, *contents[1:]])
    before = (folder / "journal").read_bytes()
    for act in ("resume", "journal"):
        with pytest.raises(LeafproofError) as error:
            run(**{act: folder})
        assert (says if act == "resume" else "") in str(error.value)
        assert str(error.value).isprintable() and len(str(error.value)) < 600
    assert (folder / "journal").read_bytes() == before


def test_a_heading_that_follows_another_is_none(kept, tmp_path):
    whole, contents = kept
    late = contents[0][:KEYS] + b'{"about": {}, "version": "0", "verb": "x"}'
    assert run(resume=forged(tmp_path / "j", [*contents, late])).data == whole.data


def test_damage_to_the_heading_loses_nothing(kept, tmp_path):
    """A bit of it flipped: it is neither gone on from, nor begun anew over what it holds."""
    _, contents = kept
    folder = forged(tmp_path / "j", contents)
    data = bytearray((folder / "journal").read_bytes())
    data[len(journal.FIRST) + journal.HEAD.size + KEYS + 4] ^= 1
    (folder / "journal").write_bytes(data)
    for act in ("resume", "journal"):
        with pytest.raises(LeafproofError, match="beginning is damaged"):
            run(**{act: folder})
    assert (folder / "journal").read_bytes() == data


def test_files_that_are_links_or_none(tmp_path):
    """What a link leads to is not written; a folder may be one."""
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    run(journal=tmp_path / "linked")
    assert (tmp_path / "real" / "journal").stat().st_size
    for name, make in [
        ("a", lambda path: path.symlink_to(tmp_path / "target")),
        ("b", lambda path: path.symlink_to(tmp_path / "real" / "journal")),
        ("c", lambda path: os.mkfifo(path)),
        ("d", lambda path: path.mkdir()),
        ("e", lambda path: path.symlink_to("/dev/zero")),
    ]:
        (tmp_path / name).mkdir()
        make(tmp_path / name / "journal")
        for act in ("journal", "resume"):
            with pytest.raises(LeafproofError) as error:
                run(**{act: tmp_path / name})
            assert "name a" in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "target").exists()


def test_a_folder_that_is_removed_during_a_run(tmp_path, monkeypatch):
    """The run ends as ever, and says that nothing is kept any more."""
    whole = run(journal=tmp_path / "whole")
    keep, kept_ = journal.Journal.keep, []

    def removing(self, *args):
        keep(self, *args)
        kept_.append(1)
        if len(kept_) == 2:
            (tmp_path / "j" / "journal").unlink()
            (tmp_path / "j").rmdir()
            self.sync()

    monkeypatch.setattr(journal.Journal, "keep", removing)
    found = run(journal=tmp_path / "j")
    assert found.data == whole.data
    assert [note for note in found.notes if "was removed" in note and "nothing of it" in note]


def test_a_file_that_is_cut_during_a_run(kept, tmp_path, monkeypatch):
    """What is read after it was opened, and is not there any more, is searched again."""
    whole, contents = kept
    folder = forged(tmp_path / "j", contents)
    opened = journal.resume

    def cut(path):
        held = opened(path)
        os.truncate(folder / "journal", held.end // 2)
        return held

    monkeypatch.setattr(journal, "resume", cut)
    assert run(resume=folder).data == whole.data


def certified(**kept):
    return lp.distill(network(0, 10, 6), bits(10), leaves=6, **kept)


def probed(**kept):
    asked = {"method": "lrh", "depth": 3, "keep": 20, "prove": True}
    return lp.distill(network(1, 12, 12), bits(12), **asked, **kept)


def fitted(**kept):
    return lp.distill(network(1, 12, 12), bits(12), method="cart", depth=4, prove=True, **kept)


NOISE = {
    "nothing": lambda data: b"",
    "noise": lambda data: b"\xff\x00" * 99,
    "numbers": lambda data: np.array([7, -3, 10**18, 0] * (len(data) // 32 + 1), "<i8").tobytes(),
    "zeros": lambda data: bytes(len(data)),
    "floats": lambda data: np.array([np.nan, 1.0, np.inf], "<f8").tobytes() * (len(data) // 24 + 1),
    "deep": lambda data: b"0 0\n" + b"[" * 100_000,
    "a tree of no column": lambda data: b'0 0\n[[[99,"1/2",1,2],[0],[1]],[]]',
    "a tree by nothing": lambda data: b'[[[0,"1/0",1,2],[0],[1]],[]]',
    "half": lambda data: data[: len(data) // 2],
}


@pytest.mark.parametrize("job", [certified, probed, fitted])
def test_what_is_kept_of_trees_is_not_believed(job, tmp_path, monkeypatch):
    """Whatever it says there is a tree and a proof of it, which a check accepts."""
    monkeypatch.setattr("verifier.distillers.kept.SECONDS", 0.0)
    monkeypatch.setattr("verifier.distillers.representation.SECONDS", 0.0)
    job(journal=tmp_path / "whole")
    contents = records(tmp_path / "whole" / "journal")
    assert any(x[:1] == journal.NAMED for x in contents)
    for name, wrong in NOISE.items():
        now = [x[:KEYS] + wrong(x[KEYS:]) if x[:1] == journal.NAMED else x for x in contents]
        found = job(resume=forged(tmp_path / name, now))
        found.save(tmp_path / "out.lp")
        assert lp.check(tmp_path / "out.lp").verdict == found.verdict
