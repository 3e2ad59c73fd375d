"""Trees of signs: each leaf's bound in fractions and at every point; bytes that are no trees."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values, teacher_class
from tests.every import EVERY, seeds
from tests.kernel.test_quick import PRECISIONS, cases, scaled
from tests.sign_trees import (
    CHOSEN,
    FLAT,
    Inner,
    Leaf,
    Tree,
    before,
    constant_tree,
    encode,
    is_in,
    leaves,
    nodes_read,
    number,
    owners,
    packed,
    random_rows,
    random_tree,
    values_of,
)
from verifier.kernel import signed, signs
from verifier.kernel.choices import DOUBLE, SINGLE
from verifier.kernel.float32 import never_shown
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.quick import slopes
from verifier.kernel.rules import class_rows, constant
from verifier.kernel.signed import (
    _enclosed,
    leaf_bounds,
    signed_margins,
    tighten,
)
from verifier.kernel.signs import decode, neurons
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof
from verifier.model.network import NARROW, Add, Affine, Network, Relu, Scale


def problem(seed):
    """A domain, a network of ReLUs, cells, and trees for the forms of a class in each cell."""
    domain, network, cells = (scaled if seed % 4 == 3 else cases)(seed)
    rng = np.random.default_rng([seed, 71])
    widths = [width for _, width in nodes_read(network)]
    klass, forms = int(rng.integers(max(2, network.outputs))), max(1, network.outputs - 1)
    made = [[random_tree(rng, widths, 4) for _ in range(forms)] for _ in cells]
    if seed % 2:
        made = [[*random_rows(rng, widths, 2), *own] for own in made]
    return domain, network, cells, klass, made


def bounds(p, cells, klass, data, precision):
    """The kernel's cells, with what rows tell, and its bounds of leaves: of each cell and form."""
    forms = max(1, p.teacher.outputs - 1)
    rows, _ = class_rows(p.teacher.outputs, klass)
    trees = decode(data, range(len(data)), neurons(p), forms)
    with np.errstate(over="ignore", invalid="ignore"):
        held = _enclosed(p, parts_of(cells), precision)
        tighten(held, trees)
        at = np.flatnonzero(trees.about < 0)
        about, every = (at, trees.step[at]), np.flatnonzero(np.isin(trees.tree, at))
        own = rows[-1 - trees.about[at]]
        tree, found = leaf_bounds(held, trees, len(p.teacher.layers), about, own, every)
    each = [found[tree == i].tolist() for i in range(len(at))]
    return held, [each[i : i + forms] for i in range(0, len(each), forms)]


def enclosures(held, precision):
    """By node a cell's enclosures, and the lines above ReLUs that go with them, as fractions."""
    lines = {}
    for node, (low, high) in enumerate(zip(held.low, held.high, strict=True)):
        above = slopes(low, high, precision)[1]
        lines[node] = []
        for own in zip(low, high, above, strict=True):
            ends = [[Fraction(float(x)) for x in y] for y in own]
            mu = [max(-c * a, (1 - c) * b) for a, b, c in zip(*ends, strict=True)]
            lines[node].append((*ends, mu))
    return lines


