"""Proofs, the kernel that checks them, and the file that holds them."""
