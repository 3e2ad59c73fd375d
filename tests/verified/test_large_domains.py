"""Domains far too large to be looked through, where another argument gives the exact answer.

Trees alone: an overlay of sets of values. One network that is a sum of functions of single
variables: the distribution of the sum, value by value. Each checker must say what that says.
"""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import islice, product
from math import lcm, prod

import pytest

from tests.brute_claims import encode, unshown
from tests.brute_matters import dump, given, labels_of, runs, text, tree
from tests.brute_members import Model, matter_of, spread, variable
from tests.brute_proof import CONSTANT, OPEN, SHOWN, TAIL, Node
from tests.certificates.checkers import INVALID, VALID, answers
from tests.certificates.matters import categorical, file, members, network, ordinal
from tests.every import EVERY

TREES, SUMS, BLOCK = (60, 60, 20) if EVERY else (20, 20, 20)


def stated(about, proof, claim, witnesses=()):
    """The file of some members and a proof, with a verdict that is told; of float32 nothing."""
    matter = matter_of(about)
    listed = [
        {
            "values": {v.name: v.labels[i] for v, i in zip(matter.variables, values, strict=True)},
            "classes": matter.classes(values),
        }
        for values in witnesses
    ]
    held = {
        "proof.bin": encode(proof, len(matter.models)),
        "witnesses.json": dump([list(values) for values in witnesses]),
    }
    claim = {**claim, "witnesses": listed, "float32": unshown(claim["domain_size"])}
    order = ("answer", "domain_size", "points", "probability", "witnesses", "float32", "trusted")
    verdict = {key: claim[key] for key in (*order, "steps")}
    return file({**about, **held, "verdict.json": dump(verdict)})


def claim_of(size, points, probability, **steps):
    """The entries of a verdict that are numbers."""
    word = "somewhere" if points[0] else "undecided" if points[1] else "nowhere"
    ends = [dict(zip(("lower", "upper"), both, strict=True)) for both in (points, probability)]
    return {
        "answer": word,
        "domain_size": size,
        "points": ends[0],
        "probability": {end: str(p) for end, p in ends[1].items()},
        "trusted": {},
        "steps": steps,
    }


def random_ordinals(rng, most):
    """Entries of domain.json: ordinals of up to ``most`` values, some with runs."""
    entries = []
    for name in "xyzu"[: rng.randrange(2, 5)]:
        n = rng.randrange(2, most)
        step = Fraction(rng.randrange(1, 5), rng.choice((1, 2, 3, 10)))
        first = Fraction(rng.randrange(-9, 10), 2)
        entry = ordinal(name, text(first), text(first + (n - 1) * step), text(step))
        if rng.random() < 0.5:
            entry["probabilities"] = runs(rng, labels_of(entry))
        entries.append(entry)
    return entries


def leaves_of(node, parts, goes_left, is_leaf):
    """The leaves of a tree, each with the sets of values that reach it."""
    if is_leaf(node):
        yield node, parts
        return
    i, chosen = goes_left(node)
    for side, half in (("left", parts[i] & chosen), ("right", parts[i] - chosen)):
        inside = [*parts[:i], half, *parts[i + 1 :]]
        yield from leaves_of(node[side], inside, goes_left, is_leaf)


def overlaid(entries, node, model):
    """Number and weight of the points by the class of a tree, and the number of all points."""
    held = [variable(entry) for entry in entries]
    names = [v.name for v in held]
    whole = [frozenset(range(len(v.labels))) for v in held]

    def numbers(i, at_most):
        return frozenset(j for j, row in enumerate(held[i].rows) if row[0] <= at_most)

    def of_domain(node):
        i = names.index(node["variable"])
        return i, numbers(i, Fraction(node["at_most"]))

    def of_model(node):
        i = names.index(model["reads"][node["column"]])
        return i, numbers(i, Fraction(node["threshold"]))

    domain = [({"weight": 1, "probabilities": [None] * len(held)}, whole)]
    if node is not None:
        domain = [*leaves_of(node, whole, of_domain, lambda x: "weight" in x)]
    found, size = {}, 0
    tree_leaves = [*leaves_of(model["tree"]["root"], whole, of_model, lambda x: "class" in x)]
    for (leaf, parts), (klass, own) in product(domain, tree_leaves):
        if not Fraction(leaf["weight"]):
            continue
        inside = [sorted(a & b) for a, b in zip(parts, own, strict=True)]
        chances = [
            v.chances if stated is None else spread(stated, [row[0] for row in v.rows])
            for v, stated in zip(held, leaf["probabilities"], strict=True)
        ]
        weight = Fraction(leaf["weight"]) * prod(
            sum((c[j] for j in some), Fraction(0)) for c, some in zip(chances, inside, strict=True)
        )
        count, mass, points = found.get(klass["class"], (0, Fraction(0), []))
        points = [*points, *islice(product(*inside), SHOWN)][:SHOWN]
        found[klass["class"]] = count + prod(map(len, inside)), mass + weight, points
        size += prod(map(len, inside))
    return found, size


