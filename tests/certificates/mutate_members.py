"""Mutations of the JSON members of certificates of format 2."""

from __future__ import annotations

import json
from fractions import Fraction

from tests.brute_matters import dump, text


def in_json(name, change):
    """A mutation of a JSON member; ``change`` edits the value."""

    def mutate(rng, parts):
        value = json.loads(parts[name])
        change(rng, value)
        return {**parts, name: dump(value)}

    return mutate


def places(value, chosen):
    """The containers inside a JSON value (itself too) that ``chosen`` takes."""
    found, stack = [], [value]
    while stack:
        held = stack.pop()
        if isinstance(held, dict | list):
            if chosen(held):
                found.append(held)
            stack += held.values() if isinstance(held, dict) else held
    return found


def a_formula(rng, question):
    """The formula negated somewhere, its words and names exchanged."""
    words = {"class", "same", "not", "all", "any"}
    f = rng.choice(places(question["formula"], lambda x: isinstance(x, dict) and {*x} & words))
    ((word, of),) = f.items()
    action = rng.randrange(3)
    if action == 0:
        f.clear()
        f["not"] = {word: of}
    elif word == "class":
        of[1] = rng.randrange(3)
    elif word in ("all", "any"):
        f.clear()
        f["any" if word == "all" else "all"] = of if action == 1 else of[:-1]
    elif word == "same":
        of[rng.randrange(2)] = rng.choice(of)


def model_reads(rng, models):
    reads = rng.choice(models["models"])["reads"]
    action = rng.randrange(3)
    if action == 0:
        rng.shuffle(reads)
    elif action == 1:
        every = sorted({name for m in models["models"] for name in m["reads"]})
        reads[rng.randrange(len(reads))] = rng.choice(every)
    else:
        del reads[rng.randrange(len(reads))]


def models_swapped(rng, models):
    """Their order, or their names alone."""
    held = models["models"]
    i, j = rng.randrange(len(held)), rng.randrange(len(held))
    if rng.random() < 0.5:
        held[i], held[j] = held[j], held[i]
    else:
        held[i]["name"], held[j]["name"] = held[j]["name"], held[i]["name"]


def model_tree(rng, models):
    if nodes := places(models, lambda x: isinstance(x, dict) and ("class" in x or "column" in x)):
        node = rng.choice(nodes)
        if "class" in node:
            node["class"] = rng.randrange(3)
        elif rng.random() < 0.5:
            moved = Fraction(node["threshold"]) + Fraction(rng.choice((-1, 1)), 2)
            node["threshold"] = text(moved)
        else:
            node["column"] = rng.randrange(4)


def layer(rng, models):
    networks = [m["network"] for m in models["models"] if "network" in m]
    entry = rng.choice(rng.choice(networks)["layers"])
    if entry["kind"] in ("relu", "sign"):
        entry["kind"] = "sign" if entry["kind"] == "relu" else "relu"
    else:
        entry["from"] = [max(0, x + rng.choice((-1, 1))) for x in entry["from"]]


def leaves(domain):
    return places(domain.get("given", {}), lambda x: isinstance(x, dict) and "weight" in x)


def leaf_weight(rng, domain):
    """Weight moved from one leaf of the domain's tree to another."""
    held = [leaf for leaf in leaves(domain) if leaf["weight"]]
    if len(held) > 1:
        a, b = rng.sample(held, 2)
        both = Fraction(a["weight"]), Fraction(b["weight"])
        moved = both[0] * Fraction(rng.randrange(1, 4), 3)
        a["weight"], b["weight"] = text(both[0] - moved), text(both[1] + moved)


def impossible_flipped(rng, domain):
    """An impossible leaf gets part of another's weight, or a possible one loses its own."""
    none = [leaf for leaf in leaves(domain) if not leaf["weight"]]
    some = [leaf for leaf in leaves(domain) if leaf["weight"]]
    if none and some and rng.random() < 0.7:
        to, by = rng.choice(none), rng.choice(some)
        half = text(Fraction(by["weight"]) / 2)
        by["weight"] = to["weight"] = half
        to["probabilities"] = by["probabilities"]
    elif len(some) > 1:
        gone, kept = rng.sample(some, 2)
        kept["weight"] = text(Fraction(kept["weight"]) + Fraction(gone["weight"]))
        gone["weight"] = 0
        del gone["probabilities"]


def given_test(rng, domain):
    if nodes := places(domain.get("given", {}), lambda x: isinstance(x, dict) and "left" in x):
        node = rng.choice(nodes)
        action = rng.randrange(3)
        if action == 0:
            node["left"], node["right"] = node["right"], node["left"]
        elif "at_most" in node:
            node["at_most"] = text(Fraction(node["at_most"]) + Fraction(rng.randrange(-2, 3), 2))
        elif action == 1 and len(node["values"]) > 1:
            node["values"].pop(rng.randrange(len(node["values"])))
        else:
            node["values"].append(node["values"][0][0] + str(rng.randrange(4)))


