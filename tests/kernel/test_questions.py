"""Questions about several networks and trees: what the kernel adds up, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.kernel.test_ordinals import ordinal, threshold
from verifier.formats.variables import variable
from verifier.kernel import checker, ledger, points
from verifier.kernel.asked import ask
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Listed, Runs
from verifier.model.domain import Domain, bits
from verifier.model.errors import InvalidProof, TooMuch
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Affine, Network, Relu, Scale
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Several,
    Split,
    Tail,
    Trusted,
)
from verifier.model.question import (
    All,
    Any_,
    Bound,
    ClassIs,
    Matter,
    Not,
    Same,
    differ,
)
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.verdict import Status

HALF = Fraction(1, 2)
Z3 = "z3 4.13.0"


def above(bound, reads, name="above", columns=1):
    """A network of class 1 where its first column is greater than ``bound``."""
    return Bound(name, threshold(columns, 1.0, -bound), reads)


def constant_net(klass, columns, name="fixed"):
    bias = np.array([klass - HALF]).astype(float)
    return Bound(name, Network(columns, (Affine(0, np.zeros((1, columns)), bias),)), (0,))


AGE = ordinal("age", 0, 1, 100)
OTHER = ordinal("other", 0, 1, 100)


def test_two_copies_of_a_network_on_two_variables():
    """Both ages above 50, or none: the class changes where one is and the other is not."""
    matter = Matter(
        Domain((AGE, OTHER)),
        (above(49.5, (0,), "one"), above(49.5, (1,), "two")),
        Not(Same(0, 1)),
    )
    both = [Several((Constant(a, 0), Constant(b, 1))) for a in (0, 1) for b in (0, 1)]
    proof = [Split(0, 49), Split(1, 49), both[0], both[1], Split(1, 49), both[2], both[3]]
    verdict = checker.verify(matter, proof)
    assert verdict.verdict == "somewhere" and verdict.disagreements == (5000, 5000)
    assert verdict.error == (HALF, HALF) and verdict.checked.cells == {"constant": 8}
    assert [c.classes for c in verdict.counterexamples] == [(0, 1)] * 10
    with pytest.raises(InvalidProof, match='step 1 claims class 1 of network "two" where'):
        checker.verify(matter, [*proof[:2], both[1], both[0], *proof[4:]])


@pytest.mark.parametrize("divisor", [1.0, 3.0])
@pytest.mark.parametrize("divided", [0, 1])
def test_float32_is_shown_of_two_classes_where_it_is_of_both(divisor, divided):
    """A quotient by 3 is rounded, so of such a network nothing is shown."""
    scale = Scale(1, np.ones(1), np.full(1, divisor), np.zeros(1))
    layers = (*threshold(1, 1.0, -49.5).layers, scale)
    models = [above(49.5, (i,), name) for i, name in enumerate(("one", "two"))]
    models[divided] = replace(models[divided], model=Network(1, layers))
    matter = Matter(Domain((AGE, OTHER)), tuple(models), Not(Same(0, 1)))
    both = [Several((Constant(a, 0), Constant(b, 1))) for a in (0, 1) for b in (0, 1)]
    proof = [Split(0, 49), Split(1, 49), both[0], both[1], Split(1, 49), both[2], both[3]]
    shaky = checker.verify(matter, proof).float32.points_not_shown
    assert shaky == (0 if divisor == 1 else 10_000)


def test_one_step_is_enough_where_it_decides():
    """any(a = 1, b = 1) is true where a = 1; b is then never looked at but for the witnesses."""
    models = above(9.5, (0,), "a"), above(89.5, (1,), "b")
    domain = Domain((AGE, OTHER))
    some = Matter(domain, models, Any_((ClassIs(0, 1), ClassIs(1, 1))))
    verdict = checker.verify(some, [Split(0, 9), Open(), Constant(1, 0)])
    assert verdict.disagreements == (9000, 10_000) and verdict.error == (Fraction(9, 10), 1)
    assert verdict.counterexamples[0].classes == (1, 0)
    every = Matter(domain, models, All((ClassIs(0, 1), ClassIs(1, 1))))
    verdict = checker.verify(
        every, [Split(0, 9), Constant(0, 0), Split(1, 89), Constant(0, 1), Open()]
    )
    assert verdict.disagreements == (0, 900)


def test_trees_alone_decide_what_is_open():
    """Two trees over 2^62 values differ between their thresholds."""
    domain = Domain((ordinal("x", 0, 1, 2**62),))
    trees = [Tree((Inner(0, Fraction(k), 1, 2), Leaf(0), Leaf(1))) for k in (2**40, 2**41)]
    models = tuple(Bound(f"tree {i}", t, (0,)) for i, t in enumerate(trees))
    verdict = checker.verify(Matter(domain, models, differ()), [Open()])
    assert verdict.disagreements == (2**40, 2**40) and verdict.float32.is_shown
    assert verdict.leaves.keys() == {0} and verdict.leaves[0].keys() == {Status.PROVED}
    assert verdict.counterexamples[0].point == (2**40 + 1,)


def test_the_same_model_twice_is_the_same():
    matter = Matter(Domain((AGE,)), (above(50.0, (0,)),), Same(0, 0))
    assert checker.verify(matter, [Open()]).disagreements == (100, 100)


def conditions(*, weight=Fraction(3, 4)):
    """Ages below 18 are impossible together with "yes"; of the others three quarters say yes."""
    v = variable("job", ["no", "yes"], [[0], [1]])
    no, yes = Listed((Fraction(1), Fraction(0))), Listed((Fraction(0), Fraction(1)))
    young, old = Runs(0, ((18, Fraction(1)),)), Runs(18, ((82, Fraction(1)),))
    nodes = (
        GivenTest(0, range(18), 1, 4),
        GivenTest(1, 1, 2, 3),
        GivenLeaf(Fraction(1, 5), (young, no)),
        GivenLeaf(Fraction(0)),
        GivenTest(1, 1, 5, 6),
        GivenLeaf(Fraction(4, 5) * (1 - weight), (old, no)),
        GivenLeaf(Fraction(4, 5) * weight, (old, yes)),
    )
    return Domain((AGE, v), Given(nodes))


def test_impossible_combinations_are_no_points():
    domain = conditions()
    matter = Matter(domain, (above(9.5, (0,)),), ClassIs(0, 1))
    proof = [Split(1, 1), Split(0, 9), Constant(0), Constant(1), Split(0, 9), Open(), Constant(1)]
    verdict = checker.verify(matter, proof)
    assert verdict.domain_size == 182
    assert verdict.disagreements == (90 + 82, 90 + 82)
    assert verdict.error == (Fraction(1, 5) * Fraction(8, 18) + Fraction(4, 5),) * 2
    assert verdict.checked.cells == {"constant": 3, "impossible": 1}
    assert checker.verify(matter, [Enumerated()]).error == verdict.error
    with pytest.raises(InvalidProof, match=r"counterexample \(17, 1\) is not a point"):
        checker.verify(matter, proof, [(17, 1)])
    with pytest.raises(InvalidProof, match="the question is not true there"):
        checker.verify(matter, proof, [(9, 0)])
    false = [*proof[:5], Constant(1), Constant(1)]  # about tuples, none of them a point
    with pytest.raises(InvalidProof, match="step 3 claims class 1"):
        checker.verify(matter, false)


def test_a_tail_takes_the_distribution_of_its_leaf():
    """Of those who work, all are at least 18: P[age <= 25 | job = yes] = 8/82."""
    matter = Matter(conditions(), (above(25.5, (0,)),), ClassIs(0, 1))
    yes = [Split(1, 1), Open(), Split(0, 17), Open(), Tail(1, Fraction(8, 82))]
    verdict = checker.verify(matter, yes)
    assert verdict.error[0] == Fraction(3, 5) * (1 - Fraction(8, 82))
    assert verdict.checked.cells == {"impossible": 1, "open": 1, "tail": 1}
    less = [*yes[:4], Tail(1, Fraction(7, 82))]
    with pytest.raises(InvalidProof, match=r"step 3 claims P\[network .above. != 1\] <= 7/82"):
        checker.verify(matter, less)
    with pytest.raises(InvalidProof, match="within one leaf of the domain's tree"):
        checker.verify(matter, [Split(1, 1), Open(), Tail(1, Fraction(1))])
    with pytest.raises(InvalidProof, match="a Tail needs a cell with points"):
        checker.verify(matter, [Split(1, 1), Open(), Split(0, 17), Tail(1, Fraction(1)), Open()])


def test_a_tail_beside_other_steps():
    """all(a, b): a nearly always, b always in the half. So it is true there but for the tail."""
    domain = Domain((AGE, OTHER))
    models = above(9.5, (0,), "a"), above(49.5, (1,), "b")
    matter = Matter(domain, models, All((ClassIs(0, 1), ClassIs(1, 1))))
    tail = Tail(1, Fraction(1, 10), 0)
    verdict = checker.verify(
        matter, [Split(1, 49), Constant(0, 1), Several((tail, Constant(1, 1)))]
    )
    assert verdict.error == (HALF * Fraction(9, 10), HALF)
    assert verdict.disagreements == (1, 5000)
    two = Several((tail, Tail(1, HALF, 1)))
    verdict = checker.verify(matter, [two])
    assert verdict.error == (1 - Fraction(6, 10), 1) and verdict.checked.cells == {"tail": 2}


def test_a_tail_takes_the_distributions_of_what_its_network_reads():
    chances = [(Fraction(3, 4), Fraction(1, 4)), (HALF, HALF)]
    domain = Domain(
        tuple(variable(f"x{i}", ["no", "yes"], [[0], [1]], x) for i, x in enumerate(chances))
    )
    matter = Matter(domain, (above(0.5, (1,)),), ClassIs(0, 1))
    assert checker.verify(matter, [Tail(0, HALF)]).error == (0, HALF)
    with pytest.raises(InvalidProof, match="only 1/2 can be shown"):
        checker.verify(matter, [Tail(0, Fraction(1, 4))])


def test_a_tail_of_a_cell_without_weight_shows_nothing():
    domain = Domain((ordinal("x", 0, 1, 9, ((8, Fraction(1)), (1, Fraction(0)))), AGE))
    matter = Matter(domain, (above(-1.0, (1,)),), ClassIs(0, 1))
    assert checker.verify(matter, [Split(0, 7), Open(), Tail(1, Fraction(1))]).error == (0, 1)
    with pytest.raises(InvalidProof, match="only 1 can be shown"):
        checker.verify(matter, [Split(0, 7), Open(), Tail(1, Fraction(1, 2))])


def hard(name, reads):
    """A network that is never positive, which bounds do not show: |x| + |y| - |x + y| - 1 / 2."""
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
    inner = Affine(0, np.array(rows, dtype=float), np.zeros(6))
    outer = Affine(2, np.array([[-1.0, -1, -1, -1, 1, 1]]), np.array([-0.5]))
    return Bound(name, Network(2, (inner, Relu(1), outer)), reads)


@pytest.fixture
def in_pieces(monkeypatch):
    """Makes a matter of which what no bound shows is evaluated a few points at a time."""
    monkeypatch.setattr(points, "CHUNK", 8)
    small, other = ordinal("y", -20, 1, 41), ordinal("z", 0, 1, 3)

    def matter(model, least):
        x = variable("x", "abcd", [[n] for n in (least, -3, -2, 1)])
        models = model, above(0.5, (2,), "b")
        return Matter(Domain((x, small, other)), models, All((ClassIs(0, 1), ClassIs(1, 1))))

    return matter


def test_float32_is_shown_of_a_class_only_if_it_is_at_all_points_that_were_evaluated(in_pieces):
    """The first ones' numbers may be so large that sums are rounded."""
    for least, shaky in ((-4, 0), (-16_000_000, 4 * 41 * 3)):
        verdict = checker.verify(in_pieces(hard("a", (0, 1)), least), [Constant(0, 0)])
        assert verdict.disagreements == (0, 0)
        assert verdict.float32.points_not_shown == shaky


