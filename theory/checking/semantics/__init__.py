"""The meaning of the formal language over finite probability spaces.

`model.Model` says what the names mean; `truth.evaluate` computes a term or claim at an outcome,
exactly where it is rational and in ball arithmetic elsewhere.
"""
