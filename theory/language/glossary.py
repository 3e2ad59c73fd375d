"""The words of the formal terms, once for all theorems: what a name means, and its range.

A sentence about a claim is put together from these words by `wording`; nothing else in a sentence
is written by hand. `{0}`, `{1}`, ... stand for the arguments of a term.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import sympy as sp

from theory.language import distilling_words as distilling
from theory.language.terms import Average, Event, Greatest, Mean, Members, Pr, Quantity

Kind = Literal["probability", "count", "margin", "number", "fact"]


@dataclass(frozen=True)
class Entry:
    """A name's words, and of a number its kind.

    A `probability` (or a share, an indicator, a difference of such) lies in [0, 1]; a `count` is a
    whole number, not negative; a `margin` is of interest where it is positive.
    """

    words: str
    kind: Kind = "number"


def _entries(kind: Kind, words: Mapping[str, str]) -> dict[str, Entry]:
    return {name: Entry(text, kind) for name, text in words.items()}


FACTS = {
    "f changes with a bit": "the teacher's class changes where bit {0} is flipped",
    "g changes with a bit": "the tree's class changes where bit {0} is flipped",
    "g asks for a bit": "the tree asks for bit {0}",
    "f != g at a point": "teacher and tree disagree",
    "f != g after a flip": "teacher and tree disagree once bit {0} is flipped",
    "a pair shows no difference": "a random pair shows no difference",
    "a relevant variable is missed": "some relevant variable is missed",
    "a run fails": "a run fails",
    "a test fails": "test {0} fails",
    "a sample hits the differing point": "a draw is the point where the two targets differ",
    "a sample misses cell 1": "a draw is not in cell 1",
    "a sample misses j given cells": "a draw is in none of {0} given cells",
    "a sample misses j given cells after one more": "a draw is in none of {0} given cells",
    "a sample misses j given cells with one more": "a draw is in none of {0} given cells",
    "a stage stops early": "some stage stops before all relevant variables are found",
    "accepts f": "the rule accepts the teacher f",
    "accepts f = g": "the rule accepts when the teacher is the student",
    "agree": "{0} agrees with the teacher at a draw",
    "all of": "{1} given ones of the objects that {0} counts are all counted",
    "coin": "a coin shows heads",
    "f = g at a draw": "student and teacher agree at a draw",
    "f(x) != c": "the teacher's class is not c",
    "f(x) != g(x)": "teacher and student disagree",
    "f(x) = 1": "f(x) = 1",
    "f(x) = c": "the teacher's class is c",
    "fails on target 1": "the learner fails on the first target",
    "fails on target 2": "the learner fails on the second target",
    "flipping i shows no difference": "flipping a given relevant variable at a random point shows "
    "no difference",
    "form fails": "form {0} is not positive",
    "g(x) = 1": "g(x) = 1",
    "g(x) = c": "the student's class is c",
    "h(x) = 1": "h(x) = 1",
    "no cell shows a disagreement": "no cell shows a disagreement",
    "a bound of the first cells is missed": "the rate of one of the first {0} cells is above its "
    "bound",
    "no error on the first n": "{0} agrees with the teacher on all points of the first sample",
    "one of the first forms fails": "one of the first {0} forms is not positive",
    "returned": "{0} is returned",
    "stage 1 returns g, good": "stage 1 returns {0}, and {0} is good",
    "stage 2 is good on g": "stage 2 is good on {0}",
    "the formula is true": "the formula is true",
    "the neuron is at most 0": "the neuron is at most 0",
    "the neuron is at least 0": "the neuron is at least 0",
    "the first case tells that it is false": "the first case tells that it is false",
    "the second case tells that it is false": "the second case tells that it is false",
    "the network has class 1": "the network has class 1",
    "the network has class 0": "the network has class 0",
    "the sum of class 1 is above its end": "the sum of class 1 is above its end",
    "the sum of class 0 is not above its end": "the sum of class 0 is not above its end",
    "the first sum is above what shows class 1 all over the cell": (
        "the first sum is above what shows class 1 all over the cell"
    ),
    "the second sum is above what shows class 1 all over the cell": (
        "the second sum is above what shows class 1 all over the cell"
    ),
    "the first sum is above what shows class 1 in the first case": (
        "the first sum is above what shows class 1 in the first case"
    ),
    "the second sum is above what shows class 1 in the second case": (
        "the second sum is above what shows class 1 in the second case"
    ),
    "the distiller fails": "the distiller fails",
    "the learner fails on (x, f(x))": "the learner fails on points labelled by the teacher",
    "x is in one of the first parts": "the point is in one of the first {0} parts",
    "x is in part": "the point is in part {0}",
    "x is in the cell": "the point is in the cell",
    "x is in the larger cell": "the point is in the larger cell",
    "x is in the proved region": "the point is in the proved region",
    "y = 1": "the label is 1",
    "the product reaches": "the product of '{0}' over the draws so far reaches {1} at some time",
    "VC dimension": "the class has VC dimension {0}",
    "binomial": "{0} is the number of events, of probability {2} each, among {1} independent ones",
    "bounded differences": "{0} is a function of independent coordinates, and the squares of the "
    "most that each can move it add up to at most {1}",
    "can be returned": "stage 1 can return {0}",
    "coefficients": "{1}, for each set {0} of variables, is the norm of a coefficient in one "
    "orthonormal system of a vector whose mean square norm is {2}",
    "deviation of an average of vectors": "{0} is the norm of the deviation of an average of {1} "
    "independent vectors of norm at most {2} from its mean",
    "errors on the second half only": "in two samples of {2} points, paired and swapped by fair "
    "coins, the event '{0}' puts at least {1} errors into the second sample and none into "
    "the first",
    "exchangeable": "{0} counts how many of {1} exchangeable events happen",
    "guess of one of several": "one of {2} things, all equally likely, is guessed from a message "
    "whose mutual information with it is at most {1}; '{0}' says that the guess is another",
    "in G": "{0} is a member of the class",
    "in the pool": "{0} is in the pool",
    "independent": "'{0}' and '{1}' are independent",
    "independent copies": "{0} is drawn again at each of {1} independent draws",
    "inner product": "{0} is the inner product of two vectors of norms {1} and {2}",
    "martingale": "{0} is the last value of a martingale, and the squares of the most that each "
    "step can move it add up to at most {1}",
    "mean without replacement": "{0} is the mean of {2} numbers that are drawn without replacement "
    "from {3} numbers between 0 and 1, {1} on average",
    "large coefficient": "the coefficient of {0} is large",
    "represented": "the conjunction {0} is represented",
    "sample variance": "{0} is the variance of {1} in {2} independent draws, with the divisor one "
    "less than their number",
    "satisfied": "the first {0} clauses are satisfied",
    "signed sum": "{0} = {1} + Σ {2}_i x_i over i = 1, ..., {4} with independent x_i, which are 1 "
    "with probability {3}_i and else -1",
    "size": "{0} has {1} variables",
    "supremum of err - emp": "{0} is the greatest excess of the true over the empirical error in "
    "the class, on {1} independent samples",
    "supremum over readouts": "{0} is the greatest excess of the true over the empirical loss of "
    "a readout, on {1} independent samples, where the loss has slope at most {2}, the readout is "
    "at most {3} in the root mean square and the loss lies in [0, {4}]",
}  # fmt: skip

PROBABILITIES = {
    "weighted error of round": "the weighted error of round {0}",
    "error on the training set": "the error on the training set",
    "f changes with the first bits asked for": "the probability that the class changes where the "
    "first {0} bits that the tree asks for are drawn anew",
    "the tree asks for as many bits": "the probability that the tree asks for {0} bits or more",
    "f changes with the first bits": "the probability that the teacher's class changes where the "
    "first {0} bits are drawn anew",
    "P[h != 0]": "the probability that the polynomial is not 0",
    "a cell is not seen": "the probability that one of {0} cells is not seen in the draws",
    "two of the draws meet": "the probability that two of {0} draws are the same point",
    "P[f != g]": "the probability that teacher and student disagree",
    "new P[f != g]": "the probability, under the new distribution, that teacher and student "
    "disagree",
    "old P[f != g]": "the probability, under the old distribution, that teacher and student "
    "disagree",
    "P[f(x) != f(x')]": "the probability that f differs at two points that agree on R, the other "
    "variables drawn again",
    "P[free part is 1]": "the probability that the function of the missing variables is 1",
    "no disagreement in the draws from a cell": "the probability that the first {1} draws from "
    "cell {0} show no disagreement",
    "no disagreement in the first cells": "the probability that no draw from the first {0} cells "
    "shows a disagreement",
    "P[n passes]": "the probability of n tests without a disagreement",
    "P[the pair differs]": "the probability that f differs at the two points of a pair",
    "P[f = 1] given x_R": "the probability of f = 1 given the variables in R",
    "a look misses": "the probability that a bound of the first {0} looks is missed",
    "accepted wrongly": "the probability that one of the first {0} attempts is accepted with error "
    "ε or more",
    "best success probability": "the best probability of naming the target exactly",
    "chance": "the probability of the value of variable {0}",
    "disagreement after": "the probability that the function after {0} stages disagrees with the "
    "first",
    "disagreement in": "the probability of a disagreement in one of the first {0} subcubes",
    "err": "the error of {0}",
    "least rejection": "the least probability with which such a teacher is rejected",
    "mass": "the probability of the first {0} fixed values",
    "mass of the assignments": "the probability of the assignments that leave a function which is "
    "not constant",
    "mean P[z is asked]": "the probability that a uniformly random point is asked",
    "missed": "the probability that {0} given points are not drawn",
    "success of": "the probability that the first {0} stages succeed",
    "success probability": "the learner's probability of coming within ε",
    "least": "the least probability, over nonzero polynomials of degree at most {1} in {0} Boolean "
    "variables, of not being 0",
    "disagrees": "the indicator of a disagreement at a draw",
    "[error > eps]": "the indicator of an error above ε",
    "[few rare draws]": "the indicator of fewer than (v - 1)/2 rare draws",
    "cell 1 is unseen": "the indicator that cell 1 is unseen",
    "wrong": "the indicator that {0} disagrees with the teacher at a draw",
    "wrong*": "the indicator that the best student disagrees with the teacher at a draw",
    "wrong, bad candidate": "the indicator that a bad candidate disagrees at a draw",
    "wrong, good candidate": "the indicator that the good candidate disagrees at a draw",
    "excess": "the excess error of the student of least empirical error",
    "excess for f": "the excess error with respect to the teacher",
    "excess for y": "the excess error with respect to the labels",
    "mass of wrong unseen points": "the probability of the unseen points that are guessed wrong",
    "sup": "the greatest excess of true over empirical loss",
    "the choice fails": "the indicator that a candidate of error 2ε or more is returned",
}

COUNTS = {
    "depth of a shallowest tree": "the depth of a shallowest tree, where {0} values certify class "
    "0 at each of its points",
    "most leaves of rank": "the largest number of leaves of a tree of rank {1} over {0} variables",
    "fewest leaves of rank": "the least number of leaves of a tree of rank {0}",
    "leaves of the tree": "the number of leaves of the tree",
    "words of a largest code": "the number of words of a largest code",
    "groups that are off": "the number of groups whose mean is off",
    "events that happen": "the number of events that happen",
    "rademacher": "the Rademacher complexity of the class on {0} points",
    "growth": "the number of patterns that the class has on {0} points",
    "trees with s leaves and several classes": "the number of trees with exactly s leaves",
    "classes of leaves, of several": "the number of ways to give {0} leaves one of c classes",
    "complete trees": "the number of complete trees of depth {0} with two classes",
    "functions of trees with at most s leaves": "the number of functions of trees with at most s "
    "leaves and two classes",
    "juntas": "the number of functions with two values that depend on at most k of the d variables",
    "sets": "the number of represented sets of {0} variables",
    "trees": "the number of trees of depth at most {0} with two classes",
    "trees with s leaves": "the number of trees with exactly s leaves and two classes",
    "VC dimension of the trees": "the VC dimension of the trees of depth at most r with two "
    "classes",
    "all relevant": "the number of functions of {0} variables, with two values, that depend on "
    "each of them",
    "asked": "the number of evaluations in the first {0} stages",
    "binary trees with leaves": "the number of binary trees with {0} leaves",
    "classes of leaves": "the number of ways to give {0} leaves one of two classes",
    "conjunctions below": "the number of conjunctions of fewer than {0} literals",
    "evaluations": "the number of evaluations of the teacher",
    "evaluations of a bisection": "the number of evaluations of a bisection",
    "evaluations of the teacher": "the number of evaluations of the teacher",
    "bits of a parity in a tree of depth": "the most bits of a parity that has a coefficient in a "
    "tree of depth {0}",
    "depth of the tree": "the depth of the tree",
    "bits that the tree asks for at a point": "the number of bits that the tree asks for at "
    "a point",
    "bits of the blocks asked for": "the number of bits of {0} blocks that the tree asks for",
    "extended": "the number of sets that level {0} extends",
    "functions in the ball": "the number of functions within ε of one function",
    "hidden units": "the number of hidden units for {0} clauses",
    "ones": "the number of {0} digits 1",
    "kept": "the number of conjunctions of {0} literals that are kept",
    "parities of bits": "the number of parities of {0} bits at most",
    "points of the cube": "the number of points of {0} Boolean variables",
    "points of the box": "the number of points of the first {0} variables",
    "pool": "the number of conjunctions probed at the levels below {0}",
    "probes": "the number of conjunctions probed at the levels below {0}",
    "represented conjunctions": "the number of represented conjunctions of k literals",
    "sign patterns": "the number of sign patterns of {0} literals",
    "surviving": "the number of members that agree with the first {0} counterexamples",
    "tables": "the number of tables with {0} entries",
    "true literals": "the number of true literals of clause {0}",
    "variables of inner nodes": "the number of ways to give {0} inner nodes a variable",
    "rare draws": "the number of draws of rare points",
    "K": "the number of disagreements observed",
    "agreements": "the number of agreements observed",
    "disagreements in cell": "the number of disagreements observed in cell {0}",
    "errors of": "the number of disagreements of {0} observed",
    "U": "the number of unseen cells",
    "V": "the number of unseen cells of the other sample",
}

MARGINS = {
    "margin": "the margin of the class",
    "linear bound": "the linear lower bound of the margin",
    "lost by ranges": "what is lost where neurons are outside of their ranges",
}

NUMBERS = {
    "error of the low-degree student": "the error of the student",
    "rademacher of the sample": "the Rademacher complexity of the class on the sample",
    "square of the weights": "the square of the weights' length after {0} mistakes",
    "weights along the direction": "the weights' part along the separating direction after {0} "
    "mistakes",
    "weight of the class": "the weight of all members after {0} mistakes of the majority",
    "exponential loss after rounds": "the mean of the exponential loss after {0} rounds",
    "mean draws while cells are missing": "the average number of draws that are made while one of "
    "{0} cells is missing",
    "bits guessed wrong": "the average number of bits, of {0}, that are guessed wrong",
    "patterns of all kinds": "the number of patterns of {0} points",
    "class as a sign": "the class, as -1 or 1",
    "sum of the bits asked for": "the sum of the bits that are asked for",
    "average depth of the tree": "the average depth of the tree",
    "mean square of the class": "the mean square of the class",
    "|coefficient|": "the coefficient of {0}, without its sign",
    "E a chi": "the mean of the product of a conjunction of {0} literals and its character",
    "E a chi, 0/1": "the mean of the product of the conjunction with values 0 and 1 and its "
    "character",
    "E chi": "the mean of the character",
    "E |phi|^2": "the mean square norm of the representation",
    "alpha": "the weight of the characters of {0} variables",
    "bound": "the lower bound found for the difference of logit c and logit {0}",
    "clause": "the value of clause unit {0}",
    "cost(n + 1) - cost(n)": "what one more test adds to the expected cost",
    "delta": "the relative error of rounding {0}",
    "factor": "the product of the first {0} factors",
    "g*": "a best student of the class",
    "linear sum": "the value of the common linear form",
    "added by tree": "what tree {0} adds at the point",
    "added to the class claimed": "what tree {0} adds to the score of the class claimed",
    "added to the other class": "what tree {0} adds to the score of the other class",
    "exact score of the class claimed": "the exact score of the class claimed after {0} trees",
    "exact score of the other class": "the exact score of the other class after {0} trees",
    "greatest of tree": "the greatest number that tree {0} adds in the cell",
    "held score of the class claimed": "the score of the class claimed after {0} trees, rounded",
    "held score of the other class": "the score of the other class after {0} trees, rounded",
    "least difference of tree": "the least that tree {0} adds to the class claimed more than to "
    "the other",
    "least of tree": "the least number that tree {0} adds in the cell",
    "logit": "the logit of class {0}",
    "quotient": "the rounded quotient of {0} by the divisor",
    "quotient of the class claimed": "the score of the class claimed",
    "quotient of the other class": "the score of the other class",
    "rounded": "{0}, rounded",
    "sum of the greatest leaves": "the rounded sum of the greatest numbers of {0} trees",
    "sum of the least differences": "the sum of the least differences of {0} trees",
    "sum of the least leaves": "the rounded sum of the least numbers of {0} trees",
    "sum of the point's leaves": "the rounded sum of what {0} trees add at the point",
    "lower": "the lower end of the logit of class {0}",
    "upper": "the upper end of the logit of class {0}",
    "ratio": "the ratio of the new to the old probability of the first {0} values",
    "sgn": "the sign of a literal",
    "sigma of the next variable": "the standard deviation of the next variable",
    "sign": "the sign of {0}",
    "sum of clauses": "the sum of the first {0} clause units",
    "|phi_S|": "the norm of the representation's coefficient of {0}",
    "|w|": "the norm of the readout of {0}",
    "a": "the conjunction of {0}",
    "a x": "the sum Σ a_i x_i",
    "a x up to": "the sum of the first {0} terms a_i x_i",
    "b + a x": "the value of b + Σ a_i x_i",
    "chi": "the character of {0}",
    "score of the disagreements": "the score of the disagreements seen",
    "factor of a draw": "the factor of a draw",
    "w phi": "the readout of {0}",
    "x": "input {0}",
    "|v_S - phi_S|": "the norm of the deviation of the sampled from the true coefficient of {0}",
    "|v_S|": "the norm of the sampled coefficient of {0}",
}

GLOSSARY: Mapping[str, Entry] = MappingProxyType(
    {
        **_entries("fact", {**FACTS, **distilling.FACTS}),
        **_entries("probability", {**PROBABILITIES, **distilling.PROBABILITIES}),
        **_entries("count", {**COUNTS, **distilling.COUNTS}),
        **_entries("margin", MARGINS),
        **_entries("number", {**NUMBERS, **distilling.NUMBERS}),
    }
)
"""The words of all names in the catalogue's claims, by name."""


