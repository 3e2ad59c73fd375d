"""Certify a hand-written tree against a PyTorch network with categorical inputs.

Run: python examples/certify_torch.py
"""

from fractions import Fraction

import verifier as lp
from verifier.demo.problems import monk
from verifier.demo.training import train
from verifier.model.tree import Inner, Leaf

# MONK's problem 3 over 432 robots; the one-hot columns 11 to 14 are the jacket's colour.
problem = monk(3)
network = train(problem)

# "The jacket is not blue": close to the network, but is it the network?
tree = lp.Tree((Inner(14, Fraction(1, 2), 1, 2), Leaf(1), Leaf(0)))

result = lp.certify(network, tree, problem.domain)
print(f"{result.verdict}: {result.disagreements[1]} of {result.domain.size} robots")
print(f"error {result.error[1]}, exactly, under the domain's distribution")
for found in result.counterexamples[:3]:
    print(f"  network {found.network_class}, tree {found.tree_class}:", dict(found.values))