def test_a_class_is_one_at_all_points_that_were_evaluated(in_pieces):
    """At the last one alone the sum is above 20.5."""
    last = Bound("a", Network(2, (Affine(0, np.ones((1, 2)), np.full(1, -20.5)),)), (0, 1))
    with pytest.raises(InvalidProof, match="claims class 0"):
        checker.verify(in_pieces(last, -4), [Constant(0, 0)])
    checker.verify(in_pieces(last, -4), [Tail(0, Fraction(1, 164), 0)])
    with pytest.raises(InvalidProof, match="only 1/164 can be shown"):
        checker.verify(in_pieces(last, -4), [Tail(0, Fraction(1, 165), 0)])


@pytest.mark.parametrize("trust", [(), ("z3",)])
def test_words_that_are_needed(trust):
    """Two hard networks, one by z3 and one by somebody whom nobody can trust."""
    v = [ordinal(name, -500, 1, 1001) for name in "xyz"]
    domain = Domain(tuple(v))
    models = hard("a", (0, 1)), hard("b", (1, 2))
    both = Several((Trusted(0, Z3, 0), Trusted(0, "oracle", 1)))
    every = Matter(domain, models, All((ClassIs(0, 1), ClassIs(1, 1))))
    verdict = checker.verify(every, [both], trust=trust)
    assert verdict.disagreements == ((0, 0) if trust else (0, 1001**3))
    some = Matter(domain, models, Any_((ClassIs(0, 1), ClassIs(1, 1))))
    verdict = checker.verify(some, [both], trust=trust)
    assert verdict.disagreements == (0, 1001**3) and verdict.stated.disagreements == (0, 0)
    assert verdict.trusted == ({Z3: 1} if trust else {})
    assert verdict.stated.trusted == {Z3: 1, "oracle": 1}
    assert verdict.checked.cells == {"trusted": 2}
    tail = Several((Trusted(0, Z3, 0), Tail(0, Fraction(1), 1)))
    verdict = checker.verify(every, [tail], trust=trust)
    assert verdict.error == (0, 1) and verdict.stated.error == (0, 1)
    with pytest.raises(InvalidProof, match="only 1 can be shown"):
        checker.verify(every, [Several((Trusted(0, Z3, 0), Tail(0, HALF, 1)))])
    wrong = Several((Trusted(1, Z3, 0), Trusted(0, Z3, 1)))
    none = Matter(domain, models, All((ClassIs(0, 0), ClassIs(1, 0))))
    with pytest.raises(InvalidProof, match=r"said that the class of network .a. is 1"):
        checker.verify(none, [wrong], [(0, 0, 0)])


