"""A domain's tree in words: what is impossible, and how likely the rest is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from verifier.formats.combinations import conditioned
from verifier.kernel.claim import count
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Distribution, Listed
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.given import GivenLeaf
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import Part, values
from verifier.reports.blocks import Block, Fold, Table, TableCell, Text
from verifier.reports.numbers import digits, plural, probability, whole
from verifier.reports.variable_words import density_words, levels, run_words, short
from verifier.reports.words import cell_words, name

AS_GIVEN = "independent variables, each with the probabilities that the domain gives"
MOST_LISTED, LONG = 4, 400
"""Impossible combinations and leaves named in a line; its length with more than one."""
MOST_ROWS, MOST_SHOWN = 200, 8
"""Leaves in a table."""
MOST_VALUES = 8
"""Values whose probabilities in a leaf are written out."""


def leaves(domain: Domain) -> tuple[list[Cell], list[tuple[Cell, GivenLeaf]]]:
    """The impossible cells of a domain's tree, and its other leaves."""
    held = list(domain.leaves.values())
    return [cell for cell, leaf in held if not leaf.weight], [x for x in held if x[1].weight]


def is_listed(domain: Domain) -> bool:
    """Whether the possible points are listed one by one, as those are that a table's rows are."""
    return not domain.infinite and len(leaves(domain)[1]) == domain.size > 1


def combinations(domain: Domain) -> int:
    """How many tuples there are, possible or not."""
    return full_cell(domain).size


def clause(domain: Domain) -> str:
    """What a sentence on the domain adds where it has a tree: `` with 60 of ... impossible``."""
    if domain.given is None:
        return ""
    impossible, possible = leaves(domain)
    if not impossible:
        if len(possible) == 1:
            return ""  # a tree of one leaf makes no variable depend on another
        return f" that depend on each other ({plural(len(possible), 'leaf', 'leaves')})"
    if domain.infinite:
        return f" with {plural(len(impossible), 'part')} impossible"
    if is_listed(domain):
        return f", of whose combinations only {whole(domain.size)} listed ones are possible"
    missing, total = combinations(domain) - domain.size, combinations(domain)
    return f" with {whole(missing)} of {plural(total, 'combination')} impossible"


def lines(domain: Domain) -> Iterator[tuple[str, str]]:
    """What is impossible and how the rest is distributed: a name and a text each."""
    if domain.given is None:
        if not domain.infinite and not domain.uniform:
            yield "distribution", AS_GIVEN
        return
    impossible, possible = leaves(domain)
    if impossible:
        yield "impossible", _listed([cell_words(domain, cell, exact=True) for cell in impossible])
    if len(possible) > 1 or not is_conditioned(domain):
        yield "distribution", distribution_words(domain)


def distribution_words(domain: Domain) -> str:
    """How likely the leaves are."""
    if is_uniform(domain):
        return "uniform: every possible point has the same probability"
    if is_conditioned(domain):
        return f"{AS_GIVEN}, if the combination is possible"
    impossible, possible = leaves(domain)
    if len(possible) == 1 and not impossible:
        return AS_GIVEN
    said = [
        f"{cell_words(domain, cell, exact=True)}: {probability(leaf.weight)}"
        for cell, leaf in possible
    ]
    return f"by the domain's tree: {_listed(said)}"


def _listed(texts: list[str]) -> str:
    shown = texts[:MOST_LISTED]
    while len(shown) > 1 and sum(map(len, shown)) > LONG:
        shown.pop()
    rest = len(texts) - len(shown)
    more = f"; and {digits(rest)} more" if rest > 0 else ""
    return "; ".join(shown) + more


def is_uniform(domain: Domain) -> bool:
    """Whether all points have the same probability."""
    if domain.given is None:
        return domain.uniform
    _, possible = leaves(domain)
    each = set()
    for cell, leaf in possible:
        each.add(leaf.weight / cell.size)
        for held, part in zip(_held(domain, leaf), cell.parts, strict=True):
            if len({p for _, p in levels(held, part)}) > 1:
                return False
    return len(each) == 1


