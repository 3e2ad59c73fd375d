"""What the proof of a small certificate shows, by brute force, in the standard library alone.

Each Step is true or false of its cell by looking at every tuple; what follows is added up as
docs/soundness.md says, and compared with what the file states. Nothing of ``verifier`` is imported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, prod

from tests import brute_sandwich
from tests.brute_members import matter_of, parse, truth

SPLIT, CONSTANT, ENUMERATED, TAIL, OPEN, TRUSTED, SEVERAL, SANDWICH = range(8)
SIGNED = 8
"""Written as ENUMERATED with an argument above 0; what its trees are is not looked at."""
SMALL = 4096
SHOWN = 10


class Refused(Exception):
    """A Step, a witness or the stated verdict does not hold."""


@dataclass(frozen=True)
class Node:
    """A node of a proof: a Split's ``argument`` is its variable, a Step's the class."""

    kind: int
    argument: int = 0
    model: int = 0
    more: tuple = ()


@dataclass
class Integers:
    """The base-128 integers of proof.bin from an offset on."""

    data: bytes
    at: int = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at == len(self.data):
            raise StopIteration
        value, shift = 0, 0
        while self.data[self.at] & 128:
            value |= (self.data[self.at] & 127) << shift
            self.at, shift = self.at + 1, shift + 7
        assert self.data[self.at] or not shift
        value |= self.data[self.at] << shift
        self.at += 1
        return value

    def skip(self, size):
        """So many bytes."""
        self.at += size
        assert self.at <= len(self.data)
        return self.data[self.at - size : self.at]


def nodes(data, models, columns=None):
    """The nodes of a proof in pre-order, those of a Several inside it.

    ``models`` is how many a Step may name: 1 in format 1, where it names none; ``columns`` are the
    domain's, None for format 1, which has no Sandwich.
    """
    stream = Integers(data)
    solvers = [stream.skip(next(stream)).decode() for _ in range(next(stream))]

    def node(head):
        argument, kind = divmod(head, 8)
        if kind == SEVERAL:
            inner = tuple(node(next(stream)) for _ in range(argument))
            about = inner
            if inner[-1].kind == SANDWICH:
                about = inner[:-1]
                last = brute_sandwich.read(inner[-1].argument, inner[-1].more, models, columns)
                own = {m for m, _, _ in last.strips}
                assert all(n.kind == CONSTANT and n.model not in own for n in about)
            assert argument >= 2 and {n.kind for n in about} <= {CONSTANT, SIGNED, TAIL, TRUSTED}
            assert [n.model for n in about] == sorted({n.model for n in about})
            return Node(kind, more=inner)
        if kind == SANDWICH:
            assert columns is not None
            more = brute_sandwich.integers_of(argument, columns, stream)
            brute_sandwich.read(argument, more, models, columns)
            return Node(kind, argument, more=more)
        if kind == ENUMERATED and argument and columns is not None:
            trees = stream.skip(next(stream))
            return Node(SIGNED, *divmod(argument - 1, models), (trees,))
        more = tuple(next(stream) for _ in range({SPLIT: 1, TAIL: 2, TRUSTED: 1}.get(kind, 0)))
        assert kind != TAIL or (more[0] <= more[1] and gcd(*more) == 1)
        assert kind != TRUSTED or more[0] < len(solvers)
        if kind in (CONSTANT, TAIL, TRUSTED):
            return Node(kind, *divmod(argument, models), more)
        assert kind == SPLIT or (argument == 0 and kind in (ENUMERATED, OPEN))
        return Node(kind, argument, more=more)

    return [node(head) for head in stream]


def halves(variable, part, left):
    """The two halves of a variable's values in a cell."""
    if variable.ordinal:
        inside = tuple(i for i in part if i <= left)
    else:
        assert not [i for i in range(left.bit_length()) if left >> i & 1 and i not in part]
        inside = tuple(i for i in part if left >> i & 1)
    outside = tuple(i for i in part if i not in inside)
    assert inside and outside
    return inside, outside


def cells(matter, proof):
    """The cells of a proof with the node of each, in order."""
    stack = [[tuple(range(len(v.labels))) for v in matter.variables]]
    for node in proof:
        parts = stack.pop()
        if node.kind != SPLIT:
            yield parts, node
            continue
        both = halves(matter.variables[node.argument], parts[node.argument], node.more[0])
        for half in reversed(both):
            stack.append([*parts[: node.argument], half, *parts[node.argument + 1 :]])
    assert not stack


