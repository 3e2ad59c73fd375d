"""The compiled search: kept on disk as its sources are, and what it finds depends on its input."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from tests.architecture.imports import graph
from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import random_tree
from verifier.kernel.checker import constant, prepare
from verifier.kernel.prepared import parts_of
from verifier.kernel.signed import signed_margins
from verifier.model.domain import signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Signed, steps
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch, costs
from verifier.provers.cells import Branching
from verifier.provers.compiled import explore, parallel, slots
from verifier.provers.compiled.chain import chain, fold
from verifier.provers.compiled.sign_trees import CELLS, SIZES, make_signs
from verifier.provers.compiled.signs import is_worth
from verifier.provers.options import Options

FOLDER = "verifier.provers.compiled"


def test_the_checksum_is_of_every_file_that_is_compiled():
    """`explore` takes with it what it imports from its folder, directly or not."""
    edges, waiting, found = graph(FOLDER), [f"{FOLDER}.explore"], set()
    while waiting:
        name = waiting.pop()
        found.add(f"{name.removeprefix(FOLDER + '.')}.py")
        waiting += edges[name]
    assert found == set(explore.SOURCES)


def _deep(rng, columns, outputs=1, widths=(11, 5, 9)):
    """Layers of widths that are no multiples of a vector's length."""
    layers, before = [], columns
    for width in widths:
        layers += [Affine(len(layers), rng.normal(size=(width, before)), rng.normal(size=width))]
        layers += [Relu(len(layers))]
        before = width
    last = rng.normal(size=(outputs, before)), rng.normal(size=outputs)
    return Network(columns, (*layers, Affine(len(layers), *last)))


def _spoil(arrays):
    """Fill memory with what memory may hold."""
    for array in arrays:
        array.fill({"f": np.nan, "u": 255}.get(array.dtype.kind, -(1 << 40)))


KEPT = ("turned", "ones", "first", "power", "past")
"""What a call does not find in its memory for trees of signs, but is given."""


def _found(domain, teacher, tree, *, spoiled, tell):
    search = Branching(domain, teacher, tree, options=Options(confirm=False, signed=True))
    net = chain(teacher, domain)
    slot = slots.make_slot(net, 400)
    if spoiled:
        _spoil(slot.room)
        _spoil(slot.stack)
        _spoil(slot.found)
        _spoil(x for name, x in slot.signs._asdict().items() if name not in KEPT)
    slots.load(search, net, slot, search.frontier.top(1))
    slots.begin(search, slot, tell)
    slots.call(search, net, slot, 400)
    assert np.isfinite(slot.room.state[[explore.LOW, explore.HIGH]]).all()
    found, counts = slot.found, slot.found.counts
    nodes, leaves = int(counts[explore.NODES]), int(counts[explore.LEAVES])
    kinds, split = found.kind[:nodes], found.kind[:nodes] == explore.SPLIT
    closed = kinds == explore.CONSTANT
    trees = found.ends[counts[explore.SIGNEDS] - 1] if counts[explore.SIGNEDS] else 0
    known = [n for i, n in enumerate(counts.tolist()) if i != explore.LOOKED]  # see below
    return (
        known,
        found.trees[:trees].tobytes(),
        kinds.tolist(),
        found.number[:nodes][split | closed].tolist(),
        found.left[:nodes][split].tolist(),
        found.masks[:leaves].tolist(),
        found.points[: int(counts[explore.CANDIDATES])].tolist(),
        found.sums.tolist(),
        slot.stack.masks[: int(counts[explore.TOP])].tolist(),
    )


@pytest.mark.parametrize("widths", [(11, 5, 9), (13, 11)])
@pytest.mark.parametrize("seed", seeds(range(12)))
def test_a_call_depends_on_its_input_alone(seed, widths, monkeypatch):
    """Nothing is read from memory that was not written before.

    But for how many nodes of trees were looked at in vain: 2 of 1,283 more or fewer in one of five
    calls of seed 5, spoiled or not. Why is not known.
    """
    monkeypatch.setattr(slots, "SMALL", 4)
    monkeypatch.setattr(slots, "LEARNT", 0)
    tell = 1 + seed // 2 % 2
    rng = np.random.default_rng(seed)
    domain = signs(12) if seed % 2 else matters.random_domain(rng, 300)
    teacher = _deep(rng, domain.columns, 1 + 2 * (seed % 3 == 0), widths)
    tree = Tree((Leaf(1),)) if seed % 2 else random_tree(rng, domain, teacher.classes)
    clean = _found(domain, teacher, tree, spoiled=False, tell=tell)
    assert _found(domain, teacher, tree, spoiled=True, tell=tell) == clean
    assert _found(domain, teacher, tree, spoiled=False, tell=tell) == clean


