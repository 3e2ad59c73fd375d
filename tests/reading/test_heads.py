"""What certificates say of heads and class names: both readers take and refuse the same."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.certificates.checkers import CHECKERS, MALFORMED, VALID, answers
from tests.certificates.malformed_heads import heads_and_labels
from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    TIES,
    TIES_PROOF,
    edit,
    parts,
    seal,
)
from verifier.model.errors import CertificateError
from verifier.model.head import Head
from verifier.reading.certificate import read_certificate
from verifier.reading.network_parts import teacher_from_parts
from verifier.writing.network_parts import same_network, teacher_to_parts

DAMAGED = heads_and_labels()


@pytest.mark.parametrize("name", DAMAGED)
def test_what_cannot_be_is_refused_by_both(name, tmp_path):
    data, _, says = DAMAGED[name]
    path = tmp_path / "net.certificate"
    path.write_bytes(data)
    assert answers(path) == dict.fromkeys(CHECKERS, MALFORMED)
    with pytest.raises(CertificateError) as caught:
        read_certificate(path)
    assert says in str(caught.value) and "\n" not in str(caught.value)


KINDS = ("logit", "probability", "label", "regression", "odds", "", 0, None)
THRESHOLDS = (None, "0", "1", "1/2", "-1/2", "0.5", "1/2 ", " 1/2", "+1/2", "01", "1/02", 0, "", [])
ORIGINS = ("shown", "asked", "assumed", "told", None)


@pytest.mark.parametrize("problem", [(*FIRST_BIT, FIRST_BIT_PROOF), (*TIES, TIES_PROOF)])
def test_all_combinations(problem, tmp_path):
    """Every kind with every threshold and origin: the two readers never disagree."""
    held, path, good = parts(*problem), tmp_path / "net.certificate", 0
    for kind in KINDS:
        for threshold in THRESHOLDS:
            for origin in ORIGINS:
                head = {"kind": kind, "threshold": threshold, "origin": origin}
                change = {"head": head}
                path.write_bytes(seal(edit(held, "teacher.json", lambda v, c=change: v.update(c))))
                found = answers(path)
                assert len(set(found.values())) == 1, head
                good += found["kernel"] == VALID
    # one output: 4 thresholds of a logit and of a regression, 1 of a probability, and a label
    assert good == {1: (4 + 4 + 1) * 3 + 2, 3: 2 * 3 + 2}[problem[1].outputs]


def test_heads_and_names_come_back_as_they_were():
    teacher = FIRST_BIT[1]
    plain, weights = teacher_to_parts(teacher)
    assert set(plain) == {"columns", "layers", "notes"}
    for head in (
        None,
        Head("logit", Fraction(0), "assumed"),
        Head("probability", Fraction(1, 2), "shown"),
        Head("regression", Fraction(-22, 7), "asked"),
        Head("label", None, "shown"),
    ):
        for labels in ((), ("no", "yes")):
            said = replace(teacher, head=head, labels=labels)
            description, raw = teacher_to_parts(said)
            again = teacher_from_parts(json.loads(json.dumps(description)), raw)
            assert (again.head, again.labels) == (head, labels)
            assert same_network(again, teacher) and raw == weights
    other = replace(teacher, notes=("another",))
    assert same_network(other, teacher) and not same_network(TIES[1], teacher)
