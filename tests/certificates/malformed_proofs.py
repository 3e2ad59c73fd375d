"""The files of ``malformed/`` whose proof is at fault."""

from __future__ import annotations

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    crowd,
    parts,
    put,
    seal,
)
from verifier.model.proof import Constant, Open, Split, Trusted
from verifier.writing.proof_bytes import encode


def proofs():
    held = parts(*FIRST_BIT, FIRST_BIT_PROOF)
    large = parts(*crowd(), (Trusted(1, "b"),))

    def proof(data, reason, says, base=held):
        raw = data if isinstance(data, bytes) else encode(data)
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
