"""What a column of a table is read as, and the variable that it becomes.

The kind is inferred from the values, and the user may say another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np

from verifier.formats import frame_bins as bins_of
from verifier.formats.frame_choices import SEPARATORS, Kind
from verifier.formats.frame_columns import (
    MISSING,
    Codes,
    Column,
    refuse,
    refuse_all,
    text_of,
)
from verifier.formats.frame_continuous import interval_of
from verifier.formats.frame_cuts import Cut, chosen
from verifier.formats.variables import number
from verifier.formats.words import few, some
from verifier.model.errors import DomainError, quoted
from verifier.model.ordinal import AnyVariable, Ordinal, uniform
from verifier.model.variable import Variable
from verifier.writing.json_text import number_json

LONGEST = 1024
"""Most numbers of a range, or one by one, without being told so: no more are listed by every
method."""
FEW, LONG = 32, 1 << 31
"""Where the rows are the points, more numbers than that are a range, of at most so many: a row's
number takes no list of all others then."""
MOST_TEXTS = 1000
"""Most different texts of a column that is no free text."""
MOST_LISTED = 4096
"""Most values that are listed."""
DAY = re.compile(r"(\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?([-/.])\d\d?\2\d{4})(?!\d)")
"""How a text begins that is a date, as files have it."""
LIKE_NUMBER = re.compile(r"\(?[-+\u2212]?[$€£¥]?\s?\d[\d.,' ]*\s?[%$€£¥]?\)?")
"""A number with a decimal comma, marks between thousands, a percent sign, a currency, brackets that
stand for a minus, or a minus that is no hyphen."""
LONG_NUMBER = 30
"""Characters of a number, at most, that is shown as it is."""


@dataclass(frozen=True, eq=False)
class Read:
    """A variable, and the value that it has in each row.

    ``columns`` are the table's columns that it was read from, ``index``, shape (rows,), the number
    of each row's value, ``words`` what the values are, for people.
    """

    columns: tuple[str, ...]
    kind: Kind
    variable: AnyVariable
    index: Codes
    words: str
    missing: int = 0

    @property
    def name(self) -> str:
        """What the variable is called."""
        return self.variable.name


@dataclass(frozen=True)
class Wishes:
    """What the user says of the columns: kinds by name, bins, and ends of intervals.

    ``only_rows``: nothing but the rows has a probability. ``cuts`` are where trees cut the columns
    that tell a model's answers, if there is a model.
    """

    kinds: Mapping[str, Kind]
    bins: Any = None
    intervals: Mapping[str, Any] = field(default_factory=dict)
    only_rows: bool = False
    cuts: Mapping[str, Sequence[Cut]] | None = None

    def of(self, name: str) -> Any:
        """What is said of a column's bins: a number, a list of edges, ``tree``, or None."""
        return self.bins.get(name) if isinstance(self.bins, Mapping) else self.bins

    @property
    def by_tree(self) -> bool:
        """Whether a column is to be binned by a tree, which tells the target."""
        asked = self.bins.values() if isinstance(self.bins, Mapping) else [self.bins]
        return any(isinstance(x, str) for x in asked)

    def binned_by_name(self, name: str) -> bool:
        """Whether the user names the column as one to bin."""
        return isinstance(self.bins, Mapping) and name in self.bins


def read_columns(
    columns: Sequence[Column],
    wishes: Wishes,
    target: Column | None,
    refused: Sequence[DomainError] = (),
) -> tuple[Read, ...]:
    """Every column, or group of columns, as a variable.

    Raises DomainError; of several columns that are refused, some of them before, all are named.
    """
    problems, found = list(refused), list[Read]()
    held = _groups(columns, wishes)
    alone = [c for part in held for c in part if len(part) == 1]
    try:
        _check_values(alone, wishes)
    except DomainError as problem:
        problems.append(problem)
    for part in held:
        if not part[0].values:
            continue
        try:
            found.append(_group(part) if len(part) > 1 else _read(part[0], wishes, target))
        except DomainError as problem:
            problems.append(problem)
    refuse_all(problems)
    return tuple(found)


