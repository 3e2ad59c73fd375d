"""CatBoost's models beside CatBoost itself: objects, JSON, binary files, ONNX; what is refused."""

from __future__ import annotations

import copy
import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.ensembles import scores_of
from verifier.formats.ensembles_catboost import ensemble_from_catboost
from verifier.formats.ensembles_check import points_of
from verifier.formats.ensembles_runtime import answers
from verifier.formats.load import load_model, load_teacher
from verifier.formats.runtime_classes import names_of
from verifier.jobs.certify import certify
from verifier.jobs.distill import distill
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, LeafproofError
from verifier.model.tree import Inner, Leaf, Tree

BASE = {"iterations": 9, "depth": 4, "verbose": 0, "thread_count": 1, "allow_writing_files": False}
KINDS = {
    "two classes": ({}, 2, [0, 1]),
    "named": ({}, 2, ["no", "yes"]),
    "numbers": ({}, 2, [3, 7]),
    "booleans": ({}, 2, [False, True]),
    "with a bias": ({"boost_from_average": True}, 2, [0, 1]),
    "lossguide": ({"grow_policy": "Lossguide"}, 2, [0, 1]),
    "depthwise, three": ({"grow_policy": "Depthwise"}, 3, [0, 1, 2]),
    "three": ({}, 3, ["a", "b", "c"]),
    "one against all": ({"loss_function": "MultiClassOneVsAll"}, 3, [0, 1, 2]),
}


def table(seed=0, rows=300):
    """Whole numbers from 0 to 3, and a score that is not linear in them."""
    x = np.random.default_rng(seed).integers(0, 4, size=(rows, 4)).astype(np.float32)
    return x, 2 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3] - 3


@pytest.fixture(scope="module")
def fitted():
    """One model of each kind."""
    catboost = pytest.importorskip("catboost")
    x, z = table()
    made = {}
    for name, (options, count, labels) in KINDS.items():
        own = np.digitize(z, [0] if count == 2 else [-2, 2])
        made[name] = catboost.CatBoostClassifier(**BASE | options).fit(x, np.array(labels)[own])
    return made


def saved(model, path):
    """The model in a file of the path's kind."""
    kind = path.suffix[1:]
    model.save_model(str(path), format=kind)
    return path


def document_of(model, tmp_path):
    """The model's JSON, parsed."""
    return json.loads(saved(model, tmp_path / "model.json").read_text())


