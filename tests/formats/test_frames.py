"""Tables become domains: what is inferred, what can be corrected, and the probabilities."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction as F

import numpy as np
import pytest

import verifier as lp
from tests.every import seeds
from verifier.formats import frame_bins, frame_points
from verifier.formats.bin_labels import edges_of
from verifier.formats.frame_columns import columns_of, series_of
from verifier.formats.frame_dependence import rounded
from verifier.formats.frame_rows import at_edges, inputs_of, rows_notes, rows_of
from verifier.formats.frames import read_frame
from verifier.formats.variables import number
from verifier.formats.waiting import pausing
from verifier.model.chances import Runs
from verifier.model.given import GivenLeaf
from verifier.model.ordinal import Ordinal
from verifier.model.rows import Rows, rows_from
from verifier.model.tree import Inner, Leaf, Tree

pandas = pytest.importorskip("pandas")


def table(rows: int = 40):
    """A small table of every kind."""
    i = np.arange(rows)
    return pandas.DataFrame(
        {
            "colour": np.array(["red", "green", "blue"])[i % 3],
            "size": np.where(i % 5 == 0, np.nan, i % 4),
            "age": 18 + i,
            "dose": np.round(0.1 * (i % 7), 1),
            "weight": np.sqrt(2.0 + i),
            "kind_a": (i % 2 == 0).astype(int),
            "kind_b": (i % 2 == 1).astype(int),
            "on": i % 3 == 0,
            "class": i % 2,
        }
    )


def test_floats_stand_for_the_decimals_that_they_show():
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**64, 500, dtype=np.uint64).view(np.float64)
    singles = rng.integers(0, 2**32, 200, dtype=np.uint32).view(np.float32)
    for x in (*bits.tolist(), *singles, 5e-324, 1e22, -0.0, 0.1, np.float16(0.1)):
        if math.isfinite(x):
            assert number("x", x) == F(str(x))
        else:
            with pytest.raises(lp.LeafproofError, match="not a finite"):
                number("x", x)


def test_numbers_with_a_unit_and_numbers_as_names_are_noted(tmp_path):
    made = read_frame({"h": ["150 cm", "7cm", "1.5 cm"], "m": ["1 kg", "2 g", "3 g"]})
    assert [x for x in made.notes if "texts like" in x] == [
        'column "h" holds texts like "1.5 cm": if they are numbers, leave "cm" out'
    ]
    path = tmp_path / "t.csv"
    for names, noted in (("a,b", []), ("2019,2020", []), ("a,-1.5", ["-1.5"])):
        path.write_text(f"{names}\n1,2.5\n2,3.5\n")
        said = [x for x in read_frame(path).notes if "taken for names" in x]
        assert [x.split('"')[1] for x in said] == noted


def test_types_are_inferred():
    found = read_frame(table(), "class")
    assert found.kinds == {
        "colour": "categorical",
        "size": "values",
        "age": "range",
        "dose": "range",
        "weight": "values",
        "kind_a": "one-hot",
        "kind_b": "one-hot",
        "on": "values",
    }
    names = [v.name for v in found.domain.variables]
    assert names == ["colour", "size", "age", "dose", "weight", "kind", "on"]
    assert found.left_out == ("class",)
    colour, size, age, dose, weight, kind, on = found.domain.variables
    assert colour.labels == ("blue", "green", "red")
    assert colour.encoding == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert size.labels == ("0", "1", "2", "3", "missing")
    assert size.encoding == ((0, 0), (1, 0), (2, 0), (3, 0), (0, 1))
    assert (age.first, age.step, age.count) == (18, 1, 40)
    assert (dose.first, dose.step, dose.count) == (0, F(1, 10), 7)
    assert weight.count == 40 and weight.encoding[0] == (F(repr(np.sqrt(2.0).item())),)
    assert kind.labels == ("a", "b") and kind.encoding == ((1, 0), (0, 1))
    assert on.labels == ("False", "True")
    assert "size" in found.notes[0] and len(found.notes) == 1
    assert "from 18 to 57" in str(found) and "step 0.1" in str(found)


def test_kinds_can_be_corrected():
    frame = table()
    kinds = {"dose": "categorical", "age": "values", "kind_a": "values", "weight": "bins"}
    found = read_frame(frame, "class", kinds=kinds, drop=["on"])
    assert {**found.kinds, **kinds} == found.kinds
    assert found.kinds["kind_b"] == "range" or found.kinds["kind_b"] == "values"
    named = {v.name: v for v in found.domain.variables}
    assert named["dose"].columns == 7 and named["weight"].count == 8
    assert "on" not in named and "on" in found.left_out
    # what was shown can be handed back as it is
    again = read_frame(frame, "class", kinds=found.kinds, drop="on")
    assert again.domain == found.domain


def test_bins_by_quantile_by_a_tree_and_given():
    x = pandas.DataFrame(
        {"x": [0.5, 1.25, 2.5, 3.75, 5.125, 6.25] * 5, "y": [0, 0, 1, 1, 1, 0] * 5}
    )
    (v,) = lp.Domain.from_frame(x, "y", bins=3).variables
    assert v.labels == ("at most 1.875", "1.875 to 4.4375", "above 4.4375")
    assert v.encoding == ((F(1, 2),), (F(5, 2),), (F(41, 8),))  # lower medians of the data
    assert v.probabilities == (F(1, 3),) * 3
    pytest.importorskip("sklearn")
    (v,) = lp.Domain.from_frame(x, "y", bins="tree").variables
    assert v.labels == ("at most 1.875", "1.875 to 5.6875", "above 5.6875")
    (v,) = lp.Domain.from_frame(x, "y", bins={"x": [0, 1, 6, 10]}).variables
    assert v.labels == ("0 to 1", "1 to 6", "6 to 10")  # the empty ends are left out
    (v,) = lp.Domain.from_frame(x, "y", bins={"x": ["0.9", 2.6, 2.7]}).variables
    assert v.encoding[2] == (F("2.65"),)  # an empty bin between others: its middle


def test_the_labels_of_bins_hold_their_edges():
    labels = "at most -1.5", "-1.5 to 1e-07", "1e-07 to 4", "above 4"
    assert edges_of(labels) == [
        (None, F(-3, 2)),
        (F(-3, 2), F(1, 10**7)),
        (F(1, 10**7), F(4)),
        (F(4), None),
    ]
    assert edges_of(("red", "green")) is None
    assert edges_of(("at most 1", "2 to 3")) is None
    domain = lp.Domain.ordinal("x", [-2, -1, 2, 9])
    named = lp.Domain.encoded("x", labels, [[x] for x in (-2, -1, 2, 9)])
    where = {-9: 0, -1.5: 0, -1: 1, 1e-7: 1, 4: 2, 4.1: 3}
    for x, at in where.items():
        assert rows_of(named, [[x]]).points == ((at,),)
    with pytest.raises(lp.LeafproofError, match="row 1: 4 is no value"):
        rows_of(domain, [[4]])
    ends = lp.Domain.encoded("x", ("0 to 1", "1 to 2"), [[1], [2]])
    assert rows_of(ends, [[1], [2]]).points == ((0,), (1,))
    for x in (0, 2.5):
        with pytest.raises(lp.LeafproofError, match=r"row 1: .* is no value"):
            rows_of(ends, [[x]])


@pytest.mark.parametrize("seed", range(6))
def test_probabilities_are_those_of_the_rows(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(30, 80))
    frame = pandas.DataFrame(
        {
            "a": np.array(["x", "y", "z"])[rng.integers(0, 3, n)],
            "b": rng.integers(0, 4, n) * 2,
            "c": rng.choice([0.25, 1.5, 7.0], n),
        }
    )
    counted = Counter(map(tuple, frame.to_numpy().tolist()))
    independent = lp.Domain.from_frame(frame)
    rows = lp.Domain.from_frame(frame, distribution="rows")
    uniform = lp.Domain.from_frame(frame, distribution="uniform")
    assert rows.size == len(counted)
    for a, b, c in [*counted, ("x", 0, 0.25), ("z", 6, 7.0)]:
        held = zip(rows.variables, (a, str(b), str(F(c))), strict=True)
        point = tuple(v.index(text if text != "7" else "7") for v, text in held)
        if None in point:  # a number that no row has, in values that are listed
            continue
        assert rows.probability(point) == F(counted[a, b, c], n)
        assert rows.possible(point) == ((a, b, c) in counted)
        shares = [F(int((frame[k] == x).sum()), n) for k, x in zip("abc", (a, b, c), strict=True)]
        assert independent.probability(point) == shares[0] * shares[1] * shares[2]
        assert uniform.probability(point) == F(1, uniform.size)


def test_a_tree_of_dependence_finds_what_goes_together():
    rng = np.random.default_rng(1)
    n = 600
    a = rng.integers(0, 3, n)
    b = (a + (rng.random(n) < 0.1)) % 3  # a tells b
    c = rng.integers(0, 50, n)
    frame = pandas.DataFrame(
        {"a": np.array(["r", "s", "t"])[a], "b": np.array(["u", "v", "w"])[b], "c": c}
    )
    domain = lp.Domain.from_frame(frame, distribution="tree")
    assert domain.given is not None
    seen = Counter(zip(a.tolist(), b.tolist(), strict=True))
    total = {k: F(0) for k in [(i, j) for i in range(3) for j in range(3)]}
    for i, j in total:
        total[i, j] = sum(domain.probability((i, j, k)) for k in range(50))
        if (i, j) not in seen:  # of 600 rows some 60 would be there by chance
            assert not total[i, j] and not domain.possible((i, j, 0))
        else:
            assert abs(total[i, j] - F(seen[i, j], n)) < F(1, 40)
    assert sum(total.values()) == 1
    independent = lp.Domain.from_frame(frame)
    off = sum(independent.probability((0, 1, k)) for k in range(50)) - F(seen[0, 1], n)
    assert off > F(1, 20)  # which the product does not know


def test_smoothing_is_as_stated():
    frame = pandas.DataFrame({"a": ["x"] * 6 + ["y"] * 2, "b": [0, 2, 4, 6] * 2})
    a, b = lp.Domain.from_frame(frame, smoothing=2).variables
    assert a.probabilities == (F(7, 10), F(3, 10))
    assert b.runs == ((1, F(1, 4)),) * 4
    with pytest.raises(lp.LeafproofError, match="smoothing"):
        lp.Domain.from_frame(frame, smoothing=-1)


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_rounded_shares_sum_to_one(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 50, int(rng.integers(1, 30)))
    counts[0] += 1
    shares = [F(int(c), int(counts.sum())) for c in counts]
    found = rounded(shares, 4096)
    assert sum(found) == 1
    assert all((x > 0) == (y > 0) for x, y in zip(shares, found, strict=True))
    assert max(abs(x - y) for x, y in zip(shares, found, strict=True)) < F(30, 4096)


REFUSED = {
    "infinite": ({"x": [1.0, np.inf, 2.0]}, {}, r'"x" is infinite in row 2'),
    "free text": ({"t": [f"text {i}" for i in range(50)]}, {}, '"t" is free text'),
    "one value": ({"x": [1, 2], "c": [3, 3], "d": ["u", "u"]}, {}, '"c", "d" .2. hold one value'),
    "a million": (
        {"t": [f"{i}" for i in range(9000)]},
        {"kinds": {"t": "categorical"}},
        "too many",
    ),
    "many values": ({"t": np.arange(9000) / 7}, {"kinds": {"t": "values"}}, "too many to list"),
    "no value": ({"x": [1, 2], "n": [None, None]}, {}, '"n" has no values'),
    "dates": ({"d": pandas.to_datetime(["2020-01-01", "2020-01-02"])}, {}, "dates"),
    "no rows": ({"x": []}, {}, "no rows"),
    "unknown": ({"x": [1, 2]}, {"kinds": {"y": "values"}}, 'no column "y"'),
    "kind": ({"x": [1, 2]}, {"kinds": {"x": "text"}}, 'cannot be read as "text"'),
    "target": ({"x": [1, 2]}, {"target": "y"}, 'no column "y"'),
    "drop": ({"x": [1, 2], "y": [1, 2]}, {"drop": "x, y"}, "give each of these columns by itself"),
    "target of numbers": ({"x": [1, 2]}, {"target": [0, 1]}, "target is of type list"),
    "target beside it": ({"x": [1, 2]}, {"target": pandas.Series([1, 2])}, "of type Series"),
    "currency": ({"p": [f"${i},200.50" for i in range(50)]}, {}, "if they are numbers, write"),
    "brackets": ({"p": [f"({i})" for i in range(50)]}, {}, "if they are numbers, write them"),
    "days first": ({"d": [f"{i}/03/2021" for i in range(1, 29)]}, {}, "holds dates"),
    "dots": ({"d": [f"{i}.03.2021" for i in range(1, 29)]}, {}, "holds dates"),
    "range of texts": ({"x": ["a", "b"]}, {"kinds": {"x": "range"}}, "read it as categorical"),
    "range with gaps": ({"x": [1, 2, None]}, {"kinds": {"x": "range"}}, "lacks 1 value"),
    "bins": ({"x": [1, 2, 3]}, {"bins": 1}, "at least 2"),
    "edges": ({"x": [1, 2, 3]}, {"bins": {"x": [2, 1]}}, "do not increase"),
    "no target": ({"x": [1, 2, 3]}, {"bins": "tree"}, "name the target"),
    "distribution": ({"x": [1, 2]}, {"distribution": "normal"}, "choose one of"),
    "unequal": ({"x": [1, 2], "y": [1]}, {}, "no table"),
    "one float": ({"x": [10**18 + 1, 10**18, 3]}, {}, "which are one number in float64"),
}


def test_a_table_is_no_domain_by_itself():
    with pytest.raises(lp.LeafproofError, match=r"of type DataFrame: .*Domain\.from_frame"):
        lp.distill("net.onnx", pandas.DataFrame({"a": [1, 2]}))


@pytest.mark.parametrize("case", REFUSED)
def test_bad_tables_are_refused_in_one_line(case):
    columns, wishes, message = REFUSED[case]
    with pytest.raises(lp.LeafproofError, match=message) as caught:
        lp.Domain.from_frame(columns, **wishes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["continuous", "drop", "kinds"])
def test_choices_of_another_type_are_refused_in_one_line(name):
    table = {"a": [1.0, 2.0, 4.0], "b": ["x", "y", "x"]}
    with pytest.raises(lp.LeafproofError, match=f"^{name} is 5: give .*$"):
        read_frame(table, **{name: 5})


def test_what_is_no_table_is_refused():
    with pytest.raises(lp.LeafproofError, match="give a DataFrame of pandas or Polars"):
        lp.Domain.from_frame([[1, 2], [3, 4]])
    doubled = pandas.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(lp.LeafproofError, match="two columns"):
        lp.Domain.from_frame(doubled)


def test_float32_and_categories_are_as_they_show():
    frame = pandas.DataFrame(
        {
            "x": np.array([0.1, 0.2, 0.3], dtype=np.float32),
            "s": pandas.Categorical(["m", "l", "m"], categories=["s", "m", "l"], ordered=True),
        }
    )
    (x, s), refused = columns_of(series_of(frame))
    assert not refused
    assert s.values == ("m", "l") and s.ordered and not s.numeric
    assert lp.Domain.from_frame(frame).variables[0].step == F(1, 10)
    assert x.whole is False
    numbers = pandas.Categorical([3, 10, -1], categories=[10, 3, -1])
    (one,), _ = columns_of(series_of(pandas.DataFrame({"k": numbers})))
    assert one.values == (-1, 3, 10) and one.codes.tolist() == [1, 2, 0]
    (held,) = lp.Domain.from_frame(pandas.DataFrame({"k": numbers})).variables
    assert held.labels == ("-1", "3", "10")  # no range: the table has no others


def test_tables_of_arrow_are_read_as_pandas_reads_them():
    pyarrow = pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"n": [1, 2, 4] * 9, "c": ["x", "y", None] * 9})
    own = pyarrow.table(frame.assign(big=[2**60 + 1, 2**60 + 512, 0] * 9))
    mask = np.array([False, False, True] * 9)
    big = pyarrow.array(np.array([2**60 + 1, 2**60 + 512, 0] * 9), mask=mask)
    own = own.set_column(2, "big", big)
    read = lp.read_frame(own)
    assert read.domain.variables[:2] == lp.Domain.from_frame(frame).variables
    assert read.domain.variables[2].labels == (str(2**60 + 1), str(2**60 + 512), "missing")
    rows = frame.assign(big=pandas.array([2**60 + 1, 2**60 + 512, None] * 9, dtype="Int64"))
    assert rows_of(read.domain, own) == rows_of(read.domain, rows)


def test_bins_that_tell_nothing_are_refused():
    frame = pandas.DataFrame({"age": range(20, 60), "one": [7, None] * 20, "y": [1] * 40})
    for said, target, options in (
        ("all its numbers .20 to 59. in one bin, at most 80: give", None, {"bins": {"age": [80]}}),
        ('"one" holds one number .7., which makes no bins', None, {"kinds": {"one": "bins"}}),
        ('^column "y" is a target of one value[^"]*$', "y", {"bins": "tree"}),
        ("from 60 to 10: give the lower end first", None, {"continuous": {"age": (60, 10)}}),
        ("as continuous, and in bins", None, {"continuous": "age", "bins": {"age": 5}}),
        ("as values, and in bins", None, {"kinds": {"age": "values"}, "bins": {"age": 5}}),
    ):
        with pytest.raises(lp.LeafproofError, match=said):
            lp.read_frame(frame, target, **{"drop": () if target else ("y",), **options})


def test_labels_with_commas_are_told_apart():
    read = lp.read_frame(pandas.DataFrame({"job": ["cook, head", "cook", "nurse"] * 9}))
    assert str(read).endswith('3 categories: cook, "cook, head", nurse')


def strange():
    """A table of columns that cannot be read, beside one that can."""
    return pandas.DataFrame(
        {
            "age": [20, 30, 40],
            "born": pandas.to_datetime(["2000-01-01", "2001-02-03", "2002-03-04"]),
            "income": [1.0, np.inf, 2.0],
            "tags": [["a"], [], ["b", "c"]],
            "country": ["DE"] * 3,
        }
    )


def test_columns_that_are_left_out_are_not_read():
    for target in (None, "born", "tags"):
        away = [x for x in ("born", "income", "tags", "country") if x != target]
        read = lp.read_frame(strange(), target, drop=away)
        assert [v.name for v in read.domain.variables] == ["age"] and read.rows == 3
        assert read.left_out == ("born", "income", "tags", "country")


def test_all_columns_that_are_refused_are_named_in_one_line():
    with pytest.raises(lp.LeafproofError) as caught:
        lp.read_frame(strange())
    line = str(caught.value)
    assert line.startswith('column "born" holds dates: make numbers of them') and "\n" not in line
    assert 'refused as well: column "income" is infinite in row 2, column "tags" holds' in line
    assert line.endswith('column "country" holds one value (DE)')
    with pytest.raises(lp.LeafproofError, match="infinite in row 2: correct it, or leave the row"):
        lp.read_frame(strange(), drop=["born", "tags", "country"], kinds={"income": "values"})
    with pytest.raises(lp.LeafproofError, match=r"no column .*speed"):
        lp.read_frame(strange(), kinds={"speed": "values"})


def test_rows_that_need_too_large_a_tree_are_refused(monkeypatch):
    monkeypatch.setattr(frame_points, "MOST_NODES", 2000)
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(rng.integers(0, 2, (100, 30)), columns=[f"b{i}" for i in range(30)])
    with pytest.raises(lp.LeafproofError, match="rows="):
        lp.Domain.from_frame(frame, distribution="rows")


def test_rows_that_are_too_many_for_any_tree_are_refused_before_one_is_grown(monkeypatch):
    """A leaf each: with a few rows fewer the tree is grown."""
    grown = []
    apart = frame_points._Maker.apart
    monkeypatch.setattr(
        frame_points._Maker, "apart", lambda *given: grown.append(1) or apart(*given)
    )
    monkeypatch.setattr(frame_points, "MOST_NODES", 199)
    assert lp.Domain.from_frame({"a": range(100)}, distribution="rows").size == 100
    assert len(grown) == 99
    with pytest.raises(lp.LeafproofError, match="the 101 different rows of 1 variables"):
        lp.Domain.from_frame({"a": range(101)}, distribution="rows")
    assert len(grown) == 99


def test_growing_a_tree_of_rows_asks_whether_to_go_on(monkeypatch):
    asked = []
    monkeypatch.setattr(frame_points, "SOME", 20)
    with pausing(lambda: asked.append(1)):
        lp.Domain.from_frame({"a": range(100)}, distribution="rows")
    assert len(asked) == 10


def test_rows_that_would_list_too_many_probabilities_are_refused(monkeypatch):
    """Of each row those of all values of texts, and of numbers of which some are missing."""
    lacking = [None, *(x / 7 for x in range(20))]
    frame = pandas.DataFrame({"a": list("xyz") * 7, "income": lacking, "b": range(21)})
    monkeypatch.setattr(frame_points, "MOST_LISTED", 21 * (3 + 21))
    assert lp.Domain.from_frame(frame, distribution="rows").size == 21
    monkeypatch.setattr(frame_points, "MOST_LISTED", 21 * (3 + 21) - 1)
    with pytest.raises(lp.LeafproofError, match=r'21 of them of "income" \(numbers, some of them'):
        lp.Domain.from_frame(frame, distribution="rows")


def test_a_domain_of_rows_is_saved_and_read(tmp_path):
    frame = table()[["colour", "age", "dose", "kind_a", "kind_b"]]
    for distribution in ("independent", "rows", "tree"):
        domain = lp.Domain.from_frame(frame, distribution=distribution)
        domain.save(tmp_path / "d.json")
        assert lp.Domain.from_file(tmp_path / "d.json") == domain


@pytest.mark.parametrize("distribution", ["independent", "rows"])
def test_rows_are_points(distribution, tmp_path):
    frame = table()
    domain = lp.Domain.from_frame(frame, "class", distribution=distribution)
    rows = rows_of(domain, frame)
    assert rows.count == 40
    as_points = Counter(dict(zip(rows.points, rows.times, strict=True)))
    found = read_frame(frame, "class")
    assert as_points == Counter(map(tuple, np.stack([r.index for r in found.read], 1).tolist()))
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    assert rows_of(domain, tmp_path / "rows.csv") == rows
    assert rows_of(domain, str(tmp_path / "rows.parquet")) == rows
    assert rows_of(domain, rows) is rows
    if distribution == "rows":
        assert {p: domain.probability(p) for p in rows.points} == {
            p: F(n, 40) for p, n in as_points.items()
        }


def test_rows_as_the_models_inputs():
    domain = lp.Domain.product(
        lp.Domain.one_hot("c", ["u", "v"]), lp.Domain.range("n", 0, 3, "0.1"), lp.Domain.bits(["b"])
    )
    rows = rows_of(domain, [[0, 1, 0.3, 1], [1, 0, 2.9, 0], [0, 1, 0.3, 1]])
    assert rows.points == ((0, 29, 0), (1, 3, 1)) and rows.times == (1, 2)
    named = pandas.DataFrame({"b": [1, 0], "c": ["v", "u"], "n": [0.3, 2.9], "more": [9, 9]})
    assert rows_of(domain, named).points == rows.points
    dummies = pandas.get_dummies(named, columns=["c"])
    assert rows_of(domain, dummies).points == rows.points
    for bad, message in [
        ([[1, 1, 0.3, 1]], "row 1: 1, 1 is no encoding"),
        ([[1, 0, 0.3, 1], [1, 0, 0.35, 1]], 'row 2: 0.35 is no value of "n"'),
        ([[1, 0, 0.3]], "shape"),
        (named.assign(c=["v", "w"]), 'row 2: "w" is no value of "c"'),
        (named.assign(n=[0.1, None]), "row 2: missing is no value"),
        (named.drop(columns="b"), 'no column "b"'),
        (object(), "give a DataFrame"),
        (named[:0], "no rows"),
    ]:
        with pytest.raises(lp.LeafproofError, match=message):
            rows_of(domain, bad)
    without = domain.without({"c": "v", "b": "1"})
    with pytest.raises(lp.LeafproofError, match="row 1 is impossible"):
        rows_of(without, named)
    assert rows_notes(domain) == ()
    assert '"weight"' in rows_notes(lp.Domain.from_frame(table(), "class", bins={"weight": 3}))[0]


@pytest.mark.parametrize(
    "rows",
    [
        np.array([[2**53 + 1, 0]]),  # which float64 would move to another point
        np.array([[2**53 + 1, 0]], dtype=np.uint64),
        np.array([[2**53 + 1, 0]], dtype=object),
        [[2**53 + 1, 0]],
        np.ma.masked_array([[2**53, 0]], mask=[[1, 0]]),
        np.array([[2**53 + 1j, 0]]),
        np.array([["1_0", "0"]]),
        np.array([["1_0", 0]], dtype=object),
        np.array([[0, 0]], dtype="m8[s]"),
    ],
)
def test_rows_that_float64_does_not_hold_are_refused(rows):
    domain = lp.Domain.product(
        lp.Domain.ordinal("a", [0, 10, 2**53, 2**53 + 1]), lp.Domain.ordinal("b", [0, 1])
    )
    with pytest.raises(lp.LeafproofError) as problem:
        rows_of(domain, rows)
    assert str(problem.value).isprintable()
    assert rows_of(domain, {"a": [2**53 + 1], "b": [0]}).points == ((3, 0),)
    assert rows_of(domain, np.array([[2**53, 0]])).points == ((2, 0),)


@pytest.mark.parametrize(
    "table",
    [
        pandas.DataFrame([[1, 0, 0]], columns=["b", "b", "c"]),
        {"b": [1, 0], "c": ["u"]},
        {"b": 1, "c": "u"},
        pandas.DataFrame({"b": [1], "c_u": ["x"], "c_v": ["0"]}),
    ],
)
def test_tables_of_rows_that_are_none_are_refused(table):
    domain = lp.Domain.product(lp.Domain.ordinal("b", [0, 1]), lp.Domain.one_hot({"c": ["u", "v"]}))
    with pytest.raises(lp.LeafproofError, match=r"two columns|no table|no number") as problem:
        rows_of(domain, table)
    assert str(problem.value).isprintable()


def test_rows_are_sorted_points_each_once():
    made = rows_from([(1, 0), (0, 2), (1, 0)])
    assert made == Rows(((0, 2), (1, 0)), (1, 2))
    for points, times, numbers in [
        ((), (), ()),
        (((1,), (0,)), (1, 1), ()),
        (((0,),), (0,), ()),
        (((0,),), (1, 1), ()),
        (((0,), (0,)), (1, 1), ((F(1),), (F(1, 2),))),
    ]:
        with pytest.raises(lp.LeafproofError):
            Rows(points, times, numbers)


def test_rows_of_continuous_variables_are_their_numbers():
    domain = lp.Domain.product(lp.Domain.continuous("x", 0, 1), lp.Domain.bits(["b"]))
    rows = rows_of(domain, [[0.25, 1], [0.125, 1], [0.25, 1]])
    assert rows == Rows(((0, 1), (0, 1)), (1, 2), ((F(1, 8),), (F(1, 4),)))
    for bad in ([[0, 1]], [[1.5, 0]]):
        with pytest.raises(lp.LeafproofError, match=r"row 1: .* is not above 0 and at most 1"):
            rows_of(domain, bad)
    with pytest.raises(lp.LeafproofError, match="row 2"):
        rows_of(domain, {"x": [0.5, None], "b": [0, 1]})


def test_columns_of_real_numbers():
    rng = np.random.default_rng(5)
    x = np.round(rng.exponential(2.0, 200), 2) + 0.01
    frame = pandas.DataFrame({"x": x, "n": rng.integers(0, 3, 200), "s": ["a", "b"] * 100})
    domain = lp.Domain.from_frame(frame, continuous="x")
    v = domain.variables[0]
    unit = F(1, 100)  # the span is from 10 to 100: a thousandth of it, or the power of ten below
    assert 10 < x.max() - x.min() < 100 and v.first % unit == 0 == v.last % unit
    assert 0 < F(str(x.min())) - v.first <= unit and 0 <= v.last - F(str(x.max())) < unit
    for a, b in ((0, 3), (5, 9)):
        low, high = v.cut(a), v.cut(b)
        share = F(int(((x > float(low)) & (x <= float(high))).sum()), 200)
        assert F(v.chances.weight_of(range(a, b)), v.chances.denominator) == share
    rows = rows_of(domain, frame)
    assert rows.count == 200 and {n for (n,) in rows.numbers} == {F(str(y)) for y in x}
    every = lp.Domain.from_frame(frame, continuous=True, distribution="uniform")
    assert [type(v).__name__ for v in every.variables] == ["Continuous", "Continuous", "Variable"]
    assert lp.Domain.from_frame(frame, continuous="all", distribution="uniform") == every
    some = lp.read_frame(frame, continuous="all", bins={"x": 5}).kinds
    assert some == {"x": "bins", "n": "continuous", "s": "categorical"}
    other = lp.read_frame(frame, continuous=True, kinds={"x": "values"}).kinds
    assert other == {"x": "values", "n": "continuous", "s": "categorical"}
    assert (
        lp.read_frame(frame, continuous=frame.columns[:2]).kinds
        == lp.read_frame(frame, continuous=["x", "n"]).kinds
    )
    (only,) = lp.Domain.from_frame(frame[["x"]], continuous={"x": (0, 50)}).variables
    assert only.ends == (0, 50)
    tree = lp.Domain.from_frame(frame.assign(y=x > 2), continuous=["x"], distribution="tree")
    assert tree.given is not None and tree.infinite
    (small,) = lp.Domain.from_frame({"x": [5e-324, 1e-323]}, continuous="x").variables
    assert small.first < F("5e-324") and small.last >= F("1e-323")  # a width that is no float
    called = frame[["x"]].rename(columns={"x": "all"})
    with pytest.raises(lp.LeafproofError, match="as values, and as continuous"):
        lp.Domain.from_frame(called, continuous="all", kinds={"all": "values"})
    for wishes, message in [
        ({"continuous": {"x": (0, 1)}}, "in row .*, which is not above 0 and at most 1"),
        ({"continuous": "s"}, "cannot be read as continuous"),
        ({"continuous": "gone"}, "no column"),
        ({"continuous": "x", "distribution": "rows"}, "single rows have no probability"),
        ({"continuous": {"x": "01"}}, r"its interval is \(from, to\)"),
        ({"continuous": ["x"], "kinds": {"x": "values"}}, "as values, and as continuous"),
    ]:
        with pytest.raises(lp.LeafproofError, match=message):
            lp.Domain.from_frame(frame, **wishes)


def test_real_domains_are_saved_and_read(tmp_path):
    frame = table()[["colour", "age", "weight"]]
    for distribution in ("uniform", "independent", "tree"):
        domain = lp.Domain.from_frame(frame, continuous=["weight"], distribution=distribution)
        domain.save(tmp_path / "d.json")
        again = lp.Domain.from_file(tmp_path / "d.json")
        again.save(tmp_path / "e.json")
        assert (tmp_path / "d.json").read_bytes() == (tmp_path / "e.json").read_bytes()
        assert again.variables[2].ends == domain.variables[2].ends


def test_tests_of_bins_are_at_their_edges():
    frame = pandas.DataFrame({"b": [0, 1] * 20, "x": np.arange(40) ** 2 / 10})
    domain = lp.Domain.from_frame(frame, bins={"x": 4})
    x = domain.variables[1]
    edges = [high for _, high in edges_of(x.labels)[:-1]]
    numbers = [row[0] for row in x.encoding]
    for i, edge in enumerate(edges):
        for threshold in (numbers[i], (numbers[i] + numbers[i + 1]) / 2):
            tree = Tree((Inner(1, threshold, 1, 2), Leaf(0), Leaf(1)))
            moved = at_edges(tree, domain)
            least, after = F(float(edge)), F(np.nextafter(float(edge), np.inf))
            assert least <= moved.nodes[0].threshold < after  # floats up to the edge go left
            answers = [t.predict(domain.inputs(), domain=domain) for t in (moved, tree)]
            assert answers[0].tolist() == answers[1].tolist()
            where = read_frame(frame, bins={"x": 4}).read[1].index  # a row goes where its bin goes
            assert moved.predict(frame.to_numpy()).tolist() == (where > i).astype(int).tolist()
    for threshold in (numbers[0] - 1, numbers[-1]):  # all go one way: nothing to move
        tree = Tree((Inner(1, threshold, 1, 2), Leaf(0), Leaf(1)))
        assert at_edges(tree, domain) == tree


def first(column, **more):
    """A table whose column "a" holds these values over and over, beside another."""
    n = 60
    return pandas.DataFrame({"a": pandas.Series([*column] * (n // len(column)), **more), "b": 0})


ODD = {  # what a column holds, what pandas is told of it; what is said of it
    "huge": ([10**400, 1, 2], {}, 'column "a" is infinite in row 1'),
    "infinite category": ([1.5, np.inf, 2.0], {"dtype": "category"}, "is infinite in row 2"),
    "infinite decimal": ([Decimal("1.5"), Decimal("inf"), 2], {}, "is infinite in row 2"),
    "complex": ([1 + 2j, 1, 2], {"dtype": object}, "neither a number nor a text"),
    "objects": ([object(), object(), object()], {}, "neither a number nor a text"),
    "lists": ([[1], [2], [3]], {}, "neither a number nor a text"),
    "durations": ([timedelta(1), timedelta(2), None], {"dtype": object}, "holds durations"),
    "dates as categories": ([np.datetime64("2020-01-01")] * 2, {"dtype": "category"}, "dates"),
    "blank": (["", "(empty)", "x"], {}, "holds '' and '(empty)', which print alike"),
}


@pytest.mark.parametrize("case", ODD)
def test_columns_of_odd_things_are_refused_in_one_line(case):
    values, more, said = ODD[case]
    with pytest.raises(lp.LeafproofError) as caught:
        read_frame(first(values, **more).drop(columns="b"))
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [None, np.nan, " "])
def test_columns_without_names_are_refused(name):
    with pytest.raises(lp.LeafproofError, match="column 2 of the table has no name"):
        read_frame(pandas.DataFrame([[1, 2], [2, 3]], columns=["a", name]))


def test_decimals_and_fractions_are_numbers():
    held = first([Decimal("1.50"), Decimal("2.25"), None])
    held["b"] = [F(1, 3), 1, 2] * 20
    a, b = read_frame(held).domain.variables
    assert [a.row(i) for i in range(a.count)] == [(F(3, 2), 0), (F(9, 4), 0), (0, 1)]
    assert (b.first, b.last, b.count) == (F(1, 3), 2, 6)


def test_whole_numbers_of_any_size_are_told_apart():
    """Of more than are listed, too: their range is found in Python's integers."""
    whole = np.arange(3000) * 2.0**1000
    assert read_frame(pandas.DataFrame({"a": whole})).kinds == {"a": "bins"}
    far = pandas.DataFrame({"a": [*range(2000), 2**63 - 1, -(2**63)]})
    assert read_frame(far).kinds == {"a": "bins"}


