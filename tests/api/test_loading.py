"""Networks and trees from whatever the user has, and one clear line for what is neither."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from verifier.formats.load import load_network, load_tree, load_tree_for
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.tree_onnx import to_onnx
from verifier.jobs.estimator import TreeDistiller
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, NetworkError, TreeError, UnsupportedError
from verifier.model.network import Affine, Network, exact_classes
from verifier.model.tree import Inner, Leaf, Tree

DOMAIN = Domain.bits(3)
X = DOMAIN.inputs()
Y = (X.sum(axis=1) > 1).astype(int)
TREE = Tree((Inner(2, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def module(columns=3):
    torch.manual_seed(1)
    return torch.nn.Sequential(
        torch.nn.Linear(columns, 5), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(5, 1)
    )


def classes(network):
    points = [tuple(map(int, row)) for row in X]
    return list(exact_classes(network, DOMAIN, points))


@pytest.fixture
def written(tmp_path):
    network = load_network(module(), columns=3)
    save_onnx(network, tmp_path / "net.onnx")
    return network, tmp_path / "net.onnx"


def test_a_network_is_the_same_from_anything(written):
    network, path = written
    expected = classes(network)
    given = (path, str(path), onnx.load(path), module(), network)
    for source in given:
        assert classes(load_network(source, columns=3)) == expected
    assert load_network(network) is network


def test_a_module_in_training_is_read_as_it_answers_and_left_as_it_was():
    net = module()
    assert net.training
    found = classes(load_network(net, columns=3))
    assert net.training
    with torch.no_grad():
        assert found == (net.eval()(torch.tensor(X).float())[:, 0] > 0).int().tolist()


def test_a_module_has_the_columns_of_the_domain_that_is_given(tmp_path):
    """It was told to give a Domain where one was given."""
    DOMAIN.save(tmp_path / "d.json")
    expected = classes(load_network(module(), columns=3))
    for given in (DOMAIN, tmp_path / "d.json"):
        assert classes(load_network(module(), domain=given)) == expected


def test_a_regressor_needs_a_threshold():
    model = LinearRegression().fit(X, X @ [1.0, 2, 3])
    assert classes(load_network(model, threshold=2.5)) == (X @ [1, 2, 3] > 2.5).tolist()
    with pytest.raises(NetworkError, match="give the threshold"):
        load_network(model)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ("nowhere.onnx", {}, r'cannot read the teacher \(ONNX\) file "nowhere.onnx"'),
        (Path(), {}, "is not a file|cannot read"),
        (module(), {}, "does not tell its number of inputs: give the domain"),
        (module(), {"columns": 4}, "Sequential"),
        (module(), {"columns": 3, "head": "colour"}, 'no head "colour"'),
        (module(), {"columns": 3, "threshold": "much"}, "threshold"),
        (MLPClassifier(), {}, "the MLPClassifier is not fitted: call fit first"),
        (LogisticRegression(), {}, "the LogisticRegression is not fitted: call fit first"),
        (RandomForestClassifier(), {}, "RandomForestClassifier is no network but trees"),
        (Network(1, (Affine(0, np.ones((1, 1)), np.zeros(1)),)), {"head": "logit"}, "leave head"),
        (onnx.ModelProto(), {}, "the ModelProto"),
    ],
    ids=str,
)
def test_what_cannot_be_read_as_a_network_is_one_clear_line(given, options, message):
    with pytest.raises(NetworkError, match=message) as caught:
        load_network(given, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "given", [None, 3, b"net", X, torch.zeros(2), module, MLPClassifier, Network, {}, object()]
)
@pytest.mark.parametrize("load", [load_network, load_tree])
def test_objects_of_another_kind_are_told_what_is_read(load, given):
    with pytest.raises(UnsupportedError, match=r"give a path .*scikit-learn") as caught:
        load(given)
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, LeafproofError)
    assert "\n" not in str(caught.value)


def test_a_tree_is_the_same_from_anything(tmp_path):
    TREE.save(tmp_path / "tree.json")
    (tmp_path / "tree.onnx").write_bytes(to_onnx(TREE, DOMAIN))
    stump = DecisionTreeClassifier().fit(X, X[:, 2].astype(int))
    fitted = TreeDistiller("cart").fit(stump_network(), DOMAIN)
    given = (
        *(tmp_path / "tree.json", str(tmp_path / "tree.onnx"), onnx.load(tmp_path / "tree.onnx")),
        *(stump, fitted, TREE),
    )
    for source in given:
        assert load_tree(source).predict(X).tolist() == X[:, 2].tolist()
    assert load_tree(TREE) is TREE


def stump_network():
    return Network(3, (Affine(0, np.array([[0.0, 0, 1]]), np.array([-0.5])),))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nowhere.json", 'cannot read the tree file "nowhere.json"'),
        (DecisionTreeClassifier(), "the DecisionTreeClassifier is not fitted: call fit first"),
        (DecisionTreeRegressor().fit(X, Y), "give a DecisionTreeClassifier"),
        (MLPClassifier(), "MLPClassifier is not supported: give a DecisionTreeClassifier"),
        (TreeDistiller(), "the TreeDistiller is not fitted: call fit first"),
        (onnx.ModelProto(), "the ModelProto"),
    ],
    ids=lambda x: str(x)[:30],
)
def test_what_cannot_be_read_as_a_tree_is_one_clear_line(given, message):
    with pytest.raises(TreeError, match=message) as caught:
        load_tree(given)
    assert "\n" not in str(caught.value)


def test_classes_are_matched_by_name():
    words = np.where(X[:, 2] > 0, "yes", "no")
    stump = DecisionTreeClassifier().fit(X, words)
    assert load_tree(stump).labels == ("no", "yes")
    assert load_tree(stump, classes=["yes", "no"]).predict(X).tolist() == (1 - X[:, 2]).tolist()
    net = MLPClassifier((2,), max_iter=2)
    with pytest.warns(ConvergenceWarning):
        net.fit(X, np.where(X[:, 2] > 0, "yes", "also"))
    with pytest.raises(TreeError, match='the tree answers "no"'):
        load_tree_for(load_network(net), stump)
    with pytest.warns(ConvergenceWarning):
        net.fit(X, words)
    assert load_tree_for(load_network(net), stump).labels == ("no", "yes")


def test_words_are_not_numbered_by_guess():
    stump = DecisionTreeClassifier().fit(X, np.where(X[:, 2] > 0, "no", "yes"))
    with pytest.raises(TreeError, match=r'"no", "yes", but the network\'s classes have no names'):
        load_tree_for(stump_network(), stump)
    told = load_tree(stump, classes=["yes", "no"])
    assert load_tree_for(stump_network(), told).predict(X).tolist() == X[:, 2].tolist()
    with pytest.raises(TreeError, match="leave them out"):
        load_tree(TREE, classes=["a", "b"])


def test_a_tree_over_other_columns_is_refused():
    other = DecisionTreeClassifier().fit(X[:, :2], Y)
    with pytest.raises(TreeError, match="fitted to 2 columns but the network has 3"):
        load_tree_for(stump_network(), other)
