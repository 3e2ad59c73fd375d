"""Something to try it on: published problems, and small networks trained for them."""
