"""What other processes look at: what they answer is what is found here."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.brute import truth
from tests.clocks import PATIENCE
from tests.every import seeds
from tests.kernel.test_checker import random_proof
from tests.kernel.test_sandwich import case, changed
from tests.provers.cases import random_teacher, random_tree
from verifier.kernel import checker, helpers, sandwich
from verifier.kernel.asked import ask
from verifier.kernel.helpers import Helpers, Here, Some, answer
from verifier.kernel.ledger import Ledger
from verifier.kernel.stopping import CheckStopped, polling
from verifier.kernel.stretches import Held, laid
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof, TooMuch
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree

LEAF = Tree((Leaf(0),))


@pytest.fixture(scope="module")
def one():
    """One helper, for all tests that leave it alive."""
    with Helpers(1) as held:
        yield held


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """However few cells there are, they are handed in, two at a time."""
    monkeypatch.setattr(helpers, "FEWEST", 1)
    monkeypatch.setattr(helpers, "TOGETHER", 2)


def some_of(seed):
    """A random question, a ledger, and cells with Sandwiches, most of which do not hold."""
    rng, matter, asked, cell, step = case(seed)
    if step is None:
        return matter, None, None
    many = [step, *(changed(rng, step) for _ in range(4)), replace(step, width=1, exponent=200)]
    steps = [x for x in many if not sandwich.fault(asked, x)]
    ledger = Ledger(asked, Here())
    cells = [cell] * len(steps)
    return matter, ledger, Some(cells, steps, laid(ledger, cells, steps))


def said(found):
    """What cells count and which are refused, why but for numbers, whose last digits depend on how
    many cells are multiplied together."""
    return [why.partition(" ")[0] for why in found.why], found.sums


def test_what_is_answered_is_what_is_found_here(one):
    """Of networks, pairs and trees, with a domain's tree and probabilities."""
    whys, counted = set(), set()
    for seed in range(40):
        matter, ledger, some = some_of(seed)
        if some is None:
            continue
        found = one.about(matter).hand_in(ledger, some)()
        assert said(found) == said(answer(ledger, some))
        whys |= {why.partition(" ")[0] for why in found.why}
        counted |= {type(x) for own in found.sums for x in own}
        for own, here in zip(found.sums, answer(ledger, some).sums, strict=True):
            alike = [(x[0] is x[1], y[0] is y[1]) for x, y in zip(own, here, strict=True) if x]
            assert all(a == b for a, b in alike)
    assert {"", "only"} <= whys and counted == {Held}


@pytest.mark.parametrize("seed", seeds(range(1000, 1020)))
def test_a_check_with_helpers_finds_the_same(one, seed):
    rng, matter, _, _, step = case(seed, whole=True)
    if step is None:
        return
    for other in (step, changed(rng, step), replace(step, width=1, exponent=200)):
        found = []
        for held in (None, one):
            try:
                found.append(checker.verify(matter, (other,), helpers=held))
            except InvalidProof as problem:
                found.append(str(problem))
        plain, helped = found
        if isinstance(plain, str):
            assert plain == helped
        else:
            assert replace(helped, checked=plain.checked) == plain
            assert helped.checked.left == plain.checked.left


def test_the_work_of_helpers_is_counted(one, monkeypatch):
    matter, _, some = next(x for x in map(some_of, range(40)) if x[2] is not None)
    spent = {}
    for how in ("here", "there"):
        work = []
        ledger = Ledger(ask(matter, spend=work.append), Here())
        own = some[:1]
        one.about(matter).hand_in(ledger, own)() if how == "there" else answer(ledger, own)
        spent[how] = sum(work)
    assert spent["here"] > 0 and spent["there"] >= spent["here"]
    monkeypatch.setenv("LEAFPROOF_WORK", "1")
    with pytest.raises(TooMuch):
        checker.verify(matter, (some.steps[0],), helpers=one)