def test_lenient_cells_are_open_as_a_whole():
    models = above(49.5, (0,), "a"), above(49.5, (1,), "b")
    matter = Matter(Domain((AGE, OTHER)), models, Any_((ClassIs(0, 1), ClassIs(1, 1))))
    wrong = Several((Constant(1, 0), Constant(0, 1)))
    proof = [Split(0, 49), Open(), wrong]
    found = checker.verify(matter, proof, lenient=True)
    assert found.disagreements == (0, 10_000) and found.checked.refused == (2,)
    assert found.checked.cells == {"open": 2}
    with pytest.raises(InvalidProof) as caught:
        checker.verify(matter, proof)
    assert caught.value.refused == (2,)


LINES = [
    (Constant(2, 0), 'names class 2, which network "a" lacks'),
    (Constant(0, 2), "speaks of model 2, which is no network"),
    (Constant(0, 7), "speaks of model 7, which is no network"),
    (Several((Constant(0, 1), Constant(0, 0))), "one by one in increasing order"),
    (Several((Constant(0, 0), Constant(0, 0))), "one by one in increasing order"),
    (Several((Constant(0, 0),)), "says that it is several"),
    (Several((Constant(0, 0), Enumerated())), "holds what is no claim about a network"),
    (Several((Constant(0, 0), Tail(0, Fraction(1), 2))), "speaks of model 2"),
]


