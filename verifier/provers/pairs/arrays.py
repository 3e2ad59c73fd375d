"""The arrays of the search for sandwiches: a network, its inputs, open cells, and scratch memory.

A form in the inputs is kept as one number a *column*: a variable of numbers has one column, its
number; of another categorical every value has its own column, so that of those one is 1. Each
variable that only one of two copies reads is a column of its own position in the network, whose
range each copy has for itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WIDEST = 512
"""Most neurons of a layer."""
Real = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NUMBER, CHOICE, OWN, OWN_CHOICE, UNREAD = range(5)
"""Kinds of variables: of numbers, and other categoricals; the same read by one copy alone; read by
no network."""


class Nets(NamedTuple):
    """One or two copies of a chain of ReLU layers with one logit, class 1 iff it is > 0.

    ``first`` leads from the columns to layer 0, ``weight[k]`` from layer k to k + 1, ``last`` to
    the logit. ``lone[v, j]`` is what a value of a variable of kind OWN_CHOICE adds to neuron j.
    Where ``similar`` is 1 the second is no copy, but a network that has ``more`` of each (empty
    where it is 0), and whose neurons are off by as much as ``rough``.
    """

    first: Real  # [neurons, columns]
    weight: Real  # [layers - 1, neurons, neurons]
    bias: Real  # [layers, neurons]
    widths: Ints  # [layers]
    last: Real  # [neurons]
    lone: Real  # [values, neurons]
    shift: float
    copies: int
    similar: int
    more_first: Real  # [neurons, columns]
    more_weight: Real  # [layers - 1, neurons, neurons]
    more_bias: Real  # [layers, neurons]
    more_last: Real  # [neurons]
    more_shift: float
    rough: Real  # [layers, neurons]
    told_apart: int  # 1 where the signs of neurons may tell cases apart


class Heads(NamedTuple):
    """What networks of ``Nets`` have each for itself that are about groups of their classes.

    Where several are looked at in the same cells they are one after the other: ``many`` of them
    from the first one on, each with a ``table`` of its own.
    """

    weight: Real  # [groups, layers - 1, neurons, neurons]
    bias: Real  # [groups, layers, neurons]
    last: Real  # [groups, neurons]
    shift: Real  # [groups]
    more_weight: Real  # [groups, layers - 1, neurons, neurons]
    more_bias: Real  # [groups, layers, neurons]
    more_last: Real  # [groups, neurons]
    more_shift: Real  # [groups]
    rough: Real  # [groups, layers, neurons]
    many: Ints  # [groups]
    table: Ints  # [groups]


class Inputs(NamedTuple):
    """The variables. Values of a NUMBER or OWN are in the order of their numbers.

    ``shared`` are the columns before those of own positions, ``own`` the variable that each copy
    reads there, or -1. ``sums[start + v]`` are the weight of all values before v, and the sums of
    weight times number and times its square; of a CHOICE or OWN_CHOICE ``sums[start + v, 0]`` is
    the weight of v alone. ``start`` is -1 where none is listed: all values have one weight there,
    or all of a run, if ``runs`` has some: the first, and the one behind the last.
    """

    kind: Ints  # [variables]
    column: Ints  # [variables] the first one
    copy: Ints  # [variables] 0 or 1 where one copy alone reads it
    sizes: Ints  # [variables] how many values
    start: Ints  # [variables]
    first: Real  # [variables]
    step: Real  # [variables]
    number: Real  # [listed values]
    sums: Real  # [listed values + 1 a variable, 3]
    runs: Ints  # [variables, 2]
    stop: Ints  # [runs] before which value each ends
    each: Real  # [runs] the weight of a value
    before: Real  # [runs, 3] as ``sums``, of all values before the run
    numbers: Ints  # the variables of kind NUMBER
    choices: Ints  # the variables of kind CHOICE
    own: Ints  # [positions, 2]
    shared: int


class Pool(NamedTuple):
    """Cells: of a NUMBER or OWN the first and last value, of others the mask of values (twice).

    ``open`` is the probability of what a sandwich leaves open of it, by the normal distribution,
    and a little more where that takes the kernel longer, or, of several groups, less by the splits
    that it is expected to take until something is told; ``yes`` of what it shows true, ``share``
    the whole. ``plain`` is what one sum alone leaves open, ``sided`` what one for each side of the
    margin does, ``single`` and ``double`` what cases of one neuron do and of two; ``neurons`` are
    that one, and two. A cell that is split has the halves ``half`` and ``half + 1``. ``table`` has
    bit 2 a + b where the formula is true of classes a, b, and 4 bits further where that is not
    told. ``group`` is the place among ``Heads``; where that is the first of several ``shown`` is
    the share of a cell of which each of them tells.
    """

    low: Ints  # [cells, variables]
    high: Ints  # [cells, variables]
    half: Ints  # [cells] -1 where it is a leaf
    variable: Ints  # [cells]
    cut: Ints  # [cells] the last value of the left half, or its mask
    table: Ints  # [cells]
    group: Ints  # [cells]
    known: Ints  # [cells] 3 a + b: classes that the copies have all over it, 2 where none
    ended: Ints  # [cells] OPEN, CLOSED, or FEW points
    again: Ints  # [cells] whether one sum tells more (bit 0), or both (1), where bounded again
    neurons: Ints  # [cells, 3] see ``cases``; -1 where they do not tell more
    shown: Real  # [cells, groups]
    plain: Real  # [cells]
    sided: Real  # [cells]
    single: Real  # [cells]
    double: Real  # [cells]
    open: Real  # [cells]
    yes: Real  # [cells]
    share: Real  # [cells]
    points: Real  # [cells]
    heap: Ints  # [cells]
    used: Ints  # [2] cells in all, and in the heap


OPEN, CLOSED, FEW = range(3)
UNKNOWN = 8
"""What is known of the copies' classes where that is nothing: 3 * 2 + 2."""


