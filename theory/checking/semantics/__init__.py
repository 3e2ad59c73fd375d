"""The meaning of the formal language over finite probability spaces, and what it is good for.

`model.Model` says what the names mean; `truth.evaluate` computes a term or claim at an outcome,
exactly where it is rational and in ball arithmetic elsewhere. `axioms` computes the truth of every
axiom in small models, `theorems` finds for a theorem a model of its assumptions and computes its
claim there. These are tests, not proofs: a false axiom is found if a small model shows it.
"""
