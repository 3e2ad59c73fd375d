"""Several networks closed one along the other: what is proved is true of every point."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from tests.ensembles import random_ensemble
from tests.every import seeds
from tests.kernel.test_ordinals import ordinal
from tests.provers.test_similar import chain, matter, moved, rounded
from verifier.formats.variables import one_hot
from verifier.jobs.ask import ask
from verifier.kernel import checker
from verifier.kernel.prepared import prepare
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Network
from verifier.model.proof import (
    Constant,
    Enumerated,
    Finding,
    Open,
    Sandwich,
    Several,
    Split,
    Trusted,
    steps,
)
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch, ordered
from verifier.provers.answering import answerer_of, points_of
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs import followed, proving, search, similar
from verifier.provers.timing import now, stopping

HALF = Fraction(1, 2)
DOMAINS = {
    "bits": bits(11),
    "ranges": Domain((ordinal("a", 0, 1, 30), ordinal("b", -4, 1, 9), ordinal("c", 0, 1, 8))),
    "one-hot": Domain(tuple(one_hot(f"x{i}", ["p", "q", "r"]) for i in range(6))),
}


UNREAD = 24
"""Bits that are added to domains, of which no network sees anything."""
MANY = 44
"""So many that no cell is enumerated."""


def widened(about, unread=UNREAD):
    """The question over more bits, which the networks do not look at."""
    domain = Domain(
        (
            *about.domain.variables,
            *(replace(v, name=f"unread {v.name}") for v in bits(unread).variables),
        )
    )
    every = tuple(range(len(domain.variables)))
    models = (
        padded(x.model, domain.columns) if isinstance(x.model, Network) else x.model
        for x in about.models
    )
    bound = (replace(x, model=y, reads=every) for x, y in zip(about.models, models, strict=True))
    return Matter(domain, tuple(bound), about.question)


def padded(network, columns):
    """The network with more columns, which it does not look at."""
    first, *rest = network.layers
    more = np.zeros((len(first.weight), columns - network.columns), dtype=np.float32)
    weight = np.concatenate([first.weight, more], axis=1)
    return Network(columns, (replace(first, weight=weight), *rest))


def true_points(about):
    """At how many points the question is true, by evaluating all."""
    points = points_of(full_cell(about.domain))
    answerer = answerer_of(overlay_of(about))
    return int(answerer.true_at(points, answerer.classes(points)).sum())


def other_network(kind, one, rng):
    if kind == "rounded":
        return rounded(one)
    if kind == "moved":
        return moved(one, rng, 0.05)
    return chain(rng, one.columns, 3, 1)  # of another shape


@pytest.mark.parametrize("where", DOMAINS)
@pytest.mark.parametrize("kind", ["moved", "rounded", "another"])
@pytest.mark.parametrize("turned", [False, True])
def test_how_many_points_differ_is_exact(where, kind, turned):
    domain = DOMAINS[where]
    rng = np.random.default_rng([len(where), len(kind), turned])
    one = chain(rng, domain.columns, 5, 1)
    both = one, other_network(kind, one, rng)
    few = matter(*(both[::-1] if turned else both), domain)
    found = similar.prove(few, replace(UNLIMITED, confirm=False))
    assert found is not None and not found.stalled
    assert {type(x) for x in found.proof} <= {Split, Several, Enumerated}
    count = true_points(few)
    assert checker.verify(few, found.proof).disagreements == (count, count)
    about = widened(few)  # too many points to be enumerated
    result = ask(about.question, {x.name: x.model for x in about.models}, about.domain)
    assert result.points == (count << UNREAD, count << UNREAD)
    assert set(map(type, result.certificate.proof)) <= {Split, Several}


@pytest.mark.parametrize("kind", ["moved", "rounded"])
def test_proofs_that_are_kept_in_bytes(kind, monkeypatch):
    """As those of many cells are: what a search is to keep has to fit into them."""
    monkeypatch.setattr(ordered, "LONG", 1)
    rng = np.random.default_rng(2)
    one = chain(rng, 11, 5, 1)
    few = matter(other_network(kind, one, rng), one, bits(11))
    about = widened(few)
    found = similar.prove(about, replace(UNLIMITED, confirm=False))
    count = true_points(few) << UNREAD
    assert found is not None and count
    assert checker.verify(about, found.proof).disagreements == (count, count)


def test_two_quantised_networks():
    """Neither is a chain: the kernel is asked about both."""
    rng = np.random.default_rng(9)
    one = chain(rng, 11, 5, 1)
    few = matter(rounded(one), rounded(moved(one, rng, 0.5)), bits(11))
    leader, follower = similar.followers(few)
    assert not leader.exact and not follower.exact
    for about, times in ((few, 1), (widened(few), 1 << UNREAD)):
        found = similar.prove(about, replace(UNLIMITED, confirm=False))
        count = times * true_points(few)
        assert found is not None and count
        assert checker.verify(about, found.proof).disagreements == (count, count)


def test_networks_of_three_classes():
    rng = np.random.default_rng(3)
    one = chain(rng, 12, 6, 3)
    about = matter(one, moved(one, rng, 0.05), bits(12))
    found = similar.prove(about, replace(UNLIMITED, confirm=False))
    count = true_points(about)
    assert found is not None and count
    assert checker.verify(about, found.proof).disagreements == (count, count)


MAJORITY = Any_(tuple(All((ClassIs(a, 1), ClassIs(b, 1))) for a, b in ((0, 1), (0, 2), (1, 2))))
QUESTIONS = {
    "conjunction": All((ClassIs(0, 1), ClassIs(1, 0), ClassIs(2, 1))),
    "any": Any_((ClassIs(0, 0), ClassIs(1, 0), ClassIs(2, 1))),
    "majority against a tree": Any_(
        (All((MAJORITY, ClassIs(3, 0))), All((Not(MAJORITY), ClassIs(3, 1))))
    ),
    "not all the same": Not(All((Same(0, 1), Same(1, 2)))),
}


def about_three(asked, kind, seed):
    """A question about three networks over eleven bits, and perhaps a tree."""
    rng, domain = np.random.default_rng(seed), DOMAINS["bits"]
    one = chain(rng, domain.columns, 5, 1)
    models = [one, moved(one, rng, 2.0), other_network(kind, one, rng)]
    if "tree" in asked:
        nodes = Inner(0, HALF, 1, 2), Inner(4, HALF, 3, 4), *(Leaf(k) for k in (1, 0, 1))
        models.append(Tree(nodes))
    every = tuple(range(len(domain.variables)))
    bound = tuple(Bound(f"m{i}", x, every) for i, x in enumerate(models))
    return Matter(domain, bound, QUESTIONS[asked])


@pytest.mark.parametrize("asked", QUESTIONS)
@pytest.mark.parametrize("kind", ["moved", "rounded", "another"])
def test_three_networks_and_a_tree(asked, kind):
    some = (about_three(asked, kind, seed) for seed in range(20))
    few = next(x for x in some if true_points(x))
    about = widened(few)  # too many points to be enumerated
    found = similar.prove(about, replace(UNLIMITED, confirm=False))
    assert found is not None and not found.stalled
    count = true_points(few) << UNREAD
    assert count and checker.verify(about, found.proof).disagreements == (count, count)
    kinds = set(map(type, found.proof))
    assert kinds <= {Split, Several, Constant} and Several in kinds
    asked_of = {len(x.steps) for x in found.proof if isinstance(x, Several)}
    if "same" not in asked:  # the third one is not asked where two decide, whatever the tree says
        assert 2 in asked_of or Constant in kinds


def test_what_the_leader_of_several_leaves_is_for_others(monkeypatch):
    """Half of the domain is too much to be left."""
    rng = np.random.default_rng(0)
    one, domain, every = chain(rng, 12, 6, 1), bits(12), tuple(range(12))
    bound = tuple(Bound(x, moved(one, rng, 0.1), every) for x in "abc")
    about, prove = Matter(domain, bound, QUESTIONS["conjunction"]), branch.prove

    def half(domain, network, tree, options):
        if options.resume is not None:
            return prove(domain, network, tree, options)
        begun = (Split(0, 1), Open(), followed.UNASKED)
        led = prove(domain, network, tree, replace(options, resume=begun))
        return replace(led, proof=tuple(Open() if x == followed.UNASKED else x for x in led.proof))

    end = now() + 60
    options = Options(deadline=end - 1, check_by=end - 1, confirm=False)
    assert similar.prove(about, options, end) is not None
    monkeypatch.setattr(branch, "prove", half)
    assert similar.prove(about, options, end) is None
    two = Matter(domain, bound[:2], Not(Same(0, 1)))
    assert similar.prove(two, options, end) is not None


def test_the_exact_network_leads():
    rng = np.random.default_rng(0)
    one = chain(rng, 8, 4, 1)
    for both in ((one, rounded(one)), (rounded(one), one)):
        leader, follower = similar.followers(matter(*both, bits(8)))
        assert leader.network is one and leader.exact and not follower.exact
        assert both[leader.model] is one and both[follower.model] is follower.network


def test_other_questions_are_left_to_others():
    rng = np.random.default_rng(0)
    one, domain = chain(rng, 8, 4, 1), bits(8)
    other = moved(one, rng, 0.1)
    every = tuple(range(8))
    assert similar.followers(matter(one, one, domain)) is None
    turned = Bound("a", one, every), Bound("b", other, every[::-1])
    assert similar.followers(Matter(domain, turned, Not(Same(0, 1)))) is None
    three = (
        *matter(one, other, domain).models,
        Bound("c", random_ensemble(Random(1), "float64", 8), every),
    )
    assert similar.followers(Matter(domain, three, Not(All((Same(0, 1), Same(1, 2)))))) is None
    late = Options(deadline=now() - 1)
    assert similar.prove(matter(one, other, domain), late, now() - 1) is None


def test_where_the_leader_stalls_nothing_is_said(monkeypatch):
    rng = np.random.default_rng(0)
    one, prove = chain(rng, 30, 8, 1), branch.prove
    monkeypatch.setattr(branch, "prove", lambda *x: replace(prove(*x), stalled=True))
    about = matter(one, moved(one, rng, 0.1), bits(30))
    end = now() + 1.0
    assert similar.prove(about, Options(deadline=end, check_by=end, confirm=False), end) is None


def test_what_the_time_leaves_open_is_counted(monkeypatch):
    """The leader leaves a half open, of which the search for sandwiches says something."""
    rng = np.random.default_rng(5)
    one = chain(rng, 12, 6, 1)
    few = matter(one, moved(one, rng, 0.01), bits(12))
    about, prove = widened(few), branch.prove

    def half(domain, network, tree, options):
        if options.resume is None:
            options = replace(options, resume=(Split(0, 1), Open(), followed.UNASKED))
        return prove(domain, network, tree, options)

    taken_up, summed = [], proving.prove

    def counted(matter, options, end):
        taken_up.append(sum(isinstance(x, Open) for x in options.resume))
        return summed(matter, options, end)

    monkeypatch.setattr(branch, "prove", half)
    monkeypatch.setattr(proving, "prove", counted)
    end = now() + 60.0  # most of it is left, unless the search has to be compiled first
    options = Options(deadline=end - 1, check_by=end - 1, confirm=False)
    found = similar.prove(about, options, end)
    assert found is not None
    assert taken_up == [1]
    count = true_points(few) << UNREAD
    low, high = checker.verify(about, found.proof).disagreements
    assert low <= count <= high < about.domain.size // 2


def in_a_minute():
    """Options of a search and the end of its check; the time is never the reason."""
    end = now() + 60.0
    return Options(deadline=end - 1, check_by=end - 1, confirm=False), end


@pytest.mark.parametrize(("seed", "widths"), [(4, (14, 8, 1)), (5, (12, 4, 1))])
@pytest.mark.parametrize("question", [Not(Same(0, 1)), All((ClassIs(0, 1), ClassIs(1, 0)))])
def test_a_follower_that_is_not_closed_is_counted_behind_the_leader(
    monkeypatch, seed, widths, question
):
    """Sandwiches speak of the follower alone, beside the leader's class, and hold in every cell."""
    rng = np.random.default_rng(seed)
    one = chain(rng, *widths)
    few = matter(one, moved(one, rng, 0.3), bits(widths[0]))
    few = Matter(few.domain, few.models, question)
    about, prove = widened(few, MANY), branch.prove

    def leading(domain, network, tree, options):
        if options.resume is None:
            return prove(domain, network, tree, options)
        return Finding(options.resume)  # as if the time was over

    monkeypatch.setattr(branch, "prove", leading)
    monkeypatch.setattr(search, "CELLS", 40)  # so that some are not closed
    found = similar.prove(about, *in_a_minute())
    assert found is not None
    said = [x for _, _, x in steps(about.domain, found.proof) if isinstance(x, Sandwich)]
    assert said and all([s.model for s in x.strips] == [1] for x in said)
    assert all([own.model for own in x.beside] == [0] for x in said)
    for proof in (found.proof, *(proof for proof, _ in found.coarser)):
        low, high = checker.verify(about, proof, lenient=True).disagreements
        assert low <= true_points(few) << MANY <= high < about.domain.size


