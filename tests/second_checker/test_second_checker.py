"""The second checker by itself: its rules against brute force, and every kind of false claim."""

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
from verifier.kernel import checker
from verifier.model.cell import full_cell, values
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu, Sign
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import PARTS
from verifier.second_checker import bounds, counting, reading, rounding, stated
from verifier.writing.json_text import dump

FOLDER = Path(second_checker.__file__).parent
LEAF0, LEAF1 = Tree((Leaf(0),)), Tree((Leaf(1),))


def held(domain, teacher, tree=LEAF0):
    """What the second checker reads of them."""
    return second_checker.read(packed((domain, teacher, tree), (Open(),))).case


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
        nodes = bounds.logits(ours.network, ours.domain, point)
        truth = brute.node_values(teacher, domain.encode(point))
        assert [[Fraction(x, d) for x in n] for n, d in nodes] == truth


@pytest.mark.parametrize("seed", CASES[::2])
@pytest.mark.parametrize("choice", [counting.CHOICES[0], *counting.CHOICES[-2:]])
def test_enclosures_and_linear_bounds_hold(seed, choice):
    rng, domain, teacher, _ = case(seed, 60)
    ours = held(domain, teacher)
    for cell in random_cells(rng, domain, 3):
        here = bounds.region(ours.network, ours.domain, own_cell(cell), True, choice)
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


@pytest.mark.parametrize("seed", CASES[1::2])
def test_a_constant_class_and_a_tail_are_never_claimed_wrongly(seed):
    rng, domain, teacher, tree = case(seed)
    classes = brute.truth(domain, teacher, tree).classes
    ours = held(domain, teacher)
    for cell in random_cells(rng, domain, 5):
        here = bounds.region(ours.network, ours.domain, own_cell(cell), True)
        total = ours.domain.weight(own_cell(cell))
        for klass in range(teacher.classes):
            if counting.constant(ours, own_cell(cell), klass)[0]:
                assert {classes[point] for point in cell.points()} == {klass}
            wrong = sum(domain.weight(x) for x in cell.points() if classes[x] != klass)
            assert wrong <= bounds.tail(here, klass) * total


def test_a_cell_is_closed_exactly_up_to_the_tie():
    ours = held(bits(4), identity(0.0))
    origin = ((0,),) * 4
    assert counting.constant(ours, origin, 0)[0] and not counting.constant(ours, origin, 1)[0]
    above = held(bits(4), identity(2.0**-140))
    assert counting.constant(above, whole(bits(4)), 1)[0]


@pytest.mark.parametrize("t", [Fraction(0), Fraction(1, 3), Fraction(7), Fraction(123456, 1000)])
def test_the_exponential_is_rounded_up_and_tight(t):
    found = bounds.exponential(t)
    exact = (-flint.arb(flint.fmpq(t.numerator, t.denominator))).exp()
    below = Fraction(*map(int, _dyadic(exact.lower())))
    assert below <= found <= below * (1 + Fraction(1, 2**40))


def _dyadic(x):
    mantissa, exponent = map(int, x.mid().man_exp())
    return mantissa << max(exponent, 0), 1 << max(-exponent, 0)


@pytest.mark.parametrize("kind", ["relu", "residual", "scale", "sign", "cancelling"])
def test_float32_errors_stay_below_the_bound(kind):
    rng = np.random.default_rng(11)
    domain = signs(6)
    for _ in range(3):
        teacher = network(rng, 6, kind)
        ours = held(domain, teacher)
        here = bounds.region(ours.network, ours.domain, whole(domain), True)
        bound, over = rounding._logit_error(ours.network, ours.domain, here.boxes)
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
    tally = counting.Tally(lambda text: None)
    counting.count_points(held(domain, teacher), whole(domain), tally)
    assert (tally.not_shown[0] == 0) == steady


# What it refuses, by itself


HALF = (bits(4), identity(0.5), LEAF1)
"""Class 1 everywhere, the tree says so."""


def refuse(match, case, proof, points=(), **changes):
    data = packed(case, proof, points, claimed(case[0], **changes))
    with pytest.raises(InvalidProof, match=match):
        second_checker.check(data)


def test_the_true_certificate_is_accepted():
    found = second_checker.check(packed(HALF, (Constant(1),), (), claimed(bits(4))))
    assert found.cells == {"constant": 1} and found.points == 0


def test_false_steps_are_refused_by_number():
    refuse("step 1 claims class 0", HALF, (Constant(0),))
    refuse("step 2 claims class 0", HALF, (Split(1, 1), Constant(1), Constant(0)))
    refuse("class 2, which the network does not have", HALF, (Constant(2),))
    refuse("class 2, which the network does not have", HALF, (Tail(2, Fraction(1)),))
    refuse("step 1 claims class 0 on a solver's word", HALF, (Trusted(0, "liar"),))
    refuse("step 1 claims class 0 but for probability 1/2", HALF, (Tail(0, Fraction(1, 2)),))