class Room(NamedTuple):
    """Scratch arrays of one thread."""

    rows: Real  # [kept layers, neurons, columns] of the last layers and the logit
    center: Real  # [layers + 1, 4, neurons] by copy, before and after; at last the logit's
    gap: Real  # [layers + 1, 4, neurons] what the second copy has more, least and most, the same
    reach: Real  # [2, neurons] ends of the second network's neurons, where it is no copy
    radius: Real  # [2, columns] of each error term, by copy
    spread: Real  # [columns] what the copies' errors may differ by
    part: Real  # [columns, variables] a variable's part in the range of the neuron
    ends: Real  # [4, layers, neurons] pre-activations are between: the first copy's, the second's
    side: Real  # [4, columns] forms below and above the logit, the latter minus the former; a form
    back: Real  # [2, neurons] a form in the neurons of a layer, before and after
    slope: Real  # [layers, neurons]
    place: Ints  # [layers, neurons] the neuron's error column, or -1
    columns: Ints  # [layers] columns behind each
    middle: Real  # [2, columns] of a NUMBER's column the middle and the radius
    score: Real  # [variables]
    form: Real  # [columns]
    loss: Real  # [2, columns] what moving a column costs, by what it moves, and how much that is
    strip: Real  # [2] ends of the form where classes are open
    again: Real  # [3] what was open of cells, what of that when bounded again, and how many cells
    found: Real  # [16]
    best: Real  # [16] of what is found that leaves least open
    order: Ints  # [values]
    picked: Ints  # [variables]
    cut: Ints  # [2, 3] neurons whose signs are known in a case: layer (or -1), place, 1 if >= 0
    tried: Ints  # [neurons that are tried + 1]
    told: Real  # [3] like ``again``: what was open, what of that in cases, how many cells
    left: Real  # [2] what is open where the best neuron tells cases apart, and where two do
    sure: Real  # [2] what is true
    neurons: Ints  # [3] the best one, and two
    cuts: Ints  # [variables]


LEAST, MOST = 0, 2  # found: by copy, of what the logit has more than the form
MORE, LESS = 4, 5  # what the second copy's logit has more than the first's: least, most
LOWEST, HIGHEST, MEAN, DEVIATION = 6, 7, 8, 9  # of the form
YES, UNDECIDED = 10, 11  # shares of the cell
KNOWN = 12  # the classes known, as in a pool
BELOW, ABOVE, APART = 13, 14, 15  # constants of the forms on each side, and how far these are apart
SIDED_YES, SIDED = 13, 14  # best: shares that these tell to be true, and leave open
NEAR = 15  # best: the share of a form's range in which a group tells of its class; below 0 of none


FEW_POINTS = 1024.0
"""Cells of at most so many points are not split: the kernel enumerates them."""


class Task(NamedTuple):
    """One call: what is to be done, with the places ``first`` to ``last`` - 1 of a batch.

    Halves are written from ``base`` on. ``tried`` splits are measured; cells of at most ``few``
    points are left to the kernel to enumerate. For SHAPE: what steps cost the kernel in seconds, as
    in ``provers.costs``, each of which is worth so much probability (``worth``); a sandwich that is
    at hand takes ``proposing`` less.
    """

    what: int
    first: int = 0
    last: int = 0
    base: int = 0
    spare: int = 0
    tried: int = 1
    few: float = FEW_POINTS
    worth: float = 0.0
    constant: float = 0.0
    sandwich: float = 0.0
    proposing: float = 0.0
    group: float = 0.0
    point: float = 0.0
    listed: float = 0.0
    least: float = 0.0
    leaving: float = 0.0
    sided: float = 1.0
    single: float = 1.0
    double: float = 1.0


START, TAKE, EXPAND, ENTER, SHAPE, LOAD = range(6)
BOTH_ONE = 8
"""The table of several groups: that one copy has class 1 does not decide by it, that both do."""
KEEP, SAY, COUNT, CUT, SIDES, SINGLE, DOUBLE, LEAVE = range(8)
"""What the proof has for a cell: its classes, a sandwich, its points one by one, or its halves; or
a sandwich with sides, or with cases of one neuron, or of two; or nothing, where no group tells."""
