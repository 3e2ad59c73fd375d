"""The truth over intervals of real numbers, in fractions; nothing of the kernel's rules is used.

Along one continuous variable networks of affine, ReLU, sign and add layers are linear in stretches:
these are found exactly, so the measure where a formula is true is exact as well. Of domains with
more of them points are drawn inside the pieces.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

from tests.brute import teacher_class, tree_class
from verifier.model.continuous import Continuous, Run
from verifier.model.given import GivenTest
from verifier.model.network import Add, Affine, Network, Relu, Sign
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.question import truth
from verifier.model.tree import Inner


def random_continuous(rng, name, most=5):
    """An interval of up to three runs of pieces of random lengths, some of probability 0."""
    first = Fraction(rng.randrange(-6, 7), rng.choice((1, 2, 3)))
    count = rng.randrange(1, 4)
    weights = [rng.choice((0, 1, 1, 2, 5)) for _ in range(count)]
    weights[rng.randrange(count)] += 1
    runs = tuple(
        Run(
            rng.randrange(1, most + 1),
            Fraction(rng.randrange(1, 8), rng.choice((1, 2, 3, 7))),
            Fraction(w, sum(weights)),
        )
        for w in weights
    )
    return Continuous(name, first, runs)


def random_variables(rng, continuous, others=1):
    """So many continuous variables, and some ordinals, in any order."""
    made = [random_continuous(rng, f"c{i}") for i in range(continuous)]
    for i in range(others):
        count = rng.randrange(1, 4)
        step = Fraction(rng.randrange(1, 4), rng.choice((1, 2, 3)))
        made.append(Ordinal(f"o{i}", Fraction(rng.randrange(-2, 3)), step, count, uniform(count)))
    rng.shuffle(made)
    return tuple(made)


def inside(rng, v, part):
    """A number of a part: inside a piece, near a left end, or a right end."""
    k = rng.choice(list(part))
    if not isinstance(v, Continuous):
        return v.row(k)[0] if v.columns == 1 else None
    low, high = v.hull(k, k)
    share = rng.choice((Fraction(1), Fraction(1, 1 << 60), Fraction(rng.randrange(1, 1000), 1000)))
    return low + (high - low) * share


def numbers(rng, domain, cell):
    """A tuple of numbers of a cell, one a column."""
    return [inside(rng, v, part) for v, part in zip(domain.variables, cell.parts, strict=True)]


def corners(domain, cell):
    """All corners of a cell's hull."""
    return product(
        *(v.hull(p.start, p.stop - 1) for v, p in zip(domain.variables, cell.parts, strict=True))
    )


def bends(model, columns, at, low, high):
    """Numbers between low and high between which a model's class is the same everywhere.

    ``columns`` are its inputs; column ``at`` (None: it does not read it) runs from low to high.
    """
    if at is None:
        return []
    if not isinstance(model, Network):
        tested = {n.threshold for n in model.nodes if isinstance(n, Inner) and n.column == at}
        return sorted(t for t in tested if low < t < high)
    lines = [(Fraction(0), Fraction(x)) for x in columns]  # slope, and value at 0
    lines[at] = Fraction(1), Fraction(0)
    nodes = [lines]
    for layer in model.layers:
        if isinstance(layer, Relu | Sign):
            source = nodes[layer.source]
            if roots := _roots(source, low, high):
                return _within(model, columns, at, [low, *roots, high])
            middle = (low + high) / 2
            signs = [s * middle + b for s, b in source]
            if isinstance(layer, Relu):
                zero = Fraction(0), Fraction(0)
                nodes.append([x if y > 0 else zero for x, y in zip(source, signs, strict=True)])
            else:
                nodes.append([(Fraction(0), Fraction((y > 0) - (y < 0))) for y in signs])
        elif isinstance(layer, Add):
            pairs = zip(nodes[layer.left], nodes[layer.right], strict=True)
            nodes.append([(s + t, b + c) for (s, b), (t, c) in pairs])
        else:
            assert isinstance(layer, Affine)
            nodes.append(
                [
                    (
                        sum(
                            Fraction(w) * s
                            for w, (s, _) in zip(row, nodes[layer.source], strict=True)
                        ),
                        sum(
                            (
                                Fraction(w) * b
                                for w, (_, b) in zip(row, nodes[layer.source], strict=True)
                            ),
                            Fraction(c),
                        ),
                    )
                    for row, c in zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
                ]
            )
    last = nodes[-1]
    gaps = [(s - t, b - c) for (s, b), (t, c) in combinations(last, 2)]
    return _roots([*last, *gaps], low, high)


def _roots(lines, low, high):
    found = {-b / s for s, b in lines if s}
    return sorted(x for x in found if low < x < high)


def _within(model, columns, at, ends):
    """The bends of the stretches between some numbers, and these."""
    inner = [bends(model, columns, at, a, b) for a, b in pairwise(ends)]
    return sorted({*ends[1:-1], *(x for some in inner for x in some)})


def measure(matter):
    """The exact probability that a matter's formula is true; one variable is continuous."""
    domain = matter.domain
    (one,) = (i for i, v in enumerate(domain.variables) if isinstance(v, Continuous))
    total = Fraction(0)
    held = [range(v.count) for v in domain.variables]
    held[one] = pairwise(alike(domain, one))  # pieces that are equally likely, whatever else holds
    for pieces in product(*held):
        (begin, stop) = pieces[one]
        point = (*pieces[:one], begin, *pieces[one + 1 :])
        weight = (stop - begin) * domain.probability(point) if domain.possible(point) else 0
        if not weight:
            continue
        low, high = domain.variables[one].hull(begin, stop - 1)
        x = domain.encode(point)
        ends = {low, high}
        for bound in matter.models:
            owners = [i for i in bound.reads for _ in range(domain.variables[i].columns)]
            own = [
                y
                for i in bound.reads
                for y in x[domain.offsets[i] :][: domain.variables[i].columns]
            ]
            ends |= {
                *bends(bound.model, own, owners.index(one) if one in owners else None, low, high)
            }
        for a, b in pairwise(sorted(ends)):
            x[domain.offsets[one]] = (a + b) / 2
            if truth(matter.question, classes(matter, x)):
                total += weight * (b - a) / (high - low)
    return total


def alike(domain, one):
    """Cuts of a variable between which all pieces are equally long and equally likely."""
    v = domain.variables[one]
    ends = {*v.starts}
    for node in domain.given.nodes if domain.given else ():
        if isinstance(node, GivenTest):
            ends |= {node.left.stop} if node.variable == one else set()
        elif node.chances and node.chances[one] is not None:
            ends |= {node.chances[one].start, *node.chances[one].stops}
    return sorted(x for x in ends if x <= v.count)


def classes(matter, x):
    """All models' classes at the numbers of a tuple."""
    domain, found = matter.domain, []
    for bound in matter.models:
        own = [
            y for i in bound.reads for y in x[domain.offsets[i] :][: domain.variables[i].columns]
        ]
        network = isinstance(bound.model, Network)
        found.append((teacher_class if network else tree_class)(bound.model, own))
    return tuple(found)
