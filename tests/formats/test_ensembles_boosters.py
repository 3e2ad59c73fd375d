"""XGBoost's and LightGBM's models and files, against the libraries' own scores: to the last bit."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.formats.ensemble_points import around, check, grid
from verifier.formats.ensembles_lightgbm import ZERO, ensemble_from_lightgbm
from verifier.formats.ensembles_xgboost import (
    LOGISTIC,
    ROUNDED,
    ensemble_from_xgboost,
    for_float32,
    logit,
    read_document,
)
from verifier.formats.load import load_teacher
from verifier.formats.ubjson import read_ubjson
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError

xgb = pytest.importorskip("xgboost")
lgb = pytest.importorskip("lightgbm")
LIGHT: dict[str, Any] = {
    "n_estimators": 5,
    "num_leaves": 6,
    "verbose": -1,
    "min_child_samples": 3,
    "num_threads": 1,
}


def _table(classes: int, missing: float = 0.0, zeros: float = 0.0) -> tuple[Any, Any]:
    rng = np.random.default_rng(classes)
    x = np.round(rng.normal(1.5, 1.5, size=(200, 3)), 1)
    y = (np.abs(x[:, 0] * x[:, 1]) + x[:, 2]).astype(int) % classes
    x[rng.random(x.shape) < zeros] = 0.0
    x[rng.random(x.shape) < missing] = np.nan
    return x, y


def _xgboost(classes: int, missing: float = 0.0, **options: Any) -> Any:
    x, y = _table(classes, missing)
    settings = {"n_estimators": 5, "max_depth": 3, "n_jobs": 1} | options
    kind = settings.pop("kind", xgb.XGBClassifier)
    return kind(**settings).fit(x, y)


def _margins(model: Any) -> Any:
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    if getattr(model, "booster", None) == "dart":
        return lambda rows: booster.predict(xgb.DMatrix(rows), output_margin=True)
    return lambda rows: booster.inplace_predict(rows, predict_type="margin")


XGBOOST: dict[str, tuple[int, dict[str, Any]]] = {
    "two": (2, {}),
    "missing": (2, {"missing_share": 0.1}),
    "base": (2, {"base_score": 0.3}),
    "three": (3, {}),
    "softmax": (4, {"objective": "multi:softmax"}),
    "hinge": (2, {"objective": "binary:hinge"}),
    "dart": (2, {"booster": "dart", "rate_drop": 0.5, "n_estimators": 12}),
    "dart of three": (3, {"booster": "dart", "rate_drop": 0.5}),
    "forest": (2, {"kind": xgb.XGBRFClassifier}),
    "forest of three": (3, {"kind": xgb.XGBRFClassifier}),
}


@pytest.mark.parametrize("name", XGBOOST)
def test_xgboost(name: str, tmp_path: Path) -> None:
    classes, options = XGBOOST[name]
    model = _xgboost(classes, options.pop("missing_share", 0.0), **options)
    made = load_teacher(model)
    assert isinstance(made, Ensemble)
    assert made.arithmetic == "float32"
    for rows in (grid(3), around(made)):
        check(made, rows, _margins(model), model.predict)
    for ending in ("json", "ubj"):
        path = tmp_path / f"model.{ending}"
        model.save_model(path)
        read = load_teacher(path)
        assert isinstance(read, Ensemble)
        assert read.members == made.members
        assert (read.start, read.threshold, read.notes) == (made.start, made.threshold, made.notes)


def test_documents_are_the_same_as_json_and_ubjson() -> None:
    booster = _xgboost(3).get_booster()
    one, other = (read_document(bytes(booster.save_raw(f))) for f in ("json", "ubj"))
    trees = [d["learner"].pop("gradient_booster")["model"]["trees"] for d in (one, other)]
    assert one == other
    for a, b in zip(*trees, strict=True):
        for key in a:
            if key in ("split_conditions", "base_weights", "loss_changes", "sum_hessian"):
                np.testing.assert_array_equal(np.float32(a[key]), np.float32(b[key]))
            else:
                assert a[key] == b[key]


def test_documents_that_state_their_length() -> None:
    """They were taken for UBJSON where files are told apart, and for JSON where they are read."""
    assert read_document(b"{#i\x01i\x07learner{}") == {"learner": {}}


def test_early_stopping_counts_the_best_rounds(tmp_path: Path) -> None:
    x, y = _table(2)
    rng = np.random.default_rng(0)
    model = xgb.XGBClassifier(n_estimators=30, max_depth=3, early_stopping_rounds=3, n_jobs=1)
    model.fit(x, y, eval_set=[(x, rng.permutation(y))], verbose=False)
    path, rounds = tmp_path / "model.json", model.get_booster().num_boosted_rounds()
    model.save_model(path)
    for given in (model, path):
        made = load_teacher(given)
        assert isinstance(made, Ensemble)
        assert len(made.members) == model.best_iteration + 1 < rounds
        check(made, grid(3), None, model.predict)
    whole = load_teacher(model.get_booster())
    check(whole, grid(3), _margins(model), None)


def test_xgboost_regressor() -> None:
    model = _xgboost(4, kind=xgb.XGBRegressor)
    made = load_teacher(model, threshold="3/2")
    for rows in (grid(3), around(made)):
        check(made, rows, model.predict, lambda r: (model.predict(r) > 1.5).astype(int))


def test_raw_logits() -> None:
    model = _xgboost(2, objective="binary:logitraw", base_score=0.25)
    made = load_teacher(model, head="logit", threshold="1/10")
    for rows in (grid(3), around(made)):
        check(made, rows, _margins(model), lambda r: _margins(model)(r) > np.float32(0.1))
    assert made.threshold == float(np.nextafter(np.float32(0.1), np.float32(0)))  # it is above 1/10


def test_raw_logits_of_a_classifier_are_compared_with_one_half(tmp_path: Path) -> None:
    """As its ``predict`` does; a Booster's own are compared with 0."""
    model = _xgboost(2, objective="binary:logitraw")
    model.save_model(tmp_path / "model.json")
    for given in (model, tmp_path / "model.json"):
        made = load_teacher(given)
        assert made.threshold == 0.5
        check(made, grid(3), _margins(model), model.predict)
    assert load_teacher(model.get_booster()).threshold == 0
    assert load_teacher(model, head="logit").threshold == 0


