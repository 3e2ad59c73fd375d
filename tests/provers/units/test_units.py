"""The proof of a search by units is the same whoever does them, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.provers import matters
from tests.provers.cases import brute_force, random_domain, random_teacher, random_tree, small_cells
from tests.provers.test_branch import random_chain
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.part import size as part_size
from verifier.model.proof import Constant, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import costs
from verifier.provers.options import Options
from verifier.provers.ordered import FIRST, OPEN, Ordered
from verifier.provers.overlaying import leaves_open
from verifier.provers.pricing import prices_near
from verifier.provers.shaping import NEVER, shape_of
from verifier.provers.timing import now
from verifier.provers.units import driver, structure, work
from verifier.provers.units.driver import Units
from verifier.provers.units.packing import (
    fragment_of_bytes,
    fragment_to_bytes,
    tree_of_bytes,
    tree_to_bytes,
    unit_of_bytes,
    unit_to_bytes,
)
from verifier.provers.units.shaped import shaped
from verifier.provers.units.structure import check_fragment, forest
from verifier.provers.units.unit import Fragment, Plan, Unit
from verifier.writing.certificate import make_certificate

OPTIONS = Options(confirm=False)


class Untidy:
    """An executor that does units in any order, on memory of its own, loses some and repeats some.

    What is lost it does again, later. Units and fragments go through bytes, as between machines.
    """

    elsewhere = True

    def __init__(self, matter, plan, search, seed):
        self.rng = np.random.default_rng(seed)
        self.ready = work.ready_for(matter, plan)
        self.waiting, self.done, self.count = [], [], 0

    def submit(self, unit):
        self.waiting.append(unit)

    def arrived(self, wait):
        unit = self.waiting.pop(int(self.rng.integers(len(self.waiting))))
        unit = unit_of_bytes(unit_to_bytes(unit))
        fragment = work.search_unit(self.ready, unit)
        fragment = fragment_of_bytes(fragment_to_bytes(fragment))
        self.count += 1
        if self.rng.random() < 0.3:
            self.waiting.append(unit)
            return []
        if self.rng.random() < 0.3:
            return [(unit, fragment), (unit, fragment)]
        return [(unit, fragment)]

    def stop(self):
        pass


class Lying(Untidy):
    """Splits of bits go beyond what there is."""

    def arrived(self, wait):
        found = super().arrived(wait)
        return [(x, replace(f, lefts=np.where(f.codes >= 0, 1 << 40, f.lefts))) for x, f in found]


def small_units(patch, nodes):
    """Units of so few nodes that there are many."""
    planned = work.plan_for
    patch.setattr(driver, "plan_for", lambda *args: replace(planned(*args), budget=nodes))
    patch.setattr("verifier.provers.units.unit.FEWEST", nodes)
    patch.setattr("verifier.provers.units.shaped.LEAST", 1)


def certificate(matter, finding):
    return make_certificate(matter, finding, "units")[0]


def hard(seed, variables=18, width=24):
    """A network on bits that takes some thousands of cells, and a tree."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(width, variables))
    layers = Affine(0, first, rng.normal(size=width)), Relu(1)
    net = Network(variables, (*layers, Affine(2, rng.normal(size=(1, width)), np.zeros(1))))
    domain = bits(variables)
    return matter_of(domain, net, random_tree(rng, domain, 2))


@pytest.mark.parametrize("budget", [128, 2000])
def test_a_certificate_does_not_depend_on_who_does_the_units(monkeypatch, budget):
    """Compiled: threads here, or one after the other in any order, with losses and repetitions."""
    small_units(monkeypatch, budget)
    small_cells(monkeypatch, 32)  # else it is a proof of few cells
    monkeypatch.setattr(costs, "POINT", 30e-9)
    monkeypatch.setattr(costs, "CELL_LAYER", 0.0)  # nor are small cells enumerated
    matter = hard(0, 18, 16)
    found = driver.prove(matter, OPTIONS)
    assert not is_open(found.proof)
    assert len(found.proof) > 500
    expected = certificate(matter, found)
    for seed in range(2):
        other = driver.prove(matter, OPTIONS, Units(partial(Untidy, seed=seed)))
        assert certificate(matter, other) == expected


