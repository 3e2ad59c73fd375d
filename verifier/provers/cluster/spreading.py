"""The kernel's check of a proof, section by section, on the machines of a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from itertools import islice

from verifier.kernel.checker import Elsewhere
from verifier.kernel.known import Classes
from verifier.kernel.sections import Established
from verifier.kernel.stopping import CheckStopped, Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Point
from verifier.model.errors import LeafproofError
from verifier.provers.cluster.checking import Job
from verifier.provers.cluster.cutting import sections
from verifier.provers.cluster.joining import Cluster
from verifier.provers.cluster.messages import Done, Failed

AHEAD = 4
"""Sections for each worker that are under way or wait for those before them."""
LISTEN = 0.1
"""Seconds between two looks at whether to stop."""


def spread(
    cluster: Cluster,
    certificate: Certificate,
    trust: frozenset[str],
    lenient: bool,
    stop: Stop | None,
) -> Elsewhere:
    """Has a certificate's proof checked on a cluster (`writing.threads.Spread`, but for it)."""

    def everywhere(found: Mapping[Point, Classes]) -> Iterator[Established]:
        job = Job(certificate.matter, found, trust, lenient)
        share = cluster.share(pickle.dumps(job))
        waiting = enumerate(sections(certificate.domain, certificate.proof, cluster.workers))
        keys: dict[int, int] = {}
        sent, given, held = 0, 0, dict[int, Established]()
        try:
            while True:
                room = AHEAD * max(1, cluster.workers) - (sent - given)
                for number, section in islice(waiting, max(0, room)):
                    keys[cluster.submit("check", share, pickle.dumps(section))] = number
                    sent += 1
                if given == sent:
                    return
                if given in held:
                    yield held.pop(given)
                    given += 1
                    continue
                if stop is not None and stop():
                    raise CheckStopped
                for report in cluster.arrived(LISTEN):
                    if report.key in keys and isinstance(report, Failed):
                        raise LeafproofError(report.why)
                    if report.key in keys and isinstance(report, Done):
                        held[keys.pop(report.key)] = pickle.loads(report.result)
        finally:
            cluster.drop()

    return everywhere
