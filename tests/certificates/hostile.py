"""Files made to cost a reader as much time and memory as their size allows.

``INPUTS`` maps a name to a function that makes the file of about a given size. A few of them are
certificates that hold; the others are to be refused, at whatever point the reader finds out.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import numpy as np

from tests.certificates.problems import FIRST_BIT, FIRST_BIT_PROOF, affine, parts, seal
from verifier.formats.variables import ordinal
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading import container
from verifier.writing.proof_bytes import encode

HASH = (1 << 61) - 1
"""CPython's hash of integers and fractions is taken modulo this prime: multiples collide."""


def fill(size, pieces, start="[", end="]"):
    """Pieces of JSON, separated by commas, up to a size."""
    out, length = [], 0
    for piece in pieces:
        length += len(piece) + 1
        if length > size:
            break
        out.append(piece)
    return (start + ",".join(out) + end).encode()


def base():
    return parts(*FIRST_BIT, FIRST_BIT_PROOF)


def part(name, make):
    """A valid certificate with one part replaced."""
    return lambda size: seal({**base(), name: make(size)})


def domain(size, values, encoding, probabilities=None):
    """A domain of one variable with as many values as fit; the iterators give JSON."""
    out, length = [], 0
    for label, row, chance in zip(values, encoding, probabilities or count(), strict=False):
        length += len(label) + len(row) + (len(chance) if probabilities else 0) + 3
        if length > size:
            break
        out.append((label, row, chance))
    text = '{"format": "leafproof-domain/1", "variables": [{"name": "x", "values": ['
    text += ",".join(o[0] for o in out) + '], "encoding": [' + ",".join(o[1] for o in out) + "]"
    if probabilities:
        text += ', "probabilities": [' + ",".join(o[2] for o in out) + "]"
    return (text + "}]}").encode()


def labels():
    return (f'"{i:x}"' for i in count())


def variables(size):
    pieces = (f'{{"name":"{i:x}","values":["a"],"encoding":[[0]]}}' for i in count())
    return fill(size, pieces, '{"format": "leafproof-domain/1", "variables": [', "]}")


def teacher(size, layer, columns=3):
    start = f'{{"columns": {columns}, "notes": [], "layers": ['
    return fill(size, (layer for _ in count()), start, "]}")


def tree(size, threshold):
    """A decision list, nested once for each test."""
    out, length = [], 0
    for i in count():
        test = f'{{"column":0,"threshold":{threshold(i)},"left":{{"class":0}},"right":'
        length += len(test) + 1
        if length > size:
            break
        out.append(test)
    text = '{"format": "leafproof-tree/1", "root": ' + "".join(out) + '{"class":1}'
    return (text + "}" * (len(out) + 1)).encode()


def nodes(size, make):
    """A proof of the nodes ``make(0)``, ``make(1)``, ..., up to a size."""
    out, length, number = [], 0, 0
    while length < size:
        some = [make(i) for i in range(number, number + 1000)]
        names = {n.solver for n in some if isinstance(n, Trusted)}
        raw = encode(tuple(some))
        raw = raw[1:] if not names else raw[raw.index(b"\x06oracle") + 7 :]
        out.append(raw)
        length += len(raw)
        number += 1000
    head = b"\x01\x06oracle" if names else b"\x00"
    return (head + b"".join(out))[:size]


