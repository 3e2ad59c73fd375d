"""The theorem in words and as an in-toto Statement: exact texts, the layout's rules, odd names."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.saved import save_certificate
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import ordinal, variable
from verifier.jobs.against import Digests
from verifier.kernel.certificate import check_certificate
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, Tail, Trusted
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import read_certificate
from verifier.reports import domain_statement, statement_end
from verifier.reports import in_toto as machine
from verifier.reports.statement import paragraphs
from verifier.writing.json_nouns import write_tree

HALF = Fraction(1, 2)
AND = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(0), Leaf(1)))
FIRST = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)))
VERSIONS = {"Leafproof": "1.2.3", "CPython": "3.11.0", "NumPy": "2.0.0", "python-flint": "0.6.0"}


@pytest.fixture(autouse=True)
def versions(monkeypatch):
    monkeypatch.setattr(statement_end, "programs", lambda: VERSIONS)
    monkeypatch.setattr(machine, "programs", lambda: VERSIONS)


def row(*numbers):
    return np.array(numbers, np.float32)


def conjunction(notes=()):
    """x0 and x1, over three bits."""
    layers = (
        Affine(0, row([1, 1, 0]), row(-1)),
        Relu(1),
        Affine(2, row([1]), row(-0.5)),
    )
    return Network(3, layers, tuple(notes))


def check(path, tree, proof, *, teacher=None, domain=None, points=(), trust=(), prover="branch"):
    """A certificate written, read and checked."""
    finding = Finding(tuple(proof), tuple(points))
    teacher, domain = teacher or conjunction(), domain or bits(3)
    save_certificate(path / "c", matter_of(domain, teacher, tree), finding, prover)
    held = read_certificate(path / "c")
    return held, check_certificate(held, trust=trust)


PARTS = ("models.json", "weights.bin", "question.json", "domain.json")


def hidden(classes):
    """A teacher of 14 bits of which a solver says that it has class 0 (it errs, unseen)."""
    weight = np.random.default_rng(3).normal(size=(20, 14)).astype(np.float32)
    last = np.zeros((classes, 20), np.float32)
    last[-1] = -1
    bias = np.zeros(classes, np.float32)
    bias[-1] = 25
    return Network(
        14, (Affine(0, weight, np.zeros(20, np.float32)), Relu(1), Affine(2, last, bias))
    )


def test_equivalent(tmp_path):
    held, verdict = check(tmp_path, AND, [Enumerated()])
    h = held.hashes
    assert paragraphs(held, verdict) == (
        f"This is what the certificate with SHA-256 {held.sha256} proves. The network is given by "
        f"the layers and weights in its parts models.json (SHA-256 {h['models.json']}) and "
        f"weights.bin (SHA-256 {h['weights.bin']}). The tree is the decision tree in its part "
        f"models.json. The domain is the set of inputs in its part "
        f"domain.json (SHA-256 {h['domain.json']}). Every SHA-256 is that of all bytes of the file "
        "or part named.",
        "The domain has 8 inputs: every combination of one value of each of 3 variables: x0, x1 "
        "and x2 (0 or 1). How values are encoded as numbers is given in domain.json. Every input "
        "has the same probability, 1/8 (0.125).",
        "The network is evaluated in the real numbers, with no rounding, on its weights exactly as "
        "they are stored (IEEE 754 numbers). It gives one number: the class is 1 where that number "
        "is greater than 0, and 0 where it is 0 or less. The tree compares numbers exactly.",
        "It is proved that the network and the tree give the same class for every one of the 8 "
        "inputs of the domain: the number of inputs for which they differ is 0, and so is its "
        "probability.",
        "A float32 evaluation computes the network's layers in their order, every operation "
        "rounded to the nearest IEEE 754 single-precision number or more finely, with sums taken "
        "in any order, with or without fused multiply-add, and with numbers near 0 flushed to 0 or "
        "not. It is shown that every such evaluation gives the class that the real numbers give "
        "for every input of the domain.",
        "No change that reading made to the network is noted in models.json.",
        "Every step of the proof was checked by Leafproof kernel 2, the kernel of Leafproof "
        "1.2.3 (with CPython 3.11.0, NumPy 2.0.0, python-flint 0.6.0). Whoever believes this has "
        'to trust that kernel. The program that found the proof ("branch", the file says) need '
        "not be trusted, and "
        "nothing was sampled.",
    )


def test_the_users_files_are_named_by_their_hashes(tmp_path):
    held, verdict = check(tmp_path, AND, [Enumerated()])
    subject, *_, trust = paragraphs(held, verdict, Digests("aa" * 32, "bb" * 32, "cc" * 32))
    assert f"reads from the network file with SHA-256 {'aa' * 32}. The tree" in subject
    assert f"it is the tree in the tree file with SHA-256 {'bb' * 32}. The domain" in subject
    assert f"it is the domain in the domain file with SHA-256 {'cc' * 32}. Every" in subject
    assert "has to trust that kernel and Leafproof's own readers of the files named." in trust


def finding(held, verdict):
    return paragraphs(held, verdict)[3]


def test_different(tmp_path):
    assert finding(*check(tmp_path, FIRST, [Enumerated()])) == (
        "It is proved that the network and the tree are not the same: they differ for exactly 2 of "
        "the 8 inputs; together they have a probability of exactly 1/4 (0.25). For x0 = 1, x1 = 0 "
        "and x2 = 0, for instance, the network's class is 0 and the tree's is 1."
    )


def test_different_in_an_unknown_number_of_inputs(tmp_path):
    proof = [Split(0, 1), Constant(0), Split(1, 1), Open(), Constant(1)]
    assert finding(*check(tmp_path, FIRST, proof, points=[(1, 0, 1)])) == (
        "It is proved that the network and the tree are not the same: they differ for at least 1 "
        "and at most 2 of the 8 inputs; together they have a probability of at least 1/8 (0.125) "
        "and at most 1/4 (0.25). For x0 = 1, x1 = 0 and x2 = 1, for instance, the network's class "
        "is 0 and the tree's is 1."
    )


def test_undecided(tmp_path):
    proof = [Split(0, 1), Constant(0), Open()]
    assert finding(*check(tmp_path, AND, proof)) == (
        "It is not decided whether the network and the tree are the same: no input is known for "
        "which they differ. It is proved that they differ for at most 4 of the 8 inputs; together "
        "they have a probability of at most 1/2 (0.5)."
    )
    held, verdict = check(tmp_path, AND, [Open()])
    assert finding(held, verdict) == (
        "It is not decided whether the network and the tree are the same: no input is known for "
        "which they differ, and they may differ for any or all of the 8 inputs."
    )
    assert paragraphs(held, verdict)[4].endswith(
        "For no input is it shown that this gives the class of the real numbers."
    )


def test_a_bounded_probability(tmp_path):
    """Of 40 signs the sum is hardly ever below -38; the bound has a long denominator."""
    domain = Domain(tuple(ordinal(f"v{i}", (-1, 1)) for i in range(40)))
    teacher = Network(40, (Affine(0, np.ones((1, 40), np.float32), row(38.5)),))
    bound = Fraction(1, 3**1000 + 1) + Fraction(1, 2**20)
    text = finding(
        *check(tmp_path, Tree((Leaf(1),)), [Tail(1, bound)], teacher=teacher, domain=domain)
    )
    assert text.startswith("It is not decided")
    assert (
        "differ for at most 1,099,511,627,776 of the 1,099,511,627,776 inputs; together they have "
        "a probability of at most about 9.537 × 10⁻⁷ (rounded up)." in text
    )


def trusted(path, tree, *, trust=()):
    finding = [Trusted(0, "z3 4.13")]
    return check(path, tree, finding, teacher=hidden(1), domain=bits(14), trust=trust)


def test_what_rests_on_a_solver_says_so(tmp_path):
    held, verdict = trusted(tmp_path, Tree((Leaf(0),)), trust=["z3"])
    given = (
        ', provided that "z3 4.13" is right about 1 cell of the domain (16,384 inputs), which the '
        "kernel could not confirm"
    )
    assert finding(held, verdict) == (
        "It follows that the network and the tree give the same class for every one of the 16,384 "
        f"inputs of the domain{given}: the number of inputs for which they differ is 0, and so is "
        "its probability."
    )
    words = paragraphs(held, verdict)
    assert 'has to trust that kernel and the word of "z3 4.13", as said above.' in words[-1]
    held, verdict = trusted(tmp_path, Tree((Leaf(1),)), trust=["z3"])
    assert finding(held, verdict).startswith(
        f"It follows that the network and the tree are not the same{given}: they differ for exactly"
    )


def test_a_difference_that_is_proved_beside_a_trusted_cell(tmp_path):
    teacher = hidden(1)
    point = next(
        p for p in product((0, 1), repeat=14) if not exact_classes(teacher, bits(14), [p])[0]
    )
    held, verdict = check(
        tmp_path,
        Tree((Leaf(1),)),
        [Trusted(0, "z3")],
        teacher=teacher,
        domain=bits(14),
        points=[point],
        trust=["z3"],
    )
    text = finding(held, verdict)
    assert text.startswith(
        "It is proved that the network and the tree are not the same: they differ for exactly "
        "16,384 of the 16,384 inputs"
    )
    assert 'That they differ is proved; these numbers hold provided that "z3" is right' in text


def test_a_solver_that_is_not_believed_says_so(tmp_path):
    held, verdict = trusted(tmp_path, Tree((Leaf(0),)), trust=())
    assert "may differ for any or all of the 16,384 inputs" in finding(held, verdict)
    last = paragraphs(held, verdict)[-1]
    assert "has to trust that kernel. The program" in last
    assert last.endswith(
        ' The certificate also cites the word of "z3 4.13" about 16,384 inputs; it is not believed '
        "here, and those inputs count as unknown."
    )


def test_classes_probabilities_and_float32(tmp_path):
    """Three logits, two of which tie at the first value: float32 is shown for the others only."""
    chances = [HALF, Fraction(1, 4), Fraction(1, 4)]
    domain = Domain(
        (variable("colour", ("red", "green", "blue"), np.eye(3, dtype=int).tolist(), chances),)
    )
    layer = Affine(0, row([1, 0, 0], [1, 2, 0], [0, 0, 1]), row(0, 0, 0))
    tree = Tree((Inner(0, HALF, 1, 4), Inner(1, HALF, 2, 3), Leaf(2), Leaf(1), Leaf(0)))
    held, verdict = check(
        tmp_path, tree, [Enumerated()], teacher=Network(3, (layer,)), domain=domain
    )
    words = paragraphs(held, verdict)
    assert words[1] == (
        "The domain has 3 inputs: every value of the one variable: colour (red: 1/2 (0.5), green: "
        "1/4 (0.25) or blue: 1/4 (0.25)). How values are encoded as numbers is given in "
        "domain.json. The variables are independent of each other, "
        "and each value has the probability stated with it."
    )
    assert (
        "It gives 3 numbers, one for each of the classes 0 to 2: the class is that of the largest, "
        "and of several equally large ones that with the lowest number." in words[2]
    )
    assert words[4].endswith(
        "It is shown that every such evaluation gives the class that the real numbers give for "
        "all inputs of the domain but 1, which have a probability of 1/2 (0.5); for those it "
        "is not shown."
    )


def test_what_reading_changed_is_quoted(tmp_path):
    notes = ("node 7: the final Sigmoid is left out (sigmoid(z) > 1/2 iff z > 0)", "another")
    held, verdict = check(tmp_path, AND, [Enumerated()], teacher=conjunction(notes))
    assert paragraphs(held, verdict)[5] == (
        "In reading the network something was changed, and what is said above, of real numbers and "
        "of float32, is said of the network after that change. What was changed models.json says "
        'in its own words, which were not checked: (1) "node 7: the final Sigmoid is left out '
        '(sigmoid(z) > 1/2 iff z > 0)"; (2) "another".'
    )


HOSTILE = "\x1b[2J\n\u202eevil\u2066\x00\ud800⟨x⟩"


def hostile(path):
    """Names that no domain file may hold, as a program could make them, in a real certificate."""
    held, verdict = check(path, FIRST, [Enumerated()])
    teacher = replace(held.teacher, notes=(f"note {HOSTILE}",))
    domain = Domain(
        tuple(
            replace(v, name=f"{HOSTILE}{i}" if i else "א" + "x" * 5000, labels=(HOSTILE, "\u2029"))
            for i, v in enumerate(held.domain.variables)
        )
    )
    models = matter_of(domain, teacher, held.tree).models
    held = replace(held, domain=domain, models=models, prover=HOSTILE)
    return held, replace(verdict, trusted={HOSTILE: 1, "z3": 2})


def test_hostile_names_are_spelled_out(tmp_path):
    words = paragraphs(*hostile(tmp_path))
    text = "".join(words)
    isolates = {"\u2068", "\u2069"}
    assert all(unicodedata.category(c)[0] != "C" or c in isolates for c in text)
    assert text.count("\u2068") == text.count("\u2069") > 0
    assert not any(c in text for c in "\n\u2028\u2029")
    assert "⟨U+001B⟩[2J⟨U+000A⟩⟨U+202E⟩evil" in text and "⟨U+D800⟩" in text
    assert "⟨5,001 characters, SHA-256 " in text and len(text) < 12_000


def test_hostile_names_stay_data_in_the_json(tmp_path):
    data = machine.in_toto(*hostile(tmp_path))
    assert data.isascii() and "\n" not in data and "\\ud800" not in data
    value = json.loads(data)
    assert value["predicate"]["notes"] == [f"note {HOSTILE}".replace("\ud800", "⟨U+D800⟩")]
    data.encode()


def test_wide_domains_stay_short(tmp_path):
    """3^10000 inputs, in powers; and ten thousand names, of which three are shown."""
    domain = Domain(tuple(ordinal(f"v{i}", (0, 1, 2)) for i in range(10_000)))
    weight = np.zeros((1, 10_000), np.float32)
    weight[0, 7] = 1
    teacher = Network(10_000, (Affine(0, weight, row(-1.5)),))
    tree = Tree((Inner(7, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    proof = [Split(7, 3), Constant(0), Constant(1)]
    held, verdict = check(tmp_path, tree, proof, teacher=teacher, domain=domain)
    words = paragraphs(held, verdict)
    assert words[1].startswith(
        "The domain has 3¹⁰⁰⁰⁰ inputs: every combination of one value of each of 10,000 variables: "
        "v0, v1 and so on to v9999 (10,000 variables) (0, 1 or 2)."
    )
    assert "for every one of the 3¹⁰⁰⁰⁰ inputs" in words[3]
    assert all(len(text) < 1500 for text in words)
    claim = json.loads(machine.in_toto(held, verdict))["predicate"]["claim"]
    assert len(claim["domain_size"]) == 4772
    chosen = [(1 if i % 2 else 0) for i in range(50)]
    wide = Domain(tuple(ordinal(f"w{i}", range(100 + 1000 * k)) for i, k in enumerate(chosen)))
    text = domain_statement.paragraph(wide)
    assert "and 10 further variables, given in domain.json" in text
    assert "and 77 others" not in text and "or 77 others" in text


def uri(text):
    """RFC 3986: a scheme in lower case, then anything without spaces."""
    return re.fullmatch(r"[a-z][a-z0-9+.-]*:[!-~]+", text)


def follows_the_layout(value):
    """The rules of in-toto's Statement v1 and of its ResourceDescriptor and DigestSet."""
    assert set(value) == {"_type", "subject", "predicateType", "predicate"}
    assert value["_type"] == "https://in-toto.io/Statement/v1"
    assert uri(value["predicateType"]) and value["predicateType"].endswith(":v1")
    assert isinstance(value["predicate"], dict)
    names = [s["name"] for s in value["subject"]]
    assert names and len(set(names)) == len(names)
    for subject in value["subject"]:
        assert set(subject) == {"name", "digest"}
        assert set(subject["digest"]) == {"sha256"}
        assert re.fullmatch("[0-9a-f]{64}", subject["digest"]["sha256"])


