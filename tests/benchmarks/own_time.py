"""Limits of processor time: on a busy machine a measurement is then that of an idle processor."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from verifier.jobs import limit, pilots


@contextmanager
def own_time() -> Iterator[None]:
    """Inside, the clock of all limits is the processor time of this process, on one processor.

    What a search's helpers do in processes of their own does not count.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("monotonic", "perf_counter"):
                patch.setattr(time, name, time.process_time)
            patch.setattr(time, "perf_counter_ns", time.process_time_ns)
            for module in (pilots, limit):  # nor does it wait for any by this clock
                patch.setattr(module, "slow", lambda *_: 1.0)
            patch.setattr(limit, "kept_waiting", lambda: 0.0)
            yield
    finally:
        os.sched_setaffinity(0, before)
