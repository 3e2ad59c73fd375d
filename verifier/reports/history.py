"""How the interval narrowed with time: what the search told while it ran."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verifier.jobs.watching import Moment
from verifier.model.verdict import Verdict
from verifier.reports.blocks import Block, Fold, Story, Table, TableCell
from verifier.reports.numbers import decimal
from verifier.reports.scale import decades, marks, place

ROWS = 12
"""Moments of the table, about."""
FEWEST = 3
"""Moments that a drawing is worth."""


def blocks(moments: Sequence[Moment], verdict: Verdict, seconds: float) -> tuple[Block, ...]:
    """The drawing and its table; none where the search was over at once.

    The last moment is the kernel's, after ``seconds`` in all.
    """
    if len(moments) < FEWEST or seconds <= 0:
        return ()
    told = [(m.seconds, Fraction(m.low), Fraction(m.high)) for m in moments]
    told.append((max(seconds, told[-1][0]), *verdict.error))
    last = told[-1][0]
    shown = decades([x for _, low, high in told for x in (low, high)], 3)
    places = tuple((at / last, place(low, shown), place(high, shown)) for at, low, high in told)
    across = tuple((k / 4, f"{last * k / 4:.3g} s") for k in range(5))
    drawn = Story(CAPTION, across, marks(shown), places)
    every = -(-len(told) // ROWS)
    rows = [*told[:-1:every], told[-1]]
    table = Table(
        "The interval at some moments",
        ("seconds", "least", "greatest", "by"),
        tuple(
            (
                TableCell(f"{at:.2f}", number=True),
                TableCell(decimal(low, -1), number=True),
                TableCell(decimal(high, 1), number=True),
                TableCell("the kernel" if i == len(rows) - 1 else "the search"),
            )
            for i, (at, low, high) in enumerate(rows)
        ),
    )
    return drawn, Fold("The same as a table", (table,))


CAPTION = (
    "How the interval narrowed with time. Until the last moment this is what the search expected, "
    "where a tree grew of the tree that it had then; proved is what the kernel found at the end"
)
