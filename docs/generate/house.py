"""The picture of the house, from the table of its rooms: python -m docs.generate.house."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.architecture.house import ROOMS, Room

PICTURE = Path(__file__).parents[1] / "house.svg"
WIDTH, HEIGHT, ACROSS, DOWN = 216, 52, 116, 92
PLACES = {
    "cli": (0, 0),
    "reports": (0, 1),
    "jobs": (0, 2),
    "demo": (-2, 2),
    "distillers": (0, 3),
    "provers": (0, 4),
    "formats": (0, 5),
    "writing": (0, 6),
    "kernel": (-2, 7),
    "chance": (-2, 8),
    "reading": (0, 8),
    "second_checker": (2, 8),
    "verified": (4, 8),
    "model": (0, 9),
}
"""Column, counted in half boxes from the middle, and floor, from the roof down."""

_ASIDE = (
    '<text x="{:g}" y="{:g}" font-size="11" font-style="italic" text-anchor="start" '
    'fill="#7a8a8a">reads theory/</text>\n'
)


def shown_edges() -> list[tuple[str, str]]:
    """Each import that may be made and does not follow from others: what the picture draws."""
    allowed = {room.name: set(room.imports) - {"theory"} for room in ROOMS}
    return [
        (name, other)
        for name, others in allowed.items()
        for other in sorted(others)
        if not any(other in allowed.get(between, ()) for between in others)
    ]


def picture() -> str:
    """The house as SVG: a box a room, trusted ones darker; an arrow down to what is imported."""
    edges = "".join(_edge(*edge) for edge in shown_edges())
    boxes = "".join(_box(room) for room in ROOMS)
    left, right = -2.2 * ACROSS - WIDTH / 2, 4.2 * ACROSS + WIDTH / 2
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} -8 {right - left:g} {9 * DOWN + 68}" \
font-family="sans-serif" text-anchor="middle">
<title>The rooms of Leafproof and what each may import</title>
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" \
orient="auto"><path d="M0 0L8 4L0 8z" fill="#7a8a8a"/></marker></defs>
<g fill="none" stroke="#7a8a8a" stroke-width="1.5" marker-end="url(#end)">
{edges}</g>
{boxes}</svg>
"""


def _box(room: Room) -> str:
    x, y = _middle(room.name)
    fill = "#9fd3c7" if room.trusted else "#eef4f2"
    return (
        f'<rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" '
        f'rx="6" fill="{fill}" stroke="#2f6f66"/>\n'
        f'<text x="{x:g}" y="{y - 5:g}" font-size="15" font-weight="bold" fill="#12302c">'
        f"{room.name}</text>\n"
        f'<text x="{x:g}" y="{y + 14:g}" font-size="11" fill="#12302c">{escape(room.purpose)}'
        "</text>\n" + (_ASIDE.format(x + WIDTH / 2 + 8, y - 8) if "theory" in room.imports else "")
    )


def _edge(name: str, other: str) -> str:
    """Down to the next floor straight; further, out at the side and down."""
    (x, y), (to, below) = _middle(name), _middle(other)
    side = 1 if to > x else -1
    top = below - HEIGHT / 2 - 2
    if to == x:
        return f'<path d="M{x:g} {y + HEIGHT / 2:g}V{top:g}"/>\n'
    if below - y > DOWN:
        return f'<path d="M{x + side * WIDTH / 2:g} {y:g}H{to:g}V{top:g}"/>\n'
    return f'<path d="M{x + (to - x) / 4:g} {y + HEIGHT / 2:g}L{to - (to - x) / 4:g} {top:g}"/>\n'


def _middle(name: str) -> tuple[float, float]:
    column, floor = PLACES[name]
    return column * ACROSS, floor * DOWN + HEIGHT / 2


if __name__ == "__main__":
    PICTURE.write_text(picture())
