"""The sort of every term: what may stand where in the formal language.

A sort is "integer", "real", "truth", "list" or "member:g" (a member of the class over which the
symbol g ranges). `sort_of` computes it from the term's structure alone and refuses everything
that is not part of the language: SymPy classes without a meaning here, floating-point numbers,
infinities, complex numbers, undeclared symbols, and random terms where a number that does not
depend on the outcome is demanded.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.symbol import Str
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from theory.language import terms as t
from theory.language.errors import DerivationError
from theory.language.roots import BetaMoment, BetaUpper, EntropyMoment, KLInverse, MixtureUpper
from theory.language.signs import is_nonnegative, is_positive
from theory.language.special import (
    BinomialCDF,
    ClopperPearson,
    HypergeometricCDF,
    HypergeometricUpper,
    KLUpper,
)
from theory.language.symbols import Parameter

if TYPE_CHECKING:
    from theory.language.statement import Theorem

INTEGER, REAL, TRUTH, LIST, INTEGERS = "integer", "real", "truth", "list", "list of integers"
Declared = Mapping[Any, str]

RELATIONS = (sp.Le, sp.Lt, sp.Ge, sp.Gt, sp.Eq, sp.Ne)
CONNECTIVES = (sp.And, sp.Or, sp.Not, sp.Xor, sp.Implies, sp.Equivalent)
SUMS = (sp.Sum, sp.Product)
LETTERS = frozenset(
    string.ascii_letters + string.digits + string.punctuation
    + " αβγδεζηθκλμξπρστφψωΓΔΘΛΞΠΣΦΨΩ₀₁₂₃₄₅₆₇₈₉"
)  # fmt: skip
"""What symbols are written with: letters of other scripts look like these."""
NUMERIC = (sp.Add, sp.Mul, sp.Abs, sp.Max, sp.Min)


def member(symbol: Any) -> str:
    """The sort of the members of the class over which a symbol ranges."""
    return f"member:{symbol}"


def parameter_sort(p: Parameter) -> str:
    """The sort of a declared symbol."""
    kinds = {"integer": INTEGER, "class": INTEGER, "real": REAL, "reals": LIST,
             "integers": INTEGERS}  # fmt: skip
    return member(p.symbol) if p.kind == "member" else kinds[p.kind]


def _standard(p: Parameter) -> Any:
    """The symbol with everything that SymPy may assume of a parameter of this kind and range."""
    lower = p.lower
    positive = lower is not None and (lower > 0 or (lower == 0 and "(" in p.open))
    assumptions: dict[str, bool] = {"integer": True} if p.kind != "real" else {"real": True}
    if positive:
        assumptions["positive"] = True
    elif lower is not None and lower >= 0:
        assumptions["nonnegative"] = True
    return sp.Symbol("x", **assumptions)


def declaration_error(p: Parameter) -> str | None:
    """Why SymPy's assumptions about a parameter's symbol are more than its range says, or None."""
    if p.kind == "reals":
        positive = {"positive": True} if p.lower == 0 and "(" in p.open else {}
        plain = p.symbol == sp.IndexedBase(str(p.symbol), real=True, **positive)
        shown = "".join(f", {key}=True" for key in positive)
        return None if plain else f"{p.name}: a list must be IndexedBase(..., real=True{shown})"
    if p.kind == "integers":
        plain = p.symbol == sp.IndexedBase(str(p.symbol), integer=True)
        return None if plain else f"{p.name}: a list must be IndexedBase(..., integer=True)"
    if type(p.symbol) is not sp.Symbol:
        return f"{p.name}: {p.symbol} is no plain symbol"
    if p.kind == "member":
        return None if p.symbol == sp.Symbol(p.symbol.name) else f"{p.name}: a member is a number"
    if not p.symbol.is_real:
        return f"{p.name}: the symbol {p.symbol} is not declared real"
    assumed, allowed = p.symbol.assumptions0, _standard(p).assumptions0
    for key, value in assumed.items():
        if allowed.get(key) != value:
            return (
                f"{p.name}: SymPy takes {p.symbol} to be {key}={value}, its range does not say so"
            )
    if p.kind in ("integer", "class") and not p.symbol.is_integer:
        return f"{p.name}: an integer whose symbol is not"
    return None


def declarations(theorem: Theorem) -> dict[Any, str]:
    """The sorts of a theorem's symbols."""
    return {p.symbol: parameter_sort(p) for p in theorem.symbols}


