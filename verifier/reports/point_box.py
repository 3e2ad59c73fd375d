"""The box in the page: what a browser needs to follow a point through the tree and the proof.

The page computes nothing but where the point goes: comparisons of whole numbers and of fractions,
which JavaScript makes exactly. What is said at the end is what the kernel found.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from verifier.jobs.limit import poll
from verifier.kernel.solvers import solver_of
from verifier.model.certificate import Certificate
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.ordinal import AnyVariable, Ordinal, Ranged
from verifier.model.overlay import BoundTree
from verifier.model.part import Part, going_left
from verifier.model.proof import (
    About,
    Constant,
    Enumerated,
    Open,
    Paired,
    Proof,
    Sandwich,
    Several,
    Signed,
    Split,
    Step,
    Tail,
    Trusted,
)
from verifier.model.verdict import Verdict
from verifier.reports.blocks import Block, PointBox, Section, Text
from verifier.reports.numbers import digits, plural
from verifier.reports.passing import passed
from verifier.reports.tree_view import Subject
from verifier.reports.words import allowed, class_words, name, quote

MOST_VARIABLES = 200
"""Variables with a field each; of a domain of more there is no box."""
MOST_VALUES = 1000
"""Values of a variable that is chosen from a list."""
MOST_NODES, MOST_SPLITS = 8000, 4000
"""Nodes of a tree that is followed, and splits of a proof."""
Node = list[Any]


def section(c: Certificate, verdict: Verdict, s: Subject | None) -> Section:
    """The section with the box; ``s`` is the tree, where the question has just one."""
    return Section("try", "Try a point", tuple(_blocks(c, verdict, s)))


def _blocks(c: Certificate, verdict: Verdict, s: Subject | None) -> list[Block]:
    domain = c.domain
    if reason := _too_large(domain, s):
        return [Text(f"There is no box to try a point in: {reason}.", note=True)]
    held = {
        "variables": [_variable(v) for v in domain.variables],
        "start": _numbers(domain, _first_point(c)),
        "tree": None if s is None else _tree(s),
        "given": _given(domain),
        "proof": _proof(c.domain, c.proof, _words_of(c, verdict)),
        "sampled": verdict.sampled is not None,
        "found": [_numbers(domain, point) for point in c.counterexamples],
    }
    cut = len(c.proof) > 2 * MOST_SPLITS + 1
    return [PointBox(_LEAD + (_CUT if cut else ""), json.dumps(held, separators=(",", ":")))]


_LEAD = (
    "Choose a point of the domain: the page follows it through the tree, and says what the kernel "
    "found of the cell of the proof that it is in."
)
_CUT = " The proof is large: the page holds its upper part only."


def _too_large(domain: Domain, s: Subject | None) -> str:
    """Why there is no box; empty if there is one."""
    if len(domain.variables) > MOST_VARIABLES:
        return f"{plural(len(domain.variables), 'variable')} are too many for a page"
    most = max(0 if isinstance(v, Ranged) else v.count for v in domain.variables)
    if most > MOST_VALUES:
        return f"a variable with {digits(most)} values is too long a list for a page"
    if s is not None and len(s.bound.nodes) > MOST_NODES:
        return f"a tree of {plural(s.tree.leaves, 'leaf', 'leaves')} is too large for a page"
    if len(domain.bound_given.nodes) > MOST_NODES:
        return "the domain's tree is too large for a page"
    return ""


def _variable(v: AnyVariable) -> dict[str, Any]:
    """What a field needs: labels, or the numbers of a range or an interval."""
    if isinstance(v, Continuous):
        return {"name": name(v.name), "first": str(v.first), "last": str(v.last)}
    if isinstance(v, Ordinal):
        ends = {"first": str(v.first), "last": str(v.last), "step": str(v.step)}
        return {"name": name(v.name), **ends}
    labels = [name(label) for label in v.labels]
    return {"name": name(v.name), "labels": labels, "ordered": v.is_ordered}


def _first_point(c: Certificate) -> Point:
    """Where the box begins: where it is interesting, else somewhere in the domain."""
    if c.counterexamples:
        return c.counterexamples[0]
    whole = next((cell for cell, leaf in c.domain.leaves.values() if leaf.weight), None)
    if whole is not None:
        return whole.first_point()
    return tuple(v.count // 2 for v in c.domain.variables)


def _numbers(domain: Domain, point: Point) -> list[int | str]:
    """A point as its fields show it: the value's number in a list, or the number that it is."""
    return [
        str(v.number(i)) if isinstance(v, Ranged) else i
        for v, i in zip(domain.variables, point, strict=True)
    ]


