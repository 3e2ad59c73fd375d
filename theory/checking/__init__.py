"""Checks of what derivations rest on: axioms are true, assumptions can hold together.

`semantics` gives the formal language its meaning over finite probability spaces; `axioms` computes
the truth of every axiom in small models, `theorems` finds for a theorem a model of its
assumptions and computes its claim there. These are tests, not proofs: a false axiom is found if a
small model shows it.
"""
