"""``leafproof domain`` on tables in files."""

from __future__ import annotations

import json

import numpy as np
import pytest

import verifier as lp
from verifier.cli.main import run
from verifier.model.network import Affine, Network

pandas = pytest.importorskip("pandas")

CSV = "colour,age,ok,y\nred,18,1,a\nblue,30,0,b\nred,41,1,a\ngreen,18,0,b\n"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(CSV)
    return path


def test_a_table_becomes_a_domain_file(data, tmp_path, capsys):
    made = tmp_path / "d.json"
    assert run(["domain", str(data), "--target", "y", "-o", str(made)]) == 0
    said = capsys.readouterr().out
    assert "colour  categorical  3 categories: blue, green, red" in said
    assert "4 rows" in said and "--categorical" in said
    assert lp.Domain.from_file(made) == lp.Domain.from_frame(data, "y")


def test_what_is_shown_can_be_corrected(data, capsys):
    words = ["domain", str(data), "--drop", "y", "--categorical", "ok", "--bins", "age=18,35"]
    assert run([*words, "--distribution", "uniform", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    kinds = {v["name"]: (v["kind"], v["values"]) for v in found["variables"]}
    assert kinds == {"colour": ("categorical", 3), "age": ("bins", 3), "ok": ("categorical", 2)}
    assert found["points"] == 18 and found["left_out"] == ["y"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_tree_of_dependence_says_its_smoothing_and_what_is_impossible(tmp_path, capsys, ending):
    """No x is q, no z is p: 4 of 12 combinations; y is p or q, so often as it is in the rows."""
    rows = [("x", "p")] * 40 + [("y", "p")] * 30 + [("y", "q")] * 10 + [("z", "q")] * 40
    table = pandas.DataFrame([(*r, i % 2) for i, r in enumerate(rows)], columns=["a", "b", "c"])
    path, made = tmp_path / f"t.{ending}", tmp_path / "d.json"
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    words = ["domain", str(path), "--distribution", "tree", "-o", str(made)]
    assert run(words) == 0
    said = capsys.readouterr().out
    assert "tree, smoothed by 1 row added in each leaf, 4 combinations of values impossible" in said
    found = lp.Domain.from_file(made)
    assert [found.possible((a, b, 0)) for a in range(3) for b in range(2)] == [
        True, False, True, True, False, True,
    ]  # fmt: skip
    assert run([*words[:-2], "--smoothing", "5/2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["smoothing"] == "5/2"


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("a,a\n1,2\n", [], 'two columns are named "a"'),
        ("a,\n1,2\n", [], "column 2 has no name"),
        ("a,b\n1,2\n3,4,5\n", [], "can be read: line 3 holds 3 values, where 2 are expected: put"),
        (
            'a,b\n1,2\n3,"4\n',
            [],
            "can be read: a quote in row 3 (the names are row 1) is never clo",
        ),
        ("# a title\na,b\n1,2\n", [], "more than the 1 column that the first one names (leave out"),
        ("", [], "not a table that can be read: it is empty: the first line"),
        ("a,b\n1,inf\n2,3\n", [], '"b" is infinite in row 1'),
        ("a,b\n1,2\n1,3\n", [], '"a" holds one value'),
        (CSV, ["--target", "z"], 'no column "z" to be the target: the columns are "'),
        (CSV, ["--bins", "few"], "give a number of bins"),
        pytest.param(CSV, ["--bins", "9" * 5000], "9: give a number of bins", id="many digits"),
        (CSV, ["--bins", "3", "--bins", "4"], "name the column"),
        (CSV, ["--values", "age", "--range", "age"], "age is to be values and range"),
        (CSV, ["--smoothing", "much"], "smoothing"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(tmp_path, capsys, text, more, message):
    (tmp_path / "t.csv").write_text(text)
    made = tmp_path / "d.json"
    assert run(["domain", str(tmp_path / "t.csv"), "-o", str(made), *more]) == 3
    said = capsys.readouterr()
    assert message in said.err and said.err.count("\n") == 1 and not said.out
    assert not made.exists()


def test_files_that_are_no_tables(tmp_path, capsys):
    (tmp_path / "x.parquet").write_bytes(b"PAR1 not")
    for name in ("x.parquet", "gone.csv", "x.xlsx"):
        assert run(["domain", str(tmp_path / name)]) == 3
        assert capsys.readouterr().err.count("\n") == 1


def test_a_first_line_without_end_is_one_line(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("x" * (1 << 18))
    assert run(["domain", str(tmp_path / "t.csv")]) == 3
    said = capsys.readouterr().err
    assert "not a table that can be read: field larger than" in said and said.count("\n") == 1


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_tables_of_more_numbers_than_memory_are_not_read(tmp_path, capsys, monkeypatch, ending):
    """Ten million equal numbers are a Parquet file of some kilobytes."""
    rows, path = (100, 10**7)[ending == "parquet"], tmp_path / f"t.{ending}"
    table = pandas.DataFrame({"a": np.zeros(rows, np.int8)})
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    monkeypatch.setenv("LEAFPROOF_MEMORY", "100M" if ending == "parquet" else "100")
    assert path.stat().st_size < 100_000
    assert run(["domain", str(path)]) == 3
    said = capsys.readouterr().err
    assert "more than the limit of" in said and said.count("\n") == 1


@pytest.mark.parametrize("name", ["t.csv", "T.PARQUET"])
def test_a_table_in_place_of_a_domain_is_told_what_to_do(tmp_path, name):
    (tmp_path / name).write_text(CSV)
    with pytest.raises(lp.LeafproofError, match="is a table: leafproof domain makes"):
        lp.Domain.from_file(tmp_path / name)
    (tmp_path / "t.json").write_text(CSV)
    with pytest.raises(lp.LeafproofError, match="not a JSON value"):
        lp.Domain.from_file(tmp_path / "t.json")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_bins_lie_where_a_model_in_a_file_answers_otherwise(tmp_path, capsys, ending):
    """Its inputs are the domain's columns: of what may be missing two, of a text one a category."""
    rng = np.random.default_rng(2)
    x = pandas.DataFrame(
        {"a": np.arange(400) / 4, "c": rng.choice(["p", "q"], 400), "y": np.arange(400) % 2}
    )
    x["b"] = np.where(rng.random(400) < 0.1, np.nan, np.round(rng.normal(size=400), 3))
    table, model = tmp_path / f"t.{ending}", tmp_path / "m.onnx"
    x.to_csv(table, index=False) if ending == "csv" else x.to_parquet(table)
    # a > 93, one of 100, of p alone, and of b that is there: columns a, p, q, b, b missing
    layer = Affine(0, np.array([[1.0, 50.0, -50.0, 0.0, -1000.0]]), np.array([-143.0]))
    Network(5, (layer,)).save(model)
    words = ["domain", str(table), "--target", "y", "--bins", "4", "--json"]
    assert run(words) == 0
    plain = json.loads(capsys.readouterr().out)["variables"][0]["words"]
    assert "about as many rows in each" in plain and "93" not in plain
    assert run([*words, "--model", str(model)]) == 0
    told = json.loads(capsys.readouterr().out)
    a = told["variables"][0]["words"]
    assert "as the model's answers tell" in a and "at most 93.125" in a
    assert not any("otherwise" in note for note in told["notes"])
    assert run(["domain", str(table), "--bins", "4", "--model", str(model)]) == 3  # no target
    said = capsys.readouterr().err
    assert f"{model} takes 5 columns, but those of the table are 6" in said
    assert '"y" (1)' in said and "--target COLUMN" in said and "--drop COLUMN" in said
