"""Random proofs of small matters, true ones and false ones, and the verdicts that follow.

In the standard library alone, like ``brute_members``: nothing of ``verifier`` writes or reads here.
"""

from __future__ import annotations

from fractions import Fraction

from tests.brute_matters import dump
from tests.brute_members import matter_of
from tests.brute_proof import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SEVERAL,
    SHOWN,
    SIGNED,
    SPLIT,
    TAIL,
    TRUSTED,
    Node,
    halves,
    shown,
    tail,
)


def random_proof(rng, matter):
    """A proof of true Steps: random splits down to cells about which something can be said."""
    whole = [tuple(range(len(v.labels))) for v in matter.variables]
    told = tests_of(matter)

    def grow(parts, depth):
        cuts = [cut for cut in told if cuts_in_two(parts, cut)]
        free = [i for i, part in enumerate(parts) if len(part) > 1]
        if not free or rng.random() < depth / 6:
            return [leaf(rng, matter, parts)]
        if cuts and rng.random() < 0.6:
            i, left = within(matter, parts, rng.choice(cuts))
        else:
            i = rng.choice(free)
            chosen = rng.sample(parts[i], rng.randrange(1, len(parts[i])))
            ordinal = matter.variables[i].ordinal
            left = rng.choice(parts[i][:-1]) if ordinal else sum(1 << v for v in chosen)
        both = halves(matter.variables[i], parts[i], left)
        inner = [grow([*parts[:i], half, *parts[i + 1 :]], depth + 1) for half in both]
        return [Node(SPLIT, i, more=(left,)), *inner[0], *inner[1]]

    return grow(whole, 0)


def tests_of(matter):
    """The tests of the domain's tree: a variable, and the set of its values that goes left."""
    names = [v.name for v in matter.variables]
    stack, found = [matter.given] if matter.given else [], []
    while stack:
        node = stack.pop()
        if "variable" in node:
            i = names.index(node["variable"])
            labels = matter.variables[i].labels
            if "values" in node:
                found.append((i, {labels.index(x) for x in node["values"]}))
            else:
                found.append((i, set(range(labels.index(str(Fraction(node["at_most"]))) + 1))))
            stack += [node["left"], node["right"]]
    return found


def cuts_in_two(parts, cut):
    """Whether a test of the domain's tree sends values of the cell to both sides."""
    i, chosen = cut
    return 0 < len(chosen & {*parts[i]}) < len(parts[i])


def within(matter, parts, cut):
    """The variable of a test, and what a Split of the cell says to do the same."""
    i, chosen = cut
    here = chosen & {*parts[i]}
    return i, max(here) if matter.variables[i].ordinal else sum(1 << v for v in here)


def leaf(rng, matter, parts):
    """A leaf that is true of the cell: Steps about some networks, or all points, or none."""
    steps = []
    leaves = {id(matter.leaf(values)) for values in matter.tuples(parts)}
    possible = any(values in matter.weights for values in matter.tuples(parts))
    for i, model in enumerate(matter.models):
        if not model.is_network or rng.random() < 0.15:
            continue
        held = sorted(matter.classes_on(model, parts))
        klass = rng.choice(held)
        if len(held) == 1 and rng.random() < 0.85:
            steps.append(Node(CONSTANT, klass, i))
        elif len(held) == 1 and rng.random() < 0.3:
            steps.append(Node(TRUSTED, klass, i, (0,)))
        elif possible and len(leaves) == 1 and rng.random() < 0.6:
            p = tail(matter, model, parts, klass)
            p += rng.choice((0, 0, (1 - p) / 3))
            steps.append(Node(TAIL, klass, i, (p.numerator, p.denominator)))
    if not steps or rng.random() < 0.15:
        return Node(rng.choice((ENUMERATED, ENUMERATED, ENUMERATED, OPEN)))
    return steps[0] if len(steps) == 1 else Node(SEVERAL, more=tuple(steps))


def integer(n):
    """A base-128 integer of proof.bin."""
    out = []
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def encode(proof, models, solvers=("z3 4.13.0",)):
    """proof.bin of some nodes; ``solvers`` are written only if a Step is trusted."""

    def of(node):
        if node.kind == SEVERAL:
            inner = b"".join(map(of, node.more))
            return integer(len(node.more) * 8 + SEVERAL) + inner
        argument = node.argument
        if node.kind == SIGNED:
            (trees,) = node.more
            head = (1 + argument * models + node.model) * 8 + ENUMERATED
            return integer(head) + integer(len(trees)) + trees
        if node.kind in (CONSTANT, TAIL, TRUSTED):
            argument = argument * models + node.model
        return b"".join(map(integer, (argument * 8 + node.kind, *node.more)))

    every = [n for node in proof for n in (node.more if node.kind == SEVERAL else (node,))]
    used = solvers if any(n.kind == TRUSTED for n in every) else ()
    names = [integer(len(name.encode())) + name.encode() for name in used]
    return integer(len(used)) + b"".join(names) + b"".join(map(of, proof))


def unshown(size):
    """What may always be said of float32: that nothing is shown."""
    return {"robust": not size, "not_shown": {"points": size, "probability": str(int(size > 0))}}


def claim(matter, found, witnesses):
    """The verdict of format 2 that states what was shown, and these points."""
    listed = [
        {
            "values": {v.name: v.labels[i] for v, i in zip(matter.variables, values, strict=True)},
            "classes": matter.classes(values),
        }
        for values in witnesses[:SHOWN]
    ]
    return {
        "answer": found.answer,
        "domain_size": found.size,
        **found.interval,
        "witnesses": listed,
        "float32": unshown(found.size),
        "trusted": {},
        "steps": found.steps,
    }


def sealed(parts, proof, witnesses=None):
    """Members with a proof, the first of the true points, and the verdict that follows.

    Those points are all that there are, or as many as a verdict lists: so what it lists is known.
    """
    matter = matter_of(parts)
    if witnesses is None:
        witnesses = list(matter.answer)[:SHOWN]
    found = shown(matter, proof, witnesses)
    return {
        **parts,
        "proof.bin": encode(proof, len(matter.models)),
        "witnesses.json": dump([list(values) for values in witnesses]),
        "verdict.json": dump(claim(matter, found, witnesses)),
    }


def falsified(rng, matter, proof):
    """The proof with one Step changed so that it is false, or None where that is not possible."""
    places = [
        (i, j)
        for i, node in enumerate(proof)
        for j, n in enumerate(node.more if node.kind == SEVERAL else (node,))
        if n.kind in (CONSTANT, TRUSTED) or (n.kind == TAIL and n.more[0])
    ]
    if not places:
        return None
    i, j = rng.choice(places)
    inner = list(proof[i].more) if proof[i].kind == SEVERAL else [proof[i]]
    inner[j] = lie(rng, matter, inner[j])
    new = Node(SEVERAL, more=tuple(inner)) if proof[i].kind == SEVERAL else inner[0]
    return [*proof[:i], new, *proof[i + 1 :]]


def lie(rng, matter, step):
    """A Step with another class, or a smaller bound."""
    if step.kind == TAIL:
        p = Fraction(*step.more) * rng.choice((Fraction(0), Fraction(1, 2), Fraction(998, 999)))
        return Node(TAIL, step.argument, step.model, (p.numerator, p.denominator))
    others = [k for k in range(matter.models[step.model].classes) if k != step.argument]
    return Node(step.kind, rng.choice(others), step.model, step.more)
