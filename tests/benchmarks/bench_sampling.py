"""Samples of what proofs leave open: how wide, in how long, and beside plain sampling.

python -m tests.benchmarks sampling [--limit S] [--only NAME ...] [--every] [--kinds] [--own-time]
python -m tests.benchmarks sampling --files CERTIFICATE ... [--seconds S]

The pair question of the fairness networks (LEAFPROOF_FAIRNESS_NETS), the networks of width 1000
(LEAFPROOF_PAPER_NETS), and wine and breast cancer from scikit-learn, cut into bins, with the tree
that `distill` grows in a third of the limit. For each: the width of the proved interval, how many
points were drawn and how, half the width of the sampled interval at delta = 1e-9, the processor
seconds of drawing them again, half the width that plain draws from the whole domain give in as
many processor seconds, and how many times narrower the sample is (1, less what the measurement is
off by, where it is such draws itself). The next column is the same beside plain draws in all the
processor seconds of the sampling: the points in hand, what is made ready, pilots and draws. The
last one is beside plain draws in all of the limit: those that nothing is proved with.

With --files certificates are sampled again, whatever sample they hold, in S processor seconds, the
choice of how included: on a busy machine too, if not as much. With --every all networks of the
folder are asked about, with --kinds problems of many kinds (`sampled_kinds`); with --own-time
limits are of the seconds of the one processor that is used then, so that what else the machine does
takes none of them (a search's helpers do not count).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from tests.benchmarks import literature, paper_nets
from tests.benchmarks.own_time import own_time
from tests.benchmarks.sampled_kinds import kinds
from verifier.chance.confidence import clopper_pearson
from verifier.jobs import piloting, pilots, pricing, sampling
from verifier.jobs.ask import ask
from verifier.jobs.certify import certify
from verifier.jobs.distill import distill
from verifier.jobs.piloting import best_plans
from verifier.jobs.result import Result
from verifier.jobs.sampling import BETTING
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ledger import EVERY
from verifier.kernel.population import Population
from verifier.kernel.sampling import Seen, added, counting, drawn_from, key_of, sample
from verifier.model.certificate import Certificate
from verifier.model.sample import DELTA, PLAIN, Plan, Sampled
from verifier.model.verdict import Verdict
from verifier.reading.certificate import certificate_of
from verifier.writing.sampling import left_open, with_sample

TABLES = {"wine": 5, "breast cancer": 4}
"""Bins of every measurement."""
PILOT, TIMED = 1 << 15, 1.0
"""Plain draws that are timed, at least; and processor seconds in which either is done again and
again: what is over sooner says little of how long it takes."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print one line per case."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks sampling")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for each")
    parser.add_argument("--only", nargs="+", help="these cases")
    parser.add_argument("--every", action="store_true", help="all networks of the folders")
    parser.add_argument("--kinds", action="store_true", help="problems of many kinds instead")
    parser.add_argument("--files", nargs="+", type=Path, help="certificates to sample again")
    parser.add_argument("--seconds", type=float, default=8.0, help="processor seconds for each")
    parser.add_argument("--own-time", action="store_true", help="limits of processor time")
    options = parser.parse_args(list(arguments))
    with own_time() if options.own_time else nullcontext():
        _print(options)


def _print(options: argparse.Namespace) -> None:
    print(
        "| case | proved width | draws | method | half-width | s | plain, half-width | narrower "
        "| beside all | beside the limit |"
    )
    print("| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: |")
    for path in options.files or ():
        print(sampled_again(path, options.seconds), flush=True)
    held = dict(kinds() if options.kinds else cases(every=options.every))
    if unknown := [x for x in options.only or () if x not in held]:
        raise SystemExit(f"no case is called {unknown[0]}: there are {', '.join(held)}")
    for name in () if options.files else options.only or held:
        with timed() as spent:
            result = held[name](options.limit)
        print(row(name, result, sum(spent), options.limit), flush=True)


@contextmanager
def timed() -> Iterator[list[float]]:
    """Inside, the processor seconds of sampling are entered: what is in hand, pilots, all."""
    spent, real = list[float](), sampling._sampled

    def own(*given: Any) -> Any:
        start = time.process_time()
        try:
            return real(*given)
        finally:
            spent.append(time.process_time() - start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "_sampled", own)
        yield spent


def cases(*, every: bool = False) -> Iterator[tuple[str, Callable[[float], Result]]]:
    """What is sampled, each with what gives a Result in some seconds."""
    if (fairness := literature.place_of(literature.FAIRNESS)) is not None:
        found = sorted(x.stem for x in fairness.glob("*.onnx"))
        for name in found if every else literature.FAIRQUANT:
            models, domain = literature.load_tabular(fairness, name).pair()
            yield (
                name,
                lambda limit, m=models, d=domain: ask(literature.QUESTION, m, d, timeout=limit),
            )
    if (wide := literature.place_of(paper_nets.VARIABLE)) is not None:
        for depth in (4, 5):
            loaded = paper_nets.load_paper_net(wide / f"d100_r{depth}.npz")
            yield f"d100_r{depth}", lambda limit, x=loaded: certify(*x, timeout=limit)
    for name in TABLES:
        yield name, lambda limit, name=name: of_table(name, limit)


