"""``leafproof check --require``: fail unless the certificate proves enough."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.model.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.model.verdict import Verdict

Require = Annotated[
    str | None,
    typer.Option(
        metavar="equivalent|ERROR",
        help="also end with 1 unless this is proved: no difference, or at most this probability",
    ),
]


def most_error(text: str) -> Fraction | None:
    """The largest error allowed; None asks for equivalence. Raises LeafproofError."""
    if text == "equivalent":
        return None
    from verifier.reading.json_text import exact_number

    try:
        error = exact_number(text)
    except ValueError:
        error = Fraction(-1)
    if not 0 <= error <= 1:
        raise LeafproofError(
            f'--require "{text}" is neither "equivalent" nor a probability: write 1/1000 or 0.001'
        )
    return error


def bound_to(against: object) -> None:
    """Raise LeafproofError unless it is said what the certificate must be about."""
    if against is None:
        raise LeafproofError(
            "--require means nothing for a certificate about another network, tree or domain: "
            "add --against TEACHER TREE DOMAIN (DOMAIN: bits, signs or a domain file)"
        )


def unmet(verdict: Verdict, require: str | None) -> str | None:
    """What is missing, in a sentence; None where the requirement is met or there is none."""
    if require is None:
        return None
    from verifier.reports.numbers import probability

    most = most_error(require)
    if most is None:
        met = verdict.verdict == "equivalent"
        asked = "that tree and network are equivalent"
    else:
        met = verdict.error[1] <= most
        asked = f"an error of at most {require}"
    if met:
        return None
    return (
        f"the certificate is valid but does not prove {asked}: the verdict is {verdict.verdict}, "
        f"the error at most {probability(verdict.error[1])}"
    )


def enforce(missing: str | None) -> None:
    """Say what is missing, if anything is, and end with 1."""
    if missing is not None:
        typer.echo(f"leafproof: {missing}", err=True)
        raise typer.Exit(1)
