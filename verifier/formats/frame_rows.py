"""Rows of a table as points of a domain.

A row must be a point of the domain: what it holds is looked for among the variables' values, and
nothing is taken for something near it. Only where a variable's labels say that its values are bins
does a number count as its bin.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from verifier.formats.bin_labels import Bins, bins_of, known_values
from verifier.formats.frame_choices import SEPARATORS
from verifier.formats.frame_columns import (
    Codes,
    Column,
    as_pandas,
    column,
    pandas_for,
    text_of,
)
from verifier.formats.frame_files import read_table
from verifier.formats.frame_missing import is_number, missing_of, value_of
from verifier.formats.ranges import in_words
from verifier.formats.thresholds import Columns, received
from verifier.formats.variables import number
from verifier.formats.words import few, first_places
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, UnsupportedError, quoted
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable, Ordinal, Ranged
from verifier.model.rows import Rows, rows_from
from verifier.model.tree import Inner, Tree
from verifier.model.variable import Variable

Values = tuple[Codes, list[Fraction] | None]
"""The index of a variable's value in each row, and of a continuous variable the numbers."""
MOST_ASKED, MOST_NUMBERS, FEWEST_ASKED = 4096, 1 << 12, 64
"""Rows at which a model is asked as they stand: where they hold more numbers than this in all, half
as many, and so on. A model that looks numbers up takes seconds to be read over more."""


def rows_of(domain: Domain, source: Any) -> Rows:
    """The rows of ``source`` as points of the domain.

    ``source``: Rows; a DataFrame, a dict of columns, or a path to a CSV or Parquet file, whose
    columns have the variables' names (other columns are not looked at; a one-hot variable may
    be one column of its labels, or a 0/1 column a label); or an array of shape (rows, columns) of
    the model's inputs. Raises DomainError naming the first row that is no point of the domain.
    """
    if isinstance(source, Rows):
        _check(domain, np.array(source.points, dtype=np.int64))
        return source
    if isinstance(source, str | os.PathLike):
        source = read_table(source, domain)
    held = _each(domain, source)
    index = np.stack([codes for codes, _ in held], axis=1)
    _check(domain, index)
    real = [numbers for _, numbers in held if numbers is not None]
    if real:
        return rows_from(map(tuple, index.tolist()), zip(*real, strict=True))
    points, times = np.unique(index, axis=0, return_counts=True)
    return Rows(tuple(map(tuple, points.tolist())), tuple(times.tolist()))


def indices_of(domain: Domain, source: Any) -> Codes:
    """Which value each variable has in each row of a frame, shape (rows, variables).

    Raises DomainError naming the first row that has none.
    """
    return np.stack([codes for codes, _ in _each(domain, source)], axis=1)


def inputs_of(domain: Domain, source: Any) -> npt.NDArray[np.float64]:
    """The rows of a frame as the model's inputs, shape (rows, columns): as the domain encodes the
    values that they stand for, and numbers of intervals as they are.

    Raises DomainError naming the first row that is no point of the domain.
    """
    made = []
    for v, (codes, numbers) in zip(domain.variables, _each(domain, source), strict=True):
        if numbers is not None:
            made.append(np.array([[nearest(x)] for x in numbers]))
            continue
        values, place = np.unique(codes, return_inverse=True)
        made.append(np.array([[nearest(x) for x in v.row(int(i))] for i in values])[place])
    return np.hstack(made)


def names_variables(domain: Domain, source: Any) -> bool:
    """Whether something is a table with a column of one of the domain's variables."""
    columns = source if isinstance(source, Mapping) else getattr(as_pandas(source), "columns", ())
    return not {str(name) for name in columns}.isdisjoint(v.name for v in domain.variables)


def _each(domain: Domain, source: Any) -> list[Values]:
    """Each variable's value in each row, of which there are some."""
    source = as_pandas(source)
    by_name = isinstance(source, Mapping) or hasattr(source, "columns")
    held = list((_by_name if by_name else _by_place)(domain, source))
    if not held[0][0].size:
        raise DomainError("there are no rows: give at least one")
    return held


