"""Boosters in files that name their inputs: matched with a domain file's variables by name."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import verifier as lp

pd = pytest.importorskip("pandas")


def booster(library, folder):
    """A file of a booster that asks whether b > 2, of the columns b and a in that order."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({name: rng.integers(0, 6, 300).astype(float) for name in "ba"})
    y = (table.b > 2).astype(int)
    if library == "xgboost":
        xgb = pytest.importorskip("xgboost")
        path = folder / "model.json"
        xgb.XGBClassifier(n_estimators=1, max_depth=1, n_jobs=1).fit(table, y).save_model(path)
        return path
    lgb = pytest.importorskip("lightgbm")
    path = folder / "model.txt"
    model = lgb.LGBMClassifier(n_estimators=2, num_leaves=2, verbose=-1, num_threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(table, y).booster_.save_model(path)
    return path


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_columns_of_a_file_are_found_by_name_where_the_domain_is_a_file_too(library, tmp_path):
    model, domain = booster(library, tmp_path), tmp_path / "domain.json"
    lp.Domain.product(lp.Domain.range("a", 0, 5), lp.Domain.range("b", 0, 5)).save(domain)
    verdicts = []
    for column in (0, 1):
        tree = tmp_path / f"{column}.json"
        root = {"column": column, "threshold": 2.5, "left": {"class": 0}, "right": {"class": 1}}
        tree.write_text(json.dumps({"format": "leafproof-tree/1", "root": root}))
        verdicts.append(lp.certify(model, tree, domain).verdict)
    assert verdicts == ["different", "equivalent"]
