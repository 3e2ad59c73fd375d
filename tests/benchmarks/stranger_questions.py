"""Questions with odd input: each answer of ``ask`` against every point looked at.

The maker returns a seed. The judge makes a small domain of it (weights of zero, variables of one
value, trees of conditions), models that read its variables in some order, and a question, and
compares count, probability and witnesses with what the definition says. Some domains are larger and
the time is short: then what is proved, and what is sampled, has to hold the truth.
"""

from __future__ import annotations

import json
import random
import tempfile
import warnings
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np

import verifier as lp
from tests import brute_matters
from tests.benchmarks.stranger_boosters import Random
from tests.benchmarks.stranger_judges import Outcome, refusal
from tests.ensembles import near_ties, random_ensemble
from tests.formats.quantised_models import by_hand, model
from tests.smooth import FUNCTIONS, random_network
from verifier.jobs.fronts import robust as robust_front
from verifier.jobs.fronts.robust import point_of
from verifier.model.domain import Domain, Point
from verifier.model.errors import LeafproofError
from verifier.model.given import GivenTest
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.tree import Inner, Leaf, Tree

Held = dict[Point, int]
Truth = tuple[int, Fraction, int]
"""How many are so, their probability, how many there are."""


def question(rng: Random) -> bytes:
    """A seed."""
    return str(int(rng.integers(1 << 40))).encode()


def answered(data: bytes, reached: Callable[[], None]) -> Outcome:
    """Whether ``ask`` answers what the definition says."""
    rng = random.Random(int(data))
    limit = rng.choice((60, 60, 60, 3000))
    short = {"timeout": rng.choice((0.3, 0.6, 1.5))} if limit > 60 else {}
    domain = _domain(rng, limit)
    names = [v.name for v in domain.variables]
    kind = rng.choice(("fair", "monotone", "robust", "same", "formula"))
    given, reads = _model(rng, domain)
    held = _classes(given, reads, domain)
    name = rng.choice(names)
    at = names.index(name)
    own = None if reads == names and rng.random() < 0.5 else reads
    reached()
    truth: Truth | None
    try:
        if kind == "fair" and len(names) > 1 and rng.random() < 0.5:
            several = rng.sample(names, rng.randrange(2, min(4, len(names) + 1)))
            truth = _apart(held, domain, sorted(map(names.index, several)))
            result = lp.ask_fair(given, domain, several, reads=own, **short)
        elif kind == "fair":
            truth = _fair(held, domain, at)
            result = lp.ask_fair(given, domain, name, reads=own, **short)
        elif kind == "monotone":
            up = rng.random() < 0.5
            truth = _monotone(held, domain, at, up)
            result = lp.ask_monotone(given, domain, name, up=up, reads=own, **short)
        elif kind == "robust":
            centre = rng.choice(list(held))
            flips = rng.choice((1, 2, 3, 99))
            only = rng.sample(names, rng.randrange(1, len(names) + 1))
            only = reads if rng.random() < 0.5 else only
            if rng.random() < 0.5:
                robust_front.FEW_NODES = 0  # as slots
            truth = _robust(held, domain, centre, flips, [names.index(x) for x in only])
            labels = domain.labels(centre)
            result = lp.ask_robust(given, domain, labels, flips, only=only, reads=own, **short)
        else:
            other, second = _model(rng, domain)
            others = _classes(other, second, domain)
            if kind == "same":
                so = {p for p in held if held[p] != others[p]}
                result = lp.ask_same(given, other, domain, reads=own, other_reads=second, **short)
            else:
                classes = 1 + max(held.values())
                first = rng.randrange(classes)
                so = {p for p in held if held[p] == first and others[p] != 0}
                asked = f"class(f) = {first} and not class(g) = 0"
                both = {"f": (given, reads), "g": (other, second)}
                result = lp.ask(asked, both, domain, **short)
            truth = len(so), sum(map(domain.probability, so), Fraction(0)), len(held)
    except LeafproofError as problem:
        return refusal(problem)
    if truth is None:
        return "WRONG", f"{kind}: it is answered, and nothing was to be expected"
    if short and not _holds(result, truth):
        return "WRONG", f"{kind} {name}: {result.points} {result.probability} {truth}"
    if short and result.points[0] < result.points[1]:
        return "equal", ""
    return _compared(kind, result, truth, held, domain, name)


def _holds(result: Any, truth: Truth) -> bool:
    """Whether the truth is inside what is proved, and inside what is sampled."""
    (few, many), (low, high) = result.points, result.probability
    sampled = result.sampled
    is_inside = sampled is None or sampled.lower <= truth[1] <= sampled.upper
    return few <= truth[0] <= many and low <= truth[1] <= high and is_inside


