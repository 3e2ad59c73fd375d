"""Trees of signs in the verified checker: it shows what the kernel shows, and nothing false."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests import brute
from tests.certificates.checkers import VALID, of_members
from tests.every import seeds
from tests.kernel.test_random_questions import by_bounds_alone, made
from tests.kernel.test_signed import signed_proofs, with_trees
from tests.sign_trees import (
    Inner,
    Leaf,
    Tree,
    constant_tree,
    encode,
    nodes_read,
    random_tree,
)
from tests.verified.test_sandwiches import WORDS, found, parts_of
from verifier import check, verified
from verifier.kernel.checker import verify
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Constant, Finding, Open, Several, Signed, Split
from verifier.model.question import Bound, ClassIs, Matter, Not, Same
from verifier.reading import container
from verifier.verified import generated
from verifier.writing.certificate import make_certificate

SEEDS = seeds(range(5000, 5180))[::2]


@pytest.fixture
def bounds_alone(monkeypatch):
    """No checker evaluates small cells: what bounds do not show is refused."""
    by_bounds_alone(monkeypatch)
    monkeypatch.setattr(generated, "uPHOLD", 0)


def accepts(matter, *proof):
    """Whether the verified checker accepts a proof."""
    return found(parts_of(matter, proof))[0] == "Accepted"


def is_shown(matter, *proof):
    """Whether the kernel does."""
    try:
        verify(matter, proof)
    except InvalidProof:
        return False
    return True


def test_both_say_the_same_of_whole_files():
    """Verdicts included, which count such steps; also of several about a cell."""
    seen = Counter()
    for _, c, proof, _ in signed_proofs(SEEDS):
        data, _, _ = make_certificate(c.matter, Finding(proof), "test")
        assert of_members(container.unpack(data)) == "Accepted", c.matter
        seen["several"] += any(isinstance(x, Several) for x in proof)
        seen["files"] += 1
    assert seen["several"] > 3 and seen["files"] > 12


def test_what_the_kernel_shows_is_shown_and_all_of_it_is_true(bounds_alone):
    seen = Counter()
    for seed in SEEDS:
        truth, _, c = made(seed)
        proof, _ = with_trees(c.matter, c.proof, seed, share=1.0)
        for at, step in enumerate(proof):
            if not isinstance(step, Signed):
                continue
            alone = [x if i == at or isinstance(x, Split) else Open() for i, x in enumerate(proof)]
            word, got = found(parts_of(c.matter, tuple(alone)))
            accepted, shown = word == "Accepted", is_shown(c.matter, *alone)
            seen[shown, accepted] += 1
            if accepted:
                (few, many), (low, high) = got
                assert few <= len(truth.answer) <= many
                assert low <= sum(truth.answer.values(), Fraction(0)) <= high
    assert seen[True, True] > 10 and seen[False, False] > 1 and not seen[True, False]


def random_network(rng, columns):
    """Of one hidden layer or two, with one logit to three."""
    widths = [columns, *rng.integers(2, 6, rng.integers(1, 3)).tolist(), int(rng.integers(1, 4))]
    layers = []
    for i, (before, width) in enumerate(pairwise(widths)):
        weight = rng.integers(-8, 9, (width, before)) / 4
        layers.append(Affine(2 * i, weight, rng.integers(-4, 5, width) / 4))
        layers.append(Relu(2 * i + 1))
    return Network(columns, tuple(layers[:-1]))


def raised(network, klass, by):
    """The same with a class's logit so much higher."""
    last = network.layers[-1]
    bias = last.bias.copy()
    bias[-1 if network.outputs == 1 else klass] += by if klass or network.outputs > 1 else -by
    return replace(network, layers=(*network.layers[:-1], replace(last, bias=bias)))


def least_margin(network, klass, points):
    """By how much a class is ahead at some point."""
    every = []
    for x in points:
        z = brute.logits(network, x)
        if len(z) == 1:
            every.append(z[0] if klass else -z[0])
        else:
            every.append(min(z[klass] - y for j, y in enumerate(z) if j != klass))
    return min(every)


