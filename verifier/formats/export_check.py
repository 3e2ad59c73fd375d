"""What an exporter wrote, read back and compared with the tree before anyone gets it.

Every test is compared at its threshold: the encoded values on both sides of it (without a domain,
the neighbouring numbers of the target's type), as the target receives them. Comparing with a
literal is monotone, so all others go the same way. Where there is a runtime, what was written is
also run: Python here, ONNX in onnxruntime if that is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from importlib.util import find_spec
from itertools import islice

from verifier.formats import export_reading as reading
from verifier.formats.export_reading import Node, Test
from verifier.formats.thresholds import (
    FLOAT32,
    FLOAT64,
    Columns,
    NumberType,
    SettledTree,
    without_idle,
)
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.part import Part, size, values, within
from verifier.model.tree import Inner, Leaf, Tree, bind, classify

PROBES = 4096
"""Most inputs on which what was written is run."""
LOOKED_AT = 1 << 18
"""Most values that are looked at to choose them."""


def python(text: str, settled: SettledTree, tree: Tree, domain: Domain | None) -> None:
    """Raise TreeError unless the module answers as the tree does."""
    compare(reading.python(text), kept(settled, tree, domain), domain, FLOAT64)
    names: dict[str, Callable[[Sequence[float]], int]] = {}
    exec(compile(text, "the export", "exec"), names)
    for row, klass in rows_at(tree, domain, FLOAT64):
        same(names["predict"](row), klass, row)


def c(text: str, settled: SettledTree, tree: Tree, domain: Domain | None) -> None:
    """Raise TreeError unless the function parts what the tree parts."""
    compare(reading.c(text), kept(settled, tree, domain), domain, FLOAT64)


def java(text: str, settled: SettledTree, tree: Tree, domain: Domain | None) -> None:
    """Raise TreeError unless the method parts what the tree parts."""
    compare(reading.java(text), kept(settled, tree, domain), domain, FLOAT64)


def onnx(data: bytes, settled: SettledTree, tree: Tree, domain: Domain | None) -> None:
    """Raise TreeError unless the model answers as the tree does, read here and in onnxruntime."""
    from onnx import load_model_from_string

    from verifier.formats.tree_ensemble import tree_of_node

    model = load_model_from_string(data)
    back = tree_of_node(model.graph.node[0])
    compare(reading.tree(back), kept(settled, tree, domain), domain, FLOAT32)
    if find_spec("onnxruntime") is None:
        return
    import numpy as np

    from verifier.formats.runtime import library

    onnxruntime = library()
    onnxruntime.set_default_logger_severity(3)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    width = session.get_inputs()[0].shape[1]
    rows = list(rows_at(tree, domain, FLOAT32))
    held = np.array([row + [0.0] * (width - len(row)) for row, _ in rows], dtype=np.float32)
    for answer, (row, klass) in zip(session.run(["label"], {"x": held})[0], rows, strict=True):
        same(int(answer), klass, row)


def json(data: bytes, tree: Tree) -> None:
    """Raise TreeError unless the file holds exactly the tree."""
    from verifier.reading import json_text
    from verifier.reading.json_nouns import tree_from_json

    held = json_text.parse(data, TreeError)
    held.pop("classes", None)
    if reading.tree(tree_from_json(held)) != reading.tree(tree):
        raise TreeError("the tree was written as another one: please report this")


def sklearn(back: Tree, tree: Tree, domain: Domain) -> None:
    """Raise TreeError unless scikit-learn's tree, read back, parts what the tree parts."""
    compare(reading.tree(back), without_idle(tree, domain), domain, FLOAT32)


def kept(settled: SettledTree, tree: Tree, domain: Domain | None) -> Tree:
    """The tree of which a test is left out only if it sends all of a domain's values one way.

    Without a domain those are left out that all numbers of the type pass alike.
    """
    return settled.tree if domain is None else without_idle(tree, domain)


def same(answer: object, klass: int, row: Sequence[object]) -> None:
    """Raise TreeError unless what was written answers the tree's class."""
    if answer != klass:
        shown = ", ".join(map(str, row[:20])) + (", ..." if len(row) > 20 else "")
        raise TreeError(
            f"what was written answers {answer} at ({shown}), where the tree answers {klass}: "
            "please report this"
        )


