"""The tree as shown: an outline that folds, and the layout of its drawing."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.model.domain import Domain
from verifier.model.part import within
from verifier.model.tree import BoundTree, Tree, bind
from verifier.model.verdict import Share, Status, Verdict
from verifier.reports import infinite
from verifier.reports.blocks import Item, LeafView, Spot, TreeView
from verifier.reports.leaves import (
    MEANING,
    LeafFacts,
    LeafStatus,
    leaf_facts,
    tallies,
    worst,
)
from verifier.reports.numbers import digits, plural, probability, whole
from verifier.reports.words import (
    allowed,
    asked,
    brief,
    class_words,
    conditions,
    name,
    parents_of,
    path,
)

MOST_LEAVES = 1500
"""Leaves written out one by one; larger trees are summarised."""
MOST_SPOTS = 200
"""Leaves and subtrees of the drawing."""
MOST_DEPTH = 100
"""Levels of the outline; browsers flatten what is nested much deeper."""
UNFOLDED = 64
"""Lines of the outline that are open at first, about."""
EMPTY_SHARE = Share(0, 0, 0, 0)
Terms = tuple[tuple[str, str], ...]
"""Terms and what they are."""


@dataclass(frozen=True)
class Subject:
    """A tree over its domain with everything known about its leaves."""

    tree: Tree
    bound: BoundTree
    domain: Domain
    facts: Mapping[int, LeafFacts]
    counts: npt.NDArray[np.int64]
    parents: Sequence[int]


def subject(domain: Domain, tree: Tree, verdict: Verdict) -> Subject:
    """Gather what the views of a tree need."""
    bound = bind(tree, domain)
    facts = leaf_facts(bound, verdict)
    return Subject(
        tree,
        bound,
        domain,
        facts,
        tallies(bound, facts),
        parents_of(bound),
    )


def tally(s: Subject, node: int) -> dict[LeafStatus, int]:
    """How many leaves of each status lie below a node."""
    return dict(zip(LeafStatus, s.counts[node].tolist(), strict=True))


def view(s: Subject, evidence: Mapping[int, Terms]) -> TreeView:
    """The drawing, outline and legend; ``evidence`` says of each leaf how it is proved."""
    ends = frontier(s, MOST_LEAVES)
    spots = layout(s, frontier(s, MOST_SPOTS))
    total = tally(s, 0)
    legend = tuple((k.value, MEANING[k], total[k]) for k in LeafStatus if total[k])
    shown = sum(isinstance(s.bound.nodes[i], int) for i in ends)
    caption = f"{plural(s.tree.leaves, 'leaf', 'leaves')}, depth {s.tree.depth}"
    if shown < s.tree.leaves:
        caption += (
            f"; {plural(shown, 'leaf', 'leaves')} written out, the others summarised by subtree"
        )
    return TreeView(
        caption,
        legend,
        spots,
        max(x.x for x in spots) + 1,
        int(max(x.y for x in spots)) + 1,
        outline(s, ends, evidence),
    )


def frontier(s: Subject, most: int) -> frozenset[int]:
    """The nodes at which a view ends: all leaves, or in a larger tree also roots of subtrees.

    Grows the view from the root, always opening the subtree with the most to show: wrong and open
    leaves count a thousandfold.
    """
    heap = [(-_interest(s, 0), 0, 0)]
    ends: set[int] = set()
    while heap and len(heap) + len(ends) < most:
        _, node, depth = heapq.heappop(heap)
        test = s.bound.nodes[node]
        if isinstance(test, int) or depth >= MOST_DEPTH:
            ends.add(node)
            continue
        for child in test[2:]:
            heapq.heappush(heap, (-_interest(s, child), child, depth + 1))
    return frozenset(ends | {node for _, node, _ in heap})


def _interest(s: Subject, node: int) -> int:
    below = tally(s, node)
    plain = below[LeafStatus.PROVED] + below[LeafStatus.ENUMERATED] + below[LeafStatus.EMPTY]
    return plain + 1000 * (sum(below.values()) - plain)


def _edge(s: Subject, node: int) -> str:
    """The condition that leads from the parent to a node, given where the parent lies."""
    if not node:
        return ""
    parent = s.parents[node]
    test = s.bound.nodes[parent]
    assert isinstance(test, tuple)
    index, goes_left, left, _ = test
    variable = s.domain.variables[index]
    here = path(s.bound, s.parents, parent).get(index, variable.whole)
    side = within(here, goes_left)[node != left]
    return allowed(variable, side) if side else "never"


def outline(s: Subject, ends: frozenset[int], evidence: Mapping[int, Terms]) -> tuple[Item, ...]:
    """The lines of the outline, in pre-order."""
    rows: list[tuple[int, int]] = []
    stack = [(0, 0)]
    while stack:
        node, depth = stack.pop()
        rows.append((node, depth))
        test = s.bound.nodes[node]
        if node not in ends:
            assert isinstance(test, tuple)
            stack += [(test[3], depth + 1), (test[2], depth + 1)]
    unfolded = _open_depth([depth for _, depth in rows])
    items = []
    for i, (node, depth) in enumerate(rows):
        after = rows[i + 1][1] if i + 1 < len(rows) else 0
        closes = depth - after if node in ends else 0
        items.append(_item(s, node, depth, node in ends, evidence, depth < unfolded, closes))
    return tuple(items)


def _open_depth(depths: Sequence[int]) -> int:
    """Down to which depth the outline is open at first."""
    seen, count = 0, Counter(depths)
    for depth in sorted(count):
        seen += count[depth]
        if seen > UNFOLDED:
            return max(1, depth - 1)
    return max(depths) + 1


def _item(
    s: Subject,
    node: int,
    depth: int,
    is_end: bool,
    evidence: Mapping[int, Terms],
    is_open: bool,
    closes: int,
) -> Item:
    edge = _edge(s, node)
    test = s.bound.nodes[node]
    if isinstance(test, int):
        return Item(depth, edge, node, leaf=_leaf(s, node, evidence.get(node, ())), closes=closes)
    below = tuple((k.value, n) for k, n in tally(s, node).items() if n)
    if is_end:
        count = sum(tally(s, node).values())
        text = f"subtree of {plural(count, 'leaf', 'leaves')}"
        return Item(depth, edge, node, text=text, tally=below, closes=closes)
    return Item(
        depth,
        edge,
        node,
        question=name(s.domain.variables[test[0]].name),
        test=asked(s.tree, s.domain, node),
        tally=below,
        open=is_open,
    )


def _count(s: Subject, points: int) -> str:
    """A number of points: of continuous variables there are infinitely many, or none."""
    return "∞" if s.domain.infinite and points else whole(points)


def _leaf(s: Subject, node: int, evidence: Terms) -> LeafView:
    facts = s.facts[node]
    klass = s.bound.nodes[node]
    assert isinstance(klass, int)
    total = s.domain.total_weight
    shares = []
    for status in Status:
        share = facts.shares.get(status, EMPTY_SHARE)
        if share.points:
            differ = _count(s, share.differ) if status in KNOWN else "not known"
            chance = probability(Fraction(share.weight, total))
            shares.append(
                (STATUS_WORDS.get(status, status.value), _count(s, share.points), chance, differ)
            )
    points = _count(s, facts.points)
    proof = (
        ("cell", _cell_words(s, node)),
        *evidence,
        ("points", f"{points}, probability {probability(Fraction(facts.weight, total))}"),
    )
    return LeafView(
        node, class_words(s.tree, klass), facts.status.value, points, proof, tuple(shares)
    )


def _cell_words(s: Subject, node: int) -> str:
    if s.facts[node].status is LeafStatus.EMPTY:
        return "no point of the domain"
    return conditions(s.domain, path(s.bound, s.parents, node))


KNOWN = (Status.PROVED, Status.ENUMERATED, Status.SANDWICH, Status.TRUSTED)
"""Where the disagreements among the points of a share are known."""
STATUS_WORDS = {
    Status.TRUSTED: "a solver's word, trusted; not proved by the kernel",
    Status.UNTRUSTED: "a solver's word, not trusted: open",
}


def layout(s: Subject, ends: frozenset[int]) -> tuple[Spot, ...]:
    """Places of the drawing's nodes: leaves side by side, each test over the middle of its two."""
    order: list[tuple[int, int, int | None]] = []
    stack: list[tuple[int, int, int | None]] = [(0, 0, None)]
    while stack:
        node, depth, parent = stack.pop()
        at = len(order)
        order.append((node, depth, parent))
        if node not in ends:
            test = s.bound.nodes[node]
            assert isinstance(test, tuple)
            stack += [(test[3], depth + 1, at), (test[2], depth + 1, at)]
    place = [0.0] * len(order)
    children: list[list[int]] = [[] for _ in order]
    column = 0
    for at, (node, _, _) in enumerate(order):
        if node in ends:
            place[at] = float(column)
            column += 1
    for at in range(len(order) - 1, -1, -1):
        if children[at]:
            place[at] = sum(place[c] for c in children[at]) / 2
        parent = order[at][2]
        if parent is not None:
            children[parent].append(at)
    return tuple(
        _spot(s, node, depth, parent, place[at], node in ends)
        for at, (node, depth, parent) in enumerate(order)
    )


def _spot(s: Subject, node: int, depth: int, parent: int | None, x: float, is_end: bool) -> Spot:
    test = s.bound.nodes[node]
    status = worst(tally(s, node)).value
    edge = _edge(s, node)
    if isinstance(test, int):
        facts = s.facts[node]
        points = infinite.POINTS if s.domain.infinite else plural(facts.points, "point")
        title = f"leaf {node}, class {class_words(s.tree, test)}: {status}, {points}"
        return Spot(x, depth, status, brief(s.tree.class_name(test), 10), edge, title, parent, node)
    if is_end:
        count = sum(tally(s, node).values())
        title = f"subtree of {plural(count, 'leaf', 'leaves')}: {status}"
        return Spot(x, depth, status, digits(count), edge, title, parent, node, True)
    label = brief(s.domain.variables[test[0]].name, 14)
    title = f"{name(s.domain.variables[test[0]].name)}: {asked(s.tree, s.domain, node)}"
    return Spot(x, depth, "test", label, edge, title, parent, node)