def test_a_tail_is_refused_where_it_is_a_little_too_small():
    weights = Affine(0, np.ones((1, 40), np.float32), np.array([-8.0], np.float32))
    teacher = Network(40, (weights,))
    bound = checker.tail_bound(checker.prepare(teacher, bits(40)), full_cell(bits(40)), 1)
    assert (
        second_checker.check(packed((bits(40), teacher, LEAF1), (Tail(1, bound),))).cells["tail"]
        == 1
    )
    refuse("step 1 claims", (bits(40), teacher, LEAF1), (Tail(1, bound * Fraction(999, 1000)),))


def test_false_counterexamples_are_refused():
    refuse("network and tree agree", HALF, (Constant(1),), [(0, 0, 0, 0)])
    refuse("not a point of the domain", HALF, (Constant(1),), [(0, 0, 0, 2)])
    refuse("not a point of the domain", HALF, (Constant(1),), [(0, 0, 0)])


WRONG = (bits(4), identity(0.5), Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(1), Leaf(0))))
"""The tree is wrong where x0 = 1."""


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("verdict", "equivalent"),
        ("verdict", "undecided"),
        ("domain_size", 15),
        ("disagreements", {"lower": 7, "upper": 8}),
        ("disagreements", {"lower": 8, "upper": 9}),
        ("disagreements", {"lower": 0, "upper": 0}),
        ("error", {"lower": "1/2", "upper": "3/4"}),
        ("error", {"lower": "0", "upper": "1/2"}),
        ("error", {"lower": "1/2", "upper": "2/4"}),
        ("trusted", {"nobody": 0}),
        ("cells", {"constant": 2}),
        ("cells", {"enumerated": 1}),
        ("extra", "1"),
    ],
)
def test_every_false_field_of_the_verdict_is_refused(field, change):
    good = json.loads(reading.unpack(packed(WRONG, (Constant(1),)))["verdict.json"])
    second_checker.check(packed(WRONG, (Constant(1),), (), good))
    with pytest.raises(InvalidProof, match=f"the certificate states {field} = "):
        second_checker.check(packed(WRONG, (Constant(1),), (), good | {field: change}))
    if field in good:
        short = {k: v for k, v in good.items() if k != field}
        with pytest.raises(InvalidProof, match=f"the certificate states {field} = None"):
            second_checker.check(packed(WRONG, (Constant(1),), (), short))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: [],
        lambda c: c[:-1],
        lambda c: [*c, c[0]],
        lambda c: [*c[:-1], c[0]],
        lambda c: [*c[:-1], c[-1] | {"teacher_class": 0}],
        lambda c: [*c[:-1], c[-1] | {"tree_class": 1}],
        lambda c: [*c[:-1], c[-1] | {"values": c[-1]["values"] | {"x0": "0"}}],
        lambda c: [*c[:-1], c[-1] | {"values": c[-1]["values"] | {"x0": "2"}}],
        lambda c: [*c[:-1], c[-1] | {"values": {}}],
        lambda c: [*c[:-1], 7],
        lambda c: None,
        lambda c: c[::-1],  # the certificate's own one must come first
    ],
)
def test_false_lists_of_counterexamples_are_refused(change):
    points = [(1, 1, 1, 1)]
    good = json.loads(reading.unpack(packed(WRONG, (Constant(1),), points))["verdict.json"])
    assert len(good["counterexamples"]) == 8
    bad = good | {"counterexamples": change(good["counterexamples"])}
    with pytest.raises(InvalidProof, match="counterexample"):
        second_checker.check(packed(WRONG, (Constant(1),), points, bad))


def test_a_listed_point_of_an_open_cell_counts_as_seen():
    """No step shows its class, but it is evaluated: one more disagreement than was stated."""
    proof = (Split(1, 1), Constant(1), Open())
    good = json.loads(reading.unpack(packed(WRONG, proof))["verdict.json"])
    entries = good["counterexamples"]
    entries.append(json.loads(json.dumps(entries[-1])))
    entries[-1]["values"]["x1"] = "1"
    with pytest.raises(InvalidProof, match="states disagreements"):
        second_checker.check(packed(WRONG, proof, (), good))
    good["disagreements"]["lower"] = len(entries)
    good["error"]["lower"] = f"{len(entries)}/16"
    second_checker.check(packed(WRONG, proof, (), good))


