import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from verifier.formats.drawing import draw_svg, draw_text, question
from verifier.formats.frames import read_frame
from verifier.formats.variables import one_hot, ordinal, thermometer, variable
from verifier.model.domain import Domain, bits
from verifier.model.tree import Inner, Leaf, Tree

HALF = Fraction(1, 2)
DOMAIN = Domain(
    (
        one_hot("colour", ("red", "green", "blue")),
        ordinal("size", [1, 2, 3]),
        thermometer("heat", ("low", "mid", "high", "top")),
    )
)
SMALL = Tree((Inner(0, HALF, 1, 4), Inner(3, Fraction(5, 2), 2, 3), Leaf(0), Leaf(1), Leaf(2)))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("column", "threshold", "text", "left"),
    [
        (0, HALF, "colour = red?", "no"),
        (2, HALF, "colour = blue?", "no"),
        (3, Fraction(5, 2), "size <= 2.5?", "yes"),
        (4, HALF, "heat = low?", "yes"),
        (5, HALF, "heat in {high, top}?", "no"),
        (6, HALF, "heat = top?", "no"),
        (0, Fraction(2), "colour column 0 <= 2?", "yes"),
        (99, HALF, "x[99] <= 0.5?", "yes"),
    ],
)
def test_questions(column: int, threshold: Fraction, text: str, left: str) -> None:
    asked = question(Inner(column, threshold, 1, 2), DOMAIN)
    assert (asked.text, asked.left) == (text, left)
    assert {asked.left, asked.right} == {"yes", "no"}


@given(st.integers(0, 6), st.sampled_from([Fraction(-1), HALF, Fraction(1), Fraction(5, 2)]))
@settings(max_examples=examples(60), deadline=None)
def test_the_branch_labels_tell_the_truth(column: int, threshold: Fraction) -> None:
    asked = question(Inner(column, threshold, 1, 2), DOMAIN)
    index, j = DOMAIN.column_owner[column]
    owner = DOMAIN.variables[index]
    for label, row in zip(owner.labels, owner.encoding, strict=True):
        goes = asked.left if row[j] <= threshold else asked.right
        if " = " in asked.text:
            truth = asked.text == f"{owner.name} = {label}?"
        elif " in {" in asked.text:
            truth = label in re.findall(r"\w+", asked.text.partition("{")[2])
        else:
            truth = row[j] <= threshold
        assert goes == ("yes" if truth else "no")


@pytest.mark.parametrize("threshold", [1, 15, 19, 35, 50])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_may_be_missing_is_asked_about_as_a_number(threshold, sign) -> None:
    """As bins or as the numbers that there are, wherever the missing one goes."""
    numbers = [None, *(sign * x for x in (10, 20, 40, 70))]
    bins = {"cut": sorted(sign * x for x in (12, 30, 65))}
    frame = pd.DataFrame({"listed": numbers, "cut": numbers})
    domain = read_frame(frame, bins=bins, kinds={"listed": "values"}).domain
    for at, v in enumerate(domain.variables):
        asked = question(Inner(2 * at, Fraction(sign * threshold), 1, 2), domain)
        if len({row[0] <= sign * threshold for row in v.encoding[:-1]}) < 2:
            continue
        found = re.fullmatch(r"\w+ (<=|>|at most|above) (\S+)\?", asked.text)
        assert found is not None and "missing" not in asked.text
        for x, row in zip(sorted(numbers[1:]), v.encoding, strict=False):
            edge, below = Fraction(found[2]), found[1] in ("<=", "at most")
            is_so = x <= edge if below else x > edge
            assert is_so == ((asked.left if row[0] <= sign * threshold else asked.right) == "yes")
        gone = asked.left if sign * threshold >= 0 else asked.right
        assert gone == "no"


def test_thresholds_are_short() -> None:
    node = Inner(1, Fraction(0.5) + Fraction(1, 2**25), 1, 2)
    assert question(node, bits(3)).text == "x1 <= 0.5?"
    assert question(node).text == "x[1] <= 0.5?"
    assert question(Inner(1, Fraction(10**400), 1, 2)).text == "x[1] <= huge?"


def test_text() -> None:
    assert draw_text(SMALL, DOMAIN).splitlines() == [
        "colour = red?",
        "├─ no: size <= 2.5?",
        "│  ├─ yes: class 0",
        "│  └─ no: class 1",
        "└─ yes: class 2",
    ]
    assert draw_text(SMALL).splitlines()[0] == "x[0] <= 0.5?"
    assert draw_text(Tree((Leaf(3),))) == "class 3"
    assert draw_text(SMALL, DOMAIN, max_leaves=2).splitlines() == [
        "colour = red?",
        "├─ no: ... 2 more leaves",
        "└─ yes: class 2",
    ]


