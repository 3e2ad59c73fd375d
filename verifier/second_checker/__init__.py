"""The second checker: what the verified one says nothing of, recomputed naively in plain Python.

That is what a certificate claims of float32 (hence the name that users see, the float32 checker),
its rows, its sample, and tests of opaque models: there it is all that stands beside the kernel. It
shares no code with the kernel, the readers or the data modules: only the file formats, the rules of
docs/soundness.md and the kinds of error. Everything is exact, in integers and fractions, but the
tails of the binomial distribution (``ends.at_most``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounds import refined_nodes
from verifier.second_checker.counting import cells, walk
from verifier.second_checker.domain import read_domain, size
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.formula import DIFFER
from verifier.second_checker.models import Matter, Net, read_matter
from verifier.second_checker.nodes import Node, proof_nodes
from verifier.second_checker.plans import Stated, read_sample
from verifier.second_checker.points import WORK, Progress, point_work, unheard
from verifier.second_checker.reading import TooLarge, parse, unpack
from verifier.second_checker.rows import Row, read_rows, true_rows
from verifier.second_checker.sample import check_sample
from verifier.second_checker.signs import leaf_count
from verifier.second_checker.stated import compare
from verifier.second_checker.tested import Tested, examine_test

__all__ = [
    "Content",
    "Opinion",
    "Tested",
    "TooLarge",
    "check",
    "check_test",
    "examine",
    "read",
    "work",
]

NAME = "Leafproof float32 checker 1"
BYTES = 1 << 24
"""Largest file taken on."""
LOGITS = 1 << 12
"""Most logits: what tells them apart takes the square of their number."""


@dataclass(frozen=True)
class Content:
    """A certificate's content, read but not checked; ``claim`` is the verdict that it states."""

    case: Matter
    proof: Sequence[Node]
    claim: Mapping[str, Any] | None
    rows: tuple[Row, ...] = ()
    sample: Stated | None = None


@dataclass(frozen=True)
class Opinion:
    """What the float32 checker went through: cells shown and doubted, and points evaluated.

    ``rows`` are how many rows the certificate holds and on how many the formula is true, None
    where it holds none. ``sample`` is "" where a sample was drawn again, why not where it was left
    to the kernel, and None where there is none.
    """

    checker: str
    cells: Mapping[str, int]
    points: int
    seconds: float
    rows: tuple[int, int] | None = None
    sample: str | None = None


def check(data: bytes, progress: Progress = unheard) -> Opinion:
    """Check what a certificate's bytes state of float32.

    Raises CertificateError where it cannot be read (TooLarge where it is too large), InvalidProof
    where it states more than is shown. That the steps hold, and the rest of the verdict, is for the
    kernel and the verified checker to say.
    """
    return examine(read(data), progress=progress)


def read(data: bytes) -> Content:
    """The certificate's content; CertificateError if malformed, TooLarge before long work."""
    if len(data) > BYTES:
        raise TooLarge(f"the float32 checker takes files of at most {BYTES} bytes: check without")
    parts = unpack(data)
    case = read_matter(parts, read_domain(parse(parts, "domain.json")))
    if case.opaque:
        raise CertificateError("it is a test of an opaque model, which check_test makes again")
    claim = parse(parts, "verdict.json") if "verdict.json" in parts else None
    if "verdict.json" in parts and not isinstance(claim, dict):
        raise CertificateError("verdict.json is not an object")
    models = len(case.nets) + len(case.trees) if "models.json" in parts else 1
    columns = sum(v.columns for v in case.domain.variables) if "models.json" in parts else 0
    proof = proof_nodes(parts["proof.bin"], models, columns)
    held = Content(case, proof, claim, read_rows(parts, case), read_sample(parts))
    amount = work(held)
    if amount > WORK:
        digits = str(amount)
        raise TooLarge(
            f"the float32 checker would need some {digits[0]}.{digits[1]} * 10^{len(digits) - 1} "
            f"steps of arithmetic, and takes on 10^{len(str(WORK)) - 1}: check this certificate "
            "without --paranoid"
        )
    return held


