"""Trees out to scikit-learn: an estimator that answers as the tree does."""

from __future__ import annotations

from typing import Any

import numpy as np

from verifier.formats import export_check
from verifier.formats.intervals import cut_for
from verifier.formats.sklearn import tree_from_sklearn
from verifier.formats.thresholds import FLOAT32, settle
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner, Leaf, Tree


def unfitted_tree(what: str, **options: Any) -> Any:
    """An unfitted DecisionTreeClassifier, which ``what`` needs; else raises LeafproofError."""
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise LeafproofError(
            f"{what} needs scikit-learn, which is not installed: "
            "run pip install 'leafproof[sklearn]'"
        ) from None
    return DecisionTreeClassifier(**options)


def tree_to_sklearn(tree: Tree, domain: Domain) -> Any:
    """A DecisionTreeClassifier that answers as ``tree`` on the whole domain.

    scikit-learn rounds inputs to float32: raises TreeError where that merges values which the tree
    tells apart, LeafproofError where scikit-learn is missing.
    """
    domain = cut_for(domain, tree)
    settled = settle(tree, domain, FLOAT32)
    kept = settled.tree
    classes = 1 + max(n.klass for n in tree.nodes if isinstance(n, Leaf))
    model = unfitted_tree("a DecisionTreeClassifier")
    x = np.zeros((classes, domain.columns), dtype=np.float32)
    x[:, 0] = np.arange(classes)
    model.fit(x, np.arange(classes))
    state = model.tree_.__getstate__()
    nodes = np.zeros(len(kept.nodes), dtype=state["nodes"].dtype)
    values = np.zeros((len(kept.nodes), 1, classes))
    for i, node in enumerate(kept.nodes):
        if isinstance(node, Inner):
            row = node.left, node.right, node.column, settled.literals[i]
            values[i] = 1 / classes
        else:
            row = -1, -1, -2, -2.0
            values[i, 0, node.klass] = 1.0
        names = ("left_child", "right_child", "feature", "threshold")
        for name, value in zip(names, row, strict=True):
            nodes[name][i] = value
        nodes["n_node_samples"][i] = nodes["weighted_n_node_samples"][i] = 1
    state |= {
        "max_depth": kept.depth,
        "node_count": len(kept.nodes),
        "nodes": nodes,
        "values": values,
    }
    kind, arguments, _ = model.tree_.__reduce__()
    model.tree_ = kind(*arguments)  # a new one: the old one's arrays would not be resized
    model.tree_.__setstate__(state)
    export_check.sklearn(tree_from_sklearn(model), tree, domain)
    return model