def test_the_network_that_is_closed_sooner_leads(monkeypatch):
    rng = np.random.default_rng(3)
    one, other = chain(rng, 12, 4, 1), chain(rng, 12, 4, 1)
    about, prove, led = widened(matter(one, other, bits(12))), branch.prove, []

    def hard(domain, network, tree, options):
        if options.resume is None:
            led.append(network)
            if network is about.models[0].model:
                return Finding((Open(),))
        return prove(domain, network, tree, options)

    monkeypatch.setattr(branch, "prove", hard)
    found = similar.prove(about, *in_a_minute())
    assert found is not None and led == [x.model for x in about.models]
    low, high = checker.verify(about, found.proof).disagreements
    assert low <= true_points(matter(one, other, bits(12))) << UNREAD <= high < about.domain.size


def test_what_the_kernel_does_not_accept_is_open():
    rng = np.random.default_rng(1)
    domain, network = bits(8), rounded(chain(rng, 8, 4, 1))
    last = network.layers[-1]
    sure = replace(last, weight=last.weight * 0, bias=np.ones_like(last.bias))
    p = prepare(replace(network, layers=(*network.layers[:-1], sure)), domain)
    proof = (Split(0, 1), Constant(1), Split(1, 1), Constant(0), Enumerated())
    one_class = Trusted(1, followed.SHOWN)
    again = (Split(0, 1), one_class, Split(1, 1), one_class, Enumerated())
    assert similar.confirmed(p, proof) == (again, False)
    with stopping(lambda: True):
        nothing = (Split(0, 1), Open(), Split(1, 1), Open(), Enumerated())
        assert similar.confirmed(p, proof) == (nothing, True)


