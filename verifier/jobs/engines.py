"""Where a job's work is done: here, or on the machines of a cluster that it joins for as long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from verifier.jobs.choices import Engine, Prover, choice
from verifier.jobs.journals import unit_prover
from verifier.jobs.watching import Watch
from verifier.model.errors import LeafproofError, quoted

if TYPE_CHECKING:
    from verifier.kernel.sampling import Counted
    from verifier.kernel.stopping import Stop
    from verifier.model.certificate import Certificate
    from verifier.model.question import Matter
    from verifier.provers.cluster.joining import Cluster
    from verifier.provers.units.driver import Units
    from verifier.writing.threads import Spread


def engine_of(
    engine: str,
    address: str | None,
    *,
    device: str | None = None,
    prover: str = Prover.AUTO,
) -> Engine:
    """The engine by its name; raises LeafproofError where it cannot be used, with these options.

    So it does, within seconds, where nothing answers at the address.
    """
    named = choice(Engine, engine, "engine")
    if named is Engine.RAY:
        unit_prover(prover)
        if device is not None:
            raise LeafproofError(
                "a device is one of this machine, and the engine ray works on others: leave one out"
            )
        from verifier.provers.cluster.joining import reach, require_ray

        require_ray()
        if address is not None:
            reach(address)  # now, and not after all that has to be read
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


def units_on(cluster: Cluster | None, units: Units | None) -> Units | None:
    """How a search is done: by units on the cluster, where there is one; what is kept stays so."""
    if cluster is None:
        return units
    from verifier.provers.cluster.remote import remote
    from verifier.provers.units.driver import Units

    return Units(remote(cluster), None if units is None else units.store)


def spread_over(cluster: Cluster | None, units: Units | None, watch: Watch) -> Spread | None:
    """How the kernel's check is done: spread over a cluster, where there is one, and kept where
    what ``units`` find is; None: at one go, by this process."""
    keep = None
    if units is not None and units.store is not None:
        from verifier.provers.units.checked import keeping
        from verifier.provers.units.seal import own_seal, state_folder

        seal = own_seal()
        if seal is None:
            watch.note(
                f"no key can be kept in {quoted(state_folder(), 200)} that nobody else reads: the "
                "journal does not keep what the kernel checks, which begins anew after an end"
            )
        keep = keeping(units.store, seal)
    if cluster is not None:
        from verifier.provers.cluster.spreading import spread

        return partial(spread, cluster, keep)
    if keep is None:
        return None
    from verifier.provers.units.checked import here

    return partial(here, keep)


def drawn_in(
    units: Units | None, certificate: Certificate, counted: Counted | None
) -> Counted | None:
    """How they are counted where what ``units`` find is kept: what they tell is kept as well."""
    if units is None or units.store is None:
        return counted
    from verifier.provers.units.drawn import Drawn
    from verifier.provers.units.seal import own_seal

    seal = own_seal()
    if seal is None:  # which was said when the proof was checked
        return counted
    return Drawn(units.store, seal, certificate.hashes, counted).about


def counted_on(cluster: Cluster | None, matter: Matter, stop: Stop | None) -> Counted | None:
    """How the draws of a sample are counted: block by block on a cluster, where there is one."""
    if cluster is None:
        return None
    from verifier.provers.cluster.drawing import Spreading

    return Spreading(cluster, matter, stop).about
