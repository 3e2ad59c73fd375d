"""What a job returns: the verdict that the kernel found, and everything that it is about."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from verifier.jobs.bounds import Bounds
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Teacher
from verifier.model.errors import LeafproofError
from verifier.model.head import class_name
from verifier.model.notebook import Shown
from verifier.model.question import Matter
from verifier.model.sample import Sampled
from verifier.model.tree import Tree
from verifier.model.verdict import UNDECIDED, Verdict
from verifier.writing.certificate import write_certificate

if TYPE_CHECKING:
    from verifier.jobs.watching import Moment
    from verifier.model.certificate import Certificate


@dataclass(frozen=True)
class Difference:
    """A point where network and tree differ, evaluated exactly by the kernel.

    ``point`` holds the index of each variable's value, ``values`` the values' labels by variable.
    The classes are numbers and, as ``network_name`` and ``tree_name``, what they are called.
    """

    point: Point
    values: Mapping[str, str]
    network_class: int
    tree_class: int
    network_name: str
    tree_name: str


@dataclass(frozen=True)
class Witness:
    """A point where the question's formula is true, evaluated exactly by the kernel.

    ``point`` holds the index of each variable's value, ``values`` the values' labels by variable,
    ``classes`` the number of each model's class and ``names`` what that is called, by model.
    """

    point: Point
    values: Mapping[str, str]
    classes: Mapping[str, int]
    names: Mapping[str, str]


@dataclass(frozen=True)
class OnRows:
    """On how many of some ``rows`` network and tree differ (the question is true), exactly."""

    rows: int
    disagreements: int

    @property
    def error(self) -> Fraction:
        """The share of the rows."""
        return Fraction(self.disagreements, self.rows)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Result(Shown):
    """What a job found; the verdict and its numbers are the kernel's.

    ``matter`` is what was asked: the domain, the models and the question. ``certificate`` is the
    file's content as it was read back, ``data`` its bytes, and ``proved`` what the kernel found in
    them; all three are None where no proof was asked for: then nothing is claimed. ``seconds`` says
    how long each part took; ``finished`` is False where the time limit, a stop or an option ended
    the work before its end. ``notes`` are remarks made on the way; ``checkers`` names the checkers
    beside the kernel that were asked and found the same. ``moments`` tell how the interval narrowed
    while the search ran: what it expected, which nothing proves.
    """

    matter: Matter
    certificate: Certificate | None
    proved: Verdict | None
    data: bytes | None
    seconds: Mapping[str, float]
    finished: bool = True
    notes: tuple[str, ...] = ()
    checkers: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()

    _JSON: ClassVar[str] = "as_json"
    """The function of ``verifier.reports.json_object`` for it."""

    @property
    def domain(self) -> Domain:
        """The domain."""
        return self.matter.domain

    @property
    def network(self) -> Teacher:
        """The network or ensemble of the question whether it and a tree differ.

        Raises LeafproofError where the question is another.
        """
        return self._pair[0]

    @property
    def tree(self) -> Tree:
        """The tree of the question whether a network and a tree differ, else LeafproofError."""
        return self._pair[1]

    @property
    def _pair(self) -> tuple[Teacher, Tree]:
        models = [bound.model for bound in self.matter.models]
        if self.matter.is_differ:
            network, tree = models
            assert isinstance(network, Teacher) and isinstance(tree, Tree)
            return network, tree
        raise LeafproofError(
            "the result is not about the difference of a network and a tree: its models are in "
            "result.matter.models"
        )

    @property
    def verdict(self) -> str:
        """``equivalent``, ``different`` or ``undecided`` of a network and a tree.

        Of other questions ``nowhere``, ``somewhere`` or ``undecided``: where the formula is true.
        """
        return UNDECIDED if self.proved is None else self.proved.verdict

    @property
    def probability(self) -> Bounds:
        """The least and the greatest probability of the formula that the proof leaves."""
        return Bounds(*((Fraction(0), Fraction(1)) if self.proved is None else self.proved.error))

    @property
    def on_rows(self) -> OnRows | None:
        """What was found on the rows that were given with the question; None if there were none."""
        found = None if self.proved is None else self.proved.rows
        return None if found is None else OnRows(found.rows, found.true)

    @property
    def points(self) -> tuple[int, int] | None:
        """The least and the greatest number of points where the formula can be true.

        None where the domain has continuous variables: there are infinitely many points.
        """
        if self.domain.infinite:
            return None
        return (0, self.domain.size) if self.proved is None else self.proved.disagreements

    @property
    def error(self) -> Bounds:
        """``probability``, of the question whether a network and a tree differ."""
        return self.probability

    @property
    def disagreements(self) -> tuple[int, int] | None:
        """``points``, of the question whether a network and a tree differ."""
        return self.points

    @property
    def sampled(self) -> Sampled | None:
        """What a sample of what the proof leaves open tells, with its confidence; or None."""
        return None if self.proved is None else self.proved.sampled

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Points where the question's formula is true, up to 10."""
        found = () if self.proved is None else self.proved.counterexamples
        models = self.matter.models
        return tuple(
            Witness(
                point=c.point,
                values=self.domain.labels(c.point),
                classes={m.name: k for m, k in zip(models, c.classes, strict=True)},
                names={
                    m.name: class_name(m.model.labels, k)
                    for m, k in zip(models, c.classes, strict=True)
                },
            )
            for c in found
        )

    @property
    def counterexamples(self) -> tuple[Difference, ...]:
        """Points where network and tree differ, up to 10 (``witnesses`` of other questions)."""
        found = () if self.proved is None else self.proved.counterexamples
        names = self.network.labels
        return tuple(
            Difference(
                point=c.point,
                values=self.domain.labels(c.point),
                network_class=c.teacher_class,
                tree_class=c.tree_class,
                network_name=class_name(names, c.teacher_class),
                tree_name=class_name(names, c.tree_class),
            )
            for c in found
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate: the bytes that the kernel checked, whole or not at all.

        Raises LeafproofError where there is none, or the path cannot be written.
        """
        if self.data is None:
            raise LeafproofError("there is no certificate: no proof was asked for")
        write_certificate(path, self.data)

    def report(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Write the proof report: HTML, Markdown, LaTeX or PDF, by the path's ending or ``format``.

        Raises LeafproofError where there is no certificate, or the path cannot be written.
        """
        reports("files").write_report(self, path, format)

    def to_dict(self) -> dict[str, Any]:
        """What ``--json`` prints: numbers, strings, lists and dicts."""
        found: dict[str, Any] = getattr(reports("json_object"), self._JSON)(self)
        return found

    def __repr__(self) -> str:
        shown = f"{type(self).__name__}({self.verdict}, "
        if self.matter.is_differ:
            shown += f"error {self.error}, {self.tree.leaves} leaves"
        else:
            shown += f"probability {self.probability}"
        ended = "" if self.finished else ", not finished"
        sampled = "" if self.sampled is None else f"; {self.sampled}"
        return f"{shown}{ended}{sampled})"


def reports(module: str) -> Any:
    """The one door to the reports, which stand above the jobs: opened when it is asked for."""
    return import_module(f"verifier.reports.{module}")
