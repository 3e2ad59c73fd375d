"""Exported SQL where a database takes it otherwise than standard SQL, or than SQLite.

MySQL reads double quotes as texts unless it is told not to: a range's column was then the number 0.
Collations of several databases take ``é`` for ``e``, MariaDB's also ``ø`` for ``o`` and one emoji
for every other; it has no type DOUBLE PRECISION. Comments that MariaDB or TiDB run were read as
comments.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

import verifier as lp
from verifier.formats.code_sql import read_sql
from verifier.formats.export_sql import to_sql
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree

TREE = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
APART = "compare with a collation that tells them apart"


@pytest.mark.parametrize(
    ("labels", "alike"),
    [
        (("e", "é"), True),
        (("é", "e\u0301"), True),
        (("Straße", "STRASSE"), True),
        (("ａ", "a"), True),
        (("a", "a "), True),
        (("o", "ø"), True),
        (("\U0001f363", "\U0001f37a"), True),
        (("は", "ハ"), True),
        (("été", "hiver"), False),
        (("a", "b"), False),
    ],
)
def test_labels_that_a_collation_may_not_tell_apart(labels: tuple[str, str], alike: bool) -> None:
    text = to_sql(TREE, lp.Domain.encoded("v", labels, [[0], [1]]))
    assert (APART in text) == alike
    assert read_sql(text, lp.Domain.encoded("v", labels, [[0], [1]])).class_at([1]) == 1


def test_names_in_double_quotes_are_said_to_be_columns() -> None:
    for domain in (lp.Domain.bits(1), lp.Domain.range("age", 0, 9)):
        assert "with sql_mode ANSI_QUOTES" in to_sql(TREE, domain)
    assert "sql_mode" not in to_sql(TREE)  # nothing is quoted there


def test_mariadb_has_another_name_for_numbers() -> None:
    text = to_sql(TREE, lp.Domain.range("age", 0, 9))
    assert "MariaDB" in text and "AS DOUBLE PRECISION)" in text
    assert "MariaDB" not in to_sql(TREE, lp.Domain.bits(1))


@pytest.mark.parametrize("begin", ["/*!", "/*+", "/*M!", "/*M!100100", "/*T!", "/*T![x]"])
def test_comments_that_are_run_are_refused(begin: str) -> None:
    text = to_sql(TREE)
    assert read_sql(text).class_at([0]) == 0
    for part in (f"0 {begin} +1 */\n", f"0 {begin} +1 */ "):
        with pytest.raises(TreeError):
            read_sql(text.replace("    0\n", f"    {part}"))
    assert read_sql(text.replace("    0\n", "    0 /* M! */\n")).class_at([0]) == 0
