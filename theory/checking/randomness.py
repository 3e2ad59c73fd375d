"""Does a theorem declare all that is random in it, and use it as declared?

Every random name must be declared in the theorem's experiment. Only what a single draw determines
may be averaged or demanded at every draw, and only over a declared number of independent draws. A
law may be assumed, or demanded by an axiom, of those quantities only for which it is declared; a
law that speaks of a sample demands that independent sample. What a cited theorem's experiment has
must be declared here too, with the same numbers and laws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy as sp

from theory.axioms import AXIOMS
from theory.axioms.types import instantiate
from theory.language.confidence import Confidence
from theory.language.errors import DerivationError
from theory.language.experiments import LAWS, Draws, Experiment, is_law
from theory.language.rules import Algebra, Cite, Instantiate, Use
from theory.language.sorts import INTEGER, declarations, sort_of
from theory.language.statement import Theorem
from theory.language.terms import Average, Event, Every, Fact, Quantity, Random, is_random

NOTHING = Experiment()


def experiment_errors(theorem: Theorem) -> list[str]:
    """What is random or used as random without a declaration, and what is declared in vain."""
    experiment = theorem.experiment or NOTHING
    terms = list(_terms(theorem))
    errors = _declaration(theorem, experiment, terms) + _names(experiment, terms)
    for part in _parts(terms):
        if isinstance(part, (Every, Average)):
            errors += _repeated(experiment, part)
        elif is_law(part):
            errors += _lawful(experiment, part)
    errors += _assumed(theorem, experiment)
    errors += _observed(theorem)
    for step in theorem.steps:
        if isinstance(step.rule, Cite):
            errors += _cited(experiment, step.rule)
    return list(dict.fromkeys(errors))


def _observed(theorem: Theorem) -> list[str]:
    """What a bound is read off is random; its value is a product of parameters or a quotient.

    Were the risk "observed", or a count as one less than what is given, the bound that is evaluated
    would be another than the one that is claimed.
    """
    result = theorem.result
    if not isinstance(result, Confidence):
        return []
    own = {p.symbol for p in theorem.parameters}
    errors = []
    for seen, value in (*filter(None, (result.reading,)), *result.further):
        if not isinstance(seen, (Random, Average)):
            errors.append(f"{seen} is observed, and is not random")
        elif not _made_of(value, own) or (seen.is_integer and not value.is_integer):
            errors.append(f"{seen} is observed to be {value}, which no parameters give")
    return errors


def _made_of(value: Any, own: set[Any]) -> bool:
    if isinstance(value, sp.Mul):
        return all(_made_of(part, own) for part in value.args)
    if isinstance(value, sp.Pow):
        return value.exp == -1 and _made_of(value.base, own)
    return value in own or (isinstance(value, sp.Indexed) and value.base in own)


def _parts(terms: Iterable[Any]) -> Iterable[Any]:
    """Everything that occurs in some terms, once, in the order in which it is met."""
    found: dict[Any, None] = {}
    pending = list(terms)[::-1]
    while pending:
        part = pending.pop()
        if part not in found:
            found[part] = None
            pending += part.args[::-1]
    return found


def random_names(term: Any) -> frozenset[str]:
    """The names of the random quantities and events in a term."""
    return _random_names([term])


def _random_names(terms: Iterable[Any]) -> frozenset[str]:
    return frozenset(
        part.args[0].name
        for part in _parts(terms)
        if isinstance(part, Random) or (isinstance(part, Event) and not isinstance(part, Fact))
    )


def _terms(theorem: Theorem) -> Iterator[Any]:
    """Every term of a theorem, with those of its rules and of the axioms as they are used."""
    yield from theorem.stated
    for step in theorem.steps:
        yield from (sp.sympify(x) for x in _of_rule(step.rule))


def _of_rule(rule: Any) -> Iterator[Any]:
    if isinstance(rule, (Use, Cite)):
        yield rule.given
    if isinstance(rule, (Use, Cite, Instantiate)):
        yield from rule.terms.values()
    if isinstance(rule, Algebra):
        yield from (x for pair in rule.positive for x in pair)
    if isinstance(rule, Use) and rule.axiom in AXIOMS:
        try:
            instance = instantiate(AXIOMS[rule.axiom], rule.terms)
        except DerivationError:
            return  # the step itself is refused
        yield from (*instance.premises, instance.conclusion)


def _declaration(theorem: Theorem, experiment: Experiment, terms: list[Any]) -> list[str]:
    """What is wrong with the experiment by itself."""
    names = experiment.names
    errors = [f"{x!r} is declared twice as random" for x in set(names) if names.count(x) > 1]
    for draws in experiment.draws:
        try:
            if sort_of(draws.number, declarations(theorem)) != INTEGER or is_random(draws.number):
                errors.append(f"the number of draws {draws.number} is no fixed integer")
        except DerivationError as error:
            errors.append(f"the number of draws {draws.number}: {error}")
        if not _spoken_of(theorem, experiment, draws, terms):
            errors.append(f"{draws.number} draws are declared and nothing speaks of them")
    for law in experiment.laws:
        if not is_law(law):
            errors.append(f"{law} is no law")
    return errors


def _spoken_of(theorem: Theorem, experiment: Experiment, draws: Draws, terms: list[Any]) -> bool:
    """Whether a repeated term, a law or the claim itself is about that number of draws."""
    if draws.number in theorem.claim.free_symbols:
        return True
    repeated = {x for term in terms for x in term.atoms(Every, Average)}
    laws = [(law.args[1:], LAWS[law.args[0].name]) for law in experiment.laws if is_law(law)]
    numbers = {x.args[1] for x in repeated} | {args[w[0]] for args, w in laws if w is not None}
    return draws.number in numbers


def _names(experiment: Experiment, terms: list[Any]) -> list[str]:
    """Names that are used and not declared, declared and not used, random and fixed at once."""
    used = _random_names(terms)
    fixed = {
        part.args[0].name
        for part in _parts(terms)
        if isinstance(part, (Quantity, Fact)) and not isinstance(part, Random)
    }
    declared = frozenset(experiment.names)
    return [
        *(f"{x!r} is random and no experiment declares it" for x in sorted(used - declared)),
        *(f"{x!r} is declared random and occurs nowhere" for x in sorted(declared - used)),
        *(f"{x!r} is random and fixed at once" for x in sorted(declared & fixed)),
    ]


def _repeated(experiment: Experiment, term: Any) -> list[str]:
    """Why a term over n independent draws is none of the declared samples."""
    what, number = term.args
    if what.atoms(Every, Average):
        return [f"{term}: what is repeated is no matter of a single draw"]
    samples = experiment.samples(number)
    if not samples:
        return [f"{term}: the experiment has no {number} independent draws"]
    names = random_names(what)
    if any(names <= set(draws.at_each) for draws in samples):
        return []
    of = ", ".join(map(repr, sorted(names)))
    return [f"{term}: none of the samples of {number} draws determines {of} at each draw"]


def _lawful(experiment: Experiment, law: Any) -> list[str]:
    """Why a law may not be spoken of: undeclared for its quantities, or its sample is."""
    bare = sorted(random_names(law) - _with_law(experiment))
    errors = [f"{law}: the experiment declares no law of {x!r}" for x in bare]
    wanted = LAWS[law.args[0].name]
    if wanted is not None:
        place, count = wanted
        number = law.args[1 + place]
        if len(experiment.samples(number)) < count:
            errors.append(f"{law}: the experiment has not {count} samples of {number} draws")
    return errors


def _with_law(experiment: Experiment) -> frozenset[str]:
    return frozenset[str]().union(*(random_names(law) for law in experiment.laws))


def _assumed(theorem: Theorem, experiment: Experiment) -> list[str]:
    """The laws that are assumed are those that are declared."""
    held = [a.formal for a in (*theorem.requires, *theorem.assumptions) if a.formal is not None]
    found = {x for claim in held for x in sp.preorder_traversal(claim) if is_law(x)}
    return [
        *(f"{x} is assumed, and the experiment declares no such law"
          for x in sorted(found - set(experiment.laws), key=str)),
        *(f"the law {x} is declared and not assumed formally"
          for x in sorted(set(experiment.laws) - found, key=str)),
    ]  # fmt: skip


def _cited(experiment: Experiment, rule: Cite) -> list[str]:
    """What of a cited theorem's experiment, at the terms given, is not declared here."""
    cited = rule.theorem
    if cited.experiment is None:
        return []
    symbols = {p.name: p.symbol for p in cited.symbols}
    replace = {symbols[k]: sp.sympify(v) for k, v in rule.terms.items() if k in symbols}
    try:
        lost = experiment.declares(cited.experiment.under(replace))
    except DerivationError as error:
        lost = str(error)
    return [] if lost is None else [f"{cited.name} is about an experiment with {lost}: not here"]
