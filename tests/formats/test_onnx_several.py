"""ONNX files with an input for each column of a table, as skl2onnx writes them for a frame."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product

import numpy as np
import onnxruntime
import pytest

import verifier as lp
from verifier.formats.load import load_model, load_teacher
from verifier.model.errors import LeafproofError, RuntimeNote
from verifier.model.network import Network, exact_classes
from verifier.reading.json_nouns import domain_from_json

pd = pytest.importorskip("pandas")
skl2onnx = pytest.importorskip("skl2onnx")

DOMAIN = lp.Domain.product(
    lp.Domain.range("hours", 1, 6),
    lp.Domain.one_hot("colour", ["red", "green", "blue"]),
    lp.Domain.range("age", 18, 29),
    lp.Domain.one_hot("size", ["s", "m"]),
    lp.Domain.one_hot("unread", ["no", "yes"]),
)
POINTS = list(product(*(range(v.count) for v in DOMAIN.variables)))
LABELS = [DOMAIN.labels(point) for point in POINTS]


def converted(
    model,
    *,
    encoder="OneHotEncoder",
    classes=("0", "1"),
    seen=("red", "green", "blue"),
    numbers=None,
    kind="FloatTensorType",
):
    """A fitted pipeline of a table, as a file with four inputs."""
    from skl2onnx.common import data_types as types
    from sklearn import compose, impute, pipeline, preprocessing

    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "age": rng.integers(18, 30, 300).astype(float),
            "hours": rng.integers(1, 7, 300),
            "colour": rng.choice(seen, 300),
            "size": rng.choice(["s", "m"], 300),
        }
    )
    y = (table.age > 24) ^ ((table.colour == "red") & (table["size"] != "m"))
    y = np.array([int(c) if c.isdecimal() else c for c in classes])[y.astype(int)]
    options = {"handle_unknown": "ignore"} if encoder == "OneHotEncoder" else {}
    scaled = numbers or pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler()
    )
    columns = compose.ColumnTransformer(
        [
            ("numbers", scaled, ["age", "hours"]),
            ("words", getattr(preprocessing, encoder)(**options), ["colour", "size"]),
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = pipeline.make_pipeline(columns, model).fit(table, y)
        return skl2onnx.to_onnx(
            fitted,
            initial_types=[
                ("age", getattr(types, kind)([None, 1])),
                ("hours", types.Int64TensorType([None, 1])),
                ("colour", types.StringTensorType([None, 1])),
                ("size", types.StringTensorType([None, 1])),
            ],
            options={"zipmap": False},
        )


def model_of(name):
    from sklearn import ensemble, linear_model, neural_network, tree

    return {
        "linear": linear_model.LogisticRegression(),
        "tree": tree.DecisionTreeClassifier(max_depth=4, random_state=0),
        "forest": ensemble.RandomForestClassifier(3, max_depth=4, random_state=0),
        "boosted": ensemble.GradientBoostingClassifier(n_estimators=3, max_depth=2),
        "network": neural_network.MLPClassifier((4,), max_iter=60, random_state=1),
    }[name]


def run(model):
    """onnxruntime's labels at every point of the domain."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    rows = {
        "age": np.array([[float(Fraction(x["age"]))] for x in LABELS], np.float32),
        "hours": np.array([[int(x["hours"])] for x in LABELS], np.int64),
        "colour": np.array([[x["colour"]] for x in LABELS], object),
        "size": np.array([[x["size"]] for x in LABELS], object),
    }
    given = {i.name: rows[i.name] for i in session.get_inputs()}
    return [str(x) for x in np.asarray(session.run(["label"], given)[0]).reshape(-1)]


def ours(model):
    found = load_model(model, columns=DOMAIN.columns, domain=DOMAIN)
    if isinstance(found, Network):
        classes = exact_classes(found, DOMAIN, POINTS)
    else:
        classes = [found.class_at(DOMAIN.encode(point)) for point in POINTS]
    return [found.labels[k] if found.labels else str(k) for k in classes]