def _near(document: dict[str, Any], seed: int) -> None:
    """Let all leaves be multiples of half the last place of 1/4."""
    rng = np.random.default_rng(seed)
    learner = document["learner"]
    learner["learner_model_param"]["base_score"] = "[2.5E-1]"
    for tree in learner["gradient_booster"]["model"]["trees"]:
        values = tree["split_conditions"]
        for i, left in enumerate(tree["left_children"]):
            if left < 0:
                values[i] = float(rng.integers(-3, 4)) * 2.0**-25


def test_scores_whose_softmaxes_are_equal() -> None:
    """``predict`` answers the first of them, and not the class of the largest score."""
    differs = 0
    for seed, classes in enumerate((3, 4, 5, 3)):
        document = json.loads(
            bytes(_xgboost(classes, n_estimators=2).get_booster().save_raw("json"))
        )
        _near(document, seed)
        booster = xgb.Booster(model_file=bytearray(json.dumps(document).encode()))
        made = load_teacher(booster)
        assert made.link == "softmax"
        rows = grid(3)
        check(
            made, rows, _margins(booster), lambda r, b=booster: b.inplace_predict(r).argmax(axis=1)
        )
        scores = load_teacher(booster, head="logit")
        assert scores.link == ""
        differs += int((scores.predict(rows) != made.predict(rows)).sum())
        document["learner"]["objective"]["name"] = "multi:softmax"
        hard = xgb.Booster(model_file=bytearray(json.dumps(document).encode()))
        check(load_teacher(hard), rows, None, hard.inplace_predict)
    assert differs > 100


