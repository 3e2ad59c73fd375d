"""Models of scikit-learn that ask another one: what a search has found, what is frozen."""

from __future__ import annotations

from typing import Any

from verifier.formats.own import check_own
from verifier.model.errors import NetworkError

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")


def found_by(model: Any) -> Any:
    """The best estimator of a fitted search over parameters, or what is frozen; else the model.

    Raises NetworkError for a search that was not fitted, or keeps no estimator.
    """
    kind = type(model)
    if kind.__module__.partition(".")[0] != "sklearn":
        return model
    if kind.__name__ in ("FrozenEstimator", *SEARCHES):
        check_own(model, "sklearn", NetworkError)
    if kind.__name__ == "FrozenEstimator":
        return found_by(model.estimator)
    if kind.__name__ not in SEARCHES:
        return model
    best = getattr(model, "best_estimator_", None)
    if best is None:
        raise NetworkError(
            f"the {kind.__name__} has no best_estimator_: call fit first, with refit=True"
        )
    return found_by(best)
