"""The kernel: the tail inequality.

See docs/soundness.md, rule 7, and `mcdiarmid`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, kernel, listed, total
from theory.catalogue.margins import MARGIN, WRONG, leaf_tail_product
from theory.catalogue.mcdiarmid import CERTIFIED, INFLUENCE
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Fact, Mean, Pr, Random, conj, eq, ge, implies, le

LINEAR = Random("linear bound")
MU = CERTIFIED.symbol
C = INFLUENCE.symbol
MU_OR_ZERO = sp.Max(0, MU)
CLAIMED = real("p", "p", "bound that the step claims, at least that of the kernel")
P = CLAIMED.symbol
BOUND = sp.exp(-2 * MU_OR_ZERO**2 / C)
FALLS = le(LINEAR - Mean(LINEAR), -MU_OR_ZERO)
MOVES = Fact("bounded differences", LINEAR, C)

kernel_tail = Theorem(
    name="kernel-tail",
    title="The kernel: the tail of a linear lower bound",
    parameters=(CERTIFIED, INFLUENCE),
    result=UpperBound(
        Pr(WRONG),
        BOUND,
        also=(implies(ge(P, BOUND), le(Pr(WRONG), P)),),
        monotone={"mean": "down", "influence": "up"},
    ),
    assumptions=(
        Assumption("linear", "the margin is at least the linear form", ge(MARGIN, LINEAR)),
        Assumption("mean", "the mean of the form is at least μ", ge(Mean(LINEAR), MU)),
        Assumption(
            "ranges",
            "independent variables; variable v moves the form by at most max t_v - min t_v",
            MOVES,
        ),
    ),
    experiment=Experiment(random=("linear bound", "margin"), laws=(MOVES,)),
    steps=(
        Step(
            "event",
            implies(ge(MU, 0), le(Pr(WRONG), Pr(FALLS))),
            use("event-monotone", given=ge(MU, 0), smaller=WRONG, larger=FALLS),
            ("linear", "mean"),
            "A form <= 0 has its lower bound below the mean by at least μ.",
        ),
        Step(
            "tail",
            le(Pr(FALLS), BOUND),
            use("mcdiarmid", x=LINEAR, influence=C, t=MU_OR_ZERO),
            ("ranges",),
        ),
        Step(
            "no mean",
            implies(le(MU, 0), le(1, BOUND)),
            use("exp-monotone", x=0, y=-2 * MU_OR_ZERO**2 / C),
        ),
        Step(
            "conclusion",
            conj(le(Pr(WRONG), BOUND), implies(ge(P, BOUND), le(Pr(WRONG), P))),
            Smt(),
            ("event", "tail", "no mean"),
        ),
    ),
    citation=leaf_tail_product.citation,
    locals=(CLAIMED,),
)

COUNT = integer("k", "k", "number of forms taken together")
BOUNDS = listed("bounds", "p", "bound of each form's probability to fail")
K = COUNT.symbol
PP = BOUNDS.symbol
WRONG_CLASS = Event("f(x) != c")


def fails(k: sp.Expr) -> sp.Basic:
    """Form k is not positive."""
    return Event("form fails", k)


def some(k: sp.Expr) -> sp.Basic:
    """One of the forms 1 .. k is not positive."""
    return Event("one of the first forms fails", k)


def upto(k: sp.Expr) -> sp.Expr:
    """The sum of the first k bounds."""
    return total(PP[IX], IX, k)


SO_FAR = le(Pr(some(K)), upto(K))
TOTAL = sp.Min(1, upto(M))
FORMS_CLAIM = le(Pr(WRONG_CLASS), TOTAL)

kernel_tail_forms = Theorem(
    name="kernel-tail-forms",
    title="The kernel: the tails of several forms",
    parameters=(BOUNDS,),
    result=UpperBound(Pr(WRONG_CLASS), TOTAL, monotone={"bounds": "up"}),
    assumptions=(
        Assumption(
            "some",
            "one of the first k + 1 forms fails only if one of the first k or the next does",
            conj(
                sp.Not(some(sp.Integer(0))),
                implies(some(K + 1), sp.Or(some(K), fails(K + 1))),
            ),
        ),
        Assumption("wrong", "another class only if a form fails", implies(WRONG_CLASS, some(M))),
        Assumption("forms", "theorem kernel-tail for each form", le(Pr(fails(IX)), PP[IX])),
    ),
    experiment=Experiment(
        random=(
            "f(x) != c",
            "form fails",
            "one of the first forms fails",
        )
    ),
    steps=(
        Step(
            "none",
            eq(Pr(some(sp.Integer(0))), 0),
            use("never", event=some(sp.Integer(0))),
            ("some",),
        ),
        Step(
            "either",
            le(Pr(some(K + 1)), Pr(sp.Or(some(K), fails(K + 1)))),
            use("event-monotone", smaller=some(K + 1), larger=sp.Or(some(K), fails(K + 1))),
            ("some",),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(some(K), fails(K + 1))), Pr(some(K)) + Pr(fails(K + 1))),
            use("boole", first=some(K), second=fails(K + 1)),
        ),
        Step(
            "next form",
            le(Pr(fails(K + 1)), PP[K + 1]),
            Instantiate("forms", {IX: K + 1}),
            ("forms",),
        ),
        Step(
            "sums",
            conj(eq(upto(0), 0), eq(upto(K + 1), upto(K) + PP[K + 1])),
            use("sum-next", term=PP[IX], index=IX, last=K),
        ),
        Step(
            "first forms",
            SO_FAR,
            use("induction", claim=SO_FAR, k=K, start=0),
            ("none", "either", "boole", "next form", "sums"),
        ),
        Step(
            "all forms",
            le(Pr(some(M)), upto(M)),
            Instantiate("first forms", {K: M}),
            ("first forms",),
        ),
        Step(
            "wrong class",
            le(Pr(WRONG_CLASS), Pr(some(M))),
            use("event-monotone", smaller=WRONG_CLASS, larger=some(M)),
            ("wrong",),
        ),
        Step("conclusion", FORMS_CLAIM, Smt(), ("all forms", "wrong class")),
    ),
    citation=kernel("rule 7"),
    locals=(LISTS,),
    schematic=(INDEX, COUNT),
)

THEOREMS = (
    kernel_tail,
    kernel_tail_forms,
)
