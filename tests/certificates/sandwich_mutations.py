"""Mutations of certificates with Sandwiches, judged by the brute force.

The Sandwiches are what the search proposes. Whoever changes one may well make a true one of it that
no bound shows: what counts is that nothing false is accepted.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np

from tests.brute_proof import SANDWICH
from tests.certificates import matter_mutations as m
from tests.certificates import mutate_proofs
from tests.certificates.checkers import VALID, answers
from tests.certificates.first_members import first_members
from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.part import size
from verifier.model.proof import Open, Split
from verifier.provers.sandwiches import propose

LIMIT = 60
"""Tuples of a domain."""


@cache
def certificate(seed):
    """The members of a small certificate with Sandwiches, some cells open."""
    rng = np.random.default_rng([seed, 15])

    def drawn():
        matter = random_sandwich_matter(rng, LIMIT)
        return matter, random_proof(rng, matter)

    return first_members(drawn, lambda node: not isinstance(node, Split | Open))


def random_proof(rng, matter):
    """A few random splits, and Sandwiches in the cells."""
    asked = ask(matter)
    nets = sorted(asked.nets)
    models = nets if rng.random() < 0.8 else nets[:1]

    def said(cell):
        bins, again = int(rng.choice([1, 3, 20, 512])), bool(rng.integers(2))
        (step,) = propose(asked, [cell], models, bins=bins, again=again)
        return step or Open()

    return random_splits(rng, full_cell(matter.domain), 3, 0.6, said)


def random_splits(rng, cell, depth, often, said):
    """Up to so many splits in a row, each with probability ``often``, and what is said of cells."""
    free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
    if depth and free and rng.random() < often:
        i = int(rng.choice(free))
        part = cell.parts[i]
        is_range = isinstance(part, range)
        left = int(rng.integers(part.start, part.stop - 1)) if is_range else part & -part
        both = [random_splits(rng, x, depth - 1, often, said) for x in cell.split(i, left)]
        return Split(i, left), *both[0], *both[1]
    return (said(cell),)


def some_number(rng, node, matter):
    """One of its integers another: a little, or much."""
    more = list(node.more)
    i = rng.randrange(len(more))
    by = rng.choice((1, 2, 2, max(1, more[i] >> rng.randrange(12)), more[i]))
    more[i] = max(0, more[i] + rng.choice((-1, 1)) * by)
    return replace(node, more=tuple(more))


def narrower(rng, node, matter):
    """A strip's end moved inwards."""
    more = list(node.more)
    i = 3 + node.argument // 32 + 3 * rng.randrange(1 + node.argument % 2)
    low, high = more[i : i + 2]
    by = 2 * max(1, (low + high) // 2 >> rng.randrange(9))
    at, outward = rng.choice(((i, low % 2), (i + 1, 1 - high % 2)))
    more[at] = max(0, more[at] - by if outward else more[at] + by)
    return replace(node, more=tuple(more))


def argument(rng, node, matter):
    """Another order, or another number of strips."""
    return replace(node, argument=node.argument ^ rng.choice((1, 2, 4, 6, 8, 32)))


def in_proof(change):
    return mutate_proofs.in_proof(mutate_proofs.at_step(change, SANDWICH))


MUTATIONS = {
    "sandwich's number": in_proof(some_number),
    "strip narrower": in_proof(narrower),
    "sandwich's order": in_proof(argument),
    **{
        kind: m.MUTATIONS[kind]
        for kind in (
            *("weight bit", "split index", "merged cells", "swapped children", "formula", "reads"),
            *("models swapped", "leaf weight", "probability", "encoding", "from, to, step"),
            *("numbers stated", "chance stated", "member's byte"),
        )
    },
}
OUTCOMES = ("same", "refused", "true", "FALSE")


def outcome(rng, parts, kind, path):
    """What became of one mutation: ``FALSE`` if one checker accepts what brute force does not."""
    for _ in range(m.TRIES):
        changed = MUTATIONS[kind](rng, parts)
        if changed != parts:
            break
    else:
        return "same"
    path.write_bytes(m.file(changed, "adversary"))
    if VALID not in answers(path).values():
        return "refused"
    try:
        return "true" if m.is_right(changed) else "FALSE"
    except AssertionError:  # malformed
        return "FALSE"


def outcomes(kind, members, path):
    """How often what became of a mutation of each of some certificates, given by their members."""
    return Counter(
        outcome(random.Random(f"{kind} {i}"), parts, kind, path) for i, parts in enumerate(members)
    )


def seeded(kind, seed):
    """The source of chance for a mutation."""
    return random.Random(f"sandwiches {kind} {seed}")