def check_names(names: Collection[str], wishes: Wishes) -> None:
    """Refuse wishes for columns that are not there, and for bins of one that is no bins."""
    binned = wishes.bins if isinstance(wishes.bins, Mapping) else {}
    for name in (*wishes.kinds, *binned):
        if name not in names:
            raise DomainError(
                f"there is no column {quoted(name)} to read as asked: the columns are "
                f"{few([quoted(x) for x in names])}"
            )
    for name in binned:
        if (kind := wishes.kinds.get(name, Kind.BINS)) is not Kind.BINS:
            refuse(name, f"is to be read as {kind}, and in bins: ask for one of the two")


def _check_values(columns: Sequence[Column], wishes: Wishes) -> None:
    """Refuse columns without values, or with one that the user does not ask to keep."""
    for c in columns:
        if not c.values:
            refuse(c.name, "has no values at all: leave it out")
    alone = [c for c in columns if len(c.values) == 1 and not c.missing]
    alone = [c for c in alone if wishes.kinds.get(c.name) not in (Kind.CATEGORICAL, Kind.VALUES)]
    if alone:
        names = few([quoted(c.name) for c in alone], 4)
        have = "holds one value" if len(alone) == 1 else f"({len(alone)}) hold one value each"
        raise DomainError(
            f"column{'s' * (len(alone) > 1)} {names} {have} ({text_of(alone[0].values[0])[:40]}): "
            "leave out what says nothing, or keep it fixed by reading it as values "
            '(kinds={NAME: "values"}, --values NAME)'
        )


def _groups(columns: Sequence[Column], wishes: Wishes) -> list[tuple[Column, ...]]:
    """The columns, those of a one-hot group together: side by side, of one name, 1 in one each."""
    held: list[tuple[Column, ...]] = []
    at = 0
    while at < len(columns):
        size = _group_size(columns[at:], wishes)
        held.append(tuple(columns[at : at + size]))
        at += size
    return held


def _group_size(columns: Sequence[Column], wishes: Wishes) -> int:
    """How many columns from the first on are one group; 1 if it is none."""
    total: Codes = np.zeros(columns[0].rows, dtype=np.int64)
    found = 1
    for i, c in enumerate(columns):
        binary = c.numeric and set(c.values) <= {0, 1} and not c.missing
        said = c.name in wishes.kinds or wishes.binned_by_name(c.name)
        if not binary or said or not _stem([x.name for x in columns[: i + 1]]):
            break
        total = total + _ones(c)
        if total.max() > 1:
            break
        if i and total.min() == 1:
            found = i + 1
    return found


def _ones(c: Column) -> Codes:
    return np.array([int(x) for x in c.values], dtype=np.int64)[c.codes]


def _stem(names: Sequence[str]) -> str:
    """What the names of a group have in common, up to a separator."""
    common = names[0][:-1]
    for name in names:
        while not name.startswith(common):
            common = common[:-1]
    cut = max(common.rfind(mark) for mark in SEPARATORS)
    return common[: cut + 1] if cut > 0 else ""


def _group(part: Sequence[Column]) -> Read:
    names = tuple(c.name for c in part)
    stem = _stem(names)
    labels = tuple(name[len(stem) :] for name in names)
    index = np.stack([_ones(c) for c in part], axis=1).argmax(axis=1).astype(np.int64)
    name = stem.rstrip(SEPARATORS) or stem
    words = f"{len(names)} columns, one of them 1: {_some(labels)}"
    return Read(names, Kind.ONE_HOT, _one_hot(name, labels), index, words)


def _read(c: Column, wishes: Wishes, target: Column | None) -> Read:
    kind = wishes.kinds.get(c.name) or _inferred(c, wishes)
    if not c.numeric and kind is not Kind.CATEGORICAL:
        refuse(c.name, f"holds texts, which cannot be read as {kind}: read it as categorical")
    if kind is Kind.RANGE and c.missing:
        refuse(
            c.name, f"lacks {some(c.missing, 'value')}, so it is no range: bin it, or fill them in"
        )
    if kind is Kind.CATEGORICAL:
        return _categorical(c)
    if kind is Kind.RANGE:
        return _range(c)
    if kind is Kind.CONTINUOUS:
        variable, index = interval_of(c, wishes.intervals.get(c.name))
        words = f"the interval from {shown(variable.first)} to {shown(variable.last)}"
        return Read((c.name,), kind, variable, index, words)
    if kind is Kind.BINS:
        return _binned(c, wishes, target)
    return _listed(c)


