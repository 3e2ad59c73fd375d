from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.heads_cases import caller


@pytest.fixture
def call(tmp_path: Path, capfd: Any, monkeypatch: Any) -> Callable[..., tuple[int, str, str]]:
    """The command, run in a folder of the test's own."""
    return caller(tmp_path, capfd, monkeypatch)