@pytest.mark.parametrize("seed", range(TREES))
def test_trees_over_ranges_are_counted(seed, tmp_path):
    """Up to 400^4 tuples; the domain's tree and the model's are laid over each other."""
    rng = random.Random(f"trees {seed}")
    entries = random_ordinals(rng, 400)
    node = given(rng, entries, 3) if rng.random() < 0.8 else None
    model = tree(rng, "tree", entries, 3)
    found, size = overlaid(entries, node, model)
    classes = Model("tree", (), None, root=model["tree"]["root"]).classes
    klass = rng.randrange(classes)
    count, weight, points = found.get(klass, (0, Fraction(0), []))
    about = members(entries, [(model, b"")], {"class": ["tree", klass]}, node)

    def said(count, weight):
        claim = claim_of(size, (count, count), (weight, weight), open=1)
        (tmp_path / "c").write_bytes(stated(about, [Node(OPEN)], claim, points))
        return set(answers(tmp_path / "c").values())

    assert said(count, weight) == {VALID}
    assert said(count, weight + Fraction(1, 10**30)) == {INVALID}
    assert said(count + 1, weight) == {INVALID}


def separable(rng):
    """Variables, a network that is a sum of functions of them, and these functions' values.

    Each is a sum of up to two ReLUs, in half of the networks of none that is ever cut.
    """
    entries, weight, out, values = [], [], [], []
    count, linear = rng.randrange(5, 9), rng.random() < 0.5
    for v in range(count):
        n = rng.randrange(3, 60)
        entry = ordinal(f"v{v}", 0, text(Fraction(n - 1, 2)), "1/2")
        if rng.random() < 0.5:
            entry["probabilities"] = runs(rng, labels_of(entry))
        if rng.random() < 0.2:
            entry = categorical(f"v{v}", "abc", [[0], [-2], [3]], ["1/2", "1/3", "1/6"])
        entries.append(entry)
        xs = [Fraction(row[0]) for row in variable(entry).rows]
        total = [Fraction(0)] * len(xs)
        for _ in range(rng.choice((1, 1, 2))):
            a, w, b = (
                rng.choice((-2, -1, 1, 2, 3)),
                rng.choice((-1, 1, 2)),
                rng.randrange(-9, 9) + 99 * linear,
            )
            weight.append(([w if i == v else 0 for i in range(count)], b))
            out.append(a)
            total = [t + a * max(w * x + b, 0) for t, x in zip(total, xs, strict=True)]
        values.append(total)
    return entries, weight, out, values


def sums(entries, values):
    """The distribution of the sum: value -> probability."""
    unit = lcm(*(x.denominator for terms in values for x in terms))  # whole numbers are quicker
    found, whole = {0: 1}, 1
    for entry, terms in zip(entries, values, strict=True):
        chances = variable(entry).chances
        parts = lcm(*(q.denominator for q in chances))
        each = [(int(x * unit), int(q * parts)) for x, q in zip(terms, chances, strict=True) if q]
        more = {}
        for (total, p), (term, q) in product(found.items(), each):
            more[total + term] = more.get(total + term, 0) + p * q
        found, whole = more, whole * parts
    return {Fraction(x, unit): Fraction(p, whole) for x, p in found.items()}


def test_sums_by_hand():
    halves, thirds = ordinal("a", 0, "1", "1"), categorical("b", "xy", [[0], [1]], ["1/3", "2/3"])
    found = sums([halves, thirds], [[Fraction(0), Fraction(1, 2)], [Fraction(1, 2), Fraction(1)]])
    half, sixth = Fraction(1, 2), Fraction(1, 6)
    assert found == {half: sixth, half * 2: half, half * 3: 2 * sixth}


@pytest.mark.parametrize("start", range(0, SUMS, BLOCK))
def test_no_step_about_a_large_cell_is_believed_that_is_false(start, tmp_path):
    """What is claimed lies just on either side of the truth, and far from it."""
    believed = Counter()
    for seed in range(start, start + BLOCK):
        about, tried = claims(random.Random(f"sums {seed}"))
        for node, holds in tried:
            held = {**about, "proof.bin": encode([node], 1), "witnesses.json": b"[]"}
            (tmp_path / "c").write_bytes(file(held))
            said = answers(tmp_path / "c")
            assert holds or VALID not in said.values(), (seed, node, said)
            believed.update((node.kind, name) for name, code in said.items() if code == VALID)
    assert len(believed) == 2 * len(said) and min(believed.values()) >= 2, believed


def claims(rng):
    """A matter, and Steps about the whole domain, each with whether it is true."""
    entries, weight, out, values = separable(rng)
    found = sums(entries, values)
    ends = sum(map(min, values)), sum(map(max, values))
    middle = sum(x * p for x, p in found.items())
    low, high = (3 * ends[0] + middle) / 4, (3 * ends[1] + middle) / 4
    shift = rng.choice((ends[0], ends[0], ends[1], low, high, middle))
    shift += rng.choice((Fraction(-1, 1024), Fraction(0), Fraction(1, 1024), Fraction(-4)))
    shift = Fraction(float(shift))
    hidden = [row for row, _ in weight], [b for _, b in weight]
    net = network("net", [e["name"] for e in entries], hidden, ([out], [float(-shift)]))
    zero = sum((p for x, p in found.items() if x <= shift), Fraction(0))
    tried = []
    for klass, other in ((1, zero), (0, 1 - zero)):
        tried.append((Node(CONSTANT, klass), ends[0] > shift if klass else ends[1] <= shift))
        for p in {other * Fraction(999, 1000), other, (1 + 9 * other) / 10, (1 + other) / 2}:
            tried.append((Node(TAIL, klass, more=(p.numerator, p.denominator)), p >= other))
    return members(entries, [net], {"class": ["net", 0]}), tried
