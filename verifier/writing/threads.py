"""The kernel's check on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from threadpoolctl import threadpool_limits

from verifier.kernel.certificate import check_certificate
from verifier.kernel.rules import WIDE
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.verdict import Verdict


def check_in_threads(
    certificate: Certificate,
    *,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
) -> Verdict:
    """``check_certificate`` in its own threads, or those of a wide teacher's products.

    Raises what ``check_certificate`` raises.
    """
    wide = max(certificate.teacher.widths) >= WIDE
    with threadpool_limits(None if wide else 1, "blas"):
        return check_certificate(
            certificate,
            trust=trust,
            threads=1 if wide else os.cpu_count() or 1,
            progress=progress,
            stop=stop,
            lenient=lenient,
            limited=limited,
        )
