"""``--head`` and ``--threshold``: what a class of the network is, asked for and said."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from verifier.formats.heads import Asked
    from verifier.model.network import Network


class Kind(StrEnum):
    """What the network's output is."""

    LOGIT = "logit"
    PROBABILITY = "probability"
    LABEL = "label"
    REGRESSION = "regression"


HeadOption = Annotated[
    Kind | None,
    typer.Option(
        "--head",
        metavar="logit|probability|label|regression",
        help="what the network's output is, where the file does not show it",
    ),
]
ThresholdOption = Annotated[
    str | None,
    typer.Option(
        "--threshold", metavar="T", help="class 1 is where the one output is greater, exactly"
    ),
]


def asked(head: Kind | None, threshold: str | None) -> Asked:
    """The options as data; raises NetworkError where they contradict each other."""
    from verifier.formats.heads import asked_for

    return asked_for(None if head is None else head.value, threshold)


def says_no_more(stated: Network, found: Network) -> bool:
    """Whether what a certificate says of the classes is what its network's file shows.

    A certificate that says nothing of them (as all did before there was ``--head``) claims nothing.
    """
    if stated.labels and stated.labels != found.labels:
        return False
    if stated.head is None or found.head is None:
        return stated.head is None
    same = (stated.head.kind, stated.head.threshold) == (found.head.kind, found.head.threshold)
    return same and (stated.head.origin != "shown" or found.head.origin == "shown")