@dataclass
class Tally:
    """What the cells so far show: points and weights, those of Tails apart."""

    points: list = field(default_factory=lambda: [0, 0])
    weight: list = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    tail: list = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    tail_points: int = 0
    steps: dict = field(default_factory=dict)

    def step(self, kind):
        self.steps[kind] = self.steps.get(kind, 0) + 1


def check_step(matter, parts, node, known, tally):
    """A Step about one network: true of the cell, or Refused. Returns the bound of a Tail."""
    model = matter.models[node.model]
    if not model.is_network:
        raise Refused(f"a Step names the tree {model.name}")
    if node.argument >= model.classes:
        raise Refused(f"a Step names class {node.argument}, which {model.name} lacks")
    assert prod(len(parts[i]) for i in model.reads) <= SMALL
    known[model.name] = node.argument
    if node.kind == TAIL:
        tally.step("tail")
        stated = Fraction(*node.more)
        if tail(matter, model, parts, node.argument) > stated:
            raise Refused(f"P[{model.name} != {node.argument}] is above {stated}")
        return stated
    tally.step("signed" if node.kind == SIGNED else "constant")
    here = matter.classes_on(model, parts)
    if here != {node.argument}:
        raise Refused(f"{model.name} has the classes {here}, not {node.argument} alone")
    return Fraction(0)


def tail(matter, model, parts, klass):
    """P[the model's class is not ``klass``] in a cell within one leaf; 1 if it has no weight."""
    tuples = list(matter.tuples(parts))
    leaves = {id(matter.leaf(values)): matter.leaf(values) for values in tuples}
    if len(leaves) > 1:
        raise Refused("a Tail needs a cell within one leaf of the domain's tree")
    (leaf,) = leaves.values()
    if leaf is not None and not Fraction(leaf["weight"]):
        raise Refused("a Tail needs a cell that is possible")
    weights = {values: matter.weights[values] for values in tuples}
    other = sum(w for values, w in weights.items() if matter.classes(values)[model.name] != klass)
    whole = sum(weights.values())
    return Fraction(other) / whole if whole else Fraction(1)


def check_leaf(matter, parts, node, tally):
    """Check the Steps of a cell and add up what they show of it."""
    inside = [values for values in matter.tuples(parts) if values in matter.weights]
    nothing = {m.name: None for m in matter.models}
    known, slack = {}, Fraction(0)
    has_tail = False
    if node.kind == SANDWICH or (node.kind == SEVERAL and node.more[-1].kind == SANDWICH):
        *others, last = node.more if node.kind == SEVERAL else (node,)
        for n in others:
            check_step(matter, parts, n, known, tally)
        add_sandwich(matter, parts, last, known, tally)
        return
    if node.kind in (OPEN, ENUMERATED):
        kinds = {OPEN: "open" if inside else "impossible", ENUMERATED: "enumerated"}
        tally.step(kinds[node.kind])
    else:
        several = node.more if node.kind == SEVERAL else (node,)
        for n in several:
            slack += check_step(matter, parts, n, known, tally)
            has_tail |= n.kind == TAIL
    true, open_ = [], []
    for values in inside:
        at = matter.classes(values)
        trees = {m.name: at[m.name] for m in matter.models if not m.is_network}
        found = truth(matter.formula, at if node.kind == ENUMERATED else nothing | known | trees)
        if found is None:
            open_.append(values)
        elif found:
            true.append(values)
    t, u, w = map(matter.weight_of, (true, open_, inside))
    if has_tail:
        tally.tail[0] += max(Fraction(0), t - slack * w)
        tally.tail[1] += min(w, t + u + slack * w)
        tally.tail_points += len(inside)
    else:
        for end, some in enumerate((true, true + open_)):
            tally.points[end] += len(some)
            tally.weight[end] += (t, t + u)[end]


def add_sandwich(matter, parts, node, known, tally):
    """Check a Sandwich and add up what it shows where other models' classes are ``known``."""
    columns = sum(len(v.rows[0]) for v in matter.variables)
    step = brute_sandwich.read(node.argument, node.more, len(matter.models), columns)
    if not brute_sandwich.is_true(matter, parts, step):
        raise Refused("a Sandwich does not hold")
    tally.step("sandwich")
    for share in brute_sandwich.shares(matter, parts, step, known):
        if share is None:
            raise Refused("a Sandwich has too many bins")
        for sums, (whole, true, false) in zip((tally.points, tally.weight), share, strict=True):
            sums[0] += true
            sums[1] += whole - false