@pytest.mark.parametrize(("step", "line"), LINES)
def test_steps_that_are_none_are_refused(step, line):
    tree = Bound("t", Tree((Leaf(0),)), (0,))
    models = above(-1.0, (0,), "a"), above(-1.0, (1,), "b"), tree
    matter = Matter(Domain((AGE, OTHER)), models, All((Same(0, 1), Same(1, 2))))
    with pytest.raises(InvalidProof, match=f"step 1 .*{line}"):
        checker.verify(matter, [step])


def test_a_network_that_reads_few_variables_is_evaluated_on_those():
    """2^40 points, but 4 of the network: a cell of any size is evaluated on them."""
    domain = bits(40)
    parity = Bound("and", Network(2, (Affine(0, np.ones((1, 2)), np.array([-1.5])),)), (3, 17))
    matter = Matter(domain, (parity,), ClassIs(0, 1))
    proof = [Split(3, 1), Constant(0), Split(17, 1), Constant(0), Constant(1)]
    assert checker.verify(matter, proof).disagreements == (2**38, 2**38)
    blurred = constant_net(1, 1)
    with pytest.raises(InvalidProof, match="but it is not"):
        checker.verify(matter, [Constant(1)])
    two = Matter(domain, (parity, blurred), All((ClassIs(0, 0), ClassIs(1, 1))))
    assert checker.verify(two, [Several((Tail(0, Fraction(1, 4)), Constant(1, 1)))]).error == (
        Fraction(3, 4),
        1,
    )


