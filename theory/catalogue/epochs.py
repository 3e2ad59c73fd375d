"""Bets on epochs of doubling length, and what a bound that is missed makes of them.

Epoch i has the draws 2^(i - 1) to 2^i - 1; each epoch's bet gets 1/(i (i + 1)) of the money. The
letter j stands for what was seen so far: a number of disagreements, or a sum of losses.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import P
from theory.catalogue.shared import DEL, LOG2_STEP, N
from theory.catalogue.stopping import DRAWN, TIME, T
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.statement import Citation, Step
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import Pr, conj, eq, ge, implies, le, lt

HOWARD = Citation(
    "Howard, Ramdas, McAuliffe, Sekhon",
    "Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann. Statist. 49",
    2021,
)
STOPPED = integer("b", "b", "draws when it stops", 1)
EPOCH = integer("i", "i", "number of an epoch, from 1", 1)
NOW = integer("q", "q", "number of the epoch at hand, from 1", 1)
EXTRA = Parameter("s", sp.Symbol("s", integer=True), "integer", "s", "s", "epochs beyond one")
SUMMED = integer("r", "r", "epochs that are added up")
HORIZON = integer("horizon", "h", "epochs that the test may last", 1)
BET = real("x", "x", "a bet", 0)
FOURTH = real("z", "z", "the fourth root of 2", 0, None, "(")
ROOT_ROOM = real("w", "w", "root of ln(i (i + 1)/δ)", 0)
ROOT_TIME = real("u", "u", "root of the draws", 0)
ROOT_LENGTH = real("v", "v", "the inverse of the root of an epoch's length", 0)
EXCESS = real("y", "y", "how many disagreements are missing")
SCHEMATIC = (DRAWN, STOPPED, EPOCH, NOW, EXTRA, SUMMED, BET, FOURTH, ROOT_ROOM, ROOT_TIME,
             ROOT_LENGTH, EXCESS)  # fmt: skip
"""What the steps below speak of, beside what was seen."""
I, Q, S, R, H, X = (  # noqa: E741
    p.symbol for p in (EPOCH, NOW, EXTRA, SUMMED, HORIZON, BET)
)
B, Z, W, U, V, Y = (p.symbol for p in (STOPPED, FOURTH, ROOT_ROOM, ROOT_TIME, ROOT_LENGTH, EXCESS))
G = sp.root(2, 4)
WIDENING = (G + 1 / G) / 2
"""1.015...: what it costs that an epoch has one bet."""


def room(i: sp.Expr) -> sp.Expr:
    """ln(i (i + 1)/δ)."""
    return sp.log(i * (i + 1) / DEL)


def share(i: sp.Expr) -> sp.Expr:
    """The share of the money that epoch i gets."""
    return 1 / (i * (i + 1))


def slack(i: sp.Expr, t: sp.Expr) -> sp.Expr:
    """What the bound adds to the rate seen after t draws, in epoch i."""
    return WIDENING * sp.sqrt(room(i) / (2 * t))


def epoch(t: sp.Expr) -> sp.Expr:
    """The epoch of draw t."""
    return sp.floor(sp.log(t) / sp.log(2)) + 1


def upper(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """The bound where j was seen in t draws."""
    return j / t + slack(epoch(t), t)


def bet(i: sp.Expr) -> sp.Expr:
    """What is bet in epoch i: sqrt(8 ln(i (i + 1)/δ)/m) for the middle m = 2^(i - 1/2)."""
    return 2 * G**3 * sp.sqrt(sp.Max(0, room(i))) * 2 ** (-i / 2)


def grown(x: sp.Expr, j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """What a bet of x has become of 1 after t draws that showed j."""
    return sp.exp(x * (P * t - j) - x**2 * t / 8)


def part(i: sp.Expr, j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """What epoch i's share has become."""
    return share(i) * grown(bet(i), j, t)


def wealth(j: sp.Expr, t: sp.Expr, last: sp.Expr = H) -> sp.Expr:
    """What all have become."""
    return sp.Sum(part(I, j, t), (I, 1, last))


