"""The files of ``malformed/`` whose container or manifest is at fault."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    parts,
    put,
    seal,
)
from verifier.reading import container
from verifier.reading.certificate import PARTS
from verifier.writing.json_text import dump


def zipped(held, compression=zipfile.ZIP_STORED, comment=b"", order=None, date=1980):
    """The parts in a ZIP file that is not quite the one that Leafproof writes."""
    with zipfile.ZipFile(io.BytesIO(seal(held))) as good:
        every = {name: good.read(name) for name in good.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as out:
        for name in order or every:
            info = zipfile.ZipInfo(name, (date, 1, 1, 0, 0, 0))
            info.compress_type = compression
            info.create_system, info.external_attr = 3, 0o644 << 16
            out.writestr(info, every[name])
        out.comment = comment
    return buffer.getvalue()


def stored(name, data):
    """One part of a ZIP file, without an entry in the directory."""
    head = struct.pack(
        "<4s5H3I2H",
        b"PK\x03\x04",
        20,
        0,
        0,
        0,
        33,
        zlib.crc32(data),
        len(data),
        len(data),
        len(name),
        0,
    )
    return head + name.encode() + data


def patched(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def containers():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    good = seal(held)
    directory = good.index(b"PK\x01\x02")
    weights, tree = good.index(b"weights.bin"), good.index(b"tree.json")
    inside = weights + len("weights.bin") + 3
    bomb = zipped(put(held, "weights.bin", bytes(1_000_000)), zipfile.ZIP_DEFLATED)
    first, second = good[: weights - 30], good[weights - 30 :]
    swapped = ["teacher.json", "domain.json", *PARTS[1][2:]]
    return {
        "empty-file": (b"", "no bytes at all", "offset 0: no ZIP file starts here"),
        "two-bytes": (b"PK", "the first two bytes of a ZIP file", "offset 0"),
        "text-file": (b"this is not a certificate\n", "a text file", "offset 0"),
        "empty-zip": (b"PK\x05\x06" + bytes(18), "a ZIP file without parts", "offset 0"),
        "truncated-in-the-first-header": (
            good[:20],
            "cut after 20 bytes",
            "offset 0: the file ends",
        ),
        "truncated-in-a-part": (
            good[:inside],
            "cut within the weights",
            "weights.bin: the file ends at offset",
        ),
        "truncated-between-parts": (
            good[: tree - 30],
            "cut where the tree should begin",
            "weights.bin: after its end, at offset",
        ),
        "truncated-in-the-directory": (
            good[: directory + 60],
            "cut within the directory",
            f"offset {directory + 60}: not the byte",
        ),
        "truncated-by-one-byte": (
            good[:-1],
            "the last byte is missing",
            f"offset {len(good) - 1}: not the byte",
        ),
        "one-byte-more": (
            good + b"\x00",
            "a byte after the end",
            f"offset {len(good)}: not the byte",
        ),
        "bytes-before-the-first-part": (
            b"#!/bin/sh\n" + good,
            "a script before the ZIP file",
            "offset 0: no ZIP file",
        ),
        "bytes-between-parts": (
            first + b"hidden" + second,
            "six bytes that no part holds",
            "teacher.json: after its end, at offset",
        ),
        "bytes-before-the-directory": (
            good[:directory] + b"x" + good[directory:],
            "a byte between last part and directory",
            "manifest.json: after its end",
        ),
        "part-not-in-the-directory": (
            good[:directory] + stored("notes.txt", b"x") + good[directory:],
            "a ninth part that the directory hides",
            'the part "notes.txt" is unknown',
        ),
        "directory-names-another-part": (
            patched(good, good.rindex(b"tree.json"), b"tree.jsom"),
            "header and directory disagree on a name",
            "not the byte that Leafproof writes",
        ),
        "two-parts-of-one-name": (
            first + stored("teacher.json", b"{}") + second,
            "a second teacher.json",
            'a second part named "teacher.json"',
        ),
        "parts-out-of-order": (
            zipped(held, order=swapped),
            "the teacher before the domain",
            "the parts are out of order",
        ),
        "part-of-unknown-name": (
            first + stored("../../etc/passwd", b"x") + second,
            "a name that leads out of the folder",
            "../../etc/passwd",
        ),
        "part-without-a-name": (
            first + stored("", b"x") + second,
            "a name of no letters",
            "a part without a proper name",
        ),
        "part-named-with-control-characters": (
            first + stored("a\nb\x1b[31m", b"x") + second,
            "a name of two lines",
            "a part without a proper name",
        ),
        "compressed-parts": (
            zipped(held, zipfile.ZIP_DEFLATED),
            "deflated parts",
            "domain.json, offset 0: the part is compressed",
        ),
        "zip-bomb": (
            bomb,
            "a megabyte of zeros in a kilobyte",
            "domain.json, offset 0: the part is compressed",
        ),
        "zip-bomb-that-says-stored": (
            patched(bomb, 8, b"\x00\x00"),
            "deflated bytes said to be stored",
            "domain.json, offset 0: the part is compressed",
        ),
        "encrypted-flag": (
            patched(good, 6, b"\x01\x00"),
            "a part said to be encrypted",
            "domain.json, offset 0: the part is compressed, encrypted",
        ),
        "size-beyond-the-file": (
            patched(good, weights - 30 + 18, struct.pack("<II", 1 << 31, 1 << 31)),
            "weights of 2 GiB in a file of 2 kB",
            "weights.bin: the file ends at offset",
        ),
        "size-of-all-ones": (
            patched(good, weights - 30 + 18, b"\xff" * 8),
            "the size that announces ZIP64",
            "weights.bin: the file ends at offset",
        ),
        "weight-changed-in-the-file": (
            patched(good, inside, b"\x01"),
            "a byte changed, no checksum mended",
            "weights.bin: damaged",
        ),
        "part-said-to-be-shorter": (
            patched(good, weights - 30 + 18, struct.pack("<II", 12, 12)),
            "the last weight is left between the parts",
            "weights.bin: damaged",
        ),
        "file-dates-changed": (
            zipped(held, date=1999),
            "the right parts with another date",
            "offset 13: not the byte",
        ),
        "comment-at-the-end": (
            zipped(held, comment=b"trust me"),
            "a ZIP comment",
            "not the byte that Leafproof writes",
        ),
    }


def manifests():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    good = seal(held)
    at = good.index(b"manifest.json") + len("manifest.json")
    manifest = json.loads(good[at : good.index(b"PK\x01\x02")])

    def stating(text):
        """The file with another manifest, the container in order."""
        data = text if isinstance(text, bytes) else dump(text)
        return container.pack([*held.items(), ("manifest.json", data)])

    swapped = dict(manifest["sha256"], **{"tree.json": manifest["sha256"]["proof.bin"]})
    less = {k: v for k, v in manifest["sha256"].items() if k != "verdict.json"}
    return {
        "wrong-hash": (
            stating({**manifest, "sha256": swapped}),
            "the proof's hash for the tree",
            "tree.json does not have the SHA-256",
        ),
        "hash-in-capitals": (
            stating(
                {
                    **manifest,
                    "sha256": {
                        **manifest["sha256"],
                        "domain.json": manifest["sha256"]["domain.json"].upper(),
                    },
                }
            ),
            "hashes are written in one way",
            "domain.json does not have the SHA-256",
        ),
        "hash-left-out": (
            stating({**manifest, "sha256": less}),
            "no hash for the verdict",
            "verdict.json does not have the SHA-256",
        ),
        "hashes-are-a-list": (
            stating({**manifest, "sha256": [1]}),
            "a list of hashes",
            "does not have the SHA-256",
        ),
        "hash-of-a-part-that-is-not-there": (
            stating({**manifest, "sha256": {**manifest["sha256"], "notes.txt": "0"}}),
            "a ninth hash",
            "manifest.json does not have the SHA-256",
        ),
        "unknown-format-version": (
            stating({**manifest, "format": "leafproof-certificate/999"}),
            "a format of the future",
            '"leafproof-certificate/999"',
        ),
        "future-format-with-other-parts": (
            container.pack(
                [
                    ("slopes.bin", b""),
                    ("manifest.json", dump({"format": "leafproof-certificate/999"})),
                ]
            ),
            "a format of the future whose parts have other names",
            "use the Leafproof that wrote it, or a newer one",
        ),
        "no-format": (
            stating({k: v for k, v in manifest.items() if k != "format"}),
            "the manifest states no format",
            "manifest.json does not state a format",
        ),
        "manifest-is-a-list": (
            stating(b"[]"),
            "a list for an object",
            "manifest.json does not state a format",
        ),
        "manifest-with-spaces": (
            stating(dump(manifest).replace(b'"prover"', b' "prover"')),
            "a manifest that is not in Leafproof's words",
            "not the byte that Leafproof writes",
        ),
        "manifest-with-another-entry": (
            stating({**manifest, "signed": True}),
            "an entry that nobody reads",
            "manifest.json must hold format, prover and sha256",
        ),
        "prover-with-escape-characters": (
            stating({**manifest, "prover": "\x1b[2Jz3"}),
            "a prover's name that clears the screen",
            "manifest.json: prover is not one line",
        ),
        "prover-is-half-a-surrogate-pair": (
            stating(dump(manifest).replace(b'"by hand"', b'"\\ud800"')),
            "a name that is no text",
            "manifest.json: line 1, column",
        ),
        "manifest-missing": (
            container.pack(held.items()),
            "the hashes are left out",
            "the part manifest.json is missing",
        ),
        "tree-missing": (
            seal({k: v for k, v in held.items() if k != "tree.json"}),
            "the tree is left out",
            "the part tree.json is missing",
        ),
        "duplicate-format-key": (
            stating(dump(manifest).replace(b"{", b'{"format": "leafproof-certificate/0", ', 1)),
            "two formats: one reader takes the first, one the last",
            'manifest.json: line 1, column 39: the key "format" appears twice',
        ),
    }
