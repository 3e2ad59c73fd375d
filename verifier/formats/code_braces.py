"""A decision tree in C, Java, JavaScript or C#: one function of one array, with braces.

The four agree about what is read here: if, else, return, variables that hold a class or a list of
shares, and comparisons of ``x[i]`` with numbers. Anything else is refused with its line.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.formats.code_parts import (
    DEEPEST,
    TURNED,
    Both,
    Compare,
    Condition,
    Constant,
    Function,
    If,
    Name,
    Not,
    Return,
    Set,
    Statement,
)
from verifier.formats.code_tokens import Token, refuse, tokens_of
from verifier.formats.thresholds import nearest32
from verifier.model.errors import TreeError, quoted

_LETTERS = "fFdDlLuU"
"""What may stand behind a number."""
_TYPES = {"double", "float", "int", "long", "short", "unsigned", "const", "final", "var", "let"}
_KINDS = {"double": "double", "float": "float", "int": "int", "long": "int", "short": "int"}
_MADE_OF = "a tree is made of if, else and return"


def parse(text: str, quotes: bool = False) -> Function:
    """The function in a file; ``quotes``: texts may stand in single ones. Raises TreeError."""
    tokens = tokens_of(text)
    start = _opening(tokens)
    reading = _Reading(tokens, start, quotes)
    reading.arguments()
    reading.take("{")
    body = reading.block(0)
    rest = [t for t in tokens[reading.at :] if t.text not in ("}", ";")]
    if rest:
        refuse(rest[0], "something follows the function: give one function of one array")
    return Function(body, reading.kind, reading.result)


def _opening(tokens: list[Token]) -> int:
    """The place of the parenthesis before the first function's arguments."""
    for i, token in enumerate(tokens):
        if token.text == "(":
            if i == 0 or tokens[i - 1].kind != "name":
                refuse(token, "a function's name is expected before it")
            return i
        if token.text not in ("{", "}", ";", "[", "]", "*", ".") and token.kind != "name":
            refuse(token, f"{quoted(token.text)} stands before the function: give that alone")
    raise TreeError("it holds no function: give one function of one array")


