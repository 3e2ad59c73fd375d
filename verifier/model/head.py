"""What a class is: how a network's output was read as one.

The layers of a Network already hold the decision (a threshold is subtracted in its last layer);
a Head says where that decision came from, in terms of the output that users see.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verifier.model.errors import NetworkError

KINDS = {
    "logit": "output",
    "probability": "output, a probability, is",
    "label": "label",
    "regression": "output, a predicted number, is",
}
"""The kinds of output, with the word for each."""
ORIGINS = ("shown", "asked", "assumed")
"""Who says so: the network itself, the user, or nobody (the usual reading)."""
LONGEST = 4000
"""Most characters of a threshold in a certificate, and most bits of its parts."""


@dataclass(frozen=True)
class Head:
    """``kind`` of output (of KINDS), and who says that it is one (of ORIGINS).

    ``threshold``: class 1 iff the one output is greater. None: the class is a label that the
    network itself gives, or that of the largest of several outputs (ties to the lowest class).
    Raises NetworkError for what contradicts itself.
    """

    kind: str
    threshold: Fraction | None
    origin: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.origin not in ORIGINS:
            raise NetworkError(
                f"there is no head {self.kind} that is {self.origin}: heads are "
                f"{', '.join(KINDS)}, and {', '.join(ORIGINS)}"
            )
        if self.kind == "label" and (self.threshold is not None or self.origin == "assumed"):
            raise NetworkError("a label is given by the network: it has no threshold")
        if self.kind == "regression" and self.threshold is None:
            raise NetworkError("a predicted number is no class without a threshold")
        if self.threshold is None:
            return
        if self.kind == "probability" and not 0 < self.threshold < 1:
            raise NetworkError("the threshold of a probability must lie between 0 and 1")
        if max(abs(self.threshold.numerator), self.threshold.denominator).bit_length() > LONGEST:
            raise NetworkError("the threshold has too many digits")


def check_classes(head: Head | None, labels: tuple[str, ...], outputs: int) -> None:
    """Raise NetworkError unless head and class names (none, or one a class) fit the outputs."""
    if head is not None and head.kind != "label" and (head.threshold is None) != (outputs > 1):
        raise NetworkError(
            f"a {head.kind} with{'out' if head.threshold is None else ''} a threshold does not "
            f"fit a network of {outputs} output{'s' * (outputs != 1)}"
        )
    if labels and len(labels) != max(2, outputs):
        raise NetworkError(f"{len(labels)} class names were given for {max(2, outputs)} classes")
    if len(set(labels)) != len(labels):
        raise NetworkError("two classes have the same name")
    for name in labels:
        if not name or not name.isprintable():
            raise NetworkError("class names must be one line of printable text each")


def class_name(labels: tuple[str, ...], klass: int) -> str:
    """What a class is called: its name, or its number where it has none."""
    return labels[klass] if klass < len(labels) else str(klass)


def rule(head: Head | None, labels: tuple[str, ...], outputs: int) -> str:
    """What a class is, in words: ``class 1 where the network's output > 0``."""
    if head is not None and head.kind == "label":
        return "the class is the label that the network itself gives"
    what = KINDS[head.kind] if head is not None else "output"
    if outputs > 1:
        each = "probability" if "probability" in what else "output"
        return f"the class of the network's largest {each}, ties to the first"
    threshold = Fraction(0) if head is None or head.threshold is None else head.threshold
    otherwise = f", else class {class_name(labels, 0)}" if labels else ""
    return f"class {class_name(labels, 1)} where the network's {what} > {threshold}{otherwise}"


def origin_words(head: Head | None) -> str:
    """Who says what a class is, as a remark after the rule."""
    if head is None:
        return ""
    return {
        "shown": " (the network's file or object shows it)",
        "asked": " (asked for with --head and --threshold)",
        "assumed": " (assumed: neither shown by the network nor asked for)",
    }[head.origin]
