"""``leafproof distill``: extract a tree from a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.asked import command
from verifier.cli.printing import print_json, say
from verifier.cli.verdict import UNFINISHED, print_verdict
from verifier.jobs.choices import Engine, Method, Scores

if TYPE_CHECKING:
    from verifier.jobs.distill import DistillResult


LAYERS = (
    "activations to probe: post, pre or both of the nonlinearities, or layers by number, 2,4; "
    "default post (lrh, and with --scores lrh, --explain)"
)
SCORES = (
    "split a cell on what separates the classes (the default), or on what linear probes find "
    "(certified)"
)


def distill(
    teacher: Annotated[
        Path, typer.Argument(help="the network, ONNX, or an ensemble", show_default=False)
    ],
    domain: options.DomainOption = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    method: Annotated[Method, typer.Option(help="how to find the tree")] = Method.CERTIFIED,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="write the tree here")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="prove what can be proved, and write it here")
    ] = None,
    depth: Annotated[int | None, typer.Option(help="most tests on a path (cart, lrh)")] = None,
    leaves: Annotated[int | None, typer.Option(help="most leaves (certified, cart)")] = None,
    samples: Annotated[int | None, typer.Option(help="points drawn from the domain")] = None,
    seed: Annotated[int, typer.Option(help="of the points drawn")] = 0,
    keep: Annotated[int | None, typer.Option(help="ANDs that survive a level (lrh)")] = None,
    size: Annotated[int | None, typer.Option(help="most leaves (lrh)")] = None,
    layers: Annotated[str | None, typer.Option(help=LAYERS)] = None,
    scores: Annotated[Scores | None, typer.Option(help=SCORES)] = None,
    error: Annotated[
        str | None, typer.Option(help="disagreement that is small enough, 1/1000 (certified)")
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="a table (CSV, Parquet): its rows count before all else, and --error is of them "
            "(certified, cart)",
        ),
    ] = None,
    timeout: ends.Timeout = None,
    journal: options.Journal = None,
    resume: options.Resume = None,
    explanation: Annotated[
        bool, typer.Option("--explain", help="measure how linear the tree's paths are")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="draw that measurement here (.png, .svg)")
    ] = None,
    sample: options.Sample = None,
    no_sample: options.NoSample = False,
    delta: options.Delta = None,
    nonce: options.Nonce = "",
    device: options.Device = None,
    engine: options.EngineOption = Engine.LOCAL,
    address: options.AddressOption = None,
    trust_solver: options.TrustSolver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Extract a decision tree from a network.

    certified: a tree grown with its proof; cart: scikit-learn on the network's answers;
    lrh: linear probes on the network's activations find the tree's paths.
    """
    limit = ends.limited(timeout)
    if plot is not None:
        from verifier.reports import linearity

        linearity.check_plot(plot)
    from verifier.jobs import distill as job

    with live.watching() as watcher:
        result = job.distill(
            teacher,
            domain,
            head=head,
            threshold=threshold,
            method=method,
            depth=depth,
            leaves=leaves,
            samples=samples,
            seed=seed,
            keep=keep,
            size=size,
            layers=layers,
            scores=scores,
            error=error,
            explain=explanation or plot is not None,
            rows=rows,
            timeout=limit,
            output=output,
            certificate=certificate,
            journal=journal,
            resume=resume,
            trust=options.trusted(trust_solver),
            sample=options.draws(sample, no_sample),
            delta=delta,
            nonce=nonce,
            device=device,
            engine=engine,
            address=address,
            command=command(),
            progress=watcher.hear,
            stop=watcher.stop,
        )
    if plot is not None and result.measured is not None:
        linearity.plot(result.measured, plot)
        live.note(f"plot written to {plot}")
    with ends.telling(0):
        if json:
            print_json(result.to_dict())
        else:
            show(result, output, certificate)


def show(result: DistillResult, output: Path | None, certificate: Path | None) -> None:
    """The tree and what is proved of it, for people."""
    tree = result.tree
    if output is None:
        from verifier.reports.summary import drawn

        typer.echo(drawn(tree, result.domain))
    where = f" written to {output}" if output else ""
    size = f"{tree.leaves} leaves" if tree.leaves != 1 else "1 leaf"
    say(f"tree with {size}, depth {tree.depth}, by {result.method}{where}", markup=False)
    for line in result.lines if live.level() >= 0 else ():
        say(f"  {line}", markup=False)
    if not result.finished:
        say(f"not finished: {UNFINISHED}", markup=False)
    print_verdict(result, certificate)
    if result.measured is not None:
        from verifier.reports import linearity

        for line in linearity.lines(result.measured):
            say(line, markup=False)
