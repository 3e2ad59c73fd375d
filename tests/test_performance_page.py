"""The page of measurements from made-up results: rows, ratios, limits, contradictions, the plot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks.cases import LADDER, LONG, SHORT, WIDE, Entry, entries
from tests.benchmarks.page import line, page
from tests.benchmarks.plot import STYLES, harder, lines, plot
from tests.benchmarks.results import (
    ABSENT,
    CRASHED,
    DONE,
    LATE,
    SKIPPED,
    TOO_LARGE,
    FirstRun,
    Result,
    Run,
    load_result,
    load_run,
    save,
)
from tests.benchmarks.runner import TOOLS, excused, in_a_process, measured, start
from tests.benchmarks.words import answer, count, power, seconds, short

ENTRIES = (
    Entry("d16", LONG, "signs", 16, 2**16, "[32, 32], depth 4"),
    Entry("d64-s0", LONG, "signs", 64, 2**64, "[64, 64], depth 4"),
    Entry("d64-s0-t1000", SHORT, "signs", 64, 2**64, "[64, 64], depth 4"),
    Entry("d100_r5", WIDE, "signs", 100, 2**100, "[1000] x 4, depth 5", refute=True),
)
RUN = Run("python x", "2020-02-02", "a machine", "Python 3", "0", 60.0, 120.0, 12.0)
BRANCH = {
    "d16": Result("d16", "branch", DONE, 0.02, 3, 0.05, "equivalent", (0, 0), {"constant": 1200}),
    "d64-s0": Result(
        "d64-s0", "branch", DONE, 4.0, 3, 4.9, "different", (1029, 1029), {"constant": 5000}
    ),
    "d64-s0-t1000": Result("d64-s0-t1000", "branch", LATE, 120.4, 1, note="the check is late"),
    "d100_r5": Result(
        "d100_r5", "branch", DONE, 0.4, 3, None, "different", (1, 2**100), {"open": 1}
    ),
}
PEERS = {
    "exhaustive": Result("d16", "exhaustive", DONE, 0.01, 3, verdict="equivalent"),
    "z3": Result("d16", "z3", DONE, 11.87, 1, verdict="undecided"),
    "z3 by hand": Result("d16", "z3 by hand", LATE, 60.2, 1, verdict="undecided"),
    "HiGHS": Result("d16", "HiGHS", DONE, 24.6, 1, verdict="different"),
    "Marabou": Result("d16", "Marabou", CRASHED, note="no memory"),
}


def results():
    """Branch and bound on all cases; the peers on the first, skipped after that."""
    found = {(name, "branch"): result for name, result in BRANCH.items()}
    found |= {("d16", tool): result for tool, result in PEERS.items()}
    for entry in ENTRIES[1:]:
        found |= {(entry.name, tool): Result(entry.name, tool, SKIPPED) for tool in PEERS}
    return found


def row(text, name, table):
    """The cells of a case in the first or second table of the page."""
    found = [x for x in text.splitlines() if x.startswith(f"| {name} |")]
    return [cell.strip() for cell in found[table].strip("|").split("|")]


def test_the_rows_of_branch_and_bound():
    text = page(RUN, ENTRIES, results())
    start = ["d16", "[32, 32], depth 4", "2^16", "equivalent", "0.020", "0.050", "none"]
    assert row(text, "d16", 0) == [*start, "1,200 + 0", "60,000", "0"]
    assert row(text, "d64-s0", 0)[3:5] == ["different: exactly 1,029", "4.0"]
    assert row(text, "d64-s0-t1000", 0)[3:8] == ["the check is late", ">120", "", "none", ""]
    assert row(text, "d100_r5", 0)[3] == "different (stopped at the first)"
    assert "| **trained for 1,000 steps** |" in text


def test_the_rows_of_the_others():
    text = page(RUN, ENTRIES, results())
    assert row(text, "d16", 1) == [
        "d16",
        "0.020",
        "0.010 (0.50x)",
        "undecided, 12",
        ">60 (>3,000x)",
        "different, 25",
        "failed: no memory",
    ]
    assert row(text, "d64-s0-t1000", 1) == ["d64-s0-t1000", ">120", *["skipped"] * 5]
    assert "* d16: HiGHS says *different*, the kernel equivalent." in text


def test_every_row_has_as_many_cells_as_its_heading():
    blocks = page(RUN, ENTRIES, results()).split("\n\n")
    tables = [b for b in blocks if b.startswith("| case")]
    assert len(tables) == 2
    for table in tables:
        assert len({x.count("|") for x in table.splitlines()}) == 1


def test_the_page_says_how_it_was_made():
    run = replace(RUN, first=FirstRun(31.4, 2.2))
    text = page(run, ENTRIES, results())
    assert "`python x` on 2020-02-02: a machine. Python 3. 12 minutes" in text
    assert "Compiling takes 31 s once" in text
    assert "trained longer are easier" in " ".join(text.split())


def test_no_ratio_is_given_where_branch_and_bound_is_late():
    late = BRANCH["d64-s0-t1000"]
    assert answer(Result("x", "z3", DONE, 3.0, 1, verdict="equivalent"), late) == "3.0"
    assert answer(Result("x", "z3", LATE, 60.0), late) == ">60"
    assert answer(Result("x", "z3", ABSENT), late) == "not installed"
    assert answer(Result("x", "exhaustive", TOO_LARGE), late) == "too large"


ROUNDED = {
    0: "0",
    0.000734: "0.00073",
    0.0998: "0.10",
    0.5: "0.50",
    1.25: "1.2",
    9.96: "10",
    12.6: "13",
    99.6: "100",
    1234.5: "1,200",
    123456: "120,000",
}


@pytest.mark.parametrize(("value", "text"), ROUNDED.items())
def test_two_digits(value, text):
    assert short(value) == text


def test_other_numbers():
    assert [seconds(x) for x in (0.0213, 12.3, 123.4)] == ["0.021", "12", "123"]
    assert [power(x) for x in (432, 2**24, 5**20, 3**9)] == ["432", "2^24", "5^20", "3^9"]
    assert [count(x) for x in (999, 10**9, 2**100)] == ["999", "1e+09", "1.27e+30"]


def test_a_result_as_a_line():
    assert line(BRANCH["d16"], None) == (
        "d16              branch      0.020 s, no check, equivalent, cells 1,200 + 0, "
        "60,000 cells/s, 0 MiB"
    )
    assert line(PEERS["exhaustive"], BRANCH["d16"]).split()[2:] == ["0.010", "(0.50x)"]


def test_results_survive_their_files(tmp_path):
    for value, load in ((BRANCH["d64-s0"], load_result), (BRANCH["d64-s0-t1000"], load_result)):
        save(tmp_path / "x.json", value)
        assert load(tmp_path / "x.json") == value
    run = replace(RUN, first=FirstRun(1.0, 2.0))
    save(tmp_path / "run.json", run)
    assert load_run(tmp_path / "run.json") == run


def test_a_tool_out_of_time_is_not_tried_on_larger_cases_of_its_ladder():
    small, large, other, _ = ENTRIES
    assert excused(small, "z3", None) is None
    assert excused(large, "z3", 65) is None
    assert excused(large, "z3", 64).outcome == SKIPPED
    assert excused(small, "exhaustive", None) is None
    assert excused(other, "exhaustive", None).outcome == TOO_LARGE


def test_an_interrupted_run_goes_on_and_a_complete_one_does_not(tmp_path):
    folder = tmp_path / "kept"
    run = start(RUN, folder, fresh=False)
    kept = results()
    for (name, tool), result in kept.items():
        save(folder / f"{name}--{tool.replace(' ', '-')}.json", result)
    later = replace(RUN, date="2020-02-03", minutes=0.0)
    assert start(later, folder, fresh=False) == run
    found = list(measured(ENTRIES, TOOLS, run, folder))
    assert {(r.case, r.tool): r for r in found} == kept
    save(folder / "run.json", replace(run, complete=True))
    assert start(later, folder, fresh=False) == later
    assert [p.name for p in folder.iterdir()] == ["run.json"]


def test_a_process_that_hangs_is_ended_and_one_that_fails_is_reported(tmp_path):
    assert in_a_process(["timeit", "-n1", "import time; time.sleep(60)"], 1.5, tmp_path)[0] is None
    code, words = in_a_process(["timeit", "-n1", "raise MemoryError('no room')"], 60, tmp_path)
    assert code == 1
    assert words == "MemoryError: no room"


def test_a_measurement_that_fails_is_a_result(tmp_path):
    unknown = replace(ENTRIES[0], name="unknown")
    (found,) = measured([unknown], ["z3"], RUN, tmp_path)
    assert (found.outcome, found.note) == (CRASHED, "StopIteration")
    assert load_result(tmp_path / "unknown--z3.json") == found


def test_a_measurement(tmp_path):
    case = next(e for e in entries() if e.name == "multiplexer-6")
    (found,) = measured([case], ["exhaustive"], RUN, tmp_path)
    assert (found.outcome, found.verdict, found.note) == (DONE, "equivalent", "")
    assert found.disagreements == (0, 0)
    assert sum(found.cells.values()) > 0
    assert found.seconds > 0
    assert found.check > 0
    assert 0 < found.at_start <= found.memory


def test_changed_code_begins_again(tmp_path):
    start(RUN, tmp_path, fresh=False)
    save(tmp_path / "d16--z3.json", PEERS["z3"])
    changed = replace(RUN, code="1")
    assert start(changed, tmp_path, fresh=False) == changed
    assert not (tmp_path / "d16--z3.json").exists()


def test_every_case_of_the_ladder_exists_and_comes_first_of_its_size():
    first = {}
    for entry in entries():
        if entry.ladder == "signs":
            first.setdefault(entry.size, entry.name)
    assert tuple(first.values())[: len(LADDER)] == LADDER


def test_the_plot(tmp_path):
    found = results()
    drawn = lines(ENTRIES, found, 60.0)
    assert drawn["branch"] == ([(16, 0.02), (64, 4.0)], [])
    assert drawn["z3 by hand"] == ([], [(16, 60.0)])
    assert "Marabou" not in drawn  # crashed
    assert harder(ENTRIES, found) == []  # late
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        plot(ENTRIES, found, 60.0, path)
    text = paths[0].read_text()
    assert text == paths[1].read_text()
    assert "time to a verdict / s" in text
    assert "number of inputs d" in text
    assert "out of time after 60 s" in text


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("tool", TOOLS)
def test_colours_stand_out_on_light_and_on_dark(tool):
    own = luminance(STYLES[tool][0])
    for page_colour in ("#ffffff", "#0d1117"):
        other = luminance(page_colour)
        light, dark = max(own, other), min(own, other)
        assert (light + 0.05) / (dark + 0.05) >= 3
