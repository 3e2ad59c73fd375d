"""Questions that people ask, against every point looked at: fair, monotone, same, robust."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product

import numpy as np
import pytest

import verifier as lp
from tests.ensembles import near_ties, random_ensemble
from verifier.jobs.fronts import common
from verifier.jobs.fronts import robust as robust_front
from verifier.jobs.fronts.recognised import recognised
from verifier.jobs.fronts.robust import point_of
from verifier.jobs.fronts.shares import shares
from verifier.jobs.fronts.where import with_tree, without_tree
from verifier.model.ensemble import Ensemble
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports import summary

HALF = Fraction(1, 2)


def people():
    """2 * 3 * 2 * 3 * 6 points; "level" is listed in another order than its numbers'."""
    return lp.Domain.product(
        lp.Domain.range("age", 18, 23, step=1, weights=[[18, 20, 2], [21, 23, 1]]),
        lp.Domain.one_hot("group", ["A", "B", "C"], ["1/2", "1/4", "1/4"]),
        lp.Domain.ordinal("sex", [0, 1]),
        lp.Domain.ordinal("level", [3, 1, 2]),
    )


def network(seed, outputs=1):
    rng = np.random.default_rng(seed)
    first = Affine(0, rng.normal(size=(6, 6)) * [0.3, 1, 1, 1, 1, 1], rng.normal(size=6) - 2)
    return Network(6, (first, Relu(1), Affine(2, rng.normal(size=(outputs, 6)), np.zeros(outputs))))


def tree():
    """Of age, level and sex: columns 0, 5 and 4."""
    nodes = (
        Inner(0, Fraction(41, 2), 1, 2),
        Inner(5, Fraction(3, 2), 3, 4),
        Inner(4, HALF, 5, 6),
        *(Leaf(k) for k in (0, 1, 1, 0)),
    )
    return Tree(nodes)


def points(domain):
    return [p for p in product(*(range(v.count) for v in domain.variables)) if domain.possible(p)]


def classes(model, domain):
    every = points(domain)
    if isinstance(model, Tree | Ensemble):
        found = [model.class_at(domain.encode(p)) for p in every]
    else:
        found = exact_classes(model, domain, every)
    return dict(zip(every, found, strict=True))


def moved(point, at, value):
    return (*point[:at], value, *point[at + 1 :])


def place(domain, name):
    return [v.name for v in domain.variables].index(name)


MODELS = [
    *(network(7), network(5), network(10, outputs=3), tree()),
    *(random_ensemble(random.Random(3), "float32", 6), near_ties(random.Random(1), "float64", 6)),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("feature", ["age", "group", "sex"])
def test_fair(model, feature):
    domain = people()
    held, at = classes(model, domain), place(domain, feature)
    pairs = [
        (p, moved(p, at, k)) for p in held for k in range(p[at] + 1, domain.variables[at].count)
    ]
    unfair = sum(held[p] != held[q] for p, q in pairs)
    result = lp.ask_fair(model, domain, feature)
    assert result.kind == "fair" and result.points == (unfair, unfair)
    assert result.domain.size == len(pairs)
    assert result.verdict == ("somewhere" if unfair else "nowhere")
    for found in result.instances:
        a, b = found.inputs
        assert {k for k in a if a[k] != b[k]} == {feature}
        p, q = (
            tuple(
                v.labels.index(x[v.name]) if hasattr(v, "labels") else int(x[v.name]) - 18
                for v in domain.variables
            )
            for x in (a, b)
        )
        assert (str(held[p]), str(held[q])) == found.classes


@pytest.mark.parametrize("model", [*MODELS, tree()])
@pytest.mark.parametrize("features", [["sex", "group"], "group, level", ["sex", "level", "age"]])
def test_fair_in_several_features(model, features):
    """Every pair of points that differ in some of them, and in nothing else, once."""
    domain = people()
    named = features.split(", ") if isinstance(features, str) else features
    held, ats = classes(model, domain), [place(domain, x) for x in named]
    rest = [i for i in range(4) if i not in ats]
    pairs = [(p, q) for p, q in combinations(held, 2) if all(p[i] == q[i] for i in rest)]
    unfair = [(p, q) for p, q in pairs if held[p] != held[q]]
    result = lp.ask_fair(model, domain, features)
    assert result.domain.size == len(pairs)
    assert result.points == (len(unfair), len(unfair))

    def weight(pair):  # the second drawn for itself, but for what is shared
        shared = [domain.variables[i].probabilities[pair[0][i]] for i in rest if i]
        shared += [domain.probability(moved((0,) * 4, 0, pair[0][0]))] if 0 in rest else []
        first, second = map(domain.probability, pair)
        for x in shared:
            second /= x
        return first * second

    share = sum(map(weight, unfair)) / sum(map(weight, pairs))
    assert result.probability == (share, share)
    seen = recognised(result.certificate.matter)
    assert (seen.kind, {seen.feature, *seen.more}) == ("fair", {*named})
    for w, found in zip(result.witnesses, result.instances, strict=True):
        a, b = found.inputs
        assert {k for k in a if a[k] != b[k]} <= {*named} and a != b
        assert (a, b) == seen.sides(w.point)
        assert tuple(str(held[point_of(domain, x)]) for x in (a, b)) == found.classes


def test_several_features_and_what_is_possible():
    """Combinations that cannot occur, a feature that is not read, shares by group, what is none."""
    domain, model = people().without({"age": (18, 19), "level": "2"}), network(5)
    held = classes(model, domain)
    pairs = [(p, q) for p, q in combinations(held, 2) if (p[0], p[3]) == (q[0], q[3])]
    result = lp.ask_fair(model, domain, ["sex", "group"])
    unfair = sum(held[p] != held[q] for p, q in pairs)
    assert (result.domain.size, result.points) == (len(pairs), (unfair, unfair))
    own = tree()  # does not read "group"
    blind = lp.ask_fair(own, people(), ["group", "sex"])
    held = classes(own, people())
    pairs = [(p, q) for p, q in combinations(held, 2) if (p[0], p[3]) == (q[0], q[3])]
    unfair = sum(held[p] != held[q] for p, q in pairs)
    assert blind.points == (unfair, unfair) and blind.front.note == ""
    found = shares(blind.certificate, blind.proved)
    assert len(found) == 15 and found[0].groups == ("A, 0", "A, 1")
    both = [s for s in found if s.groups == ("A, 0", "C, 1")]
    weight = {p: people().probability(p) for p in held}
    for at, key in ((0, "first"), (1, "second")):
        part = [p for p in held if p[2] == at and p[1] == 2 * at]
        share = sum(weight[p] * held[p] for p in part) / sum(weight[p] for p in part)
        assert getattr(both[0], key) == (share, share)
    none = lp.ask_fair(Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), people(), "sex,group")
    assert none.points == (0, 0)
    assert 'does not read "group" or "sex": it is fair by construction' in none.front.note
    seen = recognised(none.certificate.matter)
    assert (seen.feature, seen.more) == ("group", ("sex",))
    for features, words in (
        (["sex", "sex"], "each feature once"),
        ([], "one at least"),
        ("sex,race", 'no variable "race"'),
        (["sex", 5], "name of a variable"),
        (["age", "wide"], "600 values together: at most 256"),
    ):
        with pytest.raises(lp.LeafproofError, match=words):
            wide = lp.Domain.product(people(), lp.Domain.range("wide", 1, 100))
            lp.ask_fair(tree(), wide, features)


