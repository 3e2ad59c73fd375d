"""Every mutant of the rule by which areas of leaves, and of points, are found is killed.

The rule's source is changed in one place; what it then finds is compared with walks down the trees.
"""

from __future__ import annotations

import random
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.ensembles import random_domain, random_ensemble
from verifier.kernel import areas
from verifier.kernel.ensembles import table_of
from verifier.kernel.prepared import no_poll, parts_of
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.overlay import leaves_of_points, no_charge
from verifier.model.part import contains, size
from verifier.model.tree import Inner
from verifier.model.variable import Variable

SOURCE = Path(areas.__file__).read_text(encoding="utf-8")
SMALL = ("NUMBERS", 1 << 10), ("BLOCK", 7)
"""So that values and points are looked at in some pieces each."""
MUTANTS = (
    # areas_of: what reaches a leaf
    ("boxes = ways[0] if len(ways) == 1 else", "boxes = ways[0] if len(ways) >= 1 else"),
    ("for side, child in enumerate(children)", "for side, child in enumerate(children[::-1])"),
    ("box if not p[1 - side] else", "box if p[1 - side] else"),
    ("{**box, index: p[side]}", "{index: p[side]}"),
    ("{**box, index: p[side]}", "{**box, index: p[1 - side]}"),
    ("within(box.get(index, whole), part)", "within(whole, part)"),
    ("for box, p in parted if p[side]", "for box, p in parted"),
    # _together and _union: boxes that are one
    ("others = tuple(sorted((i, p) for i, p in box.items() if i != index))", "others = ()"),
    ("rest.setdefault(others, []).append(box.get(index, whole))", "rest[others] = [whole]"),
    ("if p != domain.variables[i].whole}", "if p}"),
    ("mask |= part", "mask = part"),
    ("if own.start == found[-1].stop:", "if own.start >= found[-1].stop:"),
    ("ranged(found[-1].start, own.stop)", "ranged(own.start, own.stop)"),
    # Tested.met and Areas.reached: which areas a cell meets
    ("low <= self.parts[:, 1]", "low < self.parts[:, 1]"),
    ("high >= self.parts[:, 0]", "high > self.parts[:, 0]"),
    ("(masks & own) != 0", "(masks & own) == masks"),
    ("for wanted in self.wanted.T", "for wanted in self.wanted.T[:-1]"),
    ("found &= every[:, wanted]", "found |= every[:, wanted]"),
    ("np.ones((len(parts), 1), dtype=bool)", "np.zeros((len(parts), 1), dtype=bool)"),
    # Areas.leaves and _alone: bits of each value
    ("words = -(-sizes // WORD)", "words = 1 + 0 * sizes"),
    ("WORD * (np.cumsum(words) - words) - self.first", "WORD * (np.cumsum(words) - words)"),
    ("range(x, x + 1) if ranges", "range(x, x + 2) if ranges"),
    ("if ranges else 1 << x", "if ranges else 1 << x >> 1"),
    ("np.tile([True, False]", "np.tile([False, False]"),
    ("np.tile([True, False]", "np.tile([True, True]"),
    ("for x in every[i])", "for x in every[0])"),
    ("part_of[bit] = wanted[i]", "part_of[: len(bit)] = wanted[i]"),
    ("part_of[bit] = wanted[i]", "part_of[bit] = wanted[0]"),
    ("len(tree), -1)  # of bits", "len(tree), 0)  # of bits"),
    ('bitorder="little"', 'bitorder="big"'),
    ("self.first[tree] + WORD * word", "self.first[tree]"),
    ("self.first[tree] + WORD * word", "self.first[tree] + word"),
    ("places[ranged] += 1\n        many", "places[0] += 1\n        many"),
    ("(areas.wanted >= first) &", "(areas.wanted > first) &"),
    ("& (areas.wanted < first + many)", "& (areas.wanted < first + many - 1)"),
    ("np.full(len(areas.wanted), many)", "np.full(len(areas.wanted), many - 1)"),
    ("areas.wanted[at, slot] - first", "areas.wanted[at, slot]"),
    ("areas.wanted[at, slot] - first", "areas.wanted[at, 0] - first"),
    ("first + many\n", "first\n"),
    ("(len(own.parts), v.count) if own else (0, 1)", "(len(own.parts), 1) if own else (0, 1)"),
    # Leaves.reached: the areas of points
    ('side="right") - 1', 'side="left")'),
    ('side="right") - 1', 'side="left") - 1'),
    ("held = held & rows[", "held = rows["),
    ("points[start : start + BLOCK]", "points[start : start + BLOCK - 1]"),
    ("self.areas[word % len(self.areas)]", "self.areas[word // len(some)]"),
    ("astype(np.float64))[1] - 1\n            yield", "astype(np.float64))[1]\n            yield"),
)


@pytest.fixture(scope="module")
def every():
    """Domains, ensembles, all points, and the leaves that walks reach there."""
    return [(*own, *walked(*own)) for own in (large(), ladders(), *small(12))]


def large():
    """Trees of one word of leaves and of some, beside a variable that none tests."""
    rng = random.Random(3)
    members = tuple(parted(rng, leaves) for leaves in (1, 2, 64, 65, 200))
    row = tuple((Fraction(x),) for x in range(40))
    listed = Variable("a", tuple(map(str, range(40))), row, (Fraction(1, 40),) * 40)
    idle = Ordinal("idle", Fraction(0), Fraction(1), 2, uniform(2))
    tested = Ordinal("b", Fraction(0), Fraction(1), 40, uniform(40))
    return Domain((listed, idle, tested)), Ensemble(3, 1, members, (0.0,), "float64", 0.5)


