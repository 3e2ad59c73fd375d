"""``leafproof bounds plan``: what tests could claim, and what each way to it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from verifier.cli import options
from verifier.cli.bounds_common import Json, say, say_json

if TYPE_CHECKING:
    from verifier.jobs.planning import Stated
    from verifier.reports.plan import Budget, Way

FAR = 3
"""Deviations by which fewer disagreements are fewer than a certificate lets one expect."""


def plan(
    network: Annotated[
        Path | None, typer.Argument(help="the network, ONNX", show_default=False)
    ] = None,
    tree: Annotated[
        Path | None, typer.Argument(help="the tree: JSON, ONNX or code", show_default=False)
    ] = None,
    certificate: Annotated[
        Path | None, typer.Argument(help="what is proved of them already", show_default=False)
    ] = None,
    domain: options.DomainOption = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    samples: Annotated[int | None, typer.Option(help="how many samples there are")] = None,
    epsilon: Annotated[
        str | None, typer.Option(help="the error that is to be excluded, 1/1000 or 0.001")
    ] = None,
    delta: Annotated[str, typer.Option(help="the probability that the claim may fail")] = "1e-9",
    errors: Annotated[int, typer.Option(help="disagreements seen, or allowed for")] = 0,
    looks: Annotated[int, typer.Option(help="how often a test is looked at")] = 5,
    rows: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="a CSV or Parquet file whose rows are the samples"),
    ] = None,
    factor: Annotated[
        str | None,
        typer.Option(help="draws of another law: the largest ratio of a point's probabilities"),
    ] = None,
    vc: Annotated[
        int | None, typer.Option(help="VC dimension of the students that one is chosen from")
    ] = None,
    divergence: Annotated[
        str | None, typer.Option(help="relative entropy of a randomised student's law to its prior")
    ] = None,
    mean: Annotated[
        str | None,
        typer.Option(help="with --factor: the mean weight of the draws, of agreements 0"),
    ] = None,
    scores: Annotated[
        bool, typer.Option("--scores", help="the samples show how far apart the outputs are")
    ] = False,
    answered: Annotated[
        str | None,
        typer.Option(help="share of the draws that the student answers, if it may leave some out"),
    ] = None,
    other_errors: Annotated[
        int | None, typer.Option(help="disagreements of another student, to compare with")
    ] = None,
    other_samples: Annotated[
        int | None, typer.Option(help="its samples, which are not these")
    ] = None,
    actual: Annotated[
        str | None, typer.Option(help="an error: how often a student that has it would pass")
    ] = None,
    as_json: Json = False,
) -> None:
    """What can be claimed with --samples N, or how many samples --epsilon E takes.

    Every way has its theorem (`bounds show`), what it assumes, and the command that does it; the
    cheapest is marked. Nothing is drawn or proved here.
    """
    from theory.values.decimals import read_number
    from verifier.model.errors import LeafproofError
    from verifier.reports.numbers import digits
    from verifier.reports.plan import Budget, Names, fewest
    from verifier.reports.plan import plan as ways_of

    if samples is None and epsilon is None and rows is None:
        raise TyperException(
            "give --samples N or --rows TABLE, what is there, or --epsilon E, what is wanted"
        )
    if (network is None) != (tree is None):
        raise LeafproofError(
            "give both NETWORK and TREE, or neither; a certificate is named after both"
        )
    if (other_errors is None) != (other_samples is None):
        raise LeafproofError("give both --other-errors and --other-samples, or neither")
    if network is None and (domain or rows):
        raise LeafproofError("--domain and --rows are about a network and a tree: name these first")
    held = None
    if network is not None:
        from verifier.jobs.planning import setting
        from verifier.model.domain import bits

        held = setting(
            network, tree, domain, certificate=certificate, rows=rows, head=head,
            threshold=threshold,
        )  # fmt: skip
        if domain is None and held.domain != bits(held.domain.columns):
            domain = "DOMAIN"  # the certificate's, which does not say where its file is
        if samples is None and epsilon is None:
            samples = held.rows
    asked = Budget(
        samples,
        None if epsilon is None else read_number(epsilon, "epsilon"),
        read_number(delta, "delta"),
        errors,
        looks,
        None if factor is None else read_number(factor, "factor"),
        vc,
        None if divergence is None else read_number(divergence, "divergence"),
        None if mean is None else read_number(mean, "mean"),
        scores,
        None if answered is None else read_number(answered, "answered"),
        None if other_errors is None or other_samples is None else (other_errors, other_samples),
        None if actual is None else read_number(actual, "actual"),
    )
    names = Names(
        str(network or "NETWORK"), str(tree or "TREE"), domain,
        None if certificate is None else str(certificate), None if rows is None else str(rows),
    )  # fmt: skip
    ways = ways_of(asked, names, held)
    if as_json:
        found = {"ways": [_json(w) for w in ways], "fewest": fewest(asked)}
        say_json({"delta": str(asked.delta), "errors": errors, **found})
        return
    budget = (
        f"{digits(samples or 0)} samples" if epsilon is None else f"an error of at most {epsilon}"
    )
    say(f"{budget}, δ = {delta}, {errors} disagreements; the cheapest way is marked *")
    if held is not None and (warning := _warning(asked, held.stated)):
        say(warning)
    for way in ways:
        for line in _lines(way):
            say(line)
    if (least := fewest(asked)) is not None:
        say(
            "no test by independent draws of the whole domain takes fewer than "
            f"{digits(least)} (theorem any-test-samples)"
        )


def _warning(asked: Budget, stated: Stated | None) -> str:
    """What a certificate states that speaks against a plan; "" where nothing does."""
    from verifier.reports.numbers import decimal, digits

    if stated is None:
        return ""
    low = max(stated.error[0], stated.sampled)
    said, excluded = f"! the certificate states an error of at least {decimal(low, -1)}", "excludes"
    if low > stated.error[0]:
        said = (
            f"! by the certificate's sample the error is at least {decimal(low, -1)} (with "
            f"confidence 1 - {decimal(stated.delta)}, not proved)"
        )
        excluded = "is likely to exclude"
    if asked.epsilon is not None and asked.epsilon < low:
        return f"{said}: no test {excluded} it"
    expected = low * (asked.samples or 0)
    if asked.errors + FAR * float(expected) ** 0.5 >= expected:
        return ""
    return (
        f"{said}: about {digits(round(expected))} disagreements are to be expected (--errors), not "
        f"{digits(asked.errors)}"
    )


def _lines(way: Way) -> list[str]:
    from verifier.reports.numbers import digits, probability

    if way.why_not:
        shown = f"not so: {way.why_not}"
    else:
        assert way.error is not None and way.samples is not None
        need = "no samples" if way.samples == 0 else f"{digits(way.samples)} samples"
        shown = f"error at most {probability(way.error, 1)} with {need}"
    lines = [f"{'*' if way.cheapest else ' '} {way.title}: {shown}"]
    lines.append(f"    theorem {way.theorem}; assumes: {way.assumes}")
    if (passing := way.passing) is not None:
        lines.append(
            f"    a student whose error is at most {passing.error} passes with probability "
            f"{probability(passing.probability, -1)} at least (theorem {passing.theorem})"
        )
    return lines + ([f"    {way.command}"] if way.command else [])


def _json(way: Way) -> dict[str, Any]:
    return {
        "way": way.title,
        "theorem": way.theorem,
        "samples": way.samples,
        "error": None if way.error is None else str(way.error),
        "assumes": way.assumes,
        "command": way.command or None,
        "not": way.why_not or None,
        "cheapest": way.cheapest,
        "passing": None if way.passing is None else str(way.passing.probability),
    }
