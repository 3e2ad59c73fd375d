"""A Ray cluster of several nodes on this machine, begun by the commands of docs/how-to/cluster.md.

Nodes and workers are killed as machines die: at once, without a word.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.clocks import PATIENCE
from tests.docs_blocks import ROOT, blocks
from verifier.provers.cluster import joining

PAGE = ROOT / "docs" / "how-to" / "cluster.md"
MARK = "LEAFPROOF_TEST_NODE"
"""The environment variable that tells the processes of each node from all others."""
SMALL = ["--num-cpus=1", "--object-store-memory=100000000"]
STARTS = 4
"""Times that a node is started: Ray gives it up where a busy machine takes 30 seconds for it."""
ENDS = 120.0
"""Seconds that processes have to be gone once they are killed."""


def commands():
    """The three commands of the page, as words."""
    text = next(x.text for x in blocks(PAGE) if x.language == "sh")
    return [shlex.split(line) for line in text.strip().splitlines()]


class LocalCluster:
    """Nodes of one processor each; use it as a context. ``address`` is that of the first."""

    def __init__(self, nodes=1):
        self.name, self.count = secrets.token_hex(8), 0
        self.folder = tempfile.TemporaryDirectory(prefix="lp", ignore_cleanup_errors=True)
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.port = held.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.before = {key: os.environ.get(key) for key in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN")}
        self.answers = joining.ANSWERS
        joining.ANSWERS = PATIENCE  # a busy machine needs longer, and its nodes do answer
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        head, other, _ = commands()
        self.other = self._here(other)
        try:
            more = ["--include-dashboard=false", f"--temp-dir={self.folder.name}"]
            self._start([*self._here(head), *more])
            for _ in range(nodes - 1):
                self.add()
        except BaseException:
            self.end()
            raise

    def _here(self, words):
        """A command of the page about this cluster, on the machine where it is."""
        words = [
            x.replace("HEAD:6379", self.address).replace("6379", str(self.port)) for x in words
        ]
        return (
            [sys.executable, "-m", "ray.scripts.scripts", *words[1:]]
            if words[0] == "ray"
            else words
        )

    def _start(self, words, path=""):
        self.count += 1
        own = {MARK: f"{self.name}-{self.count - 1}", "RAY_USAGE_STATS_ENABLED": "0"}
        own["RAY_worker_niceness"] = "0"  # else a busy machine leaves workers next to nothing
        if path:
            own["PYTHONPATH"] = path
        for _ in range(STARTS):
            done = subprocess.run(
                [*words, *SMALL],
                env={**os.environ, **own},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return self.count - 1
            self.kill_node(self.count - 1)  # what there is of it
        raise AssertionError(done.stdout + done.stderr)

    def add(self, path=""):
        """One more node, whose Python finds packages at ``path`` first; returns its number."""
        return self._start(self.other, path)

    def kill_node(self, number):
        """End a node and all of its workers at once."""
        self._kill(f"{self.name}-{number}")

    def kill_worker(self, number=0):
        """End one of the workers that have a task; whether there was one."""
        held = self.tasks()
        if held:
            with contextlib.suppress(ProcessLookupError):
                os.kill(held[number % len(held)], signal.SIGKILL)
        return bool(held)

    def tasks(self):
        """The workers that have a task of ours, by their processes."""
        return [
            pid
            for pid, words in processes(self.name)
            if words.startswith(("ray::check", "ray::count", "ray::search"))
        ]

    def leafproof(self, *words):
        """The page's third command, or the same with other words, as it is run here."""
        return [*self._here(commands()[2])[1:], *words]

    def _kill(self, mark):
        end = time.monotonic() + ENDS
        while (held := list(processes(mark))) and time.monotonic() < end:
            for pid, _ in held:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def end(self):
        """Kill all nodes, and leave nothing."""
        joining.ANSWERS = self.answers
        self._kill(self.name)
        for key, value in self.before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.end()


def processes(mark):
    """Processes that live and whose mark begins so, each with its command line."""
    wanted = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            held = (folder / "environ").read_bytes().split(b"\0")
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended, or is another's
            continue
        if any(x == wanted or x.startswith(wanted + b"-") for x in held):
            yield int(folder.name), words
