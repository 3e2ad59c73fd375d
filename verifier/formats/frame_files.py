"""Tables in files: CSV and Parquet."""

from __future__ import annotations

import csv
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from verifier.formats.frame_columns import pandas_for
from verifier.formats.paths import is_file
from verifier.formats.words import first_places, some
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.limits import NUMBER_BYTES, require_memory
from verifier.model.variable import Variable

ENDINGS = (".csv", ".tsv", ".parquet", ".pq")
WRITTEN = "how it is written"
"""Under this name a table's ``attrs`` hold notes on how its file was read, each beside the name of
the column that it is about, or None."""
CODE = re.compile(r"\d{3,}")
"""What is a code and no number where all of a column are as long, and some begin with 0."""
FIRST = 1000
"""Rows by which columns that are none of codes are told."""
WITH_COMMA = re.compile(r"[-+]?\d+(,\d+)?")
"""A number that may have a decimal comma."""
WITH_POINT = re.compile(r"\s*[-+]?\d*\.\d+\s*")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
"""One whose comma may as well be a mark between thousands."""
TOO_MANY = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
UNCLOSED = re.compile(r"EOF inside string starting at row (\d+)")
"""What pandas says of a line that is too long, and of a quote that is not closed (lines from 0)."""


def read_table(path: str | os.PathLike[str], domain: Domain | None = None) -> Any:
    """The pandas DataFrame in a CSV or Parquet file: of rows of a domain where there is one, whose
    codes alone are read as texts. Raises DomainError."""
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
            codes = _codes(path, separator, table, domain)
        if separator != ",":
            table = with_commas(table)
        numbered = next((x for x in names if WITH_POINT.fullmatch(x)), None)
        if numbered is not None:
            said = (
                f"the first line is taken for names, and one is {quoted(numbered)}: if it is a "
                "row, put a line of names before it"
            )
            table.attrs[WRITTEN] = (*table.attrs.get(WRITTEN, ()), (None, said))
        return _with_codes(table, codes)
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
    found = []
    for name in table.columns:
        texts = table[name].dropna().unique().tolist()
        if not texts or not all(isinstance(x, str) and WITH_COMMA.fullmatch(x) for x in texts):
            continue
        shown = next((x for x in texts if "," in x and not THOUSANDS.fullmatch(x)), None)
        if shown is not None:
            own = table[name].map(lambda x: float(x.replace(",", ".")), na_action="ignore")
            table[name] = own.astype("float64")
            said = f"is written with decimal commas: {quoted(shown)} is a number"
            found.append((str(name), f"column {quoted(name)} {said}"))
    table.attrs[WRITTEN] = tuple(found)
    return table


def _codes(
    path: str | os.PathLike[str], separator: str, table: Any, domain: Domain | None
) -> dict[int, Any]:
    """By their place, the columns of codes, such as postal ones, as the texts in the file.

    Read as numbers, ``01234`` is 1234: another text, and no longer the one that a model was given.
    """
    pandas = pandas_for("a column")
    is_number = pandas.api.types.is_numeric_dtype
    wanted = {*table.columns} if domain is None else {*_coded(domain)}
    named = enumerate(table.columns)
    places = [i for i, name in named if name in wanted and is_number(table[name])]
    held = {}
    for rows in (FIRST, None):
        if not places:
            break
        read = pandas.read_csv(
            path, sep=separator, index_col=False, usecols=places, dtype=str, nrows=rows
        )
        held = {i: read[name] for i, name in zip(places, read.columns, strict=True)}
        texts = {i: own.dropna().unique().tolist() for i, own in held.items()}
        places = [
            i
            for i, own in texts.items()
            if all(map(CODE.fullmatch, own)) and len({*map(len, own)}) == 1
        ]
    return {i: held[i] for i in places if any(x.startswith("0") for x in texts[i])}


def _coded(domain: Domain) -> Iterator[str]:
    """The variables of a domain that have codes among their labels."""
    for v in domain.variables:
        labels = v.labels if isinstance(v, Variable) else ()
        if any(x.startswith("0") and CODE.fullmatch(x) for x in labels):
            yield v.name


def _with_codes(table: Any, codes: dict[int, Any]) -> Any:
    """The table with these columns as texts, and a note on each."""
    notes = []
    for i, texts in codes.items():
        name = table.columns[i]
        table[name] = texts
        code = quoted(next(x for x in texts.dropna() if x.startswith("0")))
        said = f"column {quoted(name)} holds codes, such as {code}: they are read as texts"
        notes.append((str(name), said))
    table.attrs[WRITTEN] = (*table.attrs.get(WRITTEN, ()), *notes)
    return table


def _separator(path: str | os.PathLike[str]) -> str:
    """A comma, unless only semicolons or tabs divide the first line."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(1 << 20)
    return next((c for c in ",;\t" if c in first), ",")


def _check_parquet(path: str | os.PathLike[str], where: str) -> None:
    """Refuse names that the reader speaks of in words of its own, and more numbers than there may
    be memory for: a short file may hold any number of equal ones."""
    from pyarrow.parquet import read_metadata

    held = read_metadata(path)
    _check_apart(held.schema.to_arrow_schema().names, where)
    numbers = held.num_rows * held.num_columns
    require_memory(NUMBER_BYTES * numbers, f"the {numbers:,} numbers of {where}", DomainError)


def _header(path: str | os.PathLike[str], separator: str, where: str) -> list[str]:
    """The columns' names; those that pandas would change are refused."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file, delimiter=separator), [])
    for i, name in enumerate(names):
        if not name.strip():
            raise DomainError(
                f"{where}: column {i + 1} has no name, and the first line names columns: name it, "
                "or leave it out (of pandas: to_csv with index=False)"
            )
    _check_apart(names, where)
    return names


def _check_apart(names: Sequence[str], where: str) -> None:
    """Refuse columns of one name."""
    places = first_places(names)
    for i, name in enumerate(names):
        if places[name] < i:
            raise DomainError(f"{where}: two columns are named {quoted(name)}: names must differ")
