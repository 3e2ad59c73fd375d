"""Leafproof: proves that a decision tree is the network it was distilled from."""
