"""Sandwiches: the verified checker counts as the rule says, and refuses strips that are too narrow.

What is expected is found point by point, in fractions; networks are linear here, so that the
strips that hold are known exactly.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests import brute
from tests.certificates.checkers import INVALID, VALID, of_members
from tests.provers.cases import random_variable
from tests.provers.matters import _random_tree, answer, random_domain
from verifier.kernel.checker import verify
from verifier.kernel.claim import claim_of
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal
from verifier.model.proof import Finding, Open, Sandwich, Split, Strip
from verifier.model.question import All, Bound, ClassIs, Matter, Not, Same
from verifier.reading import container
from verifier.reading.certificate import pack
from verifier.verified import generated
from verifier.writing.certificate import members_of
from verifier.writing.json_text import dump

WORDS = {"Accepted": VALID, "Invalid": INVALID}


def linear(rng, columns):
    """A network of one layer, with one logit or two."""
    outputs = int(rng.integers(1, 3))
    weights = rng.integers(-4, 5, (outputs, columns)) * rng.choice([1.0, 0.375])
    return Network(columns, (Affine(0, weights, rng.integers(-3, 4, outputs) * 0.75),))


def random_case(rng):
    """A matter about one network or two, perhaps with a tree, and with a variable twice."""
    domain = random_domain(rng, 80)
    if domain.given is None:
        v = random_variable(rng, "w", 2, 3)
        twice = (type(v)(n, v.labels, v.encoding, v.probabilities) for n in ("one of", "two of"))
        domain = Domain((*domain.variables, *twice))
    count = len(domain.variables)
    reads = sorted(int(i) for i in rng.permutation(count)[: int(rng.integers(1, count + 1))])
    if domain.given is None:
        reads = [*(i for i in reads if i < count - 2), count - 2]
    net = linear(rng, domain.product_of(reads).columns)
    models = [Bound("one", net, tuple(reads))]
    if rng.random() < 0.7:
        also = tuple(reads)
        if domain.given is None:
            also = (*also[:-1], count - 1)
        if rng.random() < 0.3:
            net = linear(rng, net.columns)
        models.append(Bound("other", net, also))
    formula = Not(Same(0, 1)) if len(models) == 2 else ClassIs(0, 1)
    if rng.random() < 0.5:
        everything = tuple(range(count))
        models.append(Bound("tree", _random_tree(rng, domain, 2), everything))
        formula = All((formula, Not(ClassIs(len(models) - 1, 0))))
    return Matter(domain, tuple(models), formula)


def row_of(matter, model, point):
    variables = matter.domain.variables
    return [x for i in matter.models[model].reads for x in variables[i].row(point[i])]


def margin(matter, model, point):
    out = brute.logits(matter.models[model].model, row_of(matter, model, point))
    return out[0] if len(out) == 1 else out[1] - out[0]


def terms(matter, step, point):
    """What each variable adds to a Sandwich's sum at a point."""
    offsets, variables = matter.domain.offsets, matter.domain.variables
    return [
        sum(
            (n * x for n, x in zip(step.form[offsets[i] :], v.row(point[i]), strict=False)),
            Fraction(0),
        )
        for i, v in enumerate(variables)
    ]


def random_sandwich(rng, matter):
    """One that holds on the whole domain and could not be narrower; exponent and bin are random."""
    nets = [m for m, b in enumerate(matter.models) if isinstance(b.model, Network)]
    points = list(full_cell(matter.domain).points())
    exponent, bin_ = int(rng.integers(0, 7)), int(rng.integers(1, 40))
    form = [0] * matter.domain.columns
    shared = set.intersection(*(set(matter.models[m].reads) for m in nets))
    last = matter.models[nets[-1]].model.layers[0]
    row = last.weight[-1] - (last.weight[0] if len(last.weight) == 2 else 0)
    at = 0
    for i in matter.models[nets[-1]].reads:
        for j in range(matter.domain.variables[i].columns):
            if i in shared:
                noise = int(rng.integers(-1, 2)) if rng.random() < 0.3 else 0
                form[matter.domain.offsets[i] + j] = round(row[at] * 2**exponent) + noise
            at += 1
    strips = tuple(Strip(m, 0, 0) for m in nets)
    step = Sandwich(strips, tuple(form), exponent, bin_)
    sums = [sum(terms(matter, step, p)) for p in points]
    margins = [[margin(matter, m, p) for p in points] for m in nets]
    near = [[g * 2**exponent - s for g, s in zip(own, sums, strict=True)] for own in margins]
    strips = tuple(
        Strip(m, math.floor(min(own)), math.ceil(max(own)))
        for m, own in zip(nets, near, strict=True)
    )
    order = 0
    one = len(last.weight) == 1  # else each logit's difference is bounded by itself
    if one and len(nets) == 2 and matter.models[0].model is matter.models[1].model:
        apart = [b - a for a, b in zip(*margins, strict=True)]
        unequal = set(matter.models[0].reads) ^ set(matter.models[1].reads)
        if all(matter.domain.variables[i].columns == 1 for i in unequal):
            order = int(min(apart) >= 0) + 2 * int(max(apart) <= 0)
    return replace(step, strips=strips, order=order)