def run_border(rng, domain):
    """A border between two runs moved, their probabilities as they were."""
    is_runs = lambda x: isinstance(x, list) and len(x) > 1 and all(isinstance(r, list) for r in x)  # noqa: E731
    lists = places(domain, is_runs)
    held = [x for x in lists if all(len(r) == 3 for r in x) and not isinstance(x[0][0], list)]
    if held:
        runs = rng.choice(held)
        i = rng.randrange(len(runs) - 1)
        step = Fraction(runs[i + 1][0]) - Fraction(runs[i][1])
        by = rng.choice((-1, 1)) * step
        runs[i][1] = text(Fraction(runs[i][1]) + by)
        runs[i + 1][0] = text(Fraction(runs[i + 1][0]) + by)


def ordinals(domain):
    return [v for v in domain["variables"] if "from" in v]


def ordinal_range(rng, domain):
    """From, to or step changed."""
    if held := ordinals(domain):
        v = rng.choice(held)
        key = rng.choice(("from", "to", "step"))
        factor = Fraction(rng.choice((1, 2, 3)), 2)
        moved = Fraction(v[key]) * factor if key == "step" else Fraction(v[key])
        v[key] = text(moved if key == "step" else moved + rng.choice((-1, 1)) * Fraction(v["step"]))
        if rng.random() < 0.5:
            v.pop("probabilities", None)


def probability(rng, domain):
    """Probability moved from one value, or one run, to another."""
    lists = [v["probabilities"] for v in domain["variables"] if "probabilities" in v]
    lists += [x for leaf in leaves(domain) for x in leaf.get("probabilities", ()) if x]
    if held := [x for x in lists if len(x) > 1]:
        chances = rng.choice(held)
        of = (lambda i: chances[i][2]) if isinstance(chances[0], list) else chances.__getitem__
        a, b = rng.sample(range(len(chances)), 2)
        moved = Fraction(of(a)) * Fraction(rng.randrange(1, 4), 3)
        for i, p in ((a, Fraction(of(a)) - moved), (b, Fraction(of(b)) + moved)):
            if isinstance(chances[i], list):
                chances[i][2] = text(p)
            else:
                chances[i] = text(p)


def encoding(rng, domain):
    if held := [v for v in domain["variables"] if "encoding" in v]:
        row = rng.choice(rng.choice(held)["encoding"])
        row[rng.randrange(len(row))] = rng.choice((0, 1, -1, 2, "1/3", 0.5))


def value_dropped(rng, domain):
    variable = rng.choice(domain["variables"])
    if "from" in variable:
        variable["to"] = text(Fraction(variable["to"]) - Fraction(variable["step"]))
        return
    at = rng.randrange(len(variable["values"]))
    for key in ("values", "encoding", "probabilities"):
        if key in variable:
            del variable[key][at]


def witnesses(rng, points):
    if points and rng.random() < 0.4:
        points.pop(rng.randrange(len(points)))
    elif points and rng.random() < 0.5:
        point = rng.choice(points)
        point[rng.randrange(len(point))] = rng.randrange(4)
    else:
        wide = len(points[0]) if points else rng.randrange(1, 4)
        points.append([rng.randrange(3) for _ in range(wide)])


def answer(rng, claim):
    claim["answer"] = rng.choice(("nowhere", "somewhere", "undecided", "different"))


def numbers(rng, claim):
    which = rng.choice(("domain_size", "points", "steps"))
    by = rng.choice((-2, -1, 1, 2))
    if which == "domain_size":
        claim[which] += by
    else:
        claim[which][rng.choice([*claim[which]])] += by


def chance(rng, claim):
    end = rng.choice(("lower", "upper"))
    moved = Fraction(claim["probability"][end]) + Fraction(rng.choice((-1, 1)), 7919)
    claim["probability"][end] = str(moved)


def claim_entry(rng, claim):
    key = rng.choice([*claim])
    if rng.random() < 0.5:
        del claim[key]
    else:
        claim[key] = rng.choice((None, [], {"": 0}, True, -1, ""))


def listed(rng, claim):
    """A witness of the verdict, its labels or its classes."""
    if claim["witnesses"]:
        entry = rng.choice(claim["witnesses"])
        part = entry[rng.choice(("values", "classes"))]
        key = rng.choice([*part])
        part[key] = rng.choice((0, 1, 2, "0", "1/2", *entry["values"].values()))
