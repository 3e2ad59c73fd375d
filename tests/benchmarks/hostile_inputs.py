"""Random hostile domains, trees, networks and certificates, for the fuzz over the command line.

Each function takes a random generator and returns a file's bytes. Sizes stay moderate: what is
sought are numbers, shapes and nestings that some part of the program did not expect.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np

from tests.certificates.hostile import INPUTS
from tests.certificates.mutations import MUTATIONS, certificate
from tests.certificates.problems import affine, parts, seal
from verifier.formats.variables import ordinal
from verifier.model.domain import Domain, bits
from verifier.model.network import Network, Relu, Scale, Sign
from verifier.model.proof import Constant, Enumerated, Open, Split, Step, Tail, Trusted
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.proof_bytes import encode

Json = Any
Random = np.random.Generator

NUMBERS: tuple[Json, ...] = (
    *(0, 1, -1, 2, 0.5, 0.1, "1/3", "-7/3", 255, 2**53 + 1, 2**62, 2**63, 2**64, 10**30),
    *("1e38", "3.5e38", "1e300", "1e308", "1e309", "-1e309", "1e400", "-1e400", "9" * 3999),
    *("1e-30", "1e-45", "1e-46", "5e-324", "1e-330", "1e-400", "-1e-400", "1/" + "7" * 3000),
    "1" + "0" * 700 + "/3",
)
"""Around the limits of integers, float32 and float64, and far beyond."""
BROKEN: tuple[Json, ...] = (
    *(None, True, "", "x", "1/0", "nan", "inf", "1e401", "1e9999999999", "9" * 5000, [], {}),
    *([[[[]]]], {"a": 1}, "١", "0x10", -0.0, 1e999, "1_000", " 1", "-", "+", "--1", 10**4200),
)
"""What stands for no number."""
NAMES: tuple[Json, ...] = (
    *("x", "x0", "X0", "class", "select", '"', "'", "a b", "é", "\u202e", "日本", "*/", "<script>"),
    *("%s", "{}", "\\", "\n", "\x00", "\ud800", "", "a" * 5000, "__proto__", None, 3, []),
)
COLUMNS = 3


def pick(rng: Random, items: Any) -> Any:
    """One of the items."""
    return items[int(rng.integers(len(items)))]


def number(rng: Random, broken: float = 0.01) -> Json:
    """A number, mostly a strange one."""
    if rng.random() < broken:
        return pick(rng, BROKEN)
    return pick(rng, NUMBERS) if rng.random() < 0.7 else int(rng.integers(-3, 4))


def text(value: Json) -> bytes:
    """JSON, with what JSON cannot say as a bare word, and half surrogates as bytes."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def damaged(rng: Random, data: bytes) -> bytes:
    """Now and then cut, doubled, or with other bytes."""
    fate = rng.random()
    at = int(rng.integers(len(data) + 1))
    if fate < 0.03:
        return data[:at]
    if fate < 0.05:
        return data[:at] + bytes(rng.integers(0, 256, 3).tolist()) + data[at:]
    if fate < 0.06:
        return data + data
    return data


def domain(rng: Random) -> bytes:
    """A domain file of ``COLUMNS`` columns, mostly."""
    variables, left = [], COLUMNS if rng.random() < 0.95 else int(rng.integers(0, 9))
    while left > 0:
        width = min(left, int(rng.integers(1, 4)))
        variables.append(_variable(rng, width, len(variables)))
        left -= width
    value = {"format": "leafproof-domain/1", "variables": variables}
    if rng.random() < 0.03:
        value[pick(rng, ("format", "variables", "more"))] = pick(rng, BROKEN)
    return damaged(rng, text(value))


