"""Sandwiches in proof.bin: read back as they were written, and nothing else is read."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

import verifier.reading.proof_bytes as reading
import verifier.writing.proof_bytes as writing
from tests.every import seeds
from verifier.model.errors import CertificateError
from verifier.model.proof import Cases, Constant, Neuron, Open, Sandwich, Side, Sides, Split, Strip
from verifier.model.verdict import Checked, Cut
from verifier.reading.proof_bytes import decode
from verifier.second_checker.nodes import proof_nodes
from verifier.writing.curtail import Gradual
from verifier.writing.proof_bytes import encode

ONE = Sandwich((Strip(1, -3, 70),), (0, -1, 200), 12, 1)
TWO = Sandwich((Strip(0, -3, -2), Strip(2, 0, 1 << 200)), (5, -(1 << 90), 0), 0, 1 << 20, 2)
SIDES = Sides(7, Side((0, 3, -1), 2, -(1 << 70)), Side((1 << 53, 0, 0), 1, 9))
GROUP = replace(ONE, ones=5)
BOTH = Cases((Neuron(4, 1),), (GROUP, replace(GROUP, width=9)), ONE.strips * 2)
ABOUT = ONE, TWO, replace(ONE, sides=SIDES), GROUP, replace(GROUP, sides=SIDES)
ABOUT += replace(GROUP, cases=BOTH), replace(GROUP, ones=1 << 9999)
COUPLE = replace(TWO, ones=3)
"""About a group of two networks."""
MORE = replace(COUPLE, ones=4, order=1), replace(COUPLE, ones=8, width=5)
ABOUT += COUPLE, replace(COUPLE, sides=SIDES), replace(COUPLE, further=MORE[:1])
ABOUT += replace(COUPLE, further=MORE), replace(GROUP, further=(replace(GROUP, ones=2),))
ABOUT += (replace(COUPLE, cases=Cases((Neuron(4, 1),), (COUPLE, replace(COUPLE, order=3)))),)
PROOF = (*(x for i, step in enumerate(ABOUT) for x in (Split(i % 3, 1), step)), Open())


def test_they_are_read_back():
    assert decode(encode(PROOF, 3), 3, 3) == PROOF
    held = Gradual(encode(PROOF, 3), 3, 3, len(PROOF), opens=True)
    assert tuple(held) == PROOF
    cut = held.left(Checked({}, 0, 0, 0, 0, 0.0, Cut(2, 1, 0)))
    assert cut == (*PROOF[:2], Open()) and cut.data == encode(tuple(cut), 3)


def test_the_bytes_are_those_of_the_page():
    assert encode((ONE,), 3) == bytes([0, 7, 12, 1, 1, 5, 140, 1, 0, 1, 144, 3])
    assert encode((GROUP,), 3) == bytes([0, 135, 2, 12, 1, 5, 1, 5, 140, 1, 0, 1, 144, 3])
    assert encode((TWO,), 3)[:8] == bytes([0, 5 * 8 + 7, 0, 128, 128, 64, 0, 5])
    short = replace(ONE, sides=Sides(7, Side((0, 3, -1), 2, -5), Side((4, 0, 0), 1, 9)))
    sides = [7, 2, 9, 0, 6, 1, 1, 18, 8, 0, 0]
    assert encode((short,), 3) == bytes([0, 199, 1, *encode((ONE,), 3)[2:], *sides])


def test_the_float32_checker_reads_past_them():
    kinds = ["split", "sandwich"] * len(ABOUT) + ["open"]
    nodes = proof_nodes(encode(PROOF, 3), 3, 3)
    assert [n.kind for n in nodes] == kinds
    assert [n.sandwich.ones for n in nodes if n.sandwich] == [x.ones for x in ABOUT]


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_any_of_them_are(seed):
    rng = Random(seed)

    def number():
        return rng.choice((-1, 1)) * rng.getrandbits(rng.choice((0, 3, 7, 60, 500)))

    columns, both = rng.randrange(1, 6), rng.random() < 0.5
    ends = [sorted((number(), number())) for _ in range(1 + both)]
    strips = tuple(Strip(2 * i + rng.randrange(2), *own) for i, own in enumerate(ends))
    form = tuple(number() for _ in range(columns))
    order = rng.randrange(4) if both else 0
    step = Sandwich(strips, form, rng.randrange(1025), 1 + abs(number()), order)
    if not both and rng.random() < 0.5:
        step = replace(step, ones=1 + abs(number()))
    if rng.random() < 0.5:
        one, zero = (Side(form[::way], 1 + abs(number()), number()) for way in (1, -1))
        step = replace(step, sides=Sides(rng.randrange(1025), one, zero))
    data = encode((step,), 4)
    assert decode(data, 4, columns) == (step,)
    why = "ends in the middle" + "|no sides" * bool(step.sides)
    with pytest.raises(CertificateError, match=why):
        decode(data, 4, columns + 1)


@pytest.mark.parametrize("together", [1, 2, 9, 64, 1 << 16])
@pytest.mark.parametrize("seed", range(8))
def test_it_does_not_matter_how_many_integers_are_read_together(seed, together, monkeypatch):
    """Nor how many are written together; each is as the page says it is."""
    rng = Random(seed)
    monkeypatch.setattr(reading, "_TOGETHER", together)
    monkeypatch.setattr(reading, "_ALONE", rng.choice((1, 3, 64)))
    monkeypatch.setattr(writing, "TOGETHER", together)
    longest = rng.choice((7, 56, 64, 200))
    lefts = [1 + rng.getrandbits(rng.randrange(longest)) for _ in range(300)]
    lefts += [(1 << 7 * k) - j for k in range(1, 12) for j in (0, 1)]
    proof = tuple(Split(rng.randrange(40), left) for left in lefts)
    data = encode(proof, 2)
    expected = [0]
    for split in proof:
        for n in (split.variable * 8, split.left):
            while n > 127:
                expected.append(n % 128 + 128)
                n //= 128
            expected.append(n)
    assert list(data) == expected
    assert decode(data, 2, 1) == proof
    cut = rng.randrange(1, len(data))
    if data[cut - 1] > 127:
        with pytest.raises(CertificateError, match="unfinished integer"):
            decode(data[:cut], 2, 1)


COUPLED = [143, 2, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0]
"""About a group of two networks, in bytes."""
PLAIN = [*COUPLED[2:4], *COUPLED[5:]]
"""The same of no group, behind its head."""
WRONG = {
    "an order of one strip": [7 + 8 * 2, 0, 1, 0, 0, 0, 0],
    "an order that is none": [7 + 8 * 9, 0, 1, 0, 0, 0, 1, 0, 0, 0],
    "bins of no width": [7, 0, 0, 0, 0, 0, 0],
    "an exponent too large": [7, 129, 8, 1, 0, 0, 0, 0],
    "least above most": [7, 0, 1, 0, 2, 0, 0],
    "models out of order": [7 + 8, 0, 1, 1, 0, 0, 0, 0, 0, 0],
    "the same model twice": [7 + 8, 0, 1, 1, 0, 0, 1, 0, 0, 0],
    "a form cut short": [7, 0, 1, 0, 0, 0],
    "a group of nothing": [135, 2, 0, 1, 0, 0, 0, 0, 0],
    "a group, and more": [135, 4, 0, 1, 1, 0, 0, 0, 0],
    "a group of 10,001 bits": [135, 2, 0, 1, *[128] * 1428, 16, 0, 0, 0, 0],
    "no group, and a further one": [143, 4, 0, 1, 0, *COUPLED[5:], *COUPLED],
    "a further group of nothing": [143, 4, *COUPLED[2:], *COUPLED[:4], 0, *COUPLED[5:]],
    "a further group that is no sandwich": [143, 4, *COUPLED[2:], 4],
    "a further group of another kind": [143, 4, *COUPLED[2:], 142, 2, *COUPLED[2:]],
    "a further one of no group": [143, 4, *COUPLED[2:], 15, *COUPLED[2:4], *COUPLED[5:]],
    "one of one network": [143, 4, *COUPLED[2:], 135, 2, *COUPLED[2:8], 0],
    "one of two networks behind one of one": [135, 4, *COUPLED[2:8], 0, *COUPLED],
    "one with further ones": [143, 4, *COUPLED[2:], 143, 4, *COUPLED[2:], *COUPLED],
    "one with a neuron": [143, 4, *COUPLED[2:], 207, 2, *COUPLED[2:], 1, 0, *[15, *PLAIN] * 2],
    "one too few": [143, 6, *COUPLED[2:], *COUPLED],
    "further groups and a neuron": [207, 4, *COUPLED[2:], *COUPLED],
    "further groups and cases": [207, 4, *COUPLED[2:], 1, 0, *[15, *PLAIN] * 2, *COUPLED],
    "further groups and sides": [207, 5, *COUPLED[2:], 0, *[1, 0, 0] * 2, *COUPLED],
    "a case that names a group": [
        *(199, 2, 0, 1, 1, 0, 0, 0, 0, 1, 0),
        *(*[135, 2, 0, 1, 1, 0, 0, 0, 0] * 2, 0, 0, 0, 0),
    ],
}


def test_those_about_two_networks_are_none_of_the_wrong():
    """But for what is wrong with each."""
    both = decode(bytes([0, 143, 4, *COUPLED[2:], *COUPLED]), 2, 1)
    assert both == (replace(both[0], further=(decode(bytes([0, *COUPLED]), 2, 1))),)
    cased = [0, 207, 2, *COUPLED[2:], 1, 0, *[15, *PLAIN] * 2]
    (step,) = decode(bytes(cased), 2, 1)
    assert step.cases.steps == (replace(both[0], further=()),) * 2
    (step,) = decode(bytes([0, 207, 3, *COUPLED[2:], 0, *[1, 0, 0] * 2]), 2, 1)
    assert step.sides and not step.further


@pytest.mark.parametrize("what", WRONG)
def test_others_are_refused(what):
    with pytest.raises(CertificateError, match=r"proof\.bin"):
        decode(bytes([0, *WRONG[what]]), 2, 1)


def test_the_largest_exponent_is_read():
    assert decode(bytes([0, 7, 128, 8, 1, 0, 0, 0, 0]), 2, 1)[0].exponent == 1024


def test_format_1_has_none():
    with pytest.raises(CertificateError, match="unknown step 7"):
        decode(encode((ONE,), 1))


def test_one_stands_behind_classes_of_other_models():
    known = Constant(1, 1), Constant(0, 3)
    step = replace(ONE, strips=(Strip(2, -3, 70),), beside=known)
    data = encode((Open(), step), 4)
    assert data[:5] == bytes([0, 4, 3 * 8 + 6, 5 * 8 + 1, 3 * 8 + 1])
    assert decode(data, 4, 3) == (Open(), step)
    nodes = proof_nodes(data, 4, 3)
    assert [n.kind for n in nodes] == ["open", "several", "constant", "constant", "sandwich"]
    for other in (
        (Constant(1, 2),),
        (Constant(1, 3), Constant(0, 1)),
        (Open(),),
    ):
        with pytest.raises(CertificateError):
            decode(encode((replace(step, beside=other),), 4), 4, 3)
    with pytest.raises(CertificateError, match="unknown step 7"):
        decode(bytes([0, 2 * 8 + 6, *encode((ONE,), 4)[1:], 1 * 8 + 1]), 4, 3)
