"""Decision trees of scikit-learn that a pipeline feeds, or whose columns have names: as trees that
test the domain's own columns.

A test of a transformed column sends some of one variable's values left. Of a number these are those
up to a threshold, in the simplest case; of a one-hot variable they are told by its 0/1 columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verifier.formats import sklearn_check
from verifier.formats.cuts import Cut, cuts_of
from verifier.formats.own import kind_of
from verifier.formats.sklearn import tree_from_sklearn
from verifier.formats.sklearn_columns import Held, are_columns
from verifier.formats.sklearn_inputs import inputs_of
from verifier.formats.sklearn_pipelines import through
from verifier.formats.words import few
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, TreeError, quoted
from verifier.model.tree import Inner, Leaf, Tree

MOST_NODES = 1 << 16
"""Nodes of a folded tree: what a test sends left may take several tests of the domain's columns."""
TREES = "DecisionTreeClassifier", "ExtraTreeClassifier"


def folds(model: Any, domain: Domain) -> bool:
    """Whether the model is a tree that reads other columns than the domain's, in order."""
    name = kind_of(model)
    if name == "Pipeline":
        return kind_of(model.steps[-1][1]) in TREES and hasattr(model, "n_features_in_")
    if name not in TREES or not hasattr(model, "feature_names_in_"):
        return False
    held = inputs_of(model, domain)
    return held is not None and not are_columns(domain, held)


def tree_from_pipeline(model: Any, domain: Domain, classes: Sequence[Any] | None) -> Tree:
    """The tree on the domain's columns that answers as ``model`` at every point of the domain.

    ``classes`` as ``tree_from_sklearn`` takes them. Raises TreeError.
    """
    steps = [step for _, step in model.steps] if kind_of(model) == "Pipeline" else [model]
    try:
        inputs = inputs_of(steps[0] if hasattr(steps[0], "n_features_in_") else model, domain)
        if inputs is None:
            raise TreeError(
                f"the pipeline takes {model.n_features_in_} columns, which are not the domain's "
                "variables: make the domain of the same table"
            )
        columns = through(domain, steps[:-1], inputs)
    except NetworkError as problem:
        raise TreeError(str(problem)) from None
    own = tree_from_sklearn(steps[-1], classes)
    made = _Folding(domain, columns, own).tree()
    _compare(model, made, domain, inputs)
    return made


def _compare(model: Any, made: Tree, domain: Domain, inputs: Sequence[Held]) -> None:
    """TreeError where the tree and the pipeline differ at a point drawn from the domain."""
    points = sklearn_check.drawn(domain)
    said = sklearn_check.predicted(model, domain, inputs, points, None)
    for point, answer in zip(points, said or (), strict=said is not None):
        found = made.class_name(made.class_at(domain.encode(point)))
        if found != answer:
            words = few([f"{k} {v}" for k, v in domain.labels(point).items()])
            raise TreeError(
                f"{type(model).__name__} predicts {answer} where its tree says {found} ({words}): "
                "the pipeline was not read right; please report it"
            )


@dataclass
class _Folding:
    """Builds the nodes, each before its children."""

    domain: Domain
    columns: Sequence[Held]
    own: Tree
    nodes: list[Inner | Leaf] = field(default_factory=list)

    def tree(self) -> Tree:
        """The whole tree."""
        if any(n.column >= len(self.columns) for n in self.own.nodes if isinstance(n, Inner)):
            raise TreeError("the tree tests more columns than the pipeline makes: fit it again")
        self._grow(0)
        return Tree(tuple(self.nodes), self.own.labels)

    def _grow(self, at: int) -> int:
        """Append what a node of the tree becomes; returns where that begins."""
        node = self.own.nodes[at]
        if isinstance(node, Leaf):
            return self._append(node)
        cuts, rest = _cuts(self.domain, self.columns[node.column], node.threshold)
        return self._chain(node, cuts, left=rest)

    def _chain(self, node: Inner, cuts: Sequence[Cut], *, left: bool) -> int:
        """The cuts one after the other; what none of them decides goes ``left``, or right."""
        if not cuts:
            return self._grow(node.left if left else node.right)
        cut = cuts[0]
        here = self._append(Inner(cut.column, cut.threshold, 0, 0))
        decided = self._grow(node.left if cut.left else node.right)
        others = self._chain(node, cuts[1:], left=left)
        yes, no = (decided, others) if cut.if_yes else (others, decided)
        self.nodes[here] = Inner(cut.column, cut.threshold, yes, no)
        return here

    def _append(self, node: Inner | Leaf) -> int:
        if len(self.nodes) >= MOST_NODES:
            raise TreeError(
                f"the tree takes more than {MOST_NODES} tests of the domain's columns: encode "
                "categories by OneHotEncoder, or make it shallower"
            )
        self.nodes.append(node)
        return len(self.nodes) - 1


def _cuts(domain: Domain, held: Held, threshold: Fraction) -> tuple[list[Cut], bool]:
    """Cuts that tell which values of a column's variable are at most the threshold."""
    name = domain.variables[held.variable].name

    def goes_left(x: Any) -> bool:
        if not isinstance(x, float):
            raise TreeError(
                f"the tree tests {quoted(name)} where it is missing or a text: fill it in "
                "(SimpleImputer), or encode it, before"
            )
        return Fraction(x) <= threshold

    return cuts_of(domain, held, goes_left, (threshold,))
