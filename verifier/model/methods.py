"""What users do with the nouns, as methods: ``formats`` and ``writing`` do the work.

These rooms stand above this one, so they are imported by name when a method is called. Nothing of
this is used where a certificate is checked.
"""

# mypy: no-warn-return-any
# what is imported by name has no types: these signatures are the types

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from verifier.model.notebook import Shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from verifier.model.domain import Domain
    from verifier.model.tree import Tree

Path = str | os.PathLike[str]
Values = Iterable[Any] | None
Names = str | Mapping[str, Iterable[Any]]


class TreeMethods(Shown):
    """The methods of a Tree that read, write and run it."""

    def predict(
        self, x: npt.ArrayLike, *, domain: Domain | None = None, names: bool = False
    ) -> npt.NDArray[Any]:
        """The class of each row of ``x``, shape (N, columns): numbers, or ``names``, shape (N,).

        Numbers and thresholds are compared exactly. With the ``domain``, needed where encodings are
        no floats (0.1, "1/3"), rows are its encodings, rounded to float64 or float32, and branch as
        these do; or those of a table of its variables, as it stands. Raises LeafproofError for
        another shape or what are no finite numbers; TreeError where float64 merges two values that
        the tree tells apart; DomainError for a table's row that is no point of the domain.
        """
        room = import_module("verifier.formats.prediction")
        return (room.predict_names if names else room.predict)(self, x, domain)

    def score(self, x: npt.ArrayLike, y: Iterable[Any], *, domain: Domain | None = None) -> float:
        """The share, from 0 to 1, of the rows of ``x`` for which the tree gives the class in ``y``.

        ``y``, shape (N,), holds the classes' names where the tree has names, else their numbers.
        Raises what ``predict`` raises, and LeafproofError for a ``y`` of another length or with
        classes that the tree does not know.
        """
        return import_module("verifier.formats.prediction").score(self, x, y, domain)

    def save(self, path: Path) -> None:
        """Write the tree as JSON (``leafproof-tree/1``), exactly. Raises LeafproofError."""
        import_module("verifier.writing.json_nouns").write_tree(path, self)

    @staticmethod
    def load(path: Path) -> Tree:
        """The tree in a JSON or ONNX file. Raises TreeError."""
        return import_module("verifier.formats.load").read_tree(path)

    def to_text(self, domain: Domain | None = None) -> str:
        """The tree drawn in text, with the domain's names where one is given."""
        return self.to_code("text", domain)

    def to_code(self, language: str, domain: Domain | None = None) -> str:
        """The tree as python, c, java, sql, dot, svg, json or text, read back and compared with it.

        With a domain the tests are in its names and fit its values. Raises LeafproofError for
        another language, TreeError where the language's numbers cannot tell apart what the tree
        tells apart, or tree and domain do not fit.
        """
        return import_module("verifier.formats.export").rendered_text(self, language, domain)

    def to_sklearn(self, domain: Domain) -> Any:
        """A DecisionTreeClassifier that answers as the tree on the whole domain, by class number.

        scikit-learn rounds inputs to float32: raises TreeError where that merges values which the
        tree tells apart, LeafproofError where scikit-learn is missing.
        """
        return import_module("verifier.formats.tree_sklearn").tree_to_sklearn(self, domain)


class NetworkMethods(Shown):
    """The methods of a Network that write it."""

    def save(self, path: Path) -> None:
        """Write the network as an ONNX file, its weights exactly. Raises LeafproofError."""
        import_module("verifier.formats.onnx_writer").save_onnx(self, path)


