"""From what a search found to a certificate: written, read back, and checked by the kernel."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from verifier.jobs.limit import Limit
from verifier.jobs.loading import StrPath
from verifier.jobs.schedule import bounded, hands_over, tail_seconds
from verifier.jobs.sweeping import with_points_of
from verifier.jobs.watching import Patience, Watch
from verifier.kernel.sampling import is_true_at
from verifier.kernel.stopping import CheckStopped
from verifier.model.certificate import Certificate
from verifier.model.ensemble import Ensemble
from verifier.model.errors import InvalidProof
from verifier.model.network import Network
from verifier.model.proof import Finding, is_open
from verifier.model.question import Matter
from verifier.model.rows import Rows
from verifier.model.tree import Tree
from verifier.model.verdict import Verdict
from verifier.provers import exhaustive
from verifier.provers.budget import FIXED
from verifier.provers.further import Continued, further_of
from verifier.provers.mending import evened
from verifier.provers.open_cells import reopened
from verifier.provers.options import Options
from verifier.provers.overlaying import leaves_open
from verifier.provers.rare import suits
from verifier.provers.search import COUNTEREXAMPLES, reopen
from verifier.provers.timing import now
from verifier.writing.again import Memory
from verifier.writing.certificate import SAMPLED, make_certificate, write_certificate
from verifier.writing.falling import Fallback, units
from verifier.writing.ready import ready
from verifier.writing.sections import TOGETHER
from verifier.writing.threads import Spread

ROOM = 1.4
"""Times that the check took: with more time left than that a search goes on."""
GOING_ON = "going on, as there is time left"
LEAST = 0.1
"""An estimate is taken to be no more than ten times too high."""
AGAIN, FEWEST = 1.2, 0.05
"""Times that the check took is left for another, of the part that is checked again; and the least
of such parts, as a proof is written, read and gone through as a whole."""
MENDED = 100
"""Of so many refused steps, at most, what is in their place is made so that others stay as they
were."""
SPARED = 0.5
"""The share of the sample's time that the check of a proof may take that has a coarser one, where
it lasts longer than expected: the coarser one can leave several times as much open."""
INSTEAD = 0.25
"""The share of the time until the limit that the check of a coarser proof may take, where that of
the other was cut short."""
SOON = 2.0
"""Times what the check of a whole proof is to take: with more time left than that, it is done."""
READY = 1e-4
"""Seconds of a processor that it takes to make a node of an ensemble ready, at most about."""
ROWS = 4096
"""Different rows, at most, that are looked at for counterexamples where the search found none."""
GRACE = 0.5
"""Seconds that the kernel checks even if a stop came before it began, or the time limit, if it is
done in them."""


@dataclass(frozen=True, eq=False)
class Settled:
    """A certificate as it was read back, its bytes, and what the kernel found in it."""

    certificate: Certificate
    proved: Verdict
    data: bytes


def settle(
    matter: Matter,
    finding: Finding,
    prover: str,
    watch: Watch,
    limit: Limit | None = None,
    *,
    domain_from: str | None = None,
    trust: Collection[str] = (),
    rows: Rows | None = None,
    rounds: bool = False,
    spread: Spread | None = None,
) -> Settled:
    """Make the certificate and have the kernel check its bytes.

    Constant steps that the kernel refuses are searched again, until it accepts all of them; after
    the time limit, or where the search left cells open, they are left open too. A stop and the time
    limit end the check: what the kernel has not come to is left open. A search that was stopped
    leaves the kernel ``GRACE`` seconds. ``prover`` and ``domain_from`` are recorded in the
    certificate, ``rows`` evaluated by themselves, and for counterexamples where the search left
    cells open and found none. With ``rounds`` a search for a proof about a
    network and a tree goes on where the check took so much less than was expected that there is
    time for more of both, and the narrower answer stays; so does one for sandwiches, whatever is
    asked. The rest of a coarser proof, where the
    finding has one, is checked in place of the other's where time runs short. ``spread`` has proofs
    checked on other machines, unless a stop came before; without, what was checked of a long one
    before a few steps were mended is not checked once more.
    """
    memory = Memory(SAMPLED)
    check = partial(
        _checked,
        matter,
        prover=prover,
        watch=watch,
        limit=limit,
        domain_from=domain_from,
        trust=trust,
        rows=rows,
        spread=memory.spread if spread is None else spread,
    )
    finding = _with_rows(matter, finding, rows)
    earlier: Settled | None = None
    while True:
        begun = now()
        try:
            made, refused = check(finding)
        except CheckStopped:
            if earlier is None:
                raise
            return earlier  # it stands
        if made is not None and made.proved.checked.cut is not None and limit is not None:
            made = _coarser_if_better(made, matter, finding, limit, watch, check)
        if made is not None and earlier is not None and _width(earlier) < _width(made):
            return earlier
        kept, took = memory.share(refused), now() - begun
        takes = _takes_again(made, took, max(FEWEST, kept))
        if made is not None and not _worth_another(
            made, matter, finding, refused, watch, limit, takes
        ):
            further = isinstance(finding, Continued) and finding.further is not None
            goes_on = rounds or further
            if not goes_on or limit is None or not _has_room(made, finding, took, watch, limit):
                return made
            again = None
            with suppress(CheckStopped):  # what was made before stands
                more = _one_more(matter, finding, made, took, watch, limit)
                if more is not None and _says_more(more, finding):
                    again, _ = check(more)
            return made if again is None else min(made, again, key=_width)
        until = now() if watch.stopped else None
        if made is not None and limit is not None:
            until = limit.end - takes
        earlier = made
        finding = _search_on(matter, finding, refused, until, watch, evenly=kept < 1.0)


def _with_rows(matter: Matter, finding: Finding, rows: Rows | None) -> Finding:
    """The finding; with rows where the question is true if it is open, and has no such point."""
    if rows is None or matter.domain.infinite:
        return finding
    if finding.counterexamples or not is_open(finding.proof):
        return finding
    points = np.array(rows.points[:ROWS], dtype=np.int64)
    true = points[is_true_at(ready(matter, None), points)]
    return replace(finding, counterexamples=tuple(map(tuple, true[:COUNTEREXAMPLES].tolist())))


def is_whole(made: Settled) -> bool:
    """Whether the proof leaves nothing open: cells that trees alone decide are not."""
    cells = made.proved.checked.cells
    if cells.get("sandwich"):
        fewest, most = made.proved.disagreements
        return fewest == most
    if cells.get("tail") or not cells.get("open"):
        return not cells.get("tail")
    return not leaves_open(made.certificate.matter, made.certificate.proof)


def write_unless_less(output: StrPath, made: Settled, watch: Watch, resume: StrPath | None) -> None:
    """Write the certificate, unless it would replace the one gone on from by one that says less."""
    path = Path(output)
    same = resume is not None and path.exists() and path.samefile(resume)
    if same and (made.proved.checked.cut or watch.stopped):
        watch.note(f"{path} is left as it was: it may prove more than this")
    else:
        write_certificate(path, made.data)


def _checked(
    matter: Matter,
    finding: Finding,
    prover: str,
    watch: Watch,
    limit: Limit | None,
    *,
    domain_from: str | None,
    trust: Collection[str],
    rows: Rows | None,
    spread: Spread | None,
    until: float | None = None,
) -> tuple[Settled | None, tuple[int, ...]]:
    """The certificate, and the numbers of the Constant steps that the kernel refuses.

    Without a time limit there is no certificate where there are any. The check is cut short when
    there is no more time for it, or at ``until``.
    """
    nodes = len(finding.proof)
    ends, ready = until or _check_ends(matter, finding, limit), _made_ready(matter, limit)
    stop = Patience(lambda: watch.stopped, GRACE, ends, ready)
    try:
        with watch.stage("checking", "check", nodes=nodes):
            data, held, verdict = make_certificate(
                matter,
                finding,
                prover,
                domain_from=domain_from,
                trust=trust,
                progress=watch.count,
                stop=stop,
                lenient=limit is not None,
                rows=rows,
                spread=None if watch.stopped else spread,
                fallback=_fallback(finding, limit, watch),
            )
    except InvalidProof as error:
        if not error.refused:
            raise
        return None, error.refused
    made = Settled(held, verdict, data)
    why = "stopped" if watch.stopped else "the time limit came"
    if verdict.checked.cut is not None and not is_whole(made):
        watch.note(
            f"{why}: the kernel had checked {verdict.checked.cut.nodes} of the proof's {nodes} "
            "nodes; the rest is left open"
        )
    if rows is not None and verdict.rows is None:
        watch.note(f"{why} before the {rows.count:,} rows were evaluated: nothing is said of them")
    return made, verdict.checked.refused


def _coarser_if_better(
    made: Settled,
    matter: Matter,
    finding: Finding,
    limit: Limit,
    watch: Watch,
    check: Callable[..., tuple[Settled | None, tuple[int, ...]]],
) -> Settled:
    """What was made of a proof whose check was cut short, or of the finest of its coarser ones that
    is checked in a moment, if that leaves less open: what the check did not come to may have been
    most of the domain."""
    spare = INSTEAD * (limit.full - now())
    slower = max(1.0, made.proved.checked.seconds / max(finding.check, 1e-9))
    some = [x for x in finding.coarser if AGAIN * slower * x[1] <= spare]
    if not some or watch.stopped:
        return made
    proof, takes = some[-1]
    with suppress(CheckStopped):
        instead = replace(finding, proof=proof, check=takes, coarser=())
        again, _ = check(instead, spread=None, until=now() + spare)
        if again is not None and _width(again) < _width(made):
            watch.note("a coarser proof, which leaves less open than that, was checked instead")
            return again
    return made


def _made_ready(matter: Matter, limit: Limit | None) -> float:
    """Seconds that a check has for making ensembles ready, even if the limit has come: without, it
    would leave nothing to sample. Until the moment when nothing is sampled any more."""
    sizes = [bound.model.size for bound in matter.models if isinstance(bound.model, Ensemble)]
    if limit is None or not sizes:
        return 0.0
    return min(READY * sum(sizes) * limit.slow, max(0.0, limit.late - now()))


def _check_ends(matter: Matter, finding: Finding, limit: Limit | None) -> float | None:
    """When a check is cut short. That of a whole proof, after which nothing is left to sample, may
    take the sample's time if it is soon done; and a moment where the limit has come already."""
    if limit is None:
        return None
    if is_open(reopened(finding.proof)):
        return limit.checked + _spared(finding, limit)
    takes = SOON * (finding.check or exhaustive.expected(matter))
    ends = limit.cut if now() + takes < limit.full else limit.checked
    moment = GRACE * limit.slow  # what was measured on a busy machine took as much longer
    return max(ends, now() + moment) if takes < moment else ends


