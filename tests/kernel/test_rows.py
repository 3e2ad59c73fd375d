"""Rows in a certificate: what the kernel finds on them is what brute force finds, one by one."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction as F

import pytest

import verifier as lp
from tests.brute_claims import random_proof, sealed
from tests.brute_intervals import classes, inside
from tests.brute_matters import dump, random_members
from tests.brute_members import matter_of as brute_matter_of
from tests.certificates.matters import file
from tests.ensembles import random_ensemble, random_tree
from tests.every import seeds
from tests.kernel.test_intervals import random_matter
from verifier import second_checker
from verifier.formats.intervals import ready
from verifier.kernel.certificate import check_certificate
from verifier.model.continuous import Continuous
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.proof import Finding, Open
from verifier.model.question import Bound, Matter, differ, truth
from verifier.model.rows import Rows, RowsFound, rows_from
from verifier.reading import container
from verifier.reading.certificate import certificate_of
from verifier.reading.container import unpack
from verifier.reading.rows_bytes import rows_of_bytes
from verifier.writing.certificate import make_certificate
from verifier.writing.rows_bytes import rows_to_bytes

FORMAT = "leafproof-certificate/3"
ORDER = (
    *("domain.json", "models.json", "weights.bin", "question.json", "proof.bin"),
    *("witnesses.json", "rows.bin", "verdict.json"),
)


def written(parts, data):
    """A file of format 3 of these members and the bytes of rows, every hash correct."""
    held = {**parts, "rows.bin": data}
    members = {name: held[name] for name in ORDER}
    hashes = {name: hashlib.sha256(raw).hexdigest() for name, raw in members.items()}
    manifest = {"format": FORMAT, "prover": "by hand", "sha256": hashes}
    return container.pack([*members.items(), ("manifest.json", dump(manifest))])


def random_file(seed):
    """A random matter with rows, its bytes, and on how many of them brute force finds it true."""
    rng = random.Random(seed)
    members = random_members(rng)
    matter = brute_matter_of(members)
    parts = sealed(members, random_proof(rng, matter))
    drawn = rng.choices(list(matter.weights), k=rng.randrange(1, 30))
    counted = Counter(drawn)
    expected = sum(n for point, n in counted.items() if point in matter.answer)
    rows = rows_from(drawn)
    assert sum(rows.times) == len(drawn)
    domain = certificate_of(file(parts)).domain
    return parts, domain, rows, expected


@pytest.mark.parametrize("seed", seeds(range(7000, 7030)))
def test_rows_are_evaluated_exactly(seed):
    parts, domain, rows, expected = random_file(seed)
    data = written(parts, rows_to_bytes(domain, rows))
    c = certificate_of(data)
    assert c.rows == rows and c.format == 3
    verdict = check_certificate(c)
    assert verdict.rows == RowsFound(rows.count, expected)
    # a proof or no proof: what is said of the domain is the same as without the rows
    plain = check_certificate(certificate_of(file(parts)))
    seconds = plain.checked.seconds
    bare = replace(verdict, rows=None, checked=replace(verdict.checked, seconds=seconds))
    assert bare == plain
    try:
        opinion = second_checker.check(data)
    except second_checker.TooLarge:
        return
    assert opinion.rows == (rows.count, expected)


@pytest.mark.parametrize("seed", seeds(range(25)))
def test_rows_of_continuous_variables_are_evaluated_at_their_numbers(seed):
    rng = random.Random(seed)
    matter = random_matter(rng, seed)
    domain = matter.domain
    drawn = []
    for _ in range(12):
        numbers, point = [], []
        for v in domain.variables:
            k = rng.randrange(v.count)
            point.append(k)
            if isinstance(v, Continuous):
                x = inside(rng, v, range(k, k + 1))
                numbers.append(x)
                assert v.piece_of(x) == k
        if domain.possible(tuple(point)):
            drawn.append((tuple(point), tuple(numbers)))
    if not drawn:
        return
    rows = rows_from(*zip(*drawn, strict=True))
    expected = 0
    for (point, numbers), times in zip(rows.held, rows.times, strict=True):
        x, own = domain.encode(point), iter(numbers)
        for v, at in zip(domain.variables, domain.offsets, strict=True):
            if isinstance(v, Continuous):
                x[at] = next(own)
        expected += times * bool(truth(matter.question, classes(matter, x)))
    data, _, verdict = make_certificate(matter, Finding((Open(),), ()), "by hand", rows=rows)
    assert verdict.rows == RowsFound(len(drawn), expected)
    assert certificate_of(data).rows == rows
    opinion = second_checker.check(data)
    assert opinion.rows == (len(drawn), expected)
    changed_numbers(rng, data, rows_to_bytes(domain, rows))


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_ensembles_are_evaluated_at_rows_as_at_their_numbers(seed):
    """On the thresholds of their tests, right beside these, and anywhere else."""
    rng = random.Random(seed)
    model = random_ensemble(rng, rng.choice(("float64", "float32", "exact")), columns=3)
    student = random_tree(rng, 3, model.classes)
    parts = (lp.Domain.continuous("a", -3, 3), lp.Domain.continuous("b", F(-1, 3), 2))
    domain = lp.Domain.product(*parts, lp.Domain.ordinal("c", [-2, 0, 1]))
    domain = ready(domain, [(model, range(3)), (student, range(3))], pieces=2)
    matter = Matter(
        domain, (Bound("m", model, (0, 1, 2)), Bound("t", student, (0, 1, 2))), differ()
    )
    drawn, expected = [], 0
    for _ in range(40):
        numbers = []
        for v in domain.variables[:2]:
            at = v.cut(rng.randrange(v.count + 1))
            x = at + rng.choice((0, 0, F(1, 10**20), F(-1, 10**20), F(rng.randrange(-99, 99), 70)))
            numbers.append(x if v.first < x <= v.last else v.last)
        places = [v.piece_of(x) for v, x in zip(domain.variables, numbers, strict=False)]
        last = rng.randrange(3)
        drawn.append(((*places, last), tuple(numbers)))
        row = [*numbers, domain.variables[2].row(last)[0]]
        expected += model.class_at(row) != student.class_at(row)
    rows = rows_from(*zip(*drawn, strict=True))
    data, _, verdict = make_certificate(matter, Finding((Open(),), ()), "by hand", rows=rows)
    assert verdict.rows == RowsFound(40, expected)
    assert second_checker.check(data).rows == (40, expected)


def changed_numbers(rng, data, whole):
    """Every change of a byte of the rows: both checkers refuse it, or both find the same."""
    parts = unpack(data)
    for _ in range(6):
        own = bytearray(whole)
        own[rng.randrange(len(own))] ^= 1 << rng.randrange(8)
        made = written({k: v for k, v in parts.items() if k in ORDER}, bytes(own))
        try:
            found = check_certificate(certificate_of(made)).rows
        except LeafproofError:
            with pytest.raises(LeafproofError):
                second_checker.check(made)
            continue
        assert second_checker.check(made).rows == (found.rows, found.true)


@pytest.mark.parametrize("seed", range(7000, 7010))
def test_changed_rows_are_refused_or_found_otherwise(seed):
    """Every change of a byte: malformed, no rows of the domain, or other rows, counted rightly."""
    parts, domain, rows, _ = random_file(seed)
    whole = rows_to_bytes(domain, rows)
    rng = random.Random(seed)
    for _ in range(12):
        data = bytearray(whole)
        at = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at]
            case _:
                data.insert(at, rng.randrange(256))
        if bytes(data) == whole:
            continue
        made = written(parts, bytes(data))
        try:
            c = certificate_of(made)
            found = check_certificate(c).rows
        except (CertificateError, InvalidProof):
            with pytest.raises(LeafproofError):
                second_checker.check(made)
            continue
        assert c.rows is not None and c.rows != rows and found is not None
        assert rows_to_bytes(domain, c.rows) == bytes(data)  # one way to write them
        matter = brute_matter_of(parts)
        held = zip(c.rows.points, c.rows.times, strict=True)
        assert found.true == sum(n for p, n in held if p in matter.answer)


@pytest.mark.parametrize("at", [0, 1])
def test_numbers_of_too_many_digits_are_refused(at):
    """How often a row occurs, and a value: before anybody writes them out."""
    parts, domain, *_ = random_file(7001)

    def long(size):
        row = [b"\1", *[b"\0"] * len(domain.variables)]
        row[at] = b"\x80" * (size - 1) + b"\1"
        return written(parts, b"\1" + b"".join(row))

    assert certificate_of(long(2048)).rows is not None
    with pytest.raises(CertificateError, match=r"^rows\.bin: unfinished integer at offset"):
        certificate_of(long(2049))


def test_a_stop_does_not_end_what_takes_a_moment():
    parts, domain, rows, expected = random_file(7001)
    c = certificate_of(written(parts, rows_to_bytes(domain, rows)))
    verdict = check_certificate(c, stop=lambda: True)
    assert verdict.checked.cut is not None
    assert verdict.rows == RowsFound(rows.count, expected)


def test_rows_are_hashed():
    parts, domain, rows, _ = random_file(7001)
    data = written(parts, rows_to_bytes(domain, rows))
    other = Rows(rows.points, (rows.times[0] + 1, *rows.times[1:]))
    changed = {**unpack(data), "rows.bin": rows_to_bytes(domain, other)}
    with pytest.raises(CertificateError, match=r"rows.bin does not have the SHA-256"):
        certificate_of(container.pack(changed.items()))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x00", "at least one point"),
        (b"", "ends in the middle"),
        (b"\x01\x01\x00", "ends in the middle"),
        (b"\x01\x00\x00\x00", "less than once"),
        (b"\x02\x01\x00\x01\x01\x00\x01", "increasing order"),
        (b"\x01\x01\x00\x01\x00", "more after"),
        (b"\x01\x01\x80\x00\x00", "leading zeros"),
        (b"\x01\x01\x80", "unfinished"),
    ],
)
def test_bytes_that_are_no_rows(data, message):
    with pytest.raises(LeafproofError, match=message):
        rows_of_bytes(bits(2), data)


def test_numbers_that_are_no_reduced_fractions_or_outside():
    domain = lp.Domain.continuous("x", 0, 1)
    assert rows_of_bytes(domain, b"\x01\x01\x02\x02").numbers == ((F(1, 2),),)
    for data, message in [
        (b"\x01\x01\x04\x04", "reduced"),
        (b"\x01\x01\x02\x00", "reduced"),
        (b"\x01\x01\x00\x01", "lacks it"),
        (b"\x01\x01\x03\x01", "lacks it"),
    ]:
        with pytest.raises(CertificateError, match=message):
            rows_of_bytes(domain, data)
