"""Two networks with equal layers: what their margins differ by, in fractions at every point."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import THIRD, seeds
from tests.kernel.sandwich_cases import margin
from tests.kernel.test_ordinals import ordinal
from verifier.kernel import sandwich, strips
from verifier.kernel.arithmetic import Bounds
from verifier.kernel.asked import ask
from verifier.kernel.strips import LARGEST_SHIFT, lines, same_layers
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.proof import Sandwich, Strip
from verifier.model.question import Bound, Matter, Not, Same
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.variable import Variable


def layer_of(rng, kind, source, width):
    """A layer that keeps the width."""
    match kind:
        case "scale":
            divisor = rng.choice([1.0, 3.0, 0.5], width)
            return Scale(source, rng.normal(size=width), divisor, rng.normal(size=width))
        case "steps":
            ends = np.sort(rng.normal(size=(width, 3)) * 2, axis=1)
            return Steps(source, ends, rng.integers(-2, 2, width).astype(float))
        case "sign":
            return Sign(source)
        case "smooth":
            return Smooth(source, "tanh")
        case _:
            return Relu(source)


def network(rng, columns, kind, outputs):
    """Two affine layers with a layer of the kind between them, and often a residual."""
    width = int(rng.integers(2, 5))
    layers = [Affine(0, rng.normal(size=(width, columns)), rng.normal(size=width))]
    layers.append(layer_of(rng, kind, 1, width))
    if rng.random() < 0.5:
        layers.append(Add(2, 1))
    layers.append(Affine(len(layers), rng.normal(size=(outputs, width)), rng.normal(size=outputs)))
    return Network(columns, tuple(layers))


def variable(name, numbers):
    """A variable of some equally probable numbers."""
    share = Fraction(1, len(numbers))
    rows = tuple((Fraction(x),) for x in numbers)
    labels = tuple(map(str, range(len(numbers))))
    return Variable(name, labels, rows, (share,) * len(numbers))


def copies(seed, kind):
    """A network that reads one of two variables, of very different sizes, beside those it shares
    with its copy, whose own variable is the other."""
    rng = np.random.default_rng(seed)
    steps = [Fraction(2) ** int(rng.choice([-9, -2, 0, 1, 8])) for _ in range(2)]
    firsts = [int(x) for x in rng.integers(-3, 3, 2)]
    own = [ordinal(f"own {i}", firsts[i] * x, x, 2) for i, x in enumerate(steps)]
    shared = [variable(f"shared {i}", rng.normal(size=n) * 4) for i, n in enumerate((3, 2))]
    held = shared[0], *own, shared[1]
    model = network(rng, 3, kind, int(rng.integers(1, 3)))
    both = Bound("a", model, (0, 1, 3)), Bound("b", model, (0, 2, 3))
    return Matter(Domain(held), both, Not(Same(0, 1)))


@pytest.mark.parametrize("kind", ["relu", "scale", "steps", "sign"])
def test_margins_are_as_far_apart_as_is_shown(kind):
    """At all points; of half of the cases at least the ends are not far from the truth."""
    near = 0
    for seed in seeds(range(60), THIRD):
        matter = copies(seed, kind)
        asked = ask(matter)
        nets = [asked.nets[0], asked.nets[1]]
        cell = full_cell(matter.domain)
        some = [cell, *cell.split(0, 1), *cell.split(2, 0)]
        apart = lines(nets, sandwich.columns_read(asked, nets), some).apart
        assert apart is not None
        for own, lo, hi, e in zip(some, apart.lo, apart.hi, apart.e.tolist(), strict=True):
            least, most = (Fraction(float(x)) / Fraction(2) ** e for x in (*lo, *hi))
            found = [margin(matter, 1, p) - margin(matter, 0, p) for p in own.points()]
            assert least <= min(found) and max(found) <= most
            near += most - least <= 4 * (max(found) - min(found)) + Fraction(1, 1000)
    assert near > 60


def test_beside_a_column_of_large_numbers_differences_keep_their_bits():
    """It is the same of both: only the weights of the columns apart are cut, by themselves."""
    weight = np.random.default_rng(0).normal(size=(5, 2))
    layers = Affine(0, weight, np.zeros(5)), Relu(1), Affine(2, np.ones((1, 5)), np.zeros(1))
    domain = Domain(
        (ordinal("x", 0, 1, 1 << 14), ordinal("a", 0, 1, 1), ordinal("b", 1, 1, 1)),
    )
    models = [Bound(name, Network(2, layers), (0, i)) for name, i in (("a", 1), ("b", 2))]
    asked = ask(Matter(domain, tuple(models), Not(Same(0, 1))))
    nets = [asked.nets[0], asked.nets[1]]
    first = lines(nets, sandwich.columns_read(asked, nets), [full_cell(domain)])
    every = strips.differences(nets, first.columns, [x.enclosed.nodes for x in first.lines])
    unit = Fraction(2) ** int(every[1].e[0])
    for w, lo, hi in zip(weight[:, 1], every[1].lo[0], every[1].hi[0], strict=True):
        assert Fraction(lo) / unit <= Fraction(w) <= Fraction(hi) / unit
        assert hi - lo < 2.0**-18 * float(unit)


def scaled_first(rng, factors):
    """A network whose input is scaled before its weights are applied, as a table's often is."""
    weight, size = rng.normal(size=(6, 3)), len(factors)
    layers = (
        Affine(0, np.eye(size), rng.normal(size=size)),
        Scale(1, np.ones(size), np.array(factors), np.zeros(size)),
        *(Affine(2, weight, rng.normal(size=6)), Relu(3)),
        Affine(4, rng.choice([-1.3, 0.0, 0.7, 2.1], size=(1, 6)), np.zeros(1)),
    )
    return Network(size, layers)