def check_test(data: bytes, progress: Progress = unheard) -> Tested:
    """Make a test of an opaque model again, from its certificate's bytes.

    Raises what ``check`` raises; CertificateError where the file is no such test.
    """
    if len(data) > BYTES:
        raise TooLarge(f"the second checker takes files of at most {BYTES} bytes: check without")
    parts = unpack(data)
    case = read_matter(parts, read_domain(parse(parts, "domain.json")))
    proof = list(proof_nodes(parts["proof.bin"], len(case.trees) + len(case.opaque), 0))
    alone = [node.kind for node in proof] == ["open"]
    if (set(case.opaque), set(case.trees), alone) != ({0}, {1}, True) or case.question != DIFFER:
        raise CertificateError("it is no test of an opaque model and a tree")
    if "recorded.bin" not in parts or "sample.json" not in parts:
        raise CertificateError("it has no draws, or records no answers")
    return examine_test(case, parts, progress)


def work(held: Content) -> int:
    """An upper bound of the multiplications needed, those of long numbers counted as several.

    Every cell is charged as if every neuron were ambiguous, but no points and no passes are where a
    bound is expected to show what is claimed: ``examine`` stops when these become too many.
    """
    case = held.case
    once = {model: _costs(net) for model, net in case.nets.items()}
    trees = sum(map(len, (case.domain.tree, *case.trees.values())))
    total = len(held.rows) * sum(per_point for per_point, _ in once.values())
    for cell, nodes in cells(case.domain, held.proof):
        for node in nodes:
            if node.kind == "enumerated":
                total += size(cell) * sum(per_point for per_point, _ in once.values())
            elif node.kind in ("constant", "trusted") and node.model in once:
                total += once[node.model][1]
            elif node.kind == "signed" and node.model in once:
                each, whole = once[node.model]
                forms = max(1, case.nets[node.model].classes - 1)
                total += whole + 2 * each * leaf_count(node.trees, forms)
            elif node.kind == "paired":
                total += sum(once.get(m, (0, 0))[1] for m in (node.model, node.left))
        total += min(size(cell), trees) * 2 * len(cell)
    return total


def _costs(net: Net | Forest) -> tuple[int, int]:
    """What it costs to evaluate a network or ensemble at a point, and to bound it on a cell."""
    if isinstance(net, Forest):
        nodes = sum(map(len, net.trees))
        return net.work, net.work + nodes * (40 + 4 * net.outputs)
    network = net.network
    if network.widths[-1] > LOGITS:
        raise TooLarge(f"the float32 checker takes networks of at most {LOGITS} logits")
    point = sum(network.widths) + sum(len(row) for x in network.layers for row in x.weights)
    rows = max(1, network.widths[-1] - 1)
    rows += 2 * sum(network.widths[j] for j in refined_nodes(network, net.inputs))
    largest = max(abs(x) for v in net.inputs.variables for x in v.numbers())
    bits = max(largest, net.inputs.denominator).bit_length()
    for layer in network.layers:
        longest = max((abs(w) for row in (*layer.weights, layer.bias) for w in row), default=0)
        bits += max(longest, layer.over).bit_length() + 12
    longer = 1 + bits // 256
    return point_work(net) * longer, (rows + 5) * point * longer


def examine(
    held: Content,
    claim: Mapping[str, Any] | None = None,
    progress: Progress = unheard,
) -> Opinion:
    """Check what the verdict in ``read``'s result or, if there is none, ``claim`` says of float32.

    Raises InvalidProof, or TooLarge where too many points come to be evaluated.
    """
    start = time.perf_counter()
    stated = claim if held.claim is None else held.claim
    tally = walk(held.case, held.proof, progress)
    if stated is not None:
        compare(held.case, tally, stated)
    drawn = None
    if held.sample is not None:
        drawn = check_sample(held.case, held.proof, held.sample, stated, tally)
    return Opinion(
        checker=NAME,
        cells={kind: n for kind, n in tally.cells.items() if n},
        points=tally.evaluated,
        seconds=time.perf_counter() - start,
        rows=true_rows(held.case, held.rows, tally) if held.rows else None,
        sample=drawn,
    )
