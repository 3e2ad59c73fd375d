"""Ask: at how many points of a domain a formula about models is true, with a proof."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from verifier.jobs.asking import heads_of, load_matter
from verifier.jobs.choices import Engine
from verifier.jobs.earlier import unfinished
from verifier.jobs.engines import engine_of, spread_over, units_on, working
from verifier.jobs.journals import check_journal, is_journal, journalled
from verifier.jobs.limit import Timeout, in_time, limit_of, reading
from verifier.jobs.loading import Source, StrPath
from verifier.jobs.proving import answer
from verifier.jobs.result import Result
from verifier.jobs.sampling import reserved, sampled, wish_of
from verifier.jobs.schedule import find_in_time, read_again
from verifier.jobs.settling import is_whole, settle, write_unless_less
from verifier.jobs.trusting import trusted
from verifier.jobs.watching import Hear, Stop, Watch
from verifier.provers.device import recorded
from verifier.provers.rare import suits
from verifier.provers.tensors.using import using
from verifier.writing.certificate import found_by
from verifier.writing.files import check_writable
from verifier.writing.helping import helped

if TYPE_CHECKING:
    from verifier.formats.heads import Number


def ask(
    question: Any,
    models: Mapping[str, Source | tuple[Source, Sequence[str]]],
    domain: Source,
    *,
    head: str | Mapping[str, str] | None = None,
    threshold: Number | Mapping[str, Number] | None = None,
    timeout: Timeout = None,
    output: StrPath | None = None,
    resume: StrPath | None = None,
    journal: StrPath | None = None,
    stop_at_witness: bool = False,
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
) -> Result:
    """Find out, and prove, where the ``question`` about the classes of ``models`` is true.

    ``models`` gives each a name: a network or a tree (anything that ``load_network`` or
    ``load_tree`` reads), or a pair of it and the names of the variables that it reads, in the order
    of its columns; without, it reads all. ``domain``: a Domain or a path to a domain file.
    ``question`` is the value of a certificate's question.json, for instance ::

        {"not": {"same": ["a", "b"]}}                          # a and b have different classes
        {"all": [{"class": ["a", 1]}, {"class": ["b", 0]}]}    # a answers 1 and b 0

    (also ``any``), or a formula of ``verifier.model.question``, which numbers the models.

    The Result's ``verdict`` is nowhere, somewhere or undecided, ``points`` and ``probability`` are
    the least and the greatest that the proof leaves, ``witnesses`` some points where the formula is
    true. (Whether a network and a tree differ keeps the words of ``certify``.)
    ``stop_at_witness``: one is enough. ``head`` and ``threshold`` are those of ``certify``, of all
    models or, as a mapping, of some by name; nothing is said of what has its classes (one tree, a
    Network). The other arguments are those of ``certify``. With a ``journal`` or on a cluster cells
    are closed, and no sandwiches are counted.

    Raises what ``certify`` raises; a LeafproofError (QuestionError) of one line where models,
    domain and question do not fit together.
    """
    given = models.values() if isinstance(models, Mapping) else ()
    limit = limit_of(timeout, *(m[0] if isinstance(m, tuple) and m else m for m in given))
    watch = Watch(progress, stop)
    believed = trusted(trust)
    wish = wish_of(sample, delta, nonce)
    check_journal(journal, resume, device)
    where = engine_of(engine, address, device=device)
    heads = heads_of(head, threshold, models if isinstance(models, Mapping) else ())
    start = time.perf_counter()
    if output is not None:
        check_writable(output)
    with using(device), in_time(limit), helped():
        with reading(limit):
            asked = load_matter(question, models, domain, watch, heads)
        loaded = time.perf_counter()
        every = [x.model for x in asked.matter.models]
        limit = read_again(limit, loaded - start, every, asked.matter.domain)
        limit = reserved(limit, wish, every, tails=suits(asked.matter))
        gone_on = None if is_journal(resume) else resume
        earlier = None if gone_on is None else unfinished(gone_on, asked.matter, believed, watch)
        with (
            working(where, address, watch) as cluster,
            journalled(journal, resume, "ask", asked.matter, watch, {}) as store,
        ):
            units = units_on(cluster, store)
            find = partial(
                answer, asked.matter, watch, stop_at_witness=stop_at_witness, units=units
            )
            name, finding = find_in_time(
                find, asked.matter, watch, limit, earlier, one=stop_at_witness
            )
            found = time.perf_counter()
            by = found_by(recorded(name), command)
            made = settle(
                *(asked.matter, finding, by, watch, limit),
                domain_from=asked.domain_from,
                trust=believed,
                spread=spread_over(cluster, units, watch),
            )
            made = sampled(made, wish, limit, watch, cluster, units)
        if output is not None:
            write_unless_less(output, made, watch, gone_on)
    checked = time.perf_counter()
    return Result(
        matter=asked.matter,
        certificate=made.certificate,
        proved=made.proved,
        data=made.data,
        seconds={"load": loaded - start, "prove": found - loaded, "check": checked - found},
        finished=not watch.stopped and is_whole(made),
        notes=tuple(watch.notes),
        moments=tuple(watch.moments),
    )