def _goes_left(v: AnyVariable, left: Part) -> str:
    """What goes left: the bits of values, in hexadecimal, or the greatest number."""
    if isinstance(v, Continuous):
        assert isinstance(left, range)
        return str(v.cut(left.stop))
    if isinstance(v, Ordinal):
        assert isinstance(left, range)
        return str(v.first + (left.stop - 1) * v.step)
    assert isinstance(left, int)
    return hex(left)


def _test(domain: Domain, variable: int, left: Part, below: tuple[int, int]) -> Node:
    return [variable, _goes_left(domain.variables[variable], left), *below]


def _bound(tree: BoundTree, leaf: Callable[[int, int], Node]) -> list[Node]:
    """The nodes of a tree: tests, and what is said of its leaves."""
    return [
        leaf(at, node) if isinstance(node, int) else _test(tree.domain, *node[:2], node[2:])
        for at, node in enumerate(tree.nodes)
    ]


def _tree(s: Subject) -> list[Node]:
    """The tree's nodes; of a test also both conditions, of a leaf its class and its status."""

    def leaf(at: int, klass: int) -> Node:
        return [class_words(s.tree, klass), s.facts[at].status.value]

    nodes = _bound(s.bound, leaf)
    for node, test in zip(nodes, s.bound.nodes, strict=True):
        if isinstance(test, tuple):
            v = s.domain.variables[test[0]]
            node += [allowed(v, side) if side else "never" for side in _sides(v, test[1])]
    return nodes


def _sides(v: AnyVariable, left: Part) -> tuple[Part, Part]:
    if isinstance(left, int):
        assert isinstance(v.whole, int)
        return left, v.whole & ~left
    return left, range(left.stop, v.count)


def _given(domain: Domain) -> list[Node] | None:
    """The domain's tree: of a leaf whether its points are possible."""
    if domain.given is None:
        return None
    return _bound(domain.bound_given, lambda at, _: [int(bool(domain.leaves[at][1].weight))])


Said = tuple[str, str, str | None]
"""The status of a cell, what that means, and the network's class there if it is proved."""


def _words_of(c: Certificate, verdict: Verdict) -> Callable[[Step], Said]:
    alone = c.matter.is_differ

    def klass(model: int, k: int) -> str:
        labels = c.models[model].model.labels
        return quote(labels[k]) if k < len(labels) else str(k)

    def who(model: int) -> str:
        if alone:
            return "the ensemble" if c.matter.ensembles else "the network"
        return quote(c.models[model].name)

    def about(step: About) -> str:
        said = f"{who(step.model)} has class {klass(step.model, step.klass)}"
        if isinstance(step, Tail):
            return f"{said} but for a bounded probability"
        if not isinstance(step, Trusted):
            return said
        return f"{quote(step.solver)} says that {said}"

    def words(step: Step) -> Said:
        match step:
            case Constant() | Signed():
                return (
                    "proved",
                    f"the kernel proved by bounds that {about(step)} in the whole cell",
                    (klass(step.model, step.klass)),
                )
            case Enumerated():
                return "enumerated", "the kernel evaluated every point of the cell exactly", None
            case Sandwich():
                return "counted", _COUNTED, None
            case Paired(left, right, order):
                return "proved", _PAIRED[order].format(who(left), who(right)), None
            case Open():
                return "open", "nothing is proved of the cell", None
            case Trusted():
                firm = solver_of(step.solver) in verdict.trust
                return ("trusted" if firm else "open"), about(step), None
            case Tail():
                return "tail", about(step), None
            case Several():
                weakest = min((words(x)[0] for x in step.steps), key=_WEAKEST.index)
                return weakest, "; ".join(about(x) for x in step.steps), None

    return words


