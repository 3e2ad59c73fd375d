"""Tables of a bound over ranges of its parameters, and comparisons for one problem."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theory.catalogue import catalogue, subjects, title
from theory.catalogue.settings import setting as named
from theory.catalogue.settings import setting_of
from theory.language.errors import TheoryError
from theory.language.statement import Theorem
from theory.values.decimals import read_number, write_number
from theory.values.evaluation import Evaluation

MAX_ROWS = 100_000


@dataclass(frozen=True)
class TextTable:
    """Rows of text under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_csv(self) -> str:
        """Comma-separated values, one line a row."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue().rstrip("\n")

    def as_markdown(self) -> str:
        """A Markdown table."""
        lines = [self.header, tuple("---" for _ in self.header), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def as_text(self) -> str:
        """Aligned columns."""
        widths = [
            max(len(r[i]) for r in (self.header, *self.rows)) for i in range(len(self.header))
        ]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in (self.header, *self.rows)
        ]
        return "\n".join(lines)


def by_subject(setting: str | None = None) -> TextTable:
    """The names of all theorems, or those of a setting, a row a subject."""
    wanted = None if setting is None else named(setting)
    rows = []
    for subject in subjects():
        names = [t.name for t in subject.THEOREMS if wanted in (None, setting_of(t.name))]
        if names:
            rows.append((title(subject), ", ".join(names)))
    return TextTable(("subject", "theorems"), tuple(rows))


def parse_vary(text: str) -> tuple[str, tuple[str, ...]]:
    """Read `epsilon=0.1,0.01` or `variables=10:100:10` (both ends included).

    Returns the name and the values as exact texts. Raises TheoryError for anything else.
    """
    name, sign, body = text.partition("=")
    if not sign or not body:
        raise TheoryError(f"--vary {text!r}: write name=v1,v2,... or name=start:stop:step")
    if ":" in body:
        return name, tuple(_range(text, body))
    # a comma inside brackets belongs to a class expression
    return name, tuple(part.strip() for part in re.split(r",(?![^()]*\))", body))


def _range(text: str, body: str) -> list[str]:
    parts = body.split(":")
    if len(parts) != 3:
        raise TheoryError(f"--vary {text!r}: write name=start:stop:step")
    start, stop, step = (read_number(p, f"--vary {text!r}") for p in parts)
    if step <= 0 or stop < start:
        raise TheoryError(f"--vary {text!r}: the step must be positive and stop >= start")
    count = (stop - start) // step + 1
    if count > MAX_ROWS:
        raise TheoryError(f"--vary {text!r}: {count} values; at most {MAX_ROWS} fit")
    return [str(start + i * step) for i in range(int(count))]


def make_table(
    theorem: Theorem, varied: Sequence[tuple[str, tuple[str, ...]]], fixed: Mapping[str, Any]
) -> tuple[TextTable, tuple[tuple[tuple[str, ...], Evaluation], ...]]:
    """Evaluate a bound at every combination of the varied values.

    Returns the table and the evaluations with the values they belong to.
    """
    names = [name for name, _ in varied]
    if not names:
        raise TheoryError("a table needs at least one --vary name=values")
    clash = [n for n in names if names.count(n) > 1 or n in fixed]
    if clash:
        raise TheoryError(f"{clash[0]} is given twice; give it once, fixed or with --vary")
    size = 1
    for _, values in varied:
        size *= len(values)
    if size > MAX_ROWS:
        raise TheoryError(f"the table would have {size} rows; at most {MAX_ROWS} fit")
    rows, results = [], []
    for values in itertools.product(*(v for _, v in varied)):
        result = theorem.evaluate(**{**fixed, **dict(zip(names, values, strict=True))})
        results.append((values, result))
        integer = "" if result.integer is None else str(result.as_json()["integer"])
        rows.append((*values, _short(result.value), integer, "vacuous" if result.vacuous else ""))
    header = (*names, "value", "integer", "vacuous")
    return TextTable(header, tuple(rows)), tuple(results)


def _short(value: str) -> str:
    return write_number(Fraction(value), 12)


_CLAIM = re.compile(r"\s*error\s*(?:<=|<|≤)\s*(\S+)\s*")


def parse_claim(text: str) -> Fraction:
    """Read a claim such as "error <= 0.01". Raises TheoryError for anything else."""
    match = _CLAIM.fullmatch(text)
    if match is None:
        raise TheoryError(f'--claim {text!r}: write it as "error <= 0.01"')
    epsilon = read_number(match[1], "--claim")
    if not 0 < epsilon < 1:
        raise TheoryError(f"--claim {text!r}: the error must be in (0, 1)")
    return epsilon


def compare(epsilon: Fraction, given: Mapping[str, Any]) -> TextTable:
    """What learning, testing, distilling and proving cost for error <= epsilon.

    `given`: delta; optionally variables and depth (then learning a tree is included), and with
    them tau and B (then the search under the linear representation hypothesis is included).
    Raises TheoryError if one is missing.
    """
    sizes, norms = {"variables", "depth"}, {"tau", "B"}
    names = set(given)
    known = any(names == {"delta"} | more for more in (set(), sizes, sizes | norms))
    if not known:
        raise TheoryError(
            "compare takes delta=, optionally with variables= and depth= of the trees, and with "
            "these tau= and B="
        )
    delta = read_number(given["delta"], "delta")
    tree = {k: given[k] for k in ("variables", "depth") if k in given}

    def samples(name: str, **parameters: Any) -> str:
        return str(catalogue[name].evaluate(**parameters).as_json()["integer"])

    shown = write_number(epsilon, 12)
    risk = write_number(delta, 12)
    test = samples("test-sample-size", epsilon=epsilon, delta=delta)
    rows = [("test one given tree on fresh samples", "test-sample-size", test, shown, risk)]
    if tree:
        learn = samples("occam-trees-realizable", **tree, epsilon=epsilon, delta=delta)
        rows.insert(
            0,
            (
                "learn a tree of two classes from labelled samples",
                "occam-trees-realizable",
                learn,
                shown,
                risk,
            ),
        )
    if "tau" in given:
        extra = {"tau": given["tau"], "B": given["B"]}
        search = int(samples("lrh-search-samples", **tree, **extra, delta=delta))
        half = int(samples("occam-trees-realizable", **tree, epsilon=epsilon, delta=delta / 2))
        rows.append(
            (
                "distil under linear representation",
                "lrh-search-samples, occam-trees-realizable",
                str(max(search, half)),
                shown,
                risk,
            )
        )
    rows.append(("prove that tree and teacher are equal", "certificate-error", "0", "0", "0"))
    return TextTable(("way", "theorem", "samples", "error", "failure probability"), tuple(rows))
