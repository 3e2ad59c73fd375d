"""The verified checker."""