NARROW = Network(5, (Affine(0, np.ones((1, 5)), np.zeros(1)),))
STEPS = {"age": range(6), "sex": range(2), "level": [1, 2, 0]}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("feature", STEPS)
def test_monotone(model, feature):
    domain = people()
    held, at = classes(model, domain), place(domain, feature)
    after = dict(pairwise(STEPS[feature]))
    steps = [(p, moved(p, at, after[p[at]])) for p in held if p[at] in after]
    for up in (True, False):
        broken = [p for p, q in steps if (held[p] > held[q] if up else held[p] < held[q])]
        result = lp.ask_monotone(model, domain, feature, up=up)
        assert result.points == (len(broken), len(broken))
        assert result.domain.size == len(steps)
        weights = [domain.probability(p) for p, _ in steps]
        share = sum(map(domain.probability, broken)) / sum(weights)
        if feature != "level":  # of a list, the second value's probability counts as well
            assert result.probability == (share, share)
        for found in result.instances:
            a, b = (int(x[feature]) for x in found.inputs)
            assert a < b and (found.classes[0] > found.classes[1]) == up


def test_monotone_in_a_number_that_may_be_missing():
    """Inputs that lack it have no next value, and are none of anybody's."""
    lack = lp.Domain.encoded("paid", ["2", "1", "4", "missing"], [[2, 0], [1, 0], [4, 0], [0, 1]])
    domain = lp.Domain.product(lack, lp.Domain.ordinal("sex", [0, 1]))
    nodes = (
        Inner(1, HALF, 1, 2),
        Inner(0, Fraction(3), 3, 4),
        Leaf(0),
        Inner(2, HALF, 5, 6),
        *(Leaf(k) for k in (0, 0, 1)),
    )  # class 1 of sex 1 up to 3, class 0 where it is missing or more
    result = lp.ask_monotone(Tree(nodes), domain, "paid")
    assert result.domain.size == 4 and result.points == (1, 1)
    (found,) = result.instances
    assert [x["paid"] for x in found.inputs] == ["2", "4"] and found.inputs[0]["sex"] == "1"
    assert "lack" in result.notes[0]
    assert recognised(result.matter).kind == "monotone"
    assert lp.ask_monotone(Tree(nodes), domain, "paid", up=False).points == (0, 0)
    single = lp.Domain.encoded("paid", ["2", "missing"], [[2, 0], [0, 1]])
    with pytest.raises(lp.LeafproofError, match='"paid" has one number'):
        lp.ask_monotone(Tree(nodes), lp.Domain.product(single, people().product_of([2])), "paid")


def test_points_as_rows_of_a_table_have_them():
    """A column of floats has 1.0 where the label is 1, and NaN where it lacks a value."""
    lack = lp.Domain.encoded("paid", ["2", "0.5", "missing"], [[2, 0], [0.5, 0], [0, 1]])
    codes = lp.Domain.one_hot("code", ["1", "2"])
    domain = lp.Domain.product(lp.Domain.ordinal("dose", [0, 0.5, 1]), lack, codes)
    for dose, paid, point in (
        (1.0, np.float64(2), (2, 0, 1)),
        ("1.0", float("nan"), (2, 2, 1)),
        (np.float32(0.5), Fraction(1, 2), (1, 1, 1)),
        ("0.50", "1/2", (1, 1, 1)),
    ):
        assert point_of(domain, {"dose": dose, "paid": paid, "code": "2"}) == point
    for dose, code in (("x", "2"), (0.25, "2"), (float("nan"), "2"), (1, "2.0"), (True, "2")):
        with pytest.raises(lp.LeafproofError, match="is not a value"):
            point_of(domain, {"dose": dose, "paid": 2, "code": code})


