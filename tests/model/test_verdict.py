"""What the kernel found, in Python's own words."""

from __future__ import annotations

from dataclasses import replace

from verifier.kernel.checker import verify
from verifier.model.domain import bits
from verifier.model.proof import Open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree


def test_counts_of_any_length_are_in_no_way():
    """Python prints no integer of more than 4,300 digits."""
    found = verify(matter_of(bits(2), Tree((Leaf(0),)), Tree((Leaf(1),))), (Open(),))
    longer = replace(found, domain_size=10**5000, disagreements=(1, 10**5000))
    assert str(longer) == "<Verdict: somewhere, error 1 to 1>"
