"""Random command lines with time limits, and what became of each when it was run as a process."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import one_hot, ordinal
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Add, Affine, Layer, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree

HUNG = 90.0
"""Seconds beyond its limit after which a process is killed."""
RIGHTLY = (
    "exhaustive",  # which refuses to sweep what is too large
    "allow at least as many",  # repair within fewer leaves than the tree has
    "there is nothing to distil",  # lrh of a network that has one class
)
"""What stands in a refusal that the random options call for, or in the options."""
CHECKING = 60.0
"""Limit of the check of what was written."""

Generator = np.random.Generator


@dataclass(frozen=True)
class Outcome:
    """A command line that was run. ``over`` is wall-clock beyond the limit, in seconds."""

    verb: str
    kind: str
    command: str
    limit: float
    wall: float
    processor: float
    code: int
    faults: tuple[str, ...]

    @property
    def over(self) -> float:
        """Wall-clock seconds beyond the limit; negative where it ended before."""
        return self.wall - self.limit

    @property
    def late(self) -> bool:
        """Whether it ended after both of limit + 2 s and 1.05 limit."""
        return self.over > max(2.0, 0.05 * self.limit)


def _affine(rng: Generator, source: int, rows: int, columns: int) -> Affine:
    weight = rng.normal(size=(rows, columns)) * np.sqrt(2 / columns)
    return Affine(
        source, weight.astype(np.float32), (rng.normal(size=rows) * 0.1).astype(np.float32)
    )


def _perceptron(rng: Generator, columns: int) -> Network:
    layers: list[Layer] = []
    width = columns
    for _ in range(int(rng.integers(1, 4))):
        hidden = int(rng.choice([8, 16, 32, 64]))
        layers += [_affine(rng, len(layers), hidden, width), Relu(len(layers) + 1)]
        width = hidden
    return Network(columns, (*layers, _affine(rng, len(layers), int(rng.choice([1, 1, 3])), width)))


def _residual(rng: Generator, columns: int) -> Network:
    width = int(rng.choice([32, 128, 400]))
    layers: list[Layer] = [_affine(rng, 0, width, columns), Relu(1)]
    for _ in range(int(rng.integers(1, 4))):
        start = len(layers)
        layers += [_affine(rng, start, width, width), Relu(start + 1), Add(start, start + 2)]
    return Network(columns, (*layers, _affine(rng, len(layers), 1, width)))


def _clauses(rng: Generator, columns: int) -> Network:
    """One neuron a clause of up to three literals: positive iff none of them is unsatisfied."""
    count = int(columns * rng.uniform(1, 4.5)) + 1
    weight = np.zeros((count, columns), np.float32)
    for row in weight:
        chosen = rng.choice(columns, min(3, columns), replace=False)
        row[chosen] = rng.choice([-1, 1], len(chosen))
    positive = (weight > 0).sum(axis=1)
    first = Affine(0, -weight, (1 - (weight < 0).sum(axis=1)).astype(np.float32))
    assert positive.max() <= 3
    last = Affine(2, -np.ones((1, count), np.float32), np.array([0.5], np.float32))
    return Network(columns, (first, Relu(1), last))


def _domain(rng: Generator) -> Domain:
    n = int(rng.choice([5, 12, 20, 30, 60]))
    match int(rng.integers(5)):
        case 0:
            return signs(n)
        case 1:
            return bits(n)
        case 2:
            k = int(rng.choice([3, 10]))
            names = [str(i) for i in range(k)]
            return Domain(tuple(one_hot(f"v{i}", names) for i in range(max(2, n // 5))))
        case 3:
            return Domain(tuple(ordinal(f"v{i}", range(4)) for i in range(n)))
        case _:
            return Domain(tuple(ordinal(f"v{i}", range(300)) for i in range(max(2, n // 6))))


def _tree(rng: Generator, domain: Domain, classes: int) -> Tree:
    nodes: list[Inner | Leaf] = []

    def grow(depth: int) -> int:
        at = len(nodes)
        nodes.append(Leaf(int(rng.integers(classes))))
        if depth:
            column = int(rng.integers(domain.columns))
            index, j = domain.column_owner[column]
            rows = domain.variables[index].encoding
            threshold = rows[int(rng.integers(len(rows)))][j]
            left = grow(depth - 1)
            nodes[at] = Inner(column, threshold, left, grow(depth - 1))
        return at

    grow(int(rng.choice([0, 3, 6, 10])))
    return Tree(tuple(nodes))


KINDS: dict[str, Callable[[Generator, int], Network]] = {
    "perceptron": _perceptron,
    "residual": _residual,
    "clauses": _clauses,
}


def _options(rng: Generator, verb: str) -> list[str]:
    """Options of a verb beside the domain and the limit."""
    choices: dict[str, list[list[str]]] = {
        "certify": [
            *([[]] * 4),
            ["--stop-at-difference", "--prover", "branch"],
            ["--prover", "z3"],
            ["--prover", "exhaustive"],
            ["--prover", "branch"],
            ["--cross-check", "5"],
            ["--emit", "smt2", "open"],
            ["--json"],
        ],
        "distill": [
            ["--method", "certified"],
            ["--method", "certified", "--leaves", "8"],
            ["--method", "certified", "--error", "1/50"],
            ["--method", "certified", "--scores", "lrh"],
            ["--method", "cart", "--depth", "6"],
            ["--method", "lrh"],
            ["--method", "lrh", "--depth", "5", "--keep", "200"],
            ["--method", "cart", "--explain"],
        ],
        "repair": [[], ["--leaves", "200"]],
    }
    offered = choices[verb]
    return offered[int(rng.integers(len(offered)))]


def run_one(seed: int, folder: Path) -> list[Outcome]:
    """Run one random command line, then the check and the report of what it wrote."""
    rng = np.random.default_rng([seed, 11])
    domain = _domain(rng)
    kind = str(rng.choice(list(KINDS)))
    teacher = KINDS[kind](rng, domain.columns)
    verb = str(rng.choice(["certify", "certify", "certify", "distill", "distill", "repair"]))
    save_onnx(teacher, folder / "net.onnx")
    write_domain(folder / "domain.json", domain)
    write_tree(folder / "tree.json", _tree(rng, domain, teacher.classes))
    files = ["net.onnx"] if verb == "distill" else ["net.onnx", "tree.json"]
    proof = ["--certificate", "c"] if verb != "certify" else ["-o", "c"]
    written = ["-o", "made.json"] if verb != "certify" else []
    limit = float(rng.choice([0.1, 0.5, 1.0, 2.0, 4.0, 8.0]))
    options = [*_options(rng, verb), *written, *proof, "--domain", "domain.json"]
    done = [_timed(verb, kind, [verb, *files, *options], limit, folder)]
    if not (folder / "c").exists():
        return done
    valid = _timed("check", kind, ["check", "c"], CHECKING, folder)
    if valid.code not in (0, 2):
        done[0] = _with_fault(done[0], f"its certificate is refused: exit {valid.code}")
    done.append(valid)
    limit = float(rng.choice([0.2, 1.0, 3.0]))
    after = [["check", "c"], ["report", "c", "-o", "r.html"], ["certify", *files, "--resume", "c"]]
    again = after[int(rng.integers(3 if verb == "certify" else 2))]
    if again[0] == "certify":
        again += ["--domain", "domain.json", "--prover", "branch", "-o", "c2"]
    done.append(_timed(again[0], kind, again, limit, folder))
    return done


def _with_fault(outcome: Outcome, fault: str) -> Outcome:
    return replace(outcome, faults=(*outcome.faults, fault))


def _timed(verb: str, kind: str, words: list[str], limit: float, folder: Path) -> Outcome:
    """Run ``leafproof`` with the words and the limit as a process of its own."""
    command = [*words, "--timeout", f"{limit:g}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    faults: list[str] = []
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "verifier.cli.main", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=limit + HUNG,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
        code, errors = ended.returncode, ended.stderr
    except subprocess.TimeoutExpired:
        code, errors = -1, ""
        faults.append(f"killed {HUNG:g} s after its limit")
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    if "Traceback" in errors:
        faults.append("traceback")
    if code not in (-1, 0, 1, 2, 3) or (code == 3 and errors.count("\n") != 1):
        faults.append(f"exit {code}: {errors.strip()[:200]}")
    if code == 3 and not any(word in f"{errors} {command}" for word in RIGHTLY):
        faults.append(f"refused: {errors.strip()[:200]}")
    return Outcome(verb, kind, " ".join(command), limit, wall, processor, code, tuple(faults))
