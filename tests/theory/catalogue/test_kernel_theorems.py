"""The theorems about the certificate's kernel: named in its document, true of its code."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from theory import catalogue
from theory.axioms import AXIOMS
from theory.axioms.types import check_types
from theory.checking.derivation import check_step
from theory.language.errors import DerivationError
from theory.language.rules import use
from theory.language.statement import Step, Theorem
from theory.language.terms import eq, ge
from verifier.kernel import arithmetic, forms, points
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.steps import SLOPE_BITS
from verifier.kernel.tails import tail_bound
from verifier.model.cell import full_cell
from verifier.model.domain import signs
from verifier.model.network import Affine, Network

DOCUMENT = Path(__file__).parents[3] / "docs" / "soundness.md"
KERNEL = {name for name in catalogue if name.startswith("kernel-")}
IX, M = sp.Symbol("i", integer=True, positive=True), sp.Symbol("m", integer=True, positive=True)


def test_the_document_names_every_theorem_and_only_theorems() -> None:
    named = re.findall(r"`(kernel-[a-z0-9-]+|leaf-tail[a-z-]*)`", DOCUMENT.read_text())
    assert set(named) >= KERNEL
    assert set(named) <= set(catalogue)


def test_every_rule_with_an_inequality_names_its_theorems() -> None:
    text = DOCUMENT.read_text()
    parts = {p.split("\n", 1)[0]: p for p in text.split("\n## ")[1:]}
    numbers = [int(found[1]) for p in parts if (found := re.match(r"Rule (\d+)", p))]
    assert numbers == list(range(1, 12))
    without = ("Rule 8", "What", "Beside", "The kernel", "Rows", "Domains")
    for title, part in parts.items():
        assert ("Theorems: `" in part) != title.startswith(without), title


@pytest.mark.parametrize("seed", range(20))
def test_the_kernels_relu_lines_are_those_of_the_theorem(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = -np.floor(2.0 ** rng.uniform(0, 30, (1, 4)))
    high = np.floor(2.0 ** rng.uniform(0, 30, (1, 4)))
    x = arithmetic.Bounds(low, high, np.array([0]))
    alpha, slope, intercept = forms.relu_slopes(x)
    unit = 2**SLOPE_BITS
    for j in range(4):
        lam = Fraction(int(slope[0, j]), unit)
        ends = {"lower": int(low[0, j]), "upper": int(high[0, j])}
        value = catalogue["kernel-relu"].evaluate(slope=lam, **ends)
        assert Fraction(value.lower) == Fraction(int(intercept[0, j]), unit)
        assert alpha[0, j] in (0, 1)
        assert lam <= Fraction(ends["upper"], ends["upper"] - ends["lower"])


@pytest.mark.parametrize("seed", range(10))
def test_the_kernels_point_radius_is_that_of_the_theorem(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, radius = rng.integers(-99, 99, (1, 5)), rng.integers(0, 9, 5)
    weights = rng.normal(size=(1, 5))  # not 22 bits: held with an error of half a unit
    held = arithmetic.quantise_floats(weights)
    bias = arithmetic.quantise_floats(np.zeros((1, 1)))
    x = points._values(n.astype(float), radius.astype(float), 0)
    found = points._affine(x, held, bias)
    value = catalogue["kernel-affine"].evaluate(
        weights=[int(q) for q in held.n[0]],
        centres=n[0].tolist(),
        radii=radius.tolist(),
        weight_error=Fraction(held.inexact, 2),
        bias_error=0,
    )
    assert held.inexact == 1
    assert Fraction(value.upper) <= int(found.radius[0]) <= Fraction(value.upper) + 1


def test_the_kernels_least_value_and_tail_are_those_of_the_theorems() -> None:
    weight = [3, -2, 1]
    teacher = Network(3, (Affine(0, np.array([weight], np.float32), np.array([1], np.float32)),))
    domain = signs(3)
    p, cell = prepare(teacher, domain), full_cell(domain)
    x = arithmetic.Bounds(-np.ones((1, 3)), np.ones((1, 3)), np.array([0]))
    found = forms.backward(p, parts_of([cell]), [x, x], 1, np.ones((1, 1, 1)))
    least = catalogue["kernel-box-minimum"].evaluate(
        offset=1, coefficients=weight, lowers=[-1] * 3, uppers=[1] * 3
    )
    assert Fraction(int(found.n[0, 0])) / 2 ** int(found.e[0]) == Fraction(least.value) == -5
    tail = catalogue["kernel-tail"].evaluate(mean=1, influence=4 * 14)
    bound = tail_bound(p, cell, 1)
    assert Fraction(tail.upper) <= bound <= Fraction(tail.upper) * (1 + Fraction(1, 2**14))


@pytest.mark.parametrize("seed", range(10))
def test_a_planes_constant_is_the_least_for_the_corners_of_a_cell(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 4)
    offset, *ends = _numbers(rng, 1 + 2 * n)
    cell = [sorted(pair) for pair in zip(ends[:n], ends[n:], strict=True)]
    shares = [Fraction(rng.randint(0, 8), 8) for _ in range(n)]
    lacks = []
    for c in itertools.product(*cell):
        plane = sum(p * x for p, x in zip(shares, c, strict=True))
        lacks += [-plane, offset + sum(c) - plane]
    value = catalogue["kernel-plane-constant"].evaluate(
        offset=offset,
        shares=shares,
        lowers=[low for low, _ in cell],
        uppers=[high for _, high in cell],
    )
    assert Fraction(value.lower) <= max(lacks) <= Fraction(value.upper)
    assert Fraction(value.upper) - Fraction(value.lower) < Fraction(1, 10**30)


def _numbers(rng: random.Random, count: int) -> list[Fraction]:
    return [Fraction(rng.randint(-50, 50), rng.randint(1, 9)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_axioms_hold_for_numbers(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(1, 5)
    x, y = sp.IndexedBase("x"), sp.IndexedBase("y")
    a, b = (sp.Rational(f.numerator, f.denominator) for f in _numbers(rng, 2))
    values = {base: _numbers(rng, n + 1) for base in (x, y)}
    at = {
        base[i + 1]: sp.Rational(v.numerator, v.denominator)
        for base, list_ in values.items()
        for i, v in enumerate(list_)
    }
    whole = a * x[IX] + b * y[IX]
    terms = {"x": x[IX], "a": a, "y": y[IX], "b": b, "index": IX, "last": sp.Integer(n)}
    instances = [
        AXIOMS["sum-linear"].instantiate(whole=whole, **terms),
        AXIOMS["sum-order"].instantiate(larger=whole + 1, **terms),
        AXIOMS["sum-next"].instantiate(term=x[IX], index=IX, last=sp.Integer(n)),
        AXIOMS["sum-exchange"].instantiate(
            term=x[IX] * y[M], index=IX, last=sp.Integer(n), other=M, end=sp.Integer(2)
        ),
        AXIOMS["floor"].instantiate(x=a),
    ]
    for instance in instances:
        assert instance.conclusion.doit().subs(at).doit() == sp.true


X = sp.IndexedBase("x", real=True)


@pytest.mark.parametrize(
    ("axiom", "terms"),
    [
        ("sum-order", {"larger": X[IX], "x": X[IX], "a": IX, "index": IX, "last": M}),
        ("sum-order", {"larger": X[IX], "x": X[IX], "a": 1, "index": IX, "last": IX}),
        ("sum-linear", {"whole": X[IX], "x": 1, "a": X[IX], "index": IX, "last": M}),
        ("sum-exchange", {"term": X[IX], "index": IX, "last": M, "other": M, "end": M}),
        ("sum-next", {"term": X[IX], "index": IX, "last": IX}),
        ("sum-next", {"term": X[IX], "index": IX, "last": sp.Symbol("r", real=True)}),
        ("sum-order", {"larger": X[1], "x": X[1], "a": 1, "index": sp.Symbol("r"), "last": M}),
    ],
)
def test_a_sum_whose_index_is_used_outside_is_refused(axiom: str, terms: dict[str, object]) -> None:
    with pytest.raises(DerivationError):
        known = {M: "integer", IX: "integer", X: "list", sp.Symbol("r", real=True): "real"}
        check_types(AXIOMS[axiom], terms, known)
        AXIOMS[axiom].instantiate(**terms)


def _one_step(theorem: Theorem, step: Step) -> Theorem:
    return dataclasses.replace(theorem, steps=(*theorem.steps[:-1], step))


def test_what_is_known_of_one_component_says_nothing_of_the_sum() -> None:
    """An assumption about one i, and a hypothesis about i, may not be summed over."""
    theorem = catalogue["kernel-cut"]
    fixed = dataclasses.replace(theorem, schematic=(), locals=(*theorem.locals, *theorem.schematic))
    form = next(s for s in theorem.steps if s.label == "form")
    with pytest.raises(DerivationError, match="is fixed by an assumption"):
        check_step(fixed, form)
    index = theorem.schematic[0].symbol
    given = use(
        "sum-order",
        given=eq(X[index], 0),
        larger=X[index],
        x=sp.Integer(0),
        a=1,
        index=index,
        last=sp.Symbol("m", integer=True, positive=True),
    )
    total = sp.Sum(X[index], (index, 1, sp.Symbol("m", integer=True, positive=True)))
    step = Step("conclusion", ge(total, 0), given)
    with pytest.raises(DerivationError, match="the hypothesis speaks of"):
        check_step(_one_step(theorem, step), step)