def test_a_points_number_stands_for_its_bin():
    labels = ["at most 29.5", "29.5 to 40.5", "above 40.5", "missing"]
    ages = lp.Domain.encoded("age", labels, [[22, 0], [35, 0], [50, 0], [0, 1]])
    for value, place in (
        (22, 0),
        (29.5, 0),
        ("29.6", 1),
        (40, 1),
        ("1e3", 2),
        ("missing", 3),
        ("", 3),
        (None, 3),
    ):
        assert point_of(ages, {"age": value}) == (place,)
    assert point_of(ages, {"age": "above 40.5"}) == (2,)
    for value in ("x", [22, 35], float("inf")):
        with pytest.raises(lp.LeafproofError):
            point_of(ages, {"age": value})


def test_monotone_in_every_step_is_monotone_in_all_pairs():
    """What is counted are the steps; whether there are any is the question about all pairs."""
    domain = people()
    for seed in (3, 5, 6, 7, 9, 10):
        held, at = classes(network(seed), domain), place(domain, "age")
        falls = any(held[p] > held[moved(p, at, k)] for p in held for k in range(p[at] + 1, 6))
        assert (lp.ask_monotone(network(seed), domain, "age").verdict == "somewhere") == falls


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("flips", [1, 2, 4])
@pytest.mark.parametrize("only", [None, ["age", "group"]])
@pytest.mark.parametrize("few", [robust_front.FEW_NODES, 0])
def test_robust(model, flips, only, few, monkeypatch):
    monkeypatch.setattr(robust_front, "FEW_NODES", few)  # with 0 as slots of changes
    for domain in (people(), people().without({"age": 18, "group": "A"})):
        held = classes(model, domain)
        centre = list(held)[41]
        free = [place(domain, x) for x in only or [v.name for v in domain.variables]]
        near = [
            p
            for p in held
            if sum(a != b for a, b in zip(p, centre, strict=True)) <= flips
            and all(a == b or i in free for i, (a, b) in enumerate(zip(p, centre, strict=True)))
        ]
        other = [p for p in near if held[p] != held[centre]]
        if flips > len(free):
            with pytest.raises(
                lp.LeafproofError, match=f"flips is {flips}.*: give {len(free)} at most"
            ):
                lp.ask_robust(model, domain, domain.labels(centre), flips, only=only)
            continue
        result = lp.ask_robust(model, domain, domain.labels(centre), flips, only=only)
        assert result.domain.size == len(near)
        assert ("every input of the domain" in result.front.note) == (flips == 4 and only is None)
        assert result.points == (len(other), len(other))
        share = sum(map(domain.probability, other)) / sum(map(domain.probability, near))
        assert result.probability == (share, share)
        slotted = "change 1" in [v.name for v in result.domain.variables]
        plain = isinstance(model, Tree) or domain.given is not None or flips == len(free)
        assert slotted == (few == 0 and not plain)
        for found in result.instances:
            ends = [point_of(domain, x) for x in found.inputs]
            assert ends[0] == centre and ends[1] in other
            assert found.classes == (str(held[ends[1]]),)
        if slotted:
            seen = recognised(result.certificate.matter)
            assert (seen.kind, seen.flips) == ("robust", flips)
            for w, found in zip(result.witnesses, result.instances, strict=True):
                assert seen.sides(w.point) == found.inputs


@pytest.mark.parametrize(
    ("ages", "sexes", "flips", "only", "said"),
    [
        (
            10,
            2,
            2,
            None,
            "NOT ROBUST {}exactly 10 of the 20 inputs of the domain, all of which are near.",
        ),
        (4, 2, 2, None, "ROBUST {}none of the 8 inputs of the domain, all of which are near."),
        (10, 1, 1, ["sex"], "ROBUST {}no input: only one is near."),
        (
            *(10, 1, 1, ["age"]),
            "NOT ROBUST {}exactly 5 of the 10 inputs that differ from the point in at most 1 vari",
        ),
    ],
)
def test_the_words_of_robust_where_all_may_change_or_nothing_can(
    ages, sexes, flips, only, said, tmp_path
):
    domain = lp.Domain.product(
        lp.Domain.range("age", 0, ages - 1), lp.Domain.range("sex", 0, sexes - 1)
    )
    adult = Tree((Inner(0, Fraction(4), 1, 2), Leaf(0), Leaf(1)))
    result = lp.ask_robust(adult, domain, {"age": 3, "sex": 0}, flips, only=only)
    begin = said.format("the class is another than 0, the point's, at ")
    result.save(tmp_path / "c.lpc")
    alone = lp.check(tmp_path / "c.lpc")
    for what in (result.certificate, result.proved), (alone.certificate, alone.proved):
        assert f"{summary.word(*what).upper()} {summary.headline(*what)}".startswith(begin)
    alone.report(tmp_path / "c.md")
    page = (tmp_path / "c.md").read_text().lower()
    assert begin.partition(" the class")[0].lower() in page and "somewhere" not in page
    formula = lp.ask("not class(f)=0", {"f": adult}, domain)  # nobody asked about a point
    assert summary.word(formula.certificate, formula.proved) in ("somewhere", "nowhere")