def test_what_others_say_has_to_be_splits_of_the_domain(monkeypatch):
    small_units(monkeypatch, 128)
    small_cells(monkeypatch, 32)
    with pytest.raises(LeafproofError, match="has a split of nothing"):
        driver.prove(hard(0, 18, 16), OPTIONS, Units(partial(Lying, seed=0)))


@settings(max_examples=14, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 64]), st.booleans())
def test_random_networks_by_units(seed, nodes, chain):
    """What is found is right, by every way; and does not depend on the order."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 300)
    teacher = (random_chain if chain else random_teacher)(rng, domain.columns)
    tree = random_tree(rng, domain, teacher.classes)
    matter = matter_of(domain, teacher, tree)
    with pytest.MonkeyPatch.context() as patch:
        small_units(patch, nodes)
        found = driver.prove(matter, OPTIONS)
        verdict = checker.verify(matter, found.proof, found.counterexamples, lenient=True)
        count, _ = brute_force(domain, teacher, tree)
        least, most = verdict.disagreements
        assert least <= count <= most
        if not verdict.checked.refused:
            assert least == most
        assert driver.prove(matter, OPTIONS, Units(partial(Untidy, seed=seed))) == found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 64]))
def test_random_questions_by_units(seed, nodes):
    """The same of any question."""
    matter = matters.random_matter(np.random.default_rng(seed))
    with pytest.MonkeyPatch.context() as patch:
        small_units(patch, nodes)
        found = driver.prove(matter, OPTIONS)
        other = driver.prove(matter, OPTIONS, Units(partial(Untidy, seed=seed)))
        assert other == found
        assert matters.holds(matter, found.proof)
        assert not leaves_open(matter, found.proof)


def test_a_search_that_ends_early_leaves_open_what_is_away(monkeypatch):
    """At its deadline, in no more time than a step takes; what it closed is right."""
    small_units(monkeypatch, 64)
    matter = hard(0)
    done = []

    class Few(Untidy):
        def arrived(self, wait):
            done.extend(found := super().arrived(wait))
            if len(done) > 20:
                raise KeyboardInterrupt
            return found

    pressed = []
    options = replace(OPTIONS, interrupted=lambda: pressed.append(True))
    found = driver.prove(matter, options, Units(partial(Few, seed=1)))
    assert pressed
    assert is_open(found.proof)
    verdict = checker.verify(matter, found.proof, found.counterexamples, lenient=True)
    assert sum(n for kind, n in verdict.checked.cells.items() if kind != "open") > 10
    again = driver.prove(matter, replace(OPTIONS, resume=found.proof))
    assert not is_open(again.proof)


def test_a_deadline_ends_it():
    """Also where a unit is being done here."""
    found = driver.prove(hard(0, 40, 40), replace(OPTIONS, deadline=now() + 1.0))
    assert is_open(found.proof)  # without a deadline it would take hours


def test_right_halves_of_a_forest():
    """By the definition: each subtree ends where its leaves are one more than its splits."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        codes = []

        def grow(depth, codes=codes):
            at = len(codes)
            codes.append(int(rng.integers(3)) if depth and rng.random() < 0.6 else -2)
            if codes[at] < 0:
                return {}
            found = grow(depth - 1)
            right = len(codes)
            return {at: right, **found, **grow(depth - 1)}

        begins, expected = [], {}
        for _ in range(int(rng.integers(1, 4))):
            begins.append(len(codes))
            expected.update(grow(6))
        found = forest(np.array(codes))
        assert found.roots.tolist() == begins
        assert {i: r for i, r in enumerate(found.rights.tolist()) if r >= 0} == expected
        for wrong in ([*codes, 0], []):
            with pytest.raises(LeafproofError, match="ends too early"):
                forest(np.array(wrong, dtype=np.int32))


