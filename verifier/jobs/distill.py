"""Distill: extract a decision tree from a network, with a proof where the method finds one."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from verifier.distillers.frontier import FrontierTree
from verifier.distillers.representation import Layers, choose_nodes
from verifier.jobs.choices import Engine, Method
from verifier.jobs.engines import engine_of, spread_over, units_on, working
from verifier.jobs.growing import growth_of, on_the_domain
from verifier.jobs.journals import check_folder, check_journal, hash_of, journalled
from verifier.jobs.limit import Limit, Timeout, in_time, limit_of, reading
from verifier.jobs.loading import (
    About,
    Source,
    StrPath,
    check_results,
    load,
    network_of,
)
from verifier.jobs.methods import (
    MethodOptions,
    Outcome,
    find,
    kept_tree,
    parse_layers,
    target,
)
from verifier.jobs.proving import by_sandwiches, promising, search, swept_if_open
from verifier.jobs.result import Result
from verifier.jobs.sampling import reserved, sampled, wish_of
from verifier.jobs.schedule import (
    bounded,
    find_in_time,
    growing_end,
    note_handing_over,
    read_again,
    remainder_of,
)
from verifier.jobs.settling import Settled, settle
from verifier.jobs.trusting import trusted
from verifier.jobs.watching import Hear, Stop, Watch
from verifier.model.ensemble import Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.proof import Finding, is_open
from verifier.model.question import Matter
from verifier.model.tree import Tree
from verifier.model.verdict import EQUIVALENT
from verifier.provers.device import recorded
from verifier.provers.open_cells import closed_of
from verifier.provers.tensors.using import using
from verifier.provers.timing import Stopped, TimeOver, ending, now
from verifier.writing.certificate import found_by
from verifier.writing.json_nouns import write_tree
from verifier.writing.rows_bytes import rows_to_bytes

if TYPE_CHECKING:
    from verifier.distillers.hypothesis import Measured
    from verifier.formats.heads import Number
    from verifier.model.rows import Rows
    from verifier.provers.pairs.search import Sandwiching
    from verifier.provers.units.driver import Units
    from verifier.writing.threads import Spread

EXPLAINED = 0.7
"""The share of the time that is not for measuring how linear the tree's paths are."""
LEFT = 0.25
"""Sandwiches are tried where growing ends with so much of the time left."""
MOST = 0.5
"""What a proof that a tree grew with has to close for no other to be searched."""
UNFINISHED = "the search was stopped before its end: this is the best tree so far"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DistillResult(Result):
    """A Result with the tree that was found.

    ``method`` found it, ``lines`` say more about how, in words, and ``facts`` as data; ``measured``
    is how linear the tree's paths are, where that was asked for and there was time; ``frontier`` is
    the best tree of every size (certified and lrh; else None).
    """

    method: str
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    measured: Measured | None = None
    frontier: tuple[FrontierTree, ...] | None = None
    _JSON: ClassVar[str] = "distill_json"