def test_no_class_is_shown_that_some_point_does_not_have(bounds_alone):
    """The least margin is moved to one side of 0 or the other; multipliers are random."""
    seen = Counter()
    for seed in seeds(range(120)):
        rng = np.random.default_rng([seed, 91])
        ordinals = [
            Ordinal(
                f"v{i}", Fraction(-1), Fraction(int(rng.integers(1, 3)), 2), 3, ((3, Fraction(1)),)
            )
            for i in range(2)
        ]
        domain = Domain((*bits(3).variables, *ordinals)) if seed % 2 else bits(4)
        network = random_network(rng, domain.columns)
        klass = int(rng.integers(max(2, network.outputs)))
        points = [domain.encode(x) for x in full_cell(domain).points()]
        margin = least_margin(network, klass, points)
        widths = [width for _, width in nodes_read(network)]
        for ahead in (Fraction(0), Fraction(1, 4), Fraction(4)):
            moved = raised(network, klass, float(ahead - margin))
            asked = Matter(
                domain,
                (Bound("net", moved, tuple(range(len(domain.variables)))),),
                ClassIs(0, klass),
            )
            for deep in (0, 3):
                forms = range(max(1, network.outputs - 1))
                data = encode([random_tree(rng, widths, deep, inner=1.0) for _ in forms], widths)
                step = Signed(klass, data)
                accepted = accepts(asked, step)
                true = all(brute.teacher_class(moved, x) == klass for x in points)
                assert true or not accepted
                assert accepted or not is_shown(asked, step)
                seen[true, accepted] += 1
    assert seen[True, True] > 10 and seen[False, False] > 10


def needs_a_tree():
    """relu(z) - relu(z) + 1/10 on two bits: with the sign of z both are lines."""
    layers = Affine(0, np.ones((2, 2)), np.full(2, -0.75)), Relu(1)
    network = Network(2, (*layers, Affine(2, np.array([[1.0, -1.0]]), np.array([0.1]))))
    return Matter(bits(2), (Bound("net", network, (0, 1)),), ClassIs(0, 1))


def good_tree():
    """One that shows it, with a multiplier."""
    return Tree(Inner(1, Leaf([0], [0, 0]), Leaf([0], [3, 0])), [3, 3], [-4])


def test_a_tree_shows_what_the_cell_does_not(bounds_alone):
    asked = needs_a_tree()
    assert not accepts(asked, Signed(1, encode([constant_tree(asked.models[0].model)], [2])))
    good = Signed(1, encode([good_tree()], [2]))
    assert accepts(asked, good) and is_shown(asked, good)
    assert not accepts(asked, replace(good, klass=0))


GOOD = b"\0\1\1\1\x0f\x7c\0\0\x30"
"""The bytes of ``good_tree``: rows, inner nodes, shape, test, slopes, base, units, codes."""
ROWED = b"\1\0\1\2\1\x0f\x7c\0\0\x30"
"""The same behind a row of neuron 0, whose tree is a leaf."""
FORGED = {
    "nothing": b"",
    "rows": b"\1\0" + GOOD[1:],
    "no end of an integer": b"\x80",
    "an integer with leading zeros": b"\0\x81\0" + GOOD[2:],
    "more inner nodes than bytes": b"\0\xff\xff\xff\xff\x0f" + GOOD[2:],
    "two trees": encode([good_tree(), good_tree()], [2]),
    "a tree that does not end": GOOD[:2] + b"\3" + GOOD[3:],
    "a tree that ends early": GOOD[:2] + b"\2" + GOOD[3:],
    "a shape with bits that say nothing": GOOD[:2] + b"\x81" + GOOD[3:],
    "a neuron that does not exist": GOOD[:3] + b"\2" + GOOD[4:],
    "a neuron twice on a path": b"\0\2\3\1\1\x0f\x7c\0\0\0\0\0",
    "slopes with bits that say nothing": GOOD[:4] + b"\x1f" + GOOD[5:],
    "codes with bits that say nothing": b"\0\0\0\x03\x7c\x10",
    "no codes": GOOD[:-1],
    "a byte behind its end": GOOD + b"\0",
    "a row of a neuron that does not exist": b"\1\4" + ROWED[2:],
    "rows out of order": b"\2\1\0\1\4\1\x0f\x7c\0\0\x30",
    "a row's tree that tests its own node": ROWED[:3] + b"\1" + ROWED[4:],
}


