"""The search that has its units done elsewhere, and merges what comes back into one proof."""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Protocol

import numpy as np

from verifier.kernel.asked import Asked, ask
from verifier.kernel.sampling import is_true_at
from verifier.model.cell import Point
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open
from verifier.model.question import Matter
from verifier.model.tree import Tree
from verifier.provers import branch, questions
from verifier.provers.asked_cells import Asking
from verifier.provers.cells import Branching
from verifier.provers.ledger import GrowingProof
from verifier.provers.loop import go_on
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.ordered import FIRST
from verifier.provers.search import COUNTEREXAMPLES
from verifier.provers.units.believing import check_kept
from verifier.provers.units.local import local
from verifier.provers.units.structure import Follow, Forest, check_fragment, follow
from verifier.provers.units.unit import Fragment, Plan, Unit
from verifier.provers.units.work import first_units, forget_open, open_cells, plan_for
from verifier.writing.certificate import members_of

WAIT = 0.05
"""Seconds that are waited for a fragment before the time is looked at."""


class Executor(Protocol):
    """Whoever has units done: in this process, or on many machines.

    A unit that is submitted arrives with its fragment at some time, in any order; if it was done
    more than once, whichever fragment comes first counts. Of fragments from ``elsewhere`` it is
    seen that they can be answers, as of those that were kept.
    """

    elsewhere: bool

    def submit(self, unit: Unit) -> None:
        """Have a unit done."""

    def arrived(self, wait: float) -> Sequence[tuple[Unit, Fragment]]:
        """What has been done since the last call; waits so many seconds for something, at most."""

    def stop(self) -> None:
        """Leave undone what is not done."""


class Store(Protocol):
    """Fragments that are kept (see `journal`)."""

    def held(self, plan: Plan, unit: Unit) -> Fragment | None:
        """The fragment of a unit, if it was kept; raises LeafproofError where that is none."""

    def doubt(self) -> None:
        """Called where it is not the answer to its unit."""

    def keep(self, plan: Plan, unit: Unit, fragment: Fragment) -> None:
        """Keep a fragment."""

    def tend(self) -> None:
        """Called often: make sure of what was kept."""

    def recall(self, name: str) -> bytes | None:
        """What else was kept, by its name."""

    def remember(self, name: str, data: bytes) -> None:
        """Keep something else."""


Engine = Callable[[Matter, Plan, Branching | Asking], Executor]
"""Makes an Executor for the units of a matter; the search may serve it as what is made ready."""


@dataclass(frozen=True)
class Units:
    """Who does the units of a search, and where what they find is kept, if it is."""

    engine: Engine = local
    store: Store | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Where the cells of a unit that is being done are in the ledger, and its part of the work."""

    nodes: tuple[int, ...]
    share: float


@dataclass(eq=False)
class Drive:
    """Units under way: ``away`` are those that have not arrived, by their paths.

    ``known`` are fragments that were kept, and are yet to be entered; ``points`` are what was found
    in each unit.
    """

    search: Branching | Asking
    matter: Matter
    plan: Plan
    executor: Executor
    store: Store | None
    away: dict[tuple[int, ...], Away] = field(default_factory=dict)
    known: list[tuple[Unit, Fragment, Forest]] = field(default_factory=list)
    points: dict[tuple[int, ...], tuple[Point, ...]] = field(default_factory=dict)

    def send(self, unit: Unit, nodes: tuple[int, ...], share: float) -> None:
        """Have a unit done, unless it was before, or is not to be done at all."""
        deepest = self.search.options.deepest
        if deepest is not None and len(unit.path) > deepest:
            return
        self.away[unit.path] = Away(nodes, share)
        self.search.flying += len(unit.cells)
        kept = self._kept(unit)
        if kept is None:
            self.executor.submit(unit)
        else:
            self.known.append((unit, *kept))

    def step(self) -> bool:
        """Enter what has arrived; False where no unit is away."""
        if self.known:
            self.enter(*self.known.pop())
        elif self.away:
            for unit, fragment in self.executor.arrived(WAIT):
                if unit.path not in self.away:  # it was done twice
                    continue
                looked = self._believed if self.executor.elsewhere else self._checked
                forest = looked(unit, fragment)
                if self.store is not None:
                    self.store.keep(self.plan, unit, fragment)
                self.enter(unit, fragment, forest)
            if self.store is not None:
                self.store.tend()
        return bool(self.away)

    def _checked(self, unit: Unit, fragment: Fragment) -> Forest:
        """A fragment's forest; raises LeafproofError where it is not well formed."""
        return check_fragment(unit, fragment, len(self.matter.domain.variables), _quickest())

    def _kept(self, unit: Unit) -> tuple[Fragment, Forest] | None:
        """The fragment of a unit that was kept, if it can be the answer to it."""
        if self.store is None:
            return None
        try:
            fragment = self.store.held(self.plan, unit)
            return None if fragment is None else (fragment, self._believed(unit, fragment))
        except LeafproofError:
            self.store.doubt()
            return None

    def _believed(self, unit: Unit, fragment: Fragment) -> Forest:
        """The forest of a fragment of others; LeafproofError where it is no answer."""
        forest, domain = self._checked(unit, fragment), self.matter.domain
        check_kept(unit, fragment, forest, self.matter)
        points = fragment.points
        if points and not domain.infinite:
            possible = all(map(domain.possible, points))
            if not possible or not is_true_at(self._asked, np.array(points)).all():
                raise LeafproofError("a fragment of a proof has points of none")
        return forest

    @cached_property
    def _asked(self) -> Asked:
        return ask(self.matter)

    def enter(self, unit: Unit, fragment: Fragment, forest: Forest) -> None:
        """Put a fragment in the place of a unit's cells, and have done what it leaves."""
        own = self.away[unit.path]
        base = entered(self.search.ledger, own.nodes, fragment, forest)
        del self.away[unit.path]
        search = self.search
        search.flying -= len(unit.cells)
        search.closed += fragment.closed
        search.weight += own.share * (1 - math.fsum(fragment.shares))
        proved, no, yes = fragment.sums
        search.proved += proved
        if isinstance(search, Branching):
            search.agreed += no
            search.differed += yes
        else:
            search.no += no
            search.yes += yes
        if fragment.points:
            self.points[unit.path] = fragment.points
            search.found.update(dict.fromkeys(fragment.points))
        for new, places, share in zip(fragment.left, fragment.places, fragment.shares, strict=True):
            self.send(new, tuple(base + at for at in places), own.share * share)


