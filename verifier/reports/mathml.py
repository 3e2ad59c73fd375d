"""Formulas of ``theory`` as presentation MathML, which browsers show without any script."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter

_SIGNS = {
    "<mo>-</mo>": "<mo>\u2212</mo>",
    "&InvisibleTimes;": "&#8290;",
    "&ApplyFunction;": "&#8289;",
}
_WORDS = re.compile(r"\\operatorname\{([^{}]* [^{}]*)\}")
_HEADS = {"Pr": "P", "Mean": "E", "Members": "number"}


def mathml(formula: Any) -> str:
    """The formula as the content of a ``math`` element."""
    printer = _Printer({"mul_symbol": "None"})
    text: str = printer._print(formula).toxml()
    for old, new in _SIGNS.items():
        text = text.replace(old, new)
    return text


def latex(formula: Any) -> str:
    """The formula as LaTeX."""
    text: str = sp.latex(formula, ln_notation=True)
    return _WORDS.sub(r"\\text{\1}", text)


class _Printer(MathMLPresentationPrinter):  # type: ignore[misc]
    """SymPy's printer, taught the terms of probability."""

    def _word(self, text: str, tag: str = "mi") -> Any:
        element = self.dom.createElement(tag)
        element.appendChild(self.dom.createTextNode(text))
        return element

    def _row(self, *parts: Any) -> Any:
        row = self.dom.createElement("mrow")
        for part in parts:
            row.appendChild(part)
        return row

    def _listed(self, args: Any, opening: str = "(", closing: str = ")", comma: str = ",") -> Any:
        parts = [self._word(opening, "mo")]
        for i, arg in enumerate(args):
            if i:
                parts.append(self._word(comma, "mo"))
            parts.append(self._print(arg))
        return self._row(*parts, self._word(closing, "mo"))

    def _named(self, term: Any) -> Any:
        """A named quantity or event, applied to what it depends on."""
        head = self._word(term.args[0].name, "mtext")
        return self._row(head, self._listed(term.args[1:])) if term.args[1:] else head

    def _operator(self, term: Any) -> Any:
        head = _HEADS.get(type(term).__name__, type(term).__name__)
        return self._row(self._word(head, "mtext"), self._listed(term.args, "[", "]"))

    def _print_log(self, term: Any) -> Any:
        return self._row(self._word("ln"), self._listed(term.args))

    def _print_exp(self, term: Any) -> Any:
        return self._row(self._word("exp"), self._listed(term.args))

    def _print_Function(self, term: Any) -> Any:
        return self._row(self._word(type(term).__name__, "mtext"), self._listed(term.args))

    _print_Quantity = _print_Event = _named
    _print__Operator = _print__EventOperator = _operator
