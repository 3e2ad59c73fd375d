"""Tree ensembles of ONNX, against onnxruntime: scores to the last bit, and classes."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.formats.ensemble_points import around, check
from tests.formats.onnx_ensembles import ML, TYPES, by_ids, by_lists
from verifier.formats.ensembles_onnx import POSITIVE, THREADS, WHOLE, ensemble_from_onnx
from verifier.formats.heads import Asked
from verifier.formats.load import load_teacher
from verifier.formats.tree_runtime import typed
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError, RuntimeNote

ort = pytest.importorskip("onnxruntime")
CLASSIFIER, REGRESSOR = "TreeEnsembleClassifier", "TreeEnsembleRegressor"
NUMBER = Asked("regression", Fraction(1, 3))


def _run(model: Any, rows: Any, kind: int) -> list[Any]:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = ort.InferenceSession(model.SerializeToString(), options)
    found: list[Any] = session.run(None, {"x": rows.astype(TYPES[kind])})
    return found


def _rows(made: Ensemble, kind: int) -> Any:
    """A small domain, and every threshold with its neighbours, as the input's type holds them."""
    grid = np.array(list(product([-1, -0.5, 0, 0.1, 0.3, 1, 1.7, 2], repeat=3)))
    return typed(np.concatenate([grid, around(made)]), TYPES[kind])


CLASSIFIERS: dict[str, dict[str, Any]] = {
    "two": {"outputs": 2, "only": 0, "labels": [0, 1]},
    "positive": {"outputs": 2, "only": 0, "labels": [0, 1], "positive": True},
    "logistic": {
        "outputs": 2,
        "only": 0,
        "labels": [0, 1],
        "base_values": [0.3],
        "post_transform": "LOGISTIC",
    },
    "two bases": {"outputs": 2, "only": 0, "labels": [0, 1], "base_values": [0.3, -0.9]},
    "class 1": {"outputs": 2, "only": 1, "labels": [3, 5]},
    "texts": {"outputs": 2, "only": 0, "labels": ["no", "yes"]},
    "three": {"outputs": 3, "labels": [0, 1, 2]},
    "softmax": {
        "outputs": 3,
        "labels": ["a", "b", "c"],
        "base_values": [0.1, 0.2, -0.3],
        "post_transform": "SOFTMAX",
    },
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name: str, kind: int) -> None:
    model = by_ids(np.random.default_rng(1), CLASSIFIER, kind=kind, **CLASSIFIERS[name])
    made = ensemble_from_onnx(model)
    assert THREADS in made.notes
    rows = _rows(made, kind)
    labels, scores = _run(model, rows, kind)
    numbers = {name: k for k, name in enumerate(made.labels or map(str, range(made.classes)))}
    plain = made.outputs > 2 and "softmax" not in name and kind != TensorProto.DOUBLE
    expected = np.array([numbers[str(label)] for label in labels])
    check(made, rows, (lambda _: scores) if plain else None, lambda _: expected)


@pytest.mark.parametrize("aggregate", ["SUM", "AVERAGE", "MIN", "MAX"])
@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.DOUBLE])
@pytest.mark.parametrize("base", [None, 0.25])
def test_one_number(aggregate: str, kind: int, base: float | None) -> None:
    more: dict[str, Any] = {} if base is None else {"base_values": [base]}
    for seed, tensors in ((0, False), (1, kind == TensorProto.DOUBLE)):
        model = by_ids(
            np.random.default_rng(seed),
            REGRESSOR,
            kind=kind,
            aggregate_function=aggregate,
            tensors=tensors,
            **more,
        )
        made = ensemble_from_onnx(model, NUMBER)
        rows = _rows(made, kind)
        (y,) = _run(model, rows, kind)
        expected = np.array([int(Fraction(float(x)) > Fraction(1, 3)) for x in y[:, 0]])
        check(made, rows, None, lambda _, expected=expected: expected)
        # a threshold that is one of the numbers themselves
        at = Fraction(float(np.median(y)))
        again = ensemble_from_onnx(model, Asked("regression", at))
        theirs = np.array([int(Fraction(float(x)) > at) for x in y[:, 0]])
        check(again, rows, None, lambda _, theirs=theirs: theirs)


