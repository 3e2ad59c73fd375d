"""A forest in C, Java, JavaScript or C#: trees as nested ifs, and sums of what they give.

Statements are those of a single tree (``code_braces``); beside constants there are expressions,
which are read into a list without recursion: generators nest a call for every tree.
"""

from __future__ import annotations

from verifier.formats.code_braces import Reading
from verifier.formats.code_functions import HELPERS, Piece, pieces, plain, returned
from verifier.formats.code_head import Held as TypeHeld
from verifier.formats.code_parts import Constant, Name, Program, Routine, Set, Statement
from verifier.formats.code_tokens import Token, refuse, tokens_of
from verifier.formats.code_values import Held, Operation, Postfix
from verifier.model.errors import TreeError

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3}
_TYPES = {"double", "final", "const"}
_SCRIPT = {"var", "let", "const"}


def parse(text: str, quotes: bool = False) -> Program:
    """The functions of a file, by name; ``quotes`` as JavaScript has them. Raises TreeError."""
    found = pieces(tokens_of(text))
    names = [piece.name for piece in found]
    if not found or len(set(names)) < len(names):
        raise TreeError("it does not hold one function of one array, and those that it calls")
    routines = {piece.name: _routine(piece, names, quotes) for piece in found}
    return Program(routines, names[0])


def _routine(piece: Piece, names: list[str], quotes: bool) -> Routine:
    reading = _Forest(piece, names, quotes)
    reading.take("{")
    body = reading.block(0)
    found = reading.head
    return Routine(body, found.kind, found.filled, found.most)


