"""Units done on the machines of a cluster: the Executor for `units.driver` that is not local."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from verifier.model.question import Matter
from verifier.provers.asked_cells import Asking
from verifier.provers.cells import Branching
from verifier.provers.cluster.joining import Cluster, results
from verifier.provers.cluster.searching import Job
from verifier.provers.compiled.chain import chain
from verifier.provers.units import packing
from verifier.provers.units.driver import Engine
from verifier.provers.units.unit import Fragment, Plan, Unit
from verifier.provers.units.work import CALL

AHEAD = 3
"""Units for each worker that are handed over: one runs, others wait where nothing is far."""


@dataclass(eq=False)
class Remote:
    """An Executor: the units that were left last are handed over first, so that few wait.

    What a worker or a machine takes with it is done again by another. ``finish`` is called at the
    end.
    """

    cluster: Cluster
    share: int
    finish: Callable[[], object] = lambda: None
    waiting: deque[Unit] = field(default_factory=deque)
    flying: dict[int, Unit] = field(default_factory=dict)
    elsewhere: bool = True

    def submit(self, unit: Unit) -> None:
        """Have a unit done."""
        self.waiting.append(unit)

    def arrived(self, wait: float) -> Sequence[tuple[Unit, Fragment]]:
        """What has been done; hands over as many units as keep all workers busy.

        Raises LeafproofError where a unit cannot be done, or the cluster is gone.
        """
        most = AHEAD * max(1, self.cluster.workers)
        while self.waiting and len(self.flying) < most:
            unit = self.waiting.pop()
            key = self.cluster.submit("search", self.share, packing.unit_to_bytes(unit))
            self.flying[key] = unit
        found = []
        for key, result in results(self.cluster, wait, self.flying):
            fragment = packing.fragment_of_bytes(result)
            found.append((self.flying.pop(key), fragment))
        return found

    def stop(self) -> None:
        """Leave undone what is not done."""
        self.cluster.drop()
        self.finish()


def remote(cluster: Cluster) -> Engine:
    """The engine that has units done on a cluster."""
    return partial(_begun, cluster)


def _begun(cluster: Cluster, matter: Matter, plan: Plan, search: Branching | Asking) -> Remote:
    share = cluster.share(pickle.dumps(Job(matter, plan)))
    if search.budget is not None:
        search.budget.workers = cluster.workers  # the cluster checks as well
    net = chain(search.teacher, matter.domain) if isinstance(search, Branching) else None
    if plan.way != "compiled" or net is None or not isinstance(search, Branching):
        return Remote(cluster, share)
    from verifier.provers.compiled import loading, stepping

    # the proof is put together here by compiled code: loaded while the first units are done
    slot = stepping.make_slot(net, CALL)
    if not loading.is_ready():
        loading.begin(search, net, slot)
    return Remote(cluster, share, partial(loading.ready, search, net, slot, lambda: False))
