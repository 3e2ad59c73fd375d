"""From a table to a domain: what each column is read as, and probabilities from the rows."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats.frame_bins import check_target
from verifier.formats.frame_choices import STATED, Distribution, Kind
from verifier.formats.frame_columns import (
    Column,
    column,
    columns_of,
    pandas_for,
    refuse,
    series_of,
)
from verifier.formats.frame_cuts import Answers, answers_of, cuts_of
from verifier.formats.frame_files import WRITTEN, read_table
from verifier.formats.frame_kinds import Read, Wishes, check_names, read_columns
from verifier.formats.frame_notes import notes_on
from verifier.formats.frame_weights import weighed
from verifier.formats.variables import number
from verifier.formats.words import few, some
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.floats import nearest
from verifier.model.variable import Variable


@dataclass(frozen=True, eq=False)
class FrameDomain:
    """What a table was read as.

    ``domain`` holds a variable for each of ``read``, in order; ``left_out`` names the columns that
    are none; ``rows`` is how many rows there were, ``notes`` are remarks; ``smoothing`` rows were
    added, in each leaf of a tree of dependence.
    """

    domain: Domain
    read: tuple[Read, ...]
    left_out: tuple[str, ...]
    rows: int
    distribution: str
    notes: tuple[str, ...] = ()
    smoothing: Fraction = Fraction(0)

    @property
    def chances(self) -> str:
        """Where the probabilities are from, in words."""
        said = self.distribution
        if self.smoothing and self.distribution in (Distribution.INDEPENDENT, Distribution.TREE):
            where = " in each leaf" if self.distribution == Distribution.TREE else ""
            rows = "row" if self.smoothing == 1 else "rows"
            said += f", smoothed by {self.smoothing} {rows} added{where}"
        if self.distribution == Distribution.TREE and not self.domain.infinite:
            never = math.prod(v.count for v in self.domain.variables) - self.domain.size
            said += f", {some(never, 'combination')} of values impossible" if never else ""
        return said

    @property
    def kinds(self) -> dict[str, str]:
        """What each column is read as: correct it, and read the table again with it."""
        return {name: str(r.kind) for r in self.read for name in r.columns}

    def lines(self) -> list[tuple[str, str, str]]:
        """Name, kind and values of each variable, in words."""
        return [
            (
                r.name,
                str(r.kind),
                r.words + (f"; {some(r.missing, 'row')} missing" if r.missing else ""),
            )
            for r in self.read
        ]

    def __str__(self) -> str:
        held = self.lines()
        name = max(len(a) for a, _, _ in held)
        kind = max(len(b) for _, b, _ in held)
        return "\n".join(f"{a:{name}}  {b:{kind}}  {c}" for a, b, c in held)


def read_frame(
    frame: Any,
    target: str | None = None,
    *,
    continuous: bool | str | Iterable[str] | Mapping[str, Any] = (),
    bins: Any = None,
    distribution: str = Distribution.INDEPENDENT,
    kinds: Mapping[str, str] | None = None,
    drop: Iterable[str] = (),
    smoothing: Fraction | float | str | None = None,
    model: Any = None,
) -> FrameDomain:
    """What a table is read as: the domain, and what each column was taken for, to be corrected.

    ``frame`` is a DataFrame (of pandas or Polars) or an Arrow table, a dict of columns, an array of
    shape (rows, columns), whose columns are called x0, x1 and so on, or a path to a CSV or Parquet
    file; ``target`` names the column that is predicted, which is no input. Texts are categories,
    one 0/1 column each; numbers are a range (on a grid of at most 1,024; with the ``distribution``
    rows of 2^31, if they are more than 32), else the values that there are, or bins where they are
    more; 0/1 columns side by side of one name of which one is 1 in every row are one variable.
    Where a value is missing, that is a value of its own.

    ``kinds`` corrects this by column: categorical, values, range, bins or continuous.
    ``continuous`` names columns of real numbers in an interval (True or ``"all"``: all numbers of
    more than two values that have no ``bins`` by name), or is a dict of their (from, to); else the
    interval's ends are round numbers just outside the data, as it does not hold its beginning.
    ``bins`` is a number (of
    bins by quantile, for numbers of more values), ``"tree"`` (cut where a tree of the column tells
    the target), or a dict of these, or of lists of edges, by column; the lower median of its rows
    stands for a bin. With a ``model``, fitted to these columns, so many bins lie where its answers
    at the rows (its own ``predict``) tell them apart, unless those by quantile lose fewer of these
    answers, and a note says at how many rows it answers otherwise at what stands for their bins.
    ``drop`` names columns to leave out.

    ``distribution``: uniform, independent (each variable as in the rows), tree (a tree of
    dependence) or rows (the rows, and nothing else). ``smoothing`` is how many rows are added:
    alike in all values (independent; none by default), or in each leaf distributed as all rows are
    (tree; 1 by default).

    Raises DomainError for infinite numbers, dates, free text, columns of one value, and names that
    are not there.
    """
    written: Sequence[tuple[str | None, str]] = ()
    if isinstance(frame, str | os.PathLike):
        frame = read_table(frame)
        written = frame.attrs.get(WRITTEN, ())
    series = series_of(frame)
    if not isinstance(drop, Iterable):
        raise DomainError(f"drop is {drop!r:.40}: give columns' names, () for none")
    if not isinstance(kinds, Mapping | None):
        raise DomainError(f"kinds is {kinds!r:.40}: give a dict of columns, as {{NAME: KIND}}")
    away = [drop] if isinstance(drop, str) else list(drop)
    if target is not None and not isinstance(target, str):
        raise DomainError(
            f"the target is of type {type(target).__name__}: give its column's name (put what is "
            "no column into the table first)"
        )
    for name in (*away, *([] if target is None else [target])):
        if name not in series:
            what = "leave out" if name in away else "be the target"
            several = {part.strip() for part in str(name).split(",")} <= set(series)
            remedy = (
                "give each of these columns by itself"
                if several
                else f"the columns are {few([quoted(x) for x in series])}"
            )
            raise DomainError(f"there is no column {quoted(name)} to {what}: {remedy}")
    kept = {name: own for name, own in series.items() if name != target and name not in away}
    if not kept:
        raise DomainError("no column is left to make a variable of: leave fewer out")
    columns, refused = columns_of(kept)
    real = _continuous(continuous, columns, bins)
    stated = dict.fromkeys(real, Kind.CONTINUOUS) | _stated(kinds or {})
    if not _are_all(continuous, columns):
        _check_continuous(real, stated)
    chosen, more = _distribution(distribution), _smoothing(smoothing)
    ends = {k: x for k, x in real.items() if x is not None}
    wishes = Wishes(stated, _bins(bins), ends, chosen is Distribution.ROWS)
    check_names(kept, wishes)
    # of any type, where bins are not cut by it
    goal = column(target, series[target]) if target is not None and wishes.by_tree else None
    if goal is not None:
        check_target(goal)
    lost = 0
    if model is None:
        read = read_columns(columns, wishes, goal, refused)
    else:
        table = pandas_for("a table").DataFrame(series)
        told = cuts_of(columns, answers := answers_of(model, table, list(kept)))
        ways = (replace(wishes, cuts=told), wishes)
        every = (read_columns(columns, way, goal, refused) for way in ways)
        read, lost = _losing_least(every, model, table, list(kept), answers)
    domain = weighed(read, chosen, more)
    left = tuple(name for name in series if name not in kept)
    if more is None:
        more = Fraction(chosen is Distribution.TREE)
    said = [text for name, text in written if name is None or name in kept]
    rows = columns[0].rows
    if lost:
        said.append(
            f"at {lost:,} of {some(rows, 'row')} the model answers otherwise at what stands for "
            "their bins: more bins, or none, lose less"
        )
    notes = (*said, *notes_on(read, domain, columns))
    return FrameDomain(domain, read, left, rows, str(chosen), notes, more)


def domain_from_frame(frame: Any, target: str | None = None, **options: Any) -> Domain:
    """The domain that a table is read as."""
    return read_frame(frame, target, **options).domain


def _at_bins(table: Any, read: Sequence[Read]) -> Any:
    """The table with what stands for each row's bin in place of its number."""
    found = table.copy()
    for r in read:
        if r.kind is Kind.BINS and isinstance(v := r.variable, Variable):
            numbers = np.array([nearest(v.row(i)[0]) for i in range(v.count)])
            if r.missing:
                numbers[-1] = np.nan
            found[r.columns[0]] = numbers[r.index]
    return found


