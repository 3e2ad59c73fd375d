"""Strange files of CatBoost: small models trained here, saved as JSON, and forged a little.

Places are drawn from the whole document, but for most of what is said of the training.
"""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import NUMBERS, WORDS, Random, pick, table

_WORDS: tuple[Any, ...] = (*WORDS, 0, 1, 2, 3, 1e-45, 2**32, 2**64, [1], "AsTrue", "AsFalse")


def catboost(rng: Random) -> bytes:
    """A model of CatBoost's, mostly with something forged, as JSON."""
    import catboost as cat

    classes = pick(rng, (2, 2, 3))
    options: dict[str, Any] = {
        "iterations": pick(rng, (1, 2, 4)),
        "depth": pick(rng, (1, 2, 3)),
        "border_count": 8,
        "grow_policy": pick(rng, ("SymmetricTree", "SymmetricTree", "Lossguide", "Depthwise")),
        "boost_from_average": bool(classes == 2 and rng.random() < 0.3),
        "loss_function": "Logloss" if classes == 2 else pick(rng, ("MultiClass", _ONE)),
        "nan_mode": pick(rng, ("Min", "Max")),
    }
    still = {"verbose": 0, "thread_count": 1, "allow_writing_files": False}
    model = cat.CatBoostClassifier(**options, **still).fit(*table(rng, classes))
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "model.json"
        model.save_model(str(path), format="json")
        document = json.loads(path.read_text())
    for _ in range(pick(rng, (0, 1, 1, 1, 2))):
        _forge(rng, document)
    return json.dumps(document).encode()


_ONE = "MultiClassOneVsAll"


def _forge(rng: Random, document: dict[str, Any]) -> None:
    """Change, take away, double or move something in a model's document."""
    all_of_it = rng.random() < 0.1
    top = [k for k in document if all_of_it or k != "model_info"]
    places = [(document, k) for k in top]
    for held, key in places:
        value = held[key]
        if isinstance(value, dict | list):
            keys = value if isinstance(value, dict) else range(len(value))
            places += [(value, k) for k in keys]
    held, key = pick(rng, places)
    way, old = int(rng.integers(6)), held[key]
    if way == 0 and type(old) in (int, float):
        held[key] = pick(rng, (old + 1, old - 1, -old, 2 * old, old + 0.5, _after(old)))
    elif way <= 2:
        held[key] = pick(rng, (*NUMBERS, *_WORDS))
    elif way == 3:
        del held[key]
    elif way == 4 and isinstance(held, list):
        held.insert(int(key), copy.deepcopy(old))
    else:
        other, there = pick(rng, places)
        held[key] = copy.deepcopy(other[there])


def _after(x: float) -> float:
    return float(np.nextafter(np.float32(x), np.float32(9)))
