"""The catalogue: every theorem by name.

`catalogue["occam-realizable"]` is a `Theorem`; `catalogue[name].evaluate(epsilon="1/100", ...)`
evaluates its bound rigorously and returns an `Evaluation`. One file a subject, whose first line
names it; its THEOREMS are in the order in which they are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from theory.catalogue.naming import forms, today, unknown
from theory.language.errors import TheoryError

if TYPE_CHECKING:  # theorems need SymPy, which takes a while to load
    from theory.language.statement import Theorem

FILES = (
    "distillation",
    "certified",
    "perfect",
    "testing",
    "binomial",
    "deviations",
    "relative_tails",
    "variances",
    "moments",
    "seen_variance",
    "martingales",
    "guesses",
    "meetings",
    "collecting",
    "fitted",
    "comparing",
    "waiting",
    "allotting",
    "occam",
    "vc",
    "vc_agnostic",
    "rademacher",
    "relative",
    "patterns",
    "lower_bounds",
    "conflicts",
    "confidence_costs",
    "trees",
    "multiclass",
    "natarajan",
    "without_teacher",
    "composition",
    "reductions",
    "boosting",
    "candidates",
    "transfer",
    "representation",
    "representation_signs",
    "ranks",
    "search",
    "pools",
    "regression",
    "selection",
    "beams",
    "margins",
    "mcdiarmid",
    "influences",
    "asking",
    "degrees",
    "buckets",
    "low_degree",
    "juntas",
    "counterexamples",
    "mistakes",
    "exact",
    "identity",
    "proving",
    "several",
    "open_cells",
    "cell_bounds",
    "strata",
    "importance",
    "adaptive",
    "stopping",
    "mixtures",
    "stitched",
    "chosen",
    "randomised",
    "bets",
    "finite",
    "conformal",
    "parity",
    "kernel.numbers",
    "kernel.enclosures",
    "kernel.relaxation",
    "kernel.forms",
    "kernel.planes",
    "kernel.classes",
    "kernel.float64",
    "kernel.tails",
    "kernel.averages",
    "kernel.counting",
    "kernel.strips",
    "kernel.sandwich",
    "kernel.digits",
    "kernel.ensembles",
    "kernel.float32",
    "kernel.float32_layers",
)
"""The subjects' files, in the order in which they are listed."""


@cache
def _subject(file: str) -> ModuleType:
    return import_module(f"{__name__}.{file}")


@cache
def _text(file: str) -> str:
    return (Path(__file__).parent / f"{file.replace('.', '/')}.py").read_text(encoding="utf-8")


def subjects() -> tuple[ModuleType, ...]:
    """Every subject's file; the first call takes a second, as all theorems are made."""
    return tuple(map(_subject, FILES))


def title(subject: ModuleType) -> str:
    """What a subject is about: the first line of its file."""
    return str(subject.__doc__).splitlines()[0].rstrip(".")


class Catalogue(Mapping[str, "Theorem"]):
    """An immutable mapping from names to theorems; unknown names suggest the nearest.

    A name that was given up still finds its theorem, and so does one that the field uses
    (`naming.today`); they are not among the keys. To ask for one theorem loads its file (and
    what that needs), to list them loads all.
    """

    def __getitem__(self, name: str) -> Theorem:
        for word in dict.fromkeys([today(name)[0], *forms(name)]):
            if (theorem := _called(word)) is not None:
                return theorem
        if name in _all():
            return _all()[name]
        raise TheoryError(unknown(name, _all()))

    def __contains__(self, name: object) -> bool:
        return name in _all()

    def __iter__(self) -> Iterator[str]:
        return iter(_all())

    def __len__(self) -> int:
        return len(_all())


@cache
def _called(word: str) -> Theorem | None:
    """The theorem of that name; its file is loaded, and those that name it too."""
    # a file that names it is likely to hold it; but it is the theorems that say so
    for file in (file for file in FILES if f'"{word}"' in _text(file)):
        for theorem in _subject(file).THEOREMS:
            if theorem.name == word:
                return cast("Theorem", theorem)
    return None


@cache
def _all() -> dict[str, Theorem]:
    return {t.name: t for subject in subjects() for t in subject.THEOREMS}


catalogue = Catalogue()
"""All theorems, subject by subject."""