def _spared(finding: Finding, limit: Limit) -> float:
    """Seconds of the sample's that the check may take."""
    return SPARED * limit.sampling if finding.coarser else 0.0


def _fallback(finding: Finding, limit: Limit | None, watch: Watch) -> Fallback | None:
    """The finding's coarser proofs, for what there is no time for."""
    if not finding.coarser or limit is None or watch.stopped:
        return None
    work = max(1, sum(map(units, finding.proof)))
    end = limit.end + _spared(finding, limit)
    return Fallback(finding.coarser, end, now, finding.check / work, work)


def _takes_again(made: Settled | None, took: float, share: float) -> float:
    """Seconds for another check of a ``share`` of a proof whose check ``took`` so many: all of it
    is written and read once more."""
    if made is None:
        return 0.0
    checked = made.proved.checked.seconds
    return max(0.0, took - checked) + AGAIN * share * checked


def _worth_another(
    made: Settled,
    matter: Matter,
    finding: Finding,
    refused: Collection[int],
    watch: Watch,
    limit: Limit | None,
    takes: float,
) -> bool:
    """Whether there is something to search on for, and time for it and for another check."""
    checked = made.proved.checked
    if not refused or limit is None or checked.cut is not None or watch.stopped:
        return False
    if hands_over(matter, finding, limit):  # what is refused stays open, and is sampled
        return False
    return limit.end - takes > now() and not leaves_open(matter, finding.proof)


