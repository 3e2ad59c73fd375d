"""Other processes of Leafproof's own: they run the very files that are in use here."""

from __future__ import annotations

import os
import sys


def command(module: str, *arguments: str) -> list[str]:
    """What runs a module of Leafproof's, whatever lies in the folder where one works.

    ``-m`` alone would look there first: for Leafproof, and for all that it imports.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment of such a process, in which modules are found where they are found here."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
