"""Single mutations of valid certificates.

Most are by an adversary who recomputes every hash afterwards; ``raw``, ``truncated`` and ``hash``
leave the hashes as they are. (The format has no slopes to change: the kernel finds its own.)
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

from tests.brute import truth
from tests.certificates.checkers import INVALID, MALFORMED, answers
from tests.certificates.format_1 import pack, with_verdict
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import constant
from verifier.kernel.prepared import prepare
from verifier.kernel.tails import tail_bound
from verifier.model.cell import full_cell, values
from verifier.model.network import exact_classes
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Split,
    Tail,
    Trusted,
    steps,
)
from verifier.reading import container
from verifier.reading.certificate import read_certificate
from verifier.reading.proof_bytes import decode
from verifier.writing.json_text import dump
from verifier.writing.proof_bytes import encode

LARGEST_DOMAIN = 60
TRIES = 8
"""So often a mutation is tried that by chance changes nothing."""


@cache
def certificate(seed):
    """The parts of a small valid certificate, its proof of all kinds of nodes."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, LARGEST_DOMAIN)
    teacher = random_teacher(rng, domain.columns, [1.0, 0.7][seed % 2])
    tree = random_tree(rng, domain, teacher.classes)
    p = prepare(teacher, domain)
    proof = tuple(random_proof(rng, p, full_cell(domain), weak=seed % 2 == 1))
    wrong = truth(domain, teacher, tree).wrong[:2]
    return container.unpack(pack(with_verdict(domain, teacher, tree, proof, wrong), "random"))


def random_proof(rng, p, cell, *, weak):
    """Random splits down to cells that the relaxation proves, or that are enumerated.

    With ``weak`` some cells are instead left open, bounded by a tail, or taken from a solver.
    """
    classes = range(p.teacher.classes)
    proved, _ = constant(p, [cell] * len(classes), classes)
    free = [i for i, mask in enumerate(cell.masks) if mask.bit_count() > 1]
    whole = cell == full_cell(p.domain)
    if not free or (not whole and rng.random() < (0.6 if proved.any() else 0.15)):
        if weak and rng.random() < 0.5:
            return [_weak_step(rng, p, cell)]
        return [Constant(int(proved.argmax())) if proved.any() else Enumerated()]
    i = pick(rng, free)
    held = values(cell.masks[i])
    chosen = rng.permutation(held)[: int(rng.integers(1, len(held)))]
    split = Split(i, sum(1 << int(v) for v in chosen))
    left, right = cell.split(split.variable, split.left)
    return [split, *random_proof(rng, p, left, weak=weak), *random_proof(rng, p, right, weak=weak)]


def _weak_step(rng, p, cell):
    found = set(exact_classes(p.teacher, p.domain, cell.points()))
    klass = min(found)
    tail = Tail(klass, tail_bound(p, cell, klass))
    weak = [Open(), tail, tail]
    return pick(rng, [*weak, Trusted(klass, "oracle")] if len(found) == 1 else weak)


def pick(rng, items):
    return items[int(rng.integers(len(items)))]


def in_proof(change):
    """A mutation of the proof's nodes; ``change`` edits the list."""

    def mutate(rng, parts):
        nodes = list(decode(parts["proof.bin"]))
        change(rng, nodes)
        return sealed(parts, "proof.bin", encode(tuple(nodes)))

    return mutate


def in_json(name, change):
    """A mutation of a JSON part; ``change`` edits the value."""

    def mutate(rng, parts):
        value = json.loads(parts[name])
        change(rng, value)
        return sealed(parts, name, dump(value))

    return mutate


def sealed(parts, name, data):
    return pack({**parts, name: data}, "adversary")


def subtree(nodes, at):
    """Where the part of the proof that begins at a node ends."""
    missing = 1
    while missing:
        missing += 1 if isinstance(nodes[at], Split) else -1
        at += 1
    return at


def of_kind(nodes, *kinds):
    return [i for i, node in enumerate(nodes) if isinstance(node, kinds)]


def split_value(rng, nodes):
    at = of_kind(nodes, Split)
    if at:
        i = pick(rng, at)
        nodes[i] = replace(nodes[i], left=nodes[i].left ^ (1 << int(rng.integers(4))))


def split_variable(rng, nodes):
    at = of_kind(nodes, Split)
    if at:
        i = pick(rng, at)
        nodes[i] = replace(nodes[i], variable=int(rng.integers(5)))


def step_class(rng, nodes):
    at = of_kind(nodes, Constant, Tail, Trusted)
    if at:
        i = pick(rng, at)
        nodes[i] = replace(nodes[i], klass=int(rng.integers(4)))


def step_kind(rng, nodes):
    i = pick(rng, of_kind(nodes, Constant, Enumerated, Open, Tail, Trusted))
    klass = getattr(nodes[i], "klass", int(rng.integers(2)))
    others = [
        Constant(klass),
        Enumerated(),
        Open(),
        Trusted(klass, "liar"),
        Tail(klass, Fraction()),
    ]
    nodes[i] = pick(rng, others)


