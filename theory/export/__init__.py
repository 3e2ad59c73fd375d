"""Derivations in other systems' languages: Coq, SMT-LIB 2 and LaTeX."""