@dataclass(frozen=True)
class Shown:
    """What a file proves of its question."""

    size: int
    points: tuple
    probability: tuple
    steps: dict

    @property
    def answer(self):
        return "somewhere" if self.points[0] else "undecided" if self.points[1] else "nowhere"

    @property
    def interval(self):
        """Number and probability as a verdict of format 2 states them."""
        (a, b), (p, q) = self.points, self.probability
        return {
            "points": {"lower": a, "upper": b},
            "probability": {"lower": str(p), "upper": str(q)},
        }


def shown(matter, proof, witnesses):
    """What Steps and witnesses show together; Refused where one is false."""
    for values in witnesses:
        if values not in matter.weights:
            raise Refused(f"the witness {values} is not a point of the domain")
        if values not in matter.answer:
            raise Refused(f"the formula is false at the witness {values}")
    tally = Tally()
    for parts, node in cells(matter, proof):
        check_leaf(matter, parts, node, tally)
    seen = set(witnesses)
    points = max(tally.points[0], len(seen), int(tally.tail[0] > 0))
    most = tally.points[1] + tally.tail_points
    if points > most:
        raise Refused("there are more witnesses than the proof leaves room for")
    least = max(tally.weight[0] + tally.tail[0], matter.weight_of(seen))
    return Shown(
        len(matter.weights),
        (points, most),
        (least, tally.weight[1] + tally.tail[1]),
        dict(sorted(tally.steps.items())),
    )


def proof_of(matter, parts):
    """The nodes of a file's proof."""
    if "models.json" not in parts:
        return nodes(parts["proof.bin"], 1)
    columns = sum(len(v.rows[0]) for v in matter.variables)
    return nodes(parts["proof.bin"], len(matter.models), columns)


def witnesses_of(parts):
    """The points that a file names, in its part and in the verdict that it states."""
    name = "witnesses.json" if "models.json" in parts else "counterexamples.json"
    return [tuple(values) for values in parse(parts[name])]


def judged(parts):
    """What the file of these parts proves and states; Refused where it does not hold."""
    matter = matter_of(parts)
    claim = parse(parts["verdict.json"]) if "verdict.json" in parts else None
    key = "witnesses" if "models.json" in parts else "counterexamples"
    held = witnesses_of(parts)
    listed = [] if claim is None else [point_of(matter, entry) for entry in entries(claim, key)]
    every = list(dict.fromkeys([*held, *listed]))
    found = shown(matter, proof_of(matter, parts), every)
    if claim is not None:
        if every[:SHOWN] != listed:
            raise Refused("the verdict does not list the first witnesses in their order")
        compare(matter, found, claim, "models.json" in parts)
    return matter, found


def entries(claim, key):
    """The points that a verdict lists; Refused where that is no list of objects."""
    held = claim.get(key)
    if not isinstance(held, list) or not all(isinstance(entry, dict) for entry in held):
        raise Refused(f"the verdict lists no {key}")
    return held


def point_of(matter, entry):
    """The tuple that a verdict's entry names by labels."""
    values = entry.get("values")
    if not isinstance(values, dict) or {*values} != {v.name for v in matter.variables}:
        raise Refused("an entry of the verdict is not a point")
    labels = [(v.labels, values[v.name]) for v in matter.variables]
    if any(label not in all_ for all_, label in labels):
        raise Refused("an entry of the verdict is not a point")
    return tuple(all_.index(label) for all_, label in labels)


WORDS = {"nowhere": "equivalent", "somewhere": "different", "undecided": "undecided"}


def expected(matter, found, claim, second_format):
    """The entries of a verdict that states what was found, with the points that ``claim`` lists."""
    key = "witnesses" if second_format else "counterexamples"
    listed = [(entry["values"], point_of(matter, entry)) for entry in claim[key]]
    classes = [(values, matter.classes(point)) for values, point in listed]
    held = found.interval
    if second_format:
        entries = [{"values": values, "classes": at} for values, at in classes]
        return {"answer": found.answer, **held, "steps": found.steps, key: entries}
    entries = [
        {"values": values, "teacher_class": at["teacher"], "tree_class": at["tree"]}
        for values, at in classes
    ]
    verdict = {"verdict": WORDS[found.answer], "disagreements": held["points"]}
    return {**verdict, "error": held["probability"], "cells": found.steps, key: entries}


def compare(matter, found, claim, second_format):
    """Refused where a verdict states something else, as text; float32 is not looked at."""
    stated = {"domain_size": found.size, **expected(matter, found, claim, second_format)}
    for key, value in stated.items():
        if key not in claim or json.dumps(claim[key], default=str) != json.dumps(value):
            raise Refused(f"the verdict states {key} = {claim.get(key)}, not {value}")
