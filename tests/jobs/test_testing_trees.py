"""Tests of models of trees as users have them: files, boosters of tables, and other odd ends."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.opaque import answers
from verifier.formats.opaque_tables import table_of
from verifier.model.tree import Inner, Leaf, Tree

DOMAIN = lp.Domain.product(
    lp.Domain.range("a", 0, 4), lp.Domain.ordinal("b", [0, 0.5, 1]), lp.Domain.ordinal("c", [0, 1])
)
X = DOMAIN.inputs()
Y = ((X[:, 0] > 2) ^ (X[:, 1] * 2 == 1) ^ (X[:, 2] > 0)).astype(int)
STUMP = Tree((Inner(0, Fraction(5, 2), 1, 2), Leaf(0), Leaf(1)))
STUMPS = (X[:, 0] > 2.5).astype(int)


def error_of(model: Any, **more: Any) -> Fraction:
    """What a test of all points says of how often a stump differs."""
    found = lp.test(model, STUMP, DOMAIN, replacement=False, **more).sampled
    assert found is not None and found.lower == found.upper
    return found.lower


def true_error(classes: Any) -> Fraction:
    """How often a stump differs from a model's answers at all points."""
    return Fraction(int((np.asarray(classes) != STUMPS).sum()), len(X))


@pytest.mark.parametrize("name", ["model.json", "model.ubj"])
def test_files_of_xgboost(tmp_path: Path, name: str) -> None:
    xgb = pytest.importorskip("xgboost")
    model = xgb.XGBClassifier(n_estimators=4, max_depth=2, n_jobs=1).fit(X, Y)
    model.save_model(tmp_path / name)
    wanted = true_error(model.predict(X))
    assert 0 < wanted < 1 and wanted == error_of(tmp_path / name) == error_of(model)
    assert error_of(model.get_booster(), head="probability") == wanted


def test_a_test_of_a_file_of_trees_is_checked_against_it(tmp_path: Path) -> None:
    lgb = pytest.importorskip("lightgbm")
    path, held = tmp_path / "model.txt", tmp_path / "a.certificate"
    model = lgb.LGBMClassifier(n_estimators=3, min_child_samples=2, verbose=-1, n_jobs=1).fit(X, Y)
    model.booster_.save_model(path)
    assert error_of(path, output=held) == true_error(model.predict(X)) > 0
    assert lp.check(held, against=(path, STUMP, DOMAIN)).asked_again == len(X)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(lp.InvalidProof, match="another model"):
        lp.check(held, against=(path, STUMP, DOMAIN))


def test_code_and_json(tmp_path: Path) -> None:
    code = tmp_path / "rule.py"
    code.write_text("def f(x):\n    return 1 if x[1] > 0.2 and x[2] <= 0.5 else 0\n")
    wanted = true_error((X[:, 1] > 0.2) & (X[:, 2] <= 0.5))
    assert error_of(code) == wanted > 0
    tree = tmp_path / "tree.json"
    STUMP.save(tree)
    assert error_of(tree) == 0
    Tree(STUMP.nodes, labels=("maybe", "never")).save(tree)
    named = Tree(STUMP.nodes, labels=("no", "yes"))
    made = lp.test(tree, named, DOMAIN, replacement=False)
    assert made.sampled is not None and made.sampled.lower == 1
    assert any('one of the tree\'s classes, "no", "yes"' in text for text in made.notes)


def test_classes_of_which_only_the_tree_s_have_names_are_compared_by_number(tmp_path: Path) -> None:
    """As they are where the same two are certified."""
    path, held = tmp_path / "tree.json", tmp_path / "a.certificate"
    STUMP.save(path)
    named = Tree(STUMP.nodes, labels=("no", "yes"))
    made = lp.test(path, named, DOMAIN, replacement=False, output=held)
    assert made.sampled is not None and made.sampled.upper == 0
    assert [text for text in made.notes if "compared by number" in text]
    assert lp.check(held, against=(path, named, DOMAIN)).asked_again == len(X)
    for labels, differ in (("0", "1"), 0), (("1", "0"), 1), (("1", "x"), 1):
        made = lp.test(path, Tree(STUMP.nodes, labels=labels), DOMAIN, replacement=False)
        assert made.sampled is not None and len(made.notes) == labels.count("x"), made.notes
        assert made.sampled.lower == made.sampled.upper == differ


def test_boosters_of_tables_with_categories() -> None:
    pandas = pytest.importorskip("pandas")
    xgb, lgb = pytest.importorskip("xgboost"), pytest.importorskip("lightgbm")
    rng = np.random.default_rng(3)
    x = pandas.DataFrame(
        {
            "city": pandas.Categorical(rng.choice(["Ulm", "Bonn", "Aachen"], 300)),
            "paid": rng.choice([1.5, 2.5, 4.0, np.nan], 300),
            "sex": pandas.Categorical(rng.choice(["m", "f"], 300)),
        }
    )
    y = ((x.city == "Bonn") ^ (x.paid > 2) ^ (x.sex == "m")).astype(int)
    domain = lp.Domain.from_frame(x)
    points = np.array(list(itertools.product(*(range(v.count) for v in domain.variables))))
    labels = [domain.labels(tuple(p)) for p in points.tolist()]
    table = pandas.DataFrame(labels)
    table["paid"] = pandas.to_numeric(table.paid, errors="coerce")
    for name in ("city", "sex"):
        table[name] = pandas.Categorical(table[name], categories=x[name].cat.categories)
    assert table.paid.isna().any() and not table.paid.isna().all()
    models = (
        xgb.XGBClassifier(n_estimators=8, max_depth=4, enable_categorical=True, n_jobs=1),
        lgb.LGBMClassifier(n_estimators=8, verbose=-1, n_jobs=1, min_data_per_group=1),
    )
    for model in models:
        model.fit(x, y)
        make = table_of(model, domain)
        assert make is not None
        classes = model.predict(table)
        assert 0 < classes.sum() < len(points)
        asked = answers(model, STUMP).classify(make(points))
        np.testing.assert_array_equal(asked, classes)
        own = lp.distill(model, domain)
        assert own.verdict == "equivalent"
        found = lp.test(model, own.tree, domain, replacement=False, samples=len(points)).sampled
        assert found is not None and found.lower == 0


def test_torch_modules_of_float64() -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Linear(3, 1).double()
    with torch.no_grad():
        module.weight[:] = torch.tensor([[1.0, -2.0, 0.0]])
        module.bias[:] = -1.0
    wanted = true_error(X[:, 0] - 2 * X[:, 1] - 1 > 0)
    assert error_of(module, head="logit") == wanted > 0
