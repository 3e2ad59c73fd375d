"""The nouns: domains, networks, trees, proofs, verdicts; frozen data and exact counting."""
