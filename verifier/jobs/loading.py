"""The user's files and objects as what a proof is about, checked to belong together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.formats.intervals import ready
from verifier.formats.load import (
    domain_notes,
    load_model,
    load_teacher,
    load_tree_for,
    read_domain,
    read_tree,
)
from verifier.formats.told_apart import is_a
from verifier.formats.words import some
from verifier.jobs.watching import Said, Watch
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.errors import LeafproofError, QuestionError, UnsupportedError
from verifier.model.network import Network, check_columns
from verifier.model.origin import ASSUMED, BITS, FILE, SIGNS
from verifier.model.question import Matter, matter_of
from verifier.model.tree import Tree, check_fits
from verifier.provers.timing import Stopped, poll
from verifier.reading.certificate import read_with_bytes
from verifier.writing.files import check_writable

if TYPE_CHECKING:
    from verifier.formats.heads import Number
    from verifier.model.certificate import Certificate
    from verifier.model.rows import Rows

StrPath = str | os.PathLike[str]
NEEDS_DOMAIN = (".sql", ".c", ".h", ".cpp", ".java", ".cs")
"""Endings of trees that are read together with the domain: of its columns, or of its types."""
Source = Any
"""A path, or an object of a kind that ``formats.load`` reads."""
LARGE = 1 << 20
"""Bytes of a file that takes some time to read."""


Model = Teacher | Tree
"""What questions are asked about."""


@dataclass(frozen=True, eq=False)
class Derived:
    """A domain that a question made of the user's, and where that came from: see ``origin``."""

    domain: Domain
    domain_from: str | None


@dataclass(frozen=True, eq=False)
class About:
    """A network, or an ensemble of trees, and the domain that it is looked at on.

    ``domain_from`` is recorded in certificates. ``over`` reads the teacher again, over another
    domain of the same columns; it raises LeafproofError where it cannot be read there.
    """

    network: Teacher
    domain: Domain
    domain_from: str | None
    over: Callable[[Domain], Teacher] | None = None

    def cut_for(self, *trees: Tree) -> About:
        """The same, its domain cut into pieces, and where trees (and a teacher of trees) test
        continuous variables."""
        every = range(len(self.domain.variables))
        tested = [(x, every) for x in (*trees, self.network) if not isinstance(x, Network)]
        return replace(self, domain=ready(self.domain, tested))

    def matter(self, tree: Tree) -> Matter:
        """The question where the network and a tree differ."""
        return matter_of(self.domain, self.network, tree)


def read(path: StrPath, watch: Watch) -> tuple[Certificate, bytes]:
    """A certificate and its file's bytes; of a large one it is said how far it is read.

    That ends at a stop, and where ``poll`` says that the time is over. Raises LeafproofError.
    """

    def tell(done: int, size: int) -> None:
        poll()
        if watch.stopped:
            raise Stopped
        watch.tell(Said(f"{done / 1e6:.1f} of {size / 1e6:.1f} MB of the proof"))

    try:
        large = Path(path).stat().st_size >= LARGE
    except (OSError, ValueError, TypeError):
        large = False  # what is wrong with the path is said below
    if not large:
        return read_with_bytes(path)
    with watch.stage(f"reading {Path(path).name}"):
        return read_with_bytes(path, tell)


def load(
    network: Source,
    domain: Source,
    watch: Watch,
    *,
    head: str | None = None,
    threshold: Number | None = None,
) -> About:
    """The network or ensemble, and the domain: a Domain, ``bits``, ``signs``, a path, None (bits).

    Raises LeafproofError where one cannot be read, or they do not belong together.
    """
    space = None
    if isinstance(domain, Domain):
        space = domain
    elif not is_path(domain) and domain is not None:
        table = ", or Domain.from_frame(...) of a table" if hasattr(domain, "columns") else ""
        raise UnsupportedError(
            f"the domain is of type {type(domain).__name__}: give a Domain, a path to a domain "
            f'file, "bits" or "signs"{table}'
        )
    elif domain not in (None, BITS, SIGNS):
        space = read_domain(domain, 0)  # its names say which inputs of a model its variables are
    columns = space.columns if space else None
    held = load_teacher(network, columns=columns, head=head, threshold=threshold, domain=space)
    if space is None:
        space = read_domain(BITS if domain is None else domain, held.columns)
    check_columns(held, space)
    if isinstance(held, Network):
        compare(network, held, ready(space))
    for text in domain_notes(space):
        watch.note(text)
    of = f"{len(held.layers)} layers" if isinstance(held, Network) else f"{len(held.members)} trees"
    watch.detail(
        f"{network if is_path(network) else 'the network'}: {held.columns} columns, {of}, "
        f"{held.classes} classes; domain: {len(space.variables)} variables"
    )
    over = partial(_over, network, head, threshold)
    return About(held, space, origin(domain), over)


def _over(network: Source, head: str | None, threshold: Number | None, domain: Domain) -> Teacher:
    """The teacher, read over a domain."""
    return load_teacher(
        network, columns=domain.columns, head=head, threshold=threshold, domain=domain
    )


def load_with_tree(
    network: Source,
    tree: Source,
    domain: Source,
    watch: Watch,
    *,
    head: str | None = None,
    threshold: Number | None = None,
) -> tuple[About, Tree]:
    """The same with a tree, whose classes are numbered as the network's, by their names if any."""
    if is_path(tree) and Path(tree).suffix.lower() not in NEEDS_DOMAIN:
        tree = read_tree(tree)  # first: reading it takes no time
    about = load(network, domain, watch, head=head, threshold=threshold)
    held = load_tree_for(about.network, tree, about.domain)
    check_fits(held, about.domain, about.network.classes, about.network.labels)
    about = about.cut_for(held)
    if held.labels and not about.network.labels:
        watch.note("the tree's classes have names, the network's only numbers: compared by number")
    return about, held


