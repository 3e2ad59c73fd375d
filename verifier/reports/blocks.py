"""The report as data: sections of blocks, made once and written by three templates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A paragraph; a ``note`` is set smaller, what is ``sampled`` has a colour of its own."""

    text: str
    note: bool = False
    sampled: bool = False


@dataclass(frozen=True)
class Facts:
    """Terms and what they are, in two columns."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableCell:
    """One cell of a table; ``leaf`` is the tree node that it points to."""

    text: str
    mark: bool = False
    number: bool = False
    leaf: int | None = None


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first column heads its row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


@dataclass(frozen=True)
class Bars:
    """A histogram: (label, amount in words, height as a share of the greatest in [0, 1])."""

    caption: str
    header: tuple[str, str]
    rows: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Formula:
    """A formula, as MathML and as LaTeX."""

    mathml: str
    latex: str


@dataclass(frozen=True)
class Code:
    """Commands to type, or digits to copy."""

    text: str


@dataclass(frozen=True)
class Fold:
    """Blocks that a reader opens."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Range:
    """A row of the number line: an interval of probabilities, drawn between two places in [0, 1].

    ``proved`` tells the certificate's own row from what sampling could claim, ``sampled`` what its
    own sample does.
    """

    label: str
    claim: str
    start: float
    end: float
    proved: bool
    sampled: bool = False


@dataclass(frozen=True)
class Line:
    """The number line from 0 to 1, logarithmic between its marks (place, label)."""

    caption: str
    marks: tuple[tuple[float, str], ...]
    rows: tuple[Range, ...]
    quantity: str = "disagreement probability"


@dataclass(frozen=True)
class Dot:
    """A certificate in a chart, or several: the place across, the interval upwards, in [0, 1].

    ``shape`` is one of four, 0 to 3.
    """

    label: str
    across: float
    low: float
    high: float
    frontier: bool
    firm: bool
    shape: int


@dataclass(frozen=True)
class Chart:
    """Size against proved error, each axis with its marks (place, label), of so many networks."""

    caption: str
    across: tuple[tuple[float, str], ...]
    upwards: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    networks: int

    @property
    def key(self) -> str:
        """What fillings and shapes stand for."""
        shapes = " Circles, squares, diamonds and triangles: network 1, 2, 3, 4 and so on in turn."
        return "Filled: on the Pareto frontier." + (shapes if self.networks > 1 else "")


@dataclass(frozen=True)
class Story:
    """An interval against time, both axes with their marks (place, label).

    ``moments`` are places: across, then the lower and the upper end upwards; all in [0, 1].
    """

    caption: str
    across: tuple[tuple[float, str], ...]
    upwards: tuple[tuple[float, str], ...]
    moments: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class LeafView:
    """A leaf as shown: ``status`` is one of ``leaves.LeafStatus``, ``shares`` its parts by status.

    ``proof`` says what is proved there: terms and words, the cell first.
    """

    node: int
    klass: str
    status: str
    points: str
    proof: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Item:
    """A line of the tree's outline, in pre-order, at a depth (0 for the root).

    Exactly one of the three holds: a leaf; a test (``question`` and ``test`` say what is asked);
    a summary of a subtree too large or too deep to show (``text``). ``edge`` is the condition that
    leads here from the parent, ``closes`` how many open tests end after this line.
    """

    depth: int
    edge: str
    node: int
    leaf: LeafView | None = None
    question: str = ""
    test: str = ""
    text: str = ""
    tally: tuple[tuple[str, int], ...] = ()
    open: bool = True
    closes: int = 0


@dataclass(frozen=True)
class Spot:
    """A node of the drawing, at (x, y) in units of leaves and levels; ``parent`` is its index."""

    x: float
    y: int
    status: str
    label: str
    edge: str
    title: str
    parent: int | None
    node: int
    is_subtree: bool = False


@dataclass(frozen=True)
class TreeView:
    """The tree: its drawing, its outline and its legend (status, words, leaves)."""

    caption: str
    legend: tuple[tuple[str, str, int], ...]
    spots: tuple[Spot, ...]
    width: float
    height: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class TheoremView:
    """A theorem: its statement and formula, its terms, and its derivation step by step."""

    title: str
    status: str
    statement: str
    meaning: str
    formula: Formula
    terms: Facts
    steps: str
    derivation: tuple[Block, ...]
    command: Code


@dataclass(frozen=True)
class Cited:
    """A theorem of the catalogue: its name (its anchor), what it says (or ""), a command."""

    name: str
    title: str
    statement: str
    command: str


@dataclass(frozen=True)
class Citations:
    """Figures, each with the names of its theorems, and these theorems."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    theorems: tuple[Cited, ...]


@dataclass(frozen=True)
class PointBox:
    """Fields for a point, which the page follows; ``data`` is what it needs for that, as JSON."""

    lead: str
    data: str


Block = (
    Text
    | Facts
    | Table
    | Bars
    | Formula
    | Code
    | Fold
    | Line
    | Chart
    | Story
    | TreeView
    | TheoremView
    | Citations
    | PointBox
)


@dataclass(frozen=True)
class Section:
    """A section; ``key`` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """Everything that is shown, in order.

    ``kind`` is the verdict, or ``inconclusive`` where a difference is known but hardly how much;
    ``firm`` is false where it rests on a solver's word. ``beside`` are sentences on what is not
    proved (``sampled``) or not about the domain: they stand below the headline, apart from it.
    """

    kind: str
    firm: bool
    badge: str
    headline: str
    figures: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    beside: tuple[Text, ...] = ()

    @property
    def cited(self) -> dict[str, str]:
        """Of figures by their names, the last theorem that each rests on."""
        blocks = (b for s in self.sections for b in s.blocks if isinstance(b, Citations))
        return {figure: names[-1] for b in blocks for figure, names in b.rows if names}
