import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.every import examples
from tests.formats.onnx_models import evaluate
from verifier.formats.floating import evaluate as in_floats
from verifier.formats.load import load_tree
from verifier.formats.sklearn import cast_threshold, teacher_from_mlp, tree_from_sklearn
from verifier.formats.variables import ordinal
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, TreeError
from verifier.model.floats import nearest
from verifier.model.network import decide
from verifier.model.tree import Leaf, Tree
from verifier.reading.json_nouns import tree_from_json
from verifier.writing.json_nouns import tree_to_json

FLOAT32 = st.floats(allow_nan=False, allow_infinity=False, width=32)
FLOAT64 = st.floats(allow_nan=False)


def _cast(x: float) -> float:
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float64(x).astype(np.float32))


def _near(t: Fraction) -> list[float]:
    t_float = float(t)
    return [math.nextafter(t_float, -math.inf), t_float, math.nextafter(t_float, math.inf)]


@given(FLOAT32 | FLOAT64 | st.tuples(FLOAT32, FLOAT32).map(lambda p: (p[0] + p[1]) / 2), FLOAT64)
@settings(max_examples=examples(1000), deadline=None)
@example(0.0, 0.0)
@example(-0.0, -(2.0**-150))
@example(-(2.0**-149), 0.0)
@example(-(2.0**-151), 0.0)
@example(2.0**-150, 0.0)
@example(0.5, 0.5 + 2.0**-25)
@example(0.1, 0.1)
@example(float(np.finfo(np.float32).max), 2.0**128 - 2.0**103)
@example(-float(np.finfo(np.float32).max), -(2.0**128) + 2.0**103)
@example(1e39, 1e300)
@example(-1e39, -1e300)
def test_the_cast_threshold_takes_the_same_branch(threshold: float, x: float) -> None:
    exact = cast_threshold(threshold)
    candidates = [x, threshold, *_near(exact)]
    if abs(threshold) < 3e38:
        candidates += _near(Fraction(threshold)) + _near(Fraction(_cast(threshold)))
    for value in candidates:
        if math.isfinite(value):
            assert (_cast(value) <= threshold) == (Fraction(value) <= exact), value
            third = Fraction(math.ulp(value)) / 3 if abs(value) < 1e308 else Fraction(0)
            for number in (Fraction(repr(value)), Fraction(value) + third, Fraction(value) - third):
                near = nearest(number)  # what is no float64 arrives as the nearest
                assert (_cast(near) <= threshold) == (number <= exact), number


def test_a_decimal_is_compared_as_the_float_that_it_shows() -> None:
    """It is the middle of two float32 numbers, a little more than that as it is written."""
    text = "0.8750000298023224"
    assert Fraction(text) > Fraction(float(text)) == Fraction(7, 8) + Fraction(1, 2**25)
    model = DecisionTreeClassifier().fit([[0.75], [1.0]], [0, 1])
    domain = Domain((ordinal("x", ["0.75", text, "0.9"]),))
    found = [tree_from_sklearn(model).class_at(domain.encode((k,))) for k in range(3)]
    assert found == model.predict([[0.75], [float(text)], [0.9]]).tolist() == [0, 0, 1]


def test_strange_thresholds() -> None:
    assert cast_threshold(math.inf) >= Fraction(np.finfo(np.float64).max)
    assert nearest(cast_threshold(-math.inf)) == -(2.0**128 - 2.0**103)
    with pytest.raises(TreeError, match="NaN"):
        cast_threshold(math.nan)


def _predict(tree: Tree, row: Any) -> int:
    node = tree.nodes[0]
    while not isinstance(node, Leaf):
        left = Fraction(float(row[node.column])) <= node.threshold
        node = tree.nodes[node.left if left else node.right]
    return node.klass


