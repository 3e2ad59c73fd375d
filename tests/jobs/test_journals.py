"""Journals: a run that is ended in any way goes on, and ends as if nothing had happened."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import verifier as lp
from tests.jobs.kills import network, stump
from tests.provers.cases import small_cells
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs import journals
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.units import checked, driver, journal, work
from verifier.writing.json_nouns import write_domain, write_tree

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def small_units(monkeypatch):
    """Units of a few hundred nodes, so that there are some."""
    planned = work.plan_for
    monkeypatch.setattr(driver, "plan_for", lambda *a: replace(planned(*a), budget=512))


class PowerCut(Exception):
    """Ends a run as a kill would, but in this process."""


def cut_after(patch, count):
    """Let the power go when so many fragments are kept."""
    keep, kept = journal.Journal.keep, []

    def until(self, *args):
        keep(self, *args)
        kept.append(1)
        if len(kept) == count:
            raise PowerCut

    patch.setattr(journal.Journal, "keep", until)


def interrupted(folder, job, *counts):
    """A job cut off after so many fragments, gone on with and cut off again, then ended."""
    for i, count in enumerate(counts):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCut):
            cut_after(patch, count)
            job(**{"resume" if i else "journal": folder})
    return job(resume=folder)


def certify(**kept):
    return lp.certify(network(0, 17, 16), stump(), bits(17), **kept)


def repair(**kept):
    return lp.repair(network(0, 17, 10), stump(), bits(17), leaves=20, **kept)


def distill(**kept):
    return lp.distill(network(0, 17, 10), bits(17), leaves=6, samples=60, **kept)


def by_points(**kept):
    """A tree from points on ranges, proved by the prover of questions or branch afterwards."""
    domain = lp.Domain.product(*(lp.Domain.range(name, 0, 40) for name in "abc"))
    return lp.distill(network(3, 3, 8), domain, method="cart", leaves=6, prove=True, **kept)


def repaired_by_points(**kept):
    """The same of a tree that was given, on a range that is too long to be listed."""
    ends = {"a": 2000, "b": 5, "c": 5}
    domain = lp.Domain.product(*(lp.Domain.range(name, 0, end) for name, end in ends.items()))
    tree = Tree((Inner(0, Fraction(500), 1, 2), Leaf(0), Leaf(1)))
    return lp.repair(network(3, 3, 8), tree, domain, leaves=6, **kept)


def reals(**kept):
    """Some boxes stay open, and are sampled: as much each time."""
    parts = lp.Domain.continuous("x", -1, 1), lp.Domain.continuous("y", -1, 1)
    found = lp.certify(network(3, 2, 6), stump(), lp.Domain.product(*parts), **kept)
    assert found.sampled is not None
    return found


def pairs(**kept):
    """A question about two copies of a network: at how many pairs one variable matters."""
    return lp.ask_fair(network(0, 16, 12), bits(16), "x0", **kept)


def formula(**kept):
    """A question about three models."""
    models = {"a": network(0, 17, 12), "b": network(2, 17, 12), "c": stump()}
    return lp.ask(
        {"all": [{"class": ["a", 1]}, {"not": {"same": ["b", "c"]}}]}, models, bits(17), **kept
    )


def valid(result, folder):
    """Whether a result's certificate, written and read again, is accepted."""
    result.save(folder / "out.lp")
    return lp.check(folder / "out.lp").verdict == result.verdict


JOBS = certify, repair, distill, by_points, repaired_by_points, reals, pairs, formula


@pytest.mark.parametrize("job", JOBS)
def test_a_run_cut_off_ends_as_an_undisturbed_one(job, tmp_path, monkeypatch):
    """The same certificate, and the same tree; what was done is not done again."""
    monkeypatch.setattr(checked, "SECONDS", 1e9)  # a busy machine writes no more of a check
    whole = job(journal=tmp_path / "whole")
    again = interrupted(tmp_path / "cut", job, 2, 1)
    assert again.data == whole.data
    assert any("going on from the" in note for note in again.notes)
    once = (tmp_path / "whole" / "journal").stat().st_size
    assert (tmp_path / "cut" / "journal").stat().st_size == once
    last = job(resume=tmp_path / "cut")
    assert last.data == whole.data
    assert (tmp_path / "cut" / "journal").stat().st_size == once


