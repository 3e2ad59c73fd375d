"""Rules 1 to 4 in floats, with a bound on all that rounding can do. Trusted.

Numbers are float64 or float32 as they come; docs/soundness.md argues the bound. What is not shown
here is bounded again in fixed point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Ints
from verifier.kernel.choices import (
    DOUBLE,
    UP,
    Choice,
    Floats,
    Matrix,
    Pair,
    Precision,
    first_layers,
    lone_relus,
    summed,
)
from verifier.kernel.prepared import Prepared
from verifier.kernel.second import enclose as enclose_second
from verifier.kernel.within import Between
from verifier.model.network import Add, Affine, Relu, sources

if TYPE_CHECKING:
    from verifier.kernel.spread import Spread

NEXT = 1 << 17
"""Numbers of cells' own rows that are worked on together."""
NEXT_ROWS = 256
"""Rows of one cell that are."""
DENSE = 16
"""Multiplications of so many rows with a wide layer take as long as one elsewhere, at most."""


ReluLines = tuple[Floats, Floats, Floats, Floats | None]
"""Lines below and above relu(z): slopes (sets, 1, width), intercepts (sets, cells, width) above and
below; None stands for 0."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Linear forms of a node, some for each set of cells, with constants.

    ``a`` (sets, rows, width) are the coefficients and ``total`` (sets, cells, rows) the constants;
    ``mass`` (sets, rows) is at least what all was added up from.
    """

    a: Floats
    total: Floats
    mass: Floats