@pytest.mark.parametrize("seed", range(6))
def test_trees_agree_with_predict_around_every_boundary(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale = [1.0, 1e-3, 1e30, 1e-40, 1.0, 5.0][seed]
    x = rng.normal(size=(300, 3)) * scale
    if seed == 4:
        x = np.round(x * 4) / 4
    y = rng.integers(0, 3, 300)
    options: dict[str, Any] = {"max_leaf_nodes": 40} if seed % 2 else {"max_depth": 7}
    model = DecisionTreeClassifier(random_state=seed, **options).fit(x, y)
    tree = tree_from_sklearn(model)
    assert tree_from_json(json.loads(json.dumps(tree_to_json(tree)))).leaves == tree.leaves
    assert tree.leaves == model.get_n_leaves()
    rows = [*x]
    inner = np.flatnonzero(model.tree_.children_left >= 0)
    for i in inner:
        exact = cast_threshold(float(model.tree_.threshold[i]))
        for value in (*_near(exact), float(model.tree_.threshold[i])):
            row = x[rng.integers(300)].copy()
            row[model.tree_.feature[i]] = value
            rows.append(row)
    predicted = model.predict(np.array(rows))
    assert [_predict(tree, row) for row in rows] == predicted.tolist()


def test_ties_in_leaves_go_to_the_first_class() -> None:
    x = np.array([[0.0], [0.0], [1.0], [1.0]])
    model = DecisionTreeClassifier().fit(x, [2, 1, 0, 2])
    tree = tree_from_sklearn(model)
    rows = np.array([[0.0], [1.0]])
    assert [_predict(tree, r) for r in rows] == model.predict(rows).tolist() == [1, 0]


def test_class_labels_map_to_the_teachers_numbers() -> None:
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array(["cat", "dog", "cat"])
    model = DecisionTreeClassifier().fit(x, y)
    tree = tree_from_sklearn(model, classes=["dog", "bird", "cat"])
    assert [_predict(tree, r) for r in x] == [2, 0, 2]
    with pytest.raises(TreeError, match='"cat", which is not a class number'):
        tree_from_sklearn(model)
    with pytest.raises(TreeError, match="not among the teacher's classes"):
        tree_from_sklearn(model, classes=["dog"])
    skipping = DecisionTreeClassifier().fit(x, [0.0, 2.0, 0.0])
    assert [_predict(tree_from_sklearn(skipping), r) for r in x] == [0, 2, 0]
    with pytest.raises(TreeError, match='"-1"'):
        tree_from_sklearn(DecisionTreeClassifier().fit(x, [-1, 1, 1]))
    with pytest.raises(TreeError, match="not a class number"):
        tree_from_sklearn(_halves(x))


def _halves(x: Any) -> Any:
    return DecisionTreeClassifier().fit(x, np.array(["0.5", "1", "1"]))


def test_what_is_not_a_classification_tree_is_refused() -> None:
    x = np.array([[0.0], [1.0]])
    for model, words in (
        (DecisionTreeRegressor().fit(x, [0, 1]), "DecisionTreeRegressor is not supported"),
        (DecisionTreeClassifier(), "not fitted"),
        (DecisionTreeClassifier().fit(x, [[0, 1], [1, 0]]), "2 outputs"),
    ):
        with pytest.raises(TreeError, match=words) as caught:
            tree_from_sklearn(model)
        assert "\n" not in str(caught.value)


def test_trees_that_scikit_learn_does_not_run_are_refused() -> None:
    x = np.array([[0.0], [1.0]])
    with pytest.raises(TreeError, match="2 outputs"):  # not in words about its classes
        load_tree(DecisionTreeClassifier().fit(x, [[0, 1], [1, 0]]))
    changed = DecisionTreeClassifier().fit(x, [0, 1])
    changed.predict = lambda x: np.zeros(len(x))
    with pytest.raises(TreeError, match="a predict of its own"):
        load_tree(changed)


def _fit(classes: Any, activation: str = "relu", layers: tuple[int, ...] = (5, 4)) -> Any:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 3))
    y = np.asarray(classes)[rng.integers(0, len(classes), 60)]
    model = MLPClassifier(layers, activation=activation, max_iter=30, solver="lbfgs", tol=1e3)
    return model.fit(x, y)


@pytest.mark.parametrize("classes", [[0, 1], ["a", "b"], [3, 5, 9], ["x", "y", "z", "w"]])
@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("layers", [(5, 4), ()])
def test_mlps_agree_with_predict(classes: Any, activation: str, layers: Any) -> None:
    model = _fit(classes, activation, layers)
    teacher = teacher_from_mlp(model)
    rows = np.random.default_rng(4).normal(size=(200, 3))
    logits = evaluate(teacher, rows.tolist())
    found = [model.classes_[decide([int(v * 2**300) for v in row])] for row in logits]
    assert found == model.predict(rows).tolist()
    assert teacher.outputs == (1 if len(classes) == 2 else len(classes))
    assert teacher.labels == tuple(str(x) for x in sorted(classes))
    assert teacher.head is not None and teacher.head.origin == "shown"


@pytest.mark.parametrize("classes", [["a", "b"], [3, 5, 9]])
@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_smooth_mlps_agree_with_predict(classes: Any, activation: str) -> None:
    model = _fit(classes, activation)
    teacher = teacher_from_mlp(model)
    rows = np.random.default_rng(4).normal(size=(50, 3))
    nodes, _, _ = in_floats(teacher.layers, rows, 0.0)
    found = [teacher.labels[decide(row)] for row in nodes[-1].tolist()]
    assert found == [str(k) for k in model.predict(rows)]


def test_mlps_that_cannot_be_read_are_refused() -> None:
    many = MLPClassifier((2,), solver="lbfgs", max_iter=20, tol=1e3)
    many.fit([[0.0], [1.0]], [[0, 1], [1, 1]])
    broken = _fit([0, 1])
    broken.coefs_[0][0, 0] = np.nan
    for model, words in (
        (MLPClassifier(), "not fitted"),
        (many, "several labels"),
        (broken, "layer 0 has a NaN"),
        (DecisionTreeClassifier(), "is not supported"),
    ):
        with pytest.raises(NetworkError, match=words) as caught:
            teacher_from_mlp(model)
        assert "\n" not in str(caught.value)
