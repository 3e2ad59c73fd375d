"""The programs that checked and wrote, and the machine that they ran on."""

from __future__ import annotations

import importlib.metadata
import os
import platform

from verifier.reports.numbers import plural


def programs() -> dict[str, str]:
    """The programs that a check runs in, with their versions."""
    return {
        "Leafproof": version("leafproof"),
        platform.python_implementation(): platform.python_version(),
        "NumPy": version("numpy"),
        "python-flint": version("python-flint"),
    }


def version(library: str) -> str:
    """The version of an installed package, else that there is none."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def machine() -> str:
    """The system, its processors and the Python that ran."""
    return (
        f"{platform.system()} on {platform.machine()}, {plural(os.cpu_count() or 1, 'processor')}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )
