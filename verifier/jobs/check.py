"""Check: have the kernel go through a certificate, and hold it against the user's files."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from verifier.jobs.choices import Engine, exact
from verifier.jobs.engines import counted_on, engine_of, spread_over, working
from verifier.jobs.limit import Limit, Timeout, in_time, limit_of, within
from verifier.jobs.loading import is_path, read
from verifier.jobs.result import Result
from verifier.jobs.trusting import trusted
from verifier.jobs.watching import Hear, Patience, Stop, Watch
from verifier.model.certificate import Certificate
from verifier.model.errors import LeafproofError, quoted
from verifier.model.verdict import EQUIVALENT, Verdict
from verifier.provers.timing import ending
from verifier.reading.files import heard
from verifier.writing.threads import Spread, check_in_threads

if TYPE_CHECKING:
    from verifier.formats.heads import Number
    from verifier.jobs.against import Digests
    from verifier.jobs.loading import Source, StrPath
    from verifier.jobs.second_opinion import Others, Verified
    from verifier.provers.cluster.joining import Cluster
    from verifier.second_checker import Opinion, Tested


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CheckResult(Result):
    """A Result of a certificate that somebody made: valid, unless it is not ``finished``.

    ``verified`` says which build of the verified checker agrees, ``opinion`` what the float32
    checker went through, ``tested`` what the second checker drew again of a test, where they were
    asked and had the time;
    ``files`` the digests of the files that the certificate was held against, ``replayed`` what
    onnxruntime says of the counterexamples there; ``met`` whether it proves what was required, None
    where nothing was; ``against`` and ``required`` are what was asked, in words; ``asked_again`` at
    how many draws of a test the model was asked again, and answered as recorded.
    """

    verified: Verified | None = None
    opinion: Opinion | None = None
    tested: Tested | None = None
    files: Digests | None = None
    replayed: str | None = None
    met: bool | None = None
    against: tuple[str, ...] | None = None
    required: str | None = None
    asked_again: int = 0
    _JSON: ClassVar[str] = "check_json"


def check(
    certificate: StrPath,
    *,
    against: tuple[Source, Source, Source] | None = None,
    rows: Source = None,
    head: str | None = None,
    threshold: Number | None = None,
    require: Fraction | float | str | None = None,
    trust: Collection[str] = (),
    verified: bool = False,
    paranoid: bool = False,
    engine: str = Engine.LOCAL,
    address: str | None = None,
    timeout: Timeout = None,
    progress: Hear | None = None,
    stop: Stop | None = None,
) -> CheckResult:
    """Check every step of the ``certificate`` at a path, trusting nothing but the kernel.

    ``against``: network, tree and domain (paths or objects; ``bits`` or ``signs``) that it must be
    about; ``head`` and ``threshold`` say how that network's output is read. Of a test of a table's
    ``rows`` as points of that domain these are given as well. ``require``:
    ``equivalent``, or the greatest probability of disagreement that is good enough. ``verified``
    also runs the checker whose soundness Coq proves, and ``paranoid`` both it and a naive
    checker of what is stated of float32 (slow). With the ``engine`` ray the kernel's check runs on
    the machines of the Ray cluster at an ``address`` (HOST:PORT; none: one that is started here and
    now), ``LEAFPROOF_WORK`` not counted. ``trust``, ``timeout``, ``progress`` and
    ``stop`` are those of ``certify``.

    Raises InvalidProof where a step, a counterexample or what the file states does not hold, or
    where it is about something else; CertificateError where it is no certificate; LeafproofError
    for other input that cannot be used. A check that the time limit or a stop cuts short is not
    ``finished``, and decides nothing about the certificate: its numbers are what the steps checked
    by then prove.
    """
    if against is None and (head is not None or threshold is not None):
        raise LeafproofError(
            "head and threshold say how --against reads the network: add it, or leave them out"
        )
    if rows is not None and against is None:
        raise LeafproofError("rows say what the domain of --against is: add it, or leave them out")
    if against is not None and not (isinstance(against, tuple | list) and len(against) == 3):
        raise LeafproofError("against is not the three that it takes: network, tree and domain")
    believed = trusted(trust)
    most = None if require is None else most_error(require)
    if require is not None and against is None:
        raise LeafproofError(
            "require means nothing for a certificate about another network, tree or domain: "
            "add --against TEACHER TREE DOMAIN (DOMAIN: bits, signs or a domain file; in Python: "
            "against=(network, tree, domain))"
        )
    limit = limit_of(timeout)
    watch = Watch(progress, stop)
    chosen = engine_of(engine, address)
    start = time.perf_counter()
    with within(limit):
        held, data = read(certificate, watch)
    if rows is not None and not held.matter.is_test:
        raise LeafproofError(
            "rows are what a test draws from, and this is a certificate: leave them out, its own "
            "are in it"
        )
    seconds = {"load": time.perf_counter() - start}
    with in_time(limit):
        asked = verified or paranoid
        with working(chosen, address, watch) as cluster:
            verdict, others = _checked(
                *(quoted(certificate), held, data, watch, limit, believed, seconds),
                spread=spread_over(cluster, None, watch),
                cluster=cluster,
                verified=asked,
                paranoid=paranoid,
            )
        finished = verdict.checked.cut is None and (others is not None or not asked)
        files = replayed = None
        again = 0
        if finished and against is not None and held.matter.is_test:
            from verifier.jobs.testing import ask_again

            until = limit.cut if limit else None
            end = Patience(lambda: watch.stopped, until=until)
            again = ask_again(held, *against, rows=rows, head=head, threshold=threshold, stop=end)
        elif finished and against is not None:
            files, replayed = _held_against(held, verdict, against, head, threshold)
    return CheckResult(
        matter=held.matter,
        certificate=held,
        proved=verdict,
        data=data,
        seconds=seconds,
        finished=finished,
        notes=tuple(watch.notes),
        verified=None if others is None else others.verified,
        opinion=None if others is None else others.opinion,
        tested=None if others is None else others.tested,
        checkers=() if others is None else _names(others),
        asked_again=again,
        files=files,
        replayed=replayed,
        against=None if against is None else tuple(map(str, against)),
        required=None if require is None else str(require),
        met=None if most is None or not finished else _meets(verdict, most),
    )


def most_error(require: Fraction | float | str) -> Fraction | str:
    """The greatest error that is good enough, or ``equivalent``. Raises LeafproofError."""
    if require == EQUIVALENT:
        return EQUIVALENT
    try:
        error = exact(require)
    except ValueError:
        error = Fraction(-1)
    if not 0 <= error <= 1:
        raise LeafproofError(
            f'require "{require}" is neither "equivalent" nor a probability: write 1/1000 or 0.001'
        )
    return error


def _meets(verdict: Verdict, most: Fraction | str) -> bool:
    if isinstance(most, str):
        return verdict.verdict == EQUIVALENT
    return verdict.error[1] <= most


def _checked(
    name: str,
    held: Certificate,
    data: bytes,
    watch: Watch,
    limit: Limit | None,
    trust: Collection[str],
    seconds: dict[str, float],
    *,
    spread: Spread | None,
    cluster: Cluster | None,
    verified: bool,
    paranoid: bool,
) -> tuple[Verdict, Others | None]:
    """What the kernel finds, and other checkers where they are asked."""
    stop = Patience(lambda: watch.stopped, until=limit.cut if limit else None)

    def kernel() -> Verdict:
        began = time.perf_counter()
        with watch.stage("checking", nodes=len(held.proof)):
            found = check_in_threads(
                held,
                trust=trust,
                progress=watch.count,
                stop=stop,
                spread=spread,
                counted=counted_on(cluster, held.matter, stop),
            )
        seconds["check"] = time.perf_counter() - began
        return found

    with ending(limit.cut if limit else None):
        if not verified:
            return kernel(), None
        from verifier.jobs.second_opinion import check_twice

        return check_twice(name, data, held, kernel, watch, trust=trust, paranoid=paranoid)


def _names(others: Others) -> tuple[str, ...]:
    """The checkers that agree with the kernel, in words."""
    found = []
    if others.verified is not None:
        found.append(f"the verified checker ({others.verified.build.words})")
    if others.tested is not None:
        found.append("the second checker")
    if others.opinion is not None:
        found.append("the float32 checker")
    return tuple(found)


def _held_against(
    held: Certificate,
    verdict: Verdict,
    against: tuple[Source, Source, Source],
    head: str | None,
    threshold: Number | None,
) -> tuple[Digests, str | None]:
    """The digests of the files that the certificate is about, and what onnxruntime says."""
    from verifier.jobs import against as files

    with heard() as seen:
        files.compare(held, *against, head=head, threshold=threshold)
    found = files.digests(seen, *against)
    replayed = files.replay(held, verdict, against[0]) if is_path(against[0]) else None
    return found, replayed
