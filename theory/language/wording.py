"""Sentences from formal claims: the words of a theorem are a rendering of what is proved.

A claim becomes a sentence by its form alone ("if ..., then ...", "... is at most ..."); names get
the words that the glossary has for them, symbols the meaning that the theorem declares. Formulas
are plain text: `ln` is the natural logarithm, `a b` a product, `a_i` an entry of a list, `P[E]` the
probability of E, `E[x]` the mean, `avg_n[x]` the average over n independent draws.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from theory.language.glossary import GLOSSARY
from theory.language.schemas import (
    Confidence,
    ErrorLevel,
    Exactly,
    Gap,
    Interval,
    LowerBound,
    SampleSize,
    Schema,
    Slack,
    Threshold,
    TooFew,
    UpperBound,
)
from theory.language.terms import (
    Average,
    Event,
    Every,
    Mean,
    Member,
    Members,
    Pr,
    Quantity,
    Some,
)

if TYPE_CHECKING:
    from theory.language.statement import Assumption, Theorem
    from theory.language.symbols import Parameter

TIMES, POWER = "\ue000", "\ue001"
"""Stand-ins for "*" and "**" inside names, while products lose theirs."""
RELATIONS = {
    "<=": "is at most",
    "<": "is below",
    ">=": "is at least",
    ">": "is above",
    "==": "is",
    "!=": "is not",
}
SIGNS = {"==": "=", "!=": "!="}


class Formulas(StrPrinter):  # type: ignore[misc]
    """Formulas as plain text; see the module's first lines."""

    printmethod = "_leafproof"  # not SymPy's: the terms' own way to print themselves has no words

    def __init__(self, symbols: Mapping[str, str]) -> None:
        super().__init__()
        self.symbols = symbols

    def formula(self, term: Any) -> str:
        """The text of a term."""
        text = str(self.doprint(term)).replace("**", "^").replace("*", " ")
        return text.replace(TIMES, "*").replace(POWER, "^")

    def _print_Add(self, term: Any, order: Any = None) -> str:
        """A sum; what is subtracted comes last."""
        parts = sorted(_ordered(term.args), key=lambda t: bool(t.could_extract_minus_sign()))
        text: str = self.parenthesize(parts[0], PRECEDENCE["Add"])
        for part in parts[1:]:
            minus = part.could_extract_minus_sign()
            shown = self.parenthesize(-part if minus else part, PRECEDENCE["Add"], strict=minus)
            text += f" {'-' if minus else '+'} {shown}"
        return text

    def _print_Symbol(self, term: Any) -> str:
        return self.symbols.get(str(term.name)) or str(sp.pretty(term, use_unicode=True))

    def _print_Quantity(self, term: Any) -> str:
        name = _guard(term.args[0].name)
        if len(term.args) == 1:
            return name
        return f"{name}({', '.join(self._print(a) for a in term.args[1:])})"

    _print_Random = _print_IntegerQuantity = _print_RandomInteger = _print_Quantity

    def _print_Pr(self, term: Any) -> str:
        return f"P[{_guard(self.clause(term.args[0]))}]"

    def _print_Mean(self, term: Any) -> str:
        return f"E[{self._print(term.args[0])}]"

    def _print_Average(self, term: Any) -> str:
        return f"avg_{self._print(term.args[1])}[{self._print(term.args[0])}]"

    def _print_Members(self, term: Any) -> str:
        return _guard(f"(the number of {self.members(term)})")

    def _print_Member(self, term: Any) -> str:
        return _guard(term.args[0].name)

    def _print_Greatest(self, term: Any) -> str:
        index, last, condition = term.args
        return _guard(
            f"(the greatest {self.formula(index)} <= {self.formula(last)} with "
            f"{self.clause(condition)})"
        )

    def _print_log(self, term: Any) -> str:
        return f"ln({self._print(term.args[0])})"

    def _print_Max(self, term: Any) -> str:
        return f"max({', '.join(self._print(a) for a in term.args)})"

    def _print_Min(self, term: Any) -> str:
        return f"min({', '.join(self._print(a) for a in term.args)})"

    def _print_Abs(self, term: Any) -> str:
        return f"|{self._print(term.args[0])}|"

    def _print_Exp1(self, term: Any) -> str:
        return "e"

    def _print_ceiling(self, term: Any) -> str:
        return f"ceil({self._print(term.args[0])})"

    def _print_binomial(self, term: Any) -> str:
        return f"C({self._print(term.args[0])}, {self._print(term.args[1])})"

    def _print_ClopperPearson(self, term: Any) -> str:
        return f"U({', '.join(self._print(a) for a in term.args)})"

    def _print_KLUpper(self, term: Any) -> str:
        return f"U_kl({', '.join(self._print(a) for a in term.args)})"

    def _print_BinomialCDF(self, term: Any) -> str:
        return f"F({', '.join(self._print(a) for a in term.args)})"

    def _print_Indexed(self, term: Any) -> str:
        inner = ",".join(self._print(a) for a in term.indices)
        plain = all(a.is_Symbol or a.is_Integer for a in term.indices)
        name = self.symbols.get(str(term.base.label), str(term.base.label))
        return f"{name}_{inner}" if plain else f"{name}_({inner})"

    def _print_IndexedBase(self, term: Any) -> str:
        return self.symbols.get(str(term.label)) or str(term.label)

    def _print_Sum(self, term: Any) -> str:
        return self._over("Σ", term)

    def _print_Product(self, term: Any) -> str:
        return self._over("Π", term)

    def _over(self, sign: str, term: Any) -> str:
        index, first, last = term.limits[0]
        limits = f"{self._print(index)}={self._print(first)}..{self._print(last)}"
        return f"{sign}[{limits}]({self._print(term.function)})"

    def members(self, term: Any) -> str:
        """What a number of members counts: "g with err(g) >= ε"."""
        member, condition = term.args
        name = self.formula(member)
        return f"all {name}" if condition == sp.true else f"{name} with {self.brief(condition)}"

    def brief(self, condition: Any) -> str:
        """A condition on a member: an inequality as a formula."""
        if isinstance(condition, Relational):
            return self._formal(condition)
        if isinstance(condition, sp.And):
            return " and ".join(self.brief(c) for c in _ordered(condition.args))
        return self.clause(condition)

    def noun(self, term: Any) -> str | None:
        """Words for a term that has some of its own, None for a formula."""
        if isinstance(term, Pr):
            return f"the probability that {self.clause(term.args[0])}"
        if isinstance(term, Members):
            return f"the number of {self.members(term)}"
        if isinstance(term, Mean):
            inner = self.noun(term.args[0])
            return None if inner is None else f"the mean of {inner}"
        if isinstance(term, Average):
            inner = self.noun(term.args[0])
            over = f"over {self.formula(term.args[1])} independent draws"
            return None if inner is None else f"the average of {inner} {over}"
        if isinstance(term, Quantity):
            return self._glossed(term)
        return None

    def _glossed(self, term: Any) -> str | None:
        entry = GLOSSARY.get(term.args[0].name)
        return None if entry is None else entry.words.format(*map(self._argument, term.args[1:]))

    def _argument(self, term: Any) -> str:
        if isinstance(term, (Event, sp.logic.boolalg.BooleanFunction)):
            return self.clause(term)
        return self.noun(term) or self.formula(term)

    def clause(self, claim: Any) -> str:
        """A claim or an event as a clause."""
        if claim in (sp.true, sp.false):
            return "always" if claim == sp.true else "never"
        if isinstance(claim, Relational):
            return self._relation(claim)
        if isinstance(claim, Event):
            return self._glossed(claim) or self._print_Quantity(claim).replace(TIMES, "*")
        if isinstance(claim, Every):
            event, n = claim.args
            each = f"each of {self.formula(n)} independent draws"
            words = self.clause(event)
            if words.count("at a draw") == 1:
                return words.replace("at a draw", f"at {each}")
            return f"at {each} {words}"
        if isinstance(claim, Some):
            member, condition, event = claim.args
            chosen = "" if condition == sp.true else f" with {self.brief(condition)}"
            return f"for some {self.formula(member)}{chosen}, {self.clause(event)}"
        return self._connective(claim)

    def _connective(self, claim: Any) -> str:
        if isinstance(claim, sp.Not):
            return f"it is not so that ({self.clause(claim.args[0])})"
        if isinstance(claim, sp.Implies):
            return f"if {self._joined([claim.args[0]])}, then {self.clause(claim.args[1])}"
        if isinstance(claim, sp.Equivalent):
            return " exactly if ".join(self._grouped(a) for a in _ordered(claim.args))
        if isinstance(claim, sp.Xor):
            return "exactly one holds of: " + "; ".join(map(self.clause, _ordered(claim.args)))
        if isinstance(claim, (sp.And, sp.Or)):
            word = " and " if isinstance(claim, sp.And) else " or "
            return word.join(self._grouped(a) for a in _ordered(claim.args))
        return self.formula(claim)

    def _grouped(self, claim: Any) -> str:
        compound = isinstance(claim, (sp.And, sp.Or, sp.Implies, sp.Equivalent, sp.Xor))
        return f"({self.clause(claim)})" if compound else self.clause(claim)

    def _joined(self, claims: Sequence[Any]) -> str:
        return " and ".join(self.clause(c) for c in claims)

    def _relation(self, claim: Any) -> str:
        left, right = self.noun(claim.lhs), self.noun(claim.rhs)
        if left is not None:
            return f"{left} {RELATIONS[claim.rel_op]} {right or self.formula(claim.rhs)}"
        return self._formal(claim)

    def _formal(self, claim: Any) -> str:
        sign = SIGNS.get(claim.rel_op, claim.rel_op)
        return f"{self.formula(claim.lhs)} {sign} {self.formula(claim.rhs)}"


