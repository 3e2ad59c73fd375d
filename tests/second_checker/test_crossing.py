"""Lines through cells in the second checker: drawn and counted again, without the kernel's code."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.certificates.resampled import restated
from tests.jobs.test_ask import number
from tests.kernel.test_crossing import UNIT, certificates
from verifier import second_checker
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Finding, Sandwich, Strip
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.sample import CELLS, POOLED, Line, Plan
from verifier.writing.certificate import make_certificate
from verifier.writing.sample_json import sample_to_json
from verifier.writing.sampling import left_open, with_sample

GUESSED = Line(0, Fraction(1, 8), guess=Fraction(1, 4))


@pytest.fixture(scope="module")
def several():
    """Some certificates with their samples."""
    return [
        (data, held.sample) for (data, held, _), _ in zip(certificates(), range(6), strict=False)
    ]


def test_it_finds_what_the_kernel_finds(several):
    assert len(several) == 6
    for data, _ in several:
        assert second_checker.check(data).sample == ""


def test_whatever_is_changed_is_refused(several):
    data, stated = several[0]
    value = sample_to_json(stated)
    for where, key, other in [
        ("seen", "true", stated.seen + 1),
        ("seen", "share", str(stated.share + Fraction(1, UNIT))),
        ("line", "guess", "1/8"),
        ("line", "bet", "1/8"),
        ("probability", "lower", str(stated.upper)),
        ("probability", "upper", str(stated.lower)),
        (None, "draws", 301),
        (None, "block", 64),
        (None, "nonce", "x"),
        (None, "delta", "1/10"),
    ]:
        bad = json.loads(json.dumps(value))
        (bad if where is None else bad[where])[key] = other
        with pytest.raises(InvalidProof, match=r"second checker finds|does not show"):
            second_checker.check(restated(data, bad))


def test_a_guess_is_stated_just_of_lines_through_cells(several):
    data, stated = several[0]
    value = sample_to_json(stated)
    line = value["line"]
    without = {name: x for name, x in line.items() if name != "guess"}
    for other in (
        value | {"method": "plain"},
        value | {"line": without},
        value | {"line": line | {"guess": "9/8"}},
        value | {"line": line | {"guess": 1}},
    ):
        with pytest.raises(CertificateError):
            second_checker.check(restated(data, other))


@pytest.mark.parametrize("line", [None, Line(0, Fraction(1, 8)), GUESSED])
def test_points_that_are_listed_are_drawn_from_where_they_are_open(line):
    """What is shown of them is no more settled: half of the points are true, and all are listed."""
    domain = Domain((number("x", 0, 3), number("y", 0, 3)))
    net = Network(2, (Affine(0, np.array([[1.0, 0.0]]), np.array([-1.5])),))
    matter = Matter(domain, (Bound("net", net, (0, 1)),), ClassIs(0, 1))
    leaving_all = Sandwich((Strip(0, -10, 10),), (1, 0), 0, 1)
    listed = tuple(product((2, 3), range(4)))
    data, held, verdict = make_certificate(matter, Finding((leaving_all,), listed), "nobody")
    assert verdict.error == (Fraction(1, 2), 1)
    method = POOLED if line is None or line.guess is None else CELLS
    plan = Plan(400, Fraction(1, 100), method=method, line=line)
    data, held, _ = with_sample(held, data, verdict, left_open(held, verdict), plan)
    assert second_checker.check(data).sample == ""
    stated = held.sample
    assert stated.lower < Fraction(1, 2) < stated.upper < Fraction(3, 4)
    value = sample_to_json(stated)
    value["probability"]["lower"] = str(Fraction(17, 32))
    with pytest.raises(InvalidProof, match="lower end that its sample does not show"):
        second_checker.check(restated(data, value))
