"""Models and questions from JSON values; nothing here recurses. Trusted.

Contracts: ``leafproof-models/1`` and ``leafproof-question/1``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError, QuestionError, TooMuch, quoted
from verifier.model.network import Network, check_width
from verifier.model.opaque import Opaque
from verifier.model.question import (
    DEEPEST,
    MOST_MODELS,
    All,
    Any_,
    Bound,
    ClassIs,
    Formula,
    Not,
    Same,
    check_reads,
)
from verifier.model.tree import Tree, check_table
from verifier.reading.json_nouns import tree_from_json
from verifier.reading.json_text import kind_of
from verifier.reading.json_values import held_under, list_of, word_of
from verifier.reading.network_parts import network_from_parts

MODELS_FORMAT = "leafproof-models/1"
QUESTION_FORMAT = "leafproof-question/1"
KINDS = "network", "opaque", "tree", "ensemble"
OPAQUE = "classes", "sha256", "what"
_LISTS: dict[str, type[All] | type[Any_]] = {"all": All, "any": Any_}


def models_from_json(
    domain: Domain, value: Any, weights: bytes, ensembles: Sequence[Ensemble] = ()
) -> tuple[Bound, ...]:
    """The models, their weights one after the other. Raises LeafproofErrors naming the place.

    Ensembles are named by their numbers, each once, in order.
    """
    entries = held_under(value, (MODELS_FORMAT,), ("models",), QuestionError)["models"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_MODELS:
        raise QuestionError(f"models is not a list of 1 to {MOST_MODELS} models")
    numbers = {v.name: i for i, v in enumerate(domain.variables)}
    models: list[Bound] = []
    model: Network | Tree | Ensemble | Opaque
    at, named = 0, 0
    for i, entry in enumerate(entries):
        where = f"models[{i}]"
        kind = next((k for k in KINDS if isinstance(entry, dict) and k in entry), "tree")
        if not isinstance(entry, dict) or set(entry) != {"name", "reads", kind}:
            raise QuestionError(
                f'{where} must hold "name", "reads" and "network", "tree" or "ensemble" (in a test '
                '"opaque")'
            )
        name = word_of(f"{where}.name", entry["name"], QuestionError)
        where = f"{where} ({quoted(name)})"
        reads = _reads(where, numbers, entry)
        if kind == "network":
            model, at = network_from_parts(entry["network"], weights, at, f"models.json, {where}")
        elif kind == "opaque":
            model = _opaque(where, entry["opaque"])
        elif kind == "ensemble":
            own = entry["ensemble"]
            if type(own) is not int or own != named or named >= len(ensembles):
                raise QuestionError(f"{where}: ensembles are numbered from 0, in order")
            model, named = ensembles[named], named + 1
        else:
            model = _tree(where, domain, entry["tree"])
        models.append(Bound(name, model, reads))
        check_reads(domain, models[-1])
        if isinstance(model, Network):
            check_width(model)
    if named != len(ensembles):
        raise QuestionError(f"ensembles.json: {len(ensembles)} ensembles, but {named} are named")
    if at != len(weights):
        raise QuestionError(
            f"weights.bin: offset {at}: {len(weights) - at} bytes more than models.json says"
        )
    return tuple(models)


def _reads(where: str, numbers: dict[str, int], entry: dict[str, Any]) -> tuple[int, ...]:
    reads = []
    for j, name in enumerate(list_of(where, entry, "reads", QuestionError)):
        if not isinstance(name, str) or name not in numbers:
            raise QuestionError(
                f"{where}.reads[{j}] is {quoted(name) if isinstance(name, str) else kind_of(name)}"
                ", which is no variable of the domain"
            )
        reads.append(numbers[name])
    return tuple(reads)


def _opaque(where: str, value: Any) -> Opaque:
    if not isinstance(value, dict) or tuple(value) != OPAQUE:
        raise QuestionError(f"{where}.opaque must hold {', '.join(OPAQUE)}, in this order")
    classes, digest, what = (value[key] for key in OPAQUE)
    if type(classes) is not int or not isinstance(digest, str | None) or not isinstance(what, str):
        raise QuestionError(f"{where}.opaque holds what is no number, digest or text")
    return Opaque(classes, digest, what)


def _tree(where: str, domain: Domain, value: Any) -> Tree:
    try:
        tree = tree_from_json(value)
        check_table(tree, domain)
    except TooMuch:
        raise
    except LeafproofError as problem:
        raise QuestionError(f"{where}: {problem}") from None
    return tree


def question_from_json(models: Sequence[Bound], value: Any) -> Formula:
    """The formula of a question's file. Raises QuestionError."""
    held = held_under(value, (QUESTION_FORMAT,), ("formula",), QuestionError)
    return formula_from_json(held["formula"], [m.name for m in models])


def formula_from_json(value: Any, names: Sequence[str]) -> Formula:
    """The formula over models of these names. Raises QuestionError.

    Whether the models have the classes that are named, ``Matter`` looks at.
    """
    numbers = {name: i for i, name in enumerate(names)}
    done: list[Formula] = []
    # a value with its depth, or, once the formulas in it are made, what to make of the last so many
    stack: list[tuple[Any, int] | tuple[str, int, None]] = [(value, 1)]
    while stack:
        item = stack.pop()
        if len(item) == 3:
            key, count, _ = item
            parts = tuple(done[len(done) - count :])
            del done[len(done) - count :]
            done.append(Not(parts[0]) if key == "not" else _LISTS[key](parts))
            continue
        entry, level = item
        if level > DEEPEST:
            raise QuestionError(f"the question is nested more than {DEEPEST} deep: flatten it")
        if not isinstance(entry, dict) or len(entry) != 1:
            raise QuestionError(f"{kind_of(entry)} where a formula (an object) was expected")
        ((key, held),) = entry.items()
        if key in ("class", "same"):
            done.append(_atom(key, held, numbers))
        elif key == "not":
            stack += [(key, 1, None), (held, level + 1)]
        elif key in _LISTS:
            if not isinstance(held, list) or not held:
                raise QuestionError(f'"{key}" needs a list of at least one formula')
            stack.append((key, len(held), None))
            stack += [(x, level + 1) for x in reversed(held)]
        else:
            raise QuestionError(
                f"unknown formula {quoted(key)}: known are class, same, not, all, any"
            )
    return done[0]


def _atom(key: str, held: Any, numbers: dict[str, int]) -> Formula:
    wanted = "[model, class]" if key == "class" else "[model, model]"
    if not isinstance(held, list) or len(held) != 2:
        raise QuestionError(f'"{key}" needs a list {wanted}')
    for name in held[: 1 if key == "class" else 2]:
        if not isinstance(name, str) or name not in numbers:
            shown = quoted(name) if isinstance(name, str) else kind_of(name)
            raise QuestionError(
                f"the question names the model {shown}, which is not there: models are "
                f"{', '.join(map(quoted, list(numbers)[:8]))}"
            )
    if key == "same":
        return Same(numbers[held[0]], numbers[held[1]])
    if type(held[1]) is not int:
        raise QuestionError(f"the question names a class that is {kind_of(held[1])}: give 0, 1, ..")
    return ClassIs(numbers[held[0]], held[1])