def test_forests_are_followed_alike_by_compiled_code(compiled):
    """Compiled, that is 200 times as fast."""
    from verifier.provers.compiled import loading

    rng = np.random.default_rng(1)
    for size in (1, 5, 400):
        for codes in rng.integers(-3, 2, size=(40, size)).astype(np.int32):
            told = []
            for follow in (structure.follow, loading.follow):
                roots, stack = np.zeros((2, size), dtype=np.int32)
                rights = np.full(size, -1, dtype=np.int32)
                told.append((follow(codes, roots, rights, stack), roots.tolist(), rights.tolist()))
            assert told[0] == told[1]


@pytest.mark.parametrize("most", [1, 1 << 7, 1 << 14, 1 << 31, (1 << 62) + 1])
def test_numbers_of_nodes_take_the_room_that_they_need(most):
    """A fragment comes back as it was, whatever its largest number is."""
    unit = Unit((0,), (full_cell(bits(3)),))
    left = np.array([most, -1, 0], dtype=np.int64)
    made = Fragment(
        np.array([2, -2, -3], dtype=np.int32),
        left,
        (Constant(0), Constant(1)),
        (1 << 99,),
        (),
        (),
        (),
        (),
        2,
        (1.0, 0.5, 0.5),
    )
    check_fragment(unit, made, 3)
    data = fragment_to_bytes(made)
    back = fragment_of_bytes(data)
    assert fragment_to_bytes(back) == data
    assert back.lefts.tolist() == left.tolist() and back.lefts.dtype == np.int64
    assert back.codes.tolist() == [2, -2, -3]


@pytest.mark.parametrize(
    "change",
    [
        lambda f: replace(f, codes=f.codes[:-1], lefts=f.lefts[:-1]),
        lambda f: replace(f, codes=np.append(f.codes, -2), lefts=np.append(f.lefts, 0)),
        lambda f: replace(f, codes=np.where(f.codes >= 0, 99, f.codes)),
        lambda f: replace(f, codes=np.where(f.codes < -1, -9, f.codes)),
        lambda f: replace(f, lefts=f.lefts - 2**62),
        lambda f: replace(f, places=f.places[:-1]),
        lambda f: replace(f, places=tuple((at[0] - 1, *at[1:]) for at in f.places)),
    ],
)
def test_fragments_that_are_none(change):
    """What arrives is looked at before it is entered."""
    matter = hard(0)
    base = work.search_of(matter, OPTIONS, questions=False)
    plan = Plan(work.way_of(matter, base), 64 << 6)
    unit = Unit((0,), (full_cell(matter.domain),))
    fragment = work.search_unit(work.ready_for(matter, plan, base), unit)
    check_fragment(unit, fragment, 18)
    with pytest.raises(LeafproofError, match="fragment of a proof"):
        check_fragment(unit, change(fragment), 18)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: replace(f, large=(-4,)),
        lambda f: replace(f, steps=(Constant(-1),)),
        lambda f: replace(f, steps=(Constant(0, -1),)),
        lambda f: replace(f, points=((0, -1, 0),)),
        lambda f: replace(f, closed=-1),
    ],
)
def test_no_number_of_a_fragment_is_below_0(change):
    """What a machine sends is written into a certificate, where such numbers have no bytes."""
    one = np.array([FIRST], dtype=np.int32), np.zeros(1, dtype=np.int64)
    made = Fragment(*one, (Constant(0),), (), (), (), (), (), 1, (1.0, 1.0, 0.0))
    assert fragment_of_bytes(fragment_to_bytes(made)).closed == 1
    with pytest.raises(LeafproofError, match="below 0"):
        fragment_of_bytes(fragment_to_bytes(change(made)))


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'[["a"],[]]', b"[[0],[[[1]]]]"])
def test_bytes_that_are_none(data):
    """They are refused in one line."""
    for read in (unit_of_bytes, fragment_of_bytes):
        with pytest.raises(LeafproofError, match="these bytes are no"):
            read(data)


