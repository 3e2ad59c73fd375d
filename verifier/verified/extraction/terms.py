"""Gallina terms as Coq's JSON extraction writes them, made ready for a language without currying.

After ``program`` every function has as many arguments as its type has arrows, no name is bound
twice in a function, and functions by local recursion are functions of their own.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.verified.extraction.machine import TAKES


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


def arrows(kind: Any, aliases: Mapping[str, Any]) -> list[Any]:
    """The types of a function type's arguments."""
    match kind:
        case {"what": "type:arrow", "left": left, "right": right}:
            return [left, *arrows(right, aliases)]
        case {"what": "type:glob", "name": name} if name in aliases:
            return arrows(aliases[name], aliases)
    return []


@dataclass
class Renaming:
    """Names for Python: ``taken`` are those of the module, and of the function being renamed."""

    taken: set[str] = field(default_factory=set)

    def fresh(self, name: str) -> str:
        """A name like this one that nothing has yet."""
        plain = "".join(c if c.isalnum() and c.isascii() else "_" for c in name).strip("_")
        plain = plain if plain and not plain[0].isdigit() else f"x{plain}"
        count, found = 0, plain
        while found in self.taken or keyword.iskeyword(found):
            count += 1
            found = f"{plain}{count}" if not plain[-1].isdigit() else f"{plain}_{count}"
        self.taken.add(found)
        return found

    def rename(self, e: Term, held: Mapping[str, str]) -> Term:
        """The term with every bound name new; ``held`` are the names from outside."""
        match e:
            case Var(name):
                return Var(held[name])
            case Lam(names, body):
                new = self._bind(names)
                return Lam(tuple(new[n] for n in names), self.rename(body, {**held, **new}))
            case Let(name, value, body):
                new = self._bind((name,))
                first = self.rename(value, held)
                return Let(new[name], first, self.rename(body, {**held, **new}))
            case Case(of, branches):
                return Case(self.rename(of, held), tuple(self._branch(b, held) for b in branches))
            case Fix(functions, which):
                new = self._bind(tuple(name for name, _ in functions))
                inner = {**held, **new}
                return Fix(tuple((new[n], self.rename(b, inner)) for n, b in functions), which)
        return rebuilt(e, lambda part: self.rename(part, held))

    def _bind(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: name if name == "_" else self.fresh(name) for name in names}

    def _branch(self, b: Branch, held: Mapping[str, str]) -> Branch:
        used = set(free(b.body))
        new = {n: self.fresh(n) if n in used else "_" for n in b.names}
        return Branch(b.con, tuple(new[n] for n in b.names), self.rename(b.body, {**held, **new}))


def uses(e: Term, name: str) -> int:
    """How often a local variable stands in a term."""
    return int(e == Var(name)) + sum(uses(part, name) for part in parts(e))


@dataclass(frozen=True)
class Applying:
    """Carries out applications, as far as that is possible before the program runs.

    No name may be bound twice in what it is given; then a term can be moved without capture.
    """

    fresh: Callable[[str], str]

    def simple(self, e: Term) -> Term:
        """The term with every application carried out."""
        e = rebuilt(e, self.simple)
        match e:
            case App(function, args):
                return self.apply(function, args)
            case Lam(names, Lam(more, body)):
                return Lam(names + more, body)
        return e

    def apply(self, function: Term, args: tuple[Term, ...]) -> Term:
        """A function applied: inside the definitions and branches that it begins with."""
        if not args:
            return function
        match function:
            case App(inner, first):
                return self.apply(inner, first + args)
            case Lam(names, body):
                count = min(len(names), len(args))
                rest = Lam(names[count:], body) if count < len(names) else body
                result = self.apply(rest, args[count:])
                for name, value in reversed([*zip(names[:count], args[:count], strict=True)]):
                    result = put(result, name, value)
                return result
            case Let(name, value, body):
                return Let(name, value, self.apply(body, args))
            case Case(of, branches):
                held = [(self.fresh("arg"), a) for a in args if not isinstance(a, Var | Global)]
                names = iter(held)
                plain = tuple(a if isinstance(a, Var | Global) else Var(next(names)[0]) for a in args)
                new = (Branch(b.con, b.names, self.apply(b.body, plain)) for b in branches)
                result = Case(of, tuple(new))
                for name, value in reversed(held):
                    result = Let(name, value, result)
                return result
        return App(function, args)


def put(e: Term, name: str, value: Term) -> Term:
    """``let name = value in e``, without a definition where it is a name, or used at most once."""
    count = 0 if name == "_" else uses(e, name)
    if not count:
        return e
    if not isinstance(value, Var | Global) and not (isinstance(value, Lam) and count == 1):
        return Let(name, value, e)

    def replace(e: Term) -> Term:
        return value if e == Var(name) else rebuilt(e, replace)

    return replace(e)


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


RESERVED = {"result", "stack", "saved", "total", "gcd", "lcm"} | {name.partition(".")[2] for name in TAKES}
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
    names = Renaming(set(dir(builtins)) | RESERVED)
    public = {name: names.fresh(name) for name in wanted}
    functions: list[Function] = []
    for name in wanted:
        functions += _definition(public, arities, name, terms[name][1], names)
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
        elif isinstance(e.function, Global) and e.function.name in known:
            takes = zip(e.args, known[e.function.name], strict=False)
            found = max((n for a, n in takes if a == Var(name)), default=0)
    return max([found, *(takes_arguments(name, part, known) for part in parts(e))])