def parted(rng, leaves):
    """A tree of so many leaves, each of which some of 40 * 40 values of columns 0 and 2 reach."""
    nodes, opened = [None], {0: {0: (0, 40), 2: (0, 40)}}
    while len(opened) < leaves:
        at = rng.choice([i for i, box in opened.items() if any(b - a > 1 for a, b in box.values())])
        box = opened.pop(at)
        column = rng.choice([c for c, (a, b) in box.items() if b - a > 1])
        low, high = box[column]
        cut = rng.randrange(low + 1, high)
        nodes[at] = Inner(column, Fraction(cut) - Fraction(1, 2), len(nodes), len(nodes) + 1)
        for part in ((low, cut), (cut, high)):
            opened[len(nodes)] = {**box, column: part}
            nodes.append(None)
    return Member(tuple(x or Score(((0, float(rng.randrange(-9, 9))),)) for x in nodes))


def ladders():
    """Sets of values of a range, and of a list, by tests whose ways lead to two leaves; and two
    trees of the same first test, of which one has the leaves behind it last."""
    sets = [member_of(0, "0011010111"), member_of(1, "0110100"), member_of(0, "1000000001")]
    half = Fraction(1, 2)
    first = (Inner(0, half, 1, 2), Score(()), Score(((0, 1.0),)))
    last = (Inner(0, half, 1, 2), Inner(1, half, 3, 4), *(Score(((0, x),)) for x in (1.0, 2, 3)))
    both = (Inner(0, half, 1, 1), Inner(1, half, 2, 3), Score(()), Score(((0, 1.0),)))
    ranged = Ordinal("a", Fraction(0), Fraction(1), 10, uniform(10))
    row = tuple((Fraction(x),) for x in range(7))
    listed = Variable("b", tuple("abcdefg"), row, (Fraction(1, 7),) * 7)
    members = (Member(first), Member(last), Member(both), *sets)
    return Domain((ranged, listed)), Ensemble(2, 1, members, (0.0,), "exact", 0.5)


def member_of(column, bits):
    """Adds 1 at the values of a column whose bits say so."""
    n = len(bits) - 1
    nodes = [Inner(column, Fraction(i), n + int(bits[i]), i + 1) for i in range(n)]
    nodes[-1] = Inner(column, Fraction(n - 1), n + int(bits[n - 1]), n + int(bits[n]))
    return Member((*nodes, Score(()), Score(((0, 1.0),))))


def small(count):
    """Ensembles of few trees, with ways that meet again."""
    rng = random.Random(8)
    for _ in range(count):
        domain = Domain(random_domain(rng).variables)
        yield domain, random_ensemble(rng, "float64", domain.columns)


def walked(domain, ensemble):
    """All points, and for each the leaf of each tree; and some cells."""
    points = np.array(list(full_cell(domain).points()), dtype=np.int64)
    trees = areas.members_of(ensemble, domain)
    leaves = np.stack([leaves_of_points(tree, points) for tree in trees], axis=1)
    rng = random.Random(len(points))
    return trees, points, leaves, [cell_of(rng, domain) for _ in range(12)]


def cell_of(rng, domain):
    """Some values of each variable."""
    parts = []
    for v in domain.variables:
        low, high = sorted(rng.sample(range(v.count + 1), 2))
        ranged = isinstance(v.whole, range)
        parts.append(range(low, high) if ranged else rng.randrange(1, 1 << v.count))
    return Cell(tuple(parts))


def agrees(module, every):
    """Whether what the module finds is what walks do: at all points, and over cells."""
    for domain, ensemble, trees, points, leaves, cells in every:
        found = [module.areas_of(tree, no_charge, 1 << 12) for tree in trees]
        nodes = np.array([area.node for own in found for area in own])
        left = [(i, p) for own in found for area in own for i, p in area.box.items()]
        if not all(0 < size(p) < domain.variables[i].count for i, p in left):
            return False
        plain = table_of(ensemble, domain, found)
        tested = tuple(module.Tested(x.place, x.ranged, x.parts) for x in plain.tested)
        own = module.Areas(tested, plain.wanted, plain.first, plain.values)
        held = own.leaves(domain, no_poll)
        if not np.array_equal(nodes[np.concatenate([*held.reached(points)])], leaves):
            return False
        reached = own.reached(parts_of(cells))
        for cell, met in zip(cells, reached, strict=True):
            inside = np.ones(len(points), dtype=bool)
            for i, part in enumerate(cell.parts):
                inside &= np.array([contains(part, x) for x in range(domain.variables[i].count)])[
                    points[:, i]
                ]
            for m, start in enumerate(plain.first):
                stop = [*plain.first, len(nodes)][m + 1]
                if {*nodes[start:stop][met[start:stop]]} != {*leaves[inside, m]}:
                    return False
    return True


def spoilt(monkeypatch, change=("", "")):
    """The rule's module, its source changed."""
    module = ModuleType("verifier.kernel.areas_spoilt")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(SOURCE.replace(*change) if change[0] else SOURCE, "areas", "exec"), vars(module))
    for name, value in SMALL:
        setattr(module, name, value)
    return module


def test_the_rule_itself_agrees(monkeypatch, every):
    """At trees of more leaves than a word has bits, too."""
    assert agrees(spoilt(monkeypatch), every)
    many = [len(areas.areas_of(tree, no_charge, 1 << 12)) for tree in every[0][2]]
    assert many == [1, 2, 64, 65, 200]


@pytest.mark.parametrize("change", MUTANTS, ids=[f"{i}" for i in range(len(MUTANTS))])
def test_a_mutant_is_killed(change, monkeypatch, every):
    assert SOURCE.count(change[0]) == 1
    try:
        lives = agrees(spoilt(monkeypatch, change), every)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return  # it says so
    assert not lives