def _guard(text: str) -> str:
    return text.replace("^", POWER).replace("*", TIMES)


def _ordered(parts: Sequence[Any]) -> list[Any]:
    """A fixed order: SymPy's own depends on how a claim was made."""
    return sorted(parts, key=sp.default_sort_key)


def formulas(theorem: Theorem) -> Formulas:
    """The printer of a theorem's formulas, with the symbols as it declares them."""
    return Formulas({str(p.symbol): p.unicode for p in theorem.symbols})


def sentence(theorem: Theorem, claim: Any) -> str:
    """A claim about a theorem's symbols as a sentence; a conjunction as several."""
    parts = _ordered(claim.args) if isinstance(claim, sp.And) else [claim]
    return " ".join(_capital(formulas(theorem).clause(part)) + "." for part in parts)


def assumption(theorem: Theorem, held: Assumption) -> str:
    """An assumption or a condition in words: what is assumed formally, or that nothing is."""
    if held.formal is None:
        return f"{held.words} (in words only: it explains what the formal terms mean)"
    return sentence(theorem, held.formal)


def statement(theorem: Theorem) -> str:
    """The theorem in words: its claims, then the meaning of the symbols and names in them."""
    schema = theorem.result
    claims = [*schema.parts, *schema.also]
    text = " ".join(sentence(theorem, claim) for claim in claims)
    if isinstance(schema, Confidence) and schema.reading is not None:
        text += _reading(theorem, schema)
    here = [f"{p.unicode}: {p.meaning}" for p in _mentioned(theorem, claims)]
    here += [words for shown, words in names(theorem, claims) if shown in text]
    if here:
        text += f" Here {'; '.join(here)}."
    if theorem.experiment is not None and theorem.experiment.draws:
        from theory.language.experiment_words import (
            drawn,  # which needs the formulas of this module
        )

        text += f" Drawn: {'; '.join(drawn(theorem, d) for d in theorem.experiment.draws)}."
    assumed = [a.label for a in theorem.assumptions]
    return f"{text} Assumed: {'; '.join(assumed)}." if assumed else text


