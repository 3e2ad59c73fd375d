"""``python -m verifier.kernel FILE``: the check alone, with nothing but NumPy and python-flint.

Exit code 0: the certificate is valid, and proves what is required; 1: it is not, or does not;
3: malformed, asked wrongly, or too large for this machine. It is not looked at which network and
tree are yours: compare the SHA-256 of the parts, or use ``leafproof check --against``.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NoReturn

from verifier.kernel.certificate import check_certificate
from verifier.kernel.claim import digits, exact
from verifier.kernel.solvers import SOLVERS
from verifier.model.certificate import Certificate
from verifier.model.errors import InvalidProof, LeafproofError, quoted
from verifier.model.verdict import EQUIVALENT, NOWHERE, Verdict
from verifier.reading.certificate import read_certificate
from verifier.reading.json_text import exact_number

VALID, INVALID, MALFORMED = 0, 1, 3
NONE = EQUIVALENT, NOWHERE
"""The verdicts that no point makes the question true."""


class Arguments(argparse.ArgumentParser):
    """Options that are refused with the exit code of whatever is malformed."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end."""
        self.exit(MALFORMED, f"leafproof: {message}\n")


def largest_error(text: str) -> Fraction:
    """The largest probability allowed; 0 where the question must be true nowhere."""
    most = Fraction(0) if text in NONE else exact_number(text)
    if not 0 <= most <= 1:
        raise ValueError
    return most


def lines(certificate: Certificate, verdict: Verdict) -> Iterator[str]:
    """What the certificate proves, a fact a line."""
    yield "valid: every step holds; it proves:"
    differ = certificate.matter.is_differ
    yield f"{'verdict' if differ else 'answer'}: {verdict.verdict}"
    between = " to ".join(digits(n) for n in dict.fromkeys(verdict.disagreements))
    points = f"{between} of {digits(verdict.domain_size)} points"
    yield f"disagreements: {points}" if differ else f"true at: {points}"
    chance = " to ".join(exact(p) for p in dict.fromkeys(verdict.error))
    yield f"{'error' if differ else 'probability'}: {chance}"
    for found in verdict.counterexamples:
        labels = certificate.domain.labels(found.point).items()
        point = ", ".join(f"{quoted(name)} = {quoted(label)}" for name, label in labels)
        if differ:
            yield f"differ at {point}: network {found.teacher_class}, tree {found.tree_class}"
            continue
        models = zip(certificate.models, found.classes, strict=True)
        yield f"true at {point}: " + ", ".join(f"{quoted(m.name)} {k}" for m, k in models)
    yield f"float32: not shown at {digits(verdict.float32.points_not_shown)} points"
    for solver, cells in verdict.trusted.items():
        yield f"trusted: {quoted(solver, 200)}, for {cells} cells"
    for solver, cells in verdict.untrusted.items():
        yield f"not trusted, so open: {quoted(solver, 200)}, for {cells} cells"
    for part, sha256 in certificate.hashes.items():
        yield f"SHA-256 of {part}: {sha256}"
    yield "not looked at: whether these are your models and your domain (compare the SHA-256)"


def main(arguments: Sequence[str]) -> int:
    """Check the certificate that the arguments name; returns the exit code."""
    asked = Arguments(prog="python -m verifier.kernel", description="Check a certificate.")
    asked.add_argument("file", help="the certificate")
    asked.add_argument("--require", metavar="equivalent|nowhere|P", help="what must be proved")
    asked.add_argument("--trust-solver", action="append", choices=SOLVERS, default=[])
    options = asked.parse_args(arguments)
    try:
        most = None if options.require is None else largest_error(options.require)
    except ValueError:
        asked.error("--require takes equivalent, nowhere, or a probability such as 1/1000")
    try:
        certificate = read_certificate(options.file)
        verdict = check_certificate(certificate, trust=options.trust_solver)
    except LeafproofError as problem:
        sys.stderr.write(f"leafproof: {problem}\n")
        return INVALID if isinstance(problem, InvalidProof) else MALFORMED
    except MemoryError:
        sys.stderr.write("leafproof: checking this takes more memory than this machine has\n")
        return MALFORMED
    for line in lines(certificate, verdict):
        sys.stdout.write(line.encode("ascii", "backslashreplace").decode() + "\n")
    if options.require in NONE:
        met = verdict.verdict in NONE
    else:
        met = most is None or verdict.error[1] <= most
    if not met:
        sys.stderr.write(f"leafproof: valid, but {options.require} is not proved\n")
    return VALID if met else INVALID


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has seen enough is no fault
    sys.exit(main(sys.argv[1:]))
