"""Trees as one CASE expression of SQL, over the columns of the table that a domain is made of.

Labels are compared as texts, numbers as double precision (``thresholds`` gives the literals). What
is written is read back and compared with the tree before anyone gets it (``export_sql_check``).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from verifier.formats import export_sql_check
from verifier.formats.bin_labels import Span, spans_of
from verifier.formats.export_nested import Words, check_depth, inner, named, nested
from verifier.formats.frame_columns import BEHIND, CALLED, MISSING
from verifier.formats.frame_missing import may_lack, missing_of
from verifier.formats.thresholds import (
    FLOAT64,
    Columns,
    between,
    decimal_of,
    settle,
    without_idle,
)
from verifier.model.domain import Domain
from verifier.model.errors import TreeError, quoted
from verifier.model.ordinal import Ranged
from verifier.model.tree import Inner, Tree
from verifier.model.variable import Variable

DEEPEST_SQL = 300
"""SQLite refuses expressions that are 1,000 deep; other databases have limits of their own."""


def to_sql(tree: Tree, domain: Domain | None = None) -> str:
    """One SQL CASE expression; NULL where a tested column holds no value of the domain.

    With a domain there is a column for each variable, with its name, as in the table that a domain
    is made of: of texts, which are labels, or of numbers, of a range or in bins, which are read as
    double precision; NULL is the value that stands for a missing one. Without a domain the columns
    are x0, x1, ..., and all hold such numbers.
    """
    if domain is None:
        settled = settle(tree, None, FLOAT64)
        kept, literals = settled.tree, settled.literals
    else:
        kept, literals = without_idle(tree, domain), ()
        columns = Columns(domain)
    check_depth(kept, "SQL", DEEPEST_SQL)

    def side(i: int, left: bool) -> str:
        node = inner(kept, i)
        if domain is None:
            return _compared(f"x{node.column}", "<=" if left else ">", literals[i])
        index, j = domain.column_owner[node.column]
        variable = domain.variables[index]
        if isinstance(variable, Ranged):
            number = between(node, columns, FLOAT64)
            return _compared(_name(variable.name), "<=" if left else ">", number)
        rows = enumerate(variable.encoding)
        return _among(variable, [v for v, row in rows if (row[j] <= node.threshold) == left])

    words = Words(
        lambda i, indent: f"{indent}CASE WHEN {side(i, True)} THEN",
        lambda i, indent: f"{indent}WHEN {side(i, False)} THEN",
        "END",
        lambda leaf, indent: f"{indent}{leaf.klass}{named(kept, leaf, ' /* ', ' */')}",
    )
    text = _head(kept, domain) + nested(kept, words, 0) + "\n"
    export_sql_check.sql(text, kept, tree, domain)
    return text


def _among(v: Variable, values: Sequence[int]) -> str:
    """The condition that a column holds one of some values, in order."""
    name, gone, spans = _name(v.name), missing_of(v), spans_of(v)
    if spans is not None:
        conditions = [_span(name, *span) for span in _joined(v, spans, values)]
    else:
        null = may_lack(v) or CALLED[MISSING] in v.labels  # and no text that is called as none is
        held = [i for i in values if i != gone or not null]
        labels = ", ".join(_text(BEHIND.get(v.labels[i], v.labels[i])) for i in held)
        conditions = [f"{name} IN ({labels})"] if held else []
    if gone is not None and gone in values:
        conditions.append(f"{name} IS NULL")
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _joined(v: Variable, spans: Sequence[Span], values: Sequence[int]) -> list[Span]:
    """The numbers of some bins: bins beside each other are one span."""
    made: list[Span] = []
    for i in values:
        if i >= len(spans):
            continue
        low, high = spans[i]
        if not low < high:
            raise TreeError(
                f"float64 cannot tell apart the edges of {quoted(v.labels[i])}, a bin of "
                f"{quoted(v.name)}: give it other edges, or export --to json"
            )
        if made and made[-1][1] == low:
            low = made.pop()[0]
        made.append((low, high))
    return made


def _span(name: str, low: float, high: float) -> str:
    """The condition that a column's number is above one number and at most another."""
    ends = [] if math.isinf(low) else [_compared(name, ">", low)]
    ends += [] if math.isinf(high) else [_compared(name, "<=", high)]
    return " AND ".join(ends) or f"{name} IS NOT NULL"


def _compared(name: str, how: str, number: float) -> str:
    return f"CAST({name} AS DOUBLE PRECISION) {how} {decimal_of(number)}"


def _head(tree: Tree, domain: Domain | None) -> str:
    """A comment that says what the columns hold, and what a database must not do to them."""
    if domain is None:
        return "/* x0, x1, ... hold the encoded numbers. */\n"
    tested = {domain.column_owner[n.column][0] for n in tree.nodes if isinstance(n, Inner)}
    every = [domain.variables[i] for i in sorted(tested)]
    texts = [v for v in every if isinstance(v, Variable) and spans_of(v) is None]
    numbers = [v for v in every if isinstance(v, Ranged) or spans_of(v) is not None]
    head = "/* Each column holds the labels of the variable's values. */\n"
    if numbers:
        head = "/* Each column holds the variable's numbers, or the labels of its values. */\n"
    if any(isinstance(v, Variable) and missing_of(v) is not None for v in every):
        head += "/* What is missing is NULL (of numbers not NaN). */\n"
    head += "/* What is in double quotes are columns (in MySQL: with sql_mode ANSI_QUOTES). */\n"
    if numbers:
        head += "/* For MariaDB, write DOUBLE where this says DOUBLE PRECISION. */\n"
    if any(map(_alike, texts)):
        head += (
            "/* Some labels differ only in case, in accents or in spaces at the end, or hold "
            "characters that a database may take for others: compare with a collation that tells "
            "them apart. */\n"
        )
    written = [v.name for v in every] + [label for v in texts for label in v.labels]
    if any("\\" in text for text in written):
        head += "/* Backslashes stand for themselves, as in standard SQL. */\n"
    return head


def _alike(variable: Variable) -> bool:
    """Whether a collation that some databases have by default may take labels for the same.

    What is not of ASCII once it is plain may be some other character to it: all emoji are one in
    MySQL's older collations, and ``ø`` is ``o`` in others.
    """
    plain = set(map(_plain, variable.labels))
    return len(plain) < len(variable.labels) or not all(map(str.isascii, plain))


def _plain(label: str) -> str:
    """A text without case, accents, width of letters, and spaces at its end."""
    apart = unicodedata.normalize("NFKD", label.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold().rstrip()


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"
