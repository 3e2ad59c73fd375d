"""Each file of tests/certificates/{valid,invalid,malformed} is judged as its folder says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificates.checkers import INVALID, MALFORMED, VALID, answers
from tests.certificates.make import FIRST, MAKERS
from verifier.cli.main import run

FOLDER = Path(__file__).parent.parent / "certificates"
EXPECTED = {"valid": VALID, "invalid": INVALID, "malformed": MALFORMED}
FILES = sorted(path for folder in EXPECTED for path in (FOLDER / folder).glob("*.certificate"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_check_judges_the_file_as_its_folder_says(path, capfd):
    reason, _, says = path.with_suffix(".txt").read_text("utf-8").strip().partition(" | ")
    assert reason and says, "beside the file: one line, the reason | words that check prints"
    expected = EXPECTED[path.parent.name]
    assert run(["check", str(path)]) == expected
    out, err = capfd.readouterr()
    assert says in (out if expected == VALID else err)
    if expected != VALID:
        assert not out and err.count("\n") == 1 and err.startswith("leafproof: ")
    assert set(answers(path).values()) == {expected}


@pytest.mark.parametrize("folder", FIRST)
@pytest.mark.parametrize("makers", [FIRST, MAKERS], ids=["format 1", "format 2"])
def test_the_files_are_those_that_their_makers_write(folder, makers):
    """After a change of format 2: python -m tests.certificates.make. Format 1 never changes."""
    for name, (data, reason, says) in makers[folder].files().items():
        path = FOLDER / folder / f"{name}.certificate"
        assert path.read_bytes() == data, name
        assert path.with_suffix(".txt").read_text("utf-8") == f"{reason} | {says}\n"


def test_there_are_files_of_every_kind():
    counts = {folder: sum(p.parent.name == folder for p in FILES) for folder in EXPECTED}
    assert min(counts.values()) >= 20
    assert sum(p.stat().st_size for p in FILES) < 1_400_000
