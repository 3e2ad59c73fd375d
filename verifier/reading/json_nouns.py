"""Domain and tree files: JSON in and out, and the ``bits`` and ``signs`` shorthands.

Contracts: ``leafproof-domain/1`` and ``leafproof-tree/1``. The ``*_to_json`` and ``*_from_json``
functions work on JSON values, for use inside other files; none of them recurses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import DomainError, LeafproofError, TreeError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable, shares
from verifier.reading import json_text
from verifier.reading.files import quoted, read_bytes, write_atomically
from verifier.reading.json_text import exact_number, kind_of, number_json, unknown_keys

DOMAIN_FORMAT = "leafproof-domain/1"
TREE_FORMAT = "leafproof-tree/1"
_INNER = ("column", "threshold", "left", "right")

StrPath = str | os.PathLike[str]
_T = TypeVar("_T")


def read_domain(spec: StrPath, columns: int | None = None) -> Domain:
    """The domain that ``spec`` names: a file, or ``bits`` or ``signs`` over ``columns`` variables.

    A file called bits is read as ``./bits``. Raises DomainError.
    """
    if spec in ("bits", "signs"):
        if columns is None or columns < 1:
            raise DomainError(f'"{spec}" needs the number of columns: give the teacher, or a file')
        return (bits if spec == "bits" else signs)(columns)
    data = read_bytes(spec, "domain", DomainError)
    return _located(
        DomainError, spec, lambda: domain_from_json(_weighed(json_text.parse(data, DomainError)))
    )


def _weighed(value: Any) -> Any:
    """The JSON value of a domain file with probabilities in place of weights.

    Certificates know no weights.
    """
    if not isinstance(value, dict) or not isinstance(value.get("variables"), list):
        return value
    for i, entry in enumerate(value["variables"]):
        if isinstance(entry, dict) and "weights" in entry:
            where = f"variables[{i}]"
            if "probabilities" in entry:
                raise DomainError(f"{where} has both probabilities and weights: leave one out")
            numbers = _numbers(f"{where}.weights", _list(where, entry, "weights"))
            del entry["weights"]
            entry["probabilities"] = list(shares(numbers, where))
    return value


def read_tree(path: StrPath) -> Tree:
    """The tree in a JSON file, whether or not it is marked as unfinished. Raises TreeError."""
    data = read_bytes(path, "tree", TreeError)
    name = quoted(path, 200)
    if not data.strip():
        raise TreeError(f"{name} is empty: give a tree file (JSON or ONNX)")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TreeError(f"{name} is UTF-16 text: save it as UTF-8")
    if data[:1] not in (b"{", b" ", b"\n", b"\r", b"\t", b"\xef"):
        raise TreeError(
            f"{name} is not a tree file (JSON or ONNX); where a network is given, it comes first"
        )
    return _located(TreeError, path, lambda: _marked_tree(data))


def _marked_tree(data: bytes) -> Tree:
    """The tree of a file, which may say that it is unfinished and what its classes are called."""
    value = json_text.parse(data, TreeError)
    if not isinstance(value, dict):
        return tree_from_json(value)
    mark = value.pop("unfinished", "")
    if not isinstance(mark, str):
        raise TreeError(f"unfinished is {kind_of(mark)}, not a string: say why, or remove it")
    named = value.pop("classes", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise TreeError("classes is not a list of strings: name class 0, class 1, ... in order")
    tree = tree_from_json(value)
    most = max(node.klass for node in tree.nodes if isinstance(node, Leaf))
    if named and len(named) <= most:
        raise TreeError(f"classes names {len(named)} classes but a leaf answers class {most}")
    return replace(tree, labels=tuple(named))


def write_domain(path: StrPath, domain: Domain) -> None:
    """Write a domain file, one variable a line, all at once. Raises LeafproofError."""
    lines = b",\n".join(b" " + json_text.dump(_variable_to_json(v)) for v in domain.variables)
    head = f'{{"format": "{DOMAIN_FORMAT}", "variables": [\n'.encode()
    write_atomically(path, head + lines + b"\n]}\n")


def write_tree(path: StrPath, tree: Tree, unfinished: str = "") -> None:
    """Write a tree file, all at once; ``unfinished`` marks it with the reason why it is.

    Raises LeafproofError.
    """
    write_atomically(path, tree_file(tree, unfinished))


def tree_file(tree: Tree, unfinished: str = "") -> bytes:
    """A tree as the bytes of a file, with the mark and the classes' names where it has them."""
    return json_text.dump(tree_value(tree, unfinished)) + b"\n"


