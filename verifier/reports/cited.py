"""The theorems of the catalogue behind the figures: which rests on which, and what they say."""

from __future__ import annotations

from collections.abc import Sequence

from theory import catalogue
from verifier.model.verdict import Verdict
from verifier.reports import sampled_words
from verifier.reports.blocks import Citations, Cited, Section, Text
from verifier.reports.bounds_view import typeset

KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("constant", ("kernel-class", "kernel-class-one-logit", "kernel-constant-share")),
    ("signed", ("kernel-class", "kernel-class-one-logit", "kernel-relu-signed")),
    ("enumerated", ("kernel-enumeration",)),
    ("sandwich", ("kernel-strips", "kernel-bins", "kernel-sandwich")),
    ("tail", ("kernel-tail", "kernel-tail-share")),
)
"""What the kernel's count of a cell rests on, by the kind of its step."""
ENSEMBLES = ("kernel-ensembles", "kernel-ensembles-apart")
COUNTED = ("kernel-partition", "kernel-verdict")
LEAD = (
    "Each figure rests on a theorem of the catalogue, whose derivation a machine checks. The rules "
    "of the kernel that computed it are argued in the documentation (soundness)."
)

OTHER = (
    "They are stated there for the question whether tree and network differ; the counts are those "
    "of any formula."
)


def proved(verdict: Verdict, ensembles: bool) -> tuple[str, ...]:
    """The theorems behind the counts: of the partition, and of each kind of step that it has."""
    cells = verdict.checked.cells
    found = [name for kind, names in KINDS if cells.get(kind) for name in names]
    return (*COUNTED, *found, *(ENSEMBLES if ensembles and cells.get("constant") else ()))


def section(
    verdict: Verdict,
    figures: Sequence[tuple[str, str]],
    *,
    is_differ: bool = True,
    ensembles: bool = False,
) -> Section:
    """The figures by the names they have beside the headline, each with its theorems."""
    counts = proved(verdict, ensembles)
    rows = [(label, counts) for label, _ in figures[1:3]]
    if verdict.sampled is not None:
        rows.append((sampled_words.figure(verdict)[0], (sampled_words.theorem(verdict.sampled),)))
    if not ensembles and verdict.float32.is_shown:
        rows.append(("float32", ("kernel-float32-class",)))
    return made(rows, is_differ)


def made(rows: Sequence[tuple[str, tuple[str, ...]]], is_differ: bool = True) -> Section:
    """The section, of figures and the names of their theorems.

    What they say is shown where it has the words of this page: that a tree and a network differ.
    """
    names = dict.fromkeys(name for _, found in rows for name in found)
    return Section(
        "theorems",
        "The theorems behind the figures",
        (
            Text(LEAD if is_differ else f"{LEAD} {OTHER}"),
            Citations(tuple(rows), tuple(_cited(name, is_differ) for name in names)),
        ),
    )


def _cited(name: str, is_differ: bool) -> Cited:
    theorem = catalogue[name]
    said = typeset(theorem.statement) if is_differ else ""
    return Cited(name, theorem.title, said, f"leafproof bounds show {name}")
