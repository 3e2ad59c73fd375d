"""Where it is so: a small tree that describes it, and what is proved of the tree.

The tree stands beside the models of the question, whose proof serves once more: steps speak of
models, and trees are laid over them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.distillers.where import where as described
from verifier.jobs.fronts.shares import Interval, proved
from verifier.jobs.limit import Limit, within
from verifier.jobs.result import Result
from verifier.jobs.settling import settle
from verifier.jobs.watching import Watch
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.errors import LeafproofError, QuestionError, Unfinished
from verifier.model.proof import Finding
from verifier.model.question import All, Any_, Bound, ClassIs, Formula, Matter, Not, atoms
from verifier.model.tree import Tree
from verifier.provers.search import COUNTEREXAMPLES
from verifier.provers.timing import now
from verifier.writing.certificate import found_by

NAME = "where"
"""What the tree is called among the models."""
SHARE = 0.7
"""The share of the time that is for the question itself."""


@dataclass(frozen=True, eq=False)
class Where:
    """A tree that answers 1 where it is likely to be so, and proved probabilities.

    ``wrong``: that the tree is not right about a point; ``inside``: that it answers 1; ``caught``
    and ``missed``: that it is so, and the tree answers 1, or 0. ``data`` are the bytes of the
    certificate about ``wrong``, ``certificate`` its content. ``smallest``: of all trees of tests of
    single columns, with no more leaves than were asked for, none is wrong with less probability,
    and none that is as right has fewer leaves. They were all gone through: the certificate does not
    say so.
    """

    tree: Tree
    wrong: Interval
    inside: Interval
    caught: Interval
    missed: Interval
    certificate: Certificate
    data: bytes
    smallest: bool = False


def where(
    result: Result, leaves: int, watch: Watch, limit: Limit | None, command: str = ""
) -> Where | None:
    """Describe where the question of a result is true; None where there is no time for it.

    Raises QuestionError for domains with continuous variables.
    """
    matter, certificate = result.matter, result.certificate
    if certificate is None:
        raise LeafproofError("there is no proof to describe")
    if matter.domain.infinite:
        raise QuestionError("where: a domain with continuous variables cannot be described")
    try:
        with within(limit), watch.stage("describing where it is so"):
            told = described(matter, leaves)
            points = tuple(tuple(p) for p in told.wrong[:COUNTEREXAMPLES].tolist())
            held = with_tree(matter, told.tree)
        finding = Finding(certificate.proof, points)
        made = settle(
            *(held, finding, found_by("where", command), watch, limit),
            domain_from=certificate.domain_from,
        )
        found = measured(made.certificate, made.data, made.proved.error, _late(limit))
        return replace(found, smallest=told.best)
    except Unfinished:
        return None


def check_leaves(leaves: int | None) -> None:
    """Raise QuestionError for a number of leaves that is none."""
    if leaves is None:
        return
    if isinstance(leaves, bool) or not isinstance(leaves, int) or leaves < 1:
        raise QuestionError(f"where is {leaves!r}: give the most leaves of the tree, at least 1")


def with_tree(matter: Matter, tree: Tree) -> Matter:
    """The question whether a tree is wrong about where a formula is true."""
    every = tuple(range(len(matter.domain.variables)))
    bound = Bound(NAME, tree, every)
    at, so = len(matter.models), matter.question
    wrong = Any_((All((so, ClassIs(at, 0))), All((Not(so), ClassIs(at, 1)))))
    return Matter(matter.domain, (*matter.models, bound), wrong)


def without_tree(matter: Matter) -> Matter | None:
    """The question that a tree describes, where the matter is ``with_tree``'s; None else."""
    *models, last = matter.models
    asked = matter.question
    if not models or last.name != NAME or not isinstance(last.model, Tree):
        return None
    if not isinstance(asked, Any_) or not isinstance(first := asked.parts[0], All):
        return None
    so = first.parts[0]
    pairs = ((x.model, 0) if isinstance(x, ClassIs) else (x.left, x.right) for x in atoms(so))
    if not all(max(pair) < len(models) for pair in pairs):
        return None
    found = Matter(matter.domain, tuple(models), so)
    again = with_tree(found, last.model)
    same = again.question == asked and again.models[-1].reads == last.reads
    return found if same else None


def measured(c: Certificate, data: bytes, wrong: Interval, stop: Stop | None = None) -> Where:
    """What the proof of a certificate about a tree that describes where it is so tells of it."""
    at, tree, about = len(c.models) - 1, c.models[-1].model, without_tree(c.matter)
    assert about is not None and isinstance(tree, Tree)
    so = about.question
    asked: tuple[Formula, ...] = (
        Any_((All((so, ClassIs(at, 1))), All((Not(so), ClassIs(at, 1))))),
        All((so, ClassIs(at, 1))),
        All((so, ClassIs(at, 0))),
    )
    inside, caught, missed = (proved(c, c.domain, f, stop) for f in asked)
    return Where(tree, wrong, inside, caught, missed, c, data)


def _late(limit: Limit | None) -> Stop | None:
    return None if limit is None else lambda: now() > limit.cut


def shortened(limit: Limit | None) -> Limit | None:
    """The limit of the question, where its answer is to be described as well."""
    return limit and replace(limit, seconds=SHARE * limit.seconds)
