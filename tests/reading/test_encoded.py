"""A proof that stays in its bytes gives the same nodes each time, from any place."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from verifier.model.domain import bits
from verifier.model.errors import CertificateError
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Sandwich,
    Several,
    Split,
    Strip,
    Tail,
    Trusted,
    check_shape,
    is_open,
)
from verifier.reading import encoded, proof_bytes
from verifier.reading.encoded import EncodedProof, read_proof
from verifier.reading.proof_bytes import decode, nodes
from verifier.writing.proof_bytes import changed, encode, integers

COLUMNS = 30


def random_step(rng):
    """A step of any kind about one of three networks, some of them often."""
    about = (
        Constant(rng.randrange(3), rng.randrange(3)),
        Tail(1, Fraction(rng.randrange(5), 7), rng.randrange(3)),
        Trusted(0, rng.choice("ab"), rng.randrange(3)),
    )
    sandwich = Sandwich(
        (Strip(1, -rng.randrange(1 << 70), 5),), (rng.randrange(-9, 9),) * COLUMNS, 3, 1
    )
    several = Several((Constant(0, 0), Trusted(1, "a", 1), Constant(rng.randrange(200), 2)))
    return rng.choice([*about, about[0], Enumerated(), Open(), sandwich, several])


def random_proof(rng, cells, depth=0):
    """A proof of so many cells over bits."""
    if cells == 1:
        return [random_step(rng)]
    left = rng.randrange(
        max(1, cells - (1 << COLUMNS - depth - 2)), min(cells, 1 << COLUMNS - depth - 2) or 1
    )
    halves = (random_proof(rng, n, depth + 1) for n in (left, cells - left))
    return [Split(depth, 1 + (depth + cells) % 2), *next(halves), *next(halves)]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """So few that they are used up: nodes remembered, nodes between marks, bytes in a block."""
    monkeypatch.setattr(encoded, "APART", 4)
    monkeypatch.setattr(encoded, "TOGETHER", 16)
    monkeypatch.setattr(proof_bytes, "_MOST_SEEN", 5)
    monkeypatch.setattr(proof_bytes, "_TOGETHER", 64)
    monkeypatch.setattr(proof_bytes, "_ALONE", 3)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_tuple_of_its_nodes(seed):
    rng = random.Random(seed)
    proof = tuple(random_proof(rng, rng.randrange(1, 60)))
    data = encode(proof, 3)
    held, points = read_proof(bits(COLUMNS), data, 3)
    assert points == check_shape(bits(COLUMNS), proof).points
    assert held == proof == tuple(held) == tuple(held) == decode(data, 3, COLUMNS)
    assert is_open(held) == is_open(proof) and len(held) == len(proof)
    places = [rng.randrange(-len(proof), len(proof)) for _ in range(40)]
    assert [held[i] for i in places] == [proof[i] for i in places]
    assert held[3:] == proof[3:] and held[-9:7:2] == proof[-9:7:2]
    assert encode(held, 3) is held.data == encode(tuple(held), 3)
    with pytest.raises(IndexError):
        held[len(proof)]
    ends = [0, *(end for _, end in nodes(data, 3, COLUMNS))]
    for i in range(1, len(proof)):
        assert tuple(node for node, _ in nodes(data, 3, COLUMNS, ends[i])) == proof[i:]


@pytest.mark.parametrize("seed", range(4))
def test_a_change_of_its_nodes_is_encoded_as_a_tuple_of_them(seed):
    proof = tuple(random_proof(random.Random(seed), 50))
    held, _ = read_proof(bits(COLUMNS), encode(proof, 3), 3)

    def without_words(some):
        return (Open() if isinstance(x, Trusted | Several) else x for x in some)

    found = changed(held, without_words)
    assert isinstance(found, EncodedProof) and found == changed(proof, without_words)
    assert found.data == encode(changed(proof, without_words), 3)
    assert found.opens and len(found) == len(proof)


@pytest.mark.parametrize(
    ("proof", "damage", "says"),
    [
        ([Split(0, 1), Constant(0)], b"", "ends after 2 nodes, 1 cells missing"),
        ([Constant(0), Constant(1)], b"", "node 1 follows the end of the proof"),
        ([Split(3, 3), Constant(0), Constant(1)], b"", "node 0: values"),
        ([Split(3, 3), Constant(0), Constant(1)], b"\x80", "unfinished integer at offset 5"),
        ([Constant(0), Constant(1)], b"\x0a", "unknown step 2 at offset 3"),
    ],
)
def test_what_is_wrong_with_the_bytes_is_said_before_what_is_wrong_with_the_splits(
    proof, damage, says
):
    with pytest.raises(CertificateError, match=says):
        read_proof(bits(4), encode(proof) + damage, None)


def test_a_reader_hears_how_far_it_is():
    proof = tuple(random_proof(random.Random(1), 50))
    data, heard = encode(proof, 3), []
    read_proof(bits(COLUMNS), data, 3, lambda done, size: heard.append((done, size)))
    assert len(heard) == -(-len(proof) // 16) and heard == sorted(heard)
    assert heard[-1] == (len(data), len(data))


HUGE = 1 << 20_000


@pytest.mark.parametrize(
    "numbers",
    [
        *([HUGE * 8 + kind] for kind in range(8)),  # classes, variables and counts
        [8 * 0 + 3, 1, HUGE],  # a Tail's probability
        [8 * 0 + 7, 0, HUGE],  # a Sandwich's width
    ],
)
def test_numbers_that_no_message_holds_are_refused(numbers: list[int]) -> None:
    """Python writes no integer of more than 4,300 digits: that ended the kernel in a traceback."""
    data = integers([0, *numbers, *[0] * 2 * COLUMNS])
    with pytest.raises(CertificateError, match="at offset") as caught:
        list(nodes(data, 1, COLUMNS))
    assert len(str(caught.value)) < 200