def path(tree, x):
    """The leaf of a tree that an input comes to, and its class."""
    at = 0
    while hasattr(tree.nodes[at], "column"):
        node = tree.nodes[at]
        at = node.left if x[node.column] <= node.threshold else node.right
    return at, tree.nodes[at].klass


def expected(matter, step):
    """The intervals of the rule: ((fewest, most points), (least, most probable))."""
    domain = matter.domain
    low, high, least, most = 0, 0, Fraction(0), Fraction(0)
    for part, leaf in domain.parts(full_cell(domain)):
        groups = {}
        for point in part.points():
            key = tuple(
                path(b.model, row_of(matter, m, point))
                for m, b in enumerate(matter.models)
                if not isinstance(b.model, Network)
            )
            groups.setdefault(key, []).append(point)
        chances = domain.distributions(leaf)
        share = domain.given.nodes[leaf].weight if leaf is not None else Fraction(1)
        for key, points in groups.items():
            trees = [k for _, k in key]
            worth = {
                p: share
                * math.prod(
                    Fraction(d.weight_at(i), d.denominator) for d, i in zip(chances, p, strict=True)
                )
                for p in points
            }
            size, weight = len(points), sum(worth.values())
            found = counted(matter, step, points, trees, lambda p: 1)
            low, high = low + found[1], high + size - found[0]
            found = counted(matter, step, points, trees, worth.get)
            least, most = least + found[1], most + weight - found[0]
    return (low, high), (least, most)