def test_the_json_follows_in_totos_layout(tmp_path):
    held, verdict = check(tmp_path, FIRST, [Enumerated()])
    value = json.loads(machine.in_toto(held, verdict, Digests("aa" * 32, "bb" * 32, "cc" * 32)))
    follows_the_layout(value)
    subjects = {s["name"]: s["digest"]["sha256"] for s in value["subject"]}
    assert subjects == {
        "certificate": sha256((tmp_path / "c").read_bytes()).hexdigest(),
        "teacher file": "aa" * 32,
        "tree file": "bb" * 32,
        "domain file": "cc" * 32,
        **{
            k: held.hashes[k]
            for k in ("models.json", "weights.bin", "question.json", "domain.json")
        },
    }
    predicate = value["predicate"]
    assert predicate["statement"] == "\n\n".join(
        paragraphs(held, verdict, Digests("aa" * 32, "bb" * 32, "cc" * 32))
    )
    assert predicate["claim"]["disagreements"] == {"lower": "2", "upper": "2"}
    assert predicate["claim"]["error"] == {"lower": "1/4", "upper": "1/4"}
    assert predicate["claim"]["domain_size"] == "8"
    assert predicate["claim"]["counterexamples"][0]["values"] == {"x0": "1", "x1": "0", "x2": "0"}
    assert predicate["checked"] == {
        "cells": {"enumerated": 1},
        "splits": 0,
        "points_enumerated": "8",
        "upheld": 0,
        "largest_bits": 0,  # bounds decide the counterexamples stated
    }
    assert predicate["solvers_trusted"] == [] and predicate["not_trusted"] == {}
    assert predicate["checker"] == VERSIONS