def test_what_a_dead_helper_does_not_answer_is_found_here():
    matter, ledger, some = next(x for x in map(some_of, range(40)) if x[2] is not None)
    with Helpers(1) as held:
        (own,) = held._every
        own.process.kill()
        own.process.wait()
        assert held.about(matter).hand_in(ledger, some)() == answer(ledger, some)
        assert not own.there
        assert held.about(matter).hand_in(ledger, some)() == answer(ledger, some)


def test_an_answer_that_there_is_no_memory_for_is_not_taken_for_the_next(monkeypatch):
    """The rest of it is in the pipe still."""
    matter, ledger, some = next(x for x in map(some_of, range(40)) if x[2] is not None)

    def half(pipe):
        pipe.read(helpers.SIZE)
        raise MemoryError

    with Helpers(1) as held:
        with monkeypatch.context() as patch:
            patch.setattr(helpers, "_received", half)
            assert held.about(matter).hand_in(ledger, some)() == answer(ledger, some)
        assert not held._every[0].there
        assert held.about(matter).hand_in(ledger, some)() == answer(ledger, some)


def test_a_helper_of_another_kernel_answers_nothing(monkeypatch):
    """As where this one was found in the working directory, and another is installed."""
    matter, ledger, some = next(x for x in map(some_of, range(40)) if x[2] is not None)
    monkeypatch.setattr(helpers, "__file__", "/elsewhere/verifier/kernel/helpers.py")
    with Helpers(1) as held:
        assert held.about(matter).hand_in(ledger, some)() == answer(ledger, some)
        (own,) = held._every
        assert not own.there and own.process.wait(timeout=PATIENCE) == 0


def test_helpers_are_found_where_this_kernel_is(tmp_path, monkeypatch):
    """In the working directory, which Python names by an empty word, before what is installed."""
    root = Path(helpers.__file__).parents[2]
    (tmp_path / "verifier").symlink_to(root / "verifier")
    code = (
        "from verifier.kernel import helpers; own = helpers.Helpers(1)._every[0].process;"
        "helpers._send(own.stdin, ('count', None)); own.stdin.close();"
        "print(helpers.__file__, own.wait())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    file, ended = done.stdout.split()
    assert file == str(tmp_path / "verifier" / "kernel" / "helpers.py")
    assert int(ended) == 1  # an AssertionError of its own: it was there, and was not told of what


def test_a_helper_ends_with_its_pipe():
    held = Helpers(1)
    (own,) = held._every
    assert own.process.stdin is not None
    own.process.stdin.close()
    assert own.process.wait(timeout=PATIENCE) == 0
    own.process.stdin = None
    held.close()


def test_closing_ends_the_processes():
    held = Helpers(2)
    held.close()
    assert all(own.process.returncode is not None for own in held._every)
    with pytest.raises(RuntimeError):
        matter, ledger, some = next(x for x in map(some_of, range(40)) if x[2] is not None)
        held.about(matter).hand_in(ledger, some)


@pytest.mark.parametrize("seed", range(6))
def test_points_of_helpers_are_what_is_found_here(one, seed):
    """Claims that hold, that do not, and cells that are swept or evaluated point by point."""
    rng = np.random.default_rng(seed)
    domain = bits(7)
    teacher = random_teacher(rng, domain.columns, 1.0)
    tree = random_tree(rng, domain, teacher.classes)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    wrong = tuple(replace(x, klass=1 - x.klass) if isinstance(x, Constant) else x for x in proof)
    for own in (proof, wrong):
        found = []
        for held in (None, one):
            try:
                found.append(checker.verify(matter_of(domain, teacher, tree), own, helpers=held))
            except InvalidProof as problem:
                found.append((str(problem), problem.refused))
        plain, helped = found
        if isinstance(plain, tuple):
            assert plain == helped
        else:
            assert replace(helped, checked=plain.checked) == plain
            assert plain.disagreements == (len(facts.wrong), len(facts.wrong))


def test_a_check_ends_while_a_helper_is_busy():
    matter = matter_of(bits(2), Network(2, (Affine(0, np.eye(1, 2), np.zeros(1)),)), LEAF)
    asked = ask(matter, polling(lambda: True))
    with pytest.raises(CheckStopped):
        asked.wait(Future())