class EnsembleMethods(Shown):
    """The methods of an Ensemble that run it."""

    def scores(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """The scores of each row of ``x``, (N, columns): (N, outputs), as the ensemble adds them.

        Numbers and thresholds are compared exactly. Scores are float32 or float64, or where the
        arithmetic is exact float64, rounded once. Raises LeafproofError for another shape or what
        are no finite numbers.
        """
        return import_module("verifier.formats.ensemble_prediction").scores(self, x)

    def predict(self, x: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The class number of each row of ``x``, (N, columns). Raises what ``scores`` raises."""
        return import_module("verifier.formats.ensemble_prediction").predict(self, x)


class DomainMethods(Shown):
    """The constructors of a Domain, and the methods that read, write and list it.

    Numbers may be of Python or NumPy; a float stands for the decimal that it shows (0.1 is 1/10), a
    text for a number ("1/3"), ``Fraction(x)`` for what a float x holds. Errors are DomainErrors.
    """

    @staticmethod
    def bits(names: int | Iterable[str]) -> Domain:
        """Uniform {0, 1} inputs, a column each: so many named x0, x1, ..., or those named."""
        return _domains().bits(names)

    @staticmethod
    def signs(names: int | Iterable[str]) -> Domain:
        """Uniform {-1, +1} inputs, a column each: so many named x0, x1, ..., or those named."""
        return _domains().signs(names)

    @staticmethod
    def one_hot(
        name: Names, labels: Values = None, probabilities: Values = None, *, weights: Values = None
    ) -> Domain:
        """A categorical input with a 0/1 column a label, or several inputs, as a dict.

        ``Domain.one_hot("colour", ["red", "green"])``, ``Domain.one_hot({"colour": [...], ...})``.
        ``probabilities``, one a label, are uniform by default and sum to 1 (exactly, or as floats
        up to rounding: then each is divided by their sum, and a note says so); ``weights`` instead
        of them are divided by their sum.
        """
        return _domains().each(_variables().one_hot, name, labels, probabilities, weights)

    @staticmethod
    def thermometer(
        name: Names, labels: Values = None, probabilities: Values = None, *, weights: Values = None
    ) -> Domain:
        """An ordered input of ``len(labels) - 1`` 0/1 columns: column j is 1 above label j."""
        return _domains().each(_variables().thermometer, name, labels, probabilities, weights)

    @staticmethod
    def ordinal(
        name: Names, values: Values = None, probabilities: Values = None, *, weights: Values = None
    ) -> Domain:
        """A number of these ``values`` (a list, range or array), in one column as it is."""
        return _domains().each(_variables().ordinal, name, values, probabilities, weights)

    @staticmethod
    def range(
        name: str,
        first: Any,
        last: Any,
        step: Any = 1,
        probabilities: Values = None,
        *,
        weights: Values = None,
    ) -> Domain:
        """A number from ``first`` to ``last`` in steps, in one column; of any length.

        ``probabilities``, by parts of the range, [from, to, p] each, are uniform by default;
        ``weights`` instead of them are divided by their sum.
        """
        return _domains().ranged(name, first, last, step, probabilities, weights)

    @staticmethod
    def continuous(
        name: str,
        low: Any,
        high: Any,
        density: Values = None,
        *,
        weights: Values = None,
    ) -> Domain:
        """A real number from ``low`` to ``high``, in one column.

        ``density``, [from, to, p] for each part of the interval, is uniform by default: p is the
        part's probability, uniform inside it; ``weights`` instead are divided by their sum.
        """
        return _domains().continuous(name, low, high, density, weights)

    def without(self, *combinations: Mapping[str, Any]) -> Domain:
        """The domain in which none of these can occur: ``{"colour": "red", "age": (18, 20)}``.

        A value is a label or several, or of a range a number or (from, to). What is left keeps its
        probabilities, divided by their sum (within each leaf, where there is a tree).
        """
        return _domains().without(self, combinations)

    def depending(self, tree: Mapping[str, Any]) -> Domain:
        """The domain with a tree of conditions: what a domain file has as ``"given"``."""
        return _domains().depending(self, tree)

    @staticmethod
    def encoded(
        name: str, labels: Values, encoding: Iterable[Iterable[Any]], probabilities: Values = None
    ) -> Domain:
        """An input with columns of its own: ``encoding`` has shape (labels, columns)."""
        return _domains().encoded(name, labels, encoding, probabilities)

    @staticmethod
    def product(*parts: Domain) -> Domain:
        """The inputs of all parts, their columns side by side in this order; names must differ."""
        return _domains().product(parts)

    @staticmethod
    def from_file(path: Path) -> Domain:
        """The domain in a JSON file (``leafproof-domain/1`` or ``/2``)."""
        return import_module("verifier.formats.load").read_domain(path)

    @staticmethod
    def from_frame(frame: Any, target: str | None = None, **options: Any) -> Domain:
        """The inputs that a table's columns are: ``read_frame(...).domain``, which see."""
        return import_module("verifier.formats.frames").domain_from_frame(frame, target, **options)

    def save(self, path: Path) -> None:
        """Write the domain file, a variable a line. Raises LeafproofError."""
        import_module("verifier.writing.json_nouns").write_domain(path, self)

    def inputs(self, *, limit: int = 1_000_000) -> npt.NDArray[np.float64]:
        """All points as the network's inputs, float64 of shape (size, columns), in order.

        The last variable changes fastest; encodings that are no floats are rounded to the nearest.
        Raises DomainError where the domain has more than ``limit`` points.
        """
        return _domains().inputs(self, limit)


def _domains() -> Any:
    return import_module("verifier.formats.domains")


def _variables() -> Any:
    return import_module("verifier.formats.variables")
