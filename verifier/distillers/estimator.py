"""``TreeDistiller``: the distillers by scikit-learn's conventions; trees as its estimators."""

from __future__ import annotations

import html
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.distillers import cart, certified, linear_representation
from verifier.distillers.frontier import Entry
from verifier.distillers.representation import Layers
from verifier.formats.heads import Number
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, UnsupportedError
from verifier.model.network import Network
from verifier.model.proof import Finding
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.verdict import Verdict
from verifier.provers.timing import now
from verifier.writing.certificate import save_certificate

GRACE = 0.4
"""Seconds after ``timeout`` in which a check that is under way may end."""
METHODS = ("certified", "lrh", "cart")
_PARAMETERS = (
    *("method", "depth", "keep", "size", "leaves", "samples", "layers", "scores"),
    *("error", "seed", "timeout", "threshold"),
)


class TreeDistiller:
    """Distils a network into a tree; parameters are those of ``leafproof distill``.

    After ``fit``: ``tree_``; ``certificate_`` and ``verdict_`` (method certified, as the kernel
    checked them; else None); ``frontier_`` (method lrh: the best tree of every size; else None).
    ``threshold`` says where class 1 begins: a regressor needs it, a module of one output may have
    it. A parameter that is None takes the method's default; one that the method lacks must be None.
    """

    def __init__(
        self,
        method: str = "certified",
        *,
        depth: int | None = None,
        keep: int | None = None,
        size: int | None = None,
        leaves: int | None = None,
        samples: int | None = None,
        layers: Layers | None = None,
        scores: str | None = None,
        error: Fraction | None = None,
        seed: int = 0,
        timeout: float | None = None,
        threshold: Number | None = None,
    ) -> None:
        self.method = method
        self.depth = depth
        self.keep = keep
        self.size = size
        self.leaves = leaves
        self.samples = samples
        self.layers = layers
        self.scores = scores
        self.error = error
        self.seed = seed
        self.timeout = timeout
        self.threshold = threshold

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name (``deep`` makes no difference)."""
        return {name: getattr(self, name) for name in _PARAMETERS}

    def set_params(self, **params: Any) -> TreeDistiller:
        """Change parameters; raises LeafproofError for a name that does not exist."""
        for name, value in params.items():
            if name not in _PARAMETERS:
                raise LeafproofError(f"there is no parameter {name}: {', '.join(_PARAMETERS)}")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "tree_")

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn 1.6 or newer asks an estimator: ``fit`` takes no labels."""
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False))

    def __repr__(self) -> str:
        """The call that makes it, without the parameters that have their defaults."""
        plain = TreeDistiller().get_params()
        own = {k: v for k, v in self.get_params().items() if v != plain[k]}
        return f"TreeDistiller({', '.join(f'{k}={v!r}' for k, v in own.items())})"

    def _repr_html_(self) -> str:
        """For notebooks: the fitted tree below the parameters."""
        head = f"<code>{html.escape(repr(self))}</code>"
        return head + self.tree_._repr_html_() if hasattr(self, "tree_") else head

    def fit(self, teacher: Any, domain: Domain) -> TreeDistiller:
        """Distil ``teacher``: a Network, a torch module or a fitted estimator of scikit-learn.

        Raises LeafproofError for parameters out of range or that the method lacks, and
        UnsupportedError (a TypeError too) where the teacher or the domain is of another kind.
        """
        if self.method not in METHODS:
            raise LeafproofError(f"there is no method {self.method}: {', '.join(METHODS)}")
        if self.timeout is not None and not self.timeout >= 0:
            raise LeafproofError(f"timeout is {self.timeout}: give seconds, at least 0")
        if not isinstance(domain, Domain):
            raise UnsupportedError(
                f"the domain is a {type(domain).__name__}: give a Domain (bits, signs, read_domain)"
            )
        deadline = None if self.timeout is None else now() + self.timeout
        network = as_teacher(teacher, domain, self.threshold)
        self.certificate_: Certificate | None = None
        self.verdict_: Verdict | None = None
        self.frontier_: tuple[Entry, ...] | None = None
        if self.method == "cart":
            options = self._given("depth", "leaves", "samples")
            self.tree_, self.finished_ = cart.distill_within(
                network, domain, seed=self.seed, deadline=deadline, **options
            )
        elif self.method == "lrh":
            options = self._given("depth", "keep", "size", "samples", "layers")
            found = linear_representation.distill(
                network, domain, seed=self.seed, deadline=deadline, **options
            )
            self.tree_, self.frontier_ = found.tree, found.frontier
            self.finished_ = found.finished
        else:
            options = self._given("leaves", "samples", "error", "scores", "layers")
            proved = certified.distill(
                network, domain, seed=self.seed, deadline=deadline, **options
            )
            self.tree_, self.finished_ = proved.tree, proved.finished
            self._certify(network, domain, proved.finding, deadline)
        self.tree_ = replace(self.tree_, labels=network.labels)
        self.domain_ = domain
        return self

    def _given(self, *allowed: str) -> dict[str, Any]:
        """The parameters that are not None; raises LeafproofError for one not in ``allowed``."""
        own = {k: v for k, v in self.get_params().items() if v is not None}
        for name in ("method", "seed", "timeout", "threshold"):
            own.pop(name, None)
        for name in own:
            if name not in allowed:
                raise LeafproofError(f"{name} is not a parameter of method {self.method}")
        return own

    def _certify(
        self, teacher: Network, domain: Domain, finding: Finding, deadline: float | None
    ) -> None:
        def stop() -> bool:
            return deadline is not None and now() >= deadline + GRACE

        with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
            path = Path(folder) / "certificate"
            self.certificate_, self.verdict_ = save_certificate(
                path, domain, teacher, self.tree_, finding, "certified", stop=stop
            )

    def predict(self, x: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The tree's class of the domain's encoded inputs in float64 or float32, (N, columns).

        Raises TreeError where float64 merges two values that the tree tells apart.
        """
        if not hasattr(self, "tree_"):
            raise LeafproofError("the TreeDistiller is not fitted: call fit first")
        rows = np.asarray(x, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.domain_.columns:
            raise LeafproofError(
                f"the inputs have shape {rows.shape}: give (N, {self.domain_.columns})"
            )
        return classify_rows(self.tree_, rows, self.domain_)


def as_teacher(model: Any, domain: Domain, threshold: Number | None = None) -> Network:
    """A Network from a Network, a torch module or an estimator of scikit-learn.

    ``threshold`` says where class 1 begins, for a module of one output or a regressor.
    """
    if isinstance(model, Network):
        if threshold is not None:
            raise LeafproofError("the Network has its classes already: leave the threshold out")
        return model
    made_by = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if "sklearn" in made_by:
        from verifier.formats.sklearn_networks import teacher_from_sklearn

        return teacher_from_sklearn(model, threshold=threshold)
    if "torch" not in made_by:
        raise UnsupportedError(
            f"the teacher is a {type(model).__name__}: give a Network (load_onnx), a "
            "torch.nn.Module, or a fitted MLPClassifier or MLPRegressor of scikit-learn"
        )
    from verifier.formats.torch import from_torch

    return from_torch(model, domain.columns, threshold=threshold)


def classify_rows(
    tree: Tree, rows: npt.NDArray[np.float64], domain: Domain
) -> npt.NDArray[np.int64]:
    """The class of encoded inputs that float64 or float32 has rounded, shape (N, columns)."""
    from verifier.formats.thresholds import FLOAT64, settle

    settled = settle(tree, domain, FLOAT64)
    answer = np.zeros(len(rows), dtype=np.int64)
    stack = [(0, np.arange(len(rows)))]
    while stack:
        at, held = stack.pop()
        node = settled.tree.nodes[at]
        if isinstance(node, Leaf):
            answer[held] = node.klass
            continue
        goes_left = rows[held, node.column] <= settled.literals[at]
        stack += [(node.left, held[goes_left]), (node.right, held[~goes_left])]
    return answer


def to_sklearn(tree: Tree, domain: Domain) -> Any:
    """A DecisionTreeClassifier that answers as ``tree`` on the whole domain.

    scikit-learn rounds inputs to float32: raises TreeError where that merges values which the tree
    tells apart, LeafproofError where scikit-learn is missing.
    """
    from verifier.formats import export_check
    from verifier.formats.sklearn import tree_from_sklearn
    from verifier.formats.thresholds import FLOAT32, settle

    settled = settle(tree, domain, FLOAT32)
    kept = settled.tree
    classes = 1 + max(n.klass for n in tree.nodes if isinstance(n, Leaf))
    model = cart.estimator()
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
    export_check.sklearn(tree_from_sklearn(model), settled, domain)
    return model
