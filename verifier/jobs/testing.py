"""Test: how often a tree differs from a model that nobody looks into. A test, not a proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from verifier.formats.interval_steps import in_steps
from verifier.formats.load import load_tree, read_domain
from verifier.formats.opaque import Answers, answers, class_names, encoder, in_order
from verifier.formats.opaque_tables import table_of
from verifier.formats.words import few
from verifier.jobs.affording import affordable
from verifier.jobs.choices import exact
from verifier.jobs.limit import Timeout, in_time, limit_of, reading
from verifier.jobs.loading import Source, StrPath, origin
from verifier.jobs.result import Result
from verifier.jobs.sampling import chance_of
from verifier.jobs.watching import Hear, Patience, Said, Stop, Watch
from verifier.kernel.arithmetic import Ints
from verifier.kernel.stopping import CheckStopped
from verifier.model.certificate import Certificate
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, LeafproofError, Unfinished, quoted
from verifier.model.opaque import Opaque
from verifier.model.question import Bound, Matter, differ
from verifier.model.sample import ANYTIME, FINITE, POOLED, Plan, Sampled
from verifier.model.tree import Inner, Tree, check_fits
from verifier.provers.timing import now
from verifier.writing.certificate import write_certificate
from verifier.writing.files import check_writable
from verifier.writing.testing import among, drawn_points, make_test

if TYPE_CHECKING:
    from verifier.formats.heads import Number

SAMPLES = 100_000
AT_ONCE = 256
"""Points at which a model is asked together."""
ASKING = 0.5
"""Of the time limit, of a test that may end at any time: then it is checked."""
MOMENT = 0.5
"""Seconds on an idle machine in which such a test asks what it can, where the time is over."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TestResult(Result):
    """A Result of a test: ``proved.sampled`` holds its interval; nothing of it is proved."""

    __test__: ClassVar[bool] = False  # no class of tests, for pytest
    _JSON: ClassVar[str] = "test_json"

    def __repr__(self) -> str:
        return f"TestResult(no proof; {self.sampled})"


