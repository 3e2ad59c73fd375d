"""Certificates that the provers make of small random matters of every kind, with samples and rows.

Some closed cells are opened again, so that there is something to sample; each kind is one of
``KINDS``. They are what ``edits`` are made of.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np

import verifier as lp
from tests import brute_intervals, ensembles, smooth
from tests.brute import teacher_class
from tests.certificates import sandwich_mutations
from tests.kernel import couple_cases, group_cases, joint_cases, neuron_cases, sided_cases
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_paired import QUESTIONS, pairs
from tests.kernel.test_signed import with_trees
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import ask
from verifier.kernel.certificate import check_certificate
from verifier.kernel.paired import pair
from verifier.model.cell import Cell, full_cell
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, signs
from verifier.model.errors import CertificateError, InvalidProof, TreeError
from verifier.model.network import Affine, Network, Relu
from verifier.model.opaque import Opaque
from verifier.model.ordinal import Ordinal
from verifier.model.part import going_left, size, values
from verifier.model.proof import (
    SAME,
    Constant,
    Enumerated,
    Finding,
    Open,
    Paired,
    Split,
    Step,
    Tail,
)
from verifier.model.question import Bound, ClassIs, Matter, differ, matter_of
from verifier.model.rows import rows_from
from verifier.model.sample import (
    ANYTIME,
    BETS,
    CELLS,
    FINITE,
    PLAIN,
    POOLED,
    Forecast,
    Line,
    Plan,
)
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import certificate_of, pack
from verifier.writing.certificate import make_certificate
from verifier.writing.models_json import question_to_json
from verifier.writing.sampling import left_open, with_sample
from verifier.writing.testing import among, make_test

LIMIT = 120
"""Points of a domain, where they are not those of few variables among many."""
WIDE, READ = 64, 8
"""Variables of the kind ``tail``, and of how many the network's class depends."""
KINDS = (
    *("tree", "formula", "forest", "forests", "pairs", "interval", "sandwich", "tail"),
    *("pooled", "cells", "lines", "patches", "boxes", "rows", "smooth", "test", "cases", "signed"),
    "groups",
)


@cache
def certificate(kind: str, seed: int) -> bytes:
    """A certificate's bytes; the same for the same kind and seed."""
    rng = random.Random(f"{kind} {seed}")
    while True:
        try:
            made = _made(rng, kind)
        except (CertificateError, TreeError):  # cannot be drawn from so; a test inside a piece
            continue
        if made is not None:
            return made


def _made(rng: random.Random, kind: str) -> bytes | None:
    if kind == "sandwich":
        parts = sandwich_mutations.certificate(rng.randrange(1 << 20))
        return pack(parts, "provers", form=2)
    if kind in ("cases", "groups"):
        kind_of = rng.choice((joint_cases, neuron_cases, sided_cases))
        seed = rng.randrange(1 << 20)
        if kind == "cases":
            parts = kind_of.certificate(seed)
        else:
            one = rng.random() < 0.5
            own = group_cases.certificate if one else couple_cases.certificate
            parts = own(seed, rng.randrange(3 if one else 4))
        data = pack(parts, "provers", form=2)
        method = rng.choice(("", "pooled", "cells", "lines"))
        return _sampled(rng, method, data) if method else data
    if kind == "tail":
        return _tail(rng)
    if kind == "test":
        return _tested(rng)
    if kind == "pairs":
        return _paired(rng)
    found = _proved(_matter(rng, kind))
    matter = found.matter  # its domain is cut where trees test real numbers, and into pieces
    nodes = tuple(_parted(rng, full_cell(matter.domain), iter(found.proof), 3))
    sampled = kind in ("pooled", "cells", "lines", "patches", "boxes")
    if sampled:
        nodes = tuple(Open() if _closes(x) and rng.random() < 0.7 else x for x in nodes)
    if kind == "signed":
        nodes, count = with_trees(matter, nodes, rng.randrange(1 << 20))
        if not count:
            return None
    points = found.counterexamples[: rng.randrange(3)]
    rows = None
    if kind == "rows":
        every = list(product(*(range(v.count) for v in matter.domain.variables)))
        possible = [p for p in every if matter.domain.possible(p)]
        rows = rows_from(rng.choices(possible, k=rng.randrange(1, 9)))
    data, _, _ = make_certificate(matter, Finding(nodes, points), "provers", rows=rows)
    return _sampled(rng, kind, data) if sampled else data


def _sampled(rng: random.Random, kind: str, data: bytes) -> bytes | None:
    """A certificate with a sample; None where nothing is open."""
    held = certificate_of(data)
    plan = _plan(rng, kind, held.matter.domain)
    whole = plan.method == PLAIN
    verdict = check_certificate(held, keep_left=1 << 10)
    if not verdict.error[1] - verdict.error[0]:
        return None
    return with_sample(held, data, verdict, left_open(held, verdict, whole=whole), plan)[0]


