"""The bytes of a proof: its nodes, as integers.

Written from docs/certificate.md, for the second checker alone: the kernel's readers are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.model.errors import CertificateError
from verifier.second_checker.reading import MOST_VALUES

LONGEST_INTEGER = -(-MOST_VALUES // 7) + 1
"""Most bytes of an integer of proof.bin: one that names any of so many values."""


@dataclass(frozen=True)
class Sandwich:
    """What a sandwich says: strips of a model, least and most, about a form, counted by a width.

    ``beside`` are other models' classes in the cell; ``cases``, sides or further groups may show
    more than that. Of networks of more than two classes the bits of ``ones`` stand for class 1.
    """

    strips: tuple[tuple[int, int, int], ...]
    form: tuple[int, ...]
    width: int
    order: int
    beside: tuple[tuple[int, int], ...] = ()
    cases: bool = False
    ones: int = 0


@dataclass(frozen=True)
class Node:
    """A node of the proof; ``argument`` is a Split's variable, a step's class, or how many Several.

    ``model`` is whom a step speaks of, ``left`` a Split's integer, a mask or an index; of "paired"
    ensembles the second, ``argument`` the order. ``trees`` are of what is "signed".
    """

    kind: str
    argument: int
    model: int = 0
    left: int = 0
    sandwich: Sandwich | None = None
    trees: bytes = b""


KINDS = ("split", "constant", "enumerated", "tail", "open", "trusted", "several", "sandwich")
SIDES, GROUPED = 3, 4
ABOUT = ("constant", "signed", "tail", "trusted")


def proof_nodes(data: bytes, models: int, columns: int = 0) -> list[Node]:
    """The proof's nodes in pre-order, as proof.bin lists them; of format 1, ``models`` is 1.

    ``columns`` are the domain's: a sandwich, which only samples are drawn beside, has a number for
    each. Format 1, of 0 ``columns``, has none.
    """
    integers = _Integers(data)
    for _ in range(next(integers)):
        integers.take(next(integers))  # a solver's name
    nodes = []
    while integers.at < len(data):
        start, (argument, which) = integers.at, divmod(next(integers), 8)
        kind = KINDS[which]
        node = Node(kind, argument, left=next(integers) if kind == "split" else 0)
        if kind in ABOUT:
            node = Node(kind, *divmod(argument, models))
            for _ in range({"constant": 0, "tail": 2, "trusted": 1}[kind]):
                next(integers)  # a probability, or a solver
        elif kind == "sandwich" and columns and _is_sandwich(argument):
            node = Node(kind, argument, sandwich=_sandwich(integers, argument, columns))
        elif kind == "enumerated" and columns and argument:
            trees = integers.take(next(integers))
            node = Node("signed", *divmod(argument - 1, models), trees=trees)
        elif kind == "open" and argument & 3 and argument // 4 // models < argument // 4 % models:
            node = Node("paired", argument & 3, argument // 4 // models, argument // 4 % models)
        elif kind == "sandwich" or (kind not in ("split", "several") and argument):
            raise CertificateError(f"proof.bin: no known node at offset {start}")
        nodes.append(node)
    return nodes


def _is_sandwich(argument: int) -> bool:
    group, neurons = divmod(argument // 8, GROUPED)
    return neurons in (0, 1, 1 + argument % 2, SIDES) and (group < 2 or not neurons)


def _sandwich(integers: Iterator[int], argument: int, columns: int) -> Sandwich:
    (group, neurons), mine = divmod(argument // 8, GROUPED), argument % 8
    order, more = divmod(mine, 2)
    _, width = next(integers), next(integers)
    ones = next(integers) if group else 0
    strips = [(next(integers), _signed(integers), _signed(integers)) for _ in range(1 + more)]
    form = tuple(_signed(integers) for _ in range(columns))
    for _ in range(5 + 2 * columns if neurons == SIDES else 2 * neurons):
        next(integers)  # sides, or which neurons: what is drawn from is as if there were neither
    for _ in range(1 << neurons if neurons in (1, 2) else 0):
        case, kind = divmod(next(integers), 8)
        if KINDS[kind] != "sandwich" or case >= 8 or case % 2 != more:
            raise CertificateError("proof.bin: a case that is no sandwich")
        _sandwich(integers, case, columns)
    for _ in range(4 if neurons == 1 and not more else 0):
        _signed(integers)  # both cases' strips all over the cell
    for _ in range(group - 1):
        own, kind = divmod(next(integers), 8)
        if KINDS[kind] != "sandwich" or own // 8 != GROUPED or own % 2 != more:
            raise CertificateError("proof.bin: a further group that is no sandwich")
        _sandwich(integers, own, columns)
    deep = neurons > 0 or group > 1
    return Sandwich(tuple(strips), form, width, order, cases=deep, ones=ones)


def _signed(integers: Iterator[int]) -> int:
    half, negative = divmod(next(integers), 2)
    return -half - 1 if negative else half


class _Integers(Iterator[int]):
    """The integers of proof.bin, one after the other: base 128, least digit first."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def __next__(self) -> int:
        start = self.at
        while (byte := self.take(1)[0]) >= 128:
            if self.at - start >= LONGEST_INTEGER:
                raise CertificateError(f"proof.bin: an integer without end at offset {start}")
        if byte == 0 and self.at - start > 1:
            raise CertificateError(f"proof.bin: an integer with leading zeros at offset {start}")
        if self.at - start == 1:
            return byte
        return int("".join(f"{b & 127:07b}" for b in reversed(self.data[start : self.at])), 2)

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise CertificateError(f"proof.bin ends too early (offset {self.at})")
        self.at += count
        return self.data[self.at - count : self.at]
