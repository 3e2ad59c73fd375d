"""The verified checker: its soundness is a theorem in Coq about the bytes of certificates.

What runs is extracted from the proof: native code where it was built, else generated Python. Both
are run as a process of their own, which can be stopped and cannot touch this one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verifier.model.errors import LeafproofError, quoted

HERE = Path(__file__).parent
GENERATED = HERE / "generated.py"
NATIVE = HERE / "native" / "leafproof-verified"
"""Where ``make verified`` puts the native checker."""
VARIABLE = "LEAFPROOF_VERIFIED"
"""Names another native checker; ``python``: the generated Python even where there is one."""
LARGEST = {"native": 1 << 28, "python": 1 << 24}
"""Bytes of members taken on: a byte takes some 24 bytes of memory natively, 90 in Python."""
OPAQUE = ("rows.bin", "recorded.bin", "sample.json")
"""Members of which the theorem says nothing: they are hashed, and other checkers' business."""
NOT_COVERED = {"OpaqueModelsAreNotCovered": "opaque models"}
"""What the theorem does not cover, by what the checker answers where it meets it."""
NO_THEOREM = {"steps": "staircase layers", "smooth": "smooth layers (sigmoid, tanh, ...)"}
"""Kinds of layers that the theorem does not cover, in words."""
ENSEMBLES = "ensembles.json"
"""The member that a file about ensembles has."""
POLLED = 0.1
"""Seconds between two looks at whether to stop."""
STORY = {
    "DoesNotFit": "the parts do not fit together",
    "StepFails": "what node {} of the proof says is not shown",
    "SplitFails": "node {} of the proof does not split its cell in two",
    "ProofTooShort": "the proof ends with cells missing",
    "ProofTooLong": "the proof goes on after its last cell",
    "WitnessFails": "the formula is not true at witness {}",
    "Contradicted": "more points are true than the proof leaves room for",
}


@dataclass(frozen=True)
class Build:
    """What runs: ``kind`` is native or python; ``coq`` its version, ``sources`` their SHA-256."""

    kind: str
    command: tuple[str, ...]
    coq: str
    sources: str

    @property
    def words(self) -> str:
        """The build in words."""
        made = {"native": "native, by OCaml", "python": "generated Python"}[self.kind]
        return f"{made}; Coq {self.coq}, sources {self.sources[:12]}"


@dataclass(frozen=True)
class Answer:
    """What follows: at least and at most so many points, with so much probability."""

    points: tuple[int, int]
    probability: tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Outcome:
    """``word`` is accepted, malformed or invalid; ``why`` says what is wrong, where something is.

    ``stated`` is what follows if every solver named is right, ``answer`` if those trusted are.
    ``node`` is the proof's node, from 0, whose claim is not shown, where that is why.
    """

    word: str
    why: str = ""
    stated: Answer | None = None
    answer: Answer | None = None
    node: int | None = None


class NotCovered(LeafproofError):
    """A certificate with something that the theorem does not cover: there is no answer."""


def build() -> Build:
    """The build that there is: native if it was made of the same sources as the Python."""
    coq, sources = of_text(GENERATED.read_text(encoding="utf-8"))
    python = Build("python", (sys.executable, str(HERE / "__main__.py")), coq, sources)
    named = os.environ.get(VARIABLE, "")
    if named == "python" or (not named and not NATIVE.exists()):
        return python
    command = (named or str(NATIVE),)
    try:
        told = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LeafproofError(f"{quoted(command[0])} does not run ({error})") from None
    if of_text(told.stdout) == (coq, sources):
        return Build("native", command, coq, sources)
    if not named:
        return python  # built of other sources: make verified
    raise LeafproofError(
        f"{quoted(command[0])} was not made of the sources of this version: make verified builds "
        f"it anew, {VARIABLE}=python uses the generated Python"
    )


def of_text(told: str) -> tuple[str, str]:
    """The version of Coq and the SHA-256 of the sources, as a build says; or LeafproofError."""
    coq = re.search(r'^COQ = "([\w.+-]+)"$', told, re.MULTILINE)
    sources = re.search(r'^SOURCES = "([0-9a-f]{64})"$', told, re.MULTILINE)
    if coq is None or sources is None:
        raise LeafproofError("a verified checker does not say what it was made of: make verified")
    return coq[1], sources[1]