def test_what_is_the_same_of_both_costs_the_others_no_bits():
    """The second copy has more of the last column, whose factor is small beside the others': where
    no neuron's part in the margin falls, the difference is shown not to."""
    shown = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        model = scaled_first(rng, [0.3, 0.7, 22_000.0])
        variables = ordinal("x", 0, 1, 5), ordinal("y", -3, 1, 6), ordinal("a", 0, 1, 1)
        domain = Domain((*variables, ordinal("b", Fraction(1, 100), 1, 1)))
        models = [Bound(name, model, (0, 1, i)) for name, i in (("a", 2), ("b", 3))]
        matter = Matter(domain, tuple(models), Not(Same(0, 1)))
        asked = ask(matter)
        nets = [asked.nets[0], asked.nets[1]]
        cell = full_cell(domain)
        first = lines(nets, sandwich.columns_read(asked, nets), [cell])
        every = strips.differences(nets, first.columns, [x.enclosed.nodes for x in first.lines])
        assert not every[1].lo[0, :2].any() and not every[2].hi[0, :2].any()
        lo, hi, unit = every[-1].lo[0, 0], every[-1].hi[0, 0], Fraction(2) ** int(every[-1].e[0])
        found = [margin(matter, 1, p) - margin(matter, 0, p) for p in cell.points()]
        assert Fraction(lo) / unit <= min(found) and max(found) <= Fraction(hi) / unit
        parts = model.layers[4].weight[0] * model.layers[2].weight[:, 2]
        ends = np.concatenate([[x.enclosed.nodes[3].hi[0] for x in first.lines]]).max(axis=0)
        falls, rises = ((sign * parts > 0) & (ends > 0) for sign in (-1, 1))
        if not falls.any() or not rises.any():
            shown += 1
            assert lo >= 0 or falls.any()
            assert hi <= 0 or rises.any()
        near = 1e-4 * float(np.abs(parts).sum()) / 2.2e6
        assert float(Fraction(hi - lo) / unit) <= np.abs(parts).sum() / 2.2e6 + near
    assert shown > 5


