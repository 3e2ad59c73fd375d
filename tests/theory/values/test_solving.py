"""Solving, tables, plots and comparisons."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import pytest

from theory import TheoryError, catalogue
from theory.values.solving import solve
from theory.values.tables import compare, make_table, parse_claim, parse_vary

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("occam-realizable", "epsilon", {"n": 10000, "delta": "1/100", "class": 10**6}),
    ("test-sample-size", "delta", {"n": 1000, "epsilon": "1/100"}),
    (
        "occam-trees-realizable",
        "depth",
        {"n": 10000, "variables": 50, "epsilon": "1/20", "delta": "1/100"},
    ),
    ("clopper-pearson", "n", {"value": "1/100", "errors": 3, "delta": "1/20"}),
    ("error-after-pass", "n", {"value": "1e-9", "delta": "1e-9"}),
    ("vc-realizable", "epsilon", {"n": 100000, "delta": "1/100", "vc": 10}),
    (
        "lrh-search-samples",
        "tau",
        {"n": 10**6, "delta": "1/100", "variables": 40, "depth": 3, "B": 2},
    ),
    ("test-sample-size", "epsilon", {"n": 10**18, "delta": "1e-300"}),
    # the crossing 16 (3/4)^16 is hit exactly: equality of a quotient with a rational is decided
    ("occam-realizable", "delta", {"n": 16, "epsilon": "1/4", "class": 16}),
]


@pytest.mark.parametrize(("name", "unknown", "given"), CASES)
def test_the_solution_meets_the_target_and_its_neighbour_does_not(
    name: str, unknown: str, given: dict[str, Any]
) -> None:
    solution = solve(catalogue[name], unknown, given)
    key = "value" if "value" in given else "n"
    target = Fraction(str(given[key]))
    rest = {k: v for k, v in given.items() if k != key}

    def bound(x: str) -> Fraction:
        return Fraction(catalogue[name].evaluate(**{**rest, unknown: x}).upper)

    assert bound(solution.value) <= target
    assert solution.beyond is not None
    assert bound(solution.beyond) > target
    gap = abs(Fraction(solution.value) - Fraction(solution.beyond))
    assert gap <= 1 if unknown in ("n", "depth") else gap < Fraction(solution.value) / 10**25


def test_parameters_are_known_by_their_letters() -> None:
    theorem = catalogue["clopper-pearson"]
    by_names = solve(theorem, "n", {"value": "1/10", "errors": 2, "delta": "1/20"})
    assert solve(theorem, "n", {"value": "1/10", "k": 2, "δ": "1/20"}) == by_names
    found = solve(theorem, "k", {"value": "1/10", "n": 100, "δ": "1/20"})
    assert found == solve(theorem, "errors", {"value": "1/10", "n": 100, "delta": "1/20"})


@pytest.mark.parametrize(
    ("name", "unknown", "given", "message"),
    [
        ("test-sample-size", "n", {"value": 3}, "has no parameter 'n'"),
        ("test-sample-size", "epsilon", {"delta": "1/2"}, "give the target as value= or n="),
        ("test-sample-size", "epsilon", {"delta": "1/2", "n": 5, "value": 5}, "give the target"),
        ("test-sample-size", "epsilon", {"n": 10}, "needs delta"),
        ("occam-trees-realizable", "depth",
         {"n": 1, "variables": 9, "epsilon": "1/9", "delta": "1/9"}, "even depth=0 exceeds"),
        ("leaf-tail-product", "coefficients", {"value": 1}, "is a list: give its entries"),
        ("vc-failure", "n", {"value": 1}, "not monotone"),
    ],
)  # fmt: skip
def test_what_cannot_be_solved(
    name: str, unknown: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(TheoryError, match=message):
        solve(catalogue[name], unknown, given)


def test_a_claimed_trend_is_not_relied_on() -> None:
    theorem = catalogue["vc-failure"]
    result = dataclasses.replace(theorem.result, monotone={"n": "down"})  # false for small n
    claimed = dataclasses.replace(theorem, result=result)
    with pytest.raises(TheoryError, match="claimed, not proved"):
        solve(claimed, "n", {"value": "1/2", "vc": 3, "epsilon": "1/10"})


def test_tables() -> None:
    theorem = catalogue["test-sample-size"]
    varied = [parse_vary("epsilon=0.1,0.01"), parse_vary("delta=0.1:0.3:0.1")]
    table, results = make_table(theorem, varied, {})
    assert table.header == ("epsilon", "delta", "value", "integer", "vacuous")
    assert len(table.rows) == len(results) == 6
    assert table.rows[0][:2] == ("0.1", "1/10")
    assert table.rows[0][3] == "22"
    assert table.as_csv().count("\n") == 6
    assert table.as_markdown().splitlines()[1] == "| --- | --- | --- | --- | --- |"
    name, values = parse_vary("class=trees(depth=2,variables=3),100")
    assert (name, values) == ("class", ("trees(depth=2,variables=3)", "100"))


@pytest.mark.parametrize("bad", ["epsilon", "epsilon=", "n=1:2", "n=3:1:1", "n=1:2:0", "n=a:b:c"])
def test_bad_ranges(bad: str) -> None:
    with pytest.raises(TheoryError, match="--vary"):
        parse_vary(bad)


def test_comparison() -> None:
    epsilon = parse_claim("error <= 0.01")
    table = compare(epsilon, {"delta": "1e-6", "variables": 50, "depth": 3, "tau": 2, "B": "3/2"})
    samples = [int(row[2]) for row in table.rows]
    assert samples[0] > samples[1] > samples[-1] == 0
    assert len(table.rows) == 4
    assert len(compare(epsilon, {"delta": "1e-6", "variables": 50, "depth": 3}).rows) == 3
    with pytest.raises(TheoryError, match="compare takes"):
        compare(epsilon, {"delta": "1e-6", "depth": 3})
    assert len(compare(epsilon, {"delta": "1e-6"}).rows) == 2
    with pytest.raises(TheoryError, match="--claim"):
        parse_claim("accuracy > 3")


def test_plots() -> None:
    pytest.importorskip("matplotlib")
    from theory.values.plots import plot

    varied = [parse_vary("epsilon=0.1,0.01,0.001"), parse_vary("delta=0.1,1e-9")]
    theorem = catalogue["test-sample-size"]
    drawn = plot(theorem, varied, {}, "svg")
    assert drawn.startswith(b"<?xml")
    assert plot(theorem, varied, {}, "png").startswith(b"\x89PNG")
    assert plot(theorem, varied, {}, "pdf").startswith(b"%PDF")
    counts = [parse_vary("n=100,1000")]
    given = {"errors": "2", "delta": "1e-6", "look": "5"}
    several = [catalogue["looks"], catalogue["hoeffding-upper"]]
    beside = plot(catalogue["clopper-pearson"], counts, given, "svg", several)
    assert beside == plot(catalogue["clopper-pearson"], counts, given, "svg", several)
    assert all(name in beside for name in (b"clopper-pearson", b"looks", b"hoeffding-upper"))
    letters = {"k": "2", "δ": "1e-6", "look": "5"}
    assert beside == plot(catalogue["clopper-pearson"], counts, letters, "svg", several)
    by_letter, by_name = (
        plot(
            catalogue["clopper-pearson"],
            [parse_vary(f"{name}=0,1")],
            {"n": "9", "δ": "1/20"},
            "svg",
        )
        for name in ("k", "errors")
    )
    assert by_letter == by_name
    with pytest.raises(TheoryError, match="none of these theorems has a parameter 'vc'"):
        plot(catalogue["clopper-pearson"], counts, {**given, "vc": "3"}, "svg", several)
    with pytest.raises(TheoryError, match="needs --vary once"):
        plot(catalogue["clopper-pearson"], [*counts, *counts], given, "svg", several)
    with pytest.raises(TheoryError, match="unknown file type"):
        plot(theorem, varied, {}, "txt")
    with pytest.raises(TheoryError, match="needs numbers"):
        plot(
            catalogue["occam-realizable"],
            [("class", ("trees(depth=1,variables=2)",))],
            {"epsilon": "1/2", "delta": "1/2"},
            "svg",
        )


@pytest.mark.parametrize(
    ("name", "vary", "given", "beside"),
    [
        ("agnostic-confidence-samples", "epsilon=0.1,0.05", {"delta": "1/20"}, ()),
        ("d-perfect-lower", "vc=10,20", {"epsilon": "1/100"}, ("vc-lower-sharp",)),
        ("beam-width", "level=1,2", {"tau": "10", "B": "1", "deviation": "1/1000"}, ()),
        ("conformal-confidence", "n=1000,1010", {"rank": "962", "epsilon": "1/20"}, ()),
        (
            "real-trees-failure",
            "n=5000,6000",
            {"variables": "20", "classes": "3", "leaves": "8", "epsilon": "1/20"},
            (),
        ),
        (
            "confidence-sequence",
            "n=100,1000",
            {"errors": "2", "delta": "1/20", "look": "4"},
            ("looks", "confidence-sequence-stitched"),
        ),
    ],
)
def test_all_words_of_a_plot_are_inside_it(
    name: str, vary: str, given: dict[str, str], beside: tuple[str, ...]
) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from theory.values.plots import figure_of

    figure = figure_of(
        catalogue[name], [parse_vary(vary)], given, [catalogue[other] for other in beside]
    )
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    shown = [axes.title, axes.xaxis.label, axes.yaxis.label]
    shown += [text for legend in (*figure.legends, axes.get_legend()) if legend is not None
              for text in legend.get_texts()]  # fmt: skip
    for text in filter(lambda shown: shown.get_text(), shown):
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text.get_text()
