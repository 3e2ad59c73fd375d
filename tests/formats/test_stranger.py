"""The smallest strange files by which ``python -m tests.benchmarks stranger`` found something.

Each was misread, or the library fell over it while Leafproof read it, or the reading did not end.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks import bench_stranger
from verifier.formats.ensembles_lightgbm import ensemble_from_lightgbm, table_of
from verifier.formats.load import load_teacher
from verifier.formats.ubjson import read_ubjson
from verifier.model.errors import EnsembleError

xgb = pytest.importorskip("xgboost")
lgb = pytest.importorskip("lightgbm")


@pytest.fixture(scope="module")
def document() -> str:
    """XGBoost's: three rounds of trees of two tests each."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, (80, 2)).astype(float)
    data = xgb.DMatrix(x, label=x.sum(axis=1) % 2, nthread=1)
    options = {"objective": "binary:logistic", "max_depth": 2, "nthread": 1, "base_score": 0.5}
    return bytes(xgb.train(options, data, 3).save_raw("json")).decode()


@pytest.fixture(scope="module")
def text() -> str:
    """LightGBM's: two trees of three leaves."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, (80, 2)).astype(float)
    options = {"objective": "binary", "num_leaves": 3, "min_data_in_leaf": 3, "verbose": -1}
    made = lgb.train(options | {"num_threads": 1}, lgb.Dataset(x, label=x.sum(axis=1) % 2), 2)
    lines = made.model_to_string().split("\n")
    assert "Tree=1" in lines
    return "\n".join(line for line in lines if not line.startswith("tree_sizes"))


def _best(learner: Any, best: str) -> None:
    learner["attributes"] = {"scikit_learn": "classifier", "best_iteration": best}


def _category(tree: Any, **changed: Any) -> None:
    """A split of categories at the root; parts of it otherwise."""
    tree["split_type"][0] = changed.pop("kind", 1)
    plain = {"nodes": [0], "segments": [0], "sizes": [1]} | changed
    for name, held in plain.items():
        tree[f"categories_{name}"] = held
    tree["categories"] = [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, m, t: m["iteration_indptr"].__setitem__(0, 1), "rounds do not hold"),
        (lambda d, m, t: m["iteration_indptr"].__setitem__(1, 3), "rounds do not hold"),
        (lambda d, m, t: m["iteration_indptr"].append(9), "rounds do not hold"),
        (lambda d, m, t: m["gbtree_model_param"].update(num_trees="9"), "different lengths"),
        (lambda d, m, t: d["learner_model_param"].update(num_feature=math.inf), "save it again"),
        (lambda d, m, t: _best(d, "-7"), "best round"),
        (lambda d, m, t: _best(d, "3"), "best round is 3 of 3"),
        (lambda d, m, t: _best(d, "1_0"), "best round"),
        (lambda d, m, t: _category(t, nodes=[10**6]), "of other splits"),
        (lambda d, m, t: _category(t, kind=0), "of other splits"),
        (lambda d, m, t: _category(t, nodes=[], segments=[], sizes=[]), "of other splits"),
        (lambda d, m, t: _category(t, segments=[1]), "not where it says"),
        (lambda d, m, t: _category(t, segments=[-1]), "not where it says"),
        (lambda d, m, t: _category(t, sizes=[2**31]), "not where it says"),
        (lambda d, m, t: t["left_children"].__setitem__(0, -2), "leads to node -2"),
        (lambda d, m, t: t["left_children"].__setitem__(0, 0), "leads to node 0"),
        (lambda d, m, t: t["left_children"].__setitem__(1, 1), "leads to node 1"),
        (lambda d, m, t: t["left_children"].__setitem__(0, 0.5), "no whole numbers"),
        (lambda d, m, t: t["split_indices"].__setitem__(0, True), "no whole numbers"),
        (lambda d, m, t: t["tree_param"].update(num_nodes="90"), "different lengths"),
    ],
)
def test_xgboost(document: str, tmp_path: Path, change: Any, message: str) -> None:
    held = json.loads(document)
    model = held["learner"]["gradient_booster"]["model"]
    change(held["learner"], model, model["trees"][0])
    path = tmp_path / "model.json"
    path.write_text(json.dumps(held))
    with pytest.raises(EnsembleError, match=message):
        load_teacher(path)


def test_members_that_are_named_twice(document: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(document.replace('"base_score":', '"base_score":"[9E-1]","base_score":', 1))
    with pytest.raises(EnsembleError, match="names a member twice"):
        load_teacher(path)


def test_arrays_of_words() -> None:
    """2^28 of them, in ten bytes."""
    with pytest.raises(EnsembleError, match="array of words"):
        read_ubjson(b"[$Z#l\x10\x00\x00\x00")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("left_child=", "left_child=-2 ", "different lengths"),
        ("right_child=1", "right_child=-1", "leads to node -1"),
        ("right_child=1", "right_child=0", "leads to node 0"),
        ("leaf_value=", "leaf_value=1_0 ", "no number"),
        ("leaf_value=", "leaf_value=\u0661 ", "no line"),
        ("num_leaves=3", "num_leaves=3_", "no number"),
        ("num_class=1", "num_class=x", "no number"),
        ("num_class=1", "num_class=2", "for num_class=2"),
        ("num_cat=0", " \nnum_cat=0", "no line"),
        ("num_cat=0", "\nnum_cat=0", "ends before"),
        ("num_cat=0", "num_cat\nnum_cat=0", "no line"),
        ("end of parameters", "", "before 'end of parameters'"),
        ("num_cat=0", "num_cat=0\nnum_cat=0", "twice"),
        ("num_cat=0", "num_cat=0\x0bnum_leaves=9", "no line"),
        ("num_cat=0", "a=\nb=\nc=\nd=\ne=\nf=\ng=\nh=\ni=\nj=\nnum_cat=0", "too much"),
    ],
)
def test_lightgbm(text: str, old: str, new: str, message: str) -> None:
    assert old in text
    with pytest.raises(EnsembleError, match=message):
        ensemble_from_lightgbm(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("bounds", "words", "threshold", "message"),
    [
        ("-1 1", "6", "0", "not where it says"),
        ("0 2", "6", "0", "not where it says"),
        ("1 1", "6", "0", "as many sets"),
        ("0 0 1", "6", "0", "as many sets"),
        ("0 1", "4294967296", "0", "not where it says"),
        ("0 1", "-1", "0", "not where it says"),
        ("0 1", "6", "-1", "of the set -1"),
        ("0 1", "6", "0.5", "of the set 0.5"),
        ("0 1", "6", "nan", "of the set nan"),
        ("0 1", "6", "1", "of the set 1.0 of 1"),
    ],
)
def test_lightgbm_sets(text: str, bounds: str, words: str, threshold: str, message: str) -> None:
    made = text.replace("num_cat=0", "num_cat=1", 1)
    lines, done = [], False
    for line in made.split("\n"):
        name, _, value = line.partition("=")
        if name in ("threshold", "decision_type") and not done:
            first = threshold if name == "threshold" else "1"
            line = f"{name}={first} {value.partition(' ')[2]}"
            if name == "decision_type":
                lines += [f"cat_boundaries={bounds}", f"cat_threshold={words}"]
                done = True
        lines.append(line)
    with pytest.raises(EnsembleError, match=message):
        ensemble_from_lightgbm("\n".join(lines))


@pytest.mark.parametrize("lists", ["5", "[5]", "[[1], 2]", '"a"', "[" * 100_000])
def test_categories_that_are_no_lists(text: str, lists: str) -> None:
    damaged = text.replace("pandas_categorical:null", f"pandas_categorical:{lists}")
    assert damaged != text
    with pytest.raises(EnsembleError, match="no list of lists"):
        table_of(damaged)
    long = damaged.replace(lists, "[[1]]").replace(
        "[categorical_feature: ]", f"[categorical_feature: {'9' * 5000}]"
    )
    with pytest.raises(EnsembleError, match="1 lists of categories for 0 columns"):
        table_of(long)


@pytest.mark.parametrize(("first", "more"), [(-1, "1"), (0, ""), (0, "1 1"), (0, "x"), (1, "1")])
def test_sizes_by_which_lightgbm_reads_other_trees(text: str, first: int, more: str) -> None:
    size = text.index("Tree=1") - text.index("Tree=0")
    stated = text.replace("\nTree=0", f"tree_sizes={size} 1\n\nTree=0", 1)
    assert ensemble_from_lightgbm(stated).members == ensemble_from_lightgbm(text).members
    damaged = stated.replace(f"{size} 1", f"{size + first} {more}".strip())
    with pytest.raises(EnsembleError, match=r"tree_sizes (are not those|holds what is no number)"):
        ensemble_from_lightgbm(damaged)


def test_lines_that_end_as_on_windows(text: str) -> None:
    made = ensemble_from_lightgbm(text)
    assert ensemble_from_lightgbm(text.replace("\n", "\r\n")).members == made.members


@pytest.mark.parametrize("family", bench_stranger.FAMILIES)
def test_some_cases(family: str) -> None:
    """So that the makers keep running: the cases of one seed, in a process each."""
    if family == "catboost":
        pytest.importorskip("catboost")
    for at in range(2):
        kind, words = bench_stranger.apart(family, 0, at)
        assert kind in bench_stranger.GOOD, f"{at}: {kind}: {words}"


@pytest.mark.parametrize("at", range(12))
def test_files_with_an_input_a_column_are_read_as_onnxruntime_runs_them(at):
    kind, words = bench_stranger.apart("columns", 77, at)
    assert kind in bench_stranger.GOOD, words
