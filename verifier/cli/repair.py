"""``leafproof repair``: grow a tree until it is the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.asked import command
from verifier.cli.printing import print_json, say
from verifier.cli.verdict import EXIT, UNFINISHED, print_verdict
from verifier.jobs.choices import Engine

if TYPE_CHECKING:
    from verifier.jobs.repair import Change, RepairResult
    from verifier.model.domain import Domain

SHOWN = 10
"""Changes listed."""


def repair(
    teacher: Annotated[
        Path, typer.Argument(help="the network, ONNX, or an ensemble", show_default=False)
    ],
    tree: Annotated[Path, typer.Argument(help="the tree: JSON, ONNX or code", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="write the repaired tree here")],
    domain: options.DomainOption = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    certificate: Annotated[Path | None, typer.Option(help="write the certificate here")] = None,
    leaves: Annotated[int | None, typer.Option(help="most leaves of the repaired tree")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of the points drawn")] = 0,
    timeout: ends.Timeout = None,
    journal: options.Journal = None,
    resume: options.Resume = None,
    sample: options.Sample = None,
    no_sample: options.NoSample = False,
    delta: options.Delta = None,
    nonce: options.Nonce = "",
    device: options.Device = None,
    rows: options.Rows = None,
    engine: options.EngineOption = Engine.LOCAL,
    address: options.AddressOption = None,
    trust_solver: options.TrustSolver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Grow a tree where it differs from the network until both are equal; the rest stays."""
    limit = ends.limited(timeout)
    from verifier.jobs import repair as job

    with live.watching() as watcher:
        result = job.repair(
            teacher,
            tree,
            domain,
            head=head,
            threshold=threshold,
            leaves=leaves,
            seed=seed,
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
            rows=rows,
            engine=engine,
            address=address,
            command=command(),
            progress=watcher.hear,
            stop=watcher.stop,
        )
    with ends.telling(EXIT[result.verdict]):
        if json:
            print_json(result.to_dict())
        else:
            if live.level() >= 0:
                show(result, output)
            if not result.finished:
                say(f"not finished: {UNFINISHED}", markup=False)
            print_verdict(result, certificate)
    raise typer.Exit(EXIT[result.verdict])


def show(result: RepairResult, output: Path) -> None:
    """What was changed, for people."""
    from verifier.reports.numbers import plural

    say(
        f"{plural(len(result.changes), 'place')} changed: {result.before.leaves} leaves before, "
        f"{result.tree.leaves} now; written to {output}",
        markup=False,
    )
    for change in result.changes[:SHOWN]:
        say(f"  {described(change, result.domain)}", markup=False)
    if len(result.changes) > SHOWN:
        more = plural(len(result.changes) - SHOWN, "more place")
        say(f"  and in {more}", markup=False)


def described(change: Change, domain: Domain) -> str:
    """A change in one line."""
    from verifier.reports.words import cell_words

    where = cell_words(domain, change.cell)
    if change.leaves == 1:
        return f"class of the leaf corrected where {where}"
    what = "1 leaf" if change.added == 1 else f"{change.added} leaves"
    return f"{what} added where {where}"
