"""Certificates whose teacher says of its classes what cannot be: one output, or three."""

from __future__ import annotations

from tests.certificates.problems import (
    FIRST_BIT,
    FIRST_BIT_PROOF,
    TIES,
    TIES_PROOF,
    edit,
    parts,
    seal,
)

KEPT = ("head-of-unknown-kind", "head-probability-of-one", "labels-are-equal")
"""Those that are files of the corpus."""


def heads_and_labels():
    """What is said of the classes, damaged: file, reason, words of the kernel's reader."""
    several = parts(*TIES, TIES_PROOF)
    one = parts(*FIRST_BIT, FIRST_BIT_PROOF)

    def top(reason, says, base=one, **entries):
        changed = edit(base, "teacher.json", lambda v: v.update(entries))
        return seal(changed), reason, f"teacher.json{says}"

    def head(reason, says, base=None, kind="logit", threshold="0", origin="asked", **more):
        value = {"kind": kind, "threshold": threshold, "origin": origin, **more}
        return top(reason, f": {says}", **({} if base is None else {"base": base}), head=value)

    fraction = "the head's threshold is not a fraction"
    return {
        "head-of-unknown-kind": head("odds are no head", "there is no head odds", kind="odds"),
        "head-from-nowhere": head("nobody said so", "there is no head logit", origin="told"),
        "head-kind-is-a-list": head("a list for a word", "kind and origin", kind=["logit"]),
        "head-is-a-word": top("a word alone", ": head must hold kind", head="logit"),
        "head-with-another-entry": head("an entry too many", "head must hold kind", secret=1),
        "head-threshold-is-a-number": head("a number, not a text", fraction, threshold=0.5),
        "head-threshold-is-a-decimal": head("a decimal", fraction, threshold="0.5"),
        "head-threshold-over-zero": head("a division by 0", fraction, threshold="1/0"),
        "head-threshold-too-long": head("5,000 digits", fraction, threshold="1" * 5000),
        "head-threshold-of-other-digits": head("Arabic digits", fraction, threshold="\u0661"),
        "head-threshold-not-in-lowest-terms": head("2/4", "the head's threshold", threshold="2/4"),
        "head-threshold-minus-zero": head("-0", "the head's threshold", threshold="-0"),
        "head-threshold-missing": head("one output needs one", "a logit without", threshold=None),
        "head-threshold-of-several": head("none decides alone", "a logit with", several),
        "head-label-with-threshold": head("a label is no number", "a label is given", kind="label"),
        "head-label-assumed": head(
            "nothing shows it", "a label is given", kind="label", threshold=None, origin="assumed"
        ),
        "head-probability-of-one": head(
            "never above 1", "the threshold of a probability", kind="probability", threshold="1"
        ),
        "head-probability-of-zero": head(
            "always above 0", "the threshold of a probability", kind="probability"
        ),
        "head-regression-of-several": head(
            "three numbers", "a predicted number", several, kind="regression", threshold=None
        ),
        "labels-are-a-word": top("a word for a list", ": labels must be a list", labels="ab"),
        "labels-are-none": top("an empty list", ": labels must be a list", labels=[]),
        "labels-are-too-many": top("three of two", ": 3 class names", labels=["a", "b", "c"]),
        "labels-are-too-few": top("two of three", ": 2 class names", several, labels=["a", "b"]),
        "labels-are-equal": top("twice the same", ": two classes", labels=["a", "a"]),
        "labels-are-numbers": top("numbers", ": labels must be a list", labels=[0, 1]),
        "labels-are-empty": top("no text at all", ": class names must be", labels=["", "b"]),
        "labels-with-escape-characters": top(
            "a name that clears the screen", ": class names must be", labels=["\x1b[2J", "b"]
        ),
    }