def test_what_cells_take_counts_that_a_call_does_not_close(monkeypatch):
    """Else it would seem that none takes more nodes than a call has."""
    monkeypatch.setattr(slots, "SMALL", 1)
    begun = 0
    for seed in range(8):
        domain, teacher = signs(14), _deep(np.random.default_rng(seed), 14, 1, (13, 11))
        options = Options(confirm=False, signed=True)
        search = Branching(domain, teacher, Tree((Leaf(0),)), options=options)
        net = chain(teacher, domain)
        slot = slots.make_slot(net, 12)
        slots.load(search, net, slot, search.frontier.top(1))
        slots.begin(search, slot, 0)
        slots.call(search, net, slot, 12)
        closed, nodes = slot.signs.seen[:, [CELLS, SIZES]].T
        begun += int(((closed == 0) & (nodes > 0)).any())
        assert nodes.max() <= 12 * 12
    assert begun > 3


@pytest.mark.parametrize("hasty", [True, False])
def test_nothing_is_learnt_in_haste(hasty, monkeypatch):
    """Cells are split by their probability then: what is left of them to close takes less."""
    monkeypatch.setattr(slots, "SMALL", 1)
    monkeypatch.setattr(slots, "LEARNT", 0)
    monkeypatch.setattr(Branching, "hasty", hasty)
    domain, teacher = signs(14), _deep(np.random.default_rng(3), 14, 1, (13, 11))
    search = Branching(domain, teacher, Tree((Leaf(0),)), options=Options(signed=True))
    net = chain(teacher, domain)
    slot = slots.make_slot(net, 64)
    slots.load(search, net, slot, search.frontier.top(1))
    slots.begin(search, slot, 0)
    slots.call(search, net, slot, 64)
    slots.enter(search, slot)
    assert slot.learnt is not hasty
    assert (search.seen is None) is hasty


@pytest.mark.parametrize(
    ("cells", "nodes", "tried", "won", "worth"),
    [
        (0, 0, 0, 0, True),  # nothing is known
        (20, 2000, 0, 0, False),  # splits take little
        (20, 4000, 0, 0, True),
        (20, 4000, 100, 90, True),
        (20, 4000, 100, 10, False),  # what is in vain takes more than is saved
        (2, 1 << 30, 100, 1, False),  # those that trees close are not the largest
        (20, 1 << 30, 100, 1, False),
        (20, 1 << 30, 100, 4, True),
    ],
)
def test_trees_are_tried_where_they_are_seen_to_take_less(cells, nodes, tried, won, worth):
    made = make_signs(chain(_deep(np.random.default_rng(0), 8), signs(8)))
    made.past[3], made.seen[3] = (cells, nodes, tried, won, 1000 * tried), 0
    assert is_worth.py_func(made, 3) == worth


@pytest.mark.parametrize("widths", [(9,), (14, 13), (9, 8, 7)])
def test_the_kernel_shows_every_cell_that_the_search_closes(widths, monkeypatch):
    """By the bounds of the cell alone: what it inherits from cells above it is not known there."""
    monkeypatch.setattr(branch, "_first", lambda net: 0)
    monkeypatch.setattr(slots, "SMALL", 4)
    monkeypatch.setattr(costs, "CELL_LAYER", 0.0)  # else small cells are enumerated
    closed = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        domain = signs(11) if seed % 2 else matters.random_domain(rng, 2000)
        teacher = _deep(rng, domain.columns, 1 + 2 * (seed % 3 == 0), widths)
        found = branch.prove(domain, teacher, Tree((Leaf(0),)), Options(confirm=False))
        ready = prepare(teacher, domain)
        said = [
            (cell, s.klass) for cell, _, s in steps(domain, found.proof) if isinstance(s, Constant)
        ]
        cells, classes = zip(*said, strict=True) if said else ((), ())
        if cells:
            assert constant(ready, cells, classes)[0].all()
        closed += sum(cell.size > 8 for cell in cells)
    assert closed > 10


@pytest.mark.parametrize("widths", [(13, 11), (9, 8, 7)])
@pytest.mark.parametrize("seed", range(4))
def test_what_a_cell_inherits_alone_closes_nothing(seed, widths, monkeypatch):
    """As if a cell above had shown that no neuron is ever positive: the bias says the class."""
    monkeypatch.setattr(slots, "SMALL", 4)
    rng, domain = np.random.default_rng(seed), signs(8)
    teacher = _deep(rng, 8, 1, widths)
    points = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 8), axis=-1).reshape(-1, 8)
    for layer in teacher.layers:
        points = points @ layer.weight.T + layer.bias if isinstance(layer, Affine) else points
        points = np.maximum(points, 0) if isinstance(layer, Relu) else points
    assert points.min() < 0 < points.max()
    klass = int(teacher.layers[-1].bias[0] > 0)
    search = Branching(domain, teacher, Tree((Leaf(klass),)), options=Options())
    slot = slots.make_slot(chain(teacher, domain), 4)
    slots.load(search, chain(teacher, domain), slot, search.frontier.top(1))
    slot.stack.target[0] = klass
    slot.stack.bounds[explore.LOW, 0, 1:] = -2
    slot.stack.bounds[explore.HIGH, 0, 1:] = -1
    slots.call(search, chain(teacher, domain), slot, 2)
    assert slot.found.kind[0] == explore.SPLIT