SPREAD = P + (1 - P) * sp.exp(X)
FLAT = X**2 / 8 + (1 - P) * X - sp.log(SPREAD)
SLOPE = X / 4 - P + P / SPREAD
STEP = sp.exp((P - 1) * X - X**2 / 8)
IN_EPOCH = conj(ge(T, 2 ** (Q - 1)), le(T, 2**Q))
PACE = Z * U * V
"""The root of the time over m."""
NEAR = conj(eq(Z**4, 2), ge(U**2 * V**2, sp.Rational(1, 2)), le(U**2 * V**2, 1))
MIDDLE = ge(PACE * (Z + 1 / Z) - PACE**2, 1)
AHEAD = ge(Y, (Z + 1 / Z) / 2 * W * U / Z**2)
GAIN = 2 * Z**3 * W * V * Y - (2 * Z**3 * W * V) ** 2 * U**2 / 8
LOG2 = sp.log(T) / sp.log(2)
IS_EPOCH = conj(le(Q - 1, LOG2), lt(LOG2, Q))
OWN = epoch(B)
OWN_LOG2 = sp.log(B) / sp.log(2)
ALL = sp.Sum(share(I), (I, 1, R))


def bet_steps(j: sp.Expr) -> tuple[Step, ...]:
    """From Hoeffding's lemma to "fair-all", "start" and "not-negative": the wealth is a fair bet.

    By a draw j grows by 1 with probability p, or by nothing.
    """
    fair = le(P * grown(X, j + 1, T + 1) + (1 - P) * grown(X, j, T + 1), grown(X, j, T))
    return (
        Step("room", ge(room(I), 0), use("log-monotone", x=1, y=I * (I + 1) / DEL)),
        Step("bets", ge(bet(I), 0), Smt(), ("room",)),
        Step("slope", implies(ge(X, 0), ge(SLOPE, 0)),
             use("mean-value", f=SLOPE, x=X, start=0, end=sp.oo)),
        Step("same-slope", eq(sp.together(sp.diff(FLAT, X)), SLOPE), Algebra()),
        Step("flat", implies(ge(X, 0), ge(FLAT, 0)),
             use("mean-value", f=FLAT, x=X, start=0, end=sp.oo), ("slope", "same-slope"),
             "Hoeffding's lemma: the slope of the moment's logarithm rises by 1/4 at the most."),
        Step("moment", le(SPREAD * STEP, 1),
             use("exp-monotone", x=sp.log(SPREAD) + (P - 1) * X - X**2 / 8, y=0), ("flat",)),
        Step("lost", eq(grown(X, j, T + 1), grown(X, j, T) * STEP * sp.exp(X)), Algebra()),
        Step("won", eq(grown(X, j + 1, T + 1), grown(X, j, T) * STEP), Algebra()),
        Step("fair", fair, Smt(), ("lost", "won", "moment"),
             "So a bet does not grow in the mean,"),
        Step("fair-epoch", fair.subs(X, bet(I)), Instantiate("fair", {X: bet(I)}),
             ("fair", "bets")),
        Step("fair-part", ge(part(I, j, T),
                             P * part(I, j + 1, T + 1) + (1 - P) * part(I, j, T + 1)),
             Smt(), ("fair-epoch",)),
        Step("fair-all", ge(wealth(j, T), P * wealth(j + 1, T + 1) + (1 - P) * wealth(j, T + 1)),
             use("sum-order", larger=part(I, j, T), x=part(I, j + 1, T + 1), a=P,
                 y=part(I, j, T + 1), b=1 - P, index=I, last=H), ("fair-part",),
             "and neither do the epochs' bets together."),
        Step("one-more-share", conj(
            eq(sp.Sum(share(I), (I, 1, 0)), 0),
            eq(sp.Sum(share(I), (I, 1, R + 1)), ALL + share(R + 1))),
            use("series-next", term=share(I), index=I, first=1, last=R)),
        Step("shares", eq(ALL, 1 - 1 / (R + 1)),
             use("induction", claim=eq(ALL, 1 - 1 / (R + 1)), k=R, start=0),
             ("one-more-share",)),
        Step("start", le(ALL.subs(R, H), 1), Instantiate("shares", {R: H}), ("shares",)),
        Step("one-more", conj(
            eq(wealth(j, T, sp.Integer(0)), 0),
            eq(wealth(j, T, R + 1), wealth(j, T, R) + part(R + 1, j, T))),
            use("series-next", term=part(I, j, T), index=I, first=1, last=R)),
        Step("positive", ge(wealth(j, T, R), 0),
             use("induction", claim=ge(wealth(j, T, R), 0), k=R, start=0), ("one-more",)),
        Step("not-negative", ge(wealth(j, T), 0), Instantiate("positive", {R: H}), ("positive",)),
    )  # fmt: skip


