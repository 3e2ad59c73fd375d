"""What the members of a small certificate mean, by brute force, in the standard library alone.

Written from docs/meaning.md and docs/certificate.md; nothing of ``verifier`` is imported. Every
tuple of the domain is visited, every number is an int or a Fraction, and a member that is not well
formed raises whatever it happens to raise.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product


@dataclass(frozen=True)
class Values:
    """A variable: of each value its label, its row of numbers, its probability."""

    name: str
    labels: tuple
    rows: tuple
    chances: tuple
    ordinal: bool


def number(value):
    """An exact number of a member; whole ones as int, which is quicker."""
    x = Fraction(value) if isinstance(value, str) else value
    return x.numerator if isinstance(x, Fraction) and x.denominator == 1 else x


def parse(data):
    """JSON in which decimals are exact."""
    return json.loads(data, parse_float=Fraction)


def variable(entry):
    """One entry of domain.json."""
    if "from" not in entry:
        n = len(entry["values"])
        rows = tuple(tuple(map(number, row)) for row in entry["encoding"])
        chances = tuple(map(Fraction, entry.get("probabilities", [Fraction(1, n)] * n)))
        return Values(entry["name"], tuple(entry["values"]), rows, chances, ordinal=False)
    first, last, step = (Fraction(entry[key]) for key in ("from", "to", "step"))
    steps = (last - first) / step
    assert steps.denominator == 1 and steps >= 0 and step > 0
    numbers = [first + i * step for i in range(int(steps) + 1)]
    chances = entry.get("probabilities", [[entry["from"], entry["to"], 1]])
    return Values(
        entry["name"],
        tuple(map(str, numbers)),
        tuple((number(x),) for x in numbers),
        tuple(spread(chances, numbers)),
        ordinal=True,
    )


def spread(runs, numbers):
    """Of each number its probability: a run shares its own among the numbers from its ends on."""
    found, at = [Fraction(0)] * len(numbers), 0
    for low, high, p in runs:
        begin, end = numbers.index(Fraction(low)), numbers.index(Fraction(high))
        assert begin == at or not at
        for i in range(begin, end + 1):
            found[i] = Fraction(p) / (end + 1 - begin)
        at = end + 1
    return found


@dataclass(frozen=True)
class Model:
    """A network (its layers, with weights) or a tree, and the variables that it reads."""

    name: str
    reads: tuple
    columns: int | None
    layers: tuple = ()
    root: dict | None = None
    seen: dict = field(default_factory=dict, compare=False)

    @property
    def is_network(self):
        return self.root is None

    @property
    def classes(self):
        """How many classes it tells apart."""
        if self.is_network:
            widths = [self.columns]
            for _, sources, arrays in self.layers:
                widths.append(len(arrays[-1]) if arrays else widths[sources[0]])
            return max(2, widths[-1])
        leaves, stack = [], [self.root]
        while stack:
            node = stack.pop()
            leaves += [node["class"]] if "class" in node else []
            stack += [] if "class" in node else [node["left"], node["right"]]
        return max(2, 1 + max(leaves))

    def class_at(self, variables, values):
        """The class where the variables that it reads have these values (in its own order)."""
        if values not in self.seen:
            x = [c for v, i in zip(self.reads, values, strict=True) for c in variables[v].rows[i]]
            self.seen[values] = network_class(self.layers, x) if self.is_network else self.leaf(x)
        return self.seen[values]

    def leaf(self, x):
        node = self.root
        while "class" not in node:
            node = node["left" if x[node["column"]] <= Fraction(node["threshold"]) else "right"]
        return node["class"]


def network_class(layers, x):
    """One logit: class 1 iff it is positive. Several: the largest, ties to the lowest index."""
    logits = network_logits(layers, x)
    return int(logits[0] > 0) if len(logits) == 1 else logits.index(max(logits))


def network_logits(layers, x):
    """The last layer's numbers."""
    return network_nodes(layers, x)[-1]


def network_nodes(layers, x):
    """All layers' numbers, the input's first."""
    nodes = [x]
    for kind, sources, arrays in layers:
        h = nodes[sources[0]]
        if kind == "affine":
            weight, bias = arrays
            sums = [sum(a * b for a, b in zip(row, h, strict=True)) for row in weight]
            out = [a + b for a, b in zip(sums, bias, strict=True)]
        elif kind == "scale":
            out = [Fraction(y * s) / d + t for y, s, d, t in zip(h, *arrays, strict=True)]
        elif kind == "relu":
            out = [max(y, 0) for y in h]
        elif kind == "sign":
            out = [(y > 0) - (y < 0) for y in h]
        else:
            assert kind == "add"
            out = [a + b for a, b in zip(h, nodes[sources[1]], strict=True)]
        nodes.append(out)
    return nodes


