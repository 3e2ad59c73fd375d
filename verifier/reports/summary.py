"""A verdict in a few lines of plain text: what the command prints and Python shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from verifier.formats.drawing import draw_text
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.tree import Tree
from verifier.model.verdict import DIFFERENT, EQUIVALENT, Checked, Verdict
from verifier.reports import (
    answer_words,
    domain_words,
    front_words,
    given_words,
    infinite,
    question_words,
    rows_words,
    sampled_words,
)
from verifier.reports.float32 import OWN_SUMS, float32_line, why_nowhere
from verifier.reports.numbers import decimal_first, interval, plural, probability, whole
from verifier.reports.trust_words import agreed_words, trust_lines
from verifier.reports.verdict_words import is_inconclusive
from verifier.reports.words import quote, quoted_rule

if TYPE_CHECKING:
    from verifier.jobs.second_opinion import Verified
    from verifier.second_checker import Opinion


def headline(certificate: Certificate, verdict: Verdict) -> str:
    """The verdict in a sentence, what a class is where that was chosen, and the inputs."""
    inputs = domain_words.clause(certificate.domain, certificate.domain_from)
    said = answer_words.sentence(certificate, verdict)
    if certificate.matter.is_differ:
        said = sentence(verdict, "ensemble" if certificate.matter.ensembles else "network")
    classes = dict.fromkeys(map(class_sentence, question_words.networks_of(certificate)))
    return f"{said}{''.join(classes)} Inputs: {inputs}."


def word(certificate: Certificate, verdict: Verdict) -> str:
    """The verdict in a word: that of the question, where people have one for it."""
    held = front_words.seen_of(certificate)
    return verdict.verdict if held is None else front_words.badge(held, verdict)


def sentence(verdict: Verdict, what: str = "network") -> str:
    """The verdict in one sentence, about a tree and ``what`` it is compared with."""
    if verdict.infinite or counts_say_nothing(verdict):
        return infinite.sentence(verdict, model=what)
    size = whole(verdict.domain_size)
    low, high = verdict.disagreements
    if verdict.verdict == EQUIVALENT:
        return (
            f"the tree is the {what} on all {plural(verdict.domain_size, 'point')} of the domain."
        )
    if low == high:
        return f"tree and {what} differ at exactly {plural(low, 'point')} of {size}."
    if verdict.verdict == DIFFERENT:
        said = f"tree and {what} differ at {whole(low)} to {plural(high, 'point')} of {size}"
        return said + (": how much is inconclusive." if is_inconclusive(verdict) else ".")
    return f"at most {plural(high, 'point')} of {size} can differ; none has been found."


def counts_say_nothing(verdict: Verdict) -> bool:
    """Whether all points may differ, but together they are known to be improbable (by Tails)."""
    return verdict.disagreements[1] == verdict.domain_size and verdict.error[1] < 1


def class_sentence(network: Network) -> str:
    """What a class is; empty where the network itself shows it."""
    head = network.head
    if head is not None and head.origin == "shown":
        return ""
    words = quoted_rule(network)
    if head is None:
        return f" {words[0].upper()}{words[1:]}."
    if head.origin == "asked":
        return f" As asked: {words}."
    return f" Assumed: {words} (--head)."


def lines(
    certificate: Certificate,
    verdict: Verdict,
    seconds: Mapping[str, float],
    path: str | None = None,
    checkers: Sequence[str] = (),
) -> Iterator[tuple[str, str]]:
    """What stands below the verdict: a name and a text each."""
    executed = question_words.executed_of(certificate)
    is_differ = certificate.matter.is_differ
    if not is_differ:
        yield from question_words.model_lines(certificate.domain, certificate.models)
    yield "domain", domain_words.described(certificate.domain, certificate.domain_from)
    asked = None if is_differ else front_words.seen_of(certificate)
    for name, text in given_words.lines(certificate.domain):
        if asked is None or name != "impossible":  # what makes pairs of inputs is in its words
            yield name, text
    for text in domain_words.warnings(certificate.domain, executed):
        yield "warning", text
    yield "error" if is_differ else "probability", interval(verdict.error, decimal_first)
    if sampled := sampled_words.line(verdict):
        yield "sampled", sampled
    if verdict.rows is not None:
        yield "on rows", rows_words.line(verdict.rows, is_differ=is_differ)
    yield "kernel checked", checked_words(verdict.checked, "cell" if is_differ else "step")
    if checkers:
        yield "agree", f"{agreed_words(verdict, checkers)}, on points and probability"
    yield from trust_lines(verdict)
    said = float32_line(verdict.float32, executed, asked=not is_differ)
    if certificate.matter.ensembles:  # what is proved is no claim about real numbers
        yield "arithmetic", f"proved of {OWN_SUMS}"
        said = said.replace("of the logits ", "of the scores, in any order, ")
        if not verdict.float32.is_shown and not executed:
            said = f"in another order of adding: {said}"
    if not verdict.float32.is_shown and (why := why_nowhere(certificate.matter)) and not executed:
        said = f"{said}: {why}"
    yield "float32", said
    for text in question_words.notes_of(certificate):
        yield "file's note", quote(text, 1000)
    if path:
        yield "certificate", f"{path} (SHA-256 {certificate.sha256})"
    yield "seconds", ", ".join(f"{k} {v:.2f}" for k, v in seconds.items())


def checked_words(checked: Checked, noun: str = "cell") -> str:
    """What the kernel did; a cell may have several steps, each about another network."""
    cells = ", ".join(f"{n} {kind}" for kind, n in checked.cells.items())
    upheld = f", {plural(checked.upheld, 'cell')} of a solver proved here" if checked.upheld else ""
    largest = plural(checked.largest_bits, "bit") if checked.largest_bits > 53 else "under 2^53"
    return (
        f"{plural(sum(checked.cells.values()), noun)} ({cells}){upheld}, "
        f"{plural(checked.splits, 'split')}, "
        f"{plural(checked.points_enumerated, 'point')} evaluated, "
        f"largest integer {largest}, {checked.seconds:.2f} seconds"
    )


def so_far(certificate: Certificate, verdict: Verdict) -> str:
    """What the steps prove that were checked before a check was cut short."""
    low, high = verdict.disagreements
    least, most = verdict.error
    what = "tree and network differ"
    if not certificate.matter.is_differ:
        what = answer_words.asked(certificate)
    if verdict.infinite:
        return f"{what} with probability {probability(least, -1)} to {probability(most, 1)}"
    return (
        f"{what} at {low} to {plural(high, 'point')} of "
        f"{plural(verdict.domain_size, 'point')}, with probability {probability(least, -1)} "
        f"to {probability(most, 1)}"
    )


def verified_by(verified: Verified) -> str:
    """That the verified checker agrees, which build of it, and of what its theorem says nothing."""
    agrees = f"agrees ({verified.build.words}; {verified.seconds:.2f} seconds)"
    if not verified.not_covered:
        return agrees
    return f"{agrees}; not covered by the theorem: {', '.join(verified.not_covered)}"


def agreement(opinion: Opinion) -> str:
    """What the float32 checker went through."""
    kinds = ", ".join(f"{n} {kind}" for kind, n in opinion.cells.items())
    return (
        f"agrees: {plural(sum(opinion.cells.values()), 'cell')} ({kinds}), "
        f"{plural(opinion.points, 'point')} evaluated, "
        f"{opinion.seconds:.2f} seconds, in exact fractions ({opinion.checker})"
        + (f"; {opinion.sample}" if opinion.sample else "")
    )


def drawn(tree: Tree, domain: Domain) -> str:
    """The tree as lines of text; of a very large one the part nearest the root."""
    return draw_text(tree, domain)
