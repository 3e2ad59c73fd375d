"""What the remarks of a theorem may say: nothing that its formal parts do not.

Titles and notes compare nothing and name no number. A remark beside an assumption or a step may
name the numbers and symbols of the theorem's formal parts, and compares only beside a formal claim.
This finds what is out of place, not every false word: what is claimed is the formal claim.
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from theory.language.statement import Theorem

NUMBER = re.compile(r"(?<![\w_^])\d+(?:/\d+)?(?![\w.])")
NAMES = re.compile(r"float32|`[^`]*`|theorem [\w-]+|rules? \d+|2\^\S+")
COMPARES = re.compile(r"<|>|≤|≥|\bat most\b|\bat least\b|\b(?:more|less|fewer) than\b")
GREEK = re.compile(r"[α-ω]")
PLAIN = {sp.Integer(0), sp.Integer(1), sp.Integer(2), sp.Rational(1, 2)}
"""Numbers that a remark may use freely, to explain."""
FREE_LETTERS = "φχ"
"""The representation and its characters, which remarks may speak of."""


def remark_errors(theorem: Theorem) -> list[str]:
    """What titles, notes and remarks say that is not theirs to say."""
    errors = []
    for what, text in (("title", theorem.title), *(("note", n) for n in theorem.notes)):
        if NUMBER.search(_bare(text)) or COMPARES.search(text):
            errors.append(f"the {what} {text!r} claims something")
    held = (*theorem.requires, *theorem.assumptions)
    pairs = [(a.label, a.words, a.formal) for a in held]
    pairs += [(s.label, s.words, s.claim) for s in theorem.steps]
    numbers, letters = _numbers(theorem), _letters(theorem)
    for label, text, formal in pairs:
        strange = [x for x in NUMBER.findall(_bare(text)) if sp.Rational(x) not in numbers]
        strange += sorted(set(GREEK.findall(text)) - letters)
        if COMPARES.search(text) and formal is None:
            strange.append("a comparison")
        errors += [f"the remark on {label!r} has {x}, its theorem has not" for x in strange]
    return errors


def _bare(text: str) -> str:
    return NAMES.sub("", text)


def _formal(theorem: Theorem) -> list[Any]:
    held = [a.formal for a in (*theorem.requires, *theorem.assumptions) if a.formal is not None]
    return [theorem.claim, theorem.bound, *held, *(s.claim for s in theorem.steps)]


def _numbers(theorem: Theorem) -> set[Any]:
    found = {x for c in _formal(theorem) for x in c.atoms(sp.Rational)}
    return PLAIN | found | {abs(x) for x in found}


def _letters(theorem: Theorem) -> set[str]:
    names = "".join(p.unicode for p in theorem.symbols)
    return set(GREEK.findall(names)) | set(FREE_LETTERS)
