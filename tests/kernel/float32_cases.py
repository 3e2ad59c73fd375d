"""Networks and float32 evaluations for the tests of the float32 bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign

KINDS = (
    "relu",
    "residual",
    "scale",
    "sign",
    "cancelling",
    "classes",
    "large sums",
    "doubles",
    "deep",
    "subnormal",
)
UNDECIDED = ("cancelling", "classes")
"""Kinds whose margins are below what the kernel's 22-bit weights can resolve."""
ULP = 2.0**-24
F4 = np.float32


def network(rng, n, kind):
    """A random teacher over n columns; what is hard about it for float32 is its kind."""

    def affine(source, rows, columns, scale=1.0, dtype=np.float32):
        weight = rng.normal(size=(rows, columns)) * scale
        return Affine(source, weight.astype(dtype), rng.normal(size=rows).astype(dtype))

    one = np.ones(20, np.float32)
    match kind:
        case "relu":
            layers = (affine(0, 20, n), Relu(1), affine(2, 20, 20), Relu(3), affine(4, 1, 20))
        case "residual":
            layers = (
                affine(0, 20, n),
                Relu(1),
                affine(2, 20, 20),
                Add(2, 3),
                Relu(4),
                affine(5, 3, 20),
            )
        case "scale":
            scaled = Scale(1, one * np.float32(0.1), one, one * np.float32(0.3))
            layers = (affine(0, 20, n), scaled, Relu(2), affine(3, 1, 20))
        case "sign":
            layers = (affine(0, 20, n), Sign(1), affine(2, 1, 20))
        case "cancelling":  # every weight twice, with opposite signs and almost the same size
            half = rng.normal(size=(1, 20)).astype(np.float32)
            near = (half * (1 + rng.normal(size=(1, 20)) * 3 * ULP)).astype(np.float32)
            copies = affine(0, 20, n)
            twice = Affine(0, np.repeat(copies.weight, 2, 0), np.repeat(copies.bias, 2))
            weight = np.stack([half, -near], axis=2).reshape(1, 40)
            layers = (twice, Relu(1), Affine(2, weight, np.zeros(1, np.float32)))
        case "classes":  # four logits that differ in their last bits
            base = rng.normal(size=(1, n))
            weight = (base * (1 + rng.normal(size=(4, n)) * 2 * ULP)).astype(np.float32)
            layers = (Affine(0, weight, np.zeros(4, np.float32)),)
        case "large sums":
            layers = (affine(0, 30, n, 1e6), Relu(1), affine(2, 30, 30, 1e6), affine(3, 2, 30))
        case "doubles":
            layers = (affine(0, 20, n, dtype=float), Relu(1), affine(2, 2, 20, dtype=float))
        case "deep":
            layers = (affine(0, 12, n), Relu(1))
            for i in range(8):
                layers += (affine(2 + 2 * i, 12, 12, 0.3), Relu(3 + 2 * i))
            layers += (affine(18, 1, 12),)
        case "subnormal":  # a third of the weights are lost where underflow flushes to zero
            first, last = affine(0, 20, n, 2.0**20), affine(2, 2, 20)
            first.weight[::3] *= F4(2.0**-140)
            last.weight[:, 1::3] *= F4(2.0**-130)
            layers = (first, Relu(1), last)
    return Network(n, layers)


def as_float32(teacher):
    """The teacher with its numbers rounded to float32, as a runtime holds them."""

    def rounded(layer):
        with np.errstate(over="ignore", under="ignore"):
            arrays = {k: a.astype(np.float32) for k, a in vars(layer).items() if k != "source"}
        return replace(layer, **arrays)

    layers = (x if isinstance(x, Relu | Sign | Add) else rounded(x) for x in teacher.layers)
    return Network(teacher.columns, tuple(layers), teacher.notes)


class Evaluation:
    """A float32 evaluation in Python: the order of sums, fused or not, flushing or not."""

    def __init__(self, rng=None, *, fused=False, flush=False, pairs=False):
        self.rng, self.fused, self.flush, self.pairs = rng, fused, flush, pairs

    def rounded(self, x):
        """To float32, and to zero where flushing."""
        with np.errstate(over="ignore", under="ignore"):
            x = np.asarray(x, np.float32)
        return np.where(np.abs(x) < 2.0**-126, np.float32(0), x) if self.flush else x

    def sums(self, weight, x, bias):
        """Each row's products and its bias, summed; without ``rng`` from left to right."""
        rows = np.arange(len(weight))[:, None]
        order = np.tile(np.arange(len(x)), (len(weight), 1))
        if self.rng is not None:
            order = self.rng.permuted(order, axis=1)
        if self.fused:
            total = bias
            for w, i in zip(weight[rows, order].T, order.T, strict=True):
                product = w.astype(float) * x[i].astype(float)  # float64 holds it exactly
                total = self.rounded(product + total.astype(float))
            return total
        products = self.rounded(weight * x)[rows, order]
        terms = np.column_stack([products, bias])
        if self.rng is not None:  # the bias, too, is anywhere
            at = self.rng.integers(terms.shape[1], size=len(terms))
            terms[rows[:, 0], at], terms[:, -1] = bias, terms[rows[:, 0], at]
        while self.pairs and terms.shape[1] > 1:
            left, right = terms[:, ::2].copy(), terms[:, 1::2]
            left[:, : right.shape[1]] += right
            terms = self.rounded(left)
        total = terms[:, 0]
        for term in terms.T[1:]:
            total = self.rounded(total + term)
        return total

    def logits(self, teacher, x):
        """The logits at an encoded input."""
        nodes = [self.rounded(x)]
        for layer in as_float32(teacher).layers:
            match layer:
                case Affine(source, weight, bias):
                    nodes.append(self.sums(self.rounded(weight), nodes[source], self.rounded(bias)))
                case Scale(source, scale, divisor, shift):
                    product = self.rounded(self.rounded(scale) * nodes[source])
                    nodes.append(self.rounded(self.rounded(product / divisor) + shift))
                case Relu(source):
                    nodes.append(np.maximum(nodes[source], np.float32(0)))
                case Sign(source):
                    nodes.append(np.sign(nodes[source]))
                case Add(left, right):
                    nodes.append(self.rounded(nodes[left] + nodes[right]))
        return nodes[-1]


def evaluations(rng):
    """One evaluation of every sort."""
    return (
        Evaluation(),
        Evaluation(rng),
        Evaluation(rng, pairs=True),
        Evaluation(rng, fused=True),
        Evaluation(rng, flush=True),
    )


def class_of(logits):
    """The class as a runtime's user takes it; NaN is never positive."""
    return int(logits[0] > 0) if len(logits) == 1 else int(np.argmax(logits))
