"""Independence was a word: theorems without any sample, or about dependent draws, were accepted.

`Every` and `Average` meant independent draws by themselves, and "the n points are drawn
independently" was a sentence that nothing read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors
from theory import catalogue
from theory.catalogue.covering import LAW
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Cite
from theory.language.statement import Step, Theorem
from theory.language.symbols import EPSILON, N_SAMPLES, real
from theory.language.terms import Event, Every, Fact, Pr, Random, RandomInteger, le

N = N_SAMPLES.symbol
TESTED = catalogue["test-sample-size"]
COUNTED = catalogue["clopper-pearson"]
WITH_DRAWS = [n for n, t in catalogue.items() if t.experiment and t.experiment.draws]
RANDOM = [n for n, t in catalogue.items() if t.experiment and t.experiment.names]


def _declaring(theorem: Theorem, experiment: Experiment | None) -> Theorem:
    return dataclasses.replace(theorem, experiment=experiment)


def _draws(theorem: Theorem, change: Callable[[Draws], Draws]) -> Theorem:
    assert theorem.experiment is not None
    changed = tuple(change(d) for d in theorem.experiment.draws)
    return _declaring(theorem, dataclasses.replace(theorem.experiment, draws=changed))


def _by_experiment(theorem: Theorem) -> str:
    """What is found wrong with the declaration, without checking the steps."""
    from theory.checking.randomness import experiment_errors

    return "; ".join(experiment_errors(theorem))


def test_a_theorem_about_draws_needs_them() -> None:
    found = errors(_declaring(TESTED, None))
    assert "'f = g at a draw' is random and no experiment declares it" in found
    assert "the experiment has no n independent draws" in found


@pytest.mark.parametrize("name", RANDOM)
def test_no_experiment_can_be_dropped(name: str) -> None:
    assert "no experiment declares" in _by_experiment(_declaring(catalogue[name], None))


ASSUMED = {
    *("vc-lower", "agnostic-failure", "agnostic-confidence-samples", "agnostic-conflict-samples"),
    *("one-inclusion-error", "conformal-coverage"),
}
"""What independence gives is an assumption of theirs, in words: no step speaks of draws."""


@pytest.mark.parametrize("name", [n for n in WITH_DRAWS if n not in ASSUMED])
def test_dependent_draws_prove_nothing_about_independent_ones(name: str) -> None:
    theorem = catalogue[name]
    assert theorem.experiment is not None
    if not any(d.independent for d in theorem.experiment.draws):
        return  # without replacement: no axiom about independent draws is used
    dependent = _draws(theorem, lambda d: dataclasses.replace(d, independent=False))
    assert "independent draws" in _by_experiment(dependent) or "samples of" in _by_experiment(
        dependent
    )


@pytest.mark.parametrize("name", [n for n in WITH_DRAWS if "without-replacement" not in n])
def test_another_number_of_draws_is_refused(name: str) -> None:
    more = _draws(catalogue[name], lambda d: dataclasses.replace(d, number=d.number + 1))
    assert _by_experiment(more)


@pytest.mark.parametrize("name", RANDOM)
def test_every_random_name_is_declared(name: str) -> None:
    experiment = catalogue[name].experiment
    assert experiment is not None
    for dropped in experiment.names:
        rest = Experiment(
            tuple(
                dataclasses.replace(d, at_each=tuple(x for x in d.at_each if x != dropped))
                for d in experiment.draws
            ),
            tuple(x for x in experiment.random if x != dropped),
            experiment.laws,
        )
        found = _by_experiment(_declaring(catalogue[name], rest))
        assert f"{dropped!r} is random and no experiment declares it" in found


def test_what_the_whole_outcome_determines_is_not_repeated() -> None:
    moved = sample(N, random=("f = g at a draw",))
    assert "determines 'f = g at a draw' at each draw" in _by_experiment(_declaring(TESTED, moved))


def test_no_law_can_be_dropped() -> None:
    for name in (n for n, t in catalogue.items() if t.experiment and t.experiment.laws):
        experiment = catalogue[name].experiment
        assert experiment is not None
        for law in experiment.laws:
            rest = tuple(x for x in experiment.laws if x != law)
            changed = dataclasses.replace(experiment, laws=rest)
            found = _by_experiment(_declaring(catalogue[name], changed))
            assert "declares no such law" in found, (name, law)


def test_the_law_of_another_count_is_no_law_of_this_one() -> None:
    other = LAW.xreplace({RandomInteger("K"): RandomInteger("L")})
    found = errors(_declaring(COUNTED, sample(N, random=("K", "L"), laws=(other,))))
    assert "the experiment declares no law of 'K'" in found
    assert "the law binomial(L, n, p) is declared and not assumed formally" in found


def test_the_law_of_another_number_of_trials_is_refused() -> None:
    other = LAW.xreplace({N: 2 * N})
    found = errors(_declaring(COUNTED, sample(N, random=("K",), laws=(other,))))
    assert "declares no such law" in found and "has not 1 samples of 2*n draws" in found


def test_a_law_of_a_sample_needs_the_sample() -> None:
    found = errors(_declaring(COUNTED, Experiment(random=("K",), laws=(LAW,))))
    assert "has not 1 samples of n draws" in found


def test_two_samples_are_not_one() -> None:
    theorem = catalogue["vc-realizable"]
    assert theorem.experiment is not None
    one = dataclasses.replace(theorem.experiment, draws=theorem.experiment.draws[1:])
    assert "has not 2 samples of n draws" in _by_experiment(_declaring(theorem, one))


@pytest.mark.parametrize(
    "name",
    [n for n, t in catalogue.items()
     if any(isinstance(s.rule, Cite) and s.rule.theorem.experiment for s in t.steps)],
)  # fmt: skip
def test_a_cited_experiment_is_declared(name: str) -> None:
    assert "is about an experiment with" in _by_experiment(_declaring(catalogue[name], None))


def test_a_theorem_about_n_draws_is_not_cited_for_fewer() -> None:
    """The number of draws is that of the citing theorem, at the terms given."""
    half = real("m", "m", "", 0)
    step = Step("s", le(half.symbol, half.symbol), Cite(TESTED, {"n": N + 1}))
    theorem = dataclasses.replace(TESTED, name="citing", steps=(step,))
    assert "with n + 1 independent draws with 'f = g at a draw'" in _by_experiment(theorem)


@pytest.mark.parametrize(
    "hidden",
    [
        Random("X"),
        Pr(Event("E")),
        Pr(Every(Event("E"), N)),
        Pr(sp.Not(Event("E", Random("Y")))),
    ],
)
def test_nothing_random_hides_in_a_step_or_a_rule(hidden: Any) -> None:
    claim = le(sp.Integer(0), 1)
    for step in (
        Step("extra", le(hidden, 1), TESTED.steps[0].rule),
        Step("extra", claim, Cite(TESTED, {"epsilon": hidden})),
        Step("extra", claim, Cite(TESTED, {}, given=le(hidden, 1))),
    ):
        theorem = dataclasses.replace(TESTED, steps=(step, *TESTED.steps))
        assert "is random and no experiment declares it" in _by_experiment(theorem)


def test_a_declaration_is_about_something() -> None:
    assert "'Z' is declared random and occurs nowhere" in _by_experiment(
        _declaring(TESTED, sample(N, "f = g at a draw", random=("Z",)))
    )
    twice = sample(N, "f = g at a draw", random=("f = g at a draw",))
    assert "is declared twice" in _by_experiment(_declaring(TESTED, twice))
    idle = Experiment((*sample(N, "f = g at a draw").draws, Draws(sp.Integer(7))))
    assert "7 draws are declared and nothing speaks of them" in _by_experiment(
        _declaring(TESTED, idle)
    )
    no_law = sample(N, "f = g at a draw", laws=(Fact("VC dimension", N),))
    assert "VC dimension(n) is no law" in _by_experiment(_declaring(TESTED, no_law))


@pytest.mark.parametrize("number", [EPSILON.symbol, RandomInteger("K"), sp.Symbol("z")])
def test_the_number_of_draws_is_a_fixed_integer(number: Any) -> None:
    found = _by_experiment(_declaring(TESTED, sample(number, "f = g at a draw")))
    assert "the number of draws" in found
