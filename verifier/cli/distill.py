"""``leafproof distill``: extract a tree from a network."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import common, explain, live
from verifier.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.certificate.archive import Certificate
    from verifier.certificate.proof import Finding
    from verifier.certificate.verdict import Verdict
    from verifier.domain import Domain
    from verifier.teacher import Teacher
    from verifier.tree import Tree


class Method(StrEnum):
    """The ways to a tree."""

    LRH = "lrh"
    CERTIFIED = "certified"
    CART = "cart"


@dataclass(frozen=True)
class Options:
    """What the user asked for; None is the method's own default."""

    depth: int | None
    leaves: int | None
    samples: int | None
    seed: int
    error: Fraction | None
    keep: int | None
    size: int | None
    layers: tuple[int, ...] | None
    deadline: float | None


@dataclass(frozen=True)
class Outcome:
    """A tree, the Finding that came with it (or None), and whether the search came to its end.

    ``more`` are lines about the search, ``facts`` the same for ``--json``.
    """

    tree: Tree
    finding: Finding | None
    finished: bool
    more: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def distill(
    teacher: Annotated[Path, typer.Argument(help="the network, ONNX", show_default=False)],
    domain: common.DomainOption = "bits",
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
        str | None, typer.Option(help="numbers of the layers to probe, 2,4 (lrh)")
    ] = None,
    error: Annotated[
        str | None, typer.Option(help="disagreement that is small enough, 1/1000 (certified)")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="seconds, then the best tree so far")
    ] = None,
    explanation: Annotated[
        bool, typer.Option("--explain", help="measure how linear the tree's paths are")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="draw that measurement here (.png, .svg)")
    ] = None,
    json: common.Json = False,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Extract a decision tree from a network.

    certified: a tree grown with its proof; cart: scikit-learn on the network's answers;
    lrh: linear probes on the network's activations find the tree's paths.
    """
    from verifier.formats.files import check_writable
    from verifier.formats.text import write_tree

    start = time.perf_counter()
    for path in (output, certificate, plot):
        if path is not None:
            check_writable(path)
    end = None if timeout is None else time.monotonic() + timeout
    numbers = None if layers is None else whole_numbers(layers)
    options = Options(depth, leaves, samples, seed, fraction(error), keep, size, numbers, end)
    network, space = common.load_network(teacher, domain)
    if explanation or plot is not None:
        explain.check(network, numbers, plot)
    loaded = time.perf_counter()
    outcome = find(method, network, space, options)
    found = time.perf_counter()
    held = prove(network, space, outcome, method, certificate, end)
    seconds = {"load": loaded - start, "distill": found - loaded}
    if held is not None:
        seconds["prove"] = time.perf_counter() - found
    measured = None
    if explanation or plot is not None:
        from verifier.distillers.hypothesis import measure

        measured = measure(network, outcome.tree, space, layers=numbers, seed=seed)
    if output is not None:
        write_tree(output, outcome.tree)
    if measured is not None and plot is not None:
        explain.plot(measured, plot)
    if json:
        facts = {} if measured is None else {"explanation": explain.as_json(measured)}
        common.print_json(as_json(method, outcome, held, seconds) | facts)
        return
    show(method, outcome, held, seconds, space, output, certificate)
    for line in [] if measured is None else explain.lines(measured):
        common.say(line, markup=False)


def fraction(text: str | None) -> Fraction | None:
    """An exact number from the command line."""
    if text is None:
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise LeafproofError(
            f'the error target "{text}" is not a number: write 1/1000 or 0.001'
        ) from None


def whole_numbers(text: str) -> tuple[int, ...]:
    """Numbers separated by commas."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise LeafproofError(f'the layers "{text}" are not numbers: write 2,4') from None


