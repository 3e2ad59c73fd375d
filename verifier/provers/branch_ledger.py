"""The proof under construction: which cells are split, closed or still open.

Every change is one assignment to a list item, made after what it refers to exists. So a search that
is interrupted anywhere leaves a well-formed proof: what was not recorded is Open.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from verifier.certificate.proof import Open, Proof, Split, Step

OPEN = Open()


@dataclass(eq=False)
class Ledger:
    """A growing proof. Node 0 is the whole domain; ``nodes[i]`` is None while cell i is open.

    The halves of a split node i are nodes ``children[i]`` and ``children[i] + 1``.
    """

    nodes: list[Split | Step | None] = field(default_factory=lambda: [None])
    children: array[int] = field(default_factory=lambda: array("q", [0]))
    known: dict[Split | Step, Split | Step] = field(default_factory=dict)

    def split(self, node: int, variable: int, left: int) -> int:
        """Split an open node; returns the first of its two new children."""
        first = len(self.nodes)
        self.nodes += (None, None)
        self.children.extend((0, 0))
        self.children[node] = first
        self.nodes[node] = self._shared(Split(variable, left))
        return first

    def close(self, node: int, step: Step) -> None:
        """Record what holds on an open node's cell."""
        self.nodes[node] = self._shared(step)

    def _shared(self, item: Split | Step) -> Split | Step:
        """The same object for equal items: a proof of millions of nodes has few distinct ones."""
        return self.known.setdefault(item, item)

    def proof(self) -> Proof:
        """The proof as it stands, in pre-order."""
        out: list[Split | Step] = []
        stack = [0]
        while stack:
            node = stack.pop()
            item = self.nodes[node]
            out.append(OPEN if item is None else item)
            if isinstance(item, Split):
                stack += (self.children[node] + 1, self.children[node])
        return tuple(out)
