"""``leafproof export``: a tree in another format."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import common, ends
from verifier.model.errors import TreeError

if TYPE_CHECKING:
    from verifier.model.domain import Domain
    from verifier.model.tree import Tree


class Target(StrEnum):
    """The formats."""

    TEXT = "text"
    SVG = "svg"
    DOT = "dot"
    PYTHON = "python"
    C = "c"
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
    ".sql": Target.SQL,
    ".onnx": Target.ONNX,
    ".json": Target.JSON,
}
"""The format that a file's ending stands for."""


def export(
    tree: Annotated[Path, typer.Argument(help="the tree, JSON or ONNX", show_default=False)],
    to: Annotated[
        Target | None, typer.Option(help="the format; default: by the file's ending, else text")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="bits|signs|FILE", help="names and values of the inputs"),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write it here")] = None,
    timeout: ends.Timeout = None,
) -> None:
    """Write a tree as text, SVG, DOT, Python, C, SQL or ONNX.

    What is written is read back and compared with the tree at every threshold; where the format's
    numbers cannot tell apart what the tree tells apart, nothing is written (exit 3).
    """
    from verifier.formats.load import read_tree
    from verifier.writing.files import check_writable, write_atomically

    ends.limited(timeout)
    if output is not None:
        check_writable(output)
    to = common.format_of(output, to, SUFFIXES, "--to") or Target.TEXT
    student = read_tree(tree)
    data = rendered(student, to, named(student, domain))
    if output is not None:
        write_atomically(output, data)
        common.say(f"{to} written to {output}", markup=False)
    elif to is Target.ONNX:
        raise TreeError("ONNX is not text: say where to write it with -o")
    else:
        typer.echo(data.decode(), nl=False)


def named(tree: Tree, domain: str | None) -> Domain | None:
    """The domain, checked to fit the tree; ``bits`` and ``signs`` get the tree's columns."""
    if domain is None:
        return None
    from verifier.formats.load import read_domain
    from verifier.model.tree import Inner, Leaf, check_fits

    tested = 1 + max((n.column for n in tree.nodes if isinstance(n, Inner)), default=0)
    space = read_domain(domain, tested)
    check_fits(tree, space, 1 + max(n.klass for n in tree.nodes if isinstance(n, Leaf)))
    return space


def rendered(tree: Tree, to: Target, domain: Domain | None) -> bytes:
    """The tree in the format."""
    from verifier.formats import drawing, export_code

    if to is Target.ONNX:
        from verifier.formats.tree_onnx import to_onnx

        return to_onnx(tree, domain)
    if to is Target.JSON:
        from verifier.formats import export_check
        from verifier.writing.json_nouns import tree_file

        data = tree_file(tree)
        export_check.json(data, tree)
        return data
    writers = {
        Target.TEXT: lambda: drawing.draw_text(tree, domain, max_leaves=tree.leaves) + "\n",
        Target.SVG: lambda: drawing.draw_svg(tree, domain, max_leaves=tree.leaves) + "\n",
        Target.DOT: lambda: export_code.to_dot(tree, domain),
        Target.PYTHON: lambda: export_code.to_python(tree, domain),
        Target.C: lambda: export_code.to_c(tree, domain),
        Target.SQL: lambda: export_code.to_sql(tree, domain),
    }
    return writers[to]().encode()
