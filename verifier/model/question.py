"""Questions: where is a formula over the classes of some models true?

The answer is how many points of the domain make it true, and with what probability. *differ* of a
network and a tree is one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import QuestionError, TreeError, quoted
from verifier.model.network import Network
from verifier.model.opaque import Opaque
from verifier.model.tree import Tree

MOST_MODELS = 64
DEEPEST = 1000
"""How deep a formula may be nested."""


@dataclass(frozen=True)
class Bound:
    """A model with a name, bound to the variables (numbers) that it reads, in order of columns."""

    name: str
    model: Network | Tree | Ensemble | Opaque
    reads: tuple[int, ...]

    @property
    def classes(self) -> int:
        """How many classes it has."""
        return self.model.classes


_KINDS: dict[type, str] = {
    Network: "network",
    Tree: "tree",
    Ensemble: "ensemble",
    Opaque: "opaque model",
}


@dataclass(frozen=True)
class ClassIs:
    """The model (its number) has this class."""

    model: int
    klass: int


@dataclass(frozen=True)
class Same:
    """Two models have the same class."""

    left: int
    right: int


class _Nested:
    """A formula of others: compared without recursion, however deep it is nested."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Nested) and _flat(self) == _flat(other)

    def __hash__(self) -> int:
        return hash(_flat(self))


@dataclass(frozen=True, eq=False)
class Not(_Nested):
    """The other is false."""

    inner: Formula


@dataclass(frozen=True, eq=False)
class All(_Nested):
    """All of them are true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, eq=False)
class Any_(_Nested):
    """At least one of them is true."""

    parts: tuple[Formula, ...]


Formula = ClassIs | Same | Not | All | Any_


def differ(left: int = 0, right: int = 1) -> Formula:
    """Whether two models have different classes."""
    return Not(Same(left, right))


def truth(formula: Formula, classes: Sequence[int | None]) -> bool | None:
    """Whether the formula is true of these classes; None where unknown classes (None) decide it.

    In three values: what is found holds whatever the unknown classes are, but not everything that
    does so is found.
    """
    done: list[bool | None] = []
    stack: list[tuple[Formula, bool]] = [(formula, False)]
    while stack:  # formulas may be nested deeper than Python recurses
        f, ready = stack.pop()
        if isinstance(f, ClassIs):
            known = classes[f.model]
            done.append(None if known is None else known == f.klass)
        elif isinstance(f, Same):
            done.append(_same(f, classes))
        elif not ready:
            stack.append((f, True))
            stack += [(x, False) for x in (f.parts if isinstance(f, All | Any_) else (f.inner,))]
        elif isinstance(f, Not):
            inner = done.pop()
            done.append(None if inner is None else not inner)
        else:
            found = [done.pop() for _ in f.parts]
            decisive = isinstance(f, Any_)  # one of these decides it
            if decisive in found:
                done.append(decisive)
            else:
                done.append(None if None in found else not decisive)
    return done[0]


def _same(f: Same, classes: Sequence[int | None]) -> bool | None:
    if f.left == f.right:
        return True
    a, b = classes[f.left], classes[f.right]
    return None if a is None or b is None else a == b


def preorder(formula: Formula) -> Iterator[Formula]:
    """The formula and all that are in it, each before those in it, in order."""
    stack = [formula]
    while stack:
        f = stack.pop()
        yield f
        if isinstance(f, Not):
            stack.append(f.inner)
        elif isinstance(f, All | Any_):
            stack += reversed(f.parts)


def atoms(formula: Formula) -> Iterator[ClassIs | Same]:
    """The parts of a formula that name models, in order."""
    return (f for f in preorder(formula) if isinstance(f, ClassIs | Same))


def _flat(formula: _Nested) -> tuple[ClassIs | Same | tuple[type, int], ...]:
    """What tells formulas apart: the atoms, and of all others the kind and how many are in it."""
    assert isinstance(formula, Not | All | Any_)
    return tuple(
        f
        if isinstance(f, ClassIs | Same)
        else (type(f), len(f.parts) if isinstance(f, All | Any_) else 1)
        for f in preorder(formula)
    )


def depth(formula: Formula) -> int:
    """How deep it is nested: 1 for an atom."""
    deepest, stack = 0, [(formula, 1)]
    while stack:
        f, level = stack.pop()
        deepest = max(deepest, level)
        if isinstance(f, Not):
            stack.append((f.inner, level + 1))
        elif isinstance(f, All | Any_):
            stack += [(x, level + 1) for x in f.parts]
    return deepest


@dataclass(frozen=True, eq=False)
class Matter:
    """What a proof is about: a question about models over a domain.

    Raises QuestionError where they do not fit together.
    """

    domain: Domain
    models: tuple[Bound, ...]
    question: Formula

    def __post_init__(self) -> None:
        if not 1 <= len(self.models) <= MOST_MODELS:
            raise QuestionError(f"there are {len(self.models)} models: give 1 to {MOST_MODELS}")
        names = set()
        for bound in self.models:
            if not bound.name or not bound.name.isprintable():
                raise QuestionError("a model's name is one line of printable text")
            if bound.name in names:
                raise QuestionError(f"two models are named {quoted(bound.name)}: names must differ")
            names.add(bound.name)
            check_reads(self.domain, bound)
        _check_formula(self.models, self.question)
        if any(isinstance(bound.model, Opaque) for bound in self.models) and not self.is_test:
            raise QuestionError(
                "an opaque model stands only in a test: it comes first, then the tree that it is "
                "compared with, and both read all variables in order"
            )

    @cached_property
    def networks(self) -> tuple[int, ...]:
        """The numbers of the models that are networks."""
        return tuple(i for i, m in enumerate(self.models) if isinstance(m.model, Network))

    @cached_property
    def ensembles(self) -> tuple[int, ...]:
        """The numbers of the models that are ensembles."""
        return tuple(i for i, m in enumerate(self.models) if isinstance(m.model, Ensemble))

    @cached_property
    def trees(self) -> tuple[int, ...]:
        """The numbers of the models that are trees."""
        return tuple(i for i, m in enumerate(self.models) if isinstance(m.model, Tree))

    @cached_property
    def is_differ(self) -> bool:
        """Whether it is about the points where a teacher and a tree have different classes.

        The teacher is a network or an ensemble. Both read all variables in order, so that their
        columns are the domain's.
        """
        return self._compares and isinstance(self.models[0].model, Network | Ensemble)

    @cached_property
    def is_test(self) -> bool:
        """Whether it is the same about an opaque model and a tree: nothing of it can be proved."""
        return self._compares and isinstance(self.models[0].model, Opaque)

    @property
    def _compares(self) -> bool:
        """Whether it asks where a model and a tree differ that both read all variables in order."""
        every = tuple(range(len(self.domain.variables)))
        return (
            self.question == differ()
            and len(self.models) == 2
            and isinstance(self.models[1].model, Tree)
            and all(bound.reads == every for bound in self.models)
        )


def matter_of(domain: Domain, network: Network | Ensemble, tree: Tree) -> Matter:
    """Where a network and a tree, each reading all variables, differ: what format 1 is about.

    Or an ensemble and a tree, of which format 3 is.
    """
    reads = tuple(range(len(domain.variables)))
    models = Bound("teacher", network, reads), Bound("tree", tree, reads)
    return Matter(domain, models, differ())


def check_names(matter: Matter, *, trees: bool = False) -> None:
    """TreeError where models whose classes are compared by number have other names for them.

    For what is made here; ``trees`` for files: what is no tree beside a model is, as they say.
    """
    for atom in atoms(matter.question):
        if isinstance(atom, Same):
            pair = [matter.models[i].model for i in (atom.left, atom.right)]
            asked = not trees or {Tree} < {type(x) for x in pair} - {Opaque}
            if asked and any(a != b for a, b in zip(*(x.labels for x in pair), strict=False)):
                raise TreeError(
                    "the classes of tree and network have other names, or stand in another order: "
                    "match them first (verifier.model.tree.matched)"
                )


def named(matter: Matter) -> Matter:
    """The same, for readers: a tree that is compared with a network has its classes' names."""
    models = list(matter.models)
    for atom in atoms(matter.question):
        if not isinstance(atom, Same):
            continue
        for i, j in ((atom.left, atom.right), (atom.right, atom.left)):
            tree, network = models[i].model, models[j].model
            if isinstance(tree, Tree) and isinstance(network, Network | Ensemble):
                if tree.labels or not network.labels:
                    continue
                models[i] = replace(models[i], model=replace(tree, labels=network.labels))
    return Matter(matter.domain, tuple(models), matter.question)


