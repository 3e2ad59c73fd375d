"""Everything that checks a certificate file: each is asked about each file of corpus and campaign.

A checker takes a path and returns the exit code that ``leafproof check`` has for it: 0 valid, 1 its
claim does not hold, 3 malformed. Every entry of ``CHECKERS`` must give the first one's answer.
"""

from __future__ import annotations

from pathlib import Path

from verifier import second_checker
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.reading.certificate import read_certificate

VALID, INVALID, MALFORMED = 0, 1, 3


def kernel(path):
    """The kernel's answer."""
    try:
        check_certificate(read_certificate(path))
    except InvalidProof:
        return INVALID
    except LeafproofError:
        return MALFORMED
    return VALID


def second(path):
    """The answer of the second checker, which shares no code with the kernel."""
    try:
        second_checker.check(Path(path).read_bytes())
    except InvalidProof:
        return INVALID
    except LeafproofError:
        return MALFORMED
    return VALID


CHECKERS = {"kernel": kernel, "second": second}
FIRST_ONLY = {"second"}
"""Those that know format 1 of the certificate alone."""


def answers(path):
    """What each checker that knows the file's format says of it, by name."""
    first = b"leafproof-certificate/2" not in Path(path).read_bytes()
    return {
        name: check(path) for name, check in CHECKERS.items() if first or name not in FIRST_ONLY
    }
