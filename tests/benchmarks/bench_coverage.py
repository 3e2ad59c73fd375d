"""How often the sampled interval misses the truth: over many small problems, at delta = 1/10.

python -m tests.benchmarks coverage [--problems N] [--delta D]

Every problem is another one: networks, trees and a question over a small domain, a proof of true
steps (open cells, tails, points, sandwiches) and a sample of what it leaves, by each method that is
possible there in turn. The truth is the exact probability, by all points. A sample that may end
early ends where the interval is wrong, if there is such a place. Prints a line a method, and one of
all: how often the truth is outside, and how probable so many misses are, or more, if every one had
the probability delta.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import cycle, islice

import numpy as np
from scipy import stats

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of
from tests.certificates.matters import file
from tests.certificates.sandwich_mutations import random_proof as sandwich_proof
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_lines import true_share
from tests.kernel.test_patches import random_guides
from verifier.kernel import patches
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ledger import EVERY
from verifier.kernel.lines import problem
from verifier.kernel.population import Population
from verifier.kernel.sampling import key_of, sample
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import Finding, Open
from verifier.model.sample import CELLS, PLAIN, POOLED, Line, Plan
from verifier.reading.certificate import certificate_of
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open

DRAWS = 60
WAYS = (
    *("points", "points of cells", "points of the whole domain"),
    *("lines", "whole lines", "cells", "patches"),
)
"""How draws are made."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks coverage")
    parser.add_argument("--problems", type=int, default=2000)
    parser.add_argument("--delta", type=Fraction, default=Fraction(1, 10))
    options = parser.parse_args(list(arguments))
    tried, missed = misses(options.problems, options.delta)
    print(f"| drawn | problems | truth outside | at delta = {options.delta} as many or more |")
    print("| --- | --: | --: | --: |")
    for name in [*sorted(tried), "all"]:
        n, k = (sum(x.values()) if name == "all" else x[name] for x in (tried, missed))
        print(f"| {name} | {n} | {k} | {stats.binom.sf(k - 1, n, float(options.delta)):.3g} |")


def misses(problems: int, delta: Fraction, first: int = 0) -> tuple[Counter[str], Counter[str]]:
    """By how it was drawn: how many problems, and of how many the truth is outside."""
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for how, plan, found, hashes in islice(cases(delta, first), problems):
        try:
            every = [sample(found, plan, key_of(hashes, plan), map, n) for n in _ends(plan)]
        except CertificateError:  # a Sandwich of too many bins for lines
            continue
        tried[how] += 1
        truth = true_share(found.asked)
        missed[how] += not all(x.lower <= truth <= x.upper for x in every)
    return tried, missed


def _ends(plan: Plan) -> list[int | None]:
    """After how many draws it may end; None: after all."""
    return [*(range(plan.block, plan.draws, plan.block) if plan.may_end else ()), None]


def cases(
    delta: Fraction, first: int = 0
) -> Iterator[tuple[str, Plan, Population, Mapping[str, str]]]:
    """Problems of which something is open, each with a way to draw from it."""
    turn = cycle(WAYS)
    seed = first
    while True:
        seed += 1
        opened = _opened(seed)
        if opened is None or not opened[0].open_mass:
            continue
        found, hashes = opened
        how = next(turn)
        whole = "whole" in how or how == "patches"
        method = PLAIN if whole else CELLS if "cells" in how else POOLED
        line = None
        if how in ("lines", "whole lines", "cells"):
            variables = range(len(found.asked.domain.variables))
            along = [i for i in variables if not problem(found.asked, i)]
            if not along:
                continue
            guess = Fraction(1, 2) if how == "cells" else None
            line = Line(along[seed % len(along)], Fraction(1, 4), guess)
        if how == "patches":
            chosen = np.random.default_rng(seed).permutation(len(found.asked.domain.variables))[:2]
            own = tuple(chosen.tolist())
            several = len(found.asked.trees) > 1
            if len(own) < 2 or several or patches.problem(found.asked, own):
                continue
            guides = random_guides(np.random.default_rng(seed), found.asked)
            line = Line(own[0], Fraction(1, 4), others=own[1:], guides=guides)
        plan = Plan(DRAWS, delta, str(seed), method, 16, line)
        yield how, plan, found, hashes


def _opened(seed: int) -> tuple[Population, Mapping[str, str]] | None:
    """What a true proof leaves open of a small problem; None where a step does not hold."""
    try:
        if seed % 2:
            rng = random.Random(seed)
            members = random_members(rng)
            data = file(sealed(members, random_proof(rng, matter_of(members)), []))
        else:
            numbers = np.random.default_rng([seed, 18])
            matter = random_sandwich_matter(numbers, 200)
            proof = (Open(),) if seed % 4 else sandwich_proof(numbers, matter)
            data = make_certificate(matter, Finding(proof), "nobody")[0]
        held = certificate_of(data)
        return left_open(held, check_certificate(held, keep_left=EVERY)), held.hashes
    except InvalidProof:
        return None