def test(
    model: Any,
    tree: Source,
    domain: Source = None,
    *,
    rows: Any = None,
    target: str | None = None,
    drop: Iterable[str] = (),
    samples: int | None = None,
    replacement: bool | None = None,
    until: Fraction | float | str | None = None,
    aim: Fraction | float | str | None = None,
    delta: Fraction | float | str | None = None,
    nonce: str = "",
    head: str | None = None,
    threshold: Number | None = None,
    timeout: Timeout = None,
    output: StrPath | None = None,
    command: str = "",
    progress: Hear | None = None,
    stop: Stop | None = None,
) -> TestResult:
    """Test how often ``tree`` differs from ``model``, which is only called, at points drawn.

    ``model``: a path to any ONNX file (executed by onnxruntime) or to a file of trees (XGBoost's,
    LightGBM's, code, which answer as they are read), any Python callable that takes an array of
    shape (N, columns), an object with ``predict`` (an estimator that was fitted to a frame is given
    what stood in it), or a torch module; its answers are labels, or scores of
    which the largest decides (see ``head`` and ``threshold`` of ``certify`` for one number a row).
    What it answers beside the tree's classes counts as one more class.
    ``domain`` is that of ``certify``; instead of it ``rows``, a table (CSV, Parquet, a frame; its
    column ``target`` and those to ``drop`` left out), says that its rows are what is drawn from.
    With both they are read as points of the domain, and its other points are not drawn.

    ``samples`` points are drawn (100,000 by default) by what the hashes of domain, model, tree and
    ``nonce`` fix: nobody chooses them. They are independent; with ``replacement`` False (so it is
    with ``rows``, unless it is True) each row or point is drawn at most once: that says more, and
    where all are drawn the error on them is exact. With confidence 1 - ``delta`` (1e-9 by default)
    the probability that the two differ lies in the interval of ``result.proved.sampled``; that is a
    test and no proof, and ``verdict`` stays undecided. The certificate records the model's answers;
    the kernel draws the points again and evaluates the tree there, and ``check`` with ``against``
    asks the model again. ``timeout``, ``output``, ``command``, ``progress`` and ``stop`` are those
    of ``certify``; with less time than ``samples`` take fewer are drawn, as many as is decided
    before the first of them, and a note says so. A test that does not end all the same is nothing,
    and raises Unfinished.

    With ``until`` the test ends as soon as the interval lies below that error, or above it: then it
    holds whenever one stops, so ``samples`` are only the most that are drawn, and what was drawn
    when the time came or ``stop`` said so is a test, too (until=0: go on till then). ``aim``, less
    than ``until``, bets that the error is about that small: fewer draws then show that it is below
    ``until``, and none that it is above.

    Raises LeafproofError in one line for input that cannot be used, and whatever a Python model
    raises; nothing is written then.
    """
    limit = limit_of(timeout)
    watch = Watch(progress, stop)
    start = time.perf_counter()
    if output is not None:
        check_writable(output)
    once = replacement is False or (replacement is None and rows is not None and until is None)
    goal = _chance("until", until, least=0)
    plan = _plan(samples, delta, nonce, goal, _chance("aim", aim), once=once)
    with in_time(limit):
        with reading(limit):
            known, drawn_from = _known(domain, rows, target, drop, watch)
            held = load_tree(tree, domain=known)
        asked = answers(model, held, head=head, threshold=threshold, domain=known)
        if asked.by_number:
            watch.note(
                "the tree's classes have names, the model's only numbers: compared by number"
            )
        columns = asked.columns or 1 + max(
            (n.column for n in held.nodes if isinstance(n, Inner)), default=0
        )
        space = _domain(held, known, domain, columns, watch)
        # code's types may not hold the domain's numbers, an estimator may read them by name
        held = load_tree(tree, domain=space)
        matter = matter_of_test(space, asked.model, held)
        if once:
            plan = _at_most_all(plan, matter, watch, given=samples is not None)
        loaded = time.perf_counter()
        ending = None if limit is None else limit.late
        if limit is not None and goal is not None:  # what was drawn by then is checked in time
            some = min(limit.late, now() + MOMENT * limit.slow)
            ending = max(limit.start + ASKING * limit.seconds, some)
        patience = Patience(lambda: watch.stopped, until=ending)
        paced = None if limit is None or goal is not None else partial(affordable, limit)
        checking = patience if goal is None else Patience(until=limit.late if limit else None)
        try:
            with watch.stage("testing", "whole" if goal is None else "check"):
                data, made, verdict = make_test(
                    matter,
                    plan,
                    _asker(asked, model, space, patience, partial(_say, watch)),
                    None if goal is None else partial(_decided, goal),
                    command,
                    affordable=paced and partial(paced, plan.draws, watch),
                    domain_from=drawn_from,
                    stop=patience,
                    until=checking,
                )
        except CheckStopped:
            raise _too_short(plan) from None
        if verdict.checked.cut is not None:
            raise _too_short(plan)
        recorded = made.recorded or b""
        others = recorded.count(asked.model.classes - 1)
        if others and others == len(recorded):
            watch.note(
                f"no answer of the model is one of the tree's classes, {_called(held)}: are they "
                "named otherwise?"
            )
        elif others:
            watch.note(
                f"at {others:,} of {len(recorded):,} draws the model answers with none of the "
                "tree's classes, or with NaN: there it counts as different from the tree"
            )
        if output is not None:
            write_certificate(output, data)
    return TestResult(
        matter=matter,
        certificate=made,
        proved=verdict,
        data=data,
        seconds={"load": loaded - start, "test": time.perf_counter() - loaded},
        notes=tuple(watch.notes),
    )


def _called(tree: Tree) -> str:
    return few([quoted(name) for name in class_names(tree)], 4)


def _say(watch: Watch, done: int) -> None:
    watch.tell(Said(f"{done:,} points asked"))


