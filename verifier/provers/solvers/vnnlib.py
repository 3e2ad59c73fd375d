"""Open cells as VNN-LIB files with the network as ONNX, for neural network verifiers.

A property is satisfied by a counterexample: an input of the cell whose output belongs to another
class than the one named. VNN-LIB has no strict comparisons, so a tie counts as another class, and
its numbers are decimals, so an input that no short decimal equals becomes a narrow interval. Both
only admit more points: "unsat" proves the class, "sat" needs its point to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from verifier.formats.onnx_writer import save_onnx
from verifier.model.cell import Cell, describe_cell, values
from verifier.model.domain import Domain
from verifier.model.network import Network, check_columns
from verifier.provers.solvers.rows import written
from verifier.provers.solvers.smtlib import cell_name, comment, make_folder
from verifier.provers.timing import over
from verifier.writing.files import write_atomically

NETWORK = "teacher.onnx"
INSTANCES = "instances.csv"
SECONDS = 300
"""The time limit that instances.csv suggests to verifiers."""
DIGITS = 40
"""Decimals kept of an input that has no finite decimal expansion so short."""


def write_cells(
    domain: Domain, teacher: Network, cells: Sequence[tuple[Cell, int]], folder: Path
) -> list[Path]:
    """Write the network, ``cell-NUMBER-class-K.vnnlib`` for each cell and class, and a list.

    Returns the paths: the network, the properties, and ``instances.csv`` with a line "network,
    property, seconds" for each. The folder is made if it does not exist; where the time is over
    (`timing.ending`) the other cells are left out. Raises LeafproofError where there are too many
    cells, or where the folder cannot be written to.
    """
    check_columns(teacher, domain)
    make_folder(folder, len(cells))
    names = [f"{cell_name(i, len(cells), k)}.vnnlib" for i, (_, k) in enumerate(cells, 1)]
    real = replace(teacher, executed=())  # the question is about the real numbers
    save_onnx(real, folder / NETWORK)
    written_names = []
    for name, (cell, klass) in zip(names, cells, strict=True):
        if over():
            break
        text = _property(domain, teacher, cell, klass)
        write_atomically(folder / name, text.encode("ascii"))
        written_names.append(name)
    table = "".join(f"{NETWORK},{name},{SECONDS}\n" for name in written_names)
    write_atomically(folder / INSTANCES, table.encode("ascii"))
    return [folder / name for name in (NETWORK, *written_names, INSTANCES)]


def _property(domain: Domain, teacher: Network, cell: Cell, klass: int) -> str:
    """The text of a property file."""
    lines = [
        f"; Is the class {klass} everywhere in the cell?",
        "; unsat: yes. sat: the point given is another class, or as good as tied with one.",
        comment(f"; The cell: {describe_cell(domain, cell)}."),
        *(f"(declare-const X_{i} Real)" for i in range(domain.columns)),
        *(f"(declare-const Y_{j} Real)" for j in range(teacher.outputs)),
    ]
    for index in range(len(domain.variables)):
        lines += _input_lines(domain, cell, index)
    if teacher.outputs == 1:
        goals = [f"({'<=' if klass else '>='} Y_0 0.0)"]
    else:
        goals = [f"(>= Y_{j} Y_{klass})" for j in range(teacher.outputs) if j != klass]
    lines += ["; another class", f"(assert {_any([f'(and {g})' for g in goals])})", ""]
    return "\n".join(lines)


def _input_lines(domain: Domain, cell: Cell, index: int) -> Iterator[str]:
    """The box of a variable's columns, and which of its points are values."""
    variable, offset = domain.variables[index], domain.offsets[index]
    rows = [variable.encoding[v] for v in values(cell.masks[index])]
    yield comment(f"; {variable.name}")
    for j in range(variable.columns):
        column = [row[j] for row in rows]
        yield f"(assert (>= X_{offset + j} {decimal(min(column), up=False)}))"
        yield f"(assert (<= X_{offset + j} {decimal(max(column), up=True)}))"
    cases = []
    for row in dict.fromkeys(rows):
        ends = [
            f"(>= X_{offset + j} {decimal(x, up=False)}) (<= X_{offset + j} {decimal(x, up=True)})"
            for j, x in enumerate(row)
        ]
        cases.append(f"(and {' '.join(ends)})")
    if len(cases) > 1:
        yield f"(assert {_any(cases)})"


def _any(cases: Sequence[str]) -> str:
    return f"(or {' '.join(cases)})"


def decimal(x: Fraction, *, up: bool) -> str:
    """``x`` as a decimal of at most DIGITS decimals, rounded up or down."""
    scaled = x * 10**DIGITS
    whole = (
        -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    )
    digits = written(abs(whole)).rjust(DIGITS + 1, "0")
    fraction = digits[-DIGITS:].rstrip("0") or "0"
    return f"{'-' if whole < 0 else ''}{digits[:-DIGITS]}.{fraction}"
