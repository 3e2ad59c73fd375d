"""Sandwiches: whether their strips hold. Rule 10 of docs/soundness.md. Trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Fixed, Ints, Whole
from verifier.kernel.asked import Asked, Net
from verifier.kernel.cases import Case, all_over, in_cases
from verifier.kernel.choices import DOUBLE, Floats
from verifier.kernel.margins import Bools, Lines, beyond, near, zone_of
from verifier.kernel.rules import Apply
from verifier.kernel.strips import Pair, in_zones, lines, same_layers
from verifier.kernel.within import Between
from verifier.model.cell import Cell
from verifier.model.grouped import is_group
from verifier.model.network import Relu
from verifier.model.proof import Cases, Constant, Sandwich, Side, Strip, Subject

FINEST = 1 << 10
"""The largest exponent."""
LARGEST = 1 << 53
"""The integers of a form are at most this."""
BLOCK, MOST_CELLS = 1 << 16, 1024
"""Values of a node, for the cells taken together; and so many cells at most."""
OWN_BITS = 50
"""Bits of the integers of the kernel's own sums."""
MACHINE = 2.0**60
"""Ends of strips below this are machine integers, whose sums have room."""
SECOND_ABOVE, SECOND_BELOW = 1, 2
"""Bits of ``order``: the second margin is nowhere below the first, or nowhere above."""


@dataclass(frozen=True, eq=False)
class Ends:
    """The least and the greatest values of g - s over some cells, rounded outward to whole units.

    ``strips`` (cells, networks, 2) are integers, of the machine or Python's; ``order`` the bits of
    a Sandwich's ``order`` that hold; nothing is shown where ``good`` is false.
    """

    strips: npt.NDArray[Any]
    order: Ints
    good: Bools


@dataclass(frozen=True, eq=False)
class Within:
    """Lines that hold in zones: where a sum of the kernel's own lies between two ends.

    There is one of each network's inputs, all of the same points. Where the sum is less all
    margins are below 0, so that classes are 0, and above 0 where it is more.
    """

    pair: Pair
    zones: Sequence[Between]
    good: Bools

    def part(self, at: Ints, pair: Pair | None = None) -> Within:
        """Of some of the cells, in floats alone; with other lines of them where these are given."""
        zones = [x.part(at) for x in self.zones]
        return Within(pair or self.pair.part(at), zones, self.good[at])

    def of(self, cases: Sequence[Case]) -> Within:
        """Of one network, lines as ``all_over`` gives in the zones of the cells of cases."""
        at = np.array([case.cell for case in cases])
        return self.part(at, all_over(self.pair, cases))


def fault(asked: Asked, step: Sandwich) -> str:
    """What is wrong with a Sandwich as it stands; "" if nothing is."""
    models = [strip.model for strip in step.strips]
    if len(models) not in (1, 2) or models != sorted(set(models)):
        return "does not speak of one network, or of two in order"
    for model in models:
        if model not in asked.nets:
            return f"speaks of model {model}, which is no network"
        classes = asked.nets[model].classes
        if classes > 2 and not step.ones:
            return f"is about {asked.word(model)}, which has more than two classes"
        if step.ones and not is_group(step.ones, classes):
            return f"is about what is no group of the classes of {asked.word(model)}"
    if any(not isinstance(x, Constant) or x.model in models for x in step.beside):
        return "says beside its sum what is no class of another model"
    if any(strip.least > strip.most for strip in step.strips):
        return "has a strip whose ends are the wrong way round"
    if not 0 <= step.order <= (3 if len(models) == 2 else 0):
        return "has an order that there is not"
    nets = [asked.nets[model] for model in models]
    if step.order and not same_layers(nets[0].p.teacher, nets[1].p.teacher):
        return "compares the margins of networks with other layers"
    if problem := _fault_of_sum(asked, nets, step, step.exponent):
        return problem
    if step.further:
        both = "has both cases or sides and further groups" if step.cases or step.sides else ""
        return both or _fault_of_further(asked, step)
    if step.cases is not None:
        both = "has both cases and sides" if step.sides else ""
        return both or _fault_of(asked, step.subjects, step.cases)
    if (sides := step.sides) is not None:
        for side in (sides.one, sides.zero):
            if problem := _fault_of_sum(asked, nets, side, sides.exponent):
                return f"has a side that {problem}"
    return ""


