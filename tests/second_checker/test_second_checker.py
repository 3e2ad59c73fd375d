"""The float32 checker by itself: its rules against brute force, and every kind of false claim."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import flint
import numpy as np
import pytest

from tests import brute
from tests.certificates.forging import claimed, packed
from tests.certificates.format_1 import pack
from tests.kernel.float32_cases import Evaluation, network
from tests.kernel.test_checker import CASES, case, identity, random_cells
from verifier import second_checker
from verifier.formats.variables import ordinal
from verifier.kernel.certificate import check_certificate
from verifier.model.cell import values
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Split
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import PARTS, certificate_of
from verifier.second_checker import bounds, counting, evaluation, nodes, reading, rounding, stated
from verifier.writing.json_text import dump

FOLDER = Path(second_checker.__file__).parent
LEAF0, LEAF1 = Tree((Leaf(0),)), Tree((Leaf(1),))


def held(domain, teacher, tree=LEAF0):
    """What the second checker reads of them."""
    return second_checker.read(packed((domain, teacher, tree), (Open(),))).case.nets[0]


def own_cell(cell):
    return tuple(values(mask) for mask in cell.masks)


def whole(domain):
    return tuple(tuple(range(len(v.labels))) for v in domain.variables)


# What it is made of


def test_it_imports_the_standard_library_and_the_errors_only():
    files = sorted(FOLDER.glob("*.py"))
    assert len(files) > 1
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module]
            for name in names:
                own = name == "verifier.model.errors" or name.startswith("verifier.second_checker.")
                assert own or name.partition(".")[0] in sys.stdlib_module_names, (file, name)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("__import__", "eval", "exec", "open"), file


def test_it_loads_nothing_heavy():
    code = "import sys, verifier.second_checker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"numpy", "flint", "torch", "z3", "sympy", "rich", "typer"})
    own = {name for name in done.stdout.split() if name.startswith("verifier.")}
    ours = {"verifier.model", "verifier.model.errors", "verifier.second_checker"}
    assert all(n in ours or n.startswith("verifier.second_checker.") for n in own)


def test_every_file_fits_in_a_head():
    for file in FOLDER.glob("*.py"):
        assert len(file.read_text().splitlines()) <= 320, file


# Its rules against brute force


@pytest.mark.parametrize("seed", CASES)
def test_values_are_exact(seed):
    _, domain, teacher, _ = case(seed, 60)
    ours = held(domain, teacher)
    for point in itertools.product(*whole(domain)):
        nodes = evaluation.logits(ours.network, ours.inputs, point)
        truth = brute.node_values(teacher, domain.encode(point))
        assert [[Fraction(x, d) for x in n] for n, d in nodes] == truth


@pytest.mark.parametrize("seed", CASES[::2])
@pytest.mark.parametrize("choice", [counting.CHOICES[0], *counting.CHOICES[-2:]])
def test_enclosures_and_linear_bounds_hold(seed, choice):
    rng, domain, teacher, _ = case(seed, 60)
    ours = held(domain, teacher)
    for cell in random_cells(rng, domain, 3):
        here = bounds.region(ours.network, ours.inputs, own_cell(cell), True, choice)
        forms = [row for k in range(teacher.classes) for row in _rows(teacher, k)]
        least = [here.least(len(teacher.layers), row) for row in forms]
        for point in cell.points():
            nodes = brute.node_values(teacher, domain.encode(point))
            for box, node in zip(here.boxes, nodes, strict=True):
                for low, x, high in zip(box.low, node, box.high, strict=True):
                    assert low <= x * box.over <= high
            for row, bound in zip(forms, least, strict=True):
                assert sum(r * x for r, x in zip(row, nodes[-1], strict=True)) >= bound


def _rows(teacher, klass):
    return [row for row, _ in bounds.class_forms(teacher.outputs, klass)]


@pytest.mark.parametrize("kind", ["relu", "residual", "scale", "sign", "cancelling"])
def test_float32_errors_stay_below_the_bound(kind):
    rng = np.random.default_rng(11)
    domain = signs(6)
    for _ in range(3):
        teacher = network(rng, 6, kind)
        ours = held(domain, teacher)
        here = bounds.region(ours.network, ours.inputs, whole(domain), True)
        bound, over = rounding._logit_error(ours.network, ours.inputs, here.boxes)
        for _ in range(10):
            point = tuple(rng.integers(0, 2, size=6).tolist())
            truth = brute.logits(teacher, domain.encode(point))
            got = Evaluation(rng).logits(teacher, [float(v) for v in domain.encode(point)])
            for j, value in enumerate(truth):
                assert abs(Fraction(float(got[j])) - value) <= Fraction(bound[j], over)


def one(weight, bias):
    return Network(1, (Affine(0, np.array([[weight]]), np.array([bias])),))


@pytest.mark.parametrize(
    ("teacher", "inputs", "steady"),
    [
        (one(np.float32(1), np.float32(-0.5)), [0, 1], True),
        (one(np.float64(1), np.float64(-1 + 2.0**-40)), [0, 1], False),  # the bias rounds to -1
        (one(np.float64(1e300), np.float64(-0.5)), [0, 1], False),  # the weight overflows
        (one(np.float32(1e29), np.float32(1e29)), [0, 1], True),
        (one(np.float32(3e38), np.float32(3e38)), [0, 1], False),  # the sum overflows
        (one(np.float64(2.0**-200), np.float64(0)), [0, 1], False),  # the weight underflows
        (one(np.float32(1), np.float32(0)), [0, 1], False),  # a tie at x = 0
        (one(np.float32(2.0**-90), np.float32(-1)), [10**40], False),  # the input overflows
        (one(np.float64(2.0**-150), np.float64(-(2.0**-51))), [2**99], False),  # to weight 0
    ],
)
def test_rounding_overflow_and_ties(teacher, inputs, steady):
    domain = Domain((ordinal("x", inputs),))
    case = second_checker.read(packed((domain, teacher, LEAF0), (Open(),))).case
    found = counting.walk(case, [nodes.Node("enumerated", 0)])
    assert (found.points == 0) == steady


# What it refuses


HALF = (bits(4), identity(0.5), LEAF1)
"""Class 1 everywhere, the tree says so."""


@pytest.mark.parametrize(
    "change",
    [
        {"robust": True, "not_shown": {"points": 0, "probability": "0"}},
        {"robust": False, "not_shown": {"points": 1, "probability": "0"}},
        {"robust": False, "not_shown": {"points": 2, "probability": "1/17"}},
        {"robust": False, "not_shown": {"points": 17, "probability": "1"}},
        {"robust": False, "not_shown": {"points": 16, "probability": "17/16"}},
        {"robust": True, "not_shown": {"points": 1, "probability": "1/16"}},
        {"robust": False, "not_shown": {"points": "1", "probability": "1/16"}},
        {"robust": False, "not_shown": {"points": 1, "probability": "2/32"}},
        {"robust": False, "not_shown": {"points": 1, "probability": "1/0"}},
        {"robust": False, "not_shown": {"points": 1, "probability": "1" * 5000}},
        {"robust": False, "not_shown": {"points": 1}},
        {"robust": False},
        None,
    ],
)
def test_false_float32_claims_are_refused(change):
    """At the origin the logit is 0: a tie that float32 is not shown to keep."""
    tie = (bits(4), identity(0.0), LEAF1)
    good = json.loads(reading.unpack(packed(tie, (Enumerated(),)))["verdict.json"])
    assert good["float32"]["not_shown"] == {"points": 1, "probability": "1/16"}
    with pytest.raises(InvalidProof, match="float32"):
        second_checker.check(packed(tie, (Enumerated(),), (), good | {"float32": change}))


def test_numbers_may_be_written_as_the_kernel_takes_them():
    """It takes 1.0 for 1."""
    tie = (bits(4), identity(0.0), LEAF1)
    data = packed(tie, (Enumerated(),))
    good = json.loads(reading.unpack(data)["verdict.json"])
    good["float32"]["not_shown"]["points"] = 1.0
    data = packed(tie, (Enumerated(),), (), good)
    assert check_certificate(certificate_of(data)).stated.disagreements == (1, 1)
    second_checker.check(data)
    good["float32"]["not_shown"]["points"] = 1.5
    with pytest.raises(InvalidProof, match="float32"):
        second_checker.check(packed(tie, (Enumerated(),), (), good))


def hidden(seed):
    """A network over 14 bits that the relaxation cannot settle, and the class it mostly has."""
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(20, 14)).astype(np.float32), np.zeros(20, np.float32)),
        Relu(1),
        Affine(2, -np.ones((1, 20), np.float32), np.array([25.0], np.float32)),
    )
    return bits(14), Network(14, layers), LEAF0


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ((), "1 cells missing"),
        ((Split(0, 1), Open()), "1 cells missing"),
        ((Open(), Open()), "after its last cell"),
        ((Split(4, 1), Open(), Open()), "which is none"),
        ((Split(0, 0), Open(), Open()), "does not split"),
        ((Split(0, 3), Open(), Open()), "does not split"),
        ((Split(0, 1), Split(0, 1), Open(), Open(), Open()), "does not split"),
    ],
)
def test_proofs_that_are_no_partition_are_refused(proof, message):
    with pytest.raises(CertificateError, match=message):
        second_checker.check(packed(HALF, proof, (), claimed(bits(4))))


# The bytes


def test_the_zip_is_written_as_the_archive_writes_it():
    data = packed(HALF, (Constant(1),))
    parts = reading.unpack(data)
    assert reading.stored(list(parts.items())) == data
    assert list(parts) == list(PARTS[1])


def test_every_flipped_bit_is_noticed():
    data = packed(HALF, (Split(0, 1), Constant(1), Enumerated()))
    for at in range(len(data)):
        with pytest.raises(CertificateError):
            second_checker.read(data[:at] + bytes((data[at] ^ 1 << at % 8,)) + data[at + 1 :])
    for cut in range(0, len(data), 7):
        with pytest.raises(CertificateError):
            second_checker.read(data[:cut])
    with pytest.raises(CertificateError, match="not those of a certificate"):
        second_checker.read(data + b"\x00")


def replaced(name, old, new):
    """A certificate in one part of which bytes are replaced, with hashes that fit again."""
    parts = dict(reading.unpack(packed(HALF, (Constant(1),))))
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new, 1)
    return pack(parts, "by hand")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("domain.json", b"{", b"", "domain.json"),
        ("domain.json", b'"x1"', b'"x0"', "two variables of one name"),
        ("domain.json", b'["0", "1"]', b"[]", "at least one value"),
        ("domain.json", b"[[0], [1]]", b"[[0]]", "one row a value"),
        ("domain.json", b"[[0], [1]]", b"[[0], [1, 2]]", "all equally long"),
        ("domain.json", b"[[0], [1]]", b"[[0], []]", "a row of numbers"),
        ("domain.json", b"[[0], [1]]", b"[[0], [true]]", "not a number"),
        ("domain.json", b"[[0], [1]]", b'[[0], ["1/0"]]', "not a number"),
        ("domain.json", b"[[0], [1]]", b"[[0], [NaN]]", "not a finite number"),
        ("domain.json", b"[[0], [1]]", b"[[0], [1e99999]]", "too long"),
        ("domain.json", b"[[0], [1]]", b"[[0], [%s]]" % (b"1" * 5000), "too long"),
        ("domain.json", b'"name"', b'"name": "y", "name"', "appears twice"),
        ("domain.json", b"[[0], [1]]", b'[[0], [1]], "probabilities": [1, 1]', "distribution"),
        ("domain.json", b"[[0], [1]]", b'[[0], [1]], "probabilities": [2, -1]', "distribution"),
        ("domain.json", b"[[0], [1]]", b'[[0], [1]], "probabilities": "1"', "distribution"),
        ("domain.json", b"[[0], [1]]", b'[[0], [1]], "more": 1', "must hold"),
        ("domain.json", b"[[0], [1]]", b"[[0, 0], [1, 1]]", "the columns read are not those"),
        ("teacher.json", b"affine", b"exotic", "no known kind"),
        ("teacher.json", b'"affine"', b'["affine"]', "no known kind"),
        ("teacher.json", b"float32", b"float16", "type and a shape"),
        ("teacher.json", b"[1, 4]", b"[1, 400]", "ends before"),
        ("teacher.json", b"[1, 4]", b"[1099511627775, 1099511627775]", "ends before"),
        ("teacher.json", b"[1, 4]", b"[4, 1]", "does not fit its input"),
        ("teacher.json", b"[1, 4]", b"[1, 4, 1]", "does not fit its input"),
        ("teacher.json", b'"from": [1]', b'"from": [2]', "does not come before"),
        ("teacher.json", b'"from": [1]', b'"from": [true]', "does not come before"),
        ("teacher.json", b'"from": [1]', b'"from": [0, 1]', "wrong number of nodes"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\xc0\x7f", "NaN or infinite"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\x80\xff", "NaN or infinite"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x80\x3f", "ends before"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\x00\x80\x3f", "too many"),
        ("tree.json", b'"class": 1', b'"class": 1.0', "does not exist"),
        ("tree.json", b'{"class": 1}', b'{"column": 0, "threshold": 0}', "must hold"),
        ("tree.json", b'{"class": 1}', b'{"a": ' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        ("tree.json", b"tree/1", b"tree/2", "not a tree"),
        ("verdict.json", b"{", b"[{", "verdict.json"),
        ("proof.bin", b"\x00\x09", b"\x00", "1 cells missing"),
        ("proof.bin", b"\x00\x09", b"\x00\x0f", "no known node"),
        ("proof.bin", b"\x00\x09", b"\x00\x0a", "no known node"),
        ("proof.bin", b"\x00\x09", b"\x00\x89\x00", "leading zeros"),
        ("proof.bin", b"\x00\x09", b"\x00\x89", "ends too early"),
        ("proof.bin", b"\x00\x09", b"\x00" + b"\xff" * 600_000, "without end"),
    ],
)
def test_malformed_parts_are_refused(name, old, new, message):
    with pytest.raises(CertificateError, match=message) as caught:
        second_checker.check(replaced(name, old, new))
    assert "\n" not in str(caught.value)


def test_what_is_too_large_is_refused_before_work(monkeypatch):
    """2^60 points would take for ever; so would a wide network on many cells."""
    teacher = Network(60, (Affine(0, np.zeros((1, 60)), np.ones(1)),))
    claim = claimed(bits(60), cells={"enumerated": 1})
    with pytest.raises(second_checker.TooLarge, match="check this certificate without --paranoid"):
        second_checker.check(packed((bits(60), teacher, LEAF1), (Enumerated(),), (), claim))
    monkeypatch.setattr(second_checker, "BYTES", 100)
    with pytest.raises(second_checker.TooLarge, match="at most 100 bytes"):
        second_checker.check(packed(HALF, (Constant(1),)))


def test_very_large_numbers_are_read_and_written():
    for n in (0, 7, 10**3999, 10**4000, 10**4001 - 1, 3**10_000):
        assert stated.digits(n) == str(flint.fmpz(n))
        assert stated._whole(stated.count(n)) == n
        assert stated._fraction(stated.exact(Fraction(n + 1, 3**9))) == Fraction(n + 1, 3**9)
    assert stated._whole("007") is None and stated._whole("7") is None
    assert stated._whole(True) is None and stated._whole(-1) is None
    assert dump(stated.count(3**10_000)).startswith(b'"')
