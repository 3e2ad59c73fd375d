"""A tree in Python whose first line names another encoding was read as UTF-8: comments held code.

Python decodes a file as its first lines say; by some encodings a line of comment ends early. And a
module could be imported by the name ``float``, which a tree calls.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import verifier as lp
from verifier.formats.code_ensembles import read_forest
from verifier.formats.heads import NOTHING
from verifier.model.errors import LeafproofError, TreeError

BODY = b"def f(x):\n    return 0\n"
HIDDEN = {
    "utf-7": b"# coding: utf-7\ndef f(x):\n    # +AAo-    return 1\n    return 0\n",
    "unicode_escape": b"# coding: unicode_escape\ndef f(x):\n    # \\n    return 1\n    return 0\n",
    "raw": b"#\n# coding: raw_unicode_escape\ndef f(x):\n    # \\u000a    return 1\n    return 0\n",
    "none that there is": b"# coding: none\n" + BODY,
    "latin-1 of texts": "# coding: latin-1\ndef f(x):\n    return 'é'\n".encode(),
}
PLAIN = {
    "utf-8": b"#!/usr/bin/python\n# -*- coding: utf8 -*-\n" + BODY,
    "latin-1 of ASCII": b"# coding: latin-1\n" + BODY,
    "a mark": b"\xef\xbb\xbf" + BODY,
    "behind two lines": b"\n\n# coding: utf-7\n" + BODY,
}


def run(path: Path) -> object:
    """What the file's function answers, as Python reads it."""
    held: dict[str, object] = {}
    exec(compile(path.read_bytes(), str(path), "exec"), held)
    function = held["f"]
    assert callable(function)
    return function([0.0])


@pytest.mark.parametrize("name", HIDDEN)
def test_files_in_other_encodings_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "tree.py"
    path.write_bytes(HIDDEN[name])
    if "return 1" in HIDDEN[name].decode():
        assert run(path) == 1  # and 0 was read
    for read in (lp.load_tree, lambda p: read_forest(p, None, 1, NOTHING)):
        with pytest.raises(TreeError, match="it names another encoding than UTF-8"):
            read(path)


@pytest.mark.parametrize("name", PLAIN)
def test_files_that_are_read_alike_are_taken(name: str, tmp_path: Path) -> None:
    path = tmp_path / "tree.py"
    path.write_bytes(PLAIN[name])
    assert run(path) == lp.load_tree(path).class_at([0.0]) == 0


def test_no_module_takes_the_name_of_what_is_called(tmp_path: Path) -> None:
    tree, forest = tmp_path / "tree.py", tmp_path / "forest.py"
    body = "def f(x):\n    if float(x[0]) <= 0.5:\n        return 0\n    return 1\n"
    tree.write_text(f"import helper as float\n{body}", "utf-8")
    with pytest.raises(TreeError, match="1 other statements"):
        lp.load_tree(tree)
    tree.write_text(f"import math, numpy as np\n{body}", "utf-8")
    assert lp.load_tree(tree).class_at([1.0]) == 1
    code = "def f(x):\n    return [0.25 + 0.5, 0.5 + 0.0]\n"
    for line in ("import numpy as math", "import math as zip", "import helper"):
        forest.write_text(f"{line}\n{code}", "utf-8")
        with pytest.raises(LeafproofError, match="line 1: it does something outside"):
            read_forest(forest, None, 1, NOTHING)
