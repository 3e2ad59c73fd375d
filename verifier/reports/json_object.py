"""The object that ``--json`` prints: what a Result says, for machines."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.kernel.claim import INFINITE, claim_of, count, exact
from verifier.model.cell import describe_cell
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.head import rule
from verifier.model.network import Network
from verifier.model.sample import Sampled
from verifier.model.verdict import Checked, Verdict
from verifier.reports import domain_words, question_words
from verifier.writing.json_nouns import tree_value
from verifier.writing.models_json import formula_to_json
from verifier.writing.network_parts import head_to_json

if TYPE_CHECKING:
    from verifier.jobs.certify import CertifyResult
    from verifier.jobs.check import CheckResult
    from verifier.jobs.distill import DistillResult
    from verifier.jobs.fronts.common import FrontResult
    from verifier.jobs.fronts.where import Where
    from verifier.jobs.repair import RepairResult
    from verifier.jobs.result import Result
    from verifier.model.certificate import Certificate


def as_json(result: Result) -> dict[str, Any]:
    """The object of a result; without a certificate, only how long the work took."""
    if result.certificate is None or result.proved is None:
        return {"seconds": dict(result.seconds)}
    found = certificate_json(result.certificate, result.proved, result.seconds)
    return found | ({"checkers": list(result.checkers)} if result.checkers else {})


def front_json(result: FrontResult) -> dict[str, Any]:
    """The same of a question that people ask, with its witnesses as inputs."""
    shown = [
        {"inputs": [dict(x) for x in i.inputs], "classes": list(i.classes), "runtime": i.runtime}
        for i in result.instances
    ]
    asked = {"kind": result.kind, "asked": result.front.subject, "remark": result.front.note}
    found = asked | as_json(result) | {"instances": shown, "instance": shown[0] if shown else None}
    return found | ({} if result.where is None else {"where": where_json(result.where)})


def where_json(where: Where) -> dict[str, Any]:
    """A tree that tells where it is so, and what is proved of it."""
    held = {k: getattr(where, k) for k in ("wrong", "inside", "caught", "missed")}
    shares = {k: {"lower": exact(low), "upper": exact(high)} for k, (low, high) in held.items()}
    return {
        "tree": tree_value(where.tree),
        "leaves": where.tree.leaves,
        "smallest": where.smallest,
        **shares,
        "sha256": where.certificate.sha256,
    }


def certify_json(result: CertifyResult) -> dict[str, Any]:
    """The same with what other solvers said."""
    return as_json(result) | {"remarks": list(result.remarks)}


def test_json(result: Result) -> dict[str, Any]:
    """What a test found, apart from what is proved: nothing."""
    from verifier.reports.tested_words import NO_PROOF

    assert result.proved is not None
    return as_json(result) | {"test": NO_PROOF} | sampled_json(result.proved.sampled, "error")


def distill_json(result: DistillResult) -> dict[str, Any]:
    """The tree and how it was found, then what is proved of it."""
    own = {
        "method": result.method,
        "leaves": result.tree.leaves,
        "depth": result.tree.depth,
        "finished": result.finished,
        "tree": tree_value(result.tree),
        **result.facts,
    }
    if result.measured is None:
        return own | as_json(result)
    from verifier.reports import linearity

    return own | as_json(result) | {"explanation": linearity.as_json(result.measured)}


def repair_json(result: RepairResult) -> dict[str, Any]:
    """What was changed, then what is proved of the tree."""
    changes = [
        {
            "node": change.node,
            "where": describe_cell(result.domain, change.cell),
            "class_before": change.before,
            "leaves": change.leaves,
        }
        for change in result.changes
    ]
    return {
        "leaves": result.tree.leaves,
        "leaves_added": result.leaves_added,
        "finished": result.finished,
        "changes": changes,
    } | as_json(result)


def check_json(result: CheckResult) -> dict[str, Any]:
    """What a certificate proves, and what it was held against; of a cut check, how far it came."""
    verdict, certificate = result.proved, result.certificate
    assert verdict is not None and certificate is not None
    if not result.finished:
        cut = verdict.checked.cut
        nodes = len(certificate.proof)
        return {
            "valid": None,
            "finished": False,
            "nodes": nodes,
            "nodes_checked": nodes if cut is None else cut.nodes,
            "proved_by_then": proved_json(certificate, verdict, result.seconds),
        }
    found = as_json(result) | {"valid": True}
    if result.verified is not None:
        build = result.verified.build
        found["verified"] = {
            "agrees": True,
            "build": build.kind,
            "coq": build.coq,
            "sources": build.sources,
            "seconds": result.verified.seconds,
        }
        if result.verified.not_covered:
            found["verified"]["not_covered"] = list(result.verified.not_covered)
    if result.opinion is not None:
        found["paranoid"] = {
            "agrees": True,
            "checker": result.opinion.checker,
            "cells": dict(result.opinion.cells),
            "points": result.opinion.points,
            "seconds": result.opinion.seconds,
            **({} if result.opinion.sample is None else {"sample": result.opinion.sample or True}),
        }
    if result.against is not None:
        found |= {"against": list(result.against), "replayed": result.replayed}
    if result.required is not None:
        found |= {"required": result.required, "met": result.met}
    return found


def certificate_json(
    certificate: Certificate, verdict: Verdict, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """What a certificate proves, and what it rests on."""
    if not certificate.matter.is_differ:
        return question_json(certificate, verdict, seconds)
    claim = _counted(claim_of(verdict, certificate.matter), "disagreements", verdict)
    claim |= sampled_json(verdict.sampled, "error")
    shown = named(claim["counterexamples"], certificate.teacher.labels)
    return claim | {
        "counterexamples": shown,
        "count": claim["disagreements"],  # as all questions have it
        "probability": claim["error"],
        **_rests_on(verdict),
        "counterexample": shown[0] if shown else None,
        "class": head_json(certificate.teacher),
        **_made_and_checked(certificate, verdict, seconds),
    }


def question_json(
    certificate: Certificate, verdict: Verdict, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """What a certificate proves of a question in general, and what it rests on."""
    models = certificate.models
    names = [m.name for m in models]
    claim = _counted(claim_of(verdict, certificate.matter, 2), "points", verdict)
    labels = {m.name: m.model.labels for m in models}
    for witness in claim["witnesses"]:
        held = {n: labels[n][k] for n, k in witness["classes"].items() if k < len(labels[n])}
        witness |= {"labels": held} if held else {}
    return {
        "question": question_words.words(models, certificate.question),
        "formula": formula_to_json(certificate.question, names),
        "models": [
            held
            | ({"class": head_json(m.model)} if isinstance(m.model, Network | Ensemble) else {})
            for m, held in zip(
                models, question_words.models_json(certificate.domain, models), strict=True
            )
        ],
        **claim,
        "count": claim["points"],
        **sampled_json(verdict.sampled, "probability"),
        **_rests_on(verdict),
        "witness": claim["witnesses"][0] if claim["witnesses"] else None,
        **_made_and_checked(certificate, verdict, seconds),
    }


def sampled_json(sampled: Sampled | None, what: str) -> dict[str, Any]:
    """What was sampled of what is open, apart from what is proved; ``what`` names the figure."""
    if sampled is None:
        return {"sampled": None}
    return {
        "sampled": {
            what: {"lower": exact(sampled.lower), "upper": exact(sampled.upper)},
            "delta": exact(sampled.delta),
            "samples": sampled.draws,
            "seen": sampled.seen,
            "method": sampled.method,
            **({} if sampled.line is None else {"line": sampled.line}),
            **({} if sampled.undecided is None else {"undecided": sampled.undecided}),
        }
    }


def _counted(claim: dict[str, Any], points: str, verdict: Verdict) -> dict[str, Any]:
    """The claim with null for numbers of points that are infinite."""
    if not verdict.infinite:
        return claim
    not_shown = {"points": None, **claim["float32"]["not_shown"]}
    if claim["float32"]["robust"]:
        not_shown["points"] = 0
    claim = {**claim, "domain_size": INFINITE, points: None}
    return claim | {"float32": claim["float32"] | {"not_shown": not_shown}}


def _rests_on(verdict: Verdict) -> dict[str, Any]:
    return {
        "not_trusted": dict(verdict.untrusted),
        "trust_solvers": list(verdict.trust),
        "kernel": verdict.kernel,
    }


def _made_and_checked(
    certificate: Certificate, verdict: Verdict, seconds: Mapping[str, float]
) -> dict[str, Any]:
    executed = question_words.executed_of(certificate)
    return {
        "rows": rows_json(verdict),
        "prover": certificate.found_by,
        "command": certificate.command,
        "seconds": dict(seconds),
        "splits": verdict.checked.splits,
        "points_enumerated": verdict.checked.points_enumerated,
        "upheld": verdict.checked.upheld,
        "largest_bits": verdict.checked.largest_bits,
        "checked": checked_json(verdict.checked),
        "domain": domain_words.as_json(certificate.domain, certificate.domain_from, executed),
        "notes": list(question_words.notes_of(certificate)),
        "executed": list(executed),
        "sha256": certificate.sha256,
        "parts": dict(certificate.hashes),
    }


def proved_json(
    certificate: Certificate, verdict: Verdict, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """What the steps that were checked prove, where a check was cut short."""
    (few, many), (low, high) = verdict.disagreements, verdict.error
    points, chance = "disagreements", "error"
    if not certificate.matter.is_differ:
        points, chance = "points", "probability"
    counts = {"lower": count(few), "upper": count(many)}
    return {
        points: None if verdict.infinite else counts,
        chance: {"lower": exact(low), "upper": exact(high)},
        "checked": checked_json(verdict.checked),
        "seconds": dict(seconds),
    }


def checked_json(checked: Checked) -> dict[str, Any]:
    """What the kernel did.

    ``largest_bits`` is the length of the largest integer of exact evaluations, 0 where there were
    none; all other integers are below 2**53.
    """
    return {
        "cells": dict(checked.cells),
        "splits": checked.splits,
        "points_enumerated": checked.points_enumerated,
        "upheld": checked.upheld,
        "largest_bits": checked.largest_bits,
        "seconds": checked.seconds,
    }


def rows_json(verdict: Verdict) -> dict[str, Any] | None:
    """On how many of the certificate's rows the formula is true; None where it has no rows."""
    found = verdict.rows
    if found is None:
        return None
    share = exact(Fraction(found.true, found.rows))
    return {"rows": found.rows, "disagreements": found.true, "error": share}


def head_json(network: Teacher) -> dict[str, Any]:
    """What a class of the network is."""
    return {
        "rule": question_words.ensemble_rule(network)
        if isinstance(network, Ensemble)
        else rule(network.head, network.labels, network.outputs),
        "head": None if network.head is None else head_to_json(network.head),
        "labels": list(network.labels) or None,
    }


def named(counterexamples: list[dict[str, Any]], labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """The counterexamples with the classes' names, where they have any."""
    if not labels:
        return counterexamples
    return [
        found
        | {
            "teacher_label": labels[found["teacher_class"]],
            "tree_label": labels[found["tree_class"]],
        }
        for found in counterexamples
    ]
