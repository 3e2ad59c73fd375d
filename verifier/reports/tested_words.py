"""A test in words: what was drawn, what was seen, and that nothing of it is a proof."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.opaque import Opaque
from verifier.model.sample import ANYTIME, FINITE, POOLED, Plan, Sampled
from verifier.reports import domain_words, given_words, question_words
from verifier.reports.numbers import digits, plural, scientific

NO_PROOF = "a test, not a proof"


def headline(sampled: Sampled, domain: Domain) -> str:
    """What the test says, in a sentence."""
    noun = "row" if given_words.is_listed(domain) else "point"
    drawn = f"{digits(sampled.seen)} of {plural(sampled.draws, noun)} drawn"
    if sampled.among == sampled.draws:
        return (
            f"model and tree differ at {digits(sampled.seen)} of all {digits(sampled.among)} "
            f"{noun}s, as the model answered: the error on them is "
            f"{scientific(sampled.lower, 4, -1)} ({NO_PROOF})"
        )
    return (
        f"model and tree differ at {drawn}: with confidence 1 - {scientific(sampled.delta)} the "
        f"error lies between {scientific(sampled.lower, 4, -1)} and "
        f"{scientific(sampled.upper, 4, 1)} ({NO_PROOF})"
    )


def lines(
    certificate: Certificate,
    seconds: Mapping[str, float],
    path: str | None = None,
) -> list[tuple[str, str]]:
    """What it rests on, a name and a text each."""
    held = [
        ("inputs", domain_words.described(certificate.domain, certificate.domain_from)),
        *question_words.model_lines(certificate.domain, certificate.models),
        *rests_on(certificate),
        ("seconds", ", ".join(f"{name} {took:.2f}" for name, took in seconds.items())),
    ]
    return held + ([] if path is None else [("certificate", path)])


def rests_on(certificate: Certificate) -> list[tuple[str, str]]:
    """How it was drawn, and on what its interval rests."""
    plan = plan_of(certificate)
    nonce = f' and the nonce "{plan.nonce}"' if plan.nonce else ""
    return [
        (
            "draws",
            f"{_how(plan, certificate.domain)}, by what the hashes of domain, model, tree and "
            f"question{nonce} fix: nobody chooses them",
        ),
        ("interval", _why(plan)),
        ("believed", believed(certificate)),
    ]


def _how(plan: Plan, domain: Domain) -> str:
    if plan.method == FINITE:
        what = "rows" if given_words.is_listed(domain) else "points of the whole domain"
        return f"{what}, each at most once"
    if plan.method == ANYTIME:
        return f"up to {digits(plan.draws)} independent points of the whole domain"
    return "independent points of the whole domain"


def _why(plan: Plan) -> str:
    """What the interval rests on."""
    if plan.method == FINITE:
        return "the exact hypergeometric bound, half of δ a side: theorem finite-population"
    if plan.method == POOLED:
        return "the exact binomial bound, half of δ a side: theorem open-cells-interval"
    if plan.aim is None:
        return (
            "holds whenever one stops, by the prior Beta(1/2, 1/2): theorem "
            "confidence-sequence-beta"
        )
    return (
        f"holds whenever one stops, as bets are made that the error is {scientific(plan.aim)}: "
        "theorem sequential-test"
    )


def theorem(plan: Plan) -> str:
    """The theorem behind the interval."""
    if plan.method == FINITE:
        return "finite-population"
    if plan.method == POOLED:
        return "open-cells-interval"
    return "confidence-sequence-beta" if plan.aim is None else "sequential-test"


def last_class(certificate: Certificate) -> str:
    """What the model's last class stands for."""
    most = certificate.models[0].classes - 1
    return f"class {most} of the model stands for every answer that the tree never gives"


def believed(certificate: Certificate) -> str:
    """What the interval rests on beside the draws."""
    model = certificate.models[0].model
    assert isinstance(model, Opaque)
    return (
        "the model's answers at the points drawn, as the file records them: leafproof check "
        "--against MODEL TREE DOMAIN asks it again"
    )


def plan_of(certificate: Certificate) -> Plan:
    """How a test's points were drawn."""
    assert certificate.sample is not None
    return certificate.sample.plan
