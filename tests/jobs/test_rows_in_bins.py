"""Rows whose numbers stand in bins: at how many a model answers otherwise as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats import frame_rows

pandas = pytest.importorskip("pandas")

from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer  # noqa: E402

AGES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
ROWS = pandas.DataFrame({"age": AGES, "job": ["cook", "nurse"] * 4})
BINS = {"age": [4.0]}
"""Two bins of four rows; the lower medians of their rows, 2 and 6, stand for them."""
LOST = "the model answers otherwise than at their bins' values"


def above(limit: float, *steps: Any, rows: Any = ROWS[["age"]]) -> Any:
    """A pipeline that answers 1 where the one number after these steps is above the limit."""
    model = make_pipeline(*steps, LogisticRegression()).fit(rows, ROWS.age > 4)
    model[-1].coef_, model[-1].intercept_ = np.array([[1.0]]), np.array([-limit])
    return model


def said(model: Any, rows: Any, domain: Any) -> list[str]:
    """The notes of a tree's making that tell of bins' losses."""
    made = lp.distill(model, domain, rows=rows)
    tree = lp.certify(model, made.tree, domain, rows=rows)
    assert made.on_rows == tree.on_rows == lp.OnRows(len(rows), 0) and made.error == (0, 0)
    found = [note for note in made.notes if LOST in note]
    assert found == [note for note in tree.notes if LOST in note]
    return found


@pytest.mark.parametrize(("limit", "lost"), [(2.5, 2), (4.5, 0), (6.5, 2), (7.5, 1), (0.5, 0)])
@pytest.mark.parametrize("frame", [True, False])
def test_rows_are_counted_where_the_model_tells_them_from_their_bins(
    limit: float, lost: int, frame: bool
) -> None:
    """Above 2.5 are 3 and 4, whose bin is 2; above 6.5 are 7 and 8, whose bin is 6."""
    rows = ROWS[["age"]]
    domain = lp.Domain.from_frame(rows, bins=BINS)
    found = said(above(limit), rows if frame else rows.to_numpy(), domain)
    assert len(found) == bool(lost)
    assert all(note.startswith(f"at {lost} of 8 rows {LOST}") for note in found)


def test_a_function_of_the_number_is_asked_at_the_rows_own_numbers() -> None:
    """Its square is above 10 of 4, and of 2 it is not."""
    model = above(10.0, FunctionTransformer(np.square, feature_names_out="one-to-one"))
    rows = ROWS[["age"]]
    (note,) = said(model, rows, lp.Domain.from_frame(rows, bins=BINS))
    assert note.startswith("at 1 of 8 rows"), note


def test_what_is_missing_and_texts_are_left_as_they_are() -> None:
    """The bins' values are 3 and 6; what is missing counts as 5, in bins and without."""
    rows = ROWS.assign(age=[None, *AGES[1:]])
    first = make_column_transformer((SimpleImputer(), ["age"]))
    domain = lp.Domain.from_frame(rows, bins=BINS)
    (note,) = said(above(6.5, first, rows=rows), rows, domain)
    assert note.startswith("at 2 of 8 rows"), note


def test_infinite_numbers_in_an_array_count_as_their_bins_and_nothing_is_said() -> None:
    domain = lp.Domain.from_frame(ROWS[["age"]], bins=BINS)
    assert not said(above(6.5), np.array([[1.0], [8.0], [np.inf]]), domain)


def test_of_many_numbers_fewer_rows_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that looks 15,000 numbers up took four seconds to be read for this note alone."""
    monkeypatch.setattr(frame_rows, "MOST_NUMBERS", 5)
    monkeypatch.setattr(frame_rows, "FEWEST_ASKED", 2)
    found = said(above(2.5), ROWS[["age"]], lp.Domain.from_frame(ROWS[["age"]], bins=BINS))
    assert [note.split(LOST)[0] for note in found] == ["at 2 of the first 4 rows "]


def test_nothing_is_said_without_bins() -> None:
    rows = ROWS[["age"]]
    assert not said(above(2.5), rows, lp.Domain.from_frame(rows))


def test_the_command_says_it_of_a_file(call: Any, tmp_path: Any) -> None:
    """And of more rows than are asked it says how many were."""
    rows = pandas.concat([ROWS[["age"]]] * 600)
    domain = lp.Domain.from_frame(rows, bins=BINS)
    lp.load_network(above(2.5), domain=domain).save(tmp_path / "net.onnx")
    domain.save(tmp_path / "d.json")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    words = ["distill", tmp_path / "net.onnx", "--domain", tmp_path / "d.json"]
    _, out, err = call(*words, "--rows", tmp_path / "rows.csv", "-o", tmp_path / "tree.json")
    said = " ".join((out + err).split())
    assert f"at 1,024 of the first 4,096 rows {LOST}" in said, said
