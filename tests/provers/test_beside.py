"""What is not kept on disk is compiled by a process of its own, once, and waited for in time."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from tests.clocks import PATIENCE
from tests.compiling import _problem
from verifier.model.proof import is_open
from verifier.model.question import Bound, ClassIs, Matter
from verifier.provers.options import Options

beside = pytest.importorskip("verifier.provers.compiled.beside")
from verifier.provers.compiled import apart  # noqa: E402  (they need Numba)
from verifier.provers.pairs import loading, proving  # noqa: E402

TOY = """
from numba import njit
SOURCES = ("toy.py",)
@njit(cache=True)
def toy(x):
    return x + {}
"""


def toy(folder, monkeypatch, more):
    """A compiled function in a file of its own."""
    (folder / "toy.py").write_text(TOY.format(more))
    spec = importlib.util.spec_from_file_location("tests.toy", folder / "toy.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "tests.toy", module)
    spec.loader.exec_module(module)
    return module.toy


class Process:
    """A process that never ends."""

    def __init__(self, command, **how):
        self.command, self.how = command, how

    def poll(self):
        return None


@pytest.fixture
def started(monkeypatch):
    """No process is started, and none was."""
    monkeypatch.setattr(beside, "_STARTED", {})
    monkeypatch.setattr(subprocess, "Popen", Process)


def test_a_process_is_started_until_the_code_is_kept(started, tmp_path, monkeypatch):
    first = beside.begun("one", toy(tmp_path, monkeypatch, 1))
    assert first.command[1:] == ["-P", "-m", "verifier.provers.compiled.apart", "one"]
    assert first.how["start_new_session"]
    held = toy(tmp_path, monkeypatch, 1)
    assert beside.begun("one", held) is first
    with beside.alone(held):
        assert held(1) == 2
    assert beside.begun("two", held) is None  # it is loaded
    assert beside.begun("three", toy(tmp_path, monkeypatch, 1)) is None  # it is kept
    assert beside.begun("four", toy(tmp_path, monkeypatch, 2)) is not None  # that is another


def test_where_no_process_can_be_started_none_is_waited_for(started, tmp_path, monkeypatch):
    def refused(command, **how):
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert beside.begun("one", toy(tmp_path, monkeypatch, 1)) is None


def test_what_is_no_compiled_function_is_left_alone(started):
    assert beside.begun("search", SimpleNamespace(signatures=())) is None


def test_the_wait_ends_in_time_and_says_what_for(monkeypatch):
    monkeypatch.setattr(loading, "run", SimpleNamespace(signatures=()))
    monkeypatch.setattr(loading, "begun", lambda name, function: Process(name))
    domain, network = _problem()
    matter = Matter(domain, (Bound("a", network, tuple(range(6))),), ClassIs(0, 1))
    said = []
    search = proving.begin(matter, Options(progress=said.append))
    begun = time.monotonic()
    assert not loading.ready(search, begun + 0.2)
    assert time.monotonic() < begun + PATIENCE
    assert any("compiling" in x.doing for x in said)


def test_meanwhile_questions_are_answered_without_it(monkeypatch):
    """Whoever asks on the day of an installation has an answer, too."""
    monkeypatch.setattr(loading, "run", SimpleNamespace(signatures=()))
    monkeypatch.setattr(loading, "begun", lambda name, function: Process(name))
    domain, network = _problem()
    matter = Matter(domain, (Bound("a", network, tuple(range(6))),), ClassIs(0, 1))
    found = proving.prove(matter, Options(), time.monotonic() + PATIENCE)
    assert found is not None and not is_open(found.proof)
    assert proving.prove(matter, Options(), time.monotonic()) is None


def test_what_it_makes_is_what_is_called():
    """The problems that are compiled for are of the kinds that the searches take."""
    domain, network = apart._problem()
    matter = Matter(domain, (Bound("a", network, (0, 1)),), ClassIs(0, 1))
    assert proving.begin(matter, Options()) is not None
    with pytest.raises(KeyError):
        apart.main("nothing")


def test_a_process_that_ends_waits_for_what_it_loads():
    """A compiler that is at work as the process ends would abort it."""
    program = (
        "import time; from verifier.provers.compiled.making import in_thread as begin; "
        "begin('loading', lambda: (time.sleep(0.2), print('loaded', flush=True)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert ran.stdout == b"loaded\n" and not ran.stderr
