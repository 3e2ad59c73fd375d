"""What the trees of a matter decide in a cell: those of the question, and that of the domain.

The kernel lays all of them over every cell, so nothing has to be proved about them. A search only
has to know for which networks the formula still asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.model.cell import Cell
from verifier.model.grouped import is_group
from verifier.model.overlay import BoundTree, descend
from verifier.model.part import Part, size, value_at, within
from verifier.model.proof import Open, Proof, is_open, steps
from verifier.model.question import All, Any_, ClassIs, Formula, Matter, Not, Same, truth
from verifier.model.tree import Tree, bind

MOST = 256
"""Parts of a cell that are looked at."""

REMEMBERED = 1 << 14
"""Classes of all models of which it is remembered what they decide."""

Place = tuple[int, ...]
"""Of each tree the deepest node that all of a cell's points pass, the domain's tree first."""
Classes = tuple[int | None, ...]
Cut = tuple[int, Part]
"""A variable and what goes left."""


@dataclass(frozen=True)
class Undecided:
    """What the formula still asks in a cell: the classes of these ``networks`` (or ensembles).

    ``complete`` is False where the cell has too many parts to look at all of them.
    """

    networks: frozenset[int]
    complete: bool = True

    def __bool__(self) -> bool:
        return bool(self.networks) or not self.complete


@dataclass(frozen=True, eq=False)
class Overlay:
    """A matter's trees, bound to its domain.

    ``trees[0]`` is the domain's, or None; the others are the models numbered ``models``, in order.
    ``impossible`` are those nodes of the domain's tree below which everything is, ``mixed`` those
    below which only some is. ``memo`` holds what classes decide.
    """

    matter: Matter
    trees: tuple[BoundTree | None, ...]
    models: tuple[int, ...]
    impossible: frozenset[int]
    mixed: frozenset[int]
    memo: dict[Classes, tuple[bool | None, frozenset[int]]] = field(default_factory=dict)

    @property
    def top(self) -> Place:
        """Where the whole domain is."""
        return (0,) * len(self.trees)

    def descend(self, cell: Cell, place: Place) -> Place:
        """The place of a cell that is part of another, whose place is given."""
        return tuple(
            at if tree is None else descend(tree, cell, at)
            for tree, at in zip(self.trees, place, strict=True)
        )

    def excluded(self, place: Place) -> bool:
        """Whether no tuple of the cell is a point of the domain."""
        return place[0] in self.impossible

    def classes(self, place: Place, known: Mapping[int, int]) -> Classes:
        """The classes of all models in a cell, as far as they are known."""
        found: list[int | None] = [known.get(m) for m in range(len(self.matter.models))]
        for model, tree, at in zip(self.models, self.trees[1:], place[1:], strict=True):
            assert tree is not None
            node = tree.nodes[at]
            found[model] = node if isinstance(node, int) else None
        return tuple(found)

    def decides(self, classes: Classes) -> tuple[bool | None, frozenset[int]]:
        """Whether the formula is true of such classes, and else which models' would decide it."""
        if classes not in self.memo:
            if len(self.memo) >= REMEMBERED:
                self.memo.clear()
            value = truth(self.matter.question, classes)
            asked = frozenset() if value is not None else asked_for(self.matter.question, classes)
            self.memo[classes] = value, asked
        return self.memo[classes]

    def group(self, cell: Cell, model: int, known: Mapping[int, int]) -> int | None:
        """The classes of a network of more than two, as bits, with which the formula is true where
        the trees stand in the middle of a cell, or those with which it may be where these are none.
        None where it is so with none of them, or with all."""
        place, classes = self.descend(middle(cell), self.top), self.matter.models[model].classes
        every = [self.classes(place, {**known, model: k}) for k in range(classes)]
        found = [self.decides(own)[0] for own in every]
        for holds in ([x is True for x in found], [x is not False for x in found]):
            if is_group(ones := sum(1 << k for k, own in enumerate(holds) if own), classes):
                return ones
        return None

    def parts(
        self, cell: Cell, place: Place, known: Mapping[int, int]
    ) -> Iterator[tuple[Cell, bool | frozenset[int]]]:
        """The cell's possible parts, as far as needed to decide the formula.

        Each with what it decides there, or the networks that it asks for.
        """
        stack = [(cell, place)]
        while stack:
            cell, place = stack.pop()
            place = self.descend(cell, place)
            if self.excluded(place):
                continue
            value, asked = self.decides(self.classes(place, known))
            cut = None if value is not None else self.tree_cut(cell, place, asked)
            cut = cut or (None if value is not None else self.given_cut(cell, place))
            if cut:
                stack += [(half, place) for half in cell.split(*cut)]
            else:
                yield cell, asked if value is None else value

    def undecided(self, cell: Cell, place: Place, known: Mapping[int, int]) -> Undecided:
        """What the formula still asks in a cell where the classes of some networks are known."""
        networks: frozenset[int] = frozenset()
        for count, (_, found) in enumerate(self.parts(cell, place, known)):
            if count == MOST:
                asked = (*self.matter.networks, *self.matter.ensembles)
                return Undecided(frozenset(asked) - known.keys(), False)
            if not isinstance(found, bool):
                networks |= found
        return Undecided(networks)

    def given_cut(self, cell: Cell, place: Place) -> Cut | None:
        """The domain's next test in a cell of possible and impossible tuples."""
        tree = self.trees[0]
        return None if tree is None or place[0] not in self.mixed else _cut(tree, cell, place[0])

    def tree_cut(self, cell: Cell, place: Place, asked: frozenset[int]) -> Cut | None:
        """The next test of the first of those trees that the formula asks for."""
        for model, tree, at in zip(self.models, self.trees[1:], place[1:], strict=True):
            if model in asked and tree is not None and not isinstance(tree.nodes[at], int):
                return _cut(tree, cell, at)
        return None


