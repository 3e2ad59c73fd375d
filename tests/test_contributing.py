"""CONTRIBUTING.md names files that there are, and every kind of addition says which."""

from __future__ import annotations

import re

import pytest

from tests.docs_blocks import ROOT

_, *SECTIONS = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## ")


@pytest.mark.parametrize("section", SECTIONS, ids=lambda text: text.splitlines()[0])
def test_the_files_to_touch_exist(section):
    named = re.findall(r"`((?:verifier|theory|tests|docs)/[\w/.]+)`", section)
    assert len(named) >= 3
    assert [name for name in named if not (ROOT / name).exists()] == []
