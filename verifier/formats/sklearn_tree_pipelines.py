"""Decision trees of scikit-learn that a pipeline feeds, or whose columns have names: as trees that
test the domain's own columns.

A test of a transformed column sends some of one variable's values left. Of a number these are those
up to a threshold, in the simplest case; of a one-hot variable they are told by its 0/1 columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.formats import sklearn_check
from verifier.formats.chains import MOST_NODES, Chains
from verifier.formats.cuts import Cut, cuts_of
from verifier.formats.own import kind_of
from verifier.formats.sklearn import missing_left, tree_from_sklearn
from verifier.formats.sklearn_columns import Held, are_columns
from verifier.formats.sklearn_inputs import inputs_of, read_by
from verifier.formats.sklearn_pipelines import as_fitted_to, through
from verifier.formats.words import few
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, TreeError, quoted
from verifier.model.tree import Inner, Tree

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
        inputs = read_by(steps[0] if hasattr(steps[0], "n_features_in_") else model, domain)
        if inputs is None:
            raise TreeError(
                f"the pipeline takes {model.n_features_in_} columns, which are not the domain's "
                "variables: make the domain of the same table"
            )
        inputs = as_fitted_to(domain, [steps[:-1]], inputs)
        columns = through(domain, steps[:-1], inputs)
    except NetworkError as problem:
        raise TreeError(str(problem)) from None
    own = tree_from_sklearn(steps[-1], classes)
    made = _folded(domain, columns, own, missing_left(steps[-1]))
    _compare(model, made, domain, inputs)
    return made


def _compare(model: Any, made: Tree, domain: Domain, inputs: Sequence[Held]) -> None:
    """TreeError where the tree and the pipeline differ at a point drawn from the domain."""
    points = sklearn_check.drawn(domain)
    said = sklearn_check.predicted(model, domain, inputs, points, None)
    if said is None:
        raise TreeError(f"{type(model).__name__} {sklearn_check.SILENT}")
    for point, answer in zip(points, said, strict=True):
        found = made.class_name(made.class_at(domain.encode(point)))
        if found != answer:
            words = few([f"{k} {v}" for k, v in domain.labels(point).items()])
            raise TreeError(
                f"{type(model).__name__} predicts {answer} where its tree says {found} ({words}): "
                "the pipeline was not read right; please report it"
            )


def _folded(
    domain: Domain, columns: Sequence[Held], own: Tree, missing: Sequence[bool] | None
) -> Tree:
    """The tree by tests of the domain's columns; ``missing`` is where each sends such a value."""
    if any(n.column >= len(columns) for n in own.nodes if isinstance(n, Inner)):
        raise TreeError("the tree tests more columns than the pipeline makes: fit it again")
    too_many = TreeError(
        f"the tree takes more than {MOST_NODES} tests of the domain's columns: encode "
        "categories by OneHotEncoder, or make it shallower"
    )

    sides = dict(zip(map(id, own.nodes), missing or (), strict=missing is not None))

    def cuts(node: Inner) -> tuple[list[Cut], bool]:
        return _cuts(domain, columns[node.column], node.threshold, sides.get(id(node)))

    return Tree(Chains(own.nodes, cuts, too_many).folded(), own.labels)


def _cuts(
    domain: Domain, held: Held, threshold: Fraction, missing: bool | None
) -> tuple[list[Cut], bool]:
    """Cuts that tell which values of a column's variable are at most the threshold.

    Whether a ``missing`` one goes left, if the tree takes one.
    """
    name = domain.variables[held.variable].name

    def goes_left(x: Any) -> bool:
        if x is None and missing is not None:
            return missing
        if not isinstance(x, float):
            raise TreeError(
                f"the tree tests {quoted(name)} where it is missing or a text: fill it in "
                "(SimpleImputer), or encode it, before"
            )
        return Fraction(x) <= threshold

    return cuts_of(domain, held, goes_left, (threshold,))