def random_proof(rng, domain, base, depth):
    """Leaves of a proof split at random, each with a number for a step."""
    out = []
    for cell, _, _step in steps(domain, base):
        stack = [(cell, depth)]
        while stack:
            own, more = stack.pop()
            free = [i for i, part in enumerate(own.parts) if part == 3]
            if not more or not free or rng.random() < 0.4:
                kind = rng.random()
                out.append(Enumerated() if kind < 0.2 else Constant(int(rng.integers(9))))
                continue
            i = int(rng.choice(free))
            out.append(Split(i, 1))
            stack += [(half, more - 1) for half in reversed(own.split(i, 1))]
    return _with_splits(base, out)


def _with_splits(base, leaves):
    """The base with its leaves replaced, one after the other."""
    out, rest = [], iter(leaves)
    for item in base:
        if isinstance(item, Split):
            out.append(item)
            continue
        halves = 1
        while halves:
            own = next(rest)
            out.append(own)
            halves += 1 if isinstance(own, Split) else -1
    return tuple(out)


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_two_proofs_laid_over_each_other_say_what_both_say(seed):
    """At every point; cells that one enumerates may be whole."""
    rng = np.random.default_rng(seed)
    domain = bits(6)
    base = random_proof(rng, domain, (Open(),), 2)
    one = random_proof(rng, domain, base, int(rng.integers(3)))
    other = random_proof(rng, domain, one, int(rng.integers(3)))
    if seed % 2:
        one, other = other, one

    def said(a, b):
        known = isinstance(a, Constant) and isinstance(b, Constant)
        return Constant(10 * a.klass + b.klass) if known else Enumerated()

    def at(proof, point):
        return next(step for cell, _, step in steps(domain, proof) if cell.contains(point))

    both = followed.overlaid(one, other, said)
    for point in full_cell(domain).points():
        assert at(both, point) == said(at(one, point), at(other, point))


@pytest.mark.parametrize("after", [3, 60])
@pytest.mark.parametrize("kind", ["moved", "rounded"])
def test_a_stop_ends_the_search_at_once(after, kind):
    """Whichever network is searched: what is said by then is a whole proof."""
    rng = np.random.default_rng(7)
    one = chain(rng, 30, 24, 24, 1) if kind == "moved" else chain(rng, 30, 24, 1)
    about = matter(one, other_network(kind, one, rng), bits(30))
    asked, told = [0], []

    def stop():
        asked[0] += 1
        return asked[0] > after

    with stopping(stop):
        options = replace(UNLIMITED, confirm=False, brief=True, interrupted=lambda: told.append(1))
        found = similar.prove(about, options)
    assert found is not None and told == [1]
    assert sum(1 for _ in steps(about.domain, found.proof)) >= 1
