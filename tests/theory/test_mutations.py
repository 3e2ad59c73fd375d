"""A sample of the changed theorems; `python -m tests.benchmarks theory_mutations` tries all."""

from __future__ import annotations

import dataclasses

import pytest

from tests.theory.mutations import judge, mutants
from theory import catalogue
from theory.consistency import problems

SAMPLE = (
    "test-sample-size",
    "clopper-pearson",
    "composition-error",
    "exact-test",
    "leaf-tail",
    "kernel-relu-interval",
)


@pytest.mark.parametrize("name", list(catalogue))
def test_every_theorem_is_consistent(name: str) -> None:
    assert problems(catalogue[name], trends=False) == []


@pytest.mark.parametrize("name", SAMPLE)
def test_changed_theorems_are_caught(name: str) -> None:
    theorem = catalogue[name]
    tried = list(mutants(theorem))[::3]
    fates = [judge(mutant, theorem) for mutant in tried]
    kept = [(m.field, m.change) for m, f in zip(tried, fates, strict=True) if f == "proved"]
    assert len(tried) >= 7
    assert len(kept) <= max(1, len(tried) // 8), kept


@pytest.mark.parametrize("name", [n for n, t in catalogue.items() if t.assumptions][::4])
def test_no_assumption_can_be_dropped(name: str) -> None:
    theorem = catalogue[name]
    for dropped in theorem.assumptions:
        rest = tuple(a for a in theorem.assumptions if a is not dropped)
        assert problems(dataclasses.replace(theorem, assumptions=rest), trends=False), dropped.label


@pytest.mark.parametrize("name", list(catalogue))
def test_words_have_no_field_of_their_own(name: str) -> None:
    theorem = catalogue[name]
    fields = {f.name for f in dataclasses.fields(theorem)}
    assert not fields & {"statement", "claim", "bound"}
    assert not {f.name for f in dataclasses.fields(theorem.result)} & {"rounding", "meaning"}
