"""The models, the domain and the question of a user, as a matter that a proof can be about."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from verifier.formats import load
from verifier.formats.formula_classes import nameless, numbered
from verifier.formats.formula_text import is_formula, parse_formula
from verifier.formats.intervals import ready
from verifier.formats.json_files import read_question
from verifier.formats.load import domain_notes
from verifier.formats.words import few
from verifier.jobs.loading import Model, Source, compare, domain_of, is_path, origin
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import QuestionError, quoted
from verifier.model.network import Network
from verifier.model.question import (
    All,
    Any_,
    Bound,
    ClassIs,
    Formula,
    Matter,
    Not,
    Same,
    atoms,
    truth,
)
from verifier.model.tree import Tree, matched
from verifier.reading.models_json import formula_from_json

if TYPE_CHECKING:
    from verifier.formats.heads import Number


COMBINATIONS = 1 << 12
"""Of the models' classes, at most, that are gone through to see whether all say the same."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked; ``domain_from`` is recorded in certificates."""

    matter: Matter
    domain_from: str | None


@dataclass(frozen=True, eq=False)
class Heads:
    """What the models' outputs are said to be, and where class 1 begins: by name, or ("") of all.

    Nothing is said of what has its classes: one tree, a Network, an Ensemble.
    """

    kinds: Mapping[str, str]
    thresholds: Mapping[str, Number]

    def of(self, name: str) -> dict[str, Any]:
        """The arguments that ``load_model`` takes, for a model."""
        kind, threshold = (x.get(name, x.get("")) for x in (self.kinds, self.thresholds))
        return {"head": kind, "threshold": threshold}


def heads_of(
    head: str | Mapping[str, str] | None,
    threshold: Number | Mapping[str, Number] | None,
    names: Collection[str],
) -> Heads:
    """What a caller says of the outputs of models with these names. Raises QuestionError."""
    kinds = head if isinstance(head, Mapping) else {} if head is None else {"": head}
    limits = (
        threshold
        if isinstance(threshold, Mapping)
        else ({} if threshold is None else {"": threshold})
    )
    for name in (*kinds, *limits):
        if name and name not in names:
            shown = ", ".join(map(quoted, names))
            raise QuestionError(f"a head or threshold of {quoted(name)}: models are {shown}")
    return Heads(kinds, limits)


def load_matter(
    question: Any,
    models: Mapping[str, Source | tuple[Source, Sequence[str]]],
    domain: Source,
    watch: Watch,
    heads: Heads,
) -> Asked:
    """Read what a question is about. Raises LeafproofError where it does not fit together."""
    if not isinstance(models, Mapping) or not models:
        raise QuestionError(
            'models is not a dict of names: give such as {"a": network, "b": (tree, ["age"])}'
        )
    whole = [(x, heads.of(n)) for n, x in models.items() if not isinstance(x, tuple | list)]
    space = domain_of(domain, whole)
    for text in domain_notes(space):
        watch.note(text)
    bound = tuple(_bound(str(name), given, space, heads) for name, given in models.items())
    tested = [(m.model, m.reads) for m in bound if isinstance(m.model, Tree | Ensemble)]
    space = ready(space, tested)
    held, formula = _asked(question, bound)
    matter = _without_choice(Matter(space, held, formula), watch)
    for m, given in zip(matter.models, models.values(), strict=True):
        if isinstance(m.model, Network):
            source = given[0] if isinstance(given, tuple | list) else given
            compare(source, m.model, space.product_of(m.reads))
    return Asked(matter, origin(domain))


def _without_choice(matter: Matter, watch: Watch) -> Matter:
    """The matter; where its formula is true, or false, whatever classes its models have, with one
    of which the kernel sees that at once: a model's class is the same as itself."""
    classes = [m.classes for m in matter.models]
    unknown = [None] * len(classes)
    if truth(matter.question, unknown) is not None or math.prod(classes) > COMBINATIONS:
        return matter
    always: bool | None = None
    for own in product(*map(range, classes)):
        found = truth(matter.question, own)
        if always is not None and found != always:
            return matter
        always = found
    named = tuple(Same(m, m) for m in range(len(classes)))
    same: Formula = All(named) if len(named) > 1 else named[0]
    words = " and ".join(f"same({m.name}, {m.name})" for m in matter.models)
    watch.note(
        f"the formula is {str(always).lower()} whatever classes its models have: the certificate "
        f"asks it as {words if always else f'not ({words})'}"
    )
    return replace(matter, question=same if always else Not(same))


def _bound(
    name: str, given: Source | tuple[Source, Sequence[str]], domain: Domain, heads: Heads
) -> Bound:
    """A model with the variables that it reads: those named, or all."""
    source, named = given if isinstance(given, tuple | list) else (given, None)
    place = {v.name: i for i, v in enumerate(domain.variables)}
    if isinstance(named, str):
        raise QuestionError(f'model "{name}": give the names of the variables as a list')
    for variable in named or ():
        if variable not in place:
            raise QuestionError(
                f'model "{name}" reads the variable {variable!r}, which the domain lacks: it has '
                f"{few(list(place), 12)}"
            )
    reads = tuple(range(len(place)) if named is None else (place[v] for v in named))
    model = load_model(source, domain.product_of(reads), heads.of(name))
    return Bound(name, model, reads)


def load_model(source: Source, space: Domain, said: Mapping[str, Any]) -> Model:
    """The network, tree or ensemble in a file or an object, told apart by what it is.

    ``said`` is what ``Heads.of`` gives.
    """
    return load.load_model(source, columns=space.columns, domain=space, **said)


def _asked(question: Any, bound: tuple[Bound, ...]) -> tuple[tuple[Bound, ...], Formula]:
    """The models, matched, and the formula; in a text classes may be named."""
    names = [m.name for m in bound]
    if not (isinstance(question, str) and is_formula(question)):
        formula = _formula(question, names)
        return _matched(bound, formula), formula
    value = parse_formula(question)
    held = _matched(bound, formula_from_json(nameless(value), names))
    labels = {
        own.name: (own.model.labels, m.model.labels) for own, m in zip(bound, held, strict=True)
    }
    return held, formula_from_json(numbered(value, labels), names)


def _formula(question: Any, names: Sequence[str]) -> Formula:
    """A formula as it is, or one in JSON: the value, a text or the path of a file."""
    if isinstance(question, ClassIs | Same | Not | All | Any_):
        return question
    held = read_question(question) if is_path(question) else question
    return formula_from_json(held, names)


def _matched(models: Sequence[Bound], formula: Formula) -> tuple[Bound, ...]:
    """The models, trees with their classes numbered as those of a network they are compared with.

    Raises LeafproofError where ``same`` compares models whose classes have other names.
    """
    found = list(models)
    pairs = [(a.left, a.right) for a in atoms(formula) if isinstance(a, Same)]
    pairs = [p for p in pairs if all(0 <= i < len(found) for i in p)]
    for at, other in [*pairs, *((b, a) for a, b in pairs)]:
        tree, network = found[at], found[other]
        if isinstance(tree.model, Tree) and isinstance(network.model, Network | Ensemble):
            found[at] = replace(tree, model=matched(tree.model, network.model.labels))
    for at, other in pairs:
        ours, theirs = found[at].model.labels, found[other].model.labels
        most = min(len(ours), len(theirs))
        if ours[:most] != theirs[:most]:
            raise QuestionError(
                f'models "{found[at].name}" and "{found[other].name}" call their classes '
                f"{', '.join(ours[:4])} and {', '.join(theirs[:4])}: same compares the numbers of "
                "classes; name the classes alike, in the same order"
            )
    return tuple(found)
