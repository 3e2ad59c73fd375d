"""A decision tree in C, Java, JavaScript or C#: one function of one array, with braces.

The four agree about what is read here: if, else, return, variables that hold a class or a list of
shares, and comparisons of ``x[i]`` with numbers. Anything else is refused with its line.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.formats.code_head import TYPES, UNKNOWN, Held, head, held, listed
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
from verifier.formats.code_values import Postfix
from verifier.formats.thresholds import nearest32
from verifier.model.errors import TreeError, quoted
from verifier.reading.json_text import exact_number

_LETTERS = "fFdDlLuU"
"""What may stand behind a number."""
_MADE_OF = "a tree is made of if, else and return"


def parse(text: str, quotes: bool = False) -> Function:
    """The function in a file; ``quotes``: texts may stand in single ones. Raises TreeError."""
    tokens = tokens_of(text)
    reading = Reading(tokens, quotes)
    reading.take("{")
    body = reading.block(0)
    rest = [t for t in tokens[reading.at :] if t.text not in ("}", ";")]
    if rest:
        refuse(rest[0], "something follows the function: give one function of one array")
    found = reading.head
    return Function(body, found.kind, found.filled, found.most)


class Reading:
    """Goes through the tokens of one function."""

    def __init__(self, tokens: list[Token], quotes: bool) -> None:
        self.tokens, self.quotes = tokens, quotes
        self.head = head(tokens, quotes)
        self.at, self.x, self.kind = self.head.at, self.head.x, self.head.kind
        self.holds: dict[str, Held] = {}  # what the types of variables hold
        self.copied: int | float | None = None  # numbers that are copied to what is filled
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
        start, given = self.at, self.head.returned
        if not self.is_condition():
            value = self.value(given)
            self.take(";")
            return (Return(value, line),)
        self.at = start
        condition = self.condition()
        self.take("?")
        then = self.value(given)
        self.take(":")
        otherwise = self.value(given)
        self.take(";")
        return (If(condition, (Return(then, line),), (Return(otherwise, line),), line),)

    def is_condition(self) -> bool:
        """Whether a question mark comes before the statement ends."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].text not in (";", "?"):
            at += 1
        return at < len(self.tokens) and self.tokens[at].text == "?"

    def copy(self, line: int) -> Statement:
        """``memcpy(name, value, N * sizeof(double));`` of all of both."""
        self.take("memcpy")
        self.take("(")
        token = self.take()
        name, start = self.used(token), self.at + 1
        self.take(",")
        value = self.value(Held())
        source = self.length_of(value, self.tokens[start])
        self.take(",")
        count = self.number()
        for text in ("*", "sizeof", "(", "double", ")", ")", ";"):
            self.take(text)
        if name == self.head.filled:
            self.copied = count if self.copied is None else self.copied
        goal = self.copied if name == self.head.filled else self.size_of(name)
        if source != count or goal != count:
            refuse(token, f"{count} numbers are copied of {source or '?'} to {goal or '?'}")
        return Set(name, value, line)

    def length_of(self, value: Constant | Name | Postfix, first: Token) -> int | None:
        """How many numbers there are in what is copied, which begins with the token ``first``."""
        return len(value) if isinstance(value, tuple) else self.size_of(first.text)

    def size_of(self, name: str) -> int | None:
        """How many doubles an array was declared with."""
        given = self.holds.get(name, UNKNOWN)
        return given.size if given.element == "double" else None

    def setting(self, line: int) -> tuple[Statement, ...]:
        """``double name[2];``, ``int name = 3;``, ``name = value;``."""
        token, start, words = self.next, self.at, []
        size: int | float | None = None
        while self.next.text in TYPES:
            words.append(self.take().text)
            while self.skip("["):
                self.take("]")
        name = self.take()
        if name.kind != "name" or name.text in (self.x, self.head.filled):
            refuse(token, f"{quoted(token.text)} is not read: {_MADE_OF}")
        self.words_of_type(self.tokens[start : start + len(words)])
        if words:
            self.declare(name, "var" in words and self.quotes)
            if self.skip("["):
                size = self.number()
                self.take("]")
            given = held(words, self.quotes)
            size = size if isinstance(size, int) else None
            self.holds[name.text] = Held(given.most, given.element, size)
            if self.skip(";"):
                return ()
        if self.next.text != "=":
            refuse(token, f"{quoted(token.text)} is not read: {_MADE_OF}")
        if not words:
            self.used(name)
        self.take("=")
        value = self.value(self.holds_of(name.text))
        self.take(";")
        if size is not None and not (isinstance(value, tuple) and len(value) == size):
            refuse(name, f"{quoted(name.text)} does not get {size} numbers")
        return (Set(name.text, value, line),)

    def words_of_type(self, words: list[Token]) -> None:
        """Look at the words of a variable's type."""

    def holds_of(self, name: str) -> Held:
        """What a variable's type holds: one of elsewhere has an unknown type, but in JavaScript."""
        return self.holds.get(name, Held() if self.quotes else UNKNOWN)

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

    def value(self, given: Held) -> Constant | Name | Postfix:
        """A class, its name, a list of shares, or a variable, as the ``given`` type holds it."""
        token = self.next
        if token.kind == "text":
            if token.text[0] == "'" and not self.quotes:
                refuse(token, f"{token.text} is a character, no name: write it in double quotes")
            self.take()
            return token.text[1:-1]
        if token.text in ("{", "["):
            return self.listed(given.element)
        if token.text in ("new", "("):
            self.take()
            element, size = self.take("double", "float", "int").text, None
            self.take("[")
            if self.next.kind == "number":
                size = self.number()
            self.take("]")
            if token.text == "(":
                self.take(")")
            found = self.listed(element)
            if size is not None and len(found) != size:
                refuse(token, f"a list of {size} gets {len(found)} numbers")
            return found
        if token.kind == "name" and token.text != self.x:
            name = self.used(self.take())
            if self.holds_of(name).most > given.most:
                refuse(token, f"{quoted(name)} may be changed by the type that gets it: use int")
            return Name(name)
        number = self.number()
        if abs(number) > given.most:
            refuse(token, f"{token.text} may be changed by the type that gets it: use int")
        return number

    def listed(self, element: str) -> tuple[int | float, ...]:
        """``{1.0, 0.0}`` or ``[1.0, 0.0]``."""
        token = self.take("{", "[")
        found = [self.number()]
        while self.skip(","):
            found.append(self.number())
        self.take("}" if token.text == "{" else "]")
        return listed(found, element, token)

    def number(self) -> int | float:
        """A number, as its language reads it: with f behind it is a float32."""
        if self.skip("-"):
            return -self.number()
        token = self.take()
        if token.kind != "number":
            refuse(token, f"{quoted(token.text)} stands where a number is expected")
        plain = token.text.rstrip(_LETTERS)
        ending = token.text[len(plain) :].lower()
        try:
            exact = exact_number(plain)
        except ValueError as problem:  # too long, or of an exponent that asks for any memory
            refuse(token, str(problem))
        if plain.isdecimal() and "f" not in ending and "d" not in ending:
            if len(plain) > 1 and plain[0] == "0":
                refuse(token, f"{quoted(token.text)} may be octal: write it without a 0 before")
            if exact >= 2**63:  # C goes on with what is left of it
                refuse(token, f"{quoted(token.text)} fits no integer: write it with .0 behind")
            return exact.numerator
        return nearest32(exact) if "f" in ending else float(plain)

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
