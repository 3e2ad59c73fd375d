"""The linear representation hypothesis of a network and a tree, measured.

The hypothesis: every AND along the paths of the tree is linear in φ with a probe of norm at most τ.
Here φ(x) = (1, ψ(x)), where ψ is a layer (or the concatenation of layers) scaled to E|ψ|² = 1, so
B² = E|φ|² = 2 counts the bias. The probe of least norm whose mean squared error is at most η² is a
ridge regression; its λ is found by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from verifier.certificate.kernel import blocks
from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.representation import (
    activations,
    check_nodes,
    default_nodes,
    encode,
    hidden_nodes,
)
from verifier.distillers.sampling import sample
from verifier.domain import Cell, Domain, describe_cell, full_cell
from verifier.errors import LeafproofError
from verifier.teacher import Teacher, check_columns
from verifier.tree import Tree, bind, check_fits

WHOLE = 1 << 20
"""Domains of at most so many points are measured on all of them."""
SAMPLES = 8_000
CONDITION = 1e-10
"""Directions of a smaller second moment (E|φ|² = 2) are not used: float32 does not show them."""
MOST_SETS = 20_000
"""Widths with more ANDs than this are not counted in full."""


@dataclass(frozen=True)
class Probe:
    """The best probes of one AND on one representation.

    ``residual`` is the least mean squared error of any probe, ``norm`` the least norm of one whose
    error is at most the tolerance (infinite if none is), ``variance`` that of the AND itself.
    """

    residual: float
    norm: float
    variance: float


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
    teacher: Teacher,
    tree: Tree,
    domain: Domain,
    *,
    tolerance: float = 1e-3,
    tau: float | None = None,
    layers: Sequence[int] | None = None,
    seed: int = 0,
) -> Measured:
    """Measure the hypothesis for the ANDs of ``tree``, over all points where there are few enough.

    ``tolerance`` is η², the mean squared error allowed; ``tau`` the norm allowed (None: any);
    ``layers`` the nodes concatenated (default: the outputs of all nonlinear layers). Raises
    LeafproofError, TreeError or TeacherError where the parts do not fit or a number is negative.
    """
    if not tolerance >= 0 or (tau is not None and not tau >= 0):
        raise LeafproofError("tolerance and tau are numbers of at least 0: give such numbers")
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes)
    joined = default_nodes(teacher) if layers is None else check_nodes(teacher, layers)
    cells = _path_cells(tree, domain)
    whole = domain.size <= WHOLE
    points, weights = _points(domain, whole, seed)
    targets = [_inside(domain, c, points) for c in cells]
    nodes = activations(teacher, encode(domain, points))
    probes: dict[int, tuple[Probe, ...]] = {}
    for layer in (*dict.fromkeys((*hidden_nodes(teacher), *joined)), 0):
        parts = [nodes[i] for i in (joined if layer == 0 else (layer,))]
        spectrum = _Spectrum.of(np.concatenate(parts, axis=1), weights)
        probes[layer] = tuple(spectrum.probe(t, weights, tolerance) for t in targets)
    needed = max((p.norm for p in probes[0]), default=0.0)
    limit = needed if tau is None else tau
    widths = tuple(_width(domain, c) for c in cells)
    joint = _Spectrum.of(np.concatenate([nodes[i] for i in joined], axis=1), weights)
    passed, allowed = {}, {}
    for k in sorted(set(widths)):
        passed[k] = _passing(domain, joint, points, weights, k, limit, tolerance)
        allowed[k] = _lemma(domain, k, limit, tolerance) if passed[k] is not None else None
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
        test = bound.nodes[at]
        if isinstance(test, int):
            continue
        index, mask, left, right = test
        if cell.masks[index] & mask and cell.masks[index] & ~mask:
            low, high = cell.split(index, cell.masks[index] & mask)
            stack += [(right, high), (left, low)]
        else:
            stack.append((left if cell.masks[index] & mask else right, cell))
    return [c for c in found if c != full_cell(domain)]


def _points(domain: Domain, whole: bool, seed: int) -> tuple[Ints, Floats]:
    if not whole:
        points = sample(domain, SAMPLES, np.random.default_rng(seed))
        return points, np.full(SAMPLES, 1 / SAMPLES)
    points = np.concatenate(list(blocks(full_cell(domain))))
    weights = np.ones(len(points))
    for i, v in enumerate(domain.variables):
        weights *= np.array([float(p) for p in v.probabilities])[points[:, i]]
    return points, weights


def _inside(domain: Domain, cell: Cell, points: Ints) -> Floats:
    inside = np.ones(len(points))
    for i, (v, mask) in enumerate(zip(domain.variables, cell.masks, strict=True)):
        if mask.bit_count() < len(v.labels):
            inside *= np.array([float(mask >> n & 1) for n in range(len(v.labels))])[points[:, i]]
    return inside


def _width(domain: Domain, cell: Cell) -> int:
    pairs = zip(domain.variables, cell.masks, strict=True)
    return sum(mask.bit_count() < len(v.labels) for v, mask in pairs)


@dataclass(frozen=True, eq=False)
class _Spectrum:
    """φ in the eigenbasis of its second moments: ``z[n, r]`` with second moments ``moments[r]``."""

    z: Floats
    moments: Floats

    @staticmethod
    def of(activation: np.ndarray, weights: Floats) -> _Spectrum:
        psi = np.nan_to_num(activation.astype(np.float64), posinf=0.0, neginf=0.0)
        size = float(weights @ (psi**2).sum(axis=1))
        phi = np.concatenate([np.ones((len(psi), 1)), psi / math.sqrt(size or 1.0)], axis=1)
        moments, vectors = np.linalg.eigh((phi * weights[:, None]).T @ phi)
        kept = moments > CONDITION
        return _Spectrum(phi @ vectors[:, kept], moments[kept])

    def probe(self, target: Floats, weights: Floats, tolerance: float) -> Probe:
        """The best probes of a 0/1 target."""
        mean = float(weights @ target)
        shares = self.z.T @ (weights * target)

        def error(ridge: float) -> float:
            w = shares / (self.moments + ridge)
            return max(0.0, mean - 2 * float(w @ shares) + float(w**2 @ self.moments))

        residual = error(0.0)
        if mean <= tolerance:
            return Probe(residual, 0.0, mean * (1 - mean))
        if residual > tolerance:
            return Probe(residual, math.inf, mean * (1 - mean))
        low, high = math.log(CONDITION) - 20, math.log(4.0 / max(mean - tolerance, 1e-300)) + 20
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if error(math.exp(middle)) <= tolerance else (low, middle)
        w = shares / (self.moments + (math.exp(low) if error(math.exp(low)) <= tolerance else 0.0))
        return Probe(residual, float(np.linalg.norm(w)), mean * (1 - mean))


def _uniform_bits(domain: Domain) -> bool:
    return domain.uniform and all(len(v.labels) == 2 for v in domain.variables)


def _passing(
    domain: Domain,
    spectrum: _Spectrum,
    points: Ints,
    weights: Floats,
    k: int,
    tau: float,
    tolerance: float,
) -> int | None:
    """How many sets of k variables have an AND with a probe of norm at most ``tau``."""
    count = len(domain.variables)
    if not _uniform_bits(domain) or math.comb(count, k) << k > MOST_SETS:
        return None
    found = 0
    for chosen in combinations(range(count), k):
        own = points[:, chosen]
        for signs in product((0, 1), repeat=k):
            target = (own == signs).all(axis=1).astype(np.float64)
            if spectrum.probe(target, weights, tolerance).norm <= tau * (1 + 1e-6):
                found += 1
                break
    return found


def _lemma(domain: Domain, k: int, tau: float, tolerance: float) -> int | None:
    """τ²B²/(2^-k - η)² rounded down; None where the lemma does not apply."""
    room = 2.0**-k - math.sqrt(tolerance)
    if not _uniform_bits(domain) or room <= 0 or not math.isfinite(tau):
        return None
    return math.floor(2 * tau**2 / room**2 * (1 + 1e-9))
