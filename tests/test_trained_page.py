"""The sections and plots about networks that people train, from made-up rows."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.benchmarks import bench_trained, literature, trained_page
from tests.benchmarks.bench_problems import COLUMNS, error
from tests.benchmarks.families import tree_classes
from tests.benchmarks.page import table
from tests.benchmarks.plain import between, plain, samples, swept
from tests.benchmarks.rows import Row, load_rows, save_rows
from tests.benchmarks.sections import held_rows, with_rows
from tests.benchmarks.trained import FAMILIES
from tests.benchmarks.trained_page import (
    growth_page,
    sections,
    sections_of,
    told,
    with_measured,
    with_sections,
)
from tests.benchmarks.trained_plot import curves, plot_curves, plot_growth
from verifier.formats.onnx_writer import save_onnx
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.tree import Inner, Leaf, Tree

SWEEP = Row("sweeps", "2^22", "Leafproof", 240.0, 2.0, 2.5, 4.6, 8.0, "different", 0.5, 0.5,
            ("2097152", "2097152"), {"enumerated": 64}, 2048, 0.3, "[32, 32]", "2^22")  # fmt: skip
PLAIN = Row("sweeps", "2^22", "plain numpy sweep", search=0.9, wall=0.9, low=0.5, high=0.5)
PAIR = Row("pairs", "german-GC-1", "Leafproof", 20.0, 15.0, 4.0, 19.5, 30.0, "somewhere", 0.03,
           0.035, ("1", "99"), {"sandwich": 4000}, 90_000, 0.3, "[50]", "5.6e+14")  # fmt: skip
SAMPLED = Row("pairs", "german-GC-1", "plain sampling", 4.0, 4.0, low=0.0318, high=0.0332)
THEIRS = Row("pairs", "german-GC-1", "FairQuant", cpu=13.0, low=0.0, high=0.67)
CURVE = [
    replace(PAIR, family="curves", limit=t, low=0.0, high=w) for t, w in ((2.0, 0.5), (5.0, 0.2))
]
GROWTH = [
    replace(SWEEP, family="growth", name=f"points {n}", search=s, check=s / 2)
    for n, s in ((20, 1.0), (22, 4.0))
]
FORMULAS = [
    Row("formulas", "unsat_v3_c4", "Leafproof", 20.0, 0.1, 0.1, 0.9, 0.7, "equivalent"),
    Row("formulas", "unsat_v3_c4", "HiGHS", 2.0, wall=0.4, verdict="equivalent"),
    Row("formulas", "sat_v3_c4", "Leafproof", 20.0, 0.1, 0.1, 1.1, 0.7, "undecided"),
    Row("formulas", "sat_v3_c4", "HiGHS", 2.0, wall=2.0, verdict="undecided"),
]
ALIKE = [
    replace(PAIR, family="similar", name=name, low=0.0, high=high, domain="2^30", tool=tool)
    for name, widths in (("[16] a", (0.0, 0.5)), ("[16] b", (0.01, 0.5)), ("[16] c", (0.0, 0.0)))
    for tool, high in zip(("Leafproof", "joint network"), widths, strict=True)
]
ROWS = {
    "sweeps": [SWEEP, PLAIN],
    "pairs": [PAIR, SAMPLED, THEIRS],
    "formulas": FORMULAS,
    "similar": ALIKE,
}


def cells(text, name):
    """The cells of the row of a case."""
    (found,) = [x for x in text.splitlines() if x.startswith(f"| {name} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_sweep_is_shown_beside_the_plain_one_with_how_many_times_it_takes():
    text = sections(ROWS, "a day", "a machine")
    assert cells(text, "2^22") == [
        *("2^22", "[32, 32]", "2^22", "exactly 2,097,152 differ", "2.0", "2.5"),
        *("64 enumerated", "0.90", "5.0", "0.3"),
    ]


def test_a_pair_is_shown_beside_a_sample_and_what_others_leave_undecided():
    text = sections(ROWS, "a day", "a machine")
    assert cells(text, "german-GC-1") == [
        *("german-GC-1", "[50]", "5.6e+14", "3.00 % to 3.50 %", "0.500 %", "15", "4.0"),
        *("3.18 % to 3.32 %", "67.0 % (13 s)", "130x", "0.3"),
    ]


def test_similar_networks_are_shown_beside_the_joint_network():
    text = sections(ROWS, "a day", "a machine")
    joint = [(cells(text, f"[16] {x}")[3], cells(text, f"[16] {x}")[5]) for x in "abc"]
    assert joint == [("0 %", "exact"), ("1.00 %", "50x"), ("0 %", "both exact")]


def test_formulas_are_counted_and_those_that_are_open_named():
    text = sections(ROWS, "a day", "a machine")
    assert cells(text, "unsat")[1:4] == ["1", "1", "0.90 (unsat_v3_c4)"]
    assert cells(text, "sat")[1:4] == ["1", "0", "1.1 (sat_v3_c4)"]
    assert cells(text, "sat_v3_c4")[:3] == ["sat_v3_c4", "open", "undecided"]
    assert cells(text, "sat")[7] == "0 in 2.0 s"


def test_families_without_rows_say_so_and_every_family_has_its_section():
    text = sections({}, "a day", "a machine")
    assert text.count("Not measured in this run.") == len(trained_page.PARTS)
    assert set(FAMILIES) == {*trained_page.PARTS, "curves", "growth"}


def test_the_sections_take_their_own_place_in_the_page_and_no_other():
    first = with_sections("# Performance\n\ntables\n", sections(ROWS, "a day", "a machine"))
    again = with_sections(first, sections({}, "another day", "a machine"))
    assert first.startswith("# Performance\n\ntables\n\n## Networks that people really train\n")
    assert again.startswith("# Performance\n\ntables\n") and "another day" in again
    assert "3.00 %" not in again
    assert sections_of(first) + "" in first and sections_of("# Performance\n") == ""


def test_families_that_were_not_measured_again_stay_as_they_are():
    page = "# Performance\n\ntables\n"
    first = with_measured(page, {f: ROWS.get(f, ()) for f in trained_page.PARTS}, "a day", "this")
    assert first == with_sections(page, sections(ROWS, "a day", "this"))
    title = trained_page.PARTS["pairs"][0]
    again = with_measured(first, {"pairs": [replace(PAIR, high=0.034)]}, "another", "that")
    assert again.count("(Measured on another: that.)") == 1
    old, new = (
        {part.split("\n")[0]: part.strip() for part in text.split("\n### ")}
        for text in (first, again)
    )
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} == {title}
    assert with_measured(again, {}, "a third", "other") == again


def test_growth_says_what_an_hour_is_enough_for():
    text = growth_page(GROWTH, "a day", "a machine")
    assert "an hour is enough for 2^31 points" in text  # 6 s for 2^22: 600 times as many
    assert cells(text, "points 22")[4:6] == ["4.0", "2.0"]
    assert "was not measured in this run" in growth_page([], "a day", "a machine")


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.5, "50.0 %"), (0.00123, "0.123 %"), (2.3e-14, "2.3e-12 %")],
)
def test_percent(share, words):
    assert trained_page.percent(share) == words


def test_a_row_as_a_line_and_as_a_file(tmp_path):
    assert "somewhere 3.00 % to 3.50 %, 90,000 bytes" in told(PAIR)
    save_rows(tmp_path / "x.json", [PAIR, THEIRS], "code", "2020-02-02")
    kept = load_rows(tmp_path / "x.json")
    assert kept.rows == (PAIR, THEIRS) and (kept.code, kept.date) == ("code", "2020-02-02")


def test_the_plots_have_one_line_for_each_tool_and_are_the_same_each_time(tmp_path):
    rows = [*CURVE, replace(SAMPLED, family="curves"), PAIR, THEIRS]
    held = curves(rows)
    assert held["german-GC-1"]["Leafproof"] == [(2.0, 0.5), (5.0, 0.2), (20.0, PAIR.width)]
    for draw, what in ((plot_curves, rows), (plot_growth, GROWTH)):
        paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
        for path in paths:
            draw(what, path)
        assert paths[0].read_text() == paths[1].read_text()
    assert "the kernel&#39;s check" in paths[0].read_text() or "kernel's check" in (
        paths[0].read_text()
    )


def test_what_is_kept_is_not_measured_again_and_what_fails_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench_trained, "KEPT", tmp_path)
    code = bench_trained.fingerprint()
    path = tmp_path / "sweeps--2^22.json"
    save_rows(path, [SWEEP, PLAIN], code, "2020-02-02")
    asked = []

    def fails(command, seconds, folder):
        asked.append(command[2])
        return 1, "no room"

    monkeypatch.setattr(bench_trained, "in_a_process", fails)
    bench_trained.main(["--family", "sweeps", "--only", "2^22", "2^24"])
    out = capsys.readouterr().out
    assert asked == ["2^24"] and "sweeps 2^24: nothing measured: no room" in out
    bench_trained.main(["--write", "--page", str(tmp_path)])
    assert "exactly 2,097,152 differ" in (tmp_path / "performance.md").read_text()
    assert (tmp_path / "growth.md").exists() and (tmp_path / "anytime.svg").exists()
    save_rows(path, [SWEEP], "other code", "2020-02-02")
    bench_trained.main(["--family", "sweeps", "--only", "2^22"])
    assert asked == ["2^24", "2^22"]


def a_network(rng, columns):
    shapes = ((5, columns), (1, 5))
    layers = [
        Affine(2 * i, rng.normal(size=s), rng.normal(size=s[0])) for i, s in enumerate(shapes)
    ]
    return Network(columns, (layers[0], Relu(1), layers[1]))


def test_the_plain_sweep_counts_what_exact_evaluation_counts():
    network, domain = a_network(np.random.default_rng(1), 8), bits(8)
    tree = Tree((Inner(3, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    points = np.stack(np.unravel_index(np.arange(256), (2,) * 8), axis=1)
    exact = exact_classes(network, domain, points.tolist())
    theirs = tree_classes(tree, points.astype(np.float32))
    assert swept(network, tree, domain) == (int(np.sum(np.array(exact) != theirs)), 256)
    assert swept(network, tree, domain, 64)[1] == 64


def test_a_sample_encloses_the_share_and_narrows():
    domain = bits(12)
    seen = list(samples(domain, lambda points: points[:, :2].all(axis=1), 0.2))
    assert len(seen) == 3 and all(low <= 0.25 <= high for low, high in (s.interval for s in seen))
    assert seen[-1].points > seen[0].points
    assert between(0, 1000)[0] == 0 and between(1000, 1000)[1] == 1


def test_the_two_copies_of_a_table_read_the_ends_of_the_protected_feature(tmp_path):
    network = a_network(np.random.default_rng(2), 3)
    save_onnx(network, tmp_path / "made-1.onnx")
    ranges = [{"name": n, "from": 0, "to": 4, "step": 1} for n in ("age", "sex", "hours")]
    told = {"variables": ranges, "protected": "sex"}
    (tmp_path / "made.ranges.json").write_text(json.dumps(told))
    held = literature.load_tabular(tmp_path, "made-1")
    models, domain = held.pair()
    assert models["a"][1] == ["age", "sex_a", "hours"] and domain.size == 25
    ends = {v.name: v.number(0) for v in domain.variables if v.name.startswith("sex_")}
    assert ends == {"sex_a": 0, "sex_b": 4}
    assert plain(held.network, held.domain).tables[0].shape == (5, 1)


def test_a_page_of_problems_keeps_the_rows_that_are_not_measured_again():
    page = "text\n\n" + table(COLUMNS, [("car", *"abcdefghijk"), ("monk", *"lmnopqrstuv")])
    held = held_rows(page, COLUMNS)
    assert list(held) == ["car", "monk"] and held["car"][1:] == tuple("abcdefghijk")
    rows = with_rows(held, {"car": ("car", *"0" * 11), "new": ("new", *"1" * 11)})
    assert [r[:2] for r in rows] == [("car", "0"), ("monk", "l"), ("new", "1")]
    assert held_rows(table(("other",), [("x",)]), COLUMNS) == {} == held_rows("", COLUMNS)


def test_exact_errors_of_problems_are_numbers_and_open_ones_intervals():
    assert error((Fraction(0), Fraction(0))) == "0"
    assert error((Fraction(3, 16), Fraction(3, 16))) == "18.75%"
    assert error((Fraction(0), Fraction(1, 4))) == "0.00% to 25.00%"


def test_a_table_has_as_many_cells_in_every_row():
    text = sections(ROWS, "a day", "a machine")
    blocks = [b for b in text.split("\n\n") if b.startswith("| ")]
    assert len(blocks) == 4 and table(("a",), []) != ""
    for block in blocks:
        assert len({line.count("|") for line in block.strip().splitlines()}) == 1