def _too_short(plan: Plan) -> Unfinished:
    return Unfinished(f"the test of {plan.draws} draws was not finished: give it longer, or fewer")


def matter_of_test(domain: Domain, model: Opaque, tree: Tree) -> Matter:
    """The question where an opaque model and a tree differ."""
    reads = tuple(range(len(domain.variables)))
    return Matter(domain, (Bound("model", model, reads), Bound("tree", tree, reads)), differ())


def _plan(
    samples: int | None,
    delta: Fraction | float | str | None,
    nonce: str,
    goal: Fraction | None,
    aim: Fraction | None,
    *,
    once: bool,
) -> Plan:
    """How points are drawn. Raises LeafproofError where the wishes do not go together."""
    if goal is not None and once:
        raise LeafproofError(
            "until is for independent draws: leave it out, or draw with replacement"
        )
    if aim is not None and (goal is None or aim >= goal):
        raise LeafproofError("aim is the error that is hoped for, less than until: give both")
    draws, chance = SAMPLES if samples is None else samples, chance_of(delta)
    if goal is not None:
        return Plan(draws, chance, nonce, ANYTIME, AT_ONCE, aim=aim)
    return Plan(draws, chance, nonce, FINITE if once else POOLED)


def _chance(name: str, value: Fraction | float | str | None, least: int | None = None) -> Any:
    """A number above 0 and below 1, or ``least``. Raises LeafproofError."""
    if value is None:
        return None
    try:
        found = exact(value)
    except ValueError:
        found = Fraction(-1)
    if not 0 < found < 1 and found != least:
        raise LeafproofError(f'{name} is "{value}": give an error above 0 and below 1, as 0.01')
    return found


def _at_most_all(plan: Plan, matter: Matter, watch: Watch, *, given: bool) -> Plan:
    """The plan, with no more draws than there are points or rows."""
    found = among(matter)
    if plan.draws <= found:
        return plan
    if given:
        watch.note(f"there are {found} equally likely points or rows: each is drawn once")
    return replace(plan, draws=found)


def _decided(goal: Fraction, sampled: Sampled) -> bool:
    """Whether the interval lies on one side of an error."""
    return sampled.upper <= goal or 0 < goal <= sampled.lower


def _known(
    domain: Source, rows: Any, target: str | None, drop: Iterable[str], watch: Watch
) -> tuple[Domain | None, str | None]:
    """What is drawn from, and where that comes from, as certificates record it.

    The domain is None where it is only called bits or signs: how many is not known yet.
    """
    if rows is not None:
        from verifier.formats.frame_rows import rows_notes
        from verifier.formats.frames import read_frame

        if domain is not None:
            if drop:
                raise LeafproofError(
                    "of rows with a domain only the columns of its variables are looked at: leave "
                    "drop out"
                )
            held = domain if isinstance(domain, Domain) else read_domain(domain)
            space = _of_rows(held, rows)
            notes = rows_notes(space)
        else:
            found = read_frame(rows, target, distribution="rows", drop=drop)
            space, notes = found.domain, (*found.notes, *rows_notes(found.domain))
        for text in notes:
            watch.note(text)
        return space, None
    if target is not None or drop:
        name = "drop" if target is None else "target"
        raise LeafproofError(f"{name} names a column of rows: give rows, or leave it out")
    if isinstance(domain, Domain):
        return domain, origin(domain)
    if domain is None or (isinstance(domain, str) and domain in ("bits", "signs")):
        return None, origin(domain)
    return read_domain(domain), origin(domain)


def _of_rows(domain: Domain, rows: Any) -> Domain:
    """The rows of a table as the only points of a domain, each as probable as it is frequent."""
    from verifier.formats.frame_points import only_rows
    from verifier.formats.frame_rows import rows_of

    if domain.infinite:
        name = next(v.name for v in domain.variables if isinstance(v, Continuous))
        raise LeafproofError(
            f"{quoted(name)} is continuous, so single rows have no probability: bin it, or leave "
            "the domain out"
        )
    held = rows_of(domain, rows)
    index = np.repeat(np.array(held.points, dtype=np.int64), held.times, axis=0)
    return only_rows(domain.variables, index)