def rows_notes(domain: Domain) -> tuple[str, ...]:
    """What a user should know about rows in this domain."""
    names = [
        quoted(v.name)
        for v in domain.variables
        if isinstance(v, Variable) and bins_of(v) is not None
    ]
    if not names:
        return ()
    return (f"a row counts as the domain's value for its bin in {few(names, 4)}",)


def unbinned(domain: Domain, source: Any) -> tuple[Domain, Codes, Codes] | None:
    """The domain with the rows' own numbers in place of bins, all points of it being possible.

    And the first rows, at most ``MOST_ASKED``, as points of it and of ``domain``, (rows,
    variables). None where no number of the rows is in a bin. ``source`` is what ``rows_of`` took,
    but no path.
    """
    by_name = isinstance(source, Mapping) or hasattr(source, "columns")
    if by_name:
        table = _table(source) if isinstance(source, Mapping) else as_pandas(source)
        source = table.iloc[:MOST_ASKED]
    else:
        source = _floats(source)[:MOST_ASKED]
    numbers = _all_numbers(domain, source, by_name=by_name)
    while sum(map(len, numbers.values())) > MOST_NUMBERS and len(source) > FEWEST_ASKED:
        source = source[: len(source) // 2]
        numbers = _all_numbers(domain, source, by_name=by_name)
    variables: list[AnyVariable] = []
    for i, v in enumerate(domain.variables):
        if i in numbers:
            assert isinstance(v, Variable)
            variables.append(_of_numbers(v, numbers[i]))
        else:
            variables.append(v)
    if tuple(variables) == domain.variables:
        return None
    own = Domain(tuple(variables))
    return own, indices_of(own, source), indices_of(domain, source)


def _all_numbers(domain: Domain, source: Any, *, by_name: bool) -> dict[int, list[Fraction]]:
    """The numbers that the rows have of each variable in bins, by its place in the domain."""
    places = first_places(map(str, source.columns)) if by_name else None
    return {
        i: _numbers_of(v, at, source, places)
        for i, (v, at) in enumerate(zip(domain.variables, domain.offsets, strict=True))
        if isinstance(v, Variable) and bins_of(v) is not None
    }


def _numbers_of(
    v: Variable, at: int, source: Any, places: Mapping[str, int] | None
) -> list[Fraction]:
    """The numbers that the rows have of a variable, in order; none where they name its bins.

    ``places`` are those of the columns, where these are found by name.
    """
    if places is not None:
        if v.name not in places:
            return []
        c = column(v.name, source.iloc[:, places[v.name]])
        found = list(c.values) if c.numeric else []
    else:
        found = np.unique(source[:, at]).tolist() if v.columns == 1 else []
    return sorted({number(f"column {v.name}", x) for x in found})


def _of_numbers(v: Variable, numbers: Sequence[Fraction]) -> Variable:
    """A variable of bins with these numbers in their place, if there are any."""
    if not numbers:
        return v
    rest, gone = v.row(0)[1:], range(len(known_values(v)), v.count)
    labels = (*map(str, numbers), *(v.labels[i] for i in gone))
    encoding = (*((x, *rest) for x in numbers), *(v.row(i) for i in gone))
    return Variable(v.name, labels, encoding, (Fraction(1, len(labels)),) * len(labels))


def at_edges(tree: Tree, domain: Domain) -> Tree:
    """The tree with its tests of binned numbers at the bins' edges, the same on the domain.

    So a number of the data goes where its bin goes. A test stays where a missing value, whose
    number is 0, would go the other way.
    """
    columns = Columns(domain)
    nodes = list(tree.nodes)
    for i, node in enumerate(nodes):
        if isinstance(node, Inner) and (edge := columns.edge(node)) is not None:
            low, high = columns.neighbours(node)
            at = received(edge)
            if low is not None and high is not None and low <= at < high:
                nodes[i] = replace(node, threshold=at)
    return replace(tree, nodes=tuple(nodes))


def _check(domain: Domain, index: npt.NDArray[np.int64]) -> None:
    """Refuse the first row that the domain calls impossible."""
    if domain.given is None:
        return
    known: dict[tuple[int, ...], bool] = {}
    for i, row in enumerate(index.tolist(), 1):
        point = tuple(row)
        if point not in known:
            known[point] = domain.possible(point)
        if not known[point]:
            words = few([f"{k} {v}" for k, v in domain.labels(point).items()], 6)
            raise DomainError(f"row {i} is impossible in the domain ({words})")


def _by_name(domain: Domain, source: Any) -> Iterator[Values]:
    """Each variable's value in each row."""
    table = _table(source) if isinstance(source, Mapping) else source
    names = [str(name) for name in table.columns]
    places, often = first_places(names), Counter(names)
    for v in domain.variables:
        if often[v.name] > 1:
            raise DomainError(f"the rows have two columns {quoted(v.name)}: leave one out")
        if v.name in places:
            yield _indices(v, column(v.name, table.iloc[:, places[v.name]]))
            continue
        group = _group(v, places)
        if group is None:
            raise DomainError(
                f"the rows have no column {quoted(v.name)}: their columns are "
                f"{few([quoted(x) for x in names])}"
            )
        yield _encoded(v, _numbers_in(table.iloc[:, group], v.name))


def _table(columns: Mapping[str, Any]) -> Any:
    try:
        return pandas_for("a table of rows").DataFrame(columns)
    except ValueError as problem:  # of different lengths, or no lists
        said = quoted(str(problem).partition("\n")[0])
        raise DomainError(
            f"the rows' columns make no table ({said}): give lists of one length"
        ) from None


def _numbers_in(columns: Any, name: str) -> npt.NDArray[np.float64]:
    """The 0/1 columns of a one-hot variable."""
    try:
        found: npt.NDArray[np.float64] = columns.to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        raise DomainError(f"the columns of {quoted(name)} hold what is no number") from None
    return found


def _group(v: AnyVariable, places: Mapping[str, int]) -> list[int] | None:
    """The columns of a one-hot variable, by the names that its labels have in a table."""
    if isinstance(v, Ranged) or v.columns != v.count:
        return None
    for mark in SEPARATORS:
        wanted = [f"{v.name}{mark}{label}" for label in v.labels]
        if all(name in places for name in wanted):
            return [places[name] for name in wanted]
    return None


def _by_place(domain: Domain, source: Any) -> Iterator[Values]:
    rows = _floats(source)
    if rows.ndim != 2 or rows.shape[1] != domain.columns:
        raise DomainError(
            f"the rows have shape {rows.shape}, but the domain has {domain.columns} columns: give "
            "a row of the model's inputs each, or a table with names"
        )
    for v, at in zip(domain.variables, domain.offsets, strict=True):
        held = rows[:, at : at + v.columns]
        if v.columns > 1:
            yield _encoded(v, held)
            continue
        found, codes = np.unique(held[:, 0], return_inverse=True)
        codes = np.where(np.isnan(held[:, 0]), -1, codes.ravel())
        yield _indices(v, Column(v.name, tuple(found), codes, numeric=True))


def _floats(source: Any) -> npt.NDArray[np.float64]:
    """An array of numbers as float64, where that moves no whole number and forgets nothing."""
    try:
        given = source if isinstance(source, np.ma.MaskedArray) else np.asarray(source)
        if given.dtype.kind not in "biufO":
            raise TypeError
        rows = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise UnsupportedError(
            f"the rows are of type {type(source).__name__}: give a DataFrame of pandas or Polars, "
            "a path to a CSV or Parquet file, or an array of numbers"
        ) from None
    if np.ma.is_masked(given):
        raise DomainError("the rows have values that are masked: leave these rows out")
    doubtful = np.abs(rows) >= 2.0**53 if given.dtype.kind in "iu" else given.dtype.kind == "O"
    for x, held in zip(
        given[doubtful].ravel().tolist(), rows[doubtful].ravel().tolist(), strict=True
    ):
        if isinstance(x, str | bytes) or (isinstance(x, int) and x != held):
            raise DomainError(
                f"the rows hold {quoted(str(x))}, which is no float64: give a table with names"
            )
    return rows


def _encoded(v: AnyVariable, held: npt.NDArray[np.float64]) -> Values:
    """The values whose encodings the rows hold."""
    place = {tuple(nearest(x) for x in v.row(i)): i for i in range(v.count)}
    found = [place.get(row, -1) for row in map(tuple, held.tolist())]
    if -1 in found:
        i = found.index(-1)
        shown = ", ".join(f"{x:g}" for x in held[i][:8])
        raise DomainError(f"row {i + 1}: {shown} is no encoding of a value of {quoted(v.name)}")
    return np.array(found, dtype=np.int64), None


def _real(v: Continuous, c: Column) -> Values:
    """The piece that each row's number lies in, and the number."""
    if c.missing or not c.numeric:
        row = int(np.flatnonzero(c.codes < 0)[0]) + 1 if c.missing else 1
        raise DomainError(f"row {row}: {quoted(v.name)} is no number")
    exact = [number(f"column {c.name}", x) for x in c.values]
    pieces = [v.piece_of(x) for x in exact]
    for i, piece in enumerate(pieces):
        if piece is None:
            row = int(np.flatnonzero(c.codes == i)[0]) + 1
            raise DomainError(
                f"row {row}: {text_of(c.values[i])} is not above {v.first} and at most {v.last}, "
                f"as {quoted(v.name)} is"
            )
    return np.array(pieces, dtype=np.int64)[c.codes], [exact[k] for k in c.codes]


def _indices(v: AnyVariable, c: Column) -> Values:
    """The variable's value in each row of a column."""
    if isinstance(v, Continuous):
        return _real(v, c)
    bins = None if isinstance(v, Ordinal) else bins_of(v)
    if bins is not None and c.numeric:
        place = _in_bins(bins, c)
    else:
        numbers = {} if isinstance(v, Ordinal) else _numbers(v)
        place = [_value(v, numbers, x, c.name) for x in c.values]
    held = np.array([*place, -1 if (gone := missing_of(v)) is None else gone], dtype=np.int64)
    index = held[c.codes]
    if (index < 0).any():
        row = int((index < 0).argmax())
        at = int(c.codes[row])
        _refuse(v, row + 1, None if at < 0 else c.values[at])
    return index, None


def _value(v: AnyVariable, numbers: Mapping[Fraction, int], x: Any, name: str) -> int:
    """The value that something in a table is; -1 if it is none."""
    if isinstance(x, str):
        at = value_of(v, x)
    else:
        at = None if isinstance(v, Ordinal) else v.index(text_of(x))
    if not isinstance(x, str):
        exact = number(f"column {name}", x)
        at = v.place(exact) if isinstance(v, Ordinal) else numbers.get(exact, at)
    return -1 if at is None else at


def _in_bins(bins: Bins, c: Column) -> list[int]:
    """The bin of each number of a column, compared as floats, as where the bins were made."""
    tops = [math.inf if high is None else nearest(high) for _, high in bins]
    found = np.searchsorted(np.array(tops), c.floats(), side="left")
    low = bins[0][0]
    inside = found < len(bins)
    if low is not None:
        inside &= c.floats() > nearest(low)
    place: list[int] = np.where(inside, found, -1).tolist()
    return place


def _refuse(v: AnyVariable, row: int, x: Any) -> NoReturn:
    shown = "missing" if x is None else quoted(x) if isinstance(x, str) else text_of(x)
    there = in_words(v) if isinstance(v, Ordinal) else f"{quoted(v.name)} ({few(v.labels, 6)})"
    raise DomainError(f"row {row}: {shown} is no value of {there}")


def _numbers(v: Variable) -> dict[Fraction, int]:
    """The numbers that the values are, where there is one column for them."""
    return {v.row(i)[0]: i for i in known_values(v)} if is_number(v) else {}