def tiny_parts(size, name=lambda i: f"{i:x}"):
    return container.pack((name(i), b"") for i in range(size // 90))


def many_variables(size):
    """A certificate that holds: as many variables as fit."""
    n = size // 100
    weight = np.zeros((1, n), np.float32)
    weight[0, n // 2] = 1
    space = Domain(tuple(ordinal(f"{i:x}", (0, 1)) for i in range(n)))
    net = Network(n, (affine(0, weight, [-0.5]),))
    student = Tree((Inner(n // 2, Fraction(0), 1, 2), Leaf(0), Leaf(1)))
    return seal(parts(space, net, student, (Split(n // 2, 1), Constant(0), Constant(1))))


def many_values(size):
    """A certificate that holds: one variable of as many values as fit, all to be evaluated."""
    n = size // 20
    space = Domain((ordinal("x", range(n)),))
    net = Network(1, (affine(0, [[1]], [-(n // 2)]),))
    student = Tree((Inner(0, Fraction(n // 2), 1, 2), Leaf(0), Leaf(1)))
    return seal(parts(space, net, student, (Enumerated(),), claim=False))


def many_weights(size):
    """A certificate that holds: a wide layer of arbitrary weights."""
    rng = np.random.default_rng(0)
    n = size // 16
    hidden = affine(0, rng.normal(size=(n, 3)), rng.normal(size=n))
    net = Network(3, (hidden, affine(1, np.zeros((1, n)), [1])))
    return seal({**parts(FIRST_BIT[0], net, Tree((Leaf(1),)), (Open(),), claim=False)})


def in_domain(make):
    return part("domain.json", make)


INPUTS = {
    # JSON, in a part whose shape does not matter until it is read
    "lists nested, left open": part("verdict.json", lambda n: b"[" * n),
    "lists nested": part("verdict.json", lambda n: b"[" * (n // 2) + b"]" * (n // 2)),
    "objects nested, left open": part("verdict.json", lambda n: b'{"":' * (n // 4)),
    "objects nested": part("verdict.json", lambda n: b'{"":' * (n // 5) + b"0" + b"}" * (n // 5)),
    "lists of lists": part("verdict.json", lambda n: fill(n, ("[[[]]]" for _ in count()))),
    "many objects": part("verdict.json", lambda n: fill(n, ('{"":0}' for _ in count()))),
    "many keys": part("verdict.json", lambda n: fill(n, (f'"{i:x}":0' for i in count()), "{", "}")),
    "many strings": part("verdict.json", lambda n: fill(n, (f'"{i:x}"' for i in count()))),
    "many integers": part("verdict.json", lambda n: fill(n, (str(i) for i in count()))),
    "many decimals": part("verdict.json", lambda n: fill(n, (f"{i}.1" for i in count()))),
    "many exponents": part("verdict.json", lambda n: fill(n, (f"{i}e399" for i in count()))),
    "many small exponents": part("verdict.json", lambda n: fill(n, (f"{i}e-399" for i in count()))),
    "many long integers": part(
        "verdict.json", lambda n: fill(n, (f"{i:04000d}".replace("0", "7") for i in count()))
    ),
    "digits": part("verdict.json", lambda n: b"7" * n),
    "digits after the point": part("verdict.json", lambda n: b"0." + b"7" * n),
    "digits of an exponent": part("verdict.json", lambda n: b"1e" + b"7" * n),
    "digits, then a letter": part("verdict.json", lambda n: b"7" * n + b"x"),
    "an exponent of 10^9": part("verdict.json", lambda n: b"1e1000000000"),
    "spaces": part("verdict.json", lambda n: b" " * n),
    "spaces, then a stray byte": part("verdict.json", lambda n: b" " * n + b"\x01"),
    "a string and spaces": part("verdict.json", lambda n: b'"a"' + b" " * n),
    "a string": part("verdict.json", lambda n: b'"' + b"a" * n + b'"'),
    "a string left open": part("verdict.json", lambda n: b'"' + b"a" * n),
    "escapes": part("verdict.json", lambda n: b'"' + b"\\n" * (n // 2) + b'"'),
    "escapes left open": part("verdict.json", lambda n: b'"' + b"\\n" * (n // 2)),
    "surrogate pairs": part("verdict.json", lambda n: b'"' + b"\\ud83d\\ude00" * (n // 12) + b'"'),
    "a long key": in_domain(lambda n: b'{"' + b"a" * n + b'": 0}'),
    "a long unknown key": in_domain(
        lambda n: b'{"format": "leafproof-domain/1", "variable' + b"s" * n + b'": []}'
    ),
    "line breaks": part("verdict.json", lambda n: b"\n" * n + b"x"),
    # the domain
    "many variables": in_domain(variables),
    "a variable of many values": in_domain(lambda n: domain(n, labels(), ("[0]" for _ in count()))),
    "a value of many columns": in_domain(
        lambda n: domain(2 * n, ['"a"'], ["[" + "0," * (n // 2) + "0]"])
    ),
    "a value of many fractions": in_domain(
        lambda n: domain(2 * n, ['"a"'], [fill(n, (f'"{i}/7"' for i in count())).decode()])
    ),
    "encodings with exponents": in_domain(
        lambda n: domain(n, labels(), (f'["{i}e399"]' for i in count()))
    ),
    "encodings of all denominators": in_domain(
        lambda n: domain(n, labels(), (f'["1/{i}"]' for i in count(1)))
    ),
    "encodings of one long denominator": in_domain(
        lambda n: domain(n, labels(), (f"[{'1e-400' if i == 0 else i}]" for i in count()))
    ),
    "denominators that collide": in_domain(
        lambda n: domain(n, labels(), (f'["1/{1 + i * HASH}"]' for i in count(1)))
    ),
    "encodings that collide": in_domain(
        lambda n: domain(n, labels(), (f"[{i * HASH}]" for i in count()))
    ),
    "probabilities of all denominators": in_domain(
        lambda n: domain(
            n, labels(), ("[0]" for _ in count()), (f'"1/{10**6 + i}"' for i in count())
        )
    ),
    "probabilities with one long denominator": in_domain(
        lambda n: domain(
            n, labels(), ("[0]" for _ in count()), ("1e-400" if i == 0 else "0" for i in count())
        )
    ),
    # the teacher
    "many layers": part("teacher.json", lambda n: teacher(n, '{"kind":"relu","from":[0]}')),
    "many weights in the teacher": many_weights,
    "many weights too many": part("weights.bin", lambda n: bytes(n)),
    "an array of 2^79 weights": part(
        "teacher.json",
        lambda n: teacher(
            150,
            '{"kind":"affine","from":[0],"arrays":[{"type":"float32","shape":'
            '[1099511627775,549755813888]},{"type":"float32","shape":[1]}]}',
        ),
    ),
    "many notes": part(
        "teacher.json",
        lambda n: fill(n, ('"a"' for _ in count()), '{"columns":3,"layers":[],"notes":[', "]}"),
    ),
    # the tree
    "a decision list": part("tree.json", lambda n: tree(n, str)),
    "long thresholds": part(
        "tree.json", lambda n: tree(n, lambda i: '"' + f"{i}/" + "7" * 3900 + '"')
    ),
    "thresholds with exponents": part("tree.json", lambda n: tree(n, lambda i: f"{i}e399")),
    "thresholds that collide": part("tree.json", lambda n: tree(n, lambda i: str(i * HASH))),
    # the proof
    "splits of nothing": part("proof.bin", lambda n: bytes(n)),
    "cells after the end": part("proof.bin", lambda n: b"\x00" + b"\x01" * n),
    "an endless integer": part("proof.bin", lambda n: b"\xff" * n),
    "long integers": part(
        "proof.bin", lambda n: b"\x00" + (b"\x00" + b"\xff" * 1999 + b"\x01") * (n // 2001)
    ),
    "many different splits": part("proof.bin", lambda n: nodes(n, lambda i: Split(i, 1))),
    "masks that collide": part("proof.bin", lambda n: nodes(n, lambda i: Split(0, i * HASH))),
    "many tail bounds": part(
        "proof.bin", lambda n: nodes(n, lambda i: Tail(0, Fraction(1, 7**6 + i)))
    ),
    "trusted steps": part("proof.bin", lambda n: nodes(n, lambda i: Trusted(i % 50, "oracle"))),
    "many solvers": part("proof.bin", lambda n: b"\xff\xff\xff\x7f" + b"\x01a" * (n // 2)),
    "a left chain of splits": part("proof.bin", lambda n: b"\x00" + b"\x00\x01" * (n // 2)),
    # points
    "many points": part("counterexamples.json", lambda n: fill(n, ("[]" for _ in count()))),
    "many points of the domain": part(
        "counterexamples.json", lambda n: fill(n, ("[1,1,1]" for _ in count()))
    ),
    "points that collide": part(
        "counterexamples.json", lambda n: fill(n, (f"[{i * HASH},0,0]" for i in count()))
    ),
    "a long point": part(
        "counterexamples.json", lambda n: fill(n, ("0" for _ in count()), "[[", "]]")
    ),
    # the container
    "many tiny parts": tiny_parts,
    "many parts with long names": lambda n: container.pack(
        (f"{i:0100d}", b"") for i in range(n // 320)
    ),
    "a long prover's name": lambda n: seal(base(), "a" * n),
    "nothing but zeros": lambda n: bytes(n),
    "nothing but headers": lambda n: b"PK\x03\x04" * (n // 4),
    # certificates that hold
    "valid: many variables": many_variables,
    "valid: many values": many_values,
}