_STATUS: dict[type[Split | Step], str] = {
    Constant: "proved",
    Signed: "proved",
    Enumerated: "enumerated",
    Sandwich: "counted",
    Paired: "proved",
    Open: "open",
    Tail: "tail",
}
"""The status of cells whose step alone says it."""
_WEAKEST = ("open", "tail", "trusted", "proved")
_PAIRED = {
    1: "the kernel proved, tree by tree, that where {} has class 1 {} has it, too",
    2: "the kernel proved, tree by tree, that where {} has class 0 {} has it, too",
    3: "the kernel proved, tree by tree, that {} and {} have the same class in the whole cell",
}
_COUNTED = (
    "the kernel counted the cell: at least and at most so many of its points differ, but which "
    "ones is not said"
)


def _proof(domain: Domain, proof: Proof, words: Callable[[Step], Said]) -> dict[str, Any]:
    """The proof's upper part: splits, and the number in ``says`` of what a cell is closed by.

    Where a part is left out stand the numbers of its cells by status. The splits kept are the
    first in order of the splits above them.
    """
    upper = _upper(proof, words)
    nodes: list[Node] = [[]]
    says: dict[Said, int] = {}
    queue = deque([(0, 0)])
    while queue:
        poll()
        at, place = queue.popleft()
        node, right = upper[at]
        if isinstance(node, Counter):
            nodes[place] = [dict(node.most_common())]
        elif not isinstance(node, Split):
            nodes[place] = [says.setdefault(words(node), len(says))]
        else:
            left = going_left(domain.variables[node.variable].whole, node.left)
            below = len(nodes), len(nodes) + 1
            nodes[place] = _test(domain, node.variable, left, below)
            nodes += [[], []]
            queue += [(at + 1, below[0]), (right, below[1])]
    return {"nodes": nodes, "says": list(says)}


def _upper(
    proof: Proof, words: Callable[[Step], Said]
) -> list[tuple[Split | Step | Counter[str], int]]:
    """The proof's upper part in pre-order, each node with the place of its right half.

    A Counter stands for the cells of a part that is left out, by status.
    """
    room = _room(proof)
    found: list[tuple[Split | Step | Counter[str], int]] = []
    waiting = [(0, -1)]  # of each half to come its depth, and the split it is the right half of
    below, hidden = Counter[str](), 0  # of a part left out, and how many halves of it are to come
    for node in passed(proof, "the upper part"):
        if hidden:
            hidden += 1 if isinstance(node, Split) else -1
            if not isinstance(node, Split):
                below[_STATUS.get(type(node)) or words(node)[0]] += 1
            continue
        depth, parent = waiting.pop()
        if parent >= 0:
            found[parent] = found[parent][0], len(found)
        if isinstance(node, Split) and not room[depth]:
            below, hidden = Counter[str](), 2
            found.append((below, 0))
            continue
        if isinstance(node, Split):
            room[depth] -= 1
            waiting += [(depth + 1, len(found)), (depth + 1, -1)]
        found.append((node, 0))
    return found


def _room(proof: Proof) -> Counter[int]:
    """How many splits are kept that have so many others above them."""
    every = Counter[int]()
    waiting = [0]
    for node in passed(proof, "splits by depth"):
        depth = waiting.pop()
        if isinstance(node, Split):
            every[depth] += 1
            waiting += [depth + 1, depth + 1]
    room, left = Counter[int](), MOST_SPLITS
    for depth in sorted(every):
        room[depth] = min(every[depth], left)
        left -= room[depth]
    return room
