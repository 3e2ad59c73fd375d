"""A TreeDistiller could not be pickled once the kernel had evaluated its network exactly.

flint's matrices, kept beside the network, cannot be copied. scikit-learn and joblib copy what they
hand to other processes.
"""

from __future__ import annotations

import copy
import io
import pickle
from fractions import Fraction

import joblib
import numpy as np
import pytest
from sklearn.base import clone

from verifier.demo.problems import monk
from verifier.formats.variables import ordinal
from verifier.jobs.estimator import TreeDistiller
from verifier.kernel.certificate import check_certificate
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.tree import bind


def by_joblib(given):
    file = io.BytesIO()
    joblib.dump(given, file)
    file.seek(0)
    return joblib.load(file)


WAYS = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "oldest pickle": lambda x: pickle.loads(pickle.dumps(x, protocol=2)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "joblib": by_joblib,
}


@pytest.fixture(scope="module")
def teacher():
    """3 of 6 bits in a hidden layer; its exact layers are at hand."""
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(8, 6)).astype(np.float32), rng.normal(size=8).astype("f4")),
        Relu(1),
        Affine(2, rng.normal(size=(1, 8)).astype(np.float32), np.zeros(1, np.float32)),
    )
    made = Network(6, layers)
    assert made.exact
    return made


@pytest.fixture(scope="module", params=["certified", "certified, roughly", "lrh", "cart"])
def fitted(request, teacher):
    options = {"error": Fraction(1, 4)} if "roughly" in request.param else {}
    return TreeDistiller(request.param.partition(",")[0], **options).fit(teacher, bits(6))


@pytest.mark.parametrize("way", WAYS)
def test_a_distiller_comes_back(way, fitted):
    x = np.random.default_rng(0).integers(0, 2, (50, 6))
    for model in (TreeDistiller("cart", depth=2), fitted):
        back = WAYS[way](model)
        assert repr(back) == repr(model) and back.get_params() == model.get_params()
        if model is fitted:
            assert back.tree_ == fitted.tree_ and back.verdict_ == fitted.verdict_
            assert back.predict(x).tolist() == fitted.predict(x).tolist()
            assert back.fit(fitted_on(fitted), bits(6)).tree_ == fitted.tree_


def fitted_on(model):
    """The network that the certificate holds, or any other of that size."""
    if model.certificate_ is not None:
        return model.certificate_.teacher
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(8, 6)).astype(np.float32), rng.normal(size=8).astype("f4")
    last = Affine(2, rng.normal(size=(1, 8)).astype(np.float32), np.zeros(1, np.float32))
    return Network(6, (Affine(0, *weights), Relu(1), last))


def test_clone_keeps_the_parameters(fitted):
    again = clone(fitted)
    assert again.get_params() == fitted.get_params() and not hasattr(again, "tree_")


@pytest.mark.parametrize("way", WAYS)
def test_every_noun_comes_back(way, fitted, teacher):
    back = WAYS[way](teacher)
    points = list(full_cell(bits(6)).points())
    assert exact_classes(back, bits(6), points) == exact_classes(teacher, bits(6), points)
    domain = monk(1).domain
    assert domain.size and domain.denominator and domain.variables[0].twins == ()
    for noun in (domain, ordinal("n", (0, 1)), fitted.tree_, bind(fitted.tree_, bits(6))):
        assert WAYS[way](noun) == noun
    assert WAYS[way](fitted.frontier_) == fitted.frontier_
    if fitted.certificate_ is not None:
        held = WAYS[way](fitted.certificate_)
        assert held.sha256 == fitted.certificate_.sha256
        found = check_certificate(held)
        assert found.disagreements == fitted.verdict_.disagreements


def test_errors_come_back():
    problem = InvalidProof("step 1")
    problem.refused = (1,)
    back = pickle.loads(pickle.dumps(problem))
    assert isinstance(back, LeafproofError) and str(back) == "step 1" and back.refused == (1,)
