"""Forests that vote, born again as one tree, beside the program that was published for it.

python -m tests.benchmarks born_again
python -m tests.benchmarks born_again --program bornAgain --forests BA-Trees/src/resources/forests

The program is that of Vidal and Schiffer, "Born-Again Tree Ensembles" (ICML 2020), built from
github.com/vidalt/BA-Trees; it is given the same forests. Its forests vote, each tree for the class
of its leaf, so ours do here. Data are scikit-learn's own, cut into bins by quantiles, and with
``--forests`` the published forests (of folds 1 and 2, ten trees of depth 3). Seconds are of the
processor, and so is the limit for the program; ours ends after four times as many by the clock.
"""

from __future__ import annotations

import argparse
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import verifier as lp
from tests.benchmarks.bench_ensembles import fitted
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.tree import Inner

CASES = (
    ("iris", 10, "forest", 10, 4),
    ("wine", 2, "forest", 10, 4),
    ("wine", 3, "forest", 10, 4),
    ("breast_cancer", 2, "forest", 5, 4),
    ("breast_cancer", 2, "forest", 10, 3),
    ("breast_cancer", 2, "forest", 10, 4),
)
"""Data, bins of each feature, what is fitted, trees, and their depth."""
MEMORY = 4 << 30
"""Bytes that the program may take."""
OBJECTIVES = {"least depth": 0, "least leaves": 1, "its heuristic": 4}
PUBLISHED = ("HTRU2", "FICO", "COMPAS-ProPublica", "Seeds", "Pima-Diabetes")


def main(arguments: Sequence[str] = ()) -> None:
    """Print a line for each forest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--program", type=Path)
    parser.add_argument("--forests", type=Path)
    given = parser.parse_args(arguments)
    words = [f"{name}: leaves, depth (s)" for name in OBJECTIVES] if given.program else []
    titles = ["forest", "points", "leaves, depth", "the smallest?", "found and proved (s)", *words]
    print("| " + " | ".join(titles) + " |")
    print("| " + " | ".join(["---"] * len(titles)) + " |")
    for name, domain, forest in _forests(given.forests):
        begun = time.process_time()
        made = lp.distill(forest, domain, timeout=4 * given.limit)
        took = time.process_time() - begun
        row = [
            name,
            f"{domain.size:.3g}" if domain.size > 1 << 40 else f"{domain.size:,}",
            f"{made.tree.leaves}, {made.tree.depth}" if made.verdict == "equivalent" else "none",
            "yes" if made.facts.get("smallest") else "not known",
            f"{took:.2g}",
        ]
        if given.program:
            text = written(forest)
            row += [published(given.program, text, n, given.limit) for n in OBJECTIVES.values()]
        print("| " + " | ".join(row) + " |", flush=True)


def _forests(folder: Path | None) -> Iterator[tuple[str, Domain, Ensemble]]:
    for name, bins, kind, trees, depth in CASES:
        domain, ensemble = fitted(name, bins, kind, trees, depth)
        yield f"{name}, {bins} bins: {trees} of depth {depth}", domain, voting(ensemble)
    for name in PUBLISHED if folder else ():
        for fold in (1, 2):
            assert folder is not None
            path = folder / name / f"{name}.RF{fold}.txt"
            yield f"{name}, fold {fold}", *read(path.read_text())


def voting(forest: Ensemble) -> Ensemble:
    """The forest whose trees vote for the class of which a leaf has the largest share."""
    members = []
    for member in forest.members:
        nodes: list[Inner | Score] = []
        for node in member.nodes:
            if isinstance(node, Score):
                best = max(node.values, key=lambda pair: (pair[1], -pair[0]))[0]
                node = Score(((best, 1.0),))
            nodes.append(node)
        members.append(Member(tuple(nodes)))
    return Ensemble(
        forest.columns, forest.outputs, tuple(members), (0.0,) * forest.outputs, "float64"
    )


def written(forest: Ensemble) -> str:
    """The forest as the program reads it."""
    lines = [
        *("DATASET_NAME: ours", "ENSEMBLE: RF", f"NB_TREES: {len(forest.members)}"),
        *(f"NB_FEATURES: {forest.columns}", f"NB_CLASSES: {forest.outputs}", "MAX_TREE_DEPTH: 9"),
        "Format: node / type / left child / right child / feature / threshold / depth / class",
    ]
    for m, member in enumerate(forest.members):
        lines += ["", f"[TREE {m}]", f"NB_NODES: {len(member.nodes)}"]
        depth = [0] * len(member.nodes)
        for i, node in enumerate(member.nodes):
            if isinstance(node, Score):
                lines.append(f"{i} LN -1 -1 -1 -1 {depth[i]} {node.values[0][0]}")
                continue
            depth[node.left] = depth[node.right] = depth[i] + 1
            test = f"{node.column} {float(node.threshold)!r} {depth[i]} -1"
            lines.append(f"{i} IN {node.left} {node.right} {test}")
    return "\n".join(lines) + "\n\n"


def read(text: str) -> tuple[Domain, Ensemble]:
    """A forest that was published, over the places between its thresholds."""
    held = dict(line.split(": ", 1) for line in text.splitlines()[:6])
    columns, outputs = int(held["NB_FEATURES"]), int(held["NB_CLASSES"])
    trees: list[list[list[str]]] = []
    for line in text.splitlines():
        words = line.split()
        if line.startswith("[TREE"):
            trees.append([])
        elif len(words) == 8 and words[1] in ("IN", "LN"):
            trees[-1].append(words)
    cuts = [
        sorted({float(w[5]) for t in trees for w in t if w[1] == "IN" and int(w[4]) == k})
        for k in range(columns)
    ]
    members = []
    for tree in trees:
        nodes: list[Inner | Score] = []
        for w in tree:
            if w[1] == "LN":
                nodes.append(Score(((int(w[7]), 1.0),)))
                continue
            column = int(w[4])
            place = Fraction(2 * cuts[column].index(float(w[5])) + 1, 2)
            nodes.append(Inner(column, place, int(w[2]), int(w[3])))
        members.append(Member(tuple(nodes)))
    parts = [Domain.range(f"x{k}", 0, max(1, len(own))) for k, own in enumerate(cuts)]
    made = Ensemble(columns, outputs, tuple(members), (0.0,) * outputs, "float64")
    return Domain.product(*parts), made


def published(program: Path, text: str, objective: int, limit: float) -> str:
    """What the program finds, and in how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        forest, out = Path(folder) / "forest.txt", Path(folder) / "found"
        forest.write_text(text)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        command = [program.resolve(), forest, out, "-obj", str(objective)]
        done = subprocess.run(
            command, preexec_fn=lambda: _limited(limit), capture_output=True, check=False
        )
        if done.returncode == -signal.SIGXCPU:
            return f"none in {limit:.0f} s"
        if done.returncode:
            return f"none in {MEMORY >> 30} GiB"
        took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        words = (Path(folder) / "found.out").read_text().strip().split(",")
        return f"{words[8]}, {words[6]} ({took:.2g})"


def _limited(seconds: float) -> None:
    """Limit what a program takes of the processor and of memory."""
    whole = max(1, int(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
