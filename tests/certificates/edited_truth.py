"""What must be true of an edited certificate that the kernel accepts, by brute force.

Every Step in its cell, the counts, the probability, the rows, the interval of a sample, and the
classes in float32 where those are said to be the same. What other checkers say is compared where
they cover the file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np

from tests import brute, brute_intervals, smooth
from tests.certificates import checkers
from verifier import second_checker
from verifier.kernel.certificate import check_certificate
from verifier.model.cell import Cell, full_cell
from verifier.model.certificate import Certificate
from verifier.model.continuous import Continuous
from verifier.model.domain import Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import CertificateError, InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.part import size, values
from verifier.model.proof import Cases, Constant, Paired, Proof, Sandwich, Several, Tail, steps
from verifier.model.question import Bound, Matter, truth
from verifier.model.smooth import Smooth
from verifier.model.tree import Inner, Tree
from verifier.model.verdict import Verdict
from verifier.reading.certificate import certificate_of
from verifier.reading.container import unpack
from verifier.second_checker.reading import TooLarge
from verifier.writing.testing import drawn_points

MOST = 1 << 12
"""Points that are gone through; of domains with more, those that models tell apart."""
SURE = Fraction(1, 10**9)
"""Samples that are wrong more often are not held against the truth."""

CLOSE = 1e-9


class _Close(Exception):
    """A class that floats do not decide."""


def outcome(data: bytes) -> str:
    """``malformed``, ``refused`` or ``true``; else what is wrong.

    FALSE: the kernel accepts what is not so. DISAGREE: another checker refuses what it accepts, or
    the verified one accepts what it refuses. ``unjudged``: too many points that models tell apart.
    """
    try:
        held = certificate_of(data)
    except CertificateError:
        return "malformed"
    try:
        verdict = check_certificate(held)
    except InvalidProof as error:
        return "refused" if verified(data, error) != checkers.VALID else f"DISAGREE: {error}"
    except LeafproofError:
        return "malformed"
    wrong = fault(held, verdict)
    if wrong:
        return wrong if wrong == "unjudged" else f"FALSE: {wrong}"
    if verified(data, None) not in (None, checkers.VALID):
        return "DISAGREE: the verified checker refuses it"
    try:
        (second_checker.check_test if held.matter.is_test else second_checker.check)(data)
    except TooLarge:
        pass
    except LeafproofError as error:
        return f"DISAGREE: the second checker says: {error}"
    return "true"


def verified(data: bytes, error: LeafproofError | None) -> int | None:
    """The verified checker's word; None where it does not cover the file, or may differ."""
    parts = unpack(data)
    if "ensembles.json" in parts:
        return None
    if any(word in parts["models.json"] for word in (b'"smooth"', b'"opaque"')):
        return None
    held = certificate_of(data)
    word = {"Accepted": checkers.VALID, "Invalid": checkers.INVALID}.get(checkers.of_members(parts))
    if word is None:
        return checkers.MALFORMED
    if error is None:  # of these its bounds are others
        looser = held.domain.infinite or any(isinstance(x, Tail | Sandwich) for x in held.proof)
        return word if word == checkers.VALID or not looser else None
    beside = any(word in str(error) for word in ("sample", "drawn", "rows", "float32"))
    return None if beside or _shown(error) else word


def _shown(error: LeafproofError) -> bool:
    """Whether a refusal is of what may be true, and the kernel's bounds do not show."""
    return "can be shown" in str(error) or "does not prove it" in str(error)


def fault(held: Certificate, verdict: Verdict) -> str:
    """What is not true of a certificate that the kernel accepts; "" where all is."""
    try:
        return _fault(held, verdict)
    except _Close:
        return "unjudged"


def _fault(held: Certificate, verdict: Verdict) -> str:
    matter = held.matter
    if matter.is_test:
        return _fault_of_test(held, verdict)
    if held.domain.infinite:
        return _fault_of_intervals(held, verdict)
    told = _told(matter)
    if told is None:
        return "unjudged"
    every = _Points(matter, told)
    true, chance = every.true(full_cell(held.domain))
    if not verdict.disagreements[0] <= true <= verdict.disagreements[1]:
        return f"{true} points, and not {verdict.disagreements}"
    if not verdict.error[0] <= chance <= verdict.error[1]:
        return f"the probability is {chance}, and not {verdict.error}"
    if verdict.verdict in ("equivalent", "nowhere") and true:
        return f"{true} points, and it says {verdict.verdict}"
    if verdict.verdict in ("different", "somewhere") and not true:
        return f"no point, and it says {verdict.verdict}"
    if said := _fault_of_sample(verdict, chance):
        return said
    if held.rows is not None and verdict.rows is not None:
        times = zip(held.rows.points, held.rows.times, strict=True)
        seen = sum(n for point, n in times if every.is_true(point))
        if (verdict.rows.rows, verdict.rows.true) != (sum(held.rows.times), seen):
            return f"{seen} rows are true, and it says {verdict.rows}"
    return _fault_of_steps(held.proof, every) or _fault_of_float32(verdict, every)


