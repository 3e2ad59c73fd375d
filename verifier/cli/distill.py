"""``leafproof distill``: extract a tree from a network."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import common, ends, explain, heads, live, trust
from verifier.cli.methods import Method, Options, Outcome, Scores, find, prove
from verifier.model.errors import LeafproofError
from verifier.provers.timing import Limit, TimeOver, ending, part

if TYPE_CHECKING:
    from verifier.distillers.representation import Layers
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.verdict import Verdict


EXPLAINED = 0.7
"""The share of the time that is not for --explain."""


def distill(
    teacher: Annotated[Path, typer.Argument(help="the network, ONNX", show_default=False)],
    domain: common.DomainOption = None,
    head: heads.HeadOption = None,
    threshold: heads.ThresholdOption = None,
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
    layers: Annotated[
        str | None,
        typer.Option(
            help="activations to probe: post, pre or both of the nonlinearities, or layers by "
            "number, 2,4; default post (lrh, and with --scores lrh, --explain)"
        ),
    ] = None,
    scores: Annotated[
        Scores | None,
        typer.Option(
            help="split a cell on what separates the classes (the default), or on what linear "
            "probes find (certified)"
        ),
    ] = None,
    error: Annotated[
        str | None, typer.Option(help="disagreement that is small enough, 1/1000 (certified)")
    ] = None,
    timeout: ends.Timeout = None,
    explanation: Annotated[
        bool, typer.Option("--explain", help="measure how linear the tree's paths are")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="draw that measurement here (.png, .svg)")
    ] = None,
    trust_solver: trust.TrustSolver = None,
    json: common.Json = False,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Extract a decision tree from a network.

    certified: a tree grown with its proof; cart: scikit-learn on the network's answers;
    lrh: linear probes on the network's activations find the tree's paths.
    """
    from verifier.writing.files import check_writable
    from verifier.writing.json_nouns import write_tree

    limit = ends.limited(timeout)
    start = time.perf_counter()
    for path in (output, certificate, plot):
        if path is not None:
            check_writable(path)
    common.is_tree_file(output)
    chosen = None if layers is None else parse_layers(layers)
    measuring = explanation or plot is not None
    target = fraction(error)
    options = Options(
        *(depth, leaves, samples, seed, target, keep, size, chosen, scores, measuring, None)
    )
    network, space = common.load_network(teacher, domain, heads.asked(head, threshold))
    if measuring:
        explain.check(network, chosen, plot)
    loaded = time.perf_counter()
    limit = limit and limit.loaded(loaded - start)
    proving = part_of(limit, EXPLAINED if measuring else 1.0)
    growing = None if proving is None else proving.end
    if certificate is not None and method is not Method.CERTIFIED:
        growing = part(growing, 0.5)  # the other half is for the proof
    with live.noticing() as stopped:
        outcome = find(method, network, space, replace(options, deadline=growing))
    outcome = replace(outcome, tree=replace(outcome.tree, labels=network.labels))
    found = time.perf_counter()
    believed = trust.trusted(trust_solver)
    held = prove(
        *(network, space, outcome, method, certificate, proving),
        stopped=stopped(),
        trust=believed,
        domain_from=common.origin(domain),
    )
    seconds = {"load": loaded - start, "distill": found - loaded}
    if held is not None:
        seconds["prove"] = time.perf_counter() - found
    measured = None
    if measuring:
        from verifier.distillers.hypothesis import measure

        try:
            with ending(limit.cut if limit else None):
                measured = measure(network, outcome.tree, space, layers=chosen, seed=seed)
        except TimeOver:
            live.note("the time limit came before it was measured how linear the tree's paths are")
    if output is not None:
        write_tree(output, outcome.tree, "" if outcome.finished else common.UNFINISHED)
    if measured is not None and plot is not None:
        explain.plot(measured, plot)
    if json:
        facts = {} if measured is None else {"explanation": explain.as_json(measured)}
        common.print_json(as_json(method, outcome, held, seconds) | facts)
        return
    show(method, outcome, held, seconds, space, output, certificate)
    for line in [] if measured is None else explain.lines(measured):
        common.say(line, markup=False)


def part_of(limit: Limit | None, share: float) -> Limit | None:
    """A limit of a share of the seconds."""
    return None if limit is None else replace(limit, seconds=share * limit.seconds)


def fraction(text: str | None) -> Fraction | None:
    """An exact number from the command line."""
    if text is None:
        return None
    from verifier.reading.json_text import exact_number

    try:
        return exact_number(text)  # not Fraction: 1e999999999 would take for ever
    except ValueError:
        raise LeafproofError(
            f'the error target "{text}" is not a number: write 1/1000 or 0.001'
        ) from None


def parse_layers(text: str) -> Layers:
    """Numbers separated by commas, or a word that `choose_nodes` knows."""
    from verifier.distillers.representation import WORDS

    if text in WORDS:
        return text
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise LeafproofError(
            f'there are no layers "{text}": write post, pre, both, or 2,4'
        ) from None


def as_json(
    method: Method,
    outcome: Outcome,
    held: tuple[Certificate, Verdict] | None,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    from verifier.reports.json_object import certificate_json
    from verifier.writing.json_nouns import tree_value

    own = {
        "method": method.value,
        "leaves": outcome.tree.leaves,
        "depth": outcome.tree.depth,
        "finished": outcome.finished,
        "tree": tree_value(outcome.tree),
        **outcome.facts,
    }
    return own | (certificate_json(*held, seconds) if held else {"seconds": seconds})


def show(
    method: Method,
    outcome: Outcome,
    held: tuple[Certificate, Verdict] | None,
    seconds: dict[str, float],
    space: Domain,
    output: Path | None,
    certificate: Path | None,
) -> None:
    """The tree and what is proved of it, for people."""
    tree = outcome.tree
    if output is None:
        from verifier.formats.drawing import draw_text

        typer.echo(draw_text(tree, space))
    where = f" written to {output}" if output else ""
    size = f"{tree.leaves} leaves" if tree.leaves != 1 else "1 leaf"
    common.say(f"tree with {size}, depth {tree.depth}, by {method}{where}", markup=False)
    for line in outcome.more if live.level() >= 0 else ():
        common.say(f"  {line}", markup=False)
    if not outcome.finished:
        common.say(f"not finished: {common.UNFINISHED}", markup=False)
    if held is not None:
        common.print_verdict(*held, seconds, str(certificate) if certificate else None)