def check_reads(domain: Domain, bound: Bound) -> None:
    """QuestionError unless a model reads variables that are there, and that fill its columns."""
    where = f"model {quoted(bound.name)}"
    if not bound.reads:
        raise QuestionError(f"{where} reads no variable: name at least one")
    if len(set(bound.reads)) != len(bound.reads):
        raise QuestionError(f"{where} reads a variable twice: name each once")
    if not all(0 <= i < len(domain.variables) for i in bound.reads):
        raise QuestionError(f"{where} reads a variable that the domain lacks")
    columns = sum(domain.variables[i].columns for i in bound.reads)
    if isinstance(bound.model, Network | Ensemble) and bound.model.columns != columns:
        raise QuestionError(
            f"{where} takes {bound.model.columns} columns but the variables that it reads "
            f"fill {columns}: bind it to variables that fill them exactly"
        )
    if isinstance(bound.model, Tree) and bound.model.columns > columns:
        raise QuestionError(
            f"{where} tests column {bound.model.columns - 1} but the variables that it reads "
            f"fill columns 0 to {columns - 1}: bind it to more variables"
        )


def _check_formula(models: Sequence[Bound], question: Formula) -> None:
    if depth(question) > DEEPEST:
        raise QuestionError(f"the question is nested more than {DEEPEST} deep: make it shallower")
    if not all(f.parts for f in preorder(question) if isinstance(f, All | Any_)):
        raise QuestionError("the question has an empty list: name at least one formula in it")
    named: set[int] = set()
    for atom in atoms(question):
        numbers = (atom.model,) if isinstance(atom, ClassIs) else (atom.left, atom.right)
        if not all(0 <= i < len(models) for i in numbers):
            raise QuestionError("the question names a model that is not there")
        named.update(numbers)
        if isinstance(atom, ClassIs):
            m = models[atom.model]
            if not 0 <= atom.klass < m.classes:
                raise QuestionError(
                    f"the question names class {atom.klass} of model {quoted(m.name)}, which has "
                    f"classes 0 to {m.classes - 1}"
                )
            continue
        a, b = models[atom.left], models[atom.right]
        for tree, network in ((a, b), (b, a)):
            kinds = isinstance(tree.model, Tree) and isinstance(
                network.model, Network | Ensemble | Opaque
            )
            if kinds and tree.classes > network.classes:
                kind = _KINDS[type(network.model)]
                raise QuestionError(
                    f"tree {quoted(tree.name)} answers class {tree.classes - 1} but {kind} "
                    f"{quoted(network.name)} has classes 0 to {network.classes - 1}: they do not "
                    "belong together"
                )
    for i, m in enumerate(models):
        if i not in named:
            raise QuestionError(f"the question does not name model {quoted(m.name)}: leave it out")
