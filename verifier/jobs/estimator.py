"""``TreeDistiller``: the distillers by scikit-learn's conventions."""

from __future__ import annotations

import html
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.distillers.representation import Layers
from verifier.formats import prediction
from verifier.formats.heads import Number
from verifier.jobs.distill import distill
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, UnsupportedError

_PARAMETERS = (
    *("method", "depth", "keep", "size", "leaves", "samples", "layers", "scores"),
    *("error", "seed", "timeout", "threshold"),
)


class TreeDistiller:
    """Distils a network into a tree; parameters are those of ``leafproof distill``.

    After ``fit``: ``tree_``; ``certificate_`` and ``verdict_`` (method certified, as the kernel
    checked them; else None); ``frontier_`` (certified and lrh: the best tree of every size);
    ``result_``, the Result of ``distill`` that holds them.
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

    def fit(self, teacher: Any, domain: Domain, rows: Any = None) -> TreeDistiller:
        """Distil ``teacher``: anything that ``load_network`` reads, or a Network.

        ``rows``, a table or an array of the network's inputs, is what the tree is to be right on
        before all else (methods certified and cart).

        Raises LeafproofError for parameters out of range or that the method lacks, and
        UnsupportedError (a TypeError too) where the teacher or the domain is of another kind.
        """
        if not isinstance(domain, Domain):
            raise UnsupportedError(
                f"the domain is of type {type(domain).__name__}: give a Domain "
                "(Domain.bits, Domain.from_file, ...)"
            )
        self.result_ = distill(teacher, domain, rows=rows, **self.get_params())
        self.tree_ = self.result_.tree
        self.certificate_ = self.result_.certificate
        self.verdict_ = self.result_.proved
        self.frontier_ = self.result_.frontier
        self.finished_ = self.result_.finished
        self.domain_ = domain
        return self

    def predict(self, x: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The tree's class of the domain's encoded inputs in float64 or float32, (N, columns).

        Raises TreeError where float64 merges two values that the tree tells apart.
        """
        if not hasattr(self, "tree_"):
            raise LeafproofError("the TreeDistiller is not fitted: call fit first")
        return prediction.predict(self.tree_, x, self.domain_)
