"""Text and SVG as a reader follows them: question by question, on the whole domain."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.brute import tree_class
from tests.every import seeds
from tests.provers.cases import all_points, random_tree
from verifier.cli.main import run
from verifier.formats.variables import one_hot, ordinal, thermometer
from verifier.model.domain import Domain, bits
from verifier.writing.json_nouns import write_domain, write_tree

DOMAIN = Domain(
    (
        *bits(2).variables,
        ordinal("n", (-3, 0, 5)),
        one_hot("c", "rgb"),
        thermometer("t", ("low", "mid", "top")),
    )
)
SVG = "{http://www.w3.org/2000/svg}"


def holds(question, point):
    """Whether a question, in words, is true of a point."""
    name, rest = re.fullmatch(r"(\w+) (.*)\?", question).groups()
    at = [v.name for v in DOMAIN.variables].index(name)
    variable, value = DOMAIN.variables[at], point[at]
    if rest.startswith("= "):
        return variable.labels[value] == rest[2:]
    if rest.startswith("in "):
        return variable.labels[value] in re.findall(r"\w+", rest)
    column, threshold = re.fullmatch(r"(?:column (\d+) )?<= (\S+)", rest).groups()
    return float(variable.encoding[value][int(column or 0)]) <= float(threshold)


def follow(nodes, point):
    """The class that a tree, read as (words, {answer: node}), gives a point."""
    words, branches = nodes[0]
    while branches:
        words, branches = nodes[branches["yes" if holds(words, point) else "no"]]
    return int(words.removeprefix("class "))


def read_text(text):
    nodes, path = [], []
    for line in text.splitlines():
        depth, answer, words = re.fullmatch(
            r"((?:[│ ] {2})*)(?:[├└]─ (yes|no): )?(.*)", line
        ).groups()
        level = len(depth) // 3 + (answer is not None)
        nodes.append((words, {}))
        path[level:] = [len(nodes) - 1]
        if answer:
            nodes[path[level - 1]][1][answer] = len(nodes) - 1
    return nodes


def read_svg(text):
    root = ElementTree.fromstring(text)
    labels = iter([t.text for t in root.iter(f"{SVG}text") if t.attrib.get("class") == "branch"])
    boxes = [(g.find(f"{SVG}title").text, g.attrib["class"]) for g in root.iter(f"{SVG}g")]
    nodes = [(words, {}) for words, _ in boxes]
    left_out = [
        (i, [next(labels), next(labels)]) for i, (_, kind) in enumerate(boxes) if kind == "test"
    ]
    wanted = dict(left_out)
    open_nodes = []
    for i in range(len(boxes)):  # in pre-order: the next box belongs to the last open test
        if open_nodes:
            nodes[open_nodes[-1]][1][wanted[open_nodes[-1]].pop(0)] = i
            while open_nodes and not wanted[open_nodes[-1]]:
                open_nodes.pop()
        if i in wanted:
            open_nodes.append(i)
    return nodes


@pytest.mark.parametrize("seed", seeds(range(12)))
@pytest.mark.parametrize("to", ["text", "svg"])
def test_a_reader_of_the_drawing_answers_as_the_tree(to, seed, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    tree = random_tree(np.random.default_rng(seed), DOMAIN, 3)
    write_domain("domain.json", DOMAIN)
    write_tree("tree.json", tree)
    assert run(["export", "tree.json", "--to", to, "--domain", "domain.json"]) == 0
    nodes = {"text": read_text, "svg": read_svg}[to](capfd.readouterr().out)
    assert len(nodes) == len(tree.nodes)
    for point in all_points(DOMAIN):
        assert follow(nodes, point) == tree_class(tree, DOMAIN.encode(point))