def test_scores_whose_softmaxes_are_equal_in_float64() -> None:
    differs = 0
    for seed, classes in enumerate((3, 4, 5)):
        x, y = _table(classes)
        text = (
            lgb.LGBMClassifier(**LIGHT | {"n_estimators": 2}).fit(x, y).booster_.model_to_string()
        )
        rng = np.random.default_rng(seed)
        lines = []
        for line in text.splitlines():
            if line.startswith("leaf_value="):
                numbers = 0.125 + rng.integers(-3, 4, size=line.count(" ") + 1) * 2.0**-55
                line = "leaf_value=" + " ".join(map(repr, numbers.tolist()))
            lines.append("" if line.startswith("tree_sizes") else line)
        text = "\n".join(lines)
        booster = lgb.Booster(model_str=text)
        made = ensemble_from_lightgbm(text)
        rows = grid(3)
        raw = lambda r, b=booster: b.predict(r, raw_score=True)  # noqa: E731
        check(made, rows, raw, lambda r, b=booster: b.predict(r).argmax(axis=1))
        differs += int((raw(rows).argmax(axis=1) != made.predict(rows)).sum())
    assert differs > 50


def test_no_trees_are_no_model() -> None:
    with pytest.raises(EnsembleError, match="it has no trees"):
        load_teacher(_xgboost(2, n_estimators=0))


@pytest.mark.parametrize("one_hot", [1, 100])
def test_xgboost_categories(one_hot: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 6, (300, 3)).astype(float)
    y = (x[:, 0] % 3 == 1) ^ (x[:, 1] > 2) ^ (x[:, 2] == 0)
    x[rng.random(x.shape) < 0.05] = np.nan
    data = xgb.DMatrix(x, label=y, feature_types=["c", "q", "c"], enable_categorical=True)
    options = {"objective": "binary:logistic", "max_depth": 3, "max_cat_to_onehot": one_hot}
    model = xgb.train(options | {"nthread": 1}, data, 6)
    made = load_teacher(model)
    tiny = np.array([-1e-45, -1e-46, -0.0, 1e-46, 1.0, np.nextafter(1.0, 0), 2.0**24, 3e9])
    odd = np.stack([tiny, np.full(8, 3.0), tiny[::-1]], axis=1)
    for rows in (grid(3, -2, 8)[::5], around(made), odd):
        check(made, rows, _margins(model), None)


def _constant(value: float) -> Any:
    """A model with the score ``value`` everywhere."""
    document = json.loads(bytes(_xgboost(2, n_estimators=1).get_booster().save_raw("json")))
    tree = document["learner"]["gradient_booster"]["model"]["trees"][0]
    tree["split_conditions"] = [value] * len(tree["split_conditions"])
    document["learner"]["learner_model_param"]["base_score"] = "[5E-1]"
    return document


