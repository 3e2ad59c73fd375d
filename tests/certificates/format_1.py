"""Certificates of format 1, as Leafproof wrote them before there were questions.

Nothing writes them any more; all are read for ever.
"""

from __future__ import annotations

from verifier.kernel import checker
from verifier.kernel.claim import claim_of
from verifier.model.proof import Finding
from verifier.model.question import matter_of
from verifier.reading import certificate
from verifier.writing.json_nouns import domain_to_json, tree_to_json
from verifier.writing.json_text import dump
from verifier.writing.network_parts import teacher_to_parts
from verifier.writing.proof_bytes import encode


def parts_of(domain, teacher, tree, finding):
    """The parts that a prover's finding makes, without a verdict."""
    description, weights = teacher_to_parts(teacher)
    return {
        "domain.json": dump(domain_to_json(domain)),
        "teacher.json": dump(description),
        "weights.bin": weights,
        "tree.json": dump(tree_to_json(tree)),
        "proof.bin": encode(finding.proof),
        "counterexamples.json": dump([list(p) for p in dict.fromkeys(finding.counterexamples)]),
    }


def with_verdict(domain, teacher, tree, proof, points=()):
    """The parts with the verdict that the kernel finds."""
    held = parts_of(domain, teacher, tree, Finding(tuple(proof), tuple(points)))
    matter = matter_of(domain, teacher, tree)
    verdict = checker.verify(matter, tuple(proof), tuple(points))
    return held | {"verdict.json": dump(claim_of(verdict.stated, matter))}


def pack(parts, prover, domain_from=None):
    """The file's bytes."""
    return certificate.pack(parts, prover, domain_from, form=1)
