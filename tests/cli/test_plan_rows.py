"""``leafproof bounds plan --rows``: a table's rows are samples, and the commands are about it."""

from __future__ import annotations

import json
import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from theory import catalogue
from verifier.cli.main import run
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree

ROWS = 60
DELTA = "1/1000"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A network and a tree over a column in bins and one of two values, and a table of rows."""
    where = tmp_path_factory.mktemp("rows")
    names = {k: str(where / k) for k in ("net.onnx", "tree.json", "domain.json", "rows.csv")}
    table = [f"{i * 7 % 50},{i % 2}" for i in range(ROWS)]
    Path(names["rows.csv"]).write_text("a,b\n" + "\n".join(table) + "\n")
    assert run(["domain", names["rows.csv"], "--bins", "a=10,30", "-o", names["domain.json"]]) == 0
    Network(2, (Affine(0, np.array([[1.0, 4]], np.float32), np.array([-22.0], np.float32)),)).save(
        names["net.onnx"]
    )
    Tree((Inner(0, Fraction(10), 1, 2), Leaf(0), Leaf(1))).save(names["tree.json"])
    return names


def _planned(
    capsys: pytest.CaptureFixture[str], files: dict[str, str], *words: str
) -> dict[str, dict[str, Any]]:
    about = ["bounds", "plan", files["net.onnx"], files["tree.json"]]
    about += ["--domain", files["domain.json"], "--rows", files["rows.csv"]]
    capsys.readouterr()
    assert run([*about, "--delta", DELTA, "--json", *words]) == 0
    return {w["way"]: w for w in json.loads(capsys.readouterr().out)["ways"]}


def test_rows_alone_are_as_many_samples(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    ways = _planned(capsys, files)
    assert ways == _planned(capsys, files, "--samples", str(ROWS))
    found = catalogue["clopper-pearson"].evaluate(errors=0, n=ROWS, delta=DELTA)
    assert Fraction(ways[f"the table's {ROWS} rows"]["error"]) == Fraction(found.upper)


def test_a_table_has_the_rows_that_it_has(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It was said that fewer samples show what all rows do, and that no number of samples would."""
    few = _planned(capsys, files, "--samples", "20")[f"the table's {ROWS} rows"]
    assert few["samples"] == ROWS and not few["cheapest"]
    wanted = _planned(capsys, files, "--epsilon", "1/100")[f"the table's {ROWS} rows"]
    assert wanted["not"].startswith("they show at most about 0.1088")
    enough = _planned(capsys, files, "--epsilon", "1/5")[f"the table's {ROWS} rows"]
    assert enough["samples"] == ROWS and not enough["not"]


def test_the_command_draws_the_rows_as_points_of_the_domain(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without the domain a number would be drawn as it stands, and not as the value of its bin."""
    ways = _planned(capsys, files, "--epsilon", "1/4")
    words = shlex.split(ways[f"draw some of the table's {ROWS} rows"]["command"])
    path = tmp_path / "rows.test"
    assert run([*words[1:], "-o", str(path)]) == 2
    tested = lp.check(path)
    held = lp.Domain.from_file(files["domain.json"])
    assert tested.matter.domain.variables[0].labels == held.variables[0].labels


def test_more_errors_than_samples_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bounds", "plan", "--samples", "100", "--errors", "200"]) == 3
    said = capsys.readouterr().err
    assert said == ("leafproof: errors is 200: give how many of the samples disagree, 0 to 100\n")
