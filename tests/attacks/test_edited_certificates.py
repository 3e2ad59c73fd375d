"""Certificates of real provers, edited in every part: what the kernel accepts of them is true.

Thousands are tried by ``python -m tests.benchmarks edits``.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.certificates.edited_truth import fault, outcome
from tests.certificates.edits import EDITS, edited
from tests.certificates.proved import KINDS, certificate
from tests.every import EVERY
from verifier.kernel.certificate import check_certificate
from verifier.model.proof import SAME, Constant, Paired, Sandwich
from verifier.reading.certificate import certificate_of

SEEDS, EACH = (4, 3) if EVERY else (1, 1)
FIRST = {kind: i % 3 for i, kind in enumerate(KINDS)}
"""Of each kind of certificate a third of the edits are tried, if not every one."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_accepted_of_an_edited_certificate_is_true(kind: str) -> None:
    found: list[str] = []
    for seed in range(SEEDS):
        data = certificate(kind, seed)
        assert fault(certificate_of(data), check_certificate(certificate_of(data))) == ""
        for name in EDITS:
            for i in range(EACH):
                made = edited(random.Random(f"{kind} {seed} {name} {i}"), data, name)
                said = "same" if made is None else outcome(made)
                assert said in ("same", "malformed", "refused", "true", "unjudged"), (name, said)
                found.append(said)
    assert {"refused", "true"} & {*found} and found.count("unjudged") <= len(found) / 10


def test_the_judge_sees_what_is_false() -> None:
    """One number more than there is, a probability beside, a wrong class, and wrong rows."""
    held = certificate_of(certificate("tree", 1))
    found = check_certificate(held)
    assert fault(held, found) == ""
    true, chance = found.disagreements[1], found.error[1]
    assert "points, and not" in fault(held, replace(found, disagreements=(true + 1,) * 2))
    beside = chance + Fraction(1, 1 << 60)
    assert "the probability is" in fault(held, replace(found, error=(beside, beside)))
    other = {"equivalent": "different", "different": "equivalent"}[found.verdict]
    assert f"it says {other}" in fault(held, replace(found, verdict=other))
    flipped = [replace(n, klass=1 - n.klass) if isinstance(n, Constant) else n for n in held.proof]
    assert "is false in" in fault(replace(held, proof=tuple(flipped)), found)


def test_the_judge_sees_orders_that_are_false() -> None:
    """Ensembles of which one is only nowhere below the other are said to be the same."""
    for seed in (20, 35, 52):
        held = certificate_of(certificate("pairs", seed))
        found = check_certificate(held)
        assert fault(held, found) == ""
        same = [replace(n, order=SAME) if isinstance(n, Paired) else n for n in held.proof]
        assert "is false in" in fault(replace(held, proof=tuple(same)), found)


def test_the_judge_sees_groups_that_are_false() -> None:
    """Of one network, of two and of further ones the others are said to be the group."""
    seen = set()
    for seed in (0, 3, 5, 6):
        held = certificate_of(certificate("groups", seed))
        found = check_certificate(held)
        assert fault(held, found) == ""
        for i, step in enumerate(held.proof):
            if not isinstance(step, Sandwich):
                continue
            models = [held.matter.models[x.model].model for x in step.strips]
            whole = (1 << min(x.classes for x in models)) - 1
            for at, own in enumerate((step, *step.further)):
                other = replace(own, ones=whole - own.ones)
                more = (*step.further[: at - 1], other, *step.further[at:])
                new = replace(step, further=more) if at else other
                proof = (*held.proof[:i], new, *held.proof[i + 1 :])
                if "is false in" in fault(replace(held, proof=proof), found):
                    seen.add((len(step.strips), at > 0))
    assert seen == {(1, False), (1, True), (2, False), (2, True)}


def test_the_judge_sees_samples_and_rows_that_are_false() -> None:
    held = certificate_of(certificate("pooled", 0))
    found = check_certificate(held)
    assert found.sampled is not None and fault(held, found) == ""
    above = replace(found.sampled, lower=Fraction(2), upper=Fraction(3))
    assert "sampled was" in fault(held, replace(found, sampled=above))
    held = certificate_of(certificate("rows", 0))
    found = check_certificate(held)
    assert found.rows is not None
    more = replace(found.rows, true=found.rows.true + 1)
    assert "rows are true" in fault(held, replace(found, rows=more))
    held = certificate_of(certificate("interval", 0))
    found = check_certificate(held)
    assert "the probability is" in fault(held, replace(found, error=(Fraction(2), Fraction(2))))
