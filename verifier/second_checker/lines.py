"""Lines along one ordinal, counted again: exactly, from one bend of a network to the next.

Along a line all that a network computes is linear between two bends, in integers over a common
denominator: how far it goes on so is found by division, and so is where its class changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import fsum, log, log1p
from operator import add
from typing import Protocol

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.domain import Cell, Inner, Point
from verifier.second_checker.ends import Reach
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.evaluation import climbed, decide, dot, together
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter, Net
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.tree import leaf_at
from verifier.second_checker.variables import Ordinal

UNIT = 1 << 40
"""Shares are rounded down to whole numbers of 1 / UNIT."""
CLOSE = 1e-5
"""Of what was bet, so much less may seem to have been won, as it is added up in floats."""


class Scaled(Protocol):
    """A forecast of shares, or guides of patches."""

    def scaled(self, mean: Fraction) -> Fraction:
        """Where the mean of shares is this, that of what is drawn."""
        ...


def true_values(case: Matter, point: Point, own: Sequence[int], line: int, tally: Tally) -> int:
    """At how many of a variable's values ``own``, in a row, the formula is true."""
    found, at, last = 0, own[0], own[-1]
    while at <= last:
        here = (*point[:line], at, *point[line + 1 :])
        classes, further = {}, last - at
        for model, tree in case.trees.items():
            classes[model] = leaf_at(tree, here)
            cuts = (n.goes_left for n in tree if isinstance(n, Inner) and n.variable == line)
            further = min([further, *(x - 1 - at for x in cuts if isinstance(x, int) and x > at)])
        for model, net in case.nets.items():
            tally.spend(2 * point_work(net))
            if isinstance(net, Forest):
                classes[model], steady = _forest_from(net, here, line)
            else:
                classes[model], steady = _class_from(net, here, line)
            further = further if steady is None else min(further, steady)
        if truth(case.question, classes) is True:
            found += 1 + further
        at += 1 + further
    return found


def _forest_from(forest: Forest, point: Point, line: int) -> tuple[int, int | None]:
    """The same of an ensemble: no tree's way changes before the next of its tests."""
    at, most = point[line], list[int]()
    for tree in forest.trees:
        tests = (n.goes_left for n in tree if isinstance(n, Inner) and n.variable == line)
        most += [x - 1 - at for x in tests if isinstance(x, int) and x > at]
    return forest.class_at(point), min(most, default=None)


def _class_from(net: Net, point: Point, line: int) -> tuple[int, int | None]:
    """The network's class at a point, and for how many more values it stays so (None: for all)."""
    values: list[int] = []
    slopes: list[int] = []
    for i, v in zip(net.reads, net.inputs.variables, strict=True):
        row = v.row(point[i])
        values += row
        slopes += [v.step] if i == line and isinstance(v, Ordinal) else [0] * len(row)
    nodes = [(values, slopes, net.inputs.denominator)]
    most: list[int] = []
    for layer in net.network.layers:
        x, s, over = nodes[layer.sources[0]]
        if layer.kind == "affine":
            out = [dot(w, x) + b * over for w, b in zip(layer.weights, layer.bias, strict=True)]
            nodes.append((out, [dot(w, s) for w in layer.weights], over * layer.over))
        elif layer.kind == "scale":
            factors = layer.weights[0]
            out = [h * f + b * over for h, f, b in zip(x, factors, layer.bias, strict=True)]
            nodes.append((out, [h * f for h, f in zip(s, factors, strict=True)], over * layer.over))
        elif layer.kind == "relu":
            on = [(h, k) > (0, 0) for h, k in zip(x, s, strict=True)]
            # above 0 until it falls below, or else at most 0 until it rises above
            most += [
                abs(h) // abs(k) for h, k, o in zip(x, s, on, strict=True) if k and (k < 0) is o
            ]
            masked = [[n if o else 0 for n, o in zip(own, on, strict=True)] for own in (x, s)]
            nodes.append((masked[0], masked[1], over))
        elif layer.kind == "add":
            y, t, under = nodes[layer.sources[1]]
            (a, b, c, d), both = together((x, over), (y, under), (s, over), (t, under))
            nodes.append((list(map(add, a, b)), list(map(add, c, d)), both))
        elif layer.kind == "steps":
            most.append(0)  # looked at value by value
            nodes.append((climbed(layer, x, over), [0] * len(x), 1))
        else:  # signs: they stay so until 0 is reached, or left
            signs = [(h > 0) - (h < 0) for h in x]
            most += [
                max(abs(h) - 1, 0) // abs(k) if h * k < 0 else 0
                for h, k in zip(x, s, strict=True)
                if k and h * k <= 0
            ]
            nodes.append((signs, [0] * len(x), 1))
    out, rise, _ = nodes[-1]
    klass = decide(out)
    most += _until_others(out, rise, klass)
    return klass, min(most, default=None)


def _until_others(out: Sequence[int], rise: Sequence[int], klass: int) -> Iterator[int]:
    """For how many more values each other class stays behind."""
    if len(out) == 1:
        gaps = [(out[0], rise[0], True)] if klass else [(-out[0], -rise[0], False)]
    else:
        gaps = [
            (out[klass] - x, rise[klass] - k, i < klass)
            for i, (x, k) in enumerate(zip(out, rise, strict=True))
            if i != klass
        ]
    for gap, falls, strictly in gaps:
        if falls < 0:
            yield (gap - strictly) // -falls


def share_of(case: Matter, point: Point, own: Cell, line: int, tally: Tally) -> int:
    """The share of true values of a line, in whole numbers of 1 / UNIT."""
    values = own[line]
    return true_values(case, point, values, line, tally) * UNIT // len(values)


def check_line(case: Matter, line: int) -> None:
    """CertificateError unless lines along the variable are drawn at all."""
    variables = case.domain.variables
    v = variables[line] if line < len(variables) else None
    if not isinstance(v, Ordinal) or v.count > 1 << 22 or len(case.domain.leaves) != 1:
        raise CertificateError("sample.json speaks of lines along what no lines are drawn along")


def check_bets(
    stated: Stated, shares: Sequence[int], reach: Reach, forecast: Scaled | None = None
) -> None:
    """InvalidProof unless the bet is won against either end, or that leaves out nothing.

    As ``ends.check_ends``, of shares in whole numbers of 1 / UNIT; with a forecast, or guides, of
    how far shares are from it.
    """
    low, high = ((x - reach.settled) / reach.mass for x in (stated.lower, stated.upper))
    rounded = Fraction(1, UNIT)  # a mean of shares is up to so much above that of what is rounded
    if forecast is not None:
        low, high, rounded = forecast.scaled(low), forecast.scaled(high), 2 * rounded
    low, high = low + reach.off, high - reach.off - rounded
    wanted = log(2 / stated.delta) - CLOSE
    if stated.upper < reach.most and _won(shares, -stated.bet, high) < wanted:
        raise InvalidProof("the certificate states an upper end that its sample does not show")
    if stated.lower > reach.least and (
        low * stated.below >= 1 or _won(shares, stated.below, low) < wanted
    ):
        raise InvalidProof("the certificate states a lower end that its sample does not show")


def _won(shares: Sequence[int], bet: Fraction, mean: Fraction) -> float:
    """The logarithm of the product of 1 + bet (x - mean)."""
    b, m = float(bet), float(min(max(mean, Fraction(0)), Fraction(1)))
    return fsum(log1p(b * (x / UNIT - m)) for x in shares)