@pytest.mark.parametrize("name", ["linear", "tree", "forest", "boosted", "network"])
@pytest.mark.parametrize("encoder", ["OneHotEncoder", "OrdinalEncoder"])
def test_the_class_is_onnxruntimes_at_every_point(name, encoder):
    model = converted(model_of(name), encoder=encoder, classes=("no", "yes"))
    answers = run(model)
    assert set(answers) == {"no", "yes"}
    assert ours(model) == answers


@pytest.mark.parametrize("name", ["linear", "forest"])
@pytest.mark.parametrize("step", ["MinMaxScaler", "MaxAbsScaler", "Binarizer"])
def test_other_steps_of_numbers(name, step):
    from sklearn import preprocessing

    options = {"threshold": 22.5} if step == "Binarizer" else {}
    model = converted(model_of(name), numbers=getattr(preprocessing, step)(**options))
    assert ours(model) == run(model)


def test_a_file_that_onnxruntime_does_not_run_is_read_with_a_note():
    model = converted(model_of("linear"), kind="DoubleTensorType")  # it has no such Imputer
    with pytest.warns(RuntimeNote, match="onnxruntime does not run this file"):
        assert load_teacher(model, domain=DOMAIN).columns == DOMAIN.columns


def test_values_that_training_did_not_see_are_no_category(tmp_path):
    model = converted(model_of("forest"), seen=("red", "blue"))
    assert ours(model) == run(model)


def test_commands_take_such_files(tmp_path):
    path, domain = tmp_path / "model.onnx", tmp_path / "domain.json"
    path.write_bytes(converted(model_of("forest")).SerializeToString())
    DOMAIN.save(domain)
    student = lp.distill(path, domain)
    assert lp.certify(path, student.tree, domain).verdict == "equivalent"
    assert lp.ask_same(path, path, domain).points == (0, 0)
    answers = run(converted(model_of("forest")))
    assert len(answers) == DOMAIN.size


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (["hours", "colour", "age"], 'input "size": it is no variable of the domain'),
        (["hours", "colours", "age", "size"], 'input "colour": it is no variable of the domain'),
        (None, "give a domain whose variables have these names"),
    ],
)
def test_inputs_that_are_no_variables_are_refused_in_one_line(variables, words):
    domain = None
    if variables:
        kinds = {v.name: v for v in DOMAIN.variables}
        parts = [kinds.get(n, kinds["colour"]) for n in variables]
        named = [
            lp.Domain.one_hot(n, v.labels)
            if n.startswith(("c", "s"))
            else lp.Domain.range(n, 1, 30)
            for n, v in zip(variables, parts, strict=True)
        ]
        domain = lp.Domain.product(*named)
    with pytest.raises(LeafproofError, match=words) as caught:
        load_teacher(converted(model_of("linear")), domain=domain)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (lp.Domain.range("colour", 0, 2), "takes texts, and its variable is a number"),
        (lp.Domain.ordinal("hours", [Fraction(1, 2), 1]), "takes whole numbers"),
        (lp.Domain.one_hot("age", ["young", "old"]), "takes numbers"),
    ],
)
def test_values_of_another_type_are_refused_in_one_line(part, words):
    (own,) = part.variables
    every = [own if v.name == own.name else v for v in DOMAIN.variables]
    with pytest.raises(LeafproofError, match=words) as caught:
        load_teacher(converted(model_of("tree")), domain=lp.Domain(tuple(every)))
    assert "\n" not in str(caught.value)