def _boxes(svg: str) -> list[tuple[str, float, float, float, str]]:
    """(class, left, right, top, tooltip) of every node."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        rect, title = group.find(f"{SVG}rect"), group.find(f"{SVG}title")
        assert rect is not None
        assert title is not None
        x, width = float(rect.attrib["x"]), float(rect.attrib["width"])
        top = float(rect.attrib["y"])
        found.append((group.attrib["class"], x, x + width, top, title.text or ""))
    return found


def test_svg() -> None:
    svg = draw_svg(SMALL, DOMAIN)
    boxes = _boxes(svg)
    assert [b[4] for b in boxes] == [
        "colour = red?",
        "size <= 2.5?",
        "class 0",
        "class 1",
        "class 2",
    ]
    assert [b[0] for b in boxes][2:] == [
        "leaf class-0",
        "leaf class-1",
        "leaf class-2",
    ]
    root = ElementTree.fromstring(svg)
    left, top, width, height = (float(x) for x in root.attrib["viewBox"].split())
    assert float(root.attrib["width"]) == width
    for _, start, end, y, _ in boxes:
        assert left <= start < end <= left + width
        assert top <= y < y + 28 <= height
    branches = [t.text for t in root.iter(f"{SVG}text") if t.attrib.get("class") == "branch"]
    assert branches == ["no", "yes", "yes", "no"]
    assert "currentColor" in svg
    assert not re.search(r"http(?!://www.w3.org/2000/svg)", svg)


SHAPES = st.recursive(st.none(), lambda inner: st.tuples(inner, inner), max_leaves=40)


def _tree(shape: object) -> Tree:
    nodes: list[Inner | Leaf] = []

    def add(part: object) -> int:
        index = len(nodes)
        nodes.append(Leaf(index % 3))
        if isinstance(part, tuple):
            left = add(part[0])
            nodes[index] = Inner(index % 3, HALF, left, add(part[1]))
        return index

    add(shape)
    return Tree(tuple(nodes))


@given(SHAPES, st.integers(1, 50))
@settings(max_examples=examples(80), deadline=None)
def test_boxes_never_overlap_and_parents_stand_in_the_middle(shape: object, most: int) -> None:
    tree = _tree(shape)
    svg = draw_svg(tree, bits(3), max_leaves=most)
    boxes = _boxes(svg)
    ends = [b for b in boxes if b[0] != "test"]
    assert len(ends) == min(tree.leaves, most) or len(ends) == 1
    hidden = sum(int(b[4].split()[1]) for b in boxes if b[0] == "more")
    assert hidden + sum(b[0].startswith("leaf") for b in boxes) == tree.leaves
    by_level: dict[float, list[tuple[float, float]]] = {}
    for _, start, end, top, _ in boxes:
        by_level.setdefault(top, []).append((start, end))
    for level in by_level.values():
        level.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(level))
    paths = [p.attrib["d"] for p in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    for first, second in zip(paths[::2], paths[1::2], strict=True):
        x = float(first[1:].split()[0])
        ends_x = [float(re.findall(r"-?[\d.]+", p)[-2]) for p in (first, second)]
        assert abs(sum(ends_x) / 2 - x) < 0.11


@given(st.text(min_size=1), st.text(min_size=1))
@settings(max_examples=examples(150), deadline=None)
def test_any_name_gives_one_line_and_well_formed_xml(name: str, label: str) -> None:
    domain = Domain((variable(name, (label, label + "x", label + "y"), [[0, 1], [1, 0], [1, 1]]),))
    tree = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)))
    assert len(draw_text(tree, domain).splitlines()) == 3
    titles = [b[4] for b in _boxes(draw_svg(tree, domain))]
    assert titles[0] == draw_text(tree, domain).splitlines()[0]


def test_long_words_are_cut_in_the_middle_and_whole_in_the_tooltip() -> None:
    domain = Domain((one_hot("the colour of the holder's jacket", ("red", "blue")),))
    svg = draw_svg(Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), domain)
    shown = [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert "the colour of th...s jacket = red?" in shown
    assert _boxes(svg)[0][4] == "the colour of the holder's jacket = red?"


def test_markup_in_names_is_text() -> None:
    domain = Domain((one_hot("<script>&\"'", ("]]>", "<b>")),))
    svg = draw_svg(Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), domain)
    assert "<script" not in svg
    assert _boxes(svg)[0][4] == "<script>&\"' = ]]>?"


def test_a_deep_tree_is_drawn_and_a_large_one_is_cut() -> None:
    nodes: list[Inner | Leaf] = []
    for i in range(50_000):
        nodes += [Inner(i % 9, HALF, 2 * i + 1, 2 * i + 2), Leaf(i % 2)]
    deep = Tree((*nodes, Leaf(1)))
    text = draw_text(deep, bits(9), max_leaves=100).splitlines()
    assert len(text) == 199
    assert text[-1].endswith("... 49902 more leaves")
    svg = draw_svg(deep, bits(9), max_leaves=100)
    assert sum(b[0].startswith("leaf") for b in _boxes(svg)) == 99
    assert "... 49902 more leaves" in svg
