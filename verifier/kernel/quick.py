"""Rules 1 to 4 in float64, with a bound on all that rounding can do. Trusted.

Numbers are float64 as they come; docs/soundness.md argues the bound. What is not shown here is
bounded again in fixed point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from verifier.kernel.arithmetic import Bounds, Ints
from verifier.kernel.choices import LIMIT, UP, Choice, Floats, Matrix, choice_of, matrices
from verifier.kernel.ordinals import enclose
from verifier.kernel.prepared import Parts, Prepared, allowed_values
from verifier.model.network import Add, Affine, Relu, sources

Pair = tuple[Floats, Floats]

UNIT = 2.0**-52
"""A sum of k <= 2**20 products is off by at most k times this of their magnitudes."""
TINY = 2.0**-800
"""More than underflow can do to a bound."""
NEXT = 1 << 17
"""Numbers of cells' own rows that are worked on together."""


@dataclass(eq=False)
class Cells:
    """Cells bounded together, with enclosures of the nodes so far; ``most`` is what none exceeds.

    ``centre`` and ``radius`` (cells, columns) are of variables of one column, and 0 elsewhere.
    ``error`` is how far a unit of a form's mass may be off, ``inexact`` a unit of coefficients
    because encodings are. ``shared`` holds slopes that are the same for all cells, by the ReLU's
    source.
    """

    p: Prepared
    layers: Sequence[Matrix | None]
    centre: Floats
    radius: Floats
    choices: Sequence[Choice]
    error: float
    inexact: float
    low: list[Floats]
    high: list[Floats]
    most: list[float] = field(default_factory=list)
    shared: dict[int, Pair] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.centre)

    def part(self, at: Ints | slice) -> Cells:
        """Some of the cells."""
        choices = [replace(c, own=c.own[at], chosen=c.chosen[at]) for c in self.choices]
        low, high = [x[at] for x in self.low], [x[at] for x in self.high]
        centre, radius = self.centre[at], self.radius[at]
        return replace(self, centre=centre, radius=radius, choices=choices, low=low, high=high)

    def back(
        self,
        node: int,
        a: Floats,
        norm: Floats,
        total: Floats,
        mass: Floats,
        seen: dict[int, Floats],
    ) -> Floats:
        """Lower bounds (cells, rows) of forms of a node, of all cells or (3 axes) of each.

        ``norm`` is at least the sum of a row's magnitudes, ``total`` are constants, and ``mass``
        is at least what they were added up from. ``seen`` is given the coefficients behind ReLUs.
        """
        pending = {node: (a, norm)}
        for j in range(node, 0, -1):
            if j not in pending:
                continue
            self.p.poll()
            (a, norm), layer = pending.pop(j), self.p.teacher.layers[j - 1]
            held, source = self.layers[j - 1], sources(layer)[0]
            if isinstance(layer, Relu):
                seen[source] = a
                mass = mass + norm * self.most[source]
                a, constants = self._through_relu(source, a)
                total = total + constants
            elif held is not None:
                mass = mass + norm * (held.norm * self.most[source] + held.most)
                total = total + a @ held.bias
                a = (a.reshape(-1, a.shape[-1]) @ held.weight).reshape(*a.shape[:-1], -1)
                norm = norm * held.norm if source == 0 else np.abs(a).sum(axis=-1) * UP
            else:
                mass = mass + norm * self.most[j]
            for i in sources(layer):
                old = pending.get(i)
                pending[i] = (a, norm) if old is None else (old[0] + a, old[1] + norm)
        if 0 in pending:
            a, norm = pending[0]
            mass = mass + norm * self.most[0]
            total = total + self.least(a) - norm * self.inexact
        mass = mass * self.error
        return np.where(mass < LIMIT, total - (mass + TINY), -np.inf)

    def _through_relu(self, source: int, a: Floats) -> Pair:
        """Coefficients and constants of forms of ``relu(z)`` that bound them by lines in z."""
        low, high = self.low[source], self.high[source]
        up = np.maximum(a, 0)
        down = a - up
        if a.ndim == 3:
            below, above = slopes(low, high)
            constants = (down @ intercept(low, high, above)[:, :, None])[..., 0]
            return up * below[:, None] + down * above[:, None], constants
        below, above = self.shared[source]
        under = np.maximum(np.maximum((1 - below) * low, -below * high), 0)
        constants = intercept(low, high, above) @ down.T + under @ up.T
        return up * below + down * above, constants

    def least(self, a: Floats) -> Floats:
        """The least values of linear forms of the input over each cell."""
        if a.ndim == 2:
            least = self.centre @ a.T - self.radius @ np.abs(a).T
        else:
            least = (a @ self.centre[:, :, None] - np.abs(a) @ self.radius[:, :, None])[..., 0]
        for choice in self.choices:
            least += choice.least(a)
        return least

    def lines(self, node: int, picked: Ints | None = None) -> Pair:
        """Enclosures of an affine layer by lines: of all components, or of each cell's own."""
        layers = self.p.teacher.layers
        held, source = self.layers[node - 1], sources(layers[node - 1])[0]
        assert held is not None
        rows: Any = slice(None) if picked is None else picked
        weight, bias, norm = held.weight[rows], held.bias[rows], held.norms[rows]
        start, mass = source, np.abs(bias)
        if picked is not None and isinstance(relu := layers[source - 1], Relu):
            # a line for a has the coefficients p + q, one for -a those of q - p
            start = relu.source
            below, above = slopes(self.low[start], self.high[start])
            over = intercept(self.low[start], self.high[start], above)[:, :, None] / 2
            size = held.size[rows]
            signed, unsigned = (weight @ over)[..., 0], (size @ over)[..., 0]
            bias, loss = bias + signed, np.concatenate([unsigned, unsigned], axis=-1)
            mass = mass + norm * self.most[start]
            p = weight * ((below + above) / 2)[:, None]
            q = size * ((below - above) / 2)[:, None]
            both = np.concatenate([p + q, q - p], axis=-2)
        else:
            both, loss = np.concatenate([weight, -weight], axis=-2), np.zeros(())
        self.p.spend(both.size // both.shape[-1] * self.p.row_cost(node))
        norm, mass = (np.concatenate(x, axis=-1) for x in ([norm, norm], [mass, mass]))
        total = np.concatenate([bias, -bias], axis=-1) - loss
        least = self.back(start, both, norm, total, mass, {})
        half = least.shape[1] // 2
        return least[:, :half], -least[:, half:]

    def forward(self, together: bool) -> None:
        """Enclose all nodes: by intervals, and before ReLUs by lines, if cells share slopes."""
        before = {x.source for x in self.p.teacher.layers if isinstance(x, Relu)}
        for node in range(len(self.p.teacher.layers) + 1):
            self.p.poll()
            if node:
                low, high = self.interval(node)
                layer = self.p.teacher.layers[node - 1]
                if isinstance(layer, Affine) and (
                    layer.source == 0 or (node in before and together)
                ):
                    closer = self.lines(node)
                    low, high = np.maximum(low, closer[0]), np.minimum(high, closer[1])
                self.low.append(low)
                self.high.append(high)
            low, high = self.low[node], self.high[node]
            most = max(-low.min().item(), high.max().item(), 0.0)
            self.most.append(most if most < LIMIT else np.inf)
            if node in before and together:
                below, above = slopes(low, high)
                self.shared[node] = below.sum(axis=0) / len(self), above.sum(axis=0) / len(self)

    def interval(self, node: int) -> Pair:
        """Enclosures of a node by those of the nodes before it."""
        layer, held = self.p.teacher.layers[node - 1], self.layers[node - 1]
        if isinstance(layer, Add):
            i, j = layer.left, layer.right
            off = (self.most[i] + self.most[j]) * self.error + TINY
            return self.low[i] + self.low[j] - off, self.high[i] + self.high[j] + off
        source = sources(layer)[0]
        low, high = self.low[source], self.high[source]
        if held is None:
            return np.maximum(low, 0), np.maximum(high, 0)
        off = (held.norm * self.most[source] + held.most) * self.error + TINY
        middle = ((high + low) / 2) @ held.weight.T + held.bias
        spread = ((high - low) / 2) @ held.size.T + off
        return middle - spread, middle + spread

    def refine(self, seen: Mapping[int, Floats], share: int) -> bool:
        """Bound what is before ReLUs by lines of each cell's own, where forms lose most; if any.

        ``seen`` are the forms' coefficients behind the ReLUs; one in ``share`` components is taken.
        """
        changed = False
        for node, layer in enumerate(self.p.teacher.layers, 1):
            low, high = self.low[node], self.high[node]
            if changed:
                closer = self.interval(node)
                np.maximum(low, closer[0], out=low)
                np.minimum(high, closer[1], out=high)
            if node not in seen or not isinstance(layer, Affine) or layer.source == 0:
                continue
            a, over = seen[node], intercept(low, high, slopes(low, high)[1])
            lost = np.maximum(-a, 0).sum(axis=1) * over
            lost += np.maximum(a, 0).sum(axis=1) * np.maximum(np.minimum(-low, high), 0)
            count = -(-low.shape[1] // share)
            picked = np.argpartition(-lost, count - 1, axis=1)[:, :count]
            step = max(1, NEXT // (2 * count * max(self.p.teacher.widths)))
            for start in range(0, len(self), step):
                at = slice(start, start + step)
                own = picked[at]
                rows = np.arange(start, start + len(own))[:, None]
                closer = self.part(at).lines(node, own)
                low[rows, own] = np.maximum(low[rows, own], closer[0])
                high[rows, own] = np.minimum(high[rows, own], closer[1])
            changed = True
        return changed

    def bounds(self, at: Ints | None = None) -> list[Bounds]:
        """The enclosures in fixed point: of some cells, or one that holds for all."""
        found = []
        for low, high in zip(self.low, self.high, strict=True):
            if at is None:
                low, high = low.min(axis=0, keepdims=True), high.max(axis=0, keepdims=True)
            else:
                low, high = low[at], high[at]
            most = np.maximum(-low.min(axis=1), high.max(axis=1))
            e = self.p.bits - 1 - np.frexp(np.maximum(most, 0))[1].astype(np.int64)
            lo, hi = (np.ldexp(x, e[:, None]) for x in (low, high))
            found.append(Bounds(np.floor(lo), np.ceil(hi), e))
        return found


def slopes(low: Floats, high: Floats) -> Pair:
    """Slopes from 0 to 1 of lines below and above relu; any are sound."""
    return (high > -low).astype(np.float64), np.clip(high / np.maximum(high - low, TINY), 0, 1)


def intercept(low: Floats, high: Floats, above: Floats) -> Floats:
    """The greatest value of ``relu(z) - above z``."""
    return np.maximum(-above * low, (1 - above) * high)


def cells_of(p: Prepared, parts: Parts) -> Cells:
    """Cells with the enclosures of their inputs."""
    shape = len(parts), p.teacher.columns
    low, high, single = np.empty(shape), np.empty(shape), np.zeros(shape[1])
    choices: list[Choice] = []
    inexact, pairs = 0.0, 0
    for g in p.groups:
        table, off = np.ldexp(g.table, -g.e), np.ldexp(g.inexact, -g.e - 1).item()
        if g.single:
            inside, at = allowed_values(g, parts), g.columns[:, 0]
            least, most = np.full(inside.shape[:2], np.inf), np.full(inside.shape[:2], -np.inf)
            for v in range(table.shape[1]):
                least = np.where(inside[..., v], np.minimum(least, table[:, v, 0]), least)
                most = np.where(inside[..., v], np.maximum(most, table[:, v, 0]), most)
            low[:, at], high[:, at], single[at] = least - off, most + off, 1
            continue
        choice = choice_of(g, parts)
        tables, shut = table[choice.places], choice.closed[..., None]
        low[:, g.columns] = ((tables + shut).min(axis=1) - off)[choice.own]
        high[:, g.columns] = ((tables - shut).max(axis=1) + off)[choice.own]
        choices.append(choice)
        inexact, pairs = max(inexact, off), max(pairs, len(shut))
    if p.ordinals is not None:
        held, at = enclose(p.ordinals, parts.ends[:, 0], parts.ends[:, 1]), p.ordinals.columns
        low[:, at], high[:, at] = (np.ldexp(x, -held.e[:, None]) for x in (held.lo, held.hi))
        single[at] = 1
    terms = 2 * max(*p.teacher.widths, pairs) + 8 * len(p.teacher.layers) + 16
    centre, radius = (low + high) / 2 * single, (high - low) / 2 * single
    return Cells(p, matrices(p), centre, radius, choices, 2 * terms * UNIT, inexact, [low], [high])
