"""The walk over the proof: where float32 is shown to answer as the real numbers do.

The float32 section of docs/soundness.md, leaf by leaf and point by point. Whether the steps hold is
for the kernel and the verified checker to say; here one that is not shown is only doubted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from verifier.model.errors import CertificateError
from verifier.second_checker.bounds import BY_THE_RULES, Slopes, class_forms, region
from verifier.second_checker.domain import (
    IMPOSSIBLE,
    Cell,
    Domain,
    Point,
    halves,
    size,
)
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter, Net
from verifier.second_checker.nodes import ABOUT, Node
from verifier.second_checker.paired import holds, is_shown, said_of
from verifier.second_checker.passes import INNER, PASSES, Passes, inner
from verifier.second_checker.points import (
    WORK,
    Part,
    Progress,
    Tally,
    steady_class,
    steady_classes,
    unheard,
)
from verifier.second_checker.reading import TooLarge
from verifier.second_checker.rounding import needed
from verifier.second_checker.signs import leasts, tightened, trees_of
from verifier.second_checker.tree import VISIT, leaf_at, overlay
from verifier.second_checker.variables import Categorical, Interval

CLOSER = 1 << 8
"""Up to so many tuples, a cell not shown for float32 as a whole is looked at point by point."""
WIDE = 256
"""Neurons of a layer from which on intervals are tried before refined bounds."""
UPHOLD = 1 << 12
"""Up to so many tuples, a class that no bound shows is evaluated point by point."""
CHOICES = (BY_THE_RULES, *(Slopes(widen, up) for widen in (24, 20, 16) for up in (False, True)))
"""Tried one after the other, until one shows the class."""


def cells(domain: Domain, proof: Sequence[Node]) -> Iterator[tuple[Cell, Sequence[Node]]]:
    """The proof's cells in order, each with the nodes of its leaf.

    CertificateError where the nodes are not one binary tree of proper splits.
    """
    stack = [domain.cell()]
    spent, at = 0, 0
    while at < len(proof):
        if not stack:
            raise CertificateError(f"proof.bin goes on after its last cell (node {at})")
        cell, node = stack.pop(), proof[at]
        at += 1
        if node.kind == "several":
            yield cell, _several(proof, at, node.argument)
            at += node.argument
            continue
        if node.kind != "split":
            yield cell, [node]
            continue
        i = node.argument
        if i >= len(cell):
            raise CertificateError(f"proof node {at - 1} splits variable {i}, which is none")
        spent += len(cell) + (1 if isinstance(cell[i], range) else len(cell[i]))
        if spent > WORK:
            raise TooLarge("the float32 checker gives up: too many splits of many values")
        left, right = halves(cell[i], _chosen(domain, i, node.left))
        if not left or not right:
            raise CertificateError(f"proof node {at - 1} does not split its cell in two")
        stack += [(*cell[:i], own, *cell[i + 1 :]) for own in (right, left)]
    if stack:
        raise CertificateError(f"proof.bin ends with {len(stack)} cells missing")


def _several(proof: Sequence[Node], at: int, count: int) -> Sequence[Node]:
    nodes = proof[at : at + count]
    last = nodes[-1].sandwich if nodes else None
    if len(nodes) != count or not all(x.kind in ABOUT for x in (nodes[:-1] if last else nodes)):
        raise CertificateError(f"proof node {at - 1} is not followed by its {count} steps")
    if last is not None:
        own = {model for model, _, _ in last.strips}
        if any(x.kind != "constant" or x.model in own for x in nodes[:-1]):
            raise CertificateError(
                f"proof node {at - 1} has a sandwich behind what is no class of another model"
            )
    return nodes


def _chosen(domain: Domain, variable: int, left: int) -> frozenset[int] | int:
    if isinstance(domain.variables[variable], Categorical):
        return frozenset(v for v, bit in enumerate(reversed(f"{left:b}")) if bit == "1")
    return left + 1


def possible(case: Matter, cell: Cell, tally: Tally) -> Iterator[Part]:
    """The parts of a cell in the possible leaves of the domain's tree."""
    for part, leaf in overlay(case.domain.tree, cell, tally.spend):
        if leaf != IMPOSSIBLE:
            yield part, leaf


def undecided(case: Matter, part: Cell, classes: Mapping[int, int], tally: Tally) -> Iterator[Cell]:
    """The parts on which the networks' ``classes`` and the trees' do not decide the formula."""
    tally.spend(VISIT + 4 * len(case.question))
    if holds(case, classes) is not None:
        return
    model = next((m for m in case.trees if m not in classes), None)
    if model is None:
        yield part
        return
    for own, klass in overlay(case.trees[model], part, tally.spend):
        yield from undecided(case, own, {**classes, model: klass}, tally)


def domain_size(case: Matter, tally: Tally) -> int:
    """The number of points of the domain."""
    return sum(size(part) for part, _ in possible(case, case.domain.cell(), tally))


def walk(case: Matter, proof: Sequence[Node], progress: Progress = unheard) -> Tally:
    """Count the points for which float32 is not shown."""
    total = 1 + sum(node.kind == "split" for node in proof)
    tally = Tally(case.domain, progress, total)
    infinite = any(isinstance(v, Interval) for v in case.domain.variables)
    for count, (cell, nodes) in enumerate(cells(case.domain, proof), 1):
        before = tally.points
        if infinite and any(node.kind in ("enumerated", "tail") for node in nodes):
            raise CertificateError(f"cell {count} has a step that real inputs do not allow")
        if nodes[0].kind == "enumerated":
            _look_at_all(case, cell, tally)
        elif any(node.kind == "tail" for node in nodes):
            for part in possible(case, cell, tally):
                tally.doubt(*part)
        elif nodes[0].kind == "paired":
            said = said_of(nodes) if is_shown(case, cell, nodes[0], tally.spend) else {}
            for own, leaf in possible(case, cell, tally):
                for piece in undecided(case, own, said, tally):
                    tally.doubt(piece, leaf)
        else:
            _settle(case, cell, nodes, tally)
        tally.cells["doubted" if tally.points > before else "shown"] += 1
        tally.say()
    return tally


