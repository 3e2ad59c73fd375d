"""What draws of a sample have told, kept in a journal while they are counted.

What a block of draws tells depends on its number, the certificate and the plan alone, and so does
what is kept. It is the kernel's word, so it stands under a seal, as what it has checked does.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from verifier.kernel.asked import Asked
from verifier.kernel.rules import Apply
from verifier.kernel.sampling import Counted
from verifier.provers.cluster.counting import packed
from verifier.provers.cluster.identity import identity
from verifier.provers.timing import now
from verifier.provers.units.checked import Store
from verifier.provers.units.seal import Seal
from verifier.writing.processors import processors

SECONDS = 2.0
"""After so many it is kept what blocks have told since."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Has blocks of draws counted, by ``counted`` or in threads here, and keeps what they tell.

    ``hashes`` are those of the certificate's parts.
    """

    store: Store
    seal: Seal
    hashes: Mapping[str, str]
    counted: Counted | None = None

    def about(self, asked: Asked) -> Apply:
        """What finds a function of blocks, as ``map`` would: a ``kernel.sampling.Counted``."""
        return partial(self._apply, asked)

    def _apply(
        self, asked: Asked, function: Callable[..., Any], every: Iterable[Any]
    ) -> Iterator[Any]:
        blocks = list(every)
        about = self._about(packed(function, asked), pickle.dumps(blocks))
        done = 0
        while done < len(blocks) and (held := self._recall(about, done)):
            yield from held
            done += len(held)
        since, some = now(), list[Any]()
        with closing(self._fresh(asked, function, blocks[done:])) as fresh:
            try:
                for told in fresh:
                    some.append(told)
                    yield told
                    if now() >= since + SECONDS:
                        self._keep(about, done, some)
                        since, done, some = now(), done + len(some), []
            finally:
                if some:
                    self._keep(about, done, some)

    def _fresh(
        self, asked: Asked, function: Callable[..., Any], blocks: Sequence[Any]
    ) -> Generator[Any, None, None]:
        if self.counted is not None:
            yield from self.counted(asked)(function, blocks)
            return
        with ThreadPoolExecutor(processors()) as pool:
            yield from pool.map(function, blocks)

    def _about(self, function: bytes, blocks: bytes) -> bytes:
        """All that the answers depend on."""
        told = [hashlib.sha256(x).hexdigest() for x in (function, blocks)]
        held = ["leafproof-draws/1", dict(self.hashes), dict(identity()), told]
        return json.dumps(held, sort_keys=True).encode()

    def _recall(self, about: bytes, first: int) -> Sequence[Any] | None:
        sealed = self.store.recall(self._name(about, first))
        data = None if sealed is None else self.seal.off(self._name(about, first).encode(), sealed)
        # nobody but this user's Leafproof wrote it
        return None if data is None else list(pickle.loads(data))

    def _keep(self, about: bytes, first: int, some: Sequence[Any]) -> None:
        name = self._name(about, first)
        self.store.remember(name, self.seal.on(name.encode(), pickle.dumps(some)))

    def _name(self, about: bytes, first: int) -> str:
        return f"draws {first} {about.decode()}"
