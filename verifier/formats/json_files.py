"""Users' domain and tree files in JSON, and the ``bits`` and ``signs`` shorthands."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from verifier.formats.domain_values import user_domain
from verifier.formats.formula_text import is_formula, parse_formula
from verifier.formats.told_apart import UNREAD, is_pickle
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import DomainError, LeafproofError, QuestionError, TreeError, quoted
from verifier.model.tree import Leaf, Tree
from verifier.reading.files import read_bytes
from verifier.reading.json_nouns import tree_from_json
from verifier.reading.json_text import kind_of, parse

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
    if not data.lstrip().startswith(b"{"):
        from verifier.formats.frame_files import ENDINGS

        if str(spec).lower().endswith(ENDINGS):
            raise DomainError(
                f"{quoted(spec, 200)} is a table: leafproof domain makes a domain file of it (in "
                "Python, Domain.from_frame a Domain)"
            )
    return _located(DomainError, spec, lambda: user_domain(parse(data, DomainError)))


def read_tree(path: StrPath) -> Tree:
    """The tree in a JSON file, whether or not it is marked as unfinished. Raises TreeError."""
    data = read_bytes(path, "tree", TreeError)
    name = quoted(path, 200)
    if not data.strip():
        raise TreeError(f"{name} is empty: give a tree file (JSON or ONNX)")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TreeError(f"{name} is UTF-16 text: save it as UTF-8")
    plain = data[:1] in (b"{", b" ", b"\n", b"\r", b"\t", b"\xef")
    if not plain and is_pickle(path, data):
        raise TreeError(
            f"{name} {UNREAD} verifier.certify, or write what is read of it to a file "
            "(verifier.load_tree(model).save('tree.json'))"
        )
    if not plain:
        raise TreeError(
            f"{name} is not a tree file (JSON or ONNX); where a network is given, it comes first"
        )
    return _located(TreeError, path, lambda: _marked_tree(data))


def _marked_tree(data: bytes) -> Tree:
    """The tree of a file, which may say that it is unfinished and what its classes are called."""
    value = parse(data, TreeError)
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


def read_question(source: StrPath) -> Any:
    """The JSON value of a formula: in a text that begins as one does, or else in a file.

    A file may hold it as a certificate does, under ``"formula"``. Raises QuestionError.
    """
    if isinstance(source, str) and is_formula(source):
        return parse_formula(source)
    is_text = isinstance(source, str) and source.lstrip().startswith("{")
    if isinstance(source, str) and not is_text and not os.path.lexists(source):
        _check_is_name(source)
    data = str(source).encode() if is_text else read_bytes(source, "question", QuestionError)
    try:
        value = parse(data, QuestionError)
    except QuestionError as problem:
        name = "the question" if is_text else quoted(source, 200)
        raise QuestionError(f"{name}: {problem}") from None
    return value["formula"] if isinstance(value, dict) and "formula" in value else value


def _check_is_name(text: str) -> None:
    """Raise QuestionError for what is no file's name but a formula with a mistake in it."""
    if not {"(", "=", " "} & {*text.strip()}:
        return
    try:
        parse_formula(text)
    except QuestionError as problem:
        why = str(problem).removeprefix("the question: ")
        raise QuestionError(f"{quoted(text, 200)} is neither a file nor a formula: {why}") from None


def domain_notes(domain: Domain) -> tuple[str, ...]:
    """What a user should know about a legal domain: values that the teacher cannot tell apart."""
    return tuple(
        f"variable {quoted(v.name)}: the values {quoted(a)} and {quoted(b)} have the same encoding"
        for v in domain.variables
        for a, b in v.twins
    )


def _located(error: type[LeafproofError], path: StrPath, read: Callable[[], _T]) -> _T:
    try:
        return read()
    except LeafproofError as problem:
        raise error(f"{quoted(path, 200)}: {problem}") from None
