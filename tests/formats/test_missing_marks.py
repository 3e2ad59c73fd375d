"""What scikit-learn takes for missing: None is another thing than NaN to imputers and encoders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.frame_rows import indices_of

pandas = pytest.importorskip("pandas")
pytest.importorskip("sklearn")

from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.ensemble import RandomForestClassifier, VotingClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

MOST = SimpleImputer(strategy="most_frequent")
FILLED = SimpleImputer(strategy="constant", fill_value="nurse", add_indicator=True)
UNKNOWN = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def table(gone: Any):
    """A column of texts, a third of which are ``gone``, and a number; a class that tells these."""
    jobs = pandas.Series(["cook", gone, "nurse", "cook", gone, "pilot"] * 8, dtype=object)
    x = pandas.DataFrame({"job": jobs, "size": np.arange(48) % 4})
    return x, np.where(jobs.isna(), x["size"] > 0, (jobs == "pilot") | (x["size"] > 2))


def differing(model: Any, x: Any) -> int:
    """At how many rows of a table the model that was read answers otherwise than ``predict``."""
    domain = lp.Domain.from_frame(x)
    made = lp.distill(model, domain)
    assert made.verdict == "equivalent"
    said = np.asarray(model.predict(x)).astype(str)
    return int((made.tree.predict(x, domain=domain, names=True) != said).sum())


STEPS = {
    "one-hot": [OneHotEncoder(sparse_output=False)],
    "codes": [OrdinalEncoder(encoded_missing_value=-2)],
    "rare": [OrdinalEncoder(max_categories=2, encoded_missing_value=-2, **UNKNOWN)],
    "filled": [MOST, OneHotEncoder(handle_unknown="ignore")],
    "filled, rare": [MOST, OneHotEncoder(handle_unknown="ignore", min_frequency=0.3)],
    "constant": [FILLED, OrdinalEncoder(**UNKNOWN)],
    "target": [MOST, TargetEncoder(cv=2)],
}


@pytest.mark.parametrize("gone", [None, np.nan])
@pytest.mark.parametrize("final", ["forest", "linear", "tree", "votes"])
@pytest.mark.parametrize("steps", STEPS)
def test_none_is_no_nan(steps: str, final: str, gone: Any) -> None:
    """An imputer of NaN leaves None, which was read as filled in: another model was proved."""
    x, y = table(gone)
    pieces = make_pipeline(*STEPS[steps])
    first = make_column_transformer((pieces, ["job"]), remainder="passthrough")
    own = make_pipeline(first, LogisticRegression(C=100))
    model = {
        "forest": lambda: make_pipeline(first, RandomForestClassifier(3, random_state=0)),
        "linear": lambda: own,
        "tree": lambda: make_pipeline(first, DecisionTreeClassifier(random_state=0)),
        "votes": lambda: VotingClassifier([("a", own), ("b", own)]),
    }[final]()
    assert differing(model.fit(x, y), x) == 0


def test_imputers_that_take_none() -> None:
    for mark, gone in ((None, None), (pandas.NA, None), (pandas.NA, np.nan)):
        x, y = table(gone)
        fill = SimpleImputer(strategy="constant", fill_value="cook", missing_values=mark)
        first = make_column_transformer(
            (make_pipeline(fill, OneHotEncoder()), ["job"]), remainder="passthrough"
        )
        assert differing(make_pipeline(first, RandomForestClassifier(3)).fit(x, y), x) == 0


def test_both_in_one_column_are_refused() -> None:
    x, y = table(None)
    x.loc[:9, "job"] = x.loc[:9, "job"].fillna(np.nan)
    with pytest.raises(lp.LeafproofError, match='"job" holds both None and NaN'):
        lp.Domain.from_frame(x)
    domain = lp.Domain.from_frame(table(None)[0])
    first = make_column_transformer((OneHotEncoder(), ["job"]), remainder="passthrough")
    model = make_pipeline(first, LogisticRegression()).fit(x, y)
    with pytest.raises(lp.LeafproofError, match=r'NaN where "job" is missing, and to None: .*fit'):
        lp.load_network(model, domain=domain)


def test_numbers_beside_none_are_refused() -> None:
    x = pandas.DataFrame({"n": pandas.Series([1, 2, None, 3] * 9, dtype=object)})
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(x, x.n.isna())
    with pytest.raises(lp.LeafproofError, match=r'fitted to None where "n" is missing.*fillna'):
        lp.load_network(model, domain=lp.Domain.from_frame(x))


def test_a_missing_value_that_the_fit_lacked_is_unknown_to_codes() -> None:
    """It was read as the code of a missing value, which it is not."""
    x, y = table(np.nan)
    known = x.job.notna()
    codes = OrdinalEncoder(encoded_missing_value=7, **UNKNOWN)
    first = make_column_transformer((codes, ["job"]), remainder="passthrough")
    model = make_pipeline(first, RandomForestClassifier(5, random_state=0)).fit(x[known], y[known])
    assert differing(model, x) == 0


def test_categories_that_are_called_as_a_missing_text_are_refused() -> None:
    """The text "missing (text)" of a pandas category was read as the text "missing"."""
    held = pandas.Categorical(["a", "missing (text)"] * 9)
    with pytest.raises(lp.LeafproofError, match="as 'missing' is called: call it otherwise"):
        lp.Domain.from_frame(pandas.DataFrame({"job": held}))


def test_a_missing_value_is_found_whatever_it_is() -> None:
    x, _ = table(None)
    domain = lp.Domain.from_frame(x)
    other = x.assign(job=x.job.fillna(np.nan))
    assert (indices_of(domain, x) == indices_of(domain, other)).all()
