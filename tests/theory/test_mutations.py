"""Changed theorems are noticed: all changes of some theorems, and some of all.

`python -m tests.benchmarks theory_mutations` tries all changes of all theorems. What nothing
notices stands in `survivors.toml`, with the reason.
"""

from __future__ import annotations

import dataclasses

import pytest

from tests.benchmarks.bench_theory_mutations import attempt, known_survivors
from tests.every import some
from tests.theory.mutations import CLAIM, mutants
from theory import catalogue
from theory.checking.consistency import beyond_derivation, problems, shallow
from theory.checking.derivation import check_step
from theory.language.errors import DerivationError
from theory.language.statement import Step, Theorem

SAMPLE = (
    "test-sample-size",
    "any-test-samples",
    "occam-weighted",
    "disagreement-triangle",
    "attempt-samples",
    "gap-trees",
    "exact-test",
    "leaf-tail",
    "when-to-prove",
    "halving-counterexamples",
    "tree-count-leaves",
    "hoeffding-upper",
    "kernel-relu-interval",
    "kernel-class",
)
"""Theorems of all kinds of claims, with quick derivations."""


@pytest.mark.parametrize("name", list(catalogue))
def test_every_theorem_is_consistent(name: str) -> None:
    """Its derivation and its trends are checked in test_derivations and test_monotone."""
    assert beyond_derivation(catalogue[name], trends=False) == []


@pytest.mark.parametrize("name", SAMPLE)
def test_no_change_goes_unnoticed_but_those_that_are_listed(name: str) -> None:
    tried = attempt(name, 1)
    assert sum(tried.count.values()) >= 20
    assert set(tried.survived) == {m for m in known_survivors() if m.split(":")[0] == name}


def test_the_quick_judge_finds_what_the_full_check_finds() -> None:
    original = catalogue["acceptance-probability"]
    caught = attempt(original.name, 1)
    tried = list(mutants(original))
    kept = [f"{original.name}: {m.field}: {m.change}" for m in tried if not problems(m.theorem)]
    equivalent = sum(n for (_, fate), n in caught.count.items() if fate == "equivalent")
    assert set(caught.survived) <= set(kept)
    assert len(kept) == len(caught.survived) + equivalent


@pytest.mark.parametrize("name", some(catalogue))
def test_a_claim_in_a_remark_is_noticed(name: str) -> None:
    theorem = catalogue[name]
    assert shallow(theorem) == []
    texts = [m for m in mutants(theorem) if CLAIM in m.change]
    assert len(texts) == 2 + sum(
        len(x) for x in (theorem.requires, theorem.assumptions, theorem.steps)
    )
    assert all(shallow(m.theorem) for m in texts)


@pytest.mark.parametrize("name", [n for n, t in catalogue.items() if t.assumptions][::4])
def test_no_assumption_can_be_dropped(name: str) -> None:
    theorem = catalogue[name]
    for dropped in theorem.assumptions:
        rest = tuple(a for a in theorem.assumptions if a is not dropped)
        without = dataclasses.replace(theorem, assumptions=rest)
        steps = sorted(without.steps, key=lambda s: dropped.label not in s.uses)
        seen = beyond_derivation(without, trends=False)
        assert seen or any(_fails(without, step) for step in steps), dropped.label


def _fails(theorem: Theorem, step: Step) -> bool:
    try:
        check_step(theorem, step)
    except DerivationError:
        return True
    return False


@pytest.mark.parametrize("name", list(catalogue))
def test_words_have_no_field_of_their_own(name: str) -> None:
    theorem = catalogue[name]
    fields = {f.name for f in dataclasses.fields(theorem)}
    assert not fields & {"statement", "claim", "bound"}
    assert not {f.name for f in dataclasses.fields(theorem.result)} & {"rounding", "meaning"}
