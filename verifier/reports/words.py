"""Names and cells in words, safe to print: no control characters, no endless labels."""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from collections.abc import Sequence

from verifier.model.cell import values
from verifier.model.domain import Domain
from verifier.model.head import rule
from verifier.model.network import Network
from verifier.model.ordinal import AnyVariable
from verifier.model.tree import BoundTree, Inner, Tree
from verifier.reports.numbers import digits

MOST_LETTERS = 64
"""Longer names are shortened."""
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
    """What a file says and nobody checked, in double quotes that the text itself cannot close."""
    return f'"{name(text, most).replace(chr(34), "⟨U+0022⟩")}"'


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


def is_ordered(variable: AnyVariable) -> bool:
    """Whether the encodings rise with the value index, as for ordinal and thermometer variables."""
    rows = variable.encoding
    return len(rows) > 2 and all(
        a != b and all(x <= y for x, y in zip(a, b, strict=True))
        for a, b in itertools.pairwise(rows)
    )


def allowed(variable: AnyVariable, mask: int) -> str:
    """The values in the mask, after the variable's name: ``= red``, ``is red or green``."""
    chosen = values(mask)
    labels = [name(variable.labels[i]) for i in chosen[:MOST_LISTED]]
    if len(chosen) == 1:
        return f"= {labels[0]}"
    others = values(~mask & ((1 << len(variable.labels)) - 1))
    if len(others) == 1 and len(chosen) > 2 and not is_ordered(variable):
        return f"is not {name(variable.labels[others[0]])}"
    first, last = chosen[0], chosen[-1]
    if len(chosen) > 2 and is_ordered(variable) and last - first + 1 == len(chosen):
        ends = name(variable.labels[first]), name(variable.labels[last])
        return f"is {ends[0]} to {ends[1]} ({digits(len(chosen))} values)"
    if len(chosen) <= MOST_LISTED:
        return f"is {' or '.join(labels)}"
    return f"is one of {digits(len(chosen))} values: {', '.join(labels[:4])}, …"


def condition(variable: AnyVariable, mask: int) -> str:
    """A variable and its allowed values in words."""
    return f"{name(variable.name)} {allowed(variable, mask)}"


def conditions(domain: Domain, masks: Sequence[tuple[int, int]]) -> str:
    """A cell in words from its restricted variables (index and mask, in any order)."""
    parts = [condition(domain.variables[i], mask) for i, mask in sorted(masks)]
    return ", ".join(parts) or "everything"


def asked(tree: Tree, domain: Domain, node: int) -> str:
    """The test of an inner node as the tree file states it: ``column 3 <= 1/2``."""
    test = tree.nodes[node]
    assert isinstance(test, Inner)
    return f"column {test.column} ≤ {test.threshold}"


def path(tree: BoundTree, parents: Sequence[int], node: int) -> dict[int, int]:
    """The variables restricted on the way from the root to a node, with their allowed values."""
    steps = []
    while node:
        steps.append((parents[node], node))
        node = parents[node]
    masks: dict[int, int] = {}
    for parent, child in reversed(steps):
        test = tree.masked[parent]
        assert isinstance(test, tuple)
        index, mask, left, _ = test
        full = (1 << len(tree.domain.variables[index].labels)) - 1
        side = mask if child == left else full & ~mask
        masks[index] = masks.get(index, full) & side
    return masks


def parents_of(tree: BoundTree) -> list[int]:
    """The parent of every node (0 for the root)."""
    parents = [0] * len(tree.nodes)
    for i, node in enumerate(tree.nodes):
        if isinstance(node, tuple):
            parents[node[2]] = parents[node[3]] = i
    return parents
