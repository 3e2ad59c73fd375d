"""A proof that was mended is checked as if nothing had been: what stands is what did not change."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import pytest

from tests.kernel.test_sections import outcome
from tests.writing.test_sections import certificate_of, long_case
from verifier.jobs import settling
from verifier.jobs.settling import settle
from verifier.jobs.watching import Watch
from verifier.kernel.checker import EVERY, verify
from verifier.kernel.helpers import Helpers
from verifier.model.errors import CertificateError
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, steps
from verifier.provers.mending import evened
from verifier.writing import again
from verifier.writing import sections as cutting
from verifier.writing.again import Memory

GROUP = 3


@pytest.fixture(scope="module")
def two():
    """Helpers for all tests."""
    with Helpers(2) as held:
        yield held


@pytest.fixture
def asked_for(two, monkeypatch):
    """Sections of one small group of Steps; what is listed are the nodes before each that the
    helpers were asked for, from where on."""
    for name in ("FEWEST", "BEFORE", "MOST", "TOGETHER"):
        monkeypatch.setattr(cutting, name, GROUP)
    monkeypatch.setattr(again, "TOGETHER", GROUP)
    starts = []

    def by_helpers(c, terms, stop, *, limited, stack=None, before=(0, 0)):
        sent = cutting.in_sections(c, two, terms, stop, limited=limited, stack=stack, before=before)

        def everywhere(found):
            starts.append(before[0])
            return sent(found)

        return everywhere

    monkeypatch.setattr(again, "by_helpers", by_helpers)
    return starts


def case():
    """A certificate's like, whose proof has many Constants, and no counterexamples."""
    matter, proof, _ = long_case()
    return replace(certificate_of(matter, proof), counterexamples=()), list(proof)


def with_nodes(c, nodes):
    return replace(certificate_of(c.matter, tuple(nodes)), counterexamples=c.counterexamples)


def found_by(memory, c, *, trust=(), lenient=True):
    """What is found of a certificate: by the memory, or plainly."""
    elsewhere = memory and memory.spread(c, frozenset(trust), lenient, None)
    options = {"trust": trust, "lenient": lenient, "elsewhere": elsewhere}
    return outcome(partial(verify, c.matter, c.proof, c.counterexamples, **options))


def constants(nodes):
    return [i for i, x in enumerate(nodes) if isinstance(x, Constant)]


def false_at(nodes, at):
    """The nodes, where one Step says another class."""
    return [*nodes[:at], replace(nodes[at], klass=1 - min(1, nodes[at].klass)), *nodes[at + 1 :]]


def in_place(nodes, at, some):
    return [*nodes[:at], *some, *nodes[at + 1 :]]


@pytest.mark.parametrize("lenient", [False, True])
def test_only_what_was_mended_is_checked_again(lenient, asked_for):
    """Whatever step it was; points that are listed have their new numbers."""
    c, nodes = case()
    count = len([x for x in nodes if not isinstance(x, Split)])
    listed = 0
    for at in constants(nodes):
        memory, wrong = Memory(EVERY), with_nodes(c, false_at(nodes, at))
        assert found_by(memory, wrong, lenient=lenient) == found_by(None, wrong, lenient=lenient)
        asked_for.clear()
        opened = tuple(in_place(nodes, at, [Open()]))
        right = with_nodes(c, evened(c.domain, opened, tuple(nodes), GROUP))
        found = found_by(memory, right, lenient=lenient)
        assert found == found_by(None, right, lenient=lenient)
        listed += len(found[0][0].counterexamples) > 0
        assert not asked_for
        assert 0 < memory.again <= 2 * GROUP < count // 3
    assert listed


def test_mended_twice(asked_for):
    c, nodes = case()
    first, *_, last = constants(nodes)
    memory = Memory(EVERY)
    both = false_at(false_at(nodes, first), last)
    for given in (both, false_at(nodes, last), nodes, nodes):
        held = with_nodes(c, given)
        assert found_by(memory, held) == found_by(None, held)
    assert asked_for == [0] and 2 * GROUP <= memory.again <= 4 * GROUP


@pytest.mark.parametrize("lenient", [False, True])
def test_reports_that_stand_have_the_numbers_that_a_new_check_gives(lenient, asked_for):
    """Those of steps that are refused still, and of points that are true."""
    c, nodes = case()
    first, *_, last = constants(nodes)
    both = false_at(false_at(nodes, first), last)
    opened = in_place(both, first, [Open()])
    (cell,) = [x for x, _, step in steps(c.domain, opened) if isinstance(step, Open)]
    variable = next(i for i, part in enumerate(cell.parts) if part == 3)
    halves = in_place(both, first, [Split(variable, 1), nodes[first], nodes[first]])
    held = with_nodes(c, evened(c.domain, tuple(opened), tuple(halves), GROUP))
    assert len(held.proof) == len(nodes) + 2 * GROUP
    known, new = Memory(EVERY), Memory(EVERY)
    list(known.spread(with_nodes(c, both), frozenset(), lenient, None)({}))
    asked_for.clear()
    every = [list(x.spread(held, frozenset(), lenient, None)({})) for x in (known, new)]
    assert asked_for == [0]  # by the new one
    fresh, seen = {(x.before, x.after): x for x in every[1]}, set()
    assert len(every[0]) > 6
    for report in every[0]:
        other = fresh.get((report.before, report.after))
        if other is None:  # the mended one
            assert report is every[0][0] and report.after[1] == 2 * GROUP
            continue
        for name in ("stack", "rest", "noted", "refused", "complaint", "cells", "leaves"):
            assert getattr(report, name) == getattr(other, name), name
            seen.add(name) if getattr(report, name) else None
    assert {"noted", "refused", "complaint"} <= seen