def tree_value(tree: Tree, unfinished: str = "") -> dict[str, Any]:
    """The JSON value of a tree's file; names that are the classes' numbers are left out."""
    value: dict[str, Any] = {"format": TREE_FORMAT}
    if unfinished:
        value["unfinished"] = unfinished
    if any(name != str(i) for i, name in enumerate(tree.labels)):
        value["classes"] = list(tree.labels)
    return value | tree_to_json(tree)


def domain_notes(domain: Domain) -> tuple[str, ...]:
    """What a user should know about a legal domain: values that the teacher cannot tell apart."""
    return tuple(
        f"variable {quoted(v.name)}: the values {quoted(a)} and {quoted(b)} have the same encoding"
        for v in domain.variables
        for a, b in v.twins
    )


def domain_to_json(domain: Domain) -> dict[str, Any]:
    """The domain as a JSON value; uniform probabilities are left out."""
    return {
        "format": DOMAIN_FORMAT,
        "variables": [_variable_to_json(v) for v in domain.variables],
    }


def _variable_to_json(v: Variable) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": v.name,
        "values": list(v.labels),
        "encoding": [[number_json(x) for x in row] for row in v.encoding],
    }
    if len(set(v.probabilities)) > 1:
        entry["probabilities"] = [number_json(p) for p in v.probabilities]
    return entry


def domain_from_json(value: Any) -> Domain:
    """The domain that a JSON value stands for. Raises DomainError naming the place."""
    entries = _header(value, DOMAIN_FORMAT, "variables", DomainError)
    if not isinstance(entries, list):
        raise DomainError(f"variables is {kind_of(entries)}, not a list: list the variables")
    return Domain(tuple(_variable(f"variables[{i}]", entry) for i, entry in enumerate(entries)))


def _variable(where: str, entry: Any) -> Variable:
    if not isinstance(entry, dict):
        raise DomainError(f"{where} is {kind_of(entry)}, not an object")
    problem = unknown_keys(list(entry), ("name", "values", "encoding", "probabilities"))
    if problem:
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "values", "encoding"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": add it')
    name = _word(f"{where}.name", entry["name"])
    where = f"{where} ({quoted(name)})"
    labels = [_word(f"{where}.values[{i}]", x) for i, x in enumerate(_list(where, entry, "values"))]
    rows = []
    for i, row in enumerate(_list(where, entry, "encoding")):
        if not isinstance(row, list):
            raise DomainError(
                f"{where}.encoding[{i}] is {kind_of(row)}, not a list: one number per column"
            )
        rows.append(_numbers(f"{where}.encoding[{i}]", row))
    if "probabilities" in entry:
        chances = _numbers(f"{where}.probabilities", _list(where, entry, "probabilities"))
    else:
        chances = (Fraction(1, len(labels) or 1),) * len(labels)
    return Variable(name, tuple(labels), tuple(rows), chances)


def _list(where: str, entry: dict[str, Any], key: str) -> list[Any]:
    value = entry[key]
    if not isinstance(value, list):
        raise DomainError(f"{where}.{key} is {kind_of(value)}, not a list")
    return value


