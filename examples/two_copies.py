"""How often does one feature alone change what a network decides? Two copies of it, one question.

Run: python examples/two_copies.py
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

import verifier as lp

# Applicants: the network is trained on decisions that look at the group of those under 30.
rng = np.random.default_rng(0)
age, visits, group = rng.integers(18, 91, 3000), rng.integers(0, 6, 3000), rng.integers(0, 2, 3000)
x = np.column_stack([age / 64, visits, group])
y = (age + 8 * visits - 20 * group * (age < 30) > 40).astype(int)
network = MLPClassifier((6,), max_iter=500, random_state=0).fit(x, y)

# A pair of applicants who differ in the group alone. Nobody under 20 has come more than twice.
pairs = lp.Domain.product(
    lp.Domain.range("age", "18/64", "90/64", "1/64"),
    lp.Domain.range("visits", 0, 5),
    lp.Domain.ordinal("group", [0, 1]),
    lp.Domain.ordinal("other", [0, 1]),
).without(
    {"group": "0", "other": "0"},
    {"group": "1", "other": "1"},
    {"age": ("18/64", "19/64"), "visits": (3, 5)},
)
result = lp.ask(
    {"not": {"same": ["one", "twin"]}},
    {"one": (network, ["age", "visits", "group"]), "twin": (network, ["age", "visits", "other"])},
    pairs,
    timeout=60,
)
result.save("copies.certificate")

low, high = result.points
print(f"of {pairs.size} pairs {low} to {high} are decided differently: {result.verdict}")
for found in result.witnesses[:3]:
    years = found.point[0] + 18
    print(f"  {years} years, {found.values['visits']} visits: {dict(found.names)}")
