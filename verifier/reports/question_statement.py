"""The theorem that a certificate proves of a question in general, for readers of all kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from verifier.model.certificate import Certificate
from verifier.model.ensemble import Ensemble
from verifier.model.head import origin_words
from verifier.model.network import Network
from verifier.model.opaque import Opaque
from verifier.model.question import Bound
from verifier.model.verdict import NOWHERE, SOMEWHERE, Verdict
from verifier.reports import domain_statement, infinite, question_words
from verifier.reports import statement_end as shared
from verifier.reports.domain_statement import count, listed
from verifier.reports.domain_words import term
from verifier.reports.numbers import digits, whole
from verifier.reports.trust_words import is_firm, rests_on_trust
from verifier.reports.words import name, quoted_rule

if TYPE_CHECKING:
    from verifier.jobs.against import Digests

ANSWER = "the answer to the question that the real numbers give"
MOST_MODELS = 24
"""Models written out."""


def paragraphs(
    c: Certificate,
    verdict: Verdict,
    files: Digests | None = None,
    checkers: Sequence[str] = (),
) -> tuple[str, ...]:
    """What is proved, of what, in which semantics, trusting whom: plain text, a paragraph each."""
    executed = question_words.executed_of(c)
    return (
        _subject(c),
        domain_statement.paragraph(c.domain, c.domain_from, executed),
        _semantics(c),
        _finding(c, verdict),
        shared.float32(verdict.float32, c.domain.size, executed, ANSWER),
        shared.reading(question_words.notes_of(c), "models.json"),
        shared.trust(c, verdict, files, checkers),
    )


def _subject(c: Certificate) -> str:
    parts = c.hashes
    models = "; ".join(_model(c, m) for m in c.models[:MOST_MODELS])
    if len(c.models) > MOST_MODELS:
        models += f"; and {digits(len(c.models) - MOST_MODELS)} more"
    question = question_words.words(c.models, c.question)
    return (
        f"This is what the certificate with SHA-256 {c.sha256} proves. Its models are given by its "
        f"parts models.json (SHA-256 {parts['models.json']}) and weights.bin (SHA-256 "
        f"{parts['weights.bin']}){_beside(parts)}: {models}. "
        f"The question, in its part question.json (SHA-256 {parts['question.json']}), is for which "
        f"inputs it is true that {question}. The domain is the set of inputs in its part "
        f"domain.json (SHA-256 {parts['domain.json']}). Every "
        "SHA-256 is that of all bytes of the file or part named."
    )


def _beside(parts: Mapping[str, str]) -> str:
    held = parts.get("ensembles.json")
    return "" if held is None else f", and ensembles.json (SHA-256 {held})"


def _model(c: Certificate, model: Bound) -> str:
    kind = "a network" if isinstance(model.model, Network) else "a decision tree"
    if isinstance(model.model, Ensemble):
        kind = "an ensemble of decision trees"
    if isinstance(model.model, Opaque):
        kind = "an opaque model, of which only its answers at the points drawn are recorded,"
    reads = question_words.reads_words(c.domain, model, 24)
    return f"{term(model.name)}, {kind} that reads {reads}"


def _semantics(c: Certificate) -> str:
    rules = list(dict.fromkeys(_rule(m) for m in c.models if isinstance(m.model, Network)))
    text = ""
    if rules:
        text = (
            "A network is evaluated in the real numbers, with no rounding, on its weights exactly "
            f"as they are stored (IEEE 754 numbers). {' '.join(rules)} "
        )
    for m in c.models:
        if isinstance(m.model, Ensemble):
            text += _ensemble(m.name, m.model)
    return text + (
        "A decision tree compares numbers exactly. A model sees of an input only the variables "
        "that it reads, their encodings side by side in that order."
    )


def _ensemble(called: str, held: Ensemble) -> str:
    """What an ensemble's class is."""
    rounded = "without rounding"
    if held.arithmetic != "exact":
        rounded = f"each sum rounded to the nearest {held.arithmetic} number, ties to even"
    divided = "" if held.divisor == 1 else f", and divided by {held.divisor!r}"
    if held.factor != 1:
        divided = f", and multiplied by {held.factor!r}"
    rule = question_words.ensemble_rule(held)
    return (
        f"Each tree of {term(called)} compares numbers exactly; to what the ensemble starts from "
        f"the trees' leaves add their numbers one after the other, {rounded}{divided}; "
        f"its class is: {rule}{origin_words(held.head)}. "
    )


def _rule(model: Bound) -> str:
    network = model.model
    assert isinstance(network, Network)
    rule = (
        f"Of several numbers that {term(model.name)} gives, {whole(network.outputs)}, the class is "
        "that of the largest, and of several equally large ones that with the lowest number."
    )
    if network.outputs == 1:
        rule = (
            f"The class of {term(model.name)} is 1 where the one number that it gives is greater "
            "than 0, and 0 where it is 0 or less."
        )
    if network.head is not None:
        words = quoted_rule(network)
        rule += f" In terms of the network as it was given: {words}{origin_words(network.head)}."
    return rule


def _finding(c: Certificate, verdict: Verdict) -> str:
    what = question_words.words(c.models, c.question)
    size = infinite.POINTS.split()[0] if c.domain.infinite else count(c.domain.size, c.domain)
    given = ""
    if rests_on_trust(verdict):
        given = f", provided that {shared.solvers(verdict)}"
    lead = "It follows" if given and not is_firm(verdict) else "It is proved"
    if verdict.verdict == NOWHERE and c.domain.infinite:
        return (
            f"{lead} that for no input of the domain it is true that {what}{given}: the "
            "probability of that is 0."
        )
    if verdict.verdict == NOWHERE:
        return (
            f"{lead} that for none of the {size} inputs of the domain it is true that {what}"
            f"{given}: the number of such inputs is 0, and so is their probability."
        )
    between = shared.between(verdict, c.domain)
    if verdict.verdict == SOMEWHERE:
        return (
            f"{lead} that there are inputs for which it is true that {what}: it is true for "
            f"{between}{given}.{_example(c, verdict)}"
        )
    if verdict.disagreements[1] == c.domain.size and verdict.error[1] == 1:
        return (
            f"It is not decided whether there is an input for which it is true that {what}: none "
            f"is known, and it may be true for any or all of the {size} inputs."
        )
    return (
        f"It is not decided whether there is an input for which it is true that {what}: none is "
        f"known. It {'follows' if given else 'is proved'} that it is true for {between}{given}."
    )


def _example(c: Certificate, verdict: Verdict) -> str:
    if not verdict.counterexamples:
        return ""
    found = verdict.counterexamples[0]
    values = [f"{name(k)} = {name(x)}" for k, x in c.domain.labels(found.point).items()]
    return f" For {listed(values)}, for instance, {_classes(c.models, found.classes)}."


def _classes(models: Sequence[Bound], classes: Sequence[int]) -> str:
    said = [
        f"the class of {term(m.name)} is {question_words.class_words(m, k)}"
        for m, k in zip(models, classes, strict=True)
    ]
    return listed(said)
