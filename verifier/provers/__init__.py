"""Untrusted search for proofs and counterexamples: one engine, of parts that each have a file.

The provers, as ``--prover`` names them, each with a ``prove(domain, teacher, tree, options)``:

* `branch`: branch and bound, on open `cells` (arrays: `frontier`), `batched`, `wide` or `compiled`
* `exhaustive`: has the kernel evaluate all that is open, block by block (any matter: ``sweep``)
* `solvers.z3`: bounds first, then questions to Z3
* `questions`: branch and bound on any matter (``prove(matter, options)``): several models, ranges,
  domain trees. Its open cells are in `asked_cells`, what the trees decide in `overlaying`, and all
  models' classes at points in `answering`
* `units`: branch or questions in parts that may be done anywhere, and again after a kill
* `pairs`: how often a question about one network or two is true, in an interval that narrows

Z3 knows categorical variables only: `listing` makes such of short ordinals. A search keeps cells as
`words`, one integer a variable.

Their parts, in the order in which a cell meets them:

* `attack` looks for points of another class than the tree's
* `bound` bounds the network (`relaxable`; wide layers `low_rank`) over cells, in floats
* `first` bounds what splits of a cell do to a wide network by its first layer alone
* `split` chooses where to cut what bounds do not close, by `influence`
* `enumerate` looks at every point of small cells
* `count` bounds in probability what is open at the end, by Tails or by `sandwiches`
* `ledger` is the proof as it grows, `ordered` the same in pre-order, to be drawn from and handed
  over; `shaping` makes it cheap to check, by the kernel's `costs` and the `pricing` of points near
  the boundary

All of them run in one `loop`, of which each is a strategy: a step that takes open cells and closes,
splits or leaves each. What they share is in `search`: when to end, what to say, what to hand back.
`options` says what is asked of a prover, `progress` what it reports, `budget` what the kernel's
check of its proof will take, `costs` what that of a cell takes, `timing` when the time is over.
`outlook` is what that means for a user. `space` and `evaluate` are the numbers underneath: cells as
arrays (`intervals`: the pieces of continuous variables), and the network's exact class at many
points.

`compiled` are the inner loops of branch and bound in machine code; `solvers` fold a network on a
cell and ask Z3 about it, or write it down for other solvers. `cluster` has the units of a search,
and sections of the kernel's check, done on the machines of a Ray cluster.
"""

import os

# Numba paints its error messages, thousands of them while it infers types, by Colorama where that
# is installed: which puts back, from the compiling thread, the sys.stdout that it saw at first, and
# so undoes whatever redirection the caller has made since.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")
