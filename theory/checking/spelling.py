"""Can what a theorem says be read in one way only?

Claims are read as text, where a symbol is its letters, a named term its name with its arguments,
and a list's entry a letter with its index. So nothing that is no symbol may be spelled like one, no
two different things alike, and no name may speak of a variable that it does not depend on: of
"err(h) <= err(g) for all h", where "err(g)" is the name of a fixed number, nothing would be false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.language.sorts import free_of
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.language.terms import Event, Greatest, Member, Members, Quantity, Some
from theory.language.wording import formulas

LETTER = r"[A-Za-zαβγδεζηθκλμξπρστφψωΓΔΘΛΞΠΣΦΨΩ]"
SYMBOL = re.compile(rf"{LETTER}+[0-9₀-₉]*(_[A-Za-z0-9]+)*")
"""How symbols are written: "n", "beta1", "p₁"."""
WORD = re.compile(rf"{LETTER}+[0-9₀-₉]*")
NUMBERS = {sp.E: "e", sp.pi: "pi"}
BINDERS = (Some, Members, Greatest)


def spelling_errors(theorem: Theorem) -> list[str]:
    """What of a theorem's terms would be read as something else."""
    parts = _parts(theorem)
    return [
        *(e for p in theorem.symbols for e in _symbol(p)),
        *_alike(theorem, parts),
        *_speaking(theorem, parts),
    ]


def _parts(theorem: Theorem) -> list[Any]:
    """Everything that occurs in what is stated, once; a list as a whole."""
    found: dict[Any, None] = {}
    pending = list(theorem.stated)[::-1]
    while pending:
        part = pending.pop()
        if part not in found:
            found[part] = None
            pending += () if isinstance(part, sp.IndexedBase) else part.args[::-1]
    return list(found)


def _symbol(p: Parameter) -> list[str]:
    """Why a declared symbol is not written as symbols are."""
    written = (str(p.symbol), p.unicode)
    odd = [text for text in written if SYMBOL.fullmatch(text) is None]
    latex = str(p.symbol) if p.is_list else sp.latex(p.symbol)
    return [
        *(f"{p.name}: {text!r} is not written as a symbol is" for text in odd[:1]),
        *([f"{p.name}: {p.latex!r} is not how {p.symbol} is written"] if p.latex != latex else []),
    ]


def _alike(theorem: Theorem, parts: list[Any]) -> list[str]:
    """Different things that are written alike."""
    shown = formulas(theorem)
    texts = {shown.formula(p.symbol): p.symbol for p in theorem.symbols}
    errors = []
    for part in parts:
        text = _text(shown, part)
        if text is not None and texts.setdefault(text, part) != part:
            errors.append(f"two different things are written {text!r}")
    return errors


def _text(shown: Any, part: Any) -> str | None:
    """What is written as a whole: a symbol, a named term, an entry, a number with a letter."""
    if part in NUMBERS:
        return NUMBERS[part]
    if isinstance(part, (sp.Symbol, sp.IndexedBase, sp.Indexed, Quantity, Member)):
        return str(shown.formula(part))
    return str(shown._print_Quantity(part)) if isinstance(part, Event) else None


def _speaking(theorem: Theorem, parts: list[Any]) -> list[str]:
    """Names in which a variable stands that the named thing does not depend on."""
    shown = formulas(theorem)
    variables = {shown.formula(p.symbol) for p in theorem.schematic}
    variables |= {shown.formula(x) for x in _bound(parts)}
    errors = []
    for part in parts:
        if isinstance(part, (Quantity, Event)):
            own = {shown.formula(x) for x in free_of(part.args[1:])}
            for word in sorted(set(WORD.findall(part.args[0].name)) & variables - own):
                errors.append(f"{part} does not depend on the {word} in its name")
    return errors


def _bound(parts: list[Any]) -> Iterator[Any]:
    """The symbols that terms bind."""
    for part in parts:
        if isinstance(part, BINDERS):
            yield part.args[0]
        elif isinstance(part, (sp.Sum, sp.Product)):
            yield from (limits[0] for limits in part.limits)