def _losing_least(
    ways: Iterable[tuple[Read, ...]],
    model: Any,
    table: Any,
    names: Sequence[str],
    own: Answers,
) -> tuple[tuple[Read, ...], int]:
    """The way to read a table at whose bins a model answers otherwise than at its ``own`` rows the
    fewest times, the first of these, and at how many; none is tried after one that loses none."""
    best: tuple[tuple[Read, ...], int] | None = None
    for read in ways:
        lost = int((own != answers_of(model, _at_bins(table, read), names)).sum())
        if best is None or lost < best[1]:
            best = read, lost
        if not lost:
            break
    assert best is not None
    return best


def _continuous(given: Any, columns: Sequence[Column], bins: Any) -> dict[str, Any]:
    """The columns that are to be continuous, with the ends of their intervals where given; all are
    all but those whose ``bins`` are asked for by name."""
    if _are_all(given, columns):
        away = bins if isinstance(bins, Mapping) else {}
        own = (c for c in columns if c.numeric and c.name not in away)
        return dict.fromkeys(c.name for c in own if len(c.values) > 2 and not c.missing)
    if given is False:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, str):
        return {given: None}
    if not isinstance(given, Iterable):
        raise DomainError(f"continuous is {given!r:.40}: give columns' names, or True for all")
    return dict.fromkeys(given)