def test_an_ensemble_that_reads_slots_otherwise_is_not_called_robust(monkeypatch):
    """Of its chains of tests one leads elsewhere, tests another slot, or another number."""
    monkeypatch.setattr(robust_front, "FEW_NODES", 0)
    model, domain = random_ensemble(random.Random(3), "float32", 6), people()
    asked = lp.ask_robust(model, domain, domain.labels((0,) * 4), 2)
    matter = asked.certificate.matter
    (one,) = matter.models
    assert recognised(matter).flips == 2
    m = next(i for i, x in enumerate(one.model.members) if isinstance(x.nodes[0], Inner))
    first, second = one.model.members[m].nodes[:2]
    for at, node in (
        (0, replace(first, threshold=first.threshold + 1)),
        (1, replace(second, column=first.column)),
        (0, replace(first, column=first.column - 6)),
        (1, replace(second, left=second.right, right=second.left)),
    ):
        nodes = list(one.model.members[m].nodes)
        nodes[at] = node
        members = list(one.model.members)
        members[m] = replace(members[m], nodes=tuple(nodes))
        other = replace(one, model=replace(one.model, members=tuple(members)))
        assert recognised(replace(matter, models=(other,))) is None


def test_many_variables_of_which_few_change():
    """50 bits, of which two may change: 1,276 inputs, as slots, not in 41,649 nodes."""
    rng = np.random.default_rng(0)
    first = Affine(0, rng.normal(size=(6, 50)), np.zeros(6))
    model = Network(50, (first, Relu(1), Affine(2, rng.normal(size=(1, 6)), np.array([0.3]))))
    domain = lp.Domain.bits(50)
    centre = tuple(rng.integers(0, 2, 50).tolist())
    near = [centre]
    for i, j in combinations(range(50), 2):
        near.append(moved(moved(centre, i, 1 - centre[i]), j, 1 - centre[j]))
    near += [moved(centre, i, 1 - centre[i]) for i in range(50)]
    found = exact_classes(model, domain, near)
    other = sum(k != found[0] for k in found)
    result = lp.ask_robust(model, domain, domain.labels(centre), 2)
    assert result.domain.size == len(near) == 1276
    assert result.points == (other, other) and other
    assert len(result.domain.given.nodes) < 300


def test_same(tmp_path):
    domain = people()
    a, b = classes(network(5), domain), classes(network(7), domain)
    network(5).save(tmp_path / "a.onnx")
    result = lp.ask_same(tmp_path / "a.onnx", network(7), domain, output=tmp_path / "c")
    count = sum(a[p] != b[p] for p in a)
    assert result.points == (count, count) and lp.check(tmp_path / "c").points == (count, count)
    assert lp.ask_same(tmp_path / "a.onnx", network(5), domain).verdict == "nowhere"
    assert lp.ask_same(tree(), tree(), domain).verdict == "nowhere"
    runtime = result.instances[0].runtime
    assert runtime.startswith("onnxruntime gives the same class; not run elsewhere")
    mixed = lp.ask_same(network(7), tree(), domain)
    shown = mixed.to_dict()
    assert shown["count"] == dict(zip(("lower", "upper"), mixed.points, strict=True))
    assert shown["probability"].keys() == {"lower", "upper"}


def test_what_is_not_read_is_fair_by_construction(tmp_path):
    domain = people()
    blind = network(5)
    first = blind.layers[0]
    weight = first.weight.copy()
    weight[:, 4] = 0
    zero = Network(6, (Affine(0, weight, first.bias), *blind.layers[1:]))
    narrow = Network(5, (Affine(0, np.delete(weight, 4, 1), first.bias), *blind.layers[1:]))
    names = ["age", "group", "level"]
    cases = [(zero, None), (narrow, names), (Tree((Inner(5, HALF, 1, 2), Leaf(0), Leaf(1))), None)]
    for model, reads in cases:
        result = lp.ask_fair(model, domain, "sex", reads=reads, output=tmp_path / "c")
        assert result.verdict == "nowhere" and result.points == (0, 0)
        assert 'does not read "sex": it is fair by construction' in result.front.note
        assert result.front.note in result.notes
        assert lp.check(tmp_path / "c").verdict == "nowhere"
    assert lp.ask_fair(zero, domain, "group").front.note == ""