def kind(term: Any) -> Kind:
    """The kind of a term: of a name its entry's, else what its form shows."""
    if isinstance(term, Pr):
        return "probability"
    if isinstance(term, (Members, Greatest)):
        return "count"
    if isinstance(term, (Mean, Average)):
        inner = kind(term.args[0])
        return "number" if inner == "count" else inner
    if isinstance(term, (Quantity, Event)):
        known = GLOSSARY.get(term.args[0].name, Entry("")).kind
        return "count" if known == "number" and getattr(term, "is_integer", False) else known
    if isinstance(term, sp.Abs) or _complement(term) is not None:
        inside = term.args[0] if isinstance(term, sp.Abs) else _complement(term)
        shares = [kind(part) for part in _summands(inside)]
        return "probability" if shares and set(shares) == {"probability"} else "number"
    return "count" if term.is_integer else "number"


def _complement(term: Any) -> Any:
    """x of 1 - x, or None."""
    rest = 1 - term
    return rest if isinstance(rest, (Quantity, Pr)) else None


def _summands(term: Any) -> list[Any]:
    """The terms of a difference of two, without their signs; else the term itself."""
    if not isinstance(term, sp.Add):
        return [term]
    parts = [part if part.could_extract_minus_sign() is False else -part for part in term.args]
    return parts if len(parts) == 2 else []


def is_count(term: Any) -> bool:
    """Whether a term is a whole number, so that bounds of it may be rounded."""
    return kind(term) == "count"


def least(term: Any, ranges: Mapping[Any, tuple[Any, Any]]) -> Any:
    """The value from which a lower bound of the term says something, None if it always does."""
    if kind(term) in ("probability", "count", "margin"):
        return sp.Integer(0)
    return ranges.get(term, (None, None))[0]


def most(term: Any, ranges: Mapping[Any, tuple[Any, Any]]) -> Any:
    """The value below which an upper bound of the term says something, None if it always does."""
    if kind(term) == "probability":
        return sp.Integer(1)
    return ranges.get(term, (None, None))[1]
