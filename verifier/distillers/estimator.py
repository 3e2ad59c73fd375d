"""``TreeDistiller``: the distillers by scikit-learn's conventions."""

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
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.representation import Layers
from verifier.formats import prediction
from verifier.formats.heads import Number
from verifier.formats.load import load_network
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, UnsupportedError
from verifier.model.network import Network
from verifier.model.proof import Finding
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
        """Distil ``teacher``: anything that ``load_network`` reads, or a Network.

        Raises LeafproofError for parameters out of range or that the method lacks, and
        UnsupportedError (a TypeError too) where the teacher or the domain is of another kind.
        """
        if self.method not in METHODS:
            raise LeafproofError(f"there is no method {self.method}: {', '.join(METHODS)}")
        if self.timeout is not None and not self.timeout >= 0:
            raise LeafproofError(f"timeout is {self.timeout}: give seconds, at least 0")
        if not isinstance(domain, Domain):
            raise UnsupportedError(
                f"the domain is a {type(domain).__name__}: give a Domain "
                "(Domain.bits, Domain.from_file, ...)"
            )
        deadline = None if self.timeout is None else now() + self.timeout
        network = load_network(teacher, columns=domain.columns, threshold=self.threshold)
        self.certificate_: Certificate | None = None
        self.verdict_: Verdict | None = None
        self.frontier_: tuple[FrontierTree, ...] | None = None
        if self.method == "cart":
            options = self._given("depth", "leaves", "samples")
            fitted = cart.distill(network, domain, seed=self.seed, deadline=deadline, **options)
            self.tree_, self.finished_ = fitted.tree, fitted.finished
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
        return prediction.predict(self.tree_, x, self.domain_)
