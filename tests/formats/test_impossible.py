"""Impossible combinations and trees of conditions, against every point taken one by one."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

import verifier as lp
from tests.every import seeds
from tests.formats.test_ranges import written
from verifier.formats.combinations import without
from verifier.formats.json_files import read_domain
from verifier.formats.network_runtime import domain_points
from verifier.model.domain import Domain, Point
from verifier.model.errors import DomainError
from verifier.model.ordinal import Ordinal

COLOUR = {
    "name": "colour",
    "values": ["red", "green", "blue"],
    "encoding": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "probabilities": ["1/2", "1/4", "1/4"],
}
AGE = {"name": "age", "from": 18, "to": 30, "probabilities": [[18, 20, "1/2"], [21, 30, "1/2"]]}
TREE = {
    "variable": "colour",
    "values": ["red"],
    "left": {
        "variable": "age",
        "at_most": 20,
        "left": {"weight": 0},
        "right": {"weight": "1/3"},
    },
    "right": {"weight": "2/3", "probabilities": {"age": [[18, 29, "9/10"], [30, 30, "1/10"]]}},
}


def points(domain: Domain) -> list[Point]:
    """Every tuple of value indices."""
    return list(product(*(range(v.count) for v in domain.variables)))


def test_the_rest_keeps_its_probabilities_divided_by_their_sum(tmp_path: Path) -> None:
    plain = read_domain(written(tmp_path, COLOUR, AGE))
    cut = [{"colour": "red", "age": [18, 20]}, {"colour": ["green", "blue"], "age": 30}]
    domain = read_domain(written(tmp_path, COLOUR, AGE, impossible=cut))
    gone = {(0, 0), (0, 1), (0, 2), (1, 12), (2, 12)}
    assert domain == plain.without({"colour": "red", "age": (18, 20)}, cut[1])
    assert domain.size == 39 - 5
    left = 1 - sum(plain.probability(p) for p in gone)
    for p in points(plain):
        assert domain.possible(p) == (p not in gone)
        assert domain.probability(p) == (0 if p in gone else plain.probability(p) / left)


def test_leaves_of_a_tree_have_weights_and_may_say_how_values_are_distributed(
    tmp_path: Path,
) -> None:
    domain = read_domain(written(tmp_path, COLOUR, AGE, given=TREE))
    assert domain.size == 39 - 3
    assert not domain.possible((0, 2))
    assert domain.probability((0, 3)) == Fraction(1, 3) / 10  # red, 21: a tenth of what is left
    assert domain.probability((1, 0)) == Fraction(2, 3) / 2 * Fraction(9, 10) / 12  # green, 18
    assert domain.probability((2, 12)) == Fraction(2, 3) / 2 / 10  # blue, 30
    by_python = lp.Domain.from_file(written(tmp_path, COLOUR, AGE)).depending(TREE)
    assert domain == by_python


def test_what_is_impossible_is_cut_out_of_each_leaf(tmp_path: Path) -> None:
    """The leaf keeps its weight: what is left of it shares that."""
    given = read_domain(written(tmp_path, COLOUR, AGE, given=TREE))
    both = read_domain(
        written(tmp_path, COLOUR, AGE, given=TREE, impossible=[{"colour": "green", "age": 18}])
    )
    assert not both.possible((1, 0))
    assert both.probability((0, 3)) == given.probability((0, 3))
    left = 1 - given.probability((1, 0)) / Fraction(2, 3)
    assert both.probability((2, 0)) == given.probability((2, 0)) / left
    assert sum(map(both.probability, points(both))) == 1


def test_a_leaf_may_list_all_distributions(tmp_path: Path) -> None:
    value = json.loads(json.dumps(TREE))
    ages = value["right"]["probabilities"]["age"]
    value["right"]["probabilities"] = [{"green": "1/2", "blue": "1/2"}, ages]
    one = read_domain(written(tmp_path, COLOUR, AGE, given=value))
    value["right"]["probabilities"] = [[0, "1/2", "1/2"], ages]
    assert read_domain(written(tmp_path, COLOUR, AGE, given=value)) == one
    assert one == read_domain(written(tmp_path, COLOUR, AGE, given=TREE))


def test_nothing_impossible_is_the_product(tmp_path: Path) -> None:
    plain = read_domain(written(tmp_path, COLOUR, AGE))
    assert read_domain(written(tmp_path, COLOUR, AGE, impossible=[])) == plain
    assert plain.without() == plain


def _changed(path: str, value: Any) -> dict[str, Any]:
    """TREE with another value at a place, or (...) without it."""
    tree: dict[str, Any] = json.loads(json.dumps(TREE))
    *steps, last = path.split(".")
    at = tree
    for step in steps:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return tree


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"impossible": [{"color": "red"}]}, 'no variable "color": did you mean "colour"?'),
        ({"impossible": [{"colour": "rad"}]}, 'impossible[0].colour: "rad" is not a value'),
        ({"impossible": [{"colour": []}]}, "impossible[0].colour is an empty list"),
        ({"impossible": [{"age": 17}]}, "17 is not a value of"),
        ({"impossible": [{"age": [20, 19]}]}, "from 20 to 19"),
        ({"impossible": [{"age": [18, 19, 20]}]}, "give a number or [from, to]"),
        ({"impossible": [{"age": True}]}, "true is not a number"),
        ({"impossible": [{}]}, "names no variable"),
        ({"impossible": [3]}, "impossible[0] is 3, not an object"),
        ({"impossible": {}}, "impossible is an object, not a list"),
        ({"impossible": [{"age": [18, 30]}]}, "every combination is impossible"),
        ({"impossible": [{"colour": "red"}], "given": TREE}, "a leaf of the tree, which has"),
        ({"given": _changed("right.weight", "1/2")}, "sum to 5/6, not to 1"),
        ({"given": _changed("right.weight", "-1/3")}, "given.right.weight is negative"),
        ({"given": _changed("right.weight", ...)}, "given.right is a leaf without weight"),
        ({"given": _changed("left.at_most", 30)}, "given.left.right is empty"),
        ({"given": _changed("left.at_most", 31)}, "31 is not a value"),
        ({"given": _changed("values", ["red", "green", "blue"])}, "given.right is empty"),
        ({"given": _changed("values", [])}, "given.values is an empty list"),
        ({"given": _changed("values", "red")}, "given.values is not a list"),
        ({"given": _changed("left.variable", "colour")}, "so the test has"),
        ({"given": _changed("variable", "shape")}, 'no variable "shape"'),
        ({"given": _changed("right", ...)}, 'a test without "right"'),
        ({"given": _changed("wight", 1)}, 'unknown key "wight"'),
        ({"given": _changed("right.probabilities", [])}, "0 entries for 2 variables"),
        ({"given": _changed("right.probabilities", 3)}, "neither a list nor an object"),
        ({"given": _changed("right.probabilities.age", [[18, 29, 1]])}, "said of 30 to 30"),
        ({"given": _changed("right.probabilities.age", [[18, 30, 0.5]])}, "sum to 1/2"),
        ({"given": _changed("right.probabilities.colour", {"red": 1})}, "is not left here"),
        ({"given": _changed("right.probabilities.colour", [1])}, "1 probabilities for 3 values"),
        ({"given": _changed("right.probabilities.colour", [0, 2, -1])}, "is negative"),
        ({"given": _changed("left.left.probabilities", [])}, "is impossible (weight 0)"),
        ({"given": {"weight": 0}}, "every leaf is impossible"),
        ({"given": []}, "given is [], not an object"),
        ({"gven": TREE}, 'unknown key "gven": did you mean "given"?'),
    ],
)
def test_what_is_wrong_is_one_line(more: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as caught:
        read_domain(written(tmp_path, COLOUR, AGE, **more))
    assert words in str(caught.value)
    assert "domain.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_part_without_probability_is_named() -> None:
    """A leaf of weight 0 would be impossible, which it is not meant to be."""
    domain = lp.Domain.product(
        lp.Domain.one_hot("colour", ["red", "green"], [1, 0]), lp.Domain.bits(1)
    )
    with pytest.raises(DomainError, match=r'"colour" "green" as a part of its own, which has no'):
        domain.without({"colour": "red", "x0": 1})


def test_too_many_parts_are_refused_in_time() -> None:
    domain = lp.Domain.bits(40)
    rng = Random(0)
    every = [{f"x{i}": rng.randint(0, 1) for i in rng.sample(range(40), 3)} for _ in range(120)]
    with pytest.raises(DomainError, match="too many"):
        domain.without(*every)


def test_a_very_deep_tree_is_refused() -> None:
    leaf: dict[str, Any] = {"weight": 1}
    for _ in range(1100):
        leaf = {"variable": "n", "at_most": 1, "left": {"weight": 0}, "right": leaf}
    with pytest.raises(DomainError, match="is empty"):
        lp.Domain.range("n", 1, 3).depending(leaf)
    deep: dict[str, Any] = {"weight": 1}
    for i in range(1100, 0, -1):
        deep = {"variable": "n", "at_most": i, "left": {"weight": 0}, "right": deep}
    with pytest.raises(DomainError, match="too large"):
        lp.Domain.range("n", 1, 2000).depending(deep)


def test_the_product_comes_first() -> None:
    part = lp.Domain.bits(2).without({"x0": 1, "x1": 1})
    with pytest.raises(DomainError, match="make the product first"):
        lp.Domain.product(part, lp.Domain.range("n", 1, 3))
    with pytest.raises(DomainError, match="has a tree already"):
        part.depending({"weight": 1})


def test_only_possible_points_are_listed_and_drawn() -> None:
    domain = lp.Domain.bits(["a", "b"]).without({"a": 1, "b": 1})
    assert domain.inputs().tolist() == [[0, 0], [0, 1], [1, 0]]
    assert {tuple(row) for row in domain_points(domain, 40)} == {(0, 0), (0, 1), (1, 0)}


def _random_domain(rng: Random) -> Domain:
    parts = []
    for i in range(rng.randint(1, 4)):
        count = rng.randint(1, 5)
        weights = [rng.randint(1, 4) for _ in range(count)]
        if rng.random() < 0.5:
            parts.append(
                lp.Domain.one_hot(f"v{i}", [f"l{k}" for k in range(count)], weights=weights)
            )
        else:
            runs = [[k, k, w] for k, w in enumerate(weights)]
            parts.append(lp.Domain.range(f"v{i}", 0, count - 1, weights=runs))
    return lp.Domain.product(*parts)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_random_combinations_agree_with_every_point(seed: int) -> None:
    rng = Random(seed)
    domain = _random_domain(rng)
    held = []
    for _ in range(rng.randint(1, 4)):
        parts = {}
        for i in rng.sample(range(len(domain.variables)), rng.randint(1, len(domain.variables))):
            v = domain.variables[i]
            low = rng.randrange(v.count)
            if isinstance(v, Ordinal):
                parts[i] = range(low, rng.randint(low, v.count - 1) + 1)
            else:
                parts[i] = rng.randrange(1, 1 << v.count)
        held.append(parts)

    def occurs(p: Point) -> bool:
        return any(
            all(p[i] in m if isinstance(m, range) else m >> p[i] & 1 for i, m in c.items())
            for c in held
        )

    every = points(domain)
    left = sum(domain.probability(p) for p in every if not occurs(p))
    if not left:
        with pytest.raises(DomainError, match="nothing is left"):
            without(domain, held)
        return
    found = without(domain, held)
    assert found.size == sum(not occurs(p) for p in every)
    for p in every:
        assert found.possible(p) == (not occurs(p))
        assert found.probability(p) == (0 if occurs(p) else domain.probability(p) / left)


def test_files_of_trees_come_back(tmp_path: Path) -> None:
    domain = read_domain(
        written(tmp_path, COLOUR, AGE, given=TREE, impossible=[{"colour": "green", "age": 18}])
    )
    domain.save(tmp_path / "saved.json")
    assert b"impossible" not in (tmp_path / "saved.json").read_bytes()
    assert read_domain(tmp_path / "saved.json") == domain
