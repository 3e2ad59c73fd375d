"""A real Ray cluster of several nodes: whatever is killed, what is found is the same.

``python -m tests.benchmarks cluster`` kills at many more moments.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from tests.docs_blocks import blocks
from tests.jobs import kills
from tests.local_cluster import PAGE, LocalCluster
from verifier.cli.main import run
from verifier.kernel.checker import prepared
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch
from verifier.provers.cluster import counting, door, joining
from verifier.provers.cluster.joining import join
from verifier.provers.cluster.messages import Done, Lost, Work
from verifier.provers.cluster.plain import of_bytes, printable
from verifier.provers.cluster.remote import remote
from verifier.provers.cluster.spreading import spread
from verifier.provers.units import driver, journal, work
from verifier.provers.units.checked import here, keeping
from verifier.provers.units.driver import Units
from verifier.provers.units.seal import Seal
from verifier.provers.units.unit import Plan
from verifier.writing.certificate import make_certificate
from verifier.writing.threads import check_in_threads

pytestmark = pytest.mark.xdist_group("ray")


@pytest.fixture(scope="module")
def nodes():
    with LocalCluster(2) as held:
        yield held


@pytest.fixture(scope="module")
def joined(nodes, tmp_path_factory):
    """Joined once: each time costs a process that loads Ray here, and a worker on each node."""
    with contextlib.chdir(tmp_path_factory.mktemp("empty")):  # where workers look first
        cluster = join(nodes.address)
    with cluster:
        yield cluster


@pytest.fixture
def shared(nodes, joined, monkeypatch):
    """What a job is asked for to run on the cluster, which it finds joined, and does not leave."""
    monkeypatch.setattr(joining, "join", lambda address: joined)
    monkeypatch.setattr(joined, "leave", joined.drop)
    return {"engine": "ray", "address": nodes.address}


@pytest.fixture
def matter(monkeypatch):
    """A network and a tree that differ, searched in many small units, without compiled code."""
    monkeypatch.setattr(branch, "_shape", lambda *_: None)  # else it is a proof of few cells
    rng, size = np.random.default_rng(7), 20
    weight = (rng.normal(size=(8, size)) * 0.8 ** np.arange(size)).round(3)
    last = Affine(2, rng.normal(size=(1, 8)).round(2), np.array([-0.1]))
    network = Network(size, (Affine(0, weight, np.zeros(8)), Relu(1), last))
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    monkeypatch.setattr(driver, "plan_for", lambda matter, search, key="": Plan("batched", 64, key))
    return matter_of(bits(size), network, tree)


class Disturbed:
    """An engine on a cluster where something happens once so many fragments have arrived."""

    elsewhere = True

    def __init__(self, cluster, events):
        self.cluster, self.events, self.count = cluster, dict(events), 0

    def __call__(self, *about):
        self.inner = remote(self.cluster)(*about)
        return self

    def submit(self, unit):
        self.inner.submit(unit)

    def arrived(self, wait):
        found = self.inner.arrived(wait)
        self.count += len(found)
        for at in [at for at in self.events if at <= self.count]:
            self.events.pop(at)()
        return found

    def stop(self):
        self.inner.stop()


def test_a_machine_with_another_leafproof_is_refused_by_name(nodes, joined, tmp_path):
    """Whoever joins is told; who has joined before goes on without it."""
    other = tmp_path / "verifier" / "provers" / "cluster"
    other.mkdir(parents=True)
    for folder in (other, *other.parents[:2]):
        (folder / "__init__.py").write_text("")
    (other / "identity.py").write_text(
        "def identity():\n    return {'leafproof': '0.0.9', 'python': '3.11'}\n"
    )
    number = nodes.add(str(tmp_path))
    try:
        with pytest.raises(
            LeafproofError, match=r"the machine .* runs Leafproof 0\.0\.9, and here"
        ):
            join(nodes.address)
        assert any(joined.notes or joined.arrived(0.1) for _ in range(6000))
        (why,) = joined.notes
        assert "runs Leafproof 0.0.9" in why and joined.workers == 2 and not joined.asked
    finally:
        nodes.kill_node(number)
        joined.notes.clear()


def test_the_commands_of_the_page(nodes, tmp_path, monkeypatch, capfd):
    """From nothing to a certificate over two nodes, which is that of a run with a journal.

    Standard output and error hold what Leafproof says, and nothing that Ray does.
    """
    monkeypatch.chdir(tmp_path)
    weight = np.eye(10)[:1]
    Network(10, (Affine(0, weight, np.array([-0.5])),)).save("net.onnx")
    json_block = next(x for x in blocks(PAGE) if x.title == "tree.json")
    Path("tree.json").write_text(json_block.text)
    assert run(nodes.leafproof("--json")) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["verdict"] == "equivalent"
    assert "Assumed" not in out and "ray" not in err.lower()
    assert run(["certify", "net.onnx", "tree.json", "--journal", "kept", "-o", "other", "-q"]) == 0
    assert Path("other").read_bytes() == Path("net.certificate").read_bytes()
    again = ["check", "net.certificate", "--engine", "ray", "--address", nodes.address, "-q"]
    assert run(again) == 0


def test_an_error_on_a_worker_is_one_line_here(joined):
    report = failed(joined)
    assert report.why.startswith("work failed on the machine ")
    assert "UnpicklingError" in report.why and "\n" not in report.why


def failed(cluster):
    """What is reported of work that cannot be done."""
    key = cluster.submit("check", cluster.share(b"no pickle"), b"")
    return next(x for _ in range(6000) for x in cluster.arrived(0.1) if x.key == key)


class Twice:
    """What is interrupted while it is unpickled, but twice alone; then it is "7"."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        folder = f"__import__('pathlib').Path({self.folder!r})"
        hit = "__import__('tempfile').mkstemp(dir=x), (y for y in ()).throw(KeyboardInterrupt)"
        both = f"(lambda x: ({hit}) if len([*x.iterdir()]) < 2 else '7')({folder})"
        return eval, (both,)