def test_what_is_not_read_is_monotone_by_construction(tmp_path):
    """A list, a range that is long, and a variable that the model is not even given."""
    domain = lp.Domain.product(people(), lp.Domain.range("income", 0, 10**12))
    rest = people().product_of(range(4))
    own = network(5)
    weight = np.hstack([own.layers[0].weight, np.zeros((6, 1))])
    blind = Network(7, (Affine(0, weight, own.layers[0].bias), *own.layers[1:]))
    names = ["age", "group", "level"]
    narrow = Network(5, (Affine(0, np.delete(own.layers[0].weight, 4, 1), own.layers[0].bias),
                         *own.layers[1:]))  # fmt: skip
    forest = random_ensemble(random.Random(3), "float32", 6)
    cases = [
        (blind, domain, "income", None, (10**12) * people().size),
        (tree(), domain, "income", None, (10**12) * people().size),
        (forest, domain, "income", [v.name for v in rest.variables], (10**12) * people().size),
        (narrow, people(), "sex", names, people().size // 2),
        (Tree((Inner(0, Fraction(20), 1, 2), Leaf(0), Leaf(1))), people(), "level", None, 72),
    ]
    for model, space, feature, reads, steps in cases:
        for up in (True, False):
            result = lp.ask_monotone(
                model, space, feature, up=up, reads=reads, output=tmp_path / "c"
            )
            assert (result.verdict, result.points) == ("nowhere", (0, 0))
            assert result.domain.size == steps
            note = f'does not read "{feature}": it is monotone by construction'
            assert note in result.front.note and result.front.note in result.notes
            held = recognised(lp.check(tmp_path / "c").certificate.matter)
            assert (held.kind, held.feature, held.falls) == ("monotone", feature, up)
            assert lp.check(tmp_path / "c").verdict == "nowhere"
    with pytest.raises(lp.LeafproofError, match="have no order"):
        lp.ask_monotone(Tree((Leaf(0),)), people(), "group")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda d: lp.ask_fair(network(5), d, "sexx"), 'did you mean "sex"?'),
        (lambda d: lp.ask_fair(network(5), "sex", d), "ask_fair(model, domain, name)"),
        (lambda d: lp.ask_monotone(network(5), "age", d), "the domain comes before the name"),
        (lambda d: lp.ask_fair(network(5), d, "sex", reads=["age"]), "takes 6 columns"),
        (lambda d: lp.ask_fair(network(5), d, "sex", reads=["weight"]), 'reads "weight"'),
        (lambda d: lp.ask_fair(network(5), d, "sex", reads=[]), "one at least"),
        (lambda d: lp.ask_fair(NARROW, d, "sex"), "name those that it reads"),
        (lambda d: lp.ask_fair(network(5), 5, "sex"), "names the variables"),
        (lambda d: lp.ask_fair(network(5), "bits", "sex"), "no variable"),
        (lambda d: lp.ask_fair(network(5), d, "sex", device="tpu"), "write cpu or cuda"),
        (lambda d: lp.ask_monotone(network(5), d, "group"), "have no order"),
        (lambda d: lp.ask_monotone(network(5), d, "agee"), 'did you mean "age"?'),
        (
            lambda d: lp.ask_monotone(tree(), lp.Domain.continuous("x", 0, 1), "x"),
            "is continuous and has no steps",
        ),
        (lambda d: lp.ask_robust(network(5), d, {"age": 18}, 1), 'no value of "group"'),
        (lambda d: lp.ask_robust(network(5), d, "age=18,group=A,sex=0", 1), 'of "level"'),
        (lambda d: lp.ask_robust(network(5), d, "age=18,group=Z,sex=0,level=1", 1), '"Z"'),
        (lambda d: lp.ask_robust(network(5), d, "age=99,group=A,sex=0,level=1", 1), "99"),
        (lambda d: lp.ask_robust(network(5), d, "age=18,grp=A,sex=0,level=1", 1), '"group"'),
        (lambda d: lp.ask_robust(network(5), d, "age=18,,sex=0", 1), "no VARIABLE=VALUE"),
        (lambda d: lp.ask_robust(network(5), d, "nowhere.json", 1), "nowhere.json"),
        (lambda d: lp.ask_robust(network(5), d, "18,A,0,1", 1), '"18" is no VARIABLE=VALUE'),
        (lambda d: lp.ask_robust(network(5), d, "age=18," * 99, 1), 'names "age" twice'),
        (lambda d: lp.ask_robust(network(5), d, d.labels((0, 0, 0, 0)), 0), "flips is 0"),
        (
            lambda d: lp.ask_robust(network(5), d, d.labels((0, 0, 0, 0)), 5),
            "flips is 5, and there are 4 that may change: give 4 at most",
        ),
        (lambda d: lp.ask_same(network(5), network(9, outputs=3), d, reads=["x"]), '"x"'),
    ],
)
def test_what_cannot_be_asked_is_one_line(ask, words):
    with pytest.raises(lp.LeafproofError, match=r"\A[^\n]*\Z") as error:
        ask(people())
    assert words in str(error.value)


@pytest.mark.parametrize("text", ["age,group\n18,A\n", "[18, 1]"])
def test_a_file_that_is_no_point_is_told_what_one_is(text, tmp_path):
    """A table, and a list."""
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(lp.LeafproofError, match=r"\A[^\n]*\Z") as error:
        lp.ask_robust(network(5), people(), tmp_path / "rows.csv", 1)
    assert "rows.csv" in str(error.value) and 'such as {"age": 30' in str(error.value)


def test_a_tree_of_scikit_learn_reads_columns_by_their_names(tmp_path):
    """The domain has them in another order: by place it would be another tree."""
    pd = pytest.importorskip("pandas")
    from sklearn.tree import DecisionTreeClassifier

    table = pd.DataFrame(list(product(range(4), repeat=2)), columns=["a", "b"])
    fitted = DecisionTreeClassifier().fit(table, (table.a > 1) & (table.b < 3))
    domain = lp.Domain.product(lp.Domain.range("b", 0, 3), lp.Domain.range("a", 0, 3))
    own = Tree((Inner(1, Fraction(3, 2), 1, 2), Leaf(0), Inner(0, Fraction(5, 2), 3, 4),
                Leaf(1), Leaf(0)))  # fmt: skip
    assert lp.ask_same(fitted, own, domain).points == (0, 0)
    steps = [(a, b, b + 1) for a in range(4) for b in range(3)]
    falls = sum(own.class_at([b, a]) > own.class_at([c, a]) for a, b, c in steps)
    assert lp.ask_monotone(fitted, domain, "b").points == (falls, falls) == (2, 2)
    text = lp.export(fitted, to="python", domain=domain).data.decode()
    space = {}
    exec(text, space)
    assert all(space["predict"]([b, a]) == (a > 1 and b < 3) for a in range(4) for b in range(4))
    other = lp.Domain.bits(3)
    with pytest.raises(lp.LeafproofError, match="fitted to 2 columns but the domain has 3"):
        lp.ask_fair(fitted, other, "x0")
    lp.certify(own_network(), fitted, domain, output=tmp_path / "it.certificate")
    against = (own_network(), fitted, domain)
    assert lp.check(tmp_path / "it.certificate", against=against).verdict == "different"


