"""The bytes of a certificate: the ZIP, the manifest and JSON.

Written from docs/certificate.md, for the float32 checker alone: the kernel's readers are not used.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Mapping, Set
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
