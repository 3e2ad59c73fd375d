"""``leafproof check --statement``: the theorem that a certificate proves, and nothing else."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from verifier.model.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.model.certificate import Certificate
    from verifier.model.verdict import Verdict


def digest(path: Path, what: str) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises LeafproofError."""
    from verifier.reading.files import read_bytes

    return sha256(read_bytes(path, what)).hexdigest()


def digests(against: tuple[Path, Path, str]) -> tuple[str, str, str]:
    """The SHA-256 of the files of teacher, tree and domain; ``bits`` or ``signs`` as they are."""
    teacher, tree, domain = against
    last = domain if domain in ("bits", "signs") else digest(Path(domain), "domain")
    return digest(teacher, "teacher (ONNX)"), digest(tree, "tree"), last


def show(
    certificate: Certificate,
    verdict: Verdict,
    against: tuple[Path, Path, str] | None,
    before: tuple[str, str, str] | None,
    *,
    json: bool,
) -> None:
    """Print the theorem, as paragraphs or as an in-toto Statement.

    ``against`` are the user's files, found to hold the certificate's network, tree and domain, and
    ``before`` their hashes from before that comparison. Raises LeafproofError if they changed.
    """
    from verifier.reports.in_toto import in_toto
    from verifier.reports.statement import Files, paragraphs

    files = None
    if against is not None and before is not None:
        if digests(against) != before:
            raise LeafproofError("the files were changed by someone else while they were read")
        files = Files(*before)
    if json:
        typer.echo(in_toto(certificate, verdict, files))
    else:
        typer.echo("\n\n".join(paragraphs(certificate, verdict, files)))
