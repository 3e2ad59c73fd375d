"""The linear representation hypothesis of a network and a tree, measured.

The hypothesis: every AND along the paths of the tree is linear in φ with a probe of norm at most τ.
Here φ(x) = (1, ψ(x)), where ψ is a layer (or the concatenation of layers) scaled to E|ψ|² = 1, so
B² = E|φ|² = 2 counts the bias. The probe of least norm whose mean squared error is at most η² is a
ridge regression; its λ is found by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from verifier.distillers.counting import Products, countable, lemma, passing
from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.quick import activations, encode
from verifier.distillers.representation import Layers, choose_nodes, hidden_nodes
from verifier.distillers.sampling import sample
from verifier.distillers.spectrum import Probe, Sums
from verifier.kernel.checker import blocks
from verifier.model.cell import Cell, describe_cell, full_cell
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network, check_columns
from verifier.model.tree import Tree, bind, check_fits
from verifier.provers.timing import polled

WHOLE = 1 << 20
"""Domains of at most so many points are measured on all of them."""
SAMPLES = 8_000


@dataclass(frozen=True)
class Measured:
    """What was measured: ``probes[layer][i]`` belongs to ``ands[i]``, of ``widths[i]`` literals.

    Layers are node numbers; 0 stands for the concatenation ``joined``. ``tau`` is the largest norm
    needed on the concatenation; ``holds`` whether it is finite and within the bound asked for.
    ``passed[k]`` counts the sets of k variables one of whose ANDs passes with norm ``tau``, and
    ``allowed[k]`` how many the counting lemma allows, τ²B²/(2^-k - η)²; None where that cannot be
    said (not a uniform domain of two-valued variables, too many sets, or η >= 2^-k). ``whole`` says
    that all points were measured, not a sample.
    """

    ands: tuple[str, ...]
    widths: tuple[int, ...]
    joined: tuple[int, ...]
    probes: dict[int, tuple[Probe, ...]]
    bound_b: float
    tolerance: float
    tau: float
    holds: bool
    passed: dict[int, int | None]
    allowed: dict[int, int | None]
    whole: bool


def measure(
    teacher: Network,
    tree: Tree,
    domain: Domain,
    *,
    tolerance: float = 1e-3,
    tau: float | None = None,
    layers: Layers | None = None,
    seed: int = 0,
) -> Measured:
    """Measure the hypothesis for the ANDs of ``tree``, over all points where there are few enough.

    ``tolerance`` is η², the mean squared error allowed; ``tau`` the norm allowed (None: any);
    ``layers`` the nodes concatenated (see `choose_nodes`; default: the outputs of all nonlinear
    layers). Raises LeafproofError, TreeError or NetworkError where the parts do not fit or a number
    is negative.
    """
    if not tolerance >= 0 or (tau is not None and not tau >= 0):
        raise LeafproofError("tolerance and tau are numbers of at least 0: give such numbers")
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    joined = choose_nodes(teacher, layers)
    cells = _path_cells(tree, domain)
    widths = tuple(_width(domain, c) for c in cells)
    whole = domain.size <= WHOLE
    counted = [k for k in sorted(set(widths)) if countable(domain, k, whole)]
    products = Products.of(len(domain.variables), max(counted, default=0))
    every = dict.fromkeys((*hidden_nodes(teacher), *joined))
    chosen: dict[int, tuple[int, ...]] = {layer: (layer,) for layer in every}
    chosen[0] = joined
    sums = {layer: Sums() for layer in chosen}
    for points, weights in polled(_points(domain, whole, seed)):
        inside = [_inside(domain, c, points) for c in cells]
        targets = np.stack(inside, axis=1) if inside else np.zeros((len(points), 0))
        nodes = activations(teacher, encode(domain, points))
        for layer, parts in chosen.items():
            psi = np.concatenate([nodes[i] for i in parts], axis=1)
            more = partial(products.moments, points, whole=whole)
            sums[layer].add(psi, targets, weights, more if layer == 0 and counted else None)
    spectra = {layer: held.spectrum() for layer, held in sums.items()}
    probes = {
        layer: tuple(spectrum.probe(i, tolerance) for i in range(len(cells)))
        for layer, spectrum in spectra.items()
    }
    needed = max((p.norm for p in probes[0]), default=0.0)
    limit = needed if tau is None else tau
    passed: dict[int, int | None] = dict.fromkeys(sorted(set(widths)))
    allowed: dict[int, int | None] = dict.fromkeys(passed)
    for k in counted:
        passed[k] = passing(products, spectra[0], len(cells), k, limit, tolerance)
        allowed[k] = lemma(k, limit, tolerance)
    return Measured(
        tuple(describe_cell(domain, c) for c in cells),
        widths,
        joined,
        probes,
        math.sqrt(2),
        tolerance,
        needed,
        math.isfinite(needed) and needed <= limit,
        passed,
        allowed,
        whole,
    )


def _path_cells(tree: Tree, domain: Domain) -> list[Cell]:
    """The cells of all nodes below the root, each once."""
    bound = bind(tree, domain)
    found: dict[Cell, None] = {}
    stack = [(0, full_cell(domain))]
    while stack:
        at, cell = stack.pop()
        found[cell] = None
        test = bound.masked[at]
        if isinstance(test, int):
            continue
        index, mask, left, right = test
        if cell.masks[index] & mask and cell.masks[index] & ~mask:
            low, high = cell.split(index, cell.masks[index] & mask)
            stack += [(right, high), (left, low)]
        else:
            stack.append((left if cell.masks[index] & mask else right, cell))
    return [c for c in found if c != full_cell(domain)]


def _points(domain: Domain, whole: bool, seed: int) -> Iterator[tuple[Ints, Floats]]:
    """Points and their weights, in blocks; the weights add up to 1."""
    if not whole:
        points = sample(domain, SAMPLES, np.random.default_rng(seed))
        yield points, np.full(SAMPLES, 1 / SAMPLES)
        return
    for points in blocks(full_cell(domain)):
        weights = np.ones(len(points))
        for i, v in enumerate(domain.variables):
            weights *= np.array([float(p) for p in v.probabilities])[points[:, i]]
        yield points, weights


def _inside(domain: Domain, cell: Cell, points: Ints) -> Floats:
    inside = np.ones(len(points))
    for i, (v, mask) in enumerate(zip(domain.variables, cell.masks, strict=True)):
        if mask.bit_count() < len(v.labels):
            inside *= np.array([float(mask >> n & 1) for n in range(len(v.labels))])[points[:, i]]
    return inside


def _width(domain: Domain, cell: Cell) -> int:
    pairs = zip(domain.variables, cell.masks, strict=True)
    return sum(mask.bit_count() < len(v.labels) for v, mask in pairs)
