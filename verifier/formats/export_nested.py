"""A tree as nested branches, in any language that has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree


@dataclass(frozen=True)
class Words:
    """How a language writes a node's test, its other branch and its end, and a leaf.

    Each gets a node's number and what the line is indented by.
    """

    test: Callable[[int, str], str]
    otherwise: Callable[[int, str], str]
    end: str
    leaf: Callable[[Leaf, str], str]


def nested(tree: Tree, words: Words, depth: int) -> str:
    """The tree as nested branches, one line each."""
    lines: list[str] = []
    stack: list[tuple[int, int, str]] = [(0, depth, "node")]
    while stack:
        i, level, part = stack.pop()
        indent = "    " * level
        node = tree.nodes[i]
        if part == "otherwise":
            lines.append(words.otherwise(i, indent))
        elif part == "end":
            lines.append(indent + words.end)
        elif isinstance(node, Leaf):
            lines.append(words.leaf(node, indent))
        else:
            lines.append(words.test(i, indent))
            if words.end:
                stack.append((i, level, "end"))
            stack.append((node.right, level + 1, "node"))
            stack.append((i, level, "otherwise"))
            stack.append((node.left, level + 1, "node"))
    return "\n".join(lines)


def inner(tree: Tree, i: int) -> Inner:
    """Node i, which is a test."""
    node = tree.nodes[i]
    assert isinstance(node, Inner)
    return node


def check_depth(tree: Tree, language: str, most: int) -> None:
    """Raise TreeError for a tree of more tests below each other than a language takes."""
    if tree.depth > most:
        raise TreeError(
            f"the tree is {tree.depth} tests deep, too deep for nested {language} "
            f"(at most {most}): export it --to onnx"
        )


def named(tree: Tree, leaf: Leaf, before: str, after: str = "") -> str:
    """The name of a leaf's class as a comment, where it has one."""
    if tree.class_name(leaf.klass) == str(leaf.klass):
        return ""
    return comment(tree.labels[leaf.klass], before, after)


def comment(words: str, before: str, after: str) -> str:
    """Empty where the words could end the comment early, or open another."""
    tricky = any(mark in words for mark in ("*/", "/*", "??", "\\"))  # trigraphs, joined lines
    return "" if tricky or not words.isprintable() else f"{before}{words}{after}"