def no_rounding(value):
    """No JSON number that a reader with doubles would change, and no float at all."""
    if isinstance(value, dict):
        return all(map(no_rounding, value.values()))
    if isinstance(value, list):
        return all(map(no_rounding, value))
    return not isinstance(value, float) and not (isinstance(value, int) and abs(value) >= 2**53)


def test_large_numbers_survive_readers_with_doubles(tmp_path):
    domain = bits(70)
    teacher = Network(70, (Affine(0, np.ones((1, 70), np.float32), row(-0.5)),))
    held, verdict = check(tmp_path, Tree((Leaf(1),)), [Open()], teacher=teacher, domain=domain)
    value = json.loads(machine.in_toto(held, verdict))
    assert no_rounding(value)
    assert value["predicate"]["claim"]["domain_size"] == str(2**70)


def test_of_infinitely_many_points_no_number_is_said(tmp_path):
    """The command ended in a traceback: what float32 is not shown at is no number, either."""
    domain = Domain((Continuous("x", Fraction(0), (Run(2, HALF, Fraction(1)),)),))
    teacher = Network(1, (Affine(0, row([1]), row(-0.25)),))
    held, verdict = check(tmp_path, FIRST, [Open()], teacher=teacher, domain=domain)
    value = json.loads(machine.in_toto(held, verdict))
    follows_the_layout(value)
    claim = value["predicate"]["claim"]
    assert claim["domain_size"] == "infinite" and "disagreements" not in claim
    assert claim["error"] == {"lower": "0", "upper": "1"}
    assert claim["float32"]["not_shown"].keys() == {"probability"}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The example of docs/statement.md."""
    monkeypatch.chdir(tmp_path)
    save_onnx(conjunction(), tmp_path / "net.onnx")
    write_tree(tmp_path / "tree.json", AND)
    write_tree(tmp_path / "first.json", FIRST)
    return tmp_path


def test_the_command_prints_the_statement_only(files, call):
    assert call("certify", "net.onnx", "first.json", "-o", "net.certificate")[0] == 1
    code, out, err = call("check", "net.certificate", "--statement")
    held = read_certificate("net.certificate")
    assert (code, err) == (0, "")
    assert out == "\n\n".join(paragraphs(held, check_certificate(held))) + "\n"
    against = ("--against", "net.onnx", "first.json", "bits")
    code, out, err = call("check", "net.certificate", "--statement", "--json", *against)
    assert (code, err) == (0, "") and out.count("\n") == 1
    assert call("check", "net.certificate", "--statement", "--json", *against)[1] == out
    value = json.loads(out)
    follows_the_layout(value)
    subjects = {s["name"]: s["digest"]["sha256"] for s in value["subject"]}
    for role, path in (("teacher file", "net.onnx"), ("tree file", "first.json")):
        assert subjects[role] == sha256(Path(path).read_bytes()).hexdigest()


def test_nothing_is_stated_of_what_is_not_proved(files, call):
    assert call("certify", "net.onnx", "tree.json", "-o", "net.certificate")[0] == 0
    code, out, err = call(
        "check", "net.certificate", "--statement", "--against", "net.onnx", "first.json", "bits"
    )
    assert (code, out) == (1, "") and "another tree" in err
    data = Path("net.certificate").read_bytes()
    Path("net.certificate").write_bytes(data[:-1])
    code, out, err = call("check", "net.certificate", "--statement", "--json")
    assert (code, out) == (3, "") and err.count("\n") == 1


def test_files_that_change_meanwhile_are_noticed(files, call, monkeypatch):
    from verifier.jobs import against

    assert call("certify", "net.onnx", "tree.json", "-o", "net.certificate")[0] == 0

    def compare(*_, **options):
        Path("tree.json").write_bytes(Path("first.json").read_bytes())

    monkeypatch.setattr(against, "compare", compare)
    code, out, err = call(
        "check", "net.certificate", "--statement", "--against", "net.onnx", "tree.json", "bits"
    )
    assert (code, out) == (3, "") and "changed" in err


def plain(text):
    """Digests and versions made equal."""
    return re.sub(r"\b\d+\.\d+\.\d+\b", "V", re.sub("[0-9a-f]{64}", "SHA", text))


def test_the_example_in_the_documentation(files, call):
    text = (Path(__file__).parents[2] / "docs" / "statement.md").read_text()
    blocks = re.findall(r"```(?:console|text|json)\n(.*?)```", text, re.DOTALL)
    commands, words, layout = blocks[:3]
    for line in commands.splitlines():
        program, *arguments = line.removeprefix("$ ").split()
        assert program == "leafproof"
        code, out, _ = call(*arguments)
        assert code == 0
    assert plain(out) == plain(words)
    assert call("check", "net.certificate", "--statement", "--json")[0] == 0
    code, out, _ = call("check", "net.certificate", "--statement", "--json")
    shown = json.loads(layout)
    value = json.loads(out)
    assert shown["_type"] == value["_type"] and shown["predicateType"] == value["predicateType"]
    assert [s["name"] for s in shown["subject"]] == [s["name"] for s in value["subject"]]
    assert list(shown["predicate"]) == list(value["predicate"])
    assert shown["predicate"]["claim"] == value["predicate"]["claim"]
