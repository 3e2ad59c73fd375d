"""Cases of the literature: networks of formulas, of tables, and wide ones. See `literature`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks.literature import (
    FAIRNESS,
    FAIRQUANT,
    FORMULAS,
    QUESTION,
    Tabular,
    load_tabular,
    place_of,
)
from tests.benchmarks.paper_nets import VARIABLE, load_paper_net
from tests.benchmarks.plain import pair_differs, plain, samples
from tests.benchmarks.rows import Row, load_before, own_row, spending
from tests.benchmarks.words import power
from verifier.formats.load import load_network
from verifier.jobs.ask import ask
from verifier.jobs.certify import certify
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree
from verifier.writing.processors import processors

HALVES = ("unsat", "sat")
PAIRS = (
    *("compas-1", "compas-2", "german-GC-1", "german-GC-3"),
    *("adult-AC-1", "adult-AC-3", "adult-AC-8", "bank-BM-3"),
)
DEEP = ("adult-AC-5", "adult-AC-7", "adult-AC-10", "adult-AC-12", "bank-BM-1", "bank-BM-5",
        "bank-BM-7")  # fmt: skip
STUDENTS = ("german-GC-1", "german-GC-3", "adult-AC-1", "adult-AC-3", "adult-AC-8", "bank-BM-1",
            "bank-BM-3", "bank-BM-5")  # fmt: skip
CURVES = (*PAIRS[2:], "adult-AC-5", "adult-AC-7", "adult-AC-12", "bank-BM-7")
"""Ten networks."""
_WIDE_AT = place_of(VARIABLE)
WIDE = tuple(sorted(path.stem for path in _WIDE_AT.glob("*_r?.npz"))) if _WIDE_AT else ()
"""The networks of width 1000 in their folder: the shared ones, and any trained alike."""
SECONDS = 20.0
EARLIER = (2.0, 5.0, 10.0)
"""Seconds of a curve's earlier points; the last one is the row of the pair question."""
SAMPLING = 4.0
WARM = 3.0
"""A limit long enough for the compiled code to be loaded."""
FORMULA_SECONDS = 20.0
SOLVER_SECONDS = 2.0
SAMPLE = "plain sampling"
BRUTE = "all points, one by one"
THEIRS = "FairQuant"
SOLVER = "HiGHS"


def _folder(variable: str) -> Path:
    place = place_of(variable)
    if place is None:
        raise SystemExit(f"{variable} does not name a folder")
    return place


def formulas(half: str) -> list[Row]:
    """Each network of formulas against one leaf, by the command, its start included."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="leafproof.") as work:
        tree = Path(work) / "tree.json"
        write_tree(tree, Tree((Leaf(0),)))
        for path in sorted(_folder(FORMULAS).glob(f"{half}_*.onnx")):
            own = _by_command(path, tree, Path(work))
            found += [own, _by_solver(path)]
            print(f"{path.stem}: {own.verdict} in {own.wall:.2f} s", flush=True)
    return found


def _by_command(network: Path, tree: Path, work: Path) -> Row:
    load, output = load_before(), work / f"{network.stem}.certificate"
    command = [sys.executable, "-m", "verifier.cli.main", "certify", str(network), str(tree)]
    command += ["--domain", "bits", "--stop-at-difference", "--json", "--quiet"]
    command += ["--timeout", f"{FORMULA_SECONDS:g}", "-o", str(output)]
    with spending() as spent:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout) if done.stdout.strip() else {}
    note = "" if told else (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
    return Row(
        "formulas",
        network.stem,
        "Leafproof",
        FORMULA_SECONDS,
        search=told.get("seconds", {}).get("prove", 0.0),
        check=told.get("seconds", {}).get("check", 0.0),
        wall=spent.wall,
        cpu=spent.cpu,
        verdict=told.get("verdict", ""),
        size=output.stat().st_size if output.exists() else 0,
        load=load,
        note=note,
    )


def _by_solver(path: Path) -> Row:
    """A mixed-integer program with the bounds of Leafproof's relaxation, in a little time."""
    from tests.benchmarks import milp

    network = load_network(path)
    load = load_before()
    with spending() as spent:
        verdict, _ = milp.solve(bits(network.columns), network, Tree((Leaf(0),)), SOLVER_SECONDS)
    return Row("formulas", path.stem, SOLVER, SOLVER_SECONDS, search=spent.wall, wall=spent.wall,
               cpu=spent.cpu, verdict=verdict, load=load)  # fmt: skip