def test_two_inputs_are_never_the_same_variable():
    """Names are spelled as skl2onnx spells them, but no value is given to two inputs."""
    from onnx import TensorProto, helper

    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 1]) for n in ("a b", "a_b")]
    weight = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [1.0, -1.0])
    nodes = [
        helper.make_node("Concat", ["a b", "a_b"], ["x"], axis=1),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])
    graph = helper.make_graph(nodes, "both", inputs, [output], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    both = lp.Domain.product(lp.Domain.range("a b", 0, 3), lp.Domain.range("a_b", 0, 3))
    assert load_teacher(model, domain=both, head="logit").columns == 2
    with pytest.raises(LeafproofError, match="another input is the variable"):
        load_teacher(model, domain=lp.Domain.product(lp.Domain.range("a b", 0, 3)), head="logit")


TABLE = lp.Domain.product(
    lp.Domain.range("age", 18, 29),
    lp.Domain.range("sex", 0, 1),
    lp.Domain.range("hours", 1, 6),
    domain_from_json(
        {
            "format": "leafproof-domain/1",
            "variables": [{"name": "zip", "values": ["3", "5", "9"], "encoding": [[3], [5], [9]]}],
        }
    ),
)


def one_input(final):
    """A pipeline that encodes columns of a plain matrix, as a file with one input."""
    from sklearn import compose, pipeline, preprocessing

    x = TABLE.inputs().astype(np.float32)
    y = ((x[:, 0] > 23) ^ ((x[:, 3] == 5) & (x[:, 1] == 1))).astype(int)
    columns = compose.ColumnTransformer(
        [
            ("numbers", preprocessing.StandardScaler(), [0, 2]),
            ("kinds", preprocessing.OneHotEncoder(handle_unknown="ignore"), [1, 3]),
        ]
    )
    model = pipeline.make_pipeline(columns, final).fit(x, y)
    return skl2onnx.to_onnx(model, x[:1], options={"zipmap": False})


@pytest.mark.parametrize("name", ["network", "forest"])
def test_columns_of_one_input_that_the_file_encodes(name, tmp_path):
    from sklearn import ensemble, neural_network

    final = {
        "network": neural_network.MLPClassifier((6,), max_iter=40, random_state=0),
        "forest": ensemble.RandomForestClassifier(5, max_depth=4, random_state=0),
    }[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = one_input(final)
    path = tmp_path / "it.onnx"
    path.write_bytes(file.SerializeToString())
    held = load_model(path, domain=TABLE)
    points = [*product(*(range(v.count) for v in TABLE.variables))]
    rows = TABLE.inputs().astype(np.float32)
    session = onnxruntime.InferenceSession(file.SerializeToString())
    theirs = session.run(None, {"X": rows})[0].reshape(-1)
    if isinstance(held, Network):
        mine = exact_classes(held, TABLE, points)
    else:
        mine = [held.class_at(TABLE.encode(p)) for p in points]
    np.testing.assert_array_equal(mine, theirs)
    assert len(set(mine)) == 2
    result = lp.ask_fair(path, TABLE, "sex")
    by_hand = sum(
        a != b
        for point, a in zip(points, theirs, strict=True)
        if point[1] == 0
        for b in [theirs[points.index((point[0], 1, *point[2:]))]]
    )
    assert result.points == (by_hand, by_hand)
    assert by_hand
    assert result.instances[0].runtime == "onnxruntime gives the same class"


@pytest.mark.parametrize("trees", [1, 5])
def test_trees_behind_a_scaler_of_one_input(trees):
    from sklearn import ensemble, pipeline, preprocessing

    x = TABLE.inputs().astype(np.float32)
    y = ((x[:, 0] > 23) ^ ((x[:, 3] == 5) & (x[:, 1] == 1))).astype(int)
    forest = ensemble.RandomForestClassifier(trees, max_depth=4, random_state=0)
    model = pipeline.make_pipeline(preprocessing.StandardScaler(), forest).fit(x, y)
    file = skl2onnx.to_onnx(model, x[:1], options={"zipmap": False})
    held = load_model(file, domain=TABLE)
    theirs = onnxruntime.InferenceSession(file.SerializeToString()).run(None, {"X": x})[0]
    points = product(*(range(v.count) for v in TABLE.variables))
    mine = [held.class_at(TABLE.encode(p)) for p in points]
    np.testing.assert_array_equal(mine, theirs)
    assert len(set(mine)) == 2


def test_one_input_of_other_columns_than_the_domain_is_refused_in_one_line():
    from sklearn import ensemble

    file = one_input(ensemble.RandomForestClassifier(2, max_depth=2, random_state=0))
    short = lp.Domain.product(*[lp.Domain.range(f"x{i}", 0, 3) for i in range(3)])
    with pytest.raises(LeafproofError, match=r"its columns are 4, the variables 3$"):
        load_model(file, domain=short)