def _has_room(made: Settled, finding: Finding, took: float, watch: Watch, limit: Limit) -> bool:
    """Whether cells are open, and there is time to go on and to check all of it once more.

    That ``took`` so many seconds, all that is written and read for it included.
    """
    checked = made.proved.checked
    if hands_over(made.certificate.matter, finding, limit):
        return False
    if watch.stopped or checked.cut is not None or not finding.check:
        return False
    if suits(made.certificate.matter) and (checked.cells.get("tail") or limit.sampling):
        return False  # a search closes less, and where Tails tell nothing a sample has the time
    some = limit.end - now() > ROOM * took
    return some and not is_whole(made) and is_open(reopened(finding.proof))


def _says_more(more: Finding, finding: Finding) -> bool:
    """Whether one finding has another proof than the other, or other counterexamples."""
    return (more.proof, more.counterexamples) != (finding.proof, finding.counterexamples)


def _one_more(
    matter: Matter, finding: Finding, made: Settled, took: float, watch: Watch, limit: Limit
) -> Finding | None:
    """The search taken up again, knowing what the check took, and what is beside it.

    None where there is no time for more.
    """
    if (further := further_of(finding)) is not None:
        with watch.stage(GOING_ON, "search", deadline=limit.end):
            again = further(limit.end, _learned(AGAIN * took, finding))
        return None if again is None else with_points_of(finding, again)
    end = limit.end - max(0.0, took - made.proved.checked.seconds)
    deadline = max(now(), end - tail_seconds(end - now()))
    learned = min(1.0, _learned(made.proved.checked.seconds, finding))
    with watch.stage(GOING_ON, "search", deadline=deadline):
        options = Options(
            deadline=deadline,
            check_by=end,
            progress=watch.tell,
            resume=reopened(finding.proof),
            confirm=False,
            learned=learned,
        )
        again = _prove(matter, options)
    return bounded(matter, with_points_of(finding, again), limit, watch)


