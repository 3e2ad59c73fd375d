"""Whom a verdict rests on, by name: the kernel that found it, and solvers taken at their word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from verifier.kernel.solvers import SOLVERS, solver_of
from verifier.model.trusted import ROOMS
from verifier.model.verdict import DIFFERENT, SOMEWHERE, Status, Verdict
from verifier.reports.leaves import total
from verifier.reports.numbers import plural
from verifier.reports.words import quote


def rests_on_trust(verdict: Verdict) -> bool:
    """Whether the verdict would be weaker without the solvers' word."""
    return total(verdict, Status.TRUSTED).points > 0


def is_firm(verdict: Verdict) -> bool:
    """Whether the kernel itself proved the verdict's word (its numbers may rest on a solver)."""
    if not rests_on_trust(verdict):
        return True
    own = Status.PROVED, Status.ENUMERATED, Status.SANDWICH
    differ = sum(total(verdict, s).differ for s in own)
    known = verdict.verdict in (DIFFERENT, SOMEWHERE)
    return known and bool(verdict.counterexamples or differ)


def proviso(verdict: Verdict) -> str:
    """What the verdict rests on beside the kernel: ``z3 is right about 3 cells``; else empty."""
    if not rests_on_trust(verdict):
        return ""
    solvers = [f"{quote(s)} is right about {plural(n, 'cell')}" for s, n in verdict.trusted.items()]
    return " and ".join(solvers)


def trust_lines(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Whose word counts, and whose does not: a name and a text each."""
    if verdict.trusted:
        said = _by_solver(verdict.trusted, "for")
        yield "trusted", f"{said}, as asked (--trust-solver): not proved by the kernel"
    else:
        yield "trusted", f"nothing but the kernel ({verdict.kernel})"
    if verdict.untrusted:
        said, how = _by_solver(verdict.untrusted, "for"), remedy(verdict.untrusted)
        advice = f"to take its word: {how}" if how else f"only {' and '.join(SOLVERS)} can be"
        yield "not trusted", f"{said}: not proved by the kernel, counted as open ({advice})"


def remedy(untrusted: Iterable[str]) -> str:
    """How to have the cells of these solvers count; empty where nobody should."""
    known = sorted({s for name in untrusted if (s := solver_of(name)) is not None})
    return " ".join(f"--trust-solver {name}" for name in known)


def agreed_words(verdict: Verdict, checkers: Sequence[str]) -> str:
    """Who checked and found the same: the kernel, and the checkers that were asked beside it."""
    shown = [verdict.kernel, *checkers]
    return ", ".join(shown[:-1]) + (" and " if checkers else "") + shown[-1]


def trust_sentence(verdict: Verdict) -> str:
    """What a reader has to trust."""
    *most, last = (f"verifier/{room}" for room in ROOMS)
    kernel = (
        f"{verdict.kernel} (the folders {', '.join(most)} and {last}; integers, and float64 "
        "where every error is bounded) with python-flint and NumPy under it"
    )
    if not verdict.trusted and not verdict.untrusted:
        return f"{kernel}; no solver and no prover"
    words = kernel
    if verdict.trusted:
        held = total(verdict, Status.TRUSTED).points
        words += (
            f"; beyond it, because the reader asked for it (--trust-solver "
            f"{' '.join(verdict.trust)}), and not proved by the kernel: "
            f"{_by_solver(verdict.trusted, 'on')} ({plural(held, 'point')})"
        )
    if verdict.untrusted:
        held = total(verdict, Status.UNTRUSTED).points
        words += (
            f"; the word of {_by_solver(verdict.untrusted, 'on')} ({plural(held, 'point')}) is not "
            "trusted: those points are open"
        )
    return words


def _by_solver(cells: Mapping[str, int], on: str) -> str:
    """``"z3 4.13" for 3 cells``."""
    return " and ".join(f"{quote(s)} {on} {plural(n, 'cell')}" for s, n in cells.items())
