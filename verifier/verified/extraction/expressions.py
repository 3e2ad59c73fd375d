"""Gallina expressions as Python's, and what a branch of a match takes out of a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.verified.extraction.applying import Applying
from verifier.verified.extraction.machine import INLINE, TAKES
from verifier.verified.extraction.program import BUILT_IN, Function, takes_arguments
from verifier.verified.extraction.terms import (
    App,
    Branch,
    Case,
    Con,
    Fix,
    Global,
    Lam,
    Let,
    Term,
    TranslationError,
    Var,
    free,
    uses,
)

WIDEST = 80
"""Longest choice that is written as an expression."""
RETURN = "return"
"""What becomes of a value: it is returned, or else put into the variable of that name."""


@dataclass
class Expressions:
    """The lines of one function; ``local`` says how many arguments local functions take,
    ``within`` how many each of those takes."""

    constructors: Mapping[str, tuple[str, int]]
    known: Mapping[str, tuple[int, ...]]
    function: Function
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    local: dict[str, int] = field(default_factory=dict)
    within: dict[str, tuple[int, ...]] = field(default_factory=dict)
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

    def block(self, e: Term, into: str) -> None:
        """Statements that evaluate a term into a variable or, in the end, return it."""
        raise NotImplementedError

    def definition_of(self, name: str, value: Term) -> None:
        """A local definition."""
        raise NotImplementedError

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

    def is_truth(self, branches: tuple[Branch, ...]) -> bool:
        """Whether a match is on a truth value."""
        return branches[0].con in ("True", "False")

    def test(self, b: Branch, of: str) -> str:
        """Whether the value is of the branch's constructor."""
        x = operand(of)
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
                return pattern[0].format(operand(self.expression(e.of)))
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
            x = operand(of)
            known = {"True", "False"}
            if (yes, no) == ("True", "False"):
                return of
            if (yes, no) == ("False", "True"):
                return f"not {x}"
            if no == "False":
                return f"{x} and {operand(yes)}"
            if yes == "True":
                return f"{x} or {operand(no)}"
            if yes == "False" and no not in known:
                return f"not {x} and {operand(no)}"
            if no == "True":
                return f"not {x} or {operand(yes)}"
            return f"{operand(yes)} if {of} else {operand(no)}"
        return f"{operand(one)} if {self.test(first, of)} else {operand(two)}"

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
                return f"{operand(x)} + 1"
            case (("Zpos" | "Npos"), [x]):
                return x
            case "Zneg", [x]:
                return f"-{operand(x)}"
            case "XO", [x]:
                return f"2 * {operand(x)}"
            case "XI", [x]:
                return f"2 * {operand(x)} + 1"
            case (("True" | "False"), []):
                return e.name
            case (("Nil" | "None" | "()" | "Tt"), []):
                return "None"
            case (("Eq" | "Lt" | "Gt"), []):
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
                raise TranslationError(
                    f"{self.function.name}: {function.name} is not known to be "
                    f"a function of {len(args)}"
                )
            takes = self.within.get(function.name, (0,) * count)
            values = [self.value(a, n) for a, n in zip(args, takes, strict=True)]
            return f"{function.name}({', '.join(values)})"
        if not isinstance(function, Global):
            raise TranslationError(f"{self.function.name}: a computed function is called")
        takes = self.takes(function.name)
        if len(takes) != len(args):
            raise TranslationError(
                f"{self.function.name}: {function.name} is called with "
                f"{len(args)} arguments instead of {len(takes)}"
            )
        values = [self.value(a, n) for a, n in zip(args, takes, strict=True)]
        if function.name in INLINE:
            return INLINE[function.name].format(*map(operand, values))
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
            raise TranslationError(
                f"{self.function.name}: a function of {len(e.names)} "
                f"where one of {count} is expected"
            )
        more = tuple(self.temporary() for _ in range(count))
        called = Applying(lambda _: self.temporary()).apply(e, tuple(map(Var, more)))
        return self.lambda_as(self.temporary(), Lam(more, called))

    def lambda_as(self, name: str, e: Lam) -> str:
        """A local function: an expression where it has no name in Gallina and is one."""
        inner = type(self)(self.constructors, self.known, self.function, depth=self.depth + 1)
        inner.temporaries = self.temporaries
        known = {**self.known, **self.within}
        takes = tuple(takes_arguments(p, e.body, known) for p in e.names)
        self.within[name] = takes
        inner.local = self.local | dict(zip(e.names, takes, strict=True))
        inner.within = dict(self.within)
        inner.block(e.body, RETURN)
        self.temporaries = inner.temporaries
        names = [self.temporary() if n == "_" else n for n in e.names]
        params = ", ".join([*names, *(f"{n}={n}" for n in free(e))])
        if len(inner.lines) == 1 and name.startswith("_"):
            return f"lambda {params}: {inner.lines[0].strip().removeprefix('return ')}"
        self.say(f"def {name}({params}):")
        self.lines += inner.lines
        return name


def operand(x: str) -> str:
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
