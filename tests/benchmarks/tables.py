"""Real tables that come with scikit-learn, every column cut in two at its median."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from verifier.demo.problems import Problem
from verifier.formats.variables import thermometer
from verifier.model.domain import Domain


def _cut(
    title: str, load: str, columns: int, class_one: Callable[[np.ndarray], np.ndarray]
) -> Problem:
    """The first columns that have two halves; ``class_one`` says which targets are class 1."""
    from sklearn import datasets

    data = getattr(datasets, load)()
    names = [str(name) for name in getattr(data, "feature_names", range(data.data.shape[1]))]
    high = data.data > np.median(data.data, axis=0)
    both = [i for i in range(high.shape[1]) if 0.2 <= high[:, i].mean() <= 0.8][:columns]
    domain = Domain(tuple(thermometer(names[i], ("low", "high")) for i in both))
    points = tuple(tuple(int(x) for x in row) for row in high[:, both])
    labels = tuple(int(y) for y in class_one(data.target))
    return Problem(f"{title}, {len(both)} columns", domain, points, labels)


def _above(target: np.ndarray) -> np.ndarray:
    return np.asarray(target > np.median(target))


TABLES: dict[str, Callable[[], Problem]] = {
    "cancer": partial(_cut, "breast cancer", "load_breast_cancer", 12, np.asarray),
    "wine": partial(_cut, "wine, cultivar 1 or not", "load_wine", 13, lambda y: y == 1),
    "diabetes": partial(_cut, "diabetes, above the median", "load_diabetes", 10, _above),
    "digits": partial(_cut, "digits, 5 to 9", "load_digits", 64, lambda y: y >= 5),
}
"""Problems by name: 569, 178, 442 and 1,797 rows."""
