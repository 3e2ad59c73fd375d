"""Questions in words: which models, what each reads, and the formula over their classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.head import class_name, origin_words
from verifier.model.network import Network
from verifier.model.opaque import Opaque
from verifier.model.question import All, Any_, Bound, ClassIs, Formula, Not, Same
from verifier.model.tree import Tree
from verifier.model.verdict import ANSWERS, Verdict
from verifier.reports.blocks import Table, TableCell
from verifier.reports.domain_words import term
from verifier.reports.numbers import digits, plural
from verifier.reports.words import name, quote, quoted_rule

DEEPEST = 12
"""Levels of a formula written out."""
MOST_ATOMS = 40
"""Parts of one formula written out."""
MOST_READ = 6
"""Variables of a model named in a line."""


def words(models: Sequence[Bound], formula: Formula) -> str:
    """``the classes of a and b differ``, ``the class of a is 1 and the class of b is 0``."""
    return _words(models, formula, DEEPEST, False)


def _words(models: Sequence[Bound], formula: Formula, levels: int, inner: bool) -> str:
    """The words; in brackets where they stand ``inner`` another list."""
    if not levels:
        return "…"
    match formula:
        case ClassIs(model, klass):
            return f"the class of {term(models[model].name)} is {class_words(models[model], klass)}"
        case Same(left, right):
            return f"the classes of {_pair(models, left, right)} are the same"
        case Not(Same(left, right)):
            return f"the classes of {_pair(models, left, right)} differ"
        case Not(ClassIs(model, klass)):
            held = models[model]
            return f"the class of {term(held.name)} is not {class_words(held, klass)}"
        case Not(Not(twice)):
            return _words(models, twice, levels - 1, inner)
        case Not(other):
            return f"not ({_words(models, other, levels - 1, False)})"
        case All(parts) | Any_(parts):
            if len(parts) == 1:
                return _words(models, parts[0], levels - 1, inner)
            shown = [_words(models, part, levels - 1, True) for part in parts[:MOST_ATOMS]]
            if len(parts) > MOST_ATOMS:
                shown.append(f"… ({digits(len(parts) - MOST_ATOMS)} more)")
            joined = (" and " if isinstance(formula, All) else " or ").join(shown)
            return f"({joined})" if inner else joined


def _pair(models: Sequence[Bound], left: int, right: int) -> str:
    return f"{term(models[left].name)} and {term(models[right].name)}"


def class_words(model: Bound, klass: int) -> str:
    """A class of a model: its name in quotes, or its number where it has none."""
    labels = model.model.labels
    return quote(labels[klass]) if klass < len(labels) else str(klass)


def reads_words(domain: Domain, model: Bound, most: int = MOST_READ) -> str:
    """What a model reads: ``all variables, in order``, or their names."""
    if model.reads == tuple(range(len(domain.variables))):
        return "all variables, in order"
    shown = ", ".join(name(domain.variables[i].name) for i in model.reads[:most])
    rest = len(model.reads) - most
    return f"{shown} and {digits(rest)} more" if rest > 0 else shown


def kind_words(model: Bound) -> str:
    """What a model is, in short."""
    held = model.model
    if isinstance(held, Network):
        outputs = "one logit" if held.outputs == 1 else f"{digits(held.outputs)} logits"
        return f"network, {plural(held.columns, 'input column')}, {outputs}"
    if isinstance(held, Opaque):
        own = plural(held.classes - 1, "class", "classes")
        return f"opaque model ({held.what}), the tree's {own} and one for any other answer"
    if isinstance(held, Ensemble):
        return ensemble_words(held)
    return f"tree, {tree_words(held)}"


def tree_words(tree: Tree) -> str:
    """The size of a tree."""
    return f"{plural(tree.leaves, 'leaf', 'leaves')}, depth {digits(tree.depth)}"


def ensemble_words(held: Ensemble) -> str:
    """What an ensemble is, in short."""
    outputs = "one score" if held.outputs == 1 else f"{digits(held.outputs)} scores"
    trees = plural(len(held.members), "tree", "trees")
    return f"ensemble of {trees}, {digits(held.size)} nodes, {outputs} added {_added(held)}"


def _added(held: Ensemble) -> str:
    return "exactly" if held.arithmetic == "exact" else f"in {held.arithmetic}"


def ensemble_rule(held: Ensemble) -> str:
    """What a class of an ensemble is."""
    if held.link:
        return "the class of the largest softmax of the scores, each rounded, ties to the first"
    if held.threshold is None:
        return "the class of the largest score, ties to the first"
    return f"class {name(class_name(held.labels, 1))} where the score is > {held.threshold!r}"


def models_table(domain: Domain, models: Sequence[Bound]) -> Table:
    """The models with what each reads."""
    rows = tuple(
        (
            TableCell(name(m.name)),
            TableCell(kind_words(m)),
            TableCell(reads_words(domain, m, 24)),
            TableCell(_rule(m)),
        )
        for m in models
    )
    return Table("The models", ("model", "what it is", "reads", "its class"), rows)


def _rule(model: Bound) -> str:
    """What a class of the model is."""
    held = model.model
    if isinstance(held, Network):
        return f"{quoted_rule(held)}{origin_words(held.head)}"
    if isinstance(held, Opaque):
        return "recorded at the points drawn, not proved"
    if isinstance(held, Ensemble):
        return f"{ensemble_rule(held)}{origin_words(held.head)}"
    return "that of the leaf"


def model_lines(domain: Domain, models: Sequence[Bound]) -> list[tuple[str, str]]:
    """A line for each model: its name, what it is and what it reads."""
    return [
        ("model", f"{term(m.name)}: {kind_words(m)}; reads {reads_words(domain, m)}")
        for m in models
    ]


def models_json(domain: Domain, models: Sequence[Bound]) -> list[dict[str, Any]]:
    """The models for machines."""
    return [
        {
            "name": m.name,
            "kind": _kind(m),
            "reads": [domain.variables[i].name for i in m.reads],
            "classes": m.classes,
        }
        for m in models
    ]


def _kind(model: Bound) -> str:
    if isinstance(model.model, Opaque):
        return "opaque"
    if isinstance(model.model, Ensemble):
        return "ensemble"
    return "network" if isinstance(model.model, Network) else "tree"


def as_answer(verdict: Verdict) -> Verdict:
    """The verdict as the answer to a question: nowhere, somewhere or undecided."""
    return replace(verdict, verdict=ANSWERS.get(verdict.verdict, verdict.verdict))


def executed_of(certificate: Certificate) -> tuple[str, ...]:
    """The narrow number types that a network of the question computes in, each once."""
    return tuple(dict.fromkeys(kind for m in networks_of(certificate) for kind in m.executed))


def notes_of(certificate: Certificate) -> tuple[str, ...]:
    """What was noted when the networks and ensembles were read, each once."""
    held = [m.model for m in certificate.models if isinstance(m.model, Network | Ensemble)]
    return tuple(dict.fromkeys(text for m in held for text in m.notes))


def networks_of(certificate: Certificate) -> list[Network]:
    """The networks of the question, in order."""
    return [m.model for m in certificate.models if isinstance(m.model, Network)]