def tail_bound_of(rng, nodes):
    at = of_kind(nodes, Tail)
    if at:
        i = pick(rng, at)
        nodes[i] = replace(nodes[i], bound=nodes[i].bound * Fraction(int(rng.integers(100)), 99))
        nodes[i] = replace(nodes[i], bound=min(nodes[i].bound, Fraction(1)))


def swapped_children(rng, nodes):
    at = of_kind(nodes, Split)
    if at:
        left = pick(rng, at) + 1
        right = subtree(nodes, left)
        end = subtree(nodes, right)
        nodes[left:end] = nodes[right:end] + nodes[left:right]


def dropped_cell(rng, nodes):
    at = int(rng.integers(len(nodes)))
    del nodes[at : subtree(nodes, at)]


def duplicated_cell(rng, nodes):
    at = int(rng.integers(len(nodes)))
    end = subtree(nodes, at)
    nodes[end:end] = nodes[at:end]


def merged_cells(rng, nodes):
    """Two halves become one cell, with the step of the left one."""
    at = of_kind(nodes, Split)
    if at:
        i = pick(rng, at)
        nodes[i : subtree(nodes, i)] = [next(n for n in nodes[i:] if not isinstance(n, Split))]


def verdict_word(rng, claim):
    claim["verdict"] = pick(rng, ["equivalent", "different", "undecided"])


def count(rng, claim):
    which = pick(rng, ["domain_size", "disagreements", "cells", "points"])
    step = pick(rng, [-2, -1, 1, 2])
    if which == "domain_size":
        claim[which] += step
    elif which == "points":
        claim["float32"]["not_shown"]["points"] += step
    else:
        claim[which][pick(rng, [*claim[which]])] += step


def error(rng, claim):
    end = pick(rng, ["lower", "upper"])
    claim["error"][end] = str(Fraction(claim["error"][end]) + Fraction(pick(rng, [-1, 1]), 7919))


def claim_left_out(rng, claim):
    key = pick(rng, [*claim])
    if rng.random() < 0.5:
        del claim[key]
    else:
        claim[key] = pick(rng, [None, [], {}, True, 0, ""])


def encoding(rng, domain):
    row = pick(rng, pick(rng, domain["variables"])["encoding"])
    row[int(rng.integers(len(row)))] = pick(rng, [0, 1, -1, 2, "1/3", 0.5])


def probability(rng, domain):
    """Probability moved from one value to another."""
    variable = pick(rng, domain["variables"])
    n = len(variable["values"])
    chances = [Fraction(p) for p in variable.get("probabilities", [f"1/{n}"] * n)]
    a, b = int(rng.integers(n)), int(rng.integers(n))
    moved = chances[a] * Fraction(int(rng.integers(1, 4)), 3)
    chances[a], chances[b] = chances[a] - moved, chances[b] + moved
    if a != b:
        variable["probabilities"] = [str(p) for p in chances]


def value_dropped(rng, domain):
    variable = pick(rng, domain["variables"])
    at = int(rng.integers(len(variable["values"])))
    for key in ("values", "encoding", "probabilities"):
        if key in variable:
            del variable[key][at]


def layer(rng, teacher):
    entry = pick(rng, teacher["layers"])
    kind = int(rng.integers(4))
    if kind == 0:
        entry["from"] = [max(0, x + pick(rng, [-1, 1])) for x in entry["from"]]
    elif kind == 1 and entry["kind"] in ("relu", "sign"):
        entry["kind"] = "sign" if entry["kind"] == "relu" else "relu"
    elif kind == 2 and "arrays" in entry:
        pick(rng, entry["arrays"])["type"] = pick(rng, ["float32", "float64"])
    else:
        teacher["layers"].remove(entry)


def tree_nodes(tree):
    stack, tests, leaves = [tree["root"]], [], []
    while stack:
        node = stack.pop()
        (leaves if "class" in node else tests).append(node)
        stack += [] if "class" in node else [node["left"], node["right"]]
    return tests, leaves


def leaf_class(rng, tree):
    pick(rng, tree_nodes(tree)[1])["class"] = int(rng.integers(3))


def tree_test(rng, tree):
    tests, _ = tree_nodes(tree)
    if tests:
        node = pick(rng, tests)
        kind = int(rng.integers(3))
        if kind == 0:
            node["column"] = int(rng.integers(6))
        elif kind == 1:
            node["threshold"] = str(Fraction(node["threshold"]) + Fraction(pick(rng, [-1, 1]), 2))
        else:
            node["left"], node["right"] = node["right"], node["left"]


def points(rng, held):
    if held and rng.random() < 0.3:
        held.pop()
    else:
        held.append([int(x) for x in rng.integers(0, 3, size=int(rng.integers(1, 6)))])


