"""Python source for a program of Gallina terms.

Numbers are ints; a list is None or (head, tail), a pair a tuple, an option None or (x,); a value of
another type is a tuple of its arguments, after the constructor's name where there are several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from verifier.verified.extraction.machine import INLINE, TAKES
from verifier.verified.extraction.terms import (
    BUILT_IN,
    App,
    Applying,
    Branch,
    Case,
    Con,
    Fix,
    Function,
    Global,
    Lam,
    Let,
    Program,
    Term,
    TranslationError,
    Var,
    free,
    parts,
    put,
    takes_arguments,
    uses,
)

WIDEST = 80
"""Longest choice that is written as an expression."""
RETURN = "return"
"""What becomes of a value: it is returned, or else put into the variable of that name."""


def source(program: Program) -> str:
    """The definitions as Python."""
    known = {f.name: f.arities for f in program.functions}
    blocks = []
    for f in program.functions:
        out = Writing(program.constructors, known, f)
        out.definition()
        blocks.append("\n".join(out.lines))
    return "\n\n\n".join(blocks) + "\n"


@dataclass
class Writing:
    """The lines of one function; ``local`` says how many arguments local functions take."""

    constructors: Mapping[str, tuple[str, int]]
    known: Mapping[str, tuple[int, ...]]
    function: Function
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    local: dict[str, int] = field(default_factory=dict)
    temporaries: int = 0
    mode: str = "plain"
    turn: int = 0
    contexts: list[Term] = field(default_factory=list)
    lasting: frozenset[Term] = frozenset()

    def say(self, line: str) -> None:
        """One more line."""
        self.lines.append("    " * self.depth + line)

    def temporary(self) -> str:
        """A name for a value in between; no name of Gallina begins with an underscore and digit."""
        self.temporaries += 1
        return f"_{self.temporaries}"

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

    # Recursion

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
        if isinstance(rest, Let | Case):
            values = names = self.kept(rest)
        else:
            names = [n for n, _ in saved]
            values = [self.expression(v) for _, v in saved]
        if rest not in self.contexts:
            self.contexts.append(rest)
        kind = self.contexts.index(rest)
        self.say(f"stack.append(#{kind}#{', '.join(values)}#)")
        self.again(calls[0].args)

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
        if self.holes(e):
            return self.cut(e, saved, calls)
        if not free(e) or e in self.lasting or self.is_function(e):
            return e
        saved.append((f"_s{len(saved)}", e))
        return Var(saved[-1][0])

    def kept(self, rest: Term) -> list[str]:
        """What has to be kept for a rest: what it uses and the turns change."""
        return [n for n in free(rest) if n != "result" and Var(n) not in self.lasting]

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

    def unwinding(self, first: int) -> None:
        """The stack before and after the loop, and what waits on it."""
        several = len(self.contexts) > 1
        shapes = []
        for kind, rest in enumerate(self.contexts):
            names = self.kept(rest)
            shapes.append([str(kind), *names] if several else names)
        self.lines.insert(first, "    stack = []")
        for i in range(first, len(self.lines)):
            found = re.fullmatch(r"( *)stack.append\(#(\d+)#(.*)#\)", self.lines[i])
            if found:
                space, kind, values = found[1], found[2], found[3]
                items = [kind, values] if several and values else [kind] if several else [values]
                self.lines[i] = f"{space}stack.append({_packed(items, len(shapes[int(kind)]), several)})"
        names = "saved" if several else ", ".join(shapes[0]) or "_"
        self.say(f"for {names} in reversed(stack):")
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

    # Statements

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
            self.say("return total" if value == "0" else f"return total + {_operand(value)}")
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

    def is_truth(self, branches: tuple[Branch, ...]) -> bool:
        return branches[0].con in ("True", "False")

    def taken(self, b: Branch, of: str, into: str) -> None:
        """A branch: its names, then its value."""
        if self.mode != "plain" and into == RETURN:
            b = self.moved_on(b, of)
        pattern, body = self.pattern(b)
        if isinstance(pattern, tuple) and pattern[0] and body == Var(pattern[1]):
            self.done(pattern[0].format(_operand(of)), into)
            return
        if pattern is not None:
            if not isinstance(pattern, str):
                at, name = pattern
                self.say(f"{name} = {of if at is None else at.format(_operand(of))}")
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

    def own_calls(self, e: Term) -> Iterator[App]:
        """The calls of itself that are not in a function without a name."""
        if not isinstance(e, Lam):
            if self.is_self(e):
                assert isinstance(e, App)
                yield e
            for part in parts(e):
                yield from self.own_calls(part)

    def pattern(self, b: Branch) -> tuple[str | tuple[str | None, str] | None, Term]:
        """What a branch takes out of the value, if anything: names, or one name and how; and the
        branch's body, without matches of those names that are made at once."""
        if b.con is None:
            return ((None, b.names[0]) if b.names and b.names[0] != "_" else None), b.body
        kind, count = self.constructors[b.con]
        number = {"S": "{} - 1", "Zpos": "{}", "Zneg": "-{}", "XO": "{} // 2", "XI": "{} // 2"}
        number["Npos"] = "{}"
        if kind in ("nat", "z", "n", "positive"):
            used = b.names and b.names[0] != "_"
            return ((number[b.con], b.names[0]) if used else None), b.body
        if all(n == "_" for n in b.names):
            return None, b.body
        tagged = kind not in BUILT_IN and count > 1
        body, targets = b.body, []
        for n in b.names:
            target, body = self.target(n, body)
            targets.append(target)
        names = ["_", *targets] if tagged else targets
        if sum(n != "_" for n in names) == 1:
            at = next(i for i, n in enumerate(names) if n != "_")
            if re.fullmatch(r"\w+", names[at]):
                return (f"{{}}[{at}]", names[at]), body
        return (names[0] + "," if len(names) == 1 else ", ".join(names)), body

    def target(self, name: str, body: Term) -> tuple[str, Term]:
        """A name, or the names within it where the body begins by taking it apart."""
        match body:
            case Case(Var(of), (Branch(str(con), names, inner),)) if (
                of == name and not uses(inner, name) and self.constructors[con][1] == 1
            ):
                found = []
                for n in names:
                    target, inner = self.target(n, inner)
                    found.append(target)
                return f"({', '.join(found)}{',' if len(found) == 1 else ''})", inner
        return name, body

    def test(self, b: Branch, of: str) -> str:
        """Whether the value is of the branch's constructor."""
        x = _operand(of)
        match b.con:
            case "True":
                return of
            case "False":
                return f"not {x}"
            case "O" | "Z0" | "N0" | "Eq":
                return f"{x} == 0"
            case "S" | "Zpos" | "Npos" | "Gt":
                return f"{x} > 0"
            case "Zneg" | "Lt":
                return f"{x} < 0"
            case "XH":
                return f"{x} == 1"
            case "XO":
                return f"{x} % 2 == 0"
            case "XI":
                return f"{x} % 2 == 1 and {x} > 1"
            case "Nil" | "None":
                return f"{x} is None"
            case "Cons" | "Some":
                return f"{x} is not None"
        return f'{x}[0] == "{b.con}"'

    # Expressions

    def expression(self, e: Term) -> str:
        """A Python expression; statements that it needs come before."""
        match e:
            case Var(name):
                if self.local.get(name):
                    raise TranslationError(f"{self.function.name}: function {name} as a value")
                return name
            case Global(name):
                if self.takes(name):
                    raise TranslationError(f"{self.function.name}: function {name} as a value")
                return INLINE.get(name, name)
            case Con():
                return self.constructor(e)
            case App(function, args):
                return self.call(function, args)
            case Let(name, value, body):
                self.definition_of(name, value)
                return self.expression(body)
            case Case():
                short = self.short(e)
                if short is not None:
                    return short
                held = self.temporary()
                self.block(e, held)
                return held
        raise TranslationError(f"{self.function.name}: a function where a value is expected")

    def short(self, e: Case) -> str | None:
        """A match as an expression, if that needs no statements and binds no names."""
        if len(e.branches) == 1:
            pattern, body = self.pattern(e.branches[0])
            if isinstance(pattern, tuple) and pattern[0] and body == Var(pattern[1]):
                return pattern[0].format(_operand(self.expression(e.of)))
            return None
        if len(e.branches) != 2 or any(n != "_" for b in e.branches for n in b.names):
            return None
        held = len(self.lines), self.temporaries
        of = self.expression(e.of)
        before = len(self.lines)
        one, two = (self.expression(b.body) for b in e.branches)
        if len(self.lines) > before or (not self.is_truth(e.branches) and not of.isidentifier()):
            del self.lines[held[0] :]
            self.temporaries = held[1]
            return None
        found = self.choice(e.branches[0], of, one, two)
        if len(found) > WIDEST:
            del self.lines[held[0] :]
            self.temporaries = held[1]
            return None
        return found

    def choice(self, first: Branch, of: str, one: str, two: str) -> str:
        """One of two expressions, by the first branch of a match."""
        if first.con in ("True", "False"):
            yes, no = (one, two) if first.con == "True" else (two, one)
            x = _operand(of)
            known = {"True", "False"}
            if (yes, no) == ("True", "False"):
                return of
            if (yes, no) == ("False", "True"):
                return f"not {x}"
            if no == "False":
                return f"{x} and {_operand(yes)}"
            if yes == "True":
                return f"{x} or {_operand(no)}"
            if yes == "False" and no not in known:
                return f"not {x} and {_operand(no)}"
            if no == "True":
                return f"not {x} or {_operand(yes)}"
            return f"{_operand(yes)} if {of} else {_operand(no)}"
        return f"{_operand(one)} if {self.test(first, of)} else {_operand(two)}"

    def constructor(self, e: Con) -> str:
        """A value made by a constructor."""
        number = _number(e)
        if number is not None:
            return str(number)
        items = _items(e)
        if items is not None and len(items) > 1:
            return f"_list({', '.join(map(self.expression, items))})"
        args = [self.expression(a) for a in e.args]
        match e.name, args:
            case "S", [x]:
                return f"{_operand(x)} + 1"
            case ("Zpos" | "Npos"), [x]:
                return x
            case "Zneg", [x]:
                return f"-{_operand(x)}"
            case "XO", [x]:
                return f"2 * {_operand(x)}"
            case "XI", [x]:
                return f"2 * {_operand(x)} + 1"
            case ("True" | "False"), []:
                return e.name
            case ("Nil" | "None" | "()" | "Tt"), []:
                return "None"
            case ("Eq" | "Lt" | "Gt"), []:
                return {"Eq": "0", "Lt": "-1", "Gt": "1"}[e.name]
            case "Some", [x]:
                return f"({x},)"
        kind, count = self.constructors[e.name]
        if count > 1 and kind not in BUILT_IN:
            args.insert(0, f'"{e.name}"')
        return f"({', '.join(args)}{',' if len(args) == 1 else ''})"

    def takes(self, name: str) -> tuple[int, ...]:
        """How many arguments each argument of a constant takes."""
        return self.known[name] if name in self.known else (0,) * TAKES[name]

    def call(self, function: Term, args: tuple[Term, ...]) -> str:
        """A function called with all its arguments."""
        if isinstance(function, Var):
            count = self.local.get(function.name, 0)
            if count != len(args):
                raise TranslationError(f"{self.function.name}: {function.name} is not known to be "
                                       f"a function of {len(args)}")
            return f"{function.name}({', '.join(map(self.expression, args))})"
        if not isinstance(function, Global):
            raise TranslationError(f"{self.function.name}: a computed function is called")
        takes = self.takes(function.name)
        if len(takes) != len(args):
            raise TranslationError(f"{self.function.name}: {function.name} is called with "
                                   f"{len(args)} arguments instead of {len(takes)}")
        values = [self.value(a, n) for a, n in zip(args, takes, strict=True)]
        if function.name in INLINE:
            return INLINE[function.name].format(*map(_operand, values))
        return f"{function.name.replace('Machine.', '')}({', '.join(values)})"

    def is_function(self, e: Term) -> bool:
        """Whether a term is a function, as far as can be told."""
        match e:
            case Lam() | Fix():
                return True
            case Var(name):
                return self.local.get(name, 0) > 0
            case Global(name):
                return len(self.takes(name)) > 0
            case App(Global(name), args):
                return len(self.takes(name)) > len(args)
            case Let(_, _, body):
                return self.is_function(body)
            case Case(_, branches):
                return any(self.is_function(b.body) for b in branches)
        return False

    def value(self, e: Term, count: int) -> str:
        """An argument: data, or a function of so many arguments."""
        if not count:
            return self.expression(e)
        match e:
            case Var(name) if self.local.get(name, 0) == count:
                return name
            case Global(name) if len(self.takes(name)) == count and name in self.known:
                return name
            case Lam(names, _) if len(names) == count:
                name = self.temporary()
                return self.lambda_as(name, e)
        if isinstance(e, Lam) and len(e.names) > count:
            raise TranslationError(f"{self.function.name}: a function of {len(e.names)} "
                                   f"where one of {count} is expected")
        more = tuple(self.temporary() for _ in range(count))
        called = Applying(self.temporary).apply(e, tuple(map(Var, more)))
        return self.lambda_as(self.temporary(), Lam(more, called))

    def lambda_as(self, name: str, e: Lam) -> str:
        """A local function: an expression where it has no name in Gallina and is one."""
        inner = Writing(self.constructors, self.known, self.function, depth=self.depth + 1)
        inner.temporaries = self.temporaries
        inner.local = dict(self.local)
        for p in e.names:
            inner.local[p] = takes_arguments(p, e.body, self.known)
        inner.block(e.body, RETURN)
        self.temporaries = inner.temporaries
        names = [self.temporary() if n == "_" else n for n in e.names]
        params = ", ".join([*names, *(f"{n}={n}" for n in free(e))])
        if len(inner.lines) == 1 and name.startswith("_"):
            return f"lambda {params}: {inner.lines[0].strip().removeprefix('return ')}"
        self.say(f"def {name}({params}):")
        self.lines += inner.lines
        return name


