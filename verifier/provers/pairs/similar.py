"""Two or more similar networks: branch and bound of each, in the cells of the one before.

First the cells are found in which one network, the *leader*, has one class, by the quickest search
for a single network. Then the kernel is asked whether the next one, a *follower*, has the same
class there: a pruned, quantised or fine-tuned network has in nearly all of them. The other cells
are split by the same search, now about the follower. Both findings are laid over each other, and a
third network follows in the cells where the classes known so far do not answer the question.

The search takes a quantised network for the chain of ReLU layers that it is a rounding of; the
kernel is asked about the network itself.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    Finding,
    Open,
    Proof,
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
from verifier.provers.further import changed_alike
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import behind, proving
from verifier.provers.pairs.behind import open_share
from verifier.provers.pairs.followed import SHOWN, Known, overlaid
from verifier.provers.pairs.likeness import folded
from verifier.provers.progress import Progress
from verifier.provers.timing import ending, now, part, passed, poll
from verifier.writing.models_json import same_model

ONE_CLASS = Tree((Leaf(0),))
"""The tree that a search about one network is given: it has no test."""
LEADING, CHECKED = 0.4, 0.6
"""Shares of the time: when the leader's search is to end, and the kernel's check of its cells."""
CLOSING = 0.2
"""The share of a search's time in which the most probable cells are closed first, however long
their check takes; cells that close little for that time are dropped later."""
OTHER, MUCH = 0.1, 2.0
"""Where the leader of two networks leaves much open, the other one is tried as the leader for this
share of the time, and leads if it leaves open so many times less."""
HALF, LEFT = 0.5, 0.1
"""The probability that the leader of two networks, and of more, may leave open. Where it leaves
more, Sandwiches of all networks say more."""
JUDGED, SURE = 0.2, 0.95
"""With several followers the leader's search is given up after this share of the time unless it
looks as if it will close so much of the probability."""
BOTH = 2.0
"""How many times as long as of one network the check of a cell takes, for each follower."""
FOLLOWED = 0.6
"""The share of the time until the searches of several followers end. What they leave open is then
left to Sandwiches."""
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


def followers(matter: Matter) -> tuple[Follower, ...] | None:
    """The leader and the followers of a question about networks of all variables, and trees.

    None of other questions, and of networks that the compiled search does not take.
    """
    domain, everything = matter.domain, tuple(range(len(matter.domain.variables)))
    named = matter.networks
    if len(named) < 2 or matter.ensembles or domain.infinite:  # there is no end of boxes
        return None
    if any(matter.models[m].reads != everything for m in named):
        return None
    if len(named) == 2 and same_model(*(matter.models[m] for m in named)):
        return None
    found: list[Follower] = []
    for model in sorted(named):
        network = matter.models[model].model
        assert isinstance(network, Network)
        chain = network if branch.takes(network, domain) else rounded(network, domain)
        if chain is None:
            return None
        found.append(Follower(model, network, chain))
    return tuple(sorted(found, key=lambda x: not x.exact))


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


@dataclass(frozen=True, eq=False)
class Work:
    """What is asked; ``told`` are the options of searches about one network, ``end`` is when the
    kernel's check is to be done, and ``pressed`` holds something once Ctrl-C came. Of ``two``
    networks with an end an interval is wanted."""

    matter: Matter
    options: Options
    told: Options
    end: float | None
    pressed: list[bool]
    two: bool

    def left_by(self, found: Finding) -> float:
        """The probability that a search left open."""
        return open_share(self.matter.domain, found.proof)

    def leading(self, end: float | None) -> Options:
        """The options of a leader's search."""
        if end is None:
            return self.told
        deadline, by = part(end, LEADING), part(end, CHECKED)
        options = replace(self.told, deadline=deadline, check_by=by, judged=None)
        if self.two:
            return by_probability(options)
        return replace(options, judged=part(end, JUDGED), hope=SURE)


def prove(matter: Matter, options: Options, end: float | None = None) -> Finding | None:
    """A proof that says the classes of the networks in cells, as far as there is time.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, a
    proof is gone on from, or the leader's search leaves too much open.
    """
    every = followers(matter)
    if every is None or passed(options.deadline) or options.resume is not None:
        return None
    pressed: list[bool] = []
    told = about_one(options, pressed)
    two = end is not None and len(every) == 2
    work = Work(matter, options, told, end, pressed, two)
    begun = work.leading(end)
    led = branch.prove(matter.domain, every[0].chain, ONE_CLASS, begun)
    if two and every[1].exact and not pressed and work.left_by(led) > LEFT:
        tried = work.leading(part(end, OTHER / LEADING))
        instead = branch.prove(matter.domain, every[1].chain, ONE_CLASS, tried)
        if MUCH * work.left_by(instead) < work.left_by(led):
            every, led = every[::-1], instead
    if led.stalled:
        return None
    if not every[0].exact:
        led = _settled(matter.domain, every[0], led, begun, pressed)
    if pressed:  # of one network alone nothing follows
        return Finding((Open(),))
    if end is not None and work.left_by(led) > (HALF if two else LEFT):
        return None
    return _follow(work, led, every)


def _follow(work: Work, led: Finding, every: Sequence[Follower]) -> Finding:
    """What is found of the networks that follow the first, of which ``led`` says the classes."""
    leader, *others = every
    matter, two, end, pressed = work.matter, work.two, work.end, work.pressed
    deadline = work.told.deadline if end is None or two else part(end, FOLLOWED)
    going_on = replace(work.told, check_by=end, learned=BOTH * len(others))
    if two:
        going_on = by_probability(going_on)
    known = Known(overlay_of(matter))
    proof: Proof = tuple(known.of(leader.model, step) for step in led.proof)
    check = 0.0 if two else led.check  # one follower's check is that of both
    for left, follower in zip(range(len(others), 0, -1), others, strict=True):
        asked = Finding(tuple(map(known.asked, proof)))
        own = replace(going_on, deadline=None if deadline is None else part(deadline, 1 / left))
        followed = _settled(matter.domain, follower, asked, own, pressed)
        if two and end is not None and not pressed:
            more = behind.summed(follower.model, known, proof, followed, work.told, end)
            if more is not None:
                return more
        proof = overlaid(proof, followed.proof, partial(known.both, follower.model))
        check += followed.check
        if pressed:
            break
    found = Finding(tuple(map(known.told, proof)), check=check)
    return found if end is None or pressed else _summed(matter, work.options, found, end)


def by_probability(options: Options) -> Options:
    """The same, of a search that closes what is most probable first."""
    return replace(options, anytime=True, shared=True, least=part(options.deadline, CLOSING))


def _summed(matter: Matter, options: Options, found: Finding, end: float) -> Finding:
    """What was found, with Sandwiches for the cells that are open, as far as there is time."""
    if not is_open(found.proof) or options.stop_at_difference:
        return found
    more = proving.prove(matter, replace(options, resume=found.proof), end - found.check)
    if more is None:
        return found

    def both(more: Finding) -> Finding:
        return replace(more, check=more.check + found.check)

    return changed_alike(more, both, check=found.check)


def about_one(options: Options, pressed: list[bool]) -> Options:
    """The options of a search about one network: what it finds says nothing of the question, and
    ``pressed`` holds something once Ctrl-C came."""
    report = options.progress

    def told(progress: Progress) -> None:
        if report is not None:
            report(replace(progress, error=(0.0, 1.0), differs=False))

    def interrupted() -> None:
        pressed.append(True)
        if options.interrupted:
            options.interrupted()

    silent = None if report is None else told
    return replace(options, progress=silent, interrupted=interrupted, stop_at_difference=False)


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
