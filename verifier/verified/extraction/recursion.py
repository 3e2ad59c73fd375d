"""Which functions call themselves how: what can be a loop, and what has to wait on a stack."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.verified.extraction.expressions import Expressions
from verifier.verified.extraction.terms import (
    App,
    Branch,
    Case,
    Con,
    Global,
    Lam,
    Let,
    Term,
    TranslationError,
    Var,
    free,
    parts,
)


class Recursion(Expressions):
    """Looks at a function's calls of itself."""

    def is_self(self, e: Term) -> bool:
        """Whether the term is a full call of the function itself."""
        return (
            isinstance(e, App)
            and e.function == Global(self.function.name)
            and len(e.args) == len(self.function.params)
        )

    def holes(self, e: Term) -> int:
        """How many calls of itself are certain to be made where a term is evaluated."""
        if isinstance(e, Con) or (isinstance(e, App) and self.is_known(e.function)):
            return int(self.is_self(e)) + sum(map(self.holes, parts(e)))
        return 0

    def is_known(self, function: Term) -> bool:
        """Whether a function is the same in every turn."""
        return isinstance(function, Global) or function in self.lasting

    def calls(self, e: Term) -> int:
        """How many calls of itself stand in a term, those in functions without a name left out."""
        if isinstance(e, Lam):
            return 0
        return int(self.is_self(e)) + sum(map(self.calls, parts(e)))

    def paths(self, e: Term) -> Iterator[tuple[int, bool]]:
        """For each way through a term: how many calls of itself, and whether the last is returned.

        More calls than one are counted for what cannot be cut in two at its only call.
        """
        match e:
            case Let(_, first, rest) | Case(first, (Branch(_, _, rest),)):
                before = self.holes(first) if self.holes(first) == self.calls(first) else 2
                yield from ((n + before, last and not before) for n, last in self.paths(rest))
            case Case(of, branches):
                before = self.holes(of) if self.holes(of) == self.calls(of) else 2
                for b in branches:
                    for n, last in self.paths(b.body):
                        yield n + before, last and not before
            case _ if self.is_self(e):
                yield self.calls(e), self.calls(e) == 1
            case _:
                yield self.holes(e) if self.holes(e) == self.calls(e) else 2, False

    def way(self, body: Term) -> str:
        """``plain``; ``loop``: calls of itself that are returned become a loop; ``unwind``: so do
        all others, and what is left to do after them is kept on a stack."""
        ways = list(self.paths(body))
        if all(n <= 1 for n, _ in ways) and any(n == 1 and not last for n, last in ways):
            return "sum" if all(map(self.is_term_of_sum, self.ends(body))) else "unwind"
        return "loop" if any(last and n == 1 for n, last in ways) else "plain"

    def ends(self, e: Term) -> Iterator[Term]:
        """What the ways through a term end with that call it again: a call, or more around it."""
        match e:
            case Let(_, first, rest) | Case(first, (Branch(_, _, rest),)):
                yield from [e] if self.holes(first) else self.ends(rest)
            case Case(of, branches):
                if self.holes(of):
                    yield e
                for b in branches:
                    yield from self.ends(b.body)
            case _ if self.holes(e):
                yield e

    def is_term_of_sum(self, e: Term) -> bool:
        """Whether a call of itself is returned, or its sum with something else."""
        match e:
            case Con("S", (x,)) | App(Global("Machine.succ"), (x,)):
                return self.is_self(x)
            case App(Global("Machine.z_add"), (x, y)):
                return self.is_self(x) or self.is_self(y)
        return self.is_self(e)

    def own_calls(self, e: Term) -> Iterator[App]:
        """The calls of itself that are not in a function without a name."""
        if not isinstance(e, Lam):
            if self.is_self(e):
                assert isinstance(e, App)
                yield e
            for part in parts(e):
                yield from self.own_calls(part)

    def cut(self, e: Term, saved: list[tuple[str, Term]], calls: list[App]) -> Term:
        """The term with ``result`` for its call, and in a sum or list with names for the rest."""
        match e:
            case Let(name, value, body):
                return Let(name, self.hole(value, calls), body)
            case Case(of, branches):
                return Case(self.hole(of, calls), branches)
            case App() if self.is_self(e):
                assert isinstance(e, App)
                calls.append(e)
                return Var("result")
            case App(function, args):
                return App(function, tuple(self.cut_part(a, saved, calls) for a in args))
            case Con(name, args):
                return Con(name, tuple(self.cut_part(a, saved, calls) for a in args))
        raise TranslationError(f"{self.function.name}: a call where none was expected")

    def cut_part(self, e: Term, saved: list[tuple[str, Term]], calls: list[App]) -> Term:
        """An argument cut, or a name for it."""
        if self.holes(e):
            return self.cut(e, saved, calls)
        if not free(e) or e in self.lasting or self.is_function(e):
            return e
        saved.append((f"_s{len(saved)}", e))
        return Var(saved[-1][0])

    def hole(self, e: Term, calls: list[App]) -> Term:
        """The term with ``result`` for its call."""
        if self.is_self(e):
            assert isinstance(e, App)
            calls.append(e)
            return Var("result")
        match e:
            case App(function, args):
                return App(function, tuple(self.hole(a, calls) for a in args))
            case Con(name, args):
                return Con(name, tuple(self.hole(a, calls) for a in args))
        return e

    def kept(self, rest: Term) -> list[str]:
        """What has to be kept for a rest: what it uses and the turns change."""
        return [n for n in free(rest) if n != "result" and Var(n) not in self.lasting]
