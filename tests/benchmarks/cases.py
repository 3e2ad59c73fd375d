"""The cases of the benchmark: trained families, published problems, networks of width 1000."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tests.benchmarks.families import CACHE, RECIPES, Case, case, chain
from tests.benchmarks.paper_nets import folder, load_paper_net
from verifier.demo.problems import Problem, exactly, monk, multiplexer, tic_tac_toe
from verifier.model.network import Affine
from verifier.model.tree import Tree
from verifier.reading.json_nouns import tree_from_json
from verifier.reading.json_text import parse
from verifier.writing.json_nouns import tree_to_json

SMALL = "small ladder"
LONG = "trained for 8,000 steps"
SHORT = "trained for 1,000 steps"
COUNTED = "tree and network differ"
ONE_HOT = "one-hot"
PUBLISHED = "published problems"
WIDE = "width 1000"
GROUPS = (SMALL, LONG, SHORT, COUNTED, ONE_HOT, PUBLISHED, WIDE)

PROBLEMS: dict[str, Callable[[], Problem]] = {
    "monk-1": partial(monk, 1),
    "monk-2": partial(monk, 2),
    "monk-3": partial(monk, 3),
    "multiplexer-6": partial(multiplexer, 2),
    "multiplexer-11": partial(multiplexer, 3),
    "exactly-3-of-8": partial(exactly, 3, 8),
    "tic-tac-toe": tic_tac_toe,
}
"""By the names that tests/demo/test_problems.py gives them."""
LADDER = ("d6", "d8", "d10", "d12", "d16", "d24-wd0.1-s0", "d32-wd0.1-s0", "d48-s0", "d64-s0")
"""One case per number of inputs, for the plot: the first that is measured of its size."""


@dataclass(frozen=True)
class Entry:
    """A case by name, before anything is trained or loaded.

    A tool that runs out of time on a case is not tried on those of the same ``ladder`` whose
    ``size`` (number of inputs) is not smaller. ``refute``: one counterexample is enough.
    """

    name: str
    group: str
    ladder: str
    size: int
    points: int
    shape: str
    refute: bool = False


def entries() -> list[Entry]:
    """All cases in the order in which they are measured."""
    found = []
    for recipe in RECIPES:
        group = SMALL if recipe.variables <= 12 else LONG
        ladder = "signs"
        if recipe.values > 2:
            group = ladder = ONE_HOT
        elif recipe.stop:
            group = ladder = COUNTED
        elif recipe.steps < 8000:
            group = SHORT
        shape = f"{list(recipe.hidden)}, depth {recipe.depth}"
        points = recipe.values**recipe.variables
        found.append(Entry(recipe.name, group, ladder, recipe.variables, points, shape))
    for name, make in PROBLEMS.items():
        domain = make().domain
        count, hidden = len(domain.variables), _hidden(name)
        shape = f"{list(hidden)}, full tree"
        ladder = name.rstrip("0123456789")
        found.append(Entry(name, PUBLISHED, ladder, count, domain.size, shape))
    place = folder()
    for path in sorted(place.glob("*.npz")) if place else []:
        refute = path.stem.endswith("r5")
        shape = f"[1000] x 4, depth {path.stem[-1]}"
        found.append(Entry(path.stem, WIDE, "signs", 100, 2**100, shape, refute))
    return sorted(found, key=lambda e: (GROUPS.index(e.group), e.size, e.name not in LADDER))


def load_case(entry: Entry) -> Case:
    """Domain, teacher and tree; trains what is not in the cache."""
    if entry.group == WIDE:
        place = folder()
        assert place is not None
        teacher, tree, domain = load_paper_net(place / f"{entry.name}.npz")
        return Case(entry.name, domain, teacher, tree)
    if entry.group == PUBLISHED:
        return _published(entry.name)
    return case(entry.name)


def _hidden(name: str) -> tuple[int, int]:
    """As the test suite trains them."""
    return (24, 24) if name in ("multiplexer-11", "tic-tac-toe") else (16, 16)


def _published(name: str) -> Case:
    """A teacher trained on a published problem, and the full CART tree of its own answers."""
    path = CACHE / f"{name}.npz"
    domain = PROBLEMS[name]().domain
    if not path.exists():
        from tests.demo.test_problems import distilled, trained

        _, _, teacher, _ = trained(name)
        arrays = [a for x in teacher.layers if isinstance(x, Affine) for a in (x.weight, x.bias)]
        CACHE.mkdir(parents=True, exist_ok=True)
        np.savez(path, *arrays, tree=json.dumps(tree_to_json(distilled(name, None))))  # type: ignore[no-untyped-call]
    with np.load(path) as stored:
        tree: Tree = tree_from_json(parse(str(stored["tree"]).encode()))
        teacher = chain([stored[f"arr_{i}"] for i in range(len(stored.files) - 1)])
    return Case(name, domain, teacher, tree)
