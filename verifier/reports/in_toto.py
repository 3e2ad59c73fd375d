"""The theorem that a certificate proves as an in-toto Statement, fit to be signed.

The layout is that of the in-toto Attestation Framework's Statement v1
(https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). The bytes depend on the
certificate, the files given and the versions of the programs that checked, on nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.kernel.claim import INFINITE, claim_of, exact
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.network import Network
from verifier.model.verdict import Verdict
from verifier.reading.certificate import FORMATS
from verifier.reports import domain_words, given_words, question_words
from verifier.reports.json_object import checked_json
from verifier.reports.programs import programs
from verifier.reports.statement import SHORT, paragraphs
from verifier.writing.models_json import formula_to_json

if TYPE_CHECKING:
    from verifier.jobs.against import Digests

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:leafproof:statement:v1"
SUBJECTS = {
    1: ("teacher.json", "weights.bin", "tree.json", "domain.json"),
    2: ("models.json", "weights.bin", "question.json", "domain.json"),
    3: ("models.json", "weights.bin", "question.json", "domain.json"),
}
"""The parts of a certificate, by its format, that say what it is about."""


def in_toto(
    certificate: Certificate,
    verdict: Verdict,
    files: Digests | None = None,
    checkers: Sequence[str] = (),
) -> str:
    """The Statement as one line of ASCII JSON; every count is a string, as JSON readers round."""
    checked = checked_json(verdict.checked)
    executed = question_words.executed_of(certificate)
    del checked["seconds"]  # of the machine, not of the certificate
    predicate = {
        "statement": "\n\n".join(paragraphs(certificate, verdict, files, checkers)),
        **_question(certificate),
        "claim": _unrounded(claim_of(verdict, certificate.matter, _form(certificate))),
        "semantics": {
            "arithmetic": "real",
            "weights": "IEEE 754 values, exact",
            **_classes(certificate),
            "distribution": _distribution(certificate.domain),
        },
        "solvers_trusted": list(verdict.trust),
        "not_trusted": dict(verdict.untrusted),
        "domain": domain_words.as_json(certificate.domain, certificate.domain_from, executed),
        "notes": list(question_words.notes_of(certificate)),
        "executed": list(executed),
        "prover": certificate.found_by,
        "command": certificate.command,
        "format": FORMATS[certificate.format],
        "kernel": verdict.kernel,
        "checker": programs(),
        **({"also_checked_by": list(checkers)} if checkers else {}),
        "checked": checked | {"points_enumerated": _text(checked["points_enumerated"])},
    }
    value = {
        "_type": STATEMENT_TYPE,
        "subject": list(_subjects(certificate, files)),
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }
    return json.dumps(_encodable(value), ensure_ascii=True, allow_nan=False)


def _form(certificate: Certificate) -> int:
    """The words of the claim: those of network and tree, whatever the file's format, or others."""
    return 1 if certificate.matter.is_differ else 2


def _question(certificate: Certificate) -> dict[str, Any]:
    """The question and its models, where it is not whether network and tree differ."""
    c = certificate
    if c.matter.is_differ:
        return {}
    return {
        "question": question_words.words(c.models, c.question),
        "formula": formula_to_json(c.question, [m.name for m in c.models]),
        "models": question_words.models_json(c.domain, c.models),
    }


def _classes(certificate: Certificate) -> dict[str, Any]:
    """What the networks' classes are."""
    rules = {
        m.name: _one(m.model) if m.model.outputs == 1 else _several(m.model)
        for m in certificate.models
        if isinstance(m.model, Network | Ensemble)
    }
    if not certificate.matter.is_differ:
        return {"class": rules}
    (rule,) = rules.values()
    return {"class": rule, "logits": certificate.teacher.outputs}


def _several(held: Teacher) -> str:
    rounded = "argmax of the rounded softmax" if isinstance(held, Ensemble) and held.link else ""
    return f"{rounded or 'argmax'}, ties to the lowest"


def _one(held: Teacher) -> str:
    return f"1 iff score > {held.threshold!r}" if isinstance(held, Ensemble) else "1 iff logit > 0"


def _distribution(domain: Domain) -> str:
    if given_words.is_uniform(domain):
        return "uniform"
    if domain.given is None:
        return "independent variables"
    return "by the leaves of the domain's tree"


def _subjects(certificate: Certificate, files: Digests | None) -> Iterable[dict[str, Any]]:
    named = [("certificate", certificate.sha256)]
    if files is not None:
        domain = None if files.domain in SHORT else files.domain
        given = ("teacher file", files.network), ("tree file", files.tree), ("domain file", domain)
        named += [(role, digest) for role, digest in given if digest is not None]
    for part in SUBJECTS[certificate.format]:
        named.append((part, certificate.hashes[part]))
    for role, digest in named:
        yield {"name": role, "digest": {"sha256": digest}}


def _unrounded(claim: dict[str, Any]) -> dict[str, Any]:
    """The claim with its numbers of points as strings of digits; of infinitely many, none."""
    points = claim["float32"]["not_shown"]
    counts = "disagreements" if "disagreements" in claim else "points"
    if "points" not in points:
        said = claim | {"domain_size": INFINITE}
        return {name: x for name, x in said.items() if name != "disagreements"}
    return claim | {
        "domain_size": _text(claim["domain_size"]),
        counts: {k: _text(n) for k, n in claim[counts].items()},
        "float32": claim["float32"] | {"not_shown": points | {"points": _text(points["points"])}},
    }


def _text(n: int | str) -> str:
    return n if isinstance(n, str) else exact(Fraction(n))


def _encodable(value: Any) -> Any:
    """The value with lone surrogates, which no UTF-8 reader takes, spelled out."""
    if isinstance(value, str):
        return "".join(f"⟨U+{ord(c):04X}⟩" if "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, dict):
        return {_encodable(k): _encodable(x) for k, x in value.items()}
    return [_encodable(x) for x in value] if isinstance(value, list) else value
