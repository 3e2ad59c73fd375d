"""The inner loops of branch and bound, compiled by Numba."""
