"""The bytes of a certificate: the ZIP, the manifest, JSON, and the proof's integers.

Written from docs/certificate.md, for the float32 checker alone: the kernel's readers are not used.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verifier.model.errors import CertificateError

FORMATS = {
    "leafproof-certificate/1": (
        "domain.json",
        "teacher.json",
        "weights.bin",
        "tree.json",
        "proof.bin",
        "counterexamples.json",
        "verdict.json",
        "manifest.json",
    ),
    "leafproof-certificate/2": (
        "domain.json",
        "models.json",
        "weights.bin",
        "question.json",
        "proof.bin",
        "witnesses.json",
        "verdict.json",
        "manifest.json",
    ),
    "leafproof-certificate/3": (
        "domain.json",
        "models.json",
        "weights.bin",
        "ensembles.json",
        "question.json",
        "proof.bin",
        "witnesses.json",
        "rows.bin",
        "recorded.bin",
        "verdict.json",
        "sample.json",
        "manifest.json",
    ),
}
"""The parts of each format, in order."""
MAY_LACK = "ensembles.json", "verdict.json", "rows.bin", "recorded.bin", "sample.json"
LONGEST_NUMBER = 4000
"""Most characters of a number in JSON, most digits of a fraction's two parts, and the largest
exponent."""
MOST_VALUES = 1 << 22
"""Most values of a variable."""
LONGEST_INTEGER = -(-MOST_VALUES // 7) + 1
"""Most bytes of an integer of proof.bin: one that names any of so many values."""


class TooLarge(CertificateError):
    """The certificate is beyond what the float32 checker takes on; nothing is said about it."""


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of the file; CertificateError unless it is exactly what a certificate of them is.

    The local headers are walked for names and sizes only: everything else about the ZIP is checked
    by writing it again and comparing.
    """
    if not sys.float_info.min / 2 > 0:
        raise CertificateError(
            "this process takes floats near 0 for 0, so weights would be read as others: "
            "call torch.set_flush_denormal(False)"
        )
    parts: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04" and at + 30 <= len(data):
        size, name_length = struct.unpack_from("<I H", data, at + 22)
        start = at + 30 + name_length
        name = data[at + 30 : start].decode("latin-1")
        if (
            not any(name in p for p in FORMATS.values())
            or name in parts
            or start + size > len(data)
        ):
            raise CertificateError(f"the ZIP entry at offset {at} is no part of a certificate")
        parts[name] = data[start : start + size]
        at = start + size
    if "manifest.json" not in parts:
        raise CertificateError("not a certificate, or damaged: manifest.json is missing")
    manifest = parse(parts, "manifest.json")
    stated = manifest.get("format") if isinstance(manifest, dict) else None
    if not isinstance(stated, str) or stated not in FORMATS:
        raise CertificateError("manifest.json states no known format")
    names = [name for name in FORMATS[stated] if name in parts or name not in MAY_LACK]
    if names != list(parts):
        raise CertificateError("its parts are not those of its format, in their order")
    hashes = {name: hashlib.sha256(parts[name]).hexdigest() for name in names[:-1]}
    if manifest.get("sha256") != hashes:
        raise CertificateError("manifest.json does not state the SHA-256 of the other parts")
    if stored(list(parts.items())) != data:
        raise CertificateError("its bytes are not those of a certificate with these parts")
    return parts


def stored(parts: list[tuple[str, bytes]]) -> bytes:
    """The ZIP file of uncompressed parts, dated 1 January 1980, with Unix permissions 0644."""
    body, directory = bytearray(), bytearray()
    for name, data in parts:
        # version 2.0, no flags, method 0 (stored), time 0, date; CRC, sizes, lengths of name, extra
        common = struct.pack(
            "<5H 3I 2H", 20, 0, 0, 0, 1 << 5 | 1, zlib.crc32(data), *[len(data)] * 2, len(name), 0
        )
        # made by version 2.0 on Unix; no comment, disk 0, no internal attributes; mode; offset
        tail = struct.pack("<3H 2I", 0, 0, 0, 0o644 << 16, len(body))
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common + tail + name.encode()
        body += b"PK\x03\x04" + common + name.encode() + data
    count = len(parts)
    end = struct.pack("<4H 2I H", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + b"PK\x05\x06" + end)


def parse(parts: Mapping[str, bytes], name: str) -> Any:
    """A JSON part: whole numbers become int, others the Fraction that the decimal shows.

    CertificateError for what is not JSON, duplicate keys, numbers that are not finite or too long.
    """

    def integer(text: str) -> int:
        if len(text.lstrip("-")) > LONGEST_NUMBER:
            raise ValueError("a number is too long")
        return int(text)

    def constant(text: str) -> None:
        raise ValueError(f"{text} is not a finite number")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key appears twice")
        return dict(pairs)

    try:
        return json.loads(
            parts[name].decode("utf-8-sig"),
            parse_int=integer,
            parse_float=decimal,
            parse_constant=constant,
            object_pairs_hook=unique,
        )
    except RecursionError:
        raise TooLarge(
            f"{name} is nested too deeply for the float32 checker: check without --paranoid"
        ) from None
    except ValueError as error:
        raise CertificateError(f"{name}: {error}") from None


def decimal(text: str) -> Fraction:
    """The number that a decimal shows; ValueError if it or its exponent is too long."""
    exponent = re.split("[eE]", text)[1] if re.search("[eE]", text) else "0"
    if (
        len(text.lstrip("+-")) > LONGEST_NUMBER
        or len(exponent) > 9
        or abs(int(exponent)) > LONGEST_NUMBER
    ):
        raise ValueError("a number is too long")
    found = Fraction(text)
    if max(abs(found.numerator), found.denominator) >= 10**LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return found


def number(value: Any) -> Fraction:
    """The number that a JSON number or a string such as "1/3" or "0.25" stands for."""
    if isinstance(value, str):
        if max(map(len, value.lstrip("+-").split("/", 1))) > LONGEST_NUMBER:
            raise ValueError("a number is too long")
        if re.fullmatch("[+-]?[0-9]+/[0-9]+", value) and int(value.split("/")[1]):
            return Fraction(value)
        if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", value):
            return decimal(value)
    elif type(value) is int or isinstance(value, Fraction):
        return Fraction(value)
    raise ValueError("not a number")


@dataclass(frozen=True)
class Sandwich:
    """What a sandwich says: strips of a model, least and most, about a form, counted by a width.

    ``beside`` are other models' classes in the cell; ``cases``, or sides, may show more than that.
    Of a network of more than two classes those in the bits of ``ones`` are taken for class 1.
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
    return neurons in (0, 1, 1 + argument % 2, SIDES) and group <= 1 - argument % 2


def _sandwich(integers: Iterator[int], argument: int, columns: int) -> Sandwich:
    (group, neurons), own = divmod(argument // 8, GROUPED), argument % 8
    order, more = divmod(own, 2)
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
    return Sandwich(tuple(strips), form, width, order, cases=neurons > 0, ones=ones)


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


def entry_of(
    where: str, value: Any, keys: set[str], optional: Set[str] = frozenset()
) -> dict[str, Any]:
    """The value, if it is an object with these keys."""
    if not isinstance(value, dict) or not keys - optional <= set(value) <= keys:
        raise CertificateError(f"{where} must hold {', '.join(sorted(keys - optional))}")
    return value


def filled(value: Any) -> bool:
    """Whether the value is a list that is not empty."""
    return isinstance(value, list) and bool(value)