def _cut(tree: BoundTree, cell: Cell, at: int) -> Cut:
    test = tree.nodes[at]
    assert not isinstance(test, int)
    return test[0], within(cell.parts[test[0]], test[1])[0]


def middle(cell: Cell) -> Cell:
    """The cell of one of its points."""
    point = [value_at(part, size(part) // 2) for part in cell.parts]
    both = zip(cell.parts, point, strict=True)
    return Cell(tuple([1 << v if isinstance(part, int) else range(v, v + 1) for part, v in both]))


def overlay_of(matter: Matter) -> Overlay:
    """Bind the trees of a matter."""
    given = None if matter.domain.given is None else matter.domain.bound_given
    models = [matter.models[m] for m in matter.trees]
    trees = [bind(m.model, matter.domain, m.reads) for m in models if isinstance(m.model, Tree)]
    impossible, mixed = _kinds(given)
    return Overlay(matter, (given, *trees), matter.trees, impossible, mixed)


def _kinds(given: BoundTree | None) -> tuple[frozenset[int], frozenset[int]]:
    """The nodes of a domain's tree below which all is impossible, and below which some is."""
    kinds: dict[int, frozenset[bool]] = {}
    for at in reversed(range(0 if given is None else len(given.nodes))):
        assert given is not None
        node = given.nodes[at]
        if isinstance(node, int):
            kinds[at] = frozenset([bool(given.domain.leaves[node][1].weight)])
        else:
            kinds[at] = kinds[node[2]] | kinds[node[3]]
    never = frozenset(at for at, kind in kinds.items() if kind == {False})
    return never, frozenset(at for at, kind in kinds.items() if len(kind) == 2)


def leaves_open(matter: Matter, proof: Proof) -> bool:
    """Whether a proof leaves cells open that the trees do not decide."""
    if not is_open(proof):
        return False
    overlay = overlay_of(matter)
    return any(
        isinstance(step, Open) and bool(overlay.undecided(cell, overlay.top, {}))
        for cell, _, step in steps(matter.domain, proof)
    )


def asked_for(formula: Formula, classes: Classes) -> frozenset[int]:
    """The models, of unknown class, in those parts of a formula that are not decided."""
    found: set[int] = set()
    stack = [formula]
    while stack:
        f = stack.pop()
        if truth(f, classes) is not None:
            continue
        if isinstance(f, ClassIs):
            found.add(f.model)
        elif isinstance(f, Same):
            found.update(m for m in (f.left, f.right) if classes[m] is None)
        elif isinstance(f, Not):
            stack.append(f.inner)
        elif isinstance(f, All | Any_):
            stack += f.parts
    return frozenset(found)