def read(document, tmp_path, **options):
    """The ensemble in a document."""
    path = tmp_path / "read.json"
    path.write_text(json.dumps(document))
    return load_teacher(path, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_objects_and_files_answer_as_catboost_does(fitted, kind, tmp_path):
    """At every point of a small domain, at the borders and beside them; scores bit for bit."""
    model = fitted[kind]
    every = np.array(list(itertools.product(range(4), repeat=4)), dtype=np.float64)
    for source in (model, saved(model, tmp_path / "m.json"), saved(model, tmp_path / "m.cbm")):
        made = load_teacher(source)
        assert isinstance(made, Ensemble)
        rows = np.vstack([every, points_of(made, 400)])
        names = names_of(made)
        said = [str(x) for x in np.ravel(model.predict(rows))]
        assert [names[k] for k in made.predict(rows).tolist()] == said
        assert len(set(said)) == made.classes
        raw = np.asarray(model.predict(rows, prediction_type="RawFormulaVal")).reshape(
            len(rows), -1
        )
        ours = [[float(s) for s in scores_of(made, row)] for row in every[::9].tolist()]
        assert ours == raw[: len(every) : 9].tolist()


def test_one_score_is_compared_with_0_and_the_first_of_equal_ones_wins(tmp_path):
    """Scores of 0, next to 0, and sums that cancel but for the last place, as CatBoost decides."""
    catboost = pytest.importorskip("catboost")
    x = np.array([[0.0], [1.0]] * 20, np.float32)
    options = BASE | {"iterations": 2, "depth": 1}
    two = catboost.CatBoostClassifier(**options).fit(x, [0, 1] * 20)
    several = catboost.CatBoostClassifier(
        **options | {"iterations": 1, "loss_function": "MultiClass"}
    )
    several.fit(np.array([[0.0], [1.0], [0.0]] * 20, np.float32), [0, 1, 2] * 20)
    last = 2.0**-52
    tries = [(two, v) for v in ([0, 0, 0, 0], [0, 1e-200, -1e-200, 0], [1, 1, -1, -1 + last])]
    tries += [(several, v) for v in ([0, 0, 0, 1, 1 + last, 1], [1, 1, 1 + last, 1, 1, 1])]
    for model, values in tries:
        model.set_leaf_values(np.array(values, dtype=np.float64))
        path = saved(model, tmp_path / "m.cbm")
        again = catboost.CatBoostClassifier().load_model(str(path))
        found = load_teacher(path).predict(np.array([[0.0], [1.0]]))
        assert found.tolist() == np.ravel(again.predict([[0], [1]])).tolist(), values


def test_a_table_with_names_and_missing_values(tmp_path):
    """What is missing goes below all borders, or above them, as CatBoost was told to train."""
    catboost = pytest.importorskip("catboost")
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(1)
    frame = pandas.DataFrame(
        {
            "my age": rng.integers(18, 24, 300),
            "n": np.where(rng.random(300) < 0.3, np.nan, rng.integers(0, 5, 300)),
        }
    )
    y = ((frame["my age"] > 20) & (frame["n"] > 1) | frame["n"].isna()).map({True: "b", False: "g"})
    domain = Domain.from_frame(frame[["n", "my age"]])
    for mode in ("Min", "Max"):
        model = catboost.CatBoostClassifier(**BASE | {"nan_mode": mode}).fit(frame, y)
        found = distill(model, domain, method="certified")
        assert found.error == (0, 0)
        held = load_teacher(saved(model, tmp_path / "m.json"), domain=domain)
        points = list(itertools.product(*(range(v.count) for v in domain.variables)))
        names = [held.labels[held.class_at(domain.encode(p))] for p in points]
        rows = []
        for n, is_missing, age in (map(float, domain.encode(p)) for p in points):
            rows.append([age, np.nan if is_missing else n])
        assert names == model.predict(np.array(rows)).tolist()


def test_thresholds_and_regressors(fitted, tmp_path):
    """A probability above another number than 1/2, a score, a number that is predicted."""
    catboost = pytest.importorskip("catboost")
    x, z = table()
    model = fitted["two classes"]
    shares = model.predict_proba(x)[:, 1]
    steep = load_teacher(model, threshold="7/10")
    clear = np.abs(shares - 0.7) > 1e-9
    assert 0 < (shares[clear] > 0.7).mean() < 1
    assert (steep.predict(x.astype(float))[clear] == (shares[clear] > 0.7)).all()
    raw = model.predict(x, prediction_type="RawFormulaVal")
    logit = load_teacher(model, head="logit", threshold="1/4")
    assert (logit.predict(x.astype(float)) == (raw > 0.25)).all()
    number = catboost.CatBoostRegressor(**BASE).fit(x, z)
    with pytest.raises(EnsembleError, match="RMSE predicts a number"):
        load_teacher(number)
    made = load_teacher(saved(number, tmp_path / "m.json"), threshold="1/3")
    assert (made.predict(x.astype(float)) == (number.predict(x) > 1 / 3)).all()
    model = copy.deepcopy(model)
    model.set_probability_threshold(0.7)
    with pytest.raises(EnsembleError, match=r"own, \"0\.7\": say it \(--threshold 0\.7\)"):
        load_teacher(model)


def test_certify_asks_catboost_about_its_points(fitted, tmp_path):
    """The runtime's answers are those of the library, of an object and of files."""
    pandas = pytest.importorskip("pandas")
    model = fitted["named"]
    domain = Domain.from_frame(pandas.DataFrame(table()[0].astype(int), columns=list("abcd")))
    made = distill(model, domain, method="certified")
    assert certify(saved(model, tmp_path / "m.json"), made.tree, domain).verdict == "equivalent"
    points = list(itertools.product(range(4), repeat=4))[::7]
    rows = [domain.encode(p) for p in points]
    for source in (model, saved(model, tmp_path / "m.cbm")):
        held = load_teacher(source, domain=domain)
        library, found = answers(source, held, rows, domain)
        assert library == "CatBoost"
        assert found.tolist() == [held.class_at(row) for row in rows]


def test_a_question_that_was_answered_is_not_asked_again(fitted):
    """Symmetric trees ask a level's question everywhere; what nothing reaches is left out."""
    sizes = [len(m.nodes) for m in load_teacher(fitted["two classes"]).members]
    assert min(sizes) < 2**5 - 1
    assert max(sizes) <= 2**5 - 1


def test_its_onnx_file_of_two_classes(fitted, tmp_path):
    """Leaves say a score and its negative. Classes that onnxruntime forgets are refused."""
    onnxruntime = pytest.importorskip("onnxruntime")
    path = tmp_path / "m.onnx"
    for kind in ("two classes", "named"):
        saved(fitted[kind], path)
        made = load_teacher(path)
        assert made.outputs == 1
        rows = points_of(made, 300).astype(np.float32)
        said = onnxruntime.InferenceSession(str(path)).run(None, {"features": rows})[0]
        names = names_of(made)
        assert [names[k] for k in made.predict(rows.astype(float)).tolist()] == [
            str(x) for x in said
        ]
    saved(fitted["numbers"], path)
    with pytest.raises(EnsembleError, match="none of its classes 3, 7"):
        load_teacher(path)


def split(document):
    """The first question of the first tree."""
    return document["oblivious_trees"][0]["splits"][0]


def borders(document):
    """Those of the last column."""
    return document["features_info"]["float_features"][-1]["borders"]


DAMAGES = {
    "is no float32 number": lambda d: borders(d).append(1e39),
    "do not ascend": lambda d: borders(d).reverse(),
    "as it says beside": lambda d: split(d).update(border=float(split(d)["border"]) + 1),
    "a border that the model lacks": lambda d: split(d).update(split_index=99),
    "of the border": lambda d: split(d).update(split_index=(split(d)["split_index"] + 1) % 9),
    "0, 1, ... in order": lambda d: d["features_info"]["float_features"].reverse(),
    "too long for CatBoost": lambda d: d["oblivious_trees"][0]["leaf_values"].append(
        d["oblivious_trees"][0]["leaf_values"].pop() and 1 << 63
    ),
    "levels has": lambda d: d["oblivious_trees"][0]["leaf_values"].pop(),
    "it says beside: damaged": lambda d: split(d).update(float_feature_index=9),
    "of categories": lambda d: split(d).update(split_type="OneHotFeature"),
    "are multiplied by": lambda d: d.update(scale_and_bias=[2, [0]]),
    "no outputs": lambda d: d.update(scale_and_bias=[1, []]),
    "categorical features": lambda d: d["features_info"].update(categorical_features=[{}]),
    "columns are not 0, 1": lambda d: d["features_info"]["float_features"].pop(0),
    "missing values": lambda d: d["features_info"]["float_features"][0].update(
        nan_value_treatment="AsMiddle"
    ),
    "is no classification": lambda d: d["model_info"]["params"]["loss_function"].update(
        type="Poisson"
    ),
    "does not say its": lambda d: d.pop("model_info"),
    "not as CatBoost writes it": lambda d: d["model_info"].update(params="[" * 100_000),
    "names 3 classes of 2": lambda d: d["model_info"]["class_params"].update(
        class_names=["a", "b", "c"]
    ),
}


@pytest.mark.parametrize("said", DAMAGES)
def test_refused(fitted, said, tmp_path):
    """Each in one line that says what is wrong."""
    document = document_of(fitted["two classes"], tmp_path)
    DAMAGES[said](document)
    with pytest.raises(EnsembleError, match=said) as problem:
        read(document, tmp_path)
    assert "\n" not in str(problem.value)


def test_other_files_and_objects_that_are_refused(fitted, tmp_path, monkeypatch):
    """A binary file without the library, a cut one, a name twice, a predict of one's own."""
    catboost = pytest.importorskip("catboost")
    with pytest.raises(EnsembleError, match="not fitted"):
        load_teacher(catboost.CatBoostClassifier())
    path = saved(fitted["two classes"], tmp_path / "m.cbm")
    whole = path.read_bytes()
    leaf = np.float64(fitted["two classes"].get_leaf_values()[0]).tobytes()
    damaged = whole.replace(leaf, np.float64(np.nan).tobytes())  # CatBoost reads that, and no more
    assert damaged != whole
    for data in whole[:200], damaged:
        path.write_bytes(data)
        with pytest.raises(EnsembleError, match="CatBoost does not read this file, or cannot say"):
            load_teacher(path)
    path.write_bytes(b'{"features_info": {}, "features_info": {}}')
    with pytest.raises(EnsembleError, match="a member twice"):
        load_teacher(path)
    path.write_bytes(b'{"features_info": [')
    with pytest.raises(EnsembleError, match="save it as JSON"):
        load_model(path)
    path.write_bytes(whole)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EnsembleError, match="only CatBoost reads its binary files"):
        load_teacher(path)

    class Own(catboost.CatBoostClassifier):
        def predict(self, rows):
            return np.zeros(len(rows))

    x, z = table()
    with pytest.raises(EnsembleError, match="predict of its own"):
        load_teacher(Own(**BASE).fit(x, z > 0))


