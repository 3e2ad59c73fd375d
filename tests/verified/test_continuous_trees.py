"""Domain trees over continuous variables, and solvers' words there, by both checkers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.brute_intervals import measure, random_continuous
from tests.brute_matters import text
from tests.certificates import checkers
from tests.certificates.matters import above, categorical, differ, file, members, network, tree
from tests.every import seeds
from tests.verified.test_continuous import asked, changed, made
from verifier.kernel.certificate import check_certificate
from verifier.model.proof import Constant, Open, Split, Trusted
from verifier.reading.certificate import read_certificate
from verifier.reading.container import unpack
from verifier.writing.continuous_json import continuous_to_json
from verifier.writing.proof_bytes import encode

FORMAT = "leafproof-certificate/3"
JOB = categorical("job", ("none", "half", "full"), [[0], [1], [2]])


def shares(rng, count):
    """Probabilities that sum to 1, some perhaps 0."""
    weights = [rng.choice((0, 1, 2, 3)) for _ in range(count)]
    weights[rng.randrange(count)] += 1
    return [text(Fraction(w, sum(weights))) for w in weights]


def random_given(rng, x, cuts, jobs, depth):
    """A domain tree below a cell of cuts (first, last) and jobs; its leaves' weights follow."""
    low, high = cuts
    free = high - low > 1
    if depth and rng.random() < 0.8:
        if free and rng.random() < 0.7:
            at = rng.randrange(low + 1, high)
            node = {"variable": "x", "at_most": text(x.cut(at))}
            halves = ((low, at), jobs), ((at, high), jobs)
        elif len(jobs) > 1:
            names = jobs[: rng.randrange(1, len(jobs))]
            node = {"variable": "job", "values": [JOB["values"][i] for i in names]}
            halves = (cuts, names), (cuts, [i for i in jobs if i not in names])
        else:
            return leaf(rng, x, cuts, jobs)
        node["left"], node["right"] = (random_given(rng, x, *half, depth - 1) for half in halves)
        return node
    return leaf(rng, x, cuts, jobs)


def leaf(rng, x, cuts, jobs):
    """A leaf; its weight is set later."""
    low, high = cuts
    inner = sorted(rng.sample(range(low + 1, high), rng.randrange(min(3, high - low))))
    ends = [low, *inner, high]
    densities = [
        [text(x.cut(a)), text(x.cut(b)), p]
        for a, b, p in zip(ends, ends[1:], shares(rng, len(ends) - 1), strict=False)
    ]
    if cuts == (0, x.count) and rng.random() < 0.5:
        densities = None
    own = dict(zip(jobs, shares(rng, len(jobs)), strict=True))
    return {"weight": 1, "probabilities": [densities, [own.get(i, 0) for i in range(3)]]}


def leaves(node):
    """The leaves of a tree."""
    return [node] if "weight" in node else [*leaves(node["left"]), *leaves(node["right"])]


def random_members(rng):
    """Members without proof: a network and a tree over an interval and three jobs."""
    x = random_continuous(rng, "x")
    given = random_given(rng, x, (0, x.count), [0, 1, 2], 3)
    ends = leaves(given)
    for node, weight in zip(ends, shares(rng, len(ends)), strict=True):
        node["weight"] = weight
        if weight in (0, "0"):
            del node["probabilities"]
    hidden = [[rng.randrange(-8, 9) / 4 for _ in range(2)] for _ in range(3)], [0.5, -1.25, 0.25]
    net = network("net", ["x", "job"], hidden, ([[1, -2, 1.5]], [rng.randrange(-8, 9) / 4]))
    old = tree("old", ["x"], above(text(x.cut(rng.randrange(x.count + 1)))))
    return members([continuous_to_json(x), JOB], [net, old], differ("net", "old"), given)


def random_splits(rng, pieces):
    """A proof that splits the interval, and claims a class of some parts."""
    if len(pieces) == 1 or rng.random() < 0.2:
        return [rng.choice((Constant(0), Constant(1), Open()))]
    at = rng.randrange(pieces.start, pieces.stop - 1)
    halves = range(pieces.start, at + 1), range(at + 1, pieces.stop)
    return [Split(0, at), *(node for half in halves for node in random_splits(rng, half))]


