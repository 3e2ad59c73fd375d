"""From a table and a fitted pipeline to a tree, a proof and a report.

Run: python examples/data_to_report.py
"""

from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import verifier as lp

# A table, and a model of its rows: everything that happens to a raw measurement is in the pipeline.
data = load_iris(as_frame=True)
x, y = data.data, data.target_names[data.target]
model = make_pipeline(StandardScaler(), MLPClassifier((16,), max_iter=2000, random_state=0))
model.fit(x, y)

# What the columns are read as is printed, to be corrected; here each gets six bins.
read = lp.read_frame(x, bins=6)
print(read)

# The tree is grown for the rows first; what is proved is about all points of the domain.
made = lp.distill(model, read.domain, rows=x, timeout=20)
made.report("iris.html")
print(f"{made.verdict} on {read.domain.size} points; ", end="")
print(f"on {made.on_rows.disagreements} of the {made.on_rows.rows} rows they differ")
print(made.tree.to_text(read.domain))