def _parted(
    rng: random.Random, cell: Cell, nodes: Iterator[Split | Step], depth: int
) -> Iterator[Split | Step]:
    """The proof with some cells in parts, of which the same is said."""
    node = next(nodes)
    free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
    if isinstance(node, Split):
        halves = cell.split(node.variable, going_left(cell.parts[node.variable], node.left))
        both = nodes, nodes
    elif free and depth and rng.random() < 0.7:
        i = rng.choice(free)
        part = cell.parts[i]
        if isinstance(part, range):
            left = rng.randrange(part.start, part.stop - 1)
        else:
            left = sum(1 << v for v in rng.sample(values(part), rng.randrange(1, size(part))))
        split = Split(i, left)
        both = iter((node,)), iter((node,))
        halves, node, depth = cell.split(i, going_left(part, left)), split, depth - 1
    else:
        yield node
        return
    yield node
    for half, own in zip(halves, both, strict=True):
        yield from _parted(rng, half, own, depth)


def _closes(node: object) -> bool:
    return isinstance(node, Constant | Enumerated)


def _matter(rng: random.Random, kind: str) -> Matter:
    """What a certificate is about."""
    numbers = np.random.default_rng(rng.randrange(1 << 30))
    if kind in ("interval", "boxes"):
        domain = Domain(brute_intervals.random_variables(rng, 1, rng.randrange(1, 3)))
        return matter_of(domain, _chain(numbers, domain.columns), _tree(rng, domain))
    if kind in ("forest", "forests"):
        domain = ensembles.random_domain(rng)
        every = tuple(range(len(domain.variables)))
        made = [
            ensembles.random_ensemble(
                rng, rng.choice(("float32", "float64", "exact")), domain.columns
            )
            for _ in range(1 + (kind == "forests"))
        ]
        tree = ensembles.random_tree(rng, domain.columns, made[0].classes)
        models = [Bound(f"forest {i}", x, every) for i, x in enumerate(made)]
        if kind == "forest":
            models.append(Bound("tree", tree, every))
        return Matter(domain, tuple(models), differ())
    if kind in ("tree", "smooth"):
        domain = random_sandwich_matter(numbers, LIMIT).domain
        network = _chain(numbers, domain.columns)
        if kind == "smooth":
            made = [rng.choice([*smooth.FUNCTIONS]) for _ in range(rng.randrange(1, 3))]
            width, outputs = rng.randrange(1, 4), rng.randrange(1, 4)
            network = smooth.random_network(numbers, domain.columns, made, width, outputs)
        return matter_of(domain, network, _tree(rng, domain))
    while True:
        matter = random_sandwich_matter(numbers, LIMIT)
        if kind not in ("cells", "lines", "patches") or _has_lines(matter.domain):
            return matter


def _has_lines(domain: Domain) -> bool:
    """Whether draws can be lines and patches, through cells too."""
    ranges = [v for v in domain.variables if isinstance(v, Ordinal)]
    uniform = all(v.chances.is_uniform for v in ranges)
    return domain.given is None and uniform and len(domain.variables) > 2


def _chain(numbers: np.random.Generator, columns: int) -> Network:
    """A network with a hidden layer; ties occur."""
    coarse = numbers.random() < 0.5
    width = int(numbers.integers(1, 5))

    def affine(source: int, out: int, wide: int) -> Affine:
        weight, bias = numbers.normal(size=(out, wide)), numbers.normal(size=out)
        if coarse:
            weight, bias = np.round(weight * 2), np.round(bias * 2)
        return Affine(source, weight.astype(np.float32), bias.astype(np.float32))

    outputs = int(numbers.integers(1, 4))
    return Network(columns, (affine(0, width, columns), Relu(1), affine(2, outputs, width)))


def _tree(rng: random.Random, domain: Domain) -> Tree:
    """Up to three tests of thresholds near the domain's numbers."""
    held = Leaf(rng.randrange(2)), Leaf(rng.randrange(2))
    nodes: list[Inner | Leaf] = [Inner(0, Fraction(0), 1, 2), *held]
    for i, node in enumerate(nodes):
        if isinstance(node, Inner):
            column = rng.randrange(domain.columns)
            nodes[i] = replace(node, column=column, threshold=Fraction(rng.randrange(-4, 5), 2))
    return Tree(tuple(nodes))


def _proved(matter: Matter) -> Certificate:
    """What the provers find, in full."""
    names = [v.name for v in matter.domain.variables]
    models = {m.name: (m.model, [names[i] for i in m.reads]) for m in matter.models}
    asked = question_to_json(matter.models, matter.question)["formula"]
    return lp.ask(asked, models, matter.domain, sample=0).certificate


