"""Ray on this machine: killed at random moments, and how it would scale (docs/scaling.md).

``python -m tests.benchmarks cluster`` does both, and with ``--page`` writes docs/scaling.svg and
the tables of docs/scaling.md. ``--kills N`` and ``--levels N`` say how much of each: what is
measured are all units that are at most so many below the first ones, the same each time.
"""

from __future__ import annotations

import argparse
import pickle
import random
import statistics
import time
from fractions import Fraction

import numpy as np

from tests.benchmarks.scaling import Overheads, Recorded, predicted
from tests.benchmarks.scaling_page import COPIES, WORKERS, Measured, Rate, plot, tables, write
from tests.local_cluster import LocalCluster
from verifier.kernel.sections import Section
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Open
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.cluster.checking import Job
from verifier.provers.cluster.joining import join
from verifier.provers.cluster.messages import Done
from verifier.provers.cluster.remote import remote
from verifier.provers.cluster.spreading import spread
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.timing import TimeOver, now
from verifier.provers.units import driver, packing
from verifier.provers.units.driver import Units
from verifier.writing.certificate import make_certificate

REPLAYS = 3
"""Of which the least time counts."""
EMPTY = 50
"""Pieces of work that are next to nothing, to see what handing out takes."""
WARM = 2
"""Levels of a run before the one that is measured, so that all is loaded everywhere."""


def matter(size, decay, width=8, layers=1):
    """A network of which the first inputs matter most, and a tree that looks at one of them."""
    rng = np.random.default_rng(7)
    weight = (rng.normal(size=(width, size)) * decay ** np.arange(size)).round(3)
    held = [Affine(0, weight, np.zeros(width)), Relu(1)]
    for _ in range(layers - 1):
        weight = (rng.normal(size=(width, width)) / width**0.5).round(3)
        held += [Affine(len(held), weight, np.zeros(width)), Relu(len(held) + 1)]
    held.append(Affine(len(held), rng.normal(size=(1, width)).round(2), np.array([-0.1])))
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    return matter_of(bits(size), Network(size, tuple(held)), tree)


class Listening:
    """A cluster that notes what each unit took."""

    def __init__(self, cluster):
        self.cluster, self.paths, self.units, self.results = cluster, {}, [], {}

    def __getattr__(self, name):
        return getattr(self.cluster, name)

    def submit(self, task, share, payload):
        key = self.cluster.submit(task, share, payload)
        self.paths[key] = packing.unit_of_bytes(payload).path
        return key

    def arrived(self, wait):
        found = self.cluster.arrived(wait)
        for x in found:
            if isinstance(x, Done) and x.key in self.paths:
                self.units.append(Recorded(self.paths[x.key], x.seconds, len(x.result)))
                self.results[self.paths[x.key]] = x.result
        return found


class Replaying:
    """An engine whose units were done before; the run ends where one was not."""

    elsewhere = True

    def __init__(self, results):
        self.results, self.waiting = results, []

    def __call__(self, *about):
        return self

    def submit(self, unit):
        self.waiting.append(unit)

    def arrived(self, wait):
        while self.waiting:
            unit = self.waiting.pop()
            if unit.path in self.results:
                packing.unit_to_bytes(unit)  # as it would be handed out
                return [(unit, packing.fragment_of_bytes(self.results[unit.path]))]
        raise TimeOver

    def stop(self):
        pass


