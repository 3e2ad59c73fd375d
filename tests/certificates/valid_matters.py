"""The files of ``valid/`` in format 2: name -> (file, reason, what ``leafproof check`` says)."""

from __future__ import annotations

from tests.certificates import signed_files
from tests.certificates.sandwich_files import valid
from tests.certificates.valid_domains import domains, models
from tests.certificates.valid_questions import proofs, questions


def files():
    """Files about each noun that format 2 brought, and about each new form of a proof."""
    return {**domains(), **models(), **questions(), **proofs(), **valid(), **signed_files.valid()}
