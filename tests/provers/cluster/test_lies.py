"""Machines that answer something else: one line, and nothing that they sent is run."""

from __future__ import annotations

import json
import pickle
import random
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.provers.cluster.test_unruly import Unruly, certificates, checked, short_sections
from verifier.kernel.arithmetic import Ints
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ledger import EVERY
from verifier.kernel.sampling import Seen, assigned
from verifier.kernel.sections import Established
from verifier.model.cell import Cell
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.proof import (
    Cases,
    Constant,
    Finding,
    Neuron,
    Open,
    Sandwich,
    Side,
    Sides,
    Strip,
)
from verifier.model.sample import Left, Plan
from verifier.model.verdict import Status
from verifier.provers.cluster import drawing
from verifier.provers.cluster.identity import difference, identity
from verifier.provers.cluster.messages import (
    Done,
    Failed,
    Loaded,
    Machines,
    Work,
    report_of_bytes,
    report_to_bytes,
)
from verifier.provers.cluster.plain import of_bytes, to_bytes
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample

__all__ = ["certificates", "short_sections"]


class Runs:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


NOBODY = (1,) * 9
CELL = Left(Cell(NOBODY), (None, None))
LIES = {
    "text": lambda held: b"\xff no JSON",
    "nothing": lambda held: b"",
    "no record": lambda held: b"[]",
    "deep": lambda held: b"[" * 100_000,
    "many digits": lambda held: json.dumps("f" * 10).encode(),
    "too few tails": lambda held: replace(held, tail=held.tail[:3]),
    "a tail below 0": lambda held: replace(held, tail=[Fraction(-1)] * 4),
    "fewer steps than none": lambda held: replace(held, after=(held.after[0], -5)),
    "more true than points": lambda held: replace(
        held, leaves={1: {(Status.ENUMERATED, ()): [1, 1, 2, 0]}}
    ),
    "short amounts": lambda held: replace(held, leaves={1: {(Status.PROVED, ()): [1, 1]}}),
    "a point of none": lambda held: replace(held, noted=[(0, (9,) * 9, (0, 1))]),
    "classes of others": lambda held: replace(held, noted=[(0, (0,) * 9, (0,))]),
    "a cell of others": lambda held: replace(held, left=[replace(CELL, cell=Cell(NOBODY[1:]))]),
    "an empty cell": lambda held: replace(held, left=[replace(CELL, cell=Cell((0, *NOBODY[1:])))]),
    "a larger cell": lambda held: replace(held, left=[replace(CELL, cell=Cell((4, *NOBODY[1:])))]),
    "a range": lambda held: replace(held, left=[replace(CELL, cell=Cell((range(1), *NOBODY[1:])))]),
    "known of others": lambda held: replace(held, left=[replace(CELL, known=(None,))]),
}


def telling(lie, at, result, every):
    """The third result is the lie."""
    if at != 2:
        return result
    told = lie(of_bytes(Established, result, "it"))
    return to_bytes(Established, told) if isinstance(told, Established) else told


@pytest.mark.parametrize("name", LIES)
def test_what_is_no_sections_is_one_line(certificates, name):
    with pytest.raises(LeafproofError, match="what a machine found of a section") as caught:
        checked(certificates[0], Unruly(0, lie=partial(telling, LIES[name])))
    assert "\n" not in str(caught.value)


def test_what_is_sent_is_not_run(certificates, tmp_path):
    mark = tmp_path / "run"
    hostile = pickle.dumps(Runs(mark))
    with pytest.raises(LeafproofError, match="cannot be read"):
        checked(certificates[0], Unruly(0, lie=lambda at, result, every: hostile))
    with pytest.raises(LeafproofError, match="cannot be read"):
        report_of_bytes(hostile)
    assert not mark.exists()
    pickle.loads(hostile)
    assert mark.exists()  # it would have been


def sampled(lie):
    """A sample of what is open, counted by machines that lie."""
    matter = random_sandwich_matter(np.random.default_rng([3, 18]), 200)
    data, held, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    verdict = check_certificate(held, keep_left=EVERY)
    found, plan = left_open(held, verdict), Plan(400, block=16)
    assert found.pieces
    return with_sample(
        held, data, verdict, found, plan, drawing.Spreading(Unruly(1, lie=lie), matter).about
    )


@pytest.mark.parametrize(
    "told",
    [
        b"no JSON",
        to_bytes(tuple[Seen, ...], [Seen(-(10**9))] * 2),
        to_bytes(tuple[Seen, ...], [Seen(10**9)] * 2),
        to_bytes(tuple[Seen, ...], [Seen(1, -3)] * 2),
        to_bytes(tuple[Seen, ...], [Seen(1, 0, (np.array([1]),))] * 2),
        to_bytes(tuple[Seen, ...], [Seen(1)]),
        to_bytes(tuple[Ints, ...], [np.array([1, 2])] * 2),
        to_bytes(tuple[Seen, ...], []),
    ],
)
def test_draws_that_nobody_can_count_are_one_line(told, monkeypatch):
    monkeypatch.setattr(drawing, "MOST", 2)
    with pytest.raises(
        LeafproofError, match=r"what a machine counted|draws were counted|shares that were counted"
    ) as caught:
        sampled(lambda at, result, every: told)
    assert "\n" not in str(caught.value)


