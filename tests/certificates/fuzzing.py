"""Strategies for files that are nearly certificates, and what must be true of each."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

from hypothesis import strategies as st

from tests.certificates.checkers import VALID, answers, refusal
from tests.certificates.format_1 import pack
from tests.certificates.mutations import certificate
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.reading.certificate import PARTS
from verifier.writing.json_text import dump
from verifier.writing.proof_bytes import encode

SEEDS = st.integers(0, 11)
CORPUS = Path(__file__).parent


def survives(data, path):
    """The reader and the kernel accept a file or say in one line what is wrong, and all agree."""
    path.write_bytes(data)
    error = refusal(path)
    assert error is None or str(error).isprintable()  # a line's end is not
    found = answers(path, error)
    refused = {code != VALID for code in found.values()}  # invalid or malformed: a matter of order
    assert len(refused) == 1, found


def edited(data, edits):
    """Bytes after some edits: (where from 0 to 1, how many bytes go, what comes instead)."""
    for where, gone, new in edits:
        at = int(where * len(data))
        data = data[:at] + new + data[at + gone :]
    return data


WHERE = st.floats(0, 1, allow_nan=False)
EDITS = st.lists(
    st.tuples(WHERE, st.integers(0, 40), st.binary(max_size=40)), min_size=1, max_size=4
)
SIGNATURES = st.sampled_from([b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b""])


def corpus_files():
    return st.sampled_from(sorted(CORPUS.glob("*/*.certificate"))).map(Path.read_bytes)


def raw_files():
    """Arbitrary bytes, and files of the corpus edited and spliced without mending any hash."""
    spliced = st.tuples(corpus_files(), WHERE, corpus_files(), WHERE).map(
        lambda t: t[0][: int(t[1] * len(t[0]))] + t[2][int(t[3] * len(t[2])) :]
    )
    return st.one_of(
        st.tuples(SIGNATURES, st.binary(max_size=300)).map(b"".join),
        st.builds(edited, corpus_files(), EDITS),
        spliced,
    )


def sealed(seed, changed):
    """A valid certificate with some parts replaced, the hashes recomputed."""
    held = {k: v for k, v in certificate(seed).items() if k != "manifest.json"}
    return pack({**held, **changed}, "fuzz")


@st.composite
def spliced_parts(draw):
    """Parts of different certificates together, one of them edited."""
    names = [name for name in PARTS[1] if name != "manifest.json"]
    parts = {name: certificate(draw(SEEDS))[name] for name in names}
    if draw(st.booleans()):
        name = draw(st.sampled_from(names))
        parts[name] = edited(parts[name], draw(EDITS))
    return pack(parts, draw(st.text(max_size=5)))


KLASS = st.integers(0, 4)
SMALL = st.integers(0, 20) | st.integers(0, 1 << 80)
NODES = st.one_of(
    st.builds(Split, st.integers(0, 6), SMALL),
    st.builds(Split, SMALL, SMALL),
    st.builds(Constant, KLASS | SMALL),
    st.just(Enumerated()),
    st.just(Open()),
    st.builds(Tail, KLASS, st.fractions(0, 1)),
    st.builds(Trusted, KLASS, st.sampled_from(["a", "b"])),
)


@st.composite
def proofs(draw):
    """A certificate with another proof: random nodes, or random bytes, or bytes edited."""
    seed = draw(SEEDS)
    old = certificate(seed)["proof.bin"]
    new = draw(
        st.one_of(
            st.lists(NODES, max_size=12).map(tuple).map(encode),
            st.binary(max_size=30).map(lambda raw: b"\x00" + raw),
            st.binary(max_size=30),
            EDITS.map(lambda edits: edited(old, edits)),
        )
    )
    return sealed(seed, {"proof.bin": new})


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.integers(),
    st.sampled_from(["0.5", "1/3", "1/0", "-0", "1e9", "relu", "float64", "NaN", "\ud800", "\x1b"]),
    st.sampled_from([10**40, -(10**40), 1 << 31, 1 << 63, 0.1, 1e300, 5e-324]),
    st.text(max_size=4),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def places(value):
    """Every container and key of a JSON value."""
    found, stack = [], [value]
    while stack:
        held = stack.pop()
        if isinstance(held, dict | list):
            keys = list(held) if isinstance(held, dict) else range(len(held))
            found += [(held, key) for key in keys]
            stack += [held[key] for key in keys]
    return found


@st.composite
def texts(draw):
    """A certificate with a JSON part in which some values are replaced, doubled or dropped."""
    seed = draw(SEEDS)
    name = draw(st.sampled_from([n for n in PARTS[1] if n.endswith(".json")][:-1]))
    value = json.loads(certificate(seed)[name])
    for _ in range(draw(st.integers(1, 3))):
        where = places(value)
        if not where or draw(st.integers(0, 9)) == 0:
            value = draw(JSON)
            continue
        held, key = where[int(draw(WHERE) * (len(where) - 1))]
        action = draw(st.integers(0, 3))
        if action == 0:
            del held[key]
        elif action == 1 and isinstance(held, list):
            held.insert(key, held[key])
        else:
            held[key] = draw(JSON)
    return sealed(seed, {name: json.dumps(value).encode()})


NUMBERS = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1.7e308, -1.7e308, 2.0**-149, 3.4e38, 2.0**53 + 1]),
)


@st.composite
def weights(draw):
    """A certificate with other weights, as large and as small as can be, and no verdict stated."""
    seed = draw(SEEDS)
    held = dict(certificate(seed))
    layers = json.loads(held["teacher.json"])
    size = 0
    for layer in layers["layers"]:
        for array in layer.get("arrays", []):
            array["type"] = "float64"
            size += int(math.prod(array["shape"]))
    some = draw(st.lists(NUMBERS, min_size=1, max_size=30))
    raw = struct.pack(f"<{size}d", *(some[i % len(some)] for i in range(size)))
    parts = {k: v for k, v in held.items() if k not in ("manifest.json", "verdict.json")}
    parts |= {"teacher.json": dump(layers), "weights.bin": raw}
    parts["proof.bin"] = encode((draw(st.sampled_from([Enumerated(), Constant(0)])),))
    return pack({**parts, "counterexamples.json": b"[]"}, "fuzz")


FUZZES = {
    "raw files": raw_files(),
    "spliced parts": spliced_parts(),
    "proofs": proofs(),
    "texts": texts(),
    "weights": weights(),
}
