"""Class expressions: exact cardinalities against enumeration, balls, and the parser."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from math import comb

import pytest
from flint import arb, ctx

from theory import catalogue
from theory.language.errors import TheoryError
from theory.language.wording import assumption
from theory.values.classes import ClassExpression, parse_class


def _size(text: str) -> int:
    expression = parse_class(text)
    assert isinstance(expression, ClassExpression)
    return expression.cardinality()


def _trees(depth: int, variables: int, classes: int = 2) -> list[object]:
    leaves: list[object] = list(range(classes))
    if depth == 0:
        return leaves
    smaller = _trees(depth - 1, variables, classes)
    return leaves + [
        (v, a, b) for v in range(variables) for a, b in itertools.product(smaller, repeat=2)
    ]


def _leaves(tree: object) -> int:
    return 1 if isinstance(tree, int) else _leaves(tree[1]) + _leaves(tree[2])  # type: ignore[index]


@pytest.mark.parametrize(("depth", "variables"), [(0, 3), (1, 1), (1, 2), (2, 2), (2, 3), (3, 1)])
def test_trees_by_depth_are_counted(depth: int, variables: int) -> None:
    assert _size(f"trees(depth={depth},variables={variables})") == len(_trees(depth, variables))


def _repeats(tree: object, seen: frozenset[int] = frozenset()) -> bool:
    """Whether a path tests a variable twice."""
    if isinstance(tree, int):
        return False
    v, a, b = tree  # type: ignore[misc]
    return v in seen or _repeats(a, seen | {v}) or _repeats(b, seen | {v})


@pytest.mark.parametrize(("depth", "variables"), [(0, 2), (1, 1), (2, 1), (2, 2), (2, 3), (3, 1)])
def test_trees_without_repeats_are_counted(depth: int, variables: int) -> None:
    expected = sum(not _repeats(t) for t in _trees(depth, variables))
    shape = f"depth={depth},variables={variables}"
    assert _size(f"trees({shape},repeats=0)") == expected
    assert _size(f"trees({shape},repeats=1)") == _size(f"trees({shape})")


@pytest.mark.parametrize(("leaves", "variables"), [(1, 2), (2, 2), (3, 2), (3, 3)])
def test_trees_by_leaves_are_counted(leaves: int, variables: int) -> None:
    # a tree with s leaves has depth at most s - 1
    expected = sum(_leaves(t) == leaves for t in _trees(leaves - 1, variables))
    assert _size(f"trees(leaves={leaves},variables={variables})") == expected


@pytest.mark.parametrize("classes", [1, 3, 4])
@pytest.mark.parametrize(("depth", "variables"), [(0, 3), (1, 1), (1, 2), (2, 2)])
def test_trees_with_more_classes_are_counted(depth: int, variables: int, classes: int) -> None:
    trees = _trees(depth, variables, classes)
    shape = f"depth={depth},variables={variables}"
    assert _size(f"trees({shape},classes={classes})") == len(trees)
    once = sum(not _repeats(t) for t in trees)
    assert _size(f"trees({shape},repeats=0,classes={classes})") == once
    for leaves in range(1, depth + 2):  # such trees have depth at most leaves - 1
        expected = sum(_leaves(t) == leaves for t in trees)
        assert _size(f"trees(leaves={leaves},variables={variables},classes={classes})") == expected


@pytest.mark.parametrize(("relevant", "variables"), [(0, 2), (1, 2), (2, 2), (1, 3)])
def test_juntas_with_three_values_are_counted(relevant: int, variables: int) -> None:
    points = list(itertools.product((0, 1), repeat=variables))
    count = 0
    for values in itertools.product((0, 1, 2), repeat=len(points)):
        f = dict(zip(points, values, strict=True))
        moved = sum(
            any(f[x] != f[(*x[:i], 1 - x[i], *x[i + 1 :])] for x in points)
            for i in range(variables)
        )
        count += moved <= relevant
    assert _size(f"juntas(relevant={relevant},variables={variables},classes=3)") == count


def test_two_classes_are_said_where_none_are_given() -> None:
    for text, words in [
        ("trees(depth=1,variables=1)", "trees of depth at most 1 over 1 variable, with 2 classes"),
        ("trees(leaves=1,variables=9,classes=3)",
         "trees of exactly 1 leaf over 9 variables, with 3 classes"),
        ("trees(depth=2,variables=3,repeats=0)",
         "trees of depth at most 2 over 3 variables, none tested twice on a path, with 2 classes"),
        ("juntas(relevant=1,variables=3)",
         "functions of at most 1 relevant variable over 3 variables, with 2 classes"),
    ]:  # fmt: skip
        expression = parse_class(text)
        assert isinstance(expression, ClassExpression)
        assert expression.words == words
        assert str(expression) == text
        result = catalogue["occam-realizable"].evaluate(epsilon="1/9", delta="1/9", class_=text)
        assert result.counted == (words,)


def test_a_class_of_three_is_no_class_of_two() -> None:
    two, three = (
        catalogue["occam-realizable"].evaluate(
            epsilon="1/100", delta="1/100", class_=f"trees(leaves=20,variables=10{more})"
        )
        for more in ("", ",classes=3")
    )
    assert two.integer is not None and three.integer is not None and three.integer > two.integer
    # labels of three values tell the learner more than one bit each
    lower = catalogue["class-samples-without-teacher"]
    assert "each with two values" in lower.statement
    with pytest.raises(TheoryError, match="holds for 2 classes"):
        lower.evaluate(class_="trees(depth=2,variables=3,classes=3)", ball=1, delta="1/10")
    lower.evaluate(class_="trees(depth=2,variables=3,classes=2)", ball=1, delta="1/10")


@pytest.mark.parametrize(
    "name",
    ["tree-count", "tree-count-lower", "tree-count-leaves", "log-tree-functions-leaves",
     "vc-trees-upper", "vc-trees-lower", "vc-realizable", "vc-agnostic-samples", "junta-count",
     "samples-without-teacher"],
)  # fmt: skip
def test_theorems_about_two_classes_say_so(name: str) -> None:
    theorem = catalogue[name]
    said = " ".join([theorem.statement, *(assumption(theorem, a) for a in theorem.assumptions)])
    assert re.search(r"two (classes|values|labels)", said)


@pytest.mark.parametrize(("relevant", "variables"), [(0, 2), (1, 2), (1, 3), (2, 3), (3, 3)])
def test_juntas_are_counted(relevant: int, variables: int) -> None:
    points = list(itertools.product((0, 1), repeat=variables))
    count = 0
    for values in itertools.product((0, 1), repeat=len(points)):
        f = dict(zip(points, values, strict=True))
        relevant_here = sum(
            any(f[x] != f[(*x[:i], 1 - x[i], *x[i + 1 :])] for x in points)
            for i in range(variables)
        )
        count += relevant_here <= relevant
    assert _size(f"juntas(relevant={relevant},variables={variables})") == count


def test_published_values() -> None:
    assert _size("trees(depth=3,variables=10)") == 3112401642
    assert _size("juntas(relevant=4,variables=10)") == 13591372
    assert _size("juntas(relevant=4,variables=10)") <= comb(10, 4) * 2**16
    assert parse_class(" 1000 ") == Fraction(1000)


@pytest.mark.parametrize(
    "text", ["trees(depth=6,variables=30)", "trees(leaves=40,variables=9)",
             "juntas(relevant=6,variables=20)"]
)  # fmt: skip
def test_ball_contains_the_exact_cardinality(text: str) -> None:
    expression = parse_class(text)
    assert isinstance(expression, ClassExpression)
    with ctx.workprec(100):
        ball = expression.ball()
        assert ball.overlaps(arb(expression.cardinality()))
        assert ball.rel_accuracy_bits() > 60


def test_huge_classes_have_logarithms_but_no_exact_integer() -> None:
    small = parse_class("trees(depth=20,variables=1000000)")
    assert isinstance(small, ClassExpression)
    with ctx.workprec(200):
        # the catalogue's sandwich (2d)^(2^r)/d <= T_r <= ((2d + 1)^(2^r) - 1)/d
        assert small.log_ball() >= 2**20 * arb(2 * 10**6).log() - arb(10**6).log()
        assert small.log_ball() <= 2**20 * arb(2 * 10**6 + 1).log() - arb(10**6).log()
        bits = (small.log_ball() / arb(2).log()).ceil().unique_fmpz()
    assert small.cardinality().bit_length() == int(bits)
    huge = parse_class("trees(depth=4000,variables=3)")
    assert isinstance(huge, ClassExpression)
    with pytest.raises(TheoryError, match="use its logarithm"):
        huge.cardinality()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("forest(depth=2,variables=3)", "unknown class 'forest'; known: trees, juntas"),
        ("trees(depth=2)", "write trees"),
        ("trees(classes=3)", "write trees"),
        ("trees(depth=1,variables=2,classes=0)", "classes must be between 1 and"),
        ("trees(depth=2,leaves=3,variables=3)", "write trees"),
        ("trees(depth=2,variables=3,variables=4)", "given twice"),
        ("trees(depth=-1,variables=3)", "name=integer"),
        ("trees(depth=2,variables=0)", "variables must be between"),
        ("juntas(relevant=61,variables=100)", "relevant must be between 0 and 60"),
        ("__import__('os')", "does not parse"),
        ("trees", "does not parse"),
        ("0", "does not parse"),
        ("1.5", "does not parse"),
        ("trees(depth=1e3,variables=2)", "name=integer"),
    ],
)
def test_bad_expressions_are_refused(text: str, message: str) -> None:
    with pytest.raises(TheoryError, match=message) as caught:
        parse_class(text)
    assert "\n" not in str(caught.value)