def test_the_work_of_long_formulas_is_counted(monkeypatch):
    """Each part of each cell may have to look at all of a formula."""
    atoms = tuple(ClassIs(0, i % 2) for i in range(20_000))
    matter = Matter(Domain((AGE,)), (above(49.5, (0,)),), Any_((All(atoms), Not(Any_(atoms)))))
    monkeypatch.setenv("LEAFPROOF_WORK", "200M")
    with pytest.raises(TooMuch):
        checker.verify(matter, [Enumerated()])
    monkeypatch.setenv("LEAFPROOF_WORK", "2G")
    assert checker.verify(matter, [Enumerated()]).disagreements == (0, 0)


def test_formulas_nested_a_thousand_deep():
    formula = ClassIs(0, 1)
    for _ in range(998):
        formula = Not(formula)
    matter = Matter(Domain((AGE,)), (above(49.5, (0,)),), formula)
    for proof in ([Enumerated()], [Split(0, 49), Constant(0), Constant(1)]):
        assert checker.verify(matter, proof).disagreements == (50, 50)


def test_many_trees_are_laid_over_parts_only_while_they_matter():
    """Twenty trees on twenty variables of 2^20 leaves together; the network decides."""
    domain = Domain(tuple(ordinal(f"x{i}", 0, 1, 8) for i in range(20)))
    tree = Tree((Inner(0, Fraction(3), 1, 2), Leaf(0), Leaf(1)))
    models = (
        above(-1.0, (0,), "net"),
        *(Bound(f"tree {i}", tree, (i,)) for i in range(20)),
    )
    formula = All((ClassIs(0, 0), *(ClassIs(i + 1, 1) for i in range(20))))
    assert checker.verify(Matter(domain, models, formula), [Constant(1)]).disagreements == (0, 0)
    rest = All(formula.parts[1:])
    found = checker.verify(Matter(domain, models, Any_((formula, rest))), [Open()])
    assert found.disagreements == (4**20, 4**20)


def test_a_full_cell_is_one_place_without_trees():
    asked = ask(Matter(Domain((AGE,)), (above(0.0, (0,)),), ClassIs(0, 1)))
    (place,) = ledger.Ledger(asked, None).places(full_cell(asked.domain))
    assert place.part == Cell((range(100),)) and place.leaf is None and place.key == 0
