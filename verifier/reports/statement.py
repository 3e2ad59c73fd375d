"""The theorem that a certificate proves, for readers who know neither networks nor proofs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.head import origin_words
from verifier.model.network import Network
from verifier.model.ordinal import AnyVariable
from verifier.model.tree import Tree
from verifier.model.verdict import DIFFERENT, EQUIVALENT, Float32, Status, Verdict
from verifier.reports.domain_words import clause, warnings
from verifier.reports.float32 import executed_words
from verifier.reports.leaves import total
from verifier.reports.numbers import (
    digits,
    fraction,
    is_short,
    plural,
    product_form,
    scientific,
    whole,
)
from verifier.reports.programs import programs
from verifier.reports.trust_words import is_firm, rests_on_trust
from verifier.reports.words import class_words, name, quote, quoted_rule

if TYPE_CHECKING:
    from verifier.jobs.against import Digests

MOST_EXACT = 400
"""Numbers of more characters are rounded in the words (never in the JSON)."""
MOST_GROUPS = 40
"""Kinds of variables written out."""
MOST_NAMES = 24
"""Names, values or notes written out in one place."""


SHORT = {
    "bits": "one variable of values 0 and 1, equally likely, for each input of the network",
    "signs": "one variable of values -1 and 1, equally likely, for each input of the network",
}
"""Domains that need no file."""


def paragraphs(
    certificate: Certificate, verdict: Verdict, files: Digests | None = None
) -> tuple[str, ...]:
    """What is proved, of what, in which semantics, trusting whom: plain text, a paragraph each.

    ``verdict`` is what the kernel found in the certificate, with or without believing solvers, and
    ``files`` the user's own, found to hold what the certificate is about.
    """
    return (
        _subject(certificate, files),
        _domain(certificate.domain, certificate.domain_from, certificate.teacher.executed),
        _semantics(certificate.teacher),
        _finding(certificate.domain, verdict, certificate.tree),
        _float32(verdict.float32, certificate.domain.size, certificate.teacher.executed),
        _reading(certificate.teacher.notes),
        _trust(certificate, verdict, files),
    )


def _subject(certificate: Certificate, files: Digests | None) -> str:
    parts = certificate.hashes
    network, tree, domain = "", "", ""
    if files is not None and files.network is not None:
        network = (
            f"; they are what Leafproof reads from the network file with SHA-256 {files.network}"
        )
    if files is not None and files.tree is not None:
        tree = f"; it is the tree in the tree file with SHA-256 {files.tree}"
    if files is not None and files.domain is not None:
        domain = f"; it is the domain in the domain file with SHA-256 {files.domain}"
        if files.domain in SHORT:
            domain = f"; it is what Leafproof calls {files.domain}, {SHORT[files.domain]}"
    return (
        f"This is what the certificate with SHA-256 {certificate.sha256} proves. The network is "
        "given by the layers and weights in its parts teacher.json (SHA-256 "
        f"{parts['teacher.json']}) and weights.bin (SHA-256 {parts['weights.bin']}){network}. The "
        f"tree is the decision tree in its part tree.json (SHA-256 {parts['tree.json']}){tree}. "
        f"The domain is the set of inputs in its part domain.json (SHA-256 {parts['domain.json']})"
        f"{domain}. Every SHA-256 is that of all bytes of the file or part named."
    )


def _domain(domain: Domain, origin: str | None = None, executed: Sequence[str] = ()) -> str:
    groups = [list(g) for _, g in groupby(domain.variables, key=_values)]
    shown = "; ".join(f"{_names(g)} {_values(g[0])}" for g in groups[:MOST_GROUPS])
    if len(groups) > MOST_GROUPS:
        rest = sum(len(g) for g in groups[MOST_GROUPS:])
        shown += f"; and {plural(rest, 'further variable')}, given in domain.json"
    count = len(domain.variables)
    whose = "the one variable" if count == 1 else f"each of {whole(count)} variables"
    combined = "every value" if count == 1 else "every combination of one value"
    size = _count(domain.size, domain)
    text = f"The domain has {size} input{'s' * (domain.size != 1)}: {combined} of {whose}: {shown}."
    text += " How values are encoded as numbers is given in domain.json."
    if origin is not None:
        text += f" The domain is {clause(domain, origin)}."
    for warning in warnings(domain, executed):
        text += f" Note: {warning}."
    if not domain.uniform:
        return text + (
            " The variables are independent of each other, and each value has the probability "
            "stated with it."
        )
    return f"{text} Every input has the same probability, {_chance(Fraction(1, domain.size), 0)}."


def _names(group: Sequence[AnyVariable]) -> str:
    names = [name(v.name) for v in group]
    if len(names) > MOST_NAMES:
        return f"{names[0]}, {names[1]} and so on to {names[-1]} ({whole(len(names))} variables)"
    return _listed(names)


def _values(variable: AnyVariable) -> str:
    """The values in brackets, with their probabilities where these differ."""
    labels = [name(x) for x in variable.labels]
    if len(set(variable.probabilities)) > 1:
        chances = variable.probabilities
        labels = [f"{x}: {_chance(p, 0)}" for x, p in zip(labels, chances, strict=True)]
    return f"({_listed(labels, 'or')})"


def _listed(words: Sequence[str], last: str = "and") -> str:
    shown = list(words)
    if len(words) > MOST_NAMES:
        shown = [*words[: MOST_NAMES - 1], f"{digits(len(words) - MOST_NAMES + 1)} others"]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


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
        text += f" The classes are called {_listed(names)}."
    if teacher.head is not None:
        words = quoted_rule(teacher)
        text += f" In terms of the network as it was given: {words}{origin_words(teacher.head)}."
    return text


def _finding(domain: Domain, verdict: Verdict, tree: Tree) -> str:
    high, size = verdict.disagreements[1], domain.size
    given = ""
    if rests_on_trust(verdict):
        given = f", provided that {_solvers(verdict)}"
    if verdict.verdict == EQUIVALENT:
        lead = "It follows" if given else "It is proved"
        where = "the one input" if size == 1 else f"every one of the {_count(size, domain)} inputs"
        return (
            f"{lead} that the network and the tree give the same class for {where} of the domain"
            f"{given}: the number of inputs for which they differ is 0, and so is its probability."
        )
    between = _between(verdict, domain)
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
            f"{_count(size, domain)} inputs."
        )
    return (
        "It is not decided whether the network and the tree are the same: no input is known for "
        f"which they differ. It {'follows' if given else 'is proved'} that they differ for "
        f"{between}{given}."
    )


def _between(verdict: Verdict, domain: Domain) -> str:
    """How many inputs, and with what probability."""
    (low, high), (least, most) = verdict.disagreements, verdict.error
    count = f"at least {_count(low, domain)} and at most {_count(high, domain)}"
    if low == high:
        count = f"exactly {_count(low, domain)}"
    elif not low:
        count = f"at most {_count(high, domain)}"
    chance = f"at least {_chance(least, -1)} and at most {_chance(most, 1)}"
    if least == most:
        chance = f"exactly {_chance(least, 0)}"
    elif not least:
        chance = f"at most {_chance(most, 1)}"
    together = "it has" if low == high == 1 else "together they have"
    return (
        f"{count} of the {_count(domain.size, domain)} inputs; {together} a probability of {chance}"
    )


def _example(verdict: Verdict, domain: Domain, tree: Tree) -> str:
    if not verdict.counterexamples:
        return ""
    found = verdict.counterexamples[0]
    labels = list(domain.labels(found.point).items())
    words = [f"{name(k)} = {name(x)}" for k, x in labels]
    return (
        f" For {_listed(words)}, for instance, the network's class is "
        f"{class_words(tree, found.teacher_class)} and "
        f"the tree's is {class_words(tree, found.tree_class)}."
    )


def _float32(found: Float32, size: int, executed: Sequence[str]) -> str:
    if executed:
        words = executed_words(executed)
        return f"{words[0].upper()}{words[1:]}: for float32 nothing is shown."
    what = (
        "A float32 evaluation computes the network's layers in their order, every operation "
        "rounded to the nearest IEEE 754 single-precision number or more finely, with sums taken "
        "in any order, with or without fused multiply-add, and with numbers near 0 flushed to 0 or "
        "not."
    )
    where = "for every input of the domain"
    if not found.is_shown:
        missing = found.points_not_shown
        chance = _chance(found.probability_not_shown, 1)
        where = (
            f"for all inputs of the domain but {_count(missing)}, which have a probability of "
            f"{chance}; for those it is not shown"
        )
        if missing == size:
            return f"{what} For no input is it shown that this gives the class of the real numbers."
    return (
        f"{what} It is shown that every such evaluation gives the class that the real numbers "
        f"give {where}."
    )


def _reading(notes: Sequence[str]) -> str:
    if not notes:
        return "No change that reading made to the network is noted in teacher.json."
    shown = "; ".join(f"({i}) {quote(text, 400)}" for i, text in enumerate(notes[:MOST_NAMES], 1))
    if len(notes) > MOST_NAMES:
        shown += f"; and {plural(len(notes) - MOST_NAMES, 'more')}"
    return (
        "In reading the network something was changed, and what is said above, of real numbers and "
        "of float32, is said of the network after that change. What was changed teacher.json says "
        f"in its own words, which were not checked: {shown}."
    )


def _trust(certificate: Certificate, verdict: Verdict, files: Digests | None) -> str:
    versions = programs()
    run_by = ", ".join(f"{k} {v}" for k, v in list(versions.items())[1:])
    needed = ["that kernel"]
    if files is not None:
        needed.append("Leafproof's own readers of the files named")
    if rests_on_trust(verdict):
        needed.append(f"the word of {_listed([quote(s) for s in verdict.trusted])}, as said above")
    text = f"Every step of the proof was checked by {verdict.kernel}, the kernel of Leafproof "
    text += versions["Leafproof"]
    text += f" (with {run_by}). Whoever believes this has to trust {_listed(needed)}."
    text += f" The program that found the proof ({quote(certificate.found_by)}, the file says) need"
    text += " not be trusted"
    text += ", and nothing was sampled."
    if verdict.untrusted:
        solvers = _listed([quote(s) for s in verdict.untrusted])
        points = _count(total(verdict, Status.UNTRUSTED).points)
        text += (
            f" The certificate also cites the word of {solvers} about {points} inputs; it is not "
            "believed here, and those inputs count as unknown."
        )
    return text


def _solvers(verdict: Verdict) -> str:
    """``z3 4.13 is right about 3 cells (96 inputs in all)``."""
    words = [f"{quote(s)} is right about {plural(n, 'cell')}" for s, n in verdict.trusted.items()]
    points = total(verdict, Status.TRUSTED).points
    held = "input" if points == 1 else "inputs"
    return (
        f"{_listed(words)} of the domain ({_count(points)} {held}), "
        "which the kernel could not confirm"
    )


def _count(n: int, domain: Domain | None = None) -> str:
    """All digits up to 400; the domain's size in powers, anything else rounded, beyond that."""
    text = digits(n)
    if len(text) <= MOST_EXACT:
        return text
    if domain is not None and n == domain.size:
        form = product_form(len(v.labels) for v in domain.variables)
        if len(form) <= MOST_EXACT:
            return form
    return whole(n)


def _chance(p: Fraction, towards: int) -> str:
    """The exact fraction and a decimal, rounded in the given direction where that is marked."""
    text = fraction(p)
    if p.denominator == 1:
        return text
    decimal = scientific(p, 4, towards)
    if len(text) > MOST_EXACT:
        return f"about {decimal} (rounded {'up' if towards > 0 else 'down' if towards else 'off'})"
    return f"{text} ({'' if is_short(p) else 'about '}{decimal})"