def _inferred(c: Column, wishes: Wishes) -> Kind:
    """What a column is read as where the user does not say."""
    if not c.numeric:
        if len(c.values) > 2 and all(map(DAY.match, c.values)):
            refuse(
                c.name,
                "holds dates: make numbers of them (days since a day), leave it out, or say that "
                'it is categorical (kinds={NAME: "categorical"}, --categorical NAME)',
            )
        most = max(20, c.rows // 2)
        if len(c.values) > min(most, MOST_TEXTS) or max(len(x) for x in c.values) > 200:
            if all(map(LIKE_NUMBER.fullmatch, c.values)):
                refuse(
                    c.name,
                    f"holds texts like {quoted(c.values[0])}: if they are numbers, write them with "
                    "a point and digits only; else leave it out, or say that it is categorical "
                    '(kinds={NAME: "categorical"}, --categorical NAME)',
                )
            refuse(
                c.name,
                f"is free text ({len(c.values)} different texts in {c.rows} rows): leave it out, "
                'or say that it is categorical (kinds={NAME: "categorical"}, --categorical NAME)',
            )
        return Kind.CATEGORICAL
    asked = wishes.of(c.name)
    if asked is not None and (
        wishes.binned_by_name(c.name) or not isinstance(asked, int) or len(c.values) > asked
    ):
        return Kind.BINS if len(c.values) > 2 else Kind.VALUES
    if c.listed and len(c.values) <= MOST_LISTED:
        return Kind.VALUES
    if wishes.only_rows and _is_long(c):
        return Kind.RANGE
    if len(c.values) > LONGEST:
        return Kind.RANGE if c.whole and _integers(c)[2] <= LONGEST and not c.missing else Kind.BINS
    if c.missing or len(c.values) <= 2:
        return Kind.VALUES
    return Kind.RANGE if _grid(c)[1] <= LONGEST else Kind.VALUES


def _is_long(c: Column) -> bool:
    """Whether it has many numbers, on a grid that a range may have."""
    if c.missing or not FEW < len(c.values) <= MOST_LISTED:
        return False
    return _grid(c)[1] <= LONG


def _categorical(c: Column) -> Read:
    labels = tuple(text_of(x) for x in c.values)
    if len(labels) > MOST_LISTED:
        refuse(c.name, f"has {len(labels)} different values: too many to list; leave it out")
    if len(set(labels)) < len(labels):
        refuse(c.name, "has different values that print alike: make texts of them")
    index = c.codes
    if c.missing:
        labels, index = (*labels, MISSING), np.where(index < 0, len(c.values), index)
    words = f"{len(labels)} categories: {_some(labels)}"
    variable = _one_hot(c.name, labels)
    return Read((c.name,), Kind.CATEGORICAL, variable, index, words, c.missing)


def _listed(c: Column) -> Read:
    if len(c.values) > MOST_LISTED:
        refuse(c.name, f"has {len(c.values)} different numbers: too many to list; bin it")
    numbers = [number(f"column {c.name}", x) for x in c.values]
    if all(isinstance(x, bool | np.bool_) for x in c.values):
        return _numbers(c, Kind.VALUES, [str(x) for x in c.values], numbers, c.codes, "")
    labels = [text_of(x) for x in c.values]
    words = f"{some(len(numbers), 'number')}: {_some(labels)}"
    return _numbers(c, Kind.VALUES, labels, numbers, c.codes, words)


def _binned(c: Column, wishes: Wishes, target: Column | None) -> Read:
    bins_of.check_several(c)
    asked = wishes.of(c.name)
    if asked is None or isinstance(asked, int | np.integer):
        count = int(bins_of.BINS if asked is None else asked)
        edges, how = bins_of.quantile_edges(c, count), "about as many rows in each"
        if wishes.cuts is not None:
            places = chosen(c, wishes.cuts[c.name], count)
            edges, how = tuple(bins_of.between(c, i) for i in places), "as the model's answers tell"
    elif asked == "tree":
        if target is None:
            refuse(c.name, "is to be binned by a tree, which tells the target: name the target")
        edges, how = bins_of.tree_edges(c, target, bins_of.BINS), "cut by a tree"
    elif isinstance(asked, str):
        refuse(c.name, f'is asked for in bins {quoted(asked)}: give a number, edges, or "tree"')
    else:
        edges, how = bins_of.given_edges(c, list(asked)), "as given"
    if not edges:  # nearly all rows have one value, or the tree sees no difference
        edges = (bins_of.between(c, len(c.values) - 2),)
    labels, numbers, place = bins_of.binned(c, edges)
    index = np.where(c.codes < 0, -1, place[c.codes])
    words = f"{len(labels)} bins, {how}: {_some(labels)}"
    return _numbers(c, Kind.BINS, labels, numbers, index, words)


def _numbers(
    c: Column,
    kind: Kind,
    labels: Sequence[str],
    numbers: Sequence[Fraction],
    index: Codes,
    words: str,
) -> Read:
    """A variable of listed numbers; a missing one is a 1 in a second column, beside a 0."""
    names = tuple(labels)
    rows: list[tuple[Fraction, ...]] = [(x,) for x in numbers]
    if c.missing:
        index = np.where(index < 0, len(rows), index)
        names = (*names, MISSING)
        rows = [*((x, Fraction(0)) for x in numbers), (Fraction(0), Fraction(1))]
    chances = (Fraction(1, len(names)),) * len(names)
    variable = Variable(c.name, names, tuple(rows), chances)
    return Read((c.name,), kind, variable, index, words or _some(names), c.missing)


def _range(c: Column) -> Read:
    if c.whole and max(abs(int(c.values[0])), abs(int(c.values[-1]))) < 1 << 52:
        first, step, count = _integers(c)
    else:
        if len(c.values) > MOST_LISTED:
            refuse(c.name, f"has {len(c.values)} different numbers: bin it, or make it whole")
        step, count = _grid(c)
        first = number(c.name, c.values[0])
    variable = Ordinal(c.name, first, step, count, uniform(count))
    at = np.array([int((number(c.name, x) - first) / step) for x in c.values], dtype=np.int64)
    words = f"from {shown(first)} to {shown(variable.last)}, step {shown(step)}"
    return Read((c.name,), Kind.RANGE, variable, at[c.codes], words)


def _integers(c: Column) -> tuple[Fraction, Fraction, int]:
    held = [int(x) for x in c.values]
    step = gcd(*(b - a for a, b in pairwise(held))) or 1
    return Fraction(held[0]), Fraction(step), (held[-1] - held[0]) // step + 1


def _grid(c: Column) -> tuple[Fraction, int]:
    """The widest step between numbers that all of them lie on, and how many that are."""
    held = [number(f"column {c.name}", x) for x in c.values]
    if len(held) == 1:
        return Fraction(1), 1
    steps = [b - a for a, b in pairwise(held)]
    step = reduce(_common, steps)
    return step, int((held[-1] - held[0]) / step) + 1


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The greatest number of which both are multiples."""
    while b:
        a, b = b, a % b
    return a


def _one_hot(name: str, labels: tuple[str, ...]) -> Variable:
    zero, one = Fraction(0), Fraction(1)
    rows = tuple(tuple(one if i == j else zero for j in labels) for i in labels)
    return Variable(name, labels, rows, (Fraction(1, len(labels)),) * len(labels))


def shown(x: Fraction) -> str:
    """A number as the decimal that it is, where it is short; of a long one the first digits."""
    text = str(number_json(x))
    return text if len(text) <= LONG_NUMBER else f"about {float(x):.6g}"


def _some(labels: Sequence[str]) -> str:
    """The first labels; one with a comma in quotes, so that they are told apart."""
    cut = [x if len(x) <= 24 else f"{x[:21]}..." for x in labels[:5]]
    return few([quoted(x) if "," in x else x for x in cut], 4)
