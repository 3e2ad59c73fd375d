"""A derivation as a complete LaTeX document."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from theory.axioms import AXIOMS
from theory.language.experiment_words import formally, says
from theory.language.rules import RULE_NAMES, Use
from theory.language.statement import Step, Theorem
from theory.language.wording import assumption

GREEK = {
    "π": r"$\pi$", "β": r"$\beta$", "γ": r"$\gamma$", "±": r"$\pm$",
    "ε": r"$\epsilon$", "δ": r"$\delta$", "τ": r"$\tau$", "η": r"$\eta$", "φ": r"$\varphi$",
    "χ": r"$\chi$", "σ": r"$\sigma$", "Σ": r"$\sum$", "Π": r"$\Pi$", "ρ": r"$\rho$",
    "κ": r"$\kappa$", "μ": r"$\mu$", "α": r"$\alpha$", "λ": r"$\lambda$", "Δ": r"$\Delta$",
    "·": r"$\cdot$", "θ": r"$\theta$", "ξ": r"$\xi$", "₀": "$_0$",
    "²": "$^2$", "₁": "$_1$", "₂": "$_2$",
    "<=": r"$\le$", ">=": r"$\ge$", "<": "$<$", ">": "$>$", "|": r"$|$",
    "_": r"\_", "^": r"\^{}", "%": r"\%", "&": r"\&", "#": r"\#", "{": r"\{", "}": r"\}",
}  # fmt: skip


LONG = 160
"""A relation with more characters of LaTeX than this has its sides on two rows."""
FIT = r"""\newsavebox{\formula}
\newcommand{\fit}[1]{\sbox{\formula}{$\displaystyle\begin{gathered}#1\end{gathered}$}%
\[\ifdim\wd\formula>\linewidth\resizebox{\linewidth}{!}{\usebox{\formula}}%
\else\usebox{\formula}\fi\]}"""
"""A displayed formula, shrunk where it is wider than the text."""


def to_latex(theorem: Theorem) -> str:
    """A LaTeX document with the statement, the assumptions and every step of the derivation."""
    parameters = ", ".join(f"${p.latex}$ ({_text(p.meaning)})" for p in theorem.parameters)
    held = (*theorem.requires, *theorem.assumptions)
    assumptions = [_item(assumption(theorem, a), a.formal) for a in held]
    lines = [
        r"\documentclass{article}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amsmath,amssymb,graphicx}",
        FIT,
        r"\setlength{\emergencystretch}{3em}",
        r"\begin{document}",
        rf"\section*{{{_text(theorem.title)}}}",
        _text(theorem.statement),
        "",
        f"Parameters: {parameters}. The bound, {_text(theorem.meaning)}:",
        rf"\fit{{{sp.latex(theorem.bound)}}}",
    ]
    lines += [r"\paragraph{Experiment}", _text(says(theorem))]
    declared = formally(theorem)
    if declared:
        declaration = [rf"\item {_text(x)}" for x in declared]
        lines += [r"\begin{itemize}", *declaration, r"\end{itemize}"]
    if assumptions:
        lines += [r"\paragraph{Assumptions}", r"\begin{itemize}", *assumptions, r"\end{itemize}"]
    lines += [r"\paragraph{Derivation}", r"\begin{enumerate}"]
    lines += [_step_item(step) for step in theorem.steps]
    lines += [r"\end{enumerate}", rf"\paragraph{{Source}} {_text(str(theorem.citation))}"]
    lines += [r"\end{document}", ""]
    return "\n".join(lines)


def _step_item(step: Step) -> str:
    rule = RULE_NAMES[type(step.rule)]
    if isinstance(step.rule, Use):
        axiom = AXIOMS[step.rule.axiom]
        rule = f"axiom {axiom.name}: {axiom.statement}"
    used = f" Uses {', '.join(step.uses)}." if step.uses else ""
    words = f"{step.words} " if step.words else ""
    return _item(f"{step.label}. {words}[{rule}]{used}", step.claim)


def _item(words: str, formal: Any) -> str:
    body = rf"\item {{}}{_text(words)}"
    return body if formal is None else body + rf" \fit{{{_formula(formal)}}}"


def _formula(claim: Any) -> str:
    """Parts of conjunctions and hypotheses on rows of their own, so that few need shrinking."""
    return r" \\ ".join(_rows(claim))


def _rows(claim: Any) -> list[str]:
    if isinstance(claim, sp.And):
        rows = [_rows(part) for part in claim.args]
        return [row for part in rows[:-1] for row in (*part[:-1], part[-1] + ",")] + rows[-1]
    if isinstance(claim, sp.Implies):
        first, *rest = _rows(claim.args[1])
        return [*_rows(claim.args[0]), r"\Longrightarrow\quad " + first, *rest]
    if isinstance(claim, Relational) and len(sp.latex(claim)) > LONG:
        sign = {"==": "=", "<=": r"\le", ">=": r"\ge", "!=": r"\ne"}.get(claim.rel_op, claim.rel_op)
        return [sp.latex(claim.lhs), rf"{sign} {sp.latex(claim.rhs)}"]
    return [sp.latex(claim)]


def _text(words: str) -> str:
    """Words as LaTeX text, in one pass so that no replacement is replaced again."""
    pattern = "|".join(re.escape(key) for key in GREEK)
    return re.sub(pattern, lambda match: GREEK[match[0]], words)