@pytest.mark.parametrize(("long", "started"), [(1, 1), (1 << 30, 0)])
def test_helpers_are_started_while_a_long_search_goes_on(long, started, monkeypatch):
    begun = []
    monkeypatch.setattr(parallel, "LONG", long)
    monkeypatch.setattr(parallel, "start_helpers", lambda: begun.append(True))
    monkeypatch.setattr(branch, "_first", lambda net: 0)
    rng = np.random.default_rng(3)
    domain, teacher = signs(11), _deep(rng, 11)
    tree = random_tree(rng, domain, 2)
    branch.prove(domain, teacher, tree, Options(confirm=False))
    assert bool(begun) == bool(started)
    begun.clear()
    branch.prove(domain, teacher, tree, Options(confirm=True))
    assert not begun


def _closed(teacher, domain, monkeypatch, trees):
    """The cells of a search, with what is said of them: with trees of signs, if that is wanted."""
    monkeypatch.setattr(branch, "_first", lambda net: 0)
    monkeypatch.setattr(slots, "SMALL", 1)
    monkeypatch.setattr(slots, "LEARNT", 0)
    options = Options(confirm=False, signed=trees)
    found = branch.prove(domain, teacher, Tree((Leaf(0),)), options)
    return [(cell, step) for cell, _, step in steps(domain, found.proof)]


@pytest.mark.parametrize(("widths", "outputs"), [((13, 11), 1), ((13, 11), 3), ((9, 8, 7), 1)])
def test_the_kernel_takes_the_trees_of_signs_that_the_search_finds(widths, outputs, monkeypatch):
    found = rows = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        domain = signs(14) if seed % 2 else matters.random_domain(rng, 20_000)
        teacher = _deep(rng, domain.columns, outputs, widths)
        ready = prepare(teacher, domain)
        said = _closed(teacher, domain, monkeypatch, trees=True)
        own = [(cell, step) for cell, step in said if isinstance(step, Signed)]
        if own:
            parts, wanted = parts_of([cell for cell, _ in own]), [step.klass for _, step in own]
            trees = [step.trees for _, step in own]
            margins, _ = signed_margins(ready, parts, np.array(wanted), trees, range(len(own)))
            assert (margins > 0).all()
        found += len(own)
        rows += sum(step.trees[0] > 0 for _, step in own)
        assert not any(
            isinstance(step, Signed) for _, step in _closed(teacher, domain, monkeypatch, False)
        )
    assert found > 10
    assert (rows > 0) == (len(widths) == 2)


@pytest.mark.parametrize(
    ("limited", "each", "nodes"),
    [(True, 0.0, 256), (True, 1e-5, 4096), (True, 1e-3, 200), (True, 1.0, 64), (False, 1.0, 4096)],
)
def test_with_a_time_limit_no_call_takes_long(limited, each, nodes, monkeypatch):
    """One of 4,096 nodes of 300 neurons on 256 inputs took 1.4 s, begun as the time was over."""
    asked = []
    monkeypatch.setattr(parallel, "call", lambda *given: asked.append(given[-1]))
    monkeypatch.setattr(parallel, "begin", lambda *_: None)
    pool = SimpleNamespace(submit=lambda function, *given: function(*given))
    options = Options(deadline=0.0 if limited else None)
    held = SimpleNamespace(options=options, hasty=False, found=())
    slot = SimpleNamespace(found=SimpleNamespace(kind=[0] * 4096), each=each)
    parallel._begin(held, None, slot, pool, 0)
    assert asked == [nodes]


def test_a_network_of_very_many_columns_is_folded_in_little_memory():
    """No identity of all columns is made: of 20,000 it has 3.2 GB."""
    columns = 20_000
    weight = np.ones((2, columns), dtype=np.float32)
    net = Network(
        columns, (Affine(0, weight, np.zeros(2)), Relu(1), Affine(2, weight[:1, :2], np.zeros(1)))
    )
    tracemalloc.start()
    hidden = []
    last = fold(net, hidden)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert last is not None and last[0] == 0
    np.testing.assert_array_equal(hidden[0][0], weight)
    assert peak < 1 << 24
