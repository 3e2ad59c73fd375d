"""Witnesses of questions, run in the runtime that a model came from."""

from __future__ import annotations

import numpy as np
import pytest

import verifier as lp
from verifier.formats import network_answers
from verifier.formats.runtime import Unusable
from verifier.jobs.fronts.replaying import replay
from verifier.model.network import Affine, Network, Relu, exact_classes

PEOPLE = lp.Domain.product(
    lp.Domain.range("age", 20, 24), lp.Domain.one_hot("group", ["A", "B", "C"])
)
X = PEOPLE.inputs()
Y = ((X[:, 0] > 22) == X[:, 1]).astype(int)


FIRST = [[1.0, 3, -2, 0], [0.5, 0, 1, 2]], [-22.0, -11]
LAST = [[1.0, -1]], [-0.5]


def said(model, **options):
    """What each of the witnesses is said to be in the model's own runtime."""
    found = lp.ask_fair(model, PEOPLE, "group", **options)
    assert found.points[0] > 0
    return {x.runtime for x in found.instances}


def torch_module():
    torch = pytest.importorskip("torch")
    first, last = torch.nn.Linear(4, 2), torch.nn.Linear(2, 1)
    for layer, weight, bias in ((first, *FIRST), (last, *LAST)):
        layer.weight.data[:] = torch.tensor(weight)
        layer.bias.data[:] = torch.tensor(bias)
    return torch.nn.Sequential(first, torch.nn.ReLU(), torch.nn.Dropout(0.5), last)


def test_a_torch_module_is_called_and_left_as_it_was():
    module = torch_module().eval()
    assert said(module) == {"PyTorch gives the same class"}
    held = lp.load_network(module, columns=4)
    module.train()
    module[1].eval()
    points = [(0, 0), (3, 0), (3, 2)]
    rows = [PEOPLE.encode(p) for p in points]
    name, classes = network_answers.answers(module, held, rows, PEOPLE)
    assert name == "PyTorch"
    assert classes.tolist() == exact_classes(held, PEOPLE, points)
    assert len(set(classes.tolist())) == 2
    assert [part.training for part in module] == [True, False, True, True]


def test_a_model_is_loaded_once_for_all_witnesses(monkeypatch):
    """Of each side: to read a file of some megabytes takes longer than most searches."""
    asked, own = [], network_answers.answers

    def count(source, network, rows, domain):
        asked.append(len(rows))
        return own(source, network, rows, domain)

    monkeypatch.setattr(network_answers, "answers", count)
    found = lp.ask_fair(torch_module().eval(), PEOPLE, "group")
    assert len(found.instances) > 2
    assert asked == [len(found.instances)] * 2


@pytest.mark.parametrize("labels", [[0, 1], ["no", "yes"], [2.0, 3.0], [True, False]])
def test_an_estimator_predicts_whatever_its_classes_are_called(labels):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for steps in ([], [StandardScaler()]):
        model = make_pipeline(*steps, LogisticRegression(C=50)).fit(X, np.array(labels)[Y])
        assert said(model) == {"scikit-learn gives the same class"}


def test_a_regressor_is_asked_whether_it_is_above_the_threshold():
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(X, Y * 10)
    assert said(model, threshold="5") == {"scikit-learn gives the same class"}


def test_a_pipeline_of_a_table_is_given_the_tables_texts():
    pandas = pytest.importorskip("pandas")
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    table = pandas.DataFrame({"age": X[:, 0], "group": np.array(list("ABC"))[X[:, 1:].argmax(1)]})
    first = make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["group"]))
    model = make_pipeline(first, LogisticRegression())
    search = GridSearchCV(model, {"logisticregression__C": [1, 50]}, cv=2).fit(table, Y)
    for one in (search, search.best_estimator_):
        assert said(one) == {"scikit-learn gives the same class"}


def test_an_onnx_model_in_memory_and_one_of_a_table(tmp_path):
    onnx = pytest.importorskip("onnx")
    pandas = pytest.importorskip("pandas")
    skl2onnx = pytest.importorskip("skl2onnx")
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    first, last = (Affine(at, *map(np.array, own)) for at, own in ((0, FIRST), (2, LAST)))
    network = Network(4, (first, Relu(1), last))
    network.save(tmp_path / "net.onnx")
    assert said(onnx.load(tmp_path / "net.onnx")) == {"onnxruntime gives the same class"}
    table = pandas.DataFrame({"age": X[:, 0], "group": np.array(list("ABC"))[X[:, 1:].argmax(1)]})
    columns = make_column_transformer((StandardScaler(), ["age"]), (OneHotEncoder(), ["group"]))
    model = make_pipeline(columns, LogisticRegression(C=50)).fit(table, Y)
    inputs = [("age", FloatTensorType([None, 1])), ("group", StringTensorType([None, 1]))]
    made = skl2onnx.convert_sklearn(model, initial_types=inputs)
    (tmp_path / "table.onnx").write_bytes(made.SerializeToString())
    assert said(tmp_path / "table.onnx") == {"onnxruntime gives the same class"}


def test_what_nothing_else_runs_and_what_answers_otherwise_is_said():
    network = Network(1, (Affine(0, np.ones((1, 1)), np.array([-0.5])),))
    bit = lp.Domain.bits(1)
    rows = [bit.encode((1,))]
    with pytest.raises(Unusable, match="nothing else runs"):
        network_answers.answers(network, network, rows, bit)
    (alone,) = replay([(network, network, bit)], [rows], [[1]])
    assert alone.startswith("not run elsewhere: the model")
    torch = pytest.importorskip("torch")
    module = torch.nn.Linear(1, 1)
    module.weight.data[:], module.bias.data[:] = 1.0, -0.5
    read = lp.load_network(module, columns=1)
    same, other = replay([(module, read, bit)], [rows, rows], [[1], [0]])
    assert same == "PyTorch gives the same class"
    assert other.startswith("PyTorch gives another class")
    with pytest.raises(Unusable, match="PyTorch does not run it"):
        network_answers.answers(module, read, [[*rows[0], *rows[0]]], bit)


def test_code_is_not_run(tmp_path):
    branches = "".join(
        f"    if x[0] <= {t}:\n        v{i} = 0.25\n    else:\n        v{i} = -0.5\n"
        for i, t in enumerate((21.5, 23.5, 20.5, 22.5))
    )
    code = f"def score(x):\n{branches}    return [v2 + v3, v0 + v1]\n"
    (tmp_path / "forest.py").write_text(code)
    found = lp.ask_monotone(tmp_path / "forest.py", PEOPLE, "age")
    assert found.points[0] > 0
    assert {x.runtime for x in found.instances} == {"not run elsewhere: code is read, and not run"}
