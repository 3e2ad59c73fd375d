"""Tables in files: CSV and Parquet."""

from __future__ import annotations

import csv
import os
import re
import warnings
from pathlib import Path
from typing import Any

from verifier.formats.frame_columns import pandas_for
from verifier.formats.paths import is_file
from verifier.formats.words import first_places, some
from verifier.model.errors import DomainError, quoted
from verifier.model.limits import NUMBER_BYTES, require_memory

ENDINGS = (".csv", ".tsv", ".parquet", ".pq")
COMMAS = "decimal commas"
"""Under this name a table's ``attrs`` hold the columns whose numbers were written with commas, each
with such a number."""
WITH_COMMA = re.compile(r"[-+]?\d+(,\d+)?")
"""A number that may have a decimal comma."""
NUMBERED = "numbers as names"
"""Under this one, the first of the columns' names that is a number with a point."""
WITH_POINT = re.compile(r"\s*[-+]?\d*\.\d+\s*")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
"""One whose comma may as well be a mark between thousands."""
TOO_MANY = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
UNCLOSED = re.compile(r"EOF inside string starting at row (\d+)")
"""What pandas says of a line that is too long, and of a quote that is not closed (lines from 0)."""


def read_table(path: str | os.PathLike[str]) -> Any:
    """The pandas DataFrame in a CSV or Parquet file. Raises DomainError."""
    where = quoted(path, 200)
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise DomainError(f"{where} is not called a table: it must end in {', '.join(ENDINGS)}")
    if not is_file(path):
        raise DomainError(f"{where} is not a file that is there: check the path")
    pandas = pandas_for(where)
    names: list[str] = []
    try:
        require_memory(2 * Path(path).stat().st_size, f"reading {where}", DomainError)
        if ending in (".parquet", ".pq"):
            _check_parquet(path, where)
            # whole numbers stay so beside missing ones, and do not become the nearest floats
            return pandas.read_parquet(path, dtype_backend="numpy_nullable")
        separator = "\t" if ending == ".tsv" else _separator(path)
        names = _header(path, separator, where)
        with warnings.catch_warnings():
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            # numbers become the nearest float64, which shows the decimal in the file: from pandas 3
            # on that is how it reads
            old = int(pandas.__version__.partition(".")[0]) < 3
            exact = {"float_precision": "round_trip"} if old else {}
            table = pandas.read_csv(path, sep=separator, index_col=False, **exact)
        numbered = next((x for x in names if WITH_POINT.fullmatch(x)), None)
        if numbered is not None:
            table.attrs[NUMBERED] = numbered
        return table if separator == "," else with_commas(table)
    except ImportError:
        raise DomainError(
            f"{where} is read by pyarrow, which is not installed: "
            "run pip install 'leafproof[frames]'"
        ) from None
    except UnicodeDecodeError as problem:
        at = f"byte {problem.start}"
        raise DomainError(f"{where} is not text in UTF-8 ({at}): save it as UTF-8") from None
    except (OSError, ValueError, csv.Error, pandas.errors.ParserWarning) as problem:
        if isinstance(problem, DomainError):
            raise
        if isinstance(problem, pandas.errors.ParserWarning):
            raise DomainError(
                f"{where} is not a table that can be read: a line holds more than the "
                f"{some(len(names), 'column')} that the first one names (leave out titles and "
                "comments before the names)"
            ) from None
        raise DomainError(f"{where} is not a table that can be read: {_fault(problem)}") from None


def _fault(problem: Exception) -> str:
    """What pandas found, where, and what to do; in its own words where these are not known."""
    said = " ".join(str(problem).split())
    if lost := TOO_MANY.search(said):
        named, line, held = lost.groups()
        return (
            f"line {line} holds {held} values, where {named} are expected: put a text with commas "
            "into quotes, or correct the line"
        )
    if lost := UNCLOSED.search(said):
        return f"a quote in row {int(lost[1]) + 1} (the names are row 1) is never closed: close it"
    if said.startswith("No columns to parse"):
        return "it is empty: the first line names its columns"
    return said[:200] or type(problem).__name__


def with_commas(table: Any) -> Any:
    """The table with numbers where all texts of a column are such with decimal commas.

    As programs write them where commas do not divide columns; what may be thousands stays a text.
    """
    found = {}
    for name in table.columns:
        texts = table[name].dropna().unique().tolist()
        if not texts or not all(isinstance(x, str) and WITH_COMMA.fullmatch(x) for x in texts):
            continue
        shown = next((x for x in texts if "," in x and not THOUSANDS.fullmatch(x)), None)
        if shown is not None:
            own = table[name].map(lambda x: float(x.replace(",", ".")), na_action="ignore")
            table[name] = own.astype("float64")
            found[str(name)] = shown
    table.attrs[COMMAS] = found
    return table


def _separator(path: str | os.PathLike[str]) -> str:
    """A comma, unless only semicolons or tabs divide the first line."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(1 << 20)
    return next((c for c in ",;\t" if c in first), ",")


def _check_parquet(path: str | os.PathLike[str], where: str) -> None:
    """Refuse names that are doubled, of which the reader speaks in words of its own.

    And more numbers than there may be memory for: a short file may hold any number of equal ones.
    """
    from pyarrow.parquet import read_metadata

    held = read_metadata(path)
    names = held.schema.to_arrow_schema().names
    places = first_places(names)
    numbers = held.num_rows * held.num_columns
    require_memory(NUMBER_BYTES * numbers, f"the {numbers:,} numbers of {where}", DomainError)
    for i, name in enumerate(names):
        if places[name] < i:
            raise DomainError(f"{where}: two columns are named {quoted(name)}: names must differ")


def _header(path: str | os.PathLike[str], separator: str, where: str) -> list[str]:
    """The columns' names; those that pandas would change are refused."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file, delimiter=separator), [])
    places = first_places(names)
    for i, name in enumerate(names):
        if not name.strip():
            raise DomainError(
                f"{where}: column {i + 1} has no name, and the first line names columns: name it, "
                "or leave it out (of pandas: to_csv with index=False)"
            )
        if places[name] < i:
            raise DomainError(f"{where}: two columns are named {quoted(name)}: names must differ")
    return names
