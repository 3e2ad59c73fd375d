"""What is shown while something runs, and what Ctrl-C does then."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.cli import live
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs import settling
from verifier.jobs.watching import CellCount, Over, Progress, Said, Stage
from verifier.kernel import checker, stopping
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch
from verifier.reading.certificate import read_certificate
from verifier.writing import certificate as writing
from verifier.writing.json_nouns import write_tree
from verifier.writing.threads import check_in_threads

COMMAND = Path(sys.executable).with_name("leafproof")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A teacher over 16 bits: 1 where more than 8 are set; and a tree of one test."""
    monkeypatch.chdir(tmp_path)
    weight = np.ones((1, 16), np.float32)
    save_onnx(Network(16, (Affine(0, weight, np.array([-8.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    return tmp_path


@pytest.fixture(autouse=True)
def heeded():
    """Ctrl-C is not ignored, as it is where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_is_a_flag_once_and_an_end_twice(number):
    """So is SIGTERM: of ``timeout``, and of containers that are stopped."""
    before = signal.getsignal(number)
    with live.watching() as watcher:
        watcher.hear(Stage("checking", "check"))
        assert not watcher.stop()
        interrupt(number)
        assert watcher.stop()
        with pytest.raises(KeyboardInterrupt):
            interrupt(number)
    assert signal.getsignal(number) is before


def test_who_hears_sigterm_already_goes_on_hearing_it():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with live.watching() as watcher:
            interrupt(signal.SIGTERM)
            assert heard and not watcher.stop()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_ctrl_c_ends_what_is_not_checked():
    with live.watching() as watcher:
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        watcher.hear(Stage("proving", "search"))
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        assert not watcher.stop()  # the search has heard of it
        watcher.hear(Over())
        assert watcher.stop()


def test_where_ctrl_c_is_ignored_it_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with live.watching() as watcher:
            interrupt()
            assert not watcher.stop()
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_while_the_kernel_checks_leaves_the_rest_open(files, capfd, monkeypatch):
    monkeypatch.setattr(checker, "WAITING", 16)
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    monkeypatch.setattr(settling, "GRACE", 0.0)
    monkeypatch.setattr(stopping.Hold, "due", lambda hold, pending: True)
    monkeypatch.setattr(branch, "_shape", lambda *_: None)  # many cells
    real, entered = check_in_threads, list[int]()

    def impatient(certificate, *, progress, **more):
        def count(done):
            progress(done)
            if done >= 32 and not entered:
                entered.append(done)
                interrupt()

        return real(certificate, progress=count, **more)

    monkeypatch.setattr(writing, "check_in_threads", impatient)
    arguments = ["certify", "net.onnx", "tree.json", "--prover", "branch", "-o", "cut.certificate"]
    assert run(arguments) in (1, 2)
    out, err = capfd.readouterr()
    assert "note: stopped: the kernel had checked" in err and err.count("\n") == 1
    assert " open)" in out or " open," in out
    assert run(["check", "cut.certificate"]) == 0
    steps = [x for x in read_certificate("cut.certificate").proof if type(x).__name__ != "Split"]
    assert sum(type(x).__name__ != "Open" for x in steps) == entered[0]


def test_ctrl_c_in_the_search_ends_it_and_spoils_no_earlier_certificate(files, capfd, monkeypatch):
    monkeypatch.setattr(settling, "GRACE", 0.0)
    monkeypatch.setattr(branch, "look_for_points", lambda search: interrupt())
    arguments = ["certify", "net.onnx", "tree.json", "--prover", "branch", "-o", "c"]
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert out.startswith("UNDECIDED") and "note: stopped: so as to end at once, the kernel" in err
    assert run(["check", "c"]) == 0
    held = Path("c").read_bytes()
    capfd.readouterr()
    assert run([*arguments, "--resume", "c"]) == 2
    assert "note: c is left as it was" in capfd.readouterr().err
    assert Path("c").read_bytes() == held
    monkeypatch.undo()
    monkeypatch.chdir(files)
    assert run([*arguments, "--resume", "c"]) == 1
    assert Path("c").read_bytes() != held


def test_lines_come_when_there_is_something_to_say(capfd):
    with live.watching() as watcher:
        watcher.hear(Stage("proving", "search"))
        for _ in range(3):
            watcher.hear(Progress(0, 1, 0.0, 0.0, doing="compiling"))
        watcher.hear(Progress(1, 1, 0.5, 1.0))
    out, err = capfd.readouterr()
    assert out == "" and err == "proving: compiling\n"


def test_a_line_that_says_nothing_new_comes_ever_more_seldom(capfd, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: clock[0])
    speak = live._lines("checker")
    for clock[0] in range(100):
        speak("at work", None, None, False)
    assert capfd.readouterr().err.splitlines() == ["checker: at work"] * 4  # after 5, 15, 35, 75 s
    speak("at work", 0.5, 3.0, False)
    assert capfd.readouterr().err == "checker: at work; about 3 s left\n"


def test_lines_name_cells_probability_rate_and_time_left(capfd, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.0)
    with live.watching() as watcher:
        watcher.hear(Stage("proving", "search"))
        watcher.hear(Progress(120, 7, 0.25, 60.0, remaining=12_000))
        watcher.hear(Over())
        watcher.hear(Stage("checking", "check", nodes=9))
        watcher.hear(CellCount(5))
    assert capfd.readouterr().err == (
        "proving: 120 cells closed, 7 open, 60 a second, probability 0.250000 proved; "
        "about 10^4 cells to go; about 3 min left\n"
        "checking: 5 of 5 cells; about 1 s left\n"
    )


def test_a_share_that_is_done_tells_of_the_time_left(capfd, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.0)
    with live.watching() as watcher:
        watcher.hear(Stage("float32 checker"))
        watcher.begun -= 90
        watcher.hear(Said("3 of 5 cells", 0.6))
        watcher.hear(Said("no cell", 0.0))
    said = "float32 checker: 3 of 5 cells; about 60 s left\nfloat32 checker: no cell\n"
    assert capfd.readouterr().err == said


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 s"), (59.6, "60 s"), (300, "5 min"), (7200, "2 h"), (3e5, "3 days"), (1e9, "years")],
)
def test_durations_in_words(seconds, words):
    assert live.duration(seconds) == words


def test_quiet_says_only_the_result(files, capfd):
    assert run(["certify", "net.onnx", "tree.json", "--quiet"]) == 1
    out, err = capfd.readouterr()
    assert out.startswith("DIFFERENT") and out.count("\n") == 1 and err == ""
    assert run(["certify", "net.onnx", "tree.json"]) == 1  # quiet is not handed on
    assert capfd.readouterr().out.count("\n") > 5


def test_verbose_says_what_is_done_on_standard_error(files, capfd):
    assert run(["certify", "net.onnx", "tree.json"]) == 1
    plain = capfd.readouterr()
    assert run(["certify", "net.onnx", "tree.json", "-v"]) == 1
    more = capfd.readouterr()
    assert "searching with exhaustive" in more.err and "16 columns" in more.err
    plain_words, words = (re.sub(r"\d+\.\d+", "TIME", x.out) for x in (plain, more))
    assert plain_words == words


@pytest.mark.parametrize("both", [["-q", "-v"], ["-v", "-q"]])
def test_quiet_and_verbose_contradict_each_other(files, capfd, both):
    assert run(["certify", "net.onnx", "tree.json", *both]) == 3
    err = capfd.readouterr().err
    assert "--quiet and --verbose contradict each other" in err and err.count("\n") == 1


def on_a_terminal(*arguments, **environment):
    """What the command shows on a terminal of its own, and its exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments],
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"} | environment,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return shown.decode(), process.wait()


def test_colours_honour_no_color(files):
    coloured, code = on_a_terminal("certify", "net.onnx", "tree.json")
    assert code == 1 and "\x1b[1;31mDIFFERENT" in coloured
    plain, code = on_a_terminal("certify", "net.onnx", "tree.json", NO_COLOR="1")
    assert code == 1 and "DIFFERENT" in plain and "31m" not in plain


def test_a_terminal_sees_a_bar(files):
    shown, _ = on_a_terminal("certify", "net.onnx", "tree.json", "--prover", "branch")
    assert "proving" in shown and "Ctrl-C keeps what is proved" in shown and "━" in shown


def test_a_shell_completes_verbs_and_options(files):
    def completed(words):
        environment = {"_LEAFPROOF_COMPLETE": "complete_bash", "COMP_WORDS": words}
        environment["COMP_CWORD"] = str(len(words.split()) - 1)
        done = subprocess.run(
            [COMMAND], env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return done.stdout.split()

    assert completed("leafproof cer") == ["certify"]
    assert "--timeout" in completed("leafproof certify --time")
