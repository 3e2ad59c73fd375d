"""The theorem that a certificate proves, for readers who know neither networks nor proofs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.head import origin_words
from verifier.model.network import Network
from verifier.model.tree import Tree
from verifier.model.verdict import DIFFERENT, EQUIVALENT, Verdict
from verifier.reports import domain_statement, question_statement, question_words
from verifier.reports import statement_end as shared
from verifier.reports.domain_statement import count, listed
from verifier.reports.numbers import (
    whole,
)
from verifier.reports.trust_words import is_firm, rests_on_trust
from verifier.reports.words import class_words, name, quote, quoted_rule

if TYPE_CHECKING:
    from verifier.jobs.against import Digests

SHORT = {
    "bits": "one variable of values 0 and 1, equally likely, for each input of the network",
    "signs": "one variable of values -1 and 1, equally likely, for each input of the network",
}
"""Domains that need no file."""


def paragraphs(
    certificate: Certificate,
    verdict: Verdict,
    files: Digests | None = None,
    checkers: Sequence[str] = (),
) -> tuple[str, ...]:
    """What is proved, of what, in which semantics, trusting whom: plain text, a paragraph each.

    ``verdict`` is what the kernel found in the certificate, with or without believing solvers, and
    ``files`` the user's own, found to hold what the certificate is about; ``checkers`` beside the
    kernel found the same.
    """
    teacher = certificate.teacher if certificate.matter.is_differ else None
    if not isinstance(teacher, Network):
        verdict = question_words.as_answer(verdict)
        return question_statement.paragraphs(certificate, verdict, files, checkers)
    return (
        _subject(certificate, files),
        domain_statement.paragraph(
            certificate.domain, certificate.domain_from, certificate.teacher.executed
        ),
        _semantics(teacher),
        _finding(certificate.domain, verdict, certificate.tree),
        shared.float32(verdict.float32, certificate.domain.size, certificate.teacher.executed),
        shared.reading(certificate.teacher.notes, _parts(certificate)[0]),
        shared.trust(certificate, verdict, files, checkers),
    )


def _subject(certificate: Certificate, files: Digests | None) -> str:
    parts = certificate.hashes
    network, tree, domain = "", "", ""
    if files is not None and files.network is not None:
        output = "" if files.output is None else f"the output {quote(files.output)} of "
        network = (
            f"; they are what Leafproof reads from {output}the network file with SHA-256 "
            f"{files.network}"
        )
    if files is not None and files.tree is not None:
        tree = f"; it is the tree in the tree file with SHA-256 {files.tree}"
    if files is not None and files.domain is not None:
        domain = f"; it is the domain in the domain file with SHA-256 {files.domain}"
        if files.domain in SHORT:
            domain = f"; it is what Leafproof calls {files.domain}, {SHORT[files.domain]}"
    first, second = _parts(certificate)
    held = f" (SHA-256 {parts[second]})" if second != first else ""
    return (
        f"This is what the certificate with SHA-256 {certificate.sha256} proves. The network is "
        f"given by the layers and weights in its parts {first} (SHA-256 "
        f"{parts[first]}) and weights.bin (SHA-256 {parts['weights.bin']}){network}. The "
        f"tree is the decision tree in its part {second}{held}{tree}. "
        f"The domain is the set of inputs in its part domain.json (SHA-256 {parts['domain.json']})"
        f"{domain}. Every SHA-256 is that of all bytes of the file or part named."
    )


def _parts(certificate: Certificate) -> tuple[str, str]:
    """The parts that hold the network and the tree."""
    if certificate.format == 1:
        return "teacher.json", "tree.json"
    return "models.json", "models.json"


def _semantics(teacher: Network) -> str:
    if teacher.outputs == 1:
        rule = (
            "It gives one number: the class is 1 where that number is greater than 0, and 0 where "
            "it is 0 or less."
        )
    else:
        rule = (
            f"It gives {whole(teacher.outputs)} numbers, one for each of the classes 0 to "
            f"{whole(teacher.outputs - 1)}: the class is that of the largest, and of several "
            "equally large ones that with the lowest number."
        )
    return (
        "The network is evaluated in the real numbers, with no rounding, on its weights exactly as "
        f"they are stored (IEEE 754 numbers). {rule}{_classes(teacher)} The tree compares numbers "
        "exactly."
    )


def _classes(teacher: Network) -> str:
    """What the classes are in the network's own terms, and their names."""
    text = ""
    if teacher.labels:
        names = [f"{i} {quote(x)}" for i, x in enumerate(teacher.labels)]
        text += f" The classes are called {listed(names)}."
    if teacher.head is not None:
        words = quoted_rule(teacher)
        text += f" In terms of the network as it was given: {words}{origin_words(teacher.head)}."
    return text


def _finding(domain: Domain, verdict: Verdict, tree: Tree) -> str:
    high, size = verdict.disagreements[1], domain.size
    given = ""
    if rests_on_trust(verdict):
        given = f", provided that {shared.solvers(verdict)}"
    if verdict.verdict == EQUIVALENT:
        lead = "It follows" if given else "It is proved"
        where = "the one input" if size == 1 else f"every one of the {count(size, domain)} inputs"
        if domain.infinite:
            return (
                f"{lead} that the network and the tree give the same class for every input of the "
                f"domain{given}: the probability that they differ is 0."
            )
        return (
            f"{lead} that the network and the tree give the same class for {where} of the domain"
            f"{given}: the number of inputs for which they differ is 0, and so is its probability."
        )
    between = shared.between(verdict, domain)
    if verdict.verdict == DIFFERENT:
        lead = "It is proved" if is_firm(verdict) else "It follows"
        example = _example(verdict, domain, tree)
        if given and is_firm(verdict):
            return (
                "It is proved that the network and the tree are not the same: they differ for "
                f"{between}. That they differ is proved; these numbers hold{given[1:]}.{example}"
            )
        return (
            f"{lead} that the network and the tree are not the same{given}: they differ for "
            f"{between}.{example}"
        )
    if high == size and verdict.error[1] == 1:
        return (
            "It is not decided whether the network and the tree are the same: no input is known "
            "for which they differ, and they may differ for any or all of the "
            f"{'' if domain.infinite else count(size, domain) + ' '}inputs."
        )
    return (
        "It is not decided whether the network and the tree are the same: no input is known for "
        f"which they differ. It {'follows' if given else 'is proved'} that they differ for "
        f"{between}{given}."
    )


def _example(verdict: Verdict, domain: Domain, tree: Tree) -> str:
    if not verdict.counterexamples:
        return ""
    found = verdict.counterexamples[0]
    labels = list(domain.labels(found.point).items())
    words = [f"{name(k)} = {name(x)}" for k, x in labels]
    return (
        f" For {listed(words)}, for instance, the network's class is "
        f"{class_words(tree, found.teacher_class)} and "
        f"the tree's is {class_words(tree, found.tree_class)}."
    )
