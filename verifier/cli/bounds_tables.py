"""`leafproof bounds solve|table|plot|compare|export`; registered by `bounds`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.bounds_common import (
    Assignments,
    Json,
    Name,
    read_assignments,
    say,
    say_json,
    today,
)

Vary = Annotated[
    list[str] | None,
    typer.Option("--vary", help="epsilon=0.1,0.01 or variables=10:90:10; may be repeated"),
]


def solve(name: Name, parameters: Assignments = None, as_json: Json = False) -> None:
    """Solve a bound for one parameter: for=epsilon n=10000 delta=1/100 ..."""
    from theory import catalogue
    from theory.language.errors import TheoryError
    from theory.values.solving import solve as solve_bound

    given = read_assignments(parameters)
    unknown = given.pop("for", None)
    if unknown is None:
        raise TheoryError("say which parameter to solve for: for=epsilon")
    theorem = catalogue[today(name)]
    solution = solve_bound(theorem, unknown, given)
    if as_json:
        say_json(solution.as_json())
        return
    say(f"{theorem.name}: {theorem.meaning} <= {solution.target}")
    say(f"  {solution.best} {unknown}  {solution.value}")
    if solution.beyond is not None:
        say(f"  not met by  {solution.beyond}")
    say(f"  monotonicity: {solution.monotonicity}")
    for fact in solution.relies_on:
        say(f"  relies on: {fact}")


def table(
    name: Name,
    parameters: Assignments = None,
    vary: Vary = None,
    csv: Annotated[bool, typer.Option("--csv", help="comma-separated values")] = False,
    md: Annotated[bool, typer.Option("--md", help="a Markdown table")] = False,
    as_json: Json = False,
) -> None:
    """Tabulate a bound over ranges of its parameters."""
    from theory import catalogue
    from theory.values.tables import make_table, parse_vary

    theorem = catalogue[today(name)]
    varied = [parse_vary(v) for v in vary or []]
    made, results = make_table(theorem, varied, read_assignments(parameters))
    if as_json:
        say_json([result.as_json() for _, result in results])
    elif csv:
        typer.echo(made.as_csv())
    else:
        typer.echo(made.as_markdown() if md else made.as_text())


def plot(
    name: Name,
    output: Annotated[Path, typer.Option("-o", "--output", help="FILE.svg, .png or .pdf")],
    parameters: Assignments = None,
    vary: Vary = None,
    beside: Annotated[
        list[str] | None, typer.Option(help="another theorem, a line of its own; may be repeated")
    ] = None,
    as_json: Json = False,
) -> None:
    """Plot a bound over a parameter; a second --vary, or --beside, gives several lines."""
    from theory import catalogue
    from theory.values.plots import plot as draw
    from theory.values.tables import parse_vary

    _check_folder(output)
    varied = [parse_vary(v) for v in vary or []]
    others = [catalogue[today(other)] for other in beside or []]
    given = read_assignments(parameters)
    image = draw(catalogue[today(name)], varied, given, output.suffix[1:], others)
    _write(output, image, as_json)


def compare(
    claim: Annotated[str, typer.Option("--claim", help='such as "error <= 0.01"')],
    parameters: Assignments = None,
    md: Annotated[bool, typer.Option("--md", help="a Markdown table")] = False,
    as_json: Json = False,
) -> None:
    """Learn, test, distil or prove: what each needs for a claim, side by side."""
    from theory.values.tables import compare as compare_ways
    from theory.values.tables import parse_claim

    made = compare_ways(parse_claim(claim), read_assignments(parameters))
    if as_json:
        say_json([dict(zip(made.header, row, strict=True)) for row in made.rows])
    else:
        typer.echo(made.as_markdown() if md else made.as_text())


def export(
    name: Name,
    fmt: Annotated[str, typer.Option("--format", help="smt2, latex or coq")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="default: print")] = None,
    as_json: Json = False,
) -> None:
    """Export a derivation: its goals as SMT-LIB 2 or Coq lemmas, or the proof in LaTeX."""
    from theory import catalogue
    from theory.export.coq import to_coq
    from theory.export.latex import to_latex
    from theory.export.smtlib import to_smtlib
    from theory.language.errors import TheoryError

    formats = {"smt2": to_smtlib, "latex": to_latex, "coq": to_coq}
    if fmt not in formats:
        raise TheoryError(f"--format {fmt!r}: unknown format; use one of {', '.join(formats)}")
    theorem = catalogue[today(name)]
    text = formats[fmt](theorem)
    if output is None:
        if as_json:
            say_json({"name": theorem.name, "format": fmt, "text": text})
        else:
            typer.echo(text, nl=False)
        return
    _check_folder(output)
    _write(output, text.encode(), as_json)


def _check_folder(output: Path) -> None:
    from theory.language.errors import TheoryError

    try:
        found = output.parent.is_dir()
    except OSError:  # a name that is too long
        found = False
    if not found:
        raise TheoryError(f"{output}: there is no directory {output.parent}; create it first")


def _write(output: Path, data: bytes, as_json: bool) -> None:
    from verifier.reports.files import write_whole

    write_whole(output, data)
    if as_json:
        say_json({"wrote": str(output)})
    else:
        say(f"wrote {output}")


def size(
    expression: Annotated[str, typer.Argument(help="such as trees(depth=5,variables=100)")],
    as_json: Json = False,
) -> None:
    """The exact number of functions or trees in a class, and its natural logarithm."""
    from theory.values.classes import counted, describe

    exact, logarithm = describe(expression)
    words = counted(expression)
    if as_json:
        shown = {"class": expression, "cardinality": exact, "logarithm": logarithm}
        say_json(shown if words is None else shown | {"counted": words})
        return
    say(f"cardinality  {exact}")
    say(f"logarithm    {logarithm}")
    if words is not None:
        say(f"counted      {words}")


def tightness(
    md: Annotated[bool, typer.Option("--md", help="a Markdown table")] = False,
    as_json: Json = False,
) -> None:
    """How loose bounds are: exact failure probabilities of tiny classes beside them."""
    from theory.values.decimals import write_number
    from theory.values.tables import TextTable
    from theory.values.tightness import rows

    found = rows()
    if as_json:
        say_json(
            [
                {
                    "theorem": r.theorem,
                    "problem": r.problem,
                    "quantity": r.quantity,
                    "side": r.side,
                    "exact": str(r.exact),
                    "bound": write_number(r.bound, 30, 1 if r.side == "upper" else -1),
                    "looseness": None if r.looseness is None else write_number(r.looseness, 6),
                }
                for r in found
            ]
        )
        return
    header = ("theorem", "problem", "quantity", "exact", "bound", "times")
    table = TextTable(
        header,
        tuple(
            (
                r.theorem,
                r.problem,
                r.quantity,
                write_number(r.exact, 6),
                write_number(r.bound, 6, {"upper": 1, "lower": -1, "equal": 0}[r.side]),
                "" if r.looseness is None else write_number(r.looseness, 4),
            )
            for r in found
        ),
    )
    typer.echo(table.as_markdown() if md else table.as_text())