def _fault_of_sample(verdict: Verdict, chance: Fraction) -> str:
    drawn = verdict.sampled
    if drawn is None or drawn.delta > SURE or drawn.lower <= chance <= drawn.upper:
        return ""
    return f"the probability is {chance}, and sampled was {drawn.lower} to {drawn.upper}"


def _fault_of_test(held: Certificate, verdict: Verdict) -> str:
    """What is counted of the classes that the file records, at points drawn by others' code."""
    drawn, tree = verdict.sampled, held.matter.models[1]
    assert drawn is not None
    if verdict.verdict != "undecided" or verdict.error != (0, 1):
        return f"a test proves nothing, and it says {verdict.verdict}, {verdict.error}"
    seen, recorded = 0, iter(held.recorded or b"")
    for block in drawn_points(held):
        for point in block.tolist():
            x = own_of(held.matter, tree.reads, held.domain.encode(tuple(point)))
            seen += class_of(tree.model, x) != next(recorded)
    if (drawn.seen, drawn.draws) != (seen, len(held.recorded or b"")):
        return f"{seen} draws differ, and it says {drawn.seen} of {drawn.draws}"
    if not drawn.lower <= Fraction(seen, drawn.draws) <= drawn.upper:
        return f"{seen} of {drawn.draws} differ, and it says {drawn.lower} to {drawn.upper}"
    return ""


def _told(matter: Matter) -> tuple[int, ...] | None:
    """The variables that the models tell apart: all, where there are few points."""
    domain = matter.domain
    if domain.size <= MOST:
        return tuple(range(len(domain.variables)))
    if domain.given is not None:
        return None
    found = set()
    for bound in matter.models:
        owners = [i for i in bound.reads for _ in range(domain.variables[i].columns)]
        found |= {owners[column] for column in _columns(bound.model)}
    some = tuple(sorted(found))
    return some if prod(domain.variables[i].count for i in some) <= MOST else None


def _columns(model: Any) -> set[int]:
    if isinstance(model, Network):
        first = [x for x in model.layers if getattr(x, "source", 0) == 0]
        if all(isinstance(x, Affine) for x in first):
            weights = [x.weight for x in first if isinstance(x, Affine)]
            return {int(j) for w in weights for j in np.flatnonzero(np.any(w != 0, axis=0))}
        return set(range(model.columns))
    trees = model.members if isinstance(model, Ensemble) else (model,)
    return {n.column for tree in trees for n in tree.nodes if isinstance(n, Inner)}


class _Points:
    """The points of a matter's domain with the models' classes, evaluated exactly, one by one."""

    def __init__(self, matter: Matter, told: tuple[int, ...]) -> None:
        self.matter, self.told = matter, told
        self.classes: dict[Point, tuple[int, ...]] = {}

    def classes_at(self, point: Point) -> tuple[int, ...]:
        """All models' classes."""
        key = tuple(point[i] for i in self.told)
        if key not in self.classes:
            x = self.matter.domain.encode(point)
            self.classes[key] = tuple(
                class_of(b.model, own_of(self.matter, b.reads, x)) for b in self.matter.models
            )
        return self.classes[key]

    def classes_in(self, cell: Cell) -> Iterator[tuple[int, ...]]:
        """All models' classes at the points of a cell."""
        return (self.classes_at(point) for point, _, _ in self.cell(cell))

    def is_true(self, point: Point) -> bool:
        """Whether the formula is."""
        return bool(truth(self.matter.question, self.classes_at(point)))

    def cell(self, cell: Cell) -> Iterator[tuple[Point, int, Fraction]]:
        """Points of a cell with how many they stand for, and their probability."""
        domain = self.matter.domain
        rest = [i for i in range(len(domain.variables)) if i not in self.told]
        times = prod(size(cell.parts[i]) for i in rest)
        chance = Fraction(1)
        for i in rest:
            v = domain.variables[i]
            chance *= sum((_chance(v, k) for k in values(cell.parts[i])), Fraction(0))
        held = [values(p) if i in self.told else values(p)[:1] for i, p in enumerate(cell.parts)]
        for point in product(*held):
            if not rest:
                if domain.possible(point):
                    yield point, 1, domain.probability(point)
                continue
            own = prod((_chance(domain.variables[i], point[i]) for i in self.told), start=chance)
            yield point, times, own

    def true(self, cell: Cell) -> tuple[int, Fraction]:
        """How many points of a cell are true, and with what probability."""
        held = [(n, p) for point, n, p in self.cell(cell) if self.is_true(point)]
        return sum(n for n, _ in held), sum((p for _, p in held), Fraction(0))


