"""A few of the random trees that `python -m tests.benchmarks exports` writes and runs."""

from __future__ import annotations

import shutil

from tests.formats.export_fuzz import FORMATS, fuzz


def test_exports_answer_as_the_tree(tmp_path):
    compilers = {"c": "cc", "java": "javac"}
    formats = [to for to in FORMATS if to not in compilers or shutil.which(compilers[to])]
    counts = fuzz(range(100_000, 100_150), tmp_path, formats)
    assert counts.wrong == []
    assert counts.written["sql"] == counts.written["json"] == 150
    assert 0 < counts.refused["onnx"] < 30 and counts.written["sklearn"] > 20
    assert counts.written["python"] > 140 and counts.answers["python"] > 2000
