"""Ensembles from JSON values. Trusted.

Contract: ``leafproof-ensembles/1``. What leaves add is written as ``float.hex`` writes it, so that
each number has one text. Nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from verifier.model.ensemble import MOST_NODES, Ensemble, Member, Score
from verifier.model.errors import EnsembleError, LeafproofError, TooMuch
from verifier.model.tree import Inner
from verifier.reading.json_text import exact_number, kind_of
from verifier.reading.json_values import held_under, list_of, word_of
from verifier.reading.network_parts import head_of, labels_of

ENSEMBLES_FORMAT = "leafproof-ensembles/1"
KEYS = ("columns", "outputs", "arithmetic", "start", "divisor", "threshold", "notes", "members")
OPTIONAL = ("head", "labels", "link", "factor")


def ensembles_from_json(value: Any) -> tuple[Ensemble, ...]:
    """The ensembles, in order. Raises EnsembleError naming the place."""
    held = held_under(value, (ENSEMBLES_FORMAT,), ("ensembles",), EnsembleError)["ensembles"]
    if not isinstance(held, list) or not held:
        raise EnsembleError("ensembles is not a list of at least one")
    return tuple(_ensemble(f"ensembles[{i}]", entry) for i, entry in enumerate(held))


def _ensemble(where: str, entry: Any) -> Ensemble:
    if not isinstance(entry, dict) or not set(KEYS) <= set(entry) <= {*KEYS, *OPTIONAL}:
        raise EnsembleError(f"{where} must hold {', '.join(KEYS)}")
    if type(entry["columns"]) is not int or type(entry["outputs"]) is not int:
        raise EnsembleError(f"{where}: columns and outputs are whole numbers")
    notes = list_of(where, entry, "notes", EnsembleError)
    listed = list_of(where, entry, "members", EnsembleError)
    if sum(len(nodes) for nodes in listed if isinstance(nodes, list)) > MOST_NODES:
        raise EnsembleError(f"{where} has more than {MOST_NODES} nodes")
    members = [_member(f"{where}.members[{i}]", nodes) for i, nodes in enumerate(listed)]
    start = [
        _number(f"{where}.start[{i}]", x)
        for i, x in enumerate(list_of(where, entry, "start", EnsembleError))
    ]
    stated = entry["threshold"]
    try:
        return Ensemble(
            columns=entry["columns"],
            outputs=entry["outputs"],
            members=tuple(members),
            start=tuple(start),
            arithmetic=word_of(f"{where}.arithmetic", entry["arithmetic"], EnsembleError),
            threshold=None if stated is None else _number(f"{where}.threshold", stated),
            divisor=_number(f"{where}.divisor", entry["divisor"]),
            notes=tuple(word_of(f"{where}.notes", note, EnsembleError) for note in notes),
            head=head_of(entry, where),
            labels=labels_of(entry, where),
            link=_link(where, entry),
            factor=_factor(where, entry),
        )
    except TooMuch:
        raise
    except LeafproofError as problem:
        text = str(problem)
        raise EnsembleError(text if text.startswith(where) else f"{where}: {text}") from None


def _link(where: str, entry: dict[str, Any]) -> str:
    """What is compared in place of the scores: nothing is not written."""
    if "link" not in entry:
        return ""
    return word_of(f"{where}.link", entry["link"], EnsembleError)


def _factor(where: str, entry: dict[str, Any]) -> float:
    """What the scores are multiplied by: 1 is not written."""
    factor = _number(f"{where}.factor", entry.get("factor", (1.0).hex()))
    if "factor" in entry and factor == 1:
        raise EnsembleError(f"{where}.factor is 1, which is not written")
    return factor


def _member(where: str, value: Any) -> Member:
    if not isinstance(value, list):
        raise EnsembleError(f"{where} is {kind_of(value)}, not a list of nodes")
    nodes = [_node(where, i, entry) for i, entry in enumerate(value)]
    try:
        return Member(tuple(nodes))
    except EnsembleError as problem:
        raise EnsembleError(f"{where}: {problem}") from None


def _node(where: str, i: int, entry: Any) -> Inner | Score:
    """A test ``[column, threshold, left, right]``, or a leaf ``[[output, number], ...]``."""
    if not isinstance(entry, list):
        raise EnsembleError(f"{where}[{i}] is {kind_of(entry)}, not a test or a leaf (a list)")
    if len(entry) == 4 and type(entry[0]) is type(entry[2]) is type(entry[3]) is int:
        column, stated, left, right = entry
        try:
            return Inner(column, exact_number(stated), left, right)
        except ValueError as problem:
            raise EnsembleError(f"{where}[{i}]: threshold: {problem}") from None
    if not all(isinstance(x, list) for x in entry):
        raise EnsembleError(f"{where}[{i}] is no test: [column, threshold, left, right]")
    return Score(tuple([_added(f"{where}[{i}]", pair) for pair in entry]))


def _added(where: str, pair: Sequence[Any]) -> tuple[int, float]:
    if len(pair) != 2 or type(pair[0]) is not int:
        raise EnsembleError(f"{where} is no leaf: [[output, number], ...]")
    return pair[0], _number(where, pair[1])


def _number(where: str, value: Any) -> float:
    """A float64 number from the text that ``float.hex`` gives it."""
    if isinstance(value, str) and len(value) <= 32 and (found := _from_hex(value)) is not None:
        return found
    raise EnsembleError(f'{where} holds {kind_of(value)} that is no number such as "0x1.8p+1"')


@lru_cache(maxsize=1 << 12)  # many leaves add the same
def _from_hex(text: str) -> float | None:
    try:
        found = float.fromhex(text)
    except (ValueError, OverflowError):
        return None
    return found if found.hex() == text else None