def test_killed_at_random_moments():
    """By signal 9, in processes; many more in the benchmark `journal`."""
    asked = [sys.executable, "-m", "tests.jobs.kills", "certify", "--kills", "2"]
    ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(ended.stdout)
    assert told["same"] == told["runs"] > 0
    assert told["kills"] == 2


def test_a_check_that_is_cut_off_goes_on(tmp_path, monkeypatch):
    """What the kernel has checked is not checked again; the certificate is the same."""
    monkeypatch.setattr(checked, "SECONDS", 0.0)
    small_cells(monkeypatch, 32)  # else it is a proof of few cells
    done, check = [], checked.check_section
    monkeypatch.setattr(checked, "check_section", lambda *a, **b: done.append(1) or check(*a, **b))

    def run(**kept):
        done.clear()
        return lp.certify(network(0, 18, 16), stump(), bits(18), **kept)

    whole = run(journal=tmp_path / "whole")
    every = len(done)
    assert every > 8
    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        remember, kept = journal.Journal.remember, []

        def until(self, name, data):
            remember(self, name, data)
            kept.append(name)
            if len(kept) == 5:
                raise PowerCut

        patch.setattr(journal.Journal, "remember", until)
        run(journal=tmp_path / "cut")
    assert all(name.startswith("check ") for name in kept)
    assert run(resume=tmp_path / "cut").data == whole.data
    assert len(done) == every - 5
    with monkeypatch.context() as patch:  # where no key can be kept, it begins anew, and says so
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "whole" / "journal"))
        again = run(resume=tmp_path / "cut")
    assert again.data == whole.data and not done
    assert any("no key can be kept" in note for note in again.notes)


def test_a_time_limit_is_kept_and_the_journal_goes_on(tmp_path, compiled, own_time, patient):
    """Each run ends with a certificate of what was proved, and the next one knows it."""
    net, domain = network(1, 40, 40), bits(40)
    first = lp.certify(net, stump(), domain, timeout=0.5, journal=tmp_path / "j", sample=0)
    assert first.verdict in ("undecided", "different")
    assert valid(first, tmp_path)
    size = (tmp_path / "j" / "journal").stat().st_size
    second = lp.certify(net, stump(), domain, timeout=0.5, resume=tmp_path / "j", sample=0)
    assert valid(second, tmp_path)
    assert (tmp_path / "j" / "journal").stat().st_size >= size
    assert any("going on from the" in note for note in second.notes)


def test_a_full_disk_ends_the_run_in_one_line(tmp_path, monkeypatch):
    """Nothing is written, the journal is whole, and goes on where there is room again."""
    write, written = os.pwrite, []

    def full(file, data, at):
        written.append(1)
        if len(written) == 5:
            write(file, data[:20], at)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, data, at)

    monkeypatch.setattr(journal.os, "pwrite", full)
    with pytest.raises(LeafproofError, match=r"cannot write .*No space left.*--resume") as error:
        certify(journal=tmp_path / "j", output=tmp_path / "out.lp")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.lp").exists()
    monkeypatch.setattr(journal.os, "pwrite", write)
    assert certify(resume=tmp_path / "j").data == certify(journal=tmp_path / "k").data


def test_from_the_command(call, tmp_path):
    """Files the same byte for byte, whatever the options were called; refusals in one line."""
    save_onnx(network(0, 17, 16), "net.onnx")
    save_onnx(network(2, 17, 16), "other.onnx")
    write_tree("tree.json", stump())
    write_tree("leaf.json", Tree((Leaf(0),)))
    asked = ["certify", "net.onnx", "tree.json", "-q"]
    assert call(*asked, "--journal", "j", "-o", "a.lp")[0] == 1
    assert call(*asked, "--resume", "j", "-o", "b.lp")[0] == 1
    assert (tmp_path / "a.lp").read_bytes() == (tmp_path / "b.lp").read_bytes()
    kept = (tmp_path / "j" / "journal").read_bytes()
    (tmp_path / "empty").mkdir()
    for words, says in [
        ([*asked, "--journal", "j"], "holds a journal already"),
        ([*asked, "--journal", "k", "--resume", "j"], "leave one out"),
        ([*asked, "--resume", "empty"], "holds no journal"),
        ([*asked, "--journal", "k", "--prover", "z3"], "unit by unit"),
        ([*asked, "--journal", "k", "--device", "cpu"], "leave --device out"),
        ([*asked, "--resume", "j", "--prover", "questions"], "another prover"),
        (["certify", "other.onnx", "tree.json", "--resume", "j"], "another network"),
        (["certify", "net.onnx", "leaf.json", "--resume", "j"], "another tree"),
        ([*asked, "--resume", "j", "--domain", "signs"], "another"),
        (["repair", "net.onnx", "tree.json", "-o", "r", "--resume", "j"], "another job"),
        (["repair", "net.onnx", "tree.json", "-o", "r", "--resume", "a.lp"], "not the folder"),
        (["distill", "net.onnx", "--method", "cart", "--journal", "k"], "give --certificate"),
    ]:
        code, out, error = call(*words)
        assert (code, out) == (3, ""), words
        assert says in error and error.count("\n") == 1, (words, error)
    assert (tmp_path / "j" / "journal").read_bytes() == kept
    assert not (tmp_path / "r").exists()


