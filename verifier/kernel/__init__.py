"""The rules that a certificate is checked by, and their arithmetic. Trusted.

Which file holds which rule is a table in docs/house.md; each rule is argued in docs/soundness.md.
The way in is ``certificate`` (a whole file), then ``checker`` (its proof). What is trusted beside
this room, and how much that is, ``verifier.model.trusted`` reads from the folders.
"""