@dataclass(eq=False)
class Cells:
    """Cells bounded together, with enclosures of the nodes so far; ``most`` is what none exceeds.

    ``centre`` and ``radius`` (cells, columns) are of variables of one column, and 0 elsewhere.
    ``error`` is how far a unit of a form's mass may be off, ``inexact`` a unit of coefficients
    because encodings are. Every ``together`` cells make a set and have slopes in common, which
    ``shared`` holds, (sets, width) below and above, by the ReLU's source. ``scale`` is, by an
    affine layer's node, what each component is added up from at most. Once columns are left
    out, ``middle`` are the layers that read the input at the cells' centres. Of layers that are
    ``done`` nothing closer is found. Bounds of single cells' rows hold for the points ``within``
    alone, where there is that. Where ``spread`` is given, nodes leave their enclosures, by little
    on average, and ``most`` is more by that.
    """

    p: Prepared
    precision: Precision
    layers: Sequence[Matrix | None]
    centre: Floats
    radius: Floats
    choices: Sequence[Choice]
    error: float
    inexact: float
    together: int
    low: list[Floats]
    high: list[Floats]
    most: list[Floats] = field(default_factory=list)
    scale: dict[int, Floats] = field(default_factory=dict)
    shared: dict[int, Pair] = field(default_factory=dict)
    middle: dict[int, Floats] = field(default_factory=dict)
    done: frozenset[int] = frozenset()
    within: Between | None = None
    spread: Spread | None = None

    def __len__(self) -> int:
        return len(self.centre)

    def part(self, at: Ints | slice) -> Cells:
        """Some of the cells."""

        def some(x: Any) -> Any:
            return x[at] if isinstance(at, slice) else x.take(at, axis=0)

        return replace(
            self,
            centre=some(self.centre),
            radius=some(self.radius),
            choices=[replace(c, own=some(c.own), chosen=some(c.chosen)) for c in self.choices],
            low=[some(x) for x in self.low],
            high=[some(x) for x in self.high],
            middle={node: some(x) for node, x in self.middle.items()},
            together=1,
            within=self.within and self.within.part(at),
        )

    def narrowed(self, seen: Mapping[int, Floats]) -> tuple[Cells, dict[int, Floats]]:
        """The same without neurons that are off in all cells, and columns that none leaves free.
        ``seen`` are forms' coefficients behind ReLUs, by their sources."""
        kept: dict[int, Ints] = {}
        for node in lone_relus(self.p):
            source = sources(self.p.teacher.layers[node - 1])[0]
            kept[node] = kept[source] = _needed(self.high[source] > 0)
        middle, radius, first = dict(self.middle), self.radius, first_layers(self.p)
        if first and not self.choices:
            kept[0] = _needed(radius > 0)
            radius = radius[:, kept[0]]
            for node in first:
                own = middle[node] if node in middle else self.centred(node)
                middle[node] = own[:, kept[node]] if node in kept else own
        low, high, most = (
            [x[..., kept[j]] if j in kept else x for j, x in enumerate(every)]
            for every in (self.low, self.high, self.most)
        )
        scale = {j: x[kept[j]] if j in kept else x for j, x in self.scale.items()}
        both = enumerate(zip(self.layers, self.p.teacher.layers, strict=True), 1)
        layers = [own and own.part(kept.get(j), kept.get(sources(x)[0])) for j, (own, x) in both]
        left = {j: a[..., kept[j]] if j in kept else a for j, a in seen.items()}
        cells = replace(self, layers=layers, low=low, high=high, radius=radius, middle=middle)
        return replace(cells, most=most, scale=scale), left

    def centred(self, node: int) -> Floats:
        """A layer that reads the input, at the cells' centres."""
        held = self.layers[node - 1]
        assert held is not None
        return np.asarray(self.centre @ held.weight.T + held.bias)

    def back(
        self,
        node: int,
        a: Floats,
        total: Floats,
        mass: Floats,
        seen: dict[int, Floats],
    ) -> Floats:
        """Lower bounds (sets, cells, rows) of forms of a node: each set of cells has its own rows.

        The rest is as for ``carry``.
        """
        lines = partial(self.relu, sets=len(a))
        return self.lowest(self.carry(node, Rows(a, total, mass), seen, lines))

    def lowest(self, form: Rows) -> Floats:
        """Lower bounds (sets, cells, rows) of forms of the input."""
        size = np.abs(form.a)
        off = (form.mass + size @ self.most[0]) * self.error
        if self.inexact:
            off += size.sum(axis=2) * (self.inexact * (1 + self.error))
        least = form.total + self.least(form.a, size) - (off + self.precision.tiny)[:, None]
        least = np.where((off < self.precision.limit)[:, None], least, -np.inf)
        if self.within is not None:
            least = np.maximum(least, self.within.lowest(self, form, size))
        return least

    def carry(
        self,
        node: int,
        rows: Rows,
        seen: dict[int, Floats],
        lines: Callable[[int], ReluLines],
        planes: Callable[[int, Floats], Rows] | None = None,
        moved: Callable[[int], Floats] | None = None,
    ) -> Rows:
        """Rows of a node as rows of the input that are nowhere above: rule 2, rounding charged.

        ``lines`` gives, as ``relu`` does, the lines below and above a ReLU by its source. ``seen``
        is given the coefficients behind ReLUs. The mass is without the input's. With ``planes``,
        these are above open ReLUs of layers that read the input, times coefficients below 0. To
        the coefficients of what a ReLU reads is added what they are ``moved`` by.
        """
        total, mass = rows.total, rows.mass
        pending = {node: rows.a}
        for j in range(node, 0, -1):
            if j not in pending:
                continue
            self.p.poll()
            a, layer = pending.pop(j), self.p.teacher.layers[j - 1]
            held, source = self.layers[j - 1], sources(layer)[0]
            if isinstance(layer, Relu):
                seen[source] = a
                below, above, over, under = lines(source)
                up = np.maximum(a, 0)
                down = a - up
                mass = mass + (up - down) @ self.most[source]
                if planes is not None and source in first_layers(self.p):
                    is_open = (self.low[source] < 0) & (self.high[source] > 0)
                    apart = down * is_open[:, None]
                    above_them, down = planes(source, apart), down - apart
                    pending[0] = above_them.a + pending.get(0, 0)
                    total, mass = total + above_them.total, mass + above_them.mass
                total = total + _products(over, down)
                if under is not None:
                    total += _products(under, up)
                a = up * below + down * above
                if moved is not None:
                    more = moved(source)
                    a, mass = a + more, mass + np.abs(more) @ self.most[source]
            elif held is not None:
                mass = mass + np.abs(a) @ self.scale[j]
                if j in self.middle:
                    own = self.middle[j].reshape(len(a), -1, a.shape[2])
                    total = total + _products(own, a)
                else:
                    total = total + (a @ held.bias)[:, None]
                a = (a.reshape(-1, a.shape[-1]) @ held.weight).reshape(*a.shape[:-1], -1)
            else:
                mass = mass + np.abs(a) @ self.most[j]
            for i in sources(layer):
                pending[i] = a if i not in pending else pending[i] + a
        if 0 not in pending:  # nothing reads the input
            shape = *rows.a.shape[:2], self.radius.shape[1]
            pending[0] = np.zeros(shape, dtype=self.precision.kind)
        return Rows(pending[0], total, mass)

    def relu(self, source: int, sets: int) -> ReluLines:
        """Lines below and above ``relu(z)``: their slopes (sets, 1, width), then their intercepts.
        Intercepts are (sets, cells, width); None stands for 0."""
        low, high = self.low[source], self.high[source]
        if sets == len(self):
            below, above = slopes(low, high, self.precision)
            return below[:, None], above[:, None], intercept(low, high, above)[:, None], None
        below, above = (x[:, None] for x in self.shared[source])
        low, high = (x.reshape(sets, -1, x.shape[1]) for x in (low, high))
        return below, above, intercept(low, high, above), beneath(low, high, below)

    def least(self, a: Floats, size: Floats) -> Floats:
        """The least values (sets, cells, rows) of linear forms of the input over each cell.
        ``size`` are the coefficients' magnitudes."""
        shape = len(a), -1, a.shape[2]
        least = -_products(self.radius.reshape(shape), size)
        if not self.middle:
            least += _products(self.centre.reshape(shape), a)
        for choice in self.choices:
            least += choice.least(a)
        return least

    def lines(self, node: int, picked: Ints | None = None) -> Pair:
        """Enclosures of an affine layer by lines: of all components, or of each cell's own."""
        layers = self.p.teacher.layers
        held, source = self.layers[node - 1], sources(layers[node - 1])[0]
        assert held is not None
        rows: Any = picked  # None adds an axis
        weight, size, mass = (x[rows] for x in (held.weight, held.size, self.scale[node]))
        sets = len(picked) if picked is not None else len(self) // self.together
        signed, lost = held.bias[rows][:, None], np.zeros((), dtype=self.precision.kind)
        if isinstance(relu := layers[source - 1], Relu) and source:
            # lines for a row w of the weight have the coefficients p + q, those for -w have q - p
            source = relu.source
            below, above, over, under = self.relu(source, sets)
            mass = 2 * mass
            more, less = (over, over) if under is None else (over + under, over - under)
            signed = signed + (more / 2) @ weight.swapaxes(1, 2)
            lost = (less / 2) @ size.swapaxes(1, 2)
            p, q = weight * ((below + above) / 2), size * ((below - above) / 2)
            both = np.concatenate([p + q, q - p], axis=1)
        else:
            both = np.concatenate([weight, -weight], axis=1)
            both = np.broadcast_to(both, (sets if source else len(both), *both.shape[1:]))
        self.charge(node, *both.shape)
        mass = np.concatenate([mass, mass], axis=1)
        total = np.concatenate([signed - lost, -signed - lost], axis=2)
        least = self.back(source, both, total, mass, {})
        least = least.reshape(len(self), -1)
        half = least.shape[1] // 2
        return least[:, :half], -least[:, half:]

    def charge(self, node: int, sets: int, rows: int, width: int) -> None:
        """Spend what so many rows (sets, rows, width) of a node take to be bounded."""
        cost, dense = sets * rows * self.p.row_cost(node), min(rows, width) >= NEXT_ROWS
        self.p.spend(cost // DENSE if dense else cost)

    def is_second(self, node: int) -> bool:
        """Whether a layer reads a ReLU of one that reads the input, which ``middle`` knows."""
        layers = self.p.teacher.layers
        source = sources(layers[node - 1])[0]
        relu = layers[source - 1]
        return source > 0 and isinstance(relu, Relu) and relu.source in self.middle

    def second(self, node: int, at: slice) -> None:
        """Enclose such a layer by lines of each cell's own, for some cells.

        Components that are of one sign in all of these need no closer ends.
        """
        source = sources(self.p.teacher.layers[node - 1])[0]
        first = sources(self.p.teacher.layers[source - 1])[0]
        held, before = self.layers[node - 1], self.layers[first - 1]
        assert held is not None and before is not None
        open_ = (self.low[node][at] < 0) & (self.high[node][at] > 0)
        on, free, rows = (
            np.flatnonzero(x.any(axis=0))
            for x in (self.high[first][at] > 0, self.radius[at] > 0, open_)
        )
        if not (rows.size and on.size):  # where no neuron is on nothing is closer
            return
        low, high, centred = (
            x[at][:, on] for x in (self.low[first], self.high[first], self.middle[first])
        )
        self.p.spend(2 * len(low) * len(rows) * self.p.row_cost(node))
        below, above = slopes(low, high, self.precision)
        lines = below, above, intercept(low, high, above)
        layer, weight = held.part(rows, on), before.weight[on][:, free]
        least, most = enclose_second(layer, weight, centred, self.radius[at][:, free], lines)
        off = (held.size @ self.scale[first] + self.scale[node])[rows] * (4 * self.error)
        shown, off = off < self.precision.limit, off + self.precision.tiny
        low, high = self.low[node], self.high[node]
        low[at, rows] = np.maximum(low[at, rows], np.where(shown, least - off, -np.inf))
        high[at, rows] = np.minimum(high[at, rows], np.where(shown, most + off, np.inf))

    def forward(self) -> None:
        """Enclose all nodes: by intervals, and before ReLUs by lines, if cells share slopes."""
        together = self.together > 1
        before = {x.source for x in self.p.teacher.layers if isinstance(x, Relu)}
        for node in range(len(self.p.teacher.layers) + 1):
            self.p.poll()
            if node:
                self.weigh(node)
                low, high = self.interval(node)
                layer = self.p.teacher.layers[node - 1]
                if (
                    self.spread is None
                    and isinstance(layer, Affine)
                    and (self.choices if layer.source == 0 else (node in before and together))
                ):
                    closer = self.lines(node)
                    low, high = np.maximum(low, closer[0]), np.minimum(high, closer[1])
                self.low.append(low)
                self.high.append(high)
            if self.spread is not None:
                self.spread.enclose(self, node, self.low[node], self.high[node])
            self.measure(node)
            if node in before and together:
                low, high = self.low[node], self.high[node]
                shape = (-1, self.together, low.shape[1])
                every = slopes(low, high, self.precision)
                below, above = (x.reshape(shape).sum(axis=1) for x in every)
                self.shared[node] = below / self.together, above / self.together

    def measure(self, node: int) -> None:
        """Find what no value of a node exceeds."""
        most = np.maximum(-self.low[node].min(axis=0), self.high[node].max(axis=0))
        if self.spread is not None:
            most = self.precision.of((most + sum(self.spread.astray[node]) * UP) * UP)
        self.most.append(most if most.max() < self.precision.limit else np.full_like(most, np.inf))

    def weigh(self, node: int) -> None:
        """Find the ``scale`` of an affine layer: before a ReLU that it reads, if there is one."""
        layer, held = self.p.teacher.layers[node - 1], self.layers[node - 1]
        if held is None:
            return
        source = sources(layer)[0]
        before = self.p.teacher.layers[source - 1]
        most = self.most[before.source if source and isinstance(before, Relu) else source]
        self.scale[node] = held.size @ most + np.abs(held.bias)
        if not most.max() < np.inf:  # 0 times infinity is nothing
            self.scale[node][:] = np.inf

    def interval(self, node: int) -> Pair:
        """Enclosures of a node by those of the nodes before it."""
        layer, held = self.p.teacher.layers[node - 1], self.layers[node - 1]
        if isinstance(layer, Add):
            i, j = layer.left, layer.right
            off = (self.most[i] + self.most[j]) * self.error + self.precision.tiny
            return self.low[i] + self.low[j] - off, self.high[i] + self.high[j] + off
        source = sources(layer)[0]
        low, high = self.low[source], self.high[source]
        if held is None:
            return np.maximum(low, 0), np.maximum(high, 0)
        off = self.scale[node] * self.error + self.precision.tiny
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
            if changed and 0 not in sources(layer):
                closer = self.interval(node)
                np.maximum(low, closer[0], out=low)
                np.minimum(high, closer[1], out=high)
            if node not in seen or not isinstance(layer, Affine) or layer.source == 0:
                continue
            if self.is_second(node):
                changed |= self._refine_second(node)
                continue
            a = seen[node]
            over = intercept(low, high, slopes(low, high, self.precision)[1])
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

    def _refine_second(self, node: int) -> bool:
        """The same of all components of such a layer, some cells at a time; unless it is done."""
        if node in self.done:
            return False
        self.done |= {node}
        columns, width = 1 + self.radius.shape[1], self.low[node].shape[1]
        step = max(1, NEXT // (columns * width))
        for start in range(0, len(self), step):
            self.p.poll()
            self.second(node, slice(start, start + step))
        return True

    def bounds(self, together: int = 1) -> list[Bounds]:
        """Enclosures in fixed point that hold for every so many cells."""
        found = []
        for low, high in zip(self.low, self.high, strict=True):
            shape = (-1, together, low.shape[1])
            ends = low.reshape(shape).min(axis=1), high.reshape(shape).max(axis=1)
            low, high = (DOUBLE.of(end) for end in ends)
            most = np.maximum(-low.min(axis=1), high.max(axis=1))
            e = self.p.bits - 1 - np.frexp(np.maximum(most, 0))[1].astype(np.int64)
            lo, hi = (np.ldexp(x, e[:, None]) for x in (low, high))
            found.append(Bounds(np.floor(lo), np.ceil(hi), e))
        return found


def _products(x: Floats, rows: Floats) -> Floats:
    """Products (sets, cells, rows) of numbers (sets, cells, n) with rows (sets, rows, n)."""
    if x.shape[1] == rows.shape[1] == 1:
        return summed(x * rows)[..., None]
    return np.asarray(x @ rows.swapaxes(1, 2))


def _needed(wanted: npt.NDArray[np.bool_]) -> Ints:
    """The columns that any cell wants, at least one (nothing has to be left out)."""
    return np.flatnonzero(wanted.any(axis=0)) if wanted.any() else np.arange(1)


def slopes(low: Floats, high: Floats, precision: Precision) -> Pair:
    """Slopes from 0 to 1 of lines below and above relu; any are sound."""
    above = high / np.maximum(high - low, precision.tiny)
    np.minimum(np.maximum(above, 0, out=above), 1, out=above)
    return (high > -low).astype(precision.kind), above


def intercept(low: Floats, high: Floats, above: Floats) -> Floats:
    """The greatest value of ``relu(z) - above z``."""
    return np.maximum(-above * low, (1 - above) * high)


def beneath(low: Floats, high: Floats, below: Floats) -> Floats:
    """The least value of ``relu(z) - below z``."""
    return np.maximum(np.maximum((1 - below) * low, -below * high), 0)