def _look_at_all(case: Matter, cell: Cell, tally: Tally) -> None:
    """An Enumerated leaf: a point is shown where every network is."""
    for part, leaf in possible(case, cell, tally):
        for point in product(*part):
            if any(steady_class(net, point, tally) is None for net in case.nets.values()):
                tally.doubt(_only(case, point), leaf)


def _settle(case: Matter, cell: Cell, nodes: Sequence[Node], tally: Tally) -> None:
    """A leaf of steps about networks, or an Open one."""
    claimed = {node.model: node.argument for node in nodes if node.kind in ABOUT}
    if not all(m in case.nets and k < case.nets[m].classes for m, k in claimed.items()):
        raise CertificateError("proof.bin: a step claims a class that no network has")
    shown = {
        node.model: node.argument
        for node in nodes
        if node.kind in ABOUT and _is_shown(case.nets[node.model], cell, node, tally)
    }
    for part, leaf in possible(case, cell, tally):
        for own in undecided(case, part, shown, tally):
            tally.doubt(own, leaf)
            infinite = any(isinstance(v, Interval) for v in case.domain.variables)
            if len(shown) < len(claimed) and size(cell) <= UPHOLD and not infinite:
                tally.unclear.append(((own, leaf), claimed))
                if size(cell) <= CLOSER:
                    look_again(case, tally)


def look_again(case: Matter, tally: Tally) -> None:
    """Look point by point at what is unclear, and doubt no more what is shown there."""
    for (part, leaf), claimed in tally.unclear:
        for point in product(*part):
            trees = {m: leaf_at(tree, point) for m, tree in case.trees.items()}
            classes = trees | steady_classes(case, claimed, point, tally)
            if truth(case.question, classes) is not None:
                tally.doubt(_only(case, point), leaf, -1)
    tally.unclear.clear()


def _only(case: Matter, point: Point) -> Cell:
    """The cell of one point."""
    return tuple(
        (v,) if isinstance(own, Categorical) else range(v, v + 1)
        for own, v in zip(case.domain.variables, point, strict=True)
    )


def _is_shown(net: Net | Forest, cell: Cell, node: Node, tally: Tally) -> bool:
    """Whether a network has a class in all of a cell, in every float32 evaluation."""
    own, klass = net.cell(cell), node.argument
    if isinstance(net, Forest):
        if node.kind == "signed":
            raise CertificateError("proof.bin: trees of signs about what is no network")
        if not net.firm:
            return False
        if net.has(cell, klass, tally.spend):
            return True
    elif net.network.narrow or any(isinstance(v, Interval) for v in net.inputs.variables):
        return False  # no real input is a float32 number
    elif node.kind == "signed":
        if _is_signed(net, own, node, tally):
            return True
    elif _is_bounded(net, own, klass, tally):
        return True
    if size(own) > UPHOLD or size(cell) <= UPHOLD:  # the latter is looked at where it matters
        return False
    point = [own[0] for own in cell]
    for values in product(*own):
        for i, value in zip(net.reads, values, strict=True):
            point[i] = value
        if steady_class(net, tuple(point), tally) != klass:
            return False
    return True


def _is_signed(net: Net, cell: Cell, node: Node, tally: Tally) -> bool:
    """The same by trees of signs: in all of their leaves."""
    network, top = net.network, len(net.network.layers)
    if any(x.kind not in ("affine", "scale", "relu", "add") for x in network.layers):
        raise CertificateError("proof.bin: trees of signs about a network of other layers")
    rows = [row for row, _ in class_forms(network.widths[-1], node.argument)]
    trees = trees_of(network, node.trees, len(rows))
    tally.spend(2 * net.work * sum(len(tree) for _, tree in trees.rows))
    here = tightened(region(network, net.inputs, cell, True), trees)
    needs = needed(network, net.inputs, here.boxes, rows)
    if needs is None:
        return False
    for row, need, tree in zip(rows, needs, trees.forms, strict=True):
        tally.spend(2 * net.work * len(tree))
        if not all(least > need for least in leasts(here, top, row, tree)):
            return False
    return True


def _is_bounded(net: Net, cell: Cell, klass: int, tally: Tally) -> bool:
    """Rule 5, with margins above what rounding can do, and passes where lines do not show it."""
    network, top = net.network, len(net.network.layers)
    rows = [row for row, _ in class_forms(network.widths[-1], klass)]
    wide = max(network.widths) >= WIDE
    for choice in CHOICES:
        for refine in (False, True) if wide and choice == BY_THE_RULES else (True,):
            here = region(network, net.inputs, cell, refine, choice, inner(net.heads, INNER))
            needs = needed(network, net.inputs, here.boxes, rows)
            if needs is None:
                continue
            passes = Passes(here, net.heads, lambda: tally.spend(4 * net.work))
            pairs = zip(rows, needs, strict=True)
            if all(passes.least(top, row, need, PASSES) > need for row, need in pairs):
                return True
    return False
