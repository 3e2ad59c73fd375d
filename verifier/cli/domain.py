"""``leafproof domain``: a domain from a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import live, options
from verifier.cli.printing import print_json, say
from verifier.jobs.choices import Distribution

if TYPE_CHECKING:
    from verifier.formats.frames import FrameDomain
    from verifier.model.domain import Domain

HINT = (
    "Not what is meant? --categorical, --values, --range or --continuous COLUMN, --bins COLUMN=5 "
    "(or edges, COLUMN=18,30,65), --drop COLUMN"
)
Columns = list[str] | None
BINS = "so many bins for numbers of more values, or COLUMN=5, COLUMN=18,30,65, COLUMN=tree, tree"


def domain(
    data: Annotated[Path, typer.Argument(help="the table, CSV or Parquet", show_default=False)],
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="what is predicted: no input")
    ] = None,
    continuous: Annotated[
        Columns,
        typer.Option(metavar="COLUMN", help="a real number in an interval; or COLUMN=0,10; or all"),
    ] = None,
    bins: Annotated[Columns, typer.Option(metavar="N|COLUMN=...", help=BINS)] = None,
    categorical: Annotated[
        Columns, typer.Option(metavar="COLUMN", help="read it as categories, a 0/1 column each")
    ] = None,
    values: Annotated[
        Columns, typer.Option(metavar="COLUMN", help="read it as the numbers that it holds")
    ] = None,
    ranges: Annotated[
        Columns, typer.Option("--range", metavar="COLUMN", help="read it as a range of numbers")
    ] = None,
    drop: Annotated[Columns, typer.Option(metavar="COLUMN", help="leave it out")] = None,
    distribution: Annotated[
        Distribution, typer.Option(help="the probabilities: from the rows, or all alike")
    ] = Distribution.INDEPENDENT,
    smoothing: Annotated[
        str | None, typer.Option(help="so many rows are added to those that are counted")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="bins lie where its answers tell; its inputs are the domain's columns"),
    ] = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="write the domain file here")
    ] = None,
    json: options.Json = False,
) -> None:
    """Read a table as a domain: an input a column, probabilities from the rows.

    What each column is read as is shown, to be corrected by options.
    """
    from verifier.jobs import domain as job

    stated = [("categorical", categorical), ("values", values), ("range", ranges)]
    found = job.domain(
        data,
        target,
        continuous=_intervals(continuous or []),
        bins=parse_bins(bins or []),
        distribution=distribution,
        kinds=_kinds(stated),
        drop=drop or (),
        smoothing=smoothing,
        model=model,
        head=head,
        threshold=threshold,
        output=output,
    )
    for note in found.notes:
        live.note(note)
    if json:
        print_json(as_json(found))
        return
    say(str(found), markup=False)
    say(
        f"{_count(found.domain)} from {found.rows} rows, probabilities: {found.chances}",
        markup=False,
    )
    if output is not None:
        say(f"domain written to {output}", markup=False)
    else:
        say("nothing is written: say where with -o", markup=False)
    say(HINT, markup=False)


def _intervals(given: list[str]) -> Any:
    """The columns that are continuous, with their ends where given. Raises a usage error."""
    if given == ["all"]:
        return True
    found: dict[str, Any] = {}
    for text in given:
        name, equals, what = text.rpartition("=")
        ends = [part.strip() for part in what.split(",")]
        if equals and len(ends) == 2:
            found[name] = ends
        else:
            found[text] = None
    return found


def _count(domain: Domain) -> str:
    if domain.infinite:
        return "infinitely many points"
    size = domain.size
    return f"{size:,} points" if size < 10**12 else f"{float(size):.2g} points"


def _kinds(stated: list[tuple[str, Columns]]) -> dict[str, str]:
    """Kinds by column. Raises a usage error for two of one column."""
    kinds: dict[str, str] = {}
    for kind, names in stated:
        for name in names or ():
            if name in kinds:
                raise typer.BadParameter(f"column {name} is to be {kinds[name]} and {kind}")
            kinds[name] = kind
    return kinds


def parse_bins(given: list[str]) -> Any:
    """The bins that ``--bins`` says: a number or tree, or by column. Raises a usage error."""
    by_name: dict[str, Any] = {}
    for text in given:
        name, equals, what = text.rpartition("=")
        if not equals:
            if len(given) > 1:
                raise typer.BadParameter(
                    f"--bins {text} is for all columns: name the column in each, COLUMN={text}"
                )
            return _bins(text)
        by_name[name] = _bins(what)
    return by_name or None


def _bins(text: str) -> Any:
    if text == "tree":
        return text
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1:
        return parts
    if not text.isdecimal() or len(text) > 9:
        raise typer.BadParameter(
            f"--bins {text[:60]}: give a number of bins, edges 18,30,65, or tree"
        )
    return int(text)


def as_json(found: FrameDomain) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "points": None if found.domain.infinite else found.domain.size,
        "rows": found.rows,
        "distribution": found.distribution,
        "smoothing": str(found.smoothing),
        "variables": [
            {
                "name": r.name,
                "kind": str(r.kind),
                "columns": list(r.columns),
                "values": None if str(r.kind) == "continuous" else r.variable.count,
                "missing": r.missing,
                "words": r.words,
            }
            for r in found.read
        ],
        "left_out": list(found.left_out),
        "notes": list(found.notes),
    }
