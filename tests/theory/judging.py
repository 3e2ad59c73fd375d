"""The fate of a changed theorem, found quickly: the first error of `theory.checking.consistency`.

The same checks as `problems` makes, with three savings. Cheap ones come first and the first error
ends it. A step whose claim, rule, hypotheses and declarations are those of the theorem in the
catalogue is not checked again, nor is a theorem that it cites (`tests/theory` checks them all).
What Z3 was asked is asked once, and for a short time: what it does not answer by then counts as
refused, and is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from tests.theory.mutations import Mutant, shown
from theory.checking import consistency, smt
from theory.checking.derivation import hypotheses, shape_errors
from theory.checking.semantics.theorems import find_model
from theory.checking.steps import check_step, known
from theory.language.errors import DerivationError, TheoryError
from theory.language.statement import Step, Theorem

TIMEOUT_MS = 1_000
"""For a question that no theorem of the catalogue asks; theirs take some 20 ms."""


@dataclass
class Judge:
    """Judges the mutants of one theorem; remembers what Z3 answered.

    `late` counts the mutants that were refused only because Z3 did not answer in time.
    """

    original: Theorem
    late: int = 0
    _answers: dict[tuple[frozenset[Any], Any], bool | None] = field(default_factory=dict)
    _timeout_ms: int = smt.TIMEOUT_MS
    _undecided: bool = False

    def __post_init__(self) -> None:
        """Ask what the theorem itself asks, with all the time it takes."""
        for step in self.original.steps:
            check_step(self.original, step, self.proves)
        error = self.error(self.original)
        if error is not None:
            raise ValueError(f"{self.original.name} itself is refused: {error}")
        self._timeout_ms = TIMEOUT_MS

    def fate(self, mutant: Mutant) -> str:
        """What becomes of a mutant: "equivalent", "caught" or "survived".

        "equivalent": every word, formula and assumption shown is as before, and the changed
        derivation proves it. "survived": something shown differs, and nothing objects.
        """
        self._undecided = False
        try:
            error = self.error(mutant.theorem)
        except TheoryError as failure:
            error = str(failure)
        except (TypeError, ValueError, AttributeError) as failure:  # no well-formed object at all
            error = str(failure)
        if error is not None:
            self.late += self._undecided and error.startswith("step")
            return "caught"
        return "equivalent" if shown(mutant.theorem) == shown(self.original) else "survived"

    def error(self, theorem: Theorem) -> str | None:
        """The first thing found wrong with a changed theorem, or None."""
        if theorem.steps and theorem.steps[-1].claim != theorem.claim:
            return "the last step does not claim the theorem"
        found = (
            consistency.shallow(theorem)
            or shape_errors(theorem)
            or consistency.assumption_errors(theorem)
            or self._steps(theorem)
        )
        if not found and _held(theorem) != _held(self.original):
            found = [e for e in (find_model(theorem).error,) if e is not None]
        if not found and self.proves(hypotheses(theorem), sp.false):
            found = ["the hypotheses contradict each other"]
        if not found and _moving(theorem) != _moving(self.original):
            found = consistency.trend_errors(theorem)
        return found[0] if found else None

    def proves(self, held: Iterable[Any], claim: Any) -> bool:
        """As `smt.proves`, in less time; remembered."""
        known = list(held)
        key = (frozenset(known), claim)
        if key not in self._answers:
            self._answers[key] = smt.decides(known, claim, self._timeout_ms)
        self._undecided |= self._answers[key] is None
        return self._answers[key] is True

    def _steps(self, theorem: Theorem) -> list[str]:
        """What is wrong with the first step that a change touches and breaks."""
        same = _setting(theorem) == _setting(self.original)
        for step in theorem.steps:
            try:
                if not (same and self._as_before(theorem, step)):
                    check_step(theorem, step, self.proves)
            except TheoryError as failure:
                return [f"step {step.label}: {failure}"]
        return []

    def _as_before(self, theorem: Theorem, step: Step) -> bool:
        """Whether a step is the original's, with the same hypotheses."""
        if not any(step is s for s in self.original.steps):
            return False
        try:
            return known(theorem, step) == known(self.original, step)
        except DerivationError:
            return False


def _setting(theorem: Theorem) -> Any:
    """What a step's check depends on, beside the step and its hypotheses."""
    free = tuple(theorem.is_free(p.symbol) for p in theorem.symbols)
    symbols = (theorem.parameters, theorem.locals, theorem.schematic)
    return symbols, theorem.requires, theorem.experiment, free


def _held(theorem: Theorem) -> Any:
    """What a model must satisfy."""
    return theorem.claim, theorem.symbols, theorem.assumptions, theorem.requires


def _moving(theorem: Theorem) -> Any:
    """What the trends depend on."""
    schema = theorem.result
    facts = [s.claim for s in theorem.steps if s.label in schema.trend_facts]
    facts += [a.formal for a in theorem.assumptions if a.label in schema.trend_facts]
    trends = sorted(schema.monotone.items())
    return theorem.bound, theorem.symbols, theorem.requires, trends, schema.trend_proofs, facts
