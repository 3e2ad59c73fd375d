"""The process that compiles a search for others to find on disk (see ``beside``).

python -m verifier.provers.compiled.apart [search|sandwiches]

Without an argument both: done once after an installation, no run has to wait for it.
"""

from __future__ import annotations

import sys

import numpy as np

from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.tree import Leaf, Tree
from verifier.provers.cells import Branching
from verifier.provers.compiled import loading
from verifier.provers.compiled.beside import SANDWICHES, SEARCH, alone
from verifier.provers.compiled.chain import chain
from verifier.provers.compiled.explore import explore
from verifier.provers.compiled.slots import make_slot
from verifier.provers.options import UNLIMITED
from verifier.provers.pairs import loading as sandwiches
from verifier.provers.pairs.proving import begin
from verifier.provers.pairs.run import run


def main(name: str) -> None:
    """Compile one of the searches, unless another process does at the same time."""
    {SEARCH: _search, SANDWICHES: _sandwiches}[name]()


def _search() -> None:
    domain, network = _problem()
    net = chain(network, domain)
    assert net is not None
    search = Branching(domain, network, Tree((Leaf(0),)), options=UNLIMITED)
    with alone(explore):
        loading.load_code(search, net, make_slot(net, 1))


def _sandwiches() -> None:
    domain, network = _problem()
    matter = Matter(domain, (Bound("a", network, (0, 1)),), ClassIs(0, 1))
    search = begin(matter, UNLIMITED)
    assert search is not None
    with alone(run):
        sandwiches.load_code(search)


def _problem() -> tuple[Domain, Network]:
    """Something small: what is compiled is the same for all networks and domains."""
    first = Affine(0, np.ones((2, 2)), np.zeros(2))
    last = Affine(2, np.ones((1, 2)), -np.ones(1))
    return bits(2), Network(2, (first, Relu(1), last))


if __name__ == "__main__":
    for one in sys.argv[1:] or (SEARCH, SANDWICHES):
        main(one)