def run(
    members: Mapping[str, bytes],
    trust: Collection[str] = (),
    *,
    using: Build | None = None,
    reasons: bool = True,
    poll: Callable[[], None] = lambda: None,
) -> Outcome:
    """Check a certificate's members, in the file's order.

    ``poll`` is called often; what it raises ends the check. Without ``reasons`` it is not asked why
    a file is malformed where that takes another process. Raises LeafproofError where the file is
    too large for the build, or it does not answer, and NotCovered.
    """
    using = using or build()
    check_size(members, using)
    if ENSEMBLES in members:
        raise NotCovered(
            f"{ENSEMBLES}: the verified checker does not cover ensembles of trees: check without it"
        )
    for name in ("teacher.json", "models.json"):
        if beyond := _beyond(members.get(name, b"")):
            raise NotCovered(
                f"{name}: the verified checker does not cover {beyond}: check without it"
            )
    told = _spoken(using, _framed(members, trust), poll)
    if told["word"] == "malformed" and "code" not in told:  # the native checker says no more
        if not reasons:
            return Outcome("malformed")
        python = Build("python", (sys.executable, str(HERE / "__main__.py")), "", "")
        told = _spoken(python, _framed(members, trust), poll)
    for code in told.get("code", ()):
        if code in NOT_COVERED:
            raise NotCovered(
                f"{told['member']}: the verified checker does not cover {NOT_COVERED[code]}: "
                "check without it"
            )
    if told["word"] == "accepted":
        return Outcome("accepted", "", _answer(told["all"]), _answer(told["trusted"]))
    node = int(told["at"][0], 16) if told["code"] == ["StepFails"] else None
    return Outcome(told["word"], _why(told), node=node)


def _beyond(description: bytes) -> str:
    """What of the models in teacher.json or models.json the theorem says nothing of; "" if none.

    Where the JSON is not as it should be, saying so is left to the checker.
    """
    try:
        held = json.loads(description)
    except (ValueError, RecursionError):
        return ""
    entries = held.get("models", [held]) if isinstance(held, dict) else []
    for entry in entries if isinstance(entries, list) else []:
        network = entry.get("network", entry) if isinstance(entry, dict) else None
        layers = network.get("layers") if isinstance(network, dict) else None
        for layer in layers if isinstance(layers, list) else []:
            kind = layer.get("kind") if isinstance(layer, dict) else None
            if isinstance(kind, str) and kind in NO_THEOREM:
                return NO_THEOREM[kind]
    return ""


def check_size(members: Mapping[str, bytes], using: Build) -> None:
    """LeafproofError where there are more bytes than a build takes on."""
    if sum(map(len, members.values())) > LARGEST[using.kind]:
        remedy = "check without it"
        if using.kind == "python":
            remedy = f"make verified builds the native one, which takes {LARGEST['native'] >> 20}"
        raise LeafproofError(
            f"the verified checker ({using.words}) takes certificates of at most "
            f"{LARGEST[using.kind] >> 20} MiB: {remedy}"
        )


def _framed(members: Mapping[str, bytes], trust: Iterable[str]) -> bytes:
    heads = ((f"{name} {len(data)}\n".encode(), data) for name, data in members.items())
    return "\t".join(trust).encode() + b"\n" + b"".join(part for head in heads for part in head)


def _spoken(using: Build, request: bytes, poll: Callable[[], None]) -> dict[str, Any]:
    """The line of JSON that a build answers."""
    with tempfile.TemporaryFile() as held:  # a pipe that is full would wait for its reader for ever
        held.write(request)
        held.seek(0)
        pipe = subprocess.PIPE
        with subprocess.Popen(using.command, stdin=held, stdout=pipe, stderr=pipe) as process:
            try:
                while True:
                    poll()
                    try:
                        out, errors = process.communicate(timeout=POLLED)
                        break
                    except subprocess.TimeoutExpired:
                        continue
            finally:
                process.kill()
    try:
        told = json.loads(out)
    except ValueError:
        last = (errors.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
        raise LeafproofError(
            f"the verified checker ({using.words}) ended without an answer: {last[:200]}"
        ) from None
    assert isinstance(told, dict)
    return told


def _answer(numbers: list[str]) -> Answer:
    few, many, above, below, above2, below2 = (int(n, 16) for n in numbers)
    return Answer((few, many), (Fraction(above, below), Fraction(above2, below2)))


def _why(told: dict[str, Any]) -> str:
    """What is wrong with a certificate that is refused, in words."""
    at = [str(int(n, 16)) for n in told["at"]]
    if told["code"] == ["NotFound"]:
        return f"verdict.json states another {told['member']} than is found"
    if told["word"] == "invalid":
        return STORY[told["code"][0]].format(*at)
    names = " ".join(re.sub("([a-z0-9])([A-Z])", r"\1 \2", c).lower() for c in told["code"])
    where = f" (at {', '.join(at)})" if at else ""
    return f"{told['member']}: {names}{where}"
