"""Assumptions of counterexample theorems contradicted each other: always one fewer, never none."""

from __future__ import annotations

import dataclasses

import pytest

from theory import catalogue
from theory.checking.derivation import check
from theory.checking.steps import check_step

THREE = ("halving-counterexamples", "consistent-counterexamples", "tree-counterexamples")


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_a_run_of_counterexamples_can_end(name: str, size: int) -> None:
    """With s(j) = max(1, what is left) the assumption about the run holds, for every j."""
    theorem = catalogue[name]
    label = "removed" if name.startswith("consistent") else "halving"
    formal = next(a.formal for a in theorem.assumptions if a.label == label)
    found = next(p.symbol for p in theorem.locals if p.name == "found")
    j = next(p.symbol for p in theorem.schematic if p.name == "j")
    last = size - 1 if name.startswith("consistent") else size.bit_length() - 1

    def left(rounds: object) -> int:
        n = int(str(rounds))
        return max(1, size - n) if name.startswith("consistent") else max(1, size >> n)

    from theory.language.terms import Members, Quantity

    for count in range(last + 1):
        for rounds in range(size + 3):
            at = formal.xreplace({found: found.func("c"), j: j.func("r")}).subs(
                {found.func("c"): count, j.func("r"): rounds}
            )
            values = {q: left(q.args[1]) for q in at.atoms(Quantity)}
            at = at.xreplace(values).xreplace(dict.fromkeys(at.atoms(Members), size))
            for p in theorem.parameters:
                at = at.subs(p.symbol, size)
            assert bool(at.doit()) is True, (count, rounds, at)


@pytest.mark.parametrize("name", THREE)
def test_the_bound_is_one_of_the_counterexamples_found(name: str) -> None:
    """Without the last counterexample being one of the run, nothing follows."""
    theorem = catalogue[name]
    assert check(theorem).accepted
    step = next(s for s in theorem.steps if s.label == "left")
    unused = dataclasses.replace(step, uses=())
    changed = dataclasses.replace(
        theorem, steps=tuple(unused if s is step else s for s in theorem.steps)
    )
    with pytest.raises(ValueError, match="without using it"):
        check_step(changed, unused)
