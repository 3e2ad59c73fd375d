"""TreeDistiller's conventions, and trees as scikit-learn's estimators."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from tests.brute import tree_class, truth
from tests.every import seeds
from tests.provers.cases import all_points, random_domain, random_teacher, random_tree
from verifier.formats.sklearn import tree_from_sklearn
from verifier.formats.tree_sklearn import tree_to_sklearn
from verifier.formats.variables import ordinal
from verifier.jobs.estimator import TreeDistiller
from verifier.model.domain import Domain, bits
from verifier.model.errors import LeafproofError, TreeError
from verifier.model.tree import Inner, Leaf, Tree


def inputs(domain):
    return np.array([[float(x) for x in domain.encode(p)] for p in all_points(domain)])


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))


@pytest.mark.parametrize("method", ["certified", "lrh", "cart"])
def test_fit_and_predict(method):
    fitted = TreeDistiller(method, seed=3).fit(network(), bits(6))
    x = inputs(bits(6))
    with torch.no_grad():
        taught = (network()(torch.tensor(x, dtype=torch.float32))[:, 0] > 0).numpy()
    agreement = (fitted.predict(x) == taught).mean()
    assert agreement == 1 if method != "lrh" else agreement > 0.9
    assert (fitted.certificate_ is not None) == (method == "certified")
    assert (fitted.frontier_ is not None) == (method != "cart")
    assert fitted.result_.tree == fitted.tree_ and fitted.result_.method == method
    if method == "certified":
        assert fitted.verdict_.verdict == "equivalent"
        assert fitted.certificate_.tree == fitted.tree_


def test_parameters_follow_the_conventions():
    model = TreeDistiller("cart", depth=3)
    assert clone(model).get_params() == model.get_params()
    assert repr(model) == "TreeDistiller(method='cart', depth=3)"
    assert model.set_params(depth=2, leaves=4).get_params()["leaves"] == 4
    assert model.fit(network(), bits(6)).tree_.leaves <= 4
    assert "<svg" in model._repr_html_() and "depth=2" in model._repr_html_()
    error = TreeDistiller(error=Fraction(1, 5)).fit(network(), bits(6))
    assert error.verdict_.error[1] <= Fraction(1, 5)


def test_scikit_learn_sees_whether_it_is_fitted():
    model = TreeDistiller()
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    check_is_fitted(model.fit(network(), bits(6)))


def test_an_mlp_classifier_is_a_teacher():
    x = inputs(bits(5))
    mlp = MLPClassifier((6,), max_iter=400, tol=0, n_iter_no_change=500, random_state=0)
    with pytest.warns():
        mlp.fit(x, x[:, 0] * x[:, 1] > 0)
    fitted = TreeDistiller().fit(mlp, bits(5))
    assert (mlp.classes_[fitted.predict(x)] == mlp.predict(x)).all()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (TreeDistiller("magic"), 'no method "magic"'),
        (TreeDistiller("cart", keep=3), "keep is not an option of method cart"),
        (TreeDistiller("lrh", keep=0), "keep is 0"),
        (TreeDistiller("lrh", keep=2.5), "keep is 2.5"),
        (TreeDistiller("cart", scores="lrh"), "scores is not an option of method cart"),
        (TreeDistiller(timeout=-1), "timeout is -1"),
    ],
)
def test_bad_parameters_are_refused(model, message):
    with pytest.raises(LeafproofError, match=message):
        model.fit(network(), bits(6))


def test_use_before_fit_and_wrong_shapes_are_refused():
    with pytest.raises(LeafproofError, match="not fitted"):
        TreeDistiller().predict([[0.0]])
    with pytest.raises(LeafproofError, match="no parameter colour"):
        TreeDistiller().set_params(colour=1)
    with pytest.raises(LeafproofError, match=r"give \(N, 6\)"):
        TreeDistiller("cart").fit(network(), bits(6)).predict([[0.0]])


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_to_scikit_learn_and_back(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 150)
    tree = random_tree(rng, domain, 3)
    model = tree_to_sklearn(tree, domain)
    assert isinstance(model, DecisionTreeClassifier)
    expected = [tree_class(tree, domain.encode(p)) for p in all_points(domain)]
    assert model.predict(inputs(domain)).tolist() == expected
    back = tree_from_sklearn(model)
    rounded = [[Fraction(x) for x in row] for row in inputs(domain).tolist()]
    assert [tree_class(back, x) for x in rounded] == expected


def test_values_that_float32_merges_cannot_go_to_scikit_learn():
    domain = Domain((ordinal("n", (Fraction(1), 1 + Fraction(1, 2**30))),))
    with pytest.raises(TreeError, match="float32 cannot tell apart"):
        tree_to_sklearn(Tree((Inner(0, Fraction(1), 1, 2), Leaf(0), Leaf(1))), domain)


def test_predictions_are_those_of_the_teacher_on_any_domain():
    rng = np.random.default_rng(5)
    domain = random_domain(rng, 120, dyadic=True)
    teacher = random_teacher(rng, domain.columns)
    fitted = TreeDistiller().fit(teacher, domain)
    facts = truth(domain, teacher, fitted.tree_)
    assert fitted.predict(inputs(domain)).tolist() == list(facts.classes.values())
