"""Terms as plain text, and claims as clauses.

A claim becomes a clause by its form alone ("if ..., then ...", "... is at most ..."); names get
the words that the glossary has for them. Formulas are plain text: `ln` is the natural logarithm,
`a b` a product, `a_i` an entry of a list, `P[E]` the probability of E, `E[x]` the mean, `avg_n[x]`
the average over n independent draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from theory.language.glossary import GLOSSARY
from theory.language.terms import (
    Average,
    Event,
    Every,
    Mean,
    Members,
    Pr,
    Quantity,
    Some,
)

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
        parts = sorted(ordered(term.args), key=lambda t: bool(t.could_extract_minus_sign()))
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

    def _print_floor(self, term: Any) -> str:
        inside = term.args[0]
        power = sp.exp(inside * sp.log(2))
        if power.is_Symbol or isinstance(power, Quantity):
            return f"floor(log2 {self._print(power)})"
        return f"floor({self._print(inside)})"

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

    def _print_KLInverse(self, term: Any) -> str:
        return f"kl^-1({', '.join(self._print(a) for a in term.args)})"

    def _print_MixtureUpper(self, term: Any) -> str:
        return f"U_mix({', '.join(self._print(a) for a in term.args)})"

    def _print_BetaMoment(self, term: Any) -> str:
        k, n, a, b = term.args
        first, second = self._print(a + k), self._print(b + n - k)
        return f"B({first}, {second})/B({self._print(a)}, {self._print(b)})"

    def _print_BetaUpper(self, term: Any) -> str:
        return f"U_beta({', '.join(self._print(a) for a in term.args)})"

    def _print_EntropyMoment(self, term: Any) -> str:
        return f"xi({self._print(term.args[0])})"

    def _print_HypergeometricCDF(self, term: Any) -> str:
        return f"H({', '.join(map(self._print, term.args))})"

    def _print_HypergeometricUpper(self, term: Any) -> str:
        return f"K_U({', '.join(map(self._print, term.args))})"

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
        text = self._print(term.function)
        for index, first, last in term.limits:  # of nested ones SymPy has the innermost first
            limits = f"{self._print(index)}={self._print(first)}..{self._print(last)}"
            text = f"{sign}[{limits}]({text})"
        return str(text)

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
            return " and ".join(self.brief(c) for c in ordered(condition.args))
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
            return f"at {each} {self._grouped(event)}"
        if isinstance(claim, Some):
            member, condition, event = claim.args
            chosen = "" if condition == sp.true else f" with {self.brief(condition)}"
            return f"for some {self.formula(member)}{chosen}, {self._grouped(event)}"
        return self._connective(claim)

    def _connective(self, claim: Any) -> str:
        if isinstance(claim, sp.Not):
            return f"it is not so that ({self.clause(claim.args[0])})"
        if isinstance(claim, sp.Implies):
            return f"if {self._joined([claim.args[0]])}, then {self.clause(claim.args[1])}"
        if isinstance(claim, sp.Equivalent):
            return " exactly if ".join(self._grouped(a) for a in ordered(claim.args))
        if isinstance(claim, sp.Xor):
            return "exactly one holds of: " + "; ".join(map(self.clause, ordered(claim.args)))
        if isinstance(claim, (sp.And, sp.Or)):
            word = " and " if isinstance(claim, sp.And) else " or "
            return word.join(self._grouped(a) for a in ordered(claim.args))
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


def ordered(parts: Sequence[Any]) -> list[Any]:
    """A fixed order: SymPy's own depends on how a claim was made."""
    return sorted(parts, key=sp.default_sort_key)
