"""``leafproof certify``: prove that a tree is the network, or refute it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.asked import command
from verifier.cli.printing import print_json, say
from verifier.cli.verdict import EXIT, print_verdict
from verifier.jobs.choices import Engine, Language, Prover


def certify(
    teacher: Annotated[
        Path, typer.Argument(help="the network, ONNX, or an ensemble", show_default=False)
    ],
    tree: Annotated[Path, typer.Argument(help="the tree: JSON, ONNX or code", show_default=False)],
    domain: options.DomainOption = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    prover: Annotated[Prover, typer.Option(help="how to search")] = Prover.AUTO,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    journal: options.Journal = None,
    resume: options.ResumeAny = None,
    stop_at_difference: Annotated[
        bool, typer.Option("--stop-at-difference", help="one counterexample is enough")
    ] = False,
    cross_check: Annotated[
        int, typer.Option(min=0, metavar="N", help="ask Z3 again about N of the closed cells")
    ] = 0,
    emit: Annotated[
        tuple[Language, Path] | None,
        typer.Option(metavar="smt2|vnnlib DIR", help="write the open cells for other solvers"),
    ] = None,
    sample: options.Sample = None,
    no_sample: options.NoSample = False,
    delta: options.Delta = None,
    nonce: options.Nonce = "",
    device: options.Device = None,
    rows: options.Rows = None,
    engine: options.EngineOption = Engine.LOCAL,
    address: options.AddressOption = None,
    trust_solver: options.TrustSolver = None,
    no_trust: options.NoTrust = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Prove that the tree is the network on the whole domain, or show where it is not.

    The verdict printed is the kernel's, found in the certificate just written. --timeout ends the
    search and has all that it found checked; Ctrl-C ends the command at once, with what the kernel
    has checked by then, the largest cells first.
    """
    limit = ends.limited(timeout)
    trust = options.trusted(trust_solver, no_trust)
    from verifier.jobs import certify as job

    with live.watching() as watcher:
        result = job.certify(
            teacher,
            tree,
            domain,
            head=head,
            threshold=threshold,
            prover=prover,
            timeout=limit,
            output=output,
            resume=resume,
            journal=journal,
            stop_at_difference=stop_at_difference,
            cross_check=cross_check,
            emit=emit,
            rows=rows,
            trust=trust,
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
    with ends.telling(EXIT[result.verdict]):
        if json:
            print_json(result.to_dict())
        else:
            print_verdict(result, output)
            for text in result.remarks if live.level() >= 0 else ():
                say(f"  {text}", markup=False)
    raise typer.Exit(EXIT[result.verdict])
