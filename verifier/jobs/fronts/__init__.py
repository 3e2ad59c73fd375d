"""Questions that people ask, put as formulas over bound models: fair, monotone, same, robust.

Each file makes a Front of a model and a domain, and asks it; `common` is what they share.
"""