def _compared(
    kind: str, result: Any, truth: Truth, held: Held, domain: Domain, name: str
) -> Outcome:
    """Whether counts, probabilities, what JSON says and the witnesses are right."""
    count, share, every = truth
    said = f"{kind} {name}: {result.points} {result.probability} of {result.domain.size}"
    if result.points != (count, count) or result.probability != (share, share):
        return "WRONG", f"{said}; expected {count}, {share} of {every}"
    if result.domain.size != every:
        return "WRONG", f"{said}; expected {every} in all"
    if (result.verdict in ("somewhere", "different")) != (count > 0):
        return "WRONG", f"{said}: {result.verdict}"
    shown = json.loads(json.dumps(result.to_dict()))
    if shown["count"] != {"lower": count, "upper": count}:
        return "WRONG", f"{said}: in JSON {shown['count']}"
    near = shown["probability"]
    if not Fraction(near["lower"]) == share == Fraction(near["upper"]):
        return "WRONG", f"{said}: in JSON {near}"
    if count and not result.witnesses:
        return "WRONG", f"{said}: no witness"
    for found in getattr(result, "instances", ()):
        ends = [held[point_of(domain, x)] for x in found.inputs]
        mine = tuple(map(str, ends[-1:] if kind == "robust" else ends))
        if kind != "same" and mine != found.classes:
            return "WRONG", f"{said}: {found} where the classes are {mine}"
    with tempfile.TemporaryDirectory() as folder:
        result.save(Path(folder, "it.certificate"))
        checked = lp.check(Path(folder, "it.certificate"))
    if checked.points != result.points or checked.probability != result.probability:
        return "WRONG", f"{said}: its certificate says otherwise"
    return "equal", ""


def _domain(rng: random.Random, limit: int) -> Domain:
    entries: list[Any] = []
    while not entries:
        entries = brute_matters.variables(rng, limit)
    node = brute_matters.given(rng, entries) if rng.random() < 0.3 else None
    document = {"format": "leafproof-domain/2", "variables": entries}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "domain.json")
        path.write_text(json.dumps(document if node is None else document | {"given": node}))
        return Domain.from_file(path)