def _chance(v: Any, value: int) -> Fraction:
    if hasattr(v, "probabilities"):
        return Fraction(v.probabilities[value])
    for count, share in v.chances:
        if value < count:
            return Fraction(share) / count
        value -= count
    raise AssertionError("a value that there is not")


def own_of(matter: Matter, reads: tuple[int, ...], x: list[Fraction]) -> list[Fraction]:
    """The columns of an encoded point that a model reads."""
    domain = matter.domain
    return [y for i in reads for y in x[domain.offsets[i] :][: domain.variables[i].columns]]


def class_of(model: Any, x: list[Fraction]) -> int:
    """A model's class at its inputs."""
    if isinstance(model, Network):
        if any(isinstance(layer, Smooth) for layer in model.layers):
            return _smooth_class(model, x)
        return brute.teacher_class(model, x)
    if isinstance(model, Tree):
        return brute.tree_class(model, x)
    assert isinstance(model, Ensemble)
    return model.class_at(x)


def _smooth_class(network: Network, x: list[Fraction]) -> int:
    """The class in floats, where it is not within their rounding of another."""
    found = smooth.logits(network, [float(y) for y in x])
    ordered = sorted(found if len(found) > 1 else [0.0, *found])
    if not ordered[-1] - ordered[-2] > CLOSE * max(1.0, *map(abs, found)):
        raise _Close
    return int(found[0] > 0) if len(found) == 1 else int(np.argmax(found))


def _fault_of_steps(proof: Proof, every: _Points) -> str:
    for cell, _, step in steps(every.matter.domain, proof):
        for about in step.steps if isinstance(step, Several) else (step,):
            if isinstance(about, Constant | Tail):
                said = _fault_of_class(about, cell, every)
            elif isinstance(about, Sandwich):
                said = _fault_of_sums(about, cell, every)
            elif isinstance(about, Paired):
                left, right, order = about.left, about.right, about.order
                said = _fault_of_order(left, right, order, list(every.classes_in(cell)))
            else:
                continue
            if said:
                return f"{about} is false in {cell.parts}: {said}"
    return ""


def _fault_of_class(about: Constant | Tail, cell: Cell, every: _Points) -> str:
    held = [(every.classes_at(x)[about.model], p) for x, _, p in every.cell(cell)]
    wrong = sum((p for klass, p in held if klass != about.klass), Fraction(0))
    whole = sum((p for _, p in held), Fraction(0))
    if isinstance(about, Tail):
        return f"it is {wrong} of {whole}" if wrong > about.bound * whole else ""
    return "another class" if any(klass != about.klass for klass, _ in held) else ""


def _fault_of_sums(about: Sandwich, cell: Cell, every: _Points) -> str:
    for beside in about.beside:
        if said := _fault_of_class(beside, cell, every):
            return said
    points = [x for x, _, _ in every.cell(cell)]
    for own in (about, *about.further):
        if said := _fault_at(own, points, every):
            return said
    for signs, own in enumerate(about.cases.steps if about.cases else ()):
        bound = every.matter.models[about.strips[0].model]
        nodes = {x: _nodes(bound, every.matter, x, about.ones) for x in points}
        some = [x for x in points if _is_in(nodes[x], about.cases, signs)]
        if said := _fault_at(own, some, every):
            return f"in case {signs} {said}"
    return ""


def _nodes(bound: Bound, matter: Matter, point: Point, ones: int) -> list[list[Fraction]]:
    """All nodes of a network at a point; of a group of its classes with those of the maxima."""
    nodes = brute.node_values(bound.model, own_of(matter, bound.reads, matter.domain.encode(point)))
    every = range(len(nodes[-1]))
    both = [[k for k in every if ones >> k & 1 == own] for own in (1, 0)] if ones else []
    while max(map(len, both), default=1) > 1:
        z = nodes[-1]
        pairs = [[z[k] for k in own[i : i + 2]] for own in both for i in range(0, len(own), 2)]
        apart = [x[0] - x[-1] for x in pairs]
        nodes += [apart, [max(x, 0) for x in apart], [x[-1] for x in pairs], [*map(max, pairs)]]
        half = (len(both[0]) + 1) // 2
        both = [[*range(half)], [*range(half, len(pairs))]]
    return nodes