def _packed(items: list[str], count: int, several: bool) -> str:
    inner = ", ".join(i for i in items if i)
    return f"({inner}{',' if count == 1 else ''})" if several or count != 1 else inner


def _operand(x: str) -> str:
    """The expression, in parentheses unless it is a name, a number or a call."""
    if re.fullmatch(r'\w+|"\w*"|\w+\([^()]*\)|\w+\[\d+\]', x):
        return x
    return x if x[0] == "(" and _closes(x) == len(x) - 1 else f"({x})"


def _closes(x: str) -> int:
    """Where the parenthesis that an expression begins with is closed."""
    depth = 0
    for i, c in enumerate(x):
        depth += (c == "(") - (c == ")")
        if not depth:
            return i
    return -1


def _number(e: Term) -> int | None:
    """The number that constructors alone spell."""
    if not isinstance(e, Con):
        return None
    if e.name in ("O", "Z0", "N0", "XH"):
        return int(e.name == "XH")
    if e.name not in ("S", "Zpos", "Npos", "Zneg", "XO", "XI"):
        return None
    inner = _number(e.args[0])
    if inner is None:
        return None
    return {"S": inner + 1, "Zneg": -inner, "XO": 2 * inner, "XI": 2 * inner + 1}.get(e.name, inner)


def _items(e: Term) -> list[Term] | None:
    """The elements of a list that is written out."""
    found = []
    while isinstance(e, Con) and e.name == "Cons":
        found.append(e.args[0])
        e = e.args[1]
    return found if e == Con("Nil", ()) else None
