"""Is every axiom true? Each is instantiated in small models and its truth computed.

An instance is a false one if its premises hold (for every outcome and every value of the
variables it binds) and its conclusion does not, or has no value. `check_axiom` counts the instances
whose premises hold: an axiom without one has not been checked at all.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from theory.axioms.base import Axiom, Instance
from theory.checking.semantics.instances import Case, by_types
from theory.checking.semantics.model import UndecidedTerm, UndefinedTerm
from theory.checking.semantics.structures import STRUCTURES
from theory.checking.semantics.truth import evaluate
from theory.language.errors import DerivationError
from theory.language.sorts import free_of, free_variables
from theory.language.terms import is_random

TRIALS = 60
ENOUGH = 3
"""An axiom is checked if the premises held in this many instances."""


@dataclass(frozen=True)
class AxiomReport:
    """What the models say of an axiom: instances with true premises, and one that is false."""

    name: str
    held: int
    counterexample: str | None

    @property
    def error(self) -> str | None:
        """What is wrong with the axiom, or None."""
        if self.counterexample is not None:
            return f"{self.name} is false: {self.counterexample}"
        if self.held < ENOUGH:
            return f"{self.name}: its premises held in {self.held} of the models, too few"
        return None


def check_axiom(axiom: Axiom, trials: int = TRIALS, seed: int = 0) -> AxiomReport:
    """Compute the truth of an axiom in `trials` models."""
    rng = random.Random(f"{seed} {axiom.name}")
    held = 0
    for case in itertools.islice(cases(axiom, rng), trials):
        try:
            instance = axiom.instantiate(**case.terms)
            fate = _fate(instance, case)
        except (UndefinedTerm, DerivationError):
            continue
        if fate is None:
            continue
        held += 1
        if not fate:
            terms = ", ".join(f"{k} = {v}" for k, v in case.terms.items())
            return AxiomReport(axiom.name, held, f"{terms}; {case.words}")
    return AxiomReport(axiom.name, held, None)


def cases(axiom: Axiom, rng: random.Random) -> Iterator[Case]:
    """Models of an axiom, without end."""
    special = STRUCTURES.get(axiom.name)
    while True:
        yield special(rng) if special is not None else by_types(axiom, rng)


def _fate(instance: Instance, case: Case) -> bool | None:
    """Whether the conclusion holds, or None if a premise does not."""
    if not all(_holds(p, case) for p in instance.premises):
        return None
    try:
        return _holds(instance.conclusion, case)
    except UndecidedTerm:
        return None
    except UndefinedTerm:
        return False


def _holds(claim: Any, case: Case) -> bool:
    """Whether a claim holds at every outcome, for all values of its free symbols."""
    outcomes = case.model.outcomes if is_random(claim) else case.model.outcomes[:1]
    return all(
        evaluate(claim, case.model, env, w)
        for env in _environments(claim, case)
        for _, w in outcomes
    )


def _environments(claim: Any, case: Case) -> Iterator[Mapping[Any, Any]]:
    free = sorted((x for x in free_variables(claim) if x not in case.env), key=str)
    lists = {x: case.env[x] for x in free_of((claim,)) if x in case.env}
    if any(x not in case.grid for x in free):
        missing = next(x for x in free if x not in case.grid)
        raise DerivationError(f"no values for {missing}")
    for values in itertools.product(*(case.grid[x] for x in free)):
        yield {**lists, **dict(zip(free, values, strict=True))}
