"""``leafproof export``: a tree in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import ends, live
from verifier.cli.printing import say
from verifier.jobs import export as job
from verifier.jobs.export import Target
from verifier.model.errors import TreeError


def export(
    tree: Annotated[Path, typer.Argument(help="the tree: JSON, ONNX or code", show_default=False)],
    to: Annotated[
        Target | None, typer.Option(help="the format; default: by the file's ending, else text")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="bits|signs|FILE", help="names and values of the inputs"),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write it here")] = None,
    timeout: ends.Timeout = None,
) -> None:
    """Write a tree as text, SVG, DOT, Python, C, Java, SQL or ONNX.

    What is written is read back and compared with the tree at every threshold; where the format's
    numbers cannot tell apart what the tree tells apart, nothing is written (exit 3).
    """
    ends.limited(timeout)
    with live.watching() as watcher:
        made = job.export(tree, to=to, domain=domain, output=output, progress=watcher.hear)
    if output is not None:
        say(f"{made.to} written to {output}", markup=False)
    elif made.to is Target.ONNX:
        raise TreeError("ONNX is not text: say where to write it with -o")
    else:
        typer.echo(made.data.decode(), nl=False)