def is_conditioned(domain: Domain) -> bool:
    """Whether a tree says no more than what is impossible: the rest is as the variables say."""
    _, possible = leaves(domain)
    plain = Domain(domain.variables)
    left = sum(Fraction(plain.measure(cell)[1], plain.total_weight) for cell, _ in possible)
    return all(
        leaf.weight * left == Fraction(plain.measure(cell)[1], plain.total_weight)
        and all(
            held is None or held == own_within(v, part)
            for held, v, part in zip(leaf.chances, domain.variables, cell.parts, strict=True)
        )
        for cell, leaf in possible
    )


def own_within(v: AnyVariable, part: Part) -> Distribution | None:
    """The variable's own distribution, given that its value is in a part; None if that has none."""
    return conditioned(v.chances, part) if v.chances.weight_of(part) else None


def likeliest(domain: Domain) -> Fraction:
    """The greatest probability of a point."""
    return max(weight * prod(max(p for _, p in one) for one in of) for weight, of in _all(domain))


def least_likely(domain: Domain) -> Fraction:
    """The least probability of a point that has any."""
    return min(
        weight * prod(min(p for _, p in one if p) for one in of) for weight, of in _all(domain)
    )


def _all(domain: Domain) -> Iterator[tuple[Fraction, list[list[tuple[int, Fraction]]]]]:
    """Every leaf's weight, and the levels of probability of every variable in it."""
    if domain.given is None:
        yield Fraction(1), [list(levels(v.chances, v.whole)) for v in domain.variables]
        return
    for cell, leaf in leaves(domain)[1]:
        parts = zip(_held(domain, leaf), cell.parts, strict=True)
        yield leaf.weight, [list(levels(held, part)) for held, part in parts]


def _held(domain: Domain, leaf: GivenLeaf) -> list[Distribution]:
    return [
        v.chances if held is None else held
        for v, held in zip(domain.variables, leaf.chances, strict=True)
    ]


def blocks(domain: Domain) -> tuple[Block, ...]:
    """The domain's tree as a table, leaf by leaf; nothing where there is none."""
    if domain.given is None:
        return ()
    held = list(domain.leaves.values())
    rows = tuple(
        (
            TableCell(cell_words(domain, cell, exact=True)),
            TableCell(whole(cell.size), number=True),
            TableCell(probability(leaf.weight) if leaf.weight else "impossible", number=True),
            TableCell(_own_words(domain, cell, leaf) if leaf.weight else "no point of the domain"),
        )
        for cell, leaf in held[:MOST_ROWS]
    )
    header = ("where", "combinations", "probability", "values in it")
    title = "The domain's tree, leaf by leaf"
    found: list[Block] = [Table(title, header, rows)]
    if len(held) > MOST_ROWS:
        rest = plural(len(held) - MOST_ROWS, "further leaf", "further leaves")
        found.append(Text(f"{rest} not listed.", note=True))
    return tuple(found) if len(held) <= MOST_SHOWN else (Fold(title, tuple(found)),)


def _own_words(domain: Domain, cell: Cell, leaf: GivenLeaf) -> str:
    """What the leaf says of its variables that they do not say themselves."""
    said = []
    for v, held, part in zip(domain.variables, leaf.chances, cell.parts, strict=True):
        if held is None or held == own_within(v, part):
            continue
        if isinstance(v, Continuous):
            said.append(f"{name(v.name)} {density_words(v, held, MOST_VALUES)}")
            continue
        if isinstance(v, Ordinal):
            said.append(f"{name(v.name)} {run_words(v, held, part, MOST_VALUES)}")
            continue
        assert isinstance(held, Listed) and isinstance(part, int)
        chosen = values(part)
        first = chosen[:MOST_VALUES]
        shown = [f"{name(v.labels[i])}: {short(held.probabilities[i])}" for i in first]
        more = ", …" if len(chosen) > MOST_VALUES else ""
        said.append(f"{name(v.name)} {', '.join(shown)}{more}")
    return "; ".join(said) or "as their variables say"


def as_json(domain: Domain) -> dict[str, Any]:
    """The tree's size for machines; empty where there is none."""
    if domain.given is None:
        return {}
    impossible, possible = leaves(domain)
    if domain.infinite:
        return {"tree": {"leaves": len(possible), "impossible_leaves": len(impossible)}}
    return {
        "tree": {
            "leaves": len(possible),
            "impossible_leaves": len(impossible),
            "combinations": count(combinations(domain)),
            "impossible": count(combinations(domain) - domain.size),
        }
    }