@pytest.mark.parametrize("stated", ["3/10", "1/100", "0.9", "999/1000", "1/2"])
def test_probabilities_above_another_threshold(stated: str) -> None:
    """On the scores next to the last at which the library's own probability is not above it."""
    limit = load_teacher(_xgboost(2), head="probability", threshold=stated).threshold
    near = np.float32(limit)
    scores = [near, np.nextafter(near, np.float32(-9)), np.nextafter(near, np.float32(9))]
    for value in (*scores, near - np.float32(1e-3), near + np.float32(1e-3), 0.0):
        model = xgb.Booster(model_file=bytearray(json.dumps(_constant(float(value))).encode()))
        made = load_teacher(model, head="probability", threshold=stated)
        p = float(model.inplace_predict(np.zeros((1, 3)))[0])
        assert made.predict(np.zeros((1, 3)))[0] == int(Fraction(p) > Fraction(stated))
    x, y = _table(2)
    model = lgb.LGBMClassifier(**(LIGHT | {"sigmoid": 1.5})).fit(x, y)
    made = load_teacher(model, head="probability", threshold=stated)
    rows, limit = grid(3), made.threshold
    own = model.predict_proba(rows)[:, 1]
    if stated != "1/2":
        wanted = [Fraction(float(p)) > Fraction(stated) for p in own]
        assert made.predict(rows).tolist() == wanted
        text = model.booster_.model_to_string().splitlines()
        at = next(i for i, line in enumerate(text) if line.startswith("leaf_value="))
        for value in (limit, math.nextafter(limit, 99), math.nextafter(limit, -99)):
            count = text[at].count(" ") + 1
            one = [*text[:at], "leaf_value=" + " ".join([repr(float(value))] * count)]
            rest = text[at + 1 :]
            end = next(i for i, x in enumerate(rest) if x.startswith(("Tree=", "end of trees")))
            last = next(i for i, x in enumerate(rest) if x == "end of trees")
            only = [x for x in (*one, *rest[:end], *rest[last:]) if not x.startswith("tree_sizes")]
            booster = lgb.Booster(model_str="\n".join(only))
            p = float(booster.predict(np.zeros((1, 3)))[0])
            again = load_teacher(booster, head="probability", threshold=stated)
            assert again.predict(np.zeros((1, 3)))[0] == int(Fraction(p) > Fraction(stated))


def test_where_the_logistic_exceeds_one_half() -> None:
    """The constant is the last score at which XGBoost's own probability is not above 1/2."""
    after = float(np.nextafter(np.float32(LOGISTIC), np.float32(1)))
    for value, answer in ((LOGISTIC, 0), (after, 1), (-LOGISTIC, 0), (0.0, 0), (1e-3, 1)):
        document = _constant(value)
        model = xgb.Booster(model_file=bytearray(json.dumps(document).encode()))
        assert int(model.inplace_predict(np.zeros((1, 3)))[0] > 0.5) == answer
        made = ensemble_from_xgboost(document)
        assert made.predict(np.zeros((1, 3))).tolist() == [answer]


@pytest.mark.parametrize("size", [1.0, 2.0**-30, 2.0**-126, 2.0**-127, 2.0**-140])
def test_decimals_are_rounded_once(size: float) -> None:
    """Near the middle of two float32 numbers float64 has no number between a decimal and it."""
    rng, differ = np.random.default_rng(3), 0
    text = json.dumps(_constant(0.5), separators=(",", ":"))
    head, rest = text.split('"split_conditions":[', 1)
    rest = rest.split(",", 1)[1]
    for form in (".17e", ".16e", ".15e", ".60e") * 20:
        low = np.float32(rng.uniform(1, 2) * size)
        middle = (float(low) + float(np.nextafter(low, np.float32(np.inf)))) / 2
        stated = f"{middle:{form}}"
        data = f'{head}"split_conditions":[{stated},{rest}'.encode()
        booster = xgb.Booster()
        booster.load_model(bytearray(data))
        kept = json.loads(bytes(booster.save_raw("json")))
        wanted, read = (
            np.float32(_tree(x["learner"])["split_conditions"][0])
            for x in (kept, read_document(data))
        )
        assert wanted == read == np.float32(for_float32(stated)), stated
        differ += wanted != np.float32(float(stated))
    assert differ


def test_logit_of_the_base_score() -> None:
    """It is XGBoost's own where it is called certain; where it is not, XGBoost is asked."""
    document = _constant(0.0)
    zero = np.zeros((1, 3))
    uncertain = 0
    for p in np.random.default_rng(0).random(120).astype(np.float32):
        document["learner"]["learner_model_param"]["base_score"] = f"[{float(p)!r}]"
        data = json.dumps(document).encode()
        theirs = float(
            xgb.Booster(model_file=bytearray(data)).inplace_predict(zero, predict_type="margin")[0]
        )
        ours, certain = logit(float(p))
        uncertain += not certain
        assert not certain or ours == theirs
    assert 0 < uncertain < 40
    document["learner"]["learner_model_param"]["base_score"] = "[0.4844989478588104]"
    assert ROUNDED in ensemble_from_xgboost(document).notes  # without the library