def _variable(rng: Random, width: int, index: int) -> Json:
    count = int(pick(rng, (1, 2, 2, 2, 3, 3, 4, 9, 300)))
    tame = rng.random() < 0.4
    strange = 0.0 if tame else rng.random()

    def one() -> Json:
        return number(rng) if rng.random() < strange else int(rng.integers(-2, 3))

    entry: dict[str, Json] = {
        "name": pick(rng, NAMES) if rng.random() < 0.1 else f"v{index}",
        "values": [pick(rng, NAMES) if rng.random() < 0.02 else f"l{i}" for i in range(count)],
        "encoding": [[one() for _ in range(width)] for _ in range(count)],
    }
    if rng.random() < 0.5:
        entry["probabilities"] = _probabilities(rng, count)
    if rng.random() < 0.03:
        entry[pick(rng, ("name", "values", "encoding", "probabilities", "x"))] = pick(rng, BROKEN)
    if rng.random() < 0.03:
        del entry[pick(rng, sorted(entry))]
    return entry


def _probabilities(rng: Random, count: int) -> list[Json]:
    kind = rng.random()
    if kind < 0.1:
        return [number(rng) for _ in range(count)]
    if kind < 0.3:
        return [0] * (count - 1) + [1]
    small = Fraction(1, int(pick(rng, (3, 1000, 2**64, 10**400, 7**1200))))
    chances = [small / count] * (count - 1)
    return [str(p) for p in [*chances, 1 - sum(chances)]]


def tree(rng: Random) -> bytes:
    """A tree file: bushy, or a chain of up to 3,000 tests (seldom far more)."""
    chain = rng.random() < 0.2
    tests = int(pick(rng, (5, 50, 990, 1010, 3000))) if chain else int(pick(rng, (0, 1, 3, 20)))
    if chain and rng.random() < 0.05:
        tests = 60_000
    where = "class" if rng.random() < 0.02 else "threshold"
    root = _leaf(rng)
    for _ in range(tests):
        node = {
            "column": int(rng.integers(COLUMNS)) if rng.random() < 0.995 else number(rng),
            where: number(rng, 0.001),
            "left": root,
            "right": _leaf(rng),
        }
        if rng.random() < 0.5:
            node["left"], node["right"] = node["right"], node["left"]
        root = node
    head = '{"format": "leafproof-tree/1", "root": '
    return damaged(rng, (head + _nested(root) + "}").encode())


def _leaf(rng: Random) -> Json:
    return {"class": int(rng.integers(2)) if rng.random() < 0.995 else number(rng)}


def _nested(root: Json) -> str:
    """JSON without recursion."""
    out: list[str] = []
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
        elif isinstance(item, dict) and "left" in item:
            plain = {k: v for k, v in item.items() if k not in ("left", "right")}
            stack += ["}", item["right"], ', "right": ', item["left"]]
            out.append(json.dumps(plain)[:-1] + ', "left": ')
        else:
            out.append(json.dumps(item))
    return "".join(out)


def network(rng: Random) -> Network:
    """A network of ``COLUMNS`` columns with weights of all magnitudes."""
    size = float(pick(rng, (1, 1, 1, 1e-38, 1e-45, 1e20, 3e38, 1e-300, 1e300)))
    kind = np.float32 if rng.random() < 0.7 else np.float64
    outputs = int(pick(rng, (1, 1, 1, 2, 3)))
    hidden = int(pick(rng, (1, 2, 4, 8)))

    def weights(*shape: int) -> Any:
        most = float(np.finfo(kind).max)
        return np.clip(rng.integers(-3, 4, shape) * size, -most, most).astype(kind)

    first = affine(0, weights(hidden, COLUMNS), weights(hidden), kind)
    bend = Relu(1) if rng.random() < 0.7 else Sign(1)
    middle: list[Any] = []
    if rng.random() < 0.2:
        ones = np.ones(hidden, kind)
        middle = [Scale(2, weights(hidden), ones, weights(hidden))]
    last = affine(2 + len(middle), weights(outputs, hidden), weights(outputs), kind)
    return Network(COLUMNS, (first, bend, *middle, last))


