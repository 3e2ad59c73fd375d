"""What is trusted: the rooms that a verdict rests on, read from the folders themselves."""

from __future__ import annotations

from pathlib import Path

ROOMS = {
    "model": "what a network, a tree, a domain and a proof are, and exact evaluation",
    "chance": "what is drawn of samples, the intervals that follow, and exact sums of numbers",
    "kernel": "the rules, their arithmetic, and the comparison with what is stated",
    "reading": "the bytes of a certificate, and nothing else",
}
"""The trusted rooms, in the order in which they import each other, with what each holds."""
LIBRARIES = ("numpy", "flint")
"""What they import beside Python's standard library: NumPy, and FLINT by way of python-flint."""


def files(room: str) -> dict[str, int]:
    """The files of a room with their numbers of lines."""
    folder = Path(__file__).parents[1].joinpath(room)
    return {path.name: path.read_text("utf-8").count("\n") for path in sorted(folder.glob("*.py"))}