def own(about, results):
    """The driver's processor seconds for a unit: of later ones, as what comes once is left out."""

    def seconds(some):
        start = time.thread_time()
        driver.prove(about, UNLIMITED, Units(Replaying(some)))
        return time.thread_time() - start

    half = dict(list(results.items())[: len(results) // 2])
    every, less = (min(seconds(x) for _ in range(REPLAYS)) for x in (results, half))
    return (every - less) / (len(results) - len(half))


def record(about, workers, levels):
    """A run on so many nodes: its units, its wall seconds, and the driver's own for each unit."""
    with LocalCluster(workers) as nodes, join(nodes.address) as cluster:
        driver.prove(about, Options(deepest=WARM), Units(remote(cluster)))
        there = empty(cluster)
        heard = Listening(cluster)
        wall = time.perf_counter()
        driver.prove(about, Options(deepest=levels), Units(remote(heard)))
        wall = time.perf_counter() - wall
    return heard.units, wall, own(about, heard.results), there


def empty(cluster):
    """Seconds from here to here of a piece of work that is next to nothing; the median."""
    about = matter(4, 0.5)
    share = cluster.share(pickle.dumps(Job(about, {}, frozenset(), lenient=False)))
    section = pickle.dumps(Section((Open(),), ((full_cell(about.domain), 0),), (0, 0)))
    found = []
    for _ in range(EMPTY):
        start = time.perf_counter()
        key = cluster.submit("check", share, section)
        while not any(x.key == key for x in cluster.arrived(1.0)):
            pass
        found.append(time.perf_counter() - start)
    return statistics.median(found)


class Killing:
    """An engine on a cluster whose workers and nodes are killed at random moments."""

    elsewhere = True

    def __init__(self, cluster, nodes, rng, kills, gap):
        self.cluster, self.nodes, self.rng, self.left, self.gap = cluster, nodes, rng, kills, gap
        self.next, self.extra, self.done = now() + gap, [], {"worker": 0, "node": 0}

    def __call__(self, *about):
        self.inner = remote(self.cluster)(*about)
        return self

    def submit(self, unit):
        self.inner.submit(unit)

    def arrived(self, wait):
        if self.left and now() > self.next:
            self.next = now() + self.rng.uniform(0.2, 2) * self.gap
            if self.extra and self.rng.random() < 0.3:
                self.nodes.kill_node(self.extra.pop())
                self.extra.append(self.nodes.add())
                self.done["node"] += 1
                self.left -= 1
            elif self.nodes.kill_worker(self.rng.randrange(9)):
                self.done["worker"] += 1
                self.left -= 1
        return self.inner.arrived(wait)

    def stop(self):
        self.inner.stop()


def killed(kills):
    """A run that is disturbed so many times has the certificate of one that was not."""
    about = matter(24, 0.88)
    alone = driver.prove(about, UNLIMITED)
    expected, _, verdict = make_certificate(about, alone, "branch")
    rng, count, runs = random.Random(1), {"worker": 0, "node": 0}, 0
    with LocalCluster(2) as nodes:
        extra = nodes.add()
        while sum(count.values()) < kills:
            with join(nodes.address) as cluster:
                engine = Killing(cluster, nodes, rng, kills - sum(count.values()), 0.7)
                engine.extra.append(extra)
                found = driver.prove(about, UNLIMITED, Units(engine))
                data, _, same = make_certificate(
                    about, found, "branch", spread=lambda *x, c=cluster: spread(c, None, *x)
                )
            assert data == expected and same.leaves == verdict.leaves, "the certificate is another"
            (extra,) = engine.extra
            for kind, number in engine.done.items():
                count[kind] += number
            runs += 1
            print(f"  {runs} runs, {count}: the certificate is the same", flush=True)


def main(options=()):
    parser = argparse.ArgumentParser("cluster", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--levels", type=int, default=4)
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args(list(options))
    if asked.kills:
        killed(asked.kills)
    if not asked.levels:
        return
    measured = []
    for name, about in (
        ("8 neurons", matter(40, 0.93)),
        ("2 layers of 64 neurons", matter(40, 0.93, 64, 2)),
    ):
        rates = {}
        for workers in (1, 2):
            units, wall, here, there = record(about, workers, asked.levels)
            overheads = Overheads(there, here)
            ((_, replayed, _),) = predicted(units, overheads, (workers,))
            busy = sum(x.seconds for x in units)
            rates[workers] = Rate(len(units), busy, len(units) * here, wall, replayed)
            print(f"  {name}: {rates[workers]}", flush=True)
        rows = {copies: predicted(units, overheads, WORKERS, copies) for copies in COPIES}
        measured.append(Measured(name, tuple(units), overheads, rates, rows))
    print(tables(measured))
    if asked.page:
        write(tables(measured))
        plot(measured)
