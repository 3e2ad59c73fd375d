"""Mutations of the proofs of certificates of format 2: each changes one node or one cell."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.brute_claims import encode
from tests.brute_members import matter_of
from tests.brute_proof import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SEVERAL,
    SPLIT,
    TAIL,
    TRUSTED,
    Node,
    proof_of,
)


def in_proof(change):
    """A mutation of the proof's nodes; ``change`` edits the list."""

    def mutate(rng, parts):
        matter = matter_of(parts)
        nodes = list(proof_of(matter, parts))
        change(rng, nodes, matter)
        try:
            return {**parts, "proof.bin": encode(nodes, len(matter.models))}
        except (ValueError, TypeError):  # nodes that cannot be written
            return parts

    return mutate


def subtree(nodes, at):
    """Where the part of the proof that begins at a node ends."""
    missing = 1
    while missing:
        missing += 1 if nodes[at].kind == SPLIT else -1
        at += 1
    return at


def of_kind(nodes, *kinds):
    return [i for i, node in enumerate(nodes) if node.kind in kinds]


def at_split(change):
    """A mutation of one Split; ``change`` gives the new one."""

    def mutate(rng, nodes, matter):
        if at := of_kind(nodes, SPLIT):
            i = rng.choice(at)
            nodes[i] = change(rng, nodes[i], matter)

    return mutate


def at_step(change, *kinds):
    """A mutation of one Step about a network, also of one among several."""

    def mutate(rng, nodes, matter):
        places = [
            (i, j)
            for i, node in enumerate(nodes)
            for j, n in enumerate(node.more if node.kind == SEVERAL else (node,))
            if n.kind in kinds
        ]
        if places:
            i, j = rng.choice(places)
            if nodes[i].kind == SEVERAL:
                inner = list(nodes[i].more)
                inner[j] = change(rng, inner[j], matter)
                nodes[i] = Node(SEVERAL, more=tuple(inner))
            else:
                nodes[i] = change(rng, nodes[i], matter)

    return mutate


ABOUT = (CONSTANT, TAIL, TRUSTED)


def split_place(rng, node, matter):
    """The index of a range, or a value of a set, moved."""
    (left,) = node.more
    if matter.variables[node.argument].ordinal:
        return replace(node, more=(max(0, left + rng.choice((-2, -1, 1, 2))),))
    return replace(node, more=(left ^ 1 << rng.randrange(5),))


def split_variable(rng, node, matter):
    return replace(node, argument=rng.randrange(len(matter.variables) + 1))


def step_class(rng, node, matter):
    return replace(node, argument=rng.randrange(4))


def step_model(rng, node, matter):
    return replace(node, model=rng.randrange(len(matter.models)))


def step_bound(rng, node, matter):
    p = min(Fraction(1), Fraction(*node.more) * Fraction(rng.randrange(130), 99))
    return replace(node, more=(p.numerator, p.denominator))


def step_kind(rng, nodes, matter):
    i = rng.choice([i for i, node in enumerate(nodes) if node.kind != SPLIT])
    k, m = rng.randrange(2), rng.randrange(len(matter.models))
    others = [
        Node(CONSTANT, k, m),
        Node(ENUMERATED),
        Node(OPEN),
        Node(TAIL, k, m, (0, 1)),
        Node(TAIL, k, m, (1, 3)),
    ]
    nodes[i] = rng.choice(others)


def several(rng, nodes, matter):
    """A Step more, one fewer, two swapped, one doubled: or one where there was none."""
    if at := of_kind(nodes, SEVERAL):
        i = rng.choice(at)
        inner = list(nodes[i].more)
        j = rng.randrange(len(inner))
        action = rng.randrange(4)
        if action == 0:
            del inner[j]
        elif action == 1:
            inner[j:j] = [inner[j]]
        elif action == 2:
            inner.reverse()
        else:
            inner.append(Node(CONSTANT, rng.randrange(2), rng.randrange(len(matter.models))))
        one = len(inner) == 1 and rng.random() < 0.7
        nodes[i] = inner[0] if one else Node(SEVERAL, more=tuple(inner))
    elif at := of_kind(nodes, *ABOUT):
        i = rng.choice(at)
        other = Node(CONSTANT, rng.randrange(2), rng.randrange(len(matter.models)))
        nodes[i] = Node(SEVERAL, more=tuple(rng.sample([nodes[i], other], 2)))


def swapped_children(rng, nodes, matter):
    if at := of_kind(nodes, SPLIT):
        left = rng.choice(at) + 1
        right = subtree(nodes, left)
        end = subtree(nodes, right)
        nodes[left:end] = nodes[right:end] + nodes[left:right]


def dropped_cell(rng, nodes, matter):
    at = rng.randrange(len(nodes))
    del nodes[at : subtree(nodes, at)]


def duplicated_cell(rng, nodes, matter):
    at = rng.randrange(len(nodes))
    end = subtree(nodes, at)
    nodes[end:end] = nodes[at:end]


def merged_cells(rng, nodes, matter):
    """Two halves become one cell, with what is said of the left one."""
    if at := of_kind(nodes, SPLIT):
        i = rng.choice(at)
        nodes[i : subtree(nodes, i)] = [next(n for n in nodes[i:] if n.kind != SPLIT)]
