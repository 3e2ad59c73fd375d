"""Lines through cells in the second checker: drawn and counted again, without the kernel's code."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from tests.certificates.resampled import restated
from tests.kernel.test_crossing import UNIT, certificates
from verifier import second_checker
from verifier.model.errors import CertificateError, InvalidProof
from verifier.writing.sample_json import sample_to_json


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
