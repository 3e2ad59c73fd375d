"""Checks: every step of a derivation by its rule, and what else a theorem must be.

`derivation` checks a theorem step by step (`steps`, by `smt`, `algebra` and `balls`),
`consistency` everything else that is said of it; `semantics` tests the axioms themselves.
"""