def written(held, path):
    """The members of the file of some members, which is written."""
    data = file(held, kind=FORMAT)
    path.write_bytes(data)
    return unpack(data)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_both_checkers_find_the_same_and_it_holds_the_measure(seed, tmp_path):
    rng = random.Random(f"given {seed}")
    held = {**random_members(rng), "proof.bin": encode((Open(),), 2), "witnesses.json": b"[]"}
    written(held, tmp_path / "c")
    matter = read_certificate(tmp_path / "c").matter
    parts, verdict = made(matter, random_splits(rng, range(matter.domain.variables[0].count)))
    assert asked(parts) == ("Accepted", verdict.error)
    assert verdict.error[0] <= measure(matter) <= verdict.error[1]


X = {"name": "x", "interval": [0, 1], "pieces": [[0, "1/2", 2], ["1/2", 1, 1]]}
GIVEN = {
    "variable": "x",
    "at_most": "1/4",
    "left": {"weight": 0},
    "right": {"weight": 1, "probabilities": [[["1/4", "1/2", "1/3"], ["1/2", 1, "2/3"]], None]},
}
NET = network("net", ["x"], ([[1]], [-2]))
OLD = tree("old", ["x"], above("1/2"))


def small():
    """A domain without the first quarter of an interval."""
    held = members([X, JOB], [NET, OLD], differ("net", "old"), GIVEN)
    return {**held, "proof.bin": encode((Open(),), 2), "witnesses.json": b"[]"}


def test_a_leaf_shares_by_length(tmp_path):
    held = {**small(), "proof.bin": encode((Trusted(0, "z3 4.13.0"),), 2)}
    parts = written(held, tmp_path / "c")
    error = check_certificate(read_certificate(tmp_path / "c")).error
    assert asked(parts) == ("Accepted", error) == ("Accepted", (Fraction(2, 3), Fraction(2, 3)))


def at_most(x):
    return lambda value: value["given"].update(at_most=x)


def runs(rows):
    def edit(value):
        value["given"]["right"]["probabilities"][0] = rows

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        *map(at_most, ("1/3", 0, 1, 2, "3/4", "-1/4")),
        runs(None),
        runs([]),
        runs([["1/4", "3/8", "1/3"], ["3/8", 1, "2/3"]]),
        runs([["1/2", 1, 1]]),
        runs([[0, 1, 1]]),
        runs([["1/4", "1/2", "1/3"], ["1/2", 1, "1/3"]]),
        runs([["1/4", "1/2", "-1/3"], ["1/2", 1, "4/3"]]),
        runs([["1/2", 1, "2/3"], ["1/4", "1/2", "1/3"]]),
        runs([["1/4", 1]]),
        lambda value: value["given"].update(values=["a"]),
    ],
)
def test_a_tree_that_does_not_fit_is_malformed(edit, tmp_path):
    held = small()
    assert asked(written(held, tmp_path / "c"))[0] == "Accepted"
    parts = written(changed(held, "domain.json", edit), tmp_path / "c")
    assert asked(parts)[0] == "Malformed"
    assert checkers.kernel(tmp_path / "c") == checkers.MALFORMED


@pytest.mark.parametrize(("klass", "holds"), [(0, True), (1, False)])
def test_a_solvers_word(klass, holds, tmp_path):
    """The class that bounds show is no word; the other is refuted by what is evaluated."""
    held = small()
    step = Trusted(klass, "z3 4.13.0")
    parts = written(
        {**held, "proof.bin": encode((step,), 2), "witnesses.json": b"[[2, 0]]"}, tmp_path / "c"
    )
    word = asked(parts)[0]
    assert word == ("Accepted" if holds else "Invalid")
    assert checkers.kernel(tmp_path / "c") == (checkers.VALID if holds else checkers.INVALID)
