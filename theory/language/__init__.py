"""The language in which theorems are written: terms, claims, derivations as data, and their words.

Nothing here judges: a false theorem can be written as well as a true one.
"""