def _domain(tree: Tree, known: Domain | None, domain: Source, columns: int, watch: Watch) -> Domain:
    """What is drawn from, in steps where it is continuous; so many bits where it is not known."""
    space = read_domain(domain or "bits", columns) if known is None else known
    if domain is None and known is None:
        watch.note(f"no domain was given: {columns} bits are assumed")
    stepped = in_steps(space)
    for v, w in zip(space.variables, stepped.variables, strict=True):
        if v is not w:
            watch.note(
                f"{quoted(v.name)} is continuous: drawn are the middles of {w.count:,} equal "
                "steps of it, each as probable as the density makes it"
            )
    check_fits(tree, stepped, None)
    return stepped


def _asker(
    asked: Answers, model: Any, domain: Domain, stop: Stop, said: Callable[[int], None]
) -> Callable[[Ints], bytes]:
    """The classes of a ``model`` at points, as they are recorded.

    It is asked at AT_ONCE points at a time, the same ones whoever asks: some models answer ties by
    what stands beside them. ``said`` is told how many it has answered, ``stop`` asked in between.
    """
    done, make = 0, table_of(model, domain)
    if make is None:
        encode, order = encoder(domain), in_order(asked.names, domain)

    def classify(points: Ints) -> bytes:
        nonlocal done
        found = []
        for at in range(0, len(points), AT_ONCE):
            if stop():
                raise CheckStopped
            some = points[at : at + AT_ONCE]
            rows = encode(some)[:, order] if make is None else make(some)
            found.append(asked.classify(rows).astype(np.uint8).tobytes())
            done += len(some)
            said(done)
        return b"".join(found)

    return classify


def ask_again(
    certificate: Certificate,
    model: Any,
    tree: Source,
    domain: Source,
    *,
    rows: Any = None,
    head: str | None = None,
    threshold: Number | None = None,
    stop: Stop = lambda: False,
) -> int:
    """Hold a test's certificate against model, tree and domain, and ask the model again.

    At every draw; returns how many there are. Of a domain and a table's ``rows`` these alone are
    drawn. Raises InvalidProof where something else is found,
    Unfinished once ``stop`` says so.
    """
    from verifier.jobs.against import difference

    stated, student = (bound.model for bound in certificate.models)
    assert isinstance(stated, Opaque) and isinstance(student, Tree)
    space = (
        domain if isinstance(domain, Domain) else read_domain(domain, certificate.domain.columns)
    )
    space = in_steps(space) if rows is None else _of_rows(space, rows)  # as the test did
    held = load_tree(tree, domain=space)
    if held.nodes != student.nodes:  # what its classes are called is the model's to say
        raise InvalidProof("the test is about another tree than the one given")
    if other := difference(certificate.domain, space):
        if rows is None and space.given is None and certificate.domain.given is not None:
            other += "; of a test of a table's rows give that table, too (--rows)"
        raise InvalidProof(f"the test is about another domain than the one given: {other}")
    asked = answers(model, held, head=head, threshold=threshold, domain=space)
    if stated.sha256 != asked.model.sha256:
        raise InvalidProof(
            "the test is about another model: the SHA-256 of its file is not the same"
        )
    classify = _asker(asked, model, space, stop, lambda done: None)
    at, recorded = 0, certificate.recorded or b""
    for points in drawn_points(certificate):
        try:
            classes = classify(points)
        except CheckStopped:
            raise Unfinished(f"the model was asked again at {at} draws before the end") from None
        own = recorded[at : at + len(classes)]
        if classes != own:
            first = next(i for i in range(len(own)) if classes[i] != own[i])
            raise InvalidProof(
                f"the model answers class {classes[first]} at draw {at + first + 1}, but the file "
                f"records class {own[first]}"
            )
        at += len(classes)
    return at
