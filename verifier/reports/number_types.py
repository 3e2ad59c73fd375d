"""What is said of a model that computes in numbers narrower than float32."""

from __future__ import annotations

from collections.abc import Sequence


def executed_words(executed: Sequence[str]) -> str:
    """A clause on the types of ``Network.executed``, which must not be empty."""
    return (
        f"the model computes in {' and '.join(executed)}, which rounds more than float32: the "
        "verdict is about real arithmetic, and nothing is claimed about the classes it computes"
    )