def declaration_errors(theorem: Theorem) -> list[str]:
    """What is wrong with the declarations: assumptions of SymPy's, two symbols that look alike."""
    errors = [e for p in theorem.symbols if (e := declaration_error(p))]
    for i, p in enumerate(theorem.symbols):
        if strange := set(f"{p.name}{p.symbol}{p.unicode}") - LETTERS:
            errors.append(f"{p.name}: {min(strange)!r} may be taken for another letter")
        for q in theorem.symbols[:i]:
            pairs = ((str(p.symbol), str(q.symbol)), (p.name, q.name), (p.unicode, q.unicode),
                     (p.latex, q.latex))  # fmt: skip
            alike = any(a == b for a, b in pairs)
            same = (p.symbol, p.kind, p.lower, p.upper, p.open) == (
                q.symbol, q.kind, q.lower, q.upper, q.open
            )  # fmt: skip
            if alike and not same:
                errors.append(f"two symbols are called {p.name} or written {p.symbol}")
    letters = {letter: p for p in theorem.parameters for letter in (str(p.symbol), p.unicode)}
    errors += [
        f"{p.name} is one parameter and the letter of another"
        for p in theorem.parameters
        if letters.get(p.name, p) != p
    ]
    return errors


def free_variables(term: Any) -> frozenset[Any]:
    """The symbols and lists that a term speaks of, without those that it binds."""
    return _free_variables(term) if isinstance(term, sp.Basic) else frozenset()


@lru_cache(maxsize=1 << 16, typed=True)
def _free_variables(term: Any) -> frozenset[Any]:
    if isinstance(term, (sp.Symbol, sp.IndexedBase)):
        return frozenset((term,))
    if isinstance(term, (t.Some, t.Members)):
        return free_of(term.args[1:]) - {term.args[0]}
    if isinstance(term, t.Greatest):
        variable, last, condition = term.args
        return free_variables(last) | (free_variables(condition) - {variable})
    if isinstance(term, SUMS):
        body, index, first, last = limits_of(term)
        return (free_variables(body) - {index}) | free_of((first, last))
    return free_of(term.args)


def free_of(terms: Iterable[Any]) -> frozenset[Any]:
    """The symbols and lists that some terms speak of."""
    return frozenset().union(*(free_variables(x) for x in terms))


def limits_of(term: Any) -> tuple[Any, Any, Any, Any]:
    """The body of a sum or product, its outermost index and the limits of that.

    SymPy writes nested sums as one with several limits, the innermost first. DerivationError
    where an index has not two limits.
    """
    *inner, outer = term.limits
    if len(outer) != 3:
        raise DerivationError(f"{term}: the index of a sum or product has two limits")
    return (term.func(term.function, *inner) if inner else term.function, *outer)


def sort_of(term: Any, declared: Declared) -> str:
    """The sort of a term over declared symbols; DerivationError if it has none."""
    kind = type(term)
    if kind is sp.Symbol or kind is sp.IndexedBase:
        if term not in declared:
            raise DerivationError(f"undeclared symbol {term}")
        return declared[term]
    if kind in _RATIONALS:
        return INTEGER if term.q == 1 else REAL
    if kind in _NUMBERS_E_PI:
        return REAL
    if kind in (BooleanTrue, BooleanFalse):
        return TRUTH
    rule = _RULES.get(kind)
    if rule is None:
        raise DerivationError(
            f"{term} ({kind.__name__}) is no term of the formal language: rational numbers, sums, "
            "powers, exp, log and the terms of theory/language/terms.py are"
        )
    _require_form(term, kind)
    return rule(term, declared)


def _require_form(term: Any, kind: type) -> None:
    """One form for one meaning: what is built without evaluation may have another number of parts.

    SymPy has log(x, 2) and E**x beside log(x) and exp(x), and says of the second that it is an exp:
    of such a term each reader took another part.
    """
    least, most = _ARGUMENTS.get(kind, (0, None))
    if len(term.args) < least or (most is not None and len(term.args) > most):
        wanted = least if least == most else f"at least {least}"
        raise DerivationError(f"{term}: {kind.__name__} has {wanted} arguments here")
    if kind is sp.Pow and term.base == sp.E:
        raise DerivationError(f"{term}: a power of e is written exp(...)")


_NUMBERS_E_PI = (type(sp.E), type(sp.pi))
_RATIONALS = (sp.Rational, sp.Integer, *(type(sp.Rational(x)) for x in ("0", "1", "-1", "1/2")))


def is_number(sort: str) -> bool:
    """Whether a sort is one of the two of numbers."""
    return sort in (INTEGER, REAL)


def require_truth(term: Any, declared: Declared) -> None:
    """DerivationError unless the term is a claim."""
    if sort_of(term, declared) != TRUTH:
        raise DerivationError(f"{term} is no claim")


