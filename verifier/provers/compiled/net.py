"""The arrays of the compiled search: a teacher as a chain of ReLU layers, and scratch memory.

A form in the input is kept as one number per value that is allowed beside the lowest of its
variable (its *columns*): what that value adds compared with the lowest. Of an ordinal only the last
value has one. For bits and ordinals that is one column a variable, and the minimum of a form is the
sum of its negative columns. Cells are one word a variable: see ``provers.words``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

LANES = 8
HALF = 31
LOWER = (1 << HALF) - 1
Real = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Number = np.floating[Any]


class Net(NamedTuple):
    """A chain of hidden ReLU layers over a domain, padded to ``neurons``, a multiple of LANES.

    ``table[v, j]`` is what value v (all variables' values in order) adds to neuron j of layer 0; an
    ordinal has two rows instead, what its value 0 adds and what each further one does.
    ``weight[k]`` leads from layer k - 1 to k, and ``bias[k]`` belongs to it; ``last[t, r]`` and
    ``shift[t, r]`` are the logit rows that are positive where the class is t; ``starts`` the first
    row of each variable in ``table``; ``mass`` the probability of each value. Those of ordinals are
    in ``runs``, where ``ran`` says which belong to each variable: a run's last value, and the
    probability up to it; what is before the first run comes first.
    Of a continuous variable the two rows are what its left end adds, and what a number further up
    does; ``cuts`` are, between its two places in ``cut``, first pieces of runs of equal ones with
    where they begin, beyond the left end, and at last how many there are and where they end.
    """

    table: Doubles  # [rows, neurons]
    weight: Real  # [layers, neurons, neurons]
    bias: Real  # [layers, neurons]
    widths: Ints  # [layers]
    last: Real  # [classes, rows, neurons]
    shift: Real  # [classes, rows]
    starts: Ints  # [variables + 1]
    mass: Doubles  # [rows]
    ran: Ints  # [variables + 1]
    runs: Doubles  # [runs + 1, 2]
    cut: Ints  # [variables + 1]
    cuts: Doubles  # [cuts + 1, 2]
    power: Ints  # [layers]


class Room(NamedTuple):
    """Scratch arrays of one search."""

    column: Ints  # [2, columns] row of each column's VALUE, and BASE: the lowest value's, or -1
    steps: Doubles  # [columns] for an ordinal: how many values lie above the first; or its length
    exact: Doubles  # [neurons]
    constant: Real  # [neurons] layer 0 at the lowest values
    free: Ints  # [2, variables + 1] the free variables (OWNER), and the FIRST column of each
    size: Ints  # [4] numbers of columns and of free variables, whether equal, padded columns
    columns: Real  # [neurons, columns] what each column adds to the neurons of layer 0
    state: Real  # [10, layers, neurons] see LOW to BENT
    lists: Ints  # [2, layers, neurons] the neurons that are LIVE, and those bounded here (LOOSE)
    counts: Ints  # [2, layers] how many
    forms: Real  # [layers, rows, columns] the forms of the loose neurons, two rows each
    work: Real  # [2, rows, neurons] coefficients on their way down
    held: Real  # [rows] constants, or weights
    weights: Real  # [1, rows] of the score
    picked: Ints  # [rows] the rows that have one
    spare: Real  # [1, columns]
    dense: Real  # [2, neurons] the activations at a point, or coefficients
    lines: Real  # [9, columns] see FORM to BETWEEN
    order: Ints  # [variables + 1] the free variables, by what they can move a form


# state: bounds; slopes above and below with the intercept above; the output's coefficients at the
# activations; what this cell's own forms of the loose neurons show, and which neurons these are;
# other slopes below
LOW, HIGH, ABOVE, EXTRA, BELOW, PART, OWN_LOW, OWN_HIGH, KNOWN, BENT = range(10)
LIVE, LOOSE = 0, 1
VALUE, BASE = 0, 1
OWNER, FIRST = 0, 1
# lines: the form at work, the last one that has a bound, that of the row with the least bound, 1
# where a value is chosen, the score by free variable, what each can move a form; by column of one
# that is all of a variable: 1 where it is chosen and else -1, and its place in the order; how much
# of each value is in a point between, not far from the middle of the cell
FORM, KEPT, BEST, POINT, SCORE, SPREAD, SIDE, RANK, BETWEEN = range(9)
SLACK = 2.0**-9
"""Least margin, relative to its terms, that is taken for a proof."""


class Stack(NamedTuple):
    """Cells that wait, the last on top.

    ``parent`` is the node that the cell's own node is to be linked from: a node of the ledger, or
    -1 - i for the i-th node of the current call, or NOWHERE if it just follows its parent.
    """

    masks: Ints  # [depth, variables] words
    bounds: Real  # [2, depth, layers, neurons] LOW and HIGH, of the layers above 0
    target: Ints  # [depth] the class that is tried first; -1 if unknown
    parent: Ints  # [depth]
    share: npt.NDArray[np.float64]  # [depth, 2] PROBABILITY, and 2^-depth below the start (WEIGHT)


NOWHERE = -(1 << 62)
PROBABILITY, WEIGHT = 0, 1


class Task(NamedTuple):
    """What a call is to do, beside the cells on its stack.

    ``expected`` is the class that the tree has there; points that seem to have another are noted.
    ``closable`` false forbids to close the first cell. With ``tell`` at least 1, enumerated cells
    are handed over, with 2 constant ones too. Cells of more than one class and at most ``small``
    points are ENUMERATED. The call ends once ``budget`` nodes are made. Cells of less probability
    than ``least`` are OPEN, for the caller to take up by their probability. Rows of logits are
    bounded again by envelopes in at most so many ``passes``. With ``signs`` cells may be SIGNED,
    once it is ``learnt`` what others take.
    """

    expected: int
    closable: bool
    tell: int
    small: int
    budget: int
    least: float
    passes: int
    signs: bool
    learnt: bool


class Found(NamedTuple):
    """What a call did, in pre-order.

    A node is SPLIT (``number`` is the variable, ``left`` the values that go left, or the last one
    of an ordinal's that does, ``right`` the node of the right half if it was reached), CONSTANT
    (``number`` is the class), SIGNED (the same, by the trees that ``ends`` has for the number in
    ``left``), ENUMERATED or OPEN. ``leaf`` lists nodes for the caller to look at, with their
    ``masks``.
    """

    kind: Ints  # [nodes]
    number: Ints  # [nodes]
    left: Ints  # [nodes]
    right: Ints  # [nodes]
    leaf: Ints  # [leaves, 2] node, and the class found
    masks: Ints  # [leaves, variables]
    shares: npt.NDArray[np.float64]  # [leaves, 2]
    margin: Real  # [leaves] for CONSTANT, the bound relative to its terms
    links: Ints  # [nodes, 2] nodes of the ledger, and the nodes of this call they lead to
    points: Ints  # [candidates, variables] points whose class may not be the expected one
    counts: Ints  # [9] see NODES to LOOKED
    sums: npt.NDArray[np.float64]  # [4] probability AGREED, DIFFERED, COUNTED; weight CLOSED
    trees: Bytes  # [bytes] trees of signs, as the proof has them
    ends: Ints  # [nodes] where those of a node end


SPLIT, CONSTANT, ENUMERATED, OPEN, SIGNED = range(5)
NODES, LEAVES, LINKS, CANDIDATES, CONSTANTS, ENUMERATIONS, TOP, SIGNEDS, LOOKED = range(9)
AGREED, DIFFERED, COUNTED, CLOSED = range(4)

TREES = 1 << 19
"""Most bytes of trees that a call finds."""
NOTED = 16
"""Most points that a call notes for the caller."""
DEPTH = 512
"""Most cells that wait in one stack; beyond, cells are handed back to the caller."""


def multiplications(net: Net) -> int:
    """How many a cell takes, about."""
    layers, neurons = net.bias.shape
    rows = 2 * neurons if layers > 1 else 2
    return int(rows * neurons * (len(net.table) + (layers - 1) * neurons))


def make_room(net: Net) -> Room:
    """Scratch arrays for searches of ``net``."""
    layers, neurons = net.bias.shape
    variables = len(net.starts) - 1
    columns = max(int(net.starts[-1]) - variables, variables) // LANES * LANES + LANES
    rows = 2 * neurons + 4
    return Room(
        column=np.zeros((2, columns), dtype=np.int64),
        free=np.zeros((2, variables + 1), dtype=np.int64),
        size=np.zeros(4, dtype=np.int64),
        steps=np.zeros(columns, dtype=np.float64),
        exact=np.zeros(neurons, dtype=np.float64),
        constant=np.zeros(neurons, dtype=np.float32),
        columns=np.zeros((neurons, columns), dtype=np.float32),
        state=np.zeros((10, layers, neurons), dtype=np.float32),
        lists=np.zeros((2, layers, neurons), dtype=np.int64),
        counts=np.zeros((2, layers), dtype=np.int64),
        forms=np.zeros((layers, rows, columns), dtype=np.float32),
        work=np.zeros((2, rows, neurons), dtype=np.float32),
        held=np.zeros(rows, dtype=np.float32),
        weights=np.zeros((1, rows), dtype=np.float32),
        picked=np.zeros(rows, dtype=np.int64),
        spare=np.zeros((1, columns), dtype=np.float32),
        dense=np.zeros((2, neurons), dtype=np.float32),
        lines=np.zeros((9, columns), dtype=np.float32),
        order=np.zeros(variables + 1, dtype=np.int64),
    )


def make_stack(net: Net) -> Stack:
    """A stack deep enough for most searches."""
    layers, neurons = net.bias.shape
    variables = len(net.starts) - 1
    depth = DEPTH if len(net.runs) > 1 else min(int(net.starts[-1]) - variables + 3, DEPTH)
    return Stack(
        masks=np.zeros((depth, variables), dtype=np.int64),
        bounds=np.zeros((2, depth, layers, neurons), dtype=np.float32),
        target=np.zeros(depth, dtype=np.int64),
        parent=np.zeros(depth, dtype=np.int64),
        share=np.zeros((depth, 2), dtype=np.float64),
    )


def make_found(net: Net, budget: int) -> Found:
    """Room for what a call of at most ``budget`` nodes finds."""
    variables = len(net.starts) - 1
    return Found(
        kind=np.zeros(budget, dtype=np.int64),
        number=np.zeros(budget, dtype=np.int64),
        left=np.zeros(budget, dtype=np.int64),
        right=np.zeros(budget, dtype=np.int64),
        leaf=np.zeros((budget, 2), dtype=np.int64),
        masks=np.zeros((budget, variables), dtype=np.int64),
        shares=np.zeros((budget, 2), dtype=np.float64),
        margin=np.zeros(budget, dtype=np.float32),
        links=np.zeros((budget, 2), dtype=np.int64),
        points=np.zeros((NOTED, variables), dtype=np.int64),
        counts=np.zeros(9, dtype=np.int64),
        sums=np.zeros(4, dtype=np.float64),
        trees=np.zeros(TREES, dtype=np.uint8),
        ends=np.zeros(budget, dtype=np.int64),
    )
