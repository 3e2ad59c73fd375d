"""Z3, and files for other solvers."""
