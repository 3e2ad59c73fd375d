"""A long proof that the kernel's helpers check in sections gives what it gives at one go."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import chain, count

import numpy as np
import pytest

from tests.brute import truth
from tests.kernel.test_checker import random_proof
from tests.kernel.test_random_questions import made
from tests.kernel.test_sections import outcome
from tests.provers.cases import random_teacher, random_tree
from verifier.kernel import checker
from verifier.kernel.checker import Piece, verify
from verifier.kernel.helpers import Helpers
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, TooMuch
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, Trusted, Walk, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.reading.encoded import EncodedProof
from verifier.writing import falling, threads
from verifier.writing import sections as own
from verifier.writing.certificate import make_certificate
from verifier.writing.falling import Fallback, Falling
from verifier.writing.proof_bytes import encode
from verifier.writing.sections import in_sections, sections, suits

SEEDS = range(6000, 6024)


@pytest.fixture(scope="module")
def two():
    """Helpers for all tests that leave them alive."""
    with Helpers(2) as held:
        yield held


@pytest.fixture
def small(monkeypatch):
    """Sections of one group of Steps, and groups that are small."""
    for name in ("FEWEST", "BEFORE", "MOST", "TOGETHER"):
        monkeypatch.setattr(own, name, 3)


def in_bytes(c, nodes):
    """The certificate with these nodes for its proof, in bytes."""
    data = encode(tuple(nodes), len(c.models))
    opens = any(isinstance(x, Open) for x in nodes)
    proof = EncodedProof(data, len(c.models), c.domain.columns, len(nodes), opens=opens)
    return replace(c, proof=proof)


def helped(c, crew, *, stop=None, keep_left=checker.EVERY, **options):
    """The verdict on it, where helpers check the sections."""
    terms = partial(
        Piece,
        trust=frozenset(options.get("trust", ())),
        lenient=options.get("lenient", False),
        keep_left=keep_left,
    )
    elsewhere = in_sections(c, crew, terms, stop, limited=options.get("limited", True))
    return verify(
        c.matter,
        c.proof,
        c.counterexamples,
        elsewhere=elsewhere,
        stop=stop,
        keep_left=keep_left,
        **options,
    )


def changed(seed, c):
    """The proof's nodes; of every other one some step claims another class."""
    nodes, rng = list(c.proof), random.Random(seed)
    at = [i for i, x in enumerate(nodes) if isinstance(x, Constant)]
    if at and seed % 2:
        i = rng.choice(at)
        nodes[i] = replace(nodes[i], klass=1 - min(1, nodes[i].klass))
    return nodes


@pytest.mark.parametrize("lenient", [False, True])
def test_random_proofs_give_the_same_in_helpers(lenient, two, small):
    """True ones and false ones, with solvers' words, about several models."""
    kinds, many = set(), 0
    for seed in SEEDS:
        _, _, c = made(seed)
        if c.matter.is_test:
            continue
        c = in_bytes(c, changed(seed, c))
        options = {"lenient": lenient, "trust": ("z3",) if seed % 3 == 0 else ()}
        whole = outcome(lambda c=c, o=options: verify(c.matter, c.proof, c.counterexamples, **o))
        parted = outcome(lambda c=c, o=options: helped(c, two, **o))
        assert parted == whole, seed
        kinds.add(type(whole[0]))
        many += len(c.proof) > 6
    assert len(kinds) == 1 + (not lenient) and many > 5


def test_sections_are_consecutive_nodes_with_the_cells_before_them(monkeypatch):
    """As a walk through the whole proof would have them; solvers keep their numbers."""
    monkeypatch.setattr(own, "TOGETHER", 1)
    named = 0
    for seed in SEEDS:
        _, _, c = made(seed)
        proof, rng = in_bytes(c, list(c.proof)).proof, random.Random(seed)
        parts = list(sections(c.domain, proof, lambda *_, rng=rng: rng.randint(1, 4)))
        assert list(chain.from_iterable(x.nodes for x in parts)) == list(c.proof)
        walk = Walk([(full_cell(c.domain), 0)])
        for part in parts:
            assert part.stack == tuple(walk.stack) and part.before == (walk.nodes, walk.count)
            for _ in walk.through(part.nodes, whole=False):
                pass
        walk.check_ended()
        named += any(isinstance(x, Trusted) for x in c.proof)
    assert named


