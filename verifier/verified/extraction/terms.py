"""Gallina terms, as Coq's JSON extraction writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


class TranslationError(Exception):
    """A term that the translator does not know, or could get wrong: it refuses."""


@dataclass(frozen=True)
class Var:
    """A local variable."""

    name: str


@dataclass(frozen=True)
class Global:
    """A constant of the program, or a machine operation."""

    name: str


@dataclass(frozen=True)
class Con:
    """A constructor with all its arguments."""

    name: str
    args: tuple[Term, ...]


@dataclass(frozen=True)
class App:
    """A function and at least one argument."""

    function: Term
    args: tuple[Term, ...]


@dataclass(frozen=True)
class Lam:
    """A function without a name."""

    names: tuple[str, ...]
    body: Term


@dataclass(frozen=True)
class Let:
    """A local definition."""

    name: str
    value: Term
    body: Term


@dataclass(frozen=True)
class Branch:
    """A branch of a Case; without a constructor it takes what is left."""

    con: str | None
    names: tuple[str, ...]
    body: Term


@dataclass(frozen=True)
class Case:
    """A match."""

    of: Term
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Fix:
    """Local recursive functions, of which one is meant."""

    functions: tuple[tuple[str, Term], ...]
    which: int


Term = Var | Global | Con | App | Lam | Let | Case | Fix


def term(e: Any) -> Term:
    """A term of the JSON."""
    match e:
        case {"what": "expr:rel", "name": name}:
            return Var(name)
        case {"what": "expr:global", "name": name}:
            return Global(name)
        case {"what": "expr:constructor", "name": name, "args": args}:
            return Con(name, tuple(map(term, args)))
        case {"what": "expr:apply", "func": function, "args": args}:
            return App(term(function), tuple(map(term, args)))
        case {"what": "expr:lambda", "argnames": names, "body": body}:
            return Lam(tuple(names), term(body)) if names else term(body)
        case {"what": "expr:let", "name": name, "nameval": value, "body": body}:
            return Let(name, term(value), term(body))
        case {"what": "expr:case", "expr": of, "cases": cases}:
            return Case(term(of), tuple(_branch(c["pat"], c["body"]) for c in cases))
        case {"what": "expr:fix", "funcs": functions, "for": which}:
            return Fix(tuple((f["name"], term(f["body"])) for f in functions), which)
        case {"what": "expr:coerce", "value": value}:
            return term(value)
        case {"what": "expr:dummy"}:
            return Con("()", ())
    raise TranslationError(f"a term of an unknown kind: {str(e)[:200]}")


def _branch(pattern: Any, body: Any) -> Branch:
    match pattern:
        case {"what": "pat:constructor", "name": name, "argnames": names}:
            return Branch(name, tuple(names), term(body))
        case {"what": "pat:wild"}:
            return Branch(None, (), term(body))
        case {"what": "pat:rel", "name": name}:
            return Branch(None, (name,), term(body))
    raise TranslationError(f"a pattern of an unknown kind: {str(pattern)[:200]}")


def parts(e: Term) -> Iterator[Term]:
    """The terms directly inside a term."""
    match e:
        case Con(_, args):
            yield from args
        case App(function, args):
            yield function
            yield from args
        case Lam(_, body):
            yield body
        case Let(_, value, body):
            yield value
            yield body
        case Case(of, branches):
            yield of
            yield from (b.body for b in branches)
        case Fix(functions, _):
            yield from (body for _, body in functions)


def rebuilt(e: Term, change: Callable[[Term], Term]) -> Term:
    """The term with each term directly inside it changed."""
    match e:
        case Con(name, args):
            return Con(name, tuple(map(change, args)))
        case App(function, args):
            return App(change(function), tuple(map(change, args)))
        case Lam(names, body):
            return Lam(names, change(body))
        case Let(name, value, body):
            return Let(name, change(value), change(body))
        case Case(of, branches):
            inner = tuple(Branch(b.con, b.names, change(b.body)) for b in branches)
            return Case(change(of), inner)
        case Fix(functions, which):
            return Fix(tuple((name, change(body)) for name, body in functions), which)
    return e


def free(e: Term) -> list[str]:
    """The local variables that a term takes from outside, in order."""
    found: dict[str, None] = {}

    def visit(e: Term, bound: frozenset[str]) -> None:
        match e:
            case Var(name):
                if name not in bound:
                    found[name] = None
            case Lam(names, body):
                visit(body, bound | set(names))
            case Let(name, value, body):
                visit(value, bound)
                visit(body, bound | {name})
            case Case(of, branches):
                visit(of, bound)
                for b in branches:
                    visit(b.body, bound | set(b.names))
            case Fix(functions, _):
                for _, body in functions:
                    visit(body, bound | {name for name, _ in functions})
            case _:
                for part in parts(e):
                    visit(part, bound)

    visit(e, frozenset())
    return list(found)


def uses(e: Term, name: str) -> int:
    """How often a local variable stands in a term."""
    return int(e == Var(name)) + sum(uses(part, name) for part in parts(e))
