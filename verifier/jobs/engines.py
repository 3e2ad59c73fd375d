"""Where a job's work is done: here, or on the machines of a cluster that it joins for as long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from verifier.jobs.choices import Engine, choice
from verifier.jobs.watching import Watch
from verifier.model.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.provers.cluster.joining import Cluster
    from verifier.writing.threads import Spread


def engine_of(engine: str, address: str | None) -> Engine:
    """The engine by its name; raises LeafproofError where it cannot be used."""
    named = choice(Engine, engine, "engine")
    if named is Engine.RAY:
        from verifier.provers.cluster.joining import require_ray

        require_ray()
    elif address is not None:
        raise LeafproofError(
            'an address is that of a Ray cluster: add --engine ray (in Python engine="ray"), or '
            "leave it out"
        )
    return named


@contextmanager
def working(engine: Engine, address: str | None, watch: Watch) -> Iterator[Cluster | None]:
    """Inside, the cluster that was joined is at work; None where all is done here."""
    if engine is Engine.LOCAL:
        yield None
        return
    from verifier.provers.cluster.joining import join

    with watch.stage("joining the cluster"):
        cluster = join(address)
    machines = len(cluster.machines)
    watch.detail(
        f"Ray: {cluster.workers} workers on {machines} machine{'s' if machines != 1 else ''}"
    )
    with cluster:
        yield cluster
        for why in cluster.notes:
            watch.note(f"{why}: it was given no work")


def spread_over(cluster: Cluster | None) -> Spread | None:
    """How the kernel's check is spread over a cluster, where there is one."""
    if cluster is None:
        return None
    from verifier.provers.cluster.spreading import spread

    return partial(spread, cluster)
