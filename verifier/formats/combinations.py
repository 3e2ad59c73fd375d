"""Combinations that cannot occur: partial assignments of users, and a domain without them.

``without`` makes a tree of conditions whose leaves are impossible or a product. What is left keeps
its probabilities, divided by their sum: within the whole domain, or within each leaf of a tree that
the domain already has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from verifier.formats.frame_missing import is_number, may_lack, missing_of
from verifier.formats.ranges import exact, in_words, place
from verifier.formats.words import few
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import Part, meet, size
from verifier.model.variable import Variable

Combination = Mapping[int, Part]
"""By variable the values it speaks of; a variable that it leaves out may have any."""
Chances = tuple[Distribution | None, ...]
Nodes = list[GivenTest | GivenLeaf]

MOST_LEAVES = 20_000
"""Most leaves that impossible combinations may cut a domain into."""
MOST_WORK = 20_000_000
"""Comparisons of a combination's variables with a part's, together."""


def part_of(where: str, v: AnyVariable, given: Any) -> Part:
    """The values that a user names: a label or several; a number or a [from, to] range."""
    if isinstance(v, Continuous):
        return _interval(where, v, given)
    if isinstance(v, Ordinal):
        if not isinstance(given, Sequence) or isinstance(given, str):
            at = place(where, v, given)
            return range(at, at + 1)
        if len(given) != 2:
            raise DomainError(f"{where} is a list of {len(given)}: give a number or [from, to]")
        low, high = place(where, v, given[0]), place(where, v, given[1])
        if high < low:
            raise DomainError(f"{where} goes from {v.label(low)} to {v.label(high)}: exchange them")
        return range(low, high + 1)
    several = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
    return labels_of(where, v, list(given) if several else [given])


def _interval(where: str, v: Continuous, given: Any) -> range:
    """The pieces from one number to another."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        raise DomainError(
            f"{where}: {quoted(v.name)} is continuous, and one number of it has probability 0: "
            "give [from, to]"
        )
    low, high = exact(where, given[0]), exact(where, given[1])
    start, stop = v.cut_at(low), v.cut_at(high)
    if start is None or stop is None:
        raise DomainError(f"{where}: {low} to {high} does not lie inside {in_words(v)}")
    if not low < high:
        raise DomainError(f"{where} goes from {low} to {high}, which is not more")
    return range(start, stop)


def labels_of(where: str, v: Variable, labels: Sequence[Any]) -> int:
    """The values with these labels, as a mask. Raises DomainError."""
    mask = 0
    for label in labels:
        word = label if isinstance(label, str) else str(label)
        plain = isinstance(label, str | int | float | Fraction) and not isinstance(label, bool)
        at = v.index(word) if plain or hasattr(label, "dtype") else None
        if at is None:
            at = _as_in_a_row(where, v, label)
        if at is None:
            known = few([quoted(x) for x in v.labels], 6)
            raise DomainError(
                f"{where}: {quoted(word)} is not a value of {quoted(v.name)}: {known}"
            )
        mask |= 1 << at
    if not mask:
        raise DomainError(f"{where} is an empty list: name the values")
    return mask


def _as_in_a_row(where: str, v: Variable, label: Any) -> int | None:
    """The value that a table's row has: the same number (1.0 for 1), NaN for a missing one."""
    if isinstance(label, float) and label != label:
        return missing_of(v)
    if not is_number(v) or isinstance(label, bool):
        return None
    try:
        wanted = exact(where, label)
        lacks = missing_of(v) if may_lack(v) else None
        held = [k for k in range(v.count) if k != lacks and v.row(k)[0] == wanted]
        return held[0] if held and exact(where, v.label(held[0])) == wanted else None
    except DomainError:
        return None


def variable_named(where: str, domain: Domain, name: Any) -> int:
    """The index of the variable of this name. Raises DomainError."""
    names = [v.name for v in domain.variables]
    if name in names:
        return names.index(name)
    close = get_close_matches(str(name)[:100], names, 1)
    there = f"there are {few([quoted(n) for n in names[:9]])}"
    hint = f"did you mean {quoted(close[0])}?" if close else there
    raise DomainError(f"{where}: there is no variable {quoted(name)}: {hint}")