def test_xgboost_asked_where_the_logit_is_uncertain(tmp_path: Path) -> None:
    document = _constant(0.0)
    document["learner"]["learner_model_param"]["base_score"] = "[0.4844989478588104]"
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    made = load_teacher(path)
    assert isinstance(made, Ensemble)
    model = xgb.Booster(model_file=str(path))
    assert made.notes == ()
    check(made, np.zeros((1, 3)), _margins(model), None)
    assert logit(0.4844989478588104)[0] != made.start[0]


LIGHTGBM: dict[str, tuple[int, dict[str, Any]]] = {
    "two": (2, {}),
    "missing": (2, {"missing": 0.1}),
    "zero is missing": (2, {"zero_as_missing": True, "zeros": 0.4}),
    "three": (3, {"zeros": 0.2}),
    "three with gaps": (3, {"zero_as_missing": True, "missing": 0.1}),
    "dart": (2, {"boosting_type": "dart", "drop_rate": 0.5}),
    "forest": (2, {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}),
    "steep": (2, {"sigmoid": 2.5}),
}


@pytest.mark.parametrize("name", LIGHTGBM)
def test_lightgbm(name: str, tmp_path: Path) -> None:
    classes, options = LIGHTGBM[name]
    options = dict(options)
    x, y = _table(classes, options.pop("missing", 0.0), options.pop("zeros", 0.0))
    model = lgb.LGBMClassifier(**LIGHT, **options).fit(x, y)
    made = load_teacher(model)
    assert isinstance(made, Ensemble)
    rng = np.random.default_rng(0)
    tiny = [ZERO, -ZERO, np.nextafter(ZERO, 1), np.nextafter(-ZERO, -1), 5e-36, 1e-300, 0.0, -0.0]
    near = np.where(rng.random((300, 3)) < 0.5, rng.choice(tiny, (300, 3)), 1.0)
    divisor = made.divisor
    for rows in (grid(3), around(made), near):
        raw = lambda r: model.booster_.predict(r, raw_score=True) / divisor  # noqa: E731
        check(made, rows, raw, model.predict)
    path = tmp_path / "model.txt"
    model.booster_.save_model(path)
    read = load_teacher(path)
    assert isinstance(read, Ensemble)
    assert (read.members, read.threshold) == (made.members, made.threshold)


def test_lightgbm_regressor() -> None:
    x, y = _table(4)
    model = lgb.LGBMRegressor(**LIGHT).fit(x, y)
    made = load_teacher(model, threshold=1.5)
    for rows in (grid(3), around(made)):
        check(made, rows, model.predict, lambda r: (model.predict(r) > 1.5).astype(int))


def test_lightgbm_categories() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 40, (500, 3)).astype(float)
    y = (x[:, 0] % 3 == 1) ^ (x[:, 1] > 20)
    x[rng.random(x.shape) < 0.05] = np.nan
    options = LIGHT | {"cat_smooth": 1, "min_data_per_group": 1, "cat_l2": 0}
    model = lgb.LGBMClassifier(**options).fit(x, y, categorical_feature=[0, 2])
    assert "num_cat=0" not in model.booster_.model_to_string()
    made = load_teacher(model)
    odd = [
        -1,
        -0.5,
        np.nextafter(-1, 0),
        np.nextafter(-1, -2),
        0.999,
        2e9,
        3e9,
        -3e9,
        1e15,
        65536.0,
    ]
    mixed = rng.integers(-6, 84, (2000, 3)) / 2
    mixed[:, [0, 2]] = np.where(
        rng.random((2000, 2)) < 0.3, rng.choice(odd, (2000, 2)), mixed[:, [0, 2]]
    )
    for rows in (mixed, around(made)):
        check(made, rows, lambda r: model.booster_.predict(r, raw_score=True), model.predict)


