"""A test that drew a table's rows as points of a domain is asked again with both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import verifier as lp
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree

TREE = Tree((Leaf(1),))


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A network's file, a table, and the test of its rows."""
    net, rows, test = tmp_path / "net.onnx", tmp_path / "rows.csv", tmp_path / "rows.test"
    Network(2, (Affine(0, np.array([[1, 1]], np.float32), np.array([-1.5], np.float32)),)).save(net)
    rows.write_text("a,b\n1,1\n0,1\n1,1\n", encoding="utf-8")
    lp.test(net, TREE, space(), rows=rows, output=test)
    return net, rows, test


def space() -> lp.Domain:
    """Two bits by the names of the table's columns."""
    return lp.Domain.product(lp.Domain.ordinal("a", [0, 1]), lp.Domain.ordinal("b", [0, 1]))


def test_it_is_asked_again_with_its_rows(made: tuple[Path, Path, Path], tmp_path: Path) -> None:
    net, rows, test = made
    assert lp.check(test, against=(net, TREE, space()), rows=rows).asked_again == 3
    with pytest.raises(InvalidProof, match=r"give that table, too \(--rows\)"):
        lp.check(test, against=(net, TREE, space()))
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,1\n0,1\n0,1\n", encoding="utf-8")
    with pytest.raises(InvalidProof, match="about another domain"):
        lp.check(test, against=(net, TREE, space()), rows=other)


def test_rows_of_nothing_are_refused(made: tuple[Path, Path, Path], tmp_path: Path) -> None:
    net, rows, test = made
    with pytest.raises(LeafproofError, match="rows say what the domain of --against is"):
        lp.check(test, rows=rows)
    proof = tmp_path / "proof"
    lp.certify(net, TREE, space(), output=proof)
    with pytest.raises(LeafproofError, match="rows are what a test draws from"):
        lp.check(proof, against=(net, TREE, space()), rows=rows)
