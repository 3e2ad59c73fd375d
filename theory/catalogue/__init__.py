"""The catalogue: every theorem by name.

`catalogue["occam-realizable"]` is a `Theorem`; `catalogue[name].evaluate(epsilon="1/100", ...)`
evaluates its bound rigorously and returns an `Evaluation`. One module per family of theorems;
each exports THEOREMS.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from theory.catalogue import (
    agnostic,
    any_tests,
    bernstein,
    binomial,
    boosting,
    chains,
    characters,
    class_failures,
    consequences,
    counterexamples,
    counting,
    cubes,
    deviations,
    exact,
    extremal,
    gap,
    hardness,
    inversions,
    junta_counting,
    junta_readout,
    juntas,
    kernel_classes,
    kernel_counting,
    kernel_enclosures,
    kernel_float32,
    kernel_float32_layers,
    kernel_minimum,
    kernel_numbers,
    kernel_relaxation,
    kernel_substitution,
    kernel_tail,
    kl,
    limits,
    lower,
    margins,
    occam,
    pools,
    probes,
    proving,
    reductions,
    replacement,
    representation,
    search,
    searched_trees,
    signs,
    sufficient,
    testing,
    threshold,
    transfer,
    trees,
    variants,
    vc,
    vc_trees,
    volumes,
)
from theory.language.errors import TheoryError
from theory.language.statement import Theorem

FAMILIES = (
    testing,
    binomial,
    kl,
    sufficient,
    bernstein,
    class_failures,
    boosting,
    any_tests,
    proving,
    hardness,
    cubes,
    replacement,
    occam,
    vc,
    agnostic,
    trees,
    counting,
    junta_counting,
    vc_trees,
    counterexamples,
    exact,
    gap,
    lower,
    representation,
    threshold,
    characters,
    signs,
    extremal,
    search,
    pools,
    deviations,
    searched_trees,
    margins,
    juntas,
    reductions,
    chains,
    transfer,
    junta_readout,
    consequences,
    inversions,
    probes,
    volumes,
    limits,
    variants,
    kernel_numbers,
    kernel_enclosures,
    kernel_relaxation,
    kernel_substitution,
    kernel_minimum,
    kernel_classes,
    kernel_tail,
    kernel_counting,
    kernel_float32,
    kernel_float32_layers,
)


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


catalogue = Catalogue(tuple(t for family in FAMILIES for t in family.THEOREMS))
"""All theorems, in the order of the families."""