def _is_in(nodes: list[list[Fraction]], cases: Cases | None, signs: int) -> bool:
    """Whether a point is in a case."""
    assert cases is not None
    every = [nodes[x.node][x.component] for x in cases.neurons]
    return all(n >= 0 if signs >> i & 1 else n <= 0 for i, n in enumerate(every))


def _fault_at(about: Sandwich, points: list[Point], every: _Points) -> str:
    def sum_at(form: tuple[int, ...], x: Point) -> Fraction:
        encoded = zip(form, every.matter.domain.encode(x), strict=True)
        return sum((c * y for c, y in encoded), Fraction(0))

    def taken(x: Point) -> tuple[int, ...]:
        """All models' classes, or whether each is in the group."""
        classes, ones = every.classes_at(x), about.ones
        return tuple(ones >> k & 1 for k in classes) if ones else classes

    for strip in about.strips:
        for x in points:
            at, klass = sum_at(about.form, x), taken(x)[strip.model]
            known = 1 if at > -strip.least else 0 if at <= -strip.most else None
            if known not in (None, klass):
                return f"at {x}"
            if about.sides is not None:
                one, zero = about.sides.one, about.sides.zero
                if klass == 0 and sum_at(one.form, x) > -one.end:
                    return f"at {x} of the side of class 1"
                if klass == 1 and sum_at(zero.form, x) <= -zero.end:
                    return f"at {x} of the side of class 0"
    ends = about.strips[0].model, about.strips[-1].model
    return _fault_of_order(*ends, about.order, [taken(x) for x in points])


def _fault_of_order(left: int, right: int, order: int, found: list[tuple[int, ...]]) -> str:
    """Where classes are not of the order: bit 0 says that they do not fall, bit 1 nor rise."""
    for classes in found:
        a, b = classes[left], classes[right]
        if (order & 1 and a > b) or (order & 2 and a < b):
            return f"classes {a} and {b}"
    return ""


def _fault_of_float32(verdict: Verdict, every: _Points) -> str:
    """Where the formula is said to be as true in float32 all over a domain, and is not."""
    if not verdict.float32.is_shown:
        return ""
    rng = np.random.default_rng(0)
    for number, bound in enumerate(every.matter.models):
        if isinstance(bound.model, Network) and all(
            isinstance(x, Affine | Relu) for x in bound.model.layers
        ):
            for point, _, _ in every.cell(full_cell(every.matter.domain)):
                x = own_of(every.matter, bound.reads, every.matter.domain.encode(point))
                found, classes = _in_float32(rng, bound.model, x), list(every.classes_at(point))
                classes[number] = found
                if truth(every.matter.question, classes) != every.is_true(point):
                    return f"in float32 model {number} has class {found} at {point}"
    return ""


def _in_float32(rng: np.random.Generator, network: Network, x: list[Fraction]) -> int:
    """The class with every product and sum rounded to float32, added in some order."""
    nodes = [np.array([float(y) for y in x], dtype=np.float32)]
    for layer in network.layers:
        assert isinstance(layer, Affine | Relu)
        own = nodes[layer.source]
        if isinstance(layer, Relu):
            nodes.append(np.maximum(own, np.float32(0)))
            continue
        weight, sums = layer.weight.astype(np.float32), np.zeros(len(layer.bias), np.float32)
        for j in rng.permutation(len(own)):
            sums = sums + weight[:, j] * own[j]
        nodes.append(sums + layer.bias.astype(np.float32))
    last = nodes[-1]
    return int(last[0] > 0) if len(last) == 1 else int(np.argmax(last))


def _fault_of_intervals(held: Certificate, verdict: Verdict) -> str:
    """The same where a variable is continuous: the measure is exact, Steps are tried at points."""
    matter = held.matter
    if sum(isinstance(v, Continuous) for v in held.domain.variables) != 1 or matter.ensembles:
        return "unjudged"
    chance = brute_intervals.measure(matter)
    if not verdict.error[0] <= chance <= verdict.error[1]:
        return f"the probability is {chance}, and not {verdict.error}"
    if said := _fault_of_sample(verdict, chance):
        return said
    if verdict.verdict in ("equivalent", "nowhere") and chance:
        return f"the probability is {chance}, and it says {verdict.verdict}"
    rng = random.Random(0)
    for cell, _, step in steps(held.domain, held.proof):
        for about in step.steps if isinstance(step, Several) else (step,):
            for _ in range(20 if isinstance(about, Constant) else 0):
                x = brute_intervals.numbers(rng, held.domain, cell)
                if None not in x and brute_intervals.classes(matter, x)[about.model] != about.klass:
                    return f"{about} is false at {x}"
    return ""
