"""An exception that nothing expected ended with a traceback and exit code 1, that of "refuted"."""

import subprocess
import sys

import pytest

from tests.clocks import PATIENCE
from verifier.cli import main
from verifier.jobs import loading as load
from verifier.model.errors import UnsupportedError

FAULTS = [
    MemoryError(),
    OverflowError("integer division result too large for a float"),
    ValueError("array is too big"),
    RecursionError("maximum recursion depth exceeded"),
    KeyError("x"),
    ZeroDivisionError("division by zero"),
    AssertionError(),
    OSError(5, "Input/output error"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda x: type(x).__name__)
def test_a_fault_is_one_line_and_no_verdict(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(path: object) -> None:
        raise fault

    monkeypatch.delenv(main.DEBUG, raising=False)
    monkeypatch.setattr(load, "read_tree", broken)
    assert main.run(["certify", "net.onnx", "tree.json"]) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("leafproof: certify: ")
    assert "nothing was proved or refuted" in said
    if not isinstance(fault, MemoryError):
        assert type(fault).__name__ in said
        assert main.DEBUG in said


def test_the_traceback_can_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(path: object) -> None:
        raise KeyError("here")

    monkeypatch.setenv(main.DEBUG, "1")
    monkeypatch.setattr(load, "read_tree", broken)
    assert main.run(["certify", "net.onnx", "tree.json"]) == 3
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.splitlines()[-1].startswith("leafproof: certify: a fault of Leafproof (KeyError")


def test_an_unsupported_object_is_a_type_error_too() -> None:
    assert issubclass(UnsupportedError, TypeError)
    assert issubclass(UnsupportedError, ValueError)


LATE = """
import sys, time
from verifier.cli import ends, main
from verifier.jobs import loading as load

def loading(path):
    try:
        time.sleep(600)
    except BaseException:  # as C code does that is interrupted while it is loaded
        raise ImportError("initialization failed") from None

load.read_tree = loading
ends.begun(time.monotonic())
code = main.run(["certify", "net.onnx", "tree.json", "--timeout", "0.1"])
sys.stdout.flush()
ends.finished(code)
sys.exit(code)
"""


def ran(program: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", program]
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)


def test_what_the_end_of_the_time_breaks_is_no_fault() -> None:
    """An import cut short by the time limit was called a fault of Leafproof, with exit code 3."""
    ended = ran(LATE)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "the time limit ended the run" in ended.stderr


LOST = LATE.replace("try:", "Slow()\n    try:").replace(
    "def loading",
    """class Slow:
    def __del__(self):
        time.sleep(5)

def loading""",
)


def test_the_end_of_the_time_is_not_lost_in_a_destructor() -> None:
    """Where the limit's exception reached a destructor, a traceback was shown and nothing ended."""
    assert LOST != LATE
    ended = ran(LOST)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "the time limit ended the run" in ended.stderr
