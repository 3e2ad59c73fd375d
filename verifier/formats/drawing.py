"""Pictures of a tree: as text, and as SVG made without any other program.

Tests are worded with the domain's names and labels where a domain is given. The SVG layout is tidy
in the sense of Reingold and Tilford (1981): a parent stands above the middle of its children,
subtrees stand as close as their outlines allow, and equal subtrees look equal. Nothing recurses.
"""

from __future__ import annotations

import math
import unicodedata
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from verifier.formats.bin_labels import joined, known_values
from verifier.formats.frame_missing import may_lack
from verifier.formats.variables import number
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, TreeError
from verifier.model.floats import nearest
from verifier.model.limits import require_memory
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

_LINE, _PADDING = 18, 10
_CHARACTER = 7.3  # width of one character in a 12 px monospace font, rounded up
_LEVEL = 64
_GAP = 14
_LONGEST = 34


@dataclass(frozen=True)
class Question:
    """A test in words; ``left`` and ``right`` label its two branches."""

    text: str
    left: str
    right: str


def question(node: Inner, domain: Domain | None = None) -> Question:
    """The test of an inner node as a question.

    A variable with several columns (one-hot, thermometer) is asked about its values: "colour =
    red?". A variable with one column is compared with the threshold, rounded to 6 digits: "x3 <=
    0.5?". Without a domain, or for a column outside it, columns are called "x[3]".
    """
    if domain is None or node.column >= domain.columns:
        return Question(f"x[{node.column}] <= {_short(node.threshold)}?", "yes", "no")
    index, column = domain.column_owner[node.column]
    variable = domain.variables[index]
    if variable.columns == 1:
        return Question(f"{variable.name} <= {_short(node.threshold)}?", "yes", "no")
    left = [row[column] <= node.threshold for row in variable.encoding]
    ins = [label for label, inside in zip(variable.labels, left, strict=True) if inside]
    outs = [label for label, inside in zip(variable.labels, left, strict=True) if not inside]
    if not ins or not outs:
        always = f"{variable.name} column {column} <= {_short(node.threshold)}?"
        return Question(always, "yes", "no")
    asked, yes = (outs, "no") if len(outs) <= len(ins) else (ins, "yes")
    words = f"= {asked[0]}" if len(asked) == 1 else f"in {{{', '.join(asked)}}}"
    if isinstance(variable, Variable) and column == 0 and may_lack(variable):
        words, yes = _of_a_number(variable, node.threshold, left) or (words, yes)
    return Question(f"{variable.name} {words}?", yes, "yes" if yes == "no" else "no")


def _of_a_number(v: Variable, threshold: Fraction, left: Sequence[bool]) -> tuple[str, str] | None:
    """The test of a number that may be missing, asked about the side where no missing one goes, and
    the answer that leads left; None where labels are neither bins nor the numbers themselves."""
    lacks_left = left[-1]
    chosen = [i for i in known_values(v) if left[i] is not lacks_left]
    yes = "no" if lacks_left else "yes"
    if bins := joined(v, chosen):
        return bins, yes
    if any(v.encoding[i][0] != _number(v.labels[i]) for i in known_values(v)):
        return None
    return f"{'>' if lacks_left else '<='} {_short(threshold)}", yes


def _number(label: str) -> Fraction | None:
    try:
        return number("", label)
    except DomainError:
        return None


def _short(number: Fraction) -> str:
    """At most 6 significant digits, as far as a float can show them."""
    near = nearest(number)
    if math.isinf(near):
        return "-huge" if near < 0 else "huge"
    return f"{near:.6g}"


def draw_text(tree: Tree, domain: Domain | None = None, max_leaves: int = 1000) -> str:
    """The tree as lines of text, the left branch first; ends without a newline.

    At most ``max_leaves`` leaves are shown, those nearest the root; a deeper part is one line.
    """
    shown = _shown(tree, max_leaves)
    below = _leaves_below(tree)
    require_room(tree, _depths(tree, shown), 3, "its drawing as text")
    lines: list[str] = []
    stack: list[tuple[int, str, str, str]] = [(0, "", "", "")]
    while stack:
        i, before, after, branch = stack.pop()
        words = _words(tree, i, domain, shown, below)
        lines.append(before + branch + words)
        node = tree.nodes[i]
        if isinstance(node, Inner) and i in shown:
            asked = question(node, domain)
            stack.append((node.right, f"{after}└─ ", f"{after}   ", f"{asked.right}: "))
            stack.append((node.left, f"{after}├─ ", f"{after}│  ", f"{asked.left}: "))
    return "\n".join(lines)


