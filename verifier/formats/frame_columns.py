"""The columns of a table as they were read: distinct values and which row has which.

Of pandas only this file, ``frame_files`` and ``frame_rows`` know: a ``Column`` holds plain Python
and NumPy.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from verifier.formats.told_apart import is_a
from verifier.formats.words import few
from verifier.model.errors import DomainError, UnsupportedError, quoted

Codes = npt.NDArray[np.int64]
MISSING = "missing"
"""The label of a value that is missing."""
CALLED = {"": "(empty)", MISSING: f"{MISSING} (text)"}
"""What texts are called that are no labels: one of no letters, and one that means another thing."""
BEHIND = {label: text for text, label in CALLED.items()}
"""The texts that such labels stand for."""
_SPELLED = re.compile(r"\\([tnr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U0010[0-9a-f]{4}|U000[0-9a-f]{5})")
"""How ``ascii`` spells a character."""
NUMBERS = int, float, np.number, np.bool_, Decimal, Fraction
DATES = datetime.date, np.datetime64
DURATIONS = datetime.timedelta, np.timedelta64
LASTS = "holds durations: make numbers of them (hours, say), or leave it out"
NEITHER = "holds what is neither a number nor a text: leave it out"


@dataclass(frozen=True, eq=False)
class Column:
    """A column: its distinct values in order, and for each row the number of its value.

    ``codes``, shape (rows,), are -1 where the value is missing. ``numeric`` says that the values
    are numbers; other values are texts. ``whole`` says that all numbers are integers. ``ordered``
    says that the table itself gives the texts an order, ``listed`` that it lists the numbers, as
    categories.
    """

    name: str
    values: tuple[Any, ...]
    codes: Codes
    numeric: bool
    ordered: bool = False
    listed: bool = False

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.codes)

    @property
    def missing(self) -> int:
        """Number of rows without a value."""
        return int((self.codes < 0).sum())

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        return self.numeric and all(float(x).is_integer() for x in self.values)

    @property
    def counts(self) -> Codes:
        """How many rows have each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def floats(self) -> npt.NDArray[np.float64]:
        """The distinct numbers."""
        return np.array([float(x) for x in self.values])


def refuse(name: object, problem: str) -> NoReturn:
    """Raise DomainError for a column."""
    raise DomainError(f"column {quoted(name)} {problem}")


def refuse_all(problems: Sequence[DomainError]) -> None:
    """Raise the first of some columns' problems, if there are any; the others are named in it."""
    if not problems:
        return
    first, *others = [str(x) for x in problems]
    if others:
        first += f"; refused as well: {few([x.partition(':')[0] for x in others], 8)}"
    raise DomainError(first)


def series_of(frame: Any) -> dict[str, Any]:
    """The columns of a DataFrame, or of a dict of columns of equal length, by their names.

    Raises DomainError for names that are doubled, and tables without rows.
    """
    table = _frame(frame)
    names = ["" if name is None else str(name) for name in table.columns]
    for i, name in enumerate(names):
        if not name.strip() or _is_nothing(table.columns[i]):
            raise DomainError(f"column {i + 1} of the table has no name: give it one")
        if names.count(name) > 1:
            raise DomainError(f"two columns are named {quoted(name)}: names must differ")
        if not name.isprintable():
            raise DomainError(f"the column name {name!a:.60} is not one line of printable text")
    if not len(table):
        raise DomainError("the table has no rows: there is nothing to read values from")
    return {name: table.iloc[:, i] for i, name in enumerate(names)}


def columns_of(series: Mapping[str, Any]) -> tuple[tuple[Column, ...], tuple[DomainError, ...]]:
    """The columns that can be read, and why others cannot: infinite numbers, dates."""
    found, problems = list[Column](), list[DomainError]()
    for name, own in series.items():
        try:
            found.append(column(name, own))
        except DomainError as problem:
            problems.append(problem)
    return tuple(found), tuple(problems)