def counted(matter, step, points, trees, worth):
    """How much at least is false, and true, of the points of a part."""
    each = {p: terms(matter, step, p) for p in points}
    count = len(matter.domain.variables)
    base = [min(each[p][i] for p in points) for i in range(count)]
    rest = Fraction(0)
    for i, v in enumerate(matter.domain.variables):
        over = {p[i]: each[p][i] - base[i] for p in points}
        if not isinstance(v, Ordinal):
            rest += max(x % step.width for x in over.values())
        elif len(over) > 1 and (slope := max(over.values()) / (len(over) - 1)) % step.width:
            rest += min(Fraction(step.width), slope * (len(over) - 1))
    bins = {
        p: sum((x - b) // step.width for x, b in zip(each[p], base, strict=True)) for p in points
    }

    def above(t, loose):
        at = (t - sum(base) - (rest if loose else 0)) // step.width + 1
        return sum(worth(p) for p in points if bins[p] >= at)

    ends = sorted({-x for s in step.strips for x in (s.least, s.most)})
    runs = []
    for a, b in zip([None, *ends], [*ends, None], strict=True):
        told = set()
        ways = [
            (1,)
            if a is not None and a >= -s.least
            else (0,)
            if b is not None and b <= -s.most
            else (0, 1)
            for s in step.strips
        ]
        for classes in product(*ways):
            if not (step.order & 1 and classes == (1, 0)) and not (
                step.order & 2 and classes == (0, 1)
            ):
                truth = classes[0] != classes[1] if len(classes) == 2 else classes[0] == 1
                told.add(truth and all(trees))
        if runs and runs[-1][0] == told:
            a = runs.pop()[1]
        runs.append((told, a, b))
    out = [0, 0]
    for told, a, b in runs:
        if len(told) == 1:
            top = sum(map(worth, points)) if a is None else above(a, False)
            out[told.pop()] += max(0, top - (0 if b is None else above(b, True)))
    return out


def parts_of(matter, proof, claim=None):
    held = members_of(matter, Finding(proof, ()))
    held.pop("verdict.json", None)
    if claim is not None:
        held["verdict.json"] = claim
    return container.unpack(pack(held, "by hand", None))


def found(parts):
    """What the verified checker finds: its word, and the intervals."""
    held = None
    for name, data in reversed(parts.items()):
        held = ((chain(name.encode()), chain(data)), held)
    word, *more = generated.checked(None, held)
    if word != "Accepted":
        return word, None
    fewest, most, least, greatest = more[0][0]
    return word, ((fewest, most), (Fraction(*least), Fraction(*greatest)))


def chain(items):
    held = None
    for x in reversed(items):
        held = (x, held)
    return held


@pytest.mark.parametrize("start", range(0, 120, 40))
def test_the_count_is_the_rules(start):
    told = 0
    for seed in range(start, start + 40):
        rng = np.random.default_rng(seed)
        matter = random_case(rng)
        step = random_sandwich(rng, matter)
        word, got = found(parts_of(matter, (step,)))
        assert word == "Accepted", seed
        assert got == expected(matter, step), seed
        (low, high), (least, most) = got
        count, chance = answer(matter)
        assert low <= count <= high and least <= chance <= most
        told += low > 0 or high < matter.domain.size
    assert told > 20


def lies(matter, step):
    """Sandwiches that do not hold: of classes, an order that is not so, other variables."""
    points = list(full_cell(matter.domain).points())
    margins = [[margin(matter, s.model, p) for p in points] for s in step.strips]
    sums = [sum(terms(matter, step, p)) for p in points]
    for i, (strip, own) in enumerate(zip(step.strips, margins, strict=True)):
        others = []
        if min(own) <= 0:
            zero = max(s for s, g in zip(sums, own, strict=True) if g <= 0)
            least = math.floor(-zero) + 1  # class 1 where s > -least
            others.append(replace(strip, least=least, most=max(least, strip.most)))
        if max(own) > 0:
            one = min(s for s, g in zip(sums, own, strict=True) if g > 0)
            most = math.floor(-one)  # class 0 where s <= -most
            others.append(replace(strip, least=min(most, strip.least), most=most))
        for other in others:
            yield replace(step, strips=(*step.strips[:i], other, *step.strips[i + 1 :]))
    if len(step.strips) == 2 and step.order != 3:
        both = list(zip(*margins, strict=True))
        if any(a > 0 >= b for a, b in both):
            yield replace(step, order=step.order | 1)
        if any(b > 0 >= a for a, b in both):
            yield replace(step, order=step.order | 2)
    reads = [set(matter.models[s.model].reads) for s in step.strips]
    for i, at in enumerate(matter.domain.offsets[: len(matter.domain.variables)]):
        if any(i not in own for own in reads):
            yield replace(step, form=(*step.form[:at], 1, *step.form[at + 1 :]))
    if len(matter.models) > len(step.strips):
        yield replace(
            step, strips=(replace(step.strips[0], model=len(matter.models) - 1),), order=0
        )


@pytest.mark.parametrize("start", range(0, 80, 40))
def test_what_is_not_so_is_refused(start):
    refused = 0
    for seed in range(start, start + 40):
        rng = np.random.default_rng(seed)
        matter = random_case(rng)
        for lie in lies(matter, random_sandwich(rng, matter)):
            assert WORDS[of_members(parts_of(matter, (lie,)))] == INVALID, (seed, lie)
            refused += 1
    assert refused > 150


def test_it_stands_in_cells_of_a_split():
    """In both halves of a domain, and beside an open cell, which is counted as open."""
    rng = np.random.default_rng(7)
    domain = Domain((Ordinal("age", Fraction(0), Fraction(1), 100, ((100, Fraction(1)),)),))
    net = Network(1, (Affine(0, np.array([[1.0]]), np.array([-40.5])),))
    matter = Matter(domain, (Bound("net", net, (0,)),), ClassIs(0, 1))
    step = random_sandwich(rng, matter)
    step = replace(step, strips=(Strip(0, *(-81 * 2**step.exponent // 2 + x for x in (-1, 1))),))
    step = replace(step, form=(2**step.exponent,), width=1)
    assert found(parts_of(matter, (Split(0, 49), step, step)))[1][0] == (59, 59)
    assert found(parts_of(matter, (Split(0, 49), Open(), step)))[1][0] == (50, 100)


def test_steps_are_counted_by_kind():
    """verdict.json states how many Sandwiches there are."""
    rng = np.random.default_rng(3)
    matter = random_case(rng)
    step = random_sandwich(rng, matter)
    (low, high), (least, most) = found(parts_of(matter, (step,)))[1]
    claim = claim_of(verify(matter, (Open(),)).stated, matter, 2)
    claim["answer"] = "somewhere" if low else "undecided" if high else "nowhere"
    claim["points"] = {"lower": low, "upper": high}
    claim["probability"] = {"lower": str(least), "upper": str(most)}
    for steps, word in (({"sandwich": 1}, VALID), ({"open": 1}, INVALID), ({}, INVALID)):
        parts = parts_of(matter, (step,), dump({**claim, "steps": steps}))
        assert WORDS[of_members(parts)] == word
