"""The two certificates that most tests of the reports read."""

from __future__ import annotations

import pytest

from tests.reports import cases


@pytest.fixture(scope="session")
def good():
    """An equivalent tree."""
    return cases.good()


@pytest.fixture(scope="session")
def bad():
    """A tree with counterexamples."""
    return cases.bad()
