"""The tree leaf by leaf: statuses, evidence, and trees that are large or deep."""

from __future__ import annotations

import numpy as np
import pytest

from tests import brute
from tests.reports import cases
from tests.reports.pages import Page, page
from tests.sign_trees import encode, random_tree
from verifier.formats.variables import one_hot
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Signed, Split, Trusted
from verifier.model.tree import Inner, Leaf, Tree, bind
from verifier.reports import evidence
from verifier.reports.evidence import gather
from verifier.reports.leaves import LeafStatus, leaf_facts, leaf_of
from verifier.reports.report import render
from verifier.reports.tree_view import frontier, layout, outline, subject, tally


def test_every_leaf_opens_its_proof(bad):
    shown = page(bad)
    _certificate, verdict = bad
    for node in verdict.leaves:
        assert f"leaf-{node}" in shown.ids
    assert "head = octagon, jacket is not red" in shown.words


def test_leaf_statuses_tell_the_weakest_thing_known():
    domain = bits(3)
    teacher = cases.sum_teacher(3, -0.5)
    tree = cases.grown((0, (1, 0, 1), (2, 1, 1)))
    proof = (
        Split(0, 1),
        Split(1, 1),
        Enumerated(),
        Open(),
        Split(2, 1),
        Constant(1),
        Trusted(1, "q"),
    )
    _certificate, verdict = cases.certified(domain, teacher, tree, proof)
    shown = [f.status for f in leaf_facts(bind(tree, domain), verdict).values()]
    assert shown == [LeafStatus.DIFFERS, LeafStatus.OPEN, LeafStatus.PROVED, LeafStatus.PROVED]
    assert not verdict.trusted  # the kernel closed that cell itself


def test_a_leaf_that_no_point_reaches_is_shown_as_empty():
    tree = cases.grown((0, (0, 0, 1), 1))
    made = cases.certified(bits(2), cases.sum_teacher(2, 0.5), tree, (Constant(1),))
    facts = leaf_facts(bind(tree, made[0].domain), made[1])
    assert [f.status for f in facts.values()] == [
        LeafStatus.DIFFERS,
        LeafStatus.EMPTY,
        LeafStatus.PROVED,
    ]
    assert "never" in page(made).words


def test_a_thousand_leaves_take_less_than_two_megabytes():
    domain = bits(14)
    tree = cases.full_tree(domain, 10)
    made = cases.certified(domain, cases.sum_teacher(14, -7), tree, (Enumerated(),))
    text = render(cases.result(*made), format="html")
    assert len(text.encode()) < 2_000_000
    shown = Page(text)
    assert sum(i.startswith("leaf-") for i in shown.ids) == 1024
    assert set(shown.targets) <= set(shown.ids)


def test_large_trees_are_summarised_with_what_is_wrong_first():
    domain, teacher = bits(30), cases.sum_teacher(30, 0.5)
    tree = cases.full_tree(domain, 13)
    right = tuple(Leaf(1) if isinstance(n, Leaf) else n for n in tree.nodes)
    at = next(i for i, n in enumerate(right) if isinstance(n, Leaf) and i > 9000)
    wrong = Tree((*right[:at], Leaf(0), *right[at + 1 :]))
    made = cases.certified(domain, teacher, wrong, (Constant(1),))
    text = render(cases.result(*made), format="html")
    shown = Page(text)
    assert len(text.encode()) < 2_000_000
    assert f"leaf-{at}" in shown.ids
    assert set(shown.targets) <= set(shown.ids)
    assert "the others summarised by subtree" in shown.words


def test_deep_trees_are_cut_where_browsers_stop_nesting():
    n = 600
    nodes = []
    for i in range(n):
        nodes += [Inner(i, cases.HALF, 2 * i + 1, 2 * i + 2), Leaf(1)]
    tree = Tree((*nodes, Leaf(1)))
    made = cases.certified(bits(n), cases.sum_teacher(n, 0.5), tree, (Constant(1),))
    shown = page(made)
    assert "subtree of 501 leaves" in shown.words


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_a_frontier_covers_every_leaf_once(bad, most):
    certificate, verdict = bad
    s = subject(certificate.domain, certificate.tree, verdict)
    ends = frontier(s, most)
    assert len(ends) == min(most, certificate.tree.leaves)
    assert sum(sum(tally(s, e).values()) for e in ends) == certificate.tree.leaves
    items = outline(s, ends, {})
    assert sum(i.leaf is not None or bool(i.text) for i in items) == len(ends)
    assert sum(i.closes for i in items) == sum(bool(i.question) for i in items)
    spots = layout(s, ends)
    assert sorted(x.x for x in spots if x.status != "test") == list(range(len(ends)))
    for spot in spots:
        below = [x.x for x in spots if x.parent is not None and spots[x.parent] is spot]
        assert not below or spot.x == sum(below) / 2


