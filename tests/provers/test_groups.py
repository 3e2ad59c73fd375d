"""Sandwiches about groups of a network's classes: the search's chains, its proofs, and runs."""

from __future__ import annotations

import time

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from tests.provers.test_sandwich_proofs import checked, only_sums, truth
from tests.provers.test_sandwiches import cells_of, grown, many_classes, network
from verifier.kernel.asked import ask
from verifier.kernel.sandwich import fault, refused
from verifier.model.domain import bits
from verifier.model.grouped import grouped, is_group
from verifier.model.network import exact_logits
from verifier.model.proof import Constant, Sandwich
from verifier.model.question import Any_, Bound, ClassIs, Matter, differ
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.answering import answerer_of
from verifier.provers.cluster.plain import of_bytes, to_bytes
from verifier.provers.count import still_open
from verifier.provers.open_cells import reopened
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import filling, proving
from verifier.provers.pairs.likeness import chain_of
from verifier.provers.pairs.maxima import of_groups, reach
from verifier.provers.sandwiches import propose
from verifier.provers.timing import now

__all__ = ["only_sums"]  # a fixture
pytestmark = pytest.mark.usefixtures("compiled")


@pytest.mark.parametrize("classes", range(3, 12))
def test_a_chain_has_the_logit_of_the_group(classes):
    rng, domain = np.random.default_rng(classes), bits(4)
    net = network(rng, 4, classes)
    groups = [1, (1 << classes) - 2, *rng.integers(1, (1 << classes) - 1, size=6).tolist()]
    chain = chain_of(net, domain)
    every = of_groups(chain, groups, reach(chain, domain))
    assert len({len(x.hidden) for x in every}) == 1
    assert len(every[0].hidden) - len(chain.hidden) == (classes - 2).bit_length()
    points = np.array(list(np.ndindex(2, 2, 2, 2)))
    for ones, held in zip(groups, every, strict=True):
        assert is_group(ones, classes)
        values = points.astype(float)
        for weight, bias in held.hidden:
            values = np.maximum(values @ weight.T + bias, 0)
        found = (values @ held.last[0].T + held.last[1])[:, 0]
        exact, whole = exact_logits(grouped(net, ones), points.tolist(), 1)
        assert found == pytest.approx([x / whole for (x,) in exact], abs=1e-9)


def large(classes=4, count=9, values=9):
    """A network of several classes and a tree, by default on 387 million points."""
    rng, every = np.random.default_rng(classes), tuple(range(count))
    domain = lp.Domain.product(*(lp.Domain.range(f"v{i}", -1, 1, "1/4") for i in every))
    net = network(rng, count, classes, hidden=8)
    tree = Tree(
        (Inner(0, 0, 1, 2), Leaf(0), Inner(1, 0, 3, 4), Leaf(1), Leaf(classes - 1)),
    )
    assert domain.size == values**count
    return Matter(domain, (Bound("net", net, every), Bound("tree", tree, every)), differ())


def test_cases_by_neurons_of_maxima_are_those_of_the_kernel():
    """The search's numbers of neurons are the kernel's, also of those that maxima have."""
    deep, shown, expected = 0, 0.0, 0.0
    for matter in map(large, (4, 9)):
        search, asked = grown(matter, 600, again=True), ask(matter)
        for at, cell in cells_of(search):
            code, share = int(search.pool.neurons[at, 0]), search.pool.share[at]
            if code < 0:
                continue
            near, ones = search.held.neuron(code), search.held.groups[search.pool.group[at]]
            (step,) = propose(asked, [cell], (0,), neurons=[(near,)], ones=ones)
            assert step.ones == ones and not fault(asked, step)
            assert refused(asked, [cell], [step]) == [""]
            if step.cases is not None:
                shown += float(still_open(asked, cell, step) or 0) * share
                expected += search.pool.single[at]
                deep += near.node > len(matter.models[0].model.layers)
    assert deep and shown <= 1.1 * expected


def hilly(classes=3):
    """One network on 50,653 points, whose class changes often."""
    net = network(np.random.default_rng(5), 3, classes)
    domain = lp.Domain.product(*(lp.Domain.range(f"v{i}", 0, 9, "1/4") for i in range(3)))
    question = Any_((ClassIs(0, 1), ClassIs(0, 2)))
    return Matter(domain, (Bound("a", net, (0, 1, 2)),), question)


def test_a_proof_is_about_groups_and_goes_on(only_sums):
    matter = hilly()
    first = proving.prove(matter, Options(), now() + PATIENCE)
    again = Options(resume=reopened(first.proof))
    second = proving.prove(matter, again, now() + PATIENCE)
    count, _ = truth(matter)
    for found in (first, second):
        low, high = checked(matter, found).disagreements
        assert low <= count <= high
        said = [x for x in found.proof if isinstance(x, Sandwich)]
        assert said and all(is_group(x.ones, matter.models[0].classes) for x in said)
    assert len(second.proof) > len(first.proof)


def test_classes_that_the_kernel_refuses_get_a_sandwich(only_sums, monkeypatch):
    """A cell in which the class is one of a group may have several of these."""
    matter = many_classes(0)
    found = proving.prove(matter, Options(), now() + PATIENCE)
    assert any(isinstance(x, Constant) for x in found.proof)
    no = np.zeros
    monkeypatch.setattr(filling, "constant", lambda p, cells, _: (no(len(cells), bool), None))
    found = proving.prove(matter, Options(), now() + PATIENCE)
    assert not any(isinstance(x, Constant) for x in found.proof)
    assert sum(isinstance(x, Sandwich) for x in found.proof) > 1
    checked(matter, found)


def test_a_run_proves_an_interval_in_its_time(own_time):
    matter = large(count=11)
    net, tree = (x.model for x in matter.models)
    begun = time.monotonic()
    result = lp.certify(net, tree, matter.domain, timeout=4, sample=0)
    assert time.monotonic() - begun < 5
    low, high = map(float, result.error)
    assert high - low < 0.95
    points = np.random.default_rng(0).integers(0, 9, (4000, 11))
    answerer = answerer_of(overlay_of(matter))
    share = float(answerer.true_at(points, answerer.classes(points)).mean())
    assert low - 0.05 < share < high + 0.05
    (step, *_) = [x for x in result.certificate.proof if isinstance(x, Sandwich)]
    assert step.ones and of_bytes(Sandwich, to_bytes(Sandwich, step), "a step") == step