def test_sections_go_on_where_others_ended(two, small):
    matter, proof, _ = long_case()
    c = replace(certificate_of(matter, proof), counterexamples=())
    terms = partial(Piece, trust=frozenset(), lenient=False)
    every = list(in_sections(c, two, terms, None, limited=True)({}))
    assert len(every) > 6
    for at in (1, 5):
        held = every[at]
        rest = in_sections(c, two, terms, None, limited=True, stack=held.stack, before=held.before)
        parts = [*every[:at], *rest({})]
        assert (
            verify(matter, proof, elsewhere=lambda found, x=parts: x).error
            == verify(matter, proof).error
        )


@pytest.mark.parametrize("spoil", [lambda x: x[:-1], lambda x: [*x, *x], lambda x: [*x, Open()]])
def test_what_is_no_proof_is_refused_as_at_one_go(spoil, two, small):
    _, _, c = next(x for x in map(made, SEEDS) if len(x[2].proof) > 8 and not x[2].matter.is_test)
    c = in_bytes(c, spoil(list(c.proof)))
    messages = []
    for call in (lambda: verify(c.matter, c.proof), lambda: helped(c, two)):
        with pytest.raises(CertificateError) as raised:
            call()
        messages.append(str(raised.value))
    assert messages[0] == messages[1]


@cache
def long_case():
    """A network with a proof of many small cells, and what is true of it."""
    for seed in count():
        rng = np.random.default_rng(seed)
        domain = bits(8)
        teacher = random_teacher(rng, domain.columns, 1.0)
        tree = random_tree(rng, domain, teacher.classes)
        facts = truth(domain, teacher, tree)
        proof = random_proof(rng, domain, teacher, facts.classes)
        if sum(isinstance(x, Constant) for x in proof) > 20:
            return matter_of(domain, teacher, tree), proof, facts
    raise AssertionError


def certificate_of(matter, proof):
    """What `in_sections` reads of a certificate."""
    _, _, c = made(SEEDS[0])
    data = encode(proof, 2)
    held = EncodedProof(data, 2, matter.domain.columns, len(proof), opens=Open() in proof)
    return replace(
        c, domain=matter.domain, models=matter.models, question=matter.question, proof=held
    )


def test_a_check_that_is_stopped_leaves_the_rest_open(two, small):
    matter, proof, facts = long_case()
    c, seen = replace(certificate_of(matter, proof), counterexamples=()), [0]
    found = helped(c, two, progress=seen.append, stop=lambda: seen[-1] > 6)
    cut = found.checked.cut
    assert cut is not None and 6 < cut.nodes < len(proof) and cut.missing
    low, high = found.disagreements
    assert low <= len(facts.wrong) <= high


def test_open_cells_beyond_those_that_are_kept_are_none(two, small):
    """Whether one section has too many of them, or all have together."""
    matter, proof, _ = long_case()
    opened = tuple(Open() if isinstance(x, Constant) else x for x in proof)
    c = replace(certificate_of(matter, opened), counterexamples=())
    many = len(verify(c.matter, opened).checked.left)
    assert many > 3
    for keep in (0, 1, many - 1, many):
        found = helped(c, two, keep_left=keep)
        plain = verify(c.matter, opened, keep_left=keep)
        assert found.checked.left == plain.checked.left
        assert bool(found.checked.left) == (keep >= many)


def test_the_work_is_counted_over_sections(two, small, monkeypatch):
    matter, proof, _ = long_case()
    c = replace(certificate_of(matter, proof), counterexamples=())
    helped(c, two)
    monkeypatch.setenv("LEAFPROOF_WORK", "1")
    with pytest.raises(TooMuch):
        helped(c, two)
    helped(c, two, limited=False)


