"""``leafproof check``: have the kernel check a certificate."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli import against as binding
from verifier.cli import common, ends, heads, live, requirement, second_opinion, trust
from verifier.cli import statement as theorem
from verifier.model.errors import LeafproofError
from verifier.provers.timing import TimeOver, ending

if TYPE_CHECKING:
    from verifier.model.certificate import Certificate
    from verifier.model.verdict import Verdict


def check(
    certificate: Annotated[Path, typer.Argument(help="the certificate", show_default=False)],
    against: binding.Against = None,
    head: heads.HeadOption = None,
    threshold: heads.ThresholdOption = None,
    require: requirement.Require = None,
    trust_solver: trust.TrustSolver = None,
    no_trust: trust.NoTrust = False,
    paranoid: Annotated[
        bool,
        typer.Option("--paranoid", help="also check with a second, naive checker (slow)"),
    ] = False,
    statement: Annotated[
        bool,
        typer.Option(
            "--statement", help="print the theorem proved; with --json as an in-toto Statement"
        ),
    ] = False,
    timeout: ends.Timeout = None,
    json: common.Json = False,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Check every step of a certificate, trusting nothing but the kernel.

    Exit code 0: valid, and --require met; 1: invalid, or not met; 2: --timeout came first.
    """
    from verifier.reading.certificate import read_certificate
    from verifier.writing.threads import check_in_threads

    if against is None and (head is not None or threshold is not None):
        raise LeafproofError("--head and --threshold say how --against reads the network's file")
    asked = heads.asked(head, threshold)
    believed = trust.trusted(trust_solver, no_trust)
    if require is not None:
        requirement.most_error(require)
        requirement.bound_to(against)
    limit = ends.limited(timeout)
    stop = live.Patience(until=limit.cut) if limit else None
    start = time.perf_counter()
    held = read_certificate(certificate)
    seconds = {"load": time.perf_counter() - start}

    def kernel() -> Verdict:
        began = time.perf_counter()
        with live.checking(len(held.proof)) as count:
            found = check_in_threads(held, trust=believed, progress=count, stop=stop)
        seconds["check"] = time.perf_counter() - began
        return found

    opinion = None
    try:
        with ending(limit.cut if limit else None):
            if paranoid:
                verdict, opinion = second_opinion.check_twice(certificate, held, kernel)
            else:
                verdict = kernel()
    except second_opinion.Unfinished as early:
        verdict = early.verdict
    except TimeOver:
        live.note(
            "NOT FINISHED: the kernel accepts the certificate, the second checker had no time"
        )
        raise typer.Exit(common.EXIT["undecided"]) from None
    if verdict.checked.cut is not None:
        unfinished(held, verdict, seconds, json=json)
        raise typer.Exit(common.EXIT["undecided"])
    hashes = theorem.digests(against) if statement and against else None
    replayed = None
    if against is not None:
        binding.compare(held, *against, asked)
    missing = requirement.unmet(verdict, require)
    if statement:
        requirement.enforce(missing)
        theorem.show(held, verdict, against, hashes, json=json)
        return
    if against is not None:
        replayed = replay(held, verdict, against[0])
    if json:
        from verifier.reports.json_object import certificate_json

        extra: dict[str, Any] = {"valid": True}
        if opinion is not None:
            extra |= {"paranoid": second_opinion.as_json(opinion)}
        if against is not None:
            extra |= {"against": [str(path) for path in against], "replayed": replayed}
        if require is not None:
            extra |= {"required": require, "met": missing is None}
        common.print_json(certificate_json(held, verdict, seconds) | extra)
        requirement.enforce(missing)
        return
    common.say("[bold green]VALID[/] every step holds; it proves:")
    common.print_verdict(held, verdict, seconds, str(certificate))
    if opinion is not None:
        common.say(f"  {'second checker':<15} {second_opinion.sentence(opinion)}")
    if against is not None and live.level() >= 0:
        common.say(f"  {'against':<15} teacher, tree and domain are those given")
        if verdict.counterexamples:
            common.say(f"  {'replayed':<15} {replayed}")
    requirement.enforce(missing)


def unfinished(
    held: Certificate, verdict: Verdict, seconds: dict[str, float], *, json: bool
) -> None:
    """Say what was checked before the time limit came, and what that proves by itself."""
    from verifier.reports.numbers import plural, probability

    cut = verdict.checked.cut
    assert cut is not None
    nodes = len(held.proof)
    low, high = verdict.disagreements
    proves = (
        f"tree and network differ at {low} to {plural(high, 'point')} of "
        f"{plural(verdict.domain_size, 'point')}, with probability {probability(verdict.error[0])} "
        f"to {probability(verdict.error[1])}"
    )
    if json:
        from verifier.reports.json_object import proved_json

        partial = {"valid": None, "finished": False, "nodes": nodes, "nodes_checked": cut.nodes}
        common.print_json(partial | {"proved_by_then": proved_json(verdict, seconds)})
        return
    common.say(
        f"[bold yellow]NOT FINISHED[/] the kernel has checked {cut.nodes} of "
        f"{plural(nodes, 'node')} before the time limit; whether the certificate is valid is not "
        "decided"
    )
    common.say(f"  {'proved by then':<15} {proves}", markup=False)


def replay(certificate: Certificate, verdict: Verdict, teacher: Path) -> str:
    """Run the counterexamples through onnxruntime; says how many it classifies the same.

    Raises LeafproofError if onnxruntime is not installed.
    """
    if not verdict.counterexamples:
        return "no counterexamples to replay"
    import numpy as np

    from verifier.formats.runtime_classes import runtime_classes
    from verifier.model.floats import nearest

    try:
        import onnxruntime
    except ModuleNotFoundError:
        raise LeafproofError(
            "replaying counterexamples needs onnxruntime: pip install 'leafproof[onnxruntime]'"
        ) from None
    session = onnxruntime.InferenceSession(str(teacher), providers=["CPUExecutionProvider"])
    rows = [
        [nearest(x) for x in certificate.domain.encode(c.point)] for c in verdict.counterexamples
    ]
    kind = np.float64 if session.get_inputs()[0].type == "tensor(double)" else np.float32
    name = session.get_inputs()[0].name
    with np.errstate(over="ignore"):
        inputs = [np.array([row], dtype=kind) for row in rows]
    if not all(np.isfinite(x).all() for x in inputs):
        return f"not in onnxruntime: a counterexample has inputs beyond {np.dtype(kind).name}"
    network = certificate.teacher
    same = sum(
        int(runtime_classes(network, session.run(None, {name: x}))[0]) == found.teacher_class
        for x, found in zip(inputs, verdict.counterexamples, strict=True)
    )
    total = len(rows)
    if same == total:
        return f"onnxruntime gives the teacher's class at all {total} counterexamples"
    return (
        f"onnxruntime gives the teacher's class at {same} of {total} counterexamples: "
        "at the others rounding changes the class"
    )
