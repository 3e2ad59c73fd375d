"""Units and fragments as bytes: what goes from machine to machine, and into a journal.

The same fragment always gives the same bytes. Reading them runs nothing and trusts nothing: what is
not as written here is refused.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.part import Part
from verifier.model.proof import About, Constant, Enumerated, Several, Step
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.units.unit import Fragment, Ints, Unit

HEAD = struct.Struct("<II")
"""How long the JSON is, and how many nodes follow."""
KINDS = {name: np.dtype(f"<{name}") for name in ("i1", "i2", "i4", "i8")}
"""Of the numbers of nodes: the smallest that has room for them."""
MOST = 1 << 28
"""Bytes of what is unpacked, at most."""
BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What reading other bytes than are written here raises, whatever they are."""


def unit_to_bytes(unit: Unit) -> bytes:
    """A unit as bytes."""
    return _dump(_from_unit(unit))


def unit_of_bytes(data: bytes) -> Unit:
    """The unit; raises LeafproofError for other bytes."""
    try:
        return _to_unit(json.loads(data))
    except BROKEN as error:
        raise LeafproofError(f"these bytes are no unit of work: {error}") from None


def fragment_to_bytes(fragment: Fragment) -> bytes:
    """A fragment as bytes: JSON, then the nodes as numbers, compressed."""
    kinds = [_smallest(part) for part in (fragment.codes, fragment.lefts)]
    words = _dump(
        {
            "kinds": kinds,
            "steps": [_from_step(step) for step in fragment.steps],
            "large": [f"{left:x}" for left in fragment.large],
            "left": [_from_unit(unit) for unit in fragment.left],
            "places": fragment.places,
            "shares": [share.hex() for share in fragment.shares],
            "points": fragment.points,
            "closed": fragment.closed,
            "sums": [share.hex() for share in fragment.sums],
        }
    )
    nodes = b"".join(
        part.astype(kind).tobytes()
        for part, kind in zip((fragment.codes, fragment.lefts), kinds, strict=True)
    )
    return zlib.compress(HEAD.pack(len(words), len(fragment.codes)) + words + nodes, 1)


def fragment_of_bytes(data: bytes) -> Fragment:
    """The fragment; raises LeafproofError for other bytes."""
    try:
        return _fragment(data)
    except (*BROKEN, struct.error, zlib.error) as error:
        raise LeafproofError(f"these bytes are no fragment of a proof: {error}") from None


def tree_to_bytes(tree: Tree) -> bytes:
    """A tree as bytes."""
    nodes = [
        [node.klass]
        if isinstance(node, Leaf)
        else [node.column, str(node.threshold), node.left, node.right]
        for node in tree.nodes
    ]
    return _dump([nodes, tree.labels])


def tree_of_bytes(data: bytes) -> Tree:
    """The tree; raises LeafproofError for other bytes."""
    try:
        nodes, labels = json.loads(data)
        made = [
            Leaf(_number(node[0]))
            if len(node) == 1
            else Inner(_number(node[0]), _threshold(node[1]), _number(node[2]), _number(node[3]))
            for node in nodes
        ]
        return Tree(tuple(made), tuple(map(str, labels)))
    except BROKEN as error:
        raise LeafproofError(f"these bytes are no tree: {error}") from None


def _fragment(data: bytes) -> Fragment:
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(data, MOST)
    size, nodes = HEAD.unpack_from(raw)
    at = HEAD.size + size
    held: dict[str, Any] = json.loads(raw[HEAD.size : at])
    one, two = (KINDS[kind] for kind in held["kinds"])
    middle = at + one.itemsize * nodes
    if not unpacker.eof or len(raw) != middle + two.itemsize * nodes:
        raise ValueError("they end too early, or too late")
    closed = held["closed"]
    proved, false, true = map(float.fromhex, held["sums"])
    return Fragment(
        codes=np.frombuffer(raw, one, nodes, at).astype(np.int32),
        lefts=np.frombuffer(raw, two, nodes, middle).astype(np.int64),
        steps=tuple(_to_step(step) for step in held["steps"]),
        large=tuple(map(_hexadecimal, held["large"])),
        left=tuple(_to_unit(unit) for unit in held["left"]),
        places=tuple(tuple(map(_number, some)) for some in held["places"]),
        shares=tuple(map(float.fromhex, held["shares"])),
        points=tuple(tuple(map(_number, point)) for point in held["points"]),
        closed=_number(closed),
        sums=(proved, false, true),
    )


def _smallest(part: Ints) -> str:
    """The kind that has room for the numbers."""
    low, high = (int(part.min()), int(part.max())) if len(part) else (0, 0)
    return next(
        name
        for name, kind in KINDS.items()
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max
    )


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no whole number, or below 0")
    return value


def _threshold(text: str) -> Fraction:
    """As ``str`` writes a fraction: a short text with an exponent stands for endless digits."""
    above, _, below = text.partition("/")
    return Fraction(int(above), int(below or 1))


def _hexadecimal(digits: str) -> int:
    return _number(int(digits, 16))


def _from_unit(unit: Unit) -> list[Any]:
    return [unit.path, [[_from_part(part) for part in cell.parts] for cell in unit.cells]]


def _to_unit(held: Sequence[Any]) -> Unit:
    path, cells = held
    return Unit(
        tuple(map(_number, path)), tuple(Cell(tuple(map(_to_part, parts))) for parts in cells)
    )


def _from_part(part: Part) -> str | list[int]:
    return f"{part:x}" if isinstance(part, int) else [part.start, part.stop]


def _to_part(held: str | list[int]) -> Part:
    if isinstance(held, str):
        return _hexadecimal(held)
    start, stop = map(_number, held)
    return range(start, stop)


def _from_step(step: Step) -> list[Any]:
    if isinstance(step, Enumerated):
        return []
    if isinstance(step, Constant):
        return [[step.model, step.klass]]
    assert isinstance(step, Several)
    return [[about.model, about.klass] for about in step.steps]


def _to_step(held: Sequence[Any]) -> Step:
    said: list[About] = [Constant(_number(klass), _number(model)) for model, klass in held]
    if not said:
        return Enumerated()
    return said[0] if len(said) == 1 else Several(tuple(said))