@pytest.mark.parametrize("aggregate", ["SUM", "AVERAGE"])
def test_several_numbers(aggregate: str) -> None:
    rng = np.random.default_rng(0)
    more: dict[str, Any] = {"base_values": [0.1, 0.2, 0.3]} if aggregate == "SUM" else {}
    model = by_ids(rng, REGRESSOR, outputs=3, aggregate_function=aggregate, **more)
    made = ensemble_from_onnx(model)
    assert made.head is not None
    assert made.head.origin == "assumed"
    rows = _rows(made, TensorProto.FLOAT)
    (y,) = _run(model, rows, TensorProto.FLOAT)
    check(made, rows, lambda _: y, lambda _: y.argmax(axis=1))


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.DOUBLE])
@pytest.mark.parametrize("aggregate", range(4))
def test_lists(aggregate: int, kind: int) -> None:
    model = by_lists(np.random.default_rng(aggregate), kind=kind, aggregate=aggregate)
    made = ensemble_from_onnx(model, NUMBER)
    rows = _rows(made, kind)
    (y,) = _run(model, rows, kind)
    assert y.dtype == TYPES[kind]  # TreeEnsembleRegressor gives float32, whatever it is given
    expected = np.array([int(Fraction(float(x)) > Fraction(1, 3)) for x in y[:, 0]])
    check(made, rows, None, lambda _: expected)
    for at in map(Fraction, np.unique(y)[::7].tolist()):
        again = ensemble_from_onnx(model, Asked("regression", at))
        theirs = np.array([int(Fraction(float(x)) > at) for x in y[:, 0]])
        check(again, rows, None, lambda _, theirs=theirs: theirs)


@pytest.mark.parametrize("aggregate", [0, 1])
def test_lists_of_several_targets_in_float64(aggregate: int) -> None:
    kind = TensorProto.DOUBLE
    model = by_lists(np.random.default_rng(5), kind=kind, outputs=3, aggregate=aggregate)
    made = ensemble_from_onnx(model)
    rows = _rows(made, kind)
    (y,) = _run(model, rows, kind)
    check(made, rows, lambda _: y, lambda _: y.argmax(axis=1))


@pytest.mark.parametrize("modes", [(6,), (0, 6), range(7)])
def test_members_of_sets(modes: Any) -> None:
    """At whole numbers onnxruntime answers as the definition says; at others a note says so."""
    model = by_lists(np.random.default_rng(2), modes=modes)
    made = ensemble_from_onnx(model, NUMBER)
    assert WHOLE in made.notes
    rows = np.random.default_rng(0).integers(-5, 42, (1500, 3)).astype(float)
    (y,) = _run(model, rows, TensorProto.FLOAT)
    check(made, rows, lambda _: y, None)


def test_members_by_the_definition() -> None:
    """x in {0, 2}: 1, else -1; neighbours of members are none."""
    tensors = {
        "nodes_modes": np.array([6], np.uint8),
        "nodes_splits": np.zeros(1, np.float32),
        "leaf_weights": np.array([1, -1], np.float32),
        "membership_values": np.array([2, 0, np.nan], np.float32),
    }
    held = {name: onnx.numpy_helper.from_array(array, name) for name, array in tensors.items()}
    held |= {f"nodes_{name}": [0] for name in ("featureids", "truenodeids")}
    held |= {"nodes_falsenodeids": [1], "nodes_trueleafs": [1], "nodes_falseleafs": [1]}
    held |= {"leaf_targetids": [0, 0], "n_targets": 1, "tree_roots": [0]}
    node = helper.make_node("TreeEnsemble", ["x"], ["y"], domain=ML, **held)
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid(ML, 5)], ir_version=10)
    made = ensemble_from_onnx(model, Asked("logit", None))
    near = [float(np.nextafter(np.float32(2), np.float32(s))) for s in (0, 3)]
    rows = np.array([[0.0], [-0.0], [2.0], [1.0], near[:1], near[1:], [1e-45], [-1e-45]])
    assert made.predict(rows).tolist() == [1, 1, 1, 0, 0, 0, 0, 0]


def test_argmax_and_casts(tmp_path: Path) -> None:
    model = by_lists(np.random.default_rng(3), outputs=3, trees=9, largest=True)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    made = load_teacher(path)
    assert isinstance(made, Ensemble)
    rows = _rows(made, TensorProto.FLOAT)
    (labels,) = _run(model, rows, TensorProto.FLOAT)
    check(made, rows, None, lambda _: labels)
    model.graph.node.append(helper.make_node("Cast", ["label"], ["small"], to=TensorProto.INT32))
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("small", TensorProto.INT32, None))
    again = load_teacher(model)
    assert isinstance(again, Ensemble)
    np.testing.assert_array_equal(again.predict(rows), labels)


def test_the_single_tree_that_leafproof_exports() -> None:
    """It has scores for both of two classes."""
    held = {"outputs": 2, "labels": [0, 1], "trees": 1, "modes": ("BRANCH_LEQ",)}
    model = by_ids(np.random.default_rng(4), CLASSIFIER, **held)
    for attribute in model.graph.node[0].attribute:
        if attribute.name == "class_weights":
            weights = [float(i % 4 in (0, 3)) for i in range(len(attribute.floats))]
            del attribute.floats[:]
            attribute.floats.extend(weights)
    made = ensemble_from_onnx(model)
    rows = _rows(made, TensorProto.FLOAT)
    labels, _ = _run(model, rows, TensorProto.FLOAT)
    check(made, rows, None, lambda _: labels)


def test_positive_weights_are_compared_with_one_half_and_that_is_said() -> None:
    options = CLASSIFIERS["positive"] | {"post_transform": "LOGISTIC"}
    made = ensemble_from_onnx(by_ids(np.random.default_rng(5), CLASSIFIER, **options))
    assert POSITIVE in made.notes
    assert made.threshold == 0.5


