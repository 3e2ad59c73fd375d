"""Single mutations of valid certificates of format 2, judged by the brute force.

By an adversary who recomputes every hash afterwards, but for ``raw byte`` and ``truncated``.
"""

from __future__ import annotations

import random
from functools import cache

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of
from tests.brute_proof import TAIL, Refused, judged
from tests.certificates import mutate_members as m
from tests.certificates import mutate_proofs as p
from tests.certificates.checkers import INVALID, MALFORMED, VALID, answers
from tests.certificates.matters import file

TRIES = 8
"""So often a mutation is tried that by chance changes nothing."""


@cache
def certificate(seed):
    """The members of a small valid certificate about a random matter."""
    rng = random.Random(f"mutations {seed}")
    members = random_members(rng, 40)
    return sealed(members, random_proof(rng, matter_of(members)))


def weight_bit(rng, parts):
    raw = bytearray(parts["weights.bin"])
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return {**parts, "weights.bin": bytes(raw)}


def part_byte(rng, parts):
    name = rng.choice([*parts])
    raw = bytearray(parts[name])
    at = rng.randrange(len(raw))
    raw[at] = rng.choice((raw[at] ^ 1 << rng.randrange(8), ord(rng.choice("0123456789-.]}"))))
    return {**parts, name: bytes(raw)}


MUTATIONS = {
    "weight bit": weight_bit,
    "split index": p.in_proof(p.at_split(p.split_place)),
    "split variable": p.in_proof(p.at_split(p.split_variable)),
    "step class": p.in_proof(p.at_step(p.step_class, *p.ABOUT)),
    "model number": p.in_proof(p.at_step(p.step_model, *p.ABOUT)),
    "step kind": p.in_proof(p.step_kind),
    "tail bound": p.in_proof(p.at_step(p.step_bound, TAIL)),
    "several steps": p.in_proof(p.several),
    "swapped children": p.in_proof(p.swapped_children),
    "dropped cell": p.in_proof(p.dropped_cell),
    "duplicated cell": p.in_proof(p.duplicated_cell),
    "merged cells": p.in_proof(p.merged_cells),
    "formula": m.in_json("question.json", m.a_formula),
    "reads": m.in_json("models.json", m.model_reads),
    "models swapped": m.in_json("models.json", m.models_swapped),
    "model's tree": m.in_json("models.json", m.model_tree),
    "layer": m.in_json("models.json", m.layer),
    "leaf weight": m.in_json("domain.json", m.leaf_weight),
    "impossible": m.in_json("domain.json", m.impossible_flipped),
    "domain's test": m.in_json("domain.json", m.given_test),
    "run border": m.in_json("domain.json", m.run_border),
    "from, to, step": m.in_json("domain.json", m.ordinal_range),
    "probability": m.in_json("domain.json", m.probability),
    "encoding": m.in_json("domain.json", m.encoding),
    "value dropped": m.in_json("domain.json", m.value_dropped),
    "witnesses": m.in_json("witnesses.json", m.witnesses),
    "answer": m.in_json("verdict.json", m.answer),
    "numbers stated": m.in_json("verdict.json", m.numbers),
    "chance stated": m.in_json("verdict.json", m.chance),
    "claim entry": m.in_json("verdict.json", m.claim_entry),
    "witness stated": m.in_json("verdict.json", m.listed),
    "member's byte": part_byte,
    "raw byte": None,
    "truncated": None,
}
"""``None``: the whole file's bytes are changed, not a member's."""


def mutant(rng, parts, kind):
    """A mutant's bytes and members: (None, None) if nothing changed, no members for raw bytes."""
    whole = file(parts, "random")
    if kind == "raw byte":
        raw = bytearray(whole)
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        return bytes(raw), None
    if kind == "truncated":
        return whole[: rng.randrange(1, len(whole))], None
    for _ in range(TRIES):
        changed = MUTATIONS[kind](rng, parts)
        if changed != parts:
            return file(changed, "adversary"), changed
    return None, None


OUTCOMES = ("same", "malformed", "invalid", "true", "text", "FALSE", "STRICTER", "DISAGREE")


def outcome(rng, parts, kind, path):
    """What became of one mutation of a certificate, written to ``path``.

    ``same``: nothing was changed; ``malformed`` or ``invalid``: refused; ``true``: accepted, and
    brute force finds the same; ``FALSE``: accepted, and it does not. Refused as invalid though
    brute force finds no fault: ``text`` where only the verdict stated was changed (brute force does
    not look at float32, nor for other entries), else ``STRICTER``. ``DISAGREE``: the checkers do.
    """
    data, members = mutant(rng, parts, kind)
    if data is None:
        return "same"
    path.write_bytes(data)
    codes = set(answers(path).values())
    if len(codes) > 1:
        return "DISAGREE"
    (code,) = codes
    if code == MALFORMED:
        return "malformed"
    if members is None:
        return "invalid" if code == INVALID else "FALSE"
    holds = is_right(members)
    if code == VALID:
        return "true" if holds else "FALSE"
    only_stated = {**members, "verdict.json": b""} == {**parts, "verdict.json": b""}
    return "invalid" if not holds else "text" if only_stated else "STRICTER"


def is_right(members):
    """Whether brute force finds what the members state."""
    try:
        judged(members)
    except Refused:
        return False
    return True
