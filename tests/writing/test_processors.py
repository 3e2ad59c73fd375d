"""How much of the processors there is: with others at work, and where nobody tells of them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from verifier.writing import processors
from verifier.writing.processors import Clocks, clocks, granted

THEN = Clocks(10.0, 5.0, 100.0)


@pytest.fixture
def later(monkeypatch):
    """The clocks so many seconds after THEN, on four processors."""
    monkeypatch.setattr(processors, "processors", lambda: 4)

    def at(passed, used, every=0.0):
        held = Clocks(THEN.passed + passed, THEN.used + used, THEN.every + every)
        monkeypatch.setattr(processors, "clocks", lambda: held)

    return at


@pytest.mark.parametrize(
    ("used", "every", "share"),
    [
        (0.8, 2.8, 0.75),  # threads without work, and others that had 2 of 8 seconds
        (0.8, 0.8, 1.0),
        (4.0, 8.0, 0.5),
        (0.0, 8.0, 0.0),
        (2.0, 0.0, 0.25),  # nobody tells of others
        (9.0, 9.0, 1.0),
    ],
)
def test_the_greater_share_of_what_was_had_and_left_counts(later, used, every, share):
    later(2.0, used, every)
    assert granted(THEN, 4) == pytest.approx(share)


def test_no_time_at_all(later):
    later(0.0, 0.0)
    assert granted(THEN, 1) == 0


def test_a_machine_that_does_not_tell(monkeypatch):
    monkeypatch.setattr(processors, "BUSY", Path("/nowhere"))
    assert clocks().every == 0


def test_what_others_do_elsewhere_on_the_machine_tells_a_container_nothing(monkeypatch):
    monkeypatch.setattr(processors, "processors", lambda: 1)
    monkeypatch.setattr(processors.os, "cpu_count", lambda: 64)
    assert clocks().every == 0


@pytest.mark.parametrize(
    ("files", "many"),
    [
        ({"cpu.max": "max 100000"}, 8),
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "6400000 100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
        ({"cpu/cpu.cfs_quota_us": "300000"}, 8),
        ({"cpu.max": "nonsense"}, 8),
        ({}, 8),
    ],
)
def test_a_container_has_a_part_of_the_machine(files, many, tmp_path, monkeypatch):
    for name, held in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{held}\n")
    monkeypatch.setattr(processors, "GROUPS", tmp_path)
    monkeypatch.setattr(processors.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert processors.processors.__wrapped__() == many


@pytest.mark.parametrize(("own", "every"), [(0, 6.0), (5, 106.0)])
def test_what_is_nicer_than_this_program_hardly_takes_anything(own, every, tmp_path, monkeypatch):
    (tmp_path / "stat").write_text("cpu  300 10000 200 7 8 90 10 0 0 0\ncpu0 1 2 3 4 5 6 7 8\n")
    monkeypatch.setattr(processors, "BUSY", tmp_path / "stat")
    monkeypatch.setattr(processors, "processors", lambda: processors.os.cpu_count())
    monkeypatch.setattr(processors.os, "nice", lambda _: own)
    monkeypatch.setattr(processors.os, "sysconf", lambda _: 100)
    monkeypatch.setattr(processors, "_begun", lambda: 0)
    assert clocks().every == every
    monkeypatch.setattr(processors, "_begun", lambda: 50)
    assert clocks().every == every - 0.5


@pytest.mark.skipif(not processors.OWN.exists(), reason="Linux tells of a process's children")
def test_what_processes_take_that_were_begun_here_is_known():
    before = processors._begun()
    code = "import sys\nfor i in range(10**7): pass\nprint(flush=True)\nsys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        child.stdout.readline()
        assert processors._begun() > before


def test_time_passes():
    since = clocks()
    sum(range(200_000))
    at = clocks()
    assert at.passed > since.passed and at.used > since.used and at.every >= since.every


@pytest.mark.parametrize(("passed", "slow"), [(0.004, 1.0), (0.04, 10.0), (0.002, 1.0)])
def test_how_slow_things_are_just_now(passed, slow, monkeypatch):
    own, every = iter((0.0, 0.002, 0.005)), iter((0.0, passed))
    told = SimpleNamespace(thread_time=lambda: next(own), perf_counter=lambda: next(every))
    monkeypatch.setattr(processors, "time", told)
    assert processors.slow_now(0.004) == pytest.approx(slow)


def test_how_long_threads_were_kept_waiting(tmp_path, monkeypatch):
    for thread, text in (("1", "9000000000 2500000000 7"), ("2", "1 4000000000 2")):
        (tmp_path / thread).mkdir()
        (tmp_path / thread / "schedstat").write_text(text)
    monkeypatch.setattr(processors, "OWN", tmp_path)
    assert processors.kept_waiting() == 4.0
    (tmp_path / "2" / "children").write_text("77 78 79 ")  # of which the last has ended
    for child, text in (("77", "1 1500000000 7"), ("78", "1 500000000 2")):
        (tmp_path / "all" / child).mkdir(parents=True)
        (tmp_path / "all" / child / "schedstat").write_text(text)
    monkeypatch.setattr(processors, "PROCESSES", tmp_path / "all")
    assert processors.kept_waiting() == 5.5
    monkeypatch.setattr(processors, "OWN", tmp_path / "nowhere")
    assert processors.kept_waiting() == 0.0


def test_who_sleeps_is_not_kept_waiting():
    before = processors.kept_waiting()
    time.sleep(0.3)
    assert processors.kept_waiting() - before < 0.3
