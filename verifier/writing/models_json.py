"""Models and questions as JSON values: what ``reading.models_json`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.network import Network
from verifier.model.opaque import Opaque
from verifier.model.question import All, Any_, Bound, ClassIs, Formula, Not, Same
from verifier.reading.models_json import MODELS_FORMAT, QUESTION_FORMAT
from verifier.writing.ensembles_json import same_ensemble
from verifier.writing.json_nouns import tree_to_json
from verifier.writing.network_parts import same_network, teacher_to_parts


def same_teacher(a: Network | Ensemble, b: Network | Ensemble) -> bool:
    """Whether two networks or ensembles compute the same way, whatever is said about them."""
    if isinstance(a, Network) and isinstance(b, Network):
        return same_network(a, b)
    return isinstance(a, Ensemble) and isinstance(b, Ensemble) and same_ensemble(a, b)


def same_model(a: Bound, b: Bound) -> bool:
    """Whether the models of two are the same, whatever is said about networks and ensembles."""
    if isinstance(a.model, Network | Ensemble) and isinstance(b.model, Network | Ensemble):
        return a.model is b.model or same_teacher(a.model, b.model)
    return a.model == b.model


def models_to_json(domain: Domain, models: Sequence[Bound]) -> tuple[dict[str, Any], bytes]:
    """The models as a JSON value, and the weights of the networks among them.

    Ensembles are numbered; they are another part.
    """
    entries, raw, ensembles = [], bytearray(), 0
    for bound in models:
        entry: dict[str, Any] = {
            "name": bound.name,
            "reads": [domain.variables[i].name for i in bound.reads],
        }
        if isinstance(bound.model, Network):
            entry["network"], weights = teacher_to_parts(bound.model)
            raw += weights
        elif isinstance(bound.model, Opaque):
            held = bound.model
            entry["opaque"] = {
                "classes": held.classes,
                "sha256": held.sha256,
                "what": held.what,
            }
        elif isinstance(bound.model, Ensemble):
            entry["ensemble"], ensembles = ensembles, ensembles + 1
        else:
            entry["tree"] = tree_to_json(bound.model)
        entries.append(entry)
    return {"format": MODELS_FORMAT, "models": entries}, bytes(raw)


def question_to_json(models: Sequence[Bound], question: Formula) -> dict[str, Any]:
    """The question as a JSON value."""
    names = [bound.name for bound in models]
    return {"format": QUESTION_FORMAT, "formula": formula_to_json(question, names)}


def formula_to_json(formula: Formula, names: Sequence[str]) -> dict[str, Any]:
    """The formula as a JSON value, its models by their names."""
    done: list[dict[str, Any]] = []
    stack: list[tuple[Formula, bool]] = [(formula, False)]
    while stack:
        f, ready = stack.pop()
        match f:
            case ClassIs(model, klass):
                done.append({"class": [names[model], klass]})
            case Same(left, right):
                done.append({"same": [names[left], names[right]]})
            case Not(inner) if not ready:
                stack += [(f, True), (inner, False)]
            case Not():
                done.append({"not": done.pop()})
            case All(parts) | Any_(parts) if not ready:
                stack.append((f, True))
                stack += [(x, False) for x in reversed(parts)]
            case All(parts) | Any_(parts):
                inside = done[len(done) - len(parts) :]
                del done[len(done) - len(parts) :]
                done.append({"all" if isinstance(f, All) else "any": inside})
    return done[0]
