"""What a tree does by itself: predict, score, be written and read."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from tests.brute import tree_class
from tests.provers.cases import all_points, random_domain, random_tree
from verifier.formats.load import load_tree
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, TreeError
from verifier.model.tree import Inner, Leaf, Tree

TREE = Tree(
    (Inner(1, Fraction(1, 2), 1, 2), Leaf(0), Inner(0, Fraction(3), 3, 4), Leaf(2), Leaf(1)),
    ("cat", "dog", "emu"),
)
ROWS = [[0, 0], [3, 1], [3.5, 1], [9, 0.5]]


def test_predict_gives_numbers_or_names():
    assert TREE.predict(ROWS).tolist() == [0, 2, 1, 0]
    assert TREE.predict(ROWS).dtype == np.int64
    assert TREE.predict(ROWS, names=True).tolist() == ["cat", "emu", "dog", "cat"]
    assert TREE.predict(np.array(ROWS, np.float32)).tolist() == [0, 2, 1, 0]
    assert TREE.predict(np.empty((0, 2))).tolist() == []
    assert Tree(TREE.nodes).predict(ROWS, names=True).tolist() == ["0", "2", "1", "0"]
    assert Tree((Leaf(1),)).predict([[7]]).tolist() == [1]


@pytest.mark.parametrize("seed", range(6))
def test_predict_on_a_domain_is_the_tree_on_its_points(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 120)
    tree = random_tree(rng, domain, 3)
    expected = [tree_class(tree, domain.encode(p)) for p in all_points(domain)]
    x = domain.inputs()
    assert tree.predict(x, domain=domain).tolist() == expected
    assert tree.score(x, expected, domain=domain) == 1
    estimator = tree.to_sklearn(domain)
    assert estimator.predict(x).tolist() == expected


def test_a_number_and_a_threshold_are_compared_exactly_unless_the_domain_is_told():
    tree = Tree((Inner(0, Fraction(1, 10), 1, 2), Leaf(0), Leaf(1)))
    assert Fraction(0.1) > Fraction(1, 10)
    assert tree.predict([[0.1], [0.0999]]).tolist() == [1, 0]
    domain = Domain.ordinal("x", [0.1, 0.2])
    assert tree.predict([[0.1], [0.2]], domain=domain).tolist() == [0, 1]
    assert tree.predict(np.array([[0.1], [0.2]], np.float32), domain=domain).tolist() == [0, 1]


def test_score_takes_names_or_numbers():
    assert TREE.score(ROWS, ["cat", "emu", "dog", "dog"]) == 0.75
    plain = Tree(TREE.nodes)
    assert plain.score(ROWS, [0, 2, 1, 1]) == plain.score(ROWS, np.array([0.0, 2, 1, 1])) == 0.75
    two = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    assert two.score([[0], [1]], [False, True]) == 1
    numbered = Tree(two.nodes, ("5", "7"))
    assert numbered.score([[0], [1]], [5, 7]) == 1
    with pytest.raises(TreeError, match='y has "0", but the tree\'s classes are called "5", "7"'):
        numbered.score([[0], [1]], [0, 1])
    with pytest.raises(TreeError, match='y has "cat", but the tree\'s classes have only numbers'):
        plain.score(ROWS, ["cat"] * 4)
    with pytest.raises(LeafproofError, match=r"shape \(3,\) but there are 4 rows"):
        plain.score(ROWS, [0, 1, 2])
    with pytest.raises(LeafproofError, match="no rows"):
        plain.score(np.empty((0, 2)), [])


def test_score_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    y = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(x, y)
    tree = load_tree(model)
    assert tree.predict(x, names=True).tolist() == model.predict(x).tolist()
    assert tree.score(x, y) == model.score(x, y)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1, 2], r"shape \(2,\): give \(N, at least 2\)"),
        ([[1]], r"shape \(1, 1\): give \(N, at least 2\)"),
        ([["a", "b"]], "give numbers"),
        ([[None, 1]], "give numbers"),
        ([[np.nan, 1]], "NaN or infinity"),
        ([[1, np.inf]], "NaN or infinity"),
    ],
)
def test_what_are_no_inputs_is_one_clear_line(x, message):
    with pytest.raises(LeafproofError, match=message) as caught:
        TREE.predict(x)
    assert "\n" not in str(caught.value)


def test_inputs_of_another_domain_are_refused():
    with pytest.raises(LeafproofError, match=r"give \(N, 3\)"):
        TREE.predict(ROWS, domain=Domain.bits(3))


def test_a_tree_is_written_in_other_languages():
    space: dict = {}
    exec(TREE.to_code("python"), space)
    assert [space["predict"](row) for row in ROWS] == TREE.predict(ROWS).tolist()
    assert "cat" in TREE.to_text() and "emu" in TREE.to_code("sql", Domain.bits(2))
    assert TREE.to_code("dot").startswith("digraph") and "<svg" in TREE.to_code("svg")
    with pytest.raises(LeafproofError, match='no format "latex": text, svg'):
        TREE.to_code("latex")
    with pytest.raises(LeafproofError, match="is no text"):
        TREE.to_code("onnx")
    with pytest.raises(TreeError, match="do not belong together"):
        TREE.to_text(Domain.bits(1))


def test_files_and_pickles_give_the_same_tree(tmp_path):
    TREE.save(tmp_path / "tree.json")
    for back in (
        Tree.load(tmp_path / "tree.json"),
        pickle.loads(pickle.dumps(TREE)),
        copy.deepcopy(TREE),
    ):
        assert back == TREE and back.labels == TREE.labels
    with pytest.raises(TreeError, match="cannot read the tree file"):
        Tree.load(tmp_path / "nowhere.json")