def test_work_that_an_interrupt_of_other_work_ends_is_done_again(joined, matter, tmp_path):
    """It comes too late for the task that it was meant for: the next one on that worker has it.

    Twice, as what takes long is begun on a second machine, which would have done it.
    """
    function = counting.packed(printable, prepared(matter))
    share = joined.share(pickle.dumps(counting.Job(pickle.dumps(matter), function)))
    key = joined.submit("count", share, pickle.dumps([Twice(tmp_path)]))
    reports = []
    for _ in range(6000):
        reports += [x for x in joined.arrived(0.1) if x.key == key]
        if any(not isinstance(x, Lost) for x in reports):
            break
    assert isinstance(reports[-1], Done)
    assert of_bytes(tuple[str, ...], reports[-1].result, "it") == ("7",)


class Tasks:
    """Ray's part that waits for tasks and cancels them; ``over`` are those that have ended."""

    def __init__(self):
        self.over, self.cancelled = set(), []

    def wait(self, refs, num_returns, timeout):
        assert num_returns == len(refs) and timeout == 0
        return [x for x in refs if x in self.over], [x for x in refs if x not in self.over]

    def cancel(self, ref, force):
        self.cancelled.append((ref, force))


def test_what_is_dropped_ends_by_itself_or_is_interrupted_or_its_worker_is_ended(monkeypatch):
    """Short tasks by themselves: where one is cancelled as it ends, Ray's process may die."""
    tasks, clock = Tasks(), [0.0]
    monkeypatch.setattr(door, "ray", tasks)
    monkeypatch.setattr(door, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    held = door.Door(None, None)
    held._drop(["short", "long", "deaf"])
    for at, over, cancelled in (
        (door.SOON / 2, "", []),
        (door.SOON * 2, "short", [("long", False), ("deaf", False)]),
        (door.SOON + door.DEAF, "long", []),
        (2 * door.SOON + 2 * door.DEAF, "", [("deaf", True)]),
    ):
        clock[0] = at
        tasks.over.add(over)
        tasks.cancelled.clear()
        held._insist()
        assert tasks.cancelled == cancelled, at
    assert not held.dropped and not held.interrupted


def test_what_waits_behind_other_work_is_begun_elsewhere_first(monkeypatch):
    """Else a second machine does what the first one is at, and the rest waits behind both."""
    held, begun = door.Door(None, None), []

    def start(work, at):
        begun.append((work.key, at))
        held.machines[at].holds += 1

    monkeypatch.setattr(held, "_start", start)
    held.machines = {at: door.Machine(at, 1, known=True) for at in "ab"}
    held.machines["a"].holds = 2
    for key in (1, 2):
        held.running[key] = door.Held(Work(key, "check", 1, b""), "a", time.monotonic() - 60.0)
        held.open[key] = 1
    held.hand_out()
    assert begun == [(2, "b")]


class Slow:
    """What takes ten minutes to be unpickled, and leaves a file where that has begun."""

    lines: ClassVar = ["time.sleep(600)"]

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        begun = ["import pathlib, time", f"pathlib.Path({self.mark!r}).touch()"]
        return exec, ("\n".join([*begun, *self.lines]), {})


class Deaf(Slow):
    """The same, where an interrupt is lost."""

    lines: ClassVar = ["while True:", " try: time.sleep(600)", " except BaseException: pass"]


def test_workers_that_are_interrupted_while_they_load_end(nodes, joined, tmp_path):
    """Modules that are half loaded would have all further work on them fail."""
    assert any(not nodes.tasks() or time.sleep(0.05) for _ in range(6000))
    marks = tmp_path / "slow", tmp_path / "deaf"
    for loaded in Slow(marks[0]), Deaf(marks[1]):
        joined.submit("check", joined.share(pickle.dumps(loaded)), b"")
    # a worker that is interrupted before it loads anything goes on
    assert any(all(x.exists() for x in marks) or time.sleep(0.05) for _ in range(6000))
    begun = nodes.tasks()
    assert len(begun) == 2
    joined.drop()
    for worker in begun:
        assert any(time.sleep(0.05) or not Path(f"/proc/{worker}").exists() for _ in range(6000))
    failed(joined)


def test_who_leaves_leaves_no_work_behind(nodes, matter):
    """Also where a KeyboardInterrupt comes in the middle: it leaves a valid part of the proof."""

    def interrupt():
        raise KeyboardInterrupt

    before = threading.active_count()
    with join(nodes.address) as cluster:
        found = driver.prove(matter, units=Units(Disturbed(cluster, {30: interrupt})))
        process = cluster.door
    assert process.poll() is not None and threading.active_count() == before
    _, _, verdict = make_certificate(matter, found, "branch")
    assert verdict.checked.cells["open"] and verdict.checked.cells["constant"]
    assert any(not nodes.tasks() or time.sleep(0.05) for _ in range(6000))


def test_ctrl_c_ends_the_command_with_a_valid_certificate_and_no_work(nodes, tmp_path):
    """As a terminal sends it: to the command and to all that it began."""
    network = kills.network(1, 40, 64)  # nobody ends this search
    network.save(tmp_path / "net.onnx")
    (tmp_path / "tree.json").write_text(json.dumps(kills.STUMP))
    more = ["--engine", "ray", "--address", nodes.address, "-o", "cut.lp", "--sample", "0"]
    start = f"""from verifier.cli.main import main
from verifier.provers.cluster import joining
joining.ANSWERS = {PATIENCE}
main()"""
    words = [sys.executable, "-c", start, "certify", "net.onnx", "tree.json", *more]
    command = subprocess.Popen(
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a process group, which a terminal would have as well
        # a test run in the background would hand down that Ctrl-C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert any(nodes.tasks() or time.sleep(0.05) for _ in range(6000))
        time.sleep(2)
        os.killpg(command.pid, signal.SIGINT)
        out, _ = command.communicate(timeout=PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)
    assert command.returncode in (1, 2), out
    assert "Traceback" not in out
    assert any(not nodes.tasks() or time.sleep(0.05) for _ in range(6000))
    checked = lp.check(tmp_path / "cut.lp")
    assert checked.proved.checked.cells["open"]


@pytest.fixture
def small(monkeypatch):
    """A network of one layer and a stump that differ, in units of a few hundred nodes."""
    planned = work.plan_for
    monkeypatch.setattr(driver, "plan_for", lambda *a: replace(planned(*a), budget=512))
    return kills.network(0, 17, 16), kills.stump(), bits(17)


def test_repairs_and_questions_on_a_cluster_are_those_of_a_journal(shared, small, tmp_path):
    """The same tree, and the same certificates."""
    _, tree, domain = small
    repaired = kills.network(0, 17, 3), tree, domain
    here, there = lp.repair(*repaired, journal=tmp_path / "j"), lp.repair(*repaired, **shared)
    assert there.tree == here.tree and there.data == here.data
    assert there.leaves_added > 0 and there.verdict == "equivalent"
    parts = lp.Domain.continuous("x", -1, 1), lp.Domain.continuous("y", -1, 1)
    left = kills.network(3, 2, 6), tree, lp.Domain.product(*parts)
    here, there = lp.certify(*left, journal=tmp_path / "l"), lp.certify(*left, **shared)
    assert there.data == here.data and there.sampled is not None
    there.save(tmp_path / "sampled")
    assert lp.check(tmp_path / "sampled", **shared).sampled == here.sampled
    asked = small[0], domain, "x0"
    here, there = lp.ask_fair(*asked, journal=tmp_path / "k"), lp.ask_fair(*asked, **shared)
    assert there.data == here.data
    assert there.verdict == "somewhere"


def test_a_run_on_a_cluster_goes_on_from_its_journal(shared, small, tmp_path, monkeypatch):
    """It is cut off in the search, and gone on with here; or the other way."""
    whole = lp.certify(*small, journal=tmp_path / "whole")
    keep, kept = journal.Journal.keep, []

    def until(self, *args):
        keep(self, *args)
        kept.append(1)
        if len(kept) == 4:
            raise PowerCut

    for name, first, second in (("a", shared, {}), ("b", {}, shared)):
        kept.clear()
        with monkeypatch.context() as patch, pytest.raises(PowerCut):
            patch.setattr(journal.Journal, "keep", until)
            lp.certify(*small, journal=tmp_path / name, **first)
        again = lp.certify(*small, resume=tmp_path / name, **second)
        assert again.data == whole.data
        assert any("going on from the" in note for note in again.notes)


def test_a_check_on_a_cluster_goes_on_from_its_journal(joined, matter, monkeypatch):
    """Sections that are kept are not handed out again; who kept them does not matter."""
    found = driver.prove(matter)
    _, held, verdict = make_certificate(matter, found, "branch")
    store = Memory()
    keep = keeping(store, Seal(bytes(32)))
    sent, submit = [], joined.submit
    monkeypatch.setattr(joined, "submit", lambda *x: sent.append(1) or submit(*x))

    def checked(some):
        sent.clear()
        own = keeping(some, Seal(bytes(32)))
        again = check_in_threads(held, spread=lambda *about: spread(joined, own, *about))
        assert again.leaves == verdict.leaves
        return len(sent)

    count = checked(store)
    assert count > 4
    names = list(store)
    assert checked(store) == 0
    some = [x for i, x in enumerate(names) if i not in (2, len(names) - 1)]
    assert checked(Memory({x: store[x] for x in some})) == 2
    assert check_in_threads(held, spread=lambda *about: here(keep, *about)).leaves == verdict.leaves


def test_whatever_is_killed_the_proof_and_the_certificate_are_the_same(nodes, joined, matter):
    """A worker, and then a whole node, in the middle of a search; then a check without it.

    It is the last test, as the others want two nodes.
    """
    alone = driver.prove(matter)
    killed = []
    # beside the search: a worker has a task only while it goes on
    tried = (nodes.kill_worker() for _ in range(500))
    killer = threading.Thread(target=lambda: killed.append(any(tried)))
    events = {5: killer.start, 60: lambda: nodes.kill_node(1)}
    assert joined.workers == 2
    engine = Disturbed(joined, events)
    found = driver.prove(matter, units=Units(engine))
    killer.join()
    assert killed == [True] and engine.count > 200
    assert (found.proof, found.counterexamples) == (alone.proof, alone.counterexamples)
    here, _, verdict = make_certificate(matter, found, "branch")
    there, _, same = make_certificate(
        matter, found, "branch", spread=lambda *about: spread(joined, None, *about)
    )
    for _ in range(3000):  # Ray takes a while to notice
        if joined.workers == 1:
            break
        joined.arrived(0.1)
    assert joined.workers == 1
    assert here == there and verdict.leaves == same.leaves
    assert sum(not isinstance(x, Split) for x in found.proof) > 64  # sections: more than one


class PowerCut(Exception):
    """Ends a run as a kill would, but in this process."""


class Memory(dict):
    """A store that is none."""

    def recall(self, name):
        return self.get(name)

    def remember(self, name, data):
        self.setdefault(name, data)