def test_questions_from_the_command(call, tmp_path):
    """The same certificate once more; another question, model or domain is refused in one line."""
    save_onnx(network(0, 12, 8), "a.onnx")
    save_onnx(network(2, 12, 8), "b.onnx")
    for name, size in (("d.json", 12), ("e.json", 13)):
        write_domain(name, bits(size))
    asked = ["ask", "same", "a.onnx", "b.onnx", "--domain", "d.json", "-q"]
    assert call(*asked, "--journal", "j", "-o", "1.lp")[0] == 1
    assert call(*asked, "--resume", "j", "-o", "2.lp")[0] == 1
    assert (tmp_path / "1.lp").read_bytes() == (tmp_path / "2.lp").read_bytes()
    assert call(*asked, "--resume", "1.lp", "-o", "1.lp")[0] == 1
    fair = ["ask", "fair", "a.onnx", "--protected", "x0", "--domain", "d.json"]
    for words, says in [
        ([*fair, "--resume", "j"], "another set of models"),
        (
            [
                "ask",
                "not same(a, b)",
                "a=a.onnx",
                "b=a.onnx",
                "--domain",
                "d.json",
                "--resume",
                "j",
            ],
            "set of models",
        ),
        ([*fair, "--journal", "j"], "holds a journal already"),
        ([*fair, "--journal", "k", "--device", "cpu"], "leave --device out"),
        ([*fair, "--journal", "k", "--resume", "j"], "leave one out"),
        ([*fair, "--address", "10.0.0.1:1"], "add --engine ray"),
        ([*fair, "--engine", "ray", "--device", "cpu"], "leave one out"),
        (["certify", "a.onnx", "t.json", "--resume", "j"], "another job"),
    ]:
        write_tree("t.json", stump())
        code, out, error = call(*words)
        assert (code, out) == (3, ""), words
        assert says in error and error.count("\n") == 1, (words, error)


def test_a_journal_of_another_version(tmp_path, monkeypatch):
    certify(journal=tmp_path / "j")
    monkeypatch.setattr(journals, "version", lambda _: "99")
    with pytest.raises(LeafproofError, match=r"the journal of Leafproof .*, and this is 99"):
        certify(resume=tmp_path / "j")


def test_two_runs_at_once(tmp_path):
    """The second is refused, and the first does not notice."""
    refused = []

    def hear(event):
        if not refused and (tmp_path / "j").exists():
            with pytest.raises(LeafproofError, match="in use by another run") as error:
                certify(resume=tmp_path / "j")
            refused.append(str(error.value))

    found = certify(journal=tmp_path / "j", progress=hear)
    assert refused
    assert found.data == certify(resume=tmp_path / "j").data


def test_ctrl_c_leaves_a_certificate_and_a_journal(tmp_path):
    """What is proved by then is checked; the journal goes on."""
    with pytest.MonkeyPatch.context() as patch:
        keep, kept = journal.Journal.keep, []
        patch.setattr(journal.Journal, "keep", lambda *a: (keep(*a), kept.append(1))[0])
        stopped = certify(journal=tmp_path / "j", stop=lambda: len(kept) >= 3)
    assert not stopped.finished
    assert valid(stopped, tmp_path)
    assert certify(resume=tmp_path / "j").data == certify(journal=tmp_path / "k").data