def test_what_dead_helpers_do_not_answer_is_found_here(small):
    matter, proof, facts = long_case()
    c = replace(certificate_of(matter, proof), counterexamples=())
    with Helpers(1) as held:
        (process,) = held._every
        process.process.kill()
        process.process.wait()
        assert helped(c, held).disagreements == (len(facts.wrong),) * 2


def test_certificates_of_many_claims_are_checked_in_sections(monkeypatch, small):
    """The bytes are those of a check at one go; of few claims there is none."""
    matter, proof, _ = long_case()
    calls = []

    def watched(*args, **options):
        calls.append(1)
        return in_sections(*args, **options)

    plain = make_certificate(matter, Finding(proof), "by hand")[0]
    monkeypatch.setattr(threads, "in_sections", watched)
    assert make_certificate(matter, Finding(proof), "by hand")[0] == plain and not calls
    monkeypatch.setattr(threads, "WORTH", 4)
    monkeypatch.setattr("verifier.writing.helping.processors", lambda: 2)
    assert make_certificate(matter, Finding(proof), "by hand")[0] == plain and calls


def test_cells_that_are_enumerated_are_more_work_than_others(monkeypatch, small):
    """By as much as sweeping them takes: then helpers are worth starting for fewer cells."""
    matter, proof, _ = long_case()
    monkeypatch.setattr(threads, "WORTH", 4 * sum(not isinstance(x, Split) for x in proof))
    monkeypatch.setattr("verifier.writing.helping.processors", lambda: 2)
    calls = []
    monkeypatch.setattr(threads, "in_sections", lambda *_, **__: calls.append(1))
    for step, sections_used in ((Open(), 0), (Enumerated(), 1)):
        same = [x if isinstance(x, Split) else step for x in proof]
        make_certificate(matter, Finding(same), "by hand")
        assert len(calls) == sections_used


def test_a_brief_check_takes_one_thread(monkeypatch):
    """Not where cells are many, or points to enumerate, nor where networks are wide."""
    matter, proof, _ = long_case()
    claims = [x if isinstance(x, Split) else Open() for x in proof]
    asked, real = [], threads.check_certificate
    monkeypatch.setattr(threads, "processors", lambda: 3)
    monkeypatch.setattr(
        threads, "check_certificate", lambda c, **o: asked.append(o["threads"]) or real(c, **o)
    )

    def taken(nodes):
        data = make_certificate(matter, Finding(nodes), "by hand")[0]
        return asked.pop(), data

    swept = [Enumerated()]
    plain = [taken(nodes) for nodes in (claims, swept)]
    assert [x for x, _ in plain] == [1, 1]
    for place, name, number, expected in (
        (threads, "BRIEF", 1, (3, 3)),
        (threads, "SMALL", 0, (1, 3)),
        (own, "WIDE", 1, (3, 3)),
    ):
        with monkeypatch.context() as other:
            other.setattr(place, name, number)
            again = [taken(nodes) for nodes in (claims, swept)]
            assert again == [(n, data) for n, (_, data) in zip(expected, plain, strict=True)]


def test_wide_networks_are_not_cut(monkeypatch):
    matter, proof, _ = long_case()
    c = certificate_of(matter, proof)
    assert suits(c) and not suits(replace(c, proof=proof))
    monkeypatch.setattr(own, "WIDE", 1)
    assert not suits(c)


@dataclass(frozen=True, eq=False)
class LateOnce(Fallback):
    """One that is late once a check in sections is through with so much work."""

    done: list[tuple[int, int | None]] = field(default_factory=list)
    at: int = 0

    def late(self, going):
        self.done.append((going.units, going.under))
        return going.units - going.under >= self.at