def _learned(took: float, finding: Finding) -> float:
    """How many times what was expected the check of a finding ``took``. Nothing is learned from one
    that takes hardly more than what does not grow with the proof."""
    expected = finding.check - FIXED
    return max(LEAST, took / expected) if expected > FIXED else 1.0


def _width(made: Settled) -> Fraction:
    low, high = made.proved.error
    return high - low


def _search_on(
    matter: Matter,
    finding: Finding,
    refused: Collection[int],
    deadline: float | None,
    watch: Watch,
    *,
    evenly: bool,
) -> Finding:
    """The finding with the refused steps opened, and searched again if time is left.

    ``evenly``: so that a check of all others can stand.
    """
    proof = reopen(finding.proof, refused)
    if leaves_open(matter, finding.proof):
        return Finding(proof, finding.counterexamples)
    with watch.stage("proving again what the kernel refused", "search", deadline=deadline):
        options = Options(
            deadline=deadline, progress=watch.tell, resume=proof, refused=frozenset(refused)
        )
        again = _prove(matter, options)
    points = dict.fromkeys(finding.counterexamples + again.counterexamples)
    if evenly and len(refused) <= MENDED and not matter.domain.infinite:
        mended = evened(matter.domain, proof, again.proof, TOGETHER)
        return Finding(mended, finding.counterexamples or tuple(points))
    return Finding(again.proof, tuple(points))


def _prove(matter: Matter, options: Options) -> Finding:
    """Search with the quickest prover that goes on from any proof about the matter."""
    network, tree = (bound.model for bound in matter.models) if matter.is_differ else (None, None)
    if isinstance(network, Network) and isinstance(tree, Tree):
        from verifier.provers import branch  # takes a while to import

        if matter.domain.plain or branch.takes(network, matter.domain):
            return branch.prove(matter.domain, network, tree, options)
    from verifier.provers import questions

    return questions.prove(matter, options)
