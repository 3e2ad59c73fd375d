"""The certificate file: deterministic, self-contained, and refused when anything is off."""

from __future__ import annotations

import io
import json
import zipfile
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.brute import truth
from tests.provers.cases import random_domain, random_teacher, random_tree
from tests.saved import save_certificate
from verifier.formats.variables import ordinal
from verifier.kernel.certificate import check_certificate
from verifier.model import network
from verifier.model.domain import Domain, bits
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.proof import (
    Constant,
    Enumerated,
    Finding,
    Open,
    Split,
    Tail,
    Trusted,
    check_shape,
    steps,
)
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive
from verifier.reading.certificate import pack, read_certificate
from verifier.reading.proof_bytes import decode
from verifier.writing.proof_bytes import encode

NODES = (
    Split(0, 1),
    Split(3, 1 << 200),
    Constant(0),
    Constant(1000),
    Enumerated(),
    Tail(1, Fraction(1, 3)),
    Open(),
    Trusted(0, "z3 4.13"),
    Trusted(1, "äther"),
    Split(100_000, 2**70 - 1),
)

SHAPES = (
    *(Split(0, 1), Split(0, 3), Split(0, 4), Split(0, 7), Split(0, 0), Split(0, 8)),
    *(Split(1, 1), Split(1, 2), Split(2, 1), Open(), Open(), Open()),
)


def small():
    """Network x0 > 0 over 3 bits, its tree, and a proof."""
    weight = np.array([[1.0, 0.0, 0.0]], np.float32)
    teacher = Network(3, (Affine(0, weight, np.array([-0.5], np.float32)),), ("a note",))
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    return bits(3), teacher, tree, Finding((Split(0, 1), Constant(0), Constant(1)))


def write(path, finding=None):
    domain, teacher, tree, default = small()
    return save_certificate(path, matter_of(domain, teacher, tree), finding or default, "by hand")


def test_proofs_survive_the_bytes():
    assert decode(encode(NODES)) == NODES
    assert decode(encode(())) == ()


@pytest.mark.parametrize("cut", range(1, len(encode(NODES))))
def test_cut_proofs_are_refused_or_shorter(cut):
    data = encode(NODES)[:-cut]
    try:
        assert decode(data) == NODES[: len(decode(data))]
    except CertificateError as error:
        assert "proof.bin" in str(error)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "middle of a node"),
        (b"\x00\x06", "unknown step 6"),
        (b"\x00\x0a", "unknown step 2"),
        (b"\x00\x80\x00", "leading zeros"),
        (b"\x00" + b"\xff" * 3000, "unfinished integer"),
        (b"\x00\x03\x02\x01", "not a probability"),
        (b"\x00\x03\x02\x04", "not a probability"),
        (b"\x00\x05\x00", "unknown solver"),
        (b"\x01\x02\xff\xff", "not UTF-8"),
        (b"\x01\x05ab", "missing, too long"),
        (b"\x01\x01a\x01", "not those of its steps"),
    ],
)
def test_malformed_proof_bytes_are_refused(data, message):
    with pytest.raises(CertificateError, match=message):
        decode(data)


def test_what_is_saved_is_read_back(tmp_path):
    saved, verdict = write(tmp_path / "a")
    assert verdict.verdict == "equivalent" and verdict.disagreements == (0, 0)
    read = read_certificate(tmp_path / "a")
    assert read.claim["answer"] == "nowhere" and read.prover == "by hand"
    assert read.sha256 == saved.sha256 and read.hashes == saved.hashes
    assert read.teacher.notes == ("a note",)
    assert read.domain == bits(3) and read.proof == saved.proof
    assert check_certificate(read).verdict == "equivalent"


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("seed", range(12))
def test_random_certificates_hold(seed, tmp_path):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200)
    teacher = random_teacher(rng, domain.columns)
    tree = random_tree(rng, domain, teacher.classes)
    finding = exhaustive.prove(domain, teacher, tree)
    save_certificate(tmp_path / "c", matter_of(domain, teacher, tree), finding, "exhaustive")
    verdict = check_certificate(read_certificate(tmp_path / "c"))
    facts = truth(domain, teacher, tree)
    assert verdict.disagreements == (len(facts.wrong), len(facts.wrong))
    assert verdict.error == (facts.error, facts.error)


def test_an_invalid_proof_writes_nothing(tmp_path):
    with pytest.raises(InvalidProof, match="step 1 claims class 1"):
        write(tmp_path / "a", Finding((Split(0, 1), Constant(1), Constant(1))))
    assert not list(tmp_path.iterdir())


