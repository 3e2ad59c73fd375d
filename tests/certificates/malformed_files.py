"""The files of ``malformed/``: not certificates, whatever they claim."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import numpy as np

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    SUM,
    SUM_POINTS,
    crowd,
    edit,
    every_layer,
    parts,
    put,
    seal,
)
from verifier.certificate import archive, codec
from verifier.certificate.proof import Constant, Open, Split, Trusted
from verifier.formats.json_text import dump


def files():
    return {**containers(), **manifests(), **proofs(), **texts(), **teachers()}


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
    swapped = ["teacher.json", "domain.json", *archive.PARTS[2:]]
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
        return archive.container.pack([*held.items(), ("manifest.json", data)])

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
            archive.container.pack(
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
            archive.container.pack(held.items()),
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


def proofs():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    large = parts(*crowd(), (Trusted(1, "b"),))

    def proof(data, reason, says, base=held):
        raw = data if isinstance(data, bytes) else codec.encode(data)
        return seal(put(base, "proof.bin", raw)), reason, f"proof.bin: {says}"

    left, right = Constant(0), Constant(1)
    return {
        "proof-empty": proof(
            b"", "not even the number of solvers", "ends in the middle of a node (offset 0)"
        ),
        "proof-without-nodes": proof(
            b"\x00", "no cell at all", "ends after 0 nodes, 1 cells missing"
        ),
        "cell-missing": proof(
            (Split(0, 1), left), "the right half is dropped", "ends after 2 nodes, 1 cells missing"
        ),
        "cell-doubled": proof(
            (Split(0, 1), left, left, right),
            "the left half comes twice",
            "node 3 follows the end of the proof",
        ),
        "cell-after-the-end": proof(
            (Open(), right), "a second proof after the first", "node 1 follows the end"
        ),
        "mask-empty": proof(
            (Split(0, 0), left, right),
            "the left half has no value",
            "node 0: values 0b0 do not split 0b11",
        ),
        "mask-of-all-values": proof(
            (Split(0, 3), left, right),
            "the right half has no value",
            "node 0: values 0b11 do not split",
        ),
        "mask-outside-the-variable": proof(
            (Split(0, 5), left, right),
            "a value that the variable does not have",
            "node 0: values 0b101 do not split",
        ),
        "mask-outside-the-cell": proof(
            (Split(0, 1), Split(0, 2), left, right, right),
            "overlapping cells: a value that was cut off above",
            "node 1: values 0b10 do not split 0b1",
        ),
        "mask-of-300-bits": proof(
            (Split(0, 1 << 300), left, right),
            "far outside the domain",
            "node 0: values (1) do not split",
        ),
        "variable-outside-the-domain": proof(
            (Split(3, 1), left, right), "the fourth of three variables", "node 0: no variable 3"
        ),
        "variable-of-huge-index": proof(
            (Split(1 << 1000, 1), left, right), "an index of 1,000 bits", "node 0: no variable"
        ),
        "integer-with-a-leading-zero": proof(
            b"\x00\x81\x80\x00", "a superfluous last byte", "integer with leading zeros at offset 1"
        ),
        "integer-unfinished": proof(
            b"\x00\x80", "the high bit of the last byte is set", "unfinished integer at offset 1"
        ),
        "integer-of-3000-bytes": proof(
            b"\x00" + b"\xff" * 3000, "longer than any mask", "unfinished integer at offset 1"
        ),
        "step-of-kind-6": proof(
            b"\x00\x06", "a kind that does not exist", "unknown step 6 at offset 1"
        ),
        "enumerated-with-an-argument": proof(
            b"\x00\x0a", "an argument where there is none", "unknown step 2 at offset 1"
        ),
        "tail-above-one": proof(
            b"\x00\x0b\x02\x01", "a probability of 2", "not a probability at offset 1"
        ),
        "tail-not-in-lowest-terms": proof(
            b"\x00\x0b\x02\x04", "2/4 has another encoding", "not a probability at offset 1"
        ),
        "tail-of-zero-denominator": proof(
            b"\x00\x0b\x00\x00", "0/0", "not a probability at offset 1"
        ),
        "trusted-unknown-solver": proof(
            b"\x00\x0d\x00", "the first of no solvers", "unknown solver at offset 1"
        ),
        "solver-that-no-step-names": proof(
            b"\x01\x01z\x01",
            "a solver without a step",
            "the solvers named are not those of its steps",
        ),
        "solvers-out-of-order": proof(
            b"\x02\x01b\x01a\x00\x01\x0d\x00\x0d\x01",
            "two names, the second comes first",
            "the solvers named are not those of its steps",
            large,
        ),
        "solver-named-twice": proof(
            b"\x02\x01b\x01b\x00\x01\x0d\x00\x0d\x01",
            "one name with two numbers",
            "the solvers named are not those of its steps",
            large,
        ),
        "solver-name-not-utf8": proof(
            b"\x01\x02\xff\xfe\x0d\x00",
            "bytes that are no text",
            "a solver's name is not UTF-8 text (offset 1)",
        ),
        "solver-name-half-surrogate": proof(
            b"\x01\x03\xed\xa0\x80\x0d\x00",
            "UTF-8 of a surrogate",
            "a solver's name is not UTF-8 text (offset 1)",
        ),
        "solver-name-of-two-lines": proof(
            b"\x01\x03a\nb\x0d\x00",
            "a name with a line break",
            "a solver's name is missing, too long or unprintable (offset 1)",
        ),
        "solver-name-beyond-the-file": proof(
            b"\x01\xff\xff\xff\xff\x7fab",
            "a name of 32 GiB",
            "a solver's name is missing, too long or unprintable (offset 1)",
        ),
        "solvers-without-end": proof(
            b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
            "2^63 solvers and no names",
            "ends in the middle of a node (offset 9)",
        ),
    }


def texts():
    """Domain, tree, points and verdict: JSON that is not one, or of the wrong things."""
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    differs = parts(*SUM, (Open(),), SUM_POINTS[:1])

    def text(name, data, reason, says, base=held):
        return seal(put(base, name, data)), reason, f"{name}: {says}"

    def swap(name, old, new, reason, says, base=held):
        assert old in base[name]
        return text(name, base[name].replace(old, new, 1), reason, says, base)

    return {
        "domain-not-utf8": text(
            "domain.json", b'{"\xff": 1}', "a byte that is no text", "byte 2 is not UTF-8"
        ),
        "domain-cut-short": text(
            "domain.json", held["domain.json"][:-5], "the JSON ends too early", "line 1, column"
        ),
        "domain-with-nan": swap(
            "domain.json",
            b"[[0]",
            b"[[NaN]",
            "NaN as an encoding",
            'line 1, column 99: "NaN" is not a JSON value: numbers must be finite',
        ),
        "domain-with-infinity-as-text": swap(
            "domain.json",
            b"[[0]",
            b'[["Infinity"]',
            "infinity as an encoding",
            'variables[0] ("x0").encoding[0][0]: "Infinity" is not a finite number',
        ),
        "domain-with-huge-exponent": swap(
            "domain.json",
            b"[[0]",
            b"[[1e1000000000]",
            "a number of a gigabyte",
            "line 1, column 99: the exponent of",
        ),
        "domain-with-huge-integer": swap(
            "domain.json",
            b"[[0]",
            b"[[" + b"9" * 5000 + b"]",
            "an integer of 5,000 digits",
            "line 1, column 99: a number of 5000 characters",
        ),
        "domain-with-leading-zero": swap(
            "domain.json", b"[[0]", b"[[00]", "00 is not a JSON number", "line 1, column 99"
        ),
        "domain-with-duplicate-key": swap(
            "domain.json",
            b'"name": "x0"',
            b'"name": "x0", "name": "x9"',
            "one reader takes the first, another the last",
            'line 1, column 63: the key "name" appears twice',
        ),
        "domain-with-variables-of-one-name": swap(
            "domain.json", b'"x1"', b'"x0"', "two variables x0", 'two variables are named "x0"'
        ),
        "domain-with-values-of-one-label": swap(
            "domain.json",
            b'["0", "1"]',
            b'["1", "1"]',
            "two values 1",
            'variable "x0" has two values with the same label',
        ),
        "domain-probabilities-sum-to-more": swap(
            "domain.json",
            b'"encoding"',
            b'"probabilities": ["1/2", "2/3"], "encoding"',
            "7/6 of a probability",
            'variable "x0": probabilities sum to 7/6',
        ),
        "domain-probability-negative": swap(
            "domain.json",
            b'"encoding"',
            b'"probabilities": [2, -1], "encoding"',
            "they sum to 1",
            'variable "x0" has a negative probability',
        ),
        "domain-denominator-zero": swap(
            "domain.json",
            b"[[0]",
            b'[["1/0"]',
            "1/0 as an encoding",
            'variables[0] ("x0").encoding[0][0]: "1/0" divides by zero',
        ),
        "domain-denominators-without-bound": text(
            "domain.json",
            dump(
                {
                    "format": "leafproof-domain/1",
                    "variables": [
                        {
                            "name": "x",
                            "values": [str(i) for i in range(400)],
                            "encoding": [[f"1/{3**50 + i}"] for i in range(400)],
                        }
                    ],
                }
            ),
            "400 fractions whose common denominator has 30,000 bits",
            "the domain's encodings have a common denominator",
        ),
        "domain-name-half-surrogate": swap(
            "domain.json", b'"x0"', b'"\\udc80"', "a name that is no text", "line 1, column"
        ),
        "domain-name-with-line-break": swap(
            "domain.json", b'"x0"', b'"x\\n0"', "a name of two lines", "variables[0].name is"
        ),
        "domain-nested-3000-deep": text(
            "domain.json",
            b"[" * 3_000 + b"]" * 3_000,
            "deeper than any recursion",
            "a list where a domain",
        ),
        "domain-of-another-format": swap(
            "domain.json",
            b"leafproof-domain/1",
            b"leafproof-domain/7",
            "a format of the future",
            'the format is "leafproof-domain/7"',
        ),
        "tree-nested-without-end": text(
            "tree.json",
            b'{"format": "leafproof-tree/1", "root": ' + b'{"left": ' * 2_000,
            "2,000 open tests",
            "line 1, column",
        ),
        "tree-tests-a-column-too-many": swap(
            "tree.json",
            b'"column": 0',
            b'"column": 3',
            "the fourth of three columns",
            "the tree tests column 3",
        ),
        "tree-answers-a-class-too-many": swap(
            "tree.json",
            b'"class": 1',
            b'"class": 2',
            "class 2 of a teacher with two classes",
            "the tree answers class 2",
        ),
        "tree-without-a-child": swap(
            "tree.json",
            b', "right": {"class": 1}',
            b"",
            "only a left child",
            "root: a missing child",
        ),
        "tree-threshold-nan": swap(
            "tree.json",
            b'"threshold": 0.5',
            b'"threshold": "nan"',
            "NaN as a threshold",
            'root: threshold: "nan" is not a finite number',
        ),
        "tree-class-negative": swap(
            "tree.json", b'"class": 1', b'"class": -1', "class -1", 'root.right: class is "-1"'
        ),
        "tree-class-fraction": swap(
            "tree.json", b'"class": 1', b'"class": 1.5', "class 1.5", "root.right: class is"
        ),
        "counterexamples-not-a-list": text(
            "counterexamples.json",
            b"{}",
            "an object for a list",
            "line 1, column 1: not a list of points",
            differs,
        ),
        "counterexample-not-integers": text(
            "counterexamples.json",
            b"[[0, 1], [1, 1.0]]",
            "1.0 is not an index",
            "[1] is not a list of value indices",
            differs,
        ),
        "counterexample-of-booleans": text(
            "counterexamples.json",
            b"[[false, true]]",
            "true is not an index",
            "[0] is not a list of value indices",
            differs,
        ),
        "verdict-not-an-object": text(
            "verdict.json",
            b'"equivalent"',
            "a word for an object",
            "line 1, column 1: not an object",
        ),
        "verdict-with-duplicate-key": swap(
            "verdict.json",
            b'"verdict": "equivalent"',
            b'"verdict": "different", "verdict": "equivalent"',
            "two verdicts",
            'line 1, column 26: the key "verdict" appears twice',
        ),
    }


def teachers():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    every = parts(*every_layer(), (Open(),))

    def weights(raw, reason, says):
        return seal(put(held, "weights.bin", raw)), reason, f"weights.bin: {says}"

    def layer(index, reason, says, base=held, **entries):
        def change(value):
            value["layers"][index].update(entries)

        return seal(edit(base, "teacher.json", change)), reason, f"teacher.json{says}"

    def top(reason, says, base=held, **entries):
        return (
            seal(edit(base, "teacher.json", lambda v: v.update(entries))),
            reason,
            f"teacher.json{says}",
        )

    raw = held["weights.bin"]
    f4 = {"type": "float32", "shape": [1]}
    relu = {"kind": "relu", "from": [0]}
    divisor = bytearray(every["weights.bin"])
    divisor[4 * (16 + 2) + 16 : 4 * (16 + 2) + 24] = bytes(8)
    return {
        "weight-nan": weights(
            raw[:4] + np.float32("nan").tobytes() + raw[8:],
            "NaN is no weight",
            "offset 4: a NaN or infinite weight of layer 0",
        ),
        "weight-infinite": weights(
            raw[:12] + np.float32("-inf").tobytes(),
            "an infinite bias",
            "offset 12: a NaN or infinite weight of layer 0",
        ),
        "weights-cut-short": weights(raw[:-1], "a byte too few", "ends at offset 15, but layer 0"),
        "weights-too-long": weights(raw + b"\x00", "a byte too many", "offset 16: 1 bytes more"),
        "weights-empty": weights(b"", "no weights at all", "ends at offset 0, but layer 0"),
        "layer-of-unknown-kind": layer(
            0, "a kind that does not exist", ", layer 0 is of no known kind", kind="softmax"
        ),
        "layer-kind-is-a-list": layer(
            0, "a list for a word", ", layer 0 is of no known kind", kind=["affine"]
        ),
        "layer-reads-itself": layer(
            1,
            "a layer reads its own output",
            ": layer 1 (Relu) reads node 2",
            every,
            **{"from": [2]},
        ),
        "layer-reads-a-negative-node": layer(
            0, "node -1", ": layer 0 (Affine) reads node -1", **{"from": [-1]}
        ),
        "layer-reads-a-huge-node": layer(
            0, "node 10^30", ": layer 0 (Affine) reads node 1000", **{"from": [10**30]}
        ),
        "add-of-one-node": layer(
            4, "an addition needs two", ", layer 4 must read 2 node(s)", every, **{"from": [2]}
        ),
        "add-of-different-widths": layer(
            4, "8 columns and 2", ": layer 4 (Add) adds nodes of widths", every, **{"from": [0, 4]}
        ),
        "weight-type-unknown": layer(
            0,
            "half precision",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float16", "shape": [1, 3]}, f4],
        ),
        "weight-shape-of-one-dimension": layer(
            0,
            "a vector for a matrix",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [3]}, f4],
        ),
        "weight-shape-negative": layer(
            0,
            "minus three inputs",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [1, -3]}, f4],
        ),
        "weight-shape-zero": layer(
            0,
            "no outputs at all",
            ": layer 0 (Affine) has weight of shape (0, 3)",
            put(held, "weights.bin", b""),
            arrays=[{"type": "float32", "shape": [0, 3]}, {"type": "float32", "shape": [0]}],
        ),
        "weight-shape-of-booleans": layer(
            0,
            "true outputs",
            ", layer 0: an array's type or shape",
            arrays=[{"type": "float32", "shape": [True, 3]}, f4],
        ),
        "weight-shape-larger-than-memory": (
            *layer(
                0, "10^18 weights", "", arrays=[{"type": "float32", "shape": [10**9, 10**9]}, f4]
            )[:2],
            "weights.bin: ends at offset 16, but layer 0 of teacher.json has",
        ),
        "weight-type-changed": (
            *layer(0, "float64 for float32", "", arrays=[{"type": "float64", "shape": [1, 3]}, f4])[
                :2
            ],
            "weights.bin: ends at offset 16, but layer 0",
        ),
        "layers-do-not-fit": layer(
            0,
            "takes two inputs of three",
            ": layer 0 (Affine) takes 2 inputs but is given 3",
            put(held, "weights.bin", raw[4:]),
            arrays=[{"type": "float32", "shape": [1, 2]}, f4],
        ),
        "bias-missing": layer(
            0,
            "a matrix and no bias",
            ", layer 0 must have 2 arrays",
            arrays=[{"type": "float32", "shape": [1, 3]}],
        ),
        "scale-divides-by-zero": (
            seal(put(every, "weights.bin", bytes(divisor))),
            "a divisor of 0",
            "teacher.json: layer 2 (Scale) divides by zero",
        ),
        "layer-with-another-entry": layer(
            0, "an entry that nobody reads", ", layer 0 has missing or unknown keys", secret=1
        ),
        "teacher-without-layers": (
            seal(
                put(edit(held, "teacher.json", lambda v: v.update(layers=[])), "weights.bin", b"")
            ),
            "no layers",
            "teacher.json: the teacher has no layers",
        ),
        "teacher-of-no-columns": (
            seal(
                put(
                    edit(held, "teacher.json", lambda v: v.update(columns=0, layers=[relu])),
                    "weights.bin",
                    b"",
                )
            ),
            "no inputs",
            "teacher.json: the teacher has 0 input columns",
        ),
        "teacher-of-other-columns": (
            seal(
                put(
                    edit(held, "teacher.json", lambda v: v.update(columns=4, layers=[relu])),
                    "weights.bin",
                    b"",
                )
            ),
            "four columns for a domain of three",
            "teacher.json: the teacher takes 4 columns but the domain has 3",
        ),
        "teacher-columns-true": top(
            "true is not a number", ": columns, layers or notes have the wrong type", columns=True
        ),
        "note-with-escape-characters": top(
            "a note that clears the screen", ": notes[0] is not one line", notes=["\x1b[2J"]
        ),
        "note-is-a-number": top("a number for a text", ": notes[0] is not one line", notes=[7]),
    }