def compare(found: list[Node], kept: Tree, domain: Domain | None, kind: NumberType) -> None:
    """Raise TreeError unless both have the same shape and every test parts what its node parts."""
    if len(found) != len(kept.nodes):
        many = f"{len(found)} nodes were written for {len(kept.nodes)}"
        raise TreeError(f"{many}: please report this")
    columns = None if domain is None else Columns(domain)
    right: dict[tuple[int, int, int, Fraction], bool] = {}
    for node, read in zip(kept.nodes, found, strict=True):
        if isinstance(node, Leaf):
            same = read == node.klass
        elif isinstance(read, Test) and read.column == node.column:
            threshold = node.threshold
            key = (node.column, threshold.numerator, threshold.denominator, read.literal)
            if key not in right:
                right[key] = parts(node, read.literal, columns, kind)
            same = right[key]
        else:
            same = False
        require(same, node, read)


def parts(node: Inner, literal: Fraction, columns: Columns | None, kind: NumberType) -> bool:
    """Whether comparing with the literal sends left what the node does."""
    if columns is None:
        below = kind.below(node.threshold)
        above = kind.above(below)
        return below <= literal < above and below <= node.threshold < above
    low, high = columns.neighbours(node)
    if low is not None and low == high:  # real numbers
        return parts(node, literal, None, kind)
    return (low is None or max(kind.received(low)) <= literal) and (
        high is None or min(kind.received(high)) > literal
    )


def require(same: bool, node: Inner | Leaf, read: object) -> None:
    """Raise TreeError unless what was read is the ``same`` as the node."""
    if not same:
        raise TreeError(f"{read} was written for {node}: please report this")


def rows_at(
    tree: Tree, domain: Domain | None, kind: NumberType
) -> Iterator[tuple[list[float], int]]:
    """Inputs at every threshold as the target receives them, and the tree's class of each."""
    if domain is None:
        yield from islice(_numbers(tree, kind), PROBES)
        return
    for point, klass in islice(points(tree, domain), PROBES):
        exact = domain.encode(point)
        arrivals = [kind.received(x) for x in exact]
        for way in range(len(arrivals[0])):
            yield [x[way] for x in arrivals], klass


def points(tree: Tree, domain: Domain) -> Iterator[tuple[tuple[int, ...], int]]:
    """For every test that points reach: one with the nearest value on each side of it."""
    bound = bind(tree, domain)
    stack: list[tuple[int, Cell]] = [(0, full_cell(domain))]
    looked_at = 0
    while stack and looked_at < LOOKED_AT:
        at, cell = stack.pop()
        test, node = bound.nodes[at], tree.nodes[at]
        if isinstance(test, int) or isinstance(node, Leaf):
            if at == 0:
                yield cell.first_point(), classify(bound, cell.first_point())
            continue
        index, goes_left, left, right = test
        yes, no = within(cell.parts[index], goes_left)
        for inside, child in ((no, right), (yes, left)):
            if not inside:
                continue
            looked_at += 1 if isinstance(inside, range) else size(inside)
            near = _nearest(domain, node, inside)
            part = Cell((*cell.parts[:index], inside, *cell.parts[index + 1 :]))
            first = part.first_point()
            point = (*first[:index], near, *first[index + 1 :])
            yield point, classify(bound, point)
            stack.append((child, part))


def _nearest(domain: Domain, test: Inner, part: Part) -> int:
    """The value in a part whose number is nearest to the threshold, which is beside the part."""
    index, j = domain.column_owner[test.column]
    v = domain.variables[index]
    candidates = values(part) if isinstance(part, int) else (part.start, part.stop - 1)
    return min(candidates, key=lambda i: abs(v.row(i)[j] - test.threshold))


def _numbers(tree: Tree, kind: NumberType) -> Iterator[tuple[list[float], int]]:
    """For every test that finite inputs of the type reach: one on each side of its threshold."""
    width = 1 + max((n.column for n in tree.nodes if isinstance(n, Inner)), default=0)
    if isinstance(tree.nodes[0], Leaf):
        yield [0.0] * width, tree.nodes[0].klass
        return
    largest = kind.below(Fraction(1 << 2000))
    stack: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    while stack:
        at, bounds = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Leaf):
            continue
        least, most = bounds.get(node.column, (-largest, largest))
        below = kind.below(node.threshold)
        for low, high, x, child in (
            (max(least, kind.above(below)), most, max(least, kind.above(below)), node.right),
            (least, min(most, below), min(most, below), node.left),
        ):
            if low <= high:
                held = bounds | {node.column: (low, high)}
                row = [0.0] * width
                for column, (a, b) in held.items():
                    row[column] = min(max(0.0, a), b)
                row[node.column] = x
                yield row, tree.class_at(row)
                stack.append((child, held))
