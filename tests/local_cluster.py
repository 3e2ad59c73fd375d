"""A Ray cluster of several nodes on this machine, in a process of its own: nodes are killed there.

Run as a program it holds the nodes, and does what its standard input says, a line at a time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


class LocalCluster:
    """Nodes of one processor each; use it as a context. ``address`` is that of the first."""

    def __init__(self, nodes=1):
        self.folder = tempfile.TemporaryDirectory(prefix="lp")
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        self.address = self._ask("head")
        for _ in range(nodes - 1):
            self.add()

    def _ask(self, *words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def add(self, path=""):
        """One more node, whose Python finds packages at ``path`` first; returns its number."""
        return self._ask("add", path)

    def kill_node(self, number):
        """End a node and all of its workers at once."""
        return self._ask("kill", number)

    def kill_worker(self, number=0):
        """End one of the workers that have a task, without a warning; whether there was one."""
        return self._ask("worker", number)

    def tasks(self):
        """How many workers have a task of ours."""
        return self._ask("tasks")

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


def working():
    """The workers of these nodes that have a task, by their processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            mine = b"LEAFPROOF_TEST_CLUSTER=%d\0" % os.getpid() in (folder / "environ").read_bytes()
        except OSError:  # it has ended
            continue
        if mine and words.startswith((b"ray::check", b"ray::search")):
            found.append(int(folder.name))
    return sorted(found)


def main(folder):
    """Hold the nodes until nobody says more."""
    os.environ["LEAFPROOF_TEST_CLUSTER"] = str(os.getpid())
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Ray prints
    from ray.cluster_utils import Cluster

    cluster, nodes = Cluster(), []
    options = {"num_cpus": 1, "include_dashboard": False}
    for line in sys.stdin:
        match json.loads(line):
            case ["head"]:
                nodes.append(cluster.add_node(temp_dir=folder, **options))
                answer = cluster.address
            case ["add", path]:
                own = {"env_vars": {"PYTHONPATH": path}} if path else {}
                nodes.append(cluster.add_node(**options, **own))
                answer = len(nodes) - 1
            case ["kill", number]:
                cluster.remove_node(nodes[number], allow_graceful=False)
                answer = True
            case ["worker", number]:
                held = working()
                answer = bool(held)
                if held:
                    os.kill(held[number % len(held)], signal.SIGKILL)
            case ["tasks"]:
                answer = len(working())
        replies.write(json.dumps(answer) + "\n")
        replies.flush()
    cluster.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
