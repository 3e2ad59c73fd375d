"""Runs that are kept in a journal while they go on, and may be killed at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from verifier.formats.paths import is_folder
from verifier.jobs.choices import Prover, choice
from verifier.jobs.loading import About, StrPath
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError, quoted
from verifier.model.proof import Finding
from verifier.model.question import Bound, Matter
from verifier.model.tree import Tree
from verifier.provers.options import Options
from verifier.provers.timing import part
from verifier.writing.json_nouns import domain_to_json
from verifier.writing.json_text import dump
from verifier.writing.models_json import models_to_json, question_to_json

if TYPE_CHECKING:
    from verifier.provers.units.driver import Units
    from verifier.provers.units.journal import Journal

KEEPING = 0.5
"""The share of the time in which a journal grows in any case: else runs with the same limit would
all end where the kernel's check of what is known takes the rest of it."""
BY_UNITS = (Prover.AUTO, Prover.BRANCH, Prover.QUESTIONS)
"""The provers whose work is done unit by unit."""


def is_journal(resume: StrPath | None) -> bool:
    """Whether what is to be gone on from is a journal's folder: a certificate is a file."""
    return resume is not None and is_folder(resume)


def check_journal(journal: StrPath | None, resume: StrPath | None, device: str | None) -> None:
    """Raise LeafproofError for options that contradict each other: before anything is read."""
    if journal is not None and resume is not None:
        raise LeafproofError(
            "--journal begins a journal and --resume goes on from a journal or a certificate: "
            "leave one out"
        )
    if device is not None and (journal is not None or is_journal(resume)):
        raise LeafproofError(
            "a journal is kept of searches by processors, whose results are the same each time: "
            "leave --device out"
        )


def check_folder(resume: StrPath | None) -> None:
    """Raise LeafproofError for a job that goes on from journals alone, if that is no folder."""
    if resume is not None and not is_journal(resume):
        raise LeafproofError(
            f"{quoted(resume, 200)} is not the folder of a journal, which is what this can go on "
            "from: name one that was begun with --journal"
        )


@contextmanager
def journalled(
    journal: StrPath | None,
    resume: StrPath | None,
    verb: str,
    about: About | Matter,
    watch: Watch,
    options: Mapping[str, object],
) -> Iterator[Units | None]:
    """How a search is done, with its journal open inside; None where no journal is wanted.

    ``journal`` begins one, ``resume`` (if it is a folder) goes on with one: of the same ``verb``
    about the same network and domain, or models, domain and question, and with the same ``options``
    (a Tree, or what has a str).
    """
    if journal is None and not is_journal(resume):
        yield None
        return
    from verifier.provers.units import journal as journals
    from verifier.provers.units.driver import Units
    from verifier.provers.units.heading import check_heading

    heading = {"version": version("leafproof"), "verb": verb, "about": _hashes(about, options)}
    if journal is not None:
        store = journals.begin(journal, heading)
    else:
        assert resume is not None
        store = journals.resume(resume)
    try:
        check_heading(store.heading, heading, store.folder)
        store.tell = watch.note
        if journal is None:
            watch.note(_gone_on(store))
        yield Units(store=store)
        if store.doubted:
            watch.note(
                f"{store.doubted} entries of the journal were not what they should be: it was "
                "searched again"
            )
    finally:
        store.close()


def _gone_on(store: Journal) -> str:
    text = f"going on from the {len(store.known) - 1} entries of the journal"
    if store.dropped:
        text += f"; the last one was cut off ({store.dropped} bytes)"
    if store.damaged:
        text += f"; {store.damaged} bytes of it are damaged, and what they held is searched again"
    return text


def _hashes(about: About | Matter, options: Mapping[str, object]) -> dict[str, str]:
    """What tells a network or a question, a domain and options from others."""
    if isinstance(about, Matter):
        formula = dump(question_to_json(about.models, about.question))
        found = {
            "set of models": _hash(about.domain, *about.models),
            "question": hash_of(formula),
        }
    else:
        bound = Bound("network", about.network, _all(about.domain))
        found = {"network": _hash(about.domain, bound)}
    found["domain"] = hash_of(dump(domain_to_json(about.domain)))
    for name, value in options.items():
        tree = Bound(name, value, _all(about.domain)) if isinstance(value, Tree) else None
        found[name] = str(value) if tree is None else _hash(about.domain, tree)
    return found


def hash_of(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _all(domain: Domain) -> tuple[int, ...]:
    return tuple(range(len(domain.variables)))


def _hash(domain: Domain, *bound: Bound) -> str:
    values, weights = models_to_json(domain, bound)
    return hash_of(dump(values) + weights)


def unit_prover(prover: str) -> Prover:
    """The prover by its name; raises LeafproofError for one that does not work unit by unit."""
    named = choice(Prover, prover, "prover")
    if named not in BY_UNITS:
        raise LeafproofError(
            f"the prover {named} does not work unit by unit, as a journal and the engine ray need: "
            "leave --prover out, or take branch or questions"
        )
    return named


def by_units(
    matter: Matter, watch: Watch, options: Options, prover: str, units: Units
) -> tuple[Prover, Finding]:
    """A search unit by unit; returns which prover that is, and what it found."""
    from verifier.provers.units import driver

    named = unit_prover(prover)
    questions = named is Prover.QUESTIONS or not driver.by_branch(matter)
    name = Prover.QUESTIONS if questions else Prover.BRANCH
    watch.detail(f"searching with {name}, unit by unit")
    if units.store is not None:
        options = replace(options, least=part(options.deadline, KEEPING))
    with watch.stage("proving", "search", deadline=options.deadline):
        found = driver.prove(matter, options, units, questions_only=questions)
    return name, found
