"""Sandwiches of two networks of three classes and more: of groups of these, with further ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.every import seeds
from tests.provers.test_sandwich_proofs import checked, only_sums, truth
from tests.provers.test_sandwiches import network
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Finding, Open, Sandwich, Several
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.question import truth as answer
from verifier.provers.cluster.plain import of_bytes, to_bytes
from verifier.provers.count import with_bounds
from verifier.provers.grouping import UNTOLD, groups_of
from verifier.provers.open_cells import reopened
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import proving
from verifier.provers.pairs.search import grow, split
from verifier.provers.timing import now

__all__ = ["only_sums"]  # a fixture
compiled = pytest.mark.usefixtures("compiled")


def higher(classes):
    """Whether the first has the higher class."""
    pairs = ((a, b) for a in range(classes) for b in range(a))
    return Any_(tuple(All((ClassIs(0, a), ClassIs(1, b))) for a, b in pairs))


def apart(*some):
    """Whether one class alone is among some."""
    one, other = (Any_(tuple(ClassIs(m, k) for k in some)) for m in (0, 1))
    return Any_((All((one, Not(other))), All((other, Not(one)))))


def flat(rng, columns, classes, hidden=6):
    """One hidden layer with random weights."""
    first = Affine(0, rng.normal(size=(hidden, columns)), rng.normal(size=hidden))
    last = Affine(2, rng.normal(size=(classes, hidden)), rng.normal(size=classes))
    return Network(columns, (first, Relu(1), last))


def pair(seed, values=9):
    """Two networks of 3 to 5 classes over three numbers: copies that read another bit each, or
    the second a little off."""
    rng = np.random.default_rng(seed)
    classes = 3 + seed % 3
    numbers = [
        Ordinal(f"v{i}", Fraction(-1), Fraction(2, values - 1), values, uniform(values))
        for i in range(3)
    ]
    own = [Ordinal(name, Fraction(0), Fraction(1), 2, uniform(2)) for name in "ab"]
    domain = Domain((*numbers, *own))
    net = flat(rng, 4, classes) if seed % 4 < 2 else network(rng, 4, classes)
    off = [
        replace(x, weight=x.weight + rng.normal(size=x.weight.shape) / 50)
        if isinstance(x, Affine)
        else x
        for x in net.layers
    ]
    copies = seed % 2 == 0
    other = net if copies else replace(net, layers=tuple(off))
    question = (Not(Same(0, 1)), higher(classes), apart(1, 2))[seed // 2 % 3]
    models = Bound("a", net, (0, 1, 2, 3)), Bound("b", other, (0, 1, 2, 4 if copies else 3))
    return Matter(domain, models, question)


@pytest.mark.parametrize("seed", range(6))
def test_a_table_is_what_follows_from_groups(seed):
    matter = pair(seed)
    classes, overlay = matter.models[0].classes, overlay_of(matter)
    groups = groups_of(overlay, overlay.top, (0, 1))
    assert len(groups) == 1 or sum(x.ones for x in groups) == 2**classes - 1
    for ones, table in groups:
        held = [set() for _ in range(4)]
        for a, b in np.ndindex(classes, classes):
            held[2 * (ones >> a & 1) + (ones >> b & 1)].add(answer(matter.question, (a, b)))
        for at, own in enumerate(held):
            told = not table >> UNTOLD + at & 1
            assert not told or own == {bool(table >> at & 1)}
            assert told or (len(groups) > 1 and (at < 2 or len(own) > 1))


def test_classes_that_are_never_told_apart_are_one_group():
    matter = pair(0)
    for question, expected in (
        (apart(1, 2), [{0b001, 0b110}]),
        (apart(0), [{0b001, 0b110}]),
        (Not(Same(0, 1)), [{0b001}, {0b010}, {0b100}]),
        (Any_((Same(0, 1), Not(Same(0, 1)))), []),
    ):
        overlay = overlay_of(replace(matter, question=question))
        found = groups_of(overlay, overlay.top, (0, 1))
        assert len(found) == len(expected)
        assert all(x.ones in own for x, own in zip(found, expected, strict=True))


@compiled
@pytest.mark.parametrize("seed", seeds(range(18)))
def test_what_is_proved_holds(only_sums, seed):
    matter = pair(seed)
    finding = proving.prove(matter, Options(), now() + PATIENCE)
    verdict, (count, weight) = checked(matter, finding), truth(matter)
    assert verdict.disagreements[0] <= count <= verdict.disagreements[1]
    low, high = (x * matter.domain.total_weight for x in verdict.error)
    assert low <= weight <= high
    assert high - low < matter.domain.total_weight
    for point in finding.counterexamples:
        assert matter.domain.possible(point)


@compiled
def test_further_groups_are_said_and_leave_less_open(only_sums):
    """And where both copies have one class all over a cell this is said."""
    more = said = 0
    for seed in range(0, 72, 12):
        matter = pair(seed)
        finding = proving.prove(matter, Options(), now() + PATIENCE)
        low, high = checked(matter, finding).disagreements
        made = [x for x in finding.proof if isinstance(x, Sandwich)]
        assert all(x.ones for x in made)
        said += sum(isinstance(x, Several) for x in finding.proof)
        if not any(x.further for x in made):
            continue
        for step in made:
            assert of_bytes(Sandwich, to_bytes(Sandwich, step), "a step") == step
        alone = tuple(
            replace(x, further=()) if isinstance(x, Sandwich) else x for x in finding.proof
        )
        least, most = checked(matter, Finding(alone)).disagreements
        assert least <= low <= high <= most
        more += high - low < most - least
    assert more and said


@compiled
def test_cells_of_which_something_will_soon_be_told_come_first(only_sums):
    """As many cells, those first of which most is open, tell of less; where all tell much it does
    not matter."""
    for count, hidden, times in ((6, 6, 0.95), (12, 16, 2.0)):
        rng, told = np.random.default_rng(0), []
        numbers = [
            Ordinal(f"v{i}", Fraction(-1), Fraction(2, 7), 8, uniform(8)) for i in range(count)
        ]
        domain, own = Domain((*numbers, *bits(2).variables)), tuple(range(count))
        net = flat(rng, count + 1, 6, hidden)
        models = Bound("a", net, (*own, count)), Bound("b", net, (*own, count + 1))
        matter = Matter(domain, models, Not(Same(0, 1)))
        for widely in (False, True):
            search = proving.begin(matter, Options())
            grow(search, now() + PATIENCE, few=0.0, enough=2)
            pool = search.pool
            while pool.used[0] < 3000:
                if widely:
                    heap = pool.heap[: search.open]
                    pool.open[heap] = pool.plain[heap]
                    heap[:] = heap[np.argsort(-pool.open[heap])]
                split(search, 8, few=0.0)
            told.append(1 - search.undecided())
        assert told[0] > times * told[1]


@compiled
def test_a_proof_goes_on(only_sums):
    matter = pair(6, values=33)
    first = proving.prove(matter, Options(), now() + PATIENCE)
    second = proving.prove(matter, Options(resume=reopened(first.proof)), now() + PATIENCE)
    (low, high), (least, most) = (checked(matter, x).disagreements for x in (first, second))
    count, _ = truth(matter)
    assert low <= count <= high and least <= count <= most
    assert most - least < high - low and len(second.proof) > len(first.proof)


@pytest.mark.parametrize("seed", range(6))
def test_without_the_search_an_open_cell_has_groups_too(seed):
    matter = pair(seed)
    matter = replace(matter, domain=narrow(matter.domain))
    found = with_bounds(matter, Finding((Open(),)), deadline=now() + PATIENCE)
    verdict, (count, _) = checked(matter, found), truth(matter)
    assert verdict.disagreements[0] <= count <= verdict.disagreements[1]
    (step,) = found.proof
    if isinstance(step, Sandwich):
        assert step.ones
        assert verdict.disagreements != (0, full_cell(matter.domain).size)
    else:
        assert isinstance(step, Open | Constant | Several)


def narrow(domain):
    """The same with numbers that are near each other."""
    numbers = [replace(v, step=v.step / 8) for v in domain.variables[:3]]
    return Domain((*numbers, *domain.variables[3:]))


def test_networks_of_other_classes_are_not_asked_about_together():
    rng = np.random.default_rng(0)
    models = tuple(Bound(n, network(rng, 3, k), (0, 1, 2)) for n, k in (("a", 3), ("b", 4)))
    overlay = overlay_of(Matter(bits(3), models, Not(Same(0, 1))))
    assert groups_of(overlay, overlay.top, (0, 1)) == ()
    assert proving.begin(overlay.matter, Options()) is None


@compiled
@pytest.mark.parametrize(("seed", "deep"), [(0, False), (4, False), (2, True), (6, True)])
def test_maxima_are_no_hidden_layers_of_a_network(seed, deep):
    """Of networks that have several a search that tells of little is soon given up."""
    search = proving.begin(pair(seed), Options())
    assert len(search.held.nets.widths) > 1
    assert proving._is_deep(search) == deep
