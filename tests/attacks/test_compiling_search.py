"""A time limit was overrun where the search was being compiled, for the first time on a machine.

The search saw in time that its time was over, but then put its proof in order with compiled code,
which waited for the compiler's lock: 20 seconds became 45, and the run was ended without a tree.

And what the command printed then was not where its caller had sent it: Numba paints its error
messages, as it infers types in a thread, by Colorama, which puts back an earlier sys.stdout.
"""

import sys
import threading

import numpy as np
import pytest

from tests.clocks import PATIENCE
from verifier.formats.variables import ordinal
from verifier.kernel import checker
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch
from verifier.provers.options import Options
from verifier.provers.timing import now

loading = pytest.importorskip("verifier.provers.compiled.loading")
NEVER = Tree((Leaf(0),))


@pytest.fixture
def compiling(monkeypatch):
    """The compiler is at work until the test ends."""
    done = threading.Event()
    monkeypatch.setattr(loading, "is_ready", lambda: False)
    monkeypatch.setattr(loading, "load_code", lambda *_: done.wait(PATIENCE))
    monkeypatch.setattr(loading, "LOADING", 0.0)
    monkeypatch.setattr(loading, "walk", None)  # to call it would be a TypeError
    yield done
    done.set()


def network(variables, seed):
    """A random perceptron over numbers 0 to 3."""
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(24, variables)), rng.normal(size=24)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 24)), rng.normal(size=1)),
    )
    return Domain(tuple(ordinal(f"v{i}", range(4)) for i in range(variables))), Network(
        variables, layers
    )


def test_the_search_goes_on_without_compiled_code(compiling, monkeypatch):
    monkeypatch.setattr(branch, "_first", lambda net: 1)
    domain, teacher = network(6, 0)
    finding = branch.prove(domain, teacher, NEVER, Options(deadline=now() + PATIENCE))
    assert not compiling.is_set()
    assert not any(isinstance(step, Open) for step in finding.proof)
    checker.verify(matter_of(domain, teacher, NEVER), finding.proof, finding.counterexamples)


def test_it_ends_in_time(compiling, monkeypatch, own_time):
    monkeypatch.setattr(branch, "_first", lambda net: 1)
    monkeypatch.setattr(branch, "MANY", 10)
    domain, teacher = network(30, 1)
    begun = now()
    finding = branch.prove(domain, teacher, NEVER, Options(deadline=begun + 1))
    assert not compiling.is_set()
    assert now() < begun + 60  # the compiler of this test never ends
    assert len(finding.proof) > 10
    assert any(isinstance(step, Open) for step in finding.proof)


def test_messages_of_the_compiler_leave_standard_output_where_it_is(monkeypatch):
    """Numba 0.68: ``ColorShell`` puts sys.stdout back to what Colorama has seen at first."""
    errors = pytest.importorskip("numba.core.errors")

    def shell():
        raise AssertionError("the compiler exchanges sys.stdout")

    monkeypatch.setattr(errors, "ColorShell", shell, raising=False)
    before = sys.stdout, sys.stderr
    assert "no such type" in str(errors.TypingError("no such type"))
    assert errors.termcolor().errmsg("wrong") == "wrong"
    assert (sys.stdout, sys.stderr) == before
