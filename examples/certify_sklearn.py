"""Certify a scikit-learn tree that was distilled from a scikit-learn network.

Run: python examples/certify_sklearn.py
"""

import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

import verifier as lp

# A network that has seen 600 of the 4,096 inputs; the target is the majority of nine bits.
rng = np.random.default_rng(0)
x = rng.integers(0, 2, size=(600, 12)).astype(float)
y = (x[:, :9].sum(axis=1) > 4).astype(int)
network = MLPClassifier((16,), max_iter=2000, random_state=0).fit(x, y)

# The tree is fitted to the network's answers on the same inputs.
student = DecisionTreeClassifier(random_state=0).fit(x, network.predict(x))

result = lp.certify(network, student, lp.Domain.bits(12))
result.save("sklearn.certificate")

print(f"tree and network agree on {np.mean(student.predict(x) == network.predict(x)):.2%} of 600")
print(f"on all {result.domain.size} inputs they are {result.verdict}: ", end="")
print(f"exactly {result.disagreements[1]} disagreements, error {result.error[1]}")
for found in result.counterexamples[:3]:
    print(f"  {found.point}: network {found.network_class}, tree {found.tree_class}")
