"""Sweeps in float64: every count is the one by brute force, every error is within its bound."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import count, product

import numpy as np
import pytest

from tests.brute_claims import sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.brute_proof import ENUMERATED, Node
from tests.certificates.matters import file
from tests.every import seeds
from tests.kernel.test_near_ties import AWKWARD, weights
from tests.kernel.test_near_ties import random_domain as awkward_domain
from tests.provers.cases import random_variable
from verifier.kernel import checker, folding, ledger, stopping, sweep
from verifier.kernel.asked import ask
from verifier.kernel.axes import axes
from verifier.kernel.folding import contributions, fold, outer_sum, run
from verifier.kernel.over import decided
from verifier.kernel.plain import plain
from verifier.kernel.points import blocks
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds
from verifier.kernel.tally import tally_points
from verifier.kernel.weights import limbs, weight_of_points
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Add, Affine, Network, Relu, Scale, exact_logits
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.part import size, values
from verifier.model.proof import Enumerated, Split
from verifier.model.question import Bound, Matter, differ, matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.reading.certificate import certificate_of

SEEDS = seeds(range(160))


def everything_swept(monkeypatch, *, group=16, block=5, worth=1):
    """Cells of a point and more are swept, in small groups and blocks; returns those swept."""
    monkeypatch.setattr(ledger, "least", lambda asked: 1)
    monkeypatch.setattr(ledger, "WORTH", worth)
    monkeypatch.setattr(sweep, "GROUP", group)
    monkeypatch.setattr(sweep, "LARGE", group)
    monkeypatch.setattr(sweep, "REFINED", 4)
    monkeypatch.setattr(sweep, "block_size", lambda rows: block)
    honest, done = sweep._Group.count, []

    def noted(group, scratch):
        done.append(group.place)
        honest(group, scratch)

    monkeypatch.setattr(sweep._Group, "count", noted)
    return done


def random_question(seed):
    """A random matter, as brute force sees it, and as it is read from a file."""
    members = random_members(random.Random(seed))
    matter = brute_matter_of(members)
    return matter, certificate_of(file(sealed(members, [Node(ENUMERATED)]))).matter


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sweep_counts_as_brute_force_does(seed, monkeypatch):
    """Domain trees, ordinals, several networks and trees; leaves cut, or looked up by point."""
    everything_swept(monkeypatch, group=(1, 7, 64)[seed % 3], worth=(1, 1 << 20)[seed % 2])
    brute, matter = random_question(seed)
    true, chance = len(brute.answer), sum(brute.answer.values(), Fraction(0))
    verdict = checker.verify(matter, (Enumerated(),))
    assert verdict.disagreements == (true, true)
    assert verdict.error == (chance, chance)
    assert verdict.checked.points_enumerated == verdict.domain_size == len(brute.weights)
    listed = {c.point: c.classes for c in verdict.counterexamples}
    assert len(listed) == min(true, 10) and listed.keys() <= brute.answer.keys()
    for point, classes in listed.items():
        assert classes == tuple(brute.classes(point).values())


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_weights_that_are_too_long_for_sums_are_counted(seed, monkeypatch):
    """As if all were longer than limbs hold."""
    everything_swept(monkeypatch, group=64)
    monkeypatch.setattr(sweep, "limbs", lambda *_: None)
    brute, matter = random_question(seed)
    chance = sum(brute.answer.values(), Fraction(0))
    assert checker.verify(matter, (Enumerated(),)).error == (chance, chance)


@pytest.mark.parametrize("divided", [(), (0,), (1,), (0, 1)])
def test_float32_is_shown_of_two_networks_only_where_it_is_of_both(divided, monkeypatch):
    """Of one with a division nothing is shown, whichever of the two it is."""
    done, rng = everything_swept(monkeypatch), np.random.default_rng(0)
    models = []
    for i in range(2):
        first = Affine(0, rng.normal(size=(3, 6)).astype(np.float32), np.ones(3, np.float32) / 4)
        ones = np.ones(3, np.float32)
        scale = Scale(1, ones, ones * (3 if i in divided else 1), 0 * ones)
        last = Affine(3, rng.normal(size=(1, 3)).astype(np.float32), np.zeros(1, np.float32))
        network = Network(6, (first, scale, Relu(2), last))
        models.append(Bound(f"net {i}", network, tuple(range(6))))
    matter = Matter(bits(6), tuple(models), differ())
    verdict = checker.verify(matter, (Enumerated(),))
    assert done and (verdict.float32.points_not_shown == 64) == bool(divided)


def test_most_of_these_are_swept(monkeypatch):
    done = everything_swept(monkeypatch)
    found = 0
    for seed in SEEDS:
        done.clear()
        checker.verify(random_question(seed)[1], (Enumerated(),))
        found += bool(done)
    assert found > len(SEEDS) // 2


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_a_sweep_shows_for_float32_what_points_alone_show(seed, monkeypatch):
    """And the same leaves and the same answer."""
    _, matter = random_question(seed)
    monkeypatch.setattr(ledger, "least", lambda asked: 1 << 62)
    alone = checker.verify(matter, (Enumerated(),))
    everything_swept(monkeypatch)
    swept = checker.verify(matter, (Enumerated(),), threads=2)
    assert swept.float32 == alone.float32
    assert swept.leaves == alone.leaves


def random_network(rng, columns, kind, outputs):
    """ReLU, add and scale layers, with weights of very different sizes for ``kind`` > 1."""
    layers, widths = [], [columns]
    for _ in range(int(rng.integers(1, 4))):
        width = int(rng.integers(1, 6))
        layers.append(
            Affine(
                len(widths) - 1,
                weights(rng, (width, widths[-1]), kind),
                weights(rng, (width,), kind),
            )
        )
        widths.append(width)
        if rng.random() < 0.3:
            factor, divisor = (rng.choice([-3.0, 0.1, 0.0, 2.0**-20], size=width) for _ in range(2))
            divisor[divisor == 0] = 7.0
            layers.append(Scale(len(widths) - 1, factor, divisor, weights(rng, (width,), kind)))
            widths.append(width)
        layers.append(Relu(len(widths) - 1))
        widths.append(width)
        same = [i for i, w in enumerate(widths) if w == width]
        if rng.random() < 0.4:
            layers.append(Add(int(rng.choice(same)), len(widths) - 1))
            widths.append(width)
    last = weights(rng, (outputs, widths[-1]), kind)
    layers.append(Affine(len(widths) - 1, last, weights(rng, (outputs,), kind)))
    return Network(columns, tuple(layers))


def random_cell(rng, domain):
    parts = []
    for v in domain.variables:
        if isinstance(v.whole, range):
            ends = sorted(rng.integers(0, v.count, size=2).tolist())
            parts.append(range(ends[0], ends[1] + 1))
        else:
            mask = int(rng.integers(1, 1 << v.count))
            parts.append(mask if rng.random() < 0.5 else v.whole)
    return Cell(tuple(parts))


def mixed_domain(rng):
    """Awkward encodings, and in half of the cases an ordinal with steps that are no floats."""
    domain = awkward_domain(rng)
    if rng.random() < 0.5:
        first = Fraction(int(rng.integers(-9, 9)), int(rng.choice([1, 3, 8])))
        step = Fraction(int(rng.integers(1, 5)), int(rng.choice([1, 7, 2**20])))
        return Domain((*domain.variables, Ordinal("n", first, step, 6, uniform(6))))
    return domain


def worst(seed, refine=True, *, single=False):
    """The largest error of a folded network over a random cell, in units of its bound.

    None where this precision is not used.
    """
    rng = np.random.default_rng([seed, 15])
    domain = mixed_domain(rng)
    network = random_network(rng, domain.columns, seed % 4, int(rng.choice([1, 1, 2, 3])))
    cell = random_cell(rng, domain)
    p = prepare(network, domain)
    net = plain(p)
    folded = net and fold(net, all_bounds(p, parts_of([cell]), refine), 0)
    folded = folded and (folded.single if single else folded)
    if not folded:
        return None
    parts = list(enumerate(cell.parts))
    count = cell.size
    each = [contributions(net, folded, i, part) for i, part in parts]
    kind = folded.precision.kind
    base = outer_sum(each, np.empty((len(folded.inputs), count), dtype=kind))
    shift = folded.shift.astype(kind)
    out = run(folded, base, shift[:, None], np.empty((len(shift), count), dtype=kind))
    points = list(product(*(values(part) for part in cell.parts)))
    exact, over = exact_logits(
        network, [domain.encode_integers(x) for x in points], domain.denominator
    )
    if len(exact[0]) == 2:
        exact = [[b - a] for a, b in exact]
    gaps = [
        abs(Fraction(float(out[j, n])) - Fraction(row[j], over)) / Fraction(folded.error[j])
        for n, row in enumerate(exact)
        for j in range(len(row))
    ]
    return max(gaps)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("seed", seeds(range(200)))
def test_what_is_computed_is_within_its_bound(seed, single):
    gap = worst(seed, refine=seed % 8 < 4, single=single)
    assert gap is None or gap <= 1


@pytest.mark.parametrize("single", [False, True])
def test_the_bounds_are_used_and_not_far_from_what_happens(single):
    gaps = [worst(seed, single=single) for seed in range(0, 100, 4)]  # normal weights
    held = [float(gap) for gap in gaps if gap is not None]
    assert len(held) == len(gaps) and max(held) > 0.005


def no_rounding(monkeypatch):
    for name in ("DOUBLE", "SINGLE"):
        own = getattr(folding, name)
        monkeypatch.setattr(folding, name, replace(own, unit=0.0, slack=1.0))


def features_are_exact(monkeypatch):
    honest = folding._Folding.stage

    def exact(work, form):
        return honest(work, form) * (len(form.shift) == 1 and not work.total)

    monkeypatch.setattr(folding._Folding, "stage", exact)


def all_is_active(monkeypatch):
    honest = folding._Folding.bend

    def active(work, x, layer, some, low, high):
        lifted = replace(low, lo=np.where(some, low.lo, np.maximum(low.lo, 0)))
        return honest(work, x, layer, some, lifted, high)

    monkeypatch.setattr(folding._Folding, "bend", active)


def encodings_are_exact(monkeypatch):
    honest = plain
    monkeypatch.setattr(
        "tests.kernel.test_sweep.plain",
        lambda p: (net := honest(p)) and replace(net, most=net.most * 0),
    )


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("fault", [no_rounding, all_is_active, encodings_are_exact])
def test_too_small_a_bound_is_found(fault, single, monkeypatch):
    fault(monkeypatch)
    seeds = range(200)
    assert any((gap := worst(seed, single=single)) is not None and gap > 1 for seed in seeds)


def test_a_difference_of_large_numbers_is_not_left_to_single_precision(monkeypatch):
    """Nor are points looked at one by one that double precision decides."""
    n, asked_of = 14, []
    rng = np.random.default_rng(3)
    layers = (
        Affine(0, np.vstack([np.full(n, 1e5), np.full(n, 1e5)]), np.array([7e5, 7e5])),
        Relu(1),
        Affine(2, np.array([[1.0, -1.0]]), np.zeros(1)),
        Scale(3, np.ones(1), np.full(1, 3.0), np.zeros(1)),  # nothing is shown of it for float32
    )
    layers[0].weight[0] += 2.0**-10 * rng.integers(-9, 10, size=n)  # what is left decides
    network, tree = Network(n, layers), Tree((Leaf(0),))
    honest = sweep.tally_points
    monkeypatch.setattr(
        sweep, "tally_points", lambda a, p, *rest: asked_of.append(len(p)) or honest(a, p, *rest)
    )
    verdict = checker.verify(matter_of(bits(n), network, tree), (Enumerated(),))
    over = layers[0].weight[0] - layers[0].weight[1]
    points = np.array(list(product((0, 1), repeat=n)))
    true = int((points @ over > 0).sum())
    assert verdict.disagreements == (true, true)
    assert sum(asked_of) < 1 << (n - 3)


def test_where_all_is_a_tie_double_precision_is_not_worth_it(monkeypatch):
    made = []
    monkeypatch.setattr(
        sweep, "Scratch", lambda honest=sweep.Scratch: made.append(honest()) or made[-1]
    )
    layers = (Affine(0, np.tile([1.0, -1.0, 0.1], (2, 4)), np.zeros(2)),)
    verdict = checker.verify(
        matter_of(bits(12), Network(12, layers), Tree((Leaf(0),))), (Enumerated(),)
    )
    assert verdict.disagreements == (0, 0) and [x.single for x in made] == [True]


@pytest.mark.parametrize("far", [0.1, 2.0**-60, 3.0, 1e-30])
def test_what_is_far_is_a_number_of_the_precision(far):
    """Numbers are compared with it in that precision: it must not be rounded down."""
    held = folding.Folded((), np.zeros((0, 0)), np.zeros(0, int), np.zeros(1), np.array([far]))
    none = folding.Fixed(np.zeros((1, 1)), np.zeros(1, int))
    for own in (held, replace(held, precision=folding.SINGLE)):
        found = own.far(none)
        assert (
            found >= far
            and found == own.precision.kind(found) < far * 1.01 + own.precision.tiny * 2
        )
    assert replace(held, error=np.array([2.0**120]), precision=folding.SINGLE).far(none) == np.inf


def test_outside_of_its_range_float64_is_not_used():
    domain = bits(2)
    assert AWKWARD  # their networks are in the cases above

    def held(weight, shift=0.0):
        layer = Affine(0, np.array([[weight, 1.0]]), np.array([shift]))
        return plain(prepare(Network(2, (layer,)), domain))

    assert held(1.0) is not None
    assert held(2.0**500) is None and held(1.0, 2.0**500) is None
    assert held(2.0**-500) is None  # products of such weights may underflow
    assert held(0.0) is not None
    tiny = Ordinal("n", Fraction(0), Fraction(1, 2**500), 4, uniform(4))
    long = Ordinal("n", Fraction(0), Fraction(1), 1 << 60, uniform(1 << 60))
    for v in (tiny, long):
        one = Network(1, (Affine(0, np.ones((1, 1)), np.zeros(1)),))
        assert plain(prepare(one, Domain((v,)))) is None
    scale = Scale(0, np.full(2, 2.0**-600), np.full(2, 2.0**600), np.zeros(2))
    assert plain(prepare(Network(2, (scale,)), domain)) is None  # the factors underflow to 0
    # a deep network whose numbers leave the range on the way
    steep = tuple(Affine(i, np.eye(2) * 2.0**150, np.zeros(2)) for i in range(4))
    p = prepare(Network(2, steep), domain)
    assert fold(plain(p), all_bounds(p, parts_of([full_cell(domain)]), False), 0) is None


@pytest.mark.parametrize("weight", [2.0**500, 2.0**-500, 2.0**150])
def test_such_networks_are_still_counted(weight, monkeypatch):
    everything_swept(monkeypatch)
    layers = (*(Affine(i, np.eye(2) * weight, np.zeros(2)) for i in range(2)),)
    network = Network(2, (*layers, Affine(2, np.array([[1.0, -1.0]]), np.zeros(1))))
    tree = Tree((Leaf(0),))
    verdict = checker.verify(matter_of(bits(2), network, tree), (Enumerated(),))
    assert verdict.disagreements == (1, 1)  # (1, 0) alone has a positive logit


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_ties_go_to_the_lowest_class(outputs, monkeypatch):
    """All logits are equal at all points, and so small that float64 has nothing to say."""
    everything_swept(monkeypatch)
    weight = np.tile(np.array([[1.0, -1.0, 0.1]]), (outputs, 1)) * (outputs > 1)
    network = Network(3, (Affine(0, weight, np.zeros(outputs)),))
    verdict = checker.verify(matter_of(bits(3), network, Tree((Leaf(0),))), (Enumerated(),))
    assert verdict.disagreements == (0, 0)


def test_a_variable_of_very_many_values_is_swept():
    """Masks of a quarter of a million bits are cut without looking at each bit again and again."""
    count = 1 << 18
    rows = tuple((Fraction(i),) for i in range(count))
    shares = (Fraction(1, count),) * count
    labels = tuple(map(str, range(count)))
    domain = Domain((Variable("v", labels, rows, shares),))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([-1000.5])),))
    verdict = checker.verify(matter_of(domain, network, Tree((Leaf(0),))), (Enumerated(),))
    assert verdict.disagreements == (count - 1001, count - 1001)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_groups_and_blocks_hold_every_point_once(seed, monkeypatch):
    rng = np.random.default_rng([seed, 16])
    counts = rng.integers(1, 9, size=int(rng.integers(1, 5))).tolist()
    held = [
        Ordinal(f"v{i}", Fraction(0), Fraction(1), n, uniform(n))
        if rng.random() < 0.5
        else random_variable(rng, f"v{i}", n if n < 8 else 7, 3)
        for i, n in enumerate(counts)
    ]
    domain = Domain(tuple(held))
    cell = random_cell(rng, domain)
    most = int(rng.choice([1, 2, 5, 64]))
    network = Network(domain.columns, (Affine(0, np.ones((1, domain.columns)), np.zeros(1)),))
    asked = ask(matter_of(domain, network, Tree((Leaf(0),))))
    most_of_group = int(rng.choice([1, 3, 20]))
    monkeypatch.setattr(sweep, "LARGE", most_of_group)
    found = []
    for group in sweep.groups(asked, sweep.Place(cell, None, 0, ())):
        assert group.part.size <= most_of_group
        outer, stretches = axes(group.part, most)
        for inner in stretches:
            assert inner.count <= most
            for at in range(outer.count):
                points = np.zeros((inner.count, len(counts)), dtype=np.int64)
                outer.put(points, np.full(inner.count, at))
                inner.put(points, np.arange(inner.count))
                found += map(tuple, points.tolist())
                rows, row = inner.cut(most)
                assert rows.count * row.count == inner.count and row.count <= max(most, 8)
    assert sorted(found) == sorted(cell.points())


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_weights_are_summed_exactly(seed):
    rng = np.random.default_rng([seed, 17])
    longest = int(rng.choice([3, 40, 61, 62, 63, 200, 3000]))
    weights_ = [int(rng.integers(0, 1 << 30)) ** (longest // 30 + 1) for _ in range(70)]
    chosen = rng.random(70) < rng.choice([0.0, 0.03, 0.5])  # rows of which nothing is chosen, too
    held = limbs(weights_[:7], weights_[7:17])
    if held is None:
        assert longest == 3000
    else:
        every = [a * b for a in weights_[:7] for b in weights_[7:17]]
        assert held.total(chosen) == sum(w for w, c in zip(every, chosen, strict=True) if c)
    _, matter = random_question(seed)
    points = [x for x in full_cell(matter.domain).points() if matter.domain.possible(x)]
    array = np.array(points, dtype=np.int64)
    some = array[rng.random(len(array)) < 0.7]
    expected = sum(matter.domain.weight(tuple(row)) for row in some.tolist())
    assert weight_of_points(matter.domain, some) == expected


@pytest.mark.parametrize("bits_", [20, 40, 61, 70])
def test_weights_of_any_length(bits_):
    """Products that fill machine integers, or are longer than they."""
    rng = np.random.default_rng(bits_)
    variables = []
    for i in range(6):
        parts = [int(x) + (1 << bits_ - 2) for x in rng.integers(1, 1 << 18, size=3)]
        shares = [Fraction(x, sum(parts)) for x in parts]
        variables.append(
            replace(
                bits(1).variables[0],
                name=f"v{i}",
                labels=("a", "b", "c"),
                encoding=((Fraction(0),), (Fraction(1),), (Fraction(2),)),
                probabilities=tuple(shares),
            )
        )
    domain = Domain(tuple(variables))
    points = np.array(list(full_cell(domain).points()), dtype=np.int64)
    assert weight_of_points(domain, points) == domain.total_weight


def test_a_sweep_is_stopped_between_its_blocks(monkeypatch):
    """What stands is what was checked before; the cell that was cut is open as a whole."""
    everything_swept(monkeypatch, group=64, block=8)
    rng = np.random.default_rng(3)
    network = Network(12, (Affine(0, rng.normal(size=(1, 12)), np.zeros(1)),))
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    matter = matter_of(bits(12), network, tree)
    proof = Split(0, 1), Enumerated(), Enumerated()
    whole = checker.verify(matter, proof)
    for limit in (1, 60, 200, 400):
        found = []
        for nodes in (0, stopping.FEW):  # leaves are gone through before, or once it is stopped
            monkeypatch.setattr(stopping, "FEW", nodes)
            asked = count()
            cut = checker.verify(matter, proof, stop=lambda: next(asked) > limit)  # noqa: B023
            (low, high), (few, many) = whole.disagreements, cut.disagreements
            assert few <= low <= high <= many
            assert cut.checked.cut is not None and cut.checked.cells.get("open")
            assert sum(x.points for own in cut.leaves.values() for x in own.values()) == 1 << 12
            found.append((cut.disagreements, cut.error, cut.leaves, cut.float32))
        assert found[0] == found[1]


def test_the_answer_depends_neither_on_threads_nor_on_sizes(monkeypatch):
    rng = np.random.default_rng(4)
    layers = (
        Affine(0, rng.normal(size=(8, 12)), rng.normal(size=8)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 8)), np.zeros(1)),
    )
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    matter = matter_of(bits(12), Network(12, layers), tree)
    found = [checker.verify(matter, (Enumerated(),), threads=n) for n in (1, 3)]
    everything_swept(monkeypatch)
    found.append(checker.verify(matter, (Enumerated(),), threads=2))
    assert len({x.disagreements for x in found}) == 1
    assert sum(map(size, full_cell(bits(12)).parts)) == 24


@pytest.mark.parametrize("outputs", range(1, 7))
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_class_is_certain_where_its_output_is_far_from_all_others(outputs, kind):
    """The largest output leads, whichever is second; ties and what is unsure are not certain."""
    rng = np.random.default_rng(outputs)
    out = rng.integers(-3, 4, size=(outputs, 500)).astype(kind)
    unsure = rng.random(500) < 0.1
    out[:, unsure] = np.nan
    for far in (0.0, 0.5, 1.0, 2.5):
        classes, near = decided(out.copy(), far)
        every = out if outputs > 1 else np.concatenate([np.zeros_like(out), 2 * out])
        gaps = np.abs(out[0]) if outputs == 1 else np.diff(np.sort(every, axis=0)[-2:], axis=0)[0]
        assert (near == ~(gaps > far)).all() and near[unsure].all()
        best = np.nan_to_num(every).argmax(axis=0)
        assert (classes[~near] == best[~near]).all() and (~near).any()


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_what_is_not_shown_for_float32_is_all_but_what_is_evaluated_alone(seed, monkeypatch):
    """Its points and their weight: of groups of which nothing is shown."""
    _, matter = random_question(seed)
    asked, rng, alone = ask(matter), np.random.default_rng(seed), []
    honest, add, count = sweep.decided, sweep.Near.add, sweep._Group.count

    def spoiled(out, far):
        classes, near = honest(out, far)
        return classes, near | (rng.random(len(near)) < 0.3)

    def noted(near, points, number):
        alone.append(points)
        add(near, points, number)

    def counted(group, scratch):
        group.firm = False
        count(group, scratch)

    monkeypatch.setattr(sweep, "decided", spoiled)
    monkeypatch.setattr(sweep.Near, "add", noted)
    monkeypatch.setattr(sweep._Group, "count", counted)
    monkeypatch.setattr(sweep, "LARGE", 64)
    for part, leaf in asked.possible_parts(full_cell(matter.domain)):
        alone.clear()
        places = list(sweep.groups(asked, sweep.Place(part, leaf, 0, ())))
        found = sweep.sweep(asked, places).doubted
        size, weight = part.size, matter.domain.weight_within(part, leaf)
        for points in alone:
            doubted = tally_points(asked, points, np.zeros(len(points), dtype=np.int64)).doubted
            size += doubted[0] - len(points)
            weight += doubted[1] - weight_of_points(matter.domain, points)
        if asked.nets and all(len(x) for x in alone):
            assert found == [size, weight]


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_the_first_true_points_are_listed_whatever_the_blocks_are(seed, monkeypatch):
    """By value, though blocks are gone through in another order."""
    everything_swept(monkeypatch, group=64, block=5)
    _, matter = random_question(seed)
    asked = ask(matter)
    for part, leaf in asked.possible_parts(full_cell(matter.domain)):
        every = np.concatenate(list(blocks(part)))
        expected = tally_points(asked, every, np.zeros(len(every), dtype=np.int64)).noted
        found = sweep.sweep(asked, list(sweep.groups(asked, sweep.Place(part, leaf, 0, ()))))
        assert found.noted == expected
