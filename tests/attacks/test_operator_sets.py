"""A file that imports its operator set twice was refused with "export with opset 7 to 28".

skl2onnx writes ai.onnx twice in the same version, which means what it says; different versions of
one set are refused, saying what is wrong and which versions this installation reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.attacks.heads_cases import ML, model, node
from tests.formats.onnx_models import unrun
from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError

NODES = [
    node(
        *("LinearClassifier", "x", "y", ML),
        coefficients=[-1.0, 0.0, 1.0, 0.0],
        intercepts=[0.0, 0.0],
        classlabels_ints=[0, 1],
    )
]
READS = f"this installation reads 7 to {onnx.defs.onnx_opset_version()}"


@pytest.mark.parametrize(
    "opsets",
    [
        [(ML, 1), ("", 22), ("", 22)],
        [("", 22), ("ai.onnx", 22), (ML, 3), (ML, 3)],
        [(ML, 1)],
    ],
)
def test_the_same_version_twice_is_one_version(
    opsets: Sequence[tuple[str, int]], tmp_path: Path
) -> None:
    path = model(tmp_path / "net.onnx", NODES, {"y": 7}, {}, opsets=opsets)
    with unrun():
        assert load_onnx(path).labels == ("0", "1")


@pytest.mark.parametrize(
    ("opsets", "words"),
    [
        ([("", 13), ("", 22), (ML, 1)], ["ONNX operators", "more than once", "13, 22", READS]),
        ([("", 13), ("ai.onnx", 14), (ML, 1)], ["more than once", "13, 14", READS]),
        ([("", 13), (ML, 1), (ML, 3)], ["ai.onnx.ml are imported more than once", "1, 3"]),
        ([("", 99), (ML, 1)], ["ONNX operators is 99", READS]),
        ([("", 13), (ML, 99)], ["ai.onnx.ml is 99", "reads 1 to"]),
        ([("", 13), (ML, 0)], ["ai.onnx.ml is 0"]),
        ([("", 13)], ["ai.onnx.ml is missing"]),
    ],
)
def test_what_is_wrong_is_said(
    opsets: Sequence[tuple[str, int]], words: list[str], tmp_path: Path
) -> None:
    path = model(tmp_path / "net.onnx", NODES, {"y": 7}, {}, opsets=opsets)
    with pytest.raises(NetworkError) as caught:
        load_onnx(path)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_set_that_is_used_must_be_imported(tmp_path: Path) -> None:
    weight = {"w": np.ones((2, 1), np.float32)}
    nodes = [node("MatMul", "x w", "y")]
    path = model(tmp_path / "net.onnx", nodes, {"y": 1}, weight, opsets=[(ML, 3)])
    with pytest.raises(NetworkError, match="of the ONNX operators is missing"):
        load_onnx(path)