def test_an_unwritable_place_is_one_line(tmp_path):
    with pytest.raises(LeafproofError, match="cannot write"):
        write(tmp_path / "no" / "such" / "folder")


def test_every_flipped_bit_is_noticed(tmp_path):
    """No single flipped bit of a small certificate is read as the same certificate."""
    write(tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    bad = tmp_path / "b"
    for at in range(len(data)):
        bad.write_bytes(data[:at] + bytes((data[at] ^ 1 << at % 8,)) + data[at + 1 :])
        with pytest.raises(CertificateError):
            read_certificate(bad)


def repacked(tmp_path, change, compression=zipfile.ZIP_STORED):
    """A certificate whose parts were changed by someone who recomputed every hash."""
    write(tmp_path / "a")
    with zipfile.ZipFile(tmp_path / "a") as held:
        parts = {name: held.read(name) for name in held.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    parts = change(parts) or parts
    if compression == zipfile.ZIP_STORED:
        (tmp_path / "b").write_bytes(pack(parts, manifest["prover"]))
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as out:
            for name, data in parts.items():
                out.writestr(name, data)
        (tmp_path / "b").write_bytes(buffer.getvalue())
    return tmp_path / "b"


def set_part(name, data):
    def change(parts):
        parts[name] = data if isinstance(data, bytes) else data(parts[name])

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_part("proof.bin", encode((Constant(0),), 2)), "step 1 claims class 0"),
        (set_part("proof.bin", encode((Open(),), 2)), "states answer"),
        (set_part("proof.bin", encode((Enumerated(),), 2)), "states steps"),
        (set_part("witnesses.json", b"[[0, 0, 0]]"), "teacher and tree agree"),
        (set_part("witnesses.json", b"[[0, 0, 7]]"), "not a point"),
        (
            set_part("verdict.json", lambda v: v.replace(b'"upper": 0', b'"upper": 1')),
            "states points",
        ),
        (
            set_part("models.json", lambda t: t.replace(b'"class": 1', b'"class": 0')),
            "states answer",
        ),
        (set_part("weights.bin", lambda w: w[:3] + b"\xbf" + w[4:]), "step 2 claims"),
    ],
)
def test_false_claims_are_invalid(change, message, tmp_path):
    path = repacked(tmp_path, change)
    with pytest.raises(InvalidProof, match=message):
        check_certificate(read_certificate(path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_part("proof.bin", encode((Split(0, 1), Open()), 2)), None),
        (set_part("weights.bin", lambda w: w[:-1]), "ends at offset 15"),
        (set_part("weights.bin", lambda w: w + b"\x00"), "offset 16: 1 bytes more"),
        (set_part("weights.bin", b"\x00\x00\xc0\x7f" * 4), "NaN or infinite"),
        (set_part("models.json", b"{}"), "is this a models file"),
        (
            set_part("models.json", lambda t: t.replace(b'"columns"', b'"rows"')),
            "must hold columns",
        ),
        (set_part("models.json", lambda t: t.replace(b"affine", b"exotic")), "no known kind"),
        (set_part("models.json", lambda t: t.replace(b"float32", b"float16")), "type or shape"),
        (set_part("models.json", lambda t: t.replace(b"[1, 3]", b"[1, 300]")), "has 1200 bytes"),
        (
            set_part("models.json", lambda t: t.replace(b"[1, 3]", b"[1099511627, 1099511627]")),
            "weights.bin: ends at",
        ),
        (set_part("domain.json", b"["), "is not a usable certificate"),
        (set_part("models.json", b"[1]"), "is not a usable certificate"),
        (set_part("witnesses.json", b"{}"), "not a list of points"),
        (
            lambda parts: {k: v for k, v in parts.items() if k != "models.json"},
            "models.json is missing",
        ),
    ],
)
def test_malformed_parts_are_refused(change, message, tmp_path):
    path = repacked(tmp_path, change)
    with pytest.raises(CertificateError, match=message) as caught:
        check_certificate(read_certificate(path))
    assert "\n" not in str(caught.value)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x"
    for data in (b"", b"PK", b"hello", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(data)
        with pytest.raises(CertificateError):
            read_certificate(path)
    with pytest.raises(CertificateError, match="cannot read"):
        read_certificate(tmp_path / "missing")


def test_a_zip_bomb_is_refused_unread(tmp_path):
    path = repacked(
        tmp_path, set_part("weights.bin", bytes(50_000_000)), compression=zipfile.ZIP_DEFLATED
    )
    assert path.stat().st_size < 100_000
    with pytest.raises(CertificateError, match="compressed"):
        read_certificate(path)


def in_format(tmp_path, stated, change=lambda parts: None):
    """A certificate that says it has another format; ``change`` may give it other parts."""
    write(tmp_path / "a")
    with zipfile.ZipFile(tmp_path / "a") as held:
        parts = {name: held.read(name) for name in held.namelist()}
    manifest = json.loads(parts["manifest.json"])
    parts["manifest.json"] = json.dumps(manifest | {"format": stated}).encode()
    change(parts)
    with zipfile.ZipFile(tmp_path / "b", "w") as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return tmp_path / "b"


@pytest.mark.parametrize("parts", ["the same", "more", "fewer"])
@pytest.mark.parametrize(
    "stated", ["leafproof-certificate/0", "leafproof-certificate/4", "leafproof-certificate/10"]
)
def test_another_format_is_refused_with_what_to_do(stated, parts, tmp_path):
    """Also where the parts of that format are others."""

    def change(held):
        if parts == "more":
            held["hints.bin"] = b"1"
        elif parts == "fewer":
            del held["proof.bin"], held["verdict.json"]

    path = in_format(tmp_path, stated, change)
    with pytest.raises(CertificateError) as caught:
        read_certificate(path)
    assert str(caught.value).partition(" is not a usable certificate: ")[2] == (
        f'manifest.json: its format is "{stated}", but this Leafproof reads '
        "leafproof-certificate/1, leafproof-certificate/2, leafproof-certificate/3: use the "
        "Leafproof that wrote it, or a newer one"
    )


@pytest.mark.parametrize("stated", [None, 1, ["leafproof-certificate/1"], {}])
def test_a_file_without_a_format_is_refused(stated, tmp_path):
    with pytest.raises(CertificateError, match=r"manifest\.json does not state a format"):
        read_certificate(in_format(tmp_path, stated))


def test_a_hostile_format_is_one_printable_line(tmp_path):
    with pytest.raises(CertificateError) as caught:
        read_certificate(in_format(tmp_path, "\x1b[31m\n\u202e" + "9" * 10_000))
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_trust_can_be_withdrawn(tmp_path):
    rng = np.random.default_rng(3)
    hidden = rng.normal(size=(20, 14)).astype(np.float32)
    from verifier.model.network import Relu

    teacher = Network(
        14,
        (
            Affine(0, hidden, np.zeros(20, np.float32)),
            Relu(1),
            Affine(2, -np.ones((1, 20), np.float32), np.array([25.0], np.float32)),
        ),
    )
    finding = Finding((Trusted(0, "z3 4.13"),))
    matter = matter_of(bits(14), teacher, Tree((Leaf(0),)))
    save_certificate(tmp_path / "t", matter, finding, "oracle")
    held = read_certificate(tmp_path / "t")
    assert check_certificate(held, trust=["z3"]).trusted == {"z3 4.13": 1}
    assert check_certificate(held).verdict == "undecided"


def test_ten_thousand_variables(tmp_path):
    """3^10000 points: more digits than Python turns into text by itself."""
    domain = Domain(tuple(ordinal(f"v{i}", (0, 1, 2)) for i in range(10_000)))
    weight = np.zeros((1, 10_000), np.float32)
    weight[0, 7] = 1
    teacher = Network(10_000, (Affine(0, weight, np.array([-1.5], np.float32)),))
    tree = Tree((Inner(7, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    finding = Finding((Split(7, 3), Constant(0), Constant(1)))
    save_certificate(tmp_path / "c", matter_of(domain, teacher, tree), finding, "by hand")
    held = read_certificate(tmp_path / "c")
    verdict = check_certificate(held)
    assert verdict.verdict == "equivalent" and verdict.domain_size == 3**10_000
    assert len(held.claim["domain_size"]) == 4772


@given(st.lists(st.sampled_from(SHAPES), max_size=7))
def test_the_shape_is_refused_where_the_steps_are(nodes):
    """``check_shape`` says what running through the steps would say, in the same words."""

    def complaint(check):
        try:
            check()
        except CertificateError as error:
            return str(error)
        return ""

    domain = Domain((ordinal("a", (0, 1, 2)), ordinal("b", (0, 1))))
    walked = complaint(lambda: list(steps(domain, nodes)))
    assert complaint(lambda: check_shape(domain, nodes)) == walked


def test_a_teacher_too_wide_for_the_kernel_is_named(tmp_path, monkeypatch):
    path = tmp_path / "c"
    write(path)
    monkeypatch.setattr(network, "WIDEST", 0)
    with pytest.raises(CertificateError, match=r"models\.json: the teacher has 1 logit"):
        read_certificate(path)