def edits(nodes, rng):
    """Some change of a proof's nodes, for better or worse."""
    at, (kind,) = rng.randrange(len(nodes)), rng.choices(range(7), (8, 4, 2, 4, 1, 1, 1))
    if kind == 0:
        return false_at(nodes, rng.choice(constants(nodes)))
    if kind == 1:
        return in_place(nodes, at, [Enumerated()])
    if kind == 2:
        return in_place(nodes, at, [Split(rng.randrange(8), 1), Constant(0), Constant(1)])
    if kind == 3:
        return in_place(nodes, at, [Split(rng.randrange(8), 1), nodes[at], nodes[at]])
    if kind == 4:
        return in_place(nodes, at, [])
    if kind == 5:
        other = rng.randrange(len(nodes))
        found = list(nodes)
        found[at], found[other] = found[other], found[at]
        return found
    return [*nodes, *nodes[-rng.randint(1, 3) :]]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_changed_the_answer_is_that_of_a_check_that_knows_nothing(seed, asked_for):
    """Where the memory is of a proof that was right, and of one that was not."""
    rng, (c, nodes) = random.Random(seed), case()
    memory, kinds = Memory(EVERY), set()
    for turn in range(12):
        if turn % 2 == 0:
            memory = Memory(EVERY)
            own = with_nodes(c, nodes if turn % 4 else false_at(nodes, constants(nodes)[3]))
            assert found_by(memory, own) == found_by(None, own)
        changed = nodes
        for _ in range(rng.randint(1, 2)):
            changed = edits(changed, rng)
        held = with_nodes(c, changed)
        plain, known = found_by(None, held), found_by(memory, held)
        if plain[0] is CertificateError:  # which of several places is named depends on the sections
            plain, known = plain[:1], known[:1]
        assert known == plain
        kinds.add(type(plain[0]))
    assert len(kinds) > 1


@pytest.mark.parametrize("other", ["weights", "word", "lenient", "points"])
def test_nothing_is_known_of_another_network(other, asked_for):
    """Nor on another's word, nor where a refused step counts otherwise, nor with other points."""
    c, _ = case()
    memory = Memory(EVERY)
    found_by(memory, c)
    asked_for.clear()
    found_by(memory, c)
    assert not asked_for
    options = {"lenient": other != "lenient", "trust": ("z3",) if other == "word" else ()}
    if other == "weights":
        c = replace(c, hashes={**c.hashes, "weights.bin": "0"})
    if other == "points":
        c = replace(c, counterexamples=(wrong_point(c),))
    found_by(memory, c, **options)
    assert asked_for == [0]


def wrong_point(c):
    """A point where the tree of the case is not right."""
    return verify(c.matter, c.proof).counterexamples[0].point


def test_the_same_proof_about_another_network_is_refused(asked_for):
    c, _ = case()
    memory = Memory(EVERY)
    found_by(memory, c)
    network = c.models[0].model
    last = network.layers[-1]
    last = replace(last, weight=-last.weight, bias=-last.bias)
    other = replace(network, layers=(*network.layers[:-1], last))
    models = (replace(c.models[0], model=other), *c.models[1:])
    held = replace(c, models=models, hashes={**c.hashes, "weights.bin": "another"})
    found = found_by(memory, held)
    assert found == found_by(None, held) and found[0][0].checked.refused


def test_where_the_numbers_move_all_that_follows_is_checked(asked_for):
    """Groups of cells are bounded together by their numbers."""
    c, nodes = case()
    at = constants(nodes)[4]
    cell = next(x for n, (x, _, _) in enumerate(steps(c.domain, nodes)) if n == number(nodes, at))
    variable = next(i for i, part in enumerate(cell.parts) if part == 3)
    more = with_nodes(c, in_place(nodes, at, [Split(variable, 1), nodes[at], nodes[at]]))
    memory = Memory(EVERY)
    found_by(memory, c)
    asked_for.clear()
    assert found_by(memory, more) == found_by(None, more)
    (start,) = asked_for
    assert at < start < at + 6 * GROUP


def number(nodes, at):
    return sum(not isinstance(x, Split) for x in nodes[:at])


def test_the_share_of_a_proof_that_is_checked_again(asked_for):
    c, nodes = case()
    memory = Memory(EVERY)
    assert memory.share((1,)) == 1.0
    found_by(memory, c)
    count = sum(not isinstance(x, Split) for x in nodes)
    assert memory.share(()) == 0.0
    assert memory.share((1, 2, GROUP)) == GROUP / count
    assert memory.share((1, GROUP + 1)) == 2 * GROUP / count
    assert memory.share(range(1, count + 1)) == 1.0


def test_a_job_checks_once_what_it_need_not_mend(asked_for, monkeypatch):
    """From the refused step to a certificate that whoever knows nothing accepts."""
    matter, proof, facts = long_case()
    monkeypatch.setattr(settling, "TOGETHER", GROUP)
    made, memories = settling.Memory, []

    def memory(keep):
        memories.append(made(keep))
        return memories[-1]

    monkeypatch.setattr(settling, "Memory", memory)
    monkeypatch.setattr(settling, "_prove", lambda matter, options: Finding(proof))
    wrong = tuple(false_at(list(proof), constants(proof)[-1]))
    settled = settle(matter, Finding(wrong, tuple(facts.wrong)[:2]), "by hand", Watch())
    assert settled.proved.disagreements == (len(facts.wrong),) * 2
    assert asked_for == [0] and 0 < memories[0].again <= 2 * GROUP
    c = settled.certificate
    assert verify(c.matter, c.proof, c.counterexamples).disagreements == (len(facts.wrong),) * 2
