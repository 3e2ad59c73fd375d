"""1,000 random matters (125 in `make test`): each checker against brute force.

Most have impossible combinations.

Ordinals and categoricals, domain trees, several networks and trees, formulas of all connectives.
The file, its proof and the verdict that it states are made without the code that reads them.
"""

from __future__ import annotations

import random

import pytest

from tests.brute_claims import encode, falsified, random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of
from tests.brute_proof import Refused, judged
from tests.certificates.checkers import INVALID, VALID, answers
from tests.certificates.matters import file
from tests.every import EVERY

CASES, BLOCK = (1000, 125) if EVERY else (64, 64)
LIES = 3
"""Of so many cases one is checked again with a Step that is false."""


@pytest.mark.parametrize("start", range(0, CASES, BLOCK))
def test_every_checker_finds_what_brute_force_finds(start, tmp_path):
    given = lies = 0
    for seed in range(start, start + BLOCK):
        rng = random.Random(seed)
        members = random_members(rng)
        matter = matter_of(members)
        proof = random_proof(rng, matter)
        parts = sealed(members, proof)
        (tmp_path / "c").write_bytes(file(parts))
        assert set(answers(tmp_path / "c").values()) == {VALID}, seed
        given += matter.given is not None
        false = falsified(rng, matter, proof)
        if seed % LIES == 0 and false:
            lie = {**parts, "proof.bin": encode(false, len(matter.models))}
            (tmp_path / "c").write_bytes(file(lie))
            expected = VALID if holds(lie) else INVALID
            assert set(answers(tmp_path / "c").values()) == {expected}, seed
            lies += expected == INVALID
    assert given >= BLOCK // 3 and lies >= BLOCK // 6


def holds(parts):
    try:
        judged(parts)
    except Refused:
        return False
    return True
