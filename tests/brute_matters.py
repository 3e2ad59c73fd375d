"""Random small matters as the members of a file of format 2, written by hand.

In the standard library alone, like ``brute_members``: nothing of ``verifier`` writes or reads here.
"""

from __future__ import annotations

import json
import struct
from fractions import Fraction

from tests.brute_members import matter_of


def text(x):
    """A number as the members write it."""
    return x if isinstance(x, int) else x.numerator if x.denominator == 1 else str(x)


def shares(rng, n, *, zeros=True):
    """n probabilities that sum to 1; some may be 0."""
    weights = [rng.randrange(0 if zeros else 1, 4) for _ in range(n)]
    weights[rng.randrange(n)] += 1
    return [Fraction(w, sum(weights)) for w in weights]


def categorical(rng, name, n):
    """A variable of n values with one to three columns."""
    columns = rng.choice((1, 1, 2, 3))
    rows = [
        [text(Fraction(rng.randrange(-3, 4), rng.choice((1, 1, 2, 3)))) for _ in range(columns)]
        for _ in range(n)
    ]
    entry = {"name": name, "values": [f"{name}{i}" for i in range(n)], "encoding": rows}
    if rng.random() < 0.5:
        entry["probabilities"] = [text(p) for p in shares(rng, n)]
    return entry


def ordinal(rng, name, n):
    """A variable of n equally spaced numbers, uniform or with runs."""
    step = rng.choice((Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(3, 10)))
    first = Fraction(rng.randrange(-4, 5), rng.choice((1, 2, 3)))
    numbers = [first + i * step for i in range(n)]
    entry = {"name": name, "from": text(first), "to": text(numbers[-1]), "step": text(step)}
    if rng.random() < 0.5:
        entry["probabilities"] = runs(rng, numbers)
    return entry


def runs(rng, numbers):
    """Probabilities of some numbers in a row, by runs."""
    cuts = sorted(rng.sample(range(1, len(numbers)), rng.randrange(min(3, len(numbers)))))
    ends = list(zip([0, *cuts], [*cuts, len(numbers)], strict=True))
    pairs = zip(ends, shares(rng, len(ends)), strict=True)
    return [[text(numbers[a]), text(numbers[b - 1]), text(p)] for (a, b), p in pairs]


def variables(rng, limit):
    """Entries of domain.json with at most ``limit`` tuples together."""
    entries, size = [], 1
    for i in range(rng.randrange(1, 6)):
        n = rng.choice((1, 2, 2, 3, 4, 5))
        if size * n > limit:
            break
        size *= n
        make = rng.choice((categorical, ordinal))
        entries.append(make(rng, "xyzuvw"[i], n))
    return entries


def labels_of(entry):
    """The values of an entry: labels, or numbers."""
    if "values" in entry:
        return entry["values"]
    first, last, step = (Fraction(entry[key]) for key in ("from", "to", "step"))
    return [first + i * step for i in range(int((last - first) / step) + 1)]


def given(rng, entries, depth=3):
    """A domain tree in which some leaves are impossible, or None where there is nothing to test."""
    leaves = []

    def grow(parts, depth):
        free = [i for i, part in enumerate(parts) if len(part) > 1]
        if not free or not depth or (depth < 3 and rng.random() < 0.3):
            leaves.append(({}, parts))
            return leaves[-1][0]
        i = rng.choice(free)
        node, part = {"variable": entries[i]["name"]}, parts[i]
        if "values" in entries[i]:
            chosen = set(rng.sample(part, rng.randrange(1, len(part))))
            node["values"] = [x for x in part if x in chosen]
        else:
            k = rng.randrange(len(part) - 1)
            chosen = set(part[: k + 1])
            node["at_most"] = text(part[k])
        for side, keep in (("left", True), ("right", False)):
            half = [x for x in part if (x in chosen) is keep]
            node[side] = grow([*parts[:i], half, *parts[i + 1 :]], depth - 1)
        return node

    whole = [labels_of(entry) for entry in entries]
    root = grow(whole, depth)
    if len(leaves) == 1:
        return None
    masses = [rng.choice((0, 1, 1, 2, 3)) for _ in leaves]
    masses[rng.randrange(len(leaves))] = 2
    for (leaf, parts), mass in zip(leaves, masses, strict=True):
        leaf["weight"] = text(Fraction(mass, sum(masses)))
        if mass:
            leaf["probabilities"] = [
                inside(rng, entry, all_, part)
                for entry, all_, part in zip(entries, whole, parts, strict=True)
            ]
    return root


def inside(rng, entry, whole, part):
    """A variable's distribution over the values that a leaf leaves."""
    if len(part) == len(whole) and rng.random() < 0.6:
        return None
    if "values" not in entry:
        return runs(rng, part)
    chances = dict(zip(part, shares(rng, len(part)), strict=True))
    return [text(chances.get(x, Fraction(0))) for x in whole]


def columns_of(entry):
    """How many columns a variable fills."""
    return len(entry["encoding"][0]) if "values" in entry else 1


