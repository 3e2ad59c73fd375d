"""Encoders that were fitted to float32 numbers: 0.1 of a domain is none of their categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.load import load_teacher


@pytest.mark.parametrize("encoder", ["OrdinalEncoder", "OneHotEncoder"])
@pytest.mark.parametrize("unknown", ["error", "other"])
def test_a_float32_column_is_refused_by_name(encoder: str, unknown: str) -> None:
    pd = pytest.importorskip("pandas")
    from sklearn import preprocessing
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline

    options: dict[str, Any] = {}
    if unknown == "other":
        options = {"handle_unknown": "ignore"}
        if encoder == "OrdinalEncoder":
            options = {"handle_unknown": "use_encoded_value", "unknown_value": -1}
    frame = pd.DataFrame({"dose": np.array([0.1, 0.2, 0.3] * 20, dtype=np.float32)})
    y = (frame.dose > 0.15).astype(int)
    domain = lp.Domain.from_frame(frame)

    def fitted(given: Any) -> Any:
        first = getattr(preprocessing, encoder)(**options)
        return make_pipeline(first, RandomForestClassifier(2, random_state=0)).fit(given, y)

    with pytest.raises(lp.LeafproofError, match=r"float32.* of .dose. .*astype"):
        load_teacher(fitted(frame), domain=domain)
    made = load_teacher(fitted(frame.astype("float32").round(1).astype(str).astype(float)),
                           domain=domain)  # fmt: skip
    assert made.classes == 2
