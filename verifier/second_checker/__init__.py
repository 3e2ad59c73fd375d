"""A second opinion on a certificate: an independent, naive checker in plain Python.

It shares no code with the kernel, the readers or the data modules: only the file format, the rules
of docs/soundness.md and the two kinds of error. Everything is exact, in integers and fractions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounds import refined_nodes
from verifier.second_checker.content import (
    Domain,
    Point,
    read_domain,
    read_network,
    size,
)
from verifier.second_checker.counting import UPHOLD, cells, differences, walk
from verifier.second_checker.points import WORK, Matter, point_work
from verifier.second_checker.reading import Node, TooLarge, parse, proof_nodes, unpack
from verifier.second_checker.stated import claims_no_more, compare, listed_points
from verifier.second_checker.tree import read_tree

__all__ = ["Content", "Opinion", "TooLarge", "check", "examine", "read", "work"]

NAME = "Leafproof second checker 1"
BYTES = 1 << 24
"""Largest file taken on."""
LOGITS = 1 << 12
"""Most logits: what tells them apart takes the square of their number."""


@dataclass(frozen=True)
class Content:
    """A certificate's content, read but not checked; ``claim`` is the verdict that it states."""

    case: Matter
    proof: Sequence[Node]
    counterexamples: Sequence[Point]
    claim: Mapping[str, Any] | None


@dataclass(frozen=True)
class Opinion:
    """What the second checker went through: cells by kind, and points evaluated."""

    checker: str
    cells: Mapping[str, int]
    points: int
    seconds: float


def check(data: bytes, progress: Callable[[str], None] | None = None) -> Opinion:
    """Check a certificate's bytes and the verdict that they state.

    Raises CertificateError where it is malformed (TooLarge where it is too large), InvalidProof
    naming the first step, counterexample or field of the verdict that does not hold.
    """
    return examine(read(data), progress=progress)


def read(data: bytes) -> Content:
    """The certificate's content; CertificateError if malformed, TooLarge before long work."""
    if len(data) > BYTES:
        raise TooLarge(f"the second checker takes files of at most {BYTES} bytes: check without")
    parts = unpack(data)
    domain = read_domain(parse(parts, "domain.json"))
    _check_origin(parse(parts, "manifest.json").get("domain"), domain)
    network = read_network(parse(parts, "teacher.json"), parts["weights.bin"])
    if network.widths[0] != domain.columns:
        raise CertificateError("the domain's columns are not those of the network")
    tree = read_tree(parse(parts, "tree.json"), domain, network.classes)
    points = parse(parts, "counterexamples.json")
    if not isinstance(points, list) or not all(
        isinstance(p, list) and all(type(i) is int for i in p) for p in points
    ):
        raise CertificateError("counterexamples.json is not a list of points")
    claim = parse(parts, "verdict.json") if "verdict.json" in parts else None
    if "verdict.json" in parts and not isinstance(claim, dict):
        raise CertificateError("verdict.json is not an object")
    proof = proof_nodes(parts["proof.bin"])
    held = Content(
        Matter(domain, network, tree), proof, list(dict.fromkeys(map(tuple, points))), claim
    )
    amount = work(held)
    if amount > WORK:
        raise TooLarge(
            f"the second checker would need up to 10^{len(str(amount)) - 1} steps of arithmetic, "
            f"and takes on 10^{len(str(WORK)) - 1}: check this certificate without --paranoid"
        )
    return held


def _check_origin(origin: str | None, domain: Domain) -> None:
    """CertificateError unless a domain said to be bits or signs is that domain."""
    if origin in (None, "file"):
        return
    low = -1 if origin == "signs" else 0
    for i, v in enumerate(domain.variables):
        plain = v.rows == ((low * domain.denominator,), (domain.denominator,))
        named = v.name == f"x{i}" and v.labels == (str(low), "1")
        if not plain or not named or v.chances[0] != v.chances[1]:
            raise CertificateError(f"manifest.json: the domain is not {origin}")


def work(held: Content) -> int:
    """An upper bound of the multiplications needed, those of long numbers counted as several.

    Every cell is charged as if every neuron were ambiguous, but no points are where a bound is
    expected to show what is claimed: ``examine`` stops when these become too many.
    """
    case = held.case
    network, domain = case.network, case.domain
    if network.widths[-1] > LOGITS:
        raise TooLarge(f"the second checker takes networks of at most {LOGITS} logits")
    point = sum(network.widths) + sum(len(row) for x in network.layers for row in x.weights)
    rows = max(1, network.widths[-1] - 1)
    rows += 2 * sum(network.widths[j] for j in refined_nodes(network, domain))
    largest = max(abs(x) for v in domain.variables for row in v.rows for x in row)
    bits = max(largest, domain.denominator).bit_length()
    for layer in network.layers:
        longest = max((abs(w) for row in (*layer.weights, layer.bias) for w in row), default=0)
        bits += max(longest, layer.over).bit_length() + 12
    total = 0
    for cell, node, _ in cells(domain, held.proof, ()):
        points = size(cell)
        if node.kind == "enumerated" or (node.kind == "trusted" and points <= UPHOLD):
            total += points * point_work(case)
        if node.kind in ("constant", "trusted", "tail"):
            total += rows * point + 5 * point
        total += min(points, len(case.tree)) * 2 * len(cell)
    total += len(held.counterexamples) * (point + 2 * len(held.proof))
    return total * (1 + bits // 256)


def examine(
    held: Content,
    claim: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
    shown: tuple[Collection[str], Mapping[str, Any]] | None = None,
) -> Opinion:
    """Check what ``read`` returned, and the verdict it states or, if it states none, ``claim``.

    Both say what follows if all solvers named are right. ``shown`` are the solvers that a user
    trusts and the verdict that this user is shown: it must follow as well.
    Raises InvalidProof, or TooLarge where too many points come to be evaluated.
    """
    start = time.perf_counter()
    stated = claim if held.claim is None else held.claim
    listed = [] if stated is None else listed_points(held.case, stated)
    found = differences(held.case, [*held.counterexamples, *listed])
    tally = walk(held.case, held.proof, found, progress or (lambda text: None))
    compare(held.case, tally, found, stated)
    if shown is not None:
        claims_no_more(held.case, tally, found, *shown)
    return Opinion(
        checker=NAME,
        cells=dict(sorted(tally.cells.items())),
        points=tally.points,
        seconds=time.perf_counter() - start,
    )