def pair(name: str, family: str = "pairs", seconds: Sequence[float] = (SECONDS,)) -> list[Row]:
    """How many points change class with the protected feature alone."""
    held = load_tabular(_folder(FAIRNESS), name)
    models, domain = held.pair()
    shape, points = _shape(held), power(domain.size)
    ask(QUESTION, models, domain, timeout=WARM)  # loads the compiled code
    rows = []
    for limit in seconds:
        load = load_before()
        with spending() as spent:
            result = ask(QUESTION, models, domain, timeout=limit)
        rows.append(own_row(family, name, result, spent, load, limit, shape, points))
        print(f"{name}: {rows[-1].width:.4g} after {limit:g} s", flush=True)
    return [*rows, *_peers(family, name, held)]


def deep_pair(name: str) -> list[Row]:
    """The same of the other networks, most of them deeper."""
    return pair(name, "deep-pairs")


def equal_pair(name: str) -> list[Row]:
    """The same in the processor time that FairQuant took, which all processors share."""
    return pair(name, "equal-times", (FAIRQUANT[name].seconds / processors(),))


def curve(name: str) -> list[Row]:
    """The proved width after a few seconds, and what sampling says in them."""
    return pair(name, "curves", EARLIER)


def _shape(held: Tabular) -> str:
    return str(list(held.network.widths[1:-1:2]))


def _peers(family: str, name: str, held: Tabular) -> list[Row]:
    models, domain = held.pair()
    names = [v.name for v in domain.variables]
    reads = tuple([names.index(n) for n in models[copy][1]] for copy in "ab")
    first, second = (plain(held.network, domain.product_of(tuple(at))) for at in reads)
    holds = pair_differs(first, second, (reads[0], reads[1]))
    if domain.size <= 1 << 20:
        load = load_before()
        with spending() as spent:
            sizes = [v.count for v in domain.variables]
            ranks = np.stack(np.unravel_index(np.arange(domain.size), sizes), axis=1)
            count = int(np.count_nonzero(holds(ranks)))
        share = count / domain.size
        return [Row(family, name, BRUTE, search=spent.wall, wall=spent.wall, cpu=spent.cpu,
                    low=share, high=share, points=(str(count), str(count)), load=load)]  # fmt: skip
    rows = []
    for seen in samples(domain, holds, SAMPLING):
        low, high = seen.interval
        rows.append(Row(family, name, SAMPLE, seen.seconds, search=seen.seconds, wall=seen.seconds,
                        low=low, high=high, note=f"{seen.points:,} points"))  # fmt: skip
    if name in FAIRQUANT:
        theirs = FAIRQUANT[name]
        rows.append(Row(family, name, THEIRS, cpu=theirs.seconds, low=0.0, high=theirs.undecided,
                        note="share undecided"))  # fmt: skip
    return rows


def student(name: str) -> list[Row]:
    """A network against scikit-learn's tree of 32 leaves, fitted to its answers at a sample."""
    from sklearn.tree import DecisionTreeClassifier

    held = load_tabular(_folder(FAIRNESS), name)
    domain = held.domain
    ready = plain(held.network, domain)
    sizes = np.array([v.count for v in domain.variables])
    draws = np.random.default_rng(0).integers(0, sizes, size=(100_000, len(sizes)))
    x = ready.at(draws)
    answers = ready.classes(x).astype(np.int64)
    if len(set(answers.tolist())) < 2:
        return [Row("students", name, "Leafproof", note="one class in 100,000 samples")]
    tree = DecisionTreeClassifier(max_leaf_nodes=32, random_state=0).fit(x, answers)
    certify(held.network, tree, domain, timeout=WARM)  # loads the compiled code
    load = load_before()
    with spending() as spent:
        result = certify(held.network, tree, domain, timeout=SECONDS)
    own = own_row("students", name, result, spent, load, SECONDS, _shape(held), power(domain.size))

    def differs(points: np.ndarray) -> np.ndarray:
        x = ready.at(points)
        return np.not_equal(ready.classes(x), tree.predict(x))

    seen = list(samples(domain, differs, SAMPLING))[-1]
    low, high = seen.interval
    sampled = Row("students", name, SAMPLE, seen.seconds, search=seen.seconds, wall=seen.seconds,
                  low=low, high=high, note=f"{seen.points:,} points")  # fmt: skip
    return [own, sampled]


def wide(name: str) -> list[Row]:
    """A residual network of width 1000 and the tree that it was trained on."""
    network, tree, domain = load_paper_net(_folder(VARIABLE) / f"{name}.npz")
    load, stop = load_before(), name.endswith("r5")
    try:
        with spending() as spent:
            result = certify(network, tree, domain, timeout=180, stop_at_difference=stop)
    except LeafproofError as error:
        return [Row("wide", name, "Leafproof", note=str(error))]
    return [own_row("wide", name, result, spent, load, 180, "[1000] x 4", power(domain.size))]
