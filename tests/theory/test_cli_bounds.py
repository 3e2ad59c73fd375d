"""The `bounds` commands."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from typer.testing import CliRunner

import theory
from theory import TheoryError, catalogue
from theory.catalogue.field_names import FIELD_NAMES
from theory.catalogue.settings import ALIASES, SETTINGS
from theory.language.definitions import DEFINITIONS, OPT, distils
from verifier.cli.bounds import app

RUNNER = CliRunner()


def _run(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_list_names_every_theorem() -> None:
    lines = _run("list").splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue)
    assert [entry["name"] for entry in json.loads(_run("list", "--json"))] == list(catalogue)


@pytest.mark.parametrize("name", ["test-sample-size", "occam-agnostic", "leaf-tail-product"])
def test_show_has_everything(name: str) -> None:
    text = _run("show", name)
    theorem = catalogue[name]
    for part in (theorem.statement, str(theorem.citation), "LaTeX:", "Derivation:", "Vacuous:"):
        assert part in text
    assert all(f"  {step.label} [" in text for step in theorem.steps)
    shown = json.loads(_run("show", name, "--json"))
    assert shown["accepted"] is True
    claimed = [p for p in shown["parameters"].values() if p["monotone"]]
    assert all(p["monotone_proved"] for p in claimed)
    assert [s["label"] for s in shown["steps"]] == [s.label for s in theorem.steps]


def test_eval_text_and_json() -> None:
    arguments = ["epsilon=1/1000", "delta=0.01"]
    text = _run("eval", "test-sample-size", *arguments)
    assert "integer  4603" in text
    shown = json.loads(_run("eval", "test-sample-size", *arguments, "--json"))
    assert set(shown) == {"name", "parameters", "value", "enclosure", "integer", "vacuous"}
    assert shown["parameters"] == {"epsilon": "1/1000", "delta": "0.01"}
    assert (shown["integer"], shown["vacuous"]) == ("4603", False)
    low, high = (Fraction(x) for x in shown["enclosure"])
    assert low <= Fraction(shown["value"]) <= high
    assert high - low < Fraction(1, 10**30)


def test_eval_with_a_class() -> None:
    text = _run("eval", "occam-realizable", "epsilon=1/100", "delta=1e-9",
                "class=trees(depth=5,variables=100)")  # fmt: skip
    assert "integer  18482" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "test-sample-size", "epsilon"],
        ["eval", "test-sample-size", "epsilon=1", "epsilon=2"],
        ["eval", "test-sample-size", "epsilon=2", "delta=1/2"],
        ["eval", "nonsense", "epsilon=1/2"],
        ["show", "nonsense"],
        ["verify", "test-sample-size", "--all"],
    ],
)
def test_bad_input_is_a_theory_error_of_one_line(arguments: list[str]) -> None:
    with pytest.raises(TheoryError) as caught:
        RUNNER.invoke(app, arguments, catch_exceptions=False)
    assert "\n" not in str(caught.value)


def test_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("kernel-relu", "occam-realizable", "exact-test", "leaf-margin", "vc-failure")
    with monkeypatch.context() as some:  # the other tests check them all
        some.setattr(theory, "catalogue", {name: catalogue[name] for name in names})
        lines = _run("verify", "--all").splitlines()
    assert [line.split(": ")[:2] for line in lines[:-1]] == [[n, "ok; steps"] for n in names]
    steps = sum(len(catalogue[name].steps) for name in names)
    assert lines[-1].startswith(f"5 theorems, {steps} steps, 0 failed, ")
    table = _run("verify", "occam-realizable", "--md").splitlines()
    assert table[0].startswith("| theorem | algebra | smt | arb | axiom |")
    assert table[2].startswith("| occam-realizable | ")
    assert table[3].startswith("| 1 theorems | ")
    reports = json.loads(_run("verify", "occam-realizable", "--json"))
    assert [r["accepted"] for r in reports] == [True]
    assert "union-bound" in reports[0]["axioms"]


def test_verify_fails_when_a_derivation_does(monkeypatch: pytest.MonkeyPatch) -> None:
    theorem = catalogue["test-sample-size"]
    broken = dataclasses.replace(theorem, steps=theorem.steps[:-1])
    monkeypatch.setattr(theory, "catalogue", {theorem.name: broken})
    assert "FAILED" in _run("verify", "--all", code=1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"title": "A test, at most 1/7"}, "claims something"),
        ({"experiment": None}, "no experiment declares it"),
        ({"citation": catalogue["leaf-tail"].citation}, "is not the one that"),
    ],
)
def test_verify_fails_when_words_or_sources_do(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], why: str
) -> None:
    theorem = dataclasses.replace(catalogue["test-sample-size"], **changed)
    monkeypatch.setattr(theory, "catalogue", {theorem.name: theorem})
    assert why in _run("verify", "--all", code=1)


def test_the_module_imports_nothing_heavy() -> None:
    code = (
        "import sys, verifier.cli.bounds; "
        "print([m for m in ('theory', 'sympy', 'z3', 'flint', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_solve_table_and_compare(tmp_path: Path) -> None:
    text = _run("solve", "test-sample-size", "for=epsilon", "n=10000", "delta=1e-9")
    assert "least epsilon  0.00207018079747244903341706233915" in text
    shown = json.loads(
        _run("solve", "test-sample-size", "for=epsilon", "n=10000", "delta=1e-9", "--json")
    )
    assert shown["best"] == "least"
    csv = _run("table", "test-sample-size", "--vary", "epsilon=0.1,0.01", "delta=1/20", "--csv")
    assert csv.splitlines()[2].startswith("0.01,298.07285")
    rows = json.loads(
        _run("table", "test-sample-size", "--vary", "epsilon=0.1,0.01", "delta=1/20", "--json")
    )
    assert [r["integer"] for r in rows] == ["29", "299"]
    claim = ["--claim", "error <= 0.01", "delta=1e-6", "variables=20", "depth=3"]
    assert "certificate-error" in _run("compare", *claim)
    assert json.loads(_run("compare", *claim, "--json"))[-1]["samples"] == "0"
    target = tmp_path / "plot.pdf"
    _run("plot", "test-sample-size", "--vary", "epsilon=0.1,0.01", "delta=1/20", "-o", str(target))
    assert target.read_bytes().startswith(b"%PDF")
    with pytest.raises(TheoryError, match="for=epsilon"):
        _run("solve", "test-sample-size", "n=3", "delta=1/2")


def test_size() -> None:
    assert _run("size", "trees(depth=3,variables=10)").splitlines()[0] == "cardinality  3112401642"
    shown = json.loads(_run("size", "trees(depth=4000,variables=3)", "--json"))
    assert "use its logarithm" in shown["cardinality"]
    assert shown["logarithm"].endswith("e+1204")
    assert json.loads(_run("size", "1000", "--json"))["cardinality"] == "1000"


def test_list_by_setting() -> None:
    names = [
        line.split()[0] for s in SETTINGS for line in _run("list", "--setting", s.name).splitlines()
    ]
    assert sorted(names) == sorted(catalogue)
    assert _run("list", "--setting", "Open Cells") == _run("list", "--setting", "open-cells")
    told = _run("list", "--settings").splitlines()
    assert [line.split(":")[0] for line in told] == [s.name for s in SETTINGS]
    shown = json.loads(_run("show", "vc-lower", "--json"))
    assert shown["setting"] == "learner"
    result = RUNNER.invoke(app, ["list", "--setting", "nowhere"])
    assert isinstance(result.exception, TheoryError)


@pytest.mark.parametrize("old", ALIASES)
def test_old_names_find_their_theorem_and_say_so(old: str) -> None:
    today, why = ALIASES[old]
    assert catalogue[old] is catalogue[today]
    assert old not in catalogue
    result = RUNNER.invoke(app, ["verify", old], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"{old} is the old name of {today}: {why}" in result.stderr


def test_an_export_has_the_name_of_today() -> None:
    export = ["export", "occam-trees", "--format", "smt2", "--json"]
    result = RUNNER.invoke(app, export, catch_exceptions=False)
    assert json.loads(result.stdout)["name"] == "occam-trees-realizable"


def test_the_words_of_the_field_are_defined_and_documented() -> None:
    for definition in DEFINITIONS:
        assert all(name in catalogue for name in definition.see)
    told = _run("glossary")
    assert all(f"{d.name}: {d.words}" in told for d in DEFINITIONS)
    assert [d["name"] for d in json.loads(_run("glossary", "--json"))] == [
        d.name for d in DEFINITIONS
    ]
    page = (Path(__file__).parents[2] / "docs" / "distillation.md").read_text(encoding="utf-8")
    for table in _run("glossary", "--md").strip().split("\n\n"):
        assert table in page, "write it: leafproof bounds glossary --md"


def test_the_claim_of_a_distiller_is_the_defined_one() -> None:
    for name in ("reduction-accuracy", "universal-samples"):
        assert str(catalogue[name].claim).endswith("> epsilon) <= delta)")
    assert distils(OPT, OPT).args[0].args[0].args[1] == OPT + sp.Symbol(
        "epsilon", real=True, positive=True
    )


def test_names_of_the_field_find_their_theorem_and_say_so() -> None:
    assert not set(FIELD_NAMES) & ({*catalogue} | {*ALIASES})
    for field, name in FIELD_NAMES.items():
        assert catalogue[field] is catalogue[name]
    words = ["eval", "sprt", "k=0", "epsilon=1/100", "q=1/400", "delta=1/20"]
    result = RUNNER.invoke(app, words, catch_exceptions=False)
    assert "sprt is sequential-test here" in result.stderr
    assert "396.93264213040104728" in result.stdout


def test_parameters_are_known_by_their_letters() -> None:
    by_names = catalogue["clopper-pearson"].evaluate(errors=2, n=100, delta="1/20")
    assert catalogue["clopper-pearson"].evaluate(k=2, n=100, δ="1/20") == by_names
    assert catalogue["test-sample-size"].evaluate(eps="1/100", delta="1/20").integer == 299
    with pytest.raises(TheoryError, match="errors is given twice"):
        catalogue["clopper-pearson"].evaluate(k=2, errors=2, n=100, delta="1/20")
