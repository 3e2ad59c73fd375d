"""``leafproof ask fair``, ``monotone``, ``same`` and ``robust``: questions that people ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from verifier.cli import ends, live, options
from verifier.cli.asked import command
from verifier.cli.printing import print_json, say
from verifier.cli.verdict import EXIT, print_verdict
from verifier.jobs.choices import Engine

if TYPE_CHECKING:
    from verifier.jobs.fronts.common import FrontResult

_FRACTION = re.compile(r"-?[0-9]+/[0-9]+")

Model = Annotated[Path, typer.Argument(help="a network (ONNX) or a tree", show_default=False)]
DomainFile = Annotated[
    str,
    typer.Option(
        "--domain", metavar="FILE", help="the domain, or bits, or signs", show_default=False
    ),
]
Reads = Annotated[
    str | None,
    typer.Option(
        metavar="VARIABLE,...",
        help="the variables that the model reads, in the order of its columns; else all",
    ),
]
StopAtWitness = Annotated[
    bool, typer.Option("--stop-at-witness", help="one witness is enough: the rest is not counted")
]


class Away(NamedTuple):
    """Where a search is kept, and where it is done."""

    journal: Path | None
    resume: Path | None
    engine: Engine
    address: str | None


def fair(
    model: Model,
    protected: Annotated[
        list[str],
        typer.Option(
            metavar="VARIABLE,...", help="the feature, or the features, that must not matter"
        ),
    ],
    domain: DomainFile,
    reads: Reads = None,
    where: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="LEAVES", help="also tell where, by a tree that is proved as well"
        ),
    ] = None,
    where_certificate: Annotated[
        Path | None, typer.Option(help="write the certificate of that tree here")
    ] = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    stop_at_witness: StopAtWitness = False,
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
    """Prove at how many pairs of inputs that differ in one feature alone the classes differ.

    Exit code 0: at none, the model is fair; 1: at some; 2: undecided.
    """
    from verifier.jobs.fronts.fair import ask_fair

    given = _options(
        timeout,
        output,
        stop_at_witness,
        options.draws(sample, no_sample),
        delta,
        nonce,
        device,
        trust_solver,
        Away(journal, resume, engine, address),
    )
    _run(
        lambda more: ask_fair(
            model,
            domain,
            protected,
            reads=_names(reads),
            where=where,
            where_output=where_certificate,
            head=head,
            threshold=threshold,
            **more,
        ),
        given,
        output,
        json,
    )


def monotone(
    model: Model,
    feature: Annotated[
        str, typer.Option("--in", metavar="VARIABLE", help="the feature that goes up")
    ],
    domain: DomainFile,
    up: Annotated[
        bool, typer.Option("--up/--down", help="the class never falls with it, or never rises")
    ] = True,
    reads: Reads = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    stop_at_witness: StopAtWitness = False,
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
    """Prove at how many inputs the class falls (or rises) where one feature goes up one step.

    Exit code 0: at none, the model is monotone; 1: at some; 2: undecided.
    """
    from verifier.jobs.fronts.monotone import ask_monotone

    given = _options(
        timeout,
        output,
        stop_at_witness,
        options.draws(sample, no_sample),
        delta,
        nonce,
        device,
        trust_solver,
        Away(journal, resume, engine, address),
    )
    _run(
        lambda more: ask_monotone(
            *(model, domain, feature),
            up=up,
            reads=_names(reads),
            head=head,
            threshold=threshold,
            **more,
        ),
        given,
        output,
        json,
    )


def same(
    model: Model,
    other: Annotated[Path, typer.Argument(help="another one", show_default=False)],
    domain: DomainFile,
    reads: Reads = None,
    other_reads: Reads = None,
    head: options.HeadsOption = None,
    threshold: options.ThresholdsOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    stop_at_witness: StopAtWitness = False,
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
    """Prove at how many inputs two models have different classes.

    Exit code 0: at none, they are the same; 1: at some; 2: undecided.
    """
    from verifier.jobs.fronts.same import ask_same

    given = _options(
        timeout,
        output,
        stop_at_witness,
        options.draws(sample, no_sample),
        delta,
        nonce,
        device,
        trust_solver,
        Away(journal, resume, engine, address),
    )
    first, second = _names(reads), _names(other_reads)
    _run(
        lambda more: ask_same(
            *(model, other, domain),
            reads=first,
            other_reads=second,
            head=options.heads(head),
            threshold=options.by_model("--threshold", threshold),
            **more,
        ),
        given,
        output,
        json,
        f"a: {model}, b: {other}",
    )


def robust(
    model: Model,
    point: Annotated[
        str,
        typer.Option(
            metavar="VARIABLE=VALUE,...|FILE",
            help="the point: a value for each variable, also in JSON, or a file of that",
        ),
    ],
    domain: DomainFile,
    flips: Annotated[int, typer.Option(min=1, help="how many variables may change")] = 1,
    only: Annotated[
        list[str] | None, typer.Option(metavar="VARIABLE", help="only these may change")
    ] = None,
    reads: Reads = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    timeout: ends.Timeout = None,
    output: options.Certificate = None,
    stop_at_witness: StopAtWitness = False,
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
    """Prove at how many inputs near a point the class is another one.

    Exit code 0: at none, the model is robust there; 1: at some; 2: undecided.
    """
    from verifier.jobs.fronts.robust import ask_robust

    given = _options(
        timeout,
        output,
        stop_at_witness,
        options.draws(sample, no_sample),
        delta,
        nonce,
        device,
        trust_solver,
        Away(journal, resume, engine, address),
    )
    _run(
        lambda more: ask_robust(
            *(model, domain, point, flips),
            only=only,
            reads=_names(reads),
            head=head,
            threshold=threshold,
            **more,
        ),
        given,
        output,
        json,
    )


def _options(
    timeout: float | None,
    output: Path | None,
    stop_at_witness: bool,
    sample: int | None,
    delta: str | None,
    nonce: str,
    device: str | None,
    trust_solver: list[str] | None,
    away: Away,
) -> dict[str, Any]:
    """The options of every kind, as the jobs take them."""
    return {
        "timeout": ends.limited(timeout),
        "output": output,
        "stop_at_witness": stop_at_witness,
        "sample": sample,
        "delta": delta,
        "nonce": nonce,
        "device": device,
        "trust": options.trusted(trust_solver),
        "command": command(),
        **away._asdict(),
    }


def _names(reads: str | None) -> list[str] | None:
    return None if reads is None else options.names(reads, reads)


def _run(
    asked: Callable[[dict[str, Any]], FrontResult],
    given: dict[str, Any],
    output: Path | None,
    json: bool,
    files: str = "",
) -> None:
    """Ask, say what came of it, and end with the exit code; of two ``files``, which is which."""
    with live.watching("it is so somewhere; counting: probability") as watcher:
        result = asked(given | {"progress": watcher.hear, "stop": watcher.stop})
    with ends.telling(EXIT[result.verdict]):
        if json:
            print_json(result.to_dict())
        else:
            print_verdict(result, output)
            if live.level() >= 0:
                if files:
                    say(f"  {'files':<15} {files}", markup=False)
                _say_instance(result)
    raise typer.Exit(EXIT[result.verdict])


def _decimal(label: str) -> str:
    """A number of a range as a decimal where that is short; any other label as it is."""
    if not _FRACTION.fullmatch(label):
        return label
    from verifier.reports.words import plain

    return plain(Fraction(label))


def _say_instance(result: FrontResult) -> None:
    """The first witness as inputs, the note, and what the model's runtime answers."""
    if result.front.note:
        say(f"  {result.front.note}", markup=False)
    for found in result.instances[:1]:
        for i, inputs in enumerate(found.inputs):
            shown = ", ".join(f"{k} = {_decimal(x)}" for k, x in inputs.items())
            known = found.classes[i - len(found.inputs) :]  # robust: of the second alone
            klass = f": class {known[0]}" if len(known) == len(found.inputs) - i else ""
            if len(found.classes) > len(found.inputs) == 1:
                of = zip(result.front.models, found.classes, strict=True)
                klass = ": " + ", ".join(f"class {c} of {name}" for name, c in of)
            say(f"  {'for instance' if not i else '         and':<15} {shown}{klass}", markup=False)
        say(f"  {'in its runtime':<15} {found.runtime}", markup=False)
    if result.where is not None:
        from verifier.reports.where_words import lines

        for name, text in lines(result.where, result.domain):
            say(f"  {name:<15} {text}", markup=False)