def test_where_lightgbm_answers_class_1() -> None:
    """The threshold on the score is the last at which p is not above 1 - p."""
    x, y = _table(2)
    model = lgb.LGBMClassifier(**(LIGHT | {"n_estimators": 1, "num_leaves": 2})).fit(x, y)
    text = model.booster_.model_to_string()
    limit = load_teacher(model).threshold
    for value in (limit, np.nextafter(limit, 1), 0.0, -limit, 1e-3):
        lines = text.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("leaf_value="))
        lines[at] = f"leaf_value={value!r} {value!r}".replace("np.float64(", "").replace(")", "")
        made = ensemble_from_lightgbm("\n".join(lines))
        p = lgb.Booster(model_str="\n".join(lines)).predict(np.zeros((1, 3)))[0]
        assert made.predict(np.zeros((1, 3)))[0] == int(np.argmax([1.0 - p, p]))


def _altered(change: Any) -> Any:
    document = _constant(0.5)
    change(document["learner"])
    return document


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["objective"].update(name="rank:pairwise"), "no classification"),
        (lambda d: d["objective"].update(name="count:poisson"), "no classification"),
        (lambda d: d["objective"].update(name="reg:squarederror"), "say above which"),
        (lambda d: d["gradient_booster"].update(name="gblinear"), "gbtree and dart"),
        (lambda d: d["learner_model_param"].update(num_target="2"), "2 targets"),
        (lambda d: d["learner_model_param"].update(base_score="[0E0]"), "no probability"),
        (lambda d: d["learner_model_param"].update(base_score="[1E-1,2E-1]"), "does not fit"),
        (lambda d: d.pop("objective"), "no .objective"),
        (lambda d: d["learner_model_param"].update(num_class="x"), "save it again"),
        (lambda d: _tree(d).update(split_conditions=["x"] * 3), "save it again"),
        (lambda d: d.update(gradient_booster=3), "save it again"),
        (lambda d: _tree(d)["split_type"].__setitem__(0, 2), "unknown kind"),
        (lambda d: _tree(d)["left_children"].__setitem__(0, 90), "leads to node 90"),
        (lambda d: _tree(d)["tree_param"].update(size_leaf_vector="3"), "several outputs"),
        (lambda d: _tree(d)["split_indices"].__setitem__(0, 9), "tests column 9"),
        (lambda d: _tree(d)["default_left"].pop(), "different lengths"),
        (lambda d: _tree(d)["split_conditions"].__setitem__(0, float("nan")), "NaN"),
    ],
)
def test_xgboost_refused(change: Any, message: str) -> None:
    with pytest.raises(EnsembleError, match=message):
        ensemble_from_xgboost(_altered(change))


def _tree(learner: Any) -> Any:
    return learner["gradient_booster"]["model"]["trees"][0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("objective=binary sigmoid:1", "objective=lambdarank", "no classification"),
        ("objective=binary sigmoid:1", "objective=regression", "say above which"),
        ("objective=binary sigmoid:1", "objective=poisson", "no classification"),
        ("objective=binary sigmoid:1\n", "", "no classification"),
        ("is_linear=0", "is_linear=1", "linear models"),
        ("num_leaves=2", "num_leaves=3", "a tree of 3 leaves has 2"),
        ("split_feature=", "split_feature=x ", "no number"),
        ("left_child=-1", "left_child=7", "node 7"),
        ("end of trees", "", "ends before"),
        ("num_cat=0\n", "", "does not say its"),
        ("tree\n", "trees\n", "begins with a line"),
    ],
)
def test_lightgbm_refused(old: str, new: str, message: str) -> None:
    x, y = _table(2)
    model = lgb.LGBMClassifier(**(LIGHT | {"n_estimators": 1, "num_leaves": 2})).fit(x, y)
    text = model.booster_.model_to_string()
    assert old in text
    with pytest.raises(EnsembleError, match=message):
        ensemble_from_lightgbm(text.replace(old, new, 1))


