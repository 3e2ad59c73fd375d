"""Ball arithmetic over SymPy terms, and proofs of inequalities by subdivision.

`enclose` evaluates a term to an Arb ball that contains its value, at the current precision of
python-flint. `holds_on_box` proves an inequality for every point of a box: a box on which the
balls do not decide is halved, up to a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias, runtime_checkable

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from theory.checking.exactness import equals_integer
from theory.checking.rationals import Environment, element, exact, indices
from theory.language.errors import DerivationError, PrecisionError, TheoryError

MAX_BOXES = 20_000
MAX_FACTORIAL_BITS = 1 << 13


@runtime_checkable
class HasBall(Protocol):
    """A value that is not a fraction but can be enclosed, such as a class's cardinality."""

    def ball(self) -> Any:
        """An Arb ball that contains the value, at the current precision."""


Value: TypeAlias = "Fraction | HasBall | tuple[Fraction, ...] | arb"


def to_ball(value: Value) -> Any:
    """The value as an Arb ball at the current precision."""
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, arb):
        return value
    if isinstance(value, tuple):
        raise TheoryError("a list of numbers where one number is expected")
    return value.ball()


def enclose(term: Any, env: Environment) -> Any:
    """An Arb ball that contains the value of a term; `env` gives the symbols their values.

    The result may be infinite or contain NaN where the term is undefined; callers check
    `is_finite`. Raises TheoryError for a term without an enclosure.
    """
    if isinstance(term, sp.Rational):
        return arb(fmpq(int(term.p), int(term.q)))
    if isinstance(term, sp.Symbol):
        if term not in env:
            raise TheoryError(f"no value for the symbol {term}")
        return to_ball(env[term])
    handler = _handler(type(term))
    if handler is not None:
        return handler(term, env)
    if hasattr(term, "enclosure"):
        return term.enclosure([env_value(a, env) for a in term.args])
    raise TheoryError(f"no enclosure for the term {term}")


def env_value(term: Any, env: Environment) -> Any:
    """The exact value of an argument if it has one, else its ball."""
    if isinstance(term, sp.Symbol):
        return env[term]
    value = exact(term, env)
    return enclose(term, env) if value is None else value


def _series(term: Any, env: Environment) -> Any:
    index, values = indices(term, env)
    product = isinstance(term, sp.Product)
    result = arb(int(product))
    for j in values:
        part = enclose(term.function, {**env, index: Fraction(j)})
        result = result * part if product else result + part
    return result


def _power(term: Any, env: Environment) -> Any:
    exponent = exact(term.exp, env)
    base = enclose(term.base, env)
    if exponent is not None and exponent.denominator == 1:
        return base ** fmpz(exponent.numerator)
    if exponent == Fraction(1, 2):
        return base.sqrt()
    return base ** enclose(term.exp, env)


def _product(term: Any, env: Environment) -> Any:
    result = arb(1)
    for a in term.args:
        result *= enclose(a, env)
    return result


def _extremum(term: Any, env: Environment) -> Any:
    values = [to_ball(env_value(a, env)) for a in term.args]
    result = values[0]
    greatest = isinstance(term, sp.Max)
    for x in values[1:]:
        if result >= x:  # decided: one of the two as it is, exact if it was
            result = result if greatest else x
        elif result <= x:
            result = x if greatest else result
        else:
            result = result.max(x) if greatest else result.min(x)
    return result


def _rounded(term: Any, env: Environment) -> Any:
    value = exact(term, env)
    if value is not None:
        return to_ball(value)
    ball = enclose(term.args[0], env)
    m = ball.unique_fmpz()
    if m is not None and equals_integer(term.args[0], env, int(m)):
        return arb(m)
    return ball.floor() if isinstance(term, sp.floor) else ball.ceil()


def _binomial(term: Any, env: Environment) -> Any:
    value = exact(term, env, 64 * ctx.prec)  # more digits than that would be rounded off
    if value is not None:
        return to_ball(value)
    n, k = (exact(a, env) for a in term.args)
    if n is None or k is None:
        raise TheoryError(f"{term}: the arguments are not integers that fit")
    if ctx.prec > MAX_FACTORIAL_BITS:
        raise PrecisionError(f"{term} does not fit in {MAX_FACTORIAL_BITS} bits")
    top = [to_ball(x + 1).lgamma() for x in (n, k, n - k)]
    return (top[0] - top[1] - top[2]).exp()