def of_table(name: str, limit: float) -> Result:
    """A network of a table of measurements in bins, and its distilled tree."""
    from sklearn import datasets
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from verifier.formats.frames import read_frame

    load = datasets.load_wine if name == "wine" else datasets.load_breast_cancer
    x, y = load(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), MLPClassifier((16,), max_iter=2000, random_state=0))
    model.fit(x, y)
    domain = read_frame(x, bins=TABLES[name]).domain
    tree = distill(model, domain, rows=x, timeout=limit / 3, sample=0).tree
    return certify(model, tree, domain, timeout=limit)


def row(name: str, result: Result, spent: float, limit: float) -> str:
    """A line of the table, of what was sampled in so many processor seconds in all of a limit."""
    low, high = result.probability
    held = result.sampled
    if held is None:
        return f"| {name} | {float(high - low):.3g} | | | | | | | | |"
    assert result.certificate is not None and result.proved is not None
    assert result.certificate.sample is not None
    plan, ended = result.certificate.sample.plan, result.certificate.sample.drawn
    left_open(result.certificate, result.proved, whole=True)  # models are made ready once
    start, rounds = time.process_time(), 0
    while not rounds or time.process_time() - start < TIMED:
        found = left_open(result.certificate, result.proved, whole=plan.method == PLAIN)
        assert drawn(found, result.certificate, plan, ended) == held
        rounds += 1
    seconds = (time.process_time() - start) / rounds
    half = float(held.upper - held.lower) / 2
    plain, *beside = plain_halves(result.certificate, result.proved, seconds, spent, limit)
    method = held.method if held.line is None else f"{held.method}, along {held.line}"
    return (
        f"| {name} | {float(high - low):.3g} | {held.draws:,} | {method} | {half:.2g} | "
        f"{seconds:.2g} | {plain:.2g} | {plain / half:.2g} | "
        f"{' | '.join(f'{x / half:.2g}' for x in beside)} |"
    )


def sampled_again(path: Path, seconds: float) -> str:
    """A line of the table, of a certificate that is sampled in so many processor seconds."""
    data = path.read_bytes()
    held = replace(certificate_of(data), sample=None)
    proved = check_certificate(held, keep_left=EVERY)
    low, high = proved.error
    start = time.process_time()
    found = left_open(held, proved)
    with pytest.MonkeyPatch.context() as patch:
        for module in (piloting, pilots, pricing):
            patch.setattr(module, "now", time.process_time)
        for module in (piloting, pilots):
            patch.setattr(module, "processors", lambda: 1)
        plan = best_plans(found, held.hashes, Plan(1), None, start + seconds)[0]

    def late(draws: int) -> bool:
        return time.process_time() + BETTING * draws >= start + seconds

    with threadpool_limits(1, "blas"):
        here = with_sample(held, data, proved, found, plan, lambda asked: map, late)
    made = here[2].sampled
    assert made is not None
    spent = time.process_time() - start
    half, (plain,) = float(made.upper - made.lower) / 2, plain_halves(held, proved, spent)
    method = made.method if made.line is None else f"{made.method}, along {made.line}"
    return (
        f"| {path.stem} | {float(high - low):.3g} | {made.draws:,} | {method} | {half:.2g} | "
        f"{spent:.2g} | {plain:.2g} | {' | '.join(3 * [f'{plain / half:.2g}'])} |"
    )


def drawn(found: Population, certificate: Certificate, plan: Plan, ended: int | None) -> Sampled:
    """What a plan's draws tell, or the first ones where it ended, in one thread."""
    with threadpool_limits(1, "blas"):
        return sample(found, plan, key_of(certificate.hashes, plan), map, ended)


def plain_halves(certificate: Certificate, proved: Verdict, *given: float) -> list[float]:
    """Half the widths that plain draws from the whole domain give, each in so many processor
    seconds.

    As many are made as take so long with what is to be made ready for them, and with finding what
    follows; but at least PILOT.
    """
    plan, draws, seen = Plan(1 << 30, method=PLAIN), 0, Seen(0)
    key, start = key_of(certificate.hashes, plan, "bench"), time.process_time()
    with threadpool_limits(1, "blas"):
        found = drawn_from(left_open(certificate, proved, whole=True), PLAIN)
        ready = time.process_time() - start
        for own in counting(found, plan, key):
            draws, seen = draws + plan.block, added((seen, own))
            spent = time.process_time() - start
            if draws >= PILOT and spent >= max(*given, TIMED):
                break
    each, found_in = (spent - ready) / draws, list[float]()
    for seconds in given:
        possible = max(1, int((seconds - ready) / each))
        start = time.process_time()
        _interval(seen, draws, possible)
        possible = max(1, possible - int((time.process_time() - start) / each))
        low, high = _interval(seen, draws, possible)
        found_in.append(float(high - low) / 2)
    return found_in


def _interval(seen: Seen, draws: int, possible: int) -> tuple[Fraction, Fraction]:
    """What so many draws give of which as many are true as of some that were made."""
    true = round(seen.true / draws * possible)
    undecided = min(round(seen.undecided / draws * possible), possible - true)
    return clopper_pearson(true, possible, DELTA, undecided)


if __name__ == "__main__":
    main()