def find(method: Method, network: Teacher, space: Domain, options: Options) -> Outcome:
    """Run a method; raises LeafproofError for options that it does not have."""
    if method is Method.LRH:
        return probe(network, space, options)
    refuse(method, keep=options.keep, size=options.size, layers=options.layers)
    if method is Method.CART:
        refuse(method, error=options.error)
        from verifier.distillers import cart

        tree = cart.distill(
            network,
            space,
            depth=options.depth,
            leaves=options.leaves,
            samples=options.samples,
            seed=options.seed,
        )
        return Outcome(tree, None, True)
    refuse(method, depth=options.depth)
    from verifier.distillers import certified

    found = certified.distill(
        network,
        space,
        error=options.error,
        leaves=options.leaves,
        samples=certified.SAMPLES if options.samples is None else options.samples,
        seed=options.seed,
        deadline=options.deadline,
    )
    return Outcome(found.tree, found.finding, found.finished)


def probe(network: Teacher, space: Domain, options: Options) -> Outcome:
    """Method lrh, with its frontier."""
    refuse(Method.LRH, error=options.error, leaves=options.leaves)
    from verifier.distillers import linear_representation as lrh

    found = lrh.distill(
        network,
        space,
        depth=lrh.DEPTH if options.depth is None else options.depth,
        keep=lrh.KEEP if options.keep is None else options.keep,
        size=lrh.SIZE if options.size is None else options.size,
        samples=options.samples,
        layers=options.layers,
        seed=options.seed,
        deadline=options.deadline,
    )
    steps = [(entry.leaves, f"{float(entry.agreement):.4%}") for entry in found.frontier]
    more = (
        f"agrees with the network on {float(found.agreement):.4%} of fresh samples",
        f"{found.probes} ANDs probed of {found.possible} possible",
        "agreement by leaves: " + ", ".join(f"{n}: {share}" for n, share in steps),
    )
    facts = {
        "agreement": str(found.agreement),
        "probes": found.probes,
        "possible": found.possible,
        "frontier": [
            {"leaves": entry.leaves, "agreement": str(entry.agreement)} for entry in found.frontier
        ],
    }
    return Outcome(found.tree, None, found.finished, more, facts)


def refuse(method: Method, **options: object) -> None:
    """Raise LeafproofError for an option that was given but means nothing to the method."""
    for name, value in options.items():
        if value is not None:
            raise LeafproofError(f"--{name} is not an option of --method {method}: leave it out")


def prove(
    network: Teacher,
    space: Domain,
    outcome: Outcome,
    method: Method,
    path: Path | None,
    deadline: float | None,
) -> tuple[Certificate, Verdict] | None:
    """Have the kernel check the tree's proof, found now if the method gave none.

    Without a proof and without a path for it there is nothing to check: None.
    """
    from verifier.cli.certify import Prover, search

    name, finding = method.value, outcome.finding
    if finding is None:
        if path is None:
            return None
        with live.progress("proving", deadline) as report:
            name, finding = search(space, network, outcome.tree, Prover.AUTO, deadline, report)
    return common.save(path, space, network, outcome.tree, finding, name)


def as_json(
    method: Method,
    outcome: Outcome,
    held: tuple[Certificate, Verdict] | None,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    from verifier.formats.text import tree_to_json

    own = {
        "method": method.value,
        "leaves": outcome.tree.leaves,
        "depth": outcome.tree.depth,
        "finished": outcome.finished,
        "tree": tree_to_json(outcome.tree),
        **outcome.facts,
    }
    return own | (common.as_json(*held, seconds) if held else {"seconds": seconds})


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
        from verifier.drawing import draw_text

        typer.echo(draw_text(tree, space))
    where = f" written to {output}" if output else ""
    size = f"{tree.leaves} leaves" if tree.leaves != 1 else "1 leaf"
    common.say(f"tree with {size}, depth {tree.depth}, by {method}{where}", markup=False)
    for line in outcome.more if live.level() >= 0 else ():
        common.say(f"  {line}", markup=False)
    if not outcome.finished:
        common.say("not finished: this is the best tree so far", markup=False)
    if held is not None:
        common.print_verdict(*held, seconds, str(certificate) if certificate else None)