def distill(
    network: Source,
    domain: Source = None,
    *,
    head: str | None = None,
    threshold: Number | None = None,
    method: str = Method.CERTIFIED,
    depth: int | None = None,
    leaves: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    keep: int | None = None,
    size: int | None = None,
    layers: Layers | None = None,
    scores: str | None = None,
    error: Fraction | float | str | None = None,
    explain: bool = False,
    prove: bool = False,
    rows: Source = None,
    timeout: Timeout = None,
    output: StrPath | None = None,
    certificate: StrPath | None = None,
    journal: StrPath | None = None,
    resume: StrPath | None = None,
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
) -> DistillResult:
    """Extract a decision tree from ``network`` on ``domain``.

    ``network``, ``domain``, ``head``, ``threshold``, ``timeout``, ``trust``, ``sample``,
    ``delta``, ``nonce``, ``device``, ``engine``, ``address``, ``command``, ``progress`` and
    ``stop`` are as for ``certify``. ``method``: certified (a tree grown with its proof), cart
    (scikit-learn on the network's answers) or lrh (linear probes on the network's activations find
    the tree's paths). An option that is None takes the method's default; one that the method lacks
    must be None: ``depth`` (cart, lrh), ``leaves`` (certified, cart), ``samples`` points drawn with
    ``seed``, ``keep`` and ``size`` (lrh), ``layers`` and ``scores`` (separation or lrh), ``error``,
    the probability of disagreement that is small enough (certified).

    ``rows`` (certified, cart) are what the tree is to be right on before all else, and then
    ``error`` is the share of them where it may differ: a table (a path, a frame, or an array of the
    network's inputs) whose rows are points of the domain. What is proved is the error over the
    domain as ever.

    ``journal`` is a folder where what is proved is kept as it is found, and ``resume`` one to go on
    from. The tree of method certified is always proved, others only with ``prove`` or where the
    ``certificate`` is to be written. ``output`` is where the tree is written, in JSON. ``explain``
    measures how linear the tree's paths are. Raises what ``certify`` raises.
    """
    limit = limit_of(timeout, network)
    watch = Watch(progress, stop)
    believed = trusted(trust)
    wish = wish_of(sample, delta, nonce)
    start = time.perf_counter()
    check_results(output, certificate)
    check_journal(journal, resume, device)
    check_folder(resume)
    where = engine_of(engine, address, device=device)
    proved = prove or certificate is not None
    if not proved and method != Method.CERTIFIED:
        _check_nothing_kept(where, journal or resume)
    chosen = parse_layers(layers)
    options = MethodOptions(
        depth=depth,
        leaves=leaves,
        samples=samples,
        seed=seed,
        error=target(error),
        keep=keep,
        size=size,
        layers=chosen,
        scores=scores,
        explain=explain,
    )
    with using(device), in_time(limit):
        with reading(limit):
            about = load(network, domain, watch, head=head, threshold=threshold)
        if explain:
            # raises now what measuring would later
            choose_nodes(network_of(about.network, "explain"), chosen)
        loaded = time.perf_counter()
        limit = read_again(limit, loaded - start, [about.network], about.domain)
        limit = reserved(limit, wish, [about.network])
        proving = limit and replace(limit, seconds=(EXPLAINED if explain else 1) * limit.seconds)
        growth = growth_of(about, method, options, rows, proving, watch, proved=proved)
        handed: list[Sandwiching] = []
        options, proving = growth.options, growth.limit
        in_words = _told(options, about) if journal or resume else ""
        kept = about, watch, {"method": method, "set of options": in_words}
        with (
            working(where, address, watch) as cluster,
            journalled(journal, resume, "distill", *kept) as store,
        ):
            units = units_on(cluster, store)
            with watch.stage("distilling", "search", deadline=growth.until):
                if proving is not None and units is None and not options.error:
                    told = partial(_handed_over, about, growth.about, watch, proving, handed)
                    options = replace(options, instead=told)
                grow = partial(find, method, growth.about, options, growth.until, units)
                outcome = on_the_domain(about, growth.about, kept_tree(units, grow, growth.about))
            about = about.cut_for(outcome.tree)
            seconds = {"load": loaded - start, "distill": time.perf_counter() - loaded}
            made = None
            if proved or outcome.finding is not None or method == Method.CERTIFIED:
                begun = time.perf_counter()
                made = _prove(
                    *(about, outcome, method, command, watch, proving, believed, options.rows),
                    begun=handed[0] if handed else None,
                    units=units,
                    spread=spread_over(cluster, units, watch),
                )
                made = sampled(made, wish, proving, watch, cluster, units)
                seconds["prove"] = time.perf_counter() - begun
        equal = made is not None and made.proved.verdict == EQUIVALENT
        result = DistillResult(
            matter=about.matter(outcome.tree),
            certificate=None if made is None else made.certificate,
            proved=None if made is None else made.proved,
            data=None if made is None else made.data,
            seconds=seconds,
            finished=outcome.finished or equal,
            method=method,
            lines=outcome.more,
            facts=outcome.facts,
            frontier=outcome.frontier,
            measured=_measured(growth.about, outcome, chosen, seed, limit, watch)
            if explain
            else None,
            notes=tuple(watch.notes),
            moments=tuple(watch.moments),
        )
    if certificate is not None:
        result.save(certificate)
    if output is not None:
        write_tree(output, result.tree, "" if result.finished else UNFINISHED)
    return result


def _check_nothing_kept(where: Engine, journal: StrPath | None) -> None:
    """Raise LeafproofError for a place of proofs where nothing is proved."""
    if where is Engine.RAY:
        raise LeafproofError(
            "the engine ray proves on other machines, and nothing is proved here: give "
            "--certificate, or leave --engine out"
        )
    if journal:
        raise LeafproofError(
            "a journal keeps what is proved, and nothing is here: give --certificate, or leave "
            "--journal out"
        )