def _numbers(term: Any, parts: Iterable[Any], declared: Declared) -> str:
    sorts = [sort_of(x, declared) for x in parts]
    if not all(is_number(s) for s in sorts):
        raise DerivationError(f"{term}: numbers are expected")
    return INTEGER if all(s == INTEGER for s in sorts) else REAL


def _integers(term: Any, parts: Iterable[Any], declared: Declared) -> str:
    if _numbers(term, parts, declared) != INTEGER:
        raise DerivationError(f"{term}: an integer is expected")
    return INTEGER


def _truths(term: Any, parts: Iterable[Any], declared: Declared) -> str:
    if any(sort_of(x, declared) != TRUTH for x in parts):
        raise DerivationError(f"{term}: events or claims are expected")
    return TRUTH


def _fixed(term: Any, parts: Iterable[Any]) -> None:
    for x in parts:
        if t.is_random(x):
            raise DerivationError(f"{term}: {x} must not depend on the outcome")


def _arithmetic(term: Any, declared: Declared) -> str:
    return _numbers(term, term.args, declared)


def _power(term: Any, declared: Declared) -> str:
    sort = _numbers(term, term.args, declared)
    return INTEGER if sort == INTEGER and is_nonnegative(term.exp) else REAL


def _real_function(term: Any, declared: Declared) -> str:
    _numbers(term, term.args, declared)
    return REAL


def _rounding(term: Any, declared: Declared) -> str:
    _numbers(term, term.args, declared)
    return INTEGER


def _binomial(term: Any, declared: Declared) -> str:
    return _integers(term, term.args, declared)


def _distribution(term: Any, declared: Declared) -> str:
    k, n, level = term.args
    _integers(term, (k, n), declared)
    _numbers(term, (level,), declared)
    return REAL


def _mixture(term: Any, declared: Declared) -> str:
    k, n, *rest = term.args
    _integers(term, (k, n), declared)
    _numbers(term, rest, declared)
    return REAL


def _hypergeometric(term: Any, declared: Declared) -> str:
    *whole, level = term.args
    _integers(term, whole, declared)
    _numbers(term, (level,), declared)
    return INTEGER


def _counts(term: Any, declared: Declared) -> str:
    _integers(term, term.args, declared)
    return REAL


def _relation(term: Any, declared: Declared) -> str:
    _numbers(term, term.args, declared)
    return TRUTH


def _connective(term: Any, declared: Declared) -> str:
    return _truths(term, term.args, declared)


def _indexed(term: Any, declared: Declared) -> str:
    base = sort_of(term.base, declared)
    if base not in (LIST, INTEGERS):
        raise DerivationError(f"{term.base} is no list")
    _integers(term, term.indices, declared)
    return REAL if base == LIST else INTEGER


def _named(sort: str) -> Callable[[Any, Declared], str]:
    def rule(term: Any, declared: Declared) -> str:
        if type(term.args[0]) is not Str:
            raise DerivationError(f"{term} has no name")
        for x in term.args[1:]:
            sort_of(x, declared)
        if isinstance(term, t.Quantity) and not isinstance(term, t.Random):
            _fixed(term, term.args[1:])
        return sort

    return rule


def _member_constant(term: Any, declared: Declared) -> str:
    return f"member:{term.args[1].name}"


_OF_INTEGERS = [
    sp.Symbol("i", integer=True, **signs).assumptions0
    for signs in ({}, {"nonnegative": True}, {"positive": True})
]


def is_plain_integer(variable: Any) -> bool:
    """Whether SymPy takes a symbol for an integer, of one sign or any, and for nothing more."""
    return variable.assumptions0 in _OF_INTEGERS


def bind(term: Any, variable: Any, sort: str, declared: Declared) -> Declared:
    """The declarations inside a binder; DerivationError where SymPy assumes more of the symbol."""
    if type(variable) is not sp.Symbol:
        raise DerivationError(f"{term}: {variable} is no plain symbol")
    if sort == INTEGER:
        if not variable.is_integer:
            raise DerivationError(f"{term}: {variable} is not an integer symbol")
        if not is_plain_integer(variable):
            raise DerivationError(f"{term}: {variable} is taken to be more than an integer")
    elif variable != sp.Symbol(variable.name):
        raise DerivationError(f"{term}: the member {variable} is a number")
    return {**declared, variable: sort}


