"""Smooth functions inside a network: sigmoid, tanh, GELU and the like, as layers of their own.

A sigmoid is only left out where it comes last; where something follows it, ``solid`` makes it a
layer. ``where`` names the operator in messages; everything raises NetworkError.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import flint
import numpy as np

from verifier.formats.exact import Array, exact_product, exact_sum
from verifier.formats.graph import Graph, Probability, Signal, Value, refuse, signal
from verifier.model.floats import nearest
from verifier.model.network import Add, Affine, Layer, Relu, Scale
from verifier.model.smooth import ALONE, KINDS, Smooth, image

FAR = 700.0
"""Beyond, functions are their end lines in float64."""


def function(kind: str, x: Array) -> Array:
    """The function called ``kind`` in float64, as good as that is: to compare with, not to prove.

    Its values are those of the network's own definition, number by number.
    """
    near = np.clip(x, -FAR, FAR)
    with ALONE, flint.ctx.workprec(64):
        found = np.array([float(image(kind, flint.arb(v)).mid()) for v in near.ravel().tolist()])
    slope, intercept = KINDS[kind].right
    left, below = KINDS[kind].left
    found = found.reshape(x.shape)
    found = np.where(x > FAR, slope * x + intercept, found)
    return np.asarray(np.where(x < -FAR, left * x + below, found))


def left_out(where: str, operator: str, reason: str) -> str:
    """What is noted of a last step that is left out."""
    return f"{where}: the final {operator} is left out ({reason})"


ONE_LOGIT = "sigmoid(z) > 1/2 iff z > 0"
ORDER = "it keeps the order of the logits"


def smooth(graph: Graph, x: Signal, kind: str) -> Signal:
    """The function called ``kind``, elementwise; one layer where it is asked for again."""
    for i, layer in enumerate(graph.layers, 1):
        if isinstance(layer, Smooth) and (layer.source, layer.kind) == (x.node, kind):
            return Signal(i, x.shape)
    return graph.emit(Smooth(x.node, kind), x.shape)


def solid(graph: Graph, value: Value | None, where: str) -> Signal:
    """``value`` as plain activations: a sigmoid that something follows becomes a layer."""
    keep_sigmoids(graph, value)
    if isinstance(value, Probability):
        p = smooth(graph, value.logit, "sigmoid")
        shift, factor = ([nearest(c[i]) for c in value.columns] for i in (0, 1))
        pairs = zip(shift, factor, value.columns, strict=True)
        if any((Fraction(a), Fraction(b)) != own for a, b, own in pairs):
            refuse(where, "what it takes is made of a probability by numbers that are no floats")
        if (shift, factor) == ([0.0], [1.0]):
            return p
        weight = np.array(factor)[:, None]
        return graph.emit(Affine(p.node, weight, np.array(shift)), len(shift))
    dropped = value.dropped if isinstance(value, Signal) else ()
    if isinstance(value, Signal) and {step for step, _ in dropped} == {"Sigmoid"}:
        x = replace(value, dropped=())
        for _ in dropped:
            x = smooth(graph, x, "sigmoid")
        return x
    return signal(value, where)


def keep_sigmoids(graph: Graph, value: Value | None) -> None:
    """Take back the notes that its sigmoids are left out, as something follows them."""
    notes = []
    if isinstance(value, Probability):
        notes = [left_out(value.where, "Sigmoid", ONE_LOGIT)]
    elif isinstance(value, Signal) and {step for step, _ in value.dropped} == {"Sigmoid"}:
        notes = [left_out(at, step, ORDER) for step, at in value.dropped]
    for note in notes:
        if note in graph.notes:
            graph.notes.remove(note)


def elu(graph: Graph, x: Signal, alpha: float, where: str) -> Signal:
    """``x`` where it is positive, else ``alpha (e^x - 1)``: alpha ELU(x) + (1 - alpha) ReLU(x)."""
    if not math.isfinite(alpha):
        refuse(where, f"its alpha is {alpha}: it must be finite")
    bent = smooth(graph, x, "elu")
    if alpha == 1:
        return bent
    parts = [_scaled(graph, bent, alpha)]
    positive = graph.emit(Relu(x.node), x.shape)
    rest = exact_sum(np.ones(1), np.array([-alpha]))
    if rest is not None:
        parts.append(_scaled(graph, positive, float(rest[0])))
    else:
        parts += [positive, _scaled(graph, positive, -alpha)]
    total = parts[0]
    for part in parts[1:]:
        total = graph.emit(Add(total.node, part.node), x.shape)
    return total


def selu(graph: Graph, x: Signal, alpha: float, gamma: float, where: str) -> Signal:
    """``gamma`` times an ELU."""
    if not math.isfinite(gamma):
        refuse(where, f"its gamma is {gamma}: it must be finite")
    return _scaled(graph, elu(graph, x, alpha, where), gamma)


def celu(graph: Graph, x: Signal, alpha: float, where: str) -> Signal:
    """``alpha ELU(x / alpha)``."""
    if not math.isfinite(alpha) or alpha <= 0:
        refuse(where, f"its alpha is {alpha}: it must be positive and finite")
    if alpha == 1:
        return smooth(graph, x, "elu")
    return _scaled(graph, smooth(graph, _scaled(graph, x, 1.0, alpha), "elu"), alpha)


def softplus(graph: Graph, x: Signal, beta: float, where: str) -> Signal:
    """``ln(1 + e^(beta x)) / beta``."""
    if not math.isfinite(beta) or not beta:
        refuse(where, f"its beta is {beta}: it must be finite and not 0")
    if beta == 1:
        return smooth(graph, x, "softplus")
    return _scaled(graph, smooth(graph, _scaled(graph, x, beta), "softplus"), 1.0, beta)


def log_sigmoid(graph: Graph, x: Signal) -> Signal:
    """``ln(sigmoid(x)) = -softplus(-x)``."""
    return _scaled(graph, smooth(graph, _scaled(graph, x, -1.0), "softplus"), -1.0)


def product(graph: Graph, a: Signal, b: Signal, where: str) -> Signal:
    """A product of activations, where it is a known function of one of them.

    x sigmoid(x) is SiLU, x tanh(softplus(x)) Mish, x (1 + erf(x / c)) a GELU's, and x times a
    HardSigmoid HardSwish; so are multiples of these.
    """
    pairs = ((a, b), (b, a)) if a.shape == b.shape else ()
    found = next((y for x, gate in pairs if (y := _multiple(graph, x, gate)) is not None), None)
    if found is None:
        refuse(where, "it multiplies or divides two activations, which is not linear")
    return found


def _multiple(graph: Graph, x: Signal, gate: Signal) -> Signal | None:
    """``x`` times a gate, where one of them may be a multiple of what is known."""
    for own, factor in _factored(graph, x):
        for other, more in _factored(graph, gate):
            found = _gated(graph, own, other)
            if found is not None:
                for layer in (*factor, *more):
                    found = graph.emit(replace(layer, source=found.node), found.shape)
                return found
    return None


def _factored(graph: Graph, x: Signal) -> list[tuple[Signal, tuple[Scale, ...]]]:
    """Activations as they are; and, where they are multiples of others, those with the factor."""
    last = graph.layers[x.node - 1] if x.node else None
    own: list[tuple[Signal, tuple[Scale, ...]]] = [(x, ())]
    if isinstance(last, Scale) and not last.shift.any():
        own.append((Signal(last.source, x.shape), (last,)))
    return own


def _gated(graph: Graph, x: Signal, gate: Signal) -> Signal | None:
    last = graph.layers[gate.node - 1] if gate.node else None
    if isinstance(last, Smooth) and (last.source, last.kind) == (x.node, "sigmoid"):
        return smooth(graph, x, "silu")
    if isinstance(last, Smooth) and last.kind == "tanh" and last.source:
        before = graph.layers[last.source - 1]
        if isinstance(before, Smooth) and (before.source, before.kind) == (x.node, "softplus"):
            return smooth(graph, x, "mish")
    if not isinstance(last, Scale) or not last.source or not _is(last, 1.0, 1.0):
        return _hard_swish(graph, x, last)
    bent = graph.layers[last.source - 1]
    if not isinstance(bent, Smooth) or bent.kind != "erf":
        return None
    if bent.source == x.node:
        return _scaled(graph, smooth(graph, x, "erf_gate"), 2.0)
    if not bent.source:
        return None
    inner = graph.layers[bent.source - 1]
    if not isinstance(inner, Scale) or inner.source != x.node or inner.shift.any():
        return None
    if not inner.scale.all():
        return None
    t = smooth(graph, Signal(bent.source, x.shape), "erf_gate")  # x = divisor / scale times that
    factor = (2 * inner.divisor).astype(np.float64)
    return graph.emit(Scale(t.node, factor, inner.scale, np.zeros(x.width)), x.shape)


def _hard_swish(graph: Graph, x: Signal, last: Layer | None) -> Signal | None:
    """``x min(max(a x + 1/2, 0), 1)``, which is a HardSwish of 6 a x by 6 a; ``last`` is the gate's
    last layer."""
    kinds = (Scale, Relu, Scale, Relu, Scale)  # from the last on: min, max, a x + 1/2
    held: list[Layer] = []
    for kind in kinds:
        if not isinstance(last, kind):
            return None
        held.append(last)
        last = graph.layers[last.source - 1] if last.source else None
    upper, _, lower, _, inner = held
    assert isinstance(upper, Scale) and isinstance(lower, Scale) and isinstance(inner, Scale)
    if inner.source != x.node or not (_is(upper, -1.0, 1.0) and _is(lower, -1.0, 1.0)):
        return None
    a = inner.scale[0]
    six = exact_product(np.full(1, float(a)), np.full(1, 6.0))
    if six is None or not a or not _is(inner, float(a), 0.5):
        return None
    bent = smooth(graph, _scaled(graph, x, float(six[0])), "hard_swish")
    return _scaled(graph, bent, 1.0, float(six[0]))


def _is(layer: Scale, scale: float, shift: float) -> bool:
    """Whether the layer is ``scale x + shift`` in every column."""
    pairs = ((layer.scale, scale), (layer.divisor, 1.0), (layer.shift, shift))
    return all((numbers == wanted).all() for numbers, wanted in pairs)


def _scaled(graph: Graph, x: Signal, factor: float, divisor: float = 1.0) -> Signal:
    """``x factor / divisor``."""
    parts = (np.full(x.width, v) for v in (factor, divisor, 0.0))
    return x if factor == divisor == 1 else graph.emit(Scale(x.node, *parts), x.shape)
