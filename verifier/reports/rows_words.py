"""What was found on the rows of a table, in words: exact, and about these rows alone."""

from __future__ import annotations

from fractions import Fraction

from verifier.model.rows import RowsFound
from verifier.model.verdict import Verdict
from verifier.reports.blocks import Text
from verifier.reports.numbers import plural, scientific


def share(found: RowsFound) -> str:
    """``2 %``, to four digits."""
    return f"{scientific(Fraction(100 * found.true, found.rows))} %"


def line(found: RowsFound, *, is_differ: bool) -> str:
    """On how many rows it is so."""
    what = "they differ" if is_differ else "it is true"
    return f"{what} on {found.true} of {plural(found.rows, 'row')}: {share(found)}, exactly"


def figure(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The number beside the headline, where there are rows."""
    found = verdict.rows
    return () if found is None else ((f"of {plural(found.rows, 'row')}, exactly", share(found)),)


def beside(verdict: Verdict, what: str) -> tuple[Text, ...]:
    """The sentence below the headline, where there are rows; ``what`` is so on some of them."""
    found = verdict.rows
    if found is None:
        return ()
    return (
        Text(
            f"On the rows of a table that the certificate holds, {what} at {found.true} of "
            f"{plural(found.rows, 'row')} ({share(found)}): evaluated exactly, and said of these "
            "rows alone."
        ),
    )
