"""Whatever the bytes, the reader accepts them or says in one line what is wrong.

``python -m tests.benchmarks fuzz`` runs more of both tests, with inputs of 10 MB.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.certificates import fuzz_matters, fuzzing, hostile, hostile_matters
from tests.certificates.fuzzing import survives
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
