"""The cases about networks that people train, family by family: what is measured, and how.

python -m tests.benchmarks.trained FAMILY NAME CODE DATE FILE

measures one case in a process of its own and writes its rows to FILE.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import trained_literature as literature_cases
from tests.benchmarks import trained_made as made
from tests.benchmarks import trained_several as classes
from tests.benchmarks import trained_similar as alike
from tests.benchmarks import trained_untuned as untuned
from tests.benchmarks.literature import FAIRNESS, FAIRQUANT, FORMULAS
from tests.benchmarks.paper_nets import VARIABLE
from tests.benchmarks.rows import Row, save_rows


@dataclass(frozen=True)
class Family:
    """Cases that are measured together.

    ``names`` of the cases, in order; ``measure`` gives a case's rows; ``needs`` is the environment
    variable that names the folder of its files; ``minutes`` what all cases take about, at most.
    """

    names: tuple[str, ...]
    measure: Callable[[str], Sequence[Row]]
    minutes: float
    needs: str = ""


FAMILIES: dict[str, Family] = {
    "sweeps": Family(made.SWEEPS, made.sweep, 4),
    "thermometer": Family(made.CANCER, made.thermometer, 3),
    "counts": Family(made.COUNTS, made.count, 5),
    "traces": Family(made.TRACES, made.count, 4),
    "untuned": Family(tuple(untuned.UNTUNED), untuned.untuned, 7),
    "similar": Family(alike.SIMILAR, alike.similar, 13),
    "several": Family(tuple(classes.SEVERAL), classes.several, 5),
    "formulas": Family(literature_cases.HALVES, literature_cases.formulas, 5, FORMULAS),
    "pairs": Family(literature_cases.PAIRS, literature_cases.pair, 5, FAIRNESS),
    "equal-times": Family(tuple(FAIRQUANT), literature_cases.equal_pair, 2, FAIRNESS),
    "deep-pairs": Family(literature_cases.DEEP, literature_cases.deep_pair, 4, FAIRNESS),
    "students": Family(literature_cases.STUDENTS, literature_cases.student, 5, FAIRNESS),
    "curves": Family(literature_cases.CURVES, literature_cases.curve, 5, FAIRNESS),
    "wide": Family(literature_cases.WIDE, literature_cases.wide, 5, VARIABLE),
    "growth": Family(made.GROWTH, made.growth, 5),
}
"""All families, in the order in which the page has them."""


def main(arguments: Sequence[str]) -> None:
    """Measure one case (see the module's first lines)."""
    family, name, code, date, file = arguments
    save_rows(Path(file), FAMILIES[family].measure(name), code, date)


if __name__ == "__main__":
    main(sys.argv[1:])
