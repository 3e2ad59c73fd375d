"""What a Sandwich says and shows, by looking at every tuple: rule 10 of docs/soundness.md.

In the standard library alone, like ``brute_members``; nothing of ``verifier`` is imported.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import product
from math import floor, lcm, prod
from operator import or_

from tests.brute_members import network_logits, network_nodes, truth

LONGEST = 1 << 26
LARGEST = 1 << 53


def signed(n):
    """The integer that a number of the form 2n or -2n - 1 stands for."""
    return -(n + 1 >> 1) if n & 1 else n >> 1


def unsigned(n):
    """How an integer is written."""
    return 2 * n if n >= 0 else -2 * n - 1


@dataclass(frozen=True)
class Sandwich:
    """``strips`` are (model, least, most), ``neurons`` (node, component), with a step a case, and
    of one network's ``everywhere`` (least, most). Two ``sides`` have an exponent in common. Of
    networks of more than two classes those in the bits of ``ones`` are taken for class 1, and
    ``further`` ones are about other such groups."""

    strips: tuple
    form: tuple
    exponent: int
    width: int
    order: int
    neurons: tuple = ()
    steps: tuple = ()
    everywhere: tuple = ()
    sides: tuple = ()
    side_exponent: int = 0
    ones: int = 0
    further: tuple = ()

    @property
    def numbers(self):
        """The argument of the node, and the integers that follow."""
        strips = [n for m, low, high in self.strips for n in (m, unsigned(low), unsigned(high))]
        group = [self.ones] if self.ones else []
        more = [self.exponent, self.width, *group, *strips, *map(unsigned, self.form)]
        more += [n for pair in self.neurons for n in pair]
        for step in self.steps:
            argument, own = replace(step, ones=0).numbers
            more += [argument * 8 + 7, *own]
        more += [unsigned(n) for ends in self.everywhere for n in ends]
        more += [self.side_exponent] if self.sides else []
        for x in self.sides:
            more += [x.width, *map(unsigned, (x.end, *x.form))]
        for step in self.further:
            argument, own = step.numbers
            more += [argument * 8 + 7, *own]
        deep = (3 if self.sides else len(self.neurons)) + 4 * (len(group) + len(self.further))
        return 8 * deep + 2 * self.order + len(self.strips) - 1, tuple(more)


@dataclass(frozen=True)
class Side:
    """A sum of its own, counted in bins of a width, that shows a class beyond an end."""

    form: tuple
    width: int
    end: int


def integers_of(argument, columns, following):
    """The integers behind a Sandwich's head, those of its cases and of further groups too;
    ``following`` gives them."""
    group, deep = divmod(argument // 8, 4)
    if group > 1:
        more = integers_of(32 + argument % 32, columns, following)
        for _ in range(group - 1):
            head = next(following)
            more = *more, head, *integers_of(head // 8, columns, following)
        return more
    if deep == 3:
        own = integers_of(32 * group + argument % 8, columns, following)
        return (*own, *[next(following) for _ in range(5 + 2 * columns)])
    own = 2 + (group > 0) + 3 * (1 + argument % 2) + columns + 2 * deep
    more = [next(following) for _ in range(own)]
    for _ in range(1 << deep if deep else 0):
        head = next(following)
        assert head % 8 == 7 and head < 64
        more += [head, *integers_of(head // 8, columns, following)]
    if deep and not argument % 2:
        more += [next(following) for _ in range(4)]
    return tuple(more)


def read(argument, numbers, models, columns):
    """The Sandwich of a node's integers; AssertionError where it is malformed."""
    (group, deep), own = divmod(argument // 8, 4), argument % 8
    order, second = divmod(own, 2)
    has_sides = deep == 3
    deep = 0 if has_sides else deep
    assert deep <= 1 + second and order <= 3 * second
    assert group < 2 or not (deep or has_sides)
    following = iter(numbers)
    exponent, width = next(following), next(following)
    assert exponent <= 1024 and width >= 1
    ones = next(following) if group else 0
    assert (ones > 0) == (group > 0) and ones.bit_length() <= 10_000
    strips = []
    for _ in range(1 + second):
        model, low, high = next(following), signed(next(following)), signed(next(following))
        assert model < models and low <= high and (not strips or model > strips[-1][0])
        strips.append((model, low, high))
    form = tuple(signed(next(following)) for _ in range(columns))
    neurons = tuple((next(following), next(following)) for _ in range(deep))
    steps = []
    for _ in range(1 << deep if deep else 0):
        own = next(following) // 8
        assert own < 8 and own % 2 == second
        each = integers_of(own, columns, following)
        steps.append(replace(read(own, each, models, columns), ones=ones))
    ends = [signed(next(following)) for _ in range(4 if deep and not second else 0)]
    everywhere = tuple(zip(ends[::2], ends[1::2], strict=True))
    assert all(low <= high for low, high in everywhere)
    about = tuple(strips), form, exponent, width, order, neurons, tuple(steps), everywhere
    found = Sandwich(*about, ones=ones)
    if has_sides:
        found = with_sides(found, following, columns)
    for _ in range(group - 1):
        head = next(following)
        assert head % 8 == 7 and head // 64 == 4 and head // 8 % 2 == second
        each = integers_of(head // 8, columns, following)
        own = read(head // 8, each, models, columns)
        found = replace(found, further=(*found.further, own))
    assert next(following, None) is None
    return found


def with_sides(step, following, columns):
    """With the sides that follow."""
    exponent, sides = next(following), []
    assert exponent <= 1024
    for _ in range(2):
        width, end = next(following), signed(next(following))
        assert width >= 1
        sides.append(Side(tuple(signed(next(following)) for _ in range(columns)), width, end))
    return replace(step, sides=tuple(sides), side_exponent=exponent)


def is_true(matter, parts, step, case=lambda _: True):
    """Whether what the Step says holds: its models, its form, and of classes at every tuple.

    Of those of a ``case`` alone; and the same of its own cases.
    """
    models = [matter.models[m] for m, _, _ in step.strips]
    if not all(m.is_network and has(m.classes, step.ones) for m in models):
        return False
    if step.order and models[0].layers != models[1].layers:
        return False
    read_by_all = set.intersection(*(set(m.reads) for m in models))
    owners = [i for i, v in enumerate(matter.variables) for _ in v.rows[0]]
    for form in (step.form, *(x.form for x in step.sides)):
        if any(n and i not in read_by_all for n, i in zip(form, owners, strict=True)):
            return False
        if max(map(abs, form)) > LARGEST:
            return False
    for values in filter(case, product(*parts)):
        classes = [class_at(matter, m, values, step.ones) for m in models]
        near = sum_at(matter, step.form, values)
        for (_, low, high), own in zip(step.strips, classes, strict=True):
            if (near > -low and not own) or (near <= -high and own):
                return False
        for klass, x in enumerate(step.sides[::-1]):
            beyond = sum_at(matter, x.form, values) > -x.end
            if beyond == klass and any(own != klass for own in classes):
                return False
        if step.order & 1 and classes == [1, 0]:
            return False
        if step.order & 2 and classes == [0, 1]:
            return False
    if not all(is_true(matter, parts, own) for own in step.further):
        return False
    groups = [own.ones for own in (step, *step.further)]
    if len(groups) > 1 and sum(x.bit_count() for x in groups) > reduce(or_, groups).bit_count():
        return False
    if any([m for m, _, _ in own.strips] != [m for m, _, _ in step.strips] for own in step.further):
        return False
    return not step.neurons or cases_are_true(matter, parts, step)


def cases_are_true(matter, parts, step):
    """The same of all cases, and whether they are told apart by neurons of one of two copies, or by
    one of one network: of that also what is said of the cases' sums everywhere."""
    first = matter.models[step.strips[0][0]]
    if first.layers != matter.models[step.strips[-1][0]].layers:
        return False
    for own, (low, high) in zip(step.steps, step.everywhere, strict=False):
        if not is_true(matter, parts, replace(own, strips=((step.strips[0][0], low, high),))):
            return False
    before = {sources[0] for kind, sources, _ in first.layers if kind == "relu"}
    before |= {len(first.layers) + 1 + 4 * k for k in range(len(maxima(first, step.ones)))}
    if list(step.neurons) != sorted(set(step.neurons)) or len(step.steps) != 2 ** len(step.neurons):
        return False
    nodes = nodes_at(first, [v.rows[0] for v in matter.variables], step.ones)
    if any(i not in before or j >= len(nodes[i]) for i, j in step.neurons):
        return False

    def within(signs):
        def case(values):
            nodes = nodes_at(
                first,
                [v.rows[i] for v, i in zip(matter.variables, values, strict=True)],
                step.ones,
            )
            every = enumerate(nodes[i][j] for i, j in step.neurons)
            return all(x >= 0 if signs >> bit & 1 else x <= 0 for bit, x in every)

        return case

    models = [m for m, _, _ in step.strips]
    return all(
        not own.neurons
        and ([m for m, _, _ in own.strips], own.ones) == (models, step.ones)
        and is_true(matter, parts, own, within(signs))
        for signs, own in enumerate(step.steps)
    )


def has(classes, ones):
    """Whether the bits of ``ones`` are some of so many classes; none of two."""
    return ones == 0 if classes == 2 else 0 < ones < (1 << classes) - 1


def nodes_at(model, rows, ones=0):
    """All numbers of a network at a tuple, by all variables' rows, and of the maxima of a group:
    of pairs their difference, its ReLU, the second, and their sum, which is the larger."""
    nodes = network_nodes(model.layers, [c for i in model.reads for c in rows[i]])
    for pairs in maxima(model, ones):
        z = nodes[-1]
        apart = [z[pair[0]] - z[pair[1]] if len(pair) > 1 else 0 for pair in pairs]
        second = [z[pair[-1]] for pair in pairs]
        larger = [max(z[i] for i in pair) for pair in pairs]
        nodes = [*nodes, apart, [max(x, 0) for x in apart], second, larger]
    return nodes


def maxima(model, ones):
    """The pairs of which the maxima of a group and of the others are made, round after round."""
    every = range(model.classes)
    both = [[k for k in every if ones >> k & 1 == one] for one in (1, 0)] if ones else [[0], [0]]
    found = []
    while max(map(len, both)) > 1:
        pairs = [[own[i : i + 2] for i in range(0, len(own), 2)] for own in both]
        found.append([*pairs[0], *pairs[1]])
        both = [range(len(pairs[0])), range(len(pairs[0]), len(found[-1]))]
    return found


def class_at(matter, model, values, ones=0):
    """The class at a tuple, or whether it is among those of the bits of ``ones``."""
    x = [c for i in model.reads for c in matter.variables[i].rows[values[i]]]
    out = network_logits(model.layers, x)
    klass = int(out[0] > 0) if len(out) == 1 else out.index(max(out))
    return ones >> klass & 1 if ones else klass


def truth_of(matter, step, known, classes):
    """The formula's truth where models have classes, or classes that are taken for these: what is
    so of all that are, or None."""
    models = [matter.models[m] for m, _, _ in step.strips]
    each = [
        [k for k in range(m.classes) if step.ones >> k & 1 == own] if step.ones else [own]
        for m, own in zip(models, classes, strict=True)
    ]
    names = [m.name for m in models]
    every = [dict(zip(names, own, strict=True)) for own in product(*each)]
    found = {truth(matter.formula, {**known, **own}) for own in every}
    return found.pop() if len(found) == 1 else None


def sum_at(matter, form, values):
    """The sum of the form with the encodings, in its units."""
    row = [c for v, i in zip(matter.variables, values, strict=True) for c in v.rows[i]]
    return sum_of(form, row)


def shares(matter, parts, step, beside):
    """Of each part its points, and at least how many make the formula true, and false; so weights.

    ``beside`` are the classes of other models, by name. None where there are too many bins.
    """
    nothing = {m.name: beside.get(m.name) for m in matter.models}
    for leaf, trees, points in split(matter, parts, nothing):
        known = nothing | trees
        found = truth(matter.formula, known)
        weights = [matter.weights[values] for values in points]
        if found is not None:
            sure = (len(points), 0), (sum(weights), Fraction(0))
            yield tuple((sum(own), *(own if found else own[::-1])) for own in sure)
            continue
        counted = count(matter, leaf, points, step, known)
        if counted is None:
            yield None
            return
        yield counted


def split(matter, parts, nothing):
    """The points of a cell by the leaves that they reach: of the domain's tree, and the trees.

    With several trees, those that follow are left out once the formula is settled.
    """
    trees = [m for m in matter.models if not m.is_network]
    groups = defaultdict(list)
    told = {}
    for values in product(*parts):
        if values not in matter.weights:
            continue
        leaf = matter.leaf(values)
        classes, ways = {}, []
        for tree in trees:
            if len(trees) > 1 and truth(matter.formula, nothing | classes) is not None:
                break
            x = [c for i in tree.reads for c in matter.variables[i].rows[values[i]]]
            way, klass = descent(tree.root, x)
            ways.append(way)
            classes[tree.name] = klass
        key = id(leaf), tuple(ways)
        told[key] = leaf, classes
        groups[key].append(values)
    return [(*told[key], points) for key, points in groups.items()]


def descent(node, x):
    """The way to a tree's leaf, and its class."""
    way = ""
    while "class" not in node:
        left = x[node["column"]] <= Fraction(node["threshold"])
        way += "lr"[not left]
        node = node["left" if left else "right"]
    return way, node["class"]


def count(matter, leaf, points, step, known):
    """The same of one part that trees do not settle, by its bins; None if there are too many."""
    columns, starts = 0, []
    for v in matter.variables:
        starts.append(columns)
        columns += len(v.rows[0])
    kept = [sorted({values[i] for values in points}) for i in range(len(matter.variables))]
    assert len(points) == prod(map(len, kept))
    weight, chances = 1, matter.chances(leaf)
    for i, own in enumerate(kept):
        whole = lcm(*(Fraction(p).denominator for p in chances[i]))
        weight *= int(sum(chances[i][k] for k in own) * whole)
    groups = (step, *step.further)
    every = [in_bins(matter, starts, kept, own) for own in groups]
    for total in (len(points), weight):
        if any((total + 1).bit_length() * (1 + top) > LONGEST for *_, top in every):
            return None
    found = by_stretches(matter, points, step, every[0], stretches(matter, step, known))
    if step.further:
        some = [stretches(matter, own, known, firsts=(1,)) for own in groups]
        each = [by_stretches(matter, points, *own) for own in zip(groups, every, some, strict=True)]
        return tuple(
            (total, *(max(own[k], sum(x[which][k] for x in each)) for k in (1, 2)))
            for which, own in enumerate(found)
            for total in own[:1]
        )
    if step.everywhere:
        both = [in_bins(matter, starts, kept, own) for own in step.steps]
        pairs = (1 + both[0][3]) * (1 + both[1][3])
        if any((total + 1).bit_length() * pairs > LONGEST for total in (len(points), weight)):
            return None
        return jointly(matter, points, step, both, found, known)
    if step.sides:
        bins = [in_bins(matter, starts, kept, x) for x in step.sides]
        longest = max((total + 1).bit_length() for total in (len(points), weight))
        if any(longest * (1 + top) > LONGEST for _, _, _, top in bins):
            return None
        return sided(matter, points, step, bins, found, known)
    return tightened(found, [count(matter, leaf, points, own, known) for own in step.steps])


def by_stretches(matter, points, step, bins, held):
    """Of points, and of weights: all, and at least how many are in stretches that are true, and in
    others."""
    adds, base, spread, _ = bins
    every = [(sum(b[k] for b, k in zip(adds, p, strict=True)), matter.weights[p]) for p in points]

    def above(threshold, which, sure):
        if threshold is None:
            least = 0
        else:
            rest = threshold - base - (0 if sure else spread)
            least = floor(rest / step.width) + 1
        return sum((1, w)[which] for at, w in every if at >= least)

    found = []
    for which in (0, 1):
        sums = [0, 0]
        for kind, low, high in held:
            most = 0 if high is None else above(high, which, sure=False)
            sums[kind] += max(0, above(low, which, sure=True) - most)
        found.append((sum((1, w)[which] for _, w in every), sums[1], sums[0]))
    return found


def jointly(matter, points, step, both, found, known):
    """With what both cases of one network show of each point together."""
    truths = [truth_of(matter, step, known, [klass]) for klass in (0, 1)]
    more = [[0, 0], [0, 0]]
    for p in points:
        shown = [[], []]
        for own, (low, high), bins in zip(step.steps, step.everywhere, both, strict=True):
            adds, base, spread, _ = bins
            at = sum(b[k] for b, k in zip(adds, p, strict=True))
            ((_, here_low, here_high),) = own.strips
            ones = [at > floor((-end - base) / own.width) for end in (low, here_low)]
            zeros = [at <= floor((-end - base - spread) / own.width) for end in (high, here_high)]
            shown[1].append(ones)
            shown[0].append(zeros)
        for klass, ((all_0, in_0), (all_1, in_1)) in enumerate(shown):
            if truths[klass] is not None and (all_0 or all_1 or (in_0 and in_1)):
                for which, n in enumerate((1, matter.weights[p])):
                    more[which][truths[klass]] += n
    return tuple(
        (total, max(true, own[1]), max(false, own[0]))
        for (total, true, false), own in zip(found, more, strict=True)
    )


def sided(matter, points, step, bins, found, known):
    """With what both sides show of each point."""
    more = [[0, 0], [0, 0]]
    for klass, x, (adds, base, spread, _) in zip((1, 0), step.sides, bins, strict=True):
        kind = truth_of(matter, step, known, [klass] * len(step.strips))
        least = floor((-x.end - base - (0 if klass else spread)) / x.width) + 1
        for p in points:
            at = sum(b[k] for b, k in zip(adds, p, strict=True))
            if kind is not None and (at >= least) == klass:
                for which, n in enumerate((1, matter.weights[p])):
                    more[which][kind] += n
    return tuple(
        (total, max(true, own[1]), max(false, own[0]))
        for (total, true, false), own in zip(found, more, strict=True)
    )


def in_bins(matter, starts, kept, step):
    """Of each variable the bins of its values, the least sum, what is lost at most, and the top."""
    adds, base, spread, top = [], Fraction(0), Fraction(0), 0
    for i, v in enumerate(matter.variables):
        own = step.form[starts[i] : starts[i] + len(v.rows[0])]
        sums = {k: sum_of(own, v.rows[k]) for k in kept[i]}
        low = min(sums.values())
        bins = {k: floor((s - low) / step.width) for k, s in sums.items()}
        rests = [s - low - step.width * bins[k] for k, s in sums.items()]
        most = max(rests)
        if v.ordinal and len(v.rows) > 1:
            slope = abs(own[0] * (v.rows[1][0] - v.rows[0][0]))
            most = min(Fraction(step.width), slope * (len(sums) - 1))
            most = Fraction(0) if slope % step.width == 0 else most
        elif v.ordinal:
            most = Fraction(0)
        adds.append(bins)
        base, spread, top = base + low, spread + most, top + max(bins.values())
    return adds, base, spread, top


def tightened(found, cases):
    """With what cases show: what may be true is in one of these, and may be true there."""
    if not cases or None in cases:
        return None if cases else tuple(found)
    both = []
    for which, (total, true, false) in enumerate(found):
        not_true = total - sum(total - case[which][2] for case in cases)
        not_false = total - sum(total - case[which][1] for case in cases)
        both.append((total, max(true, not_false), max(false, not_true)))
    return tuple(both)


def sum_of(form, row):
    """The sum of products, exactly."""
    return sum((n * x for n, x in zip(form, row, strict=True)), Fraction(0))


def stretches(matter, step, known, firsts=(0, 1)):
    """Stretches of the sum between thresholds in which the formula is true, or false, whatever
    class the models have; of all classes of the first but the ``firsts`` nothing is told."""
    ends = sorted({-end for _, low, high in step.strips for end in (low, high)})
    found = []
    for low, high in zip([None, *ends], [*ends, None], strict=True):
        every = []
        for classes in product((0, 1), repeat=len(step.strips)):
            if step.order & 1 and classes == (1, 0):
                continue
            if step.order & 2 and classes == (0, 1):
                continue
            fits = True
            for klass, (_, least, most) in zip(classes, step.strips, strict=True):
                if low is not None and low >= -least and klass == 0:
                    fits = False
                if high is not None and high <= -most and klass == 1:
                    fits = False
            if fits:
                own = truth_of(matter, step, known, classes)
                every.append(own if classes[0] in firsts else None)
        kind = 1 if all(x is True for x in every) else 0 if all(x is False for x in every) else None
        if kind is None:
            continue
        if found and found[-1][0] == kind and found[-1][2] == low:
            low = found.pop()[1]
        found.append((kind, low, high))
    return found
