"""Proof reports."""
