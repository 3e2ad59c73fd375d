"""Files about Signed steps: of ``valid/`` and ``invalid/``."""

from __future__ import annotations

from tests.brute_proof import SIGNED, Node
from tests.certificates.matters import SQUARE, claimed, file, members, network
from tests.sign_trees import Inner, Leaf, Tree, encode

TWICE = members(
    SQUARE,
    [network("net", ["x", "y"], ([[1, 1], [1, 1]], [-90, -90]), ([[1, -1]], [1]))],
    {"not": {"class": ["net", 1]}},
)
"""(x + y - 90)+ - (x + y - 90)+ + 1 > 0: no lines beside both ReLUs show it, and 10,000 points are
too many to be evaluated."""
TOLD = encode([Tree(Inner(1, Leaf([0], [0, 0]), Leaf([0], [3, 0])), [3, 3], [-4])], [2])
"""Where the second neuron is at most 0, and at least 0: there the first has the slope 1 below."""
PLAIN = encode([Tree(Leaf([0], [3, 0]), [3, 3], [-4])], [2])


def _file(klass, trees):
    steps = [Node(SIGNED, klass, more=(trees,))]
    return file(claimed(TWICE, steps, domain_size=10_000, steps={"signed": 1}))


def valid():
    """Trees that show a class."""
    return {
        "class-told-apart-by-a-sign": (
            _file(1, TOLD),
            "a ReLU less itself is 0 where its sign is known",
            "1 step (1 signed)",
        )
    }


def invalid():
    """Trees that do not."""
    return {
        "class-not-shown-without-a-sign": (
            _file(1, PLAIN),
            "the tree has one leaf, which tells nothing apart",
            'step 1 claims class 1 of network "net" where everything, but',
        )
    }
