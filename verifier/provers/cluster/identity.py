"""Which Leafproof this is: two machines work together only where both run the same one.

A search is to give the same answer wherever it is run, and a check is the kernel's of this version
and no other's. What stands here is also run on other machines: it imports nothing of Leafproof.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = "leafproof", "numpy", "python-flint", "numba"
"""What searches and checks are made of: other versions may give other answers."""
ABSENT = "none"

Identity = Mapping[str, str]
"""The version of each of PACKAGES, of Python, and ``source``, a digest of Leafproof's own files."""


@cache
def identity() -> Identity:
    """The identity of this process."""
    root = Path(__file__).parents[2]
    held = sha256()
    for path in sorted(root.rglob("*.py")):
        held.update(path.relative_to(root).as_posix().encode() + b"\0")
        held.update(sha256(path.read_bytes()).digest())
    found = {name: _version(name) for name in PACKAGES}
    return {**found, "python": platform.python_version(), "source": held.hexdigest()[:12]}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ABSENT


def difference(theirs: Identity, ours: Identity) -> str:
    """In what another machine's identity is another, in words; "" where it is not."""
    told = [*theirs, *theirs.values()] if isinstance(theirs, dict) else [None]
    if not all(isinstance(x, str) and x.isprintable() for x in told):
        return "something else, which does not say what"
    for name in ("leafproof", "python", *PACKAGES[1:]):
        held, own = theirs.get(name, ABSENT), ours[name]
        if name == "python":  # a patch changes nothing
            held, own = _minor(held), _minor(own)
        if held != own:
            word = {"leafproof": "Leafproof", "python": "Python"}.get(name, name)
            return f"{word} {held}, and here it is {own}"
    if theirs.get("source") != ours["source"]:
        return (
            f"Leafproof {ours['leafproof']} of other source files ({theirs.get('source')}, and "
            f"here {ours['source']})"
        )
    return ""


def _minor(text: str) -> str:
    return ".".join(text.split(".")[:2])
