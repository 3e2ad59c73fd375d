"""Teachers that are chains of ReLU layers, as the compiled search wants them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import numpy as np

from verifier.model.chances import Distribution, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.model.network import Add, Affine, Network, Relu, Scale
from verifier.model.ordinal import Ordinal, Ranged
from verifier.model.variable import Variable
from verifier.provers.bound import class_rows
from verifier.provers.compiled.net import LANES, Doubles, Ints, Net
from verifier.provers.tables import Floats
from verifier.provers.words import MASK, fits

WIDEST = 512  # neurons of a layer; wider networks are better served by matrix products
ROOM = 1 << 26  # most floats of scratch space

Linear = tuple[int, Floats, Floats]  # (ReLU layer read, or -1 for the input; matrix; constant)
Read = tuple[int, Floats | None, Floats]  # the same; None for what is read itself


def chain(teacher: Network, domain: Domain) -> Net | None:
    """The teacher as layers of ReLU, each reading the one before; None if it is not of that kind.

    Affine, scale and add layers between two ReLU layers are folded together, and each layer is
    scaled by a power of two, which changes no class. Rounded to float32: for the search only.
    """
    if not fits(domain) or any(v.count > MASK for v in domain.variables if isinstance(v, Variable)):
        return None
    hidden: list[tuple[Floats, Floats]] = []
    with np.errstate(all="ignore"):
        last = fold(teacher, hidden)
        if last is None or not hidden or last[0] != len(hidden) - 1:
            return None
        return _pack(domain, hidden, (last[1], last[2]))


def fold(teacher: Network, hidden: list[tuple[Floats, Floats]]) -> Linear | None:
    """Collect the ReLU layers' (matrix, constant); returns the logits', or None."""
    nodes: list[Read] = [(-1, None, np.zeros(teacher.columns))]
    for layer in teacher.layers:
        if isinstance(layer, Add):
            (a, m, c), (b, n, d) = nodes[layer.left], nodes[layer.right]
            if a != b:
                return None
            nodes.append((a, _matrix(m, c) + _matrix(n, d), c + d))
            continue
        at, matrix, constant = nodes[layer.source]
        if isinstance(layer, Affine):
            weight = layer.weight.astype(np.float64)
            whole = weight if matrix is None else weight @ matrix
            nodes.append((at, whole, weight @ constant + layer.bias))
        elif isinstance(layer, Scale):
            factor = layer.scale.astype(np.float64) / layer.divisor.astype(np.float64)
            whole = factor[:, None] * _matrix(matrix, constant)
            nodes.append((at, whole, factor * constant + layer.shift))
        elif isinstance(layer, Relu) and at == len(hidden) - 1:
            hidden.append((_matrix(matrix, constant), constant))
            nodes.append((len(hidden) - 1, None, np.zeros(len(constant))))
        else:
            return None
    at, matrix, constant = nodes[-1]
    return at, _matrix(matrix, constant), constant


def _matrix(matrix: Floats | None, constant: Floats) -> Floats:
    """The matrix; of what is read itself the identity, made only where it is needed."""
    return np.eye(len(constant)) if matrix is None else matrix


def _pack(
    domain: Domain, hidden: list[tuple[Floats, Floats]], last: tuple[Floats, Floats]
) -> Net | None:
    widths = [len(c) for _, c in hidden]
    neurons = -(-max(widths) // LANES) * LANES
    starts = np.cumsum([0] + [2 if isinstance(v, Ranged) else v.count for v in domain.variables])
    layers = len(widths)
    if max(widths) > WIDEST or layers * neurons * 2 * int(starts[-1]) > ROOM:
        return None
    hidden, last, power = _balance(hidden, last)
    table = np.zeros((int(starts[-1]), neurons))
    for i, v in enumerate(domain.variables):
        listed = v.encoding if isinstance(v, Variable) else ((v.ends[0],), (_step(v),))
        numbers = np.array([[nearest(x) for x in row] for row in listed])
        if not np.isfinite(numbers).all():
            return None
        columns = slice(domain.offsets[i], domain.offsets[i] + v.columns)
        table[starts[i] : starts[i + 1], : widths[0]] = numbers @ hidden[0][0][:, columns].T
    weight, bias = np.zeros((layers, neurons, neurons)), np.zeros((layers, neurons))
    for k, (matrix, constant) in enumerate(hidden):
        bias[k, : widths[k]] = constant
        if k:
            weight[k, : widths[k], : widths[k - 1]] = matrix
    outputs = len(last[1])
    classes = range(max(2, outputs))
    final = np.zeros((len(classes), max(1, outputs - 1), neurons))
    for t in classes:  # all rows at once are gigabytes of a thousand classes
        final[t, :, : widths[-1]] = class_rows(outputs, t) @ last[0]
    shift = np.stack([class_rows(outputs, t) @ last[1] for t in classes])
    single = [a.astype(np.float32) for a in (weight, bias, final, shift)]
    if not np.isfinite(table).all() or not all(np.isfinite(a).all() for a in single):
        return None
    mass, ran, runs = chances(domain.distributions(None))
    cut, cuts = _cuts(domain)
    return Net(
        table=table,
        weight=single[0],
        bias=single[1],
        widths=np.array(widths),
        last=single[2],
        shift=single[3],
        starts=starts,
        mass=mass,
        ran=ran,
        runs=runs,
        cut=cut,
        cuts=cuts,
        power=power,
    )


def _step(v: Ordinal | Continuous) -> Fraction:
    """What the second row of a range is the contribution of."""
    return v.step if isinstance(v, Ordinal) else Fraction(1)


def _cuts(domain: Domain) -> tuple[Ints, Doubles]:
    """Where the runs of pieces of continuous variables begin, as ``cut`` and ``cuts`` of a Net."""
    places, rows = [0], []
    for v in domain.variables:
        if isinstance(v, Continuous):
            pairs = zip(v.starts, v.breaks, strict=True)
            rows += [[float(at), nearest(x - v.first)] for at, x in pairs]
        places.append(len(rows))
    rows.append([0.0, 0.0])
    return np.array(places), np.array(rows)


def chances(distributions: Sequence[Distribution]) -> tuple[Doubles, Ints, Doubles]:
    """The variables' probabilities as ``mass``, ``ran`` and ``runs`` of a Net."""
    mass: list[float] = []
    ran, runs = [0], []
    for d in distributions:
        if isinstance(d, Runs):
            mass += [0.0, 0.0]
            below = accumulate(float(p) for _, p in d.runs)
            runs.append([d.start - 1.0, 0.0])
            runs += [[stop - 1.0, p] for stop, p in zip(d.stops, below, strict=True)]
        else:
            mass += [float(p) for p in d.probabilities]
        ran.append(len(runs))
    runs.append([0.0, 0.0])
    return np.array(mass), np.array(ran), np.array(runs)


def _balance(
    hidden: list[tuple[Floats, Floats]], last: tuple[Floats, Floats]
) -> tuple[list[tuple[Floats, Floats]], tuple[Floats, Floats], Ints]:
    """Scale every layer by a power of two so that its largest entry is about 1.

    Returns also ``power`` of a Net.
    """
    balanced, totals = [], [0]
    for matrix, constant in [*hidden, last]:
        above = np.ldexp(constant, totals[-1])
        largest = max(np.abs(matrix).max(), np.abs(above).max(), 1e-300)
        factor = -round(np.log2(largest)) if np.isfinite(largest) else 0
        totals.append(totals[-1] + factor)
        balanced.append((np.ldexp(matrix, factor), np.ldexp(above, factor)))
    return balanced[:-1], balanced[-1], np.array(totals[1:-1]) - totals[-1]
