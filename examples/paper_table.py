"""The table of "Towards a theory of model distillation" (arXiv 2403.09053), and beside it proofs.

Trains the paper's networks on random trees over 100 signs (they are kept in --folder, where an
interrupted training goes on), distils them by linear probes, and proves how far off each tree is.
Run: python examples/paper_table.py     (--depths 2 3 4 5: all of the paper's; --quick: seconds)
"""

import argparse
import time
from pathlib import Path

import numpy as np

import verifier as lp
from verifier.demo.problems import random_tree
from verifier.demo.residual import Recipe, train_on_tree
from verifier.distillers import linear_representation as lrh
from verifier.distillers.quick import quick_classes
from verifier.distillers.sampling import sample
from verifier.model.tree import bind, leaves_of_points

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--depths", type=int, nargs="+", default=[2, 3])
parser.add_argument("--keep", type=int, nargs="+", default=[10, 50, 100, 200])
parser.add_argument("--quick", action="store_true", help="small networks, fewer samples")
parser.add_argument("--seed", type=int, help="of tree and network (default: the depth)")
parser.add_argument("--seconds", type=float, default=120, help="for each proof")
parser.add_argument("--folder", type=Path, default=Path("paper-networks"))
options = parser.parse_args()
options.folder.mkdir(parents=True, exist_ok=True)
width, count, fresh = (50, 20_000, 10_000) if options.quick else (1000, 100_000, 100_000)
domain = lp.Domain.signs(100)
points = sample(domain, fresh, np.random.default_rng(99))
print("| r | keep | correct | leaves | probes | of all | s | proved | error | differs at | s |")
print("| --: | --: | --: | --: | --: | --: | --: | --- | --- | --- | --: |")
for depth in options.depths:
    seed = depth if options.seed is None else options.seed
    kept = options.folder / f"r{depth}-{width}-{count}{f'-seed{seed}' * (seed != depth)}.pt"
    truth, recipe = random_tree(depth, 100, seed=seed), Recipe(width, seed=seed)
    teacher = lp.load_network(train_on_tree(truth, domain, count, recipe, kept), columns=100)
    taught, earlier = quick_classes(teacher, domain, points), None
    for keep in sorted(options.keep, reverse=True):
        start = time.process_time()
        found = lrh.distill(teacher, domain, depth=depth, keep=keep, size=2**depth)
        middle = time.process_time()
        bound = bind(found.tree, domain)
        right = (bound.classes[leaves_of_points(bound, points)] == taught).mean()
        asked = {"prover": "branch", "timeout": options.seconds, "resume": earlier}
        proved = lp.certify(teacher, found.tree, domain, **asked)
        earlier = options.folder / f"r{depth}-keep{keep}.certificate"
        proved.save(earlier)  # its proof is about the network only: it serves other trees as well
        error = " to ".join(f"{float(e):.5g}" for e in dict.fromkeys(proved.error))
        shown = ["".join(map(str, c.point)) for c in proved.counterexamples[:1]]
        row = [depth, keep, f"{right:.3%}", found.tree.leaves, found.probes]
        row += [f"{found.probes / found.possible:.2g}", f"{middle - start:.1f}", proved.verdict]
        row += [error, "".join(f"{int(b, 2):025x}" for b in shown)]
        print("|", *(f"{x} |" for x in [*row, f"{time.process_time() - middle:.1f}"]), flush=True)
