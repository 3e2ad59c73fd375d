"""Theorems of the catalogue, proved again by Coq from nothing: their statements, written out.

The files of Coq beside this one prove theorems over finite probability spaces, where "the
probability that ..." is a sum. Here the claims of the catalogue are translated: ranges, conditions
and claim come from the theorem, and a `Twin` says by hand only what its random words stand for in
such a space. The file ``Twins.v`` holds the result, each proved by the theorem of its file, so that
Coq itself checks that both say the same.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.language.errors import DerivationError
from theory.language.statement import Theorem
from theory.language.symbols import Parameter

HEAD = """(** What the catalogue claims, and Coq proves. Written by python -m theory.coq. *)
From Coq Require Import Bool List Reals Lra Lia Arith.
From Leafproof Require Import {files}.{others}
Import ListNotations.
Open Scope R_scope.
"""
SIGNS = {sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">", sp.Eq: "="}
SUM, PRODUCT, POWER, APPLIED, ATOM = 1, 2, 3, 4, 5
"""How tightly a text holds together: what it may stand in without brackets."""
WIDTH = 96


@dataclass(frozen=True)
class Twin:
    """A theorem's words in a finite probability space.

    ``space`` binds what the claim is about, and ``where`` are the hypotheses that say what it is;
    ``says`` has Coq's text for terms of the claim, as SymPy prints them. ``file`` proves it, and
    ``proof`` tells how the claim follows.
    """

    name: str
    file: str
    space: str
    where: tuple[str, ...]
    says: Mapping[str, str]
    proof: str

    @property
    def coq_name(self) -> str:
        """Its name in Coq."""
        return self.name.replace("-", "_")


def statement(twin: Twin, theorem: Theorem) -> str:
    """The theorem's statement in Coq. Raises DerivationError where a term has no translation."""
    words = _Text(twin.says, theorem)
    claim = words.formula(theorem.claim)
    claimed = set(re.findall(r"\w+", claim))
    spoken = claimed.union(*(re.findall(r"\w+", held) for held in twin.where))
    fixed = (*theorem.parameters, *theorem.locals)
    shown = [p for p in fixed if _name(p.symbol) in spoken]
    shown += [p for p in theorem.schematic if _name(p.symbol) in claimed]
    known = {p.symbol for p in shown}
    conditions = [
        words.formula(held.formal)
        for held in theorem.requires
        if held.formal is not None and held.formal.free_symbols <= known
    ]
    lines = [f"Theorem {twin.coq_name} {' '.join([twin.space, *_binders(shown)])} :"]
    lines += [
        f"  {held} ->" for held in (*twin.where, *filter(None, map(_range, shown)), *conditions)
    ]
    return "\n".join(line for long in (*lines, f"  {claim}.") for line in _wrapped(long))


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(
        line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _binders(symbols: Iterable[Parameter]) -> list[str]:
    numbers = " ".join(_name(p.symbol) for p in symbols if p.kind == "real")
    counts = " ".join(_name(p.symbol) for p in symbols if p.kind != "real")
    return [f"({names} : {kind})" for names, kind in ((numbers, "R"), (counts, "nat")) if names]


def _range(p: Parameter) -> str:
    """The range of a parameter; nothing for what holds of every number of its kind."""
    name, low, high = _name(p.symbol), p.lower, p.upper
    if p.kind != "real":
        return "" if not low else f"({low} <= {name})%nat"
    below = "" if low is None else f"{low} {'<' if '(' in p.open else '<='} "
    above = "" if high is None else f" {'<' if ')' in p.open else '<='} {high}"
    return f"{below}{name}{above}" if below or above else ""


def _name(symbol: Any) -> str:
    """Coq's name of a symbol: some letters are names there already."""
    return {"N": "size", "S": "set", "I": "index"}.get(str(symbol), str(symbol))


class _Text:
    """Terms and formulas as Coq's text, over the reals; integers are natural numbers there."""

    def __init__(self, says: Mapping[str, str], theorem: Theorem) -> None:
        self.says = says
        self.counts = {p.symbol for p in theorem.symbols if p.kind in ("integer", "class")}

    def formula(self, formula: Any) -> str:
        """A proposition."""
        if type(formula) in SIGNS:
            return f"{self.number(formula.lhs)} {SIGNS[type(formula)]} {self.number(formula.rhs)}"
        joins = {sp.And: " /\\ ", sp.Or: " \\/ ", sp.Implies: " -> ", sp.Equivalent: " <-> "}
        for kind, sign in joins.items():
            if isinstance(formula, kind):
                return sign.join(f"({self.formula(part)})" for part in formula.args)
        raise DerivationError(f"Coq: no translation for {formula}")

    def number(self, term: Any, tight: int = 0) -> str:
        """A number; in brackets where it would not hold together."""
        text, holds = self._number(term)
        return text if holds >= tight else f"({text})"

    def _number(self, term: Any) -> tuple[str, int]:
        if str(term) in self.says:
            return self.says[str(term)], APPLIED
        if term in self.counts:
            return f"INR {_name(term)}", APPLIED
        if term.is_Symbol:
            return _name(term), ATOM
        if term.is_Integer:
            return str(term), ATOM if term >= 0 else SUM
        if isinstance(term, sp.log | sp.exp):
            word = "ln" if isinstance(term, sp.log) else "exp"
            return f"{word} {self.number(term.args[0], ATOM)}", APPLIED
        if term.is_Pow and term.exp == sp.Rational(1, 2):
            return f"sqrt {self.number(term.base, ATOM)}", APPLIED
        if term.is_Add:
            return self._sum(term), SUM
        above, below = sp.fraction(term)
        if below != 1:
            return f"{self.number(above, PRODUCT)} / {self.number(below, POWER)}", PRODUCT
        if term.is_Mul:
            if term.could_extract_minus_sign():
                return f"- {self.number(-term, POWER)}", SUM
            return " * ".join(self.number(a, POWER) for a in term.args), PRODUCT
        if term.is_Pow:
            return f"{self.number(term.base, APPLIED)} ^ {self._count(term.exp)}", POWER
        raise DerivationError(f"Coq: no translation for {term}")

    def _sum(self, term: Any) -> str:
        parts = sorted(term.args, key=lambda t: bool(t.could_extract_minus_sign()))
        text = self.number(parts[0], PRODUCT)
        for part in parts[1:]:
            minus = part.could_extract_minus_sign()
            text += f" {'-' if minus else '+'} {self.number(-part if minus else part, PRODUCT)}"
        return text

    def _count(self, term: Any) -> str:
        """A natural number, as an exponent."""
        if term in self.counts:
            return _name(term)
        if isinstance(term, sp.Max):
            first, second = sorted(map(self._count, term.args))
            return f"(Nat.max {first} {second})"
        if term.is_Integer and term >= 0:
            return str(term)
        raise DerivationError(f"Coq: no translation for the exponent {term}")


def text(
    twins: Iterable[Twin], theorems: Mapping[str, Theorem], granted: Mapping[str, str] | None = None
) -> str:
    """The whole of Twins.v; `granted` names theorems that are axioms of the derivations."""
    twins, granted = tuple(twins), granted or {}
    proved = (theorem.partition(".")[0] for theorem in granted.values())
    files = dict.fromkeys(["Space", *(t.file for t in twins)])
    others = dict.fromkeys(file for file in proved if file not in files)
    named = f"\nFrom Leafproof Require {' '.join(others)}." if others else ""
    parts = [HEAD.format(files=" ".join(files), others=named)]
    for twin in twins:
        theorem = theorems[twin.name]
        parts.append(
            f"(** {twin.name}: {theorem.title} *)\n{statement(twin, theorem)}\n"
            f"Proof.\n{textwrap.indent(twin.proof.strip(), '  ')}\nQed.\n"
            f"Print Assumptions {twin.coq_name}.\n"
        )
    if granted:
        parts.append("(** Axioms of the derivations, proved in the files that are named. *)")
        parts += [f"Print Assumptions {theorem}." for theorem in granted.values()]
        parts[-1] += "\n"
    return "\n".join(parts)
