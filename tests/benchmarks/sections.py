"""The sections of a measured page, each written by a benchmark of its own."""

from __future__ import annotations


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