def layers_of(network, raw, at):
    """A network's layers with their weights out of ``raw``, and where the next one's begin."""
    layers = []
    for entry in network["layers"]:
        arrays = []
        for array in entry.get("arrays", []):
            letter, size = {"float32": ("f", 4), "float64": ("d", 8)}[array["type"]]
            n = math.prod(array["shape"])
            flat = struct.unpack_from(f"<{n}{letter}", raw, at)
            at += size * n
            exact = [number(Fraction(w)) for w in flat]
            wide = array["shape"][-1]
            rows = [exact[i : i + wide] for i in range(0, n, wide)]
            arrays.append(rows if len(array["shape"]) == 2 else exact)
        layers.append((entry["kind"], tuple(entry["from"]), tuple(arrays)))
    return tuple(layers), at


def models_of(parts, names):
    """The models of format 2, or the teacher and the tree of format 1."""
    if "models.json" in parts:
        entries = parse(parts["models.json"])["models"]
    else:
        network, tree = parse(parts["teacher.json"]), parse(parts["tree.json"])
        entries = [{"name": "teacher", "reads": names, "network": network}]
        entries.append({"name": "tree", "reads": names, "tree": tree})
    found, at = [], 0
    for entry in entries:
        reads = tuple(names.index(name) for name in entry["reads"])
        if "network" in entry:
            layers, at = layers_of(entry["network"], parts["weights.bin"], at)
            found.append(Model(entry["name"], reads, entry["network"]["columns"], layers))
        else:
            found.append(Model(entry["name"], reads, None, root=entry["tree"]["root"]))
    return tuple(found)


def truth(formula, classes):
    """True, false, or None where the classes that are known (not None) do not decide it."""
    ((word, of),) = formula.items()
    if word == "class":
        name, k = of
        return None if classes[name] is None else classes[name] == k
    if word == "same":
        left, right = (classes[name] for name in of)
        return True if of[0] == of[1] else None if None in (left, right) else left == right
    if word == "not":
        inner = truth(of, classes)
        return None if inner is None else not inner
    settled = {"all": False, "any": True}[word]
    inner = [truth(f, classes) for f in of]
    return settled if settled in inner else None if None in inner else not settled


@dataclass(frozen=True)
class Matter:
    """Domain, models and question of a file."""

    variables: tuple
    given: dict | None
    models: tuple
    formula: dict

    def leaf(self, values):
        """The leaf of the domain's tree that a tuple reaches; the whole domain is one without."""
        node = self.given
        while node is not None and "weight" not in node:
            i = [v.name for v in self.variables].index(node["variable"])
            variable = self.variables[i]
            if variable.ordinal:
                left = Fraction(variable.labels[values[i]]) <= Fraction(node["at_most"])
            else:
                left = variable.labels[values[i]] in node["values"]
            node = node["left" if left else "right"]
        return node

    def chances(self, leaf):
        """Of each variable the probabilities of its values in a leaf that is possible."""
        stated = leaf["probabilities"] if leaf else [None] * len(self.variables)
        found = []
        for v, chances in zip(self.variables, stated, strict=True):
            if chances is None:
                found.append(v.chances)
            elif v.ordinal:
                found.append(spread(chances, [Fraction(x) for x in v.labels]))
            else:
                found.append(tuple(map(Fraction, chances)))
        return found

    @cached_property
    def weights(self):
        """The probability of every point; tuples that are impossible are not among them."""
        found, kept = {}, {}
        for values in self.tuples([range(len(v.labels)) for v in self.variables]):
            leaf = self.leaf(values)
            total = Fraction(leaf["weight"]) if leaf else Fraction(1)
            if leaf is not None and not total:
                continue
            if id(leaf) not in kept:
                kept[id(leaf)] = self.chances(leaf)
            chances = kept[id(leaf)]
            found[values] = total * math.prod(c[i] for c, i in zip(chances, values, strict=True))
        return found

    @staticmethod
    def tuples(parts):
        return product(*parts)

    def classes(self, values):
        """Every model's class at a tuple."""
        return {
            m.name: m.class_at(self.variables, tuple(values[i] for i in m.reads))
            for m in self.models
        }

    @cached_property
    def answer(self):
        """The points where the formula is true, with their probabilities."""
        return {
            values: weight
            for values, weight in self.weights.items()
            if truth(self.formula, self.classes(values))
        }

    def weight_of(self, points):
        """The probability of some points together."""
        return sum((self.weights[values] for values in points), Fraction(0))

    def classes_on(self, model, parts):
        """The classes that a model has at the tuples of a cell, possible or not."""
        seen = product(*(parts[i] for i in model.reads))
        return {model.class_at(self.variables, values) for values in seen}


DIFFER = {"not": {"same": ["teacher", "tree"]}}


def matter_of(parts):
    """What a file of either format is about."""
    domain = parse(parts["domain.json"])
    variables = tuple(map(variable, domain["variables"]))
    models = models_of(parts, [v.name for v in variables])
    formula = parse(parts["question.json"])["formula"] if "question.json" in parts else DIFFER
    return Matter(variables, domain.get("given"), models, formula)
