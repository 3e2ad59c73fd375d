"""Other solvers: Z3 is asked, others get files.

`folding` is what is left of a network on a cell, in `rows` over few unknowns. `query` asks Z3 one
question about it; `z3` is a prover that asks many (its open cells: `z3_search`), and `cross_check`
asks again about cells that are proved. `smtlib` and `vnnlib` write open cells as files.
"""
