"""The rules that a certificate is checked by, and their arithmetic. Trusted.

What is trusted with them, and how much that is, ``verifier.model.trusted`` reads from the folders.
"""
