"""Which file imports which: read from the sources, nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(package: str) -> dict[str, Path]:
    """The modules of a package, by dotted name; a package's own name stands for its __init__."""
    files = sorted((ROOT / package.replace(".", "/")).rglob("*.py"))
    return {_dotted(path): path for path in files}


def imports(path: Path) -> set[str]:
    """The modules that a file imports, inside functions too; not for the type checker alone.

    `from a import b` counts as a.b where that is a module of this repository.
    """
    found: set[str] = set()
    for node in _import_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        base = _absolute(node, path)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            found.add(inner if _is_module(inner) else base)
    return found


def graph(package: str) -> dict[str, set[str]]:
    """For each module of a package, those of the same package that it imports."""
    files = modules(package)
    return {name: imports(path) & files.keys() - {name} for name, path in files.items()}


def circles(graph: Mapping[str, Set[str]]) -> list[list[str]]:
    """The groups of nodes that all reach each other, sorted; [] if edges go one way."""
    reach = {node: _reachable(graph, node) for node in graph}
    groups = {
        tuple(sorted({node} | {x for x in reach[node] if node in reach.get(x, ())}))
        for node in graph
        if node in reach[node]
    }
    return [list(group) for group in sorted(groups)]


def _reachable(graph: Mapping[str, Set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    pending = list(graph[start])
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending += graph.get(node, ())
    return seen


def _import_nodes(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(tree, (ast.Import, ast.ImportFrom)):
        yield tree
        return
    if isinstance(tree, ast.If) and ast.unparse(tree.test).endswith("TYPE_CHECKING"):
        for other in tree.orelse:
            yield from _import_nodes(other)
        return
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.expr):  # there is no statement in one
            yield from _import_nodes(child)


def _absolute(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    folder = path.parents[node.level - 1].relative_to(ROOT)
    return ".".join((*folder.parts, *(node.module or "").split("."))).rstrip(".")


def _is_module(dotted: str) -> bool:
    place = ROOT / dotted.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
