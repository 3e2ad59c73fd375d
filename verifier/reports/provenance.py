"""The last sections: hashes, programs, machine, times, and how to check again."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence

from verifier.kernel.claim import digits as plain_digits
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.verdict import Verdict
from verifier.reports import question_words
from verifier.reports.blocks import Block, Code, Facts, Fold, Section, Table, TableCell, Text
from verifier.reports.numbers import digits, in_full, is_short, plural, whole
from verifier.reports.programs import machine, version
from verifier.reports.trust_words import agreed_words
from verifier.reports.variable_words import listed_chances, listed_labels
from verifier.reports.words import name, quote

MOST_VARIABLES = 300
MOST_VALUES = 24
LIBRARIES = ("leafproof", "numpy", "python-flint", "sympy", "z3-solver")


def variables_fold(domain: Domain) -> Fold:
    """The variables with their values and probabilities."""
    rows = tuple(
        (
            TableCell(name(v.name)),
            TableCell(digits(v.count), number=True),
            TableCell(listed_labels(v, MOST_VALUES)),
            TableCell(_columns(offset, v.columns)),
            TableCell(listed_chances(v, MOST_VALUES)),
        )
        for v, offset in zip(
            domain.variables[:MOST_VARIABLES], domain.offsets[:MOST_VARIABLES], strict=True
        )
    )
    header = ("variable", "values", "labels", "columns", "probabilities")
    blocks: list[Block] = [Table("The variables of the domain, in order", header, rows)]
    rest = len(domain.variables) - len(rows)
    if rest:
        blocks.append(Text(f"{plural(rest, 'further variable')} not listed.", note=True))
    twins = [(v, pair) for v in domain.variables for pair in v.twins]
    blocks += [
        Text(
            f"{name(v.name)}: {name(a)} and {name(b)} have the same encoding, so neither the "
            "network nor the tree can tell them apart."
        )
        for v, (a, b) in twins[:20]
    ]
    return Fold(f"The {plural(len(domain.variables), 'variable')}", tuple(blocks))


def _columns(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first} to {first + count - 1}"


def provenance_section(
    c: Certificate,
    command: str,
    seconds: Mapping[str, float],
    verdict: Verdict,
    checkers: Sequence[str] = (),
) -> Section:
    """Where all this comes from: commands, seed, files by hash, programs, machine and times."""
    facts = [
        ("Proof found by", f"{quote(c.found_by)}, the certificate says"),
        ("Certificate made by", _made_by(c)),
        ("Checked by", agreed_words(verdict, checkers) + _AGREE * bool(checkers)),
        ("Seed", _seed(c.command or "")),
        ("Report written by", command or "a call from Python"),
        ("Machine", f"{machine()} (that checked the certificate and wrote this report)"),
        ("Loading", _loading(c)),
    ]
    rows = [(f"{name(k)}", f"{v:.3f} s") for k, v in seconds.items()]
    rows.append(("kernel alone", f"{verdict.checked.seconds:.3f} s"))
    times = Table("Time spent", ("what", "seconds"), _plain(rows))
    blocks = (Facts(tuple(facts)), _hashes(c), versions_table(), times)
    return Section("provenance", "Provenance", blocks)


_AGREE = ", which agree on the points and their probability"


def _made_by(c: Certificate) -> str:
    return f"{quote(c.command, 1000)}, the certificate says" if c.command else _NOT_RECORDED


_NOT_RECORDED = "not recorded: a call from Python, or another program"


def _seed(command: str) -> str:
    """The seed that the certificate records, and what depends on it."""
    given = re.search(r"--seed (\d+)", command)
    which = (
        f"{given[1]}, of the search" if given else "none was given; what is random has a fixed one"
    )
    return f"{which}. It may change which proof or tree is found, not whether the verdict holds"


def _loading(c: Certificate) -> str:
    said = "; ".join(quote(note, 400) for note in question_words.notes_of(c))
    what = "the network" if len(c.matter.networks) == 1 else "the networks"
    return f"the certificate says: {said}" if said else f"changed nothing in {what}"


def _hashes(c: Certificate) -> Table:
    parts = ((name(k), name(v, 128)) for k, v in c.hashes.items())
    rows = [("certificate file", c.sha256), *parts]
    return Table(
        "SHA-256 of the certificate and of its parts",
        ("part", "SHA-256"),
        tuple((TableCell(part), TableCell(digest)) for part, digest in rows),
    )


def versions_table() -> Table:
    """The programs that checked and wrote."""
    versions = [(library, version(library)) for library in LIBRARIES]
    versions.append(("Python", platform.python_version()))
    caption = "Versions that checked the certificate and wrote this report"
    return Table(caption, ("what", "version"), _plain(versions))


def _plain(rows: Sequence[tuple[str, str]]) -> tuple[tuple[TableCell, ...], ...]:
    return tuple((TableCell(a), TableCell(b, number=True)) for a, b in rows)


def recheck_question(sha256: str) -> Section:
    """How a reader checks the answer to a question again."""
    return Section(
        "recheck",
        "Check it again",
        (
            Text(
                "This page is not the proof; the certificate file is. The first command has the "
                "kernel check it. The second shows that the file is the one this page is about."
            ),
            Code(f"leafproof check CERTIFICATE\nsha256sum CERTIFICATE   # {sha256}"),
        ),
    )


def recheck_section(sha256: str) -> Section:
    """How a reader checks all this again."""
    return Section(
        "recheck",
        "Check it again",
        (
            Text(
                "This page is not the proof; the certificate file is. The first command has the "
                "kernel check it; the second also compares it with your own files and replays "
                "every counterexample in a second runtime. The third shows that the file is the "
                "one this page is about."
            ),
            Code(
                "leafproof check CERTIFICATE\n"
                "leafproof check CERTIFICATE --against TEACHER TREE DOMAIN\n"
                f"sha256sum CERTIFICATE   # {sha256}"
            ),
        ),
    )


def rounded_numbers(c: Certificate, verdict: Verdict) -> list[tuple[str, str]]:
    """The interval's ends and the domain's size with every digit, where they are shown rounded."""
    numbers = []
    what, chance = "disagreements", "error"
    if not c.matter.is_differ:
        what, chance = "points where it is so", "probability"
    counts = () if c.domain.infinite else verdict.disagreements
    if counts and whole(c.domain.size).startswith("about"):
        numbers.append(("points of the domain", plain_digits(c.domain.size)))
    for label, count in zip(("fewest", "most"), counts, strict=False):
        if whole(count).startswith("about"):
            numbers.append((f"{what}, {label}", plain_digits(count)))
    for label, error in zip(("least", "greatest"), verdict.error, strict=True):
        if not is_short(error):
            numbers.append((f"{chance}, {label}", in_full(error)))
    return numbers


def exact_fold(facts: Sequence[tuple[str, str]]) -> Fold:
    """Numbers with every digit, for those that were rounded above."""
    return Fold("Exact numbers", (Facts(tuple(facts)),))
