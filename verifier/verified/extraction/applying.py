"""Names that are bound once, and applications carried out before the program runs."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from verifier.verified.extraction.terms import (
    App,
    Branch,
    Case,
    Fix,
    Global,
    Lam,
    Let,
    Term,
    Var,
    free,
    rebuilt,
    uses,
)


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
                waiting = iter(held)
                plain = tuple(
                    a if isinstance(a, Var | Global) else Var(next(waiting)[0]) for a in args
                )
                branch = (Branch(b.con, b.names, self.apply(b.body, plain)) for b in branches)
                taken: Term = Case(of, tuple(branch))
                for name, value in reversed(held):
                    taken = Let(name, value, taken)
                return taken
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