def _fault_of_sum(asked: Asked, nets: Sequence[Net], x: Sandwich | Side, exponent: int) -> str:
    """The same of a form, with the width of its bins."""
    if not 0 <= exponent <= FINEST or x.width < 1:
        return "has an exponent or a width that there is not"
    if len(x.form) != asked.domain.columns:
        return "has a form that is not one of the domain's columns"
    if max(map(abs, x.form)) > LARGEST:
        return f"has a form with integers above {LARGEST}"
    if any(x.form[c] for c in _unread(asked, nets)):
        return "has a form with a column that a network does not read"
    return ""


def _fault_of_further(asked: Asked, step: Sandwich) -> str:
    """The same of what it says of further groups."""
    seen = step.ones
    for own in step.further:
        if own.beside or own.cases or own.sides or own.further:
            return "has a further group with more than a sum"
        if [x.model for x in own.strips] != [x.model for x in step.strips]:
            return "has a further group of other networks"
        if not own.ones or own.ones & seen:
            return "has further groups that have classes in common"
        if problem := fault(asked, own):
            return f"has a further group that {problem}"
        seen |= own.ones
    return ""


def _fault_of(asked: Asked, subjects: Sequence[Subject], cases: Cases) -> str:
    """The same of a Sandwich's cases."""
    networks = [asked.net(subject).p.teacher for subject in subjects]
    if len(networks) == 2 and not same_layers(networks[0], networks[1]):
        return "has cases, but not of two networks with equal layers"
    before = {x.source for x in networks[0].layers if isinstance(x, Relu)} - {0}
    neurons, widths = list(cases.neurons), networks[0].widths
    if neurons != sorted(set(neurons)) or not all(
        x.node in before and 0 <= x.component < widths[x.node] for x in neurons
    ):
        return "has cases of what are no neurons before a ReLU, in order"
    if not 1 <= len(neurons) <= len(subjects) or len(cases.steps) != 1 << len(neurons):
        return "has cases of no neurons, or of more than networks, or not each of them"
    sides = [subjects[0][0]] * 2 if len(subjects) == 1 else []
    if [strip.model for strip in cases.everywhere] != sides:
        return "has not all over the cell a strip for each case of one network, and for no other"
    if any(strip.least > strip.most for strip in cases.everywhere):
        return "has a strip all over the cell whose ends are the wrong way round"
    for own in cases.steps:
        if own.beside or own.cases or own.sides or own.further or own.subjects != subjects:
            return "has a case that is no Sandwich of the same networks alone"
        if problem := fault(asked, own):
            return f"has a case that {problem}"
    return ""


def _unread(asked: Asked, nets: Sequence[Net]) -> Sequence[int]:
    """The columns that not all of some networks read."""
    memo, key = nets[0].p.memo, (_unread, *(net.reads for net in nets))
    if key not in memo:
        read = (set(own.tolist()) for own in columns_read(asked, nets))
        memo[key] = sorted(set(range(asked.domain.columns)) - set.intersection(*read))
    found: Sequence[int] = memo[key]
    return found


def columns_read(asked: Asked, nets: Sequence[Net]) -> list[Ints]:
    """For each network the columns of the domain that it reads, in its order."""
    offsets, variables = asked.domain.offsets, asked.domain.variables
    return [
        np.array([offsets[i] + j for i in net.reads for j in range(variables[i].columns)])
        for net in nets
    ]


def refused(
    asked: Asked, cells: Sequence[Cell], steps: Sequence[Sandwich], apply: Apply = map
) -> list[str]:
    """For each cell why its Sandwich, which has no ``fault``, does not hold; "" where it does."""
    found = [""] * len(cells)
    by_subjects: dict[tuple[Subject, ...], list[tuple[int, Sandwich]]] = {}
    for i, step in enumerate(steps):
        for x in (step, *step.further):
            by_subjects.setdefault(x.subjects, []).append((i, x))
    for subjects, own in by_subjects.items():
        for again in (True,) if len(subjects) > 1 else (False, True):  # where it is needed
            some = [cells[i] for i, _ in own], [x for _, x in own]
            wrong = _refused(asked, subjects, *some, again, apply)
            if not (own := [own[k] for k in sorted(wrong)]):
                break
        for (i, x), k in zip(own, sorted(wrong), strict=True):
            lowest = (x.ones & -x.ones).bit_length() - 1
            about = f"of the group with class {lowest} " if steps[i].further else ""
            found[i] = found[i] or about + wrong[k]
    return found