def test_bytes_are_as_the_format_says():
    assert encode([good_tree()], [2]) == GOOD
    asked = needs_a_tree()
    assert all(
        accepts(asked, Signed(1, x)) and is_shown(asked, Signed(1, x)) for x in (GOOD, ROWED)
    )


@pytest.mark.parametrize("name", FORGED)
def test_bytes_that_are_no_trees_are_refused(name):
    """Also where the class is true and the cell so small that it is evaluated."""
    asked = needs_a_tree()
    assert accepts(asked, Signed(1, encode([constant_tree(asked.models[0].model)], [2])))
    word, _ = found(parts_of(asked, (Signed(1, FORGED[name]),)))
    assert word == "Invalid" and not is_shown(asked, Signed(1, FORGED[name]))


def test_multipliers_of_any_size_and_slopes_of_any_code_prove_nothing_false(bounds_alone):
    """Every byte of a tree that shows something, changed: what is accepted is true."""
    asked = needs_a_tree()
    data = encode([good_tree()], [2])
    kept = Counter()
    for at in range(len(data)):
        for byte in {0, 1, 3, 85, 127, 128, 255, data[at] ^ 4} - {data[at]}:
            other = Signed(1, data[:at] + bytes([byte]) + data[at + 1 :])
            accepted = accepts(asked, other)
            kept[accepted] += 1
            assert accepted or not is_shown(asked, other)
            assert not accepts(asked, replace(other, klass=0))
    assert kept[True] > 3 and kept[False] > 20


@pytest.mark.parametrize("deep", [255, 256])
def test_paths_have_at_most_255_tests(deep):
    """And neurons two bytes where there are more than 256."""
    layers = Affine(0, np.zeros((300, 1)), np.ones(300)), Relu(1)
    network = Network(1, (*layers, Affine(2, np.zeros((1, 300)), np.ones(1))))
    asked = Matter(bits(1), (Bound("net", network, (0,)),), ClassIs(0, 1))
    step = Signed(1, encode([constant_tree(network, deep)], [300]))
    assert accepts(asked, step) == is_shown(asked, step) == (deep == 255)


def test_a_step_that_goes_on_behind_the_file_is_malformed():
    asked = needs_a_tree()
    parts = parts_of(asked, (Signed(1, encode([good_tree()], [2])),))
    assert WORDS[of_members(parts)] == VALID
    short = {**parts, "proof.bin": parts["proof.bin"][:-1]}
    assert of_members(short) == "Malformed"


@pytest.mark.parametrize(("reads", "words"), [(12, "DISAGREE"), (13, "does not confirm it: what ")])
def test_a_class_that_bounds_alone_show_is_not_confirmed_and_no_disagreement(
    reads, words, tmp_path, monkeypatch
):
    """Where a model sees no more than 4,096 tuples both checkers look at each."""
    layers = Affine(0, np.ones((2, reads)), np.zeros(2)), Relu(1)
    network = Network(reads, (*layers, Affine(2, np.ones((1, 2)), np.ones(1))))
    bound = Bound("net", network, tuple(range(reads)))
    asked = Matter(bits(13), (bound, replace(bound, name="other")), Not(Same(0, 1)))
    said = verified.Outcome("invalid", verified.STORY["StepFails"].format(0), node=0)
    monkeypatch.setattr(verified, "run", lambda *arguments, **options: said)
    signed = Signed(1, encode([constant_tree(network)], [2]))
    for step in (Constant(1), signed, Several((signed, Constant(1, 1)))):
        (tmp_path / "c").write_bytes(make_certificate(asked, Finding((step,)), "by hand")[0])
        with pytest.raises(InvalidProof, match=words):
            check(tmp_path / "c", verified=True)
