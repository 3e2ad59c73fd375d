"""What the exporter of SQL wrote, read back and compared with the tree, and run in SQLite."""

from __future__ import annotations

import math
import sqlite3
import sys
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from verifier.formats.bin_labels import spans_of
from verifier.formats.export_check import PROBES, compare, parts, points, require, rows_at, same
from verifier.formats.export_sql_reading import Node, Sides, goes_left, threshold_of
from verifier.formats.export_sql_reading import sql as read
from verifier.formats.frame_columns import BEHIND
from verifier.formats.frame_missing import missing_of
from verifier.formats.thresholds import FLOAT64, Columns
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable, Ranged
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

SQLITE_COLUMNS = 500
"""Most columns of a table in SQLite, a little below its limits."""
Row = tuple[Sequence[object], int]
"""What a table's row holds, and the tree's class there."""


def sql(text: str, kept: Tree, tree: Tree, domain: Domain | None) -> None:
    """Raise TreeError unless the expression answers as the tree does, in SQLite too."""
    found = read(text)
    rows: list[Row]
    if domain is None:
        _compare_numbers(found, kept)
        shown = sorted({n.column for n in tree.nodes if isinstance(n, Inner)} or {0})
        rows = [([row[i] for i in shown], k) for row, k in rows_at(tree, None, FLOAT64)]
        columns = [(f'"x{i}"', "REAL") for i in shown]
    else:
        _compare_values(found, kept, domain)
        tested = {domain.column_owner[n.column][0] for n in tree.nodes if isinstance(n, Inner)}
        at = sorted(tested) or [0]
        held = [domain.variables[i] for i in at]
        rows = [
            ([_held(v, point[i], top) for i, v in zip(at, held, strict=True)], klass)
            for point, klass in islice(points(tree, domain), PROBES)
            for top in (False, True)
        ]
        columns = [('"' + v.name.replace('"', '""') + '"', _kind(v)) for v in held]
    if len(columns) <= SQLITE_COLUMNS:
        _run(text, columns, rows)


def _run(text: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row]) -> None:
    database = sqlite3.connect(":memory:")
    try:
        declared = ", ".join(" ".join(column) for column in columns)
        database.execute(f"CREATE TABLE inputs ({declared})")
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO inputs VALUES ({marks})", [row for row, _ in rows])
        answers = database.execute(f"SELECT {text} FROM inputs ORDER BY rowid").fetchall()
    except sqlite3.Error as problem:
        raise TreeError(f"SQLite cannot run this tree ({problem}): export it --to onnx") from None
    finally:
        database.close()
    for (answer,), (row, klass) in zip(answers, rows, strict=True):
        same(answer, klass, row)


def _kind(v: AnyVariable) -> str:
    return "REAL" if isinstance(v, Ranged) or spans_of(v) is not None else "TEXT"


def _held(v: AnyVariable, value: int, top: bool) -> object:
    """What a column of a database holds for a value; of a bin the greatest number, or the least."""
    if isinstance(v, Ranged):
        return nearest(v.number(value))
    if value == missing_of(v):
        return None
    bins = spans_of(v)
    if bins is None:
        return BEHIND.get(v.labels[value], v.labels[value])
    low, high = bins[value]
    least = -sys.float_info.max if math.isinf(low) else math.nextafter(low, math.inf)
    return least if not top else max(least, min(high, sys.float_info.max))


def _compare_numbers(found: Sequence[Node], kept: Tree) -> None:
    plain = [node for node in found if not isinstance(node, Sides)]
    if len(plain) < len(found):
        raise TreeError("columns were written by name without a domain: please report this")
    compare(plain, kept, None, FLOAT64)


def _compare_values(found: Sequence[Node], kept: Tree, domain: Domain) -> None:
    columns = Columns(domain)
    for node, back in zip(kept.nodes, found, strict=True):
        if isinstance(node, Leaf):
            require(back == node.klass, node, back)
            continue
        index, j = domain.column_owner[node.column]
        v = domain.variables[index]
        if not isinstance(back, Sides) or back.name != v.name:
            require(False, node, back)
        elif isinstance(v, Ranged):
            literal = threshold_of(back)
            right = literal is not None and parts(node, Fraction(literal), columns, FLOAT64)
            require(right, node, back)
        else:
            require(_parts_values(back, v, node.threshold, j), node, back)


def _parts_values(back: Sides, v: Variable, threshold: Fraction, column: int) -> bool:
    try:
        found = goes_left(back, v)
    except TreeError:  # sides that do not part the values at all
        return False
    return found == [row[column] <= threshold for row in v.encoding]