def test_numbers_that_are_written_as_texts_are_noted():
    held = pandas.DataFrame({"a": ["1,5", "2,5"], "b": ["10%", "20 %"], "c": ["x1", "2"]})
    found = read_frame(held)
    assert ['"a"' in x or '"b"' in x for x in found.notes] == [True, True]
    assert '"1,5"' in found.notes[0] and "with a point" in found.notes[0]


def test_what_may_stand_for_missing_values_is_noted():
    """Texts among numbers, and nines far from all others; not categories of other kinds."""
    held = pandas.DataFrame(
        {
            "a": ["1", "2", "3.5", "?", "2"],
            "b": [1, 2, 4, -999, 2],
            "c": [0.5, 99, 1, 2, 0.5],
            "minus": ["\u22121", "\u22122", "0", "0", "0"],
            "levels": ["low", "mid", "high", "1", "low"],
            "near": [90, 95, 99, 98, 97],
            "ones": [1, 10, 2, 500, 1],
        }
    )
    notes = read_frame(held).notes
    assert [x.split('"')[1] for x in notes] == ["a", "minus", "b", "c"]
    assert '"?"' in notes[0] and "-999" in notes[2] and "99," in notes[3]


def test_texts_that_are_dates_are_said_to_be_dates(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n2020-01-01,1\n2020-01-02 10:00,2\n2020-01-03,2\n")
    with pytest.raises(lp.LeafproofError, match='"a" holds dates: make numbers of them'):
        read_frame(path)
    assert read_frame(path, kinds={"a": "categorical"}).domain.variables[0].count == 3


def test_arrays_are_tables():
    """As scikit-learn has them: their columns have its names, and models find them by place."""
    x = np.array([[1, 2.5], [2, 2.5], [3, 4.0]])
    found = lp.Domain.from_frame(x)
    assert [v.name for v in found.variables] == ["x0", "x1"]
    assert found.variables == lp.Domain.from_frame({"x0": x[:, 0], "x1": x[:, 1]}).variables
    for wrong in (x[0], np.array([(1, 2)], dtype=[("a", int), ("b", int)])):
        with pytest.raises(lp.LeafproofError, match=r"ndarray: give .* of shape \(rows, columns\)"):
            lp.Domain.from_frame(wrong)


def test_one_is_not_several():
    found = read_frame(pandas.DataFrame({"a": [1, np.nan], "b": [1, 2]}))
    assert found.lines()[0] == ("a", "values", "1 number: 1; 1 row missing")
    assert found.notes == ('column "a" lacks 1 value: missing is a value of it',)


def test_parquet_keeps_whole_numbers_beside_missing_ones(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    path = tmp_path / "data.parquet"
    parquet.write_table(pyarrow.table({"a": [2**60 + 1, None, 1] * 4}), path)
    (a,) = read_frame(path).domain.variables
    assert [a.row(i)[0] for i in range(2)] == [1, 2**60 + 1]
    doubled = pyarrow.Table.from_arrays([pyarrow.array([1, 2])] * 2, names=["a", "a"])
    parquet.write_table(doubled, path)
    with pytest.raises(lp.LeafproofError, match='two columns are named "a"'):
        read_frame(path)


def test_codes_keep_their_zeros(tmp_path):
    """Postal codes that begin with 0 are the texts in the file, which a model was fitted to."""
    path, some = tmp_path / "t.csv", tmp_path / "some.csv"
    path.write_text("zip,month,size,x\n01000,01,007,1\n10115,02,12,2\n,03,3,3\n")
    read = read_frame(path)
    assert read.kinds["zip"] == "categorical"
    assert all(read.kinds[name] in ("range", "values") for name in ("month", "size", "x"))
    assert read.domain.variables[0].labels == ("01000", "10115", "missing")
    assert read.notes[0] == 'column "zip" holds codes, such as "01000": they are read as texts'
    some.write_text("zip,month,size,x\n10115,2,12,3\n")
    (point,) = rows_of(read.domain, some).points
    labels = [v.label(i) for v, i in zip(read.domain.variables, point, strict=True)]
    assert labels == ["10115", "2", "12", "3"]
    numbers = lp.Domain.range("zip", 1000, 20000)
    some.write_text("zip\n01000\n")  # of a domain that was read of numbers
    assert rows_of(numbers, some).points == ((0,),)


def test_numbers_as_texts_and_long_labels_are_told():
    (said,) = read_frame({"n": ["1", "2", "3"] * 5, "zip": ["012", "345", "678"] * 5}).notes
    assert said.startswith('column "n" holds numbers as texts, such as "1": if they are not meant')
    assert "100000000000000000000..." in str(read_frame({"n": [10**30, 2, 3] * 5}))


@pytest.mark.parametrize(("mark", "ending"), [(";", "csv"), ("\t", "tsv")])
def test_decimal_commas_are_read_where_commas_divide_no_columns(tmp_path, mark, ending):
    path = tmp_path / f"data.{ending}"
    lines = [
        *("pay;many;text;point;gone", "1,5;1,234;1,5 kg;0.25;", "-20,25;12,345;2 kg;0.5;0,125"),
        *("3;1;3 kg;1;0,5", "119677,58;2;4 kg;2;"),
    ]
    path.write_text("\ufeff" + "\n".join(lines).replace(";", mark), encoding="utf-8")
    found = read_frame(path)
    kinds = {k: str(x) for k, x in found.kinds.items()}
    assert kinds == {
        "pay": "values",
        "many": "categorical",  # may be thousands
        "text": "categorical",
        "point": "range",
        "gone": "values",
    }
    assert [F(str(found.domain.variables[0].label(i))) for i in range(4)] == [
        F("-20.25"),
        F("1.5"),
        F(3),
        F("119677.58"),
    ]
    (first, last, *_) = found.notes
    assert first == 'column "pay" is written with decimal commas: "1,5" is a number'
    assert '"gone" is written with decimal commas' in last
    assert rows_of(found.domain, path).count == 4
    assert read_frame(path, drop=["pay"]).notes[0] == last


def test_files_that_are_not_utf_8_are_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes("a,b\ncafé,1\nthé,2\n".encode("latin-1"))
    with pytest.raises(lp.LeafproofError, match=r"is not text in UTF-8 \(byte 7\): save it as"):
        read_frame(path)


def test_rows_of_many_numbers_take_no_lists_of_them():
    """A row's number is a run of a range: so rows of measurements are read in no time."""
    held = np.round(np.random.default_rng(0).normal(size=(60, 8)), 3)
    frame = {f"x{i}": held[:, i].tolist() for i in range(8)}
    frame["few"] = [i % 7 / 3 for i in range(60)]
    frame["long"] = [i * math.pi for i in range(60)]  # on no grid to speak of
    found = read_frame(frame, distribution="rows")
    assert [found.kinds[f"x{i}"] for i in range(8)] == ["range"] * 8
    assert found.kinds["few"] == found.kinds["long"] == "values"
    assert set(read_frame(frame).kinds.values()) == {"values"}
    domain = found.domain
    assert domain.size == 60
    first = domain.variables[0]
    assert isinstance(first, Ordinal)
    numbers = [F(str(x)) for x in held[:, 0].tolist()]
    assert [first.number(int(i)) for i in found.read[0].index] == numbers
    assert domain.given is not None
    leaves = [x for x in domain.given.nodes if isinstance(x, GivenLeaf) and x.weight]
    assert len(leaves) == 60
    assert all(isinstance(c, Runs) and len(c.runs) == 1 for x in leaves for c in x.chances[:8])


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e6, 1e15])
def test_edges_of_bins_have_few_digits_and_part_the_rows_as_their_middles_do(scale):
    """So that people can read them: in the middle half between two numbers."""
    rng = np.random.default_rng(4)
    held = np.sort(rng.normal(size=400)) * scale
    (c,), _ = columns_of(series_of(pandas.DataFrame({"x": held})))
    for i in range(399):
        low, high = F(float(held[i])), F(float(held[i + 1]))
        edge = F(frame_bins.between(c, i))
        assert abs(edge - (low + high) / 2) <= (high - low) / 4 + F(abs(held[i])) / 2**52
        places = 1 - math.floor(math.log10(high - low))
        short = len(repr(float(edge))) <= 8
        assert short or frame_bins.nearest(round(edge, places)) == float(edge)