@pytest.mark.parametrize("kind", ["tree", "forest", "linear"])
def test_names_that_stand_elsewhere_are_not_matched_by_place(kind):
    """The model has a and b, the domain b and c: by place its b would be the model's a."""
    pd = pytest.importorskip("pandas")
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.tree import DecisionTreeClassifier

    table = pd.DataFrame(list(product(range(4), repeat=2)), columns=["a", "b"])
    model = {
        "tree": DecisionTreeClassifier(),
        "forest": RandomForestClassifier(2, random_state=0),
        "linear": LogisticRegression(),
    }[kind].fit(table, table.a > table.b)
    for first, second, fits in (("b", "c", False), ("a", "c", True), ("u", "v", True)):
        domain = lp.Domain.product(lp.Domain.range(first, 0, 3), lp.Domain.range(second, 0, 3))
        if fits:
            assert lp.ask_fair(model, domain, first).verdict == "somewhere"
            continue
        with pytest.raises(lp.LeafproofError, match=r'column 1 "b".*number 0.*has no "a"'):
            lp.ask_fair(model, domain, first)
        if kind != "linear":
            with pytest.raises(lp.LeafproofError, match="number 0"):
                lp.test(model, Tree((Leaf(0),)), domain, samples=4)


def test_classes_of_a_formula_are_called_by_their_names():
    """Of a forest whose classes are 1 and 2, class 1 could be either."""
    from sklearn.ensemble import RandomForestClassifier

    x = np.array(list(product(range(4), repeat=2)))
    forest = RandomForestClassifier(3, bootstrap=False, random_state=0).fit(x, 1 + (x[:, 0] > 1))
    domain = lp.Domain.product(lp.Domain.range("a", 0, 3), lp.Domain.range("b", 0, 3))
    for name, count in (("1", 8), ("2", 8)):
        result = lp.ask(f'class(f) = "{name}"', {"f": forest}, domain)
        assert result.points == (count, count)
        assert {forest.predict([[int(x) for x in w.values.values()]])[0]
                for w in result.witnesses} == {int(name)}  # fmt: skip
    with pytest.raises(lp.LeafproofError, match="any of those called 1, 2"):
        lp.ask("class(f) = 1", {"f": forest}, domain)


def own_network():
    """Class 1 where a > 1.5: columns b and a."""
    return Network(2, (Affine(0, np.array([[0.0, 1.0]]), np.array([-1.5])),))


NEVER = '"C" of "group" has probability 0'


def test_values_of_probability_0_are_named():
    """They would be alone in a part of the domain, which then has no probability."""
    never = lp.Domain.one_hot("group", ["A", "B", "C"], ["1/2", "1/2", 0])
    domain = lp.Domain.product(never, lp.Domain.ordinal("n", [1, 2, 3], [1, 0, 0]))
    model = Network(4, (Affine(0, np.array([[1.0, -1.0, 2.0, 1.0]]), np.array([-2.0])),))
    point = {"group": "C", "n": 1}
    for ask, words in (
        (lambda: lp.ask_fair(model, domain, "group"), NEVER),
        (lambda: lp.ask_monotone(model, domain, "n"), '"2" of "n" has probability 0'),
        (lambda: lp.ask_robust(model, domain, point, 1), NEVER),
    ):
        with pytest.raises(lp.LeafproofError, match=words):
            ask()
    assert lp.ask_robust(model, domain, point, 2).domain.size == 9
    last = lp.Domain.range("n", 0, 2, weights=[[0, 1, 0], [2, 2, 1]])
    with pytest.raises(lp.LeafproofError, match='"0" of "n" has probability 0'):
        lp.ask_monotone(Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), last, "n")


def test_a_network_that_ignores_all_that_it_reads_is_fair():
    domain = lp.Domain.product(lp.Domain.ordinal("sex", [0, 1]), lp.Domain.range("age", 0, 5))
    blind = Network(1, (Affine(0, np.zeros((1, 1)), np.ones(1)),))
    assert lp.ask_fair(blind, domain, "sex", reads=["sex"]).points == (0, 0)


def test_too_many_ways_to_change_are_said():
    domain = lp.Domain.bits(80)
    model = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)))
    with pytest.raises(lp.LeafproofError, match="too many ways to change 4 of 80 variables"):
        lp.ask_robust(model, domain, dict.fromkeys([v.name for v in domain.variables], 0), 4)


def test_a_long_range_is_never_listed():
    domain = lp.Domain.product(people(), lp.Domain.range("income", 0, 9_999_999))
    first = Affine(0, np.array([[0.5, 1, 0, 0, 1, 0, 0.00001]]), np.array([-40.0]))
    model = Network(7, (first, Relu(1), Affine(2, np.ones((1, 1)), np.array([-1.0]))))
    falling = lp.ask_monotone(model, domain, "income", up=False, stop_at_witness=True)
    assert falling.domain.size == people().size * 9_999_999
    assert falling.verdict == "somewhere"
    for found in falling.instances:
        assert int(found.inputs[1]["income"]) == int(found.inputs[0]["income"]) + 1


