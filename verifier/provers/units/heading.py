"""What a journal is about, as it says at its beginning; anybody may have written it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.model.errors import LeafproofError, quoted


def read_heading(data: bytes) -> Mapping[str, Any]:
    """What a journal is about; nothing where it is not said in the way that it is written."""
    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) and isinstance(held.get("about"), dict) else {}


def check_heading(was: Mapping[str, Any], heading: Mapping[str, Any], folder: Path) -> None:
    """Raise LeafproofError unless the journal in a folder is that of a run with a ``heading``.

    ``was`` is its own. Both have the ``version`` of Leafproof, the ``verb``, and ``about``: hashes
    by their names.
    """
    path = quoted(folder, 200)
    if was.get("version") != heading["version"]:
        raise LeafproofError(
            f"{path} is the journal of Leafproof {_word(was.get('version'))}, and this is "
            f"{heading['version']}: end the run with that version, or begin another journal"
        )
    if was.get("verb") != heading["verb"]:
        raise LeafproofError(
            f"{path} is the journal of another job ({_word(was.get('verb'))}, not "
            f"{heading['verb']}): begin another journal"
        )
    before = was["about"]
    for name, value in heading["about"].items():
        if before.get(name) != value:
            raise LeafproofError(
                f"{path} is the journal of a run with another {name}: give the same as then, or "
                "begin another journal"
            )


def _word(said: object) -> str:
    """What a heading says, on one line: anybody may have written it."""
    return quoted(said)[1:-1]
