"""Certify a hand-written tree against a PyTorch network with categorical inputs, from Python.

Run: python examples/certify_torch.py
"""

from fractions import Fraction

from verifier.demo.problems import monk
from verifier.demo.training import train
from verifier.formats.torch import from_torch
from verifier.kernel import checker
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch

# MONK's problem 3 over 432 robots; the one-hot columns 11 to 14 are the jacket's colour.
problem = monk(3)
teacher = from_torch(train(problem), problem.domain.columns)

# "The jacket is not blue": close to the network, but is it the network?
tree = Tree((Inner(14, Fraction(1, 2), 1, 2), Leaf(1), Leaf(0)))

finding = branch.prove(problem.domain, teacher, tree)
verdict = checker.verify(problem.domain, teacher, tree, finding.proof, finding.counterexamples)

print(f"{verdict.verdict}: {verdict.disagreements[1]} of {verdict.domain_size} robots")
print(f"error {verdict.error[1]}, exactly, under the domain's distribution")
for found in verdict.counterexamples[:3]:
    print(
        f"  network {found.teacher_class}, tree {found.tree_class}:",
        problem.domain.labels(found.point),
    )
