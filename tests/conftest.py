"""Settings that every test shares."""

import gc
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import settings

from tests import clocks
from tests.every import examples

# Small products, on few processors: more threads only wait for each other, and for other workers.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Nothing is kept in the home of whoever runs the tests; the folder goes with this process.
STATE = tempfile.TemporaryDirectory(prefix="lp-state")
os.environ["XDG_STATE_HOME"] = STATE.name
# The machine may be busy: time is never a reason to fail. The examples are the same every time.
settings.register_profile("leafproof", deadline=None, derandomize=True, max_examples=examples(100))
settings.load_profile("leafproof")


def pytest_sessionstart(session):
    """After an installation two workers compile a search each, and not both of them both."""
    worker = getattr(session.config, "workerinput", None)
    compiled = next(Path(__file__).parents[1].glob("verifier/**/*.nbi"), None)
    if worker is None or worker["workercount"] < 2 or compiled is not None:
        return
    from tests.compiling import compile_branching, compile_sandwiches

    shares = {"gw0": compile_branching, "gw1": compile_sandwiches}
    shares.get(worker["workerid"], lambda: None)()


def pytest_collection_finish(session):
    """What is loaded by now stays: the collector of garbage need not go through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def compiled_before_the_next_test():
    """Wait for a compilation that a search out of time left behind.

    Numba suspends the warning filters while it compiles, in all threads.
    """
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("leafproof compiling"):
            thread.join()


@pytest.fixture(scope="session")
def compiled():
    """Both compiled searches are loaded: for tests in which a clock runs.

    Compiling, once after an installation, takes longer than any limit of theirs on a busy machine.
    """
    from tests.compiling import compile_all

    compile_all()


@pytest.fixture
def patient(monkeypatch):
    """A time limit ends searches only: whatever a busy machine takes to read, check and write."""
    from verifier.jobs.limit import Limit

    for name in ("cut", "given_up"):
        monkeypatch.setattr(Limit, name, property(lambda limit: limit.start + 600))


@pytest.fixture
def clock(monkeypatch):
    """The clock of all deadlines: it goes as the test says."""
    clock = clocks.Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def own_time(monkeypatch):
    """Deadlines are of the processor's time that this process takes."""
    monkeypatch.setattr(time, "monotonic", clocks.own_time)


@pytest.fixture
def brisk_time(monkeypatch):
    """As `own_time`, and every limit is a quarter of what is said."""
    monkeypatch.setattr(time, "monotonic", clocks.brisk_time)


@pytest.fixture
def call(tmp_path, capfd, monkeypatch):
    """The command, in a folder of the test's own: its exit code, standard output and error."""
    from verifier.cli.main import run

    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        capfd.readouterr()
        code = run([str(a) for a in arguments])
        return code, *capfd.readouterr()

    return invoke
