"""The verdict that follows from what has been established: rule 9 of docs/soundness.md. Trusted."""

from __future__ import annotations

from fractions import Fraction

from verifier.kernel.ledger import Ledger
from verifier.kernel.solvers import is_trusted, shares_by_status
from verifier.model import verdict as v
from verifier.model.errors import InvalidProof

NAME = "Leafproof kernel 2"
"""Names the rules of docs/soundness.md: another number where other proofs would be accepted."""


def conclude(ledger: Ledger, checked: v.Checked, trust: frozenset[str] | None) -> v.Verdict:
    """Add up the shares and draw the verdict, trusting some solvers or (None) all named ones."""
    asked, domain = ledger.asked, ledger.asked.domain
    found = ledger.shown()
    asked.spend(len(found) * asked.part_cost)
    tail = ledger.tail[2:] if trust is None else ledger.tail[:2]
    leaves = shares_by_status(ledger.leaves, trust)
    named = sorted(ledger.trusted.items())
    shares = [(s, a) for by in leaves.values() for s, a in by.items()]
    firm = {v.Status.PROVED, v.Status.ENUMERATED, v.Status.SANDWICH, v.Status.TRUSTED}
    lower = [sum(a[i] for s, a in shares if s in firm) for i in (2, 3)]
    loose = [a for s, a in shares if s not in firm and s is not v.Status.TAIL]
    upper = [lower[i] + sum(a[i] for a in loose) for i in (0, 1)]
    tails = sum(a[0] for s, a in shares if s is v.Status.TAIL)
    # a point of a continuous variable has probability 0; what is counted there are boxes
    mass = 0 if domain.infinite else sum(domain.weight(point) for point in found)
    seen = len(found), mass
    fewest, most = max(lower[0], seen[0], int(tail[0] > 0)), upper[0] + tails
    if fewest > most:
        raise InvalidProof("more disagreements were evaluated than the proof leaves room for")
    total = domain.total_weight
    least = max(Fraction(lower[1]) + tail[0], Fraction(seen[1])) / total
    error = least, (upper[1] + tail[1]) / Fraction(total)
    word = v.DIFFERENT if fewest else (v.UNDECIDED if most else v.EQUIVALENT)
    return v.Verdict(
        verdict=word if asked.differs else v.ANSWERS[word],
        domain_size=domain.size,
        disagreements=(fewest, most),
        error=error,
        counterexamples=tuple(
            v.Counterexample(point, tuple(k for k in classes if k is not None))
            for point, classes in list(found.items())[: v.SHOWN]
        ),
        trusted={name: n for name, n in named if is_trusted(name, trust)},
        float32=v.Float32(
            ledger.not_shown[0], Fraction(ledger.not_shown[1], total), domain.infinite
        ),
        leaves={leaf: {s: v.Share(*a) for s, a in by.items()} for leaf, by in leaves.items()},
        checked=checked,
        kernel=NAME,
        untrusted={name: n for name, n in named if not is_trusted(name, trust)},
        trust=tuple(sorted(trust or ())),
        infinite=domain.infinite,
    )
