"""A proof that is checked in sections gives what it gives at one go; others are refused."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kernel.test_random_questions import made
from verifier.kernel import stopping
from verifier.kernel.checker import check_section, prepared, verify
from verifier.kernel.sections import Section
from verifier.kernel.stopping import CheckStopped
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.proof import Constant, Open, Split
from verifier.provers.cluster import cutting
from verifier.reading.certificate import read_certificate
from verifier.writing import sections as groups

FILES = sorted((Path(__file__).parents[1] / "certificates").glob("*valid/*.certificate"))[::2]
SEEDS = range(5000, 5016)


def cut(c, proof, size, monkeypatch):
    monkeypatch.setattr(cutting, "TOGETHER", size)
    monkeypatch.setattr(groups, "TOGETHER", size)
    monkeypatch.setattr(cutting, "LONGEST", size)
    return list(cutting.sections(c.domain, proof, 1))


def checked(c, proof, held, **options):
    """What the kernel makes of some sections that it has checked."""
    return verify(c.matter, proof, c.counterexamples, elsewhere=lambda found: held, **options)


def by_sections(c, proof, size, monkeypatch, **options):
    """The same, of sections of some Steps each, through bytes as between machines."""
    own = {"trust": options.get("trust", ()), "lenient": options.get("lenient", False)}
    asked = prepared(c.matter)

    def elsewhere(found):
        for section in cut(c, proof, size, monkeypatch):
            sent = pickle.loads(pickle.dumps(section))
            yield pickle.loads(pickle.dumps(check_section(asked, sent, found, **own)))

    return verify(c.matter, proof, c.counterexamples, elsewhere=elsewhere, **options)


def outcome(call):
    """What it finds, without the time it took and the order of what is open; or what it raises."""
    try:
        found = call()
    except (InvalidProof, CertificateError) as error:
        return type(error), str(error), getattr(error, "refused", ())
    held = [found, *([found.if_all_right] if found.if_all_right else [])]
    cells = sorted(map(repr, found.checked.left))
    return [
        replace(x, if_all_right=None, checked=replace(x.checked, seconds=0.0)) for x in held
    ], cells


def test_every_old_certificate_gives_the_same_in_sections(monkeypatch):
    seen = 0
    for number, path in enumerate(FILES):
        try:
            c = read_certificate(path)
        except CertificateError:
            continue
        whole = outcome(lambda c=c: verify(c.matter, c.proof, c.counterexamples))
        size = (1, 2, 5)[number % 3]
        parted = outcome(lambda c=c, n=size: by_sections(c, c.proof, n, monkeypatch))
        assert parted == whole, path
        seen += len(c.proof) > size
    assert seen > 20


@pytest.mark.parametrize("lenient", [False, True])
def test_random_proofs_give_the_same_in_sections(lenient, monkeypatch):
    """True ones, and such where a step claims too much."""
    kinds = set()
    for seed in SEEDS:
        _, _, c = made(seed)
        rng = random.Random(seed)
        proof = list(c.proof)
        at = [i for i, x in enumerate(proof) if isinstance(x, Constant)]
        if at and seed % 2:
            i = rng.choice(at)
            proof[i] = replace(proof[i], klass=1 - min(1, proof[i].klass))
        options = {"lenient": lenient, "trust": ("z3",) if seed % 3 == 0 else ()}
        whole = outcome(lambda c=c, p=proof, o=options: verify(c.matter, p, c.counterexamples, **o))
        size = 1 + seed % 4
        parted = outcome(
            lambda c=c, p=proof, o=options, n=size: by_sections(c, p, n, monkeypatch, **o)
        )
        assert parted == whole, seed
        kinds.add(type(whole[0]))
    assert len(kinds) == 1 + (not lenient)


def sectioned(monkeypatch):
    """A certificate of many steps with its sections, checked."""
    for seed in range(5000, 5400):
        _, _, c = made(seed)
        if len(c.proof) > 8 and not c.matter.is_test:
            asked = prepared(c.matter)
            parts = cut(c, c.proof, 1, monkeypatch)
            return c, parts, [check_section(asked, x, {}) for x in parts]
    raise AssertionError("no proof is long enough")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: x[1:],
        lambda x: x[:-1],
        lambda x: [],
        lambda x: [x[0], *x],
        lambda x: [*x, x[-1]],
        lambda x: [x[1], x[0], *x[2:]],
        lambda x: [*x[:2], *x[3:]],
        lambda x: [*x[:2], x[1], *x[3:]],
        lambda x: [replace(x[0], rest=()), *x[1:]],
        lambda x: [replace(x[0], rest=x[0].rest[:-1]), *x[1:]],
        lambda x: [x[0], replace(x[1], before=x[0].before), *x[2:]],
    ],
)
def test_sections_that_are_not_those_of_one_proof_are_refused(spoil, monkeypatch):
    c, _, held = sectioned(monkeypatch)
    assert checked(c, c.proof, held).disagreements == verify(c.matter, c.proof).disagreements
    with pytest.raises(LeafproofError, match=r"section|cells missing"):
        checked(c, c.proof, spoil(held))


def test_a_section_cannot_claim_another_cell(monkeypatch):
    """Who cuts a proof is not trusted: a section that was handed too small a cell does not fit."""
    c, parts, held = sectioned(monkeypatch)
    asked = prepared(c.matter)
    at, smaller, depth = next(smaller_cells(parts))
    wrong = replace(parts[at], stack=(*parts[at].stack[:-1], (smaller, depth)))
    spoilt = [*held[:at], check_section(asked, wrong, {}), *held[at + 1 :]]
    with pytest.raises(InvalidProof, match="does not begin where the one before it ended"):
        checked(c, c.proof, spoilt)


def smaller_cells(parts):
    """Sections that begin with a Step, by their places, with half of its cell, and its depth."""
    for at, section in enumerate(parts):
        cell, depth = section.stack[-1]
        if isinstance(next(iter(section.nodes)), Split):
            continue
        for i, part in enumerate(cell.parts):
            if isinstance(part, int) and part.bit_count() > 1:
                yield at, cell.split(i, part & -part)[0], depth
            elif isinstance(part, range) and len(part) > 1:
                yield at, cell.split(i, part.start)[0], depth


def test_a_check_in_sections_that_is_stopped_leaves_the_rest_open(monkeypatch):
    c, _, held = sectioned(monkeypatch)
    given = []

    def some(found):
        for x in held:
            given.append(x)
            yield x

    half = len(held) // 2
    verdict = verify(
        c.matter, c.proof, c.counterexamples, elsewhere=some, stop=lambda: len(given) > half
    )
    cut_at = verdict.checked.cut
    assert cut_at is not None and 0 < cut_at.nodes < len(c.proof) and cut_at.missing > 0
    low, high = verify(c.matter, c.proof, c.counterexamples).error
    assert verdict.error[0] <= low and high <= verdict.error[1]
    rest = (*c.proof[: cut_at.nodes], *[Open()] * cut_at.missing)
    again = verify(c.matter, rest, c.counterexamples)
    assert again.error == verdict.error


def ended_early(c, proof, seconds=0.0, **own):
    """The sections of a proof, each ended as soon as it can be, with the next one at its end."""
    asked, nodes = prepared(c.matter), iter(proof)

    def elsewhere(found):
        at = Section(nodes, ((full_cell(c.domain), 0),), (0, 0))
        while at.before[0] < len(proof):
            held = check_section(asked, at, found, seconds=seconds, **own)
            assert held.fault is not None or held.after > at.before
            yield held
            at = Section(nodes, held.rest, held.after)

    return elsewhere


def test_sections_that_end_by_the_clock_give_the_same():
    """True proofs and false ones; what is ended at once is ended after every group of Steps."""
    lengths = []
    for seed in SEEDS:
        _, _, c = made(seed)
        proof = list(c.proof)
        at = [i for i, x in enumerate(proof) if isinstance(x, Constant)]
        if at and seed % 2:
            i = random.Random(seed).choice(at)
            proof[i] = replace(proof[i], klass=1 - min(1, proof[i].klass))
        own = {"lenient": seed % 3 == 0, "trust": ("z3",) if seed % 4 == 0 else ()}
        whole = outcome(lambda c=c, p=proof, o=own: verify(c.matter, p, c.counterexamples, **o))

        def parted(c=c, p=proof, o=own):
            held = ended_early(c, p, **o)
            return verify(c.matter, p, c.counterexamples, elsewhere=held, **o)

        assert outcome(parted) == whole, seed
        lengths.append(sum(1 for _ in ended_early(c, proof, **own)({})))
    assert max(lengths) > 3


def test_a_section_that_is_stopped_tells_what_stands(monkeypatch):
    """It ends where the last copy was kept; nothing at all is nothing to tell."""
    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    ended = 0
    for seed in range(5000, 5030):
        _, _, c = made(seed)
        if len(c.proof) < 6 or c.matter.is_test:
            continue
        asked, whole = prepared(c.matter), verify(c.matter, c.proof)
        begun = Section(c.proof, ((full_cell(c.domain), 0),), (0, 0))
        with pytest.raises(CheckStopped):
            polled = prepared(c.matter, stop=lambda: True)
            check_section(polled, begun, {}, stop=lambda: True)
        looks = []
        after = random.Random(seed).randrange(2, 12)
        stop = lambda n=after, seen=looks: seen.append(1) or len(seen) > n  # noqa: E731
        try:
            held = check_section(prepared(c.matter, stop=stop), begun, {}, stop=stop)
        except CheckStopped:
            continue
        ended += held.after[0] < len(c.proof)
        rest = Section(c.proof[held.after[0] :], held.rest, held.after)
        both = [held, check_section(asked, rest, {})]
        found = verify(c.matter, c.proof, elsewhere=lambda _, b=both: b)
        assert (found.error, found.disagreements) == (whole.error, whole.disagreements)
    assert ended > 0
