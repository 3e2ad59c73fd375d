"""The compiled searches, loaded before a test's clock starts."""

from __future__ import annotations

from time import sleep
from unittest.mock import patch

import numpy as np

from verifier.formats.variables import ordinal
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch
from verifier.provers.compiled import loading
from verifier.provers.options import Options
from verifier.provers.pairs import proving, run
from verifier.provers.timing import now

A_WHILE = 0.5
LONG = 600.0
"""Seconds; what is compiled already is loaded in one."""


def _problem() -> tuple[Domain, Network]:
    rng = np.random.default_rng(0)
    first = Affine(0, rng.normal(size=(24, 6)), rng.normal(size=24))
    last = Affine(2, rng.normal(size=(1, 24)), rng.normal(size=1))
    domain = Domain(tuple(ordinal(f"v{i}", range(4)) for i in range(6)))
    return domain, Network(6, (first, Relu(1), last))


def compile_branching() -> None:
    """Have the search of branch and bound do something small, and wait for its code."""
    domain, teacher = _problem()
    with patch.object(branch, "_first", lambda net: 1):  # at once, however small
        branch.prove(domain, teacher, Tree((Leaf(0),)))
    assert loading.is_ready()


def compile_sandwiches() -> None:
    """The same for the search that counts."""
    domain, teacher = _problem()
    matter = Matter(domain, (Bound("a", teacher, tuple(range(6))),), ClassIs(0, 1))
    end = now() + LONG
    while not run.run.signatures and now() < end:  # all points are gone through meanwhile
        proving.prove(matter, Options(), end)
        sleep(A_WHILE)
    assert run.run.signatures


def compile_all() -> None:
    """Both."""
    compile_branching()
    compile_sandwiches()
