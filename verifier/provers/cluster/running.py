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


def prepare(task: str, name: str, fetch: Callable[[], bytes]) -> float:
    """Fetch what is shared, and make it ready, once; returns this thread's processor seconds.

    What is loaded on the way is half loaded where this is interrupted: then the process has to end.
    """
    start = time.thread_time()
    if name not in _SHARED:
        threadpool_limits(1, "blas")  # a worker has one processor
        _SHARED.clear()
        _SHARED[name] = TASKS[task].prepare(fetch())
    return time.thread_time() - start


def perform(task: str, name: str, payload: bytes) -> tuple[bytes, float]:
    """Do a task, with what was prepared by this name; returns its result and the seconds."""
    start = time.thread_time()
    result: bytes = TASKS[task].perform(_SHARED[name], payload)
    return result, time.thread_time() - start
