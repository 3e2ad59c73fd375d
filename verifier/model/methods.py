"""What users do with trees and domains, as methods: ``formats`` and ``writing`` do the work.

These rooms stand above this one, so they are imported by name when a method is called. Nothing of
this is used where a certificate is checked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.model.notebook import Shown

if TYPE_CHECKING:
    from verifier.model.domain import Domain
    from verifier.model.tree import Tree

Path = str | os.PathLike[str]


class TreeMethods(Shown):
    """The methods of a Tree that read, write and run it."""

    def predict(
        self, x: npt.ArrayLike, *, domain: Domain | None = None, names: bool = False
    ) -> npt.NDArray[Any]:
        """The class of each row of ``x``, shape (N, columns): numbers, or ``names``, shape (N,).

        A number and a threshold are compared exactly, as the float64 number and the fraction that
        they are. Where encodings are no floats (0.1, "1/3"), give the ``domain``: then the rows are
        its encodings, rounded to float64 or float32, and branch as these do. Raises LeafproofError
        for another shape or what are no finite numbers; TreeError where float64 merges two values
        of the domain that the tree tells apart.
        """
        room = import_module("verifier.formats.prediction")
        found: npt.NDArray[Any] = (room.predict_names if names else room.predict)(self, x, domain)
        return found

    def score(self, x: npt.ArrayLike, y: Iterable[Any], *, domain: Domain | None = None) -> float:
        """The share, from 0 to 1, of the rows of ``x`` for which the tree gives the class in ``y``.

        ``y``, shape (N,), holds the classes' names where the tree has names, else their numbers.
        Raises what ``predict`` raises, and LeafproofError for a ``y`` of another length or with
        classes that the tree does not know.
        """
        share: float = import_module("verifier.formats.prediction").score(self, x, y, domain)
        return share

    def save(self, path: Path) -> None:
        """Write the tree as JSON (``leafproof-tree/1``), exactly. Raises LeafproofError."""
        import_module("verifier.writing.json_nouns").write_tree(path, self)

    @staticmethod
    def load(path: Path) -> Tree:
        """The tree in a JSON or ONNX file. Raises TreeError."""
        tree: Tree = import_module("verifier.formats.load").read_tree(path)
        return tree

    def to_text(self, domain: Domain | None = None) -> str:
        """The tree drawn in text, with the domain's names where one is given."""
        return self.to_code("text", domain)

    def to_code(self, language: str, domain: Domain | None = None) -> str:
        """The tree as python, c, sql, dot, svg, text or json, read back and compared with it.

        With a domain the tests are in its names and fit its values. Raises LeafproofError for
        another language, TreeError where the language's numbers cannot tell apart what the tree
        tells apart, or tree and domain do not fit.
        """
        code: bytes = import_module("verifier.formats.export").rendered(self, language, domain)
        return code.decode()

    def to_sklearn(self, domain: Domain) -> Any:
        """A DecisionTreeClassifier that answers as the tree on the whole domain, by class number.

        scikit-learn rounds inputs to float32: raises TreeError where that merges values which the
        tree tells apart, LeafproofError where scikit-learn is missing.
        """
        return import_module("verifier.formats.tree_sklearn").tree_to_sklearn(self, domain)


class DomainMethods(Shown):
    """The methods of a Domain that read, write and list it."""

    @staticmethod
    def from_file(path: Path) -> Domain:
        """The domain in a JSON file (``leafproof-domain/1``). Raises DomainError."""
        domain: Domain = import_module("verifier.formats.load").read_domain(path)
        return domain

    def save(self, path: Path) -> None:
        """Write the domain file, a variable a line. Raises LeafproofError."""
        import_module("verifier.writing.json_nouns").write_domain(path, self)

    def inputs(self, *, limit: int = 1_000_000) -> npt.NDArray[np.float64]:
        """All points as the network's inputs, float64 of shape (size, columns).

        The last variable changes fastest; encodings that are no floats are rounded to the nearest.
        Raises DomainError where the domain has more than ``limit`` points.
        """
        room = import_module("verifier.formats.prediction")
        rows: npt.NDArray[np.float64] = room.inputs(self, limit)
        return rows