def as_pandas(frame: Any) -> Any:
    """A table of Polars, Arrow or another library that hands over Arrow's columns, as pandas'.

    Anything else is returned as it is. Raises DomainError where pyarrow is missing.
    """
    other = hasattr(frame, "__arrow_c_stream__") and hasattr(frame, "columns")
    if not other or is_a(frame, "pandas", "DataFrame"):
        return frame
    what = f"a table of type {type(frame).__name__}"
    pandas_for(what)
    try:
        import pyarrow
    except ImportError:
        raise DomainError(
            f"{what} is read by pyarrow, which is not installed: run pip install "
            "'leafproof[frames]'"
        ) from None
    # whole numbers stay so beside missing ones, and do not become the nearest floats
    return pyarrow.table(frame).to_pandas(integer_object_nulls=True)


def _frame(frame: Any) -> Any:
    frame = as_pandas(frame)
    pandas = pandas_for("a table")
    if isinstance(frame, np.ndarray) and frame.ndim == 2 and frame.dtype.names is None:
        # named as scikit-learn names the columns of arrays
        return pandas.DataFrame(frame, columns=[f"x{i}" for i in range(frame.shape[1])])
    if isinstance(frame, dict):
        try:
            return pandas.DataFrame(frame)
        except (TypeError, ValueError) as problem:
            raise DomainError(f"the dict is no table: {problem}") from None
    if not isinstance(frame, pandas.DataFrame):
        raise UnsupportedError(
            f"the table is of type {type(frame).__name__}: give a DataFrame of pandas or Polars, a "
            "dict of columns, an array of shape (rows, columns), or a path to a CSV or Parquet file"
        )
    return frame


def pandas_for(what: str) -> Any:
    """The library pandas. Raises DomainError where it is missing."""
    try:
        import pandas
    except ImportError:
        raise DomainError(
            f"{what} is read by pandas, which is not installed: run pip install 'leafproof[frames]'"
        ) from None
    return pandas


def column(name: str, series: Any) -> Column:
    """A pandas Series as a Column. Raises DomainError for infinite numbers and dates."""
    pandas = pandas_for("a column")
    kinds = pandas.api.types
    if kinds.is_timedelta64_dtype(series):
        refuse(name, LASTS)
    if kinds.is_datetime64_any_dtype(series):
        refuse(name, "holds dates: make numbers of them (days since a day), or leave it out")
    if kinds.is_complex_dtype(series):
        refuse(name, "holds complex numbers: leave it out, or make two columns of it")
    try:
        codes, found = pandas.factorize(series)
    except (TypeError, NotImplementedError):  # lists, arrays, dicts; those of Arrow
        refuse(name, NEITHER)
    codes = np.asarray(codes, dtype=np.int64)
    if np.dtype(object) == getattr(series, "dtype", None):
        _check_alike(name, np.asarray(series)[codes < 0])
    numbers = np.asarray(found)
    held = list(numbers)  # keeps float32 apart, which shows fewer digits
    of = set(map(type, held))
    if any(issubclass(x, DURATIONS) for x in of):
        refuse(name, LASTS)
    if any(issubclass(x, (*DATES, pandas.Period)) for x in of):
        refuse(name, "holds dates: make numbers of them (days since a day), or leave it out")
    if any(issubclass(x, complex) or _is_nameless(x) for x in of):
        refuse(name, NEITHER)
    numeric = kinds.is_numeric_dtype(series) or _numbers(of)
    if numeric and not (_is_plain(numbers) and np.isfinite(numbers).all()):
        _check_finite(name, held, codes)
    listed = isinstance(series.dtype, pandas.CategoricalDtype)
    if listed:
        place = {value: i for i, value in enumerate(series.cat.categories)}
        ordered = bool(series.cat.ordered)
        numeric = not ordered and kinds.is_numeric_dtype(series.cat.categories.dtype)
        if not numeric:
            _check_called(name, held)
            places = np.array(
                sorted(range(len(held)), key=lambda i: place[held[i]]), dtype=np.int64
            )
            return _ordered(name, held, codes, places, numeric=False, ordered=ordered)
    if numeric:
        if not _is_plain(numbers):
            _check_apart(name, held)
        order = np.argsort(np.array(held, dtype=np.float64), kind="stable")
        return replace(_ordered(name, held, codes, order, numeric=True), listed=listed)
    return _texts(name, held, codes)