def _series(term: Any, declared: Declared) -> str:
    body, index, first, last = limits_of(term)
    _integers(term, (first, last), declared)
    inner = bind(term, index, INTEGER, declared)
    if index in free_of((first, last)):
        raise DerivationError(f"{term}: the limits depend on the index {index}")
    plain = sp.Symbol("i", integer=True)
    signs = {"nonnegative": is_nonnegative(first), "positive": is_positive(first)}
    known = [plain, *(sp.Symbol("i", integer=True, **{k: True}) for k, v in signs.items() if v)]
    if not any(index.assumptions0 == s.assumptions0 for s in known):
        raise DerivationError(f"{term}: the index {index} is taken to be more than an integer")
    return _numbers(term, (body,), inner)


def _greatest(term: Any, declared: Declared) -> str:
    variable, last, condition = term.args
    _integers(term, (last,), declared)
    inner = bind(term, variable, INTEGER, declared)
    if variable.is_positive or variable in free_variables(last):
        raise DerivationError(f"{term}: {variable} runs from 0 to a fixed number")
    _truths(term, (condition,), inner)
    _fixed(term, (last, condition))
    return INTEGER


def _members(term: Any, declared: Declared) -> str:
    variable, condition = term.args
    _truths(term, (condition,), bind(term, variable, member(variable), declared))
    _fixed(term, (condition,))
    return INTEGER


def _some(term: Any, declared: Declared) -> str:
    variable, condition, event = term.args
    _truths(term, (condition, event), bind(term, variable, member(variable), declared))
    _fixed(term, (condition,))
    return TRUTH


def _copies(sort: str) -> Callable[[Any, Declared], str]:
    def rule(term: Any, declared: Declared) -> str:
        what, n = term.args
        _integers(term, (n,), declared)
        _fixed(term, (n,))
        found = sort_of(what, declared)
        if found != TRUTH if sort == TRUTH else not is_number(found):
            raise DerivationError(f"{term}: {what} has the sort {found}")
        return sort

    return rule


def _probability(term: Any, declared: Declared) -> str:
    _truths(term, term.args, declared)
    return REAL


def _slope(term: Any, declared: Declared) -> str:
    if type(term.args[1]) is not sp.Symbol:
        raise DerivationError(f"{term}: {term.args[1]} is no variable")
    _fixed(term, term.args)
    _numbers(term, term.args, declared)
    return REAL


_RULES: Mapping[type, Callable[[Any, Declared], str]] = {
    **dict.fromkeys(NUMERIC, _arithmetic),
    **dict.fromkeys(RELATIONS, _relation),
    **dict.fromkeys(CONNECTIVES, _connective),
    **dict.fromkeys(SUMS, _series),
    **dict.fromkeys((sp.exp, sp.log), _real_function),
    **dict.fromkeys((sp.floor, sp.ceiling), _rounding),
    **dict.fromkeys((BinomialCDF, ClopperPearson, KLUpper, MixtureUpper), _distribution),
    HypergeometricCDF: _counts,
    KLInverse: _real_function,
    **dict.fromkeys((BetaMoment, BetaUpper), _mixture),
    EntropyMoment: _counts,
    HypergeometricUpper: _hypergeometric,
    **dict.fromkeys((t.Quantity, t.Random), _named(REAL)),
    **dict.fromkeys((t.IntegerQuantity, t.RandomInteger), _named(INTEGER)),
    **dict.fromkeys((t.Event, t.Fact), _named(TRUTH)),
    sp.Pow: _power,
    sp.binomial: _binomial,
    sp.Indexed: _indexed,
    t.Member: _member_constant,
    t.Greatest: _greatest,
    t.Members: _members,
    t.Some: _some,
    t.Every: _copies(TRUTH),
    t.Average: _copies(REAL),
    t.Pr: _probability,
    t.Mean: _real_function,
    t.Slope: _slope,
}
_ARGUMENTS: Mapping[type, tuple[int, int | None]] = {
    **dict.fromkeys((sp.exp, sp.log, sp.floor, sp.ceiling, sp.Abs, sp.Not), (1, 1)),
    **dict.fromkeys((*RELATIONS, sp.Pow, sp.binomial, sp.Implies), (2, 2)),
    **dict.fromkeys((sp.Max, sp.Min, sp.Xor, sp.Equivalent), (1, None)),
    **dict.fromkeys((t.Pr, t.Mean), (1, 1)),
    **dict.fromkeys((t.Average, t.Every, t.Members, t.Slope, t.Member), (2, 2)),
    **dict.fromkeys((t.Some, t.Greatest), (3, 3)),
    **dict.fromkeys((t.Quantity, t.Random, t.IntegerQuantity, t.RandomInteger), (1, None)),
    **dict.fromkeys((t.Event, t.Fact), (1, None)),
}
"""How many arguments a term has, at least and at most."""