def seen(about: About, rows: Source, watch: Watch) -> Rows:
    """A table's rows as points of the domain, with what has to be known of them noted.

    Raises LeafproofError naming a row that is none.
    """
    from verifier.formats.frame_files import read_table
    from verifier.formats.frame_rows import rows_notes, rows_of

    if is_path(rows):
        rows = read_table(rows, about.domain)
    held = rows_of(about.domain, rows)
    for text in rows_notes(about.domain):
        watch.note(text)
        if held is not rows and (lost := _lost_in_bins(about, rows, sum(held.times))):
            watch.note(lost)
    return held


def _lost_in_bins(about: About, rows: Source, count: int) -> str:
    """At how many rows, of so many, the model answers otherwise as they stand; "" for none.

    Or where that cannot be said: the model is not read there, or the domain has intervals.
    """
    from verifier.formats.frame_rows import unbinned
    from verifier.formats.runtime_classes import names_of
    from verifier.provers.evaluate import bulk_classes, bulk_of

    if about.over is None or about.domain.infinite:
        return ""
    try:
        found = unbinned(about.domain, rows)
        if found is None:
            return ""
        domain, *points = found
        models = about.over(domain), about.network
    except LeafproofError:  # an infinite number, or a model that is read over few values only
        return ""
    own, binned = (
        np.array(names_of(model))[bulk_classes(bulk_of(model, space), at)]
        for model, space, at in zip(models, (domain, about.domain), points, strict=True)
    )
    lost = int((own != binned).sum())
    asked = some(count, "row") if len(own) == count else f"the first {len(own):,} rows"
    if not lost:
        return ""
    return (
        f"at {lost:,} of {asked} the model answers otherwise than at their bins' values: "
        "bins cut where its answers change lose less (Domain.from_frame(..., model=), leafproof "
        "domain --model)"
    )


def network_of(model: Teacher, what: str) -> Network:
    """The network, for what works on networks only. Raises LeafproofError for an ensemble."""
    if isinstance(model, Network):
        return model
    raise LeafproofError(f"{what} is for networks, and the teacher is an ensemble: leave it out")


def compare(given: Source, network: Network, domain: Domain) -> None:
    """Hold a network read from an ONNX file or model against onnxruntime, where installed."""
    if is_path(given) or type(given).__name__ == "ModelProto":
        from verifier.formats.onnx import compare_on_domain
        from verifier.formats.onnx_several import of_a_table

        if of_a_table(given) is None:  # else it was compared as it was read
            compare_on_domain(given, network, domain)


def domain_of(domain: Source, sources: Iterable[tuple[Source, Mapping[str, Any]]]) -> Domain:
    """The domain of a question: one, a path, or as many ``bits`` or ``signs`` as a model takes.

    ``sources`` are the models that read all of it, with what ``load_model`` is told of their heads;
    of trees alone there is no telling. Raises LeafproofError.
    """
    if isinstance(domain, Derived):
        return domain.domain
    if isinstance(domain, Domain):
        return domain
    if not is_path(domain):
        raise UnsupportedError(
            "the domain of a question names the variables that its models read: give a Domain, or "
            "a path to a domain file"
        )
    if domain not in (BITS, SIGNS):
        return read_domain(domain, 0)
    for source, said in sources:
        columns = columns_of(source, said)
        if columns is not None:
            return read_domain(domain, columns)
    raise QuestionError(
        f"the domain is {domain}, but how many is not said by a model that reads all of them: "
        "give a Domain, or a path to a domain file"
    )


def columns_of(source: Source, said: Mapping[str, Any]) -> int | None:
    """How many columns a model takes; None of a torch module, or a tree, that does not tell."""
    if is_a(source, "torch", "Module"):
        return None
    model = load_model(source, **said)
    if isinstance(model, Network | Ensemble):
        return model.columns
    fitted = getattr(source, "n_features_in_", None)
    return None if fitted is None else int(fitted)


def origin(domain: Source) -> str | None:
    """Where a domain comes from, as certificates record it; None of an object."""
    if domain is None:
        return ASSUMED
    if isinstance(domain, Derived):
        return domain.domain_from
    if isinstance(domain, Domain):
        return None
    return str(domain) if domain in (BITS, SIGNS) else FILE


def is_path(source: Source) -> bool:
    """Whether it is the name of a file, or a word."""
    return isinstance(source, str | os.PathLike)


OTHER_ENDINGS = frozenset({".onnx", ".py", ".c", ".h", ".sql", ".svg", ".dot", ".html", ".pdf"})
"""Of files that a tree in JSON is not."""


def check_results(tree: StrPath | None, certificate: StrPath | None) -> None:
    """Raise LeafproofError now for a path that could not be written later.

    Or where a tree (JSON) would get the ending of something else.
    """
    for path in (tree, certificate):
        if path is not None:
            check_writable(path)
    ending = "" if tree is None else Path(tree).suffix.lower()
    if tree is not None and ending in OTHER_ENDINGS:
        raise LeafproofError(
            f"{tree}: a tree is written as JSON: name it {Path(tree).stem}.json, then leafproof "
            f"export makes a {ending} file of it"
        )