def test_which_of_many_counterexamples_are_listed_is_free():
    case = bits(6), Network(6, (Affine(0, np.zeros((1, 6)), np.ones(1)),)), LEAF0
    good = json.loads(reading.unpack(packed(case, (Constant(1),)))["verdict.json"])
    assert len(good["counterexamples"]) == 10
    good["counterexamples"][3]["values"] = {f"x{i}": "1" for i in range(6)}
    assert second_checker.check(packed(case, (Constant(1),), (), good)).cells == {"constant": 1}


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


def hidden(seed):
    """A network over 14 bits that the relaxation cannot settle, and the class it mostly has."""
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(20, 14)).astype(np.float32), np.zeros(20, np.float32)),
        Relu(1),
        Affine(2, -np.ones((1, 20), np.float32), np.array([25.0], np.float32)),
    )
    return bits(14), Network(14, layers), LEAF0


def test_a_solver_is_named_and_refuted_by_a_counterexample():
    case = hidden(3)
    word = (Trusted(0, "oracle 1.0"),)
    assert second_checker.check(packed(case, word)).cells == {"trusted": 1}
    refuse("solver's word; a point has another class", case, word, [(0,) * 14])
    claim = claimed(case[0], cells={"trusted": 1}, trusted={"someone else": 1})
    with pytest.raises(InvalidProof, match="states trusted"):
        second_checker.check(packed(case, word, (), claim))


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ((), "1 cells missing"),
        ((Split(0, 1), Open()), "1 cells missing"),
        ((Open(), Open()), "after its last cell"),
        ((Split(4, 1), Open(), Open()), "does not exist"),
        ((Split(0, 0), Open(), Open()), "does not split"),
        ((Split(0, 3), Open(), Open()), "does not split"),
        ((Split(0, 5), Open(), Open()), "does not split"),
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
        ("domain.json", b'"x1"', b'"x\\n"', "printable text"),
        ("domain.json", b'["0", "1"]', b'["0", "0"]', "different ones"),
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
        ("domain.json", b"domain/1", b"domain/2", "not a domain"),
        ("domain.json", b"[[0], [1]]", b"[[0, 0], [1, 1]]", "columns are not those"),
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
        ("teacher.json", b"notes", b"footnotes", "must hold"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\xc0\x7f", "NaN or infinite"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\x80\xff", "NaN or infinite"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x80\x3f", "ends before"),
        ("weights.bin", b"\x00\x00\x80\x3f", b"\x00\x00\x00\x80\x3f", "too many"),
        ("tree.json", b'"class": 1', b'"class": 2', "does not exist"),
        ("tree.json", b'"class": 1', b'"class": 1.0', "does not exist"),
        ("tree.json", b'{"class": 1}', b'{"column": 0, "threshold": 0}', "must hold"),
        ("tree.json", b'{"class": 1}', b'{"a": ' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        ("tree.json", b"tree/1", b"tree/2", "not a tree"),
        ("counterexamples.json", b"[]", b"[[0.5]]", "list of points"),
        ("counterexamples.json", b"[]", b"{}", "list of points"),
        ("verdict.json", b"{", b"[{", "verdict.json"),
        ("proof.bin", b"\x00\x09", b"\x00", "1 cells missing"),
        ("proof.bin", b"\x00\x09", b"\x00\x0e", "no known node"),
        ("proof.bin", b"\x00\x09", b"\x00\x0a", "no known node"),
        ("proof.bin", b"\x00\x09", b"\x00\x89\x00", "leading zeros"),
        ("proof.bin", b"\x00\x09", b"\x00\x89", "ends too early"),
        ("proof.bin", b"\x00\x09", b"\x00" + b"\xff" * 600_000, "without end"),
        ("proof.bin", b"\x00\x09", b"\x00\x03\x02\x04", "not a probability"),
        ("proof.bin", b"\x00\x09", b"\x00\x05\x00", "without a name"),
        ("proof.bin", b"\x00\x09", b"\x01\x01a\x09", "other solvers"),
        ("proof.bin", b"\x00\x09", b"\x01\x01\xff\x09", "not UTF-8"),
        ("proof.bin", b"\x00\x09", b"\x01\x00\x09", "one short line"),
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


def test_the_sign_of_zero_is_zero():
    layers = (
        Affine(0, np.ones((1, 1)), np.zeros(1)),
        Sign(1),
        Affine(2, np.ones((1, 1)), -np.ones(1) / 2),
    )
    case = Domain((ordinal("x", [-1, 0, 1]),)), Network(1, layers), LEAF0
    found = json.loads(reading.unpack(packed(case, (Enumerated(),)))["verdict.json"])
    assert found["disagreements"] == {"lower": 1, "upper": 1}
    assert second_checker.check(packed(case, (Enumerated(),))).points == 3
