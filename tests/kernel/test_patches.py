"""Patches: at which combinations the question is true, and what their guides say on the mean."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.certificates.matters import file
from tests.certificates.proved import certificate, read
from tests.certificates.resampled import refused_where, restated
from tests.every import EVERY
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_forecasts import guess_at, made_of
from tests.kernel.test_sampling import HASHES, checked
from verifier import second_checker
from verifier.chance.betting import SHARE_BITS
from verifier.kernel import patches
from verifier.kernel.certificate import check_certificate
from verifier.kernel.checker import prepared
from verifier.kernel.guides import guided, shares_of
from verifier.kernel.patches import Asking, Patches, Tree
from verifier.kernel.sampling import is_true_at, key_of, sample
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.overlay import BoundTree, classify
from verifier.model.part import contains
from verifier.model.proof import Open
from verifier.model.sample import BETS, Forecast, Line, Plan, Sample
from verifier.model.variable import Variable
from verifier.reading.certificate import certificate_of
from verifier.reading.sample_json import sample_from_json
from verifier.writing.sample_json import sample_to_json

UNIT = 1 << SHARE_BITS


def random_guides(rng, asked):
    """A random guide for each class of the tree, some by the same form."""
    tree = next(iter(asked.trees.values()), None)
    count = 1 if tree is None else 1 + int(tree.classes.max())
    found: list[Forecast] = []
    for _ in range(count):
        ends = np.unique(rng.integers(1, 40, rng.integers(0, 8)))
        guesses = tuple(rng.integers(0, BETS + 1, len(ends) + 1).tolist())
        form = tuple(rng.integers(-60, 61, asked.domain.columns).tolist())
        width = int(rng.integers(1, 9))
        if found and rng.random() < 0.5:
            form, width = found[0].form, found[0].width
        found.append(Forecast(form, width, tuple(ends.tolist()), guesses))
    return tuple(found)


def matters():
    """Questions of every kind: with networks, trees, and probabilities of all sorts."""
    for seed in range(1000):
        rng = np.random.default_rng([seed, 78])
        if seed % 3:
            yield rng, random_sandwich_matter(rng, 300)
        else:
            members = random_members(random.Random(seed))
            proof = random_proof(random.Random(seed), brute_matter_of(members))
            yield rng, certificate_of(file(sealed(members, proof, []))).matter


def cases(count):
    """Questions of which patches are drawn, with their variables, and random guides."""
    found = 0
    for rng, matter in matters():
        asked = prepared(matter)
        every = [i for i, v in enumerate(matter.domain.variables) if v.count > 1]
        if len(every) < 2 or matter.domain.size > 5000:
            continue
        own = tuple(rng.permutation(every)[: rng.integers(2, 4)].tolist())
        if patches.problem(asked, own) or len(asked.trees) > 1:
            continue
        yield (
            matter,
            asked,
            Line(own[0], Fraction(1, 2), others=own[1:], guides=random_guides(rng, asked)),
        )
        found += 1
        if found == count:
            return


def every_point(domain):
    """All points and their weights."""
    points = list(product(*(range(v.count) for v in domain.variables)))
    return np.array(points), [domain.weight(p) for p in points]


def guesses_at(asked, line, points):
    """The guesses at points, from the words of docs/certificate.md."""
    tree = next(iter(asked.trees.values()), None)
    found = []
    for point in points.tolist():
        klass = 0 if tree is None else classify(tree, tuple(point))
        found.append(guess_at(asked.domain, line.guides[klass], point))
    return found


@pytest.mark.parametrize("together", [64, 5])
def test_patches_have_the_shares_of_all_their_points(together, monkeypatch):
    """And the mean of what is drawn, over all of them, gives the probability exactly."""
    monkeypatch.setattr(patches, "TOGETHER", together)
    kinds = set()
    for _, asked, line in cases(30 if together == 64 else 20):
        domain, variables = asked.domain, line.variables
        points, weights = every_point(domain)
        held = Patches(asked, variables)
        known = guided(asked, line, held.combinations)
        asking = Asking(asked, variables, known)
        true, apart = asking.of(points)
        is_true, guesses = is_true_at(asked, points), guesses_at(asked, line, points)
        by_base: dict[tuple[int, ...], list[int]] = {}
        for at, point in enumerate(points.tolist()):
            base = tuple(0 if i in variables else x for i, x in enumerate(point))
            by_base.setdefault(base, []).append(at)
        mean = Fraction(0)
        for own in by_base.values():
            weight = sum(weights[at] for at in own)
            if not weight:
                continue
            share = Fraction(sum(weights[at] for at in own if is_true[at]), weight)
            guess = Fraction(sum(weights[at] * guesses[at] for at in own), weight * BETS)
            for at in own:
                assert Fraction(int(true[at]), held.total) == share
                assert Fraction(int(apart[at]), held.total * BETS) == share - guess
            mean += weight * (share - guess + 1) / 2
            exact = [share * UNIT // 1, (share - guess + 1) / 2 * UNIT // 1]
            at = np.array(own[:1])
            assert shares_of(true[at], held.total, guided=False).tolist() == exact[:1]
            assert shares_of(apart[at], held.total, guided=True).tolist() == exact[1:]
        whole = Fraction(sum(w for w, t in zip(weights, is_true, strict=True) if t), sum(weights))
        average = sum(g * w for g, w in zip(guesses, weights, strict=True))
        assert known.average == Fraction(average, sum(weights) * BETS)
        assert known.share(mean / sum(weights)) == whole
        kinds.add((len(asked.nets), len(asked.trees), domain.uniform, len(held.combinations) > 64))
    assert len(kinds) > 3


def grown(rng, domain, leaves, classes):
    """A random tree of so many leaves, whose tests may be in vain."""
    nodes, open_ = [0], [0]
    while len(open_) < leaves:
        at = open_.pop(int(rng.integers(len(open_))))
        i = int(rng.integers(len(domain.variables)))
        count = domain.variables[i].count
        ordinal = isinstance(domain.variables[i], Ordinal)
        left = range(rng.integers(1, count)) if ordinal else int(rng.integers(1, 1 << count))
        nodes[at] = (i, left, len(nodes), len(nodes) + 1)
        open_ += [len(nodes), len(nodes) + 1]
        nodes += [0, 0]
    for at in open_:
        nodes[at] = int(rng.integers(classes))
    return BoundTree(domain, tuple(nodes))


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("leaves", [1, 2, 60, 700])
def test_trees_have_their_classes_of_patches(leaves, classes, monkeypatch):
    """Of few leaves and of more than the bits of some words, in parts of some patches."""
    shares = (Fraction(1, 6),) * 6
    listed = [
        Variable(name, tuple("abcdef"), tuple((x,) for x in range(6)), shares) for name in "rst"
    ]
    ranges = [Ordinal(f"o{n}", Fraction(0), Fraction(1), n, uniform(n)) for n in (9, 1000, 12)]
    domain = Domain((listed[0], ranges[0], listed[1], ranges[1], listed[2], ranges[2]))
    rng = np.random.default_rng([leaves, classes])
    tree = grown(rng, domain, leaves, classes)
    points = np.stack([rng.integers(0, v.count, 300) for v in domain.variables], axis=1)
    for variables, met in [((0, 5), 1 << 13), ((1, 2), 50), (tuple(range(6)), 1 << 13), ((3,), 1)]:
        monkeypatch.setattr(patches, "MET", met)
        some = [rng.integers(0, domain.variables[i].count, 64) for i in variables]
        held = SimpleNamespace(
            asked=SimpleNamespace(spend=lambda steps: None),
            variables=variables,
            combinations=np.stack(some, axis=1),
        )
        own = Tree(tree, held)
        found = own.met(points)
        for group in (slice(0, 64), slice(5, 20)):
            masks = own.masks(found, len(points), group)
            for at, point in enumerate(points.tolist()):
                for bit, values in enumerate(held.combinations[group].tolist()):
                    moved = dict(enumerate(point)) | dict(zip(variables, values, strict=True))
                    klass = classify(tree, tuple(moved[i] for i in range(6)))
                    of = [k for k, words in enumerate(masks, 1) if int(words[at]) >> bit & 1]
                    assert of == [klass] * (klass > 0)


def test_whose_parts_hold_each_value_is_told():
    rng = random.Random(1)
    for count in (1, 7, 8, 9, 64, 801):
        parts = [rng.getrandbits(count) for _ in range(5)]
        starts, holds = patches._holders(parts, (1 << count) - 1)
        assert starts is None and holds.flags.c_contiguous
        assert holds.tolist() == [[contains(x, v) for x in parts] for v in range(count)]
    assert patches._holders([], 0b111)[1].shape == (3, 0)


def plan_of(line, draws=300, block=64, **options):
    return Plan(draws, method="plain", line=line, block=block, **options)


def truth_of(asked):
    points, weights = every_point(asked.domain)
    true = is_true_at(asked, points)
    return Fraction(sum(w for w, t in zip(weights, true, strict=True) if t), sum(weights))


def test_the_truth_is_inside():
    """At delta = 1e-9 it always is; at 1/10 not more than a tenth of the samples miss it."""
    missed, tried = 0, 0
    for seed, (matter, asked, line) in enumerate(cases(20 if EVERY else 10)):
        _, _, found = checked(matter, (Open(),))
        truth = truth_of(asked)
        drawn = sample(found, plan_of(line), b"%d" % seed)
        assert drawn.lower <= truth <= drawn.upper
        for at in range(10):
            bare = Line(line.variable, line.bet, others=line.others) if at % 2 else line
            plan = plan_of(bare, 40, delta=Fraction(1, 10))
            drawn = sample(found, plan, b"%d, %d" % (seed, at))
            missed += not drawn.lower <= truth <= drawn.upper
            tried += 1
    assert tried >= 100 and missed <= tried // 10


def test_files_are_checked_by_both_and_whatever_is_changed_is_refused():
    tried = 0
    for matter, _, line in cases(60):
        if tried == 2 or not line.guides[0].ends:
            continue
        data, held, verdict = made_of(matter, plan_of(line, 200))
        if not 10 < held.sample.seen < 190:
            continue
        tried += 1
        assert certificate_of(data).sample == held.sample
        assert check_certificate(certificate_of(data)).sampled == verdict.sampled
        assert second_checker.check(data).sample == ""
        stated = sample_to_json(held.sample)
        own = stated["line"]["guides"]
        columns = matter.domain.columns
        for where, change in [
            (("line", "guides", 0, "guesses", 0), (own[0]["guesses"][0] + BETS // 2) % BETS),
            (("line", "guides", 0, "form"), [0] * columns),
            (("line", "guides", 0, "form"), [*own[0]["form"], 0]),
            (("line", "guides"), [*own, own[0]]),
            (("line", "guides"), []),
            (("line", "others"), []),
            (("line", "others"), [line.variable]),
            (("line", "others"), [len(matter.domain.variables)]),
            (("line", "others", 0), -1),
            (("line", "bet"), "3/8"),
            (("seen", "share"), str(held.sample.share + Fraction(1, UNIT))),
            (("seen", "true"), held.sample.seen + 1),
            (("method",), "pooled"),
            (("block",), 127),
        ]:
            refused_where(data, where, change)
        for end, inside in (("lower", held.sample.lower > 0), ("upper", held.sample.upper < 1)):
            if inside:
                middle = str((held.sample.lower + held.sample.upper) / 2)
                bad = stated | {"probability": stated["probability"] | {end: middle}}
                with pytest.raises(InvalidProof, match=f"{end} end"):
                    second_checker.check(restated(data, bad))
    assert tried == 2


def test_what_is_no_patch_is_refused():
    own = Forecast((1, 0), 3, (2, 5), (0, 7, BETS))
    half = Fraction(1, 2)
    for options, word in [
        ({"guides": (own,)}, "no guides"),
        ({"others": (0,)}, "different variables"),
        ({"others": (1,), "guess": half}, "in place of"),
        ({"others": (1,), "forecast": own}, "in place of"),
    ]:
        with pytest.raises(CertificateError, match=word):
            Line(0, half, **options)
    with pytest.raises(CertificateError, match="plain"):
        Plan(5, line=Line(0, half, others=(1,)))
    plans = [plan_of(Line(0, half, others=x, guides=y)) for x in ((1,), (2,)) for y in ((), (own,))]
    assert len({key_of(HASHES, x) for x in plans}) == 4
    for plan in plans:
        value = sample_to_json(Sample(plan, 3, Fraction(0), half, None, Fraction(5, 4)))
        assert sample_from_json(value).plan == plan
    for matter, asked, line in cases(4):
        count = len(matter.domain.variables)
        assert "not" in patches.problem(asked, (0, count))
        for guides in ((*line.guides, line.guides[0]), ()):
            bad = Line(line.variable, half, others=line.others, guides=guides)
            if guides:
                with pytest.raises(CertificateError, match="wanted"):
                    guided(asked, bad, Patches(asked, bad.variables).combinations)
            else:
                assert guided(asked, bad, Patches(asked, bad.variables).combinations) is None


@pytest.mark.parametrize("kind", ["tree", "interval", "test", "forest"])
def test_patches_are_of_networks_and_trees_over_independent_variables(kind):
    """Neither domains with a tree, nor real numbers, nor other models: each of these alone."""
    own = ["tree", "interval", "test", "forest"].index(kind)
    every = (read(certificate(kind, seed)).matter for seed in range(40))
    for asked in map(prepared, every):
        domain = asked.domain
        others = domain.given is not None, domain.infinite, bool(asked.opaque), bool(asked.forests)
        if others[own] and sum(others) == 1:
            assert "only of networks and trees" in patches.problem(asked, (0,))
            return
    raise AssertionError("no such matter was found")


def test_patches_of_much_are_refused(monkeypatch):
    for _, asked, line in cases(3):
        monkeypatch.setattr(patches, "MOST_COMBINATIONS", 3)
        assert "combinations" in patches.problem(asked, line.variables)
        monkeypatch.undo()
        monkeypatch.setattr(patches, "HEAVIEST", 3)
        assert "weigh" in patches.problem(asked, line.variables)
        monkeypatch.undo()
        assert not patches.problem(asked, line.variables)


def test_large_amounts_are_divided_exactly():
    rng = np.random.default_rng(5)
    for total in (1, 3, 1000, (1 << 31) - 1, 1 << 31):
        true = np.concatenate([[0, total], rng.integers(0, total + 1, 50)])
        exact = [int(x) * UNIT // total for x in true]
        assert shares_of(true, total, guided=False).tolist() == exact
        most = total * BETS
        apart = np.concatenate([[-most, most, 0], rng.integers(-most, most + 1, 50)])
        exact = [(int(x) + most) * UNIT // (2 * most) for x in apart]
        assert shares_of(apart, total, guided=True).tolist() == exact