def require_room(tree: Tree, depths: Sequence[int], width: int, what: str) -> None:
    """Raise TreeError where text that is indented by ``width`` a level takes too much memory."""
    require_memory(
        width * sum(depths),
        f"the tree is {tree.depth} tests deep: {what}",
        TreeError,
    )


def _depths(tree: Tree, shown: frozenset[int]) -> list[int]:
    """How deep each node stands that is drawn."""
    depth = {0: 0}
    for i in sorted(shown):  # children stand after their parent
        node = tree.nodes[i]
        assert isinstance(node, Inner)
        depth[node.left] = depth[node.right] = depth[i] + 1
    return list(depth.values())


def _words(
    tree: Tree, i: int, domain: Domain | None, shown: frozenset[int], below: Sequence[int]
) -> str:
    node = tree.nodes[i]
    if isinstance(node, Leaf):
        return _one_line(f"class {tree.class_name(node.klass)}")
    if i not in shown:
        return f"... {below[i]} more leaves"
    return _one_line(question(node, domain).text)


def _one_line(text: str) -> str:
    """Unprintable characters replaced: they could break a line or an XML file."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _shown(tree: Tree, max_leaves: int) -> frozenset[int]:
    """The inner nodes to draw, breadth first, so that at most ``max_leaves`` ends are drawn."""
    shown: set[int] = set()
    queue = deque([0])
    while queue and len(shown) + 1 < max(max_leaves, 1):
        i = queue.popleft()
        node = tree.nodes[i]
        if isinstance(node, Inner):
            shown.add(i)
            queue += (node.left, node.right)
    return frozenset(shown)


def _leaves_below(tree: Tree) -> list[int]:
    counts = [1] * len(tree.nodes)
    for i in range(len(tree.nodes) - 1, -1, -1):  # children stand after their parent
        node = tree.nodes[i]
        if isinstance(node, Inner):
            counts[i] = counts[node.left] + counts[node.right]
    return counts


def draw_svg(
    tree: Tree,
    domain: Domain | None = None,
    max_leaves: int = 200,
) -> str:
    """The tree as one ``<svg>`` element, to stand in a page or a file of its own.

    A leaf has the CSS classes ``leaf class-K``; colours are ``currentColor``, so that the picture
    follows the page's light or dark theme. At most ``max_leaves`` leaves are drawn, those nearest
    the root; a node "... n more leaves" stands for each deeper part. Full words are in tooltips.
    """
    shown, below = _shown(tree, max_leaves), _leaves_below(tree)
    require_room(tree, _depths(tree, shown), 256, "its drawing")
    order = _drawn_nodes(tree, shown)
    words = {i: _words(tree, i, domain, shown, below) for i in order}
    width = {i: _text_width(_cut(words[i])) + 2 * _PADDING for i in order}
    centre, depth = _layout(tree, shown, order, width)
    left = min(centre[i] - width[i] / 2 for i in order) - _PADDING
    right = max(centre[i] + width[i] / 2 for i in order) + _PADDING
    height = max(depth.values()) * _LEVEL + _LINE + 4 * _PADDING
    total = f"{right - left:.1f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="leafproof-tree" role="img" '
        f'width="{total}" height="{height}" viewBox="{left:.1f} 0 {total} {height}">',
        f"<title>Decision tree with {'1 leaf' if tree.leaves == 1 else f'{tree.leaves} leaves'}, "
        f"depth {tree.depth}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for i in order:
        node = tree.nodes[i]
        if isinstance(node, Inner) and i in shown:
            asked = question(node, domain)
            for child, label in ((node.left, asked.left), (node.right, asked.right)):
                parts.append(_edge(centre[i], depth[i], centre[child], depth[child], label))
    for i in order:
        classes = _css(tree, i, shown)
        parts.append(_box(words[i], classes, centre[i], depth[i], width[i]))
    parts.append("</svg>")
    return "\n".join(parts)


_STYLE = (
    ".leafproof-tree{font:12px ui-monospace,Menlo,Consolas,monospace;max-width:none}"
    ".leafproof-tree text{fill:currentColor;text-anchor:middle}"
    ".leafproof-tree .branch{font-size:11px;opacity:.75}"
    ".leafproof-tree rect{fill:none;stroke:currentColor;stroke-width:1}"
    ".leafproof-tree .leaf rect{stroke-width:1.5}"
    ".leafproof-tree .more rect{stroke-dasharray:4 3}"
    ".leafproof-tree path{fill:none;stroke:currentColor;opacity:.55}"
)


def _drawn_nodes(tree: Tree, shown: frozenset[int]) -> list[int]:
    """The nodes to draw, parents before children, left before right."""
    order, stack = [], [0]
    while stack:
        i = stack.pop()
        order.append(i)
        node = tree.nodes[i]
        if isinstance(node, Inner) and i in shown:
            stack += (node.right, node.left)
    return order


def _layout(
    tree: Tree, shown: frozenset[int], order: Sequence[int], width: Mapping[int, float]
) -> tuple[dict[int, float], dict[int, int]]:
    """Horizontal centre and depth of every drawn node.

    Bottom up, each subtree keeps its outline (per level: leftmost and rightmost extent, relative to
    its root); two outlines are pushed apart until they clear each other by ``_GAP``.
    """
    shift: dict[int, float] = {0: 0.0}
    outline: dict[int, list[tuple[float, float]]] = {}
    for i in reversed(order):
        own = (-width[i] / 2, width[i] / 2)
        node = tree.nodes[i]
        if not isinstance(node, Inner) or i not in shown:
            outline[i] = [own]
            continue
        a, b = outline.pop(node.left), outline.pop(node.right)
        apart = max(x[1] - y[0] for x, y in zip(a, b, strict=False)) + _GAP
        shift[node.left], shift[node.right] = -apart / 2, apart / 2
        common = min(len(a), len(b))
        merged = [(a[k][0] - apart / 2, b[k][1] + apart / 2) for k in range(common)]
        longer, by = (a, -apart / 2) if len(a) > len(b) else (b, apart / 2)
        merged += [(low + by, high + by) for low, high in longer[common:]]
        outline[i] = [own, *merged]
    centre, depth = {0: 0.0}, {0: 0}
    for i in order:
        node = tree.nodes[i]
        if isinstance(node, Inner) and i in shown:
            for child in (node.left, node.right):
                centre[child] = centre[i] + shift[child]
                depth[child] = depth[i] + 1
    return centre, depth


def _css(tree: Tree, i: int, shown: frozenset[int]) -> str:
    node = tree.nodes[i]
    if isinstance(node, Leaf):
        return f"leaf class-{node.klass}"
    return "test" if i in shown else "more"


def _cut(text: str) -> str:
    """Shortened in the middle: a test's name and its value both stay recognisable."""
    return text if len(text) <= _LONGEST else f"{text[:16]}...{text[19 - _LONGEST :]}"


def _text_width(text: str) -> float:
    """Pixels, counting wide (East Asian) characters twice."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return (len(text) + wide) * _CHARACTER


def _box(words: str, classes: str, x: float, depth: int, width: float) -> str:
    top = depth * _LEVEL + _PADDING
    radius = 9 if classes.startswith("leaf") else 3
    return (
        f'<g class="{escape(_one_line(classes))}"><title>{escape(words)}</title>'
        f'<rect x="{x - width / 2:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{_LINE + _PADDING}" rx="{radius}"/>'
        f'<text x="{x:.1f}" y="{top + _LINE}">{escape(_cut(words))}</text></g>'
    )


def _edge(x: float, depth: int, child_x: float, child_depth: int, label: str) -> str:
    top = depth * _LEVEL + _LINE + 2 * _PADDING
    bottom = child_depth * _LEVEL + _PADDING
    middle = (top + bottom) / 2
    at = x + (child_x - x) * 0.62
    return (
        f'<path d="M{x:.1f} {top}C{x:.1f} {middle} {child_x:.1f} {middle} {child_x:.1f} {bottom}"/>'
        f'<text class="branch" x="{at:.1f}" y="{middle + 1}">{escape(label)}</text>'
    )
