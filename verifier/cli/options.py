"""The options that several verbs have."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import live
from verifier.jobs.choices import Engine
from verifier.jobs.trusting import SOLVERS, unknown
from verifier.model.errors import QuestionError, quoted

Json = Annotated[bool, typer.Option("--json", help="print one JSON object")]
DomainOption = Annotated[
    str | None,
    typer.Option(
        "--domain",
        metavar="bits|signs|FILE",
        help="the inputs there are; where none is given, bits are assumed, and said so",
    ),
]


def _say_less(yes: bool) -> bool:
    if yes:
        _say(-1)
    return yes


def _say_more(yes: bool) -> bool:
    if yes:
        _say(1)
    return yes


def _say(level: int) -> None:
    if live.level() not in (0, level):
        raise typer.BadParameter("--quiet and --verbose contradict each other: leave one out")
    live.set_level(level)


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="say only the result", callback=_say_less)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="say also what is done", callback=_say_more)
]


EngineOption = Annotated[
    Engine,
    typer.Option("--engine", help="where the work is done: here, or on a Ray cluster"),
]
AddressOption = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="HOST:PORT",
        help="of the Ray cluster (--engine ray); where none is given, one is started here",
    ),
]


class Kind(StrEnum):
    """What the network's output is."""

    LOGIT = "logit"
    PROBABILITY = "probability"
    LABEL = "label"
    REGRESSION = "regression"


HeadOption = Annotated[
    Kind | None,
    typer.Option(
        "--head",
        metavar="logit|probability|label|regression",
        help="what the network's output is, where the file does not show it",
    ),
]
ThresholdOption = Annotated[
    str | None,
    typer.Option(
        "--threshold", metavar="T", help="class 1 is where the one output is greater, exactly"
    ),
]


HeadsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        metavar="[NAME=]logit|...",
        help="what the models' outputs are (logit, probability, label, regression), where their "
        "files do not show it: of all, or of one by its name",
    ),
]
ThresholdsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--threshold",
        metavar="[NAME=]T",
        help="class 1 is where the one output is greater, exactly: of all models, or of one",
    ),
]


def by_model(option: str, values: list[str] | None) -> dict[str, str]:
    """Options of models: of one by its name, or of all (""). Raises QuestionError."""
    found: dict[str, str] = {}
    for text in values or ():
        name, equals, value = text.rpartition("=")
        if name in found or (equals and not name) or not value:
            raise QuestionError(f"{option} {quoted(text)}: give it once, or once for each NAME=")
        found[name] = value
    return found


def heads(values: list[str] | None) -> dict[str, str]:
    """``--head`` of models, by their names."""
    found = by_model("--head", values)
    for kind in found.values():
        if kind not in [*Kind]:
            raise QuestionError(f"--head {quoted(kind)}: it is one of {', '.join(Kind)}")
    return found


NEEDED = (
    "--against takes three values, TEACHER TREE DOMAIN: name after the tree the domain that must "
    "have been proved: bits, signs or a domain file"
)


def _three(values: tuple[Path, Path, str] | None) -> tuple[Path, Path, str] | None:
    """Refuse an option that was taken for a value, where one of the three is missing."""
    for value in values or ():
        if str(value).startswith("-"):
            raise typer.BadParameter(f"{NEEDED} (here {value!s} follows instead)")
    return values


Against = Annotated[
    tuple[Path, Path, str] | None,
    typer.Option(
        metavar="TEACHER TREE DOMAIN",
        help="also compare with these (DOMAIN: bits, signs or a file), and replay counterexamples "
        "in onnxruntime",
        callback=_three,
    ),
]
Require = Annotated[
    str | None,
    typer.Option(
        metavar="equivalent|ERROR",
        help="also end with 1 unless this is proved: no difference, or at most this probability",
    ),
]


def _known(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        if name not in SOLVERS:
            raise typer.BadParameter(unknown(name))
    return names


TrustSolver = Annotated[
    list[str] | None,
    typer.Option(
        "--trust-solver",
        metavar="|".join(SOLVERS),
        help="take this solver's word where the kernel cannot prove what it says; else it is open",
        callback=_known,
    ),
]
Certificate = Annotated[
    Path | None, typer.Option("-o", "--output", help="write the certificate here")
]
Journal = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="keep what is found here at once, to go on after any end"),
]
Resume = Annotated[
    Path | None, typer.Option(metavar="DIR", help="go on from the journal in this folder")
]
ResumeAny = Annotated[
    Path | None,
    typer.Option(
        "--resume",
        metavar="CERT|DIR",
        help="go on from this certificate's proof, or from a journal",
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="draw N points of what stays open; else as many as the last part of the limit allows",
    ),
]
NoSample = Annotated[bool, typer.Option("--no-sample", help="draw none")]
Rows = Annotated[
    Path | None,
    typer.Option(
        metavar="TABLE", help="also find the error on the rows of this CSV or Parquet file"
    ),
]
Delta = Annotated[
    str | None,
    typer.Option(metavar="P", help="the sample may be wrong with this probability: 1e-9"),
]
Nonce = Annotated[
    str, typer.Option(metavar="TEXT", help="a text of yours that the draws depend on too")
]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="cpu|cuda",
        help="search through torch on this device; else NumPy and compiled code do",
    ),
]
NoTrust = Annotated[
    bool, typer.Option("--no-trust", help="trust no solver: the default", hidden=True)
]


def trusted(names: list[str] | None, no_trust: bool = False) -> tuple[str, ...]:
    """The solvers that the user trusts, each once. Raises a usage error on a contradiction."""
    if names and no_trust:
        raise typer.BadParameter(
            "--trust-solver and --no-trust contradict each other: leave one out"
        )
    return tuple(sorted(set(names or ())))


def draws(sample: int | None, no_sample: bool) -> int | None:
    """How many points are drawn of what stays open; None: as time allows."""
    if no_sample and sample:
        raise typer.BadParameter("--sample and --no-sample contradict each other: leave one out")
    return 0 if no_sample else sample


def names(text: str, listed: str) -> list[str]:
    """Names of variables: separated by commas, or a JSON list where names hold commas."""
    if not listed.startswith("["):
        return listed.split(",")
    try:
        found = json.loads(listed)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(x, str) for x in found):
        raise QuestionError(f"--reads {quoted(text)} is not a list of names in JSON")
    return found
