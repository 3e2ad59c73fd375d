"""Work of a prover in several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from verifier.writing.processors import processors

T = TypeVar("T")


def in_threads(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """What each job finds, in their order: in as many threads as there are processors.

    The time limit and a stop are heeded in every thread.
    """
    with ThreadPoolExecutor(processors()) as pool:
        going = [pool.submit(partial(copy_context().run, job)) for job in jobs]
        return [one.result() for one in going]
