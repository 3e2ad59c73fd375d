"""A tree from whatever the user has: see ``load``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from verifier.formats import json_files
from verifier.formats.told_apart import described, is_a
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import TreeError, UnsupportedError, quoted
from verifier.model.network import Network
from verifier.model.tree import Tree, matched
from verifier.reading.files import read_bytes

_TREES = (
    "a path to a tree file (JSON, ONNX or code), an onnx.ModelProto, a fitted "
    "DecisionTreeClassifier of scikit-learn, a fitted TreeDistiller, a Result, or a Tree"
)


def load_tree(
    tree: Any, *, classes: Sequence[Any] | None = None, domain: Domain | None = None
) -> Tree:
    """The tree in a file or an object, as its own library executes it.

    ``tree``: a path to a file (JSON, ONNX, or code of nested ifs in Python, C, Java, JavaScript or
    C#, or the SQL that Leafproof exports, for which ``domain`` says what its columns are; it also
    says in which order an estimator's named columns are), an
    ``onnx.ModelProto``, a fitted ``DecisionTreeClassifier`` of scikit-learn, a fitted
    TreeDistiller, a Result (its tree), or a Tree. ``classes`` lists the labels of the network's
    classes 0, 1, ... in order, for an estimator whose labels are not these numbers; without it,
    such labels are numbered as the estimator orders them (``estimator.classes_``) and are kept as
    the tree's class names.

    Raises TreeError for what is no tree, is not fitted or has more than one output;
    UnsupportedError (a TypeError too) for objects of another kind.
    """
    if is_a(tree, "sklearn", "BaseEstimator"):
        from verifier.formats.sklearn import tree_from_sklearn

        if classes is None and _has_words(tree):
            classes = list(tree.classes_)
        if domain is not None and folds(tree, domain):
            from verifier.formats.sklearn_tree_pipelines import tree_from_pipeline

            return tree_from_pipeline(tree, domain, classes)
        return tree_from_sklearn(tree, classes)
    if classes is not None:
        raise TreeError("classes are for estimators of scikit-learn: leave them out")
    if isinstance(tree, str | os.PathLike):
        return read_tree(tree, domain)
    if is_a(tree, "onnx", "ModelProto"):
        from verifier.formats.tree_graph import tree_from_onnx

        return tree_from_onnx(tree)
    for held in (tree, getattr(tree, "tree_", None), getattr(tree, "tree", None)):
        if isinstance(held, Tree):
            return held
    if type(tree).__name__ == "TreeDistiller":
        raise TreeError("the TreeDistiller is not fitted: call fit first")
    raise UnsupportedError(f"the tree is {described(tree)}: give {_TREES}")


def load_tree_for(network: Network | Ensemble, tree: Any, domain: Domain | None = None) -> Tree:
    """The tree of ``load_tree``, with its classes numbered as the network's.

    With a ``domain`` a tree of scikit-learn may be the end of a pipeline from its raw columns on,
    or have other names of columns in another order: it then tests the domain's columns. Raises
    TreeError too where tree and network do not belong together: other columns, classes of other
    names, or an estimator's labels that are words while the network's classes have none.
    """
    columns = getattr(tree, "n_features_in_", network.columns)
    if domain is not None and is_a(tree, "sklearn", "BaseEstimator") and folds(tree, domain):
        columns = network.columns
    loaded = load_tree(tree, domain=domain)
    if columns != network.columns:
        raise TreeError(
            f"the tree was fitted to {columns} columns but the network has {network.columns}: "
            "fit it to the same columns, or give the pipeline that makes its columns and ends in it"
        )
    if not network.labels and is_a(tree, "sklearn", "BaseEstimator") and _has_words(tree):
        raise TreeError(
            f"the tree answers {', '.join(map(quoted, loaded.labels[:4]))}, but the network's "
            "classes have no names: say which is class 0, 1, ... (load_tree(tree, classes=[...]))"
        )
    return matched(loaded, network.labels)


def folds(tree: Any, domain: Domain) -> bool:
    """Whether a tree of scikit-learn reads other columns than the domain's, in order."""
    from verifier.formats.sklearn_tree_pipelines import folds

    return folds(tree, domain)


def read_tree(path: str | os.PathLike[str], domain: Domain | None = None) -> Tree:
    """The tree in a JSON file, an ONNX file with one TreeEnsembleClassifier, or a file of code.

    ``domain`` says what the columns are that SQL names. Raises TreeError.
    """
    data = read_bytes(path, "tree", TreeError)
    if data[:1] == b"\x08":  # an ONNX file begins with its version
        from verifier.formats.tree_graph import read_tree_onnx

        return read_tree_onnx(path)
    from verifier.formats.code_python import text_of
    from verifier.formats.code_sql import read_sql
    from verifier.formats.code_trees import is_code, read_code

    if not is_code(path):
        return json_files.read_tree(path)
    ending = Path(path).suffix.lower()
    try:
        text = text_of(data) if ending == ".py" else data.decode()
        return read_sql(text, domain) if ending == ".sql" else read_code(text, ending, domain)
    except UnicodeDecodeError:
        raise TreeError(f"{quoted(path, 200)} is not UTF-8 text") from None
    except TreeError as problem:
        from verifier.formats.code_ensembles import computes

        said = str(problem)
        if ending != ".sql" and computes(data.decode(errors="replace")):
            said = (
                "it adds trees up, and is no tree: give it as the teacher, or compare it with "
                "another model by ask same"
            )
        raise TreeError(f"{quoted(path, 200)}: {said}") from None


def _has_words(estimator: Any) -> bool:
    """Whether a fitted classifier's labels are not class numbers, of which there are not many."""
    from verifier.formats.heads import MOST_LABELS

    labels = getattr(estimator, "classes_", ())
    if any(np.ndim(label) for label in labels):
        return False  # of several outputs, which the reader refuses
    plain = [getattr(label, "item", lambda label=label: label)() for label in labels]
    return not all(
        isinstance(x, int | float) and 0 <= x < MOST_LABELS and x == int(x) for x in plain
    )