def test_of_two_neurons_the_difference_is_enclosed_to_the_unit():
    """All whole numbers in small ranges, and nearly always no more than what they reach."""
    rng, near = np.random.default_rng(0), 0
    for _ in range(400):
        x, y = (np.sort(rng.integers(-4, 5, 2)).tolist() for _ in range(2))
        pairs = [(a, b) for a in range(x[0], x[1] + 1) for b in range(y[0], y[1] + 1)]
        d = np.sort(rng.integers(-6, 7, 2)).tolist()
        reached = [max(b, 0) - max(a, 0) for a, b in pairs if d[0] <= b - a <= d[1]]
        whole = [
            Bounds(np.array([[float(z[0])]]), np.array([[float(z[1])]]), np.array([0]))
            for z in (d, x, y)
        ]
        found = strips._relu_apart(*whole)
        lo, hi = (float(np.ldexp(end[0, 0], -found.e[0])) for end in (found.lo, found.hi))
        assert lo <= hi  # also where nothing is reached: arithmetic goes on with them
        if not reached:
            continue
        assert lo <= min(reached) and max(reached) <= hi
        near += (lo, hi) == (min(reached), max(reached))
    assert near > 200


def changed():
    """Networks, and each with one number of one array changed, or one layer's kind."""
    rng = np.random.default_rng(0)
    for kind in ("relu", "scale", "steps", "sign", "smooth"):
        model = network(rng, 3, kind, 1)
        for i, layer in enumerate(model.layers):
            names = [
                n for n in ("weight", "bias", "scale", "divisor", "shift") if hasattr(layer, n)
            ]
            names += [n for n in ("thresholds", "lowest") if hasattr(layer, n)]
            for name in names:
                other = getattr(layer, name).copy()
                other.flat[-1] += 1
                yield f"{kind} {i} {name}", model, i, replace(layer, **{name: other})
            if isinstance(layer, Smooth):
                yield f"{kind} {i}", model, i, replace(layer, kind="sigmoid")


@pytest.mark.parametrize(
    ("model", "i", "layer"), [pytest.param(*x[1:], id=x[0]) for x in changed()]
)
def test_networks_with_one_other_number_have_no_order(model, i, layer):
    other = replace(model, layers=(*model.layers[:i], layer, *model.layers[i + 1 :]))
    assert same_layers(model, replace(model)) and not same_layers(model, other)
    domain = Domain(tuple(variable(f"v{j}", [0, 1]) for j in range(3)))
    reads = (0, 1, 2)
    step = Sandwich((Strip(0, 0, 0), Strip(1, 0, 0)), (0, 0, 0), 0, 1, 1)
    for second, problem in ((model, ""), (other, "other layers")):
        both = Bound("a", model, reads), Bound("b", second, reads)
        found = sandwich.fault(ask(Matter(domain, both, Not(Same(0, 1)))), step)
        assert problem in found and bool(problem) == bool(found)


@pytest.mark.parametrize("shift", [LARGEST_SHIFT, LARGEST_SHIFT + 1])
def test_variables_of_too_different_sizes_are_not_compared(shift):
    model = network(np.random.default_rng(0), 2, "relu", 1)
    held = [ordinal(name, 0, step, 2) for name, step in (("a", 1), ("b", 2**shift), ("both", 1))]
    both = Bound("a", model, (0, 2)), Bound("b", model, (1, 2))
    asked = ask(Matter(Domain(tuple(held)), both, Not(Same(0, 1))))
    nets = [asked.nets[0], asked.nets[1]]
    scales = [net.p.scales[0] for net in nets]
    assert scales[1] - scales[0] == shift
    cell = full_cell(asked.domain)
    apart = strips.lines(nets, sandwich.columns_read(asked, nets), [cell]).apart
    assert (apart is None) == (shift > LARGEST_SHIFT)
