"""Whatever the bytes, the reader accepts them or says in one line what is wrong.

``python -m tests.benchmarks fuzz`` runs more of both tests, with inputs of 10 MB.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from tests.certificates import fuzz_matters, fuzzing, hostile, hostile_matters
from tests.certificates.checkers import refusal
from tests.certificates.fuzzing import survives
from tests.certificates.problems import FIRST_BIT, FIRST_BIT_PROOF, claim, parts, seal
from tests.every import examples

FUZZES = {**fuzzing.FUZZES, **fuzz_matters.FUZZES}
INPUTS = {**hostile.INPUTS, **hostile_matters.INPUTS}
SMALL = 30_000
"""Bytes of a hostile input here."""


@pytest.mark.parametrize("name", FUZZES)
def test_no_file_crashes_the_reader(name, tmp_path):
    @given(FUZZES[name])
    @settings(max_examples=examples(120), suppress_health_check=list(HealthCheck))
    def run(data):
        survives(data, tmp_path / "fuzz")

    run()


@pytest.mark.parametrize("name", INPUTS)
def test_hostile_files_are_read_or_refused(name, tmp_path):
    survives(INPUTS[name](SMALL), tmp_path / "hostile")


@pytest.mark.parametrize("stated", ["\x7f", "\u2028", "a\nb"])
def test_what_a_file_states_is_told_in_one_line(stated, tmp_path):
    held = claim(parts(*FIRST_BIT, FIRST_BIT_PROOF), verdict={stated: 1})
    held["verdict.json"] = json.dumps(json.loads(held["verdict.json"])).encode()
    (tmp_path / "odd").write_bytes(seal(held))
    error = refusal(tmp_path / "odd")
    assert error is not None and str(error).isprintable()
