"""Certify a scikit-learn tree that was distilled from a scikit-learn network, from Python.

Run: python examples/certify_sklearn.py
"""

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from verifier.formats.sklearn import teacher_from_mlp, tree_from_sklearn
from verifier.model.domain import bits
from verifier.provers import branch
from verifier.writing.certificate import save_certificate

# A network that has seen 600 of the 4,096 inputs; the target is the majority of nine bits.
rng = np.random.default_rng(0)
x = rng.integers(0, 2, size=(600, 12)).astype(float)
y = (x[:, :9].sum(axis=1) > 4).astype(int)
network = MLPClassifier((16,), max_iter=2000, random_state=0).fit(x, y)

# The tree is fitted to the network's answers on the same inputs.
student = DecisionTreeClassifier(random_state=0).fit(x, network.predict(x))

domain = bits(12)
teacher, tree = teacher_from_mlp(network), tree_from_sklearn(student)
finding = branch.prove(domain, teacher, tree)
_, verdict = save_certificate("sklearn.certificate", domain, teacher, tree, finding, "branch")

print(f"tree and network agree on {np.mean(student.predict(x) == network.predict(x)):.2%} of 600")
print(f"on all {verdict.domain_size} inputs they are {verdict.verdict}: ", end="")
print(f"exactly {verdict.disagreements[1]} disagreements, error {verdict.error[1]}")
for found in verdict.counterexamples[:3]:
    bits_set = "".join(map(str, found.point))
    print(f"  {bits_set}: network {found.teacher_class}, tree {found.tree_class}")