def weight_bit(rng, parts):
    raw = bytearray(parts["weights.bin"])
    raw[int(rng.integers(len(raw)))] ^= 1 << int(rng.integers(8))
    return sealed(parts, "weights.bin", bytes(raw))


def part_byte(rng, parts):
    """One byte of one part, the hashes recomputed."""
    name = pick(rng, [n for n in parts if n != "manifest.json"])
    raw = bytearray(parts[name])
    at = int(rng.integers(len(raw)))
    raw[at] = pick(rng, [raw[at] ^ 1 << int(rng.integers(8)), ord(pick(rng, "0123456789-.]"))])
    return sealed(parts, name, bytes(raw))


def hash_digit(rng, parts):
    manifest = json.loads(parts["manifest.json"])
    name = pick(rng, [*manifest["sha256"]])
    digits = manifest["sha256"][name]
    at = int(rng.integers(64))
    manifest["sha256"][name] = digits[:at] + pick(rng, "0123456789abcdef") + digits[at + 1 :]
    return container.pack({**parts, "manifest.json": dump(manifest)}.items())


def raw_byte(rng, parts):
    file = bytearray(original(parts))
    file[int(rng.integers(len(file)))] ^= 1 << int(rng.integers(8))
    return bytes(file)


def truncated(rng, parts):
    file = original(parts)
    return file[: int(rng.integers(1, len(file)))]


def original(parts):
    return pack(parts, "random")


MUTATIONS = {
    "weight bit": weight_bit,
    "split value": in_proof(split_value),
    "split variable": in_proof(split_variable),
    "step class": in_proof(step_class),
    "step kind": in_proof(step_kind),
    "tail bound": in_proof(tail_bound_of),
    "swapped children": in_proof(swapped_children),
    "dropped cell": in_proof(dropped_cell),
    "duplicated cell": in_proof(duplicated_cell),
    "merged cells": in_proof(merged_cells),
    "verdict": in_json("verdict.json", verdict_word),
    "count": in_json("verdict.json", count),
    "error": in_json("verdict.json", error),
    "claim entry": in_json("verdict.json", claim_left_out),
    "encoding": in_json("domain.json", encoding),
    "probability": in_json("domain.json", probability),
    "value dropped": in_json("domain.json", value_dropped),
    "layer": in_json("teacher.json", layer),
    "leaf class": in_json("tree.json", leaf_class),
    "tree test": in_json("tree.json", tree_test),
    "points": in_json("counterexamples.json", points),
    "part byte": part_byte,
    "hash": hash_digit,
    "raw byte": raw_byte,
    "truncated": truncated,
}


def outcome(rng, parts, kind, path, judged=None):
    """What became of one mutation of a certificate, written to ``path``.

    ``same``: nothing was changed; ``malformed`` or ``invalid``: refused; ``true``: accepted, and
    what it states holds; ``FALSE``: accepted, and it does not; ``DISAGREE``: the checkers
    differ. ``judged`` keeps the answers, for mutants that come more than once.
    """
    judged = {} if judged is None else judged
    unchanged = original(parts), pack(parts, "adversary")
    mutants = (MUTATIONS[kind](rng, parts) for _ in range(TRIES))
    mutant = next((m for m in mutants if m not in unchanged), b"")
    if not mutant:
        return "same"
    if mutant not in judged:
        judged[mutant] = judge(mutant, path)
    return judged[mutant]


def judge(mutant, path):
    """What becomes of a mutant, but ``same``."""
    path.write_bytes(mutant)
    found = answers(path)
    if len(set(found.values())) > 1:
        return "DISAGREE"
    code = next(iter(found.values()))
    if code in (INVALID, MALFORMED):
        return "invalid" if code == INVALID else "malformed"
    held = read_certificate(path)
    return "true" if holds(held, check_certificate(held)) else "FALSE"


FACTS = {}


def facts_about(held):
    """What brute force finds of network and tree, once for each of the files about the same."""
    names = ("domain.json", "teacher.json", "weights.bin", "tree.json")
    about = tuple(held.hashes[name] for name in names)
    if about not in FACTS:
        FACTS[about] = truth(held.domain, held.teacher, held.tree)
    return FACTS[about]


def holds(held, verdict):
    """Whether brute force confirms everything that an accepted certificate states."""
    facts = facts_about(held)
    low, high = verdict.disagreements
    lies = sum(
        facts.classes[point] != step.klass
        for cell, _, step in steps(held.domain, held.proof)
        if isinstance(step, Constant)
        for point in cell.points()
    )
    return (
        not lies
        and verdict.domain_size == len(facts.classes)
        and low <= len(facts.wrong) <= high
        and verdict.error[0] <= facts.error <= verdict.error[1]
        and all(c.point in facts.wrong for c in verdict.counterexamples)
        and not verdict.trusted  # the kernel evaluates cells as small as these
        and {"equivalent": not facts.wrong, "different": bool(facts.wrong)}.get(
            verdict.verdict, low == 0
        )
    )
