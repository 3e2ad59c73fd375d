"""Distillation with a proof: a tree grown from the root whose leaves are proved.

Small domains are evaluated as a whole. On large ones a first tree is grown on fresh points of every
cell; branch and bound proves, along the tree's tests, what class the teacher has; then the tree is
grown anew from the proved cells with their exact probabilities, and the prover goes on along its
tests with what is still open. The proof is the certificate: nothing is proved twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from verifier.distillers import linear_representation
from verifier.distillers.cuts import Cuts, prepare_cuts
from verifier.distillers.growing import Limits, grow
from verifier.distillers.knowledge import Known, error_interval, is_small, probes_for, work_of
from verifier.distillers.options import Goal, check_whole
from verifier.distillers.probing import Probes, ProbeSource, prepare_probes
from verifier.distillers.quick import quick_classes
from verifier.distillers.representation import Layers, has_nonlinear
from verifier.distillers.rounds import GROWING, Rounds
from verifier.distillers.sampled import SampleSource
from verifier.distillers.sources import Source
from verifier.distillers.tidying import shrink
from verifier.distillers.whole import Certified, distill_whole
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open
from verifier.model.tree import Leaf, Tree
from verifier.provers.evaluate import Bulk, prepare_bulk
from verifier.provers.timing import TimeOver, ending, part

SAMPLES = 2000
"""Fresh points in every cell of the first tree."""
SKETCH = 64
"""Most leaves of the first tree."""
SKETCH_WRONG = 1e-3
"""The first tree may differ on so many of its fresh points."""
LARGE = 1 << 20
"""Multiplications beyond which the first tree is found by probes (linear_representation)."""
SCORES = ("separation", "lrh")
SKETCHING = 0.25
"""The share of the time for the first tree."""


def distill(
    teacher: Network,
    domain: Domain,
    *,
    error: Fraction | None = None,
    leaves: int | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    scores: str = "separation",
    layers: Layers | None = None,
    deadline: float | None = None,
) -> Certified:
    """Grow a tree until it is proved equal to the teacher, or as far as the limits allow.

    ``error`` (in [0, 1]) is a probability of disagreement that is small enough once proved;
    ``leaves`` the most leaves of the tree; ``deadline`` is on the clock of time.monotonic; Ctrl-C
    ends the search too. ``scores`` says what a cell is split on: ``separation``, what changes the
    teacher's class most (see `influence`, and Gini's impurity); ``lrh``, the split whose halves are
    most linear in φ (see `probing`), which ``layers`` are (see `choose_nodes`). Raises
    LeafproofError for an option out of range.
    """
    if scores not in SCORES:
        raise LeafproofError(f'there are no scores "{scores}": {", ".join(SCORES)}')
    if layers is not None and scores != "lrh":
        raise LeafproofError("layers are probed only with the scores lrh: leave them out")
    if error is not None and not 0 <= error <= 1:
        raise LeafproofError(f"the error target is {error}: give a probability from 0 to 1")
    for name, value, least in (("leaves", leaves, 1), ("samples", samples, 1), ("seed", seed, 0)):
        check_whole(name, value, least)
    bulk = prepare_bulk(teacher, domain)
    cuts = prepare_cuts(domain)
    probes = None
    if scores == "lrh":
        many = probes_for(cuts, bulk)
        probes = prepare_probes(
            teacher, domain, layers=layers, count=samples, influence=many, seed=seed
        )
    goal = Goal(error=Fraction(error or 0), leaves=leaves, deadline=deadline)
    if is_small(domain, teacher):
        return distill_whole(cuts, bulk, goal, probes)
    return _CertifiedSearch(cuts, bulk, goal, samples, seed, probes).run()


@dataclass(frozen=True)
class _CertifiedSearch:
    """The search on a large domain."""

    cuts: Cuts
    bulk: Bulk
    goal: Goal
    samples: int
    seed: int
    probes: Probes | None

    def run(self) -> Certified:
        """Alternate between proving and growing until the target or a limit is reached."""
        best = Certified(Tree((Leaf(0),)), Finding((Open(),)), (Fraction(0), Fraction(1)), False)
        rounds = Rounds(self.cuts, self.bulk, self.goal.deadline, self.seed)
        try:
            try:
                with ending(part(self.goal.deadline, SKETCHING)):
                    tree = self.sketch()
            except TimeOver:
                tree = best.tree
            best = replace(best, tree=tree)
            while True:
                found, stopped = rounds.prove(tree)
                best = replace(best, tree=tree, finding=found)
                if stopped:
                    return best
                with rounds.growing():
                    known = rounds.known(tree)
                    tree, limited = self.regrow(known, tree, part(rounds.ends, GROWING))
                    found, interval = rounds.judged(found, known, tree)
                reached = interval[1] <= self.goal.error or (limited and not known.open)
                best = Certified(tree, found, interval, reached)
                if reached or rounds.done or rounds.short:
                    return best
        except KeyboardInterrupt:
            return best

    def sketch(self) -> Tree:
        """A first tree: by probes for large teachers, else from fresh points of its cells."""
        teacher, domain = self.bulk.teacher, self.bulk.domain
        if work_of(teacher) > LARGE and has_nonlinear(teacher):
            nodes = None if self.probes is None else self.probes.nodes
            return linear_representation.distill(
                teacher,
                domain,
                seed=self.seed,
                layers=nodes,
                deadline=part(self.goal.deadline, SKETCHING),
            ).tree
        source: Source = SampleSource(
            self.cuts,
            lambda points: quick_classes(teacher, domain, points),
            self.samples,
            probes_for(self.cuts, self.bulk),
            self.bulk.teacher.classes,
            self.seed,
        )
        if self.probes is not None:
            source = ProbeSource(source, self.probes)
        most = min(SKETCH, self.goal.leaves or SKETCH)
        end = part(self.goal.deadline, SKETCHING)
        limits = Limits(leaves=most, wrong=SKETCH_WRONG, deadline=end)
        grown = grow(self.cuts, source, limits)
        if grown.interrupted:
            raise KeyboardInterrupt
        return grown.tree

    def regrow(self, known: Known, before: Tree, late: float | None) -> tuple[Tree, bool]:
        """The best tree for what is known, and whether a limit cut its growth short."""
        domain = self.bulk.domain
        most = self.goal.leaves or 4 * len(known.source.classes) + SKETCH
        tried = []
        if self.goal.leaves is None or before.leaves <= self.goal.leaves:
            error = error_interval(domain, known, before)[1]
            rank = 0 if known.open else before.leaves  # open cells do not speak for another tree
            tried.append((max(self.goal.error, error), rank, before, error > self.goal.error))
        sources: tuple[Source, ...] = (known.source, replace(known.source, classify=None))
        if self.probes is not None:
            sources = (ProbeSource(known.source, self.probes),)
        for source in sources:
            grown = grow(self.cuts, source, Limits(leaves=most, deadline=late))
            if grown.interrupted:
                raise KeyboardInterrupt
            tree = shrink(grown.tree, domain)
            error = max(self.goal.error, error_interval(domain, known, tree)[1])
            tried.append((error, tree.leaves, tree, not grown.finished))
        _, _, tree, limited = min(tried, key=lambda t: t[:2])
        return tree, limited
