"""Sandwiches of cases: of two copies, told apart by the signs of neurons of the first. Untrusted.

Which neurons, a search says; here the sums are found that the kernel shows in each case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifier.kernel.cases import Case, in_cases
from verifier.kernel.strips import Pair
from verifier.model.proof import Cases, Neuron, Sandwich, Strip

Near = Callable[[Pair, Sequence[int]], Sequence[Sandwich | None]]
"""Sandwiches near lines that hold in cases, of cells by their places."""


def told_apart(
    first: Pair, neurons: Sequence[Sequence[Neuron]], near: Near, nothing: Sandwich
) -> dict[int, Cases]:
    """The cases of cells, by their places in a block, by each one's one or two ``neurons``.

    There are none where nobody names a neuron, or where the kernel shows nothing of a case. Of a
    case without points ``nothing`` is said.
    """
    every = [
        Case(i, own, signs)
        for i, own in enumerate(neurons)
        if own
        for signs in range(1 << len(own))
    ]
    steps: list[Sandwich | None] = []
    for start in range(0, len(every), len(neurons)):
        some = every[start : start + len(neurons)]
        cased = in_cases(first, some)
        if cased is None:
            return {}
        pair, none = cased
        found = near(pair, [case.cell for case in some])
        steps += [nothing if empty else x for empty, x in zip(none.tolist(), found, strict=True)]
    held: dict[int, list[Sandwich]] = {}
    for case, step in zip(every, steps, strict=True):
        if step is not None:
            held.setdefault(case.cell, []).append(step)
    return {
        i: Cases(tuple(neurons[i]), tuple(own))
        for i, own in held.items()
        if len(own) == 1 << len(neurons[i])
    }


def of_no_point(models: Sequence[int], columns: int) -> Sandwich:
    """What may be said where there is no point: that all networks have class 0."""
    return Sandwich(tuple(Strip(model, 0, 0) for model in models), (0,) * columns, 0, 1)
