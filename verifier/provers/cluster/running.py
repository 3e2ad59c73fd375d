"""What runs on a worker: a task of Leafproof's own, on what it is handed."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from threadpoolctl import threadpool_limits

from verifier.provers.cluster import checking, counting, searching

TASKS: dict[str, ModuleType] = {
    "check": checking,
    "count": counting,
    "search": searching,
}
"""Each with ``prepare``, which makes something of the bytes that are shared, and ``perform``, which
makes a result of that and of a payload."""
_SHARED: dict[str, Any] = {}
"""What this process was handed to share, made ready: one thing at a time."""


def perform(
    task: str, name: str, fetch: Callable[[], bytes], payload: bytes
) -> tuple[bytes, float]:
    """Do a task; returns its result and the seconds of this thread's processor.

    What is shared has a ``name``, and is fetched and made ready once.
    """
    module = TASKS[task]
    start = time.thread_time()
    if name not in _SHARED:
        threadpool_limits(1, "blas")  # a worker has one processor
        _SHARED.clear()
        _SHARED[name] = module.prepare(fetch())
    result: bytes = module.perform(_SHARED[name], payload)
    return result, time.thread_time() - start