@pytest.mark.parametrize("threshold", ["1e99999999", "1/0", "0.5", "x", "1/2/3", ""])
def test_thresholds_are_fractions_as_they_are_written(threshold):
    """None of a short text that stands for so many digits that it takes minutes to say so."""
    tree = Tree((Inner(0, Fraction(-1, 2), 1, 2), Leaf(0), Leaf(1)))
    data = tree_to_bytes(tree)
    assert tree_of_bytes(data) == tree
    with pytest.raises(LeafproofError, match="these bytes are no tree"):
        tree_of_bytes(data.replace(b"-1/2", threshold.encode()))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_trees_of_a_fragment_are_made_cheap_as_a_proof_of_each_cell_would_be(seed):
    """Whatever their cells are: each is what `dear` makes of it as a domain of its own."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 3000)
    teacher = random_chain(rng, domain.columns)
    matter = matter_of(domain, teacher, random_tree(rng, domain, teacher.classes))
    search = work.search_of(matter, OPTIONS, questions=False)
    parts = [full_cell(domain)]
    for _ in range(3):
        at = int(rng.integers(len(parts)))
        cuts = [i for i, part in enumerate(parts[at].parts) if part_size(part) > 1]
        if cuts:
            variable = int(rng.choice(cuts))
            part = parts[at].parts[variable]
            left = part.start if isinstance(part, range) else part & -part
            parts[at : at + 1] = parts[at].split(variable, left)
    trees = [grown(rng, cell) for cell in parts]
    steps = (Constant(0), Constant(1))
    codes, lefts, depth = (
        np.array([x for tree in trees for x in tree[i]], dtype=np.int64) for i in range(3)
    )
    whole = Ordered(codes, lefts, depth, steps, ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.provers.units.shaped.LEAST", 1)
        found = shaped(search, parts, whole)
    told = list(zip(found.codes.tolist(), found.lefts.tolist(), strict=True))
    roots = forest(found.codes).roots.tolist()
    assert len(roots) == len(parts)
    prices = shape_of(domain, prices_near(search, ())).prices
    for cell, tree, at, end in zip(parts, trees, roots, [*roots[1:], len(told)], strict=True):
        expected = cheapest(cell, list(zip(*tree[:2], strict=True)), prices)[1]
        assert told[at:end] == expected


def grown(rng, cell, depth=0):
    """A random tree about a cell: its codes, lefts, and depths."""
    free = [i for i, part in enumerate(cell.parts) if part_size(part) > 1]
    if not free or rng.random() < 0.25:
        return [FIRST - int(rng.integers(2)) if rng.random() < 0.9 else OPEN], [0], [depth]
    variable = int(rng.choice(free))
    part = cell.parts[variable]
    if isinstance(part, range):
        left = int(rng.integers(part.start, part.stop - 1))
    else:
        bits_of = [1 << i for i in range(part.bit_length()) if part >> i & 1]
        left = sum(bits_of[: int(rng.integers(1, len(bits_of)))])
    told = [variable], [left], [depth]
    for half in cell.split(variable, left):
        for own, more in zip(told, grown(rng, half, depth + 1), strict=True):
            own.extend(more)
    return told


def cheapest(cell, nodes, prices):
    """Seconds of a tree's check, and its nodes where what is dearer is Enumerated: by recursion."""
    constant, point, group, listed, least = prices
    code, left = nodes.pop(0)
    if code < 0:
        return (NEVER if code == OPEN else constant), [(code, left)]
    halves = [cheapest(half, nodes, prices) for half in cell.split(code, left)]
    seconds = sum(x for x, _ in halves)
    size = cell.size
    swept = listed * size if size < least else group + point * size
    if swept <= seconds < NEVER:
        return swept, [(FIRST - 2, left)]
    return seconds, [(code, left), *halves[0][1], *halves[1][1]]
