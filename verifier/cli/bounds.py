"""`leafproof bounds`: the theorems, their rigorous values and their machine-checked derivations.

Nothing of `theory` (and so neither SymPy, Z3 nor Arb) is imported before a verb runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import bounds_list, bounds_plan, bounds_tables
from verifier.cli.bounds_common import (
    Assignments,
    Json,
    Name,
    read_assignments,
    say,
    say_json,
    today,
)
from verifier.cli.examples import epilog

if TYPE_CHECKING:
    from theory.checking.derivation import DerivationReport
    from theory.language.statement import Assumption, Theorem
    from theory.values.evaluation import Evaluation

app = typer.Typer(
    no_args_is_help=True,
    help="The theory: bounds, their values, their proofs.",
    epilog=epilog("bounds"),
)


@app.command(epilog=epilog("bounds show"))
def show(name: Name, as_json: Json = False) -> None:
    """Show a theorem: statement, formula, assumptions, proof steps and their status, citation."""
    from theory import catalogue
    from theory.checking.derivation import check

    theorem = catalogue[today(name)]
    report = check(theorem)
    if as_json:
        say_json(_theorem_json(theorem, report))
    else:
        for line in _theorem_lines(theorem, report):
            say(line)
    if not report.accepted:
        raise typer.Exit(1)


def _theorem_lines(theorem: Theorem, report: DerivationReport) -> list[str]:
    import sympy as sp

    from theory.axioms import AXIOMS
    from theory.catalogue.settings import setting_of
    from theory.coq.granted import file_of
    from theory.language.experiment_words import formally, says

    pretty = sp.pretty(theorem.bound, use_unicode=True, wrap_line=False)
    where = setting_of(theorem.name)
    lines = [theorem.title, "", theorem.statement, "", f"Setting: {where.name} ({where.words})"]
    lines += [f"Formally: {theorem.claim}", "", *_coq_lines(theorem)]
    lines += [f"{theorem.meaning}:", ""]
    lines += ["    " + line for line in pretty.splitlines()]
    lines += ["", f"LaTeX: {sp.latex(theorem.bound)}", "", "Parameters:"]
    for p in theorem.parameters:
        trend = _trend_text(theorem, p.name)
        said = "; ".join(filter(None, (p.meaning, p.range_text(), p.left_out, trend)))
        lines.append(f"  {p.name} ({p.unicode}): {said}")
    if theorem.requires:
        lines += ["Conditions:", *_assumption_lines(theorem, theorem.requires)]
    lines += ["Experiment:", f"  {says(theorem)}", *(f"      {x}" for x in formally(theorem))]
    lines += ["Assumptions:", *_assumption_lines(theorem, theorem.assumptions)]
    lines += [f"Vacuous: {theorem.vacuous_words}"]
    lines += [f"Note: {note}" for note in theorem.notes]
    lines.append("Derivation:")
    for step, fate in zip(theorem.steps, report.steps, strict=True):
        cited = getattr(step.rule, "theorem", None)
        detail = getattr(step.rule, "axiom", "") if cited is None else cited.name
        rule = f"{fate.rule} {detail}".strip()
        lines.append(f"  {step.label} [{rule}] {'ok' if fate.error is None else fate.error}")
        lines.append(f"      {step.claim}")
        if step.words:
            lines.append(f"      {step.words}")
    lines += ["Axioms:" if report.axioms else "Axioms: none"]
    for name in report.axioms:
        lines.append(f"  {name}: {AXIOMS[name].statement} ({AXIOMS[name].citation})")
        if (file := file_of(name)) is not None:
            lines.append(f"      proved by Coq over finite probability spaces: {file}")
    lines += [f"Error: {e}" for e in report.errors]
    lines.append(f"Source: {theorem.citation}")
    return lines


def _coq_lines(theorem: Theorem) -> list[str]:
    """The statement that Coq proves, where it proves this theorem from nothing."""
    from theory.coq.translation import statement
    from theory.coq.twins import twin_of

    twin = twin_of(theorem.name)
    if twin is None:
        return []
    head = f"Proved by Coq over finite probability spaces (theory/coq/{twin.file}.v, Twins.v):"
    return [head, *(f"    {line}" for line in statement(twin, theorem).splitlines()), ""]


def _assumption_lines(theorem: Theorem, held: tuple[Assumption, ...]) -> list[str]:
    """What is assumed, formally and in words, and the remark that explains it."""
    from theory.language.wording import assumption

    lines = []
    for a in held:
        lines.append(f"  {a.label}: {assumption(theorem, a)}")
        if a.formal is not None:
            lines.append(f"      {a.formal}")
            lines.append(f"      (that is: {a.words})")
    return lines


def _assumption_json(theorem: Theorem, held: Assumption) -> dict[str, Any]:
    from theory.language.wording import assumption

    return {
        "label": held.label,
        "formal": None if held.formal is None else str(held.formal),
        "says": assumption(theorem, held),
        "remark": held.words,
    }


def _trend_text(theorem: Theorem, name: str) -> str:
    """How the value moves with a parameter, and whether that is proved."""
    from theory.checking.monotone import trend_basis

    trend = theorem.result.monotone.get(name)
    if trend is None:
        return "no monotonicity claimed"
    basis = trend_basis(theorem, name)
    status = "claimed, not proved" if basis is None else ": ".join([basis.mark, *basis.cited])
    parameter = theorem.parameter(name)
    what = "each of them" if parameter is not None and parameter.is_list else "it"
    return f"value {'rises' if trend == 'up' else 'falls'} with {what} ({status})"


def _basis_json(theorem: Theorem, name: str) -> dict[str, Any]:
    from theory.checking.monotone import trend_basis

    basis = trend_basis(theorem, name)
    return {
        "monotone_proved": basis is not None and basis.mark == "proved",
        "monotone_relies_on": [] if basis is None else list(basis.cited),
    }


def _theorem_json(theorem: Theorem, report: DerivationReport) -> dict[str, Any]:
    import sympy as sp

    from theory.catalogue.settings import setting_of
    from theory.coq.translation import statement
    from theory.coq.twins import twin_of
    from theory.language.experiment_words import as_json as experiment_json

    twin = twin_of(theorem.name)
    return {
        "name": theorem.name,
        "title": theorem.title,
        "setting": setting_of(theorem.name).name,
        "statement": theorem.statement,
        "schema": type(theorem.result).__name__,
        "claim": str(theorem.claim),
        "coq": None if twin is None else statement(twin, theorem),
        "formula": str(theorem.bound),
        "latex": sp.latex(theorem.bound),
        "parameters": {
            p.name: {
                "meaning": p.meaning,
                "range": p.range_text(),
                "otherwise": p.otherwise or None,
                "monotone": theorem.result.monotone.get(p.name),
                **_basis_json(theorem, p.name),
            }
            for p in theorem.parameters
        },
        "conditions": [_assumption_json(theorem, a) for a in theorem.requires],
        "experiment": experiment_json(theorem),
        "assumptions": [_assumption_json(theorem, a) for a in theorem.assumptions],
        "rounding": theorem.result.rounding,
        "vacuous": theorem.vacuous_words,
        "steps": [
            {"label": s.label, "claim": str(s.claim), "rule": f.rule, "error": f.error}
            for s, f in zip(theorem.steps, report.steps, strict=True)
        ],
        "axioms": list(report.axioms),
        "accepted": report.accepted,
        "citation": str(theorem.citation),
    }


@app.command("eval", epilog=epilog("bounds eval"))
def evaluate(name: Name, parameters: Assignments = None, as_json: Json = False) -> None:
    """Evaluate a bound: enclosure, and for sample sizes the exact integer."""
    from theory import catalogue

    theorem = catalogue[today(name)]
    result = theorem.evaluate(**read_assignments(parameters))
    if as_json:
        say_json(result.as_json())
    else:
        for line in _evaluation_lines(theorem, result):
            say(line)


def _evaluation_lines(theorem: Theorem, result: Evaluation) -> list[str]:
    given = ", ".join(f"{k} = {v}" for k, v in result.parameters)
    lines = [f"{theorem.name}: {theorem.meaning}", f"  for {given}"]
    lines += [f"  class    {words}" for words in result.counted]
    lines += [
        f"  value    {result.value}",
        f"  between  {result.lower}",
        f"  and      {result.upper}",
    ]
    if result.integer is not None:
        lines.append(f"  integer  {result.as_json()['integer']}")
    if result.vacuous:
        lines.append(f"  VACUOUS: the bound says nothing here ({theorem.vacuous_words})")
    return lines


@app.command(epilog=epilog("bounds verify"))
def verify(
    name: Annotated[str | None, typer.Argument(help="theorem; default all")] = None,
    everything: Annotated[bool, typer.Option("--all", help="every theorem")] = False,
    md: Annotated[bool, typer.Option("--md", help="a Markdown table")] = False,
    as_json: Json = False,
) -> None:
    """Re-check derivations, and that words, trends and sources fit; exit 1 if one fails."""
    from theory import catalogue
    from theory.language.errors import TheoryError

    if name is not None and everything:
        raise TheoryError("give either a theorem or --all, not both")
    reports: list[DerivationReport] = []
    done: dict[str, DerivationReport] = {}
    for theorem in catalogue.values() if name is None else (catalogue[today(name)],):
        reports.append(_verified(theorem, done))
        if not (as_json or md):
            say(_report_line(reports[-1]))
    if as_json:
        say_json([_report_json(r) for r in reports])
    elif md:
        say(_report_table(reports))
    else:
        say(_total_line(reports))
    if not all(r.accepted for r in reports):
        raise typer.Exit(1)


def _verified(theorem: Theorem, done: dict[str, DerivationReport]) -> DerivationReport:
    """The fate of the derivation, and of what surrounds it (see `theory.checking.consistency`)."""
    from dataclasses import replace

    from theory.checking.consistency import beyond_derivation
    from theory.checking.derivation import check

    report = check(theorem, done)
    if not report.accepted:
        return report
    return replace(report, errors=tuple(beyond_derivation(theorem)))


def _report_line(report: DerivationReport) -> str:
    rules = ", ".join(f"{count} {rule}" for rule, count in report.by_rule().items())
    fate = "ok" if report.accepted else "FAILED: " + "; ".join(report.errors)
    axioms = ", ".join(report.axioms) or "none"
    return f"{report.name}: {fate}; steps: {rules}; axioms: {axioms}; {report.seconds:.2f} s"


def _total_line(reports: list[DerivationReport]) -> str:
    steps = sum(len(r.steps) for r in reports)
    failed = sum(not r.accepted for r in reports)
    seconds = sum(r.seconds for r in reports)
    return f"{len(reports)} theorems, {steps} steps, {failed} failed, {seconds:.1f} s"


def _report_table(reports: list[DerivationReport]) -> str:
    """A row a theorem, a column a rule; totals last."""
    from theory.language.rules import RULE_NAMES
    from theory.values.tables import TextTable

    rules = tuple(RULE_NAMES.values())
    counts = [r.by_rule() for r in reports]
    rows = [
        (
            r.name,
            *(str(c.get(rule, "")) for rule in rules),
            ", ".join(r.axioms) or "none",
            "ok" if r.accepted else "FAILED: " + "; ".join(r.errors),
            f"{r.seconds:.2f}",
        )
        for r, c in zip(reports, counts, strict=True)
    ]
    totals = tuple(str(sum(c.get(rule, 0) for c in counts)) for rule in rules)
    axioms = len({a for r in reports for a in r.axioms})
    failed = sum(not r.accepted for r in reports)
    seconds = f"{sum(r.seconds for r in reports):.2f}"
    last = (f"{len(reports)} theorems", *totals, f"{axioms} axioms", f"{failed} failed", seconds)
    header = ("theorem", *rules, "axioms used", "status", "seconds")
    return TextTable(header, (*rows, last)).as_markdown()


def _report_json(report: DerivationReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "accepted": report.accepted,
        "steps": report.by_rule(),
        "axioms": list(report.axioms),
        "errors": list(report.errors),
        "seconds": round(report.seconds, 3),
    }


app.command("list", epilog=epilog("bounds list"))(bounds_list.list_theorems)
app.command(epilog=epilog("bounds glossary"))(bounds_list.glossary)
for verb in (
    bounds_tables.solve,
    bounds_tables.table,
    bounds_tables.plot,
    bounds_tables.compare,
    bounds_tables.export,
    bounds_tables.size,
    bounds_tables.tightness,
    bounds_plan.plan,
):
    app.command(epilog=epilog(f"bounds {verb.__name__}"))(verb)
