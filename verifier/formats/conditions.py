"""A domain's tree as users write it: tests on variables, and leaves with weights of their own.

What a leaf does not say is filled in: a variable's distribution there is its own, given that its
value is one that the leaf leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from verifier.formats.combinations import conditioned, labels_of, variable_named
from verifier.formats.intervals import density_within
from verifier.formats.ranges import check_sum, exact, place, runs_of
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable, Ordinal, Ranged
from verifier.model.part import Part, meet
from verifier.model.variable import Variable
from verifier.reading.json_text import unknown_keys

DEEPEST = 1000
"""Most tests on a path."""
MOST_NODES = 200_000
_TEST = ("variable", "values", "at_most", "left", "right")
_LEAF = ("weight", "probabilities")


def given_of(domain: Domain, root: Any) -> Domain:
    """The domain, a product so far, with the tree that a JSON-like value states.

    Raises DomainError naming the place.
    """
    nodes: list[GivenTest | GivenLeaf] = []
    stack = [(root, "given", full_cell(domain), -1, 0)]
    while stack:
        entry, where, cell, parent, depth = stack.pop()
        if parent >= 0:
            _hang(nodes, parent)
        if len(nodes) >= MOST_NODES or depth > DEEPEST:
            raise DomainError(
                f"{_brief(where)}: the tree is too large (at most {DEEPEST} tests on a path, "
                f"{MOST_NODES} nodes)"
            )
        node = _node(domain, _brief(where), entry, cell)
        if isinstance(node, GivenTest):
            inside, outside = cell.split(node.variable, _left_of(cell, node))
            at = len(nodes)
            stack.append((entry["right"], f"{where}.right", outside, at, depth + 1))
            stack.append((entry["left"], f"{where}.left", inside, at, depth + 1))
        nodes.append(node)
    total = sum((n.weight for n in nodes if isinstance(n, GivenLeaf)), Fraction(0))
    if not total:
        raise DomainError("given: every leaf is impossible: give one a weight")
    check_sum("given: the weights of the leaves", [total])
    return Domain(domain.variables, Given(tuple(nodes)))


def _hang(nodes: list[GivenTest | GivenLeaf], parent: int) -> None:
    """Make the next node the first, or else the second, child of ``parent``."""
    test, at = nodes[parent], len(nodes)
    assert isinstance(test, GivenTest)
    yes, no = (test.yes, at) if test.yes else (at, 0)
    nodes[parent] = GivenTest(test.variable, test.left, yes, no)


def _left_of(cell: Cell, test: GivenTest) -> Part:
    return meet(cell.parts[test.variable], test.left)


def _node(domain: Domain, where: str, entry: Any, cell: Cell) -> GivenTest | GivenLeaf:
    if not isinstance(entry, Mapping):
        raise DomainError(f"{where} is {entry!r:.40}, not an object: a test, or a leaf's weight")
    if "variable" in entry:
        return _test(domain, where, entry, cell)
    if problem := unknown_keys(list(entry), (*_LEAF, *_TEST)):
        raise DomainError(f"{where}: {problem}")
    if "weight" not in entry:
        raise DomainError(
            f"{where} is a leaf without weight: say how probable it is, or 0 if it is impossible"
        )
    if set(entry) & set(_TEST):
        raise DomainError(f'{where} has a weight and a test without "variable": keep one of them')
    weight = exact(f"{where}.weight", entry["weight"])
    if weight < 0:
        raise DomainError(f"{where}.weight is negative: it must be at least 0")
    if not weight:
        if "probabilities" in entry:
            raise DomainError(f"{where} is impossible (weight 0): leave its probabilities out")
        return GivenLeaf(weight)
    stated = _stated(domain, f"{where}.probabilities", entry.get("probabilities"))
    chances = [
        _chances(where, v, part, stated[i])
        for i, (v, part) in enumerate(zip(domain.variables, cell.parts, strict=True))
    ]
    return GivenLeaf(weight, tuple(chances))


def _test(domain: Domain, where: str, entry: Mapping[str, Any], cell: Cell) -> GivenTest:
    if problem := unknown_keys(list(entry), _TEST):
        raise DomainError(f"{where}: {problem}")
    for key in ("left", "right"):
        if key not in entry:
            raise DomainError(f'{where} is a test without "{key}": give both branches')
    index = variable_named(where, domain, entry["variable"])
    v, here = domain.variables[index], cell.parts[index]
    key, other = ("at_most", "values") if isinstance(v, Ranged) else ("values", "at_most")
    if key not in entry or other in entry:
        kind = "a range" if isinstance(v, Ranged) else "a list of values"
        raise DomainError(f'{where}: {quoted(v.name)} is {kind}, so the test has "{key}"')
    left: Part
    if isinstance(v, Ranged):
        left = range(place(f"{where}.at_most", v, entry["at_most"]) + 1)
    else:
        if not isinstance(entry["values"], Sequence) or isinstance(entry["values"], str):
            raise DomainError(f"{where}.values is not a list of labels")
        left = labels_of(f"{where}.values", v, entry["values"])
    inside = meet(here, left)
    if not inside or inside == here:
        side = "right" if inside else "left"
        raise DomainError(
            f"{where}.{side} is empty: no value of {quoted(v.name)} that is left here goes there"
        )
    return GivenTest(index, left if isinstance(left, range) else inside, 0, 0)


def _stated(domain: Domain, where: str, given: Any) -> list[Any]:
    """What a leaf says of each variable: None where it says nothing."""
    if given is None:
        return [None] * len(domain.variables)
    if isinstance(given, Mapping):
        found: list[Any] = [None] * len(domain.variables)
        for name, held in given.items():
            found[variable_named(where, domain, name)] = held
        return found
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise DomainError(f"{where} is neither a list nor an object of variables")
    if len(given) != len(domain.variables):
        raise DomainError(
            f"{where} has {len(given)} entries for {len(domain.variables)} variables: "
            "give one each, null for the variable's own"
        )
    return list(given)


def _chances(where: str, v: AnyVariable, part: Part, stated: Any) -> Distribution | None:
    """The distribution of a variable in a leaf; None where it is the variable's own."""
    if stated is not None:
        here = f"{where}.probabilities of {quoted(v.name)}"
        if isinstance(v, Continuous):
            assert isinstance(part, range)
            return density_within(here, v, stated, part)
        if isinstance(v, Ordinal):
            assert isinstance(part, range)
            runs = runs_of(here, v, stated, part)
            check_sum(here, [p for _, p in runs])
            return Runs(part.start, runs)
        assert isinstance(part, int)
        chances = _listed(here, v, stated)
        for i, p in enumerate(chances):
            if p and not part >> i & 1:
                raise DomainError(f"{here}: {quoted(v.labels[i])} is not left here: write 0")
        check_sum(here, chances)
        return Listed(chances)
    if part == v.whole:
        return None
    if not v.chances.weight_of(part):
        raise DomainError(
            f"{where}: the values of {quoted(v.name)} that are left here have no probability of "
            'their own: state "probabilities" here'
        )
    return conditioned(v.chances, part)


def _listed(where: str, v: Variable, stated: Any) -> tuple[Fraction, ...]:
    """Probabilities of all values: a list, or an object of those that have any."""
    if isinstance(stated, Mapping):
        found = {labels_of(where, v, [x]): exact(f"{where}.{x}", p) for x, p in stated.items()}
        chances = tuple(found.get(1 << i, Fraction(0)) for i in range(v.count))
    elif isinstance(stated, Sequence) and not isinstance(stated, str):
        chances = tuple(exact(f"{where}[{i}]", p) for i, p in enumerate(stated))
    else:
        raise DomainError(f"{where} is neither a list nor an object of values")
    if len(chances) != v.count:
        raise DomainError(f"{where}: {len(chances)} probabilities for {v.count} values")
    if any(p < 0 for p in chances):
        raise DomainError(f"{where}: a probability is negative: it must be at least 0")
    return chances


def _brief(where: str) -> str:
    """A place in a deep tree, the middle left out."""
    steps = where.split(".") if len(where) < 100_000 else []
    return (
        where
        if len(steps) < 16
        else ".".join([*steps[:6], f"({len(steps) - 12} more)", *steps[-6:]])
    )