@pytest.mark.parametrize("seed", range(12))
def test_the_leaves_add_up_to_what_the_kernel_says_of_float32(seed):
    rng = np.random.default_rng(seed)
    domain = bits(5)
    scale = [1.0, 1e-3, 3e38][seed % 3]
    weight = rng.integers(-2, 3, size=(1, 5)) * scale + rng.normal(size=(1, 5)) * scale / 1e7
    teacher = Network(5, (Affine(0, weight, np.zeros(1)),))
    tree = cases.full_tree(domain, 2, 2, seed)
    proof = cases.closed(domain, teacher, tree)
    opened = tuple(Open() if isinstance(x, Enumerated) and seed % 2 else x for x in proof)
    made = cases.certified(domain, teacher, tree, opened)
    s = subject(domain, tree, made[1])
    found = gather(s, checker.prepare(teacher, domain), opened)
    assert found is not None
    assert sum(x.not_shown for x in found.leaves.values()) == made[1].float32.points_not_shown


def signed(proof, rng, widths, outputs):
    """The same with trees of signs for its Constants, of which most show less than that."""
    forms = range(max(1, outputs - 1))
    return tuple(
        Signed(x.klass, encode([random_tree(rng, widths, 2) for _ in forms], widths))
        if isinstance(x, Constant)
        else x
        for x in proof
    )


@pytest.mark.parametrize("trees", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_margins_hold(seed, trees):
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(one_hot(f"v{i}", "abc"[: 2 + i % 2]) for i in range(4)))
    outputs = int(rng.integers(1, 4))
    layers = (
        Affine(0, rng.normal(size=(4, domain.columns)), rng.normal(size=4)),
        Relu(1),
        Affine(2, rng.normal(size=(outputs, 4)), rng.normal(size=outputs)),
    )
    teacher = Network(domain.columns, layers)
    tree = cases.full_tree(domain, 2, max(2, outputs), seed)
    proof = cases.closed(domain, teacher, tree)
    if trees:
        proof = signed(proof, rng, [4], outputs)
    made = cases.certified(domain, teacher, tree, proof)
    s = subject(domain, tree, made[1])
    found = gather(s, checker.prepare(teacher, domain), proof)
    assert sum(x.not_shown for x in found.leaves.values()) == made[1].float32.points_not_shown
    least = {}
    for point in full_cell(domain).points():
        row = brute.logits(teacher, domain.encode(point))
        ranked = sorted(row, reverse=True)
        gap = abs(row[0]) if len(row) == 1 else ranked[0] - ranked[1]
        leaf = leaf_of(s.bound, point)
        least[leaf] = min(gap, least.get(leaf, gap))
    assert set(least) == set(found.leaves)
    for leaf, held in found.leaves.items():
        assert 0 <= held.margin <= least[leaf]
        assert not (trees and held.cells["constant"])
        if set(held.cells) == {"enumerated"}:
            assert held.margin == least[leaf]


def test_of_a_proof_too_large_to_look_at_again_every_so_manieth_cell_is_shown(monkeypatch):
    domain, teacher = bits(8), cases.sum_teacher(8, -6.5)
    tree = cases.full_tree(domain, 6)
    made = cases.certified(domain, teacher, tree, cases.closed(domain, teacher, tree))
    whole, p = page(made).words, checker.prepare(teacher, domain)
    every = gather(subject(domain, tree, made[1]), p, made[0].proof)
    monkeypatch.setattr(evidence, "MOST_NODES", 9)
    monkeypatch.setattr(evidence, "SAMPLE", 5)
    some = gather(subject(domain, tree, made[1]), p, made[0].proof)
    assert some.margins == every.margins[:: some.every] and 2 <= len(some.margins) <= 5
    words = page(made).words
    said = f"the margins below are those of {len(some.margins)} cells, 1 in {some.every} of those"
    assert said in words and said not in whole
    assert "margin proved not listed by leaf" in words and "not listed by leaf" not in whole
    assert "proof step Constant: one class by a bound that the kernel recomputed" in words


def test_of_many_points_no_margins_are_shown(monkeypatch):
    monkeypatch.setattr(evidence, "MOST_POINTS", 10)
    domain = bits(6)
    made = cases.certified(domain, cases.sum_teacher(6, -3), Tree((Leaf(0),)), (Enumerated(),))
    words = page(made).words
    assert "too large to look at every cell and point again, and none of its cells is clos" in words
    assert "proof step Enumerated: evaluated point by point by the kernel" in words
