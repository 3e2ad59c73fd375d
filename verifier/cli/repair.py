"""``leafproof repair``: grow a tree until it is the network."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import common, ends, heads, live, trust

if TYPE_CHECKING:
    from verifier.distillers.repair import Repaired
    from verifier.model.domain import Domain

SHOWN = 10
"""Changes listed."""


def repair(
    teacher: Annotated[Path, typer.Argument(help="the network, ONNX", show_default=False)],
    tree: Annotated[Path, typer.Argument(help="the tree, JSON", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="write the repaired tree here")],
    domain: common.DomainOption = None,
    head: heads.HeadOption = None,
    threshold: heads.ThresholdOption = None,
    certificate: Annotated[Path | None, typer.Option(help="write the certificate here")] = None,
    leaves: Annotated[int | None, typer.Option(help="most leaves of the repaired tree")] = None,
    seed: Annotated[int, typer.Option(min=0, help="of the points drawn")] = 0,
    timeout: ends.Timeout = None,
    trust_solver: trust.TrustSolver = None,
    json: common.Json = False,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Grow a tree where it differs from the network until both are equal; the rest stays."""
    from verifier.cli.certify import load
    from verifier.distillers.repair import repair as grow
    from verifier.writing.files import check_writable
    from verifier.writing.json_nouns import write_tree

    limit = ends.limited(timeout)
    start = time.perf_counter()
    for path in (output, certificate):
        if path is not None:
            check_writable(path)
    common.is_tree_file(output)
    network, student, space = load(teacher, tree, domain, heads.asked(head, threshold))
    loaded = time.perf_counter()
    limit = limit and limit.loaded(loaded - start)
    end = limit.end if limit else None
    with live.noticing() as stopped:
        fixed = grow(network, student, space, deadline=end, leaves=leaves, seed=seed)
    fixed = replace(fixed, tree=replace(fixed.tree, labels=network.labels))
    found = time.perf_counter()
    held, verdict = common.save(
        *(certificate, space, network, fixed.tree, fixed.finding, "repair", limit),
        stopped=stopped(),
        domain_from=common.origin(domain),
        trust=trust.trusted(trust_solver),
    )
    write_tree(output, fixed.tree, "" if fixed.finished else common.UNFINISHED)
    seconds = {
        "load": loaded - start,
        "repair": found - loaded,
        "check": time.perf_counter() - found,
    }
    if json:
        from verifier.reports.json_object import certificate_json

        common.print_json(as_json(fixed, space) | certificate_json(held, verdict, seconds))
    else:
        if live.level() >= 0:
            show(fixed, space, student.leaves, output)
        if not fixed.finished:
            common.say(f"not finished: {common.UNFINISHED}", markup=False)
        common.print_verdict(held, verdict, seconds, str(certificate) if certificate else None)
    raise typer.Exit(common.EXIT[verdict.verdict])


def as_json(fixed: Repaired, space: Domain) -> dict[str, Any]:
    """What was changed, as the part of ``--json`` that ``certify`` does not have."""
    from verifier.model.cell import describe_cell

    return {
        "leaves": fixed.tree.leaves,
        "leaves_added": fixed.leaves_added,
        "finished": fixed.finished,
        "changes": [
            {
                "node": change.node,
                "where": describe_cell(space, change.cell),
                "class_before": change.before,
                "leaves": change.leaves,
            }
            for change in fixed.added
        ],
    }


def show(fixed: Repaired, space: Domain, before: int, output: Path) -> None:
    """What was changed, for people."""
    from verifier.distillers.repair import describe
    from verifier.reports.numbers import plural

    common.say(
        f"{plural(len(fixed.added), 'place')} changed: {before} leaves before, "
        f"{fixed.tree.leaves} now; written to {output}",
        markup=False,
    )
    for line in describe(space, fixed.added[:SHOWN]):
        common.say(f"  {line}", markup=False)
    if len(fixed.added) > SHOWN:
        more = plural(len(fixed.added) - SHOWN, "more place")
        common.say(f"  and in {more}", markup=False)