def test_short_edges_stay_the_middle():
    (c,), _ = columns_of(series_of(pandas.DataFrame({"x": [4, 7, 7.3, 9.25]})))
    assert [frame_bins.between(c, i) for i in range(3)] == [5.5, 7.15, 8.275]


def test_a_tree_answers_for_the_table_as_it_stands():
    frame = pandas.DataFrame(
        {
            "job": ["cook", "nurse", "pilot", "cook", "nurse"],
            "age": [20.0, None, 65.0, 41.0, 33.0],
            "pay": [0.1, 0.7, 0.3, 0.2, 1.4],
            "dose": [0.5, 2.25, 2.5, 9.0, 1.0],
        }
    )
    domain = lp.Domain.from_frame(frame, bins={"age": 2}, continuous=["dose"])
    age, pay, dose = (3, 5, 6)
    nodes = (
        *(Inner(0, F(1, 2), 1, 2), Inner(age, F(40), 3, 4)),
        *(Inner(dose, F(9, 4), 5, 6), Leaf(0), Leaf(1), Leaf(0), Leaf(1)),
    )
    tree = Tree(nodes, labels=("no", "yes"))
    answers = tree.predict(frame, domain=domain, names=True).tolist()
    encoded = inputs_of(domain, frame)
    assert encoded[:, pay].tolist() == frame["pay"].tolist()
    assert tree.predict(encoded, domain=domain, names=True).tolist() == answers
    whole = frame.to_dict("list")
    assert tree.predict(whole, domain=domain, names=True).tolist() == answers
    young = float(domain.variables[1].row(0)[0]) <= 40
    assert young and answers == ["no", "no", "yes", "yes", "no"]
    assert tree.score(frame, answers, domain=domain) == 1
    arrow = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    assert tree.predict(arrow, domain=domain, names=True).tolist() == answers
    named_otherwise = pandas.DataFrame(encoded, columns=[f"c{i}" for i in range(encoded.shape[1])])
    assert tree.predict(named_otherwise, domain=domain, names=True).tolist() == answers


@pytest.mark.parametrize(
    ("changed", "domain", "words"),
    [
        ({"job": ["chef"] * 3}, True, 'row 1: "chef" is no value of "job"'),
        ({"age": [1, 2, 7]}, True, 'row 3: .*"age"'),
        ({"age": None}, True, 'no column "age"'),
        ({}, False, "a table with the domain that it is read for"),
    ],
)
def test_a_table_that_a_tree_cannot_answer_for_is_refused_in_one_line(changed, domain, words):
    frame = pandas.DataFrame({"job": ["cook", "nurse", "cook"], "age": [1, 2, 3]})
    space = lp.Domain.from_frame(frame)
    for name, column in changed.items():
        frame = frame.drop(columns=name) if column is None else frame.assign(**{name: column})
    tree = Tree((Inner(0, F(1, 2), 1, 2), Leaf(0), Leaf(1)))
    with pytest.raises(lp.LeafproofError, match=words) as caught:
        tree.predict(frame, domain=space if domain else None)
    assert "\n" not in str(caught.value)