def _changed(model: Any, **attributes: Any) -> Any:
    node = model.graph.node[0]
    kept = [a for a in node.attribute if a.name not in attributes]
    del node.attribute[:]
    node.attribute.extend(kept)
    for name, value in attributes.items():
        node.attribute.append(helper.make_attribute(name, value))
    return model


@pytest.mark.parametrize(
    ("options", "changes", "message"),
    [
        ({"outputs": 2, "labels": [0, 1]}, {}, "both of two classes"),
        ({"outputs": 2, "only": 1, "labels": [0, 1], "base_values": [1.0]}, {}, "class 1 only"),
        ({"outputs": 3, "only": 1, "labels": [0, 1, 2]}, {}, "class number 0"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"base_values": [1.0]}, "1 base values for 3"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"nodes_modes": ["LEAF"]}, "different lengths"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"classlabels_int64s": [0, 1]}, "does not exist"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"post_transform": "SQUARE"}, "is unknown"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"more": 3}, "unknown in ai.onnx.ml 3"),
        ({"outputs": 3, "labels": [0, 1, 2]}, {"class_weights": [float("nan")] * 3}, "lengths"),
    ],
)
def test_classifiers_refused(options: Any, changes: Any, message: str) -> None:
    model = by_ids(np.random.default_rng(0), CLASSIFIER, **options)
    with pytest.raises(EnsembleError, match=message):
        ensemble_from_onnx(_changed(model, **changes))


def test_numbers_refused() -> None:
    def plain(**options: Any) -> Any:
        return by_ids(np.random.default_rng(0), REGRESSOR, **options)

    for model, asked, message in (
        (plain(), Asked(), "say above which number"),
        (plain(post_transform="LOGISTIC"), NUMBER, "rounds: give NONE"),
        (plain(outputs=3), NUMBER, "the largest decides"),
        (plain(outputs=3, aggregate_function="MAX"), Asked(), "sums and averages"),
        (plain(outputs=3, kind=TensorProto.DOUBLE), Asked(), "sums and averages"),
        (plain(outputs=3, aggregate_function="AVERAGE", base_values=[1.0] * 3), Asked(), "beside"),
        (plain(outputs=3, only=1, base_values=[0.0, 0.0, 1.0]), Asked(), "2 may get nothing"),
    ):
        with pytest.raises(EnsembleError, match=message):
            ensemble_from_onnx(model, asked)
    lists = by_lists(np.random.default_rng(0))
    for changes, message in (
        ({"tree_roots": [900]}, "begins at a node that is missing"),
        ({"leaf_targetids": [0]}, "different lengths"),
        ({"aggregate_function": 7}, "is unknown"),
        ({"n_targets": 0}, "0 classes or targets"),
        ({"nodes_trueleafs": [0] * 3}, "different lengths"),
    ):
        kept = type(lists)()
        kept.CopyFrom(lists)
        with pytest.raises(EnsembleError, match=message):
            ensemble_from_onnx(_changed(kept, **changes), NUMBER)


def test_graphs_refused() -> None:
    def plain() -> Any:
        return by_ids(np.random.default_rng(0), CLASSIFIER, outputs=3, labels=[0, 1, 2])

    between = plain()
    between.graph.node.append(helper.make_node("Neg", ["label"], ["other"]))
    between.graph.output[0].name = "other"
    with pytest.raises(EnsembleError, match=r"Neg.*stands between"):
        ensemble_from_onnx(between)
    before = plain()
    before.graph.node[0].input[0] = "scaled"
    before.graph.node.insert(0, helper.make_node("Neg", ["x"], ["scaled"]))
    with pytest.raises(EnsembleError, match="changes the input"):
        ensemble_from_onnx(before)
    scores = plain()
    del scores.graph.output[0]
    with pytest.raises(EnsembleError, match="0 of its outputs are labels"):
        ensemble_from_onnx(scores)
    old = plain()
    old.opset_import[1].version = 5
    with pytest.raises(EnsembleError, match=r"does not exist in ai\.onnx\.ml 5"):
        ensemble_from_onnx(old)
    cut = by_lists(np.random.default_rng(0), outputs=3)
    cut.graph.node.append(helper.make_node("Cast", ["y"], ["cut"], to=TensorProto.INT64))
    cut.graph.output[0].CopyFrom(helper.make_tensor_value_info("cut", TensorProto.INT64, None))
    with pytest.raises(EnsembleError, match="cuts numbers"):
        ensemble_from_onnx(cut)


def test_what_onnxruntime_does_not_run_is_said() -> None:
    model = by_ids(np.random.default_rng(0), REGRESSOR, kind=TensorProto.INT64)
    with pytest.warns(RuntimeNote, match="does not run"):
        ensemble_from_onnx(model, NUMBER)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ensemble_from_onnx(by_ids(np.random.default_rng(0), REGRESSOR), NUMBER)