_HANDLERS: Sequence[tuple[Any, Callable[[Any, Environment], Any]]] = (
    (sp.Add, lambda t, env: sum((enclose(a, env) for a in t.args), arb(0))),
    (sp.Mul, _product),
    (sp.Pow, _power),  # before exp: SymPy says of E**x that it is an exp, and its first part is E
    (sp.exp, lambda t, env: enclose(t.args[0], env).exp()),
    (sp.log, lambda t, env: enclose(t.args[0], env).log()),
    (sp.Max, _extremum),
    (sp.Min, _extremum),
    (sp.Abs, lambda t, env: abs(enclose(t.args[0], env))),
    (sp.floor, _rounded),
    (sp.ceiling, _rounded),
    (sp.binomial, _binomial),
    (sp.Sum, _series),
    (sp.Product, _series),
    (sp.Indexed, lambda t, env: to_ball(element(t, env))),
    (type(sp.E), lambda t, env: arb(1).exp()),
    (type(sp.pi), lambda t, env: arb.pi()),
)


_KNOWN: dict[type, Callable[[Any, Environment], Any] | None] = {}


def _handler(kind: type) -> Callable[[Any, Environment], Any] | None:
    if kind not in _KNOWN:
        _KNOWN[kind] = next((handler for of, handler in _HANDLERS if issubclass(kind, of)), None)
    return _KNOWN[kind]


def decide(claim: Any, env: Environment) -> bool | None:
    """The truth of a claim over balls: True or False where they decide it, else None."""
    if claim in (sp.true, sp.false):
        return bool(claim)
    if isinstance(claim, sp.core.relational.Relational):
        return _decide_relation(claim, env)
    parts = [decide(a, env) for a in claim.args]
    if isinstance(claim, sp.And):
        return False if False in parts else (None if None in parts else True)
    if isinstance(claim, sp.Or):
        return True if True in parts else (None if None in parts else False)
    if isinstance(claim, sp.Not):
        return None if parts[0] is None else not parts[0]
    if isinstance(claim, sp.Implies):
        if parts[0] is False or parts[1] is True:
            return True
        return False if parts == [True, False] else None
    if isinstance(claim, sp.Equivalent):
        return None if None in parts else len(set(parts)) == 1
    raise TheoryError(f"cannot decide the claim {claim}")


def _decide_relation(claim: Any, env: Environment) -> bool | None:
    values = exact(claim.lhs, env), exact(claim.rhs, env)
    difference: Any
    if values[0] is not None and values[1] is not None:
        difference = to_ball(Fraction(values[0] > values[1]) - Fraction(values[0] < values[1]))
    else:
        difference = enclose(claim.lhs, env) - enclose(claim.rhs, env)
    if difference.is_nan():
        return None
    outcomes = {
        sp.Le: (difference <= 0, difference > 0),
        sp.Lt: (difference < 0, difference >= 0),
        sp.Ge: (difference >= 0, difference < 0),
        sp.Gt: (difference > 0, difference <= 0),
        sp.Eq: (difference == 0, difference != 0),
        sp.Ne: (difference != 0, difference == 0),
    }[type(claim)]
    return True if outcomes[0] else False if outcomes[1] else None


def holds_on_box(claim: Any, box: Mapping[Any, tuple[Fraction, Fraction]], bits: int = 128) -> int:
    """Prove a claim for every point of a box; the number of sub-boxes used.

    Raises DerivationError if the claim fails somewhere or the balls do not decide it.
    """
    pending = [dict(box)]
    used = 0
    with ctx.workprec(bits):
        while pending:
            current = pending.pop()
            used += 1
            env = {s: to_ball(lo).union(to_ball(hi)) for s, (lo, hi) in current.items()}
            answer = decide(claim, env)
            if answer is True:
                continue
            if answer is False:
                raise DerivationError(f"Arb: {claim} is false on the box {_show(current)}")
            if used + len(pending) > MAX_BOXES or not current:
                raise DerivationError(f"Arb: {claim} is not decided on the box {_show(current)}")
            pending += _halves(current)
    return used


def _halves(box: dict[Any, tuple[Fraction, Fraction]]) -> list[dict[Any, Any]]:
    widest = max(box, key=lambda s: box[s][1] - box[s][0])
    low, high = box[widest]
    if low == high:
        raise DerivationError(f"Arb: not decided at the point {_show(box)}")
    middle = (low + high) / 2
    return [{**box, widest: (low, middle)}, {**box, widest: (middle, high)}]


def _show(box: Mapping[Any, tuple[Fraction, Fraction]]) -> str:
    return ", ".join(f"{lo} <= {s} <= {hi}" for s, (lo, hi) in box.items()) or "of no symbol"
