"""``leafproof test``: how often a tree differs from a model that is only called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.asked import command
from verifier.cli.printing import print_json, say
from verifier.cli.verdict import EXIT


def test(
    model: Annotated[
        Path, typer.Argument(help="the model: any ONNX file, a file of trees", show_default=False)
    ],
    tree: Annotated[Path, typer.Argument(help="the tree: JSON, ONNX or code", show_default=False)],
    domain: options.DomainOption = None,
    rows: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="draw from this CSV or Parquet file's rows alone"),
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="the table's column that is no input")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="leave this one out as well")
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="how many points are drawn, at most: 100,000", show_default=False
        ),
    ] = None,
    replacement: Annotated[
        bool | None,
        typer.Option(
            "--with-replacement/--without-replacement",
            help="draw independently, or each row or point at most once (as rows are, by default)",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="ERROR", help="end as soon as the interval is below or above this error"
        ),
    ] = None,
    aim: Annotated[
        str | None,
        typer.Option(metavar="ERROR", help="with --until: bet that the error is about so small"),
    ] = None,
    delta: options.Delta = None,
    nonce: options.Nonce = "",
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Test how often a tree differs from any model, at points drawn. A test, not a proof.

    The model is only called: onnxruntime executes it (files of XGBoost, LightGBM and code answer as
    they are read). The exit code is 2, as nothing is decided; `check --against` asks the model
    again at the same points.
    """
    limit = ends.limited(timeout)
    from verifier.jobs.testing import test as job

    with live.watching() as watcher:
        result = job(
            model,
            tree,
            domain,
            rows=rows,
            target=target,
            drop=drop or (),
            samples=samples,
            replacement=replacement,
            until=until,
            aim=aim,
            delta=delta,
            nonce=nonce,
            head=head,
            threshold=threshold,
            timeout=limit,
            output=output,
            command=command(),
            progress=watcher.hear,
            stop=watcher.stop,
        )
    with ends.telling(EXIT["undecided"]):
        if json:
            print_json(result.to_dict())
        else:
            show(result, output)
    raise typer.Exit(EXIT["undecided"])


def show(result: object, path: object = None, lead: str = "[bold yellow]TESTED[/]") -> None:
    """A test's Result for people; ``path`` is where its certificate is."""
    from rich.markup import escape

    from verifier.jobs.result import Result
    from verifier.reports import tested_words

    assert isinstance(result, Result)
    certificate, verdict = result.certificate, result.proved
    assert certificate is not None and verdict is not None and verdict.sampled is not None
    say(f"{lead} {escape(tested_words.headline(verdict.sampled, certificate.domain))}")
    if live.level() < 0:
        return
    shown = None if path is None else str(path)
    for name, text in tested_words.lines(certificate, result.seconds, shown):
        say(f"  {name:<15} {escape(text)}")
