"""A tree in another format, read back and compared with it before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable

from verifier.formats import drawing, export_check, export_code, export_sql
from verifier.formats.intervals import cut_for
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, quoted
from verifier.model.tree import Tree, check_fits
from verifier.writing.json_nouns import tree_file


def rendered(tree: Tree, to: str, domain: Domain | None = None) -> bytes:
    """The tree in the format ``to``, one of FORMATS, with the domain's names where one is given.

    Raises LeafproofError for another format, TreeError where the format's numbers cannot tell apart
    what the tree tells apart, or tree and domain do not fit.
    """
    if to not in FORMATS:
        raise LeafproofError(f"there is no format {quoted(to)}: {', '.join(FORMATS)}")
    if domain is not None:
        domain = cut_for(domain, tree)
        check_fits(tree, domain, None)
    return FORMATS[to](tree, domain)


def rendered_text(tree: Tree, to: str, domain: Domain | None = None) -> str:
    """The same in a format that is text. Raises what ``rendered`` raises."""
    if to == "onnx":
        raise LeafproofError("ONNX is no text: write a file instead (verifier.export)")
    return rendered(tree, to, domain).decode()


def _text(tree: Tree, domain: Domain | None) -> bytes:
    return (drawing.draw_text(tree, domain, max_leaves=tree.leaves) + "\n").encode()


def _svg(tree: Tree, domain: Domain | None) -> bytes:
    return (drawing.draw_svg(tree, domain, max_leaves=tree.leaves) + "\n").encode()


def _onnx(tree: Tree, domain: Domain | None) -> bytes:
    from verifier.formats.tree_onnx import to_onnx  # onnx takes long to import

    return to_onnx(tree, domain)


def _json(tree: Tree, domain: Domain | None) -> bytes:
    data = tree_file(tree)
    export_check.json(data, tree)
    return data


FORMATS: dict[str, Callable[[Tree, Domain | None], bytes]] = {
    "text": _text,
    "svg": _svg,
    "dot": lambda tree, domain: export_code.to_dot(tree, domain).encode(),
    "python": lambda tree, domain: export_code.to_python(tree, domain).encode(),
    "c": lambda tree, domain: export_code.to_c(tree, domain).encode(),
    "java": lambda tree, domain: export_code.to_java(tree, domain).encode(),
    "sql": lambda tree, domain: export_sql.to_sql(tree, domain).encode(),
    "onnx": _onnx,
    "json": _json,
}
"""How each format is written."""
