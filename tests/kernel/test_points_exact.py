"""The classes of counterexamples: exact, though networks are made exact for close ones only."""

from __future__ import annotations

import numpy as np
import pytest

from tests.every import seeds
from tests.provers.cases import all_points, random_domain, random_teacher, random_tree
from verifier.kernel import checker
from verifier.model.errors import InvalidProof
from verifier.model.network import Network, exact_classes
from verifier.model.overlay import classify
from verifier.model.proof import Open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree, bind


def case(seed, size):
    rng = np.random.default_rng([seed, 3])
    domain = random_domain(rng, 120)
    teacher = random_teacher(rng, domain.columns, size)
    return domain, teacher, random_tree(rng, domain, teacher.classes)


@pytest.mark.parametrize("size", [1.0, 0.3, 1e-9])
@pytest.mark.parametrize("seed", seeds(range(20)))
def test_they_are_those_of_exact_evaluation(seed, size):
    """Ties and what is next to them, too."""
    domain, teacher, tree = case(seed, size)
    points, asked = list(all_points(domain)), checker.prepared(matter_of(domain, teacher, tree))
    found, _ = asked.exact_classes(points)
    true = exact_classes(teacher, domain, points)
    bound = bind(tree, domain)
    assert found == [(k, classify(bound, x)) for k, x in zip(true, points, strict=True)]
    assert asked.exact_classes([]) == ([], 0)


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_a_counterexample_is_one_or_refused(seed):
    domain, teacher, tree = case(seed, 1.0)
    matter, bound = matter_of(domain, teacher, tree), bind(tree, domain)
    for point in list(all_points(domain))[:40]:
        differs = exact_classes(teacher, domain, [point])[0] != classify(bound, point)
        if differs:
            assert point in {
                c.point for c in checker.verify(matter, (Open(),), [point]).counterexamples
            }
        else:
            with pytest.raises(InvalidProof, match="agree there"):
                checker.verify(matter, (Open(),), [point])


def test_what_is_clear_takes_no_integers(monkeypatch):
    """Of a thousand neurons a layer these take seconds to be made."""
    domain, teacher, _ = case(1, 0.3)
    true = exact_classes(teacher, domain, list(all_points(domain)))
    other = next(k for k in range(teacher.classes) if k != true[0])
    monkeypatch.setattr(Network, "exact", property(lambda self: pytest.fail("made exact")))
    matter = matter_of(domain, Network(teacher.columns, teacher.layers), Tree((Leaf(other),)))
    found = checker.verify(matter, (Open(),), [next(iter(all_points(domain)))])
    assert found.error[0] > 0
