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


@pytest.mark.parametrize("step", ["KBinsDiscretizer", "QuantileTransformer", "filled"])
def test_other_steps_that_were_fitted_to_float32(step: str) -> None:
    """They look for 0.1 among numbers of which the float32 nearest to it is one."""
    pd = pytest.importorskip("pandas")
    from sklearn import preprocessing
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    frame = pd.DataFrame({"dose": np.array([0.1, 0.7, 0.3, 0.2] * 20, dtype=np.float32)})
    frame["size"] = [0.5, 1.5] * 40
    domain = lp.Domain.from_frame(frame)
    first = {
        "KBinsDiscretizer": lambda: preprocessing.KBinsDiscretizer(
            [4, 2], quantile_method="linear"
        ),
        "QuantileTransformer": lambda: preprocessing.QuantileTransformer(n_quantiles=4),
        "filled": lambda: make_pipeline(
            SimpleImputer(), preprocessing.OneHotEncoder(handle_unknown="ignore")
        ),
    }[step]()
    if step == "KBinsDiscretizer":
        frame = frame.astype("float32")
    model = make_pipeline(first, LogisticRegression()).fit(frame, frame.dose > 0.25)
    with pytest.raises(lp.LeafproofError, match=r"float32.* of .dose. .*astype"):
        load_teacher(model, domain=domain)
    plain = pd.DataFrame({"dose": [0.1, 0.7, 0.3, 0.2] * 20, "size": frame["size"].astype(float)})
    model.fit(plain, plain.dose > 0.25)
    assert load_teacher(model, domain=domain).classes == 2
