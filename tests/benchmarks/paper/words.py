"""What docs/paper.md says besides its figures."""

INTRODUCTION = """\
# The paper's table, with proofs

`make paper` repeats the experiment of Boix-Adserà, "Towards a theory of model distillation"
([arXiv 2403.09053](https://arxiv.org/abs/2403.09053)), at its scale: random decision trees of depth
r over d = 100 and d = 1,000 signs; residual ReLU networks of 5 layers and width 1000 in the maximal
update parametrisation, trained by SGD on 100,000 uniform samples of a tree (1,000,000 for one of
them; batches of 100, learning rate 0.05, 11 epochs, logistic or squared loss, as in the paper's
published code: `verifier/demo/residual.py`); and trees distilled from the network's activations by
linear probes, of which the best `keep` ANDs survive at each level. The columns after them are what
the paper could not have: a proof over all 2^d inputs, a sample at a stated confidence where the
proof leaves something open, and counterexamples that are evaluated exactly.

```sh
make paper
```

It trains, distils, proves, and writes this page; it may be ended and begun again at any moment (one
epoch or one row is lost at most), and rows that were measured elsewhere are kept
([rows.json](paper/rows.json) has all of them, with the SHA-256 of each network). `python -m
tests.benchmarks.paper --help` says how to make a part of it, `examples/paper_table.py` is a small
version that fits on a screen.

The rows on this page were measured on {when} on 2 cores that were busy with other work (load {low}
to {high}): seconds are those of the processor, but a proof's limit is of the clock, so that what is
left open here would be less on a quiet machine.
"""

MISSING = """\
## What is there, and what is not

The plan (`tests/benchmarks/paper/plan.py`) has three networks of each kind, on trees of their own
with seeds of their own, and one of a million points. Networks that were not trained yet have no
rows: nothing below stands for them. *minutes* are processor minutes of training, in one thread; for
what is missing they are in proportion to the networks that were trained. Networks called *given*
are of the same shape, but were trained before this project, on random trees of their depth
(`tests/benchmarks/paper_nets.py`): on how many points and how long is not recorded with them.
"""

SUMMARY = """\
## Agreement with the network, by `keep`

The share of 100,000 fresh inputs on which tree and network agree: the mean over the seeds, and in
brackets the least and the greatest where there is more than one. *As published* is the paper's own
procedure, written by us after its description (`tests/benchmarks/paper/published.py`) and run on
the same networks by the same processor: probes of all activations before and after the ReLUs on
1,000 points, the best `keep` on 10,000 others. Its probes are solved here in closed form, not by
1,001 steps of Adam as published (on a GPU), which is in the peer's favour; what those would take on
this processor stands in brackets in the last table, in proportion from a few steps. Runs that would
probe more than 130,000 ANDs are left out.
"""

NETWORKS = """\
## Is the network its tree?

The paper scores a distilled tree against the tree that the network was trained on. That is another
question than whether the tree is the network, for a network need not be its tree. Here each network
against its own tree: the share of 100,000 fresh inputs, the proved interval for the probability
that they differ, what a sample of the rest adds at δ = 10^-9 (none where that is less than the
proof tells, or the limit came first), and where they differ. The verdict is the certificate's; a
network that it leaves undecided is not its tree all the same if a fresh input shows it, evaluated
exactly. The hashes are those of the arrays (W0, b0, W1, ..., little-endian float32).
"""

SIZES = """\
## Accuracy against size

![Share of agreement with the network against the number of leaves](paper/accuracy.svg)

The best tree of every number of leaves, as the distiller's own fresh points judge it, for the
largest and the smallest `keep`: ours in red, as published in blue.
"""

CURVE = """\
## Does more training close it?

![Disagreement with its own tree against training steps](paper/steps.svg)

The same network after some epochs, against the tree that it is trained on; the plan has all epochs
up to {long}, and those that are not measured yet are not in the table. What is proved and what is
sampled are intervals for the probability that they differ; the line is the share of 100,000 fresh
inputs where they do, at the lower edge where there are none.
"""

TRADEOFF = """\
## A certificate against samples

![Evaluations against the error, for each problem](paper/tradeoff.svg)

What `--method certified` returns is a theorem (`certified-distillation`, with `leafproof bounds
show certified-distillation`): the tree's error lies between what is proved to differ and that plus
what is left open, with certainty (δ = 0), for the distribution that the certificate names; if
nothing is left open it is the error itself. Its price is the number of cells
(`certified-distillation-cells`: 2^d at most over signs; `certified-distillation-cells-finite` of
any variables). A distiller that draws promises ε with probability 1 - δ, and its price are samples.
The picture (`python -m tests.benchmarks tradeoff`) holds both against each other on [the benchmark
problems](problems.md), as evaluations of the network: in red the cells that were bounded plus the
points that were evaluated until the error was proved to be at most ε; in blue the samples that are
enough for **any** distiller whose tree of as many leaves is right on all of them
(`occam-leaves-multiclass`, δ = 10^-9); in green those that the paper's needs (`lrh-leaves-samples`)
in its best case, as if the network held all ANDs exactly and with the least norm there can be.
Samples do not grow with the domain, cells and points may; but they grow as 1/ε, and no number of
them reaches ε = 0. Where a red line does not reach the left border, the limit of 20 s came first,
on busy cores (32 signs: no limit); small domains are evaluated at all of their points whatever ε
is."""

ROWS = """\
## Every row

`agrees` is with the network, on 100,000 fresh inputs; `with its tree` is the exact probability that
the distilled tree agrees with the one that the network was trained on. `probes` are different ANDs,
`of all` their share of all ANDs of at most r literals; `s` the processor seconds of the
distillation (in brackets: with the probes trained by Adam). `proved` and `sampled` are intervals
for the probability that tree and network differ.
"""

COLUMNS = """\
`differs at` is the smallest counterexample that is known: *an AND of k* is a conjunction of k
literals at **all** whose points the two are proved to differ; else one point, evaluated exactly,
as a hexadecimal number, first variable first, 1 for +1. All probes of a level are read off one
factorisation of the activations, and one proof about a network serves all its trees: `s of proof`
is what search and check cost for the first tree of those that answer the same everywhere.
"""
