"""Runs the generated checker on members from standard input; needs nothing but Python.

Each member is a line with its name and its length, then its bytes; before them a line with the
names of trusted solvers, separated by tabs. The answer is one line of JSON, numbers in base 16.
``extraction/main.ml`` does the same natively.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parent)
import generated  # noqa: E402  # beside this file: no other module of the package is loaded


def chain(items: bytes | list[Any]) -> Any:
    """A list as the checker knows lists: None, or its head and the rest."""
    result: Any = None
    for x in reversed(items):
        result = (x, result)
    return result


def items(chained: Any) -> Iterator[Any]:
    """What a list of the checker holds."""
    while chained is not None:
        head, chained = chained
        yield head


def text(chained: Any) -> str:
    """A text of the checker."""
    return bytes(items(chained)).decode("utf-8", "replace")


def answer(found: Any) -> list[str]:
    """The least and the greatest number of points, then of the probability; base 16."""
    fewest, most, least, greatest = found
    return [format(n, "x") for n in (fewest, most, *least, *greatest)]


def spoken(outcome: Any) -> dict[str, Any]:
    """The outcome as JSON."""
    match outcome:
        case ("Accepted", report):
            return {"word": "accepted", "all": answer(report[0]), "trusted": answer(report[1])}
        case ("Malformed", (member, (code, place))):
            words = [part for part in code if isinstance(part, str)]
            inner = [part[0] for part in code if isinstance(part, tuple)]
            where = [format(n, "x") for n in items(place)]
            return {"word": "malformed", "member": text(member), "code": words + inner, "at": where}
        case ("Invalid", ("NotFound", entry)):
            return {"word": "invalid", "code": ["NotFound"], "member": text(entry), "at": []}
        case ("Invalid", ("NotProved", (code, *place))):
            return {"word": "invalid", "code": [code], "at": [format(n, "x") for n in place]}
    raise AssertionError(outcome)


def main() -> None:
    """Read, check, answer."""
    sys.setrecursionlimit(1 << 30)  # Python's own calls need no C stack
    source = sys.stdin.buffer
    trusted = source.readline().rstrip(b"\n")
    members = []
    while head := source.readline():
        name, size = head.rsplit(b" ", 1)
        members.append((chain(name), chain(source.read(int(size)))))
    names = chain([chain(name) for name in trusted.split(b"\t") if name])
    outcome = generated.checked(names, chain(members))
    sys.stdout.write(json.dumps(spoken(outcome)) + "\n")


if __name__ == "__main__":
    main()
