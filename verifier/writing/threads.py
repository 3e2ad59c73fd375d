"""The kernel's check on all processors, after a look at how much work it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial
from itertools import accumulate

from threadpoolctl import ThreadpoolController

from verifier.kernel.asked import Asked
from verifier.kernel.certificate import check_certificate, kept_left
from verifier.kernel.checker import Elsewhere, Piece
from verifier.kernel.prepared import point_cost
from verifier.kernel.sampling import Counted
from verifier.kernel.sections import Stack
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.limits import count_words, require_work
from verifier.model.network import Network
from verifier.model.proof import Enumerated, Proof, Split, Step
from verifier.model.verdict import Verdict
from verifier.reading.encoded import EncodedProof
from verifier.writing.falling import UNIT, Falling, units
from verifier.writing.helping import helped, helpers, rarely_collecting, start_helpers
from verifier.writing.pairs import require_parts
from verifier.writing.processors import processors
from verifier.writing.sections import Terms, in_sections, suits

Spread = Callable[[Certificate, frozenset[str], bool, Stop | None], Elsewhere | None]
"""Has a certificate's proof checked in sections, on other machines or to be kept, trusting some
solvers, lenient or not, until a stop. None: not this one's."""
MANY, WORTH = 10_000, 30_000
"""Units of work of a proof's check that other processes are given; and that are worth starting
them, which takes each of them as long as some thousands."""
BRIEF, SMALL = 4_000, 1 << 28
"""Units of work of a check in one thread, at most; and steps for all points where some are
enumerated."""
LIKELY, SWEPT = 8, 16
"""Units of a node without trees of signs, at most, of nearly all, as half of them are splits; and
of a cell that is enumerated, about: its network is folded, or its points are few and near a change
of class."""


def check_in_threads(
    certificate: Certificate,
    *,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
    spread: Spread | None = None,
    keep_left: int = 0,
    counted: Counted | None = None,
    asked: Asked | None = None,
) -> Verdict:
    """``check_certificate`` in threads of its own; matrix products take one each.

    Other processes look at cells where there are many. ``spread`` has the proof checked in
    sections, perhaps on other machines; ``counted`` has draws counted there.

    Raises what ``check_certificate`` raises, and TooMuch before it starts where that can be seen.
    """
    c = certificate
    read = [(bound.model, c.domain.product_of(bound.reads)) for bound in c.models]
    networks = [(model, domain) for model, domain in read if isinstance(model, Network)]
    each = sum(point_cost(network, domain) for network, domain in networks)
    require_work(
        c.enumerated * each,
        f"checking the certificate, which has {count_words(c.enumerated)} points evaluated,",
    )
    if limited and c.matter.is_differ:
        require_parts(c.domain, c.tree, c.proof)
    with _products().limit(limits=1), helped(), rarely_collecting():
        elsewhere = None if spread is None else spread(c, frozenset(trust), lenient, stop)
        if elsewhere is None:
            terms = partial(
                Piece,
                trust=frozenset(trust),
                lenient=lenient,
                keep_left=kept_left(c, keep_left),
            )
            elsewhere = by_helpers(c, terms, stop, limited=limited)
        if elsewhere is None and isinstance(c.proof, Falling):
            progress = c.proof.telling(progress)
        return check_certificate(
            c,
            trust=trust,
            threads=1 if elsewhere is None and _is_brief(c, each) else processors(),
            progress=progress,
            stop=stop,
            lenient=lenient,
            limited=limited,
            elsewhere=elsewhere,
            helpers=helpers(),
            keep_left=keep_left,
            counted=counted,
            asked=asked,
        )


@cache
def _products() -> ThreadpoolController:
    """The libraries that multiply matrices. NumPy's, which the kernel uses, is always loaded; to go
    through all that is takes a tenth of a small check."""
    return ThreadpoolController().select(user_api="blas")


def by_helpers(
    certificate: Certificate,
    terms: Terms,
    stop: Stop | None,
    *,
    limited: bool,
    stack: Stack | None = None,
    before: tuple[int, int] = (0, 0),
) -> Elsewhere | None:
    """Has a proof of very many claims checked by the kernel's helpers in sections; None: others.

    Helpers are started for any long proof. Other arguments: those of ``in_sections``.
    """
    crew = helpers()
    if not _is_long(certificate.proof, WORTH if crew is None else MANY):
        return None
    start_helpers()
    crew = helpers()
    if crew is None or not suits(certificate):
        return None
    return in_sections(certificate, crew, terms, stop, limited=limited, stack=stack, before=before)


def _is_long(proof: Proof, most: int) -> bool:
    """Whether a check is more than so many units of work, about."""
    if not isinstance(proof, EncodedProof):
        return sum(map(_work, proof)) > most
    if LIKELY * len(proof) + len(proof.data) // UNIT <= most:  # without reading it
        return False
    every = proof.piece(0, len(proof.data))  # whatever the time is
    return any(so_far > most for so_far in accumulate(map(_work, every)))


def _is_brief(certificate: Certificate, each: int) -> bool:
    """Whether a check is over before threads are there that only take turns in it.

    So it is of small networks; ``each`` is how many steps it takes them to evaluate a point.
    """
    c = certificate
    if not suits(c) or c.sample is not None or c.matter.ensembles or _is_long(c.proof, BRIEF):
        return False
    if c.domain.size * each <= SMALL:
        return True
    assert isinstance(c.proof, EncodedProof)
    every = c.proof.piece(0, len(c.proof.data))  # whatever the time is: a Falling one would fall
    return not any(type(x) is Enumerated for x in every)


def _work(node: Split | Step) -> int:
    """Units of a node (`falling.units`), and what enumerating takes."""
    return SWEPT if isinstance(node, Enumerated) else units(node)