def _are_all(given: Any, columns: Sequence[Column]) -> bool:
    """Whether all columns are to be continuous, by True or by the command's word."""
    word = isinstance(given, str) and given == "all"
    return given is True or (word and all(c.name != "all" for c in columns))


def _check_continuous(names: Iterable[str], stated: Mapping[str, Kind]) -> None:
    """Refuse columns that are named as continuous and stated to be of another kind."""
    for name in names:
        if (kind := stated[name]) is not Kind.CONTINUOUS:
            refuse(name, f"is to be read as {kind}, and as continuous: ask for one of the two")


def _stated(kinds: Mapping[str, str]) -> dict[str, Kind]:
    for name, kind in kinds.items():
        if kind not in (*STATED, Kind.ONE_HOT):
            raise DomainError(
                f"column {quoted(name)} cannot be read as {quoted(kind)}: the kinds are "
                f"{', '.join(STATED)}"
            )
    return {name: Kind(kind) for name, kind in kinds.items() if kind != Kind.ONE_HOT}


def _bins(bins: Any) -> Any:
    if bins is None or isinstance(bins, Mapping) or bins == "tree":
        return bins
    if isinstance(bins, int) and not isinstance(bins, bool) and bins >= 2:
        return bins
    raise DomainError(
        f'bins is {bins!r:.40}: give a number of at least 2, "tree", or a dict of columns'
    )


def _distribution(distribution: str) -> Distribution:
    try:
        return Distribution(distribution)
    except ValueError:
        raise DomainError(
            f"there is no distribution {quoted(distribution)}: choose one of "
            f"{', '.join(Distribution)}"
        ) from None


def _smoothing(smoothing: Any) -> Fraction | None:
    if smoothing is None:
        return None
    found = number("smoothing", smoothing)
    if found < 0:
        raise DomainError(f"smoothing is {found}: it must be at least 0")
    return found