def _prove(
    about: About,
    outcome: Outcome,
    method: str,
    command: str,
    watch: Watch,
    limit: Limit | None,
    trust: Collection[str],
    rows: Rows | None,
    *,
    begun: Sandwiching | None = None,
    units: Units | None = None,
    spread: Spread | None = None,
) -> Settled:
    """Have the kernel check the tree's proof, found now if the method gave none, or a search has
    ``begun`` that promises more.

    If the method was stopped, no time is given to a search, and a moment to the check.
    """
    name, finding = method, outcome.finding
    matter, origin = about.matter(outcome.tree), about.domain_from
    if begun is not None and begun.matter.models[-1].model != matter.models[-1].model:
        begun = None  # a tree of a few points has taken the place of a leaf
    if finding is not None and units is None and begun is None and limit and not watch.stopped:
        begun = _begun(matter, finding, watch, limit)
    if begun is not None and limit is not None and not watch.stopped:
        more = by_sandwiches(matter, watch, limit, begun)
        name, finding = more or (name, finding)
    if finding is None:
        end = now() if watch.stopped else growing_end(limit) if limit else None
        name, finding = search(
            *(about, outcome.tree, watch),
            deadline=end,
            end=limit.end if limit else None,
            units=units,
            sampled=remainder_of(limit),
        )
    again = units is None and begun is None and outcome.finding is not None
    if again and limit and not watch.stopped and _is_left_open(about, finding, limit):
        find = partial(search, about, outcome.tree, watch)
        known, proof = finding.counterexamples, finding.proof
        earlier = proof if isinstance(about.network, Ensemble) else None
        _, found = find_in_time(find, matter, watch, limit, earlier)
        if closed_of(matter.domain, found.proof) >= closed_of(matter.domain, proof):
            finding = replace(found, counterexamples=found.counterexamples or known)
    else:
        finding = swept_if_open(matter, finding, limit, watch)
        finding = bounded(matter, finding, limit, watch)
        note_handing_over(matter, finding, limit, watch)
    by = found_by(recorded(name), command)
    return settle(
        *(matter, finding, by, watch, limit),
        domain_from=origin,
        trust=trust,
        rows=rows,
        spread=spread,
    )


def _handed_over(
    about: About,
    plain: About,
    watch: Watch,
    limit: Limit,
    handed: list[Sandwiching],
    tree: Tree,
    closed: float,
) -> bool:
    """Whether sandwiches promise more of a tree than is closed while it grows: their search."""
    own = on_the_domain(about, plain, Outcome(tree, None, finished=False)).tree
    found = promising(about.cut_for(own).matter(own), watch, limit.end, closed)
    handed += [] if found is None else [found]
    return found is not None


def _begun(matter: Matter, finding: Finding, watch: Watch, limit: Limit) -> Sandwiching | None:
    """The same of a tree whose growth ended long before its time, with much open."""
    if not is_open(finding.proof) or limit.end - now() < LEFT * limit.seconds:
        return None
    return promising(matter, watch, limit.end, closed_of(matter.domain, finding.proof))


def _is_left_open(about: About, finding: Finding, limit: Limit) -> bool:
    """Whether a search of the tree says more than the proof that it grew with.

    Of an ensemble it goes on from there, and closes far more cells in the same time; of a network
    it begins anew where growing ended long before its time, with most of the domain open.
    """
    if not is_open(finding.proof) or isinstance(about.network, Ensemble):
        return is_open(finding.proof)
    ended = limit.end - now() >= LEFT * limit.seconds
    return ended and closed_of(about.domain, finding.proof) < MOST


def _told(options: MethodOptions, about: About) -> str:
    """The options of a method, in words that tell them from others."""
    rows = "" if options.rows is None else hash_of(rows_to_bytes(about.domain, options.rows))
    return f"{replace(options, rows=None)} {rows}"


def _measured(
    about: About,
    outcome: Outcome,
    layers: Layers | None,
    seed: int,
    limit: Limit | None,
    watch: Watch,
) -> Measured | None:
    """How linear the tree's paths are; None where there is no time for it."""
    from verifier.distillers.hypothesis import measure

    try:
        with (
            watch.stage("measuring", "search", deadline=limit.cut if limit else None),
            ending(limit.cut if limit else None),
        ):
            network = network_of(about.network, "explain")
            return measure(network, outcome.tree, about.domain, layers=layers, seed=seed)
    except (TimeOver, Stopped) as early:
        what = "the time limit" if isinstance(early, TimeOver) else "the stop"
        watch.note(f"{what} came before it was measured how linear the tree's paths are")
        return None
