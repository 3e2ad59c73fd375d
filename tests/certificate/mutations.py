"""Single mutations of valid certificates, made by an adversary who recomputes every hash."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.brute import truth
from tests.provers.branch_cases import random_domain, random_teacher, random_tree
from verifier.certificate import archive, codec, container
from verifier.certificate.prepared import prepare
from verifier.certificate.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.certificate.rules import tail_bound
from verifier.domain import full_cell
from verifier.errors import LeafproofError
from verifier.formats.json_text import dump
from verifier.provers import exhaustive


def certificate(seed, folder):
    """The parts of a valid certificate, and its domain."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 120)
    teacher = random_teacher(rng, domain.columns, [1.0, 0.7][seed % 2])
    tree = random_tree(rng, domain, teacher.classes)
    finding = exhaustive.prove(domain, teacher, tree)
    if seed % 5 == 0:
        bound = tail_bound(prepare(teacher, domain), full_cell(domain), 0)
        finding = archive.Finding((Tail(0, bound),))
    archive.save(folder / "valid", domain, teacher, tree, finding, "exhaustive")
    return container.unpack((folder / "valid").read_bytes())


def mutate_weight(rng, parts):
    raw = bytearray(parts["weights.bin"])
    at = int(rng.integers(len(raw)))
    raw[at] ^= 1 << int(rng.integers(8))
    parts["weights.bin"] = bytes(raw)


def mutate_proof(rng, parts):
    nodes = list(codec.decode(parts["proof.bin"]))
    at = int(rng.integers(len(nodes)))
    node = nodes[at]
    kind = int(rng.integers(6))
    if kind == 0:
        del nodes[at]
    elif kind == 1:
        nodes.insert(at, node)
    elif kind == 2 and at + 1 < len(nodes):
        nodes[at], nodes[at + 1] = nodes[at + 1], node
    elif isinstance(node, Split):
        nodes[at] = replace(node, left=node.left ^ (1 << int(rng.integers(4))))
        if kind == 3:
            nodes[at] = Split(int(rng.integers(4)), node.left)
    elif isinstance(node, Tail):
        nodes[at] = Tail(node.klass, node.bound * Fraction(int(rng.integers(0, 20)), 20))
    else:
        options = [Constant(0), Constant(1), Constant(2), Enumerated(), Open(), Trusted(1, "liar")]
        nodes[at] = options[int(rng.integers(len(options)))]
    parts["proof.bin"] = codec.encode(tuple(nodes))


def mutate_text(name):
    def change(rng, parts):
        """Change one digit of a JSON part."""
        text = bytearray(parts[name])
        digits = [i for i, c in enumerate(text) if 48 <= c < 58]
        at = digits[int(rng.integers(len(digits)))]
        text[at] = 48 + (text[at] - 48 + int(rng.integers(1, 10))) % 10
        parts[name] = bytes(text)

    return change


def mutate_verdict(rng, parts):
    claim = json.loads(parts["verdict.json"])
    kind = int(rng.integers(4))
    if kind == 0:
        words = ["equivalent", "different", "undecided"]
        words.remove(claim["verdict"])
        claim["verdict"] = words[int(rng.integers(2))]
    elif kind == 1:
        claim["disagreements"]["upper"] += int(rng.integers(1, 3)) * (-1) ** int(rng.integers(2))
    elif kind == 2:
        claim["error"]["lower"] = "1/7919"
    else:
        claim["counterexamples"] = []
        claim["trusted"] = {"nobody": 0}
    parts["verdict.json"] = dump(claim)


MUTATIONS = {
    "weight": mutate_weight,
    "proof": mutate_proof,
    "verdict": mutate_verdict,
    "domain": mutate_text("domain.json"),
    "tree": mutate_text("tree.json"),
    "teacher": mutate_text("teacher.json"),
    "claim": mutate_text("verdict.json"),
    "points": lambda rng, parts: parts.update(
        {"counterexamples.json": dump([[int(x) for x in rng.integers(0, 3, size=4)]])}
    ),
}


def outcome(rng, parts, name, folder):
    """``refused``, ``same`` (nothing changed), ``true`` (still true) or ``FALSE``."""
    changed = dict(parts)
    MUTATIONS[name](rng, changed)
    if changed == parts:
        return "same"
    (folder / "mutant").write_bytes(archive._pack(changed, "adversary"))
    try:
        held = archive.read(folder / "mutant")
        verdict = archive.check(held)
    except LeafproofError:
        return "refused"
    if held.domain.size > 2000:
        return "too large"
    return "true" if holds(held, verdict) else "FALSE"


def holds(held, verdict):
    """Whether brute force confirms everything that an accepted certificate states."""
    facts = truth(held.domain, held.teacher, held.tree)
    low, high = verdict.disagreements
    inside = low <= len(facts.wrong) <= high
    inside &= verdict.error[0] <= facts.error <= verdict.error[1]
    inside &= all(c.point in facts.wrong for c in verdict.counterexamples)
    if verdict.verdict == "equivalent":
        inside &= not facts.wrong or bool(verdict.trusted)
    if verdict.verdict == "different":
        inside &= bool(facts.wrong)
    return inside
