"""A model that nobody looks into: only its class at each point that was drawn is recorded.

Nothing is proved of it. A test draws points, and a file records what the model answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.model.errors import QuestionError

MOST_CLASSES = 256
"""A class is recorded in a byte."""
LONGEST_WHAT = 300
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Opaque:
    """A model of ``classes`` classes, 2 to 256; ``what`` says what it is, in words.

    ``sha256`` is that of its file, in hexadecimal; None where it has none. Raises QuestionError
    where something is out of range.
    """

    classes: int
    sha256: str | None
    what: str

    def __post_init__(self) -> None:
        if not 2 <= self.classes <= MOST_CLASSES:
            raise QuestionError(
                f"an opaque model has 2 to {MOST_CLASSES} classes, not {self.classes}"
            )
        if self.sha256 is not None and not _DIGEST.fullmatch(self.sha256):
            raise QuestionError("the SHA-256 of an opaque model is not 64 hexadecimal digits")
        if not (0 < len(self.what) <= LONGEST_WHAT and self.what.isprintable()):
            raise QuestionError(
                "what an opaque model is must be said in one line of printable text, of up to "
                f"{LONGEST_WHAT} characters"
            )

    @property
    def labels(self) -> tuple[str, ...]:
        """No names: its classes are numbers."""
        return ()