def kinds():
    """Every kind of question, as it is put, with the answer's word if it is so nowhere."""
    d, n = people(), network(5)
    centre = d.labels((2, 1, 0, 1))
    yield lp.ask_fair(n, d, "sex"), "fair", "sex"
    yield lp.ask_fair(n, d, "group"), "fair", "group"
    yield lp.ask_fair(tree(), d, "age"), "fair", "age"
    yield lp.ask_fair(tree(), d, "group"), "fair", "group"  # not read
    yield lp.ask_monotone(n, d, "age", up=False), "monotone", "age"
    yield lp.ask_monotone(tree(), d, "age"), "monotone", "age"
    yield lp.ask_monotone(n, d, "level"), "monotone", "level"
    yield lp.ask_monotone(network(10, outputs=3), d, "sex"), "monotone", "sex"
    for flips in (1, 2, 3):
        yield lp.ask_robust(n, d, centre, flips), "robust", ""
    yield lp.ask_robust(tree(), d, centre, 2, only=["age", "sex"]), "robust", ""


def test_questions_are_recognised_by_their_form():
    for result, kind, feature in kinds():
        held = recognised(result.certificate.matter)
        assert held is not None and (held.kind, held.feature) == (kind, feature)
        for w, found in zip(result.witnesses, result.instances, strict=True):
            assert held.sides(w.point) == found.inputs
    robust = recognised(lp.ask_robust(network(5), people(), people().labels((0,) * 4), 2).matter)
    assert robust.flips == 2
    assert recognised(lp.ask_same(network(5), network(7), people()).matter) is None


def test_what_only_looks_like_a_kind_is_none():
    """Equal values in a pair, another step, a point too many: told in general words."""
    d, n = people(), network(5)
    twice = lp.Domain.product(d, lp.Domain.ordinal("other sex", [0, 1]))
    reads = ["age", "group", "other sex", "level"]
    models = {"a": (n, ["age", "group", "sex", "level"]), "b": (n, reads)}
    assert recognised(lp.ask({"not": {"same": ["a", "b"]}}, models, twice).matter) is None
    apart = twice.without(*({"sex": x, "other sex": x} for x in (0, 1)))
    both_ways = lp.ask({"not": {"same": ["a", "b"]}}, models, apart)
    assert recognised(both_ways.matter).feature == "sex"
    up = {"all": [{"class": ["a", 1]}, {"class": ["b", 0]}]}
    assert recognised(lp.ask(up, models, apart).matter) is None
    near = lp.ask_robust(n, d, d.labels((2, 1, 0, 1)), 1)
    less = near.domain.without({"age": 18})
    other = lp.ask({"not": {"class": ["f", near.matter.question.inner.klass]}}, {"f": n}, less)
    assert recognised(other.matter) is None


def test_shares_by_group():
    domain, model = people(), network(5)
    held = classes(model, domain)
    for feature in ("sex", "group"):
        result, at = lp.ask_fair(model, domain, feature), place(domain, feature)
        v = domain.variables[at]
        found = {s.groups: s for s in shares(result.certificate, result.proved)}
        assert len(found) == v.count * (v.count - 1) // 2
        for i, j in combinations(range(v.count), 2):
            own = found[v.labels[i], v.labels[j]]
            pairs = [(p, moved(p, at, j)) for p in held if p[at] == i]
            weight = {p: domain.probability(p) for p, _ in pairs}
            total = sum(weight.values())

            def share(so, pairs=pairs, weight=weight, total=total):
                part = sum(weight[p] for p, q in pairs if so(held[p], held[q])) / total
                return part, part

            assert own.first == share(lambda a, b: a == 1)
            assert own.second == share(lambda a, b: b == 1)
            assert own.only_first == share(lambda a, b: (a, b) == (1, 0))
            assert own.only_second == share(lambda a, b: (a, b) == (0, 1))
    assert shares(*(lambda r: (r.certificate, r.proved))(lp.ask_same(model, model, domain))) == ()


def test_reports_speak_of_the_question(tmp_path):
    for result, kind, _ in list(kinds())[::4]:
        result.report(tmp_path / "page.md")
        text = (tmp_path / "page.md").read_text()
        word = (
            kind if result.verdict == "nowhere" else "unfair" if kind == "fair" else f"not {kind}"
        )
        assert word.capitalize() in text
        assert ("Witnesses as inputs" in text) == (result.verdict == "somewhere")
        if kind == "fair":
            assert "of inputs that differ in" in text
    both = lp.ask_fair(network(5), people(), ["sex", "group"])
    both.report(tmp_path / "page.md")
    words = 'pairs of inputs that differ in "group" or "sex" and in nothing else'
    assert words in (tmp_path / "page.md").read_text()
    fair = lp.ask_fair(network(5), people(), "sex")
    fair.report(tmp_path / "page.html")
    assert "Shares by group" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(("model", "feature"), [(network(7), "group"), (network(5), "sex")])