def combination(where: str, domain: Domain, given: Any) -> Combination:
    """What a partial assignment stands for: ``{"colour": "red", "age": [18, 20]}``."""
    if not isinstance(given, Mapping):
        raise DomainError(f"{where} is {given!r:.40}, not an object of variables and their values")
    if not given:
        raise DomainError(f"{where} names no variable, so nothing would be possible: remove it")
    parts: dict[int, Part] = {}
    for name, held in given.items():
        index = variable_named(where, domain, name)
        parts[index] = part_of(f"{where}.{str(name)[:40]}", domain.variables[index], held)
    return parts


def without(domain: Domain, combinations: Sequence[Combination]) -> Domain:
    """The domain in which none of these can occur, all else as likely as it was among the rest.

    Raises DomainError where nothing is left, of the domain or of a leaf of its tree, or where what
    is left of some values would have no probability.
    """
    if not combinations:
        return domain
    cutter = Cutter(domain, [])
    whole = full_cell(domain)
    plain = (None,) * len(domain.variables)
    if domain.given is None:
        cutter.cut(whole, Fraction(1), plain, combinations, "every combination")
        return Domain(domain.variables, Given(tuple(cutter.nodes)))
    stack: list[tuple[int, Cell, int, str]] = [(0, whole, -1, "")]
    while stack:
        at, cell, parent, side = stack.pop()
        cutter.hang(parent, side)
        node = domain.given.nodes[at]
        if isinstance(node, GivenTest):
            stack.append((node.no, _half(cell, node, inside=False), len(cutter.nodes), "no"))
            stack.append((node.yes, _half(cell, node, inside=True), len(cutter.nodes), "yes"))
            cutter.nodes.append(GivenTest(node.variable, node.left, 0, 0))
        elif not node.weight:
            cutter.nodes.append(node)
        else:
            what = f"every combination of a leaf of the tree, which has weight {node.weight},"
            cutter.cut(cell, node.weight, node.chances, combinations, what)
    return Domain(domain.variables, Given(tuple(cutter.nodes)))


def _half(cell: Cell, test: GivenTest, *, inside: bool) -> Cell:
    return cell.split(test.variable, meet(cell.parts[test.variable], test.left))[not inside]


class Cutter:
    """A tree that grows in pre-order: children stand after their parent, the first right behind."""

    def __init__(self, domain: Domain, nodes: Nodes) -> None:
        self.domain, self.nodes = domain, nodes
        self.work = 0
        self._known: dict[tuple[int, Part, int], Distribution] = {}

    def hang(self, parent: int, side: str) -> None:
        """Make the next node the child of ``parent``."""
        if parent < 0:
            return
        test = self.nodes[parent]
        assert isinstance(test, GivenTest)
        yes, no = (len(self.nodes), test.no) if side == "yes" else (test.yes, len(self.nodes))
        self.nodes[parent] = GivenTest(test.variable, test.left, yes, no)

    def cut(
        self,
        cell: Cell,
        weight: Fraction,
        chances: Chances,
        combinations: Sequence[Combination],
        what: str,
    ) -> None:
        """Add a leaf, cut into what is possible and what is not; ``weight`` is what is possible."""
        begin = len(self.nodes)
        stack = [(cell, self._meeting(cell, combinations), -1, "")]
        left = 0
        while stack:
            part, inside, parent, side = stack.pop()
            self.hang(parent, side)
            if len(self.nodes) > 2 * MOST_LEAVES or self.work > MOST_WORK:
                raise DomainError(
                    f"the impossible combinations cut the domain into more than {MOST_LEAVES} "
                    "parts, too many: leave some out, or make one variable of those that depend"
                )
            if not inside:
                left += 1
                self.nodes.append(self.leaf(cell, part, chances))
                continue
            where = _best_cut(self.domain, part, inside)
            if where is None:
                self.nodes.append(GivenLeaf(Fraction(0)))
                continue
            variable, goes_left = where
            halves = part.split(variable, goes_left)
            for half, name in ((halves[1], "no"), (halves[0], "yes")):
                stack.append((half, self._meeting(half, inside), len(self.nodes), name))
            self.nodes.append(GivenTest(variable, _test(part, variable, goes_left), 0, 0))
        if not left:
            raise DomainError(f"{what} is impossible: nothing is left")
        self.share_out(begin, weight)

    def _meeting(self, cell: Cell, combinations: Sequence[Combination]) -> list[Combination]:
        """The combinations that occur in a cell."""
        self.work += sum(map(len, combinations))
        return [c for c in combinations if all(meet(cell.parts[i], p) for i, p in c.items())]

    def leaf(self, whole: Cell, part: Cell, chances: Chances) -> GivenLeaf:
        """What is possible of a part: its share of ``whole`` and the distributions in it."""
        share, found = Fraction(1), list(chances)
        for i, (v, of, here) in enumerate(
            zip(self.domain.variables, whole.parts, part.parts, strict=True)
        ):
            if of == here:
                continue
            held = chances[i] or v.chances
            one = Fraction(held.weight_of(here), held.denominator)
            if not one:
                raise DomainError(
                    f"what is impossible leaves {_values(v, here)} as a part of its own, "
                    "which has no probability: make it impossible as well, or give it some"
                )
            share *= one
            found[i] = self._given(i, held, here)
        return GivenLeaf(share, tuple(found))

    def _given(self, i: int, held: Distribution, here: Part) -> Distribution:
        """A variable's distribution in a part: one object, however many leaves have it."""
        key = i, here, id(held)
        if key not in self._known:
            self._known[key] = conditioned(held, here)
        return self._known[key]

    def share_out(self, begin: int, weight: Fraction) -> None:
        """Divide ``weight`` by the shares of the leaves that were added."""
        total = sum((n.weight for n in self.nodes[begin:] if isinstance(n, GivenLeaf)), Fraction(0))
        for i in range(begin, len(self.nodes)):
            node = self.nodes[i]
            if isinstance(node, GivenLeaf) and node.weight:
                self.nodes[i] = GivenLeaf(node.weight * weight / total, node.chances)


