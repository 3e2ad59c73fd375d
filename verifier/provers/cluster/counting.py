"""Blocks of draws of a sample, as a task for a worker."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, get_type_hints

from verifier.kernel.asked import Asked
from verifier.kernel.checker import prepared
from verifier.model.question import Matter
from verifier.provers.cluster.plain import to_bytes

ASKED, POLL, SPEND = "asked", "poll", "spend"
"""Stand for the question made ready, of which every process has its own, and for what it calls;
a network's number stands for one of its networks."""
_READY: dict[str, Asked] = {}
"""The question that this process has made ready, by the digest of its matter."""


@dataclass(frozen=True, eq=False)
class Job:
    """What all blocks of a count share: the matter, pickled, and a function of a block's number.

    That is packed by ``packed``.
    """

    matter: bytes
    function: bytes


class _Packing(pickle.Pickler):
    """Names what the other process has too, and is the very same; all else is written."""

    def __init__(self, file: io.BytesIO, asked: Asked) -> None:
        super().__init__(file)
        own = {id(net): number for number, net in asked.nets.items()}
        self.names: dict[int, str | int] = {
            id(asked): ASKED,
            id(asked.poll): POLL,
            id(asked.spend): SPEND,
            **own,
        }

    def persistent_id(self, thing: Any) -> str | int | None:
        return self.names.get(id(thing))


class _Unpacking(pickle.Unpickler):
    def __init__(self, data: bytes, asked: Asked) -> None:
        super().__init__(io.BytesIO(data))
        self.things: dict[Any, Any] = {
            ASKED: asked,
            POLL: asked.poll,
            SPEND: asked.spend,
            **asked.nets,
        }

    def persistent_load(self, name: Any) -> Any:
        return self.things[name]


def told_by(function: Callable[..., Any]) -> Any:
    """The type of what a function, or one with some of its arguments, tells of some blocks."""
    found = get_type_hints(getattr(function, "func", function))["return"]
    return tuple[found, ...]  # type: ignore[valid-type]


def packed(function: Callable[..., Any], asked: Asked) -> bytes:
    """A function as bytes, without the question that is in it."""
    file = io.BytesIO()
    _Packing(file, asked).dump(function)
    return file.getvalue()


def prepare(data: bytes) -> Callable[[Any], Any]:
    """The function that is shared, about the question that this process has made ready."""
    job: Job = pickle.loads(data)
    digest = sha256(job.matter).hexdigest()
    if digest not in _READY:
        _READY.clear()
        matter: Matter = pickle.loads(job.matter)
        _READY[digest] = prepared(matter, limited=False)
    function: Callable[[Any], Any] = _Unpacking(job.function, _READY[digest]).load()
    return function


def perform(ready: Callable[[Any], Any], payload: bytes) -> bytes:
    """What the function finds of each of some blocks."""
    return to_bytes(told_by(ready), [ready(block) for block in pickle.loads(payload)])
