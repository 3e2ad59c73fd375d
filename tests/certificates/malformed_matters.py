"""The files of ``malformed/`` in format 2: not certificates, whatever they claim."""

from __future__ import annotations

from tests.certificates.malformed_domains import domains
from tests.certificates.malformed_given import given
from tests.certificates.malformed_members import manifests, proofs
from tests.certificates.malformed_questions import models, questions
from tests.certificates.sandwich_files import malformed


def files():
    held = {**domains(), **given(), **models(), **questions(), **proofs(), **manifests()}
    return {**held, **malformed()}
