"""Export: a tree in another format, read back and compared with the tree before it is given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.jobs.endings import format_of
from verifier.jobs.watching import Hear, Watch

if TYPE_CHECKING:
    from verifier.jobs.loading import Source, StrPath
    from verifier.model.domain import Domain
    from verifier.model.tree import Tree


class Target(StrEnum):
    """The formats."""

    TEXT = "text"
    SVG = "svg"
    DOT = "dot"
    PYTHON = "python"
    C = "c"
    JAVA = "java"
    SQL = "sql"
    ONNX = "onnx"
    JSON = "json"


SUFFIXES = {
    ".txt": Target.TEXT,
    ".svg": Target.SVG,
    ".dot": Target.DOT,
    ".gv": Target.DOT,
    ".py": Target.PYTHON,
    ".c": Target.C,
    ".h": Target.C,
    ".java": Target.JAVA,
    ".sql": Target.SQL,
    ".onnx": Target.ONNX,
    ".json": Target.JSON,
}
"""The format that a file's ending stands for."""


@dataclass(frozen=True)
class Exported:
    """A tree's bytes in the format ``to``, and what was noted on the way."""

    to: Target
    data: bytes
    notes: tuple[str, ...] = ()


def export(
    tree: Source,
    output: StrPath | None = None,
    *,
    to: str | None = None,
    domain: Source = None,
    progress: Hear | None = None,
) -> Exported:
    """Write the ``tree`` (a path or an object) in one of the formats of ``Target``.

    ``to`` is the format; where none is given, that of the ending of ``output``, else text.
    ``domain`` (a Domain, a path, ``bits`` or ``signs``) gives names and values of the inputs.
    What is written is read back and compared with the tree at every threshold; where the format's
    numbers cannot tell apart what the tree tells apart, nothing is written. ``progress`` hears the
    notes. Raises LeafproofError, then and for a tree, domain or path that cannot be used.
    """
    from verifier.formats.export import rendered
    from verifier.formats.load import load_tree
    from verifier.writing.files import check_writable, write_atomically

    watch = Watch(progress)
    if output is not None:
        check_writable(output)
    path = None if output is None else Path(output)
    kind = format_of(path, to, SUFFIXES, "--to", watch.note) or Target.TEXT
    student = load_tree(tree)
    space = named(student, domain)
    if space is not None:  # an estimator's columns may be in another order there
        student = load_tree(tree, domain=space)
    data = rendered(student, kind, space)
    if path is not None:
        write_atomically(path, data)
    return Exported(kind, data, tuple(watch.notes))


def named(tree: Tree, domain: Source) -> Domain | None:
    """The domain, checked to fit the tree; ``bits`` and ``signs`` get the tree's columns."""
    if domain is None:
        return None
    from verifier.formats.load import read_domain
    from verifier.model.domain import Domain
    from verifier.model.tree import check_fits

    space = domain if isinstance(domain, Domain) else read_domain(domain, max(1, tree.columns))
    check_fits(tree, space, None)
    return space