def proven(rng: Random) -> bytes:
    """A certificate: a mutated valid one, one made to be slow, or one that claims anything."""
    fate = rng.random()
    if fate < 0.35:
        made = MUTATIONS[pick(rng, sorted(MUTATIONS))](rng, certificate(int(rng.integers(40))))
        return made if isinstance(made, bytes) else seal(made)
    if fate < 0.6:
        return bytes(INPUTS[pick(rng, sorted(INPUTS))](int(pick(rng, (300, 20_000, 100_000)))))
    if fate < 0.75:
        return _asks_for_much(rng)
    return damaged(rng, _claims_anything(rng))


def _claims_anything(rng: Random) -> bytes:
    net, space = network(rng), bits(COLUMNS)
    student = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    choices: list[tuple[Step | Split, ...]] = [
        (Enumerated(),),
        (Open(),),
        (Constant(int(rng.integers(4))),),
        (Tail(0, Fraction(1, 10**400)),),
        (Split(0, 1), Constant(0), Trusted(1, "z3")),
        (Split(0, 1), Enumerated(), Enumerated()),
        (Split(int(rng.integers(5)), int(rng.integers(5))), Open(), Open()),
    ]
    held = parts(space, net, student, (Enumerated(),), claim=False)
    held["proof.bin"] = encode(pick(rng, choices))
    if rng.random() < 0.3:
        held["domain.json"] = domain(rng)
    if rng.random() < 0.3:
        held["tree.json"] = tree(rng)
    if rng.random() < 0.2:
        points = [[int(rng.integers(-1, 3)) for _ in range(COLUMNS)] for _ in range(3)]
        held["counterexamples.json"] = text(points)
    return seal(held)


def _asks_for_much(rng: Random) -> bytes:
    """Points, logits, layers, values or cells beyond what anyone would wait for."""
    kind = int(rng.integers(5))
    half = Fraction(1, 2)
    one = Tree((Inner(0, half, 1, 2), Leaf(0), Leaf(1)))
    if kind == 0:
        n = int(pick(rng, (30, 60, 200)))
        net = Network(n, (affine(0, np.ones((1, n)), [0]),))
        return seal(parts(bits(n), net, one, (Enumerated(),), claim=False))
    if kind == 1:
        n = int(pick(rng, (300, 2000)))
        net = Network(1, (affine(0, np.ones((n, 1)), np.zeros(n)),))
        return seal(parts(bits(1), net, Tree((Leaf(0),)), (Constant(0),), claim=False))
    if kind == 2:
        layers = [Scale(i, np.full(3, 1.5), np.ones(3), np.zeros(3)) for i in range(500)]
        net = Network(3, (*layers, affine(500, np.ones((1, 3)), [0])))
        return seal(parts(bits(3), net, one, (Enumerated(),), claim=False))
    if kind == 3:
        n = int(pick(rng, (15_000, 40_000)))
        net = Network(1, (affine(0, [[1]], [-(n // 2)]),))
        space = Domain((ordinal("x", range(n)),))
        proof = (Split(0, (1 << n // 2) - 1), Constant(0), Enumerated())
        return seal(parts(space, net, one, proof, claim=False))
    n = 12
    net = Network(2 * n, (affine(0, np.ones((1, 2 * n)), [0]),))
    steps = _all_splits(range(n), Open())
    student = Tree(_full_tree(range(n, 2 * n)))
    return seal(parts(bits(2 * n), net, student, steps, claim=False))


def _all_splits(variables: range, step: Step) -> tuple[Step | Split, ...]:
    proof: tuple[Step | Split, ...] = (step,)
    for i in reversed(variables):
        proof = (Split(i, 1), *proof, *proof)
    return proof


def _full_tree(columns: range) -> tuple[Inner | Leaf, ...]:
    """A complete tree, breadth first."""
    tests = 2 ** len(columns) - 1
    inner = [
        Inner(columns[(i + 1).bit_length() - 1], Fraction(1, 2), 2 * i + 1, 2 * i + 2)
        for i in range(tests)
    ]
    return (*inner, *(Leaf(i % 2) for i in range(tests + 1)))
