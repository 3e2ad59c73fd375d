"""Questions about many models, and proofs of them by Sandwiches beside other models' classes."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.certificates.first_members import first_members
from tests.certificates.sandwich_mutations import random_splits
from tests.kernel.sandwich_cases import random_network, random_pair
from tests.provers.matters import _named, _random_formula, _random_tree, random_domain
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.proof import Constant, Open
from verifier.model.question import Bound, Matter
from verifier.provers.answering import answerer_of, points_of
from verifier.provers.overlaying import overlay_of
from verifier.provers.sandwiches import propose


def random_many(rng, limit=120):
    """A random formula about two networks or copies, up to two more, and up to two trees."""
    domain = random_domain(rng, limit)
    count = len(domain.variables)
    models = list(random_pair(rng, domain))
    for i in range(int(rng.integers(1, 3))):
        reads = tuple(int(v) for v in rng.permutation(count)[: int(rng.integers(1, count + 1))])
        net = random_network(rng, domain.product_of(reads).columns)
        models.insert(int(rng.integers(len(models) + 1)), Bound(f"more {i}", net, reads))
    everything = tuple(range(count))
    for i in range(int(rng.integers(3))):
        models.append(Bound(f"tree {i}", _random_tree(rng, domain, 2), everything))
    while True:
        question = _random_formula(rng, models, 3)
        if _named(question) == set(range(len(models))):
            return Matter(domain, tuple(models), question)


def said(rng, matter, asked, answerer, cell):
    """A Sandwich of one or two networks beside the classes of others that are constant."""
    classes = answerer.classes(points_of(cell))
    nets = sorted(asked.nets)
    known = [m for m in nets if (classes[:, m] == classes[0, m]).all()]
    others = [m for m in nets if m not in known]
    models = sorted([*others, *rng.permutation(known).tolist()][: int(rng.integers(1, 3))])
    beside = tuple(
        Constant(int(classes[0, m]), m) for m in known if m not in models and rng.random() < 0.9
    )
    bins, again = int(rng.choice([1, 3, 20, 512])), bool(rng.integers(2))
    (step,) = propose(asked, [cell], models, bins=bins, again=again, beside=[beside])
    if step is None:
        return Open()
    return step


def random_proof(rng, matter):
    """A few random splits, and what is said of the cells."""
    asked, answerer = ask(matter), answerer_of(overlay_of(matter))
    own = partial(said, rng, matter, asked, answerer)
    return random_splits(rng, full_cell(matter.domain), 4, 0.75, own)


def certificate(seed, limit=60):
    """The members of a small certificate with a Sandwich beside a class."""
    rng = np.random.default_rng([seed, 35])

    def drawn():
        matter = random_many(rng, limit)
        return matter, random_proof(rng, matter)

    return first_members(drawn, lambda node: getattr(node, "beside", ()))
