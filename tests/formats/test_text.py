import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from verifier.formats.json_files import domain_notes, read_domain, read_tree
from verifier.formats.variables import one_hot, ordinal, thermometer, variable
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import DomainError, LeafproofError, TreeError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.json_nouns import domain_from_json, tree_from_json
from verifier.writing.json_nouns import domain_to_json, tree_to_json, write_domain, write_tree

DOMAIN = Domain(
    (
        one_hot(
            "colour", ("red", "green", "blue"), [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
        ),
        ordinal("size", [Fraction(1, 3), 2, Fraction(0.1)]),
        thermometer("naïve \u201cname\u201d", ("low", "mid", "high")),
    )
)


def test_domain_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "domain.json"
    write_domain(path, DOMAIN)
    first = path.read_bytes()
    assert read_domain(path) == DOMAIN
    write_domain(path, DOMAIN)
    assert path.read_bytes() == first
    assert domain_from_json(json.loads(first)) == DOMAIN
    assert domain_from_json(json.loads(json.dumps(domain_to_json(DOMAIN)))) == DOMAIN


def test_the_design_example() -> None:
    value = {
        "format": "leafproof-domain/1",
        "variables": [
            {
                "name": "colour",
                "values": ["red", "green", "blue"],
                "encoding": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
                "probabilities": ["1/2", "1/4", 0.25],
            }
        ],
    }
    assert domain_from_json(value).variables[0] == DOMAIN.variables[0]


def test_bits_and_signs_take_their_columns_from_the_teacher() -> None:
    assert read_domain("bits", 3) == bits(3)
    assert read_domain("signs", 2) == signs(2)
    for columns in (None, 0):
        with pytest.raises(DomainError, match="needs the number of columns"):
            read_domain("bits", columns)


def _domain(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": "x", "values": ["a", "b"], "encoding": [[0], [1]], **changes}
    entry = {k: v for k, v in entry.items() if v is not ...}
    return {"format": "leafproof-domain/1", "variables": [entry]}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "a list where a domain"),
        ({"variables": []}, "the format is missing"),
        ({"format": "leafproof-domain/3", "variables": []}, '"leafproof-domain/3", not'),
        ({"format": "leafproof-domain/1"}, 'no "variables"'),
        ({"format": "leafproof-domain/1", "variable": []}, 'did you mean "variables"?'),
        ({"format": "leafproof-domain/1", "variables": []}, "no variables"),
        ({"format": "leafproof-domain/1", "variables": [3]}, "variables[0] is a number"),
        (_domain(name=...), 'variables[0] has no "name"'),
        (_domain(name=""), "variables[0].name"),
        (_domain(name="a\nb"), "variables[0].name"),
        (_domain(values=["a", 1]), "values[1] is a number"),
        (_domain(values=[], encoding=[]), "no values"),
        (_domain(values=["a", "a"]), "same label"),
        (_domain(encoding=[[0], 1]), "encoding[1] is a number"),
        (_domain(encoding=[[0], ["nan"]]), 'encoding[1][0]: "nan"'),
        (_domain(encoding=[[0], [1, 2]]), "same number"),
        (_domain(encoding=[[0]]), "1 encoding rows"),
        (_domain(probability=[1, 0]), 'did you mean "probabilities"?'),
        (_domain(probabilities=["1/3", "1/3"]), "sum to 2/3"),
        (_domain(probabilities=[0.3, 0.3]), "sum to 3/5"),
        (_domain(probabilities=[2, -1]), "negative"),
        (_domain(probabilities=[1]), "1 probabilities"),
        (_domain(probabilities=0.5), "probabilities is a number"),
    ],
)
def test_bad_domains_name_the_place(value: Any, words: str, tmp_path: Path) -> None:
    path = tmp_path / "domain.json"
    path.write_text(json.dumps(value))
    with pytest.raises(DomainError) as caught:
        read_domain(path)
    assert words in str(caught.value)
    assert "domain.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_duplicate_variable_names() -> None:
    value = _domain()
    value["variables"] *= 2
    with pytest.raises(DomainError, match='two variables are named "x"'):
        domain_from_json(value)


