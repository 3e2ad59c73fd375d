"""``leafproof check --against``: is the certificate about these files, the domain included?"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import heads
from verifier.model.errors import InvalidProof

if TYPE_CHECKING:
    from verifier.formats.heads import Asked
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.variable import Variable

NEEDED = (
    "--against takes three values, TEACHER TREE DOMAIN: name after the tree the domain that must "
    "have been proved: bits, signs or a domain file"
)


def _three(values: tuple[Path, Path, str] | None) -> tuple[Path, Path, str] | None:
    """Refuse an option that was taken for a value, where one of the three is missing."""
    for value in values or ():
        if str(value).startswith("-"):
            raise typer.BadParameter(f"{NEEDED} (here {value!s} follows instead)")
    return values


Against = Annotated[
    tuple[Path, Path, str] | None,
    typer.Option(
        metavar="TEACHER TREE DOMAIN",
        help="also compare with these (DOMAIN: bits, signs or a file), and replay counterexamples "
        "in onnxruntime",
        callback=_three,
    ),
]


def compare(
    certificate: Certificate, teacher: Path, tree: Path, domain: str, asked: Asked | None = None
) -> None:
    """Raise InvalidProof unless these are the certificate's teacher, tree and domain, exactly.

    The network's output is read as ``asked``, never as the certificate says that it is.
    """
    from verifier.formats.load import read_domain, read_teacher, read_tree
    from verifier.model.head import rule
    from verifier.model.tree import matched
    from verifier.writing.network_parts import same_network

    found, stated = read_teacher(teacher, asked), certificate.teacher
    words = rule(stated.head, stated.labels, stated.outputs)
    beside = (found.notes, found.executed) == (stated.notes, stated.executed)
    if not beside or not same_network(found, stated):
        how = (
            ""
            if stated.head is None or stated.head.origin != "asked"
            else (f" (the certificate was asked for {words}: give the same --head and --threshold)")
        )
        raise InvalidProof(f"the certificate is about another network than {teacher}{how}")
    if not heads.says_no_more(stated, found):
        raise InvalidProof(
            f"the certificate says: {words}; {teacher} is read as: "
            f"{rule(found.head, found.labels, found.outputs)} (--head and --threshold say how)"
        )
    if matched(read_tree(tree), found.labels) != certificate.tree:
        raise InvalidProof(f"the certificate is about another tree than {tree}")
    other = difference(certificate.domain, read_domain(domain, found.columns))
    if other:
        raise InvalidProof(f"the certificate is about another domain than {domain}: {other}")


def difference(held: Domain, given: Domain) -> str:
    """The first difference of a certificate's domain from the one given; empty if there is none.

    Variables and values are compared in order, by name, encoding and probability, exactly.
    """
    from verifier.reports.numbers import digits

    for i, (ours, theirs) in enumerate(zip(held.variables, given.variables, strict=False)):
        if ours != theirs:
            return f"variable {digits(i)} {_variable(ours, theirs)}"
    counts = len(held.variables), len(given.variables)
    if counts[0] != counts[1]:
        return f"the certificate's has {digits(counts[0])} variables, that one {digits(counts[1])}"
    return "" if held == given else "they are not equal"


def _variable(ours: Variable, theirs: Variable) -> str:
    from verifier.reports.numbers import fraction
    from verifier.reports.words import quote

    if ours.name != theirs.name:
        return f"is {quote(ours.name)} in the certificate, and {quote(theirs.name)} there"
    of = f"({quote(ours.name)})"
    for i, (a, b) in enumerate(zip_longest(ours.labels, theirs.labels)):
        if a != b:
            words = ("none" if x is None else quote(x) for x in (a, b))
            return f"{of} has as value {i} {' in the certificate, and '.join(words)} there"
    for label, a, b in zip(ours.labels, ours.encoding, theirs.encoding, strict=True):
        if a != b:
            rows = (" ".join(_short(str(x)) for x in row[:8]) or "nothing" for row in (a, b))
            lead = f"{of} has its value {quote(label)} encoded as"
            return f"{lead} {' in the certificate, and as '.join(rows)} there"
    for label, p, q in zip(ours.labels, ours.probabilities, theirs.probabilities, strict=True):
        if p != q:
            chances = (_short(fraction(x)) for x in (p, q))
            lead = f"{of} gives its value {quote(label)} the probability"
            return f"{lead} {' in the certificate, and '.join(chances)} there"
    return f"{of} is another"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
