"""Names and cells in words, safe to print: no control characters, no endless labels."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction

from verifier.formats.bin_labels import joined
from verifier.model.cell import Cell
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.head import rule
from verifier.model.network import Network
from verifier.model.ordinal import AnyVariable, Ordinal, Ranged
from verifier.model.part import Part, size, values, within
from verifier.model.tree import BoundTree, Inner, Tree
from verifier.model.variable import Variable
from verifier.reports.numbers import digits, scientific

MOST_LETTERS = 64
"""Longer names are shortened."""
DECIMALS, LONG = 6, 7
"""Decimals of a number that is shown exactly; characters beyond which a fraction is rounded."""
MOST_LISTED = 8
"""Values named one by one in a description of a cell."""


def safe(text: str) -> str:
    """The text with every invisible, directional or reserved character spelled out.

    Control, format, surrogate, private and unassigned characters, odd spaces and the brackets of
    this notation become ``⟨U+202E⟩``; the result is injective in the text.
    """
    return "".join(c if _is_plain(c) else f"⟨U+{ord(c):04X}⟩" for c in text)


def _is_plain(c: str) -> bool:
    if c == " ":
        return True
    return unicodedata.category(c)[0] not in "CZ" and c not in "⟨⟩"


def name(text: str, most: int = MOST_LETTERS) -> str:
    """A user's name or label: safe, shortened, and isolated if it runs from right to left."""
    if not text:
        return "⟨empty⟩"
    if len(text) > most:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        shown = f"{safe(text[: most // 2])}⟨{digits(len(text))} characters, SHA-256 {digest}⟩"
    else:
        shown = safe(text)
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in shown):
        return f"\u2068{shown}\u2069"
    return shown


def quote(text: str, most: int = MOST_LETTERS) -> str:
    """What a file says and nobody checked, in quotes that the text itself cannot close.

    They are double, but of a text that holds double ones and no single ones.
    """
    shown = name(text, most)
    if '"' in shown and "'" not in shown:
        return f"'{shown}'"
    return f'"{shown.replace(chr(34), "⟨U+0022⟩")}"'


def quoted_rule(teacher: Network) -> str:
    """What a class of the network is, its names in quotes."""
    return rule(teacher.head, tuple(quote(x) for x in teacher.labels), teacher.outputs)


def class_words(tree: Tree, klass: int) -> str:
    """A class by its name in quotes, or by its number where it has none."""
    return quote(tree.class_name(klass)) if klass < len(tree.labels) else str(klass)


def brief(text: str, most: int) -> str:
    """A name for a small place, cut where it is too long: not always distinct from another."""
    shown = safe(text) or "⟨empty⟩"
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def plain(x: Fraction) -> str:
    """A number as a decimal where that is short and exact, else as a fraction."""
    for places in range(DECIMALS + 1):
        scaled = x * 10**places
        if scaled.denominator == 1:
            text = str(abs(scaled.numerator)).rjust(places + 1, "0")
            cut = len(text) - places
            return "-" * (x < 0) + text[:cut] + ("." + text[cut:]) * bool(places)
    return str(x)


def value_words(variable: AnyVariable, value: int) -> str:
    """A value for people: its label, or its number, rounded and marked where it is long."""
    if not isinstance(variable, Ranged):
        return name(variable.label(value))
    return number_words(variable.number(value))


def number_words(x: Fraction) -> str:
    """A number for people: exact where that is short, else rounded and marked."""
    shown = plain(x)
    if "/" not in shown or len(shown) <= LONG:
        return name(shown)
    return f"≈ {'−' if x < 0 else ''}{scientific(abs(x), 6)}"


def allowed(variable: AnyVariable, part: Part, *, exact: bool = False) -> str:
    """The values, after the variable's name: ``= red``, ``is red or green``, ``from 18 to 40``.

    Where it is to be ``exact`` no long number is rounded.
    """
    number = plain if exact else number_words
    if isinstance(variable, Continuous):
        assert isinstance(part, range)
        low, high = variable.hull(part.start, part.stop - 1)
        return f"above {name(number(low))}, up to {name(number(high))}"
    if isinstance(variable, Ordinal):
        assert isinstance(part, range)
        ends = [name(number(variable.number(i))) for i in (part.start, part.stop - 1)]
        return f"= {ends[0]}" if size(part) == 1 else f"from {ends[0]} to {ends[1]}"
    assert isinstance(part, int)
    return _listed(variable, part)


def _listed(variable: Variable, mask: int) -> str:
    chosen = values(mask)
    if len(chosen) > 1 and (bins := joined(variable, chosen)):
        return f"is {name(bins, 4 * MOST_LETTERS)}"
    labels = [name(variable.labels[i]) for i in chosen[:MOST_LISTED]]
    if len(chosen) == 1:
        return f"= {labels[0]}"
    others = values(~mask & ((1 << len(variable.labels)) - 1))
    if len(others) == 1 and len(chosen) > 2 and not variable.is_ordered:
        return f"is not {name(variable.labels[others[0]])}"
    first, last = chosen[0], chosen[-1]
    if len(chosen) > 2 and variable.is_ordered and last - first + 1 == len(chosen):
        ends = name(variable.labels[first]), name(variable.labels[last])
        return f"is {ends[0]} to {ends[1]} ({digits(len(chosen))} values)"
    if len(chosen) <= MOST_LISTED:
        return f"is {' or '.join(labels)}"
    return f"is one of {digits(len(chosen))} values: {', '.join(labels[:4])}, …"


def condition(variable: AnyVariable, part: Part, *, exact: bool = False) -> str:
    """A variable and its allowed values in words."""
    return f"{name(variable.name)} {allowed(variable, part, exact=exact)}"


def conditions(domain: Domain, restricted: Mapping[int, Part], *, exact: bool = False) -> str:
    """A cell in words from its restricted variables, by their indices."""
    parts = [condition(domain.variables[i], restricted[i], exact=exact) for i in sorted(restricted)]
    return ", ".join(parts) or "everything"


def cell_words(domain: Domain, cell: Cell, *, exact: bool = False) -> str:
    """A cell in words: what it restricts, ``everything`` where that is nothing."""
    whole = zip(domain.variables, cell.parts, strict=True)
    return conditions(domain, {i: p for i, (v, p) in enumerate(whole) if p != v.whole}, exact=exact)


def asked(tree: Tree, domain: Domain, node: int) -> str:
    """The test of an inner node, by the column that the tree file names: ``column 3 <= 0.5``."""
    test = tree.nodes[node]
    assert isinstance(test, Inner)
    shown = number_words(test.threshold)
    if shown.startswith("≈ "):
        shown = f"{shown[2:]} (rounded)"
    return f"column {test.column} ≤ {shown}"


def path(tree: BoundTree, parents: Sequence[int], node: int) -> dict[int, Part]:
    """The variables restricted on the way from the root to a node, with their allowed values."""
    steps = []
    while node:
        steps.append((parents[node], node))
        node = parents[node]
    found: dict[int, Part] = {}
    for parent, child in reversed(steps):
        test = tree.nodes[parent]
        assert isinstance(test, tuple)
        index, goes_left, left, _ = test
        here = found.get(index, tree.domain.variables[index].whole)
        found[index] = within(here, goes_left)[child != left]
    return found


def parents_of(tree: BoundTree) -> list[int]:
    """The parent of every node (0 for the root)."""
    parents = [0] * len(tree.nodes)
    for i, node in enumerate(tree.nodes):
        if isinstance(node, tuple):
            parents[node[2]] = parents[node[3]] = i
    return parents
