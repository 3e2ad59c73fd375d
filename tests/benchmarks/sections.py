"""The sections of a measured page, each written by a benchmark of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def first(page: str) -> str:
    """What stands before the first section."""
    return page.partition("\n## ")[0].rstrip() + "\n"


def others(page: str) -> str:
    """All sections, as they stand."""
    _, mark, rest = page.partition("\n## ")
    return mark + rest


def replaced(page: str, title: str, body: str) -> str:
    """The page with the section of that title new, where it stands or at the end."""
    parts = page.rstrip().split("\n## ")
    new = f"{title}\n\n{body.strip()}\n"
    for i, part in enumerate(parts[1:], 1):
        if part.partition("\n")[0] == title:
            parts[i] = new
            break
    else:
        parts.append(new)
    return "\n## ".join(part.rstrip() + "\n" for part in parts)


def section(page: str, title: str) -> str:
    """The section of that title; "" where there is none."""
    parts = page.split("\n## ")[1:]
    return next((x for x in parts if x.partition("\n")[0] == title), "")


def held_rows(page: str, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The rows of a page's first table, by their first column; none if its columns are others."""
    lines = [
        [c.strip() for c in x.strip("|").split("|")] for x in page.splitlines() if x[:1] == "|"
    ]
    if not lines or tuple(lines[0]) != tuple(columns):
        return {}
    return {line[0]: tuple(line) for line in lines[2:]}


def with_rows(
    earlier: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """The rows that were there, those measured again in their place, and further ones."""
    return list((dict(earlier) | dict(new)).values())
