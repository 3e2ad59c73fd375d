"""Classes in formulas as people write them: by number, or by name where a model's classes have
names. What could be either is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verifier.formats.words import few
from verifier.model.errors import QuestionError, quoted

Labels = tuple[str, ...]


def nameless(value: Any) -> Any:
    """A parsed formula with class 0 in place of each name: for what names do not matter to."""
    return _replaced(value, lambda model, klass: 0 if isinstance(klass, str) else klass)


def numbered(value: Any, labels: Mapping[str, tuple[Labels, Labels]]) -> Any:
    """A parsed formula with numbers in place of the classes' names.

    ``labels`` are the names of each model's classes, as it was given, and in the order in which
    they are numbered now. Raises QuestionError for a name that there is not, and for a number that
    is the name of another class, or was another class's as the model was given.
    """

    def number(model: str, klass: int | str) -> int:
        given, held = labels[model]
        if isinstance(klass, str):
            if klass in held:
                return held.index(klass)
            called = few(held, 8) if held else "numbers"
            raise QuestionError(
                f"model {quoted(model)} has no class called {quoted(klass)}: its classes are "
                f"{called}"
            )
        names = {own[klass] for own in (given, held) if klass < len(own)}
        if str(klass) in held:
            names.add(str(klass))
        if len(names) > 1:
            first = quoted(min(names))
            raise QuestionError(
                f"class {klass} of model {quoted(model)} could be any of those called "
                f"{few(sorted(names), 4)}: write its name in quotes, class({model}) = {first}"
            )
        return klass

    return _replaced(value, number)


def _replaced(value: Any, number: Callable[[str, int | str], int]) -> Any:
    """The formula with other classes."""
    ((key, held),) = value.items()
    if key == "class":
        return {key: [held[0], number(*held)]}
    if key == "same":
        return value
    if key == "not":
        return {key: _replaced(held, number)}
    return {key: [_replaced(part, number) for part in held]}
