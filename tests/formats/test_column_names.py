"""Columns that are called as one value of a variable: matched by that value, or refused."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.load import load_model
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network, exact_classes
from verifier.model.variable import Variable

pandas = pytest.importorskip("pandas")
pytest.importorskip("sklearn")
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

FINALS = [LogisticRegression(C=1e6), DecisionTreeClassifier(), RandomForestClassifier(3)]
NUMBER = lp.Domain.range("n", 0, 1).variables[0]


def _variable(name: str, *encoding: tuple[int, ...], labels: str = "rg") -> Variable:
    half = (Fraction(1, 2),) * 2
    rows = tuple(tuple(map(Fraction, row)) for row in encoding)
    return Variable(name, tuple(labels), rows, half)


def _points(domain: Any) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(v.count) for v in domain.variables)))


def _fitted(final: Any, domain: Any, names: list[str], told: Any) -> tuple[Any, list[int]]:
    """A model of a table in which each name holds what ``told`` makes of a point."""
    rows = [{name: float(told(name, p)) for name in names} for p in _points(domain)]
    frame = pandas.DataFrame(rows * 9)
    answers = np.arange(len(rows)) % 3 > 0
    model = final.fit(frame, np.tile(answers, 9).astype(int))
    return model, model.predict(frame[: len(rows)]).tolist()


def _ours(model: Any, domain: Any) -> list[int]:
    read = load_model(model, columns=domain.columns, domain=domain)
    if isinstance(read, Network):
        return list(exact_classes(read, domain, _points(domain)))
    return [read.class_at(domain.encode(p)) for p in _points(domain)]


def _told(domain: Any) -> Any:
    """What get_dummies writes: 1 for the value that the name ends in."""

    def told(name: str, point: tuple[int, ...]) -> bool:
        known = {v.name: (v, k) for v, k in zip(domain.variables, point, strict=True)}
        if name in known:
            return bool(known[name][1])
        v, k = known[name.rpartition("_")[0]]
        return bool(v.label(k) == name.rpartition("_")[2])

    return told


def test_a_value_whose_column_stands_elsewhere_is_matched_by_its_meaning():
    domain = Domain((_variable("c", (0, 1), (1, 0)), NUMBER))
    for names in (["c_r", "c_g", "n"], ["n", "c_g", "c_r"]):
        model, said = _fitted(LogisticRegression(C=1e6), domain, names, _told(domain))
        assert _ours(model, domain) == said


@pytest.mark.parametrize("final", FINALS, ids=lambda m: type(m).__name__)
def test_a_value_that_is_no_column_is_refused(final):
    for encoding in (((0,), (1,)), ((1, 1), (0, 1))):
        domain = Domain((_variable("c", *encoding), NUMBER))
        names = ["c_r", "n"] if len(encoding[0]) == 1 else ["c_g", "o", "n"]
        model, _ = _fitted(final, domain, names, lambda name, p: p[name == "n"] == 0)
        with pytest.raises(LeafproofError, match=r'calls its column 0 "c_[rg]", but by place'):
            _ours(model, domain)


@pytest.mark.parametrize("final", FINALS, ids=lambda m: type(m).__name__)
def test_the_second_of_two_values_is_the_variables_column(final):
    domain = Domain((_variable("c", (0,), (1,)), NUMBER))
    model, said = _fitted(final, domain, ["c_g", "n"], _told(domain))
    assert _ours(model, domain) == said
    model, _ = _fitted(final, domain, ["o", "c_g"], lambda name, p: p[name == "o"])
    with pytest.raises(LeafproofError, match='calls its column 1 "c_g"'):
        _ours(model, domain)


@pytest.mark.parametrize("final", FINALS, ids=lambda m: type(m).__name__)
def test_a_name_of_two_columns_is_refused(final):
    one, other = _variable("a", (1, 0), (0, 1)), _variable("a_r", (0,), (1,), labels="xy")
    model, _ = _fitted(final, Domain((one, other)), ["a_r", "a_g"], lambda _, p: p[0])
    with pytest.raises(LeafproofError, match='"a_r", which may be "a_r" or "r of a"'):
        _ours(model, Domain((one, other)))


def test_variables_that_the_model_names_all_are_no_values_of_others():
    domain = Domain((_variable("a", (0,), (1,), labels="rg"), _variable("a_g", (0,), (1,))))
    for names in (["a", "a_g"], ["a_g", "a"]):
        model, said = _fitted(DecisionTreeClassifier(), domain, names, _told(domain))
        assert _ours(model, domain) == said


@pytest.mark.parametrize("final", FINALS, ids=lambda m: type(m).__name__)
def test_an_imputer_of_numbers_that_stand_for_missing_is_refused_where_they_occur(final):
    x = np.array([[k % 50] for k in range(200)], float)
    pipeline = make_pipeline(SimpleImputer(missing_values=49), final)
    model = pipeline.fit(x, (x[:, 0] > 24).astype(int))
    rare = lp.Domain.product(lp.Domain.range("n", 0, 49))
    with pytest.raises(LeafproofError, match='takes "49" for a missing value of "n"'):
        _ours(model, rare)
    common = lp.Domain.product(lp.Domain.range("n", 0, 48))
    assert _ours(model, common) == model.predict(x[:49]).tolist()


@pytest.mark.parametrize("final", FINALS)
@pytest.mark.parametrize("also_missing", [False, True])
def test_a_column_of_a_text_called_missing_is_of_that_text(final: Any, also_missing: bool) -> None:
    """It was read as the column that is 1 where a value is missing."""
    texts = ["a", None, "missing", "b"] if also_missing else ["a", "missing", "b"]
    frame = pandas.DataFrame({"A": texts * 12, "n": [0, 1] * (6 * len(texts))})
    dummies = pandas.get_dummies(frame)
    assert "A_missing" in dummies
    model = final.fit(dummies, (frame.A == "missing").to_numpy())
    domain = lp.Domain.from_frame(frame)
    made = lp.distill(model, domain)
    assert made.verdict == "equivalent"
    said = model.predict(dummies).astype(str)
    assert (made.tree.predict(frame, domain=domain, names=True) == said).all()
