"""Runs with a journal, killed at random moments and gone on with: ``python -m tests.jobs.kills``.

The process makes everything ready and runs the job undisturbed; then it forks one child after the
other, each of which begins or goes on with the job, and kills it when its journal has reached a
random length. A last child comes to the end. All of it in a process of its own, which has no
threads when it forks.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

import verifier as lp
from verifier.distillers import kept
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.units import checked, driver, work

NODES = 1024
"""Nodes of a unit, so that there are many."""
SECTION = 0.02
"""Seconds of a section of the kernel's check, and of what is kept of a tree that grows, so that
there are some."""


OPTIONS = {
    "distill": {"leaves": 20, "samples": 200},
    "lrh": {"method": "lrh", "depth": 4, "keep": 40, "size": 20, "prove": True},
    "cart": {"method": "cart", "leaves": 20, "prove": True},
}
"""What ``distill`` is asked for, by the method."""


def network(seed, variables, width):
    """A network of one hidden layer on bits, with random weights."""
    rng = np.random.default_rng(seed)
    first = Affine(0, rng.normal(size=(width, variables)), rng.normal(size=width))
    return Network(variables, (first, Relu(1), Affine(2, rng.normal(size=(1, width)), np.zeros(1))))


def stump():
    """A tree with one test."""
    return Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


STUMP = {
    "format": "leafproof-tree/1",
    "root": {"column": 0, "threshold": 0.5, "left": {"class": 0}, "right": {"class": 1}},
}
"""The same as a file."""


def job(verb, size, folder, **kept):
    """Run a job with what is kept, and return its certificate's bytes."""
    net, domain = network(*size), bits(size[1])
    if verb == "certify":
        return lp.certify(net, stump(), domain, **kept).data
    if verb == "repair":
        return lp.repair(net, stump(), domain, leaves=40, **kept).data
    return lp.distill(net, domain, **OPTIONS[verb], **kept).data


def child(act):
    """A process that does something and ends with what it returned as its exit code."""
    number = os.fork()
    if number:
        return number
    code = 9
    try:
        code = act()
    finally:
        os._exit(code)


def length(folder):
    """How long a journal is by now, and when it was written last."""
    try:
        found = (folder / "journal").stat()
    except OSError:
        return 0, time.time()
    return found.st_size, found.st_mtime


def kill_at(number, folder, wanted, rng, late):
    """Kill a process at most ``late`` seconds after its journal has reached a length.

    Returns whether it was alive, and the seconds since the journal had been written: what was found
    in these is lost.
    """
    while length(folder)[0] < wanted:
        if os.waitpid(number, os.WNOHANG)[0]:
            return False, 0.0
        time.sleep(0.001)
    time.sleep(float(rng.random() * late))
    lost = time.time() - length(folder)[1]
    os.kill(number, signal.SIGKILL)
    _, status = os.waitpid(number, 0)
    return os.WIFSIGNALED(status), lost


def series(verb, size, folder, whole, kills, rng, late):
    """A run killed so often, then brought to its end: its certificate, and how each kill was."""
    found = folder.with_suffix(".lp")
    told = []

    def act():
        kept = {"resume": folder} if (folder / "journal").exists() else {"journal": folder}
        found.write_bytes(job(verb, size, folder, **kept))
        return 0

    for wanted in sorted(rng.integers(1, whole, size=kills).tolist()):
        told.append(kill_at(child(act), folder, wanted, rng, late))
    _, status = os.waitpid(child(act), 0)
    assert status == 0, status
    return found.read_bytes(), told


def main():
    """Kill as often as is asked for; prints what came of it as JSON.

    What had ended before it was to be killed does not count as a kill.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["certify", "repair", *OPTIONS])
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--each", type=int, default=3, help="kills of one run")
    parser.add_argument("--late", type=float, default=0.05, help="seconds until a kill, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, nargs=3, default=(0, 20, 24))
    asked = parser.parse_args()
    planned = work.plan_for
    driver.plan_for = lambda *args: replace(planned(*args), budget=NODES)
    checked.SECONDS = kept.SECONDS = SECTION
    rng, told, same, done = np.random.default_rng(asked.seed), [], 0, 0
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place) / "plain"
        start = time.perf_counter()
        expected = job(asked.verb, asked.size, plain, journal=plain)
        seconds = time.perf_counter() - start
        whole = length(plain)[0]
        while (alive := sum(alive for alive, _ in told)) < asked.kills:
            folder = Path(place) / f"run{done}"
            count = min(asked.each, asked.kills - alive)
            found, kills = series(asked.verb, asked.size, folder, whole, count, rng, asked.late)
            told += kills
            same += found == expected
            done += 1
    print(
        json.dumps(
            {
                "undisturbed_seconds": seconds,
                "journal_bytes": whole,
                "runs": done,
                "same": same,
                "kills": sum(alive for alive, _ in told),
                "most_lost_seconds": max(lost for _, lost in told),
            }
        )
    )


if __name__ == "__main__":
    main()