def exactly(network, domain, cell, lines, form, leaf, path, flat, bases, top=None):
    """What a leaf shows in exact numbers of a form of a node, and what all was added up from."""
    layers, owner = network.layers, owners([width for _, width in nodes_read(network)])
    first = {node: owner.index(k) for k, (node, _) in enumerate(nodes_read(network))}
    top = len(layers) if top is None else top
    pending = {top: [Fraction(int(x)) for x in form]}
    total = size = Fraction(0)
    for node in range(top, 0, -1):
        if node not in pending:
            continue
        a, layer = pending.pop(node), layers[node - 1]
        if isinstance(layer, Affine | Scale):
            if isinstance(layer, Affine):
                weight = [[Fraction(x) for x in row] for row in layer.weight.tolist()]
                bias = [Fraction(x) for x in layer.bias.tolist()]
            else:
                pairs = zip(layer.scale.tolist(), layer.divisor.tolist(), strict=True)
                factors, bias = [Fraction(x) / Fraction(y) for x, y in pairs], layer.shift.tolist()
                weight = np.diag(np.array(factors, dtype=object)).tolist()
            total += sum(x * Fraction(y) for x, y in zip(a, bias, strict=True))
            size += sum(abs(x * Fraction(y)) for x, y in zip(a, bias, strict=True))
            out = [sum(x * row[i] for x, row in zip(a, weight, strict=True))
                   for i in range(len(weight[0]))]  # fmt: skip
        elif isinstance(layer, Relu):
            out = []
            for i, r in enumerate(a):
                j = first[layer.source] + i
                low, high, lam, mu = (x[i] for x in lines[layer.source])
                byte = leaf.units[owner[j]]
                unit = (16 + byte % 16) * Fraction(2) ** (byte // 16 + bases[owner[j]])
                sign, beta = path.get(j, 0), leaf.codes[j] * unit
                slope = CHOSEN[leaf.codes[j]] if flat[j] == 3 else FLAT[flat[j]]
                if sign:
                    q, k = (r - beta if sign > 0 else beta), 0
                elif low >= 0 or high <= 0:
                    q, k = (r if low >= 0 else Fraction(0)), 0
                else:
                    q, k = (slope * r, 0) if r >= 0 else (lam * r, mu * r)
                out.append(q)
                total, size = total + k, size + abs(k) + (abs(q) + abs(r)) * max(high, -low)
        else:
            out = a
        for i in (layer.left, layer.right) if isinstance(layer, Add) else (layer.source,):
            held = pending.get(i, [Fraction(0)] * len(out))
            pending[i] = [x + y for x, y in zip(held, out, strict=True)]
    column, size = 0, size + sum(map(abs, pending[0]))
    for variable, part in zip(domain.variables, cell.parts, strict=True):
        own, every = pending[0][column : column + variable.columns], []
        for v in part if isinstance(part, range) else range(variable.count):
            if isinstance(part, range) or part >> v & 1:
                every.append(sum(x * y for x, y in zip(own, rows_of(variable, v), strict=True)))
        total, size, column = total + min(every), size + max(map(abs, every)), column + len(own)
    return total, size


def rows_of(variable, v):
    """The numbers of a value."""
    return variable.encoding[v] if hasattr(variable, "encoding") else (variable.number(v),)


def forms_of(trees):
    """Those that are not of rows."""
    return [tree for tree in trees if tree.row is None]


@PRECISIONS
@pytest.mark.parametrize("seed", seeds(range(36)))
def test_what_leaves_show_is_theirs_in_fractions_and_true(seed, precision):
    """No more than the rule says in exact numbers, and little less; and no more than the form is
    at any point of the leaf."""
    domain, network, cells, klass, made = problem(seed)
    p = prepare(network, domain)
    widths = [width for _, width in nodes_read(network)]
    held, found = bounds(p, cells, klass, [encode(trees, widths) for trees in made], precision)
    rows, _ = class_rows(network.outputs, klass)
    cut = max([0.0, *(np.ldexp(g.inexact, -g.e - 1).item() for g in p.groups)])  # of encodings
    seen = 0
    for i, (cell, trees) in enumerate(zip(cells, made, strict=True)):
        lines = {node: own[i] for node, own in enclosures(held, precision).items()}
        points = list(cell.points())
        values = [node_values(network, domain.encode(x)) for x in points[:: 1 + len(points) // 8]]
        for form, tree, own in zip(rows.tolist(), forms_of(trees), found[i], strict=True):
            for (leaf, path), bound in zip(leaves(tree.root), own, strict=True):
                exact, size = exactly(
                    network, domain, cell, lines, form, leaf, path, tree.slopes, tree.bases
                )
                assert exact - size * Fraction(2000 * precision.unit + 8 * cut) <= bound <= exact
                for nodes in values:
                    if is_in(path, values_of(network, nodes)):
                        margin = sum(int(x) * y for x, y in zip(form, nodes[-1], strict=True))
                        seen += 1
                        assert Fraction(bound) <= margin
    assert seen > 4


@pytest.mark.parametrize("seed", seeds(range(120)))
def test_a_class_that_is_shown_is_that_of_every_point(seed):
    domain, network, cells, _, made = problem(seed)
    rng = np.random.default_rng([seed, 72])
    p, widths = prepare(network, domain), [width for _, width in nodes_read(network)]
    points = list(cells[-1].points())
    klass = teacher_class(network, domain.encode(points[int(rng.integers(len(points)))]))
    wanted, data = np.full(len(cells), klass), [encode(trees, widths) for trees in made]
    numbers = range(1, len(cells) + 1)
    margins, firm = signed_margins(p, parts_of(cells), wanted, data, numbers, float32=True)
    assert not (firm & ~(margins > 0)).any()
    for i in np.flatnonzero(margins > 0):
        assert all(teacher_class(network, domain.encode(x)) == klass for x in cells[i].points())


@PRECISIONS
@pytest.mark.parametrize("seed", seeds(range(1, 36, 2)))
def test_what_rows_show_is_theirs_in_fractions_and_true(seed, precision):
    """An end that is closer than without rows is that of the row's leaves; all hold at all points.

    What is known of a node is from rows of nodes before it.
    """
    domain, network, cells, klass, made = problem(seed)
    p, widths = prepare(network, domain), [width for _, width in nodes_read(network)]
    held, _ = bounds(p, cells, klass, [encode(trees, widths) for trees in made], precision)
    with np.errstate(over="ignore", invalid="ignore"):
        plain = _enclosed(p, parts_of(cells), precision)
    nodes, owner, seen = nodes_read(network), owners(widths), 0
    for i, (cell, trees) in enumerate(zip(cells, made, strict=True)):
        lines = {node: own[i] for node, own in enclosures(held, precision).items()}
        for tree in (x for x in trees if x.row is not None):
            neuron, above = divmod(tree.row, 2)
            node, width = nodes[owner[neuron]]
            j = neuron - owner.index(owner[neuron])
            form = [(1 - 2 * above) * (k == j) for k in range(width)]
            every = [
                exactly(network, domain, cell, lines, form, leaf, path, *of(tree), node)
                for leaf, path in leaves(tree.root)
            ]
            exact, size = min(x for x, _ in every), max(x for _, x in every)
            found, old = (
                (1 - 2 * above) * Fraction(float((x.high if above else x.low)[node][i, j]))
                for x in (held, plain)
            )
            loss = size * Fraction(2000 * precision.unit + 2.0**-18)  # numbers of ranges are cut
            assert max(old, exact - loss) <= found <= max(old, exact)
            seen += found > old
        points = list(cell.points())
        for point in points[:: 1 + len(points) // 8]:
            values = node_values(network, domain.encode(point))
            for node, _ in nodes[1:] if nodes[0][0] == 0 else nodes:
                ends = held.low[node][i].tolist(), held.high[node][i].tolist()
                for x, low, high in zip(values[node], *ends, strict=True):
                    assert Fraction(low) <= x <= Fraction(high)
    assert seen or not any(tree.row is not None for trees in made for tree in trees)


def of(tree):
    """Its slopes and bases."""
    return tree.slopes, tree.bases


def test_some_are_shown_for_float32_and_some_in_double_alone():
    """A form that is 3 at a point: with a logit of 2^40 and its opposite single shows nothing."""
    seen = set()
    for far in (0.0, 2.0**20, 2.0**40):
        layers = Affine(0, np.array([[1.0], [1.0]]), np.array([far, 1.0])), Relu(1)
        network = Network(1, (*layers, Affine(2, np.array([[1.0, 1.0]]), np.array([2.0 - far]))))
        p, parts = prepare(network, bits(1)), parts_of([full_cell(bits(1))])
        data = [encode([constant_tree(network)], [2])]
        margins, firm = signed_margins(p, parts, np.array([1]), data, [1], float32=True)
        assert margins[0] > 0
        seen.add(bool(firm[0]))
    assert seen == {True, False}


def test_a_tree_shows_what_the_cell_does_not():
    """relu(z) - relu(z) + 1/10: with the sign of z both are lines."""
    layers = Affine(0, np.ones((2, 2)), np.full(2, -0.75)), Relu(1)
    network = Network(2, (*layers, Affine(2, np.array([[1.0, -1.0]]), np.array([0.1]))))
    p, parts = prepare(network, bits(2)), parts_of([full_cell(bits(2))])
    assert not constant(p, [full_cell(bits(2))], [1])[0]
    tree = Tree(Inner(1, Leaf([0], [0, 0]), Leaf([0], [3, 0])), [3, 3], [-4])
    for klass, there in ((1, True), (0, False)):
        margins, _ = signed_margins(p, parts, np.array([klass]), [encode([tree], [2])], [1])
        assert (margins[0] > 0) == there


def test_a_row_shows_what_a_form_does_not():
    """1/20 - relu(y), where y = relu(z) - relu(z) - 1/10 is shown to be at most 0."""
    layers = Affine(0, np.ones((2, 2)), np.full(2, -0.75)), Relu(1)
    layers += Affine(2, np.array([[1.0, -1.0]]), np.array([-0.1])), Relu(3)
    network = Network(2, (*layers, Affine(4, np.array([[-1.0]]), np.array([0.05]))))
    p, parts = prepare(network, bits(2)), parts_of([full_cell(bits(2))])
    form = Tree(Leaf([0, 0], [0, 0, 0]), [0, 0, 0], [0, 0])
    root = Inner(0, Leaf([0], [0, 0]), Leaf([0], [0, 3]))
    for row, there in ((2 * 2, False), (2 * 2 + 1, True)):
        trees = [Tree(root, [3, 3, 0], [-4, 0], row), form]
        margins, _ = signed_margins(p, parts, np.array([1]), [encode(trees, [2, 1])], [1])
        assert (margins[0] > 0) == there
    margins, _ = signed_margins(p, parts, np.array([1]), [encode([form], [2, 1])], [1])
    assert not margins[0] > 0


def test_every_form_has_to_be_shown():
    """Of three logits 0, 1 and 2 - 3 relu(z): one of class 1's two forms is wrong where z is 1."""
    layers = Affine(0, np.ones((1, 1)), np.zeros(1)), Relu(1)
    last = Affine(2, np.array([[0.0], [0.0], [3.0]]), np.array([-1.0, 0.0, -2.0]))
    network = Network(1, (*layers, last))
    p, parts = prepare(network, bits(1)), parts_of([full_cell(bits(1))])
    data = encode([Tree(Leaf([0], [0]), [2], [0])] * 2, [1])
    assert not signed_margins(p, parts, np.array([1]), [data], [1])[0][0] > 0
    cut = replace(network, layers=(*layers, replace(last, bias=np.array([-1.0, 0.0, -4.0]))))
    assert signed_margins(prepare(cut, bits(1)), parts, np.array([1]), [data], [1])[0][0] > 0


def test_a_neuron_that_is_0_is_on_both_sides():
    """relu(z) is 0 at two points: what is wrong at these alone is shown by no tree."""
    layers = Affine(0, np.array([[1.0, -1.0]]), np.zeros(1)), Relu(1)
    for bias, there in ((-0.0, False), (0.5, True)):
        network = Network(2, (*layers, Affine(2, np.array([[1.0]]), np.array([bias]))))
        p, parts = prepare(network, bits(2)), parts_of([full_cell(bits(2))])
        some = [Tree(Inner(0, Leaf([unit], [0]), Leaf([unit], [3])), [2], [-10])
                for unit in range(0, 256, 5)]  # fmt: skip
        data = [encode([tree], [1]) for tree in (*some, Tree(Leaf([0], [0]), [0], [0]))]
        found = [signed_margins(p, parts, np.array([1]), [x], [1])[0][0] > 0 for x in data]
        assert any(found[:-1]) == found[-1] == there


@pytest.mark.parametrize("base", [-128, -60, 0, 60, 112])
@pytest.mark.parametrize("size", [2.0**-1074, 2.0**-1022, 2.0**-150, 1.0, 2.0**25, 2.0**95])
def test_extremes_show_nothing_that_is_false(base, size):
    """Weights of all sizes, and multipliers from 2^-124 to 2^132, in leaves with points."""
    rng, seen = np.random.default_rng([abs(base), int(np.log2(size)) + 2000]), 0
    for _ in range(12):
        layers = Affine(0, rng.normal(size=(3, 3)) * size, rng.normal(size=3) * size), Relu(1)
        last = Affine(2, rng.normal(size=(1, 3)), np.array([rng.normal()]) * size)
        network, domain = Network(3, (*layers, last)), bits(3)
        p, cell = prepare(network, domain), full_cell(domain)
        tree = random_tree(rng, [3], 3)
        tree.bases = [base]
        nodes = [node_values(network, domain.encode(x)) for x in cell.points()]
        for precision in (SINGLE, DOUBLE):
            if precision is SINGLE and size > 2.0**28:
                continue
            _, ((found,),) = bounds(p, [cell], 1, [encode([tree], [3])], precision)
            for (_, path), bound in zip(leaves(tree.root), found, strict=True):
                inside = [x[-1][0] for x in nodes if is_in(path, x[1])]
                assert not (np.isfinite(bound) and inside) or Fraction(bound) <= min(inside)
                seen += bool(np.isfinite(bound) and inside)
    assert seen or base == 112


def read(data, spans, forms):
    """The trees of one step."""
    return decode([data], [1], spans, forms)


def broken(rng, data):
    """Bytes that are nearly those of trees, with what is wrong with them."""
    yield "early", data[: rng.randrange(len(data))]
    yield "go on", data + b"\0"
    yield "too long", b"\x80\0" + data[1:]
    yield "too long|early|order", b"\xff" * 20
    yield "order", b"\2\0\0" + data[1:]
    yield "order|early", b"\x7f" + bytes(range(127))
    yield "many|early|order", b"\xff" * 8 + b"\x01"
    for at in range(len(data)):  # whatever it says then, it says so in one way
        flipped = bytearray(data)
        flipped[at] ^= 1 << rng.randrange(8)
        yield "", bytes(flipped)


def test_bytes_that_are_no_trees_are_refused():
    """What is accepted is written again from what was read, to the same bytes."""
    accepted = refused = 0
    for seed in range(24 if EVERY else 8):
        _, network, _, _, made = problem(seed)
        widths, rng = [width for _, width in nodes_read(network)], random.Random(seed)
        spans = [(node, slice(sum(widths[:k]), sum(widths[: k + 1])))
                 for k, (node, _) in enumerate(nodes_read(network))]  # fmt: skip
        data, forms = encode(made[0], widths), len(forms_of(made[0]))
        assert rewritten(read(data, spans, forms), data, widths) == data
        for why, bad in broken(rng, data):
            try:
                held = read(bad, spans, forms)
            except InvalidProof as error:
                refused += 1
                assert not why or any(x in str(error) for x in why.split("|")), (why, error)
                continue
            accepted += 1
            assert not why and rewritten(held, bad, widths) == bad
    assert accepted > 30 and refused > 30


def integer_at(data, at):
    """An integer in base 128, and the place behind it."""
    size = next(i for i in range(at, len(data)) if data[i] < 128) + 1
    return sum((byte & 127) << 7 * k for k, byte in enumerate(data[at:size])), size


def rewritten(held, data, widths):
    """The bytes that trees are written in, by the shape and bases that they have in ``data``."""
    owner, many = owners(widths), len(held.slopes)
    rows, at = integer_at(data, 0)
    for _ in range(rows):
        _, at = integer_at(data, at)
    inner, at = integer_at(data, at)
    kinds = [row if row >= 0 else None for row in held.about.tolist()]
    reach = [before(Tree(None, [], row=row), widths) for row in kinds]
    size = -(-(2 * inner + many) // 8)
    shape = [data[at + i // 8] >> i % 8 & 1 for i in range(2 * inner + many)]
    tests, at = data[at + size : at + size + inner], at + size + inner
    at += -(-sum(count for count, _ in reach) // 4)
    bases = []
    for _, nodes in reach:
        bases, at = [*bases, list(data[at : at + nodes])], at + nodes
    units = []
    for i, tree in enumerate(held.tree.tolist()):
        signs = held.sign[i] != 0
        for k in range(len(widths)):
            there = signs[[k == n for n in owner]].any()
            assert (held.units[i, k] > 0) == there
            if there:
                mantissa, power = np.frexp(held.units[i, k])
                shift = int(power) - 5 - (bases[tree][k] - 128)
                units.append(int(mantissa * 32) - 16 | shift << 4)
    said = (held.sign != 0) | (held.slopes == 3)[held.tree]
    assert not held.codes[~said].any()
    flat = [code for own, (count, _) in zip(held.slopes.tolist(), reach, strict=True)
            for code in own[:count]]  # fmt: skip
    parts = [
        number(rows),
        *map(number, held.about[:rows].tolist()),
        number(inner),
        packed(shape, 1),
    ]
    parts += [tests, packed(flat, 2), *map(bytes, bases), bytes(units)]
    return b"".join((*parts, packed(held.codes[said].tolist(), 2)))


def chain(length, count, *, right):
    """A tree of one path, with so many tests of different neurons."""
    root = Leaf([0], [0] * count)
    for neuron in range(length):
        both = root, Leaf([0], [0] * count)
        root = Inner(neuron, *(both[::-1] if right else both))
    return Tree(root, [0] * count, [0])


@pytest.mark.parametrize("right", [False, True])
def test_trees_are_as_deep_as_they_may_be_and_no_deeper(right):
    spans = [(1, slice(0, 300))]
    held = read(encode([chain(255, 300, right=right)], [300]), spans, 1)
    assert (held.sign != 0).sum(axis=1).max() == 255
    for length in (256, 300):
        with pytest.raises(InvalidProof, match="too deep"):
            read(encode([chain(length, 300, right=right)], [300]), spans, 1)
    deep = signs.DEEPEST + 2  # on the other side, where fewer are to come
    root = Leaf([0], [0] * 300)
    for neuron in range(deep):
        root = Inner(neuron, Leaf([0], [0] * 300), root)
    with pytest.raises(InvalidProof, match="too deep"):
        read(encode([Tree(root, [0] * 300, [0])], [300]), spans, 1)
    ones = b"\0" + b"\x80\x80\x80\x01" + b"\xff" * (1 << 19)
    with pytest.raises(InvalidProof):
        read(ones, [(1, slice(0, 20))], 1)


def test_trees_that_end_too_early_or_never_are_none():
    """A leaf, then a test with a leaf on one side; a test and two more; as many of each."""
    spans = [(1, slice(0, 2))]
    good = bytes([0, 1, 0b001, 0, 0, 128, 0, 0, 0])
    assert len(read(good, spans, 1).tree) == 2
    for shape in (0b010, 0b100, 0b011, 0b111, 0b000):
        for after in (good[3:], good[4:]):
            with pytest.raises(InvalidProof):
                read(bytes([0, 1, shape]) + after, spans, 1)


def test_steps_that_are_read_together_are_those_that_are_read_alone():
    """Whatever is beside them; and what is wrong with one is said of that one."""
    parts = ("about", "sign", "codes", "units", "slopes")
    for seed in range(4):
        _, network, _, _, made = problem(seed)
        widths, rng = [width for _, width in nodes_read(network)], random.Random(seed)
        spans = [(node, slice(sum(widths[:k]), sum(widths[: k + 1])))
                 for k, (node, _) in enumerate(nodes_read(network))]  # fmt: skip
        data, forms = [encode(trees, widths) for trees in made], len(forms_of(made[0]))
        alone, held = (
            [read(x, spans, forms) for x in data],
            decode(data, range(len(data)), spans, forms),
        )
        for what in parts:
            both = np.concatenate([getattr(x, what) for x in alone])
            assert np.array_equal(getattr(held, what), both)
        sizes = [len(x.about) for x in alone]
        assert np.array_equal(held.step, np.repeat(np.arange(len(data)), sizes))
        before = np.cumsum([0, *sizes])
        each = [x.tree + k for x, k in zip(alone, before, strict=False)]
        assert np.array_equal(held.tree, np.concatenate(each))
        for place in range(len(data)):
            for why, bad in broken(rng, data[place]):
                some = [*data[:place], bad, *data[place + 1 :]]
                try:
                    lone = read(bad, spans, forms)
                except InvalidProof as error:
                    with pytest.raises(InvalidProof) as found:
                        decode(some, range(len(some)), spans, forms)
                    assert str(found.value) == str(error).replace("step 1:", f"step {place}:")
                    continue
                assert not why
                found = decode(some, range(len(some)), spans, forms)
                assert np.array_equal(found.sign[found.step[found.tree] == place], lone.sign)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_all_is_shown_that_double_precision_alone_shows(seed):
    domain, network, cells, klass, made = problem(seed)
    p, widths = prepare(network, domain), [width for _, width in nodes_read(network)]
    data, wanted = [encode(trees, widths) for trees in made], np.full(len(cells), klass)
    _, double = bounds(p, cells, klass, data, DOUBLE)
    margins, _ = signed_margins(p, parts_of(cells), wanted, data, range(len(cells)))
    for own, forms in zip(margins, double, strict=True):
        assert own > 0 or not min(min(own) for own in forms) > 0


def test_what_trees_show_does_not_depend_on_how_many_are_read_at_once(monkeypatch):
    many = 0
    for seed in range(12):
        domain, network, cells, klass, made = problem(seed)
        p, widths = prepare(network, domain), [width for _, width in nodes_read(network)]
        data, wanted = [encode(trees, widths) for trees in made], np.full(len(cells), klass)
        found = []
        for least in (1 << 20, 1):
            monkeypatch.setattr(signed, "READ", least)
            margins, _ = signed_margins(p, parts_of(cells), wanted, data, range(len(cells)))
            found.append(margins)
        np.testing.assert_allclose(*found, rtol=1e-4, atol=1e-4)
        many += len({round(x, 2) for x in found[0].tolist()}) > 1
    assert many > 3


def test_a_row_that_single_precision_loses_is_bounded_in_double():
    """1/20 - relu(y) as above, where y is a difference of numbers of 2^20."""
    layers = Affine(
        0, np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]), np.array([-0.75, -0.75, 2**20])
    )
    layers = layers, Relu(1), Affine(2, np.array([[1.0, -1.0, 1.0]]), np.array([-0.1 - 2**20]))
    network = Network(2, (*layers, Relu(3), Affine(4, np.array([[-1.0]]), np.array([0.05]))))
    p, parts = prepare(network, bits(2)), parts_of([full_cell(bits(2))])
    form = Tree(Leaf([0, 0], [0] * 4), [0] * 4, [0, 0])
    root = Inner(0, Leaf([0], [0, 0, 0]), Leaf([0], [0, 3, 0]))
    trees = [Tree(root, [3, 3, 0, 0], [-4, 0], 2 * 3 + 1), form]
    data = [encode(trees, [3, 1])]
    _, (((single,),),) = bounds(p, [full_cell(bits(2))], 1, data, SINGLE)
    margins, _ = signed_margins(p, parts, np.array([1]), data, [1])
    assert margins[0] > 0 > single


@pytest.mark.parametrize("executed", [(), NARROW[:1]])
def test_what_is_never_shown_for_float32_is_not_bounded_for_that(executed):
    """A form that is 1 / 10^7 is not shown for float32, in double neither."""
    layers = Affine(0, np.ones((2, 2)), np.full(2, -0.75)), Relu(1)
    layers = *layers, Affine(2, np.array([[1.0, -1.0]]), np.array([1e-7]))
    network, spent = Network(2, layers, executed=executed), list[int]()
    p, parts = (
        replace(prepare(network, bits(2)), spend=spent.append),
        parts_of([full_cell(bits(2))]),
    )
    data = [encode([Tree(Inner(1, Leaf([0], [0, 0]), Leaf([0], [3, 0])), [3, 3], [-4])], [2])]
    work = []
    for float32 in (False, True):
        spent.clear()
        margins, firm = signed_margins(p, parts, np.array([1]), data, [1], float32=float32)
        work.append(sum(spent))
        assert margins[0] > 0 and not firm[0]
    assert never_shown(p) == bool(executed) and (work[0] < work[1]) == (not executed)


def test_integers_have_five_digits_at_most_and_end():
    for count in (0, 1, 2, 300):
        numbers = [7**k % (1 << 35) for k in range(count)]
        data = b"".join(map(number, numbers))
        reader = signs._Reader(data + b"\xff" * 3, 1)
        assert reader.integers(count) == numbers and reader.at == len(data)
    for bad in (b"", b"\x80", b"\x80\x80\x80\x80\x80", b"\xff" * 5 + b"\1", b"\x81\0", b"\5"):
        with pytest.raises(
            InvalidProof, match=r"step 9: its signs: (they end too|an integer is too)"
        ):
            signs._Reader(bad, 9).integers(2)


def test_a_path_may_not_test_a_neuron_twice_nor_one_that_is_not_there():
    leaf, spans = Leaf([0], [0, 0]), [(1, slice(0, 2))]
    twice = Inner(0, Inner(1, leaf, Inner(0, leaf, leaf)), leaf)
    with pytest.raises(InvalidProof, match="twice"):
        read(encode([Tree(twice, [0, 0], [0])], [2]), spans, 1)
    data = bytearray(encode([Tree(Inner(1, leaf, leaf), [0, 0], [0])], [2]))
    assert data[3] == 1
    data[3] = 2
    with pytest.raises(InvalidProof, match="not before"):
        read(bytes(data), spans, 1)


def test_a_million_nodes_are_read():
    """All patterns of 19 neurons."""
    depth = 19
    count = (1 << depth) - 1
    shape, tests = perfect(depth)
    head = b"\0" + number(count) + np.packbits(shape, bitorder="little").tobytes()
    flat, signed_codes = packed([0] * depth, 2), bytes(-(-(count + 1) * depth // 4))
    data = head + tests.tobytes() + flat + b"\x80" + bytes(count + 1) + signed_codes
    held = read(data, [(1, slice(0, depth))], 1)
    assert (np.abs(held.sign).sum(axis=1) == depth).all() and (held.units == 16).all()
    places = np.arange(count + 1)[:, None] >> np.arange(depth)[::-1] & 1
    assert np.array_equal(held.sign, 2 * places - 1)


@pytest.mark.parametrize("count", [1, 15, 16, 64])
def test_trees_that_would_take_too_much_memory_are_refused_before_they_are_read(count):
    """However few neurons they are about: the nodes themselves take room."""
    most = (1 << 26) // max(16, count) - 1
    for inner, why in ((most, "too early"), (most + 1, "too many leaves")):
        with pytest.raises(InvalidProof, match=why):
            read(b"\0" + number(inner), [(1, slice(0, count))], 1)


def perfect(depth):
    """The shape and the tests of a tree of all patterns, in pre-order."""
    shape, tests = np.zeros(1, dtype=np.uint8), np.zeros(0, dtype=np.uint8)
    for level in reversed(range(depth)):
        shape = np.concatenate([[1], shape, shape]).astype(np.uint8)
        tests = np.concatenate([[level], tests, tests]).astype(np.uint8)
    return shape, tests