def _plan(rng: random.Random, kind: str, domain: Domain) -> Plan:
    """How what is open is drawn from; so surely that no draw of the tests' misses the truth."""
    draws, delta = rng.choice((50, 300)), Fraction(1, 10**12)
    variable = rng.randrange(len(domain.variables))
    bet = Fraction(rng.choice((1, 2, 8)), 16)
    if kind == "lines":
        return Plan(draws, delta, method=POOLED, line=Line(variable, bet))
    if kind == "cells":
        line = Line(variable, bet, Fraction(rng.randrange(5), 4))
        return Plan(draws, delta, method=CELLS, line=rng.choice((line, None)))
    if kind == "patches":
        others = rng.choice([i for i in range(len(domain.variables)) if i != variable])
        line = Line(variable, bet, below=bet, others=(others,), guides=(_guide(rng, domain),))
        return Plan(draws, delta, method=PLAIN, line=line)
    return Plan(draws, delta, method=rng.choice((POOLED, PLAIN)))


def _guide(rng: random.Random, domain: Domain) -> Forecast:
    form = tuple(rng.randrange(-3, 4) for _ in range(domain.columns))
    ends = tuple(sorted(rng.sample(range(1, 9), 2)))
    return Forecast(form, rng.randrange(1, 4), ends, tuple(rng.randrange(BETS + 1) for _ in "123"))


def _tail(rng: random.Random) -> bytes | None:
    """A wide network, with the least Tail that the kernel shows (by bisection) in a cell or two."""
    numbers = np.random.default_rng(rng.randrange(1 << 30))
    weight = np.zeros((3, WIDE))
    read = rng.sample(range(WIDE), READ)
    weight[:, read] = np.round(numbers.normal(size=(3, READ)) * 4) / 4
    bias = np.round(numbers.normal(size=3) * 2) / 4
    layers = (
        Affine(0, weight, bias),
        Relu(1),
        Affine(2, np.ones((1, 3)), -weight.max(initial=1) * 9 * np.ones(1)),
    )
    domain = signs(WIDE)
    bound = Bound("net", Network(WIDE, layers), tuple(range(WIDE)))
    matter = Matter(domain, (bound,), ClassIs(0, 1))
    for p in _less():
        step: Step = Tail(0, p)
        try:
            return make_certificate(matter, Finding((step,)), "provers")[0]
        except InvalidProof:
            continue
    return None


def _paired(rng: random.Random) -> bytes:
    """Two ensembles that have much in common, with the orders that the kernel shows of them."""
    matter = next(pairs([rng.randrange(1 << 20)], rng.choice(QUESTIONS[:3])))[2]
    held, orders = pair(ask(matter), 0, 1), [1, 2, SAME]
    if held is None or max(bound.classes for bound in matter.models) > 2:
        orders = [SAME]

    def steps(cell: Cell, depth: int) -> Iterator[Split | Step]:
        free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
        if free and depth and rng.random() < 0.8:
            i = rng.choice(free)
            part = cell.parts[i]
            left = part.start if isinstance(part, range) else part & -part
            yield Split(i, left)
            for half in cell.split(i, going_left(part, left)):
                yield from steps(half, depth - 1)
            return
        shown = [x for x in orders if held is not None and held.holds(cell, x)]
        paired = [Paired(0, 1, rng.choice(shown))] if shown else []
        yield rng.choice([*paired * 3, Enumerated(), Open()])

    return make_certificate(matter, Finding(tuple(steps(full_cell(matter.domain), 3))), "tests")[0]


def _tested(rng: random.Random) -> bytes:
    """A test of a model that nobody looks into, by one of the ways of drawing."""
    numbers = np.random.default_rng(rng.randrange(1 << 30))
    domain = random_sandwich_matter(numbers, LIMIT).domain
    network, tree = _chain(numbers, domain.columns), _tree(rng, domain)
    reads = tuple(range(len(domain.variables)))
    opaque = Opaque(max(2, network.classes), None, "a network of the tests")
    matter = Matter(domain, (Bound("model", opaque, reads), Bound("tree", tree, reads)), differ())
    method = rng.choice((POOLED, ANYTIME, FINITE))
    draws = rng.randrange(1, min(among(matter), 200) + 1 if method == FINITE else 200)
    plan = Plan(draws, Fraction(1, 10**12), method=method, block=rng.choice((16, 256)))

    def classify(points: Ints) -> bytes:
        return bytes(teacher_class(network, domain.encode(tuple(x))) for x in points.tolist())

    half = Fraction(1, 2)
    enough = (lambda found: found.upper < half) if method == ANYTIME else None
    return make_test(matter, plan, classify, enough)[0]


def _less() -> Iterator[Fraction]:
    """Bounds to try, the smallest first."""
    yield from (Fraction(1, 1 << k) for k in range(40, 0, -1))


def read(data: bytes) -> Certificate:
    """The nouns in a certificate's bytes."""
    return certificate_of(data)
