"""Untrusted search for proofs and counterexamples."""
