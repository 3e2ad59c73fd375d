"""What of a module has to run: functions of as many arguments as their types have arrows.

No name is bound twice in a function, and functions by local recursion are functions of their own.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from verifier.verified.extraction.applying import Applying, Renaming
from verifier.verified.extraction.machine import TAKES
from verifier.verified.extraction.terms import (
    App,
    Fix,
    Global,
    Lam,
    Term,
    TranslationError,
    Var,
    free,
    parts,
    rebuilt,
    term,
)


@dataclass(frozen=True)
class Function:
    """A definition: ``arities[i]`` is how many arguments parameter i takes, 0 for data."""

    name: str
    params: tuple[str, ...]
    arities: tuple[int, ...]
    body: Term


@dataclass(frozen=True)
class Program:
    """Definitions in order, and the constructors of the types: name -> (type, number of all)."""

    functions: tuple[Function, ...]
    constructors: Mapping[str, tuple[str, int]]


def arrows(kind: Any, aliases: Mapping[str, Any]) -> list[Any]:
    """The types of a function type's arguments."""
    match kind:
        case {"what": "type:arrow", "left": left, "right": right}:
            return [left, *arrows(right, aliases)]
        case {"what": "type:glob", "name": name} if name in aliases:
            return arrows(aliases[name], aliases)
    return []


BUILT_IN = {
    "bool": ("True", "False"),
    "nat": ("O", "S"),
    "positive": ("XI", "XO", "XH"),
    "n": ("N0", "Npos"),
    "z": ("Z0", "Zpos", "Zneg"),
    "list": ("Nil", "Cons"),
    "option": ("Some", "None"),
    "prod": ("Pair",),
    "comparison": ("Eq", "Lt", "Gt"),
    "unit": ("Tt",),
}
"""Types that have a form of their own in Python, by their constructors."""


RESERVED = {"result", "stack", "saved", "total", "gcd", "lcm"} | {
    name.partition(".")[2] for name in TAKES
}
"""Names that the Python code has for itself; others of its own begin with an underscore."""


def program(module: Any, roots: tuple[str, ...], machine: frozenset[str]) -> Program:
    """What the roots need of a JSON module; ``machine`` are the operations not to look into."""
    constructors: dict[str, tuple[str, int]] = {}
    aliases: dict[str, Any] = {}
    terms: dict[str, tuple[Any, Term]] = {}
    for d in module["declarations"]:
        match d["what"]:
            case "decl:ind":
                names = tuple(c["name"] for c in d["constructors"])
                clash = constructors.keys() & set(names)
                if BUILT_IN.get(d["name"], names) != names or clash:
                    raise TranslationError(f"type {d['name']} is not what its name says: {names}")
                constructors |= {name: (d["name"], len(names)) for name in names}
            case "decl:type":
                aliases[d["name"]] = d["value"]
            case "decl:term":
                terms |= _read([d], machine)
            case "decl:fixgroup":
                terms |= _read(d["fixlist"], machine)
            case other:
                raise TranslationError(f"a declaration of an unknown kind: {other}")
    wanted = _needed(terms, roots, machine)
    types = {name: arrows(terms[name][0], aliases) for name in wanted}
    arities = {n: tuple(len(arrows(t, aliases)) for t in types[n]) for n in wanted}
    renaming = Renaming(set(dir(builtins)) | RESERVED)
    public = {name: renaming.fresh(name) for name in wanted}
    functions: list[Function] = []
    for name in wanted:
        functions += _definition(public, arities, name, terms[name][1], renaming)
    return Program(tuple(functions), constructors)


def _read(definitions: Any, machine: frozenset[str]) -> dict[str, tuple[Any, Term]]:
    """Names with their types and terms; what Coq says of machine operations is not looked at."""
    return {
        d["name"]: (d["type"], term(d["value"])) for d in definitions if d["name"] not in machine
    }


def _needed(
    terms: Mapping[str, tuple[Any, Term]], roots: tuple[str, ...], machine: frozenset[str]
) -> list[str]:
    """The names of the definitions that the roots use, in the module's order."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in machine:
            if name not in terms:
                raise TranslationError(f"{name} is not defined")
            found.add(name)
            waiting += _globals(terms[name][1])
    return [name for name in terms if name in found]


def _globals(e: Term) -> Iterator[str]:
    if isinstance(e, Global):
        yield e.name
    for part in parts(e):
        yield from _globals(part)


def _definition(
    public: Mapping[str, str],
    arities: Mapping[str, tuple[int, ...]],
    name: str,
    value: Term,
    names: Renaming,
) -> list[Function]:
    """The function of a definition, after those for the local recursions in it."""
    local = Renaming(set(names.taken))
    e = local.rename(value, {})
    count = len(arities[name])
    params = e.names if isinstance(e, Lam) else ()
    if len(params) > count:
        raise TranslationError(f"{name} takes more arguments than its type says")
    params = tuple(local.fresh("unused") if p == "_" else p for p in params)
    more = tuple(local.fresh("more") for _ in range(count - len(params)))
    applying = Applying(local.fresh)
    body = e.body if isinstance(e, Lam) else e
    body = applying.simple(applying.apply(body, tuple(map(Var, more))))
    lifted: list[Function] = []
    known = {public[n]: a for n, a in arities.items()}

    def lift(e: Term) -> Term:
        if isinstance(e, Global):
            return Global(public.get(e.name, e.name))
        if not isinstance(e, Fix):
            return rebuilt(e, lift)
        held = free(e)
        new = {n: names.fresh(f"{public[name]}_{n}") for n, _ in e.functions}

        def meant(e: Term) -> Term:
            if isinstance(e, Var) and e.name in new:
                inner = Global(new[e.name])
                return App(inner, tuple(map(Var, held))) if held else inner
            return rebuilt(e, meant)

        for n, b in e.functions:
            own = applying.simple(meant(lift(b)))
            own_names = own.names if isinstance(own, Lam) else ()
            params = (*held, *own_names)
            body = own.body if isinstance(own, Lam) else own
            takes = tuple(takes_arguments(p, body, known) for p in params)
            lifted.append(Function(new[n], params, takes, body))
            known[new[n]] = takes
        return meant(Var(e.functions[e.which][0]))

    body = applying.simple(lift(body))
    return [*lifted, Function(public[name], params + more, arities[name], body)]


def takes_arguments(name: str, e: Term, known: Mapping[str, tuple[int, ...]]) -> int:
    """How many arguments a local variable takes where a term uses it as a function; 0 for data."""
    found = 0
    if isinstance(e, App):
        if e.function == Var(name):
            found = len(e.args)
        elif isinstance(e.function, Global | Var) and e.function.name in known:
            takes = zip(e.args, known[e.function.name], strict=False)
            found = max((n for a, n in takes if a == Var(name)), default=0)
    return max([found, *(takes_arguments(name, part, known) for part in parts(e))])