def conclusion_steps(j: sp.Expr, count: sp.Expr) -> tuple[Step, ...]:
    """From "ville", about the wealth when it stops, to the claim; `count` is j at that time.

    A bound that is missed in its epoch makes that epoch's bet large.
    """
    at = {Z: G, W: sp.sqrt(sp.Max(0, room(Q))), U: sp.sqrt(T), V: 2 ** (-Q / 2), Y: P * T - j}
    inside = conj(le(j, T), ge(T, 1), lt(T, 2**H))
    far = ge(P, j / T + slack(Q, T))
    gained = bet(Q) * (P * T - j) - bet(Q) ** 2 * T / 8
    large = ge(part(Q, j, T), 1 / DEL)
    missed_now = implies(le(j, B), lt(B, 2**H), ge(P, upper(j, B)), ge(wealth(j, B), 1 / DEL))
    missed, rich = ge(P, upper(count, TIME)), ge(wealth(count, TIME), 1 / DEL)

    def at_least(last: sp.Expr) -> sp.Expr:
        """All parts up to one are together no less than part q."""
        return ge(wealth(j, T, last), part(Q, j, T))

    return (
        Step("before", ge(wealth(j, T, Q - 1), 0), Instantiate("positive", {R: Q - 1}),
             ("positive",)),
        Step("own", eq(wealth(j, T, Q), wealth(j, T, Q - 1) + part(Q, j, T)),
             Instantiate("one-more", {R: Q - 1}), ("one-more",)),
        Step("beyond", implies(ge(S, 0), ge(wealth(j, T, Q + S + 1), wealth(j, T, Q + S))),
             use("series-next", given=ge(S, 0), term=part(I, j, T), index=I, first=1,
                 last=Q + S)),
        Step("a-part", implies(ge(S, 0), at_least(Q + S)),
             use("induction", claim=at_least(Q + S), k=S, start=0), ("before", "own", "beyond")),
        Step("a-part-of-all", implies(le(Q, H), at_least(H)),
             Instantiate("a-part", {S: H - Q}), ("a-part",)),
        # in its epoch a bound that is missed makes the bet large
        Step("pace", implies(NEAR, conj(ge(PACE, 1 / Z), le(PACE, Z))), Smt()),
        Step("middle", implies(NEAR, MIDDLE), Smt(), ("pace",)),
        Step("twice", implies(NEAR, AHEAD, ge(2 * Z**3 * W * V * Y, W**2 * PACE * (Z + 1 / Z))),
             Smt()),
        Step("spent", implies(NEAR, eq((2 * Z**3 * W * V) ** 2 * U**2 / 8, W**2 * PACE**2)),
             Smt()),
        Step("gain", implies(NEAR, AHEAD, ge(GAIN, W**2)), Smt(), ("middle", "twice", "spent")),
        Step("at-epoch", implies(NEAR, AHEAD, ge(GAIN, W**2)).subs(at), Instantiate("gain", at),
             ("gain",)),
        Step("own-room", ge(room(Q), 0), Instantiate("room", {I: Q}), ("room",)),
        Step("lengths", conj(eq(2 ** (Q - 1), 2**Q / 2), eq(2**Q * 2 ** (-Q), 1)), Algebra()),
        Step("far", implies(IN_EPOCH, ge(T, 1), far, ge(gained, room(Q))), Smt(),
             ("at-epoch", "own-room", "lengths")),
        Step("grows", implies(IN_EPOCH, ge(T, 1), far, le(Q * (Q + 1) / DEL, sp.exp(gained))),
             use("exp-monotone", x=room(Q), y=gained), ("far",)),
        Step("large", implies(IN_EPOCH, ge(T, 1), far, large), Smt(), ("grows",)),
        # the epoch of a draw
        LOG2_STEP,
        Step("logs", conj(eq(sp.log(2 ** (Q - 1)), (Q - 1) * sp.log(2)),
                          eq(sp.log(2**Q), Q * sp.log(2)), eq(sp.log(2**H), H * sp.log(2))),
             Algebra()),
        Step("from", sp.Implies(ge(T, 1), sp.Equivalent(le(2 ** (Q - 1), T),
                                                        le(sp.log(2 ** (Q - 1)), sp.log(T)))),
             use("log-monotone", given=ge(T, 1), x=2 ** (Q - 1), y=T)),
        Step("to", sp.Implies(ge(T, 1), sp.Equivalent(le(2**Q, T),
                                                      le(sp.log(2**Q), sp.log(T)))),
             use("log-monotone", given=ge(T, 1), x=2**Q, y=T)),
        Step("end", sp.Implies(ge(T, 1), sp.Equivalent(le(2**H, T),
                                                       le(sp.log(2**H), sp.log(T)))),
             use("log-monotone", given=ge(T, 1), x=2**H, y=T)),
        Step("in-epoch", implies(ge(T, 1), IS_EPOCH, IN_EPOCH), Smt(),
             ("logs", "from", "to", "log2")),
        Step("before-end", implies(inside, IS_EPOCH, lt(Q - 1, H)), Smt(),
             ("logs", "end", "log2")),
        Step("whole", implies(lt(Q - 1, H), le(Q, H)), use("integers", a=Q - 1, b=H)),
        Step("missed-in-epoch", implies(inside, IS_EPOCH, far, ge(wealth(j, T), 1 / DEL)), Smt(),
             ("in-epoch", "before-end", "whole", "a-part-of-all", "large")),
        Step("logarithm", ge(sp.log(B), 0), use("log-monotone", x=1, y=B)),
        Step("epoch", conj(le(OWN - 1, OWN_LOG2), lt(OWN_LOG2, OWN)), use("floor", x=OWN_LOG2)),
        Step("first", implies(lt(0, OWN), le(1, OWN)), use("integers", a=0, b=OWN)),
        Step("some-epoch", ge(OWN, 1), Smt(), ("logarithm", "epoch", "first", "log2")),
        Step("room-now", ge(room(OWN), 0), Instantiate("room", {I: OWN}), ("room", "some-epoch")),
        Step("both", conj(ge(OWN, 1), ge(room(OWN), 0)), Smt(), ("some-epoch", "room-now")),
        Step("seen", conj(ge(epoch(N), 1), ge(room(epoch(N)), 0)),
             Instantiate("both", {B: N}), ("both",)),
        Step("missed-now", missed_now, Instantiate("missed-in-epoch", {Q: OWN, T: B}),
             ("missed-in-epoch", "some-epoch", "epoch", "room-now")),
        Step("room-then", ge(room(epoch(TIME)), 0), Instantiate("room-now", {B: TIME}),
             ("room-now", "counted")),
        Step("at-count", implies(missed, rich), Instantiate("missed-now", {j: count, B: TIME}),
             ("missed-now", "room-then", "counted")),
        Step("event", le(Pr(missed), Pr(rich)),
             use("event-monotone", smaller=missed, larger=rich), ("at-count",)),
        Step("conclusion", le(Pr(missed), DEL), Smt(), ("event", "ville", "seen")),
    )  # fmt: skip