def _check_alike(name: str, gone: npt.NDArray[Any]) -> None:
    """Refuse a column that is None where it is missing, and NaN elsewhere."""
    of_none = sum(x is None for x in gone)
    if 0 < of_none < len(gone):
        refuse(name, "holds both None and NaN, which models tell apart: make them NaN (fillna)")


def _is_nothing(name: Any) -> bool:
    return isinstance(name, float) and math.isnan(name)


def _is_nameless(kind: type) -> bool:
    """Whether its values print as the place in memory where they are, another one each time."""
    own = {name for base in kind.__mro__[:-1] for name in vars(base)}
    return not own & {"__str__", "__repr__"}


def _numbers(kinds: Collection[type]) -> bool:
    return bool(kinds) and all(issubclass(x, NUMBERS) for x in kinds)


def _is_plain(numbers: npt.NDArray[Any]) -> bool:
    """Whether they are floats that float64 tells apart."""
    return numbers.dtype.kind == "f" and numbers.dtype.itemsize <= np.float64().itemsize


def _check_finite(name: str, held: Sequence[Any], codes: Codes) -> None:
    """Refuse numbers that are infinite, or are beyond float64's."""
    for i, x in enumerate(held):
        try:
            finite = math.isfinite(x)
        except OverflowError:
            finite = False
        if not finite:
            row = int(np.flatnonzero(codes == i)[0]) + 1
            refuse(name, f"is infinite in row {row}: correct it, or leave the row out")


def _texts(name: str, held: Sequence[Any], codes: Codes) -> Column:
    """Values as texts; a number and the text that it prints as are one value."""
    words = [text_of(x) for x in held]
    first: dict[str, int] = {}
    texts: dict[str, str] = {}
    for x, word in zip(held, words, strict=True):
        first.setdefault(word, len(first))
        other = texts.setdefault(word, x) if isinstance(x, str) else x
        if other != x:
            refuse(name, f"holds {other!a:.40} and {x!a:.40}, which print alike: make them differ")
    _check_called(name, texts.values())
    joined = np.array([first[word] for word in words] or [0], dtype=np.int64)
    held = list(first)
    order = np.array(sorted(range(len(held)), key=held.__getitem__), dtype=np.int64)
    return _ordered(name, held, np.where(codes < 0, -1, joined[codes]), order, numeric=False)


def _check_called(name: str, held: Iterable[Any]) -> None:
    """Refuse a text that another one is called."""
    for label in sorted(BEHIND.keys() & set(held)):
        refuse(name, f"holds {label!r}, as {BEHIND[label]!r} is called: call it otherwise")


def text_of(value: Any) -> str:
    """A value as a label: one line of printable text."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = str(value)
    if text in CALLED:
        return CALLED[text]
    if not text.strip():
        return "(blank)"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def spelled(label: str) -> str:
    """The text that a label most likely stands for, with characters that do not print."""

    def own(match: re.Match[str]) -> str:
        c = {"t": "\t", "n": "\n", "r": "\r"}.get(match[1]) or chr(int(match[1][1:], 16))
        return match[0] if c.isprintable() else c

    return " " if label == "(blank)" else _SPELLED.sub(own, label)


def _check_apart(name: str, held: Sequence[Any]) -> None:
    """Refuse different numbers that are one in float64: they have no order, and no bins."""
    seen: dict[float, Any] = {}
    for x in held:
        other = seen.setdefault(float(x), x)
        if other != x:
            refuse(
                name,
                f"holds {other} and {x}, which are one number in float64: leave it out, or make "
                "texts of its numbers",
            )


def _ordered(
    name: str,
    held: Sequence[Any],
    codes: Codes,
    order: Codes,
    *,
    numeric: bool,
    ordered: bool = False,
) -> Column:
    """The column with its values in that order."""
    place = np.empty(max(len(order), 1), dtype=np.int64)
    place[order] = np.arange(len(order))
    values = tuple(held[i] if numeric else text_of(held[i]) for i in order)
    return Column(name, values, np.where(codes < 0, -1, place[codes]), numeric, ordered)