def test_twins_are_allowed_and_said() -> None:
    domain = Domain((variable("x", ("a", "b", "c"), [[0], [1], [0]]), *bits(1).variables))
    assert domain_from_json(domain_to_json(domain)) == domain
    assert domain_notes(domain) == ('variable "x": the values "a" and "c" have the same encoding',)
    assert domain_notes(bits(3)) == ()


TREES = st.deferred(lambda: st.integers(0, 5).map(Leaf) | st.tuples(TESTS, TREES, TREES))
TESTS = st.tuples(st.integers(0, 9), st.fractions() | st.floats(-9, 9).map(Fraction))


def _flatten(shape: Any) -> Tree:
    nodes: list[Inner | Leaf] = []

    def add(part: Any) -> int:
        index = len(nodes)
        nodes.append(Leaf(0))
        if isinstance(part, Leaf):
            nodes[index] = part
        else:
            (column, threshold), left, right = part
            first = add(left)
            nodes[index] = Inner(column, threshold, first, add(right))
        return index

    add(shape)
    return Tree(tuple(nodes))


@given(TREES)
@settings(max_examples=examples(100), deadline=None)
def test_tree_round_trip(shape: Any) -> None:
    tree = _flatten(shape)
    assert tree_from_json(tree_to_json(tree)) == tree
    assert tree_from_json(json.loads(json.dumps(tree_to_json(tree)))) == tree


def test_a_tree_stored_in_another_order_becomes_preorder() -> None:
    half = Fraction(1, 2)
    tree = Tree((Inner(0, half, 2, 1), Leaf(1), Inner(1, half, 3, 4), Leaf(0), Leaf(2)))
    assert tree_from_json(tree_to_json(tree)).nodes == (
        Inner(0, half, 1, 4),
        Inner(1, half, 2, 3),
        Leaf(0),
        Leaf(2),
        Leaf(1),
    )