class _Forest(Reading):
    """Goes through the tokens of one function of a forest."""

    def __init__(self, piece: Piece, names: list[str], quotes: bool) -> None:
        super().__init__(list(piece.tokens), quotes)
        self.names = names
        at = next(i for i, t in enumerate(piece.tokens) if t.text == "(")
        returned(piece.tokens[: at - 1], piece.tokens[at - 1])

    def statement(self, depth: int) -> tuple[Statement, ...]:
        """As of a tree; and C's calls that fill their last argument."""
        name = self.next
        if plain(name.text) in HELPERS and self.tokens[self.at + 1].text == "(":
            return (self.filling(),)
        if name.text in ("var", "let", "const") and not self.quotes and name.text != "const":
            refuse(name, f"{name.text} takes the type of what it gets: write double")
        return super().statement(depth)

    def words_of_type(self, words: list[Token]) -> None:
        """Variables hold float64 numbers, or lists of them."""
        for word in words:
            if word.text not in (_SCRIPT if self.quotes else _TYPES):
                refuse(word, f"a {word.text} changes the numbers that it gets: make it a double")
        if words and not self.quotes and all(word.text != "double" for word in words):
            refuse(words[0], "it does not say what it holds: make it a double")

    def used(self, name: Token) -> str:
        """The name of a variable that the function has, as only its type is known."""
        if name.text != self.head.filled and name.text not in self.wide.union(*self.scopes):
            refuse(name, f"{name.text} is not declared there: declare it in the function")
        return name.text

    def filling(self) -> Statement:
        """``add_vectors(a, b, 3, result);``: the function's value goes to its last argument."""
        token = self.take()
        self.take("(")
        items: list[float | Held | Operation] = []
        count = 2 if plain(token.text) in HELPERS[:2] else 1
        for _ in range(count):
            items += self.expression().items
            self.take(",")
        size = self.number()
        self.take(",")
        goal = self.take()
        self.take(")")
        self.take(";")
        if not isinstance(size, int) or self.size_of(self.used(goal)) != size:
            refuse(goal, f"{goal.text} is no array of {size} doubles")
        items.append(Operation(plain(token.text), count, size))
        return Set(goal.text, Postfix(tuple(items)), token.line)

    def value(self, given: TypeHeld) -> Constant | Name | Postfix:
        """An expression; a number, or a list of some, is a constant."""
        found = self.expression()
        match found.items:
            case (float(x),):
                return x
            case (Held(name),):
                return Name(name)
            case (*numbers, Operation("[]", count)) if len(numbers) == count:
                plain_ones = tuple(x for x in numbers if isinstance(x, float))
                if len(plain_ones) == count:
                    return plain_ones
        return found

    def length_of(self, value: Constant | Name | Postfix, first: Token) -> int | None:
        """How many numbers there are in what is copied."""
        if isinstance(value, Postfix):
            last = value.items[-1]
            return last.count if isinstance(last, Operation) and last.name == "[]" else None
        return super().length_of(value, first)

    def expression(self) -> Postfix:
        """Operands, signs and calls up to a comma, a semicolon or a brace that is not their own."""
        out: list[float | Held | Operation] = []
        stack: list[_Open | str] = []
        wants = True  # an operand
        while True:
            token = self.next
            if wants:
                wants = self.operand(token, out, stack)
                continue
            if token.text in _RANK:
                _close(out, stack, _RANK[token.text])
                stack.append(self.take().text)
                wants = True
                continue
            _close(out, stack, 0)
            if not stack:
                return Postfix(tuple(out))
            top = stack[-1]
            assert isinstance(top, _Open)
            if token.text == ",":
                if not top.many:
                    refuse(token, "a comma stands where an expression is to end")
                self.take()
                top.count += 1
                wants = True
                continue
            self.take(top.closing)
            stack.pop()
            if top.name:
                if top.size is not None and top.size != top.count:
                    refuse(token, f"a list of {top.size} gets {top.count} numbers")
                out.append(Operation(top.name, top.count))

    def operand(
        self, token: Token, out: list[float | Held | Operation], stack: list[_Open | str]
    ) -> bool:
        """Take an operand, or what comes before one; returns whether one is still wanted."""
        if token.text == "-":
            self.take()
            if self.next.kind != "number":
                stack.append("neg")
                return True
            out.append(-self.plain_number())
            return False
        if token.kind == "number":
            out.append(self.plain_number())
            return False
        if token.text in ("{", "["):
            self.take()
            stack.append(_Open("[]", "}" if token.text == "{" else "]", True))
            return True
        after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else token
        if token.text == "new" or (token.text == "(" and after.text == "double"):
            stack.append(self.typed(token))
            return True
        if token.text == "(":
            self.take()
            stack.append(_Open("", ")", False))
            return True
        if token.kind != "name" or token.text == self.x:
            refuse(token, f"{token.text} stands where a number is expected")
        self.take()
        if not self.skip("("):
            out.append(Held(self.used(token)))
            return False
        return self.call(token, out, stack)

    def plain_number(self) -> float:
        """A number that is a float64, or becomes one by one rounding."""
        if self.next.text[-1] in "lLuU":
            refuse(self.next, f"{self.next.text} has a type of its own: write a plain number")
        return float(self.number())

    def typed(self, token: Token) -> _Open:
        """``new double[] {`` or ``(double[]){``."""
        self.take()
        self.take("double")
        self.take("[")
        size = self.number() if self.next.kind == "number" else None
        self.take("]")
        if token.text == "(":
            self.take(")")
        self.take("{")
        return _Open("[]", "}", True, size=None if size is None else int(size))

    def call(
        self, token: Token, out: list[float | Held | Operation], stack: list[_Open | str]
    ) -> bool:
        """A call, behind its first parenthesis; returns whether an operand is wanted."""
        if plain(token.text) in HELPERS:
            stack.append(_Open(plain(token.text), ")", True))
            return True
        if token.text not in self.names:
            refuse(token, f"it calls {token.text}, which is not in the file")
        self.take(self.x)
        self.take(")")
        out.append(Operation(f"call {token.text}", 0))
        return False


class _Open:
    """A parenthesis or brace that is still open: of a call, a list, or alone (without a name)."""

    def __init__(self, name: str, closing: str, many: bool, size: int | None = None) -> None:
        self.name, self.closing, self.many, self.size = name, closing, many, size
        self.count = 1


def _close(out: list[float | Held | Operation], stack: list[_Open | str], rank: int) -> None:
    """Move signs that bind as tightly, or tighter, from the stack to what is put out."""
    while stack and isinstance(sign := stack[-1], str) and _RANK[sign] >= rank:
        stack.pop()
        out.append(Operation(sign, 1 if sign == "neg" else 2))