def _refused(
    asked: Asked,
    subjects: Sequence[Subject],
    cells: Sequence[Cell],
    steps: Sequence[Sandwich],
    again: bool,
    apply: Apply,
) -> dict[int, str]:
    """Which Sandwiches about the same networks do not hold, and why."""
    sums, e = _stated(steps)
    wrong = dict[int, str]()

    def given(first: Pair, own: slice) -> Ends:
        found = within(first) if again else None
        for more in (_wrong_cases, _wrong_sides):
            for k, why in more(first, found, steps[own]).items():
                wrong[own.start + k] = why
        return shown(first, found, sums[own], e[own])

    ends = ends_of(asked, subjects, cells, given, apply)
    said = [(step.strips, step.order) for step in steps]
    return wrong | {k: _problem(said[k], ends, k) for k in _wrong(ends, said)}


def _stated(steps: Sequence[Sandwich]) -> tuple[Whole, Ints]:
    """The forms of some Sandwiches, and their exponents."""
    sums = np.array([step.form for step in steps], dtype=np.float64)
    return sums, np.array([step.exponent for step in steps])


def _wrong_cases(first: Pair, zoned: Within | None, steps: Sequence[Sandwich]) -> dict[int, str]:
    """Of which Sandwiches the cases do not hold, and why; ``zoned`` are cells' lines in zones, in
    which one network's cases are looked at where these are found."""
    with_some = [(i, x.cases) for i, x in enumerate(steps) if x.cases is not None]
    every = [
        (Case(i, x.neurons, signs), own, x.everywhere[signs : signs + 1])
        for i, x in with_some
        for signs, own in enumerate(x.steps)
    ]
    found, size = dict[int, str](), max(1, len(steps))

    for some in (every[start : start + size] for start in range(0, len(every), size)):
        cases, own = [case for case, _, _ in some], [step for _, step, _ in some]
        cased = in_cases(first, cases)
        if cased is None:
            return {i: "cases are shown in floats alone" for i, _ in with_some}
        (pair, none), (sums, e) = cased, _stated(own)
        again = zoned is not None or len(pair.lines) > 1
        ends = shown(pair, within(pair) if again else None, sums, e)
        said = [(x.strips, x.order) for x in own]
        for k in _wrong(ends, said):
            if not none[k]:
                why = f"in case {cases[k].signs} {_problem(said[k], ends, k)}"
                found.setdefault(cases[k].cell, why)
        if len(pair.lines) == 1:
            ends = shown(all_over(first, cases), zoned and zoned.of(cases), sums, e)
            wide = [(strips, 0) for _, _, strips in some]
            for k in _wrong(ends, wide):
                why = f"with case {cases[k].signs} {_problem(wide[k], ends, k)} all over the cell"
                found.setdefault(cases[k].cell, why)
    return found


def _wrong_sides(first: Pair, zoned: Within | None, steps: Sequence[Sandwich]) -> dict[int, str]:
    """Of which Sandwiches the sides do not hold, and why."""
    some = [(i, x.sides) for i, x in enumerate(steps) if x.sides is not None]
    if not some:
        return {}
    if not all(x.enclosed.cells.layers for x in first.lines):
        return {i: "sides are shown in floats alone" for i, _ in some}
    sums = np.array([[x.one.form, x.zero.form] for _, x in some], dtype=np.float64)
    e = np.array([x.exponent for _, x in some])
    lines = sided(first, zoned, np.array([i for i, _ in some]))
    ends, found = shown(*lines, sums, e), dict[int, str]()
    for (i, x), strips, good in zip(some, ends.strips.tolist(), ends.good, strict=True):
        least, most = min(low for low, _ in strips), max(high for _, high in strips)
        if not good:
            found[i] = "no side's end can be shown"
        elif x.one.end > least or x.zero.end < most:
            found[i] = f"of sides only {least} and {most} can be shown"
    return found


def sided(first: Pair, zoned: Within | None, at: Ints) -> tuple[Pair, Within | None]:
    """The lines that sides of some of the cells are ``shown`` by, in floats: the sum of ``one``,
    where class 1 is shown, is the first of the two sums there, that of ``zero`` the second."""
    own = first.part(at).closer_for_two()
    return own, zoned and zoned.part(at, zoned.pair.part(at).closer_for_two())