def test_tree_files(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    tree = Tree((Inner(3, Fraction(1, 3), 1, 2), Leaf(0), Leaf(1)))
    write_tree(path, tree)
    assert path.read_text() == (
        '{"format": "leafproof-tree/1", "root": {"column": 3, "threshold": "1/3", '
        '"left": {"class": 0}, "right": {"class": 1}}}\n'
    )
    assert read_tree(path) == tree


def _chain(depth: int) -> Tree:
    nodes: list[Inner | Leaf] = []
    for i in range(depth):
        nodes += [Inner(i, Fraction(1, 2), 2 * i + 1, 2 * i + 2), Leaf(i % 2)]
    return Tree((*nodes, Leaf(1)))


def test_an_unfinished_tree_is_marked_and_read(tmp_path: Path) -> None:
    path, tree = tmp_path / "tree.json", Tree((Inner(0, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    write_tree(path, tree, "stopped by a test")
    value = json.loads(path.read_text())
    assert value["unfinished"] == "stopped by a test" and value["root"]["column"] == 0
    assert read_tree(path) == tree
    with pytest.raises(TreeError, match="unfinished"):
        tree_from_json(value)  # a certificate holds no such mark
    path.write_text(json.dumps(value | {"unfinished": True}))
    with pytest.raises(TreeError, match=r"tree\.json.*unfinished is .*, not a string"):
        read_tree(path)


def test_a_tree_of_depth_50000(tmp_path: Path) -> None:
    tree = _chain(50_000)
    path = tmp_path / "deep.json"
    write_tree(path, tree)
    assert read_tree(path) == tree
    write_tree(path, _chain(100))
    path.write_text(path.read_text().replace('"column": 99,', '"columm": 99,'))
    with pytest.raises(TreeError) as caught:
        read_tree(path)
    assert 'did you mean "column"?' in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_large_tree_and_a_domain_of_10000_variables_are_fast(tmp_path: Path) -> None:
    shape: list[Any] = [Leaf(i % 2) for i in range(1 << 15)]
    while len(shape) > 1:
        pairs = zip(shape[::2], shape[1::2], strict=True)
        shape = [((len(shape) % 7, Fraction(1, 2)), a, b) for a, b in pairs]
    tree = _flatten(shape[0])
    start = time.process_time()
    write_tree(tmp_path / "tree.json", tree)
    assert read_tree(tmp_path / "tree.json") == tree
    write_domain(tmp_path / "domain.json", bits(10_000))
    assert read_domain(tmp_path / "domain.json") == bits(10_000)
    assert time.process_time() - start < 20


LEAF = '{"class": 0}'


def _test(**changes: str) -> str:
    entry = {"column": "0", "threshold": "0.5", "left": LEAF, "right": LEAF} | changes
    return "{" + ", ".join(f'"{k}": {v}' for k, v in entry.items() if v) + "}"


@pytest.mark.parametrize(
    ("root", "words"),
    [
        (_test(left=""), "root: a missing child"),
        (_test(right='{"clas": 1}'), 'root.right: unknown key "clas": did you mean "class"?'),
        (_test(left=_test(column="-1")), 'root.left: column is "-1"'),
        (_test(column="true"), "column is a boolean"),
        (_test(column="1.5"), 'column is "3/2", not a whole number'),
        (_test(column="99999999999"), "column numbers are"),
        (_test(threshold="NaN"), "NaN"),
        (_test(threshold='"NaN"'), 'root: threshold: "NaN"'),
        (_test(threshold="null"), "threshold: null"),
        (_test(threshold="1e999999999"), "exponent"),
        (_test(treshold="1"), 'unknown key "treshold": did you mean "threshold"?'),
        (_test(**{"class": "1"}), "both a leaf (class) and a test"),
        ('{"class": -1}', 'class is "-1"'),
        ('{"class": "1"}', 'class is "1", not a whole number'),
        ('{"class": 1, "label": "no"}', 'unknown key "label"'),
        ("[]", "a list where a node"),
        (_test(left="7"), "root.left: a number where a node"),
        ("{}", "root: an incomplete test"),
        (_test(column=""), "root: an incomplete test"),
    ],
)
def test_bad_trees_name_the_place(root: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    path.write_text(f'{{"format": "leafproof-tree/1", "root": {root}}}')
    with pytest.raises(TreeError) as caught:
        read_tree(path)
    assert words in str(caught.value)
    assert "tree.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cycle_of_objects_is_refused() -> None:
    node: dict[str, Any] = {"column": 0, "threshold": 1, "left": {"class": 0}}
    node["right"] = node
    with pytest.raises(TreeError, match="cycle"):
        tree_from_json({"format": "leafproof-tree/1", "root": node})


def test_swapped_missing_and_truncated_files(tmp_path: Path) -> None:
    net = tmp_path / "net.onnx"
    net.write_bytes(b"\x08\x07\x12")
    with pytest.raises(TreeError, match=r"network .* comes first"):
        read_tree(net)
    with pytest.raises(TreeError, match="cannot read the tree file"):
        read_tree(tmp_path / "missing.json")
    with pytest.raises(DomainError, match="cannot read the domain file"):
        read_domain(tmp_path / "missing.json")
    cut = tmp_path / "cut.json"
    cut.write_text('{"format": "leafproof-tree/1", "root": {"cla')
    with pytest.raises(TreeError, match="is not JSON"):
        read_tree(cut)
    write_domain(cut, bits(2))
    with pytest.raises(TreeError, match="is this a tree file"):
        read_tree(cut)
    with pytest.raises(LeafproofError, match="cannot write"):
        write_tree(tmp_path / "no" / "tree.json", Tree((Leaf(0),)))