def test_edited_documents_are_read_or_refused_in_one_line(fitted, tmp_path):
    """Whatever is changed: an ensemble, or one line."""
    whole = document_of(fitted["depthwise, three"], tmp_path)
    rng = random.Random(0)

    def places(at, way=()):
        yield way
        if isinstance(at, dict | list):
            for key in at if isinstance(at, dict) else range(len(at)):
                yield from places(at[key], (*way, key))

    every = [way for way in places(whole) if way and "model_info" not in way[:1]]
    refused = 0
    for _ in range(60):
        document = copy.deepcopy(whole)
        *before, last = rng.choice(every)
        at = document
        for key in before:
            at = at[key]
        at[last] = rng.choice([None, -1, 1.5, "x", [], {}, 10**400, True])
        try:
            assert isinstance(read(document, tmp_path), Ensemble)
        except LeafproofError as problem:
            refused += 1
            assert "\n" not in str(problem)
    assert refused > 20


def test_without_the_library(tmp_path):
    """By hand: leaves are in order of the answers' bits, the bias comes last."""
    column = {"feature_id": "", "borders": [0.5], "has_nans": False, "nan_value_treatment": "AsIs"}
    columns = [column | {"feature_index": i, "flat_feature_index": i} for i in range(2)]
    splits = [
        {"split_type": "FloatFeature", "float_feature_index": i, "border": 0.5, "split_index": i}
        for i in (0, 1)
    ]
    document = {
        "features_info": {"float_features": columns},
        "model_info": {"params": {"loss_function": {"type": "Logloss"}}},
        "scale_and_bias": [1, [0.25]],
        "oblivious_trees": [{"splits": splits, "leaf_values": [1, 2, 3, 4]}],
    }
    made = ensemble_from_catboost(document)
    found = {row: scores_of(made, row)[0] for row in itertools.product((0, 1), repeat=2)}
    quarter = Fraction(1, 4)
    assert found == {
        (0, 0): 1 + quarter,
        (1, 0): 2 + quarter,
        (0, 1): 3 + quarter,
        (1, 1): 4 + quarter,
    }


def test_a_model_of_categories_is_tested_on_frames():
    """It is not read, and asked all the same: of frames that hold the categories' texts."""
    catboost = pytest.importorskip("catboost")
    pandas = pytest.importorskip("pandas")
    x, _ = table()
    frame = pandas.DataFrame({"a": x[:, 0].astype(int), "c": np.where(x[:, 1] > 1, "u", "v")})
    y = np.where(frame["c"] == "u", "good", "bad")
    model = catboost.CatBoostClassifier(**BASE, cat_features=["c"]).fit(frame, y)
    domain = Domain.from_frame(frame)
    with pytest.raises(EnsembleError, match="categorical features"):
        load_teacher(model, domain=domain)
    column = next(i for i, v in enumerate(domain.variables) if v.name == "c")
    is_u = domain.offsets[column] + domain.variables[column].labels.index("u")
    tree = Tree((Inner(is_u, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)), labels=("bad", "good"))
    assert lp.test(model, tree, domain, samples=100).sampled.seen == 0
    wrong = Tree((Inner(is_u, Fraction(1, 2), 1, 2), Leaf(1), Leaf(0)), labels=("bad", "good"))
    assert lp.test(model, wrong, domain, samples=100).sampled.seen == 100