def test_random_damage_is_refused_in_one_line() -> None:
    """Whatever is changed, the document is read or refused: nothing else is raised."""
    rng = np.random.default_rng(0)
    odd = [None, -1, 3, 10**30, -0.5, float("nan"), "", "x\n", [], {}, [1], [[]], True]
    refused = 0
    for _ in range(150):
        document = _constant(0.5)
        here: Any = document
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            key = keys[int(rng.integers(len(keys)))]
            inner = here[key]
            if not isinstance(inner, dict | list) or not inner or rng.random() < 0.1:
                break
            here = inner
        here[key] = odd[int(rng.integers(len(odd)))]
        try:
            ensemble_from_xgboost(read_document(json.dumps(document).encode()))
        except EnsembleError as problem:
            assert "\n" not in str(problem)
            refused += 1
    assert 20 < refused < 150


def test_files_that_are_damaged(tmp_path: Path) -> None:
    whole = bytes(_xgboost(2).get_booster().save_raw("ubj"))
    for end in (1, 2, 30, len(whole) // 2, len(whole) - 1):
        with pytest.raises(EnsembleError):
            read_ubjson(whole[:end])
    with pytest.raises(EnsembleError, match="bytes follow"):
        read_ubjson(whole + b"}")
    path = tmp_path / "model.json"
    path.write_text('{"learner": 3}')
    with pytest.raises(EnsembleError, match=r"model\.json"):
        load_teacher(path)
    with pytest.raises(EnsembleError, match="not fitted"):
        load_teacher(xgb.XGBClassifier())
    with pytest.raises(EnsembleError, match="not fitted"):
        load_teacher(lgb.LGBMClassifier())
    x, y = _table(2)
    with pytest.raises(EnsembleError, match="missing=nan"):
        load_teacher(xgb.XGBClassifier(n_estimators=1, missing=0.0).fit(x, y))


@pytest.mark.parametrize("model", [lgb.LGBMClassifier(**LIGHT), xgb.XGBClassifier()])
def test_one_class_is_said(model: Any) -> None:
    x, y = _table(2)
    with pytest.raises(EnsembleError, match="was fitted to one class: give it examples of two"):
        load_teacher(model.fit(x, 0 * y))


def test_a_predict_of_its_own_is_refused() -> None:
    x, y = _table(2)

    class Opposite(lgb.LGBMClassifier):
        def predict(self, x: Any, **options: Any) -> Any:
            return 1 - super().predict(x, **options)

    with pytest.raises(EnsembleError, match="Opposite has a predict of its own"):
        load_teacher(Opposite(**LIGHT).fit(x, y))
    changed = xgb.XGBClassifier(n_estimators=2).fit(x, y)
    changed.predict = lambda x: np.zeros(len(x), int)
    with pytest.raises(EnsembleError, match="XGBClassifier has a predict of its own"):
        load_teacher(changed)
    early = lgb.LGBMClassifier(**LIGHT, pred_early_stop=True).fit(x, y)
    with pytest.raises(EnsembleError, match="pred_early_stop"):
        load_teacher(early)


def test_a_billion_columns_are_one_line(tmp_path: Path) -> None:
    """The comparison with XGBoost wanted terabytes, and ended in a traceback."""
    import xgboost

    rows = np.arange(12.0).reshape(6, 2)
    data = xgboost.DMatrix(rows, label=[0, 1, 0, 1, 1, 1])
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 1}, data, 1)
    document = json.loads(bytes(model.save_raw("json")))
    document["learner"]["learner_model_param"]["num_feature"] = "1000000000"
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(EnsembleError, match="of memory, more than the limit") as caught:
        load_teacher(path)
    assert "\n" not in str(caught.value)