def _quickest() -> Follow:
    """What follows forests, compiled if that is loaded by now."""
    loading = sys.modules.get("verifier.provers.compiled.loading")
    return loading.follow if loading is not None and loading.is_ready() else follow


def entered(ledger: GrowingProof, nodes: Sequence[int], fragment: Fragment, forest: Forest) -> int:
    """Complete open cells of a ledger by the trees of a fragment; returns where its nodes begin."""
    codes, lefts = fragment.codes.copy(), fragment.lefts.copy()
    steps = np.array([ledger.code_of(step) for step in fragment.steps], dtype=codes.dtype)
    said = codes <= FIRST
    codes[said] = steps[FIRST - codes[said]]
    long = (codes >= 0) & (lefts < 0)
    lefts[long] -= len(ledger.large)
    ledger.large += fragment.large
    base = ledger.append(codes, lefts, forest.rights)
    for node, root in zip(nodes, forest.roots.tolist(), strict=True):
        ledger.link(node, base + root)
    return base


def drive(search: Branching | Asking, matter: Matter, units: Units) -> None:
    """Close the cells of a search unit by unit; what is found does not depend on who does them."""
    if isinstance(search, Branching):
        branch.look_for_points(search)
    else:
        questions.look_for_points(search)
    first, plan = dict(search.found), plan_for(matter, search, matter_key(matter))
    if isinstance(search, Branching):
        search.shaping = False  # fragments are shaped already
    begun = first_units(open_cells(search))
    forget_open(search)
    executor = units.engine(matter, plan, search)
    held = Drive(search, matter, plan, executor, units.store)
    try:
        for unit, nodes, share in begun:
            held.send(unit, nodes, share)
        go_on(search, held.step)
    finally:
        executor.stop()
        for _, points in sorted(held.points.items()):
            first.update(dict.fromkeys(points))
        search.found = dict.fromkeys(list(first)[:COUNTEREXAMPLES])


def prove(
    matter: Matter,
    options: Options = UNLIMITED,
    units: Units | None = None,
    *,
    questions_only: bool = False,
) -> Finding:
    """A proof of where the question's formula is true, and points at which it is, unit by unit.

    ``units`` says who does them; with ``questions_only`` the prover of questions is taken even
    where branch would be. Raises what `branch.prove` does, and
    LeafproofError for a fragment that is none.
    """
    strategy = partial(drive, matter=matter, units=units or Units())
    if questions_only or not by_branch(matter):
        return questions.prove(matter, options, strategy)
    network, tree = (bound.model for bound in matter.models)
    assert isinstance(network, Network) and isinstance(tree, Tree)
    return branch.prove(matter.domain, network, tree, options, strategy)


def matter_key(matter: Matter) -> str:
    """What tells a matter from all others: 64 hexadecimal digits."""
    held = hashlib.sha256()
    for name, data in members_of(matter, Finding((Open(),))).items():
        held.update(f"{name} {len(data)}\n".encode())
        held.update(data)
    return held.hexdigest()


def by_branch(matter: Matter) -> bool:
    """Whether it is a network and a tree that differ or not, on a domain that branch takes."""
    if not matter.is_differ:
        return False
    network, tree = (bound.model for bound in matter.models)
    if not isinstance(network, Network) or not isinstance(tree, Tree):
        return False
    return matter.domain.plain or branch.takes(network, matter.domain)
