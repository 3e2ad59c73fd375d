"""``TreeDistiller.fit`` of an object that it cannot read ended with an AttributeError."""

from typing import Any

import numpy as np
import pytest

from tests.certificates.problems import affine
from verifier.jobs.estimator import TreeDistiller
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError, UnsupportedError
from verifier.model.network import Network

NETWORK = Network(2, (affine(0, [[1, 1]], [-1]),))


@pytest.mark.parametrize("model", [None, 3, b"net.onnx", np.zeros((2, 2)), len, object(), Network])
def test_what_is_no_teacher(model: Any) -> None:
    with pytest.raises(UnsupportedError, match=r"torch\.nn\.Module.*MLPClassifier") as raised:
        TreeDistiller().fit(model, bits(2))
    assert isinstance(raised.value, TypeError) and isinstance(raised.value, LeafproofError)


@pytest.mark.parametrize("domain", [None, 2, "bits", [0, 1], np.zeros((4, 2))])
def test_what_is_no_domain(domain: Any) -> None:
    with pytest.raises(TypeError, match="give a Domain"):
        TreeDistiller().fit(NETWORK, domain)
