"""The catalogue: every theorem by name.

`catalogue["occam-realizable"]` is a `Theorem`; `catalogue[name].evaluate(epsilon="1/100", ...)`
evaluates its bound rigorously and returns an `Evaluation`. One file a subject, whose first line
names it; its THEOREMS are in the order in which they are listed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from types import ModuleType

from theory.catalogue import (
    adaptive,
    binomial,
    boosting,
    chosen,
    composition,
    counterexamples,
    deviations,
    distillation,
    exact,
    finite,
    juntas,
    lower_bounds,
    margins,
    mcdiarmid,
    occam,
    open_cells,
    pools,
    proving,
    regression,
    representation,
    representation_signs,
    search,
    testing,
    transfer,
    trees,
    vc,
    vc_agnostic,
    without_teacher,
)
from theory.catalogue.kernel import (
    classes,
    counting,
    digits,
    enclosures,
    float32,
    float32_layers,
    float64,
    forms,
    numbers,
    relaxation,
    sandwich,
    strips,
    tails,
)
from theory.language.errors import TheoryError
from theory.language.statement import Theorem

SUBJECTS: tuple[ModuleType, ...] = (
    distillation,
    testing,
    binomial,
    deviations,
    occam,
    vc,
    vc_agnostic,
    lower_bounds,
    trees,
    without_teacher,
    composition,
    boosting,
    transfer,
    representation,
    representation_signs,
    search,
    pools,
    regression,
    margins,
    mcdiarmid,
    juntas,
    counterexamples,
    exact,
    proving,
    open_cells,
    adaptive,
    chosen,
    finite,
    numbers,
    enclosures,
    relaxation,
    forms,
    classes,
    float64,
    tails,
    counting,
    strips,
    sandwich,
    digits,
    float32,
    float32_layers,
)


def title(subject: ModuleType) -> str:
    """What a subject is about: the first line of its file."""
    return str(subject.__doc__).splitlines()[0].rstrip(".")


class Catalogue(Mapping[str, Theorem]):
    """An immutable mapping from names to theorems; unknown names suggest the nearest."""

    def __init__(self, theorems: tuple[Theorem, ...]) -> None:
        self._theorems = {t.name: t for t in theorems}

    def __getitem__(self, name: str) -> Theorem:
        if name in self._theorems:
            return self._theorems[name]
        near = difflib.get_close_matches(name, self._theorems, n=1, cutoff=0.0)
        raise TheoryError(f"no theorem {name!r}; did you mean {near[0]!r}? (bounds list shows all)")

    def __contains__(self, name: object) -> bool:
        return name in self._theorems

    def __iter__(self) -> Iterator[str]:
        return iter(self._theorems)

    def __len__(self) -> int:
        return len(self._theorems)


catalogue = Catalogue(tuple(t for subject in SUBJECTS for t in subject.THEOREMS))
"""All theorems, subject by subject."""