def _reading(theorem: Theorem, schema: Confidence) -> str:
    """What the bound is once the observation is known."""
    assert schema.reading is not None
    show = formulas(theorem).formula
    observed, value = schema.reading
    return (
        f" Where {show(observed)} = {show(value)} is observed, the bound is {show(schema.bound)}."
    )


def _mentioned(theorem: Theorem, claims: Sequence[Any]) -> list[Parameter]:
    """The declared symbols that occur in claims, parameters first."""
    return [p for p in theorem.symbols if any(_occurs(p, claim) for claim in claims)]


def _occurs(parameter: Parameter, claim: Any) -> bool:
    bases = {i.base.label for i in claim.atoms(sp.Indexed)}
    known = {str(s) for s in claim.free_symbols | bases}
    return str(parameter.symbol) in known


def names(theorem: Theorem, claims: Sequence[Any]) -> list[tuple[str, str]]:
    """The named numbers in claims: how formulas show them, and the same with their words."""
    found = {t for claim in claims for t in claim.atoms(Quantity)}
    printer = formulas(theorem)
    said: dict[str, tuple[str, str]] = {}
    for term in sorted(found, key=sp.default_sort_key):
        words = printer.noun(term)
        if words is not None:
            shown = printer.formula(term)
            said.setdefault(term.args[0].name, (shown, f"{shown}: {words}"))
    for term in sorted({t for claim in claims for t in claim.atoms(Member)}, key=str):
        shown = printer.formula(term)
        said.setdefault(term.args[0].name, (shown, f"{shown}: a given member of the class"))
    return list(said.values())