Said = tuple[tuple[Strip, ...], int]
"""Strips and an order."""


def _wrong(ends: Ends, said: Sequence[Said]) -> list[int]:
    """Where more is said than is shown."""
    stated = [[(strip.least, strip.most) for strip in strips] for strips, _ in said]
    large = any(max(map(abs, own)) >= MACHINE for strips in stated for own in strips)
    strips = np.array(stated, dtype=object if large else np.int64)
    order = np.array([order for _, order in said])
    outside = (strips[..., 0] > ends.strips[..., 0]) | (strips[..., 1] < ends.strips[..., 1])
    wrong = outside.any(axis=1) | ~ends.good | ((order & ~ends.order) != 0)
    return np.flatnonzero(wrong.astype(bool)).tolist()


def _problem(said: Said, ends: Ends, at: int) -> str:
    if not ends.good[at]:
        return "no strip around that sum can be shown"
    for strip, (least, most) in zip(said[0], ends.strips[at].tolist(), strict=True):
        if strip.least > least or strip.most < most:
            return f"only {least} to {most} can be shown"
    return f"of the order only {ends.order[at]} can be shown"


def ends_of(
    asked: Asked,
    subjects: Sequence[Subject],
    cells: Sequence[Cell],
    near_sums: Callable[[Pair, slice], Ends],
    apply: Apply = map,
) -> Ends:
    """What the kernel shows of networks near sums of the domain's columns, on each of some cells.

    ``near_sums`` has it ``shown`` of some of the cells, about which something is known.
    """
    nets = [asked.net(subject) for subject in subjects]
    columns = columns_read(asked, nets)
    widest = max(w for net in nets for w in net.p.teacher.widths)
    size = max(1, min(MOST_CELLS, BLOCK // widest))

    def some(start: int) -> Ends:
        own = slice(start, start + size)
        return near_sums(lines(nets, columns, cells[own]), own)

    every = [(x.strips, x.order, x.good) for x in apply(some, range(0, len(cells), size))]
    return Ends(*(np.concatenate(x) for x in zip(*every, strict=True)))


def within(first: Pair) -> Within | None:
    """The lines where the strips around a sum of the kernel's own leave classes open, in floats."""
    x, columns = first.lines[0], first.columns
    if any(not own.enclosed.cells.layers for own in first.lines):
        return None
    everywhere = np.zeros((len(x.a), 1 + max(int(c.max()) for c in columns)))
    read = set(columns[-1].tolist())
    at = np.array([c in read for c in columns[0].tolist()], dtype=bool)
    both = columns[0][at]
    form = np.ldexp(x.a[:, 0], -np.array(x.enclosed.p.scales))[:, at]
    e = OWN_BITS - np.frexp(np.abs(form).max(axis=1, initial=DOUBLE.tiny))[1].astype(np.int64)
    everywhere[:, both] = np.rint(np.ldexp(form, e[:, None]))
    ends = _ends(first, everywhere, e)
    strips, small = _of_machine(ends.strips)
    ends_of_open = np.ldexp(-strips.astype(np.float64), -e[:, None, None])
    least = np.nextafter(ends_of_open[..., 1].min(axis=1), -np.inf)
    most = np.nextafter(ends_of_open[..., 0].max(axis=1), np.inf)
    zones = [
        zone_of(x.enclosed.p, everywhere[:, c], e, (least, most))
        for x, c in zip(first.lines, columns, strict=True)
    ]
    return Within(in_zones(first, zones), zones, ends.good & small)


def shown(first: Pair, found: Within | None, sums: Whole, e: Ints) -> Ends:
    """What is shown near sums: by lines that hold all over cells, and by those ``within``.

    What the latter say is not wrong of the other points, whose classes are known. Of a ``strict``
    network a margin is less than the greatest that is said, so that it is below 0 in class 0.
    """
    ends = _ends(first, sums, e)
    strict = np.array([[0, int(net.strict)] for net in first.nets])
    if found is None:
        return replace(ends, strips=ends.strips + strict)
    own = _ends(found.pair, sums, e, found.zones)
    (all_over, small), (inside, fine) = _of_machine(ends.strips), _of_machine(own.strips)
    x = found.pair.lines[0]
    far = beyond(x, found.zones[0], sums[..., first.columns[0]], e)
    fit = np.minimum(*far) > -MACHINE
    fit &= found.good & own.good & ends.good & small & fine
    below, above = (
        np.floor(np.where(fit, np.minimum(end, MACHINE), 0)).astype(np.int64) for end in far
    )
    least = np.maximum(all_over[..., 0], np.minimum(inside[..., 0], below[:, None]))
    most = np.minimum(all_over[..., 1], np.maximum(inside[..., 1], 1 - above[:, None]))
    strips = np.where(fit[:, None, None], np.stack([least, most], axis=2), ends.strips)
    return Ends(strips + strict, ends.order | np.where(fit, own.order, 0), ends.good)


def _of_machine(strips: npt.NDArray[Any]) -> tuple[Ints, Bools]:
    """Strips as the machine's integers, and of which cells they are that, else 0. No cell's depend
    on those beside it."""
    small = (np.abs(strips) < MACHINE).all(axis=(1, 2)).astype(bool)
    return np.where(small[:, None, None], strips, 0).astype(np.int64), small


def _ends(pair: Pair, sums: Whole, e: Ints, zones: Sequence[Between | None] = (None, None)) -> Ends:
    """What some lines show, all over cells or in zones."""

    def by(lines: Sequence[Lines]) -> Ends:
        every = zip(lines, pair.columns, zones, strict=False)
        rows = [near(x, sums[..., c], e, zone) for x, c, zone in every]
        good, strict = rows[0][1] & rows[-1][1], pair.nets[0].strict
        return _tightened([low for low, _ in rows], good, pair.apart, e, int(strict))

    return _both(by(pair.lines), by(pair.closer)) if pair.closer else by(pair.lines)


def _tightened(
    rows: Sequence[Fixed], good: Bools, apart: Bounds | None, e: Ints, least: int
) -> Ends:
    """The strips of each cell, made narrower by how far apart the margins are: ``least`` units at
    least where that is said to have an order."""
    strips = np.stack([_outward(row.n, e - row.e) for row in rows], axis=1)
    order = np.zeros(len(e), dtype=np.int64)
    if apart is not None:
        between = _outward(np.concatenate([apart.lo, -apart.hi], axis=1), e - apart.e)
        if between.dtype == object:
            strips = strips.astype(object)
        (lo1, hi1), (lo2, hi2) = strips[:, 0].T.copy(), strips[:, 1].T.copy()
        dl, du = between.T
        strips[:, 0, 0], strips[:, 0, 1] = np.maximum(lo1, lo2 - du), np.minimum(hi1, hi2 - dl)
        strips[:, 1, 0], strips[:, 1, 1] = np.maximum(lo2, lo1 + dl), np.minimum(hi2, hi1 + du)
        order += SECOND_ABOVE * (dl >= least).astype(bool)
        order += SECOND_BELOW * (du <= -least).astype(bool)
    return Ends(strips, order, good)


def _both(one: Ends, other: Ends) -> Ends:
    """Strips that two proofs show of the same: what either shows holds, so that both do."""
    (lo1, hi1), (lo2, hi2) = (x.strips.transpose(2, 0, 1) for x in (one, other))
    mine, theirs = one.good[:, None], other.good[:, None]
    least = np.where(mine & theirs, np.maximum(lo1, lo2), np.where(mine, lo1, lo2))
    most = np.where(mine & theirs, np.minimum(hi1, hi2), np.where(mine, hi1, hi2))
    return Ends(np.stack([least, most], axis=2), one.order, one.good | other.good)


@np.errstate(over="ignore")  # then Python's integers do it
def _outward(low: Floats, shift: Ints) -> npt.NDArray[Any]:
    """Lower bounds of a number and of its negative (cells, 2) as its ends in whole units.

    The bounds are whole numbers times ``2**-shift``.
    """
    if shift.min() > -FINEST:  # nothing underflows
        x = np.floor(np.ldexp(low, shift[:, None]))
        if np.abs(x).max() < MACHINE:
            return x.astype(np.int64) * [1, -1]
    pairs = zip(low.tolist(), shift.tolist(), strict=True)
    ends = [(in_units(a, k), -in_units(b, k)) for (a, b), k in pairs]
    return np.array(ends, dtype=object)


def in_units(n: float, shift: int) -> int:
    """``floor(n * 2**shift)`` of a whole number."""
    return int(n) << shift if shift >= 0 else int(n) >> -shift
