"""Distillation with a proof: a tree grown from the root whose leaves are proved.

Small domains are evaluated as a whole. On large ones a first tree is grown on fresh points of every
cell; branch and bound proves, along the tree's tests, what class the teacher has; then the tree is
grown anew from the proved cells with their exact probabilities, and the prover goes on along its
tests with what is still open. The proof is the certificate: nothing is proved twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.distillers.born_again import reborn
from verifier.distillers.cuts import Cuts, prepare_cuts
from verifier.distillers.from_rows import OVERGROWN
from verifier.distillers.growing import Limits, grow
from verifier.distillers.kept import store_of
from verifier.distillers.knowledge import Known, error_interval, is_small, probes_for
from verifier.distillers.options import Goal, Instead, check_whole, goal_of
from verifier.distillers.probing import Probes, ProbeSource, prepare_probes
from verifier.distillers.representation import Layers
from verifier.distillers.rounds import GROWING, Rounds
from verifier.distillers.sketching import SKETCH, SKETCHING, Sketches
from verifier.distillers.sources import Source
from verifier.distillers.table import Table, table_of_rows
from verifier.distillers.tidying import shrink
from verifier.distillers.whole import Certified, distill_whole
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open
from verifier.model.rows import Rows
from verifier.model.tree import Leaf, Tree
from verifier.provers.evaluate import AnyBulk, bulk_of
from verifier.provers.open_cells import closed_of
from verifier.provers.progress import Report
from verifier.provers.timing import TimeOver, ending, part

if TYPE_CHECKING:
    from verifier.provers.units.driver import Units

SAMPLES = 2000
"""Fresh points in every cell of the first tree."""
SCORES = ("separation", "lrh")
WIDE = Fraction(1, 1000)
"""What is open of more than this probability is looked at by points."""
UNKNOWN = Fraction(0), Fraction(1)
"""The interval of an error of which nothing is known."""
ASKED = 0.15
"""The share of the time after which it is asked whether another search is to have the rest."""

Rank = tuple[Fraction, int, Fraction]


def distill(
    teacher: Teacher,
    domain: Domain,
    *,
    error: Fraction | None = None,
    leaves: int | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    scores: str = "separation",
    layers: Layers | None = None,
    rows: Rows | None = None,
    deadline: float | None = None,
    units: Units | None = None,
    sampled: bool = False,
    progress: Report | None = None,
    instead: Instead | None = None,
) -> Certified:
    """Grow a tree until it is proved equal to the teacher, or as far as the limits allow.

    ``error`` (in [0, 1]) is a probability of disagreement that is small enough once proved;
    ``leaves`` the most leaves of the tree; ``deadline`` is on the clock of time.monotonic; Ctrl-C
    ends the search too; ``units`` says who proves. ``scores`` says what a cell is split on:
    ``separation``, what changes the teacher's class most (see `influence`, and Gini's impurity);
    ``lrh``, the split whose halves are most linear in φ (see `probing`), which ``layers`` are (see
    `choose_nodes`). With ``rows`` the
    error is the share of them where tree and teacher differ, and of trees that are alike there the
    one is taken that is better on the domain. Where what stays open is ``sampled`` a search that
    tells of next to nothing ends soon. ``progress`` is told how far proofs are. ``instead`` is
    asked once, after ``ASKED`` of the time, whether growing is to end there. Raises LeafproofError
    for an option out of range.
    """
    if scores not in SCORES:
        raise LeafproofError(f'there are no scores "{scores}": {", ".join(SCORES)}')
    if layers is not None and scores != "lrh":
        raise LeafproofError("layers are probed only with the scores lrh: leave them out")
    goal = goal_of(error, leaves, seed, deadline)
    check_whole("samples", samples, 1)
    bulk = bulk_of(teacher, domain)
    cuts = prepare_cuts(domain)
    probes = None
    if scores == "lrh" and not isinstance(teacher, Network):
        raise LeafproofError("scores lrh probe a network's layers: leave them out for an ensemble")
    if scores == "lrh" and isinstance(teacher, Network):
        many = probes_for(cuts, bulk)
        probes = prepare_probes(
            teacher, domain, layers=layers, count=samples, influence=many, seed=seed
        )
    table = None if rows is None else table_of_rows(bulk, rows)
    goal = replace(goal, rows=table)
    if is_small(domain, teacher):
        store = store_of(units)
        return distill_whole(cuts, bulk, goal, probes, store)
    again = None if units is not None else reborn(cuts, bulk, goal, seed)
    if again is not None:
        return again
    about = cuts, bulk, goal, samples, seed, probes, units, sampled, progress, instead
    return _CertifiedSearch(*about).run()


@dataclass(frozen=True)
class _CertifiedSearch:
    """The search on a large domain."""

    cuts: Cuts
    bulk: AnyBulk
    goal: Goal
    samples: int
    seed: int
    probes: Probes | None
    units: Units | None = None
    sampled: bool = False
    progress: Report | None = None
    instead: Instead | None = None

    def run(self) -> Certified:
        """The search from the first points on; a single leaf where it ends before there are any."""
        best = Certified(Tree((Leaf(0),)), Finding((Open(),)), UNKNOWN, False)
        try:
            sketches = Sketches(self.cuts, self.bulk, self.goal, self.samples, self.seed)
        except KeyboardInterrupt:
            return best
        return self.search(best, sketches)

    def search(self, best: Certified, sketches: Sketches) -> Certified:
        """Alternate between proving and growing until the target or a limit is reached."""
        counters = () if self.probes is None else (self.probes.counter,)
        whose = self.goal.deadline, self.seed, self.units, counters
        rounds = Rounds(self.cuts, self.bulk, *whose, sampled=self.sampled, progress=self.progress)
        try:
            first, _ = rounds.kept(lambda: (self.sketch(sketches, rounds), False))
            if first not in sketches.trees:
                sketches.trees.append(first)
            best = replace(best, tree=first)
            ask = self.instead
            while True:
                found, stopped = rounds.prove(best.tree)
                best = replace(best, finding=found)
                if stopped:
                    break
                late = rounds.share >= ASKED and rounds.count > 1  # the tree has grown by then
                if ask is not None and late and not rounds.done:
                    if ask(best.tree, closed_of(self.bulk.domain, rounds.proof)):
                        break
                    ask = None
                with rounds.growing():
                    known = rounds.known(best.tree)
                    end = part(rounds.ends, GROWING)
                    before = best.tree
                    tree, limited = rounds.kept(
                        lambda: self.regrow(rounds, sketches, known, before, end)  # noqa: B023
                    )
                    # should the time end now, nothing is known yet of where it differs
                    if tree != before:
                        best = Certified(tree, replace(found, counterexamples=()), UNKNOWN, False)
                    found, interval = rounds.judged(found, known, tree)
                    sketches.trees.append(tree)
                    sketches.measure()
                reached = self.reached(sketches.table, tree, interval)
                reached = reached or (limited and not known.open)
                found = replace(found, stalled=not rounds.done and rounds.is_hopeless(interval))
                best = Certified(tree, found, interval, reached)
                ended = rounds.done or rounds.short or found.stalled
                if (reached and not self.goes_on) or ended:
                    break
        except KeyboardInterrupt:
            pass
        return replace(best, frontier=sketches.frontier)

    @property
    def goes_on(self) -> bool:
        """Whether a tree that is good enough on the rows is proved as far as there is time."""
        return self.goal.rows is not None and self.goal.deadline is not None

    def reached(self, table: Table, tree: Tree, interval: tuple[Fraction, Fraction]) -> bool:
        """Whether a tree is as good as was asked for; on the domain that is to be proved."""
        if self.goal.rows is None or not (self.goal.error or self.goal.leaves):
            return interval[1] <= self.goal.error
        return table.missed(tree, self.bulk.domain) <= self.goal.error

    def sketch(self, sketches: Sketches, rounds: Rounds) -> Tree:
        """A first tree, as far as there is time for it."""
        try:
            with ending(part(self.goal.deadline, SKETCHING)):
                sketches.run(self.probes, rounds.choices, rounds.store)
        except TimeOver:
            pass
        return sketches.tree

    def regrow(
        self, rounds: Rounds, sketches: Sketches, known: Known, before: Tree, late: float | None
    ) -> tuple[Tree, bool]:
        """The best tree for what is known, and whether a limit cut its growth short."""
        domain, leaves = self.bulk.domain, self.goal.leaves
        most = leaves or 4 * len(known.source.classes) + SKETCH
        tried: list[tuple[Rank, Tree, bool]] = []

        def judge(tree: Tree, limited: bool, first: bool = False) -> None:
            rank, good = self.rank(sketches.table, known, tree, first=first)
            tried.append((rank, tree, limited and not good))

        if leaves is None or before.leaves <= leaves:
            judge(before, True, first=known.open)  # open cells do not speak for another tree
        sources: tuple[Source, ...] = (known.source, replace(known.source, classify=None))
        if self.probes is not None:
            sources = (ProbeSource(known.source, self.probes),)
        for source in map(sketches.with_rows, sources):
            limits = Limits(leaves=most, deadline=late)
            grown = grow(self.cuts, source, limits, choices=rounds.choices())
            if grown.interrupted:
                raise KeyboardInterrupt
            judge(shrink(grown.tree, domain), not grown.finished)
        if leaves is not None and not grown.finished:
            limits = Limits(leaves=OVERGROWN * leaves, deadline=late)
            more = grow(self.cuts, source, limits, choices=rounds.choices())
            if more.interrupted:
                raise KeyboardInterrupt
            judge(shrink(sketches.cut_down(more.tree, leaves), domain), True)
        _, tree, limited = min(tried, key=lambda t: t[0])
        return tree, limited

    def rank(self, table: Table, known: Known, tree: Tree, *, first: bool) -> tuple[Rank, bool]:
        """The less, the better is a tree; and whether its error is small enough.

        What is open says nothing for or against a tree: where it is much, the table's points do.
        ``first``: of two trees that are as good this one is preferred to a smaller one.
        """
        domain, goal = self.bulk.domain, self.goal
        least, most = error_interval(domain, known, tree)
        wide = known.open and most - least > WIDE
        error = table.missed_of_drawn(tree, domain) if wide else most
        leaves = 0 if first else tree.leaves
        if goal.rows is None:
            return (max(goal.error, error), leaves, error), most <= goal.error
        missed = table.missed(tree, domain)
        rank = max(goal.error, missed), leaves if goal.error else 0, error
        return rank, max(missed, most) <= goal.error
