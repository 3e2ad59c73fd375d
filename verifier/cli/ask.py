"""``leafproof ask QUESTION``: at how many points is a formula over classes of models true?"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from verifier.cli import ask_kinds, ends, live, options
from verifier.cli.asked import Recorded, command
from verifier.cli.examples import epilog
from verifier.cli.printing import print_json
from verifier.cli.verdict import EXIT, print_verdict
from verifier.jobs.choices import Engine
from verifier.model.errors import QuestionError, quoted

KINDS = ("fair", "monotone", "same", "robust", "formula")


class Kinds(TyperGroup):
    """``ask`` with the kind of question; where there is none, a formula is asked."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in what is left out."""
        if args and args[0] not in (*KINDS, "--help"):
            near = get_close_matches(args[0], KINDS, 1)
            if near and not Path(args[0]).exists():
                raise QuestionError(
                    f"there is no question {quoted(args[0])}: did you mean {quoted(near[0])}?"
                )
            args = ["formula", *args]
        found: list[str] = super().parse_args(ctx, args)
        return found


app = typer.Typer(
    cls=Kinds,
    no_args_is_help=True,
    help="Any other question, proved: is a model fair, monotone, robust, the same as another; or a "
    "formula over the classes of models, whose options ask formula --help shows.",
    epilog=epilog("ask"),
)
for kind in (ask_kinds.fair, ask_kinds.monotone, ask_kinds.same, ask_kinds.robust):
    app.command(epilog=epilog(f"ask {kind.__name__}"), cls=Recorded)(kind)


@app.command(epilog=epilog("ask formula"), cls=Recorded)
def formula(
    question: Annotated[
        str,
        typer.Argument(
            help="a formula, as in 'class(a) = 1 and not same(a, b)' or in JSON, or a file"
        ),
    ],
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=FILE...", help="networks (ONNX) and trees", show_default=False
        ),
    ],
    domain: Annotated[
        str,
        typer.Option(
            "--domain", metavar="FILE", help="the domain, or bits, or signs", show_default=False
        ),
    ],
    reads: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VARIABLE,...",
            help="the variables that a model reads, in the order of its columns; else all",
        ),
    ] = None,
    head: options.HeadsOption = None,
    threshold: options.ThresholdsOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    stop_at_witness: Annotated[
        bool, typer.Option("--stop-at-witness", help="one point where it is so is enough")
    ] = False,
    sample: options.Sample = None,
    no_sample: options.NoSample = False,
    delta: options.Delta = None,
    nonce: options.Nonce = "",
    device: options.Device = None,
    journal: options.Journal = None,
    resume: options.ResumeAny = None,
    engine: options.EngineOption = Engine.LOCAL,
    address: options.AddressOption = None,
    trust_solver: options.TrustSolver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Prove at how many points a formula over the classes of models is true.

    Exit code 0: nowhere; 1: somewhere (equivalent and different, of a network and a tree);
    2: undecided.
    """
    limit = ends.limited(timeout)
    trust = options.trusted(trust_solver)
    bound = _bound(models, reads or ())
    from verifier.jobs import ask as job

    with live.watching("it is so somewhere; counting: probability") as watcher:
        result = job.ask(
            question,
            bound,
            domain,
            head=options.heads(head),
            threshold=options.by_model("--threshold", threshold),
            timeout=limit,
            output=output,
            stop_at_witness=stop_at_witness,
            trust=trust,
            sample=options.draws(sample, no_sample),
            delta=delta,
            nonce=nonce,
            device=device,
            journal=journal,
            resume=resume,
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
    raise typer.Exit(EXIT[result.verdict])


def _bound(models: Sequence[str], reads: Sequence[str]) -> dict[str, Any]:
    """By name a model's file, and the variables that it reads where that is said."""
    found: dict[str, Any] = {}
    for text in models:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise QuestionError(f"{quoted(text)} is no model: write NAME=FILE, as in a=net.onnx")
        if name in found:
            raise QuestionError(f'two models are named "{name}": names must differ')
        found[name] = path
    for text in reads:
        name, _, listed = text.partition("=")
        if name not in found or isinstance(found[name], tuple):
            raise QuestionError(f"--reads {quoted(text)}: name each of the models once, at most")
        found[name] = found[name], options.names(text, listed)
    return found
