"""The bytes of a certificate: the ZIP, the manifest, JSON, and the proof's integers.

Written from docs/certificate.md, for the second checker alone: the kernel's readers are not used.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

from verifier.model.errors import CertificateError

FORMAT = "leafproof-certificate/1"
PARTS = (
    "domain.json",
    "teacher.json",
    "weights.bin",
    "tree.json",
    "proof.bin",
    "counterexamples.json",
    "verdict.json",
    "manifest.json",
)
LONGEST_NUMBER = 4000
"""Most characters of a number in JSON, most digits of a fraction's two parts, and the largest
exponent."""
MOST_VALUES = 1 << 22
"""Most values of a variable."""
LONGEST_INTEGER = -(-MOST_VALUES // 7) + 1
"""Most bytes of an integer of proof.bin: one that names any of so many values."""


class TooLarge(CertificateError):
    """The certificate is beyond what the second checker takes on; nothing is said about it."""


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of the file; CertificateError unless it is exactly what a certificate of them is.

    The local headers are walked for names and sizes only: everything else about the ZIP is checked
    by writing it again and comparing.
    """
    parts: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04" and at + 30 <= len(data):
        size, name_length = struct.unpack_from("<I H", data, at + 22)
        start = at + 30 + name_length
        name = data[at + 30 : start].decode("latin-1")
        if name not in PARTS or name in parts or start + size > len(data):
            raise CertificateError(f"the ZIP entry at offset {at} is no part of a certificate")
        parts[name] = data[start : start + size]
        at = start + size
    missing = [name for name in PARTS if name not in parts and name != "verdict.json"]
    if missing:
        raise CertificateError(f"not a certificate, or damaged: the part {missing[0]} is missing")
    manifest = parse(parts, "manifest.json")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CertificateError(f"manifest.json does not state the format {FORMAT}")
    prover = manifest.get("prover")
    if not isinstance(prover, str) or not prover.isprintable():
        raise CertificateError("manifest.json does not name the prover in one line")
    held = [name for name in PARTS if name in parts and name != "manifest.json"]
    hashes = {name: hashlib.sha256(parts[name]).hexdigest() for name in held}
    origin = {"domain": manifest["domain"]} if "domain" in manifest else {}
    if manifest.get("domain", "file") not in ("bits assumed", "bits", "signs", "file"):
        raise CertificateError("manifest.json states an unknown origin of the domain")
    if manifest != {"format": FORMAT, "prover": prover, **origin, "sha256": hashes}:
        raise CertificateError("manifest.json does not state the SHA-256 of the other parts")
    text = json.dumps(
        {"format": FORMAT, "prover": prover, **origin, "sha256": hashes}, ensure_ascii=False
    ).encode()
    if stored([(name, parts[name]) for name in held] + [("manifest.json", text)]) != data:
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
            f"{name} is nested too deeply for the second checker: check without --paranoid"
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
class Node:
    """A node of the proof; ``argument`` is a Split's variable, else the class (or 0).

    ``values`` are the bits of a Split's left half, ``bound`` a Tail's, ``solver`` a Trusted's.
    """

    kind: str
    argument: int
    values: int = 0
    bound: Fraction = Fraction(0)
    solver: str = ""


KINDS = ("split", "constant", "enumerated", "tail", "open", "trusted")


def proof_nodes(data: bytes) -> list[Node]:
    """The proof's nodes in pre-order, as proof.bin lists them."""
    integers = _Integers(data)
    solvers = []
    for _ in range(next(integers)):
        raw = integers.take(next(integers))
        try:
            solvers.append(raw.decode())
        except UnicodeDecodeError:
            raise CertificateError("proof.bin: a solver's name is not UTF-8") from None
        if not 0 < len(raw) <= 200 or not solvers[-1].isprintable():
            raise CertificateError("proof.bin: a solver's name is not one short line")
    nodes = []
    while integers.at < len(data):
        start = integers.at
        argument, which = divmod(next(integers), 8)
        kind = KINDS[which] if which < len(KINDS) else "?"
        node = Node(kind, argument)
        if kind == "split":
            node = Node(kind, argument, values=next(integers))
        elif kind == "tail":
            above, below = next(integers), next(integers)
            if not above <= below or gcd(above, below) != 1:
                raise CertificateError(f"proof.bin: not a probability at offset {start}")
            node = Node(kind, argument, bound=Fraction(above, below))
        elif kind == "trusted":
            name = next(integers)
            if name >= len(solvers):
                raise CertificateError(f"proof.bin: a solver without a name at offset {start}")
            node = Node(kind, argument, solver=solvers[name])
        elif kind == "?" or (kind != "constant" and argument):
            raise CertificateError(f"proof.bin: no known node at offset {start}")
        nodes.append(node)
    if solvers != sorted({node.solver for node in nodes if node.kind == "trusted"}):
        raise CertificateError("proof.bin: other solvers are named than are used")
    return nodes


class _Integers(Iterator[int]):
    """The integers of proof.bin, one after the other: base 128, least digit first."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def __next__(self) -> int:
        start = self.at
        while True:
            (byte,) = self.take(1)
            if byte < 128:
                break
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