def _word(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DomainError(f'{where} is {kind_of(value)}, not a string: write it in quotes, as "1"')
    if not value or not value.isprintable():
        raise DomainError(f"{where} is {quoted(value)}: names are one line of printable text")
    return value


def _numbers(where: str, row: Sequence[Any]) -> tuple[Fraction, ...]:
    try:
        return tuple(map(exact_number, row))
    except ValueError:
        for i, x in enumerate(row):
            try:
                exact_number(x)
            except ValueError as problem:
                raise DomainError(f"{where}[{i}]: {problem}") from None
        raise


def tree_to_json(tree: Tree) -> dict[str, Any]:
    """The tree as a JSON value."""
    entries: list[dict[str, Any]] = [{}] * len(tree.nodes)
    thresholds: dict[Fraction, int | float | str] = {}
    for i in range(len(tree.nodes) - 1, -1, -1):  # children stand after their parent
        node = tree.nodes[i]
        if isinstance(node, Leaf):
            entries[i] = {"class": node.klass}
            continue
        if node.threshold not in thresholds:
            thresholds[node.threshold] = number_json(node.threshold)
        entries[i] = {
            "column": node.column,
            "threshold": thresholds[node.threshold],
            "left": entries[node.left],
            "right": entries[node.right],
        }
    return {"format": TREE_FORMAT, "root": entries[0]}


def tree_from_json(value: Any) -> Tree:
    """The tree that a JSON value stands for, its nodes in pre-order.

    Raises TreeError naming the place, as the path from the root.
    """
    root = _header(value, TREE_FORMAT, "root", TreeError)
    nodes: list[Leaf | tuple[int, Fraction]] = []
    right: dict[int, int] = {}
    trail: list[tuple[int, str]] = []  # for each node: its parent and which child it is
    seen: set[int] = set()
    stack: list[tuple[Any, int, str]] = [(root, -1, "root")]
    while stack:
        entry, parent, side = stack.pop()
        index = len(nodes)
        trail.append((parent, side))
        if side == "right":
            right[parent] = index
        try:
            if id(entry) in seen:
                raise ValueError("is the same object as another node: the tree has a cycle")
            node = _tree_node(entry)
        except ValueError as problem:
            raise TreeError(f"{_trail(trail, index)}: {problem}") from None
        nodes.append(node)
        if not isinstance(node, Leaf):
            seen.add(id(entry))
            stack.append((entry["right"], index, "right"))
            stack.append((entry["left"], index, "left"))
    return Tree(
        tuple(
            n if isinstance(n, Leaf) else Inner(n[0], n[1], i + 1, right[i])
            for i, n in enumerate(nodes)
        )
    )


def _tree_node(entry: Any) -> Leaf | tuple[int, Fraction]:
    """One node without its children; raises ValueError with what is wrong and the remedy."""
    if not isinstance(entry, dict):
        raise ValueError(f"{kind_of(entry)} where a node (an object) was expected")
    if "class" in entry:
        problem = unknown_keys(list(entry), ("class",))
        if problem and set(entry) & set(_INNER):
            problem = "both a leaf (class) and a test: keep one"
        if problem:
            raise ValueError(problem)
        return Leaf(_index("class", entry["class"]))
    if problem := unknown_keys(list(entry), (*_INNER, "class")):
        raise ValueError(problem)
    for key in _INNER:
        if key not in entry:
            child = "a missing child" if key in ("left", "right") else "an incomplete test"
            raise ValueError(f'{child}: a test has "column", "threshold", "left", "right"')
    try:
        threshold = exact_number(entry["threshold"])
    except ValueError as problem:
        raise ValueError(f"threshold: {problem}") from None
    return _index("column", entry["column"]), threshold


def _index(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        shown = quoted(value) if isinstance(value, str | Fraction | float) else kind_of(value)
        raise ValueError(f"{key} is {shown}, not a whole number")
    if not 0 <= value < 1 << 31:
        raise ValueError(f"{key} is {quoted(value)}: {key} numbers are 0, 1, 2, ...")
    return value


def _trail(trail: Sequence[tuple[int, str]], index: int) -> str:
    """Where a node is: ``root.left.right``, the middle left out when long."""
    words = []
    at = index
    while at >= 0:
        at, word = trail[at]
        words.append(word)
    words.reverse()
    if len(words) > 16:
        words[8:-7] = [f"({len(words) - 15} more)"]
    return ".".join(words)


def _header(value: Any, expected: str, key: str, error: type[LeafproofError]) -> Any:
    what = expected.partition("-")[2].partition("/")[0]
    if not isinstance(value, dict):
        raise error(f'{kind_of(value)} where a {what} (an object with "format") was expected')
    if value.get("format") != expected:
        found = quoted(value["format"]) if isinstance(value.get("format"), str) else "missing"
        raise error(f'the format is {found}, not "{expected}": is this a {what} file?')
    if problem := unknown_keys(list(value), ("format", key)):
        raise error(problem)
    if key not in value:
        raise error(f'there is no "{key}": add it')
    return value[key]


def _located(error: type[LeafproofError], path: StrPath, read: Callable[[], _T]) -> _T:
    try:
        return read()
    except LeafproofError as problem:
        raise error(f"{quoted(path, 200)}: {problem}") from None
