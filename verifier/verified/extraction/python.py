"""Python source for a program of Gallina terms.

Numbers are ints; a list is None or (head, tail), a pair a tuple, an option None or (x,); a value of
another type is a tuple of its arguments, after the constructor's name where there are several.
"""

from __future__ import annotations

import re

from verifier.verified.extraction.applying import put
from verifier.verified.extraction.expressions import RETURN, operand
from verifier.verified.extraction.program import Program
from verifier.verified.extraction.recursion import Recursion
from verifier.verified.extraction.terms import (
    App,
    Branch,
    Case,
    Con,
    Lam,
    Let,
    Term,
    TranslationError,
    Var,
    free,
)


def source(program: Program) -> str:
    """The definitions as Python."""
    known = {f.name: f.arities for f in program.functions}
    blocks = []
    for f in program.functions:
        out = Statements(program.constructors, known, f)
        out.definition()
        blocks.append("\n".join(out.lines))
    return "\n\n\n".join(blocks) + "\n"


class Statements(Recursion):
    """The lines of one function."""

    def definition(self) -> None:
        """The whole function, or the constant."""
        f = self.function
        self.local = dict(zip(f.params, f.arities, strict=True))
        if not f.params:
            self.block(f.body, f.name)
            return
        self.say(f"def {f.name}({', '.join(f.params)}):")
        self.depth += 1
        self.lasting = frozenset(
            Var(p)
            for i, p in enumerate(f.params)
            if all(c.args[i] == Var(p) for c in self.own_calls(f.body))
        )
        self.mode = self.way(f.body)
        if self.mode == "plain":
            self.block(f.body, RETURN)
            return
        first = len(self.lines)
        if self.mode == "sum":
            self.say("total = 0")
        self.say("while True:")
        self.depth += 1
        self.turn = self.depth
        self.block(f.body, RETURN)
        self.depth -= 1
        if self.mode == "unwind":
            self.unwinding(first)

    def added(self, e: Term) -> None:
        """The next turn, after what is added to its result."""
        if self.is_self(e):
            assert isinstance(e, App)
            self.again(e.args)
            return
        args = e.args if isinstance(e, App | Con) else ()
        call = next(a for a in args if self.is_self(a))
        others = [a for a in args if a is not call]
        self.say(f"total += {self.expression(others[0]) if others else 1}")
        assert isinstance(call, App)
        self.again(call.args)

    def again(self, args: tuple[Term, ...]) -> None:
        """The next turn of the loop."""
        moved = [
            (p, self.value(a, n))
            for p, a, n in zip(self.function.params, args, self.function.arities, strict=True)
            if a != Var(p)
        ]
        if moved:
            names, values = zip(*moved, strict=True)
            self.say(f"{', '.join(names)} = {', '.join(values)}")
        if self.depth > self.turn:
            self.say("continue")

    def postponed(self, e: Term) -> None:
        """The next turn for the one call in a term; the rest of the term waits on the stack."""
        saved: list[tuple[str, Term]] = []
        calls: list[App] = []
        rest = self.cut(e, saved, calls)
        terms = dict(saved)
        values = [self.expression(terms[n]) if n in terms else n for n in self.kept(rest)]
        if rest not in self.contexts:
            self.contexts.append(rest)
        kind = self.contexts.index(rest)
        self.say(f"stack.append(#{kind}#{', '.join(values)}#)")
        self.again(calls[0].args)

    def unwinding(self, first: int) -> None:
        """The stack before and after the loop, and what waits on it."""
        several = len(self.contexts) > 1
        shapes = []
        for kind, rest in enumerate(self.contexts):
            names = self.kept(rest)
            shapes.append([str(kind), *names] if several else names)
        self.lines.insert(first, "    stack = []")
        for at in range(first, len(self.lines)):
            found = re.fullmatch(r"( *)stack.append\(#(\d+)#(.*)#\)", self.lines[at])
            if found:
                space, which, values = found.groups()
                items = [which, values] if several else [values]
                self.lines[at] = (
                    f"{space}stack.append({_packed(items, len(shapes[int(which)]), several)})"
                )
        taken = "saved" if several else ", ".join(shapes[0]) or "_"
        self.say(f"for {taken} in reversed(stack):")
        self.depth += 1
        self.mode = "plain"
        for kind, rest in enumerate(self.contexts):
            if several:
                self.say(f"{'el' if kind else ''}if saved[0] == {kind}:")
                self.depth += 1
                if len(shapes[kind]) > 1:
                    self.say(f"_, {', '.join(shapes[kind][1:])} = saved")
            self.block(rest, "result")
            self.depth -= several
        self.depth -= 1
        self.say("return result")

    def block(self, e: Term, into: str) -> None:
        """Statements that evaluate a term into a variable or, in the end, return it."""
        tail = into == RETURN and self.mode != "plain"
        if tail and self.mode == "sum" and self.holes(e):
            self.added(e)
            return
        if tail and self.mode == "unwind" and not self.is_self(e):
            first = e.value if isinstance(e, Let) else e.of if isinstance(e, Case) else e
            if self.holes(first):
                self.postponed(e)
                return
        match e:
            case Let(name, value, body):
                self.definition_of(name, value)
                self.block(body, into)
            case Case(of, branches):
                short = None if self.calls(e) and tail else self.short(e)
                if short is not None:
                    self.done(short, into)
                else:
                    self.match(of, branches, into)
            case App() if tail and self.is_self(e):
                assert isinstance(e, App)
                self.again(e.args)
            case _:
                self.done(self.expression(e), into)

    def done(self, value: str, into: str) -> None:
        """The value, where it has to go."""
        if into != RETURN:
            if value != into:
                self.say(f"{into} = {value}")
        elif self.mode == "unwind":
            if value != "result":
                self.say(f"result = {value}")
            self.say("break")
        elif self.mode == "sum":
            self.say("return total" if value == "0" else f"return total + {operand(value)}")
        else:
            self.say(f"return {value}")

    def definition_of(self, name: str, value: Term) -> None:
        """A local definition."""
        if isinstance(value, Lam):
            self.local[name] = len(value.names)
            self.lambda_as(name, value)
        elif self.is_function(value):
            raise TranslationError(f"{self.function.name}: {name} is a function that is computed")
        else:
            self.block(value, name)

    def match(self, of: Term, branches: tuple[Branch, ...], into: str) -> None:
        """A match as statements: one test after the other."""
        if len(branches) == 1:
            self.taken(branches[0], self.expression(of), into)
            return
        name = self.expression(of)
        if not re.fullmatch(r"\w+", name) and not self.is_truth(branches):
            held = self.temporary()
            self.say(f"{held} = {name}")
            name = held
        for i, b in enumerate(branches):
            if i == len(branches) - 1:
                if into != RETURN:
                    self.say("else:")
                    self.depth += 1
                self.taken(b, name, into)
                if into != RETURN:
                    self.depth -= 1
                return
            word = "elif" if i and into != RETURN else "if"
            self.say(f"{word} {self.test(b, name)}:")
            self.depth += 1
            self.taken(b, name, into)
            self.depth -= 1

    def taken(self, b: Branch, of: str, into: str) -> None:
        """A branch: its names, then its value."""
        if self.mode != "plain" and into == RETURN:
            b = self.moved_on(b, of)
        pattern, body = self.pattern(b)
        if isinstance(pattern, tuple) and pattern[0] and body == Var(pattern[1]):
            self.done(pattern[0].format(operand(of)), into)
            return
        if pattern is not None:
            if not isinstance(pattern, str):
                at, name = pattern
                self.say(f"{name} = {of if at is None else at.format(operand(of))}")
            else:
                self.say(f"{pattern} = {of}")
        self.block(body, into)
        if self.lines[-1].endswith(":"):
            self.say("pass")

    def moved_on(self, b: Branch, of: str) -> Branch:
        """The branch, with the parameter that was taken apart for that part of it that it becomes
        in the next turn; nothing else may need it."""
        if of in self.function.params and of not in free(b.body):
            at = self.function.params.index(of)
            nexts = {c.args[at] for c in self.own_calls(b.body)}
            for name in b.names:
                if nexts == {Var(name)}:
                    names = tuple(of if n == name else n for n in b.names)
                    return Branch(b.con, names, put(b.body, name, Var(of)))
        return b


def _packed(items: list[str], count: int, several: bool) -> str:
    inner = ", ".join(i for i in items if i)
    return f"({inner}{',' if count == 1 else ''})" if several or count != 1 else inner
