"""Open cells as SMT-LIB 2 files, for any solver that reads linear arithmetic (QF_LIRA).

A file is satisfiable exactly if the cell holds a point whose class is not the one named. It states
the teacher folded on the cell, with exact rational weights: neurons that bounds show to be stable
there are part of the affine maps around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from verifier.kernel.prepared import prepare
from verifier.model.cell import Cell, describe_cell
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, quoted
from verifier.model.network import Network
from verifier.provers.solvers.folding import Choice, Folded, Gate, fold
from verifier.provers.solvers.rows import Row, exact, outward, rivals, written
from verifier.provers.timing import over
from verifier.writing.files import write_atomically

MOST = 10_000
"""Most files written."""


def write_cells(
    domain: Domain, teacher: Network, cells: Sequence[tuple[Cell, int]], folder: Path
) -> list[Path]:
    """Write a file ``cell-NUMBER-class-K.smt2`` for each cell and class; returns their paths.

    The folder is made if it does not exist; where the time is over (`timing.ending`) the other
    cells are left out. Raises LeafproofError where there are more than MOST cells, or where the
    folder cannot be written to.
    """
    make_folder(folder, len(cells))
    prepared = prepare(teacher, domain)
    paths: list[Path] = []
    for i, (cell, klass) in enumerate(cells, 1):
        if over():
            break
        text = question(domain, fold(teacher, domain, cell, prepared), cell, klass)
        paths.append(folder / f"{cell_name(i, len(cells), klass)}.smt2")
        write_atomically(paths[-1], text.encode("ascii"))
    return paths


def make_folder(folder: Path, files: int) -> None:
    """Make the folder for so many files; raises LeafproofError."""
    if files > MOST:
        raise LeafproofError(
            f"{files} cells are open, more than the {MOST} that are written as files: "
            "give the search more time (--timeout)"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LeafproofError(
            f"cannot make the folder {quoted(folder, 200)} ({problem.strerror}): "
            "choose another place"
        ) from None


def cell_name(number: int, count: int, klass: int) -> str:
    """The name of a cell's file, without its ending."""
    return f"cell-{number:0{len(str(count))}}-class-{klass}"


def question(domain: Domain, folded: Folded, cell: Cell, klass: int) -> str:
    """The text of a file."""
    lines = [
        f"; Is the class {klass} everywhere in the cell?",
        "; unsat: yes. sat: no, and the model is a point where it is another class.",
        comment(f"; The cell: {describe_cell(domain, cell)}."),
        "; Weights are exact. Neurons that are stable in the cell are folded away.",
        "(set-info :smt-lib-version 2.6)",
        "(set-info :category industrial)",
        "(set-info :status unknown)",
        "(set-logic QF_LIRA)",
    ]
    for choice in folded.choices:
        lines += _choice_lines(domain, choice)
    integers = {c.first + j for c in folded.choices for j in range(c.atoms)}
    for gate in folded.gates:
        lines += _gate_lines(gate, integers)
    goals = [
        f"({'>=' if ties else '>'} {_term(row, integers)} 0.0)"
        for row, ties in rivals(folded.logits, klass)
    ]
    lines += ["; another class", f"(assert {_any(goals)})", "(check-sat)", "(exit)", ""]
    return "\n".join(lines)


def _choice_lines(domain: Domain, choice: Choice) -> Iterator[str]:
    """The constants that pick a variable's value."""
    variable = domain.variables[choice.variable]
    names = [f"x{choice.first + j}" for j in range(choice.atoms)]
    labels = [variable.labels[v] for v in choice.values]
    if choice.progression:
        meaning = ", ".join(f"{j} for {label}" for j, label in enumerate(labels))
        yield comment(f"; {names[0]} is {variable.name}: {meaning}")
    else:
        cases = [f"{name} for {label}" for name, label in zip(names, labels[1:], strict=True)]
        yield comment(f"; one of these for {variable.name}: {', '.join(cases)}, none {labels[0]}")
    most = len(labels) - 1 if choice.progression else 1
    for name in names:
        yield f"(declare-const {name} Int)"
        yield f"(assert (and (<= 0 {name}) (<= {name} {most})))"
    if len(names) > 1:
        yield f"(assert (<= (+ {' '.join(names)}) 1))"


def _gate_lines(gate: Gate, integers: set[int]) -> Iterator[str]:
    """A neuron's definition, and bounds that follow from the cell."""
    inside, out = f"s{gate.atom}", f"h{gate.atom}"
    low, high = outward(gate.low, up=False), outward(gate.high, up=True)
    yield f"; {out} is the {'sign' if gate.sign else 'ReLU'} of {inside}"
    yield f"(declare-const {inside} Real)"
    yield f"(declare-const {out} Real)"
    yield f"(assert (= {inside} {_term(gate.row, integers)}))"
    yield f"(assert (and (<= {_number(low)} {inside}) (<= {inside} {_number(high)})))"
    if gate.sign:
        cases = (("<", "(- 1.0)"), ("=", "0.0"), (">", "1.0"))
        parts = [f"(and ({op} {inside} 0.0) (= {out} {value}))" for op, value in cases]
        yield f"(assert {_any(parts)})"
        return
    slope = _number(outward(high / (high - low), up=True))
    yield f"(assert (and (<= 0.0 {out}) (<= {inside} {out})))"
    yield f"(assert (<= {out} (* {slope} (- {inside} {_number(low)}))))"
    yield f"(assert (or (<= {out} 0.0) (<= {out} {inside})))"


def _term(row: Row, integers: set[int]) -> str:
    """A row as a real term."""
    given = exact(row)
    parts = [
        f"(* {_number(x)} {f'(to_real x{a})' if a in integers else f'h{a}'})"
        for a, x in given.terms
    ]
    parts.append(_number(given.constant))
    return f"(+ {' '.join(parts)})" if len(parts) > 1 else parts[0]


def _number(x: Fraction) -> str:
    """A fraction as a real numeral."""
    size = abs(x)
    text = f"{written(size.numerator)}.0"
    if size.denominator != 1:
        text = f"(/ {text} {written(size.denominator)}.0)"
    return f"(- {text})" if x < 0 else text


def _any(cases: Sequence[str]) -> str:
    return f"(or {' '.join(cases)})" if len(cases) > 1 else cases[0]


def comment(text: str) -> str:
    """A comment on one line of printable ASCII."""
    line = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    return "".join(c if c.isprintable() else " " for c in line)
