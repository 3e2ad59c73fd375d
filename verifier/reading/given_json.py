"""Ordinals and domain trees from JSON values; nothing here recurses. Trusted.

Contract: ``leafproof-domain/2``, in the form that certificates hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.continuous import Continuous
from verifier.model.errors import DomainError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest, require_given
from verifier.model.ordinal import MOST_NUMBERS, AnyVariable, Ordinal, Ranged, uniform
from verifier.model.part import Part, ranged
from verifier.reading.continuous_json import pieces_within
from verifier.reading.json_text import exact_number, kind_of, unknown_keys
from verifier.reading.json_values import list_of, numbers_of, word_of

_TEST = ("variable", "values", "at_most", "left", "right")


def ordinal_from_json(where: str, entry: dict[str, Any]) -> Ordinal:
    """The ordinal that an object stands for. Raises DomainError."""
    if problem := unknown_keys(list(entry), ("name", "from", "to", "step", "probabilities")):
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "from", "to", "step"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": add it')
    name = word_of(f"{where}.name", entry["name"])
    where = f"{where} ({quoted(name)})"
    first, last, step = (_number(f"{where}.{key}", entry[key]) for key in ("from", "to", "step"))
    if step <= 0:
        raise DomainError(f"{where}: its step is {step}: steps are greater than 0")
    most = Fraction(last - first, step)
    if most.denominator != 1 or most < 0:
        raise DomainError(
            f"{where}: steps of {_shown(step)} from {_shown(first)} do not lead to {_shown(last)}: "
            'choose "to" or "step" so that they do'
        )
    if most >= MOST_NUMBERS:
        raise DomainError(f"{where} has more than 2^62 values: widen its step")
    count = int(most) + 1
    scale = Ordinal(name, first, step, count, uniform(count))
    if "probabilities" not in entry:
        return scale
    chances = _runs(f"{where}.probabilities", scale, entry["probabilities"], scale.whole)
    return Ordinal(name, first, step, count, chances.runs)


def _number(where: str, value: Any) -> Fraction:
    try:
        return exact_number(value)
    except ValueError as problem:
        raise DomainError(f"{where}: {problem}") from None


def _shown(x: Fraction) -> str:
    return quoted(x)[1:-1]


def _runs(where: str, v: Ordinal, value: Any, part: range) -> Runs:
    """The runs ``[from, to, probability]`` of the values in a part. Raises DomainError."""
    if not isinstance(value, list) or not value:
        raise DomainError(f"{where} is no list of runs [from, to, probability]")
    runs, at = [], part.start
    for i, row in enumerate(value):
        if not isinstance(row, list) or len(row) != 3:
            raise DomainError(f"{where}[{i}] is not a run [from, to, probability]")
        low, high, p = numbers_of(f"{where}[{i}]", row)
        ends = v.place(low), v.place(high)
        if ends[0] != at or ends[1] is None or not at <= ends[1] < part.stop:
            raise DomainError(
                f"{where}[{i}] is no run of values from {v.label(min(at, v.count - 1))} on: runs "
                "follow each other and cover exactly the values that are left"
            )
        runs.append((ends[1] + 1 - at, p))
        at = ends[1] + 1
    if at != part.stop:
        raise DomainError(f"{where} ends before {v.label(part.stop - 1)}: cover all values")
    return Runs(part.start, tuple(runs))


def given_from_json(variables: Sequence[AnyVariable], value: Any) -> Given:
    """The domain tree that a JSON value stands for, its nodes in pre-order. Raises DomainError."""
    numbers = {v.name: i for i, v in enumerate(variables)}
    parts: list[Part] = [v.whole for v in variables]
    nodes: list[GivenLeaf | tuple[int, Part]] = []
    right: dict[int, int] = {}
    # beside a node: its parent, as whose right child it comes (-1: left), and the part to put back
    stack: list[tuple[Any, int, tuple[int, Part] | None]] = [(value, -1, None)]
    undo: list[tuple[int, int, Part]] = []  # node whose halves are done here, variable, its part
    seen: set[int] = set()
    while stack:
        entry, parent, other = stack.pop()
        index = len(nodes)
        where = f"given, node {index}"
        if other is not None:
            right[parent] = index
            while undo[-1][0] != parent:
                _, variable, part = undo.pop()
                parts[variable] = part
            parts[other[0]] = other[1]
        if not isinstance(entry, dict) or id(entry) in seen:
            raise DomainError(f"{where} is {kind_of(entry)}, not a node of its own (an object)")
        seen.add(id(entry))
        require_given(variables, index)
        if "variable" not in entry:
            nodes.append(_leaf(where, variables, parts, entry))
            continue
        variable, inside, outside = _test(where, variables, numbers, parts, entry)
        nodes.append((variable, inside))
        undo.append((index, variable, parts[variable]))
        parts[variable] = inside
        stack.append((entry["right"], index, (variable, outside)))
        stack.append((entry["left"], index, None))
    return Given(
        tuple(
            n if isinstance(n, GivenLeaf) else GivenTest(n[0], n[1], i + 1, right[i])
            for i, n in enumerate(nodes)
        )
    )


def _test(
    where: str,
    variables: Sequence[AnyVariable],
    numbers: dict[str, int],
    parts: Sequence[Part],
    entry: dict[str, Any],
) -> tuple[int, Part, Part]:
    """The variable that a node tests, and both halves of its part. Raises DomainError."""
    if problem := unknown_keys(list(entry), _TEST):
        raise DomainError(f"{where}: {problem}")
    name = word_of(f"{where}.variable", entry["variable"])
    if name not in numbers:
        raise DomainError(f"{where} tests {quoted(name)}: the domain has no such variable")
    variable = numbers[name]
    v, part = variables[variable], parts[variable]
    key = "at_most" if isinstance(v, Ranged) else "values"
    if set(entry) != {"variable", key, "left", "right"}:
        raise DomainError(f'{where}: a test of {quoted(name)} has "{key}", "left" and "right"')
    if isinstance(v, Ranged):
        assert isinstance(part, range)
        last = v.place(_number(f"{where}.at_most", entry["at_most"]))
        if last is None or not part.start <= last < part.stop - 1:
            raise DomainError(
                f"{where}: at_most is {quoted(entry['at_most'])}, not one of the values of "
                f"{quoted(name)} left here, {v.label(part.start)} to {v.label(part.stop - 1)}, or "
                "the last one: a half would be empty"
            )
        return variable, ranged(part.start, last + 1), ranged(last + 1, part.stop)
    assert isinstance(part, int)
    held, before = bytearray(part.bit_length() // 8 + 1), -1
    for i, label in enumerate(list_of(where, entry, "values")):
        value = v.index(label) if isinstance(label, str) else None
        if value is None or not part >> value & 1:
            raise DomainError(
                f"{where}.values[{i}] is {quoted(label)}, not one of the values of {quoted(name)} "
                "left here"
            )
        if value <= before:
            raise DomainError(f"{where}.values[{i}] is not in the variable's order")
        before = value
        held[value >> 3] |= 1 << (value & 7)
    mask = int.from_bytes(held, "little")
    if not mask or mask == part:
        raise DomainError(
            f"{where}: values are {'none' if not mask else 'all'} of those of {quoted(name)} left "
            "here: a half would be empty"
        )
    return variable, mask, part & ~mask


def _leaf(
    where: str, variables: Sequence[AnyVariable], parts: Sequence[Part], entry: dict[str, Any]
) -> GivenLeaf:
    """A leaf of a domain tree. Raises DomainError."""
    if problem := unknown_keys(list(entry), ("weight", "probabilities")):
        raise DomainError(f"{where}: {problem}")
    if "weight" not in entry:
        raise DomainError(f'{where} is a leaf without a weight: add "weight"')
    weight = _number(f"{where}.weight", entry["weight"])
    if not weight:
        if "probabilities" in entry:
            raise DomainError(f"{where} has weight 0, it is impossible: leave out probabilities")
        return GivenLeaf(weight)
    if "probabilities" not in entry:
        raise DomainError(f'{where} has a weight but no "probabilities": add them')
    stated = list_of(where, entry, "probabilities")
    if len(stated) != len(variables):
        raise DomainError(
            f"{where} has probabilities of {len(stated)} variables, but there are "
            f"{len(variables)}: give one entry (or null) for each"
        )
    chances: list[Distribution | None] = []
    for v, part, value in zip(variables, parts, stated, strict=True):
        inner = f"{where}, probabilities of {quoted(v.name)}"
        if value is None:
            chances.append(None)
        elif isinstance(v, Continuous):
            assert isinstance(part, range)
            chances.append(pieces_within(inner, v, value, part))
        elif isinstance(v, Ordinal):
            assert isinstance(part, range)
            chances.append(_runs(inner, v, value, part))
        elif isinstance(value, list):
            chances.append(Listed(numbers_of(inner, value)))
        else:
            raise DomainError(f"{inner}: {kind_of(value)} where a list was expected")
    return GivenLeaf(weight, tuple(chances))