def test_where_a_model_is_unfair(model, feature, tmp_path):
    result = lp.ask_fair(model, people(), feature, where=4, where_output=tmp_path / "c")
    told, space = result.where, result.domain
    assert 1 < told.tree.leaves <= 4
    held, at = classes(model, people()), place(people(), feature)
    v = people().variables[at]
    share = dict.fromkeys(("wrong", "inside", "caught", "missed"), Fraction(0))
    for p in points(space):
        first, second = (
            moved(p[:-1], at, v.labels.index(space.labels(p)[name]))
            for name in (feature, f"other {feature}")
        )
        so, inside = held[first] != held[second], told.tree.class_at(space.encode(p)) == 1
        weight = space.probability(p)
        share["wrong"] += weight * (so != inside)
        share["inside"] += weight * inside
        share["caught"] += weight * (so and inside)
        share["missed"] += weight * (so and not inside)
    for key, exact in share.items():
        assert getattr(told, key) == (exact, exact), key
    checked = lp.check(tmp_path / "c")
    assert checked.probability == told.wrong
    assert without_tree(checked.matter).question == result.matter.question
    checked.report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "the tree is wrong about where the classes differ" in page
    assert "Where it is unfair" in page and "Shares by group" in page
    assert without_tree(result.matter) is None
    shown = result.to_dict()["where"]
    assert shown["sha256"] == told.certificate.sha256 and shown["smallest"] == told.smallest


def test_what_only_looks_like_a_tree_that_describes_is_another_question():
    """Another name, other variables, other parts, or a formula that names the tree itself."""
    n, every, rule = network(5), tuple(range(4)), Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)))
    both = Bound("a", n, every), Bound("b", network(7), every)
    asked = Matter(people(), both, Not(Same(0, 1)))
    made = with_tree(asked, rule)
    assert without_tree(made).question == asked.question
    named = replace(made.models[2], name="there")
    turned = replace(made.models[2], reads=every[::-1])
    for other in (
        replace(made, models=(*both, named)),
        replace(made, models=(*both, turned)),
        replace(made, question=Any_(made.question.parts[::-1])),
        replace(made, question=Any_((made.question.parts[0], ClassIs(2, 1)))),
        replace(made, question=Any_((All((Same(0, 2), ClassIs(2, 0))), Not(Same(0, 1))))),
        replace(made, question=All(made.question.parts)),
        replace(made, models=(*both, replace(both[0], name="where"))),
        asked,
    ):
        assert without_tree(other) is None


def test_where_is_asked_well():
    d = people()
    assert lp.ask_fair(tree(), d, "group", where=3).where is None  # fair by construction
    for wrong in (0, True, "x"):
        with pytest.raises(lp.LeafproofError, match="give the most leaves"):
            lp.ask_fair(network(5), d, "sex", where=wrong)
    with pytest.raises(lp.LeafproofError, match="give where, its leaves"):
        lp.ask_fair(network(5), d, "sex", where_output="c")


def test_where_the_domain_came_from_is_recorded(tmp_path):
    """It said that this is not recorded, as the question's domain is made of the file's."""
    path = tmp_path / "people.json"
    people().save(path)
    n, point = network(5), "age=18,group=A,sex=0,level=1"

    def origins(domain):
        yield lp.ask_fair(n, domain, "sex")
        yield lp.ask_monotone(n, domain, "age")
        yield lp.ask_robust(n, domain, point, 1)
        yield lp.ask_same(n, network(6), domain)

    for domain, origin in ((path, "file"), (people(), None)):
        assert [x.certificate.domain_from for x in origins(domain)] == [origin] * 4
    bits = lp.ask_same(NARROW, NARROW, "bits")
    assert bits.certificate.domain_from == "bits"
    pairs = lp.ask_fair(NARROW, "bits", "x0")  # of which there are more than the user's bits
    assert pairs.certificate.domain_from is None


def test_reading_the_model_is_counted_as_loading(monkeypatch):
    """It was said to take no time, as the question is asked of what was read before."""
    clock = iter(range(1000))
    monkeypatch.setattr(common.time, "perf_counter", lambda: float(next(clock)))
    fair = lp.ask_fair(network(5), people(), "sex")
    both = lp.ask_same(network(5), network(6), people())
    assert 1 <= fair.seconds["load"] < both.seconds["load"]


def test_robust_beside_real_numbers_that_stay():
    """An interval's number is the point's where only others may change; else it is refused."""
    domain = lp.Domain.product(
        lp.Domain.continuous("dose", 0, 10), lp.Domain.range("n", 0, 3), lp.Domain.range("m", 0, 2)
    )
    # dose <= 7/2 and n <= 1: 0; else 1
    nodes = (Inner(0, Fraction(7, 2), 1, 4), Inner(1, Fraction(3, 2), 2, 3), Leaf(0), Leaf(1))
    model = Tree((*nodes, Leaf(1)))
    for dose, shown, count in (("3.5", "7/2", 2), (4, "4", 0), (0, "0", 2)):
        result = lp.ask_robust(model, domain, {"dose": dose, "n": 0, "m": 1}, 1, only=["n", "m"])
        assert result.domain.size == 1 + 3 + 2
        assert result.points == (count, count)
        assert len(result.instances) == count
        for found in result.instances:
            assert [x["dose"] for x in found.inputs] == [shown, shown]
            assert found.classes == ("1",)
    refused = (
        ({"dose": 3, "n": 0, "m": 1}, None, r"dose is continuous: .* \(--only\)$"),
        ({"dose": 11, "n": 0, "m": 1}, ["n"], r"^the point: dose=11 is outside of its interval$"),
        ({"n": 0, "m": 1}, ["n"], r'^the point has no value of "dose": name one$'),
    )
    for point, only, words in refused:
        with pytest.raises(lp.LeafproofError, match=words):
            lp.ask_robust(model, domain, point, 1, only=only)