def meaning(theorem: Theorem) -> str:
    """What the value of a theorem is, from its schema."""
    schema, words = theorem.result, _described(theorem)
    if isinstance(schema, SampleSize):
        need = "enough, and with fewer it is not" if schema.otherwise is not None else "enough"
        return f"{words(schema.n)} that is {need}"
    if isinstance(schema, TooFew):
        few = "below which it is not enough" if schema.strict else "up to which it is not enough"
        return f"{words(schema.n)} {few}"
    if isinstance(schema, ErrorLevel):
        return f"{words(schema.error)} from which the claim holds"
    if isinstance(schema, Threshold):
        return f"{words(schema.n)} from which on the claim holds"
    return _bounded(schema, words)


def _bounded(schema: Schema, words: Any) -> str:
    if isinstance(schema, Exactly):
        of = "" if schema.of is None else f", over {words(schema.of)}"
        return f"{words(schema.quantity)}{of}"
    if isinstance(schema, Gap):
        return f"least value of {words(schema.quantity)} other than 0"
    if isinstance(schema, Slack):
        return "what is subtracted" if schema.side == "below" else "what is added"
    if isinstance(schema, Confidence):
        side = "upper" if schema.side == "above" else "lower"
        trust = words(1 - schema.confidence)
        return f"{side} bound for {words(schema.quantity)}, with confidence {trust}"
    assert isinstance(schema, (UpperBound, LowerBound, Interval))
    upper = isinstance(schema, UpperBound) or getattr(schema, "shown", "") == "upper"
    return f"{'upper' if upper else 'lower'} bound for {words(schema.quantity)}"


def _described(theorem: Theorem) -> Any:
    printer = formulas(theorem)
    known = {p.symbol: p.meaning for p in theorem.symbols}

    def describe(term: Any) -> str:
        if term in known:
            return f"the {known[term]}"
        return printer.noun(term) or printer.formula(term)

    return describe


def vacuous_words(theorem: Theorem) -> str:
    """When the bound says nothing, in words."""
    condition = theorem.vacuous
    if condition == sp.false:
        return "never vacuous"
    parts = condition.args if isinstance(condition, sp.Or) else (condition,)
    return "when " + " or ".join(formulas(theorem).clause(part) for part in parts)


def _capital(words: str) -> str:
    """With a large first letter, unless a formula comes first."""
    return (
        words[:1].upper() + words[1:] if re.match(r"[a-z][a-z']+[ ,]|a [a-z]{2}", words) else words
    )