def _best_cut(
    domain: Domain, cell: Cell, combinations: Sequence[Combination]
) -> tuple[int, Part] | None:
    """A variable and what goes left, along the edge of a combination; None: one covers the cell.

    The variable that most combinations speak of comes first, so that few parts come of it.
    """
    edges: Counter[int] = Counter()
    first: dict[int, Part] = {}
    for held in combinations:
        cutting = {i: p for i, p in held.items() if meet(cell.parts[i], p) != cell.parts[i]}
        if not cutting:
            return None
        for i, p in cutting.items():
            edges[i] += 1
            first.setdefault(i, p)
    variable = min(edges, key=lambda i: (-edges[i], i))
    here, inside = cell.parts[variable], meet(cell.parts[variable], first[variable])
    if isinstance(here, range) and isinstance(inside, range):
        at = inside.start if inside.start > here.start else inside.stop
        return variable, range(here.start, at)
    return variable, inside


def _test(cell: Cell, variable: int, goes_left: Part) -> Part:
    """What a test sends left: of a range everything up to the last value that goes there."""
    return range(goes_left.stop) if isinstance(goes_left, range) else goes_left


def conditioned(held: Distribution, part: Part) -> Distribution:
    """The distribution given that the value is in ``part``, whose weight is above 0."""
    total = Fraction(held.weight_of(part), held.denominator)
    if isinstance(held, Listed):
        assert isinstance(part, int)
        chances = enumerate(held.probabilities)
        return Listed(tuple(p / total if part >> i & 1 else Fraction(0) for i, p in chances))
    assert isinstance(part, range)
    return Runs(part.start, tuple((n, p / total) for n, p in _cut(held, part)))


def _cut(held: Runs, part: range) -> Iterator[tuple[int, Fraction]]:
    """What lies in ``part`` of each run that does, with the probability of that."""
    for (count, p), stop in zip(held.runs, held.stops, strict=True):
        inside = min(stop, part.stop) - max(stop - count, part.start)
        if inside > 0:
            yield inside, p * inside / count


def _values(v: AnyVariable, part: Part) -> str:
    """Values in a few words, for a message."""
    if isinstance(v, Continuous) and isinstance(part, range):
        low, high = v.hull(part.start, part.stop - 1)
        return f"{quoted(v.name)} {low} to {high}"
    if isinstance(part, range):
        ends = v.label(part.start), v.label(part.stop - 1)
        return f"{quoted(v.name)} {ends[0]}" + (f" to {ends[1]}" if size(part) > 1 else "")
    shown = [quoted(v.label(i)) for i in range(v.count) if part >> i & 1]
    return f"{quoted(v.name)} {' or '.join(shown[:4])}{' ...' * (len(shown) > 4)}"
