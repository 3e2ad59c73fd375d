"""Two networks, one closed along the other: branch and bound of each by itself.

The cells in which one network, the *leader*, has one class are found first, by the quickest search
for one network. The kernel is asked whether the other, the *follower*, has the same class there: a
pruned, quantised or tuned network has in nearly all of them. The rest is split by the same search,
now about the follower. What is found of both is laid over each other. For the search a quantised
network is the chain of ReLU layers that it rounds; the kernel is asked about the network itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from verifier.kernel.prepared import Prepared, prepare
from verifier.kernel.rules import Apply, constant
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Layer, Network, Relu
from verifier.model.proof import (
    Constant,
    Enumerated,
    Finding,
    Open,
    Proof,
    Several,
    Split,
    Step,
    Trusted,
    is_open,
    steps,
)
from verifier.model.question import Matter
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch
from verifier.provers.evaluate import bulk_classes, prepare_bulk
from verifier.provers.options import Options
from verifier.provers.pairs import proving
from verifier.provers.pairs.likeness import folded
from verifier.provers.progress import Progress, Report
from verifier.provers.putting_back import pass_over
from verifier.provers.timing import ending, now, part, passed, poll
from verifier.writing.models_json import same_model

ONE_CLASS = Tree((Leaf(0),))
"""The tree that a search about one network is given: it has no test."""
LEADING, JUDGED, CHECKED = 0.4, 0.2, 0.6
"""Shares of the time: the leader's search, until it is seen whether it comes to an end, and until
the kernel's check of its cells is to be done."""
HOPE = 0.8
"""What the leader's search has to promise then: see Options."""
BOTH = 2.0
"""The check of a cell takes so many times as long as of one network."""
TOGETHER = 2048
"""Cells that the kernel is asked about together."""


@dataclass(frozen=True, eq=False)
class Follower:
    """A network, by its number, and the chain that the search takes for it: itself, or one that it
    rounds."""

    model: int
    network: Network
    chain: Network

    @property
    def exact(self) -> bool:
        """Whether the search is about the network itself."""
        return self.chain is self.network


def followers(matter: Matter) -> tuple[Follower, Follower] | None:
    """The leader and the follower of a question about two networks of all variables.

    None of other questions, and of networks that the compiled search does not take.
    """
    domain, everything = matter.domain, tuple(range(len(matter.domain.variables)))
    if len(matter.models) != 2 or any(bound.reads != everything for bound in matter.models):
        return None
    if domain.infinite:  # there is no end of boxes
        return None
    first, second = (bound.model for bound in matter.models)
    if not isinstance(first, Network) or not isinstance(second, Network):
        return None
    if same_model(*matter.models):
        return None
    found: list[Follower] = []
    for model, network in enumerate((first, second)):
        chain = network if branch.takes(network, domain) else rounded(network, domain)
        if chain is None:
            return None
        found.append(Follower(model, network, chain))
    one, other = found
    return (one, other) if one.exact or not other.exact else (other, one)


def rounded(network: Network, domain: Domain) -> Network | None:
    """The chain of ReLU layers that a network of staircases rounds; None where there is none."""
    found = folded(network, domain)
    if found is None:
        return None
    layers: list[Layer] = []
    for weight, bias in (*found.hidden, found.last):
        layers += [Affine(len(layers), weight, bias), Relu(len(layers) + 1)]
    chain = replace(network, layers=tuple(layers[:-1]), labels=network.labels)
    return chain if branch.takes(chain, domain) else None


def prove(matter: Matter, options: Options, end: float | None = None) -> Finding | None:
    """A proof that says the classes of both networks in cells, as far as there is time.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, a
    proof is gone on from, or the leader's search is not expected to come to its end.
    """
    both = followers(matter)
    if both is None or passed(options.deadline) or options.resume is not None:
        return None
    leader, follower = both
    pressed: list[bool] = []

    def interrupted() -> None:
        pressed.append(True)
        if options.interrupted:
            options.interrupted()

    told = replace(
        options,
        progress=_about(options.progress),
        interrupted=interrupted,
        stop_at_difference=False,
    )
    begun = replace(
        told,
        deadline=options.deadline if end is None else part(end, LEADING),
        judged=part(end, JUDGED),
        hope=HOPE,
        check_by=part(end, CHECKED),
    )
    led = branch.prove(matter.domain, leader.chain, ONE_CLASS, begun)
    if led.stalled:
        return None
    if not leader.exact:
        led = _settled(matter.domain, leader, led, begun, pressed)
    if pressed:  # of one network alone nothing follows
        return Finding((Open(),))
    going_on = replace(told, check_by=end, learned=BOTH)
    asked = Finding(tuple(map(_asked_of_follower, led.proof)))
    followed = _settled(matter.domain, follower, asked, going_on, pressed)
    said = partial(_both, leader.model, follower.model)
    found = Finding(overlaid(led.proof, followed.proof, said), check=led.check + followed.check)
    return found if end is None or pressed else _summed(matter, options, found, end)


def _summed(matter: Matter, options: Options, found: Finding, end: float) -> Finding:
    """What was found, with Sandwiches for the cells that are open, as far as there is time."""
    if not is_open(found.proof) or options.stop_at_difference:
        return found
    more = proving.prove(matter, replace(options, resume=found.proof), end - found.check)
    return found if more is None else replace(more, check=more.check + found.check)


def _about(report: Report | None) -> Report | None:
    """What a search about one network reports says nothing of how often two differ."""
    if report is None:
        return None

    def told(progress: Progress) -> None:
        report(replace(progress, error=(0.0, 1.0), differs=False))

    return told