def network(rng, name, entries):
    """An entry of models.json with a network of all kinds of layers, and its weights' bytes."""
    reads = rng.sample(range(len(entries)), rng.randrange(1, len(entries) + 1))
    columns = sum(columns_of(entries[i]) for i in reads)
    layers, weights, widths = [], [], [columns]
    unit = rng.choice((1.0, 1.0, 0.5, 0.75))
    kind = rng.choice(("float32", "float64"))

    def array(*shape):
        n = shape[0] * (shape[1] if len(shape) > 1 else 1)
        weights.append(
            struct.pack(
                f"<{n}{(kind[5:] == '64' and 'd') or 'f'}",
                *(rng.randrange(-3, 4) * unit for _ in range(n)),
            )
        )
        return {"type": kind, "shape": list(shape)}

    def affine(width):
        source = len(layers)
        layers.append(
            {
                "kind": "affine",
                "from": [source],
                "arrays": [array(width, widths[source]), array(width)],
            }
        )
        widths.append(width)

    for _ in range(rng.randrange(3)):
        affine(rng.randrange(1, 4))
        for word in rng.choices(("relu", "sign", "add", "none"), (5, 2, 2, 1), k=2):
            at = len(layers)
            if word == "add":
                layers.append({"kind": "add", "from": [at, rng.choice(same_width(widths))]})
            elif word != "none":
                layers.append({"kind": word, "from": [at]})
            widths.extend(widths[-1:] if word != "none" else [])
    affine(rng.choice((1, 1, 2, 3)))
    held = {"columns": columns, "layers": layers, "notes": []}
    return {"name": name, "reads": [entries[i]["name"] for i in reads], "network": held}, b"".join(
        weights
    )


def same_width(widths):
    """The nodes as wide as the last one."""
    return [i for i, width in enumerate(widths) if width == widths[-1]]


def tree(rng, name, entries, classes):
    """An entry of models.json with a tree; its thresholds lie at encodings or beside them."""
    reads = rng.sample(range(len(entries)), rng.randrange(1, len(entries) + 1))
    columns = [
        [Fraction(row[j]) for row in rows]
        for i in reads
        for rows in [entries[i].get("encoding") or [[x] for x in labels_of(entries[i])]]
        for j in range(len(rows[0]))
    ]

    def grow(depth):
        if not depth or rng.random() < 0.25:
            return {"class": rng.randrange(classes)}
        column = rng.randrange(len(columns))
        threshold = rng.choice(columns[column]) + Fraction(rng.randrange(-1, 2), 2)
        return {
            "column": column,
            "threshold": text(threshold),
            "left": grow(depth - 1),
            "right": grow(depth - 1),
        }

    root = {"format": "leafproof-tree/1", "root": grow(3)}
    return {"name": name, "reads": [entries[i]["name"] for i in reads], "tree": root}


def formula(rng, models):
    """A random formula that names every model; ``models`` maps names to (is tree, classes)."""
    names = list(models)

    def atom(name):
        other = rng.choice(names)
        if rng.random() < 0.5 and may_be_same(models, name, other):
            return {"same": rng.sample([name, other], 2)}
        return {"class": [name, rng.randrange(models[name][1])]}

    def grow(names, depth):
        if len(names) == 1 and (not depth or rng.random() < 0.4):
            found = atom(names[0])
        else:
            half = rng.randrange(1, len(names)) if len(names) > 1 else 1
            parts = [names[:half], names[half:] or [rng.choice(list(models))]]
            inner = [grow(some, max(0, depth - 1)) for some in parts]
            found = {rng.choice(("all", "any")): inner}
        return {"not": found} if rng.random() < 0.3 else found

    return grow(rng.sample(names, len(names)), 2)


def may_be_same(models, left, right):
    """Whether two models may be compared: a tree's classes are all the network's."""
    (tree_left, some), (tree_right, others) = models[left], models[right]
    if tree_left == tree_right:
        return True
    return some <= others if tree_left else others <= some


def random_members(rng, limit=60):
    """domain.json, models.json, weights.bin and question.json of a random matter."""
    entries = variables(rng, limit)
    node = given(rng, entries) if rng.random() < 0.6 else None
    plain = node is None and all("values" in entry for entry in entries)
    domain = {"format": f"leafproof-domain/{1 if plain else 2}", "variables": entries}
    models, weights = [], []
    for i in range(rng.randrange(1, 4)):
        entry, raw = network(rng, f"net {i}", entries)
        models.append(entry)
        weights.append(raw)
    for i in range(rng.randrange(3)):
        entry = tree(rng, f"tree {i}", entries, rng.choice((2, 2, 3)))
        models.insert(rng.randrange(len(models) + 1), entry)
    parts = {
        "domain.json": dump(domain if node is None else {**domain, "given": node}),
        "models.json": dump({"format": "leafproof-models/1", "models": models}),
        "weights.bin": b"".join(weights),
        "question.json": dump({"formula": {"class": ["net 0", 0]}}),
    }
    held = {m.name: (not m.is_network, m.classes) for m in matter_of(parts).models}
    parts["question.json"] = question(formula(rng, held))
    return parts


def question(f):
    """question.json of a formula."""
    return dump({"format": "leafproof-question/1", "formula": f})


def dump(value):
    """A JSON member's bytes."""
    return json.dumps(value, ensure_ascii=False).encode()
