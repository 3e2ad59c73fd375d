"""Short ordinals as categoricals, for what knows only these, and proofs about them translated back.

Values keep their numbers, so points and trees are the same in both domains. A set of values that is
no range becomes several: what was shown of the set holds in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.ordinal import Ordinal
from verifier.model.part import Part, within
from verifier.model.proof import Finding, Open, Proof, Split, Step, Tail
from verifier.model.variable import Variable
from verifier.provers.timing import poll

LONGEST = 1 << 10
"""Most values of an ordinal that are listed."""


def listed(domain: Domain, what: str) -> Domain:
    """The same domain without ordinals, for ``what`` takes categorical variables only.

    Raises DomainError where it has a tree, or an ordinal of very many values.
    """
    if domain.plain:
        return domain
    if domain.given is not None:
        raise DomainError(
            f"{what} takes no domain with a tree of what is possible: leave the tree out, or use "
            "certify with the prover questions, which does"
        )
    found: list[Variable] = []
    for v in domain.variables:
        if isinstance(v, Continuous):
            raise DomainError(
                f'{what} lists the values of every variable, but "{v.name}" is continuous: use '
                "certify with the prover questions"
            )
        if isinstance(v, Ordinal) and v.count > LONGEST:
            raise DomainError(
                f'{what} lists the values of every variable, but "{v.name}" has {v.count} (at '
                f"most {LONGEST}): widen its step, or use certify with the prover questions"
            )
        found.append(_categorical(v))
    return Domain(tuple(found))


def listable(domain: Domain) -> bool:
    """Whether ``listed`` takes it."""
    return domain.given is None and all(
        isinstance(v, Variable) or (isinstance(v, Ordinal) and v.count <= LONGEST)
        for v in domain.variables
    )


def _categorical(v: Variable | Ordinal) -> Variable:
    if isinstance(v, Variable):
        return v
    return Variable(v.name, v.labels, v.encoding, v.probabilities)


def translated(domain: Domain, finding: Finding) -> Finding:
    """What was found on the ``listed`` domain, about the domain itself."""
    if domain.plain:
        return finding
    return replace(finding, proof=tuple(_nodes(domain, finding.proof)))


Fragment = tuple[tuple[Part, ...], tuple[Part, ...]]
"""Part of a cell of the listed domain: what it leaves in the domain, and the cell."""
Run = tuple[range, bool]
"""Consecutive values, and whether they go left."""


def _nodes(domain: Domain, proof: Proof) -> Iterator[Split | Step]:
    """The translated proof in pre-order."""
    after = _ends(proof)
    whole = full_cell(domain).parts
    masks = tuple(p if isinstance(p, int) else (1 << p.stop) - 1 for p in whole)
    stack: list[tuple[int, Fragment, Sequence[Run]]] = [(0, (whole, masks), ())]
    while stack:
        poll()
        at, fragment, runs = stack.pop()
        node = proof[at]
        if not isinstance(node, Split):
            yield Open() if isinstance(node, Tail) and _smaller(fragment) else node
            continue
        parts, cell = fragment
        v = node.variable
        own = parts[v]
        if isinstance(own, int):
            yield node
            sides = within(own, node.left)
            halves = [_changed(fragment, v, side, side) for side in sides]
            stack += [(after[at + 1], halves[1], ()), (at + 1, halves[0], ())]
            continue
        runs = runs or list(_runs(own, node.left))
        if len(runs) == 1:
            ((part, left),) = runs
            side = within(cell[v], node.left)[0 if left else 1]
            stack.append((at + 1 if left else after[at + 1], _changed(fragment, v, part, side), ()))
            continue
        lower, upper = runs[: len(runs) // 2], runs[len(runs) // 2 :]
        yield Split(v, upper[0][0].start - 1)
        for some in (upper, lower):
            part = range(some[0][0].start, some[-1][0].stop)
            stack.append((at, _changed(fragment, v, part, cell[v]), some))


def _changed(fragment: Fragment, variable: int, part: Part, mask: Part) -> Fragment:
    parts, cell = list(fragment[0]), list(fragment[1])
    parts[variable], cell[variable] = part, mask
    return tuple(parts), tuple(cell)


def _smaller(fragment: Fragment) -> bool:
    """Whether a fragment is not all of its cell."""
    return any(
        isinstance(part, range) and isinstance(mask, int) and mask.bit_count() != len(part)
        for part, mask in zip(*fragment, strict=True)
    )


def _runs(part: range, left: int) -> Iterator[Run]:
    """The longest ranges of a part that are inside a mask, or outside."""
    start = part.start
    for v in range(part.start + 1, part.stop + 1):
        if v == part.stop or (left >> v & 1) != (left >> start & 1):
            yield range(start, v), bool(left >> start & 1)
            start = v


def _ends(proof: Proof) -> list[int]:
    """For each node the place behind the last node below it."""
    ends = [0] * len(proof)
    below: list[int] = []
    for at in range(len(proof) - 1, -1, -1):
        if isinstance(proof[at], Split):
            below.pop()
            ends[at] = ends[below.pop()]
        else:
            ends[at] = at + 1
        below.append(at)
    return ends
