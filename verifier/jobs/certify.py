"""Certify: prove that a tree is a network on a whole domain, or show where it is not."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from verifier.jobs.choices import Engine, Language, Prover, choice
from verifier.jobs.earlier import unfinished
from verifier.jobs.engines import engine_of, spread_over, units_on, working
from verifier.jobs.journals import check_journal, is_journal, journalled
from verifier.jobs.limit import Limit, Timeout, in_time, limit_of, reading
from verifier.jobs.loading import About, Source, StrPath, load_with_tree, network_of, seen
from verifier.jobs.other_solvers import ask_again, require_solvers, write_open
from verifier.jobs.proving import search
from verifier.jobs.result import Result
from verifier.jobs.sampling import reserved, sampled, wish_of
from verifier.jobs.schedule import find_in_time, read_again
from verifier.jobs.settling import Settled, is_whole, settle, write_unless_less
from verifier.jobs.trusting import trusted
from verifier.jobs.watching import Hear, Stop, Watch
from verifier.model.errors import LeafproofError
from verifier.provers.device import recorded
from verifier.provers.rare import suits
from verifier.provers.tensors.using import using
from verifier.writing.certificate import found_by
from verifier.writing.files import check_writable
from verifier.writing.helping import helped

if TYPE_CHECKING:
    from verifier.formats.heads import Number


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CertifyResult(Result):
    """A Result, with what other solvers said of it as ``remarks``."""

    remarks: tuple[str, ...] = ()
    _JSON: ClassVar[str] = "certify_json"


def certify(
    network: Source,
    tree: Source,
    domain: Source = None,
    *,
    head: str | None = None,
    threshold: Number | None = None,
    prover: str = Prover.AUTO,
    timeout: Timeout = None,
    output: StrPath | None = None,
    resume: StrPath | None = None,
    journal: StrPath | None = None,
    stop_at_difference: bool = False,
    cross_check: int = 0,
    emit: tuple[str, StrPath] | None = None,
    rows: Source = None,
    trust: Collection[str] = (),
    sample: int | None = None,
    delta: Fraction | float | str | None = None,
    nonce: str = "",
    device: str | None = None,
    engine: str = Engine.LOCAL,
    address: str | None = None,
    command: str = "",
    progress: Hear | None = None,
    stop: Stop | None = None,
) -> CertifyResult:
    """Prove that ``tree`` is ``network`` on the whole ``domain``, or show where it is not.

    ``network``, ``tree``: paths or objects (see ``load_teacher``, ``load_tree``); the former may be
    an ensemble of trees. ``domain``: a
    Domain, a path, ``"bits"`` or ``"signs"``; where none is given bits are assumed, which the
    certificate records. ``head`` and ``threshold`` say what the network's output is and where class
    1 begins, where the network does not show it. ``prover``: auto, exhaustive, branch, z3 (which
    lists ranges of up to 1,024 numbers; the others take any) or questions. Exhaustive and z3 take
    no continuous variables.

    ``timeout`` (seconds) ends the search and has all that it found checked; a ``stop()`` that
    returns True (asked often, in any thread) ends the job at once, with what the kernel has checked
    by then. ``progress`` is called with what happens (`jobs.watching.Event`).

    ``output`` is where the certificate is written, whole or not at all. ``resume`` is an earlier
    certificate about the same network and domain, whose proof is gone on from, or a journal's
    folder. ``journal`` is a folder where what is found is kept as it is found (see
    docs/how-to/crashes.md): whatever ends the run, ``resume`` goes on from there.
    ``stop_at_difference``: one counterexample is enough.
    ``cross_check`` has Z3 asked again about so many of the closed cells, ``emit`` (``smt2`` or
    ``vnnlib``, and a folder) the open cells written for other solvers: the Result's ``remarks`` say
    what came of it.
    ``rows`` is a table (a path, a frame, or an array of the network's inputs) whose rows are points
    of the domain: the error on them is found as well, exactly (``Result.on_rows``).
    ``trust`` names the solvers whose word counts where the kernel cannot repeat a proof.
    What the proof leaves open is sampled: ``sample`` points of it are drawn, by default as many as
    there is time for in a tenth of the time limit and half a second (0: none), or in all that is
    left where a search ends early as the sample would be too wide, by a generator that the
    certificate's own SHA-256 and the ``nonce`` determine. What that tells (``Result.sampled``) is
    wrong with probability ``delta`` at most, by default 1e-9; it is no proof, and no verdict
    depends on it.
    ``device`` (``cpu`` or ``cuda``) has bounds, attacks and the classes of many points computed by
    torch on it, which the certificate records beside the prover; without, NumPy and compiled code
    do. The ``engine`` ray has search and check done on the machines of a Ray cluster, the one at
    ``address`` (HOST:PORT), or one that is started here for as long; the certificate does not
    depend on how many these are. ``command`` is recorded in the certificate.

    The verdict is the kernel's, found in the bytes that ``Result.save`` writes. Raises
    LeafproofError in one line for input that cannot be used (nothing is written then), InvalidProof
    where the kernel or Z3 contradicts the search, Unfinished where the time is too short to begin.
    """
    limit = limit_of(timeout, network, tree)
    watch = Watch(progress, stop)
    believed = trusted(trust)
    wish = wish_of(sample, delta, nonce)
    if not isinstance(cross_check, int) or cross_check < 0:
        raise LeafproofError(f"cross_check is {cross_check!r}: give a whole number of at least 0")
    check_journal(journal, resume, device)
    where = engine_of(engine, address, device=device, prover=prover)
    start = time.perf_counter()
    if output is not None:
        check_writable(output)
    asked = emit and (choice(Language, emit[0], "language of other solvers"), Path(emit[1]))
    with using(device), in_time(limit), helped():
        with reading(limit):
            about, held = load_with_tree(
                network, tree, domain, watch, head=head, threshold=threshold
            )
        if cross_check or asked:
            _check_takes_solvers(about)
        points = None if rows is None else seen(about, rows, watch)
        loaded = time.perf_counter()
        about_what = [about.network, held], about.domain, points
        limit = read_again(limit, loaded - start, *about_what)
        matter = about.matter(held)
        limit = reserved(limit, wish, [about.network], tails=suits(matter))
        gone_on = None if is_journal(resume) else resume
        earlier = None if gone_on is None else unfinished(gone_on, matter, believed, watch)
        kept = about, watch, {"tree": held, "prover": prover}
        with (
            working(where, address, watch) as cluster,
            journalled(journal, resume, "certify", *kept) as store,
        ):
            units = units_on(cluster, store)
            find = partial(
                search,
                *(about, held, watch),
                prover=prover,
                stop_at_difference=stop_at_difference,
                units=units,
            )
            name, finding = find_in_time(
                find, matter, watch, limit, earlier, one=stop_at_difference
            )
            found = time.perf_counter()
            by = found_by(recorded(name), command)
            enough = stop_at_difference and bool(finding.counterexamples)
            made = settle(
                *(matter, finding, by, watch, limit),
                domain_from=about.domain_from,
                trust=believed,
                rows=points,
                rounds=name == Prover.BRANCH and units is None and not enough,
                spread=spread_over(cluster, units, watch),
            )
            made = sampled(made, wish, limit, watch, cluster, units)
        if output is not None:
            write_unless_less(output, made, watch, gone_on)
        remarks = tuple(_asked_of_others(made, limit, cross_check, asked))
    checked = time.perf_counter()
    return CertifyResult(
        matter=matter,
        certificate=made.certificate,
        proved=made.proved,
        data=made.data,
        seconds={"load": loaded - start, "prove": found - loaded, "check": checked - found},
        finished=not watch.stopped and is_whole(made),
        notes=tuple(watch.notes),
        moments=tuple(watch.moments),
        remarks=remarks,
    )


def _check_takes_solvers(about: About) -> None:
    """Raise LeafproofError for what other solvers are not asked about."""
    if not about.domain.plain:
        raise LeafproofError(
            "cross_check and emit fold networks on sets of values: they take no domain with "
            "ranges or a tree; leave them out"
        )
    require_solvers(network_of(about.network, "cross_check or emit"))


def _asked_of_others(
    made: Settled, limit: Limit | None, cross_check: int, emit: tuple[Language, Path] | None
) -> Iterator[str]:
    """What other solvers say, or are asked."""
    if cross_check:
        yield ask_again(made.certificate, cross_check, limit.cut if limit else None)
    if emit is not None:
        end = limit.given_up if limit else None
        yield write_open(made.certificate, *emit, end)