def test_draws_that_are_of_other_pieces_are_one_line():
    matter = random_sandwich_matter(np.random.default_rng([3, 18]), 200)
    _, held, _ = make_certificate(matter, Finding((Open(),)), "nobody")
    found = left_open(held, check_certificate(held, keep_left=EVERY))
    for counts in [], [0] * 400:
        with pytest.raises(InvalidProof, match="not assigned to these"):
            assigned(found, Plan(400), b"key", lambda function, every, own=counts: [np.array(own)])


SANDWICH = Sandwich((Strip(0, -(1 << 90), 5),), (3, -1), 7, 9, 1, (Constant(1, 1),))
CASES = replace(SANDWICH, cases=Cases((Neuron(1, 2),), (SANDWICH, SANDWICH)))
SIDED = replace(SANDWICH, sides=Sides(3, Side((1,), 2, 3), Side((-1,), 5, -(1 << 70))))
VALUES = [
    (int, 1 << 5000),
    (int, -(1 << 53)),
    (float, 0.1),
    (bytes, bytes(range(256))),
    (Fraction, Fraction(-1, 3)),
    (range, range(3, 1 << 70)),
    (bool | int | None, None),
    (tuple[Left, ...], (Left(Cell((range(1, 5), 1 << 99)), (None, 1), CASES, (1, 2), True, 3),)),
    (Sandwich, SIDED),
    (InvalidProof | CertificateError | None, None),
    (Done, Done(3, b"\0\xff", "there", 0.1, 2.0)),
    (Machines, Machines((("a", 1), ("b", 2)), 3)),
    (Failed, Failed("why")),
]


@pytest.mark.parametrize(("kind", "value"), VALUES, ids=range(len(VALUES)))
def test_values_come_back_as_they_are(kind, value):
    assert of_bytes(kind, to_bytes(kind, value), "it") == value


def test_arrays_and_errors_come_back_as_they_are():
    held = np.arange(-6, 6).reshape(3, 4).T
    back = of_bytes(Ints, to_bytes(Ints, held), "it")
    assert back.dtype == held.dtype and (back == held).all() and back.flags.writeable
    with pytest.raises(TypeError):
        to_bytes(Ints, np.array([1.5]))
    error = of_bytes(
        InvalidProof | CertificateError,
        to_bytes(InvalidProof | CertificateError, InvalidProof("x")),
        "it",
    )
    assert type(error) is InvalidProof and str(error) == "x"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_changed_is_refused_or_of_its_type(certificates, seed):
    """No error but the one line, whatever comes."""
    taken = []
    checked(
        certificates[0], Unruly(0, lie=lambda at, result, every: taken.append(result) or result)
    )
    rng, refused = random.Random(seed), 0
    for _ in range(2000):
        data = bytearray(rng.choice(taken))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(data))
            data[at : at + rng.choice((0, 1, 1, 3))] = rng.choice(b'[]",01-9fnt{}').to_bytes()
        try:
            held = of_bytes(Established, bytes(data), "it")
        except LeafproofError as error:
            assert "\n" not in str(error)
            refused += 1
        else:
            assert of_bytes(Established, to_bytes(Established, held), "it").after == held.after
    assert refused > 500


def test_reports_are_read_as_they_are_written():
    for report in Loaded(), Machines(()), Failed("x", 2), Done(1, b"x", "y", 0.0, 0.0):
        assert report_of_bytes(report_to_bytes(report)) == report


@pytest.mark.parametrize("who", [[1], "x", {}, {"leafproof": 3}, {"python": "3\x1b[2J"}, {1: "x"}])
def test_machines_that_say_something_else_are_refused_by_name(who):
    said = difference(who, identity())
    assert said and said.isprintable()


@pytest.mark.parametrize("answer", [None, b"x", (b"x",), ("x", 1.0), (b"x", "1"), (b"x", 1.0, 2)])
def test_an_answer_of_another_kind_is_one_report(monkeypatch, answer):
    pytest.importorskip("ray")
    from verifier.provers.cluster import door

    said = []
    pipe = SimpleNamespace(send_bytes=lambda data: said.append(report_of_bytes(data)))
    held = door.Door(pipe, {})
    held.machines["there"] = door.Machine("there", 1, known=True, holds=1)
    held.running["it"] = door.Held(Work(7, "check", 1, b""), "there", 0.0)
    held.open[7] = 1
    monkeypatch.setattr(door.ray, "wait", lambda refs, **_: (refs, []))
    monkeypatch.setattr(door.ray, "get", lambda ref: answer)
    held.collect()
    assert said == [Failed("work failed on the machine there: the answer is of another kind", 7)]
    assert not held.running and held.machines["there"].holds == 0