@pytest.mark.parametrize("at", [0, 6, 15])
def test_a_proof_that_falls_is_checked_in_sections_and_told_how_far_that_is(
    at, two, small, monkeypatch
):
    """What is left is a proof, and what was found is what that proves."""
    monkeypatch.setattr(falling, "ASKED", 1)
    matter, proof, facts = long_case()
    c = replace(certificate_of(matter, proof), counterexamples=())
    held = c.proof
    fallback = LateOnce((((Open(),), 1.0),), 1.0, lambda: 0.0, 1.0, 1, at=at)
    timed = Falling(held.data, 2, held.columns, held.size, opens=False, fallback=fallback)
    c = replace(c, proof=timed)
    found = helped(c, two)
    assert timed.fallback is None and timed.opens
    read = tuple(timed)
    assert len(read) == len(timed) and is_open(read)
    assert replace(found, checked=None) == replace(verify(matter, read), checked=None)
    assert found.disagreements[0] <= len(facts.wrong) <= found.disagreements[1]
    fell = fallback.done[-1]
    assert fell[0] - fell[1] >= at and all(0 <= under <= units for units, under in fallback.done)
    whole = sum(map(falling.units, proof))
    assert at == 0 or (fell[1] < whole and sum(map(falling.units, read)) < whole)


def test_sections_grow_with_what_is_measured(monkeypatch):
    clock = iter([10.0, 11.0, 12.0, 13.0])
    monkeypatch.setattr(own.time, "perf_counter", lambda: next(clock))
    proof = EncodedProof(b"", 1, 1, 2_000_000, opens=False)
    pace, given = own._Pace(2, proof), 0
    for more in (1000, 500, 200_000):
        assert pace.size(0, given) == own.BEFORE
        given += more
    assert pace.size(0, given) == own.BEFORE
    done = []
    for _ in range(2):
        pace.enter()
        done.append(pace.done)
    assert done == [1000, 1500]
    assert pace.size(0, given) == own.FEWEST  # 1 s for 500
    pace.enter()
    assert pace.done == 201_500
    assert pace.size(0, given) == own.MOST
    assert pace.size(999_999, given) == own.FEWEST  # so that all end together


def test_a_clock_that_stands_still_tells_nothing(monkeypatch):
    monkeypatch.setattr(own.time, "perf_counter", lambda: 10.0)
    pace = own._Pace(2, EncodedProof(b"", 1, 1, 2_000_000, opens=False))
    for given in (0, 1000, 2000, 3000):
        pace.size(0, given)
    pace.enter()
    pace.enter()
    assert pace.done == 2000
    assert pace.size(0, 4000) == own.MOST


def test_work_is_foreseen_by_what_steps_took(monkeypatch):
    monkeypatch.setattr(own, "SHARE", 2)
    proof = EncodedProof(b"", 1, 1, 1999, opens=False)
    assert own._Pace(1, proof).size(600, 600 * 10) == 400 * 10 // 2


def test_a_split_that_does_not_cut_its_cell_is_refused(monkeypatch):
    monkeypatch.setattr(own, "TOGETHER", 1)
    matter, _, _ = long_case()
    half = (Split(0, 1), Constant(0), Split(0, 2), Constant(0), Constant(0))
    proof = EncodedProof(encode(half, 2), 2, matter.domain.columns, 5, opens=False)
    with pytest.raises(CertificateError):
        list(sections(matter.domain, proof, lambda *_: 2))


def test_nothing_falls_before_the_check_begins(monkeypatch):
    """What looks whether threads are worth it reads the whole proof, and is through with nothing:
    by then any check would seem to be late."""
    domain, network = bits(30), Network(30, (Affine(0, np.zeros((1, 30)), np.ones(1)),))
    proof = (Split(0, 1), Split(1, 1), Constant(1), Constant(1), Constant(1))
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    monkeypatch.setattr(falling, "ASKED", 1)
    monkeypatch.setattr(threads, "SMALL", 0)
    begun, real = [], threads.check_certificate
    monkeypatch.setattr(Fallback, "late", lambda *_: not begun)

    def check(*given, **named):
        begun.append(1)
        return real(*given, **named)

    monkeypatch.setattr(threads, "check_certificate", check)
    fallback = Fallback((((Open(),), 0.0),), 1.0, lambda: 0.0, 1.0, 1)
    _, held, verdict = make_certificate(matter, Finding(proof), "search", fallback=fallback)
    assert begun and tuple(held.proof) == proof and verdict.checked.cells == {"constant": 3}
