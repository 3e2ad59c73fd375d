"""Bins by a model: cut where its own answers at the rows tell."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.frame_choices import Kind
from verifier.formats.frame_columns import column
from verifier.formats.frame_cuts import chosen

pandas = pytest.importorskip("pandas")

from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402


def table() -> Any:
    """Two numbers of many values, one of which may be missing, and a text."""
    rng = np.random.default_rng(3)
    x = pandas.DataFrame(
        {
            "a": np.round(rng.gamma(0.5, size=240), 4),
            "job": rng.choice(["cook", "nurse"], 240),
            "b": np.round(rng.normal(size=240), 4),
        }
    )
    x.loc[::9, "b"] = np.nan
    return x


def in_bins(x: Any, read: Any) -> Any:
    """The rows with what stands for their bins, found from the labels that the domain shows."""
    found = x.copy()
    for r in read.read:
        if r.kind == Kind.BINS:
            numbers = [float(r.variable.row(i)[0]) for i in range(r.variable.count)]
            binned = [numbers[i] for i in r.index]
            found[r.name] = np.where(x[r.name].isna(), np.nan, binned)
    return found


def steps(x: Any) -> DecisionTreeClassifier:
    """A model that answers otherwise above a tenth of the rows of a, and above a third of b's."""
    high = (x.a > np.quantile(x.a, 0.93)) | (x.b.fillna(-9) > np.nanquantile(x.b, 0.63))
    return DecisionTreeClassifier(random_state=0).fit(x[["a", "b"]].fillna(-9).to_numpy(), high)


def test_bins_by_the_model_lose_nothing_of_steps_where_quantiles_do() -> None:
    x = table().drop(columns="job").fillna(-9)
    model = steps(x)  # fitted to an array: it has no names
    plain, told = (lp.read_frame(x, bins=3, **own) for own in ({}, {"model": model}))
    assert [r.variable.count for r in told.read] == [3, 3]
    own = model.predict(x.to_numpy())
    assert (model.predict(in_bins(x, plain).to_numpy()) != own).sum() > 9
    assert (model.predict(in_bins(x, told).to_numpy()) == own).all()
    assert not any("otherwise" in note for note in told.notes)
    assert "as the model's answers tell" in str(told)
    again = lp.read_frame(x.to_numpy(), bins=3, model=model)
    assert [v.labels for v in again.domain.variables] == [v.labels for v in told.domain.variables]


class Between:
    """A model of one number that answers 1 on a part of it only."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def predict(self, rows: Any) -> Any:
        """By the first column."""
        return ((rows[:, 0] > self.low) & (rows[:, 0] <= self.high)).astype(int)


@pytest.mark.parametrize("told", [True, False])
def test_bins_by_quantile_are_kept_where_they_lose_fewer_answers(
    monkeypatch: Any, told: Any
) -> None:
    """Whatever trees cut: here they are made to cut in the wrong place, or in the right one."""
    x = pandas.DataFrame({"a": np.arange(100.0), "b": np.arange(100.0)[::-1]})
    model = Between(24.0, 49.0) if not told else Between(11.0, 12.0)
    places = [(10, 1.0), (11, 1.0), (12, 1.0)]  # after the values 10, 11 and 12
    cuts = {"a": places, "b": [(50, 1.0)]}
    monkeypatch.setattr("verifier.formats.frames.cuts_of", lambda *_: cuts)
    read = lp.read_frame(x, bins=4, model=model)
    found = read.read[0].words
    assert ("as the model's answers tell" in found) is told, found
    assert read.read[0].words.startswith("4 bins")
    lost = model.predict(in_bins(x, read).to_numpy()) != model.predict(x.to_numpy())
    assert not lost.any() and not any("otherwise" in note for note in read.notes)


def test_a_note_counts_the_rows_where_the_model_itself_answers_otherwise() -> None:
    x = table()
    numbers = make_pipeline(StandardScaler())
    first = make_column_transformer((numbers, ["a"]), (OneHotEncoder(), ["job"]))
    score = 3 * x.a - (x.job == "cook")
    model = make_pipeline(first, LogisticRegression()).fit(x, score > np.median(score))
    read = lp.read_frame(x.assign(goal=1), "goal", bins=2, model=model)
    lost = int((model.predict(in_bins(x, read)) != model.predict(x)).sum())
    assert lost and sum(f"at {lost} of 240 rows" in note for note in read.notes) == 1
    more = lp.read_frame(x, bins=60, model=model)
    assert int((model.predict(in_bins(x, more)) != model.predict(x)).sum()) < lost / 2


def test_a_column_of_few_values_and_edges_that_are_given_are_left_alone() -> None:
    x = table().fillna(-9).drop(columns="job").assign(c=[0, 1, 2] * 80)
    model = DecisionTreeClassifier(random_state=0).fit(x, x.a > 0.2)
    read = lp.read_frame(x, bins={"b": [0.5], "a": 4}, model=model)
    kinds = [str(r.kind) for r in read.read]
    assert kinds == ["bins", "bins", "range"] and "as given" in read.read[1].words
    assert read.read[1].variable.labels == ("at most 0.5", "above 0.5")


def test_as_many_bins_as_asked_for_or_as_there_are_values() -> None:
    rng = random.Random(0)
    for _ in range(300):
        values = rng.randint(2, 12)
        rows = [*range(values), *(rng.randrange(values) for _ in range(rng.randint(0, 40)))]
        c = column("c", pandas.Series([x / 7 for x in rows]))
        cuts = [(rng.randrange(values - 1), rng.random()) for _ in range(rng.randint(0, 30))]
        bins = rng.randint(2, 9)
        found = chosen(c, cuts, bins)
        assert list(found) == sorted(set(found)) and found[0] >= 0 and found[-1] < values - 1
        assert len(found) == min(bins, values) - 1
        if len(places := {x for x, _ in cuts}) < bins:
            assert places <= set(found)


class Answers:
    """A model that answers what it is told to."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers

    def predict(self, rows: Any) -> Any:
        """Whatever the rows."""
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (object(), "has no predict"),
        (Answers(ValueError("no such\nthing")), "does not answer at the table's rows: no such"),
        (Answers(np.zeros((240, 2))), r"shape \(240, 2\): bins by a model need one class"),
        (Answers(np.arange(240)), "has 240 different answers at 240 rows"),
        (
            LinearRegression().fit(pandas.DataFrame({"z": [0, 1]}), [0, 1]),
            'fitted to "z", which the table lacks',
        ),
    ],
)
def test_models_that_do_not_answer_with_classes_are_refused(model: Any, words: str) -> None:
    with pytest.raises(lp.LeafproofError, match=words) as told:
        lp.read_frame(table(), bins=3, model=model)
    assert "\n" not in str(told.value)