UNASKED, SHOWN = Trusted(0, "unasked"), "shown"
"""In place of steps that a search keeps as they are: for cells that it is not asked about, and, by
this solver, where the kernel has accepted a class."""


def _asked_of_follower(step: Split | Step) -> Split | Step:
    """Whether it has the leader's class, where that is known; else nothing."""
    if isinstance(step, Split | Enumerated):
        return step
    klass = _class_of(step)
    return UNASKED if klass is None else Constant(klass)


def _both(leader: int, follower: int, one: Step, other: Step) -> Step:
    """What is said of a cell by what is said of both networks."""
    if isinstance(one, Enumerated) or isinstance(other, Enumerated):
        return Enumerated()
    led, followed = _class_of(one), _class_of(other)
    if led is None or followed is None:
        return Open()
    every = Constant(led, leader), Constant(followed, follower)
    return Several(tuple(sorted(every, key=lambda step: step.model)))


def _class_of(step: Step) -> int | None:
    """The class that a search found, confirmed or not."""
    return step.klass if isinstance(step, Constant | Trusted) and step != UNASKED else None


def _settled(
    domain: Domain, about: Follower, found: Finding, options: Options, pressed: list[bool]
) -> Finding:
    """The finding with the classes of the network that the kernel accepts, as SHOWN.

    Cells of which it does not accept what is said are split and searched, as long as there is time.
    ``pressed`` holds something once Ctrl-C came.
    """
    p, last = replace(prepare(about.network, domain), poll=poll), False
    while True:
        begun = now()
        with ending(options.deadline), ThreadPoolExecutor() as workers:
            proof, ended = confirmed(p, found.proof, workers.map)
        if ended and not passed(options.deadline) and options.interrupted:
            options.interrupted()
        check = found.check or now() - begun
        found = replace(found, proof=proof, check=check)
        opened = [
            number
            for number, step in enumerate((x for x in proof if not isinstance(x, Split)), 1)
            if isinstance(step, Open)
        ]
        if not opened or ended or last:
            return found
        again = replace(options, resume=proof, refused=frozenset(opened), judged=None)
        found = branch.prove(domain, about.chain, ONE_CLASS, again)
        last = is_open(found.proof) or bool(pressed)  # it had to end
        if last and about.exact:
            return found


def confirmed(p: Prepared, proof: Proof, apply: Apply = map) -> tuple[Proof, bool]:
    """A proof with steps by SHOWN where the kernel accepts a Constant, and Open where it does not.

    Where it does not, it is asked about the class that the network has at a point of the cell, if
    that is another. Returns also whether it ended before it had asked of all.
    """
    nodes, bulk = list(proof), prepare_bulk(p.teacher, p.domain)
    at = [i for i, x in enumerate(nodes) if not isinstance(x, Split)]
    said = [
        (place, cell, step.klass)
        for place, (cell, _, step) in zip(at, steps(p.domain, proof), strict=True)
        if isinstance(step, Constant)
    ]
    for place, _, _ in said:
        nodes[place] = Open()
    try:
        for start in range(0, len(said), TOGETHER):
            some = said[start : start + TOGETHER]
            refused = _asked(p, nodes, some, apply)
            points = np.array([cell.first_point() for _, cell, _ in refused], dtype=np.int64)
            classes = bulk_classes(bulk, points).tolist() if refused else []
            others = [
                (place, cell, own)
                for (place, cell, klass), own in zip(refused, classes, strict=True)
                if own != klass
            ]
            _asked(p, nodes, others, apply)
    except KeyboardInterrupt:
        return tuple(nodes), True
    return tuple(nodes), False


Said = tuple[int, Cell, int]
"""The place of a step, its cell, and a class."""


def _asked(
    p: Prepared, nodes: list[Split | Step], some: Sequence[Said], apply: Apply
) -> list[Said]:
    """Enter the classes that the kernel accepts; returns what it does not."""
    poll()
    if not some:
        return []
    _, cells, classes = zip(*some, strict=True)
    shown, _ = constant(p, cells, classes, apply=apply)
    refused = []
    for one, good in zip(some, shown.tolist(), strict=True):
        if good:
            nodes[one[0]] = Trusted(one[2], SHOWN)
        else:
            refused.append(one)
    return refused


def overlaid(one: Proof, other: Proof, said: Callable[[Step, Step], Step]) -> Proof:
    """Two proofs over the same domain as one: in each cell what is ``said`` of both their Steps.

    Where both split a cell they split it alike. A cell that one enumerates is not split.
    """
    out: list[Split | Step] = []
    first, second = iter(one), iter(other)
    stack: list[tuple[Step | None, Step | None]] = [(None, None)]
    while stack:
        a, b = stack.pop()
        x, y = a or next(first), b or next(second)
        if isinstance(x, Split) and isinstance(y, Enumerated):
            pass_over(first)
            out.append(y)
        elif isinstance(y, Split) and isinstance(x, Enumerated):
            pass_over(second)
            out.append(x)
        elif isinstance(x, Split) and isinstance(y, Split):
            assert x == y, "proofs that were gone on from each other split alike"
            out.append(x)
            stack += [(None, None), (None, None)]
        elif isinstance(x, Split):
            out.append(x)
            stack += [(None, y), (None, y)]  # type: ignore[list-item]
        elif isinstance(y, Split):
            out.append(y)
            stack += [(x, None), (x, None)]
        else:
            out.append(said(x, y))
    return tuple(out)
