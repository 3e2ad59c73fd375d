"""Sandwiches of cases: of a network, told apart by the signs of its neurons. Untrusted.

Which neurons, a search says; here the sums are found that the kernel shows in each case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verifier.kernel.cases import Case, all_over, in_cases
from verifier.kernel.sandwich import Within
from verifier.kernel.strips import Pair
from verifier.model.proof import Cases, Neuron, Sandwich, Strip

Near = Callable[[Pair, Sequence[int]], Sequence[Sandwich | None]]
"""Sandwiches near lines that hold in cases, of cells by their places."""
NearBoth = Callable[
    [Pair, Pair, Within | None, Sequence[int]], Sequence[tuple[Sandwich, Strip] | None]
]
"""The same of one network, with the strips of such a sum all over the cell: by lines that hold
there, and in zones."""


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


def jointly(
    first: Pair, zoned: Within | None, neurons: Sequence[Sequence[Neuron]], near: NearBoth
) -> dict[int, Cases]:
    """The cases of cells of one network, by their places in a block, by each one's neuron, if any.

    ``zoned`` are lines in zones of the cells, where these are looked at. There are none where the
    kernel shows nothing of a case.
    """
    every = [Case(i, own, sign) for i, own in enumerate(neurons) for sign in range(2) if own]
    cased = in_cases(first, every) if every else None
    if cased is None:
        return {}
    at = [case.cell for case in every]
    found = near(cased[0], all_over(first, every), zoned and zoned.of(every), at)
    return {
        i: Cases(tuple(neurons[i]), (zero[0], one[0]), (zero[1], one[1]))
        for i, zero, one in zip(at[::2], found[::2], found[1::2], strict=True)
        if zero is not None and one is not None
    }


def of_no_point(models: Sequence[int], columns: int) -> Sandwich:
    """What may be said where there is no point: that all networks have class 0."""
    return Sandwich(tuple(Strip(model, 0, 0) for model in models), (0,) * columns, 0, 1)