def _model(rng: random.Random, domain: Domain) -> tuple[Any, list[str]]:
    """A model, and the variables that it reads, in order."""
    names = [v.name for v in domain.variables]
    reads = names if rng.random() < 0.4 else rng.sample(names, rng.randrange(1, len(names) + 1))
    columns = sum(v.columns for v in domain.variables for x in reads if v.name == x)
    kind = rng.choice(("network", "network", "tree", "ensemble", "ties", "smooth", "quantised"))
    if kind == "smooth":
        numbers = np.random.default_rng(rng.randrange(1 << 30))
        kinds = rng.choices(list(FUNCTIONS), k=rng.choice((1, 1, 2)))
        return random_network(numbers, columns, kinds, width=4, outputs=rng.choice((1, 2))), reads
    if kind == "quantised":
        made = by_hand(np.random.default_rng(rng.randrange(1 << 30)), columns, 4, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return lp.load_network(model(*made, columns, 2)), reads
    if kind == "ensemble":
        return random_ensemble(rng, rng.choice(("float32", "float64")), columns), reads
    if kind == "ties":
        return near_ties(rng, "float64", columns), reads
    if kind == "tree":
        nodes: list[Inner | Leaf] = []

        def grow(depth: int) -> int:
            at = len(nodes)
            nodes.append(Leaf(rng.randrange(3)))
            if depth and rng.random() < 0.8:
                cut = Fraction(rng.randrange(-6, 9), rng.choice((1, 2, 3)))
                left, right = grow(depth - 1), grow(depth - 1)
                nodes[at] = Inner(rng.randrange(columns), cut, left, right)
            return at

        grow(3)
        return Tree(tuple(nodes)), reads
    outputs, hidden = rng.choice((1, 1, 2, 3)), rng.randrange(1, 5)

    def array(*shape: int) -> Any:
        size = int(np.prod(shape))
        return np.array([float(rng.randrange(-3, 4)) for _ in range(size)]).reshape(shape)

    first = array(hidden, columns)
    if rng.random() < 0.4:
        first[:, rng.randrange(columns)] = 0  # not read, perhaps a whole variable
    layers = (
        Affine(0, first, array(hidden)),
        Relu(1),
        Affine(2, array(outputs, hidden), array(outputs)),
    )
    return Network(columns, layers), reads


def _classes(model: Any, reads: list[str], domain: Domain) -> Held:
    """By the points of a domain what the model answers."""
    names = [v.name for v in domain.variables]
    places = [names.index(x) for x in reads]
    own = domain.product_of(places)
    every = [p for p in product(*(range(v.count) for v in domain.variables)) if domain.possible(p)]
    parts = [tuple(p[i] for i in places) for p in every]
    if isinstance(model, Network):
        found = exact_classes(model, own, parts)
    else:
        found = [model.class_at(own.encode(p)) for p in parts]
    return dict(zip(every, found, strict=True))


def _moved(point: Point, at: int, value: int) -> Point:
    return (*point[:at], value, *point[at + 1 :])


def _pairs(
    held: Held,
    domain: Domain,
    at: int,
    so: Callable[[int, int], bool],
    follows: dict[int, set[int]],
) -> Truth | None:
    """Of pairs of a value and one that follows, by P(rest) P(first) P(second), made to sum to 1."""
    v = domain.variables[at]
    chance = [
        sum((domain.probability(p) for p in held if p[at] == k), Fraction(0))
        for k in range(v.count)
    ]
    pairs = [(p, _moved(p, at, k)) for p in held for k in follows.get(p[at], ())]
    whole = sum(chance[a] * chance[b] for a, held_ in follows.items() for b in held_)
    if v.count > 2 and not whole:
        return None
    count, share = 0, Fraction(0)
    for p, q in pairs:
        if so(held[p], held[q]):
            count += 1
            rest = sum(domain.probability(_moved(p, at, k)) for k in range(v.count))
            share += rest * (chance[p[at]] * chance[q[at]] / whole if v.count > 2 else 1)
    return count, share, len(pairs)


def _tests(domain: Domain, at: int) -> bool:
    """Whether the domain's tree speaks of a variable."""
    for node in domain.given.nodes if domain.given is not None else ():
        if isinstance(node, GivenTest):
            if node.variable == at:
                return True
        elif node.weight and node.chances[at] is not None:
            return True
    return False


def _fair(held: Held, domain: Domain, at: int) -> Truth | None:
    count = domain.variables[at].count
    if count < 2 or _tests(domain, at):
        return None
    after = {k: set(range(k + 1, count)) for k in range(count)}
    return _pairs(held, domain, at, lambda a, b: a != b, after)


def _apart(held: Held, domain: Domain, ats: list[int]) -> Truth | None:
    """Pairs that differ in some of the variables, once each, by P(rest) P(first) P(second)."""
    if any(domain.variables[at].count < 2 or _tests(domain, at) for at in ats):
        return None
    groups: dict[Point, dict[tuple[int, ...], Point]] = {}
    chance: dict[tuple[int, ...], Fraction] = {}
    for p in held:
        own = tuple(p[at] for at in ats)
        groups.setdefault(tuple(x for i, x in enumerate(p) if i not in ats), {})[own] = p
        chance[own] = chance.get(own, Fraction(0)) + domain.probability(p)
    if not all(chance.values()):
        return None
    pairs = [*combinations(sorted(chance), 2)]
    whole = sum(chance[a] * chance[b] for a, b in pairs)
    count, share = 0, Fraction(0)
    for group in groups.values():
        rest = sum(map(domain.probability, group.values()), Fraction(0))
        for a, b in pairs:
            if held[group[a]] != held[group[b]]:
                count += 1
                share += rest * chance[a] * chance[b] / whole
    return count, share, len(pairs) * len(groups)


def _monotone(held: Held, domain: Domain, at: int, up: bool) -> Truth | None:
    v = domain.variables[at]
    if v.count < 2 or _tests(domain, at):
        return None

    def so(a: int, b: int) -> bool:
        return a > b if up else a < b

    if hasattr(v, "step"):  # a range: the first of a pair, given that there is a next
        steps = [(p, _moved(p, at, p[at] + 1)) for p in held if p[at] + 1 < v.count]
        whole = sum(domain.probability(p) for p, _ in steps)
        broken = [p for p, q in steps if so(held[p], held[q])]
        if not whole:
            return None
        share = sum(map(domain.probability, broken), Fraction(0)) / whole
        return len(broken), share, len(steps)
    order = sorted(range(v.count), key=v.row)
    rows = [v.row(k) for k in order]
    for a, b in pairwise(rows):
        if a == b or any(x > y for x, y in zip(a, b, strict=True)):
            return None
    return _pairs(held, domain, at, so, {a: {b} for a, b in pairwise(order)})


def _robust(held: Held, domain: Domain, centre: Point, flips: int, free: list[int]) -> Truth | None:
    near = [
        p
        for p in held
        if sum(a != b for a, b in zip(p, centre, strict=True)) <= flips
        and all(a == b or i in free for i, (a, b) in enumerate(zip(p, centre, strict=True)))
    ]
    whole = sum(map(domain.probability, near))
    if not whole:
        return None
    other = [p for p in near if held[p] != held[centre]]
    return len(other), sum(map(domain.probability, other), Fraction(0)) / whole, len(near)
