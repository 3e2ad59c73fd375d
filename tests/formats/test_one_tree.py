"""A single tree in ONNX that is no tree file: read as an ensemble where a question takes either."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.formats.onnx_ensembles import COLUMNS, by_ids
from tests.formats.quantised_models import session
from verifier.formats.load import load_model
from verifier.model.ensemble import Ensemble

ROWS = np.array([*product((-1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 2.0), repeat=COLUMNS)])


@pytest.mark.parametrize(
    "options",
    [
        {"modes": ("BRANCH_EQ", "BRANCH_NEQ")},
        {"base_values": [0.1, -0.2, 0.3]},
        {"post_transform": "LOGISTIC"},
    ],
    ids=str,
)
def test_a_single_tree_with_names_modes_or_base_values_is_read(options):
    rng = np.random.default_rng(5)
    labels = ["b", "a", "c"]
    model = by_ids(rng, "TreeEnsembleClassifier", trees=1, outputs=3, labels=labels, **options)
    found = load_model(model, columns=COLUMNS)
    theirs = session(model).run(["label"], {"x": ROWS.astype(np.float32)})[0]
    assert isinstance(found, Ensemble)
    rows = ROWS.astype(np.float32).astype(np.float64)
    assert [found.labels[k] for k in found.predict(rows)] == [str(x) for x in theirs]
    assert len(set(theirs)) > 1
