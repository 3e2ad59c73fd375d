"""The verified checker as Python: ``python -m verifier.verified.extraction.translate JSON ROOT``.

Reads what Coq's JSON extraction wrote, and prints a module of the standard library's Python.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from verifier.verified.extraction.machine import PRELUDE, TAKES
from verifier.verified.extraction.program import program
from verifier.verified.extraction.python import source


def translated(module: Any, roots: tuple[str, ...], head: str) -> str:
    """The Python source for the roots of a JSON module; ``head`` is its docstring and constants."""
    body = source(program(module, roots, frozenset(TAKES)))
    return f"{head}\nfrom math import gcd, lcm\n\n\n{PRELUDE}\n\n\n{body}"


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)
    read = json.loads(Path(sys.argv[1]).read_text())
    sys.stdout.write(translated(read, tuple(sys.argv[2:]), '"""Generated from Coq."""\n'))
