"""Everything that checks a certificate file: each is asked about each file of corpus and campaign.

A checker takes a path and what the kernel says against it (an error, or None; left out, the kernel
is asked), and returns the exit code that ``leafproof check`` has for it: 0 valid, 1 its claim does
not hold, 3 malformed. Every entry of ``CHECKERS`` must give the first one's answer.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from verifier.kernel.certificate import check_certificate
from verifier.model.cell import full_cell
from verifier.model.errors import InvalidProof, LeafproofError, TooMuch
from verifier.model.network import Relu, Sign
from verifier.reading import container
from verifier.reading.certificate import read_certificate
from verifier.verified import generated

VALID, INVALID, MALFORMED = 0, 1, 3
SMALL = 1 << 12
"""Up to so many tuples of a network's variables, a Tail is true or false for every checker."""


def refusal(path):
    """What the kernel says against a file: an error, or None."""
    try:
        check_certificate(read_certificate(path))
    except LeafproofError as error:
        return error
    return None


def code_of(error):
    """The exit code for a refusal."""
    return VALID if error is None else INVALID if isinstance(error, InvalidProof) else MALFORMED


def kernel(path, *said):
    """The kernel's answer."""
    return code_of(*said or (refusal(path),))


def verified(path, *said):
    """The answer of the checker that Coq proves sound, by the Python that is generated from it.

    The container and the hashes are outside of it. Of float32 it says nothing, and of a Tail about
    a large cell, where lines replace ReLUs, it may show more; there the kernel's refusal stands.
    What is more work than the kernel takes on is not begun.
    """
    (error,) = said or (refusal(path),)
    if isinstance(error, TooMuch):
        return MALFORMED
    data = Path(path).read_bytes()
    try:
        parts = container.unpack(data)
    except LeafproofError:
        return MALFORMED
    if not is_sealed(parts, data):
        return MALFORMED
    found = {"Accepted": VALID, "Invalid": INVALID, "Malformed": MALFORMED}[of_members(parts)]
    return INVALID if found == VALID and is_excused(path, error) else found


def of_members(parts):
    """The verified checker's word on some members."""
    held = chained([(chained(name.encode()), chained(data)) for name, data in parts.items()])
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1 << 30)  # calls of Python need no stack of C
    try:
        return generated.checked(None, held)[0]
    finally:
        sys.setrecursionlimit(limit)


def chained(items):
    """A list as the verified checker knows lists: None, or its head and the rest."""
    result = None
    for item in reversed(items):
        result = (item, result)
    return result


def is_sealed(parts, data):
    """Whether a file is what is written for these parts, with their hashes."""
    try:
        manifest = json.loads(parts["manifest.json"])
        stated = [*manifest["sha256"].items()]
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return False
    held = [(name, part) for name, part in parts.items() if name != "manifest.json"]
    hashes = [(name, hashlib.sha256(part).hexdigest()) for name, part in held]
    text = json.dumps(manifest, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return (
        stated == hashes
        and text == parts["manifest.json"]
        and container.pack(parts.items()) == data
    )


def is_excused(path, error):
    """Whether the kernel refuses a file for what the verified checker may see otherwise."""
    if "states float32" in str(error):
        return True
    matter = read_certificate(path).matter if "claims P[" in str(error) else None
    return matter is not None and any(
        full_cell(matter.domain.product_of(matter.models[i].reads)).size > SMALL
        and any(isinstance(x, Relu | Sign) for x in matter.models[i].model.layers)
        for i in matter.networks
    )


CHECKERS = {"kernel": kernel, "verified": verified}


def answers(path, *said):
    """What each checker says of a file, by name; the kernel reads and checks it once for all."""
    (error,) = said or (refusal(path),)
    return {name: check(path, error) for name, check in CHECKERS.items()}