class _Reading:
    """Goes through the tokens of one function."""

    def __init__(self, tokens: list[Token], at: int, quotes: bool) -> None:
        self.tokens, self.at, self.quotes = tokens, at, quotes
        self.x, self.kind = "", "double"
        self.result: str | None = None
        self.scopes: list[set[str]] = []
        self.wide: set[str] = set()  # what outlives its block: var in JavaScript
        self.closed: set[str] = set()  # what blocks declared that have ended
        self.elsewhere: set[str] = set()  # what is used and not declared: it may be global

    @property
    def next(self) -> Token:
        """The token that comes next."""
        if self.at >= len(self.tokens):
            raise TreeError("the file ends inside the function: it is cut short")
        return self.tokens[self.at]

    def take(self, *texts: str) -> Token:
        """The next token, which must be one of these, if any are named."""
        token = self.next
        if texts and token.text not in texts:
            refuse(token, f"{quoted(token.text)} stands where {' or '.join(texts)} is expected")
        self.at += 1
        return token

    def skip(self, text: str) -> bool:
        """Take the next token if it is this."""
        is_there = self.at < len(self.tokens) and self.tokens[self.at].text == text
        self.at += is_there
        return is_there

    def arguments(self) -> None:
        """``(const double *x)``, or with an array that is filled: ``(double *x, double *y)``."""
        opening = self.take("(")
        parts: list[list[Token]] = [[]]
        while not self.skip(")"):
            token = self.take()
            if token.text == ",":
                parts.append([])
            else:
                parts[-1].append(token)
        named = [[t.text for t in part if t.kind == "name"] for part in parts]
        if not 1 <= len(parts) <= 2 or not all(named):
            refuse(opening, f"it has {len(parts)} arguments: one array is expected")
        self.x = named[0][-1]
        types = [word for word in named[0][:-1] if word in _KINDS]
        if len(types) > 1 or set(named[0][:-1]) - _TYPES or "unsigned" in named[0]:
            refuse(opening, f"the type of {quoted(self.x)} is not double, float or int")
        self.kind = _KINDS[types[0]] if types else "double"
        if len(parts) == 2:
            self.result = named[1][-1]

    def block(self, depth: int) -> tuple[Statement, ...]:
        """Statements up to the closing brace."""
        found: list[Statement] = []
        self.scopes.append(set())
        while not self.skip("}"):
            found += self.statement(depth)
        self.closed |= self.scopes.pop()
        return tuple(found)

    def statement(self, depth: int) -> tuple[Statement, ...]:
        """What one statement comes to; declarations without a value come to nothing."""
        if depth > DEEPEST:
            refuse(self.next, f"its ifs are more than {DEEPEST} deep: give the tree as JSON")
        if self.skip("{"):
            return self.block(depth + 1)
        if self.skip(";"):
            return ()
        line = self.next.line
        if self.skip("if"):
            self.take("(")
            condition = self.condition()
            self.take(")")
            then = self.statement(depth + 1)
            otherwise = self.statement(depth + 1) if self.skip("else") else ()
            return (If(condition, then, otherwise, line),)
        if self.skip("return"):
            if self.quotes and self.next.line != line:
                refuse(self.next, "JavaScript returns before a new line: write it in one")
            return self.answer(line)
        if self.next.text == "memcpy":
            return (self.copy(line),)
        return self.setting(line)

    def answer(self, line: int) -> tuple[Statement, ...]:
        """``return value;`` or ``return condition ? value : value;``."""
        start = self.at
        if not self.is_condition():
            value = self.value()
            self.take(";")
            return (Return(value, line),)
        self.at = start
        condition = self.condition()
        self.take("?")
        then = self.value()
        self.take(":")
        otherwise = self.value()
        self.take(";")
        return (If(condition, (Return(then, line),), (Return(otherwise, line),), line),)

    def is_condition(self) -> bool:
        """Whether a question mark comes before the statement ends."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].text not in (";", "?"):
            at += 1
        return at < len(self.tokens) and self.tokens[at].text == "?"

    def copy(self, line: int) -> Statement:
        """``memcpy(name, value, N * sizeof(double));``."""
        self.take("memcpy")
        self.take("(")
        name = self.used(self.take())
        self.take(",")
        value = self.value()
        self.take(",")
        count = self.number()
        for text in ("*", "sizeof", "(", "double", ")", ")", ";"):
            self.take(text)
        if isinstance(value, tuple) and len(value) != count:
            raise TreeError(f"line {line}: {len(value)} numbers are copied as {count}")
        return Set(name, value, line)

    def setting(self, line: int) -> tuple[Statement, ...]:
        """``double name[2];``, ``int name = 3;``, ``name = value;``."""
        token, is_new, is_wide = self.next, False, False
        while self.next.text in _TYPES:
            is_wide |= self.take().text == "var" and self.quotes
            is_new = True
            while self.skip("["):
                self.take("]")
        name, size = self.take(), None
        if name.kind != "name" or name.text == self.x:
            refuse(token, f"{quoted(token.text)} is not read: {_MADE_OF}")
        if is_new:
            self.declare(name, is_wide)
            if self.skip("["):
                size = self.number()
                self.take("]")
            if self.skip(";"):
                return ()
        if self.next.text != "=":
            refuse(token, f"{quoted(token.text)} is not read: {_MADE_OF}")
        if not is_new:
            self.used(name)
        self.take("=")
        value = self.value()
        self.take(";")
        if size is not None and not (isinstance(value, tuple) and len(value) == size):
            refuse(name, f"{quoted(name.text)} does not get {size} numbers")
        return (Set(name.text, value, line),)

    def declare(self, name: Token, is_wide: bool) -> None:
        """A new variable, which must not hide another; ``is_wide``: it outlives its block."""
        known = [*self.scopes, self.elsewhere, *(() if is_wide else (self.wide,))]
        if any(name.text in held for held in known):
            refuse(name, f"{quoted(name.text)} is declared twice: use another name")
        (self.wide if is_wide else self.scopes[-1]).add(name.text)

    def used(self, name: Token) -> str:
        """The name of a variable, which must not be that of a block that has ended."""
        if not any(name.text in held for held in (*self.scopes, self.wide)):
            if name.text in self.closed:
                refuse(name, f"{quoted(name.text)} is declared in another block: do so before it")
            self.elsewhere.add(name.text)
        return name.text

    def value(self) -> Constant | Name:
        """A class, its name, a list of shares, or a variable that holds one."""
        token = self.next
        if token.kind == "text":
            if token.text[0] == "'" and not self.quotes:
                refuse(token, f"{token.text} is a character, no name: write it in double quotes")
            self.take()
            return token.text[1:-1]
        if token.text in ("{", "["):
            return self.listed()
        if token.text in ("new", "("):
            self.take()
            self.take("double", "float", "int")
            self.take("[")
            if self.next.kind == "number":
                self.take()
            self.take("]")
            if token.text == "(":
                self.take(")")
            return self.listed()
        if token.kind == "name" and token.text != self.x:
            return Name(self.used(self.take()))
        return self.number()

    def listed(self) -> tuple[int | float, ...]:
        """``{1.0, 0.0}`` or ``[1.0, 0.0]``."""
        closing = "}" if self.take("{", "[").text == "{" else "]"
        found = [self.number()]
        while self.skip(","):
            found.append(self.number())
        self.take(closing)
        return tuple(found)

    def number(self) -> int | float:
        """A number, as its language reads it: with f behind it is a float32."""
        if self.skip("-"):
            return -self.number()
        token = self.take()
        if token.kind != "number":
            refuse(token, f"{quoted(token.text)} stands where a number is expected")
        plain = token.text.rstrip(_LETTERS)
        ending = token.text[len(plain) :].lower()
        if plain.isdecimal() and "f" not in ending and "d" not in ending:
            if len(plain) > 1 and plain[0] == "0":
                refuse(token, f"{token.text} may be octal: write it without a 0 before")
            return int(plain)
        return nearest32(Fraction(plain)) if "f" in ending else float(plain)

    def condition(self) -> Condition:
        """Conditions joined by ||."""
        found = self.conjunction()
        while self.skip("||"):
            found = Both(found, self.conjunction(), True)
        return found

    def conjunction(self) -> Condition:
        """Conditions joined by &&."""
        found = self.negation()
        while self.skip("&&"):
            found = Both(found, self.negation(), False)
        return found

    def negation(self) -> Condition:
        """A comparison, or a condition in parentheses, or the opposite of one."""
        if self.skip("!"):
            if self.next.text not in ("!", "("):
                refuse(self.next, "! binds to it alone: put the comparison in parentheses")
            return Not(self.negation())
        if self.next.text == "(":
            self.take()
            inner = self.condition()
            self.take(")")
            return inner
        return self.compare()

    def compare(self) -> Compare:
        """``x[i] <= number``, or the other way round."""
        if self.next.text == self.x:
            column = self.column()
            sign = self.sign()
            return Compare(column, sign, self.limit())
        number = self.limit()
        sign = self.sign()
        return Compare(self.column(), TURNED[sign], number)

    def limit(self) -> int | float:
        """The number that an input is compared with, both as they are.

        Refused where the language converts one of them before, and that may change it.
        """
        number, token = self.number(), self.tokens[self.at - 1]
        ending = token.text[len(token.text.rstrip(_LETTERS)) :].lower()
        if isinstance(number, int):
            changed = "u" in ending  # an int is made unsigned
            changed |= self.kind == "float" and nearest32(Fraction(number)) != number
        else:
            changed = "l" in ending  # in C a long double
            whole = 2**24 if "f" in ending else 2**53
            changed |= self.kind == "int" and abs(number) >= whole
        if changed:
            refuse(token, f"{token.text} is not compared as it is written: use a plain number")
        return number

    def sign(self) -> str:
        """One of the comparisons."""
        return self.take(*TURNED).text

    def column(self) -> int:
        """The i of ``x[i]``."""
        self.take(self.x)
        self.take("[")
        token = self.next
        column = self.number()
        if not isinstance(column, int) or column < 0:
            refuse(token, f"{quoted(token.text)} is no column")
        self.take("]")
        return column
