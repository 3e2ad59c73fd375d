"""Files of format 2 made to cost a reader as much time and memory as their size allows.

``INPUTS`` maps a name to a function that makes the file of about a given size.
"""

from __future__ import annotations

from itertools import count

from tests.brute_claims import integer
from tests.brute_matters import dump
from tests.certificates.matters import (
    AGE,
    AGES,
    above,
    categorical,
    file,
    members,
    network,
    ordinal,
    tree,
)


def fill(size, pieces, start="[", end="]"):
    """Pieces of JSON, separated by commas, up to a size."""
    out, length = [], 0
    for piece in pieces:
        length += len(piece) + 1
        if length > size:
            break
        out.append(piece)
    return (start + ",".join(out) + end).encode()


def part(name, make):
    """Nearly a certificate, with one member replaced; it states no verdict."""
    held = {**AGES, "proof.bin": b"\x00\x04", "witnesses.json": b"[]"}
    return lambda size: file({**held, name: make(size)})


def question(start, piece, end):
    head = b'{"format":"leafproof-question/1","formula":'

    def make(size):
        n = max(1, size // (len(piece) + len(end)))
        return head + start + piece * n + b'{"same":["net","old"]}' + end * n + b"}"

    return make


def wide(word):
    """A formula of many different atoms."""
    return lambda size: fill(
        size,
        (f'{{"class":["net",{i % 2}]}}' for i in count()),
        f'{{"format":"leafproof-question/1","formula":{{"all":[{{"same":["net","old"]}},{{"{word}":[',
        "]}]}}",
    )


def given(size):
    """A domain tree that cuts one value of a long range off at a time, with weights of 2^-k."""
    n = max(2, size // 90)
    last = ordinal("age", 0, n, 1)
    pieces = [f'{{"variable":"age","at_most":{i},"left":{{"weight":0}},"right":' for i in range(n)]
    text = "".join(pieces) + f'{{"weight":1,"probabilities":[[[{n},{n},1]]]}}' + "}" * n
    models = members([last], [network("net", ["age"], ([[1]], [0]))], {"class": ["net", 1]})
    domain = dump({"format": "leafproof-domain/2", "variables": [last]})
    held = {**models, "domain.json": domain[:-1] + b',"given":' + text.encode() + b"}"}
    return file({**held, "proof.bin": b"\x00\x04", "witnesses.json": b"[]"})


def runs(size):
    """An ordinal with a run for each of its values."""
    n = max(2, size // 30)
    pieces = (f'[{i},{i},"1/{n}"]' for i in range(n))
    entry = fill(
        n * 40, pieces, f'{{"name":"age","from":0,"to":{n - 1},"step":1,"probabilities":[', "]}"
    )
    net = members([AGE], [network("net", ["age"], ([[1]], [0]))], {"class": ["net", 1]})
    domain = b'{"format":"leafproof-domain/2","variables":[' + entry + b"]}"
    held = {**net, "domain.json": domain, "proof.bin": b"\x00\x04", "witnesses.json": b"[]"}
    return file(held)


def reads(size):
    """Models that all read all of many variables."""
    n = max(2, min(64, size // 20000))
    names = [f"v{i}" for i in range(size // (n * 12))]
    spaces = [categorical(name, ("a",), [[0]]) for name in names]
    trees = [tree(f"t{i}", names, above("1/2")) for i in range(n)]
    asked = {"any": [{"class": [f"t{i}", 1]} for i in range(n)]}
    held = members(spaces, trees, asked)
    return file({**held, "proof.bin": b"\x00\x04", "witnesses.json": b"[]"})


def ordinals(size):
    """As many ordinals as fit, of 2^62 values each, all left open."""
    entries = [ordinal(f"{i:x}", 0, (1 << 62) - 1) for i in range(max(1, size // 90))]
    held = members(entries, [network("net", ["0"], ([[1]], [0]))], {"class": ["net", 1]})
    return file({**held, "proof.bin": b"\x00\x04", "witnesses.json": b"[]"})


def halved(size):
    """A range of 2^62 values cut at ever smaller places."""
    span = ordinal("x", 0, (1 << 62) - 1)
    held = members([span], [network("net", ["x"], ([[1]], [0]))], {"class": ["net", 1]})
    n = max(1, size // 9)
    cuts = b"".join(b"\x00" + integer((1 << 61) - i) for i in range(n))
    return file({**held, "proof.bin": b"\x00" + cuts + b"\x04" * (n + 1), "witnesses.json": b"[]"})


def spread(size):
    """Numbers of a range with a long denominator."""
    digits = "7" * min(3900, size // 4)
    entry = ordinal("x", f"1/{digits}", f"3/{digits}", f"1/{digits}")
    held = members([AGE], [network("net", ["age"], ([[1]], [0]))], {"class": ["net", 1]})
    domain = dump({"format": "leafproof-domain/2", "variables": [{**entry, "name": "age"}]})
    held |= {"domain.json": domain, "proof.bin": b"\x00\x02", "witnesses.json": b"[]"}
    return file(held)


MANY = b"\x00" + integer(8 * (1 << 40) + 6)
INPUTS = {
    "formula: not, nested": part("question.json", question(b"", b'{"not":', b"}")),
    "formula: all, nested": part("question.json", question(b"", b'{"all":[', b"]}")),
    "formula: many atoms": part("question.json", wide("any")),
    "formula: all of many atoms": part("question.json", wide("all")),
    "domain tree: a decision list": given,
    "ordinal: a run for each value": runs,
    "ordinal: long denominators": spread,
    "ordinals: many of 2^62 values": ordinals,
    "models: many reads": reads,
    "proof: several without end": part("proof.bin", lambda n: MANY + b"\x01" * n),
    "proof: several of several": part("proof.bin", lambda n: b"\x00" + b"\x16" * n),
    "proof: a range cut everywhere": halved,
    "witnesses: many": part("witnesses.json", lambda n: fill(n, ("[2,1]" for _ in count()))),
}
