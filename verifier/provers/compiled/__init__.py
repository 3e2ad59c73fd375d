"""The inner loops of branch and bound, compiled by Numba, for chains of ReLU layers.

What is compiled: `explore`, a depth-first search on a stack of cells, with `bounds` of the layers,
the `output` of a class and where to split, matrix products in `tiles`, on the arrays of `net`. What
calls it: `chain` makes a network ready, `slots` hold the memory of a call, `loading` waits for the
compiler, `parallel` keeps all processors at work.
"""
